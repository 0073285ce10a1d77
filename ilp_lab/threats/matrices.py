"""Threat matrices: who scored which indicator of which group, on what evidence and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import of_pack, tr, tr_later
from ilp_lab.result import fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.threats.rubrics import Rubric, rubric

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

UNKNOWN = "unknown"
CONFIDENCES = ("high", "moderate", "low")
_AS_UNKNOWN = {"unknown", tr_later("not known"), "?", "u"}


@dataclass(frozen=True)
class ThreatMatrix:
    """Scores of items (groups, markets, problems) by an indicator set.

    Attributes
    ----------
    cells
        One row per score: ``item``, ``indicator``, ``level`` (or ``unknown``), ``evidence``, ``confidence``, ``assessor``.
    rubric
        The indicator set.
    items
        Names, in the order of the table.
    handling, origin
        Handling code, and where the table came from.
    """

    cells: pd.DataFrame
    rubric: Rubric
    items: tuple[str, ...]
    handling: str = "H0"
    origin: str = ""

    @property
    def assessors(self) -> tuple[str, ...]:
        """Who scored."""
        return tuple(sorted(self.cells["assessor"].unique()))

    def wide(self) -> pd.DataFrame:
        """Levels as a table, one row per item; what several assessors say stands side by side."""
        joined = self.cells.groupby(["item", "indicator"], sort=False)["level"].agg(
            lambda said: " / ".join(dict.fromkeys(said))
        )
        columns = [one.id for one in self.rubric.indicators]
        return joined.unstack().reindex(index=list(self.items), columns=columns)  # noqa: PD010

    def chances(self, doubt: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> NDArray[np.float64]:
        """How probable each level of each cell is: items × indicators × levels.

        Known cells are sure but for ``doubt`` (chance that a neighbouring level is true, for high, moderate and low
        confidence); unknown ones may be anything; where assessors differ each is as probable as the other.
        """
        levels = list(self.rubric.levels)
        chances = np.zeros((len(self.items), len(self.rubric.indicators), len(levels)))
        said = np.zeros(chances.shape[:2])
        rows = self.cells["item"].map({item: k for k, item in enumerate(self.items)}).to_numpy()
        places = {one.id: k for k, one in enumerate(self.rubric.indicators)}
        columns = self.cells["indicator"].map(places).to_numpy()
        for i, k, level, confidence in zip(
            rows, columns, self.cells["level"], self.cells["confidence"], strict=True
        ):
            said[i, k] += 1
            if level == UNKNOWN:
                chances[i, k] += 1 / len(levels)
                continue
            at = levels.index(level)
            off = doubt[CONFIDENCES.index(confidence)] if confidence in CONFIDENCES else max(doubt)
            beside = [near for near in (at - 1, at + 1) if 0 <= near < len(levels)]
            chances[i, k, at] += 1 - off
            chances[i, k, beside] += off / len(beside)
        return np.asarray(chances / said[:, :, None])

    def nominal(self) -> NDArray[np.float64]:
        """Plain values: items × indicators, an unknown as the rubric says, assessors averaged."""
        worth = {**self.rubric.levels, UNKNOWN: self.rubric.unknown}
        values = self.cells.assign(value=self.cells["level"].map(worth))
        table = values.pivot_table(index="item", columns="indicator", values="value", aggfunc="mean")
        columns = [one.id for one in self.rubric.indicators]
        return np.asarray(table.reindex(index=list(self.items), columns=columns).to_numpy(dtype=np.float64))

    def unknown(self) -> NDArray[np.bool_]:
        """Which cells nobody knows: items × indicators."""
        nobody = (self.cells["level"] == UNKNOWN).groupby([self.cells["item"], self.cells["indicator"]]).all()
        columns = [one.id for one in self.rubric.indicators]
        table = nobody.unstack().reindex(index=list(self.items), columns=columns)  # noqa: PD010
        return np.asarray(table.to_numpy(dtype=bool))

    @property
    def fingerprint(self) -> str:
        """The same scores give the same fingerprint."""
        rows = self.cells[["item", "indicator", "level", "assessor"]].astype(str).agg("\t".join, axis=1)
        return fingerprint("\n".join(sorted(rows)))

    def __str__(self) -> str:
        unknown = int((self.cells["level"] == UNKNOWN).sum())
        return tr(
            "{n} {about} by {label}: {n_2:,} scores of {n_3} assessors, {unknown:,} unknown [{handling}]"
        ).format(
            n=len(self.items),
            about=of_pack(self.rubric.about),
            label=self.rubric.label,
            n_2=len(self.cells),
            n_3=len(self.assessors),
            unknown=unknown,
            handling=self.handling,
        )


def matrix(
    scores: pd.DataFrame | str | Path,
    *,
    rubric: str | Path | Rubric = "sleipnir-type",
    item: str = "item",
    require_evidence: bool = True,
) -> ThreatMatrix:
    """Take scores of groups, markets or problems, with the evidence and confidence of each.

    Parameters
    ----------
    scores
        A table or file, either long, one row per score: ``item``, ``indicator``, ``level``, ``evidence`` (reference numbers, never
        the name of a source), ``confidence`` (high, moderate, low) and, where several scored, ``assessor``; or wide: one row per
        item and one column per indicator, which has no room for evidence.
    rubric
        As in :func:`ilp_lab.threats.rubric`.
    item
        Column that names the items.
    require_evidence
        Whether every known level needs evidence and confidence. Set it to ``False`` for a wide table; results then say how many
        scores stand on nothing that was named.

    Returns
    -------
    ThreatMatrix

    Raises
    ------
    InputError, ColumnError, ReadError
        When scores are missing (write ``unknown`` for what is not known), levels or indicators are not of the rubric, or a known
        level has no evidence.

    Notes
    -----
    What is not known is written as ``unknown``; it is never taken as low, and never as nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import threats
    >>> names = [one.id for one in threats.rubric("socta-groups").indicators]
    >>> wide = pd.DataFrame("medium", index=["North", "South"], columns=names).rename_axis("item").reset_index()
    >>> print(matrix(wide, rubric="socta-groups", require_evidence=False))
    2 criminal groups by SOCTA-type, groups 1: 20 scores of 1 assessors, 0 unknown [H0]
    """
    caller = "threats.matrix"
    chosen = _rubric(rubric)
    check = Check(caller)
    frame = _frame(scores, caller)
    if not check.frame(frame, "scores"):
        check.done()
    check.columns(frame, [item], "scores")
    check.done()
    long = _long(check, frame, item, chosen)
    check.done()
    cells = _levels(check, long, chosen)
    _complete(check, cells, chosen)
    if require_evidence:
        _evidence(check, cells)
    check.done()
    items = tuple(dict.fromkeys(cells["item"]))
    return ThreatMatrix(cells, chosen, items, handling_of(frame), origin_of(frame) or _file_name(scores))


_rubric = rubric


def _file_name(scores: Any) -> str:
    return Path(scores).name if isinstance(scores, str | Path) else ""


def _frame(scores: Any, caller: str) -> Any:
    if isinstance(scores, str | Path):
        from ilp_lab.intake.files import read_raw

        return read_raw(scores, caller=caller).frame
    return scores


def _long(check: Check, frame: pd.DataFrame, item: str, chosen: Rubric) -> pd.DataFrame:
    import pandas as pd

    names = [one.id for one in chosen.indicators]
    if {"indicator", "level"} <= set(frame.columns):
        long = pd.DataFrame(frame.rename(columns={item: "item"}))
    else:
        titles = {one.name.casefold(): one.id for one in chosen.indicators} | {name: name for name in names}
        renamed = frame.rename(
            columns={column: titles.get(str(column).casefold(), column) for column in frame}
        )
        check.columns(renamed, names, "scores")
        check.done()
        long = renamed.melt(item, names, var_name="indicator", value_name="level").rename(
            columns={item: "item"}
        )
    for column in ("evidence", "confidence", "assessor"):
        if column not in long:
            long[column] = "one" if column == "assessor" else ""
    long = long[["item", "indicator", "level", "evidence", "confidence", "assessor"]].copy()
    for column in ("item", "indicator", "evidence", "confidence", "assessor"):
        long[column] = long[column].astype("string").fillna("").str.strip().astype(object)
    strange = sorted(set(long["indicator"]) - set(names))
    if strange:
        check.add(
            f"{strange[0]!r} is no indicator of {chosen.label}; it has {', '.join(names[:8])}"
            f"{', …' if len(names) > 8 else ''}."
        )
    return long


def _levels(check: Check, long: pd.DataFrame, chosen: Rubric) -> pd.DataFrame:
    import pandas as pd

    by_value = {value: name for name, value in chosen.levels.items()}

    def read(value: Any) -> str:
        if pd.isna(value) or str(value).strip() == "":
            return ""
        text = str(value).strip().casefold()
        if text in _AS_UNKNOWN:
            return UNKNOWN
        if text in chosen.levels:
            return text
        try:
            return by_value.get(float(text), f"!{value}")
        except ValueError:
            return f"!{value}"

    cells = long.assign(level=[read(value) for value in long["level"]])
    strange = cells[cells["level"].str.startswith("!")]
    if len(strange):
        one = strange.iloc[0]
        check.add(
            f"{len(strange)} levels are not of {chosen.label}, such as {one['level'][1:]!r} for {one['item']}, {one['indicator']}; "
            f"write {', '.join(chosen.levels)} or unknown."
        )
    empty = cells[cells["level"] == ""]
    if len(empty):
        one = empty.iloc[0]
        check.add(
            f"{len(empty)} scores are missing, such as {one['item']}, {one['indicator']}; write unknown for what is not known."
        )
    words = set(cells["confidence"].str.casefold()) - {*CONFIDENCES, ""}
    if words:
        check.add(f"confidence must be high, moderate or low; got {min(words)!r}.")
    return cells.assign(confidence=cells["confidence"].str.casefold())


def _complete(check: Check, cells: pd.DataFrame, chosen: Rubric) -> None:
    if not len(cells):
        check.add("the matrix has no rows.")
        return
    twice = cells.duplicated(["item", "indicator", "assessor"])
    if twice.any():
        one = cells[twice].iloc[0]
        check.add(
            f"{int(twice.sum())} scores stand there twice by the same assessor, such as {one['item']}, {one['indicator']}."
        )
    have = set(zip(cells["item"], cells["indicator"], strict=True))
    missing = [
        (item, one.id)
        for item in dict.fromkeys(cells["item"])
        for one in chosen.indicators
        if (item, one.id) not in have
    ]
    if missing:
        check.add(
            f"{len(missing)} scores are missing, such as {missing[0][0]}, {missing[0][1]}; write unknown for what is not known."
        )


def _evidence(check: Check, cells: pd.DataFrame) -> None:
    known = cells["level"].ne(UNKNOWN) & cells["level"].ne("")
    for column, what in (("evidence", "a reference to its evidence"), ("confidence", "a confidence")):
        bare = cells[known & (cells[column] == "")]
        if len(bare):
            one = bare.iloc[0]
            check.add(
                f"{len(bare)} known levels lack {what}, such as {one['item']}, {one['indicator']}; name it, write unknown, or say "
                "require_evidence=False and let the result tell."
            )


def is_matrix(check: Check, value: object) -> None:
    """Stop the call when ``value`` was not made by :func:`matrix`."""
    if not isinstance(value, ThreatMatrix):
        check.add(f"matrix must be made by threats.matrix(scores, rubric=...); got {type(value).__name__}.")
        check.done()
