"""Charts in time: a timeline with one line per entity, and an event chart with one box per event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.charting import Chart, chart_of
from ilp_lab.views.classes import moment
from ilp_lab.views.drawing import SOFT
from ilp_lab.views.linkcharts import colour_of_link
from ilp_lab.views.linkfacts import sentences
from ilp_lab.views.plates import Box, Dot, Line, Plate, Text, clipped, plate_figure, plate_page
from ilp_lab.views.symbols import FIRM, PLAIN, WEAK, sign_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ilp_lab.views.page import Page

_ROWS_PRINT, _ROWS_SCREEN = 24, 150
_EVENTS_PRINT, _EVENTS_SCREEN = 24, 600
_LINKS_SCREEN = 6_000
_LEFT, _TOP, _ROW, _ACROSS = 170.0, 46.0, 26.0, 900.0
_WIDE, _LINE = 176.0, 12.4


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


def event_chart_page(chart_or_result: Any, *, title: str | None = None) -> Page:
    """Draw events in the order in which they happened, and who leads from one to the next.

    Parameters
    ----------
    chart_or_result
        A link chart, or a result that holds one. Entities of kind event are the events, those linked with them take
        part; in a chart without any, every dated link is an event.
    title
        Heading.

    Returns
    -------
    Page
        One box per event with its time and who took part; from each event an arrow leads to the next one that the same
        entity took part in. Dashed boxes and arrows rest on uncertain links. Distances are not to scale. Events without
        a date are counted and not drawn.

    Raises
    ------
    InputError
        When there is no chart, or nothing on it has a date.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> meetings = pd.DataFrame({"source": ["A"], "target": ["B"], "kind": "met", "start": ["2024-03-01"]})
    >>> event_chart_page(chart(meetings), title="One meeting").title
    'One meeting'
    """
    return plate_page(_event_chart(chart_or_result, title, "views.event_chart_page", _EVENTS_SCREEN))


def event_chart_figure(chart_or_result: Any, *, title: str | None = None) -> Figure:
    """Draw events in the order in which they happened, for print: the first 24.

    Parameters
    ----------
    chart_or_result, title
        As in :func:`ilp_lab.views.event_chart_page`.

    Raises
    ------
    InputError
        As :func:`ilp_lab.views.event_chart_page`.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> meetings = pd.DataFrame({"source": ["A"], "target": ["B"], "kind": "met", "start": ["2024-03-01"]})
    >>> len(event_chart_figure(chart(meetings)).axes)
    1
    """
    return plate_figure(_event_chart(chart_or_result, title, "views.event_chart_figure", _EVENTS_PRINT))


@dataclass(frozen=True)
class Dated:
    """A chart with the times of its links: seconds since 1970, NaN where none is known."""

    chart: Chart
    start: Any
    end: Any
    times: pd.Series
    handling: str


@dataclass(frozen=True)
class Scale:
    """From seconds to places across."""

    low: float
    span: float

    def at(self, second: float) -> float:
        """Where a moment stands."""
        return _LEFT + 12 + (second - self.low) / self.span * _ACROSS


def _dated(chart_or_result: Any, title: str | None, caller: str, heading: str) -> Dated:
    import pandas as pd

    check = Check(caller)
    chart = chart_of(chart_or_result, size_by=None, title=title or heading, check=check)
    given = chart_or_result.details["chart"] if hasattr(chart_or_result, "details") else chart_or_result
    times = {
        name: _as_times(given.links[name])
        if name in given.links
        else pd.Series(pd.NaT, index=given.links.index)
        for name in ("start", "end")
    }
    start = times["start"].fillna(times["end"]).reindex(chart.links.rows)
    end = times["end"].fillna(times["start"]).reindex(chart.links.rows)
    if not start.notna().any():
        check.add("no link of the chart has a date (start or end), so nothing can stand in time.")
    check.done()
    handling = handling_of(
        chart.handling, *([chart_or_result] if hasattr(chart_or_result, "handling") else [])
    )
    return Dated(chart, _seconds(start), _seconds(end), start.reset_index(drop=True), handling)


def _as_times(column: pd.Series) -> pd.Series:
    """Times as they are, or read from ISO texts; anything else is no time."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    return pd.to_datetime(column.astype("string"), errors="coerce", format="ISO8601")


