"""Disruption with recovery: who goes, how those left tie anew, and what that leaves of the effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.paths import quick_betweenness
from ilp_lab.networks.rankable import rows_unranked, unranked
from ilp_lab.networks.ties import Rows, Ties, check_weights, rows_of, source_of, ties_of, usable
from ilp_lab.networks.wording import CAVEATS
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

RECOVERIES = {
    "none": tr_later("nobody ties anew"),
    "near": tr_later(
        "those who lost a tie turn to others two steps away, mostly others who lost the same contact"
    ),
    "degree": tr_later("those who lost a tie turn to others, likelier the more ties these have"),
    "random": tr_later("those who lost a tie turn to anybody"),
}
WHO = ("betweenness", "degree", "random")
MEASURED = ("efficiency", "largest_share", "fragmentation")
METHOD = tr_later(
    "Entities go one after another: the first by the measure on the chart as it then is, or anybody at random. After "
    "each, everyone who lost a tie to the one who went seeks a new one with the stated probability, by four models: "
    "nobody; others two steps away; others by number of ties; anybody (the mechanisms of Duijn, Kashirin and Sloot "
    "2014). This is repeated, and the middle 90 % of the runs is shown. Efficiency is the mean of 1/steps over all pairs "
    "of those left (Latora and Marchiori 2001); largest_share is that of the largest part among those left. Ties have no "
    "direction here. Victims, witnesses and other parties and things of theirs neither go nor tie anew."
)


def disruption(
    chart: LinkChart,
    *,
    k: int = 5,
    by: str = "betweenness",
    recovery: str | Sequence[str] = ("none", "near", "degree", "random"),
    replaced: float = 0.5,
    runs: int = 100,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Take entities out, let those left tie anew, and see what remains of the effect, beside random removals.

    Parameters
    ----------
    chart
        A link chart.
    k
        How many go, one after another.
    by
        Who goes: first by ``"betweenness"`` or ``"degree"`` on the chart as it then is, or ``"random"``.
    recovery
        How those left tie anew: ``"none"``, ``"near"``, ``"degree"``, ``"random"``; one or several.
    replaced
        With which probability a lost tie is replaced.
    runs
        How often each is repeated.
    rng
        Seed.

    Returns
    -------
    Result
        One row per ``removal`` (``by`` and ``"random"``), ``recovery`` and number ``removed``: the mean of ``efficiency``,
        ``largest_share`` and ``fragmentation`` after recovery, each with ``…_low`` and ``…_high`` (90 % of the runs), and ``ties``.
        ``details["kept"]`` says for each recovery which share of the loss of efficiency is left at the end, and
        ``details["who"]`` in which share of the runs each went (a frame; not to be read without the rest).

    Raises
    ------
    InputError
        When fewer than k may go, or a setting does not fit.

    Notes
    -----
    The models are simple on purpose: nobody knows how a given network will recover, so the answer is the spread over them, not any
    one. Studies of real networks find recovery can leave them more efficient than before (Duijn et al. 2014; Diviák 2023). Cost:
    runs x k x recoveries times betweenness; charts of more than 2,000 entities are measured from 512 of them.

    References
    ----------
    Duijn, Kashirin and Sloot 2014, doi:10.1038/srep04238; Duxbury and Haynie 2019, doi:10.1111/1745-9125.12203; Diviák 2023,
    doi:10.1007/s11292-023-09563-z; Latora and Marchiori 2001, doi:10.1103/PhysRevLett.87.198701.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> star = chart(pd.DataFrame({"source": "A", "target": list("BCDEFGH")}))
    >>> found = disruption(star, k=1, recovery=["none", "near"], replaced=1.0, runs=20, rng=7)
    >>> found.table.query("removal == 'betweenness' and removed == 1")["efficiency"].round(2).gt(0).tolist()
    [False, True]
    """
    faults = Check("networks.disruption")
    check_weights(faults, chart, None, None)
    faults.whole(1, k=k)
    faults.whole(10, runs=runs)
    faults.choice(allowed=WHO, by=by)
    models = [recovery] if isinstance(recovery, str) else [str(one) for one in recovery]
    for one in models:
        faults.choice(allowed=tuple(RECOVERIES), recovery=one)
    if not models:
        faults.add("recovery names no model; give one or several of " + ", ".join(RECOVERIES) + ".")
    faults.between(0.0, 1.0, replaced=replaced)
    reasons = unranked(chart)
    allowed = reasons.isna().to_numpy()
    if not faults.faults and int(allowed.sum()) < k + 2:
        faults.add(
            f"k is {k}, but only {int(allowed.sum()):,} entities may go; at least two of them must be left."
        )
    faults.done()
    used, lost = usable(chart, None)
    ties = ties_of(chart, used)
    draw, seed = generator(rng, "networks.disruption")
    setting = Setting(ties, allowed, int(k), float(replaced))
    table, who = _table(setting, by, models, int(runs), draw)
    kept = _kept(table, by)
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name="networks.disruption",
        title=tr("What remains of a disruption after people reorganise"),
        table=table,
        method=METHOD,
        findings=_findings(table, kept, by, int(k)),
        params=(
            Param("k", int(k)),
            Param("by", by),
            Param("recovery", ", ".join(models)),
            Param(tr_later("share of lost ties replaced"), float(replaced)),
            Param("runs", int(runs)),
        ),
        caveats=(
            tr("How people reorganise is not known; the models span what studies have described, not what will happen."),
            tr("People who go are not only contacts: skills, money and trust are not on the chart (Duijn et al. 2014)."),
            tr("This is no reason to act on anybody; whether to act is decided on evidence and law."),
            CAVEATS[1],
        ),
        references=(
            "Duijn, P. A. C., Kashirin, V. and Sloot, P. M. A. (2014). The relative ineffectiveness of criminal network disruption. Scientific Reports 4. doi:10.1038/srep04238",
            "Duxbury, S. W. and Haynie, D. L. (2019). Criminal network security. Criminology 57. doi:10.1111/1745-9125.12203",
            "Diviák, T. (2023). Structural resilience and recovery of a criminal network after disruption. J. Exp. Criminology. doi:10.1007/s11292-023-09563-z",
            "Latora, V. and Marchiori, M. (2001). Efficient behavior of small-world networks. Phys. Rev. Lett. 87. doi:10.1103/PhysRevLett.87.198701",
        ),
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={"chart": chart, "kept": kept, "who": who},
    )  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """What all runs have in common.

    Attributes
    ----------
    ties
        The chart as recorded.
    allowed
        Who may go and may tie anew.
    k, replaced
        How many go, and how likely a lost tie is replaced.
    """

    ties: Ties
    allowed: Any
    k: int
    replaced: float

    def run(self, by: str, model: str, draw: np.random.Generator) -> tuple[Any, list[int]]:
        """One run: measures and ties after 0, 1 … k have gone, and who went."""
        count = self.ties.count
        source, target = self.ties.source, self.ties.target
        there = np.ones(count, bool)
        rows = self.ties.both
        found = np.empty((self.k + 1, 4))
        found[0] = (*_state(rows, there), len(source))
        went: list[int] = []
        for step in range(1, self.k + 1):
            gone = self._next(rows, there, by, draw)
            went.append(gone)
            there[gone] = False
            orphans = rows.to[rows.ptr[gone] : rows.ptr[gone + 1]].astype(np.int64)
            kept = (source != gone) & (target != gone)
            source, target = source[kept], target[kept]
            if model != "none":
                source, target = self._tied_anew(model, source, target, orphans, there, draw)
            rows = rows_of(source, target, np.ones(len(source)), count, both_ways=True)
            found[step] = (*_state(rows, there), len(source))
        return found, went

    def _next(self, rows: Any, there: Any, by: str, draw: np.random.Generator) -> int:
        able = self.allowed & there
        if by == "random":
            return int(draw.choice(np.flatnonzero(able)))
        if by == "degree":
            values = np.diff(rows.ptr).astype(np.float64)
        else:
            values = quick_betweenness(rows, rows, weighted=False, directed=False)
        return int(np.argmax(np.where(able, np.round(values, 12), -np.inf)))

    def _tied_anew(
        self, model: str, source: Whole, target: Whole, orphans: Whole, there: Any, draw: np.random.Generator
    ) -> tuple[Whole, Whole]:
        """New ties of those who lost one."""
        count = self.ties.count
        seeking = orphans[self.allowed[orphans] & (draw.random(len(orphans)) < self.replaced)]
        if not len(seeking):
            return source, target
        rows = rows_of(source, target, np.ones(len(source)), count, both_ways=True)
        able = np.flatnonzero(self.allowed & there)
        weight = (np.diff(rows.ptr)[able] + 1.0) if model == "degree" else np.ones(len(able))
        chance = weight / weight.sum()
        new: list[tuple[int, int]] = []
        for one in seeking.tolist():
            near = rows.to[rows.ptr[one] : rows.ptr[one + 1]]
            if model == "near":
                around = [rows.to[rows.ptr[v] : rows.ptr[v + 1]] for v in near.tolist()]
                pool = np.unique(np.concatenate([orphans, *around]).astype(np.int64))
                pool = pool[self.allowed[pool] & (pool != one) & ~np.isin(pool, near)]
                if not len(pool):
                    continue
                other = int(draw.choice(pool))
            else:
                other = int(draw.choice(able, p=chance))
            if other != one and not np.isin(other, near):
                new.append((min(one, other), max(one, other)))
        if not new:
            return source, target
        added = np.array(sorted(set(new)), np.int64)
        return np.concatenate([source, added[:, 0]]), np.concatenate([target, added[:, 1]])


