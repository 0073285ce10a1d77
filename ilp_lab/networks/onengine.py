"""Projections of records that stay on an engine: who was in what with whom, who called whom; only pairs come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr
from ilp_lab.errors import ColumnError, InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.engine import Table

MOST_PAIRS = 20_000_000
_VICTIMS = ("victim", "witness", "injured", "complainant")


def check_table(table: Table, columns: Sequence[str], caller: str) -> None:
    """The columns must be there.

    Raises
    ------
    ColumnError
        When not.
    """
    for name in columns:
        if name not in table:
            raise ColumnError(
                f"{caller}: the table {table} on the engine has no column {name!r}; it has: {', '.join(list(table.columns)[:14])}."
            )


def participations(
    table: Table, categories: Sequence[str], largest: int | None, caller: str
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Pairs with their joint events, persons and sizes of events; and rows that do not count, by kind.

    Returns
    -------
    parts, lost
        ``pairs`` (``one other count newman start end``), ``persons`` (``person n category``), ``sizes`` (``size n``). ``lost``: ``unknown``,
        ``others``, ``again``, ``large``.
    """
    check_table(table, ("person", "event"), caller)
    engine, words = table.engine, {f"word{k}": f"%{word}%" for k, word in enumerate(categories)}
    begun = "occurred_at" if table.columns.get("occurred_at") == "time" else "NULL"
    kind = "category" if "category" in table else "NULL"
    acting = (
        "TRUE"
        if "category" not in table
        else "(category IS NULL OR " + " OR ".join(f"lower(category) LIKE ${word}" for word in words) + ")"
    )
    if "category" not in table:
        words = {}
    if "role" in table:
        acting += (
            " AND (role IS NULL OR NOT ("
            + " OR ".join(f"lower(role) LIKE '%{word}%'" for word in _VICTIMS)
            + "))"
        )
    held = (
        "WITH told AS (SELECT nullif(trim(CAST(person AS TEXT)), '') AS p, nullif(trim(CAST(event AS TEXT)), '') AS e, "
        f"CAST({begun} AS TIMESTAMP) AS t, CAST({kind} AS TEXT) AS k, CASE WHEN {acting} THEN 1 ELSE 0 END AS acts FROM {table}), "
        "took AS (SELECT p, e, min(t) AS t, min(k) AS k FROM told WHERE p IS NOT NULL AND e IS NOT NULL AND acts = 1 GROUP BY p, e), "
        "sizes AS (SELECT e, count(*) AS s, min(t) AS t FROM took GROUP BY e), "
        f"kept AS (SELECT p, took.e AS e, s, sizes.t AS t, k FROM took JOIN sizes ON took.e = sizes.e{'' if largest is None else f' WHERE s <= {int(largest)}'}) "
    )
    every = engine.sql(
        held
        + "SELECT (SELECT count(*) FROM told) AS n, (SELECT count(*) FROM told WHERE p IS NULL OR e IS NULL) AS unknown, "
        "(SELECT count(*) FROM told WHERE p IS NOT NULL AND e IS NOT NULL AND acts = 0) AS others, (SELECT count(*) FROM took) AS took, "
        "(SELECT count(*) FROM kept) AS kept",
        words,
    ).iloc[0]
    lost = {
        "unknown": int(every["unknown"]), "others": int(every["others"]),
        "again": int(every["n"] - every["unknown"] - every["others"] - every["took"]), "large": int(every["took"] - every["kept"]),
    }  # fmt: skip
    sizes = engine.sql(
        held
        + "SELECT size, count(*) AS n FROM (SELECT e, max(s) AS size FROM kept GROUP BY e) AS a GROUP BY size ORDER BY size",
        words,
    )
    most = float((sizes["n"] * sizes["size"] * (sizes["size"] - 1) / 2).sum())
    if most > MOST_PAIRS * 10:
        raise InputError(
            f"{caller}: the events join up to {most:,.0f} pairs of persons; the largest has {int(sizes['size'].max()):,}. Leave large ones out with "
            "largest_event=50 or the like."
        )
    pairs = engine.sql(
        held + 'SELECT a.p AS one, b.p AS other, count(*) AS count, sum(1.0 / (a.s - 1)) AS newman, min(a.t) AS start, max(a.t) AS "end" '
        "FROM kept AS a JOIN kept AS b ON a.e = b.e AND a.p < b.p GROUP BY a.p, b.p",
        words, limit=MOST_PAIRS,
    )  # fmt: skip
    persons = engine.sql(
        held + "SELECT p AS person, count(*) AS n, min(k) AS category FROM kept GROUP BY p",
        words,
        limit=MOST_PAIRS,
    )
    return {"pairs": pairs, "persons": persons.sort_values("person", ignore_index=True), "sizes": sizes}, lost


def turned(pairs: pd.DataFrame, names: NDArray[np.object_]) -> pd.DataFrame:
    """The ends of pairs as positions among sorted names, the one that sorts first on the left."""
    import pandas as pd

    at = pd.Index(names)
    one, other = (at.get_indexer(pd.Index(pairs[end])) for end in ("one", "other"))
    pairs = pairs.assign(count=pairs["count"].astype(np.int32))  # as on a frame
    return pairs.assign(one=np.minimum(one, other), other=np.maximum(one, other)).sort_values(
        ["one", "other"], ignore_index=True
    )


def where(table: Table) -> Any:
    """Where it was counted, for the result."""
    from ilp_lab.result import Param

    return Param(
        "engine", tr("{where}; only pairs and counts came from there").format(where=table.engine.where)
    )
