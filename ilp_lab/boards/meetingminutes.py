"""What a meeting puts down: minutes, and the records that follow from them.

A minute is kept as texts; replaying it makes the same records again, so a board needs to keep no more than its minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards.asking import Entries

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.boards.meetinglooks import TaskingMeetingState
    from ilp_lab.records import Record
    from ilp_lab.result import Result

_FIELDS = (
    "number", "item", "about", "outcome", "key", "what", "why", "chair", "owner", "hours", "measure", "end", "to", "day", "level", "unit",
)  # fmt: skip
PARTS = len(_FIELDS)
_NEEDED = {
    "task": ("chair", "what", "why", "owner", "measure"),
    "decide": ("chair", "what", "why"),
    "drop": ("chair", "why"),
    "close": ("what", "why"),
    "stop": ("what", "why"),
    "extend": ("end",),
    "withdraw": ("why",),
    "answer": ("what",),
    "review": ("end", "why"),
    "escalate": ("to", "why"),
    "cascade": ("to",),
}


def outcomes_for(item: str, level: str) -> dict[str, str]:
    """What can become of an item of the agenda: the name of the outcome, and how people call it."""
    called = {
        "task": tr("a decision and a task"), "decide": tr("a decision"), "drop": tr("it is dropped: nothing is done"),
        "close": tr("the task is done"), "stop": tr("the task is stopped"), "extend": tr("it gets more time"),
        "withdraw": tr("the requirement is withdrawn"), "answer": tr("those who said it get an answer"),
        "review": tr("the decision stays, and is reviewed again"), "escalate": tr("it goes up a level"),
        "cascade": tr("it goes down to units"),
    }  # fmt: skip
    form = item.split(":", maxsplit=1)[0].rsplit("|", 1)[-1]
    fitting = ["task", "decide", "drop"]
    if form == "TaskingRecord":
        fitting += ["close", "stop", "extend"]
        fitting += ["cascade"] if level != "local" else []
    if form == "IntelligenceRequirement":
        fitting += ["extend", "withdraw"]
    if form in {"TaskingRecord", "IntelligenceRequirement"} and level != "national":
        fitting.append("escalate")
    if form == "CommunityConcern":
        fitting.append("answer")
    if form == "DecisionRecord":
        fitting.append("review")
    return {name: called[name] for name in fitting}


def agenda_of(
    state: TaskingMeetingState, records: Sequence[Record], day: date, results: Sequence[Result]
) -> Result:
    """The agenda that a state asks for."""
    from ilp_lab import tasking

    return tasking.agenda(
        records, day=day, level=state.level, kind=state.kind, unit=state.unit or None, results=results, soon_days=state.soon_days,
    )  # fmt: skip


def key_of(row: Any) -> str:
    """What an item of the agenda is known by."""
    return f"{row.item}|{row.key}"


def minute_of(
    state: TaskingMeetingState, items: Mapping[str, str], records: Iterable[Record], day: date
) -> tuple[str, ...]:
    """What the form holds, as a minute.

    Raises
    ------
    InputError
        When nothing is on the agenda, or something that the outcome needs is empty; all faults at once.
    """
    labels = {
        "chair": tr("Who decides: a person"), "what": tr("What is decided, or came of it"), "why": tr("Why, or what was learnt"),
        "owner": tr("Who answers for it"), "measure": tr("How success shows"), "end": tr("By when"), "to": tr("To which units"),
    }  # fmt: skip
    check = Check("boards.tasking_meeting")
    if state.item not in items:
        check.add(tr("Choose an item of the agenda first."))
    check.choice(allowed=list(outcomes_for(state.item, state.level)), outcome=state.outcome)
    for name in _NEEDED.get(state.outcome, ()):
        if not str(getattr(state, name) or "").strip():
            check.add(tr("“{label}” is empty.").format(label=labels[name]))
    check.done()
    number = f"{day:%Y%m%d}-{uuid4().hex[:6]}"
    given = list(records)
    key = state.item.split("|", 1)[1]
    now = {f"{record.form}:{record.record_id}": record.key for record in given}
    key = now.get(key.rpartition("@")[0], key)  # the version that the outcome follows on
    values = {
        "number": number, "item": state.item, "about": items[state.item], "outcome": state.outcome, "key": key,
        "hours": str(state.hours or ""), "end": state.end.isoformat() if state.end else "", "day": day.isoformat(), "level": state.level, "unit": state.unit,
    }  # fmt: skip
    minute = tuple(
        values.get(name) or ("" if name in values else str(getattr(state, name)).strip()) for name in _FIELDS
    )
    _made(dict(zip(_FIELDS, minute, strict=True)), given)  # what no record can be made of is refused here
    return minute


def minutes_table(minutes: Entries) -> pd.DataFrame:
    """Minutes, one row each; outcomes as people call them."""
    import pandas as pd

    table = pd.DataFrame([list(minute) for minute in minutes], columns=list(_FIELDS))
    table["outcome"] = [
        outcomes_for(item, level).get(outcome, outcome)
        for item, level, outcome in zip(table["item"], table["level"], table["outcome"], strict=True)
    ]
    return table


def replay(minutes: Entries, records: Iterable[Record]) -> list[Record]:
    """Records after what was put down; what is among them already is not made again.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Yard locked", owner="S1", outcome_measure="thefts", status="running")
    >>> minute = ("1", f"task overdue|{task.key}", "", "close", task.key, "Locked", "Keys were the problem", *[""] * 9)
    >>> [one.status for one in replay((minute,), [task])]
    ['done']
    """
    now = {(record.form, record.record_id): record for record in records}
    for minute in minutes:
        for made in _made(dict(zip(_FIELDS, minute, strict=True)), list(now.values())):
            known = now.get((made.form, made.record_id))
            if known is None or known.version < made.version:
                now[made.form, made.record_id] = made
    return list(now.values())


def _made(minute: Mapping[str, str], records: Sequence[Record]) -> list[Any]:
    """The records that a minute stands for; none where they were made before."""
    outcome = minute["outcome"]
    if outcome in {"task", "decide", "drop"}:
        decision = _decision(minute)
        return [decision, *([_task(minute, decision.decision_id)] if outcome == "task" else [])]
    form, _, rest = minute["key"].partition(":")
    number, _, version = rest.rpartition("@")
    record = next((one for one in records if one.form == form and one.record_id == number), None)
    if record is None or record.version > int(version or 0):
        return []
    return _CHANGES[outcome](record, minute)


def _decision(minute: Mapping[str, str]) -> Any:
    from ilp_lab.records import DecisionRecord

    nothing = tr("Do nothing")
    what = nothing if minute["outcome"] == "drop" else minute["what"]
    options = [{"name": nothing, "do_nothing": True}]
    if what != nothing:
        options.insert(0, {"name": what[:200]})
    values: dict[str, Any] = {
        "decision_id": f"D-{minute['number']}", "decision": what, "chosen": options[0]["name"], "options": options,
        "decision_maker": minute["chair"], "reasons": minute["why"], "decided_on": minute["day"], "level": minute["level"],
        "unit": minute["unit"] or None, "evidence": [minute["key"]],
    }  # fmt: skip
    return DecisionRecord(**values)


def _task(minute: Mapping[str, str], decision_id: str) -> Any:
    from ilp_lab.records import TaskingRecord

    values: dict[str, Any] = {
        "task_id": f"K-{minute['number']}", "decision_id": decision_id, "objective": minute["what"], "owner": minute["owner"],
        "hours": float(minute["hours"]) if minute["hours"] else None, "outcome_measure": minute["measure"], "start": minute["day"],
        "end": minute["end"] or None, "meeting_date": minute["day"], "level": minute["level"], "unit": minute["unit"] or None,
    }  # fmt: skip
    return TaskingRecord(**values)


def _close(record: Any, minute: Mapping[str, str]) -> list[Any]:
    from ilp_lab import tasking

    done = minute["outcome"] == "close"
    return [tasking.close_task(record, result=minute["what"], lesson=minute["why"], done=done)]


def _extend(record: Any, minute: Mapping[str, str]) -> list[Any]:
    return [record.revise(**{"end" if record.form == "TaskingRecord" else "deadline": minute["end"]})]


def _withdraw(record: Any, minute: Mapping[str, str]) -> list[Any]:
    return [
        record.revise(
            status="withdrawn", known=[*record.known, tr("Withdrawn: {why}").format(why=minute["why"])]
        )
    ]


def _answer(record: Any, minute: Mapping[str, str]) -> list[Any]:
    return [record.revise(answer=minute["what"], answered_on=minute["day"])]


def _review(record: Any, minute: Mapping[str, str]) -> list[Any]:
    return [
        record.revise(review_date=minute["end"], reasons=f"{record.reasons} {minute['day']}: {minute['why']}")
    ]


def _units(minute: Mapping[str, str]) -> list[str]:
    return [unit.strip() for unit in minute["to"].split(";") if unit.strip()]


def _escalate(record: Any, minute: Mapping[str, str]) -> list[Any]:
    from ilp_lab import tasking

    return [tasking.escalate(record, to=_units(minute)[0], reason=minute["why"])]


def _cascade(record: Any, minute: Mapping[str, str]) -> list[Any]:
    from ilp_lab import tasking

    return list(tasking.cascade(record, to=_units(minute)))


_CHANGES: Mapping[str, Callable[[Any, Mapping[str, str]], list[Any]]] = {
    "close": _close, "stop": _close, "extend": _extend, "withdraw": _withdraw, "answer": _answer, "review": _review,
    "escalate": _escalate, "cascade": _cascade,
}  # fmt: skip
