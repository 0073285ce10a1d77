"""Makes a link chart from tables of links and entities, and says what could not be used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilp_lab import schema
from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import AmbiguousError, ColumnError
from ilp_lab.networks.chartstate import as_rows_left_out, by_reason, strictest_in
from ilp_lab.networks.chartstate import some as _some
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.safeguards.handling import MARK, origin_of, policy

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("person", "organisation", "object", "location", "event", "account", "phone", "unknown")
CATEGORIES = ("suspect", "convicted", "victim", "witness", tr_later("other party"))
NO_END = tr_later("link without a source or a target")
NO_ID = tr_later("entity without an entity_id")
TWICE = tr_later("entity listed twice with the same facts")


def chart(links: pd.DataFrame, entities: pd.DataFrame | None = None) -> LinkChart:
    """Make a link chart: entities, and links that each keep their own source.

    Two reports of the same tie stay two links. Entities that only the links name are added with kind ``"unknown"``
    and counted. Links without one of their ends are left out, counted, and come back as ``left_out_rows``; links of
    an entity with itself are kept and counted.

    Parameters
    ----------
    links
        One row per link, needs ``source`` and ``target``; of the other columns of ``schema.LINKS`` (kind, strength,
        start, end, reference, source_grade, information_grade, certainty, handling) those that the file has. All
        further columns stay. ``certainty`` says from 0 to 1 how likely the link is as stated.
    entities
        One row per entity, needs ``entity_id``; kind, label, category and handling where known. ``kind`` is one of
        person, organisation, object, location, event, account, phone, unknown; ``category`` says how a person
        stands in the case: suspect, convicted, victim, witness, other party (several divided by ``;``). The two
        tables may also come in the other order: their columns tell which is which. Call records and payments, as
        :mod:`ilp_lab.intake` reads them, are charted by :func:`call_chart` and :func:`transaction_chart`.

    Returns
    -------
    LinkChart
        With the handling code of its strictest row. The tables that were given are not changed.

    Raises
    ------
    ColumnError
        When a column is missing or holds what it cannot hold.
    AmbiguousError
        When one ``entity_id`` is listed twice with different facts.
    HandlingError
        When a handling code is not in the policy.

    Notes
    -----
    Identifiers are compared as text without blanks around them, so 7, 7.0 and " 7" are the same entity; where a
    number and a text met that way, ``remarks`` says so.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": ["E1", "E1", "E2"], "target": ["E2", "E2", "E3"], "kind": "called"})
    >>> print(chart(links))
    Link chart [H0]: 3 entities (3 unknown), 3 links (3 called); 3 entities were only named by links.
    """
    import pandas as pd

    if isinstance(entities, pd.DataFrame) and _exchanged(links, entities):
        links, entities = entities, links
    if entities is None and (made := _of_records(links)) is not None:
        return made
    faults = Check("networks.chart")
    if faults.frame(links, "links"):
        faults.columns(links, ("source", "target"), "links")
    if entities is not None and faults.frame(entities, "entities"):
        faults.columns(entities, ("entity_id",), "entities")
    for frame, name in ((links, "links"), (entities, "entities")):
        if isinstance(frame, pd.DataFrame) and not frame.columns.is_unique:
            twice = sorted({str(column) for column in frame.columns[frame.columns.duplicated()]})
            faults.add(f"{name} has columns of the same name: {', '.join(twice)}; rename one.", ColumnError)
    faults.done()
    ties, lost_links = _links(links, faults)
    things, lost_things = _entities(entities, faults)
    faults.done()
    remarks = _one_whatever_the_type(links, entities)
    marks = [
        str(frame.attrs.get(MARK, {}).get("handling", policy().codes[0].code))
        for frame in (links, entities)
        if frame is not None
    ]
    new = _only_named(ties, things)
    things = pd.concat([things, _unknown(new, things)], ignore_index=True) if new else things
    rows = as_rows_left_out(lost_links, lost_things)
    floor = policy().strictest(marks)
    return LinkChart(
        entities=things,
        links=ties,
        handling=policy().strictest([floor, *strictest_in(things, ties)]),
        floor=floor,
        left_out=by_reason(rows),
        left_out_rows=rows,
        derived=len(new),
        remarks=remarks,
        origin=" + ".join(
            dict.fromkeys(filter(None, [origin_of(links), "" if entities is None else origin_of(entities)]))
        ),
    )


def _only_named(ties: pd.DataFrame, things: pd.DataFrame) -> list[str]:
    """Ends of links that are not among the entities, in the order in which they come up."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    named = pa.array(pd.concat([ties["source"], ties["target"]], ignore_index=True), pa.large_string())
    listed = pa.array(things["entity_id"], pa.large_string())
    new: list[str] = named.filter(pc.invert(pc.is_in(named, value_set=listed))).unique().to_pylist()
    return new


