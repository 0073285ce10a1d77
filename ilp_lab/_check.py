"""One check at the boundary of every public function: all faults at once, in sentences that name the caller.

>>> import pandas as pd
>>> faults = Check("places.count")
>>> faults.positive(cell_m=-5.0)
>>> faults.choice(shape="triangle", allowed=("square", "hex"))
>>> faults.done()
Traceback (most recent call last):
    ...
ilp_lab.errors.InputError: places.count:
  - cell_m must be a number above 0; got -5.0.
  - shape must be one of 'square', 'hex'; got 'triangle'.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ilp_lab.errors import ColumnError, CRSError, InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Check:
    """Collects the faults of one call and reports them together.

    Parameters
    ----------
    caller
        What the user typed, such as ``"places.gi_star"``; it opens the message.
    """

    def __init__(self, caller: str) -> None:
        self.caller = caller
        self.faults: list[str] = []
        self._kind: type[InputError] = InputError

    def add(self, sentence: str, kind: type[InputError] = InputError) -> None:
        """Note a fault; the first special kind decides the error's class."""
        self.faults.append(sentence)
        if self._kind is InputError:
            self._kind = kind

    def done(self) -> None:
        """Raise one error naming every fault, or return."""
        if not self.faults:
            return
        raise self._kind(f"{self.caller}:\n" + "\n".join(f"  - {fault}" for fault in self.faults))

    def positive(self, **values: float | None) -> None:
        """Each value must be a finite number above zero (``None`` passes: not given)."""
        for name, value in values.items():
            if value is None:
                continue
            if not _is_number(value) or not value > 0:
                self.add(f"{name} must be a number above 0; got {value!r}.")

    def between(self, low: float, high: float, **values: float | None) -> None:
        """Each value must lie in ``[low, high]``."""
        for name, value in values.items():
            if value is not None and (not _is_number(value) or not low <= value <= high):
                self.add(f"{name} must be between {low:g} and {high:g}; got {value!r}.")

    def whole(self, low: int, **values: int | None) -> None:
        """Each value must be a whole number of at least ``low``."""
        for name, value in values.items():
            if value is not None and (isinstance(value, bool) or not _is_whole(value) or value < low):
                self.add(f"{name} must be a whole number of at least {low}; got {value!r}.")

    def choice(self, *, allowed: Sequence[str], **values: str | None) -> None:
        """Each value must be one of ``allowed``."""
        for name, value in values.items():
            if value is not None and value not in allowed:
                options = ", ".join(repr(option) for option in allowed)
                self.add(f"{name} must be one of {options}; got {value!r}.{_nearest(value, allowed)}")

    def frame(self, value: object, name: str) -> bool:
        """``value`` must be a pandas DataFrame; returns whether it is."""
        import pandas as pd

        if isinstance(value, pd.DataFrame):
            return True
        self.add(f"{name} must be a table (pandas or geopandas DataFrame); got {type(value).__name__}.")
        return False

    def rows(self, frame: pd.DataFrame, name: str) -> None:
        """``frame`` must hold at least one row."""
        if not len(frame):
            self.add(f"{name} has no rows.")

    def columns(self, frame: pd.DataFrame, needed: Iterable[str], name: str = "the table") -> None:
        """``frame`` must hold every column of ``needed``."""
        have = [str(column) for column in frame.columns]
        for column in needed:
            if column not in have:
                listing = ", ".join(have[:12]) + (", …" if len(have) > 12 else "")
                self.add(
                    f"{name} has no column {column!r}; it has: {listing or 'none'}.{_nearest(column, have)}",
                    ColumnError,
                )

    def places(self, frame: object, name: str) -> bool:
        """``frame`` must be a GeoDataFrame with a CRS; returns whether it is."""
        import geopandas as gpd

        if not isinstance(frame, gpd.GeoDataFrame):
            self.add(
                f"{name} must be a table with places (GeoDataFrame); got {type(frame).__name__}. "
                "intake.read_incidents and intake.read_areas return one."
            )
            return False
        try:
            crs = frame.crs
        except AttributeError:
            self.add(
                f"{name} has no active geometry column; name it with frame.set_geometry(...).", ColumnError
            )
            return False
        if crs is None:
            self.add(
                f"{name} does not say in which coordinate system its places are; "
                "set it with frame.set_crs(...), for example frame.set_crs(4326) for longitude and latitude.",
                CRSError,
            )
            return False
        return True


def generator(rng: int | np.random.Generator | None, caller: str) -> tuple[np.random.Generator, str]:
    """Make a random generator and the words that record it.

    Parameters
    ----------
    rng
        A seed, a ready Generator, or ``None`` for a fresh seed (which is then recorded).
    caller
        Named in the error.

    Returns
    -------
    generator, record
        ``record`` is the seed as text, or how the Generator stood when it was handed over.

    Examples
    --------
    >>> generator(7, "places.gi_star")[1]
    '7'
    """
    import numpy as np

    if isinstance(rng, np.random.Generator):
        return rng, f"the caller's {type(rng.bit_generator).__name__}"
    if rng is None:
        seed = int(np.random.SeedSequence().generate_state(1)[0])
        return np.random.default_rng(seed), str(seed)
    if isinstance(rng, bool) or not _is_whole(rng) or rng < 0:
        raise InputError(f"{caller}: rng must be a whole number (a seed) or a numpy Generator; got {rng!r}.")
    return np.random.default_rng(int(rng)), str(int(rng))


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, (bool, str)) and math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()


def _nearest(value: object, options: Sequence[str]) -> str:
    close = get_close_matches(str(value), options, n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""
