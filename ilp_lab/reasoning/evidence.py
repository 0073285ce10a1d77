"""Sheets of evidence: rows of pieces, columns of hypotheses, cells in numbers or letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LETTERS = {"II": -2.0, "I": -1.0, "N": 0.0, "C": 1.0, "CC": 2.0}
WEIGHTS = {"high": 1.0, "moderate": 2 / 3, "medium": 2 / 3, "low": 1 / 3}
_NOT_ASSESSED = {"", "NA", "N/A", "?", "-", "UNKNOWN"}
_MOST = 2_000


@dataclass(frozen=True)
class Sheet:
    """Evidence against hypotheses, checked.

    Attributes
    ----------
    evidence, hypotheses
        What stands in rows and columns.
    cells
        Numbers; NaN where not assessed.
    weight
        Of each piece: credibility times relevance.
    source
        Of each piece, or ``None``.
    columns
        Which columns were used for what, and whether the library picked them.
    in_words
        Whether weights were given in words.
    """

    evidence: tuple[str, ...]
    hypotheses: tuple[str, ...]
    cells: NDArray[np.float64]
    weight: NDArray[np.float64]
    source: tuple[str, ...] | None
    columns: tuple[tuple[str, str, bool], ...]
    in_words: bool

    def frame(self) -> pd.DataFrame:
        """The cells as numbers, pieces as rows."""
        import pandas as pd

        return pd.DataFrame(
            self.cells, index=pd.Index(self.evidence, name="evidence"), columns=pd.Index(self.hypotheses)
        )


def read_sheet(
    matrix: Any,
    *,
    caller: str,
    hypotheses: Sequence[str] | None,
    evidence: str,
    credibility: str | None,
    relevance: str | None,
    source: str | None,
    likelihood: bool,
) -> Sheet:
    """Check a sheet of evidence and turn its cells into numbers; all faults at once."""
    check = Check(caller)
    if not check.frame(matrix, "the matrix"):
        check.done()
    have = [str(column) for column in matrix.columns]
    check.columns(matrix, [evidence], "the matrix")
    used: list[tuple[str, str, bool]] = []
    roles: dict[str, str | None] = {}
    for role, named, usual in (("credibility", credibility, "credibility"), ("relevance", relevance, "relevance"), ("source", source, "source_ref")):  # fmt: skip
        roles[role] = named or (usual if usual in have else None)
        if named is not None:
            check.columns(matrix, [named], "the matrix")
        if roles[role] is not None:
            used.append((role, str(roles[role]), named is None))
    taken = {evidence, *(name for name in roles.values() if name)}
    names = (
        tuple(str(name) for name in hypotheses)
        if hypotheses is not None
        else tuple(name for name in have if name not in taken)
    )
    check.columns(matrix, names, "the matrix")
    if len(names) < 2 or len(set(names)) != len(names):
        check.add(f"there must be at least two hypotheses, each in a column of its own; got {', '.join(names) or 'none'}.", ColumnError)  # fmt: skip
    if not 1 <= len(matrix) <= _MOST:
        check.add(f"the matrix must have 1 to {_MOST:,} pieces of evidence; it has {len(matrix):,}.")
    check.done()
    cells = _cells(check, matrix, names, likelihood=likelihood)
    weights = [_weights(check, matrix, roles[role], role) for role in ("credibility", "relevance")]
    what = matrix[evidence].astype("string").fillna("").str.strip()
    if (what == "").any():
        check.add(
            f"{int((what == '').sum())} pieces of evidence are not described in {evidence!r}.", ColumnError
        )
    check.done()
    told = (
        matrix[roles["source"]].astype("string").fillna(tr_later("not stated")) if roles["source"] else None
    )
    return Sheet(
        tuple(str(item) for item in what),
        names,
        cells,
        weights[0][0] * weights[1][0],
        tuple(str(item) for item in told) if told is not None else None,
        tuple(used),
        weights[0][1] or weights[1][1],
    )


def _cells(
    check: Check, matrix: pd.DataFrame, names: Sequence[str], *, likelihood: bool
) -> NDArray[np.float64]:
    cells = np.full((len(matrix), len(names)), np.nan)
    wrong: list[str] = []
    for across, name in enumerate(names):
        for down, value in enumerate(matrix[name].tolist()):
            number = _number(value, {} if likelihood else LETTERS)
            if number is None:
                continue
            fits = 0 < number <= 1 if likelihood else -2 <= number <= 2
            if not fits:
                wrong.append(
                    tr("{value!r} for {name!r} in row {down}").format(value=value, name=name, down=down + 1)
                )
            else:
                cells[down, across] = number
    if wrong:
        form = (
            "probabilities above 0 and at most 1"
            if likelihood
            else "numbers from -2 to 2, or II, I, N, C, CC"
        )
        check.add(f"cells must be {form}, or empty when not assessed; got {'; '.join(wrong[:3])}{' …' if len(wrong) > 3 else ''}.")  # fmt: skip
    elif len(names) and np.isnan(cells).all():
        check.add("no cell is assessed.")
    return cells


def _number(value: Any, letters: dict[str, float]) -> float | None:
    """A cell as a number; ``None`` when not assessed, NaN when it cannot be read."""
    import pandas as pd

    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, str):
        held = value.strip().upper()
        if held in _NOT_ASSESSED:
            return None
        if held in letters:
            return letters[held]
        value = held.replace("\N{MINUS SIGN}", "-").replace(",", ".")
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _weights(
    check: Check, matrix: pd.DataFrame, column: str | None, role: str
) -> tuple[NDArray[np.float64], bool]:
    weights = np.ones(len(matrix))
    if column is None:
        return weights, False
    in_words, wrong = False, []
    for down, value in enumerate(matrix[column].tolist()):
        word = value.strip().lower() if isinstance(value, str) else ""
        in_words |= word in WEIGHTS
        number = WEIGHTS[word] if word in WEIGHTS else _number(value, {})
        if number is None or not 0 <= number <= 1:
            wrong.append(tr("{value!r} in row {down}").format(value=value, down=down + 1))
        else:
            weights[down] = number
    if wrong:
        check.add(f"{role} ({column!r}) must be numbers from 0 to 1, or high, moderate, low; got {'; '.join(wrong[:3])}.")  # fmt: skip
    return weights, in_words
