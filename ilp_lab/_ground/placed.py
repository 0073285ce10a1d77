"""Incidents of a table on an engine, by place: what analyses of places ask it for, instead of the rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import Points
from ilp_lab._tongue import tr
from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.result import Param, Source, fingerprint

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._ground.lattice import Lattice
    from ilp_lab.engine import Table

MOST_PLACES = 2_000_000
_DIRECTIONS = 24
_OUTSIDE = "outside the study area"
# a file tells its smallest and largest number without NaN, so a comparison alone does not find it
_FINITE = "({0} IS NOT NULL AND NOT isnan({0}) AND {0} > -1e15 AND {0} < 1e15)"
_EVEN = "CASE WHEN {0} - floor({0}) = 0.5 THEN 2 * floor((floor({0}) + 1) / 2) ELSE floor({0} + 0.5) END"


@dataclass(frozen=True)
class Placed:
    """The rows of a table that have a place (and a weight), and how many do not.

    Attributes
    ----------
    table
        On its engine.
    weight
        Column to add up, or ``None``.
    metric
        The coordinate system of its ``x`` and ``y``.
    rows, number
        All rows, and those that can be used.
    lost
        Reason → number of rows.
    caller
        Opens error sentences.
    """

    table: Table
    weight: str | None
    metric: _metric.Metric
    rows: int
    number: int
    lost: dict[str, int]
    caller: str

    @classmethod
    def of(cls, table: Table, weight: str | None, caller: str) -> Placed:
        """Count what can be used.

        Raises
        ------
        ColumnError, CRSError, InputError
            When the table has no places in metres, or none can be used.
        """
        metric = _crs_of(table, weight, caller)
        number = "" if weight is None else _quoted(weight)
        placed = f"{_FINITE.format('x')} AND {_FINITE.format('y')}"
        weighed = "TRUE" if weight is None else _FINITE.format(number)
        negative = "FALSE" if weight is None else f"{number} < 0"
        found = table.engine.sql(
            f"SELECT count(*) AS n, sum(CASE WHEN NOT ({placed}) THEN 1 ELSE 0 END) AS nowhere, "
            f"sum(CASE WHEN {placed} AND NOT ({weighed}) THEN 1 ELSE 0 END) AS unweighed, "
            f"sum(CASE WHEN {placed} AND {weighed} AND {negative} THEN 1 ELSE 0 END) AS negative FROM {table}"
        ).iloc[0]
        rows, nowhere, unweighed, below = (0 if value != value else int(value) for value in found.fillna(0))  # noqa: PLR0124
        lost = {
            "without a place": nowhere,
            f"without a number in {weight!r}": unweighed,
            f"negative number in {weight!r}": below,
        }
        lost = {reason: n for reason, n in lost.items() if n}
        made = cls(table, weight, metric, rows, rows - sum(lost.values()), lost, caller)
        if not made.number:
            why = f" ({', '.join(f'{n:,} {reason}' for reason, n in lost.items())})" if lost else ""
            raise InputError(
                f"{caller}: none of the {rows:,} rows can be used{why}. Check the columns they come from, and the filter set before."
            )
        return made

    @property
    def where(self) -> tuple[Param, ...]:
        """Where it was counted, for the result."""
        return (
            Param("engine", tr("{where}; only counts came from there").format(where=self.table.engine.where)),
        )

    def left_out(self, inside: float) -> LeftOut:
        """Rows that do not count, when so many incidents do; the rows themselves stay on the engine."""
        beyond = self.number - int(inside)
        return LeftOut({**self.lost, **({_OUTSIDE: beyond} if beyond else {})})

    def source(self, *counted: NDArray[Any]) -> Source:
        """The table, recognised by what came back."""
        return Source("incidents", self.number, fingerprint(*counted), self.table.facts.origin)

    def points(self) -> Points:
        """The corners of the hull as points: as far as the ground is concerned, they are all there is."""
        x, y = self._hull
        return Points(
            x,
            y,
            np.ones(len(x)),
            np.arange(len(x)),
            np.full(len(x), "", dtype=object),
            self.source(x, y),
            self.number,
        )

    @cached_property
    def _hull(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Places that can be corners of the hull: those outside the polygon of the furthest ones (Akl and Toussaint 1978)."""
        import shapely

        angles = [2 * math.pi * k / _DIRECTIONS for k in range(_DIRECTIONS)]
        along = [f"(x * ({math.cos(a)!r}) + y * ({math.sin(a)!r}))" for a in angles]
        reach = self._ask(
            "SELECT " + ", ".join(f"max({form}) AS m{k}" for k, form in enumerate(along)) + " FROM placed"
        ).iloc[0]
        furthest = self._ask(
            "SELECT DISTINCT x, y FROM placed WHERE "
            + " OR ".join(f"{form} >= $m{k}" for k, form in enumerate(along)),
            {f"m{k}": float(reach[f"m{k}"]) - 1e-6 for k in range(_DIRECTIONS)},
        )
        inner = shapely.convex_hull(shapely.multipoints(furthest[["x", "y"]].to_numpy()))
        if inner.geom_type != "Polygon":
            return furthest["x"].to_numpy(), furthest["y"].to_numpy()
        ring = shapely.get_coordinates(shapely.orient_polygons(inner))
        (ax, ay), (bx, by) = ring[:-1].T, ring[1:].T
        beyond = " OR ".join(
            f"(x - ({x0!r})) * ({dy!r}) - (y - ({y0!r})) * ({dx!r}) > -1e-6"
            for x0, y0, dx, dy in zip(*(part.tolist() for part in (ax, ay, bx - ax, by - ay)), strict=True)
        )
        corners = self._ask(f"SELECT DISTINCT x, y FROM placed WHERE {beyond}")
        hull = shapely.get_coordinates(
            shapely.convex_hull(shapely.multipoints(corners[["x", "y"]].to_numpy()))
        )[:-1]
        return hull[:, 0].copy(), hull[:, 1].copy()

    def reach(self) -> tuple[float, float, float, float]:
        """West, east, south, north of the middle 98 %."""
        found = self._ask(
            "SELECT quantile_cont(x, 0.01) AS w, quantile_cont(x, 0.99) AS e, quantile_cont(y, 0.01) AS s, quantile_cont(y, 0.99) AS n FROM placed"
        ).iloc[0]
        west, east, south, north = (float(found[side]) for side in "wesn")
        return west, east, south, north

    def by_cell(self, lattice: Lattice) -> pd.DataFrame:
        """``r``, ``c``, ``n``, ``w`` of every square that holds an incident, and ``pile``: the most at one point (to 10 cm)."""
        spot = f"{_EVEN.format('(x * 10)')} AS px, {_EVEN.format('(y * 10)')} AS py"
        return self._ask(
            f"SELECT r, c, sum(n) AS n, sum(w) AS w, max(n) AS pile FROM (SELECT r, c, px, py, count(*) AS n, sum(w) AS w FROM "
            f"(SELECT r, c, w, {spot} FROM celled) AS a GROUP BY r, c, px, py) AS b GROUP BY r, c ORDER BY r, c",
            self._corner(lattice),
            limit=5_000_000,
        )

    def places_in(self, lattice: Lattice, cells: pd.DataFrame, *, each: bool = False) -> pd.DataFrame:
        """``x``, ``y``, ``n``, ``w`` of every place in some of the squares (``r``, ``c``); with ``each``, one row for every weight there."""
        if not len(cells):
            return cells.assign(x=0.0, y=0.0, n=0, w=0.0, load=0.0)[["x", "y", "n", "w", "load"]]
        by, load = ("x, y, celled.w", ", min(w) AS load") if each else ("x, y", "")
        return self._places(
            f"SELECT x, y, count(*) AS n, sum(w) AS w{load} FROM {self._in_some(cells)} GROUP BY {by} ORDER BY {by}",
            self._corner(lattice),
        )

    def weights_in(self, lattice: Lattice, cells: pd.DataFrame) -> pd.DataFrame:
        """The different weights ``w`` in some of the squares, and how many incidents ``n`` have each."""
        if not len(cells):
            return cells.assign(w=0.0, n=0)[["w", "n"]]
        return self._places(
            f"SELECT w, count(*) AS n FROM {self._in_some(cells)} GROUP BY w ORDER BY w",
            self._corner(lattice),
            what="different weights",
        )

    def said_by_cell(self, lattice: Lattice) -> pd.DataFrame:
        """``r``, ``c``, ``said``, ``n``: how many incidents of each square the table puts into which area."""
        return self._ask(
            "SELECT r, c, said, count(*) AS n FROM celled GROUP BY r, c, said ORDER BY r, c",
            self._corner(lattice),
            limit=5_000_000,
        )

    def said_in(self, lattice: Lattice, cells: pd.DataFrame) -> pd.DataFrame:
        """``x``, ``y``, ``said``, ``n`` of every place in some of the squares."""
        if not len(cells):
            return cells.assign(x=0.0, y=0.0, said="", n=0)[["x", "y", "said", "n"]]
        return self._places(
            f"SELECT x, y, said, count(*) AS n FROM {self._in_some(cells)} GROUP BY x, y, said ORDER BY x, y",
            self._corner(lattice),
        )

    def _in_some(self, cells: pd.DataFrame) -> str:
        few = self.table.engine.table(cells[["r", "c"]].rename(columns={"r": "wanted_r", "c": "wanted_c"}))
        return f"celled JOIN {few} AS few ON r = wanted_r AND c = wanted_c"

    def condensed(self, square_m: float | None = None, *, each: bool = False) -> pd.DataFrame:
        """Every place with its number of incidents; with ``square_m``, places in one square are taken at their middle."""
        if square_m is None:
            by, load = ("x, y, placed.w", ", min(w) AS load") if each else ("x, y", "")
            return self._places(
                f"SELECT x, y, count(*) AS n, sum(w) AS w{load} FROM placed GROUP BY {by} ORDER BY {by}", {}
            )
        return self._places(
            "SELECT avg(x) AS x, avg(y) AS y, count(*) AS n, sum(w) AS w FROM placed GROUP BY floor(x / $side), floor(y / $side) ORDER BY 1, 2",
            {"side": float(square_m)},
        )

    def _places(self, query: str, params: dict[str, Any], *, what: str = "single places") -> pd.DataFrame:
        try:
            return self._ask(query, params, limit=MOST_PLACES)
        except InputError as error:
            if "rows would come back" not in str(error):
                raise
            raise InputError(
                f"{self.caller}: more than {MOST_PLACES:,} {what} would have to come back from the engine. "
                + (
                    "Take smaller cells or a study area with straighter borders, or ask for one area at a time."
                    if what == "single places"
                    else "Round them in the table, or ask for one area at a time."
                )
            ) from None

    @staticmethod
    def _corner(lattice: Lattice) -> dict[str, float]:
        return {"west": float(lattice.west), "south": float(lattice.south), "cell": float(lattice.cell_m)}

    def _ask(
        self, query: str, params: dict[str, Any] | None = None, *, limit: int = MOST_PLACES
    ) -> pd.DataFrame:
        weight = "1.0" if self.weight is None else _quoted(self.weight)
        usable = f"{_FINITE.format('x')} AND {_FINITE.format('y')}"
        if self.weight is not None:
            usable += f" AND {_FINITE.format(weight)} AND {weight} >= 0"
        said, told = (", area AS said", ", said") if "said" in query else ("", "")
        parts = [
            f"placed AS (SELECT x, y, CAST({weight} AS DOUBLE) AS w{said} FROM {self.table} WHERE {usable})"
        ]
        if "celled" in query:
            parts.append(
                f"celled AS (SELECT x, y, w{told}, CAST(floor((y - $south) / $cell) AS BIGINT) AS r, CAST(floor((x - $west) / $cell) AS BIGINT) AS c FROM placed)"
            )
        return self.table.engine.sql(f"WITH {', '.join(parts)} {query}", params, limit=limit)


