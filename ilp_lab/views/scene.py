"""What is on a map, worked out once for the screen and for print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, figure, looked_up, tr, trn
from ilp_lab.result import Result
from ilp_lab.views import facts
from ilp_lab.views.classes import NOTHING, Classes, classify, name_of
from ilp_lab.views.contours import Contour, contours_of
from ilp_lab.views.ground import Ground
from ilp_lab.views.leading import leading_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._check import Check

_FOUND_BY_ITSELF = ("verdict", "pattern", "density", "n")
_LINE_SHARE = 0.0035
_FIRST_UP_TO = 2_000
_NOTES = 3


@dataclass(frozen=True)
class Points:
    """Incidents with a place.

    Attributes
    ----------
    x, y
        Metres.
    frame
        Their rows.
    columns
        What may be told about them.
    total
        How many rows the table had.
    classes
        Class of every point, where they are coloured by a column.
    part
        Which part of the incidents these are, in words; empty for all of them.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    frame: pd.DataFrame
    columns: list[str]
    total: int
    classes: Classes | None = None
    part: str = ""

    @property
    def told(self) -> str:
        """How many are shown, and how many cannot be."""
        if self.part:
            return self.part
        here, lost = len(self.x), self.total - len(self.x)
        if not lost:
            return tr("Incidents: showing all {n:,}").format(n=here)
        told = tr("Incidents: showing {n:,} of {all:,}; {lost:,} have no place")
        return told.format(n=here, all=self.total, lost=lost)


@dataclass(frozen=True)
class Scene:
    """Everything a map shows, in one coordinate system."""

    title: str
    said: tuple[str, ...]
    notes: tuple[str, ...]
    ground: Ground
    cells: gpd.GeoDataFrame | None
    cell_columns: list[str]
    classes: Classes
    regular: bool
    unit_name: str
    outline: Any
    areas: gpd.GeoDataFrame | None
    names_of_areas: list[str]
    area_names: list[str] | None
    streets: gpd.GeoDataFrame | None
    points: Points | None
    points_first: bool
    leading: list[int] | None
    leading_words: list[str]
    leading_heading: str
    bounds: tuple[float, float, float, float]
    contours: tuple[Contour, ...] = ()

    def alternative(self) -> str:
        """What the map shows, for readers who cannot see it."""
        by_class = [
            f"{label}: {figure(count, ',')}"
            for label, count in zip(self.classes.labels, self.classes.counts, strict=True)
            if count
        ]
        said = [tr("Map. {title}.").format(title=self.title), *self.said[:1]]
        if by_class:
            units = {
                "cells": tr("Cells by class: {classes}."),
                "streets": tr("Streets by class: {classes}."),
                "areas": tr("Areas by class: {classes}."),
            }
            said.append(units[self.unit_name].format(classes="; ".join(by_class)))
        if self.points is not None:
            said.append(f"{self.points.told}.")
        return " ".join(said)


def scene_of(
    table: gpd.GeoDataFrame | Result,
    *,
    value: str | None,
    areas: gpd.GeoDataFrame | None,
    incidents: gpd.GeoDataFrame | None,
    streets: gpd.GeoDataFrame | None,
    title: str | None,
    check: Check,
) -> Scene:
    """Check what was given and bring it together."""
    result = table if isinstance(table, Result) else None
    frame = result.table if result is not None else table
    _check(frame, value, {"areas": areas, "incidents": incidents, "streets": streets}, check)
    assert not isinstance(frame, Result)  # noqa: S101  (for the type checker)
    coloured = None
    if incidents is None and _is_points(frame):
        frame, incidents, coloured = frame.iloc[:0], frame, value
    ground = Ground.of(frame, areas, incidents, streets, caller=check.caller)
    cells = ground.bring(frame).reset_index(drop=True) if len(frame) else None
    of_streets = cells is not None and _is_lines(cells)
    if cells is not None and of_streets:
        cells = _as_bands(cells)
    asked = value or (result.details.get("value") if result is not None else None)
    column = (
        asked
        if asked in frame.columns
        else next((name for name in _FOUND_BY_ITSELF if name in frame.columns), None)
    )
    shown = _brought(ground, areas)
    points = None if incidents is None else _points(incidents, ground, coloured)
    outline = result.details.get("outline") if result is not None else None
    classes = Classes(np.empty(0, dtype=np.uint8), (), (), "")
    if cells is not None:
        classes = (
            classify(cells[column], column)
            if column
            else Classes(np.full(len(cells), NOTHING, dtype=np.uint8), (), (), "")
        )
    if of_streets and column == "density":
        classes = replace(classes, heading=tr("Incidents per km of street"))
    names = [] if shown is None else _names(shown)
    places = _area_of_cells(cells, shown, names)
    leading, words, heading = leading_of(cells, column, places)
    regular = cells is not None and {"row", "column"} <= set(cells.columns)
    return Scene(
        title=title or (again(result.title) if result is not None else _title(column, areas, incidents)),
        said=() if result is None else tuple(again(one) for one in result.findings),
        notes=notes_of(result),
        ground=ground,
        cells=cells,
        cell_columns=[] if cells is None else facts.shown_columns(cells),
        classes=classes,
        regular=regular,
        unit_name="cells" if regular else "streets" if of_streets else "areas",
        outline=outline,
        areas=shown,
        names_of_areas=names,
        area_names=places,
        streets=_brought(ground, streets),
        points=points,
        points_first=points is not None and (not classes.labels or len(points.x) <= _FIRST_UP_TO),
        leading=leading,
        leading_words=words,
        leading_heading=heading,
        bounds=_bounds(cells, shown, points, outline, check),
        contours=contours_of(result, ground),
    )


