"""From values to a few colours with words: classes that can be told apart by people who do not see red or green.

Colour ramps are those of ColorBrewer (Harrower and Brewer 2003, doi:10.1179/000870403235002042) that stay apart in
lightness; categories take the set of Okabe and Ito.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._spoken import spoken as spoken_now
from ilp_lab._tongue import again, figure, looked_up, short_day, tr, tr_later, trn, worded

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NOTHING = 255
VERDICTS = {
    "hot spot beyond chance": (tr_later("Hot spot, beyond what chance reached"), "#99000d"),
    "hot spot": (tr_later("Hot spot; chance shows some like it"), "#fc8d59"),
    "cold spot": (tr_later("Cold spot: fewer than expected"), "#4393c3"),
    "too few incidents": (tr_later("High, but too few incidents to say"), "#c7b9d6"),
    "not more than chance": (tr_later("Not more than chance"), "#eceeea"),
}
_HOT, _WARM, _COOL, _COLD, _PALE, _DOUBT = "#99000d", "#fc8d59", "#92c5de", "#2166ac", "#eceeea", "#c7b9d6"
# Words that results use for what they found, with colours that stay apart in lightness.
WORDS = {
    "high among high": _HOT,
    "low among low": _COLD,
    "high among low": _WARM,
    "low among high": _COOL,
    "higher than overall": _HOT,
    "lower than overall": _COLD,
    "higher beyond chance": _HOT,
    "higher": _WARM,
    "lower": _COOL,
    "beyond chance": _HOT,
    "not more than chance": _PALE,
    "too few incidents": _DOUBT,
    "too little exposure": _DOUBT,
    "no pattern": _PALE,
    "new hot spot": "#67000d",
    "consecutive hot spot": "#a50f15",
    "intensifying hot spot": "#ef3b2c",
    "persistent hot spot": "#fb6a4a",
    "diminishing hot spot": "#fcae91",
    "sporadic hot spot": "#fdd0a2",
    "oscillating hot spot": "#d8a47f",
    "historical hot spot": "#e8d5c4",
    "new cold spot": "#08306b",
    "consecutive cold spot": "#08519c",
    "intensifying cold spot": "#2171b5",
    "persistent cold spot": "#4292c6",
    "diminishing cold spot": "#9ecae1",
    "sporadic cold spot": "#c6dbef",
    "oscillating cold spot": "#a8b9cf",
    "historical cold spot": "#d5dde8",
    "more than chance": _HOT,
    "larger share than before": _HOT,
    "smaller share than before": _COLD,
    "no change that can be shown": _PALE,
    "no incident": "#ffffff",
    "first 5 %": _HOT,
    "first 20 %": _WARM,
    "rest": _PALE,
    "marked": _HOT,
    "not marked": _PALE,
    "treated": _HOT,
    "displacement": "#fcae91",
    "control": _COLD,
    "displacement control": "#c6dbef",
}
UPWARD = ("#fff2c2", "#fed976", "#fd9f3c", "#e0561f", "#8c1c04")
BOTH_WAYS = ("#2166ac", "#67a9cf", "#d1e5f0", "#fddbc7", "#ef8a62", "#b2182b")
CATEGORIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#b8a800", "#555555")
_LIGHT = ("#7fb3d9", "#f2c46d", "#74c7ae", "#e3b3cd", "#e59a66", "#b5dcf2", "#d9d27a", "#a6a6a6")
ZERO = "#f1f2ef"
MISSING = "#ffffff"
_WORDS = {
    "n": tr_later("incidents"),
    "density": tr_later("per km²"),
    "verdict": tr_later("verdict"),
    "z": "z (Gi*)",
}
_HEADINGS = {
    "n": tr_later("Incidents"),
    "density": tr_later("Incidents per km²"),
    "risk": tr_later("Risk (1 is average)"),
    "smoothed": tr_later("Smoothed rate"),
    "searched": tr_later("Share of ground to search first"),
    "stability": tr_later("Share of bandwidths"),
    "relative_risk": tr_later("Relative risk"),
    "per_km": tr_later("Incidents per km of street"),
    "place": tr_later("Forecast"),
}
_SHARES_OF_PEAK = (0.1, 0.25, 0.5, 0.75)
_SEARCHED = (0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Classes:
    """The classes of one column.

    Attributes
    ----------
    codes
        For every row the number of its class; 255 where there is no value.
    labels, colours
        One per class, in the order of the legend.
    heading
        What is coloured, in words.
    """

    codes: NDArray[np.uint8]
    labels: tuple[str, ...]
    colours: tuple[str, ...]
    heading: str

    @property
    def counts(self) -> tuple[int, ...]:
        """How many rows are in each class."""
        found = np.bincount(self.codes, minlength=NOTHING + 1)
        return tuple(int(number) for number in found[: len(self.labels)])


def spoken(name: object) -> str:
    """A column's name as people say it."""
    plain = _WORDS.get(str(name), str(name).replace("_", " "))
    said = looked_up(plain)
    capital = str(plain).capitalize()
    return said if said != plain or looked_up(capital) == capital else looked_up(capital)


