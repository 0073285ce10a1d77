"""Near repeats area by area: each is tested on its own, so that a nation fits into memory one area at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import tr, tr_later
from ilp_lab.engine.tables import Table
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.onengine import incidents_of, values_of

if TYPE_CHECKING:
    import geopandas as gpd

_FEWEST = 3
_TOO_FEW = "in an area with fewer than three incidents"


def on_engine(table: Table, test: Callable[[gpd.GeoDataFrame], Result], caller: str) -> Result:
    """All incidents of a table on an engine come back and are tested here."""
    found = test(incidents_of(table, caller))
    return replace(found, params=(*found.params, _where(table)), handling=handling_of(table))


def area_by_area(
    incidents: gpd.GeoDataFrame | Table, by: str, test: Callable[[gpd.GeoDataFrame], Result], alpha: float, caller: str,
    verdicts: Callable[..., Any],
) -> Result:  # fmt: skip
    """Test every area on its own; q is taken over the bands of all of them.

    Raises
    ------
    InputError
        When no area holds three incidents with a place and a time.
    """
    import pandas as pd

    results: dict[Any, Result] = {}
    few = 0
    for value, part in _parts(incidents, by, caller):
        usable = (
            part["occurred_at"].notna().to_numpy()
            & ~(part.geometry.isna() | part.geometry.is_empty).to_numpy()
        )
        if usable.sum() < _FEWEST:
            few += int(usable.sum())
            continue
        results["not stated" if value is None else value] = test(part)
    if not results:
        raise InputError(
            f"{caller}: no {by} holds three incidents with a place and a time, so nothing can be tested. Test without by=."
        )
    table = pd.concat(
        [found.table.assign(**{by: value}) for value, found in results.items()], ignore_index=True
    )
    table = table[[by, *(name for name in table if name != by)]]
    p = table["p"].to_numpy()
    table["q_fdr"] = false_discovery(p)
    table["verdict"] = verdicts(
        table["observed"].to_numpy(), table["expected"].to_numpy(), p, table["q_fdr"].to_numpy(), alpha
    )
    first = next(iter(results.values()))
    lost: dict[str, int] = {_TOO_FEW: few} if few else {}
    for found in results.values():
        for reason, number in found.left_out.items():
            lost[reason] = lost.get(reason, 0) + number
    return replace(
        first,
        title=tr("Near repeats by {by}").format(by=by),
        table=table,
        method=tr(
            "{method} Every {by} was tested on its own, as if the others were not there; q is taken over the bands of all {n:,}."
        ).format(method=first.method, by=by, n=len(results)),
        findings=_findings(table, by, len(results)),
        params=(
            Param("by", by),
            *(one for one in first.params if one.name != "crs"),
            *((_where(incidents),) if isinstance(incidents, Table) else ()),
        ),
        caveats=(
            tr_later("Pairs across a border are not counted, so near repeats there are missed."),
            *dict.fromkeys(said for found in results.values() for said in found.caveats),
        ),
        sources=(_source(incidents, results),),
        left_out=LeftOut(lost),
        left_out_rows=None,
        handling=handling_of(incidents),
        details={"results": results},
    )


def _parts(
    incidents: gpd.GeoDataFrame | Table, by: str, caller: str
) -> Iterator[tuple[Any, gpd.GeoDataFrame]]:
    """One area after the other, its rows in an order that is the same on a frame and on every engine."""
    if isinstance(incidents, Table):
        for value in values_of(incidents, by, caller):
            yield value, incidents_of(incidents, caller, by=by, value=value)
        return
    order = incidents.assign(ilp_x=incidents.geometry.x, ilp_y=incidents.geometry.y)
    order = order.sort_values(
        ["occurred_at", "ilp_x", "ilp_y", *(["incident_id"] if "incident_id" in order else [])], kind="stable"
    )
    ordered = order.drop(columns=["ilp_x", "ilp_y"])
    for value in sorted(ordered[by].dropna().unique().tolist()):
        yield value, ordered[ordered[by] == value]
    if ordered[by].isna().any():
        yield None, ordered[ordered[by].isna()]


def _where(table: Table) -> Param:
    return Param("engine", tr("{where}; one area at a time came from there").format(where=table.engine.where))


def _source(incidents: Any, results: dict[Any, Result]) -> Source:
    used = [found.sources[0] for found in results.values()]
    origin = incidents.facts.origin if isinstance(incidents, Table) else origin_of(incidents)
    return Source(
        "incidents", sum(one.rows for one in used), fingerprint(*(one.fingerprint for one in used)), origin
    )


def _findings(table: Any, by: str, tested: int) -> tuple[str, ...]:
    sure = table[(table["verdict"] == "more than chance") & np.isfinite(table["m_to"] + table["days_to"])]
    where = list(dict.fromkeys(map(str, sure.sort_values("ratio", ascending=False)[by])))
    said = [
        tr(
            "{tested:,} of {by} were tested: in {n:,} of them incidents near each other follow each other in time more often than "
            "chance explains."
        ).format(tested=tested, by=by, n=len(where))
    ]
    if where:
        named = ", ".join([*where[:5], *(["…"] if len(where) > 5 else [])])
        said.append(tr("The clearest: {named}.").format(named=named))
    said.append(tr_later("It says that they come together, not that the same people did it."))
    return tuple(said)
