"""From call records to a chart and to tables of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import in_english, shaped, tr, tr_later
from ilp_lab.engine.tables import RAN_ON, Table
from ilp_lab.networks.building import chart
from ilp_lab.networks.callparts import AGAIN, NO_PARTY, VERBS, Calls, known_numbers, usable
from ilp_lab.networks.callsonengine import CallsThere
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.safeguards.handling import MARK

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_CONTACT = (
    "number", "contact", "n", "outgoing", "incoming", "messages", "duration_s", "first", "last", "days",
)  # fmt: skip
FEW_CALLS = shaped(tr_later("pair with fewer than {least} calls"))


def call_chart(
    calls: pd.DataFrame | Table,
    *,
    of: str | Sequence[str] | None = None,
    least_calls: int = 1,
    handsets: bool = False,
    towers: bool = False,
) -> LinkChart:
    """Make a link chart of call records: one link per pair of numbers, direction and kind.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them. Or a table on an engine with these columns: pairs are counted there and come back; the
        chart's ``remarks`` name the engine.
    of
        Only calls of these numbers.
    least_calls
        Pairs with fewer records are left off the chart and counted.
    handsets
        Whether handsets become objects of their own, linked with the numbers that were used in them.
    towers
        Whether masts become locations of their own, linked with the numbers that used them.

    Returns
    -------
    LinkChart
        Entities of kind phone (addresses on the internet: object). Links of kind called, wrote to or went online at,
        with ``strength`` (number of records), ``start`` and ``end`` (first and last), ``duration_s`` (in all) and
        ``days`` (on how many different ones). A call that stands in the records of both its numbers counts once.

    Raises
    ------
    ColumnError
        When the table has no ``caller`` and ``receiver``.
    InputError
        When one of ``of`` does not occur.

    Notes
    -----
    Cost grows with the rows; eight million take seconds. Somebody who is called often is not important for that
    reason: service numbers and hotlines have most callers of all.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"caller": ["5001", "5001", "5002"], "receiver": ["5002", "5002", "5003"]})
    >>> call_chart(table).links[["source", "target", "kind", "strength"]].values.tolist()
    [['5001', '5002', 'called', 2.0], ['5002', '5003', 'called', 1.0]]
    """
    import pandas as pd

    faults = Check("networks.call_chart")
    faults.whole(1, least_calls=least_calls)
    if isinstance(calls, Table):
        things = {"imei": tr_later("used in")} if handsets else {}
        things |= {"tower": tr_later("used mast")} if towers else {}
        return _by_engine(calls, of, least_calls, faults, things)
    known = usable(calls, faults)
    for name, wanted in (("imei", handsets), ("tower", towers)):
        if wanted:
            faults.columns(calls, (name, "subscriber"), "calls")
    numbers = known_numbers(known, of, faults)
    faults.done()
    rows = known.rows if numbers is None else known.rows[known.involving(numbers)]
    pairs, ends = _pairs(known, rows)
    few = pairs["strength"] < least_calls
    parts = [pairs[~few] if few.any() else pairs]
    callers = pd.Series(known.names, dtype="str").iloc[pd.unique(ends[:, ~few.to_numpy()].ravel())]
    if handsets:
        parts.append(_used(calls, known, rows, "imei", tr_later("used in")))
    if towers:
        parts.append(_used(calls, known, rows, "tower", tr_later("used mast")))
    links = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    links.attrs[MARK] = dict(calls.attrs.get(MARK, {}))
    if "handling" in calls:
        links.attrs[MARK]["handling"] = known.handling
    made = chart(links, _entities(callers, parts[1:]))
    lost = [known.left_out, pairs[few].assign(reason=in_english(FEW_CALLS.format(least=least_calls)))]
    left_out = as_rows_left_out(pd.concat(lost, ignore_index=True), None)
    return replace(made, left_out=by_reason(left_out), left_out_rows=left_out)


def _by_engine(
    calls: Table, of: str | Sequence[str] | None, least_calls: int, faults: Check, things: dict[str, str]
) -> LinkChart:
    """The chart from pairs that were counted on an engine."""
    import pandas as pd

    faults.done()
    there = CallsThere(calls, "networks.call_chart", ("subscriber", *things) if things else ())
    numbers = there.numbers(of, faults)
    faults.done()
    found = there.pairs(numbers)
    few = found["n"] < least_calls
    kept = found[~few].reset_index(drop=True)
    verbs = np.array(list(VERBS.values()), dtype=object)
    links = _tied(kept, pd.array(verbs[kept["kind"].to_numpy()], dtype="str"))
    callers = pd.Series(pd.unique(pd.concat([links["source"], links["target"]])), dtype="str")
    used = [_tied(there.used(name, numbers), verb) for name, verb in things.items()]
    links = pd.concat([links, *used], ignore_index=True) if used else links
    links.attrs[MARK] = {"handling": calls.handling, "origin": calls.facts.origin}
    made = chart(links, _entities(callers, used))
    reasons = {
        NO_PARTY: there.lost["nobody"],
        AGAIN: there.lost["again"],
        in_english(FEW_CALLS.format(least=least_calls)): int(few.sum()),
    }
    ran = tr("the calls were counted by {engine}; only pairs came back").format(engine=calls.engine.where)
    return replace(
        made,
        left_out={why: number for why, number in reasons.items() if number},
        remarks=(*made.remarks, ran),
    )


def _tied(found: pd.DataFrame, kind: Any) -> pd.DataFrame:
    """What an engine counted, as links of a kind."""
    rest = [name for name in ("start", "end", "duration_s", "days") if name in found]
    return found[["source", "target"]].assign(
        kind=kind, strength=found["n"].astype(np.float64), **{name: found[name] for name in rest}
    )


def contacts(calls: pd.DataFrame | Table, *, of: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Who was in contact with whom: how often, how long, first and last.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them. Or a table on an engine, which counts them.
    of
        Numbers to look at from; each gets a row per contact. Without it every pair stands once, the number that sorts
        first on the left.

    Returns
    -------
    DataFrame
        ``number contact n outgoing incoming messages duration_s first last days``, most contacts first. ``outgoing``
        counts what ``number`` began; ``days`` counts different days. ``.attrs["ilp_lab_engine"]`` says which engine counted, where one did.

    Raises
    ------
    ColumnError, InputError
        As :func:`call_chart`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"caller": ["5001", "5002"], "receiver": ["5002", "5001"]})
    >>> contacts(table, of="5002")[["number", "contact", "n", "outgoing", "incoming"]].values.tolist()
    [['5002', '5001', 2, 1, 1]]
    """
    import pandas as pd

    faults = Check("networks.contacts")
    if isinstance(calls, Table):
        return _contacts_there(CallsThere(calls, "networks.contacts"), of, faults)
    known = usable(calls, faults)
    numbers = known_numbers(known, of, faults)
    faults.done()
    rows = known.rows if numbers is None else known.rows[known.involving(numbers)]
    one, other = known.source[rows], known.target[rows]
    if numbers is None:
        order = np.argsort(np.argsort(np.asarray(known.names)))
        flipped = order[one] > order[other]
        ends = [np.where(flipped, other, one), np.where(flipped, one, other), ~flipped, rows]
    else:
        mine = np.isin(one, numbers), np.isin(other, numbers) & (one != other)
        ends = [
            np.concatenate(parts)
            for parts in (
                (one[mine[0]], other[mine[1]]),
                (other[mine[0]], one[mine[1]]),
                (np.ones(int(mine[0].sum()), bool), np.zeros(int(mine[1].sum()), bool)),
                (rows[mine[0]], rows[mine[1]]),
            )
        ]
    table = _counted(known, *ends)
    names = pd.Series(known.names, dtype="str")
    for column in ("number", "contact"):
        table[column] = names.iloc[table[column]].array
    return table.sort_values(["n", "number", "contact"], ascending=[False, True, True], ignore_index=True)


