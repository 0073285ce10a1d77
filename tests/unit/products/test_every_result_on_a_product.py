"""Every analysis of places, times and networks goes into a product, as a page and as a document."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from ilp_lab import networks, places, times
from ilp_lab.products import ProblemProfile
from ilp_lab.products.extract import leading_rows
from ilp_lab.safeguards import open_case

START = pd.Timestamp("2022-01-03", tz="Europe/Vienna")
TOWN = gpd.GeoDataFrame(geometry=[box(0, 0, 3000, 3000)], crs=32633)


def thefts(n=500, days=800, seed=1):
    draw = np.random.default_rng(seed)
    xy = draw.uniform(0, 3000, (n, 2))
    xy[: n // 3] = draw.normal((1500, 1400), 80, (n // 3, 2))
    at = START + pd.to_timedelta(draw.integers(0, days * 1440, n), unit="min")
    return gpd.GeoDataFrame(
        {"occurred_at": at, "area": draw.choice(list("AB"), n), "offence": draw.choice(["theft", "rare"], n, p=[0.98, 0.02])},
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )  # fmt: skip


def solved(seed=1):
    draw = np.random.default_rng(seed)
    who = np.repeat(np.arange(30), 4)
    xy = draw.uniform(0, 20_000, (30, 2))[who] + draw.normal(0, 400, (120, 2))
    at = START + pd.to_timedelta(draw.uniform(0, 365, 120), unit="D").round("min")
    return gpd.GeoDataFrame(
        {"occurred_at": at, "offender": who}, geometry=gpd.points_from_xy(*xy.T), crs=32633
    )


def calls(seed=2):
    draw = np.random.default_rng(seed)
    one, other = draw.integers(0, 8, (2, 600))
    frame = pd.DataFrame({
        "caller": [f"7000{at}" for at in one],
        "receiver": [f"7000{at}" if at != who else "80000" for at, who in zip(other, one, strict=True)],
        "started_at": START + pd.to_timedelta(draw.integers(0, 60 * 1440, 600), unit="min"),
        "duration_s": 60,
        "tower": draw.choice(["north", "south", "east", "west", "mill"], 600),
    })  # fmt: skip
    together = pd.DataFrame(
        {"caller": ["90001", "90002"] * 5, "tower": [f"road {at // 2}" for at in range(10)]}
    )
    at = [START + pd.Timedelta(days=at // 2, hours=14, minutes=at) for at in range(10)]
    both = pd.concat(
        [frame, together.assign(receiver="80000", duration_s=9, started_at=at)], ignore_index=True
    )
    return both.assign(subscriber=both["caller"])


def payments(seed=2):
    draw = np.random.default_rng(seed)
    ordinary = pd.DataFrame({
        "payer": [f"A{number:02d}" for number in draw.integers(0, 40, 600)],
        "payee": [f"A{number:02d}" for number in draw.integers(0, 40, 600)],
        "amount": np.exp(draw.normal(7.5, 1, 600)).round(2),
        "booked_at": START + pd.to_timedelta(draw.integers(0, 90 * 24 * 60, 600), "min"),
    })  # fmt: skip
    trip = pd.DataFrame({
        "payer": ["X1", "X2", "X3"], "payee": ["X2", "X3", "X1"], "amount": [9900.0, 9800.0, 9700.0],
        "booked_at": [START + pd.Timedelta(hours=hour) for hour in (100, 130, 150)],
    })  # fmt: skip
    fan = pd.DataFrame({
        "payer": [f"S{at}" for at in range(18)], "payee": "X9", "amount": 9500.0,
        "booked_at": [START + pd.Timedelta(hours=900 + at) for at in range(18)],
    })  # fmt: skip
    return pd.concat([ordinary, trip, fan], ignore_index=True)


def areas():
    squares = [box(750 * x, 750 * y, 750 * x + 750, 750 * y + 750) for x in range(4) for y in range(4)]
    n = np.arange(16) ** 2 + 1
    return gpd.GeoDataFrame(
        {"area": [f"S{at}" for at in range(16)], "n": n, "population": 50 * n[::-1] + 9},
        geometry=squares,
        crs=32633,
    )


def streets():
    lines = [LineString([(0, y), (3000, y)]) for y in range(0, 3001, 300)]
    return places.street_network(
        gpd.GeoDataFrame(
            geometry=[*lines, *(LineString([(x, 0), (x, 3000)]) for x in range(0, 3001, 300))], crs=32633
        )
    )


def chart():
    links = pd.DataFrame(nx.karate_club_graph().edges, columns=["source", "target"])
    return networks.chart(
        links.assign(phase=[at % 3 for at in range(78)], start=[f"2024-0{1 + at % 6}-01" for at in range(78)])
    )


def panel():
    counted = times.counts_by_period(thefts(3000).assign(area=np.arange(3000) % 8), by="area")
    treated = (counted["area"].astype(int) < 4) & (counted["period"] > "2023-01-01")
    return counted.assign(treated=treated)[counted["complete"]]


def series():
    review = pd.DataFrame({"one": [0, 1, 5], "other": [1, 2, 6], "decision": ["accept", "accept", "reject"]})
    return times.crime_series(solved(), review=review)


def events():
    draw = np.random.default_rng(3)
    rows = [(f"P{who}", f"E{event}") for event in range(60) for who in draw.choice(30, 3, replace=False)]
    return pd.DataFrame(
        rows + [(who, f"X{at}") for at in range(9) for who in ("P1", "P2")], columns=["person", "event"]
    )


POINTS, GROUND, CHART = thefts(), areas(), chart()
SQUARES = [gpd.GeoDataFrame(geometry=[box(x, x, x + 600, x + 600)], crs=32633) for x in (300, 1900)]
MADE = {
    "places.gi_star": lambda: places.gi_star(POINTS, cell_m=200, study_area=TOWN, simulations=19, rng=1),
    "places.gi_star of areas": lambda: places.gi_star(GROUND, value="n", simulations=19, permutations=99, rng=1),
    "places.local_moran": lambda: places.local_moran(GROUND, value="n", simulations=19, permutations=99, rng=1),
    "places.moran": lambda: places.moran(GROUND, value="n", permutations=99, rng=1),
    "places.geary": lambda: places.geary(GROUND, value="n", permutations=99, rng=1),
    "places.general_g": lambda: places.general_g(GROUND, value="n", permutations=99, rng=1),
    "places.hot_areas": lambda: places.hot_areas(POINTS, rng=1),
    "places.density": lambda: places.density(POINTS, study_area=TOWN),
    "places.bandwidths": lambda: places.bandwidths(POINTS, rng=1),
    "places.emerging_hot_spots": lambda: places.emerging_hot_spots(POINTS, cell_m=500, step="month", study_area=TOWN, simulations=19, rng=1),
    "places.rates": lambda: places.rates(GROUND, events="n", population="population"),
    "places.concentration": lambda: places.concentration(GROUND, n="n", bootstrap=99, rng=1),
    "places.relative_risk": lambda: places.relative_risk(POINTS, thefts(seed=4), study_area=TOWN, simulations=99, rng=1),
    "places.ripley": lambda: places.ripley(POINTS, study_area=TOWN, simulations=19, rng=1),
    "places.cross_k": lambda: places.cross_k(POINTS, POINTS.head(50), study_area=TOWN, simulations=19, rng=1),
    "places.nearest_neighbour": lambda: places.nearest_neighbour(POINTS, study_area=TOWN),
    "places.journey_to_crime": lambda: places.journey_to_crime(pd.DataFrame({"distance_m": np.random.default_rng(3).lognormal(7, 1, 90)})),
    "places.geographic_profile": lambda: places.geographic_profile(POINTS.head(8)),
    "places.street_density": lambda: places.street_density(POINTS, streets(), bandwidth_m=200, within_m=500),
    "places.street_k": lambda: places.street_k(POINTS.head(80), streets(), up_to_m=300, steps=3, within_m=300, simulations=19, rng=1),
    "places.risk_terrain": lambda: places.risk_terrain(POINTS, {"bars": POINTS.iloc[:40]}, cell_m=150, study_area=TOWN, rng=1),
    "times.aoristic": lambda: times.aoristic(POINTS, bootstrap=20, rng=1),
    "times.aoristic in shifts": lambda: times.aoristic(POINTS, unit=["06:00", "18:00"], by="area", bootstrap=20, rng=1),
    "times.aoristic by cell": lambda: times.aoristic(POINTS, unit="hour_of_day", cell_m=500, bootstrap=0),
    "times.weekday_test": lambda: times.weekday_test(POINTS, simulations=99, rng=1),
    "times.circular_test": lambda: times.circular_test(POINTS, rng=1),
    "times.temporal_scan": lambda: times.temporal_scan(POINTS, within_days=10),
    "times.year_to_date": lambda: times.year_to_date(POINTS, by="offence"),
    "times.change_points": lambda: times.change_points(POINTS),
    "times.seasonality": lambda: times.seasonality(POINTS),
    "times.control_chart": lambda: times.control_chart(POINTS, by="area"),
    "times.exceptions": lambda: times.exceptions(POINTS, by="offence"),
    "times.near_repeat": lambda: times.near_repeat(POINTS, permutations=99, rng=1),
    "times.near_repeat_zones": lambda: times.near_repeat_zones(POINTS),
    "times.scan": lambda: times.scan(POINTS, max_m=800, max_days=14, simulations=39, rng=1),
    "times.forecast": lambda: times.forecast(POINTS, discovered=[], opt_in=True),
    "times.linkage_model": lambda: times.linkage_model(solved(), rng=1),
    "times.link_crimes": lambda: times.link_crimes(solved(), model=times.linkage_model(solved(), rng=1), at_least=10),
    "times.crime_series": series,
    "times.compare_counts": lambda: times.compare_counts(pd.DataFrame({"place": list("AB"), "before": [40, 12], "after": [90, 14]})),
    "times.displacement_difference": lambda: times.displacement_difference(pd.DataFrame({"zone": ["treated", "control"], "before": [90, 80], "after": [40, 82]})),
    "times.difference_in_differences": lambda: times.difference_in_differences(panel()),
    "times.interrupted_series": lambda: times.interrupted_series(POINTS, at="2023-06-01"),
    "times.pattern_change": lambda: times.pattern_change(POINTS, after=thefts(seed=2), cell_m=500),
    "times.displacement_rings": lambda: times.displacement_rings(POINTS, treated=SQUARES[0], control=SQUARES[1], at="2023-01-15"),
    "networks.measures": lambda: networks.measures(CHART, redraws=19, rng=1),
    "networks.ranking": lambda: networks.ranking(CHART, by="degree", redraws=19, rng=1),
    "networks.brokers": lambda: networks.brokers(CHART, redraws=19, rng=1),
    "networks.groups": lambda: networks.groups(CHART, rng=1),
    "networks.roles": lambda: networks.roles(CHART, rng=1),
    "networks.key_players": lambda: networks.key_players(CHART, k=2, redraws=9, rng=1),
    "networks.disruption": lambda: networks.disruption(CHART, k=2, runs=10, rng=1),
    "networks.removal_curves": lambda: networks.removal_curves(CHART, random_orders=10, rng=1),
    "networks.missing_links": lambda: networks.missing_links(CHART, trials=10, rng=1),
    "networks.through_time": lambda: networks.through_time(CHART, phases="phase", redraws=9, rng=1),
    "networks.call_bursts": lambda: networks.call_bursts(calls(), window_hours=6, permutations=49, rng=1),
    "networks.night_calls": lambda: networks.night_calls(calls(), start_hour=23, end_hour=5),
    "networks.co_location": lambda: networks.co_location(calls()),
    "networks.co_offending": lambda: networks.co_offending(events()),
    "networks.fan_in_out": lambda: networks.fan_in_out(payments(), rng=4, permutations=49),
    "networks.round_trips": lambda: networks.round_trips(payments(), rng=3, least_kept=0.95, permutations=19),
    "networks.structuring": lambda: networks.structuring(payments(), threshold=10_000),
    "times.backtest": lambda: times.backtest(POINTS, discovered=[], folds=4, methods=["density"], bootstrap=99, rng=1),
}  # fmt: skip
QUICK = {  # one of each kind of table; the others take minutes together
    "networks.disruption", "places.emerging_hot_spots", "places.geographic_profile", "places.local_moran", "times.aoristic", "times.control_chart",
    "times.exceptions", "times.year_to_date",
}  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return open_case(tmp_path_factory.mktemp("case"), purpose="1", legal_basis="2", analyst="3")


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in MADE],
)
def made(request):
    result = MADE[request.param]()
    assert result.name == request.param.partition(" ")[0]
    return result


def written(case, result, folder):
    """The product as a page and as the text of a document."""
    profile = ProblemProfile(case, question="What does it show?").add(result, says="This.")
    page = profile.to_html(folder / "p.html").path.read_text(encoding="utf-8")
    with zipfile.ZipFile(profile.to_docx(folder / "p.docx").path) as document:
        return page, document.read("word/document.xml").decode("utf-8")


def test_it_goes_into_a_product_with_its_figure(made, case, tmp_path):
    for text in written(case, made, tmp_path):
        assert "Reproducibility:" in text
        assert not re.search(r">(?:inf|nan|NaT|None|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*?)<", text)


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan])
def test_it_goes_into_a_product_whatever_numbers_it_holds(made, case, tmp_path, monkeypatch, number):
    monkeypatch.setattr("ilp_lab.products.extract.figure_png", lambda _section: b"")
    numbers = [name for name in made.table.columns if pd.api.types.is_float_dtype(made.table[name])]
    page, document = written(
        case, replace(made, table=made.table.assign(**dict.fromkeys(numbers, number))), tmp_path
    )
    shown = {name for name in numbers if name in leading_rows(made)}
    assert ("∞" in page) == ("∞" in document) == (bool(shown) and np.isinf(number))
