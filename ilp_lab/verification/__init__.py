"""Our numbers beside published ones: the argument that the library computes what the literature says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.verification.of_networks import networks as networks
    from ilp_lab.verification.of_places import places as places
    from ilp_lab.verification.of_times import times as times

_NAMES = {"networks": "of_networks", "places": "of_places", "times": "of_times"}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
