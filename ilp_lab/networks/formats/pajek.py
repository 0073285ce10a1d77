"""Pajek's .net and .paj files, read: vertices, arcs, edges, lists of both, and matrices."""

from __future__ import annotations

import re
from typing import Any

from ilp_lab.errors import ReadError
from ilp_lab.intake.layout import single_byte_encoding
from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.losses import LOST, Losses
from ilp_lab.networks.formats.neutral import Graph, Row

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_SECTIONS = (
    "vertices",
    "arcs",
    "edges",
    "arcslist",
    "edgeslist",
    "matrix",
    "network",
    "partition",
    "vector",
    "permutation",
    "cluster",
)


def read(content: bytes, name: str, caller: str, losses: Losses) -> Graph:
    """The chart of a Pajek file; of several networks the first."""
    text = _text(content)
    graph = Graph()
    names: dict[int, str] = {}
    section, networks, row_of_matrix, relation = "", 0, 0, ""
    first_mode = 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("%"):
            continue
        if bare.startswith("*"):
            section, _, rest = bare[1:].partition(" ")
            section = section.casefold().rstrip(":")
            relation = _relation(bare)
            row_of_matrix = 0
            if section == "vertices":
                networks += 1
                first_mode = _sizes(rest, name, number, caller, graph, names) if networks == 1 else first_mode
            if section not in _SECTIONS or section in ("partition", "vector", "permutation", "cluster"):
                losses.add(LOST, f"section *{section}")
            continue
        if networks > 1:
            losses.add(LOST, "lines of further networks in the file")
            continue
        try:
            if section == "vertices":
                _vertex(bare, names, graph, losses)
            elif section in ("arcs", "edges", "arcslist", "edgeslist"):
                _ties(bare, section, relation, names, graph, losses)
            elif section == "matrix":
                row_of_matrix += 1
                _matrix_row(bare, row_of_matrix, first_mode, names, graph)
        except (ValueError, KeyError, IndexError) as error:
            raise ReadError(
                f"{caller}: line {number} of {name} cannot be read as part of *{section} ({line.strip()[:60]!r})."
            ) from error
    if not names:
        raise ReadError(f"{caller}: {name} has no *Vertices, so it is not a Pajek network.")
    _labelled(graph, names, first_mode, losses)
    return graph


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(single_byte_encoding(content[:200_000]), errors="replace")


def _relation(header: str) -> str:
    found = re.search(r':\s*\d+\s*"([^"]*)"', header)
    return found[1] if found else ""


def _sizes(rest: str, name: str, number: int, caller: str, graph: Graph, names: dict[int, str]) -> int:
    numbers = [int(word) for word in rest.split() if word.isdigit()]
    if not numbers or numbers[0] > 20_000_000:
        raise ReadError(f"{caller}: line {number} of {name} does not say how many vertices there are.")
    for at in range(1, numbers[0] + 1):
        names[at] = str(at)
        graph.entities.rows.append({"entity_id": str(at)})
    return numbers[1] if len(numbers) > 1 else 0


def _tokens(line: str) -> list[str]:
    return [quoted or bare for quoted, bare in _TOKEN.findall(line)]


def _vertex(line: str, names: dict[int, str], graph: Graph, losses: Losses) -> None:
    words = _tokens(line)
    at = int(words[0])
    row = graph.entities.rows[at - 1]
    if len(words) > 1:
        row["label"] = words[1]
    try:
        graph.positions[names[at]] = (float(words[2]), float(words[3]))
        rest = words[4:]
    except (IndexError, ValueError):
        rest = words[2:]
    if any(not _number(word) for word in rest):
        losses.add(LOST, "shapes and colours of vertices")


def _ties(
    line: str, section: str, relation: str, names: dict[int, str], graph: Graph, losses: Losses
) -> None:
    words = _tokens(line)
    one_way = section.startswith("arcs")
    if section.endswith("list"):
        pairs: list[tuple[str, str, float | None]] = [(words[0], other, None) for other in words[1:]]
        rest: list[str] = []
    else:
        pairs = [(words[0], words[1], float(words[2]) if len(words) > 2 and _number(words[2]) else None)]
        rest = words[3:]
    if rest:
        losses.add(LOST, "colours, widths and labels of lines")
    for source, target, weight in pairs:
        row: Row = {"source": names[abs(int(source))], "target": names[abs(int(target))]}
        if relation:
            row["kind"] = relation
            graph.links.columns["kind"] = values.TEXT
        if weight is not None:
            row["strength"] = weight
            graph.links.columns["strength"] = values.FLOAT
        if not one_way:
            row["directed"] = False
            graph.links.columns["directed"] = values.BOOLEAN
        graph.links.rows.append(row)


def _matrix_row(line: str, row: int, first_mode: int, names: dict[int, str], graph: Graph) -> None:
    for column, word in enumerate(line.split(), 1):
        weight = float(word)
        if weight:
            target = names[first_mode + column] if first_mode else names[column]
            graph.links.rows.append({"source": names[row], "target": target, "strength": weight})
            graph.links.columns["strength"] = values.FLOAT


def _labelled(graph: Graph, names: dict[int, str], first_mode: int, losses: Losses) -> None:
    """Labels as identifiers where each stands once; vertices of the second mode are said to be of it."""
    labels = [row.get("label", row["entity_id"]) for row in graph.entities.rows]
    if len(set(labels)) == len(labels):
        new = dict(zip((row["entity_id"] for row in graph.entities.rows), labels, strict=True))
        for row in graph.entities.rows:
            row["entity_id"] = new[row["entity_id"]]
        for tie in graph.links.rows:
            tie["source"], tie["target"] = new[tie["source"]], new[tie["target"]]
        graph.positions = {new[name]: at for name, at in graph.positions.items()}
    else:
        losses.note("Labels stand more than once, so entities are identified by their numbers.")
    if first_mode:
        for at, row in enumerate(graph.entities.rows):
            row["mode"] = 1 if at < first_mode else 2
        graph.entities.columns["mode"] = values.INT
        losses.note(
            f"Two modes: {first_mode:,} vertices of the first and {len(names) - first_mode:,} of the second (column mode)."
        )


def _number(word: Any) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
