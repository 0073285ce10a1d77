"""The knowledge test: the same questions before the first lesson and after the last one."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError, MissingPartError, ReadError
from ilp_lab.training import canonical, editions
from ilp_lab.training.progressing import ProgressFile, progress_file

BEFORE, AFTER = "test-before", "test-after"
MOMENTS = (BEFORE, AFTER)
_SOURCE = "knowledge_test.yml"
_KEY = "knowledge_test.json"


@dataclass(frozen=True, slots=True)
class TestScore:
    """What a knowledge test gave: ``right`` of ``asked`` questions, and what to say about it."""

    __test__ = False
    right: int
    asked: int
    says: str

    def __str__(self) -> str:
        return self.says


class KnowledgeTest:
    """The test at one of its two moments; made by :func:`knowledge_test`."""

    def __init__(self, moment: str, items: list[Mapping[str, Any]], progress: ProgressFile) -> None:
        self._moment = moment
        self._progress = progress
        self.items = items

    @property
    def handed_in(self) -> bool:
        """Whether it was taken already."""
        return bool(self._progress.state(self._moment))

    def hand_in(self, answers: Mapping[str, str]) -> TestScore:
        """Hand in the answers, once; what is left out counts as not known.

        Parameters
        ----------
        answers
            The text that was chosen, by the number of the question.

        Returns
        -------
        TestScore
            After the second test with the normalised gain.

        Raises
        ------
        InputError
            When it was handed in before, or a number or a choice is not in the test.
        """
        check = Check("training.knowledge_test")
        if self.handed_in:
            check.add("this test was handed in already; it counts once.")
        known = {str(item["number"]): item for item in self.items}
        for number, chosen in answers.items():
            if number not in known:
                check.add(f"there is no question {number!r}; they are numbered 1 to {len(known)}.")
            elif chosen not in known[number]["choices"]:
                check.add(f"question {number} has no choice {canonical.described(chosen)}.")
        check.done()
        for number, item in known.items():
            said = answers.get(number)
            digest = canonical.digest(editions.salt("knowledge", number), canonical.plain(said))
            self._progress.note(self._moment, number, ok=digest == item["digest"])
        return self.score()

    def score(self) -> TestScore:
        """What the test gave.

        Raises
        ------
        InputError
            When it was not handed in yet.
        """
        state = self._progress.state(self._moment)
        if not state:
            raise InputError("training.knowledge_test: this test was not handed in yet.")
        right = sum(one["done"] for one in state.values())
        says = f"{right} of {len(state)} right."
        if self._moment == BEFORE:
            return TestScore(
                right,
                len(state),
                f"{says} You will see the same questions at the end; which were right is told then.",
            )
        first = self._progress.state(BEFORE)
        if first:
            from ilp_lab.training.gaining import normalised_gain

            before = sum(one["done"] for one in first.values()) / len(first)
            gain = normalised_gain(before, right / len(state))
            says += f" Before the course it was {before:.0%}. Of what you could gain you gained {gain:.0%}."
        wrong = [number for number, one in state.items() if not one["done"]]
        if wrong:
            lessons = dict.fromkeys(
                str(item["module"]) for item in self.items if str(item["number"]) in wrong
            )
            says += f" Look again at {', '.join(lessons)}."
        return TestScore(right, len(state), says)

    def show(self) -> Any:
        """The test as widgets: choose, and hand in at the end."""
        from ilp_lab.training.asking import sheet_widget

        return sheet_widget(
            self.items,
            lambda answers: str(self.hand_in(answers)),
            handed_in=str(self.score()) if self.handed_in else "",
        )


def knowledge_test(moment: str) -> KnowledgeTest:
    """Take the knowledge test: the same questions before the first lesson and after the last one.

    Parameters
    ----------
    moment
        ``"before"`` or ``"after"``.

    Returns
    -------
    KnowledgeTest
        With ``show()`` (to click) and ``hand_in(answers)``. Answers stay on this computer, under a code and without a name. The
        class table of the trainer shows the normalised gain of those who took both.

    Raises
    ------
    InputError
        When the moment is another.
    MissingPartError
        When there is no test here.

    Examples
    --------
    >>> test = knowledge_test("before")
    >>> len(test.items) >= 12, test.handed_in
    (True, False)
    """
    check = Check("training.knowledge_test")
    check.choice(allowed=("before", "after"), moment=moment)
    check.done()
    file = editions.lessons_folder() / "keys" / _KEY
    if not file.exists():
        raise MissingPartError(f"There is no knowledge test here ({file.name}).")
    items = json.loads(file.read_text(encoding="utf-8"))["items"]
    return KnowledgeTest(f"test-{moment}", items, progress_file())


def test_key(folder: Path) -> bytes | None:
    """The test as students get it: questions, choices in no telling order, and salted digests; None where a folder has none."""
    import yaml

    source = folder / _SOURCE
    if not source.exists():
        return None
    try:
        written = yaml.safe_load(source.read_text(encoding="utf-8"))["items"]
        made = [_item(str(number), item) for number, item in enumerate(written, start=1)]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ReadError(
            f"{source.name} needs items with module, question, right and wrong: {error}."
        ) from error
    return (json.dumps({"items": made}, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


test_key.__test__ = False  # type: ignore[attr-defined]


def _item(number: str, item: Mapping[str, Any]) -> dict[str, Any]:
    salt = editions.salt("knowledge", number)
    choices = [str(item["right"]), *map(str, item["wrong"])]
    random.Random(salt).shuffle(choices)  # noqa: S311  (an order that stays the same, no secret)
    digest = canonical.digest(salt, canonical.plain(str(item["right"])))
    return {
        "number": number,
        "module": str(item["module"]),
        "question": str(item["question"]),
        "choices": choices,
        "digest": digest,
    }
