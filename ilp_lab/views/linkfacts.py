"""What a link chart tells about its entities and links: columns of different words, one number per row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import looked_up, tr, tr_later
from ilp_lab.views.classes import figure_of, moment
from ilp_lab.views.facts import columns_for_page, sensitive
from ilp_lab.views.ground import pack
from ilp_lab.views.symbols import kind_in_words

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

_SPEAKS_FOR_ITSELF = ("Kind", "Category", "When", "Standing")
# Headings of measures; the columns of a table of facts keep their English names.
_HEADINGS = frozenset({
    tr_later("Degree"), tr_later("Strength"), tr_later("Betweenness"), tr_later("Closeness"), tr_later("Pagerank"), tr_later("Standing"),
})  # fmt: skip
_MEASURES = ("degree", "strength", "betweenness", "closeness", "pagerank")


def entity_facts(
    entities: pd.DataFrame,
    measured: pd.DataFrame | None,
    ranked: NDArray[np.bool_],
    source: Whole,
    target: Whole,
    groups: list[str],
) -> pd.DataFrame:
    """A table of what may be told about entities: kind, category, links, measures of those that may be ranked."""
    import pandas as pd

    number = np.bincount(np.r_[source, target[source != target]], minlength=len(entities))
    told: dict[str, Any] = {
        tr_later("Kind"): _kinds(entities),
        tr_later("Category"): _text(entities, "category"),
        tr_later("Links"): number,
        tr_later("Group"): groups,
        tr_later("Handling"): _text(entities, "handling"),
        tr_later("Known also as"): _text(entities, "also"),
    }
    if measured is not None:
        for name in _MEASURES:
            if name in measured:
                values = pd.to_numeric(measured[name], errors="coerce").astype("Float64")
                told[name.capitalize()] = values.mask(~ranked)
    told["Standing"] = np.where(ranked, "", tr("Shown, not ranked"))
    told.update(_further(entities, told))
    return pd.DataFrame(told, index=range(len(entities)))


def _further(entities: pd.DataFrame, told: dict[str, Any]) -> dict[str, Any]:
    """Columns of the agency's own that say nothing about who somebody is."""
    import pandas as pd

    known = {
        "entity_id",
        "kind",
        "label",
        "category",
        "handling",
        "also",
        "x",
        "y",
        *(name.lower() for name in told),
    }
    return {
        str(name): entities[name].to_numpy()
        for name in entities.columns
        if str(name).lower() not in known
        and not sensitive(str(name))
        and (
            pd.api.types.is_numeric_dtype(entities[name])
            or pd.api.types.is_datetime64_any_dtype(entities[name])
        )
    }


def link_facts(links: pd.DataFrame) -> pd.DataFrame:
    """A table of what may be told about links; never the reference itself, which may name a source."""
    import pandas as pd

    source, information = _text(links, "source_grade"), _text(links, "information_grade")
    graded = (source != "") | (information != "")
    told = {
        tr_later("Kind"): _kinds(links),
        tr_later("When"): _when(links),
        tr_later("Strength"): _numbers(links, "strength"),
        tr_later("Certainty"): _numbers(links, "certainty"),
        tr_later("Source graded"): np.where(graded, np.where(source == "", tr("not graded"), source), ""),
        tr_later("Information graded"): np.where(
            graded, np.where(information == "", tr("not graded"), information), ""
        ),
        tr_later("Reports cited"): _references(links),
        tr_later("Handling"): _text(links, "handling"),
        tr_later("Line of the file"): _text(links, "source_row"),
    }
    return pd.DataFrame(told, index=range(len(links)))


def packed(table: pd.DataFrame, *, pack: Callable[[Any, str], Any] = pack) -> list[dict[str, Any]]:
    """The table ready to travel; columns that say nothing stay at home, ``pack`` says how numbers travel."""
    said = [
        name
        for name in table.columns
        if not (table[name].isna() | table[name].eq("").fillna(value=True)).all()
    ]
    columns = columns_for_page(table, said, pack=pack)
    for name, column in zip(said, columns, strict=True):
        column["label"] = "" if name in _SPEAKS_FOR_ITSELF else looked_up(str(name))
    return columns


def sentences(table: pd.DataFrame) -> list[str]:
    """Every row in words, line by line."""
    lines: list[list[str]] = [[] for _ in range(len(table))]
    for column, name in zip(packed_words(table), table.columns, strict=True):
        before = "" if name in _SPEAKS_FOR_ITSELF else f"{looked_up(str(name))}: "
        for told, word in zip(lines, column, strict=True):
            if word:
                told.append(f"{before}{word}")
    return ["\n".join(told) for told in lines]


def packed_words(table: pd.DataFrame) -> list[list[str]]:
    """Every column as text, each different value written once."""
    return [_text(table, name).tolist() for name in table.columns]


def _kinds(frame: pd.DataFrame) -> NDArray[Any]:
    text = _text(frame, "kind", say=kind_in_words)
    return np.where(text == "", tr("not stated") if "kind" in frame else tr("linked"), text)


def _text(frame: pd.DataFrame, name: str, *, say: Callable[[Any], str] = figure_of) -> NDArray[Any]:
    """A column as text, each different value written once."""
    import pandas as pd

    if name not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    codes, unique = pd.factorize(frame[name], use_na_sentinel=True)
    words = np.array([*(say(value) for value in unique), ""], dtype=object)
    return words[codes]


def _numbers(frame: pd.DataFrame, name: str) -> Any:
    import pandas as pd

    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    if pd.api.types.is_numeric_dtype(frame[name]):
        return frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return _text(frame, name)


def _references(links: pd.DataFrame) -> NDArray[Any]:
    """How many references a link has."""
    if "reference" not in links.columns:
        return np.full(len(links), tr("none"), dtype=object)
    text = links["reference"].astype("string").str.strip()
    count = (text.str.count(";") + 1).where(text.ne("")).fillna(0).to_numpy(dtype=np.int64)
    words = np.array([tr("none"), *map(str, range(1, int(count.max(initial=0)) + 1))], dtype=object)
    counted: NDArray[Any] = words[count]
    return counted


def _when(links: pd.DataFrame) -> NDArray[Any]:
    """From when until when, in words; each different span is written once."""
    first, last = _moments(links, "start"), _moments(links, "end")
    pair = first[0].astype(np.int64) * (len(last[1]) + 1) + last[0]
    different, codes = np.unique(pair, return_inverse=True)
    words = []
    for one in different.tolist():
        start, end = first[1][one // (len(last[1]) + 1)], last[1][one % (len(last[1]) + 1)]
        if start and end and start != end:
            words.append(tr("{first} to {last}").format(first=start, last=end))
        else:
            words.append(start or (tr("until {end}").format(end=end) if end else ""))
    return np.array(words, dtype=object)[codes] if words else np.empty(0, dtype=object)


def _moments(links: pd.DataFrame, name: str) -> tuple[Whole, list[str]]:
    import pandas as pd

    if name not in links.columns:
        return np.zeros(len(links), dtype=np.int64), [""]
    codes, unique = pd.factorize(links[name], use_na_sentinel=True)
    dated = pd.api.types.is_datetime64_any_dtype(links[name])
    words = [moment(pd.Timestamp(value)) if dated else figure_of(value) for value in unique]
    return np.where(codes < 0, len(words), codes).astype(np.int64), [*words, ""]
