"""Charts and contacts from call records."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.intake import read_calls
from ilp_lab.safeguards import mark

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
real = pytest.mark.skipif(
    not SHARED.exists(), reason="the public data sets are not beside the project (../shared)"
)


def records(rows, **more):
    frame = pd.DataFrame(rows, columns=["caller", "receiver", "started_at", "duration_s"])
    frame["started_at"] = pd.to_datetime(frame["started_at"]).dt.tz_localize("Europe/Vienna")
    return frame.assign(subscriber=frame["caller"], **more)


CALLS = records(
    [
        ("5001", "5002", "2024-05-01 10:00", 60),
        ("5001", "5002", "2024-05-01 22:30", 30),
        ("5002", "5001", "2024-05-03 01:00", 10),
        ("5002", "5003", "2024-05-03 02:00", 20),
        ("5002", None, "2024-05-03 03:00", 20),
        ("5002", "5003", "2024-05-03 02:00", 20),
    ]
)


def test_a_chart_counts_first_last_days_and_what_it_left_out():
    chart = networks.call_chart(CALLS)
    link = chart.links.iloc[0]
    assert link[["source", "target", "kind", "strength", "duration_s", "days"]].tolist() == [
        "5001", "5002", "called", 2.0, 90.0, 1,
    ]  # fmt: skip
    assert str(link["start"]) == "2024-05-01 10:00:00+02:00"
    assert str(link["end"]) == "2024-05-01 22:30:00+02:00"
    assert chart.left_out == {"call without one of its numbers": 1, "the same call recorded again": 1}
    assert set(chart.entities["kind"]) == {"phone"}
    assert chart.links["strength"].sum() + sum(chart.left_out.values()) == len(CALLS)


def test_a_chart_of_call_records_is_a_call_chart():
    made, direct = networks.chart(CALLS), networks.call_chart(CALLS)
    pd.testing.assert_frame_equal(made.links, direct.links)
    assert made.left_out == direct.left_out


def test_rare_pairs_are_counted_not_lost():
    chart = networks.call_chart(CALLS, least_calls=2)
    assert chart.left_out["pair with fewer than 2 calls"] == 2
    assert len(chart.links) == 1


def test_kinds_stay_apart_and_handsets_and_masts_join():
    calls = CALLS.assign(
        kind=["call", "message", "call", "data", "call", "data"], imei="356938035643809", tower="m1"
    )
    calls.loc[3, "receiver"] = calls.loc[5, "receiver"] = "10.0.0.1"
    chart = networks.call_chart(calls, handsets=True, towers=True)
    assert set(chart.links["kind"]) == {"called", "wrote to", "went online at", "used in", "used mast"}
    kinds = chart.entities.set_index("entity_id")["kind"]
    assert kinds["imei 356938035643809"] == "object"
    assert kinds["tower m1"] == "location"
    assert kinds["10.0.0.1"] == "object"


def test_handling_travels():
    assert networks.call_chart(mark(CALLS, handling="H2")).handling == "H2"
    assert networks.call_chart(CALLS.assign(handling=["H0", "H1", "H0", "H0", "H0", "H0"])).handling == "H1"


def test_contacts_of_one_number_and_of_all():
    table = networks.contacts(CALLS, of="5002")
    assert table.loc[0, ["contact", "n", "outgoing", "incoming", "days"]].tolist() == ["5001", 3, 1, 2, 2]
    every = networks.contacts(CALLS)
    assert every["n"].sum() == 4
    assert (every["number"] < every["contact"]).all()


def test_common_contacts_say_how_known_they_are():
    calls = pd.DataFrame(
        {
            "caller": ["5001", "5002", "5001", "5009", "5002"],
            "receiver": ["5003", "5003", "5004", "5004", "5004"],
        }
    )
    found = networks.common_contacts(calls, of=["5001", "5002"])
    assert found["contact"].tolist() == ["5003", "5004"]
    assert found["known_to"].tolist() == [2, 3]
    assert found["numbers"].tolist() == ["5001, 5002"] * 2


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: networks.call_chart(CALLS.drop(columns="caller")), ColumnError, "no column 'caller'"),
        (lambda: networks.call_chart([1]), InputError, "calls must be a table"),
        (lambda: networks.call_chart(CALLS, least_calls=0), InputError, "least_calls"),
        (lambda: networks.call_chart(CALLS, handsets=True), ColumnError, "no column 'imei'"),
        (
            lambda: networks.call_chart(CALLS.assign(started_at="x")),
            ColumnError,
            "started_at must hold times",
        ),
        (lambda: networks.contacts(CALLS, of="999"), InputError, "got '999'"),
        (lambda: networks.common_contacts(CALLS, of=["5001"]), InputError, "at least two"),
    ],
)
def test_faults_are_said(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_empty_records_and_numbers_of_both_types():
    assert len(networks.call_chart(CALLS.iloc[:0]).entities) == 0
    mixed = pd.DataFrame({"caller": pd.Series([7, "7"], dtype=object), "receiver": [8, 8]})
    assert networks.call_chart(mixed).links["strength"].tolist() == [2.0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(0, 10**6)), max_size=40)
)
def test_contacts_are_what_a_group_by_says(rows):
    frame = pd.DataFrame(rows, columns=["caller", "receiver", "at"])
    frame["started_at"] = pd.to_datetime(frame.pop("at"), unit="s")
    once = (
        frame.drop_duplicates() if (frame["started_at"].astype("int64") % 86_400_000_000_000).any() else frame
    )
    chart = networks.call_chart(frame)
    theirs = once.groupby(["caller", "receiver"]).size()
    ours = chart.links.set_index(["source", "target"])["strength"]
    assert ours.sort_index().astype(int).tolist() == theirs.sort_index().tolist()
    either = networks.contacts(frame)
    assert either["n"].sum() == len(once)


@real
def test_real_calls_chart():
    calls, _ = read_calls(SHARED / "vast2008_calls" / "CellPhoneCallRecords.csv", dayfirst=False)
    chart = networks.call_chart(calls)
    raw = pd.read_csv(SHARED / "vast2008_calls" / "CellPhoneCallRecords.csv")
    assert len(chart.entities) == 400
    assert len(chart.links) == len(raw.groupby(["From", "To"]))
    assert networks.contacts(calls, of="200")["contact"].tolist()[:4] == ["5", "1", "2", "3"]


@real
def test_phone_calls_of_the_pole_data():
    folder = SHARED / "pole_manchester"

    def part(name):
        return pd.read_csv(folder / f"crime-investigation.{name}.csv")

    made = part("nodes.PhoneCall").merge(part("relationships.CALLER"), left_on=":ID", right_on=":START_ID")
    made = made.merge(part("relationships.CALLED"), left_on=":ID", right_on=":START_ID", suffixes=("", "_to"))
    calls, quality = read_calls(
        made[["call_date", "call_time", "call_duration", "call_type", ":END_ID", ":END_ID_to"]],
        columns={"caller": ":END_ID", "receiver": ":END_ID_to"},
    )
    assert len(calls) == 534
    assert "unreadable_time" not in quality.counts
    assert networks.call_chart(calls).links["strength"].sum() == 534
