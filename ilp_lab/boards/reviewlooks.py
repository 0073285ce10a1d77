"""What the board *Entity review* says: two records side by side, the parts of their weight, what a decision would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards.logwords import moment
from ilp_lab.boards.showing import Block, View, fact
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.intake import IdentityReview

WAITING, BY_HAND, JOINED, APART, DECIDED = "waiting", "by hand", "joined", "kept apart", "decided"
OWN_WORDS = "own words"
_TRAIT_OF = {"given": "given_name", "house": "house_number", "birth_year": "birth"}


@dataclass(frozen=True, slots=True)
class EntityReviewState:
    """What the board *Entity review* is asked.

    Attributes
    ----------
    show
        Which pairs: ``waiting``, ``by hand`` (a victim, a witness or another party is touched), ``joined``, ``kept apart``, ``decided``.
    pair
        The pair that is looked at, as ``one | other``; the first when empty.
    reason
        A usual reason, or ``own words``.
    words
        The reason in own words.
    permitted_by
        Who else allows it, where a victim, a witness or another party is touched.
    """

    show: str = WAITING
    pair: str = ""
    reason: str = OWN_WORDS
    words: str = ""
    permitted_by: str = ""


def compute_entity_review(
    state: EntityReviewState,
    review: IdentityReview,
    frame: pd.DataFrame,
    *,
    other: pd.DataFrame | None = None,
    tell: Tell = quiet,
) -> View:
    """Put a pair side by side, with the parts of its weight and what a decision would do; no widgets.

    Parameters
    ----------
    state
        What is asked.
    review
        Of ``intake.identity_review``.
    frame, other
        The tables that were resolved, with the ids as index.
    tell
        Called with a sentence and a share of the work that is done.

    Returns
    -------
    View
        ``tables``: ``side_by_side``, ``parts``, ``pairs`` (of the kind that is shown), ``decisions``.

    Raises
    ------
    InputError
        When there are no such pairs to show.

    Examples
    --------
    >>> from ilp_lab import boards
    >>> board = boards.entity_review()
    >>> view = compute_entity_review(board.state, board.review, board.frame)
    >>> "one person" in view.answer[0]
    True
    """
    check = Check("boards.entity_review")
    check.choice(allowed=tuple(kinds()), show=state.show)
    check.done()
    tell(tr("Putting the records side by side …"), 0.3)
    pairs = pairs_shown(review, state.show)
    decisions = review.decisions
    if not len(pairs):
        said = (
            tr("There is no pair of this kind.")
            if state.show != WAITING
            else tr("Nothing waits: every listed pair is decided, joined by weight or kept apart.")
        )
        return View((said,), _facts(review), {"pairs": pairs, "decisions": decisions})
    row = row_of(pairs, state.pair)
    one, two = row["one"], row["other"]
    tables = {
        "side_by_side": _side_by_side(row, review, frame, frame if other is None else other),
        "parts": review.parts(one, two), "pairs": pairs, "decisions": decisions,
    }  # fmt: skip
    return View(_answer(row, review), _facts(review), tables, {"pairs": review.found}, _notes(row))


def pairs_shown(review: IdentityReview, show: str) -> pd.DataFrame:
    """The pairs of one kind, in the order of the result: by weight, and by id where a victim or a witness is touched."""
    pairs = review.pairs
    decided = pairs["decision"] != ""
    if show == DECIDED:
        return pairs[decided]
    band = {WAITING: "review", BY_HAND: "by hand", JOINED: "merge", APART: "kept apart"}[show]
    return pairs[(pairs["band"] == band) & ~decided]


def row_of(pairs: pd.DataFrame, key: str) -> pd.Series:
    """The pair that is looked at; the first where there is none of that name."""
    keys = [f"{one} | {other}" for one, other in zip(pairs["one"], pairs["other"], strict=True)]
    return pairs.iloc[keys.index(key) if key in keys else 0]


def kinds() -> dict[str, str]:
    """Which pairs can be shown, and what they are called."""
    return {
        WAITING: tr("waiting for a human"), BY_HAND: tr("by hand only: victims, witnesses, other parties"),
        JOINED: tr("joined by weight"), APART: tr("must stay apart"), DECIDED: tr("decided"),
    }  # fmt: skip


def reasons() -> dict[str, str]:
    """Usual reasons of a decision."""
    return {
        OWN_WORDS: tr("in own words"),
        "read both": tr("both records were read and agree"),
        "document": tr("a document was compared"),
        "known": tr("known to a colleague in person"),
        "relative": tr("two people of one family"),
        "other details": tr("details that are not in the table differ"),
    }


def _side_by_side(row: Any, review: IdentityReview, frame: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What both records say, field by field; names of protected records only where somebody allowed it."""
    import pandas as pd

    from ilp_lab.boards.showing import said as shown
    from ilp_lab.intake.resolving.wordings import said

    traits = {trait.name: trait for trait in review.found.details["traits"]}
    used: Mapping[str, str] = next(param.value for param in review.found.params if param.name == "columns")
    left, right = frame.loc[row["one"]], other.loc[row["other"]]
    open_to_read = review.shown(row["one"], row["other"])
    rows = []
    for role, column in used.items():
        values = [shown(record.get(column)) for record in (left, right)]
        equal = bool(values[0]) and values[0] == values[1]
        if not open_to_read and used.get("category") != column:
            values = [_veiled(value) for value in values]
        trait = traits.get(_TRAIT_OF.get(role, role))
        if trait is not None and row[f"level_{trait.name}"] >= 0:
            reads = said(trait.levels[int(row[f"level_{trait.name}"])].words)
        else:
            reads = tr("the same") if equal else "" if not all(values) else tr("differs")
        rows.append((field_words(role, column), *values, reads))
    return pd.DataFrame(rows, columns=["field", "one", "other", "reads"])


