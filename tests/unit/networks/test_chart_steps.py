"""Every step gives a new chart, can be undone, and stands as Python that makes the chart again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import AmbiguousError, ColumnError, InputError
from ilp_lab.networks.codewriting import literal

NAMES = ["A", "B", "C", "D", "E", 'it\'s "F"\n\\', "<script>\u2028"]


def tables():
    links = pd.DataFrame(
        {
            "source": ["A", "B", "C", "D", "E", NAMES[5], "A"],
            "target": ["B", "C", "D", "E", "A", NAMES[6], "B"],
            "kind": ["called", "paid", "called", "seen with", "called", "paid", "called"],
            "start": pd.to_datetime(
                ["2024-01-01", "2024-02-01", "2024-03-01", None, "2024-05-01", None, "2024-01-09"]
            ),
            "information_grade": ["1", "2", "3", None, "1", "4", "2"],
            "certainty": [1.0, 0.5, None, 0.9, 0.2, None, 0.7],
        }
    )
    entities = pd.DataFrame(
        {
            "entity_id": NAMES,
            "kind": ["person", "person", "phone", "person", "unknown", "person", "person"],
            "category": ["suspect", "victim", None, None, None, "witness", None],
            "town": ["x", "y", "x", None, "y", "x", "x"],
        }
    )
    return links, entities


@pytest.fixture
def made():
    return networks.chart(*tables())


def same(one, other):
    pd.testing.assert_frame_equal(one.entities, other.entities)
    pd.testing.assert_frame_equal(one.links, other.links)
    for name in (
        "handling",
        "left_out",
        "hidden",
        "groups",
        "notes",
        "annotations",
        "steps",
        "derived",
        "remarks",
    ):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("positions", "left_out_rows", "conflicts"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine is None) == (theirs is None), name
        if mine is not None:
            pd.testing.assert_frame_equal(mine, theirs)


def run(code, **given):
    room = dict(given)
    exec(code, room)
    return room


def test_code_makes_the_chart_again(made):
    links, entities = tables()
    chart = (
        made.filter(kind=("called", "paid"), since=pd.Timestamp("2023-01-01"))
        .hide(kind="phone")
        .hide([NAMES[1]])
        .show(NAMES[1])
        .keep(["A", "B", "C"])
        .expand("C")
        .arrange(rng=3)
        .pin("A")
        .place({"B": (np.float64(1), 2), "gone": (5, 5)}, pinned=True)
        .add_note("check\n'this'", entity_id="A")
        .add_note("twice", link=np.int64(0))
        .annotate("a group", around=["A", "B"])
        .group("town")
        .merge(["A", "D"], into="A", why="same number")
        .arrange(again=True)
    )
    assert len(chart.history) == 16
    same(run(chart.code(), links=links, entities=entities)["chart"], chart)
    again = run(chart.code(name="mine"), links=links, entities=entities)["mine"]
    assert again.code() == chart.code()


def test_code_of_a_combined_chart_makes_both(made):
    other = networks.chart(pd.DataFrame({"source": ["A", "X"], "target": ["X", "Y"]})).hide("Y")
    chart = made.filter(kind="called").combine(other).hide("X")
    code = chart.code()
    assert "links_2" in code
    assert "entities_2" not in code
    links, entities = tables()
    same(
        run(code, links=links, entities=entities, links_2=other.history[0].links[["source", "target"]])[
            "chart"
        ],
        chart,
    )


STEPS = st.sampled_from(
    [
        lambda chart: chart.filter(kind="called", keep_unlinked=True),
        lambda chart: chart.filter(information_grade=[1, "2"], keep_unlinked=True),
        lambda chart: chart.filter(certainty_at_least=0.3, keep_unlinked=True),
        lambda chart: chart.hide("A"),
        lambda chart: chart.show(),
        lambda chart: chart.neighbourhood("A", steps=2),
        lambda chart: chart.expand("A"),
        lambda chart: chart.arrange(rng=11),
        lambda chart: chart.add_note(NAMES[5], entity_id="A"),
        lambda chart: chart.annotate(NAMES[6], around="A"),
        lambda chart: chart.group({"A": "one"}),
        lambda chart: chart.place({"A": (1.5, -2.0)}),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=7))
def test_any_steps_can_be_run_again_and_undone(steps):
    links, entities = tables()
    start = chart = networks.chart(links, entities)
    seen = [start]
    for step in steps:
        try:
            chart = step(chart)
        except InputError:
            continue
        seen.append(chart)
    same(run(chart.code(), links=links, entities=entities)["chart"], chart)
    assert chart.history == tuple(seen)
    for back in range(1, len(seen)):
        assert chart.undo(back) is seen[-1 - back]
    rows = chart.left_out_rows
    lost = 0 if rows is None else int((rows["table"] == "links").sum())
    assert lost + len(chart.links) == len(start.links)


def test_undo_refuses_what_never_was(made):
    with pytest.raises(InputError, match="made in 1 step, so 2 cannot be undone"):
        made.hide("A").undo(2)
    with pytest.raises(InputError, match="whole number"):
        made.undo(0)


def test_hidden_entities_are_measured_all_the_same(made):
    hidden = made.hide(["A", "B"])
    assert hidden.hidden == {"A", "B"}
    assert "2 entities are hidden" in str(hidden)
    pd.testing.assert_frame_equal(
        networks.measures(hidden, rng=1).table, networks.measures(made, rng=1).table
    )


def test_expand_brings_back_what_was_left_behind_and_not_what_was_filtered(made):
    small = made.filter(kind="called").neighbourhood("A")
    assert set(small.entities["entity_id"]) == {"A", "B", "E"}
    wider = made.filter(kind=["called", "seen with"]).neighbourhood("A").expand("E")
    assert "D" in set(wider.entities["entity_id"])
    assert (wider.links["kind"] != "paid").all()
    assert len(wider.links) + (wider.left_out_rows["table"] == "links").sum() == len(made.links)
    assert wider.left_out["filtered: link whose kind is not called or seen with"] == 2


def test_nothing_placed_moves_when_a_chart_grows(made):
    small = made.keep(["A", "B"]).arrange()
    grown = small.expand("A").expand("B").arrange()
    assert len(grown.entities) > 2
    for name in ("A", "B"):
        assert grown.positions.loc[name].tolist() == small.positions.loc[name].tolist()
    pinned = made.arrange().place({"A": (500.0, 500.0)}).pin("A")
    assert pinned.arrange(again=True).positions.loc["A", ["x", "y"]].tolist() == [500.0, 500.0]
    assert pinned.unpin("A").arrange(again=True).positions.loc["A", ["x", "y"]].tolist() != [500.0, 500.0]


def test_merge_keeps_every_fact(made):
    one = made.merge(["B", "D"], into="D", why="one address")
    row = one.entities.set_index("entity_id").loc["D"]
    assert row["category"] == "victim"
    assert row["town"] == "y"
    assert row["also"] == "B"
    assert one.left_out["entity merged into another"] == 1
    assert one.links.loc[0, "target"] == "D"
    assert one.links.loc[0, "target_before"] == "B"
    assert len(one.links) == len(made.links)
    assert networks.measures(one).table.set_index("entity_id")["degree"].isna()["D"]
    both = made.merge(["A", "B"], into="A")
    assert both.entities.set_index("entity_id").loc["A", "category"] == "suspect; victim"
    assert both.conflicts[["column", "kept", "other"]].to_numpy().tolist() == [["town", "x", "y"]]
    assert "1 facts differed (town)" in both.remarks[0]
    assert both.self_links == 2
    assert both.previous is made


def test_merging_twice_remembers_all_names(made):
    twice = made.merge(["A", "B"], into="A").merge(["A", "D"], into="D")
    assert twice.entities.set_index("entity_id").loc["D", "also"] == "B; A"
    assert twice.links.loc[0, "source_before"] == "A"
    assert twice.links.loc[0, "target_before"] == "B"


def test_merge_refuses(made):
    with pytest.raises(InputError, match="different kinds"):
        made.merge(["A", "C"], into="A")
    with pytest.raises(InputError, match="besides 'A'"):
        made.merge(["A"], into="A")
    with pytest.raises(InputError, match="no entity 'Q'"):
        made.merge(["A", "Q"], into="A")


def test_combine_tells_conflicts_and_loses_nothing(made):
    links, entities = tables()
    links.loc[6, "kind"] = "met"
    entities.loc[0, ["town", "category"]] = ["z", "convicted"]
    entities.loc[3, "town"] = "w"
    other = networks.chart(links, entities).add_note("note", link=6).place({"A": (1, 1)})
    both = made.place({"A": (9, 9)}).combine(other)
    assert len(both.links) == 8
    assert both.left_out["link that stands in both charts with the same facts"] == 6
    row = both.entities.set_index("entity_id")
    assert row.loc["A", "town"] == "x"
    assert row.loc["A", "category"] == "suspect; convicted"
    assert row.loc["D", "town"] == "w"
    assert both.conflicts[["entity_id", "column", "kept", "other"]].to_numpy().tolist() == [
        ["A", "town", "x", "z"]
    ]
    assert both.links.loc[both.notes[0].link, "kind"] == "met"
    assert both.positions.loc["A", "x"] == 9


def test_combine_with_an_empty_chart_and_with_other_columns(made):
    empty = networks.chart(pd.DataFrame({"source": [], "target": []}))
    assert len(made.combine(empty).links) == len(empty.combine(made).links) == len(made.links)
    other = networks.chart(pd.DataFrame({"source": ["A"], "target": ["Z"], "tower": ["T1"]}))
    assert made.combine(other).links["tower"].notna().sum() == 1


def test_combine_refuses(made):
    with pytest.raises(InputError, match="must be a LinkChart; got DataFrame"):
        made.combine(pd.DataFrame())
    links = pd.DataFrame({"source": ["A"], "target": ["B"], "start": [pd.Timestamp("2024-01-01", tz="UTC")]})
    with pytest.raises(AmbiguousError, match="time zone"):
        made.combine(networks.chart(links))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda chart: chart.hide(), "not said what to hide"),
        (lambda chart: chart.hide(kind="phonee"), "Did you mean 'phone'"),
        (lambda chart: chart.hide([]), "names no entity"),
        (lambda chart: chart.keep("Q"), "no entity 'Q'"),
        (lambda chart: chart.add_note("x"), "one of the two"),
        (lambda chart: chart.add_note("x", link=99), "no link 99"),
        (lambda chart: chart.add_note(" ", entity_id="A"), "text is empty"),
        (lambda chart: chart.annotate("x", around=["Q"]), "around: the chart has no entity 'Q'"),
        (lambda chart: chart.group("tonw"), "Did you mean 'town'"),
        (lambda chart: chart.group(3), "must be a column"),
        (lambda chart: chart.group({"Q": "x"}), "no entity of the chart"),
        (lambda chart: chart.pin("A"), "no position yet"),
        (lambda chart: chart.place({"A": (1,)}), "two numbers"),
        (lambda chart: chart.place({"A": (1, float("nan"))}), "finite"),
        (lambda chart: chart.arrange(rng=-1), "rng must be"),
        (lambda chart: chart.filter(certainty_at_least=50), "between 0 and 1"),
        (lambda chart: chart.code(name="my chart"), "a name as Python knows them"),
    ],
)
def test_steps_refuse_in_a_sentence(made, call, words):
    with pytest.raises(InputError, match=words):
        call(made)


def test_positions_may_come_as_a_table(made):
    table = pd.DataFrame({"entity_id": ["A"], "x": ["1"], "y": [2]})
    assert made.place(table).positions.loc["A", "x"] == 1.0
    with pytest.raises(ColumnError, match="no column 'y'"):
        made.place(table.drop(columns="y"))


def test_certainty_is_checked_and_kept():
    links = pd.DataFrame({"source": ["A"], "target": ["B"], "certainty": [80]})
    with pytest.raises(ColumnError, match=r"between 0 and 1; got 80\.0\. Divide percentages by 100"):
        networks.chart(links)
    assert networks.chart(links.assign(certainty="0.8")).links["certainty"].tolist() == [0.8]


def test_identifiers_of_different_type_are_told():
    links = pd.DataFrame({"source": [7, 8], "target": ["7", "9"]})
    chart = networks.chart(links)
    assert chart.remarks == (
        "1 identifiers came as numbers and as text (such as 7 and '7'); they were read as the same entities",
    )
    assert chart.remarks[0][2:] in str(chart)
    mixed = networks.chart(pd.DataFrame({"source": pd.Series([7, "7"], dtype=object), "target": ["a", "b"]}))
    assert len(mixed.remarks) == 1
    assert networks.chart(pd.DataFrame({"source": ["7"], "target": ["8"]})).remarks == ()


def test_literals_are_python():
    values = [
        None,
        True,
        np.float32(0.5),
        {"a": ("x",)},
        {3, 1},
        pd.Timestamp("2024-01-01T10:00+01:00"),
        NAMES,
    ]
    assert eval(literal(values)) == [
        None, True, 0.5, {"a": ("x",)}, [1, 3], "2024-01-01T10:00:00+01:00", NAMES,
    ]  # fmt: skip


def test_sample_chart_tells_its_own_story():
    chart = networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )
    wide = chart.filter(information_grade=["1", "2"]).arrange()
    assert len(wide.positions) == len(wide.entities)
    assert wide.code().count("\n") == 6
