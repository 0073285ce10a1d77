"""Building, filtering and handing on a link chart."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples, schema
from ilp_lab.errors import AmbiguousError, ColumnError, HandlingError, InputError
from ilp_lab.safeguards import handling_of, mark

HOSTILE = ["<script>alert(1)</script>", "C:\\2024\\1", "`x` ${HOME}", "=1+1", "a\u2028b", 'say "x"', "&lt;"]


def pairs(*rows, **more):
    return pd.DataFrame(rows, columns=["source", "target"]).assign(**more)


@pytest.fixture
def belmara():
    return networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )


def test_the_tables_follow_the_schema(belmara):
    assert tuple(belmara.entities.columns[: len(schema.ENTITIES.names)]) == schema.ENTITIES.names
    assert tuple(belmara.links.columns[: len(schema.LINKS.names)]) == schema.LINKS.names
    assert len(belmara.entities) == 260
    assert len(belmara.links) == 700
    assert belmara.handling == "H2"
    assert belmara.left_out == {}
    assert belmara.left_out_rows is None
    assert belmara.links["start"].dtype.kind == "M"


def test_either_order_by_keyword():
    links, entities = pairs(("A", "B")), pd.DataFrame({"entity_id": ["A"], "kind": ["person"]})
    one = networks.chart(entities=entities, links=links)
    other = networks.chart(links, entities)
    pd.testing.assert_frame_equal(one.entities, other.entities)


def test_every_link_keeps_its_own_source_and_extra_columns():
    links = pairs(("A", "B"), ("A", "B"), reference=["R1", "R2"], tower=["north", "south"])
    chart = networks.chart(links)
    assert chart.links["reference"].tolist() == ["R1", "R2"]
    assert chart.links["tower"].tolist() == ["north", "south"]


def test_entities_named_only_by_links_are_added_and_counted():
    entities = pd.DataFrame({"entity_id": ["A"], "kind": ["person"], "age": [40], "known": [True]})
    chart = networks.chart(pairs(("A", "B"), ("B", "C")), entities)
    assert chart.derived == 2
    added = chart.entities.set_index("entity_id").loc[["B", "C"]]
    assert added["kind"].tolist() == ["unknown", "unknown"]
    assert added["label"].tolist() == ["B", "C"]
    assert added[["age", "known", "category"]].isna().all(axis=None)
    assert chart.entities.set_index("entity_id").loc["A", "age"] == 40
    assert "2 entities were only named by links" in str(chart)


def test_links_without_an_end_come_back():
    links = pairs(("A", "B"), ("A", None), (" ", "C"), reference=["R1", "R2", "R3"])
    chart = networks.chart(links)
    assert len(chart.links) == 1
    assert chart.left_out == {"link without a source or a target": 2}
    assert chart.left_out_rows["reference"].tolist() == ["R2", "R3"]
    assert set(chart.left_out_rows["table"]) == {"links"}
    assert set(chart.entities["entity_id"]) == {"A", "B"}


def test_self_links_stay_and_are_counted():
    chart = networks.chart(pairs(("A", "A"), ("A", "B")))
    assert len(chart.links) == 2
    assert chart.self_links == 1
    assert "1 link joins an entity with itself" in str(chart)


def test_identifiers_are_one_whatever_their_type():
    links = pd.DataFrame({"source": [1.0, 2.0, None], "target": ["2", " 3 ", "4"]})
    chart = networks.chart(links, pd.DataFrame({"entity_id": [1, 2, 3], "kind": "phone"}))
    assert chart.entities["entity_id"].tolist() == ["1", "2", "3"]
    assert chart.derived == 0


def test_the_same_entity_twice_is_counted_once():
    entities = pd.DataFrame({"entity_id": ["A", "A", None], "kind": ["person", "person", "phone"]})
    chart = networks.chart(pairs(("A", "B")), entities)
    assert chart.left_out == {"entity listed twice with the same facts": 1, "entity without an entity_id": 1}


def test_the_same_entity_with_other_facts_is_refused():
    entities = pd.DataFrame({"entity_id": ["A", "A", "B"], "label": ["One", "Other", "B"]})
    with pytest.raises(
        AmbiguousError, match=r"networks\.chart:(.|\n)*'A' more than once(.|\n)*decide which row"
    ):
        networks.chart(pairs(("A", "B")), entities)


def test_all_faults_at_once():
    links = pairs(("A", "B"), strength=["many"], start=["31/12/2024"])
    entities = pd.DataFrame({"entity_id": ["A"], "kind": ["persn"], "category": ["boss"]})
    with pytest.raises(ColumnError) as caught:
        networks.chart(links, entities)
    said = str(caught.value)
    for part in (
        "strength must hold numbers",
        "'31/12/2024'",
        "intake.read_links",
        "'persn'",
        "'boss'",
        "witness",
    ):
        assert part in said


@pytest.mark.parametrize("given", [None, 3, "links.csv", [("A", "B")]])
def test_what_is_no_table_is_refused(given):
    with pytest.raises(InputError, match="links must be a table"):
        networks.chart(given)


def test_missing_columns_are_named():
    with pytest.raises(ColumnError, match=r"no column 'target'(.|\n)*entities has no column 'entity_id'"):
        networks.chart(pd.DataFrame({"source": ["A"]}), pd.DataFrame({"id": ["A"]}))


def test_columns_of_the_same_name_are_refused():
    links = pd.DataFrame([["A", "B", 1, 2]], columns=["source", "target", "n", "n"])
    with pytest.raises(ColumnError, match="columns of the same name: n"):
        networks.chart(links)


def test_unknown_handling_code_is_refused():
    with pytest.raises(HandlingError, match="H9"):
        networks.chart(pairs(("A", "B"), handling="H9"))


def test_mixed_time_zones_are_refused_with_the_fix():
    links = pairs(("A", "B"), ("A", "C"), start=["2024-01-01T00:00+01:00", "2024-01-01T00:00+02:00"])
    with pytest.raises(ColumnError, match="mixes time zones"):
        networks.chart(links)


def test_categories_in_any_spelling_and_number():
    entities = pd.DataFrame(
        {"entity_id": list("ABC"), "category": ["Victim / suspect", "OTHER_PARTY", "other"]}
    )
    chart = networks.chart(pairs(("A", "B")), entities)
    assert chart.entities["category"].tolist() == ["victim; suspect", "other party", "other party"]


def test_handling_is_the_strictest_of_rows_and_tables():
    assert networks.chart(pairs(("A", "B"), handling="H1")).handling == "H1"
    assert networks.chart(mark(pairs(("A", "B")), handling="H3")).handling == "H3"
    entities = pd.DataFrame({"entity_id": ["A"], "handling": ["H2"]})
    chart = networks.chart(pairs(("A", "B")), entities)
    assert chart.handling == "H2"
    assert handling_of(chart) == "H2"


def test_empty_tables_make_an_empty_chart():
    chart = networks.chart(pd.DataFrame({"source": [], "target": []}))
    assert len(chart.entities) == len(chart.links) == 0
    assert "0 entities" in str(chart)
    assert len(chart.counts()) == 0
    assert networks.to_networkx(chart).number_of_nodes() == 0


def test_the_given_tables_are_never_changed():
    links = pairs(("A", "B"), ("B", "B"), kind=["x", None], strength=["1", "2"])
    entities = pd.DataFrame({"entity_id": ["A"], "kind": [" Person "]}, index=[9])
    before = links.copy(deep=True), entities.copy(deep=True)
    chart = networks.chart(links, entities)
    chart.filter(kind="x")
    networks.measures(chart, strength="strength")
    graph = networks.to_networkx(chart)
    graph.nodes["A"]["label"] = "changed"
    pd.testing.assert_frame_equal(links, before[0])
    pd.testing.assert_frame_equal(entities, before[1])
    assert chart.entities["label"].tolist() == ["A", "B"]


def test_a_chart_is_frozen(belmara):
    with pytest.raises(AttributeError):
        belmara.handling = "H0"


def test_hostile_text_is_shown_as_text():
    chart = networks.chart(
        pd.DataFrame({"source": HOSTILE, "target": HOSTILE[1:] + HOSTILE[:1], "kind": HOSTILE})
    )
    page = chart._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert set(chart.entities["entity_id"]) == set(HOSTILE)
    found = networks.measures(chart).table
    assert set(found["entity_id"]) == set(HOSTILE)


# --- filters


@pytest.fixture
def dated():
    return networks.chart(
        pairs(
            ("A", "B"),
            ("B", "C"),
            ("C", "D"),
            ("D", "E"),
            kind=["called", "paid", "called", "called"],
            start=["2024-01-01", "2024-02-01", "2024-03-01", None],
            end=["2024-01-10", "2024-03-15", None, None],
            source_grade=["A", "B", "X", None],
            information_grade=[1, 2, 4, None],
            handling=["H0", "H1", "H2", None],
        )
    )


def test_filter_by_kind_keeps_numbers_and_counts(dated):
    calls = dated.filter(kind="called")
    assert calls.links.index.tolist() == [0, 2, 3]
    assert set(calls.entities["entity_id"]) == set("ABCDE")
    assert calls.left_out == {"link whose kind is not called": 1}
    assert len(dated.links) == 4
    paid = dated.filter(kind=["paid"])
    assert set(paid.entities["entity_id"]) == {"B", "C"}
    assert paid.left_out["entity without a link after filtering"] == 3
    assert len(dated.filter(kind="paid", keep_unlinked=True).entities) == 5


def test_filter_by_time_is_half_open(dated):
    assert dated.filter(since="2024-02-01").links.index.tolist() == [1, 2]
    assert dated.filter(until="2024-02-01").links.index.tolist() == [0]
    assert dated.filter(since="2024-03-01", until="2024-03-02").links.index.tolist() == [1, 2]
    assert dated.filter(until=pd.Timestamp("2024-01-01")).links.empty
    assert dated.filter(since="2024-02-01").left_out["link without a date"] == 1


def test_filter_by_time_knows_zones():
    aware = networks.chart(pairs(("A", "B"), start=[pd.Timestamp("2024-01-01T00:30", tz="Europe/Vienna")]))
    assert len(aware.filter(since="2024-01-01T00:30", until="2024-01-01T00:31").links) == 1
    assert len(aware.filter(since="2024-01-01T00:30Z").links) == 0
    naive = networks.chart(pairs(("A", "B"), start="2024-01-01"))
    with pytest.raises(InputError, match="since has a time zone"):
        naive.filter(since="2024-01-01T00:00Z")


def test_times_of_both_ends_share_a_zone():
    vienna, utc = (
        pd.Timestamp("2024-01-01T01:00", tz="Europe/Vienna"),
        pd.Timestamp("2024-01-01T02:00", tz="UTC"),
    )
    chart = networks.chart(pairs(("A", "B"), start=[vienna], end=[utc]))
    assert chart.links["start"].dtype == chart.links["end"].dtype
    assert (chart.links["end"] - chart.links["start"]).iloc[0] == pd.Timedelta(hours=2)
    assert networks.chart(pairs(("A", "B"), end=[utc])).links["start"].isna().all()
    with pytest.raises(ColumnError, match="one of start and end has a time zone"):
        networks.chart(pairs(("A", "B"), start="2024-01-01", end=[utc]))


def test_filter_by_grades(dated):
    assert dated.filter(source_grade=("A", "B")).links.index.tolist() == [0, 1]
    assert dated.filter(information_grade=4).links.index.tolist() == [2]
    assert dated.filter(information_grade=(1, "2")).links.index.tolist() == [0, 1]
    assert dated.filter(source_grade="A").left_out["link without a source grade"] == 1


def test_filter_by_handling_lowers_the_code_and_drops_strict_entities():
    entities = pd.DataFrame({"entity_id": list("ABC"), "handling": ["H0", "H0", "H3"]})
    chart = networks.chart(pairs(("A", "B"), ("B", "C"), ("A", "B"), handling=["H0", "H0", "H2"]), entities)
    assert chart.handling == "H3"
    open_part = chart.filter(handling_at_most="H0")
    assert open_part.handling == "H0"
    assert open_part.links.index.tolist() == [0]
    assert set(open_part.entities["entity_id"]) == {"A", "B"}
    assert open_part.left_out["entity stricter than H0"] == 1


def test_no_filter_goes_below_the_mark_of_the_table():
    chart = networks.chart(mark(pairs(("A", "B"), handling="H0"), handling="H2"))
    assert chart.filter(handling_at_most="H2").handling == "H2"
    with pytest.raises(HandlingError, match="marked H2"):
        chart.filter(handling_at_most="H1")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "caled"}, "Did you mean 'called'"),
        ({"source_grade": "Z"}, "source_grade must be one of"),
        ({"since": "yesterday"}, "since must be a time"),
        ({"since": 2024}, "since must be a time"),
        ({"since": "2024-05-01", "until": "2024-04-01"}, "since must come before until"),
    ],
)
def test_filters_refuse_in_a_sentence(dated, wanted, said):
    with pytest.raises(InputError, match=said):
        dated.filter(**wanted)


def test_steps_and_rows_left_out_add_up(belmara):
    smaller = belmara.filter(kind="called").filter(since="2024-06-01").neighbourhood("T001", steps=2)
    assert len(smaller.steps) == 3
    rows = smaller.left_out_rows
    assert len(rows) == sum(smaller.left_out.values())
    assert (rows["table"] == "links").sum() + len(smaller.links) == len(belmara.links)
    assert (rows["table"] == "entities").sum() + len(smaller.entities) == len(belmara.entities)


def test_neighbourhood_steps():
    path = networks.chart(pairs(("A", "B"), ("C", "B"), ("C", "D"), ("X", "Y")))
    assert set(path.neighbourhood("A").entities["entity_id"]) == {"A", "B"}
    assert set(path.neighbourhood("A", steps=2).entities["entity_id"]) == {"A", "B", "C"}
    assert set(path.neighbourhood("A", steps=50).entities["entity_id"]) == {"A", "B", "C", "D"}
    with pytest.raises(InputError, match=r"steps must be(.|\n)*no entity 'Q'"):
        path.neighbourhood("Q", steps=0)


# --- networkx


def test_to_networkx_loses_nothing(belmara):
    graph = networks.to_networkx(belmara, weight="strength")
    assert isinstance(graph, nx.MultiGraph)
    assert not graph.is_directed()
    assert graph.number_of_edges() == len(belmara.links)
    back = pd.DataFrame(
        [data for _, _, _, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2])]
    )
    for column in belmara.links.columns:
        ours = belmara.links[column].astype(object).where(belmara.links[column].notna(), None).tolist()
        assert back[column].astype(object).where(back[column].notna(), None).tolist() == ours, column
    assert (back["weight"] == back["strength"]).all()
    for row in belmara.entities.head(20).itertuples():
        assert graph.nodes[row.entity_id]["label"] == row.label
    assert graph.graph["handling"] == "H2"


def test_to_networkx_directed_keeps_parallel_links_and_loops():
    chart = networks.chart(pairs(("A", "B"), ("B", "A"), ("A", "B"), ("A", "A")))
    graph = networks.to_networkx(chart, directed=True)
    assert graph.is_directed()
    assert sorted(graph.edges()) == [("A", "A"), ("A", "B"), ("A", "B"), ("B", "A")]


def test_to_networkx_values_are_plain(belmara):
    graph = networks.to_networkx(belmara)
    kinds = {type(value) for _, data in graph.nodes(data=True) for value in data.values()}
    assert kinds <= {str, type(None)}


def test_to_networkx_refuses(belmara):
    with pytest.raises(ColumnError, match=r"no column 'strenght'(.|\n)*Did you mean 'strength'"):
        networks.to_networkx(belmara, weight="strenght")
    with pytest.raises(InputError, match="must be a LinkChart"):
        networks.to_networkx(pd.DataFrame())


ends = st.one_of(st.none(), st.sampled_from(list("ABCDE")), st.just("  "))


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(ends, ends), max_size=30))
def test_no_link_is_lost_or_invented(rows):
    chart = networks.chart(pd.DataFrame(rows, columns=["source", "target"], dtype=object))
    assert len(chart.links) + sum(chart.left_out.values()) == len(rows)
    assert set(chart.entities["entity_id"]) == set(chart.links["source"]) | set(chart.links["target"])
    assert networks.to_networkx(chart).number_of_edges() == len(chart.links)
    assert chart.derived == len(chart.entities)
    assert int(np.sum(chart.counts()["n"])) == len(chart.links) + len(chart.entities)


def test_the_two_tables_may_come_in_either_order():
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    entities = pd.DataFrame({"entity_id": ["a", "b"], "kind": ["person", "phone"]})
    one, other = networks.chart(links, entities), networks.chart(entities, links)
    pd.testing.assert_frame_equal(one.entities, other.entities)
    pd.testing.assert_frame_equal(one.links, other.links)
