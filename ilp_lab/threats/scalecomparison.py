"""Two harm scales side by side: where they disagree, and by which offences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.threats.harmareas import Tally, caveats_of, ranks, tally
from ilp_lab.threats.harmscales import HarmScale, harm_scale

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Incidents of each {by} were added up by two scales, {one} and {other}, and as plain numbers. Agreement of the "
    "orders is Kendall's tau-b. The offence named with a {by} is the one that moves its share of all harm most from the "
    "one scale to the other. How often each {by} would come first if incidents came again was found by drawing every "
    "number of incidents anew from a Poisson distribution ({draws} times)."
)
_REFERENCES = (
    "Ashby 2018, Comparing methods for measuring crime harm/severity, doi:10.1093/police/pax049",
    "Sherman, Neyroud and Neyroud 2016, The Cambridge Crime Harm Index, doi:10.1093/police/paw003",
    "Kendall 1945, The treatment of ties in ranking problems, doi:10.1093/biomet/33.3.239",
)


def compare_scales(
    incidents: pd.DataFrame,
    *,
    by: str = "area",
    offence: str = "offence",
    scale: str | Path | HarmScale = "belmara",
    beside: str | Path | HarmScale = "belmara-severity",
    first: int = 5,
    draws: int = 999,
    found_by_police: bool = False,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Order areas, offences or any other group by two harm scales, and say where the scales disagree and why.

    Parameters
    ----------
    incidents
        Incidents.
    by
        Column of what is ordered: an area, an offence, a month, a kind of place. Not persons.
    offence
        Column.
    scale, beside
        The two scales.
    first
        How many from the top are compared.
    draws
        Draws of the numbers of incidents.
    found_by_police
        As in :func:`harm`.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per group, most harm first: ``n``, ``harm``, ``harm_beside``, ``share``, ``share_beside``, ``rank_n``,
        ``rank``, ``rank_beside``, ``rank_difference``, ``p_first``, ``p_first_beside`` and ``because``. ``details``: ``tau`` of the
        scales, ``tau_n`` of scale and number, ``shared`` (groups among the first of both).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or ``by`` names persons.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"area": ["A"] * 13 + ["B"], "offence": ["burglary dwelling"] * 13 + ["serious assault"]})
    >>> compare_scales(seen, rng=1).table[["area", "rank", "rank_beside", "because"]].values.tolist()
    [['A', 1, 1, 'burglary dwelling'], ['B', 2, 2, 'serious assault']]
    """
    import pandas as pd

    caller = "threats.compare_scales"
    check = Check(caller)
    if check.frame(incidents, "incidents"):
        check.columns(incidents, [by, offence], "incidents")
    check.whole(1, first=first)
    check.whole(99, draws=draws)
    refuse_persons(check, by)
    check.done()
    one, other = harm_scale(scale), harm_scale(beside)
    groups = pd.Series(sorted(incidents[by].dropna().unique(), key=str), name=by)
    found = tally(incidents, groups, by, offence, one, other, found_by_police=found_by_police)
    generate, seed = generator(rng, caller)
    table = _table(groups, found, generate, draws)
    details = _agreement(table, by, min(first, len(table)))
    return Result(
        name=caller,
        title=tr("Two harm scales by {by}").format(by=by),
        table=table,
        method=_METHOD.format(by=by.replace("_", " "), one=one.label, other=other.label, draws=draws),
        findings=_findings(table, by, one, other, details),
        params=(
            Param("by", by), Param("scale", one.label), Param("beside", other.label), Param("first", first),
            Param("draws", draws), Param("found_by_police", found_by_police),
        ),
        caveats=caveats_of(other, found.left_out, len(incidents)),
        references=_REFERENCES,
        sources=(
            Source("incidents", int(found.counts.sum()), fingerprint(found.counts), origin_of(incidents)),
            Source(tr("harm scale {label}").format(label=one.label), len(one.weights), one.fingerprint),
            Source(tr("harm scale {label}").format(label=other.label), len(other.weights), other.fingerprint),
        ),
        left_out=dict(found.left_out),
        left_out_rows=found.left_out.rows,
        handling=handling_of(incidents),
        seed=seed,
        details=details,
    )  # fmt: skip


