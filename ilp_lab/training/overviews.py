"""Overviews: which lesson teaches what, checks it how, on which planted truth, with which functions; chapters of the guidebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ilp_lab.errors import ReadError
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training.editions import lessons_folder, sources
from ilp_lab.training.knowledge import test_key
from ilp_lab.training.lessonsource import Lesson, read_lesson, with_solution

PLANTED = {
    "P1": "a series of near-repeat burglaries by one crew on the coast",
    "P2": "a chain from stolen vehicles over a yard to export, held together by two brokers",
    "P3": "a small market of firearms: few incidents, much harm",
    "P4": "a place of violence at home that counts do not show",
    "P5": "a hot spot that is only the default address of a station",
    "P6": "a summer season on the coast that looks like a trend",
    "P7": "a district where patrols find what they look for",
    "P8": "one rumour in three reports, and one report made up to harm",
    "P9": "two identities that are one, and two that must stay two",
    "P10": "records past their time, and a witness kept as a suspect",
    "P11": "a referral that needs care, not surveillance",
    "P12": "an operation with an effect and a problem that moved",
}
_CALLED = re.compile(r"\bilp\.([a-z]+)\.([A-Za-z_]+)")
_ROOMS_LEFT_OUT = {"training", "samples", "errors"}
_HEAD = """# Lessons

What each lesson teaches, how that is checked, which planted truth of Belmara it rests on, and which functions of the library are used.
`ilp-lab training build` writes this page from the sources of the lessons; `ilp-lab training check` fails when it is not in step.
"""


def pages(folder: Path | None = None) -> dict[Path, bytes]:
    """What is made of all lessons together: the page that lists them, where there are docs, and the knowledge test for students."""
    place = folder or lessons_folder()
    made = {}
    docs = place.parents[1] / "docs"
    if docs.is_dir():
        made[docs / "lessons.md"] = lessons_page(place).encode()
    test = test_key(place)
    if test is not None:
        made[place / "keys" / "knowledge_test.json"] = test
    return made


def write_pages(folder: Path | None = None) -> list[Path]:
    """Write the pages of all lessons together; returns the files that changed."""
    changed = []
    for file, content in pages(folder).items():
        if not file.exists() or file.read_bytes() != content:
            write_atomically(file, content)
            changed.append(file)
    return changed


def page_faults(folder: Path | None = None) -> list[str]:
    """What is not in step with all lessons together: the page, the knowledge test, the map of the guidebook."""
    place = folder or lessons_folder()
    faults = [
        f"{file.name} is not in step with the lessons; run 'ilp-lab training build'."
        for file, content in pages(place).items()
        if not file.exists() or file.read_bytes() != content
    ]
    book = place.parent / "guidebook_map.yml"
    return faults + (
        guidebook_faults(book, [read_lesson(one) for one in sources(place)]) if book.exists() else []
    )


def lessons_page(folder: Path | None = None) -> str:
    """The page that lists lesson, objectives, checks, planted truth and functions."""
    lessons = [read_lesson(source) for source in sources(folder)]
    parts = [_HEAD, _table(lessons)]
    parts += [_section(lesson) for lesson in lessons]
    parts.append(_truths(lessons))
    return "\n".join(part.rstrip() + "\n" for part in parts)


def functions(lesson: Lesson) -> list[str]:
    """The functions of the library that a lesson calls, solutions included."""
    code = "\n".join(with_solution(cell.text) for cell in lesson.cells if cell.kind == "code")
    found = {f"{room}.{name}" for room, name in _CALLED.findall(code) if room not in _ROOMS_LEFT_OUT}
    return sorted(found | ({"open_case"} if "ilp.open_case(" in code else set()))


def planted(lesson: Lesson) -> list[str]:
    """The planted truths that a lesson rests on.

    Raises
    ------
    ReadError
        When one is not known.
    """
    held = [str(truth) for truth in lesson.about.get("planted") or []]
    unknown = [truth for truth in held if truth not in PLANTED]
    if unknown:
        raise ReadError(f"{lesson.source.name}: planted knows P1 to P12; got {', '.join(unknown)}.")
    return held


def guidebook_faults(file: Path, lessons: list[Lesson]) -> list[str]:
    """Where the map of the guidebook and the lessons do not fit together, in sentences."""
    import yaml

    if not file.exists():
        return [f"{file.name} is missing: which chapter stands where, and whether that was verified."]
    held: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    chapters = {str(one["chapter"]): one for one in held["chapters"]}
    faults = [
        f"{file.name}: chapter {name} must say title, page, modules and, each with yes or no, what was verified."
        for name, one in chapters.items()
        if not {"title", "page", "modules"} <= set(one)
        or not isinstance(one.get("verified"), dict)
        or not all(isinstance(one["verified"].get(part), bool) for part in ("title", "page", "text"))
    ]
    for lesson in lessons:
        for chapter in re.split(r",\s*", str(lesson.about["guidebook"]["chapter"])):
            one = chapters.get(chapter)
            if one is None:
                faults.append(f"{lesson.source.name}: chapter {chapter!r} is not in {file.name}.")
            elif lesson.id not in one["modules"]:
                faults.append(f"{file.name}: chapter {chapter} does not name {lesson.id}.")
            elif lesson.about["guidebook"]["verified"] and not one["verified"]["text"]:
                faults.append(f"{lesson.source.name} calls chapter {chapter} verified; {file.name} does not.")
    return faults


def _table(lessons: list[Lesson]) -> str:
    rows = ["| Lesson | Title | Minutes | Checks | Planted | Editions |", "|---|---|---|---|---|---|"]
    for lesson in lessons:
        kinds = ", ".join(sorted({spec.kind for spec in lesson.checks.values()}))
        managers = ", managers" if lesson.manager_checks else ""
        rows.append(
            f"| [{lesson.id}](#{lesson.id.lower()}) | {lesson.about['title']} | {lesson.about['teaching']} + {lesson.about['exercises']} | "
            f"{len(lesson.checks)} ({kinds}) | {', '.join(planted(lesson)) or '–'} | student, trainer{managers} |"
        )
    return "\n".join(rows)


def _truths(lessons: list[Lesson]) -> str:
    """Which lessons rest on which planted truth; a truth without a lesson has a row, too."""
    rows = ["## What is planted", "", "| | | Lessons |", "|---|---|---|"]
    for name, what in PLANTED.items():
        using = ", ".join(f"[{one.id}](#{one.id.lower()})" for one in lessons if name in planted(one))
        rows.append(f"| {name} | {what} | {using or '–'} |")
    return "\n".join(rows)


def _section(lesson: Lesson) -> str:
    goals = "\n".join(f"- {objective}" for objective in lesson.about["objectives"])
    checks = "\n".join(
        f"| {number} | {spec.kind} | {len(spec.hints)} |" for number, spec in lesson.checks.items()
    )
    called = ", ".join(f"`{name}`" for name in functions(lesson)) or "none"
    return (
        f"## {lesson.id}\n\n{lesson.about['title']}. Guidebook: chapter {lesson.about['guidebook']['chapter']}.\n\n{goals}\n\n"
        f"| Check | Kind | Hints |\n|---|---|---|\n{checks}\n\nFunctions: {called}."
    )