def headed(name: object) -> str:
    """A column's name as a heading."""
    return looked_up(str(_WORDS.get(str(name), str(name).replace("_", " "))).capitalize())


def counted(unit: str, count: int) -> str:
    """How many cells, streets, areas or incidents."""
    told = {
        "cells": trn("{count:,} cell", "{count:,} cells", count),
        "streets": trn("{count:,} street", "{count:,} streets", count),
        "incidents": trn("{count:,} incident", "{count:,} incidents", count),
    }.get(unit, trn("{count:,} area", "{count:,} areas", count))
    return told.format(count=count)


def classify(values: pd.Series, name: str) -> Classes:
    """Sort a column into classes: verdicts and categories as they are, numbers into at most six bands.

    Examples
    --------
    >>> import pandas as pd
    >>> classify(pd.Series([0, 1, 2, 9]), "n").labels
    ('none', '1', '2 to 8', '9')
    """
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype) and set(values.cat.categories) <= WORDS.keys():
        return _in_words(values, name)
    if name == "district":
        return _districts(values)
    if name == "verdict" and VERDICTS.keys() & set(values.dropna().unique()):
        return _verdicts(values)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return _numbers(values.to_numpy(dtype=np.float64, na_value=np.nan), name)
    return _categories(values, name)


def _districts(values: pd.Series) -> Classes:
    """One class per district; colours come again after eight, which lie far apart when districts are numbered across a map."""
    import pandas as pd

    numbers = sorted(values.dropna().unique())[: NOTHING - 1]
    codes = pd.Index(numbers).get_indexer(pd.Index(values))
    colours = tuple(_LIGHT[k % len(_LIGHT)] for k in range(len(numbers)))
    labels = tuple(tr("District {number}").format(number=name_of(number)) for number in numbers)
    return Classes(np.where(codes < 0, NOTHING, codes).astype(np.uint8), labels, colours, tr("District"))


def _verdicts(values: pd.Series) -> Classes:
    text = values.astype(str).to_numpy()
    codes = np.full(len(text), NOTHING, dtype=np.uint8)
    for number, verdict in enumerate(VERDICTS):
        codes[text == verdict] = number
    labels, colours = zip(*VERDICTS.values(), strict=True)
    return Classes(codes, tuple(again(label) for label in labels), colours, tr("Verdict"))


def _in_words(values: pd.Series, name: str) -> Classes:
    """Words of a result, in their own order; those that occur nowhere are left out of the legend."""
    there = values.value_counts()
    words = [str(word) for word in values.cat.categories if there[word]]
    position = {word: number for number, word in enumerate(words)}
    codes = values.astype("object").map(position).fillna(NOTHING).to_numpy(dtype=np.uint8)
    said = [worded(word) for word in words]
    labels = tuple(word[:1].upper() + word[1:] for word in said)
    return Classes(
        np.asarray(codes, dtype=np.uint8),
        labels,
        tuple(WORDS[word] for word in words),
        headed(name),
    )


def _categories(values: pd.Series, name: str) -> Classes:
    import pandas as pd

    filled = values.astype("string")
    kept = filled.value_counts().index[: len(CATEGORIES)]
    rest = filled.notna() & ~filled.isin(kept)
    if rest.any():
        kept = kept[: len(CATEGORIES) - 1]
    codes = pd.Index(kept).get_indexer(pd.Index(filled))
    others = (codes < 0) & filled.notna().to_numpy(dtype=bool)
    labels = [worded(str(label)) for label in kept] + ([tr("all others")] if others.any() else [])
    codes = np.where(others, len(kept), np.where(codes < 0, NOTHING, codes)).astype(np.uint8)
    return Classes(codes, tuple(labels), CATEGORIES[: len(labels)], headed(name))


