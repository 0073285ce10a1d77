"""Charts to other programs and back: nothing is lost that the report does not name."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ilp_lab import networks
from ilp_lab.errors import HandlingError, InputError, NoCaseError, ReadError
from ilp_lab.intake import read_graph_csv
from ilp_lab.networks.chartfiles import _encoded
from ilp_lab.networks.formats.losses import CHANGED, LOST, Losses
from ilp_lab.networks.formats.values import plain
from ilp_lab.safeguards import mark, open_case

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
FORMATS = {"graphml": "c.graphml", "gexf": "c.gexf", "csv": "c.csv", "ftm": "c.json", "anx": "c.anx"}
NUL = "\x00"


@pytest.fixture
def case(tmp_path):
    return open_case(tmp_path / "case", purpose="Test", legal_basis="Police Act s.12", analyst="A17")


def through(chart, kind, folder):
    """Write a chart as a format and read it again, without the gate."""
    losses = Losses()
    contents, graph = _encoded(chart, kind, (), losses)
    written = losses.report("written", len(graph.entities.rows), len(graph.links.rows))
    path = folder / FORMATS[kind]
    paths = (folder / "c.nodes.csv", folder / "c.links.csv") if kind == "csv" else (path,)
    for one, content in zip(paths, contents, strict=True):
        one.write_bytes(content)
    made, read = networks.read_chart(path)
    return made, written, read


def facts(frame, names):
    """Rows as plain values without what is missing, in order of the row."""
    rows = []
    for record in frame.to_dict("records"):
        row = {key: plain(value) for key, value in record.items() if key in names}
        rows.append({key: value for key, value in row.items() if value is not None})
    return rows


def same(one, other):
    """Whether values are the same; times by their moment and zone, numbers by their value."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return one == other


texts = st.text(max_size=12)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), texts,
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)  # fmt: skip
trees = st.recursive(
    scalars,
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(texts, inside, max_size=3)),
    max_leaves=5,
)
columns = st.one_of(
    st.lists(st.one_of(st.none(), texts), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62)), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 1, 1))), min_size=4, max_size=4),
    st.lists(
        st.one_of(st.none(), st.datetimes(pd.Timestamp("1950-01-01"), pd.Timestamp("2100-01-01"))),
        min_size=4,
        max_size=4,
    ),
    st.lists(trees, min_size=4, max_size=4),
)


def chart_of(values, name="extra", zone=None):
    links = pd.DataFrame(
        {
            "source": ["A", "A", "B", "C"],
            "target": ["B", "B", "A", "C"],
            "kind": ["called", "called", "paid", "owns"],
            "strength": [1.5, 2.0, np.nan, 1e300],
            "start": pd.to_datetime(
                ["2024-05-01 10:00:00.123456", "2024-10-27 02:30", None, "2024-01-01"], format="ISO8601"
            ),
            "source_grade": ["A", "B", None, "X"],
            "certainty": [0.2, 0.9, None, 1.0],
        }
    )
    if zone:
        links["start"] = links["start"].dt.tz_localize(zone, ambiguous=True)
    links[name] = pd.Series(values, dtype=object)
    entities = pd.DataFrame(
        {
            "entity_id": ["A", "B", "C", "lonely"],
            "kind": ["person", "phone", "account", "event"],
            "label": ["Ann & <b>", "b", '"c"', "é 中 😀"],
        }
    )
    entities[f"{name}_2"] = pd.Series(values[::-1], dtype=object)
    return networks.chart(mark(links, handling="H1"), entities).place({"A": (0.5, -1.25), "B": (1e3, 2)})


