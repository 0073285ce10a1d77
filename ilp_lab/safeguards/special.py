"""Special categories: what says something of belief, origin, health and the like is found, and set aside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, text, texts
from ilp_lab.errors import InputError
from ilp_lab.safeguards.permitting import check_other, check_reason

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

LANGUAGES = ("en", "ru", "sq")
KINDS = ("ethnicity", "belief", "politics", "union", "health", "sex life", "biometrics", "genetics")
_MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class SpecialWords:
    """What points to special categories in one language."""

    name: str
    title: str
    version: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All words at once, one named group for each kind."""
        kinds = [
            f"(?P<k{KINDS.index(kind)}>" + "|".join(_as_pattern(word) for word in listed) + ")"
            for kind, listed in self.words.items()
        ]
        return re.compile(r"(?<!\w)(?:" + "|".join(kinds) + r")(?!\w)", re.IGNORECASE)


def find_special_categories(
    frame: pd.DataFrame, *, languages: Sequence[str | Path] = LANGUAGES
) -> pd.DataFrame:
    """Find columns and texts that say something of a special category.

    Parameters
    ----------
    frame
        Any table; column names and texts are looked at.
    languages
        Word lists: ``"en"``, ``"ru"``, ``"sq"``, or the path of one of your own.

    Returns
    -------
    DataFrame
        ``column``, ``row`` (label; missing when the whole column is meant), ``kind`` (ethnicity, belief, politics, union, health, sex
        life, biometrics, genetics), ``found`` and ``language``.

    Raises
    ------
    InputError
        When no table or an unknown language is given.

    Notes
    -----
    Words are looked for, not meaning: a church can be a place. A person decides what stays. Cost: one pass over each text
    for each language.

    Examples
    --------
    >>> import pandas as pd
    >>> notes = pd.DataFrame({"text": ["left by car", "he is diabetic"], "religion": ["x", "y"]})
    >>> find_special_categories(notes)[["column", "kind"]].values.tolist()
    [['religion', 'belief'], ['text', 'health']]
    """
    import pandas as pd

    check = Check("safeguards.find_special_categories")
    if check.frame(frame, "the table") and frame.size > _MOST_CELLS:
        check.add(f"the table has {frame.size:,} cells; look at parts of at most {_MOST_CELLS:,}.")
    check.done()
    lists = [_SHELF.read(language) for language in languages]
    found: list[dict[str, Any]] = []
    for column in frame.columns:
        kind, language = _of_column(str(column), lists)
        if kind:
            found.append(
                {"column": column, "row": None, "kind": kind, "found": str(column), "language": language}
            )
    whole = {entry["column"] for entry in found}
    for column in frame.columns:
        if column in whole or not _holds_text(frame[column]):
            continue
        for words in lists:
            found.extend(_in_texts(frame[column], words))
    return pd.DataFrame(found, columns=pd.Index(["column", "row", "kind", "found", "language"]))


