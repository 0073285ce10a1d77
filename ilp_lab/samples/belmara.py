"""Writes the fictional Republic of Belmara: the same bytes on every machine.

Everything is whole-number arithmetic on raw random bits (:mod:`ilp_lab.samples.dice`) and divisions that are exact
to the last bit; coordinates are rounded before anything is decided by them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ilp_lab._check import Check
from ilp_lab.errors import WriteError
from ilp_lab.samples import assessments, burglars, calls, cooffences, money, network, records, reports, towns
from ilp_lab.samples import country as land
from ilp_lab.samples.messy import messy
from ilp_lab.samples.readme import README
from ilp_lab.samples.whole.sealing import SEALED, seal

SEED = 2025


def write_belmara(folder: str | Path, *, seed: int = SEED) -> Path:
    """Write the sample set of the fictional Republic of Belmara.

    The set is synthetic: no row describes a real person, place or event. The committed set is made with the default
    seed; another seed gives another country with the same kinds of planted truths.

    Parameters
    ----------
    folder
        Where to write; made when missing, files of the same names are replaced.
    seed
        A whole number of at least 0.

    Returns
    -------
    pathlib.Path
        The folder, holding ``README.md``, ``areas.geojson``, ``streets.geojson``, ``incidents.csv``,
        ``incidents_messy.csv``, ``burglaries_solved.csv``, ``entities.csv``, ``links.csv``, ``reports.csv``, ``calls.csv``,
        ``towers.csv``, ``transactions.csv``, ``co_offences.csv``, ``threat_matrix.csv``, ``harm_index.csv`` and ``truth.sealed.json`` (digests of what is planted, for
        :func:`fits_truth`; :func:`belmara_truth` opens it).

    Raises
    ------
    InputError
        When ``seed`` is not a whole number of at least 0.
    WriteError
        When the folder cannot be made or written to; each file is replaced whole or not at all.

    Notes
    -----
    Takes a few seconds and about 100 MB of memory; writes about 8 MB.

    Examples
    --------
    >>> write_belmara("somewhere", seed=-1)
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.write_belmara:
      - seed must be a whole number of at least 0; got -1.
    """
    faults = Check("samples.write_belmara")
    faults.whole(0, seed=seed)
    faults.done()
    seed = int(seed)
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        files, _ = _build(seed)
        for name, content in files.items():
            write_whole(target / name, content if isinstance(content, bytes) else content.encode("utf-8"))
    except OSError as error:
        raise WriteError(
            f"samples.write_belmara: cannot write into {target}: {error.strerror or error}."
        ) from error
    return target


def belmara_truth(*, seed: int = SEED) -> dict[str, Any]:
    """Open what is planted in the small set: for trainers and tests.

    Parameters
    ----------
    seed
        As in :func:`write_belmara`.

    Returns
    -------
    dict
        What was planted, where, and which rows, by name: ``near_repeat_series``, ``coast_season``, ``count_and_harm``,
        ``false_hot_spot``, ``messy``, ``network``, ``burglary_crews``, ``reports``, ``calls``, ``transactions``, ``co_offending``,
        ``threat_matrix``.

    Raises
    ------
    InputError
        When ``seed`` is not a whole number of at least 0.

    Notes
    -----
    It stands in no file: the set is made again, which takes a few seconds the first time.

    Examples
    --------
    >>> belmara_truth(seed="secret")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.belmara_truth:
      - seed must be a whole number of at least 0; got 'secret'.
    """
    faults = Check("samples.belmara_truth")
    faults.whole(0, seed=seed)
    faults.done()
    opened: dict[str, Any] = json.loads(_truth_of(int(seed)))
    return opened


@lru_cache(maxsize=2)
def _truth_of(seed: int) -> str:
    return json.dumps(_build(seed)[1])


def _build(seed: int) -> tuple[dict[str, str | bytes], dict[str, Any]]:
    """Files by name, and the open truth."""
    files: dict[str, str | bytes] = {"README.md": README}
    country = land.build(seed)
    streets, addresses = towns.build(country, seed)
    files["areas.geojson"] = areas_text(country)
    files["streets.geojson"] = streets_text(country, streets)
    rows, truth = records.build(country, addresses, seed)
    files["incidents.csv"] = table(records.COLUMNS, rows)
    files["incidents_messy.csv"], truth["messy"] = messy(country, addresses, seed)
    entities, links, truth["network"] = network.build(seed)
    files["entities.csv"] = table(network.ENTITY_COLUMNS, entities)
    files["links.csv"] = table(network.LINK_COLUMNS, links)
    solved, truth["burglary_crews"] = burglars.build(country, addresses, seed)
    files["burglaries_solved.csv"] = table(burglars.COLUMNS, solved)
    told, truth["reports"] = reports.build(seed)
    files["reports.csv"] = table(reports.COLUMNS, told)
    rows_of_calls, towers, truth["calls"] = calls.build(country, seed)
    files["calls.csv"] = table(calls.COLUMNS, rows_of_calls)
    files["towers.csv"] = table(calls.TOWER_COLUMNS, towers)
    payments, truth["transactions"] = money.build(seed)
    files["transactions.csv"] = table(money.COLUMNS, payments)
    together, truth["co_offending"] = cooffences.build(seed)
    files["co_offences.csv"] = table(cooffences.COLUMNS, together)
    scored, truth["threat_matrix"] = assessments.build(seed)
    files["threat_matrix.csv"] = table(assessments.COLUMNS, scored)
    files["harm_index.csv"] = table(records.HARM_COLUMNS, records.HARM)
    files[SEALED] = seal(_as_asked(truth), seed, of="belmara")
    return files, truth


def _as_asked(truth: Mapping[str, Any]) -> dict[str, Any]:
    """The truths that the small set shares with the complete one, under their numbers."""
    return {
        "planted": True,
        "P1": {"incident_ids": truth["near_repeat_series"]["incident_ids"]},
        "P2": {"brokers": truth["network"]["brokers"]},
        "P3": {"area": truth["count_and_harm"]["few_grave"]["area"]},
        "P5": {"area": truth["false_hot_spot"]["area"]},
        "P6": {"areas": truth["coast_season"]["areas"]},
        "P8": {"circular": truth["reports"]["circular"], "malicious": truth["reports"]["malicious"]},
    }


def write_whole(file: Path, content: bytes) -> None:
    """Put the file in place whole, or leave what was there."""
    part = file.with_name(file.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as csv text with plain line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def areas_text(country: land.Country) -> str:
    """Outlines of the local units as geojson."""
    features = []
    for unit in country.units:
        rings = [[land.degrees(point) for point in ring] for ring in unit.outline]
        facts = {
            "area": unit.area,
            "name": unit.name,
            "district": unit.district,
            "region": unit.region,
            "population": unit.population,
        }
        features.append(feature(facts, "Polygon", rings))
    return collection("areas", features)


def streets_text(country: land.Country, streets: Sequence[towns.Street]) -> str:
    """Streets and roads as geojson."""
    features = []
    for street in streets:
        facts = {
            "street_id": street.street_id,
            "name": street.name,
            "kind": street.kind,
            "area": country.units[street.unit].area if street.unit >= 0 else None,
        }
        features.append(feature(facts, "LineString", [land.degrees(point, 5) for point in street.line]))
    return collection("streets", features)


def feature(facts: dict[str, Any], kind: str, coordinates: Any) -> str:
    """One feature of a geojson file."""
    content = {"type": "Feature", "properties": facts, "geometry": {"type": kind, "coordinates": coordinates}}
    return json.dumps(content, separators=(",", ":"))


def collection(name: str, features: Sequence[str]) -> str:
    """Features as a geojson file, one a line."""
    return f'{{"type":"FeatureCollection","name":"{name}","features":[\n' + ",\n".join(features) + "\n]}\n"
