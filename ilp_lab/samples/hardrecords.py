"""Records of made-up vehicles, phones and addresses in which it is hard to tell what is one and what is two, with the truth beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Texts = NDArray[np.object_]
    Columns = dict[str, Texts]
    Change = Callable[[Columns, np.random.Generator], None]

_SYLLABLES = np.array([a + b for a in "bdfgklmnprstvz" for b in "aeiou"], dtype=object)
_PLATE = np.array(list("ABCEHKMOPTXY"), dtype=object)
_LOOKING_ALIKE = {"O": "0", "B": "8", "C": "С", "A": "А", "K": "К", "E": "Е"}  # the last four are Cyrillic
_FRAME = np.array(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"), dtype=object)
_COLOURS = np.array(["white", "black", "grey", "silver", "red", "blue", "green"], dtype=object)


def hard_records(
    kind: Literal["vehicle", "phone", "address"], records: int = 2_000, *, rng: int = 7
) -> pd.DataFrame:
    """Make records of vehicles, phones or addresses: one in five is a second record of another, one in ten looks like another and is not.

    Parameters
    ----------
    kind
        ``"vehicle"``, ``"phone"`` or ``"address"``; of people, :func:`hard_pairs` makes them.
    records
        About how many.
    rng
        Seed: the same number makes the same records.

    Returns
    -------
    pandas.DataFrame
        Index ``record_id``. Vehicles: ``plate``, ``vin``, ``make``, ``model``, ``colour``, ``year``. Phones: ``number``, ``imei``, ``imsi``, ``holder``.
        Addresses: ``street``, ``house_number``, ``town``, ``postcode``. And the truth: ``truth`` (what it is), ``trap`` (what is hard; empty for most).

    Notes
    -----
    Once more, but written otherwise: plates with signs that look alike or one that is wrong, a plate that was changed, a frame number cut to its end; numbers
    without the code of the country, with blanks, with a digit wrong, handsets without their check digit; streets and towns with a letter wrong,
    house numbers with a blank, postcodes left out. Not the same, but alike: the next vehicle of a fleet, a plate given out anew, the next number
    of a company, the second phone of one holder, the house next door, the street of that name in another town. All names are built from syllables.

    Examples
    --------
    >>> cars = hard_records("vehicle", 40)
    >>> len(cars), cars["truth"].nunique()
    (40, 32)
    """
    import pandas as pd

    check = Check("samples.hard_records")
    check.choice(allowed=tuple(_MAKERS), kind=kind)
    check.whole(10, records=records)
    check.done()
    dice = np.random.default_rng([rng, sum(map(ord, kind))])
    again, alike = int(records * 0.2), int(records * 0.1)
    first, same, different = _MAKERS[kind]
    columns = _once(first(records - again - alike, dice))
    again, alike = (int(len(next(iter(columns.values()))) * share / 0.7) for share in (0.2, 0.1))
    parts = [{**columns, "truth": _numbered(len(columns[next(iter(columns))])), "trap": _empty(columns)}]
    seen = set(zip(*columns.values(), strict=True))
    chosen = dice.permutation(len(parts[0]["truth"]))[: again + alike]
    for traps, rows, new in ((same, chosen[:again], False), (different, chosen[again:], True)):
        for at, (name, change) in enumerate(traps.items()):
            some = rows[at :: len(traps)]
            copy = {column: held[some].copy() for column, held in columns.items()}
            change(copy, dice)
            truth = parts[0]["truth"][some] + ("'" if new else "")
            part = {**copy, "truth": truth, "trap": np.full(len(some), name, object)}
            kept = _unseen(copy, seen) if new else slice(None)
            parts.append({column: held[kept] for column, held in part.items()})
    table = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    table = table.iloc[dice.permutation(len(table))].replace("", None)
    return table.set_axis(pd.Index([f"R{at:07d}" for at in range(len(table))], name="record_id"))


def _once(columns: Columns) -> Columns:
    """Without those that chance made twice."""
    seen = dict.fromkeys(zip(*columns.values(), strict=True))
    return {
        name: np.array(held, dtype=object)
        for name, held in zip(columns, zip(*seen, strict=True), strict=True)
    }


def _unseen(columns: Columns, seen: set[tuple[Any, ...]]) -> NDArray[np.bool_]:
    """Which are none of those before: what looks alike must not be the same by chance."""
    kept = []
    for row in zip(*columns.values(), strict=True):
        kept.append(row not in seen)
        seen.add(row)
    return np.array(kept, dtype=bool)


def _numbered(n: int) -> Texts:
    return np.array([f"T{at:07d}" for at in range(n)], dtype=object)


def _empty(columns: Columns) -> Texts:
    return np.full(len(next(iter(columns.values()))), "", object)


def _joined(signs: Texts, n: int, length: int, dice: np.random.Generator) -> Texts:
    made = signs[dice.integers(0, len(signs), (n, length))]
    return np.array(["".join(row) for row in made], dtype=object)


def _digits(n: int, length: int, dice: np.random.Generator) -> Texts:
    return np.array([f"{value:0{length}d}" for value in dice.integers(0, 10**length, n)], dtype=object)


def _pool(size: int, syllables: int, dice: np.random.Generator) -> Texts:
    return np.array([word.title() for word in _joined(_SYLLABLES, size, syllables, dice)], dtype=object)


def _of(pool: Texts, n: int, dice: np.random.Generator) -> Texts:
    picked: Texts = pool[(len(pool) * dice.random(n) ** 2).astype(int)]
    return picked


def _each(change: Callable[[str, int], str]) -> Callable[[Texts, np.random.Generator], Texts]:
    """A change of one text, with a number drawn for it, on many."""

    def many(texts: Texts, dice: np.random.Generator) -> Texts:
        drawn = dice.integers(0, 1 << 30, len(texts))
        return np.array([change(text, int(n)) for text, n in zip(texts, drawn, strict=True)], dtype=object)

    return many


def _swap(text: str, n: int, signs: str) -> str:
    """One sign becomes another."""
    at = 1 + n % (len(text) - 1)
    rest = signs.replace(text[at].lower(), "").replace(text[at], "")
    return text[:at] + rest[n // 64 % len(rest)] + text[at + 1 :]


def _alike(text: str, n: int) -> str:
    places = [at for at, sign in enumerate(text) if sign in _LOOKING_ALIKE]
    if not places:
        return f"{text[:2]} {text[2:]}"
    at = places[n % len(places)]
    return text[:at] + _LOOKING_ALIKE[text[at]] + text[at + 1 :]


_wrong_digit = _each(lambda text, n: _swap(text, n, "0123456789"))
_wrong_letter = _each(lambda text, n: _swap(text, n, "abdefgiklmnoprstuvz"))
_wrong_sign = _each(lambda text, n: _swap(text, n, "ABCEHKMOPTXY"))
_next = _each(lambda text, n: f"{text[:-4]}{(int(text[-4:]) + 1 + n % 3) % 10_000:04d}")


def _vehicles(n: int, dice: np.random.Generator) -> Columns:
    make = dice.integers(0, 40, n)
    models = _pool(40 * 8, 2, dice).reshape(40, 8)
    return {
        "plate": _joined(_PLATE, n, 2, dice) + _digits(n, 4, dice) + _joined(_PLATE, n, 2, dice),
        "vin": _joined(_FRAME, n, 17, dice), "make": _pool(40, 3, dice)[make], "model": models[make, dice.integers(0, 8, n)],
        "colour": _of(_COLOURS, n, dice), "year": dice.integers(2000, 2026, n).astype(str).astype(object),
    }  # fmt: skip


def _change(column: str, how: Callable[[Texts, np.random.Generator], Texts]) -> Change:
    def change(held: Columns, dice: np.random.Generator) -> None:
        held[column] = how(held[column], dice)

    return change


def _without(*columns: str) -> Change:
    def change(held: Columns, dice: np.random.Generator) -> None:  # noqa: ARG001  (all traps are called alike)
        for column in columns:
            held[column] = _empty(held)

    return change


def _both(
    *changes: Change,
) -> Change:
    def change(held: Columns, dice: np.random.Generator) -> None:
        for one in changes:
            one(held, dice)

    return change


def _fleet(held: Columns, dice: np.random.Generator) -> None:
    """The next vehicle of the same kind."""
    held["plate"] = np.array([f"{text[:2]}{(int(text[2:6]) + 1) % 10_000:04d}{text[6:]}" for text in held["plate"]], dtype=object)  # fmt: skip
    held["vin"] = np.array([f"{text[:11]}{last}" for text, last in zip(held["vin"], _digits(len(held["vin"]), 6, dice), strict=True)], dtype=object)  # fmt: skip


def _given_out_anew(held: Columns, dice: np.random.Generator) -> None:
    """Another vehicle with the plate of one that was scrapped."""
    held.update({**_vehicles(len(held["plate"]), dice), "plate": held["plate"]})


def _phones(n: int, dice: np.random.Generator) -> Columns:
    names = _pool(2_000, 3, dice)
    return {
        "number": "+99950" + _digits(n, 7, dice), "imei": "35" + _digits(n, 12, dice) + _digits(n, 1, dice), "imsi": "99950" + _digits(n, 10, dice),
        "holder": _of(names, n, dice) + " " + _of(names, n, dice),
    }  # fmt: skip


def _second_phone(held: Columns, dice: np.random.Generator) -> None:
    held.update({**_phones(len(held["number"]), dice), "holder": held["holder"]})


def _other_handset(held: Columns, dice: np.random.Generator) -> None:
    fresh = _phones(len(held["number"]), dice)
    held.update(number=_next(held["number"], dice), imei=fresh["imei"], imsi=fresh["imsi"])


def _addresses(n: int, dice: np.random.Generator) -> Columns:
    towns = _pool(max(n // 400, 12), 3, dice)
    town = dice.integers(0, len(towns), n)
    streets = _pool(max(n // 12, 60), 4, dice)
    return {
        "street": streets[dice.integers(0, len(streets), n)] + " street",
        "house_number": dice.integers(1, 140, n).astype(str).astype(object) + np.where(dice.random(n) < 0.15, "a", "").astype(object),
        "town": towns[town], "postcode": np.array([f"{10_000 + 7 * at:05d}" for at in town], dtype=object),
    }  # fmt: skip


def _other_town(held: Columns, dice: np.random.Generator) -> None:
    fresh = _addresses(len(held["street"]), dice)
    held.update(
        town=fresh["town"] + "grad",
        postcode=np.array(["9" + text[1:] for text in fresh["postcode"]], dtype=object),
    )


_next_door = _each(lambda text, n: str(int(text.rstrip("a")) + 2 + 2 * (n % 2)))
_MAKERS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "vehicle": (_vehicles, {
        "signs that look alike": _change("plate", _each(_alike)),
        "a sign wrong": _change("plate", _wrong_sign),
        "another plate": _change("plate", lambda texts, dice: _vehicles(len(texts), dice)["plate"]),
        "frame number cut to its end": _both(_change("vin", _each(lambda text, _: text[-6:])), _change("colour", lambda texts, dice: _of(_COLOURS, len(texts), dice))),
        "no plate, model misspelt": _both(_without("plate"), _change("model", _wrong_letter)),
    }, {"next of a fleet": _fleet, "plate given out anew": _given_out_anew}),
    "phone": (_phones, {
        "without the code of the country": _both(_change("number", _each(lambda text, _: "0" + text[4:])), _without("imsi")),
        "with blanks": _both(_change("number", _each(lambda text, _: f"00{text[1:4]} {text[4:6]} {text[6:9]}-{text[9:]}")), _without("imei")),
        "a digit wrong": _change("number", _wrong_digit),
        "without its check digit": _both(_change("imei", _each(lambda text, _: text[:14])), _without("imsi", "holder")),
        "no number": _without("number"),
    }, {"next number": _other_handset, "second phone": _second_phone}),
    "address": (_addresses, {
        "a letter wrong": _change("street", _each(lambda text, n: _swap(text[:-7], n, "abdefgiklmnoprstuvz") + text[-7:])),
        "town misspelt": _both(_change("town", _wrong_letter), _without("postcode")),
        "house number with a blank": _change("house_number", _each(lambda text, _: text.replace("a", " A") if "a" in text else f" {text}")),
        "no postcode": _without("postcode"),
        "no town": _without("town"),
    }, {"next door": _change("house_number", _next_door), "another town": _other_town}),
}  # fmt: skip
