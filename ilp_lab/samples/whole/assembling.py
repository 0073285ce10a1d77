"""All files of the complete set, made in memory from one seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ilp_lab.samples import belmara
from ilp_lab.samples.incidents import DAYS
from ilp_lab.samples.whole import (
    accounts,
    crimes,
    ground,
    incidentfile,
    informing,
    operation,
    planting,
    registers,
    society,
    stops,
    telephones,
    web,
)
from ilp_lab.samples.whole.columns import csv_text

TOTAL = 180_000
TRUTHS = tuple(f"P{number}" for number in range(1, 13))


def build(
    seed: int, *, null: bool, told: Callable[[], object] = lambda: None
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Files by name, and the open truth; ``told`` is called after each of three parts."""
    land = ground.build(seed)
    told()
    files = {
        "areas.geojson": belmara.areas_text(land.country).encode("utf-8"),
        "beats.geojson": ground.beats_text(land),
        "districts.geojson": ground.districts_text(land),
        "regions.geojson": ground.regions_text(land),
        "streets.geojson": belmara.streets_text(land.country, land.streets).encode("utf-8"),
        "gazetteer.csv": csv_text(society.gazetteer(land)),
        "census.csv": csv_text(society.census(land, seed)),
        "penal_code.csv": csv_text(society.penal_code()),
        "harm_index.csv": csv_text(society.harm_index()),
        "survey.csv": csv_text(society.survey(land, seed)),
        "requirements.csv": csv_text(society.requirements()),
        "control_strategy.yml": society.CONTROL_STRATEGY.encode("utf-8"),
    }
    truth = _crimes(land, seed, files, null=null)
    told()
    truth |= _people(land, seed, files, null=null)
    told()
    found = {
        "planted": not null,
        **{name: truth[name] for name in TRUTHS},
        **{name: facts for name, facts in truth.items() if name not in TRUTHS},
    }
    return files, found


def incidents(
    land: ground.Ground, seed: int, *, null: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Columns of incidents and of stops, and the truth about both."""
    habits = crimes.Habits(land, seed)
    planted, truth = planting.plant(habits, seed, null=null)
    stopped, found, of_stops = stops.build(habits, seed, null=null)
    rest = TOTAL - len(planted) - len(found) - incidentfile.DUPLICATES
    made = crimes.together([crimes.ordinary(habits, seed, rest), planted, found])
    made, of_operation = operation.plant(made, land, seed, null=null)
    columns, of_file = incidentfile.build(made, land, seed, null=null)
    for name, ids in of_file.pop("incident_ids").items():
        truth[name]["incident_ids"] = ids
    return columns, stopped, truth | of_stops | of_operation | of_file


def _crimes(land: ground.Ground, seed: int, files: dict[str, bytes], *, null: bool) -> dict[str, Any]:
    columns, stopped, truth = incidents(land, seed, null=null)
    files["incidents.csv"] = csv_text(columns)
    files["stops.csv"] = csv_text(stopped)
    rows = operation.rows(land)
    files["operations.csv"] = csv_text(
        {name: [row[at] for row in rows] for at, name in enumerate(operation.COLUMNS)}
    )
    truth["incidents"] = {"rows": TOTAL, "first_day": "2023-01-01", "days": DAYS}
    return truth


def _people(land: ground.Ground, seed: int, files: dict[str, bytes], *, null: bool) -> dict[str, Any]:
    made, truth = web.build(seed, null=null)
    calls, towers, numbers, of_calls = telephones.build(land, made, seed, null=null)
    persons, of_persons = registers.persons(land, made, numbers, seed, null=null)
    held, of_held = registers.holdings(made, seed, null=null)
    told, of_reports = informing.build(land, made, of_held["P10"]["witness"], seed, null=null)
    paid, of_payments = accounts.build(made, seed, null=null)
    helped, of_referrals = society.referrals(seed, null=null)
    tables = {
        "entities": made.entities, "links": made.links, "persons": persons, "holdings": held, "reports": told, "calls": calls,
        "towers": towers, "transactions": paid, "referrals": helped,
    }  # fmt: skip
    for name, columns in tables.items():
        files[f"{name}.csv"] = csv_text(columns)
    return {**truth, **of_calls, **of_persons, **of_held, **of_reports, **of_payments, **of_referrals}
