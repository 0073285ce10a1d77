"""Indicator sets: what is scored, on which levels, and what it weighs; each a data pack that a ministry can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._packs import Shelf, rows, texts
from ilp_lab._tongue import in_a_row, of_pack, tr, tr_later
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ROLES = ("score", "factor", "beside")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that is scored.

    Attributes
    ----------
    id, name, definition
        Short name, title, and what to look for.
    section
        Section it belongs to.
    weight
        What it weighs.
    """

    id: str
    name: str
    section: str
    weight: float
    definition: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section of indicators.

    Attributes
    ----------
    id, name
        Short name and title.
    role
        ``"score"``: levels times weights are added up; ``"factor"``: the section is a mean, and the sections are multiplied;
        ``"beside"``: shown beside the score, never in it.
    most
        Of a factor: how much its highest single level counts against the weighted mean, 0 to 1.
    """

    id: str
    name: str
    role: str
    most: float = 0.0


@dataclass(frozen=True)
class Rubric:
    """An indicator set.

    Attributes
    ----------
    name, version, about, source
        Printed with every result.
    levels
        Name of a level → its value, lowest first.
    unknown
        What a cell that is not known counts in the plain score.
    parts, indicators
        Sections and what is scored in them.
    tiers
        Name and share of the highest possible score it begins at, highest tier first.
    """

    name: str
    version: str
    about: str
    source: str
    levels: Mapping[str, float]
    unknown: float
    parts: tuple[Part, ...]
    indicators: tuple[Indicator, ...]
    tiers: tuple[tuple[str, float], ...]
    weights_sum_to: float | None = None

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weights in the order of the indicators."""
        return np.array([indicator.weight for indicator in self.indicators])

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    def columns(self, part: str) -> NDArray[np.int64]:
        """Positions of the indicators of a section."""
        return np.flatnonzero([indicator.section == part for indicator in self.indicators])

    def position(self, indicator: str) -> int:
        """Position of an indicator by its short name."""
        return [one.id for one in self.indicators].index(indicator)

    def highest(self) -> float:
        """The highest score there can be, with the rubric's own weights."""
        top = np.full((1, 1, len(self.indicators)), max(self.levels.values()))
        return float(self.score(top, self.weights[None])[0, 0])

    def score(self, values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores from levels (draws × items × indicators) and weights (draws × indicators)."""
        answer = np.ones(values.shape[:2])
        summed = np.zeros(values.shape[:2])
        factors = False
        for part in self.parts:
            at = self.columns(part.id)
            if part.role == "beside":
                continue
            if part.role == "score":
                summed += np.einsum("dik,dk->di", values[:, :, at], weights[:, at])
                continue
            factors = True
            answer *= self.mean_of(part, values, weights)
        return answer if factors else summed

    def mean_of(
        self, part: Part, values: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """A section as a mean, with its highest level counting extra."""
        at = self.columns(part.id)
        share = weights[:, at] / weights[:, at].sum(axis=1, keepdims=True)
        mean = np.einsum("dik,dk->di", values[:, :, at], share)
        return np.asarray(part.most * values[:, :, at].max(axis=2) + (1 - part.most) * mean)

    def with_weights(self, weights: Mapping[str, float]) -> Rubric:
        """The same rubric with other weights, of all its indicators."""
        caller = tr("threats.rubric")
        names = [indicator.id for indicator in self.indicators]
        strange, missing = sorted(set(weights) - set(names)), sorted(set(names) - set(weights))
        if strange or missing:
            what = (
                tr("names {strange!r}, which is none").format(strange=strange[0])
                if strange
                else tr("lacks {missing!r}").format(missing=missing[0])
            )
            raise InputError(
                f"{caller}: weights must name the {len(names)} indicators of {self.name}; it {what}."
            )
        changed = tuple(replace(one, weight=float(weights[one.id])) for one in self.indicators)
        return _sound(
            replace(self, indicators=changed), tr("{caller} cannot be used: ").format(caller=caller)
        )

    def table(self) -> pd.DataFrame:
        """The indicators as a table, for the form that assessors fill in."""
        import pandas as pd

        return pd.DataFrame(
            [(one.id, one.name, one.section, one.weight, one.definition) for one in self.indicators],
            columns=["indicator", "name", "section", "weight", "definition"],
        )

    def __str__(self) -> str:
        return tr("{label}: {n} indicators of {about}, levels {levels}").format(
            label=self.label, n=len(self.indicators), about=of_pack(self.about),
            levels=in_a_row(*map(of_pack, self.levels), by=", "),
        )  # fmt: skip


def rubric(which: str | Path | Rubric, *, weights: Mapping[str, float] | None = None) -> Rubric:
    """Take an indicator set by name or from a data pack, with its own or with your weights.

    Parameters
    ----------
    which
        ``"sleipnir-type"``, ``"socta-groups"``, ``"socta-markets"``, ``"morile-type"``, a YAML file of the same form, or a rubric.
    weights
        Weight of every indicator by its short name.

    Raises
    ------
    InputError, ReadError
        When there is no such rubric, it is not of that form, or its weights do not add up to what it says.

    Examples
    --------
    >>> print(rubric("sleipnir-type"))
    Sleipnir-type 1: 19 indicators of criminal groups, levels nil, low, medium, high
    >>> rubric("sleipnir-type").highest()
    760.0
    """
    found = which if isinstance(which, Rubric) else _load(which)
    return found if weights is None else found.with_weights(weights)


def _load(which: str | Path) -> Rubric:
    if not isinstance(which, str | Path):
        raise InputError(f"threats.rubric: give a name, a YAML file or a Rubric; got {type(which).__name__}.")
    return _SHELF.read(which)


def _rubric(content: Mapping[str, Any]) -> Rubric:
    parts = tuple(
        Part(**texts(one, "id", "name", "role"), most=float(one.get("most", 0.0)))
        for one in rows(content["sections"], "sections")
    )
    indicators = tuple(
        Indicator(
            **texts(one, "id", "name"),
            section=str(one.get("section", parts[0].id)),
            weight=float(one["weight"]),
            definition=str(one.get("definition", "")),
        )
        for one in rows(content["indicators"], "indicators")
    )
    total = content.get("weights_sum_to")
    return _sound(
        Rubric(
            **texts(content, "name", "version", "about", "source"),
            levels={str(key): float(value) for key, value in content["levels"].items()},
            unknown=float(content["unknown"]),
            parts=parts,
            indicators=indicators,
            tiers=tuple((str(one["name"]), float(one["from"])) for one in rows(content["tiers"], "tiers")),
            weights_sum_to=None if total is None else float(total),
        ),
        "",
    )


_SHELF = Shelf(
    "rubrics",
    Path(__file__).parent / "packs" / "rubrics",
    "rubric",
    tr_later("name, version, about, source, levels, unknown, sections, tiers and indicators"),
    _rubric,
)


def _sound(found: Rubric, opening: str) -> Rubric:
    names = [indicator.id for indicator in found.indicators]
    sections = {part.id for part in found.parts}
    faults = []
    if len(set(names)) < len(names):
        faults.append("an indicator stands there twice")
    if strange := {one.section for one in found.indicators} - sections:
        faults.append(tr("there is no section {strange!r}").format(strange=min(strange)))
    if any(part.role not in ROLES for part in found.parts) or not names:
        faults.append(f"a section's role must be one of {', '.join(ROLES)}, and there must be indicators")
    if not (np.isfinite(found.weights).all() and (found.weights >= 0).all() and found.weights.sum() > 0):
        faults.append("weights must be numbers of at least 0, not all 0")
    if len(found.levels) < 2 or list(found.levels.values()) != sorted(set(found.levels.values())):
        faults.append(tr("levels need at least two different values, lowest first"))
    for part in found.parts:
        total = found.weights[found.columns(part.id)].sum()
        if found.weights_sum_to is not None and abs(total - found.weights_sum_to) > 1e-6:
            faults.append(
                tr("the weights of {id!r} add up to {total:g}, not to {weights_sum_to:g}").format(
                    id=part.id, total=total, weights_sum_to=found.weights_sum_to
                )
            )
    begins = [share for _, share in found.tiers]
    if begins != sorted(begins, reverse=True) or not begins or begins[-1] != 0:
        faults.append(tr("tiers stand highest first, and the last begins at 0"))
    if faults:
        raise InputError(f"{opening}{'; '.join(faults)}.")
    return found
