"""What the board *Tasking meeting* says: the agenda with what became of each item, and how all tasks stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import day_in_words, tr, trn
from ilp_lab.boards import asking
from ilp_lab.boards.meetingminutes import agenda_of, key_of, minutes_table, replay
from ilp_lab.boards.recordboards import today_utc
from ilp_lab.boards.showing import Block, Tone, View, fact, notes_block, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import Record
    from ilp_lab.result import Result


@dataclass(frozen=True, slots=True)
class TaskingMeetingState:
    """What the board *Tasking meeting* is asked.

    Attributes
    ----------
    day
        Day of the meeting; today when empty.
    level, unit, kind, soon_days
        As for :func:`ilp_lab.tasking.agenda`; an empty unit means all of the level.
    item
        The item of the agenda that is being dealt with.
    outcome
        What becomes of it; see :func:`ilp_lab.boards.meetingminutes.outcomes_for`.
    chair
        Who decides: a person.
    what, why
        What is decided or to be achieved, and why.
    owner, hours, measure, end
        Of a task: who answers for it, with how many working hours, how success shows, by when.
    to
        Units that it is referred or passed down to, with semicolons.
    minutes
        What was put down.
    """

    day: date | None = None
    level: str = "local"
    unit: str = ""
    kind: str = "tactical"
    soon_days: int = 14
    item: str = ""
    outcome: str = "task"
    chair: str = ""
    what: str = ""
    why: str = ""
    owner: str = ""
    hours: int = 0
    measure: str = ""
    end: date | None = None
    to: str = ""
    minutes: asking.Entries = ()


def compute_tasking_meeting(
    state: TaskingMeetingState,
    records: Iterable[Record],
    *,
    results: Sequence[Result] = (),
    today: date | None = None,
    tell: Tell = quiet,
) -> View:
    """Put the agenda together, with what was put down of each item and how all tasks stand; no widgets.

    Parameters
    ----------
    state
        What is asked.
    records
        Tasks, decisions, intelligence requirements and community concerns.
    results
        Results that ask for a decision.
    today
        The day of a meeting for which none is named; today when left out.
    tell
        Called with a sentence and a share of the work that is done.

    Returns
    -------
    View
        ``results``: ``agenda`` and, where there are tasks, ``tasks``. ``tables``: ``agenda`` (with ``outcome``), ``minutes``, ``tasks``,
        ``by_owner``, ``referred``.

    Raises
    ------
    InputError
        When a level, kind or day does not fit.

    Examples
    --------
    >>> from ilp_lab.boards.examplerecords import meeting_records
    >>> state = TaskingMeetingState(day=date(2099, 4, 1), unit="belmara/selin/s1")
    >>> print(compute_tasking_meeting(state, meeting_records()).answer[0])
    7 items are on the agenda of 01 April 2099; 7 are still open.
    """
    from ilp_lab import tasking
    from ilp_lab.records import TaskingRecord

    given = list(records)
    check = Check("boards.tasking_meeting")
    check.choice(allowed=("local", "regional", "national"), level=state.level)
    check.choice(allowed=("tactical", "strategic"), kind=state.kind)
    check.whole(0, soon_days=state.soon_days)
    check.done()
    day = state.day or today or today_utc()
    tell(tr("Putting the agenda together …"), 0.2)
    agenda = agenda_of(state, given, day, results)
    minutes = minutes_table(state.minutes)
    done = dict(zip(minutes["item"], minutes["outcome"], strict=True))
    table = agenda.table.assign(item_key=[key_of(row) for row in agenda.table.itertuples()])
    table["outcome"] = [done.get(item, "") for item in table["item_key"]]
    after = replay(state.minutes, given)
    found: dict[str, Result] = {"agenda": agenda}
    tables = {"agenda": table, "minutes": minutes, "referred": _referred(after)}
    tasks = [
        record for record in after
        if isinstance(record, TaskingRecord) and record.level == state.level
        and (not state.unit or (record.unit or "") == state.unit or str(record.unit).startswith(f"{state.unit}/"))
    ]  # fmt: skip
    if tasks:
        found["tasks"] = tasking.follow_up(tasks, day=day)
        tables["tasks"] = found["tasks"].table
        tables["by_owner"] = found["tasks"]["by_owner"].reset_index()
    return View(
        _answer(day, table, found), _facts(table, found, minutes), tables, found, agenda.findings[1:2]
    )


def _answer(day: date, table: pd.DataFrame, found: dict[str, Result]) -> tuple[str, ...]:
    left = int((table["outcome"] == "").sum())
    if not len(table):
        told = [tr("Nothing is due on {day}: no item is on the agenda.").format(day=day_in_words(day))]
    elif left:
        told = [
            trn(
                "{items} item is on the agenda of {day}; still open: {left}.",
                "{items} items are on the agenda of {day}; {left} are still open.",
                len(table),
            ).format(items=len(table), day=day_in_words(day), left=left)
        ]
    else:
        told = [
            trn(
                "The {items} item of {day} ended in a decision or a task, or was dropped.",
                "All {items} items of {day} ended in a decision or a task, or were dropped.",
                len(table),
            ).format(items=len(table), day=day_in_words(day))
        ]
    over = _overdue(table[table["outcome"] == ""])
    if len(over):
        worst = over.sort_values("days_over", ascending=False).iloc[0]
        told.append(
            trn("Longest overdue: {what}, by {days} day ({owner}).", "Longest overdue: {what}, by {days} days ({owner}).", int(worst["days_over"])).format(
                what=str(worst["what"]).rstrip("."), days=int(worst["days_over"]), owner=worst["owner"] or tr("nobody owns it")
            )
        )  # fmt: skip
    if "tasks" in found:
        told.append(found["tasks"].findings[0])
    return tuple(told)


def _facts(table: pd.DataFrame, found: dict[str, Result], minutes: pd.DataFrame) -> tuple[Block, ...]:
    left, over = int((table["outcome"] == "").sum()), len(_overdue(table))
    facts = [
        fact("items", tr("Items on the agenda"), len(table)),
        fact("left", tr("Still open"), left, tone="good" if not left else "warn"),
        fact("overdue", tr("Overdue"), over, tone="bad" if over else "good"),
        fact("minutes", tr("Put down"), len(minutes)),
    ]
    if "tasks" in found:
        hours = float(found["tasks"].table["hours"].fillna(0).sum())
        late = int((found["tasks"].table["stands"] == "late").sum())
        facts.append(fact("late", tr("Tasks late"), late, note=tr("of {count}, {hours:,.0f} hours in all").format(count=len(found["tasks"].table), hours=hours), tone="bad" if late else "good"))  # fmt: skip
    return tuple(facts)


def _overdue(table: pd.DataFrame) -> pd.DataFrame:
    """Items past their day; a task that is done or stopped only waits to be talked about."""
    return table[(table["days_over"] > 0) & ~table["item"].isin(["task done", "task without a result"])]


def _referred(records: Sequence[Record]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "key": record.key, "level": record.level, "from": getattr(record, "referred_from", None) or "",
            "to": getattr(record, "referred_to", None) or record.unit or "",
            "what": str(getattr(record, "objective", None) or getattr(record, "question", "")),
        }
        for record in records
        if getattr(record, "referred_from", None) or getattr(record, "referred_to", None)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["key", "level", "from", "to", "what"])


def blocks_of(view: View) -> list[Block]:
    """Agenda, minutes, tasks, what was passed up and down."""

    def tone(row: Any) -> Tone:
        return "good" if row.outcome else "bad" if row.days_over > 0 else ""

    def late(row: Any) -> Tone:
        return "bad" if row.stands == "late" else "good" if row.stands == "done" else ""

    blocks = [
        table_block(
            view.tables["agenda"], {"order": tr("No."), "item": tr("Item"), "what": tr("What"), "owner": tr("Owner"), "due": tr("Due"), "days_over": tr("Days over"), "asked": tr("The meeting is asked to"), "outcome": tr("What became of it")},
            name="agenda", heading=tr("The agenda"), ours=("item", "asked", "outcome"), tone=tone,
        ),
    ]  # fmt: skip
    if len(view.tables["minutes"]):
        blocks.append(
            table_block(
                view.tables["minutes"], {"number": tr("No."), "about": tr("Item"), "outcome": tr("What became of it"), "what": tr("What"), "why": tr("Why"), "chair": tr("Who decided"), "owner": tr("Owner"), "hours": tr("Hours"), "measure": tr("How success shows"), "end": tr("By when"), "to": tr("To")},
                name="minutes", heading=tr("Minutes"), ours=("about", "outcome"),
            )
        )  # fmt: skip
    else:
        blocks.append(notes_block([tr("Nothing was put down yet.")], heading=tr("Minutes")))
    if "tasks" in view.tables:
        blocks.append(
            table_block(
                view.tables["tasks"], {"task_id": tr("Task"), "objective": tr("What"), "owner": tr("Owner"), "stands": tr("How it stands"), "days_late": tr("Days late"), "hours": tr("Hours"), "measure": tr("How success shows"), "result": tr("What came of it")},
                name="tasks", heading=tr("How the tasks stand"), ours=("stands",), tone=late,
            )
        )  # fmt: skip
        blocks.append(
            table_block(
                view.tables["by_owner"], {"owner": tr("Owner"), "tasks": tr("Tasks"), "late": tr("Late"), "hours": tr("Hours")},
                name="by_owner", heading=tr("By owner"),
            )
        )  # fmt: skip
    if len(view.tables["referred"]):
        blocks.append(
            table_block(
                view.tables["referred"], {"key": tr("Record"), "level": tr("Level"), "from": tr("From"), "to": tr("To"), "what": tr("What")},
                name="referred", heading=tr("Passed up and down"), ours=("level",),
            )
        )  # fmt: skip
    return blocks
