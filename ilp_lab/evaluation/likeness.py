"""Texts that say the same in the same words: found among many thousands without comparing each with each.

Two texts are compared letter by letter when they share enough of the words that tell something. Words that stand in
very many reports are the language of the form and do not count; numbers are compared on their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ilp_lab._tongue import tr_later

SHARED_WORDS = 0.6
_FORM_SHARE, _FORM_LEAST = 0.2, 25
_PASSAGE_WORDS, _PASSAGE_SIGNS, _COMMON_PASSAGE = 8, 16, 20
HELD = 0.5
_ROWS = 500
# Scripts that are written without spaces: each sign is a word. Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_DIGIT = re.compile(r"\d")
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")
Pair = tuple[int, int, float, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What comparing texts showed.

    Attributes
    ----------
    pairs
        Positions of two texts, how alike (0 to 1), and how: ``"the same words"`` or ``"one holds the other"``.
    other_numbers
        Pairs with the same words but other numbers: most likely other facts in the same form; counted, not listed.
    form_words
        Words that did not count because they stand in very many texts.
    """

    pairs: list[Pair]
    other_numbers: int
    form_words: frozenset[str]


def words(text: str) -> list[str]:
    """Words of a text without case, accents of form and punctuation; in any script."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def alike_texts(texts: Sequence[str], *, alike: float) -> Likeness:
    """Find all pairs of texts that are at least ``alike``.

    Notes
    -----
    The search is complete: a pair is found when the two share at least :data:`SHARED_WORDS` (Dice) of their telling words
    and are at least ``alike`` letter by letter in these words, put in alphabetical order. Cost grows with the number of alike pairs.
    """
    said = [words(text) for text in texts]
    numbers = [tuple(sorted(word for word in row if _is_number(word))) for row in said]
    plain = [tuple(word for word in row if not _is_number(word)) for row in said]
    first: dict[tuple[str, ...], int] = {}
    members: list[list[int]] = []
    for at, row in enumerate(plain):
        if not row and not numbers[at]:
            continue
        if row not in first:
            first[row] = len(first)
            members.append([])
        members[first[row]].append(at)
    return _between(list(first), members, numbers, alike)


def _between(
    rows: list[tuple[str, ...]], members: list[list[int]], numbers: list[tuple[str, ...]], alike: float
) -> Likeness:
    pairs: list[Pair] = []
    other = 0
    for group in members:
        by_numbers: dict[tuple[str, ...], list[int]] = {}
        for at in group:
            by_numbers.setdefault(numbers[at], []).append(at)
        for same in by_numbers.values():
            pairs.extend((same[0], at, 1.0, tr_later("the same words")) for at in same[1:])
        total = len(group)
        other += (total * (total - 1) - sum(len(same) * (len(same) - 1) for same in by_numbers.values())) // 2
    candidates, form_words = _candidates(rows)
    for left, right, score in _scored(_telling(rows, form_words), candidates, alike):
        for at in _one_per_number(members[left], numbers):
            for to in _one_per_number(members[right], numbers):
                if _numbers_agree(numbers[at], numbers[to]):
                    pairs.append((min(at, to), max(at, to), score, tr_later("the same words")))
                else:
                    other += 1
    return Likeness(pairs, other, form_words)


def _telling(rows: list[tuple[str, ...]], form_words: frozenset[str]) -> list[tuple[str, ...]]:
    return [tuple(word for word in row if word not in form_words) for row in rows]


def _one_per_number(group: list[int], numbers: list[tuple[str, ...]]) -> list[int]:
    return list({numbers[at]: at for at in reversed(group)}.values())


def _numbers_agree(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """One text may name more numbers than the other; it must not name different ones."""
    short, long = sorted((Counter(left), Counter(right)), key=lambda counted: counted.total())
    return short <= long


def _is_number(word: str) -> bool:
    return _DIGIT.search(word) is not None


def _candidates(
    rows: list[tuple[str, ...]],
) -> tuple[list[tuple[NDArray[np.int64], NDArray[np.int64]]], frozenset[str]]:
    """Pairs of rows that share enough telling words (Dice), and the words that do not count."""
    vocabulary: dict[str, int] = {}
    sets = [sorted({vocabulary.setdefault(word, len(vocabulary)) for word in row}) for row in rows]
    if len(rows) < 2:
        return [], frozenset()
    held = np.bincount(
        np.concatenate([np.asarray(row, dtype=np.int64) for row in sets]), minlength=len(vocabulary)
    )
    form = held > max(_FORM_LEAST, _FORM_SHARE * len(rows))
    telling = [[word for word in row if not form[word]] for row in sets]
    whole = _incidence(telling, (len(rows), max(len(vocabulary), 1)))
    across = whole.T.tocsr()
    lengths = np.asarray([len(row) for row in telling], dtype=np.float32)
    found = []
    for begin in range(0, len(rows), _ROWS):
        shared = (whole[begin : begin + _ROWS] @ across).tocoo()
        left, right = shared.row + begin, shared.col
        enough = (right > left) & (2 * shared.data >= SHARED_WORDS * (lengths[left] + lengths[right]) - 1e-4)
        found.append((left[enough].astype(np.int64), right[enough].astype(np.int64)))
    told = list(vocabulary)
    return found, frozenset(told[word] for word in np.flatnonzero(form))


def _incidence(rows: list[list[int]], shape: tuple[int, int]) -> Any:
    from scipy import sparse

    at = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    column = np.fromiter((word for row in rows for word in row), dtype=np.int64, count=len(at))
    return sparse.csr_matrix((np.ones(len(at), dtype=np.float32), (at, column)), shape=shape)


def _scored(
    rows: list[tuple[str, ...]], candidates: list[tuple[NDArray[np.int64], NDArray[np.int64]]], alike: float
) -> Iterator[tuple[int, int, float]]:
    from rapidfuzz import fuzz, process

    text = [" ".join(sorted(row)) for row in rows]
    for left, right in candidates:
        if not len(left):
            continue
        scores = process.cpdist(
            [text[at] for at in left],
            [text[at] for at in right],
            scorer=fuzz.ratio,
            score_cutoff=100 * alike,
            workers=-1,
        )
        for at in np.flatnonzero(scores >= 100 * alike - 1e-4):
            yield int(left[at]), int(right[at]), round(float(scores[at]) / 100, 4)


def shared_passages(texts: Sequence[str], *, form_words: frozenset[str] = frozenset()) -> list[Pair]:
    """Pairs of texts of which one holds at least half of the other, in runs of eight words (sixteen signs of an unspaced script).

    Runs that stand in more than twenty texts, or consist by half of words of the form, do not count. The likeness is the share of
    the shorter text's runs that the other has too.
    """
    holders: dict[tuple[str, ...], list[int]] = {}
    total = [0] * len(texts)
    for at, text in enumerate(texts):
        said = words(text)
        signs = sum(len(word) == 1 for word in said) > len(said) / 2
        size = _PASSAGE_SIGNS if signs else _PASSAGE_WORDS
        formal = np.cumsum([0, *(word in form_words for word in said)])
        runs = {
            tuple(said[start : start + size])
            for start in range(len(said) - size + 1)
            if 2 * (formal[start + size] - formal[start]) < size
        }
        total[at] = max(1, len(said) - size + 1)
        for run in runs:
            holders.setdefault(run, []).append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for held in holders.values():
        if 1 < len(held) <= _COMMON_PASSAGE:
            shared.update((left, right) for at, left in enumerate(held) for right in held[at + 1 :])
    return [
        (left, right, round(runs / min(total[left], total[right]), 4), tr_later("one holds the other"))
        for (left, right), runs in shared.items()
        if runs >= HELD * min(total[left], total[right])
    ]
