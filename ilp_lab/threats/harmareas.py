"""How much harm falls on areas, per head too, by two scales side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.shrinkage import posterior
from ilp_lab._tongue import few_digits, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.threats.harmscales import HarmScale, harm_scale
from ilp_lab.threats.weighing import weights_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Harm is the number of incidents of each offence times its weight ({scale}; beside it {beside}), added up. Rates per "
    "head were shrunk offence by offence: counts of small populations swing by luck, so each was drawn towards the rate "
    "of all areas as far as its population leaves it in doubt (empirical Bayes, gamma-Poisson by moments). The weighted "
    "sum of these gamma distributions was taken as a gamma distribution with the same mean and variance, which gives the "
    "interval. {police}"
)
_REFERENCES = (
    "Sherman, Neyroud and Neyroud 2016, The Cambridge Crime Harm Index, doi:10.1093/police/paw003",
    "Fay and Feuer 1997, Confidence intervals for directly standardized rates, Statistics in Medicine 16:791-801",
    "Marshall 1991, Mapping disease and mortality rates using empirical Bayes estimators, doi:10.2307/2347593",
)
NO_AREA = tr_later("without an area of the table")


@dataclass(frozen=True)
class Tally:
    """Incidents by group and offence.

    Attributes
    ----------
    counts
        One row per group, one column per offence.
    offences
        Names of the columns.
    weights, beside
        Weight of each offence by the one scale and by the other (empty array without one).
    left_out
        Rows that could not be used, by reason.
    """

    counts: NDArray[np.float64]
    offences: tuple[str, ...]
    weights: NDArray[np.float64]
    beside: NDArray[np.float64]
    left_out: LeftOut


def harm_rates(
    incidents: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    by: str = "area",
    offence: str = "offence",
    population: str = "population",
    scale: str | Path | HarmScale = "belmara",
    beside: str | Path | HarmScale | None = "belmara-severity",
    per: float = 1000,
    level: float = 0.95,
    found_by_police: bool = False,
) -> Result:
    """Compare areas by the harm that was reported in them, in all and per head, by two scales.

    Parameters
    ----------
    incidents
        Incidents with an area and an offence.
    areas
        One row per area, with its population; with outlines the result is a map.
    by
        Column that names the area in both tables.
    offence, population
        Columns.
    scale, beside
        The scale, and another one to look at beside it. ``None`` leaves the second out; the result then says so.
    per
        Rates are given per this many.
    level
        Probability of the interval.
    found_by_police
        As in :func:`harm`.

    Returns
    -------
    Result
        ``table``: the areas with ``n``, ``harm``, ``share`` of all harm, ``rank``, ``rate``, ``smoothed``, ``low``, ``high``,
        ``harm_beside``, ``rank_beside``, ``rank_n``. Areas without population have no rate and are left out, as are incidents
        without an area or a weight; all are counted. ``details``: ``overall``, ``agreement`` (Kendall's tau-b of the scales).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"area": ["A"] * 9 + ["B"], "offence": ["theft"] * 9 + ["robbery"]})
    >>> where = pd.DataFrame({"area": ["A", "B"], "population": [1000, 1000]})
    >>> harm_rates(seen, where).table[["area", "n", "harm", "rank_n", "rank"]].values.tolist()
    [['A', 9, 18.0, 1, 2], ['B', 1, 365.0, 2, 1]]
    """
    caller = "threats.harm_rates"
    check = Check(caller)
    if check.frame(incidents, "incidents"):
        check.columns(incidents, [by, offence], "incidents")
    if check.frame(areas, "areas"):
        check.columns(areas, [by, population], "areas")
        _check_areas(check, areas, by, population)
    check.positive(per=per)
    check.between(0.5, 0.999, level=level)
    check.done()
    first = harm_scale(scale)
    second = None if beside is None else harm_scale(beside)
    people = areas[population].to_numpy(dtype=np.float64, na_value=np.nan)
    peopled = people > 0
    kept = areas[peopled]
    found = tally(incidents, kept[by], by, offence, first, second, found_by_police=found_by_police)
    table = _table(kept, found, people[peopled], per, level)
    left_out = dict(found.left_out) | (
        {"areas without a population": int((~peopled).sum())} if not peopled.all() else {}
    )
    overall = float(table["harm"].sum() / people[peopled].sum() * per)
    agreement = _tau(table["harm"], table["harm_beside"]) if second else float("nan")
    police = (
        tr("Offences found by police work were counted too.")
        if found_by_police
        else tr("Offences found by police work weigh nothing: more stops would look like more harm.")
    )
    return Result(
        name=caller,
        title=tr("Harm per {per:,g} of {population}").format(per=per, population=population),
        table=table,
        method=_METHOD.format(
            scale=first, beside=second or tr_later("no second scale was looked at"), police=police
        ),
        findings=_findings(table, by, first, second, overall, per, level, agreement),
        params=tuple(
            Param(key, value)
            for key, value in {
                "by": by, "scale": first.label, "beside": second.label if second else None, "per": per, "level": level,
                "found_by_police": found_by_police,
            }.items()
        ),
        caveats=caveats_of(second, found.left_out, len(incidents)),
        references=_REFERENCES,
        sources=(
            Source("incidents", len(incidents) - sum(found.left_out.values()), fingerprint(found.counts), origin_of(incidents)),
            Source("areas", len(table), fingerprint(people[peopled]), origin_of(areas)),
        ),
        left_out=left_out,
        left_out_rows=found.left_out.rows,
        handling=handling_of(incidents, areas),
        view="map" if "geometry" in table else "table",
        details={"overall": overall, "agreement": agreement, "value": "smoothed", "scale_fingerprint": first.fingerprint},
    )  # fmt: skip


def _check_areas(check: Check, areas: pd.DataFrame, by: str, population: str) -> None:
    if by in areas and areas[by].duplicated().any():
        check.add(
            f"areas names {int(areas[by].duplicated().sum())} areas twice in {by!r}; one row per area is needed."
        )
    if population in areas:
        if areas[population].dtype.kind not in "iuf":
            check.add(
                f"population={population!r} must be a column of numbers; it holds {areas[population].dtype}."
            )
        elif (areas[population] < 0).any():
            check.add(
                f"population={population!r} holds {int((areas[population] < 0).sum())} negative numbers."
            )


def tally(
    incidents: pd.DataFrame,
    groups: pd.Series,
    by: str,
    offence: str,
    scale: HarmScale,
    beside: HarmScale | None,
    *,
    found_by_police: bool = False,
) -> Tally:
    """Count incidents by group and offence; what has no group or no weight is counted by reason."""
    import pandas as pd

    values, reasons = weights_of(incidents[offence], scale, found_by_police=found_by_police)
    places = pd.Index(groups).get_indexer(pd.Index(incidents[by]))
    reasons[(reasons == "") & (places < 0)] = NO_AREA
    second = np.zeros(len(values))
    if beside is not None:
        second, also = weights_of(incidents[offence], beside, found_by_police=found_by_police)
        reasons[(reasons == "") & (also != "")] = tr_later("offence not in the second scale")
    kept = reasons == ""
    if not kept.any():
        raise InputError(
            f"threats: none of the {len(incidents):,} incidents can be used: "
            + ", ".join(f"{number:,} {why}" for why, number in LeftOut.of(incidents, reasons).items())
            + "."
        )
    codes, names = pd.factorize(incidents.loc[kept, offence].astype(str), sort=True)
    counts = np.zeros((len(groups), len(names)))
    np.add.at(counts, (places[kept], codes), 1.0)
    first_of = np.unique(codes, return_index=True)[1]
    return Tally(
        counts,
        tuple(map(str, names)),
        values[kept][first_of],
        second[kept][first_of] if beside is not None else np.empty(0),
        LeftOut.of(incidents, reasons),
    )


def _table(
    areas: pd.DataFrame, found: Tally, people: NDArray[np.float64], per: float, level: float
) -> pd.DataFrame:
    from scipy.stats import gamma

    n = found.counts.sum(axis=1)
    total = found.counts @ found.weights
    mean, variance = np.zeros(len(n)), np.zeros(len(n))
    for counts, weight in zip(found.counts.T, found.weights, strict=True):
        if weight > 0:
            shape, rate = posterior(counts, people)
            mean += weight * shape / rate
            variance += weight**2 * shape / rate**2
    safe = np.where(mean > 0, mean, 1.0)
    spread = np.where(variance > 0, variance, 1.0)
    ends = [
        np.where(mean > 0, gamma.ppf(tail, safe**2 / spread, scale=spread / safe), 0.0)
        for tail in ((1 - level) / 2, 1 - (1 - level) / 2)
    ]
    table = areas.assign(
        n=n.astype(np.int64),
        harm=total,
        share=total / total.sum() if total.sum() > 0 else 0.0,
        rank=ranks(total),
        rate=total / people * per,
        smoothed=mean * per,
        low=ends[0] * per,
        high=ends[1] * per,
        rank_n=ranks(n),
    )
    if len(found.beside):
        other = found.counts @ found.beside
        table = table.assign(harm_beside=other, rank_beside=ranks(other))
    return table


def ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """1 for the highest; equal values share the better rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(-values, method="min"), dtype=np.int64)


