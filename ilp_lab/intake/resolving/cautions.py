"""Pairs of people who look like one and may be two: twins, parent and child, people of one household.

Weights add up as if every likeness came by itself. Twins and families share many at once, so these pairs are never joined
without a human, whatever their weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.intake.resolving.comparing import TRAITS
from ilp_lab.intake.resolving.preparing import Prepared

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TWINS = "the same surname and date of birth, another given name: they may be twins"
PARENT = "the same names, born many years apart: they may be parent and child"
ONE_SUFFIX = "one is called junior or senior, the other is not: they may be parent and child"
SEXES = "the sex differs"
PAPERS = "each has a document number, and not the same one: they may be two people who are much alike"
LITTLE = "neither two parts of the name nor a document agree: they may only live together or share a phone"
_GENERATION_YEARS = 14
_BORNE = 3


def cautions(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.object_]:
    """Why a human must look at a pair of people; empty where nothing speaks for that.

    Parameters
    ----------
    pairs
        ``one`` and ``other`` as numbers of records, and ``level_…``.
    prepared
        The records.
    """
    said = np.full(len(pairs), "", object)
    if not {trait.name for trait in prepared.traits} & {"given_name", "surname"} or not len(pairs):
        return said
    proven = _reaches(pairs, "document", "the same")
    given, surname = (_agrees(pairs, name) for name in ("given_name", "surname"))
    born = _reaches(pairs, "birth", "the same", "day and month changed places")
    said[_sexes(pairs)] = SEXES
    said[_reaches(pairs, "document", "one character differs", "different")] = PAPERS
    years = _years_apart(pairs, prepared)
    named = given & surname
    said[named & _one_suffix(pairs, prepared)] = ONE_SUFFIX
    said[named & (years >= _GENERATION_YEARS)] = PARENT
    said[~given & ~_silent(pairs, "given_name") & surname & born] = TWINS
    said[_two_names(pairs, prepared) & surname & born] = TWINS
    said[~_two_parts(pairs, given, surname, born)] = LITTLE
    said[proven & (said != SEXES)] = ""
    return said


def _reaches(pairs: pd.DataFrame, trait: str, *words: str) -> NDArray[np.bool_]:
    """Pairs that reach one of a trait's levels."""
    column = f"level_{trait}"
    if column not in pairs:
        return np.zeros(len(pairs), bool)
    levels = next(one for one in TRAITS["person"] if one.name == trait).levels
    wanted = [at for at, level in enumerate(levels) if level.words in words]
    return np.asarray(pairs[column].isin(wanted), bool)


def _silent(pairs: pd.DataFrame, trait: str) -> NDArray[np.bool_]:
    column = f"level_{trait}"
    return np.asarray(pairs[column] < 0, bool) if column in pairs else np.ones(len(pairs), bool)


def _agrees(pairs: pd.DataFrame, trait: str) -> NDArray[np.bool_]:
    swapped = "given name and surname changed places"
    alike = _reaches(
        pairs,
        trait,
        "the same",
        "the same name, spelt otherwise",
        "one is an initial of the other",
        "one letter differs",
        swapped,
    )
    return alike | _reaches(pairs, "given_name", swapped)


def _sexes(pairs: pd.DataFrame) -> NDArray[np.bool_]:
    return _reaches(pairs, "sex", "different")


def _years_apart(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.float64]:
    if "birth_year" not in prepared.records:
        return np.zeros(len(pairs))
    years = prepared.records["birth_year"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    return np.asarray(np.nan_to_num(np.abs(years[pairs["one"]] - years[pairs["other"]])))


def _one_suffix(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.bool_]:
    if "suffix" not in prepared.records:
        return np.zeros(len(pairs), bool)
    known = prepared.records["suffix"].notna().to_numpy(bool)
    told: NDArray[np.bool_] = known[pairs["one"]] != known[pairs["other"]]
    return np.asarray(told & ~_reaches(pairs, "birth", "the same", "day and month changed places"), bool)


def _two_names(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.bool_]:
    """Given names that differ in a letter and are both borne by others: hardly a slip of the pen."""
    near = _reaches(pairs, "given_name", "one letter differs")
    names = prepared.records["given"]
    borne = (names.map(names.value_counts()).fillna(0) >= _BORNE).to_numpy(bool)
    return near & borne[pairs["one"]] & borne[pairs["other"]]


def _two_parts(
    pairs: pd.DataFrame, given: NDArray[np.bool_], surname: NDArray[np.bool_], born: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether at least two things that belong to a person agree, not only to a home."""
    near = born | _reaches(
        pairs,
        "birth",
        "the same year; one gives no day",
        "one digit differs",
        "the same year, two digits differ",
    )
    father = _reaches(pairs, "patronymic", "the same", "the same name, spelt otherwise")
    return (given.astype(int) + surname + near + father) >= 2
