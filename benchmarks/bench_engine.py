"""Questions over millions of incidents: DuckDB under a cap of 2 GB, PostgreSQL and Spark where they run, pandas and polars beside them.

    python benchmarks/bench_engine.py                      # 10 M on every engine, 50 M on DuckDB
    python benchmarks/bench_engine.py --rows 1000000 --large 0

Servers are named in ILP_LAB_BENCH_POSTGRES and ILP_LAB_BENCH_SPARK; without them their rows are left out, and that is said. With
``--servers`` both are started on loopback as the tests do (Spark needs ILP_LAB_TEST_SPARK or the package index). Each question runs in a
process of its own, so that what it takes of memory is its own. Processor time is that of this process and of the server's processes, where
they run here. Ratios are quoted, never times.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import pandas as pd
from racing import optional, warn_when_busy

CRS, PORTION = "EPSG:3035", 500_000
GROUPED = (
    "SELECT CAST(floor(cell_x / 4.0) AS BIGINT) AS kx, CAST(floor(cell_y / 4.0) AS BIGINT) AS ky, week, offence, count(*) AS n FROM {t} "
    "WHERE x IS NOT NULL AND occurred_at IS NOT NULL GROUP BY 1, 2, 3, 4"
)
CHECKED = "SELECT count(*) AS groups, sum(n) AS n, sum(n * kx) AS kx, sum(n * ky) AS ky FROM ({q}) AS g"


def made(rows: int) -> Iterator[pd.DataFrame]:
    """Incidents of a made-up country: half on one place in twenty, one in a hundred twice, some without a place."""
    rng = np.random.default_rng(11)
    offences = np.array(
        [
            "burglary",
            "theft",
            "vehicle theft",
            "criminal damage",
            "robbery",
            "assault",
            "drug offence",
            "fraud",
        ]
    )
    centres = rng.uniform(0, 400_000, (4_000, 2)) + np.array([4_400_000, 2_600_000])
    for first in range(0, rows, PORTION):
        n = min(PORTION, rows - first)
        at = centres[np.minimum(rng.zipf(1.3, n) - 1, len(centres) - 1)] + rng.normal(0, 900, (n, 2)).round(1)
        at[rng.random(n) < 0.005] = np.nan
        number = np.arange(first, first + n)
        again = rng.random(n) < 0.01
        number[again] = rng.integers(0, first + n, int(again.sum()))
        when = np.datetime64("2015-01-01T00:00:00") + rng.integers(0, 10 * 365 * 86_400, n).astype(
            "timedelta64[s]"
        )
        yield pd.DataFrame({
            "incident_id": pd.Series(number).astype("str"), "offence": pd.Categorical.from_codes(rng.integers(0, 8, n), categories=offences),
            "area": pd.Categorical.from_codes(rng.integers(0, 40, n), categories=[f"area {k:02d}" for k in range(40)]),
            "occurred_at": pd.Series(when).dt.tz_localize("UTC"), "x": at[:, 0], "y": at[:, 1],
        })  # fmt: skip


def answer(name: str, folder: str) -> dict[str, float]:
    """One question in this process: seconds and the numbers that must be the same for all."""
    if name.startswith("times "):
        return larger(folder, int(name.removeprefix("times ")))
    if name in {"pandas", "polars"}:
        began, worked = time.perf_counter(), time.process_time()
        found = by_pandas(folder) if name == "pandas" else by_polars(folder)
        return {"s": time.perf_counter() - began, "cpu": time.process_time() - worked, **found}
    from ilp_lab.engine import connect

    url = None if name == "duckdb" else os.environ[f"ILP_LAB_BENCH_{name.upper()}"]
    spill = {"spill": Path(folder).parent} if url is None else {}
    with connect(url, folder=folder if url is None else None, memory="2GB", **spill) as engine:
        source = f"public.bench_{Path(folder).name.replace('-', '_')}" if name == "postgres" else folder
        table = engine.table(source)
        began, worked = time.perf_counter(), processors(name)
        found = engine.sql(CHECKED.format(q=GROUPED.format(t=table))).iloc[0]
        asked = {"s": time.perf_counter() - began, "cpu": processors(name) - worked}
        asked |= {key: float(found[key]) for key in found.index}
        began, worked = time.perf_counter(), processors(name)
        asked["counted"] = float(analysed(table))
        return {**asked, "analyses_s": time.perf_counter() - began, "analyses_cpu": processors(name) - worked}


def processors(name: str) -> float:
    """Seconds of processors so far: of this process, and of a server's processes and their children where they run here (Linux)."""
    seconds = time.process_time()
    roots = [int(pid) for pid in os.environ.get(f"ILP_LAB_BENCH_{name.upper()}_PIDS", "").split(",") if pid]
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for folder in Path("/proc").iterdir() if roots else ():
        with suppress(OSError, ValueError):
            held = (folder / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(held[1]), []).append(int(folder.name))
            spent[int(folder.name)] = sum(map(int, held[11:15])) / os.sysconf("SC_CLK_TCK")
    while roots:
        pid = roots.pop()
        seconds += spent.get(pid, 0.0)
        roots += children.get(pid, [])
    return seconds


