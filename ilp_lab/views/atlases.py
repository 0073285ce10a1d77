"""An atlas: one printed page per area, from any result on a map, as one PDF."""

from __future__ import annotations

import textwrap
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Result
from ilp_lab.safeguards.handling import handling_of, policy
from ilp_lab.views.classes import counted, figure_of
from ilp_lab.views.curves import source_line
from ilp_lab.views.drawing import INK, LINE, SOFT, finish, legend_of, png, sheet, writable
from ilp_lab.views.figures import draw_map
from ilp_lab.views.page import safe_text
from ilp_lab.views.scene import Scene, scene_of

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ilp_lab.safeguards import Case, Released
    from ilp_lab.views.printed import PrintedFigure

_WIDE, _HIGH = 11.69, 8.27  # A4, on its side
_MOST = 300
_MARGIN = 0.08
_SHOWN = 3


@dataclass(frozen=True)
class Atlas:
    """Pages that belong together.

    Attributes
    ----------
    title, handling
        On every page.
    names
        The areas, in the order of their pages.
    """

    title: str
    handling: str
    names: tuple[str, ...]
    _scene: Scene = field(repr=False)
    _result: Result | None = field(repr=False)
    _which: tuple[int, ...] = field(repr=False)

    def __len__(self) -> int:
        """Number of pages: the overview, one per area, and the method."""
        return len(self.names) + 1 + int(self._result is not None)

    def pages(self) -> Iterator[PrintedFigure]:
        """Each page as a figure."""
        from tqdm.auto import tqdm

        yield _overview(self)
        held = _members(self._scene)
        rank = _ranks(self._scene, held, self._which)
        for number, which in enumerate(tqdm(self._which, desc="atlas", unit="page", delay=1, leave=False)):
            yield _area_page(self, number, which, held[which], rank.get(which))
        if self._result is not None:
            yield _method_page(self, self._result)

    @cached_property
    def _content(self) -> bytes:
        import matplotlib as mpl
        from matplotlib.backends.backend_pdf import PdfPages

        stream = BytesIO()
        nothing = {"Creator": None, "Producer": None, "CreationDate": None, "Title": self.title}
        with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(stream, metadata=nothing) as book:
            for page in self.pages():
                book.savefig(page)
        return stream.getvalue()

    def pdf(self) -> bytes:
        """The whole atlas; the same input gives the same bytes."""
        return self._content

    def release(
        self, case: Case | None, path: str | Path, *, authority: str | None = None, reason: str = ""
    ) -> Released:
        """Write the PDF out of a case; it takes and shows the stricter of its own and the case's handling code."""
        from ilp_lab.safeguards import release_bytes

        book = self if case is None else replace(self, handling=handling_of(case, self))
        return release_bytes(
            case, path, book.pdf(), what=self.title, inputs=[book], authority=authority, reason=reason
        )

    def _repr_html_(self) -> str:
        shown = []
        for page in self.pages():
            data = b64encode(png(page)).decode()
            shown.append(
                f'<img alt="{safe_text(page.alternative)}" style="max-width:100%" src="data:image/png;base64,{data}">'
            )
            if len(shown) == _SHOWN:
                break
        rest = len(self) - len(shown)
        more = trn(
            "and {n:,} further page; .pdf() holds all of them.",
            "and {n:,} further pages; .pdf() holds all of them.",
            rest,
        ).format(n=rest)
        return "".join(shown) + (f"<p>{safe_text(more)}</p>" if rest > 0 else "")


