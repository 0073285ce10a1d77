"""The board *Readiness*: how far the seven preconditions are met, by what it shows, and who closes which gap by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards import asking, examplerecords, examples
from ilp_lab.boards.frame import Act
from ilp_lab.boards.recordboards import RecordBoard, read_from
from ilp_lab.boards.showing import Block, Tone, View, fact, picture_block, table_block
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import ReadinessScore
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

ALL = ""
NOT_ASSESSED = -1
_SAID = ("maturity", "evidence", "owner", "due", "plan")


@dataclass(frozen=True, slots=True)
class ReadinessState:
    """What the board *Readiness* is asked.

    Attributes
    ----------
    unit
        A unit and all below it, as a path; empty for all.
    day
        As it stood on that day; the latest when empty.
    wanted
        Maturity from which an item is no gap.
    of_unit, item
        The score that is being put down: of which unit, on which item.
    maturity
        0 to 4; -1 when not assessed.
    evidence
        By what it shows, several with semicolons; without it, a score above 0 does not count.
    assessor
        Who says so.
    owner, due, plan
        Who closes the gap, by when, and how.
    entered
        The scores put down on this board.
    """

    unit: str = ALL
    day: date | None = None
    wanted: int = 3
    of_unit: str = ""
    item: str = ""
    maturity: int = NOT_ASSESSED
    evidence: str = ""
    assessor: str = ""
    owner: str = ""
    due: date | None = None
    plan: str = ""
    entered: asking.Entries = ()


def compute_readiness(
    state: ReadinessState,
    scores: Iterable[ReadinessScore],
    *,
    pack: str | Path = "readiness",
    today: date | None = None,
    tell: Tell = quiet,
) -> View:
    """Put scores together, those put down on the board among them; no widgets.

    Parameters
    ----------
    state
        What is asked.
    scores
        Records of form ``ReadinessScore``.
    pack
        The checklist.
    today
        The day on which dates have passed; today when left out.
    tell
        Called with a sentence and a share of the work that is done.

    Returns
    -------
    View
        ``results``: ``readiness``, where anything was assessed with evidence. ``tables``: ``items`` (the whole checklist with what was said
        last), ``preconditions``, ``gaps``, ``over_time``, ``roll_up``.

    Raises
    ------
    InputError
        When a score names an item that is not on the checklist, or the state a unit that is not there.

    Examples
    --------
    >>> from ilp_lab.boards.examplerecords import readiness_scores
    >>> compute_readiness(ReadinessState(), readiness_scores(), today=date(2099, 4, 1)).answer[0]
    'Weakest is Internal and external monitoring and control (1.0 of 4), strongest Legal framework (2.6).'
    """
    from ilp_lab import tasking

    form = tasking.readiness_form(pack=pack)
    given = with_entered(scores, state.entered)
    check = Check("boards.readiness")
    check.choice(allowed=[ALL, *units_of(given)], unit=state.unit)
    check.whole(1, wanted=state.wanted)
    check.done()
    kept = [
        score
        for score in given
        if (state.unit in ("", score.unit) or str(score.unit).startswith(f"{state.unit}/"))
        and (state.day is None or score.assessed_on <= state.day)
    ]
    items = _items(form, kept)
    if not any(score.maturity is not None and (score.evidence or not score.maturity) for score in kept):
        said = (
            tr(
                "Nothing is assessed yet. Choose an item of the checklist, say how far it is and by what that shows."
            )
            if not kept
            else tr(
                "No item was assessed with evidence, so nothing can be said yet: name by what each score shows."
            )
        )
        return View((said,), tables={"items": items})
    tell(tr("Putting the scores together …"), 0.3)
    result = tasking.readiness(kept, pack=pack, wanted=state.wanted)
    day = state.day or today or _today()
    gaps = result["gaps"].assign(
        overdue=[isinstance(due, date) and due < day for due in result["gaps"]["due"]]
    )
    over = result["over_time"].set_index("assessed_on").T.rename_axis("precondition")
    over.columns = [f"{column:%Y-%m-%d}" for column in over.columns]
    tables = {
        "items": items, "preconditions": result.table, "gaps": gaps, "over_time": over.reset_index(), "roll_up": result["roll_up"],
    }  # fmt: skip
    return View(
        _answer(result, gaps), _facts(state, result, gaps), tables, {"readiness": result}, result.caveats
    )


def with_entered(scores: Iterable[ReadinessScore], entered: asking.Entries) -> list[ReadinessScore]:
    """Scores, and those that were put down on a board and are not among them."""
    given = list(scores)
    known = {getattr(score, "readiness_id", "") for score in given}
    return [*given, *(_score(entry) for entry in entered if entry[0] not in known)]


def units_of(scores: Iterable[ReadinessScore]) -> list[str]:
    """The units that were assessed and those above them, as paths."""
    paths = {score.unit or "" for score in scores}
    above = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 2)}
    return sorted(above - {""})


def _score(entry: Sequence[str]) -> ReadinessScore:
    from ilp_lab.records import ReadinessScore

    number, unit, item, day, maturity, evidence, assessor, owner, due, plan = entry
    depth = unit.count("/")
    level: Any = "local" if depth > 1 else "regional" if depth == 1 else "national"
    values: dict[str, Any] = {
        "readiness_id": number, "unit": unit or None, "level": level, "item": item, "assessed_on": day,
        "maturity": None if maturity in ("", str(NOT_ASSESSED)) else int(maturity),
        "evidence": [part.strip() for part in evidence.split(";") if part.strip()],
        "assessor": assessor, "owner": owner or None, "due": due or None, "plan": plan or None,
    }  # fmt: skip
    return ReadinessScore(**values)


def _items(form: pd.DataFrame, scores: Sequence[ReadinessScore]) -> pd.DataFrame:
    """The checklist, with what was said last of every item: the least mature unit where there are several."""
    latest: dict[tuple[str, str], ReadinessScore] = {}
    for score in sorted(scores, key=lambda one: one.assessed_on):
        latest[score.item, score.unit or ""] = score
    of = {item: [score for (name, _), score in latest.items() if name == item] for item in form["item"]}
    rows = []
    for item in form["item"]:
        lowest = min(of[item], key=lambda one: -1 if one.maturity is None else one.maturity, default=None)
        rows.append(
            {
                "maturity": None if lowest is None else lowest.maturity, "unit": "" if lowest is None else lowest.unit or "",
                "evidence": "" if lowest is None else "; ".join(lowest.evidence), "assessor": "" if lowest is None else lowest.assessor,
                "owner": "" if lowest is None else lowest.owner or "", "due": None if lowest is None else lowest.due,
                "plan": "" if lowest is None else lowest.plan or "",
            }
        )  # fmt: skip
    import pandas as pd

    said = pd.DataFrame(rows, index=form.index)
    said["maturity"] = said["maturity"].astype("Int64")
    return form[["precondition", "item", "question", "evidence_wanted"]].join(said)


def _answer(result: Result, gaps: pd.DataFrame) -> tuple[str, ...]:
    table = result.table
    means = table.groupby("precondition", sort=False)["maturity"].mean().dropna()
    low, high = str(means.idxmin()), str(means.idxmax())
    told = [
        tr("Weakest is {low} ({worst:.1f} of 4), strongest {high} ({best:.1f}).").format(
            low=low, worst=means[low], high=high, best=means[high]
        ),
        tr("{gaps} gaps: {unowned} have no owner or no date, {overdue} are past their date.").format(
            gaps=len(gaps), unowned=int((~gaps["owned"]).sum()), overdue=int(gaps["overdue"].sum())
        ),
    ]
    over = result["over_time"]
    if len(over) > 1:
        change = (over.iloc[-1, 1:].astype(float) - over.iloc[0, 1:].astype(float)).dropna()
        told.append(
            tr("Since {day}, {up} preconditions rose and {down} fell.").format(
                day=over["assessed_on"].iloc[0], up=int((change > 0).sum()), down=int((change < 0).sum())
            )
        )
    return tuple(told)


def _facts(state: ReadinessState, result: Result, gaps: pd.DataFrame) -> tuple[Block, ...]:
    table = result.table
    unowned, overdue = int((~gaps["owned"]).sum()), int(gaps["overdue"].sum())
    items, assessed = int(table["items"].sum()), int(table["assessed"].sum())
    return (
        fact("mean", tr("Mean maturity"), f"{table['maturity'].mean():.1f}", note=tr("of 4, of what was assessed")),
        fact("assessed", tr("Assessed with evidence"), f"{assessed} / {items}", note=tr("{count} scores name none").format(count=int(table["claimed"].sum())), tone="good" if assessed == items else "warn"),
        fact("gaps", tr("Gaps"), len(gaps), note=tr("below {wanted}").format(wanted=state.wanted)),
        fact("unowned", tr("Without owner or date"), unowned, tone="warn" if unowned else "good"),
        fact("overdue", tr("Past their date"), overdue, tone="bad" if overdue else "good"),
    )  # fmt: skip


def _today() -> date:
    return datetime.now(UTC).date()


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
        items = {str(row.item): f"{row.precondition}: {row.question}" for row in self._form.itertuples()}
        levels = {NOT_ASSESSED: tr("not assessed")} | {
            level: f"{level}: {words}" for level, words in self._levels.items()
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
            f"A-{uuid4().hex[:12]}", state.of_unit.strip(), state.item, (state.day or _today()).isoformat(), str(state.maturity),
            state.evidence, state.assessor.strip(), state.owner.strip(), state.due.isoformat() if state.due else "", state.plan.strip(),
        )  # fmt: skip
        if not state.assessor.strip():
            raise InputError(tr("Say who says so: “{label}” is empty.").format(label=tr("Who says so")))
        said = self.keep([_score(entry)])
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
        return tr("{count} items are left.").format(count=len(left))

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
            blocks.append(_gap_plan(view.tables["gaps"]))
            blocks.append(
                table_block(
                    view.tables["roll_up"], {"unit": tr("Unit"), "precondition": tr("Precondition"), "units": tr("Units below"), "maturity": tr("Mean"), "low": tr("at least"), "high": tr("at most"), "weakest": tr("Weakest unit"), "weakest_maturity": tr("Its mean")},
                    name="roll_up", heading=tr("Put together, from unit to country"),
                )
            )  # fmt: skip
        blocks.append(
            table_block(
                view.tables["items"], {"precondition": tr("Precondition"), "question": tr("Item"), "evidence_wanted": tr("What would show it"), "maturity": tr("How far"), "evidence": tr("By what it shows"), "owner": tr("Who closes the gap"), "due": tr("By when")},
                name="items", heading=tr("The checklist"), note=tr("Of several units the one that is least far."),
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
                name="preconditions", heading=tr("By unit"),
            ),
        ]  # fmt: skip
        if len(result["over_time"]) > 1:
            blocks.append(
                picture_block(
                    views.readiness_over_time_figure(result), name="over_time", heading=tr("How it changed")
                )
            )
            columns = {str(name): str(name) for name in view.tables["over_time"].columns}
            blocks.append(
                table_block(
                    view.tables["over_time"], columns | {"precondition": tr("Precondition")}, name="over_time", heading=tr("Mean by day"),
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


def _gap_plan(gaps: pd.DataFrame) -> Block:
    def tone(row: Any) -> Tone:
        return "bad" if row.overdue else "" if row.owned else "warn"

    return table_block(
        gaps, {"question": tr("Item"), "unit": tr("Unit"), "maturity": tr("How far"), "claimed": tr("Claimed only"), "owner": tr("Who closes the gap"), "due": tr("By when"), "overdue": tr("Past its date"), "plan": tr("How"), "precondition": tr("Precondition")},
        name="gaps", heading=tr("Gap plan: without an owner first"), tone=tone,
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
