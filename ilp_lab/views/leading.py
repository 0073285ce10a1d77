"""Places of a map that are worth a button each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._tongue import figure, tr
from ilp_lab.views.classes import figure_of, name_of, spoken

if TYPE_CHECKING:
    import geopandas as gpd

_LISTED = 12
_FIRST_OF = 5_000
_APART = 20  # places to search are listed at least a twentieth of the map apart, else all would be one


def leading_of(
    cells: gpd.GeoDataFrame | None, column: str | None, places: list[str] | None
) -> tuple[list[int] | None, list[str], str]:
    """Rows worth a button each: the marked ones, or the highest (of every area one)."""
    import pandas as pd

    if cells is None or column is None:
        return None, [], ""
    where = _where(cells, places)
    if column == "priority" and "searched" in cells:
        return _to_search(cells, where)
    if column == "strength" and {"incident", "days_left"} <= set(cells.columns):
        return _zones(cells, where)
    if column == "verdict" and {"n", "z"} <= set(cells.columns):
        return _hot(cells, where)
    if not pd.api.types.is_numeric_dtype(cells[column]) or pd.api.types.is_bool_dtype(cells[column]):
        return None, [], ""
    ranked = cells[column].dropna().sort_values(ascending=False, kind="stable")
    best: dict[str, int] = {}
    for row in ranked.index[:_FIRST_OF].tolist():
        best.setdefault(where[row] or str(row), row)
        if len(best) == _LISTED:
            break
    rows = list(best.values())
    words = [f"{where[row]}{figure_of(ranked[row])}" for row in rows]
    return rows, words, tr("Highest: {what}").format(what=spoken(column))


def _hot(cells: gpd.GeoDataFrame, where: list[str]) -> tuple[list[int], list[str], str]:
    """Hot spots by the area they lie in, or one by one where no areas are known; the strongest first."""
    hot = cells.loc[cells["verdict"].astype(str).str.startswith("hot spot"), ["n", "z"]]
    hot = hot.sort_values("z", ascending=False, kind="stable")
    together: dict[str, list[int]] = {}
    for row in hot.index.tolist():
        together.setdefault(where[row] or str(row), []).append(row)
    rows, words = [], []
    for members in list(together.values())[:_LISTED]:
        rows.append(members[0])
        held, strongest = figure_of(hot.loc[members, "n"].sum()), hot.at[members[0], "z"]  # noqa: PD008
        told = (
            tr("{cells:,} hot cells, {held} incidents, z up to {z:.1f}")
            if len(members) > 1
            else tr("{held} incidents, z up to {z:.1f}")
        )
        said = told.format(cells=len(members), held=held, z=strongest)
        words.append(f"{where[members[0]]}{said}")
    return rows, words, tr("Hot spots, strongest first ({n:,} in all)").format(n=len(hot))


def _to_search(cells: gpd.GeoDataFrame, where: list[str]) -> tuple[list[int], list[str], str]:
    """Where to begin looking: of every area the first cell, or cells that lie apart where no areas are known."""
    ranked = cells["searched"].sort_values(kind="stable")
    middles = cells.geometry.centroid
    x, y = middles.x.to_numpy(), middles.y.to_numpy()
    west, south, east, north = cells.total_bounds
    apart = max(east - west, north - south) / _APART
    rows: list[int] = []
    for row in ranked.index[:_FIRST_OF].tolist():
        known = any(where[other] == where[row] for other in rows) if where[row] else False
        near = any(max(abs(x[other] - x[row]), abs(y[other] - y[row])) < apart for other in rows)
        if known or (near and not where[row]):
            continue
        rows.append(row)
        if len(rows) == _LISTED:
            break
    told = tr("after {share} of the ground")
    words = [f"{where[row]}{told.format(share=figure(ranked[row], '.2%'))}" for row in rows]
    return rows, words, tr("Where to search first")


def _zones(cells: gpd.GeoDataFrame, where: list[str]) -> tuple[list[int], list[str], str]:
    """Of every incident its strongest zone, by the incident it lies around: many are as strong as one another."""
    ranked = cells.sort_values("strength", ascending=False, kind="stable")
    rows = ranked.drop_duplicates("incident").index[:_LISTED].tolist()
    told = tr("around incident {incident}: strength {strength}, days left: {days}")
    words = [
        where[row]
        + told.format(
            incident=name_of(cells["incident"][row]),
            strength=figure_of(cells["strength"][row]),
            days=figure_of(cells["days_left"][row]),
        )
        for row in rows
    ]
    return rows, words, tr("Highest: {what}").format(what=spoken("strength"))


def _where(cells: gpd.GeoDataFrame, places: list[str] | None) -> list[str]:
    """The name of the place before a row's number."""
    name = next((name for name in ("name", "area") if name in cells.columns), None)
    names = places if name is None else [name_of(value) for value in cells[name].tolist()]
    if names is None:
        return [""] * len(cells)
    return [f"{text}: " if text else "" for text in names]
