from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import views
from ilp_lab._check import Check
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Result
from ilp_lab.views.charting import BASE, chart_of
from ilp_lab.views.linkcharts import to_pyvis
from ilp_lab.views.symbols import is_weak, may_be_ranked, sizes


def chart(**columns):
    entities = pd.DataFrame(
        {
            "entity_id": ["A", "B", "C", "D"],
            "kind": ["person", "person", "phone", "spaceship"],
            "label": ["Ana", "Ben", None, "D" * 60],
            "category": ["suspect", "Victim ", None, None],
        }
    )
    links = pd.DataFrame(
        {
            "source": ["A", "B", "A", "C", "D"],
            "target": ["B", "A", "B", "A", "D"],
            "kind": ["called", "called", "paid", "used", "named"],
            "strength": [1.0, 2.0, np.nan, 1.0, 1.0],
            "start": pd.to_datetime(["2024-01-01", "2024-02-01", None, "2024-01-01", "2024-01-01"]),
            "end": pd.to_datetime(["2024-01-05", None, None, "2024-01-01", None]),
            "reference": ["SECRET-1;SECRET-2", "SECRET-3", None, "SECRET-4", None],
            "source_grade": ["A", "B", None, "A", None],
            "information_grade": ["1", "3", None, "2", "X"],
            **columns,
        }
    )
    return SimpleNamespace(entities=entities, links=links, handling="H1")


def made(of, **options):
    return chart_of(of, **{"size_by": None, "title": None, **options}, check=Check("test"))


def data_of(page):
    return json.loads(re.search(r'id="ilp-data">(.*?)</script>', page.html, re.DOTALL)[1])


def test_parallel_links_stay_and_lie_side_by_side():
    drawn = [line for line in made(chart()).drawn if {line.source, line.target} == {0, 1}]
    assert len(drawn) == 3
    assert sorted(line.bend for line in drawn) == [-1, 0, 1]
    edges = data_of(views.linkchart_page(chart()))["edges"]
    bent = [edge["smooth"] for edge in edges if "smooth" in edge]
    assert {one["type"] for one in bent} == {"curvedCW", "curvedCCW"} or len(
        {(e["from"], e["to"]) for e in edges}
    ) > 1


def test_in_large_charts_parallel_links_are_counted_on_one_line():
    many = pd.DataFrame({"source": ["A"] * 1600, "target": ["B"] * 1599 + ["C"], "kind": "called"})
    found = made(SimpleNamespace(entities=chart().entities, links=many, handling="H0"))
    assert sorted(line.count for line in found.drawn) == [1, 1599]
    assert sum(line.count for line in found.drawn) == found.links == 1600


def test_references_are_counted_never_shown():
    page = views.linkchart_page(chart())
    assert "SECRET" not in page.html
    titles = [edge["title"] for edge in data_of(page)["edges"]]
    assert any("2 references" in title for title in titles)
    assert any("No reference" in title for title in titles)


def test_links_tell_kind_dates_and_grades():
    title = next(line.words for line in made(chart()).drawn if "2024-01-05" in line.words)
    assert (
        title
        == "Ana → Ben\ncalled\n2024-01-01 to 2024-01-05\nStrength 1\nSource A, information 1\n2 references"
    )


def test_weak_grades_are_dashed():
    assert is_weak(pd.Series(["1", "2", "3", "4", "X", None, 1, 2.0, "2.0", " 2 "])).tolist() == [
        False, False, True, True, True, True, False, False, False, False,
    ]  # fmt: skip
    edges = data_of(views.linkchart_page(chart()))["edges"]
    assert sum("dashes" in edge for edge in edges) == 3
    ungraded = data_of(views.linkchart_page(chart(information_grade=None)))["edges"]
    assert not any("dashes" in edge for edge in ungraded)


