"""Which tasks get the hours of analysts and investigators, and what goes undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import few_digits, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.tasking.patrolground import numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Tasks were chosen so that the harm they are expected to prevent (their estimate times the probability of success) "
    "is as large as possible within {budgets} (0-1 programme with several resources, HiGHS).{limits} The price of an "
    "hour is what the fewest further hours of that resource buy that buy anything, by hour. How firm each choice is was "
    "found by drawing the estimates anew within their limits ({draws} times) and choosing again."
)
_REFERENCES = (
    "Kellerer, Pferschy and Pisinger 2004, Knapsack Problems, doi:10.1007/978-3-540-24777-7",
    "Chinneck 2008, Feasibility and Infeasibility in Optimization, doi:10.1007/978-0-387-74932-7",
)
KINDS = ("prevention", "intelligence", "enforcement", "disruption")


@dataclass(frozen=True)
class _Rule:
    """coefficients · x ≥ least, with words for when it cannot be kept."""

    name: str
    coefficients: NDArray[np.float64]
    least: float


def portfolio(
    tasks: pd.DataFrame,
    *,
    hours: Mapping[str, float],
    harm: str = "harm_prevented",
    success: str = "p_success",
    least_by_priority: Mapping[str, float] | None = None,
    least_prevention: float = 0.0,
    draws: int = 100,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Choose the tasks that prevent most harm with the hours there are, and say what is left undone.

    Parameters
    ----------
    tasks
        One row per task: ``task``, the harm it would prevent, the probability that it succeeds, and a column of hours per resource. With
        ``priority`` and ``kind`` (prevention, intelligence, enforcement, disruption) where limits use them; with ``harm_low`` and
        ``harm_high`` the estimates are drawn between these.
    hours
        Column of hours → hours there are: ``{"analyst_hours": 160, "investigator_hours": 400}``.
    harm, success
        Columns.
    least_by_priority
        Priority of the control strategy → hours (of all resources together) that tasks for it get at least.
    least_prevention
        Share of all hours used that goes to prevention at least.
    draws
        Draws of the estimates.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: the tasks with ``expected`` (harm × probability), ``chosen``, ``chosen_share`` (of draws) and ``verdict``: chosen, not chosen,
        or close (between 20 and 80 % of draws). ``details``: ``next_step`` (resource → the fewest further hours that buy anything, and what they buy), ``price`` (that per hour), ``used``, ``not_done``,
        ``expected``, ``by_priority``, ``proven``.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit; when limits contradict each other, which, and the least change that makes them fit.

    Examples
    --------
    >>> import pandas as pd
    >>> work = pd.DataFrame({"task": ["A", "B", "C"], "harm_prevented": [90, 60, 50], "p_success": [0.5, 0.9, 0.9],
    ...                      "analyst_hours": [10, 10, 10]})
    >>> portfolio(work, hours={"analyst_hours": 20}, rng=1).table["chosen"].tolist()
    [False, True, True]
    """
    caller = "tasking.portfolio"
    check = Check(caller)
    if check.frame(tasks, "tasks"):
        check.rows(tasks, "tasks")
        extra = (["priority"] if least_by_priority else []) + (["kind"] if least_prevention else [])
        check.columns(tasks, ["task", harm, success, *hours, *extra], "tasks")
    check.between(0, 1, least_prevention=least_prevention)
    check.whole(0, draws=draws)
    if not hours:
        check.add("hours must name at least one resource, such as {'analyst_hours': 160}.")
    check.done()
    for name, value in hours.items():
        check.positive(**{f"hours[{name!r}]": value})
    expected, use, low, high = _estimates(check, tasks, harm, success, tuple(hours))
    if "kind" in tasks and set(tasks["kind"].dropna()) - set(KINDS):
        check.add(
            f"kind must be one of {', '.join(KINDS)}; got {min(set(tasks['kind'].dropna()) - set(KINDS))!r}."
        )
    rules = _rules(check, tasks, use, least_by_priority or {}, least_prevention)
    check.done()
    budget = np.array([float(value) for value in hours.values()])
    chosen = _choose(expected, use, budget, rules)
    if chosen is None:
        raise InputError(
            f"{caller}:\n"
            + "\n".join(f"  - {line}" for line in _least_change(use, budget, tuple(hours), rules))
        )
    generate, seed = generator(rng, caller)
    firm = _again(chosen, low, high, use, budget, rules, draws, generate)
    details = _details(tasks, expected, chosen, use, budget, rules, tuple(hours))
    table = _table(tasks, expected, chosen, firm)
    return Result(
        name=caller,
        title=tr_later("Hours by task"),
        table=table,
        method=_METHOD.format(
            budgets=", ".join(f"{value:,g} {name.replace('_', ' ')}" for name, value in hours.items()),
            limits=" Limits: " + "; ".join(rule.name for rule in rules) + "." if rules else "",
            draws=draws,
        ),
        findings=_findings(table, details),
        params=(
            Param("hours", dict(hours)), Param("harm", harm), Param("success", success),
            Param("least_by_priority", dict(least_by_priority or {})), Param("least_prevention", least_prevention), Param("draws", draws),
        ),
        caveats=(
            tr("What a task would prevent is an estimate of people; write down whose, and compare it with what came of it."),
            *(() if "harm_low" in tasks else (tr("No limits of the estimates were given; they were drawn within a quarter up and down."),)),
        ),
        references=_REFERENCES,
        sources=(Source("tasks", len(tasks), fingerprint(expected, use), origin_of(tasks)),),
        handling=handling_of(tasks),
        seed=seed,
        details=details,
    )  # fmt: skip


