"""What a link chart is given: checked, and what of it can be drawn by size."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.result import Result
from ilp_lab.widgets.chartdesk import MEASURED

if TYPE_CHECKING:
    from ilp_lab.widgets.parcels import Parcel


def chart_in(given: Any, check: Check) -> LinkChart:
    """The chart of a result, or what was given as one."""
    chart = given.details.get("chart") if isinstance(given, Result) else given
    if not isinstance(chart, LinkChart):
        check.add(
            "a link chart is needed (networks.chart(links)), or a result that holds one; "
            f"got {type(given).__name__}."
        )
        check.done()
    assert isinstance(chart, LinkChart)  # noqa: S101
    return chart


def value_of(result: Result) -> str | None:
    """The column of a result by which entities are drawn large."""
    named = str(result.details.get("value", ""))
    return named if named in MEASURED else "betweenness" if "betweenness" in result.table else None


def weights(result: Result | None) -> dict[str, Any]:
    """How a result was measured, so that it is measured the same way again."""
    if result is None or result.name != "networks.measures":
        return {}
    given = {param.name: param.value for param in result.params}
    found: dict[str, Any] = {name: given[name] for name in ("strength", "distance") if name in given}
    return found | ({"directed": True} if given.get("directed") is True else {})


def check_size(chart: LinkChart, size_by: Any, check: Check, *, now: bool = False) -> None:
    """By what is drawn large must be a number of every entity."""
    import pandas as pd

    if size_by is not None and size_by not in MEASURED:
        check.columns(chart.entities, [size_by], "the chart's table of entities")
        if size_by in chart.entities and not pd.api.types.is_numeric_dtype(chart.entities[size_by]):
            check.add(f"size_by={size_by!r} must be a column of numbers.")
    if now:
        check.done()


def same_tables(one: LinkChart, other: LinkChart) -> bool:
    """Whether two charts stand on the same tables."""
    return one.entities is other.entities and one.links is other.links


def with_chart(result: Result, chart: LinkChart) -> Result:
    """A result with another chart."""
    return replace(result, details={**result.details, "chart": chart})


def mark_of(content: Mapping[str, Any], parcel: Parcel | None) -> str:
    """What a message is known by: the same content, the same mark."""
    digest = hashlib.blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=12)
    for part in [] if parcel is None else parcel.buffers:
        digest.update(part)
    return digest.hexdigest()


def file_stem(text: str) -> str:
    """A text as the name of a file."""
    kept = "".join(mark if mark.isalnum() else "-" for mark in text).strip("-")
    return kept[:60] or "chart"
