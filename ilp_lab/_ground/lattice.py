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

from ilp_lab._memory import ask
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shape = Literal["square", "hex"]
Run = tuple[int, int, int]
MOST_CELLS = 4_000_000
_BYTES = 600  # of a cell: its outline, its numbers, and the copies on the way
_MANY_ROWS = 30
_MANY_POINTS = 100_000
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
        if self.shape == "square" and len(x) >= _MANY_POINTS:
            return self._many(x, y)
        with np.errstate(invalid="ignore"):
            row, column = self._square(x, y) if self.shape == "square" else self._hexagon(x, y)
            inside = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
            flat = np.where(inside, row * self.columns + column, -1.0)
        return flat.astype(np.int64)

    def _many(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """The same in one pass, without arrays in between."""
        from ilp_lab._compiled import shared
        from ilp_lab._ground.loops.counts import squares_of

        across, up = (np.ascontiguousarray(axis, dtype=np.float64) for axis in (x, y))
        out = np.empty(len(across), dtype=np.int64)

        def part(first: int, last: int) -> None:
            squares_of(
                across, up, self.west, self.south, self.cell_m, self.columns, self.rows, first, last, out
            )

        list(shared(part, len(across), at_least=_MANY_POINTS))
        return out

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

    def window(self, within_m: float | None) -> tuple[list[Run], list[Run]]:
        """Neighbours of a cell, itself included, as one run of columns per row.

        Parameters
        ----------
        within_m
            Cells whose centre lies at most this far; ``None`` takes the cell and those around it (8 for squares,
            corners included; 6 for hexagons).

        Returns
        -------
        even, odd
            For cells in even and in odd rows (alike for squares): ``(rows up, first column, last column)``, all
            relative to the cell.
        """
        if self.shape == "square" and within_m is None:
            ring: list[Run] = [(up, -1, 1) for up in (-1, 0, 1)]
            return ring, ring
        far = self.cell_m if within_m is None else within_m
        even, odd = (self._runs(far * (1 + 1e-9), parity) for parity in (0, 1))
        return even, odd

    def _runs(self, far: float, parity: int) -> list[Run]:
        reach = min(int(far / self.row_m), self.rows)
        runs: list[Run] = []
        for up in range(-reach, reach + 1):
            across = min(
                math.sqrt(max(far**2 - (up * self.row_m) ** 2, 0.0)) / self.cell_m, self.columns + 1.0
            )
            slide = 0.5 * ((parity + up) % 2) - 0.5 * parity if self.shape == "hex" else 0.0
            first, last = math.ceil(-across - slide), math.floor(across - slide)
            if first <= last:
                runs.append((up, first, last))
        return runs

    def sums(self, values: NDArray[np.float64], within_m: float | None) -> NDArray[np.float64]:
        """Sum of ``values`` (rows, columns) over every cell's window."""
        even, odd = self.window(within_m)
        if self.shape == "square":
            return _by_transform(values, even) if len(even) > _MANY_ROWS else _by_running_totals(values, even)
        summed = _by_running_totals(values, even)
        summed[1::2] = _by_running_totals(values, odd)[1::2]
        return summed


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
            f"{rows * columns:,}, more than {MOST_CELLS:,} (about {rows * columns * _BYTES / 1e9:,.1f} GB). "
            f"Take cell_m of at least {_up(wide)}, or a smaller study area; check for points far from the rest."
        )
    ask(
        rows * columns * _BYTES,
        caller=caller,
        way_out=f"Take cells larger than {cell_m:g} m, or a smaller study area.",
    )
    return Lattice(left * cell_m, low * row_m, cell_m, columns, rows, shape)


def _up(metres: float) -> str:
    """Two digits, rounded up, so that what is named is enough."""
    step = 10.0 ** (math.floor(math.log10(metres)) - 1)
    return f"{(math.floor(metres / step) + 1) * step:,.6g}"


def _by_running_totals(values: NDArray[np.float64], runs: list[Run]) -> NDArray[np.float64]:
    """Window sums as differences of totals along the rows: the cost grows with the rows of a window, not its width."""
    rows, columns = values.shape
    left, right = max(0, -min(first for _, first, _ in runs)), max(0, *(last for _, _, last in runs))
    totals = np.zeros((rows, left + columns + 1 + right))
    np.cumsum(values, axis=1, out=totals[:, left + 1 : left + columns + 1])
    totals[:, left + columns + 1 :] = totals[:, left + columns, None]
    out = np.zeros((rows, columns))
    for first, last in dict.fromkeys((first, last) for _, first, last in runs):
        high = left + last + 1
        run = totals[:, high : high + columns] - totals[:, left + first : left + first + columns]
        for up in (up for up, *ends in runs if ends == [first, last]):
            top, bottom = max(0, up), min(rows, rows + up)
            if top < bottom:
                out[top - up : bottom - up] += run[top:bottom]
    return out


def _by_transform(values: NDArray[np.float64], runs: list[Run]) -> NDArray[np.float64]:
    """The same through a fast Fourier transform, for windows of many rows; whole numbers stay whole."""
    from scipy import fft

    tall, wide = max(up for up, _, _ in runs), max(last for _, _, last in runs)
    mask = np.zeros((2 * tall + 1, 2 * wide + 1))
    for up, first, last in runs:
        mask[tall + up, wide + first : wide + last + 1] = 1.0
    size = [
        fft.next_fast_len(side + extent - 1, real=True)
        for side, extent in zip(values.shape, mask.shape, strict=True)
    ]
    full = fft.irfft2(
        fft.rfft2(values, size, workers=-1) * fft.rfft2(mask, size, workers=-1), size, workers=-1
    )
    out = full[tall : tall + values.shape[0], wide : wide + values.shape[1]]
    return np.asarray(np.rint(out) if np.array_equal(values, np.rint(values)) else out)
