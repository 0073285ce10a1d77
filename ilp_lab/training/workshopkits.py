"""A workshop as a folder: schedule, hand-outs, slides, role cards, injects by receiver, data by team, and the trainer's guide."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError, WriteError
from ilp_lab.products import html, pdf
from ilp_lab.safeguards.writing import plain_reason
from ilp_lab.samples import complete, complete_truth, partial_view, write_complete
from ilp_lab.samples.belmara import SEED
from ilp_lab.training import workshoppapers, workshopslides
from ilp_lab.training.workshopdata import answers, attachment
from ilp_lab.training.workshops import Inject, Workshop, source_of, workshop

CALLER = "training.write_workshop"
START_HERE = """\
{title}

schedule.html, schedule.pdf   what happens when; for everybody
slides.html                   open it in a browser, arrow keys go on; slides.pdf is the same for print
handouts                      print once a person
role-cards.pdf                print once, cut, one card a person
injects                       by number, then by receiver: print the sheet, copy the files beside it at the time on it
teams                         the data of one region each: copy one folder to each table, and no other
trainer                       the guide with every answer: keep it off the tables
workshop.json                 injects with day, time, receivers and files, for programs

The trainer's console runs it: ilp-lab training class build FOLDER --plan THIS_FOLDER, or ilp_lab.boards.class_console().

