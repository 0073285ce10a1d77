"""A link chart made ready to be drawn, for the screen and for print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, figure, looked_up, tr, tr_later, trn
from ilp_lab.errors import ColumnError
from ilp_lab.networks.layout import positions
from ilp_lab.result import Result
from ilp_lab.views.chartgroups import Groups, gathered, groups_of
from ilp_lab.views.chartshades import NONE, NUMBERED, Shades, shades_of
from ilp_lab.views.classes import figure_of
from ilp_lab.views.linkfacts import entity_facts, link_facts
from ilp_lab.views.symbols import is_weak, may_be_ranked, sizes

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._check import Check

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

BASE = 9.0
ENTITIES_UP_TO, LINKS_UP_TO = 120_000, 1_000_000
_LABEL = 30
_NAMED_ANYWAY = 40
_TOO_MANY = 2_000
_FEW_PLACED = 0.5


@dataclass(frozen=True)
class Links:
    """The links of a chart, those between the same two entities one after the other.

    Attributes
    ----------
    source, target
        Row numbers of the entities.
    kind
        Number of each link's kind in ``kinds``.
    kinds
        Names of the kinds, the most frequent first.
    weak
        Whether a link is drawn dashed.
    first
        Where the links of each pair begin, and the end.
    facts
        What may be told about each.
    rows
        The number of each in the chart's table of links.
    judged
        Whether any link carries a grade or a certainty.
    """

    source: Whole
    target: Whole
    kind: Whole
    kinds: list[str]
    weak: Flags
    first: Whole
    facts: pd.DataFrame
    rows: list[Any]
    judged: bool

    def __len__(self) -> int:
        return len(self.source)

    @property
    def pairs(self) -> int:
        """How many pairs of entities are linked."""
        return len(self.first) - 1


@dataclass(frozen=True)
class Frame:
    """A text around some entities."""

    text: str
    rows: list[int]


@dataclass(frozen=True)
class Chart:
    """Everything a link chart shows."""

    title: str
    said: tuple[str, ...]
    notes: tuple[str, ...]
    ids: list[str]
    labels: list[str]
    kinds: list[str]
    facts: pd.DataFrame
    xy: Numbers
    size: Numbers
    sized_by: str
    shades: Shades
    hollow: Flags
    hidden: Flags
    pinned: Flags
    links: Links
    groups: Groups
    discs: tuple[Numbers, Numbers]
    frames: tuple[Frame, ...]
    written: tuple[tuple[str, int, int], ...]
    handling: str
    source: str

    def __len__(self) -> int:
        return len(self.ids)


def chart_of(
    chart_or_result: Any,
    *,
    size_by: str | None,
    title: str | None,
    names: bool = True,
    standing: pd.DataFrame | None = None,
    check: Check,
) -> Chart:
    """Check what was given and bring it together; ``standing`` is where entities stand already (x, y by identifier)."""
    result = chart_or_result if isinstance(chart_or_result, Result) else None
    chart = the_chart_of(chart_or_result, check)
    entities, links = chart.entities.reset_index(drop=True), chart.links
    if not names and "label" in entities:
        entities = entities.drop(columns="label")
    measured = None if result is None else _measured(result.table, entities)
    column = size_by or _usual(result)
    values = None if column is None else _values(column, measured, entities, check)
    shades = _shades(result, column, values, measured)
    if column in NUMBERED:
        column = values = None
    ids = entities["entity_id"].astype(str).tolist()
    source, target, lost = _ends(ids, links)
    links = links[~lost]
    ranked = may_be_ranked(entities)
    labels = _labels(entities)
    groups = groups_of(ids, labels, source, target, given=getattr(chart, "groups", {}), ranked=ranked)
    xy, discs, pinned = _places(chart, ids, source, target, groups, standing)
    hidden = np.isin(np.array(ids, dtype=object), list(getattr(chart, "hidden", ())))
    ready = _links(links, source, target)
    return Chart(
        title=title or (result.title if result is not None else tr("Link chart")),
        said=() if result is None else result.findings,
        notes=_notes(result, chart, int(lost.sum()), len(ids), groups),
        ids=ids,
        labels=labels,
        kinds=_kind_of(entities),
        facts=entity_facts(
            entities,
            measured,
            ranked,
            source,
            target,
            _group_words(groups, given=bool(getattr(chart, "groups", {}))),
        ),
        xy=xy,
        size=sizes(values, ranked, BASE),
        sized_by=column if values is not None and column else "",
        shades=shades,
        hollow=~ranked,
        hidden=hidden,
        pinned=pinned,
        links=ready,
        groups=groups,
        discs=discs,
        frames=_frames(chart, ids),
        written=_written(chart, ids, ready.rows),
        handling=str(getattr(chart, "handling", "H0")),
        source=str(getattr(chart, "origin", "")),
    )


def the_chart_of(chart_or_result: Any, check: Check) -> Any:
    """The chart itself, refused when there is none or when no page could show it."""
    result = chart_or_result if isinstance(chart_or_result, Result) else None
    chart: Any = result.details.get("chart") if result is not None else chart_or_result
    if not hasattr(chart, "entities") or not hasattr(chart, "links"):
        check.add(
            "a link chart is needed (networks.chart(links)), or a result that holds one; "
            f"got {type(chart_or_result).__name__}."
        )
        check.done()
    for count, most, what in (
        (len(chart.entities), ENTITIES_UP_TO, "entities"),
        (len(chart.links), LINKS_UP_TO, "links"),
    ):
        if count > most:
            check.add(
                f"the chart has {count:,} {what}, and a drawing holds up to {most:,}. Draw a part of it: "
                "chart.filter(...), chart.neighbourhood(entity, steps=2) or chart.keep(...); measures work on all of it."
            )
    check.done()
    return chart


def leading_rows(chart: Chart, *, at_most: int = 8) -> list[int]:
    """Rows of the largest signs, which get their names written first; none when all have one size."""
    larger = np.flatnonzero((chart.size > BASE) & ~chart.hidden)
    if len(chart) <= _NAMED_ANYWAY:
        return []
    return [int(row) for row in larger[np.argsort(-chart.size[larger], kind="stable")][:at_most]]


def _usual(result: Result | None) -> str | None:
    if result is None:
        return None
    named = result.details.get("value")
    return next(
        (str(name) for name in (named, "betweenness", "degree") if name in result.table.columns), None
    )


def _shades(
    result: Result | None, column: str | None, values: Numbers | None, measured: pd.DataFrame | None
) -> Shades:
    """Colours where entities were put into numbered groups, whatever else sizes their signs."""
    if column in NUMBERED:
        return shades_of(values)
    named = None if result is None else result.details.get("value")
    if named not in NUMBERED or measured is None:
        return NONE
    return shades_of(measured[str(named)].to_numpy(dtype=np.float64, na_value=np.nan))


def _measured(table: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame | None:
    """The result's rows in the order of the entities."""
    if "entity_id" not in table:
        return None
    keyed = table.assign(entity_id=table["entity_id"].astype(str)).drop_duplicates("entity_id")
    return keyed.set_index("entity_id").reindex(entities["entity_id"].astype(str)).reset_index(drop=True)


