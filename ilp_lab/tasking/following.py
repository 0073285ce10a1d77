"""What became of tasks: on time or late, by owner, and the windows in which results analysis looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of
from ilp_lab.tasking.meetings import as_day

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import TaskingRecord


def follow_up(tasks: Iterable[TaskingRecord], *, day: str | date) -> Result:
    """Say how tasks stand, who is behind, what they cost, and which ended without a result or a lesson.

    Parameters
    ----------
    tasks
        Tasks.
    day
        The day.

    Returns
    -------
    Result
        ``table``: one row per task: ``task_id``, ``objective``, ``owner``, ``level``, ``status``, ``stands`` (on time, late, no end set, done, done without
        a lesson, stopped), ``days_late``, ``hours``, ``measure``, ``result``. ``details``: ``by_owner``.

    Raises
    ------
    InputError
        When there are no tasks, or other records among them.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Yard locked", owner="Harbour unit", outcome_measure="thefts",
    ...                      end="2026-03-01", status="running")
    >>> follow_up([task], day="2026-03-15").table[["stands", "days_late"]].values.tolist()
    [['late', 14]]
    """
    import pandas as pd

    caller = "tasking.follow_up"
    given = _tasks(tasks, caller)
    check = Check(caller)
    when = as_day(check, day, "day")
    check.done()
    assert when is not None  # noqa: S101
    rows: list[dict[str, Any]] = []
    for task in given:
        late = (when - task.end).days if task.end is not None and task.status in {"planned", "running"} else 0
        stands = (
            tr_later("stopped") if task.status == "stopped" else tr_later("done") if task.status == "done" and task.lesson
            else tr_later("done without a lesson") if task.status == "done" else tr_later("no end set") if task.end is None
            else tr_later("late") if late > 0 else tr_later("on time")
        )  # fmt: skip
        rows.append(
            {
                "task_id": task.task_id, "objective": task.objective, "owner": task.owner, "level": task.level, "status": task.status,
                "stands": stands, "days_late": max(late, 0), "hours": task.hours, "measure": task.outcome_measure, "result": task.result,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    by_owner = table.groupby("owner").agg(
        tasks=("task_id", "size"),
        late=("days_late", lambda days: int((days > 0).sum())),
        hours=("hours", "sum"),
    )
    late, no_lesson = (
        int((table["stands"] == "late").sum()),
        int((table["stands"] == "done without a lesson").sum()),
    )
    worst = by_owner["late"].idxmax()
    done = int(table["status"].eq("done").sum())
    return Result(
        name=caller,
        title=tr("Tasks on {day:%d %B %Y}").format(day=when),
        table=table,
        method=tr("Each task was compared with its own end and status."),
        findings=(
            tr("{n} tasks: {done} done, {late} late").format(n=len(table), done=done, late=late)
            + (
                tr(", most of them with {worst} ({late}).").format(worst=worst, late=by_owner["late"].max())
                if late
                else "."
            ),
            tr("{no_lesson} were done without writing down what was learnt; {stands} have no end.").format(
                no_lesson=no_lesson, stands=int((table["stands"] == "no end set").sum())
            ),
            tr(
                "Done says that work was done, not that it worked: that is asked in results analysis (tasking.evaluation_windows)."
            ),
        ),
        params=(Param("day", when.isoformat()),),
        sources=(Source("tasks", len(table), fingerprint("\n".join(sorted(task.sha256 for task in given)))),),
        handling=handling_of(*given),
        details={"by_owner": by_owner},
    )


def close_task(task: TaskingRecord, *, result: str, lesson: str, done: bool = True) -> TaskingRecord:
    """Close a task with what came of it and what was learnt.

    Parameters
    ----------
    task
        The task.
    result, lesson
        Both are needed: the next estimate lives on them.
    done
        ``False`` when it was stopped.

    Returns
    -------
    TaskingRecord
        Its next version.

    Raises
    ------
    InputError
        When result or lesson is empty.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Yard locked", owner="S1", outcome_measure="thefts")
    >>> close_task(task, result="Locked since May", lesson="Keys were the problem, not the gate").status
    'done'
    """
    check = Check("tasking.close_task")
    for name, text in (("result", result), ("lesson", lesson)):
        if not text.strip():
            check.add(f"{name} must not be empty.")
    check.done()
    return task.revise(status="done" if done else "stopped", result=result, lesson=lesson)


def evaluation_windows(tasks: Iterable[TaskingRecord], *, gap_days: int = 0) -> pd.DataFrame:
    """Give results analysis the windows in which to compare: as long before a task as it lasted, and while it lasted.

    Parameters
    ----------
    tasks
        Tasks with start and end.
    gap_days
        Days left out just before the start.

    Returns
    -------
    DataFrame
        ``task_id``, ``before_from``, ``before_to``, ``after_from``, ``after_to`` (the last days not included), ``days``, ``measure``, ``decision_id``. Tasks without
        start or end are in ``.attrs["ilp_lab_left_out"]``. Whole weeks are taken where a task lasts at least two, so that weekdays match.

    Raises
    ------
    InputError
        When there are no tasks.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(task_id="K-1", decision_id="D-1", objective="Yard locked", owner="S1", outcome_measure="thefts",
    ...                      start="2026-03-01", end="2026-03-28")
    >>> evaluation_windows([task])[["before_from", "after_to", "days"]].astype(str).values.tolist()
    [['2026-02-01', '2026-03-29', '28']]
    """
    import pandas as pd

    caller = "tasking.evaluation_windows"
    check = Check(caller)
    check.whole(0, gap_days=gap_days)
    check.done()
    rows, without = [], 0
    for task in _tasks(tasks, caller):
        if task.start is None or task.end is None:
            without += 1
            continue
        days = (task.end - task.start).days + 1
        days -= days % 7 if days >= 14 else 0
        begins = task.start - timedelta(days=gap_days + days)
        rows.append(
            {
                "task_id": task.task_id, "before_from": begins, "before_to": begins + timedelta(days=days), "after_from": task.start,
                "after_to": task.start + timedelta(days=days), "days": days, "measure": task.outcome_measure,
                "decision_id": task.decision_id,
            }
        )  # fmt: skip
    columns = [
        "task_id",
        "before_from",
        "before_to",
        "after_from",
        "after_to",
        "days",
        "measure",
        "decision_id",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    for name in columns[1:5]:
        frame[name] = pd.to_datetime(frame[name])
    frame.attrs["ilp_lab_left_out"] = {"without start or end": without} if without else {}
    return frame


def _tasks(tasks: Iterable[Any], caller: str) -> list[TaskingRecord]:
    from ilp_lab.records import TaskingRecord

    given = list(tasks)
    strange = [type(task).__name__ for task in given if not isinstance(task, TaskingRecord)]
    if strange or not given:
        raise InputError(
            f"{caller}: tasks must be TaskingRecords, at least one; got {strange[0] if strange else 'none'}."
        )
    return given
