"""Questions of time against published and independently computed numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ilp_lab.times import (
    accuracy,
    aoristic,
    compare_counts,
    displacement_difference,
    temporal_scan,
    weekday_test,
)
from ilp_lab.times.bursts import naus_p
from ilp_lab.times.poissontests import e_test, poisson_z

SHARED = Path(__file__).resolve().parents[3] / "shared"


def windows(*pairs, tz="Europe/Vienna"):
    begin, end = zip(*pairs, strict=True)
    return pd.DataFrame(
        {
            "occurred_at": pd.to_datetime(list(begin)).tz_localize(tz),
            "occurred_to": pd.to_datetime(list(end)).tz_localize(tz),
        }
    )


# --- aoristic -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def washington():
    path = SHARED / "oracles" / "dcburglaries.csv"
    if not path.exists():
        pytest.skip("the public Washington burglaries are not beside the project (../shared/oracles)")
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def published():
    path = SHARED / "oracles" / "dcburgsum_expected.csv"
    return pd.read_csv(path).drop(columns="Range").to_numpy().T.ravel()  # Monday 00h first


def local(table, zone):
    at, to = (pd.to_datetime(table[name], utc=True).dt.tz_convert(zone) for name in ("start_utc", "end_utc"))
    return pd.DataFrame({"occurred_at": at, "occurred_to": to})


def test_washington_burglaries_hour_by_hour(washington, published):
    """The table ``dcburgsum`` of the R package aoristic: 1,025 burglaries of 2016, 37 without an end."""
    found = aoristic(local(washington, "America/New_York"), bootstrap=0)
    n = found.table["n"].to_numpy()
    assert np.abs(n - published).max() < 5e-4 + 1e-9
    assert n.sum() == pytest.approx(1025, abs=1e-8)
    told = found.table.set_index("label")["n"]
    assert told["Mon 00:00"] == pytest.approx(6.032, abs=5e-4)
    assert told["Tue 03:00"] == pytest.approx(11.599, abs=5e-4)
    assert told["Thu 14:00"] == pytest.approx(11.846, abs=5e-4)
    assert found["noted"]["without an end: the start counts"] == 37


def test_washington_agrees_in_local_time_only(washington, published):
    n = aoristic(local(washington, "UTC"), bootstrap=0).table["n"].to_numpy()
    assert np.abs(n - published).max() > 1


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2024-01-01 01:50", "2024-01-01 02:10", {"Mon 01:00": 0.5, "Mon 02:00": 0.5}),
        ("2024-01-01 01:00", "2024-01-01 02:30", {"Mon 01:00": 2 / 3, "Mon 02:00": 1 / 3}),
        ("2024-01-01 01:00", "2024-01-01 01:00", {"Mon 01:00": 1.0}),
        (
            "2024-01-07 22:00",
            "2024-01-08 02:00",
            {"Sun 22:00": 0.25, "Sun 23:00": 0.25, "Mon 00:00": 0.25, "Mon 01:00": 0.25},
        ),
    ],
)
def test_aoristic_by_hand(begin, end, expected):
    """Hand cases of crimepy's ``tests/test_aor.py``."""
    n = aoristic(windows((begin, end)), bootstrap=0).table.set_index("label")["n"]
    assert n[n > 0].round(12).to_dict() == pytest.approx(expected)


def test_twenty_five_hours_lie_in_twenty_five_cells():
    """Crimepy expects 25 hours to spread over all 168 cells; they lie in 25, with 0.04 each."""
    n = aoristic(windows(("2024-01-01 10:00", "2024-01-02 11:00")), bootstrap=0).table["n"]
    assert n[n > 0].to_numpy() == pytest.approx(np.full(25, 0.04))


def test_a_week_and_more_counts_evenly():
    """Rule of the R package aoristic 1.0: from a week on 1/168 each."""
    n = aoristic(windows(("2024-01-01 10:00", "2024-01-08 10:00")), bootstrap=0).table["n"]
    assert n.to_numpy() == pytest.approx(np.full(168, 1 / 168))


# --- two counts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "z"),
    [
        (54, 33, -3.207813),
        (106, 71, -3.738961),
        (1085, 897, -5.978760),
        (0, 1, 2.0),
        (95.4, 33, -8.045459),
    ],
)
def test_poisson_z(before, after, z):
    """Crimepy's notebook of time series charts."""
    assert poisson_z(after, before) == pytest.approx(z, abs=5e-7)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        (0, 3, 0.0883790094548),
        (6, 2, 0.1748748209437),
        (10, 5, 0.2061644140758),
        (15, 5, 0.0250351143893),
        (20, 10, 0.0688317821081),
    ],
)
def test_e_test(one, other, p):
    """Ptools and crimepy, after Krishnamoorthy and Thomson 2004."""
    assert e_test(one, other) == pytest.approx(p, abs=1e-12)
    assert e_test(other, one) == pytest.approx(p, abs=1e-12)


