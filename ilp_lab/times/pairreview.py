"""Pairs of crimes to read together: the reasons for each as a sum of parts, and a list on which a human decides."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.linkage import LABELS, REFERENCES, LinkageModel, model_of
from ilp_lab.times.pairevidence import ReadyCrimes, check_crimes, ready_crimes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_MOST_CRIMES = 10_000
_WORDS = (
    (math.log(1000), tr_later("very strong")), (math.log(100), "strong"), (math.log(10), "moderate"), (0.0, "weak"), (-math.inf, "against"),
)  # fmt: skip


def link_crimes(
    crimes: gpd.GeoDataFrame,
    *,
    model: Result | LinkageModel,
    at_least: float = 10.0,
    most: int = 500,
) -> Result:
    """List pairs of crimes that may be of one series, with the reasons, for a human to accept or reject.

    Parameters
    ----------
    crimes
        Points with ``occurred_at`` and the columns of the manner that the model knows.
    model
        Of :func:`linkage_model`.
    at_least
        Smallest Bayes factor listed: how many times as likely the evidence is if one series did both.
    most
        Longest list.

    Returns
    -------
    Result
        ``table``: one row per pair, the strongest first: ``one``, ``other``, ``bayes_factor``, ``log_bayes_factor``, ``strength`` (in words), ``because`` (the
        parts that speak for and against, strongest first), ``part_…`` (log Bayes factor of each part, which add up), and the empty
        columns ``decision`` (accept or reject), ``decided_by``, ``reason`` for a human. ``details``: ``pairs`` (how many there are), ``above`` (that
        reach the bound), ``crimes`` (time and place of those listed). ``explore()`` shows them on a map beside the list.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    A Bayes factor of 100 is not a chance of 100 to 1: most pairs of crimes are not linked to begin with. Among thousands of pairs some
    reach 100 by chance; the findings say how many would, judged by solved unlinked pairs the model had not seen. Cost: all pairs,
    two microseconds each, at most 10,000 crimes; the bar says how long, and interrupting loses the list and nothing else.

    References
    ----------
    Porter, M. D. (2016), doi:10.1080/00031305.2015.1123185.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> from ilp_lab.times import linkage_model
    >>> rng = np.random.default_rng(1)
    >>> who = np.repeat(np.arange(30), 4)
    >>> xy = rng.uniform(0, 20_000, (30, 2))[who] + rng.normal(0, 400, (120, 2))
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(rng.uniform(0, 365, 120), unit="D").round("min")
    >>> solved = gpd.GeoDataFrame({"occurred_at": at, "offender": who}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> review = link_crimes(solved.drop(columns="offender"), model=linkage_model(solved, rng=1))
    >>> review.table["because"][0][:8]
    'distance'
    """
    caller = "times.link_crimes"
    known = model_of(model, caller)
    check = Check(caller)
    names = check_crimes(check, crimes, tuple(known.manners))
    check.positive(at_least=at_least)
    check.whole(1, most=most)
    check.done()
    ready = ready_crimes(crimes, names, caller)
    if len(ready.index) > _MOST_CRIMES:
        raise InputError(
            f"{caller}: {len(ready.index):,} crimes make {ready.pairs:,} pairs; at most {_MOST_CRIMES:,} crimes are compared. "
            "Take one kind of offence and a shorter period."
        )
    chosen, weighed, above = _strongest(ready, known, math.log(at_least), most)
    table = _review(ready, known, chosen, weighed)
    left_out = LeftOut.of(crimes, ready.held.reasons)
    return Result(
        name=caller,
        title=tr_later("Pairs of crimes to read together"),
        table=table,
        method=tr("The log Bayes factors of the parts, learnt from solved crimes, were added up for every pair; pairs above the bound " "are listed for a human to accept or reject."),
        findings=_review_findings(table, known, ready.pairs, above, at_least),
        params=(Param("at_least", at_least), Param("most", most), Param("mo", tuple(names)), *ready.held.params),
        caveats=(
            tr("The model was learnt from {linked:,} linked pairs; for offenders it had not seen it was right in {auc:.0%} of " "comparisons.").format(linked=known.linked, auc=known.auc),
            tr("Alike is not the same: where many burglars work in one way, manner tells little."),
            *ready.held.doubts,
        ),
        references=REFERENCES,
        sources=(replace(ready.held.source, name="crimes"),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(crimes),
        details={"pairs": ready.pairs, "above": above, "crimes": _named(crimes, table)},
    )  # fmt: skip


def _named(crimes: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Time and place of the crimes that the pairs name, in their order in the table of crimes."""
    import geopandas as gpd

    held = crimes[crimes.index.isin(table["one"]) | crimes.index.isin(table["other"])]
    return gpd.GeoDataFrame(
        {"occurred_at": held["occurred_at"].array}, geometry=held.geometry.to_numpy(), index=held.index, crs=held.crs
    )  # fmt: skip


def _strongest(
    ready: ReadyCrimes, model: LinkageModel, bound: float, most: int
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The pairs that reach the bound, the strongest first: their evidence, the parts of their factor, and how many there are."""
    import pandas as pd

    pairs, factors = [], []
    for block in ready.blocks(tr_later("pairs weighed")):
        parts = model.weigh(block)
        keep = (parts.sum(axis=1) >= bound).to_numpy()
        pairs.append(block[keep])
        factors.append(parts[keep])
    evidence, parts = (pd.concat(some, ignore_index=True) for some in (pairs, factors))
    order = parts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return evidence.loc[order[:most]], parts.loc[order[:most]], len(order)


def _review(
    ready: ReadyCrimes, model: LinkageModel, chosen: pd.DataFrame, weighed: pd.DataFrame
) -> pd.DataFrame:
    """The list a human decides on."""
    import pandas as pd

    total = weighed.sum(axis=1)
    table = pd.DataFrame(
        {
            "one": ready.index[chosen["one"].to_numpy()],
            "other": ready.index[chosen["other"].to_numpy()],
            "bayes_factor": np.exp(np.minimum(total.to_numpy(), 50)),
            "log_bayes_factor": total.to_numpy(),
            "strength": [_strength(value) for value in total],
            "because": [_because(weighed.iloc[k], chosen.iloc[k]) for k in range(len(chosen))],
        }
    )
    for name in model.parts:
        table[f"part_{name}"] = weighed[name].to_numpy()
    return table.assign(decision="", decided_by="", reason="")


def _review_findings(
    table: pd.DataFrame, model: LinkageModel, pairs: int, above: int, at_least: float
) -> tuple[str, ...]:
    listed = tr("; the strongest {n:,} are listed.").format(n=len(table)) if above > len(table) else "."
    said = [
        tr("{above:,} of {pairs:,} pairs reach a Bayes factor of {at_least:g}{listed}").format(
            above=above, pairs=pairs, at_least=at_least, listed=listed
        )
    ]
    share = model.false_share(at_least)
    if np.isfinite(share):
        said.append(
            tr(
                "Among solved crimes {share:.2%} of the unlinked pairs reach it too: about {share_2:,.0f} of these pairs would "
                "without any series."
            ).format(share=share, share_2=share * pairs)
        )
    if len(table):
        top = table.iloc[0]
        said.append(
            tr("The strongest: {one} and {other}, {strength}; {because}.").format(
                one=top["one"], other=top["other"], strength=top["strength"], because=top["because"]
            )
        )
    else:
        said.append(tr("No pair speaks for one series; that is an answer, not a fault."))
    said.append(
        tr(
            "A factor is not a probability: most pairs are not linked to begin with. Read the reports before accepting a pair."
        )
    )
    said.append(
        tr(
            "Write accept or reject into the column decision, with your name and reason; crime_series(review=…) joins only what "
            "was accepted."
        )
    )
    return tuple(said)


def _strength(log_factor: float) -> str:
    return next(word for bound, word in _WORDS if log_factor >= bound)


def _because(parts: pd.Series, evidence: pd.Series) -> str:
    """Parts that matter, strongest first: "distance 0.4 km (+2.1), time of day 11.0 h (−1.2)"."""
    units = {"distance_km": "km", "days": "days", "hours_of_day": "h", "days_of_week": "days"}
    said = []
    for name, value in sorted(parts.items(), key=lambda item: -abs(item[1])):
        if abs(value) < 0.2:
            continue
        held = evidence[str(name)]
        fact = f"{float(held):.3g} {units[name]}" if name in units else _same(held)
        said.append(f"{LABELS.get(str(name), name)} {fact} ({value:+.1f})")
    return ", ".join(said) or tr_later("nothing in particular")


def _same(held: Any) -> str:
    import pandas as pd

    if pd.isna(held):
        return tr_later("not stated")
    return tr_later("the same") if held else "different"
