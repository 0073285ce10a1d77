"""What ``ilp-lab`` understands, and how it says that something went wrong.

Every command ends in one of three ways: it did its work (exit code 0), it says in a sentence what is wrong and
what to do (exit code 1 or 2), or it was stopped with Ctrl-C (exit code 130). ``lab`` and ``app`` serve until they are
stopped, so Ctrl-C is how they do their work to the end. A traceback is never shown, unless the environment variable
``ILP_LAB_DEBUG`` asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from ilp_lab._homefolder import at_home
from ilp_lab.cli.screen import complain, echo, warned_in_sentences
from ilp_lab.cli.stopping import ctrl_c
from ilp_lab.cli.training import training_app
from ilp_lab.errors import IlpError

_STOPPED = 130

app = typer.Typer(
    name="ilp-lab",
    help="An offline analyst notebook environment for intelligence-led policing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
notebooks_app = typer.Typer(help="Build, check and run the notebooks.", no_args_is_help=True)
app.add_typer(notebooks_app, name="notebooks")
app.add_typer(training_app, name="training")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,  # noqa: FBT002
) -> None:
    if version:
        from ilp_lab import __version__

        echo(f"ilp_lab {__version__}")
        raise typer.Exit


def _speak(name: str | None) -> None:
    """Speak a language in this program and in those it starts."""
    if name is not None:
        from ilp_lab.languages import language

        os.environ["ILP_LAB_LANGUAGE"] = language(name)


@app.command()
def demo(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    incidents: Annotated[
        list[str] | None,
        typer.Option(
            help="Incident file (csv, csv.gz, xlsx, parquet, gpkg, geojson, zip); repeat it, or use *."
        ),
    ] = None,
    links: Annotated[list[str] | None, typer.Option(help="Link file: who is connected with whom.")] = None,
    areas: Annotated[
        Path | None,
        typer.Option(help="Areas of the incidents, such as beats; they also bound the study area."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write; it must be new or empty.")] = Path(
        "ilp-lab-demo"
    ),
    offence: Annotated[str | None, typer.Option(help="Look at one offence of the incidents only.")] = None,
    cell_m: Annotated[
        float | None, typer.Option(help="Cell size in metres; chosen by a rule when left out.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="role=column, such as occurred_at=Date or source=Caller; each goes to the files that know the role and "
            "have the column. Repeat it for more."
        ),
    ] = None,
    tz: Annotated[
        str | None, typer.Option(help="Time zone of the times of incidents and links, such as Europe/Vienna.")
    ] = None,
    dates: Annotated[
        Literal["day-first", "month-first"] | None,
        typer.Option(help="How 03/04/2024 is read in incidents and links, when it is unclear."),
    ] = None,
    crs: Annotated[
        str,
        typer.Option(
            help="Coordinate system of the incidents, such as EPSG:25833; also of areas whose file does not say its own."
        ),
    ] = "auto",
    purpose: Annotated[str | None, typer.Option(help="Why; stands on the product.")] = None,
    legal_basis: Annotated[
        str | None, typer.Option(help="Which law allows it; stands on the product.")
    ] = None,
    analyst: Annotated[str, typer.Option(help="Who; stands on the product.")] = "analyst",
    strength: Annotated[
        str | None,
        typer.Option(
            help="Column of the links in which more means closer; every link counts alike without it."
        ),
    ] = None,
    names: Annotated[bool, typer.Option(help="Write the labels of entities on the link chart page.")] = False,  # noqa: FBT002
    authority: Annotated[
        str | None, typer.Option(help="Who permitted the release, where a handling code asks for it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the simulations.")] = 7,
    language: Annotated[
        str | None,
        typer.Option(help="Language to speak, such as ru or ro; yours or the case's when left out."),
    ] = None,
) -> None:
    """From files to a defensible finding: map, link chart, tables, product and method statement.

    Without files it uses the fictional Republic of Belmara.
    """
    from ilp_lab.cli.demo import Request, run

    _speak(language)

    run(
        Request(
            incidents=_expand(incidents),
            links=_expand(links),
            areas=areas,
            out=out,
            offence=offence,
            cell_m=cell_m,
            columns=_pairs(column),
            tz=tz,
            dayfirst=None if dates is None else dates == "day-first",
            crs=crs,
            purpose=purpose,
            legal_basis=legal_basis,
            analyst=analyst,
            authority=authority,
            strength=strength,
            names=names,
            seed=seed,
        )
    )


@app.command()
def lab(
    folder: Annotated[Path | None, typer.Option(help="Your notebooks' folder; made the first time.")] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port on this machine; 0 takes a free one.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,  # noqa: FBT002
    case: Annotated[
        Path | None,
        typer.Option(help="Folder of a case whose state the start page shows, if it lies elsewhere."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="Language to speak, such as ru or ro; yours or the case's when left out."),
    ] = None,
) -> None:
    """Open the start page of JupyterLab on your copy of the notebooks, on this machine only and without the network."""
    from ilp_lab.cli.lab import run

    _speak(language)

    raise typer.Exit(run(folder, port=port, browser=browser, case=case and at_home(case).resolve()))


@app.command("app")
def serve_app(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    name: Annotated[
        str | None, typer.Argument(help="Which board, such as crime-map; all of them when left out.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Say which boards there are, and stop.")] = False,  # noqa: FBT002
    case: Annotated[
        Path | None, typer.Option(help="Folder of a case; what was saved there comes back.")
    ] = None,
    analyst: Annotated[str, typer.Option(help="Who looks; written to the log of the case.")] = "",
    incidents: Annotated[
        Path | None, typer.Option(help="Your incidents, instead of the sample data.")
    ] = None,
    areas: Annotated[Path | None, typer.Option(help="Your areas, such as beats.")] = None,
    links: Annotated[Path | None, typer.Option(help="Your links: who is connected with whom.")] = None,
    entities: Annotated[Path | None, typer.Option(help="What is linked.")] = None,
    reports: Annotated[Path | None, typer.Option(help="Your graded reports.")] = None,
    scores: Annotated[
        Path | None, typer.Option(help="Scores of threats, for priorities; of indicators, for readiness.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="role=column, such as occurred_at=Date; repeat it for more.")
    ] = None,
    tz: Annotated[str | None, typer.Option(help="Time zone of the times, such as Europe/Vienna.")] = None,
    crs: Annotated[str, typer.Option(help="Coordinate system of the file, such as EPSG:25833.")] = "auto",
    host: Annotated[
        str,
        typer.Option(help="Address to serve on; another than this computer needs certificate and password."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one.")] = 0,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate (PEM), to serve others.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its key (PEM).")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,  # noqa: FBT002
    language: Annotated[
        str | None,
        typer.Option(help="Language to speak, such as ru or ro; yours or the case's when left out."),
    ] = None,
) -> None:
    """Open a board as an app in the browser: no notebook, no code, on this computer only."""
    from ilp_lab.cli import apps

    _speak(language)
    if show:
        apps.list_apps()
        return
    raise typer.Exit(
        apps.run(
            name,
            files={
                "incidents": incidents,
                "areas": areas,
                "links": links,
                "entities": entities,
                "reports": reports,
                "scores": scores,
            },
            case=case,
            analyst=analyst,
            tz=tz,
            crs=crs,
            columns=dict(_pairs(column)),
            host=host,
            port=port,
            certificate=certificate,
            key=key,
            browser=browser,
        )
    )


@app.command()
def doctor(
    *,
    warm: Annotated[
        bool, typer.Option("--warm", help="First compile what would otherwise be compiled when first used.")
    ] = False,
) -> None:
    """Check this machine: what is wrong, and how to put it right."""
    from ilp_lab.cli.doctor import run, warm_up

    if warm:
        warm_up()
    raise typer.Exit(run())


@app.command()
def bundle(
    folder: Annotated[
        Path, typer.Argument(help="Folder to make, on the stick or to be copied there; new or empty.")
    ],
    computers: Annotated[
        list[str] | None,
        typer.Option("--for", help="windows, macos or linux, with its Python: windows-3.12; repeat it."),
    ] = None,
    trainer: Annotated[bool, typer.Option(help="With the solutions: the trainer's own stick.")] = False,  # noqa: FBT002
    wheels: Annotated[
        Path | None, typer.Option(help="Folder of packages to use instead of the network.")
    ] = None,
) -> None:
    """Make a class kit for a USB stick: program, lessons, data and a start file for each system."""
    from ilp_lab.cli import bundle as making
    from ilp_lab.cli.wheels import Computer, this_computer

    wanted = [Computer(*text.lower().partition("-")[::2]) for text in computers or []] or [this_computer()]
    kit = making.bundle(folder, computers=wanted, trainer=trainer, wheels=wheels, say=echo)
    echo(f"{kit.folder}: {kit.files:,} files, {kit.size / 1e6:,.0f} MB. Copy the whole folder to the stick.")


@notebooks_app.command("build")
def notebooks_build(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the sources.")] = None,
) -> None:
    """Write the notebooks from their sources."""
    from ilp_lab.cli.notebooks import build

    for path in build(folder):
        echo(f"written: {path.name}")


@notebooks_app.command("check")
def notebooks_check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the sources.")] = None,
) -> None:
    """Check that the notebooks are in step with their sources and keep the house rules."""
    from ilp_lab.cli.notebooks import check

    faults = check(folder)
    for fault in faults:
        echo(fault)
    echo(f"{len(faults)} faults." if faults else "All notebooks are in step with their sources.")
    raise typer.Exit(1 if faults else 0)


@notebooks_app.command("run")
def notebooks_run(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the sources.")] = None,
    only: Annotated[str | None, typer.Option(help="Only notebooks whose name contains this.")] = None,
    timeout: Annotated[int, typer.Option(help="Seconds a cell may take.")] = 120,
) -> None:
    """Run the notebooks from top to bottom, each cell within a time limit."""
    from ilp_lab.cli.notebooks import execute

    failed = 0
    for report in execute(folder, only=only, timeout=timeout):
        echo(str(report))
        failed += not report.ok
    raise typer.Exit(1 if failed else 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code.

    Examples
    --------
    >>> main(["--version"])
    ilp_lab ...
    0
    """
    try:
        with warned_in_sentences(), ctrl_c():
            code = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = _STOPPED
    except IlpError as error:
        return _say(str(error), 1, error)
    except Exception as error:  # noqa: BLE001  (the last line of defence: a sentence instead of a traceback)
        return _unexpected(error)
    if code == _STOPPED:  # what the command line library makes of Ctrl-C
        return _say("Stopped. Nothing half-written was left.", _STOPPED)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    show = getattr(
        error, "show", None
    )  # what the command line library raises for unknown options and the like
    if callable(show):
        show()
        return int(getattr(error, "exit_code", 2))
    if _out_of_memory(error):
        return _say(
            "This computer does not have enough free memory for that. Close other programs, or ask less at once: "
            "larger cells, a smaller area, fewer rows. Nothing half-written was left.",
            1,
            error,
        )
    return _say(
        f"Something unexpected went wrong ({type(error).__name__}: {error}). This is a fault of the program; "
        "please report it with what you typed. Set ILP_LAB_DEBUG=1 to see where it happened.",
        1,
        error,
    )


