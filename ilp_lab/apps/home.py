"""The start page of the lab: a card for each kind of user, and how the case stands that was last worked on.

A page without a script: links that JupyterLab opens, boards as apps, lines to copy. Where a notebook, a lesson or a board is not
there (an incomplete installation, a folder cleared by its owner), its link is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from ilp_lab import __version__
from ilp_lab._spoken import speak
from ilp_lab._tongue import tr
from ilp_lab.apps.serving import WEB
from ilp_lab.apps.standing import case_folders, standing
from ilp_lab.apps.table import APPS
from ilp_lab.errors import IlpError
from ilp_lab.widgets.boardparts import direction

_CASES: Final = 6
_FOR_ANALYSTS: Final = (
    "00_start_here", "01_map_a_crime_problem", "03_more_than_chance", "08_when_do_they_strike", "09_what_changed_this_month",
    "14_did_the_operation_work", "02_chart_a_network", "23_who_to_act_on", "40_set_priorities", "42_allocate_patrols",
    "32_write_and_release", "33_the_whole_cycle",
)  # fmt: skip
_FOR_TRAINERS: Final = ("07_verification", "44_hold_a_tasking_meeting", "45_are_we_ready")


@dataclass(frozen=True, slots=True)
class Link:
    """Where one click leads."""

    title: str
    address: str
    note: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A line to copy into a terminal, and what it is for."""

    purpose: str
    line: str


@dataclass(frozen=True, slots=True)
class Card:
    """What one kind of user finds.

    Attributes
    ----------
    key
        ``analyst``, ``student``, ``trainer`` or ``manager``.
    title, question
        Who, and what they come for.
    first
        The link that stands out.
    links
        More of them.
    commands
        Lines to copy into a terminal.
    foot
        The link at the end.
    """

    key: str
    title: str
    question: str
    first: Link | None
    links: Sequence[Link] = ()
    commands: Sequence[Command] = ()
    foot: Link | None = None


def home_page(
    home: Path, base_url: str, *, language: str = "en", chosen: str = "", case: Path | None = None
) -> str:
    """The start page.

    Parameters
    ----------
    home
        The folder of the user's notebooks, in which cases are looked for.
    base_url
        Of the server.
    language
        In which it speaks.
    chosen
        Name of the case to show; the one last worked on when empty.
    case
        The folder of a case that lies elsewhere.
    """
    with speak(language):
        folders = [
            *([case] if case is not None else []),
            *(place for place in case_folders(home) if place != case),
        ]
        seen = [(place, _name(place, home)) for place in folders[:_CASES]]
        now = next((place for place, name in seen if name == chosen), seen[0][0] if seen else None)
        address = f"{base_url}ilp-lab/home"
        return _render(
            "home.html.j2",
            language,
            cards=cards(home, base_url),
            case=None if now is None else standing(now, home=home),
            others=[Link(name, f"{address}?case={quote(name)}") for place, name in seen if place != now],
            folder=str(home),
            words=_words(),
            links={"lab": Link(tr("Open JupyterLab"), f"{base_url}lab")},
        )  # fmt: skip


def apps_page(base_url: str, *, language: str = "en", home: bool = False) -> str:
    """All boards; with a way back to the start page where there is one."""
    with speak(language):
        return _render(
            "apps.html.j2",
            language,
            boards=_boards(base_url),
            back=Link(tr("Start page"), f"{base_url}ilp-lab/home") if home else None,
            words={
                **_words(),
                "title": tr("Boards"),
                "lead": tr("Each opens with one click, answers one question and shows how the answer was worked out. No code."),
            },
        )  # fmt: skip


