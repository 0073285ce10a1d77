"""Lattices of square and hexagonal cells, by arithmetic.

Which cell a point lies in is a division and a rounding; no geometry is compared. Hexagons stand on a corner
(pointy-top) in rows that are shifted by half a cell, so that both shapes live in one rectangular array and
neighbours are found by shifting the array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shape = Literal["square", "hex"]
MOST_CELLS = 4_000_000
_SQRT3 = math.sqrt(3.0)


@dataclass(frozen=True, slots=True)
class Lattice:
    """A rectangular array of cells in a metric coordinate system.

    Attributes
    ----------
    west, south
        Lower left corner of the cell in row 0, column 0, in metres.
    cell_m
        Side of a square; distance between opposite sides of a hexagon.
    columns, rows
        Size of the array.
    shape
        ``"square"`` or ``"hex"``.
    """

    west: float
    south: float
    cell_m: float
    columns: int
    rows: int
    shape: Shape = "square"

    @property
    def size(self) -> int:
        """Number of cells in the array."""
        return self.rows * self.columns

    @property
    def row_m(self) -> float:
        """Distance between rows in metres."""
        return self.cell_m if self.shape == "square" else self.cell_m * _SQRT3 / 2

    @property
    def cell_area_m2(self) -> float:
        """Area of one cell."""
        return self.cell_m**2 if self.shape == "square" else self.cell_m**2 * _SQRT3 / 2

    def index(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Cell of every point: ``row * columns + column``, or -1 outside the array or for NaN.

        A point on the border of two cells belongs to the one to the east or north.
        """
        with np.errstate(invalid="ignore"):
            row, column = self._square(x, y) if self.shape == "square" else self._hexagon(x, y)
            inside = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
            flat = np.where(inside, row * self.columns + column, -1.0)
        return flat.astype(np.int64)

    def _square(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.floor((y - self.south) / self.cell_m), np.floor((x - self.west) / self.cell_m)

    def _hexagon(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The nearest centre, by rounding cube coordinates."""
        across, up = x - self.west - self.cell_m / 2, y - self.south - self.cell_m / _SQRT3
        q = (across - up / _SQRT3) / self.cell_m
        r = up / self.row_m
        s = -q - r
        rq, rr, rs = np.round(q), np.round(r), np.round(s)
        dq, dr, ds = np.abs(rq - q), np.abs(rr - r), np.abs(rs - s)
        fix_q = (dq > dr) & (dq > ds)
        fix_r = ~fix_q & (dr > ds)
        rq = np.where(fix_q, -rr - rs, rq)
        rr = np.where(fix_r, -rq - rs, rr)
        return rr, rq + np.floor(rr / 2)

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """X and y of every cell's centre, as arrays of shape (rows, columns)."""
        row, column = np.mgrid[0 : self.rows, 0 : self.columns].astype(np.float64)
        if self.shape == "square":
            return self.west + (column + 0.5) * self.cell_m, self.south + (row + 0.5) * self.cell_m
        shifted = column + 0.5 * (row % 2)
        return self.west + (shifted + 0.5) * self.cell_m, self.south + row * self.row_m + self.cell_m / _SQRT3

    def polygons(self, cells: NDArray[np.int64]) -> NDArray[np.object_]:
        """Outlines of the named cells."""
        import shapely

        x, y = (axis.ravel()[cells] for axis in self.centres())
        half = self.cell_m / 2
        if self.shape == "square":
            return np.asarray(shapely.box(x - half, y - half, x + half, y + half))
        tall = self.cell_m / _SQRT3
        corners = np.array(
            [
                (0, -tall),
                (half, -tall / 2),
                (half, tall / 2),
                (0, tall),
                (-half, tall / 2),
                (-half, -tall / 2),
            ]
        )
        ring = np.stack([x, y], axis=1)[:, None, :] + corners[None, :, :]
        return np.asarray(shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1)))

    def window(self, within_m: float | None) -> list[tuple[int, int, int]]:
        """Neighbours of a cell, itself included, as shifts ``(row parity, rows, columns)``.

        Parameters
        ----------
        within_m
            Cells whose centre lies at most this far; ``None`` takes the cell and those around it (8 for squares,
            corners included; 6 for hexagons).

        Returns
        -------
        list
            For squares the parity is always 0; for hexagons the shifts of even (0) and odd (1) rows differ.
        """
        if self.shape == "square":
            reach = 1 if within_m is None else int(within_m / self.cell_m + 1e-9)
            limit = 2 * self.cell_m**2 if within_m is None else within_m**2 * (1 + 1e-9)
            return [
                (0, dr, dc)
                for dr in range(-reach, reach + 1)
                for dc in range(-reach, reach + 1)
                if (dr * dr + dc * dc) * self.cell_m**2 <= limit
            ]
        far = self.cell_m * 1.01 if within_m is None else within_m * (1 + 1e-9)
        reach = int(far / self.row_m) + 1
        shifts: list[tuple[int, int, int]] = []
        for parity in (0, 1):
            for dr in range(-reach, reach + 1):
                slide = 0.5 * ((parity + dr) % 2) - 0.5 * parity
                shifts.extend(
                    (parity, dr, dc)
                    for dc in range(-reach - 1, reach + 2)
                    if math.hypot((dc + slide) * self.cell_m, dr * self.row_m) <= far
                )
        return shifts

    def sums(self, values: NDArray[np.float64], within_m: float | None) -> NDArray[np.float64]:
        """Sum of ``values`` (rows, columns) over every cell's window."""
        shifts = self.window(within_m)
        if self.shape == "square":
            return _window_sums(values, [(dr, dc) for _, dr, dc in shifts])
        even = _window_sums(values, [(dr, dc) for parity, dr, dc in shifts if parity == 0])
        odd = _window_sums(values, [(dr, dc) for parity, dr, dc in shifts if parity == 1])
        even[1::2] = odd[1::2]
        return even