def analysed(table) -> int:
    """Three analyses of the kind that a notebook holds: cells, density, exceptions."""
    from ilp_lab import places, times

    cells = places.count(table, cell_m=2_000)
    places.density(table, bandwidth_m=4_000, cell_m=2_000)
    times.exceptions(table, by=["area", "offence"], since="2015-01-05", until="2024-12-22")
    return int(cells["n"].sum())


def by_pandas(folder: str) -> dict[str, float]:
    held = pd.read_parquet(
        Path(folder) / "incidents.parquet",
        columns=["x", "occurred_at", "cell_x", "cell_y", "week", "offence"],
    )
    held = held[held["x"].notna() & held["occurred_at"].notna()]
    held = held.assign(
        kx=np.floor(held["cell_x"] / 4).astype("int64"), ky=np.floor(held["cell_y"] / 4).astype("int64")
    )
    grouped = held.groupby(["kx", "ky", "week", "offence"], observed=True).size().reset_index(name="n")
    return {
        "groups": len(grouped),
        "n": float(grouped["n"].sum()),
        "kx": float((grouped["n"] * grouped["kx"]).sum()),
        "ky": float((grouped["n"] * grouped["ky"]).sum()),
    }


def by_polars(folder: str) -> dict[str, float]:
    import polars as pl

    grouped = (
        pl.scan_parquet(Path(folder) / "incidents.parquet")
        .filter(pl.col("x").is_not_null() & pl.col("occurred_at").is_not_null())
        .with_columns(
            kx=(pl.col("cell_x") / 4).floor().cast(pl.Int64), ky=(pl.col("cell_y") / 4).floor().cast(pl.Int64)
        )
        .group_by("kx", "ky", "week", "offence")
        .agg(n=pl.len().cast(pl.Int64))
        .select(
            groups=pl.len(),
            n=pl.col("n").sum(),
            kx=(pl.col("n") * pl.col("kx")).sum(),
            ky=(pl.col("n") * pl.col("ky")).sum(),
        )
        .collect(engine="streaming")
    )
    return {key: float(value) for key, value in grouped.row(0, named=True).items()}