def refuse_persons(check: Check, by: str) -> None:
    """Harm is added up by place, time or kind of offence; not by person."""
    words = {
        "person", "offender", "suspect", "victim", "witness", "nominal", "name", "person_id", "offender_id", "suspect_id",
        "victim_id", "witness_id", "entity_id",
    }  # fmt: skip
    if by.casefold() in words:
        check.add(
            f"by={by!r} names persons; harm is added up for places, times or offences, never for persons."
        )


def _table(groups: pd.Series, found: Tally, rng: np.random.Generator, draws: int) -> pd.DataFrame:
    import pandas as pd

    one, other = found.counts @ found.weights, found.counts @ found.beside
    n = found.counts.sum(axis=1)
    shares = [value / value.sum() if value.sum() > 0 else value for value in (one, other)]
    parts = _shares(found.counts * found.beside) - _shares(found.counts * found.weights)
    again = rng.poisson(found.counts, size=(draws, *found.counts.shape)).astype(np.float64)
    p = [
        np.bincount((again @ weights).argmax(axis=1), minlength=len(n)) / draws
        for weights in (found.weights, found.beside)
    ]
    table = pd.DataFrame(
        {
            groups.name: groups.to_numpy(), "n": n.astype(np.int64), "harm": one, "harm_beside": other,
            "share": shares[0], "share_beside": shares[1], "rank_n": ranks(n), "rank": ranks(one),
            "rank_beside": ranks(other),
        }
    )  # fmt: skip
    table["rank_difference"] = table["rank_beside"] - table["rank"]
    table["p_first"], table["p_first_beside"] = p
    because = np.array(found.offences, dtype=object)[np.abs(parts).argmax(axis=1)]
    table["because"] = np.where(np.abs(parts).max(axis=1) > 0, because, "")
    kept: pd.DataFrame = table[n > 0].sort_values("harm", ascending=False, kind="stable", ignore_index=True)
    return kept


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    total = values.sum()
    return np.asarray(values / total) if total > 0 else values


def _agreement(table: pd.DataFrame, by: str, first: int) -> dict[str, Any]:
    from scipy.stats import kendalltau

    tops = [set(table.nsmallest(first, name)[by]) for name in ("rank", "rank_beside")]
    enough = len(table) > 1
    return {
        "tau": float(kendalltau(table["harm"], table["harm_beside"]).statistic) if enough else float("nan"),
        "tau_n": float(kendalltau(table["harm"], table["n"]).statistic) if enough else float("nan"),
        "first": first,
        "shared": sorted(tops[0] & tops[1], key=str),
        "by": [by],
    }


def _findings(
    table: pd.DataFrame, by: str, one: HarmScale, other: HarmScale, details: dict[str, Any]
) -> tuple[str, ...]:
    top = table.iloc[0]
    second = table.iloc[int(table["rank_beside"].to_numpy().argmin())]
    said = [
        tr(
            "{label} puts {top} first with {share:.0%} of all harm; {label_2} puts {second} first with {share_beside:.0%}."
        ).format(
            label=one.label,
            top=top[by],
            share=top["share"],
            label_2=other.label,
            second=second[by],
            share_beside=second["share_beside"],
        ),
        tr(
            "Of the first {first} by each scale {n} are the same; Kendall's tau between the scales is {tau:.2f}, between {label} "
            "and the plain number {tau_n:.2f}."
        ).format(
            first=details["first"],
            n=len(details["shared"]),
            tau=details["tau"],
            label=one.label,
            tau_n=details["tau_n"],
        ),
    ]
    most = table.iloc[int(table["rank_difference"].abs().to_numpy().argmax())]
    if most["rank_difference"]:
        itself = most["because"] == most[by]
        why = "" if itself else tr(", chiefly because of {because}").format(because=most["because"])
        said.append(
            tr("They differ most about {most}: rank {rank} and rank {rank_beside}{why}.").format(
                most=most[by], rank=most["rank"], rank_beside=most["rank_beside"], why=why
            )
        )
    said.append(
        tr(
            "If incidents came again, {top} would be first in {p_first:.0%} of draws by the one scale and in "
            "{p_first_beside:.0%} by the other."
        ).format(top=top[by], p_first=top["p_first"], p_first_beside=top["p_first_beside"])
    )
    said.append(
        tr(
            "Neither scale is right or wrong: each answers what counts. Decide which question is yours, and say so."
        )
    )
    said.append(
        tr("Check next the offences named in 'because': are their weights those that your law would give?")
    )
    return tuple(said)
