"""Pairs that look like one and may be two: twins, parent and child, people of one household; vehicles of a fleet, numbers of a company, neighbours.

Weights add up as if every likeness came by itself. Twins, fleets and streets share many at once, so these pairs are never joined
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
FRAMES = "each has a frame number, and not the same one: the plate may have been given out anew"
PLATES = "the plates differ and no frame number says that it is one vehicle: they may belong to one fleet"
NUMBERS = "neither number, handset nor SIM card is the same: they may be two phones of one holder"
STREETS = "the streets are written alike, but others lie in each of them: they may be two streets"
STREET = "another street"
HOUSES = "another house number: they may be neighbours"
TOWNS = "neither town nor postcode agrees: streets of one name are in many towns"
_GENERATION_YEARS = 14
_BORNE = 3


def cautions(pairs: pd.DataFrame, prepared: Prepared, kind: str) -> NDArray[np.object_]:
    """Why a human must look at a pair; empty where nothing speaks for that.

    Parameters
    ----------
    pairs
        ``one`` and ``other`` as numbers of records, and ``level_…``.
    prepared
        The records.
    kind
        What they are of: ``"person"``, ``"vehicle"``, ``"phone"`` or ``"address"``.
    """
    if kind != "person":
        return _OF_THINGS[kind](pairs, prepared)
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


def _of_vehicles(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.object_]:  # noqa: ARG001  (all are called alike)
    said = np.full(len(pairs), "", object)
    framed = _reaches(pairs, "frame", "the same", "its last six signs, or all but two", kind="vehicle")
    plated = _reaches(pairs, "plate", "the same", "the same but for signs that look alike", kind="vehicle")
    said[~plated & ~framed] = PLATES
    said[_reaches(pairs, "frame", "different", kind="vehicle")] = FRAMES
    return said


def _of_phones(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.object_]:  # noqa: ARG001
    said = np.full(len(pairs), "", object)
    numbered = _reaches(pairs, "number", "the same", "the same without the code of the country", kind="phone")
    held = _reaches(pairs, "imei", "the same", kind="phone") | _reaches(
        pairs, "imsi", "the same", kind="phone"
    )
    said[~numbered & ~held] = NUMBERS
    return said


def _of_addresses(pairs: pd.DataFrame, prepared: Prepared) -> NDArray[np.object_]:
    def reaches(trait: str, *words: str) -> NDArray[np.bool_]:
        return _reaches(pairs, trait, *words, kind="address")

    said = np.full(len(pairs), "", object)
    near = reaches("locality", "up to two letters differ")
    town = reaches("locality", "the same", "the same, spelt otherwise") | near
    town &= ~_two_borne(near, pairs, prepared, "locality")
    said[_two_borne(reaches("street", "up to two letters differ"), pairs, prepared, "street", least=2)] = (
        STREETS
    )
    said[reaches("street", "different")] = STREET
    if {"level_locality", "level_postcode"} & set(pairs):  # where no table tells towns, all may lie in one
        told = ~reaches("postcode", "the same") & (
            ~_silent(pairs, "locality") | ~reaches("postcode", "one character differs")
        )
        said[~town & told] = TOWNS
    said[reaches("house_number", "one character differs", "different")] = HOUSES
    return said


_OF_THINGS = {"vehicle": _of_vehicles, "phone": _of_phones, "address": _of_addresses}


def _reaches(pairs: pd.DataFrame, trait: str, *words: str, kind: str = "person") -> NDArray[np.bool_]:
    """Pairs that reach one of a trait's levels."""
    column = f"level_{trait}"
    if column not in pairs:
        return np.zeros(len(pairs), bool)
    levels = next(one for one in TRAITS[kind] if one.name == trait).levels
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
    return _two_borne(_reaches(pairs, "given_name", "one letter differs"), pairs, prepared, "given")


def _two_borne(
    near: NDArray[np.bool_], pairs: pd.DataFrame, prepared: Prepared, column: str, *, least: int = _BORNE
) -> NDArray[np.bool_]:
    if column not in prepared.records:
        return np.zeros(len(pairs), bool)
    names = prepared.records[column]
    borne = (names.map(names.value_counts()).fillna(0) >= least).to_numpy(bool)
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
