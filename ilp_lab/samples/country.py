"""The land of Belmara: outlines of regions, districts and local units, in whole metres and then in degrees.

The land is a honeycomb of cells one kilometre wide whose corners are moved at random. A unit is a set of cells, so
neighbours share every corner of their border and nothing overlaps. It lies on the open Atlantic close to the
equator, where degrees are all but straight: metres become degrees by one division.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEST, SOUTH = -26.45, 0.70  # degrees of the corner (0, 0); the UTM zone is 26 north
METRES_PER_DEGREE_EAST, METRES_PER_DEGREE_NORTH = 111_319.49, 110_574.27
POPULATION = 2_400_000
COLUMNS, ROWS = 100, 88

COAST_KM = (
    (8, 18), (14, 12), (20, 13), (24, 7), (31, 5), (36, 9), (41, 8), (45, 3), (53, 2), (58, 7), (64, 6), (70, 3),
    (78, 5), (84, 9), (90, 12), (93, 20), (96, 27), (94, 35), (97, 43), (95, 51), (91, 58), (88, 66), (80, 70),
    (72, 69), (65, 73), (56, 72), (48, 74), (40, 70), (32, 72), (24, 68), (17, 70), (11, 64), (6, 58), (8, 51),
    (4, 44), (7, 38), (3, 31), (6, 24),
)  # fmt: skip
# Code, region, and where its main town stands (km). The first two are the capital and the port.
DISTRICTS = (
    ("T1", "Tarn", (46, 38)), ("S1", "Selin", (26, 11)), ("T2", "Tarn", (33, 44)), ("T3", "Tarn", (57, 47)),
    ("T4", "Tarn", (58, 30)), ("S2", "Selin", (12, 34)), ("S3", "Selin", (38, 13)), ("S4", "Selin", (53, 6)),
    ("O1", "Orrin", (20, 59)), ("O2", "Orrin", (41, 62)), ("O3", "Orrin", (62, 64)), ("D1", "Dovar", (80, 57)),
    ("D2", "Dovar", (84, 37)), ("D3", "Dovar", (77, 16)),
)  # fmt: skip
UNITS = 62
Cell = tuple[int, int]
Point = tuple[int, int]
AROUND = {
    0: ((1, 0), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1)),
    1: ((1, 0), (1, 1), (0, 1), (-1, 0), (0, -1), (1, -1)),
}


@dataclass(frozen=True)
class Unit:
    """A local unit: its codes, people, town and outline."""

    area: str
    name: str
    district: str
    region: str
    population: int
    town: Point
    town_kind: str
    outline: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Country:
    """All units, and the honeycomb they are made of."""

    units: tuple[Unit, ...]
    owner: dict[Cell, int]
    corners: dict[Point, Point]

    @cached_property
    def outlines(self) -> list[Any]:
        """The units as shapely polygons in the degrees that are written."""
        import shapely

        rings = [[[degrees(point) for point in ring] for ring in unit.outline] for unit in self.units]
        return [shapely.Polygon(ring[0], ring[1:]) for ring in rings]

    def unit_of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Position of the unit each point lies in; -1 at sea or abroad."""
        import shapely

        found = np.full(len(lon), -1, dtype=np.int64)
        for position, outline in enumerate(self.outlines):
            west, south, east, north = outline.bounds
            near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            shapely.prepare(outline)
            found[near[shapely.contains_xy(outline, lon[near], lat[near])]] = position
        return found


def degrees(point: tuple[float, float], decimals: int = 6) -> tuple[float, float]:
    """Longitude and latitude of a point in metres, rounded as written."""
    return (
        round(WEST + point[0] / METRES_PER_DEGREE_EAST, decimals),
        round(SOUTH + point[1] / METRES_PER_DEGREE_NORTH, decimals),
    )


def build(seed: int) -> Country:
    """Make the land: cells, towns, units, people."""
    land = _land()
    corners = _moved_corners(land, Dice(seed, "corners"))
    towns, district_of = _towns(land, Dice(seed, "towns"))
    owner = _owners(land, towns)
    namer = Namer(
        seed, "places", frozenset({"belmara", "tarn", "selin", "orrin", "dovar", "kestria", "ruvania"})
    )
    people = _people(towns, owner, Dice(seed, "people"))
    counters: dict[str, int] = {}
    units = []
    for position, town in enumerate(towns):
        code, region, _ = DISTRICTS[district_of[position]]
        counters[code] = counters.get(code, 0) + 1
        units.append(
            Unit(
                area=f"{code}-{counters[code]:02d}",
                name=namer.word(),
                district=code,
                region=region,
                population=people[position],
                town=town,
                town_kind=_town_kind(position),
                outline=rings_around(position, owner, corners),
            )
        )
    order = sorted(range(len(units)), key=lambda position: units[position].area)
    new = {old: position for position, old in enumerate(order)}
    return Country(
        tuple(units[position] for position in order),
        {cell: new[position] for cell, position in owner.items()},
        corners,
    )


def _town_kind(position: int) -> str:
    if position < 2:
        return ("capital", "port")[position]
    return "town" if position < len(DISTRICTS) else "village"


