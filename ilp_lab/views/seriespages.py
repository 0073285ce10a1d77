"""Linked crimes for the screen: a map without a network, and beside it the pairs or series that a human reads and decides on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import again, figure, looked_up, tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.views.assets import own
from ilp_lab.views.classes import CATEGORIES, NOTHING, Classes, figure_of, moment
from ilp_lab.views.folium_pages import page_of
from ilp_lab.views.linkfigures import series_in_words
from ilp_lab.views.maps import map_parts
from ilp_lab.views.page import Page, heading, safe_text
from ilp_lab.views.scene import Points, notes_of, scene_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.result import Result

_MOST_ROWS = 500
_ALONE, _FURTHER = "#9aa4ae", "#555555"
# decision or strength of a pair: its words in the legend, colour, whether its line is dashed
_LOOKS = {
    "accept": (tr_later("accepted"), "#0b5394", False),
    "reject": (tr_later("rejected"), "#99000d", True),
    "very strong": (tr_later("very strong"), "#8c1c04", False),
    "strong": (tr_later("strong"), "#e0561f", False),
    "moderate": (tr_later("moderate"), "#fd9f3c", False),
    "weak": (tr_later("weak"), "#b8a06a", False),
    "against": (tr_later("against"), "#8896a3", True),
    "": (tr_later("not decided"), "#8896a3", False),
}


@dataclass(frozen=True)
class _Row:
    """A line of the table: cells in words, and the crimes that a click on it shows."""

    cells: tuple[str, ...]
    crimes: tuple[Any, ...]
    heading: bool = False


def series_page(result: Result, *, title: str | None = None) -> Page:
    """Draw linked crimes for the screen: where they are, and the pairs or series with their reasons; a click on a row shows its crimes.

    Parameters
    ----------
    result
        Of ``times.link_crimes`` (pairs to decide on) or ``times.crime_series`` (series, with the decisions they rest on).
    title
        Another heading.

    Returns
    -------
    Page
        Lines join the crimes of a pair, coloured by decision or, before one, by strength. Crimes without a place stand in the table only.

    Raises
    ------
    InputError
        When the result holds no linked crimes.

    Notes
    -----
    Decisions are written into the table in Python or a spreadsheet, with name and reason; the page shows what stands there. The first 500
    rows are listed. Cost: a second for 5,000 crimes.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from ilp_lab.times import crime_series
    >>> at = pd.to_datetime(["2024-01-01", "2024-01-02"]).tz_localize("Europe/Vienna")
    >>> two = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy([0, 9], [0, 0]), crs=32633)
    >>> review = pd.DataFrame({"one": [0], "other": [1], "decision": ["accept"]})
    >>> series_page(crime_series(two, review=review)).title
    'Series of crimes'
    """
    caller = "views.series_page"
    if result.name == "times.link_crimes":
        crimes, links = result.details["crimes"], result.table
        classes, tables = None, [(tr("Pairs to decide on"), *_pairs(links))]
    elif result.name == "times.crime_series":
        crimes, links = _foremost_last(result.table), result.details["links"]
        classes, tables = _series_classes(crimes), [(tr("Series"), *_series(result))]
        if len(links):
            tables.append((tr("Decisions"), *_pairs(links)))
    else:
        raise InputError(
            f"{caller} draws results of times.link_crimes and times.crime_series; got {result.name}."
        )
    if not len(crimes):
        raise InputError(f"{caller}: the result holds no pair of crimes to draw.")
    scene = scene_of(
        _drawable(crimes), value=None, areas=None, incidents=None, streets=None, title=title or result.title, check=Check(caller)
    )  # fmt: skip
    points = scene.points
    assert points is not None  # noqa: S101  (crimes are points)
    place = {label: number for number, label in enumerate(points.frame["report"])}
    here = crimes.index.isin(list(place))
    columns = ["report", *(["in"] if classes else []), "occurred_at"]
    shown = None if classes is None else replace(classes, codes=classes.codes[here])
    scene = replace(
        scene, said=result.findings, notes=notes_of(result), points=replace(points, columns=columns, classes=shown),
        bounds=_first_look(points, crimes[here]) or scene.bounds,
    )  # fmt: skip
    parts = map_parts(scene, single=len(place) + 1, more_legend=_links_legend(links))
    parts["data"] |= _links(links, place)
    return page_of(
        **parts,
        title=scene.title,
        handling=result.handling,
        alternative=scene.alternative(),
        after='<section class="ilp-review" tabindex="0" aria-label="'
        + safe_text(tr("Review"))
        + '">'
        + "".join(_table(*table, place) for table in tables)
        + "</section>",
        scripts=(own("shapes.js"), own("map.js"), own("series.js")),
        styles=(own("map.css"), own("series.css")),
        last="new IlpSeries({name});",
    )


def _foremost_last(crimes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Crimes on their own first, so that series are drawn over them."""
    return crimes.iloc[np.argsort((crimes["size"] > 1).to_numpy(), kind="stable")]


