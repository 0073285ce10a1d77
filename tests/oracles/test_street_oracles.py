"""Streets on public data: the numbers PySAL's spaghetti prints for its own example, and a real extract."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from ilp_lab.intake import read_streets
from ilp_lab.places import snap, street_network

SHARED = Path(__file__).resolve().parents[3] / "shared"


def shared(*parts):
    path = SHARED.joinpath("data", *parts)
    if not path.exists():
        pytest.skip("the public data sets are not beside the project (../shared/data)")
    return path


def test_geodanet():
    """293 features of 104,414.0920 ft in one component; the 287 crimes lie 90.26010036 ft off on average, 37 on one street.

    spaghetti cuts lines at every vertex: its 303 arcs and 230 vertices are our 293 segments and 220 junctions and ends plus
    the 10 vertices within lines.
    """
    folder = shared("libpysal_builtin", "geodanet", "streets.shp").parent
    streets, crimes, schools = (
        gpd.read_file(folder / f"{name}.shp").set_crs(32612, allow_override=True)
        for name in ("streets", "crimes", "schools")
    )
    network = street_network(streets, join_m=0.01)
    assert len(network.segments) == 293
    assert len(network.nodes) + 10 == 230
    assert network.pieces == 1
    assert network.length_km * 1000 == pytest.approx(104_414.0920, abs=1e-4)
    on = snap(crimes, network, within_m=5000)
    assert on.away_m.mean() == pytest.approx(90.26010036, abs=1e-5)
    assert np.bincount(on.segment).max() == 37
    assert len(snap(schools, network, within_m=5000).segment) == 8


def test_geodanet_cut_at_every_point():
    """As spaghetti cuts: 230 vertices, 303 arcs of which 107 hold crimes; 179 edges when arcs that merely continue are one."""
    folder = shared("libpysal_builtin", "geodanet", "streets.shp").parent
    streets, crimes = (
        gpd.read_file(folder / f"{name}.shp").set_crs(32612, allow_override=True)
        for name in ("streets", "crimes")
    )
    ends = [np.asarray(line.coords) for line in streets.geometry]
    pairs = np.concatenate([np.stack([xy[:-1], xy[1:]], axis=1) for xy in ends])
    network = street_network(
        gpd.GeoDataFrame(geometry=shapely.linestrings(pairs), crs=32612), split="none", join_m=0.01
    )
    assert len(network.segments) == 303
    assert len(network.nodes) == 230
    joined = nx.MultiGraph(zip(network.segments["from_node"], network.segments["to_node"], strict=True))
    for node in [node for node, degree in joined.degree if degree == 2]:
        one, other = joined.neighbors(node)
        joined.remove_node(node)
        joined.add_edge(one, other)
    assert joined.number_of_edges() == 180
    assert len({frozenset(edge) for edge in joined.edges()}) == 179  # two of them join the same junctions
    on = snap(crimes, network, within_m=5000)
    assert len(on.segment) == 287
    assert len(np.unique(on.segment)) == 107
    assert np.bincount(on.segment).max() == 37


def test_helsinki_extract():
    streets, quality = read_streets(shared("osm_extracts", "Helsinki.osm.pbf"))
    assert quality.rows == len(streets)
    network = street_network(streets)
    assert network.length_km == pytest.approx(93.4, abs=0.1)
    longest = network.segments.loc[network.segments["piece"] == 0, "length_m"].sum() / 1000
    assert longest > 0.98 * network.length_km
