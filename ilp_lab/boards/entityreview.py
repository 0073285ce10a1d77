"""The board *Entity review*: one person or two, side by side, with the sum that speaks for it; a human decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.showing import Block, Tone, View, fact, table_block
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.intake import IdentityReview
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

WAITING, BY_HAND, JOINED, APART, DECIDED = "waiting", "by hand", "joined", "kept apart", "decided"
OWN_WORDS = "own words"
_MOST = 300
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
    check.choice(allowed=tuple(_kinds()), show=state.show)
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
    row = _row(pairs, state.pair)
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


def _row(pairs: pd.DataFrame, key: str) -> pd.Series:
    keys = [f"{one} | {other}" for one, other in zip(pairs["one"], pairs["other"], strict=True)]
    return pairs.iloc[keys.index(key) if key in keys else 0]


def _kinds() -> dict[str, str]:
    return {
        WAITING: tr("waiting for a human"), BY_HAND: tr("by hand only: victims, witnesses, other parties"),
        JOINED: tr("joined by weight"), APART: tr("must stay apart"), DECIDED: tr("decided"),
    }  # fmt: skip


def _reasons() -> dict[str, str]:
    return {
        OWN_WORDS: tr("in own words"),
        "read both": tr("both records were read and agree"),
        "document": tr("a document was compared"),
        "known": tr("known to a colleague in person"),
        "relative": tr("two people of one family"),
        "other details": tr("details that are not in the table differ"),
    }


def _side_by_side(row: Any, review: IdentityReview, frame: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What both records say, column by column; names of protected records only where somebody allowed it."""
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
        rows.append((column, *values, reads))
    return pd.DataFrame(rows, columns=["field", "one", "other", "reads"])


def _left_empty(fields: pd.Series) -> str:
    return tr("Empty in both: {fields}.").format(fields=", ".join(map(str, fields))) if len(fields) else ""


def _dated(decisions: pd.DataFrame) -> pd.DataFrame:
    """Times as people read them: to the minute."""
    return decisions.assign(
        **{name: decisions[name].str.slice(0, 16).str.replace("T", " ") for name in ("at", "undone_at")}
    )


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


