"""Column contracts of the standard tables: what a column is called, holds and means.

The analysis rooms exchange plain tables. What makes them fit together is that a column of a given name always
means the same. A table may hold more columns than these; it must not use these names for anything else.

>>> INCIDENTS["occurred_at"].label
'When it happened, or the earliest it can have happened'
>>> [column.name for column in LINKS.needed]
['source', 'target']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["text", "category", "time", "number", "count", "place", "flag"]
Sensitivity = Literal["open", "personal", "source"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a standard table.

    Attributes
    ----------
    name
        As it stands in the frame.
    kind
        What it holds.
    label
        What it means, for people.
    needed
        Whether the table is of no use without it.
    unit
        Such as ``"m"``; empty for columns without one.
    sensitivity
        ``"personal"`` identifies or describes a person, ``"source"`` identifies who told us;
        both stay out of products unless asked for by name.
    """

    name: str
    kind: Kind
    label: str
    needed: bool = False
    unit: str = ""
    sensitivity: Sensitivity = "open"


@dataclass(frozen=True, slots=True)
class Table:
    """A standard table: its name and its columns, in the order they are shown."""

    name: str
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def _by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[Column, ...]:
        """The columns without which the table is of no use."""
        return tuple(column for column in self.columns if column.needed)


INCIDENTS = Table(
    "incidents",
    (
        Column("incident_id", "text", "The agency's number of the incident"),
        Column("offence", "category", "What kind of incident it is"),
        Column("occurred_at", "time", "When it happened, or the earliest it can have happened"),
        Column("occurred_to", "time", "The latest it can have happened, where only a window is known"),
        Column("reported_at", "time", "When the police learned of it"),
        Column("address", "text", "Where, in words", sensitivity="personal"),
        Column("area", "category", "The area the agency's file puts it in"),
        Column("status", "category", "What became of it"),
        Column("source_row", "count", "Line of the source file it came from, counting the header as 1"),
        Column("geometry", "place", "Where it happened; empty when not known", needed=True),
    ),
)

ENTITIES = Table(
    "entities",
    (
        Column("entity_id", "text", "What links refer to", needed=True),
        Column("kind", "category", "person, organisation, object, location, event, account or phone"),
        Column("label", "text", "What the chart writes beside it", sensitivity="personal"),
        Column(
            "category",
            "category",
            "suspect, convicted, victim, witness or other party",
            sensitivity="personal",
        ),
        Column("handling", "category", "Handling code"),
    ),
)

LINKS = Table(
    "links",
    (
        Column("source", "text", "One end: an entity_id", needed=True),
        Column("target", "text", "The other end: an entity_id", needed=True),
        Column("kind", "category", "What connects them, such as called, owns, seen with"),
        Column("strength", "number", "How strong the tie is: more means closer (calls, meetings, payments)"),
        Column("start", "time", "From when"),
        Column("end", "time", "Until when"),
        Column("reference", "text", "Which report or record says so", sensitivity="source"),
        Column("source_grade", "category", "How reliable the source is"),
        Column("information_grade", "category", "How good the information is"),
        Column(
            "certainty", "number", "How likely the link is as stated, from 0 to 1, where somebody judged it"
        ),
        Column("handling", "category", "Handling code"),
        Column("source_row", "count", "Line of the source file it came from, counting the header as 1"),
    ),
)

REPORTS = Table(
    "reports",
    (
        Column("report_id", "text", "The report's own number", needed=True),
        Column("text", "text", "One fact, in words", needed=True, sensitivity="personal"),
        Column("obtained_at", "time", "When the information was obtained"),
        Column(
            "source_ref", "text", "Opaque reference of the source, never its identity", sensitivity="source"
        ),
        Column("source_grade", "category", "How reliable the source is"),
        Column("information_grade", "category", "How good the information is"),
        Column("handling", "category", "Handling code"),
    ),
)

AREAS = Table(
    "areas",
    (
        Column("area", "text", "The area's code or name", needed=True),
        Column("name", "text", "The name people use"),
        Column("population", "count", "Residents", unit="persons"),
        Column("geometry", "place", "Its outline", needed=True),
    ),
)

CALLS = Table(
    "calls",
    (
        Column("caller", "text", "Number that called, wrote or went online", True, sensitivity="personal"),
        Column("receiver", "text", "Number or address that was reached", True, sensitivity="personal"),
        Column("subscriber", "text", "Number whose handset and mast the row records", sensitivity="personal"),
        Column("kind", "category", "call, message or data"),
        Column("started_at", "time", "When it began"),
        Column("duration_s", "number", "How long it lasted", unit="s"),
        Column("tower", "text", "Mast or cell at the start"),
        Column("tower_end", "text", "Mast or cell at the end"),
        Column("imei", "text", "Serial number of the handset", sensitivity="personal"),
        Column("imsi", "text", "Serial number of the SIM card", sensitivity="personal"),
        Column("handling", "category", "Handling code"),
        Column("source_row", "count", "Line of the source file it came from, counting the header as 1"),
    ),
)

TRANSACTIONS = Table(
    "transactions",
    (
        Column("payer", "text", "Account the money left; empty for cash", True, sensitivity="personal"),
        Column("payee", "text", "Account the money reached; empty for cash", True, sensitivity="personal"),
        Column("amount", "number", "How much, above 0", True, unit="as stated"),
        Column("currency", "category", "In which currency"),
        Column("booked_at", "time", "When it was booked"),
        Column("kind", "category", "As the file says: transfer, cash in, cash out, ..."),
        Column("purpose", "text", "What the payer wrote", sensitivity="personal"),
        Column("handling", "category", "Handling code"),
        Column("source_row", "count", "Line of the source file it came from, counting the header as 1"),
    ),
)

PARTICIPATIONS = Table(
    "participations",
    (
        Column("person", "text", "Who took part", True, sensitivity="personal"),
        Column("event", "text", "In which event", True),
        Column("role", "category", "As what: suspect, passenger, member, ..."),
        Column("occurred_at", "time", "When the event was"),
        Column("offence", "category", "What kind of event it was"),
        Column(
            "category",
            "category",
            "suspect, convicted, victim, witness or other party",
            sensitivity="personal",
        ),
        Column("handling", "category", "Handling code"),
        Column("source_row", "count", "Line of the source file it came from, counting the header as 1"),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (INCIDENTS, ENTITIES, LINKS, REPORTS, AREAS, CALLS, TRANSACTIONS, PARTICIPATIONS)
    }
)

# A label belongs to an entity, so it may be a person's name. In the tables of these analyses it is a part of the day or the week.
_LABELS_ARE_TIMES = frozenset({"times.aoristic", "times.weekday_test"})


def withheld(columns: Iterable[str], *, of: str = "") -> frozenset[str]:
    """Which columns stay out of what is shown, because they identify or describe persons or sources.

    Parameters
    ----------
    columns
        Names of the columns of one table.
    of
        The analysis that made the table, such as ``"times.aoristic"``, where it is known.

    Returns
    -------
    frozenset of str
        Those that are not open in some standard table, whichever table it is.

    Examples
    --------
    >>> sorted(withheld(["entity_id", "label", "n"])), sorted(withheld(["label", "n"], of="times.weekday_test"))
    (['label'], [])
    """
    names = frozenset(columns)
    found = {
        name
        for name in names
        for table in TABLES.values()
        if name in table and table[name].sensitivity != "open"
    }
    if of in _LABELS_ARE_TIMES and "entity_id" not in names:
        found.discard("label")
    return frozenset(found)
