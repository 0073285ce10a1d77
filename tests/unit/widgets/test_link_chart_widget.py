"""The link chart widget without a browser: every act is a step of the chart, is told as Python, and can be undone."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilp_lab import networks, safeguards
from ilp_lab._spoken import speak
from ilp_lab.errors import ColumnError, InputError, NoCaseError
from ilp_lab.widgets.chartwidgets import LinkChartWidget
from ilp_lab.widgets.selections import Selection


def small(**changes):
    links = pd.DataFrame(
        {
            "source": ["A", "A", "B", "C", "D", "D", "E"],
            "target": ["B", "B", "C", "D", "D", "E", "F"],
            "kind": ["called", "paid", "called", "called", "called", "met", "paid"],
            "information_grade": ["1", "4", "2", None, "1", "4", "2"],
            "certainty": [0.9, 0.2, 0.8, None, 1.0, 0.3, 0.6],
            "start": [
                "2024-01-03",
                "2024-01-20",
                "2024-02-02",
                "2024-02-10",
                None,
                "2024-03-01",
                "2024-03-15",
            ],
            "reference": "SECRET",
        }
    )
    entities = pd.DataFrame(
        {
            "entity_id": list("ABCDEF"),
            "label": ["Ана", "Ben", "Cem", "محمد", "Eva", "Fin"],
            "kind": ["person", "person", "person", "person", "phone", "account"],
            "category": ["suspect", "victim", None, "witness; suspect", None, None],
            "age": [30, 20, 40, 50, 1, 2],
        }
    )
    return networks.chart(links, entities.assign(**changes))


def said(widget):
    """What the widget sends from now on, as (about, content, bytes)."""
    out = []
    widget.send = lambda content, buffers=None: out.append(
        (content["about"], content, [bytes(b) for b in buffers or []])
    )
    return out


def rows(widget, *ids):
    return [int(row) for row in widget._picture.ids.get_indexer(list(ids))]


def same(one, other):
    pd.testing.assert_frame_equal(one.entities, other.entities)
    pd.testing.assert_frame_equal(one.links, other.links)
    assert (one.hidden, dict(one.groups), one.notes, one.annotations) == (
        other.hidden, dict(other.groups), other.notes, other.annotations,
    )  # fmt: skip
    if one.positions is None:
        assert other.positions is None
    else:
        pd.testing.assert_frame_equal(one.positions, other.positions)


def run(code, chart):
    room = {"chart": chart, "networks": networks}
    exec(code, room)
    return room["chart"]


def test_the_lines_of_python_give_the_same_chart():
    chart = small()
    widget = LinkChartWidget(chart, size_by="betweenness")
    for act in (
        {"do": "hide", "rows": rows(widget, "F")},
        {"do": "note", "rows": rows(widget, "A"), "text": 'say "hello"\nto\u2028</script> {x}'},
        {"do": "note", "link": 0, "text": "twice"},
        {"do": "place", "rows": rows(widget, "B"), "at": [12.5, -3.0]},
        {"do": "group", "rows": rows(widget, "A", "B"), "text": "crew"},
        {"do": "frame", "rows": rows(widget, "C", "D"), "text": "the yard"},
        {"do": "filter", "tests": {"kind": ["called", "paid"], "since": "2024-01-01"}},
        {"do": "unpin", "rows": rows(widget, "B")},
        {"do": "way", "rows": rows(widget, "A", "C")},
    ):
        widget.do(act)
    same(run(widget.code, chart), widget.chart)
    assert widget.chart.hidden == {"F"}
    assert widget.code.splitlines()[0] == "from ilp_lab import networks"
    assert widget.code.count("filter(") == 1
    assert "measures = networks.measures(chart, redraws=0)" in widget.code
    assert widget.line == "networks.routes(chart, 'A', 'C', k=1)"
    assert widget.way == ("A", "B", "C")


ACTS = st.one_of(
    st.builds(lambda r: {"do": "hide", "rows": r}, st.lists(st.integers(0, 5), min_size=1, max_size=3)),
    st.builds(lambda k: {"do": "hide", "kind": k}, st.sampled_from(["person", "phone", "ghost"])),
    st.just({"do": "show", "rows": None}),
    st.builds(lambda r: {"do": "show", "rows": [r]}, st.integers(0, 5)),
    st.builds(lambda r, x, y: {"do": "place", "rows": [r], "at": [x, y]}, st.integers(0, 5), st.integers(-99, 99), st.floats()),
    st.builds(lambda r: {"do": "unpin", "rows": [r]}, st.integers(0, 5)),
    st.builds(lambda r, t: {"do": "note", "rows": [r], "text": t}, st.integers(0, 5), st.text(max_size=12)),
    st.builds(lambda n, t: {"do": "note", "link": n, "text": t}, st.integers(-1, 9), st.text(min_size=1, max_size=5)),
    st.builds(lambda r, t: {"do": "group", "rows": r, "text": t}, st.lists(st.integers(0, 5), min_size=1, max_size=3), st.text(min_size=1, max_size=6)),
    st.builds(lambda c: {"do": "group", "by": c}, st.sampled_from(["kind", "category", "nothing"])),
    st.builds(lambda r, t: {"do": "frame", "rows": r, "text": t}, st.lists(st.integers(0, 5), min_size=1, max_size=3), st.text(min_size=1, max_size=6)),
    st.builds(lambda r, n: {"do": "around", "rows": [r], "steps": n}, st.integers(0, 5), st.integers(0, 2)),
    st.builds(lambda r: {"do": "expand", "rows": [r]}, st.integers(0, 5)),
    st.builds(lambda r: {"do": "keep", "rows": r}, st.lists(st.integers(0, 5), min_size=1, max_size=4)),
    st.just({"do": "arrange"}),
    st.builds(
        lambda k, g, c, s: {"do": "filter", "tests": {"kind": k, "information_grade": g, "certainty_at_least": c, "since": s}},
        st.none() | st.lists(st.sampled_from(["called", "paid", "met"]), max_size=2),
        st.none() | st.lists(st.sampled_from(["1", "2", "4"]), max_size=2),
        st.none() | st.sampled_from([0.5, 0.9]),
        st.none() | st.sampled_from(["2024-02-01", "2024-03-01"]),
    ),
    st.builds(lambda c: {"do": "size", "column": c}, st.sampled_from([None, "degree", "age", "label"])),
    st.builds(lambda a, b: {"do": "way", "rows": [a, b]}, st.integers(0, 5), st.integers(0, 5)),
    st.sampled_from(["undo", "redo"]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=9))
def test_whatever_is_clicked_the_lines_give_the_same_chart_and_undo_leads_back(acts):
    chart = small()
    widget = LinkChartWidget(chart)
    for act in acts:
        before = widget.chart
        try:
            if isinstance(act, str):
                getattr(widget, act)()
            else:
                widget.do(act)
        except InputError:
            assert widget.chart is before, "a refused act leaves everything as it was"
    same(run(widget.code, chart), widget.chart)
    there = widget.chart
    steps = 0
    while widget._desk.before is not None:
        widget.undo()
        steps += 1
    assert widget.chart is chart
    for _ in range(steps):
        widget.redo()
    assert widget.chart is there


def test_ticking_off_and_on_again_leaves_no_trace():
    chart = small()
    widget = LinkChartWidget(chart)
    widget.do({"do": "filter", "tests": {"kind": ["paid"]}})
    widget.do({"do": "hide", "rows": rows(widget, "A")})
    assert set(widget.chart.links["kind"]) == {"paid"}
    widget.do({"do": "filter", "tests": {"kind": ["paid", "called"]}})
    assert set(widget.chart.links["kind"]) == {"paid", "called"}
    assert widget.code.splitlines() == [
        "chart = chart.hide(entity_ids=['A'])",
        "chart = chart.filter(kind=['paid', 'called'])",
    ]
    widget.do({"do": "filter", "tests": {}})
    assert widget.code == "chart = chart.hide(entity_ids=['A'])"
    assert len(widget.chart.links) == 7


def test_a_filter_takes_the_measures_anew():
    widget = LinkChartWidget(small(), size_by="degree")
    before = widget.measures.set_index("entity_id")["degree"]
    out = said(widget)
    widget.do({"do": "filter", "tests": {"kind": ["called"]}})
    after = widget.measures.set_index("entity_id")["degree"]
    assert before["A"] == after["A"] == 1
    assert before["C"] == 2
    assert "F" not in after.index
    assert before["F"] == 1
    assert "sizes" in [about for about, *_ in out]
    expected = networks.measures(small().filter(kind=["called"]), redraws=0).table.set_index("entity_id")
    assert after["C"] == expected.loc["C", "degree"]


def test_victims_and_witnesses_are_never_larger_whatever_they_are_sized_by():
    for size_by in ("degree", "betweenness", "closeness", "age"):
        widget = LinkChartWidget(small(), size_by=size_by)
        out = said(widget)
        widget.mount()
        content, buffers = next((content, buffers) for about, content, buffers in out if about == "sizes")
        size = np.frombuffer(buffers[content["size"]["$"]], dtype=np.uint8)
        at = dict(zip("ABCDEF", size.tolist(), strict=True))
        assert at["B"] == at["D"] == 72, size_by
        assert max(at.values()) > 72, size_by
        assert not set(content["leading"]) & {1, 3}
        for column in content["facts"]:
            codes = np.frombuffer(buffers[column["codes"]["$"]], dtype=np.uint16)
            assert column["words"][codes[1]] == "", column["label"]


def test_only_what_changed_is_sent():
    widget = LinkChartWidget(small())
    out = said(widget)
    widget.do({"do": "hide", "rows": rows(widget, "A")})
    assert [about for about, *_ in out] == ["present", "panel"]
    out.clear()
    widget.do({"do": "note", "rows": rows(widget, "B"), "text": "x"})
    assert [about for about, *_ in out] == ["remarks", "panel"]
    out.clear()
    widget.do({"do": "place", "rows": rows(widget, "B"), "at": [500.0, 5.0]})
    assert [about for about, *_ in out] == ["present", "places", "panel"]
    moved = next(content for about, content, _ in out if about == "places")
    assert len(out[1][2][moved["rows"]["$"]]) == 4, "one entity moved"
    out.clear()
    widget.undo()
    assert [about for about, *_ in out] == ["present", "places", "panel"]


def test_a_page_that_opens_later_hears_all_that_was_done():
    widget = LinkChartWidget(small())
    widget.do({"do": "hide", "rows": rows(widget, "A")})
    out = said(widget)
    widget.ask_everything({}, [])
    abouts = [about for about, *_ in out]
    assert abouts[:3] == ["script", "head", "chart"]
    assert set(abouts) == {
        "script",
        "head",
        "chart",
        "present",
        "places",
        "groups",
        "sizes",
        "remarks",
        "panel",
        "selected",
    }
    content, buffers = next((content, buffers) for about, content, buffers in out if about == "present")
    flags = np.frombuffer(buffers[content["flags"]["$"]], dtype=np.uint8)
    assert flags[0] & 2


def test_what_lies_beyond_a_part_comes_back_and_nothing_moves():
    whole = small()
    widget = LinkChartWidget(whole.neighbourhood("A"))
    before = widget._picture.standing
    widget.do({"do": "expand", "rows": rows(widget, "B")})
    assert sorted(widget.chart.entities["entity_id"]) == ["A", "B", "C"]
    after = widget._picture.standing
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    same(run(widget.code, whole.neighbourhood("A")), widget.chart)
    widget.undo()
    assert sorted(widget.chart.entities["entity_id"]) == ["A", "B"]


def test_another_chart_can_be_set_and_undone():
    chart = small()
    widget = LinkChartWidget(chart)
    widget.do({"do": "filter", "tests": {"kind": ["called"]}})
    widget.chart = widget.chart.hide("A")
    assert widget.code.splitlines()[-1] == "chart = chart.hide(entity_ids=['A'])"
    widget.do({"do": "filter", "tests": {}})
    assert widget.code == "chart = chart.hide(entity_ids=['A'])"
    other = networks.chart(pd.DataFrame({"source": ["X"], "target": ["Y"]}))
    widget.chart = other
    assert widget.code == ""
    widget.do({"do": "hide", "rows": rows(widget, "X")})
    assert widget.chart.hidden == {"X"}
    merged = chart.merge(["A", "C"], into="A", why="same number")
    widget.chart = merged
    widget.undo()
    widget.undo()
    widget.undo()
    assert widget.chart.hidden == {"A"}
    with pytest.raises(InputError, match="LinkChart"):
        widget.chart = "chart"


def test_a_way_tells_what_it_rests_on_and_goes_when_it_is_cut():
    widget = LinkChartWidget(small())
    widget.do({"do": "hide", "rows": rows(widget, "C")})
    widget.do({"do": "way", "rows": rows(widget, "A", "E")})
    assert widget.way == ("A", "B", "C", "D", "E")
    assert "it leads through hidden entities: C" in widget._desk.said
    assert widget._desk.way.words[0] == "A – B: called, paid (2)"
    widget.do({"do": "keep", "rows": rows(widget, "A", "B", "C")})
    assert widget.way == ()
    widget.do({"do": "way", "rows": rows(widget, "A", "C")})
    widget.do({"do": "filter", "tests": {"kind": ["met"]}})
    with pytest.raises(InputError):
        widget.do({"do": "way", "rows": rows(widget, "A", "F")})


def test_no_way_is_said():
    chart = networks.chart(pd.DataFrame({"source": ["A", "C"], "target": ["B", "D"]}))
    widget = LinkChartWidget(chart)
    widget.do({"do": "way", "rows": rows(widget, "A", "C")})
    assert widget._desk.said == "There is no way between A and C."
    assert widget.way == ()


@pytest.mark.parametrize(
    "message",
    [
        {}, {"do": "explode"}, {"do": "hide"}, {"do": "hide", "rows": []}, {"do": "hide", "rows": [99]}, {"do": "hide", "rows": "A"},
        {"do": "hide", "rows": [True]}, {"do": "hide", "rows": [-1]}, {"do": "place", "rows": [0]}, {"do": "place", "rows": [0], "at": ["x", 1]},
        {"do": "filter"}, {"do": "filter", "tests": {"kind": ["ghost"]}}, {"do": "filter", "tests": {"since": "yesterday"}},
        {"do": "note", "rows": [0]}, {"do": "way", "rows": [0]}, {"do": "size", "column": "label"}, {"do": "group", "rows": [0]},
        {"do": "around", "rows": [0], "steps": -3}, {"do": "__class__", "rows": [0]},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_in_the_page_and_changes_nothing(message):
    widget = LinkChartWidget(small())
    out = said(widget)
    before = widget.chart
    widget.heard(widget, {**message, "ask": "act", "number": 4}, [])
    assert widget.chart is before
    assert widget.fault
    assert "unexpected" not in widget.fault, widget.fault
    assert ("done", 4) in [(about, content.get("number")) for about, content, _ in out]
    assert [content["sentence"] for about, content, _ in out if about == "said"] == [widget.fault]


def test_choices_are_shared_and_told():
    chart = small()
    chosen = Selection(chart.links)
    widget = LinkChartWidget(chart, selection=chosen)
    widget.heard(widget, {"ask": "chosen", "rows": [0, 2, 99, "x"]}, [])
    assert widget.selected == ("A", "C")
    widget.heard(widget, {"ask": "select", "token": "t"}, [memoryview(bytes([0b101]))])
    assert chosen.rows.tolist() == [0, 2]
    out = said(widget)
    chosen.choose(chart.links["kind"] == "met")
    assert [about for about, *_ in out] == ["selected"]
    with pytest.raises(InputError, match="selection"):
        LinkChartWidget(chart, selection=Selection(pd.DataFrame({"a": [1]})))


def test_nothing_of_the_data_is_in_the_state_that_notebooks_save():
    widget = LinkChartWidget(small())
    widget.do({"do": "note", "rows": [0], "text": "a secret note"})
    state = json.dumps({name: str(value) for name, value in widget.get_state().items()})
    for word in ("Ана", "Eva", "secret", "SECRET", "called"):
        assert word not in state
    assert "Ана" not in repr(widget)


def test_empty_and_tiny_charts_can_be_worked_with():
    for size in (0, 1, 2):
        entities = pd.DataFrame({"entity_id": list("AB")[:size]}, dtype="string")
        widget = LinkChartWidget(
            networks.chart(pd.DataFrame({"source": [], "target": []}), entities), size_by="betweenness"
        )
        assert len(widget.chart.entities) == size
        widget.do({"do": "filter", "tests": {}})
        if size:
            widget.do({"do": "hide", "rows": [0]})
            widget.do({"do": "keep", "rows": [0]})
        assert widget.picture("svg")


def test_all_may_be_filtered_away_and_come_back():
    widget = LinkChartWidget(small(), size_by="degree")
    widget.do({"do": "filter", "tests": {"kind": []}})
    assert len(widget.chart.entities) == 0
    assert "7 links are not on the chart now" in widget._desk.said + str(
        [content for _, content, _ in widget._changing(again=False)] or ""
    )
    widget.undo()
    assert len(widget.chart.entities) == 6


def test_measures_are_taken_as_the_result_took_them():
    links = pd.DataFrame({"source": list("ABCA"), "target": list("BCDD"), "strength": [1.0, 5.0, 1.0, 1.0]})
    result = networks.measures(networks.chart(links), strength="strength", directed=True, redraws=0)
    widget = LinkChartWidget(result)
    assert "measures = networks.measures(chart, strength='strength', directed=True, redraws=0)" in widget.code
    pd.testing.assert_frame_equal(widget.measures, result.table)


def test_files_go_through_the_gate(tmp_path):
    case = safeguards.open_case(tmp_path / "case", purpose="training", legal_basis="none needed", analyst="T")
    widget = LinkChartWidget(small(), title="Wer? / кто", case=case)
    released = widget.release(case.folder / "chart.svg", reason="training")
    assert released.path.read_bytes().startswith(b"<?xml")
    assert widget.release(case.folder / "chart.pdf").path.read_bytes().startswith(b"%PDF")
    out = said(widget)
    for form in ("png", "pdf"):
        widget.heard(widget, {"ask": "print", "form": form, "number": 1, "reason": "for the meeting"}, [])
        told = [content for about, content, _ in out if about == "said"][-1]
        assert not told["alarm"]
        (written,) = case.folder.glob(f"Wer* *.{form}")
        assert told["sentence"] == f"Printed: {written} (H0)"
    assert len(list(case.folder.glob("Wer* *"))) == 2
    log = case.audit.path.read_text(encoding="utf-8")
    assert released.sha256 in log
    assert log.count("for the meeting") == 2
    assert case.verify()
    with pytest.raises(InputError, match="ending"):
        widget.release(tmp_path / "chart.exe")


def test_a_strict_chart_is_printed_only_with_an_authority_and_under_the_code_of_its_case(tmp_path):
    case = safeguards.open_case(
        tmp_path / "case", purpose="training", legal_basis="none needed", analyst="T", handling="H2"
    )
    widget = LinkChartWidget(small(), case=case)
    out = said(widget)
    widget.heard(widget, {"ask": "print", "form": "png", "authority": " "}, [])
    assert "authority" in next(content["sentence"] for about, content, _ in out if about == "said")
    assert not list(case.folder.glob("*.png"))
    widget.heard(widget, {"ask": "print", "form": "png", "authority": "Chief"}, [])
    (written,) = case.folder.glob("*.png")
    assert "(H2)" in [content for about, content, _ in out if about == "said"][-1]["sentence"]
    assert "Chief" in case.audit.path.read_text(encoding="utf-8")
    page = widget.picture("html").decode()
    assert "H2" in page
    assert "H2" not in LinkChartWidget(small()).picture("html").decode()
    assert written.stat().st_size > 10_000


def test_without_an_open_case_the_chart_refuses_with_the_sentence_of_the_map(tmp_path):
    import shutil

    from ilp_lab.widgets import CrimeMap

    free = LinkChartWidget(small())
    out = said(free)
    free.heard(free, {"ask": "print", "form": "svg", "number": 1}, [])
    told = {about: content for about, content, _ in out}
    assert set(told) == {"done", "said"}, "no picture leaves the kernel"
    assert told["said"]["alarm"]
    assert told["said"]["sentence"] == CrimeMap.words()["no_case"].replace("CrimeMap", "LinkChartWidget")
    assert told["said"]["sentence"] == LinkChartWidget.words()["no_case"]
    with pytest.raises(NoCaseError, match="Looking needs no case"):
        free.release(tmp_path / "chart.png")

    case = safeguards.open_case(tmp_path / "case", purpose="training", legal_basis="none needed", analyst="T")
    held = LinkChartWidget(small(), case=case)
    shutil.rmtree(case.folder)
    out = said(held)
    held.heard(held, {"ask": "print", "form": "png"}, [])
    assert "no longer there" in next(content["sentence"] for about, content, _ in out if about == "said")
    assert not case.folder.exists()


def test_a_place_that_is_no_number_is_refused_and_a_measure_that_is_none_draws_no_sign_larger():
    with pytest.raises(InputError, match="finite numbers"):
        small().place({"A": (float("nan"), 1.0)})
    widget = LinkChartWidget(small())
    out = said(widget)
    for at in ([float("nan"), 1.0], [float("inf"), 0], [1e9, 0], [1], "here", None):
        widget.heard(widget, {"ask": "act", "do": "place", "rows": [0], "at": at}, [])
        assert (
            "a place is two numbers"
            in [content for about, content, _ in out if about == "said"][-1]["sentence"]
        )
    assert widget.code == LinkChartWidget(small()).code
    chart = small()
    weights = [float("nan"), float("inf"), -float("inf"), 2.0, 1.0, float("nan")][: len(chart.entities)]
    entities = chart.entities.assign(weight=weights)
    held = LinkChartWidget(networks.chart(chart.links, entities), size_by="weight")
    sizes = next(parcel for about, _, parcel in held.data() if about == "sizes")
    drawn = np.frombuffer(sizes.buffers[0], dtype=np.uint8)
    assert len(drawn) == len(entities)
    assert drawn[0] == drawn.min()
    assert np.isfinite(held._picture.xy).all()
    assert held.picture("svg")


def test_what_is_given_is_checked_at_once():
    with pytest.raises(InputError, match="a link chart is needed"):
        LinkChartWidget(pd.DataFrame({"source": ["A"], "target": ["B"]}))
    with pytest.raises(ColumnError, match="no column 'importance'"):
        LinkChartWidget(small(), size_by="importance")
    with pytest.raises(InputError, match="name"):
        LinkChartWidget(small(), name="my chart")


def test_a_widget_keeps_the_language_in_which_it_was_made():
    with speak("ru"):
        widget = LinkChartWidget(small())
    out = said(widget)
    widget.mount()  # a page that opens later, when something else is spoken
    words, english = out[0][1]["words"], LinkChartWidget.words()
    assert out[0][1]["language"] == "ru"
    assert (words["undo"], english["undo"]) == ("Отменить", "Undo")
    assert {name for name, word in english.items() if words[name] == word and len(word) > 8} == set()
