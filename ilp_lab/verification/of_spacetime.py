"""Near repeats, scans and linkage, checked against published and independently computed numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.verification.comparing import Check

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_BURKITT = "data/libpysal_builtin/burkitt/burkitt.shp"
_CHICAGO = "data/near_repeat_oracle/chicago_be_month1.csv"
_ARSON = "data/near_repeat_oracle/chicago_arson.csv"
_FEVER = "oracles/nycfever_cas.csv"
_LEUKEMIA = "oracles/ny_leukemia.csv"
_CRIMES = "oracles/crimes.csv"


def checks() -> Iterator[Check]:
    """The checks of near repeats, scans and linkage."""
    yield from _near_repeats()
    yield from _scans()
    yield from _links()


def _near_repeats() -> Iterator[Check]:
    five = "ptools, near strings 1 1 1 2 2"
    for at, chain in enumerate((1, 1, 1, 2, 2)):
        yield Check(f"chain of event {at + 1} of five", five, chain, 0, partial(_chain, at=at))
    yield Check(
        "pair 100 m and 3 days apart lies in [1, 201) m and [0, 4) days",
        "R package NearRepeat",
        1,
        0,
        _pathology,
    )
    burkitt = "PySAL pointpats, Burkitt's lymphomas, 20 units and 5 days"
    for what, published, digits in (
        ("observed", 13, 0),
        ("expected", 10.143816133803618, 1e-12),
        ("variance", 8.39768, 5e-6),
    ):
        yield Check(f"Knox, {what} pairs", burkitt, published, digits, partial(_knox, value=what), _BURKITT)
    yield Check(
        "Knox, p of 13 pairs or more",
        "permuted 20,000 times",
        0.200,
        0.012,
        partial(_knox, value="p"),
        _BURKITT,
    )
    chicago = "Near Repeat Calculator 1.3, 970 burglaries in Chicago"
    for place, published in ((0, 28), (4, 44), (8, 97), (12, 77), (16, 182_194)):
        what = f"pairs in row {place // 4 + 1} of bands, first week"
        yield Check(what, chicago, published, 0, partial(_chicago, place=place), _CHICAGO)
    for place, published in ((0, 1.8032), (3, 1.4133)):
        what = f"observed over expected pairs, row {place // 3 + 1}"
        yield Check(what, "R package NearRepeat", published, 5e-5, partial(_package, place=place), _CHICAGO)
    for place, published in ((1, 2), (4, 9), (8, 4), (12, 6), (16, 393)):
        what = f"pairs of arsons in row {place // 4 + 1} of bands"
        yield Check(
            what, "R package NearRepeat, 522 arsons", published, 0, partial(_arson, place=place), _ARSON
        )


def _scans() -> Iterator[Check]:
    for place, published in enumerate((3.845418, 3.164201, 2.137259)):
        what = f"space-time permutation scan, cluster {place + 1}, log likelihood ratio"
        yield Check(what, "SaTScan, fever in New York", published, 5e-7, partial(_fever, place=place), _FEVER)
    for place, published in enumerate((14.083511, 9.019716, 6.114140, 4.651839, 3.363518, 3.209485)):
        what = f"Poisson scan, cluster {place + 1}, log likelihood ratio"
        yield Check(
            what,
            "SaTScan 9.6, leukemia in New York",
            published,
            5e-7,
            partial(_leukemia, place=place),
            _LEUKEMIA,
        )
    yield Check(
        "Poisson scan over the globe, log likelihood ratio", "SaTScan 9.6, leukemia in New York", 14.780276, 5e-7,
        partial(_leukemia, place=0, globe=True), _LEUKEMIA,
    )  # fmt: skip
    yield Check(
        "Bernoulli scan of a zone, log likelihood ratio",
        "SaTScan 9.6, leukemia in New York",
        8.47836,
        5e-6,
        _zone,
        _LEUKEMIA,
    )


def _links() -> Iterator[Check]:
    vignette = "R package crimelinkage, its vignette"
    for other, numbers in (
        ("C:123", (2.64874725, 15.068056, 1.717840, 1.0680556)),
        ("C:124", (1.74753462, 14.953472, 4.077934, 0.9534722)),
    ):
        for part, published in zip(
            ("distance_km", "days", "hours_of_day", "days_of_week"), numbers, strict=True
        ):
            digits = 0.6 * 10.0 ** -len(str(published).split(".")[1])
            what = f"evidence of C:106 and {other}, {part.replace('_', ' ')}"
            yield Check(
                what, vignette, published, digits, partial(_evidence, other=other, part=part), _CRIMES
            )
    for size, published in enumerate((328, 39, 6, 4, 2, 6, 1), start=1):
        yield Check(
            f"offenders with {size} crime(s)", vignette, published, 0, partial(_sizes, size=size), _CRIMES
        )
    yield Check("share of crimes with several offenders", vignette, 0.246, 5e-4, _together, _CRIMES)


def _points(x: Any, y: Any, days: Any, *, crs: int = 32633) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    at = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.asarray(days), unit="D")
    return gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(x, y), crs=crs)


def _chain(*, at: int) -> float:
    from ilp_lab.times import near_repeat_roles

    five = _points(range(1, 6), [0] * 5, [0, 0, 0, 4, 4])
    reach = float(np.nextafter(2, 3))
    return float(near_repeat_roles(five, within_m=reach, within_days=1, same_place_m=0.1)["chain"].iloc[at])


def _pathology() -> float:
    from ilp_lab.times import near_repeat

    two = _points([0, 0, 90_000], [0, 100, 0], [0, 3, 60])
    table = near_repeat(two, within_m=[201], within_days=[4, 7], permutations=19, rng=1).table
    return float(table.query("m_from == 1 and days_from == 0")["observed"].iloc[0])


@cache
def _burkitt(path: Path) -> Any:
    import geopandas as gpd

    from ilp_lab.times import near_repeat

    cases = gpd.read_file(path)
    table = _points(cases["X"], cases["Y"], cases["T"].astype(int), crs=32636)
    reach = float(np.nextafter(20, 21))
    return near_repeat(table, within_m=reach, within_days=6, same_place_m=0, permutations=9_999, rng=1)


def _knox(path: Path, *, value: str) -> float:
    found = _burkitt(path)
    return float(found["variance"][0, 0] if value == "variance" else found.table[value].iloc[0])


def _read_chicago(path: Path) -> gpd.GeoDataFrame:
    import pandas as pd

    held = pd.read_csv(path, header=None, names=["x", "y", "day"])
    days = (pd.to_datetime(held["day"]) - pd.Timestamp("2015-01-01")).dt.days
    return _points(held["x"], held["y"], days, crs=26971)


@cache
def _bands(
    path: Path, within_m: Sequence[float], within_days: Sequence[float], same: float, like: str | None
) -> Any:
    from ilp_lab.times import near_repeat

    return near_repeat(
        _read_chicago(path), within_m=within_m, within_days=within_days, same_place_m=same, metric="manhattan",
        compatible=like, permutations=19, rng=1,  # type: ignore[arg-type]
    )  # fmt: skip


def _chicago(path: Path, *, place: int) -> float:
    found = _bands(path, (100, 200, 300), (7, 14, 21), 1.0, "nrc-1.3")
    return float(found.table["observed"].iloc[place])


def _package(path: Path, *, place: int) -> float:
    return float(_bands(path, (200, 400, 600), (7, 14, 21), 0.1, None).table["ratio"].iloc[place])


def _arson(path: Path, *, place: int) -> float:
    found = _bands(path, (200, 400, 600), (1, 2, 3), 0.01, "nrc-1.3")
    return float(found.table["observed"].iloc[place])


@cache
def _fever_table(path: Path) -> pd.DataFrame:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.times import scan

    places = pd.read_csv(path.with_name("nycfever_geo.csv"))
    held = pd.read_csv(path).merge(places, on="zip")
    days = (pd.to_datetime(held["date"]) - pd.Timestamp("2001-01-01")).dt.days
    cases = _points(held["long"], held["lat"], days, crs=4326)
    centres = gpd.GeoDataFrame(geometry=gpd.points_from_xy(places["long"], places["lat"]), crs=4326)
    return scan(
        cases,
        centres=centres,
        max_m=3000,
        max_days=7,
        prospective=True,
        distance="great-circle",
        simulations=19,
        rng=1,
    ).table


def _fever(path: Path, *, place: int) -> float:
    return float(_fever_table(path)["llr"].iloc[place])


@cache
def _leukemia_table(path: Path, *, globe: bool) -> pd.DataFrame:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.times import scan

    tracts, scale = pd.read_csv(path), 1 if globe else 1e5
    points = gpd.points_from_xy(tracts["lon"] * scale, tracts["lat"] * scale)
    table = gpd.GeoDataFrame(tracts, geometry=points, crs=4326 if globe else 26918)
    return scan(
        table,
        model="poisson",
        population="population",
        distance="great-circle" if globe else "planar",
        simulations=19,
        rng=1,
    ).table


def _leukemia(path: Path, *, place: int, globe: bool = False) -> float:
    return float(_leukemia_table(path, globe=globe)["llr"].iloc[place])


def _zone(path: Path) -> float:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.times import scan

    tracts = pd.read_csv(path)
    zone = tracts["id"].isin([1, 2, 3, 12, 13, 14, 15, 35, 47, 49])
    cases, people = (tracts[name].groupby(zone).sum() for name in ("cases", "population"))
    counts = [cases[True], cases[False], people[True] - cases[True], people[False] - cases[False]]
    table = gpd.GeoDataFrame(
        {"is_case": [True, True, False, False], "cases": counts},
        geometry=gpd.points_from_xy([0, 1000, 0, 1000], [0] * 4),
        crs=32633,
    )
    found = scan(table, model="bernoulli", population="is_case", max_m=1, simulations=19, rng=1).table
    return float(found["llr"].iloc[0])


@cache
def _crimes(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    held = pd.read_csv(path, dtype=str).set_index("crimeID")
    offenders = pd.read_csv(path.with_name("offenders.csv")).groupby("crimeID")["offenderID"].agg(";".join)
    times = {}
    for name, end in (("occurred_at", "FROM"), ("occurred_to", "TO")):
        clock = held[f"TIME_{end}"].str.zfill(4)  # "0005", and "2400" for the end of the day
        minutes = clock.str[:2].astype(int) * 60 + clock.str[2:].astype(int)
        times[name] = (
            pd.to_datetime(held[f"DATE_{end}"]) + pd.to_timedelta(minutes, unit="min")
        ).dt.tz_localize("UTC")
    points = gpd.points_from_xy(held["X"].astype(float), held["Y"].astype(float))
    return gpd.GeoDataFrame({**times, "offender": offenders.reindex(held.index)}, geometry=points, crs=32633)


def _evidence(path: Path, *, other: str, part: str) -> float:
    from ilp_lab.times import pair_evidence

    return float(pair_evidence(_crimes(path).loc[["C:106", other]])[part].iloc[0])


@cache
def _learnt(path: Path) -> Any:
    from ilp_lab.times import linkage_model

    return linkage_model(_crimes(path), rng=1)


def _sizes(path: Path, *, size: int) -> float:
    return float(_learnt(path)["series_sizes"][size])


def _together(path: Path) -> float:
    crimes = _learnt(path)["co_offending"]
    return float(crimes[crimes.index > 1].sum() / crimes.sum())
