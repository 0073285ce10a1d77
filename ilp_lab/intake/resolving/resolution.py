"""Who is who in one table, or in two: pairs with their reasons, and clusters in which nothing is joined that must stay apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import again, looked_up, tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.intake.resolving import backends, explaining, joining, scoring
from ilp_lab.intake.resolving.cautions import cautions
from ilp_lab.intake.resolving.comparing import TRAITS
from ilp_lab.intake.resolving.preparing import PROTECTED, Prepared, prepare
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.intake.resolving.calibrating import Calibration

Kind = Literal["person", "vehicle", "phone", "address"]
KIND_WORDS = {
    "person": tr_later("the same person"),
    "vehicle": tr_later("the same vehicle"),
    "phone": tr_later("the same phone"),
    "address": tr_later("the same address"),
}
MERGE, REVIEW, PROTECT, FORBID = "merge", "review", "by hand", "kept apart"
GENERATIONS = tr_later("one is junior, the other senior")
ONE_TABLE = tr_later("they stand in one table that holds nobody twice")
REFERENCES = (
    "Fellegi, I. P., Sunter, A. B. (1969), A theory for record linkage, doi:10.1080/01621459.1969.10501049",
    "Linacre, R. et al. (2022), Splink: free software for probabilistic record linkage at scale, doi:10.23889/ijpds.v7i3.1794",
)


@dataclass(frozen=True)
class _Asked:
    """Settings of a call, checked."""

    kind: Kind
    merge_at: float
    review_at: float
    apart_by: str | None
    once: bool
    calibration: Calibration | None


def resolve(
    frame: pd.DataFrame,
    *,
    kind: Kind = "person",
    other: pd.DataFrame | None = None,
    columns: Mapping[str, str] | None = None,
    id_column: str | None = None,
    apart: Iterable[tuple[Any, Any]] = (),
    apart_by: str | None = None,
    once: bool = False,
    merge_at: float = 0.99,
    review_at: float = 0.1,
    calibration: Calibration | None = None,
    engine: Any = None,
    memory: str = "1GB",
) -> Result:
    """Find records that are one and the same person, vehicle, phone or address, with the reasons for each pair.

    Parameters
    ----------
    frame
        One row per record. Columns are known by their usual names; ``columns`` says what is called otherwise.
    kind
        What the records are of.
    other
        A second table: records of the first are linked with records of the second. Left out, the first is searched for duplicates.
    columns
        Role → column, such as ``{"given": "fname"}``.
    id_column
        Where the ids stand; the index when left out.
    apart
        Pairs of ids that must never be joined, such as twins.
    apart_by
        A column, such as the number of a report: records that share its value were named side by side and are different.
    once
        Whether each table is known to hold nobody twice.
    merge_at
        Probability from which a pair is joined without being asked for; 1 for never.
    review_at
        Probability from which a pair is listed for a human.
    calibration
        Of :func:`calibrate_matches`: turns weights into probabilities that held true among decided pairs.
    engine
        ``None`` for DuckDB within this program, or an open engine (DuckDB, PostgreSQL, Spark).
    memory
        Limit of DuckDB within this program; more is spilled to the disk. With the default a million persons take about
        twice as much in all.

    Returns
    -------
    Result
        ``table``: one row per pair that reaches ``review_at``: ``one``, ``other``, ``probability``, ``weight`` (bits), ``band`` (merge, review,
        by hand, kept apart), ``caution``, ``because`` (in words), ``part_prior`` and ``part_…`` (bits that add up exactly to ``weight``),
        ``level_…`` (which step was reached). ``caution`` says why a pair must stay apart, or why a human must look: people who may be twins,
        parent and child, or of one household are never joined by weight alone. Pairs of victims, witnesses and other parties stand at the end, in the order of their ids.
        ``details["clusters"]``: ``id``, ``table``, ``entity``, ``size``.

    Raises
    ------
    InputError, ColumnError
        When a table is empty, holds one row, or nothing in it can be compared; when ids are not unique.
    MissingPartError
        When a package for the engine is not there.

    Notes
    -----
    Names are compared in one form for all scripts, dates of birth also with day and month swapped, phones without the code of the country.
    Splink (expectation maximisation, term frequencies) learns how much each likeness tells. Pairs in which a victim or a witness stands are never
    joined without a human. Cost: pairs that share a key are compared; a million records take minutes within 2 GB. The answer does not depend
    on the order of rows.

    References
    ----------
    Fellegi, I. P., Sunter, A. B. (1969), doi:10.1080/01621459.1969.10501049. Linacre, R. et al. (2022), doi:10.23889/ijpds.v7i3.1794.

    Examples
    --------
    >>> import pandas as pd
    >>> records = pd.DataFrame({
    ...     "plate": ["AB 123 CD", "АВ123СD", "XY 999 Z", "QW 404 R"], "make": ["Tarpan", "tarpan", "Lublin", "Nysa"],
    ...     "colour": ["red", "red", "blue", "grey"], "year": [2011, 2011, 2015, 2020],
    ... })
    >>> found = resolve(records, kind="vehicle", review_at=0.01)
    >>> found.table[["one", "other"]].to_numpy().tolist()
    [[0, 1]]
    """  # fmt: skip
    caller = "intake.resolve"
    asked = _checked(caller, frame, kind, other, apart_by, merge_at, review_at, memory, once, calibration)
    frames = [frame] if other is None else [frame, other]
    prepared = prepare(frames, kind, columns=columns, id_column=id_column, caller=caller)
    kept_apart = _apart(prepared, frames, apart, asked, caller)
    with backends.desk(engine, memory, caller) as desk:
        model, pairs = scoring.weigh(prepared, desk, bits_below=_floor(asked))
        where = desk.where
    pairs = _banded(pairs, prepared, kept_apart, asked)
    clusters, refused = _clustered(pairs, prepared, kept_apart)
    pairs.loc[refused, ["band", "caution"]] = [REVIEW, "a third record stands between them"]
    return _result(caller, pairs, clusters, prepared, model, asked, frames, where, memory, kept_apart)


def _checked(
    caller: str,
    frame: pd.DataFrame,
    kind: Kind,
    other: pd.DataFrame | None,
    apart_by: str | None,
    merge_at: float,
    review_at: float,
    memory: str,
    once: bool,
    calibration: Calibration | None,
) -> _Asked:
    check = Check(caller)
    given = {"frame": frame} if other is None else {"frame": frame, "other": other}
    check.choice(allowed=tuple(TRAITS), kind=kind)
    check.between(0, 1, merge_at=merge_at, review_at=review_at)
    for name, table in given.items():
        if not check.frame(table, name):
            continue
        twice = table.columns[table.columns.duplicated()]
        if len(twice):
            check.add(f"{name} has several columns called {twice[0]!r}; give every column a name of its own.")
        if not len(table):
            check.add(f"{name} is empty: there is nobody to compare.")
        if apart_by is not None:
            check.columns(table, [apart_by], name)
    if other is None and hasattr(frame, "columns") and len(frame) == 1:
        check.add("frame holds one record; a pair needs two. Link it with another table: other=….")
    if once and other is None:
        check.add(
            "once says that each table holds nobody twice; then there is nothing to find in one table. Give other=…."
        )
    if not check.faults and merge_at < review_at:
        check.add(f"merge_at ({merge_at:g}) must not be below review_at ({review_at:g}).")
    if not backends.check_memory(memory):
        check.add(f"memory must be a number with a unit, such as '2GB'; got {memory!r}.")
    check.done()
    return _Asked(kind, merge_at, review_at, apart_by, once, calibration)


def _floor(asked: _Asked) -> float:
    """The smallest weight that can be listed."""
    if asked.calibration is not None:
        return float(asked.calibration.least_bits(asked.review_at))
    share = min(max(asked.review_at, 1e-6), 1 - 1e-9)
    return math.log2(share / (1 - share))


def _apart(
    prepared: Prepared,
    frames: list[pd.DataFrame],
    apart: Iterable[tuple[Any, Any]],
    asked: _Asked,
    caller: str,
) -> joining.Apart:
    """What must stay apart, in numbers of records."""
    import pandas as pd

    numbers = _numbers(prepared)
    pairs = {}
    for pair in apart:
        found = _pair_numbers(pair, numbers, caller)
        pairs[min(found), max(found)] = "said to be different"
    once: dict[str, NDArray[np.int64]] = {}
    one_value: dict[str, NDArray[np.int64]] = {}
    if asked.apart_by is not None:
        values = pd.concat([frame[asked.apart_by] for frame in frames], ignore_index=True)
        once[f"named side by side ({asked.apart_by})"] = joining.codes_of(values)[prepared.rows]
    if asked.once:
        once[ONE_TABLE] = prepared.records["source"].to_numpy(np.int64)
    if "suffix" in prepared.records and prepared.records["suffix"].notna().any():
        one_value[GENERATIONS] = joining.codes_of(prepared.records["suffix"])
    return joining.Apart(pairs, once, one_value)


def _numbers(prepared: Prepared) -> list[dict[Any, int]]:
    """Id → number of the record, for each table."""
    sources = prepared.records["source"].to_numpy()
    found: list[dict[Any, int]] = [{} for _ in range(int(sources.max()) + 1)]
    for number, (label, source) in enumerate(zip(prepared.ids, sources, strict=True)):
        found[source][label] = number
    return found


def _pair_numbers(pair: Any, numbers: list[dict[Any, int]], caller: str) -> tuple[int, int]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise InputError(f"{caller}: apart holds pairs of ids, such as [(1, 2)]; got {pair!r}.")
    found = []
    for side, label in enumerate(pair):
        known = [table[label] for table in (numbers if side == 0 else numbers[::-1]) if label in table]
        if not known:
            raise InputError(f"{caller}: apart names {label!r}, which is the id of no record.")
        found.append(known[0])
    if found[0] == found[1]:
        raise InputError(
            f"{caller}: apart names {pair[0]!r} and itself; a record cannot be kept apart from itself."
        )
    return found[0], found[1]


def _banded(pairs: pd.DataFrame, prepared: Prepared, apart: joining.Apart, asked: _Asked) -> pd.DataFrame:
    """Weights added up, probabilities, and what is to be done with each pair."""
    weight = pairs["weight"].to_numpy(np.float64)
    doubts = cautions(pairs, prepared, asked.kind)
    share = (
        explaining.probability(weight)
        if asked.calibration is None
        else asked.calibration.probability(weight, doubts != "")
    )
    pairs = pairs.assign(probability=share, caution=doubts)
    pairs = pairs[share >= asked.review_at].reset_index(drop=True)
    protected = _protected(prepared)
    one, other = pairs["one"].to_numpy(np.int64), pairs["other"].to_numpy(np.int64)
    must = np.full(len(pairs), "", object)
    if apart.pairs or apart.once or apart.one_value:
        must[:] = [apart.why(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    hands = protected[one] | protected[other]
    band = np.where(pairs["probability"] >= asked.merge_at, MERGE, REVIEW).astype(object)
    band[(band == MERGE) & (pairs["caution"] != "").to_numpy()] = REVIEW
    band[hands] = PROTECT
    band[must != ""] = FORBID
    pairs = pairs.assign(band=band, caution=np.where(must != "", must, pairs["caution"]), protected=hands)
    order = np.lexsort((other, one, np.where(hands, 0.0, -pairs["weight"]), hands))
    return pairs.iloc[order].reset_index(drop=True)


def _protected(prepared: Prepared) -> NDArray[np.bool_]:
    """Records of victims, witnesses and other parties."""
    if "category" not in prepared.records:
        return np.zeros(len(prepared.records), bool)
    pattern = "|".join(map(re.escape, PROTECTED))
    return prepared.records["category"].str.contains(pattern, regex=True).fillna(value=False).to_numpy(bool)


def _clustered(
    pairs: pd.DataFrame, prepared: Prepared, apart: joining.Apart
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Who hangs together by pairs that are merged; and which pairs were refused because of a third record."""
    merged = np.flatnonzero(pairs["band"] == MERGE)
    ends = pairs.loc[merged, ["one", "other"]].to_numpy(np.int64)
    found, held_back = joining.join(
        len(prepared.records), ends, pairs.loc[merged, "weight"].to_numpy(), apart
    )
    refused = np.zeros(len(pairs), bool)
    refused[merged[held_back]] = True
    return clusters_table(found, prepared.ids, prepared.records["source"].to_numpy()), refused


