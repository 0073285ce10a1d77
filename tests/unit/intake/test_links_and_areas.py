"""Links, entities and areas as files have them."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon, box

from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.intake import read_areas, read_entities, read_links


@pytest.mark.parametrize(
    "names",
    [("Source", "Target"), ("from", "to"), ("Caller", "Receiver"), (":START_ID", ":END_ID"), ("von", "nach")],
)
def test_ends_under_any_name(names, tmp_path):
    path = tmp_path / "links.csv"
    pd.DataFrame({names[0]: [1, 2, 2, None], names[1]: [2, 3, 2, 1], "n": [3, 1, 1, 2]}).to_csv(
        path, index=False
    )
    links, quality = read_links(path)
    assert links["source"].tolist()[:3] == ["1", "2", "2"]
    assert links["source_row"].tolist() == [2, 3, 4, 5]
    assert dict(quality.counts) == {"missing_end": 1, "self_link": 1}


def test_a_symmetric_matrix_gives_every_pair_once(tmp_path):
    path = tmp_path / "matrix.csv"
    path.write_text('\ufeff"",A,B,C\nA,0,2,0\nB,2,0,1\nC,0,1,0\n', encoding="utf-8")
    links, quality = read_links(path)
    assert links[["source", "target", "strength"]].to_numpy().tolist() == [["A", "B", 2.0], ["B", "C", 1.0]]
    assert "symmetric" in quality.notes[0]


def test_a_directed_matrix_keeps_its_direction_and_numeric_names(tmp_path):
    path = tmp_path / "matrix.csv"
    path.write_text(",1,2,83\n1,0,2,0\n2,0,0,0\n83,5,0,1\n", encoding="utf-8")
    links, quality = read_links(path)
    assert links[["source", "target", "strength"]].to_numpy().tolist() == [
        ["1", "2", 2.0],
        ["83", "1", 5.0],
        ["83", "83", 1.0],
    ]
    assert "direction" in quality.notes[0]
    assert quality.counts["self_link"] == 1


def test_a_square_table_that_is_no_matrix_is_read_as_a_list(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("source,target,weight\nA,B,1\nB,C,2\n", encoding="utf-8")
    assert read_links(path)[0]["strength"].tolist() == [1, 2]


def test_dates_of_links_are_zoned_and_repetitions_counted():
    table = pd.DataFrame(
        {"source": ["a"] * 3, "target": ["b"] * 3, "start": ["13/02/2024", "13/02/2024", "14/02/2024"]}
    )
    links, quality = read_links(table, tz="Europe/Vienna")
    assert str(links["start"].dt.tz) == "Europe/Vienna"
    assert quality.counts["repeated_link"] == 1


def test_no_ends_is_said():
    with pytest.raises(ColumnError, match=r"columns=\{'source'"):
        read_links(pd.DataFrame({"foo": [1], "bar": [2], "baz": [3]}))


def test_entities():
    table = pd.DataFrame(
        {"ID": [1.0, 2.0, 2.0, None], "Type": ["person"] * 4, "Name": ["=1+1", "b", "c", "d"]}
    )
    entities, quality = read_entities(table)
    assert entities["entity_id"].tolist()[:2] == ["1", "2"]
    assert entities["label"].tolist()[0] == "=1+1"
    assert dict(quality.counts) == {"duplicate_id": 2, "missing_id": 1}
    with pytest.raises(ColumnError, match="identifies the entities"):
        read_entities(table.rename(columns={"ID": "x", "Name": "y"}))


def test_areas_are_named_repaired_and_counted():
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    table = gpd.GeoDataFrame(
        {"BEAT": ["1", "2", "2"], "POP2010": [5, 6, 7], "AREA": [0.5, 0.5, 0.25]},
        geometry=[bow, box(1, 0, 2, 1), None],
        crs=4326,
    )
    with pytest.raises(ColumnError, match="names the areas"):
        read_areas(table.drop(columns=["AREA", "POP2010"]).assign(BEAT="x"))
    areas, quality = read_areas(table, columns={"area": "BEAT"})
    assert areas["area"].tolist() == ["1", "2", "2"]
    assert areas["population"].tolist() == [5, 6, 7]
    assert areas.geometry.iloc[0].is_valid
    assert dict(quality.counts) == {"repaired_outline": 1, "missing_outline": 1, "duplicate_area": 2}


def test_areas_need_outlines_and_a_system(tmp_path):
    points = gpd.GeoDataFrame({"area": ["a"]}, geometry=[Point(0, 0)], crs=4326)
    with pytest.raises(ColumnError, match="points or lines"):
        read_areas(points)
    with pytest.raises(CRSError, match="does not say"):
        read_areas(gpd.GeoDataFrame({"area": ["a"]}, geometry=[box(0, 0, 1, 1)]))
    assert (
        read_areas(gpd.GeoDataFrame({"area": ["a"]}, geometry=[box(0, 0, 1, 1)]), crs=32633)[0].crs.to_epsg()
        == 32633
    )
    (tmp_path / "t.csv").write_text("area\na\n")
    with pytest.raises(InputError, match="holds no outlines"):
        read_areas(tmp_path / "t.csv")


def _as_text(form):
    import shapely

    return {
        "wkt": shapely.to_wkt,
        "ewkt": lambda shape: f"SRID=25833;{shapely.to_wkt(shape)}",
        "geojson": shapely.to_geojson,
        "hex": lambda shape: shapely.to_wkb(shape, hex=True),
        "wkb": shapely.to_wkb,
    }[form]


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (form, kind)
        for form in ("wkt", "ewkt", "geojson", "hex")
        for kind in ("csv", "xlsx", "parquet", "frame")
    ]
    + [("wkb", "parquet"), ("wkb", "frame")],
)
def test_outlines_are_found_in_a_column_of_a_plain_table(form, kind, tmp_path):
    shapes = [box(16, 48, 16.1, 48.1), box(16.1, 48, 16.2, 48.1).union(box(16.5, 48, 16.6, 48.1)), None]
    texts = [None if shape is None else _as_text(form)(shape) for shape in shapes]
    table = pd.DataFrame({"beat": ["7", "8", "9"], "the_geom": texts, "residents": [900, 1200, 5]})
    path = tmp_path / f"areas.{kind}"
    if kind == "csv":
        table.to_csv(path, index=False)
    elif kind == "xlsx":
        table.to_excel(path, index=False)
    elif kind == "parquet":
        table.to_parquet(path)
    areas, quality = read_areas(table if kind == "frame" else path, columns={"population": "residents"})
    assert areas["area"].tolist() == ["7", "8", "9"]
    assert areas["population"].tolist() == [900, 1200, 5]
    assert "the_geom" not in areas
    assert areas.crs.to_epsg() == (25833 if form == "ewkt" else 4326)
    assert areas.geometry.iloc[0].equals(shapes[0])
    assert areas.geometry.iloc[1].equals(shapes[1])
    assert dict(quality.counts) == {"missing_outline": 1}
    assert any("the_geom" in note for note in quality.notes)


def test_a_long_outline_in_metres_needs_a_system_and_a_broken_one_is_counted(tmp_path):
    circle = Point(500_000, 5_300_000).buffer(900, quad_segs=1_000)  # a line of some 150 kB
    shapes = [circle.wkt, "POLYGON ((0 0, 1 1", circle.wkt]
    pd.DataFrame({"beat": ["a", "b", "c"], "wkt": shapes}).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(CRSError, match="does not say"):
        read_areas(tmp_path / "t.csv")
    areas, quality = read_areas(tmp_path / "t.csv", crs=25833)
    assert areas.geometry.iloc[2].equals(circle)
    assert dict(quality.counts) == {"missing_outline": 1}
    assert any("1 value" in note for note in quality.notes)


def test_numbers_as_codes_lose_no_digit_and_gain_none():
    codes = pd.DataFrame({"source": [7.0, np.nan], "target": ["007", " 7 "]})
    links, _ = read_links(codes)
    assert links["source"].tolist()[0] == "7"
    assert links["target"].tolist() == ["007", "7"]


def test_long_account_numbers_kept_with_a_point_are_written_out_and_said(tmp_path):
    table = pd.DataFrame({"source": [1e20, 2e20, 7.0], "target": [3e19, np.nan, 5.0]})
    table.to_parquet(tmp_path / "t.parquet")
    table.to_excel(tmp_path / "t.xlsx", index=False)
    for source in (table, tmp_path / "t.parquet", tmp_path / "t.xlsx"):
        links, quality = read_links(source)
        assert links["source"].tolist() == ["100000000000000000000", "200000000000000000000", "7"]
        assert links["target"].tolist()[::2] == ["30000000000000000000", "5"]
        assert links["target"].isna().tolist() == [False, True, False]
        assert sum("may have become the same" in note for note in quality.notes) == 2
    _, quality = read_links(pd.DataFrame({"source": [1e15], "target": [2.0]}))
    assert not quality.notes


def test_a_line_of_areas_with_a_field_too_many_is_counted(tmp_path):
    path = tmp_path / "beats.csv"
    lines = [f'B{n},n,"{box(16 + n / 10, 48, 16.1 + n / 10, 48.1).wkt}"' for n in range(6)]
    lines[2] += ",x"
    path.write_text("\n".join(["beat,note,wkt", *lines]) + "\n", encoding="utf-8")
    areas, quality = read_areas(path)
    assert areas["area"].tolist() == ["B0", "B1", "B3", "B4", "B5"]
    assert dict(quality.counts) == {"bad_line": 1}
    assert quality.bad_lines[0].startswith("B2")
    assert "1 row" in quality.explain()
    assert "too few or too many fields" in quality.explain()


def test_empty_and_unclosed_outlines_are_areas_without_one(tmp_path):
    square = [[16.3, 48.1], [16.4, 48.1], [16.4, 48.2], [16.3, 48.1]]
    features = [
        {
            "type": "Feature",
            "properties": {"beat": name},
            "geometry": {"type": "Polygon", "coordinates": rings},
        }
        for name, rings in {"whole": [square], "empty": [], "open": [square[:3]]}.items()
    ]
    path = tmp_path / "beats.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        areas, quality = read_areas(path)
    assert areas["area"].tolist() == ["whole", "empty", "open"]
    assert areas.geometry.isna().tolist() == [False, True, True]
    assert dict(quality.counts) == {"missing_outline": 2}


def test_lists_and_mappings_in_a_file_are_kept_as_text(tmp_path):
    features = [
        {
            "type": "Feature",
            "properties": {"beat": [f"B{n}"], "posts": {"n": n}, "tags": ["ä", n] if n else None},
            "geometry": {"type": "Polygon", "coordinates": [[[n, 0], [n + 1, 0], [n + 1, 1], [n, 0]]]},
        }
        for n in range(3)
    ]
    path = tmp_path / "beats.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    areas, _ = read_areas(path)
    assert areas["area"].tolist() == ['["B0"]', '["B1"]', '["B2"]']
    assert areas["posts"].tolist()[1] == '{"n": 1}'
    assert areas["tags"].isna().tolist() == [True, False, False]
    assert areas["tags"].iloc[1] in ('["ä", "1"]', '["ä", 1]')
    table = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "via": [["x", "y"], ["z"]]})
    table.to_parquet(tmp_path / "links.parquet")
    for given in (table, tmp_path / "links.parquet"):
        assert read_links(given)[0]["via"].tolist() == ['["x", "y"]', '["z"]']


def test_a_system_that_nobody_knows_is_refused_in_a_sentence():
    shapes = [box(n, 0, n + 1, 1) for n in range(3)]
    written = pd.DataFrame({"beat": ["a", "b", "c"], "wkt": [f"SRID=999999;{shape.wkt}" for shape in shapes]})
    with pytest.raises(CRSError, match=r"read_areas: the values state SRID=999999, which is no"):
        read_areas(written)
    assert read_areas(written, crs=32633)[0].crs.to_epsg() == 32633
    frame = gpd.GeoDataFrame({"beat": ["a", "b", "c"]}, geometry=shapes, crs=32633)
    for table in (written, frame):
        with pytest.raises(CRSError, match=r"read_areas: crs='EPSG:999999' is not a coordinate system"):
            read_areas(table, crs="EPSG:999999")
