"""Handling codes: who may see what, as an ordered table that results inherit.

A result is as strict as its strictest input. The codes come from a data pack (YAML), so that an agency adds its
own without code; the one shipped follows Regulation (EU) 2016/794 (Europol): H0 to H3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ilp_lab.errors import HandlingError

if TYPE_CHECKING:
    import pandas as pd

FrameT = TypeVar("FrameT", bound="pd.DataFrame")
_PACKS = Path(__file__).parent / "packs"
MARK = "ilp_lab"


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
    """

    code: str
    meaning: str
    needs_authority: bool
    needs_conditions: bool = False


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
            names = ", ".join(known.code for known in self.codes)
            raise HandlingError(f"{code!r} is not a handling code of {self.name}; it has {names}.")
        return code

    def __getitem__(self, code: str) -> HandlingCode:
        self.check(code)
        return next(known for known in self.codes if known.code == code)

    def strictest(self, codes: Iterable[str]) -> str:
        """The strictest of ``codes``; the least strict code of the policy when there are none."""
        order = [known.code for known in self.codes]
        return max((self.check(code) for code in codes), key=order.index, default=order[0])


@cache
def policy(path: str | Path = "europol-2016-794") -> HandlingPolicy:
    """Read a handling policy.

    Parameters
    ----------
    path
        Name of a shipped pack, or a YAML file with ``name``, ``version``, ``source`` and ``codes``
        (``code``, ``meaning``, ``needs_authority``), least strict first.

    Raises
    ------
    HandlingError
        When the pack is missing or not of that form.

    Examples
    --------
    >>> policy()["H2"].needs_authority
    True
    """
    import yaml

    file = Path(path) if Path(path).suffix else _PACKS / f"{path}.yml"
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        codes = tuple(
            HandlingCode(
                str(row["code"]),
                str(row["meaning"]),
                bool(row["needs_authority"]),
                bool(row.get("needs_conditions", False)),
            )
            for row in content["codes"]
        )
        found = HandlingPolicy(str(content["name"]), str(content["version"]), str(content["source"]), codes)
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise HandlingError(
            f"The handling policy {file.name} cannot be used ({type(error).__name__}: {error}). "
            "It needs name, version, source and codes, each with code, meaning and needs_authority."
        ) from error
    if not found.codes or len({code.code for code in found.codes}) != len(found.codes):
        raise HandlingError(f"The handling policy {file.name} has no codes, or one twice.")
    return found


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
