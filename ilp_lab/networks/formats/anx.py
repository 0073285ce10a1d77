"""i2 Analyst's Notebook Exchange: entities, links with arrows, grades and strengths, attributes, dates, sources.

Written are only the elements and attributes of the program's own schema, in its order; what this library alone knows stands
in a processing instruction, which a schema does not see. The program itself was not at hand to open a file with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ilp_lab.errors import ReadError
from ilp_lab.networks.formats import values
from ilp_lab.networks.formats.losses import CHANGED, LOST, Losses
from ilp_lab.networks.formats.neutral import Graph, Row, Sheet
from ilp_lab.networks.formats.values import as_text, from_text, writable
from ilp_lab.networks.formats.xmltext import escaped, local, parsed, tag

TYPES: Mapping[str, tuple[str, str]] = {  # kind → name of the type, icon
    "person": ("Person", "Person"),
    "organisation": ("Organization", "Office"),
    "object": ("Object", "General"),
    "location": ("Location", "Place"),
    "event": ("Event", "General"),
    "account": ("Account", "Account"),
    "phone": ("Phone", "Phone"),
    "unknown": ("Unknown", "General"),
}
KINDS = {name.casefold(): kind for kind, (name, _) in TYPES.items()}
SURE, TENTATIVE = "Confirmed", "Tentative"
DOUBTFUL = 0.5  # links less certain than this are dashed
_ATTRIBUTES = {values.INT: "AttNumber", values.FLOAT: "AttNumber", values.BOOLEAN: "AttFlag"}
_OWN_PLACE = {
    "entities": ("entity_id", "label", "kind"),
    "links": ("source", "target", "kind", "source_grade", "information_grade", "reference", "directed"),
}  # fmt: skip
_ROOM = 200.0
_ASIDE = re.compile(rb"<\?ilp-lab (\{[^?]*\})\?>")
_HELD = {values.TEXT, values.INT, values.FLOAT, values.BOOLEAN, values.DATE, values.JSON}


def write(graph: Graph, losses: Losses) -> bytes:
    """The chart as ANX, for Analyst's Notebook 9 and later."""
    grades = {  # an item without a grade has the first one, so that one says nothing
        name: ["", *sorted({str(row[name]) for row in graph.links.rows if name in row})]
        for name in ("source_grade", "information_grade")
    }
    classes = _classes(graph, losses)
    kinds = sorted({str(row.get("kind", "unknown")) for row in graph.entities.rows})
    verbs = sorted({writable(str(row.get("kind", "Link")), losses, "kind") for row in graph.links.rows})
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        _aside(graph, losses),
        tag("Chart", IdReferenceLinking="false", Rigorous="true").replace("/>", ">"),
        tag("ApplicationVersion", Major="9", Minor="0", Point="0", Build="0"),
        *(
            _strings(name, texts)
            for name, texts in (
                ("GradeOne", grades["source_grade"]),
                ("GradeTwo", grades["information_grade"]),
            )
            if len(texts) > 1
        ),
        "<StrengthCollection>",
        tag("Strength", Id="strength1", Name=SURE, DotStyle="DotStyleSolid"),
        tag("Strength", Id="strength2", Name=TENTATIVE, DotStyle="DotStyleDashed"),
        "</StrengthCollection>",
        "<AttributeClassCollection>",
        *classes.values(),
        "</AttributeClassCollection>",
        "<EntityTypeCollection>",
        *(
            tag(
                "EntityType",
                Name=TYPES[kind][0],
                IconFile=TYPES[kind][1],
                PreferredRepresentation="RepresentAsIcon",
            )
            for kind in kinds
        ),
        "</EntityTypeCollection>",
        "<LinkTypeCollection>",
        *(tag("LinkType", Name=verb) for verb in verbs),
        "</LinkTypeCollection>",
        "<ChartItemCollection>",
    ]
    numbers = {row["entity_id"]: str(at) for at, row in enumerate(graph.entities.rows, 1)}
    places = _places(graph)
    lines += [_entity(row, numbers, places, graph.entities, losses) for row in graph.entities.rows]
    lines += [_link(row, numbers, grades, graph.links, losses) for row in graph.links.rows]
    return "\n".join([*lines, "</ChartItemCollection>", "</Chart>", ""]).encode()


def _strings(name: str, texts: list[str]) -> str:
    said = [tag("String", Id=f"{name}{at}", Text=text) for at, text in enumerate(texts)]
    return tag(name, tag("StringCollection", *said))


