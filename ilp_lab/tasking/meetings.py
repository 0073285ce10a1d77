"""Tasking and co-ordination meetings: an agenda made from records, and every item ends in a task, a decision, or is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    from ilp_lab.records import Record, TaskingRecord

RecordT = TypeVar("RecordT", bound="Record")
KINDS = ("strategic", "tactical")
LEVELS = ("local", "regional", "national")
_METHOD = tr_later(
    "The agenda of a {kind} meeting at {level} level was put together from records and results as they stood on {day}: "
    "what is overdue first, then decisions to review, results that ask for a decision, requirements, concerns of the "
    "community, what other levels referred here, and tasks without a lesson. Each item says what the meeting is asked for."
)
_ASKED = {
    "task overdue": tr_later("close it, give it more, or stop it"),
    "decision to review": tr_later("did it come true? keep, change or end it"),
    tr_later("result"): tr_later("decide, task or drop"),
    "requirement overdue": tr_later("answer, extend or withdraw"),
    "requirement due": tr_later("who answers it"),
    "requirement open": tr_later("confirm it at the next review"),
    tr_later("concern"): tr_later("answer those who said it"),
    "referred here": tr_later("take it or hand it back"),
    "task without a result": tr_later("what came of it"),
    "task done": tr_later("take note of the lesson"),
}


def agenda(
    records: Iterable[Record],
    *,
    day: str | date,
    level: str,
    kind: str = "tactical",
    unit: str | None = None,
    results: Sequence[Result] = (),
    soon_days: int = 14,
) -> Result:
    """Put together the agenda of a tasking and co-ordination meeting from records and results.

    Parameters
    ----------
    records
        Tasks, decisions, intelligence requirements and community concerns, of any levels; those of this level (and unit) are taken, and
        those referred to this unit.
    day
        Day of the meeting.
    level
        ``"local"``, ``"regional"`` or ``"national"``.
    kind
        ``"strategic"`` (priorities and requirements; decisions first) or ``"tactical"`` (tasks first).
    unit
        Whose meeting it is; all units of the level when left out.
    results
        Results that ask for a decision.
    soon_days
        What falls due within so many days is on the agenda.

    Returns
    -------
    Result
        ``table``: ``order``, ``item``, ``what``, ``owner``, ``due``, ``days_over``, ``asked`` (what the meeting is asked for), ``key`` (record, or call of
        the result), ``level``, ``unit``. ``details``: ``not_taken`` (records of other levels and units).

    Raises
    ------
    InputError
        When a day, level or kind does not fit.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Yard locked by night", owner="Harbour unit",
    ...                      outcome_measure="thefts per month", end="2026-03-01", status="running")
    >>> agenda([task], day="2026-03-15", level="local").table[["item", "days_over"]].values.tolist()
    [['task overdue', 14]]
    """
    import pandas as pd

    caller = "tasking.agenda"
    check = Check(caller)
    check.choice(allowed=LEVELS, level=level)
    check.choice(allowed=KINDS, kind=kind)
    check.whole(0, soon_days=soon_days)
    when = as_day(check, day, "day")
    check.done()
    assert when is not None  # noqa: S101
    given = list(records)
    taken = [record for record in given if _concerns(record, level, unit)]
    rows = [row for record in taken for row in _items(record, when, soon_days, unit)]
    rows += [
        {"item": "result", "what": f"{result.title}. {next(iter(result.findings), '')}", "owner": "", "due": None, "days_over": 0,
         "key": result.name, "level": level, "unit": unit or ""}
        for result in results
    ]  # fmt: skip
    order = list(_ASKED) if kind == "tactical" else ["result", tr_later("decision to review"), *(name for name in _ASKED if name not in {"result", "decision to review"})]  # fmt: skip
    rows.sort(key=lambda row: (order.index(row["item"]), -row["days_over"], str(row["key"])))
    table = pd.DataFrame(rows, columns=["item", "what", "owner", "due", "days_over", "key", "level", "unit"])
    table.insert(0, "order", range(1, len(table) + 1))
    table.insert(6, "asked", table["item"].map(_ASKED))
    counted = table["item"].value_counts()
    return Result(
        name=caller,
        title=tr("Agenda: {kind} tasking and co-ordination, {level}, {day:%d %B %Y}").format(kind=kind, level=level, day=when),
        table=table,
        method=_METHOD.format(kind=kind, level=level, day=when.isoformat()),
        findings=(
            trn("{n} item: ", "{n} items: ", len(table)).format(n=len(table)) + (", ".join(f"{number} {name}" for name, number in counted.items()) or tr_later("nothing is due")) + ".",
            tr("Every item ends in a decision, in a task with an owner, resources and a measure, or is dropped; a number alone is " "no item."),
            trn("{n} record of another level or unit was left where it is.", "{n} records of other levels or units were left where they are.", len(given) - len(taken)).format(n=len(given) - len(taken)),
            tr("The chair decides, by name; the analyst interprets."),
        ),
        params=(Param("day", when.isoformat()), Param("level", level), Param("kind", kind), Param("unit", unit), Param("soon_days", soon_days)),
        sources=(Source("records", len(taken), fingerprint("\n".join(sorted(record.sha256 for record in taken)))),),
        handling=handling_of(*taken, *results),
        details={"not_taken": [record.key for record in given if not _concerns(record, level, unit)]},
    )  # fmt: skip


def as_day(check: Check, value: Any, name: str) -> date | None:
    """A day, or a fault."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        check.add(f"{name} must be a day such as '2026-03-15'; got {value!r}.")
        return None