def _values(
    column: str, measured: pd.DataFrame | None, entities: pd.DataFrame, check: Check
) -> Numbers | None:
    import pandas as pd

    for frame in (measured, entities):
        if frame is not None and column in frame.columns:
            if not pd.api.types.is_numeric_dtype(frame[column]):
                check.add(f"size_by={column!r} must be a column of numbers.", ColumnError)
                check.done()
            values: Numbers = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
            return values
    check.columns(entities if measured is None else measured, [column], "the table of entities")
    check.done()
    return None


def _ends(ids: list[str], links: pd.DataFrame) -> tuple[Whole, Whole, Flags]:
    """Row numbers of both ends of every link that has them on the chart, and which links have not."""
    import pandas as pd

    names = pd.Index(ids)
    if not names.is_unique:
        names = pd.Index(
            [
                f"{name}\0{row}" if twice else name
                for row, (name, twice) in enumerate(zip(ids, names.duplicated(), strict=True))
            ]
        )
    source, target = (names.get_indexer(pd.Index(links[end].astype(str))) for end in ("source", "target"))
    lost = (source < 0) | (target < 0)
    return source[~lost].astype(np.int64), target[~lost].astype(np.int64), lost


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
    return [figure_of(kind) or tr_later("not stated") for kind in entities["kind"].tolist()]


def _notes(result: Result | None, chart: Any, lost: int, size: int, groups: Groups) -> tuple[str, ...]:
    notes = [
        trn(
            "{n:,} link names an entity that is not on the chart; it is not drawn.",
            "{n:,} links name an entity that is not on the chart; they are not drawn.",
            lost,
        ).format(n=lost)
    ] * bool(lost)
    hidden = len(getattr(chart, "hidden", ()))
    if hidden:
        notes.append(
            trn(
                "{n:,} entity is hidden; every measure counts it.",
                "{n:,} entities are hidden; every measure counts them.",
                hidden,
            ).format(n=hidden)
        )
    if size > _TOO_MANY:
        notes.append(
            tr(
                "A chart of this size hides more than it shows. Search for an entity, or draw chart.filter(...) or "
                "chart.neighbourhood(...)."
            )
        )
    notes += [groups.how] * bool(groups.how and groups.closed)
    notes += [_sentence(remark) for remark in getattr(chart, "remarks", ())]
    if result is None:
        return tuple(notes)
    left_out = [
        f"{figure(count, ',')}: {looked_up(reason)}." for reason, count in result.left_out.items() if count
    ]
    return (*notes, *map(again, result.caveats[:2]), *left_out)


