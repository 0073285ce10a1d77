"""What a class did: the live board of checks while it runs, and the after-action report when it is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ilp_lab._tongue import tr, trn
from ilp_lab.errors import InputError
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training.classbook import class_table
from ilp_lab.training.classlog import ClassState, clock_text
from ilp_lab.training.classplans import HIGHEST

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.products.blocks import Block, Document
    from ilp_lab.result import Result
    from ilp_lab.training.classrooms import Classroom

_COLUMNS = ("team", "lesson", "learners", "done", "checks", "share", "tries", "says")
_ENDINGS = (".html", ".docx", ".pdf")


def team_board(folder: Path, teams: Sequence[str], lessons: Sequence[str]) -> pd.DataFrame:
    """One row per team and lesson; see :meth:`ilp_lab.training.Classroom.board`."""
    import pandas as pd

    rows = []
    for team in teams:
        found = _progress(folder / "teams" / team / "progress")
        says = (
            ""
            if found is None or not found.left_out
            else "; ".join(f"{n} {why}" for why, n in found.left_out.items())
        )
        table = (
            pd.DataFrame(columns=["learner", "lesson", "done", "checks", "tries"])
            if found is None
            else found.table
        )
        for lesson in [*lessons, *sorted(set(table["lesson"]) - set(lessons))]:
            here = table[table["lesson"] == lesson]
            checks = _checks(lesson, here)
            done = float(here["done"].mean()) if len(here) else 0.0
            tries = float(here["tries"].mean()) if len(here) else 0.0
            rows.append(
                (team, lesson, len(here), done, checks, done / checks if checks else 0.0, tries, says)
            )
    return pd.DataFrame(rows, columns=pd.Index(_COLUMNS))


def write_report(path: Path, room: Classroom) -> Path:
    """Write the report of a class as a page, for Word or as PDF."""
    from ilp_lab.products import html, pdf, word

    if path.suffix.lower() not in _ENDINGS:
        raise InputError(f"A report ends in {', '.join(_ENDINGS)}; got {path.name}.")
    document = report_document(room)
    if path.suffix.lower() == ".html":
        content = html.render(document).encode()
    else:
        content = (word if path.suffix.lower() == ".docx" else pdf).render(document)
    write_atomically(path, content)
    return path


def report_document(room: Classroom) -> Document:
    """The report, whatever it is written as."""
    from ilp_lab.products.blocks import Document

    state, board = room.state, room.board()
    verdict = room.verify()
    return Document(
        title=tr("After-action report: {title}").format(title=room.plan.title),
        subtitle=tr("{teams} teams, {clock} on the clock").format(
            teams=len(room.teams), clock=clock_text(state.elapsed())
        ),
        author="",
        handling="TRAINING",
        handling_meaning=tr(
            "An exercise with made-up data. It says how teams did, and nothing about persons."
        ),
        language="en",
        fingerprint=str(verdict.entries)
        + (" sound entries" if verdict.ok else f" entries; line {verdict.broken_line} altered"),
        blocks=(
            *_summary(room, state, board),
            *_injects(room, state),
            *_checked(board),
            *_rated(room, state),
            *_questions(room, state, board),
        ),
    )


def _summary(room: Classroom, state: ClassState, board: pd.DataFrame) -> Iterator[Block]:
    from ilp_lab.products.blocks import Listing

    served = sum(len(teams) for teams in state.released.values())
    lines = [
        tr("{released} of {all} injects were released, {served} deliveries in all.").format(
            released=len(state.released), all=len(room.plan.injects), served=served
        )
    ]
    by_team = board.groupby("team", sort=False)["share"].mean()
    if board["learners"].sum():
        lines.append(
            tr("Checks solved on average: {shares}.").format(
                shares=", ".join(f"{team} {100 * share:.0f}%" for team, share in by_team.items())
            )
        )
    else:
        lines.append(tr("No file of progress was seen in the teams' folders."))
    if state.ratings:
        lines.append(
            trn("{count} rating was entered.", "{count} ratings were entered.", len(state.ratings)).format(
                count=len(state.ratings)
            )
        )
    yield Listing(tuple(lines), summary=True)


def _injects(room: Classroom, state: ClassState) -> Iterator[Block]:
    from ilp_lab.products.blocks import Grid, Heading

    yield Heading(tr("What happened"))
    rows = []
    for one in room.plan.injects:
        teams = state.released.get(one.id, {})
        when = min(teams.values()).strftime("%H:%M") if teams else tr("not released")
        rows.append((one.id, room.when(one), when, one.title, ", ".join(teams) or "-", one.expected))
    columns = (
        tr("Inject"),
        tr("Planned"),
        tr("Released (UTC)"),
        tr("Title"),
        tr("Teams"),
        tr("What good teams do"),
    )
    yield Grid(tr("Injects in the order of the plan"), columns, tuple(rows))


def _checked(board: pd.DataFrame) -> Iterator[Block]:
    from ilp_lab.products.blocks import Grid, Heading, Words

    yield Heading(tr("What was solved"))
    seen = board[board["learners"] > 0]
    if seen.empty:
        yield Words(tr("Nothing was seen. Progress is read from the folder 'progress' of every team."))
        return
    rows = tuple(
        (
            str(row["team"]),
            str(row["lesson"]),
            str(row["learners"]),
            f"{row['done']:.1f} / {row['checks']}",
            f"{100 * row['share']:.0f}%",
            f"{row['tries']:.1f}",
            str(row["says"]),
        )
        for row in seen.to_dict("records")
    )
    columns = (
        tr("Team"),
        tr("Lesson"),
        tr("Learners"),
        tr("Checks solved"),
        tr("Share"),
        tr("Tries"),
        tr("Left out"),
    )
    yield Grid(tr("Means of the learners of a team"), columns, rows)


def _rated(room: Classroom, state: ClassState) -> Iterator[Block]:
    from ilp_lab.products.blocks import Grid, Heading

    if not state.ratings:
        return
    yield Heading(tr("What people rated"))
    for scale in room.plan.scales:
        given = [one for one in state.ratings.values() if one.scale == scale.id]
        if given:
            rows = tuple(
                (
                    one.team,
                    *(str(one.scores[name]) for name in scale.criteria),
                    f"{sum(one.scores.values())}",
                    one.note,
                )
                for one in sorted(given, key=lambda one: room.teams.index(one.team))
            )
            highest = HIGHEST * len(scale.criteria)
            columns = (
                tr("Team"),
                *scale.criteria,
                tr("Sum of {highest}").format(highest=highest),
                tr("Note"),
            )
            yield Grid(scale.title, columns, rows)


def _questions(room: Classroom, state: ClassState, board: pd.DataFrame) -> Iterator[Block]:
    """What to talk about: open injects, the lesson that went worst, the criterion rated lowest."""
    from ilp_lab.products.blocks import Heading, Listing

    lines = [
        tr("{inject} ({title}) was planned and not released: was it missing?").format(
            inject=one.id, title=one.title
        )
        for one in room.plan.injects
        if one.id not in state.released
    ]
    seen = board[board["learners"] > 0]
    if len(seen):
        worst = seen.nsmallest(1, "share").to_dict("records")[0]
        lines.append(
            tr("{team} solved least of {lesson} ({share:.0f}%): what was in the way?").format(
                team=worst["team"], lesson=worst["lesson"], share=100 * worst["share"]
            )
        )
    scores: dict[str, list[int]] = {}
    for rating in state.ratings.values():
        for name, score in rating.scores.items():
            scores.setdefault(name, []).append(score)
    if scores:
        name = min(scores, key=lambda one: sum(scores[one]) / len(scores[one]))
        lines.append(
            tr("“{criterion}” was rated lowest over all teams: show a good example.").format(criterion=name)
        )
    lines.append(tr("Which decision would be another one after this exercise?"))
    yield Heading(tr("To talk about"))
    yield Listing(tuple(lines), numbered=True)


def clock_text_of(minutes: float) -> str:
    """Minutes after the start as the clock shows them.

    >>> clock_text_of(95)
    '1:35'
    """
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"


def _progress(folder: Path) -> Result | None:
    files = sorted(folder.rglob("*.jsonl")) if folder.is_dir() else []
    return class_table(files) if files else None


def _checks(lesson: str, here: pd.DataFrame) -> int:
    from ilp_lab.errors import IlpError
    from ilp_lab.training.editions import key_of

    try:
        return len(key_of(lesson)["checks"])
    except IlpError:
        return int(here["checks"].max()) if len(here) else 0
