"""Timelines, event charts and flow charts: what stands where, what is counted, what is refused."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, views
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.views import eventcharts, flowcharts, timelines

HOSTILE = '<img src=x onerror=alert(1)> $x^2$ {{7*7}} "q" \u2028'


def payments(**more):
    return networks.chart(
        pd.DataFrame(
            {
                "source": ["A", "A", "B", "C", "D", "B", "C"],
                "target": ["B", "C", "D", "D", "A", "D", "C"],
                "amount": [900.0, 400.0, 850.0, 390.0, 25.0, 50.0, 7.0],
                "information_grade": ["1", "1", "4", "2", "1", "1", "1"],
                **more,
            }
        ),
        pd.DataFrame({"entity_id": list("ABCD"), "kind": "account"}),
    )


def meetings(**more):
    return networks.chart(
        pd.DataFrame(
            {
                "source": ["P1", "P2", "P1", "P3", "P1", "P9"],
                "target": ["E1", "E1", "E2", "E2", "P2", "E3"],
                "kind": ["took part", "took part", "took part", "took part", "called", "took part"],
                "start": ["2024-03-02", "2024-03-02", "2024-01-05", "2024-01-05", "2024-02-01", None],
                "end": [None, None, None, None, "2024-02-10", None],
                "information_grade": ["1", "1", "4", "4", "1", "1"],
                "reference": "SECRET",
                **more,
            }
        ),
        pd.DataFrame(
            {
                "entity_id": ["P1", "P2", "P3", "P9", "E1", "E2", "E3"],
                "kind": ["person"] * 4 + ["event"] * 3,
                "label": ["Ana", "Ben", "Cem", "Dia", "the robbery", "the meeting", "the sale"],
                "category": ["suspect", None, "victim", None, None, None, None],
            }
        ),
    )


def plate(make, *given):
    return make(*given)


def facts(page):
    return json.loads(re.search(r'id="ilp-data">(.*?)</script>', page.html, re.DOTALL)[1])["facts"]


def test_flow_adds_up_by_pair_and_direction():
    made = flowcharts._flow_chart(payments(), None, None, "test", 60)
    assert made.details["total"] == made.details["drawn"] == 900 + 400 + 850 + 390 + 25 + 50
    assert any("B → D\n900 in 2 links" in band.words for band in made.bands)
    assert "Amount in all: 2,615, in 6 links between 4 entities." in made.said
    assert "1 link is not drawn" in made.notes[0]
    back = [line for line in made.lines if line.words]
    assert [line.words.split("\n")[0] for line in back] == ["D → A"]
    dashed = [line.dashed for line in made.lines]
    assert sum(dashed) == 0
    only_weak = flowcharts._flow_chart(
        payments(information_grade=["1", "1", "4", "2", "1", "3", "1"]), None, None, "t", 60
    )
    assert sum(line.dashed for line in only_weak.lines) == 1


amounts = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14), st.floats(0, 1e6, allow_nan=False)),
    min_size=1,
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(amounts, st.integers(2, 20))
def test_nothing_is_missing_from_the_sums(rows, most):
    links = pd.DataFrame(rows, columns=["source", "target", "amount"]).astype({"source": str, "target": str})
    moving = links[(links["source"] != links["target"]) & (links["amount"] > 0)]
    chart = networks.chart(links)
    if moving.empty:
        with pytest.raises(InputError, match="nothing flows"):
            flowcharts._flow_chart(chart, None, None, "test", most)
        return
    made = flowcharts._flow_chart(chart, None, None, "test", most)
    assert made.details["total"] == pytest.approx(moving["amount"].sum())
    assert made.details["drawn"] == pytest.approx(made.details["total"])
    assert len(made.boxes) <= most + 1
    for one, other in zip(made.boxes, made.boxes[1:], strict=False):
        apart = (
            one.x + one.width <= other.x or other.x + other.width <= one.x
            or one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y + 0.01
        )  # fmt: skip
        assert apart


def test_flow_collects_the_others():
    links = pd.DataFrame(
        {"source": "H", "target": [f"T{i}" for i in range(500)], "amount": np.arange(500) + 1.0}
    )
    made = flowcharts._flow_chart(networks.chart(links), None, None, "test", 22)
    assert len(made.boxes) == 23
    assert made.details["names"][-1] == "479 others"
    assert made.details["drawn"] == pytest.approx(500 * 501 / 2)


def test_what_flows_among_the_others_is_called_by_its_name():
    ring = [(f"T{i}", f"T{(i + 1) % 60}", 100.0) for i in range(60)] + [
        ("H", f"T{i}", 9_000.0 - i) for i in range(60)
    ]
    made = flowcharts._flow_chart(
        networks.chart(pd.DataFrame(ring, columns=["source", "target", "amount"])), None, None, "test", 22
    )
    assert any(note.startswith("Amount among the others, inside their box: 3,") for note in made.notes)


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ("amout", ColumnError, "Did you mean 'amount'"),
        ("kind", ColumnError, "must be a column of numbers"),
        ("loss", ColumnError, "amounts below 0"),
    ],
)
def test_flow_refuses(value, error, words):
    with pytest.raises(error, match=words):
        views.flow_chart_page(payments(loss=-1.0), value=value)


def test_timeline_places_links_in_time():
    made = timelines._timeline(meetings(), None, None, "test", 24)
    assert made.details["links"] == 5
    assert set(made.details["rows"]) == {"P1", "P2", "E1", "E2"}
    assert "1 link has no date" in made.notes[0]
    ties = [line for line in made.lines if line.words]
    assert [line.words.split("\n")[0] for line in ties] == [
        "Ana → the meeting",
        "Ana → Ben",
        "Ana → the robbery",
        "Ben → the robbery",
    ]
    across = [line.points[0][0] for line in ties]
    assert across == sorted(across)
    assert [line.dashed for line in ties] == [True, False, False, False]
    named = timelines._timeline(meetings(), ["P3", "E2"], None, "test", 24)
    assert named.details["rows"] == ["P3", "E2"]
    assert named.details["links"] == 2
    with pytest.raises(InputError, match="no entity 'Q'"):
        views.timeline_page(meetings(), entities=["Q"])


def test_events_stand_in_order_with_who_took_part():
    made = eventcharts._event_chart(meetings(), None, "test", 24)
    assert made.details["events"] == ["the meeting", "the robbery"]
    assert made.boxes[0].lines == ("05 Jan 2024", "the meeting", "Ana", "Cem")
    assert made.boxes[0].dashed
    assert not made.boxes[1].dashed
    assert len(made.lines) == 1
    assert made.lines[0].words.startswith("Ana\n05 Jan 2024: the meeting\n→ 02 Mar 2024: the robbery")
    assert made.notes == ("1 event has no date and is not drawn.",)
    links = eventcharts._event_chart(meetings().filter(kind="called"), None, "test", 24)
    assert links.details["events"] == ["called"]


def test_many_events_are_cut_and_said():
    links = pd.DataFrame(
        {"source": "A", "target": "B", "start": pd.date_range("2024-01-01", periods=700).astype(str)}
    )
    made = eventcharts._event_chart(networks.chart(links), None, "test", 600)
    assert len(made.boxes) == 600
    assert "The first 600 of 700 events" in made.notes[0]


DRAWN = {
    "timeline": (views.timeline_page, views.timeline_figure),
    "event chart": (views.event_chart_page, views.event_chart_figure),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_without_dates_there_is_no_time(kind):
    chart = networks.chart(pd.DataFrame({"source": ["A"], "target": ["B"]}))
    for draw in DRAWN[kind]:
        with pytest.raises(InputError, match="no link of the chart has a date"):
            draw(chart)
        with pytest.raises(InputError, match="a link chart is needed"):
            draw(pd.DataFrame())


@pytest.mark.parametrize("page", [*(page for page, _ in DRAWN.values()), views.flow_chart_page])
def test_pages_are_safe_marked_and_quiet(page):
    links = pd.DataFrame(
        {"source": [HOSTILE, "B"], "target": ["B", HOSTILE + "2"], "kind": HOSTILE, "start": "2024-01-01", "amount": 3.0,
         "reference": "SECRET", "handling": "H2"}
    )  # fmt: skip
    made = page(networks.chart(links), title=HOSTILE)
    assert "<img" not in made.html
    assert "{{7*7}}" not in re.sub(
        r'<script type="application/json".*?</script>', "", made.html, flags=re.DOTALL
    )
    assert "SECRET" not in made.html
    assert made.handling == "H2"
    assert any(HOSTILE.split(maxsplit=1)[0] in fact for fact in facts(made))


@pytest.mark.parametrize(
    "figure",
    [
        lambda: views.timeline_figure(meetings()),
        lambda: views.event_chart_figure(meetings()),
        lambda: views.flow_chart_figure(payments()),
    ],
)
def test_figures_come_out_the_same_every_time(figure):
    assert views.png(figure()) == views.png(figure())
    assert b"<svg" in views.svg(figure())


def test_time_zones_and_hours():
    start = pd.to_datetime(["2024-03-01 10:00", "2024-03-01 11:30"]).tz_localize("Europe/Vienna")
    links = pd.DataFrame({"source": ["A", "A"], "target": ["B", "C"], "start": start})
    made = timelines._timeline(networks.chart(links), None, None, "test", 24)
    assert "01 Mar 2024, 10:00" in made.said[0]
    assert made.texts
