"""Call records that stay on an engine: pairs, contacts, handsets and masts are counted there, the records do not come back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.networks.onengine import MOST_PAIRS, check_table
from ilp_lab.networks.timedrows import asked_for

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab._check import Check
    from ilp_lab.engine import Table

_MESSAGE, _AT_ONCE = 1, 5_000
_MOMENTS = 'min(t) AS start, max(t) AS "end"'
_SPOKEN = "sum(coalesce(d, 0.0)) AS duration_s"


class CallsThere:
    """The calls of a table that count: both numbers are known, and a call in the records of both its numbers counts once.

    Parameters
    ----------
    table
        On its engine.
    caller
        Opens error sentences.
    more
        Further columns that must be there, such as ``"imei"``.
    """

    def __init__(self, table: Table, caller: str, more: Sequence[str] = ()) -> None:
        check_table(table, ("caller", "receiver", *more), caller)
        for name, kinds, what in (
            ("started_at", {"time"}, "times"),
            ("duration_s", {"whole", "number"}, "numbers"),
        ):
            if name in table and table.columns[name] not in kinds:
                raise ColumnError(
                    f"{caller}: {name} must be a column of {what}; in the table {table} on the engine it holds {table.columns[name]}."
                )
        self.table = table
        self.timed, self.long = "started_at" in table, "duration_s" in table
        clock = "started_at_local" if "started_at_local" in table else "started_at"
        columns = {
            "a": _as_text(table, "caller"),
            "b": _as_text(table, "receiver"),
            "k": f"CASE WHEN kind = 'message' THEN {_MESSAGE} WHEN kind = 'data' THEN 2 ELSE 0 END" if "kind" in table else "0",
            "d": "CASE WHEN isnan(CAST(duration_s AS DOUBLE)) THEN NULL ELSE CAST(duration_s AS DOUBLE) END"
            if self.long
            else "CAST(NULL AS DOUBLE)",
            "t": "started_at" if self.timed else "CAST(NULL AS TIMESTAMP)",
            "y": f"CAST({clock} AS DATE)" if self.timed else "CAST(NULL AS DATE)",
            **{name: _as_text(table, name) for name in more},
            **({"source_row": "source_row"} if "source_row" in table else {}),
        }  # fmt: skip
        order = "source_row, k" if "source_row" in table else "k"
        self._held = (
            f"WITH told AS (SELECT {', '.join(f'{form} AS {name}' for name, form in columns.items())} FROM {table} "
            "WHERE caller IS NOT NULL AND receiver IS NOT NULL), "
            f"counted AS (SELECT *, row_number() OVER (PARTITION BY a, b, t, coalesce(d, -1) ORDER BY {order}) AS r FROM told), "
            f"kept AS (SELECT * FROM counted WHERE {'TRUE' if self._only_days() else 'r = 1 OR t IS NULL'}) "
        )

    def _only_days(self) -> bool:
        """Two calls on one day are two where only days are known."""
        if not self.timed:
            return True
        of_day = "hour(started_at) + minute(started_at) + second(started_at)"
        found = self.table.engine.sql(f"SELECT max({of_day}) AS most FROM {self.table}")["most"]
        return not found.fillna(0).iloc[0]

    def _ask(self, query: str, params: dict[str, Any] | None = None) -> pd.DataFrame:
        return self.table.engine.sql(self._held + query, params, limit=MOST_PAIRS)

    @cached_property
    def lost(self) -> dict[str, int]:
        """Rows that do not count: ``nobody`` (without one of the numbers) and ``again`` (recorded before)."""
        rows = self._ask(
            f"SELECT (SELECT count(*) FROM {self.table}) AS n, (SELECT count(*) FROM told) AS told, (SELECT count(*) FROM kept) AS kept"
        ).iloc[0]
        return {"nobody": int(rows["n"] - rows["told"]), "again": int(rows["told"] - rows["kept"])}

    def numbers(self, of: str | Sequence[str] | None, faults: Check) -> list[str] | None:
        """The numbers asked for; those that do not occur are a fault."""
        if of is None:
            return None
        wanted = [of] if isinstance(of, str) else [str(name) for name in of]
        some, params = _some(wanted)
        every = "SELECT {0} AS name FROM kept WHERE {1} GROUP BY {0}"
        found: list[str] = []
        if wanted:
            query = " UNION ".join(every.format(end, f"{end} IN ({some})") for end in "ab")
            found = self._ask(query, params)["name"].tolist()
        if not wanted or set(wanted) - set(found):
            query = " UNION ".join(every.format(end, "TRUE") for end in "ab")
            found = sorted(self._ask(query)["name"].tolist())
        at = asked_for(found, of, faults, what=tr_later("numbers that occur in calls"))
        return None if at is None else [found[position] for position in at]

    def pairs(self, numbers: Sequence[str] | None) -> pd.DataFrame:
        """``source target kind n start end duration_s days``, as far as the table tells, by pair, direction and kind."""
        where, params = _involving(numbers)
        found = self._ask(
            f"SELECT a AS source, b AS target, k AS kind, count(*) AS n, {_MOMENTS}, {_SPOKEN}, count(DISTINCT y) AS days "
            f"FROM kept{where} GROUP BY a, b, k",
            params,
        )
        return self._told(found).sort_values(["source", "target", "kind"], ignore_index=True)

    def used(self, thing: str, numbers: Sequence[str] | None) -> pd.DataFrame:
        """``source target n start end days``: the number whose records they are, and the handset or mast that was used."""
        where, params = _involving(numbers)
        found = self._ask(
            f"SELECT subscriber AS source, {thing} AS target, count(*) AS n, {_MOMENTS}, count(DISTINCT y) AS days FROM kept"
            f"{where + ' AND' if where else ' WHERE'} subscriber IS NOT NULL AND {thing} IS NOT NULL GROUP BY subscriber, {thing}",
            params,
        )
        found = self._told(found).sort_values(["source", "target"], ignore_index=True)
        return found.assign(target=f"{thing} " + found["target"])

    def contacts(self, numbers: Sequence[str] | None) -> pd.DataFrame:
        """``one other n outgoing messages start end duration_s days`` of every pair, or of every contact of some numbers."""
        each = f"count(*) AS n, sum(o) AS outgoing, sum(m) AS messages, {_SPOKEN}, {_MOMENTS}, count(DISTINCT y) AS days"
        part = f"SELECT {{}} AS one, {{}} AS other, {{}} AS o, CASE WHEN k = {_MESSAGE} THEN 1 ELSE 0 END AS m, d, t, y FROM kept"
        if numbers is None:
            sides = part.format(
                "CASE WHEN a <= b THEN a ELSE b END", "CASE WHEN a <= b THEN b ELSE a END", "CASE WHEN a <= b THEN 1 ELSE 0 END"
            )  # fmt: skip
            params = None
        else:
            some, params = _some(numbers)
            sides = (
                part.format("a", "b", "1") + f" WHERE a IN ({some}) UNION ALL "
                + part.format("b", "a", "0") + f" WHERE b IN ({some}) AND a <> b"
            )  # fmt: skip
        found = self._told(
            self._ask(f"SELECT one, other, {each} FROM ({sides}) AS sides GROUP BY one, other", params)
        )
        return found if numbers is not None else _first_on_the_left(found)

    def known_to(self, numbers: Sequence[str]) -> pd.Series:
        """With how many other numbers of the whole table each of some numbers was in contact."""
        import pandas as pd

        found = [pd.Series(dtype="int64")]
        for first in range(0, len(numbers), _AT_ONCE):
            some, params = _some(numbers[first : first + _AT_ONCE])
            part = "SELECT {} AS one, {} AS other FROM kept WHERE {} IN ({}) AND a <> b"
            sides = " UNION ALL ".join(part.format(*ends, ends[0], some) for ends in ("ab", "ba"))
            query = f"SELECT one, count(DISTINCT other) AS n FROM ({sides}) AS sides GROUP BY one"
            found.append(self._ask(query, params).set_index("one")["n"])
        known: pd.Series[Any] = pd.concat(found[1:] or found)
        return known.reindex(list(numbers), fill_value=0)

    def _told(self, found: pd.DataFrame) -> pd.DataFrame:
        """Times in the zone of the table; columns that the table does not tell are left away."""
        zone = self.table.facts.zone
        for name in ("start", "end"):
            held = found[name].astype("datetime64[s]")
            found[name] = held.dt.tz_localize("UTC").dt.tz_convert(zone) if self.timed and zone else held
        untold = [*([] if self.long else ["duration_s"]), *([] if self.timed else ["days"])]
        return found.drop(columns=untold, errors="ignore")


def _first_on_the_left(found: pd.DataFrame) -> pd.DataFrame:
    """Engines sort letters by their own rules; here the number that sorts first stands on the left."""
    turned = (found["one"] > found["other"]).to_numpy()
    one = found["one"].where(~turned, found["other"])
    outgoing = found["outgoing"].where(~turned, found["n"] - found["outgoing"])
    return found.assign(other=found["other"].where(~turned, found["one"]), one=one, outgoing=outgoing)


def _as_text(table: Table, name: str) -> str:
    kind = table.columns[name]
    if kind == "text":
        return name
    return f"CAST(CAST({name} AS BIGINT) AS TEXT)" if kind == "number" else f"CAST({name} AS TEXT)"


def _some(numbers: Sequence[str]) -> tuple[str, dict[str, Any]]:
    params = {f"number{at}": number for at, number in enumerate(numbers)}
    return ", ".join(f"${name}" for name in params), params


def _involving(numbers: Sequence[str] | None) -> tuple[str, dict[str, Any] | None]:
    if numbers is None:
        return "", None
    some, params = _some(numbers)
    return f" WHERE (a IN ({some}) OR b IN ({some}))", params
