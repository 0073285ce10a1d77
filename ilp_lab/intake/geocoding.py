"""From addresses to places, offline, against the agency's own gazetteer: scored, reviewed by people, never guessed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.intake.addresses import Writing, alike, parse, writing
from ilp_lab.intake.addressmatching import (
    NUMBER,
    PRECISION,
    STREET,
    WHERE,
    Candidate,
    candidates_of,
    rival_of,
    status_of,
    why_unsure,
)
from ilp_lab.intake.gazetteers import Index
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

CALLER = "intake.geocode"
STATUS = ("accepted", "review", "unmatched", "decided")
_GOOD_RATE = 0.85
_PILE = 5
_METHOD = tr_later(
    "Addresses were written alike (case, accents, abbreviations), taken apart into street and house number, and compared with the "
    "gazetteer. The score is the likeness of the street's name ({street:g}), of the number ({number:g}) and of locality or postcode "
    "({where:g}), over the parts that the address has. From {accept:g} a match to a house, a point between two known houses, a crossing or a "
    "named place, known to 150 m, is accepted, unless another one elsewhere is about as good; from {review:g} it waits for a person."
)
_REFERENCES = (
    "Ratcliffe 2004, Geocoding crime and a first estimate of a minimum acceptable hit rate, doi:10.1080/13658810310001596076",
    "Winkler 1990, String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record linkage",
)


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
        title=tr_later("Places of addresses"),
        table=table,
        method=_METHOD.format(street=STREET, number=NUMBER, where=WHERE, accept=accept, review=review),
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
        found[key] = candidates_of(one, where, near, index, xy)
    return found


def _table(
    frame: pd.DataFrame, asked: pd.DataFrame, found: dict[tuple[str, str, str], list[Candidate]], accept: float, review: float,
    gazetteer: gpd.GeoDataFrame, metric: _metric.Metric,
) -> gpd.GeoDataFrame:  # fmt: skip
    import geopandas as gpd
    import pandas as pd

    none = Candidate(0.0, "none", math.nan, math.nan, math.nan, "", -1)
    rows: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for key, candidates in found.items():
        status = status_of(candidates, accept, review)
        best = candidates[0] if candidates and status != "unmatched" else none
        rival = rival_of(candidates) if candidates and status != "unmatched" else None
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
            why = why_unsure(one, accept)
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
        tr(
            "{rate:.1%} of {n:,} addresses have a place; {waiting:,} wait for a person, {lost:,} were not found."
        ).format(
            rate=details["hit_rate"],
            n=len(table),
            waiting=int(numbers["review"]),
            lost=int(numbers["unmatched"]),
        )
    ]
    rough = int((table["precision"] == "interpolated").sum())
    if rough:
        said.append(
            trn(
                "{n:,} lies between two known houses and may be off by as much as margin_m says.",
                "{n:,} lie between two known houses and may be off by as much as margin_m says.",
                rough,
            ).format(n=rough)
        )
    if details["hit_rate"] < _GOOD_RATE:
        said.append(
            tr_later(
                "Below about 85 % a map of the result misleads, because what is missing is not missing at random. Work through the review table first."
            )
        )
    if len(details["piles"]):
        top = details["piles"].iloc[0]
        said.append(
            trn(
                "{n:,} point took five and more different addresses; the fullest, at ({x:.6g}, {y:.6g}), took {most:,}.",
                "{n:,} points took five and more different addresses; the fullest, at ({x:.6g}, {y:.6g}), took {most:,}.",
                len(details["piles"]),
            ).format(n=len(details["piles"]), x=top["x"], y=top["y"], most=int(top["addresses"]))
        )
    said.append(
        tr_later(
            "Check next a sample of the accepted ones against the map, and the most frequent addresses that were not found."
        )
    )
    return tuple(said)


def _caveats(details: dict[str, Any]) -> tuple[str, ...]:
    said = [tr_later("A gazetteer that leaves out new quarters makes them look safe.")]
    if details["hit_rate"] < _GOOD_RATE:
        said.append(tr("The hit rate is {rate:.0%}.").format(rate=details["hit_rate"]))
    return tuple(said)
