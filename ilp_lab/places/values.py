"""Numbers on places, and who neighbours whom: what every measure of spatial association starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.cells import cell_table, check_points, study_cells, summed
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import refuse_empty, usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.places.neighbours import Neighbours, check_weights, of_cells, of_shapes
from ilp_lab.result import Param, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab._check import Check
    from ilp_lab._ground.lattice import Shape

_FEWEST = 4  # the moments of these measures divide by n - 3


@dataclass(frozen=True)
class Values:
    """One number per place.

    Attributes
    ----------
    table
        The places, in metres.
    value
        Their numbers.
    other
        A second number of each, where one was asked for.
    neighbours
        Who neighbours whom.
    unit
        ``"cells"`` or ``"areas"``.
    said
        What the numbers are, in words.
    params, sources, left_out, handling
        For the result.
    outline
        The ground, where the places are cells.
    """

    table: gpd.GeoDataFrame
    value: NDArray[np.float64]
    other: NDArray[np.float64] | None
    neighbours: Neighbours
    unit: str
    said: str
    params: tuple[Param, ...]
    sources: tuple[Source, ...]
    left_out: LeftOut
    handling: str
    outline: Any

    def caveats(self) -> tuple[str, ...]:
        """What weakens any finding on these places."""
        said = []
        if self.neighbours.alone:
            alone = self.neighbours.alone
            said.append(
                tr("{alone:,} {what} no neighbour and can tell nothing.").format(
                    alone=alone, what=tr("place has") if alone == 1 else tr("places have")
                )
            )
        if self.unit == "areas":
            said.append(
                tr("Other borders of the areas give other numbers (the modifiable areal unit problem).")
            )
        else:
            said.append(tr("Another cell size gives other numbers; try half and double."))
        said.extend(
            tr("No study area was given; the hull of the incidents takes in ground that cannot hold one.")
            for param in self.params
            if param.name == "study_area" and param.chosen
        )
        return tuple(said)


def check_values(
    check: Check,
    frame: Any,
    *,
    value: str | None,
    others: Mapping[str, str | None],
    weights: Any,
    within_m: float | None,
    nearest: int | None,
    cell_m: float | None,
    shape: str,
    study_area: Any,
    weight: str | None,
) -> None:
    """The faults of a call on values of places."""
    if value is None:
        check_points(check, frame, study_area, cell_m, shape, weight)
        check.positive(within_m=within_m)
        check.faults.extend(
            f"{name} needs value as well; both are columns of a table of areas."
            for name, column in others.items()
            if column is not None
        )
        return
    for name, given in (("cell_m", cell_m), ("study_area", study_area), ("weight", weight)):
        if given is not None:
            check.add(f"{name} is for points; with value the table holds areas already.")
    if not check.places(frame, "the areas"):
        return
    check_weights(check, weights, within_m, nearest, len(frame))
    for name, column in (("value", value), *others.items()):
        if column is None:
            continue
        check.columns(frame, [column], "the areas")
        if column in frame:
            _numeric(check, frame, name, column)


def values_on_places(
    frame: gpd.GeoDataFrame,
    caller: str,
    *,
    value: str | None,
    other: str | None = None,
    weights: Any = "queen",
    within_m: float | None = None,
    nearest: int | None = None,
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
) -> Values:
    """Points counted in cells, or the numbers of areas, with their neighbours."""
    if value is None:
        return _in_cells(frame, caller, cell_m, shape, study_area, weight, within_m)
    reasons = np.full(len(frame), "", dtype=object)
    reasons[(frame.geometry.isna() | frame.geometry.is_empty).to_numpy()] = tr_later("without an outline")
    left_out = LeftOut.of(frame, reasons)
    kept = frame[reasons == ""]
    if len(kept) < _FEWEST:
        raise InputError(f"{caller}: at least {_FEWEST} areas with an outline are needed; got {len(kept)}.")
    if not isinstance(weights, str) and len(kept) < len(frame):
        raise InputError(
            f"{caller}: {len(frame) - len(kept)} areas have no outline, so the rows of the matrix do not fit them. "
            "Leave them out of both, or give weights by name."
        )
    metric = _metric.choose(kept, caller=caller)
    kept = _metric.to_metric(kept, metric)
    around = of_shapes(np.asarray(kept.geometry), weights, within_m=within_m, nearest=nearest)
    numbers = kept[value].to_numpy(dtype=np.float64)
    second = None if other is None else kept[other].to_numpy(dtype=np.float64)
    parts = (numbers,) if second is None else (numbers, second)
    params = (
        Param("value", value),
        *(() if other is None else (Param("other", other),)),
        Param("weights", around.said),
        Param("crs", metric.name, chosen=metric.chosen),
    )
    source = Source("areas", len(kept), fingerprint(*parts), origin_of(frame))
    said = tr_later("the number of incidents") if value == "n" else value
    return Values(
        kept, numbers, second, around, "areas", said, params, (source,), left_out, handling_of(frame), None
    )


def _in_cells(
    incidents: gpd.GeoDataFrame,
    caller: str,
    cell_m: float | None,
    shape: Shape,
    study_area: gpd.GeoDataFrame | None,
    weight: str | None,
    within_m: float | None,
) -> Values:
    metric = _metric.choose(study_area, incidents, caller=caller)
    points = usable_points(incidents, metric, weight)
    area = study_cells(points, metric, study_area=study_area, cell_m=cell_m, shape=shape, caller=caller)
    cell = area.locate(points.x, points.y)
    refuse_empty(points, cell >= 0, caller)
    numbers = summed(cell, None if weight is None else points.weight, len(area.cells))
    around = of_cells(area, within_m)
    params = (
        *area.params,
        Param("weight", weight or tr_later("each incident counts 1")),
        Param("weights", around.said),
    )
    left_out = LeftOut.of(incidents, points.without(cell < 0, tr_later("outside the study area")))
    return Values(
        cell_table(area, metric.crs),
        numbers,
        None,
        around,
        "cells",
        tr("the sum of {weight}").format(weight=weight) if weight else tr_later("the number of incidents"),
        params,
        (points.source, *area.sources),
        left_out,
        handling_of(incidents, study_area),
        area.outline,
    )


def refuse_constant(caller: str, values: Values) -> None:
    """Say that nothing can be told where every place has the same number, or all places are each other's neighbours."""
    n = len(values.value)
    if n < _FEWEST:
        raise InputError(
            f"{caller}: {n} {values.unit} cannot show a pattern; at least {_FEWEST} are needed. "
            + (
                "Take smaller cells or a larger study area."
                if values.unit == "cells"
                else "Take smaller areas."
            )
        )
    spread = float(np.ptp(values.value))
    if spread <= 1e-12 * max(float(np.abs(values.value).max()), 1e-300):
        raise InputError(
            f"{caller}: {values.said} is {values.value[0]:g} in every one of the {len(values.value):,} {values.unit}, "
            "so no pattern can be told. Check the column, or take smaller cells."
        )
    if values.neighbours.binary and values.neighbours.matrix.nnz == n * (n - 1):
        raise InputError(
            f"{caller}: each of the {n} {values.unit} is a neighbour of every other, so there is nothing to compare. "
            "Take smaller ones, or a smaller within_m."
        )
    if not values.neighbours.matrix.nnz:
        raise InputError(
            f"{caller}: no place has a neighbour. Take weights='nearest' with nearest=4, or a larger within_m."
        )


def _numeric(check: Check, frame: gpd.GeoDataFrame, name: str, column: str) -> None:
    if frame[column].dtype.kind not in "iuf":
        check.add(
            f"{name}={column!r} must be a column of numbers; it holds {frame[column].dtype}.", ColumnError
        )
        return
    numbers = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(numbers).all():
        gaps = int((~np.isfinite(numbers)).sum())
        check.add(
            f"{name}={column!r} must hold a finite number for every area; {gaps} are missing or infinite. "
            f"Leave those areas out with areas.dropna(subset=[{column!r}]), or fill them in.",
            ColumnError,
        )
