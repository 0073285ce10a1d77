"""Grading schemes: how reliable a source is and how good its information, as data packs with version and source.

The two grades are given separately, by judgement, as close to the source as possible. Schemes shipped: ``4x4``
(default), ``3x5x2``, ``5x5x5`` and ``6x6``. Another one is a YAML file of the same form: name its path, or put it into
``packs/grading`` of the ``ilp-lab`` folder among the user's documents (or of a folder named by ``ILP_LAB_PACKS``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._packs import Shelf, rows, text, texts
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "4x4"
RELIABILITY = ("always", "usually", "sometimes", "rarely", "never", "untested")
KNOWLEDGE = ("certain", "direct", "corroborated", "indirect", "unknown", "false")


@dataclass(frozen=True, slots=True)
class Grade:
    """One code of a scale.

    Attributes
    ----------
    code, meaning
        As it is written, and what it says.
    covers
        Which notions of the common vocabulary it stands for; conversion compares these.
    weight
        Certainty between 0 and 1 that the pack proposes for those who ask for numbers; a convention.
    needs_corroboration
        The code says that another source confirms it, so the report must name one.
    confirmed
        The code says that the information is beyond doubt.
    suspected_false
        The code says that the information is false or malicious.
    """

    code: str
    meaning: str
    covers: frozenset[str]
    weight: float
    needs_corroboration: bool = False
    confirmed: bool = False
    suspected_false: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """A scheme's own code for sharing, such as P and C of 3x5x2."""

    code: str
    meaning: str
    needs_conditions: bool = False


@dataclass(frozen=True, slots=True)
class GradingScheme:
    """Two scales, and what goes with them.

    Examples
    --------
    >>> europol = scheme("4x4")
    >>> len(europol.codes()), len(scheme("3x5x2").codes()), len(scheme("6x6").codes())
    (16, 30, 36)
    >>> europol.faults("E", "1")
    ["source_grade 'E' is not in 4x4; it has A, B, C, X."]
    >>> europol.warnings("X", "1")[0][:33]
    'X1: the source cannot be assessed'
    """

    name: str
    title: str
    version: str
    source: str
    source_grades: Mapping[str, Grade]
    information_grades: Mapping[str, Grade]
    permissions: Mapping[str, Permission]
    actions: Mapping[str, str]
    sanitisation: Mapping[str, str]
    odd: tuple[tuple[frozenset[str], frozenset[str], str], ...]

    def codes(self) -> tuple[str, ...]:
        """Every code that can be written: source, information and, where the scheme has them, permission."""
        ends = tuple(self.permissions) or ("",)
        return tuple(
            source + information + end
            for source in self.source_grades
            for information in self.information_grades
            for end in ends
        )

    def split(self, code: str) -> tuple[str, str, str]:
        """Take a written code apart into source grade, information grade and permission (may be empty).

        Raises
        ------
        InputError
            When the scheme has no such code.
        """
        text = code.strip().upper()
        for source in self.source_grades:
            for information in self.information_grades:
                for end in ("", *self.permissions):
                    if text == source + information + end:
                        return source, information, end
        raise InputError(
            f"{code!r} is not a code of {self.name}; it joins a source grade ({', '.join(self.source_grades)}) and an "
            f"information grade ({', '.join(self.information_grades)})."
        )

    def faults(
        self,
        source_grade: str | None = None,
        information_grade: str | None = None,
        *,
        permission: str | None = None,
        conditions: str | None = None,
    ) -> list[str]:
        """What is wrong with a grade, in sentences; empty when it is valid. What is ``None`` is not looked at."""
        found = []
        for name, value, scale in (
            ("source_grade", source_grade, self.source_grades),
            ("information_grade", information_grade, self.information_grades),
        ):
            if value is not None and value not in scale:
                found.append(
                    tr("{name} {value!r} is not in {self_name}; it has {names}.").format(
                        name=name, value=value, self_name=self.name, names=", ".join(scale)
                    )
                )
        if permission is not None:
            if permission not in self.permissions:
                has = ", ".join(self.permissions) or "none"
                found.append(
                    tr("permission {permission!r} is not in {self_name}; it has {has}.").format(
                        permission=permission, self_name=self.name, has=has
                    )
                )
            elif self.permissions[permission].needs_conditions and not (conditions or "").strip():
                found.append(
                    tr("permission {permission} of {self_name} needs conditions: say which.").format(
                        permission=permission, self_name=self.name
                    )
                )
        return found

    def warnings(
        self,
        source_grade: str | None = None,
        information_grade: str | None = None,
        *,
        corroborated: bool = False,
    ) -> list[str]:
        """What is allowed but odd, in sentences.

        Parameters
        ----------
        source_grade, information_grade
            The grades.
        corroborated
            Whether a report from a different source confirms it; then a confirmed grade is no longer odd.
        """
        found = []
        for sources, informations, says in self.odd:
            if source_grade in sources and information_grade in informations:
                confirmed = self.information_grades[str(information_grade)].confirmed
                if not (corroborated and confirmed):
                    found.append(f"{source_grade}{information_grade}: {says}.")
        return found

    def __str__(self) -> str:
        return tr("{title}, version {version}: {n} codes. {source}").format(
            title=self.title, version=self.version, n=len(self.codes()), source=self.source
        )


