"""Editions: from one source a student's and a trainer's notebook, and the key that tells no answer."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ilp_lab._notebooks import Cell, Run, render_cells, run_notebook, style_faults
from ilp_lab.errors import MissingPartError, ReadError
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training.checkkinds import KINDS
from ilp_lab.training.lessonsource import Lesson, read_lesson, with_solution, without_solution, without_spec

_PACKAGE = Path(__file__).resolve().parents[1]
EDITIONS = ("student", "trainer")
_ANSWERS = "ILP_LAB_LESSON_ANSWERS"


def lessons_folder(language: str = "en") -> Path:
    """The folder of the lessons in a language.

    Raises
    ------
    MissingPartError
        When the installation has none.
    """
    for folder in (_PACKAGE / "_shipped" / "training", _PACKAGE.parent / "training"):
        if (folder / language).is_dir():
            return folder / language
    raise MissingPartError(f"There are no lessons in the language {language!r} in this installation.")


def sources(folder: Path | None = None) -> list[Path]:
    """The lessons' sources, in order."""
    place = folder or lessons_folder()
    found = sorted(place.glob("M[0-9]*.py"))
    if not found:
        raise ReadError(f"{place} holds no lessons (files such as M08_where.py).")
    return found


def edition(lesson: Lesson, which: str) -> list[Cell]:
    """The cells of an edition."""
    made = [Cell("markdown", _opening(lesson, which))]
    for cell in lesson.cells:
        if "trainer" in cell.tags and which != "trainer":
            continue
        if cell.kind == "code" and any(tag.startswith("exercise:") for tag in cell.tags):
            code = with_solution(cell.text) if which == "trainer" else without_solution(cell.text)
            made.append(Cell("code", code))
        elif any(tag.startswith("check:") for tag in cell.tags):
            made.append(Cell("code", without_spec(cell.text)))
        else:
            made.append(Cell(cell.kind, cell.text))
    return [*made, Cell("markdown", _closing(lesson)), Cell("code", "lesson.progress()")]


def build(folder: Path | None = None, *, only: str | None = None) -> list[Path]:
    """Write editions and keys of the lessons; returns the files that changed.

    Keys are made from the answers of the trainer's edition, which is run for it: a lesson whose solution does not run has no key.
    """
    changed = []
    for source in sources(folder):
        if only and only not in source.stem:
            continue
        lesson = read_lesson(source)
        files = {
            _target(source, which): render_cells(edition(lesson, which), f"{source.stem}-{which}")
            for which in EDITIONS
        }
        files[_key_file(source)] = _as_json(make_key(lesson))
        for target, content in files.items():
            if not target.exists() or target.read_bytes() != content:
                write_atomically(target, content)
                changed.append(target)
    return changed


def check(folder: Path | None = None) -> list[str]:
    """Faults of the lessons, in sentences: what cannot be read, is not in step, or breaks the house rules."""
    faults: list[str] = []
    for source in sources(folder):
        try:
            lesson = read_lesson(source)
        except ReadError as error:
            faults.append(str(error))
            continue
        for which in EDITIONS:
            cells = edition(lesson, which)
            target = _target(source, which)
            content = render_cells(cells, f"{source.stem}-{which}")
            if not target.exists() or target.read_bytes() != content:
                faults.append(
                    f"{source.name}: {which}/{target.name} is not in step; run 'ilp-lab training build'."
                )
            faults.extend(f"{source.name} ({which}): {fault}" for fault in style_faults(cells))
        key = _key_file(source)
        if not key.exists() or set(json.loads(key.read_text(encoding="utf-8"))["checks"]) != set(
            lesson.checks
        ):
            faults.append(f"{source.name}: {key.name} is not in step; run 'ilp-lab training build'.")
    return faults


def execute(folder: Path | None = None, *, only: str | None = None, timeout: int = 60) -> Iterator[Run]:
    """Run every edition from top to bottom; the student's with its stubs, which must fail politely."""
    for source in sources(folder):
        if only and only not in source.stem:
            continue
        lesson = read_lesson(source)
        for which in EDITIONS:
            with tempfile.TemporaryDirectory(prefix="ilp-lab-lesson-", ignore_cleanup_errors=True) as place:
                content = render_cells(edition(lesson, which), f"{source.stem}-{which}")
                yield run_notebook(
                    content,
                    f"{source.stem} ({which})",
                    timeout=timeout,
                    environment={"ILP_LAB_PROGRESS": place},
                )


