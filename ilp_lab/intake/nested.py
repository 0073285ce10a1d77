"""Columns whose values are lists or mappings, as GeoJSON and parquet allow: kept as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Frame = TypeVar("Frame", bound="pd.DataFrame")
_NESTED = (list, tuple, dict, set, frozenset, np.ndarray)


def flat(frame: Frame) -> Frame:
    """The table with lists and mappings written as JSON, because a value that holds others can be neither counted nor compared.

    Examples
    --------
    >>> import pandas as pd
    >>> flat(pd.DataFrame({"tags": [["a", "b"], None, {"n": 1}]}))["tags"].tolist()
    ['["a", "b"]', nan, '{"n": 1}']
    """
    odd = {
        name: frame[name].map(_text).astype("str")
        for name, dtype in frame.dtypes.items()
        if _may_nest(dtype) and any(isinstance(one, _NESTED) for one in frame[name])
    }
    if not odd:
        return frame
    told = frame.copy(deep=False)
    for name, texts in odd.items():
        told[name] = texts
    return told


def _may_nest(dtype: Any) -> bool:
    import pandas as pd

    return isinstance(dtype, np.dtype | pd.ArrowDtype) and dtype.kind == "O"


def _text(value: Any) -> Any:
    return json.dumps(_plain(value), ensure_ascii=False, default=str) if isinstance(value, _NESTED) else value


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