def quarantine(
    frame: pd.DataFrame, *, case: Case, languages: Sequence[str | Path] = LANGUAGES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set aside what says something of a special category.

    Parameters
    ----------
    frame
        Any table; it is not changed.
    case
        The open case; its log says what was set aside, not what it said.
    languages
        As in :func:`find_special_categories`.

    Returns
    -------
    kept, held
        The table without such columns, and with ``[withheld: kind]`` in place of such texts; and what was set aside: ``column``, ``row``,
        ``kind``, ``text``. Give ``held`` to :func:`admit` when strict necessity is recorded.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> kept, held = quarantine(pd.DataFrame({"text": ["left by car", "he is diabetic"]}), case=case)
    >>> kept["text"].tolist(), held["kind"].tolist()
    (['left by car', '[withheld: health]'], ['health'])
    """
    import pandas as pd

    hits = find_special_categories(frame, languages=languages)
    columns = hits[hits["row"].isna()]
    kept = frame.drop(columns=columns["column"].tolist()).copy()
    held: list[dict[str, Any]] = []
    for hit in columns.to_dict("records"):
        held.extend(
            {"column": hit["column"], "row": row, "kind": hit["kind"], "text": value}
            for row, value in frame[hit["column"]].items()
        )
    kinds: dict[tuple[Any, Any], dict[str, None]] = {}
    for hit in hits[hits["row"].notna()].to_dict("records"):
        kinds.setdefault((hit["column"], hit["row"]), {})[hit["kind"]] = None
    for name in dict.fromkeys(name for name, _ in kinds):
        kept[name] = kept[name].astype("object")
    for (name, row), found in kinds.items():
        said = ", ".join(found)
        held.append({"column": name, "row": row, "kind": said, "text": frame.loc[row, name]})
        kept.loc[row, name] = f"[withheld: {said}]"
    table = pd.DataFrame(held, columns=pd.Index(["column", "row", "kind", "text"]))
    if len(table):
        case.record(
            "alteration",
            "set aside special categories",
            cells=len(table),
            kinds=sorted(set(table["kind"])),
            rows=len(frame),
        )
    return kept, table


def admit(
    kept: pd.DataFrame,
    held: pd.DataFrame,
    *,
    case: Case,
    reason: str,
    approver: str,
    rows: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Put back what was set aside, when it is strictly necessary; logged with reason and approver.

    Parameters
    ----------
    kept, held
        What :func:`quarantine` gave.
    case
        The open case.
    reason
        Why it is strictly necessary for the purpose, in a sentence.
    approver
        Who permits it: somebody other than the analyst.
    rows
        Labels of the rows to put back; all when left out.

    Raises
    ------
    InputError
        When there is no reason, or the approver is the analyst.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> kept, held = quarantine(pd.DataFrame({"text": ["he is diabetic"]}), case=case)
    >>> admit(kept, held, case=case, reason="he needs insulin in custody", approver="Dr Mira")["text"].tolist()
    ['he is diabetic']
    """
    check = Check("safeguards.admit")
    check_reason(check, reason, says="must say why it is strictly necessary, in a sentence")
    check_other(check, case, approver=approver)
    check.done()
    chosen = held if rows is None else held[held["row"].isin(list(rows))]
    found = kept.copy()
    for column in dict.fromkeys(chosen["column"]):
        back = chosen[chosen["column"] == column].set_index("row")["text"]
        if column not in found:
            found[column] = None
        found[column] = found[column].astype("object")
        found.loc[back.index, column] = back
    case.record(
        "alteration",
        "admitted special categories",
        cells=len(chosen),
        kinds=sorted(set(chosen["kind"])),
        reason=reason,
        approver=approver,
    )
    return found


def _of_column(name: str, lists: Sequence[SpecialWords]) -> tuple[str, str]:
    plain = re.sub(r"[\W_]+", "_", name.lower()).strip("_")
    for words in lists:
        for kind, listed in words.columns.items():
            if plain in listed:
                return kind, words.name
    return "", ""


def _holds_text(column: pd.Series) -> bool:
    return str(column.dtype) in {"object", "string", "str", "category"}


def _in_texts(column: pd.Series, words: SpecialWords) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    known: dict[str, list[tuple[str, str]]] = {}
    for row, value in column.items():
        if not isinstance(value, str) or not value:
            continue
        if value not in known:
            known[value] = [
                (KINDS[int(str(hit.lastgroup)[1:])], hit.group()) for hit in words.pattern.finditer(value)
            ]
        found.extend(
            {"column": column.name, "row": row, "kind": kind, "found": what, "language": words.name}
            for kind, what in known[value]
        )
    return found


def _as_pattern(word: str) -> str:
    parts = [re.escape(part.rstrip("*")) + (r"\w*" if part.endswith("*") else "") for part in word.split()]
    return r"\s+".join(parts)


def _special_words(content: Mapping[str, Any]) -> SpecialWords:
    lists = {}
    for part in ("columns", "words"):
        held = content[part]
        if not isinstance(held, dict) or set(held) - set(KINDS):
            raise ValueError(f"{part} must name kinds among {', '.join(KINDS)}")
        lists[part] = {
            str(kind): tuple(text(word, kind).lower() for word in listed)
            for kind, listed in held.items()
            if listed
        }
    if not lists["words"]:
        raise InputError("words must not be empty")
    return SpecialWords(
        **texts(content, "name", "title", "version", "source"), columns=lists["columns"], words=lists["words"]
    )


_SHELF = Shelf(
    "special",
    Path(__file__).parent / "packs" / "special",
    "list of special categories",
    f"name, title, version, source, columns and words, each by kind ({', '.join(KINDS)})",
    _special_words,
)
