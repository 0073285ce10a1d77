"""What stands around a link chart: counts, filters with how many links each keeps, the strip of dates, the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import few_digits, figure, tr, trn
from ilp_lab.views.classes import spoken as in_words
from ilp_lab.views.symbols import kind_in_words
from ilp_lab.widgets.chartdesk import MEASURED

if TYPE_CHECKING:
    from ilp_lab.networks.linkchart import LinkChart
    from ilp_lab.widgets.chartdesk import Desk
    from ilp_lab.widgets.datestrips import Strip

_GRADES = ("source_grade", "information_grade")
_LISTED = 40
_GROUPED_BY = ("group", "community", "component", "category", "kind")
_NOT_OFFERED = ("entity_id", "x", "y", "longitude", "latitude", "source_row")


def panel(
    desk: Desk, strip: Strip, kinds: dict[str, list[tuple[str, int]]], *, undone: int
) -> dict[str, Any]:
    """Everything around the chart as it is now; ``kinds`` are what :func:`counted` gave for the first one."""
    chart, tests = desk.chart, desk.tests
    whole = desk.first
    depth, before = 0, desk.before
    while before is not None:
        depth, before = depth + 1, before.before
    return {
        "said": said(desk),
        "line": desk.line,
        "code": desk.code,
        "undo": depth,
        "redo": undone,
        "entities": len(chart.entities),
        "links": len(chart.links),
        "hidden": len(chart.hidden & set(chart.entities["entity_id"])),
        "lists": [
            {"name": name, "values": values}
            for name, counts in kinds.items()
            if (values := _values(counts, tests.get(name)))
        ],
        "certainty": tests.get("certainty_at_least") if whole.links["certainty"].notna().any() else "none",
        "time": _time(desk, strip),
        "sizes": _sizes(chart),
        "size_by": desk.size_by,
        "group_by": _group_columns(chart),
        "way": None if desk.way is None else list(desk.way.words),
    }


def said(desk: Desk) -> str:
    """What was done last and what is shown now, in a sentence."""
    chart = desk.chart
    told = tr("{entities} entities and {links} links").format(
        entities=figure(len(chart.entities), ","), links=figure(len(chart.links), ",")
    )
    away = len(desk.first.links) - len(chart.links)
    if away > 0:
        told += "; " + trn(
            "{n} link is not on the chart now", "{n} links are not on the chart now", away
        ).format(n=figure(away, ","))
    if chart.hidden:
        told += "; " + trn(
            "{n} entity is hidden and still measured",
            "{n} entities are hidden and still measured",
            len(chart.hidden),
        ).format(n=figure(len(chart.hidden), ","))
    first = f"{desk.said[:1].upper()}{desk.said[1:]}. " if desk.said else ""
    return f"{first}{told}."


def _values(counts: list[tuple[str, int]], wanted: Any) -> list[dict[str, Any]]:
    if len(counts) < 2 and wanted is None:
        return []
    on = None if wanted is None else {str(value) for value in wanted}
    return [
        {"value": value, "words": kind_in_words(value), "n": count, "on": on is None or value in on}
        for value, count in counts[:_LISTED]
    ]


def counted(chart: LinkChart) -> dict[str, list[tuple[str, int]]]:
    """How many links of the first chart have which kind and which grades."""
    return {
        name: [(str(value), int(count)) for value, count in chart.links[name].value_counts().items()]
        for name in ("kind", *_GRADES)
    }


def _time(desk: Desk, strip: Strip) -> dict[str, Any] | None:
    if not strip.edges:
        return None
    first, now = desk.first.links, desk.chart.links
    counts = strip.counts()
    return {
        "edges": list(strip.edges),
        "all": counts,
        "now": counts if len(now) == len(first) else strip.counts(first.index.isin(now.index)),
        "since": desk.tests.get("since"),
        "until": desk.tests.get("until"),
        "undated": strip.undated,
    }


def _sizes(chart: LinkChart) -> list[list[str]]:
    import pandas as pd

    own = [
        str(name)
        for name in chart.entities.columns
        if pd.api.types.is_numeric_dtype(chart.entities[name])
        and not pd.api.types.is_bool_dtype(chart.entities[name])
        and str(name) not in (*_NOT_OFFERED, *MEASURED)
    ]
    words = _measure_words()
    return [
        *([name, words[name]] for name in MEASURED),
        *([name, in_words(name)] for name in own),
    ]


def _group_columns(chart: LinkChart) -> list[list[str]]:
    return [
        [name, in_words(name)]
        for name in _GROUPED_BY
        if name in chart.entities and 1 < chart.entities[name].nunique() <= len(chart.entities) // 2 + 1
    ]


def shortfall(measured: bool, size: int, most: int) -> str:
    """A sentence where the measures were not taken anew because the chart is large."""
    if measured or size <= most:
        return ""
    return trn(
        "Measures were not taken anew for {n} entity; choose the measure again to take them.",
        "Measures were not taken anew for {n} entities; choose the measure again to take them.",
        size,
    ).format(n=few_digits(float(size)))


def _measure_words() -> dict[str, str]:
    return {
        "degree": tr("neighbours (degree)"),
        "betweenness": tr("being in between (betweenness)"),
        "closeness": tr("short ways to all (closeness)"),
    }
