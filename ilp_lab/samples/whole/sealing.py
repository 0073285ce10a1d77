"""The truths as salted digests: an answer can be checked against them, and they cannot be read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError, ReadError

CALLER = "samples.fits_truth"
SEALED = "truth.sealed.json"
_ROUNDS = 20_000


def _pairs(pairs: Iterable[Iterable[str]]) -> list[str]:
    return [" = ".join(sorted(pair)) for pair in pairs]


# What is asked, and where the answer stands in the open truth. An answer is a set of words; nothing hidden is an empty one.
ANSWERS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], list[str]]]] = {
    "P1": ("numbers of the incidents of the series", lambda truth: truth["incident_ids"]),
    "P2": ("the two brokers", lambda truth: truth["brokers"]),
    "P3": ("the local unit of the firearms market", lambda truth: [truth["area"]]),
    "P4": ("the local unit of the estate", lambda truth: [truth["area"]]),
    "P5": ("the local unit of the false hot spot", lambda truth: [truth["area"]]),
    "P6": ("the local units with the season", lambda truth: truth["areas"]),
    "P7": ("the district with the biased stops", lambda truth: [truth["district"]]),
    "P8": ("numbers of the reports of one rumour", lambda truth: truth["circular"]),
    "P8b": ("the report that is meant to mislead", lambda truth: [truth["malicious"]]),
    "P9": ("pairs of records that are one person, as 'A = B'", lambda truth: _pairs(truth["must_merge"])),
    "P9b": ("pairs of look-alikes who are two persons", lambda truth: _pairs(truth["must_not_merge"])),
    "P10": ("numbers of the records held too long", lambda truth: truth["expired"]),
    "P10b": ("the witness who is stored as a suspect", lambda truth: [truth["witness"]]),
    "P11": ("the referral that asks for surveillance", lambda truth: [truth["referral"]]),
    "P12": ("the beats of the operation", lambda truth: truth["treated"]),
}


def seal(truth: Mapping[str, Any], seed: int, *, of: str = "belmara-complete") -> bytes:
    """The sealed file of a set: digests with a salt each, of what it holds; the seed cannot be read from it."""
    found = {}
    for name, (what, answer) in ANSWERS.items():
        if name.rstrip("b") not in truth:
            continue
        salt = hashlib.sha256(f"Belmara {seed} {truth['planted']} {name}".encode()).hexdigest()[:24]
        words = answer(truth[name.rstrip("b")]) if truth["planted"] else []
        found[name] = {"asked": what, "salt": salt, "digest": digest(words, salt)}
    return (json.dumps({"set": of, "answers": found}, indent=1) + "\n").encode("utf-8")


def digest(words: Iterable[str], salt: str) -> str:
    """Digest of a set of words; order, case and spaces make no difference."""
    plain = sorted({re.sub(r"\s+", " ", str(word)).strip().casefold() for word in words})
    return hashlib.pbkdf2_hmac("sha256", "\n".join(plain).encode(), salt.encode(), _ROUNDS).hex()


def fits_truth(name: str, answer: str | Iterable[str], *, folder: str | Path) -> bool:
    """Check an answer against the sealed truth of a complete set.

    Parameters
    ----------
    name
        Which truth, ``"P1"`` to ``"P12"``; ``"P8b"``, ``"P9b"`` and ``"P10b"`` ask for the second half of those.
    answer
        A word or several; no words at all when you say that nothing is hidden there. Order and case make no difference.
    folder
        The folder of the set, such as ``samples.complete()``; the small set ``samples.path("belmara")`` seals P1, P2, P3, P5, P6 and P8.

    Returns
    -------
    bool
        Whether exactly these words are the answer.

    Raises
    ------
    InputError
        When there is no such truth, or the answer is no word and no list of words.
    ReadError
        When the folder holds no sealed truth.

    Notes
    -----
    The seal keeps honest people honest. Where few answers are possible somebody can try them all, and whoever has the program
    and knows the seed can make the truth again: a trainer who wants none of this takes a seed of their own. Cost: milliseconds.

    Examples
    --------
    >>> fits_truth("P13", [], folder=".")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.fits_truth:
      - name must be one of P1, P2, P3, P4, P5, P6, P7, P8, P8b, P9, P9b, P10, P10b, P11, P12; got 'P13'.
    """
    faults = Check(CALLER)
    if name not in ANSWERS:
        faults.add(f"name must be one of {', '.join(ANSWERS)}; got {name!r}.")
    words: Any = [answer] if isinstance(answer, str) else answer
    if not isinstance(words, Iterable):
        faults.add(f"answer must be a word or a list of words; got {type(answer).__name__}.")
    faults.done()
    file = Path(folder) / SEALED
    try:
        held = json.loads(file.read_text(encoding="utf-8"))["answers"][name]
        salt, expected = str(held["salt"]), str(held["digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            f"{CALLER}: {file} is not there, or seals no {name}. Make a complete set with samples.write_complete."
        ) from error
    given = list(words)
    strange = [word for word in given if not isinstance(word, str)]
    if strange:
        raise InputError(f"{CALLER}: every word of the answer must be text; got {strange[0]!r}.")
    return digest(given, salt) == expected
