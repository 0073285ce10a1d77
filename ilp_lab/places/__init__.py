"""Where: counts, densities and hot spots that are more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.places.autocorrelation import geary as geary
    from ilp_lab.places.autocorrelation import general_g as general_g
    from ilp_lab.places.autocorrelation import moran as moran
    from ilp_lab.places.bandwidth import bandwidths as bandwidths
    from ilp_lab.places.belonging import area_of as area_of
    from ilp_lab.places.centrography import centres as centres
    from ilp_lab.places.counting import count as count
    from ilp_lab.places.counting import grid as grid
    from ilp_lab.places.densities import density as density
    from ilp_lab.places.emerging import emerging_hot_spots as emerging_hot_spots
    from ilp_lab.places.gistar import gi_star as gi_star
    from ilp_lab.places.hotareas import hot_areas as hot_areas
    from ilp_lab.places.journey import journey_to_crime as journey_to_crime
    from ilp_lab.places.localmoran import local_moran as local_moran
    from ilp_lab.places.lorenz import concentration as concentration
    from ilp_lab.places.lorenz import repeat_places as repeat_places
    from ilp_lab.places.patterns import cross_k as cross_k
    from ilp_lab.places.patterns import nearest_neighbour as nearest_neighbour
    from ilp_lab.places.patterns import ripley as ripley
    from ilp_lab.places.perhead import rates as rates
    from ilp_lab.places.profiling import geographic_profile as geographic_profile
    from ilp_lab.places.riskratio import relative_risk as relative_risk
    from ilp_lab.places.riskterrain import risk_terrain as risk_terrain
    from ilp_lab.places.streetnet import StreetNetwork as StreetNetwork
    from ilp_lab.places.streetnet import snap as snap
    from ilp_lab.places.streetnet import street_network as street_network
    from ilp_lab.places.streetpairs import street_k as street_k
    from ilp_lab.places.streetwork import street_counts as street_counts
    from ilp_lab.places.streetwork import street_density as street_density


_NAMES = {
    "StreetNetwork": "streetnet",
    "area_of": "belonging",
    "bandwidths": "bandwidth",
    "centres": "centrography",
    "concentration": "lorenz",
    "count": "counting",
    "cross_k": "patterns",
    "density": "densities",
    "geary": "autocorrelation",
    "emerging_hot_spots": "emerging",
    "geographic_profile": "profiling",
    "general_g": "autocorrelation",
    "gi_star": "gistar",
    "grid": "counting",
    "hot_areas": "hotareas",
    "journey_to_crime": "journey",
    "local_moran": "localmoran",
    "moran": "autocorrelation",
    "nearest_neighbour": "patterns",
    "rates": "perhead",
    "relative_risk": "riskratio",
    "repeat_places": "lorenz",
    "ripley": "patterns",
    "risk_terrain": "riskterrain",
    "snap": "streetnet",
    "street_counts": "streetwork",
    "street_density": "streetwork",
    "street_k": "streetpairs",
    "street_network": "streetnet",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
