"""The timeline: how many when, with a brush that chooses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.widgets.mounting import Mounted
from ilp_lab.widgets.parcels import Parcel
from ilp_lab.widgets.selections import Selection, shared
from ilp_lab.widgets.timehead import take_times, time_data, time_words

if TYPE_CHECKING:
    import pandas as pd


class Timeline(Mounted):
    """How many incidents there were by day, week, month or year; dragging over it chooses those of a period.

    Parameters
    ----------
    table
        Rows with times, as :func:`ilp_lab.intake.read_incidents` gives them.
    time
        The column of times; the local clock of the column counts.
    selection
        A choice shared with other widgets; one of its own when left out.
    title
        Heading.
    height_px
        How high the drawing is.
    marked
        Whether the handling code stands above it; once is enough where several widgets show the same rows.

    Attributes
    ----------
    selection
        The chosen rows.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Notes
    -----
    Pale bars count all rows, dark bars the chosen ones. By keyboard: select the drawing; arrow keys go from bar to bar,
    with Shift they stretch the choice, Enter chooses the bar, Escape drops the choice. Rows without a time are counted in
    the line below and never dropped silently.

    Examples
    --------
    >>> import pandas as pd
    >>> when = pd.to_datetime(["2025-03-01 10:00", "2025-03-09 23:00"]).tz_localize("Europe/Vienna")
    >>> line = Timeline(pd.DataFrame({"occurred_at": when}))
    >>> len(line.selection.table)
    2
    """

    kind: ClassVar[str] = "timeline"
    scripts: ClassVar[tuple[str, ...]] = ("timeparts.js", "timeline.js")
    styles: ClassVar[tuple[str, ...]] = ("widgets.css", "charts.css")

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        time: str = "occurred_at",
        selection: Selection | None = None,
        title: str | None = None,
        height_px: int = 150,
        marked: bool = True,
    ) -> None:
        check = Check("widgets.Timeline")
        self._times = take_times(check, table, time)
        check.whole(60, height_px=height_px)
        check.done()
        self._table, self._title, self._height = table, title, height_px
        self._marked = marked
        super().__init__(selection=shared(selection, table, check))
        self.mount()

    @classmethod
    def words(cls) -> dict[str, str]:
        """What it says, in the language that is spoken now."""
        return {
            **time_words(),
            "line": tr("Timeline. Left and right go from bar to bar, with Shift they stretch the choice, Enter chooses."),
            "unit": tr("A bar is"), "hour": tr("an hour"), "day": tr("a day"), "week": tr("a week"), "month": tr("a month"),
            "year": tr("a year"), "bar": tr("{when}: {n}"), "bar_chosen": tr("{when}: {n}, of them {chosen} chosen"),
        }  # fmt: skip

    def data(self) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        """Head and times."""
        title = self._title or tr("Timeline")
        yield from time_data(self, self._table, self._times, title, self._height, marked=self._marked)
