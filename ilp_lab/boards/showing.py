"""What a board shows: sentences, numbers, pictures and tables, as the screen lays them out.

>>> fact("visits", "Visits", "40")["label"]
'Visits'
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._tongue import few_digits, figure, looked_up, moment_in_words, short_day, tr, trn, worded

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.result import Result
    from ilp_lab.views import Page

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Tone = Literal["", "good", "warn", "bad"]
Block = dict[str, Any]
ROWS = 50
_SMALL = 0.001


@dataclass(frozen=True)
class View:
    """What a board answers.

    Attributes
    ----------
    answer
        The answer in sentences; the first is the headline.
    facts
        The few numbers behind it, from :func:`fact`.
    tables
        Name → table.
    results
        Name → result of an analysis, with its method.
    notes
        What weakens it, or must be kept in mind.
    """

    answer: tuple[str, ...]
    facts: tuple[Block, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.answer)


def fact(name: str, label: str, value: object, *, note: str = "", tone: Tone = "") -> Block:
    """One number with what it is."""
    return {"name": name, "label": label, "value": said(value), "note": note, "tone": tone}


def said(value: Any) -> str:
    """A value as people write it.

    Examples
    --------
    >>> said(1234.56), said(None), said(float("nan")), said(3), said(True)
    ('1,235', '', '', '3', 'yes')
    """
    import numpy as np
    import pandas as pd

    if isinstance(value, bool | np.bool_):
        return tr("yes") if value else tr("no")
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, int | np.integer):
        return figure(int(value), ",")
    if isinstance(value, float | np.floating):
        return few_digits(float(value))
    if isinstance(value, datetime):
        return moment_in_words(value)
    if isinstance(value, date):
        return short_day(value)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(said(one) for one in value)
    day = day_of(value)
    text = value if isinstance(value, str) else str(value)
    return str(worded(text)) if day is None else short_day(day)


def day_of(value: Any) -> date | None:
    """The day that a text such as ``2026-05-01`` stands for; records hold days as such texts.

    Examples
    --------
    >>> day_of("2026-05-01"), day_of("2026-13-01"), day_of("May")
    (datetime.date(2026, 5, 1), None, None)
    """
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def share(value: float) -> str:
    """A share between 0 and 1 in per cent, so that small ones are not lost.

    Examples
    --------
    >>> share(0.415), share(0.0042), share(1.0), share(0.0)
    ('41.5%', '0.42%', '100%', '0%')
    """
    if value != value:  # noqa: PLR0124  (not a number)
        return ""
    percent = 100 * value
    digits = 0 if percent in {0.0, 100.0} else 1 if abs(percent) >= 1 else 2
    return figure(value, f".{digits}%")


def chance(value: float) -> str:
    """A probability of chance as people read it: one that is nearly nothing is never nothing.

    Examples
    --------
    >>> chance(0.0), chance(0.00004), chance(0.0312), chance(float("nan"))
    ('under 0.001', 'under 0.001', '0.031', '')
    """
    if value != value:  # noqa: PLR0124  (not a number)
        return ""
    if value < _SMALL:
        return tr("under {number}").format(number=figure(_SMALL, ".3f"))
    return figure(value, ".3f" if value < 0.1 else ".2f")


def answer_block(view: View) -> Block:
    """The answer in words."""
    return {"kind": "answer", "lines": list(view.answer)}


def facts_block(view: View) -> Block:
    """The numbers behind it."""
    return {"kind": "facts", "heading": "", "items": list(view.facts)}


def notes_block(lines: Iterable[str], *, heading: str | None = None) -> Block:
    """What must be kept in mind."""
    return {
        "kind": "notes",
        "heading": tr("Keep in mind") if heading is None else heading,
        "lines": list(lines),
    }


def table_block(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    *,
    name: str,
    heading: str,
    rows: int = ROWS,
    percent: Sequence[str] = (),
    chances: Sequence[str] = (),
    ours: Sequence[str] = (),
    hints: Mapping[str, str] | None = None,
    tone: Callable[[Any], Tone] | None = None,
    note: str = "",
) -> Block:
    """A table: the named columns under their names for people.

    Parameters
    ----------
    frame
        The rows.
    columns
        Column → what it is called on the screen, in the order they are shown; those that are missing are left out.
    name, heading
        For tests, and for people.
    rows
        The first so many are shown; how many there are is said.
    percent
        Columns that hold shares between 0 and 1.
    chances
        Columns that hold probabilities of chance: tiny ones are said to be tiny, never nothing.
    ours
        Columns that hold words of the library and not of the user: they are said in the language spoken.
    hints
        Column → a sentence that tells what it means, for those that need one; it stands under the table and beside the heading.
    tone
        Says for a row (a named tuple) whether it is marked.
    note
        A sentence above the table.
    """
    import pandas as pd

    kept = [column for column in columns if column in frame]
    shown = frame.head(rows)[kept]
    numeric = [
        pd.api.types.is_numeric_dtype(shown[column]) and not pd.api.types.is_bool_dtype(shown[column])
        for column in kept
    ]
    written: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(percent, share),
        **dict.fromkeys(chances, chance),
        **dict.fromkeys(ours, lambda value: looked_up(said(value))),
    }
    cells = [[written.get(column, said)(value) for value in shown[column]] for column in kept]
    meanings = hints or {}
    counted = (
        trn("{shown:,} of {all:,} row", "{shown:,} of {all:,} rows", len(frame)).format(
            shown=len(shown), all=len(frame)
        )
        if len(frame) > rows
        else tr("Rows: {all:,}").format(all=len(frame))
    )
    block: Block = {
        "kind": "table",
        "name": name,
        "heading": heading,
        "note": f"{note} {counted}".strip(),
        "columns": [
            {"label": columns[column], "number": bool(number), "hint": meanings.get(column, "")}
            for column, number in zip(kept, numeric, strict=True)
        ],
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "values": [
            [_orders(value) for value in shown[column]] if number or _of_time(shown[column]) else None
            for column, number in zip(kept, numeric, strict=True)
        ],
    }
    if tone is not None:
        block["tones"] = [tone(row) for row in frame.head(rows).itertuples()]
    return block


def _of_time(values: pd.Series) -> bool:
    """Whether a column holds days or times, which are sorted by what they are, not by how they are written."""
    known = [value for value in values.dropna() if value != ""]
    return len(known) > 0 and all(isinstance(value, date) or day_of(value) is not None for value in known)


def _orders(value: Any) -> float | None:
    """The number by which a value is sorted on the screen; times of a column are all with a zone, or all without."""
    import pandas as pd

    if pd.isna(value) or value == "":
        return None
    value = day_of(value) or value
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def picture_block(figure: Any, *, name: str, heading: str) -> Block:
    """A figure, with its words for those who cannot see it."""
    from ilp_lab import views

    return {
        "kind": "picture",
        "name": name,
        "heading": heading,
        "alternative": str(getattr(figure, "alternative", "") or heading),
        "source": "data:image/png;base64," + b64encode(views.png(figure)).decode(),
    }


def page_block(page: Page, *, name: str, heading: str, note: str = "", height_px: int | None = None) -> Block:
    """A page that can be clicked, such as a map, and a sentence above it."""
    return {
        "kind": "page",
        "name": name,
        "heading": heading,
        "note": note,
        "title": page.title,
        "html": page.html,
        "height": height_px or page.height_px,
    }


def method_block(results: Sequence[Result]) -> Block:
    """How it was worked out, for those who must defend it."""
    text = "\n\n".join(result.method_statement() for result in results)
    return folded_block(text, name="method", heading=tr("How this was worked out"))


def folded_block(text: str, *, name: str, heading: str) -> Block:
    """A text as it stands, which opens on a click."""
    return {"kind": "method", "name": name, "heading": heading, "text": text}
