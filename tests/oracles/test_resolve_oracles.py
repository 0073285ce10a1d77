"""One person or two, on public data with known truth: FEBRL 1 and 4, RLdata500."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ilp_lab import intake

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.realdata


def febrl(name):
    path = SHARED / "er_febrl" / f"{name}.csv"
    if not path.exists():
        pytest.skip("the FEBRL records are not beside the project (../shared/data/er_febrl)")
    return pd.read_csv(path, skipinitialspace=True, dtype=str).set_index("rec_id")


def scores(table, same, true, at_least):
    """Precision, recall and F1 of the pairs from a probability on."""
    taken = same[table["probability"].to_numpy() >= at_least]
    precision, recall = taken.mean(), taken.sum() / true
    return precision, recall, 2 * precision * recall / (precision + recall)


def numbers(ids):
    return ids.str.split("-").str[1].to_numpy()


@pytest.mark.slow
def test_febrl_1():
    found = intake.resolve(febrl("dataset1"))
    same = numbers(found.table["one"]) == numbers(found.table["other"])
    assert scores(found.table, same, 500, 0.5)[2] >= 0.998
    merged = (found.table["band"] == "merge").to_numpy()
    assert same[merged].mean() >= 0.999
    assert merged.sum() >= 440  # two document numbers are for a human, a misspelt one as well
    sizes = found.details["clusters"].groupby("entity")["id"].agg(lambda ids: len(set(numbers(ids))))
    assert (sizes == 1).all()


@pytest.mark.slow
def test_febrl_4():
    found = intake.resolve(febrl("dataset4a"), other=febrl("dataset4b"), once=True)
    same = numbers(found.table["one"]) == numbers(found.table["other"])
    assert scores(found.table, same, 5000, 0.5)[2] >= 0.999
    merged = (found.table["band"] == "merge").to_numpy()
    assert same[merged].mean() >= 0.999
    assert found.details["clusters"]["size"].max() == 2


def test_rldata500():
    path = SHARED / "er_rldata" / "RLdata500.csv"
    if not path.exists():
        pytest.skip("RLdata500 is not beside the project (../shared/data/er_rldata)")
    people = pd.read_csv(path, dtype=str).set_index("rec_id")
    found = intake.resolve(people)
    who = people["ent_id"]
    same = who[found.table["one"]].to_numpy() == who[found.table["other"]].to_numpy()
    precision, recall, f1 = scores(found.table, same, 50, 0.5)
    assert precision == 1
    assert recall >= 0.88
    assert f1 >= 0.94