def clusters_table(found: NDArray[np.int64], ids: pd.Index, sources: NDArray[np.int64]) -> pd.DataFrame:
    """One row per record: its id, its table, the entity it belongs to (named by one of its ids), and how many records that has."""
    import pandas as pd

    _, codes, counts = np.unique(found, return_inverse=True, return_counts=True)
    table = np.array(["frame", "other"], object)[sources]
    return pd.DataFrame(
        {"id": ids, "table": table, "entity": ids[found], "entity_number": codes, "size": counts[codes]}
    )


def _result(
    caller: str,
    pairs: pd.DataFrame,
    clusters: pd.DataFrame,
    prepared: Prepared,
    model: scoring.Model,
    asked: _Asked,
    frames: list[pd.DataFrame],
    where: str,
    memory: str,
    apart: joining.Apart,
) -> Result:
    from ilp_lab.safeguards import policy

    words = KIND_WORDS[asked.kind]
    numbers = pairs[["one", "other"]].to_numpy(np.int64)
    table = pairs.assign(one=prepared.ids[numbers[:, 0]], other=prepared.ids[numbers[:, 1]])
    table["because"] = explaining.because(table, prepared.traits)
    first = ["one", "other", "probability", "weight", "band", "caution", "protected", "because", "part_prior"]
    rest = [f"{what}_{trait.name}" for what in ("part", "level") for trait in prepared.traits]
    used = {role: held.column for role, held in prepared.roles.items()}
    guessed = tuple(trait.label for trait in prepared.traits if trait.name not in model.learnt)
    return Result(
        name=caller,
        title=tr("Records that may be {words}").format(words=again(words)),
        table=table[[*first, *rest]],
        method=tr_later(
            "Records that share a key were compared part by part. Splink learnt by expectation maximisation how often each likeness comes among true pairs and "
            "by chance; the logarithms of these ratios were added up, starting from how seldom two records are the same. Pairs from the upper bound on "
            "were joined, the most certain first, wherever nothing must stay apart; pairs between the bounds are for a human."
        ),
        findings=_findings(table, clusters, asked),
        params=(
            Param("kind", asked.kind), Param("merge_at", asked.merge_at), Param("review_at", asked.review_at), Param("memory", memory),
            Param("columns", used, chosen=True, why=tr_later("by their names")), Param("engine", where),
            Param("prior", model.prior, chosen=True, why=tr_later("expected true pairs among all pairs")),
        ),
        caveats=_caveats(prepared, guessed, asked),
        references=REFERENCES,
        sources=tuple(
            Source(("frame", "other")[at], len(frame), _fingerprint(prepared, at), origin_of(frame) or "") for at, frame in enumerate(frames)
        ),
        handling=policy().strictest([handling_of(frame) for frame in frames]),
        view="table",
        details={"clusters": clusters.drop(columns="entity_number"), "traits": prepared.traits, "model": model, "kind": asked.kind, "numbers": numbers, "ids": prepared.ids,
                 "table_of": prepared.records["source"].to_numpy(), "once": asked.once, "apart": apart},
    )  # fmt: skip


