"""How good a forecast was: hit rate, PAI, PEI, PEI*, RRI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab.errors import ColumnError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def accuracy(
    table: pd.DataFrame, *, observed: str = "observed", predicted: str = "predicted", area: str | None = None
) -> pd.DataFrame:
    """Measure a forecast cell by cell, the likeliest first.

    Parameters
    ----------
    table
        One row per place.
    observed
        Column with what happened there.
    predicted
        Column with what was forecast; any scale for all measures but RRI.
    area
        Column with the size of each place; all alike when left out.

    Returns
    -------
    DataFrame
        One row per place, in the order of the forecast (ties: the one where least happened first, so that luck does not help), with
        ``observed``, ``predicted`` and, for the places up to there together, ``area_share``, ``hit_rate``, ``pai`` (hit rate over area share), ``pei``
        (hits over the most that as many places could have hit), ``pei_star`` (over the most that as much area could have hit), ``rri`` (forecast
        over observed).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Notes
    -----
    PAI grows without bound for ever smaller areas; compare forecasts at one area only. PEI and PEI* are the same where all places
    have one size.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008), doi:10.1057/palgrave.sj.8350066. Hunt, J. (2016), Do crime hot spots move?
    White, V. M., Hunt, J. and Green, B. (2023), Security Journal. Levine, N. (2008), The "hottest" part of a hotspot.

    Examples
    --------
    >>> import pandas as pd
    >>> table = accuracy(pd.DataFrame({"observed": [6, 3, 0], "predicted": [3, 2, 1]}))
    >>> table["pai"].tolist(), table["pei"].tolist()
    ([2.0, 1.5, 1.0], [1.0, 1.0, 1.0])
    """
    import pandas as pd

    caller = "times.accuracy"
    check = Check(caller)
    needed = [observed, predicted, *([] if area is None else [area])]
    if check.frame(table, "the table"):
        check.columns(table, needed, "the table")
        for name in needed:
            if name in table and table[name].dtype.kind not in "iuf":
                check.add(f"{name} must be a column of numbers; it holds {table[name].dtype}.", ColumnError)
            elif (
                name in table
                and not np.isfinite(table[name].to_numpy(dtype=np.float64, na_value=np.nan)).all()
            ):
                check.add(
                    f"{name} holds {int(table[name].isna().sum())} missing numbers; fill them in or leave the rows out.",
                    ColumnError,
                )
            elif name in table and (table[name] < 0).any():
                check.add(f"{name} must not be below 0.", ColumnError)
        if (
            area is not None
            and area in table
            and table[area].dtype.kind in "iuf"
            and (table[area] == 0).any()
        ):
            check.add(f"{area} must be above 0: a place without a surface has no share of it.", ColumnError)
        if not len(table):
            check.add("the table has no row.")
        elif observed in table and table[observed].dtype.kind in "iuf" and not table[observed].sum() > 0:
            check.add(
                f"nothing at all is observed ({observed} is 0 everywhere), so no forecast can be judged."
            )
    check.done()
    happened, said = (table[name].to_numpy(dtype=np.float64) for name in (observed, predicted))
    size = np.ones(len(table)) if area is None else table[area].to_numpy(dtype=np.float64)
    order = np.lexsort((happened, -said))
    hits, total = np.cumsum(happened[order]), max(float(happened.sum()), 1e-300)
    share = np.cumsum(size[order]) / size.sum()
    best = np.cumsum(-np.sort(-happened))
    by_area = most_within(happened, size, np.cumsum(size[order]))
    forecast = np.cumsum(said[order])
    return pd.DataFrame(
        {
            "observed": table[observed].to_numpy()[order],
            "predicted": table[predicted].to_numpy()[order],
            "area_share": share,
            "hit_rate": hits / total,
            "pai": hits / total / share,
            "pei": np.divide(hits, best, out=np.full(len(hits), np.nan), where=best > 0),
            "pei_star": np.divide(hits, by_area, out=np.full(len(hits), np.nan), where=by_area > 0),
            "rri": np.divide(forecast, hits, out=np.full(len(hits), np.nan), where=hits > 0),
        },
        index=table.index[order],
    )


def most_within(
    happened: NDArray[np.float64], size: NDArray[np.float64], allowed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The most that areas of a given total size can hold, the last one in part."""
    order = np.argsort(-happened / size, kind="stable")
    held, used = np.append(0.0, np.cumsum(happened[order])), np.append(0.0, np.cumsum(size[order]))
    return np.asarray(np.interp(allowed, used, held))


@dataclass(frozen=True)
class Score:
    """A forecast at one share of the area.

    Attributes
    ----------
    hits, all
        Incidents in the chosen cells, and in all.
    most
        The most that as much area could have hit.
    most_places
        The most that as many cells could have hit.
    area_share
        Share of the area that the chosen cells hold.
    said
        What was forecast for the chosen cells, scaled to all incidents.
    """

    hits: float
    all: float
    most: float
    most_places: float
    area_share: float
    said: float


def score(
    happened: NDArray[np.float64], said: NDArray[np.float64], size: NDArray[np.float64], area_share: float
) -> tuple[Score, NDArray[np.int64]]:
    """Choose the likeliest cells up to a share of the area, and see what happened in them."""
    order = np.lexsort((happened, -said))
    used = np.cumsum(size[order]) / size.sum()
    chosen = order[: max(1, int(np.searchsorted(used, area_share * (1 + 1e-9), side="right")))]
    hits = float(happened[chosen].sum())
    held = float(size[chosen].sum())
    most = float(most_within(happened, size, np.array([held]))[0])
    total = float(happened.sum())
    scaled = float(said[chosen].sum() / max(float(said.sum()), 1e-300) * total)
    places = float(np.sort(happened)[-len(chosen) :].sum())
    return Score(hits, total, most, places, held / float(size.sum()), scaled), chosen
