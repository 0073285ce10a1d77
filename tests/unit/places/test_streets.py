"""Street networks: junctions, snapping, density that keeps its mass, and distances along the streets."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, box

from ilp_lab.errors import ColumnError, CRSError, InputError, ReadError
from ilp_lab.intake import read_streets
from ilp_lab.places import (
    StreetNetwork,
    concentration,
    rates,
    snap,
    street_counts,
    street_density,
    street_k,
    street_network,
)


def lines(*ways, **columns):
    return gpd.GeoDataFrame(columns, geometry=[LineString(way) for way in ways], crs=32633)


def points(xy, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy, float).T), crs=32633)


def blocks(side=6, wide=100.0):
    east = [[(i * wide, j * wide), ((i + 1) * wide, j * wide)] for j in range(side) for i in range(side - 1)]
    north = [[(i * wide, j * wide), (i * wide, (j + 1) * wide)] for j in range(side - 1) for i in range(side)]
    return street_network(lines(*east, *north))


def test_lines_are_cut_where_they_share_a_point_and_bridges_are_not():
    crossing = lines([(-100, 0), (0, 0), (100, 0)], [(0, -100), (0, 0), (0, 100)], [(50, -100), (50, 100)])
    shared = street_network(crossing)
    assert (len(shared.segments), shared.pieces) == (5, 2)
    everywhere = street_network(crossing, split="crossings")
    assert (len(everywhere.segments), everywhere.pieces) == (7, 1)
    assert len(street_network(crossing, split="none").segments) == 3
    assert shared.length_km == pytest.approx(0.6)
    assert everywhere.length_km == pytest.approx(0.6)


def test_ends_that_nearly_meet_are_joined_when_asked():
    gap = lines([(0, 0), (100, 0)], [(100.3, 0), (200, 0)])
    assert street_network(gap).pieces == 1
    assert street_network(gap, join_m=0.1).pieces == 2


def test_columns_of_the_street_stay_with_its_segments():
    named = lines(
        [(0, 0), (100, 0), (200, 0)],
        [(100, 0), (100, 90)],
        name=["Mill Lane", "High Street"],
        length_m=[1, 2],
    )
    network = street_network(named)
    assert sorted(network.segments["name"]) == ["High Street", "Mill Lane", "Mill Lane"]
    assert network.segments["length_m"].tolist() == [100, 100, 90]
    assert "3 segments" in repr(network)


def test_incidents_are_put_onto_the_nearest_street_and_far_ones_said():
    network = blocks(2)
    on = snap(points([(50, 7), (3, 60), (500, 500), (np.nan, 0)]), network, within_m=20)
    assert on.away_m.tolist() == pytest.approx([7, 3])
    assert on.left_out == {"farther than 20 m from any street": 1, "without a place": 1}
    assert on.left_out.rows.index.tolist() == [2, 3]
    counted = street_counts(points([(50, 7), (50, 8), (3, 60)], harm=[1.0, 2.5, 4.0]), network, weight="harm")
    assert sorted(counted["n"]) == [0, 0, 3.5, 4]
    assert counted["per_km"].max() == pytest.approx(40)


def test_counts_go_on_to_rates_and_concentration():
    rng = np.random.default_rng(1)
    counted = street_counts(
        points(np.vstack([rng.uniform(0, 500, (200, 2)), rng.normal((250, 100), 10, (60, 2))])), blocks()
    )
    assert counted["n"].sum() == 260
    rated = rates(counted, population="length_km", per=1)
    assert (rated.table["verdict"] == "higher than overall").any()
    assert concentration(counted.astype({"n": int}), rng=1)["gini"]["value"] > 0.3


@pytest.mark.parametrize("split", ["continuous", "discontinuous"])
@given(seed=st.integers(0, 10_000))
def test_the_density_adds_up_to_the_incidents(split, seed):
    rng = np.random.default_rng(seed)
    graph = nx.random_regular_graph(3, 12, seed=seed)
    at = rng.uniform(0, 1000, (12, 2))
    network = street_network(lines(*[[at[a], at[b]] for a, b in graph.edges]), split="none", join_m=0.001)
    xy = [
        network.segments.geometry[rng.integers(0, len(network.segments))].interpolate(
            rng.random(), normalized=True
        )
        for _ in range(5)
    ]
    found = street_density(points([(p.x, p.y) for p in xy]), network, bandwidth_m=250, cell_m=2, split=split)
    assert found["kept"] == pytest.approx(1, abs=2e-3)


def test_the_split_at_a_star_is_the_formula():
    """An incident 40 m before a junction of four streets, bandwidth 100 m (Okabe and Sugihara 2012)."""
    star = street_network(lines(*[[(0, 0), way] for way in ((200, 0), (-200, 0), (0, 200), (0, -200))]))
    incident = points([(40, 0)])

    def kernel(m):
        return 15 / 16 / 100 * (1 - (m / 100) ** 2) ** 2 * 1000

    for split, own_20, other_20 in (
        ("discontinuous", kernel(20), kernel(60) / 3),
        ("continuous", kernel(20) - kernel(60) / 2, kernel(60) / 2),
    ):
        table = street_density(incident, star, bandwidth_m=100, cell_m=2, split=split).table
        for place, expected in (((20, 0), own_20), ((0, 20), other_20), ((-20, 0), other_20)):
            near = table[table.distance(Point(place)) < 1.01]["density"].mean()
            assert near == pytest.approx(expected, rel=2e-3)


def test_the_continuous_density_does_not_jump_at_a_junction():
    network = blocks()
    table = street_density(
        points([(190, 100), (250, 120)]), network, bandwidth_m=250, cell_m=1, split="continuous"
    ).table
    around = table[table.distance(Point(200, 100)) < 0.6]["density"]
    assert around.max() - around.min() < 0.03 * around.max()


def test_pieces_cover_the_streets_once():
    crooked = street_network(lines([(0, 0), (30, 40), (30, 100)], [(0, 0), (-70, 0)]))
    table = street_density(points([(0, 0)]), crooked, bandwidth_m=50, cell_m=7).table
    assert table.length.sum() == pytest.approx(180)
    of = table.groupby("segment")["geometry"].agg(lambda pieces: pieces.length.std())
    assert (of < 1e-6).all()
    assert (
        table.geometry.union_all().symmetric_difference(crooked.segments.geometry.union_all()).length < 1e-6
    )


@given(seed=st.integers(0, 10_000))
def test_network_distances_are_those_of_the_shortest_ways(seed):
    rng = np.random.default_rng(seed)
    network = blocks(4)
    kept = network.segments[rng.random(len(network.segments)) < 0.8]
    network = street_network(kept[["geometry"]], split="none")
    on_street = [
        network.segments.geometry[rng.integers(0, len(network.segments))].interpolate(
            rng.random(), normalized=True
        )
        for _ in range(12)
    ]
    xy = np.array([(p.x, p.y) for p in on_street])
    table = street_k(points(xy), network, up_to_m=300, steps=3, within_m=1, simulations=19, rng=1).table
    graph = nx.Graph()
    ends = network.segments
    for row in ends.itertuples():
        graph.add_edge(row.from_node, row.to_node, weight=row.length_m)
    on = snap(points(xy), network, within_m=1)
    for name, segment, along in zip(range(12), on.segment, on.along_m, strict=True):
        graph.add_edge(f"e{name}", int(ends["from_node"][segment]), weight=along)
        graph.add_edge(f"e{name}", int(ends["to_node"][segment]), weight=ends["length_m"][segment] - along)
    for one in range(12):
        for other in range(one):
            if on.segment[one] == on.segment[other]:
                graph.add_edge(f"e{one}", f"e{other}", weight=abs(on.along_m[one] - on.along_m[other]))
    apart = np.array(
        [
            [
                nx.dijkstra_path_length(graph, f"e{a}", f"e{b}")
                if nx.has_path(graph, f"e{a}", f"e{b}")
                else np.inf
                for b in range(12)
            ]
            for a in range(12)
        ]
    )
    np.fill_diagonal(apart, np.inf)
    # a pair at exactly a band's end may fall to either side of it
    low, high = (
        [(apart <= m + slack).sum() * network.length_km / (12 * 11) for m in (100, 200, 300)]
        for slack in (-1e-6, 1e-6)
    )
    assert (table["k"] >= np.array(low) - 1e-9).all()
    assert (table["k"] <= np.array(high) + 1e-9).all()


def test_incidents_in_one_street_cluster_and_random_ones_on_a_dense_grid_do_not():
    rng = np.random.default_rng(2)
    network = blocks(10)
    lane = points(np.column_stack([rng.uniform(300, 500, 40), np.full(40, 300.0)]))
    assert street_k(lane, network, up_to_m=400, rng=1)["p"] == pytest.approx(0.01)
    segment = rng.integers(0, len(network.segments), 60)
    random = points(
        [
            (p.x, p.y)
            for p in (
                network.segments.geometry[s].interpolate(rng.random(), normalized=True) for s in segment
            )
        ]
    )
    assert street_k(random, network, up_to_m=400, rng=1)["p"] > 0.05


def test_a_network_in_pieces_is_said():
    network = street_network(lines([(0, 0), (1000, 0)], [(0, 500), (1000, 500)]))
    found = street_density(points([(500, 0)]), network)
    assert "in 2 parts" in " ".join(found.caveats)


def test_a_loop_and_a_dead_end_do_no_harm():
    loop = street_network(lines([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)], [(0, 0), (-50, 0)]))
    for split in ("continuous", "discontinuous"):
        table = street_density(
            points([(-20, 0), (50, 0)]), loop, bandwidth_m=300, cell_m=5, split=split
        ).table
        assert np.isfinite(table["density"]).all()
        assert (table["density"] > -1e-9).all() or split == "continuous"


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: street_network(points([(0, 0)])), InputError, "holds no lines"),
        (lambda: street_network(lines([(0, 0), (9, 9)]).set_crs(None, allow_override=True)), CRSError, "coordinate system"),
        (lambda: street_network(lines([(0, 0), (9, 9)]), split="all"), InputError, "split must be one of"),
        (lambda: street_counts(points([(0, 0)]), lines([(0, 0), (9, 9)])), InputError, "network must be a StreetNetwork"),
        (lambda: street_density(points([(9e5, 0)]), blocks()), InputError, "no incident lies within 100 m"),
        (lambda: street_density(points([(0, 0)]), blocks(), cell_m=1e-6), InputError, "take cell_m of at least"),
        (lambda: street_density(points([(0, 0)]), blocks(), split="equal"), InputError, "split must be one of"),
        (lambda: street_k(points([(0, 0)]), blocks()), InputError, "at least 3 incidents"),
        (lambda: snap(points([(0, 0)], w=["a"]), blocks(), weight="w"), InputError, "must be a column of numbers"),
    ],
)  # fmt: skip
def test_what_streets_cannot_answer(call, kind, says):
    with pytest.raises(kind, match=says):
        call()


def test_reading_lines_from_a_table_counts_what_is_odd():
    table = gpd.GeoDataFrame(
        {"NAME": ["A", "B", "C", "D", "E"], "highway": ["road"] * 5},
        geometry=[
            LineString([(0, 0), (9, 0)]), LineString([(9, 0), (0, 0)]), MultiLineString([[(0, 5), (1, 5)], [(3, 5), (4, 5)]]),
            Point(1, 1), LineString([(2, 2), (2, 2)]),
        ],
        crs=32633,
    )  # fmt: skip
    streets, quality = read_streets(table)
    assert dict(quality.counts) == {
        "not_a_line": 1,
        "several_parts": 1,
        "without_length": 1,
        "street_twice": 1,
    }
    assert streets["name"].tolist() == ["A", "C", "C"]
    assert isinstance(street_network(streets), StreetNetwork)


def test_kinds_are_chosen_or_the_ones_that_exist_are_said():
    table = lines([(0, 0), (9, 0)], [(0, 5), (9, 5)], highway=["primary", "track"])
    streets, quality = read_streets(table, kinds=["primary"])
    assert len(streets) == 1
    assert "1 lines of other kinds" in quality.notes[0]
    with pytest.raises(InputError, match="there are: primary, track"):
        read_streets(table, kinds=["motorway"])
    with pytest.raises(InputError, match="no column of the given table says what kind"):
        read_streets(table.drop(columns="highway"), kinds=["motorway"])


OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="48.2" lon="16.3"/><node id="2" lat="48.201" lon="16.3"/><node id="3" lat="48.202" lon="16.3"/>
<node id="4" lat="48.201" lon="16.301"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Mühl&lt;gasse"/></way>
<way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="service"/></way>
<way id="12"><nd ref="1"/><nd ref="4"/><tag k="highway" v="proposed"/></way>
<way id="13"><nd ref="3"/><nd ref="4"/><tag k="railway" v="rail"/></way></osm>"""


