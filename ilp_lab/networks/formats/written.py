"""What people put on a chart, as columns that every format can carry: notes, frames, what is hidden, groups, pins."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.losses import LOST, Losses

if TYPE_CHECKING:
    from ilp_lab.networks.formats.neutral import Graph, Row, Sheet
    from ilp_lab.networks.linkchart import LinkChart

NOTES, FRAMES, HIDDEN, GROUP, PINNED = (
    "chart_notes", "chart_frames", "chart_hidden", "chart_group", "chart_pinned",
)  # fmt: skip
FREE_TEXT = ("notes", "frames")  # may name persons and sources, whatever the columns are


def free_texts(made: LinkChart) -> tuple[str, ...]:
    """Which kinds of free text a chart bears."""
    return tuple(name for name, there in zip(FREE_TEXT, (made.notes, made.annotations), strict=True) if there)


def put_on(graph: Graph, made: LinkChart, leave: Collection[str], losses: Losses) -> None:
    """Write what people put on the chart into columns of its rows."""
    things: dict[Any, Row] = {row["entity_id"]: row for row in graph.entities.rows}
    ties: dict[Any, Row] = dict(zip(made.links.index.tolist(), graph.links.rows, strict=True))
    said: dict[str, list[tuple[Any, Any]]] = {NOTES: [], FRAMES: [], HIDDEN: [], GROUP: [], PINNED: []}
    of_links: list[tuple[Any, Any]] = []
    if "notes" not in leave:
        for number, note in enumerate(made.notes):
            known = said[NOTES] if note.link is None else of_links
            known.append((note.entity_id if note.link is None else note.link, [number, note.text]))
    if "frames" not in leave:
        for number, frame in enumerate(made.annotations):
            said[FRAMES] += [
                (name, [number, place, frame.text]) for place, name in enumerate(frame.entity_ids)
            ]
    said[HIDDEN] = [(name, True) for name in sorted(made.hidden)]
    said[GROUP] = list(made.groups.items())
    if made.positions is not None:
        said[PINNED] = [(name, True) for name in made.positions.index[made.positions["pinned"].astype(bool)]]
    for column, items in said.items():
        _column(graph.entities, things, column, items, losses)
    _column(graph.links, ties, NOTES, of_links, losses)


def _column(
    sheet: Sheet, rows: dict[Any, Row], column: str, items: Iterable[tuple[Any, Any]], losses: Losses
) -> None:
    items = list(items)
    if not items:
        return
    if column in sheet.columns:
        losses.add(
            LOST, f"what was put on the chart where the table has a column {column} of its own", len(items)
        )
        return
    there = [(rows[key], value) for key, value in items if key in rows]
    losses.add(LOST, "notes, frames and marks of what is no longer on the chart", len(items) - len(there))
    if column in (NOTES, FRAMES):
        lists: dict[int, tuple[Row, list[Any]]] = {}
        for row, value in there:
            lists.setdefault(id(row), (row, []))[1].append(value)
        for row, held in lists.values():
            row[column] = _json(held)
    else:
        for row, value in there:
            row[column] = value
    if there:
        sheet.columns[column] = values.BOOLEAN if column in (HIDDEN, PINNED) else values.TEXT


def _json(held: list[Any]) -> str:
    """As JSON that people can read, with the letters that XML has no way to write as their codes."""
    text = json.dumps(held, ensure_ascii=False)
    return values.UNWRITABLE.sub(lambda letter: f"\\u{ord(letter.group()):04x}", text.replace("\r", "\\r"))


def taken_off(made: LinkChart, losses: Losses) -> LinkChart:
    """A chart that was read, with the columns of what people had put on it turned into steps again."""
    held = {name: _cells(made.entities, name, "entity_id") for name in (NOTES, FRAMES, HIDDEN, GROUP, PINNED)}
    of_links = _cells(made.links, NOTES, None)
    notes: list[tuple[int, str, dict[str, Any]]] = []
    frames: dict[int, tuple[str, list[tuple[int, str]]]] = {}
    for about, cells in (("entity_id", held[NOTES]), ("link", of_links)):
        for key, text in cells:
            notes += [(number, said, {about: key}) for number, said in _read(text, 2, losses)]
    for key, text in held[FRAMES]:
        for number, place, said in _read(text, 3, losses):
            frames.setdefault(number, (said, []))[1].append((place, key))
    made = replace(
        made,
        entities=made.entities.drop(columns=[name for name, cells in held.items() if cells]),
        links=made.links.drop(columns=[NOTES] if of_links else []),
    )
    groups = {key: str(value) for key, value in held[GROUP]}
    hidden, pinned = ([key for key, value in held[name] if _true(value)] for name in (HIDDEN, PINNED))
    made = made.group(groups) if groups else made
    made = made.pin(pinned) if pinned and made.positions is not None else made
    made = made.hide(hidden) if hidden else made
    for _, (said, members) in sorted(frames.items()):
        made = made.annotate(said, around=[key for _, key in sorted(members)])
    for _, words, target in sorted(notes, key=lambda note: note[0]):
        made = made.add_note(words, **target)
    return made


def _cells(frame: Any, column: str, key: str | None) -> list[tuple[Any, Any]]:
    if column not in frame:
        return []
    some = frame[frame[column].notna()]
    return list(zip((some.index if key is None else some[key]).tolist(), some[column].tolist(), strict=True))


def _read(text: Any, length: int, losses: Losses) -> list[list[Any]]:
    """The lists of a cell; what another program made of it and is none any more is counted."""
    try:
        found = json.loads(text) if isinstance(text, str) else text
        good = [
            one
            for one in found
            if isinstance(one, list) and len(one) == length and all(isinstance(n, int) for n in one[:-1])
            and isinstance(one[-1], str) and one[-1].strip()
        ]  # fmt: skip
    except (ValueError, TypeError):
        good, found = [], [text]
    losses.add(LOST, "notes and frames that cannot be read any more", len(found) - len(good))
    return good


def _true(value: Any) -> bool:
    return value is True or str(value).strip().casefold() in ("true", "1")
