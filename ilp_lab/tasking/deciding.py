"""A decision that a named person makes, with reasons and dissent, and an expected effect that can be judged later."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.tasking.options import GATE

if TYPE_CHECKING:
    from ilp_lab.records import DecisionRecord, TaskingRecord

_EFFECT = re.compile(r"^(?P<measure>.+): (?P<change>[+-]\d+(?:\.\d+)?) % \((?P<low>[+-]\d+(?:\.\d+)?) % to (?P<high>[+-]\d+(?:\.\d+)?) %\) by (?P<by>\d{4}-\d\d-\d\d)$")  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What is expected to come of a decision or task.

    Attributes
    ----------
    measure
        What is counted, where.
    change, low, high
        Expected change, and between which it is expected, as shares: -0.2 is 20 % less.
    by
        When it is looked at.

    Examples
    --------
    >>> effect = Effect("thefts from boats in S1-01, per month", -0.2, -0.35, -0.05, date(2026, 12, 31))
    >>> str(effect)
    'thefts from boats in S1-01, per month: -20 % (-35 % to -5 %) by 2026-12-31'
    >>> Effect.read(str(effect)) == effect
    True
    """

    measure: str
    change: float
    low: float
    high: float
    by: date

    def __post_init__(self) -> None:
        check = Check("tasking.Effect")
        if not self.measure.strip():
            check.add("measure must say what is counted, and where.")
        for name, value in (("change", self.change), ("low", self.low), ("high", self.high)):
            if not -1 <= value <= 100:
                check.add(f"{name} must be a share from -1 (all of it gone) to 100; got {value!r}.")
        if not check.faults and not self.low <= self.change <= self.high:
            check.add(f"low, change and high must rise; got {self.low}, {self.change}, {self.high}.")
        check.done()

    def __str__(self) -> str:
        change, low, high = (f"{value * 100:+g} %" for value in (self.change, self.low, self.high))
        return f"{self.measure}: {change} ({low} to {high}) by {self.by.isoformat()}"

    @classmethod
    def read(cls, text: str) -> Effect:
        """Read an effect as it stands in a record.

        Raises
        ------
        InputError
            When the text is not of that form.
        """
        found = _EFFECT.match(text.strip())
        if found is None:
            raise InputError(
                f"tasking.Effect: {text!r} is no expected effect of the form 'what: -20 % (-35 % to -5 %) by 2026-12-31'."
            )
        change, low, high = (float(found[name]) / 100 for name in ("change", "low", "high"))
        return cls(found["measure"], change, low, high, date.fromisoformat(found["by"]))


def decide(
    weighed: Result,
    *,
    decision_id: str,
    decision: str,
    chosen: str,
    decision_maker: str,
    reasons: str,
    expected: Effect,
    review_date: str | date,
    dissent: str | None = None,
    evidence: tuple[str, ...] = (),
    level: str = "local",
    unit: str | None = None,
    decided_on: str | date | None = None,
) -> DecisionRecord:
    """Write down a decision: what was weighed, who decided, why, who disagreed, and what is expected of it.

    Parameters
    ----------
    weighed
        What :func:`weigh_options` handed back.
    decision_id, decision
        Its number, and what was decided.
    chosen
        The option.
    decision_maker
        A person.
    reasons
        Why; also why it departs from what came out best, where it does.
    expected
        What is expected to come of it.
    review_date
        When somebody looks whether it came true.
    dissent
        Who disagreed, and why.
    evidence
        Products and results that were used.
    level, unit, decided_on
        As in the record.

    Returns
    -------
    DecisionRecord
        With every option that was considered, the removed ones too, and their answers to the questions of rights.

    Raises
    ------
    InputError
        When the chosen option was removed by the rights gate, or is none of them.
    FormError
        When the record is not in order.

    Examples
    --------
    >>> import pandas as pd
    >>> yes = "yes: Police Act s.4"
    >>> could = pd.DataFrame({"option": ["Lights", "Nothing"], "kind": ["prevention", "do nothing"], "cost": [1, 0],
    ...                       **{name: [yes, ""] for name in GATE}})
    >>> from ilp_lab.tasking import weigh_options
    >>> effect = Effect("thefts at the pier", -0.2, -0.3, 0.0, date(2099, 6, 30))
    >>> record = decide(weigh_options(could, criteria={"cost": "less"}, rng=1), decision_id="D-1", decision="Lights at the pier",
    ...                 chosen="Lights", decision_maker="Head of S1", reasons="Cheap and quick", expected=effect, review_date="2099-07-01")
    >>> record.chosen, len(record.options)
    ('Lights', 2)
    """
    from ilp_lab.records import DecisionRecord

    caller = "tasking.decide"
    if getattr(weighed, "name", "") != "tasking.weigh_options":
        raise InputError(f"{caller}: weighed must be what tasking.weigh_options handed back.")
    rows = {str(row["option"]): row for row in weighed.table.to_dict("records")}
    if chosen not in rows:
        raise InputError(f"{caller}: chosen {chosen!r} is none of the options: {', '.join(rows)}.")
    if rows[chosen]["verdict"] == "removed by the rights gate":
        raise InputError(
            f"{caller}: {chosen!r} was removed because of {rows[chosen]['failed']}; it cannot be decided on. Change the option, and weigh again."
        )
    answers = {str(row["option"]): row for row in weighed.details["rights"].to_dict("records")}
    values: dict[str, Any] = {
        "decision_id": decision_id, "evidence": evidence, "decision": decision, "chosen": chosen, "decision_maker": decision_maker,
        "reasons": reasons, "dissent": dissent, "decided_on": decided_on, "review_date": review_date, "level": level, "unit": unit,
        "handling": weighed.handling,
        "options": [_option(name, row, answers[name], expected if name == chosen else None) for name, row in rows.items()],
    }  # fmt: skip
    return DecisionRecord(**values)


