"""What the board *Class* shows of a class: its clock and injects, who solved what, ratings and snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ilp_lab._tongue import tr
from ilp_lab.boards.showing import View, fact, share

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.training import Classroom


@dataclass(frozen=True, slots=True)
class ClassConsoleState:
    """What the board *Class* is asked.

    Attributes
    ----------
    in_folder, by_plan, own_teams
        Of a class that is to be built: where, by which plan, and its teams with commas (those of the plan when empty).
    next_inject, to_teams
        What is released next, and to whom; to those of the plan when empty.
    new_snapshot, back_to
        Name of a new snapshot, and the one to go back to.
    rated_team, rated_scale, score_1, score_2, score_3, score_4, score_5, score_6, score_7, score_8, remark
        A rating: each criterion of the scale from 0 to 3.
    report_file
        The file of the after-action report.
    """

    in_folder: str = "class"
    by_plan: str = "practice-day"
    own_teams: str = ""
    next_inject: str = ""
    to_teams: tuple[str, ...] = ()
    new_snapshot: str = ""
    back_to: str = ""
    rated_team: str = ""
    rated_scale: str = ""
    score_1: int = 0
    score_2: int = 0
    score_3: int = 0
    score_4: int = 0
    score_5: int = 0
    score_6: int = 0
    score_7: int = 0
    score_8: int = 0
    remark: str = ""
    report_file: str = "after-action.html"


def compute_class_console(room: Classroom | None) -> View:
    """Say where a class is; no widgets.

    Parameters
    ----------
    room
        The class; None when there is none yet.

    Returns
    -------
    View
        ``tables``: ``board`` (teams × lessons, checks solved), ``injects`` (when planned, to whom, when released), ``ratings``,
        ``snapshots``.

    Raises
    ------
    ReadError, AuditError
        When the class cannot be read, such as from a stick that was pulled out.

    Examples
    --------
    >>> compute_class_console(None).answer
    ('No class is open yet. Name a folder and a plan, and build one.',)
    """
    from ilp_lab.training.classlog import clock_text

    if room is None:
        return View((tr("No class is open yet. Name a folder and a plan, and build one."),))
    state, solved, verdict = room.state, room.board(), room.verify()
    due = {one.id for one in room.due()}
    injects = _injects(room, due)
    clock = clock_text(state.elapsed())[:-3]
    notes = sorted({f"{row['team']}: {row['says']}" for row in solved.to_dict("records") if row["says"]})
    if not verdict.ok:
        notes.append(
            tr("The log of the class is not as it was written, from line {line} on.").format(
                line=verdict.broken_line
            )
        )
    return View(
        _answer(room, clock, injects),
        (
            fact("clock", tr("Clock"), clock, note=tr("running") if room.running else tr("standing still"), tone="good" if room.running else "warn"),
            fact("due", tr("Due now"), len(due), tone="warn" if due else ""),
            fact("released", tr("Released"), f"{len(state.released)} / {len(room.plan.injects)}"),
            fact("solved", tr("Checks solved"), share(float(solved["share"].mean())) if len(solved) else "", note=tr("mean of teams and lessons")),
            fact("ratings", tr("Ratings"), len(state.ratings)),
        ),
        {"board": _wide(solved), "injects": injects, "ratings": _ratings(room), "snapshots": _snapshots(room)},
        notes=tuple(notes),
    )  # fmt: skip


def _answer(room: Classroom, clock: str, injects: pd.DataFrame) -> tuple[str, ...]:
    said = [
        (tr("The clock runs: {clock}.") if room.running else tr("The clock stands still at {clock}.")).format(
            clock=clock
        )
    ]
    due = injects[injects["due"]]
    if len(due):
        listed = "; ".join(f"{row.inject} {row.title}" for row in due.itertuples())
        said.append(tr("Due now: {injects}.").format(injects=listed))
    coming = injects[(injects["released"] == "") & ~injects["due"]]
    if len(coming):
        row = coming.iloc[0]
        said.append(
            tr("Next: {inject} {title}, at {when}.").format(
                inject=row["inject"], title=row["title"], when=row["when"]
            )
        )
    elif not len(due):
        said.append(tr("Everything of the plan was released."))
    return tuple(said)


def _injects(room: Classroom, due: set[str]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for one in room.plan.injects:
        got = room.state.released.get(one.id, {})
        at = min(got.values()).astimezone().strftime("%H:%M") if got else ""
        rows.append(
            (one.id, room.when(one), one.title, ", ".join(room.receivers(one)), f"{at} {', '.join(got)}".strip(), one.id in due, one.expected)
        )  # fmt: skip
    return pd.DataFrame(
        rows, columns=pd.Index(["inject", "when", "title", "to", "released", "due", "expected"])
    ).astype({"due": bool})


def _wide(solved: pd.DataFrame) -> pd.DataFrame:
    """One row per team: checks solved of each lesson, and the share of all."""
    import pandas as pd

    rows = []
    for team, here in solved.groupby("team", sort=False):
        told = {
            str(row.lesson): f"{row.done:.3g} / {row.checks}" if row.learners else "–"
            for row in here.itertuples()
        }
        rows.append(
            {"team": team, **told, "learners": int(here["learners"].max()), "share": float(here["share"].mean())}
        )  # fmt: skip
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["team", "learners", "share"])


def _ratings(room: Classroom) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (one.team, one.scale, sum(one.scores.values()), 3 * len(one.scores), one.note)
        for one in room.state.ratings.values()
    ]
    return pd.DataFrame(rows, columns=pd.Index(["team", "scale", "points", "of", "note"]))


def _snapshots(room: Classroom) -> pd.DataFrame:
    import pandas as pd

    from ilp_lab.training.classlog import clock_text

    rows = [(name, clock_text(spent)) for name, spent in room.state.snapshots.items()]
    return pd.DataFrame(rows, columns=pd.Index(["snapshot", "clock"]))
