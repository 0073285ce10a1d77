"""Lines around the ground where a result is more, or less, than chance allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import again, tr_later

if TYPE_CHECKING:
    from ilp_lab.result import Result
    from ilp_lab.views.ground import Ground

_LOOKS = {
    "higher": (tr_later("Risk higher than chance allows"), "#14191f", False),
    "lower": (tr_later("Risk lower than chance allows"), "#2166ac", True),
}


@dataclass(frozen=True)
class Contour:
    """A line on a map, with its words.

    Attributes
    ----------
    name
        By which the page knows it.
    words
        What lies within it.
    colour, dashed
        Its look.
    shape
        Polygons in metres.
    """

    name: str
    words: str
    colour: str
    dashed: bool
    shape: Any


def contours_of(result: Result | None, ground: Ground) -> tuple[Contour, ...]:
    """The contours a result brings, cut to its study area as its cells are."""
    frame = None if result is None else result.details.get("contours")
    if result is None or frame is None or not len(frame):
        return ()
    outline = result.details.get("outline")
    brought = ground.bring(frame)
    shapes = brought.geometry if outline is None else brought.geometry.intersection(outline)
    found = []
    for name, shape in zip(frame["risk"].astype(str).tolist(), shapes, strict=True):
        words, colour, dashed = _LOOKS[name]
        if not shape.is_empty:
            found.append(Contour(name, again(words), colour, dashed, shape))
    return tuple(found)