def _first_look(points: Points, crimes: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """What the map shows at first: the series, with room around; None where all crimes are to be seen."""
    if "size" not in crimes:
        return None
    held = (crimes["size"] > 1).to_numpy()
    if not held.any():
        return None
    x, y = points.x[held], points.y[held]
    room = max(300.0, 0.1 * float(max(np.ptp(x), np.ptp(y))))
    return float(x.min() - room), float(y.min() - room), float(x.max() + room), float(y.max() + room)


def _drawable(crimes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    told = {"report": np.asarray(crimes.index, dtype=object), "occurred_at": crimes["occurred_at"].array}
    if "drawn_as" in crimes:
        told["in"] = [
            tr("on its own") if size == 1 else tr("series {number}").format(number=int(number))
            for number, size in zip(crimes["series"], crimes["size"], strict=True)
        ]
    return gpd.GeoDataFrame(told, geometry=crimes.geometry.to_numpy(), crs=crimes.crs)


def _series_classes(crimes: gpd.GeoDataFrame) -> Classes:
    words = [str(word) for word in crimes["drawn_as"].cat.categories]
    fixed = {"on their own": _ALONE, "further series": _FURTHER}
    colours = tuple(fixed.get(word, CATEGORIES[k % len(CATEGORIES)]) for k, word in enumerate(words))
    codes = crimes["drawn_as"].cat.codes.to_numpy()
    labels = tuple(_capital(series_in_words(word)) for word in words)
    return Classes(
        np.where(codes < 0, NOTHING, codes).astype(np.uint8), labels, colours, tr("Crimes by series")
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _pairs_counted(n: int) -> str:
    return trn("{n:,} pair", "{n:,} pairs", n).format(n=n)


def _look(link: dict[Any, Any]) -> str:
    decision = str(link.get("decision") or "").strip().lower()
    return decision if decision in ("accept", "reject") else str(link.get("strength") or "")


def _links(links: pd.DataFrame, place: dict[Any, int]) -> dict[str, Any]:
    """The lines between crimes that have a place: both ends and the look of each."""
    looks = list(_LOOKS)
    ends = [
        [place[link["one"]], place[link["other"]], looks.index(_look(link))]
        for link in links.to_dict("records")
        if link["one"] in place and link["other"] in place
    ]
    return {"links": ends, "looks": [[colour, dashed] for _, colour, dashed in _LOOKS.values()]}


def _links_legend(links: pd.DataFrame) -> str:
    held = [_look(link) for link in links.to_dict("records")]
    rows = [
        f'<li><span class="ilp-stroke" style="border-top:3px {"dashed" if dashed else "solid"} {colour}"></span>'
        f"<span>{safe_text(again(words))} <small>{safe_text(_pairs_counted(held.count(key)))}</small></span></li>"
        for key, (words, colour, dashed) in _LOOKS.items()
        if key in held
    ]
    return f"{heading(tr('Lines between crimes'))}<ul>{''.join(rows)}</ul>" if rows else ""


_HEADS = {
    "bayes_factor": tr_later("Bayes factor"), "strength": tr_later("Strength"), "because": tr_later("Because"), "decision": tr_later("Decision"), "decided_by": tr_later("By"), "reason": tr_later("Reason"),
}  # fmt: skip


def _pairs(links: pd.DataFrame) -> tuple[tuple[str, ...], list[_Row], int]:
    known = [name for name in _HEADS if name in links]
    rows = [
        _Row(
            (
                tr("{one} and {other}").format(one=str(link["one"]), other=str(link["other"])),
                *(_cell(link[name]) for name in known),
            ),
            (link["one"], link["other"]),
        )
        for link in links.head(_MOST_ROWS).to_dict("records")
    ]
    return (tr("Pair"), *(again(_HEADS[name]) for name in known)), rows, len(links)


def _series(result: Result) -> tuple[tuple[str, ...], list[_Row], int]:
    table, summary = result.table, result.details["summary"].set_index("series")
    several = table[table["size"] > 1].sort_values(["series", "occurred_at"], kind="stable")
    scored = bool(several["mean_log_bayes_factor"].notna().any())
    rows: list[_Row] = []
    for number, own_crimes in several.head(_MOST_ROWS).groupby("series", sort=False):
        told = summary.loc[number]
        words = tr("Series {number}: {n} crimes, up to {m:,.0f} m apart").format(
            number=str(number), n=int(told["size"]), m=told["extent_m"]
        )
        span = tr("{first} to {last}").format(first=_cell(told["first"]), last=_cell(told["last"]))
        blank = ("",) if scored else ()
        rows.append(_Row((words, span, *blank), tuple(table.index[table["series"] == number]), heading=True))
        for crime in own_crimes.itertuples():
            mean = (figure(crime.mean_log_bayes_factor, "+.1f"),) if scored else ()
            rows.append(_Row((str(crime.Index), _cell(crime.occurred_at), *mean), (crime.Index,)))
    return (
        (tr("Crime"), tr("When"), *((tr("Mean log Bayes factor to its series"),) if scored else ())),
        rows,
        len(several),
    )


def _cell(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return moment(value)
    return looked_up(value) if isinstance(value, str) and value in _LOOKS else figure_of(value)


def _table(caption: str, heads: Iterable[str], rows: list[_Row], total: int, place: dict[Any, int]) -> str:
    body = []
    for row in rows:
        at = ",".join(str(place[crime]) for crime in row.crimes if crime in place)
        first = safe_text(row.cells[0])
        if at:
            first = f'<button type="button" data-crimes="{at}" aria-pressed="false">{first}</button>'
        else:
            first += f" <small>{safe_text(tr('(no place)'))}</small>"
        tag = "th" if row.heading else "td"
        body.append(
            f"<tr><{tag}>{first}</{tag}>"
            + "".join(f"<{tag}>{safe_text(cell)}</{tag}>" for cell in row.cells[1:])
            + "</tr>"
        )
    listed = sum(not row.heading for row in rows)
    said = (
        tr("{what}: all {n:,}").format(what=caption, n=total)
        if listed == total
        else tr("{what}: the first {n:,} of {all:,}").format(what=caption, n=listed, all=total)
    )
    choose = tr("Choose a row to see its crimes on the map.")
    head = "".join(f'<th scope="col">{safe_text(name)}</th>' for name in heads)
    return (
        f"<table><caption>{safe_text(said)}. {safe_text(choose)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


PAGES = {"times.link_crimes": series_page, "times.crime_series": series_page}