@pytest.mark.parametrize("kind", ["graphml", "gexf", "ftm", "anx"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=columns)
@example(values=[None, [1, {"a": None}], {"b": [2.5, "x"]}, "plain"])
@example(values=["a\x00b", "\ud800", "tab\tline\nreturn\r", " blanks "])
@example(values=[np.int64(7), np.float32(0.5), np.bool_(True), np.array([1, 2])])
@example(values=[pd.Timestamp("2024-05-01"), pd.NaT, pd.Timestamp("2024-05-01", tz="UTC"), None])
@example(values=[(1, 2), {3, 4}, {5: 6}, b"bytes"])
@example(values=["", "NULL", "nan", "=1+1"])
@example(values=[float("inf"), float("-inf"), 0.1, None])
def test_a_round_trip_keeps_everything_or_says_what_it_changed(kind, values, tmp_path):
    chart = chart_of(values)
    back, written, read = through(chart, kind, tmp_path)
    assert len(back.links) == len(chart.links)
    said = {what for effect, what, _ in (*written.losses, *read.losses) if effect in (LOST, CHANGED)}
    for mine, theirs, base in ((chart.links, back.links, ["source", "target", "kind", "strength", "start", "source_grade", "certainty", "extra"]),
                               (chart.entities, back.entities, ["entity_id", "kind", "label", "extra_2"])):  # fmt: skip
        ours, others = facts(mine, base), facts(theirs, base)
        for one, other in zip(ours, others, strict=True):
            if not any("extra" in what for what in said):
                assert same(one, other), (one, other, said)
            fixed = {key for key in base if not key.startswith("extra")}
            assert same(
                {k: v for k, v in one.items() if k in fixed}, {k: v for k, v in other.items() if k in fixed}
            )
    if not said:
        assert written.lossless
    assert back.handling == "H1"
    if kind != "anx":
        assert back.positions.loc["A", ["x", "y"]].tolist() == [0.5, -1.25]


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize("zone", ["Europe/Vienna", "UTC", None])
def test_times_keep_their_moment_and_where_the_format_can_their_zone(kind, zone, tmp_path):
    chart = chart_of(["x"] * 4, zone=zone)
    back, written, _ = through(chart, kind, tmp_path)
    ours, theirs = chart.links["start"], back.links["start"]
    if zone:
        assert (ours.dropna().dt.tz_convert("UTC") == theirs.dropna().dt.tz_convert("UTC")).all()
        named = str(theirs.dt.tz) == zone
        assert named or any("name of their zone" in what for _, what, _ in written.losses)
    else:
        assert (ours.dropna() == theirs.dropna()).all()
    assert theirs.isna().tolist() == ours.isna().tolist()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.fixed_dictionaries({"text": st.one_of(st.none(), texts), "n": st.one_of(st.none(), st.integers(-(2**60), 2**60)), "list": st.one_of(st.none(), st.lists(texts, max_size=3))}),
        min_size=2, max_size=4,
    )
)  # fmt: skip
@example(
    rows=[
        {"text": "=cmd|' /C calc'!A0", "n": 1, "list": ["a", "b"]},
        {"text": "'quoted", "n": None, "list": None},
    ]
)
@example(rows=[{"text": None, "n": None, "list": None}, {"text": "x", "n": 1, "list": ["\r"]}])
@example(rows=[{"text": "@x", "n": 0, "list": ["a;b"]}, {"text": "line\nbreak", "n": 3, "list": ["NULL"]}])
def test_the_pair_of_csv_files_keeps_everything_or_says_so(rows, tmp_path):
    links = pd.DataFrame(rows, dtype=object).assign(source="A", target="B", kind="called")
    chart = networks.chart(links)
    back, written, _ = through(chart, "csv", tmp_path)
    assert len(back.links) == len(links)
    assert (back.links[["source", "target", "kind"]] == chart.links[["source", "target", "kind"]]).all().all()
    said = " ".join(what for effect, what, _ in written.losses if effect == CHANGED)
    for name in ("text", "n", "list"):
        if name not in said and name in back.links and "cannot be written" not in said:
            assert same(facts(chart.links, [name]), facts(back.links, [name])), said
    with (tmp_path / "c.links.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    for line in lines:
        for name, cell in zip(header, line, strict=True):
            assert not cell.startswith(("=", "@", "+", "-")) or name.endswith((":long", ":double"))


@pytest.mark.parametrize("kind", ["graphml", "gexf", "ftm", "anx", "csv"])
def test_parallel_links_direction_and_loops(kind, tmp_path):
    links = pd.DataFrame(
        {
            "source": ["A", "A", "B", "B", "C"],
            "target": ["B", "B", "A", "B", "A"],
            "kind": "called",
            "directed": [True, True, True, True, False],
        }
    )
    back, _, _ = through(networks.chart(links), kind, tmp_path)
    assert (
        back.links[["source", "target"]].to_numpy().tolist()
        == links[["source", "target"]].to_numpy().tolist()
    )
    directed = back.links["directed"].astype("boolean").fillna(True)
    assert directed.tolist() == [True, True, True, True, False]
    assert back.self_links == 1


def test_other_programs_read_our_graphml_and_gexf(tmp_path):
    chart = chart_of([1, 2, None, 4], zone="Europe/Vienna")
    through(chart, "graphml", tmp_path)
    through(chart, "gexf", tmp_path)
    theirs = nx.read_graphml(tmp_path / "c.graphml", force_multigraph=True)
    assert theirs.number_of_edges() == 4
    assert theirs.is_directed()
    assert theirs.nodes["A"]["label"] == "Ann & <b>"
    assert {data["extra"] for _, _, data in theirs.edges(data=True) if "extra" in data} == {1, 2, 4}
    gexf = ET.parse(tmp_path / "c.gexf").getroot()
    assert sum(1 for one in gexf.iter() if one.tag.endswith("}edge")) == 4


def test_what_networkx_writes_is_read(tmp_path):
    graph = nx.MultiDiGraph()
    graph.add_node("1", name="Ann", type="Person")
    graph.add_node("2", name="Co", type="Company")
    graph.add_edge("1", "2", relation="owns", weight=3.0)
    graph.add_edge("1", "2", relation="runs", weight=1.0)
    nx.write_graphml(graph, tmp_path / "n.graphml")
    nx.write_gexf(graph, tmp_path / "n.gexf")
    for name in ("n.graphml", "n.gexf"):
        chart, losses = networks.read_chart(tmp_path / name)
        assert chart.entities.set_index("entity_id")["kind"].to_dict() == {"1": "person", "2": "organisation"}
        assert sorted(chart.links["strength"]) == [1.0, 3.0]
        assert sorted(chart.links["kind"]) == ["owns", "runs"]
        assert "strength (more means closer)" in losses.explain()
    undirected = nx.Graph([("a", "b")])
    nx.write_graphml(undirected, tmp_path / "u.graphml")
    assert networks.read_chart(tmp_path / "u.graphml")[0].links["directed"].tolist() == [False]


def test_a_chart_of_the_notebook_program_is_read(tmp_path):
    (tmp_path / "x.anx").write_text(
        """<?xml version="1.0"?><Chart IdReferenceLinking="false"><GradeOne><StringCollection><String Id="1" Text="Reliable"/>
        <String Id="2" Text="Untested"/></StringCollection></GradeOne>
        <StrengthCollection><Strength DotStyle="DotStyleDashed" Name="Unconfirmed" Id="s"/></StrengthCollection>
        <AttributeClassCollection><AttributeClass Name="Age" Type="AttNumber" Id="a1"/></AttributeClassCollection>
        <ChartItemCollection>
        <ChartItem Label="Ann"><End X="10" Y="20"><Entity EntityId="7" Identity="Ann"><Icon><IconStyle Type="Person"/></Icon></Entity></End>
        <AttributeCollection><Attribute AttributeClassReference="a1" Value="41"/></AttributeCollection></ChartItem>
        <ChartItem Label="Shop"><End X="1" Y="2"><Entity EntityId="8" Identity="Shop"><Box><BoxStyle Type="Premises"/></Box></Entity></End></ChartItem>
        <ChartItem Label="Note"><End X="1" Y="2"><Entity EntityId="9" Identity="Note"><TextBlock/></Entity></End></ChartItem>
        <ChartItem Label="works at" GradeOneIndex="1" DateSet="true" DateTime="2024-05-01T10:00:00.000" SourceReference="R1">
        <Link End1Id="8" End2Id="7"><LinkStyle ArrowStyle="ArrowOnTail" Type="Employment" StrengthReference="s"/></Link>
        <CardCollection><Card Summary="seen" Text="at the till"/></CardCollection></ChartItem>
        <ChartItem Label="?"><Link End1Id="8" End2Id="77"><LinkStyle Type="x"/></Link></ChartItem>
        </ChartItemCollection></Chart>""",
        encoding="utf-8",
    )
    chart, losses = networks.read_chart(tmp_path / "x.anx")
    link = chart.links.iloc[0]
    assert link[["source", "target", "kind", "label", "source_grade", "reference", "line"]].tolist() == [
        "Ann", "Shop", "Employment", "works at", "Untested", "R1", "Unconfirmed",
    ]  # fmt: skip
    assert str(link["start"]) == "2024-05-01 10:00:00"
    assert link["cards"] == [{"Summary": "seen", "Text": "at the till"}]
    entities = chart.entities.set_index("entity_id")
    assert entities.loc["Ann", ["kind", "Age"]].tolist() == ["person", 41.0]
    assert entities.loc["Shop", "kind"] == "location"
    assert chart.positions.loc["Ann", "x"] == 10
    assert not losses.lossless
    assert {what for effect, what, _ in losses.losses if effect == LOST} == {
        "links with an end that is not in the file",
        "text blocks",
    }


def test_what_we_write_for_the_notebook_program_has_its_parts(tmp_path):
    chart = chart_of([None, "x", None, None])
    through(chart, "anx", tmp_path)
    root = ET.parse(tmp_path / "c.anx").getroot()
    assert [child.tag for child in root][:4] == [
        "ApplicationVersion",
        "GradeOne",
        "StrengthCollection",
        "AttributeClassCollection",
    ]
    links = [item for item in root.iter("ChartItem") if item.find("Link") is not None]
    assert [item.find("Link/LinkStyle").get("Strength") for item in links] == [
        "Tentative",
        "Confirmed",
        "Confirmed",
        "Confirmed",
    ]
    assert links[0].get("DateTime") == "2024-05-01T10:00:00.000"
    numbers = {entity.get("EntityId") for entity in root.iter("Entity")}
    assert all(item.find("Link").get("End1Id") in numbers for item in links)
    assert links[0].get("DateTime") == "2024-05-01T10:00:00.000"
    grade = [one.get("Text") for one in root.find("GradeOne").iter("String")]
    assert grade[0] == ""  # the program gives an item without a grade the first one
    assert [grade[int(item.get("GradeOneIndex"))] for item in links if item.get("GradeOneIndex")] == [
        "A",
        "B",
        "X",
    ]


ANX = {  # the program's schema as far as it is known: attributes, and children in their order
    "Chart": ("IdReferenceLinking Rigorous", "ApplicationVersion GradeOne GradeTwo StrengthCollection AttributeClassCollection EntityTypeCollection LinkTypeCollection ChartItemCollection"),
    "ApplicationVersion": ("Major Minor Point Build", ""),
    "GradeOne": ("", "StringCollection"), "GradeTwo": ("", "StringCollection"), "StringCollection": ("", "String"), "String": ("Id Text", ""),
    "StrengthCollection": ("", "Strength"), "Strength": ("Id Name DotStyle", ""),
    "AttributeClassCollection": ("", "AttributeClass"),
    "AttributeClass": ("Id Name Type IsUser UserCanAdd UserCanRemove ShowValue", ""),
    "EntityTypeCollection": ("", "EntityType"), "EntityType": ("Id Name IconFile PreferredRepresentation", ""),
    "LinkTypeCollection": ("", "LinkType"), "LinkType": ("Id Name", ""),
    "ChartItemCollection": ("", "ChartItem"),
    "ChartItem": ("Id Label XPosition DateSet TimeSet DateTime GradeOneIndex GradeTwoIndex SourceReference SourceType Description", "End Link AttributeCollection"),
    "End": ("X Y Z", "Entity"), "Entity": ("EntityId Identity LabelIsIdentity", "Icon"), "Icon": ("", "IconStyle"), "IconStyle": ("Type", ""),
    "Link": ("End1Id End2Id", "LinkStyle"), "LinkStyle": ("Strength ArrowStyle Type MlStyle", ""),
    "AttributeCollection": ("", "Attribute"), "Attribute": ("AttributeClass Value", ""),
}  # fmt: skip


def test_nothing_is_written_that_the_notebook_programs_schema_does_not_know(tmp_path):
    links = pd.DataFrame(
        {
            "source": ["A", "A", "B"], "target": ["B", "C", "C"], "source_grade": ["A", None, "B"], "reference": ["R-1", None, "?>"],
            "what?>": ["x", "y", None], "start": pd.to_datetime(["2024-05-01 10:00", None, None]).tz_localize("Europe/Vienna"),
        }
    )  # fmt: skip
    made = networks.chart(mark(links, handling="H1")).add_note("n", entity_id="A").arrange(rng=1)
    back, _, _ = through(made, "anx", tmp_path)
    root = ET.parse(tmp_path / "c.anx").getroot()
    for element in root.iter():
        attributes, children = (
            set(part.split()) if at == 0 else part.split() for at, part in enumerate(ANX[element.tag])
        )
        assert set(element.attrib) <= attributes
        order = [children.index(child.tag) for child in element]
        assert order == sorted(order)
    graded, bare, _ = (item for item in root.iter("ChartItem") if item.find("Link") is not None)
    assert graded.get("DateTime") == "2024-05-01T08:00:00.000"  # the program counts in UTC
    assert bare.get("GradeOneIndex") is None
    assert back.links["source_grade"].fillna("").tolist() == ["A", "", "B"]
    assert back.links["what?>"].fillna("").tolist() == ["x", "y", ""]
    assert str(back.links["start"].iloc[0]) == "2024-05-01 10:00:00+02:00"
    assert back.handling == "H1"


def test_follow_the_money_of_others_is_read(tmp_path):
    entities = [
        {"id": "p", "schema": "Person", "properties": {"name": ["Ann", "Anna"], "birthDate": ["1980"]}},
        {"id": "c", "schema": "Company", "properties": {"name": ["Co"], "addressEntity": ["a"]}},
        {"id": "a", "schema": "Address", "properties": {"full": ["1 Elm"]}},
        {
            "id": "o",
            "schema": "Ownership",
            "properties": {"owner": ["p"], "asset": ["c"], "startDate": ["2020-05"], "percentage": ["50"]},
        },
        {
            "id": "x",
            "schema": "Payment",
            "properties": {"payer": ["p"], "beneficiary": ["c", "p2"], "amount": ["12"]},
        },
    ]
    (tmp_path / "e.json").write_text("\n".join(map(json.dumps, entities)), encoding="utf-8")
    chart, losses = networks.read_chart(tmp_path / "e.json")
    kinds = chart.entities.set_index("entity_id")["kind"].to_dict()
    assert kinds == {"p": "person", "c": "organisation", "a": "location", "p2": "unknown"}
    assert sorted(chart.links["kind"]) == ["Ownership", "Payment", "Payment", "addressEntity"]
    assert chart.links.loc[chart.links["kind"] == "Ownership", "start"].iloc[0] == pd.Timestamp("2020-05-01")
    assert "one link per pair" in losses.explain()
    (tmp_path / "list.json").write_text(json.dumps(entities), encoding="utf-8")
    assert len(networks.read_chart(tmp_path / "list.json")[0].links) == 4


def test_ours_in_follow_the_money_is_what_others_expect(tmp_path):
    links = pd.DataFrame(
        {
            "source": ["a1", "p", "p"],
            "target": ["a2", "f", "a1"],
            "kind": ["paid", "works for", "holds"],
            "amount": [5.0, None, None],
            "start": pd.to_datetime(["2024-05-01", None, None]),
        }
    )
    entities = pd.DataFrame(
        {"entity_id": ["a1", "a2", "p", "f"], "kind": ["account", "account", "person", "organisation"]}
    )
    through(networks.chart(links, entities), "ftm", tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "c.json").read_text().splitlines()]
    schemas = [line["schema"] for line in lines]
    assert schemas == [
        "BankAccount",
        "BankAccount",
        "Person",
        "Organization",
        "Payment",
        "Employment",
        "UnknownLink",
    ]
    assert lines[4]["properties"]["payerAccount"] == ["a1"]
    assert lines[4]["properties"]["date"] == ["2024-05-01T00:00:00"]
    assert all(isinstance(value, list) for line in lines for value in line["properties"].values())


