"""A timeline: one line per entity, dated links between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import again, tr, trn
from ilp_lab.views.charting import Chart
from ilp_lab.views.classes import moment
from ilp_lab.views.datedlinks import Dated, dated_links
from ilp_lab.views.drawing import SOFT, months_in_words
from ilp_lab.views.linkcharts import colour_of_link
from ilp_lab.views.linkfacts import sentences
from ilp_lab.views.plates import Dot, Line, Plate, Text, clipped, plate_figure, plate_page
from ilp_lab.views.symbols import FIRM, PLAIN, WEAK, kind_in_words, sign_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ilp_lab.views.page import Page

_ROWS_PRINT, _ROWS_SCREEN = 24, 150
_LINKS_SCREEN = 6_000
_LEFT, _TOP, _ROW, _ACROSS = 170.0, 46.0, 26.0, 900.0


def timeline_page(
    chart_or_result: Any, *, entities: Sequence[str] | None = None, title: str | None = None
) -> Page:
    """Draw the dated links of a chart over time, one line per entity.

    Parameters
    ----------
    chart_or_result
        A link chart, or a result that holds one.
    entities
        Which entities get a line of their own, in this order; those with most dated links when left out. Victims,
        witnesses and other parties are among them only when named.
    title
        Heading.

    Returns
    -------
    Page
        Each dated link stands at its start as an upright line between its two entities; a link that lasted also as a
        bar along both. Uncertain links are dashed. A link with one end on no line is a dot. What cannot be shown is
        counted.

    Raises
    ------
    InputError
        When there is no chart, no dated link, or no such entity.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> calls = pd.DataFrame({"source": ["A"], "target": ["B"], "start": ["2024-03-01"]})
    >>> timeline_page(chart(calls), title="One call").title
    'One call'
    """
    return plate_page(_timeline(chart_or_result, entities, title, "views.timeline_page", _ROWS_SCREEN))


def timeline_figure(
    chart_or_result: Any, *, entities: Sequence[str] | None = None, title: str | None = None
) -> Figure:
    """Draw the dated links of a chart over time, for print: at most 24 lines.

    Parameters
    ----------
    chart_or_result, entities, title
        As in :func:`ilp_lab.views.timeline_page`.

    Raises
    ------
    InputError
        As :func:`ilp_lab.views.timeline_page`.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> calls = pd.DataFrame({"source": ["A"], "target": ["B"], "start": ["2024-03-01"]})
    >>> len(timeline_figure(chart(calls)).axes)
    1
    """
    return plate_figure(_timeline(chart_or_result, entities, title, "views.timeline_figure", _ROWS_PRINT))


@dataclass(frozen=True)
class Scale:
    """From seconds to places across."""

    low: float
    span: float

    def at(self, second: float) -> float:
        """Where a moment stands."""
        return _LEFT + 12 + (second - self.low) / self.span * _ACROSS


def _timeline(
    chart_or_result: Any, entities: Sequence[str] | None, title: str | None, caller: str, most: int
) -> Plate:
    dated = dated_links(chart_or_result, title, caller, tr("Timeline"))
    chart, links = dated.chart, dated.chart.links
    use = np.isfinite(dated.start) & ~(chart.hidden[links.source] & chart.hidden[links.target])
    rows = _lines_for(chart, use, entities, caller, most)
    place = {row: number for number, row in enumerate(rows)}
    here = np.isin(links.source, rows) | np.isin(links.target, rows)
    shown = np.flatnonzero(use & here)
    shown = shown[np.argsort(dated.start[shown], kind="stable")][:_LINKS_SCREEN]
    low, high = float(dated.start[shown].min()), float(dated.end[shown].max())
    span = max(high - low, 3600.0)
    scale = Scale(low, span)
    words = sentences(links.facts)
    lines: list[Line] = []
    dots: list[Dot] = []
    middle = {row: _TOP + (number + 0.5) * _ROW for row, number in place.items()}
    for link in shown.tolist():
        a, b = int(links.source[link]), int(links.target[link])
        colour, weak = colour_of_link(int(links.kind[link])), bool(links.weak[link])
        told = f"{chart.labels[a]} → {chart.labels[b]}\n{words[link]}"
        x, until = scale.at(dated.start[link]), scale.at(dated.end[link])
        ends = [row for row in dict.fromkeys((a, b)) if row in place]
        if until - x > 1.0:
            lines += [
                Line(((x, middle[row]), (until, middle[row])), colour, 3.0, opacity=0.35) for row in ends
            ]
        if len(ends) == 2:
            lines.append(Line(((x, middle[a]), (x, middle[b])), colour, 1.3, dashed=weak, words=told))
        dots += [
            Dot(x, middle[row], 2.8, colour, hollow=weak, words=told if len(ends) == 1 else "")
            for row in ends
        ]
    height = _TOP + len(rows) * _ROW + 14
    rules, labels = _rules(chart, rows, scale, height)
    return Plate(
        title=chart.title,
        width=_LEFT + _ACROSS + 40,
        height=height,
        lines=(*rules, *lines),
        dots=tuple(dots),
        texts=labels,
        legend=_legend(chart, set(links.kind[shown].tolist())),
        said=(_size(dated, shown, len(rows)),),
        notes=_notes(dated, int(use.sum()) - len(shown)),
        handling=dated.handling,
        source=chart.source,
        kind=tr("Timeline"),
        details={"rows": [chart.ids[row] for row in rows], "links": len(shown)},
    )


def _size(dated: Dated, shown: Any, rows: int) -> str:
    """How many links of how many entities are drawn, from when until when."""
    first, last = (_moment(dated, shown, first=one) for one in (True, False))
    return tr("{n:,} dated links of {entities:,} entities, {first} to {last}.").format(
        n=len(shown), entities=rows, first=first, last=last
    )


def _notes(dated: Dated, elsewhere: int) -> tuple[str, ...]:
    """What is not drawn."""
    lost = int((~np.isfinite(dated.start)).sum())
    undated = trn(
        "{n:,} link has no date and is not drawn.", "{n:,} links have no date and are not drawn.", lost
    ).format(n=lost)
    beyond = trn(
        "{n:,} dated link is not drawn: it is of other entities, or beyond {most:,}.",
        "{n:,} dated links are not drawn: they are of other entities, or beyond {most:,}.",
        elsewhere,
    ).format(n=elsewhere, most=_LINKS_SCREEN)
    return (*[undated] * bool(lost), *[beyond] * bool(elsewhere))


def _lines_for(chart: Chart, use: Any, entities: Sequence[str] | None, caller: str, most: int) -> list[int]:
    """The entities that get a line of their own."""
    if entities is not None:
        check = Check(caller)
        names = [entities] if isinstance(entities, str) else [str(name) for name in entities]
        row_of = {name: row for row, name in enumerate(chart.ids)}
        unknown = [name for name in names if name not in row_of]
        if unknown or not names:
            check.add(
                f"entities: the chart has no entity {', '.join(map(repr, unknown[:5])) or '(none was named)'}."
            )
        check.done()
        return [row_of[name] for name in dict.fromkeys(names)][:most]
    count = np.bincount(np.r_[chart.links.source[use], chart.links.target[use]], minlength=len(chart))
    rows = np.flatnonzero((count > 0) & ~chart.hollow & ~chart.hidden)
    if not len(rows):
        rows = np.flatnonzero(count > 0)
    chosen = rows[np.argsort(-count[rows], kind="stable")][:most]
    return _beside_one_another(chart, chosen.tolist())


def _beside_one_another(chart: Chart, rows: list[int]) -> list[int]:
    """Order lines so that linked entities are near one another: part by part, by the slowest wave over the links."""
    from scipy.sparse.csgraph import connected_components

    place = {row: number for number, row in enumerate(rows)}
    near = np.zeros((len(rows), len(rows)))
    for a, b in zip(chart.links.source.tolist(), chart.links.target.tolist(), strict=True):
        if a in place and b in place and a != b:
            near[place[a], place[b]] += 1
            near[place[b], place[a]] += 1
    count, part = connected_components(near, directed=False)
    ordered: list[int] = []
    for number in sorted(range(count), key=lambda one: -int((part == one).sum())):
        own = np.flatnonzero(part == number)
        if len(own) > 2:
            inside = near[np.ix_(own, own)]
            root = 1.0 / np.sqrt(inside.sum(axis=1))
            _, waves = np.linalg.eigh(np.eye(len(own)) - root[:, None] * inside * root[None, :])
            wave = waves[:, 1] * root
            own = own[np.argsort(wave * np.sign(wave[np.argmax(np.abs(wave))]), kind="stable")]
        ordered += [rows[one] for one in own.tolist()]
    return ordered


def _rules(chart: Chart, rows: list[int], scale: Scale, height: float) -> tuple[list[Line], tuple[Text, ...]]:
    """Lines of the entities with their names, and upright lines of time with theirs."""
    rules, labels = [], []
    for number, row in enumerate(rows):
        y = _TOP + (number + 0.5) * _ROW
        rules.append(
            Line(((_LEFT, y), (_LEFT + _ACROSS + 24, y)), sign_of(chart.kinds[row]).colour, 0.8, opacity=0.5)
        )
        labels.append(Text(_LEFT - 8, y + 3.2, clipped(chart.labels[row], _LEFT - 20, 9.5), 9.5, "end"))
    for second, word in _ticks(scale.low, scale.low + scale.span):
        x = scale.at(second)
        rules.insert(0, Line(((x, _TOP - 8), (x, height - 8)), "#d5dce3", 0.7))
        labels.append(Text(x, _TOP - 14, word, 9, "middle", colour=SOFT))
    return rules, tuple(labels)


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Some round moments between two, with their names."""
    import pandas as pd

    first, last = pd.Timestamp(low, unit="s"), pd.Timestamp(high, unit="s")
    for step, pattern in (
        ("10YS", "%Y"), ("5YS", "%Y"), ("YS", "%Y"), ("QS", "%b %Y"), ("MS", "%b %Y"), ("W-MON", "%d %b %Y"), ("D", "%d %b %Y"),
        ("6h", "%d %b %H:%M"), ("h", "%d %b %H:%M"), ("10min", "%H:%M"),
    ):  # fmt: skip
        found = pd.date_range(first.floor("h"), last, freq=step)
        found = found.normalize() if step not in ("6h", "h", "10min") else found
        found = found[(found >= first) & (found <= last)]
        if len(found) >= 4 or step == "10min":
            every = max(1, -(-len(found) // 9))
            return [(one.timestamp(), _tick(one, pattern)) for one in found[::every]]
    return []


def _tick(one: pd.Timestamp, pattern: str) -> str:
    """A moment along the line of time, with the short name of its month."""
    return months_in_words(one.strftime(pattern))


def _moment(dated: Dated, shown: Any, *, first: bool) -> str:
    import pandas as pd

    number = shown[int(np.argmin(dated.start[shown]) if first else np.argmax(dated.start[shown]))]
    return moment(pd.Timestamp(dated.times.iloc[int(number)]))


def _legend(chart: Chart, kinds: set[int]) -> tuple[tuple[str, str, bool], ...]:
    entries = [
        (kind_in_words(chart.links.kinds[kind]), colour_of_link(kind), False) for kind in sorted(kinds)[:8]
    ]
    if chart.links.judged:
        return (*entries, (again(FIRM), SOFT, False), (again(WEAK), SOFT, True))
    return (*entries, (again(PLAIN), SOFT, False))