def _contacts_there(there: CallsThere, of: str | Sequence[str] | None, faults: Check) -> pd.DataFrame:
    numbers = there.numbers(of, faults)
    faults.done()
    found = there.contacts(numbers).rename(
        columns={"one": "number", "other": "contact", "start": "first", "end": "last"}
    )
    found["incoming"] = found["n"] - found["outgoing"]
    table = found[[name for name in _CONTACT if name in found]].sort_values(
        ["n", "number", "contact"], ascending=[False, True, True], ignore_index=True
    )
    table.attrs = {
        MARK: {"handling": there.table.handling, "origin": there.table.facts.origin},
        RAN_ON: there.table.engine.where,
    }
    return table


def common_contacts(calls: pd.DataFrame | Table, *, of: Sequence[str], least: int = 2) -> pd.DataFrame:
    """Numbers that several given numbers were in contact with.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them. Or a table on an engine, which counts them.
    of
        At least two numbers.
    least
        With how many of them.

    Returns
    -------
    DataFrame
        ``contact with_numbers numbers n first last known_to``: with how many of the given ones and which, calls with
        them, first and last, and how many numbers of the whole table it was in contact with. A high ``known_to`` is a
        hotline or a service rather than a common acquaintance.

    Raises
    ------
    ColumnError, InputError
        As :func:`call_chart`; also when fewer than two numbers are given.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"caller": ["5001", "5002"], "receiver": ["5003", "5003"]})
    >>> common_contacts(table, of=["5001", "5002"])[["contact", "numbers"]].values.tolist()
    [['5003', '5001, 5002']]
    """
    faults = Check("networks.common_contacts")
    faults.whole(1, least=least)
    known: CallsThere | Calls
    numbers: Sequence[Any] | NDArray[np.int64] | None
    if isinstance(calls, Table):
        known = CallsThere(calls, "networks.common_contacts")
        numbers = known.numbers(of, faults)
    else:
        known = usable(calls, faults)
        numbers = known_numbers(known, of, faults)
    if numbers is not None and len(numbers) < 2:
        faults.add(f"of must name at least two numbers; got {of!r}.")
    faults.done()
    table = contacts(calls, of=of)
    grouped = table.groupby("contact", sort=False)
    found = grouped.agg(
        with_numbers=("number", "nunique"),
        numbers=("number", lambda some: ", ".join(sorted(some))),
        n=("n", "sum"),
        first=("first", "min"),
        last=("last", "max"),
    ).reset_index()
    found = found[found["with_numbers"] >= least]
    many = _known_to(known) if isinstance(known, Calls) else known.known_to(found["contact"].tolist())
    found["known_to"] = many[found["contact"]].to_numpy()
    found.attrs = table.attrs
    return found.sort_values(["with_numbers", "known_to"], ascending=[False, True], ignore_index=True)


