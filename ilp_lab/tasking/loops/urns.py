"""A police service that sends its patrols where it found most before."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("float64[::1], float64[::1], int64[::1], float64[:, ::1], float64, boolean, float64[:, ::1]")
def patrolled(rates, start, days, uniform, reported, correct, shares):
    """Share of visits of every area at the days asked for, in one run; ``uniform`` holds areas + 3 random numbers per day.

    Each day one area is patrolled, drawn by what is on record. There something is found with the area's rate. What residents
    report (rate × ``reported``) is added in all areas, patrolled or not. With ``correct`` a find counts with the chance that the area
    would not have been patrolled.
    """
    areas = len(rates)
    known = start.copy()
    asked = 0
    for day in range(days[-1]):
        total = known.sum()
        where = 0
        left = uniform[day, 0] * total
        while where < areas - 1 and left >= known[where]:
            left -= known[where]
            where += 1
        share = known[where] / total
        for area in range(areas):
            if uniform[day, 3 + area] < rates[area] * reported:
                known[area] += 1.0
        if uniform[day, 1] < rates[where] and (not correct or uniform[day, 2] < 1.0 - share):
            known[where] += 1.0
        if day + 1 == days[asked]:
            total = known.sum()
            for area in range(areas):
                shares[asked, area] = known[area] / total
            asked += 1
    return np.int64(asked)