def _sentence(remark: str) -> str:
    said = again(remark)
    return f"{said[:1].upper()}{said[1:]}."


def _group_words(groups: Groups, *, given: bool) -> list[str]:
    if not given:
        return [""] * len(groups.of)
    return [groups.names[number] if number >= 0 else "" for number in groups.of.tolist()]


def _places(
    chart: Any,
    ids: list[str],
    source: Whole,
    target: Whole,
    groups: Groups,
    standing: pd.DataFrame | None,
) -> tuple[Numbers, tuple[Numbers, Numbers], Flags]:
    """Where entities stand, where the discs of groups stand, and what is pinned; nothing placed is moved."""
    kept = getattr(chart, "positions", None)
    fixed, pinned = np.full((len(ids), 2), np.nan), np.zeros(len(ids), dtype=bool)
    for known in (standing, kept):
        if known is not None:
            there = known.reindex(ids)
            at = there[["x", "y"]].to_numpy(dtype=np.float64)
            fixed = np.where(np.isfinite(at), at, fixed)
            if "pinned" in there:
                pinned |= there["pinned"].eq(other=True).to_numpy(dtype=bool)
    stay = np.isfinite(fixed).all(axis=1)
    if groups.closed and stay.sum() <= len(ids) * _FEW_PLACED:
        xy = positions(len(ids), source, target)
        placed, middle, radius = gathered(xy, groups, source, target)
        placed[stay] = fixed[stay]
        return placed, (middle, radius), pinned
    xy = positions(len(ids), source, target, fixed=fixed)
    if not len(groups):
        return xy, (np.empty((0, 2)), np.empty(0)), pinned
    return xy, discs_where(xy, groups, source, target), pinned


def discs_where(xy: Numbers, groups: Groups, source: Whole, target: Whole) -> tuple[Numbers, Numbers]:
    """Middles and radii of groups whose entities stay where they are."""
    _, _, radius = gathered(xy, groups, source, target)
    inside = groups.of >= 0
    count = np.maximum(np.bincount(groups.of[inside], minlength=len(groups)), 1)
    sums = [
        np.bincount(groups.of[inside], weights=xy[inside, axis], minlength=len(groups)) for axis in (0, 1)
    ]
    return np.column_stack(sums) / count[:, None], radius


def _links(links: pd.DataFrame, source: Whole, target: Whole) -> Links:
    """Links in the order of their pairs."""
    import pandas as pd

    low, high = np.minimum(source, target), np.maximum(source, target)
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    new = (
        np.flatnonzero(np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)]) if len(order) else np.empty(0)
    )
    links = links.iloc[order]
    kind = (
        links["kind"].astype("string").fillna(tr_later("not stated"))
        if "kind" in links.columns
        else pd.Series("linked", index=links.index, dtype="string")
    )
    kinds = [str(name) for name in kind.value_counts().index] or ["linked"]
    judged = any(name in links and links[name].notna().any() for name in ("information_grade", "certainty"))
    return Links(
        source=source[order],
        target=target[order],
        kind=pd.Index(kinds).get_indexer(pd.Index(kind)).astype(np.int64),
        kinds=kinds,
        weak=is_weak(links) if judged else np.zeros(len(links), dtype=bool),
        first=np.r_[new, len(order)].astype(np.int64),
        facts=link_facts(links.reset_index(drop=True)),
        rows=links.index.tolist(),
        judged=judged,
    )


def _frames(chart: Any, ids: list[str]) -> tuple[Frame, ...]:
    given = getattr(chart, "annotations", ())
    if not given:
        return ()
    row_of = {name: row for row, name in enumerate(ids)}
    frames = [Frame(one.text, [row_of[name] for name in one.entity_ids if name in row_of]) for one in given]
    return tuple(frame for frame in frames if frame.rows)


def _written(chart: Any, ids: list[str], links: list[Any]) -> tuple[tuple[str, int, int], ...]:
    """Notes with the row of their entity or the place of their link; -1 for the other."""
    notes = getattr(chart, "notes", ())
    if not notes:
        return ()
    row_of = {name: row for row, name in enumerate(ids)}
    place_of = {number: place for place, number in enumerate(links)}
    told = [
        (note.text, row_of.get(note.entity_id, -1), -1 if note.link is None else place_of.get(note.link, -1))
        for note in notes
    ]
    return tuple(one for one in told if max(one[1:]) >= 0)
