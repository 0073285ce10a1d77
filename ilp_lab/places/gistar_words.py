"""What a hot spot result says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._tongue import in_a_row, tr, tr_later, trn
from ilp_lab.places.chance import Chance, false_alarms
from ilp_lab.places.spotwords import where_is

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab._ground.studyarea import StudyArea

VERDICTS = ("hot spot beyond chance", "hot spot", "cold spot", "too few incidents", "not more than chance")
METHOD = tr_later(
    "Incidents were counted in cells of equal size. For every cell the sum over it and its neighbours was compared with "
    "the mean of all cells of the study area (Getis-Ord Gi*, standardised; two-sided normal p; Benjamini-Hochberg q over "
    "all cells). The same number of incidents was then thrown onto the study area at random, many times, to see how many "
    "cells chance alone marks and how large z becomes. A cell is hot when q lies below {alpha:g} and z above 0; it is "
    "'beyond chance' when its z passes what 95 % of the simulations reached anywhere, here {z_beyond:.1f}."
)
METHOD_AREAS = tr_later(
    "For every area the weighted sum over it and its neighbours was compared with the mean of all areas (Getis-Ord Gi*, "
    "standardised; two-sided normal p; Benjamini-Hochberg q over all areas). The values were then shuffled among the "
    "areas, many times, to see how many areas chance alone marks. An area is hot when q lies below {alpha:g} and z above 0; "
    "it is 'beyond chance' when its z passes what 95 % of the shuffles reached anywhere, here {z_beyond:.1f}."
)
REFERENCES = (
    "Ord and Getis 1995, Local spatial autocorrelation statistics, doi:10.1111/j.1538-4632.1995.tb00912.x",
    "Benjamini and Hochberg 1995, Controlling the false discovery rate, doi:10.1111/j.2517-6161.1995.tb02031.x",
    "Caldas de Castro and Singer 2006, doi:10.1111/j.0016-7363.2006.00682.x",
)
_ON_ONE_POINT = 0.5
_STRETCHED = 3.0
ONE_POINT = tr_later("In the hot cell around {place}, {share:.0%} of {n:,.0f} incidents lie on one point.")


def findings(table: pd.DataFrame, chance: Chance, alpha: float, value: str = "") -> tuple[str, ...]:
    """Three to six sentences: what was found, how sure, what it does not mean, what to check next."""
    numbers = table["verdict"].value_counts()
    beyond = int(numbers["hot spot beyond chance"])
    hot, n = beyond + int(numbers["hot spot"]), len(table)
    few = int(numbers["too few incidents"])
    said = [_marked(hot, n, beyond, alpha, value), chance.sentence(n, "areas" if value else "cells")]
    if hot and chance.high >= hot:
        said.append(tr("So many hot spots are no more than luck would show: do not act on this map."))
    elif not value and not table["n"].any():
        said.append(tr("No incident lies in the study area, so there was nothing to find."))
    elif not hot:
        said.append(tr("No concentration was found that could be told from chance."))
    if few:
        said.append(_few(few, value))
    said.append(
        tr(
            "A hot spot tells where recorded incidents lie closer than expected. It does not tell why, not where offenders live, "
            "and nothing about any person."
        )
    )
    said.append(tr("Check next whether more people explain the difference.") if value else _next_check(table))
    return tuple(said)


def _marked(hot: int, n: int, beyond: int, alpha: float, value: str) -> str:
    """How many are marked, how many of them by error, and how many cannot be luck; without signs of statistics."""
    if not value:
        said = trn(
            "{hot:,} of {n:,} cells, taken with the cells around it, holds more incidents than the average of the study area explains.",
            "{hot:,} of {n:,} cells, each taken with the cells around it, hold more incidents than the average of the study area explains.",
            hot,
        ).format(hot=hot, n=n)
    elif value == "n":
        said = trn(
            "{hot:,} of {n:,} areas, taken with those around it, holds more incidents than the average of all areas explains.",
            "{hot:,} of {n:,} areas, each taken with those around it, hold more incidents than the average of all areas explains.",
            hot,
        ).format(hot=hot, n=n)
    else:
        said = trn(
            "{hot:,} of {n:,} areas, taken with those around it, has a higher {value!r} than the average of all areas explains.",
            "{hot:,} of {n:,} areas, each taken with those around it, have a higher {value!r} than the average of all areas explains.",
            hot,
        ).format(hot=hot, n=n, value=value)
    if not hot:
        return said
    errors = false_alarms(alpha)
    if not beyond:
        return in_a_row(said, errors, tr("None of them is higher than chance alone reaches somewhere."))
    sure = trn(
        "{beyond:,} of them is higher than chance alone reached anywhere.",
        "{beyond:,} of them are higher than chance alone reached anywhere.",
        beyond,
    ).format(beyond=beyond)
    return in_a_row(said, errors, sure)


def _few(few: int, value: str) -> str:
    if value:
        return trn(
            "{few:,} further area was not called hot because too few incidents lie in and around it.",
            "{few:,} further areas were not called hot because too few incidents lie in and around them.",
            few,
        ).format(few=few)
    return trn(
        "{few:,} further cell was not called hot because too few incidents lie in and around it.",
        "{few:,} further cells were not called hot because too few incidents lie in and around them.",
        few,
    ).format(few=few)


def _next_check(table: pd.DataFrame) -> str:
    on_one_point = piles(table)
    if len(on_one_point):
        return trn(
            "Check next: in {n:,} hot cell most incidents lie on one single point, which may be a default "
            "address (a station, a hospital) rather than a place where things happen.",
            "Check next: in {n:,} hot cells most incidents lie on one single point, which may be a default "
            "address (a station, a hospital) rather than a place where things happen.",
            len(on_one_point),
        ).format(n=len(on_one_point))
    return tr("Check next on the ground, and whether more people or more reporting explain the difference.")


def stretched(area: StudyArea, reach: tuple[float, float, float, float]) -> list[str]:
    """Warn when a few incidents far from the rest make the hull several times as large as the others need."""
    west, east, south, north = reach
    within = (east - west) * (north - south) / 1e6
    whole = float(area.outline.area) / 1e6
    if whole < _STRETCHED * within or not within:
        return []
    return [
        tr(
            "A few incidents lie far from the rest: the hull measures {whole:,.0f} km², while 96 % and more of the incidents lie "
            "on {within:,.0f} km². So large an area makes ordinary places look hot. Give a study area, or look at those "
            "incidents first."
        ).format(whole=whole, within=within)
    ]


def area_caveats(alone: int) -> tuple[str, ...]:
    """What weakens a result on polygons; ``alone`` is the number of areas without neighbours."""
    said = [
        tr(
            "Areas of very different size are compared as if they were alike; a count follows the number of people."
        )
    ]
    if alone:
        said.append(
            trn(
                "{alone:,} area has no neighbour; it is judged by its own value alone.",
                "{alone:,} areas have no neighbour; they are judged by their own value alone.",
                alone,
            ).format(alone=alone)
        )
    said.append(tr("It tells where values are high together, not why."))
    return tuple(said)


def caveats(
    table: gpd.GeoDataFrame,
    chance: Chance,
    area: StudyArea,
    reach: tuple[float, float, float, float],
    areas: gpd.GeoDataFrame | None,
) -> tuple[str, ...]:
    """What weakens the result; ``reach`` is west, east, south and north of the middle 98 % of the incidents.

    ``areas`` is the study area as given, whose names are said.
    """
    said = []
    if any(param.name == "study_area" and param.chosen for param in area.params):
        said.append(
            tr(
                "No study area was given. The hull of the incidents takes in ground that cannot hold an incident, such as water, and "
                "leaves out ground that had none."
            )
        )
        said.extend(stretched(area, reach))
    if any(param.name == "cell_m" and param.chosen for param in area.params):
        said.append(
            tr(
                "The cell size was chosen by a rule; see whether the finding stays with half and double the size."
            )
        )
    on_one_point = piles(table).head(5)
    numbers = zip(on_one_point["one_point_share"], on_one_point["incidents"], strict=True)
    said.extend(
        ONE_POINT.format(place=place, share=share, n=n)
        for place, (share, n) in zip(where_is(on_one_point.geometry, areas), numbers, strict=True)
    )
    if chance.simulations < 99:
        said.append(
            tr(
                "The grid is large, so randomness was simulated only {simulations} times; its range is rough."
            ).format(simulations=chance.simulations)
        )
    counts = table["incidents"] if "incidents" in table else table["n"]
    if counts.sum() < 2 * len(table) and chance.mean >= 1:
        said.append(
            tr(
                "There are fewer than two incidents per cell. The normal approximation marks cells by luck then; trust only those "
                "beyond chance, or take larger cells."
            )
        )
    said.append(
        tr(
            "Counts follow where people are. Without a measure of exposure this is where incidents are, not risk."
        )
    )
    return tuple(said)


def piles(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Hot cells of ten incidents and more, most of them on one point; the fullest first."""
    hot = table[table["verdict"].isin(["hot spot", "hot spot beyond chance"])]
    hot = hot.assign(incidents=hot["incidents"] if "incidents" in hot else hot["n"])
    piles = hot[(hot["one_point_share"] > _ON_ONE_POINT) & (hot["incidents"] >= 10)]
    return piles.sort_values("incidents", ascending=False)
