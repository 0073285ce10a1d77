"""Points that build their geometries late behave like points that were built at once."""

from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ilp_lab.intake.points import PointArray

X, Y = np.array([16.37, np.nan, 16.4, 16.5]), np.array([48.2, np.nan, 48.3, 48.1])
POLYGON = gpd.GeoDataFrame({"n": ["p"]}, geometry=[shapely.box(16.3, 48, 16.45, 49)], crs=4326)


def late():
    return gpd.GeoDataFrame({"a": [1, 2, 3, 4]}, geometry=PointArray(X, Y, 4326))


def early():
    points = [shapely.Point(x, y) if x == x else None for x, y in zip(X, Y, strict=True)]
    return gpd.GeoDataFrame({"a": [1, 2, 3, 4]}, geometry=gpd.GeoSeries(points, crs=4326))


STAYS_LATE = {
    "slice": lambda frame: frame.iloc[:2],
    "mask": lambda frame: frame[frame["a"] > 1],
    "query": lambda frame: frame.query("a > 2"),
    "assign": lambda frame: frame.assign(b=1),
    "project": lambda frame: frame.to_crs(32633),
    "copy": lambda frame: frame.copy(),
    "sort": lambda frame: frame.sort_values("a", ascending=False),
    "pick": lambda frame: frame.iloc[[0, 2]],
}
TURNS_EARLY = {
    "same": lambda frame: frame,
    "pickle": lambda frame: pickle.loads(pickle.dumps(frame)),
    "concat": lambda frame: pd.concat([frame, frame]),
    "box": lambda frame: frame.cx[16.3:16.45, 48:49],
    "join": lambda frame: frame.sjoin(POLYGON),
    "reindex": lambda frame: frame.reindex([3, 9, 0]),
    "dropna": lambda frame: frame.dropna(),
    "merge": lambda frame: frame.merge(pd.DataFrame({"a": [1, 2]}), on="a"),
    "drop duplicates": lambda frame: frame.drop_duplicates("a"),
    "fill": lambda frame: frame.assign(geometry=frame.geometry.fillna(shapely.Point(0, 0))),
    "buffer": lambda frame: frame.to_crs(32633).assign(geometry=lambda f: f.buffer(1)),
    "explode": lambda frame: frame.explode(),
}


@pytest.mark.parametrize("name", STAYS_LATE)
def test_what_needs_no_geometry_builds_none(name):
    frame = STAYS_LATE[name](late())
    assert frame.geometry.array._built is None
    assert_geodataframe_equal(frame, STAYS_LATE[name](early()))


@pytest.mark.parametrize("name", TURNS_EARLY)
def test_everything_else_gives_the_same(name):
    assert_geodataframe_equal(TURNS_EARLY[name](late()), TURNS_EARLY[name](early()))


def test_questions_of_coordinates():
    frame = late()
    np.testing.assert_array_equal(frame.geometry.array.x, X)
    assert frame.geometry.isna().tolist() == [False, True, False, False]
    np.testing.assert_allclose(frame.geometry.array.total_bounds, [16.37, 48.1, 16.5, 48.3])
    assert frame.geometry.array._built is None
    np.testing.assert_allclose(frame.total_bounds, [16.37, 48.1, 16.5, 48.3])
    np.testing.assert_array_equal(frame.geometry.x, X)
    assert frame.geometry.geom_type.tolist()[0] == "Point"


def test_writing_a_place_changes_it_everywhere():
    frame = late()
    frame.loc[[1], "geometry"] = [shapely.Point(1, 2)]
    assert frame.geometry.x.tolist() == [16.37, 1.0, 16.4, 16.5]
    assert frame.geometry.iloc[1] == shapely.Point(1, 2)
    assert frame.total_bounds[0] == 1


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet"])
def test_files_are_the_same(tmp_path, ending):
    for name, frame in (("late", late()), ("early", early())):
        path = tmp_path / f"{name}.{ending}"
        frame.to_parquet(path) if ending == "parquet" else frame.to_file(path)
    read = gpd.read_parquet if ending == "parquet" else gpd.read_file
    assert_geodataframe_equal(read(tmp_path / f"late.{ending}"), read(tmp_path / f"early.{ending}"))


def test_it_can_be_shown():
    assert "POINT (16.37 48.2)" in repr(late())
    assert "POINT" in late()._repr_html_()
