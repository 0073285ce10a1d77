"""The board *Readiness*: how far the seven preconditions are met, by what it shows, and who closes which gap by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr, trn
from ilp_lab.boards import asking, examplerecords, examples
from ilp_lab.boards.frame import Act
from ilp_lab.boards.readinesslooks import (
    ALL,
    NOT_ASSESSED,
    ReadinessState,
    compute_readiness,
    gap_plan,
    score_of,
    units_of,
    with_entered,
)
from ilp_lab.boards.recordboards import RecordBoard, read_from, today_utc
from ilp_lab.boards.showing import Block, View, picture_block, said, table_block
from ilp_lab.boards.working import Tell
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import ReadinessScore
    from ilp_lab.safeguards import Case


class ReadinessBoard(RecordBoard[ReadinessState]):
    """Go through the checklist, see what is missing, and say who closes which gap by when.

    Parameters
    ----------
    scores, pack
        As for :func:`compute_readiness`.
    in_case
        Whether the scores lie in the store of the case.
    waiting
        A sentence on records that stay out.
    state, case, origin
        As for every board.
    """

    key = "readiness"

    def __init__(
        self,
        scores: Iterable[ReadinessScore],
        *,
        pack: str | Path = "readiness",
        in_case: bool = False,
        waiting: str = "",
        state: ReadinessState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        from ilp_lab import tasking
        from ilp_lab.records import ReadinessScore
        from ilp_lab.tasking.maturity import readiness_levels

        self._scores: list[ReadinessScore] = list(scores)
        given: list[object] = [*self._scores]
        check = Check("boards.readiness")
        strange = [type(score).__name__ for score in given if not isinstance(score, ReadinessScore)]
        if strange:
            check.add(f"scores must be ReadinessScore records or a table of them; got {strange[0]}.")
        check.done()
        self._pack = pack
        self._form = tasking.readiness_form(pack=pack)
        self._levels = readiness_levels(pack=pack)
        self._waiting = waiting
        first = ReadinessState(
            of_unit=next(iter(sorted({score.unit or "" for score in self._scores})), ""),
            item=str(self._form["item"].iloc[0]),
            assessor=case.analyst if case is not None else "",
        )
        super().__init__(self._filled(first), in_case=in_case, state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Readiness")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Do we have what intelligence-led policing needs, and who closes which gap by when?")

    @property
    def scores(self) -> list[ReadinessScore]:
        """All scores, those put down on this board among them."""
        return with_entered(self._scores, self.state.entered)

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        look, put = tr("What is shown"), tr("Put a score down")
        units = {ALL: tr("all units")} | {unit: unit for unit in units_of(self.scores)}
        items = {
            str(row.item): f"{looked_up(str(row.precondition))}: {looked_up(str(row.question))}"
            for row in self._form.itertuples()
        }
        levels = {NOT_ASSESSED: tr("not assessed")} | {
            level: f"{level}: {looked_up(words)}" for level, words in self._levels.items()
        }
        return [
            asking.choice("unit", tr("Unit, and all below it"), units, group=look),
            asking.slider("wanted", tr("A gap is what lies below"), low=1, high=4, step=1, group=look),
            asking.day("day", tr("As it stood on"), group=look, hint=tr("Empty: as it stands now.")),
            asking.choice("item", tr("Item"), items, group=put),
            asking.text("of_unit", tr("Of which unit"), group=put, hint=tr("As a path: country/region/unit.")),
            asking.choice("maturity", tr("How far"), levels, group=put),
            asking.text("evidence", tr("By what it shows"), group=put, hint=tr("Several with semicolons. A score above 0 without it does not count.")),
            asking.text("assessor", tr("Who says so"), group=put),
            asking.text("owner", tr("Who closes the gap"), group=put),
            asking.day("due", tr("By when"), group=put),
            asking.text("plan", tr("How"), long=True, group=put),
            asking.kept("entered", tr("Scores put down"), parts=10),
        ]  # fmt: skip

    def acts(self) -> Sequence[Act]:
        """Put a score down; take the last one back where it is not in a case yet."""
        back = [] if self._in_case else [Act("take_back", tr("Take the last one back"))]
        return [
            Act("put_down", tr("Put the score down"), tr("Adds it to the scores; earlier ones stay.")),
            Act("next_gap", tr("Next item that is missing")),
            *back,
        ]

    def moved(self, state: ReadinessState, name: str) -> ReadinessState:
        """The form takes what was said last of an item."""
        return self._filled(state) if name in {"item", "of_unit"} else state

    def put_down(self) -> str:
        """Add the score that the form holds."""
        from uuid import uuid4

        state = self.state
        entry = (
            f"A-{uuid4().hex[:12]}", state.of_unit.strip(), state.item, (state.day or today_utc()).isoformat(), str(state.maturity),
            state.evidence, state.assessor.strip(), state.owner.strip(), state.due.isoformat() if state.due else "", state.plan.strip(),
        )  # fmt: skip
        if not state.assessor.strip():
            raise InputError(tr("Say who says so: “{label}” is empty.").format(label=tr("Who says so")))
        said = self.keep([score_of(entry)])
        self.state = replace(state, entered=(*state.entered, entry))
        self.renew(said)
        return said

    def next_gap(self) -> str:
        """Go to the next item that this unit has not assessed."""
        unit = self.state.of_unit.strip()
        done = {
            score.item for score in self.scores if (score.unit or "") == unit and score.maturity is not None
        }
        items = [str(item) for item in self._form["item"]]
        at = items.index(self.state.item)
        left = [item for item in (*items[at + 1 :], *items[:at]) if item not in done]
        if not left:
            return tr("Every item of this unit is assessed.")
        self.set(item=left[0])
        return trn("{count} item is left.", "{count} items are left.", len(left)).format(count=len(left))

    def take_back(self) -> str:
        """Take the last score back that was put down on this board."""
        if not self.state.entered:
            return tr("Nothing was put down on this board.")
        self.state = replace(self.state, entered=self.state.entered[:-1])
        self.renew(tr("The last score was taken back."))
        return tr("The last score was taken back.")

    def answer(self, state: ReadinessState, tell: Tell) -> View:
        """As :func:`compute_readiness`."""
        view = compute_readiness(state, self._scores, pack=self._pack, tell=tell)
        return replace(view, notes=(*view.notes, self._waiting)) if self._waiting else view

    def blocks(self, view: View) -> list[Block]:
        """Preconditions, how they changed, gaps, units, and the whole checklist."""
        blocks: list[Block] = []
        if "readiness" in view.results:
            blocks += self._pictures(view)
            blocks.append(gap_plan(view.tables["gaps"]))
            blocks.append(
                table_block(
                    view.tables["roll_up"], {"unit": tr("Unit"), "precondition": tr("Precondition"), "units": tr("Units below"), "maturity": tr("Mean"), "low": tr("at least"), "high": tr("at most"), "weakest": tr("Weakest unit"), "weakest_maturity": tr("Its mean")},
                    name="roll_up", heading=tr("Put together, from unit to country"), ours=("precondition",),
                )
            )  # fmt: skip
        blocks.append(
            table_block(
                view.tables["items"], {"precondition": tr("Precondition"), "question": tr("Item"), "evidence_wanted": tr("What would show it"), "maturity": tr("How far"), "evidence": tr("By what it shows"), "owner": tr("Who closes the gap"), "due": tr("By when")},
                name="items", heading=tr("The checklist"), note=tr("Of several units the one that is least far."), ours=("precondition", "question", "evidence_wanted"),
            )
        )  # fmt: skip
        return blocks

    def _pictures(self, view: View) -> list[Block]:
        from ilp_lab import views

        result = view.results["readiness"]
        blocks = [
            picture_block(views.draw(result), name="preconditions", heading=tr("The seven preconditions")),
            table_block(
                view.tables["preconditions"], {"unit": tr("Unit"), "precondition": tr("Precondition"), "maturity": tr("Mean"), "low": tr("at least"), "high": tr("at most"), "assessed": tr("Assessed"), "items": tr("Items"), "claimed": tr("Without evidence")},
                name="preconditions", heading=tr("By unit"), ours=("precondition",),
            ),
        ]  # fmt: skip
        if len(result["over_time"]) > 1:
            blocks.append(
                picture_block(
                    views.readiness_over_time_figure(result), name="over_time", heading=tr("How it changed")
                )
            )
            columns = {str(name): said(str(name)) for name in view.tables["over_time"].columns}
            blocks.append(
                table_block(
                    view.tables["over_time"], columns | {"precondition": tr("Precondition")}, name="over_time", heading=tr("Mean by day"), ours=("precondition",),
                )
            )  # fmt: skip
        return blocks

    def _filled(self, state: ReadinessState) -> ReadinessState:
        unit = state.of_unit.strip()
        entered = state.entered
        known = [
            score
            for score in with_entered(self._scores, entered)
            if score.item == state.item and (score.unit or "") == unit
        ]
        if not known:
            return replace(state, maturity=NOT_ASSESSED, evidence="", owner="", due=None, plan="")
        last = max(known, key=lambda score: score.assessed_on)
        return replace(
            state, maturity=NOT_ASSESSED if last.maturity is None else last.maturity, evidence="; ".join(last.evidence),
            owner=last.owner or "", due=last.due, plan=last.plan or "",
        )  # fmt: skip


def readiness(
    scores: pd.DataFrame | Iterable[ReadinessScore] | None = None,
    *,
    pack: str | Path = "readiness",
    state: ReadinessState | None = None,
    case: Case | None = None,
) -> ReadinessBoard:
    """Open the board *Readiness*.

    It answers: do we have what intelligence-led policing needs, and who closes which gap by when?

    Parameters
    ----------
    scores
        ``ReadinessScore`` records, or the filled-in table of :func:`ilp_lab.tasking.readiness_form`. When left out: those in the store of the
        case; without a case, two made-up units of Belmara.
    pack
        The checklist: ``"readiness"``, or a YAML file with your own standards.
    state
        What it shows first.
    case
        An open case. What is put down goes into its store when the scores come from there.

    Returns
    -------
    ReadinessBoard
        Shows itself in a notebook; ``.view`` holds the answer, ``.scores`` all scores.

    Raises
    ------
    InputError
        When something given does not fit.
    StoreError
        When the case cannot be read.

    Examples
    --------
    >>> readiness().set(unit="belmara/tarn").view.facts[0]["value"]
    '2.7'
    """
    import pandas as pd

    from ilp_lab import records

    if scores is None and case is None:
        sample = examplerecords.readiness_scores()
        board = ReadinessBoard(sample, pack=pack, state=state, origin=examples.origin())
        if state is None:
            board.set(day=examplerecords.DAY)
        return board
    if scores is None and case is not None:
        found, waiting = read_from(case, "ReadinessScore")
        return ReadinessBoard(found, pack=pack, in_case=True, waiting=waiting, state=state, case=case)  # type: ignore[arg-type]
    given: Any = (
        records.from_frame(scores, form="ReadinessScore") if isinstance(scores, pd.DataFrame) else scores
    )
    return ReadinessBoard(given, pack=pack, state=state, case=case)