def test_e_test_with_exposure_in_both_variants():
    """100 in 10 against 25 in 5; statsmodels 0.15 gives both, crimepy only the second."""
    assert e_test(100, 25, ratio=0.5, statistic="wald") == pytest.approx(0.000574719, abs=1e-9)
    assert e_test(100, 25, ratio=0.5, statistic="score") == pytest.approx(0.001538066, abs=1e-9)


def test_e_test_of_equal_rates_is_one():
    """6 in 2 against 3 in 1; crimepy prints .99988 because it drops the pair (0, 0)."""
    assert e_test(6, 3, ratio=0.5) == 1.0


@pytest.mark.parametrize("statistic", ["score", "wald"])
@pytest.mark.parametrize(("one", "other", "ratio"), [(3, 9, 1.0), (40, 22, 1.5), (0, 4, 0.25), (17, 1, 7.0)])
def test_e_test_beside_statsmodels(statistic, one, other, ratio):
    from statsmodels.stats.rates import test_poisson_2indep

    theirs = test_poisson_2indep(one, 1.0, other, ratio, method=f"etest-{statistic}").pvalue
    assert e_test(one, other, ratio=ratio, statistic=statistic) == pytest.approx(theirs, abs=1e-9)


def test_compare_counts_says_the_same():
    found = compare_counts(pd.DataFrame({"before": [5, 10], "after": [15, 20]})).table
    assert found["p"].tolist() == pytest.approx([0.0250351143893, 0.0688317821081], abs=1e-12)


# --- weighted displacement difference -------------------------------------------------------------------


def zones(**counts):
    names = {"c": "control", "t": "treated", "dc": "displacement control", "dt": "displacement"}
    return pd.DataFrame([{"zone": names[k], "before": b, "after": a} for k, (b, a) in counts.items()])


LANCASTER = {"c": (308, 318), "t": (207, 110), "dc": (150, 140), "dt": (178, 157)}


def test_displacement_difference():
    """Wheeler and Ratcliffe 2018; ptools ``test-wdd.R``."""
    found = displacement_difference(zones(**LANCASTER))
    assert found["wdd"] == -118
    assert found["se"] == pytest.approx(np.sqrt(1568), abs=1e-9)
    assert found["z"] == pytest.approx(-2.98, abs=5e-3)
    assert (round(found["low"]), round(found["high"])) == (-196, -40)


def test_a_fall_by_a_third_that_chance_explains():
    """The first lesson for managers: 60 to 38 is no effect that can be told from chance."""
    found = displacement_difference(zones(c=(55, 52), t=(60, 38), dc=(28, 29), dt=(30, 31)))
    assert found["wdd"] == -19
    assert found["se"] == pytest.approx(17.97, abs=5e-3)
    assert found["z"] == pytest.approx(-1.06, abs=5e-3)


def test_displacement_difference_by_area():
    table = zones(**LANCASTER).assign(size=[0.9, 1.2, 1.6, 1.5])
    found = displacement_difference(table, size="size")
    assert found["wdd"] == pytest.approx(-99.69444444, abs=1e-8)
    assert found["se"] == pytest.approx(35.4280755, abs=1e-7)
    assert found["z"] == pytest.approx(-2.813995, abs=1e-6)
    assert (found["low"], found["high"]) == pytest.approx((-169.1322, -30.2567), abs=1e-4)


def test_displacement_difference_by_time():
    found = displacement_difference(zones(c=(100, 50), t=(80, 20)), before_span=2)
    assert found["wdd"] == -20
    assert found["se"] == pytest.approx(np.sqrt(115), abs=1e-12)


@pytest.mark.parametrize(
    ("counts", "wdd", "se", "low", "high"),
    [
        ({"c": (130, 150), "t": (120, 100)}, -40, 22.4, -76.8, -3.2),
        ({"c": (130, 150), "t": (120, 100), "dc": (30, 25), "dt": (40, 25)}, -50, 24.9, -91.0, -9.0),
    ],
)
def test_displacement_difference_with_ninety_percent(counts, wdd, se, low, high):
    found = displacement_difference(zones(**counts), level=0.9)
    assert found["wdd"] == wdd
    assert (found["se"], found["low"], found["high"]) == pytest.approx((se, low, high), abs=0.05)