def test_pajek(tmp_path):
    (tmp_path / "x.net").write_text(
        '\ufeff*Vertices 3\n1 "Ann B" 0.1 0.2 0.5 ic Red\n2 Bob\n3 "C"\n*Arcs :1 "calls"\n1 2 3.5 c Blue\n2 1\n*Edges\n2 3\n*Arcslist\n1 2 3\n*Vector x\n*Odd\n',
        encoding="utf-8",
    )
    chart, losses = networks.read_chart(tmp_path / "x.net")
    assert chart.links[["source", "target"]].to_numpy().tolist() == [
        ["Ann B", "Bob"],
        ["Bob", "Ann B"],
        ["Bob", "C"],
        ["Ann B", "Bob"],
        ["Ann B", "C"],
    ]
    assert chart.links["kind"].tolist()[:3] == ["calls", "calls", "not stated"]
    assert chart.links["directed"].astype("boolean").fillna(True).tolist() == [True, True, False, True, True]
    assert chart.positions.loc["Ann B", "y"] == 0.2
    assert {what for _, what, _ in losses.losses} == {
        "shapes and colours of vertices",
        "colours, widths and labels of lines",
        "section *vector",
        "section *odd",
    }
    (tmp_path / "m.net").write_text("*Vertices 3 1\n1 a\n2 b\n3 c\n*Matrix\n0 2\n", encoding="utf-8")
    chart, losses = networks.read_chart(tmp_path / "m.net")
    assert chart.links[["source", "target", "strength"]].to_numpy().tolist() == [["a", "c", 2.0]]
    assert "Two modes" in losses.explain()
    nx.write_pajek(nx.MultiDiGraph([("a", "b"), ("a", "b")]), tmp_path / "n.net")
    assert len(networks.read_chart(tmp_path / "n.net")[0].links) == 2


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(8))
    + "]>"
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("name", ["x.graphml", "x.gexf", "x.anx"])
@pytest.mark.parametrize("start", [BOMB, EXTERNAL])
def test_bombs_and_outside_files_are_refused(name, start, tmp_path):
    root = {"x.graphml": "graphml", "x.gexf": "gexf", "x.anx": "Chart"}[name]
    entity = "&i;" if start is BOMB else "&file;"
    (tmp_path / name).write_text(f"{start}<{root}>{entity}</{root}>", encoding="utf-8")
    with pytest.raises(ReadError, match="declares entities"):
        networks.read_chart(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.graphml", b"<graphml><graph>", "not a whole XML file"),
        ("x.graphml", b"<gexf/>", "not GraphML inside"),
        ("x.gexf", b"<graphml/>", "not GEXF inside"),
        ("x.anx", b"<x/>", "not an Analyst's Notebook chart"),
        ("x.anx", b"PK\x03\x04", "not a whole XML file"),
        ("x.json", b"{oops", "not FollowTheMoney"),
        ("x.net", b"hello", r"no \*Vertices"),
        ("x.net", b"*Vertices 2\n1 a\n2 b\n*Arcs\n1 9\n", "line 5 of x.net cannot be read"),
        ("x.net", b"*Vertices 99999999999\n", "does not say how many"),
        ("x.graphml", b"  ", "is empty"),
        ("x.graphml", b"<graphml>" + b"<a>" * 300 + b"</a>" * 300 + b"</graphml>", "nested deeper"),
    ],
)
def test_what_is_no_chart_is_said_in_one_sentence(name, content, said, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError, match=said):
        networks.read_chart(tmp_path / name)


