"""The frame of all boards: state → answer → what is shown, with a line that says what is going on.

A board supplies four things: its state (a frozen dataclass), the controls (:meth:`Board.asked`), the answer
(:meth:`Board.answer`, which calls a function that knows no widget), and the blocks to show. The frame does the rest:
work beside the notebook, errors as sentences, stopping, saving to a case.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ilp_lab._spoken import speak, spoken
from ilp_lab._tongue import day_in_words, tr
from ilp_lab.boards import keeping
from ilp_lab.boards.asking import Asked, plain
from ilp_lab.boards.showing import Block, View, answer_block, facts_block, method_block, notes_block
from ilp_lab.boards.working import Outcome, Tell, Worker, quiet
from ilp_lab.errors import IlpError, InputError, NoCaseError

if TYPE_CHECKING:
    import ipywidgets

    from ilp_lab.safeguards import Case

StateT = TypeVar("StateT")
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what it is called, and the method that is called when it is pressed (it returns a sentence)."""

    name: str
    label: str
    hint: str = ""

    def spec(self) -> dict[str, str]:
        """As the screen reads it."""
        return {"name": self.name, "label": self.label, "hint": self.hint}


class Board(Generic[StateT]):
    """What every board can do.

    Parameters
    ----------
    state
        What it shows first.
    case
        An open case: the board can be saved to it, and what was saved last is brought back unless ``state`` is given.
    origin
        A line under the heading that says where the data come from.
    """

    key: ClassVar[str] = ""
    called: ClassVar[Mapping[str, str]] = {}
    """Settings of analyses that errors may name → the field of the state that they come from."""
    between: ClassVar[bool] = False
    """Whether a widget of the board's own stands between the answer and the tables."""
    state: StateT

    def __init__(
        self, first: StateT, *, state: StateT | None = None, case: Case | None = None, origin: str = ""
    ) -> None:
        self._first = first
        self.state = first if state is None else state
        self.case = case
        self._origin = origin
        self._language = spoken()
        self._edition = 0
        self._answers: OrderedDict[tuple[Any, int], tuple[View, list[Block]]] = OrderedDict()
        self._shown: StateT | None = None
        self._head: Any = None
        self._pages: Any = None
        self._more: Any = None
        self._staged: Any = None
        self._at_stage: list[Block] | None = None
        self._said = ""
        self._token = ""
        self._worker = Worker(self._done, self._tell)
        if case is not None and state is None:
            self._said = self._bring_back(case)

    # What a board supplies

    @property
    def title(self) -> str:
        """Its heading."""
        raise NotImplementedError

    @property
    def question(self) -> str:
        """What it answers, in a sentence."""
        raise NotImplementedError

    def asked(self) -> Sequence[Asked]:
        """One control for each field of the state."""
        raise NotImplementedError

    def answer(self, state: StateT, tell: Tell) -> View:
        """The answer to a state; no widgets."""
        raise NotImplementedError

    def blocks(self, view: View) -> list[Block]:
        """Pictures and tables between the answer and its method."""
        raise NotImplementedError

    def stage(self, view: View) -> Sequence[Any]:  # noqa: ARG002  (most boards have none)
        """Widgets between the answer and the tables, such as a map that can be chosen from."""
        return ()

    def acts(self) -> Sequence[Act]:
        """Buttons besides *save*."""
        return ()

    def moved(self, state: StateT, name: str) -> StateT:  # noqa: ARG002  (most boards have none)
        """What else of the state follows when somebody moves a control: a form takes the values of what was chosen."""
        return state

    # What users call

    @property
    def view(self) -> View:
        """The answer to the present state."""
        if self._worker.busy:
            self._worker.wait()
        return self._answered(self.state, quiet)[0]

    def set(self, **changes: Any) -> Board[StateT]:
        """Ask something else, as the controls do.

        Raises
        ------
        InputError
            When the state has no such field.
        """
        wrong = [name for name in changes if name not in {one.name for one in self.asked()}]
        if wrong:
            names = ", ".join(one.name for one in self.asked())
            raise InputError(f"{type(self).__name__}.set: there is no {wrong[0]!r}; there are: {names}.")
        state = self.state
        for name, value in changes.items():
            state = self.moved(replace(state, **{name: value}), name)  # type: ignore[type-var]
        self._turn(replace(state, **changes))  # type: ignore[type-var]
        return self

    def show(self) -> ipywidgets.Widget:
        """The board as widgets, for a notebook or an app."""
        import ipywidgets

        from ilp_lab.widgets.boardparts import BoardHead, BoardPages

        with speak(self._language):
            self._pages = BoardPages(blocks=[], busy=False)
            self._more = BoardPages(blocks=[], busy=False)
            self._at_stage = None
            self._staged = ipywidgets.VBox([]).add_class("ilp-board-stage")
            self._head = BoardHead(
                key=self.key,
                heading=self.title,
                question=self.question,
                origin=self._origin,
                asked=self._controls(),
                state=plain(self.state, self.asked()),
                acts=[act.spec() for act in self._buttons()],
                status={"kind": "working", "text": tr("Working …")},
            )
            self._head.on_msg(lambda _widget, content, _buffers: self._heard(content))
            self._turn(self.state, said=self._said)
        body = ipywidgets.VBox(self._laid_out()).add_class("ilp-board-body")
        grid = ipywidgets.Box([self._head, body]).add_class("ilp-board-grid")
        return ipywidgets.VBox([grid]).add_class("ilp-board-all")

    def save(self, case: Case | None = None) -> str:
        """Save what is asked into a case; opening the board with that case brings it back.

        Raises
        ------
        NoCaseError
            When there is no case.
        StoreError, WriteError
            When the case cannot be written.
        """
        case = case or self.case
        if case is None:
            raise NoCaseError(
                tr("There is no case to save to. Open the board with a case: case=ilp.open_case(...).")
            )
        keeping.save(case, self.key, self.state, self.asked())
        return tr("Saved to the case {case}.").format(case=case.folder.name)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the answer is there; says whether it is."""
        return self._worker.wait(timeout_s)

    @property
    def status(self) -> str:
        """What the line under the controls says."""
        return str(self._head.held["status"]["text"]) if self._head is not None else ""

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.show()._repr_mimebundle_(**options)

    # How it works

    def _laid_out(self) -> list[Any]:
        """What stands beside the controls, from top to bottom."""
        return [self._pages, self._staged, self._more]

    def _buttons(self) -> list[Act]:
        keep = [Act("save", tr("Save to the case"))] if self.case is not None else []
        return [*self.acts(), *keep]

    def _controls(self) -> list[dict[str, Any]]:
        return [one.spec() for one in self.asked() if one.kind != "kept"]

    def _bring_back(self, case: Case) -> str:
        try:
            kept = keeping.restore(case, self.key, self._first, self.asked())
            if kept is not None and kept.faults:  # what can be chosen may hang on what was brought back
                self.state = kept.state
                kept = keeping.restore(case, self.key, kept.state, self.asked())
        except IlpError as error:
            return str(error)
        if kept is None:
            return ""
        self.state = kept.state
        saved = datetime.fromisoformat(kept.saved_at)
        return " ".join(
            [
                tr("What was saved on {day} at {time} was brought back.").format(
                    day=day_in_words(saved.date()), time=saved.strftime("%H:%M")
                ),
                *kept.faults,
            ]
        )

    def _heard(self, content: Any) -> None:
        """What the screen sent; nothing may be lost in a callback, where nobody would see it."""
        with speak(self._language):
            try:
                self._follow(dict(content))
            except Exception as error:  # noqa: BLE001  (a widget would swallow it)
                self._say("fault", self._sentence(error))
                self._put_state()

    def _follow(self, content: dict[str, Any]) -> None:
        kind, name = content.get("kind"), content.get("name")
        self._token = str(content.get("token") or self._token)
        if kind == "stop":
            self._worker.stop()
        elif kind == "asked":
            control = next((one for one in self.asked() if one.name == name and one.kind != "kept"), None)
            if control is not None:
                self.set(**{control.name: control.read(content.get("value"))})
        elif kind == "act" and name in {act.name for act in self._buttons()}:
            self._say("done", str(getattr(self, name)() or ""))

    def renew(self, said: str = "") -> None:
        """The data behind the board changed: answer anew."""
        self._edition += 1
        self._turn(self.state, said=said)

    def _turn(self, state: StateT, *, said: str = "") -> None:
        self.state = state
        if self._head is None:
            return
        self._put_state()
        self._pages.put(busy=True)
        self._more.put(busy=True)
        self._said = said
        self._say("working", tr("Working …"))
        edition = self._edition
        self._worker.ask((state, edition), lambda tell: self._answered(state, tell))

    def _answered(self, state: StateT, tell: Tell) -> tuple[View, list[Block]]:
        key = (state, self._edition)
        if key not in self._answers:
            with speak(self._language):
                view = self.answer(state, tell)
                tell(tr("Drawing …"))
                blocks = self._all_blocks(view)
            self._answers[key] = (view, blocks)
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return self._answers[key]

    def _all_blocks(self, view: View) -> list[Block]:
        blocks = [answer_block(view)]
        if view.facts:
            blocks.append(facts_block(view))
        blocks += self.blocks(view)
        if view.notes:
            blocks.append(notes_block(view.notes))
        if view.results:
            blocks.append(method_block(list(view.results.values())))
        return blocks

    def _done(self, asked: tuple[StateT, int], outcome: Outcome) -> None:
        state, _ = asked
        with speak(self._language):
            if outcome.stopped:
                self._stopped()
            elif outcome.error is not None:
                self._say("fault", self._sentence(outcome.error))
            else:
                view, blocks = outcome.value
                self._put(view, blocks)
                self._shown = state
                self._say("done", self._said or _took(outcome.seconds))
        self._pages.put(busy=False)
        self._more.put(busy=False)

    def _put(self, view: View, blocks: list[Block]) -> None:
        """Show an answer: where there are widgets, the words above them and the tables below."""
        if self._at_stage == blocks:
            return
        self._at_stage = blocks
        before, widgets = self._staged.children, list(self.stage(view))
        above = (
            len([block for block in blocks if block["kind"] in {"answer", "facts"}])
            if widgets or self.between
            else len(blocks)
        )
        self._pages.put(blocks=blocks[:above])
        self._staged.children = widgets
        self._more.put(blocks=blocks[above:])
        for old in before:
            old.close()

    def _stopped(self) -> None:
        if self._shown is None:
            self._say("done", tr("Stopped. Nothing is shown yet; change something to begin again."))
            return
        self.state = self._shown
        self._put_state()
        self._say("done", tr("Stopped. Controls and answer are those from before."))

    def _put_state(self) -> None:
        if self._head is None:
            return
        controls = self._controls()
        fresh = {} if controls == self._head.held["asked"] else {"asked": controls}
        self._head.put(**fresh, state=plain(self.state, self.asked()), heard=self._token)

    def _sentence(self, error: Exception) -> str:
        labels = {one.name: one.label for one in self.asked()}
        return _sentence(error, {**labels, **{name: labels[field] for name, field in self.called.items()}})

    def _say(self, kind: str, sentence: str, share: float | None = None) -> None:
        self._head.put(status={"kind": kind, "text": sentence, "share": share})

    def _tell(self, sentence: str = "", share: float | None = None) -> None:
        if sentence:
            self._say("working", sentence, share)


def _took(seconds: float) -> str:
    return (
        tr("Up to date ({seconds:.1f} s).").format(seconds=seconds) if seconds >= 0.05 else tr("Up to date.")
    )


def _sentence(error: Exception, labels: Mapping[str, str]) -> str:
    """Plain sentences for what went wrong: without the name of a call, and controls called as on the screen."""
    if isinstance(error, IlpError):
        text = re.sub(r"\A[\w.]+:\n", "", str(error))
        text = re.sub(r"^  - ", "", text, flags=re.MULTILINE)
        for name, label in labels.items():
            # a name of one word may be a word of the sentence: it is the control only where a fault names a setting
            follows = r"(?==|\b)" if "_" in name else r"(?==| must\b)"
            text = re.sub(rf"\b{re.escape(name)}{follows}", lambda _, label=label: f"“{label}”", text)  # type: ignore[misc]
        return text
    if isinstance(error, MemoryError):
        return tr(
            "This computer has not enough memory for that; choose a smaller area, a shorter period or larger cells."
        )
    return tr(
        "Something unexpected went wrong ({kind}: {error}). The answer below is the one from before."
    ).format(kind=type(error).__name__, error=error)
