"""The ground everything stands on: the land of the tour set, with beats, districts and regions drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples import country as land
from ilp_lab.samples import towns
from ilp_lab.samples.belmara import collection, feature

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Words = NDArray[np.object_]

REGIONS = ("Tarn", "Selin", "Orrin", "Dovar")
# Beats in the streets of a town, and in the country around it.
BEATS = {"capital": (14, 2), "port": (8, 1), "town": (3, 1), "village": (1, 0)}
STREETS_KM = {"capital": 3, "port": 2, "town": 2, "village": 1}


@dataclass(frozen=True)
class Ground:
    """Land, addresses, and which beat, unit, district and region each address lies in.

    Attributes
    ----------
    beats
        The land once more, cut into beats.
    beat
        Position of the beat of each address.
    district, region
        Position of the district and the region of each unit, in :attr:`districts` and ``REGIONS``.
    lon, lat
        Coordinates of each address as written.
    """

    country: land.Country
    streets: list[towns.Street]
    addresses: towns.Addresses
    beats: land.Country
    beat: Whole
    districts: tuple[str, ...]
    district: Whole
    region: Whole
    lon: Words
    lat: Words
    text: Words
    areas: Words
    by_unit: list[Whole] = field(default_factory=list)

    def unit(self, area: str) -> int:
        """Position of a unit by its code."""
        return int(np.flatnonzero(self.areas == area)[0])

    def within(self, address: int, reach_m: int) -> Whole:
        """Addresses within so many metres of one."""
        right, up = self.addresses.x - self.addresses.x[address], self.addresses.y - self.addresses.y[address]
        return np.flatnonzero(right * right + up * up <= reach_m * reach_m)

    def place(self, address: int) -> dict[str, float]:
        """Coordinates of an address, for the truth."""
        return {
            "longitude": float(self.addresses.lon[address]),
            "latitude": float(self.addresses.lat[address]),
        }


def build(seed: int) -> Ground:
    """Make the country of this seed, and draw beats into it."""
    country = land.build(seed)
    streets, addresses = towns.build(country, seed)
    beats = _beats(country)
    beat = beats.unit_of(addresses.lon, addresses.lat)
    first = {name: position for position, name in reversed(list(enumerate(_beat_units(beats))))}
    codes = [unit.area for unit in country.units]
    beat = np.where(beat >= 0, beat, np.array([first[code] for code in codes])[addresses.unit])
    districts = tuple(sorted({unit.district for unit in country.units}))
    return Ground(
        country=country,
        streets=streets,
        addresses=addresses,
        beats=beats,
        beat=beat,
        districts=districts,
        district=np.array([districts.index(unit.district) for unit in country.units]),
        region=np.array([REGIONS.index(unit.region) for unit in country.units]),
        lon=np.array([f"{value:.5f}" for value in addresses.lon.tolist()], dtype=object),
        lat=np.array([f"{value:.5f}" for value in addresses.lat.tolist()], dtype=object),
        text=np.array(addresses.text, dtype=object),
        areas=np.array(codes, dtype=object),
        by_unit=[np.flatnonzero(addresses.unit == position) for position in range(len(codes))],
    )


def _beat_units(beats: land.Country) -> list[str]:
    return [beat.area.rsplit("/", 1)[0] for beat in beats.units]


def _beats(country: land.Country) -> land.Country:
    """Cut every unit into beats: cells go to the nearest of a few middles spread over its town."""
    cells: list[list[land.Cell]] = [[] for _ in country.units]
    for cell, position in country.owner.items():
        cells[position].append(cell)
    owner: dict[land.Cell, int] = {}
    names: list[tuple[land.Unit, int]] = []
    for unit, mine in zip(country.units, cells, strict=True):
        middles = _middles(unit, mine)
        for cell, position in _shared_out(mine, middles).items():
            owner[cell] = len(names) + position
        names += [(unit, number + 1) for number in range(len(middles))]
    units = tuple(
        land.Unit(
            area=f"{unit.area}/{number}",
            name=f"{unit.name} {number}",
            district=unit.district,
            region=unit.region,
            population=0,
            town=unit.town,
            town_kind=unit.town_kind,
            outline=land.rings_around(position, owner, country.corners),
        )
        for position, (unit, number) in enumerate(names)
    )
    return land.Country(units, owner, country.corners)


def _square(one: land.Point, other: land.Point) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _middles(unit: land.Unit, cells: Sequence[land.Cell]) -> list[land.Point]:
    """The cell of the town, then always the cell farthest from those there are; in the streets first."""
    inside, outside = BEATS[unit.town_kind]
    points = sorted(land.centre(cell) for cell in cells)
    reach = (1000 * STREETS_KM[unit.town_kind]) ** 2
    near = [point for point in points if _square(point, unit.town) <= reach] or points
    chosen = [min(points, key=lambda point: (_square(point, unit.town), point))]
    for pool, number in ((near, inside), (points, inside + outside)):
        while len(chosen) < min(number, len(pool)):
            chosen.append(
                max(pool, key=lambda point: (min(_square(point, other) for other in chosen), point))
            )
    return chosen


def _shared_out(cells: Sequence[land.Cell], middles: Sequence[land.Point]) -> dict[land.Cell, int]:
    """Cells by the nearest middle; grown from the middles, so that every beat is in one piece."""
    near = {
        cell: min(
            range(len(middles)),
            key=lambda position: (_square(land.centre(cell), middles[position]), position),
        )
        for cell in cells
    }
    mine = set(cells)
    owner: dict[land.Cell, int] = {}
    waiting = [
        (min(cells, key=lambda cell: (_square(land.centre(cell), middle), cell)), position)
        for position, middle in enumerate(middles)
    ]
    for strict in (True, False):
        while waiting:
            cell, position = waiting.pop(0)
            if cell in owner or (strict and near[cell] != position):
                continue
            owner[cell] = position
            waiting += [(beside, position) for beside in land.around(cell) if beside in mine]
        waiting = [
            (beside, position)
            for cell, position in sorted(owner.items())
            for beside in land.around(cell)
            if beside in mine and beside not in owner
        ]
    return owner


def beats_text(ground: Ground) -> bytes:
    """Outlines of beats as geojson."""
    return _outlines(
        "beats",
        [
            (
                {
                    "beat": beat.area,
                    "area": beat.area.rsplit("/", 1)[0],
                    "district": beat.district,
                    "region": beat.region,
                },
                beat.outline,
            )
            for beat in ground.beats.units
        ],
    )


def districts_text(ground: Ground) -> bytes:
    """Outlines of districts as geojson."""
    return _joined(ground, "districts", "district", ground.district, ground.districts)


def regions_text(ground: Ground) -> bytes:
    """Outlines of regions as geojson."""
    return _joined(ground, "regions", "region", ground.region, REGIONS)


def _joined(ground: Ground, name: str, column: str, part: Whole, names: Sequence[str]) -> bytes:
    """Units put together: the rings around their cells."""
    units = ground.country.units
    owner = {cell: int(part[position]) for cell, position in ground.country.owner.items()}
    rows = []
    for position, code in enumerate(names):
        members = [unit for unit, its in zip(units, part.tolist(), strict=True) if its == position]
        facts: dict[str, Any] = {column: code, "population": sum(unit.population for unit in members)}
        if column == "district":
            facts["region"] = members[0].region
        rows.append((facts, land.rings_around(position, owner, ground.country.corners)))
    return _outlines(name, rows)


def _outlines(name: str, rows: Sequence[tuple[dict[str, Any], Any]]) -> bytes:
    features = [
        feature(facts, "Polygon", [[land.degrees(point) for point in ring] for ring in outline])
        for facts, outline in rows
    ]
    return collection(name, features).encode("utf-8")
