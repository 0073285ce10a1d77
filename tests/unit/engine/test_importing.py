"""Incidents are imported once: nothing is lost without a number, and cells and weeks are those of the analyses."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from engineincidents import FRAME, TOWN
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import places
from ilp_lab.engine import connect, import_incidents
from ilp_lab.engine.canonical import cell_of
from ilp_lab.errors import ColumnError, InputError, WriteError
from ilp_lab.safeguards import mark


def twice() -> gpd.GeoDataFrame:
    """Some numbers stand twice, some of these with another offence; some rows have no number."""
    frame = pd.concat(
        [FRAME, FRAME.iloc[:40], FRAME.iloc[200:210].assign(offence="other")], ignore_index=True
    )
    frame.loc[300:309, "incident_id"] = None
    return gpd.GeoDataFrame(frame, crs=FRAME.crs)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    place = tmp_path_factory.mktemp("import")
    return import_incidents([twice().iloc[:700], twice().iloc[700:]], place / "incidents", memory="300MB")


def test_every_row_is_in_one_of_the_numbers(imported):
    frame = twice()
    assert imported.read == len(frame)
    assert imported.kept + imported.duplicates == imported.read
    known = frame["incident_id"].dropna()
    assert imported.duplicates == known.duplicated().sum()
    assert imported.differing == 10
    assert imported.without_id == frame["incident_id"].isna().sum()
    assert (
        imported.without_place
        == frame[~frame["incident_id"].duplicated() | frame["incident_id"].isna()].geometry.isna().sum() + 10
    )
    assert imported.not_taken == ("harm",)
    assert "50 were set aside" in str(imported) or f"{imported.duplicates} were set aside" in str(imported)


def test_the_first_of_each_number_stays_and_the_others_stand_aside(imported):
    with connect(folder=imported.folder) as engine:
        table = engine.table(imported.folder)
        kept = engine.sql(f"SELECT incident_id, offence, source_row FROM {table}")
        aside = engine.sql(
            f"SELECT incident_id, differs FROM {engine.table(imported.folder / 'set_aside' / 'duplicates.parquet')}"
        )
    assert not kept["incident_id"].dropna().duplicated().any()
    assert kept.loc[kept["incident_id"].isin([f"i{k}" for k in range(200, 210)]), "offence"].ne("other").all()
    assert aside["differs"].sum() == 10


def test_cells_and_weeks_are_those_of_the_analyses(imported):
    with connect(folder=imported.folder) as engine:
        table = engine.table(imported.folder)
        assert table.facts.crs == "EPSG:32633"
        assert table.facts.zone == "Europe/Vienna"
        by_cell = engine.sql(
            f"SELECT cell_x, cell_y, count(*) AS n FROM {table} WHERE x IS NOT NULL GROUP BY cell_x, cell_y"
        )
        counted = places.count(
            table, cell_m=250, study_area=gpd.GeoDataFrame(geometry=TOWN.buffer(2_000), crs=32633)
        )
        rows = engine.sql(
            f"SELECT day, week, hour, occurred_at_local FROM {table} WHERE occurred_at IS NOT NULL"
        )
    corner = counted.geometry.bounds
    mine = {
        (round(x / 250), round(y / 250)): n
        for x, y, n in zip(corner["minx"], corner["miny"], counted["n"], strict=True)
        if n
    }
    assert {(x, y): n for x, y, n in by_cell.itertuples(index=False)} == mine
    local = rows["occurred_at_local"]
    assert (rows["day"] == local.dt.normalize()).all()
    assert (rows["week"] == local.dt.to_period("W-SUN").dt.start_time).all()
    assert (rows["hour"] == local.dt.hour).all()


@given(st.floats(-5e6, 5e6), st.sampled_from([50.0, 100.0, 250.0, 1000.0]))
def test_a_cell_holds_its_west_and_not_its_east(x, cell_m):
    (cell,) = cell_of(np.array([x]), cell_m)
    assert cell * cell_m <= x < (cell + 1) * cell_m
    assert np.copysign(1, cell) == 1 or cell < 0  # never -0


def test_imported_files_serve_every_engine(imported, engine):
    table = engine.table(imported.folder) if engine.kind != "duckdb" else None
    with connect(folder=imported.folder) as own:
        mine = places.count(own.table(imported.folder), cell_m=500, study_area=TOWN)
    if table is None:
        assert mine["n"].sum() > 0
        return
    assert places.count(table, cell_m=500, study_area=TOWN)["n"].tolist() == mine["n"].tolist()


def test_tables_on_other_clocks_are_brought_to_the_first(tmp_path):
    one, other = (
        FRAME.iloc[200:210],
        FRAME.iloc[210:220].assign(occurred_at=lambda t: t["occurred_at"].dt.tz_convert("UTC")),
    )
    report = import_incidents(iter([one, other]), tmp_path / "made")
    assert report.facts.zone == "Europe/Vienna"
    with connect(folder=tmp_path) as engine:
        hours = engine.sql(f"SELECT incident_id, hour FROM {engine.table(report.folder)}").set_index(
            "incident_id"
        )["hour"]
    assert hours.to_dict() == FRAME.iloc[200:220].set_index("incident_id")["occurred_at"].dt.hour.to_dict()


def test_the_strictest_handling_code_travels(tmp_path):
    parts = [mark(FRAME.iloc[:5].copy(), handling="H1"), mark(FRAME.iloc[5:9].copy(), handling="H3")]
    report = import_incidents(parts, tmp_path / "made")
    with connect(folder=tmp_path) as engine:
        assert places.count(engine.table(report.folder), cell_m=5_000).attrs["ilp_lab"]["handling"] == "H3"


def test_parquet_files_are_read_in_portions(tmp_path):
    FRAME.iloc[:300].to_parquet(tmp_path / "in.parquet")
    plain = pd.DataFrame({"incident_id": ["a", "b"], "x": [500_100.0, 500_900.0], "y": [5_300_100.0] * 2})
    plain.to_parquet(tmp_path / "plain.parquet")
    assert import_incidents(tmp_path / "in.parquet", tmp_path / "one").kept == 300
    assert import_incidents(tmp_path / "plain.parquet", tmp_path / "two", crs="EPSG:32633").without_time == 2


@pytest.mark.parametrize(
    ("source", "kind", "says"),
    [
        ([], InputError, "no rows to import"),
        (FRAME.iloc[:0], InputError, "no rows to import"),
        (3, InputError, "must be a table, Parquet files"),
        ("rows.csv", InputError, "read it with intake.read_incidents"),
        ("none.parquet", OSError, "cannot be read as Parquet"),
        (
            FRAME.assign(occurred_at=FRAME["occurred_at"].dt.tz_localize(None)),
            InputError,
            "which clock it shows",
        ),
        (pd.DataFrame({"x": [1.0], "y": [2.0]}), InputError, "without a coordinate system"),
        (FRAME.iloc[:2].assign(status=[1, "a"]), ColumnError, "'status' mixes kinds"),
    ],
    ids=["nothing", "no rows", "a number", "csv", "missing", "naive", "no crs", "mixed"],
)
def test_what_cannot_be_imported(tmp_path, source, kind, says):
    with pytest.raises(kind, match=says):
        import_incidents(source, tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "made").mkdir()
    with pytest.raises(WriteError, match="is there already"):
        import_incidents(FRAME, tmp_path / "made")
    with pytest.raises(WriteError, match="make it first"):
        import_incidents(FRAME, tmp_path / "no" / "made")
