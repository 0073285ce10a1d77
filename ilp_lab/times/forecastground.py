"""What a forecast of places stands on: cells, incidents in them, which were discovered, and what must be said with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.cells import check_points, study_cells
from ilp_lab._ground.membership import first_area
from ilp_lab._ground.studyarea import StudyArea, usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.times.forecastmodels import Past
from ilp_lab.times.moments import Moments, check_times, moments

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

CAVEATS = (
    tr_later("It forecasts records, not crime: what nobody reports or looks for is not in it."),
    tr_later(
        "Patrols sent by it find more there, which raises the next forecast; keep some patrols elsewhere and count reported "
        "incidents only."
    ),
    tr_later("It is about places, never about persons; nobody is a suspect for being in a cell."),
)
REFERENCES = (
    "Chainey, Tompson and Uhlig 2008, The utility of hotspot mapping for predicting spatial patterns of crime, doi:10.1057/palgrave.sj.8350066",
    "Bowers, Johnson and Pease 2004, Prospective hot-spotting, doi:10.1093/bjc/azh036",
    "Mohler et al. 2011, Self-exciting point process modeling of crime, doi:10.1198/jasa.2011.ap09546",
    "White, Hunt and Green 2023, A discussion of current crime forecasting indices, Security Journal",
    "Ensign et al. 2018, Runaway feedback loops in predictive policing; Lum and Isaac 2016, To predict and serve? doi:10.1111/j.1740-9713.2016.00960.x",
)


@dataclass(frozen=True)
class Ground:
    """Cells, incidents in them, which were discovered by the police rather than reported, and of how many it is not told."""

    area: StudyArea
    held: Moments
    cell: NDArray[np.int64]
    discovered: NDArray[np.bool_]
    reasons: NDArray[np.object_]
    untold: int = 0

    def past(self, day: int, horizon: int, *, without: NDArray[np.bool_] | None = None) -> Past:
        """What is known on a day; ``without`` leaves incidents out."""
        known = self.held.day < day
        if without is not None:
            known &= ~without
        return Past(
            self.area,
            self.cell[known],
            self.held.x[known],
            self.held.y[known],
            day - self.held.day[known],
            horizon,
        )

    def happened(self, day: int, horizon: int) -> NDArray[np.float64]:
        """Incidents by cell from a day on."""
        within = (self.held.day >= day) & (self.held.day < day + horizon)
        return np.bincount(self.cell[within], minlength=len(self.area.cells)).astype(np.float64)


def check_forecast(
    check: Check,
    incidents: Any,
    discovered: Any,
    cell_m: float,
    study_area: Any,
    area_share: float,
    horizon_days: int,
) -> None:
    """The checks that forecasts and their tests begin with."""
    check_points(check, incidents, study_area, cell_m, "square", None)
    check_times(check, incidents)
    check.between(0.001, 0.5, area_share=area_share)
    check.whole(1, horizon_days=horizon_days)
    _check_discovered(check, incidents, discovered)


def _check_discovered(check: Check, incidents: Any, discovered: Any) -> None:
    """A column of true and false, or a list of offences that occur."""
    if not hasattr(incidents, "columns"):
        return
    if isinstance(discovered, str):
        check.columns(incidents, [discovered], "incidents")
        if discovered in incidents:
            told = set(incidents[discovered].dropna().unique().tolist())
            if not told <= {0, 1}:
                check.add(
                    f"discovered={discovered!r} must be a column of true and false; it holds {', '.join(map(repr, sorted(map(str, told))[:4]))}."
                )
        return
    if discovered is None or not hasattr(discovered, "__iter__"):
        check.add(
            "discovered must name a column of true and false, or list the offences that the police find themselves ([]: all were reported); "
            f"got {discovered!r}."
        )
        return
    wanted = [str(one) for one in discovered]
    if not wanted:
        return
    check.columns(incidents, ["offence"], "incidents")
    if "offence" in incidents and len(incidents):
        held = sorted(map(str, incidents["offence"].dropna().unique()))
        unknown = [one for one in wanted if one not in held]
        if unknown:
            check.add(
                f"discovered lists offences that do not occur: {', '.join(map(repr, unknown))}; the file has {', '.join(map(repr, held[:12]))}"
                f"{', …' if len(held) > 12 else ''}."
            )


def ground_for(
    incidents: gpd.GeoDataFrame, discovered: str | Sequence[str], cell_m: float, study_area: Any, caller: str
) -> Ground:
    """The cells and the incidents in them.

    Raises
    ------
    InputError
        When there are fewer than fifty.
    """
    metric = _metric.choose(study_area, incidents, caller=caller)
    held = moments(incidents, caller, metric=metric, at_least=50)
    points = usable_points(incidents, metric, None)
    area = study_cells(points, metric, study_area=study_area, cell_m=cell_m, shape="square", caller=caller)
    cell = area.locate(held.x, held.y)
    inside = cell >= 0
    reasons = held.reasons.copy()
    reasons[held.used[~inside]] = tr_later("outside the study area")
    if inside.sum() < 50:
        raise InputError(
            f"{caller}: {int(inside.sum())} incidents lie in the study area; at least 50 are needed to forecast anything."
        )
    rows = incidents.iloc[held.used[inside]]
    untold = 0
    if isinstance(discovered, str):
        untold = int(rows[discovered].isna().sum())
        found = rows[discovered].astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    else:
        found = (
            rows["offence"].astype("string").isin(list(discovered)).to_numpy(dtype=bool)
            if len(discovered)
            else np.zeros(len(rows), bool)
        )
    kept = replace(
        held, x=held.x[inside], y=held.y[inside], seconds=held.seconds[inside], used=held.used[inside]
    )
    return Ground(area, kept, cell[inside], found, reasons, untold)


def untold_caveat(ground: Ground) -> tuple[str, ...]:
    """Said where the file does not tell of every incident whether the police discovered it."""
    if not ground.untold:
        return ()
    return (
        tr(
            "Of {untold:,} incidents the file does not tell whether the police discovered them; they count as reported."
        ).format(untold=ground.untold),
    )


def surface_values(surface: Any, column: Any, ground: Ground, caller: str) -> NDArray[np.float64]:
    """A given surface by cell, taken at the cells' centres.

    Raises
    ------
    InputError, ColumnError, CRSError
        When it does not fit or lies elsewhere.
    """
    check = Check(caller)
    if check.places(surface, "surface"):
        check.columns(surface, [column], "surface")
        if column in surface and surface[column].dtype.kind not in "iuf":
            check.add(
                f"surface_column={column!r} must be a column of numbers; it holds {surface[column].dtype}."
            )
    check.done()
    table = _metric.to_metric(surface, ground.held.metric)
    x, y = (axis.ravel()[ground.area.cells] for axis in ground.area.lattice.centres())
    first, _ = first_area(np.asarray(table.geometry), x, y)
    values = table[column].to_numpy(dtype=np.float64, na_value=0.0)
    if not (first >= 0).any():
        raise InputError(f"{caller}: surface and incidents do not lie in the same place.")
    return np.where(first >= 0, values[first], 0.0) * ground.area.share
