"""Boards: dashboards for analysts and managers who do not code.

Every board is built the same way: a frozen state says what is asked, ``compute`` answers it without any widget, and
the board shows the answer. What can be wrong is tested without a browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.boards.hotspots import HotSpotBoard as HotSpotBoard
    from ilp_lab.boards.hotspots import HotSpotState as HotSpotState
    from ilp_lab.boards.hotspots import HotSpotView as HotSpotView
    from ilp_lab.boards.hotspots import compute as compute

_NAMES = {
    "HotSpotBoard": "hotspots",
    "HotSpotState": "hotspots",
    "HotSpotView": "hotspots",
    "compute": "hotspots",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