def test_names_of_formats_are_checked(tmp_path, case):
    with pytest.raises(InputError, match=r"ends in '\.doc'"):
        networks.read_chart(tmp_path / "x.doc")
    with pytest.raises(ReadError, match="there is no file"):
        networks.read_chart(tmp_path / "x.gexf")
    with pytest.raises(InputError, match="format must be one of"):
        networks.write_chart(chart_of([None] * 4), tmp_path / "x.doc", case=case)
    with pytest.raises(InputError, match="include names 'nothing'"):
        networks.write_chart(chart_of([None] * 4), tmp_path / "x.gexf", case=case, include=["nothing"])


def test_a_chart_leaves_through_the_gate(tmp_path, case):
    chart = chart_of(["x"] * 4)
    with pytest.raises(NoCaseError):
        networks.write_chart(chart, tmp_path / "x.graphml", case=None)
    out = networks.write_chart(chart, tmp_path / "out" / "x.graphml", case=case)
    assert out.withheld == ("label",)
    assert "Ann" not in (tmp_path / "out" / "x.graphml").read_text(encoding="utf-8")
    assert any("label, which identifies" in what for _, what, _ in out.losses.losses)
    assert out.released[0].handling == "H1"
    with_label = networks.write_chart(chart, tmp_path / "out" / "y.csv", case=case, include=["label"])
    assert [Path(one).name for one in with_label.released] == ["y.nodes.csv", "y.links.csv"]
    assert "Ann" in (tmp_path / "out" / "y.nodes.csv").read_text(encoding="utf-8")
    strict = networks.chart(mark(pd.DataFrame({"source": ["A"], "target": ["B"]}), handling="H2"))
    with pytest.raises(HandlingError, match="authority"):
        networks.write_chart(strict, tmp_path / "out" / "z.anx", case=case)
    assert not (tmp_path / "out" / "z.anx").exists()
    assert case.verify().ok


