"""The map on paper: what is seen on the screen, drawn again as a figure, and let out through the release gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import day_in_words, figure, tr
from ilp_lab.errors import InputError
from ilp_lab.safeguards.handling import handling_of, mark
from ilp_lab.views.drawing import halo, writable
from ilp_lab.views.namedrawing import names_on
from ilp_lab.widgets.maplayers import names_of
from ilp_lab.widgets.outgoing import the_case

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.safeguards import Case, Released
    from ilp_lab.views.classes import Classes
    from ilp_lab.views.ground import Ground
    from ilp_lab.views.printed import PrintedFigure
    from ilp_lab.widgets.basemaps import Basemap
    from ilp_lab.widgets.crimemaps import CrimeMap

FORMS = (".png", ".pdf")
MANY = 2_000
PRINTED = {
    "land": ("#f6f4ee", 0.0), "green": ("#e2ecd9", 0.0), "water": ("#cfe2ee", 0.0), "built": ("#e3ddd5", 0.0),
    "river": ("#a9c7da", 0.6), "border": ("#8d7fa0", 0.6), "rail": ("#9a8f8f", 0.4), "minor": ("#c9c3bb", 0.35),
    "major": ("#b3a58f", 0.8), "other": ("#c3ccd3", 0.3),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What somebody sees on a map.

    Attributes
    ----------
    layer
        Number of the layer shown; below zero for none.
    hidden
        Classes of incidents that are switched off.
    incidents, areas, streets, places, basemap, grid
        Whether incidents, borders of areas, streets, names of places, the basemap, and lines of longitude and latitude
        are shown.
    """

    layer: int = 0
    hidden: tuple[int, ...] = ()
    incidents: bool = True
    areas: bool = True
    streets: bool = True
    places: bool = True
    basemap: bool = True
    grid: bool = True


def seen_of(message: Any) -> Seen:
    """What a page says somebody sees."""
    return Seen(
        int(message.get("layer", 0)),
        tuple(int(code) for code in message.get("hidden") or ()),
        *(
            bool(message.get(name, True))
            for name in ("incidents", "areas", "streets", "places", "basemap", "grid")
        ),
    )


