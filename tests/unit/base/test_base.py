"""The base: errors, boundary checks, metres, results."""

from __future__ import annotations

import inspect

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from ilp_lab import _metric, errors
from ilp_lab._check import Check, generator
from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.schema import INCIDENTS, TABLES


def test_the_tree_of_errors_is_drawn_as_it_is():
    drawn = errors.__doc__
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        assert name in drawn
        assert issubclass(kind, (errors.IlpError, UserWarning))
        assert kind.__doc__


def test_all_faults_come_at_once_and_name_the_caller():
    check = Check("places.count")
    check.positive(cell_m=0, bandwidth_m=float("nan"))
    check.between(0, 1, alpha=7)
    check.whole(1, simulations=True)
    check.choice(allowed=("square", "hex"), shape="squre")
    check.columns(pd.DataFrame({"Harm": [1]}), ["harm"], "incidents")
    with pytest.raises(ColumnError) as caught:
        check.done()
    text = str(caught.value)
    assert text.startswith("places.count:")
    assert text.count("\n  - ") == 6
    assert "Did you mean 'square'?" in text
    assert "Did you mean 'Harm'?" in text


@given(st.floats(allow_nan=True) | st.text(max_size=3) | st.booleans() | st.none())
def test_only_numbers_above_zero_are_positive(value):
    check = Check("x")
    check.positive(value=value)
    good = value is None or (isinstance(value, float) and np.isfinite(value) and value > 0)
    assert bool(check.faults) != good


def test_places_need_geometry_and_a_system():
    check = Check("x")
    assert not check.places(pd.DataFrame(), "areas")
    assert not check.places(gpd.GeoDataFrame({"a": [1]}), "areas")
    assert not check.places(gpd.GeoDataFrame(geometry=[Point(0, 0)]), "areas")
    with pytest.raises(InputError, match=r"set_crs"):
        check.done()


def test_seeds_are_recorded():
    first, said = generator(None, "x")
    again, _ = generator(int(said), "x")
    assert first.random() == again.random()
    given_one = np.random.default_rng(1)
    assert generator(given_one, "x") == (given_one, "the caller's PCG64")
    for wrong in (-1, 1.5, True, "7"):
        with pytest.raises(InputError, match="rng must be"):
            generator(wrong, "x")


def test_one_metric_system_for_all_tables():
    vienna = gpd.GeoDataFrame(geometry=gpd.points_from_xy([16.3] * 99 + [0.0], [48.2] * 99 + [0.0]), crs=4326)
    beats = gpd.GeoDataFrame(geometry=[box(600_000, 5_300_000, 610_000, 5_350_000)], crs=31256)
    assert _metric.choose(vienna, caller="x").chosen
    assert "33N" in _metric.choose(vienna, caller="x").name
    assert _metric.choose(vienna, beats, caller="x").crs.to_epsg() == 31256
    metric = _metric.choose(beats, caller="x")
    x, _ = _metric.point_xy(vienna, metric)
    np.testing.assert_allclose(x[:99], vienna.to_crs(31256).geometry.x[:99])
    assert not _metric.is_metric(beats.to_crs(2263).crs)


def test_empty_and_impossible_places_are_said():
    with pytest.raises(CRSError, match="no row has a place"):
        _metric.choose(gpd.GeoDataFrame(geometry=[], crs=4326), caller="x")
    with pytest.raises(CRSError, match="no UTM zone"):
        _metric.choose(gpd.GeoDataFrame(geometry=[Point(16, 89.9)], crs=4326), caller="x")


def test_fingerprints_know_values_order_and_type():
    one = np.array([1.0, 2.0])
    assert fingerprint(one) == fingerprint(one.copy())
    assert (
        len(
            {
                fingerprint(one),
                fingerprint(one[::-1]),
                fingerprint(one.astype("f4")),
                fingerprint("x"),
                fingerprint(b""),
            }
        )
        == 5
    )


def test_a_result_says_all_of_itself():
    result = Result(
        "places.count", "Counts", pd.DataFrame({"n": [1]}), "Counted.", ("One.",),
        params=(Param("cell_m", 200, chosen=True, why="rule"), Param("shape", "hex")),
        sources=(Source("incidents", 1, "ab", "q3.csv"),), left_out={"without a place": 3}, seed="7", handling="H1",
        references=("doi:1",), details={"k": 5},
    )  # fmt: skip
    statement = result.method_statement()
    for needed in (
        "cell size, m: 200 (chosen: rule)",
        "shape of the cells: hexagons",
        "q3.csv",
        "3 rows: without a place",
        "seed 7",
        "H1",
        "doi:1",
    ):
        assert needed in statement
    assert result["cell_m"] == 200
    assert result["k"] == 5
    with pytest.raises(AttributeError):
        result.title = "x"
    assert result.with_caveat("old data").caveats == ("old data",)
    assert str(result).startswith("Counts [H1]")


def test_column_names_mean_one_thing():
    assert INCIDENTS["geometry"].needed
    for table in TABLES.values():
        assert len(set(table.names)) == len(table.names)
        assert all(column.label for column in table)