Everything here is made up. It needs no network.
"""


@dataclass(frozen=True, slots=True)
class WorkshopKit:
    """What was written.

    Attributes
    ----------
    workshop
        What it was made from.
    folder
        Where it is.
    files
        Paths of all files, as in the folder.
    """

    workshop: Workshop
    folder: Path
    files: tuple[str, ...]

    def __str__(self) -> str:
        return f"Workshop {self.workshop.id} is in {self.folder}: {len(self.files)} files."


def write_workshop(
    name: str | Path,
    folder: str | Path,
    *,
    starts: str | date | None = None,
    seed: int = SEED,
    data: bool = True,
) -> WorkshopKit:
    """Write all that a workshop needs into a folder: papers, slides, injects, the data of every team, the trainer's guide.

    Parameters
    ----------
    name
        A shipped workshop, such as ``"W3"``, or a YAML file of your own.
    folder
        Where to write; it must be new or empty, so that nothing of another class is left in it.
    starts
        The first day, such as ``"2026-03-02"``; the papers name days by number when left out.
    seed
        Of the data. Take one of your own when participants may know the program; answers in the guide follow it.
    data
        Whether to write what each team holds (about 36 MB for all).

    Returns
    -------
    WorkshopKit

    Raises
    ------
    InputError, ReadError
        When there is no such workshop, it does not hold together, or the folder is not empty.
    WriteError
        When the folder cannot be written to; nothing half-made is left.

    Notes
    -----
    The same workshop, day and seed give the same bytes. Takes about half a minute, most of it for the data. What is meant for the
    trainer stands in ``trainer`` alone: no sheet, slide or inject holds an answer.

    Examples
    --------
    >>> write_workshop("W4", "somewhere")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: training.workshop: there is no workshop 'W4'; there are: W3, or give a YAML file of your own.
    """
    faults = Check(CALLER)
    faults.whole(0, seed=seed)
    faults.done()
    made = workshop(name)
    first = workshoppapers.day_of(starts, CALLER)
    target = Path(folder)
    try:
        if target.is_dir() and any(target.iterdir()):
            raise InputError(
                f"{CALLER}: {target} is not empty; name a new folder, so that nothing of another class stays in it."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".ilp-lab-workshop-", dir=target.parent) as scratch:
            fresh = Path(scratch) / "kit"  # takes its name when all of it is there
            files = _write(name, made, fresh, first, int(seed), data=bool(data))
            if target.exists():
                target.rmdir()
            fresh.rename(target)
    except OSError as error:
        if isinstance(error, WriteError):
            raise
        raise WriteError(f"{CALLER}: cannot write into {target}: {plain_reason(error)}.") from error
    return WorkshopKit(made, target, files)


def _write(
    name: str | Path, made: Workshop, target: Path, starts: date | None, seed: int, *, data: bool
) -> tuple[str, ...]:
    from tqdm.auto import tqdm

    with TemporaryDirectory() as place, tqdm(total=4, desc=f"writing {made.id}", leave=False) as bar:
        # a seed that only the trainer knows leaves nothing behind on this computer
        whole = complete() if seed == SEED else write_complete(Path(place) / "belmara", seed=seed)
        truth = complete_truth(seed=seed)
        bar.update(1)
        _papers(made, target, starts, truth)
        bar.update(1)
        _slides(made, target, whole)
        listed = _injects(made, target, whole, truth)
        bar.update(1)
        for team in made.teams if data else ():
            partial_view(team, target / "teams" / team.lower(), of=whole)
        about = {
            "workshop": made.id,
            "title": made.title,
            "starts": starts.isoformat() if starts else None,
            "injects": listed,
        }
        _put(target / "workshop.json", json.dumps(about, indent=1) + "\n")
        _put(target / "trainer" / "workshop.yml", source_of(name).read_bytes())
        _put(target / "START_HERE.txt", START_HERE.format(title=made.title))
        bar.update(1)
    return tuple(sorted(file.relative_to(target).as_posix() for file in target.rglob("*") if file.is_file()))


def _put(file: Path, content: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def _papers(made: Workshop, target: Path, starts: date | None, truth: Mapping[str, Any]) -> None:
    schedule = workshoppapers.schedule(made, starts)
    _put(target / "schedule.pdf", pdf.render(schedule))
    _put(target / "schedule.html", html.render(schedule))
    for sheet in made.handouts:
        name = "".join(sign if sign.isalnum() else "-" for sign in sheet.title.lower())
        _put(target / "handouts" / f"{sheet.id}-{name}.pdf", pdf.render(workshoppapers.handout(made, sheet)))
    _put(target / "role-cards.pdf", pdf.render(workshoppapers.role_cards(made)))
    guide = workshoppapers.trainer_guide(made, answers(truth), starts)
    _put(target / "trainer" / "guide.pdf", pdf.render(guide))
    _put(target / "trainer" / "guide.html", html.render(guide))


def _slides(made: Workshop, target: Path, whole: Path) -> None:
    wanted = {slide.picture for slide in made.slides if slide.picture}
    unknown = sorted(wanted - set(_PICTURES))
    if unknown:
        raise InputError(f"{CALLER}: there is no picture {unknown[0]!r}; there are: {', '.join(_PICTURES)}.")
    shown = workshopslides.pages(made, {name: _PICTURES[name](whole) for name in sorted(wanted)})
    _put(target / "slides.html", workshopslides.html(made, shown))
    _put(target / "slides.pdf", workshopslides.pdf(made, shown))


def _regions(whole: Path) -> tuple[bytes, str]:
    """The four regions and their people."""
    import geopandas as gpd

    from ilp_lab.views import map_figure, png

    regions = gpd.read_file(whole / "regions.geojson")
    figure = map_figure(regions, value="region", title="Four regions")
    words = ", ".join(f"{row.region} {row.population:,}" for row in regions.itertuples())
    return png(figure), f"Map of the four regions of Belmara with their residents: {words}."


_PICTURES: Mapping[str, Callable[[Path], tuple[bytes, str]]] = {"regions": _regions}


def _injects(made: Workshop, target: Path, whole: Path, truth: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A folder for every inject, in it one for every receiver: the sheet, and the files that come with it."""
    listed = []
    for inject in made.injects:
        day, at = made.due(inject)
        held = {receiver: _sheet(made, inject, receiver, target, whole, truth) for receiver in inject.to}
        listed.append(
            {
                "inject": inject.id,
                "title": inject.title,
                "block": inject.block,
                "day": day,
                "at": at,
                "files": held,
            }
        )
    return listed


def _sheet(
    made: Workshop, inject: Inject, receiver: str, target: Path, whole: Path, truth: Mapping[str, Any]
) -> list[str]:
    files = attachment(inject.attach, receiver, whole, truth)
    names = ["your folder in teams"] if inject.attach == "view" else sorted(files)
    role = next((role.title for role in made.roles if role.id == receiver), receiver)
    sheet = workshoppapers.inject_sheet(made, inject, role, names)
    folder = target / "injects" / inject.id / receiver.lower()
    _put(folder / "message.pdf", pdf.render(sheet))
    for name, content in files.items():
        _put(folder / name, content)
    return [f"injects/{inject.id}/{receiver.lower()}/{name}" for name in ("message.pdf", *sorted(files))]
