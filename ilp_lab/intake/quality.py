"""The quality report: every fault counted by kind, with its rows and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._tongue import again, figure, looked_up, tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.intake.otherparts import NOT_READ, RENAMED, said_first
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
        "missing_place": Kind(
            tr_later("no usable coordinates"), tr_later("kept without a place; not on any map"), "loss"
        ),
        "null_island": Kind(
            tr_later("placed at 0/0, where nothing happens"),
            tr_later("kept; the place was set to missing"),
            "loss",
        ),
        "swapped": Kind(tr_later("longitude and latitude exchanged"), tr_later("exchanged back"), "note"),
        "far_away": Kind(
            tr_later("many times farther off than the others"),
            tr_later("left as they are; look at them"),
            "doubt",
        ),
        "place_pile": Kind(
            tr_later("on a point that holds many incidents: a default address?"),
            tr_later("left as they are; look"),
            "doubt",
        ),
        "missing_time": Kind(tr_later("no time"), tr_later("kept without a time"), "loss"),
        "unreadable_time": Kind(
            tr_later("a time that cannot be read or does not exist"), tr_later("kept without a time"), "loss"
        ),
        "unreadable_other_time": Kind(
            tr_later("another time, of an end or a report, that cannot be read or does not exist"),
            tr_later("left empty"),
            "loss",
        ),
        "month_only": Kind(
            tr_later("only the month is known"), tr_later("from the month's start to its end"), "note"
        ),
        "date_only": Kind(
            tr_later("only the day is known"), tr_later("taken at 00:00; do not use the hour"), "note"
        ),
        "future_time": Kind(
            tr_later("lies in the future"), tr_later("left as they are; look at them"), "doubt"
        ),
        "midnight_heap": Kind(
            tr_later("at exactly 00:00, more than chance: often 'unknown'"),
            tr_later("left as they are"),
            "doubt",
        ),
        "noon_heap": Kind(
            tr_later("at exactly 12:00, more than chance: often 'unknown'"),
            tr_later("left as they are"),
            "doubt",
        ),
        "first_of_month_heap": Kind(
            tr_later("on the first of a month, more than chance"), tr_later("left as they are"), "doubt"
        ),
        "open_window": Kind(
            tr_later("no latest time, in a table that has one for others"),
            tr_later("kept; the window stays open"),
            "doubt",
        ),
        "reversed_window": Kind(
            tr_later("ends before it begins"), tr_later("left as they are; windows are not used"), "doubt"
        ),
        "long_window": Kind(tr_later("a window of over 30 days"), tr_later("left as they are"), "note"),
        "clock_change": Kind(
            tr_later("a time that the change of clocks skips or repeats"),
            tr_later("the later or first one taken"),
            "note",
        ),
        "without_offset": Kind(
            tr_later("a time without an offset from UTC, while others have one"),
            tr_later("taken as a clock time of the zone; look at them"),
            "doubt",
        ),
        "missing_id": Kind(tr_later("no number of their own"), tr_later("left as they are"), "note"),
        "duplicate_id": Kind(
            tr_later("a number that another row has too"), tr_later("left as they are; look at them"), "doubt"
        ),
        "duplicate_row_with_id": Kind(
            tr_later("the same as another row, number included"), tr_later("kept; drop them if sure"), "doubt"
        ),
        "duplicate_row_without_id": Kind(
            tr_later("the same as another row, without a number; can be right"), tr_later("kept"), "note"
        ),
        "missing_offence": Kind(tr_later("no offence"), tr_later("left as they are"), "note"),
        "trailing_blank": Kind(tr_later("text with blanks at its ends"), tr_later("blanks removed"), "note"),
        "bad_line": Kind(
            tr_later("lines with too few or too many fields"), tr_later("not read; see bad_lines"), "loss"
        ),
        "missing_end": Kind(
            tr_later("a link with only one end"), tr_later("kept; a chart leaves it out"), "loss"
        ),
        "self_link": Kind(tr_later("a link from something to itself"), tr_later("left as they are"), "note"),
        "repeated_link": Kind(
            tr_later("the same link again"), tr_later("kept; each is one observation"), "note"
        ),
        "mixed_ids": Kind(
            tr_later("an identifier that is text in some rows and a number in others"),
            tr_later("taken as the same"),
            "note",
        ),
        "repeated_call": Kind(
            tr_later("the same call recorded again: often once in each party's record"),
            tr_later("kept; charts count it once"),
            "note",
        ),
        "self_call": Kind(
            tr_later("a number that calls itself: voice mail, or a fault"),
            tr_later("left as they are"),
            "note",
        ),
        "missing_party": Kind(
            tr_later("a call without one of its numbers"), tr_later("kept; charts leave it out"), "loss"
        ),
        "odd_number": Kind(
            tr_later("a number with letters or of fewer than 5 digits"), tr_later("kept as it is"), "note"
        ),
        "odd_duration": Kind(
            tr_later("a duration that is missing, negative or over a day"),
            tr_later("negative ones set to missing"),
            "doubt",
        ),
        "missing_tower": Kind(tr_later("no mast"), tr_later("kept; not used where masts count"), "note"),
        "imei_restored": Kind(
            tr_later("a handset number that had been turned into a decimal"),
            tr_later("leading zeros and .0 restored"),
            "note",
        ),
        "imei_lost_digits": Kind(
            tr_later("a handset number written as 4.4E+14: its last digits are gone"),
            tr_later("left as they are"),
            "loss",
        ),
        "odd_imei": Kind(
            tr_later("a handset number that has not 14 to 16 digits"), tr_later("left as they are"), "doubt"
        ),
        "unreadable_amount": Kind(
            tr_later("an amount that is missing or no number"), tr_later("set to missing"), "loss"
        ),
        "zero_amount": Kind(tr_later("an amount of zero"), tr_later("left as they are"), "doubt"),
        "missing_account": Kind(
            tr_later("a payment with neither payer nor payee"), tr_later("kept; not used"), "loss"
        ),
        "cash": Kind(
            tr_later("a payment with one account only, taken as cash"),
            tr_later("the other end stays empty"),
            "note",
        ),
        "self_payment": Kind(
            tr_later("a payment from an account to itself"), tr_later("left as they are"), "note"
        ),
        "repeated_payment": Kind(
            tr_later("the same payment again: may be right, or entered twice"),
            tr_later("left as they are; look"),
            "doubt",
        ),
        "missing_participant": Kind(
            tr_later("a row without a person or an event"), tr_later("kept; not used"), "loss"
        ),
        "repeated_participation": Kind(
            tr_later("the same person in the same event again"), tr_later("kept; counted once"), "note"
        ),
        "unlinked_end": Kind(
            tr_later("a link to an identifier that no table of entities has"), tr_later("kept"), "doubt"
        ),
        "restored_cell": Kind(
            tr_later("text that had been guarded against spreadsheets"), tr_later("the guard removed"), "note"
        ),
        "duplicate_area": Kind(
            tr_later("an area code that another outline has too"), tr_later("left as they are"), "doubt"
        ),
        "not_a_line": Kind(tr_later("not a line"), tr_later("left out"), "note"),
        "several_parts": Kind(tr_later("a line of several parts"), tr_later("taken apart"), "note"),
        "without_length": Kind(tr_later("a line without length"), tr_later("left out"), "note"),
        "street_twice": Kind(tr_later("a line that repeats an earlier one"), tr_later("left out"), "note"),
        "repaired_outline": Kind(tr_later("an outline that crossed itself"), tr_later("repaired"), "note"),
        "missing_outline": Kind(tr_later("an area without an outline"), tr_later("left out of maps"), "loss"),
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
                again(KINDS[kind].meaning),
                count,
                count / max(self.rows + (count if kind == "bad_line" else 0), 1),
                again(KINDS[kind].done),
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
        unread = self.counts.get("bad_line", 0)
        said = [
            tr("{source}: rows that were read: {n:,}; lines that could not be: {bad:,}.").format(
                source=self.source, n=self.rows, bad=unread
            )
            if unread
            else trn(
                "{source}: {n:,} row was read, none was dropped.",
                "{source}: {n:,} rows were read, none was dropped.",
                self.rows,
            ).format(source=self.source, n=self.rows)
        ]
        if "missing_place" in self.counts:
            placed = tr("{n:,} ({share:.1%}) have a usable place.").format(
                n=usable, share=usable / max(self.rows, 1)
            )
            said[0] = f"{said[0]} {placed}"
        chosen_parts = said_first(self.settings)
        said.extend(
            trn(
                "{n:,} row ({share:.1%}): {meaning} ({done}).",
                "{n:,} rows ({share:.1%}): {meaning} ({done}).",
                int(str(row.rows)),
            ).format(n=row.rows, share=row.share, meaning=row.meaning, done=row.done)
            for row in self.faults.itertuples()
        )
        if len(said) == 1:
            said.append(tr("No fault of the kinds that are looked for was found."))
        said[1:1] = chosen_parts
        chosen = [
            str(param)
            for param in self.settings
            if param.chosen and param.name in {"tz", "crs", "encoding", "header", RENAMED}
        ]
        said.extend(tr("Chosen: {setting}.").format(setting=text) for text in chosen)
        said.extend(map(looked_up, self.notes))
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
        faults = self.faults.assign(share=self.faults["share"].map(lambda share: figure(share, ".1%")))
        lines = self.explain().splitlines()
        parts = [f"<h3>{escape(looked_up(self.source))}</h3><p>{escape(lines[0])}</p>"]
        parts.extend(f"<p><strong>{escape(text)}</strong></p>" for text in said_first(self.settings))
        parts.append(
            faults.drop(columns="severity")
            .rename(columns=_headings())
            .to_html(index=False, escape=True, border=0)
        )
        parts.append(f"<p><strong>{escape(tr('How the columns were understood'))}</strong></p>")
        parts.append(
            self.columns.assign(**{name: self.columns[name].map(looked_up) for name in ("why", "confidence")})
            .rename(columns=_headings())
            .to_html(index=False, escape=True, border=0)
        )
        if self.settings:
            parts.append(
                "<ul>"
                + "".join(f"<li>{escape(str(one))}</li>" for one in self.settings if one.name != NOT_READ)
                + "</ul>"
            )
        parts.extend(f"<p>{escape(looked_up(note))}</p>" for note in self.notes)
        return f'<div class="ilp-quality">{"".join(parts)}</div>'


def _headings() -> dict[str, str]:
    return {
        "kind": tr("Kind"), "meaning": tr("What it means"), "rows": tr("Rows"), "share": tr("Share"), "done": tr("What was done"),
        "role": tr("Role"), "column": tr("Column"), "confidence": tr("Confidence"), "why": tr("Why"),
    }  # fmt: skip


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
