"""Links and entities: who or what is connected with whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.intake import dates
from ilp_lab.intake.clock import aware, check_zone
from ilp_lab.intake.files import Raw, read_raw
from ilp_lab.intake.matrices import square
from ilp_lab.intake.naming import identifiers, may_have_lost_digits, of_several_types
from ilp_lab.intake.profiles import check_columns, load
from ilp_lab.intake.quality import QualityReport, column_table, file_settings
from ilp_lab.intake.roles import ENTITY_NAMES, LINK_NAMES, Role, by_name, plain, said_columns
from ilp_lab.result import Param
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import pandas as pd

_LINKS, _ENTITIES = "intake.read_links", "intake.read_entities"
_TEXTS = ("source", "target", "kind", "reference", "source_grade", "information_grade", "handling")


def read_links(
    path_or_frame: str | PathLike[str] | pd.DataFrame | Sequence[str | PathLike[str]],
    *,
    columns: Mapping[str, str] | None = None,
    tz: str | None = None,
    profile: str | PathLike[str] | None = None,
    dayfirst: bool | None = None,
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[pd.DataFrame, QualityReport]:
    """Read links from a list (one link a row) or from a matrix (one entity a row and a column).

    Parameters
    ----------
    path_or_frame
        A csv, xlsx or parquet file, several of the same layout, or a table. A matrix has the same names along its first
        row and first column; its numbers become ``strength`` (more means closer), and when it is symmetric every pair
        is read once.
    columns
        Role → column in the file: source, target, kind, strength, start, end, reference, source_grade,
        information_grade, certainty (0 to 1), handling.
    tz
        Time zone of start and end; UTC when left out, which is said.
    profile, dayfirst, sheet, handling
        As in :func:`read_incidents`.

    Returns
    -------
    DataFrame
        The columns of :data:`ilp_lab.schema.LINKS` that the file has, its others, and ``source_row``. Identifiers are
        text. No row is dropped.
    QualityReport

    Raises
    ------
    ReadError, ColumnError, AmbiguousError
        When the file cannot be used; the message says what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> links, quality = read_links(pd.DataFrame({"Caller": [7, 7], "Receiver": [9, 7], "Weight": [3, 1]}))
    >>> links[["source", "target", "strength"]].values.tolist()
    [['7', '9', 3], ['7', '7', 1]]
    >>> dict(quality.counts)
    {'self_link': 1}
    """
    given = said_columns(columns, _LINKS)
    kept: dict[str, str] = {}
    if profile is not None:
        profiled, kept = load(profile, _LINKS)
        given = {**profiled, **given}
    codes = [given[role] for role in _TEXTS if role in given]
    codes += [name for role in _TEXTS for name in LINK_NAMES[role]]
    raw = read_raw(
        path_or_frame, caller=_LINKS, as_text=["column1", "column2", *map(plain, codes)], sheet=sheet
    )
    matrix = square(raw, LINK_NAMES, _LINKS) if not given else None
    if matrix is not None:
        return _finish(mark(matrix[0], handling=handling, origin=raw.name), raw, {}, [matrix[1]], [], {})
    if profile is not None:
        check_columns(raw.frame, given, profile, _LINKS)
    roles = by_name(raw.frame, LINK_NAMES, given=given, fits=_LINK_FITS, caller=_LINKS)
    roles = _two_ends(raw.frame, roles)
    zone = check_zone(tz or kept.get("tz"), _LINKS)
    out: dict[str, Any] = {}
    notes: list[str] = []
    lost = np.zeros(len(raw.frame), bool)
    for role, known in roles.items():
        column = raw.frame[known.column]
        if role in ("start", "end"):
            times = dates.parse(column, name=known.column, caller=_LINKS, dayfirst=dayfirst)
            out[role] = aware(times, zone)[0].array
            lost |= times.unreadable
            notes.extend(
                tr("Times in {column}: {how}.").format(column=known.column, how=again(how))
                for how in times.how
            )
            if len(times.without_offset):
                notes.append(
                    tr(
                        "Times in {column}: {n:,} do not say their offset from UTC, while others do; they were taken as clock "
                        "times of {zone}."
                    ).format(column=known.column, n=len(times.without_offset), zone=zone)
                )
        else:
            out[role] = identifiers(column).array if role in _TEXTS else column.array
            if role in ("source", "target") and may_have_lost_digits(column):
                notes.append(
                    tr(
                        "The numbers in {column} are longer than numbers in a spreadsheet can be (15 digits), so different ones "
                        "may have become the same; export that column as text."
                    ).format(column=known.column)
                )
    settings = (
        [Param("tz", zone, chosen=tz is None, why=tr_later("none was given"))]
        if {"start", "end"} & roles.keys()
        else []
    )
    table = _with_rest(raw, roles, out)
    faults = {"unreadable_other_time": np.flatnonzero(lost)}
    return _finish(mark(table, handling=handling, origin=raw.name), raw, roles, notes, settings, faults)


def read_entities(
    path_or_frame: str | PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[pd.DataFrame, QualityReport]:
    """Read entities: persons, organisations, objects, locations, events, accounts, phones.

    Parameters
    ----------
    path_or_frame
        A csv, xlsx or parquet file, or a table.
    columns
        Role → column in the file: entity_id, kind, label, category, handling.
    sheet, handling
        As in :func:`read_incidents`.

    Returns
    -------
    DataFrame
        The columns of :data:`ilp_lab.schema.ENTITIES` that the file has, and its others.
    QualityReport

    Raises
    ------
    ReadError, ColumnError
        When the file cannot be used; the message says what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> read_entities(pd.DataFrame({"ID": [1], "Type": ["person"]}))[0].values.tolist()
    [['1', 'person']]
    """
    codes = [
        *said_columns(columns, _ENTITIES).values(),
        *(name for names in ENTITY_NAMES.values() for name in names),
    ]
    raw = read_raw(path_or_frame, caller=_ENTITIES, as_text=[plain(name) for name in codes], sheet=sheet)
    roles = by_name(raw.frame, ENTITY_NAMES, given=columns, fits={}, caller=_ENTITIES)
    if "entity_id" not in roles:
        raise ColumnError(
            f"{_ENTITIES}: no column identifies the entities; say which with columns={{'entity_id': '...'}}. "
            f"There are: {', '.join(map(str, raw.frame.columns[:15]))}."
        )
    out = {role: identifiers(raw.frame[known.column]).array for role, known in roles.items()}
    table = _with_rest(raw, roles, out).drop(columns="source_row")
    again = table["entity_id"].duplicated(keep=False).to_numpy()
    absent = table["entity_id"].isna().to_numpy()
    where = {"duplicate_id": np.flatnonzero(again & ~absent), "missing_id": np.flatnonzero(absent)}
    return mark(table, handling=handling, origin=raw.name), _report(raw, table, roles, where, [], [])


def _finish(
    table: pd.DataFrame,
    raw: Raw,
    roles: dict[str, Role],
    notes: list[str],
    settings: list[Param],
    faults: dict[str, Any],
) -> tuple[pd.DataFrame, QualityReport]:
    source, target = table["source"], table["target"]
    absent = (source.isna() | target.isna()).to_numpy()
    ends = [
        "source",
        "target",
        *(["kind"] if "kind" in table else []),
        *(["start"] if "start" in table else []),
    ]
    where = faults | {
        "missing_end": np.flatnonzero(absent),
        "self_link": np.flatnonzero((source == target).to_numpy() & ~absent),
        "repeated_link": np.flatnonzero(table.duplicated(ends, keep="first").to_numpy() & ~absent),
    }
    if {"source", "target"} <= roles.keys():
        where["mixed_ids"] = of_several_types(*(raw.frame[roles[end].column] for end in ("source", "target")))
    return table, _report(raw, table, roles, where, notes, settings)


def _report(
    raw: Raw,
    table: pd.DataFrame,
    roles: dict[str, Role],
    where: dict[str, Any],
    notes: list[str],
    settings: list[Param],
) -> QualityReport:
    where = {kind: rows for kind, rows in where.items() if len(rows)}
    counts = {kind: len(rows) for kind, rows in where.items()}
    if raw.bad_lines:
        counts["bad_line"] = len(raw.bad_lines)
    return QualityReport(
        source=raw.name,
        rows=len(table),
        counts=counts,
        columns=column_table(roles),
        settings=(*file_settings(raw.settings), *settings),
        notes=tuple(notes),
        bad_lines=raw.bad_lines,
        _where=where,
        _frame=table,
        _roles=tuple(roles.values()),
    )


def _with_rest(raw: Raw, roles: dict[str, Role], out: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    used = {role.column for role in roles.values()}
    for name in raw.frame.columns:
        if name not in used and name != "source_row":
            out[str(name) if str(name) not in out else f"{name}_in_file"] = raw.frame[name].array
    return pd.DataFrame(out).assign(source_row=raw.line_of_rows())


def _is_number(column: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_numeric_dtype(column))


_LINK_FITS = {
    "strength": _is_number,
    "certainty": _is_number,
    "start": dates.looks_like_time,
    "end": dates.looks_like_time,
}


def _two_ends(frame: pd.DataFrame, roles: dict[str, Role]) -> dict[str, Role]:
    """Both ends, or the first two columns where a table without telling names has just them."""
    if {"source", "target"} <= roles.keys():
        return roles
    first = [str(column) for column in frame.columns[:2]]
    if (
        len(frame.columns) <= 3
        and len(first) == 2
        and all(str(name).startswith("column_") for name in frame.columns)
    ):
        return {
            **{
                end: Role(end, column, "weak", "the first two columns")
                for end, column in zip(("source", "target"), first, strict=True)
            },
            **(
                {"strength": Role("strength", "column_3", "weak", "the third column")}
                if "column_3" in frame
                else {}
            ),
        }
    raise ColumnError(
        f"{_LINKS}: no two columns say what is linked with what. Name them: columns={{'source': '...', 'target': '...'}}. "
        f"There are: {', '.join(map(str, frame.columns[:15]))}."
    )
