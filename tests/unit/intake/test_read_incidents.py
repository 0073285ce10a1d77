"""Reading incidents: what is worked out, what is counted, what is left alone."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from ilp_lab import samples
from ilp_lab.errors import AmbiguousError, ColumnError, CRSError, InputError, ReadError
from ilp_lab.intake import checks, read_incidents
from ilp_lab.safeguards import handling_of

BASE = pd.DataFrame(
    {
        "Case No": [f"A{n:03d}" for n in range(60)],
        "Crime Type": ["theft", "arson", None] * 20,
        "Date": pd.date_range("2024-01-03 10:07", periods=60, freq="31h").astype(str),
        "Lon": np.linspace(16.30, 16.40, 60).round(5),
        "Lat": np.linspace(48.15, 48.25, 60).round(5),
    }
)


def write(tmp_path, frame, name="t.csv", **options):
    path = tmp_path / name
    frame.to_csv(path, index=False, **options)
    return path


def test_the_plain_case(tmp_path):
    incidents, quality = read_incidents(write(tmp_path, BASE), tz="Europe/Vienna", handling="H1")
    assert list(incidents.columns) == ["incident_id", "offence", "occurred_at", "source_row", "geometry"]
    assert incidents.crs.to_epsg() == 4326
    assert str(incidents["occurred_at"].dt.tz) == "Europe/Vienna"
    assert incidents["source_row"].tolist() == list(range(2, 62))
    assert dict(quality.counts) == {"missing_offence": 20}
    assert quality.rows_with("missing_offence")["incident_id"].iloc[0] == "A002"
    assert quality.columns.set_index("role")["column"].to_dict() == {
        "longitude": "Lon", "latitude": "Lat", "occurred_at": "Date", "offence": "Crime Type", "incident_id": "Case No",
    }  # fmt: skip
    assert handling_of(incidents) == "H1"


def test_the_library_says_what_it_chose(tmp_path):
    _, quality = read_incidents(write(tmp_path, BASE))
    chosen = {param.name for param in quality.settings if param.chosen}
    assert {"tz", "crs", "encoding", "delimiter"} <= chosen
    assert "tz='Europe/Vienna'" in quality.explain()
    given = read_incidents(write(tmp_path, BASE), tz="Europe/Vienna")[1]
    assert not any(param.chosen for param in given.settings if param.name == "tz")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_dialect_reads_the_same(tmp_path, delimiter, encoding, ends):
    named = BASE.assign(Street=["Caf\u00e9 St\u00f6ckl, 5; rear"] * 60)
    path = write(tmp_path, named, sep=delimiter, encoding=encoding, lineterminator=ends)
    incidents, _ = read_incidents(path)
    assert incidents["address"].tolist() == ["Caf\u00e9 St\u00f6ckl, 5; rear"] * 60
    np.testing.assert_allclose(incidents.geometry.x, BASE["Lon"])


def test_cyrillic_letters_and_names(tmp_path):
    frame = BASE.rename(
        columns={"Lon": "Долгота", "Lat": "Широта", "Date": "Дата", "Crime Type": "Преступление"}
    )
    frame["Преступление"] = "кража"
    incidents, _ = read_incidents(write(tmp_path, frame, encoding="cp1251"))
    assert incidents["offence"].unique().tolist() == ["кража"]


def test_formats_give_the_same_table(tmp_path):
    expected, _ = read_incidents(BASE)
    BASE.to_excel(tmp_path / "t.xlsx", index=False)
    BASE.to_parquet(tmp_path / "t.parquet")
    write(tmp_path, BASE, "t.csv.gz")
    places = gpd.GeoDataFrame(
        BASE.drop(columns=["Lon", "Lat"]), geometry=gpd.points_from_xy(BASE["Lon"], BASE["Lat"]), crs=4326
    )
    for ending in ("gpkg", "geojson", "shp.zip"):
        places.rename(columns={"Crime Type": "offence"}).to_file(tmp_path / f"t.{ending}")
    places.to_parquet(tmp_path / "places.parquet")
    for name in ("t.xlsx", "t.parquet", "t.csv.gz", "t.gpkg", "t.geojson", "t.shp.zip", "places.parquet"):
        incidents, _ = read_incidents(tmp_path / name)
        np.testing.assert_allclose(incidents.geometry.x, expected.geometry.x)
        assert incidents["incident_id"].tolist() == expected["incident_id"].tolist(), name
        assert (incidents["occurred_at"] == expected["occurred_at"]).all(), name


def test_several_files_of_one_layout(tmp_path):
    paths = [write(tmp_path, BASE.iloc[:30], "a.csv"), write(tmp_path, BASE.iloc[30:], "b.csv")]
    incidents, _ = read_incidents(paths)
    assert len(incidents) == 60
    assert incidents["source_row"].iloc[30] == 2
    assert incidents["source_file"].iloc[30] == "b.csv"
    odd = write(tmp_path, BASE.rename(columns={"Date": "When"}), "c.csv")
    with pytest.raises(ReadError, match=r"Date, When"):
        read_incidents([paths[0], odd])


def test_several_files_in_different_coordinate_systems_are_refused(tmp_path):
    places = gpd.GeoDataFrame(
        {"id": [1, 2]}, geometry=[Point(16.3, 48.2), Point(16.4, 48.1)], crs="EPSG:4326"
    )
    there = {
        "degrees": places,
        "metres": places.to_crs(32633),
        "nowhere": places.set_crs(None, allow_override=True),
    }
    for name, frame in there.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    paths = {name: tmp_path / f"{name}.parquet" for name in there}
    assert len(read_incidents([paths["degrees"], paths["degrees"]])[0]) == 4
    with pytest.raises(
        ReadError, match=r"degrees\.parquet and metres\.parquet .*EPSG:4326 and EPSG:32633.*to_crs"
    ):
        read_incidents([paths["degrees"], paths["metres"]])
    with pytest.raises(ReadError, match=r"EPSG:4326 and none"):
        read_incidents([paths["degrees"], paths["nowhere"]])


def test_no_header_is_told_and_said(tmp_path):
    path = write(tmp_path, BASE.dropna(), header=False)
    with pytest.raises(AmbiguousError, match="which is longitude"):
        read_incidents(path)
    incidents, quality = read_incidents(path, columns={"longitude": "column_4", "latitude": "column_5"})
    assert incidents["occurred_at"].notna().all()
    assert "heading line: none (chosen" in quality.explain()
    np.testing.assert_allclose(sorted(incidents.geometry.y), BASE.dropna()["Lat"])


def test_places_that_are_wrong(tmp_path):
    frame = BASE.copy()
    frame.loc[0:1, ["Lon", "Lat"]] = 0.0
    frame.loc[2, ["Lon", "Lat"]] = None
    frame.loc[3:8, ["Lon", "Lat"]] = frame.loc[3:8, ["Lat", "Lon"]].to_numpy().copy()
    frame.loc[9, ["Lon", "Lat"]] = [-87.6, 41.9]
    incidents, quality = read_incidents(write(tmp_path, frame))
    found = {
        kind: quality.counts.get(kind) for kind in ("null_island", "missing_place", "swapped", "far_away")
    }
    assert found == {"null_island": 2, "missing_place": 1, "swapped": 6, "far_away": 1}
    assert incidents.geometry.isna().sum() == 3
    np.testing.assert_allclose(incidents.geometry.x[3:9], BASE["Lon"][3:9])
    assert len(incidents) == 60


def test_a_whole_column_of_swapped_names_is_seen_where_it_must_be():
    frame = BASE.assign(Lon=BASE["Lat"], Lat=BASE["Lon"] + 100)
    incidents, quality = read_incidents(frame)
    assert quality.counts["swapped"] == 60
    np.testing.assert_allclose(incidents.geometry.x, BASE["Lon"] + 100)


def test_projected_coordinates_need_their_system():
    places = gpd.GeoSeries(gpd.points_from_xy(BASE["Lon"], BASE["Lat"]), crs=4326).to_crs(31256)
    frame = BASE.drop(columns=["Lon", "Lat"]).assign(X=places.x, Y=places.y)
    with pytest.raises(CRSError, match=r"crs='EPSG:\.\.\.'"):
        read_incidents(frame)
    incidents, _ = read_incidents(frame, crs="EPSG:31256")
    np.testing.assert_allclose(incidents.to_crs(4326).geometry.x, BASE["Lon"], atol=1e-6)
    with pytest.raises(CRSError, match="EPSG:99999"):
        read_incidents(frame, crs="EPSG:99999")


def test_null_island_in_projected_form():
    zero = gpd.GeoSeries([Point(0, 0)], crs=4326).to_crs(32633).iloc[0]
    places = gpd.GeoSeries(gpd.points_from_xy(BASE["Lon"], BASE["Lat"]), crs=4326).to_crs(32633)
    frame = BASE.drop(columns=["Lon", "Lat"]).assign(X=places.x, Y=places.y)
    frame.loc[0, ["X", "Y"]] = [zero.x, zero.y]
    frame.loc[1, ["X", "Y"]] = [0.0, 0.0]
    assert read_incidents(frame, crs=32633)[1].counts["null_island"] == 2


@pytest.mark.parametrize(
    "written",
    ["{{'type': 'Point', 'coordinates': [{x}, {y}]}}", "({y}, {x})", "POINT ({x} {y})", "[{y}; {x}]"],
)
def test_coordinates_in_a_text(written):
    texts = [written.format(x=x, y=y) for x, y in zip(BASE["Lon"], BASE["Lat"], strict=True)]
    incidents, _ = read_incidents(BASE.drop(columns=["Lon", "Lat"]).assign(location=texts))
    np.testing.assert_allclose(incidents.geometry.x, BASE["Lon"])


def test_decimal_commas():
    frame = BASE.assign(
        Lon=BASE["Lon"].astype(str).str.replace(".", ","), Lat=BASE["Lat"].astype(str).str.replace(".", ",")
    )
    np.testing.assert_allclose(read_incidents(frame)[0].geometry.x, BASE["Lon"])


def test_months_windows_and_split_times():
    months = BASE.assign(Date="2024-02")
    incidents, quality = read_incidents(months)
    assert quality.counts["month_only"] == 60
    assert str(incidents["occurred_to"].iloc[0]) == "2024-03-01 00:00:00+00:00"
    split = BASE.assign(Date="15.03.2024", Time=[930] * 59 + [9999], **{"Date to": "14.03.2024"})
    incidents, quality = read_incidents(split)
    assert str(incidents["occurred_at"].iloc[0]) == "2024-03-15 09:30:00+00:00"
    assert quality.counts["reversed_window"] == 60
    assert "could not be read" in quality.explain()


def test_duplicates_are_counted_never_dropped():
    again = pd.concat([BASE, BASE.iloc[:5]], ignore_index=True)
    nameless = pd.concat([again, BASE.iloc[10:14].assign(**{"Case No": None})] * 1, ignore_index=True)
    nameless = pd.concat([nameless, BASE.iloc[10:14].assign(**{"Case No": None})], ignore_index=True)
    incidents, quality = read_incidents(nameless)
    assert len(incidents) == 73
    kinds = ("duplicate_id", "duplicate_row_with_id", "missing_id", "duplicate_row_without_id")
    assert [quality.counts[kind] for kind in kinds] == [10, 5, 8, 4]


def test_heaps_and_piles():
    rng = np.random.default_rng(1)
    when = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 525_600, 3000), unit="min")
    when = when.where(rng.random(3000) > 0.1, when.normalize())
    frame = pd.DataFrame(
        {"date": when, "lon": rng.uniform(16.3, 16.4, 3000), "lat": rng.uniform(48.1, 48.2, 3000)}
    )
    frame.loc[:99, ["lon", "lat"]] = [16.35, 48.15]
    _, quality = read_incidents(frame)
    assert quality.counts["midnight_heap"] == (when == when.normalize()).sum()
    assert "noon_heap" not in quality.counts
    assert quality.counts["place_pile"] == 100
    assert "(16.35, 48.15)" in quality.explain()


def test_ambiguous_dates_are_asked_for():
    frame = BASE.assign(Date="03/04/2024")
    frame.loc[5, "Date"] = "05/06/2024"
    with pytest.raises(AmbiguousError, match="dayfirst"):
        read_incidents(frame)
    assert str(read_incidents(frame, dayfirst=False)[0]["occurred_at"].iloc[0])[:10] == "2024-03-04"


def test_profiles_are_kept_and_used_again(tmp_path):
    odd = BASE.rename(columns={"Date": "Q1", "Lon": "Q2", "Lat": "Q3", "Crime Type": "Q4"})
    mapping = {"occurred_at": "Q1", "longitude": "Q2", "latitude": "Q3", "offence": "Q4"}
    first, quality = read_incidents(odd, columns=mapping, tz="Europe/Vienna")
    path = quality.save_profile(tmp_path / "agency.yml")
    second, _ = read_incidents(odd, profile=path)
    assert (first["occurred_at"] == second["occurred_at"]).all()
    assert str(second["occurred_at"].dt.tz) == "Europe/Vienna"
    with pytest.raises(ColumnError, match=r"agency\.yml names columns that the file does not have: .*Q1"):
        read_incidents(BASE, profile=path)
    (tmp_path / "bad.yml").write_text("- 1\n")
    with pytest.raises(ReadError, match="not a profile"):
        read_incidents(BASE, profile=tmp_path / "bad.yml")


def test_wrong_names_are_answered():
    with pytest.raises(ColumnError, match=r"Did you mean 'Date'"):
        read_incidents(BASE, columns={"occurred_at": "Dates"})
    with pytest.raises(InputError, match="role must be one of"):
        read_incidents(BASE, columns={"when": "Date"})
    with pytest.raises(ColumnError, match="no columns with coordinates"):
        read_incidents(BASE.drop(columns=["Lon", "Lat"]))


def test_ragged_lines_are_counted_and_kept(tmp_path):
    path = write(tmp_path, BASE)
    path.write_text(path.read_text() + "one,two\na,b,c,d,e,f,g\n")
    incidents, quality = read_incidents(path)
    assert len(incidents) == 60
    assert quality.counts["bad_line"] == 2
    assert quality.bad_lines == ("one,two", "a,b,c,d,e,f,g")


def test_text_that_spans_lines_stays_one_row(tmp_path):
    frame = BASE.assign(Remarks='he said: "no",\nthen left')
    incidents, quality = read_incidents(write(tmp_path, frame))
    assert incidents["Remarks"].tolist() == ['he said: "no",\nthen left'] * 60
    assert "bad_line" not in quality.counts


def test_a_type_that_changes_after_the_sample(tmp_path):
    frame = pd.concat([BASE] * 40, ignore_index=True)
    frame["Case No"] = range(len(frame))
    frame = frame.astype({"Case No": object})
    frame.loc[len(frame) - 1, "Case No"] = "late text"
    frame.loc[len(frame) - 2, "Lon"] = np.nan
    path = write(tmp_path, frame)
    path.write_text(path.read_text().replace(str(frame["Lat"].iloc[-3]) + "\n", "not a number\n", 1))
    incidents, quality = read_incidents(path)
    assert incidents["incident_id"].iloc[-1] == "late text"
    assert quality.counts["missing_place"] == 2


def test_the_messy_sample_tells_its_planted_faults():
    truth = samples.belmara_truth()
    planted = (
        truth["messy"] if "messy" in truth else next(value for key, value in truth.items() if "messy" in key)
    )
    _, quality = read_incidents(samples.path("belmara/incidents_messy.csv"), tz="UTC")
    text = json.dumps(planted)
    for kind in (
        "swapped",
        "null_island",
        "missing_place",
        "reversed_window",
        "unreadable_time",
        "duplicate_row_with_id",
    ):
        assert str(quality.counts[kind]) in text, (kind, quality.counts[kind])


def test_the_report_shows_itself_without_running_anything():
    frame = BASE.assign(**{"<script>alert(1)</script>": 1})
    _, quality = read_incidents(frame, columns={"status": "<script>alert(1)</script>"})
    assert "<script>" not in quality._repr_html_()
    assert "&lt;script&gt;" in quality._repr_html_()
    with pytest.raises(InputError, match="there is no fault 'typo'"):
        quality.rows_with("typo")


@settings(max_examples=50)
@given(st.lists(st.integers(0, 40), max_size=80))
def test_repeated_keys_are_exactly_those_that_repeat(values):
    keys = checks.mixed(np.array(values, dtype=np.int64)) if values else np.empty(0, np.uint64)
    expected = [at for at, value in enumerate(values) if values.count(value) > 1]
    assert checks.repeated(keys).tolist() == expected


@settings(max_examples=50)
@given(st.lists(st.text("abcd", min_size=3, max_size=12), min_size=1, max_size=60))
def test_duplicate_numbers_equal_what_pandas_finds(values):
    column = pd.Series(values, dtype="str")
    expected = np.flatnonzero(column.duplicated(keep=False)).tolist()
    assert checks.duplicate_ids(column).tolist() == expected
    same = pd.Series([value[:3] for value in values], dtype="str")
    assert checks.duplicate_ids(same).tolist() == np.flatnonzero(same.duplicated(keep=False)).tolist()


WRITTEN = {
    "incident_id": "new",
    "offence": "theft",
    "status": "open",
    "occurred_at": pd.Timestamp("2020-01-01", tz="UTC"),
    "amount": 9.5,
    "persons": 9,
    "note": "new",
    "source_row": 9,
}


@pytest.mark.parametrize("tz", ["UTC", "Europe/Vienna"])
@pytest.mark.parametrize("how", ["file", "table of texts", "table of times"])
def test_every_column_can_be_written_to_and_a_given_table_stays(tmp_path, how, tz):
    path = tmp_path / "some.csv"
    table = pd.DataFrame(
        {
            "incident_id": [f"A{n}" for n in range(400)],
            "lat": 48 + np.arange(400) % 7 / 100,
            "lon": 16 + np.arange(400) % 9 / 100,
            "offence": np.where(np.arange(400) % 2, "theft", "robbery"),
            "status": np.where(np.arange(400) % 3, "open", "closed"),
            "date": (np.datetime64("2024-05-01T07:03") + np.arange(400) * 97).astype("M8[s]").astype(str),
            "amount": np.arange(400) / 4,
            "persons": np.arange(400),
            "note": [f"note {n}" for n in range(400)],
        }
    )
    table.to_csv(path, index=False)
    if how == "table of times":
        table["date"] = pd.to_datetime(table["date"]).astype("datetime64[s]")
    given = table.copy()
    frame, _ = read_incidents(path if how == "file" else table, tz=tz)
    other = frame.copy()
    for column, new in WRITTEN.items():
        value = new.tz_convert(tz) if column == "occurred_at" else new
        frame.loc[0, column] = value
        assert frame[column].iloc[0] == value
    pd.testing.assert_frame_equal(pd.DataFrame(frame.iloc[1:]), pd.DataFrame(other.iloc[1:]))
    pd.testing.assert_frame_equal(table, given)
