"""The trainer's console as commands: build a class, clock, injects, board, snapshots, ratings, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ilp_lab._homefolder import at_home
from ilp_lab.cli.screen import echo

if TYPE_CHECKING:
    from ilp_lab.training import Classroom

classes_app = typer.Typer(
    help="Run a class from a folder: a USB stick or a shared folder is enough.", no_args_is_help=True
)
_PLAN = "practice-day"
Folder = Annotated[Path, typer.Argument(help="Folder of the class.")]
Teams = Annotated[
    list[str] | None, typer.Option("--team", help="A team; repeat it for more. All when left out.")
]


@classes_app.command("build")
def build(
    folder: Folder,
    plan: Annotated[
        str | None,
        typer.Option(help=f"Name of a plan, or the path of your own; {_PLAN} when left out."),
    ] = None,
    team: Teams = None,
) -> None:
    """Build a class: a folder for every team, with its lessons."""
    from ilp_lab.training import open_class

    there = (at_home(folder) / "class.json").exists()
    room = open_class(folder, plan=plan or _PLAN, teams=team or None)
    given = [f"--plan {plan}"] * (plan is not None) + [f"--team {name}" for name in team or []]
    if there and given:
        echo(
            f"{folder} holds a class already, which stays as it is; {', '.join(given)} "
            f"{'were' if len(given) > 1 else 'was'} not used. Name a new folder to build another class."
        )
    echo(f"{room.plan.title}: {', '.join(room.teams)}. Share {folder / 'teams'}, and nothing above it.")


@classes_app.command("show")
def show(folder: Folder) -> None:
    """Show clock, what is due, and what every team solved."""
    room = _room(folder)
    echo(f"Clock: {_clock(room)}")
    for inject in room.due():
        echo(f"due: {inject.id} {inject.title}")
    echo(room.board().round(2).to_string(index=False))
    verdict = room.verify()
    if not verdict.ok:
        echo(f"The log of the class is not as it was written, from line {verdict.broken_line} on.")


@classes_app.command("clock")
def clock(
    folder: Folder, do: Annotated[Literal["start", "stop"], typer.Argument(help="What it does.")]
) -> None:
    """Start or stop the clock."""
    room = _room(folder)
    room.start() if do == "start" else room.stop()
    echo(f"Clock: {_clock(room)}")


@classes_app.command("release")
def release(
    folder: Folder, inject: Annotated[str, typer.Argument(help="Its id, such as I-3.")], team: Teams = None
) -> None:
    """Put an inject into the inbox of teams."""
    found = _room(folder).release(inject, teams=team or None)
    for row in found.itertuples():
        echo(f"{row.team}: {row.says}")
    raise typer.Exit(0 if found["delivered"].all() else 1)


@classes_app.command("snapshot")
def snapshot(folder: Folder, name: Annotated[str, typer.Argument(help="What to call it.")]) -> None:
    """Keep the teams' folders as they are now."""
    echo(f"kept: {_room(folder).snapshot(name).name}")


@classes_app.command("rewind")
def rewind(folder: Folder, name: Annotated[str, typer.Argument(help="Name of a snapshot.")]) -> None:
    """Go back to a snapshot; what is there now is kept first."""
    kept = _room(folder).rewind(name)
    echo(f"Back at {name!r}. What was there is kept as {kept!r}.")


@classes_app.command("rate")
def rate(
    folder: Folder,
    team: Annotated[str, typer.Argument(help="Name of the team.")],
    scale: Annotated[str, typer.Argument(help="What is rated, such as product.")],
    scores: Annotated[list[int], typer.Argument(help="0 to 3 for each criterion, in their order.")],
    note: Annotated[str, typer.Option(help="A sentence for the team.")] = "",
) -> None:
    """Enter what people rated."""
    room = _room(folder)
    criteria = room.plan.scale(scale).criteria
    if len(scores) != len(criteria):
        raise typer.BadParameter(
            f"{scale} has {len(criteria)} criteria ({', '.join(criteria)}); got {len(scores)} scores."
        )
    room.rate(team, scale, dict(zip(criteria, scores, strict=True)), note=note)
    echo(f"{team}, {scale}: {sum(scores)} of {3 * len(criteria)}")


@classes_app.command("report")
def report(
    folder: Folder,
    into: Annotated[Path, typer.Option(help="The file: .html, .docx or .pdf.")] = Path("after-action.html"),
) -> None:
    """Write the after-action report."""
    echo(f"written: {_room(folder).report(into)}")


def _room(folder: Path) -> Classroom:
    from ilp_lab.training import open_class

    return open_class(folder)


def _clock(room: Classroom) -> str:
    from ilp_lab.training.classlog import clock_text

    return f"{clock_text(room.elapsed)}, {'running' if room.running else 'standing still'}"
