"""The board *Class*: the trainer's console. Clock, injects, what every team solved, ratings, the way back, the report."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr
from ilp_lab.boards import asking
from ilp_lab.boards.classlooks import ClassConsoleState, compute_class_console
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.showing import Block, Tone, View, table_block
from ilp_lab.boards.working import Tell
from ilp_lab.errors import IlpError, InputError

if TYPE_CHECKING:
    from ilp_lab.safeguards import Case
    from ilp_lab.training import Classroom

CRITERIA = 8
"""How many criteria of a scale the board has room for."""
_LOOK_S = 3.0
_SCORES = tuple(f"score_{number}" for number in range(1, CRITERIA + 1))


class ClassConsoleBoard(Board[ClassConsoleState]):
    """Build a class and run it: everything the commands ``ilp-lab training class`` do, by mouse.

    While it is shown it looks into the folders every few seconds, so what teams solve and what a second console does appears by itself.

    Parameters
    ----------
    room
        The class; None to build one.
    state, case, origin
        As for every board.
    """

    key = "class"
    _room: Classroom | None = None

    def __init__(
        self,
        room: Classroom | None = None,
        *,
        state: ClassConsoleState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        self._room = room
        self._seen: Any = None
        self._watched = False
        self._names: list[str] = []
        self._turned = -1
        super().__init__(self._ready(ClassConsoleState()), state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Class") if self._room is None else self._room.plan.title

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Where is the class, what is due, and who needs help?")

    @property
    def room(self) -> Classroom | None:
        """The class that is open."""
        return self._room

    def asked(self) -> Sequence[asking.Asked]:
        """The controls: of a new class, or of the one that runs."""
        if self._room is None:
            return self._asked_of_a_new_one()
        plan = self._room.plan
        give, back, rate = tr("Inject"), tr("Back in time"), tr("Rating")
        injects = {one.id: f"{one.id} {one.title}" for one in plan.injects}
        scale = self._scale()
        return [
            asking.choice("next_inject", tr("Release"), injects or {"": tr("none in this plan")}, group=give),
            asking.many("to_teams", tr("To"), self._everybody(), group=give, hint=tr("Nobody ticked: to those whom the plan names.")),
            asking.text("new_snapshot", tr("Name of a snapshot"), group=back),
            asking.choice("back_to", tr("Go back to"), {"": "–"} | {name: name for name in self._kept()}, group=back),
            asking.choice("rated_team", tr("Team"), self._room.teams, group=rate),
            asking.choice("rated_scale", tr("What is rated"), {one.id: one.title for one in plan.scales} or {"": tr("nothing in this plan")}, group=rate),
            *(
                asking.choice(name, criterion, [0, 1, 2, 3], group=rate)
                for name, criterion in zip(_SCORES, scale.criteria if scale else (), strict=False)
            ),
            asking.text("remark", tr("A sentence for the team"), group=rate),
            asking.text("report_file", tr("File of the report"), group=tr("At the end"), hint=tr("It ends in .html, .docx or .pdf.")),
        ]  # fmt: skip

    def acts(self) -> Sequence[Act]:
        """The buttons: build, or run."""
        if self._room is None:
            return [Act("build", tr("Build the class"))]
        return [
            Act("start", tr("Start the clock")),
            Act("stop", tr("Stop the clock")),
            Act("release", tr("Release the inject")),
            Act("keep_snapshot", tr("Keep a snapshot")),
            Act("rewind", tr("Go back"), tr("What is there now is kept first.")),
            Act("rate", tr("Enter the rating")),
            Act("write_report", tr("Write the report")),
        ]

    def show(self) -> Any:
        """The board as widgets; it looks into the folders as long as it is there."""
        self._turned = -1
        made = super().show()
        if not self._watched:
            self._watched = True
            threading.Thread(
                target=_watch, args=(weakref.ref(self),), daemon=True, name="ilp_lab class"
            ).start()
        return made

    def answer(self, state: ClassConsoleState, tell: Tell) -> View:  # noqa: ARG002  (what is shown hangs on the class alone)
        """As :func:`compute_class_console`, in a thread of its own: stopped in the middle of reading, it would leave files open."""
        tell(tr("Looking into the folders of the teams …"), 0.3)
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(copy_context().run, compute_class_console, self._room).result()

    def blocks(self, view: View) -> list[Block]:
        """The live board, the injects, ratings and snapshots."""
        if not view.tables:
            return []

        def tone(row: Any) -> Tone:
            return "warn" if row.due else "good" if row.released else ""

        board = view.tables["board"]
        lessons = [name for name in board.columns if name not in {"team", "learners", "share"}]
        made = [
            table_block(board, {"team": tr("Team"), **{name: name for name in lessons}, "learners": tr("Files seen"), "share": tr("Solved")}, name="board", heading=tr("What every team solved"), percent=["share"], note=tr("Checks solved, mean of the learners of a team; – where no file of progress is there.")),
            table_block(view.tables["injects"], {"inject": tr("Inject"), "when": tr("When"), "title": tr("Title"), "to": tr("To"), "released": tr("Released"), "expected": tr("What a good team does")}, name="injects", heading=tr("Injects"), tone=tone),
        ]  # fmt: skip
        if len(view.tables["ratings"]):
            made.append(table_block(view.tables["ratings"], {"team": tr("Team"), "scale": tr("What was rated"), "points": tr("Points"), "of": tr("Of"), "note": tr("Note")}, name="ratings", heading=tr("Ratings")))  # fmt: skip
        if len(view.tables["snapshots"]):
            made.append(table_block(view.tables["snapshots"], {"snapshot": tr("Snapshot"), "clock": tr("Clock")}, name="snapshots", heading=tr("Snapshots")))  # fmt: skip
        return made

    # What the buttons do

    def build(self) -> str:
        """Build the class that the form names, or open the one that is there."""
        from ilp_lab.training import open_class

        names = [part.strip() for part in self.state.own_teams.split(",") if part.strip()]
        if not self.state.in_folder.strip():
            raise InputError(
                tr("Say where the class shall be: “{label}” is empty.").format(label=tr("Folder"))
            )
        self._room = open_class(
            Path(self.state.in_folder.strip()), plan=self.state.by_plan, teams=names or None
        )
        self.state = self._ready(self.state)
        if self._head is not None:
            self._head.put(heading=self.title, acts=[act.spec() for act in self._buttons()])
        return self._after(
            tr("Share the folder {folder}, and nothing above it.").format(folder=self._room.folder / "teams")
        )

    def start(self) -> str:
        """Start the clock, or let it go on."""
        self._open().start()
        return self._after(tr("The clock runs."))

    def stop(self) -> str:
        """Stop the clock, for a break or the night."""
        self._open().stop()
        return self._after(tr("The clock stands still."))

    def release(self) -> str:
        """Put the inject into the inboxes of those who were ticked."""
        found = self._open().release(self.state.next_inject, teams=list(self.state.to_teams) or None)
        said = "; ".join(f"{row.team}: {row.says}" for row in found.itertuples())
        if found["delivered"].all():
            self.state = self._ready(replace(self.state, next_inject="", to_teams=()))
        return self._after(f"{said}.")

    def keep_snapshot(self) -> str:
        """Keep the folders of the teams as they are now."""
        self._open().snapshot(self.state.new_snapshot.strip())
        self.state = replace(self.state, new_snapshot="")
        return self._after(tr("The snapshot was kept."))

    def rewind(self) -> str:
        """Go back to a snapshot."""
        if not self.state.back_to:
            raise InputError(tr("Choose the snapshot to go back to."))
        kept = self._open().rewind(self.state.back_to)
        self.state = replace(self.state, back_to="")
        return self._after(tr("Gone back. What was there is kept as “{name}”.").format(name=kept))

    def rate(self) -> str:
        """Enter the rating that the form holds."""
        scale = self._scale()
        if scale is None:
            raise InputError(tr("This plan has nothing to rate."))
        if len(scale.criteria) > CRITERIA:
            raise InputError(
                tr(
                    "“{scale}” has {count} criteria; the board has room for {most}. Use ilp-lab training class rate."
                ).format(scale=scale.title, count=len(scale.criteria), most=CRITERIA)
            )
        scores = {
            name: getattr(self.state, field) for name, field in zip(scale.criteria, _SCORES, strict=False)
        }
        self._open().rate(self.state.rated_team, scale.id, scores, note=self.state.remark)
        said = tr("{team}, {scale}: {points} of {most}.").format(
            team=self.state.rated_team, scale=scale.title, points=sum(scores.values()), most=3 * len(scores)
        )
        nothing: dict[str, Any] = dict.fromkeys(_SCORES, 0)
        self.state = replace(self.state, remark="", **nothing)
        return self._after(said)

    def write_report(self) -> str:
        """Write the after-action report beside the teams' folders, or where the path says."""
        room = self._open()
        file = room.report(room.folder / self.state.report_file.strip())
        return self._after(tr("Written: {file}").format(file=file))

    # How it works

    def _turn(self, state: ClassConsoleState, *, said: str = "") -> None:
        """What is shown hangs on the class, not on the forms: moving a control asks for nothing, and covers no sentence."""
        if self._edition == self._turned and not said:
            self.state = state
            self._put_state()
            return
        self._turned = self._edition
        super()._turn(state, said=said)

    def _open(self) -> Classroom:
        if self._room is None:
            raise InputError(tr("No class is open yet. Name a folder and a plan, and build one."))
        return self._room

    def _asked_of_a_new_one(self) -> list[asking.Asked]:
        from ilp_lab.training import class_plans
        from ilp_lab.training.workshops import workshop_names

        new = tr("A new class")
        return [
            asking.text("in_folder", tr("Folder"), group=new, hint=tr("New or empty; a class that is there is opened.")),
            asking.choice("by_plan", tr("Plan"), [*class_plans(), *workshop_names()], group=new),
            asking.text("own_teams", tr("Teams"), group=new, hint=tr("With commas; those of the plan when empty.")),
        ]  # fmt: skip

    def _everybody(self) -> list[str]:
        room = self._open()
        return list(
            dict.fromkeys([*room.teams, *(name for one in room.plan.injects for name in one.by_hand)])
        )

    def _kept(self) -> list[str]:
        """The names of the snapshots; those known last when the class cannot be read."""
        try:
            self._names = list(self._open().state.snapshots)
        except IlpError:  # the answer says it; the controls stay
            return self._names
        return self._names

    def _scale(self) -> Any:
        scales = self._open().plan.scales
        return next(
            (one for one in scales if one.id == self.state.rated_scale), scales[0] if scales else None
        )

    def _ready(self, state: ClassConsoleState) -> ClassConsoleState:
        """The state with the next inject chosen, and with a team and a scale."""
        if self._room is None:
            return state
        plan, released = self._room.plan, self._room.state.released
        wanted = [one.id for one in self._room.due()] + [one.id for one in plan.injects]
        left = [name for name in wanted if name not in released] or wanted or [""]
        return replace(
            state,
            next_inject=state.next_inject or left[0],
            rated_team=state.rated_team or self._room.teams[0],
            rated_scale=state.rated_scale or (plan.scales[0].id if plan.scales else ""),
        )

    def _after(self, said: str) -> str:
        self._seen = self._mark()
        self.renew(said)
        return said

    def _mark(self) -> Any:
        """What tells whether there is something new: files of progress, the log, the minute on the clock."""
        if self._room is None:
            return None
        folder = self._room.folder
        try:
            files = [*folder.glob("class.log"), *sorted((folder / "teams").glob("*/progress/**/*.jsonl"))]
            found = [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
            return found, int(self._room.elapsed.total_seconds() // 60), folder.is_dir()
        except (OSError, IlpError) as error:
            return str(error)

    def look(self) -> bool:
        """Look into the folders, and answer anew when something changed; says whether it did."""
        mark = self._mark()
        if mark == self._seen or self._worker.busy:
            return False
        first, self._seen = self._seen is None, mark
        if not first:
            self.renew(
                tr("Looked again at {time}.").format(time=datetime.now().astimezone().strftime("%H:%M:%S"))
            )
        return not first


def _watch(board: weakref.ref[ClassConsoleBoard]) -> None:
    """Look again and again, as long as there is a board."""
    import time

    while True:
        time.sleep(_LOOK_S)
        there = board()
        if there is None:
            return
        there.look()
        del there


def class_console(
    folder: str | Path | None = None, *, state: ClassConsoleState | None = None, case: Case | None = None
) -> ClassConsoleBoard:
    """Open the trainer's console as a board.

    It answers: where is the class, what is due, and who needs help?

    Parameters
    ----------
    folder
        Folder of a class that is there; a new one is built on the board when left out.
    state
        What it shows first.
    case
        An open case; what the forms hold can be saved to it. The class itself is kept in its folder.

    Returns
    -------
    ClassConsoleBoard
        Shows itself in a notebook; ``.view`` holds the answer, ``.room`` the class.

    Raises
    ------
    InputError, ReadError
        When there is no class in the folder, or it cannot be read.

    Examples
    --------
    >>> class_console().title
    'Class'
    """
    from ilp_lab.training import open_class

    return ClassConsoleBoard(None if folder is None else open_class(folder), state=state, case=case)
