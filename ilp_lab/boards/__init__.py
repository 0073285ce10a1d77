"""Boards: dashboards for analysts and managers who do not code.

Every board is built the same way: a frozen state says what is asked, a function without any widget answers it, and the
board shows the answer. What can be wrong is tested without a browser. Each opens on the sample data with one call, such
as ``boards.allocation()``, and on your own with the same: ``boards.allocation(incidents, areas=areas)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.boards.allocating import AllocationBoard as AllocationBoard
    from ilp_lab.boards.allocating import AllocationState as AllocationState
    from ilp_lab.boards.allocating import allocation as allocation
    from ilp_lab.boards.allocating import compute_allocation as compute_allocation
    from ilp_lab.boards.frame import Board as Board
    from ilp_lab.boards.hotspots import HotSpotBoard as HotSpotBoard
    from ilp_lab.boards.hotspots import HotSpotState as HotSpotState
    from ilp_lab.boards.hotspots import compute_hot_spots as compute_hot_spots
    from ilp_lab.boards.hotspots import hot_spots as hot_spots
    from ilp_lab.boards.networkexploring import NetworkBoard as NetworkBoard
    from ilp_lab.boards.networkexploring import NetworkState as NetworkState
    from ilp_lab.boards.networkexploring import compute_network as compute_network
    from ilp_lab.boards.networkexploring import network_explorer as network_explorer
    from ilp_lab.boards.showing import View as View

_NAMES = {
    "AllocationBoard": "allocating",
    "AllocationState": "allocating",
    "allocation": "allocating",
    "compute_allocation": "allocating",
    "Board": "frame",
    "HotSpotBoard": "hotspots",
    "HotSpotState": "hotspots",
    "compute_hot_spots": "hotspots",
    "hot_spots": "hotspots",
    "NetworkBoard": "networkexploring",
    "NetworkState": "networkexploring",
    "compute_network": "networkexploring",
    "network_explorer": "networkexploring",
    "View": "showing",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