def test_an_openstreetmap_extract_becomes_a_network(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text(OSM, encoding="utf-8")
    streets, _ = read_streets(path)
    assert streets[["street", "kind"]].to_numpy().tolist() == [["10", "residential"], ["11", "service"]]
    assert streets["name"][0] == "Mühl<gasse"
    network = street_network(streets)
    assert (len(network.segments), network.pieces) == (3, 1)
    assert network.segments.crs.to_epsg() == 32633


@pytest.mark.parametrize(
    ("name", "content", "kind", "says"),
    [
        ("a.osm", b"", ReadError, "cannot be read as an OpenStreetMap"),
        ("a.osm", b"<osm version='0.6'></osm>", ReadError, "holds no streets"),
        ("a.osm.pbf", b"\x00" * 500, ReadError, "cannot be read as an OpenStreetMap|holds no streets"),
        ("a.osm.bz2", b"BZh", ReadError, "is packed; unpack it"),
        ("a.csv", b"a,b\n1,2\n", InputError, "holds no lines"),
    ],
)
def test_files_that_are_no_streets(tmp_path, name, content, kind, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(kind, match=says):
        read_streets(path)
    with pytest.raises(ReadError, match="no file"):
        read_streets(tmp_path / "none.osm")


def test_areas_are_not_streets():
    with pytest.raises(ColumnError, match="not the centre lines"):
        read_streets(gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=32633))
