"""From addresses to places, offline, against the agency's own gazetteer: scored, reviewed by people, never guessed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab.errors import InputError
from ilp_lab.intake.addresses import Address, Writing, alike, crossing_name, parse, writing
from ilp_lab.intake.gazetteers import Index, Street
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

CALLER = "intake.geocode"
STATUS = ("accepted", "review", "unmatched", "decided")
PRECISION = ("house", "interpolated", "intersection", "place", "street", "none")
_EXACT = ("house", "interpolated", "intersection", "place")
_STREET, _NUMBER, _WHERE = 0.6, 0.25, 0.15
_APART = 0.05
_SAME_M = 150.0
_NEAR_M = 150.0
_GOOD_RATE = 0.85
_PILE = 5
_METHOD = (
    "Addresses were written alike (case, accents, abbreviations), taken apart into street and house number, and compared with the "
    "gazetteer. The score is the likeness of the street's name ({street:g}), of the number ({number:g}) and of locality or postcode "
    "({where:g}), over the parts that the address has. From {accept:g} a match to a house, a point between two known houses, a crossing or a "
    "named place, known to 150 m, is accepted, unless another one elsewhere is about as good; from {review:g} it waits for a person."
)
_REFERENCES = (
    "Ratcliffe 2004, Geocoding crime and a first estimate of a minimum acceptable hit rate, doi:10.1080/13658810310001596076",
    "Winkler 1990, String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record linkage",
)


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


def geocode(
    frame: pd.DataFrame,
    *,
    gazetteer: gpd.GeoDataFrame,
    address: str = "address",
    locality: str | None = None,
    postcode: str | None = None,
    accept: float = 0.9,
    review: float = 0.7,
    words: str = "",
    decisions: pd.DataFrame | None = None,
) -> Result:
    """Find places for addresses, without a network.

    Parameters
    ----------
    frame
        A table with addresses.
    gazetteer
        Known addresses, streets and places, from :func:`read_gazetteer`.
    address
        Column with the address: street and number, two crossing streets, or a named place; after a comma the locality.
    locality, postcode
        Columns with them, where the table has them.
    accept, review
        Scores from which a match is accepted, and shown to a person.
    words
        A YAML file of how addresses are written here, in place of the general one.
    decisions
        What a person decided in the review table: ``row`` (position in ``frame``) and ``gazetteer_row``.

    Returns
    -------
    Result
        ``table``: GeoDataFrame with one row per row of ``frame``, in its order and under its index: ``address``, ``matched``, ``score``, ``precision``
        ("house", "interpolated", "intersection", "place", "street", "none"), ``margin_m`` (how far off it may be), ``status`` ("accepted", "review",
        "unmatched", "decided"), ``other`` and ``other_score`` (the next best elsewhere) and ``geometry`` (of accepted and decided rows).
        ``details``: ``hit_rate``, ``by_precision``, ``to_review`` (up to three candidates for every address that waits), ``piles``
        (points that five and more different addresses were put on), ``unmatched`` (addresses and how often).

    Raises
    ------
    InputError, ColumnError, CRSError, ReadError
        When something given does not fit.

    Notes
    -----
    Equal addresses are looked up once. Cost: one product of sparse matrices for the different street names, then a few string
    comparisons each. Limits: a point between two houses is a guess along the street; the side of the street is that of its even or
    odd neighbours. Below a hit rate of about 85 % maps of the result mislead (Ratcliffe 2004).

    References
    ----------
    Ratcliffe, J. H. (2004), doi:10.1080/13658810310001596076.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.intake import read_gazetteer
    >>> known = pd.DataFrame({"address": ["Mill Lane 10", "Mill Lane 20", "High Street 1"], "lon": [16.0, 16.002, 16.1], "lat": [48.0, 48.0, 48.0]})
    >>> calls = pd.DataFrame({"address": ["MILL LN. 14", "Hihg Street 1", "Elsewhere 5"]})
    >>> geocode(calls, gazetteer=read_gazetteer(known)).table[["precision", "status"]].values.tolist()
    [['interpolated', 'accepted'], ['house', 'accepted'], ['none', 'unmatched']]
    """
    check = Check(CALLER)
    _check(check, frame, gazetteer, address, locality, postcode, accept, review, decisions)
    check.done()
    pack = writing(words)
    metric = _metric.choose(gazetteer, caller=CALLER)
    xy = _metric.point_xy(gazetteer, metric)
    index = Index(gazetteer, xy, pack)
    asked = _asked(frame, address, locality, postcode)
    found = _looked_up(asked, index, pack, xy)
    table = _table(frame, asked, found, accept, review, gazetteer, metric)
    if decisions is not None:
        _decide(table, decisions, gazetteer, xy, metric)
    rate = float(table["status"].isin(["accepted", "decided"]).mean()) if len(table) else 0.0
    details = {
        "hit_rate": rate,
        "by_precision": table.loc[table["status"] != "unmatched", "precision"].value_counts().to_dict(),
        "to_review": _review(asked, found, table, accept),
        "piles": _piles(table),
        "unmatched": table.loc[table["status"] == "unmatched", "address"]
        .fillna("(no address)")
        .value_counts()
        .to_dict(),
    }
    lost = table["status"].isin(["review", "unmatched"])
    return Result(
        name=CALLER,
        title="Places of addresses",
        table=table,
        method=_METHOD.format(street=_STREET, number=_NUMBER, where=_WHERE, accept=accept, review=review),
        findings=_findings(table, details),
        params=(Param("accept", accept), Param("review", review), Param("words", pack.name), Param("crs", metric.name, chosen=metric.chosen)),
        caveats=_caveats(details),
        references=_REFERENCES,
        sources=(
            Source("addresses", len(frame), fingerprint("\n".join(asked["address"].fillna("").tolist())), origin_of(frame)),
            Source("gazetteer", len(gazetteer), fingerprint(xy[0].round(2), xy[1].round(2)), origin_of(gazetteer)),
        ),
        left_out={f"status {status}": int((table["status"] == status).sum()) for status in ("review", "unmatched") if (table["status"] == status).any()},
        left_out_rows=frame[lost.to_numpy()].assign(reason=table.loc[lost.to_numpy(), "status"].astype(str).to_numpy()) if lost.any() else None,
        handling=handling_of(frame, gazetteer),
        details=details,
    )  # fmt: skip


def _check(
    check: Check, frame: Any, gazetteer: Any, address: str, locality: str | None, postcode: str | None, accept: float, review: float, decisions: Any,
) -> None:  # fmt: skip
    if check.frame(frame, "the table"):
        check.columns(frame, [column for column in (address, locality, postcode) if column], "the table")
    if check.places(gazetteer, "gazetteer"):
        check.columns(
            gazetteer, ["street", "number", "number_to", "locality", "postcode", "name"], "gazetteer"
        )
        if not len(gazetteer):
            check.add("gazetteer is empty; intake.read_gazetteer makes one from a file.")
    check.between(0.3, 1, accept=accept, review=review)
    if not check.faults and review > accept:
        check.add(f"review ({review:g}) must not be above accept ({accept:g}).")
    if decisions is not None and check.frame(decisions, "decisions"):
        check.columns(decisions, ["row", "gazetteer_row"], "decisions")


def _asked(frame: pd.DataFrame, address: str, locality: str | None, postcode: str | None) -> pd.DataFrame:
    import pandas as pd

    def text(column: str | None) -> Any:
        if column is None:
            return ""
        return (
            frame[column]
            .astype("str")
            .where(frame[column].notna(), "")
            .str.strip()
            .str.slice(0, 300)
            .to_numpy()
        )

    return pd.DataFrame(
        {
            "address": frame[address].astype("str").where(frame[address].notna()).to_numpy(),
            "locality": text(locality),
            "postcode": text(postcode),
        }
    )


def _looked_up(
    asked: pd.DataFrame, index: Index, pack: Writing, xy: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> dict[tuple[str, str, str], list[Candidate]]:
    """Candidates of every different address, best first."""
    from tqdm.auto import tqdm

    different = list(dict.fromkeys(asked.dropna(subset=["address"]).itertuples(index=False, name=None)))
    parsed = [parse(text, pack) for text, _, _ in different]
    names = list(dict.fromkeys(name for one in parsed for name in (one.street, one.crossing) if name))
    near = dict(zip(names, index.likest(names), strict=True))
    found = {}
    for key, one in tqdm(
        zip(different, parsed, strict=True), total=len(different), desc="addresses", delay=1, leave=False
    ):
        where = {alike(part) for part in (key[1], key[2], *one.rest) if alike(part)}
        found[key] = _candidates(one, where, near, index, xy)
    return found


def _candidates(
    one: Address,
    where: set[str],
    near: dict[str, list[str]],
    index: Index,
    xy: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[Candidate]:
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
        [(_STREET, street)]
        + ([(_NUMBER, number)] if number is not None else [])
        + ([(_WHERE, where)] if where is not None else [])
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


def _rival(candidates: list[Candidate]) -> Candidate | None:
    """The next best candidate somewhere else."""
    best = candidates[0]
    return next((one for one in candidates[1:] if math.hypot(one.x - best.x, one.y - best.y) > _SAME_M), None)


def _status(candidates: list[Candidate], accept: float, review: float) -> str:
    if not candidates or candidates[0].score < review:
        return "unmatched"
    best, rival = candidates[0], _rival(candidates)
    known = best.precision in _EXACT and best.margin_m <= _NEAR_M
    sure = known and best.score >= accept and (rival is None or best.score - rival.score >= _APART)
    return "accepted" if sure else "review"


def _table(
    frame: pd.DataFrame, asked: pd.DataFrame, found: dict[tuple[str, str, str], list[Candidate]], accept: float, review: float,
    gazetteer: gpd.GeoDataFrame, metric: _metric.Metric,
) -> gpd.GeoDataFrame:  # fmt: skip
    import geopandas as gpd
    import pandas as pd

    none = Candidate(0.0, "none", math.nan, math.nan, math.nan, "", -1)
    rows: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for key, candidates in found.items():
        status = _status(candidates, accept, review)
        best = candidates[0] if candidates and status != "unmatched" else none
        rival = _rival(candidates) if candidates and status != "unmatched" else None
        shown = status == "accepted"
        rows[key] = (
            best.said or None, round(best.score, 4), best.precision, best.margin_m, status, rival.said if rival else None,
            round(rival.score, 4) if rival else math.nan, best.x if shown else math.nan, best.y if shown else math.nan,
        )  # fmt: skip
    empty = (None, 0.0, "none", math.nan, "unmatched", None, math.nan, math.nan, math.nan)
    keys = asked.itertuples(index=False, name=None)
    names = ["matched", "score", "precision", "margin_m", "status", "other", "other_score", "x", "y"]
    told = pd.DataFrame([rows.get(key, empty) for key in keys], columns=names, index=frame.index)
    told.insert(0, "address", asked["address"].to_numpy())
    told["precision"] = pd.Categorical(told["precision"], categories=list(PRECISION))
    told["status"] = pd.Categorical(told["status"], categories=list(STATUS))
    there = told["x"].notna().to_numpy()
    points = gpd.GeoSeries(
        gpd.points_from_xy(told["x"].fillna(0), told["y"].fillna(0)), index=frame.index, crs=metric.crs
    )
    points = points.where(pd.Series(there, index=frame.index))
    return gpd.GeoDataFrame(told.drop(columns=["x", "y"]), geometry=points.to_crs(gazetteer.crs))


def _decide(
    table: gpd.GeoDataFrame, decisions: pd.DataFrame, gazetteer: gpd.GeoDataFrame, xy: tuple[NDArray[np.float64], NDArray[np.float64]], metric: _metric.Metric
) -> None:  # fmt: skip
    """Take what a person decided."""
    import geopandas as gpd

    row, known = (decisions[name].to_numpy(dtype=np.int64) for name in ("row", "gazetteer_row"))
    if len(row) and (
        row.min() < 0 or row.max() >= len(table) or known.min() < 0 or known.max() >= len(gazetteer)
    ):
        raise InputError(
            f"{CALLER}: decisions name rows that do not exist; row counts from 0 to {len(table) - 1}, gazetteer_row to {len(gazetteer) - 1}."
        )
    places = gpd.GeoSeries(gpd.points_from_xy(xy[0][known], xy[1][known]), crs=metric.crs).to_crs(table.crs)
    column = table.columns.get_loc
    geometry = np.asarray(table.geometry).copy()
    geometry[row] = np.asarray(places)
    table.geometry = gpd.GeoSeries(geometry, index=table.index, crs=table.crs)
    table.iloc[row, column("status")] = "decided"


def _review(
    asked: pd.DataFrame,
    found: dict[tuple[str, str, str], list[Candidate]],
    table: gpd.GeoDataFrame,
    accept: float,
) -> pd.DataFrame:
    """Addresses that wait for a person, with up to three candidates each."""
    import pandas as pd

    waiting = table["status"].to_numpy() == "review"
    first = (
        asked[waiting]
        .assign(row=np.flatnonzero(waiting))
        .drop_duplicates(["address", "locality", "postcode"])
    )
    often = asked[waiting].groupby(["address", "locality", "postcode"]).size()
    rows = []
    for address, locality, postcode, row in first.itertuples(index=False, name=None):
        candidates = found[address, locality, postcode]
        for rank, one in enumerate(candidates[:3], start=1):
            why = _why(one, accept)
            rows.append(
                (
                    row,
                    address,
                    int(often[address, locality, postcode]),
                    rank,
                    one.said,
                    round(one.score, 3),
                    one.precision,
                    one.row,
                    why,
                )
            )
    columns = ["row", "address", "times", "rank", "candidate", "score", "precision", "gazetteer_row", "why"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["times", "row", "rank"], ascending=[False, True, True], ignore_index=True
    )


def _why(one: Candidate, accept: float) -> str:
    """Why a person has to look."""
    if one.score < accept:
        return "not alike enough"
    if one.precision not in _EXACT:
        return f"only the {one.precision} is known"
    return "known roughly" if one.margin_m > _NEAR_M else "another place is about as good"


def _piles(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Points that many different addresses were put on."""
    import pandas as pd

    there = table[table.geometry.notna()]
    if not len(there):
        return pd.DataFrame(columns=["x", "y", "addresses", "rows"])
    points = pd.DataFrame(
        {
            "x": there.geometry.x.round(6),
            "y": there.geometry.y.round(6),
            "address": there["address"].map(alike),
        }
    )
    found = points.groupby(["x", "y"])["address"].agg(addresses="nunique", rows="size").reset_index()
    return found[found["addresses"] >= _PILE].sort_values("rows", ascending=False, ignore_index=True)


