"""Places for the public: every place moves to a map point around which enough addresses lie, or none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._metric import choose, point_xy
from ilp_lab.errors import InputError
from ilp_lab.safeguards.handling import handling_of, mark, origin_of
from ilp_lab.safeguards.rules import rule_set

if TYPE_CHECKING:
    import geopandas as gpd


def snap_points(
    points: gpd.GeoDataFrame,
    *,
    anchors: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    smallest: int | None = None,
) -> gpd.GeoDataFrame:
    """Move every place to the nearest map point that gives no household away.

    Parameters
    ----------
    points
        What is to be shown, a place for each row.
    anchors
        Map points: the middles of streets, parks, stations.
    addresses
        Every address of the area, so that what lies around an anchor can be counted.
    smallest
        The fewest addresses that an anchor may stand for; of the policy (8) when left out.

    Returns
    -------
    GeoDataFrame
        The rows of ``points`` in their order and coordinate system, with the place of the anchor, and ``map_point``: the anchor's
        row. Rows without a place keep none. ``attrs["map_points"]``: how many anchors were ``fit`` and ``unfit``, and how far places
        moved in the middle and at most (``moved_m``, metres; of many rows, never of one).

    Raises
    ------
    InputError
        When no anchor is fit.

    Notes
    -----
    An address belongs to the anchor that is nearest to it. An anchor is fit when at least ``smallest`` addresses belong to it, or
    none (a park, a motorway), which is the rule of the open crime maps of England and Wales. Snapping hides an address, not an
    offence: what is rare, or grave and of a home, is published as counts of areas (:func:`suppress`), or not at all, and columns that
    name times to the minute or persons stay with the police. A public edition of a product takes counts only. Cost: sorting.

    References
    ----------
    Tompson, L. et al. (2015). UK open source crime data: accuracy and possibilities for research. doi:10.1080/15230406.2014.972456

    Examples
    --------
    >>> import geopandas as gpd
    >>> at = lambda xs: gpd.GeoDataFrame(geometry=gpd.points_from_xy(xs, [0.0] * len(xs)), crs=32633)
    >>> homes = at([1.0, 2, 3, 4, 5, 6, 7, 8, 99])  # eight around 0, one around 100, none around 300
    >>> snapped = snap_points(at([8.0, 98, 290]), anchors=at([0.0, 100, 300]), addresses=homes)
    >>> snapped["map_point"].tolist(), snapped.geometry.x.tolist()
    ([0, 0, 2], [0.0, 0.0, 300.0])
    """
    import geopandas as gpd
    import pandas as pd
    from scipy.spatial import cKDTree

    caller = "safeguards.snap_points"
    check = Check(caller)
    for frame, name in ((points, "points"), (anchors, "anchors"), (addresses, "addresses")):
        check.places(frame, name)
    check.whole(1, smallest=smallest)
    check.done()
    least = int(smallest or rule_set().settings["smallest_addresses"])
    metric = choose(anchors, addresses, points, caller=caller)
    stand, homes, at = (np.column_stack(point_xy(frame, metric)) for frame in (anchors, addresses, points))
    there = np.isfinite(stand).all(axis=1)
    homes = homes[np.isfinite(homes).all(axis=1)]
    rows = np.flatnonzero(there)
    if not len(rows):
        raise InputError(f"{caller}: no anchor has a place; give map points with coordinates.")
    held = np.zeros(len(rows), np.int64)
    if len(homes):
        held = np.bincount(cKDTree(stand[rows]).query(homes)[1], minlength=len(rows))
    fit = rows[(held == 0) | (held >= least)]
    if not len(fit):
        raise InputError(
            f"{caller}: none of {len(rows):,} anchors has at least {least} addresses around it, or none; give fewer anchors, each for more "
            "addresses."
        )
    known = np.isfinite(at).all(axis=1)
    moved, found = (
        cKDTree(stand[fit]).query(at[known]) if known.any() else (np.zeros(0), np.zeros(0, np.int64))
    )
    place = np.full(len(points), -1, np.int64)
    place[known] = fit[found]
    targets = anchors.geometry.to_crs(points.crs).to_numpy()
    shown = points.set_geometry(
        gpd.GeoSeries(
            [targets[row] if row >= 0 else None for row in place], index=points.index, crs=points.crs
        )
    )
    shown["map_point"] = pd.array(np.where(place >= 0, place, 0), dtype="Int64")
    shown.loc[place < 0, "map_point"] = pd.NA
    made = mark(shown, handling=handling_of(points), origin=origin_of(points) or None)
    many = len(moved) >= least
    made.attrs["map_points"] = {
        "fit": len(fit), "unfit": len(rows) - len(fit),
        "moved_m": (float(np.median(moved)), float(moved.max())) if many else (),
    }  # fmt: skip
    return made
