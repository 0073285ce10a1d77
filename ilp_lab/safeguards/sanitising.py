"""Sanitising: what tells who the source or the subject is stays behind, by the word of a named person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, text, texts
from ilp_lab.errors import HandlingError
from ilp_lab.safeguards.handling import handling_of, mark, origin_of, policy
from ilp_lab.safeguards.permitting import check_other, check_reason
from ilp_lab.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

LANGUAGES = ("en", "ru", "sq")
_OF_SOURCES = ("source_ref", "officer_ref", "source_type", "evaluator", "created_by", "reference")
_NUMBERS = (
    ("e-mail", r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    ("account", r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b"),
    ("telephone", r"(?<![\w.])\+?\d(?:[ /-]?\d){6,14}(?![\w])"),
    ("plate", r"\b[A-ZА-Я]{1,3}[ -]?\d{2,4}[ -]?[A-ZА-Я]{1,3}\b"),
)


@dataclass(frozen=True)
class Phrases:
    """Phrases by which a source tells who it is, in one language."""

    name: str
    title: str
    version: str
    source: str
    phrases: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All phrases at once."""
        return re.compile(r"(?<!\w)(?:" + "|".join(self.phrases) + r")(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Sanitised:
    """A sanitised table, and what was done.

    Attributes
    ----------
    table
        What may be passed on; it carries its handling code.
    held
        Rows that tell who the source is by how they are written: a person has to write them anew. With ``why`` and ``found``.
    withheld
        Columns that stayed behind.
    replaced
        How many names and numbers were replaced, by kind.
    handling
        The code of the table.
    """

    table: pd.DataFrame
    held: pd.DataFrame
    withheld: tuple[str, ...]
    replaced: Mapping[str, int]
    handling: str

    def __str__(self) -> str:
        done = ", ".join(f"{count} {kind}" for kind, count in self.replaced.items() if count) or "nothing"
        return (
            f"{len(self.table)} rows may be passed on [{self.handling}]; {len(self.held)} tell who the source is and wait to be written "
            f"anew. Left behind: {', '.join(self.withheld) or 'no column'}. Replaced: {done}."
        )


def source_phrases(written: Iterable[Any], *, languages: Sequence[str | Path] = LANGUAGES) -> pd.DataFrame:
    """Find phrases by which a source tells who it is.

    Parameters
    ----------
    written
        Texts.
    languages
        Word lists: ``"en"``, ``"ru"``, ``"sq"``, or paths of your own.

    Returns
    -------
    DataFrame
        ``at`` (position of the text, from 0), ``found``, ``language``.

    Examples
    --------
    >>> source_phrases(["A van stood there.", "My brother told me he deals."])[["at", "found"]].values.tolist()
    [[1, 'My brother told']]
    """
    import pandas as pd

    lists = [_SHELF.read(language) for language in languages]
    found = [
        {"at": at, "found": hit.group(), "language": words.name}
        for at, item in enumerate(written)
        for words in lists
        for hit in words.pattern.finditer(str(item) if isinstance(item, str) else "")
    ]
    return pd.DataFrame(found, columns=pd.Index(["at", "found", "language"]))


def sanitise(
    frame: pd.DataFrame,
    *,
    case: Case,
    authoriser: str,
    reason: str,
    texts: Sequence[str] = ("text",),
    names: Iterable[str] = (),
    to: str | None = None,
    provider_permits: str = "",
    languages: Sequence[str | Path] = LANGUAGES,
) -> Sanitised:
    """Take out what tells who the source or the subject is, before something is passed on.

    Parameters
    ----------
    frame
        Reports or another table; it is not changed.
    case
        The open case.
    authoriser
        Who answers for it: somebody other than the analyst.
    reason
        For whom and why.
    texts
        Columns of free text.
    names
        Names of persons to replace in the texts, such as the labels of a chart.
    to
        A handling code that is less strict than the table's, when the authoriser lowers it.
    provider_permits
        Which permission of the provider allows that; needed wherever the code leaves it to the provider.
    languages
        Word lists of phrases.

    Returns
    -------
    Sanitised
        The table without columns on sources and persons (see :mod:`ilp_lab.schema`), with names and numbers replaced; and the rows
        that a person has to write anew.

    Raises
    ------
    InputError
        When something is missing; all faults at once.
    HandlingError
        When the code cannot be lowered so.

    Notes
    -----
    Words and patterns are replaced, not meaning: read the result before it is passed on. A fact that only few can know tells
    who the source is, however it is written.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> reports = pd.DataFrame(
    ...     {"report_id": ["R-1", "R-2"], "source_ref": ["S9", "S9"], "text": ["Ivo drives AB 123 CD", "My sister told me so"]}
    ... )
    >>> done = sanitise(reports, case=case, authoriser="Chief Mira", reason="for the region", names=["Ivo"])
    >>> done.table["text"].tolist(), done.withheld
    (['[person] drives [plate]'], ('source_ref',))
    """
    check = Check("safeguards.sanitise")
    if check.frame(frame, "the table"):
        check.columns(frame, [column for column in texts if tuple(texts) != ("text",)], "the table")
    check_other(check, case, authoriser=authoriser)
    check_reason(check, reason, says="must say for whom and why", words=2)
    check.done()
    code = _lowered(handling_of(case, frame), to, provider_permits)
    present = [column for column in texts if column in frame]
    told = _telling(frame, present, languages)
    withheld = tuple(str(column) for column in frame.columns if _tells(str(column)) and column not in present)
    table = frame.drop(columns=list(withheld)).loc[~frame.index.isin(told.index)]
    replaced: dict[str, int] = {}
    people = people_pattern(names)
    for column in present:
        cleaned = []
        for item in table[column]:
            new, counts = cleaned_text(item, people)
            cleaned.append(new)
            for kind, count in counts.items():
                replaced[kind] = replaced.get(kind, 0) + count
        table = table.assign(**{column: cleaned})
    if "handling" in table:
        table = table.assign(handling=code)
    case.record(
        "alteration", "sanitised", authoriser=authoriser, reason=reason, rows=len(table), held=len(told), withheld=list(withheld), handling=code,
        provider_permits=provider_permits,
    )  # fmt: skip
    held = frame.loc[told.index].assign(why="the wording tells who the source is", found=told)
    return Sanitised(
        mark(table, handling=code, origin=origin_of(frame) or None), held, withheld, replaced, code
    )


def _lowered(code: str, to: str | None, permits: str) -> str:
    if to is None:
        return code
    wanted = policy().check(to)
    if policy().strictest([code, wanted]) == wanted:
        return wanted
    if policy()[code].provider_decides and not permits.strip():
        raise HandlingError(
            f"safeguards.sanitise: {code} cannot be lowered to {wanted}: {policy()[code].meaning} Say which permission of the provider allows it "
            "with provider_permits='...'."
        )
    return wanted


def _telling(frame: pd.DataFrame, present: Sequence[str], languages: Sequence[str | Path]) -> pd.Series:
    """Labels of rows whose wording tells who the source is, with the phrases."""
    import pandas as pd

    found: dict[Any, list[str]] = {}
    for column in present:
        hits = source_phrases(frame[column].tolist(), languages=languages)
        for at, what in zip(hits["at"], hits["found"], strict=True):
            found.setdefault(frame.index[at], []).append(what)
    return pd.Series({label: "; ".join(what) for label, what in found.items()}, dtype="object")


def _tells(column: str) -> bool:
    known = [table[column].sensitivity for table in TABLES.values() if column in table]
    return column in _OF_SOURCES or "source" in known or (column != "text" and "personal" in known)


def people_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds the names of persons in a text; none when there are none."""
    listed = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
    if not listed:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, listed)) + r")(?!\w)", re.IGNORECASE)


def cleaned_text(item: Any, people: re.Pattern[str] | None) -> tuple[Any, dict[str, int]]:
    """A text without names and numbers that tell who somebody is, and how many of each kind were replaced.

    Examples
    --------
    >>> cleaned_text("Ivo drives AB 123 CD", people_pattern(["Ivo"]))[0]
    '[person] drives [plate]'
    """
    if not isinstance(item, str):
        return item, {}
    counts: dict[str, int] = {}
    new = item
    if people is not None:
        new, counts["person"] = people.subn("[person]", new)
    for kind, pattern in _NUMBERS:
        new, count = re.subn(pattern, f"[{kind}]", new)
        counts[kind] = count
    return new, counts


def _phrases(content: Mapping[str, Any]) -> Phrases:
    listed = tuple(text(phrase, "phrases") for phrase in content["phrases"])
    if not listed:
        raise ValueError("it has no phrase")
    try:
        re.compile("|".join(listed))
    except re.error as error:
        raise ValueError(f"a phrase is no pattern: {error}") from error
    return Phrases(**texts(content, "name", "title", "version", "source"), phrases=listed)


_SHELF = Shelf(
    "sources",
    Path(__file__).parent / "packs" / "sources",
    "list of phrases",
    "name, title, version, source and phrases",
    _phrases,
)
