"""One source per lesson: front matter, prose, code, exercises with solutions, and what is checked."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ilp_lab._notebooks import Cell, cells_of
from ilp_lab._packs import text
from ilp_lab.errors import ReadError
from ilp_lab.training.checkkinds import KINDS

LEVELS = ("beginner", "analyst", "advanced", "manager")
FOR_MANAGERS = "manager"
FOR_ALL = "everyone"
_NEEDED = (
    "id",
    "title",
    "guidebook",
    "teaching",
    "exercises",
    "questions",
    "objectives",
    "keypoints",
    "data",
    "level",
)
_HEADER = re.compile(r"\A# ---\n(.*?)^# ---$", re.DOTALL | re.MULTILINE)
_CHECK = re.compile(r"^# CHECK (?P<answer>[^|]+)\|(?P<spec>.*)$", re.MULTILINE)
_SOLUTION = re.compile(
    r"^# SOLUTION BEGIN\n(?P<solution>.*?)^# SOLUTION END ?(?P<stub>[^\n]*)$", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class CheckSpec:
    """What is asked of one answer.

    Attributes
    ----------
    number
        Such as ``"1"``.
    answer
        The expression of the trainer's edition that holds the answer.
    kind
        How it is compared.
    options
        Of that kind, such as ``rel`` or ``at_least``.
    hints
        From the gentlest to the plainest; the next one is shown with every try.
    """

    number: str
    answer: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question that is answered by choosing.

    Attributes
    ----------
    number
        Such as ``"1"``.
    asks
        The question.
    choices
        What may be chosen.
    right
        The right choice, or several of them.
    managers
        Whether it is in the managers' edition only.
    """

    number: str
    asks: str
    choices: tuple[str, ...]
    right: str | tuple[str, ...]
    managers: bool