def _option(
    name: str, row: Mapping[Any, Any], answers: Mapping[Any, Any], expected: Effect | None
) -> dict[str, Any]:
    kind = str(row["kind"])
    cost = row.get("cost")
    return {
        "name": name,
        "do_nothing": kind == "do nothing",
        # disruption is a way of enforcement in the form's words
        "action_type": {"do nothing": None, "disruption": "enforcement"}.get(kind, kind),
        "expected_effect": None if expected is None else str(expected),
        "cost": None if cost is None or math.isnan(cost) else f"{cost:g}",
        **{question: str(answers[question]) or None for question in GATE if kind != "do nothing"},
    }


def came_true(
    record: DecisionRecord | TaskingRecord | Effect,
    measured: Result | None = None,
    *,
    ratio: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Result:
    """Set what came of a decision or task beside what was expected of it.

    Parameters
    ----------
    record
        A decision with an expected effect, a task whose outcome measure is one, or the effect.
    measured
        A result with ``ratio``, ``low`` and ``high`` in its first row, such as ``times.compare_counts`` or
        ``times.difference_in_differences``; or give the three numbers.
    ratio, low, high
        After over before, with its interval; 1 is no change.

    Returns
    -------
    Result
        ``table``: ``expected`` and ``measured`` change with their limits. ``details["verdict"]``: ``as expected``, ``less than expected``,
        ``more than expected``, ``the other way`` or ``cannot be told``.

    Raises
    ------
    InputError
        When no expected effect is recorded, or no measured one given.

    Examples
    --------
    >>> effect = Effect("thefts at the pier", -0.2, -0.35, -0.05, date(2026, 12, 31))
    >>> came_true(effect, ratio=0.63, low=0.36, high=1.11)["verdict"]
    'cannot be told'
    """
    import pandas as pd

    caller = "tasking.came_true"
    effect = _effect_of(record, caller)
    if measured is not None:
        if not {"ratio", "low", "high"} <= set(measured.table.columns) or not len(measured.table):
            raise InputError(
                f"{caller}: {measured.name} holds no ratio with low and high; give ratio=, low= and high=."
            )
        first = measured.table.iloc[0]
        ratio, low, high = float(first["ratio"]), float(first["low"]), float(first["high"])
    if ratio is None or low is None or high is None:
        raise InputError(f"{caller}: give measured=, or ratio=, low= and high=.")
    check = Check(caller)
    if not all(0 <= value <= 1e6 for value in (ratio, low, high)):
        check.add(f"ratio, low and high must be numbers of at least 0; got {ratio}, {low}, {high}.")
    elif not low <= ratio <= high:
        check.add(f"low, ratio and high must rise; got {low}, {ratio}, {high}.")
    check.done()
    change, least, most = ratio - 1, low - 1, high - 1
    verdict = _verdict(effect, least, most)
    table = pd.DataFrame(
        {"what": ["expected", "measured"], "change": [effect.change, change], "low": [effect.low, least], "high": [effect.high, most]}
    )  # fmt: skip
    return Result(
        name=caller,
        title=tr("Did it come true? {measure}").format(measure=effect.measure),
        table=table,
        method=tr(
            "The measured change and its interval were set beside the change that was expected, and its limits, when it was "
            "decided."
        ),
        findings=(
            tr("Expected: {effect}. Measured: {change:+.0%} (interval {least:+.0%} to {most:+.0%}).").format(
                effect=effect, change=change, least=least, most=most
            ),
            _words(verdict),
            tr(
                "What was measured may have other causes; a place to compare with says more than a before and after."
            ),
            tr("Write the lesson into the task, and use it for the next estimate."),
        ),
        params=(Param("expected", str(effect)),),
        handling=getattr(record, "handling", "H0") if measured is None else measured.handling,
        details={"verdict": verdict, "effect": effect},
    )


def _effect_of(record: Any, caller: str) -> Effect:
    if isinstance(record, Effect):
        return record
    chosen = getattr(record, "chosen", None)
    texts = [option.expected_effect for option in getattr(record, "options", ()) if option.name == chosen]
    text = next((text for text in texts if text), None) or getattr(record, "outcome_measure", None)
    if not text:
        raise InputError(
            f"{caller}: the record holds no expected effect; tasking.decide(..., expected=) writes one."
        )
    return Effect.read(text)


def _verdict(effect: Effect, least: float, most: float) -> str:
    """An interval that holds both no change and the expected one says nothing; else it says what it excludes."""
    falling = effect.change < 0
    if least <= 0 <= most:
        held = (least <= effect.high) if falling else (most >= effect.low)
        return tr_later("cannot be told") if held else tr_later("less than expected")
    if (least > 0) == falling:
        return tr_later("the other way")
    if falling:
        return (
            tr_later("more than expected")
            if most < effect.low
            else tr_later("less than expected")
            if least > effect.high
            else tr_later("as expected")
        )
    return (
        tr_later("more than expected")
        if least > effect.high
        else tr_later("less than expected")
        if most < effect.low
        else tr_later("as expected")
    )


def _words(verdict: str) -> str:
    return {
        "cannot be told": tr(
            "It cannot be told: what was measured fits the expected effect and no effect alike."
        ),
        "as expected": tr("It came as expected, within the limits that were set before."),
        "less than expected": tr("It was less than expected."),
        "more than expected": tr("It was more than expected."),
        "the other way": tr("It went the other way."),
    }[verdict]
