"""Words of comparisons and cautions in the language that is spoken now."""

from __future__ import annotations

from ilp_lab._tongue import tr


def said(text: str) -> str:
    """A word of :mod:`comparing` or :mod:`cautions` in the language that is spoken now; other texts stay as they are.

    Examples
    --------
    >>> said("day and month changed places"), said("what an analyst wrote")
    ('day and month changed places', 'what an analyst wrote')
    """
    return _words().get(text, text)


def _words() -> dict[str, str]:
    return {**_persons(), **_things(), **_cautions()}


def _persons() -> dict[str, str]:
    """What is compared of people."""
    return {
        "given name": tr("given name"),
        "not stated in both": tr("not stated in both"),
        "the same": tr("the same"),
        "the same name, spelt otherwise": tr("the same name, spelt otherwise"),
        "given name and surname changed places": tr("given name and surname changed places"),
        "one is an initial of the other": tr("one is an initial of the other"),
        "one letter differs": tr("one letter differs"),
        "two letters differ": tr("two letters differ"),
        "different": tr("different"),
        "surname": tr("surname"),
        "father's name": tr("father's name"),
        "up to two letters differ": tr("up to two letters differ"),
        "date of birth": tr("date of birth"),
        "the same year; one gives no day": tr("the same year; one gives no day"),
        "another year; one gives no day": tr("another year; one gives no day"),
        "day and month changed places": tr("day and month changed places"),
        "one digit differs": tr("one digit differs"),
        "the same year, two digits differ": tr("the same year, two digits differ"),
        "sex": tr("sex"),
        "document number": tr("document number"),
        "one character differs": tr("one character differs"),
    }


def _things() -> dict[str, str]:
    """What is compared of addresses, vehicles and phones."""
    return {
        "phone number": tr("phone number"),
        "street": tr("street"),
        "the same, spelt otherwise": tr("the same, spelt otherwise"),
        "house number": tr("house number"),
        "town": tr("town"),
        "postcode": tr("postcode"),
        "district or house name": tr("district or house name"),
        "region": tr("region"),
        "number plate": tr("number plate"),
        "the same but for signs that look alike": tr("the same but for signs that look alike"),
        "one sign differs": tr("one sign differs"),
        "frame number": tr("frame number"),
        "its last six signs, or all but two": tr("its last six signs, or all but two"),
        "make": tr("make"),
        "model": tr("model"),
        "colour": tr("colour"),
        "year built": tr("year built"),
        "one year apart": tr("one year apart"),
        "number": tr("number"),
        "the same without the code of the country": tr("the same without the code of the country"),
        "handset (IMEI)": tr("handset (IMEI)"),
        "SIM card (IMSI)": tr("SIM card (IMSI)"),
    }


def _cautions() -> dict[str, str]:
    """Why a human must look, and what becomes of a pair."""
    return {
        "the sex differs": tr("the sex differs"),
        "the same surname and date of birth, another given name: they may be twins": tr(
            "the same surname and date of birth, another given name: they may be twins"
        ),
        "the same names, born many years apart: they may be parent and child": tr(
            "the same names, born many years apart: they may be parent and child"
        ),
        "one is called junior or senior, the other is not: they may be parent and child": tr(
            "one is called junior or senior, the other is not: they may be parent and child"
        ),
        "neither two parts of the name nor a document agree: they may only live together or share a phone": tr(
            "neither two parts of the name nor a document agree: they may only live together or share a phone"
        ),
        "each has a document number, and not the same one: they may be two people who are much alike": tr(
            "each has a document number, and not the same one: they may be two people who are much alike"
        ),
        "each has a frame number, and not the same one: the plate may have been given out anew": tr(
            "each has a frame number, and not the same one: the plate may have been given out anew"
        ),
        "the plates differ and no frame number says that it is one vehicle: they may belong to one fleet": tr(
            "the plates differ and no frame number says that it is one vehicle: they may belong to one fleet"
        ),
        "neither number, handset nor SIM card is the same: they may be two phones of one holder": tr(
            "neither number, handset nor SIM card is the same: they may be two phones of one holder"
        ),
        "another street": tr("another street"),
        "another house number: they may be neighbours": tr("another house number: they may be neighbours"),
        "neither town nor postcode agrees: streets of one name are in many towns": tr(
            "neither town nor postcode agrees: streets of one name are in many towns"
        ),
        "the streets are written alike, but others lie in each of them: they may be two streets": tr(
            "the streets are written alike, but others lie in each of them: they may be two streets"
        ),
        "said to be different": tr("said to be different"),
        "a third record stands between them": tr("a third record stands between them"),
        "one is junior, the other senior": tr("one is junior, the other senior"),
        "merge": tr("merge"),
        "review": tr("review"),
        "by hand": tr("by hand"),
        "kept apart": tr("kept apart"),
        "the same person": tr("the same person"),
        "the same vehicle": tr("the same vehicle"),
        "the same phone": tr("the same phone"),
        "the same address": tr("the same address"),
    }