def _quoted(name: str) -> str:
    from ilp_lab.engine.dialects import quoted

    return quoted(name)


def _crs_of(table: Table, weight: str | None, caller: str) -> _metric.Metric:
    from pyproj import CRS
    from pyproj.exceptions import CRSError as Unknown

    missing = [name for name in ("x", "y", weight) if name is not None and name not in table]
    if missing:
        raise ColumnError(
            f"{caller}: the table {table} on the engine has no column {missing[0]!r}; it has: {', '.join(list(table.columns)[:12])}."
        )
    for name in ("x", "y", *([] if weight is None else [weight])):
        if table.columns[name] not in {"whole", "number"}:
            said = f"weight={weight!r}" if name == weight else name
            raise ColumnError(
                f"{caller}: {said} must be a column of numbers; it holds {table.columns[name]}. Write the table anew with "
                f"engine.write('SELECT ..., CAST({name} AS DOUBLE) AS {name} FROM ...', ...)."
            )
    try:
        crs = CRS.from_user_input(table.facts.crs) if table.facts.crs else None
    except Unknown:
        crs = None
    if crs is None or not _metric.is_metric(crs):
        raise CRSError(
            f"{caller}: the table {table} on the engine does not say in which coordinate system in metres its x and y are; open it with "
            "engine.table(..., crs='EPSG:32633') or the like, or import it with engine.import_incidents."
        )
    return _metric.Metric(crs, chosen=False)
