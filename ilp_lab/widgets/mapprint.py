"""The map on paper: what is seen on the screen, drawn again as a figure, and let out through the release gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.errors import InputError, NoCaseError
from ilp_lab.safeguards.handling import handling_of, mark

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.safeguards import Case, Released
    from ilp_lab.views.printed import PrintedFigure
    from ilp_lab.widgets.basemaps import Basemap
    from ilp_lab.widgets.crimemaps import CrimeMap

FORMS = (".png", ".pdf")
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
    incidents, areas
        Whether incidents, and the borders of areas, are shown.
    """

    layer: int = 0
    hidden: tuple[int, ...] = ()
    incidents: bool = True
    areas: bool = True


def seen_of(message: Any) -> Seen:
    """What a page says somebody sees."""
    return Seen(
        int(message.get("layer", 0)),
        tuple(int(code) for code in message.get("hidden") or ()),
        bool(message.get("incidents", True)),
        bool(message.get("areas", True)),
    )


def shown_rows(drawn: CrimeMap, seen: Seen) -> gpd.GeoDataFrame | None:
    """The incidents that are shown, by class and by time."""
    incidents = drawn.incidents
    if not seen.incidents or not len(incidents):
        return None
    on = ~np.isin(drawn.class_codes, np.asarray(seen.hidden, dtype=np.int64))
    if drawn.window is not None and drawn.minutes is not None:
        low, high = (int(moment.timestamp() // 60) for moment in drawn.window)
        on &= (drawn.minutes >= low) & (drawn.minutes < high)
    return incidents[on]


def map_sheet(drawn: CrimeMap, seen: Seen, case: Case | None = None) -> PrintedFigure:
    """The map as a figure: the part in view, the layer shown, the incidents shown."""
    from ilp_lab.views import map_figure

    layers = list(drawn.given.values())
    layer = layers[seen.layer] if 0 <= seen.layer < len(layers) else None
    incidents = shown_rows(drawn, seen)
    table: Any = layer
    value = None
    if layer is None:
        table = incidents if incidents is not None and len(incidents) else drawn.around["areas"]
        value = drawn.colour_by if table is incidents else None
        incidents = None
    if table is None:
        raise InputError("widgets.CrimeMap.figure: nothing is shown, so there is nothing to print.")
    if case is not None and incidents is not None:
        incidents = mark(incidents, handling=handling_of(case, incidents))
    elif case is not None and layer is None:
        table = mark(table, handling=handling_of(case, table))
    figure: Any = map_figure(
        table,
        value=value,
        areas=drawn.around["areas"] if seen.areas else None,
        incidents=incidents,
        streets=drawn.around["streets"],
        title=drawn.heading,
        bounds=drawn.view,
    )
    if drawn.basemap is not None:
        _lay_under(figure.axes[0], drawn.basemap)
    return figure  # type: ignore[no-any-return]


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
    if case is None:
        raise NoCaseError(
            tr("A map is printed out of a case. Open one and give it to the map: CrimeMap(..., case=case).")
        )
    if not case.folder.is_dir():
        raise NoCaseError(
            tr("The folder of the case is no longer there: {folder}. Open the case again.").format(
                folder=case.folder
            )
        )
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


def free_name(case: Case, form: str) -> Path:
    """A name in the case's folder that no file has yet."""
    stem = f"map {datetime.now(UTC).astimezone():%Y-%m-%d %H%M%S}"
    names = (
        case.folder / f"{stem}{extra}.{form}" for extra in ("", *(f" {number}" for number in range(2, 100)))
    )
    return next(name for name in names if not name.exists())
