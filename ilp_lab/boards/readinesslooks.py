"""What the board *Readiness* says: scores put together, those put down on the board among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import day_in_words, figure, of_pack, tr, trn
from ilp_lab.boards import asking
from ilp_lab.boards.recordboards import today_utc
from ilp_lab.boards.showing import Block, Tone, View, day_of, fact, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import ReadinessScore
    from ilp_lab.result import Result

ALL = ""
NOT_ASSESSED = -1


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
    day = state.day or today or today_utc()
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
    return [*given, *(score_of(entry) for entry in entered if entry[0] not in known)]


def units_of(scores: Iterable[ReadinessScore]) -> list[str]:
    """The units that were assessed and those above them, as paths."""
    paths = {score.unit or "" for score in scores}
    above = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 2)}
    return sorted(above - {""})


def score_of(entry: Sequence[str]) -> ReadinessScore:
    """The record that an entry stands for."""
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
            low=of_pack(low), worst=means[low], high=of_pack(high), best=means[high]
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
                day=_day(str(over["assessed_on"].iloc[0])),
                up=int((change > 0).sum()),
                down=int((change < 0).sum()),
            )
        )
    return tuple(told)


def _facts(state: ReadinessState, result: Result, gaps: pd.DataFrame) -> tuple[Block, ...]:
    table = result.table
    unowned, overdue = int((~gaps["owned"]).sum()), int(gaps["overdue"].sum())
    items, assessed = int(table["items"].sum()), int(table["assessed"].sum())
    return (
        fact("mean", tr("Mean maturity"), figure(table["maturity"].mean(), ".1f"), note=tr("of 4, of what was assessed")),
        fact("assessed", tr("Assessed with evidence"), f"{assessed} / {items}", note=trn("{count} score names none", "{count} scores name none", int(table["claimed"].sum())).format(count=int(table["claimed"].sum())), tone="good" if assessed == items else "warn"),
        fact("gaps", tr("Gaps"), len(gaps), note=tr("below {wanted}").format(wanted=state.wanted)),
        fact("unowned", tr("Without owner or date"), unowned, tone="warn" if unowned else "good"),
        fact("overdue", tr("Past their date"), overdue, tone="bad" if overdue else "good"),
    )  # fmt: skip


def gap_plan(gaps: pd.DataFrame) -> Block:
    """The gaps as a table: without an owner first, those past their date marked."""

    def tone(row: Any) -> Tone:
        return "bad" if row.overdue else "" if row.owned else "warn"

    return table_block(
        gaps, {"question": tr("Item"), "unit": tr("Unit"), "maturity": tr("How far"), "claimed": tr("Claimed only"), "owner": tr("Who closes the gap"), "due": tr("By when"), "overdue": tr("Past its date"), "plan": tr("How"), "precondition": tr("Precondition")},
        name="gaps", heading=tr("Gap plan: without an owner first"), ours=("question", "precondition"), tone=tone,
    )  # fmt: skip


def _day(text: str) -> str:
    """A day as a sentence says it."""
    day = day_of(text)
    return text if day is None else day_in_words(day)
