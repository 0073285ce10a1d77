"""Ways along links in the order of their times."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled
from ilp_lab.networks.loops.ways import pop, push


@compiled(
    "int64[::1], int32[::1], float64[::1], float64[::1], float64[::1], int64, float64, boolean, float64[::1], int64[::1], int64[::1]"
)
def earliest(ptr, to, number, begin, end, source, since, strictly, arrival, via, steps):
    """When each entity can first be reached, by which entry of the rows (``via``, -1 for none) and in how many steps.

    ``number`` is the link of each entry, ``begin`` and ``end`` when each link holds. A link can be used from when it begins, or on arrival
    where it still holds; ``strictly``: never at the very time of the one before.
    """
    n = len(ptr) - 1
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int64)
    arrival[:] = np.inf
    via[:] = -1
    steps[:] = 0
    size = push(arrival, heap, place, 0, source, since)
    while size > 0:
        v = pop(arrival, heap, place, size)
        size -= 1
        for e in range(ptr[v], ptr[v + 1]):
            w = to[e]
            if place[w] == -2:
                continue
            link = np.int64(number[e])
            when = max(arrival[v], begin[link])
            if when > end[link] or (strictly and v != source and when <= arrival[v]):
                continue
            if when < arrival[w]:
                via[w] = e
                steps[w] = steps[v] + 1
                size = push(arrival, heap, place, size, w, when)
