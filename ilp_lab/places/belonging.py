"""The name of the area that each row of a table lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.membership import first_area

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def area_of(frame: gpd.GeoDataFrame, *, areas: gpd.GeoDataFrame) -> pd.Series:
    """Name the area that each row lies in.

    Parameters
    ----------
    frame
        Points, or cells, which are taken by a point within them.
    areas
        Outlines with a column ``name`` or ``area``.

    Returns
    -------
    Series
        The area's name (its code where there are no names) on the index of ``frame``; missing where a row has no place
        or lies in none. A row on a border or in several areas gets the first of the table.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> towns = gpd.GeoDataFrame({"area": ["A", "B"]}, geometry=[box(0, 0, 9, 9), box(9, 0, 18, 9)], crs=32633)
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1, 12, 40], [1, 1, 1]), crs=32633)
    >>> area_of(thefts, areas=towns).tolist()
    ['A', 'B', nan]
    """
    import pandas as pd

    check = Check("places.area_of")
    check.places(frame, "the table")
    if check.places(areas, "areas") and "name" not in areas:
        check.columns(areas, ["area"], "areas")
    check.done()
    metric = _metric.choose(areas, frame, caller="places.area_of")
    x, y = _metric.point_xy(frame, metric)
    first, _ = first_area(np.asarray(_metric.to_metric(areas, metric).geometry), x, y)
    names = areas["name" if "name" in areas else "area"].astype("str").to_numpy()
    found = pd.Series(index=frame.index, dtype="str", name="area")
    found[:] = np.where(first >= 0, names[first], None) if len(names) else None
    return found
