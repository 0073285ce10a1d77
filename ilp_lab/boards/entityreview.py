"""The board *Entity review*: one person or two, side by side, with the sum that speaks for it; a human decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.reviewlooks import (
    BY_HAND,
    DECIDED,
    OWN_WORDS,
    EntityReviewState,
    compute_entity_review,
    dated_decisions,
    kinds,
    left_empty,
    pairs_shown,
    reasons,
    row_of,
)
from ilp_lab.boards.showing import Block, Tone, View, table_block
from ilp_lab.boards.working import Tell
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.intake import IdentityReview
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

_MOST = 300


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
            asking.choice("show", tr("Pairs"), kinds(), group=look),
            asking.choice("pair", tr("Pair"), keys, group=look, hint=tr("The first {most} are listed.").format(most=_MOST)),
            asking.choice("reason", tr("Reason"), reasons(), group=put),
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
            row = row_of(view.tables["pairs"], self.state.pair)

            def tone(part: Any) -> Tone:
                return "bad" if part.bits < -3 else "good" if part.bits > 3 else ""

            fields, parts = view.tables["side_by_side"], view.tables["parts"]
            empty = fields[(fields["one"] == "") & (fields["other"] == "")]
            blocks += [
                table_block(
                    fields.drop(index=empty.index), {"field": tr("Field"), "one": str(row["one"]), "other": str(row["other"]), "reads": tr("They are")},
                    name="side_by_side", heading=tr("Side by side"), note=left_empty(empty["field"]), tone=lambda line: "" if line.reads in {"", tr("the same")} else "warn",
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
                    dated_decisions(view.tables["decisions"]).iloc[::-1], {"at": tr("When"), "by": tr("By"), "one": tr("One"), "other": tr("Other"), "same": tr("The same"), "reason": tr("Reason"), "permitted_by": tr("Who else allowed it"), "undone_at": tr("Taken back")},
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
        words = {"accept": tr("one and the same"), "reject": tr("two")}
        listed = pairs.assign(
            decision=[words.get(one, one) for one in pairs["decision"]],
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
        said = "" if self.state.reason == OWN_WORDS else str(reasons()[self.state.reason])
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