def _classes(graph: Graph, losses: Losses) -> dict[str, str]:
    """One attribute class per column; columns of both tables with the same name share one."""
    out: dict[str, str] = {}
    for where, sheet in (("entities", graph.entities), ("links", graph.links)):
        for name, kind in sheet.columns.items():
            if name in _OWN_PLACE[where]:
                continue
            other = (graph.links if where == "entities" else graph.entities).columns.get(name, kind)
            att = _ATTRIBUTES.get(kind, "AttText") if other == kind else "AttText"
            clean = writable(name, losses, "names of columns")
            out[name] = (
                f'<AttributeClass Name="{escaped(clean)}" Type="{att}" IsUser="true" UserCanAdd="true" UserCanRemove="true" '
                'ShowValue="true"/>'
            )
    return out


def _aside(graph: Graph, losses: Losses) -> str:
    """The chart's code and what each column holds, for this library."""
    said = {
        "handling": graph.handling,
        "holds": {
            where: {writable(name, losses, "names of columns"): kind for name, kind in sheet.columns.items() if name not in _OWN_PLACE[where]}
            for where, sheet in (("entities", graph.entities), ("links", graph.links))
        },
    }  # fmt: skip
    return f"<?ilp-lab {json.dumps(said).replace('?', chr(92) + 'u003f')}?>"


