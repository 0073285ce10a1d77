"""What a board shows: sentences, numbers, pictures and tables, as the screen lays them out.

>>> fact("visits", "Visits", "40")["label"]
'Visits'
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._tongue import few_digits, figure, tr, worded

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.result import Result
    from ilp_lab.views import Page

Tone = Literal["", "good", "warn", "bad"]
Block = dict[str, Any]
ROWS = 50


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
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(said(one) for one in value)
    return worded(str(value))


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
    cells = [
        [share(value) if column in percent else said(value) for value in shown[column]] for column in kept
    ]
    counted = (
        tr("{shown:,} of {all:,} rows").format(shown=len(shown), all=len(frame))
        if len(frame) > rows
        else tr("Rows: {all:,}").format(all=len(frame))
    )
    block: Block = {
        "kind": "table",
        "name": name,
        "heading": heading,
        "note": f"{note} {counted}".strip(),
        "columns": [
            {"label": columns[column], "number": bool(number)}
            for column, number in zip(kept, numeric, strict=True)
        ],
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "values": [
            [None if pd.isna(value) else float(value) for value in shown[column]] if number else None
            for column, number in zip(kept, numeric, strict=True)
        ],
    }
    if tone is not None:
        block["tones"] = [tone(row) for row in frame.head(rows).itertuples()]
    return block


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


def page_block(page: Page, *, name: str, heading: str, height_px: int | None = None) -> Block:
    """A page that can be clicked, such as a map."""
    return {
        "kind": "page",
        "name": name,
        "heading": heading,
        "title": page.title,
        "html": page.html,
        "height": height_px or page.height_px,
    }


def method_block(results: Sequence[Result]) -> Block:
    """How it was worked out, for those who must defend it."""
    return {
        "kind": "method",
        "heading": tr("How this was worked out"),
        "text": "\n\n".join(result.method_statement() for result in results),
    }
