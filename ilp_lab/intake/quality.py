"""The quality report: every fault counted by kind, with its rows and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab.errors import InputError
from ilp_lab.result import Param

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.intake.roles import Role

Severity = Literal["loss", "doubt", "note"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: what it means, what was done, and whether rows are lost to analysis by it."""

    meaning: str
    done: str
    severity: Severity


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "missing_place": Kind("no usable coordinates", "kept without a place; not on any map", "loss"),
        "null_island": Kind(
            "placed at 0/0, where nothing happens", "kept; the place was set to missing", "loss"
        ),
        "swapped": Kind("longitude and latitude exchanged", "exchanged back", "note"),
        "far_away": Kind("many times farther off than the others", "left as they are; look at them", "doubt"),
        "place_pile": Kind(
            "on a point that holds many incidents: a default address?", "left as they are; look", "doubt"
        ),
        "missing_time": Kind("no time", "kept without a time", "loss"),
        "unreadable_time": Kind(
            "a time that cannot be read or does not exist", "kept without a time", "loss"
        ),
        "month_only": Kind("only the month is known", "from the month's start to its end", "note"),
        "date_only": Kind("only the day is known", "taken at 00:00; do not use the hour", "note"),
        "future_time": Kind("lies in the future", "left as they are; look at them", "doubt"),
        "midnight_heap": Kind(
            "at exactly 00:00, more than chance: often 'unknown'", "left as they are", "doubt"
        ),
        "noon_heap": Kind("at exactly 12:00, more than chance: often 'unknown'", "left as they are", "doubt"),
        "first_of_month_heap": Kind("on the first of a month, more than chance", "left as they are", "doubt"),
        "open_window": Kind(
            "no latest time, in a table that has one for others", "kept; the window stays open", "doubt"
        ),
        "reversed_window": Kind("ends before it begins", "left as they are; windows are not used", "doubt"),
        "long_window": Kind("a window of over 30 days", "left as they are", "note"),
        "clock_change": Kind(
            "a time that the change of clocks skips or repeats", "the later or first one taken", "note"
        ),
        "without_offset": Kind(
            "a time without an offset from UTC, while others have one",
            "taken as a clock time of the zone; look at them",
            "doubt",
        ),
        "missing_id": Kind("no number of their own", "left as they are", "note"),
        "duplicate_id": Kind("a number that another row has too", "left as they are; look at them", "doubt"),
        "duplicate_row_with_id": Kind(
            "the same as another row, number included", "kept; drop them if sure", "doubt"
        ),
        "duplicate_row_without_id": Kind(
            "the same as another row, without a number; can be right", "kept", "note"
        ),
        "missing_offence": Kind("no offence", "left as they are", "note"),
        "trailing_blank": Kind("text with blanks at its ends", "blanks removed", "note"),
        "bad_line": Kind("lines with too few or too many fields", "not read; see bad_lines", "loss"),
        "missing_end": Kind("a link with only one end", "kept; a chart leaves it out", "loss"),
        "self_link": Kind("a link from something to itself", "left as they are", "note"),
        "repeated_link": Kind("the same link again", "kept; each is one observation", "note"),
        "mixed_ids": Kind(
            "an identifier that is text in some rows and a number in others", "taken as the same", "note"
        ),
        "repeated_call": Kind(
            "the same call recorded again: often once in each party's record",
            "kept; charts count it once",
            "note",
        ),
        "self_call": Kind("a number that calls itself: voice mail, or a fault", "left as they are", "note"),
        "missing_party": Kind("a call without one of its numbers", "kept; charts leave it out", "loss"),
        "odd_number": Kind("a number with letters or of fewer than 5 digits", "kept as it is", "note"),
        "odd_duration": Kind(
            "a duration that is missing, negative or over a day", "negative ones set to missing", "doubt"
        ),
        "missing_tower": Kind("no mast", "kept; not used where masts count", "note"),
        "imei_restored": Kind(
            "a handset number that had been turned into a decimal", "leading zeros and .0 restored", "note"
        ),
        "imei_lost_digits": Kind(
            "a handset number written as 4.4E+14: its last digits are gone", "left as they are", "loss"
        ),
        "odd_imei": Kind("a handset number that has not 14 to 16 digits", "left as they are", "doubt"),
        "unreadable_amount": Kind("an amount that is missing or no number", "set to missing", "loss"),
        "zero_amount": Kind("an amount of zero", "left as they are", "doubt"),
        "missing_account": Kind("a payment with neither payer nor payee", "kept; not used", "loss"),
        "cash": Kind("a payment with one account only, taken as cash", "the other end stays empty", "note"),
        "self_payment": Kind("a payment from an account to itself", "left as they are", "note"),
        "repeated_payment": Kind(
            "the same payment again: may be right, or entered twice", "left as they are; look", "doubt"
        ),
        "missing_participant": Kind("a row without a person or an event", "kept; not used", "loss"),
        "repeated_participation": Kind(
            "the same person in the same event again", "kept; counted once", "note"
        ),
        "unlinked_end": Kind("a link to an identifier that no table of entities has", "kept", "doubt"),
        "restored_cell": Kind("text that had been guarded against spreadsheets", "the guard removed", "note"),
        "duplicate_area": Kind("an area code that another outline has too", "left as they are", "doubt"),
        "not_a_line": Kind("not a line", "left out", "note"),
        "several_parts": Kind("a line of several parts", "taken apart", "note"),
        "without_length": Kind("a line without length", "left out", "note"),
        "street_twice": Kind("a line that repeats an earlier one", "left out", "note"),
        "repaired_outline": Kind("an outline that crossed itself", "repaired", "note"),
        "missing_outline": Kind("an area without an outline", "left out of maps", "loss"),
    }
)