def _state(rows: Rows, there: Any) -> tuple[float, float, float]:
    """Efficiency, share of the largest part, and fragmentation among those left."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    from ilp_lab.networks.loops.keysets import nearness_from

    count, left = len(there), int(there.sum())
    pairs = left * (left - 1)
    starts = np.flatnonzero(there)
    if count > 2_000:
        starts = starts[:: max(1, len(starts) // 512)]
    near = float(nearness_from(*rows[:2], ~there, starts)) * left / len(starts)
    graph = csr_array((np.ones(len(rows.to), np.int8), rows.to, rows.ptr), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    sizes = np.unique(part[there], return_counts=True)[1]
    joined = float((sizes * (sizes - 1.0)).sum())
    return near / pairs, float(sizes.max()) / left, 1.0 - joined / pairs


def _table(
    setting: Setting, by: str, models: Sequence[str], runs: int, draw: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means and bands of all runs, and who went how often."""
    import pandas as pd
    from tqdm.auto import tqdm

    plan = [(removal, model) for removal in dict.fromkeys([by, "random"]) for model in models]
    frames, counts = [], np.zeros(setting.ties.count)
    for removal, model in tqdm(plan, desc="disrupting", delay=1, leave=False):
        fixed = removal != "random" and model == "none"
        number = 1 if fixed else runs
        found = np.empty((number, setting.k + 1, 4))
        for turn in range(number):
            found[turn], went = setting.run(removal, model, draw)
            if removal == by:
                counts[went] += 1.0 / number / len(models)
        frame = pd.DataFrame({"removal": removal, "recovery": model, "removed": np.arange(setting.k + 1)})
        low, high = np.quantile(found, [0.05, 0.95], axis=0)
        for at, name in enumerate(MEASURED):
            frame[name] = found[:, :, at].mean(axis=0)
            frame[f"{name}_low"], frame[f"{name}_high"] = low[:, at], high[:, at]
        frame["ties"] = found[:, :, 3].mean(axis=0)
        frames.append(frame)
    gone = np.flatnonzero(counts)
    who = pd.DataFrame({"entity_id": [setting.ties.names[at] for at in gone], "share_of_runs": counts[gone]})
    return pd.concat(frames, ignore_index=True), who.sort_values(
        "share_of_runs", ascending=False, ignore_index=True
    )


