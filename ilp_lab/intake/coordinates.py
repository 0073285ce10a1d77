"""Coordinates as they are written: degrees or metres, two columns or one text, swapped, zero, far away."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr_later, trn
from ilp_lab.errors import ColumnError, CRSError
from ilp_lab.intake import shapes, thousands
from ilp_lab.intake.roles import first_values

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.intake.roles import Role

_SAMPLE = 20_000
_FAR = 12.0
_FAR_METRES = 30_000.0


@dataclass
class Places:
    """Where the rows are.

    Attributes
    ----------
    x, y
        Coordinates; NaN where there is no usable place.
    crs
        Their coordinate system, with how it was told.
    roles
        Which of the table's columns they were taken from, by role.
    why_crs, chosen_crs
        How it was told, and whether the library did.
    missing, null_island, swapped, far_away
        Row positions by fault.
    how
        What was done, in words.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: Any
    roles: tuple[str, ...] = ()
    why_crs: str = ""
    chosen_crs: bool = False
    missing: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    null_island: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    swapped: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    far_away: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    how: list[str] = field(default_factory=list)


def can_be_number(column: pd.Series) -> bool:
    """Whether most of the first values of a column are numbers, also with a comma for the point."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        return True
    values = first_values(column).astype(str).str.strip()
    return (
        not len(values)
        or float(values.str.fullmatch(rf"[-+]?\d+([.,]\d+)?|{thousands.WRITTEN}").mean()) > 0.8
    )


def can_be_location(column: pd.Series) -> bool:
    """Whether most of the first values hold a pair of coordinates in one text."""
    values = first_values(column)
    if not len(values) or not isinstance(values.iloc[0], str):
        return False
    if float(values.str.contains(shapes.WKT, case=False).mean()) > 0.8:
        return True
    pair = re.sub(r"\?P<\w+>", "?:", shapes.PAIR)
    return (
        float(values.str.contains(pair).mean()) > 0.8 and float(values.str.contains(r"[({\[]").mean()) > 0.8
    )


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """A column as numbers, a comma read as the decimal point; NaN where there is none."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    text = column.astype("str").str.strip().str.replace(",", ".", regex=False)
    return pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)


def locate(frame: pd.DataFrame, roles: dict[str, Role], *, crs: Any, caller: str) -> Places:
    """Find the rows' places.

    Raises
    ------
    ColumnError
        When no columns hold coordinates.
    CRSError
        When coordinates are projected and nobody said how, or the coordinate system is not known.
    """
    wanted = known_system(crs, caller)
    if shapes.has_shapes(frame):
        return _from_geometry(frame, wanted, caller)
    degrees = {"longitude", "latitude"} <= roles.keys()
    metres = {"x", "y"} <= roles.keys()
    projected = wanted is not None and not wanted.is_geographic
    if metres and (projected or not degrees):
        x, y = (numbers(frame[roles[role].column]) for role in ("x", "y"))
        which = f"{roles['x'].column!r} and {roles['y'].column!r}"
        x, y, how = thousands.grouped(frame[roles["x"].column], frame[roles["y"].column], x, y, wanted)
        places = _metres_or_degrees(x, y, wanted, caller, which)
        places.how += how
        places.roles = ("x", "y")
    elif degrees:
        x, y = (numbers(frame[roles[role].column]) for role in ("longitude", "latitude"))
        if wanted is None and _no_degrees(x, y):
            raise _unsaid(x, y, caller, f"{roles['longitude'].column!r} and {roles['latitude'].column!r}")
        places = _in_degrees(x, y, wanted)
        places.roles = ("longitude", "latitude")
    elif "location" in roles:
        places = _in_texts(frame[roles["location"].column], wanted, caller)
        places.roles = ("location",)
    else:
        names = ", ".join(map(str, frame.columns[:15]))
        raise ColumnError(
            f"{caller}: no columns with coordinates were found among: {names}. Name them, for example "
            "columns={'longitude': 'LON', 'latitude': 'LAT'}, or columns={'x': 'EAST', 'y': 'NORTH'} with "
            "crs='EPSG:...' (on the command line: --column longitude=LON)."
        )
    return _sort_out(places)


def known_system(crs: Any, caller: str) -> Any:
    """The coordinate system that was said; None when none was.

    Raises
    ------
    CRSError
        When this computer knows no such system.
    """
    if crs is None or (isinstance(crs, str) and crs == "auto"):
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError as ProjError

    try:
        return CRS.from_user_input(crs)
    except ProjError as error:
        raise CRSError(
            f"{caller}: crs={crs!r} is not a coordinate system this computer knows; write it like 'EPSG:25833'."
        ) from error