def marked_chart(text="look here"):
    return (
        chart_of([None] * 4)
        .arrange()
        .pin(["A", "lonely"])
        .group({"A": "crew", "B": "crew", "C": "the yard"})
        .annotate(text, around=["C", "A"])
        .annotate("second frame", around=["A", "B"])
        .add_note(text, entity_id="A")
        .add_note("about a link: \u201cq\u201d \U0001f600", link=2)
        .add_note("again A; <b>&amp;", entity_id="A")
        .hide("B")
    )


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize(
    "text", ["look here", f"two\r\nlines\t'=1+1' {NUL} \\u0041", "  [[1, 2]] ", "\ud800"]
)
def test_what_people_put_on_a_chart_goes_along(kind, text, tmp_path):
    chart = marked_chart(text)
    back, written, _ = through(chart, kind, tmp_path)
    assert back.notes == chart.notes
    assert back.annotations == chart.annotations
    assert back.hidden == {"B"}
    assert dict(back.groups) == dict(chart.groups)
    assert set(back.positions.index[back.positions["pinned"].astype(bool)]) == {"A", "lonely"}
    assert not [name for frame in (back.entities, back.links) for name in frame if name.startswith("chart_")]
    lost = {what for effect, what, _ in written.losses if effect == LOST}
    assert lost == {"steps that made the chart"}


