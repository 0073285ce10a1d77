"""Harm scales: what one offence weighs, as versioned tables that an agency brings or a ministry writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, texts
from ilp_lab.errors import InputError
from ilp_lab.result import fingerprint

if TYPE_CHECKING:
    import pandas as pd

_LAYOUTS: dict[str, dict[str, tuple[str, ...]]] = {
    "cchi": {
        "offence": ("full offence title",),
        "code": ("home office classification",),
        "weight": ("cchi score",),
    },
    "ons-css": {
        "offence": ("offence", "offence description", "offence name"),
        "code": ("offence code", "code", "hooc code"),
        "weight": ("weight", "css weight", "offence weight", "severity weight"),
    },
    "table": {
        "offence": ("offence", "offense", "crime", "crime type", "title"),
        "code": ("code", "offence code"),
        "weight": ("weight", "weight days", "harm", "score", "days"),
    },
}
_UNITS = {"cchi": "days of imprisonment, starting point", "ons-css": "severity weight", "table": "weight"}


@dataclass(frozen=True)
class HarmScale:
    """What one offence weighs, and by whose authority.

    Attributes
    ----------
    name, version
        Printed with every number made from it.
    unit
        What a weight is, such as days of imprisonment.
    source, licence
        Where it comes from.
    weights
        Offence → weight, as written in the source.
    found_by_police
        Offences that come to light by police work (stops, searches). They measure the work, not the harm reported, and weigh
        nothing unless asked for.
    codes
        Code → offence, where the source has codes.
    """

    name: str
    version: str
    unit: str
    source: str
    licence: str
    weights: Mapping[str, float]
    found_by_police: frozenset[str] = frozenset()
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()

    @property
    def fingerprint(self) -> str:
        """The same weights give the same fingerprint."""
        return fingerprint("\n".join(f"{key}\t{value!r}" for key, value in sorted(self.weights.items())))

    def table(self) -> pd.DataFrame:
        """The scale as a table: ``offence``, ``weight``, ``found_by_police``, heaviest first."""
        import pandas as pd

        rows = [(name, weight, name in self.found_by_police) for name, weight in self.weights.items()]
        frame = pd.DataFrame(rows, columns=["offence", "weight", "found_by_police"])
        return frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)

    def find(self, offences: Iterable[Any], *, found_by_police: bool = False) -> dict[Any, float]:
        """Weight of each distinct offence or code; not in the scale: not in the answer."""
        known = {alike(name): name for name in self.weights} | {
            alike(code): name for code, name in self.codes.items()
        }
        found = {}
        for offence in offences:
            name = known.get(alike(offence))
            if name is not None:
                silent = name in self.found_by_police and not found_by_police
                found[offence] = 0.0 if silent else float(self.weights[name])
        return found

    def nearest(self, offence: Any) -> str:
        """A hint which offence of the scale may be meant; empty when none is near."""
        known = {alike(name): name for name in self.weights}
        close = get_close_matches(alike(offence), known, n=1, cutoff=0.6)
        return known[close[0]] if close else ""

    def __str__(self) -> str:
        return f"{self.label} ({len(self.weights):,} offences, in {self.unit})"


def alike(text: Any) -> str:
    """How offences are compared: without case, with hyphens and repeated spaces as one space.

    Examples
    --------
    >>> alike("Theft  from-Person ")
    'theft from person'
    """
    return " ".join(str(text).casefold().replace("-", " ").replace("_", " ").split())


def harm_scale(scale: str | Path | HarmScale) -> HarmScale:
    """Take a harm scale by name, or from a data pack.

    Parameters
    ----------
    scale
        ``"belmara"`` or ``"belmara-severity"`` (fictional, shipped), one of your own among the packs, a YAML file, or a scale
        that is ready.
        Published scales are not shipped; :func:`read_harm_scale` reads the files that you bring.

    Raises
    ------
    InputError, ReadError
        When there is no such scale, or it is not of that form.

    Examples
    --------
    >>> harm_scale("belmara").weights["robbery"]
    365.0
    >>> harm_scale("belmra")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: 'belmra' is not a known harm scale; known are belmara, belmara-severity. Did you mean 'belmara'?...
    """
    if isinstance(scale, HarmScale):
        return scale
    if not isinstance(scale, str | Path):
        raise InputError(
            f"threats.harm_scale: give a name, a YAML file or a HarmScale; got {type(scale).__name__}."
        )
    return _SHELF.read(scale)


def _scale(content: Mapping[str, Any]) -> HarmScale:
    named = texts(content, "name", "version", "unit", "source")
    return _sound(
        HarmScale(
            name=named["name"],
            version=named["version"],
            unit=named["unit"],
            source=named["source"],
            licence=str(content.get("licence", "")),
            weights={str(key): float(value) for key, value in content["offences"].items()},
            found_by_police=frozenset(map(str, content.get("found_by_police") or ())),
        ),
        "",
    )


_SHELF = Shelf(
    "harm",
    Path(__file__).parent / "packs" / "harm",
    "harm scale",
    "name, version, unit, source, and offences, each with its weight",
    _scale,
)


def read_harm_scale(
    source: str | Path | pd.DataFrame,
    *,
    layout: str | None = None,
    name: str = "",
    version: str = "",
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    found_by_police: Iterable[str] = (),
) -> HarmScale:
    """Read a harm scale from the file of whoever publishes it; nothing is downloaded.

    Parameters
    ----------
    source
        A csv or xlsx file, or a table.
    layout
        ``"cchi"`` (Cambridge Crime Harm Index workbook), ``"ons-css"`` (weights of the Crime Severity Score) or ``"table"`` (any
        list of offences and weights). By the names of the columns when left out.
    name, version
        Printed with every number; file name and layout when left out. Name the year of the file.
    sheet
        The sheet of a workbook; the fullest, or for CCHI the one with "values" in its name, when left out.
    columns
        Where the layout does not fit: ``{"offence": ..., "weight": ..., "code": ...}``.
    found_by_police
        Offences that come to light by police work; they weigh nothing unless asked for.

    Returns
    -------
    HarmScale

    Raises
    ------
    InputError, ReadError
        When columns are missing, a weight is not a number or below 0, or an offence has two weights.

    Notes
    -----
    Rows without a weight (headings, notes) are passed over. The licence of a published scale binds you, not this library.

    Examples
    --------
    >>> import pandas as pd
    >>> ours = pd.DataFrame({"Offence": ["theft", "robbery"], "Weight": [2, 365]})
    >>> read_harm_scale(ours, name="Our scale", version="2025").weights
    {'theft': 2.0, 'robbery': 365.0}
    """
    from ilp_lab.intake.files import read_raw

    caller = "threats.read_harm_scale"
    check = Check(caller)
    check.choice(allowed=tuple(_LAYOUTS), layout=layout)
    check.done()
    raw = read_raw(source, caller=caller, sheet=sheet or _values_sheet(source, layout))
    places, layout = _columns(raw.frame, layout, columns or {}, raw.name, caller)
    weights, codes = _weights(raw.frame, places, raw.name, caller)
    scale = HarmScale(
        name=name or {"cchi": "Cambridge Crime Harm Index", "ons-css": "Crime Severity Score"}.get(layout, raw.name),
        version=version,
        unit=_UNITS[layout],
        source=raw.name,
        licence="of the publisher",
        weights=weights,
        found_by_police=frozenset(found_by_police),
        codes=codes,
    )  # fmt: skip
    return _sound(scale, f"{caller}: {raw.name} cannot be used as a scale: ")


def _values_sheet(source: Any, layout: str | None) -> str | None:
    """The sheet of a workbook that holds the values, where a name says so."""
    if not isinstance(source, str | Path) or Path(source).suffix.lower() != ".xlsx" or layout == "table":
        return None
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(source) as book:
            named = [
                name for name in book.sheet_names if "values" in name.lower() or "weight" in name.lower()
            ]
    except (CalamineError, OSError):
        return None
    return named[0] if len(named) == 1 else None


def _columns(
    frame: pd.DataFrame, layout: str | None, given: Mapping[str, str], name: str, caller: str
) -> tuple[dict[str, str], str]:
    have = {alike(column): str(column) for column in frame.columns}
    for trial in [layout] if layout else list(_LAYOUTS):
        known = _LAYOUTS[trial]
        found = {
            role: str(given[role])
            if role in given
            else next((have[word] for word in words if word in have), "")
            for role, words in known.items()
        }
        if found["offence"] in set(have.values()) and found["weight"] in set(have.values()):
            return found, trial
    wanted = _LAYOUTS[layout or "table"]
    raise InputError(
        f"{caller}: {name} has no columns {wanted['offence'][0]!r} and {wanted['weight'][0]!r}; it has "
        f"{', '.join(map(str, frame.columns[:12]))}. Name them: columns={{'offence': ..., 'weight': ...}}."
    )


def _weights(
    frame: pd.DataFrame, places: Mapping[str, str], name: str, caller: str
) -> tuple[dict[str, float], dict[str, str]]:
    import pandas as pd

    written = frame[places["weight"]]
    numbers = pd.to_numeric(written.astype("string").str.replace(",", "").str.strip(), errors="coerce")
    there = frame[places["offence"]].notna() & (frame[places["offence"]].astype(str).str.strip() != "")
    kept = there & numbers.notna()
    weights: dict[str, float] = {}
    twice = set()
    for offence, weight in zip(frame.loc[kept, places["offence"]], numbers[kept], strict=True):
        title = " ".join(str(offence).split())
        if weights.get(title, weight) != weight:
            twice.add(title)
        weights[title] = float(weight)
    if twice:
        raise InputError(
            f"{caller}: {name} gives {len(twice)} offences two different weights, among them {min(twice)!r}. "
            "Keep one row of each."
        )
    codes: dict[str, str] = {}
    if places.get("code"):
        titles = frame.loc[kept, places["offence"]].astype(str).str.split().str.join(" ")
        listed = list(zip(frame.loc[kept, places["code"]].astype(str), titles, strict=True))
        once = {code for code in dict(listed) if sum(code == other for other, _ in listed) == 1}
        codes = {code: title for code, title in listed if code in once and code not in {"nan", "<NA>", ""}}
    return weights, codes


def _sound(scale: HarmScale, opening: str) -> HarmScale:
    bad = [key for key, value in scale.weights.items() if not (np.isfinite(value) and value >= 0)]
    if not scale.weights or bad or not any(scale.weights.values()):
        what = (
            f"the weight of {bad[0]!r} is not a number of at least 0"
            if bad
            else "no offence has a weight above 0"
        )
        raise InputError(f"{opening}{what}.")
    strange = sorted(scale.found_by_police - set(scale.weights))
    if strange:
        raise InputError(f"{opening}found_by_police names {strange[0]!r}, which is none of its offences.")
    return scale