def measured(name: str, folder: Path) -> dict[str, float]:
    """The same in a fresh process, with the most memory that it held."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[3]); from bench_engine import answer, most_held; found = answer(sys.argv[1], sys.argv[2]); "
        "found['mb'] = most_held(); print(json.dumps(found))"
    )
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, name, str(folder), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        print(
            f"  {name} did not answer: {told.stderr.strip().splitlines()[-1][:200] if told.stderr.strip() else told.returncode}"
        )
        return {}
    return json.loads(told.stdout.splitlines()[-1])


def most_held() -> float:
    """Megabytes that this process held at most; unlike ``getrusage``, nothing is inherited from the one that started it (Linux)."""
    try:
        told = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next(float(line.split()[1]) / 1024 for line in told if line.startswith("VmHWM"))


def imported(rows: int, place: Path):
    from ilp_lab.engine import import_incidents

    began, cpu = time.perf_counter(), time.process_time()
    report = import_incidents(made(rows), place / f"rows-{rows}", crs=CRS)
    print(
        f"  import of {rows:,}: {time.perf_counter() - began:.0f} s here ({time.process_time() - cpu:.0f} s of processors); {report}"
    )
    return report.folder


def larger(folder: str, times: int) -> dict[str, float]:
    """The grouping over so many copies of a table, each a country further east, made as the question reads them."""
    from ilp_lab.engine import connect

    ks = " UNION ALL ".join(f"SELECT {k} AS k" for k in range(times))
    with connect(folder=folder, memory="2GB", spill=Path(folder).parent) as engine:
        many = f"(SELECT x, cell_x + 2000 * k AS cell_x, cell_y, week, offence, occurred_at FROM {engine.table(folder)} CROSS JOIN ({ks}) AS ks) AS m"
        began, cpu = time.perf_counter(), time.process_time()
        found = engine.sql(CHECKED.format(q=GROUPED.format(t=many))).iloc[0]
        return {
            "s": time.perf_counter() - began,
            "cpu": time.process_time() - cpu,
            **{key: float(found[key]) for key in found.index},
        }


def stored(folder: Path) -> None:
    """The imported table on the PostgreSQL server."""
    from ilp_lab.engine import connect

    with connect(os.environ["ILP_LAB_BENCH_POSTGRES"]) as engine:
        began = time.perf_counter()
        engine.write(engine.table(folder), f"public.bench_{folder.name.replace('-', '_')}", replace=True)
        print(f"  stored on PostgreSQL in {time.perf_counter() - began:.0f} s here")


def started(opened: ExitStack) -> None:
    """Servers on loopback, as the tests start them, with modest settings; they end with the benchmark."""
    tests = Path(__file__).resolve().parents[1] / "tests" / "unit"
    sys.path[:0] = [str(tests / "engine"), str(tests / "records")]
    from postgres import server
    from sparkcluster import cluster

    url = opened.enter_context(server())
    port = url.rpartition(":")[2].partition("/")[0]
    os.environ["ILP_LAB_BENCH_POSTGRES"] = url
    os.environ["ILP_LAB_BENCH_POSTGRES_PIDS"] = ",".join(_serving(port))
    spark = opened.enter_context(cluster(memory_mb=1_500))
    os.environ["ILP_LAB_BENCH_SPARK"] = spark.url
    os.environ["ILP_LAB_BENCH_SPARK_PIDS"] = ",".join(str(one.pid) for one in spark.processes.values())


def _serving(port: str) -> list[str]:
    """Numbers of the processes that were started for a port (Linux)."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if {b"-p", port.encode()} <= set(file.read_bytes().split(b"\0")):
                found.append(file.parent.name)
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    asked.add_argument("--large", type=int, default=50_000_000)
    asked.add_argument("--folder", default=None)
    asked.add_argument("--servers", action="store_true")
    given = asked.parse_args()
    warn_when_busy()
    with ExitStack() as opened:
        if given.servers:
            started(opened)
        folder = opened.enter_context(tempfile.TemporaryDirectory(dir=given.folder))
        place = Path(folder)
        small, whole = imported(given.rows // 10, place), imported(given.rows, place)
        servers = [name for name in ("postgres", "spark") if os.environ.get(f"ILP_LAB_BENCH_{name.upper()}")]
        for name in sorted({"postgres", "spark"} - set(servers)):
            print(f"  {name}: no server named, left out")
        if "postgres" in servers:
            stored(small)
            stored(whole)
        first: dict[str, float] = {}
        for name in ["duckdb", *(["polars"] if optional("polars") else []), "pandas", *servers]:
            one, ten = measured(name, small), measured(name, whole)
            if not ten:
                continue
            first = first or ten
            same = (
                all(ten[key] == first[key] for key in ("groups", "n", "kx", "ky"))
                and ten.get("counted", first["counted"]) == first["counted"]
            )
            print(f"  {name:<9}{ten['mb']:>7,.0f} MB" + ("" if same else "  NOT THE SAME ANSWER"))
            for question, part in {"grouping": "", "three analyses": "analyses_"}.items():
                if part + "s" in ten:
                    took, worked = part + "s", part + "cpu"
                    print(
                        f"    {question:<15}{ten[took] / first[took]:>6.1f}x the time, {ten[worked] / first[worked]:>6.1f}x the processor time of DuckDB; "
                        f"ten times the rows cost {ten[took] / one[took]:.1f} times the time, {ten[worked] / one[worked]:.1f} times the processor time"
                    )
        if given.large:
            times = max(given.large // given.rows, 1)
            one, big = measured("times 1", whole), measured(f"times {times}", whole)
            print(
                f"  duckdb, {given.rows * times:,} rows, {big['groups']:,.0f} groups: {big['cpu'] / one['cpu']:.1f} times the processor time of "
                f"{given.rows:,}; {big['mb']:,.0f} MB at most"
            )


if __name__ == "__main__":
    main()
