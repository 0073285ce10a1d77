"""Square matrices of who is tied to whom, and what is wrong with those that only look like one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later, trn
from ilp_lab.errors import ColumnError
from ilp_lab.intake.files import Raw
from ilp_lab.intake.naming import identifiers
from ilp_lab.intake.roles import plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_LIKELY = 0.5


@dataclass
class _Grid:
    """A table as a grid: names across and down (``None`` where there are none), cells, and the line of each row.

    ``sure`` says that the table keeps a column free for names, which no list does.
    """

    across: list[str] | None
    down: list[str] | None
    cells: pd.DataFrame
    lines: NDArray[np.int64]
    sure: bool = False


def square(raw: Raw, names: Mapping[str, Sequence[str]], caller: str) -> tuple[pd.DataFrame, str] | None:
    """Links of a square matrix and how it was read; ``None`` when the table is a list.

    Parameters
    ----------
    raw
        The table as it stands.
    names
        Role → names of columns of a list; a table that has a source and a target is one.
    caller
        Named in errors.

    Raises
    ------
    ColumnError
        When the table is a matrix but not a square one, or has cells that are no numbers.
    """
    grid = _grid(raw)
    if grid is None or _is_list(raw.frame, names):
        return None
    notes: list[str] = []
    across, down = grid.across, grid.down
    cells = grid.cells
    if across is not None and down is not None:
        if not _alike(across, down):
            return None
        _same_names(across, down, raw.name, caller)
        if across != down:
            cells = cells.iloc[:, [across.index(name) for name in down]]
            notes.append(tr_later("its columns were put into the order of its rows"))
        found = down
    else:
        values = cells.apply(_to_number).to_numpy(dtype=np.float64)
        sure = grid.sure or _plausible(values)
        if values.shape[0] != values.shape[1] or np.isnan(values).any() or not sure:
            return None
        found = across or down or [str(number) for number in range(1, len(values) + 1)]
        notes.append(
            tr_later("only its columns are named, so both are taken in that order") if across
            else tr_later("only its rows are named, so both are taken in that order") if down
            else tr_later("no names, so entities are numbered from 1")
        )  # fmt: skip
    values = _numbers(cells, found, raw.name, caller, notes)
    return _unfold(values, found, grid.lines, notes)


def _grid(raw: Raw) -> _Grid | None:
    frame = raw.frame.drop(columns=["source_row", "source_file"], errors="ignore")
    lines = raw.line_of_rows()
    if frame.shape[1] and list(map(str, frame.index)) == list(map(str, frame.columns)):
        names = [str(name) for name in frame.columns]
        return _Grid(names, names, frame, lines)  # an adjacency table with names in its index
    if frame.shape[1] < 3 or len(frame) < 2:
        return None
    headed = not all(str(name).startswith("column_") for name in frame.columns)
    across = [str(name) for name in frame.columns] if headed else None
    if not headed and _missing(frame.iloc[0, 0]) and not frame.iloc[0, 1:].isna().any():
        across = ["", *_texts(frame.iloc[0, 1:].tolist())]  # numbers as names make a header look like values
        frame, lines = frame.iloc[1:], lines[1:]
    first = frame.iloc[:, 0]
    if first.isna().all():
        return _Grid(across[1:] if across else None, None, frame.iloc[:, 1:], lines, sure=True)
    named = across is not None and (
        not across[0]
        or across[0].startswith("column_")
        or len(set(across[1:]) & set(_texts(first.tolist()))) > 1
    )
    if named or (across is None and not _all_numbers(first)):
        return _Grid(across[1:] if across else None, _texts(first.tolist()), frame.iloc[:, 1:], lines)
    return _Grid(across, None, frame, lines)


def _is_list(frame: pd.DataFrame, names: Mapping[str, Sequence[str]]) -> bool:
    """Whether columns with telling names (not just a letter) say that the table lists links."""
    have = {plain(column) for column in frame.columns}
    return all(
        any(len(plain(name)) > 1 and plain(name) in have for name in names[end])
        for end in ("source", "target")
    )


def _alike(across: list[str], down: list[str]) -> bool:
    """Whether names down and across are of the same things."""
    both = len(set(across) & set(down))
    return both >= max(2, _LIKELY * min(len(across), len(down)))


def _same_names(across: list[str], down: list[str], name: str, caller: str) -> None:
    for where, some in (("down", down), ("across", across)):
        twice = sorted({one for one in some if some.count(one) > 1})
        if twice:
            raise ColumnError(
                f"{caller}: the matrix in {name} names {', '.join(map(repr, twice[:5]))} twice {where}; rename one."
            )
    only = [sorted(set(one) - set(other)) for one, other in ((down, across), (across, down))]
    if only[0] or only[1]:
        said = [
            f"only {where}: {', '.join(map(repr, some[:5]))}{', ...' if len(some) > 5 else ''}"
            for where, some in zip(("down", "across"), only, strict=True)
            if some
        ]
        raise ColumnError(
            f"{caller}: the matrix in {name} is not square: {len(down):,} rows by {len(across):,} columns ({'; '.join(said)}). "
            "Give both sides the same names; persons by events are read with intake.read_events."
        )


def _numbers(
    cells: pd.DataFrame, names: list[str], name: str, caller: str, notes: list[str]
) -> NDArray[np.float64]:
    values = np.array(cells.apply(_to_number).to_numpy(dtype=np.float64))
    none = np.isnan(values)
    if none.any():
        filled = none & cells.notna().to_numpy()
        if filled.any():
            row, column = np.argwhere(filled)[0]
            raise ColumnError(
                f"{caller}: {int(filled.sum()):,} cells of the matrix in {name} are no numbers, the first in row {names[row]!r}, "
                f"column {names[column]!r}: {cells.iloc[row, column]!r}. Write 0 where there is no tie."
            )
        notes.append(
            trn(
                "{n:,} empty cell was taken as no tie",
                "{n:,} empty cells were taken as no tie",
                int(none.sum()),
            ).format(n=int(none.sum()))
        )
        values[none] = 0.0
    return values


def _unfold(
    values: NDArray[np.float64], names: list[str], lines: NDArray[np.int64], notes: list[str]
) -> tuple[pd.DataFrame, str]:
    import pandas as pd

    symmetric = bool(np.array_equal(values, values.T))
    one, other = np.nonzero(np.triu(values) if symmetric else values)
    table = pd.DataFrame(
        {
            "source": [names[at] for at in one],
            "target": [names[at] for at in other],
            "strength": values[one, other],
            "source_row": lines[one],
        }
    )
    how = (
        tr("A matrix of {n:,} entities was read; it is symmetric, so every pair was read once{more}.")
        if symmetric
        else tr("A matrix of {n:,} entities was read; it is not symmetric, so links have a direction{more}.")
    )
    below = int((values < 0).sum())
    if below:
        notes.append(
            trn(
                "{n:,} cell is below zero and stays so", "{n:,} cells are below zero and stay so", below
            ).format(n=below)
        )
    return table, how.format(n=len(names), more="".join(f"; {again(note)}" for note in notes))


def _plausible(values: NDArray[np.float64]) -> bool:
    """Whether a square of bare numbers is a matrix rather than a list that happens to be square."""
    return len(values) >= 3 and bool(
        (values >= 0).all() and (not np.diag(values).any() or np.array_equal(values, values.T))
    )


def _texts(values: list[Any]) -> list[str]:
    import pandas as pd

    return [str(name) for name in identifiers(pd.Series(values)).fillna("").tolist()]


def _missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value)) or value == ""


def _all_numbers(column: pd.Series) -> bool:
    return bool(_to_number(column).notna().all())


def _to_number(column: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.to_numeric(column, errors="coerce")
