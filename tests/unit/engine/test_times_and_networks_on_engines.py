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
    return frame.assign(source_row=range(2, len(frame) + 2))


@pytest.mark.parametrize("settings", [{}, {"least_calls": 12}, {"of": ["5002"]}], ids=str)
def test_calls(engine, settings):
    frame = calls()
    here, there = networks.call_chart(frame, **settings), networks.call_chart(engine.table(frame), **settings)
    columns = ["source", "target", "kind", "strength", "start", "end", "duration_s", "days"]
    ordered = [
        found.links[columns].sort_values(["source", "target", "kind"], ignore_index=True)
        for found in (here, there)
    ]
    for end in ("start", "end"):
        ordered[1][end] = ordered[1][end].astype(ordered[0][end].dtype)
    pd.testing.assert_frame_equal(*ordered)
    assert there.left_out == here.left_out
    assert sorted(there.entities["entity_id"]) == sorted(here.entities["entity_id"])


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda table: times.exceptions(table, by="beat"), ColumnError, "no column 'beat'"),
        (lambda table: times.exceptions(table.engine.table(pd.DataFrame({"area": ["a"]})), by="area"), ColumnError, "no column 'occurred_at'.*import_incidents"),
        (lambda table: times.near_repeat(table, by="beat"), ColumnError, "no column 'beat'"),
        (lambda table: times.near_repeat(table.engine.table(FRAME.iloc[:2]), by="area"), InputError, "no area holds three incidents"),
        (networks.co_offending, ColumnError, "no column 'person'"),
        (networks.call_chart, ColumnError, "no column 'caller'"),
        (lambda table: networks.call_chart(table.engine.table(calls()), towers=True), InputError, "stay on the engine"),
        (lambda table: networks.call_chart(table.engine.table(calls()), of="999"), InputError, "numbers that occur in calls"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_a_table(table, call, kind, says):
    with pytest.raises(kind, match=says):
        call(table)
