"""What a map or chart says about a row when the pointer rests on it: columns in words, ready to travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr_later
from ilp_lab.schema import withheld
from ilp_lab.views.classes import figure_of, headed, moment
from ilp_lab.views.ground import pack

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_WORDS = {
    "n": tr_later("Incidents"),
    "around": tr_later("With the cells around"),
    "density": tr_later("Incidents per km²"),
    "z": "z (Gi*)",
    "p": "p",
    "q_fdr": tr_later("q (false discovery rate)"),
    "verdict": "",
    "one_point_share": tr_later("Share on one single point"),
    "offence": "",
    "occurred_at": "",
    "area": tr_later("Area"),
    "population": tr_later("Residents"),
}
_HIDDEN = {"row", "column", "share_inside", "geometry", "source_row"}
_MANY = 5_000
_ROUNDED = 3


def shown_columns(frame: pd.DataFrame, *, at_most: int = 8) -> list[str]:
    """Columns worth showing: none that identifies persons or sources, none that is geometry or bookkeeping."""
    import geopandas as gpd

    shapes = {column for column in frame.columns if isinstance(frame[column].dtype, gpd.array.GeometryDtype)}
    return [
        str(column)
        for column in frame.columns
        if column not in shapes and str(column) not in _HIDDEN and not sensitive(str(column))
    ][:at_most]


def sensitive(column: str) -> bool:
    """Whether a column of this name identifies or describes persons or sources in any standard table."""
    return bool(withheld([column]))


def label(column: str) -> str:
    """A column's name before its value; empty where the value speaks for itself."""
    return again(_WORDS[column]) if column in _WORDS else headed(column)


def columns_for_page(
    frame: pd.DataFrame, columns: Iterable[str], *, pack: Callable[[Any, str], Any] = pack
) -> list[dict[str, Any]]:
    """Every column as its different words and one number per row; ``pack`` says how numbers travel."""
    return [_column(label(column), *_words(frame[column]), pack) for column in columns]


def text_column(name: str, texts: Iterable[str]) -> dict[str, Any]:
    """A column of ready texts."""
    import pandas as pd

    codes, words = pd.factorize(np.asarray(list(texts), dtype=object))
    return _column(name, [str(word) for word in words], codes, pack)


def _column(
    name: str, words: list[str], codes: NDArray[Any], pack: Callable[[Any, str], Any]
) -> dict[str, Any]:
    wide = len(words) > np.iinfo(np.uint16).max
    return {"label": name, "words": words, "codes": pack(codes, "i4" if wide else "u2"), "wide": wide}


def _words(values: pd.Series) -> tuple[list[str], NDArray[Any]]:
    import pandas as pd

    if pd.api.types.is_float_dtype(values):
        values = pd.Series(_rounded(values.to_numpy(dtype=np.float64, na_value=np.nan)))
    if pd.api.types.is_datetime64_any_dtype(values):
        return _times(values)
    codes, unique = pd.factorize(values, use_na_sentinel=True)
    words = [figure_of(value) for value in unique]
    return [*words, ""], np.where(codes < 0, len(words), codes)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Three significant digits, so that long columns have few different words."""
    out = values.copy()
    use = np.isfinite(values) & (values != 0)
    scale = 10.0 ** np.clip(_ROUNDED - 1 - np.floor(np.log10(np.abs(values[use]))), -300, 300)
    out[use] = np.where(
        np.abs(values[use]) >= 1000, np.round(values[use]), np.round(values[use] * scale) / scale
    )
    return out


def _times(values: pd.Series) -> tuple[list[str], NDArray[Any]]:
    import pandas as pd

    if len(values) > _MANY:
        values = values.dt.normalize()
    codes, unique = pd.factorize(values, use_na_sentinel=True)
    words = [moment(pd.Timestamp(value)) for value in unique]
    return [*words, ""], np.where(codes < 0, len(words), codes)
