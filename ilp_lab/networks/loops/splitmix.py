"""Random numbers for compiled loops: the same on every computer."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("uint64")
def following(state):
    """The next state of a splitmix64 generator, and its number (Steele, Lea and Flood 2014)."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    mixed = state
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state, mixed ^ (mixed >> np.uint64(31))
