"""Editions: from one source a student's, a trainer's and a managers' notebook, and the keys that tell no answer."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ilp_lab._notebooks import HIDDEN, Cell, Run, SharedKernel, render_cells, style_faults
from ilp_lab.errors import MissingPartError, ReadError
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training.checkkinds import KINDS
from ilp_lab.training.lessonsource import (
    FOR_ALL,
    FOR_MANAGERS,
    CheckSpec,
    Lesson,
    Question,
    read_lesson,
    with_solution,
    without_solution,
    without_spec,
)

_PACKAGE = Path(__file__).resolve().parents[1]
MANAGERS = "-managers"
LESSONS = "ILP_LAB_LESSONS"
_ANSWERS = "ILP_LAB_LESSON_ANSWERS"


def lessons_folder(language: str = "en") -> Path:
    """The folder of the lessons in a language, or the one that the environment variable ``ILP_LAB_LESSONS`` names.

    Raises
    ------
    MissingPartError
        When the installation has none.
    """
    named = os.environ.get(LESSONS)
    if named:
        return Path(named)
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


def editions_of(lesson: Lesson) -> tuple[str, ...]:
    """The editions that a lesson has: of student and trainer, and of managers where its source has cells for them."""
    return ("student", "trainer", "manager") if lesson.manager_checks else ("student", "trainer")


def edition(lesson: Lesson, which: str) -> list[Cell]:
    """The cells of an edition."""
    made = [Cell("markdown", _opening(lesson, which))]
    for index, cell in enumerate(lesson.cells):
        one = _cell_in(cell, lesson.questions.get(index), which)
        if one is not None:
            made.append(one)
    last = Cell("code", "lesson.progress()", (HIDDEN,) if which == "manager" else ())
    return [*made, Cell("markdown", _closing(lesson)), last]


def _cell_in(cell: Cell, question: Question | None, which: str) -> Cell | None:
    """The cell as it stands in an edition; None where it does not."""
    managers = FOR_MANAGERS in cell.tags
    if which == "manager":
        if not managers and FOR_ALL not in cell.tags:
            return None
        return Cell(cell.kind, without_spec(cell.text), (HIDDEN,) if cell.kind == "code" else ())
    if managers:
        told = question is not None and which == "trainer"
        return Cell("markdown", _told(question)) if told and question is not None else None
    if "trainer" in cell.tags and which != "trainer":
        return None
    if cell.kind == "code" and any(tag.startswith("exercise:") for tag in cell.tags):
        return Cell("code", with_solution(cell.text) if which == "trainer" else without_solution(cell.text))
    if question is not None and which == "trainer":
        right = question.right if isinstance(question.right, str) else list(question.right)
        return Cell("code", f'lesson.check("{question.number}", {right!r})')
    return Cell(cell.kind, without_spec(cell.text) if cell.kind == "code" else cell.text)


def build(folder: Path | None = None, *, only: str | None = None) -> list[Path]:
    """Write editions and keys of the lessons; returns the files that changed.

    Keys are made from the answers of the trainer's edition, which is run for it: a lesson whose solution does not run has no key.
    """
    changed = []
    with SharedKernel() as kernel:
        for source in sources(folder):
            if only and only not in source.stem:
                continue
            lesson = read_lesson(source)
            files = _notebooks_of(lesson)
            files[_key_file(source)] = _as_json(make_key(lesson, kernel=kernel))
            if lesson.manager_checks:
                files[_key_file(source, MANAGERS)] = _as_json(managers_key(lesson))
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
        for target, content in _notebooks_of(lesson).items():
            if not target.exists() or target.read_bytes() != content:
                faults.append(
                    f"{source.name}: {target.parent.name}/{target.name} is not in step; run 'ilp-lab training build'."
                )
        for which in editions_of(lesson):
            faults.extend(
                f"{source.name} ({which}): {fault}" for fault in style_faults(edition(lesson, which))
            )
        keys = {_key_file(source): lesson.checks}
        if lesson.manager_checks:
            keys[_key_file(source, MANAGERS)] = lesson.manager_checks
        faults.extend(
            f"{source.name}: {key.name} is not in step; run 'ilp-lab training build'."
            for key, checks in keys.items()
            if not _in_step(key, checks)
        )
    return faults


def _in_step(key: Path, checks: Mapping[str, CheckSpec]) -> bool:
    """Whether a key asks what the source asks, in the same way and with the same hints."""
    if not key.exists():
        return False
    held = json.loads(key.read_text(encoding="utf-8"))["checks"]
    return {number: (one["kind"], one["options"], one["hints"]) for number, one in held.items()} == {
        number: (spec.kind, dict(spec.options), list(spec.hints)) for number, spec in checks.items()
    }


def _notebooks_of(lesson: Lesson) -> dict[Path, bytes]:
    return {
        _target(lesson.source, which): render_cells(edition(lesson, which), f"{lesson.source.stem}-{which}")
        for which in editions_of(lesson)
    }


def execute(folder: Path | None = None, *, only: str | None = None, timeout: int = 60) -> Iterator[Run]:
    """Run every edition from top to bottom; the student's with its stubs, which must fail politely."""
    with SharedKernel() as kernel:
        for source in sources(folder):
            if only and only not in source.stem:
                continue
            lesson = read_lesson(source)
            for which in editions_of(lesson):
                yield run_edition(lesson, which, kernel=kernel, timeout=timeout)


