"""Handling codes: who may see what, as an ordered table that results inherit.

A result is as strict as its strictest input. The codes come from a data pack (YAML), so that an agency adds its
own without code; the one in force when nothing else is said follows Regulation (EU) 2016/794 (Europol): H0 to H3.
The environment variable ``ILP_LAB_HANDLING`` puts another one in force, by its name or by the path of its file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ilp_lab._packs import Shelf, brief, rows, text, texts
from ilp_lab.errors import HandlingError, InputError, ReadError

if TYPE_CHECKING:
    import pandas as pd

FrameT = TypeVar("FrameT", bound="pd.DataFrame")
MARK = "ilp_lab"
DEFAULT = "europol-2016-794"
UNMARKED = "H0"
"""What the library writes on what nobody marked: the least strict code of whichever policy is in force."""


@dataclass(frozen=True, slots=True)
class HandlingCode:
    """One code of a policy.

    Attributes
    ----------
    code
        Such as ``"H2"``.
    meaning
        The condition, for people.
    needs_authority
        Whether a release has to name who permitted it.
    needs_conditions
        Whether the code leaves its conditions to the provider, who has to say them.
    provider_decides
        Whether only the provider can permit a less strict code; so it is wherever an authority is needed.
    """

    code: str
    meaning: str
    needs_authority: bool
    needs_conditions: bool = False
    provider_decides: bool = False


@dataclass(frozen=True, slots=True)
class HandlingPolicy:
    """An ordered set of handling codes, least strict first.

    Examples
    --------
    >>> policy().strictest(["H0", "H2", "H1"])
    'H2'
    >>> policy().check("H7")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.HandlingError: 'H7' is not a handling code of europol-2016-794; it has H0, H1, H2, H3.
    """

    name: str
    version: str
    source: str
    codes: tuple[HandlingCode, ...]

    def check(self, code: str) -> str:
        """Return ``code``, or raise HandlingError when the policy does not have it."""
        if code not in {known.code for known in self.codes}:
            if code == UNMARKED:
                return self.codes[0].code
            names = ", ".join(known.code for known in self.codes)
            raise HandlingError(f"{code!r} is not a handling code of {self.name}; it has {names}.")
        return code

    def __getitem__(self, code: str) -> HandlingCode:
        wanted = self.check(code)
        return next(known for known in self.codes if known.code == wanted)

    def strictest(self, codes: Iterable[str]) -> str:
        """The strictest of ``codes``; the least strict code of the policy when there are none."""
        order = [known.code for known in self.codes]
        return max((self.check(code) for code in codes), key=order.index, default=order[0])


def policy(name: str | Path | None = None) -> HandlingPolicy:
    """Read a handling policy.

    Parameters
    ----------
    name
        ``"europol-2016-794"``, ``"3x5x2"``, ``"tlp-2"``, one of your own among the packs (folder ``handling``), or a YAML file with
        ``name``, ``version``, ``source`` and ``codes`` (``code``, ``meaning``, ``needs_authority``), least strict first. The policy in
        force when left out: the one that ``ILP_LAB_HANDLING`` names, else the first of these.

    Raises
    ------
    HandlingError
        When the pack is missing or not of that form.

    Examples
    --------
    >>> policy()["H2"].needs_authority
    True
    >>> policy("tlp-2").strictest(["GREEN", "RED"])
    'RED'
    """
    wanted = os.environ.get("ILP_LAB_HANDLING") or DEFAULT if name is None else str(name)
    return _read(wanted, os.environ.get("ILP_LAB_PACKS", ""))


@cache
def _read(name: str, _packs: str) -> HandlingPolicy:
    """Read once: codes are looked up for every record and every part of a product."""
    try:
        return _SHELF.read(name)
    except (InputError, ReadError) as error:
        raise HandlingError(str(error)) from error


def _policy(content: Mapping[str, Any]) -> HandlingPolicy:
    codes = tuple(
        HandlingCode(
            text(row["code"], "code"),
            text(row["meaning"], "meaning"),
            _yes(row, "needs_authority"),
            _yes({"needs_conditions": False, **row}, "needs_conditions"),
            _yes({"provider_decides": row["needs_authority"], **row}, "provider_decides"),
        )
        for row in rows(content["codes"], "codes")
    )
    if not codes or len({code.code for code in codes}) != len(codes):
        raise ValueError("it has no codes, or one twice")
    return HandlingPolicy(**texts(content, "name", "version", "source"), codes=codes)


def _yes(row: Mapping[str, Any], part: str) -> bool:
    value = row[part]
    if not isinstance(value, bool):
        raise TypeError(f"{part} must be true or false; got {brief(value)}")
    return value


_SHELF = Shelf(
    "handling",
    Path(__file__).parent / "packs" / "handling",
    "handling policy",
    "name, version, source and codes, each with code, meaning and needs_authority, least strict first",
    _policy,
)


def mark(frame: FrameT, *, handling: str | None = None, origin: str | None = None) -> FrameT:
    """Return ``frame`` carrying a handling code and the name of where it came from.

    The mark travels with slices, filters and assignments of the frame. Merging or concatenating differently
    marked frames makes a new table: mark it again.

    Parameters
    ----------
    frame
        Any table; it is not changed.
    handling
        A code of the handling policy.
    origin
        Such as the name of the file.

    Examples
    --------
    >>> import pandas as pd
    >>> calls = mark(pd.DataFrame({"n": [1, 2]}), handling="H2")
    >>> handling_of(calls[calls["n"] > 1])
    'H2'
    """
    marks: dict[str, Any] = dict(frame.attrs.get(MARK, {}))
    if handling is not None:
        marks["handling"] = policy().check(handling)
    if origin is not None:
        marks["origin"] = origin
    marked = frame.copy(deep=False)
    marked.attrs[MARK] = marks
    return marked


def handling_of(*inputs: Any) -> str:
    """The strictest handling code among tables, results and plain codes.

    Parameters
    ----------
    *inputs
        Tables (their mark and, where there is one, the strictest value of a column ``handling``), anything with a
        ``handling`` attribute (results, cases, charts), codes as text; ``None`` is passed over.

    Examples
    --------
    >>> import pandas as pd
    >>> handling_of(pd.DataFrame({"handling": ["H0", "H2"]}), "H1", None)
    'H2'
    """
    import pandas as pd

    codes: list[str] = []
    for item in inputs:
        if isinstance(item, str):
            codes.append(item)
        elif isinstance(item, pd.DataFrame):
            codes.append(item.attrs.get(MARK, {}).get("handling", policy().codes[0].code))
            if "handling" in item.columns:
                codes.extend(str(code) for code in item["handling"].dropna().unique())
        elif item is not None and hasattr(item, "handling"):
            codes.append(str(item.handling))
    return policy().strictest(codes)


def origin_of(frame: pd.DataFrame) -> str:
    """The name of where ``frame`` came from, or an empty text.

    Examples
    --------
    >>> import pandas as pd
    >>> origin_of(mark(pd.DataFrame(), origin="q3.csv"))
    'q3.csv'
    """
    return str(frame.attrs.get(MARK, {}).get("origin", ""))
