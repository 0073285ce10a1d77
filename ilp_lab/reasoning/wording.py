"""The language of products: words that say less, or more, than is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, rows, text, texts
from ilp_lab._tongue import tr, tr_later
from ilp_lab.reasoning.yardsticks import DEFAULT, Yardstick, yardstick

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("line", "column", "found", "kind", "problem", "instead", "sentence")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]?")
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»")
_LONGEST = 2_000_000
_LONG_SENTENCE = 40


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that a reader cannot use, why, and what to write instead."""

    find: tuple[str, ...]
    kind: str
    problem: str
    instead: str


@dataclass(frozen=True)
class WordList:
    """The rules of one language."""

    name: str
    title: str
    version: str
    source: str
    rules: tuple[Rule, ...]
    confidence: tuple[str, ...]
    months: tuple[str, ...]

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], Rule], ...]:
        """What is looked for, rule by rule."""
        return tuple((_any_of(rule.find), rule) for rule in self.rules)


def check_language(
    written: str | Iterable[str], *, language: str | Path = "en", against: str | Yardstick = DEFAULT
) -> pd.DataFrame:
    """Find words in a product that say less, or more, than is known.

    Parameters
    ----------
    written
        The text, or its paragraphs.
    language
        Name of a word list (``"en"``), or the path of one of your own.
    against
        The yardstick whose terms the text should use.

    Returns
    -------
    DataFrame
        One row per finding, in the order of the text: ``line``, ``column`` (both from 1), ``found``, ``kind``
        (``vague``, ``unsourced``, ``certain``, ``label``, ``uncounted``, ``undated``, ``loaded``, ``no confidence``,
        ``long``), ``problem``, ``instead`` and the ``sentence``. Empty when there is nothing to say.

    Raises
    ------
    InputError
        When there is no such word list or yardstick, or the text is larger than two million characters.

    Notes
    -----
    What stands in quotation marks is somebody else's wording and is passed over. The check reads words, not meaning: a
    text without findings can still be wrong. Cost: one pass over the text for each rule.

    Examples
    --------
    >>> found = check_language("The group might expand. It is likely (moderate confidence) that it meets in May 2026.")
    >>> found[["line", "found", "kind"]].values.tolist()
    [[1, 'might', 'vague']]
    """
    import pandas as pd

    words = _SHELF.read(language)
    scale = against if isinstance(against, Yardstick) else yardstick(against)
    whole = written if isinstance(written, str) else "\n".join(str(part) for part in written)
    check = Check("reasoning.check_language")
    if len(whole) > _LONGEST:
        check.add(f"the text has {len(whole):,} characters; at most {_LONGEST:,} are checked at once.")
    check.done()
    found: list[dict[str, Any]] = []
    for number, line in enumerate(whole.splitlines(), start=1):
        said = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), line)
        for sentence in _SENTENCE.finditer(said):
            for at, what, rule in _in_sentence(sentence.group(), words, scale):
                found.append(
                    {
                        "line": number,
                        "column": sentence.start() + at + 1,
                        "found": what,
                        "kind": rule.kind,
                        "problem": rule.problem,
                        "instead": rule.instead,
                        "sentence": line[sentence.start() : sentence.end()].strip(),
                    }
                )
    table = pd.DataFrame(found, columns=pd.Index(COLUMNS))
    return table.sort_values(["line", "column"], kind="stable", ignore_index=True)


def _in_sentence(sentence: str, words: WordList, scale: Yardstick) -> Iterable[tuple[int, str, Rule]]:
    for pattern, rule in words.patterns:
        for hit in pattern.finditer(sentence):
            if not _is_month(sentence, hit, words.months):
                yield hit.start(), hit.group(), rule
    terms = _any_of([name for term in scale.terms for name in (term.term, *term.also)])
    used = terms.search(sentence)
    if used and words.confidence and not _any_of(words.confidence).search(sentence):
        yield (
            used.start(),
            used.group(),
            Rule(
                (),
                "no confidence",
                tr("gives a probability and not how well it is founded"),
                tr("'with high, moderate or low confidence', and why"),
            ),
        )
    many = sentence.split()
    if len(many) > _LONG_SENTENCE:
        yield (
            len(sentence) - len(sentence.lstrip()),
            " ".join(many[:4]) + " …",
            Rule(
                (),
                "long",
                tr("has {n} words; a reader loses it after {LONG_SENTENCE}").format(
                    n=len(many), LONG_SENTENCE=_LONG_SENTENCE
                ),
                "two sentences",
            ),
        )


def _is_month(sentence: str, hit: re.Match[str], months: tuple[str, ...]) -> bool:
    """Whether a word is a month: written with a capital inside a sentence, or before a number."""
    if hit.group() not in months:
        return False
    inside = bool(sentence[: hit.start()].strip())
    return inside or bool(re.match(r"\s+\d", sentence[hit.end() :]))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    listed = sorted(words, key=len, reverse=True)
    return re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in listed) + r")(?!\w)",
        re.IGNORECASE,
    )


def _word_list(content: Mapping[str, Any]) -> WordList:
    return WordList(
        **texts(content, "name", "title", "version", "source"),
        rules=tuple(
            Rule(
                find=tuple(text(word, "find") for word in row["find"]),
                **texts(row, "kind", "problem", "instead"),
            )
            for row in rows(content["words"], "words")
        ),
        confidence=tuple(text(word, "confidence") for word in content.get("confidence") or ()),
        months=tuple(text(word, "months") for word in content.get("months") or ()),
    )


_SHELF = Shelf(
    "language",
    Path(__file__).parent / "packs" / "language",
    "word list",
    tr_later("name, title, version, source and words, each with find, kind, problem and instead"),
    _word_list,
)
