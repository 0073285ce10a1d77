from __future__ import annotations

import base64
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import networks, views
from ilp_lab._check import Check
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Result
from ilp_lab.views.chart_figures import courses
from ilp_lab.views.charting import BASE, chart_of
from ilp_lab.views.linkfacts import sentences
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


def numbers(text, kind):
    return np.frombuffer(base64.b64decode(text), dtype=np.dtype(kind).newbyteorder("<"))


def test_parallel_links_stay_and_lie_side_by_side():
    found = made(chart())
    assert len(found.links) == 5
    assert np.diff(found.links.first).tolist() == [3, 1, 1]
    lines, _, _, _ = courses(found)
    between = [
        line
        for line in lines
        if {tuple(line[0]), tuple(line[-1])} == {tuple(found.xy[0]), tuple(found.xy[1])}
    ]
    assert len(between) == 3
    assert sorted(len(line) for line in between) == [2, 13, 13]
    ahead = [(line[-1] - line[0], line[6] - line[0]) for line in between if len(line) == 13]
    sides = {float(np.sign(a[0] * b[1] - a[1] * b[0])) for a, b in ahead}
    assert sides == {-1.0, 1.0}


def test_in_large_charts_parallel_links_are_counted_on_one_line():
    many = pd.DataFrame({"source": ["A"] * 1600, "target": ["B"] * 1599 + ["C"], "kind": "called"})
    found = made(SimpleNamespace(entities=chart().entities, links=many, handling="H0"))
    lines, _, _, counts = courses(found)
    assert sorted(counts) == [1, 1599]
    assert len(lines) == 2
    assert len(found.links) == 1600


def test_references_are_counted_never_shown():
    page = views.linkchart_page(chart())
    assert "SECRET" not in page.html
    told = sentences(made(chart()).links.facts)
    assert sum("Reports cited: 2" in text for text in told) == 1
    assert sum("Reports cited: none" in text for text in told) == 2
    columns = {column["label"]: column for column in data_of(page)["links"]["facts"]}
    assert (
        columns["Reports cited"]["words"][:3] == ["2", "1", "none"]
        or "none" in columns["References"]["words"]
    )


def test_links_tell_kind_dates_and_grades():
    told = next(text for text in sentences(made(chart()).links.facts) if "05 Jan 2024" in text)
    assert told == (
        "called\n01 Jan 2024 to 05 Jan 2024\nStrength: 1\nSource graded: A\nInformation graded: 1\nReports cited: 2"
    )
    page = data_of(views.linkchart_page(chart()))
    words = {word for column in page["links"]["facts"] for word in column["words"]}
    assert {"called", "01 Jan 2024 to 05 Jan 2024", "not graded"} <= words


def test_uncertain_links_are_dashed_by_certainty_or_grade():
    grades = pd.DataFrame({"information_grade": ["1", "2", "3", "4", "X", None, 1, 2.0, "2.0", " 2 "]})
    assert is_weak(grades).tolist() == [False, False, True, True, True, True, False, False, False, False]
    assert is_weak(grades.assign(certainty=[0.2, 0.75, 0.9, *[None] * 7])).tolist()[:4] == [
        True,
        False,
        False,
        True,
    ]
    schemes = grades.head(4).assign(
        information_grade=["A", "B", "1", "2"], scheme=["3x5x2", "3x5x2", "3x5x2", "/etc/x.yml"]
    )
    assert is_weak(schemes).tolist() == [False, True, True, False]
    weak = numbers(data_of(views.linkchart_page(chart()))["links"]["weak"], "u1")
    assert weak.sum() == 3
    ungraded = data_of(views.linkchart_page(chart(information_grade=None)))
    assert numbers(ungraded["links"]["weak"], "u1").sum() == 0
    assert "neither grades nor a certainty" in views.linkchart_page(chart(information_grade=None)).html
    certain = made(chart(information_grade=None, certainty=[0.9, 0.1, 0.8, 1.0, None]))
    assert certain.links.weak.sum() == 2


def test_victims_are_never_sized_whatever_the_column_says():
    of = chart()
    of.entities["weight"] = [1.0, 100.0, 2.0, 3.0]
    found = made(of, size_by="weight")
    assert found.size[1] == BASE
    assert (found.size[[0, 2, 3]] > BASE).all()
    assert found.hollow.tolist() == [False, True, False, False]
    assert "Shown, not ranked" in sentences(found.facts)[1]
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
    assert "Betweenness: 0.5" in sentences(found.facts)[0]
    assert "Betweenness" not in sentences(found.facts)[1]
    assert views.linkchart_page(result).handling == "H2"


def test_notes_frames_groups_and_hidden_entities_travel():
    from ilp_lab import networks

    links = pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"]}, index=[0, 1, 2])
    of = (
        networks.chart(links)
        .filter(kind="not stated")
        .hide("D")
        .add_note("ask again", entity_id="A")
        .add_note("twice", link=1)
        .annotate("crew", around=["A", "B"])
        .group({"A": "one", "B": "one"})
        .place({"A": (12.5, -7.0)}, pinned=True)
    )
    data = data_of(views.linkchart_page(of))
    assert numbers(data["entities"]["xy"], "f4").reshape(-1, 2)[0].tolist() == [12.5, -7.0]
    assert numbers(data["entities"]["flags"], "u1").tolist() == [4, 0, 0, 2]
    assert data["frames"] == [{"text": "crew", "rows": [0, 1]}]
    assert data["notes"] == [["ask again", 0, -1], ["twice", -1, 1]]
    assert data["groups"]["names"] == ["one"]
    assert numbers(data["groups"]["of"], "i4").tolist() == [0, 0, -1, -1]
    assert not data["groups"]["closed"]
    figure = views.linkchart_figure(of)
    assert "(1) ask again (2) twice" in figure.alternative