def make_key(lesson: Lesson) -> dict[str, Any]:
    """The key of a lesson, from the answers of its trainer's edition."""
    with tempfile.TemporaryDirectory(prefix="ilp-lab-lesson-", ignore_cleanup_errors=True) as place:
        environment = {_ANSWERS: place, "ILP_LAB_PROGRESS": place}
        content = render_cells(edition(lesson, "trainer"), f"{lesson.source.stem}-trainer")
        run = run_notebook(content, lesson.source.stem, timeout=120, environment=environment)
        if not run.ok:
            raise ReadError(
                f"The trainer's edition of {lesson.id} does not run, so it has no key:\n{run.said}"
            )
        file = Path(place) / "answers.json"
        made = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    missing = sorted(set(lesson.checks) - set(made))
    if missing:
        raise ReadError(f"The trainer's edition of {lesson.id} never called check {', '.join(missing)}.")
    return _key(lesson, made)


def _key(lesson: Lesson, made: Mapping[str, Any]) -> dict[str, Any]:
    checks = {
        number: {
            "kind": spec.kind,
            "options": dict(spec.options),
            "key": made.get(number, {}),
            "hints": list(spec.hints),
        }
        for number, spec in sorted(lesson.checks.items())
    }
    return {"lesson": lesson.id, "title": str(lesson.about["title"]), "checks": checks}


def note_answer(lesson_id: str, number: str, answer: Any, folder: Path | None = None) -> bool:
    """When a key is being made, turn the trainer's answer into its part of the key; whether that is so."""
    place = os.environ.get(_ANSWERS)
    if not place:
        return False
    spec = _source_of(lesson_id, folder).checks[number]
    file = Path(place) / "answers.json"
    held = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    held[number] = KINDS[spec.kind].make(answer, spec.options, salt(lesson_id, number))
    verdict = KINDS[spec.kind].compare(answer, held[number], spec.options, salt(lesson_id, number))
    if not verdict.ok:
        raise ReadError(
            f"{lesson_id}, check {number}: the trainer's own answer does not pass: {verdict.says}"
        )
    write_atomically(file, json.dumps(held).encode())
    return True


def salt(lesson_id: str, number: str) -> str:
    """The salt of a check: another one for every check, so that equal answers do not look equal."""
    return hashlib.sha256(f"ilp_lab training {lesson_id} {number}".encode()).hexdigest()[:32]


def key_of(lesson_id: str, folder: Path | None = None) -> Mapping[str, Any]:
    """The key that students have.

    Raises
    ------
    MissingPartError
        When there is no such lesson here.
    """
    place = folder or lessons_folder()
    if os.environ.get(_ANSWERS):
        return _key(_source_of(lesson_id, folder), {})
    for file in sorted((place / "keys").glob(f"{lesson_id}_*.json")):
        held: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return held
    have = ", ".join(sorted(file.stem.split("_")[0] for file in (place / "keys").glob("*.json"))) or "none"
    raise MissingPartError(f"There is no lesson {lesson_id!r} here; there are {have}.")


def _source_of(lesson_id: str, folder: Path | None) -> Lesson:
    return next(read_lesson(source) for source in sources(folder) if source.stem.startswith(f"{lesson_id}_"))


def _target(source: Path, which: str) -> Path:
    return source.parent / which / f"{source.stem}.ipynb"


def _key_file(source: Path) -> Path:
    return source.parent / "keys" / f"{source.stem}.json"


def _as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _opening(lesson: Lesson, which: str) -> str:
    about = lesson.about
    book = about["guidebook"]
    state = "verified" if book["verified"] else "not yet verified"
    rows = [
        ("Guidebook", f"chapter {book['chapter']} ({state})"),
        ("Time", f"{about['teaching']} minutes teaching, {about['exercises']} minutes exercises"),
        ("Data", f"{about['data']}: synthetic, no personal data"),
        ("Level", about["level"]),
        ("Before this", ", ".join(about.get("prerequisites") or ["nothing"])),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    asks = "\n".join(f"- {question}" for question in about["questions"])
    goals = "\n".join(f"- {objective}" for objective in about["objectives"])
    edition_of = " (trainer's edition)" if which == "trainer" else ""
    return (
        f"# {lesson.id}. {about['title']}{edition_of}\n\n| | |\n|---|---|\n{table}\n\n## The questions\n\n{asks}\n\n"
        f"## You will be able to\n\n{goals}"
    )


def _closing(lesson: Lesson) -> str:
    points = "\n".join(f"- {point}" for point in lesson.about["keypoints"])
    prompt = str(
        lesson.about.get(
            "in_your_country", "What would be different in your country, and who would have to agree?"
        )
    )
    return f"## Key points\n\n{points}\n\n## In your country\n\n{prompt}\n\n## Your progress"
