"""A link chart made ready to be drawn, for the screen and for print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import ColumnError
from ilp_lab.networks.layout import positions
from ilp_lab.result import Result
from ilp_lab.views.classes import figure_of, moment
from ilp_lab.views.symbols import is_weak, may_be_ranked, sizes

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._check import Check

BASE = 9.0
_FAN_UP_TO = 1_500
_FAN = 7
_LABEL = 30
_LISTED = 6
_NAMED_ANYWAY = 40
_TOO_MANY = 2_000


@dataclass(frozen=True)
class Drawn:
    """One line of the drawing: a link, or several links between the same two entities.

    Attributes
    ----------
    source, target
        Row numbers of the entities.
    kind
        Number of its kind in ``Chart.kinds``.
    weak
        Whether it is drawn dashed.
    count
        How many links it stands for.
    bend
        0 is straight; ±1, ±2 … bend away to either side, seen from the entity with the smaller number.
    words
        What is told about it.
    """

    source: int
    target: int
    kind: int
    weak: bool
    count: int
    bend: float
    words: str


@dataclass(frozen=True)
class Chart:
    """Everything a link chart shows."""

    title: str
    said: tuple[str, ...]
    notes: tuple[str, ...]
    entities: pd.DataFrame
    labels: list[str]
    entity_kinds: list[str]
    words: list[str]
    xy: NDArray[np.float64]
    size: NDArray[np.float64]
    sized_by: str
    hollow: NDArray[np.bool_]
    kinds: list[str]
    graded: bool
    drawn: list[Drawn]
    links: int
    handling: str


def chart_of(
    chart_or_result: Any, *, size_by: str | None, title: str | None, names: bool = True, check: Check
) -> Chart:
    """Check what was given and bring it together."""
    result = chart_or_result if isinstance(chart_or_result, Result) else None
    chart: Any = result.details.get("chart") if result is not None else chart_or_result
    if not hasattr(chart, "entities") or not hasattr(chart, "links"):
        check.add(
            "a link chart is needed (networks.chart(links)), or a result that holds one; "
            f"got {type(chart_or_result).__name__}."
        )
        check.done()
    entities, links = chart.entities.reset_index(drop=True), chart.links.reset_index(drop=True)
    if not names and "label" in entities:
        entities = entities.drop(columns="label")
    measured = None if result is None else _measured(result.table, entities)
    column = size_by or _usual(result)
    values = _values(column if size_by or column else None, measured, entities, check)
    row_of = {name: row for row, name in enumerate(entities["entity_id"].astype(str))}
    ends = [links[end].astype(str).map(row_of) for end in ("source", "target")]
    known = (ends[0].notna() & ends[1].notna()).to_numpy()
    source, target = (end[known].to_numpy(dtype=np.int64) for end in ends)
    links = links[known].reset_index(drop=True)
    ranked = may_be_ranked(entities)
    labels = _labels(entities)
    kinds = _kinds(links)
    lost = int((~known).sum())
    return Chart(
        title=title or (result.title if result is not None else "Link chart"),
        said=() if result is None else result.findings,
        notes=_notes(result, lost, len(entities)),
        entities=entities,
        labels=labels,
        entity_kinds=_kind_of(entities),
        words=list(_entity_words(entities, measured, labels, ranked, source, target)),
        xy=positions(len(entities), source, target),
        size=sizes(values, ranked, BASE),
        sized_by=column if values is not None and column else "",
        hollow=~ranked,
        kinds=kinds,
        graded="information_grade" in links and bool(links["information_grade"].notna().any()),
        drawn=_lines(links, source, target, kinds, labels),
        links=len(links),
        handling=str(getattr(chart, "handling", "H0")),
    )


def leading_rows(chart: Chart, *, at_most: int = 8) -> list[int]:
    """Rows of the largest signs, which get their names written large; none when all have one size."""
    larger = np.flatnonzero(chart.size > BASE)
    if len(chart.size) <= _NAMED_ANYWAY:
        return []
    return [int(row) for row in larger[np.argsort(-chart.size[larger], kind="stable")][:at_most]]


def _usual(result: Result | None) -> str | None:
    if result is None:
        return None
    named = result.details.get("value")
    return next(
        (str(name) for name in (named, "betweenness", "degree") if name in result.table.columns), None
    )


def _measured(table: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame:
    """The result's rows in the order of the entities."""
    keyed = table.assign(entity_id=table["entity_id"].astype(str)).drop_duplicates("entity_id")
    return keyed.set_index("entity_id").reindex(entities["entity_id"].astype(str)).reset_index(drop=True)