def _kept(table: Any, by: str) -> dict[str, float]:
    """Which share of the loss of efficiency without recovery is left under each model."""
    ends = table[(table["removal"] == by) & (table["removed"] == table["removed"].max())].set_index(
        "recovery"
    )
    start = float(table["efficiency"].iloc[0])
    full = start - float(ends["efficiency"].get("none", np.nan))
    if not np.isfinite(full):
        full = start
    return {
        str(model): float((start - value) / full) if full > 0 else 0.0
        for model, value in ends["efficiency"].items()
    }


def _findings(table: Any, kept: dict[str, float], by: str, k: int) -> tuple[str, ...]:
    start = float(table["efficiency"].iloc[0])
    ends = table[table["removed"] == k].set_index(["removal", "recovery"])
    said = []
    if "none" in kept:
        loss = 1.0 - float(ends.loc[(by, "none"), "efficiency"]) / start if start else 0.0
        said.append(
            tr(
                "Were {k} to go and nobody to react, the others would lose {loss:.0%} of their efficiency."
            ).format(k=k, loss=loss)
        )
    models = [model for model in kept if model != "none"]
    for model in models:
        row = ends.loc[(by, model)]
        said.append(
            tr("If {RECOVERIES}, {kept:.0%} of that loss would be left").format(
                RECOVERIES=RECOVERIES[model], kept=max(kept[model], 0.0)
            )
            + (
                tr(" and the chart would work better than before")
                if row["efficiency"] > start
                else tr(
                    " (efficiency {efficiency:.2f}, {efficiency_low:.2f} to {efficiency_high:.2f} in 90 % of the runs; {start:.2f} before)"
                ).format(
                    efficiency=row["efficiency"],
                    efficiency_low=row["efficiency_low"],
                    efficiency_high=row["efficiency_high"],
                    start=start,
                )
            )
            + "."
        )
    if by != "random":
        better = [
            model
            for model in kept
            if ends.loc[(by, model), "efficiency_high"] < ends.loc[("random", model), "efficiency_low"]
        ]
        said.append(
            tr("Random removals do clearly less")
            + (
                tr(" under every model.")
                if len(better) == len(kept)
                else tr(" under: {names}.").format(names=", ".join(better))
            )
            if better
            else tr("After recovery it is not told apart from taking anybody at random.")
        )
    said.append(
        tr(
            "How people will react is not known; plan for the worst of these, watch what happens, and do not read this as whom "
            "to act on."
        )
    )
    return tuple(said)
