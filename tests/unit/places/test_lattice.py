"""Cells by arithmetic agree with geometry."""

from __future__ import annotations

from unittest.mock import patch

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab._ground import membership
from ilp_lab._ground.lattice import Lattice
from ilp_lab._ground.membership import first_area
from ilp_lab.errors import InputError
from ilp_lab.places import count, grid

SHAPES = st.sampled_from(["square", "hex"])


@settings(max_examples=40)
@given(SHAPES, st.integers(0, 2**32 - 1), st.floats(1, 500))
def test_every_point_lies_in_its_cell(shape, seed, cell_m):
    lattice = Lattice(-3 * cell_m, 7 * cell_m, cell_m, 9, 8, shape)
    rng = np.random.default_rng(seed)
    x = lattice.west + rng.uniform(-0.2, 1.2, 200) * 9 * cell_m
    y = lattice.south + rng.uniform(-0.2, 1.2, 200) * 8 * lattice.row_m
    flat = lattice.index(x, y)
    outlines = lattice.polygons(np.arange(lattice.size))
    inside = flat >= 0
    apart = shapely.distance(outlines[flat[inside]], shapely.points(x[inside], y[inside]))
    assert np.all(apart <= 1e-9 * cell_m * 100)
    outside = shapely.points(x[~inside], y[~inside])
    assert not shapely.contains_properly(shapely.union_all(outlines).buffer(-1e-6 * cell_m), outside).any()


@pytest.mark.parametrize("shape", ["square", "hex"])
def test_cells_tile_without_gap_or_overlap(shape):
    lattice = Lattice(100.0, 200.0, 50.0, 7, 6, shape)
    outlines = lattice.polygons(np.arange(lattice.size))
    assert shapely.area(outlines).sum() == pytest.approx(shapely.area(shapely.union_all(outlines)), rel=1e-9)
    assert shapely.area(outlines) == pytest.approx(lattice.cell_area_m2)
    x, y = lattice.centres()
    np.testing.assert_allclose(shapely.get_x(shapely.centroid(outlines)), x.ravel())
    np.testing.assert_allclose(shapely.get_y(shapely.centroid(outlines)), y.ravel())


@settings(max_examples=40)
@given(SHAPES, st.integers(0, 2**32 - 1), st.sampled_from([None, 60.0, 120.0, 210.0]))
def test_window_sums_equal_the_plain_sums(shape, seed, within_m):
    lattice = Lattice(0.0, 0.0, 50.0, 8, 7, shape)
    values = np.random.default_rng(seed).poisson(2, (7, 8)).astype(float)
    x, y = (axis.ravel() for axis in lattice.centres())
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    reach = within_m if within_m is not None else (50 * 2**0.5 if shape == "square" else 50.0)
    plain = ((apart <= reach * (1 + 1e-6)) * values.ravel()).sum(axis=1)
    np.testing.assert_allclose(lattice.sums(values, within_m).ravel(), plain)


def test_the_grid_covers_the_study_area_exactly():
    ring = gpd.GeoDataFrame(
        geometry=[
            shapely.Point(500_000, 5_300_000)
            .buffer(2000)
            .difference(shapely.Point(500_000, 5_300_000).buffer(700))
        ],
        crs=32633,
    )
    for shape in ("square", "hex"):
        cells = grid(ring, cell_m=150, shape=shape)
        inside = (cells.geometry.area * cells["share_inside"]).sum()
        assert inside == pytest.approx(ring.area.sum(), rel=1e-6)
        parts = cells.geometry.intersection(ring.geometry.iloc[0]).area / cells.geometry.area
        np.testing.assert_allclose(cells["share_inside"], parts, atol=1e-9)


def test_too_many_cells_are_refused_with_the_way_out():
    wide = gpd.GeoDataFrame(geometry=[shapely.box(300_000, 5_000_000, 700_000, 5_400_000)], crs=32633)
    with pytest.raises(InputError, match=r"Take cell_m of at least 210,"):
        grid(wide, cell_m=50)


def test_all_faults_are_named_at_once():
    with pytest.raises(InputError) as caught:
        grid("town", cell_m=-1, shape="triangle")
    assert all(
        word in str(caught.value) for word in ("places.grid", "cell_m", "'triangle'", "study_area", "str")
    )


@settings(max_examples=30)
@given(SHAPES, st.integers(0, 2**32 - 1))
def test_no_incident_is_lost(shape, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(500_000, 503_000, 80), rng.uniform(5_300_000, 5_302_000, 80)
    x[:7] = np.nan
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=32633)
    incidents.loc[np.isnan(x), "geometry"] = None
    town = gpd.GeoDataFrame(geometry=[shapely.box(500_500, 5_300_000, 502_500, 5_302_000)], crs=32633)
    counted = count(incidents, cell_m=250, shape=shape, study_area=town)
    lost = counted.attrs["ilp_lab_left_out"]
    assert lost["without a place"] == 7
    assert counted["n"].sum() + sum(lost.values()) == 80