def run_edition(lesson: Lesson, which: str, *, kernel: SharedKernel, timeout: int = 60) -> Run:
    """Run one edition, with progress of its own."""
    content = render_cells(edition(lesson, which), f"{lesson.source.stem}-{which}")
    with tempfile.TemporaryDirectory(prefix="ilp-lab-lesson-", ignore_cleanup_errors=True) as place:
        settings = {"ILP_LAB_PROGRESS": place, LESSONS: str(lesson.source.parent)}
        return kernel.run(content, f"{lesson.source.stem} ({which})", timeout=timeout, environment=settings)


def make_key(lesson: Lesson, *, kernel: SharedKernel | None = None) -> dict[str, Any]:
    """The key of a lesson, from the answers of its trainer's edition."""
    if kernel is None:
        with SharedKernel() as own:
            return make_key(lesson, kernel=own)
    content = render_cells(edition(lesson, "trainer"), f"{lesson.source.stem}-trainer")
    with tempfile.TemporaryDirectory(prefix="ilp-lab-lesson-", ignore_cleanup_errors=True) as place:
        settings = {_ANSWERS: place, "ILP_LAB_PROGRESS": place, LESSONS: str(lesson.source.parent)}
        run = kernel.run(content, lesson.source.stem, timeout=60, environment=settings)
        if not run.ok:
            raise ReadError(
                f"The trainer's edition of {lesson.id} does not run, so it has no key:\n{run.said}"
            )
        file = Path(place) / "answers.json"
        made = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    missing = sorted(set(lesson.checks) - set(made))
    if missing:
        raise ReadError(f"The trainer's edition of {lesson.id} never called check {', '.join(missing)}.")
    return _key(lesson.id, str(lesson.about["title"]), lesson.checks, made)


def managers_key(lesson: Lesson) -> dict[str, Any]:
    """The key of the managers' edition: its questions are answered by choosing, so their answers stand in the source."""
    lesson_id = lesson.id + MANAGERS
    made = {
        one.number: KINDS[lesson.manager_checks[one.number].kind].make(
            one.right, lesson.manager_checks[one.number].options, salt(lesson_id, one.number)
        )
        for one in lesson.questions.values()
        if one.managers
    }
    return _key(lesson_id, f"{lesson.about['title']} (for managers)", lesson.manager_checks, made)


def _key(
    lesson_id: str, title: str, specs: Mapping[str, CheckSpec], made: Mapping[str, Any]
) -> dict[str, Any]:
    checks = {
        number: {
            "kind": spec.kind,
            "options": dict(spec.options),
            "key": made.get(number, {}),
            "hints": list(spec.hints),
        }
        for number, spec in sorted(specs.items())
    }
    return {"lesson": lesson_id, "title": title, "checks": checks}


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
        lesson = _source_of(lesson_id, folder)
        return _key(lesson.id, str(lesson.about["title"]), lesson.checks, {})
    for file in sorted((place / "keys").glob(f"{lesson_id}_*.json")):
        held: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return held
    have = ", ".join(sorted(file.stem.split("_")[0] for file in (place / "keys").glob("M*.json"))) or "none"
    raise MissingPartError(f"There is no lesson {lesson_id!r} here; there are {have}.")


def _source_of(lesson_id: str, folder: Path | None) -> Lesson:
    return next(read_lesson(source) for source in sources(folder) if source.stem.startswith(f"{lesson_id}_"))


def _target(source: Path, which: str) -> Path:
    return source.parent / which / f"{source.stem}.ipynb"


def _key_file(source: Path, edition_of: str = "") -> Path:
    lesson_id, _, rest = source.stem.partition("_")
    return source.parent / "keys" / f"{lesson_id}{edition_of}_{rest}.json"


def _as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _opening(lesson: Lesson, which: str) -> str:
    about = lesson.about
    book = about["guidebook"]
    state = "verified" if book["verified"] else "not yet verified"
    time = (
        f"{about['teaching']} minutes, no code"
        if which == "manager"
        else f"{about['teaching']} minutes teaching, {about['exercises']} minutes exercises"
    )
    rows = [
        ("Guidebook", f"chapter {book['chapter']} ({state})"),
        ("Time", time),
        ("Data", f"{about['data']}: synthetic, no personal data"),
        ("Level", "manager" if which == "manager" else about["level"]),
        ("Before this", ", ".join(about.get("prerequisites") or ["nothing"])),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    asks = "\n".join(f"- {question}" for question in about["questions"])
    goals = "\n".join(f"- {objective}" for objective in about["objectives"])
    edition_of = {"trainer": " (trainer's edition)", "manager": " (for managers)"}.get(which, "")
    return (
        f"# {lesson.id}. {about['title']}{edition_of}\n\n| | |\n|---|---|\n{table}\n\n## The questions\n\n{asks}\n\n"
        + (f"{_NO_CODE}\n" if which == "manager" else f"## You will be able to\n\n{goals}")
    )


_NO_CODE = (
    "Choose *Run*, then *Run All Cells*, in the menu once. After that read, look and click: there is nothing to type, and you may "
    "change every answer."
)


def _told(question: Question) -> str:
    """A question of the managers' edition as the trainer reads it."""
    right = {question.right} if isinstance(question.right, str) else set(question.right)
    rows = "\n".join(f"- {'**right:** ' if choice in right else ''}{choice}" for choice in question.choices)
    return f"**Managers' question {question.number}.** {question.asks}\n\n{rows}"


def _closing(lesson: Lesson) -> str:
    points = "\n".join(f"- {point}" for point in lesson.about["keypoints"])
    prompt = str(
        lesson.about.get(
            "in_your_country", "What would be different in your country, and who would have to agree?"
        )
    )
    return f"## Key points\n\n{points}\n\n## In your country\n\n{prompt}\n\n## Your progress"
