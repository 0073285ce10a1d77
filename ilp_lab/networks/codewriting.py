"""Writes the steps that made a chart as Python, so that they can be read, kept and run again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from ilp_lab.networks.chartstate import ChartState

_WIDE = 100


def written(chart: ChartState, *, name: str) -> str:
    """The steps of a chart as a program."""
    lines: list[str] = []
    roots = 0

    def write(one: ChartState, called: str) -> None:
        nonlocal roots
        first, *rest = one.history
        roots += 1
        number = "" if roots == 1 else f"_{roots}"
        lines.append(f"# {_about(first)}")
        tables = (
            f"links{number}" if first.derived == len(first.entities) else f"links{number}, entities{number}"
        )
        lines.append(f"{called} = networks.chart({tables})")
        for later in rest:
            assert later.made is not None  # noqa: S101  (only the first chart of a history has no step)
            given = []
            for argument, value in later.made.arguments.items():
                if isinstance(value, ChartState):
                    other = f"{name}_{roots + 1}"
                    write(value, other)
                    given.append((argument, other))
                else:
                    given.append((argument, literal(value)))
            lines.append(_call(called, later.made.method, given))

    write(chart, name)
    return "\n".join(["from ilp_lab import networks", "", *lines]) + "\n"


def line_of(method: str, arguments: Mapping[str, Any], *, name: str = "chart") -> str:
    """One step as the Python that makes it.

    Examples
    --------
    >>> line_of("hide", {"entity_ids": ["B"]})
    "chart = chart.hide(entity_ids=['B'])"
    """
    return _call(name, method, [(argument, literal(value)) for argument, value in arguments.items()])


def _about(chart: ChartState) -> str:
    origin = f" from {chart.origin}" if chart.origin else ""
    told = f"{len(chart.links):,} links and {len(chart.entities):,} entities{origin}"
    return re.sub(r"[^\x20-\x7e\xa0-\ud7ff]", " ", told)


def _call(name: str, method: str, given: list[tuple[str, str]]) -> str:
    short = f"{name} = {name}.{method}({', '.join(f'{argument}={value}' for argument, value in given)})"
    if len(short) <= _WIDE:
        return short
    return "\n".join(
        [f"{name} = {name}.{method}(", *(f"    {argument}={value}," for argument, value in given), ")"]
    )


def literal(value: Any) -> str:
    """A value as Python that gives it again: numbers, texts, times as ISO texts, lists and mappings of these.

    Examples
    --------
    >>> import numpy as np
    >>> literal([np.int64(3), "a", None])
    "[3, 'a', None]"
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if isinstance(value, date):
        return repr(value.isoformat())
    if isinstance(value, tuple):
        return "(" + ", ".join(literal(one) for one in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Iterable):
        ordered = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return "[" + ", ".join(literal(one) for one in ordered) + "]"
    return repr(str(value))
