"""The crime map: incidents by the million, cells, areas and streets, chosen with mouse or keyboard, played through time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr
from ilp_lab.result import Result
from ilp_lab.safeguards.handling import handling_of, policy
from ilp_lab.views.classes import NOTHING, Classes
from ilp_lab.views.ground import UNIT_M, Ground, lines
from ilp_lab.widgets.basemaps import read_basemap, tell_basemap
from ilp_lab.widgets.mapgiven import check_given, classes_of, has_place, nobody, tell_grid, tell_time, wider
from ilp_lab.widgets.maplayers import (
    layer_of,
    named,
    names_of,
    tell_areas,
    tell_layer,
    tell_shapes,
    told_about,
)
from ilp_lab.widgets.mapmoves import Moved
from ilp_lab.widgets.mapprint import Seen, map_sheet, release_map, seen_of
from ilp_lab.widgets.mapwords import map_words
from ilp_lab.widgets.outgoing import free_name, permitted, the_case
from ilp_lab.widgets.parcels import Parcel
from ilp_lab.widgets.selections import Selection, shared
from ilp_lab.widgets.walltimes import wall_times

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab.safeguards import Case, Released
    from ilp_lab.views.printed import PrintedFigure
    from ilp_lab.widgets.basemaps import Basemap

MOST_POINTS = 2_000_000


class CrimeMap(Moved):
    """A map that is moved, played and chosen from, and tells Python what was chosen.

    Parameters
    ----------
    incidents
        Points, as :func:`ilp_lab.intake.read_incidents` gives them. May be left out when there are layers.
    areas
        Polygons drawn as borders with their names (column ``name`` or ``area``).
    streets
        Lines for orientation.
    places
        Points with a column ``name``, written on the map.
    layers
        Results and tables that colour the map: a density, hot spots, counts by area, streets in classes. One, a list, or a
        mapping of names; the first is shown at the start.
    colour_by
        Column of ``incidents`` whose values colour the points; ``"offence"`` is usual.
    time
        Column of ``incidents`` that the time slider plays.
    selection
        A choice shared with other widgets; one of its own when left out.
    title
        Heading.
    height_px
        How high the map is.
    at_most
        How many points are drawn. Of more, an even share is drawn, and the map says how many of how many; what is chosen
        on the map is always worked out on all rows.
    basemap
        A file of the user's own that is drawn below: GeoPackage, PMTiles, or an OpenStreetMap extract (.osm.pbf). Nothing is
        fetched from anywhere; without one there are lines of longitude and latitude, borders and names.
    case
        The open case out of which the map may be printed.

    Attributes
    ----------
    selection
        The chosen rows: ``map.selection.rows`` (positions) and ``map.selection.frame``.
    window
        What the time slider shows: (first, before) as timestamps on the local clock, or ``None`` for everything. Set it and
        the map shows that time: ``map.window = ("2025-03-01", "2025-03-08")``.
    view
        What part is seen: (west, south, east, north) in metres of the map's coordinate system, or ``None`` before it was seen.
        Set it and the map shows that part: ``map.view = map.ground.bring(areas.iloc[[0]]).total_bounds``; ``None`` shows everything.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Notes
    -----
    Nothing is asked of the network and no row is kept in the notebook. One million incidents travel as 8 bytes of place,
    4 of time and 1 of class each. By keyboard: select the map, then arrow keys and + −; every tool is a button, and
    "All in view" chooses without pointing; Escape drops the choice.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([16.37, 16.38], [48.2, 48.21]), crs=4326)
    >>> seen = CrimeMap(points)
    >>> seen.selection.choose([1])
    >>> len(seen.selection.frame)
    1
    """

    kind: ClassVar[str] = "crimemap"
    scripts: ClassVar[tuple[str, ...]] = (
        "mapsheet.js", "mappoints.js", "maptools.js", "maptime.js", "mapside.js", "crimemap.js",
    )  # fmt: skip
    libraries: ClassVar[tuple[str, ...]] = ("leaflet.js", "shapes.js")
    styles: ClassVar[tuple[str, ...]] = ("widgets.css", "crimemap.css")

    def __init__(
        self,
        incidents: gpd.GeoDataFrame | None = None,
        *,
        areas: gpd.GeoDataFrame | None = None,
        streets: gpd.GeoDataFrame | None = None,
        places: gpd.GeoDataFrame | None = None,
        layers: Result | gpd.GeoDataFrame | Sequence[Any] | Mapping[str, Any] | None = None,
        colour_by: str | None = None,
        time: str = "occurred_at",
        selection: Selection | None = None,
        title: str | None = None,
        height_px: int = 520,
        at_most: int = MOST_POINTS,
        basemap: str | PathLike[str] | None = None,
        case: Case | None = None,
    ) -> None:
        check = Check("widgets.CrimeMap")
        given = {"areas": areas, "streets": streets, "places": places, "incidents": incidents}
        check_given(check, given, named(layers), colour_by)
        check.whole(100, height_px=height_px)
        check.whole(1, at_most=at_most)
        check.done()
        table = nobody() if incidents is None else incidents
        self._seen = Seen()
        self._time, self.colour_by, self._height = time, colour_by, height_px
        self._at_most, self._title, self._file, self._case = at_most, title, basemap, case
        self.around: dict[str, Any] = {"areas": areas, "streets": streets, "places": places}
        self._take(table, named(layers))
        super().__init__(selection=shared(selection, table, check))
        self.mount()

    @classmethod
    def words(cls) -> dict[str, str]:
        """What it says, in the language that is spoken now."""
        return map_words()

    def _take(self, incidents: gpd.GeoDataFrame, layers: Mapping[str, Any]) -> None:
        """Bring everything into one coordinate system."""
        self.incidents = incidents
        self.given = dict(layers)
        tables = [given.table if isinstance(given, Result) else given for given in layers.values()]
        around = [frame for frame in self.around.values() if frame is not None]
        located = [frame for frame in (*tables, incidents, *around) if has_place(frame)]
        self._ground = Ground.of(*located, caller="widgets.CrimeMap") if located else Ground(None)
        self._layers = [layer_of(name, given, self._ground) for name, given in layers.items()]
        self._brought = {
            name: None
            if frame is None or not len(frame)
            else self._ground.bring(frame).reset_index(drop=True)
            for name, frame in self.around.items()
        }
        self._xy = self._places_of(incidents)
        self._times = wall_times(incidents, self._time)
        self._classes = classes_of(incidents, self.colour_by)
        self._bounds = self._extent()
        self.basemap: Basemap | None = None
        if self._file is not None and self._bounds is not None:
            self.basemap = read_basemap(self._file, self._ground, wider(self._bounds))

    def _places_of(self, incidents: gpd.GeoDataFrame) -> NDArray[np.float64]:
        if not len(incidents):
            return np.empty((0, 2))
        return np.column_stack(self._ground.points(incidents))

    def _extent(self) -> tuple[float, float, float, float] | None:
        boxes = [layer.frame.total_bounds for layer in self._layers]
        boxes += [self._brought["areas"].total_bounds] if self._brought["areas"] is not None else []
        there = self._xy[np.isfinite(self._xy).all(axis=1)]
        if not boxes and len(there):
            boxes.append(np.r_[there.min(axis=0), there.max(axis=0)])
        boxes = [box for box in boxes if np.isfinite(box).all()]
        if not boxes:
            return None
        low, high = np.min([box[:2] for box in boxes], axis=0), np.max([box[2:] for box in boxes], axis=0)
        pad = np.maximum(200.0 - (high - low), 0) / 2
        return (*map(float, low - pad), *map(float, high + pad))  # type: ignore[return-value]

    @property
    def heading(self) -> str:
        """What stands over the map."""
        return self._title or (self._layers[0].name if self._layers else tr("Crime map"))

    @property
    def classes(self) -> Classes:
        """Class of every incident, with the words and colours of the legend."""
        return self._classes

    @property
    def ground(self) -> Ground:
        """The coordinate system of the map."""
        return self._ground

    @property
    def minutes(self) -> NDArray[np.int32] | None:
        """Time of every incident in minutes since 1970 on the local clock; ``None`` where there are no times."""
        return None if self._times is None else self._times.minutes

    def figure(self) -> PrintedFigure:
        """The map for print, as it was last seen: its part, its layer, its incidents, its time.

        Raises
        ------
        InputError
            When nothing is shown.
        """
        return map_sheet(self, self._seen)

    def release(
        self, path: str | PathLike[str], *, authority: str | None = None, reason: str = ""
    ) -> Released:
        """Print the map out of its case, as PNG or PDF.

        Parameters
        ----------
        path
            Where to; the ending ``.png`` or ``.pdf`` decides.
        authority
            Who permitted it, where the handling code asks for that.
        reason
            Why and for whom.

        Raises
        ------
        InputError, NoCaseError, HandlingError, AuditError, WriteError
            As :func:`ilp_lab.safeguards.release_bytes`.
        """
        return release_map(self, self._seen, self._case, Path(path), authority=authority, reason=reason)

    def show(
        self,
        *,
        incidents: gpd.GeoDataFrame | None = None,
        layers: Any = None,
        title: str | None = None,
    ) -> None:
        """Show something else on the same map; what is left out stays as it is.

        Parameters
        ----------
        incidents
            Other incidents; they begin with a choice of their own, so other widgets no longer follow.
        layers
            Other layers, in place of those shown.
        title
            Another heading.

        Raises
        ------
        InputError
            When something given does not fit.
        """
        check = Check("widgets.CrimeMap.show")
        check_given(check, {"incidents": incidents}, named(layers), None)
        check.done()
        self._title = self._title if title is None else title
        if incidents is not None:
            self.follow(Selection(incidents))
        before = self._ground, self._bounds
        self._take(
            self.incidents if incidents is None else incidents,
            self.given if layers is None else named(layers),
        )
        self.let_go(part=(self._ground, self._bounds) != before)
        self.tell_data()

    def data(self) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        """Head, ground, layers and points."""
        yield "head", self._head(), None
        if self._bounds is None:
            yield "nothing", {"sentence": tr("No row has a place, so there is nothing to draw.")}, None
            return
        west, south = np.floor(self._bounds[:2])
        origin = (float(west), float(south))
        self._origin = origin
        parts: list[tuple[str, Callable[..., dict[str, Any]]]] = [
            ("ground", self._tell_ground),
            ("layers", self._tell_layers),
            ("points", self._tell_points),
        ]
        if self.basemap is not None:
            parts.insert(1, ("basemap", self._tell_basemap))
        for about, tell in parts:
            parcel = Parcel()
            yield about, tell(origin, parcel), parcel
        yield from self.moves()

    def _head(self) -> dict[str, Any]:
        title = self.heading
        code = policy()[handling_of(self.incidents, *self.around.values(), *self.given.values())]
        assert self.selection is not None  # noqa: S101  (a map always has one)
        return {
            "title": title,
            "label": f"{tr('Crime map')}: {title}",
            "handling": f"{code.code}  {looked_up(code.meaning)}",
            "height": self._height,
            "prints": self._case is not None,
            "choice": {"key": self.selection.key, "size": len(self.selection.table)},
        }

    def _tell_ground(self, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
        assert self._bounds is not None  # noqa: S101
        west, south, east, north = self._bounds
        detail = max(east - west, north - south) / 5000
        told: dict[str, Any] = {
            "unit": UNIT_M,
            "metres": self._ground.crs is not None,
            "bounds": [west - origin[0], south - origin[1], east - origin[0], north - origin[1]],
            "grid": tell_grid(self._ground, self._bounds, origin, parcel),
        }
        areas, streets, places = (self._brought[name] for name in ("areas", "streets", "places"))
        if areas is not None:
            told["areas"] = tell_areas(areas, origin, parcel, detail)
        if streets is not None:
            told["streets"] = tell_shapes(lines(streets.geometry, tolerance_m=detail), origin, parcel)
        if places is not None:
            at = np.column_stack(self._ground.points(places)) - np.asarray(origin)
            there = np.isfinite(at).all(axis=1)
            names = [name for name, on in zip(names_of(places), there.tolist(), strict=True) if on]
            told["places"] = {"names": names, "at": parcel.add(at[there].ravel(), "f8")}
        return told

    def _tell_basemap(self, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
        assert self.basemap is not None  # noqa: S101
        assert self._bounds is not None  # noqa: S101
        west, south, east, north = self._bounds
        return tell_basemap(
            self.basemap, self._ground, origin, parcel, max(east - west, north - south) / 8000
        )

    def _tell_layers(self, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
        return {"layers": [tell_layer(layer, origin, parcel) for layer in self._layers]}

    def _tell_points(self, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
        there = np.flatnonzero(np.isfinite(self._xy).all(axis=1))
        drawn = there
        if len(there) > self._at_most:
            drawn = there[np.linspace(0, len(there) - 1, self._at_most).round().astype(np.int64)]
        classes = self._classes
        told: dict[str, Any] = {
            "total": len(self._xy),
            "placed": len(there),
            "thinned": len(drawn) < len(there),
            "xy": parcel.add((self._xy[drawn] - np.asarray(origin)).ravel(), "f4"),
            "heading": classes.heading,
            "labels": list(classes.labels),
            "colours": list(classes.colours),
            "nothing": NOTHING,
        }
        if len(drawn) < len(self._xy):
            told["rows"] = parcel.add(drawn, "i4")
        if len(classes.labels) > 1 or (classes.codes == NOTHING).any():
            told["codes"] = parcel.add(classes.codes[drawn], "u1")
        if self._times is not None and self._times.span is not None:
            told["time"] = tell_time(self._times, drawn, parcel)
        return told

    def ask_about(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Somebody pointed at an incident, a cell, an area or a street."""
        row, of = int(message["row"]), message.get("layer")
        if of is None:
            lines_of = told_about(self.incidents, row)
        else:
            lines_of = told_about(self._layers[int(of)].frame, row)
        self.tell("told", {"lines": lines_of or [tr("Nothing is recorded about it.")]}, once=True)

    def ask_view(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """The map was moved."""
        west, south = self._origin
        a, b, c, d = (float(value) for value in message["bounds"])
        self.take_in("view", (a + west, b + south, c + west, d + south))
        parcel = Parcel()
        self.tell(
            "grid", {"grid": tell_grid(self._ground, self.view, self._origin, parcel)}, parcel, once=True
        )

    def ask_within(self, message: Mapping[str, Any], buffers: list[memoryview]) -> None:
        """Choose within a shape on all rows, also those that are not drawn; classes and time as shown count."""
        import shapely

        rings = [
            np.frombuffer(bytes(part), dtype="<f8").reshape(-1, 2) + np.asarray(self._origin)
            for part in buffers
        ]
        shapes = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings if len(ring) >= 3]
        if shapes:
            self._choose_in(shapely.union_all(shapes), message)

    def ask_inside(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Choose the incidents in a cell or area of a layer, on all rows."""
        self._choose_in(self._layers[int(message["layer"])].frame.geometry.iloc[int(message["row"])], message)

    def _choose_in(self, shape: Any, message: Mapping[str, Any]) -> None:
        import shapely

        assert self.selection is not None  # noqa: S101
        there = np.isfinite(self._xy).all(axis=1)
        inside = np.zeros(len(self._xy), dtype=bool)
        shapely.prepare(shape)
        inside[there] = shapely.intersects_xy(shape, self._xy[there])
        hidden = message.get("hidden") or []
        inside &= ~np.isin(self._classes.codes, np.asarray(hidden, dtype=np.int64))
        if self._times is not None and message.get("from") is not None:
            minutes = self._times.minutes
            inside &= (minutes >= int(message["from"])) & (minutes < int(message["to"]))
        mode, before = message.get("mode"), self.selection.mask
        if mode == "add":
            inside |= before
        elif mode == "within" and before.any():
            inside &= before
        self.selection.take(np.flatnonzero(inside), author=None)

    def ask_seen(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Layers or classes were switched."""
        self._seen = seen_of(message)

    def ask_print(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Print to the folder of the case."""
        self._seen = seen_of(message)
        form = "pdf" if message.get("form") == "pdf" else "png"
        written = self.release(free_name(the_case(self._case, "CrimeMap"), "map", form), **permitted(message))
        self.say(tr("Printed: {path} ({handling})").format(path=written.path, handling=written.handling))
