"""Which rows of a result stand first on a product: those that the finding rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ilp_lab.places.emergingrules import NAMES

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.result import Result

ROWS = 10
_UP, _DOWN = True, False
# A column to sort by, and how: up, down, or by groups of words, of which all others stand last.
_Key = tuple[str, bool | tuple[frozenset[str], ...]]


def _words(*groups: str) -> tuple[frozenset[str], ...]:
    """Verdicts, those that the finding is about first; a group is separated by ``"|"``."""
    return tuple(frozenset(group.split("|")) for group in groups)


_RULES: Mapping[str, tuple[_Key, ...]] = {
    "networks.disruption": (("removed", _DOWN),),
    "places.emerging_hot_spots": (
        ("pattern", tuple(frozenset(f"{name} {kind} spot" for name in NAMES) for kind in ("hot", "cold"))),
        ("z_last", _DOWN),
    ),
    "places.geographic_profile": (("searched", _UP),),
    "places.gi_star": (("z", _DOWN),),
    "places.local_moran": (
        ("verdict", _words("high among high", "low among low|high among low|low among high")),
        ("q_fdr", _UP),
    ),
    "places.rates": (("verdict", _words("higher than overall", "lower than overall")), ("q_fdr", _UP)),
    "places.relative_risk": (("verdict", _words("higher beyond chance", "higher", "lower")), ("z", _DOWN)),
    "places.risk_terrain": (("relative_risk", _DOWN),),
    "places.street_density": (("density", _DOWN),),
    "tasking.patrols": (("visits", _DOWN), ("next_gain", _DOWN)),
    "threats.harm_rates": (("rank", _UP),),
    "times.aoristic": (("n", _DOWN),),
    "times.control_chart": (("verdict", _words("above the band|below the band")), ("period", _DOWN)),
    "times.exceptions": (("verdict", _words("exception", "worth a look")), ("p", _UP)),
    "times.forecast": (("rank", _UP),),
    "times.near_repeat": (("verdict", _words("more than chance", "more than chance, if looked at alone")),),
    "times.pattern_change": (
        ("verdict", _words("larger share than before|smaller share than before")),
        ("q_fdr", _UP),
    ),
    **dict.fromkeys(
        (
            "networks.brokers", "networks.call_bursts", "networks.co_location", "networks.co_offending", "networks.fan_in_out",
            "networks.key_players", "networks.missing_links", "networks.night_calls", "networks.ranking", "networks.round_trips",
            "networks.structuring", "places.concentration", "places.hot_areas", "reasoning.competing_hypotheses",
            "tasking.weigh_options", "threats.compare_scales", "threats.learn_next", "threats.rank", "times.crime_series",
            "times.link_crimes", "times.near_repeat_zones", "times.scan", "times.temporal_scan",
            "times.year_to_date",
        ),
        (),  # the analysis puts them in this order itself
    ),
}  # fmt: skip
# The newest of many periods are of use; that the finding rests on them cannot be said.
_NEWEST = {
    "times.change_points": "start",
    "times.interrupted_series": "period",
    "times.seasonality": "period",
}


def foremost(result: Result, table: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order in which a product shows them, when it cannot show all of them.

    Parameters
    ----------
    result
        Made by the analysis whose order is asked for.
    table
        Its rows.

    Returns
    -------
    DataFrame
        The same rows; for hot spots only those that are some, for measures only those that may be ranked.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.result import Result
    >>> table = pd.DataFrame({"n": range(12)})
    >>> foremost(Result("times.aoristic", "When", table, "counted", ()), table)["n"].tolist()[:3]
    [11, 10, 9]
    """
    if result.name == "places.gi_star" and {"verdict", "z"} <= set(table.columns):
        table = table[table["verdict"].astype(str).str.startswith("hot spot")]
        return _sorted(table, _RULES[result.name])
    if "betweenness_rank" in table:
        return table.dropna(subset="betweenness_rank").sort_values("betweenness_rank", kind="stable")
    if len(table) <= ROWS:
        return table
    if result.name in _NEWEST:
        return _sorted(table, ((_NEWEST[result.name], _DOWN),))
    return _sorted(table, _RULES.get(result.name, ()))


def rests_on_the_first(result: Result, shown: int) -> bool:
    """Whether the rows shown are those that the finding rests on, and others are not shown.

    >>> import pandas as pd
    >>> from ilp_lab.result import Result
    >>> table = pd.DataFrame({"n": range(12)})
    >>> [rests_on_the_first(Result(name, "", table, "", ()), shown=10) for name in ("times.aoristic", "places.ripley")]
    [True, False]
    """
    known = result.name in _RULES or "betweenness_rank" in result.table
    return known and shown < len(result.table)


def _sorted(table: pd.DataFrame, keys: tuple[_Key, ...]) -> pd.DataFrame:
    for column, how in reversed(keys):  # each sort is stable, so the first key is the last one sorted by
        if column not in table:
            continue
        if isinstance(how, bool):
            table = table.sort_values(column, ascending=how, kind="stable")
        else:
            place = {word: at for at, group in enumerate(how) for word in group}
            rank = table[column].astype(str).map(lambda word, place=place: place.get(word, len(place)))
            table = table.iloc[rank.to_numpy().argsort(kind="stable")]
    return table