def _told_aside(content: bytes) -> dict[str, Any]:
    """What this library wrote for itself; nothing when another program wrote or rewrote the file."""
    found = _ASIDE.search(content[:1_000_000])
    try:
        told = json.loads(found[1]) if found else {}
        holds = {
            where: {str(name): kind for name, kind in told["holds"][where].items() if kind in _HELD or str(kind).startswith(values.TIME)}
            for where in ("entities", "links")
        } if told else {}  # fmt: skip
        return {"handling": str(told["handling"]), "holds": holds} if told else {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _places(graph: Graph) -> dict[str, tuple[int, int]]:
    """Where icons stand: as on the chart, spread so that neighbours do not cover each other; else in rows."""
    rows = graph.entities.rows
    if graph.positions and len(rows) > 1:
        xs, ys = ([at[axis] for at in graph.positions.values()] for axis in (0, 1))
        width = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
        scale = _ROOM * len(rows) ** 0.5 / width
        return {
            name: (round((x - min(xs)) * scale), round((y - min(ys)) * scale))
            for name, (x, y) in graph.positions.items()
        }
    wide = max(int(len(rows) ** 0.5), 1)
    return {
        row["entity_id"]: (int(_ROOM) * (at % wide), int(_ROOM) * (at // wide)) for at, row in enumerate(rows)
    }


def _entity(
    row: Row, numbers: Mapping[str, str], places: Mapping[str, tuple[int, int]], sheet: Sheet, losses: Losses
) -> str:
    name = writable(row["entity_id"], losses, "entity_id")
    shown = writable(str(row.get("label", row["entity_id"])), losses, "label")
    x, y = places.get(row["entity_id"], (0, 0))
    kind = TYPES.get(str(row.get("kind", "unknown")), TYPES["unknown"])[0]
    icon = tag("Icon", tag("IconStyle", Type=kind))
    entity = tag(
        "Entity",
        icon,
        EntityId=numbers[row["entity_id"]],
        Identity=name,
        LabelIsIdentity="true" if shown == name else "false",
    )
    end = tag("End", entity, X=str(x), Y=str(y), Z="0")
    return tag("ChartItem", end, *_attributes(row, sheet, "entities", losses), Label=shown, XPosition=str(x))


def _link(
    row: Row, numbers: Mapping[str, str], grades: Mapping[str, list[str]], sheet: Sheet, losses: Losses
) -> str:
    verb = writable(str(row.get("kind", "Link")), losses, "kind")
    certainty = row.get("certainty")
    weak = isinstance(certainty, (int, float)) and certainty < DOUBTFUL
    style = tag(
        "LinkStyle",
        Strength=TENTATIVE if weak else SURE,
        ArrowStyle="ArrowNone" if row.get("directed") is False else "ArrowOnHead",
        Type=verb,
        MlStyle="MultiplicityMultiple",
    )
    link = tag("Link", style, End1Id=numbers[row["source"]], End2Id=numbers[row["target"]])
    facts: dict[str, str | None] = {"Label": verb}
    if isinstance(row.get("start"), datetime):
        facts |= {
            "DateSet": "true",
            "TimeSet": "true",
            "DateTime": _utc(row["start"]).strftime("%Y-%m-%dT%H:%M:%S.000"),
        }
    for name, index in (("source_grade", "GradeOneIndex"), ("information_grade", "GradeTwoIndex")):
        if name in row:
            facts[index] = str(grades[name].index(str(row[name])))
    if "reference" in row:
        facts["SourceReference"] = writable(str(row["reference"]), losses, "reference")
    return tag("ChartItem", link, *_attributes(row, sheet, "links", losses), **facts)


def _utc(time: datetime) -> datetime:
    """The program counts in UTC; a time that says no zone is taken as it is."""
    return time if time.tzinfo is None else time.astimezone(UTC)


def _attributes(row: Row, sheet: Sheet, where: str, losses: Losses) -> list[str]:
    said = [
        tag(
            "Attribute",
            AttributeClass=writable(name, losses, "names of columns"),
            Value=writable(as_text(value, sheet.columns[name], losses, name), losses, name),
        )
        for name, value in row.items()
        if name not in _OWN_PLACE[where]
    ]
    return [tag("AttributeCollection", *said)] if said else []


def read(content: bytes, name: str, caller: str, losses: Losses) -> Graph:
    """The chart of an ANX file, whoever wrote it."""
    root = parsed(content, name, caller)
    if local(root) != "Chart":
        raise ReadError(
            f"{caller}: {name} is not an Analyst's Notebook chart inside (its root is <{local(root)}>)."
        )
    told = _told_aside(content)
    graph = Graph(handling=told.get("handling", ""), ours=bool(told))
    held, types, grades = _declared(root, told.get("holds", {}))
    ends: dict[str, str] = {}
    items = [item for item in root.iter() if local(item) == "ChartItem"]
    identities = [one.get("Identity", "") for one in root.iter() if local(one) == "Entity"]
    unique = len(set(identities)) == len(identities) and all(identities)
    for item in items:
        entity = next((one for one in item.iter() if local(one) == "Entity"), None)
        if entity is not None:
            _read_entity(item, entity, graph, held, types, ends, losses, unique=unique)
    for item in items:
        link = next((one for one in item if local(one) == "Link"), None)
        if link is not None:
            _read_link(item, link, graph, held, types, grades, ends, losses)
    _not_read(root, losses)
    return graph


def _declared(
    root: Any, told: Mapping[str, Mapping[str, str]]
) -> tuple[dict[tuple[str, str], str], dict[str, str], dict[str, list[str]]]:
    """What attributes hold, types by their reference, and the texts of grades."""
    held: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    grades: dict[str, list[str]] = {"GradeOne": [], "GradeTwo": []}
    for element in root.iter():
        what = local(element)
        if what == "AttributeClass":
            name = element.get("Name", "")
            names[element.get("Id", name)] = name
            for where in ("entities", "links"):
                kind = {"AttNumber": values.FLOAT, "AttFlag": values.BOOLEAN}.get(
                    element.get("Type", ""), values.TEXT
                )
                held[where, name] = told.get(where, {}).get(name, kind)
        elif what in ("EntityType", "LinkType", "Strength"):
            names[element.get("Id", "")] = element.get("Name", "")
        elif what in grades:
            grades[what] = [one.get("Text", "") for one in element.iter() if local(one) == "String"]
    return held, names, grades


def _facts(
    item: Any,
    where: str,
    sheet: Sheet,
    held: Mapping[tuple[str, str], str],
    names: Mapping[str, str],
    losses: Losses,
) -> Row:
    row: Row = {}
    for one in item.iter():
        what = local(one)
        if what == "Attribute":
            name = one.get("AttributeClass") or names.get(one.get("AttributeClassReference", ""), "attribute")
            kind = held.get((where, name), values.TEXT)
            try:
                row[name] = from_text(one.get("Value", ""), kind)
                sheet.columns.setdefault(name, kind)
            except (TypeError, ValueError):
                row[name] = one.get("Value", "")
                losses.add(CHANGED, f"values of {name} that are no {kind} stay text")
        elif what == "Card":
            row.setdefault("cards", []).append({key: text for key, text in one.items() if text})
            sheet.columns["cards"] = values.JSON
    for own, theirs in (
        ("description", "Description"),
        ("reference", "SourceReference"),
        ("source_type", "SourceType"),
    ):
        if item.get(theirs) and own not in row:
            row[own] = item.get(theirs)
            sheet.columns.setdefault(own, values.TEXT)
    if item.get("DateSet") == "true" and item.get("DateTime") and "start" not in row:
        row["start"] = item.get("DateTime").removesuffix(".000")
        sheet.columns.setdefault("start", values.TEXT)
    return row


def _read_entity(
    item: Any,
    entity: Any,
    graph: Graph,
    held: Mapping[tuple[str, str], str],
    names: Mapping[str, str],
    ends: dict[str, str],
    losses: Losses,
    *,
    unique: bool,
) -> None:
    row = _facts(item, "entities", graph.entities, held, names, losses)
    inner = entity.get("EntityId", "")
    name = (
        (entity.get("Identity") if unique else "")
        or inner
        or entity.get("Identity")
        or f"entity {len(ends) + 1}"
    )
    style = next((one for one in entity.iter() if one.get("Type") or one.get("EntityTypeReference")), None)
    kind = (
        (style.get("Type") or names.get(style.get("EntityTypeReference", ""), ""))
        if style is not None
        else ""
    )
    word = KINDS.get(kind.casefold())
    row |= {
        "entity_id": name,
        "label": item.get("Label") or entity.get("Identity") or name,
        "kind": word or kind or "unknown",
    }
    end = next((one for one in item if local(one) == "End"), None)
    for key in (
        inner,
        entity.get("Id", ""),
        end.get("Id", "") if end is not None else "",
        item.get("Id", ""),
    ):
        if key:
            ends.setdefault(key, name)
    if end is not None and end.get("X"):
        graph.positions[name] = (float(end.get("X", 0)), float(end.get("Y", 0)))
    graph.entities.columns |= {"label": values.TEXT, "kind": values.TEXT}
    graph.entities.rows.append(row)


def _read_link(
    item: Any,
    link: Any,
    graph: Graph,
    held: Mapping[tuple[str, str], str],
    names: Mapping[str, str],
    grades: Mapping[str, list[str]],
    ends: Mapping[str, str],
    losses: Losses,
) -> None:
    row = _facts(item, "links", graph.links, held, names, losses)
    both = [ends.get(link.get(f"End{at}Id") or link.get(f"End{at}Reference") or "") for at in (1, 2)]
    if None in both:
        losses.add(LOST, "links with an end that is not in the file")
        return
    style = next((one for one in link if local(one) == "LinkStyle"), None)
    arrow, kind, strength = "ArrowNone", "", ""
    if style is not None:
        arrow = style.get("ArrowStyle", "ArrowNone")
        kind = style.get("Type") or names.get(style.get("LinkTypeReference", ""), "")
        strength = style.get("Strength") or names.get(
            style.get("StrengthReference", ""), style.get("StrengthReference", "")
        )
    source, target = both[::-1] if arrow == "ArrowOnTail" else both
    row |= {"source": source, "target": target, "kind": kind or item.get("Label") or "Link"}
    if not graph.ours:
        label = item.get("Label")
        if label and label != row["kind"]:
            row["label"] = label
        if strength and strength not in ("Default", SURE):
            row["line"] = strength
            graph.links.columns["line"] = values.TEXT
    if arrow in ("ArrowNone", "ArrowOnBoth"):
        row["directed"] = False
        graph.links.columns["directed"] = values.BOOLEAN
    for own, which in (("source_grade", "GradeOne"), ("information_grade", "GradeTwo")):
        index = item.get(f"{which}Index")
        if (
            index is not None
            and index.isdigit()
            and int(index) < len(grades[which])
            and grades[which][int(index)].strip()
        ):
            row[own] = grades[which][int(index)]
    graph.links.rows.append(row)


def _not_read(root: Any, losses: Losses) -> None:
    """Parts of a chart that have no place in ours, counted by what they are."""
    words = {
        "TextBlock": "text blocks", "Theme": "theme lines (they stay as entities)", "Event": "event frames (they stay as entities)",
        "OleItem": "embedded objects", "CustomImage": "own pictures", "LegendItem": "lines of the legend",
        "Connection": "how links are bundled", "DatabaseProxy": "connections to databases", "Group": "groups",
    }  # fmt: skip
    for element in root.iter():
        what = local(element)
        if what in words:
            losses.add(LOST, words[what])
