"""The incident file as an agency would hand it over: numbered, sorted, and with the usual small faults."""

from __future__ import annotations

from typing import Any

import numpy as np

from ilp_lab.samples import planted
from ilp_lab.samples.country import Country
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import STATUS, Incidents, ordinary, written
from ilp_lab.samples.towns import CENTRE, Addresses

TOTAL = 52_000
DUPLICATES, NO_ID = 40, 160
COLUMNS = (
    "incident_id",
    "offence",
    "occurred_at",
    "occurred_to",
    "reported_at",
    "longitude",
    "latitude",
    "area",
    "address",
    "status",
)
HARM_COLUMNS = ("offence", "weight_days", "note")
HARM = (
    ("theft", 2, "fictional"),
    ("shop theft", 1, "fictional"),
    ("theft from person", 6, "fictional"),
    ("theft from vehicle", 3, "fictional"),
    ("vehicle theft", 25, "fictional"),
    ("burglary dwelling", 45, "fictional"),
    ("burglary business", 20, "fictional"),
    ("criminal damage", 2, "fictional"),
    ("assault", 10, "fictional"),
    ("serious assault", 540, "fictional"),
    ("robbery", 365, "fictional"),
    ("firearm offence", 900, "fictional"),
)
Row = list[Any]


def build(country: Country, addresses: Addresses, seed: int) -> tuple[list[Row], dict[str, Any]]:
    """Return the rows of ``incidents.csv`` and the truth about them."""
    made = ordinary(country, addresses, seed, TOTAL - planted.planted_count() - DUPLICATES)
    truth = planted.plant(country, addresses, seed, made)
    order = sorted(range(len(made.start)), key=lambda row: (made.reported[row], made.start[row], row))
    rows = _rows(country, addresses, made, order)
    plants = [made.plant[row] for row in order]
    truth["near_repeat_series"]["incident_ids"] = [
        row[0] for row, plant in zip(rows, plants, strict=True) if plant == "series"
    ]
    free = [position for position, plant in enumerate(plants) if plant != "series"]
    truth["false_hot_spot"] = _station(country, addresses, rows, free, Dice(seed, "station"))
    rows, truth["faults"] = _faults(rows, free, Dice(seed, "faults"))
    truth["incidents"] = {"rows": len(rows), "first_day": "2023-01-01", "last_day": "2025-12-31"}
    return rows, truth


def _rows(country: Country, addresses: Addresses, made: Incidents, order: list[int]) -> list[Row]:
    rows: list[Row] = []
    numbers: dict[str, int] = {}
    for row in order:
        address = made.address[row]
        reported = written(made.reported[row])
        year = reported[2:4]
        numbers[year] = numbers.get(year, 0) + 1
        rows.append(
            [
                f"B{year}{numbers[year]:05d}",
                made.offence[row],
                written(made.start[row]),
                written(made.end[row]) if made.end[row] >= 0 else "",
                reported,
                f"{addresses.lon[address]:.5f}",
                f"{addresses.lat[address]:.5f}",
                country.units[int(addresses.unit[address])].area,
                addresses.text[address],
                STATUS[made.status[row]],
            ]
        )
    return rows


def _station(
    country: Country, addresses: Addresses, rows: list[Row], free: list[int], dice: Dice
) -> dict[str, Any]:
    """Move incidents of a district whose address nobody typed in to the police station."""
    unit = planted.position_of(country, planted.STATION_UNIT)
    centre = np.flatnonzero((addresses.unit == unit) & (addresses.zone == CENTRE))
    station = int(centre[dice.one(len(centre))])
    spot = planted.place(addresses, station)
    district = planted.STATION_UNIT[:2]
    local = [position for position in free if rows[position][7][:2] == district]
    for choice in dice.sample(len(local), planted.STATION_ROWS).tolist():
        row = rows[local[choice]]
        row[5:9] = [f"{spot['longitude']:.5f}", f"{spot['latitude']:.5f}", planted.STATION_UNIT, "not known"]
    return {
        "what": "incidents anywhere in the district whose address was not typed in were placed at the police station",
        "area": planted.STATION_UNIT,
        "district": district,
        **spot,
        "address": "not known",
        "rows": planted.STATION_ROWS,
    }


def _faults(rows: list[Row], free: list[int], dice: Dice) -> tuple[list[Row], dict[str, int]]:
    """Spoil a few rows the way files are spoilt; every kind of fault hits rows of its own."""
    order = [free[position] for position in dice.sample(len(free), len(free)).tolist()]
    order = [position for position in order if rows[position][8] != "not known"]
    kinds = {"no_coordinates": TOTAL // 50, "zero_coordinates": 45, "midnight": 1500, "wrong_area": 60}
    taken = 0
    for kind, number in kinds.items():
        for position in order[taken : taken + number]:
            _spoil(rows, position, kind, order[-1 - taken])
        taken += number
    no_id = sorted(order[taken : taken + NO_ID])
    for position in no_id:
        rows[position][0] = ""
    again = set(no_id[:: NO_ID // DUPLICATES][:DUPLICATES])
    doubled = [
        row for position, row in enumerate(rows) for row in ([row, list(row)] if position in again else [row])
    ]
    return doubled, {**kinds, "no_incident_id": NO_ID + DUPLICATES, "exact_duplicates_without_id": DUPLICATES}


def _spoil(rows: list[Row], position: int, kind: str, other: int) -> None:
    row = rows[position]
    if kind == "no_coordinates":
        row[5] = row[6] = ""
    elif kind == "zero_coordinates":
        row[5], row[6] = "0.00000", "0.00000"
    elif kind == "midnight":
        row[2], row[3] = row[2][:11] + "00:00", ""
    else:
        row[7] = rows[other][7] if rows[other][7] != row[7] else ("T1-01" if row[7] != "T1-01" else "D1-01")
