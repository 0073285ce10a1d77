"""Draws a result the way it asks for: as a map, a link chart or a table."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import again, figure, looked_up, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Result
from ilp_lab.schema import withheld
from ilp_lab.views.barfigures import bar_figure
from ilp_lab.views.chart_figures import linkchart_figure
from ilp_lab.views.classes import figure_of
from ilp_lab.views.curves import CURVES, curve_figure, source_line
from ilp_lab.views.drawing import png
from ilp_lab.views.figures import map_figure
from ilp_lab.views.linkcharts import linkchart_page
from ilp_lab.views.maps import map_page
from ilp_lab.views.matchfigures import FIGURES as OF_IDENTITIES
from ilp_lab.views.networkfigures import FIGURES as OF_NETWORKS
from ilp_lab.views.nothingfigures import nothing_figure
from ilp_lab.views.page import Page, banner, build, safe_text
from ilp_lab.views.prioritiesfigures import FIGURES as OF_PRIORITIES
from ilp_lab.views.reasonfigures import FIGURES as OF_REASONING
from ilp_lab.views.seriespages import PAGES
from ilp_lab.views.taskingfigures import FIGURES as OF_TASKING
from ilp_lab.views.timefigures import FIGURES as OF_TIMES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURES = {**OF_TIMES, **OF_REASONING, **OF_NETWORKS, **OF_PRIORITIES, **OF_TASKING, **OF_IDENTITIES}
_MEASURED = {
    "networks.call_bursts": ("in_window", tr_later("calls in the fullest window")),
    "networks.fan_in_out": ("in_window", tr_later("different counterparties in the fullest window")),
    "networks.co_location": ("days_together", tr_later("days at the same masts")),
    "networks.round_trips": (
        "first_amount",
        tr_later("amount of the first payment, in the currency of the file"),
    ),
    "networks.structuring": ("in_band", tr_later("payments just below the threshold")),
}
_ROWS = 8
_COLUMNS = 9
_STYLE = """
.ilp-result{font:14px/1.45 "Segoe UI","DejaVu Sans",system-ui,sans-serif;color:#1b2733;background:#fff;border:1px solid #c9d1d9;max-width:62rem}
.ilp-result .ilp-in{padding:.4rem 1rem .8rem}
.ilp-result .ilp-handling{background:#1b2733;color:#fff;text-align:center;padding:.15rem;font-size:12px}
.ilp-result .ilp-title{font-size:17px;font-weight:700;margin:.3rem 0;overflow-wrap:anywhere}
.ilp-result ul{margin:.3rem 0;padding-left:1.2rem}
.ilp-result table{border-collapse:collapse;font-size:12.5px;margin:.5rem 0}
.ilp-result th,.ilp-result td{text-align:left;padding:.2rem .55rem;border-bottom:1px solid #d5dce3;overflow-wrap:anywhere}
.ilp-result summary{cursor:pointer;color:#0b5394;margin-top:.3rem}
.ilp-result caption{text-align:left;color:#51606e}
.ilp-result img{max-width:100%}
.ilp-result .ilp-chosen{background:#fff3cd;border-radius:3px;padding:0 .3rem}
"""


def draw(result: Result, **options: Any) -> Figure:
    """Draw a result for print.

    Parameters
    ----------
    result
        Any result.
    **options
        Those of ``map_figure``, ``linkchart_figure``, ``bar_figure`` or the figure of that kind of result.

    Raises
    ------
    InputError
        When it is not a result.

    Examples
    --------
    >>> import pandas as pd
    >>> found = Result("demo", "Thefts", pd.DataFrame({"area": ["A"], "n": [3]}), "counted", ("Three.",))
    >>> len(draw(found).axes)
    1
    """
    _is_result(result, "views.draw")
    if result.view == "map" and len(result.table):
        return map_figure(result, **options)
    if result.view == "linkchart":
        return linkchart_figure(result, **options)
    if result.name in CURVES:
        return curve_figure(result, **options)
    if result.name in FIGURES and len(result.table):
        return FIGURES[result.name](result, **options)
    if not len(result.table):
        title = options.get("title")
        return nothing_figure(result, title=title)
    from ilp_lab.safeguards.handling import mark

    options.setdefault("title", result.title)
    options.setdefault("note", next(iter(result.findings), ""))
    options.setdefault("source", source_line(result))
    if result.name in _MEASURED and not {"label", "value"} & set(options):
        value, words = _MEASURED[result.name]
        options.update(value=value, axis=options.get("axis") or again(words))
        options.setdefault("clear", "q_fdr" if "q_fdr" in result.table else None)
    return bar_figure(mark(result.table, handling=result.handling), **options)


def explore(result: Result, **options: Any) -> Page:
    """Draw a result for the screen: a page that works offline and can be clicked.

    Parameters
    ----------
    result
        Any result.
    **options
        Those of ``map_page``, ``linkchart_page`` or ``series_page``, whichever the result asks for, or of its figure; tables take none.

    Raises
    ------
    InputError
        When it is not a result.

    Examples
    --------
    >>> import pandas as pd
    >>> found = Result("demo", "Thefts", pd.DataFrame({"area": ["A"], "n": [3]}), "counted", ("Three.",))
    >>> explore(found).title
    'Thefts'
    """
    _is_result(result, "views.explore")
    if result.view == "map" and len(result.table):
        return map_page(result, **options)
    if result.view == "linkchart":
        return linkchart_page(result, **options)
    if result.name in PAGES and len(result.table):
        return PAGES[result.name](result, **options)
    drawn = result.name in CURVES or (result.name in FIGURES and len(result.table) > 0)
    if options and not drawn:
        raise InputError(f"views.explore: a table takes no options; got {', '.join(sorted(options))}.")
    picture = _picture(result, **options) if drawn else ""
    return build(
        title=result.title,
        body=f'<div class="ilp-result" style="overflow:auto"><div class="ilp-in">{_inside(result, rows=500, picture=picture)}</div></div>',
        handling=result.handling,
        alternative=" ".join((tr("Table."), f"{result.title}.", *result.findings[:1])),
        styles=(_STYLE,),
    )


def summary_html(result: Result, *, figure: bool = False) -> str:
    """Say in HTML what a result found, how it was made and what weakens it; every text is shown as text.

    Parameters
    ----------
    result
        Any result.
    figure
        Whether its figure goes in, as a picture.

    Raises
    ------
    InputError
        When it is not a result.

    Examples
    --------
    >>> import pandas as pd
    >>> found = Result("demo", "<Thefts>", pd.DataFrame({"n": [3]}), "counted", ("Three.",))
    >>> "&lt;Thefts&gt;" in summary_html(found)
    True
    """
    _is_result(result, "views.summary_html")
    picture = _picture(result) if figure else ""
    return (
        f'<style>{_STYLE}</style><section class="ilp-result" aria-label="{safe_text(result.title)}">'
        f'{banner(result.handling, "top")}<div class="ilp-in">{_inside(result, rows=_ROWS, picture=picture)}</div></section>'
    )


def _picture(result: Result, **options: Any) -> str:
    """The figure of a result as a picture in HTML."""
    told = safe_text(" ".join((f"{result.title}.", *result.findings[:1])))
    data = b64encode(png(draw(result, **options))).decode()
    return f'<img alt="{told}" src="data:image/png;base64,{data}">'


def _is_result(result: object, caller: str) -> None:
    if not isinstance(result, Result):
        raise InputError(
            f"{caller} draws results of analyses; got {type(result).__name__}. For tables use views.map_page, "
            "views.map_figure, views.linkchart_page or views.bar_figure."
        )


def _inside(result: Result, *, rows: int, picture: str = "") -> str:
    left_out = [
        tr("{count} rows: {reason}").format(count=figure(count, ","), reason=looked_up(why))
        for why, count in result.left_out.items()
    ] or [tr("nothing")]
    chosen = safe_text(tr("set by the library"))
    settings = [
        f'{safe_text(param)} <span class="ilp-chosen">{chosen}</span>' if param.chosen else safe_text(param)
        for param in result.params
    ]
    sources = [
        *map(str, result.sources),
        *([tr("Random numbers") + ": " + tr("seed {seed}").format(seed=result.seed)] if result.seed else []),
    ]
    return "".join(
        [
            f'<div class="ilp-title" role="heading" aria-level="2">{safe_text(result.title)}</div>',
            _list([safe_text(sentence) for sentence in result.findings]),
            picture,
            _table(result.table, rows, result.name),
            _more(tr("Method"), f"<p>{safe_text(result.method)}</p>"),
            _more(tr("Settings"), _list(settings)),
            _more(tr("What weakens it"), _list([safe_text(caveat) for caveat in result.caveats])),
            _more(
                tr("Data, and what was left out"),
                _list(
                    [
                        safe_text(line)
                        for line in (
                            *sources,
                            *(tr("Left out: {what}").format(what=text) for text in left_out),
                        )
                    ]
                ),
            ),
            _more(tr("Sources of the method"), _list([safe_text(line) for line in result.references])),
        ]
    )


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else ""


def _more(heading: str, content: str) -> str:
    return f"<details><summary>{safe_text(heading)}</summary>{content}</details>" if content else ""


def _table(table: pd.DataFrame, rows: int, made_by: str) -> str:
    """The first rows, or those that stand out; no outlines, no columns that name persons or sources."""
    import geopandas as gpd
    import pandas as pd

    hidden = withheld(map(str, table.columns), of=made_by)
    columns = [
        column
        for column in table.columns
        if not isinstance(table[column].dtype, gpd.array.GeometryDtype) and str(column) not in hidden
    ][:_COLUMNS]
    frame, which = _foremost(pd.DataFrame(table))
    shown = frame[columns].head(rows)
    head = "".join(f'<th scope="col">{safe_text(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{safe_text(figure_of(value))}</td>" for value in row) + "</tr>"
        for row in zip(*(shown[column].tolist() for column in columns), strict=True)
    )
    caption = which.format(n=len(shown), all=len(table))
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _foremost(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    if "verdict" in frame and "z" in frame:
        return frame.sort_values("z", ascending=False, kind="stable"), tr("Highest {n:,} of {all:,} rows")
    ranks = [column for column in frame.columns if str(column).endswith("_rank")]
    if ranks:
        return frame.sort_values(ranks[0], kind="stable", na_position="last"), tr(
            "Foremost {n:,} of {all:,} rows"
        )
    return frame, tr("First {n:,} of {all:,} rows")
