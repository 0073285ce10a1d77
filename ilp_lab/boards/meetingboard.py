"""The board *Tasking meeting*: an agenda from records, every item ends in a decision, a task, or is dropped, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr, trn
from ilp_lab.boards import asking, examplerecords, examples
from ilp_lab.boards.frame import Act
from ilp_lab.boards.meetinglooks import TaskingMeetingState, blocks_of, compute_tasking_meeting
from ilp_lab.boards.meetingminutes import PARTS, agenda_of, key_of, minute_of, outcomes_for, replay
from ilp_lab.boards.recordboards import RecordBoard, read_from, today_utc
from ilp_lab.boards.showing import Block, View
from ilp_lab.boards.working import Tell

if TYPE_CHECKING:
    from ilp_lab.records import Record
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

FORMS = ("TaskingRecord", "DecisionRecord", "IntelligenceRequirement", "CommunityConcern")


class TaskingMeetingBoard(RecordBoard[TaskingMeetingState]):
    """Go through the agenda, put down what becomes of each item, and see how all tasks stand.

    Parameters
    ----------
    records, results
        As for :func:`compute_tasking_meeting`.
    in_case
        Whether the records lie in the store of the case.
    state, case, origin
        As for every board.
    """

    key = "tasking_meeting"

    def __init__(
        self,
        records: Iterable[Record],
        *,
        results: Sequence[Result] = (),
        in_case: bool = False,
        state: TaskingMeetingState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        from ilp_lab.records import Record

        self._records: list[Record] = list(records)
        given: list[object] = [*self._records]
        check = Check("boards.tasking_meeting")
        strange = [type(one).__name__ for one in given if not isinstance(one, Record)]
        if strange:
            check.add(f"records must be tasks, decisions, requirements and concerns; got {strange[0]}.")
        check.done()
        self._results = tuple(results)
        levels = [one.level for one in self._records]
        first = TaskingMeetingState(level="local" if "local" in levels or not levels else levels[0])
        super().__init__(self._filled(first), in_case=in_case, state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Tasking meeting")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("What is on the table, who does what by when, and what became of the last tasks?")

    @property
    def records(self) -> list[Record]:
        """All records, those made in this meeting among them."""
        return replay(self.state.minutes, self._records)

    def asked(self) -> Sequence[asking.Asked]:
        """The controls; what can become of an item hangs on what it is."""
        meeting, item, task = tr("The meeting"), tr("The item"), tr("The task")
        levels = {"local": tr("local"), "regional": tr("regional"), "national": tr("national")}
        kinds = {"tactical": tr("tactical: tasks first"), "strategic": tr("strategic: decisions first")}
        units = sorted({one.unit for one in self._records if one.unit} | ({self.state.unit} - {""}))
        items = self._items(self.state)
        return [
            asking.choice("level", tr("Level"), levels, group=meeting),
            asking.choice("unit", tr("Whose meeting"), {"": tr("all units of the level")} | {unit: unit for unit in units}, group=meeting),
            asking.choice("kind", tr("Kind"), kinds, group=meeting),
            asking.day("day", tr("Day"), group=meeting, hint=tr("Empty: today.")),
            asking.slider("soon_days", tr("Falls due within"), low=0, high=60, step=1, unit=tr("days"), group=meeting),
            asking.choice("item", tr("Item of the agenda"), items or {"": tr("nothing is due")}, group=item),
            asking.choice("outcome", tr("What becomes of it"), outcomes_for(self.state.item, self.state.level), group=item),
            asking.text("chair", tr("Who decides: a person"), group=item),
            asking.text("what", tr("What is decided, or came of it"), long=True, group=item),
            asking.text("why", tr("Why, or what was learnt"), long=True, group=item),
            asking.text("owner", tr("Who answers for it"), group=task),
            asking.slider("hours", tr("Working hours"), low=0, high=2000, step=5, group=task),
            asking.text("measure", tr("How success shows"), group=task),
            asking.day("end", tr("By when"), group=task),
            asking.text("to", tr("To which units"), group=task, hint=tr("As paths, with semicolons: to pass it up or down.")),
            asking.kept("minutes", tr("Minutes"), parts=PARTS),
        ]  # fmt: skip

    def acts(self) -> Sequence[Act]:
        """Put down what becomes of an item."""
        back = [] if self._in_case else [Act("take_back", tr("Take the last one back"))]
        return [
            Act("put_down", tr("Put down what becomes of it")),
            Act("next_item", tr("Next open item")),
            *back,
        ]

    def moved(self, state: TaskingMeetingState, name: str) -> TaskingMeetingState:
        """The form is empty for another item; another level has another agenda."""
        if name in {"level", "unit", "kind", "day", "soon_days"}:
            return self._filled(state)
        if name == "item":
            fresh = replace(state, what="", why="", owner="", hours=0, measure="", end=None, to="")
            known = outcomes_for(state.item, state.level)
            return fresh if state.outcome in known else replace(fresh, outcome=next(iter(known)))
        return state

    def put_down(self) -> str:
        """Make the records that the form stands for, and put them down."""
        minute = minute_of(self.state, self._items(self.state), self.records, self.state.day or today_utc())
        before = {record.key for record in self.records}
        after = replay((*self.state.minutes, minute), self._records)
        said = self.keep([record for record in after if record.key not in before])
        self.state = replace(self.state, minutes=(*self.state.minutes, minute))
        self._next()
        self.renew(said)
        return said

    def next_item(self) -> str:
        """Go to the next item that nothing was put down on."""
        left = self._next()
        self.renew()
        return (
            trn("{count} item is still open.", "{count} items are still open.", left).format(count=left)
            if left
            else tr("No item is open.")
        )

    def _next(self) -> int:
        done = {minute[1] for minute in self.state.minutes}
        items = list(self._items(self.state))
        at = items.index(self.state.item) if self.state.item in items else -1
        left = [item for item in (*items[at + 1 :], *items[: at + 1]) if item not in done]
        if left:
            self.state = self.moved(replace(self.state, item=left[0]), "item")
        return len(left)

    def take_back(self) -> str:
        """Take the last thing back that was put down on this board."""
        if not self.state.minutes:
            return tr("Nothing was put down on this board.")
        self.state = replace(self.state, minutes=self.state.minutes[:-1])
        self.renew(tr("The last one was taken back."))
        return tr("The last one was taken back.")

    def answer(self, state: TaskingMeetingState, tell: Tell) -> View:
        """As :func:`compute_tasking_meeting`."""
        return compute_tasking_meeting(state, self._records, results=self._results, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """Agenda, minutes, tasks, what was passed up and down."""
        return blocks_of(view)

    def _items(self, state: TaskingMeetingState) -> dict[str, str]:
        agenda = agenda_of(state, self._records, state.day or today_utc(), self._results)
        return {
            key_of(row): f"{row.order}. {looked_up(str(row.item))}: {row.what}"[:160]
            for row in agenda.table.itertuples()
        }

    def _filled(self, state: TaskingMeetingState) -> TaskingMeetingState:
        items = self._items(state)
        if state.item in items:
            return state
        return self.moved(replace(state, item=next(iter(items), "")), "item")


def tasking_meeting(
    records: Iterable[Record] | None = None,
    *,
    results: Sequence[Result] = (),
    state: TaskingMeetingState | None = None,
    case: Case | None = None,
) -> TaskingMeetingBoard:
    """Open the board *Tasking meeting*.

    It answers: what is on the table, who does what by when, and what became of the last tasks?

    Parameters
    ----------
    records
        Tasks, decisions, intelligence requirements and community concerns. When left out: those in the store of the case; without a case,
        made-up ones of Belmara.
    results
        Results that ask for a decision.
    state
        What it shows first.
    case
        An open case. What is put down goes into its store when the records come from there.

    Returns
    -------
    TaskingMeetingBoard
        Shows itself in a notebook; ``.view`` holds the answer, ``.records`` all records, new ones among them.

    Raises
    ------
    InputError
        When something given does not fit.
    StoreError
        When the case cannot be read.

    Examples
    --------
    >>> tasking_meeting().set(level="regional", unit="belmara/selin").view.facts[0]["value"]
    '2'
    """
    if records is None and case is None:
        board = TaskingMeetingBoard(
            examplerecords.meeting_records(), results=results, state=state, origin=examples.origin()
        )
        if state is None:
            board.set(day=examplerecords.DAY)
        return board
    if records is None and case is not None:
        found, _ = read_from(case, *FORMS, overdue=True)  # a meeting is where what is overdue is reviewed
        return TaskingMeetingBoard(found, results=results, in_case=True, state=state, case=case)
    return TaskingMeetingBoard(records or (), results=results, state=state, case=case)
