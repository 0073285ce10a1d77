"""When and where each incident happened, as an analysis of times needs it, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Param, Source, fingerprint
from ilp_lab.safeguards import origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._check import Check

HOUR, DAY = 3_600, 86_400
_FEW = 10
WHEN = ("from", "middle", "to")
MOST_BANDS = 100


@dataclass(frozen=True)
class Moments:
    """Usable incidents of an analysis: where in metres, when on the local clock.

    Attributes
    ----------
    x, y
        Metres.
    seconds
        Seconds since 1970 as the local clock shows them.
    used
        Which rows of the table they are.
    reasons
        One entry per row of the table: why it cannot be used, or an empty text.
    metric
        The coordinate system of ``x`` and ``y``.
    zone
        The clock.
    source
        The table, for the result.
    ended_before
        How many have an end before their beginning; only the beginning of those is used.
    told
        How finely times are known: to the month, the day or the time.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    seconds: NDArray[np.int64]
    used: NDArray[np.int64]
    reasons: NDArray[np.object_]
    metric: _metric.Metric
    zone: str
    source: Source
    ended_before: int = 0
    told: str = "time"

    @property
    def day(self) -> NDArray[np.int64]:
        """Calendar days since 1970."""
        return self.seconds // DAY

    @property
    def params(self) -> tuple[Param, ...]:
        """The clock and the coordinate system."""
        why = tr_later("UTM zone around the middle of the places") if self.metric.chosen else ""
        return (
            Param("clock", self.zone),
            Param("crs", self.metric.name, chosen=self.metric.chosen, why=why),
        )

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the times themselves leave open: only dates or months known, all on one day, ends before beginnings."""
        said = []
        if len(self.seconds) > 1 and (self.seconds == self.seconds[0]).all():
            said.append(tr("All incidents bear the same time, so time tells nothing."))
        elif (self.day == self.day[0]).all():
            said.append(tr("All incidents happened on one day, so days tell nothing."))
        elif self.told == "month":
            said.append(tr("Only months are known: nothing shorter than a month can be seen."))
        elif self.told == "day":
            said.append(tr("Only dates are known, no times of day."))
        if self.ended_before:
            said.append(
                trn(
                    "{ended_before:,} incident ends before it begins; only its beginning was used. Check which is wrong.",
                    "{ended_before:,} incidents end before they begin; only their beginning was used. Check which is "
                    "wrong.",
                    self.ended_before,
                ).format(ended_before=self.ended_before)
            )
        return tuple(said)

    def date(self, day: float) -> pd.Timestamp:
        """A day of :attr:`day` as a date."""
        import pandas as pd

        return pd.Timestamp(int(day), unit="D")


def check_times(check: Check, table: Any, name: str = "incidents", column: str = "occurred_at") -> None:
    """The table must hold a column of zone-aware times; ``occurred_to`` beside ``occurred_at`` too, where it is there."""
    if not check.frame(table, name):
        return
    check.columns(table, [column], name)
    for one in (column, "occurred_to") if column == "occurred_at" else (column,):
        if one in table and not (one != column and table[one].isna().all()):
            _check_clock(check, table[one], one)


def _check_clock(check: Check, times: pd.Series, column: str) -> None:
    import pandas as pd

    held = times.dtype
    zones = {str(getattr(value, "tzinfo", "")) for value in times.dropna()} if held.kind == "O" else set()
    if len(zones) > 1 and all(hasattr(value, "tzinfo") for value in times.dropna().head(50)):
        check.add(
            f"{column} mixes times of several clocks ({', '.join(sorted(zones)[:4])}); bring them to one with "
            f"table.assign({column}=pandas.to_datetime(table[{column!r}], utc=True).dt.tz_convert('Europe/Vienna')).",
            ColumnError,
        )
    elif not pd.api.types.is_datetime64_any_dtype(held):
        check.add(
            f"{column} must hold times; it holds {held}. intake.read_incidents makes them, or pandas.to_datetime.",
            ColumnError,
        )
    elif getattr(held, "tz", None) is None:
        check.add(
            f"{column} does not say which clock it shows; say so with "
            f"table.assign({column}=table[{column!r}].dt.tz_localize('Europe/Vienna')).",
            ColumnError,
        )


def local_seconds(times: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds since 1970 as the local clock shows them, and which are known."""
    wall = times.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    known = ~np.isnat(wall)
    return np.where(known, wall.astype(np.int64), 0), known