def cover(bounds: tuple[float, float, float, float], cell_m: float, shape: Shape, caller: str) -> Lattice:
    """The lattice that covers ``bounds`` (west, south, east, north), its lines on multiples of the cell size.

    Raises
    ------
    InputError
        When it would hold more than four million cells.
    """
    west, south, east, north = bounds
    row_m = cell_m if shape == "square" else cell_m * _SQRT3 / 2
    left = math.floor(west / cell_m) - (1 if shape == "hex" else 0)
    low = math.floor(south / row_m) - (1 if shape == "hex" else 0)
    columns = math.floor(east / cell_m) + 1 - left + (1 if shape == "hex" else 0)
    rows = math.floor(north / row_m) + 1 - low + (1 if shape == "hex" else 0)
    if rows * columns > MOST_CELLS:
        wide = math.sqrt((east - west) * (north - south) / MOST_CELLS)
        raise InputError(
            f"{caller}: cells of {cell_m:g} m over {(east - west) / 1000:,.0f} × {(north - south) / 1000:,.0f} km would be "
            f"{rows * columns:,}, more than {MOST_CELLS:,} (about {rows * columns * 300 / 1e9:.1f} GB). "
            f"Take cell_m of at least {wide:,.0f}, or a smaller study area; check for points far from the rest."
        )
    return Lattice(left * cell_m, low * row_m, cell_m, columns, rows, shape)


def _window_sums(values: NDArray[np.float64], shifts: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Sums over a window made of one run of columns per row shift, by running totals along the rows.

    The cost does not grow with the width of the window, only with its number of rows.
    """
    rows, columns = values.shape
    runs: dict[int, list[int]] = {}
    for dr, dc in shifts:
        runs.setdefault(dr, []).append(dc)
    totals = np.zeros((rows, columns + 1))
    np.cumsum(values, axis=1, out=totals[:, 1:])
    out = np.zeros_like(values, dtype=np.float64)
    at = np.arange(columns)
    for dr, run in runs.items():
        top, bottom = max(0, dr), min(rows, rows + dr)
        if top >= bottom:
            continue
        high = np.clip(at + max(run) + 1, 0, columns)
        low = np.clip(at + min(run), 0, columns)
        block = totals[top:bottom]
        out[top - dr : bottom - dr] += block[:, high] - block[:, low]
    return out
