"""Call records to a chart: ours beside what one would write with pandas, polars or duckdb; then events to co-offending ties.

Every run is a process of its own, peers and ours in turn, so that peak memory is each one's own; the same answer is
asserted. Ours also tells columns and dates apart, puts numbers into one way of writing, looks for faults in every row and
finds calls that were recorded twice; the peers are told everything and check nothing.

Run: python benchmarks/bench_calls.py [rows of calls] [rows of events]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd


def made_calls(rows: int, folder: Path) -> Path:
    """A file as an operator hands it over: day first, time of day beside it, masts and handsets."""
    path = folder / f"calls_{rows}.csv"
    rng = np.random.default_rng(rows)
    numbers = max(rows // 20, 10)
    step = 1_000_000
    with path.open("w", encoding="utf-8") as file:
        file.write("Caller,Receiver,Date,Time,Duration,TowerID,IMEI\n")
        for start in range(0, rows, step):
            n = min(step, rows - start)
            one = (numbers * rng.random(n) ** 2).astype(np.int64)
            other = (one + 1 + (numbers * rng.random(n) ** 8).astype(np.int64)) % numbers
            day, second = rng.integers(0, 91, n), rng.integers(0, 86_400, n)
            date = pd.Series(np.datetime64("2024-04-01") + day).dt.strftime("%d-%m-%Y")
            clock = pd.Series(np.datetime64("2024-04-01T00:00:00") + second).dt.strftime("%H:%M:%S")
            pd.DataFrame(
                {
                    "a": 9_990_000_000 + one, "b": 9_990_000_000 + other, "d": date, "t": clock, "s": rng.integers(1, 2000, n),
                    "m": "404-" + pd.Series(rng.integers(0, 5000, n)).astype(str), "i": 350_000_000_000_000 + one,
                }
            ).to_csv(file, header=False, index=False)  # fmt: skip
    return path


def ours(path: Path) -> pd.DataFrame:
    """Read, look for faults, chart."""
    from ilp_lab import intake, networks

    calls, _ = intake.read_calls(path, tz="UTC")
    chart = networks.call_chart(calls)
    table = chart.links[["source", "target", "strength", "start", "end", "duration_s"]].copy()
    table["start"], table["end"] = (table[name].dt.tz_localize(None) for name in ("start", "end"))
    return table


def with_pandas(path: Path) -> pd.DataFrame:
    """What one would write with pandas."""
    calls = pd.read_csv(path, dtype={"Caller": str, "Receiver": str, "TowerID": str, "IMEI": str})
    calls["at"] = pd.to_datetime(calls["Date"] + " " + calls["Time"], format="%d-%m-%Y %H:%M:%S")
    calls = calls.drop_duplicates(["Caller", "Receiver", "at", "Duration"])
    table = calls.groupby(["Caller", "Receiver"]).agg(
        strength=("at", "size"), start=("at", "min"), end=("at", "max"), duration_s=("Duration", "sum")
    )
    return table.reset_index().rename(columns={"Caller": "source", "Receiver": "target"})


def with_polars(path: Path) -> pd.DataFrame:
    """What one would write with polars."""
    import polars as pl

    text = {"Caller": pl.String, "Receiver": pl.String, "TowerID": pl.String, "IMEI": pl.String}
    at = (pl.col("Date") + " " + pl.col("Time")).str.to_datetime("%d-%m-%Y %H:%M:%S").alias("at")
    calls = pl.scan_csv(path, schema_overrides=text).with_columns(at)
    calls = calls.unique(["Caller", "Receiver", "at", "Duration"])
    table = calls.group_by("Caller", "Receiver").agg(
        pl.len().alias("strength"),
        pl.col("at").min().alias("start"),
        pl.col("at").max().alias("end"),
        pl.col("Duration").sum().alias("duration_s"),
    )
    return table.collect().to_pandas().rename(columns={"Caller": "source", "Receiver": "target"})


def with_duckdb(path: Path) -> pd.DataFrame:
    """What one would write with duckdb."""
    import duckdb

    text = {"Caller": "VARCHAR", "Receiver": "VARCHAR", "TowerID": "VARCHAR", "IMEI": "VARCHAR", "Date": "VARCHAR", "Time": "VARCHAR"}  # fmt: skip
    with duckdb.connect() as base:
        calls = base.read_csv(str(path), dtype=text)  # noqa: F841 - named in the question
        return base.sql(
            """
            with once as (
                select distinct Caller, Receiver, Duration, strptime(Date || ' ' || Time, '%d-%m-%Y %H:%M:%S') as moment from calls
            )
            select Caller as source, Receiver as target, count(*) as strength, min(moment) as "start", max(moment) as "end",
                sum(Duration)::DOUBLE as duration_s
            from once group by all
            """
        ).df()


def made_events(rows: int) -> pd.DataFrame:
    """Persons in events: circles, a few very busy ones, events of one to some dozens."""
    rng = np.random.default_rng(rows)
    event = (rows // 2 * rng.random(rows) ** 1.3).astype(np.int64)
    circle = event % max(rows // 60, 1)
    person = circle * 24 + (24 * rng.random(rows) ** 2).astype(np.int64)
    return pd.DataFrame({"person": person, "event": event})


def ties_ours(events: pd.DataFrame) -> pd.DataFrame:
    """Projection and test."""
    from ilp_lab import networks

    return networks.co_offending(events).table[["source", "target", "count"]]


def ties_alone(events: pd.DataFrame) -> pd.DataFrame:
    """The projection without the test, as far as the peer goes."""
    from ilp_lab._check import Check
    from ilp_lab.networks import cooffending

    once = events.drop_duplicates()
    person, names = pd.factorize(once["person"])
    event, kinds = pd.factorize(once["event"])
    modes = cooffending.TwoModes(names, person, event, len(kinds), np.arange(len(once)))
    pairs = cooffending._project(modes, Check("bench"))
    return pd.DataFrame(
        {"source": names[pairs["one"]], "target": names[pairs["other"]], "count": pairs["count"]}
    )


def ties_with_scipy(events: pd.DataFrame) -> pd.DataFrame:
    """The projection alone, as a product of matrices."""
    from scipy.sparse import csr_matrix, triu

    once = events.drop_duplicates()
    person, names = pd.factorize(once["person"])
    event, _ = pd.factorize(once["event"])
    matrix = csr_matrix((np.ones(len(once), np.int32), (person, event)))
    product = triu(matrix @ matrix.T, 1).tocoo()
    return pd.DataFrame({"source": names[product.row], "target": names[product.col], "count": product.data})


def fingerprint(table: pd.DataFrame) -> list[float]:
    """The same for the same table in any order of rows (and of ends, for ties)."""
    if "start" in table:
        first, last = (
            table[name].to_numpy().astype("datetime64[s]").astype(np.int64) for name in ("start", "end")
        )
        key = pd.util.hash_array(
            (table["source"].astype(str) + ">" + table["target"].astype(str)).to_numpy(dtype=object)
        )
        numbers = (
            table["strength"].to_numpy() * 3
            + first % 1_000_003
            + last % 999_983
            + table["duration_s"].to_numpy()
        )
        return [
            len(table),
            float(table["strength"].sum()),
            float(table["duration_s"].sum()),
            float((key % 9973 * numbers).sum()),
        ]
    one, other = (table[end].astype(np.int64).to_numpy() for end in ("source", "target"))
    low, high = np.minimum(one, other), np.maximum(one, other)
    return [len(table), float(table["count"].sum()), float(((low * 31 + high) % 9973 * table["count"]).sum())]


WAYS = {"ours": ours, "pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}
TIES = {"ours": ties_alone, "with test": ties_ours, "scipy": ties_with_scipy}


def peak_mb() -> float:
    """The most memory this process has held."""
    try:
        text = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def one(kind: str, way: str, given: str) -> None:
    """Run one way and print what it took; compiled loops are warm before the clock starts."""
    if kind == "ties":
        events, run = made_events(int(given)), TIES[way]
        run(made_events(500))
    else:
        events, run = Path(given), WAYS[way]
    start, spent = time.perf_counter(), time.process_time()
    table = run(events)
    seconds, spent = time.perf_counter() - start, time.process_time() - spent
    print(json.dumps({"seconds": seconds, "cpu": spent, "peak_mb": peak_mb(), "answer": fingerprint(table)}))


def against_the_bar(rows: int, run: dict) -> None:
    """Eight million rows to a chart in a minute and 4 GB; fewer rows have their share of both."""
    share = rows / 8_000_000
    print(
        f"bar of 60 s and 4,000 MB for 8,000,000 rows: ours takes {run['seconds'] / (60 * share):.2f} of the time "
        f"({run['cpu'] / (60 * share):.2f} of it on the processor) and {run['peak_mb'] / (4000 * share):.2f} of the memory",
        flush=True,
    )


def race(kind: str, ways: list[str], given: str, rows: int) -> None:
    """All ways in turn, twice; the best of each, ratios to ours."""
    found: dict[str, dict] = {}
    for _ in range(2):
        for way in ways:
            told = subprocess.run(
                [sys.executable, __file__, "--one", kind, way, given],
                capture_output=True,
                text=True,
                check=False,
            )
            if told.returncode:
                print(f"{way}: {told.stderr.strip().splitlines()[-1] if told.stderr else 'failed'}")
                continue
            run = json.loads(told.stdout.strip().splitlines()[-1])
            if way not in found or run["seconds"] < found[way]["seconds"]:
                found[way] = run
    for way, run in found.items():
        np.testing.assert_allclose(run["answer"], found["ours"]["answer"], rtol=1e-12, err_msg=way)
    print(f"{kind}, {rows:,} rows: same answer from {', '.join(found)}")
    for way, run in found.items():
        ratio = run["seconds"] / found["ours"]["seconds"]
        print(
            f"{way:>9} {run['seconds']:>7.2f} s, processor {run['cpu']:>7.2f} s, {run['peak_mb']:>6,.0f} MB, {ratio:>5.2f}x ours",
            flush=True,
        )
    if kind == "calls":
        against_the_bar(rows, found["ours"])


def main() -> None:
    """Calls, then ties."""
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:5])
        return
    sizes = [int(word) for word in sys.argv[1:3]]
    calls, events = (*sizes, *(8_000_000, 1_000_000)[len(sizes) :])
    with tempfile.TemporaryDirectory() as folder:
        path = made_calls(calls, Path(folder))
        print(f"file of {path.stat().st_size / 1e6:,.0f} MB")
        race("calls", list(WAYS), str(path), calls)
    race("ties", list(TIES), str(events), events)


if __name__ == "__main__":
    main()
