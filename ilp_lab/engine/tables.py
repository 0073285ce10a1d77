"""A table that stays where it is: on the engine. Analyses ask it for what they need; the rows never travel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.engine.asking import Engine


RAN_ON = "ilp_lab_engine"


@dataclass(frozen=True)
class Facts:
    """What the columns themselves do not say; it travels with the stored table.

    Attributes
    ----------
    crs
        Coordinate system of ``x`` and ``y``, such as ``"EPSG:32633"``.
    zone
        Clock of the columns that end in ``_local``.
    handling
        Strictest handling code of what went in.
    origin
        Where it came from.
    cell_m
        Side of the squares that ``cell_x`` and ``cell_y`` number; 0 where there are none.
    """

    crs: str = ""
    zone: str = ""
    handling: str = "H0"
    origin: str = ""
    cell_m: float = 0.0

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def read(cls, text: str | bytes | None) -> Facts:
        """From what was stored; anything else tells nothing."""
        try:
            held = json.loads(text or "{}")
        except ValueError:
            return cls()
        if not isinstance(held, dict):
            return cls()
        kinds = {"cell_m": (int, float)}
        known: dict[str, Any] = {name: value for name, value in held.items()
                 if name in cls.__dataclass_fields__ and isinstance(value, kinds.get(name, str))}  # fmt: skip
        return cls(**known)


@dataclass(frozen=True, eq=False)
class Table:
    """A table on an engine.

    It goes wherever analyses take a table (``places.count``, ``places.density``, ``places.gi_star``, ``times.exceptions``,
    ``times.near_repeat``, ``networks.co_offending``, ``networks.call_chart``), and into a question: its text is its
    quoted name, so that ``engine.sql(f"SELECT count(*) FROM {table}")`` works.

    Attributes
    ----------
    engine
        Where it is.
    name
        Its quoted name there.
    columns
        What each column holds: ``text``, ``whole``, ``number``, ``time``, ``date``, ``flag`` or ``other``.
    facts
        Coordinate system, clock, handling code, origin.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.engine import connect
    >>> with connect() as engine:
    ...     table = engine.table(pd.DataFrame({"offence": ["theft", "fraud", "theft"]}), name="cases")
    ...     engine.sql(f"SELECT offence, count(*) AS n FROM {table} GROUP BY offence ORDER BY n").values.tolist()
    [['fraud', 1], ['theft', 2]]
    """

    engine: Engine
    name: str
    columns: Mapping[str, str]
    facts: Facts = field(default_factory=Facts)

    def __str__(self) -> str:
        return self.name

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def __repr__(self) -> str:
        return f"<table {self.name} on {self.engine.where}: {', '.join(self.columns)}>"

    @property
    def handling(self) -> str:
        """Its handling code."""
        return self.facts.handling

    def head(self, rows: int = 5) -> pd.DataFrame:
        """A few rows, any of them."""
        return self.engine.sql(f"SELECT * FROM {self.name} LIMIT {int(rows)}")

    def number(self) -> int:
        """How many rows."""
        return int(self.engine.sql(f"SELECT count(*) AS n FROM {self.name}")["n"].iloc[0])


def is_table(thing: Any) -> bool:
    """Whether an analysis was given a table on an engine instead of a frame."""
    return isinstance(thing, Table)
