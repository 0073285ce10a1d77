"""Grades as numbers, for those who ask for them: a convention that is printed, never a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.evaluation.conversion import grades_of
from ilp_lab.evaluation.grading import DEFAULT, scheme

if TYPE_CHECKING:
    import pandas as pd

Weights = Mapping[Literal["source", "information"], Mapping[str, float]]
_HOW = {
    "product": tr_later("source weight times information weight"),
    "minimum": tr_later("the smaller of the two weights"),
}


def weights(name: str = DEFAULT) -> pd.DataFrame:
    """List the certainty weights that a scheme's pack proposes.

    Parameters
    ----------
    name
        The scheme.

    Returns
    -------
    DataFrame
        ``scale`` (source or information), ``code``, ``meaning``, ``weight`` (0 to 1).

    Examples
    --------
    >>> weights("6x6").set_index(["scale", "code"])["weight"].loc["source"].to_dict()
    {'A': 1.0, 'B': 0.75, 'C': 0.5, 'D': 0.25, 'E': 0.0, 'F': 0.5}
    """
    import pandas as pd

    chosen = scheme(name)
    rows = [
        (scale, grade.code, grade.meaning, grade.weight)
        for scale, grades in (("source", chosen.source_grades), ("information", chosen.information_grades))
        for grade in grades.values()
    ]
    return pd.DataFrame(rows, columns=["scale", "code", "meaning", "weight"])


def certainty(
    reports: pd.DataFrame,
    *,
    combine: Literal["product", "minimum"] = "product",
    own_weights: Weights | None = None,
) -> pd.Series[float]:
    """Turn grades into numbers between 0 and 1, by weights that are printed with them.

    Nothing in the library does this unasked. The weights are a convention of the pack, not a measured share of reports that
    turned out right: repeat what rests on them with others, and say so.

    Parameters
    ----------
    reports
        Reports or links with ``source_grade``, ``information_grade`` and, where it is not 4x4, ``scheme``.
    combine
        How the two weights become one: their product, or the smaller one.
    own_weights
        ``{"source": {"A": 1.0, ...}, "information": {"1": 1.0, ...}}``; codes left out keep the pack's weight.

    Returns
    -------
    Series
        On the index of ``reports``; not-a-number where a grade is missing or not valid.
        ``.attrs["ilp_lab_weights"]`` says in words how it was made.

    Raises
    ------
    InputError, ColumnError
        When a weight is not between 0 and 1, or a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source_grade": ["A", "B", "X", None], "information_grade": ["1", "2", "4", "1"]})
    >>> sure = certainty(links)
    >>> sure.tolist()
    [1.0, 0.5625, 0.125, nan]
    >>> print(sure.attrs["ilp_lab_weights"])
    4x4 (pack version 1): source A 1, B 0.75, C 0.25, X 0.5; information 1 1, 2 0.75, 3 0.5, 4 0.25; source weight times
    information weight. A convention, not a measurement.
    """
    import numpy as np
    import pandas as pd

    caller = "evaluation.certainty"
    check = Check(caller)
    check.choice(combine=combine, allowed=tuple(_HOW))
    for scale, given in (own_weights or {}).items():
        check.choice(scale=scale, allowed=("source", "information"))
        for code, weight in given.items():
            check.between(0, 1, **{f"own_weights[{scale!r}][{code!r}]": weight})
    check.done()
    rows = grades_of(reports, caller)
    used = {name: _table(name, own_weights or {}) for name in sorted({name for _, name, _, _ in rows})}
    values = []
    for _, name, source, information in rows:
        left, right = used[name][0].get(source, np.nan), used[name][1].get(information, np.nan)
        values.append(left * right if combine == "product" else float(np.minimum(left, right)))
    answer = pd.Series(values, index=reports.index, name="certainty", dtype=float)
    said = "; ".join(_said(name, *used[name]) for name in used)
    answer.attrs["ilp_lab_weights"] = tr("{said}; {HOW}. A convention, not a measurement.").format(
        said=said, HOW=_HOW[combine]
    )
    return answer


def _table(name: str, own: Weights) -> tuple[dict[str, float], dict[str, float]]:
    chosen = scheme(name)
    source = {code: grade.weight for code, grade in chosen.source_grades.items()} | dict(
        own.get("source", {})
    )
    information = {code: grade.weight for code, grade in chosen.information_grades.items()}
    return source, information | dict(own.get("information", {}))


def _said(name: str, source: Mapping[str, float], information: Mapping[str, float]) -> str:
    def listed(table: Mapping[str, float]) -> str:
        return ", ".join(f"{code} {weight:g}" for code, weight in table.items())

    return tr("{name} (pack version {version}): source {listed}; information {listed_2}").format(
        name=name, version=scheme(name).version, listed=listed(source), listed_2=listed(information)
    )