def cards(home: Path, base_url: str) -> list[Card]:
    """The four cards, with links to what is really there."""
    notebooks = [link for name in _FOR_ANALYSTS if (link := _notebook(home, f"{name}.ipynb", base_url))]
    lessons = [
        link for file in _lessons(home, "lessons") if (link := _notebook(home, file, base_url, lesson=True))
    ]
    managers = [
        link for file in _lessons(home, "lessons/managers") if (link := _notebook(home, file, base_url))
    ]
    boards = _boards(base_url)
    shown = [link for name in _FOR_TRAINERS if (link := _notebook(home, f"{name}.ipynb", base_url))]
    return [
        Card(
            "analyst",
            tr("Analyst"),
            tr("From messy files to a finding that can be defended."),
            notebooks[0] if notebooks else None,
            notebooks[1:],
            foot=Link(tr("All notebooks"), f"{base_url}lab/tree"),
        ),
        Card(
            "manager",
            tr("Manager"),
            tr("Answers without code: change a control, read the sentence."),
            boards[0],
            boards[1:],
            foot=Link(tr("Lessons for managers"), f"{base_url}lab/tree/lessons/managers") if managers else None,
        ),
        Card(
            "student",
            tr("Student"),
            tr("Lessons that check themselves, on a country that does not exist."),
            next((link for link in lessons if not link.done), lessons[0] if lessons else None),
            lessons,
        ),
        Card(
            "trainer",
            tr("Trainer"),
            tr("A class, a workshop, and who has learnt what."),
            Link(tr("The lessons, as your class sees them"), f"{base_url}lab/tree/lessons") if lessons else None,
            shown,
            commands=[
                Command(tr("A workshop of three days, printed and handed out from one folder"), "ilp-lab training workshop W3 my-workshop"),
                Command(tr("What a class has learnt, from the files of its learners"), "ilp-lab training report progress-folder"),
                Command(tr("A USB stick for a class without a network"), "ilp-lab bundle E:\\class-kit"),
            ],
        ),
    ]  # fmt: skip


def _boards(base_url: str) -> list[Link]:
    return [Link(app.title, f"{base_url}ilp-lab/app/{app.name}", app.question) for app in APPS.values()]


def _lessons(home: Path, folder: str) -> list[str]:
    return sorted(
        f"{folder}/{file.name}" for file in (home / folder).glob("M*.ipynb") if "(" not in file.name
    )


def _notebook(home: Path, name: str, base_url: str, *, lesson: bool = False) -> Link | None:
    file = home / name
    if not file.is_file():
        return None
    title = _title(file, file.stat().st_mtime) or file.stem
    if lesson:
        title = title.partition(":")[0]
    note, done = _progress(file, file.stat().st_mtime) if lesson else ("", False)
    return Link(title, f"{base_url}lab/tree/{quote(name)}", note, done)


@cache
def _cells(file: Path, _changed: float) -> tuple[Mapping[str, Any], ...]:
    try:
        return tuple(json.loads(file.read_text(encoding="utf-8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _title(file: Path, changed: float) -> str:
    for cell in _cells(file, changed):
        for line in "".join(cell.get("source", ())).splitlines():
            if line.startswith("# "):
                return line[2:].strip()
    return ""


def _progress(file: Path, changed: float) -> tuple[str, bool]:
    """How many checks of a lesson are solved on this computer, and whether all are."""
    from ilp_lab.training.progressing import progress_file

    checks = sum(
        "lesson.check(" in "".join(cell.get("source", ()))
        for cell in _cells(file, changed)
        if cell.get("cell_type") == "code"
    )
    try:
        solved = sum(bool(one["done"]) for one in progress_file().state(file.stem.partition("_")[0]).values())
    except IlpError:
        return "", False
    if not solved:
        return "", False
    return tr("{solved} of {checks} checks solved").format(
        solved=solved, checks=max(checks, solved)
    ), solved >= checks > 0


def _name(place: Path, home: Path) -> str:
    return place.relative_to(home).as_posix() if place.is_relative_to(home) else place.name


def _words() -> dict[str, str]:
    return {
        "title": tr("Intelligence-led policing lab"),
        "lead": tr("From incidents, links and reports to a finding that can be defended: with its sources, its method and its handling code."),
        "offline": tr("Works without a network"),
        "here": tr("Only this computer can see it"),
        "sample": tr("Sample data are made up: the Republic of Belmara does not exist"),
        "version": tr("Version {version}").format(version=__version__),
        "case": tr("The case last worked on"),
        "no_case": tr("No case yet"),
        "no_case_text": tr("To look around needs no case. Before anything leaves this computer, a case says why, by what law and under which handling code."),
        "others": tr("Other cases"),
        "folder": tr("Your notebooks"),
        "tabs": tr("Notebooks and lessons open in a tab for JupyterLab, boards in tabs of their own; this page stays open."),
        "commands": tr("In a terminal"),
        "start": tr("Begin here"),
        "next": tr("Next"),
    }  # fmt: skip


def _render(template: str, language: str, **values: Any) -> str:
    import jinja2

    maker = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return maker.get_template(template).render(language=language, direction=direction(language), **values)
