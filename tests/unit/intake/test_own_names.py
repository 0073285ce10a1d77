"""Columns of a file that are called like those the library makes: kept under another name, and that is said."""

from __future__ import annotations

import json

import pandas as pd
from shapely.geometry import box

from ilp_lab.intake import read_areas, read_incidents, read_links

ROWS = pd.DataFrame(
    {
        "id": range(24),
        "date": [f"2024-03-{day:02d} 10:30" for day in range(1, 25)],
        "lon": [16.3 + n / 100 for n in range(24)],
        "lat": [48.2 + n / 200 for n in range(24)],
    }
)


def test_a_text_column_called_geometry_is_kept_beside_the_place(tmp_path):
    ROWS.assign(geometry="round", geometry_in_file="x").to_csv(tmp_path / "t.csv", index=False)
    incidents, quality = read_incidents(tmp_path / "t.csv", tz="UTC")
    assert incidents["geometry_in_file_"].tolist() == ["round"] * 24
    assert incidents["geometry_in_file"].tolist() == ["x"] * 24
    assert incidents.geometry.iloc[0].coords[0] == (16.3, 48.2)
    assert "column geometry is kept as geometry_in_file_" in quality.explain()


def test_a_property_called_geometry_is_kept_beside_the_shape(tmp_path):
    features = [
        {
            "type": "Feature",
            "properties": {"beat": f"B{n}", "geometry": f"note {n}"},
            "geometry": {"type": "Polygon", "coordinates": [[[n, 0], [n + 1, 0], [n + 1, 1], [n, 0]]]},
        }
        for n in range(3)
    ]
    path = tmp_path / "t.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    areas, quality = read_areas(path)
    assert areas["geometry_in_file"].tolist() == ["note 0", "note 1", "note 2"]
    assert areas.total_bounds.tolist() == [0, 0, 3, 1]
    assert "renamed: geometry_in_file" in quality.explain()
    written = pd.DataFrame(
        {"beat": ["a", "b"], "geometry": ["p", "q"], "wkt": [box(0, 0, 1, 1).wkt, box(1, 0, 2, 1).wkt]}
    )
    areas, quality = read_areas(written)
    assert areas["geometry_in_file"].tolist() == ["p", "q"]
    assert "kept as geometry_in_file" in quality.explain()


def test_a_file_s_own_source_row_does_not_stand_for_the_line(tmp_path):
    path = tmp_path / "t.csv"
    ROWS.assign(source_row=[f"abc{n}" for n in range(24)]).to_csv(path, index=False)
    incidents, quality = read_incidents(path, tz="UTC")
    assert incidents["source_row"].tolist() == list(range(2, 26))
    assert incidents["source_row_in_file"].tolist()[:2] == ["abc0", "abc1"]
    assert "renamed: source_row_in_file" in quality.explain()
    again, _ = read_incidents(incidents)  # a table that was read keeps the lines it was read from
    assert again["source_row"].tolist() == list(range(2, 26))
    links = tmp_path / "l.csv"
    links.write_text("source,target,source_row\na,b,x\nb,c,y\n", encoding="utf-8")
    table, _ = read_links(links)
    assert table["source_row"].tolist() == [2, 3]
    assert table["source_row_in_file"].tolist() == ["x", "y"]


def test_several_files_keep_their_own_source_file(tmp_path):
    for name in ("a", "b"):
        ROWS.assign(source_file=f"from {name}", id=[f"{name}{n}" for n in range(24)]).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    incidents, quality = read_incidents([tmp_path / "a.csv", tmp_path / "b.csv"], tz="UTC")
    assert incidents["source_file"].astype(str).unique().tolist() == ["a.csv", "b.csv"]
    assert incidents["source_file_in_file"].astype(str).unique().tolist() == ["from a", "from b"]
    assert "renamed: source_file_in_file" in quality.explain()