def _numbers(values: NDArray[np.float64], name: str) -> Classes:
    known = values[np.isfinite(values)]
    heading = again(_HEADINGS[name]) if name in _HEADINGS else headed(name)
    if not len(known):
        return Classes(np.full(len(values), NOTHING, dtype=np.uint8), (), (), heading)
    if known.min() < 0:
        return _signed(values, known, heading)
    if name == "searched":
        return _first_darkest(values, heading)
    return _upward(values, known, name, heading)


def _first_darkest(values: NDArray[np.float64], heading: str) -> Classes:
    """Shares of the ground that are searched before: the smaller, the sooner, the darker."""
    finite = np.isfinite(values)
    codes = np.full(len(values), NOTHING, dtype=np.uint8)
    codes[finite] = np.searchsorted(_SEARCHED, values[finite], side="right")
    ends = ("", *(figure(share, ".0%") for share in _SEARCHED), "")
    labels = [tr("under {high}").format(high=ends[1])]
    labels += [tr("{low} to under {high}").format(low=low, high=high) for low, high in pairwise(ends[1:-1])]
    labels.append(tr("{low} and more").format(low=ends[-2]))
    return Classes(codes, tuple(labels), UPWARD[::-1], heading)


def _upward(values: NDArray[np.float64], known: NDArray[np.float64], name: str, heading: str) -> Classes:
    whole = bool(np.all(known == np.round(known))) and known.max() < 1e15
    positive = known[known > 0]
    if name == "density":
        breaks = [share * float(known.max()) for share in _SHARES_OF_PEAK]
        edges = _edges([0.0, *breaks], known, whole=False)
    elif not len(positive):
        edges = [0.0]
    else:
        distinct = np.unique(positive)
        cuts = (
            distinct
            if len(distinct) <= len(UPWARD)
            else np.quantile(positive, [0.0, 0.4, 0.7, 0.9, 0.98], method="higher")
        )
        if len(distinct) <= len(UPWARD) and not whole:
            cuts = np.array([_short_below(value) for value in cuts])
        edges = _edges(cuts.tolist(), known, whole=whole)
    has_zero = name != "density" and len(positive) < len(known)
    codes = np.full(len(values), NOTHING, dtype=np.uint8)
    finite = np.isfinite(values)
    band = np.searchsorted(edges, values[finite], side="right") - 1
    codes[finite] = np.clip(band, 0, None) + (1 if has_zero and len(positive) else 0)
    if has_zero:
        codes[finite & (values == 0)] = 0
    labels = _labels(edges, float(known.max()), whole=whole and name != "density") if len(positive) else []
    colours = list(_ramp(len(labels)))
    if has_zero:
        labels, colours = [tr("none"), *labels], [ZERO, *colours]
    if name == "density" and len(colours) > 1:
        colours[0] = ZERO
    if not labels:
        labels, colours = [tr("none")], [ZERO]
    return Classes(codes, tuple(labels), tuple(colours), heading)


def _signed(values: NDArray[np.float64], known: NDArray[np.float64], heading: str) -> Classes:
    low, high = known[known < 0], known[known > 0]
    inner = [float(np.quantile(low, share)) for share in (0.2, 0.6)] if len(low) else []
    outer = [float(np.quantile(high, share)) for share in (0.4, 0.8)] if len(high) else []
    cuts = sorted({*(_short(value) for value in inner), 0.0, *(_short(value) for value in outer)})
    below, above = sum(cut < 0 for cut in cuts) + 1, sum(cut > 0 for cut in cuts) + 1
    codes = np.full(len(values), NOTHING, dtype=np.uint8)
    finite = np.isfinite(values)
    codes[finite] = np.searchsorted(cuts, values[finite], side="right")
    texts = [_number(cut) for cut in cuts]
    labels = [
        tr("under {high}").format(high=texts[0]),
        *(tr("{low} to under {high}").format(low=a, high=b) for a, b in pairwise(texts)),
        tr("{low} and more").format(low=texts[-1]),
    ]
    return Classes(codes, tuple(labels), (*BOTH_WAYS[3 - below : 3], *BOTH_WAYS[3 : 3 + above]), heading)