@dataclass(frozen=True)
class Lesson:
    """A lesson as written.

    Attributes
    ----------
    source
        Its file.
    about
        The front matter.
    cells
        Its cells.
    checks
        What is asked, by number.
    manager_checks
        What is asked in the managers' edition, by number; empty where there is none.
    questions
        The questions that are answered by choosing, by the index of their cell.
    """

    source: Path
    about: Mapping[str, Any]
    cells: tuple[Cell, ...]
    checks: Mapping[str, CheckSpec]
    manager_checks: Mapping[str, CheckSpec] = field(default_factory=dict)
    questions: Mapping[int, Question] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Such as ``"M08"``."""
        return str(self.about["id"])

    @property
    def minutes(self) -> int:
        """Teaching and exercises together."""
        return int(self.about["teaching"]) + int(self.about["exercises"])


def read_lesson(source: str | Path) -> Lesson:
    """Read the source of a lesson.

    Parameters
    ----------
    source
        A file in percent format. Its front matter (YAML between two lines ``# ---``) holds id, title, guidebook (chapter, verified),
        teaching and exercises (minutes), questions, objectives, keypoints, data and level. A cell tagged ``check:N`` begins with
        ``# CHECK answer | kind option=value | hint: … | hint: …``. A cell tagged ``exercise:N`` holds
        ``# SOLUTION BEGIN`` … ``# SOLUTION END stub``. Cells tagged ``trainer`` are in the trainer's edition only. A cell tagged
        ``choice:N`` begins with ``# CHECK 'the right choice' | exact | hint: …`` (or ``set`` and a list of them) and calls
        ``lesson.ask("N", "question", [choices])``. Cells tagged ``manager`` are in the managers' edition only, prose tagged
        ``everyone`` is in all; where no cell is tagged ``manager`` there is no such edition. What is planted in the data, if the
        lesson rests on it, stands in ``planted`` (a list such as ``[P4, P5]``).

    Raises
    ------
    ReadError
        With every fault of the source.

    Examples
    --------
    >>> from ilp_lab.training.editions import sources
    >>> lesson = read_lesson(sources()[0])
    >>> lesson.id[0], lesson.minutes > 0
    ('M', True)
    """
    file = Path(source)
    try:
        written = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"The lesson {file} cannot be read: {error}.") from error
    faults: list[str] = []
    about = _front_matter(written, faults)
    cells = tuple(cells_of(file))
    checks = _checks([cell for cell in cells if FOR_MANAGERS not in cell.tags], faults)
    manager_checks = _checks([cell for cell in cells if FOR_MANAGERS in cell.tags], faults)
    questions = _questions(
        cells, {**checks, **{f"m{key}": one for key, one in manager_checks.items()}}, faults
    )
    _exercises(cells, checks, faults)
    if faults:
        raise ReadError(
            f"The lesson {file.name} cannot be used:\n" + "\n".join(f"  - {fault}" for fault in faults)
        )
    return Lesson(file, about, cells, checks, manager_checks, questions)


def without_solution(code: str) -> str:
    """The code of an exercise with its stub in place of the solution."""
    return _SOLUTION.sub(lambda found: found["stub"] or "...", code)


def with_solution(code: str) -> str:
    """The code of an exercise with its solution, without the marks."""
    return _SOLUTION.sub(lambda found: found["solution"].rstrip("\n"), code)


def without_spec(code: str) -> str:
    """The code of a check without what is asked."""
    return _CHECK.sub("", code).strip("\n")


def _front_matter(written: str, faults: list[str]) -> Mapping[str, Any]:
    import yaml

    found = _HEADER.match(written)
    if not found:
        faults.append("it has no front matter between two lines '# ---' at its top.")
        return {}
    plain = re.sub(r"^# ?", "", found[1], flags=re.MULTILINE)
    try:
        about = yaml.safe_load(plain)
    except yaml.YAMLError as error:
        faults.append(f"its front matter is no YAML: {str(error).splitlines()[0]}.")
        return {}
    if not isinstance(about, dict):
        faults.append("its front matter holds no named parts.")
        return {}
    missing = [name for name in _NEEDED if name not in about]
    if missing:
        faults.append(f"its front matter lacks {', '.join(missing)}.")
    if about.get("level") not in LEVELS:
        faults.append(f"level must be one of {', '.join(LEVELS)}; got {about.get('level')!r}.")
    faults.extend(
        f"{name} must be a list of sentences."
        for name in ("questions", "objectives", "keypoints")
        if not isinstance(about.get(name), list) or not about.get(name)
    )
    guidebook = about.get("guidebook")
    if not isinstance(guidebook, dict) or "chapter" not in guidebook or "verified" not in guidebook:
        faults.append("guidebook must say chapter and whether it was verified.")
    return about


def _checks(cells: Sequence[Cell], faults: list[str]) -> Mapping[str, CheckSpec]:
    found: dict[str, CheckSpec] = {}
    for cell in cells:
        for number in [*_tagged(cell, "check"), *_tagged(cell, "choice")]:
            spec = _CHECK.search(cell.text)
            if spec is None:
                faults.append(f"check {number} does not begin with '# CHECK answer | kind | hint: …'.")
                continue
            one = _spec(number, spec["answer"].strip(), spec["spec"], faults)
            if number in found:
                faults.append(f"check {number} stands there twice.")
            call = "ask" if _tagged(cell, "choice") else "check"
            if f'{call}("{number}"' not in cell.text and f'{call}(\n    "{number}"' not in cell.text:
                faults.append(f'check {number} does not call lesson.{call}("{number}", …).')
            found[number] = one
    return found


def _questions(
    cells: tuple[Cell, ...], checks: Mapping[str, CheckSpec], faults: list[str]
) -> Mapping[int, Question]:
    found = {}
    for index, cell in enumerate(cells):
        for number in _tagged(cell, "choice"):
            managers = FOR_MANAGERS in cell.tags
            try:
                right = ast.literal_eval(checks[f"m{number}" if managers else number].answer)
                call = ast.parse(without_spec(cell.text)).body[0].value  # type: ignore[attr-defined]
                asks, choices = (ast.literal_eval(part) for part in call.args[1:3])
            except (ValueError, SyntaxError, AttributeError, IndexError, KeyError):
                faults.append(
                    f"choice {number} is not written as # CHECK 'right' | … and lesson.ask(number, question, [choices])."
                )
                continue
            wrong = {right} - set(choices) if isinstance(right, str) else set(right) - set(choices)
            if wrong or len(set(choices)) < 2:
                faults.append(f"choice {number}: what is right is not among at least two different choices.")
            kept = right if isinstance(right, str) else tuple(right)
            found[index] = Question(number, str(asks), tuple(map(str, choices)), kept, managers)
    return found


def _spec(number: str, answer: str, written: str, faults: list[str]) -> CheckSpec:
    parts = [part.strip() for part in written.split("|")]
    words = parts[0].split()
    kind = words[0] if words else ""
    options = {word.partition("=")[0]: _value(word.partition("=")[2]) for word in words[1:] if "=" in word}
    bare = [word for word in words[1:] if "=" not in word]
    if bare:
        faults.append(f"check {number}: {', '.join(map(repr, bare))} is no option; write name=value.")
    if kind not in KINDS:
        faults.append(
            f"check {number}: the kind {kind!r} is not known; there are {', '.join(sorted(KINDS))}."
        )
    hints = tuple(part.removeprefix("hint:").strip() for part in parts[1:] if part.startswith("hint:"))
    if not hints:
        faults.append(f"check {number} has no hint.")
    return CheckSpec(number, answer, kind, options, hints)


def _value(written: str) -> Any:
    try:
        return int(written)
    except ValueError:
        try:
            return float(written)
        except ValueError:
            return text(written, "option")


def _exercises(cells: tuple[Cell, ...], checks: Mapping[str, CheckSpec], faults: list[str]) -> None:
    numbers = [number for cell in cells for number in _tagged(cell, "exercise")]
    faults.extend(
        f"exercise {_tagged(cell, 'exercise')[0]} has no solution between its marks."
        for cell in cells
        if _tagged(cell, "exercise") and not _SOLUTION.search(cell.text)
    )
    faults.extend(f"exercise {number} has no check." for number in numbers if number not in checks)


def _tagged(cell: Cell, kind: str) -> list[str]:
    return [tag.partition(":")[2] for tag in cell.tags if tag.startswith(f"{kind}:")]
