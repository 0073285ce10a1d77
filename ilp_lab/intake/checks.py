"""The checks that count faults: duplicates, heaps, piles, windows. Each returns row positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_DAY = 86_400
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PILE_SAMPLE = 20_000
_PILE_SHARE = 0.01
_PILE_LEAST = 20
_LONG_WINDOW = 30 * _DAY


def mixed(*columns: NDArray[np.generic]) -> NDArray[np.uint64]:
    """One number per row that is the same for the same values, and hardly ever for others."""
    out = np.zeros(len(columns[0]), np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            bits = column.view(np.uint64) if column.dtype.itemsize == 8 else column.astype(np.uint64)
            out = (out ^ bits) * _SPREAD
            out ^= out >> np.uint64(29)
    return out


def repeated(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Positions of rows whose key stands more than once.

    Rows are thrown into a table by their key; only those that meet another one are sorted. For distinct keys that is
    about a tenth of the rows.
    """
    n = len(keys)
    if n < 2:
        return np.empty(0, np.int64)
    bits = max(int(np.ceil(np.log2(n))) + 3, 8)
    slot = (keys >> np.uint64(64 - bits)).astype(np.int64) if bits < 64 else keys.astype(np.int64)
    last = np.empty(1 << bits, np.int32)
    at = np.arange(n, dtype=np.int32)
    last[slot] = at
    overwritten = np.flatnonzero(last[slot] != at)
    if not len(overwritten):
        return np.empty(0, np.int64)
    crowded = np.zeros(1 << bits, bool)
    crowded[slot[overwritten]] = True
    candidates = np.flatnonzero(crowded[slot])
    values = keys[candidates]
    order = np.argsort(values, kind="stable")
    same = values[order][1:] == values[order][:-1]
    alike = np.zeros(len(order), bool)
    alike[1:] |= same
    alike[:-1] |= same
    return np.sort(candidates[order[alike]])


def text_keys(column: pd.Series) -> NDArray[np.uint64] | None:
    """Keys of a text column without touching Python strings; ``None`` when its texts are of many lengths."""
    import pyarrow as pa

    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        parts = [_fixed_width(chunk) for chunk in array.chunks if len(chunk)]
        return None if any(part is None for part in parts) or not parts else _joined(parts)
    return _fixed_width(array)


def _joined(parts: list[NDArray[np.uint64] | None]) -> NDArray[np.uint64]:
    return np.concatenate([part for part in parts if part is not None])


def _fixed_width(array: object) -> NDArray[np.uint64] | None:
    import pyarrow as pa

    if not isinstance(array, (pa.StringArray, pa.LargeStringArray)) or array.null_count or not len(array):
        return None
    _, offsets, data = array.buffers()
    kind = np.int64 if isinstance(array, pa.LargeStringArray) else np.int32
    at = np.frombuffer(offsets, kind)[array.offset : array.offset + len(array) + 1]
    width = int(at[1] - at[0])
    if width == 0 or width > 64 or (np.diff(at) != width).any():
        return None
    letters = np.frombuffer(data, np.uint8)[at[0] : at[-1]].reshape(len(array), width)
    words = -(-width // 8)
    padded = np.zeros((len(array), words * 8), np.uint8)
    padded[:, :width] = letters
    return mixed(*np.ascontiguousarray(padded.view(np.uint64).T))


def duplicate_ids(ids: pd.Series) -> NDArray[np.int64]:
    """Rows whose number another row has too; rows without one do not count."""
    keys = text_keys(ids) if ids.dtype.kind not in "iuf" else None
    if keys is not None:
        candidates = repeated(keys)
    elif ids.dtype.kind in "iu":
        candidates = repeated(mixed(ids.to_numpy(dtype=np.int64)))
    else:
        candidates = np.arange(len(ids))
    if not len(candidates):
        return candidates
    some = ids.iloc[candidates]
    return np.asarray(candidates[(some.duplicated(keep=False) & some.notna()).to_numpy()])


def duplicate_rows(
    frame: pd.DataFrame, candidates: NDArray[np.int64], skip: tuple[str, ...]
) -> NDArray[np.int64]:
    """Rows among ``candidates`` that equal another one in every column of the file; the first of each is not counted."""
    if len(candidates) < 2:
        return np.empty(0, np.int64)
    columns = [column for column in frame.columns if column not in skip]
    some = frame[columns].iloc[candidates]
    if "geometry" in some and hasattr(some, "active_geometry_name"):
        import pandas as pd

        some = pd.DataFrame(some).assign(geometry=some.geometry.to_wkb(hex=True))
    some = some.apply(lambda column: column.astype(str) if column.dtype == object else column)
    return np.asarray(candidates[some.duplicated(keep="first").to_numpy()])


def piles(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[tuple[float, float, NDArray[np.int64]]]:
    """Points that hold at least 1 % of the rows (and 20), with their rows, largest first.

    Looked for in twenty thousand rows spread over the table, then counted in all of them.
    """
    good = np.flatnonzero(np.isfinite(x))
    if len(good) < _PILE_LEAST:
        return []
    some = good[:: max(1, len(good) // _PILE_SAMPLE)]
    _, first, count = np.unique(mixed(x[some], y[some]), return_index=True, return_counts=True)
    likely = first[count >= max(_PILE_SHARE * len(some) * 0.7, 3)]
    least = max(_PILE_LEAST, _PILE_SHARE * len(good))
    found = []
    for at in some[likely]:
        rows = np.flatnonzero((x == x[at]) & (y == y[at]))
        if len(rows) >= least:
            found.append((float(x[at]), float(y[at]), rows))
    return sorted(found, key=lambda pile: (-len(pile[2]), pile[0], pile[1]))


def heaps(seconds: NDArray[np.int64], good: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Rows at exactly midnight, exactly noon and on the first of a month, where there are too many of them."""
    known = int(good.sum())
    found: dict[str, NDArray[np.int64]] = {}
    if known < 50:
        return found
    day = seconds // _DAY
    clock = seconds - day * _DAY
    for kind, hour in (("midnight_heap", 0), ("noon_heap", 12)):
        rows = np.flatnonzero((clock == hour * 3600) & good)
        # times are often rounded to the hour, so the full hours around are what to compare with
        around = [np.count_nonzero((clock == (hour + step) % 24 * 3600) & good) for step in (-2, -1, 1, 2)]
        usual = 1.5 * sum(around) / 4
        if len(rows) > max(0.01 * known, usual + 3 * usual**0.5):
            found[kind] = rows
    span = np.arange(int(day[good].min()), int(day[good].max()) + 1)
    opens = span.astype("datetime64[D]") == span.astype("datetime64[D]").astype("datetime64[M]")
    first = good & opens[np.clip(day - span[0], 0, len(span) - 1)]
    if np.count_nonzero(first) > 2 * known / 30.44:
        found["first_of_month_heap"] = np.flatnonzero(first)
    return found


def windows(
    start: NDArray[np.int64], end: NDArray[np.int64], good: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    """Windows that end before they begin, and very long ones."""
    length = np.where(good, end - start, 0)
    return {
        "reversed_window": np.flatnonzero(length < 0),
        "long_window": np.flatnonzero(length > _LONG_WINDOW),
    }