def _findings(table: gpd.GeoDataFrame, details: dict[str, Any]) -> tuple[str, ...]:
    numbers = table["status"].value_counts()
    said = [
        f"{details['hit_rate']:.1%} of {len(table):,} addresses have a place; {int(numbers['review']):,} wait for a person, "
        f"{int(numbers['unmatched']):,} were not found."
    ]
    rough = int((table["precision"] == "interpolated").sum())
    if rough:
        said.append(f"{rough:,} lie between two known houses and may be off by as much as margin_m says.")
    if details["hit_rate"] < _GOOD_RATE:
        said.append(
            "Below about 85 % a map of the result misleads, because what is missing is not missing at random. Work through the review table first."
        )
    if len(details["piles"]):
        top = details["piles"].iloc[0]
        said.append(
            f"{len(details['piles']):,} points took five and more different addresses; the fullest, at ({top['x']:.6g}, {top['y']:.6g}), took {int(top['addresses']):,}."
        )
    said.append(
        "Check next a sample of the accepted ones against the map, and the most frequent addresses that were not found."
    )
    return tuple(said)


def _caveats(details: dict[str, Any]) -> tuple[str, ...]:
    said = ["A gazetteer that leaves out new quarters makes them look safe."]
    if details["hit_rate"] < _GOOD_RATE:
        said.append(f"The hit rate is {details['hit_rate']:.0%}.")
    return tuple(said)
