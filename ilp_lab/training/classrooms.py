"""A class on a folder: teams, clock, injects, what was done, ratings. A USB stick or a shared folder is enough; no server.

::

    my class/
        class.json          which teams
        plan.yml            the plan as it was then, with what good teams do
        class.log           what happened, each line chained to the one before
        injects/<id>/<team> files that come with an inject, when it is released
        teams/<team>/       inbox, lessons, progress and work of a team: share this, and nothing above it
        workshop/           of a workshop: schedule, hand-outs, slides, role cards, the trainer's guide
        snapshots/          the teams' folders at a moment
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._homefolder import at_home
from ilp_lab.errors import InputError, ReadError, WriteError
from ilp_lab.safeguards import AuditLog
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training import afteraction, classlog, snapshots, workshopclasses
from ilp_lab.training.classplans import HIGHEST, ClassPlan, Inject, class_plan, team_names

if TYPE_CHECKING:
    import pandas as pd

_FOLDERS = ("inbox", "lessons", "progress", "work")
_TEAM_NOTE = """This is the folder of team {team}.

inbox      what happens during the exercise; look here often
lessons    your lessons; open them in JupyterLab
progress   copy your file progress.jsonl here at the end of every lesson (or set ILP_LAB_PROGRESS to this folder)
work       your products
"""


def open_class(
    folder: str | Path, *, plan: str | Path | None = None, teams: Iterable[str] | None = None
) -> Classroom:
    """Build a class in a new folder, or open one that is there.

    Parameters
    ----------
    folder
        Where: on this computer, a stick or a shared folder.
    plan
        Name of a plan or of a workshop (``"W3"``), or the path of one's own: a YAML file, or the folder that
        :func:`ilp_lab.training.write_workshop` wrote (made with a seed of one's own, say); needed for a new class, remembered afterwards.
        A workshop brings its papers, injects with their files, and the data of each team; its clock counts the minutes of its days, so
        stop it overnight.
    teams
        Names of teams; those of the plan when left out. Codes, not names of persons.

    Raises
    ------
    InputError
        When a new class has no plan, or the folder holds something else.
    ReadError
        When what is there cannot be read.
    WriteError
        When it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> room = open_class(Path(tempfile.mkdtemp()) / "may", plan="practice-day", teams=["A", "B"])
    >>> list(room.release("I-1")["delivered"])
    [True, True]
    """
    place = at_home(folder)
    if not (place / "class.json").exists():
        _build(place, plan, teams)
    return Classroom(place)


class Classroom:
    """A class that runs; see :func:`open_class`."""

    def __init__(self, folder: Path) -> None:
        held = _described(folder)
        self.folder = folder
        self.teams: tuple[str, ...] = tuple(held["teams"])
        self.plan: ClassPlan = class_plan(folder / "plan.yml")
        self._log = AuditLog(folder / "class.log")

    def __repr__(self) -> str:
        return (
            f"<class {self.plan.title!r}: {', '.join(self.teams)}; clock {classlog.clock_text(self.elapsed)}>"
        )

    # The clock

    @property
    def state(self) -> classlog.ClassState:
        """Where the class is, read from its log."""
        self._there()
        return classlog.state_of(self._log.entries())

    @property
    def elapsed(self) -> timedelta:
        """Time on the clock."""
        return self.state.elapsed()

    @property
    def running(self) -> bool:
        """Whether the clock runs."""
        return self.state.running_since is not None

    def start(self) -> None:
        """Start the clock, or let it go on."""
        if not self.running:
            self._note(classlog.START)

    def stop(self) -> None:
        """Stop the clock, for a break."""
        if self.running:
            self._note(classlog.STOP)

    # Injects

    def due(self) -> list[Inject]:
        """Injects whose time has come and that not all their teams have."""
        state = self.state
        spent = state.elapsed().total_seconds() / 60
        return [
            one
            for one in self.plan.injects
            if one.at_min <= spent and set(self.receivers(one)) - set(state.released.get(one.id, {}))
        ]

    def receivers(self, inject: Inject) -> tuple[str, ...]:
        """Who gets an inject when the trainer names nobody: the teams of the plan, all when it names none, and whoever gets it on paper."""
        named = tuple(team for team in inject.teams if team in self.teams)
        return (named or (() if inject.by_hand else self.teams)) + inject.by_hand

    def when(self, inject: Inject) -> str:
        """When the plan has it: in words, or as the clock shows it."""
        return inject.when or afteraction.clock_text_of(inject.at_min)

    def release(self, inject: str, *, teams: Iterable[str] | None = None) -> pd.DataFrame:
        """Put an inject into the inbox of teams.

        Parameters
        ----------
        inject
            Its id.
        teams
            Who gets it; those of the plan when left out.

        Returns
        -------
        DataFrame
            ``team``, ``delivered`` and ``says``: a team that has it keeps what it has; one whose folder cannot be written (a
            stick that was pulled out) is named and can be served later by the same call.

        Raises
        ------
        InputError
            When the inject or a team is not known.
        """
        import pandas as pd

        one = self.plan.inject(inject)
        wanted = self._known(self.receivers(one) if teams is None else teams, also=one.by_hand)
        has = self.state.released.get(one.id, {})
        rows, reached = [], []
        for team in wanted:
            if team in has:
                rows.append((team, True, "had it already"))
                continue
            if team in one.by_hand:
                reached.append(team)
                rows.append((team, True, f"on paper: print what is in {self._beside(one, team)}"))
                continue
            try:
                self._deliver(one, self.folder / "teams" / team)
            except (WriteError, ReadError) as error:
                rows.append((team, False, str(error)))
            else:
                reached.append(team)
                rows.append((team, True, "in its inbox"))
        if reached:
            self._note(classlog.RELEASE, inject=one.id, teams=reached)
        return pd.DataFrame(rows, columns=pd.Index(["team", "delivered", "says"]))

    # What was done

    def board(self) -> pd.DataFrame:
        """The live board: one row per team and lesson.

        Returns
        -------
        DataFrame
            ``team``, ``lesson``, ``learners`` (files of progress seen), ``done`` (checks solved, mean of learners), ``checks``,
            ``share`` (of all checks), ``tries`` (mean); ``says`` names files that were left out.
        """
        return afteraction.team_board(self.folder, self.teams, self.plan.lessons)

    def rate(self, team: str, scale: str, scores: Mapping[str, Any], *, note: str = "") -> None:
        """Enter what people rated: each criterion from 0 to 3. The latest entry of a team and scale counts; all stay in the log.

        Raises
        ------
        InputError
            When a criterion is missing or not known, or a score is not 0, 1, 2 or 3; all faults at once.
        """
        self._known([team])
        asked = self.plan.scale(scale)
        check = Check("Classroom.rate")
        for name in (name for name in asked.criteria if name not in scores):
            check.add(f"{name!r} has no score.")
        for name, score in scores.items():
            if name not in asked.criteria:
                check.add(f"{name!r} is no criterion of {scale!r}; they are {', '.join(asked.criteria)}.")
            elif isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= HIGHEST:
                check.add(f"{name!r} must be a whole number from 0 to {HIGHEST}; got {score!r}.")
        check.done()
        self._note(classlog.RATE, team=team, scale=scale, scores=dict(scores), note=note)

    # Back in time

    def snapshot(self, name: str) -> Path:
        """Keep the teams' folders as they are now, under a name; returns the file.

        Raises
        ------
        InputError
            When the name is taken, or is no name.
        WriteError
            When it cannot be written; nothing half-written is left.
        """
        state = self.state
        if name in state.snapshots:
            raise InputError(f"There is a snapshot {name!r} already; choose another name.")
        seconds = state.elapsed().total_seconds()
        file = snapshots.keep(self.folder, name, state, seconds=seconds)
        self._note(classlog.SNAPSHOT, name=name, seconds=seconds, file=file.name)
        return file

    def rewind(self, name: str) -> str:
        """Go back to a snapshot: folders, released injects and clock. What is there now is kept as a snapshot first.

        Ratings stay. Returns the name under which the present was kept.

        Raises
        ------
        InputError
            When there is no such snapshot.
        ReadError
            When the snapshot is damaged; nothing is changed then.
        """
        state = self.state
        if name not in state.snapshots:
            known = ", ".join(state.snapshots) or "none yet"
            raise InputError(f"There is no snapshot {name!r}; there are: {known}.")
        held = snapshots.opened(self.folder, name)
        number = sum(one.startswith("before going back") for one in state.snapshots) + 1
        kept = f"before going back {number}"
        self.snapshot(kept)
        snapshots.put_back(self.folder, held)
        self._note(classlog.REWIND, name=name, seconds=held.seconds, released=held.released)
        return kept

    # At the end

    def report(self, path: str | Path) -> Path:
        """Write the after-action report: times, injects, checks, ratings, what to talk about (.html, .docx or .pdf).

        Raises
        ------
        InputError
            When the file's ending is another one.
        WriteError
            When it cannot be written.
        """
        return afteraction.write_report(Path(path), self)

    def verify(self) -> Any:
        """Whether the class log is as it was written; see :meth:`ilp_lab.safeguards.AuditLog.verify`."""
        return self._log.verify()

    def entries(self) -> list[Mapping[str, Any]]:
        """What happened, in order."""
        return list(self._log.entries())

    def _known(self, teams: Iterable[str], *, also: tuple[str, ...] = ()) -> list[str]:
        wanted = [teams] if isinstance(teams, str) else list(dict.fromkeys(teams))
        strangers = [team for team in wanted if team not in {*self.teams, *also}]
        if strangers or not wanted:
            named = f"no team {strangers[0]!r}" if strangers else "no team chosen"
            raise InputError(f"There is {named}; the teams are {', '.join(self.teams)}.")
        return wanted

    def _deliver(self, inject: Inject, team: Path) -> None:
        if not team.is_dir():
            raise WriteError(f"{team} is not there. Is the stick or the shared folder connected?")
        from ilp_lab import samples

        sources = [samples.path(name) for name in inject.files]
        beside = self._beside(inject, team.name)
        sources += sorted(file for file in beside.glob("*") if file.is_file())
        for source in sources:
            write_atomically(team / "inbox" / f"{inject.id} {source.name}", source.read_bytes())
        attached = "".join(f"\nWith it: {inject.id} {source.name}" for source in sources)
        message = f"{inject.title}\n{'=' * len(inject.title)}\n\n{inject.body}\n{attached}"
        write_atomically(team / "inbox" / f"{inject.id}.txt", message.encode("utf-8-sig"))

    def _beside(self, inject: Inject, receiver: str) -> Path:
        """The folder of what comes with an inject for one receiver."""
        return self.folder / "injects" / inject.id / receiver.lower()

    def _there(self) -> None:
        """A stick that was pulled out must not become a new, empty class in a folder of the same name."""
        if not (self.folder / "class.json").exists():
            raise ReadError(
                f"The class {self.folder} is not there any more. Is the stick or the shared folder connected? Nothing was changed."
            )

    def _note(self, what: str, **detail: Any) -> None:
        self._there()
        self._log.append("housekeeping", actor="trainer", what=what, detail=detail)


def _build(place: Path, plan: str | Path | None, teams: Iterable[str] | None) -> None:
    if plan is None:
        raise InputError(f"{place} holds no class yet; name a plan to build one, such as practice-day.")
    kit = workshopclasses.kit_of(plan)
    made = workshopclasses.plan_of(workshopclasses.workshop_of(plan)) if kit else class_plan(plan)
    try:
        names = made.teams if teams is None else team_names([teams] if isinstance(teams, str) else teams)
    except ValueError as error:
        raise InputError(f"open_class: {error}.") from error
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"{place} holds something else; name a new or an empty folder.")
    if kit:
        workshopclasses.lay_out(plan, place, made.teams, names)
    for team in names:
        own = place / "teams" / team
        for name in _FOLDERS:
            _make_folder(own / name)
        write_atomically(own / "READ ME.txt", _TEAM_NOTE.format(team=team).encode("utf-8-sig"))
        for lesson in made.lessons:
            for notebook in _student_notebooks(lesson):
                write_atomically(own / "lessons" / notebook.name, notebook.read_bytes())
    write_atomically(place / "plan.yml", snapshots.pack_text(made).encode())
    described = {"plan": made.id, "version": made.version, "teams": list(names)}
    write_atomically(place / "class.json", json.dumps(described, indent=1, ensure_ascii=False).encode())


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{place} cannot be made: {error.strerror or error}.") from error


def _student_notebooks(lesson: str) -> list[Path]:
    from ilp_lab.training.editions import lessons_folder

    found = sorted((lessons_folder() / "student").glob(f"{lesson}_*.ipynb"))
    if not found:
        raise InputError(f"There is no lesson {lesson!r} in this installation; take it out of the plan.")
    return found


def _described(folder: Path) -> Mapping[str, Any]:
    try:
        held = json.loads((folder / "class.json").read_text(encoding="utf-8"))
        return {"teams": team_names(held["teams"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            f"{folder} cannot be opened as a class: {error}. Copy it again, or build a new one."
        ) from error
