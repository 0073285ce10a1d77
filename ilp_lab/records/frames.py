"""Records in and out of tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ilp_lab._check import Check
from ilp_lab.errors import FormError, InputError
from ilp_lab.records.catalogue import form_of
from ilp_lab.records.form import Record
from ilp_lab.records.wording import is_empty

if TYPE_CHECKING:
    import pandas as pd

RecordT = TypeVar("RecordT", bound=Record)
_SHOWN = 12


def to_frame(
    records: Iterable[Record], *, form: str | type[Record] | None = None, flat: bool = False
) -> pd.DataFrame:
    """Put records of one form into a table.

    Parameters
    ----------
    records
        Records, all of one form.
    form
        Which form; needed when there are no records.
    flat
        Write lists and parts as JSON text, so that the table can go into a csv file and come back.

    Returns
    -------
    DataFrame
        One row per record; its number, its own fields, then what all forms share, and ``sha256``. Times are in UTC. The
        table is marked with the strictest handling code among its rows.

    Raises
    ------
    InputError
        When the records are not all of one form.

    Examples
    --------
    >>> from ilp_lab.records import EntityLink
    >>> link = EntityLink(left_id="P1", right_id="P2", decision="same", evidence=["same plate"], decided_by="A17")
    >>> to_frame([link])[["left_id", "right_id", "decision"]].values.tolist()
    [['P1', 'P2', 'same']]
    """
    import pandas as pd

    from ilp_lab.safeguards import handling_of, mark

    rows = list(records)
    kinds = {type(row) for row in rows}
    if form is not None:
        kinds.add(form_of(form, "records.to_frame"))
    if len(kinds) != 1 or not issubclass(next(iter(kinds)), Record):
        names = ", ".join(sorted(kind.__name__ for kind in kinds)) or "nothing"
        raise InputError(
            f"records.to_frame: records of one form are needed; got {names}. Name the form when there are none."
        )
    chosen = next(iter(kinds))
    columns = chosen.shown()
    table = {name: [_cell(getattr(row, name), flat=flat) for row in rows] for name in columns}
    frame = pd.DataFrame(table, columns=columns)
    for name in columns:
        frame[name] = _typed(frame[name], _format(chosen, name))
    frame["sha256"] = [row.sha256 for row in rows]
    return mark(frame, handling=handling_of(*(row.handling for row in rows)))


def from_frame(frame: pd.DataFrame, *, form: str | type[RecordT]) -> list[RecordT]:
    """Make records of the rows of a table; every fault of every row is named at once.

    Parameters
    ----------
    frame
        One row per record, with the form's fields as columns. Lists may be lists, JSON, or text with semicolons. A column
        ``sha256`` is compared with the record's own hash.
    form
        A form or its name.

    Returns
    -------
    list
        The records in the order of the rows.

    Raises
    ------
    FormError
        When a row is not in order. The message holds the first faults; :func:`frame_faults` lists all of them.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"collection_id": ["C1"], "requirement_id": ["R1"], "eei": ["Who buys?"]})
    >>> from_frame(table, form="CollectionPlan")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.FormError: records.from_frame: 1 of 1 rows cannot become a CollectionPlan:
      - row 0: source is missing: source or agency.
      - row 0: lawfulness is missing: legality and proportionality of obtaining it, checked how.
    """
    chosen = form_of(form, "records.from_frame")
    check = Check("records.from_frame")
    check.frame(frame, "frame")
    check.done()
    rows = _rows(frame, chosen)
    made: list[RecordT] = []
    faults: list[tuple[Any, str]] = []
    for label, values, known in rows:
        try:
            record = chosen(**values)
        except FormError:
            faults.extend((label, fault) for fault in chosen.faults(values))
            continue
        if known is not None and known != record.sha256:
            faults.append(
                (label, "the row was changed after its hash was written; take out sha256, or use revise().")
            )
        made.append(cast("RecordT", record))
    if faults:
        bad = len({str(label) for label, _ in faults})
        lines = [f"  - row {label}: {fault}" for label, fault in faults[:_SHOWN]]
        more = len(faults) - _SHOWN
        if more > 0:
            lines.append(f"  - and {more:,} more; records.frame_faults(...) lists all.")
        raise FormError(
            f"records.from_frame: {bad:,} of {len(rows):,} rows cannot become a {chosen.form}:\n"
            + "\n".join(lines)
        )
    return made


def frame_faults(frame: pd.DataFrame, *, form: str | type[Record]) -> pd.DataFrame:
    """List every fault of every row of a table that should hold records.

    Parameters
    ----------
    frame, form
        As in :func:`from_frame`.

    Returns
    -------
    DataFrame
        ``row`` (label of the row) and ``fault``; empty when all rows are in order.

    Examples
    --------
    >>> import pandas as pd
    >>> frame_faults(pd.DataFrame({"left_id": ["P1"], "right_id": ["P1"]}), form="EntityLink")["fault"].tolist()[-1]
    'left_id and right_id are the same entry.'
    """
    import pandas as pd

    chosen = form_of(form, "records.frame_faults")
    check = Check("records.frame_faults")
    check.frame(frame, "frame")
    check.done()
    found = [(label, fault) for label, values, _ in _rows(frame, chosen) for fault in chosen.faults(values)]
    return pd.DataFrame(found, columns=["row", "fault"])


def _rows(frame: pd.DataFrame, form: type[Record]) -> list[tuple[Any, dict[str, Any], str | None]]:
    names = [str(name) for name in frame.columns]
    lists = [frame.iloc[:, at].tolist() for at in range(len(names))]
    rows = []
    for at, label in enumerate(frame.index.tolist()):
        values = {name: _plain(column[at]) for name, column in zip(names, lists, strict=True)}
        known = values.pop("sha256", None) if "sha256" not in form.model_fields else None
        kept = {
            name: value for name, value in values.items() if name in form.model_fields or not is_empty(value)
        }
        rows.append((label, kept, None if is_empty(known) else str(known)))
    return rows


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def _cell(value: Any, *, flat: bool) -> Any:
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        plain = value.model_dump(mode="json", exclude_none=True)
        return json.dumps(plain, ensure_ascii=False, sort_keys=True) if flat else plain
    if isinstance(value, tuple):
        items: Sequence[Any] = [_cell(item, flat=False) for item in value]
        if flat:
            return json.dumps(items, ensure_ascii=False, sort_keys=True) if items else None
        return tuple(items)
    return value


def _format(form: type[Record], name: str) -> str:
    return next((kind for kind in ("Moment", "Day") if _annotated_with(form, name, kind)), "")


def _annotated_with(form: type[Record], name: str, kind: str) -> bool:
    from datetime import date, datetime
    from typing import get_args

    wanted = {"Moment": datetime, "Day": date}[kind]
    annotation = form.model_fields[name].annotation
    inside = [annotation, *get_args(annotation)]
    inside += [deeper for item in get_args(annotation) for deeper in get_args(item)]
    return wanted in inside


def _typed(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    import pandas as pd

    if kind == "Moment":
        return pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
    if kind == "Day":
        return pd.to_datetime(column).astype("datetime64[s]")
    return column