def _out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, also where a library that could not be loaded says it in its own words."""
    said = (
        "failed to map segment",
        "cannot allocate memory",
        "not enough memory",
        "paging file is too small",
    )
    while True:
        if isinstance(error, MemoryError) or any(words in str(error).lower() for words in said):
            return True
        before = error.__cause__ or error.__context__
        if before is None:
            return False
        error = before


def _say(sentence: str, code: int, error: Exception | None = None) -> int:
    if error is not None and os.environ.get("ILP_LAB_DEBUG"):
        raise error
    complain(f"\n{sentence}")
    return code


def _expand(patterns: list[str] | None) -> tuple[Path, ...]:
    """Paths for patterns, since not every command line expands ``*`` itself."""
    import glob

    found: list[Path] = []
    for pattern in patterns or []:
        matches = sorted(glob.glob(pattern)) if glob.has_magic(pattern) and not Path(pattern).exists() else []  # noqa: PTH207
        found.extend(Path(match) for match in matches or [pattern])
    return tuple(found)


def _pairs(texts: list[str] | None) -> tuple[tuple[str, str], ...]:
    pairs = []
    for text in texts or []:
        role, mark, name = text.partition("=")
        if not mark or not role or not name:
            raise typer.BadParameter(f"--column wants role=column, such as occurred_at=Date; got {text!r}.")
        pairs.append((role.strip(), name.strip()))
    return tuple(pairs)
