"""The board *Priorities*: who comes first, and whether that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import figure, looked_up, tr
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Board
from ilp_lab.boards.showing import Block, Tone, View, fact, picture_block, share, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case
    from ilp_lab.threats import Rubric

Weights = Literal["order", "any", "rubric"]


@dataclass(frozen=True, slots=True)
class PrioritiesState:
    """What the board *Priorities* is asked.

    Attributes
    ----------
    assessors
        Whose scores count; all when empty.
    weights
        What is agreed about the weights: their order, nothing, or the numbers themselves.
    sure_percent
        From which share of draws a rank is stated.
    draws
        How many weights and unknown levels are drawn.
    """

    assessors: tuple[str, ...] = ()
    weights: Weights = "order"
    sure_percent: int = 80
    draws: int = 5000


def compute_priorities(
    state: PrioritiesState,
    scores: pd.DataFrame,
    *,
    rubric: str | Path | Rubric = "sleipnir-type",
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Rank what was scored, and say what of the ranking holds; no widgets.

    Parameters
    ----------
    state
        What is asked.
    scores
        One row per item, indicator and assessor, as :func:`ilp_lab.threats.matrix` reads them.
    rubric
        The indicators and their weights.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the draws.

    Returns
    -------
    View
        ``results``: ``ranks``, ``learn`` and, with two assessors, ``agreement``. ``tables``: ``ranks``, ``swap``, ``learn``,
        ``reconcile``.

    Raises
    ------
    InputError
        When the scores do not fit the rubric, or the state names nobody.

    Examples
    --------
    >>> from ilp_lab.boards.examples import threat_scores
    >>> compute_priorities(PrioritiesState(assessors=("A17",)), threat_scores()).answer[0]
    'Is Group Anvil really first? That cannot be told: Group Anvil and Group Birch are a tie.'
    """
    from ilp_lab import threats

    check = Check("boards.priorities")
    if check.frame(scores, "scores") and state.assessors:
        check.columns(scores, ["assessor"], "scores")
        for assessor in state.assessors:
            check.choice(allowed=assessors_of(scores), assessor=assessor)
    check.done()
    chosen = scores[scores["assessor"].astype(str).isin(state.assessors)] if state.assessors else scores
    if not len(chosen):
        return View((tr("Nothing is scored yet: there is nothing to rank."),))
    if "item" in chosen and len(chosen["item"].unique()) == 1:
        return View(
            (
                tr("{item} is the only one; there is nothing to compare it with.").format(
                    item=chosen["item"].iloc[0]
                ),
            )
        )
    matrix = threats.matrix(chosen, rubric=rubric)
    tell(tr("Drawing {draws:,} weights …").format(draws=state.draws), 0.2)
    ranks = threats.rank(
        matrix, weights=state.weights, draws=state.draws, sure=state.sure_percent / 100, rng=rng
    )
    results: dict[str, Result] = {"ranks": ranks}
    tell(tr("Asking what is worth learning …"), 0.6)
    results["learn"] = threats.learn_next(matrix, weights=state.weights, draws=state.draws, rng=rng)
    tables: dict[str, pd.DataFrame] = {"ranks": ranks.table, "learn": results["learn"].table}
    if ranks["swap"] is not None:
        tables["swap"] = ranks["swap"]
    if len(assessors_of(chosen)) > 1:
        tell(tr("Comparing the assessors …"), 0.9)
        results["agreement"] = threats.agreement(matrix, rng=rng)
        tables["reconcile"] = results["agreement"]["reconcile"]
    return View(
        _answer(ranks, state.sure_percent / 100), _facts(state, ranks, results.get("agreement")), tables, results,
        (tr("A rank says which is higher by these indicators. It does not say who is guilty, nor what would work."),
         tr("What nobody knows was taken as anything, never as low.")),
    )  # fmt: skip


def assessors_of(scores: pd.DataFrame) -> list[str]:
    """Who scored, in alphabetical order."""
    return sorted(map(str, scores["assessor"].dropna().unique())) if "assessor" in scores else []


def _answer(ranks: Result, sure: float) -> tuple[str, ...]:
    table = ranks.table
    first = table.iloc[0]
    if str(first["verdict"]) == "not separable" and float(first["p_above_next"]) >= sure:
        said = tr(
            "Is {first} really first? That cannot be told: only in {share} of draws of the weights."
        ).format(first=first["item"], share=share(float(first["p_first"])))
    elif str(first["verdict"]) == "not separable":
        said = tr("Is {first} really first? That cannot be told: {first} and {second} are a tie.").format(
            first=first["item"], second=table["item"].iloc[1]
        )
    else:
        said = tr("Is {first} really first? Yes: in {share} of draws of the weights.").format(
            first=first["item"], share=share(float(first["p_first"]))
        )
    return (said, *ranks.findings[:3])


def _facts(state: PrioritiesState, ranks: Result, agreement: Result | None) -> tuple[Block, ...]:
    table = ranks.table
    first = table.iloc[0]
    sure = float(first["p_first"]) >= state.sure_percent / 100
    facts = [
        fact("p_first", tr("{first} comes first").format(first=first["item"]), share(float(first["p_first"])), note=tr("of draws"), tone="good" if sure else "warn"),
        fact("items", tr("Items ranked"), len(table)),
        fact("unknown", tr("Cells nobody knows"), int(table["unknown"].sum())),
    ]  # fmt: skip
    if agreement is not None and "alpha" in agreement.details:
        facts.append(fact("alpha", tr("Assessors agree (alpha)"), figure(agreement["alpha"], ".2f")))
    return tuple(facts)


