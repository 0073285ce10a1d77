"""What the timeline and the clock share: which times they take, and how these reach the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import looked_up, tr
from ilp_lab.errors import ColumnError
from ilp_lab.safeguards.handling import handling_of, policy
from ilp_lab.widgets.parcels import Parcel
from ilp_lab.widgets.walltimes import WallTimes, wall_times

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab._check import Check
    from ilp_lab.widgets.mounting import Mounted


def time_words() -> dict[str, str]:
    """What both say, in the language that is spoken now."""
    return {
        "untimed": tr("Without a time: {n}"), "empty": tr("No row of the table has a time."), "clock_of": tr("Clock: {zone}"),
        "chosen_untimed": tr("None of the chosen rows has a time."),
    }  # fmt: skip


def take_times(check: Check, table: pd.DataFrame, column: str) -> WallTimes:
    """The times of a column, or a fault that says why there are none."""
    if check.frame(table, "table"):
        check.columns(table, [column], "the table")
    check.done()
    times = wall_times(table, column)
    if times is None:
        check.add(
            f"{column!r} must hold times; it holds {table[column].dtype}. intake.read_incidents reads times, or use "
            "pandas.to_datetime.",
            ColumnError,
        )
        check.done()
    assert times is not None  # noqa: S101  (done() has raised)
    return times


def head_of(
    widget: Mounted, table: pd.DataFrame, title: str, *, marked: bool = True, **more: Any
) -> dict[str, Any]:
    """Title, handling code (unless another widget beside it shows it) and choice, as every widget tells them."""
    code = policy()[handling_of(table)]
    assert widget.selection is not None  # noqa: S101  (these widgets always have one)
    choice = {"key": widget.selection.key, "size": len(widget.selection.table)}
    return {
        "title": title,
        "label": title,
        "handling": f"{code.code}  {looked_up(code.meaning)}" if marked else "",
        "choice": choice,
        **more,
    }


def time_data(
    widget: Mounted, table: pd.DataFrame, times: WallTimes, title: str, height_px: int, *, marked: bool = True
) -> Iterator[tuple[str, dict[str, Any], Parcel | None]]:
    """Messages with head and times."""
    yield "head", head_of(widget, table, title, marked=marked, height=height_px), None
    parcel = Parcel()
    first, last = times.span or (0, 0)
    told = {
        "minutes": parcel.add(times.minutes, "i4"),
        "first": first,
        "last": last,
        "unknown": int((~times.known).sum()),
        "zone": times.zone,
        "only_days": times.only_days,
    }
    yield "times", told, parcel
