"""Where a place lies, in words that can be found again on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import degrees, tr

if TYPE_CHECKING:
    import geopandas as gpd


def where_is(spots: gpd.GeoSeries, areas: gpd.GeoDataFrame | None = None) -> list[str]:
    """Longitude and latitude of each middle, after the name of the area it lies in; metres where no system is known.

    Parameters
    ----------
    spots
        Cells or other shapes.
    areas
        Areas with a ``name`` or ``area``; not named when left out, or when there is but one.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> where_is(gpd.GeoSeries([box(500_000, 5_300_000, 500_200, 5_300_200)], crs=32633))
    ['47.8542° N, 15.0013° E']
    """
    middles = spots.centroid
    if middles.crs is None:
        told = tr("{x:,.0f} east, {y:,.0f} north")
        at = [told.format(x=point.x, y=point.y) for point in middles]
    else:
        at = [
            tr("{latitude}, {longitude}").format(
                latitude=degrees(point.y, 4, meridian=False), longitude=degrees(point.x, 4, meridian=True)
            )
            for point in middles.to_crs(4326)
        ]
    names = _names(middles, areas)
    return [
        tr("{area} ({place})").format(area=name, place=place) if name else place
        for name, place in zip(names, at, strict=True)
    ]


def _names(middles: Any, areas: gpd.GeoDataFrame | None) -> list[str]:
    import shapely

    column = next((name for name in ("name", "area") if areas is not None and name in areas), None)
    if areas is None or column is None or len(areas) < 2:
        return [""] * len(middles)
    near = areas if areas.crs is None or middles.crs is None else areas.to_crs(middles.crs)
    tree = shapely.STRtree(np.asarray(near.geometry))
    spot, area = tree.query(np.asarray(middles), predicate="intersects")
    found = dict(zip(spot.tolist(), area.tolist(), strict=True))
    names = near[column].tolist()
    return [str(names[found[k]]) if k in found else "" for k in range(len(middles))]
