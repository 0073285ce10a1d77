"""Link charts for the screen, drawn offline on a canvas of our own.

Entities stand where :mod:`ilp_lab.networks.layout` put them; numbers travel as bytes, texts as JSON, and the page's
script writes every text as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._spoken import spoken as spoken_now
from ilp_lab._tongue import again, figure, tr, tr_later
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.assets import CHART_DRAWING, own
from ilp_lab.views.charting import BASE, Chart, chart_of, leading_rows
from ilp_lab.views.chartshades import ink_on
from ilp_lab.views.classes import spoken
from ilp_lab.views.ground import pack
from ilp_lab.views.linkfacts import packed
from ilp_lab.views.page import Page, build, heading, safe_text
from ilp_lab.views.symbols import FIRM, LINK_COLOURS, OTHER, PLAIN, SIGNS, WEAK, Sign, kind_in_words, sign_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.views.chartgroups import Groups

_SVG = {
    "dot": '<circle cx="8" cy="8" r="6"/>',
    "square": '<rect x="2.5" y="2.5" width="11" height="11"/>',
    "triangle": '<path d="M8 1.5 15 14 1 14z"/>',
    "triangleDown": '<path d="M8 14.5 1 2 15 2z"/>',
    "diamond": '<path d="M8 1 15 8 8 15 1 8z"/>',
    "star": '<path d="M8 1l2 4.8 5.2.4-4 3.3 1.3 5L8 11.8 3.5 14.5l1.3-5-4-3.3 5.2-.4z"/>',
    "hexagon": '<path d="M4.5 2h7L15 8l-3.5 6h-7L1 8z"/>',
}
_KEYS = tr_later(
    "Arrow keys move the chart, + and − zoom, 0 shows it all. N goes from neighbour to neighbour, Enter opens or closes a "
    "group, H hides, P pins, U undoes, Esc lets go."
)


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
        witnesses and other parties keep the smallest size and are drawn hollow, whatever the column says. Numbers of
        groups (``networks.groups``) are names: they give colour and a number in the sign, never a size.
    title
        Heading; the result's own when left out.
    names
        Whether labels are written; without them entities are known by their numbers, as on products.

    Returns
    -------
    Page
        Shapes and colours tell the kind of entity, dashed lines an uncertain link. A click tells kind, dates, grades,
        certainty and the number of references, never the reference itself. Entities can be searched for, moved,
        pinned, hidden and noted; the page writes what was done as Python, to be kept. Charts of more than 5,000
        entities, and contacts that only link to one hub of 200 or more, are drawn by group first.

    Raises
    ------
    InputError, ColumnError
        When there is no chart, it is larger than a drawing holds (120,000 entities, 1,000,000 links), or ``size_by``
        is not a column of numbers.

    Notes
    -----
    Ten thousand entities and thirty thousand links make a page of about a megabyte; a hundred thousand with three
    hundred thousand, one of some ten. Most of the time goes into the layout, which comes out the same every time.

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
    return page_of_chart(chart, handling=handling_of(chart.handling, *_marked(chart_or_result)))


def page_of_chart(
    chart: Chart,
    *,
    handling: str,
    ground: dict[str, Any] | None = None,
    legend: str = "",
    under: tuple[str, ...] = (),
) -> Page:
    """The page of a chart that is ready; ``ground`` is what lies under it on a map."""
    data = {**chart_data(chart), "says": _says(), "acts": _acts(), "language": spoken_now()}
    if ground is not None:
        data["ground"] = ground
    return build(
        title=chart.title,
        body=_heading(chart)
        + '<div class="ilp-stage"><div class="ilp-chart" id="ilp-chart" tabindex="0" role="application" '
        f'aria-label="{safe_text(_alternative(chart))}"><div class="ilp-tip" id="ilp-tip" hidden></div></div>'
        f"{_side(chart, legend)}</div>",
        handling=handling,
        alternative=_alternative(chart),
        scripts=(*under, *map(own, CHART_DRAWING), own("chart.js")),
        styles=(own("chart.css"),),
        data=data,
    )


def _marked(chart_or_result: Any) -> list[Any]:
    return [chart_or_result] if hasattr(chart_or_result, "handling") else []


def chart_data(chart: Chart, *, pack: Callable[[Any, str], Any] = pack) -> dict[str, Any]:
    """What the script of the page or the widget reads; ``pack`` says how numbers travel."""
    links, groups = chart.links, chart.groups
    shades = chart.shades
    drawn = list(zip(chart.kinds, shades.of.tolist() if len(shades) else [-1] * len(chart), strict=True))
    kinds = list(dict.fromkeys(drawn))
    number = {kind: row for row, kind in enumerate(kinds)}
    return {
        "entities": {
            "xy": pack(chart.xy, "f4"),
            "size": pack(np.rint(chart.size * 8), "u1"),
            "kind": pack([number[kind] for kind in drawn], "u2"),
            "flags": pack(chart.hollow + 2 * chart.hidden + 4 * chart.pinned, "u1"),
            "labels": chart.labels,
            "ids": chart.ids,
            "kinds": [_drawn_kind(chart, kind, shade) for kind, shade in kinds],
            "facts": packed(chart.facts, pack=pack),
        },
        "links": {
            "from": pack(links.source, "i4"),
            "to": pack(links.target, "i4"),
            "kind": pack(links.kind, "u2"),
            "weak": pack(links.weak, "u1"),
            "first": pack(links.first, "i4"),
            "rows": _row_numbers(links.rows, pack),
            "kinds": [
                {"name": kind, "words": kind_in_words(kind), "colour": colour_of_link(row)}
                for row, kind in enumerate(links.kinds)
            ],
            "facts": packed(links.facts, pack=pack),
        },
        "groups": group_data(groups, chart.discs, pack=pack),
        "frames": [{"text": frame.text, "rows": frame.rows} for frame in chart.frames],
        "notes": [list(one) for one in chart.written],
        "leading": leading_rows(chart, at_most=40),
    }


def _drawn_kind(chart: Chart, kind: str, shade: int) -> dict[str, str]:
    """How entities of one kind, and of one group where they are coloured by it, are drawn and called."""
    sign, words = sign_of(kind), kind_in_words(kind)
    if shade < 0:
        return {"name": kind, "words": words, "shape": sign.shape, "colour": sign.colour}
    colour, mark = chart.shades.colours[shade], chart.shades.marks[shade]
    words = f"{words}, {chart.shades.labels[shade]}"
    return {
        "name": kind,
        "words": words,
        "shape": sign.shape,
        "colour": colour,
        "mark": mark,
        "ink": ink_on(colour),
    }


def group_data(
    groups: Groups, discs: tuple[Any, Any], *, pack: Callable[[Any, str], Any] = pack
) -> dict[str, Any]:
    """Which entities stand in which group, and where the groups stand."""
    return {
        "of": pack(groups.of, "i4") if len(groups) else "",
        "names": groups.names,
        "closed": groups.closed,
        "at": pack(discs[0], "f4"),
        "radius": pack(discs[1], "f4"),
    }


def _row_numbers(rows: list[Any], pack: Callable[[Any, str], Any]) -> Any:
    """The numbers of the links, for the Python the page writes; none where they are no numbers."""
    whole: NDArray[Any] = np.asarray(rows)
    return pack(whole, "i4") if whole.dtype.kind == "i" and (not len(whole) or whole.max() < 2**31) else ""


def colour_of_link(kind: int) -> str:
    """Colour of a kind of link; kinds beyond the palette share the first, a grey."""
    return LINK_COLOURS[kind + 1] if kind + 1 < len(LINK_COLOURS) else LINK_COLOURS[0]


def size_in_words(chart: Chart) -> str:
    """How many entities and links there are."""
    return tr("{n:,} entities, {links:,} links.").format(n=len(chart), links=len(chart.links))


def _says() -> dict[str, str]:
    """What the drawing says by itself; the widget brings its own."""
    return {
        "entities": tr("entities"), "links": tr("links"), "uncertain": tr("of them uncertain"), "opens": tr("Double click opens it"),
        "most": tr("Most links:"), "note": tr("Note:"), "more": tr("more links"), "and": tr("and"), "and more": tr("and more"),
    }  # fmt: skip


def _acts() -> dict[str, str]:
    """What the page says about what can be done with the drawing."""
    return {
        "click": tr("Click on an entity, a link or a group."), "open": tr("Open the group"), "close": tr("Close the group"),
        "close_its": tr("Close its group"), "hide": tr("Hide it"), "pin": tr("Pin it here"), "unpin": tr("Unpin it"),
        "write": tr("Write a note"), "note": tr("Note"), "add": tr("Add the note"),
        "too_many": tr("More than {n} found; write more of the name.").format(n=12), "nobody": tr("Nothing on the chart is called that."),
        "open_all": tr("Open all groups"), "close_all": tr("Close all groups"),
    }  # fmt: skip


def _alternative(chart: Chart) -> str:
    return " ".join(
        [
            tr("Link chart. {title}: {n:,} entities, {links:,} links.").format(
                title=str(chart.title), n=len(chart), links=len(chart.links)
            ),
            *chart.said[1:2],
        ]
    )


def _heading(chart: Chart) -> str:
    said = chart.said[:2] or (size_in_words(chart),)
    told = "".join(f"<p>{safe_text(sentence)}</p>" for sentence in said)
    return f'<div class="ilp-head"><h1>{safe_text(chart.title)}</h1>{told}</div>'


def _side(chart: Chart, legend: str) -> str:
    notes = "".join(f'<p class="ilp-small">{safe_text(note)}</p>' for note in chart.notes)
    source = (
        f'{heading(tr("Source"))}<p class="ilp-small">{safe_text(chart.source)}</p>' if chart.source else ""
    )
    buttons = "".join(
        f'<button type="button" id="ilp-{name}"{hidden}>{safe_text(words)}</button>'
        for name, words, hidden in (
            ("whole", tr("Show the whole chart"), ""),
            ("open", tr("Open all groups"), "" if len(chart.groups) else " hidden"),
            ("undo", tr("Undo"), " hidden"),
        )
    )
    return "".join(
        [
            f'<aside class="ilp-side" aria-label="{safe_text(tr("Search, legend and filters"))}">',
            f'<h2><label for="ilp-search">{safe_text(tr("Find an entity"))}</label></h2>',
            '<input type="search" id="ilp-search" autocomplete="off" spellcheck="false" '
            f'placeholder="{safe_text(tr("name or number"))}">',
            '<ul id="ilp-found" aria-live="polite"></ul>',
            heading(tr("Here")),
            '<div class="ilp-facts ilp-small" id="ilp-facts" role="status" aria-live="polite">',
            safe_text(tr("Click on an entity, a link or a group. Drag to move, turn the wheel to zoom.")),
            "</div>",
            '<div class="ilp-acts" id="ilp-acts" hidden></div>',
            _entities_legend(chart),
            _links_legend(chart),
            legend,
            f"{heading(tr('View'))}{buttons}",
            f'<p class="ilp-small">{safe_text(tr("By keyboard, with the chart selected: {keys}").format(keys=_KEYS))}</p>',
            f"{heading(tr('Read with care'))}{notes}" if notes else "",
            source,
            '<div id="ilp-record" hidden><h2><label for="ilp-code">',
            safe_text(tr("What you did, as Python")),
            '</label></h2><textarea id="ilp-code" readonly rows="4" spellcheck="false"></textarea>'
            f'<p class="ilp-small">{safe_text(tr("Copy these lines into the notebook to keep them."))}</p></div>',
            "</aside>",
        ]
    )


def _entities_legend(chart: Chart) -> str:
    rows = [
        f"<li>{svg_sign(_plain_sign(chart, kind))}<span>{safe_text(kind_in_words(kind))} <small>{figure(count, ',')}</small></span></li>"
        for kind, count in Counter(chart.kinds).most_common()
    ]
    rows += [
        f"<li>{_mark(colour, mark)}<span>{safe_text(words)} <small>{figure(count, ',')}</small></span></li>"
        for colour, mark, words, count in chart.shades.legend()
    ]
    if len(chart.shades):
        rows.append(f"<li><span>{safe_text(tr('Colour and number: the group.'))}</span></li>")
    if chart.hollow.any():
        rows.append(
            f"<li>{svg_sign(OTHER, hollow=True)}<span>{safe_text(tr('hollow: victim, witness or other party, never ranked'))} "
            f"<small>{figure(int(chart.hollow.sum()), ',')}</small></span></li>"
        )
    if chart.sized_by and (chart.size > BASE).any():
        larger = tr("The larger a sign, the higher its {measure}.").format(measure=spoken(chart.sized_by))
        rows.append(f"<li><span>{safe_text(larger)}</span></li>")
    if len(chart.groups):
        group = tr("a group, with the number of its entities; open it with a double click")
        rows.append(
            f'<li><span class="ilp-disc"></span><span>{safe_text(group)} <small>{figure(len(chart.groups), ",")}</small></span></li>'
        )
    if chart.frames:
        rows.append(
            f'<li><span class="ilp-disc ilp-ringed"></span><span>{safe_text(tr("ringed: a remark is about them"))}</span></li>'
        )
    return f"{heading(tr('Entities'))}<ul>{''.join(rows)}</ul>"


def _plain_sign(chart: Chart, kind: str) -> Sign:
    """The sign of a kind, grey where colours tell groups."""
    return replace(sign_of(kind), colour=LINK_COLOURS[0]) if len(chart.shades) else sign_of(kind)


def _mark(colour: str, mark: str) -> str:
    wide = 16 + 7 * max(0, len(mark) - 2)
    return (
        f'<svg width="{wide + 1}" height="17" viewBox="0 0 {wide} 16" aria-hidden="true" style="flex:none;margin-top:2px">'
        f'<rect x="1" y="1" width="{wide - 2}" height="14" rx="7" fill="{colour}"/><text x="{wide / 2:g}" y="12" font-size="10" '
        f'font-weight="600" text-anchor="middle" fill="{ink_on(colour)}">{safe_text(mark)}</text></svg>'
    )


def svg_sign(sign: Sign, *, hollow: bool = False) -> str:
    """A sign for a legend."""
    fill = "#fff" if hollow else sign.colour
    return (
        f'<svg width="17" height="17" viewBox="0 0 16 16" role="img" aria-label="{safe_text(again(sign.words))}" '
        f'style="flex:none;margin-top:2px" fill="{fill}" stroke="{sign.colour}" stroke-width="1.5">{_SVG[sign.shape]}</svg>'
    )


def _links_legend(chart: Chart) -> str:
    counts = np.bincount(chart.links.kind, minlength=len(chart.links.kinds))
    rows = [
        f'<label><input type="checkbox" data-kind="{number}" checked>'
        f'<span class="ilp-line" style="border-top-color:{colour_of_link(number)}"></span>'
        f"<span>{safe_text(kind_in_words(kind))} <small>{figure(int(counts[number]), ',')}</small></span></label>"
        for number, kind in enumerate(chart.links.kinds)
    ]
    lines = (
        (
            f'<li><span class="ilp-line"></span><span>{safe_text(again(FIRM))}</span></li>'
            f'<li><span class="ilp-line" style="border-top-style:dashed"></span><span>{safe_text(again(WEAK))}</span></li>'
        )
        if chart.links.judged
        else f"<li><span>{safe_text(again(PLAIN))}</span></li>"
    )
    counted = (
        f"<li><span>{safe_text(tr('×2, ×3 …: that many links on one line'))}</span></li>"
        if chart.links.pairs < len(chart.links) or len(chart.groups)
        else ""
    )
    return f"{heading(tr('Links (untick to hide)'))}{''.join(rows)}<ul>{lines}{counted}</ul>"


assert set(_SVG) >= {sign.shape for sign in (*SIGNS.values(), OTHER)}  # noqa: S101  (every sign has a legend)
