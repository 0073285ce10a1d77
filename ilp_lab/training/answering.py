"""Answering: what a student calls in a lesson, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ilp_lab.errors import IlpError, InputError
from ilp_lab.training import editions
from ilp_lab.training.checkkinds import KINDS
from ilp_lab.training.progressing import ProgressFile, progress_file

_COLOURS = {"right": "#1b7837", "not yet": "#b35806", "not answered": "#51606e", "kept": "#0b5394"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes back for an answer.

    Attributes
    ----------
    verdict
        ``"right"``, ``"not yet"``, ``"not answered"`` or ``"kept"`` (a person looks at it).
    says
        In words, without giving the answer away.
    hint
        The next hint, when it is not right yet.
    tries
        How many there were.
    """

    number: str
    verdict: str
    says: str
    hint: str
    tries: int

    @property
    def ok(self) -> bool:
        """Whether this check is done."""
        return self.verdict in {"right", "kept"}

    def __str__(self) -> str:
        return " ".join(
            part for part in (f"Check {self.number}: {self.verdict}.", self.says, self.hint) if part
        )

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.verdict]
        rest = " ".join(escape(part) for part in (self.says, self.hint) if part)
        return (
            f'<div role="status" style="border-left:5px solid {colour};padding:.3rem .8rem;background:#f7f9fa">'
            f"<strong>Check {escape(self.number)}: {self.verdict}.</strong> {rest}</div>"
        )


class LessonRun:
    """A lesson as a student works through it; made by :func:`lesson`."""

    def __init__(self, key: Mapping[str, Any], progress: ProgressFile, folder: Path | None) -> None:
        self.id = str(key["lesson"])
        self.title = str(key["title"])
        self._key = key
        self._progress = progress
        self._folder = folder

    def check(self, number: str, answer: Any) -> Outcome:
        """Check an answer; call it as often as you like.

        Parameters
        ----------
        number
            Which check, such as ``"1"``. It is the number that counts, not the cell: cells may be copied and deleted.
        answer
            The answer.

        Raises
        ------
        InputError
            When the lesson has no such check.
        """
        held = self._held(number)
        if editions.note_answer(self.id, number, answer, self._folder):
            return Outcome(number, "right", "taken down for the key.", "", 0)
        if answer is Ellipsis or answer is None:
            return Outcome(
                number, "not answered", "Put your answer in place of the three dots.", "", self._tries(number)
            )
        kind = KINDS[held["kind"]]
        try:
            verdict = kind.compare(answer, held["key"], held["options"], editions.salt(self.id, number))
            ok, says = verdict.ok, verdict.says
        except IlpError as error:
            ok, says = False, f"{str(error).rstrip('.')}."
        tries = self._tries(number) + 1
        self._progress.note(self.id, number, ok=ok, said=str(answer)[:2000] if kind.by_people else "")
        if ok:
            return Outcome(number, "kept" if kind.by_people else "right", says, "", tries)
        hints = held["hints"]
        return Outcome(number, "not yet", says, f"Hint: {hints[min(tries, len(hints)) - 1]}", tries)

    def ask(self, number: str, question: str, choices: Sequence[str]) -> Any:
        """Ask a question that is answered by choosing; nothing has to be typed.

        Parameters
        ----------
        number
            Which check, as in :meth:`check`.
        question
            The question.
        choices
            What may be chosen.

        Returns
        -------
        ipywidgets.Widget
            The question with its choices. Where several may be right, there are boxes to tick.

        Raises
        ------
        InputError
            When the lesson has no such check.
        """
        from ilp_lab.training.asking import choices_widget

        held = self._held(number)
        return choices_widget(
            question,
            choices,
            several=held["kind"] == "set",
            answer=lambda chosen: self.check(number, chosen)._repr_html_(),
            name=f"question-{number}",
        )

    def _held(self, number: str) -> Mapping[str, Any]:
        if number not in self._key["checks"]:
            raise InputError(
                f"lesson.check: {self.id} has no check {number!r}; it has {', '.join(self._key['checks'])}."
            )
        found: Mapping[str, Any] = self._key["checks"][number]
        return found

    def progress(self) -> Any:
        """How far you are: one row per check with tries and whether it is done."""
        import pandas as pd

        state = self._progress.state(self.id)
        rows = [
            {
                "check": number,
                "done": state.get(number, {}).get("done", False),
                "tries": state.get(number, {}).get("tries", 0),
            }
            for number in sorted(self._key["checks"], key=lambda number: (len(number), number))
        ]
        return pd.DataFrame(rows, columns=pd.Index(["check", "done", "tries"]))

    @property
    def done(self) -> bool:
        """Whether every check is done."""
        return bool(self.progress()["done"].all())

    def _tries(self, number: str) -> int:
        return int(self._progress.state(self.id).get(number, {}).get("tries", 0))

    def __str__(self) -> str:
        table = self.progress()
        return f"{self.id}. {self.title}: {int(table['done'].sum())} of {len(table)} checks done"


def lesson(lesson_id: str, *, folder: str | Path | None = None) -> LessonRun:
    """Open a lesson to work through it.

    Parameters
    ----------
    lesson_id
        Such as ``"M08"``.
    folder
        Folder of the lessons; the shipped ones when left out.

    Returns
    -------
    LessonRun
        With ``check(number, answer)`` and ``progress()``. Answers stay on this computer.

    Raises
    ------
    MissingPartError
        When there is no such lesson here.

    Examples
    --------
    >>> at_work = lesson("M08")
    >>> at_work.check("1", ...).verdict
    'not answered'
    """
    place = Path(folder) if folder is not None else None
    return LessonRun(editions.key_of(lesson_id, place), progress_file(), place)
