"""Records → weighed pairs: Splink learns how much each likeness tells, and adds it up for every pair."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.intake.resolving.comparing import DISTANCE, Trait
from ilp_lab.intake.resolving.explaining import probability
from ilp_lab.intake.resolving.preparing import Prepared

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from ilp_lab.intake.resolving.backends import Desk

_SAMPLE = 900
_SESSIONS = 3
_FEWEST_PAIRS = 10
_SLACK = 6.0
_FEWEST_TRAITS = 3
_ASSUMED_PAIRS = 50
_DIGITS = 6
_GRAIN = 2.0**20
_LEAST_M = 1e-4
_TRAINING: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "person": (
        ("born",),
        ("given_key", "surname_key"),
        ("document",),
        ("street_key", "house"),
        ("subscriber",),
    ),
    "vehicle": (("plate_seen",), ("frame",)),
    "phone": (("subscriber",), ("imei",), ("imsi",), ("given_key", "surname_key")),
    # nothing that goes with town or postcode: one gives the other, and streets and house numbers would be learnt to tell nothing
    "address": (("street_key", "house"),),
}


@dataclass(frozen=True)
class Model:
    """What each likeness tells.

    Attributes
    ----------
    prior
        Share of all pairs of records that are taken to be one and the same.
    m, u
        Trait → share of true pairs, and of other pairs, that reach each level (the silent ones left out).
    learnt
        Traits of which ``m`` was learnt from the data; of the others it is assumed.
    """

    prior: float
    m: Mapping[str, tuple[float, ...]]
    u: Mapping[str, tuple[float, ...]]
    learnt: frozenset[str]


def speaking(trait: Trait) -> list[int]:
    """Numbers of the levels that tell something."""
    return [at for at, level in enumerate(trait.levels) if not level.silent]


def assumed(traits: tuple[Trait, ...], pairs: float) -> Model:
    """The model before anything was learnt."""
    m = {trait.name: tuple(trait.levels[at].m for at in speaking(trait)) for trait in traits}
    u = {trait.name: tuple(_spread(len(speaking(trait)))) for trait in traits}
    return Model(1 / max(pairs, 2), m, u, frozenset())


def _spread(levels: int) -> list[float]:
    """Ever rarer the more alike."""
    raw = [0.001 * 4**at for at in range(levels - 1)]
    return [*raw, 1 - sum(raw)] if sum(raw) < 0.9 else [1 / levels] * levels


def settings(prepared: Prepared, model: Model, dialect: str, *, link: bool) -> dict[str, Any]:
    """What Splink is asked, as a dictionary."""
    return {
        "link_type": "link_only" if link else "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": model.prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "em_convergence": 1e-4,
        "max_iterations": 25,
        "comparisons": [_comparison(trait, model, dialect) for trait in prepared.traits],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": f"l.{block} = r.{block}", "sql_dialect": dialect} for block in prepared.blocks
        ],
    }


def _comparison(trait: Trait, model: Model, dialect: str) -> dict[str, Any]:
    levels = []
    at = 0
    for number, level in enumerate(trait.levels):
        said: dict[str, Any] = {
            "sql_condition": _sql(level.sql, dialect) if level.sql else "ELSE",
            "label_for_charts": f"{number}",
        }
        if level.silent:
            said["is_null_level"] = True
        else:
            said["m_probability"] = model.m[trait.name][at]
            said["u_probability"] = model.u[trait.name][at]
            at += 1
        if level.frequent:
            said["tf_adjustment_column"] = level.frequent
            said["tf_minimum_u_value"] = 1e-6
        levels.append(said)
    return {"output_column_name": trait.name, "comparison_levels": levels}


def _sql(template: str, dialect: str) -> str:
    """A condition in the way Splink writes columns of the left and the right record."""
    sql = template.replace("@d", DISTANCE[dialect])
    sql = re.sub(r"@l\.(\w+)", r"\1_l", sql)
    return re.sub(r"@r\.(\w+)", r"\1_r", sql)


def weigh(prepared: Prepared, desk: Desk, *, bits_below: float) -> tuple[Model, pd.DataFrame]:
    """Learn how much each likeness tells, and add it up for every pair.

    Parameters
    ----------
    prepared
        The records.
    desk
        Where Splink works.
    bits_below
        Smallest weight that is kept.

    Returns
    -------
    model, pairs
        ``one``, ``other`` (numbers of records), ``level_…``, ``part_…`` in bits, ``part_prior`` and ``weight``, their sum. Bits are rounded to
        a 2²⁰th, so that they add up without any rest in whatever order.
    """
    tables = [
        desk.put(arrow_of(prepared, part, desk.dialect)) for _, part in prepared.records.groupby("source")
    ]
    counts = np.bincount(prepared.records["source"], minlength=2).astype(float)
    total = max(counts[0] * counts[1] if len(tables) > 1 else counts[0] * (counts[0] - 1) / 2, 1.0)
    first = assumed(prepared.traits, total / max(min(counts[counts > 0]), 1))
    least = 0.5 / max(total, 1e6)
    chance = _by_chance(prepared, first, desk, link=len(tables) > 1)
    first = replace(first, u=_bounded(chance, least))
    taught, learnt = _true_pairs(prepared, first, tables, desk)
    compared = _compared(prepared, replace(first, m=taught), tables, desk, bits_below=bits_below - _SLACK)
    matches = float(
        probability(_weights(compared, prepared.traits, replace(first, m=taught))["weight"].to_numpy()).sum()
    )
    # a handful of pairs teaches little: as many assumed ones stand beside them
    trust = matches / (matches + _ASSUMED_PAIRS)
    m = {
        name: tuple(trust * new + (1 - trust) * old for new, old in zip(taught[name], first.m[name], strict=True))
        for name in taught
    }  # fmt: skip
    prior = min(max(matches / total, 0.5 / total), 0.5)
    # the sample of all pairs holds true ones too; what they bring is taken off
    u = {
        name: tuple(max((rate - prior * part) / (1 - prior), rate * 0.01) for rate, part in zip(chance[name], m[name], strict=True))
        for name in chance
    }  # fmt: skip
    model = Model(float(f"{prior:.{_DIGITS}g}"), _bounded(m, _LEAST_M), _bounded(u, least), learnt)
    pairs = _weights(compared, prepared.traits, model)
    return model, pairs[pairs["weight"] >= bits_below].reset_index(drop=True)


def _bounded(shares: Mapping[str, tuple[float, ...]], least: float) -> dict[str, tuple[float, ...]]:
    """Shares that are never nothing, add up to one, and do not hang on the last digits of a sum."""
    bounded = {}
    for name, values in shares.items():
        floored = np.maximum(values, least)
        bounded[name] = tuple(float(f"{value:.{_DIGITS}g}") for value in floored / floored.sum())
    return bounded


def _sample(records: pd.DataFrame, most: int) -> pd.DataFrame:
    """Records picked by the hash of what they hold, so that the choice does not hang on their order.

    Of records that hold the same, one: they would be picked together, and as they mostly are one and the same, likeness would seem to come by chance.
    """
    import pandas as pd

    if len(records) <= most:
        return records
    columns = [name for name in records if not str(name).startswith("block_") and name != "record"]
    drawn = pd.util.hash_pandas_object(records[columns].astype(str), index=False).to_numpy()
    order = np.lexsort((records["record"], drawn))
    again = np.append(False, drawn[order][1:] == drawn[order][:-1])
    return records.iloc[np.sort(np.concatenate([order[~again], order[again]])[:most])]


def _by_chance(prepared: Prepared, model: Model, desk: Desk, *, link: bool) -> dict[str, tuple[float, ...]]:
    """How often records that are nothing to each other reach each level."""
    sources = [part for _, part in prepared.records.groupby("source")] if link else [prepared.records]
    names = [desk.put(arrow_of(prepared, _sample(part, _SAMPLE), desk.dialect)) for part in sources]
    # a level that nobody reaches keeps what it began with: next to nothing
    model = replace(model, u={name: (*(1e-9 for _ in held[1:]), 1.0) for name, held in model.u.items()})
    with desk.linker(names, settings(prepared, model, desk.dialect, link=link)) as linker:
        linker.training.estimate_u_using_random_sampling(
            max_pairs=1e9, min_count_per_level=None, num_chunks=1
        )
        trained = linker.misc.save_model_to_json()
    return _read(trained, prepared.traits, "u_probability", set(model.u), model.u)


def _read(
    trained: Mapping[str, Any], traits: tuple[Trait, ...], what: str, which: set[str], instead: Mapping[str, tuple[float, ...]]
) -> dict[str, tuple[float, ...]]:  # fmt: skip
    by_name = {
        comparison["output_column_name"]: comparison["comparison_levels"]
        for comparison in trained["comparisons"]
    }
    found = {}
    for trait in traits:
        held = [by_name[trait.name][at].get(what) for at in speaking(trait)]
        held = [
            0.0 if not isinstance(value, (int, float)) or math.isnan(value) else float(value)
            for value in held
        ]
        found[trait.name] = tuple(held) if trait.name in which and sum(held) > 0 else instead[trait.name]
    return found


def arrow_of(prepared: Prepared, records: pd.DataFrame, dialect: str) -> pa.Table:
    """Records as a table that the engine takes: Spark knows no long texts; for DuckDB the texts are not copied."""
    import pyarrow as pa

    table = pa.Table.from_pandas(
        records[columns_of(prepared)], preserve_index=False
    ).replace_schema_metadata()
    plain = [
        pa.types.is_null(field.type) or (dialect != "duckdb" and pa.types.is_large_string(field.type))
        for field in table.schema
    ]
    fields = [
        field.with_type(pa.string()) if wide else field
        for field, wide in zip(table.schema, plain, strict=True)
    ]
    return table.cast(pa.schema(fields))


def columns_of(prepared: Prepared) -> list[str]:
    """The columns that Splink needs."""
    said = " ".join(
        level.sql + " @l." + (level.frequent or "record")
        for trait in prepared.traits
        for level in trait.levels
    )
    named = dict.fromkeys(re.findall(r"@[lr]\.(\w+)", said))
    training = {part for rules in _TRAINING.values() for rule in rules for part in rule}
    kept = [name for name in prepared.records if name in named or name in training]
    return list(dict.fromkeys(["record", *map(str, kept), *prepared.blocks]))


def _true_pairs(
    prepared: Prepared, model: Model, tables: Sequence[str], desk: Desk
) -> tuple[Mapping[str, tuple[float, ...]], frozenset[str]]:
    """What true pairs have in common, by expectation maximisation among records that share something telling."""
    rules = [
        rule for rule in _TRAINING[prepared_kind(prepared)]
        if _pairs_that_share(prepared.records, rule) >= _FEWEST_PAIRS
    ][:_SESSIONS]  # fmt: skip
    if len(prepared.traits) < _FEWEST_TRAITS or not rules:
        return model.m, frozenset()
    learnt: set[str] = set()
    with desk.linker(tables, settings(prepared, model, desk.dialect, link=len(tables) > 1)) as linker:
        trained = linker.misc.save_model_to_json()
        for rule in rules:
            taught = _session(linker, rule)
            if not taught:  # a session that fails leaves the linker half changed
                break
            learnt |= taught
            trained = linker.misc.save_model_to_json()
    m = _read(trained, prepared.traits, "m_probability", learnt, model.m)
    return _bounded(m, _LEAST_M), frozenset(learnt)


def prepared_kind(prepared: Prepared) -> str:
    """What the records are of."""
    names = {trait.name for trait in prepared.traits}
    if names & {"plate", "frame", "make", "model"}:
        return "vehicle"
    if names & {"number", "imei", "imsi"}:
        return "phone"
    return "person" if names & {"given_name", "surname", "birth", "document", "phone"} else "address"


def _pairs_that_share(records: pd.DataFrame, parts: tuple[str, ...]) -> int:
    """How many pairs of records have the same values there."""
    if not set(parts) <= set(records):
        return 0
    by: list[str] = [*parts, "source"]
    sizes = records.dropna(subset=list(parts)).groupby(by).size().unstack("source", fill_value=0)  # noqa: PD010
    if sizes.shape[1] == 2:
        return int((sizes[0] * sizes[1]).sum())
    return int((sizes * (sizes - 1) // 2).to_numpy().sum()) if records["source"].max() == 0 else 0


def _session(linker: Any, rule: tuple[str, ...]) -> set[str]:
    """Learn from the pairs that share something; the traits that were learnt, or none where there were no pairs."""
    from splink.internals.exceptions import EMTrainingException

    sql = " AND ".join(f"l.{part} = r.{part}" for part in rule)
    try:
        session = linker.training.estimate_parameters_using_expectation_maximisation(sql, max_pairs=2_000_000)
    except (EMTrainingException, ValueError, ZeroDivisionError):
        return set()
    return {comparison.output_column_name for comparison in session.core_model_settings.comparisons}


def _compared(
    prepared: Prepared, model: Model, tables: Sequence[str], desk: Desk, *, bits_below: float
) -> pd.DataFrame:
    """Every pair that shares a key and may reach a weight: the level of each trait, and how rare the value is that both have (bits)."""
    import pandas as pd

    names = [trait.name for trait in prepared.traits]
    if not prepared.blocks:
        return pd.DataFrame(
            {
                name: np.empty(0, np.int64)
                for name in (
                    "one",
                    "other",
                    *(f"{what}_{one}" for one in names for what in ("level", "rare")),
                )
            }
        )
    with desk.linker(tables, settings(prepared, model, desk.dialect, link=len(tables) > 1)) as linker:
        found = linker.inference.predict(threshold_match_weight=bits_below)
        frequent = {trait.name for trait in prepared.traits if any(level.frequent for level in trait.levels)}
        parts = [
            f"gamma_{name} as level_{name}, " + (f"coalesce(mw_tf_adj_{name}, 0)" if name in frequent else "0.0") + f" as rare_{name}"
            for name in names
        ]  # fmt: skip
        query = f"select record_l as one, record_r as other, {', '.join(parts)} from {{this}}"  # noqa: S608
        asked = found.query_sql(query)
        table: pd.DataFrame = asked.as_pandas_dataframe()
    for trait in prepared.traits:
        levels = _level_numbers(trait, table[f"level_{trait.name}"].to_numpy(np.int64))
        base = _by_level(trait, {name: tuple(np.log2(shares)) for name, shares in model.u.items()})
        adjusted = table[f"rare_{trait.name}"].to_numpy(np.float64)
        table[f"level_{trait.name}"] = levels
        # Splink takes off how rare the value is on average; put back, it does not hang on the model any more
        table[f"rare_{trait.name}"] = np.where(adjusted != 0, adjusted - base[levels], np.nan)
    low, high = np.sort(table[["one", "other"]].to_numpy(np.int64), axis=1).T
    table["one"], table["other"] = low, high
    return table.sort_values(["one", "other"], kind="stable", ignore_index=True)


def _weights(compared: pd.DataFrame, traits: tuple[Trait, ...], model: Model) -> pd.DataFrame:
    """Levels → bits, and their sum."""
    import pandas as pd

    made: dict[str, Any] = {name: compared[name] for name in ("one", "other")}
    total = np.full(len(compared), float(_fine(np.float64(math.log2(model.prior / (1 - model.prior))))))
    made["part_prior"] = total.copy()
    for trait in traits:
        levels = compared[f"level_{trait.name}"].to_numpy(np.int64)
        rare = compared[f"rare_{trait.name}"].to_numpy(np.float64)
        m, u = _by_level(trait, model.m), _by_level(trait, model.u)
        with np.errstate(divide="ignore", invalid="ignore"):
            bits = np.log2(m[levels] / u[levels])
            bits = np.where(np.isnan(rare), bits, np.log2(m[levels]) + rare)
        bits = _fine(np.where(levels < 0, 0.0, bits))
        made[f"level_{trait.name}"], made[f"part_{trait.name}"] = levels.astype(np.int8), bits
        total = total + bits
    return pd.DataFrame({**made, "weight": total})


def _by_level(trait: Trait, values: Mapping[str, tuple[float, ...]]) -> NDArray[np.float64]:
    """Values of the levels that tell something, in their places among all levels; the last place stands for silence."""
    placed = np.full(len(trait.levels) + 1, np.nan)
    placed[speaking(trait)] = values[trait.name]
    return placed


def _fine(bits: Any) -> Any:
    """Bits rounded to a 2²⁰th, of which sums are exact."""
    return np.round(bits * _GRAIN) / _GRAIN


def _level_numbers(trait: Trait, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Splink counts levels from the least alike; here they are places in the trait's list, -1 where it is silent."""
    places = np.array([*reversed(speaking(trait)), -1], np.int64)
    return places[values]