def scheme(name: str | Path = DEFAULT) -> GradingScheme:
    """Read a grading scheme.

    Parameters
    ----------
    name
        A scheme's name, or the path of a YAML file.

    Raises
    ------
    InputError
        When no scheme of that name is known.
    ReadError
        When the file is not of the needed form; the message says what is missing.

    Examples
    --------
    >>> scheme("4x4").source_grades["X"].meaning
    'Reliability cannot be assessed'
    >>> scheme("7x7")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: '7x7' is not a known grading scheme; known are 3x5x2, 4x4, 5x5x5, 6x6...
    """
    return _SHELF.read(name) if Path(name).suffix else _named(str(name))


@cache
def _named(name: str) -> GradingScheme:
    return _SHELF.read(name)


def schemes() -> pd.DataFrame:
    """List the schemes that are known here: shipped ones and the user's own.

    Examples
    --------
    >>> schemes().set_index("scheme").loc["6x6", "codes"]
    np.int64(36)
    """
    import pandas as pd

    rows = [
        {
            "scheme": one.name,
            "title": one.title,
            "codes": len(one.codes()),
            "version": one.version,
            "source": one.source,
        }
        for one in (scheme(name) for name in _SHELF.names())
    ]
    return pd.DataFrame(rows)


def _scheme(content: Mapping[str, Any]) -> GradingScheme:
    found = GradingScheme(
        **texts(content, "name", "title", "version", "source"),
        source_grades=_scale(content["source_grades"], RELIABILITY),
        information_grades=_scale(content["information_grades"], KNOWLEDGE),
        permissions={
            text(row["code"], "code"): Permission(
                text(row["code"], "code"),
                text(row["meaning"], "meaning"),
                bool(row.get("needs_conditions", False)),
            )
            for row in rows(content.get("permissions"), "permissions")
        },
        actions={
            text(row["code"], "code"): text(row["meaning"], "meaning")
            for row in rows(content.get("actions"), "actions")
        },
        sanitisation={
            text(row["code"], "code"): text(row["meaning"], "meaning")
            for row in rows(content.get("sanitisation"), "sanitisation")
        },
        odd=tuple(
            (
                _texts(row, "source"),
                _texts(row, "information"),
                text(row["says"], "says"),
            )
            for row in rows(content.get("warnings"), "warnings")
        ),
    )
    if len(set(found.codes())) != len(found.codes()):
        raise ValueError("two codes are written the same")
    for sources, informations, says in found.odd:
        if sources - set(found.source_grades) or informations - set(found.information_grades):
            raise ValueError(f"the warning {says[:40]!r} names grades that the scheme does not have")
    return found


def _texts(row: Mapping[str, Any], part: str) -> frozenset[str]:
    return frozenset(text(value, part) for value in row[part])


def _scale(value: Any, notions: tuple[str, ...]) -> Mapping[str, Grade]:
    scale: dict[str, Grade] = {}
    for row in rows(value, "a scale"):
        code, weight = text(row["code"], "code"), float(row["weight"])
        covers = _texts(row, "covers")
        if not covers or covers - set(notions):
            raise ValueError(f"grade {code} must cover some of {', '.join(notions)}")
        if not 0 <= weight <= 1:
            raise ValueError(f"the weight of grade {code} must be between 0 and 1")
        if code in scale:
            raise ValueError(f"grade {code} stands there twice")
        scale[code] = Grade(
            code,
            text(row["meaning"], "meaning"),
            covers,
            weight,
            bool(row.get("needs_corroboration", False)),
            bool(row.get("confirmed", False)),
            bool(row.get("suspected_false", False)),
        )
    if not scale:
        raise ValueError("a scale has no grades")
    return scale


_SHELF = Shelf(
    "grading",
    Path(__file__).parent / "packs",
    "grading scheme",
    tr_later(
        "name, title, version, source, source_grades and information_grades, each grade with code, meaning, covers and weight"
    ),
    _scheme,
)
