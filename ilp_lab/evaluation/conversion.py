"""From one grading scheme to another: the set of admissible codes, never one code silently.

No official table between the schemes exists. Every grade covers notions of a common vocabulary (always, usually ...
for sources; certain, direct ... for information); a code of the other scheme is admissible when it covers one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.evaluation.grading import DEFAULT, Grade, GradingScheme, scheme

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a grade can become.

    Attributes
    ----------
    codes
        Every admissible code of the other scheme (source and information grade). Empty when it has none: a person has
        to grade anew.
    lossy
        Whether something is lost: several codes are admissible, or the one covers more or less than before.
    why
        In a sentence.
    """

    codes: frozenset[str]
    lossy: bool
    why: str

    def __str__(self) -> str:
        return f"{', '.join(sorted(self.codes)) or 'no code'} ({self.why})"


def convert(code: str, *, to: str | Path, scheme: str | Path = DEFAULT) -> Conversion:
    """Say which codes of another scheme a grade may become.

    Parameters
    ----------
    code
        As it is written, such as ``"B2"``; a permission at its end is not converted.
    to
        The other scheme.
    scheme
        The scheme of ``code``.

    Raises
    ------
    InputError
        When a scheme or the code is not known.

    Examples
    --------
    >>> print(convert("B2", to="3x5x2"))
    1A, 3A (2 codes of 3x5x2 are admissible; a person chooses)
    >>> convert("5D", scheme="6x6", to="4x4")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: '5D' is not a code of 6x6; it joins a source grade ... and an information grade ...
    >>> convert("C5", scheme="6x6", to="4x4").codes
    frozenset()
    """
    old, new = _two(scheme, to)
    source, information, permission = old.split(code)
    found = _convert(source, information, old, new)
    if permission and old.name != new.name:
        why = tr("{why}; the permission {permission} is not converted").format(
            why=found.why, permission=permission
        )
        return Conversion(found.codes, lossy=True, why=why)
    return found


def convert_grades(reports: pd.DataFrame, *, to: str | Path) -> pd.DataFrame:
    """Say for every report which codes of another scheme its grade may become.

    Parameters
    ----------
    reports
        ``source_grade``, ``information_grade`` and, where it is not 4x4, ``scheme``; ``report_id`` is carried over.
    to
        The other scheme.

    Returns
    -------
    DataFrame
        On the index of ``reports``: ``report_id``, ``scheme``, ``code``, ``admissible`` (codes, in order), ``lossy``, ``why``.
        A grade that is not valid has no admissible code, and ``why`` says what is wrong.

    Raises
    ------
    InputError, ColumnError
        When the scheme is not known or a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({"report_id": ["R1"], "source_grade": ["A"], "information_grade": ["1"]})
    >>> convert_grades(reports, to="6x6")["admissible"].tolist()
    [('A1',)]
    """
    import pandas as pd

    from ilp_lab.safeguards import handling_of, mark

    new = scheme(to)
    rows = []
    for number, name, source, information in grades_of(reports, "evaluation.convert_grades"):
        old = scheme(name)
        faults = old.faults(source, information)
        found = (
            Conversion(frozenset(), lossy=True, why=" ".join(faults))
            if faults
            else _convert(source, information, old, new)
        )
        rows.append(
            (number, name, f"{source}{information}", tuple(sorted(found.codes)), found.lossy, found.why)
        )
    columns = ["report_id", "scheme", "code", "admissible", "lossy", "why"]
    frame = pd.DataFrame(rows, columns=columns, index=reports.index)
    return mark(frame, handling=handling_of(reports))


def grades_of(reports: pd.DataFrame, caller: str) -> list[tuple[str, str, str, str]]:
    """Number, scheme, source grade and information grade of every report, as text."""
    check = Check(caller)
    if check.frame(reports, "reports"):
        check.columns(reports, ["source_grade", "information_grade"], "reports")
    check.done()
    length = len(reports)
    numbers = reports["report_id"].tolist() if "report_id" in reports else list(reports.index)
    names = reports["scheme"].tolist() if "scheme" in reports else [DEFAULT] * length
    names = [as_code(name) or DEFAULT for name in names]
    for name in set(names):
        _known(name, caller)
    return [
        (as_code(number), name, as_code(source), as_code(information))
        for number, name, source, information in zip(
            numbers,
            names,
            reports["source_grade"].tolist(),
            reports["information_grade"].tolist(),
            strict=True,
        )
    ]


def as_code(value: object) -> str:
    """A cell as text: whole numbers without a point, nothing for what is empty."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _known(name: str, caller: str) -> None:
    try:
        scheme(name)
    except InputError as error:
        raise InputError(f"{caller}: {error}") from None


def _two(old: str | Path, new: str | Path) -> tuple[GradingScheme, GradingScheme]:
    return scheme(old), scheme(new)


def _convert(source: str, information: str, old: GradingScheme, new: GradingScheme) -> Conversion:
    if old.name == new.name:
        return Conversion(frozenset({source + information}), lossy=False, why=tr_later("the same scheme"))
    sources = _admissible(old.source_grades[source], new.source_grades)
    informations = _admissible(old.information_grades[information], new.information_grades)
    codes = frozenset(left + right for left in sources for right in informations)
    if not codes:
        missing = (
            tr("source grade {source}").format(source=source)
            if not sources
            else tr("information grade {information}").format(information=information)
        )
        return Conversion(
            codes,
            lossy=True,
            why=tr("{new_name} has nothing for {missing} of {old_name}: grade anew").format(
                new_name=new.name, missing=missing, old_name=old.name
            ),
        )
    if len(codes) > 1:
        why = tr("{n} codes of {new_name} are admissible; a person chooses").format(
            n=len(codes), new_name=new.name
        )
        return Conversion(codes, lossy=True, why=why)
    one, other = old.source_grades[source], old.information_grades[information]
    same = (
        new.source_grades[sources[0]].covers == one.covers
        and new.information_grades[informations[0]].covers == other.covers
        and _admissible(new.source_grades[sources[0]], old.source_grades) == [source]
        and _admissible(new.information_grades[informations[0]], old.information_grades) == [information]
    )
    why = (
        tr_later("one code says the same")
        if same
        else tr("one code is admissible, but it does not say quite the same")
    )
    return Conversion(codes, lossy=not same, why=why)


def _admissible(grade: Grade, scale: Mapping[str, Grade]) -> list[str]:
    return [code for code, other in scale.items() if other.covers & grade.covers]