def _concerns(record: Record, level: str, unit: str | None) -> bool:
    here = record.level == level and (unit is None or record.unit is None or _within(record.unit, unit))
    referred = getattr(record, "referred_to", None)
    return here or (unit is not None and referred is not None and _within(referred, unit))


def _within(one: str, unit: str) -> bool:
    return one == unit or one.startswith(f"{unit}/")


def _items(record: Record, day: date, soon: int, unit: str | None) -> list[dict[str, Any]]:
    from ilp_lab.records import CommunityConcern, DecisionRecord, IntelligenceRequirement, TaskingRecord

    def row(item: str, what: str, owner: str, due: date | None) -> dict[str, Any]:
        over = (day - due).days if due is not None and due < day else 0
        return {
            "item": item, "what": what, "owner": owner, "due": due, "days_over": over, "key": record.key, "level": record.level,
            "unit": record.unit or "",
        }  # fmt: skip

    found = []
    referred = getattr(record, "referred_to", None)
    if unit is not None and referred is not None and _within(referred, unit) and record.unit != referred:
        return [row(tr_later("referred here"), _said(record), str(getattr(record, "owner", "")), None)]
    if isinstance(record, TaskingRecord):
        if record.status in {"planned", "running"} and record.end is not None and record.end < day:
            found.append(row(tr_later("task overdue"), record.objective, record.owner, record.end))
        elif record.status == "stopped" and record.result is None:
            found.append(row(tr_later("task without a result"), record.objective, record.owner, record.end))
        elif record.status == "done" and record.lesson is None:
            found.append(row(tr_later("task done"), record.objective, record.owner, record.end))
    elif isinstance(record, DecisionRecord):
        if record.review_date is not None and record.review_date <= day + timedelta(days=soon):
            found.append(
                row(
                    tr_later("decision to review"), record.decision, record.decision_maker, record.review_date
                )
            )
    elif isinstance(record, IntelligenceRequirement):
        if record.status in {"open", "in work"}:
            late, near = record.deadline < day, record.deadline <= day + timedelta(days=soon)
            item = (
                tr_later("requirement overdue")
                if late
                else tr_later("requirement due")
                if near
                else tr_later("requirement open")
            )
            found.append(row(item, record.question, record.requester, record.deadline))
    elif (
        isinstance(record, CommunityConcern) and record.answer is None and record.consent == "use and answer"
    ):
        found.append(
            row(
                "concern",
                tr("{topic}, {place} ({people} people)").format(
                    topic=record.topic, place=record.place, people=record.people
                ),
                "",
                None,
            )
        )
    return found


def _said(record: Record) -> str:
    return str(getattr(record, "objective", None) or getattr(record, "question", None) or record.title)