def atlas(
    table: gpd.GeoDataFrame | Result,
    *,
    areas: gpd.GeoDataFrame,
    value: str | None = None,
    incidents: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    title: str | None = None,
    at_most: int = _MOST,
) -> Atlas:
    """Make an atlas of a result: an overview, a page per area with its own map and numbers, and the method.

    Parameters
    ----------
    table, value, incidents, streets, title
        As in :func:`map_page`.
    areas
        Outlines with a column ``name`` or ``area``; each gets a page, in the order of the table.
    at_most
        More areas than this are refused, so that no one prints a thousand pages by mistake.

    Returns
    -------
    Atlas
        ``pdf()`` gives the bytes, ``release(case, path)`` writes them into the world; ``pages()`` gives figures.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or no area lies on the map.

    Notes
    -----
    All pages share one legend, so that colours mean the same everywhere. Cost: a fraction of a second per page.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = gpd.GeoDataFrame({"n": [0, 3]}, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=32633)
    >>> beats = gpd.GeoDataFrame({"area": ["A", "B"]}, geometry=list(cells.geometry), crs=32633)
    >>> book = atlas(cells, areas=beats)
    >>> len(book), book.pdf()[:5]
    (3, b'%PDF-')
    """
    check = Check("views.atlas")
    check.whole(1, at_most=at_most)
    if check.places(areas, "areas") and not len(areas):
        check.add("areas is empty, so there is no page to make.")
    if not check.faults and len(areas) > at_most:
        check.add(
            f"{len(areas):,} areas would be {len(areas):,} pages; pick some with areas[areas['area'].isin([...])], or say at_most={len(areas)}."
        )
    check.done()
    scene = scene_of(
        table, value=value, areas=areas, incidents=incidents, streets=streets, title=title, check=check
    )
    assert scene.areas is not None  # noqa: S101
    bounds = scene.areas.geometry.bounds.to_numpy()
    with_outline = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    result = table if isinstance(table, Result) else None
    if not len(with_outline):
        raise InputError("views.atlas: no area has an outline, so there is no page to make.")
    names = tuple(writable(scene.names_of_areas[at], 60) for at in with_outline)
    handling = handling_of(table, areas, incidents, streets)
    return Atlas(scene.title, handling, names, scene, result, tuple(int(at) for at in with_outline))


def _members(scene: Scene) -> list[NDArray[np.int64]]:
    """Rows of the map that lie in each area, by their middle."""
    import shapely

    assert scene.areas is not None  # noqa: S101
    if scene.cells is None:
        return [np.empty(0, np.int64)] * len(scene.areas)
    tree = shapely.STRtree(shapely.point_on_surface(np.asarray(scene.cells.geometry)))
    area, row = tree.query(np.asarray(scene.areas.geometry), predicate="intersects")
    return [np.sort(row[area == at]) for at in range(len(scene.areas))]


def _incidents_in(scene: Scene, which: int) -> int | None:
    import shapely

    if scene.points is None or scene.areas is None:
        return None
    outline = scene.areas.geometry.iloc[which]
    shapely.prepare(outline)
    return int(shapely.intersects_xy(outline, scene.points.x, scene.points.y).sum())


def _ranks(scene: Scene, held: list[NDArray[np.int64]], which: Sequence[int]) -> dict[int, int]:
    """Rank of every area by what is counted in it; none where nothing is."""
    if scene.cells is None or "n" not in scene.cells or scene.cells["n"].dtype.kind not in "iuf":
        return {}
    n = np.nan_to_num(scene.cells["n"].to_numpy(dtype=np.float64))
    total = {at: float(n[held[at]].sum()) for at in which}
    return {at: 1 + sum(other > total[at] for other in total.values()) for at in which}


def _cut(scene: Scene, bounds: tuple[float, float, float, float]) -> Scene:
    """The scene with only what lies near a page's ground, so that pages stay small."""
    west, south, east, north = bounds
    cells, classes = scene.cells, scene.classes
    if cells is not None:
        box = cells.geometry.bounds.to_numpy()
        near = (box[:, 2] >= west) & (box[:, 0] <= east) & (box[:, 3] >= south) & (box[:, 1] <= north)
        cells = cells[near].reset_index(drop=True)
        classes = replace(classes, codes=classes.codes[near])
    streets = scene.streets
    if streets is not None:
        streets = streets.cx[west:east, south:north]
        streets = streets if len(streets) else None
    points = scene.points
    if points is not None:
        near = (points.x >= west) & (points.x <= east) & (points.y >= south) & (points.y <= north)
        points = replace(
            points, x=points.x[near], y=points.y[near], frame=points.frame[near], total=int(near.sum())
        )
    areas, names = scene.areas, scene.names_of_areas
    if areas is not None:
        box = areas.geometry.bounds.to_numpy()
        close = (box[:, 2] >= west) & (box[:, 0] <= east) & (box[:, 3] >= south) & (box[:, 1] <= north)
        names = [name for name, kept in zip(names, close, strict=True) if kept]
        areas = areas[close].reset_index(drop=True)
    return replace(
        scene,
        cells=cells,
        classes=classes,
        streets=streets,
        points=points,
        areas=areas,
        names_of_areas=names,
        bounds=bounds,
    )