def test_areas_borders_overlaps_and_strays():
    areas = gpd.GeoDataFrame(
        {"area": ["A", "B", "C"]},
        geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(5, 0, 15, 10)],
        crs=32633,
    )
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1, 10, 7, 18, 99], [1, 5, 5, 5, 5]), crs=32633)
    counted = count(incidents, areas=areas)
    assert counted["n"].tolist() == [3, 1, 0]
    assert counted.attrs["ilp_lab_left_out"] == {"in no area": 1}
    assert counted.attrs["ilp_lab_noted"] == {"in several areas, counted in the first": 2}
    assert counted.attrs["ilp_lab_left_out"].rows.index.tolist() == [4]
    assert counted[counted["n"] > 0].attrs["ilp_lab_left_out"].rows.index.tolist() == [4]


def test_where_the_file_names_another_area_is_counted():
    areas = gpd.GeoDataFrame(
        {"area": ["A", "B"]}, geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], crs=32633
    )
    incidents = gpd.GeoDataFrame(
        {"area": ["A", "B ", "A", "Z", None]},
        geometry=gpd.points_from_xy([1, 15, 15, 1, 1], [5, 5, 5, 5, 5]),
        crs=32633,
    )
    counted = count(incidents, areas=areas)
    assert counted["n"].tolist() == [3, 2]
    assert counted.attrs["ilp_lab_noted"] == {
        "in another area than the file says": 1,
        "the file names an area that is not in the table": 1,
    }
    assert counted.attrs["ilp_lab_left_out"] == {}


@pytest.mark.parametrize("shape", ["square", "hex"])
def test_incidents_count_where_they_lie_not_where_their_cell_reaches(shape):
    town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1000, 700)], crs=32633)
    x, y = [500, 1000, 1000, 1000.5, 1040, 500, 0], [350, 350, 700, 350, 350, 720, 0]
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=32633)
    counted = count(incidents, cell_m=250, shape=shape, study_area=town)
    assert counted["n"].sum() == 5
    assert counted.attrs["ilp_lab_left_out"] == {"outside the study area": 2}
    assert counted.attrs["ilp_lab_left_out"].rows.index.tolist() == [4, 5]


def test_weights_are_summed():
    incidents = gpd.GeoDataFrame({"harm": [2.5, 4.0]}, geometry=gpd.points_from_xy([1, 2], [1, 2]), crs=32633)
    town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10, 10)], crs=32633)
    assert count(incidents, cell_m=10, study_area=town, weight="harm")["n"].tolist() == [6.5]


@pytest.mark.parametrize("many", [0, 50_000])
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.sampled_from([0, 1, 7, 4000]))
def test_first_area_is_what_comparing_every_pair_finds(many, seed, areas, points):
    """Overlapping areas with holes on whole metres, and points on whole metres: many lie on borders and corners."""
    rng = np.random.default_rng(seed)
    corner, size = rng.integers(0, 50, (areas, 2)), rng.integers(2, 30, (areas, 2))
    shapes = shapely.box(*corner.T, *(corner + size).T)
    shapes = shapely.difference(shapes, shapely.box(*(corner + 1).T, *(corner + size // 2).T))
    x, y = rng.integers(-5, 85, (2, points)).astype(float)
    hits = shapely.intersects_xy(shapes[:, None], x, y)
    with patch.object(membership, "_MANY", many):
        first, several = first_area(shapes, x, y)
    assert first.tolist() == np.where(hits.any(axis=0), hits.argmax(axis=0), -1).tolist()
    assert several == (hits.sum(axis=0) > 1).sum()


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_many_points_in_ragged_areas_lie_where_shapely_says(seed, overlapping):
    """Stars with holes, of several parts, overlapping or not; points anywhere, at corners, and between two corners."""
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, (9, 40)), axis=1)
    far = rng.uniform(3, 12, (9, 40))
    middle = np.stack([np.arange(9) % 3, np.arange(9) // 3], axis=1) * (12 if overlapping else 25.0)
    ring = middle[:, None] + far[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    stars = shapely.make_valid(shapely.polygons(ring))
    stars = shapely.difference(stars, shapely.buffer(shapely.points(middle + 1), 2))
    shapes = np.array([shapely.union(stars[0], stars[8]), *stars[1:8], None, shapely.Polygon()], dtype=object)
    corners = shapely.get_coordinates(stars)
    xy = np.concatenate(
        [rng.uniform(-15, 70, (2000, 2)), corners, (corners[1:] + corners[:-1]) / 2, np.round(corners)]
    )
    hits = np.stack(
        [
            np.zeros(len(xy), bool) if shape is None else shapely.intersects_xy(shape, *xy.T)
            for shape in shapes
        ]
    )
    with patch.object(membership, "_MANY", 0):
        first, several = first_area(shapes, *xy.T)
    assert first.tolist() == np.where(hits.any(axis=0), hits.argmax(axis=0), -1).tolist()
    assert several == (hits.sum(axis=0) > 1).sum()
