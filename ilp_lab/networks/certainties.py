"""How likely each tie is: from the grades of reports, a column, or numbers the analyst set; used only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import ColumnError
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.result import Param

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Ties

    Certainty: TypeAlias = str | "pd.Series[float]" | None

GRADES = "grades"
UNGRADED = 0.5


def given_certainty(
    chart: LinkChart, certainty: Certainty | object, faults: Check
) -> tuple[NDArray[np.float64] | None, tuple[Param, ...]]:
    """Certainty per link of the chart as asked for: by grades, from a column, as numbers, or none."""
    import pandas as pd

    if certainty is None:
        return None, (Param("certainty", tr_later("every link is taken as certain")),)
    if isinstance(certainty, str) and certainty == GRADES and GRADES not in chart.links:
        return _by_grades(chart)
    if isinstance(certainty, pd.Series):
        told = str(certainty.attrs.get("ilp_lab_weights", "numbers that were given"))
        values = certainty.reindex(chart.links.index)
    elif isinstance(certainty, str):
        faults.columns(chart.links, (certainty,), "the chart's table of links")
        if certainty not in chart.links:
            return None, ()
        told, values = tr("column {certainty!r}").format(certainty=certainty), chart.links[certainty]
    else:
        faults.add(
            "certainty must be 'grades', a column of the links, or numbers on their index (evaluation.certainty makes them); "
            f"got {type(certainty).__name__}."
        )
        return None, ()
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if not (np.isfinite(numbers) & (numbers >= 0) & (numbers <= 1)).all():
        faults.add(
            f"certainty ({told}) must be a number from 0 (surely not) to 1 (surely) for every link; it is another or none for some.",
            ColumnError,
        )
        return None, ()
    return numbers, (Param("certainty", told),)


def _by_grades(chart: LinkChart) -> tuple[NDArray[np.float64], tuple[Param, ...]]:
    """The convention of the grading scheme's pack; links without a valid grade count half."""
    from ilp_lab.evaluation import certainty

    found = certainty(chart.links)
    without = int(found.isna().sum())
    settings = [Param("certainty", found.attrs["ilp_lab_weights"])]
    if without:
        settings.append(
            Param(
                tr_later("certainty of links without a valid grade"),
                UNGRADED,
                chosen=True,
                why=trn("{without:,} link", "{without:,} links", without).format(without=without),
            )
        )
    return np.asarray(found.fillna(UNGRADED), dtype=np.float64), tuple(settings)


def of_ties(
    chart: LinkChart, used: pd.DataFrame, ties: Ties, sure: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Certainty of ties from that of the chart's links."""
    inside = sure[chart.links.index.get_indexer(used.index)]
    return tie_certainty(inside, used["reference"], ties.tie_of, len(ties.source))


def tie_certainty(
    certainty: NDArray[np.float64], references: pd.Series, tie_of: NDArray[np.int64], ties: int
) -> NDArray[np.float64]:
    """Certainty of ties from that of their links: reports err independently, links of one report stand or fall together."""
    import pandas as pd

    number = pd.Series(np.arange(len(references)), index=references.index).astype("string")
    frame = pd.DataFrame(
        {
            "tie": tie_of,
            "report": references.astype("string").fillna("row " + number).to_numpy(),
            "sure": certainty,
        }
    )
    reports = frame.groupby(["tie", "report"], sort=False)["sure"].max().reset_index()
    with np.errstate(divide="ignore"):
        doubt = np.log1p(-reports["sure"].to_numpy())
    summed = np.bincount(reports["tie"], weights=doubt, minlength=ties)
    return np.asarray(1.0 - np.exp(summed), dtype=np.float64)
