"""Reading a million incidents: ours, with every check and the quality report, beside plain typed readers.

All run interleaved in one process, the best of each is taken, and the same rows and sums are asserted. The peers read the
same columns with types and check nothing. Two ratios are printed: to the fastest of all, which reads few-valued columns as
plain text, and to the fastest that reads them as categories, as ours does. Processor time is that of all threads; on a shared
machine it is the steadier measure.

Run: python benchmarks/bench_load.py [rows]
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ilp_lab.intake import read_incidents

REPEATS = 21
SLOW, EVERY = ("ours, geometries built as well", "polars, typed", "duckdb, typed"), 4
TEXTS, FEW = ["incident_id"], ["crime_type", "beat", "status"]
SAME_TYPES = ("pyarrow, typed categories", "pyarrow, the same pandas table", "polars, typed")
NUMBERS = ["easting", "northing", "longitude", "latitude"]


def make(rows: int, path: Path, *, shuffled: bool) -> None:
    """A file of synthetic incidents, nine columns, in the order of their numbers or in none."""
    rng = np.random.default_rng(0)
    when = np.datetime64("2021-01-01", "s") + rng.integers(0, 4 * 365 * 86_400, rows)
    frame = pd.DataFrame(
        {
            "incident_id": [f"C{number:09d}" for number in range(rows)],
            "crime_type": rng.choice(["BURGLARY", "ROBBERY", "THEFT", "ASSAULT, COMMON"], rows),
            "occurred_at": pd.Series(when).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "easting": rng.uniform(500_000, 530_000, rows).round(1),
            "northing": rng.uniform(5_300_000, 5_330_000, rows).round(1),
            "longitude": rng.uniform(16, 16.5, rows).round(6),
            "latitude": rng.uniform(48, 48.4, rows).round(6),
            "beat": rng.choice([f"B{number:02d}" for number in range(40)], rows),
            "status": rng.choice(["open", "closed"], rows),
        }
    )
    if shuffled:
        frame = frame.sample(frac=1, random_state=0)
    frame.to_csv(path, index=False)


def optional(name: str) -> Any:
    """A peer, or None with the reason printed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"  {name} does not run here: {error}")
        return None


def runners(path: Path) -> dict[str, Callable[[], tuple[int, float]]]:
    """Name → a function that reads the file and returns its rows and the sum of a column."""
    import pyarrow as pa
    from pyarrow import csv

    def arrow(few: Any) -> Callable[[], tuple[int, float]]:
        types = {"incident_id": pa.string(), "occurred_at": pa.timestamp("s")}
        types |= dict.fromkeys(FEW, few) | dict.fromkeys(NUMBERS, pa.float64())
        options = csv.ConvertOptions(column_types=types)

        def run() -> tuple[int, float]:
            table = csv.read_csv(path, convert_options=options)
            return table.num_rows, float(np.sum(table["longitude"].to_numpy()))

        return run

    def arrow_to_pandas() -> tuple[int, float]:
        types = {"incident_id": pa.string(), "occurred_at": pa.timestamp("s")}
        types |= dict.fromkeys(FEW, pa.dictionary(pa.int32(), pa.string())) | dict.fromkeys(
            NUMBERS, pa.float64()
        )
        table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types))
        text = pd.StringDtype("pyarrow", na_value=np.nan)
        frame = table.to_pandas(types_mapper={pa.string(): text}.get, split_blocks=True)
        return len(frame), float(frame["longitude"].sum())

    def ours() -> tuple[int, float]:
        incidents, quality = read_incidents(path, tz="UTC")
        return quality.rows, float(np.sum(incidents.geometry.array.x))

    def ours_built() -> tuple[int, float]:
        incidents, quality = read_incidents(path, tz="UTC")
        return quality.rows, float(np.sum(shapely.get_x(np.asarray(incidents.geometry.array))))

    found = {
        "ours, all checks and report": ours,
        "ours, geometries built as well": ours_built,
        "pyarrow, typed text": arrow(pa.string()),
        "pyarrow, typed categories": arrow(pa.dictionary(pa.int32(), pa.string())),
        "pyarrow, the same pandas table": arrow_to_pandas,
    }
    polars, duckdb = optional("polars"), optional("duckdb")
    if polars is not None:
        schema = {
            "incident_id": polars.String,
            "crime_type": polars.Categorical,
            "occurred_at": polars.Datetime,
        }
        schema |= dict.fromkeys(NUMBERS, polars.Float64) | {
            "beat": polars.Categorical,
            "status": polars.Categorical,
        }

        def run_polars() -> tuple[int, float]:
            table = polars.read_csv(path, schema=schema)
            return len(table), float(table["longitude"].sum())

        found["polars, typed"] = run_polars
    if duckdb is not None:
        kinds = {"incident_id": "VARCHAR", "crime_type": "VARCHAR", "occurred_at": "TIMESTAMP"}
        kinds |= dict.fromkeys(NUMBERS, "DOUBLE") | {"beat": "VARCHAR", "status": "VARCHAR"}

        def run_duckdb() -> tuple[int, float]:
            table = duckdb.sql(
                f"select * from read_csv('{path}', header=true, columns={kinds})"
            ).to_arrow_table()
            return table.num_rows, float(np.sum(table["longitude"].to_numpy()))

        found["duckdb, typed"] = run_duckdb
    return found


def main(rows: int) -> None:
    """Race on rows in the order of their numbers, as most exports are, and on the same rows in no order."""
    for shuffled in (False, True):
        print("rows in no order" if shuffled else "rows in the order of their numbers")
        race(rows, shuffled=shuffled)


def race(rows: int, *, shuffled: bool) -> None:
    """Race them and print ratios to the fastest plain reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "incidents.csv"
        make(rows, path, shuffled=shuffled)
        best: dict[str, float] = {}
        used: dict[str, float] = {}
        answers: dict[str, tuple[int, float]] = {}
        racing = runners(path)
        for repeat in range(REPEATS):
            for name, run in racing.items():
                if name in SLOW and repeat % EVERY:
                    continue
                began, worked = time.perf_counter(), time.process_time()
                answers[name] = run()
                best[name] = min(best.get(name, np.inf), time.perf_counter() - began)
                used[name] = min(used.get(name, np.inf), time.process_time() - worked)
        first = next(iter(answers.values()))
        for name, (count, total) in answers.items():
            assert count == first[0], name
            assert abs(total - first[1]) < 1e-6 * abs(first[1]), name
        print(
            f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB; ratio to the fastest reader, and with the same types"
        )
        titles = f"{'':<34}{'elapsed':>12}{'any':>7}{'same':>7}{'processor':>12}{'any':>7}{'same':>7}"
        print(titles)
        for name in sorted(best, key=best.__getitem__):
            print(f"  {name:<32}" + "".join(_ratios(taken, name) for taken in (best, used)))


def _ratios(taken: dict[str, float], name: str) -> str:
    """A time, beside that of the fastest peer and of the fastest one that makes categories."""
    peers = {peer: seconds for peer, seconds in taken.items() if not peer.startswith("ours")}
    alike = {peer: seconds for peer, seconds in peers.items() if peer in SAME_TYPES}
    fastest, same = min(peers.values()), min(alike.values())
    return f"{taken[name] * 1000:>9.0f} ms{taken[name] / fastest:>6.2f}x{taken[name] / same:>6.2f}x"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
