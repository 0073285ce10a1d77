"""What is decided by a shortcut is decided as without it."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from ilp_lab.intake import checks, coordinates, fixedwidth, letters
from ilp_lab.intake.roles import first_values

DEGREES = CRS.from_epsg(4326)
PLACES = st.lists(
    st.tuples(
        st.one_of(st.floats(16.2, 16.6), st.sampled_from([0.0, 48.2, 120.0, np.nan, 181.0, 16.0, -16.3])),
        st.one_of(st.floats(48.0, 48.4), st.sampled_from([0.0, 16.3, 95.0, np.nan, -91.0, 47.0, -48.2])),
    ),
    min_size=21,
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(PLACES)
def test_places_called_sound_by_their_extremes_have_no_fault(pairs):
    x, y = (np.array(axis) for axis in zip(*pairs, strict=True))
    if not coordinates._plainly_sound(x, y, DEGREES):
        return
    original, coordinates._plainly_sound = coordinates._plainly_sound, lambda *_: False
    try:
        slow = coordinates._sort_out(coordinates.Places(x.copy(), y.copy(), DEGREES))
    finally:
        coordinates._plainly_sound = original
    for rows in (slow.missing, slow.null_island, slow.swapped, slow.far_away):
        assert not len(rows)
    np.testing.assert_array_equal(slow.x, x)


def test_ordinary_places_take_the_short_way_and_odd_ones_never():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(16.2, 16.5, 500), rng.uniform(48.1, 48.3, 500)
    assert coordinates._plainly_sound(x, y, DEGREES)
    for column, value in ((0, np.nan), (1, np.nan), (0, 48.2), (1, 95.0), (0, -300.0), (1, 51.0)):
        odd = [x.copy(), y.copy()]
        odd[column][7] = value
        assert not coordinates._plainly_sound(*odd, DEGREES)
    assert not coordinates._plainly_sound(np.append(x, 0.0) - 16, np.append(y, 0.0) - 48, DEGREES)


IDS = st.lists(st.text("ab\u00e9\u4e16\U0001f600", max_size=3), min_size=2, max_size=30)


@settings(max_examples=200, deadline=None)
@given(IDS, st.booleans())
def test_numbers_in_ascending_order_are_those_without_repetition(values, in_order):
    values = sorted(values, key=lambda value: value.encode()) if in_order else values
    column = pd.Series(values, dtype="str")
    assert checks.duplicate_ids(column).tolist() == np.flatnonzero(column.duplicated(keep=False)).tolist()
    if checks._ascending(pa.chunked_array([values], pa.string())):
        assert column.is_unique


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(-50, 400), min_size=2, max_size=60),
    st.sampled_from(["C{:05d}", "{:+05d}", "{:03d}/24", "x{}"]),
    st.booleans(),
)
def test_numbers_out_of_a_series_are_compared_like_all_others(numbers, form, as_number):
    values = numbers if as_number else [form.format(number) for number in numbers]
    column = pd.Series(values, dtype="int64" if as_number else "str")
    assert checks.duplicate_ids(column).tolist() == np.flatnonzero(column.duplicated(keep=False)).tolist()


def all_different(texts, blocks=1):
    pieces = np.array_split(np.array(texts, dtype=object), blocks)
    return fixedwidth.all_different(pa.chunked_array([piece.tolist() for piece in pieces], pa.string()))


FORMS = ["{:01d}", "C{:06d}", "{:08d}", "{:09d}", "CR/{:010d}/24", "{:016d}", "No {:017d} of 2024"]


@pytest.mark.parametrize("begin", [0, 1, 9_999_000])
@pytest.mark.parametrize("form", FORMS)
def test_a_series_in_no_order_needs_no_comparing(form, begin):
    if form in ("C{:06d}", "No {:017d} of 2024"):
        begin = min(begin, 1)  # no place for more digits; more would stand before the last sixteen letters
    size, begin = (10, 0) if form == "{:01d}" else (2_000, begin)
    order = begin + np.random.default_rng(3).permutation(size)
    assert all_different([form.format(n) for n in order], blocks=3)
    order[0] = order[-1]
    assert not all_different([form.format(n) for n in order], blocks=3)


def test_numbers_too_far_apart_are_left_to_comparing():
    assert not all_different([f"{n:016d}" for n in (1, 7_000_000_000, 3)])


LETTERS = st.sampled_from("0123456789/:?@Zaz \x1a\x10\u00e9")


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 20).flatmap(
        lambda size: st.lists(st.text(LETTERS, min_size=size, max_size=size), min_size=1, max_size=8)
    )
)
def test_what_is_called_different_is(texts):
    column = pa.array(texts, pa.string())
    lengths = {len(text.encode()) for text in texts}
    assert (fixedwidth.words(column) is None) == (len(lengths) > 1)
    if fixedwidth.all_different(column):
        assert len(set(texts)) == len(texts)
    differ = [at for at in range(min(lengths)) if len({text.encode()[at] for text in texts}) > 1]
    if len(lengths) > 1 or not differ or differ[0] < min(lengths) - 16:
        assert not fixedwidth.all_different(column)
        return
    digits = ["".join(chr(text.encode()[at]) for at in range(differ[0], differ[-1] + 1)) for text in texts]
    varying = {text.encode()[at] for text in texts for at in differ}
    if varying <= set(b"0123456789") and len(differ) == 1:
        assert fixedwidth.all_different(column) == (len(set(digits)) == len(texts))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 10**15), min_size=2, max_size=40), st.integers(0, 10**10), st.integers(1, 30))
def test_digits_of_any_series_are_compared_as_numbers(steps, begin, modulus):
    numbers = [begin + step % (modulus * len(steps) // 2 + 1) for step in steps]
    expected = len(set(numbers)) == len(numbers)
    if max(numbers) - min(numbers) < 15 * len(numbers) or not expected:
        assert all_different([f"K{n:016d}/26" for n in numbers], blocks=2) == expected


def test_words_of_a_slice_are_its_own():
    texts = pa.array(["C0001", "C0002", "C0003"])
    whole, part = fixedwidth.words(texts)[0], fixedwidth.words(texts[1:])[0]
    assert part.tolist() == whole[1:].tolist()
    assert fixedwidth.words(pa.array(["a", None])) is None
    assert fixedwidth.words(pa.array(["", ""])) is None


def test_numbers_in_several_blocks_are_compared_across_them():
    kind = pd.StringDtype("pyarrow", na_value=np.nan)
    for blocks, expected in (
        ([["a", "b"], ["b", "c"]], [1, 2]),
        ([["a", "b"], [], ["c"]], []),
        ([["c"], ["a", "c"]], [0, 2]),
    ):
        column = pd.Series(kind.__from_arrow__(pa.chunked_array(blocks, pa.string())))
        assert checks.duplicate_ids(column).tolist() == expected


@pytest.mark.parametrize("sliced", [False, True])
def test_a_blank_is_found_wherever_it_stands(sliced):
    texts = pa.array(["x y", "xy"])
    assert letters.holds(texts, b" ")
    assert not letters.holds(pa.array(["xy", None]), b" ")
    assert letters.holds(pa.chunked_array([["a"], [" b"]]), b" ")


def brute_heaps(moments):
    """The rule in its plainest form, row by row."""
    found, known = {}, len(moments)
    for kind, hour in (("midnight_heap", 0), ("noon_heap", 12)):
        exact = [m for m in moments if (m.hour, m.minute, m.second) == (hour, 0, 0)]
        around = [
            sum((m.hour, m.minute, m.second) == ((hour + step) % 24, 0, 0) for m in moments)
            for step in (-2, -1, 1, 2)
        ]
        usual = 1.5 * sum(around) / 4
        if len(exact) > max(0.01 * known, usual + 3 * usual**0.5):
            found[kind] = len(exact)
    first = sum(m.day == 1 for m in moments)
    if first > 2 * known / 30.44:
        found["first_of_month_heap"] = first
    return found


@pytest.mark.parametrize("seed", range(12))
def test_heaps_are_those_of_the_plain_rule(seed):
    rng = np.random.default_rng(seed)
    moments = pd.Timestamp("1968-11-01") + pd.to_timedelta(rng.integers(0, 900_000, 400), unit="min")
    moments = moments.where(rng.random(400) > rng.choice([0, 0.05, 0.3]), moments.normalize())
    moments = moments.where(rng.random(400) > 0.3, moments.floor("h"))
    moments = moments.where(rng.random(400) > rng.choice([0, 0.2]), moments.to_period("M").to_timestamp())
    seconds = moments.to_numpy().astype("datetime64[s]").astype(np.int64)
    found = checks.heaps(seconds, np.ones(400, bool))
    assert {kind: len(rows) for kind, rows in found.items()} == brute_heaps(list(moments))


LARGE = 250_000


def spread_times(seed):
    """Times of four years, to the second, in no order."""
    return np.random.default_rng(seed).integers(0, 4 * 365 * 86_400, LARGE)


@pytest.mark.parametrize(
    ("kind", "heaped"),
    [
        ("midnight_heap", lambda some: some // 86_400 * 86_400),
        ("noon_heap", lambda some: some // 86_400 * 86_400 + 43_200),
        ("first_of_month_heap", lambda some: some % 86_400 + 31 * 86_400),
    ],
)
@pytest.mark.parametrize("share", [0.0, 0.03, 0.2])
def test_heaps_of_a_large_table_are_those_of_the_plain_rule(kind, heaped, share):
    seconds = spread_times(7)
    some = slice(0, int(share * LARGE))  # all at one end: rows are drawn, not taken at steps
    seconds[some] = heaped(seconds[some])
    found = checks.heaps(seconds, np.ones(LARGE, bool))
    plain = checks._counted_heaps(seconds, np.ones(LARGE, bool))
    assert {name: rows.tolist() for name, rows in found.items()} == {
        name: rows.tolist() for name, rows in plain.items()
    }
    assert (kind in found) == (share > (0.04 if kind == "first_of_month_heap" else 0))


def test_a_large_table_without_times_has_no_heap():
    assert checks.heaps(spread_times(3), np.zeros(LARGE, bool)) == {}


def test_whole_numbers_far_apart_are_compared_unless_they_rise():
    apart = pd.Series([5, 10**12, 10**15, 7])
    assert checks.duplicate_ids(apart).tolist() == []
    assert checks.duplicate_ids(pd.concat([apart, apart[:1]], ignore_index=True)).tolist() == [0, 4]
    assert checks._numbers_differ(np.sort(apart.to_numpy()))
    assert not checks._numbers_differ(apart.to_numpy())


def test_a_column_that_begins_empty_is_still_looked_at():
    column = pd.Series([None] * 5_000 + ["x"] * 3)
    assert first_values(column).tolist() == ["x"] * 3


def test_firsts_of_a_month_need_no_calendar_of_a_wide_span():
    seconds = np.r_[
        spread_times(5), 170_928_000_000_000, -62_135_596_800
    ]  # one in another unit, one of the year 1
    day, good = seconds // 86_400, np.ones(len(seconds), bool)
    tracemalloc.start()
    found = checks._first_of_month(day, good)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 100 * len(day)
    narrow = checks._first_of_month(day[:-2], good[:-2])
    assert found.tolist() == [*narrow, len(day) - 1]
    good[::2] = False
    assert checks._first_of_month(day, good).tolist() == [row for row in found if row % 2]
