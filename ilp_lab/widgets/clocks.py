"""The clock of the week: seven days by twenty-four hours, chosen by click and drag."""

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


class Clock(Mounted):
    """How many incidents began in which hour of which weekday; clicking and dragging choose.

    Parameters
    ----------
    table, time, selection, title
        As in :class:`Timeline`.
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
    Rows that have an end (``occurred_to``) count where they begin; ``times.aoristic`` spreads them over their window.
    When something is chosen, the colours show the chosen rows and the figures in the line below both. By keyboard: select
    the drawing; arrow keys go from hour to hour, with Shift they stretch the choice, Enter chooses the hour, Escape drops it.

    Examples
    --------
    >>> import pandas as pd
    >>> when = pd.to_datetime(["2025-03-01 10:00", "2025-03-09 23:00"]).tz_localize("Europe/Vienna")
    >>> clock = Clock(pd.DataFrame({"occurred_at": when}))
    >>> clock.selection.choose([0])
    >>> len(clock.selection)
    1
    """

    kind: ClassVar[str] = "clock"
    scripts: ClassVar[tuple[str, ...]] = ("timeparts.js", "clock.js")
    styles: ClassVar[tuple[str, ...]] = ("widgets.css", "charts.css")

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        time: str = "occurred_at",
        selection: Selection | None = None,
        title: str | None = None,
        height_px: int = 230,
        marked: bool = True,
    ) -> None:
        check = Check("widgets.Clock")
        self._times = take_times(check, table, time)
        check.whole(120, height_px=height_px)
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
            "matrix": tr("Days of the week by hours. Arrow keys go from hour to hour, with Shift they stretch the choice, Enter chooses."),
            "cell": tr("{day}, {from}:00 to {to}:00: {n}"), "cell_chosen": tr("{day}, {from}:00 to {to}:00: {n}, of them {chosen} chosen"),
            "of_all": tr("Colours: all rows"), "of_chosen": tr("Colours: chosen rows"),
            "only_days": tr("The table holds days without a time of day, so hours say nothing here."),
        }  # fmt: skip

    def data(self) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        """Head and times."""
        title = self._title or tr("Clock of the week")
        yield from time_data(self, self._table, self._times, title, self._height, marked=self._marked)