def _one_whatever_the_type(links: pd.DataFrame, entities: pd.DataFrame | None) -> tuple[str, ...]:
    """Say which identifiers came as a number here and as text there."""
    import pandas as pd

    numbers: set[str] = set()
    texts: set[str] = set()
    columns = [links["source"], links["target"], *([] if entities is None else [entities["entity_id"]])]
    if all(isinstance(column.dtype, pd.StringDtype) for column in columns):
        return ()
    for column in columns:
        if pd.api.types.is_numeric_dtype(column.dtype):
            numbers.update(text_ids(column.drop_duplicates()).dropna().tolist())
            continue
        different = pd.Series(column.dropna().unique(), dtype=column.dtype)
        plain = different.map(lambda value: isinstance(value, (int, float))).astype(bool)
        numbers.update(text_ids(different[plain]).dropna().tolist())
        texts.update(text_ids(different[~plain]).dropna().tolist())
    both = sorted(numbers & texts)
    if not both:
        return ()
    return (
        tr(
            "{n:,} identifiers came as numbers and as text (such as {both} and {both!r}); they were read as the same entities"
        ).format(n=len(both), both=both[0]),
    )


def _of_records(table: pd.DataFrame) -> LinkChart | None:
    """The chart of call records or payments, where the table holds those instead of links."""
    have = set(map(str, getattr(table, "columns", ())))
    if {"source", "target"} & have:
        return None
    if {"caller", "receiver"} <= have:
        from ilp_lab.networks.calling import call_chart

        return call_chart(table)
    if {"payer", "payee", "amount"} <= have:
        from ilp_lab.networks.payments import transaction_chart

        return transaction_chart(table)
    return None


def text_ids(values: pd.Series) -> pd.Series:
    """Identifiers as text: whole numbers without a decimal part, no blanks around, empty = missing."""
    import pandas as pd

    if pd.api.types.is_float_dtype(values.dtype):
        whole = values.notna() & (values % 1 == 0) & (values.abs() < 2.0**63)
        words = values.astype("string").where(~whole, values.where(whole).astype("Int64").astype("string"))
    elif isinstance(values.dtype, pd.StringDtype):
        words = values.astype("string")
    else:
        words = values.map(_word, na_action="ignore").astype("string")
    words = words.str.strip()
    return words.mask(words == "", pd.NA)


def _word(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _exchanged(links: pd.DataFrame, entities: pd.DataFrame) -> bool:
    """Whether the entities came first."""
    ends = {"source", "target"}
    return ends <= set(entities.columns) and not ends & set(getattr(links, "columns", ()))


def _links(given: pd.DataFrame, faults: Check) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the links that have both ends, and the others with their reason."""
    import pandas as pd

    frame = pd.DataFrame(given).reset_index(drop=True)
    frame.attrs = {}
    ends = {name: text_ids(frame[name]) for name in ("source", "target")}
    lost = ends["source"].isna() | ends["target"].isna()
    left_out = frame[lost].assign(reason=NO_END)
    frame = frame.assign(**ends)
    frame = frame[~lost].reset_index(drop=True)
    frame["start"], frame["end"] = _in_one_zone(
        _times(frame, "start", faults), _times(frame, "end", faults), faults
    )
    frame["strength"] = _numbers(frame, "strength", faults)
    frame["certainty"] = _numbers(frame, "certainty", faults)
    outside = frame["certainty"][(frame["certainty"] < 0) | (frame["certainty"] > 1)].unique().tolist()
    if outside:
        faults.add(
            f"links: certainty must lie between 0 and 1; got {_some(outside)}. Divide percentages by 100.",
            ColumnError,
        )
    for name in ("kind", "reference", "source_grade", "information_grade", "handling"):
        frame[name] = text_ids(frame[name]) if name in frame else _empty(frame)
    frame["kind"] = frame["kind"].fillna(tr_later("not stated"))
    if "source_row" not in frame:
        frame["source_row"] = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    return _ordered(frame, schema.LINKS.names), left_out


def _entities(given: pd.DataFrame | None, faults: Check) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per entity, and the rows that could not be used with their reason."""
    import pandas as pd

    frame = pd.DataFrame({"entity_id": []}, dtype="string") if given is None else pd.DataFrame(given)
    frame = frame.reset_index(drop=True)
    frame.attrs = {}
    frame = frame.assign(entity_id=text_ids(frame["entity_id"]))
    for name in ("kind", "label", "category", "handling"):
        frame[name] = text_ids(frame[name]) if name in frame else _empty(frame)
    frame["kind"] = frame["kind"].str.lower().fillna("unknown")
    _known(frame["kind"], KINDS, "entities: kind", faults)
    frame["category"] = frame["category"].map(_categories, na_action="ignore").astype("string")
    _known(frame["category"].dropna().str.split("; ").explode(), CATEGORIES, "entities: category", faults)
    nameless = frame["entity_id"].isna()
    same = _as_texts(frame).duplicated() & ~nameless
    left_out = pd.concat([frame[nameless].assign(reason=NO_ID), frame[same].assign(reason=TWICE)])
    frame = frame[~nameless & ~same].reset_index(drop=True)
    clash = frame["entity_id"][frame["entity_id"].duplicated()].unique().tolist()
    if clash:
        faults.add(
            f"entities lists {_some(clash)} more than once with different facts; "
            "decide which row is right, or give them identifiers of their own.",
            AmbiguousError,
        )
    frame["label"] = frame["label"].fillna(frame["entity_id"])
    return _ordered(frame, schema.ENTITIES.names), left_out


def _as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """All values as text, to be compared; halves of letters, which no text column holds, as their codes."""
    try:
        return frame.astype("string")
    except UnicodeEncodeError:
        return frame.map(lambda value: str(value).encode("utf-8", "backslashreplace").decode())


def _categories(text: str) -> str:
    parts = [re.sub(r"[\s_-]+", " ", part).strip().lower() for part in re.split(r"[;,/|]", text)]
    return "; ".join(
        tr_later("other party") if part in ("other", "other parties") else part for part in parts if part
    )


def _unknown(names: Sequence[str], like: pd.DataFrame) -> pd.DataFrame:
    """Rows for entities that only the links name, with the same columns and types as ``like``."""
    import pandas as pd

    facts = {"entity_id": names, "kind": "unknown", "label": names}
    rows = {
        name: pd.Series(facts.get(name, pd.NA), index=range(len(names)), dtype=_holding_missing(like[name]))
        for name in like.columns
    }
    return pd.DataFrame(rows)


def _holding_missing(column: pd.Series) -> Any:
    """A type that can hold the column's values and missing ones."""
    import pandas as pd

    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind) and not pd.api.types.is_extension_array_dtype(kind):
        return "boolean"
    if pd.api.types.is_integer_dtype(kind) and not pd.api.types.is_extension_array_dtype(kind):
        return "Int64"
    return kind


