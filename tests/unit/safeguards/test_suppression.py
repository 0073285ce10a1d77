"""Small counts: withheld, and protected against being worked out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from shapely.geometry import Point

from ilp_lab.errors import InputError, SafeguardError
from ilp_lab.safeguards import check_releases, handling_of, mark, round_counts, snap_points, suppress


def attack(shown):
    """What anybody can work out: the range of every withheld cell in all tables that fit the published sums."""
    inner = shown.iloc[:-1, :-1].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    rows, columns = shown["total"].iloc[:-1].to_numpy(), shown.loc["total"].iloc[:-1].to_numpy()
    free = np.argwhere(np.isnan(inner))
    a, b = [], []
    for at in range(inner.shape[0]):
        a.append([float(i == at) for i, _ in free])
        b.append(float(rows[at]) - np.nansum(inner[at]))
    for at in range(inner.shape[1]):
        a.append([float(j == at) for _, j in free])
        b.append(float(columns[at]) - np.nansum(inner[:, at]))
    found = {}
    for number, (i, j) in enumerate(free):
        cost = np.zeros(len(free))
        cost[number] = 1
        low = linprog(cost, A_eq=a, b_eq=b, method="highs").fun
        high = -linprog(-cost, A_eq=a, b_eq=b, method="highs").fun
        found[i, j] = (low, high)
    return found


def test_an_attack_from_the_published_table_finds_no_small_count():
    counts = pd.DataFrame(
        {"theft": [20, 2, 14], "assault": [11, 9, 30], "fraud": [7, 8, 6]}, index=["S1", "S2", "S3"]
    )
    made = suppress(counts)
    found = attack(made.table)
    low, high = found[1, 0]
    assert high - low >= 5
    cells = made.details["cells"].set_index(["row", "column"])
    assert cells.loc[("S2", "theft"), "why"] == "small"
    assert (cells.loc[("S2", "theft"), ["low", "high"]] == [round(low), round(high)]).all()
    assert made.details["withheld"] == 4
    assert made.table.loc["total", "total"] == counts.to_numpy().sum()


@settings(max_examples=40)
@given(
    st.integers(2, 5).flatmap(
        lambda rows: st.integers(2, 5).flatmap(
            lambda columns: st.lists(
                st.lists(
                    st.one_of(st.integers(0, 12), st.integers(13, 400)), min_size=columns, max_size=columns
                ),
                min_size=rows,
                max_size=rows,
            )
        )
    )
)
def test_no_small_count_can_be_placed_more_closely_than_five(rows):
    counts = pd.DataFrame(rows)
    counts.columns = [f"c{at}" for at in counts.columns]
    try:
        made = suppress(counts)
    except SafeguardError:
        return  # said so, and nothing is published
    n = counts.to_numpy()
    for (i, j), (low, high) in attack(made.table).items():
        if 0 < n[i, j] < 5:
            assert high - low >= 5 - 1e-6
        assert low - 1e-6 <= n[i, j] <= high + 1e-6
    published = made.table.iloc[:-1, :-1].to_numpy(dtype=float, na_value=np.nan)
    assert not ((published > 0) & (published < 5)).any()
    assert (made.table["total"].iloc[:-1].to_numpy() == n.sum(axis=1)).all()


def test_a_table_that_cannot_be_protected_is_not_published():
    with pytest.raises(SafeguardError, match="can be worked out whatever else is withheld"):
        suppress(pd.DataFrame({"a": [2, 30]}))


def test_nothing_small_means_nothing_withheld():
    made = suppress(pd.DataFrame({"a": [20, 0], "b": [7, 9]}))
    assert made.details["withheld"] == 0
    assert (
        suppress(pd.DataFrame({"a": [20, 0, 9], "b": [17, 9, 9]}), publish_zeros=False).details["withheld"]
        >= 4
    )


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pd.DataFrame(), "has no cell"),
        (pd.DataFrame({"a": [1.5]}), "whole numbers"),
        (pd.DataFrame({"a": [-1]}), "whole numbers"),
        (pd.DataFrame({"a": ["x"]}), "no counts"),
        (pd.DataFrame({"total": [1]}), "without sums"),
        (pd.DataFrame(np.ones((200, 200), dtype=int)), "20,000 can be protected"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "different names"),
    ],
)
def test_tables_that_are_no_counts(table, says):
    with pytest.raises(InputError, match=says):
        suppress(table)


def test_a_real_size_is_protected():
    random = np.random.default_rng(2)
    counts = pd.DataFrame(random.poisson(random.gamma(0.6, 30, (40, 8)) + 1))
    made = suppress(counts)
    assert made.details["withheld"] > 30


def test_two_releases_give_a_difference_away():
    first = pd.DataFrame({"a": [20, 8, 9], "b": [10, 11, 12]}, index=list("xyz"))
    second = first.add(np.array([[2, 0], [0, 9], [-1, 0]]))
    found = check_releases(first, second)
    assert found[["row", "column", "difference"]].to_numpy().tolist() == [["x", "a", 2], ["z", "a", -1]]
    hidden = second.astype("Float64")
    hidden.loc["x", "a"] = pd.NA
    assert len(check_releases(first, hidden)) == 1


def test_rounding_is_to_the_nearest():
    assert round_counts(pd.DataFrame({"n": [0, 2, 3, 7, 8, 100]}))["n"].tolist() == [0, 0, 5, 5, 10, 100]


def at(xs, ys=None, crs=32633):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(xs, np.zeros(len(xs)) if ys is None else ys), crs=crs)


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=60),
    st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True),
    st.integers(1, 9),
)
def test_a_map_point_stands_for_enough_addresses_or_for_none(homes, anchors, least):
    """The rule of open crime maps, by counting: 8 addresses or more around a point, or none at all."""
    held = dict.fromkeys(range(len(anchors)), 0)
    for home in homes:
        held[min(held, key=lambda number: (abs(anchors[number] - home), number))] += 1
    ties = [
        h
        for h in homes
        if sorted(abs(a - h) for a in anchors)[:2].count(min(abs(a - h) for a in anchors)) > 1
    ]
    if ties:
        return  # an address halfway between two anchors may belong to either
    fit = {number for number, many in held.items() if many == 0 or many >= least}
    where = at([1.0, 30.0, 59.0])
    if not fit:
        with pytest.raises(InputError, match="addresses around it, or none"):
            snap_points(where, anchors=at(anchors), addresses=at(homes), smallest=least)
        return
    shown = snap_points(where, anchors=at(anchors), addresses=at(homes), smallest=least)
    assert set(shown["map_point"]) <= fit
    for place, x in zip((1.0, 30.0, 59.0), shown.geometry.x, strict=True):
        assert abs(x - place) == min(abs(anchors[number] - place) for number in fit)


def test_snapping_keeps_rows_codes_and_places_that_are_not_known():
    homes = at(np.arange(8.0))
    points = mark(
        gpd.GeoDataFrame({"n": [1, 2]}, geometry=[Point(3, 0), None], crs=32633), handling="H1", origin="q3"
    )
    shown = snap_points(points.to_crs(4326), anchors=at([4.0]), addresses=homes)
    assert shown["n"].tolist() == [1, 2]
    assert shown.crs == 4326
    assert handling_of(shown) == "H1"
    assert shown["map_point"].isna().tolist() == [False, True]
    assert shown.geometry.to_crs(32633).x.iloc[0] == pytest.approx(4.0, abs=1e-6)
    assert shown.attrs["map_points"] == {"fit": 1, "unfit": 0, "moved_m": ()}
    with pytest.raises(InputError, match="none of 1 anchors has at least 8"):
        snap_points(points, anchors=at([4.0]), addresses=homes.head(7))
    with pytest.raises(InputError, match="points must be a table with places"):
        snap_points(pd.DataFrame({"n": [1]}), anchors=at([4.0]), addresses=homes)
