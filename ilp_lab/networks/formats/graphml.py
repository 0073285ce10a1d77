"""GraphML: every column a key with its type; parallel links, direction and positions stay."""

from __future__ import annotations

from typing import Any

from ilp_lab.errors import ReadError
from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.losses import CHANGED, LOST, Losses
from ilp_lab.networks.formats.neutral import Graph, Row, Sheet
from ilp_lab.networks.formats.values import as_text, from_text, writable
from ilp_lab.networks.formats.xmltext import OURS, escaped, local, parsed, tag

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_TYPES = {values.INT: "long", values.FLOAT: "double", values.BOOLEAN: "boolean"}
_HOLDS = {
    "int": values.INT, "long": values.INT, "float": values.FLOAT, "double": values.FLOAT, "boolean": values.BOOLEAN,
}  # fmt: skip
_ENDS = ("source", "target", "entity_id")


def write(graph: Graph, losses: Losses) -> bytes:
    """The chart as GraphML."""
    keys: list[str] = []
    ids: dict[tuple[str, str], str] = {}
    for scope, sheet in (("node", graph.entities), ("edge", graph.links)):
        for name, kind in sheet.columns.items():
            if name not in _ENDS:
                ids[scope, name] = f"d{len(ids)}"
                keys.append(_key(ids[scope, name], scope, writable(name, losses, "names of columns"), kind))
    for axis in "xy" if graph.positions else "":
        ids["place", axis] = f"d{len(ids)}"
        keys.append(_key(ids["place", axis], "node", f"position_{axis}", values.FLOAT))
    names = unique_names(graph, losses)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<graphml xmlns="{NAMESPACE}" xmlns:ilp="{OURS}">',
        *keys,
        f'<graph id="chart" edgedefault="directed" ilp:handling="{escaped(graph.handling)}">',
    ]
    for row in graph.entities.rows:
        data = _data(row, graph.entities, "node", ids, losses)
        at = graph.positions.get(row["entity_id"])
        if at:
            data += [
                f'<data key="{ids["place", axis]}">{value!r}</data>'
                for axis, value in zip("xy", at, strict=True)
            ]
        lines.append(tag("node", *data, id=names[row["entity_id"]]))
    for number, row in enumerate(graph.links.rows):
        one_way = "false" if row.get("directed") is False else None
        data = _data(row, graph.links, "edge", ids, losses)
        ends = {"source": names[row["source"]], "target": names[row["target"]]}
        lines.append(tag("edge", *data, id=f"e{number}", directed=one_way, **ends))
    return "\n".join([*lines, "</graph>", "</graphml>", ""]).encode()