class EntityReviewBoard(Board[EntityReviewState]):
    """Accept or reject pairs of records, one by one.

    Parameters
    ----------
    review
        Of ``intake.identity_review``.
    frame, other
        As for :func:`compute_entity_review`.
    state, case, origin
        As for every board.
    """

    key = "entity_review"

    def __init__(
        self,
        review: IdentityReview,
        frame: pd.DataFrame,
        *,
        other: pd.DataFrame | None = None,
        state: EntityReviewState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        self.review, self.frame, self.other = review, frame, other
        first = EntityReviewState()
        first = replace(first, pair=self._first_key(first.show))
        super().__init__(first, state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Entity review")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Are these two records one and the same, and what speaks for it?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        keys = self._keys(self.state.show)
        if self.state.pair not in keys:
            keys = [self.state.pair, *keys]
        look, put = tr("What is shown"), tr("Decide")
        return [
            asking.choice("show", tr("Pairs"), _kinds(), group=look),
            asking.choice("pair", tr("Pair"), keys, group=look, hint=tr("The first {most} are listed.").format(most=_MOST)),
            asking.choice("reason", tr("Reason"), _reasons(), group=put),
            asking.text("words", tr("In own words"), group=put, hint=tr("At least three words.")),
            asking.text("permitted_by", tr("Who else allows it"), group=put, hint=tr("Needed where a victim, a witness or another party is touched.")),
        ]  # fmt: skip

    def acts(self) -> Sequence[Act]:
        """Accept, reject, take back, go on."""
        return [
            Act("accept", tr("Accept: one and the same")),
            Act("reject", tr("Reject: two")),
            Act("undo", tr("Take the last decision back")),
            Act("next_pair", tr("Next pair")),
            Act("reveal", tr("Show veiled names"), tr("Needs who else allows it; that stands in the log.")),
        ]

    def moved(self, state: EntityReviewState, name: str) -> EntityReviewState:
        """Another kind of pairs begins with its first."""
        return replace(state, pair=self._first_key(state.show)) if name == "show" else state

    def accept(self) -> str:
        """Say that the pair is one and the same."""
        return self._decide(self.review.accept)

    def reject(self) -> str:
        """Say that the pair is two."""
        return self._decide(self.review.reject)

    def undo(self) -> str:
        """Take the last decision back."""
        said = self.review.undo()
        self._stay()
        self.renew(said)
        return said

    def next_pair(self) -> str:
        """Go on to the next pair without deciding."""
        keys = self._keys(self.state.show)
        if not keys:
            return tr("There is no pair of this kind.")
        at = keys.index(self.state.pair) if self.state.pair in keys else -1
        self.set(pair=keys[(at + 1) % len(keys)])
        return tr("Pair {at} of {all}.").format(at=(at + 1) % len(keys) + 1, all=len(keys))

    def reveal(self) -> str:
        """Let veiled names be read."""
        one, other = self._pair()
        said = self.review.reveal(one, other, reason=self._reason(), permitted_by=self.state.permitted_by)
        self.renew(said)
        return said

    def answer(self, state: EntityReviewState, tell: Tell) -> View:
        """As :func:`compute_entity_review`."""
        return compute_entity_review(state, self.review, self.frame, other=self.other, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """Side by side, the sum, the other pairs, and what was decided."""
        blocks: list[Block] = []
        if "side_by_side" in view.tables:
            row = _row(view.tables["pairs"], self.state.pair)

            def tone(part: Any) -> Tone:
                return "bad" if part.bits < -3 else "good" if part.bits > 3 else ""

            fields, parts = view.tables["side_by_side"], view.tables["parts"]
            empty = fields[(fields["one"] == "") & (fields["other"] == "")]
            blocks += [
                table_block(
                    fields.drop(index=empty.index), {"field": tr("Field"), "one": str(row["one"]), "other": str(row["other"]), "reads": tr("They are")},
                    name="side_by_side", heading=tr("Side by side"), note=_left_empty(empty["field"]), tone=lambda line: "" if line.reads in {"", tr("the same")} else "warn",
                ),
                table_block(
                    parts.assign(bits=parts["bits"].round(1)), {"part": tr("Part"), "what": tr("What is seen"), "bits": tr("Bits"), "in_words": tr("It makes one and the same …")},
                    name="parts", heading=tr("What speaks for it, and what against"), tone=tone,
                    note=tr("Together {bits:+.1f} bits: {share}.").format(bits=parts["bits"].iloc[-1], share=parts["what"].iloc[-1]),
                ),
            ]  # fmt: skip
        blocks.append(self._pair_list(view.tables["pairs"]))
        if len(view.tables["decisions"]):
            blocks.append(
                table_block(
                    _dated(view.tables["decisions"]).iloc[::-1], {"at": tr("When"), "by": tr("By"), "one": tr("One"), "other": tr("Other"), "same": tr("The same"), "reason": tr("Reason"), "permitted_by": tr("Who else allowed it"), "undone_at": tr("Taken back")},
                    name="decisions", heading=tr("What was decided, the last first"), rows=20,
                )
            )  # fmt: skip
        return blocks

    def _pair_list(self, pairs: pd.DataFrame) -> Block:
        from ilp_lab.intake.resolving.explaining import percent
        from ilp_lab.intake.resolving.wordings import said

        columns = {"one": tr("One"), "other": tr("Other"), "share": tr("By weight"), "why": tr("Caution")}
        if self.state.show == BY_HAND:
            del columns["share"]
        if self.state.show == DECIDED:
            columns |= {"decision": tr("Decision"), "decided_by": tr("By"), "reason": tr("Reason")}
        listed = pairs.assign(
            share=[percent(float(one)) for one in pairs["probability"]],
            why=[said(one) for one in pairs["caution"]],
        )
        return table_block(listed, columns, name="pairs", heading=tr("Pairs of this kind"), rows=20)

    def _keys(self, show: str) -> list[str]:
        pairs = pairs_shown(self.review, show).head(_MOST)
        return [f"{one} | {other}" for one, other in zip(pairs["one"], pairs["other"], strict=True)]

    def _first_key(self, show: str) -> str:
        return next(iter(self._keys(show)), "")

    def _pair(self) -> tuple[Any, Any]:
        pairs = self.review.pairs
        keys = [f"{one} | {other}" for one, other in zip(pairs["one"], pairs["other"], strict=True)]
        if self.state.pair not in keys:
            raise InputError(tr("There is no pair to decide on."))
        row = pairs.iloc[keys.index(self.state.pair)]
        return row["one"], row["other"]

    def _reason(self) -> str:
        said = "" if self.state.reason == OWN_WORDS else str(_reasons()[self.state.reason])
        return "; ".join(part for part in (said, self.state.words.strip()) if part)

    def _decide(self, decide: Any) -> str:
        one, other = self._pair()
        keys = self._keys(self.state.show)
        said = decide(one, other, reason=self._reason(), permitted_by=self.state.permitted_by)
        at = keys.index(self.state.pair) if self.state.pair in keys else 0
        left = self._keys(self.state.show)
        key = left[min(at, len(left) - 1)] if left else ""
        self.state = replace(self.state, pair=key, words="", permitted_by="")
        self.renew(str(said))
        return str(said)

    def _stay(self) -> None:
        keys = self._keys(self.state.show)
        if self.state.pair not in keys:
            self.state = replace(self.state, pair=keys[0] if keys else "")


@lru_cache(maxsize=1)
def _example() -> tuple[pd.DataFrame, Result]:
    """Made-up people of whom it is hard to tell who is one, resolved."""
    from ilp_lab import intake, samples

    people = samples.hard_pairs(96).drop(columns=["truth", "trap"])
    return people, intake.resolve(people)


def entity_review(
    found: Result | None = None,
    frame: pd.DataFrame | None = None,
    *,
    other: pd.DataFrame | None = None,
    id_column: str | None = None,
    state: EntityReviewState | None = None,
    case: Case | None = None,
) -> EntityReviewBoard:
    """Open the board *Entity review*.

    It answers: are these two records one and the same, and what speaks for it?

    Parameters
    ----------
    found
        Of ``intake.resolve``; made-up people in hard pairs when left out.
    frame, other
        The tables that were resolved.
    id_column
        Where the ids stand, as for ``intake.resolve``; the index when left out.
    state
        What it shows first.
    case
        An open case: decisions are kept and logged there, and brought back.

    Returns
    -------
    EntityReviewBoard
        Shows itself in a notebook; ``.review`` holds the decisions and who is who.

    Raises
    ------
    InputError
        When the tables are not those that were resolved.

    Examples
    --------
    >>> board = entity_review()
    >>> board.title
    'Entity review'
    """
    from ilp_lab import intake

    origin = ""
    if found is None:
        frame, found = _example()
        origin = examples.origin()
    check = Check("boards.entity_review")
    tables = {"frame": frame} if other is None else {"frame": frame, "other": other}
    for name, table in tables.items():
        if check.frame(table, name) and table is not None and id_column is not None:
            check.columns(table, [id_column], name)
    check.done()
    one, two = (
        None if table is None else table if id_column is None else table.set_index(id_column, drop=False)
        for table in (frame, other)
    )
    review = intake.identity_review(found, case=case)
    known = set(one.index) | (set() if two is None else set(two.index))  # type: ignore[union-attr]
    missing = [
        label for label in found.table["one"].tolist() + found.table["other"].tolist() if label not in known
    ]
    if missing:
        raise InputError(
            f"boards.entity_review: the record {missing[0]!r} of the result is not in the table; give the tables that were resolved, and the same id_column."
        )
    return EntityReviewBoard(review, one, other=two, state=state, case=case, origin=origin)  # type: ignore[arg-type]
