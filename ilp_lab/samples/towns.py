"""Streets and addresses: gridded towns with an artery each, villages, and the roads between them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.samples.country import Cell, Country, Point, around, centre, degrees
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

# Streets along, streets across, metres between them.
GRIDS = {"capital": (34, 26, 150), "port": (27, 19, 140), "town": (16, 12, 130), "village": (7, 5, 120)}
TURNS = (
    (5, 0, 5),
    (4, 3, 5),
    (12, 5, 13),
    (15, 8, 17),
    (24, 7, 25),
    (3, 4, 5),
)  # cosine and sine as fractions
ADDRESSES_PER_BLOCK = 3
CENTRE, INNER, OUTER = 0, 1, 2


@dataclass(frozen=True)
class Street:
    """One stretch of street or road, as corner points in metres."""

    street_id: str
    name: str
    kind: str
    unit: int
    line: tuple[Point, ...]


@dataclass(frozen=True)
class Addresses:
    """Every address of the country, as columns."""

    x: Whole
    y: Whole
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    unit: Whole
    zone: Whole
    text: list[str]


def build(country: Country, seed: int) -> tuple[list[Street], Addresses]:
    """Lay out every town, then the roads between towns."""
    namer = Namer(seed, "streets", frozenset(unit.name for unit in country.units))
    streets: list[Street] = []
    rows: list[tuple[int, int, int, str]] = []
    for position, unit in enumerate(country.units):
        dice = Dice(seed, f"town {unit.area}")
        _lay_out(country, position, dice, namer, streets, rows)
    for position, path in enumerate(_roads(country)):
        streets.append(Street(f"R{position + 1:03d}", f"{namer.word()} Road", "road", -1, path))
    x, y, zone = (np.array([row[part] for row in rows], dtype=np.int64) for part in range(3))
    places = np.array([degrees((east, north), 5) for east, north, _, _ in rows])
    unit_of = country.unit_of(places[:, 0], places[:, 1])
    kept = np.flatnonzero(unit_of >= 0)
    texts = [rows[row][3] for row in kept.tolist()]
    addresses = Addresses(
        x[kept], y[kept], places[kept, 0], places[kept, 1], unit_of[kept], zone[kept], texts
    )
    return streets, addresses


def _lay_out(
    country: Country,
    position: int,
    dice: Dice,
    namer: Namer,
    streets: list[Street],
    rows: list[tuple[int, int, int, str]],
) -> None:
    """Add one town's streets and addresses."""
    unit = country.units[position]
    along, across, block = GRIDS[unit.town_kind]
    crossings = _crossings(country, unit.town, (along, across, block), dice)
    lines = [[(column, row) for column in range(along)] for row in range(across)]
    lines += [[(column, row) for row in range(across)] for column in range(along)]
    for number, line in enumerate(lines):
        artery = number in (across // 2, across + along // 2)
        name = f"{namer.word(2)} {'Mall' if artery else 'Row' if number < across else 'Lane'}"
        house = 0
        for stretch in _stretches(line, crossings, dice, whole=artery):
            points = tuple(crossings[crossing] for crossing in stretch)
            kind = "artery" if artery else "street"
            streets.append(Street(f"{unit.area}-{len(streets):05d}", name, kind, position, points))
            for crossing, (start, end) in zip(stretch, pairwise(points), strict=False):
                zone = _zone(crossing, along, across)
                for step in range(ADDRESSES_PER_BLOCK):
                    house += 1
                    share = 2 * step + 1
                    x = start[0] + (end[0] - start[0]) * share // (2 * ADDRESSES_PER_BLOCK)
                    y = start[1] + (end[1] - start[1]) * share // (2 * ADDRESSES_PER_BLOCK)
                    rows.append((x, y, zone, f"{name} {house}"))


def _crossings(
    country: Country, town: Point, grid: tuple[int, int, int], dice: Dice
) -> dict[tuple[int, int], Point]:
    """Where streets cross, turned, shaken, without the corners of the rectangle and without the sea."""
    along, across, block = grid
    cosine, sine, whole = TURNS[dice.one(len(TURNS))]
    shaken = dice.between(-14, 14, 2 * along * across).reshape(-1, 2).tolist()
    ragged = dice.below(40, along * across).tolist()
    found = {}
    for row in range(across):
        for column in range(along):
            place = row * along + column
            right, up = 2 * column - along + 1, 2 * row - across + 1
            reach = 100 * right * right // (along * along) + 100 * up * up // (across * across)
            if reach + ragged[place] > 135:
                continue
            east, north = right * block // 2 + shaken[place][0], up * block // 2 + shaken[place][1]
            found[column, row] = (
                town[0] + (east * cosine - north * sine) // whole,
                town[1] + (east * sine + north * cosine) // whole,
            )
    lonlat = np.array([degrees(point) for point in found.values()])
    on_land = country.unit_of(lonlat[:, 0], lonlat[:, 1]) >= 0
    return {key: point for (key, point), dry in zip(found.items(), on_land.tolist(), strict=True) if dry}


def _zone(crossing: tuple[int, int], along: int, across: int) -> int:
    right, up = 2 * crossing[0] - along + 1, 2 * crossing[1] - across + 1
    reach = 100 * right * right // (along * along) + 100 * up * up // (across * across)
    return CENTRE if reach < 9 else INNER if reach < 40 else OUTER


def _stretches(
    line: list[tuple[int, int]], crossings: dict[tuple[int, int], Point], dice: Dice, *, whole: bool
) -> list[list[tuple[int, int]]]:
    """Cut a street where a crossing is missing, and here and there where a block was never joined."""
    gaps = dice.below(100, len(line)).tolist()
    stretches: list[list[tuple[int, int]]] = [[]]
    for crossing, gap in zip(line, gaps, strict=True):
        if crossing not in crossings:
            stretches.append([])
            continue
        if gap < 5 and not whole:
            stretches.append([])
        stretches[-1].append(crossing)
    return [stretch for stretch in stretches if len(stretch) > 1]


def _roads(country: Country) -> list[tuple[Point, ...]]:
    """Join every town to the nearest one that is joined already."""
    towns = [unit.town for unit in country.units]
    joined, left = [0], set(range(1, len(towns)))
    roads = []
    while left:
        _, new, old = min(
            ((towns[new][0] - towns[old][0]) ** 2 + (towns[new][1] - towns[old][1]) ** 2, new, old)
            for new in sorted(left)
            for old in joined
        )
        roads.append(_road(country, towns[new], towns[old]))
        joined.append(new)
        left.discard(new)
    return roads


def _road(country: Country, start: Point, end: Point) -> tuple[Point, ...]:
    """The way over land that strays least from the straight line."""
    first, last = _cell_at(country, start), _cell_at(country, end)
    waiting: list[tuple[int, Cell, Cell | None]] = [(0, first, None)]
    came_from: dict[Cell, Cell | None] = {}
    while waiting:
        cost, cell, before = heapq.heappop(waiting)
        if cell in came_from:
            continue
        came_from[cell] = before
        if cell == last:
            break
        for beside in around(cell):
            if beside in country.owner and beside not in came_from:
                heapq.heappush(waiting, (cost + 300 + _stray(centre(beside), start, end), beside, cell))
    path: list[Cell] = []
    step: Cell | None = last
    while step is not None:
        path.append(step)
        step = came_from[step]
    middles = [centre(cell) for cell in reversed(path[1:-1])]
    return (start, *middles[::2], end)


def _stray(point: Point, start: Point, end: Point) -> int:
    """Distance from the straight line, in metres, rounded up to tens and without square roots."""
    right, up = end[0] - start[0], end[1] - start[1]
    length = max(abs(right), abs(up), 1)
    return abs(right * (point[1] - start[1]) - up * (point[0] - start[0])) // length


def _cell_at(country: Country, point: Point) -> Cell:
    row = round(point[1] / 866)
    near = [
        (column, line)
        for line in (row - 1, row, row + 1)
        for column in range(point[0] // 1000 - 1, point[0] // 1000 + 3)
    ]
    return min(
        (cell for cell in near if cell in country.owner),
        key=lambda cell: ((centre(cell)[0] - point[0]) ** 2 + (centre(cell)[1] - point[1]) ** 2, cell),
    )
