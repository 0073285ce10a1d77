"""Weighing options: rights first, dominance second, weights last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import looked_up, tr, tr_later
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Rights came first: an option whose legality, necessity, proportionality or non-discrimination was answered with no "
    "was removed, not marked down. Of the rest, options that are no better in any criterion and worse in one than "
    "another were set aside (dominance). Then criteria were brought to a common scale from worst to best, and weights "
    "drawn {draws} times evenly among all that keep the order {order}; estimates with limits were drawn between them, "
    "and what is not known anywhere between the worst and the best. The share of draws in which an option comes out best "
    "is given; only from {sure:.0%} on is it stated."
)
_REFERENCES = (
    "Lahdelma, Hokkanen and Salminen 1998, SMAA, doi:10.1016/S0377-2217(97)00163-X",
    "Keeney and Raiffa 1993, Decisions with Multiple Objectives, doi:10.1017/CBO9781139174084",
)
GATE = ("legality", "necessity", "proportionality", "non_discrimination")
_FAILED = dict(
    zip(
        GATE,
        (
            tr_later("legality"),
            tr_later("necessity"),
            tr_later("proportionality"),
            tr_later("non-discrimination"),
        ),
        strict=True,
    )
)
KINDS = ("prevention", "intelligence", "enforcement", "disruption", tr_later("do nothing"))


def weigh_options(
    options: pd.DataFrame,
    *,
    criteria: Mapping[str, str],
    draws: int = 10_000,
    sure: float = 0.8,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Weigh what could be done, doing nothing among it, after the rights gate and after dominance.

    Parameters
    ----------
    options
        One row per option: ``option``, ``kind`` (prevention, intelligence, enforcement, disruption, do nothing), the four questions
        ``legality``, ``necessity``, ``proportionality``, ``non_discrimination``, each answered ``"yes: because ..."`` or ``"no: because ..."``
        (doing nothing is not asked), and a column of numbers per criterion, with ``<criterion>_low`` and ``<criterion>_high`` where
        there are limits. A missing number is not known.
    criteria
        Criterion → ``"more"`` or ``"less"``: whether more or less of it is better; the most important first.
    draws, sure
        Draws, and from which share on the best is stated.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per option, best first: ``option``, ``kind``, ``verdict`` (``best``, ``not separable``, ``weaker``, ``dominated``,
        ``removed by the rights gate``), ``p_best``, ``p_above_nothing``, ``dominated_by``, ``failed``, and the criteria. ``left_out`` counts
        the removed. ``details``: ``rights`` (the answers).

    Raises
    ------
    InputError, ColumnError
        When there is one option only, doing nothing is not among them, or a question of rights is not answered with its reason.

    Notes
    -----
    It prepares a decision; a person decides (:func:`decide`) and may depart from it, with reasons.

    Examples
    --------
    >>> import pandas as pd
    >>> yes = "yes: Police Act s.4"
    >>> could = pd.DataFrame({
    ...     "option": ["Lights", "Cameras", "Nothing"], "kind": ["prevention", "intelligence", "do nothing"],
    ...     "legality": [yes, "no: no law allows it here", ""], "necessity": [yes, yes, ""], "proportionality": [yes, yes, ""],
    ...     "non_discrimination": [yes, yes, ""], "harm_prevented": [40, 90, 0], "cost": [10, 20, 0]})
    >>> found = weigh_options(could, criteria={"harm_prevented": "more", "cost": "less"}, rng=1)
    >>> found.table[["option", "verdict"]].values.tolist()
    [['Lights', 'best'], ['Nothing', 'weaker'], ['Cameras', 'removed by the rights gate']]
    """
    caller = "tasking.weigh_options"
    check = Check(caller)
    if check.frame(options, "options"):
        check.columns(options, ["option", "kind", *GATE, *criteria], "options")
    check.whole(100, draws=draws)
    check.between(0.5, 0.999, sure=sure)
    if not criteria:
        check.add("criteria must name at least one, such as {'harm_prevented': 'more'}.")
    for name, way in criteria.items():
        check.choice(allowed=("more", "less"), **{f"criteria[{name!r}]": way})
    check.done()
    _check_rows(check, options, tuple(criteria))
    failed = _gate(check, options)
    check.done()
    passes = failed == ""
    values, low, high = _numbers(options[passes], criteria)
    dominated = _dominated(low, high, options.loc[passes, "option"].tolist())
    generate, seed = generator(rng, caller)
    nothing = (options.loc[passes, "kind"] == "do nothing").to_numpy()
    best, above = _shares(values, low, high, dominated == "", nothing, draws, generate)
    table = _table(options, passes, failed, dominated, best, above, sure, tuple(criteria))
    left_out = LeftOut.of(
        options, np.where(passes, "", tr_later("removed by the rights gate")).astype(object)
    )
    return Result(
        name=caller,
        title=tr_later("Options weighed"),
        table=table,
        method=_METHOD.format(draws=f"{draws:,}", order=" ≥ ".join(criteria), sure=sure),
        findings=_findings(table, sure),
        params=(Param("criteria", dict(criteria)), Param("draws", draws), Param("sure", sure)),
        caveats=(
            tr("Estimates of what an option would do are those of people; write down whose."),
            tr("The order of the criteria is a choice of those who decide, not of the analyst."),
        ),
        references=_REFERENCES,
        sources=(Source("options", len(options), fingerprint(low, high), origin_of(options)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(options),
        seed=seed,
        details={"rights": options[["option", *GATE]], "options": options, "sure": sure},
    )


def _check_rows(check: Check, options: pd.DataFrame, criteria: tuple[str, ...]) -> None:
    from ilp_lab.errors import ColumnError

    if len(options) < 2:
        check.add(
            f"one option is no choice; there are {len(options)}. Add doing nothing, and what else could be done."
        )
    if options["option"].duplicated().any():
        check.add(f"option names {options['option'][options['option'].duplicated()].iloc[0]!r} twice.")
    strange = set(options["kind"].astype(str)) - set(KINDS)
    if strange:
        check.add(f"kind must be one of {', '.join(KINDS)}; got {min(strange)!r}.")
    if len(options) >= 2 and not (options["kind"] == "do nothing").any():
        check.add("doing nothing is not among the options; add it with kind 'do nothing'.")
    for name in criteria:
        if options[name].dtype.kind not in "iufb":
            check.add(
                f"criterion {name!r} must be a column of numbers; it holds {options[name].dtype}.",
                ColumnError,
            )


def _gate(check: Check, options: pd.DataFrame) -> NDArray[np.object_]:
    """Which questions of rights were answered with no, by option; an answer without its reason is no answer."""
    failed = np.full(len(options), "", dtype=object)
    for row, (_, option) in enumerate(options.iterrows()):
        if option["kind"] == "do nothing":
            continue
        noes = []
        for question in GATE:
            answer = (
                ""
                if option[question] is None or option[question] != option[question]
                else str(option[question])
            )
            word, _, reason = answer.partition(":")
            if word.strip().casefold() not in {"yes", "no"} or not reason.strip():
                check.add(
                    f"{question} of {option['option']!r} is not answered; write 'yes: because ...' or 'no: because ...'; got {answer!r}."
                )
            elif word.strip().casefold() == "no":
                noes.append(str(_FAILED[question]))
        failed[row] = ", ".join(noes)
    return failed


def _numbers(
    options: pd.DataFrame, criteria: Mapping[str, str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Values, lows and highs (options × criteria), more being better, from 0 to 1; not known: 0 to 1."""
    shape = (len(options), len(criteria))
    values, low, high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for k, (name, way) in enumerate(criteria.items()):
        middle = options[name].to_numpy(dtype=np.float64, na_value=np.nan)
        ends = [
            options[f"{name}_{end}"].to_numpy(dtype=np.float64, na_value=np.nan)
            if f"{name}_{end}" in options
            else middle
            for end in ("low", "high")
        ]
        ends = [np.where(np.isnan(end), middle, end) for end in ends]
        known = np.concatenate([middle, *ends])
        known = known[np.isfinite(known)]
        worst, best = (known.min(), known.max()) if len(known) else (0.0, 1.0)
        span = best - worst if best > worst else 1.0
        scaled = [(one - worst) / span for one in (middle, *ends)]
        if way == "less":
            scaled = [1 - scaled[0], 1 - scaled[2], 1 - scaled[1]]
        if best == worst:
            scaled = [np.where(np.isnan(one), np.nan, 0.5) for one in scaled]
        values[:, k] = np.where(np.isnan(scaled[0]), 0.5, scaled[0])
        low[:, k] = np.where(np.isnan(scaled[1]), 0.0, scaled[1])
        high[:, k] = np.where(np.isnan(scaled[2]), 1.0, scaled[2])
    return values, np.minimum(low, values), np.maximum(high, values)


def _dominated(low: NDArray[np.float64], high: NDArray[np.float64], names: list[str]) -> NDArray[np.object_]:
    """By which option each is dominated: at its best no better in anything, and worse in something, than that one at its worst."""
    found = np.full(len(low), "", dtype=object)
    for one in range(len(low)):
        for other in range(len(low)):
            if one != other and (low[other] >= high[one]).all() and (low[other] > high[one]).any():
                found[one] = names[other]
                break
    return found


def _shares(
    values: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    free: NDArray[np.bool_],
    nothing: NDArray[np.bool_],
    draws: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How often each option is best among those not dominated, and how often it is above doing nothing."""
    weights = -np.sort(-rng.dirichlet(np.ones(values.shape[1]), size=draws), axis=1)
    drawn = rng.triangular(low - 1e-12, values, high + 1e-12, size=(draws, *values.shape))
    scores = np.einsum("dok,dk->do", drawn, weights) + rng.random((draws, len(values))) * 1e-9
    best = np.bincount(np.where(free, scores, -np.inf).argmax(axis=1), minlength=len(values)) / draws
    above = (scores > scores[:, [int(nothing.argmax())]]).mean(axis=0)
    return best, np.where(nothing, np.nan, above)


def _table(
    options: pd.DataFrame,
    passes: NDArray[np.bool_],
    failed: NDArray[np.object_],
    dominated: NDArray[np.object_],
    best: NDArray[np.float64],
    above: NDArray[np.float64],
    sure: float,
    criteria: tuple[str, ...],
) -> pd.DataFrame:
    import pandas as pd

    whole = {
        name: np.full(len(options), fill, dtype=object)
        for name, fill in (("by", ""), ("best", np.nan), ("above", np.nan))
    }
    whole["by"][passes], whole["best"][passes], whole["above"][passes] = dominated, best, above
    p = whole["best"].astype(np.float64)
    top = np.nanmax(p) if np.isfinite(p).any() else 0.0
    close = p >= min(1 - sure, top)
    verdict = np.where(
        p >= sure, "best", np.where(close & (top < sure), tr_later("not separable"), "weaker")
    ).astype(object)
    verdict[whole["by"] != ""] = "dominated"
    verdict[~passes] = tr_later("removed by the rights gate")
    table = pd.DataFrame(
        {
            "option": options["option"].to_numpy(), "kind": options["kind"].to_numpy(), "verdict": verdict, "p_best": p,
            "p_above_nothing": whole["above"].astype(np.float64), "dominated_by": whole["by"], "failed": failed,
        }
    )  # fmt: skip
    for name in criteria:
        table[name] = options[name].to_numpy()
    order = np.lexsort((-np.nan_to_num(p, nan=-1.0), verdict == "dominated", ~passes))
    return table.iloc[order].reset_index(drop=True)


def _findings(table: pd.DataFrame, sure: float) -> tuple[str, ...]:
    removed = table[table["verdict"] == "removed by the rights gate"]
    left = table[table["verdict"] != "removed by the rights gate"]
    said = []
    if len(removed):
        listed = "; ".join(f"{row.option} ({looked_up(str(row.failed))})" for row in removed.itertuples())
        said.append(
            tr("Removed before any score, because rights stand against them: {listed}.").format(listed=listed)
        )
    if len(left) == 1:
        said.append(
            tr("Only {option} is left. Look for other options.").format(option=left.iloc[0]["option"])
        )
        return (*said, tr("Check next what lawful option was not thought of."))
    top = left.iloc[0]
    if top["verdict"] == "best":
        said.append(
            tr(
                "{option} comes out best in {p_best:.0%} of draws, whatever the weights within the agreed order."
            ).format(option=top["option"], p_best=top["p_best"])
        )
    else:
        close = left[left["verdict"] == "not separable"]
        said.append(
            tr("No option can be called best: ")
            + ", ".join(f"{row.option} {row.p_best:.0%}" for row in close.itertuples())
            + tr(" of draws (stated from {sure:.0%} on). The choice is one of judgement.").format(sure=sure)
        )
    dominated = left[left["verdict"] == "dominated"]
    if len(dominated):
        said.append(
            "; ".join(
                tr("{option} is in nothing better than {dominated_by}").format(
                    option=row.option, dominated_by=row.dominated_by
                )
                for row in dominated.itertuples()
            )
            + "."
        )
    weak = left[(left["p_above_nothing"] < 0.5) & (left["kind"] != "do nothing")]
    if len(weak):
        said.append(
            tr("Doing nothing is better than {names} in most draws.").format(names=", ".join(weak["option"]))
        )
    said.append(tr("A person decides, and may depart from this with reasons; the record keeps both."))
    said.append(
        tr("Check next whose estimates these are, and write down now what effect is expected and by when.")
    )
    return tuple(said)