def test_displacement_difference_of_harm():
    """Crimepy's harm-weighted example: five offences with weights 3, 2, 5, 7, 10."""
    control = [(133, 91), (388, 305), (148, 97), (86, 64), (94, 67)]
    treated = [(130, 74), (327, 202), (398, 190), (144, 92), (183, 96)]
    rows = [
        {"zone": zone, "before": before, "after": after, "harm": harm}
        for zone, counts in (("control", control), ("treated", treated))
        for (before, after), harm in zip(counts, (3, 2, 5, 7, 10), strict=True)
    ]
    found = displacement_difference(pd.DataFrame(rows), harm="harm")
    assert found["wdd"] == -1721
    assert found["se"] == pytest.approx(304.10360077, abs=1e-8)
    assert found["z"] == pytest.approx(-5.65925558, abs=1e-8)
    assert found["low"] == pytest.approx(-2317.03210507, abs=1e-7)
    assert found["high"] == pytest.approx(-1124.96789493, abs=1e-7)


# --- scanning a line of time ----------------------------------------------------------------------------


def test_temporal_scan_of_naus():
    """Naus 1982. The sliding window was simulated too: 260 periods .4852; 208 days with two-day windows .4636.

    Ptools prints .486814 for the first, and its argument for the window does not change the window but only an exponent
    (.039 instead of .46 for the second).
    """
    assert naus_p(6, mean=1.0, windows=260) == pytest.approx(0.48559, abs=5e-6)
    assert naus_p(6, mean=1.2, windows=104) == pytest.approx(0.4645, abs=5e-5)
    assert naus_p(6, mean=0.6, windows=208) == pytest.approx(0.0407, abs=2e-3)


@pytest.mark.slow
def test_temporal_scan_against_simulation():
    rng = np.random.default_rng(1)
    runs, hits = 20_000, 0
    for _ in range(runs):
        at = np.sort(rng.uniform(0, 208, rng.poisson(0.6 * 208)))
        hits += bool(len(at) >= 6 and (at[5:] - at[:-5] < 2).any())
    assert hits / runs == pytest.approx(naus_p(6, mean=1.2, windows=104), abs=0.012)


def test_temporal_scan_of_a_table():
    day = np.sort(np.r_[np.linspace(0, 207, 119).astype(int), np.full(6, 100)])
    at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    found = temporal_scan(pd.DataFrame({"occurred_at": at}), within_days=2)
    assert found["n"] >= 6
    assert found["p"] == pytest.approx(naus_p(found["n"], mean=2 * 125 / 208, windows=104), rel=1e-9)


# --- forecasts ------------------------------------------------------------------------------------------


def test_accuracy_of_the_published_table():
    """Ptools ``pai.R``; ties are broken worst first, so that the order of the table cannot help."""
    table = accuracy(pd.DataFrame({"observed": [6, 7, 3, 2, 1, 0], "predicted": [8, 4, 4, 2, 1, 0]}))
    assert table["pai"].tolist() == pytest.approx(
        [1.894737, 1.421053, 1.684211, 1.421053, 1.2, 1.0], abs=5e-7
    )
    assert table["pei"].tolist() == pytest.approx([0.857143, 0.692308, 1, 1, 1, 1], abs=5e-7)
    assert table["rri"].tolist() == pytest.approx([1.333333, 1.333333, 1, 1, 1, 1], abs=5e-7)


def test_accuracy_of_three_places():
    table = accuracy(pd.DataFrame({"observed": [6, 3, 0], "predicted": [3, 2, 1]}))
    assert table["pai"].tolist() == pytest.approx([2, 1.5, 1])
    assert table["pei"].tolist() == pytest.approx([1, 1, 1])
    assert table["rri"].tolist() == pytest.approx([0.5, 0.555556, 0.666667], abs=5e-7)


# --- days of the week -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "g"),
    [([3, 0, 0, 0, 0, 0, 0], 11.68), ([2, 1, 0, 0, 0, 0, 0], 7.86), ([1, 1, 1, 0, 0, 0, 0], 5.08)],
)
def test_weekday_statistic(days, g):
    """Ptools ``test-exact.R``: G of three crimes."""
    assert weekday_test(pd.DataFrame({"n": days}))["value"] == pytest.approx(g, abs=5e-3)


@pytest.mark.parametrize(
    ("days", "p"),
    [
        ([3, 0, 0, 0, 0, 0, 0], 0.020408),
        ([2, 1, 0, 0, 0, 0, 0], 0.387755),
        ([3, 1, 1, 0, 0, 1, 1], 0.544068),
    ],
)
def test_weekday_exact_p(days, p):
    assert weekday_test(pd.DataFrame({"n": days}))["p"] == pytest.approx(p, abs=5e-7)


def test_weekday_power():
    """Ptools: three crimes of somebody who uses two days alike show at 5 % in a quarter of cases."""
    found = weekday_test(pd.DataFrame({"n": [3, 0, 0, 0, 0, 0, 0]}), habit=[0.5, 0.5, 0, 0, 0, 0, 0])
    assert found["power"] == pytest.approx(0.25, abs=1e-12)
