"""Link charts for the screen, drawn offline.

pyvis brings the data model and the drawing script (vis-network); its page, its ``from_nx`` and its physics are not
used: they ask four hosts for files, run text from data, and take minutes to settle. Entities stand where
:mod:`ilp_lab.networks.layout` put them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.assets import own, script
from ilp_lab.views.charting import BASE, Chart, chart_of, leading_rows
from ilp_lab.views.classes import spoken
from ilp_lab.views.page import Page, build, safe_text
from ilp_lab.views.symbols import FIRM, LINK_COLOURS, OTHER, PLAIN, SIGNS, WEAK, Sign, sign_of

if TYPE_CHECKING:
    from pyvis.network import Network

_NAMED_UP_TO = 400
_LINKS_NAMED_UP_TO = 60
_LEADING_FONT = 40
_SVG = {
    "dot": '<circle cx="8" cy="8" r="6"/>',
    "square": '<rect x="2.5" y="2.5" width="11" height="11"/>',
    "triangle": '<path d="M8 1.5 15 14 1 14z"/>',
    "triangleDown": '<path d="M8 14.5 1 2 15 2z"/>',
    "diamond": '<path d="M8 1 15 8 8 15 1 8z"/>',
    "star": '<path d="M8 1l2 4.8 5.2.4-4 3.3 1.3 5L8 11.8 3.5 14.5l1.3-5-4-3.3 5.2-.4z"/>',
    "hexagon": '<path d="M4.5 2h7L15 8l-3.5 6h-7L1 8z"/>',
}


def linkchart_page(
    chart_or_result: Any, *, size_by: str | None = None, title: str | None = None, names: bool = True
) -> Page:
    """Draw a link chart for the screen.

    Parameters
    ----------
    chart_or_result
        A link chart (``networks.chart``), or a result that holds one (``networks.measures``).
    size_by
        A column of numbers: the area of a sign grows with it. A result's own measure when left out. Victims,
        witnesses and other parties keep the smallest size and are drawn hollow, whatever the column says.
    title
        Heading; the result's own when left out.
    names
        Whether labels are written; without them entities are known by their numbers, as on products.

    Returns
    -------
    Page
        Shapes and colours tell the kind of entity, dashed lines a weak information grade. Hovering tells kind, dates,
        grades and the number of references. Links between the same two entities lie side by side; in large charts
        they are counted on one line. Entities can be searched for, kinds of link hidden.

    Raises
    ------
    InputError, ColumnError
        When there is no chart, or ``size_by`` is not a column of numbers.

    Notes
    -----
    Ten thousand entities and thirty thousand links can be drawn, as a page of about seven megabytes; most of the
    time goes into the layout, which comes out the same every time.

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace
    >>> chart = SimpleNamespace(
    ...     entities=pd.DataFrame({"entity_id": ["A", "B"], "kind": ["person", "phone"]}),
    ...     links=pd.DataFrame({"source": ["A"], "target": ["B"], "kind": ["uses"]}),
    ... )
    >>> linkchart_page(chart, title="Who uses what").title
    'Who uses what'
    """
    chart = chart_of(
        chart_or_result, size_by=size_by, title=title, names=names, check=Check("views.linkchart_page")
    )
    network = to_pyvis(chart)
    data = {
        "nodes": network.nodes,
        "edges": network.edges,
        "kinds": [line.kind for line in chart.drawn],
        "words": chart.words,
        "ids": [str(name) for name in chart.entities["entity_id"].tolist()],
        "named": len(chart.labels) <= _NAMED_UP_TO,
    }
    return build(
        title=chart.title,
        body=_heading(chart)
        + '<div class="ilp-stage"><div class="ilp-chart" id="ilp-chart" tabindex="0" role="application" '
        f'aria-label="{safe_text(_alternative(chart))}"></div>{_side(chart)}</div>',
        handling=handling_of(
            chart.handling, chart_or_result if hasattr(chart_or_result, "handling") else None
        ),
        alternative=_alternative(chart),
        scripts=(script("vis-network.js"), own("chart.js")),
        styles=(own("chart.css"),),
        data=data,
    )


def to_pyvis(chart: Chart) -> Network:
    """Fill a pyvis ``Network``: whole-numbered ids, plain texts, nothing that pyvis would interpret."""
    from pyvis.network import Network

    network = Network(cdn_resources="in_line")
    leading = set(leading_rows(chart))
    network.nodes = [
        _node(row, kind, label, float(size), xy, hollow=bool(hollow), leading=row in leading)
        for row, (kind, label, size, hollow, xy) in enumerate(
            zip(chart.entity_kinds, chart.labels, chart.size, chart.hollow, chart.xy.tolist(), strict=True)
        )
    ]
    network.node_ids = list(range(len(network.nodes)))
    network.node_map = {node["id"]: node for node in network.nodes}
    named = len(chart.drawn) <= _LINKS_NAMED_UP_TO
    network.edges = [_edge(number, line, chart.kinds, named=named) for number, line in enumerate(chart.drawn)]
    return network


def _node(
    row: int, kind: str, label: str, size: float, xy: list[float], *, hollow: bool, leading: bool
) -> dict[str, Any]:
    sign = sign_of(kind)
    node: dict[str, Any] = {
        "id": row,
        "label": label,
        "shape": sign.shape,
        "size": round(size, 1),
        "x": round(xy[0]),
        "y": round(xy[1]),
        "color": {"background": "#ffffff" if hollow else sign.colour, "border": sign.colour},
    }
    if hollow:
        node["borderWidth"] = 2
    if leading:
        node["font"] = {"size": _LEADING_FONT, "bold": True}
    return node


def _edge(number: int, line: Any, kinds: list[str], *, named: bool) -> dict[str, Any]:
    edge: dict[str, Any] = {
        "id": number,
        "from": line.source,
        "to": line.target,
        "title": line.words,
        "color": colour_of_link(line.kind),
    }
    if line.weak:
        edge["dashes"] = [6, 5]
    if line.count > 1:
        edge["width"] = round(1.0 + min(5.0, line.count**0.5), 1)
        edge["label"] = f"×{line.count}"
    elif named:
        edge["label"] = kinds[line.kind]
    if line.bend:
        forward = (line.source < line.target) == (line.bend > 0)
        edge["smooth"] = {
            "enabled": True,
            "type": "curvedCW" if forward else "curvedCCW",
            "roundness": round(min(0.8, 0.16 * abs(line.bend)), 2),
        }
    return edge


def colour_of_link(kind: int) -> str:
    """Colour of a kind of link; kinds beyond the palette share the first, a grey."""
    return LINK_COLOURS[kind + 1] if kind + 1 < len(LINK_COLOURS) else LINK_COLOURS[0]


def _alternative(chart: Chart) -> str:
    return " ".join(
        [
            f"Link chart. {chart.title}: {len(chart.labels):,} entities, {chart.links:,} links.",
            *chart.said[1:2],
        ]
    )


def _heading(chart: Chart) -> str:
    said = chart.said[:2] or (f"{len(chart.labels):,} entities, {chart.links:,} links.",)
    told = "".join(f"<p>{safe_text(sentence)}</p>" for sentence in said)
    return f'<div class="ilp-head"><h1>{safe_text(chart.title)}</h1>{told}</div>'


def _side(chart: Chart) -> str:
    notes = "".join(f'<p class="ilp-small">{safe_text(note)}</p>' for note in chart.notes)
    return "".join(
        [
            '<aside class="ilp-side" aria-label="Search, legend and filters">',
            '<h2><label for="ilp-search">Find an entity</label></h2>',
            '<input type="search" id="ilp-search" autocomplete="off" spellcheck="false" placeholder="name or number">',
            '<ul id="ilp-found" aria-live="polite"></ul>',
            '<h2>Here</h2><div class="ilp-facts ilp-small" id="ilp-facts" role="status" aria-live="polite">'
            "Click on an entity or a link. Drag to move the chart, turn the wheel to zoom.</div>",
            _entities_legend(chart),
            _links_legend(chart),
            '<h2>View</h2><button type="button" id="ilp-whole">Show the whole chart</button>',
            f"<h2>Read with care</h2>{notes}" if notes else "",
            "</aside>",
        ]
    )


def _entities_legend(chart: Chart) -> str:
    counts: dict[str, int] = {}
    for kind in chart.entity_kinds:
        counts[kind] = counts.get(kind, 0) + 1
    rows = [
        f"<li>{_sign(sign_of(kind))}<span>{safe_text(kind)} <small>{count:,}</small></span></li>"
        for kind, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]
    if chart.hollow.any():
        rows.append(
            f"<li>{_sign(OTHER, hollow=True)}<span>hollow: victim, witness or other party, never ranked "
            f"<small>{int(chart.hollow.sum()):,}</small></span></li>"
        )
    if chart.sized_by and (chart.size > BASE).any():
        rows.append(
            f"<li><span>The larger a sign, the higher its {safe_text(spoken(chart.sized_by))}.</span></li>"
        )
    return f"<h2>Entities</h2><ul>{''.join(rows)}</ul>"


def _sign(sign: Sign, *, hollow: bool = False) -> str:
    fill = "#fff" if hollow else sign.colour
    return (
        f'<svg width="17" height="17" viewBox="0 0 16 16" role="img" aria-label="{sign.words}" '
        f'style="flex:none;margin-top:2px" fill="{fill}" stroke="{sign.colour}" stroke-width="1.5">{_SVG[sign.shape]}</svg>'
    )


def _links_legend(chart: Chart) -> str:
    counts = [0] * len(chart.kinds)
    for line in chart.drawn:
        counts[line.kind] += line.count
    rows = [
        f'<label><input type="checkbox" data-kind="{number}" checked>'
        f'<span class="ilp-line" style="border-top-color:{colour_of_link(number)}"></span>'
        f"<span>{safe_text(kind)} <small>{counts[number]:,}</small></span></label>"
        for number, kind in enumerate(chart.kinds)
    ]
    lines = (
        (
            f'<li><span class="ilp-line"></span><span>{FIRM}</span></li>'
            f'<li><span class="ilp-line" style="border-top-style:dashed"></span><span>{WEAK}</span></li>'
        )
        if chart.graded
        else f"<li><span>{PLAIN}</span></li>"
    )
    counted = (
        "<li><span>×2, ×3 …: that many links on one line</span></li>"
        if any(line.count > 1 for line in chart.drawn)
        else ""
    )
    return f"<h2>Links (untick to hide)</h2>{''.join(rows)}<ul>{lines}{counted}</ul>"


assert set(_SVG) >= {sign.shape for sign in (*SIGNS.values(), OTHER)}  # noqa: S101  (every sign has a legend)
