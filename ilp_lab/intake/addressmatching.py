"""Where an address may be: houses, numbers between two known ones, crossings and named places, each with its score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.intake.addresses import Address, crossing_name
from ilp_lab.intake.gazetteers import Index, Street

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRECISION = ("house", "interpolated", "intersection", "place", "street", "none")
_EXACT = ("house", "interpolated", "intersection", "place")
STREET, NUMBER, WHERE = 0.6, 0.25, 0.15
_APART = 0.05
_SAME_M = 150.0
_NEAR_M = 150.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible place of an address."""

    score: float
    precision: str
    x: float
    y: float
    margin_m: float
    said: str
    row: int


def candidates_of(
    one: Address,
    where: set[str],
    near: dict[str, list[str]],
    index: Index,
    xy: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[Candidate]:
    """The six likeliest places of an address, best first."""
    if not one.street:
        return []
    if one.crossing:
        return _crossings(one, where, near, index, xy)
    found = []
    for name in near.get(one.street, ()):
        like = likeness(one.street, name)
        if like < 0.6:
            continue
        for street in index.streets.get(name, ()):
            precision, number, x, y, margin, row = _on_street(street, one.number)
            score = _score(like, number if one.number is not None else None, _place_likeness(street, where))
            said = " ".join(filter(None, (name, str(one.number or ""), street.locality)))
            found.append(Candidate(score, precision, x, y, margin, said, row))
        if one.number is None:
            found.extend(
                Candidate(like, "place", float(xy[0][row]), float(xy[1][row]), 25.0, name, row)
                for row in index.places.get(name, ())
            )
    return sorted(
        found, key=lambda candidate: (-candidate.score, PRECISION.index(candidate.precision), candidate.said)
    )[:6]


def likeness(asked: str, known: str) -> float:
    """How alike two street names are, 1 when equal: letters in order, or words in any order, whichever is more.

    Examples
    --------
    >>> likeness("mill lane", "mill lane"), round(likeness("hihg street", "high street"), 2)
    (1.0, 0.95)
    """
    from rapidfuzz.distance import DamerauLevenshtein
    from rapidfuzz.fuzz import token_sort_ratio

    if asked == known:
        return 1.0
    typed = 1 - DamerauLevenshtein.distance(asked, known) / (2 * max(len(asked), len(known))) * 1.1
    shuffled = token_sort_ratio(asked, known) / 100
    # numbers in names must agree: 5th street is not 6th street
    if [word for word in asked.split() if word[0].isdigit()] != [
        word for word in known.split() if word[0].isdigit()
    ]:
        return min(shuffled, 0.5)
    return float(max(typed if typed > 0.9 else 0.0, shuffled))


def _score(street: float, number: float | None, where: float | None) -> float:
    parts = (
        [(STREET, street)]
        + ([(NUMBER, number)] if number is not None else [])
        + ([(WHERE, where)] if where is not None else [])
    )
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


def _place_likeness(street: Street, where: set[str]) -> float | None:
    """Whether locality or postcode agree; nothing is known where one side does not say."""
    if not where or not (street.locality or street.postcodes):
        return None
    if street.locality in where or street.postcodes & where:
        return 1.0
    joined = " ".join(sorted(where))
    if street.locality and (
        street.locality in joined or any(code in joined.split() for code in street.postcodes)
    ):
        return 1.0
    return 0.0


def _on_street(street: Street, number: int | None) -> tuple[str, float, float, float, float, int]:
    """Precision, likeness of the number, place, how far off it may be, and a row of the gazetteer."""
    middle = int(np.argmin(np.hypot(street.x - np.median(street.x), street.y - np.median(street.y))))
    extent = float(np.hypot(np.ptp(street.x), np.ptp(street.y)))
    at_middle = (
        float(street.x[middle]),
        float(street.y[middle]),
        max(extent / 2, 25.0),
        int(street.rows[middle]),
    )
    if number is None:
        return ("street", 1.0, *at_middle)
    same = np.flatnonzero(street.number == number)
    if len(same):
        spread = float(np.hypot(np.ptp(street.x[same]), np.ptp(street.y[same])))
        return (
            "house",
            1.0,
            float(np.median(street.x[same])),
            float(np.median(street.y[same])),
            max(spread / 2, 10.0),
            int(street.rows[same[0]]),
        )
    within = np.flatnonzero((street.number >= 0) & (street.number_to >= number) & (street.number <= number))
    if len(within):
        at = int(within[0])
        return "interpolated", 0.95, float(street.x[at]), float(street.y[at]), 50.0, int(street.rows[at])
    between = _between(street, number)
    if between is not None:
        return ("interpolated", 0.9, *between)
    known = street.number[street.number >= 0]
    close = bool(len(known)) and int(np.abs(known - number).min()) <= 20
    return ("street", 0.6 if close else 0.4, *at_middle)


def _between(street: Street, number: int) -> tuple[float, float, float, int] | None:
    """A point between the next lower and higher known number of the same side, at most 100 numbers apart."""
    for side in (street.number % 2 == number % 2, np.ones(len(street.number), bool)):
        usable = np.flatnonzero((street.number >= 0) & side)
        lower, higher = usable[street.number[usable] < number], usable[street.number[usable] > number]
        if not len(lower) or not len(higher):
            continue
        a, b = int(lower[np.argmax(street.number[lower])]), int(higher[np.argmin(street.number[higher])])
        low, high = int(street.number[a]), int(street.number[b])
        if high - low > 100:
            continue
        share = (number - low) / (high - low)
        x, y = (float(axis[a] + share * (axis[b] - axis[a])) for axis in (street.x, street.y))
        apart = math.hypot(street.x[b] - street.x[a], street.y[b] - street.y[a])
        if apart <= 1000:
            return x, y, max(apart / 2, 15.0), int(street.rows[a])
    return None


def _crossings(
    one: Address,
    where: set[str],
    near: dict[str, list[str]],
    index: Index,
    xy: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[Candidate]:
    """A crossing that is known as one, or where two streets come closest to each other."""
    from scipy.spatial import cKDTree

    found = []
    name = crossing_name(one.street, one.crossing)
    for known in index.likest([name], most=3)[0]:
        if known in index.places and (like := likeness(name, known)) > 0.8:
            row = index.places[known][0]
            found.append(
                Candidate(like, "intersection", float(xy[0][row]), float(xy[1][row]), 20.0, known, row)
            )
    for first in near.get(one.street, ())[:4]:
        for second in near.get(one.crossing, ())[:4]:
            like = min(likeness(one.street, first), likeness(one.crossing, second))
            if like < 0.7 or first == second:
                continue
            for a in index.streets.get(first, ()):
                for b in index.streets.get(second, ()):
                    if a.locality != b.locality:
                        continue
                    apart, at = cKDTree(np.column_stack([b.x, b.y])).query(np.column_stack([a.x, a.y]))
                    best = int(np.argmin(apart))
                    if apart[best] > 250:
                        continue
                    x, y = (a.x[best] + b.x[at[best]]) / 2, (a.y[best] + b.y[at[best]]) / 2
                    score = _score(like, None, _place_likeness(a, where))
                    found.append(
                        Candidate(
                            score,
                            "intersection",
                            float(x),
                            float(y),
                            max(float(apart[best]), 20.0),
                            f"{first} and {second} {a.locality}".strip(),
                            int(a.rows[best]),
                        )
                    )
    return sorted(found, key=lambda candidate: -candidate.score)[:6]


def rival_of(candidates: list[Candidate]) -> Candidate | None:
    """The next best candidate somewhere else."""
    best = candidates[0]
    return next((one for one in candidates[1:] if math.hypot(one.x - best.x, one.y - best.y) > _SAME_M), None)


def status_of(candidates: list[Candidate], accept: float, review: float) -> str:
    """What becomes of an address: accepted, for a person to look at, or not known."""
    if not candidates or candidates[0].score < review:
        return "unmatched"
    best, rival = candidates[0], rival_of(candidates)
    known = best.precision in _EXACT and best.margin_m <= _NEAR_M
    sure = known and best.score >= accept and (rival is None or best.score - rival.score >= _APART)
    return "accepted" if sure else "review"


def why_unsure(one: Candidate, accept: float) -> str:
    """Why a person has to look."""
    if one.score < accept:
        return "not alike enough"
    if one.precision not in _EXACT:
        return f"only the {one.precision} is known"
    return "known roughly" if one.margin_m > _NEAR_M else "another place is about as good"