def local_ends(table: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The same of ``occurred_to``, on the clock of ``occurred_at``; nothing is known where the column is missing or empty."""
    if "occurred_to" not in table or table["occurred_to"].isna().all():
        return np.zeros(len(table), np.int64), np.zeros(len(table), bool)
    return local_seconds(table["occurred_to"].dt.tz_convert(table["occurred_at"].dt.tz))


def told_to(table: pd.DataFrame) -> Literal["month", "day", "time"]:
    """How finely the table tells when: only the month, only the day, or the time.

    Ten incidents and more that all stand at one time of day, without an end that says otherwise, are days; if they all stand on
    the first of a month besides, they are months.
    """
    begun, known = local_seconds(table["occurred_at"])
    until, ended = local_ends(table)
    begun, length = begun[known], np.where(ended, until - begun, 0)[known]
    if len(begun) < _FEW or (begun == begun[0]).all():
        return "time"
    if (begun % DAY != begun[0] % DAY).any() or ((length > 0) & (length < DAY - HOUR)).any():
        return "time"
    first = begun.astype("datetime64[s]").astype("datetime64[D]")
    on_first = (first == first.astype("datetime64[M]").astype("datetime64[D]")).all()
    long = ((length == 0) | (length >= 27 * DAY)).all()
    return "month" if on_first and long else "day"


def date_number(value: object, name: str, caller: str) -> int:
    """The day of a date as written, in days since 1970.

    Raises
    ------
    InputError
        When it is no date.
    """
    import pandas as pd

    try:
        stamp = pd.Timestamp(value)  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise InputError(f"{caller}: {name} must be a date such as '2024-05-31'; got {value!r}.") from error
    if isinstance(value, (bool, int, float)) or pd.isna(stamp):
        raise InputError(f"{caller}: {name} must be a date such as '2024-05-31'; got {value!r}.")
    return int((stamp.tz_localize(None).normalize() - pd.Timestamp(0)).days)


def clock_of(times: pd.Series) -> str:
    """The name of the clock."""
    return str(times.dt.tz)


def moments(
    incidents: gpd.GeoDataFrame,
    caller: str,
    *,
    when: str = "from",
    metric: _metric.Metric | None = None,
    at_least: int = 2,
) -> Moments:
    """Incidents with a place and a time.

    Parameters
    ----------
    incidents
        Points with ``occurred_at`` and perhaps ``occurred_to``.
    when
        Which time counts where only a window is known: its beginning, its middle or its end.
    at_least
        Fewer are refused.

    Raises
    ------
    InputError
        When too few can be used.
    """
    metric = metric or _metric.choose(incidents, caller=caller)
    points = usable_points(incidents, metric, None)
    begun, known = local_seconds(incidents["occurred_at"].iloc[points.used])
    until, ended = (part[points.used] for part in local_ends(incidents))
    wrong = ended & known & (until < begun)
    ended &= ~wrong
    seconds = begun
    if when != "from":
        seconds = np.where(ended, until if when == "to" else (begun + until) // 2, begun)
    reasons = points.without(~known, tr_later("without a time"))
    if np.count_nonzero(known) < at_least:
        number = np.count_nonzero(known)
        raise InputError(
            f"{caller}: {number:,} {'incident has' if number == 1 else 'incidents have'} both a place and a time; "
            f"at least {at_least} are needed."
        )
    x, y, seconds = points.x[known], points.y[known], seconds[known]
    source = Source("incidents", len(x), fingerprint(x.round(3), y.round(3), seconds), origin_of(incidents))
    zone = clock_of(incidents["occurred_at"])
    return Moments(
        x, y, seconds, points.used[known], reasons, metric, zone, source, int(np.count_nonzero(wrong)),
        told_to(incidents),
    )  # fmt: skip


def check_bands(check: Check, *, infinite: bool = False, **bands: Any) -> None:
    """Each must be rising numbers above 0, the upper ends of bands [0, a), [a, b) and so on."""
    for name, given in bands.items():
        try:
            ends = np.atleast_1d(np.asarray(given, dtype=np.float64))
        except (TypeError, ValueError):
            ends = np.array([np.nan])
        finite = np.isfinite(ends)
        finite[-1:] |= infinite and len(ends) > 1 and np.isposinf(ends[-1:])
        if ends.ndim != 1 or not len(ends) or not finite.all() or (ends <= 0).any():
            check.add(
                f"{name} must hold the upper ends of bands, numbers above 0 such as [100, 200, 400]; got {given!r}."
            )
        elif (np.diff(ends) <= 0).any():
            check.add(
                f"{name} must rise from band to band, because bands may not overlap: "
                f"{sorted(set(ends.tolist()))} instead of {np.atleast_1d(given).tolist()}."
            )
        elif len(ends) > MOST_BANDS:
            check.add(f"{name} holds {len(ends)} bands; at most {MOST_BANDS} can be told apart.")