def left_empty(fields: pd.Series) -> str:
    """Which fields neither record fills."""
    return tr("Empty in both: {fields}.").format(fields=", ".join(map(str, fields))) if len(fields) else ""


def dated_decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Decisions with times that a table writes as people read them."""
    import pandas as pd

    return decisions.assign(
        **{
            name: pd.Series([moment(at) for at in decisions[name]], decisions.index, dtype=object)
            for name in ("at", "undone_at")
        }
    )


def field_words(role: str, column: str) -> str:
    """What a field is called: by what it means; by its own name, written as words, where nobody knows what it means.

    Examples
    --------
    >>> field_words("birth", "dt_brth"), field_words("suffix", "sfx"), field_words("eye colour", "eye_col")
    ('date of birth', 'addition to the name', 'eye col')
    """
    words = {
        "given": tr("given name"), "surname": tr("surname"), "patronymic": tr("father's name"), "name": tr("name"),
        "suffix": tr("addition to the name"), "birth": tr("date of birth"), "birth_year": tr("year of birth"), "birth_month": tr("month of birth"),
        "birth_day": tr("day of birth"), "sex": tr("sex"), "document": tr("document number"), "phone": tr("phone number"),
        "category": tr("role in the case"), "street": tr("street"), "house": tr("house number"), "locality": tr("town"), "postcode": tr("postcode"),
        "district": tr("district or house name"), "region": tr("region"), "plate": tr("number plate"), "frame": tr("frame number"), "make": tr("make"),
        "model": tr("model"), "colour": tr("colour"), "year": tr("year built"), "imei": tr("handset (IMEI)"), "imsi": tr("SIM card (IMSI)"),
    }  # fmt: skip
    return words.get(role) or column.replace("_", " ")


def _veiled(value: str) -> str:
    return value[:1] + "…" if value else ""


def _answer(row: Any, review: IdentityReview) -> tuple[str, ...]:
    from ilp_lab.intake.resolving.explaining import percent
    from ilp_lab.intake.resolving.wordings import said

    kind = said(
        {
            "person": "the same person",
            "vehicle": "the same vehicle",
            "phone": "the same phone",
            "address": "the same address",
        }[review.found.details["kind"]]
    )
    first = (
        tr("Are {one} and {other} one person or two?")
        if review.found.details["kind"] == "person"
        else tr("Are {one} and {other} {kind}?")
    )
    told = [first.format(one=row["one"], other=row["other"], kind=kind)]
    if row["caution"]:
        told.append(tr("Caution: {why}.").format(why=said(row["caution"])))
        told.append(
            tr("By weight alone: {share}; weights know nothing of the caution.").format(
                share=percent(float(row["probability"]))
            )
        )
    else:
        told.append(tr("By weight: {share}.").format(share=percent(float(row["probability"]))))
    if row["decision"]:
        what = (
            tr("{who} accepted it: {reason}.")
            if row["decision"] == "accept"
            else tr("{who} rejected it: {reason}.")
        )
        told.append(what.format(who=row["decided_by"] or tr("Somebody"), reason=row["reason"]))
    elif row["band"] != "kept apart":
        told.append(tr("Accept: {effect}").format(effect=review.effect(row["one"], row["other"], same=True)))
        told.append(tr("Reject: {effect}").format(effect=review.effect(row["one"], row["other"], same=False)))
    return tuple(told)


def _facts(review: IdentityReview) -> tuple[Block, ...]:
    pairs, clusters = review.pairs, review.clusters
    undecided = pairs["decision"] == ""
    waits = int((undecided & pairs["band"].isin(["review", "by hand"])).sum())
    return (
        fact("records", tr("Records"), len(clusters)),
        fact("entities", tr("Entities as it stands"), int(clusters["entity"].nunique())),
        fact("waiting", tr("Pairs that wait"), waits, tone="warn" if waits else "good"),
        fact("joined", tr("Joined by weight"), int((undecided & (pairs["band"] == "merge")).sum())),
        fact("decided", tr("Decided by humans"), int((~undecided).sum())),
    )


def _notes(row: Any) -> tuple[str, ...]:
    notes = [
        tr(
            "Each bit doubles the odds that it is one, each bit below nothing halves them; the bits add up to the last line."
        ),
        tr(
            "Records are not changed: who is who is worked out from the decisions that stand, and every one can be taken back."
        ),
        tr("A shared phone or address is no proof of identity."),
    ]
    if row["protected"]:
        notes.insert(
            0,
            tr(
                "A victim, a witness or another party is touched: nothing is joined without a second person, the list is in the order of ids, and names are veiled until somebody allows them to be read."
            ),
        )
    return tuple(notes)