def _degrees_system() -> Any:
    from pyproj import CRS

    return CRS.from_epsg(4326)


def _from_geometry(frame: Any, wanted: Any, caller: str) -> Places:
    crs = frame.crs if frame.crs is not None else wanted
    if wanted is not None and not crs.equals(wanted, ignore_axis_order=True):
        raise CRSError(
            f"{caller}: the file says that its places are in {crs.to_string()[:40]}, crs= says {wanted.to_string()[:40]}. "
            "Leave crs= away; if the file is wrong, correct it with frame.set_crs(..., allow_override=True) and give the frame."
        )
    if crs is None:
        raise CRSError(
            f"{caller}: the file does not say in which coordinate system its places are. Say it: crs='EPSG:4326' for "
            "longitude and latitude, or the code your map service gives."
        )
    x, y, how = shapes.points_of(frame.geometry.array)
    places = Places(x, y, crs, why_crs=tr_later("as the file says"), how=how)
    return _sort_out(places)


def _in_texts(column: pd.Series, wanted: Any, caller: str) -> Places:
    """Places in texts: in the system that was said, or that they state themselves, or in degrees."""
    found = shapes.from_texts(column, caller)
    if wanted is None and found.srid is not None:
        places = Places(
            found.x, found.y, stated_system(found.srid, caller), why_crs=tr_later("as the values say")
        )
    elif found.shapes:
        places = _metres_or_degrees(found.x, found.y, wanted, caller, f"the values of {column.name!r}")
    else:
        degrees = wanted is not None and wanted.is_geographic
        places = _in_degrees(found.x, found.y, wanted if degrees else None)
    places.how = [*found.how, *places.how]
    return places


