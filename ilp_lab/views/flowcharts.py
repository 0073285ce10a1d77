"""Flow charts: what moves between entities, money above all, in lines as wide as their amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.errors import ColumnError
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.charting import Chart, chart_of
from ilp_lab.views.classes import figure_of, headed
from ilp_lab.views.plates import Band, Box, Line, Plate, Text, clipped, plate_figure, plate_page
from ilp_lab.views.symbols import sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ilp_lab.views.page import Page

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

_PRINT, _SCREEN = 22, 60
_WIDE, _GAP, _SPACE = 132.0, 120.0, 16.0
_FULL = 380.0
_BACK = "#b05590"
_AHEAD = "#0072b2"


def flow_chart_page(chart_or_result: Any, *, value: str | None = None, title: str | None = None) -> Page:
    """Draw what flows between entities, from left to right.

    Parameters
    ----------
    chart_or_result
        A link chart whose links lead from source to target (``networks.transaction_chart``), or a result that holds one.
    value
        The column of the links that says how much; ``amount`` when there is one, otherwise ``strength``, otherwise every
        link counts 1.
    title
        Heading.

    Returns
    -------
    Page
        Boxes as high as what passes through them, lines as wide as what flows, added up per pair and direction. What
        flows back to where it came from is drawn in another colour below. The 60 entities through which most passes
        have boxes of their own, the others one together, so that nothing is missing from the sums. A flow that rests
        only on uncertain links is dashed at its edge.

    Raises
    ------
    InputError, ColumnError
        When there is no chart, nothing flows, or ``value`` is no column of numbers of at least 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> paid = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "amount": [900, 850]})
    >>> flow_chart_page(chart(paid), title="Two payments").title
    'Two payments'
    """
    return plate_page(_flow_chart(chart_or_result, value, title, "views.flow_chart_page", _SCREEN))


def flow_chart_figure(chart_or_result: Any, *, value: str | None = None, title: str | None = None) -> Figure:
    """Draw what flows between entities, for print: the 22 entities through which most passes, the others together.

    Parameters
    ----------
    chart_or_result, value, title
        As in :func:`ilp_lab.views.flow_chart_page`.

    Raises
    ------
    InputError, ColumnError
        As :func:`ilp_lab.views.flow_chart_page`.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> paid = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "amount": [900, 850]})
    >>> len(flow_chart_figure(chart(paid)).axes)
    1
    """
    return plate_figure(_flow_chart(chart_or_result, value, title, "views.flow_chart_figure", _PRINT))


@dataclass(frozen=True)
class Flows:
    """What flows from box to box: entities in boxes of their own first, then the box of all others."""

    names: list[str]
    colours: list[str]
    source: Whole
    target: Whole
    value: Numbers
    count: Whole
    weak: NDArray[np.bool_]
    inside_others: float

    def totals(self) -> tuple[Numbers, Numbers]:
        """What comes in and what goes out of each box."""
        size = len(self.names)
        return (
            np.bincount(self.target, weights=self.value, minlength=size).astype(np.float64),
            np.bincount(self.source, weights=self.value, minlength=size).astype(np.float64),
        )


def _notes(lost: int, flows: Flows, column: str) -> list[str]:
    """What is not drawn."""
    notes = [
        trn(
            "{n:,} link is not drawn: no amount above 0, of an entity with itself, or hidden.",
            "{n:,} links are not drawn: no amount above 0, of an entity with itself, or hidden.",
            lost,
        ).format(n=lost)
    ] * bool(lost)
    if flows.inside_others:
        notes.append(
            tr("{what} among the others, inside their box: {amount}.").format(
                what=headed(column), amount=figure_of(flows.inside_others)
            )
        )
    return notes


def _flow_chart(chart_or_result: Any, value: str | None, title: str | None, caller: str, most: int) -> Plate:
    check = Check(caller)
    chart = chart_of(chart_or_result, size_by=None, title=title or tr("Flow chart"), check=check)
    given = chart_or_result.details["chart"] if hasattr(chart_or_result, "details") else chart_or_result
    column, amounts = _amounts(given, chart, value, check)
    use = np.isfinite(amounts) & (amounts > 0) & (chart.links.source != chart.links.target)
    use &= ~(chart.hidden[chart.links.source] | chart.hidden[chart.links.target])
    if not use.any():
        check.add("nothing flows on this chart: no link between two entities has an amount above 0.")
    check.done()
    flows = _flows(chart, use, amounts, most)
    layer, back = _layers(flows)
    boxes, tops, scale, height = _stacked(flows, layer)
    bands, lines, labels = _bands(flows, back, boxes, tops, scale, height)
    total = float(amounts[use].sum())
    notes = _notes(int((~use).sum()), flows, column)
    below = 16.0 + 16.0 * int(back.sum())
    return Plate(
        title=chart.title,
        width=(int(layer.max()) + 1) * (_WIDE + _GAP) - _GAP + 112,
        height=height + below,
        bands=tuple(bands),
        lines=tuple(lines),
        boxes=tuple(boxes),
        texts=tuple(labels),
        legend=(
            (tr("as wide as the amount"), _AHEAD, False),
            (tr("back to where it came from (not as wide)"), _BACK, False),
            (tr("dashed: rests on uncertain links only"), "#51606e", True),
        ),
        said=(
            tr("{what} in all: {total}, in {links:,} links between {entities:,} entities.").format(
                what=headed(column),
                total=figure_of(total),
                links=int(use.sum()),
                entities=len(np.unique(np.r_[chart.links.source[use], chart.links.target[use]])),
            ),
        ),
        notes=tuple(notes),
        handling=handling_of(
            chart.handling, *([chart_or_result] if hasattr(chart_or_result, "handling") else [])
        ),
        source=chart.source,
        kind=tr("Flow chart"),
        details={
            "total": total,
            "drawn": float(flows.value.sum()) + flows.inside_others,
            "names": flows.names,
        },
    )


def _in_links(amount: str, n: int) -> str:
    return trn("{amount} in {n:,} link", "{amount} in {n:,} links", n).format(amount=amount, n=n)


def _amounts(given: Any, chart: Chart, value: str | None, check: Check) -> tuple[str, Numbers]:
    import pandas as pd

    links = given.links
    found = (name for name in ("amount", "strength") if name in links and links[name].notna().any())
    column = value or next(found, "links")
    if column == "links":
        return column, np.ones(len(chart.links))
    check.columns(links, [column], "the chart's table of links")
    if column in links and not pd.api.types.is_numeric_dtype(links[column]):
        check.add(f"value={column!r} must be a column of numbers.", ColumnError)
    check.done()
    amounts = links[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if (amounts < 0).any():
        check.add(
            f"{column} holds {int((amounts < 0).sum()):,} amounts below 0; let source and target say the direction instead.",
            ColumnError,
        )
        check.done()
    place = pd.Index(links.index).get_indexer(pd.Index(chart.links.rows))
    return column, amounts[place]


def _flows(chart: Chart, use: NDArray[np.bool_], amounts: Numbers, most: int) -> Flows:
    source, target, value = chart.links.source[use], chart.links.target[use], amounts[use]
    through = np.maximum(
        np.bincount(source, weights=value, minlength=len(chart)),
        np.bincount(target, weights=value, minlength=len(chart)),
    )
    order = np.argsort(-through, kind="stable")
    own = order[: most if int((through > 0).sum()) > most else len(order)]
    own = own[through[own] > 0]
    others = int((through > 0).sum()) - len(own)
    box = np.full(len(chart), len(own), dtype=np.int64)
    box[own] = np.arange(len(own))
    one, other = box[source], box[target]
    between = one != other
    names = [chart.labels[row] for row in own.tolist()] + [f"{others:,} others"] * bool(others)
    colours = [sign_of(chart.kinds[row]).colour for row in own.tolist()] + ["#8a949d"] * bool(others)
    key = one[between] * (len(names) + 1) + other[between]
    pair, place = np.unique(key, return_inverse=True)
    firm = np.bincount(place, weights=~chart.links.weak[use][between])
    return Flows(
        names,
        colours,
        pair // (len(names) + 1),
        pair % (len(names) + 1),
        np.bincount(place, weights=value[between]).astype(np.float64),
        np.bincount(place),
        firm == 0,
        float(value[~between].sum()),
    )


def _layers(flows: Flows) -> tuple[Whole, NDArray[np.bool_]]:
    """The column of each box, and which flows lead back: boxes in the order of what they give more than they take."""
    size = len(flows.names)
    rank = _order(flows)
    back = rank[flows.source] > rank[flows.target]
    layer = np.zeros(size, dtype=np.int64)
    for box in np.argsort(rank, kind="stable").tolist():
        ahead = (flows.source == box) & ~back
        layer[flows.target[ahead]] = np.maximum(layer[flows.target[ahead]], layer[box] + 1)
    _, layer = np.unique(layer, return_inverse=True)
    return np.minimum(layer, 7), back


def _order(flows: Flows) -> Whole:
    """An order in which little flows backwards (Eades, Lin and Smyth 1993, weighted)."""
    size = len(flows.names)
    alive = np.ones(size, dtype=bool)
    head: list[int] = []
    tail: list[int] = []
    while alive.any():
        live = alive[flows.source] & alive[flows.target]
        out = np.bincount(flows.source[live], weights=flows.value[live], minlength=size)
        come = np.bincount(flows.target[live], weights=flows.value[live], minlength=size)
        sinks = np.flatnonzero(alive & (out == 0))
        sources = np.flatnonzero(alive & (come == 0) & (out > 0))
        if len(sinks):
            tail = [*sinks.tolist(), *tail]
            alive[sinks] = False
        elif len(sources):
            head += sources.tolist()
            alive[sources] = False
        else:
            best = int(np.argmax(np.where(alive, (out - come) / np.maximum(out + come, 1e-12), -np.inf)))
            head.append(best)
            alive[best] = False
    rank = np.empty(size, dtype=np.int64)
    rank[[*head, *tail]] = np.arange(size)
    return rank


def _stacked(flows: Flows, layer: Whole) -> tuple[list[Box], Numbers, float, float]:
    """Boxes in columns, ordered so that lines cross little; their tops, points per unit, and the height of the plate."""
    come, out = flows.totals()
    through = np.maximum(come, out)
    columns = [np.flatnonzero(layer == number) for number in range(int(layer.max()) + 1)]
    scale = _FULL / max(float(through[column].sum()) for column in columns)
    tall = np.maximum(through * scale, 24.0)
    height = 30.0 + max(float(tall[column].sum()) + _SPACE * len(column) for column in columns)
    middle = np.zeros(len(flows.names))
    order = [column[np.argsort(-through[column], kind="stable")] for column in columns]
    for _ in range(6):
        for number, column in enumerate(order):
            weight = [_pull(flows, box, middle, number) for box in column.tolist()]
            order[number] = column[np.argsort(weight, kind="stable")]
            top = (height - float(tall[column].sum()) - _SPACE * len(column)) / 2
            for box in order[number].tolist():
                middle[box] = top + tall[box] / 2
                top += tall[box] + _SPACE
    tops = middle - tall / 2
    boxes = []
    for box, name in enumerate(flows.names):
        told = tr("{name}\nin: {come}\nout: {out}").format(
            name=name, come=figure_of(float(come[box])), out=figure_of(float(out[box]))
        )
        lines = [clipped(name, _WIDE - 12, 9.5)]
        if tall[box] >= 36:
            lines.append(
                clipped(tr("in {amount}").format(amount=figure_of(float(come[box]))), _WIDE - 12, 8.5)
            )
        if tall[box] >= 50:
            lines.append(
                clipped(tr("out {amount}").format(amount=figure_of(float(out[box]))), _WIDE - 12, 8.5)
            )
        x = 56.0 + float(layer[box]) * (_WIDE + _GAP)
        boxes.append(
            Box(
                x,
                float(tops[box]),
                _WIDE,
                float(tall[box]),
                tuple(lines),
                flows.colours[box],
                "#f4f7fb",
                words=told,
                size=9.5,
            )
        )
    return boxes, tops, scale, height


def _pull(flows: Flows, box: int, middle: Numbers, number: int) -> float:
    """Where a box would like to stand: the mean of those it is tied to, by amount."""
    if number == 0 and not middle.any():
        return 0.0
    into, out = flows.target == box, flows.source == box
    weight = float(flows.value[into].sum() + flows.value[out].sum())
    pulled = (flows.value[into] * middle[flows.source[into]]).sum() + (
        flows.value[out] * middle[flows.target[out]]
    ).sum()
    return float(pulled) / weight if weight else 0.0


def _bands(
    flows: Flows, back: NDArray[np.bool_], boxes: list[Box], tops: Numbers, scale: float, height: float
) -> tuple[list[Band], list[Line], list[Text]]:
    """Flows ahead as bands, flows back as lines around below; each with an arrow and, where there is room, its amount."""
    bands: list[Band] = []
    lines: list[Line] = []
    labels: list[Text] = []
    leaves = _along(flows.source, flows.target, flows.value * scale, tops, back)
    arrives = _along(flows.target, flows.source, flows.value * scale, tops, back)
    returned = 0
    for flow in np.lexsort((tops[flows.target], tops[flows.source], back)).tolist():
        a, b = int(flows.source[flow]), int(flows.target[flow])
        amount, wide = figure_of(float(flows.value[flow])), max(0.8, float(flows.value[flow]) * scale)
        told = f"{flows.names[a]} → {flows.names[b]}\n" + _in_links(str(amount), int(flows.count[flow]))
        start, end = (boxes[a].x + _WIDE, float(leaves[flow])), (boxes[b].x - 1, float(arrives[flow]))
        weak = bool(flows.weak[flow])
        if back[flow] or end[0] <= start[0]:
            low, aside = height + 14.0 + 16.0 * returned, 12.0 + 7.0 * (returned % 5)
            returned += 1
            corners = (
                start,
                (start[0] + aside, start[1]),
                (start[0] + aside, low),
                (end[0] - aside, low),
                (end[0] - aside, end[1]),
                end,
            )
            lines.append(Line(corners, _BACK, 2.2, dashed=weak, arrow=True, words=told))
            labels.append(Text((start[0] + end[0]) / 2, low - 3, amount, 8.5, "middle"))
            continue
        bands.append(Band(*start, *end, wide, _AHEAD, words=told))
        half = (end[0] - start[0]) / 2
        points = (start, (start[0] + half, start[1]), (end[0] - half, end[1]), end)
        lines.append(Line(points, _AHEAD, 0.9, dashed=weak, arrow=True, curved=True, opacity=0.9))
        if wide >= 9 or len(flows.value) <= 24:
            labels.append(Text(start[0] + 5, start[1] - 3, amount, 8.5))
    return bands, lines, labels


def _along(box: Whole, other: Whole, wide: Numbers, tops: Numbers, back: NDArray[np.bool_]) -> Numbers:
    """Where each flow touches one side of its box: one below the other, those that lead back last."""
    order = np.lexsort((tops[other], back, box))
    before = np.cumsum(wide[order]) - wide[order]
    first = np.r_[True, box[order][1:] != box[order][:-1]]
    begin = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    at = np.empty(len(order))
    at[order] = tops[box[order]] + before - before[begin] + wide[order] / 2
    return at
