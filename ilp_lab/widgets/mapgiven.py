"""What a crime map is given: checked, classed, with its days and its extent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.views.classes import Classes, classify
from ilp_lab.widgets.maplayers import (
    check_layer,
)
from ilp_lab.widgets.parcels import Parcel
from ilp_lab.widgets.walltimes import WallTimes

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab.views.ground import Ground


_PLAIN = "#0b5394"


def tell_time(times: WallTimes, drawn: NDArray[np.int64], parcel: Parcel) -> dict[str, Any]:
    """When each incident that is drawn happened, in minutes."""
    span = times.span
    assert span is not None  # noqa: S101
    return {
        "minutes": parcel.add(times.minutes[drawn], "i4"),
        "first": span[0],
        "last": span[1],
        "zone": times.zone,
        "unknown": int((~times.known).sum()),
    }


def tell_grid(
    ground: Ground,
    bounds: tuple[float, float, float, float],
    origin: tuple[float, float],
    parcel: Parcel,
) -> list[dict[str, Any]]:
    """Lines of longitude and latitude around a part of the map."""
    return [
        {"label": label, "xy": parcel.add((xy - np.asarray(origin)).ravel(), "f8")}
        for label, xy in ground.graticule(bounds)
    ]


def classes_of(incidents: gpd.GeoDataFrame, column: str | None) -> Classes:
    """Which colour each incident has."""
    if column is None or not len(incidents):
        return Classes(np.zeros(len(incidents), dtype=np.uint8), (tr("Incidents"),), (_PLAIN,), "")
    return classify(incidents[column].reset_index(drop=True), column)


def check_given(
    check: Check, frames: Mapping[str, Any], layers: Mapping[str, Any], colour_by: str | None
) -> None:
    """What was given must be tables with places; all faults at once."""
    import geopandas as gpd

    for name, frame in frames.items():
        if frame is not None and not isinstance(frame, gpd.GeoDataFrame):
            check.add(f"{name} must be a table with places (GeoDataFrame); got {type(frame).__name__}.")
    for name, given in layers.items():
        check_layer(check, name, given)
    incidents = frames.get("incidents")
    if colour_by is not None:
        if incidents is None:
            check.add("colour_by names a column of incidents, but no incidents were given.")
        elif isinstance(incidents, gpd.GeoDataFrame):
            check.columns(incidents, [colour_by], "incidents")


def wider(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A margin for moving the map."""
    west, south, east, north = bounds
    pad = 0.25 * max(east - west, north - south)
    return west - pad, south - pad, east + pad, north + pad


def has_place(frame: gpd.GeoDataFrame) -> bool:
    """Whether anything in a table lies somewhere."""
    if not len(frame):
        return False
    if np.isfinite(frame.total_bounds).all():
        return True
    return bool(np.isfinite(frame.bounds.to_numpy()).all(axis=1).any())  # one endless place hides no other


def nobody() -> gpd.GeoDataFrame:
    """A table without rows."""
    import geopandas as gpd

    return gpd.GeoDataFrame(geometry=[], crs=4326)
