"""Race of one person or two: ours against Splink set up by hand, on made-up people of whom every eighth comes twice.

    python benchmarks/bench_resolve.py            100,000 records: cost against plain Splink, quality of both
    python benchmarks/bench_resolve.py 1000000    a million: the same, and the most memory that each process ever held
    python benchmarks/bench_resolve.py 100000 vehicle    vehicles (or phone, address) of samples.hard_records: what a record costs beside one of a person

Each runs in a process of its own, so that its memory can be told; processor seconds are compared, not the clock.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
SHARE_TWICE = 0.125
MEMORY = "1GB"  # the default of resolve


def words(count: int, syllables: int, rng: np.random.Generator) -> np.ndarray:
    """Words that nobody bears."""
    parts = rng.integers(0, len(SYLLABLES), (count * 2, syllables))
    made = dict.fromkeys("".join(SYLLABLES[at] for at in row) for row in parts)
    return np.array(list(made)[:count])


def rarely_even(pool: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Some of them are far more frequent than others."""
    return pool[(len(pool) * rng.random(count) ** 2).astype(int)]


def people(records: int, seed: int = 5) -> pd.DataFrame:
    """Made-up records; ``entity`` says who it is."""
    rng = np.random.default_rng(seed)
    once = int(records / (1 + SHARE_TWICE))
    born = pd.Timestamp("1945-01-01") + pd.to_timedelta(rng.integers(0, 22_000, once), unit="D")
    towns = words(400, 3, rng)
    first = pd.DataFrame(
        {
            "given_name": rarely_even(words(2_000, 3, rng), once, rng),
            "surname": rarely_even(words(30_000, 4, rng), once, rng),
            "date_of_birth": born.strftime("%Y-%m-%d"),
            "phone": [f"99950{number:07d}" for number in rng.integers(0, 10_000_000, once)],
            "street": rarely_even(words(5_000, 4, rng), once, rng),
            "house_number": rng.integers(1, 90, once).astype(str),
            "town": towns[rng.integers(0, 400, once)],
            "entity": np.arange(once),
        }
    )
    again = first.iloc[rng.choice(once, records - once, replace=False)].copy()
    for column, share in (("given_name", 0.15), ("surname", 0.15)):
        slip = np.flatnonzero(rng.random(len(again)) < share)
        at = again.columns.get_loc(column)
        again.iloc[slip, at] = [text[:2] + "aeiou"[len(text) % 5] + text[3:] for text in again.iloc[slip, at]]
    swap = np.flatnonzero(
        (rng.random(len(again)) < 0.05) & (again["date_of_birth"].str[8:].astype(int) <= 12)
    )
    dates = again["date_of_birth"].to_numpy().copy()
    dates[swap] = [f"{text[:4]}-{text[8:]}-{text[5:7]}" for text in dates[swap]]
    again["date_of_birth"] = dates
    moved = rng.random(len(again)) < 0.2
    for column in ("street", "house_number", "town"):
        again.loc[moved, column] = rng.permutation(again.loc[moved, column].to_numpy())
    again.loc[rng.random(len(again)) < 0.3, "phone"] = None
    return pd.concat([first, again], ignore_index=True).sample(frac=1, random_state=1).reset_index(drop=True)


def things(kind: str, records: int) -> pd.DataFrame:
    """Made-up vehicles, phones or addresses that are hard to tell."""
    from ilp_lab import samples

    made = samples.hard_records(kind, records).reset_index(drop=True)
    return made.drop(columns=["truth", "trap"]).assign(entity=pd.factorize(made["truth"])[0])


def ours(table: pd.DataFrame, kind: str = "person") -> pd.DataFrame:
    """Pairs as the library finds them."""
    from ilp_lab import intake

    found = intake.resolve(table.drop(columns="entity"), kind=kind, memory=MEMORY)
    return found.table[["one", "other", "probability"]]


def plain_splink(table: pd.DataFrame) -> pd.DataFrame:
    """Pairs as somebody finds them who sets Splink up by its tutorial."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    spill = tempfile.TemporaryDirectory()
    connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": spill.name})
    api = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.9]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.9]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", 1),
            cl.ExactMatch("phone"), cl.ExactMatch("street"), cl.ExactMatch("house_number"), cl.ExactMatch("town"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "date_of_birth"), block_on("surname", "date_of_birth"), block_on("phone"),
            block_on("given_name", "surname", "town"), block_on("street", "house_number", "town"),
        ],
    )  # fmt: skip
    linker = Linker(
        api.register(table.drop(columns="entity").assign(unique_id=np.arange(len(table))), table_name="people"), settings, log_level=None
    )  # fmt: skip
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given_name", "surname", "date_of_birth")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("date_of_birth"), block_on("given_name", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    return found.rename(
        columns={"unique_id_l": "one", "unique_id_r": "other", "match_probability": "probability"}
    )[["one", "other", "probability"]]


def run(name: str, records: int) -> None:
    """One of both, and what it cost, as a line of JSON."""
    of_things = name in {"vehicle", "phone", "address"}
    table = things(name, records) if of_things else people(records)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start, clock = time.process_time(), time.perf_counter()
    pairs = ours(table, name) if of_things else {"ours": ours, "plain Splink": plain_splink}[name](table)
    cost, clock = time.process_time() - start, time.perf_counter() - clock
    who = table["entity"].to_numpy()
    sure = pairs[pairs["probability"] >= 0.5]
    same = who[sure["one"]] == who[sure["other"]]
    true = len(table) - table["entity"].nunique()
    precision, recall = float(same.mean()), float(same.sum()) / true
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        json.dumps(
            {
                "seconds": cost,
                "clock": clock,
                "before": before,
                "peak": peak,
                "precision": precision,
                "recall": recall,
            }
        )
    )


def main() -> None:
    """Both, and their ratio."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    costs = {}
    print(f"One person or two among {records:,} records, DuckDB held to {MEMORY}")
    for name in ("ours", *sys.argv[2:3]) if sys.argv[2:] else ("ours", "plain Splink"):
        told = subprocess.run(
            [sys.executable, __file__, "--run", name, str(records)],
            check=True,
            capture_output=True,
            text=True,
        )
        said = json.loads(told.stdout.strip().splitlines()[-1])
        costs[name] = said["seconds"]
        f1 = 2 * said["precision"] * said["recall"] / (said["precision"] + said["recall"])
        print(
            f"  {name:<14} processor {said['seconds'] / costs['ours']:>6.2f}x   most memory {said['peak']:.2f} GB ({said['before']:.2f} GB of it before)   "
            f"precision {said['precision']:.4f}   recall {said['recall']:.4f}   F1 {f1:.4f}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], int(sys.argv[3]))
    else:
        main()
