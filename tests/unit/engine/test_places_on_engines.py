"""Analyses give the same on a table of an engine as on a frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from engineincidents import FRAME, TOWN

from ilp_lab import places
from ilp_lab.errors import ColumnError, CRSError, InputError


@pytest.fixture(scope="module")
def table(engine):
    return engine.table(FRAME)


@pytest.mark.parametrize(
    "settings",
    [
        {"cell_m": 250, "study_area": TOWN},
        {"cell_m": 400},
        {},
        {"cell_m": 500, "study_area": TOWN, "weight": "harm"},
        {"cell_m": 300, "study_area": TOWN, "shape": "hex"},
        {"areas": TOWN},
        {"areas": TOWN, "weight": "harm"},
    ],
    ids=["cells", "hull", "chosen", "weight", "hexagons", "areas", "areas and weight"],
)
def test_counts(engine, table, settings):
    here, there = places.count(FRAME, **settings), places.count(table, **settings)
    assert there["n"].tolist() == here["n"].tolist()
    assert there.geometry.geom_equals(here.geometry).all()
    assert dict(there.attrs["ilp_lab_left_out"]) == dict(here.attrs["ilp_lab_left_out"])
    assert engine.where in there.attrs["ilp_lab_engine"]


def test_what_deserves_a_look_is_counted_there_too(engine, table):
    """Overlapping areas, and incidents whose file says another area than the place lies in."""
    areas = pd.concat([TOWN, TOWN.iloc[[0]].assign(area="again").set_geometry(TOWN.iloc[[0]].buffer(-300))])
    here, there = places.count(FRAME, areas=areas), places.count(table, areas=areas)
    noted = here.attrs["ilp_lab_noted"]
    assert there.attrs["ilp_lab_noted"] == noted
    assert noted["in several areas, counted in the first"] > 100
    assert noted["in another area than the file says"] > 100
    odd = FRAME.assign(area=np.where(np.arange(len(FRAME)) % 5 == 0, "  elsewhere", " north "))
    here, there = (places.count(one, areas=TOWN).attrs["ilp_lab_noted"] for one in (odd, engine.table(odd)))
    assert there == here
    assert here["the file names an area that is not in the table"] > 100


def test_hot_spots(engine, table):
    settings = {"cell_m": 250, "study_area": TOWN, "rng": 5, "simulations": 39}
    here, there = places.gi_star(FRAME, **settings), places.gi_star(table, **settings)
    pd.testing.assert_frame_equal(
        pd.DataFrame(here.table.drop(columns="geometry")), pd.DataFrame(there.table.drop(columns="geometry"))
    )
    assert there.findings == here.findings
    assert there.caveats == here.caveats
    assert dict(there.left_out) == dict(here.left_out)
    assert engine.where in there.method_statement()
    assert here["chance"] == there["chance"]


@pytest.mark.parametrize("shape", ["square", "hex"])
def test_hot_spots_of_harm(engine, table, shape):
    settings = {
        "cell_m": 250,
        "study_area": TOWN,
        "rng": 5,
        "simulations": 39,
        "weight": "harm",
        "shape": shape,
    }
    here, there = places.gi_star(FRAME, **settings), places.gi_star(table, **settings)
    pd.testing.assert_frame_equal(
        pd.DataFrame(here.table.drop(columns="geometry")), pd.DataFrame(there.table.drop(columns="geometry"))
    )
    assert there.findings == here.findings
    assert there["chance"] == here["chance"]
    assert engine.where in there.method_statement()


def test_hot_spots_without_a_study_area_are_those_of_the_same_hull(table):
    here, there = (places.gi_star(one, rng=5, simulations=19) for one in (FRAME, table))
    assert there.details["outline"].equals_exact(here.details["outline"], 1e-6)
    assert there["cell_m"] == here["cell_m"]
    assert there.table["n"].tolist() == here.table["n"].tolist()
    assert there.caveats == here.caveats


@pytest.mark.parametrize(
    "settings",
    [{"study_area": TOWN}, {"bandwidth_m": "cv", "rng": 3}, {"bandwidth_m": "cv", "weight": "harm", "kernel": "gaussian"}, {"bandwidth_m": 400, "cell_m": 100, "study_area": TOWN, "weight": "harm"}, {"bandwidth_m": 500, "adaptive": True, "edge_correction": True}],
    ids=["chosen", "cv", "cv of harm", "harm", "adaptive"],
)  # fmt: skip
def test_densities(engine, table, settings):
    here, there = places.density(FRAME, **settings), places.density(table, **settings)
    assert there["bandwidth_m"] == here["bandwidth_m"]
    np.testing.assert_allclose(there.table["density"], here.table["density"], rtol=1e-9, atol=1e-9)
    assert dict(there.left_out) == dict(here.left_out)
    assert engine.where in there.method_statement()


def test_densities_of_very_many_take_them_at_the_middle_of_small_squares(table, monkeypatch):
    from ilp_lab.places import densities

    monkeypatch.setattr(densities, "MOST_PLACES", 1_000)
    settings = {"bandwidth_m": 400, "cell_m": 100, "study_area": TOWN}
    here, there = places.density(FRAME, **settings), places.density(table, **settings)
    assert "common middle" in there.method_statement()
    peak = here.table["density"].max()
    assert np.abs(there.table["density"].to_numpy() - here.table["density"].to_numpy()).max() < 0.005 * peak


def test_a_bandwidth_is_not_cross_validated_on_the_middles_of_squares(table, monkeypatch):
    from ilp_lab.places import densities

    monkeypatch.setattr(densities, "MOST_PLACES", 1_000)
    with pytest.raises(InputError, match=r"do not come back one by one.*Cross-validate on one area"):
        places.density(table, bandwidth_m="cv")


def test_a_cross_validated_bandwidth_is_drawn_from_the_same_incidents(engine, table, monkeypatch):
    from ilp_lab.places import bandwidth

    monkeypatch.setattr(bandwidth, "_JUDGED", 500)  # as beyond twenty thousand
    here, there = (places.density(one, bandwidth_m="cv", study_area=TOWN, rng=4) for one in (FRAME, table))
    assert there["bandwidth_m"] == here["bandwidth_m"]
    np.testing.assert_allclose(there.table["density"], here.table["density"], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda table: places.count(table, cell_m=250, weight="offence"), ColumnError, "must be a column of numbers"),
        (lambda table: places.count(table, cell_m=250, weight="none"), ColumnError, "has no column 'none'"),
        (lambda table: places.count(table, cell_m=250, study_area=TOWN.set_geometry(TOWN.translate(1e6))), InputError, "none of the"),
        (lambda table: places.count(table.engine.table(pd.DataFrame({"x": [1.0], "y": [2.0]})), cell_m=9), CRSError, "does not say in which"),
        (lambda table: places.count(table.engine.table(pd.DataFrame({"a": [1.0]}), crs="EPSG:32633"), cell_m=9), ColumnError, "no column 'x'"),
        (lambda table: places.count(table.engine.table(FRAME.iloc[60:70]), cell_m=9), InputError, "without a place"),
        (lambda table: places.count(table.engine.table(FRAME.iloc[:0], crs="EPSG:32633"), cell_m=9), InputError, "none of the 0 rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_a_table(table, call, kind, says):
    with pytest.raises(kind, match=says):
        call(table)
