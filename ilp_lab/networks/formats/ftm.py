"""FollowTheMoney entities as lines of JSON: a small part of its schema, enough for charts of persons, things and money."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ilp_lab.errors import ReadError
from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.losses import CHANGED, LOST, ONLY_HERE, Losses
from ilp_lab.networks.formats.neutral import Graph, Row, Sheet
from ilp_lab.networks.formats.values import as_text, from_text, jsonable

OURS = "ilp_lab"
# Kind of a chart → schema, and the property its name goes to.
THINGS: Mapping[str, tuple[str, str]] = {
    "person": ("Person", "name"),
    "organisation": ("Organization", "name"),
    "object": ("Asset", "name"),
    "location": ("Address", "full"),
    "event": ("Event", "name"),
    "account": ("BankAccount", "accountNumber"),
    "phone": ("UserAccount", "number"),
    "unknown": ("LegalEntity", "name"),
}
KINDS: Mapping[str, str] = {
    **{schema: kind for kind, (schema, _) in THINGS.items()},
    **dict.fromkeys(("Company", "PublicBody", "LegalEntity"), "organisation"),
    **dict.fromkeys(
        (
            "Vehicle",
            "Airplane",
            "Vessel",
            "Document",
            "Pages",
            "PlainText",
            "Email",
            "Security",
            "CryptoWallet",
        ),
        "object",
    ),
    **dict.fromkeys(("RealEstate",), "location"),
    **dict.fromkeys(("Trip", "Message", "CourtCase", "Sanction"), "event"),
}
# Schemata that are links, and the two properties that name their ends.
LINKS: Mapping[str, tuple[str, str]] = {
    "Ownership": ("owner", "asset"), "Directorship": ("director", "organization"), "Employment": ("employee", "employer"),
    "Membership": ("member", "organization"), "Family": ("person", "relative"), "Associate": ("person", "associate"),
    "Representation": ("agent", "client"), "UnknownLink": ("subject", "object"), "Payment": ("payer", "beneficiary"),
    "Call": ("caller", "receiver"), "Debt": ("debtor", "creditor"), "Succession": ("predecessor", "successor"),
    "ProjectParticipant": ("participant", "project"), "CourtCaseParty": ("party", "case"), "Similar": ("candidate", "match"),
    "Documentation": ("document", "entity"),
}  # fmt: skip
_PAYMENT_ACCOUNTS = ("payerAccount", "beneficiaryAccount")
_REFERENCES = ("holder", "owner", "addressEntity", "parent", "involved", "organizer")
_DIRECT = {
    "start": "startDate",
    "end": "endDate",
    "amount": "amount",
    "currency": "currency",
    "purpose": "purpose",
    "reference": "recordId",
}
_LABELS = ("name", "full", "accountNumber", "number", "username", "caption", "registrationNumber", "title")


def write(graph: Graph, losses: Losses) -> bytes:
    """The chart as one JSON object a line."""
    kinds = {row["entity_id"]: str(row.get("kind", "unknown")) for row in graph.entities.rows}
    lines = [_thing(row, graph.entities, losses) for row in graph.entities.rows]
    taken = set(kinds)
    for number, row in enumerate(graph.links.rows):
        name = f"link-{number}"
        while name in taken:
            name += "_"
        lines.append(_link(name, row, graph.links, kinds, losses))
    columns = {"entities": graph.entities.columns, "links": graph.links.columns}
    extra = [
        name
        for sheet in (graph.entities, graph.links)
        for name in sheet.columns
        if name not in ("entity_id", "source", "target")
    ]
    losses.add(ONLY_HERE, "columns that FollowTheMoney has no property for", len(extra))
    if graph.positions:
        losses.add(ONLY_HERE, "positions", len(graph.positions))
    for line in lines:
        at = graph.positions.get(line["id"])
        if at:
            line[OURS]["at"] = list(at)
    if lines:
        lines[0][OURS] |= {"columns": columns, "handling": graph.handling}
    return "".join(json.dumps(line, ensure_ascii=True, allow_nan=True) + "\n" for line in lines).encode()


def _kept(row: Row, sheet: Sheet, losses: Losses, leave: tuple[str, ...]) -> dict[str, Any]:
    """Everything the row says, as ilp_lab reads it back."""
    out = {}
    for name, value in row.items():
        if name not in leave:
            kind = sheet.columns[name]
            simple = kind in (values.TEXT, values.INT, values.FLOAT, values.BOOLEAN)
            out[name] = (
                value
                if simple
                else (
                    jsonable(value, losses, name)
                    if kind == values.JSON
                    else as_text(value, kind, losses, name)
                )
            )
    return out


def _thing(row: Row, sheet: Sheet, losses: Losses) -> dict[str, Any]:
    schema, named = THINGS.get(str(row.get("kind", "unknown")), THINGS["unknown"])
    shown = str(row.get("label", row["entity_id"]))
    properties = {named: [shown]}
    if named != "name":
        properties["name"] = [shown]
    return {
        "id": row["entity_id"],
        "schema": schema,
        "properties": properties,
        OURS: {"row": _kept(row, sheet, losses, ("entity_id",))},
    }


def _link(name: str, row: Row, sheet: Sheet, kinds: Mapping[str, str], losses: Losses) -> dict[str, Any]:
    source, target = kinds.get(row["source"], "unknown"), kinds.get(row["target"], "unknown")
    kind = str(row.get("kind", "")).casefold()
    schema, ends = "UnknownLink", LINKS["UnknownLink"]
    if source == target == "account" and ("paid" in kind or "payment" in kind):
        schema, ends = "Payment", _PAYMENT_ACCOUNTS
    elif (
        kind in ("owns", "owner of")
        and source in ("person", "organisation")
        and target in ("object", "organisation", "account")
    ):
        schema, ends = "Ownership", LINKS["Ownership"]
    elif kind in ("works for", "employed by") and source == "person" and target == "organisation":
        schema, ends = "Employment", LINKS["Employment"]
    properties: dict[str, list[str]] = {ends[0]: [row["source"]], ends[1]: [row["target"]]}
    if "kind" in row:
        properties["role" if schema == "UnknownLink" else "description"] = [str(row["kind"])]
    for own, theirs in _DIRECT.items():
        if own in row:
            word = "date" if schema == "Payment" and own == "start" else theirs
            properties[word] = [as_text(row[own], sheet.columns[own], losses, own)]
    kept = _kept(row, sheet, losses, ("source", "target"))
    return {"id": name, "schema": schema, "properties": properties, OURS: {"row": kept}}


def read(content: bytes, name: str, caller: str, losses: Losses) -> Graph:
    """The chart of FollowTheMoney entities, one a line or in a list."""
    graph = Graph()
    things: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for entity in _entities(content, name, caller):
        if not isinstance(entity, dict) or "schema" not in entity or "id" not in entity:
            losses.add(LOST, "lines that are no entity")
            continue
        (links if _is_link(entity) else things).append(entity)
    for entity in (*things, *links):
        if isinstance(entity.get(OURS), dict):
            graph.ours = True
            columns = entity[OURS].get("columns")
            if isinstance(columns, dict):
                graph.entities.columns = {
                    str(k): str(v) for k, v in dict(columns.get("entities", {})).items()
                }
                graph.links.columns = {str(k): str(v) for k, v in dict(columns.get("links", {})).items()}
                graph.handling = str(entity[OURS].get("handling", ""))
    for entity in things:
        _read_thing(entity, graph, losses)
    for entity in links:
        _read_link(entity, graph, losses)
    return graph


def _entities(content: bytes, name: str, caller: str) -> list[Any]:
    text = content.decode("utf-8-sig", errors="replace")
    try:
        if text.lstrip().startswith("["):
            whole = json.loads(text)
            return list(whole)
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReadError(
            f"{caller}: {name} is not FollowTheMoney inside: one JSON object a line ({str(error)[:80]})."
        ) from error


def _is_link(entity: Mapping[str, Any]) -> bool:
    schema = str(entity["schema"])
    properties = entity.get("properties") or {}
    ends = [LINKS[schema], *([_PAYMENT_ACCOUNTS] if schema == "Payment" else [])] if schema in LINKS else []
    return any(properties.get(one) and properties.get(other) for one, other in ends)


def _restored(entity: Mapping[str, Any], sheet: Sheet, losses: Losses) -> Row:
    row: Row = {}
    for name, value in dict(entity[OURS].get("row", {})).items():
        kind = sheet.columns.get(name, values.TEXT)
        try:
            typed = kind == values.DATE or kind.startswith(values.TIME)
            row[str(name)] = (
                from_text(value, kind) if typed else (float(value) if kind == values.FLOAT else value)
            )
        except (TypeError, ValueError):
            losses.add(CHANGED, f"values of {name} that are no {kind} stay text")
            row[str(name)] = str(value)
    return row


def _read_thing(entity: Mapping[str, Any], graph: Graph, losses: Losses) -> None:
    name = str(entity["id"])
    if isinstance(entity.get(OURS), dict) and "row" in entity[OURS]:
        row = _restored(entity, graph.entities, losses)
        at = entity[OURS].get("at")
        if isinstance(at, list) and len(at) == 2:
            graph.positions[name] = (float(at[0]), float(at[1]))
    else:
        schema = str(entity["schema"])
        row = {"kind": KINDS.get(schema, "unknown"), "schema": schema}
        properties = dict(entity.get("properties") or {})
        label = entity.get("caption") or next(
            (properties[key][0] for key in _LABELS if properties.get(key)), None
        )
        if label:
            row["label"] = str(label)
        for key, several in properties.items():
            if key in _REFERENCES:
                for other in several:
                    graph.links.rows.append({"source": name, "target": _reference(other), "kind": key})
            elif several:
                row[_free(key)] = _one(several)
    row["entity_id"] = name
    graph.entities.rows.append(row)


def _read_link(entity: Mapping[str, Any], graph: Graph, losses: Losses) -> None:
    schema, properties = str(entity["schema"]), dict(entity.get("properties") or {})
    pairs = [LINKS[schema], *([_PAYMENT_ACCOUNTS] if schema == "Payment" else [])]
    one, other = next(pair for pair in pairs if properties.get(pair[0]) and properties.get(pair[1]))
    sources, targets = properties.pop(one), properties.pop(other)
    if isinstance(entity.get(OURS), dict) and "row" in entity[OURS]:
        facts = _restored(entity, graph.links, losses)
    else:
        role = (properties.get("role") or [schema])[0]
        facts = {"kind": str(role), "schema": schema}
        for own, theirs in _DIRECT.items():
            if properties.get(theirs):
                facts[own] = _one(properties.pop(theirs))
        if properties.get("date"):
            facts["start"] = _one(properties.pop("date"))
        facts |= {_free(key): _one(several) for key, several in properties.items() if several}
    if len(sources) * len(targets) > 1:
        losses.note("Links with several ends became one link per pair.")
    for source in sources:
        for target in targets:
            graph.links.rows.append({**facts, "source": _reference(source), "target": _reference(target)})


def _reference(value: Any) -> str:
    return str(value.get("id")) if isinstance(value, dict) else str(value)


def _one(several: Any) -> Any:
    listed = several if isinstance(several, list) else [several]
    return listed[0] if len(listed) == 1 else listed


def _free(key: str) -> str:
    return (
        f"{key}_in_file"
        if key in ("kind", "label", "category", "handling", "entity_id", "source", "target")
        else key
    )
