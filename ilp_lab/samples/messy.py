"""The same country in another agency's layout: a file that a quality report can be taught with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ilp_lab.samples.country import Country
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import EPOCH, HABITS, MINUTES_PER_DAY, minute_of_day
from ilp_lab.samples.towns import Addresses

ROWS = 1_500
DUPLICATES, RENUMBERED = 24, 12
COLUMNS = (
    "Case no.", "Crime", "Date from", "Time from", "Date to", "Time to", "Lat", "Lon", "Beat", "Place", "Remarks",
)  # fmt: skip
SWAPPED = (600, 680)
TRICKS = (
    "=1+1",
    '=HYPERLINK("file.txt";"open")',
    "@SUM(A1:A9)",
    "-2+3",
    "+4+5",
    "<b>urgent</b>",
    "<script>alert('x')</script>",
    '<img src=x onerror="alert(1)">',
    "C:\\2024\\1\\new folder",
    "said “stop”; then left",
    "`whoami` ${HOME}",
    "caf\xe9 owner – second call",
    'window 1" open',
    "line one\nline two",
)
PLAIN = (
    "",
    "",
    "",
    "called back",
    "no witness",
    "seen by owner",
    "photos taken",
    "insurer told",
    "gate left open",
)
Row = list[Any]


def messy(country: Country, addresses: Addresses, seed: int) -> tuple[bytes, dict[str, Any]]:
    """Return the file, in code page 1252, and how often each fault stands in it."""
    dice = Dice(seed, "messy")
    rows = _clean(country, addresses, dice)
    swapped = _swap(rows)
    order = [position for position in dice.sample(len(rows), len(rows)).tolist() if not _in_block(position)]
    counts = {
        "reversed_window": _change(rows, order, 0, 25, _reverse),
        "no_coordinates": _change(rows, order, 25, 60, _unplace),
        "zero_coordinates": _change(rows, order, 85, 15, _zero),
        "impossible_date": _change(rows, order, 100, 6, _bad_date),
        "no_time": _change(rows, order, 106, 70, _no_time),
        "midnight": _change(rows, order, 176, 40, _midnight),
        "crime_in_other_letters": _change(rows, order, 216, 90, _shout),
    }
    for number, position in enumerate(order[306 : 306 + 5 * len(TRICKS)]):
        rows[position][10] = TRICKS[number % len(TRICKS)]
    plain = [position for position in order[400:] if rows[position][6]]
    exact = set(plain[:DUPLICATES])
    renumbered = dict(zip(plain[DUPLICATES : DUPLICATES + RENUMBERED], range(RENUMBERED), strict=True))
    out: list[Row] = []
    for position, row in enumerate(rows):
        out.append(row)
        if position in exact:
            out.append(list(row))
        elif position in renumbered:
            out.append([f"HP/{9001 + renumbered[position]:04d}", *row[1:]])
    lines = [";".join(COLUMNS), *(";".join(_field(value) for value in row) for row in out)]
    truth = {
        "rows": len(out),
        "encoding": "cp1252",
        "separator": ";",
        "decimal": ",",
        "dates": "DD.MM.YYYY",
        "times": "whole number HHMM without leading zeros",
        "faults": {
            "swapped_coordinates": swapped,
            **counts,
            "hostile_or_odd_text": 5 * len(TRICKS),
            "exact_duplicates": DUPLICATES,
            "same_under_another_number": RENUMBERED,
        },
    }
    return ("\n".join(lines) + "\n").encode("cp1252"), truth


def _clean(country: Country, addresses: Addresses, dice: Dice) -> list[Row]:
    count = ROWS - DUPLICATES - RENUMBERED
    coast = np.flatnonzero(
        np.isin(addresses.unit, [i for i, unit in enumerate(country.units) if unit.region == "Selin"])
    )
    names = list(HABITS)
    offences = dice.pick([HABITS[name].share for name in names], count).tolist()
    chosen = coast[dice.below(len(coast), count)].tolist()
    days = np.sort(dice.between(365, 1090, count))
    minutes = [int(minute_of_day(HABITS[names[offence]], dice, 1)[0]) for offence in offences]
    spans = (dice.between(1, 40, count) * 15).tolist()
    remarks = dice.below(len(PLAIN), count).tolist()
    rows: list[Row] = []
    for number in range(count):
        start = EPOCH + timedelta(minutes=int(days[number]) * MINUTES_PER_DAY + minutes[number])
        end = start + timedelta(minutes=spans[number])
        row = chosen[number]
        rows.append(
            [
                f"HP/{number + 1:04d}",
                names[offences[number]],
                *_moment(start),
                *_moment(end),
                f"{addresses.lat[row]:.5f}".replace(".", ","),
                f"{addresses.lon[row]:.5f}".replace(".", ","),
                country.units[int(addresses.unit[row])].area,
                addresses.text[row],
                PLAIN[remarks[number]],
            ]
        )
    return rows


def _moment(moment: datetime) -> tuple[str, str]:
    return moment.strftime("%d.%m.%Y"), str(moment.hour * 100 + moment.minute)


def _in_block(position: int) -> bool:
    return SWAPPED[0] <= position < SWAPPED[1]


def _swap(rows: list[Row]) -> int:
    """One clerk's block, with the two coordinate columns the wrong way round."""
    for position in range(*SWAPPED):
        rows[position][6], rows[position][7] = rows[position][7], rows[position][6]
    return SWAPPED[1] - SWAPPED[0]


def _change(rows: list[Row], order: list[int], first: int, count: int, how: Any) -> int:
    for position in order[first : first + count]:
        how(rows[position])
    return count


def _reverse(row: Row) -> None:
    row[2:6] = [*row[4:6], *row[2:4]]


def _unplace(row: Row) -> None:
    row[6] = row[7] = ""


def _zero(row: Row) -> None:
    row[6] = row[7] = "0"


def _bad_date(row: Row) -> None:
    row[2] = "31.02." + row[2][6:]
    row[4] = ""
    row[5] = ""


def _no_time(row: Row) -> None:
    row[3] = row[4] = row[5] = ""


def _midnight(row: Row) -> None:
    row[3], row[4], row[5] = "0", "", ""


def _shout(row: Row) -> None:
    row[1] = " " + row[1].upper()


def _field(value: str) -> str:
    if any(sign in value for sign in ';"\n'):
        return '"' + value.replace('"', '""') + '"'
    return value