@dataclass(frozen=True)
class QualityReport:
    """What was found wrong with a table, what was done, and what was left alone.

    Attributes
    ----------
    source
        The file.
    rows
        How many rows it has; none is ever dropped.
    counts
        Kind of fault → number of rows.
    columns
        How the columns were understood: role, column, confidence, why.
    settings
        How the file was read; what the library chose is marked.
    notes
        What else was decided, in sentences.
    bad_lines
        Lines that could not be read as rows.
    """

    source: str
    rows: int
    counts: Mapping[str, int]
    columns: pd.DataFrame
    settings: tuple[Param, ...] = ()
    notes: tuple[str, ...] = ()
    bad_lines: tuple[str, ...] = ()
    _where: Mapping[str, NDArray[np.int64]] = field(default_factory=dict, repr=False)
    _frame: pd.DataFrame | None = field(default=None, repr=False)
    _roles: tuple[Role, ...] = ()

    @property
    def faults(self) -> pd.DataFrame:
        """One row per kind that was found: kind, meaning, rows, share, done, severity; losses first."""
        import pandas as pd

        order = {"loss": 0, "doubt": 1, "note": 2}
        rows = [
            (
                kind,
                KINDS[kind].meaning,
                count,
                count / max(self.rows, 1),
                KINDS[kind].done,
                KINDS[kind].severity,
            )
            for kind, count in self.counts.items()
            if count
        ]
        rows.sort(key=lambda row: (order[row[5]], -row[2]))
        return pd.DataFrame(rows, columns=["kind", "meaning", "rows", "share", "done", "severity"])

    def rows_with(self, kind: str) -> pd.DataFrame:
        """The rows that have a fault.

        Parameters
        ----------
        kind
            As in :attr:`counts`.

        Raises
        ------
        InputError
            When the kind is not known.
        """
        import pandas as pd

        if kind not in KINDS:
            raise InputError(
                f"QualityReport.rows_with: there is no fault {kind!r}; there are: {', '.join(KINDS)}."
            )
        if self._frame is None:
            return pd.DataFrame()
        return self._frame.iloc[self._where.get(kind, np.empty(0, np.int64))]

    def explain(self) -> str:
        """The report in sentences."""
        usable = self.rows - self.counts.get("missing_place", 0) - self.counts.get("null_island", 0)
        said = [f"{self.source}: {self.rows:,} rows were read, none was dropped."]
        if "missing_place" in self.counts:
            said[0] += f" {usable:,} ({usable / max(self.rows, 1):.1%}) have a usable place."
        said.extend(
            f"{row.rows:,} {'row' if row.rows == 1 else 'rows'} ({row.share:.1%}): {row.meaning} ({row.done})."
            for row in self.faults.itertuples()
        )
        if len(said) == 1:
            said.append("No fault of the kinds that are looked for was found.")
        chosen = [
            str(param)
            for param in self.settings
            if param.chosen and param.name in ("tz", "crs", "encoding", "header")
        ]
        said.extend(f"Chosen: {text}." for text in chosen)
        said.extend(self.notes)
        return "\n".join(said)

    def to_frame(self) -> pd.DataFrame:
        """The faults as a table that can be kept with the data."""
        return self.faults.assign(source=self.source)

    def save_profile(self, path: str | Path) -> Path:
        """Keep how the columns were understood, to read the next file of this layout the same way.

        Raises
        ------
        WriteError
            When it cannot be written.
        """
        from ilp_lab.intake.profiles import save

        return save(Path(path), self._roles, self.settings)

    def __str__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        faults = self.faults.assign(share=self.faults["share"].map("{:.1%}".format))
        lines = self.explain().splitlines()
        parts = [f"<h3>{escape(self.source)}</h3><p>{escape(lines[0])}</p>"]
        parts.append(faults.drop(columns="severity").to_html(index=False, escape=True, border=0))
        parts.append("<p><strong>How the columns were understood</strong></p>")
        parts.append(self.columns.to_html(index=False, escape=True, border=0))
        if self.settings:
            parts.append(
                "<ul>" + "".join(f"<li>{escape(str(param))}</li>" for param in self.settings) + "</ul>"
            )
        parts.extend(f"<p>{escape(note)}</p>" for note in self.notes)
        return f'<div class="ilp-quality">{"".join(parts)}</div>'


def column_table(roles: Mapping[str, Role]) -> pd.DataFrame:
    """Roles as a table."""
    import pandas as pd

    return pd.DataFrame(
        [(role.role, role.column, role.confidence, role.why) for role in roles.values()],
        columns=["role", "column", "confidence", "why"],
    )


def file_settings(settings: Mapping[str, tuple[str, str]]) -> tuple[Param, ...]:
    """How a file was read, each setting marked as chosen."""
    return tuple(Param(name, value, chosen=True, why=why) for name, (value, why) in settings.items())
