"""The board *Options*: what may be done, and what of it is best; rights first, weights last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Board
from ilp_lab.boards.showing import Block, Tone, View, fact, picture_block, share, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards import Case

CRITERIA = {"harm_prevented": "more", "intrusiveness": "less", "cost": "less"}
_REMOVED = "removed by the rights gate"


@dataclass(frozen=True, slots=True)
class OptionsState:
    """What the board *Options* is asked.

    Attributes
    ----------
    first
        The criterion that counts most; the first one given when empty.
    second
        The one that counts most after it; the next one given when empty.
    sure_percent
        From which share of draws an option is called best.
    draws
        How many weights and estimates are drawn.
    """

    first: str = ""
    second: str = ""
    sure_percent: int = 80
    draws: int = 5000


def compute_options(
    state: OptionsState,
    options: pd.DataFrame,
    *,
    criteria: Mapping[str, str] = CRITERIA,
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Weigh options, rights first, and say what of it holds; no widgets.

    Parameters
    ----------
    state
        What is asked.
    options
        One row per option with four answers on rights, as :func:`ilp_lab.tasking.weigh_options` reads them.
    criteria
        Criterion → ``"more"`` or ``"less"``: which is better.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the draws.

    Returns
    -------
    View
        ``results``: ``options``. ``tables``: ``options`` (best first, those removed last), ``rights`` (every answer).

    Raises
    ------
    InputError
        When the options do not fit, or the state names a criterion that is not there.

    Examples
    --------
    >>> from ilp_lab.boards.examples import options
    >>> compute_options(OptionsState(), options()).answer[-1]
    'Removed, whatever they would bring: Stop all young men (non-discrimination); Recognise all faces (legality).'
    """
    from ilp_lab import tasking

    check = Check("boards.options")
    for name, value in (("first", state.first), ("second", state.second)):
        check.choice(allowed=("", *criteria), **{name: value})
    check.done()
    tell(tr("Drawing {draws:,} weights …").format(draws=state.draws), 0.2)
    result = tasking.weigh_options(
        options,
        criteria={name: criteria[name] for name in in_order(state, list(criteria))},
        draws=state.draws,
        sure=state.sure_percent / 100,
        rng=rng,
    )
    return View(
        _answer(result.table), _facts(result.table), {"options": result.table, "rights": result["rights"]}, {"options": result},
        (tr("A person decides, and may depart from this with reasons; the record keeps both."),
         tr("What an option would do was estimated by people; the record says by whom.")),
    )  # fmt: skip


def in_order(state: OptionsState, criteria: Sequence[str]) -> list[str]:
    """The criteria as the state puts them; the others follow as they were given.

    >>> in_order(OptionsState(first="cost"), ["harm", "cost", "trust"])
    ['cost', 'harm', 'trust']
    """
    first = state.first or criteria[0]
    left = [name for name in criteria if name != first]
    second = state.second if state.second in left else ""
    return [first, *([second] if second else []), *(name for name in left if name != second)]


def _answer(table: pd.DataFrame) -> tuple[str, ...]:
    left, removed = table[table["verdict"] != _REMOVED], table[table["verdict"] == _REMOVED]
    said = []
    top = left.iloc[0]
    close = left[left["verdict"] == "not separable"]
    if len(left) == 1:
        said.append(tr("Only {option} is left; look for other options.").format(option=top["option"]))
    elif top["verdict"] == "best":
        said.append(
            tr("{option} comes out best in {share} of draws, whatever the weights within this order.").format(
                option=top["option"], share=share(top["p_best"])
            )
        )
    else:
        said.append(
            tr("No option can be called best: {options}. The choice is one of judgement.").format(
                options=", ".join(
                    f"{row['option']} {share(row['p_best'])}" for row in close.to_dict("records")
                )
            )
        )
    dominated = left[left["verdict"] == "dominated"]
    if len(dominated):
        pairs = "; ".join(f"{row.option} ({row.dominated_by})" for row in dominated.itertuples())
        said.append(
            tr("In nothing better than another one, which stands in brackets: {pairs}.").format(pairs=pairs)
        )
    if len(removed):
        listed = "; ".join(f"{row.option} ({looked_up(str(row.failed))})" for row in removed.itertuples())
        said.append(tr("Removed, whatever they would bring: {options}.").format(options=listed))
    return tuple(said)