def test_victims_are_never_sized_whatever_the_column_says():
    of = chart()
    of.entities["weight"] = [1.0, 100.0, 2.0, 3.0]
    found = made(of, size_by="weight")
    assert found.size[1] == BASE
    assert (found.size[[0, 2, 3]] > BASE).all()
    assert found.hollow.tolist() == [False, True, False, False]
    assert "Shown, not ranked" in found.words[1]
    assert may_be_ranked(of.entities).tolist() == [True, False, True, True]


@given(st.lists(st.floats(0, 1e9) | st.just(float("nan")), min_size=1, max_size=30))
def test_areas_of_signs_grow_with_the_value(values):
    size = sizes(values, np.ones(len(values), dtype=bool), BASE)
    known = np.nan_to_num(np.array(values))
    order = np.argsort(known, kind="stable")
    assert (np.diff(size[order]) >= -1e-9).all()
    assert size.min() >= BASE
    assert size.max() <= BASE * 3


def test_a_result_brings_its_chart_and_its_measure():
    of = chart()
    table = of.entities.assign(betweenness=[0.5, np.nan, 0.1, 0.0], degree=[2, np.nan, 1, 0])
    result = Result(
        "networks.measures", "Who stands where", table.iloc[::-1], "m", ("One.", "Two."), handling="H2", view="linkchart",
        details={"chart": of},
    )  # fmt: skip
    found = made(result)
    assert found.sized_by == "betweenness"
    assert found.size.argmax() == 0
    assert "Betweenness 0.5" in found.words[0]
    assert views.linkchart_page(result).handling == "H2"


def test_numbers_and_odd_ids_reach_pyvis_as_plain_values():
    of = SimpleNamespace(
        entities=pd.DataFrame(
            {"entity_id": [np.int64(1), 2], "shape": ["person", "x"], "color": ["red", "x"]}
        ),
        links=pd.DataFrame({"source": [1], "target": [2], "width": ["x"]}),
    )
    network = to_pyvis(made(of))
    assert [node["id"] for node in network.nodes] == [0, 1]
    assert {type(value) for node in network.nodes for value in node.values()} <= {int, str, float, dict}
    assert {key for node in network.nodes for key in node} <= {
        "id",
        "label",
        "shape",
        "size",
        "x",
        "y",
        "color",
        "font",
    }
    assert network.nodes[0]["shape"] == "dot"
    assert "width" not in network.edges[0]
    json.dumps([network.nodes, network.edges])


def test_the_caller_s_tables_are_not_changed():
    of = chart()
    before = of.entities.copy(), of.links.copy()
    views.linkchart_page(of)
    views.linkchart_figure(of)
    pd.testing.assert_frame_equal(of.entities, before[0])
    pd.testing.assert_frame_equal(of.links, before[1])


def test_links_to_nobody_are_counted():
    of = chart()
    of.links.loc[0, "target"] = "nobody"
    found = made(of)
    assert found.links == 4
    assert "1 links name an entity that is not on the chart" in found.notes[0]


@pytest.mark.parametrize("size", [0, 1, 2])
def test_tiny_and_empty_charts(size):
    of = SimpleNamespace(
        entities=pd.DataFrame({"entity_id": list("AB")[:size]}),
        links=pd.DataFrame({"source": [], "target": []}),
    )
    assert views.linkchart_page(of).html
    assert views.png(views.linkchart_figure(of))[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("of", "options", "error", "words"),
    [
        (pd.DataFrame(), {}, InputError, "a link chart is needed"),
        (None, {}, InputError, "a link chart is needed"),
        (chart(), {"size_by": "weight"}, ColumnError, "no column 'weight'"),
        (chart(), {"size_by": "kind"}, ColumnError, "must be a column of numbers"),
    ],
)
@pytest.mark.parametrize("draw", [views.linkchart_page, views.linkchart_figure])
def test_what_cannot_be_drawn_is_said(draw, of, options, error, words):
    with pytest.raises(error, match=words):
        draw(of, **options)