def shown_rows(drawn: CrimeMap, seen: Seen) -> NDArray[np.int64]:
    """Positions of the incidents that are shown, by class and by time."""
    if not seen.incidents or not len(drawn.incidents):
        return np.empty(0, dtype=np.int64)
    on = ~np.isin(drawn.classes.codes, np.asarray(seen.hidden, dtype=np.int64))
    if drawn.window is not None and drawn.minutes is not None:
        low, high = (int(moment.timestamp() // 60) for moment in drawn.window)
        on &= (drawn.minutes >= low) & (drawn.minutes < high)
    return np.flatnonzero(on)


def map_sheet(drawn: CrimeMap, seen: Seen, case: Case | None = None) -> PrintedFigure:
    """The map as a figure: the part in view, the layer shown, the incidents shown, in the colours of the screen."""
    from ilp_lab.views.figures import figure_of_scene
    from ilp_lab.views.scene import scene_of

    layers = list(drawn.given.values())
    layer = layers[seen.layer] if 0 <= seen.layer < len(layers) else None
    rows = shown_rows(drawn, seen)
    incidents: Any = drawn.incidents.iloc[rows] if len(rows) else None
    areas = drawn.around["areas"] if seen.areas else None
    table: Any = next((one for one in (layer, incidents, drawn.around["areas"]) if one is not None), None)
    if table is None:
        raise InputError("widgets.CrimeMap.figure: nothing is shown, so there is nothing to print.")
    if case is not None and incidents is not None:
        incidents = mark(incidents, handling=handling_of(case, incidents))
    if layer is None:
        table = incidents if incidents is not None else table
        table = table if case is None else mark(table, handling=handling_of(case, table))
    scene = scene_of(
        table,
        value=None,
        areas=areas,
        incidents=None if table is incidents else incidents,
        streets=drawn.around["streets"] if seen.streets else None,
        title=drawn.heading,
        check=Check("widgets.CrimeMap.figure"),
    )
    if scene.points is not None:
        classes = None if drawn.colour_by is None else _coloured(drawn, rows, scene.ground)
        points = replace(scene.points, classes=classes, part=_told(drawn, seen, rows))
        scene = replace(scene, points=points)
    figure: Any = figure_of_scene(
        scene,
        table,
        bounds=drawn.view,
        handling=handling_of(table, areas, incidents, scene.streets),
        over=lambda axes: _lay_over(axes, drawn, seen, rows),
    )
    if drawn.basemap is not None and seen.basemap:
        _lay_under(figure.axes[0], drawn.basemap)
    return figure  # type: ignore[no-any-return]


def _coloured(drawn: CrimeMap, rows: NDArray[np.int64], ground: Ground) -> Classes:
    """The classes of the screen for the incidents that are printed."""
    x, y = ground.points(drawn.incidents.iloc[rows])
    there = np.isfinite(x) & np.isfinite(y)
    return replace(drawn.classes, codes=drawn.classes.codes[rows[there]])


def _told(drawn: CrimeMap, seen: Seen, rows: NDArray[np.int64]) -> str:
    """Which incidents are on the sheet, when it is not all of them: a reader of the paper has no slider."""
    total, said = len(drawn.incidents), []
    if len(rows) == total:
        return ""
    if drawn.window is not None:
        first, before = (moment.date() for moment in drawn.window)
        last = before - timedelta(days=1)
        said.append(tr("from {first} to {last}").format(first=day_in_words(first), last=day_in_words(last)))
    away = [drawn.classes.labels[code] for code in seen.hidden if code < len(drawn.classes.labels)]
    if away:
        said.append(tr("without {classes}").format(classes=writable(", ".join(away), 90)))
    told = tr("Incidents: showing {n} of {total}").format(n=figure(len(rows), ","), total=figure(total, ","))
    return "; ".join([told, *said])


def _lay_over(axes: Any, drawn: CrimeMap, seen: Seen, rows: NDArray[np.int64]) -> list[Any]:
    """What lies over the map: its lines of longitude and latitude, names of places, and what is chosen."""
    from matplotlib.lines import Line2D

    if seen.grid and (drawn.basemap is None or not seen.basemap):
        _grid(axes, drawn.ground)
    names, x, y = _names(drawn, seen)
    names_on(axes, names, x, y)
    chosen = rows[drawn.selection.mask[rows]] if drawn.selection else rows[:0]
    if not len(chosen):
        return []
    look: dict[str, Any] = {
        "linestyle": "none", "marker": "o", "markersize": 4.6, "markerfacecolor": "none",
        "markeredgecolor": "#101820", "markeredgewidth": 0.9,
    }  # fmt: skip
    x, y = drawn.ground.points(drawn.incidents.iloc[chosen])
    axes.plot(x, y, **look, zorder=6.3, rasterized=len(chosen) > MANY)
    return [Line2D([], [], **look, label=tr("chosen ({n})").format(n=figure(len(chosen), ",")))]


def _names(drawn: CrimeMap, seen: Seen) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Names of places, those that were given before those of the basemap, and where they stand."""
    places = drawn.around["places"] if seen.places else None
    under = drawn.basemap.names if drawn.basemap is not None and seen.basemap else None
    given = [frame for frame in (places, under) if frame is not None and len(frame)]
    names = [name for frame in given for name in names_of(frame)]
    xy = [np.column_stack(drawn.ground.points(frame)) for frame in given]
    at = np.concatenate([np.empty((0, 2)), *xy])
    return names, at[:, 0], at[:, 1]


def _grid(axes: Any, ground: Ground) -> None:
    """Lines of longitude and latitude with their labels at the edges of the sheet."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    for label, xy in ground.graticule((west, south, east, north)):
        axes.plot(*xy.T, color="#6e7d8c", linewidth=0.4, linestyle=(0, (2, 4)), alpha=0.7, zorder=4.5)
        upright = abs(xy[-1, 1] - xy[0, 1]) > abs(xy[-1, 0] - xy[0, 0])
        along, across = (xy[:, 1], xy[:, 0]) if upright else (xy[:, 0], xy[:, 1])
        order = np.argsort(along)
        at = float(np.interp(north if upright else west, along[order], across[order]))
        low, high = (west, east) if upright else (south, north)
        if low + 0.04 * (high - low) < at < low + 0.9 * (high - low):
            place = (at, north) if upright else (west, at)
            axes.annotate(
                label, xy=place, xytext=(2, -7 if upright else 2), textcoords="offset points", size=5, color="#4f5c68", zorder=8,
                path_effects=halo(1.2),
            )  # fmt: skip


def _lay_under(axes: Any, basemap: Basemap) -> None:
    """The basemap below everything else on a printed map."""
    from matplotlib.patches import PathPatch

    from ilp_lab.views.figures import path_of
    from ilp_lab.views.ground import lines, polygons

    for order, ((look, is_line), shapes) in enumerate(basemap.parts.items()):
        found = lines(shapes) if is_line else polygons(shapes)
        if len(found):
            colour, width = PRINTED[look]
            face, edge = ("none", colour) if is_line else (colour, "none")
            axes.add_artist(
                PathPatch(
                    path_of(found, closed=not is_line),
                    facecolor=face,
                    edgecolor=edge,
                    linewidth=width,
                    zorder=1.2 + order / 100,
                    rasterized=len(found) > 20_000,
                )
            )


def release_map(
    drawn: CrimeMap, seen: Seen, case: Case | None, path: str | Path, *, authority: str | None, reason: str
) -> Released:
    """Print the map and write the file out of the case."""
    from ilp_lab import views
    from ilp_lab.safeguards import release_bytes

    target = Path(path)
    check = Check("widgets.CrimeMap.release")
    if target.suffix.lower() not in FORMS:
        check.add(f"the name of the file must end in .png or .pdf; got {target.name!r}.")
    check.done()
    case = the_case(case, "CrimeMap")
    figure = map_sheet(drawn, seen, case)
    content = views.pdf(figure) if target.suffix.lower() == ".pdf" else views.png(figure)
    inputs = [
        drawn.incidents,
        *drawn.given.values(),
        *(frame for frame in drawn.around.values() if frame is not None),
    ]
    return release_bytes(
        case, target, content, what=drawn.heading, inputs=inputs, authority=authority, reason=reason
    )