def unique_names(graph: Graph, losses: Losses) -> dict[str, str]:
    """Identifiers as the file can write them; two that would become one are told apart."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for row in graph.entities.rows:
        name = clean = writable(row["entity_id"], losses, "entity_id")
        while clean in taken:
            clean += "_"
        if clean != name:
            losses.add(CHANGED, "identifiers that became the same were told apart")
        taken.add(clean)
        out[row["entity_id"]] = clean
    return out


def _key(key: str, scope: str, name: str, kind: str) -> str:
    more = f' ilp:holds="{escaped(kind)}"'
    return f'<key id="{key}" for="{scope}" attr.name="{escaped(name)}" attr.type="{_TYPES.get(kind, "string")}"{more}/>'


def _data(row: Row, sheet: Sheet, scope: str, ids: dict[tuple[str, str], str], losses: Losses) -> list[str]:
    return [
        f'<data key="{ids[scope, name]}">{escaped(writable(as_text(value, sheet.columns[name], losses, name), losses, name))}</data>'
        for name, value in row.items()
        if name not in _ENDS
    ]


def read(content: bytes, name: str, caller: str, losses: Losses) -> Graph:
    """The chart of a GraphML file, whoever wrote it."""
    root = parsed(content, name, caller)
    if local(root) != "graphml":
        raise ReadError(f"{caller}: {name} is not GraphML inside (its root is <{local(root)}>).")
    keys: dict[str, tuple[str, str]] = {}
    defaults: dict[str, list[tuple[str, Any]]] = {"node": [], "edge": []}
    ours = False
    for key in (child for child in root.iter() if local(child) == "key"):
        held = key.get(f"{{{OURS}}}holds")
        ours |= held is not None
        kind = held or _HOLDS.get(key.get("attr.type", ""), values.TEXT)
        keys[key.get("id", "")] = (key.get("attr.name") or key.get("id", ""), kind)
        for child in key:
            if local(child) == "default" and child.text:
                scopes = [key.get("for")] if key.get("for") in defaults else list(defaults)
                for scope in scopes:
                    defaults[str(scope)].append((key.get("id", ""), child.text))
    graph = Graph(ours=ours)
    for element in root.iter():
        what = local(element)
        if what == "graph":
            _graph_of(element, graph)
        elif what == "node":
            _node(element, keys, defaults["node"], graph, losses)
        elif what == "edge":
            _edge(element, keys, defaults["edge"], graph, losses)
        elif what in ("hyperedge", "port"):
            losses.add(LOST, f"elements <{what}>")
    return graph


def _graph_of(element: Any, graph: Graph) -> None:
    graph.handling = element.get(f"{{{OURS}}}handling", graph.handling)
    for edge in element:
        if (
            local(edge) == "edge"
            and edge.get("directed") is None
            and element.get("edgedefault") == "undirected"
        ):
            edge.set("directed", "false")


def _node(
    element: Any,
    keys: dict[str, tuple[str, str]],
    defaults: list[tuple[str, Any]],
    graph: Graph,
    losses: Losses,
) -> None:
    row = _facts(element, keys, defaults, graph.entities, losses)
    row["entity_id"] = element.get("id", "")
    x, y = (row.pop(f"position_{axis}", None) for axis in "xy")
    if isinstance(x, float) and isinstance(y, float):
        graph.positions[row["entity_id"]] = (x, y)
    if "label" not in row:
        text = next(
            (one.text for one in element.iter() if local(one) == "NodeLabel" and (one.text or "").strip()),
            None,
        )
        if text:
            row["label"] = text.strip()
    graph.entities.rows.append(row)


def _edge(
    element: Any,
    keys: dict[str, tuple[str, str]],
    defaults: list[tuple[str, Any]],
    graph: Graph,
    losses: Losses,
) -> None:
    row = _facts(element, keys, defaults, graph.links, losses)
    row["source"], row["target"] = element.get("source"), element.get("target")
    if element.get("directed") == "false" and "directed" not in row:
        row["directed"] = False
        graph.links.columns["directed"] = values.BOOLEAN
    graph.links.rows.append(row)


def _facts(
    element: Any,
    keys: dict[str, tuple[str, str]],
    defaults: list[tuple[str, Any]],
    sheet: Sheet,
    losses: Losses,
) -> Row:
    """What a node or an edge says of itself."""
    row: Row = {}
    said = [(data.get("key", ""), data) for data in element if local(data) == "data"]
    given = {key for key, _ in said}
    for key, text in defaults:
        if key not in given:
            put(row, sheet, *keys[key], text, losses)
    for key, data in said:
        if len(data):  # shapes and colours of drawing programs
            losses.add(LOST, "drawings of entities and links (shapes, colours)")
            continue
        name, kind = keys.get(key, (key, values.TEXT))
        put(row, sheet, name, kind, data.text or "", losses)
    return row


def put(row: Row, sheet: Sheet, name: str, kind: str, text: str, losses: Losses) -> None:
    """Put a value into a row in its type; one that is not what its column says stays text."""
    try:
        row[name] = from_text(text, kind)
        sheet.columns.setdefault(name, kind)
    except (ValueError, TypeError, OverflowError):
        if not text:
            return
        row[name] = text
        sheet.columns[name] = values.JSON
        losses.add(CHANGED, f"values of {name} that are no {kind.split(maxsplit=1)[0]} stay text")