def _known_to(known: Calls) -> pd.Series:
    """With how many others each number was in contact."""
    import pandas as pd

    pairs = pd.DataFrame({"one": known.source[known.rows], "other": known.target[known.rows]})
    both = pd.concat([pairs, pairs.set_axis(["other", "one"], axis=1)]).drop_duplicates()
    both = both[both["one"] != both["other"]]
    return pd.Series(np.bincount(both["one"], minlength=len(known.names)), index=known.names)


def _pairs(known: Calls, rows: NDArray[np.int64]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """One row per caller, receiver and kind; and both ends as positions among the numbers."""
    import pandas as pd

    kinds = len(VERBS)
    key = (known.source[rows] * len(known.names) + known.target[rows]) * kinds + known.kind[rows]
    table = _summed(known, key, rows)
    pair, kind = np.divmod(table.index.to_numpy(), kinds)
    names = pd.Series(known.names, dtype="str")
    source, target = np.divmod(pair, len(known.names))
    verbs = pd.Series(list(VERBS.values()), dtype="str")
    ends: dict[str, Any] = {
        "source": names.iloc[source].array,
        "target": names.iloc[target].array,
        "kind": verbs.iloc[kind].array,
        "strength": table["n"].to_numpy(dtype=np.float64),
    }
    rest = table.drop(columns="n").rename(columns={"first": "start", "last": "end"})
    ends.update({str(name): rest[name].array for name in rest})
    return pd.DataFrame(ends, copy=False), np.stack([source, target])


def _counted(
    known: Calls,
    number: NDArray[np.int64],
    contact: NDArray[np.int64],
    outgoing: NDArray[np.bool_],
    rows: NDArray[np.int64],
) -> pd.DataFrame:
    import pandas as pd

    key = number * len(known.names) + contact
    table = _summed(known, key, rows)
    flags = (
        pd.DataFrame(
            {"key": key, "outgoing": outgoing, "messages": known.kind[rows] == list(VERBS).index("message")}
        )
        .groupby("key", sort=True)[["outgoing", "messages"]]
        .sum()
    )
    table = table.sort_index()
    table["outgoing"] = flags["outgoing"].to_numpy()
    table["incoming"] = table["n"] - table["outgoing"]
    table["messages"] = flags["messages"].to_numpy()
    table["number"], table["contact"] = np.divmod(table.index.to_numpy(), len(known.names))
    return table[[name for name in _CONTACT if name in table]].reset_index(drop=True)


def _summed(known: Calls, key: NDArray[np.int64], rows: NDArray[np.int64]) -> pd.DataFrame:
    """Count, first, last, duration and days by key, in the order in which keys come up."""
    import pandas as pd

    codes, keys = pd.factorize(key)
    table = pd.DataFrame({"n": np.bincount(codes, minlength=len(keys))}, index=pd.Index(keys, name="key"))
    if known.seconds is not None:
        timed = known.timed[rows]
        whole = bool(timed.all())
        who, seconds = (codes, known.seconds[rows]) if whole else (codes[timed], known.seconds[rows][timed])
        for name, ufunc, empty in (("first", np.minimum, np.inf), ("last", np.maximum, -np.inf)):
            found = np.full(len(keys), empty)
            ufunc.at(found, who, seconds.astype(np.float64))
            table[name] = known.moments(np.where(np.isinf(found), np.nan, found))
    else:
        for name in ("first", "last"):
            table[name] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    if known.duration is not None:
        spoken = np.nan_to_num(known.duration[rows], nan=0.0)
        table["duration_s"] = np.bincount(codes, spoken, minlength=len(keys))
    if known.seconds is not None:
        table["days"] = _days(who, known.day[rows] if whole else known.day[rows][timed], len(keys))
    return table


def _days(who: NDArray[np.int64], day: NDArray[np.int64], many: int) -> NDArray[np.int64]:
    """On how many different days, by key."""
    if not len(day):
        return np.zeros(many, np.int64)
    first = int(day.min())
    span = int(day.max()) - first + 1
    both = np.sort(who * span + (day - first))
    different = both[np.append(True, both[1:] != both[:-1])]
    return np.bincount(different // span, minlength=many)


def _used(calls: pd.DataFrame, known: Calls, rows: NDArray[np.int64], column: str, verb: str) -> pd.DataFrame:
    """Links from numbers to the handsets or masts they used."""
    import pandas as pd

    codes, things = pd.factorize(calls[column].iloc[rows])
    own, numbers = pd.factorize(calls["subscriber"].iloc[rows])
    good = (codes >= 0) & (own >= 0)
    table = _summed(known, own[good] * max(len(things), 1) + codes[good], rows[good])
    number, thing = np.divmod(table.index.to_numpy(), max(len(things), 1))
    return pd.DataFrame(
        {
            "source": pd.Series(numbers, dtype="str").iloc[number].array,
            "target": (f"{column} " + pd.Series(things, dtype="str").iloc[thing]).array,
            "kind": verb,
            "strength": table["n"].to_numpy(dtype=np.float64),
            "start": table["first"].array,
            "end": table["last"].array,
            **({"days": table["days"].array} if "days" in table else {}),
        }
    )


def _entities(callers: pd.Series, used: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Numbers that called, and the handsets and masts on the chart."""
    import pandas as pd

    names = [callers, *(part[end] for part in used for end in ("source", "target"))]
    series = (
        pd.concat(names).drop_duplicates().reset_index(drop=True) if used else callers.reset_index(drop=True)
    )
    kind = np.select(
        [
            series.str.startswith("imei ").to_numpy(dtype=bool),
            series.str.startswith("tower ").to_numpy(dtype=bool),
            series.str.contains(r"[.:]", regex=True).to_numpy(dtype=bool),
        ],
        ["object", "location", "object"],
        "phone",
    )
    return pd.DataFrame({"entity_id": series, "kind": kind})