def _seconds(times: pd.Series) -> Any:
    import pandas as pd

    plain = times.dt.tz_convert(None) if getattr(times.dtype, "tz", None) is not None else times
    seconds = (plain - pd.Timestamp("1970-01-01")) / pd.Timedelta(seconds=1)
    return seconds.to_numpy(dtype=np.float64, na_value=np.nan)


def _timeline(
    chart_or_result: Any, entities: Sequence[str] | None, title: str | None, caller: str, most: int
) -> Plate:
    dated = _dated(chart_or_result, title, caller, "Timeline")
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
    lost = int((~np.isfinite(dated.start)).sum())
    notes = [f"{lost:,} links have no date and are not drawn."] * bool(lost)
    elsewhere = int(use.sum()) - len(shown)
    notes += [
        f"{elsewhere:,} dated links are not drawn: they are of other entities, or beyond {_LINKS_SCREEN:,}."
    ] * bool(elsewhere)
    return Plate(
        title=chart.title,
        width=_LEFT + _ACROSS + 40,
        height=height,
        lines=(*rules, *lines),
        dots=tuple(dots),
        texts=labels,
        legend=_legend(chart, set(links.kind[shown].tolist())),
        said=(
            f"{len(shown):,} dated links of {len(rows):,} entities, {_moment(dated, shown, first=True)} to "
            f"{_moment(dated, shown, first=False)}.",
        ),
        notes=tuple(notes),
        handling=dated.handling,
        source=chart.source,
        kind="Timeline",
        details={"rows": [chart.ids[row] for row in rows], "links": len(shown)},
    )


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
            return [(one.timestamp(), one.strftime(pattern)) for one in found[::every]]
    return []


def _moment(dated: Dated, shown: Any, *, first: bool) -> str:
    import pandas as pd

    number = shown[int(np.argmin(dated.start[shown]) if first else np.argmax(dated.start[shown]))]
    return moment(pd.Timestamp(dated.times.iloc[int(number)]))


def _legend(chart: Chart, kinds: set[int]) -> tuple[tuple[str, str, bool], ...]:
    entries = [(chart.links.kinds[kind], colour_of_link(kind), False) for kind in sorted(kinds)[:8]]
    if chart.links.judged:
        return (*entries, (FIRM, SOFT, False), (WEAK, SOFT, True))
    return (*entries, (PLAIN, SOFT, False))


@dataclass(frozen=True)
class Event:
    """One box of an event chart."""

    second: float
    when: str
    what: str
    who: tuple[int, ...]
    weak: bool
    words: str


def _event_chart(chart_or_result: Any, title: str | None, caller: str, most: int) -> Plate:
    dated = _dated(chart_or_result, title, caller, "Event chart")
    chart = dated.chart
    events, undated = _events(dated)
    shown = sorted(events, key=lambda event: (event.second, event.what))[:most]
    lines_most = max(2 + min(4, len(event.who)) for event in shown)
    tall = 12.0 + lines_most * _LINE
    places, width, height = _in_columns(shown, tall)
    boxes = []
    for event, (x, y) in zip(shown, places, strict=True):
        names = [chart.labels[row] for row in event.who]
        listed = names[:4] if len(names) <= 4 else [*names[:3], f"and {len(names) - 3} more"]
        lines = (event.when, event.what, *listed)
        boxes.append(
            Box(
                x,
                y,
                _WIDE,
                tall,
                tuple(clipped(line, _WIDE - 12, 9.5) for line in lines),
                dashed=event.weak,
                words=event.words,
                fill="#f4f7fb" if not event.weak else "#ffffff",
                size=9.5,
            )
        )
    notes = [f"{undated:,} events have no date and are not drawn."] * bool(undated)
    rest = len(events) - len(shown)
    notes += [f"The first {len(shown):,} of {len(events):,} events; filter the chart to see others."] * bool(
        rest
    )
    return Plate(
        title=chart.title,
        width=width,
        height=height,
        lines=tuple(_ways(chart, shown, places, tall)),
        boxes=tuple(boxes),
        legend=(
            ("the same entity, from one event to its next", "#51606e", False),
            ("dashed: rests on uncertain links", "#51606e", True),
        ),
        said=(
            f"{len(shown):,} events, {shown[0].when} to {shown[-1].when}, in the order in which they happened; not to scale.",
        ),
        notes=tuple(notes),
        handling=dated.handling,
        source=chart.source,
        kind="Event chart",
        details={"events": [event.what for event in shown]},
    )


