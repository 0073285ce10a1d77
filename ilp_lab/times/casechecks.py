"""The checks of the tables of a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.times.moments import check_times

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab._check import Check


def check_cases(
    check: Check, cases: Any, model: str, population: Any, count: str | None, centres: Any, *, timed: bool
) -> None:
    """The checks of a scan's tables."""
    if timed:
        check_times(check, cases, "cases")
    if not check.frame(cases, "cases") or not check.places(cases, "cases"):
        return
    if centres is not None:
        check.places(centres, "centres")
    if count is not None:
        _check_number(check, cases, count, "cases", "count")
    if model == "permutation":
        if population is not None:
            check.add("population is not used by model='permutation'; leave it out, or take 'poisson'.")
    elif population is None:
        needed = (
            tr_later("a column or a table with the population")
            if model == "poisson"
            else tr("a column that says which rows are cases, or a table of controls")
        )
        check.add(f"model={model!r} needs population: {needed}.")
    elif isinstance(population, str):
        _check_number(check, cases, population, "cases", "population")
        if model == "bernoulli" and population in cases and not _two_valued(cases[population]):
            check.add(
                f"population={population!r} must say true or false (1 or 0) of each row: case or control.",
                ColumnError,
            )
    elif check.places(population, "population") and model == "poisson":
        _check_number(check, population, "population", "population", "its column")
    elif timed and hasattr(population, "columns"):
        check_times(check, population, "population (the controls)")


def _two_valued(column: pd.Series) -> bool:
    kind = column.dtype.kind
    return kind not in "iufb" or set(column.dropna().unique().tolist()) <= {0, 1}


def _check_number(check: Check, table: Any, column: str, name: str, argument: str) -> None:
    check.columns(table, [column], name)
    if column in table:
        kind = table[column].dtype.kind
        if kind not in "iufb":
            check.add(
                f"{argument}={column!r} must be a column of numbers; it holds {table[column].dtype}.",
                ColumnError,
            )
            return
        values = table[column].to_numpy(dtype=np.float64, na_value=np.nan)
        if (values < 0).any() or np.isinf(values).any():
            check.add(f"{argument}={column!r} must not hold numbers below 0 or without end.", ColumnError)
