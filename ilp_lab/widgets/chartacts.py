"""What a page may ask of a link chart, act by act: a message becomes a step of the chart, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr

if TYPE_CHECKING:
    from ilp_lab.widgets.chartdesk import Desk
    from ilp_lab.widgets.chartpictures import Picture

_LONGEST = 2_000
_FARTHEST = 1e6


def act(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    """The next desk after what a page asked for.

    Parameters
    ----------
    desk
        The present one.
    picture
        What is drawn; the page names entities and links by their rows in it.
    message
        ``do`` and what belongs to it.

    Raises
    ------
    InputError
        When there is no such act, or it does not fit the chart.
    """
    faults = Check("widgets.LinkChartWidget")
    name = str(message.get("do"))
    faults.choice(act=name, allowed=list(_ACTS))
    faults.done()
    return _ACTS[name](desk, picture, message)


def _ids(picture: Picture, message: Mapping[str, Any], *, least: int = 1) -> list[str]:
    faults = Check("widgets.LinkChartWidget")
    rows = message.get("rows")
    good = isinstance(rows, list) and all(
        isinstance(row, int) and not isinstance(row, bool) and 0 <= row < len(picture.ids) for row in rows
    )
    if not good or len(set(rows or [])) < least:
        faults.add(tr("choose an entity first.") if least == 1 else tr("choose two entities first."))
    faults.done()
    assert isinstance(rows, list)  # noqa: S101
    return [str(picture.ids[row]) for row in dict.fromkeys(rows)]


def _text(message: Mapping[str, Any]) -> str:
    return str(message.get("text") or "").strip()[:_LONGEST]


def _hide(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    if message.get("kind") is not None:
        return desk.step("hide", kind=str(message["kind"]))
    return desk.step("hide", entity_ids=_ids(picture, message))


def _show(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    return (
        desk.step("show")
        if message.get("rows") is None
        else desk.step("show", entity_ids=_ids(picture, message))
    )


def _place(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    """Put one entity somewhere and pin it; the places of all others are written down first, where one line can say them."""
    name = _ids(picture, message)[0]
    at = message.get("at")
    faults = Check("widgets.LinkChartWidget")
    good = isinstance(at, list) and len(at) == 2
    if not good or not all(isinstance(one, int | float) and abs(one) < _FARTHEST for one in at or []):
        faults.add(tr("a place is two numbers."))
    faults.done()
    assert isinstance(at, list)  # noqa: S101
    before, line = desk, ""
    if desk.chart.positions is None and desk.chart is picture.chart and not picture.drawn.groups.closed:
        desk = desk.step("arrange", rng=7)
        line = desk.line + "\n"
    placed = desk.step("place", positions={name: (float(at[0]), float(at[1]))}, pinned=True)
    return replace(placed, line=line + placed.line, before=before)


def _unpin(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    return desk.step("unpin", entity_ids=_ids(picture, message))


def _note(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    link = message.get("link")
    if isinstance(link, int) and 0 <= link < len(picture.numbers):
        return desk.step("add_note", text=_text(message), link=int(picture.numbers[link]))
    return desk.step("add_note", text=_text(message), entity_id=_ids(picture, message)[0])


def _frame(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    return desk.step("annotate", text=_text(message), around=_ids(picture, message))


def _group(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    if message.get("by") is not None:
        return desk.step("group", by=str(message["by"]))
    ids = _ids(picture, message)
    faults = Check("widgets.LinkChartWidget")
    if not _text(message):
        faults.add(tr("a group needs a name."))
    faults.done()
    on_chart = set(desk.chart.entities["entity_id"])
    before = {name: group for name, group in desk.chart.groups.items() if name in on_chart}
    return desk.step("group", by={**before, **dict.fromkeys(ids, _text(message))})


def _expand(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    return desk.step("expand", entity_id=_ids(picture, message)[0])


def _around(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    return desk.step("neighbourhood", entity_id=_ids(picture, message)[0], steps=message.get("steps", 1))


def _keep(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    return desk.step("keep", entity_ids=_ids(picture, message))


def _arrange(desk: Desk, _picture: Picture, _message: Mapping[str, Any]) -> Desk:
    return desk.step("arrange", again=True, rng=7)


def _filter(desk: Desk, _picture: Picture, message: Mapping[str, Any]) -> Desk:
    tests = message.get("tests")
    faults = Check("widgets.LinkChartWidget")
    if not isinstance(tests, dict):
        faults.add(tr("say what to filter by."))
    faults.done()
    return desk.filter(dict(tests or {}))


def _size(desk: Desk, _picture: Picture, message: Mapping[str, Any]) -> Desk:
    column = message.get("column")
    return desk.size(None if column is None else str(column))


def _way(desk: Desk, picture: Picture, message: Mapping[str, Any]) -> Desk:
    source, target = _ids(picture, message, least=2)[:2]
    return desk.find_way(source, target)


_ACTS: dict[str, Callable[[Desk, Picture, Mapping[str, Any]], Desk]] = {
    "arrange": _arrange,
    "around": _around,
    "expand": _expand,
    "filter": _filter,
    "frame": _frame,
    "group": _group,
    "hide": _hide,
    "keep": _keep,
    "note": _note,
    "place": _place,
    "show": _show,
    "size": _size,
    "unpin": _unpin,
    "way": _way,
}
