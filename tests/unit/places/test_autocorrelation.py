"""Whether like lies beside like: invariants, hard input, and what is said about it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from shapely.affinity import rotate
from shapely.geometry import box

from ilp_lab.errors import ColumnError, InputError
from ilp_lab.places import geary, general_g, gi_star, local_moran, moran
from ilp_lab.places.localmoran import conditional_deviates
from ilp_lab.places.neighbours import Neighbours, of_shapes, without_self
from ilp_lab.places.permuting import conditional

TESTS = [moran, geary, general_g]


def board(values, side=None):
    side = side or int(len(values) ** 0.5)
    cells = [
        box(i % side * 100, i // side * 100, i % side * 100 + 100, i // side * 100 + 100)
        for i in range(len(values))
    ]
    return gpd.GeoDataFrame({"n": values}, geometry=cells, crs=32633)


def points(xy):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*np.asarray(xy, float).T), crs=32633)


numbers = st.lists(st.integers(0, 30), min_size=25, max_size=25).filter(lambda n: len(set(n)) > 2)


@pytest.mark.parametrize("test", TESTS)
@given(values=numbers, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(test, values, seed):
    areas = board(values)
    shuffled = areas.sample(frac=1, random_state=seed)
    one, other = (test(frame, value="n", permutations=99, rng=1).table.iloc[0] for frame in (areas, shuffled))
    assert one["statistic"] == pytest.approx(other["statistic"], abs=1e-10)
    assert one["z"] == pytest.approx(other["z"], abs=1e-8)


@given(values=numbers, angle=st.floats(0, 360), east=st.floats(-1e5, 1e5))
def test_moving_and_turning_the_map_changes_nothing(values, angle, east):
    areas = board(values)
    moved = areas.set_geometry(
        [rotate(shape, angle, origin=(0, 0)) for shape in areas.geometry.translate(east, 7)]
    )
    near = {"weights": "distance", "within_m": 145.0}
    one, other = (
        moran(frame, value="n", permutations=99, rng=1, **near).table["statistic"][0]
        for frame in (areas, moved)
    )
    assert one == pytest.approx(other, abs=1e-9)


@given(values=numbers, factor=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_units_of_the_value_change_nothing(values, factor, shift):
    one = local_moran(board(values), value="n", permutations=99, simulations=19, rng=1).table
    other = local_moran(
        board(np.array(values) * factor + shift), value="n", permutations=99, simulations=19, rng=1
    ).table
    np.testing.assert_allclose(one["z"], other["z"], atol=1e-6)
    np.testing.assert_allclose(one["p_permutation"], other["p_permutation"])


@given(values=numbers)
def test_scaling_the_rows_of_the_weights_changes_nothing(values):
    areas = board(values)
    queen = of_shapes(np.asarray(areas.geometry), "queen").matrix
    scaled = sparse.csr_array(sparse.diags_array(np.linspace(0.5, 9, 25)) @ queen)
    one, other = (
        local_moran(areas, value="n", weights=w, permutations=99, simulations=19, rng=1).table
        for w in (queen, scaled)
    )
    np.testing.assert_allclose(one["z"], other["z"], atol=1e-8)
    np.testing.assert_allclose(one["p_permutation"], other["p_permutation"])


def test_conditional_deviates_are_those_of_dealing_the_other_values():
    rng = np.random.default_rng(2)
    values = rng.gamma(2, 1, 30)
    matrix = sparse.random_array((30, 30), density=0.2, rng=rng).tocsr()
    matrix = without_self(matrix)
    z = conditional_deviates(matrix)(np.asarray(matrix @ values), values)
    dense = matrix.toarray()
    for i in (0, 7, 29):
        others = np.delete(values, i)
        sums = [dense[i][np.arange(30) != i] @ rng.permutation(others) for _ in range(20_000)]
        assert z[i] == pytest.approx((dense[i] @ values - np.mean(sums)) / np.std(sums), abs=0.05)


@pytest.mark.parametrize("spread", ["counts", "measurements"])
def test_the_fast_permutation_counts_what_the_plain_one_counts(spread):
    rng = np.random.default_rng(5)
    n = 1500
    values = rng.poisson(1, n).astype(float) if spread == "counts" else rng.normal(size=n)
    binary = without_self(sparse.random_array((n, n), density=0.004, rng=rng))
    binary.data[:] = 1.0
    twice = binary * 2.0
    fast, plain = (
        conditional(values, matrix, permutations=499, rng=np.random.default_rng(1))
        for matrix in (binary, twice)
    )
    np.testing.assert_array_equal(fast, plain)


def test_permutation_p_of_a_place_without_neighbours_is_one():
    matrix = sparse.csr_array((np.ones(4), ([0, 1, 2, 3], [1, 0, 3, 2])), shape=(6, 6))
    p = conditional(np.arange(6.0), matrix, permutations=99, rng=np.random.default_rng(1))
    assert p[4:].tolist() == [1.0, 1.0]
    assert Neighbours(matrix, "").alone == 2


def test_points_are_counted_in_cells_and_left_out_ones_said():
    rng = np.random.default_rng(3)
    xy = np.vstack([rng.uniform(0, 2000, (200, 2)), rng.normal(1000, 80, (150, 2)), [[9e5, 9e5]]])
    town = gpd.GeoDataFrame(geometry=[box(0, 0, 2000, 2000)], crs=32633)
    found = local_moran(points(xy), cell_m=200, study_area=town, rng=1)
    assert len(found.table) == 100
    assert found.left_out == {"outside the study area": 1}
    hot = found.table[found.table["verdict"] == "high among high"]
    assert hot.geometry.union_all().contains(points([[1000, 1000]]).geometry.iloc[0])
    assert found.details["chance"]["mean"] < len(hot) / 3


def test_randomness_is_marked_about_as_often_as_was_said():
    town = gpd.GeoDataFrame(geometry=[box(0, 0, 3000, 3000)], crs=32633)
    marked, said = [], []
    for seed in range(12):
        xy = np.random.default_rng(seed).uniform(0, 3000, (2000, 2))
        found = local_moran(
            points(xy), cell_m=200, study_area=town, permutations=199, simulations=39, rng=seed
        )
        marked.append((found.table["verdict"] != "not more than chance").sum())
        said.append(found.details["chance"]["mean"])
    assert np.mean(marked) <= np.mean(said) + 2
    assert np.mean(marked) <= 0.05 * 225


@pytest.mark.slow
def test_p_is_uniform_without_a_pattern():
    from scipy.stats import kstest

    p = [
        moran(
            board(np.random.default_rng(seed).normal(size=100)), value="n", permutations=199, rng=seed
        ).table.iloc[0]
        for seed in range(400)
    ]
    assert kstest([one["p_permutation"] for one in p], "uniform").pvalue > 0.001
    assert kstest([one["p"] for one in p], "uniform").pvalue > 0.001


def test_the_permutation_p_of_gi_star_agrees_with_the_normal_one_where_that_holds():
    rng = np.random.default_rng(3)
    xy = np.vstack([rng.uniform(0, 2000, (4000, 2)), rng.normal(1000, 80, (200, 2))])
    town = gpd.GeoDataFrame(geometry=[box(0, 0, 2000, 2000)], crs=32633)
    table = gi_star(points(xy), cell_m=100, study_area=town, permutations=999, simulations=19, rng=1).table
    assert (
        np.corrcoef(table["p"], table["p_permutation"])[0, 1] > 0.6
    )  # the own value is dealt in the one, held in the other
    assert (table.loc[table["verdict"] == "hot spot beyond chance", "p_permutation"] <= 0.01).all()
    areas = gi_star(board(rng.normal(size=100)), value="n", permutations=999, simulations=19, rng=1).table
    assert np.corrcoef(areas["p"], areas["p_permutation"])[0, 1] > 0.6
    assert "p_permutation" not in gi_star(board(rng.normal(size=100)), value="n", simulations=19, rng=1).table


BAD = [
    (board([1, 1, 1, 1]), {"value": "n"}, InputError, "is 1 in every one of the 4 areas"),
    (board([1, 2, np.nan, 4]), {"value": "n"}, ColumnError, "1 are missing or infinite"),
    (board([1, 2, 3, 4]), {"value": "m"}, ColumnError, "no column 'm'"),
    (board([1, 2, 3, 4]).assign(n="a"), {"value": "n"}, ColumnError, "must be a column of numbers"),
    (board([1, 2, 3, 4]), {"value": "n", "weights": "quen"}, InputError, "Did you mean 'queen'"),
    (board([1, 2, 3, 4]), {"value": "n", "weights": "distance"}, InputError, "needs within_m"),
    (board([1, 2, 3, 4]), {"value": "n", "weights": "nearest", "nearest": 4}, InputError, "smaller than the number of places"),
    (board([1, 2, 3, 4]), {"value": "n", "weights": "distance", "within_m": 5}, InputError, "no place has a neighbour"),
    (board([1, 2, 3, 4]), {"value": "n", "cell_m": 5}, InputError, "cell_m is for points"),
    (board([1, 2]), {"value": "n"}, InputError, "at least 4 areas"),
    (points([[0, 0], [1, 1]]), {"cell_m": -1}, InputError, "cell_m must be a number above 0"),
    (points([[5, 5]] * 3).set_crs(None, allow_override=True), {}, InputError, "does not say in which coordinate system"),
    (points(np.empty((0, 2))), {}, InputError, "no row has a place"),
    (board([1, 2, 3, 4]).set_geometry([None] * 4, crs=32633), {"value": "n"}, InputError, "at least 4 areas"),
]  # fmt: skip


@pytest.mark.parametrize("test", [*TESTS, local_moran])
@pytest.mark.parametrize(("frame", "how", "kind", "says"), BAD)
def test_what_cannot_be_answered_is_said_in_one_sentence(test, frame, how, kind, says):
    with pytest.raises(kind, match=says):
        test(frame, **how, rng=1)


def test_all_incidents_outside_the_study_area():
    town = gpd.GeoDataFrame(geometry=[box(0, 0, 2000, 2000)], crs=32633)
    with pytest.raises(InputError, match="none of the 2 incidents with a place lies in the study area"):
        moran(points([[5e5, 5e5], [6e5, 5e5]]), cell_m=100, study_area=town, rng=1)


def test_negative_values_have_no_general_g():
    with pytest.raises(InputError, match="negative numbers"):
        general_g(board([1, -2, 3, 4]), value="n", rng=1)


def test_areas_without_population_have_no_rate():
    with pytest.raises(InputError, match="1 places have no population"):
        moran(board(np.arange(9)).assign(p=[5, 0, 3, 4, 5, 6, 7, 8, 9]), value="n", population="p", rng=1)


def test_where_everyone_is_a_neighbour_of_everyone_nothing_can_be_compared():
    with pytest.raises(InputError, match="each of the 4 areas is a neighbour of every other"):
        moran(board([1, 2, 3, 4]), value="n", rng=1)
    with pytest.raises(InputError, match="above 0 in a single one of the 9 areas"):
        general_g(board([0, 0, 0, 7, 0, 0, 0, 0, 0]), value="n", rng=1)


@pytest.mark.parametrize("test", [*TESTS, local_moran])
def test_the_words_say_number_chance_and_what_it_is_not(test):
    found = test(board(np.arange(25)), value="n", rng=1)
    text = found.explain()
    assert "any person" in text
    assert "Check next" in text
    assert 3 <= len(found.findings) <= 6
    assert found.references
    assert "doi" in found.method_statement()