def stated_system(srid: int, caller: str) -> Any:
    """The system of an SRID that values state.

    Raises
    ------
    CRSError
        When this computer knows no such system.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError as ProjError

    try:
        return CRS.from_epsg(srid)
    except ProjError as error:
        raise CRSError(
            f"{caller}: the values state SRID={srid}, which is no coordinate system this computer knows; say the right one with "
            "crs='EPSG:...'."
        ) from error


def _metres_or_degrees(
    x: NDArray[np.float64], y: NDArray[np.float64], wanted: Any, caller: str, which: str
) -> Places:
    if wanted is not None:
        return Places(x, y, wanted, why_crs=tr_later("as said"))
    good = np.isfinite(x) & np.isfinite(y)
    inside = (np.abs(x[good]) <= 180) & (np.abs(y[good]) <= 90)
    if good.any() and inside.mean() > 0.95:
        return Places(
            x, y, _degrees_system(), why_crs=tr_later("the values lie within degrees"), chosen_crs=True
        )
    raise _unsaid(x, y, caller, which)


def _unsaid(x: NDArray[np.float64], y: NDArray[np.float64], caller: str, which: str) -> CRSError:
    """What to say of numbers that are no degrees and come without a coordinate system."""
    good = np.isfinite(x) & np.isfinite(y)
    example = ", ".join(f"{value:,.1f}" for value in (x[good][0], y[good][0])) if good.any() else "none"
    return CRSError(
        f"{caller}: {which} hold projected coordinates (such as {example}), but not in "
        "which system. Say it with crs='EPSG:...' (on the command line: --crs EPSG:...)."
    )


def _in_degrees(x: NDArray[np.float64], y: NDArray[np.float64], wanted: Any) -> Places:
    """Longitude and latitude; what was said counts where it is of that kind, or where the numbers cannot be degrees."""
    if wanted is not None and (wanted.is_geographic or _no_degrees(x, y)):
        return Places(x, y, wanted, why_crs=tr_later("as said"))
    return Places(x, y, _degrees_system(), why_crs=tr_later("longitude and latitude"), chosen_crs=True)


def _no_degrees(x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Whether nearly all of at most forty thousand rows spread over the table lie beyond every degree."""
    spread = slice(None, None, max(1, len(x) // _SAMPLE))
    x, y = x[spread], y[spread]
    good = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    return bool(good.any()) and float(((np.abs(x[good]) > 180) | (np.abs(y[good]) > 180)).mean()) > 0.95


def _sort_out(places: Places) -> Places:
    """Find missing, zero, swapped and far places; what is certain is put right, the rest is only counted."""
    x, y = places.x, places.y
    if _plainly_sound(x, y, places.crs):
        return places
    absent = ~(np.isfinite(x) & np.isfinite(y))
    zero = _zero(x, y, places.crs)
    places.null_island = np.flatnonzero(zero)
    good = ~absent & ~zero
    if places.crs.is_geographic and good.any():
        turned = _turned(x, y, good)
        if turned.any():
            x, y = x.copy(), y.copy()
            x[turned], y[turned] = y[turned], x[turned]
            places.swapped = np.flatnonzero(turned)
        beyond = good & ((np.abs(x) > 180) | (np.abs(y) > 90))
        absent |= beyond
        if beyond.any():
            n = int(beyond.sum())
            places.how.append(
                trn(
                    "{n:,} place lies outside the globe and was set to missing",
                    "{n:,} places lie outside the globe and were set to missing",
                    n,
                ).format(n=n)
            )
    if zero.any() or absent.any():
        gone = zero | absent
        x, y = np.where(gone, np.nan, x), np.where(gone, np.nan, y)
    places.x, places.y = x, y
    places.missing = np.flatnonzero(absent)
    good = np.isfinite(x)
    if good.sum() > 20:
        places.far_away = np.flatnonzero(good & _far(x, y, good, geographic=places.crs.is_geographic))
    return places


def _plainly_sound(x: NDArray[np.float64], y: NDArray[np.float64], crs: Any) -> bool:
    """Whether the outermost coordinates alone show that no place is missing, zero, exchanged or far away.

    A row's coordinates lie between the outermost ones, so what they cannot be, no row's can. NaN makes every one of
    these comparisons false.
    """
    if len(x) <= 20 or not crs.is_geographic:
        return False
    west, east, south, north = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return False
    if west <= 0 <= east and south <= 0 <= north:
        return False
    all_rows = slice(None)
    least = _FAR_METRES / 111_000
    for (middle, width), low, high in (
        (_middle(x, all_rows), west, east),
        (_middle(y, all_rows), south, north),
    ):
        reach = min(max(_FAR * width, least), 5 * width + 0.05)
        if middle - low > reach or high - middle > reach:
            return False
    return True


def _zero(x: NDArray[np.float64], y: NDArray[np.float64], crs: Any) -> NDArray[np.bool_]:
    """0/0, and in projected systems also the image of longitude 0, latitude 0."""
    zero = (x == 0) & (y == 0)
    if crs.is_geographic:
        return np.asarray(zero)
    from pyproj import Transformer

    east, north = Transformer.from_crs(4326, crs, always_xy=True).transform(0.0, 0.0)
    if np.isfinite([east, north]).all():
        zero |= (np.abs(x - east) < 1) & (np.abs(y - north) < 1)
    return np.asarray(zero)


def _turned(x: NDArray[np.float64], y: NDArray[np.float64], good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows whose longitude and latitude were exchanged for certain.

    Either latitude cannot be one and the exchange makes it one, among the others where these are more; or the row lies
    far from the others and, exchanged, in the midst of them.
    """
    impossible = good & (np.abs(y) > 90) & (np.abs(x) <= 90) & (np.abs(y) <= 180)
    sound = good & ~impossible
    if not sound.any():
        return impossible
    (mx, wx), (my, wy) = _middle(x, sound), _middle(y, sound)
    if impossible.sum() < sound.sum():  # a latitude of 148 is more often a slip of the pen than an exchange
        impossible &= ~_beyond(y, x, (mx, wx), (my, wy), _FAR_METRES / 111_000)
    reach_x, reach_y = 5 * wx + 0.05, 5 * wy + 0.05
    if abs(mx - my) <= reach_x + reach_y:
        return impossible
    out = (np.abs(x - mx) > reach_x) | (np.abs(y - my) > reach_y)
    back = (np.abs(y - mx) <= reach_x) & (np.abs(x - my) <= reach_y)
    return impossible | (good & out & back)


def _far(
    x: NDArray[np.float64], y: NDArray[np.float64], good: NDArray[np.bool_], *, geographic: bool
) -> NDArray[np.bool_]:
    """Many times farther from the middle than half of the places are, and at least 30 km."""
    least = _FAR_METRES / 111_000 if geographic else _FAR_METRES
    return _beyond(x, y, _middle(x, good), _middle(y, good), least)


def _beyond(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    across: tuple[float, float],
    along: tuple[float, float],
    least: float,
) -> NDArray[np.bool_]:
    """Which places lie far from the middle of the others, given as median and width of each axis."""
    (mx, wx), (my, wy) = across, along
    with np.errstate(invalid="ignore"):
        return (np.abs(x - mx) > max(_FAR * wx, least)) | (np.abs(y - my) > max(_FAR * wy, least))


def _middle(values: NDArray[np.float64], good: NDArray[np.bool_] | slice) -> tuple[float, float]:
    """Median and width of the middle half, from at most twenty thousand rows spread over the table."""
    chosen = values[good]
    chosen = chosen[:: max(1, len(chosen) // _SAMPLE)]
    low, middle, high = np.quantile(chosen, [0.25, 0.5, 0.75])
    return float(middle), float(high - low)