class PrioritiesBoard(Board[PrioritiesState]):
    """Change what is agreed about the weights, and see what of the ranking stays.

    Parameters
    ----------
    scores, rubric
        As for :func:`compute_priorities`.
    state, case, origin
        As for every board.
    """

    key = "priorities"

    def __init__(
        self,
        scores: pd.DataFrame,
        *,
        rubric: str | Path | Rubric = "sleipnir-type",
        state: PrioritiesState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        check = Check("boards.priorities")
        check.frame(scores, "scores")
        check.done()
        self._scores, self._rubric = scores, rubric
        super().__init__(
            PrioritiesState(assessors=tuple(assessors_of(scores)[:1])), state=state, case=case, origin=origin
        )

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Priorities")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Which comes first, and is it really first?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        agreed = {
            "order": tr("their order only"),
            "any": tr("nothing at all"),
            "rubric": tr("exactly these numbers"),
        }
        return [
            asking.choice("weights", tr("What is agreed about the weights"), agreed),
            asking.many("assessors", tr("Whose scores count (all when none is ticked)"), assessors_of(self._scores)),
            asking.slider("sure_percent", tr("Stated from"), low=50, high=99, step=1, unit="%", hint=tr("Share of draws from which a rank is called sure.")),
            asking.choice("draws", tr("How carefully"), {2000: tr("quickly"), 5000: tr("as usual"), 20000: tr("very carefully")}),
        ]  # fmt: skip

    def answer(self, state: PrioritiesState, tell: Tell) -> View:
        """As :func:`compute_priorities`."""
        return compute_priorities(state, self._scores, rubric=self._rubric, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """Ranks, what would swap the first two, what to learn, where assessors differ."""
        if not view.results:
            return []
        from ilp_lab import views

        def tone(row: Any) -> Tone:
            return "warn" if row.verdict == "not separable" else ""

        blocks = [
            picture_block(views.draw(view.results["ranks"]), name="ranks", heading=tr("Which ranks are possible")),
            table_block(
                view.tables["ranks"],
                {"item": tr("Item"), "score": tr("Score"), "p_first": tr("Comes first"), "rank_low": tr("Rank, at best"), "rank_high": tr("Rank, at worst"), "tier": tr("Tier"), "verdict": tr("Against the next"), "unknown": tr("Unknown cells")},
                name="ranks", heading=tr("The ranking"), percent=["p_first"], tone=tone, ours=("tier", "verdict"),
            ),
        ]  # fmt: skip
        if "swap" in view.tables and len(view.tables["swap"]):
            blocks.append(
                table_block(
                    view.tables["swap"], {"indicator": tr("Indicator"), "weight": tr("Weight"), "new_weight": tr("Weight that swaps them"), "change": tr("Change")},
                    name="swap", heading=tr("So little would swap the first two"), ours=["indicator"],
                )
            )  # fmt: skip
        blocks.append(
            table_block(
                view.tables["learn"], {"question": tr("Question"), "item": tr("Item"), "share": tr("Of the doubt it would settle"), "p_first_changes": tr("It changes who is first")},
                name="learn", heading=tr("What to learn next"), rows=5, percent=["share", "p_first_changes"],
            )
        )  # fmt: skip
        if len(view.tables.get("reconcile", ())):
            names = {
                "item": tr("Item"),
                "indicator": tr("Indicator"),
                "said": tr("Said"),
                "evidence": tr("Evidence"),
            }
            blocks.append(
                table_block(
                    self._reconciled(view.tables["reconcile"]),
                    names,
                    name="reconcile",
                    heading=tr("Where the assessors differ"),
                    rows=10,
                )
            )
        return blocks

    def _reconciled(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Names of indicators and levels as the rubric calls them, in the language that is spoken."""
        from ilp_lab import threats

        names = {one.id: looked_up(one.name) for one in threats.rubric(self._rubric).indicators}
        said = [
            "; ".join(f"{who}: {looked_up(level)}" for who, _, level in (one.rpartition(": ") for one in all_said.split("; ")))
            for all_said in cells["said"]
        ]  # fmt: skip
        return cells.assign(indicator=[names.get(one, one) for one in cells["indicator"]], said=said)


def priorities(
    scores: pd.DataFrame | None = None,
    *,
    rubric: str | Path | Rubric = "sleipnir-type",
    state: PrioritiesState | None = None,
    case: Case | None = None,
) -> PrioritiesBoard:
    """Open the board *Priorities*.

    It answers: which comes first, and is it really first?

    Parameters
    ----------
    scores
        One row per item, indicator and assessor; five fictional groups of Belmara when left out.
    rubric
        The indicators and their weights: a name, a file, or a rubric.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    PrioritiesBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Examples
    --------
    >>> priorities().title
    'Priorities'
    """
    if scores is None:
        return PrioritiesBoard(
            examples.threat_scores(), rubric=rubric, state=state, case=case, origin=examples.origin()
        )
    return PrioritiesBoard(scores, rubric=rubric, state=state, case=case)
