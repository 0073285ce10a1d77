"""Widgets: maps, charts, timelines, clocks and tables that answer to the mouse and tell Python what was chosen.

They work without a network: each is a plain script file of the project's own, and what it stands on comes from installed
packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.widgets.chartwidgets import LinkChartWidget as LinkChartWidget
    from ilp_lab.widgets.clocks import Clock as Clock
    from ilp_lab.widgets.crimemaps import CrimeMap as CrimeMap
    from ilp_lab.widgets.rowtables import Table as Table
    from ilp_lab.widgets.selections import Selection as Selection
    from ilp_lab.widgets.timelines import Timeline as Timeline

_NAMES = {
    "Clock": "clocks",
    "CrimeMap": "crimemaps",
    "LinkChartWidget": "chartwidgets",
    "Selection": "selections",
    "Table": "rowtables",
    "Timeline": "timelines",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
