"""The kinds of check: how a key is made of the trainer's answer, and how a student's answer is compared with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ilp_lab.errors import InputError
from ilp_lab.training import canonical

Options = Mapping[str, Any]
Key = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """How an answer compares: whether it is good enough, and what can be said without giving it away."""

    ok: bool
    says: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of check.

    Attributes
    ----------
    make
        Answer, options and salt to the key that students get; it must not tell the answer.
    compare
        Answer, key, options and salt to the verdict.
    by_people
        Whether a person has to look.
    """

    make: Callable[[Any, Options, str], Key]
    compare: Callable[[Any, Key, Options, str], Compared]
    by_people: bool = False


def _make_exact(answer: Any, _: Options, salt: str) -> Key:
    return {"digest": canonical.digest(salt, canonical.plain(answer))}


def _exact(answer: Any, key: Key, _: Options, salt: str) -> Compared:
    return Compared(canonical.digest(salt, canonical.plain(answer)) == key["digest"])


def _tolerance(options: Options) -> dict[str, float | None]:
    if "rel" in options:
        return {"rel": float(options["rel"]), "absolute": None}
    return {"rel": None, "absolute": float(options.get("abs", 1e-6))}


def _make_tol(answer: Any, options: Options, salt: str) -> Key:
    own = canonical.bins(canonical.number(answer), **_tolerance(options))[0]
    return {"digest": canonical.digest(salt, own)}


def _tol(answer: Any, key: Key, options: Options, salt: str) -> Compared:
    near = canonical.bins(canonical.number(answer), **_tolerance(options))
    return Compared(any(canonical.digest(salt, mark) == key["digest"] for mark in near))


def _make_members(take: Callable[[Any, Options], list[str]]) -> Callable[[Any, Options, str], Key]:
    def make(answer: Any, options: Options, salt: str) -> Key:
        return {"digests": sorted(canonical.digest(salt, mark, many=True) for mark in take(answer, options))}

    return make


def _shared(answer: list[str], key: Key, salt: str) -> tuple[int, int, int]:
    """Marks in both, in the answer, in the key."""
    known = set(key["digests"])
    return sum(canonical.digest(salt, mark, many=True) in known for mark in answer), len(answer), len(known)


def _jaccard(
    take: Callable[[Any, Options], list[str]], what: str
) -> Callable[[Any, Key, Options, str], Compared]:
    def compare(answer: Any, key: Key, options: Options, salt: str) -> Compared:
        both, mine, known = _shared(take(answer, options), key, salt)
        share = both / max(mine + known - both, 1)
        wanted = float(options.get("at_least", 1.0))
        return Compared(share >= wanted - 1e-9, f"{what}: {share:.0%} in common, {wanted:.0%} needed.")

    return compare


def _graph(answer: Any, key: Key, options: Options, salt: str) -> Compared:
    both, mine, known = _shared(canonical.edges(answer), key, salt)
    score = 2 * both / max(mine + known, 1)
    wanted = float(options.get("at_least", 1.0))
    return Compared(score >= wanted - 1e-9, f"links: F1 {score:.2f}, {wanted:.2f} needed.")


def _rank(answer: Any, key: Key, options: Options, salt: str) -> Compared:
    both, mine, known = _shared(canonical.pairs_in_order(answer), key, salt)
    if mine != known:
        return Compared(ok=False, says="another number of items was expected.")
    tau = (2 * both - known) / max(known, 1)
    wanted = float(options.get("at_least", 1.0))
    return Compared(tau >= wanted - 1e-9, f"order: Kendall's tau {tau:.2f}, {wanted:.2f} needed.")


def _schema(answer: Any, _: Key, options: Options, __: str) -> Compared:
    from ilp_lab.records import form_of

    form = form_of(str(options.get("form", "")), "lesson.check")
    given = answer.model_dump() if hasattr(answer, "model_dump") else answer
    if not isinstance(given, Mapping):
        raise InputError(
            f"a filled-in form was expected (a dictionary of fields); got {canonical.described(answer)}"
        )
    needed = [name for name in str(options.get("needs", "")).split(",") if name]
    faults = [*form.faults(given), *(f"{name} is still empty." for name in needed if not given.get(name))]
    return Compared(not faults, " ".join(faults[:4]))


def _text(answer: Any, _: Key, options: Options, __: str) -> Compared:
    from ilp_lab.reasoning import check_language, yardstick

    if not isinstance(answer, str) or not answer.strip():
        raise InputError(f"a text was expected; got {canonical.described(answer)}")
    hits = check_language(answer)
    said = [f"{row['found']!r} {row['problem']}." for row in hits.head(3).to_dict("records")]
    words = len(answer.split())
    if words > int(options.get("words", 10_000)):
        said.append(f"it has {words} words; at most {options['words']} are read.")
    terms = [name for term in yardstick().terms for name in (term.term, *term.also)]
    if int(options.get("terms", 0)) and not any(term in answer.casefold() for term in terms):
        said.append("it uses no term of the yardstick.")
    missing = str(options.get("mentions", "")).replace("_", " ").strip()
    if missing and missing.casefold() not in answer.casefold():
        said.append(f"it does not mention {missing!r}.")
    return Compared(not said, " ".join(said))


def _safeguards(answer: Any, _: Key, options: Options, __: str) -> Compared:
    from ilp_lab.safeguards import Case

    if not isinstance(answer, Case):
        raise InputError(f"the open case was expected (ilp.open_case); got {canonical.described(answer)}")
    verdict = answer.verify()
    if not verdict.ok:
        return Compared(ok=False, says=f"the audit log is not as it was written: {verdict.reason}.")
    wanted = str(options.get("operation", "disclosure"))
    entries = [entry for entry in answer.audit.entries() if entry["operation"] == wanted]
    if not entries:
        return Compared(ok=False, says=f"the log of the case holds no {wanted}.")
    if int(options.get("reason", 0)) and not any(
        str(entry["detail"].get("reason", "")).strip() for entry in entries
    ):
        return Compared(ok=False, says=f"no {wanted} in the log says why.")
    return Compared(ok=True)


def _nothing(_: Any, __: Options, ___: str) -> Key:
    return {}


def _rubric(answer: Any, _: Key, __: Options, ___: str) -> Compared:
    if answer is None or not str(answer).strip():
        raise InputError("an answer was expected; got nothing")
    return Compared(ok=True, says="kept for the trainer, who looks at it with you.")


def _take_members(answer: Any, _: Options) -> list[str]:
    return canonical.members(answer)


def _take_squares(answer: Any, options: Options) -> list[str]:
    return canonical.squares(answer, cell_m=float(options.get("cell_m", 500)))


KINDS: Mapping[str, Kind] = {
    "exact": Kind(_make_exact, _exact),
    "tol": Kind(_make_tol, _tol),
    "set": Kind(_make_members(_take_members), _jaccard(_take_members, "members")),
    "map": Kind(_make_members(_take_squares), _jaccard(_take_squares, "ground")),
    "graph": Kind(_make_members(lambda answer, _: canonical.edges(answer)), _graph),
    "rank": Kind(_make_members(lambda answer, _: canonical.pairs_in_order(answer)), _rank),
    "schema": Kind(_nothing, _schema),
    "text": Kind(_nothing, _text),
    "safeguards": Kind(_nothing, _safeguards),
    "rubric": Kind(_nothing, _rubric, by_people=True),
}
