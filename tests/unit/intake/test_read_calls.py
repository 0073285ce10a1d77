"""Call records as operators hand them over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab.errors import AmbiguousError, ColumnError, InputError
from ilp_lab.intake import read_calls
from ilp_lab.intake.phonenumbers import phone_number, phone_numbers, serial_numbers

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
real = pytest.mark.skipif(
    not SHARED.exists(), reason="the public data sets are not beside the project (../shared)"
)


def table(**columns):
    rows = {
        "Caller": ["5001001", "5001002"],
        "Receiver": ["5001002", "5001003"],
        "Date": ["13-06-2020", "14-06-2020"],
        "Time": ["00:13:12", "23:59:59"],
        "Duration": [60, 5],
        "TowerID": ["404-1", "404-2"],
        "IMEI": ["449698079317467", "089719680391543"],
    }
    rows.update(columns)
    return pd.DataFrame({name: values for name, values in rows.items() if values is not None})


def test_columns_are_understood_and_the_profile_reads_the_next_file(tmp_path):
    file = tmp_path / "cdr.csv"
    table().to_csv(file, index=False)
    calls, quality = read_calls(file, tz="Asia/Kolkata")
    assert calls.columns.tolist() == [
        "caller", "receiver", "subscriber", "kind", "started_at", "duration_s", "tower", "imei", "source_row",
    ]  # fmt: skip
    assert calls["imei"].tolist() == ["449698079317467", "089719680391543"]
    assert str(calls["started_at"].iloc[0]) == "2020-06-13 00:13:12+05:30"
    assert set(quality.columns["role"]) == {
        "caller",
        "receiver",
        "started_at",
        "time",
        "duration_s",
        "tower",
        "imei",
    }
    profile = quality.save_profile(tmp_path / "operator.yml")
    again, _ = read_calls(file, profile=profile)
    pd.testing.assert_frame_equal(calls, again)


def test_a_record_of_an_incoming_call_is_turned_but_its_mast_stays_the_subscribers():
    rows = pd.DataFrame(
        {
            "A Party": ["5001001"] * 4,
            "B Party": ["5002002"] * 4,
            "Call Type": ["CALL_OUT", "CALL_IN", "SMS-IN", "GPRS"],
            "Date": ["2024-06-13 10:00:00"] * 4,
            "First Cell ID": ["m1", "m2", "m3", "0"],
        }
    )
    calls, quality = read_calls(rows)
    assert calls["caller"].tolist() == ["5001001", "5002002", "5002002", "5001001"]
    assert calls["subscriber"].unique().tolist() == ["5001001"]
    assert calls["kind"].tolist() == ["call", "call", "message", "data"]
    assert quality.rows_with("missing_tower")["source_row"].tolist() == [5]


def test_numbers_are_text_in_one_way_of_writing():
    column = pd.Series(
        ["+999 50-123456", "0099950123456", "050 123456", 99950123456, None, "AX-BANK", "0"], dtype=object
    )
    assert phone_numbers(column, "999").texts.fillna("none").tolist() == [
        *["99950123456"] * 4,
        "none",
        "AX-BANK",
        "none",
    ]
    assert phone_numbers(column).texts.iloc[2] == "050123456"
    assert phone_numbers(column).odd.tolist() == [False, False, False, False, False, True, False]
    assert phone_numbers(pd.Series([0, 7, 399])).texts.tolist() == [
        "0",
        "7",
        "399",
    ]  # identifiers, not numbers
    assert phone_numbers(pd.Series(["160.24.200.89", "fe80::1"])).texts.tolist() == [
        "160.24.200.89",
        "fe80::1",
    ]


@given(st.text(max_size=30), st.sampled_from(["", "43", "999"]))
def test_writing_a_number_twice_changes_nothing(text, code):
    once = phone_number(text, code)
    assert phone_number(once, "") == once or not once.isdecimal()
    assert phone_number(f"  {text} ", code) == once or text.strip() != text


def test_handset_numbers_that_became_decimals_are_whole_again():
    texts, faults = serial_numbers(
        pd.Series([89719680391543.0, 449698079317467.0, np.nan, 0.0]), restore=True
    )
    assert texts.fillna("").tolist() == ["089719680391543", "449698079317467", "", ""]
    texts, faults = serial_numbers(
        pd.Series(["89719680391543.0", "4.49698E+14", "7003530430", "x"]), restore=True
    )
    assert texts.tolist() == ["089719680391543", "4.49698E+14", "7003530430", "x"]
    assert {kind: rows.tolist() for kind, rows in faults.items()} == {
        "imei_restored": [0], "imei_lost_digits": [1], "odd_imei": [2, 3],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "seconds"),
    [
        ("Duration", ["0:01:30", "1:05", "75"], [90, 65, 75]),
        ("Duration (min)", [1.5, 2.0, 0.5], [90, 120, 30]),
        ("Duration", [60, -1, 90_000], [60, np.nan, 90_000]),
    ],
)
def test_durations_become_seconds(name, values, seconds):
    rows = pd.DataFrame(
        {"from": ["50011"] * 3, "to": ["50022"] * 3, "when": ["2024-01-01 10:00:00"] * 3, name: values}
    )
    calls, _ = read_calls(rows)
    np.testing.assert_array_equal(calls["duration_s"], seconds)


def test_duration_from_start_and_end():
    rows = pd.DataFrame(
        {
            "from": ["50011"],
            "to": ["50022"],
            "start time": ["2024-01-01 23:59:00"],
            "end time": ["2024-01-02 00:01:00"],
        }
    )
    assert read_calls(rows)[0]["duration_s"].tolist() == [120]


def test_faults_are_counted_and_no_row_is_lost():
    rows = table(Caller=["5001001", None], Receiver=["5001001", "5001003"], Date=["13-06-2020", "31-02-2020"])
    calls, quality = read_calls(rows)
    assert len(calls) == 2
    assert dict(quality.counts) == {"unreadable_time": 1, "missing_party": 1, "self_call": 1}
    twice = pd.concat([table(), table()])
    assert read_calls(twice)[1].counts["repeated_call"] == 2


def test_what_cannot_be_guessed_is_asked_in_one_sentence():
    with pytest.raises(ColumnError, match=r"no column holds the receiver\. Name it: columns="):
        read_calls(table(Receiver=None))
    with pytest.raises(AmbiguousError, match="day and month cannot be told apart"):
        read_calls(table(Date=["03-04-2020", "05-06-2020"]))
    with pytest.raises(InputError, match="country_code must be the digits"):
        read_calls(table(), country_code="Austria")
    with pytest.raises(ColumnError, match="role must be one of"):
        read_calls(table(), columns={"callerr": "Caller"})


@pytest.mark.slow
def test_few_dates_in_many_rows_are_read_as_one_by_one():
    rows = pd.concat([table()] * 30_000, ignore_index=True)
    rows.loc[5, "Date"] = "31-02-2020"
    calls, quality = read_calls(rows)
    assert quality.counts["unreadable_time"] == 1
    assert calls["started_at"].notna().sum() == len(rows) - 1
    assert calls["started_at"].iloc[59_999] == pd.Timestamp("2020-06-14 23:59:59", tz="UTC")


@real
def test_real_call_records_with_an_imei_column_turned_float():
    whole, quality = read_calls(SHARED / "cdr_rk312" / "data.csv")
    assert len(whole) == 1033
    assert quality.counts == {}
    mixed, faults = read_calls(SHARED / "cdr_rk312" / "final_data.csv")
    assert mixed["imei"].iloc[:1033].tolist() == whole["imei"].tolist()  # zeros in front came back
    assert faults.counts["imei_restored"] == 1033
    sessions, _ = read_calls(SHARED / "cdr_rk312" / "ipdr_data.csv")
    assert sessions["kind"].unique().tolist() == ["data"]
    assert sessions["receiver"].str.count(r"\.").eq(3).all()


@real
def test_real_calls_of_400_phones_month_first():
    with pytest.raises(AmbiguousError):
        read_calls(SHARED / "vast2008_calls" / "CellPhoneCallRecords.csv")
    calls, quality = read_calls(SHARED / "vast2008_calls" / "CellPhoneCallRecords.csv", dayfirst=False)
    assert len(calls) == 9834
    assert len(set(calls["caller"]) | set(calls["receiver"])) == 400
    assert set(quality.counts) <= {"odd_duration"}


def test_caller_and_called_are_enough():
    frame = pd.DataFrame(
        {"caller": ["+436601234567"], "called": ["+436607654321"], "start": ["2024-03-01 10:00"]}
    )
    calls, _ = read_calls(frame)
    assert calls["receiver"].tolist() == ["436607654321"]