def _values(
    column: str | None, measured: pd.DataFrame | None, entities: pd.DataFrame, check: Check
) -> NDArray[np.float64] | None:
    import pandas as pd

    if column is None:
        return None
    for frame in (measured, entities):
        if frame is not None and column in frame.columns:
            if not pd.api.types.is_numeric_dtype(frame[column]):
                check.add(f"size_by={column!r} must be a column of numbers.", ColumnError)
                check.done()
            values: NDArray[np.float64] = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
            return values
    check.columns(entities if measured is None else measured, [column], "the table of entities")
    check.done()
    return None


def _labels(entities: pd.DataFrame) -> list[str]:
    ids = entities["entity_id"].astype(str).tolist()
    if "label" not in entities.columns:
        return [shortened(name) for name in ids]
    return [
        shortened(figure_of(label) or name)
        for label, name in zip(entities["label"].tolist(), ids, strict=True)
    ]


def shortened(text: str, longest: int = _LABEL) -> str:
    """One line of at most ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _kind_of(entities: pd.DataFrame) -> list[str]:
    if "kind" not in entities.columns:
        return ["entity"] * len(entities)
    return [figure_of(kind) or "not stated" for kind in entities["kind"].tolist()]


def _kinds(links: pd.DataFrame) -> list[str]:
    """Kinds of link, the most frequent first."""
    if "kind" not in links.columns or not len(links):
        return ["linked"]
    kinds = links["kind"].astype("string").fillna("not stated")
    return [str(kind) for kind in kinds.value_counts().index]


def _notes(result: Result | None, lost: int, size: int) -> tuple[str, ...]:
    notes = [f"{lost:,} links name an entity that is not on the chart; they are not drawn."] * bool(lost)
    if size > _TOO_MANY:
        notes.append(
            "A chart of this size hides more than it shows. Search for an entity, or draw chart.filter(...) or "
            "chart.neighbourhood(...)."
        )
    if result is None:
        return tuple(notes)
    left_out = [f"{count:,}: {reason}." for reason, count in result.left_out.items() if count]
    return (*notes, *result.caveats[:2], *left_out)


def _entity_words(
    entities: pd.DataFrame,
    measured: pd.DataFrame | None,
    labels: list[str],
    ranked: NDArray[np.bool_],
    source: NDArray[np.int64],
    target: NDArray[np.int64],
) -> Iterator[str]:
    number = np.bincount(np.r_[source, target[source != target]], minlength=len(entities))
    ids, kinds = entities["entity_id"].astype(str).tolist(), _kind_of(entities)
    category = entities["category"].tolist() if "category" in entities else [None] * len(entities)
    handling = entities["handling"].tolist() if "handling" in entities else [None] * len(entities)
    told = _measures(measured, len(entities))
    for row, name in enumerate(ids):
        first = labels[row] if labels[row] == name else f"{labels[row]} ({name})"
        what = ", ".join(filter(None, [kinds[row], figure_of(category[row])]))
        lines = [first, what, f"{int(number[row])} {'link' if number[row] == 1 else 'links'}"]
        lines.append(told[row] if ranked[row] else "Shown, not ranked")
        if figure_of(handling[row]):
            lines.append(f"Handling {figure_of(handling[row])}")
        yield "\n".join(line for line in lines if line)


def _measures(measured: pd.DataFrame | None, size: int) -> list[str]:
    if measured is None:
        return [""] * size
    parts = [
        [
            f"{name.capitalize()} {figure_of(value)}" if figure_of(value) else ""
            for value in measured[name].tolist()
        ]
        for name in ("degree", "betweenness", "closeness")
        if name in measured
    ]
    return [", ".join(filter(None, row)) for row in zip(*parts, strict=True)] if parts else [""] * size


def _lines(
    links: pd.DataFrame,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    kinds: list[str],
    labels: list[str],
) -> list[Drawn]:
    """Parallel links side by side where there is room, otherwise counted on one line."""
    if not len(links):
        return []
    low, high = np.minimum(source, target), np.maximum(source, target)
    order = np.lexsort((high, low))
    new = np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)]
    starts = [*np.flatnonzero(new).tolist(), len(order)]
    numbers = {kind: number for number, kind in enumerate(kinds)}
    kind = [
        numbers[name]
        for name in (
            links["kind"].astype("string").fillna("not stated")
            if "kind" in links.columns
            else ["linked"] * len(links)
        )
    ]
    graded = "information_grade" in links.columns and bool(links["information_grade"].notna().any())
    weak = is_weak(links["information_grade"]) if graded else np.zeros(len(links), dtype=bool)
    words = _link_words(links)
    fan = len(links) <= _FAN_UP_TO
    ends = list(zip(source.tolist(), target.tolist(), strict=True))
    drawn: list[Drawn] = []
    for begin, end in pairwise(starts):
        rows = order[begin:end].tolist()
        count = len(rows)
        if count == 1 or (fan and count <= _FAN):
            for place, row in enumerate(rows):
                a, b = ends[row]
                heading = f"{labels[a]} → {labels[b]}\n"
                drawn.append(
                    Drawn(a, b, kind[row], bool(weak[row]), 1, place - (count - 1) / 2, heading + words[row])
                )
        else:
            drawn.append(_together(rows, ends[rows[0]], kind, weak, words, labels))
    return drawn


def _together(
    rows: list[int],
    ends: tuple[int, int],
    kind: list[int],
    weak: NDArray[np.bool_],
    words: list[str],
    labels: list[str],
) -> Drawn:
    a, b = ends
    told = [words[row].replace("\n", ", ") for row in rows[:_LISTED]]
    rest = len(rows) - len(told)
    text = "\n".join(
        [f"{labels[a]} – {labels[b]}: {len(rows)} links", *told, *[f"and {rest} more"] * bool(rest)]
    )
    most = int(np.bincount([kind[row] for row in rows]).argmax())
    return Drawn(a, b, most, bool(weak[rows].all()), len(rows), 0.0, text)


def _link_words(links: pd.DataFrame) -> list[str]:
    """Kind, dates, grades, how many references; never the reference itself, which may name a source."""
    size = len(links)

    def column(name: str) -> list[str]:
        return [figure_of(value) for value in links[name].tolist()] if name in links.columns else [""] * size

    kinds, since, until = column("kind"), _dates(links, "start"), _dates(links, "end")
    source, information, strength = column("source_grade"), column("information_grade"), column("strength")
    references = column("reference")
    said = []
    for row in range(size):
        when = since[row] if since[row] == until[row] or not until[row] else f"{since[row]} to {until[row]}"
        grades = (
            f"Source {source[row] or 'not graded'}, information {information[row] or 'not graded'}"
            if source[row] or information[row]
            else ""
        )
        cited = references[row].count(";") + 1 if references[row] else 0
        lines = [
            kinds[row],
            when,
            f"Strength {strength[row]}" if strength[row] else "",
            grades,
            f"{cited} {'reference' if cited == 1 else 'references'}" if cited else "No reference",
        ]
        said.append("\n".join(filter(None, lines)))
    return said


def _dates(links: pd.DataFrame, name: str) -> list[str]:
    import pandas as pd

    if name not in links.columns:
        return [""] * len(links)
    values = links[name]
    if not pd.api.types.is_datetime64_any_dtype(values):
        return [figure_of(value) for value in values.tolist()]
    codes, unique = pd.factorize(values)
    words = [*(moment(pd.Timestamp(value)) for value in unique), ""]
    return [words[code] for code in codes.tolist()]
