"""Two csv files, entities and links, whose headers say what each column is."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.losses import CHANGED, Losses
from ilp_lab.networks.formats.neutral import Graph, Row, Sheet
from ilp_lab.networks.formats.values import as_text, plain, writable

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {values.INT: "long", values.FLOAT: "double", values.BOOLEAN: "boolean", values.DATE: "date"}
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
NODES, LINKS = ".nodes.csv", ".links.csv"


def write(graph: Graph, losses: Losses) -> tuple[bytes, bytes]:
    """Both files: entities, links."""
    for row in graph.entities.rows:
        at = graph.positions.get(row["entity_id"])
        if at:
            row["x"], row["y"] = at
            graph.entities.columns.update(x=values.FLOAT, y=values.FLOAT)
    heads = {"entity_id": "entity_id:ID", "kind": "kind:LABEL"}
    nodes = _table(graph.entities, ["entity_id", "kind"], heads, losses)
    ends = {"source": ":START_ID", "target": ":END_ID", "kind": ":TYPE"}
    return nodes, _table(graph.links, ["source", "target", "kind"], ends, losses)


def _table(sheet: Sheet, first: list[str], heads: dict[str, str], losses: Losses) -> bytes:
    names = [*first, *(name for name in sheet.columns if name not in first)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    types = {name: _type(name, sheet, losses) for name in names}
    writer.writerow([heads.get(name) or f"{_head(name, losses)}:{types[name]}" for name in names])
    for row in sheet.rows:
        writer.writerow([_cell(row, name, sheet, types[name], losses) for name in names])
    return stream.getvalue().encode("utf-8")


def _head(name: str, losses: Losses) -> str:
    clean = writable(name, losses, "names of columns").replace("\n", " ").replace("\r", " ")
    if ":" in clean or clean != name:
        losses.add(CHANGED, "names of columns with a colon or a line end")
    return clean.replace(":", " ")


def _type(name: str, sheet: Sheet, losses: Losses) -> str:
    kind = sheet.columns.get(name, values.TEXT)
    if kind.startswith(values.TIME):
        zone = kind.removeprefix(values.TIME).strip()
        if zone and zone != "UTC":
            losses.add(CHANGED, f"times of {name} keep their moment, not the name of their zone ({zone})")
        return "datetime" if zone else "localdatetime"
    if kind == values.JSON:
        cells = [row[name] for row in sheet.rows if name in row]
        if all(
            isinstance(cell, list)
            and cell
            and all(
                isinstance(one, str) and one and not set(";\r") & set(one) and one == one.strip()
                for one in cell
            )
            for cell in cells
        ):
            return "string[]"
        losses.add(CHANGED, f"lists and mappings in {name} became text (JSON)", len(cells))
    return _TYPES.get(kind, "string")


def _cell(row: Row, name: str, sheet: Sheet, kind: str, losses: Losses) -> str:
    if name not in row:
        return ""
    if kind == "string[]":
        return _guarded(";".join(writable(one, losses, name) for one in row[name]))
    text = writable(as_text(row[name], sheet.columns.get(name, values.TEXT), losses, name), losses, name)
    if "\r" in text:
        losses.add(CHANGED, f"line ends in {name}")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (kind == "string" and text.strip() != text) or text in (
        "NULL",
        "null",
        "NaN",
        "nan",
        "N/A",
        "#N/A",
        "",
    ):
        losses.add(CHANGED, f"texts in {name} that are empty, have blanks at their ends or read as nothing")
    return _guarded(text) if kind == "string" else text


def _guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; reading takes the guard away again."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def paths_of(path: Path) -> tuple[Path, Path]:
    """The two files that belong to a name."""
    stem = path.name
    for ending in (NODES, LINKS, ".csv"):
        if stem.endswith(ending):
            stem = stem.removesuffix(ending)
            break
    return path.with_name(stem + NODES), path.with_name(stem + LINKS)


def read(path: Path, losses: Losses) -> Graph:
    """The chart of both files."""
    from ilp_lab.intake.graphtables import read_graph_csv

    links, entities, quality = read_graph_csv(paths_of(path))
    for note in quality.notes[1:]:
        losses.note(note)
    losses.note(quality.explain().splitlines()[0])
    graph = Graph(ours=True)
    leave = {"source_file", "source_row", "labels"}
    graph.links, graph.entities = (_sheet(frame, leave) for frame in (links, entities))
    for row in graph.entities.rows:
        at = (row.pop("x", None), row.pop("y", None))
        if isinstance(at[0], float) and isinstance(at[1], float):
            graph.positions[row["entity_id"]] = (at[0], at[1])
    return graph


def _sheet(frame: pd.DataFrame, leave: set[str]) -> Sheet:
    names = [name for name in frame.columns if name not in leave]
    rows: list[dict[str, Any]] = []
    for record in frame[names].astype(object).to_dict("records"):
        made = {str(name): plain(value) for name, value in record.items()}
        rows.append({name: value for name, value in made.items() if value is not None})
    kinds = {name: values.holds(row[name] for row in rows if name in row) for name in map(str, names)}
    return Sheet(rows, kinds)
