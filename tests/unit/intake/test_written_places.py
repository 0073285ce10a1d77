"""Places that a table holds as shapes: well-known text, lines and outlines, empty ones."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from ilp_lab.errors import CRSError
from ilp_lab.intake import read_incidents

DAYS = [f"2024-03-{day:02d} 10:30" for day in range(1, 25)]
POINTS = [Point(16.3 + n / 100, 48.2 + n / 200) for n in range(24)]


def table(tmp_path, texts, column="wkt", **more):
    path = tmp_path / "places.csv"
    pd.DataFrame({"id": range(len(texts)), "date": DAYS[: len(texts)], column: texts, **more}).to_csv(
        path, index=False
    )
    return path


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (lambda p: LineString([(p.x, p.y), (p.x + 0.1, p.y + 0.1)]), "line"),
        (lambda p: box(p.x, p.y, p.x + 0.01, p.y + 0.01), "outline"),
        (lambda p: Polygon([(p.x, p.y), (p.x + 0.01, p.y), (p.x, p.y + 0.01)]), "outline"),
        (lambda p: MultiPoint([(p.x, p.y), (p.x + 0.01, p.y)]), "line"),
    ],
)
def test_lines_and_outlines_in_text_lie_where_they_say(shape, kind, tmp_path):
    shapes = [shape(point) for point in POINTS]
    incidents, quality = read_incidents(table(tmp_path, [one.wkt for one in shapes]), tz="UTC")
    assert all(one.distance(place) < 1e-9 for one, place in zip(shapes, incidents.geometry, strict=True))
    assert any("24 lines or outlines" in note for note in quality.notes), kind
    assert not any("latitude first" in note for note in quality.notes)
    assert dict(quality.counts) == {}


def test_points_and_outlines_may_stand_together_and_what_is_no_shape_is_counted(tmp_path):
    texts = [point.wkt for point in POINTS]
    texts[1] = box(16.4, 48.1, 16.5, 48.2).wkt
    texts[2], texts[3], texts[4] = "POINT EMPTY", "LINESTRING (16.3", "POINT (16.42, 48.22)"
    texts[5], texts[6] = None, "MULTILINESTRING EMPTY"
    incidents, quality = read_incidents(table(tmp_path, texts), tz="UTC")
    places = incidents.geometry
    assert places.isna().to_numpy().nonzero()[0].tolist() == [2, 3, 5, 6]
    assert (places.iloc[0].x, places.iloc[0].y) == (16.3, 48.2)
    assert (places.iloc[4].x, places.iloc[4].y) == (16.42, 48.22)
    assert box(16.4, 48.1, 16.5, 48.2).contains(places.iloc[1])
    assert dict(quality.counts) == {"missing_place": 4}


def test_what_geopandas_writes_to_csv_is_read_back(tmp_path):
    frame = gpd.GeoDataFrame({"date": DAYS}, geometry=POINTS, crs=4326)
    frame.to_csv(tmp_path / "t.csv", index=False)
    incidents, _ = read_incidents(tmp_path / "t.csv", tz="UTC")
    assert incidents.geometry.geom_equals(frame.geometry).all()
    assert list(incidents.columns) == ["occurred_at", "source_row", "geometry"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_columns_called_geometry_and_crs_are_columns(form, tmp_path):
    frame = pd.DataFrame({"date": DAYS, "geometry": [p.wkt for p in POINTS], "crs": "EPSG:4326"})
    path = tmp_path / f"t.{form}"
    frame.to_csv(path, index=False) if form == "csv" else frame.to_parquet(path)
    incidents, _ = read_incidents(path, tz="UTC")
    assert np.allclose(incidents.geometry.x, [p.x for p in POINTS])
    assert incidents.crs.to_epsg() == 4326


def test_texts_may_state_their_system(tmp_path):
    there = [f"SRID=25833;POINT ({600_000 + n} {5_340_000 + n})" for n in range(24)]
    incidents, quality = read_incidents(table(tmp_path, there), tz="UTC")
    assert incidents.crs.to_epsg() == 25833
    assert incidents.geometry.iloc[3].coords[0] == (600_003, 5_340_003)
    assert any(param.name == "crs" and "the values say" in param.why for param in quality.settings)
    bare = [text.partition(";")[2] for text in there]
    with pytest.raises(CRSError, match=r"values of 'wkt' hold projected coordinates"):
        read_incidents(table(tmp_path, bare))
    assert read_incidents(table(tmp_path, bare), crs=25833)[0].geometry.iloc[3].x == 600_003
    with pytest.raises(CRSError, match="state SRID=999999"):
        read_incidents(table(tmp_path, [text.replace("25833", "999999") for text in there]))
    with pytest.raises(CRSError, match="several coordinate systems"):
        read_incidents(table(tmp_path, [there[0].replace("25833", "25832"), *there[1:]]))


def test_empty_shapes_of_a_file_are_rows_without_a_place(tmp_path):
    shapes = [LineString(), Point(), Polygon(), None, *POINTS[4:]]
    frame = gpd.GeoDataFrame({"date": DAYS}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "t.geojson", driver="GeoJSON")
    for source in (frame, tmp_path / "t.geojson"):
        incidents, quality = read_incidents(source, tz="UTC")
        assert incidents.geometry.isna().tolist() == [True] * 4 + [False] * 20
        assert dict(quality.counts) == {"missing_place": 4}


def test_a_slip_of_the_pen_is_not_exchanged_into_another_continent():
    frame = pd.DataFrame({"date": DAYS, "lon": [p.x for p in POINTS], "lat": [p.y for p in POINTS]})
    frame.loc[0, "lat"] = 148.2
    incidents, quality = read_incidents(frame, tz="UTC")
    assert dict(quality.counts) == {"missing_place": 1}
    assert any("1 place lies outside the globe" in note for note in quality.notes)
    assert incidents.geometry.isna().tolist() == [True] + [False] * 23


def test_latitudes_that_cannot_be_are_exchanged_where_they_belong():
    east = pd.DataFrame(
        {
            "date": DAYS,
            "lon": [116.3 + n / 100 for n in range(24)],
            "lat": [39.9 + n / 100 for n in range(24)],
        }
    )
    for rows in ([3], range(20), range(24)):
        turned = east.copy()
        turned.loc[list(rows), ["lon", "lat"]] = east.loc[list(rows), ["lat", "lon"]].to_numpy()
        incidents, quality = read_incidents(turned, tz="UTC")
        assert dict(quality.counts) == {"swapped": len(rows)}
        assert np.allclose(incidents.geometry.x, east["lon"])


def test_a_system_that_was_said_counts_where_the_numbers_cannot_be_degrees():
    frame = pd.DataFrame({"date": DAYS, "lon": [600_000 + 10 * n for n in range(24)], "lat": 5_340_000})
    incidents, quality = read_incidents(frame, crs="EPSG:32633", tz="UTC")
    assert incidents.crs.to_epsg() == 32633
    assert incidents.geometry.iloc[2].coords[0] == (600_020, 5_340_000)
    assert "missing_place" not in quality.counts
    degrees = pd.DataFrame({"date": DAYS, "lon": [p.x for p in POINTS], "lat": [p.y for p in POINTS]})
    assert read_incidents(degrees, crs="EPSG:32633", tz="UTC")[0].crs.to_epsg() == 4326


def test_metres_in_columns_called_lon_and_lat_have_to_be_named():
    frame = pd.DataFrame(
        {
            "date": DAYS,
            "lon": [600_000 + n for n in range(24)],
            "lat": [5_340_000 + n for n in range(24)],
        }
    )
    with pytest.raises(CRSError, match=r"'lon' and 'lat' hold projected coordinates \(such as 600,000"):
        read_incidents(frame, tz="UTC")
    assert read_incidents(frame, tz="UTC", crs=25833)[0].geometry.iloc[3].x == 600_003