def centre(cell: Cell) -> Point:
    """Middle of a cell of the honeycomb, in metres."""
    column, row = cell
    return 1000 * column + 500 * (row & 1), 866 * row


def around(cell: Cell) -> list[Cell]:
    """The six cells beside one, anticlockwise from the east."""
    return [(cell[0] + right, cell[1] + up) for right, up in AROUND[cell[1] & 1]]


def _cell_corners(cell: Cell) -> list[Point]:
    """Corners anticlockwise; the edge from corner k to k + 1 faces neighbour k of :func:`around`."""
    x, y = centre(cell)
    return [
        (x + 500, y - 289),
        (x + 500, y + 289),
        (x, y + 577),
        (x - 500, y + 289),
        (x - 500, y - 289),
        (x, y - 577),
    ]


def _land() -> list[Cell]:
    return [
        (column, row)
        for row in range(ROWS)
        for column in range(COLUMNS)
        if _inside(centre((column, row)), COAST_KM)
    ]


def _inside(point: Point, ring_km: tuple[Point, ...]) -> bool:
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(ring_km, ring_km[1:] + ring_km[:1], strict=True):
        ax_m, ay_m, bx_m, by_m = 1000 * ax, 1000 * ay, 1000 * bx, 1000 * by
        if (ay_m > y) != (by_m > y):
            side = (bx_m - ax_m) * (y - ay_m) - (x - ax_m) * (by_m - ay_m)
            inside ^= (side > 0) == (by_m > ay_m)
    return inside


def _moved_corners(land: list[Cell], dice: Dice) -> dict[Point, Point]:
    corners = sorted({corner for cell in land for corner in _cell_corners(cell)})
    moves = dice.between(-170, 170, 2 * len(corners)).reshape(-1, 2).tolist()
    return {(x, y): (x + right, y + up) for (x, y), (right, up) in zip(corners, moves, strict=True)}


def _towns(land: list[Cell], dice: Dice) -> tuple[list[Point], list[int]]:
    """Main towns first, then villages, each as far from the others as chance offers; closer around the capital."""
    towns = [(1000 * x, 1000 * y) for _, _, (x, y) in DISTRICTS]
    district_of = list(range(len(DISTRICTS)))
    dry = set(land)
    inland = [cell for cell in land if dry.issuperset(around(cell))]
    capital = towns[0]
    while len(towns) < UNITS:
        tries = [centre(inland[position]) for position in dice.below(len(inland), 25).tolist()]
        best = max(
            tries,
            key=lambda point: (
                min(_square(point, town) for town in towns)
                * (3 if _square(point, capital) < 18_000**2 else 1)
            ),
        )
        towns.append(best)
        mains = towns[: len(DISTRICTS)]
        district_of.append(min(range(len(mains)), key=lambda position: _square(best, mains[position])))
    return towns, district_of


def _square(one: Point, other: Point) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _owners(land: list[Cell], towns: list[Point]) -> dict[Cell, int]:
    """Nearest town owns a cell; cells cut off from their town go to a neighbour."""
    owner = {
        cell: min(range(len(towns)), key=lambda position: _square(centre(cell), towns[position]))
        for cell in land
    }
    joined: set[Cell] = set()
    for position, town in enumerate(towns):
        mine = [cell for cell in land if owner[cell] == position]
        queue = deque([min(mine, key=lambda cell: _square(centre(cell), town))])
        joined.add(queue[0])
        while queue:
            for beside in around(queue.popleft()):
                if owner.get(beside) == position and beside not in joined:
                    joined.add(beside)
                    queue.append(beside)
    for cell in land:
        if cell not in joined:
            owner[cell] = next(owner[beside] for beside in around(cell) if beside in joined)
    return owner


def _people(towns: list[Point], owner: dict[Cell, int], dice: Dice) -> list[int]:
    """Residents per unit, adding up to the country's population."""
    size = {"capital": 4200, "port": 2300, "town": 620, "village": 95}
    cells = [0] * len(towns)
    for position in owner.values():
        cells[position] += 1
    near_capital = [_square(town, towns[0]) < 15_000**2 for town in towns]
    weights = [
        size[_town_kind(position)] * (2 if near_capital[position] and position else 1)
        + cells[position]
        + wobble
        for position, wobble in enumerate(dice.below(60, len(towns)).tolist())
    ]
    people = [POPULATION * weight // sum(weights) for weight in weights]
    people[0] += POPULATION - sum(people)
    return people


def rings_around(
    position: int, owner: dict[Cell, int], corners: dict[Point, Point]
) -> tuple[tuple[Point, ...], ...]:
    """Rings around a unit's cells: the outer one anticlockwise, then holes clockwise."""
    following: dict[Point, Point] = {}
    for cell, mine in owner.items():
        if mine != position:
            continue
        points = _cell_corners(cell)
        for side, beside in enumerate(around(cell)):
            if owner.get(beside) != position:
                following[points[side]] = points[(side + 1) % 6]
    rings = []
    while following:
        start = min(following)
        ring = [start]
        while (step := following.pop(ring[-1])) != start:
            ring.append(step)
        rings.append(tuple(corners[corner] for corner in [*ring, start]))
    return tuple(sorted(rings, key=_twice_area, reverse=True))


def _twice_area(ring: tuple[Point, ...]) -> int:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))
