"""The checks that count faults: duplicates, heaps, piles, windows. Each returns row positions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.intake.fixedwidth import all_different, ticked_once, words
from ilp_lab.intake.letters import is_text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

_DAY = 86_400
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PILE_SAMPLE = 20_000
_PILE_SHARE = 0.01
_PILE_LEAST = 20
_LONG_WINDOW = 30 * _DAY
_BATCH = 1 << 16
_HEAP_SAMPLE = 20_000
_HEAP_SHARE = 0.01
_MONTHS_DAYS = 30.44
_CALENDAR = 500_000


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


def _texts(ids: pd.Series) -> pa.ChunkedArray | None:
    """A column of texts as Arrow holds it; ``None`` for others."""
    import pyarrow as pa

    if ids.dtype.kind in "iuf":
        return None
    try:
        array = pa.array(ids, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    if not is_text(array.type):
        return None
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _ascending(texts: pa.ChunkedArray) -> bool:
    """Whether every text is above the one before, as in most exports: then none stands twice."""
    import pyarrow.compute as pc

    if len(texts) < 2 or texts.null_count:
        return False
    chunks = [chunk for chunk in texts.chunks if len(chunk)]
    for before, after in pairwise(chunks):
        if before[-1].as_py().encode() >= after[0].as_py().encode():
            return False
    return all(len(chunk) < 2 or pc.all(pc.less(chunk[:-1], chunk[1:])).as_py() for chunk in chunks)


def _numbers_differ(values: NDArray[np.int64]) -> bool:
    """Whether whole numbers are all different, told without sorting; ``False`` also where that cannot be told."""
    if len(values) < 2:
        return False
    if (values[1:] > values[:-1]).all():
        return True
    return ticked_once([values], int(values.min()), int(values.max()), len(values))


def duplicate_ids(ids: pd.Series) -> NDArray[np.int64]:
    """Rows whose number another row has too; rows without one do not count."""
    if ids.dtype.kind in "iu":
        values = ids.to_numpy(dtype=np.int64)
        if _numbers_differ(values):
            return np.empty(0, np.int64)
        candidates = repeated(mixed(values))
    else:
        texts = _texts(ids)
        if texts is not None and (_ascending(texts) or all_different(texts)):
            return np.empty(0, np.int64)
        keys = None if texts is None else words(texts)
        candidates = repeated(mixed(*keys)) if keys else np.arange(len(ids))
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
    finite = np.isfinite(x)
    known = int(np.count_nonzero(finite))
    if known < _PILE_LEAST:
        return []
    step = max(1, known // _PILE_SAMPLE)
    some = np.arange(0, len(x), step) if known == len(x) else np.flatnonzero(finite)[::step]
    keys = mixed(x[some], y[some])
    different, count = np.unique(keys, return_counts=True)
    likely = different[count >= max(_PILE_SHARE * len(some) * 0.7, 3)]
    least = max(_PILE_LEAST, _PILE_SHARE * known)
    found = []
    for at in (some[np.argmax(keys == key)] for key in likely):
        rows = np.flatnonzero((x == x[at]) & (y == y[at]))
        if len(rows) >= least:
            found.append((float(x[at]), float(y[at]), rows))
    return sorted(found, key=lambda pile: (-len(pile[2]), pile[0], pile[1]))


def heaps(seconds: NDArray[np.int64], good: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Rows at exactly midnight, exactly noon and on the first of a month, where there are too many of them.

    Of large tables twenty thousand rows drawn at random are looked at first. Where they hold at most half of what would
    be too many, at least five standard errors away, nothing is counted.
    """
    if np.count_nonzero(good) < 50 or _plainly_none(seconds, good):
        return {}
    return _counted_heaps(seconds, good)


def _counted_heaps(seconds: NDArray[np.int64], good: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """The same by counting every row."""
    known = int(np.count_nonzero(good))
    found: dict[str, NDArray[np.int64]] = {}
    full_hour, first_of_month, opening = [], [], 0
    for begin in range(0, len(seconds), _BATCH):  # a batch stays in the processor's memory
        some, fit = _narrow(seconds[begin : begin + _BATCH]), good[begin : begin + _BATCH]
        full_hour.append(np.flatnonzero((some // 3600 * 3600 == some) & fit) + begin)
        opens = _first_of_month(some // _DAY, fit)
        opening += len(opens)
        first_of_month.append(opens + begin)
    on_the_hour = np.concatenate(full_hour)
    hours = seconds[on_the_hour] // 3600 % 24
    at_hour = np.bincount(hours, minlength=24)
    for kind, hour in (("midnight_heap", 0), ("noon_heap", 12)):
        # times are often rounded to the hour, so the full hours around are what to compare with
        usual = 1.5 * sum(at_hour[(hour + step) % 24] for step in (-2, -1, 1, 2)) / 4
        if at_hour[hour] > max(_HEAP_SHARE * known, usual + 3 * usual**0.5):
            found[kind] = on_the_hour[hours == hour]
    if opening > 2 * known / _MONTHS_DAYS:
        found["first_of_month_heap"] = np.concatenate(first_of_month)
    return found


def _plainly_none(seconds: NDArray[np.int64], good: NDArray[np.bool_]) -> bool:
    """Whether rows drawn at random show that no moment can have drawn a heap."""
    if len(seconds) < 10 * _HEAP_SAMPLE:
        return False
    drawn = np.random.default_rng(0).integers(0, len(seconds), _HEAP_SAMPLE)
    some, fit = seconds[drawn], good[drawn]
    if np.count_nonzero(fit) < _HEAP_SAMPLE // 2:
        return False
    some = some[fit]
    at_twelve = np.count_nonzero(some % (_DAY // 2) == 0)
    if at_twelve > _HEAP_SHARE / 2 * len(some):
        return False
    opens = _first_of_month(some // _DAY, np.ones(len(some), bool))
    return len(opens) < 1.5 * len(some) / _MONTHS_DAYS


def _narrow(seconds: NDArray[np.int64]) -> NDArray[np.signedinteger[Any]]:
    """Seconds in half the bytes where they fit: dividing them takes a third of the time."""
    limit = np.iinfo(np.int32)
    fits = int(seconds.min()) >= limit.min and int(seconds.max()) <= limit.max
    return seconds.astype(np.int32) if fits else seconds


def _first_of_month(day: NDArray[np.signedinteger[Any]], good: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows whose day, counted from 1970, is the first of a month."""
    known = day if good.all() else day[good]
    if not len(known):
        return np.empty(0, np.int64)
    low, high = int(known.min()), int(known.max())
    if high - low > _CALENDAR:  # one time in another unit must not make a calendar of billions of days
        days = day.astype("datetime64[D]")
        return np.flatnonzero(good & (days == days.astype("datetime64[M]")))
    span = np.arange(low, high + 1).astype("datetime64[D]")
    opens = span == span.astype("datetime64[M]")
    return np.flatnonzero(good & opens[np.clip(day - low, 0, len(span) - 1)])


def windows(
    start: NDArray[np.int64], end: NDArray[np.int64], good: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    """Windows that end before they begin, and very long ones."""
    length = np.where(good, end - start, 0)
    return {
        "reversed_window": np.flatnonzero(length < 0),
        "long_window": np.flatnonzero(length > _LONG_WINDOW),
    }
