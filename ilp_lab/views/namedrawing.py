"""Names in printed charts: each where it lies on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab.views.drawing import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 72.0
_WIDTH = 0.56  # of the size of the letters, on average
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
        """Write a name beside a place, if there is room; ``must`` writes it all the same, below."""
        from matplotlib import patheffects

        x, y = self._points(at)
        wide, high = _WIDTH * size * len(text), _HEIGHT * size
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
        best = [box for box in clear if not _any_on(box, self.signs)] or clear or (boxes[:1] if must else [])
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
            path_effects=[patheffects.withStroke(linewidth=1.8, foreground="white")],
            annotation_clip=False,
        )
        return True


def _any_on(box: tuple[float, float, float, float], others: list[tuple[float, float, float, float]]) -> bool:
    return any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in others)
