"""What a product shows of a result or table: its figure, and the rows that carry the finding."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeGuard

from ilp_lab._tongue import Sentence, again, figure, looked_up, moment_in_words, short_day, tr, worded
from ilp_lab.products.blocks import Grid
from ilp_lab.products.columnwords import column_words, headings_of
from ilp_lab.products.foremost import ROWS, foremost, rests_on_the_first
from ilp_lab.schema import withheld
from ilp_lab.times.partitions import part_in_words

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.products.parts import Section
    from ilp_lab.result import Result

_COLUMNS = 9
_BEHIND = {
    "geometry", "row", "column", "share_inside", "p", "category", "links", "harmonic", "closeness", "closeness_rank", "component", "core",
    "eigenvector", "pagerank", "constraint", "strength",
}  # fmt: skip
_NAMED = ("tier", "verdict", "precondition")  # words of the library and of its data packs
_FIRST = ("area", "entity_id", "incident_id", "label", "item", "kind", "score", "p_first", "verdict")


def figure_png(section: Section) -> bytes:
    """The section's figure for print; nothing when its numbers are better read than seen."""
    from ilp_lab import views

    if "missing" in section.result.details:
        return b""
    options: dict[str, Any] = {"areas": section.areas} if section.areas is not None else {}
    if section.result.view == "linkchart":
        options["names"] = False
    return views.png(section.result.plot(**options))


def alternative_text(result: Result) -> str:
    """What the figure shows, for readers who cannot see it."""
    return " ".join((f"{result.title}.", *result.findings[:2]))


def leading_rows(result: Result) -> pd.DataFrame:
    """At most ten rows: those the finding rests on, without outlines, persons' names and sources."""
    import pandas as pd

    table = pd.DataFrame(result.table)
    if not isinstance(table.index, pd.RangeIndex) and table.index.inferred_type == "string":
        table = table.rename_axis(
            str(table.index.name) if table.index.name is not None else "group"
        ).reset_index()
    table = _with_ranges(foremost(result, table))
    hidden = _BEHIND | withheld(map(str, table.columns), of=result.name)
    if "label" in table and "label" not in hidden:  # a part of the day or the week
        table = table.drop(columns="unit", errors="ignore")
        table = table.assign(label=[part_in_words(part) for part in table["label"]])
    if (
        "incident_id" in table and table["incident_id"].notna().any()
    ):  # the agency's own number is there, so nobody needs the row
        hidden |= {"incident"}
    kept = [column for column in table.columns if str(column) not in hidden]
    kept.sort(key=lambda column: _FIRST.index(column) if column in _FIRST else len(_FIRST))
    if len(kept) < 2:
        return table.iloc[:0, :0]
    rows = table[kept[:_COLUMNS]].head(ROWS)
    for share in [str(column) for column in rows.columns if str(column).endswith("_share")]:
        rows = rows.assign(
            **{share: rows[share].map(lambda part: part if isinstance(part, str) else _share(part))}
        )
    return _in_words(rows, result)


def _in_words(rows: pd.DataFrame, result: Result) -> pd.DataFrame:
    """Names that a data pack gives, in the language that is spoken; they are English in the data."""
    named = [name for name in (*_NAMED, *(("name",) if "indicator" in result.table else ())) if name in rows]
    return rows.assign(**{name: rows[name].map(_looked_up) for name in named})


def _looked_up(value: object) -> object:
    return looked_up(value) if isinstance(value, str) else value


