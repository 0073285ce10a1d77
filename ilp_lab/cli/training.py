"""The commands of training: build and check lessons, put a class together, give and verify certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ilp_lab.cli.classes import classes_app
from ilp_lab.cli.folders import check_room_for
from ilp_lab.cli.notebooks import named
from ilp_lab.cli.screen import echo
from ilp_lab.errors import InputError

training_app = typer.Typer(
    help="Lessons, classes, class tables, certificates and workshops.", no_args_is_help=True
)
training_app.add_typer(classes_app, name="class")
Folder = Annotated[Path | None, typer.Option(help="Folder of the lessons' sources.", show_default=False)]
Only = Annotated[str | None, typer.Option(help="Only lessons whose name contains this.")]


@training_app.command("build")
def build(folder: Folder = None, only: Only = None) -> None:
    """Write the editions and keys of the lessons from their sources."""
    from ilp_lab.training import editions, overviews

    named(editions.sources(folder), only)
    changed = [*editions.build(folder, only=only), *overviews.write_pages(folder)]
    for file in changed:
        echo(f"written: {file.parent.name}/{file.name}")
    if not changed:
        echo("All editions are in step with their sources.")


@training_app.command("check")
def check(folder: Folder = None) -> None:
    """Check that editions and keys are in step with the sources and keep the house rules."""
    from ilp_lab.training import editions, overviews

    faults = editions.check(folder)
    faults += [] if faults else overviews.page_faults(folder)
    for fault in faults:
        echo(fault)
    echo(f"{len(faults)} faults." if faults else "All lessons are in step with their sources.")
    raise typer.Exit(1 if faults else 0)


@training_app.command("run")
def run(folder: Folder = None, only: Only = None, timeout: int = 60) -> None:
    """Run every edition from top to bottom, each cell within a time limit."""
    from ilp_lab.training import editions

    named(editions.sources(folder), only)
    failed = 0
    for report in editions.execute(folder, only=only, timeout=timeout):
        echo(str(report))
        failed += not report.ok
    raise typer.Exit(1 if failed else 0)


@training_app.command("report")
def report(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the files of progress of the class.")],
    into: Annotated[Path | None, typer.Option("--into", help="A csv file for the table.")] = None,
) -> None:
    """Put the files of progress of a class together and say what the checks were like."""
    from ilp_lab.safeguards.writing import write_atomically
    from ilp_lab.training import class_table

    found = class_table(folder)
    if found.table.empty:
        raise InputError(
            f"{folder} holds no progress of a learner that can be read: {found.explain()} Ask for the files again."
        )
    echo(found.explain())
    echo(found.details["items"].to_string(index=False))
    gains = found.details["gains"]
    if len(gains):
        echo(
            f"Knowledge test: {gains['before'].mean():.0%} right before, {gains['after'].mean():.0%} after; gain on average {gains['gain'].mean():.2f}."
        )
        echo(gains.to_string(index=False))
    if into is not None:
        write_atomically(into, found.table.to_csv(index=False).encode("utf-8-sig"))
        echo(f"written: {into}")


@training_app.command("certificate")
def give(
    progress: Annotated[Path, typer.Argument(help="The learner's file of progress.")],
    name: Annotated[str, typer.Option(help="The name on the certificate.")],
    signed_by: Annotated[str, typer.Option(help="The trainer's key.")],
    into: Annotated[Path, typer.Option(help="The file, ending in .html.")] = Path("certificate.html"),
) -> None:
    """Give a certificate on the lessons that a learner completed."""
    from ilp_lab.training import certificate

    echo(f"written: {certificate(into, progress=progress, name=name, signed_by=signed_by)}")


@training_app.command("verify")
def verify(file: Annotated[Path, typer.Argument(help="A certificate.")]) -> None:
    """Verify a certificate, without a network."""
    from ilp_lab.training import verify_certificate

    echo(str(verify_certificate(file)))


@training_app.command("workshop")
def write(
    name: Annotated[str, typer.Argument(help="A shipped workshop, such as W3, or a YAML file of your own.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    starts: Annotated[
        str | None, typer.Option(help="The first day, such as 2026-03-02.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="A seed of your own for the data.", show_default=False)
    ] = None,
    no_data: Annotated[bool, typer.Option("--no-data", help="Leave out what every team holds.")] = False,  # noqa: FBT002
) -> None:
    """Write all that a workshop needs: schedule, hand-outs, slides, role cards, injects, data by team, the trainer's guide."""
    from ilp_lab.samples.belmara import SEED
    from ilp_lab.training import write_workshop

    if not folder.is_dir():
        check_room_for(folder.resolve(), choose="Name a new folder.")
    echo(
        str(
            write_workshop(name, folder, starts=starts, seed=SEED if seed is None else seed, data=not no_data)
        )
    )
