"""Rights are features: the table of safeguards is true, and there is no risk score of a person."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

import ilp_lab as ilp
from ilp_lab.errors import IlpError
from ilp_lab.safeguards import rule_set

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "safeguards.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| D\d+ ", line)
]


def test_the_table_lists_all_twenty_as_the_pack_has_them():
    rules = rule_set()
    assert [row[0].split()[0] for row in ROWS] == [rule.id for rule in rules.rules]
    assert [(row[1], row[2]) for row in ROWS] == [(rule.stage, rule.mode) for rule in rules.rules]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_table_names_is_there(row):
    for name in re.findall(r"`([a-z]+)\.(\w+)`", row[4]):
        assert hasattr(importlib.import_module(f"ilp_lab.{name[0]}"), name[1]), name
    for name in row[3].split(", "):
        if name not in {"all", "none"}:
            assert hasattr(ilp.records, name), name
    for file in re.findall(r"`(tests/[\w/.]+)`", row[5]):
        assert (ROOT / file).exists(), file


def public():
    for package in ilp.__all__:
        module = getattr(ilp, package)
        for name in getattr(module, "__all__", ()):
            yield f"{package}.{name}", getattr(module, name)


def test_nothing_scores_the_risk_of_a_person():
    banned = re.compile(r"(risk|threat|danger|propensity|recidiv\w*)_?(score|of_person|offender|suspect)|person_risk|predict_(person|offender|suspect)", re.IGNORECASE)  # fmt: skip
    assert [name for name, _ in public() if banned.search(name)] == []


def test_forecasts_are_of_places_only_and_only_when_asked_for():
    parameters = inspect.signature(ilp.times.forecast).parameters
    assert not {"person", "persons", "offender", "offenders", "entity", "entities"} & set(parameters)
    assert parameters["opt_in"].default is False
    import geopandas as gpd
    import pandas as pd

    thefts = gpd.GeoDataFrame(
        {"occurred_at": pd.date_range("2025-01-01", periods=40, tz="UTC")},
        geometry=gpd.points_from_xy(range(40), range(40)),
        crs=32633,
    )
    with pytest.raises(IlpError, match="opt_in"):
        ilp.times.forecast(thefts, discovered=[])
