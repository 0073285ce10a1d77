"""Names in printed charts: each where it lies on no other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ilp_lab.views.drawing import INK, halo, writable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 72.0
_CROWDED, _FOREMOST = 60, 6
_HEIGHT = 1.25
_SIGN = 5.0


class Names:
    """Room for names on axes whose limits are set.

    Parameters
    ----------
    axes
        Where to write.
    width, height
        Of the axes, in inches.
    """

    def __init__(self, axes: Axes, width: float, height: float) -> None:
        self.axes = axes
        left, right = axes.get_xlim()
        bottom, top = axes.get_ylim()
        self.left, self.bottom = left, bottom
        self.across, self.up = width * _POINTS / (right - left), height * _POINTS / (top - bottom)
        self.width, self.height = width * _POINTS, height * _POINTS
        self.names: list[tuple[float, float, float, float]] = []
        self.signs: list[tuple[float, float, float, float]] = []

    def _points(self, at: Any) -> tuple[float, float]:
        return (float(at[0]) - self.left) * self.across, (float(at[1]) - self.bottom) * self.up

    def block(self, at: Any, radius: float = _SIGN) -> None:
        """Keep names off a place where that is possible."""
        x, y = self._points(at)
        self.signs.append((x - radius, y - radius, x + radius, y + radius))

    def put(self, text: str, at: Any, *, size: float, away: float, must: bool = False) -> bool:
        """Write a name beside a place, if there is room; ``must`` writes it all the same, below.

        Among many signs only the first few names may lie on a sign.
        """
        x, y = self._points(at)
        wide, high = width_of(text, size) + 2.0, _HEIGHT * size
        tries = (
            (x - wide / 2, y - away - high),
            (x - wide / 2, y + away),
            (x + away, y - high / 2),
            (x - away - wide, y - high / 2),
        )
        boxes = [(left, low, left + wide, low + high) for left, low in tries]
        inside = [
            box
            for box in boxes
            if box[0] >= 0 and box[2] <= self.width and box[1] >= 0 and box[3] <= self.height
        ]
        clear = [box for box in inside if not _any_on(box, self.names)]
        free = [box for box in clear if not _any_on(box, self.signs)]
        best = (
            free
            or (clear if must or len(self.signs) <= _CROWDED or len(self.names) < _FOREMOST else [])
            or (boxes[:1] if must else [])
        )
        if not best:
            return False
        box = best[0]
        self.names.append(box)
        self.axes.annotate(
            text,
            xy=(0, 0),
            xycoords="axes fraction",
            xytext=((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
            textcoords="offset points",
            size=size,
            color=INK,
            ha="center",
            va="center",
            zorder=5,
            path_effects=halo(1.8),
            annotation_clip=False,
        )
        return True


def _any_on(box: tuple[float, float, float, float], others: list[tuple[float, float, float, float]]) -> bool:
    return any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in others)


@lru_cache(maxsize=4_000)
def width_of(text: str, size: float) -> float:
    """How wide a text is in points; letters differ by a factor of three, so they are measured and not counted."""
    from matplotlib.textpath import TextPath

    return float(TextPath((0, 0), text, size=size).get_extents().width) if text.strip() else 0.0


def names_on(axes: Axes, names: list[str], x: Any, y: Any, *, size: float = 6.0) -> int:
    """Names beside places of a map, each where it lies on no other; returns how many were written."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    inside = axes.get_window_extent().transformed(axes.figure.dpi_scale_trans.inverted())
    room = Names(axes, inside.width, inside.height)
    written = 0
    for name, at_x, at_y in zip(names, x, y, strict=True):
        if west <= at_x <= east and south <= at_y <= north:
            written += room.put(writable(name, 26), (at_x, at_y), size=size, away=2.0)
    return written
