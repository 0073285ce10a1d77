"""How the settings of an analysis are called, and what they are set to, in words.

Analyses keep a setting as it was typed: ``cell_m=150``, ``kernel="quartic"``. Readers of a method are told *cell size, m: 150* and
*kernel: quartic* in their language. A test runs the analyses and finds what has no words here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ilp_lab._tongue import (
    Sentence,
    again,
    figure,
    in_a_row,
    looked_up,
    moment_in_words,
    short_day,
    tr,
    tr_later,
)

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TO = " to "
# Columns, names and texts of the user: shown as they were written.
_OF_THE_USER = frozenset({
    "count", "current", "demand", "discovered", "engine", "exposed", "group", "harm", "layer", "name", "offender", "other", "owner", "pack", "population",
    "renamed", "sheet", "size", "study_area", "text", "treated", "tz", "value", "workload",
})  # fmt: skip
NAMES: Mapping[str, str] = {
    "accept": tr_later("score from which a match is accepted"),
    "adaptive": tr_later("bandwidth of its own for each incident"), "after_span": tr_later("length of the time after"),
    "alike": tr_later("least likeness letter by letter"), "alpha": tr_later("share of false alarms accepted"),
    "area_share": tr_later("share of the ground that is marked"), "as_of": tr_later("day for which it holds"),
    "at": tr_later("beginning of the measure"), "at_least": tr_later("at least"), "at_most": tr_later("at most"),
    "back": tr_later("periods before that count"), "backup": tr_later("worth of a second unit within reach"),
    "bands": tr_later("bands of distance and time"), "bandwidth_m": tr_later("bandwidth, m"),
    "baseline": tr_later("baseline"), "before_span": tr_later("length of the time before"),
    "below": tr_later("from how far below the threshold"), "beside": tr_later("second scale"),
    "betweenness": tr_later("betweenness"), "bootstrap": tr_later("samples drawn again"),
    "budget": tr_later("budget, visits"), "buffer_m": tr_later("buffer, m"), "by": tr_later("by"),
    "candidates_m": tr_later("bandwidths tried, m"), "cash_only": tr_later("only cash"), "cell_m": tr_later("cell size, m"),
    "certainty": tr_later("certainty of links"), "change": tr_later("change wanted"), "classes": tr_later("classes"),
    "clock": tr_later("clock"), "clock_changes": tr_later("nights on which the clock changes"),
    "columns": tr_later("columns"), "compatible": tr_later("days counted as the published program does"),
    "correct": tr_later("corrected for where patrols were"), "correction": tr_later("correction at the border"),
    "cost": tr_later("cost of a visit"), "count": tr_later("count"), "country_code": tr_later("code of the country"),
    "criteria": tr_later("criteria"), "crs": tr_later("coordinate system"), "current": tr_later("districts of today"),
    "cycle": tr_later("cycle"), "data": tr_later("data"), "day": tr_later("day"), "dayfirst": tr_later("day before month"),
    "days": tr_later("days"), "decay": tr_later("journey to crime"), "decimal": tr_later("decimal sign"),
    "delimiter": tr_later("delimiter"), "demand": tr_later("what is to be reached"),
    "directed": tr_later("links have a direction"), "discovered": tr_later("found by the police"),
    "distance": tr_later("distance"), "doubt": tr_later("doubt by confidence"), "draws": tr_later("number of draws"),
    "edge_correction": tr_later("corrected at the border"), "effect": tr_later("effect of the first visit"),
    "encoding": tr_later("encoding"), "end_hour": tr_later("end of the night, hour"),
    "engine": tr_later("where it was counted"), "events": tr_later("column of events"), "exact": tr_later("exact"),
    "expected": tr_later("effect that was expected"), "explore": tr_later("share placed at random"),
    "exposed": tr_later("number exposed"), "f": tr_later("exponent f"), "fdr": tr_later("false alarms held down"),
    "first": tr_later("first places compared"), "folds": tr_later("parts for trying out"),
    "found_by_police": tr_later("with what the police found"), "from": tr_later("from"), "g": tr_later("exponent g"),
    "goal": tr_later("goal"), "group": tr_later("group"), "group_at_most": tr_later("largest share of visits on the group"),
    "harm": tr_later("harm"), "header": tr_later("heading line"), "horizon_days": tr_later("days ahead"),
    "hours": tr_later("hours by resource"), "hubs used as evidence": tr_later("hubs used as evidence"),
    "join_m": tr_later("ends joined within, m"), "judged": tr_later("incidents judged by"), "k": tr_later("size of the set"),
    "kernel": tr_later("kernel"), "kind": tr_later("kind"), "kinds": tr_later("kinds"),
    "layer": tr_later("layer"), "largest_event": tr_later("largest event, persons"), "least": tr_later("at least"),
    "least_by_priority": tr_later("least hours by priority"), "least_calls": tr_later("fewest calls"),
    "least_days": tr_later("fewest days"), "least_kept": tr_later("least share that comes back"),
    "least_prevention": tr_later("least share for prevention"), "least_steps": tr_later("fewest steps"),
    "level": tr_later("level"), "max_days": tr_later("longest window, days"), "max_m": tr_later("largest radius, m"),
    "max_share": tr_later("largest share in a circle"), "memory": tr_later("memory"),
    "merge_at": tr_later("joined from a probability of"), "method": tr_later("method"), "methods": tr_later("methods"),
    "metric": tr_later("way of measuring"), "midnights": tr_later("incidents at 00:00 exactly"),
    "min_cases": tr_later("fewest cases"), "min_count": tr_later("fewest incidents"), "missing": tr_later("what has no end"),
    "missing links": tr_later("missing links"), "mo": tr_later("details of the manner"), "model": tr_later("model"),
    "most": tr_later("listed at most"), "most_steps": tr_later("most steps"), "n": tr_later("column with the number"),
    "not_read": tr_later("not read"), "null": tr_later("compared with"), "number": tr_later("number of districts"), "offender": tr_later("offender"),
    "on": tr_later("yardstick"), "opt_in": tr_later("asked for knowingly"), "orders": tr_later("neighbours looked at"),
    "other": tr_later("other value"), "outline": tr_later("outline"), "owner": tr_later("owner"), "pack": tr_later("pack"),
    "passages": tr_later("least share of the same passages"), "penalty": tr_later("penalty for a cut"),
    "per": tr_later("per"), "period": tr_later("period"), "period_days": tr_later("length of the period, days"),
    "periods": tr_later("periods"), "permutations": tr_later("random deals"), "phases": tr_later("phases"),
    "population": tr_later("population of each area"), "prior": tr_later("prior"),
    "prospective": tr_later("only clusters alive on the last day"), "protective": tr_later("factors that protect count too"),
    "publish_zeros": tr_later("zeros are published"), "rates": tr_later("daily rates"),
    "reaches_m": tr_later("reaches tried, m"), "recovery": tr_later("how people reorganise"),
    "redraws": tr_later("redraws of the chart"), "renamed": tr_later("renamed"), "reported": tr_later("share that residents report"),
    "resolution": tr_later("resolution of groups"), "reversed_windows": tr_later("windows that end before they begin"),
    "review": tr_later("review by a person"), "review_at": tr_later("looked at from a probability of"),
    "ring_m": tr_later("width of the ring, m"), "robust": tr_later("robust against outliers"), "rubric": tr_later("rubric"),
    "rules": tr_later("rules"), "runs": tr_later("runs"), "same_place_m": tr_later("same place within, m"),
    "scale": tr_later("scale"), "score": tr_later("score"), "search": tr_later("search"), "season": tr_later("season"),
    "shape": tr_later("shape of the cells"), "shared": tr_later("least share of telling words in common"),
    "sheet": tr_later("sheet"), "side": tr_later("direction of payments"), "simulations": tr_later("simulations of chance"),
    "size": tr_later("size"), "smallest": tr_later("smallest number shown"), "soon_days": tr_later("due within, days"),
    "split": tr_later("junctions split"), "start": tr_later("start"), "start_hour": tr_later("start of the night, hour"),
    "starts": tr_later("starts of the search"), "statistic": tr_later("statistic"), "step": tr_later("period of counting"),
    "step days": tr_later("days from phase to phase"), "steps": tr_later("steps"), "strength": tr_later("strength of links"),
    "study_area": tr_later("study area"), "success": tr_later("probability of success"),
    "sure": tr_later("stated from a share of"), "test": tr_later("test"), "text": tr_later("text"),
    "threshold": tr_later("threshold"), "tier": tr_later("tier"), "tolerance": tr_later("largest difference of workload"),
    "too_long": tr_later("windows that are too long"), "top": tr_later("first in the list"),
    "towards": tr_later("smoothed towards"), "treated": tr_later("where the measure was"), "trials": tr_later("trials"),
    "tz": tr_later("time zone"), "unit": tr_later("unit looked at"), "unit_days": tr_later("days in a unit"),
    "units": tr_later("units"), "until": tr_later("until"), "up_to_m": tr_later("distances up to, m"),
    "value": tr_later("value"), "visits": tr_later("visits"), "wanted": tr_later("maturity wanted"),
    "way": tr_later("way of correcting"), "weight": tr_later("weight"), "weights": tr_later("weights"),
    "when": tr_later("time used"), "window": tr_later("compared with which mean"),
    "window days": tr_later("days in a phase"), "window_hours": tr_later("window, hours"),
    "within_days": tr_later("within days"), "within_hours": tr_later("within hours"), "within_m": tr_later("within, m"),
    "within_minutes": tr_later("within minutes"), "words": tr_later("words of addresses"), "workload": tr_later("workload"),
}  # fmt: skip
_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "*": {
        "square": tr_later("squares"), "hex": tr_later("hexagons"), "quartic": tr_later("quartic"),
        "gaussian": tr_later("gaussian"), "euclidean": tr_later("in a straight line"),
        "manhattan": tr_later("along a street grid"), "planar": tr_later("on a plane"),
        "great-circle": tr_later("on the globe"), "none": tr_later("none"), "all": tr_later("all"),
        "queen": tr_later("a common point"), "rook": tr_later("a common border"), "dbscan": tr_later("DBSCAN"),
        "nnh": tr_later("nearest-neighbour hierarchical clustering"),
        "stac": tr_later("Spatial and Temporal Analysis of Crime"), "hull": tr_later("convex hull"),
        "ellipse": tr_later("ellipse"), "vertices": tr_later("where lines have a common vertex"),
        "crossings": tr_later("where lines cross"), "continuous": tr_later("continuous"),
        "discontinuous": tr_later("discontinuous"), "labels": tr_later("labels dealt anew"), "random": tr_later("at random"),
        "cgt": tr_later("criminal geographic targeting"), "decay": tr_later("journey to crime"), "bayes": tr_later("Bayes"),
        "esri-3": tr_later("as in ArcGIS Pro 3"), "esri-2.8": tr_later("as in ArcGIS Pro 2.8"),
        "permutation": tr_later("space-time permutation"), "poisson": tr_later("Poisson"),
        "bernoulli": tr_later("Bernoulli"), "wald": tr_later("Wald"), "score": tr_later("score test"),
        "g": tr_later("the likelihood ratio G"), "chi2": tr_later("Pearson chi-square"),
        "farrington": tr_later("Farrington flexible"), "recent": tr_later("the periods just before"),
        "from": tr_later("the earliest possible"), "middle": tr_later("the middle of the window"),
        "to": tr_later("the latest possible"), "start": tr_later("taken at its start"), "leave out": tr_later("leave out"),
        "swap": tr_later("ends exchanged"), "even": tr_later("shared out evenly"), "as shown": tr_later("as shown"),
        "cut": tr_later("cut out"), "all day": tr_later("all day"), "nrc-1.3": tr_later("Near Repeat Calculator 1.3"),
        "newman": tr_later("Newman"), "jaccard": tr_later("Jaccard"), "sdsm": tr_later("stochastic degree sequence model"),
        "hypergeometric": tr_later("hypergeometric"), "disparity": tr_later("disparity filter"),
        "degree_in": tr_later("degree, incoming"), "degree_out": tr_later("degree, outgoing"),
        "pagerank": tr_later("PageRank"), "eigenvector": tr_later("eigenvector centrality"),
        "payee": tr_later("payments received"), "payer": tr_later("payments made"), "order": tr_later("their order only"),
        "any": tr_later("any that there can be"), "exact": tr_later("exact"), "rubric": tr_later("those of the rubric"),
        "nominal": tr_later("nominal scale"), "ordinal": tr_later("ordinal scale"), "interval": tr_later("interval scale"),
        "numbers": tr_later("numbers"), "reference": tr_later("reference"), "last_year": tr_later("last year's map"),
        "moving_average": tr_later("the last weeks' map"), "whole_past": tr_later("the map of all years"),
        "density": tr_later("density of the last year"), "prospective": tr_later("prospective map (near repeats)"),
        "self_exciting": tr_later("self-exciting model"), "likelihood": tr_later("likelihood"),
        "weighted": tr_later("weighted"), "surface": tr_later("the surface given"), "tab": tr_later("tab"),
    },
    "weight": {
        "count": tr_later("number of joint events"),
    },
    "correction": {
        "translation": tr_later("pairs weighed by the share of ground that allows them"),
        "border": tr_later("from incidents farther from the border than the distance"),
        "none": tr_later("without regard to the border"),
    },
    "window": {
        "cube": tr_later("the mean of all bins"), "neighbourhood": tr_later("the mean of the same periods"),
        "step": tr_later("the mean of its own period"),
    },
    "recovery": {
        "none": tr_later("nobody reacts"), "near": tr_later("turn to those near"),
        "degree": tr_later("turn to the well tied"), "random": tr_later("turn to anybody"),
    },
    "towards": {
        "all": tr_later("the overall rate"), "queen": tr_later("the rate of the area and those that touch it"),
    },
    "unit": {
        "hour_of_day": tr_later("hour of the day"), "hour_of_week": tr_later("hour of the week"),
        "weekday": tr_later("day of the week"), "month": tr_later("month"),
        "half_hour_of_day": tr_later("half hour of the day"), "quarter_of_day": tr_later("quarter of an hour"),
        "minute_of_day": tr_later("minute of the day"),
    },
    "goal": {
        "fragment": tr_later("share of pairs among the others that have no way to each other any more (F)"),
        "distance": tr_later("1 minus the mean of 1/steps over all pairs of the others (distance-weighted fragmentation, DF)"),
        "reach": tr_later("share of all entities that are in the set or within the steps of it"),
    },
}  # fmt: skip
_TERMS = frozenset(
    {
        "hour",
        "day",
        "week",
        "fortnight",
        "month",
        "quarter",
        "year",
        "degree",
        "betweenness",
        "closeness",
        "harmonic",
        "strength",
        "core",
        "strategic",
        "tactical",
        "operational",
    }
)


def setting_words(name: str) -> str:
    """What a setting is called in the language that is spoken now.

    Examples
    --------
    >>> setting_words("cell_m"), setting_words("my_setting")
    ('cell size, m', 'my setting')
    """
    if isinstance(name, Sentence):
        return again(name)
    return again(NAMES[name]) if name in NAMES else name.replace("_", " ")


def value_words(name: str, value: Any) -> str:
    """What it is set to, in the language that is spoken now; columns and names of the user stay as they were written.

    Examples
    --------
    >>> value_words("cell_m", 150.0), value_words("kernel", "quartic"), value_words("adaptive", True), value_words("as_of", "2026-05-01")
    ('150', 'quartic', 'yes', '01 May 2026')
    >>> value_words("folds", None), value_words("reaches_m", (100, 200.5)), value_words("value", "quartic")
    ('not set', '100, 200.5', 'quartic')
    """
    if isinstance(value, Mapping):
        return _listed(
            *(f"{value_words('', one)}: {value_words(name, other)}" for one, other in value.items())
        )
    if isinstance(value, list | tuple | set | frozenset):
        return _listed(*(value_words(name, one) for one in value))
    if isinstance(value, Sentence):
        return again(value)
    if isinstance(value, str):
        return value if name in _OF_THE_USER else _option(name, value)
    return _moment(value) if isinstance(value, date) else _figure(value)


def _option(name: str, value: str) -> str:
    known = {**_OPTIONS["*"], **_OPTIONS.get(name, {})}
    if value in known:
        return again(known[value])
    if value in _TERMS:
        return looked_up(value)
    if _ISO_DAY.fullmatch(value):
        return short_day(date.fromisoformat(value))
    ends = value.split(_TO)
    if len(ends) == 2 and all(_ISO_DAY.fullmatch(one) for one in ends):
        return tr("{first} to {last}").format(first=_option(name, ends[0]), last=_option(name, ends[1]))
    parts = value.split(", ")
    if len(parts) > 1 and all(one in known or one in _TERMS for one in parts):
        return _listed(*(_option(name, one) for one in parts))
    return value


def _listed(*parts: str) -> str:
    return in_a_row(*parts, by=", ") or str(tr("none"))


def _moment(value: date) -> str:
    return moment_in_words(value) if isinstance(value, datetime) else short_day(value)


def _figure(value: Any) -> str:
    """A number as people write it: 150 and not 150.0; yes, no and nothing by their words."""
    if value is None:
        return tr("not set")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return figure(int(number), ",") if number.is_integer() and abs(number) < 1e15 else figure(number, ",.6g")
