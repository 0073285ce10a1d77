"""Scenarios on two axes, and the indicators that would tell which of them is coming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.result import Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_SEEN = {"yes": 1.0, "true": 1.0, "1": 1.0, "no": 0.0, "false": 0.0, "0": 0.0}
_REFERENCE = (
    "Heuer and Pherson 2014, Structured Analytic Techniques for Intelligence Analysis, 2nd edition, ISBN 978-1-4522-4151-7",
)


def scenarios(
    *, across: Sequence[str], along: Sequence[str], names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Lay out the four scenarios that two uncertain drivers span.

    Parameters
    ----------
    across, along
        A driver and its two ends: ``("port controls", "stay weak", "become strict")``. The drivers should matter most and be
        least certain, and one should not follow from the other.
    names
        Four names: first ends of both, second end across, second end along, second ends of both.

    Returns
    -------
    DataFrame
        ``scenario``, ``across``, ``along`` (the ends), ``premise`` in a sentence, and empty columns ``story`` and
        ``meaning_for_us`` to be written by people.

    Raises
    ------
    InputError
        When a driver lacks its ends, or names are not four.

    Examples
    --------
    >>> laid = scenarios(
    ...     across=("port controls", "stay weak", "become strict"), along=("demand", "falls", "grows")
    ... )
    >>> laid["premise"].tolist()[3]
    'port controls become strict and demand grows'
    """
    import pandas as pd

    check = Check("reasoning.scenarios")
    for name, driver in (("across", across), ("along", along)):
        if not (len(driver) == 3 and all(str(part).strip() for part in driver)):
            check.add(
                f"{name} must be a driver and its two ends, such as ('demand', 'falls', 'grows'); got {driver!r}."
            )
    if names is not None and len(set(names)) != 4:
        check.add(f"names must be four different names; got {list(names)!r}.")
    check.done()
    ends = [(across[1], along[1]), (across[2], along[1]), (across[1], along[2]), (across[2], along[2])]
    return pd.DataFrame(
        {
            "scenario": list(names)
            if names is not None
            else [tr("scenario {number}").format(number=number) for number in range(1, 5)],
            "across": [one for one, _ in ends],
            "along": [other for _, other in ends],
            "premise": [
                tr("{across} {one} and {along} {other}").format(
                    across=across[0], one=one, along=along[0], other=other
                )
                for one, other in ends
            ],
            "story": "",
            "meaning_for_us": "",
        }
    )


def indicators(
    table: pd.DataFrame,
    *,
    scenarios: Sequence[str] | None = None,
    indicator: str = "indicator",
    observed: str = "observed",
) -> Result:
    """Compare what was observed with what each scenario would let us expect.

    Parameters
    ----------
    table
        One row per indicator, one column per scenario with the probability of seeing the indicator if that scenario were
        coming: ``yes``, ``no``, or a number from 0 to 1; empty when the scenario says nothing about it.
    scenarios
        The columns; all that are not named otherwise when left out (columns of text that hold nothing of the kind do not
        count).
    indicator
        Column that describes the indicator.
    observed
        Column with ``yes``, ``no`` or empty (not known yet).

    Returns
    -------
    Result
        ``table``, one row per scenario, best fit first: ``scenario``, ``fits``, ``speaks_against`` (known indicators that
        agree and disagree), ``silent``, ``distance`` (mean absolute difference between expected and observed).
        ``details["indicators"]``: each indicator with how far it sets scenarios apart (``diagnosticity``), whether it is
        known, and ``next``: the order in which unknown ones are worth learning.

    Raises
    ------
    InputError, ColumnError
        When the table does not fit; all faults at once.

    Examples
    --------
    >>> import pandas as pd
    >>> watched = pd.DataFrame(
    ...     {
    ...         "indicator": ["new couriers", "price falls"],
    ...         "growth": ["yes", "yes"],
    ...         "decline": ["no", "yes"],
    ...         "observed": ["yes", None],
    ...     }
    ... )
    >>> indicators(watched).table["scenario"].tolist()
    ['growth', 'decline']
    """
    import pandas as pd

    caller = "reasoning.indicators"
    check = Check(caller)
    if check.frame(table, "the table"):
        check.columns(table, [indicator, observed, *(scenarios or ())], "the table")
        if not len(table):
            check.add("the table has no row.")
    check.done()
    names = list(scenarios) if scenarios is not None else _scenario_columns(table, {indicator, observed})
    if len(names) < 2:
        check.add(f"there must be at least two scenarios; got {', '.join(names) or 'none'}.", ColumnError)
    expected = (
        np.column_stack([_numbers(check, table, name) for name in names])
        if names
        else np.empty((len(table), 0))
    )
    seen = _numbers(check, table, observed, yes_or_no=True)
    check.done()
    gap = np.abs(expected - seen[:, None])
    told = ~np.isnan(gap)
    found = pd.DataFrame(
        {
            "scenario": names,
            "fits": (told & (np.nan_to_num(gap) < 0.5)).sum(axis=0),
            "speaks_against": (told & (np.nan_to_num(gap) > 0.5)).sum(axis=0),
            "silent": (~told).sum(axis=0),
            "distance": [
                column[~np.isnan(column)].mean() if (~np.isnan(column)).any() else np.nan for column in gap.T
            ],
        }
    ).sort_values(["distance", "speaks_against"], kind="stable", ignore_index=True)
    each = _each(table[indicator].astype("string").fillna("").tolist(), expected, seen)
    return Result(
        name=caller,
        title=tr_later("Indicators and scenarios"),
        table=found,
        method=tr("What was observed was compared with what each scenario would let us expect; an indicator counts for as much as it " "sets scenarios apart."),
        findings=_said(found, each),
        caveats=(tr("The expectations are judgements."), tr("What is coming may be in none of the scenarios.")),
        references=_REFERENCE,
        sources=(Source("indicators", len(table), fingerprint(np.nan_to_num(expected, nan=-1.0), np.nan_to_num(seen, nan=-1.0)), origin_of(table)),),
        handling=handling_of(table),
        details={"indicators": each},
    )  # fmt: skip


