"""The table: rows by the million, of which the page holds only those in sight; sorted, and chosen by click and key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import again, tr, tr_later
from ilp_lab.views import facts
from ilp_lab.views.classes import figure_of
from ilp_lab.widgets.mounting import Mounted
from ilp_lab.widgets.parcels import Parcel
from ilp_lab.widgets.selections import Selection, shared
from ilp_lab.widgets.timehead import head_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_ROWS_AT_ONCE = 400
_LOOKED_AT = 200
_HEADINGS = {
    "incident_id": tr_later("Incident number"), "offence": tr_later("Offence"), "occurred_at": tr_later("Occurred at"),
    "occurred_to": tr_later("Occurred to"), "reported_at": tr_later("Reported at"), "area": tr_later("Area"), "status": tr_later("Status"),
}  # fmt: skip
_NARROWEST, _WIDEST = 6, 26


def _width(label: str, values: pd.Series) -> int:
    """How many signs wide a column is, so that times and codes are read whole; long texts end in dots."""
    longest = max((len(figure_of(value)) for value in values.head(_LOOKED_AT).tolist()), default=0)
    return min(max(longest, len(label) + 1, _NARROWEST), _WIDEST)


class Table(Mounted):
    """The rows of a table, sorted by a click on a heading, chosen by a click on a row.

    Parameters
    ----------
    table
        Any table.
    columns
        Which columns, in order. When left out, those that identify no person and no source, at most eight; name a column to
        show it all the same.
    selection
        A choice shared with other widgets; one of its own when left out.
    title
        Heading.
    height_px
        How high the list is.
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
    The page holds only the rows in sight; Python sorts and sends them, so five million rows scroll like fifty. What is
    chosen in another widget is shown alone, until "Only chosen rows" is switched off. By keyboard: select the list, arrow
    keys, Page Up and Page Down, Enter chooses, with Shift it adds; the headings are buttons.

    Examples
    --------
    >>> import pandas as pd
    >>> listed = Table(pd.DataFrame({"offence": ["theft", "arson"], "n": [3, 1]}))
    >>> listed.order(1).tolist()
    [1, 0]
    """

    kind: ClassVar[str] = "rowtable"
    scripts: ClassVar[tuple[str, ...]] = ("rowtable.js",)
    styles: ClassVar[tuple[str, ...]] = ("widgets.css", "rowtable.css")

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        columns: Sequence[str] | None = None,
        selection: Selection | None = None,
        title: str | None = None,
        height_px: int = 260,
        marked: bool = True,
    ) -> None:
        check = Check("widgets.Table")
        if check.frame(table, "table") and columns is not None:
            check.columns(table, columns, "the table")
        check.whole(80, height_px=height_px)
        check.done()
        self._columns = facts.shown_columns(table) if columns is None else list(columns)
        self._table, self._title, self._height = table, title, height_px
        self._marked = marked
        self._sorted: tuple[tuple[int, bool], NDArray[np.int64]] | None = None
        super().__init__(selection=shared(selection, table, check))
        self.mount()

    @classmethod
    def words(cls) -> dict[str, str]:
        """What it says, in the language that is spoken now."""
        return {
            "grid": tr("Rows. Arrow keys go from row to row, Enter chooses, with Shift it adds."), "only": tr("Only chosen rows"),
            "rows": tr("Rows: {n}"), "empty_table": tr("The table holds no row."), "sort": tr("Sort by {column}"),
            "no_column": tr("No column is shown: columns that may name a person or a source are left out. Name those you need: Table(..., columns=[...])."),
        }  # fmt: skip

    def data(self) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        """Head and names of columns; rows are sent when they come into sight."""
        import pandas as pd

        labels = [
            again(_HEADINGS[name])
            if name in _HEADINGS
            else facts.label(name) or name.replace("_", " ").capitalize()
            for name in self._columns
        ]
        figures = [bool(pd.api.types.is_numeric_dtype(self._table[name])) for name in self._columns]
        yield (
            "head",
            head_of(
                self,
                self._table,
                self._title or tr("Rows"),
                marked=self._marked,
                height=self._height,
                columns=labels,
                widths=[
                    _width(label, self._table[name])
                    for label, name in zip(labels, self._columns, strict=True)
                ],
                figures=figures,
            ),
            None,
        )

    def order(self, column: int, *, falling: bool = False) -> NDArray[np.int64]:
        """Positions of all rows, sorted by the column of that number; rows without a value come last.

        Parameters
        ----------
        column
            Number of the column as shown; below zero for the order of the table.
        falling
            From high to low.
        """
        if not 0 <= column < len(self._columns):
            return np.arange(len(self._table))
        if self._sorted is None or self._sorted[0] != (column, falling):
            values = self._table[self._columns[column]].reset_index(drop=True)
            if values.dtype == object:
                values = values.astype("string")
            kept = values.sort_values(ascending=not falling, kind="stable", na_position="last")
            self._sorted = ((column, falling), kept.index.to_numpy(dtype=np.int64))
        return self._sorted[1]

    def ask_rows(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Rows came into sight."""
        assert self.selection is not None  # noqa: S101  (a table always has one)
        first, number = max(0, int(message["first"])), min(MOST_ROWS_AT_ONCE, max(0, int(message["number"])))
        order = self.order(int(message.get("column", -1)), falling=bool(message.get("falling")))
        if message.get("only") and self.selection:
            order = order[self.selection.mask[order]]
        shown = order[first : first + number]
        rows = self._table[self._columns].iloc[shown]
        cells = [[figure_of(value) for value in rows[name].tolist()] for name in self._columns]
        told = {
            "first": first,
            "total": len(order),
            "rows": shown.tolist(),
            "cells": cells,
            "key": message.get("key"),
        }
        self.tell("rows", told, once=True)