def _check(frame: Any, value: str | None, others: dict[str, Any], check: Check) -> None:
    import geopandas as gpd

    if not isinstance(frame, gpd.GeoDataFrame):
        check.add(
            "a map needs a table with places (GeoDataFrame), or a result that holds one; "
            f"got {type(frame).__name__}. For tables without places use views.bar_figure."
        )
    elif value is not None:
        check.columns(frame, [value], "the table")
    for name, other in others.items():
        if other is not None and not isinstance(other, gpd.GeoDataFrame):
            check.add(f"{name} must be a table with places (GeoDataFrame); got {type(other).__name__}.")
    check.done()


def _is_points(frame: gpd.GeoDataFrame) -> bool:
    kinds = set(frame.geometry.iloc[:1000].geom_type.dropna().unique())
    return bool(kinds) and kinds <= {"Point", "MultiPoint"}


def _is_lines(frame: gpd.GeoDataFrame) -> bool:
    kinds = set(frame.geometry.iloc[:1000].geom_type.dropna().unique())
    return bool(kinds) and kinds <= {"LineString", "MultiLineString", "LinearRing"}


def _as_bands(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Streets as bands that are wide enough to be coloured."""
    west, south, east, north = frame.total_bounds
    wide = max(float(max(east - west, north - south)) * _LINE_SHARE / 2, 1.0)
    return frame.set_geometry(frame.geometry.buffer(wide, cap_style="flat", join_style="mitre"))


def _brought(ground: Ground, frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    if frame is None or not len(frame):
        return None
    return ground.bring(frame).reset_index(drop=True)


def _points(incidents: gpd.GeoDataFrame, ground: Ground, coloured: str | None) -> Points:
    x, y = ground.points(incidents)
    there = np.isfinite(x) & np.isfinite(y)
    frame = incidents[there]
    few = len(frame) <= _FIRST_UP_TO
    wanted = ["offence", "occurred_at", "area", "status", *(["incident_id"] if few else [])]
    told = [column for column in wanted if column in frame.columns]
    classes = None if coloured is None else classify(frame[coloured].reset_index(drop=True), coloured)
    return Points(x[there], y[there], frame, told, len(incidents), classes)


def _names(areas: gpd.GeoDataFrame) -> list[str]:
    column = next((name for name in ("name", "area") if name in areas.columns), None)
    if column is None:
        return [tr("area {number}").format(number=number) for number in range(1, len(areas) + 1)]
    return [name_of(name) for name in areas[column].tolist()]


def _area_of_cells(
    cells: gpd.GeoDataFrame | None, areas: gpd.GeoDataFrame | None, names: list[str]
) -> list[str] | None:
    import shapely

    if cells is None or areas is None or "area" in cells.columns:
        return None
    tree = shapely.STRtree(np.asarray(areas.geometry))
    cell, area = tree.query(shapely.centroid(np.asarray(cells.geometry)), predicate="intersects")
    told = [""] * len(cells)
    for row, which in zip(cell.tolist(), area.tolist(), strict=True):
        told[row] = told[row] or names[which]
    return told


def notes_of(result: Result | None) -> tuple[str, ...]:
    """What is to be read with care: rows left out, what weakens it, what the library chose."""
    if result is None:
        return ()
    chosen = [str(param) for param in result.params if param.chosen]
    left_out = [
        trn("{count:,} row left out: {why}.", "{count:,} rows left out: {why}.", count).format(
            count=count, why=looked_up(why)
        )
        for why, count in result.left_out.items()
        if count
    ]
    caveats = [again(caveat) for caveat in result.caveats[:_NOTES]]
    told = tr("Set by the library: {setting}.")
    return (*left_out, *caveats, *(told.format(setting=setting) for setting in chosen))


def _title(column: str | None, areas: Any, incidents: Any) -> str:
    if column:
        return facts.label(column) or column.capitalize()
    return tr("Incidents") if incidents is not None else tr("Areas") if areas is not None else tr("Map")


def _bounds(
    cells: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame | None,
    points: Points | None,
    outline: Any,
    check: Check,
) -> tuple[float, float, float, float]:
    boxes = [frame.total_bounds for frame in (cells, areas) if frame is not None]
    if outline is not None:
        boxes.append(np.asarray(outline.bounds))
    if not boxes and points is not None and len(points.x):
        boxes.append(np.array([points.x.min(), points.y.min(), points.x.max(), points.y.max()]))
    known = [box for box in boxes if np.isfinite(box).all()]
    if not known:
        check.add("no row has a place, so there is nothing to draw. Check the coordinate columns.")
        check.done()
    low, high = np.min([box[:2] for box in known], axis=0), np.max([box[2:] for box in known], axis=0)
    pad = np.maximum(50.0 - (high - low), 0) / 2
    return (
        float(low[0] - pad[0]),
        float(low[1] - pad[1]),
        float(high[0] + pad[0]),
        float(high[1] + pad[1]),
    )