def escalate(record: RecordT, *, to: str, reason: str) -> RecordT:
    """Refer a task or requirement to the level above, which then may see it.

    Parameters
    ----------
    record
        A task or a requirement, local or regional.
    to
        Unit it goes to, as a path.
    reason
        Why this level cannot do it.

    Returns
    -------
    Record
        Its next version: one level up, shared with that unit, with where it came from.

    Raises
    ------
    InputError
        When it is national already, or of a form that is not referred.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Find the buyers", owner="S1", outcome_measure="buyers known",
    ...                      unit="belmara/selin/s1")
    >>> up = escalate(task, to="belmara/selin", reason="The buyers are in another district")
    >>> up.level, up.referred_from, up.version
    ('regional', 'belmara/selin/s1', 2)
    """
    caller = "tasking.escalate"
    _can_be_referred(record, to, reason, caller)
    place = LEVELS.index(record.level)
    if place == len(LEVELS) - 1:
        raise InputError(f"{caller}: {record.key} is national already; there is no level above.")
    return _referred(record, LEVELS[place + 1], to, reason)


def cascade(
    record: TaskingRecord, *, to: Sequence[str], objectives: Sequence[str] | None = None
) -> list[TaskingRecord]:
    """Pass a task down: one task of its own for each unit of the level below.

    Parameters
    ----------
    record
        A national or regional task.
    to
        Units, as paths.
    objectives
        What each is to do; the same as above when left out.

    Returns
    -------
    list of TaskingRecord
        New tasks, one level down, each owned by its unit, from the same decision, measured by the same measure.

    Raises
    ------
    InputError
        When it is local already, or no unit is named.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Check dealers", owner="Selin", outcome_measure="dealers seen",
    ...                      level="regional", unit="belmara/selin")
    >>> [(one.task_id, one.level, one.owner) for one in cascade(task, to=["belmara/selin/s1", "belmara/selin/s2"])]
    [('K-1/s1', 'local', 'belmara/selin/s1'), ('K-1/s2', 'local', 'belmara/selin/s2')]
    """
    from ilp_lab.records import TaskingRecord

    caller = "tasking.cascade"
    if not isinstance(record, TaskingRecord):
        raise InputError(f"{caller}: a TaskingRecord is needed; got {type(record).__name__}.")
    place = LEVELS.index(record.level)
    check = Check(caller)
    if place == 0:
        check.add(f"{record.key} is local already; there is no level below.")
    if not to or len(set(to)) < len(to):
        check.add("to must name at least one unit, each once.")
    if objectives is not None and len(objectives) != len(to):
        check.add(f"objectives must be one for each of the {len(to)} units; got {len(objectives)}.")
    check.done()
    kept = (
        "decision_id",
        "action_type",
        "constraints",
        "outcome_measure",
        "start",
        "end",
        "handling",
        "meeting_date",
        "purpose_id",
    )
    made = []
    for number, unit in enumerate(to):
        values: dict[str, Any] = {name: getattr(record, name) for name in kept} | {
            "task_id": f"{record.task_id}/{unit.rsplit('/', 1)[-1]}",
            "objective": record.objective if objectives is None else objectives[number],
            "owner": unit, "unit": unit, "level": LEVELS[place - 1], "referred_from": record.unit,
            "shared_with": [record.unit] if record.unit else [],
        }  # fmt: skip
        made.append(TaskingRecord(**values))
    return made


def _can_be_referred(record: Any, to: str, reason: str, caller: str) -> None:
    from ilp_lab.records import IntelligenceRequirement, TaskingRecord

    check = Check(caller)
    if not isinstance(record, (TaskingRecord, IntelligenceRequirement)):
        check.add(f"tasks and intelligence requirements are referred; got {type(record).__name__}.")
    if not to.strip() or not reason.strip():
        check.add("to must name the unit it goes to, and reason why.")
    check.done()


def _referred(record: RecordT, level: str, to: str, reason: str) -> RecordT:
    from ilp_lab.records import TaskingRecord

    more: dict[str, Any] = {}
    if isinstance(record, TaskingRecord):
        more["constraints"] = [
            *record.constraints,
            tr("Referred by {unit}: {reason}").format(unit=record.unit or tr("its unit"), reason=reason),
        ]
    else:
        more["known"] = [
            *getattr(record, "known", ()),
            tr("Referred by {unit}: {reason}").format(unit=record.unit or tr("its unit"), reason=reason),
        ]
    return record.revise(
        level=level,
        referred_from=record.unit,
        referred_to=to,
        shared_with=list(dict.fromkeys([*record.shared_with, to])),
        **more,
    )
