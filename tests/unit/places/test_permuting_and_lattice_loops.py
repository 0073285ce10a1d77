"""Compiled loops of places give what arrays give."""

from __future__ import annotations

import numpy as np
import pytest

from ilp_lab._ground import lattice as module
from ilp_lab._ground.lattice import Lattice


@pytest.mark.parametrize("cell_m", [100.0, 33.3])
def test_many_points_fall_into_the_cells_that_few_do(monkeypatch, cell_m):
    rng = np.random.default_rng(1)
    lattice = Lattice(500_000, 5_300_000, cell_m, 40, 30)
    x, y = rng.uniform(499_000, 506_000, 5000), rng.uniform(5_299_000, 5_305_000, 5000)
    x[:3], y[3:5] = [np.nan, np.inf, -1e300], [np.nan, 1e300]
    x[5], y[5] = 500_000 + 3 * cell_m, 5_300_000 + 2 * cell_m
    few = lattice.index(x, y)
    monkeypatch.setattr(module, "_MANY_POINTS", 10)
    np.testing.assert_array_equal(lattice.index(x, y), few)
