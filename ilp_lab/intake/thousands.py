"""Coordinates whose thousands are set apart by commas: 530,100 for five hundred and thirty thousand metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

WRITTEN = r"[-+]?\d{1,3}(?:,\d{3})+"
_SAMPLE = 2_000


def grouped(
    across: pd.Series,
    along: pd.Series,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    wanted: Any,
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Coordinates read as thousands where everything speaks for it, and what was done, in words; else as they came.

    A comma with three digits behind it in every value can be either. Two commas in one value can only set thousands apart;
    else everything would lie within a kilometre of the system's origin, so thousands are taken where they bring the places
    into the system's area of use and nothing else in the coordinates is a decimal.
    """
    whole_x, sure_x = _whole(across)
    whole_y, sure_y = _whole(along)
    if whole_x is None and whole_y is None:
        return x, y, []
    new_x, new_y = x if whole_x is None else whole_x, y if whole_y is None else whole_y
    there = np.isfinite(new_x) & np.isfinite(new_y)
    decimals = (new_x[there] % 1 != 0) | (new_y[there] % 1 != 0)
    if not (sure_x or sure_y) and (decimals.any() or _share_inside(new_x, new_y, wanted) < 0.5):
        return x, y, []
    example = (across if whole_x is not None else along).dropna().iloc[0]
    said = tr("commas in coordinates were taken to set thousands apart, as in {example}").format(
        example=str(example)
    )
    return new_x, new_y, [said]


def _whole(column: pd.Series) -> tuple[NDArray[np.float64] | None, bool]:
    """A column in which every value is whole with commas before three digits; and whether one has two such commas."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return None, False
    text = column.astype("str").str.strip()
    there = text[text.notna() & (text != "")]
    if (
        not len(there)
        or not there.str.fullmatch(rf"{WRITTEN}|[-+]?\d{{1,3}}").all()
        or not there.str.contains(",").any()
    ):
        return None, False
    values = pd.to_numeric(text.str.replace(",", "", regex=False), errors="coerce").to_numpy(dtype=np.float64)
    return values, bool(there.str.count(",").max() > 1)


def _share_inside(x: NDArray[np.float64], y: NDArray[np.float64], wanted: Any) -> float:
    """Share of the places that lie where the coordinate system is meant for; 0 when that is not known."""
    if wanted is None or wanted.area_of_use is None:
        return 0.0
    from pyproj import Transformer

    good = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    good = good[:: max(1, len(good) // _SAMPLE)]
    if not len(good):
        return 0.0
    lon, lat = Transformer.from_crs(wanted, 4326, always_xy=True).transform(x[good], y[good])
    west, south, east, north = wanted.area_of_use.bounds
    within = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    return float((within & (lat >= south) & (lat <= north)).mean())
