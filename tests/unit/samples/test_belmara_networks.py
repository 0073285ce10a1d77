"""What was planted in calls, money and events is there, and the library finds it and little else."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab import intake, networks, samples
from ilp_lab.samples import cooffences, money
from ilp_lab.samples.belmara import SEED


@pytest.fixture(scope="module")
def truth():
    return samples.belmara_truth()


@pytest.fixture(scope="module")
def calls():
    return intake.read_calls(samples.path("belmara/calls.csv"), tz="UTC")


@pytest.fixture(scope="module")
def payments():
    return intake.read_transactions(samples.path("belmara/transactions.csv"), tz="UTC")[0]


def test_the_set_stays_small():
    files = [file for file in samples.path("belmara").iterdir() if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 12_000_000


def test_call_records_are_read_as_they_are(calls, truth):
    frame, quality = calls
    assert len(frame) == truth["calls"]["rows"]
    assert set(quality.counts) == {"missing_tower", "repeated_call"}
    assert frame["caller"].str.fullmatch(r"999\d{8}").all()
    assert len(set(frame["caller"]) | set(frame["receiver"])) == truth["calls"]["numbers"]
    assert set(frame["tower"].dropna()) <= set(pd.read_csv(samples.path("belmara/towers.csv"))["cell_id"])


def test_the_handset_swap(calls, truth):
    swaps = networks.device_swaps(calls[0])
    planted = truth["calls"]["handset_swap"]
    assert len(swaps) == 1
    assert swaps.loc[0, ["before", "after", "came_back"]].tolist() == [
        planted["before"],
        planted["after"],
        False,
    ]
    assert planted["imei"].startswith(swaps.loc[0, "thing"])
    assert swaps.loc[0, "first_after"].date().isoformat() >= planted["day"]


def test_the_burst_before_the_event(calls, truth):
    planted = truth["calls"]["burst"]
    found = networks.call_bursts(calls[0], window_hours=4, event=planted["event"], rng=1)
    clear = found.table[found.table["q_fdr"] <= 0.05]
    assert clear["number"].tolist() == [planted["number"]]
    assert clear["in_window"].iloc[0] >= planted["calls"]
    assert 0 < clear["hours_before"].iloc[0] < 3


def test_the_two_that_meet(calls, truth):
    planted = truth["calls"]["together"]
    found = networks.co_location(calls[0], within_minutes=planted["within_minutes"])
    clear = found.table[found.table["q_fdr"] <= 0.05]
    assert clear[["number", "contact"]].to_numpy().tolist() == [planted["numbers"]]
    assert clear["days_together"].iloc[0] == len(planted["days"])
    assert (
        len(networks.contacts(calls[0], of=planted["numbers"][0]).query("contact == @planted['numbers'][1]"))
        <= 1
    )


def test_the_common_contact_and_the_one_who_calls_at_night(calls, truth):
    common = truth["calls"]["common_contact"]
    found = networks.common_contacts(calls[0], of=common["called_by"])
    assert found.loc[0, ["contact", "known_to"]].tolist() == [common["number"], 2]
    night = networks.night_calls(calls[0], start_hour=23, end_hour=4).table
    assert night.loc[0, "number"] == truth["calls"]["night_caller"]["number"]
    assert night.loc[0, "q_fdr"] < 1e-6


def test_the_round_trips(payments, truth):
    planted = truth["transactions"]["round_trip"]
    found = networks.round_trips(payments, within_days=10, least_kept=0.9, rng=1)
    assert found.table["path"].tolist() == [" → ".join(planted["path"])] * 3
    assert sorted(found.table["start"].dt.date.astype(str)) == planted["starts"]
    assert found["p"] <= 0.05


def test_cash_below_the_threshold(payments, truth):
    planted = truth["transactions"]["structuring"]
    found = networks.structuring(payments, threshold=truth["transactions"]["reporting_threshold"])
    clear = found.table[found.table["q_fdr"] <= 0.05]
    assert clear["account"].tolist() == [planted["account"]]
    assert clear["most_in_window"].iloc[0] >= len(planted["amounts"])
    cash = networks.structuring(payments, threshold=10_000, cash_only=True, least=2)
    assert cash.table.loc[0, "account"] == planted["account"]


def test_the_many_who_pay_one_and_the_employers_who_look_alike(payments, truth):
    planted = truth["transactions"]["fan_in"]
    found = networks.fan_in_out(payments, rng=1).table
    clear = found[found["q_fdr"] <= 0.05].set_index("direction")
    assert clear.loc["fan-in", "account"] == planted["account"]
    assert len(clear.loc[["fan-out"]]) == 2  # wages: a pattern with a lawful reason
    oldest, newest = (
        networks.flows(payments, of=planted["account"], order=order)["passed_on"].iloc[0]
        for order in ("first in", "last in")
    )
    assert newest > oldest


def test_the_pair_that_acts_together(truth):
    planted = truth["co_offending"]
    events, _ = intake.read_events(samples.path("belmara/co_offences.csv"))
    found = networks.co_offending(events)
    kept = found.table[found.table["kept"]]
    assert [sorted(pair) for pair in kept[["source", "target"]].to_numpy().tolist()] == [
        planted["backbone_pair"]
    ]
    assert kept["count"].iloc[0] >= planted["joint_events"]
    crowd = found.table.merge(
        events[events["event"] == planted["crowd_event"]], left_on="source", right_on="person"
    )
    assert len(crowd) > 1000
    assert "victim, witness or other party" in found.left_out


def test_another_seed_plants_the_same_kinds_of_truth():
    rows, truth = money.build(SEED + 1)
    assert truth["rows"] == len(rows)
    assert len(truth["round_trip"]["starts"]) == 3
    people, told = cooffences.build(SEED + 1)
    assert sum(row[0] == told["backbone_pair"][0] for row in people) >= told["joint_events"]