def _edges(breaks: list[float], known: NDArray[np.float64], *, whole: bool) -> list[float]:
    """Lower ends of the bands: rounded, rising, each with something in it."""
    rounded = [breaks[0] if whole else min(_short(breaks[0]), breaks[0])]
    for value in breaks[1:]:
        edge = float(math.ceil(value)) if whole else _short(value)
        if edge > rounded[-1] and edge <= known.max():
            rounded.append(edge)
    held = np.histogram(known, [*rounded, np.inf])[0]
    return [rounded[0], *(edge for edge, count in zip(rounded[1:], held[1:], strict=True) if count)]


def _labels(edges: list[float], top: float, *, whole: bool) -> list[str]:
    labels = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        if whole:
            last = int(top if high is None else high - 1)
            one = figure(int(low), ",")
            labels.append(
                one if last <= low else tr("{low} to {high}").format(low=one, high=figure(last, ","))
            )
        elif high is None:
            ends = {"low": _number(low), "high": _number(top)}
            labels.append(tr("{low} to {high}").format(**ends) if top > low else _number(low))
        elif low <= 0:
            labels.append(tr("under {high}").format(high=_number(high)))
        else:
            labels.append(tr("{low} to under {high}").format(low=_number(low), high=_number(high)))
    return labels


def _ramp(size: int) -> tuple[str, ...]:
    if size >= len(UPWARD):
        return UPWARD[:size]
    return {0: (), 1: UPWARD[2:3], 2: UPWARD[1:4:2], 3: UPWARD[1:4], 4: UPWARD[1:]}[size]


def _short(value: float) -> float:
    """Two significant digits."""
    return float(f"{value:.2g}") if value else 0.0


def _short_below(value: float) -> float:
    """Two significant digits, never more than the value: a class that begins there holds it."""
    short = _short(value)
    return short if short <= value else _short(value - 10.0 ** (math.floor(math.log10(value)) - 1))


def _number(value: float) -> str:
    if value == round(value) and abs(value) < 1e9:
        return figure(value, ",.0f")
    return figure(value, ",.0f" if abs(value) >= 100 else ".3g")


def figure_of(value: Any) -> str:
    """A value as the reader of a map or chart expects it; empty when missing.

    Examples
    --------
    >>> figure_of(1234.5), figure_of(3e-80), figure_of(True)
    ('1,234', '< 0.0001', 'yes')
    """
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(tr("yes") if value else tr("no"))
    if isinstance(value, int | np.integer):
        return figure(int(value), ",")
    if isinstance(value, float | np.floating):
        return _decimal(float(value))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return short_day(value)
    return worded(str(value))


def _decimal(number: float) -> str:
    if not math.isfinite(number) or abs(number) >= 1e15:
        return f"{number:.3g}"
    if abs(number) >= 1000 or number == round(number):
        return figure(number, ",.0f")
    if abs(number) < 1e-4:
        return f"< {figure(0.0001)}" if number > 0 else f"> −{figure(0.0001)}"
    return figure(number, ".3g")


def name_of(value: Any) -> str:
    """A name or code; numbers that serve as codes keep their digits together.

    Examples
    --------
    >>> name_of(1024), name_of(1024.0), name_of(None)
    ('1024', '1024', '')
    """
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        return "" if math.isnan(value) else str(int(value)) if float(value).is_integer() else str(value)
    return figure_of(value)


def moment(value: datetime) -> str:
    """Day, and the time of day where there is one, as the language that is spoken writes them.

    Charts say hundreds of thousands of them, so the words of a day are kept.
    """
    language = (spoken_now(), os.environ.get("ILP_LAB_LOCALE", ""))
    day = _day(*language, value.year, value.month, value.day)
    if not (value.hour or value.minute or value.second or value.microsecond):
        return day
    return _day_and_time(*language).format(day=day, time=f"{value.hour:02d}:{value.minute:02d}")


@lru_cache(maxsize=20_000)
def _day(_language: str, _own: str, year: int, month: int, day: int) -> str:
    return short_day(date(year, month, day))


@lru_cache(maxsize=64)
def _day_and_time(_language: str, _own: str) -> str:
    return str(tr("{day}, {time}"))