def test_large_charts_come_by_group_and_hubs_collapse():
    size = 5200
    ring = pd.DataFrame(
        {"source": [f"E{i}" for i in range(size)], "target": [f"E{(i + 1) % size}" for i in range(size)]}
    )
    found = made(SimpleNamespace(entities=pd.DataFrame({"entity_id": ring["source"]}), links=ring))
    assert found.groups.closed
    assert (found.groups.of >= 0).all()
    assert 2 < len(found.groups) < 400
    middle, radius = found.discs
    apart = np.hypot(*(middle[:, None] - middle[None]).transpose(2, 0, 1)) + np.eye(len(radius)) * 1e9
    assert (apart > 0.95 * (radius[:, None] + radius[None])).all()
    inside = np.hypot(*(found.xy - middle[found.groups.of]).T) <= radius[found.groups.of] * 1.01
    assert inside.all()
    hub = pd.DataFrame({"source": "H", "target": [f"C{i}" for i in range(1000)]})
    star = made(SimpleNamespace(entities=pd.DataFrame({"entity_id": ["H", *hub["target"]]}), links=hub))
    assert star.groups.names == ["1,000 contacts of H only"]
    assert (star.groups.of == -1).sum() == 1
    assert (
        views.png(
            views.linkchart_figure(SimpleNamespace(entities=star.facts.assign(entity_id=star.ids), links=hub))
        )[:4]
        == b"\x89PNG"
    )


def test_what_no_page_can_show_is_refused_with_the_way_out():
    links = pd.DataFrame(
        {"source": np.zeros(10_000_000, dtype=np.int8), "target": np.ones(10_000_000, dtype=np.int8)}
    )
    of = SimpleNamespace(entities=pd.DataFrame({"entity_id": [0, 1]}), links=links)
    for draw in (views.linkchart_page, views.linkchart_figure, views.to_pyvis):
        with pytest.raises(
            InputError, match=r"10,000,000 links, and a drawing holds up to 1,000,000.*chart\.neighbourhood"
        ):
            draw(of)


def test_numbers_and_odd_ids_reach_pyvis_as_plain_values():
    of = SimpleNamespace(
        entities=pd.DataFrame(
            {"entity_id": [np.int64(1), 2], "shape": ["person", "x"], "color": ["red", "x"]}
        ),
        links=pd.DataFrame({"source": [1], "target": [2], "width": ["x"]}),
    )
    network = views.to_pyvis(of)
    assert [node["id"] for node in network.nodes] == [0, 1]
    assert {type(value) for node in network.nodes for value in node.values()} <= {int, str, float, dict}
    assert {key for node in network.nodes for key in node} <= {
        "id", "entity_id", "label", "title", "shape", "size", "x", "y", "color", "font",
    }  # fmt: skip
    assert network.nodes[0]["shape"] == "dot"
    assert "width" not in network.edges[0]
    json.dumps([network.nodes, network.edges])


def test_pyvis_keeps_every_link_and_knows_no_page_but_ours(tmp_path):
    network = views.to_pyvis(chart())
    assert len(network.edges) == 5
    assert sum("dashes" in edge for edge in network.edges) == 3
    assert {edge["smooth"]["type"] for edge in network.edges if "smooth" in edge} <= {"curvedCW", "curvedCCW"}
    assert sum("smooth" in edge for edge in network.edges) == 2
    for html in (
        network.generate_html(),
        network.show("x.html").html,
        network.page().html,
        network._repr_html_(),
    ):
        assert "Content-Security-Policy" in html
        assert "cdn" not in html.lower().replace("cdn_", "")
    assert network.page().handling == "H1"
    with pytest.raises(InputError, match="release"):
        network.write_html(str(tmp_path / "x.html"))
    assert list(tmp_path.iterdir()) == []


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
    assert len(found.links) == 4
    assert "1 link names an entity that is not on the chart" in found.notes[0]


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


def test_names_on_paper_lie_on_no_other_name():
    import matplotlib.transforms as transforms
    from matplotlib.text import Annotation

    numbers = [f"+999 5{k:02d} 16{k:04d}" for k in range(90)]
    links = pd.DataFrame({"source": numbers[:-1], "target": numbers[1:]})
    size = pd.Series(range(90), dtype=float)
    entities = pd.DataFrame(
        {"entity_id": numbers, "label": numbers, "weight": size, "x": [k % 10 * 3.0 for k in range(90)], "y": [k // 10 * 3.0 for k in range(90)]}
    )  # fmt: skip
    figure = views.linkchart_figure(networks.chart(links, entities), size_by="weight")
    figure.canvas.draw()
    boxes = [
        one.get_window_extent()
        for one in figure.axes[0].findobj(Annotation)
        if one.get_text().startswith("+999")
    ]
    assert len(boxes) >= 6
    for at, box in enumerate(boxes):
        assert not any(transforms.Bbox.intersection(box, other) for other in boxes[at + 1 :])
