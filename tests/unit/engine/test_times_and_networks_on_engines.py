"""Questions of time and of networks have the same answer on a table of an engine as on a frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from engineincidents import FRAME

from ilp_lab import networks, times
from ilp_lab.errors import ColumnError, InputError

SPAN = {"since": "2024-05-01", "until": "2024-11-17"}


@pytest.fixture(scope="module")
def table(engine):
    return engine.table(FRAME)


@pytest.mark.parametrize(
    "settings",
    [
        {"by": ["area", "offence"]},
        {"by": "area", "step": "day", "periods": 3},
        {"by": "offence", "step": "month"},
    ],
    ids=str,
)
def test_exceptions(engine, table, settings):
    here, there = times.exceptions(FRAME, **settings, **SPAN), times.exceptions(table, **settings, **SPAN)
    pd.testing.assert_frame_equal(here.table, there.table)
    assert there.findings == here.findings
    assert there.caveats == here.caveats
    assert dict(there.left_out) == dict(here.left_out)
    assert engine.where in there.method_statement()


def test_times_known_to_the_day_or_month_only(engine):
    at = pd.date_range("2022-01-01", periods=30, freq="MS", tz="Europe/Vienna")
    months = pd.DataFrame({"occurred_at": at.repeat(3), "area": "north"})
    with pytest.raises(InputError, match="tells only the month"):
        times.exceptions(engine.table(months), by="area")
    here, there = (times.counts_by_period(one, step="month") for one in (months, engine.table(months)))
    pd.testing.assert_frame_equal(here, there)
    assert there.attrs["ilp_lab_engine"] == engine.where


def test_near_repeats_area_by_area(engine, table):
    settings = {"within_m": [200, 400], "within_days": [7, 14], "by": "area", "permutations": 99, "rng": 3}
    here, there = times.near_repeat(FRAME, **settings), times.near_repeat(table, **settings)
    pd.testing.assert_frame_equal(here.table, there.table)
    assert there.table["area"].unique().tolist() == ["north", "south"]
    assert there.findings == here.findings
    assert dict(there.left_out) == dict(here.left_out)
    assert engine.where in there.method_statement()
    alone = times.near_repeat(
        FRAME[FRAME["area"] == "south"], within_m=[200, 400], within_days=[7, 14], permutations=99, rng=3
    ).table
    assert alone["observed"].tolist() == there.table.query("area == 'south'")["observed"].tolist()
    whole = times.near_repeat(table, within_m=[200, 400], within_days=[7, 14], permutations=99, rng=3)
    assert whole.table["observed"].sum() > there.table["observed"].sum()


def participations() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [(f"p{a}", f"e{k}") for k in range(150) for a in rng.choice(60, rng.integers(1, 5), replace=False)]
    rows += (
        [(who, f"job {n}") for n in range(6) for who in ("Ä b", "Žar")]
        + [(f"p{k}", "party") for k in range(30)]
        + [("p1", "e1"), (None, "e1"), ("", "e2"), ("Ä b", " job 1 ")]
    )
    frame = pd.DataFrame(rows, columns=["person", "event"])
    frame["occurred_at"] = pd.to_datetime("2024-01-01").tz_localize("Europe/Vienna") + pd.to_timedelta(
        pd.factorize(frame["event"].str.strip())[0], unit="h"
    )
    frame["category"] = np.where(np.arange(len(frame)) % 17 == 3, "Victim", "Suspect")
    frame["role"] = np.where(np.arange(len(frame)) % 23 == 5, "WITNESS", None)
    return frame


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"largest_event": 10, "weight": "newman"},
        {"test": "hypergeometric"},
        {"test": "disparity", "weight": "jaccard"},
    ],
    ids=str,
)
def test_co_offending(engine, settings):
    frame = participations()
    here, there = (
        networks.co_offending(frame, **settings),
        networks.co_offending(engine.table(frame), **settings),
    )
    keyed = []
    for found in (here, there):
        pairs = found.table.copy()
        swapped = pairs["source"] > pairs["target"]
        pairs.loc[swapped, ["source", "target"]] = pairs.loc[swapped, ["target", "source"]].to_numpy()
        keyed.append(
            pairs.drop(columns=["start", "end"]).sort_values(["source", "target"], ignore_index=True)
        )
    pd.testing.assert_frame_equal(*keyed, rtol=1e-9)
    assert dict(there.left_out) == dict(here.left_out)
    assert there["persons"] == here["persons"]
    assert there["events"] == here["events"]
    assert len(there["chart"].links) == len(here["chart"].links)
    assert engine.where in there.method_statement()
    for end in ("start", "end"):
        mine = (
            there.table[there.table["kept"]]
            .set_index(there.table[there.table["kept"]][["source", "target"]].min(axis=1))[end]
            .sort_index()
        )
        theirs = (
            here.table[here.table["kept"]]
            .set_index(here.table[here.table["kept"]][["source", "target"]].min(axis=1))[end]
            .sort_index()
        )
        assert sorted(mine.tolist()) == sorted(theirs.tolist())


def test_large_events_are_refused_with_the_way_out(engine):
    crowd = pd.DataFrame({"person": range(200), "event": "match"})
    from ilp_lab.networks import onengine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onengine, "MOST_PAIRS", 1_000)
        with pytest.raises(InputError, match=r"up to 19,900 pairs.*largest_event=50"):
            networks.co_offending(engine.table(crowd))


def calls() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    n = 400
    at = pd.Timestamp("2024-10-26 20:00", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 40 * 3_600, n), unit="s"
    )
    frame = pd.DataFrame({
        "caller": rng.choice(["5001", "5002", "5003", "10.0.0.1"], n), "receiver": rng.choice(["5001", "5009", "5010"], n),
        "kind": rng.choice(["call", "message", "data"], n), "started_at": at.tz_convert("Europe/Vienna"), "duration_s": rng.integers(0, 900, n).astype(float),
    })  # fmt: skip
    frame = pd.concat([frame, frame.iloc[:30], frame.iloc[:5].assign(receiver=None)], ignore_index=True)
    frame.loc[50:55, "started_at"] = pd.NaT
    frame.loc[60:65, "duration_s"] = np.nan
    frame.loc[7, "receiver"] = frame.loc[7, "caller"]
    own = np.where(np.arange(len(frame)) % 3 == 0, frame["receiver"], frame["caller"])
    imei, tower = (
        pd.Series(rng.choice(names, len(frame))).where(rng.random(len(frame)) > 0.1)
        for names in (["3511", "3522"], ["Žar 1", "Hill 2", "Hill 3"])
    )
    return frame.assign(source_row=range(2, len(frame) + 2), subscriber=own, imei=imei, tower=tower)


@pytest.fixture(scope="module")
def recorded(engine):
    return engine.table(calls())


@pytest.mark.parametrize(
    "settings",
    [{}, {"least_calls": 12}, {"of": ["5002"]}, {"handsets": True, "towers": True}, {"towers": True, "of": ["5002", "10.0.0.1"], "least_calls": 9}],
    ids=str,
)  # fmt: skip
def test_calls(engine, recorded, settings):
    here, there = networks.call_chart(calls(), **settings), networks.call_chart(recorded, **settings)
    columns = ["source", "target", "kind", "strength", "start", "end", "duration_s", "days"]
    ordered = [
        found.links[columns].sort_values(["source", "target", "kind"], ignore_index=True)
        for found in (here, there)
    ]
    pd.testing.assert_frame_equal(*ordered)
    assert there.left_out == here.left_out
    for column in ("entity_id", "kind"):
        assert sorted(there.entities[column]) == sorted(here.entities[column])
    assert engine.where in " ".join(there.remarks)


@pytest.mark.parametrize("settings", [{}, {"of": "5001"}, {"of": ["5001", "5009"]}], ids=str)
def test_contacts(engine, recorded, settings):
    here, there = networks.contacts(calls(), **settings), networks.contacts(recorded, **settings)
    pd.testing.assert_frame_equal(here, there)
    assert there.attrs["ilp_lab_engine"] == engine.where


def test_contacts_of_a_table_without_times(engine):
    frame = calls()[["caller", "receiver"]]
    for settings in ({}, {"of": "5001"}):
        here, there = (networks.contacts(one, **settings) for one in (frame, engine.table(frame)))
        pd.testing.assert_frame_equal(here, there)


@pytest.mark.parametrize("least", [1, 2, 4])
def test_common_contacts(engine, recorded, least):
    settings = {"of": ["5001", "5002", "5003"], "least": least}
    here, there = (
        networks.common_contacts(calls(), **settings),
        networks.common_contacts(recorded, **settings),
    )
    order = ["with_numbers", "known_to", "contact"]
    pd.testing.assert_frame_equal(*(found.sort_values(order, ignore_index=True) for found in (here, there)))
    assert there.attrs["ilp_lab_engine"] == engine.where


def test_numbers_that_are_numbers(engine):
    frame = pd.DataFrame({"caller": [5001, 5001, 5002], "receiver": [5002, 5002, 5001]})
    here, there = (networks.contacts(one, of="5002") for one in (frame, engine.table(frame)))
    pd.testing.assert_frame_equal(here, there)


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda table: times.exceptions(table, by="beat"), ColumnError, "no column 'beat'"),
        (lambda table: times.exceptions(table.engine.table(pd.DataFrame({"area": ["a"]})), by="area"), ColumnError, "no column 'occurred_at'.*import_incidents"),
        (lambda table: times.near_repeat(table, by="beat"), ColumnError, "no column 'beat'"),
        (lambda table: times.near_repeat(table.engine.table(FRAME.iloc[:2]), by="area"), InputError, "no area holds three incidents"),
        (networks.co_offending, ColumnError, "no column 'person'"),
        (networks.call_chart, ColumnError, "no column 'caller'"),
        (lambda table: networks.call_chart(table.engine.table(calls().drop(columns="tower")), towers=True), ColumnError, "no column 'tower'"),
        (lambda table: networks.contacts(table.engine.table(calls()), of=[]), InputError, "numbers that occur in calls"),
        (lambda table: networks.common_contacts(table.engine.table(calls()), of=["5001"]), InputError, "at least two numbers"),
        (lambda table: networks.call_chart(table.engine.table(calls()), of="999"), InputError, "numbers that occur in calls"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_a_table(table, call, kind, says):
    with pytest.raises(kind, match=says):
        call(table)