def _tau(one: pd.Series, other: pd.Series) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(one, other).statistic)


def named(row: pd.Series, by: str) -> str:
    """How an area is called in a sentence."""
    return str(row["name"]) if "name" in row else str(row[by])


def highest(table: pd.DataFrame, column: str) -> pd.Series:
    """The row that is highest in a column."""
    return table.iloc[int(table[column].to_numpy().argmax())]


def _findings(
    table: pd.DataFrame,
    by: str,
    first: HarmScale,
    second: HarmScale | None,
    overall: float,
    per: float,
    level: float,
    agreement: float,
) -> tuple[str, ...]:
    top, often = highest(table, "harm"), highest(table, "n")
    said = [tr("By {label} the harm of {n:,} areas adds up to {harm:,.0f} ({unit}), {overall} per {per:,g}; most on {named} ({share:.0%}).").format(label=first.label, n=len(table), harm=table["harm"].sum(), unit=first.unit, overall=few_digits(overall), per=per, named=named(top, by), share=top["share"])]  # fmt: skip
    if top.name != often.name:
        said.append(
            tr("By number of incidents {named} is first; by harm it has rank {rank}.").format(
                named=named(often, by), rank=often["rank"]
            )
        )
    high = highest(table, "smoothed")
    said.append(
        tr(
            "Per head {named} carries most: {smoothed}, with {level:.0%} probability between {low} and {high}."
        ).format(
            named=named(high, by),
            smoothed=few_digits(high["smoothed"]),
            level=level,
            low=few_digits(high["low"]),
            high=few_digits(high["high"]),
        )
    )
    if second is not None:
        other = highest(table, "harm_beside")
        moved = int(((table["rank"] - table["rank_beside"]).abs() >= max(3, len(table) / 10)).sum())
        same = (
            tr_later("also puts it first in all")
            if other.name == top.name
            else tr("puts {named} first instead").format(named=named(other, by))
        )
        said.append(
            tr(
                "{label} {same}; {moved:,} {what} by a tenth of the list or more (Kendall's tau {agreement:.2f})."
            ).format(
                label=second.label,
                same=same,
                moved=moved,
                what=tr("area differs") if moved == 1 else tr("areas differ"),
                agreement=agreement,
            )
        )
    said.append(
        tr(
            "Harm is a judgement about offences, not a measurement of suffering; a few grave incidents can make a rank."
        )
    )
    said.append(
        tr(
            "Check next which offences make the difference (threats.compare_scales) before a priority rests on one scale."
        )
    )
    return tuple(said)


def caveats_of(second: HarmScale | None, left_out: LeftOut, incidents: int) -> tuple[str, ...]:
    """What weakens a statement about harm."""
    said = [tr("Only what was reported is weighed; what people do not report is not in it.")]
    if second is None:
        said.append(
            tr("Only one scale was looked at. Another may order the areas differently; bring one beside it.")
        )
    lost = sum(left_out.values())
    if lost > 0.02 * incidents:
        said.append(
            tr("{lost:,} of {incidents:,} incidents could not be weighed; see left_out_rows.").format(
                lost=lost, incidents=incidents
            )
        )
    return tuple(said)