def _with_ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Ranks with the range in which they may lie in one column, as readers expect them: ``1 (1 to 19)``."""
    for name in [
        str(column) for column in table.columns if f"{column}_low" in table and f"{column}_high" in table
    ]:
        write = _share if name.endswith("_share") else cell_text
        ends = (table[name], table[f"{name}_low"], table[f"{name}_high"])
        said = [_ranged(*map(write, row)) for row in zip(*ends, strict=True)]
        table = table.assign(**{name: said}).drop(columns=[f"{name}_low", f"{name}_high"])
    return table


def _ranged(rank: str, low: str, high: str) -> str:
    if not (rank and low and high):
        return rank
    return tr("{rank} ({low} to {high})").format(rank=rank, low=low, high=high)


def _share(part: object) -> str:
    """A part of a whole in per cent; whatever is none as any other cell."""
    return figure(part, ".0%") if isinstance(part, float) and math.isfinite(part) else cell_text(part)


def grid_of(table: pd.DataFrame, *, of: Result | None = None, caption: str = "", missing: str = "") -> Grid:
    """A table of texts, without outlines, persons' names and sources.

    Parameters
    ----------
    table
        Rows to show.
    of
        The result whose rows and columns were chosen; the caption says how many of each, unless it is all of them.
    caption
        Another caption.
    missing
        What stands for a number that is not there, such as ``"withheld"``.
    """
    import pandas as pd

    plain = pd.DataFrame(table)
    hidden = {"geometry", *withheld(map(str, plain.columns), of="" if of is None else of.name)}
    shown = plain[[name for name in plain.columns if str(name) not in hidden]]
    for name in {"p", "p_value", "q", "q_fdr"} & {
        str(name) for name in shown.columns
    }:  # nothing has a probability of nought
        shown = shown.assign(**{name: shown[name].mask(shown[name] == 0, 1e-9)})
    whole = {str(name) for name in (() if of is None else of.table.columns)} - {"geometry"}
    if of is not None and (len(shown) < len(of.table) or whole - {str(name) for name in shown.columns}):
        told = (
            tr(
                "{rows} of {all_rows} rows, {columns} of {all_columns} columns; what the finding rests on stands first"
            )
            if rests_on_the_first(of, len(shown))
            else tr("{rows} of {all_rows} rows, {columns} of {all_columns} columns")
        )
        caption = told.format(
            rows=figure(len(shown), ","), all_rows=figure(len(of.table), ","), columns=len(shown.columns),
            all_columns=len({*map(str, of.table.columns), *map(str, shown.columns)}),
        )  # fmt: skip
    written = [[text or missing for text in _texts(shown.iloc[:, at])] for at in range(len(shown.columns))]
    rows = tuple(zip(*written, strict=True))
    headings = {} if of is None else headings_of(of)
    named = tuple(headings.get(str(name)) or column_words(str(name)) for name in shown.columns)
    return Grid(caption, named, rows)


def _texts(column: pd.Series) -> list[str]:
    """The cells of a column; times as days where nobody told the time of day of any."""
    values = column.tolist()
    if any(isinstance(value, datetime) and _has_clock(value) for value in values):
        return [moment_in_words(one) if _is_time(one) else cell_text(one) for one in values]
    return [cell_text(value) for value in values]


def _is_time(value: object) -> TypeGuard[datetime]:
    return isinstance(value, datetime) and value == value  # noqa: PLR0124  (a missing time is a datetime too)


def _has_clock(value: datetime) -> bool:
    return _is_time(value) and value.time() != time()


def cell_text(value: object) -> str:
    """A table cell as readers expect it: few digits, nothing for missing, days and times in words."""
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124
        return ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        if math.isinf(value):  # a share of nothing: no language needs a word for it
            return "∞" if value > 0 else "−∞"
        if value != 0 and abs(value) < 0.001:
            return f"< {figure(0.001)}" if value > 0 else figure(value, ".1e")
        return figure(value, ",.0f" if value == round(value) and abs(value) < 1e15 else ",.3g")
    if isinstance(value, int):
        return figure(value, ",")
    if isinstance(value, date):
        return (
            moment_in_words(value) if isinstance(value, datetime) and _has_clock(value) else short_day(value)
        )
    return worded(value if isinstance(value, str) else str(value))


def in_english_words(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose sentences are said in English, so that it is the same in every language."""
    said = {
        name: [again(cell) for cell in table[name]]
        for name in table.columns
        if table[name].dtype == object and any(isinstance(cell, Sentence) for cell in table[name])
    }
    return table.assign(**said) if said else table
