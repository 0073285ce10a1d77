"""Times as agencies write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab.errors import AmbiguousError, InputError
from ilp_lab.intake import read_incidents
from ilp_lab.intake.clock import aware, check_zone
from ilp_lab.intake.dates import Times, parse
from ilp_lab.intake.timesofday import time_of_day


def read(values, dayfirst=None):
    return parse(pd.Series(values), name="when", caller="x", dayfirst=dayfirst)


def stamps(times):
    return [
        None if bad else str(np.datetime64(int(s), "s"))
        for s, bad in zip(times.seconds, times.bad, strict=True)
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["1/1/06 0:00", "1/13/06 13:05"], ["2006-01-01T00:00:00", "2006-01-13T13:05:00"]),
        (["24/08/2017", "1/08/2017"], ["2017-08-24T00:00:00", "2017-08-01T00:00:00"]),
        (["7/19/2017 1:45 PM", "2/1/2017 12:00 AM"], ["2017-07-19T13:45:00", "2017-02-01T00:00:00"]),
        (["31.12.2024 23.59", "01.02.2024"], ["2024-12-31T23:59:00", "2024-02-01T00:00:00"]),
        (["2024-02-29T10:00:00.250", "2024-03-01 10:00"], ["2024-02-29T10:00:00", "2024-03-01T10:00:00"]),
        (["20240229", "20240301 1530"], ["2024-02-29T00:00:00", "2024-03-01T15:30:00"]),
        ([43831.5, 43832.0], ["2020-01-01T12:00:00", "2020-01-02T00:00:00"]),
        ([1577836800, 1577836860], ["2020-01-01T00:00:00", "2020-01-01T00:01:00"]),
        ([1577836800000, 1577836860000], ["2020-01-01T00:00:00", "2020-01-01T00:01:00"]),
        ([20240229, 20240301], ["2024-02-29T00:00:00", "2024-03-01T00:00:00"]),
        (["01 Jan 2024", "5 February 2024 13:00"], ["2024-01-01T00:00:00", "2024-02-05T13:00:00"]),
        (["2018-01", "2018-12"], ["2018-01-01T00:00:00", "2018-12-01T00:00:00"]),
        (["1/5/69", "13/5/70"], ["1969-05-01T00:00:00", "1970-05-13T00:00:00"]),
        (["30/01/2024", "31/02/2024", "rubbish", None], ["2024-01-30T00:00:00", None, None, None]),
    ],
)
def test_formats(written, meant):
    assert stamps(read(written)) == meant


def test_one_number_of_another_unit_does_not_hide_the_times(tmp_path):
    seconds = [str(1709283600 + 3600 * n) for n in range(300)]
    path = tmp_path / "epochs.csv"
    rows = [f"{n},{when},16.{n + 100},48.2" for n, when in enumerate(["1709280000000000000", *seconds])]
    path.write_text("\n".join(["id,date,lon,lat", *rows]))
    incidents, quality = read_incidents(path, tz="UTC")
    assert quality.counts["unreadable_time"] == 1
    assert incidents["occurred_at"].notna().sum() == 300
    assert str(incidents["occurred_at"].iloc[1]) == "2024-03-01 09:00:00+00:00"
    mixed = read([*seconds[:9], "unknown"])
    assert mixed.unreadable.tolist() == [False] * 9 + [True]
    assert not mixed.absolute[9]


def test_codes_with_a_zero_in_front_are_no_times():
    assert read(["0664123456", *["1709283600"] * 9]).unreadable.all()


def test_what_is_wrong_is_told_apart():
    times = read(["30/01/2024", "31/02/2024", "rubbish", None])
    assert times.unreadable.tolist() == [False, True, True, False]
    assert times.missing.tolist() == [False, False, False, True]
    assert read(["2018-01", "2018-02"]).month_only.tolist() == [True, True]
    assert read(["2018-01-05", "2018-02-06"]).date_only


@pytest.mark.parametrize(
    "odd", [170_928_000_000_000.0, 1e200, -1e18, np.inf], ids=["microseconds", "enormous", "below", "endless"]
)
def test_a_moment_outside_the_calendar_is_no_time(odd):
    times = read([1_577_836_800.0] * 99 + [odd])
    assert np.flatnonzero(times.unreadable).tolist() == [99]
    moments, _ = aware(times, "Europe/Vienna")
    assert moments.isna().tolist() == [False] * 99 + [True]
    assert "2020-01-01 01:00:00+01:00" in repr(moments)
    assert np.flatnonzero(read([43_831.5] * 99 + [odd]).unreadable).tolist() == [99]


def test_a_stamp_outside_the_calendar_is_no_time():
    stamped = pd.Series(np.array([2**42, 0], "datetime64[s]"))
    for column in (stamped, stamped.dt.tz_localize("UTC")):
        times = parse(column, name="when", caller="x", dayfirst=None)
        assert times.unreadable.tolist() == [True, False]
        assert aware(times, "Europe/Vienna")[0].isna().tolist() == [True, False]


@pytest.mark.parametrize("offset", ["+25:00", "-14:30", "+01:75", "+9900"])
def test_an_offset_that_no_clock_has_is_no_time(offset):
    times = read([f"2020-01-01T10:00:00{offset}", "2020-01-01T10:00:00+14:00", "2020-01-01T10:00:00-12:00"])
    assert stamps(times) == [None, "2019-12-31T20:00:00", "2020-01-01T22:00:00"]
    assert times.unreadable.tolist() == [True, False, False]


def test_day_numbers_with_as_many_digits_as_a_workbook_writes(tmp_path):
    moments = pd.date_range("2024-03-01 00:20", periods=60, freq="67min")
    days = (moments - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    for digits in (".10f", ".5f", ""):
        table = pd.DataFrame({"date": [format(day, digits) for day in days], "lon": 16.3, "lat": 48.2})
        table.to_csv(tmp_path / "days.csv", index=False)
        incidents, _ = read_incidents(tmp_path / "days.csv")
        late = (incidents["occurred_at"].dt.tz_localize(None) - moments).abs()
        assert late.max() <= pd.Timedelta(seconds=1)


def test_offsets_are_believed_and_may_be_mixed():
    times = read(["2020-01-01T10:00:00+02:00", "2020-01-01T10:00:00Z", "2020-01-01 10:00"])
    assert stamps(times) == ["2020-01-01T08:00:00", "2020-01-01T10:00:00", "2020-01-01T10:00:00"]
    local, _ = aware(times, "Europe/Vienna")
    assert [str(time) for time in local] == [
        "2020-01-01 09:00:00+01:00", "2020-01-01 11:00:00+01:00", "2020-01-01 10:00:00+01:00",
    ]  # fmt: skip


def test_day_and_month_are_never_guessed_row_by_row():
    with pytest.raises(AmbiguousError, match=r"dayfirst=True or dayfirst=False"):
        read(["01/02/2024", "03/04/2024"])
    with pytest.raises(AmbiguousError, match="mixes day-first"):
        read(["13/02/2024", "02/13/2024"])
    assert stamps(read(["01/02/2024", "03/04/2024"], dayfirst=True))[0] == "2024-02-01T00:00:00"
    assert stamps(read(["01/02/2024", "13/04/2024"]))[0] == "2024-02-01T00:00:00"


@settings(max_examples=60)
@given(
    st.lists(st.datetimes(pd.Timestamp("1970-01-01"), pd.Timestamp("2068-12-31")), min_size=1, max_size=30),
    st.sampled_from(
        [
            "%d/%m/%Y %H:%M:%S",
            "%m/%d/%Y %I:%M:%S %p",
            "%Y-%m-%dT%H:%M:%S",
            "%d.%m.%y %H:%M:%S",
            "%Y%m%d%H%M%S",
        ]
    ),
)
def test_what_was_written_is_read(moments, form):
    moments = [moment.replace(microsecond=0) for moment in moments]
    times = read([moment.strftime(form) for moment in moments], dayfirst="%d" in form.split("%m")[0])
    assert not times.bad.any()
    assert times.seconds.tolist() == [int(pd.Timestamp(moment).timestamp()) for moment in moments]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ([5, 1345, 0, 2359], [300, 49_500, 0, 86_340]),
        (["00:05", "1:45 PM", "12:10 am", "23.59"], [300, 49_500, 600, 86_340]),
    ],
)
def test_times_of_day(written, seconds):
    found, none = time_of_day(pd.Series(written))
    assert found.tolist() == seconds
    assert not none.any()


def test_times_of_day_that_do_not_exist():
    assert time_of_day(pd.Series([2400, 1260, -5, None, 12.5]))[1].all()
    assert time_of_day(pd.Series(["25:00", "noon", "12:60"]))[1].all()


def test_changes_of_clocks_are_counted():
    times = read(["2024-03-31 02:30", "2024-10-27 02:30", "2024-06-01 10:00"])
    local, odd = aware(times, "Europe/Vienna")
    assert odd.tolist() == [0, 1]
    assert [str(time) for time in local[:2]] == ["2024-03-31 03:00:00+02:00", "2024-10-27 02:30:00+02:00"]


def test_a_zone_that_does_not_exist_is_named():
    with pytest.raises(InputError, match="'Europe/Vienna'"):
        check_zone("Vienna", "x")


@pytest.mark.parametrize(
    "tz", ["Europe/Vienna", "America/Sao_Paulo", "Asia/Kathmandu", "UTC", "Africa/Casablanca"]
)
def test_many_times_get_the_zone_that_single_ones_get(tz):
    rng = np.random.default_rng(4)
    seconds = rng.integers(1_500_000_000, 1_600_000_000, 30_000) // 60 * 60
    seconds[:2000] = 1_540_000_000 // 86_400 * 86_400 + rng.integers(0, 30 * 1440, 2000) * 60
    missing = rng.random(30_000) < 0.01
    local, odd = aware(Times(seconds, missing, np.zeros(30_000, bool)), tz)
    naive = pd.Series(seconds.view("datetime64[s]")).where(~missing)
    one_by_one = naive.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    expected_odd = np.flatnonzero((one_by_one.isna() & naive.notna()).to_numpy())
    assert odd.tolist() == expected_odd.tolist()
    kept = np.ones(30_000, bool)
    kept[odd] = False
    pd.testing.assert_series_equal(local[kept], one_by_one[kept].astype(local.dtype))


def test_what_was_read_does_not_change_with_the_callers_table():
    table = pd.DataFrame(
        {"lon": [16.0, 17.0], "lat": [48.0, 47.5], "date": pd.to_datetime(["2024-05-01", "2024-05-02"])}
    )
    incidents, _ = read_incidents(table, tz="UTC")
    table["lon"].array._ndarray.setflags(write=True)
    table["lon"].array._ndarray[:] = 0
    table["date"].array._ndarray.setflags(write=True)
    table["date"].array._ndarray[:] = np.datetime64("1999-01-01")
    assert incidents.geometry.x.tolist() == [16.0, 17.0]
    assert incidents["occurred_at"].dt.year.tolist() == [2024, 2024]