def _scenario_columns(table: pd.DataFrame, taken: set[str]) -> list[str]:
    """Columns whose every cell is yes, no, a share or empty, and some are not empty."""
    found = []
    for name in map(str, table.columns):
        if name in taken:
            continue
        values = _numbers(Check(""), table, name)
        if not np.isinf(values).any() and not np.isnan(values).all():
            found.append(name)
    return found


def _numbers(check: Check, table: Any, column: str, *, yes_or_no: bool = False) -> NDArray[np.float64]:
    """Yes, no and shares as numbers; NaN where empty; infinity, and a fault, where it cannot be read."""
    import pandas as pd

    values, wrong = [], []
    for cell in table[column].tolist():
        if cell is None or (not isinstance(cell, str) and pd.isna(cell)) or str(cell).strip() == "":
            values.append(np.nan)
            continue
        held = _SEEN.get(str(cell).strip().lower())
        if held is None and not yes_or_no:
            try:
                held = float(cell)
            except ValueError:
                held = None
        if held is None or not 0 <= held <= 1:
            wrong.append(repr(cell))
            held = np.inf
        values.append(held)
    if wrong:
        form = "'yes', 'no' or empty" if yes_or_no else tr("'yes', 'no', a number from 0 to 1, or empty")
        check.add(f"{column} must hold {form}; got {', '.join(wrong[:3])}.", ColumnError)
    return np.array(values, dtype=np.float64)


def _each(names: list[str], expected: NDArray[np.float64], seen: NDArray[np.float64]) -> pd.DataFrame:
    """Every indicator: how far it sets scenarios apart, whether it is known, which to learn next."""
    import pandas as pd

    apart = [row[~np.isnan(row)].std() if (~np.isnan(row)).any() else 0.0 for row in expected]
    table = pd.DataFrame({"indicator": names, "known": ~np.isnan(seen), "diagnosticity": apart})
    worth = table["diagnosticity"].where(~table["known"] & (table["diagnosticity"] > 0))
    table["next"] = worth.rank(method="first", ascending=False).astype("Int64")
    return table


def _said(found: pd.DataFrame, each: pd.DataFrame) -> tuple[str, ...]:
    known = int(each["known"].sum())
    if not known or found["distance"].isna().all():
        said = [tr("Nothing is known of the indicators yet, so no scenario stands before another.")]
    else:
        best = found[np.isclose(found["distance"].fillna(np.inf), found["distance"].min())]
        names = ", ".join(repr(str(name)) for name in best["scenario"])
        said = [
            tr("{known} of {n} indicators are known. ").format(known=known, n=len(each))
            + (
                tr("{names} fits them best.").format(names=names)
                if len(best) == 1
                else tr("They do not tell {names} apart.").format(names=names)
            )
        ]
    following = each.dropna(subset="next").sort_values("next")["indicator"].head(3).tolist()
    said.append(tr("Worth learning next: {names}.").format(names="; ".join(following)) if following else tr("No open indicator would set the scenarios apart; find better ones."))  # fmt: skip
    said.append(tr("Scenarios are not forecasts: together they show what to be ready for."))
    return tuple(said)
