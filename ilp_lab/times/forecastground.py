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
from ilp_lab.errors import InputError
from ilp_lab.times.forecastmodels import Past
from ilp_lab.times.moments import Moments, check_times, moments

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

CAVEATS = (
    "It forecasts records, not crime: what nobody reports or looks for is not in it.",
    "Patrols sent by it find more there, which raises the next forecast; keep some patrols elsewhere and count reported incidents only.",
    "It is about places, never about persons; nobody is a suspect for being in a cell.",
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
    """Cells, incidents in them, and which were discovered by the police rather than reported."""

    area: StudyArea
    held: Moments
    cell: NDArray[np.int64]
    discovered: NDArray[np.bool_]
    reasons: NDArray[np.object_]

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
    if isinstance(discovered, str) and hasattr(incidents, "columns"):
        check.columns(incidents, [discovered], "incidents")
    elif not isinstance(discovered, str) and len(discovered) and hasattr(incidents, "columns"):
        check.columns(incidents, ["offence"], "incidents")


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
    reasons[held.used[~inside]] = "outside the study area"
    if inside.sum() < 50:
        raise InputError(
            f"{caller}: {int(inside.sum())} incidents lie in the study area; at least 50 are needed to forecast anything."
        )
    rows = incidents.iloc[held.used[inside]]
    if isinstance(discovered, str):
        found = rows[discovered].fillna(0).astype(bool).to_numpy()
    else:
        found = (
            rows["offence"].astype("string").isin(list(discovered)).to_numpy(dtype=bool)
            if len(discovered)
            else np.zeros(len(rows), bool)
        )
    kept = replace(
        held, x=held.x[inside], y=held.y[inside], seconds=held.seconds[inside], used=held.used[inside]
    )
    return Ground(area, kept, cell[inside], found, reasons)


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