def _facts(table: pd.DataFrame) -> tuple[Block, ...]:
    left = table[table["verdict"] != _REMOVED]
    top, removed = left.iloc[0], len(table) - len(left)
    better = left[(left["p_above_nothing"] > 0.5) & (left["kind"] != "do nothing")]
    return (
        fact("left", tr("Options left"), len(left), note=tr("of {all}").format(all=len(table))),
        fact("removed", tr("Removed by rights"), removed, tone="warn" if removed else "good"),
        fact("p_best", tr("Best in"), share(top["p_best"]), note=tr("{option}, of all draws").format(option=top["option"])),
        fact("above", tr("Better than doing nothing"), len(better), note=tr("in most draws")),
    )  # fmt: skip


class OptionsBoard(Board[OptionsState]):
    """Put the criteria in order, and see what stays best and what may not be done at all.

    Parameters
    ----------
    options, criteria
        As for :func:`compute_options`.
    labels
        Criterion → what it is called on the screen.
    state, case, origin
        As for every board.
    """

    key = "options"

    def __init__(
        self,
        options: pd.DataFrame,
        *,
        criteria: Mapping[str, str] = CRITERIA,
        labels: Mapping[str, str] | None = None,
        state: OptionsState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        check = Check("boards.options")
        check.frame(options, "options")
        if not criteria:
            check.add("criteria must name at least one, such as {'harm_prevented': 'more'}.")
        check.done()
        self._options, self._criteria = options, dict(criteria)
        own = {
            "harm_prevented": tr("harm prevented"),
            "intrusiveness": tr("intrusion into rights"),
            "cost": tr("cost"),
        }
        self._labels = {
            name: (labels or {}).get(name, own.get(name, name.replace("_", " "))) for name in criteria
        }
        super().__init__(OptionsState(), state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Options")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("What may be done, and is one option really the best?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        chosen = in_order(self.state, list(self._criteria))
        rest = {"": tr("as given")} | {
            name: label for name, label in self._labels.items() if name != chosen[0]
        }
        return [
            asking.choice("first", tr("What counts most"), {"": tr("as given")} | self._labels),
            asking.choice("second", tr("What counts most after it"), rest),
            asking.slider("sure_percent", tr("An option is called best from"), low=55, high=95, step=5, unit="%"),
            asking.choice("draws", tr("Draws"), [1000, 5000, 20000]),
        ]  # fmt: skip

    def moved(self, state: OptionsState, name: str) -> OptionsState:
        """What counts most cannot also come second."""
        from dataclasses import replace

        return replace(state, second="") if name == "first" and state.second == state.first else state

    def answer(self, state: OptionsState, tell: Tell) -> View:
        """As :func:`compute_options`."""
        return compute_options(state, self._options, criteria=self._criteria, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """How often each is best, the options, and what was answered on rights."""
        from ilp_lab import views

        def tone(row: Any) -> Tone:
            return "bad" if row.verdict == _REMOVED else "good" if row.verdict == "best" else ""

        return [
            picture_block(views.draw(view.results["options"]), name="options", heading=tr("How often each option is best")),
            table_block(
                view.tables["options"],
                {"option": tr("Option"), "verdict": tr("Verdict"), "p_best": tr("Best in"), "p_above_nothing": tr("Better than nothing in"), "failed": tr("Fails on"), **self._labels},
                name="options", heading=tr("The options"), percent=["p_best", "p_above_nothing"], tone=tone, ours=("verdict", "failed"),
            ),
            table_block(
                view.tables["rights"],
                {"option": tr("Option"), "legality": tr("Legality"), "necessity": tr("Necessity"), "proportionality": tr("Proportionality"), "non_discrimination": tr("Non-discrimination")},
                name="rights", heading=tr("What was answered on rights"),
            ),
        ]  # fmt: skip


def options(
    frame: pd.DataFrame | None = None,
    *,
    criteria: Mapping[str, str] = CRITERIA,
    labels: Mapping[str, str] | None = None,
    state: OptionsState | None = None,
    case: Case | None = None,
) -> OptionsBoard:
    """Open the board *Options*.

    It answers: what may be done, and is one option really the best?

    Parameters
    ----------
    frame
        One row per option with four answers on rights, as :func:`ilp_lab.tasking.weigh_options` reads them; six made-up options when
        left out.
    criteria
        Criterion → ``"more"`` or ``"less"``: which is better; the most important first.
    labels
        Criterion → what it is called on the screen.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    OptionsBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Examples
    --------
    >>> options().title
    'Options'
    """
    if frame is None:
        return OptionsBoard(
            examples.options(),
            criteria=criteria,
            labels=labels,
            state=state,
            case=case,
            origin=examples.origin(),
        )
    return OptionsBoard(frame, criteria=criteria, labels=labels, state=state, case=case)
