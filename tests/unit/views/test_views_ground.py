from __future__ import annotations

import base64

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from ilp_lab.views.ground import Ground, lines, pack, pack_shapes, polygons


def rebuilt(ragged, number):
    rings = [
        ragged.xy[ragged.rings[ring] : ragged.rings[ring + 1]]
        for ring in range(ragged.shapes[number], ragged.shapes[number + 1])
    ]
    area = 0.0
    for ring in rings:
        x, y = ring.T
        area += 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    return abs(area), len(rings)


HOLED = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (2, 4), (4, 4), (4, 2)]])
TWO = MultiPolygon([box(0, 0, 1, 1), box(5, 5, 7, 7)])


@pytest.mark.parametrize(
    "shapes",
    [
        [box(0, 0, 2, 3), box(5, 5, 6, 6)],
        [HOLED, box(0, 0, 1, 1)],
        [TWO, HOLED, None, Polygon(), Point(1, 1)],
        [GeometryCollection([box(0, 0, 2, 2), LineString([(0, 0), (1, 1)])])],
    ],
)
def test_polygons_keep_their_area_and_their_rows(shapes):
    ragged = polygons(shapes)
    kept = [
        row for row, shape in enumerate(shapes) if shape is not None and not shape.is_empty and shape.area > 0
    ]
    assert ragged.rows.tolist() == kept
    for number, row in enumerate(kept):
        area, _ = rebuilt(ragged, number)
        outer = shapely.normalize(shapes[row])
        assert area == pytest.approx(outer.area, rel=0.2) or shapes[row] is HOLED
    assert ragged.rings[-1] == len(ragged.xy)


def test_no_shapes_at_all():
    assert len(polygons([None, Point(0, 0)])) == 0
    assert len(lines([])) == 0
    assert pack_shapes(polygons([]), (0, 0))["rows"] == ""


def test_lines_take_borders_of_polygons():
    ragged = lines([LineString([(0, 0), (1, 1)]), box(0, 0, 1, 1), None])
    assert ragged.rows.tolist() == [0, 1]


def numbers(text, kind):
    return np.frombuffer(base64.b64decode(text), dtype=kind)


@settings(max_examples=20)
@given(st.integers(2, 40), st.integers(2, 40), st.sampled_from([5.0, 137.3, 1000.0]))
def test_packed_cells_come_out_where_they_were(rows, columns, size):
    row, column = np.divmod(np.arange(rows * columns), columns)
    shapes = shapely.box(
        7e5 + column * size, 5e6 + row * size, 7e5 + (column + 1) * size, 5e6 + (row + 1) * size
    )
    ragged = polygons(shapes)
    packed = pack_shapes(ragged, (7e5, 5e6))
    order = numbers(packed["rows"], "<i4")
    assert sorted(order.tolist()) == list(range(len(shapes)))
    if "at" in packed:
        at = numbers(packed["at"], "<i4").reshape(-1, 2) / 10
        first = ragged.xy[ragged.rings[:-1]][order] - (7e5, 5e6)
        assert np.abs(at - first).max() <= 0.06
        assert len(packed["outline"]) == 8


def test_cells_cut_at_the_border_travel_vertex_by_vertex():
    shapes = [*shapely.box(np.arange(600.0), 0, np.arange(600.0) + 1, 1), HOLED]
    packed = pack_shapes(polygons(shapes), (0, 0))
    assert len(numbers(packed["at"], "<i4")) == 1200
    assert numbers(packed["shapes"], "<i4").tolist() == [0, 2]
    assert numbers(packed["rows"], "<i4")[-1] == 600


def test_packing_is_little_endian():
    assert base64.b64decode(pack([1, 256], "u2")) == b"\x01\x00\x00\x01"


def test_the_graticule_lies_where_it_says():
    from pyproj import Transformer

    frame = gpd.GeoDataFrame(geometry=[box(600_000, 5_330_000, 620_000, 5_345_000)], crs=32633)
    ground = Ground.of(frame, caller="test")
    found = ground.graticule(tuple(frame.total_bounds))
    assert {label[-1] for label, _ in found} == {"E", "N"}
    back = Transformer.from_crs(32633, 4326, always_xy=True)
    for label, xy in found:
        lon, lat = back.transform(*xy.T)
        value = float(label.split("°")[0])
        assert np.allclose(lon if label.endswith("E") else lat, value, atol=1e-6)


def test_south_and_west_have_their_letters():
    frame = gpd.GeoDataFrame(geometry=[box(-70.9, -33.6, -70.5, -33.3)], crs=4326)
    ground = Ground.of(frame, caller="test")
    assert {label[-1] for label, _ in ground.graticule(tuple(ground.bring(frame).total_bounds))} == {"W", "S"}


def test_tables_without_a_coordinate_system_are_drawn_as_they_are():
    frame = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)])
    ground = Ground.of(frame, caller="test")
    assert ground.crs is None
    assert ground.graticule((0, 0, 1, 1)) == []
    assert ground.bring(frame) is frame
