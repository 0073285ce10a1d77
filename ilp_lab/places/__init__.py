"""Where: counts, densities and hot spots that are more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.places.counting import count as count
    from ilp_lab.places.counting import grid as grid
    from ilp_lab.places.densities import density as density
    from ilp_lab.places.gistar import gi_star as gi_star
    from ilp_lab.places.membership import area_of as area_of

_NAMES = {
    "area_of": "membership",
    "count": "counting",
    "density": "densities",
    "gi_star": "gistar",
    "grid": "counting",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
