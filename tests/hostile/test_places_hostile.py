"""Questions of place on data that cannot answer them: one clear sentence each, never a map of zeros or of nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from ilp_lab import _memory, places
from ilp_lab.errors import InputError

WEST, SOUTH, SIDE = 500_000.0, 5_300_000.0, 5_000.0
CORNER, ABROAD = np.array([WEST, SOUTH]), np.array([90_000.0, 0.0])
TOWN = gpd.GeoDataFrame(geometry=[box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)], crs=32633)
RNG = np.random.default_rng(0)
USUAL = np.vstack([RNG.uniform(0, SIDE, (200, 2)), RNG.normal(2000, 150, (100, 2))]) + CORNER
BEATS = gpd.GeoDataFrame(
    {"population": [1000] * 25},
    geometry=[
        box(WEST + i * 1000, SOUTH + j * 1000, WEST + (i + 1) * 1000, SOUTH + (j + 1) * 1000)
        for i in range(5)
        for j in range(5)
    ],
    crs=32633,
)


def incidents(xy, crs=32633):
    xy = np.asarray(xy, dtype=float).reshape(-1, 2)
    rng = np.random.default_rng(1)
    when = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 700, len(xy)), unit="D")
    return gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=crs)


HOMES = incidents(np.random.default_rng(2).uniform(0, SIDE, (300, 2)) + CORNER)
GRID = [LineString([(WEST, SOUTH + at), (WEST + SIDE, SOUTH + at)]) for at in range(0, 5001, 500)]
GRID += [LineString([(WEST + at, SOUTH), (WEST + at, SOUTH + SIDE)]) for at in range(0, 5001, 500)]
STREETS = places.street_network(gpd.GeoDataFrame(geometry=GRID, crs=32633), split="crossings")
IN_AREA = {
    "gi_star": lambda f, a: places.gi_star(f, study_area=a, cell_m=250, simulations=19, rng=1),
    "local_moran": lambda f, a: places.local_moran(f, cell_m=500, study_area=a, permutations=99, simulations=19, rng=1),
    "moran": lambda f, a: places.moran(f, cell_m=500, study_area=a, permutations=99, rng=1),
    "geary": lambda f, a: places.geary(f, cell_m=500, study_area=a, permutations=99, rng=1),
    "general_g": lambda f, a: places.general_g(f, cell_m=500, study_area=a, permutations=99, rng=1),
    "density": lambda f, a: places.density(f, study_area=a),
    "density, adaptive": lambda f, a: places.density(f, study_area=a, adaptive=True, edge_correction=True),
    "bandwidths": lambda f, a: places.bandwidths(f, study_area=a, rng=1),
    "relative_risk": lambda f, a: places.relative_risk(f, HOMES, study_area=a, cell_m=250, simulations=99, rng=1),
    "emerging": lambda f, a: places.emerging_hot_spots(f, cell_m=500, study_area=a, simulations=19, rng=1),
    "hot_areas": lambda f, a: places.hot_areas(f, study_area=a, simulations=19, rng=1),
    "hot_areas, nnh": lambda f, a: places.hot_areas(f, study_area=a, method="nnh", simulations=19, rng=1),
    "nearest_neighbour": lambda f, a: places.nearest_neighbour(f, study_area=a, simulations=19, rng=1),
    "ripley": lambda f, a: places.ripley(f, study_area=a, simulations=19, rng=1),
    "cross_k": lambda f, a: places.cross_k(f, HOMES, study_area=a, simulations=19, rng=1),
    "risk_terrain": lambda f, a: places.risk_terrain(f, {"homes": HOMES.iloc[:30]}, cell_m=250, study_area=a, rng=1),
}  # fmt: skip
ANYWHERE = {
    "count": lambda f: places.count(f, areas=BEATS),
    "street_counts": lambda f: places.street_counts(f, STREETS),
    "street_density": lambda f: places.street_density(f, STREETS),
    "street_k": lambda f: places.street_k(f, STREETS, simulations=19, rng=1),
}
NOWHERE = {
    "no rows": (incidents([]), "no rows"),
    "no places": (incidents(USUAL).set_geometry(gpd.GeoSeries([None] * 300, crs=32633)), "none of the 300 rows can be used"),
    "all outside": (incidents(USUAL + ABROAD), "none of the 300 incidents with a place lies in the study area"),
}  # fmt: skip


def numbers(found):
    table = getattr(found, "table", found)
    return table[[name for name in ("n", "z", "p", "q_fdr", "density", "k", "statistic") if name in table]]


@pytest.mark.parametrize("question", IN_AREA)
@pytest.mark.parametrize("kind", NOWHERE)
def test_nothing_in_the_study_area_is_one_sentence(question, kind):
    frame, says = NOWHERE[kind]
    with pytest.raises(InputError, match=says) as told:
        IN_AREA[question](frame, TOWN)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("question", ANYWHERE)
def test_incidents_in_another_country_are_no_zeros(question):
    with pytest.raises(InputError, match=r"none of the 300|no incident lies|at least 3 incidents"):
        ANYWHERE[question](incidents(USUAL + ABROAD))


def test_counting_a_table_without_rows_is_zero_and_one_that_cannot_be_counted_is_not():
    assert places.count(incidents([]), areas=BEATS)["n"].sum() == 0
    assert places.count(incidents([]), cell_m=500, study_area=TOWN)["n"].sum() == 0
    with pytest.raises(InputError, match="areas has no rows"):
        places.count(incidents(USUAL), areas=BEATS.iloc[:0])
    with pytest.raises(InputError, match="none of the 300 incidents with a place lies in the study area"):
        places.count(incidents(USUAL + ABROAD), cell_m=500, study_area=TOWN)


ODD = {
    "one": (incidents([[WEST + 100, SOUTH + 100]]), TOWN),
    "one, no study area": (incidents([[WEST + 100, SOUTH + 100]]), None),
    "all at one place": (incidents(np.tile([[WEST + 1234, SOUTH + 2345]], (200, 1))), TOWN),
    "all at one place, no study area": (incidents(np.tile([[WEST + 1234, SOUTH + 2345]], (200, 1))), None),
    "on one line": (incidents(np.column_stack([WEST + np.arange(100) * 10.0, np.full(100, SOUTH)])), None),
    "each three times": (incidents(np.repeat(USUAL[:60], 3, axis=0)), TOWN),
    "degrees": (incidents(USUAL).to_crs(4326), TOWN.to_crs(4326)),
    "feet": (incidents(USUAL).to_crs(2248), TOWN),
    "a bow tie as study area": (incidents(USUAL), gpd.GeoDataFrame(geometry=[Polygon([(WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (WEST + SIDE, SOUTH), (WEST, SOUTH + SIDE)])], crs=32633)),
    "overlapping study areas": (incidents(USUAL), gpd.GeoDataFrame(geometry=[box(WEST, SOUTH, WEST + 4000, SOUTH + 4000), box(WEST + 1000, SOUTH + 1000, WEST + SIDE, SOUTH + SIDE)], crs=32633)),
}  # fmt: skip


@pytest.mark.parametrize("question", IN_AREA)
@pytest.mark.parametrize("kind", ODD)
def test_odd_data_are_answered_whole_or_refused_in_one_sentence(question, kind):
    frame, area = ODD[kind]
    name, said = question.split(",")[0].replace("emerging", "emerging_hot_spots"), ""
    try:
        found = IN_AREA[question](frame, area)
    except InputError as refusal:
        said = str(refusal)
    if said:
        assert said.startswith(f"places.{name}:")
    else:
        assert np.isfinite(numbers(found).to_numpy(dtype=float)).all()


@pytest.mark.parametrize("question", IN_AREA)
def test_places_without_a_system_ask_for_it(question):
    with pytest.raises(InputError, match="coordinate system"):
        IN_AREA[question](incidents(USUAL, None), TOWN)


def test_places_that_are_missing_or_empty_are_counted_out():
    frame = incidents(USUAL)
    shapes = np.asarray(frame.geometry).copy()
    shapes[:10], shapes[10:20] = None, Point()
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=32633, index=frame.index))
    for question in ("gi_star", "density", "hot_areas", "ripley"):
        found = IN_AREA[question](frame, TOWN)
        assert found.left_out["without a place"] == 20


GIANT = {
    "grid": lambda: places.grid(TOWN, cell_m=0.1),
    "count": lambda: places.count(incidents(USUAL), cell_m=0.1, study_area=TOWN),
    "gi_star": lambda: places.gi_star(incidents(USUAL), cell_m=0.1, study_area=TOWN),
    "density": lambda: places.density(incidents(USUAL), cell_m=0.1, bandwidth_m=100, study_area=TOWN),
    "relative_risk": lambda: places.relative_risk(incidents(USUAL), HOMES, cell_m=0.1, study_area=TOWN),
    "profile": lambda: places.geographic_profile(incidents(USUAL[:20]), cell_m=0.1),
    "street_density": lambda: places.street_density(incidents(USUAL), STREETS, cell_m=0.0001),
}


@pytest.mark.parametrize("question", GIANT)
def test_a_thousand_million_cells_are_refused_with_a_size_that_fits(question):
    with pytest.raises(InputError, match=r"would be [\d,]+.*cell_m of at least") as told:
        GIANT[question]()
    assert "at least 0." not in str(told.value) or question == "street_density"


def test_the_size_that_is_named_does_fit():
    with pytest.raises(InputError) as told:
        places.grid(TOWN, cell_m=1)
    named = float(str(told.value).split("at least ")[1].split(",")[0])
    from ilp_lab._ground.lattice import cover

    assert cover(tuple(TOWN.total_bounds), named, "square", "test").size <= 4_000_000


HUNGRY = {
    "cells": lambda: places.gi_star(incidents(USUAL), cell_m=10, study_area=TOWN),
    "simulations of risk": lambda: places.relative_risk(incidents(USUAL), HOMES, cell_m=25, study_area=TOWN, simulations=9_999),
    "neighbours": lambda: places.moran(incidents(USUAL), cell_m=50, within_m=2_000, study_area=TOWN, permutations=99),
    "periods": lambda: places.emerging_hot_spots(incidents(USUAL), step="day", cell_m=50, study_area=TOWN),
    "pieces of street": lambda: places.street_density(incidents(USUAL), STREETS, cell_m=0.1),
    "reaches": lambda: places.risk_terrain(incidents(USUAL), {"homes": HOMES}, cell_m=25, study_area=TOWN, reaches_m=list(range(50, 3000, 10))),
}  # fmt: skip


@pytest.mark.parametrize("question", HUNGRY)
def test_what_does_not_fit_into_memory_is_refused_before_it_starts(question, monkeypatch):
    monkeypatch.setattr(_memory, "available", lambda: 1e8)
    with pytest.raises(InputError, match=r"needs about [\d.,]+ GB of memory, and 0.1 GB are free. Take "):
        HUNGRY[question]()


def test_a_crowd_within_reach_of_everyone_is_refused_before_it_starts(monkeypatch):
    monkeypatch.setattr(_memory, "available", lambda: 1e8)
    crowd = incidents(np.random.default_rng(3).normal(2500, 30, (8000, 2)) + CORNER)
    for method in ("dbscan", "nnh"):
        with pytest.raises(InputError, match="Take within_m smaller than 300"):
            places.hot_areas(crowd, within_m=300, method=method, study_area=TOWN)


@pytest.mark.slow
def test_a_heap_at_one_address_is_one_area_and_costs_nothing():
    heap = incidents(np.vstack([np.tile([[WEST + 1234, SOUTH + 2345]], (20_000, 1)), USUAL]))
    for method in ("dbscan", "nnh"):
        found = places.hot_areas(heap, within_m=50, method=method, study_area=TOWN, simulations=19, rng=1)
        assert found.table["n"].iloc[0] >= 20_000


AREAS = {
    "the same everywhere": (BEATS.assign(v=3.0), "3 in every one|the same in every one"),
    "none": (BEATS.assign(v=1.0).iloc[:0], "at least|no rows|in every one"),
    "two": (BEATS.assign(v=range(25)).iloc[:2], "at least 4 areas"),
    "gaps": (BEATS.assign(v=np.where(np.arange(25) < 3, np.nan, 1.0 * np.arange(25))), "3 are missing"),
    "infinite": (BEATS.assign(v=np.where(np.arange(25) < 2, np.inf, 1.0 * np.arange(25))), "2 are missing or infinite"),
    "words": (BEATS.assign(v="x"), "must be a column of numbers"),
    "no system": (BEATS.assign(v=1.0).set_crs(None, allow_override=True), "coordinate system"),
    "all apart": (BEATS.assign(v=range(25)).set_geometry(shapely.buffer(shapely.centroid(np.asarray(BEATS.geometry)), 10), crs=32633), "no place has a neighbour"),
}  # fmt: skip


ASKED = [
    (question, kind)
    for question in ("gi_star", "local_moran", "moran", "geary", "general_g")
    for kind in AREAS
    if question != "gi_star" or kind not in ("two", "all apart")  # a place is its own neighbour there
]


@pytest.mark.parametrize(("question", "kind"), ASKED)
def test_areas_that_cannot_be_compared_are_refused_in_one_sentence(question, kind):
    areas, says = AREAS[kind]
    with pytest.raises(InputError, match=says):
        getattr(places, question)(areas, value="v", rng=1)


def test_isolated_areas_are_said_and_never_marked():
    lonely = pd.concat(
        [
            BEATS.assign(v=np.arange(25) % 4),
            gpd.GeoDataFrame({"v": [90.0]}, geometry=[box(0, 0, 1, 1)], crs=32633),
        ],
        ignore_index=True,
    )
    found = places.local_moran(lonely, value="v", permutations=99, rng=1)
    assert found.table["verdict"].iloc[-1] == "not more than chance"
    assert any("1 place has no neighbour" in said for said in found.caveats)
    assert any("1 areas have no neighbour" in said or "1 area has no neighbour" in said for said in places.gi_star(lonely, value="v", rng=1).caveats)  # fmt: skip


def test_a_street_net_in_pieces_says_so_in_every_answer():
    pieces = [LineString([(WEST + at, SOUTH), (WEST + at, SOUTH + 400)]) for at in range(0, 5001, 500)]
    network = places.street_network(gpd.GeoDataFrame(geometry=pieces, crs=32633))
    assert network.pieces == 11
    near = incidents(
        np.column_stack([WEST + RNG.integers(0, 11, 60) * 500.0, SOUTH + RNG.uniform(0, 400, 60)])
    )
    for found in (
        places.street_density(near, network),
        places.street_k(near, network, simulations=19, rng=1),
    ):
        assert any("The network is in 11 parts" in said for said in found.caveats)


def test_a_bandwidth_wider_than_the_town_is_refused():
    with pytest.raises(InputError, match="is wider than the study area"):
        places.density(incidents(USUAL), bandwidth_m=1e7, study_area=TOWN)
