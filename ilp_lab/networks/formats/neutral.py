"""A chart between formats: rows of plain values, and what each column holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ilp_lab.intake.graphtables import KINDS as WORDS
from ilp_lab.intake.roles import plain as bare
from ilp_lab.networks.building import CATEGORIES, KINDS, chart
from ilp_lab.networks.formats import written
from ilp_lab.networks.formats.losses import CHANGED, LOST, Losses
from ilp_lab.networks.formats.values import TEXT, holds, plain
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
STRENGTH_WORDS = ("weight", "value", "count")
KIND_WORDS = ("type", "relation", "relationship", "label")


@dataclass
class Sheet:
    """Rows without missing values, and what each column holds."""

    rows: list[Row] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


@dataclass
class Graph:
    """A chart as formats see it.

    Attributes
    ----------
    entities, links
        Rows have at least ``entity_id``; ``source`` and ``target``.
    positions
        ``entity_id`` → (x, y).
    handling
        Code of the whole.
    ours
        Whether a reader found that this library wrote the file, so that nothing has to be guessed.
    """

    entities: Sheet = field(default_factory=Sheet)
    links: Sheet = field(default_factory=Sheet)
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    handling: str = ""
    ours: bool = False


def packed(made: LinkChart, leave: Collection[str], losses: Losses) -> Graph:
    """The chart as rows; columns in ``leave`` stay out."""
    graph = Graph(_sheet(made.entities, leave), _sheet(made.links, leave), handling=made.handling)
    if made.positions is not None:
        known = set(made.entities["entity_id"])
        graph.positions = {
            str(name): (float(x), float(y))
            for name, x, y in zip(made.positions.index, made.positions["x"], made.positions["y"], strict=True)
            if name in known
        }
    written.put_on(graph, made, leave, losses)
    for what, n in (
        ("steps that made the chart", len(made.steps)),
        ("rows that were left out of the chart", sum(made.left_out.values())),
    ):
        losses.add(LOST, what, n)
    return graph


def _sheet(frame: pd.DataFrame, leave: Collection[str]) -> Sheet:
    columns: dict[str, list[Any]] = {}
    kinds: dict[str, str] = {}
    for name in frame.columns:
        if name in leave:
            continue
        values = [plain(value) for value in frame[name].tolist()]
        if any(value is not None for value in values):
            columns[str(name)] = values
            kinds[str(name)] = holds(value for value in values if value is not None)
    rows: list[Row] = [{} for _ in range(len(frame))]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                row[name] = value
    return Sheet(rows, kinds)


def unpacked(graph: Graph, losses: Losses, *, handling: str | None, origin: str) -> LinkChart:
    """The chart of the rows; what other programs call things is brought into the words of a chart."""
    if not graph.ours:
        _translated(graph, losses)
    links, entities = _frame(graph.links, ("source", "target")), _frame(graph.entities, ("entity_id",))
    _kinds(entities, losses)
    _categories(entities, losses)
    marked = [
        mark(frame, handling=handling or graph.handling or None, origin=origin) for frame in (links, entities)
    ]
    made = chart(marked[0], marked[1])
    if graph.positions:
        known = set(made.entities["entity_id"])
        made = made.place({name: at for name, at in graph.positions.items() if name in known})
    return written.taken_off(made, losses)


def _frame(sheet: Sheet, needed: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    names = dict.fromkeys([*needed, *(name for row in sheet.rows for name in row)])
    columns = {name: [row.get(name) for row in sheet.rows] for name in names}
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    for name in frame.columns:
        kind = sheet.columns.get(name, TEXT)
        if kind in ("int", "float", "boolean", "text") or kind.startswith("time"):
            frame[name] = _typed(frame[name], kind)
    return frame


def _typed(column: pd.Series, kind: str) -> pd.Series:
    """A column in the type it holds, where its values allow it."""
    import pandas as pd

    try:
        if kind == "int":
            return column.astype("Int64")
        if kind == "float":
            return column.astype("float64")
        if kind == "boolean":
            return column.astype("boolean")
        if kind.startswith("time"):
            return pd.to_datetime(column, utc=len({getattr(v, "tzinfo", None) for v in column.dropna()}) > 1)
        return column.astype("str").where(column.notna())
    except (TypeError, ValueError, OverflowError):
        return column


def _translated(graph: Graph, losses: Losses) -> None:
    """Columns of other programs under the names that a chart knows."""
    links = {name.casefold(): name for row in graph.links.rows for name in row}
    for wanted, words in (("kind", KIND_WORDS), ("strength", STRENGTH_WORDS)):
        found = next((links[word] for word in words if word in links), None)
        if wanted in links or found is None:
            continue
        _rename(graph.links, found, wanted)
        losses.note(
            f"{found!r} of the links was taken as their {wanted}{' (more means closer)' if wanted == 'strength' else ''}."
        )
    things = {name.casefold(): name for row in graph.entities.rows for name in row}
    for wanted, words in (
        ("kind", ("type", "labels", "class", "entity_type")),
        ("label", ("name", "title", "caption")),
    ):
        found = next((things[word] for word in words if word in things), None)
        if wanted not in things and found is not None:
            _rename(graph.entities, found, wanted)
            losses.note(f"{found!r} of the entities was taken as their {wanted}.")


def _rename(sheet: Sheet, old: str, new: str) -> None:
    for row in sheet.rows:
        if old in row:
            row[new] = row.pop(old)
    sheet.columns[new] = sheet.columns.pop(old, TEXT)


def _kinds(entities: pd.DataFrame, losses: Losses) -> None:
    """Kinds in the words of a chart; what they were called stays beside."""
    if "kind" not in entities:
        return
    given = entities["kind"].astype("str").where(entities["kind"].notna())
    known = given.map(
        lambda word: word if word in KINDS else WORDS.get(bare(word), "unknown"), na_action="ignore"
    )
    other = given.notna() & ~given.isin(KINDS)
    if other.any():
        entities["kind_in_file"] = given.where(other)
        losses.add(
            CHANGED,
            "kinds of entities put into a chart's words (the file's stay in kind_in_file)",
            int(other.sum()),
        )
    entities["kind"] = known


def _categories(entities: pd.DataFrame, losses: Losses) -> None:
    """A category that a chart does not know is kept beside and not used."""
    if "category" not in entities:
        return
    parts = entities["category"].dropna().astype("str")
    fine = parts.map(lambda text: all(one.strip().casefold() in CATEGORIES for one in text.split(";")))
    odd = fine.index[~fine.to_numpy(dtype=bool)]
    if len(odd):
        entities["category_in_file"] = entities["category"].where(entities.index.isin(odd))
        entities["category"] = entities["category"].where(~entities.index.isin(odd))
        losses.add(CHANGED, "categories that a chart does not know (they stay in category_in_file)", len(odd))
