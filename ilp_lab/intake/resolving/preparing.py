"""A table as it comes → records whose parts are written alike, with keys that say who is compared with whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import ColumnError, InputError
from ilp_lab.intake.resolving import romanising, writingforms
from ilp_lab.intake.resolving.comparing import TRAITS, Trait
from ilp_lab.intake.roles import Role, by_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Form = Callable[[str], str]
PROTECTED = ("victim", "witness", "other party")
_PERSON_NAMES: Mapping[str, tuple[str, ...]] = {
    "given": ("givenname", "firstname", "forename", "given", "fname", "fnamec1", "vorname", "ime", "имя", "prenom", "nombre"),
    "surname": ("surname", "lastname", "familyname", "lname", "lnamec1", "nachname", "prezime", "фамилия", "nom", "apellido"),
    "patronymic": ("patronymic", "fathersname", "fathername", "отчество", "otchestvo"),
    "name": ("name", "fullname", "person", "personname", "subjectname", "фио"),
    "suffix": ("suffix", "generation", "namesuffix"),
    "birth": ("dateofbirth", "birthdate", "dob", "birth", "born", "geburtsdatum", "datumrodjenja", "датарождения", "birthday"),
    "birth_year": ("birthyear", "yearofbirth", "by", "yob"),
    "birth_month": ("birthmonth", "monthofbirth", "bm"),
    "birth_day": ("birthday", "dayofbirth", "bd"),
    "sex": ("sex", "gender", "geschlecht", "pol", "пол"),
    "document": ("document", "documentnumber", "nationalid", "personalnumber", "passport", "passportnumber", "socsecid", "ssn", "idnumber", "jmbg", "pesel"),
    "phone": ("phone", "phonenumber", "telephone", "mobile", "msisdn", "telefon", "телефон"),
    "category": ("category", "subjectcategory"),
}  # fmt: skip
_ADDRESS_NAMES: Mapping[str, tuple[str, ...]] = {
    "street": ("street", "address1", "streetname", "address", "strasse", "straße", "ulica", "улица"),
    "house": ("housenumber", "streetnumber", "house", "number", "hausnummer", "broj", "дом"),
    "locality": ("locality", "town", "city", "suburb", "place", "ort", "grad", "город"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode", "plz", "индекс"),
    "district": ("district", "address2", "housename", "quarter"),
    "region": ("region", "state", "province", "canton", "oblast"),
}
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "person": {**_PERSON_NAMES, **_ADDRESS_NAMES},
    "vehicle": {
        "plate": ("plate", "numberplate", "licenceplate", "licenseplate", "registration", "vrm", "kennzeichen", "госномер", "tablica"),
        "frame": ("vin", "frame", "framenumber", "chassis", "chassisnumber", "fahrgestellnummer"),
        "make": ("make", "brand", "manufacturer", "marke", "марка"),
        "model": ("model", "modell", "type"),
        "colour": ("colour", "color", "farbe", "boja", "цвет"),
        "year": ("year", "yearbuilt", "modelyear", "baujahr"),
        "category": ("category", "subjectcategory"),
    },
    "phone": {
        "phone": (*_PERSON_NAMES["phone"], "number"), "imei": ("imei", "handset"), "imsi": ("imsi", "sim"),
        "given": _PERSON_NAMES["given"], "surname": _PERSON_NAMES["surname"], "name": ("subscriber", "holder", *_PERSON_NAMES["name"]), "category": ("category", "subjectcategory"),
    },
    "address": dict(_ADDRESS_NAMES),
}  # fmt: skip
# Records that share one of these are compared with each other.
BLOCKS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "person": (
        ("surname_key", "born"), ("given_key", "born"), ("given_key", "surname_key", "birth_year"), ("names_sorted", "locality_key"), ("names_sorted", "postcode"),
        ("names_sorted",), ("document",), ("subscriber", "birth_year"), ("subscriber", "initial"), ("born_turned", "initial"), ("surname_key", "postcode", "house"), ("given_key", "postcode", "house"),
        ("street_key", "house", "locality_key"), ("street_key", "house", "born"), ("postcode", "born"), ("locality_key", "born"), ("surname_key", "street_key"), ("given_key", "street_key"),
    ),
    "vehicle": (("plate_seen",), ("frame",), ("frame_end",), ("plate_head", "make", "model"), ("plate_tail", "make", "model"), ("make", "model", "colour", "year", "plate_tail")),
    "phone": (("subscriber",), ("imei",), ("imsi",), ("given_key", "surname_key", "subscriber_head"), ("given_key", "surname_key", "subscriber_tail")),
    "address": (
        ("street_key", "house"), ("street_key", "postcode"), ("postcode", "house"), ("locality_key", "house", "street_head"), ("street_key", "locality_key"),
    ),
}  # fmt: skip
_LARGEST_BLOCK = 500


@dataclass(frozen=True)
class Prepared:
    """Records ready to be compared.

    Attributes
    ----------
    records
        One row per record in an order that does not depend on the order of the table: ``record`` (a number), ``source`` (0 or 1), the
        parts in their forms, and ``block_…`` keys.
    ids
        What the user calls each record.
    rows
        Where each record stands in the tables as they came, one after the other.
    roles
        Which column is what.
    traits
        What can be compared.
    too_common
        Values that so many records share that they were not used to find pairs: block → how many records.
    """

    records: pd.DataFrame
    ids: pd.Index
    rows: NDArray[np.int64]
    roles: Mapping[str, Role]
    traits: tuple[Trait, ...]
    blocks: tuple[str, ...]
    too_common: Mapping[str, int] = field(default_factory=dict)


def prepare(
    frames: Sequence[pd.DataFrame],
    kind: str,
    *,
    columns: Mapping[str, str] | None,
    id_column: str | None,
    caller: str,
) -> Prepared:
    """Write every part alike and say which columns were understood.

    Raises
    ------
    InputError, ColumnError
        When a table is empty, ids are not unique, or nothing in it can be compared.
    """
    import pandas as pd

    parts, ids = [], []
    roles: dict[str, Role] = {}
    for number, frame in enumerate(frames):
        called = ("the table", "the other table")[number]
        known = _roles(frame, kind, columns, caller)
        roles = {**known, **roles}
        labels = _labels(frame, id_column, called, caller)
        forms = _forms(frame, known)
        forms["source"] = np.int8(number)
        forms["_id"] = labels.map(romanising.as_text).to_numpy()
        parts.append(forms)
        ids.append(labels)
    records = pd.concat(parts, ignore_index=True)
    labels = ids[0] if len(ids) == 1 else ids[0].append(ids[1])
    order = records.sort_values(["source", "_id"], kind="stable").index.to_numpy()
    records = records.loc[order].drop(columns="_id").reset_index(drop=True)
    records.insert(0, "record", np.arange(len(records)))
    traits = tuple(
        trait for trait in TRAITS[kind] if all(name in records and records[name].notna().any() for name in trait.needs)
    )  # fmt: skip
    if not traits:
        _nothing(frames[0], kind, roles, caller)
    blocks, too_common = _block(records, kind)
    return Prepared(records, labels[order], order, roles, traits, blocks, too_common)


def _labels(frame: pd.DataFrame, id_column: str | None, called: str, caller: str) -> pd.Index:
    import pandas as pd

    if id_column is not None and id_column not in frame:
        raise ColumnError(f"{caller}: {called} has no column {id_column!r} to take the ids from.")
    labels = frame.index if id_column is None else pd.Index(frame[id_column])
    if isinstance(labels, pd.MultiIndex):
        raise InputError(
            f"{caller}: {called} has an index of several levels; reset_index() and name the ids with id_column=."
        )
    if labels.hasnans:
        raise InputError(
            f"{caller}: {int(np.sum(labels.isna())):,} rows of {called} have no id; give every row one, or leave id_column out."
        )
    twice = labels[labels.duplicated()].unique()
    if len(twice):
        shown = ", ".join(map(str, twice[:3]))
        raise InputError(
            f"{caller}: ids of {called} must be unique; {len(twice):,} come more than once ({shown}"
            f"{', …' if len(twice) > 3 else ''}). Reset the index, or name another column with id_column=."
        )
    if labels.map(romanising.as_text).duplicated().any():
        raise InputError(
            f"{caller}: some ids of {called} are the same as text (1 and '1'); write them in one way."
        )
    return labels


def _roles(frame: pd.DataFrame, kind: str, columns: Mapping[str, str] | None, caller: str) -> dict[str, Role]:
    def text(column: pd.Series) -> bool:
        return column.dtype.kind not in "cV" and not str(column.dtype).startswith(("geometry", "points"))

    names = NAMES[kind]
    if columns:
        here = {role: column for role, column in columns.items() if column in frame.columns}
        missing = [
            column for role, column in columns.items() if column not in frame.columns and role in names
        ]
        if missing or not set(columns) <= set(names):
            here = dict(columns)  # the fault is said in the words of the reader of roles
    else:
        here = {}
    return by_name(frame, names, given=here, fits=dict.fromkeys(names, text), caller=caller)


def _nothing(frame: pd.DataFrame, kind: str, roles: Mapping[str, Role], caller: str) -> None:
    wanted = ", ".join(NAMES[kind])
    listing = ", ".join(map(str, frame.columns[:12])) or "none"
    if roles:
        used = ", ".join(f"{role.column!r}" for role in roles.values())
        raise InputError(f"{caller}: nothing to compare: all values of {used} are missing or not readable.")
    raise ColumnError(
        f"{caller}: no column of the table is known for a {kind}; it has: {listing}. "
        f"Say which is which with columns={{role: column}}; roles are: {wanted}."
    )


def _forms(frame: pd.DataFrame, roles: Mapping[str, Role]) -> pd.DataFrame:
    """Every part of the records in the form in which it is compared."""
    import pandas as pd

    made: dict[str, Any] = {}

    def write(role: str, form: Form, into: str = "") -> None:
        if role in roles:
            made[into or role] = romanising.each(_scalars(frame[roles[role].column]), form)

    _write_names(frame, roles, made, write)
    write("birth", writingforms.birth_date)
    if "birth" not in made and "birth_year" in roles:
        made["birth"] = _assembled(frame, roles)
    write("sex", writingforms.sex_form)
    for role in ("document", "plate", "frame", "imei", "imsi"):
        write(role, writingforms.plate_form)
    write("phone", writingforms.phone_form)
    for role in ("street", "locality", "district", "region", "make", "model", "colour"):
        write(role, romanising.comparison_form)
    write("house", romanising.comparison_form)
    write("postcode", writingforms.plate_form)
    write("year", lambda text: text[:4] if text[:4].isdecimal() else "")
    write("category", lambda text: text.casefold())
    forms = pd.DataFrame(made, index=frame.index)
    _derive(forms)
    return forms


def _scalars(column: pd.Series) -> pd.Series:
    """Columns of lists and other things that cannot be counted are compared as text."""
    try:
        column.head(100).map(hash)
    except TypeError:
        return column.astype(str).where(column.notna())
    return column


def _write_names(
    frame: pd.DataFrame, roles: Mapping[str, Role], made: dict[str, Any], write: Callable[..., None]
) -> None:
    for role in ("given", "surname", "patronymic"):
        write(role, romanising.comparison_form)
    write("suffix", romanising.generation)
    if "name" not in roles or {"given", "surname"} & set(made):
        return
    whole = _scalars(frame[roles["name"].column])
    for part in ("given", "surname", "patronymic", "generation"):
        into = "suffix" if part == "generation" else part
        found = romanising.each(whole, lambda text, part=part: getattr(romanising.whole_name(text), part))  # type: ignore[misc]
        made[into] = made[into].fillna(found) if into in made else found


def _assembled(frame: pd.DataFrame, roles: Mapping[str, Role]) -> pd.Series:
    """A date of birth from columns for year, month and day."""
    year, month, day = (
        _digits(frame[roles[role].column], width).fillna("0" * width)
        if role in roles
        else _filled("0" * width, frame)
        for role, width in (("birth_year", 4), ("birth_month", 2), ("birth_day", 2))
    )
    whole = year + month + day
    return whole.where(year != "0000")


def _filled(value: str, frame: pd.DataFrame) -> pd.Series:
    """The same text in every row."""
    import pandas as pd

    return pd.Series(value, index=frame.index, dtype="str")


def _digits(column: pd.Series, width: int) -> pd.Series:
    def write(text: str) -> str:
        return text.zfill(width) if text.isdecimal() and len(text) <= width else ""

    return romanising.each(column, write)


_DERIVED: tuple[tuple[str, str, Form], ...] = (
    ("given_key", "given", romanising.spelling_key), ("surname_key", "surname", romanising.spelling_key),
    ("patronymic_key", "patronymic", romanising.spelling_key), ("initial", "given_key", lambda text: text[:1]),
    ("born", "birth", writingforms.known_birth_date), ("born_turned", "birth", writingforms.turned_date), ("birth_year", "birth", writingforms.birth_year),
    ("subscriber", "phone", writingforms.subscriber), ("subscriber_head", "subscriber", lambda text: text[:4]), ("subscriber_tail", "subscriber", lambda text: text[-4:]),
    ("street_key", "street", romanising.spelling_key), ("street_head", "street_key", lambda text: text[:3]), ("locality_key", "locality", romanising.spelling_key),
    ("plate_seen", "plate", writingforms.seen_alike), ("plate_head", "plate_seen", lambda text: text[:3]), ("plate_tail", "plate_seen", lambda text: text[-3:]),
    ("frame_end", "frame", lambda text: text[-6:]),
)  # fmt: skip


def _derive(forms: pd.DataFrame) -> None:
    for name, of, form in _DERIVED:
        if of in forms:
            forms[name] = romanising.each(forms[of], form)
    if {"given_key", "surname_key"} <= set(forms):
        one, other = (forms[name].fillna("") for name in ("given_key", "surname_key"))
        first = one <= other
        both = one.where(first, other) + " " + other.where(first, one)
        forms["names_sorted"] = both.where((one != "") & (other != ""))


def _block(records: pd.DataFrame, kind: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """Keys of blocks as numbers; those of one record or of too many are left empty."""
    import pandas as pd

    names: list[str] = []
    too_common: dict[str, int] = {}
    hashed: dict[str, NDArray[np.uint64]] = {}
    missing: dict[str, NDArray[np.bool_]] = {}
    for parts in BLOCKS[kind]:
        if not set(parts) <= set(records):
            continue
        key = np.zeros(len(records), np.uint64)
        none = np.zeros(len(records), bool)
        for part in parts:
            if part not in hashed:
                codes, different = pd.factorize(records[part])
                values = pd.util.hash_array(np.asarray(different, dtype=object))
                hashed[part] = np.append(values, np.uint64(0))[codes]
                missing[part] = codes < 0
            key = key * np.uint64(0x9E3779B97F4A7C15) + hashed[part]
            none |= missing[part]
        codes, counts = _counted(key, none)
        common = counts > _LARGEST_BLOCK
        if common.any():
            too_common[" + ".join(parts)] = int(counts[common].sum())
        good = np.append((counts > 1) & ~common, False)[codes]
        if good.any():
            name = f"block_{len(names)}"
            records[name] = pd.array(np.where(good, codes, -1), dtype="Int64")
            records[name] = records[name].mask(~good)
            names.append(name)
    return tuple(names), too_common


def _counted(key: NDArray[np.uint64], none: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of each key (the last for none) and how many records have it."""
    _, codes, counts = np.unique(key[~none], return_inverse=True, return_counts=True)
    numbers = np.full(len(key), len(counts), np.int64)
    numbers[~none] = codes
    return numbers, counts
