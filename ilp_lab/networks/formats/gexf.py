"""GEXF 1.3: what Gephi opens; attributes with their types, positions, parallel links by their identifier."""

from __future__ import annotations

from typing import Any

from ilp_lab.errors import ReadError
from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.graphml import put, unique_names
from ilp_lab.networks.formats.losses import LOST, Losses
from ilp_lab.networks.formats.neutral import Graph, Row, Sheet
from ilp_lab.networks.formats.values import as_text, writable
from ilp_lab.networks.formats.xmltext import OURS, escaped, local, parsed, tag

NAMESPACE, DRAWN = "http://gexf.net/1.3", "http://gexf.net/1.3/viz"
_TYPES = {values.INT: "long", values.FLOAT: "double", values.BOOLEAN: "boolean"}
_HOLDS = {
    "integer": values.INT, "long": values.INT, "short": values.INT, "byte": values.INT, "float": values.FLOAT, "double": values.FLOAT,
    "boolean": values.BOOLEAN,
}  # fmt: skip
_ENDS = ("source", "target", "entity_id")


def write(graph: Graph, losses: Losses) -> bytes:
    """The chart as GEXF."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<gexf xmlns="{NAMESPACE}" xmlns:viz="{DRAWN}" xmlns:ilp="{OURS}" version="1.3" ilp:handling="{escaped(graph.handling)}">',
        '<graph mode="static" defaultedgetype="directed">',
    ]
    ids: dict[tuple[str, str], str] = {}
    for scope, sheet in (("node", graph.entities), ("edge", graph.links)):
        lines.append(f'<attributes class="{scope}" mode="static">')
        for name, kind in sheet.columns.items():
            if name not in _ENDS:
                ids[scope, name] = str(sum(key[0] == scope for key in ids))
                title = escaped(writable(name, losses, "names of columns"))
                lines.append(
                    f'<attribute id="{ids[scope, name]}" title="{title}" type="{_TYPES.get(kind, "string")}" ilp:holds="{escaped(kind)}"/>'
                )
        lines.append("</attributes>")
    names = unique_names(graph, losses)
    lines.append("<nodes>")
    for row in graph.entities.rows:
        shown = writable(str(row.get("label", row["entity_id"])), losses, "label")
        parts = _values(row, graph.entities, "node", ids, losses)
        at = graph.positions.get(row["entity_id"])
        if at:
            parts.append(tag("viz:position", x=repr(at[0]), y=repr(at[1])))
        lines.append(tag("node", *parts, id=names[row["entity_id"]], label=shown))
    lines.append("</nodes><edges>")
    for number, row in enumerate(graph.links.rows):
        weight = row.get("strength")
        more = {
            "kind": writable(str(row["kind"]), losses, "kind") if "kind" in row else None,
            "weight": repr(float(weight)) if isinstance(weight, (int, float)) and weight > 0 else None,
            "type": "undirected" if row.get("directed") is False else None,
        }
        parts = _values(row, graph.links, "edge", ids, losses)
        lines.append(
            tag(
                "edge",
                *parts,
                id=f"e{number}",
                source=names[row["source"]],
                target=names[row["target"]],
                **more,
            )
        )
    return "\n".join([*lines, "</edges>", "</graph>", "</gexf>", ""]).encode()


def _values(row: Row, sheet: Sheet, scope: str, ids: dict[tuple[str, str], str], losses: Losses) -> list[str]:
    said = [
        f'<attvalue for="{ids[scope, name]}" value="{escaped(writable(as_text(value, sheet.columns[name], losses, name), losses, name))}"/>'
        for name, value in row.items()
        if name not in _ENDS
    ]
    return [f"<attvalues>{''.join(said)}</attvalues>"] if said else []


def read(content: bytes, name: str, caller: str, losses: Losses) -> Graph:
    """The chart of a GEXF file, whoever wrote it."""
    root = parsed(content, name, caller)
    if local(root) != "gexf":
        raise ReadError(f"{caller}: {name} is not GEXF inside (its root is <{local(root)}>).")
    graph = Graph(handling=root.get(f"{{{OURS}}}handling", ""))
    columns: dict[str, dict[str, tuple[str, str]]] = {"node": {}, "edge": {}}
    defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
    directed = True
    for element in root.iter():
        what = local(element)
        if what == "graph":
            directed = element.get("defaultedgetype", "undirected") == "directed"
        elif what == "attributes":
            scope = element.get("class", "node")
            for one in (child for child in element if local(child) == "attribute"):
                held = one.get(f"{{{OURS}}}holds")
                graph.ours |= held is not None
                kind = held or _HOLDS.get(one.get("type", ""), values.TEXT)
                columns[scope][one.get("id", "")] = (one.get("title") or one.get("id", ""), kind)
                text = next((child.text for child in one if local(child) == "default"), None)
                if text:
                    defaults[scope][one.get("id", "")] = text
        elif what == "node":
            _node(element, columns["node"], defaults["node"], graph, losses)
        elif what == "edge":
            _edge(element, columns["edge"], defaults["edge"], graph, losses, directed=directed)
    return graph


def _node(
    element: Any, columns: dict[str, tuple[str, str]], defaults: dict[str, str], graph: Graph, losses: Losses
) -> None:
    row = _facts(element, columns, defaults, graph.entities, losses)
    row["entity_id"] = element.get("id", "")
    if not graph.ours and element.get("label"):
        row.setdefault("label", element.get("label"))
    _moments(element, row, graph.entities, losses)
    for child in element:
        what = local(child)
        if what == "position":
            graph.positions[row["entity_id"]] = (float(child.get("x", 0)), float(child.get("y", 0)))
        elif what in ("color", "size", "shape"):
            losses.add(LOST, "colours, sizes and shapes")
        elif what in ("nodes", "parents", "parent"):
            losses.add(LOST, "which entities lie inside others")
    graph.entities.rows.append(row)


def _edge(
    element: Any,
    columns: dict[str, tuple[str, str]],
    defaults: dict[str, str],
    graph: Graph,
    losses: Losses,
    *,
    directed: bool,
) -> None:
    row = _facts(element, columns, defaults, graph.links, losses)
    row["source"], row["target"] = element.get("source"), element.get("target")
    if not graph.ours:
        for own, theirs in (("kind", "kind"), ("kind", "label"), ("strength", "weight")):
            text = element.get(theirs)
            if text and own not in row:
                put(row, graph.links, own, values.FLOAT if own == "strength" else values.TEXT, text, losses)
                if own == "strength":
                    losses.note("'weight' of the links was taken as their strength (more means closer).")
    _moments(element, row, graph.links, losses)
    way = element.get("type") or ("directed" if directed else "undirected")
    if way != "directed" and "directed" not in row:
        row["directed"] = False
        graph.links.columns["directed"] = values.BOOLEAN
    graph.links.rows.append(row)


def _facts(
    element: Any, columns: dict[str, tuple[str, str]], defaults: dict[str, str], sheet: Sheet, losses: Losses
) -> Row:
    row: Row = {}
    said = [
        one for child in element if local(child) == "attvalues" for one in child if local(one) == "attvalue"
    ]
    seen: set[str] = set()
    for one in said:
        key = one.get("for") or one.get("id") or ""
        if key in seen:
            losses.add(LOST, "values that change over time (the first was kept)")
            continue
        seen.add(key)
        title, kind = columns.get(key, (key, values.TEXT))
        put(row, sheet, title, kind, one.get("value", ""), losses)
    for key, text in defaults.items():
        if key not in seen and key in columns:
            put(row, sheet, columns[key][0], columns[key][1], text, losses)
    return row


def _moments(element: Any, row: Row, sheet: Sheet, losses: Losses) -> None:
    """Since when and until when, where the file says it."""
    for own, theirs in (("start", ("start", "startopen")), ("end", ("end", "endopen"))):
        text = next((element.get(word) for word in theirs if element.get(word)), None)
        if text and own not in row:
            row[own] = text
            sheet.columns.setdefault(own, values.TEXT)
    spells = [child for child in element if local(child) in ("spells", "slices")]
    losses.add(LOST, "spells of being there", sum(len(spell) for spell in spells))
