"""Asking: a question that is answered by choosing, as widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

WIDE = {"width": "auto", "max_width": "46rem"}


def choices_widget(
    question: str, choices: Sequence[str], *, several: bool, answer: Callable[[Any], str], name: str = ""
) -> Any:
    """A question with its choices and a button; ``answer`` gets what was chosen and gives back a page to show.

    Examples
    --------
    >>> panel = choices_widget("Which?", ["a", "b"], several=False, answer=lambda chosen: f"<p>{chosen}</p>")
    >>> len(panel.children)
    4
    """
    import ipywidgets as widgets

    picks = pick_list(choices, several=several)
    button = widgets.Button(description="Check my answer", layout=widgets.Layout(width="12rem"))
    told = widgets.HTML()

    def clicked(_: Any) -> None:
        chosen = chosen_in(picks)
        try:
            told.value = (
                answer(chosen) if chosen else '<p role="status">Choose something, then check your answer.</p>'
            )
        except Exception as error:  # noqa: BLE001  (a widget would swallow it)
            told.value = f'<p role="alert">{escape(str(error))}</p>'

    button.on_click(clicked)
    panel = widgets.VBox(
        [
            widgets.HTML(f"<p style='max-width:46rem'><strong>{escape(question)}</strong></p>"),
            picks,
            button,
            told,
        ]
    )
    if name:
        panel.add_class(f"ilp-{name}")
    return panel


def pick_list(choices: Sequence[str], *, several: bool) -> Any:
    """Radio buttons, or boxes to tick where several may be right."""
    import ipywidgets as widgets

    if several:
        boxes = [
            widgets.Checkbox(value=False, description=choice, indent=False, layout=widgets.Layout(**WIDE))
            for choice in choices
        ]
        return widgets.VBox(boxes)
    return widgets.RadioButtons(options=list(choices), value=None, layout=widgets.Layout(**WIDE))


def chosen_in(picks: Any) -> Any:
    """What was chosen: a text, a list of texts, or nothing."""
    if hasattr(picks, "children"):
        return [box.description for box in picks.children if box.value]
    return picks.value


def sheet_widget(
    items: Sequence[Mapping[str, Any]], hand_in: Callable[[dict[str, str]], str], *, handed_in: str = ""
) -> Any:
    """A sheet of numbered questions that is handed in once; ``handed_in`` says what to show when it was.

    Examples
    --------
    >>> sheet = sheet_widget([{"number": "1", "question": "Which?", "choices": ["a", "b"]}], lambda answers: "1 of 1")
    >>> len(sheet.children)
    4
    """
    import ipywidgets as widgets

    told = widgets.HTML()
    if handed_in:
        told.value = f'<p role="status">Handed in. {escape(handed_in)}</p>'
        return told
    picks = {str(item["number"]): pick_list(item["choices"], several=False) for item in items}
    rows = []
    for item in items:
        number = str(item["number"])
        asks = f"<p style='max-width:46rem'><strong>{number}. {escape(str(item['question']))}</strong></p>"
        picks[number].add_class(f"ilp-test-{number}")
        rows += [widgets.HTML(asks), picks[number]]
    button = widgets.Button(description="Hand in", layout=widgets.Layout(width="12rem"))
    button.add_class("ilp-hand-in")

    def clicked(_: Any) -> None:
        try:
            said = hand_in({number: chosen_in(pick) for number, pick in picks.items() if chosen_in(pick)})
            told.value, button.disabled = f'<p role="status">{escape(said)}</p>', True
        except Exception as error:  # noqa: BLE001  (a widget would swallow it)
            told.value = f'<p role="alert">{escape(str(error))}</p>'

    button.on_click(clicked)
    return widgets.VBox([*rows, button, told])