def test_free_text_leaves_only_by_name_and_marks_of_what_is_gone_are_counted(tmp_path, case):
    chart = marked_chart("the source is Ann")
    out = networks.write_chart(chart, tmp_path / "x.graphml", case=case)
    assert {"notes", "frames", "label"} == set(out.withheld)
    assert "the source is Ann" not in (tmp_path / "x.graphml").read_text(encoding="utf-8")
    assert any("notes, which identify" in what or "notes, which" in what for _, what, _ in out.losses.losses)
    back, _ = networks.read_chart(tmp_path / "x.graphml")
    assert back.notes == ()
    assert back.hidden == {"B"}
    networks.write_chart(chart, tmp_path / "y.graphml", case=case, include=["notes", "frames"])
    again, _ = networks.read_chart(tmp_path / "y.graphml")
    assert again.notes == chart.notes
    smaller = chart.filter(kind="owns")
    losses = Losses()
    _encoded(smaller, "gexf", (), losses)
    assert any("no longer on the chart" in what for _, what in losses.met)


def test_notes_that_another_program_garbled_are_counted(tmp_path):
    through(marked_chart(), "graphml", tmp_path)
    text = (tmp_path / "c.graphml").read_text(encoding="utf-8")
    (tmp_path / "c.graphml").write_text(text.replace("[[0, 0, ", "[[0, "), encoding="utf-8")
    back, losses = networks.read_chart(tmp_path / "c.graphml")
    assert any("cannot be read any more" in what for _, what, _ in losses.losses)
    assert len(back.notes) == 3


