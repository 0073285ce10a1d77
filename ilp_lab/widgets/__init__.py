"""Widgets: maps, charts, timelines, clocks and tables that answer to the mouse and tell Python what was chosen.

They work without a network: each is a plain script file of the project's own, and what it stands on comes from installed
packages.
"""

from __future__ import annotations

from ilp_lab._lazy import hand_on

_NAMES: dict[str, str] = {}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
