"""Which part and which time of a crime map are shown, as Python sets them: checked in words, then told to the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.widgets.mounting import Mounted

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.widgets.walltimes import WallTimes

Bounds = tuple[float, float, float, float]
Move = tuple[str, dict[str, Any], None]


class Moved(Mounted):
    """The part and the time that a crime map shows, set by hand in the page or in Python.

    Attributes
    ----------
    window, view
        As :class:`ilp_lab.widgets.CrimeMap` says.
    """

    window: Any = traitlets.Any(default_value=None, allow_none=True)
    view: Any = traitlets.Any(default_value=None, allow_none=True)
    _untold = ""
    _times: WallTimes | None
    _bounds: Bounds | None
    _origin: tuple[float, float]

    def take_in(self, name: str, value: Any) -> None:
        """Set ``window`` or ``view`` to what a page shows, or is told anyway."""
        self._untold = name
        try:
            setattr(self, name, value)
        finally:
            self._untold = ""

    @traitlets.validate("window")
    def _window_given(self, proposal: Any) -> Any:
        return proposal["value"] if self._untold == "window" else window_of(proposal["value"], self._times)

    @traitlets.validate("view")
    def _view_given(self, proposal: Any) -> Any:
        return proposal["value"] if self._untold == "view" else view_of(proposal["value"], self._bounds)

    @traitlets.observe("window", "view")
    def _moved(self, change: Any) -> None:
        if self._untold != change["name"]:
            about, content, _ = self._tell_window() if change["name"] == "window" else self._tell_view()
            self.tell(about, content)

    def _tell_window(self) -> Move:
        low, high = (None, None) if self.window is None else map(minutes, self.window)
        return "window", {"from": low, "to": high}, None

    def _tell_view(self) -> Move:
        if self.view is None:
            return "view", {"bounds": None}, None
        west, south = self._origin
        a, b, c, d = self.view
        return "view", {"bounds": [a - west, b - south, c - west, d - south]}, None

    def moves(self) -> Iterator[Move]:
        """What a page that opens later is told."""
        yield self._tell_window()
        yield self._tell_view()

    def let_go(self, *, part: bool) -> None:
        """Other incidents are shown: forget the time that holds none of them, and the part when the map has another extent."""
        if part:
            self.take_in("view", None)
        if not fits(self.window, self._times):
            self.take_in("window", None)

    def ask_window(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """The time slider was moved."""
        import pandas as pd

        low, high = message.get("from"), message.get("to")
        shown = None
        if low is not None and high is not None:
            shown = (pd.Timestamp(int(low), unit="m"), pd.Timestamp(int(high), unit="m"))
        self.take_in("window", shown)


def window_of(given: Any, times: WallTimes | None) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First moment shown and first moment no longer shown, in whole minutes of the local clock.

    Raises
    ------
    InputError
        When it is no such pair, or no incident can lie in it.
    """
    if given is None:
        return None
    check = Check("widgets.CrimeMap.window")
    span = None if times is None else times.span
    if span is None or times is None:
        check.add(tr("the incidents have no times, so no time can be shown alone."))
        check.done()
        return None
    pair = _two_moments(given, times.zone)
    if pair is None:
        check.add(
            tr(
                "a window is two moments, the first shown and the first no longer shown, such as "
                "('2025-03-01', '2025-03-08'), or None for all times; got {given}."
            ).format(given=repr(given)[:120])
        )
    elif not pair[0] < pair[1]:
        check.add(tr("the window must begin before it ends; got {given}.").format(given=repr(given)[:120]))
    elif not fits(pair, times):
        first, last = (_moment(minute) for minute in span)
        check.add(
            tr("no incident lies in that window: their times run from {first} to {last}.").format(
                first=first, last=last
            )
        )
    check.done()
    return pair


def _two_moments(given: Any, zone: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    import pandas as pd

    if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray | pd.Index) or len(given) != 2:
        return None
    found = []
    for value in given:
        if isinstance(value, bool | int | float | np.number):
            return None
        try:
            moment: Any = pd.Timestamp(value)
        except (ValueError, TypeError):
            return None
        if pd.isna(moment):
            return None
        if moment.tzinfo is not None:
            moment = (moment.tz_convert(zone) if zone else moment).tz_localize(None)
        found.append(moment.floor("min"))
    return found[0], found[1]


def fits(window: tuple[pd.Timestamp, pd.Timestamp] | None, times: WallTimes | None) -> bool:
    """Whether a window still says something about these times."""
    span = None if times is None else times.span
    return window is None or (
        span is not None and minutes(window[1]) > span[0] and minutes(window[0]) <= span[1]
    )


def minutes(moment: pd.Timestamp) -> int:
    """Minutes since 1970 on the local clock."""
    return int(moment.timestamp() // 60)


def _moment(minute: int) -> str:
    import pandas as pd

    return f"{pd.Timestamp(minute, unit='m'):%Y-%m-%d %H:%M}"


def view_of(given: Any, whole: Bounds | None) -> Bounds | None:
    """The part of the map to show, in its own coordinates.

    Raises
    ------
    InputError
        When it is no box, or lies beside everything there is.
    """
    if given is None:
        return None
    check = Check("widgets.CrimeMap.view")
    try:
        box = np.asarray(given, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        box = np.empty(0)
    told = repr(given)[:120]
    if len(box) != 4 or not np.isfinite(box).all():
        check.add(
            tr(
                "a view is four numbers (west, south, east, north) in the coordinates of the map, such as "
                "map.ground.bring(areas).total_bounds; got {given}."
            ).format(given=told)
        )
    elif not (box[0] < box[2] and box[1] < box[3]):
        check.add(
            tr(
                "a view is (west, south, east, north): west below east, south below north; got {given}."
            ).format(given=told)
        )
    elif whole is None:
        check.add(tr("nothing on this map has a place, so no part of it can be shown."))
    elif box[0] > whole[2] or box[2] < whole[0] or box[1] > whole[3] or box[3] < whole[1]:
        check.add(
            tr(
                "nothing of the map lies in that view: the map is ({whole}) in its own coordinates; got {given}."
            ).format(whole=", ".join(f"{edge:.0f}" for edge in whole), given=told)
        )
    check.done()
    west, south, east, north = box.tolist()
    return west, south, east, north
