"""An event chart: one box per event, and who leads from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, trn
from ilp_lab.views.charting import Chart
from ilp_lab.views.classes import moment
from ilp_lab.views.datedlinks import Dated, dated_links
from ilp_lab.views.linkfacts import sentences
from ilp_lab.views.plates import Box, Line, Plate, clipped, plate_figure, plate_page
from ilp_lab.views.symbols import kind_in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilp_lab.views.page import Page

_EVENTS_PRINT, _EVENTS_SCREEN = 24, 600
_WIDE, _LINE = 176.0, 12.4


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
class Event:
    """One box of an event chart."""

    second: float
    when: str
    what: str
    who: tuple[int, ...]
    weak: bool
    words: str


def _event_chart(chart_or_result: Any, title: str | None, caller: str, most: int) -> Plate:
    dated = dated_links(chart_or_result, title, caller, tr("Event chart"))
    chart = dated.chart
    events, undated = _events(dated)
    shown = sorted(events, key=lambda event: (event.second, event.what))[:most]
    lines_most = max(2 + min(4, len(event.who)) for event in shown)
    tall = 12.0 + lines_most * _LINE
    places, width, height = _in_columns(shown, tall)
    boxes = []
    for event, (x, y) in zip(shown, places, strict=True):
        names = [chart.labels[row] for row in event.who]
        listed = names[:4] if len(names) <= 4 else [*names[:3], tr("and {n:,} more").format(n=len(names) - 3)]
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
    notes = [
        trn(
            "{n:,} event has no date and is not drawn.",
            "{n:,} events have no date and are not drawn.",
            undated,
        ).format(n=undated)
    ] * bool(undated)
    rest = len(events) - len(shown)
    notes += [
        tr("The first {n:,} of {all:,} events; filter the chart to see others.").format(
            n=len(shown), all=len(events)
        )
    ] * bool(rest)
    return Plate(
        title=chart.title,
        width=width,
        height=height,
        lines=tuple(_ways(chart, shown, places, tall)),
        boxes=tuple(boxes),
        legend=(
            (tr("the same entity, from one event to its next"), "#51606e", False),
            (tr("dashed: rests on uncertain links"), "#51606e", True),
        ),
        said=(
            tr("{n:,} events, {first} to {last}, in the order in which they happened; not to scale.").format(
                n=len(shown), first=shown[0].when, last=shown[-1].when
            ),
        ),
        notes=tuple(notes),
        handling=dated.handling,
        source=chart.source,
        kind=tr("Event chart"),
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
                    kind_in_words(links.kinds[int(links.kind[link])]),
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
            " " + tr("and {n:,} more").format(n=len(rows) - 6) if len(rows) > 6 else ""
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
