"""Case linkage on the public example of the R package crimelinkage: evidence, series, co-offending."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from ilp_lab.times import crime_series, link_crimes, linkage_model, pair_evidence

SHARED = Path(__file__).resolve().parents[3] / "shared" / "oracles"
MANNERS = ["MO1", "MO2", "MO3"]


@pytest.fixture(scope="module")
def crimes():
    """490 fictional crimes, 390 of them solved; times are numbers such as "0005" or "2400"."""
    if not (SHARED / "crimes.csv").exists():
        pytest.skip("the public case linkage example is not beside the project (../shared/oracles)")
    table = pd.read_csv(SHARED / "crimes.csv", dtype=str).set_index("crimeID")
    offenders = pd.read_csv(SHARED / "offenders.csv").groupby("crimeID")["offenderID"].agg(";".join)

    def at(end):
        clock = table[f"TIME_{end}"].str.zfill(4)
        minutes = clock.str[:2].astype(int) * 60 + clock.str[2:].astype(int)
        return (pd.to_datetime(table[f"DATE_{end}"]) + pd.to_timedelta(minutes, unit="min")).dt.tz_localize(
            "UTC"
        )

    return gpd.GeoDataFrame(
        {
            "occurred_at": at("FROM"),
            "occurred_to": at("TO"),
            **table[MANNERS],
            "offender": offenders.reindex(table.index),
        },
        geometry=gpd.points_from_xy(table["X"].astype(float), table["Y"].astype(float)),
        crs=32633,
    )


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("C:123", [2.64874725, 15.068056, 1.717840, 1.0680556]),
        ("C:124", [1.74753462, 14.953472, 4.077934, 0.9534722]),
    ],
)
def test_evidence_of_the_vignette(crimes, other, expected):
    pair = pair_evidence(crimes.loc[["C:106", other]], mo=MANNERS).iloc[0]
    found = pair[["distance_km", "days", "hours_of_day", "days_of_week"]].tolist()
    for ours, published in zip(found, expected, strict=True):
        digits = len(str(published).split(".")[1])
        assert ours == pytest.approx(published, abs=0.6 * 10**-digits)


def test_series_sizes_and_co_offending(crimes):
    result = linkage_model(crimes, mo=MANNERS, rng=1)
    assert result["series_sizes"].to_dict() == {1: 328, 2: 39, 3: 6, 4: 4, 5: 2, 6: 6, 7: 1, 14: 1}
    assert result["co_offending"].to_dict() == {1: 294, 2: 78, 3: 15, 4: 3}
    assert "24.6% of the solved crimes had more than one offender" in result.explain()
    assert result.left_out == {"without an offender": 100}
    assert result["auc"] > 0.85
    assert any("end before they begin" in caveat for caveat in result.caveats)


def test_the_review_says_how_much_chance_brings_and_proposals_are_half_right(crimes):
    model = linkage_model(crimes, mo=MANNERS, rng=1)
    review = link_crimes(crimes.drop(columns="offender"), model=model, at_least=100)
    who = crimes["offender"].str.split(";")
    shared = [
        bool(set(who[one]) & set(who[other]))
        for one, other in review.table[["one", "other"]].itertuples(index=False)
        if isinstance(who[one], list) and isinstance(who[other], list)
    ]
    assert len(shared) > 100
    assert sum(shared) / len(shared) > 0.35
    solved = crimes[crimes["offender"].notna()]
    series = crime_series(solved, model=model)
    together = series.table[series.table["size"] > 1].groupby("series").groups.values()
    pairs = [
        bool(set(who[one]) & set(who[other]))
        for names in together
        for k, one in enumerate(names)
        for other in names[:k]
    ]
    assert sum(pairs) / len(pairs) > 0.4
