"""Pairs of points by distance on a piece of ground, with what the border hides made up for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._compiled import shared
from ilp_lab._ground.studyarea import covering

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINE = 60_000
_AT_LEAST = 2_000


@dataclass(frozen=True)
class Ground:
    """A study area to throw points onto.

    Attributes
    ----------
    outline
        Polygon in metres.
    area
        In m².
    """

    outline: Any
    area: float

    @classmethod
    def of(cls, outline: Any) -> Ground:
        """The ground of an outline, prepared for many questions."""
        import shapely

        shapely.prepare(outline)
        return cls(outline, float(outline.area))

    def holds(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points lie inside, the border included."""
        import shapely

        return np.asarray(shapely.intersects_xy(self.outline, x, y))

    def throw(self, points: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points at random, all of the ground alike."""
        west, south, east, north = self.outline.bounds
        found: list[NDArray[np.float64]] = []
        missing = points
        likely = max(self.area / ((east - west) * (north - south)), 1e-3)
        while missing > 0:
            xy = rng.uniform((west, south), (east, north), (int(missing / likely * 1.1) + 16, 2))
            xy = xy[self.holds(*xy.T)][:missing]
            found.append(xy)
            missing -= len(xy)
        x, y = np.concatenate(found).T
        return np.ascontiguousarray(x), np.ascontiguousarray(y)


class Pairs:
    """Counts pairs by distance and makes Ripley's K of them.

    Parameters
    ----------
    ground
        Where the points lie.
    reach_m, steps
        Largest distance, and how many distances up to it.
    correction
        ``"translation"``, ``"border"`` or ``"none"``.
    """

    def __init__(self, ground: Ground, reach_m: float, steps: int, correction: str) -> None:
        self._ground, self._reach, self._steps, self._correction = ground, reach_m, steps, correction
        self.distances = np.linspace(reach_m / steps, reach_m, steps)
        self._overlap, self._overlap_step = np.empty((0, 0)), 1.0
        if correction == "translation":
            self._overlap, self._overlap_step = self._moved()

    def k(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        other_x: NDArray[np.float64] | None = None,
        other_y: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """K at every distance in m², among the points or towards others."""
        same = other_x is None or other_y is None
        ox, oy = (x, y) if other_x is None or other_y is None else (other_x, other_y)
        partners = len(ox) - 1 if same else len(ox)
        if self._correction != "border":
            counted = self._counted(x, y, ox, oy, np.zeros(len(x), np.int64), same=same)[0]
            return np.asarray(np.cumsum(counted)[1:] * self._ground.area / (len(x) * partners))
        # a point belongs to the group of the largest distance at which the border does not yet hide anything from it
        group = np.minimum(self._to_border(x, y) / (self._reach / self._steps), self._steps).astype(np.int64)
        counted = self._counted(x, y, ox, oy, group, same=same)
        within = np.cumsum(counted, axis=1)
        at = np.arange(1, self._steps + 1)
        deep = np.array([(group >= m).sum() for m in at], dtype=np.float64)
        pairs = np.array([within[m:, m].sum() for m in at])
        return np.divide(
            self._ground.area * pairs, deep * partners, out=np.zeros(self._steps), where=deep > 0
        )

    def _counted(
        self, x: NDArray[np.float64], y: NDArray[np.float64], ox: NDArray[np.float64], oy: NDArray[np.float64],
        group: NDArray[np.int64], *, same: bool,
    ) -> NDArray[np.float64]:  # fmt: skip
        """Pairs by group of the first point and distance."""
        from ilp_lab._ground.loops.squares import sorted_by_square
        from ilp_lab.places.loops.pairs import pair_counts

        west, south, east, north = self._ground.outline.bounds
        cell, step = self._reach, self._reach / self._steps
        columns, rows = int((east - west) / cell) + 2, int((north - south) / cell) + 2
        sx, sy = np.maximum(ox - west, 0.0), np.maximum(oy - south, 0.0)
        starts, order = np.empty(columns * rows + 1, np.int64), np.empty(len(ox), np.int64)
        sorted_by_square(sx, sy, cell, columns, rows, starts, order)
        sx, sy = sx[order], sy[order]
        px, py = (sx, sy) if same else (np.maximum(x - west, 0.0), np.maximum(y - south, 0.0))
        of = group[order] if same else group
        groups = int(of.max(initial=0)) + 1

        def part(first: int, last: int) -> NDArray[np.float64]:
            out = np.zeros((self._steps + 1 if groups > 1 else 1, self._steps + 1))
            pair_counts(
                px, py, sx, sy, starts, columns, rows, cell, step, self._steps, same, of, self._overlap,
                self._overlap_step, first, last, out,
            )  # fmt: skip
            return out

        total: NDArray[np.float64] = np.sum(list(shared(part, len(px), at_least=_AT_LEAST)), axis=0)
        return total

    def _to_border(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        import shapely

        return np.asarray(shapely.distance(shapely.points(x, y), self._ground.outline.boundary))

    def _moved(self) -> tuple[NDArray[np.float64], float]:
        """Share of the ground that is left when it is laid over itself, moved by every difference within reach."""
        from scipy import fft

        cell = max(self._reach / 40, math.sqrt(self._ground.area / _FINE))
        lattice, cells, share = covering(self._ground.outline, cell, "square", "places.ripley")
        flat = np.zeros(lattice.size)
        flat[cells] = share
        ground = flat.reshape(lattice.rows, lattice.columns)
        size = [fft.next_fast_len(2 * side, real=True) for side in ground.shape]
        spectrum = fft.rfft2(ground, size, workers=-1)
        laid = fft.irfft2(spectrum * np.conj(spectrum), size, workers=-1)
        half = math.ceil(self._reach / cell) + 2
        at = np.arange(-half, half + 1)
        rows, columns = at % size[0], at % size[1]
        fits = (np.abs(at)[:, None] < lattice.rows) & (np.abs(at)[None, :] < lattice.columns)
        table = np.where(fits, laid[np.ix_(rows, columns)], 0.0) / laid[0, 0]
        return np.ascontiguousarray(np.clip(table, 0.01, 1.0)), cell