def _times(frame: pd.DataFrame, name: str, faults: Check) -> pd.Series:
    import pandas as pd

    if name not in frame:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    column = frame[name]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    words = text_ids(column)
    try:
        read = pd.to_datetime(words, format="ISO8601", errors="coerce")
    except ValueError:
        faults.add(
            f"links: {name} mixes time zones; bring them into one with pandas.to_datetime(..., utc=True).",
            ColumnError,
        )
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    bad = words[read.isna() & words.notna()].unique().tolist()
    if bad:
        faults.add(
            f"links: {name} must hold times or ISO dates such as 2024-03-31; got {_some(bad)}. "
            "intake.read_links reads other notations.",
            ColumnError,
        )
    return read


def _in_one_zone(start: pd.Series, end: pd.Series, faults: Check) -> tuple[pd.Series, pd.Series]:
    """Give both columns the same zone; an empty one follows the other."""
    import pandas as pd

    if start.dtype == end.dtype:
        return start, end
    if end.isna().all():
        return start, pd.Series(pd.NaT, index=end.index, dtype=start.dtype)
    if start.isna().all():
        return _in_one_zone(end, start, faults)[::-1]
    first, second = (getattr(column.dtype, "tz", None) for column in (start, end))
    if (first is None) != (second is None):
        faults.add(
            "links: one of start and end has a time zone and the other has none; give both the same.",
            ColumnError,
        )
        return start, end
    return start, end if first is None else end.dt.tz_convert(first)


def _numbers(frame: pd.DataFrame, name: str, faults: Check) -> pd.Series:
    import pandas as pd

    if name not in frame:
        return pd.Series(float("nan"), index=frame.index, dtype="float64")
    read = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    if pd.api.types.is_numeric_dtype(frame[name].dtype):
        return read
    words = text_ids(frame[name])
    bad = words[read.isna() & words.notna()].unique().tolist()
    if bad:
        faults.add(f"links: {name} must hold numbers; got {_some(bad)}.", ColumnError)
    return read


def _known(values: pd.Series, allowed: Sequence[str], what: str, faults: Check) -> None:
    bad = sorted(set(values.dropna().tolist()) - set(allowed))
    if bad:
        faults.add(f"{what} must be one of {', '.join(allowed)}; got {_some(bad)}.", ColumnError)


def _empty(frame: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return pd.Series(pd.NA, index=frame.index, dtype="string")


def _ordered(frame: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    return frame[[*first, *(column for column in frame.columns if column not in first)]]