def _events(dated: Dated) -> tuple[list[Event], int]:
    """The events of a chart, and how many have no date."""
    import pandas as pd

    chart, links = dated.chart, dated.chart.links
    words = sentences(links.facts)
    kinds = np.array([kind.strip().lower() for kind in chart.kinds], dtype=object)
    rows = np.flatnonzero((kinds == "event") & ~chart.hidden)
    found: list[Event] = []
    if not len(rows):
        dated_links = np.flatnonzero(
            np.isfinite(dated.start) & ~chart.hidden[links.source] & ~chart.hidden[links.target]
        )
        for link in dated_links.tolist():
            a, b = int(links.source[link]), int(links.target[link])
            when = moment(pd.Timestamp(dated.times.iloc[link]))
            told = f"{chart.labels[a]} → {chart.labels[b]}\n{words[link]}"
            who = tuple(dict.fromkeys((a, b)))
            found.append(
                Event(
                    dated.start[link],
                    when,
                    links.kinds[int(links.kind[link])],
                    who,
                    bool(links.weak[link]),
                    told,
                )
            )
        return found, len(links) - len(dated_links)
    undated = 0
    for row in rows.tolist():
        own = np.flatnonzero((links.source == row) | (links.target == row))
        timed = own[np.isfinite(dated.start[own])]
        if not len(timed):
            undated += 1
            continue
        first = int(timed[np.argmin(dated.start[timed])])
        ends = np.where(links.source[own] == row, links.target[own], links.source[own])
        who = tuple(dict.fromkeys(int(end) for end in ends if end != row and not chart.hidden[end]))
        told = "\n".join(
            [
                chart.labels[row],
                *(
                    f"{chart.labels[int(end)]}: {words[int(link)]}".replace("\n", " · ")
                    for end, link in zip(ends, own, strict=True)
                ),
            ]
        )
        when = moment(pd.Timestamp(dated.times.iloc[first]))
        found.append(
            Event(float(dated.start[first]), when, chart.labels[row], who, bool(links.weak[own].all()), told)
        )
    return found, undated


def _in_columns(events: list[Event], tall: float) -> tuple[list[tuple[float, float]], float, float]:
    """Boxes from left to right, as many below one another as keep the plate about twice as wide as high."""
    deep = max(1, min(6, round((len(events) / 2.2) ** 0.5)))
    across, down = _WIDE + 66.0, tall + 34.0
    places = []
    for number in range(len(events)):
        column, row = divmod(number, deep)
        places.append((16.0 + column * across, 16.0 + row * down + (column % 2) * 14.0))
    columns = -(-len(events) // deep)
    return places, 32.0 + columns * across - 66.0 + 10, 32.0 + min(deep, len(events)) * down + 14.0


def _ways(chart: Chart, events: list[Event], places: list[tuple[float, float]], tall: float) -> list[Line]:
    """From every event to the next one of each who took part; several on one arrow."""
    last: dict[int, int] = {}
    ways: dict[tuple[int, int], list[int]] = {}
    for number, event in enumerate(events):
        for row in event.who:
            if row in last:
                ways.setdefault((last[row], number), []).append(row)
            last[row] = number
    lines = []
    for (one, other), rows in ways.items():
        (x, y), (tx, ty) = places[one], places[other]
        names = ", ".join(chart.labels[row] for row in rows[:6]) + (
            f" and {len(rows) - 6} more" if len(rows) > 6 else ""
        )
        told = (
            f"{names}\n{events[one].when}: {events[one].what}\n→ {events[other].when}: {events[other].what}"
        )
        points: tuple[tuple[float, float], ...]
        if tx > x:
            start, end = (x + _WIDE, y + tall / 2), (tx - 1, ty + tall / 2)
            bend = 24.0 + 0.18 * (end[0] - start[0])
            aside = (tall / 2 + 17) / 0.75 if tx - x > _WIDE + 80 and abs(ty - y) < tall else 0.0
            points = (start, (start[0] + bend, start[1] + aside), (end[0] - bend, end[1] + aside), end)
        else:
            start, end = (x + _WIDE / 2, y + tall), (tx + _WIDE / 2, ty - 1)
            points = (start, (start[0], start[1] + 14), (end[0], end[1] - 14), end)
        weak = events[one].weak or events[other].weak
        lines.append(
            Line(
                points,
                "#51606e",
                min(4.0, 0.9 + 0.4 * len(rows)),
                dashed=weak,
                arrow=True,
                curved=True,
                opacity=0.75,
                words=told,
            )
        )
    return lines