def test_steps_are_reported_as_lost():
    chart = chart_of([None] * 4).add_note("look here", entity_id="A").hide("B")
    losses = Losses()
    _encoded(chart, "graphml", (), losses)
    said = {what for effect, what, _ in losses.report("x", 1, 1).losses if effect == LOST}
    assert said == {"steps that made the chart"}


@pytest.mark.parametrize("kind", list(FORMATS))
def test_empty_and_single(kind, tmp_path):
    alone = networks.chart(
        pd.DataFrame({"source": [], "target": []}), pd.DataFrame({"entity_id": ["A"], "kind": ["person"]})
    )
    back, _, _ = through(alone, kind, tmp_path)
    assert back.entities["entity_id"].tolist() == ["A"]
    assert len(back.links) == 0


@pytest.fixture(scope="module")
def manchester():
    if not SHARED.exists():
        pytest.skip("the public data sets are not beside the project (../shared)")
    parts = (
        "nodes.Person",
        "nodes.Phone",
        "nodes.Vehicle",
        "nodes.Crime",
        "relationships.KNOWS",
        "relationships.HAS_PHONE",
    )
    more = ("relationships.INVOLVED_IN", "relationships.FAMILY_REL", "relationships.PARTY_TO")
    folder = SHARED / "pole_manchester"
    links, entities, _ = read_graph_csv(
        [folder / f"crime-investigation.{part}.csv" for part in (*parts, *more)]
    )
    return networks.chart(links, entities).filter(
        kind=["KNOWS", "HAS_PHONE", "INVOLVED_IN", "FAMILY_REL", "PARTY_TO"]
    )


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_real_network(kind, manchester, tmp_path):
    back, written, _ = through(manchester, kind, tmp_path)
    assert len(back.links) == len(manchester.links) > 2000
    assert sorted(back.entities["entity_id"]) == sorted(manchester.entities["entity_id"])
    assert back.links["kind"].tolist() == manchester.links["kind"].tolist()
    changed = [what for effect, what, _ in written.losses if effect == CHANGED]
    assert changed == (
        ["texts in note that are empty, have blanks at their ends or read as nothing"]
        if kind == "csv"
        else []
    )