def _fingerprint(prepared: Prepared, source: int) -> str:
    import pandas as pd

    part = prepared.records[prepared.records["source"] == source]
    columns = [name for name in part if not str(name).startswith("block_") and name != "record"]
    return fingerprint(pd.util.hash_pandas_object(part[columns].astype(str), index=False).to_numpy())


def _findings(table: pd.DataFrame, clusters: pd.DataFrame, asked: _Asked) -> tuple[str, ...]:
    bands = table["band"].value_counts()
    several = clusters.loc[clusters["size"] > 1, "entity_number"].nunique()
    joined, waiting = int(bands.get(MERGE, 0)), int(bands.get(REVIEW, 0))
    said = [
        tr(
            "{records:,} records are {entities:,} entities if every pair of probability {merge_at:g} or more is joined; "
            "{several:,} of them hold several records."
        ).format(records=len(clusters), entities=clusters["entity_number"].nunique(), merge_at=asked.merge_at, several=several),
        tr("Pairs joined: {joined:,}; pairs that wait for a human: {waiting:,}.").format(joined=joined, waiting=waiting),
    ]  # fmt: skip
    if touched := int(bands.get(PROTECT, 0)):
        said.append(
            trn(
                "{n:,} pair touches a victim, a witness or another party: it is not joined without a human, and it is listed by id, not by weight.",
                "{n:,} pairs touch a victim, a witness or another party: none is joined without a human, and they are listed by id, not by weight.",
                touched,
            ).format(n=touched)
        )
    if apart := int(bands.get(FORBID, 0)):
        said.append(
            trn(
                "{n:,} pair looks alike and must stay apart; the column caution says why.",
                "{n:,} pairs look alike and must stay apart; the column caution says why.",
                apart,
            ).format(n=apart)
        )
    if len(table):
        top = table.iloc[0]
        if not top["protected"]:
            said.append(
                tr("The most certain: {one} and {other}; {because}.").format(
                    one=top["one"], other=top["other"], because=top["because"]
                )
            )
    else:
        said.append(tr("No two records are alike enough to be listed; that is an answer, not a fault."))
    said.append(
        tr("Read both records before accepting a pair: a shared phone or address is no proof of identity.")
    )
    return tuple(said)


def _caveats(prepared: Prepared, guessed: tuple[str, ...], asked: _Asked) -> tuple[str, ...]:
    said: list[str] = []
    if guessed:
        said.append(
            tr("Too few pairs to learn from: for {names} it is assumed how alike true pairs are.").format(
                names=", ".join(map(looked_up, guessed))
            )
        )
    if asked.calibration is None:
        said.append(
            tr(
                "Probabilities are the model's own; calibrate_matches with decided pairs says how far they hold."
            )
        )
    for block, count in prepared.too_common.items():
        said.append(
            trn(
                "{n:,} record shares values of {block} with hundreds of others; these values alone did not bring records together.",
                "{n:,} records share values of {block} with hundreds of others; these values alone did not bring records together.",
                count,
            ).format(n=count, block=block)
        )
    if (compared := len(prepared.traits)) < 3:
        said.append(
            trn(
                "Only {n} thing could be compared; that is little to tell people apart by.",
                "Only {n} things could be compared; that is little to tell people apart by.",
                compared,
            ).format(n=compared)
        )
    return tuple(said)