def _page(book: Atlas, figure: PrintedFigure, heading: str, number: int, alternative: str) -> PrintedFigure:
    """Heading, handling code above and below, source and page number."""
    code = policy()[book.handling]
    figure.text(
        0.5, 0.985, f"{code.code}   {writable(looked_up(code.meaning))}", size=8, color="white", ha="center", va="center",
        bbox={"facecolor": INK, "edgecolor": "none", "boxstyle": "square,pad=0.35"},
    )  # fmt: skip
    source = source_line(book._result) if book._result is not None else ""  # noqa: SLF001
    told = tr("Page {number} of {all}.").format(number=number, all=len(book))
    return finish(
        figure, title=heading, caption=f"{book.title}. {told}", handling=book.handling,
        alternative=alternative, source=source,
    )  # fmt: skip


def _legend(axes: Axes, scene: Scene, handles: list[Any]) -> None:
    legend_of(axes, handles, writable(scene.classes.heading) if scene.classes.labels else tr("On the map"))


def _overview(book: Atlas) -> PrintedFigure:
    scene = book._scene  # noqa: SLF001
    figure = sheet(_WIDE, _HIGH)
    axes = figure.add_axes((0.02, 0.10, 0.54, 0.80))
    _legend(axes, scene, draw_map(axes, scene, scene.bounds))
    lines = [f"{number + 2:>3}  {name}" for number, name in enumerate(book.names)]
    shown = lines[:84]
    for column in range(0, len(shown), 42):
        figure.text(
            0.80 + 0.10 * (column // 42),
            0.90,
            "\n".join(shown[column : column + 42]),
            size=6,
            color=INK,
            va="top",
            linespacing=1.35,
        )
    figure.text(0.80, 0.925, tr("Page"), size=8, weight="bold", color=INK, va="top")
    if len(lines) > len(shown):
        figure.text(0.80, 0.10, tr("and {n:,} more").format(n=len(lines) - len(shown)), size=6, color=SOFT)
    return _page(book, figure, writable(book.title, 90), 1, " ".join((tr("Overview."), scene.alternative())))


def _area_page(
    book: Atlas, number: int, which: int, rows: NDArray[np.int64], rank: int | None
) -> PrintedFigure:
    scene = book._scene  # noqa: SLF001
    assert scene.areas is not None  # noqa: S101
    west, south, east, north = (float(edge) for edge in scene.areas.geometry.iloc[which].bounds)
    pad = max(east - west, north - south, 100.0) * _MARGIN
    bounds = (west - pad, south - pad, east + pad, north + pad)
    figure = sheet(_WIDE, _HIGH)
    axes = figure.add_axes((0.03, 0.10, 0.58, 0.80))
    near = _cut(scene, bounds)
    handles = draw_map(axes, near, bounds, focus=scene.areas.geometry.iloc[which])
    _legend(axes, scene, _whole_legend(scene, handles))
    facts = _facts(scene, which, rows, rank, len(book.names))
    _fact_table(figure, facts)
    _locator(figure, scene, which)
    told = "; ".join(f"{name}: {said}" for name, said in facts)
    return _page(
        book,
        figure,
        book.names[number],
        number + 2,
        " ".join((tr("Map of {area}.").format(area=book.names[number]), f"{told}.")),
    )


def _whole_legend(scene: Scene, handles: list[Any]) -> list[Any]:
    """The same legend on every page: all classes, whether they occur here or not."""
    from matplotlib.patches import Patch

    others = [handle for handle in handles if not isinstance(handle, Patch)]
    patches = [
        Patch(
            facecolor=colour,
            edgecolor="#8896a3",
            linewidth=0.5,
            label="\n".join(textwrap.wrap(writable(words, 60), 28)),
        )
        for words, colour, count in zip(
            scene.classes.labels, scene.classes.colours, scene.classes.counts, strict=True
        )
        if count
    ]
    return [*patches, *others]


def _facts(
    scene: Scene, which: int, rows: NDArray[np.int64], rank: int | None, areas: int
) -> list[tuple[str, str]]:
    """What is in the area, in words and numbers."""
    facts: list[tuple[str, str]] = []
    inside = _incidents_in(scene, which)
    if inside is not None and scene.points is not None:
        facts.append((tr("Incidents shown here"), _of(inside, len(scene.points.x))))
    cells = scene.cells
    if cells is not None and len(rows):
        facts.append((_here(scene.unit_name), _of(len(rows), len(cells))))
        if rank is not None:
            here, everywhere = float(cells["n"].iloc[rows].sum()), float(cells["n"].sum())
            facts.append(
                (
                    _counted_in(scene.unit_name),
                    tr("{n} of {all}").format(n=figure_of(here), all=figure_of(everywhere)),
                )
            )
            if areas > 1:
                facts.append((tr("Rank among the areas"), _of(rank, areas)))
        held = np.bincount(scene.classes.codes[rows], minlength=256)
        facts.extend(
            (writable(words, 40), counted(scene.unit_name, int(held[code])))
            for code, words in enumerate(scene.classes.labels)
            if held[code]
        )
    if not facts:
        facts.append((tr("On the map here"), tr("nothing")))
    return facts


def _of(some: int, every: int) -> str:
    return tr("{n:,} of {all:,}").format(n=some, all=every)


def _here(unit: str) -> str:
    return {"cells": tr("Cells of the map here"), "streets": tr("Streets of the map here")}.get(
        unit, tr("Areas of the map here")
    )


def _counted_in(unit: str) -> str:
    return {"cells": tr("Counted in these cells"), "streets": tr("Counted in these streets")}.get(
        unit, tr("Counted in these areas")
    )


def _fact_table(figure: PrintedFigure, facts: list[tuple[str, str]]) -> None:
    top = 0.44
    figure.text(0.79, top + 0.03, tr("In this area"), size=9, weight="bold", color=INK, va="top")
    for number, (name, said) in enumerate(facts[:11]):
        y = top - 0.028 * (number + 0.4)
        figure.text(0.79, y, writable(name, 40), size=7, color=SOFT, va="top")
        figure.text(0.98, y, writable(said, 30), size=7, color=INK, va="top", ha="right")


def _locator(figure: PrintedFigure, scene: Scene, which: int) -> None:
    """Where the area lies among the others."""
    from matplotlib.patches import PathPatch

    from ilp_lab.views.figures import path_of
    from ilp_lab.views.ground import polygons

    assert scene.areas is not None  # noqa: S101
    axes = figure.add_axes((0.79, 0.50, 0.19, 0.24))
    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="box", anchor="NW")
    west, south, east, north = scene.areas.total_bounds
    pad = 0.03 * max(east - west, north - south, 1.0)
    axes.set_xlim(west - pad, east + pad)
    axes.set_ylim(south - pad, north + pad)
    shapes = polygons(scene.areas.geometry.simplify(max(east - west, north - south) / 400))
    axes.add_artist(
        PathPatch(path_of(shapes, closed=True), facecolor="#eef1f3", edgecolor=LINE, linewidth=0.4)
    )
    here = shapes.rows == which
    if here.any():
        axes.add_artist(
            PathPatch(path_of(shapes, closed=True, which=here), facecolor=INK, edgecolor=INK, linewidth=0.4)
        )


def _method_page(book: Atlas, result: Result) -> PrintedFigure:
    figure = sheet(_WIDE, _HIGH)
    lines: list[str] = []
    for line in result.method_statement().splitlines():
        indent = "  " if line.startswith(" ") else ""
        lines.extend(
            textwrap.wrap(writable(line, 2000), 150, initial_indent=indent, subsequent_indent=indent) or [""]
        )
    kept = lines[:62]
    if len(lines) > len(kept):
        kept.append(
            trn(
                "… and {n:,} further line; the method statement of the result holds all of them.",
                "… and {n:,} further lines; the method statement of the result holds all of them.",
                len(lines) - len(kept),
            ).format(n=len(lines) - len(kept))
        )
    figure.text(0.04, 0.92, "\n".join(kept), size=6.3, color=INK, va="top", linespacing=1.3)
    return _page(
        book, figure, tr("How this was made"), len(book), " ".join((tr("Method statement."), *lines[:3]))
    )
