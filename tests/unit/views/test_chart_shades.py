"""Link charts of groups: the number of a group is a name, told by colour and number, never by size."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from ilp_lab import networks, views
from ilp_lab._check import Check
from ilp_lab.views.charting import BASE, chart_of
from ilp_lab.views.chartshades import FAINT, ink_on, shades_of


def cliques(count=9, size=5):
    rows = [
        (f"{k}{one}", f"{k}{other}")
        for k in "ABCDEFGHIJKL"[:count]
        for one in range(size)
        for other in range(one + 1, size)
    ]
    return networks.chart(pd.DataFrame(rows, columns=["source", "target"]))


@pytest.fixture(scope="module")
def found():
    return networks.groups(cliques(), compare=0, rng=1)


def words(figure):
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text)]


def test_signs_of_groups_are_of_one_size_and_no_legend_says_higher(found):
    chart = chart_of(found, size_by=None, title=None, check=Check("test"))
    assert (chart.size == BASE).all()
    assert not chart.sized_by
    figure, page = views.linkchart_figure(found), views.linkchart_page(found)
    for told in (" ".join(words(figure)), page.html):
        assert "higher" not in told
        assert re.search(r"Colour and number: the\s+group\.", told)
        assert "group 1" in told


def test_a_group_has_its_colour_and_its_number_on_screen_and_in_print(found):
    data = json.loads(
        re.search(r'id="ilp-data">(.*?)</script>', views.linkchart_page(found).html, re.DOTALL)[1]
    )
    kinds = data["entities"]["kinds"]
    assert [kind["mark"] for kind in kinds] == [str(n) for n in range(1, 10)]
    assert len({kind["colour"] for kind in kinds[:7]}) == 7
    assert {kind["colour"] for kind in kinds[7:]} == {FAINT}
    marks = [word for word in words(views.linkchart_figure(found)) if word in set("123456789")]
    assert sorted(marks) == sorted("123456789" * 5)


def test_another_measure_sizes_the_signs_and_colours_stay(found):
    chart = chart_of(found, size_by="firmness", title=None, check=Check("test"))
    assert chart.sized_by == "firmness"
    assert len(chart.shades) == 9
    assert len(chart_of(found.details["chart"], size_by=None, title=None, check=Check("test")).shades) == 0


def test_the_legend_gathers_small_groups_and_those_alone():
    shades = shades_of(np.r_[np.repeat(np.arange(1.0, 10), 2), 10.0, np.nan])
    last = shades.legend()[-2:]
    assert last[0] == (FAINT, "8…9", "2 smaller groups", 4)
    assert last[1] == (FAINT, "", "in no group", 2)
    assert sum(row[3] for row in shades.legend()) == 20


@pytest.mark.parametrize("colour", sorted({*shades_of(np.repeat(np.arange(1.0, 10), 2)).colours}))
def test_numbers_in_signs_can_be_read(colour):
    def light(text):
        part = np.array([int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)])
        return float(
            np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
            @ [0.2126, 0.7152, 0.0722]
        )

    low, high = sorted((light(colour), light(ink_on(colour))))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_chart_without_sizes_names_its_hubs_first():
    rows = [(f"x{n}", f"x{n + 1}") for n in range(0, 80, 2)] + [("the hub", f"x{n}") for n in range(60)]
    named = words(views.linkchart_figure(networks.chart(pd.DataFrame(rows, columns=["source", "target"]))))
    assert "the hub" in named