def _estimates(
    check: Check, tasks: pd.DataFrame, harm: str, success: str, hours: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    value, chance = numbers(check, tasks, harm, "harm"), numbers(check, tasks, success, "success")
    if not check.faults and (chance > 1).any():
        check.add(
            f"success={success!r} must hold probabilities from 0 to 1; the highest is {chance.max():g}."
        )
    use = np.stack([numbers(check, tasks, name, "hours") for name in hours])
    if tasks["task"].duplicated().any():
        check.add(f"task names {tasks['task'][tasks['task'].duplicated()].iloc[0]!r} twice.")
    low, high = 0.75 * value, 1.25 * value
    if "harm_low" in tasks and "harm_high" in tasks:
        low, high = (
            numbers(check, tasks, "harm_low", "harm_low"),
            numbers(check, tasks, "harm_high", "harm_high"),
        )
        if not check.faults and ((low > value) | (value > high)).any():
            check.add("harm_low must not lie above the estimate, nor harm_high below it.")
    return value * chance, use, low * chance, high * chance


def _rules(
    check: Check,
    tasks: pd.DataFrame,
    use: NDArray[np.float64],
    by_priority: Mapping[str, float],
    prevention: float,
) -> list[_Rule]:
    total = use.sum(axis=0)
    rules = []
    for name, least in by_priority.items():
        own = (tasks["priority"] == name).to_numpy()
        if not own.any():
            check.add(f"least_by_priority names {name!r}, but no task has that priority.")
        check.between(0, 1e12, **{f"least_by_priority[{name!r}]": least})
        rules.append(
            _Rule(
                tr("at least {least:,g} hours for {name}").format(least=least, name=name),
                np.where(own, total, 0.0),
                float(least),
            )
        )
    if prevention:
        share = np.where((tasks["kind"] == "prevention").to_numpy(), 1 - prevention, -prevention)
        rules.append(
            _Rule(
                tr("at least {prevention:.0%} of the hours for prevention").format(prevention=prevention),
                share * total,
                0.0,
            )
        )
    return rules


def _choose(
    expected: NDArray[np.float64], use: NDArray[np.float64], budget: NDArray[np.float64], rules: list[_Rule]
) -> NDArray[np.bool_] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    limits = [LinearConstraint(use, -np.inf, budget)]
    limits += [LinearConstraint(rule.coefficients[None], rule.least - 1e-9, np.inf) for rule in rules]
    found = milp(
        -expected,
        integrality=np.ones(len(expected)),
        bounds=Bounds(0, 1),
        constraints=limits,
        options={"time_limit": 60, "mip_rel_gap": 1e-9},
    )
    return None if found.x is None else np.asarray(np.round(found.x) == 1)


def _least_change(
    use: NDArray[np.float64], budget: NDArray[np.float64], names: tuple[str, ...], rules: list[_Rule]
) -> list[str]:
    """Which limits are in each other's way, and the smallest sum of changes (in hours) that frees them."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, m, k = use.shape[1], len(budget), len(rules)
    costs = np.concatenate([np.zeros(n), np.ones(m + k)])
    rows = [np.concatenate([use[r], -np.eye(m)[r], np.zeros(k)]) for r in range(m)]
    limits = [LinearConstraint(np.array(rows), -np.inf, budget)]
    for r, rule in enumerate(rules):
        row = np.concatenate([rule.coefficients, np.zeros(m), np.eye(k)[r]])
        limits.append(LinearConstraint(row[None], rule.least - 1e-9, np.inf))
    found = milp(costs, integrality=np.concatenate([np.ones(n), np.zeros(m + k)]), bounds=Bounds(0, np.concatenate([np.ones(n), np.full(m + k, np.inf)])), constraints=limits)  # fmt: skip
    if found.x is None:
        return [tr("these limits cannot be kept together.")]
    said = [tr("these limits cannot be kept together. The least change that makes them fit:")]
    for r, name in enumerate(names):
        if found.x[n + r] > 1e-6:
            said.append(
                f"{name}: {few_digits(found.x[n + r])} hours more ({few_digits(budget[r] + found.x[n + r])} in all)"
            )
    for r, rule in enumerate(rules):
        if found.x[n + m + r] > 1e-6:
            said.append(f"{rule.name}: {few_digits(found.x[n + m + r])} hours less")
    return said


def _again(
    chosen: NDArray[np.bool_],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    use: NDArray[np.float64],
    budget: NDArray[np.float64],
    rules: list[_Rule],
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    from tqdm.auto import trange

    times = np.zeros(len(chosen))
    for _ in trange(draws, desc="estimates", delay=1, leave=False):
        again = _choose(rng.uniform(low, high), use, budget, rules)
        times += chosen if again is None else again
    return times / draws if draws else chosen.astype(np.float64)


def _details(
    tasks: pd.DataFrame,
    expected: NDArray[np.float64],
    chosen: NDArray[np.bool_],
    use: NDArray[np.float64],
    budget: NDArray[np.float64],
    rules: list[_Rule],
    names: tuple[str, ...],
) -> dict[str, Any]:
    worth = float(expected[chosen].sum())
    steps = {name: _next_step(expected, use, budget, rules, r, worth) for r, name in enumerate(names)}
    price = {name: 0.0 if step is None else step[1] / step[0] for name, step in steps.items()}
    found: dict[str, Any] = {
        "expected": worth,
        "price": price,
        "next_step": steps,
        "used": {name: float(use[r][chosen].sum()) for r, name in enumerate(names)},
        "budget": dict(zip(names, budget.tolist(), strict=True)),
        "not_done": tasks[~chosen]
        .assign(expected=expected[~chosen])
        .sort_values("expected", ascending=False),
        "proven": True,
    }
    if "priority" in tasks:
        hours = use.sum(axis=0)
        found["by_priority"] = (
            tasks.assign(hours=np.where(chosen, hours, 0.0)).groupby("priority")["hours"].sum()
        )
    return found


def _next_step(
    expected: NDArray[np.float64],
    use: NDArray[np.float64],
    budget: NDArray[np.float64],
    rules: list[_Rule],
    resource: int,
    worth: float,
) -> tuple[float, float] | None:
    """The fewest further hours of one resource that buy anything, and what they buy; None when no number of them does."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(expected)
    extra = np.zeros((len(budget), 1))
    extra[resource] = -1.0
    limits = [
        LinearConstraint(np.hstack([use, extra]), -np.inf, budget),
        LinearConstraint(np.append(expected, 0.0)[None], worth * (1 + 1e-6) + 1e-9, np.inf),
    ]
    limits += [
        LinearConstraint(np.append(rule.coefficients, 0.0)[None], rule.least - 1e-9, np.inf) for rule in rules
    ]
    found = milp(
        np.append(np.zeros(n), 1.0),
        integrality=np.append(np.ones(n), 0.0),
        bounds=Bounds(0, np.append(np.ones(n), np.inf)),
        constraints=limits,
        options={"time_limit": 60, "mip_rel_gap": 1e-9},
    )
    if found.x is None or found.x[n] <= 1e-6:
        return None
    more = budget.copy()
    more[resource] += found.x[n] + 1e-6
    richer = _choose(expected, use, more, rules)
    return None if richer is None else (float(found.x[n]), float(expected[richer].sum()) - worth)


def _table(
    tasks: pd.DataFrame, expected: NDArray[np.float64], chosen: NDArray[np.bool_], firm: NDArray[np.float64]
) -> pd.DataFrame:
    verdict = np.where(
        (firm > 0.2) & (firm < 0.8), "close", np.where(chosen, "chosen", tr_later("not chosen"))
    )
    return tasks.assign(expected=expected, chosen=chosen, chosen_share=firm, verdict=verdict)


def _findings(table: pd.DataFrame, details: dict[str, Any]) -> tuple[str, ...]:
    undone = details["not_done"]
    used = ", ".join(
        tr("{value:,g} of {budget:,g} {name}").format(
            value=value, budget=details["budget"][name], name=name.replace("_", " ")
        )
        for name, value in details["used"].items()
    )
    said = [
        tr(
            "{chosen} of {n} tasks are chosen; they use {used} and are expected to prevent {expected}."
        ).format(
            chosen=int(table["chosen"].sum()),
            n=len(table),
            used=used,
            expected=few_digits(details["expected"]),
        ),
    ]
    if len(undone):
        top = undone.iloc[0]
        said.append(
            tr("Not done: {task}, which would prevent {expected} more.").format(
                task=top["task"], expected=few_digits(top["expected"])
            )
            if len(undone) == 1
            else tr(
                "Not done: {n} tasks that would prevent {expected} more; first among them {task} ({expected_2})."
            ).format(
                n=len(undone),
                expected=few_digits(undone["expected"].sum()),
                task=top["task"],
                expected_2=few_digits(top["expected"]),
            )
        )
    said.append(_price_in_words(details["next_step"]))
    close = table[table["verdict"] == "close"]["task"].astype(str).tolist()
    if close:
        said.append(
            tr(
                "Close calls, which estimates within their limits would turn: {names}. Decide them by judgement, and say so."
            ).format(names=", ".join(close[:5]))
        )
    said.append(
        tr(
            "It says what the estimates imply. Check next who made them, and what came of the last tasks like these."
        )
    )
    return tuple(said)


def _price_in_words(steps: Mapping[str, tuple[float, float] | None]) -> str:
    parts = [
        tr("no number of further {name} alone would buy more").format(name=name.replace("_", " ")) if step is None
        else tr("{step} further {name} would buy {step_2} ({step_3} an hour)").format(step=few_digits(step[0]), name=name.replace("_", " "), step_2=few_digits(step[1]), step_3=few_digits(step[1] / step[0]))
        for name, step in steps.items()
    ]  # fmt: skip
    return tr("The next step: {names}.").format(names="; ".join(parts))
