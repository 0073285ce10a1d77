"""The papers of a workshop as documents: schedule, hand-outs, role cards, injects, and the trainer's guide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ilp_lab.errors import InputError
from ilp_lab.products.blocks import Block as Part
from ilp_lab.products.blocks import Decision, Document, Facts, Grid, Heading, Listing, Words
from ilp_lab.training.workshops import Block, Handout, Inject, Role, Workshop, clock

MEANING = "Training material. The Republic of Belmara and everybody in it are made up."
_ROOM = "\n\N{NO-BREAK SPACE}"  # a second line keeps room for a pen


def document(made: Workshop, number: str, title: str, subtitle: str, parts: Sequence[Part]) -> Document:
    """A paper of this workshop, marked like all of them."""
    return Document(
        title=title,
        subtitle=subtitle,
        author="",
        handling=made.handling,
        handling_meaning=MEANING,
        language="en",
        fingerprint=f"{made.id} {number}".strip(),
        blocks=tuple(parts),
    )


def schedule(made: Workshop, starts: date | None) -> Document:
    """Who does what when, without what comes unannounced."""
    parts: list[Part] = [
        Words(made.question, "strong"),
        Heading("What you will be able to do", 2),
        Listing(made.outcomes),
    ]
    for day, title in enumerate(made.days, start=1):
        when = f", {(starts + timedelta(days=day - 1)).strftime('%A %d %B %Y')}" if starts else ""
        parts.append(Heading(f"Day {day}{when}: {title}"))
        rows = tuple(
            (
                f"{clock(block.start)} to {clock(block.end)}",
                block.title,
                ", ".join(made.lessons(block)),
                block.output,
            )
            for block in made.blocks
            if block.day == day
        )
        parts.append(Grid("", ("Time", "What", "Lessons", "What there is at the end"), rows))
    if made.pairs_with:
        parts.append(Words(made.pairs_with, "fine"))
    return document(made, "schedule", f"{made.id}: {made.title}", "Schedule", parts)


def handout(made: Workshop, sheet: Handout) -> Document:
    """One sheet."""
    parts: list[Part] = []
    for part in sheet.parts:
        kind = next(name for name in _PARTS if name in part)
        parts += _PARTS[kind](made, part)
    return document(made, sheet.id, sheet.title, f"Hand-out {sheet.id}", parts)


def role_cards(made: Workshop) -> Document:
    """A card for every role; at tables first, then in the meeting."""
    parts: list[Part] = []
    for where, heading in (("team", "At every table"), ("meeting", "In the joint meeting")):
        parts.append(Heading(heading))
        for role in made.roles:
            if role.where == where:
                parts += _card(role)
    return document(made, "roles", "Role cards", "Cut along the headings; one card a person", parts)


def _card(role: Role) -> list[Part]:
    return [
        Heading(role.title, 2),
        Listing(role.does),
        Words(f"Asks: \N{LEFT DOUBLE QUOTATION MARK}{role.says}\N{RIGHT DOUBLE QUOTATION MARK}", "known"),
        Words(role.never, "judged"),
    ]


def inject_sheet(made: Workshop, inject: Inject, receiver: str, files: Sequence[str]) -> Document:
    """What is put into the envelope: the message, and what comes with it."""
    day, at = made.due(inject)
    parts: list[Part] = [Facts((("From", inject.sender), ("To", receiver), ("Received", f"day {day}, {at}")))]
    parts += [Words(text) for text in inject.text]
    if files:
        parts.append(Facts((("With it", ", ".join(files)),)))
    return document(made, inject.id, inject.title, f"Message {inject.id}", parts)


def trainer_guide(made: Workshop, answers: Sequence[tuple[str, str, str]], starts: date | None) -> Document:
    """Everything the room must not see: notes, injects with what is expected, and what is planted."""
    parts: list[Part] = [
        Words("For trainers only. Do not print on the participants' printer.", "judged"),
        Heading("Before the first day"),
        Facts(
            (
                (
                    "People",
                    f"{made.people['least']} to {made.people['most']}, in teams of {made.people['team']}",
                ),
            )
        ),
        Listing(made.bring),
    ]
    for day, title in enumerate(made.days, start=1):
        when = f", {(starts + timedelta(days=day - 1)).isoformat()}" if starts else ""
        parts.append(Heading(f"Day {day}{when}: {title}"))
        for block in made.blocks:
            if block.day == day and block.kind != "break":
                parts += _notes(made, block)
    parts.append(Heading("What is planted in the data of this class"))
    parts.append(Grid("", ("", "What", "Where"), tuple(answers)))
    parts.append(Heading("Injects in order"))
    rows = sorted((*made.due(one), one.id, one.title, ", ".join(one.to)) for one in made.injects)
    parts.append(Grid("", ("Day", "At", "No.", "What", "To"), tuple((str(row[0]), *row[1:]) for row in rows)))
    return document(made, "trainer", f"{made.id}: trainer's guide", made.title, parts)


def _notes(made: Workshop, block: Block) -> list[Part]:
    parts: list[Part] = [
        Heading(f"{clock(block.start)} {block.title}", 2),
        Facts(
            tuple(
                (name, text)
                for name, text in (
                    ("Lessons", ", ".join(made.lessons(block))),
                    *(
                        (f"In place of {one.module}", one.says)
                        for one in made.stand_ins
                        if one.module in block.modules
                    ),
                    ("Hand-outs", ", ".join(block.handouts)),
                    ("At the end", block.output),
                )
                if text
            )
        ),
        Listing(block.does),
        Words(block.trainer, "known"),
    ]
    parts.extend(_expected(made, inject) for inject in made.injects if inject.block == block.id)
    return parts


def _expected(made: Workshop, inject: Inject) -> Part:
    """An inject as the trainer sees it."""
    what = f"{inject.title} (from: {inject.sender}; to: {', '.join(inject.to)})"
    when = f"{inject.id} at {made.due(inject)[1]}"
    return Facts(((when, what), ("Expected", inject.expected), ("If stuck", inject.if_stuck)))


def _roles(made: Workshop, part: Mapping[str, Any]) -> list[Part]:
    there = [role for role in made.roles if role.where == part["roles"]]
    return [Facts(tuple((role.title, "; ".join(role.does) + ".") for role in there))]


def _yardstick(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    from ilp_lab.reasoning import yardstick

    held = yardstick(part["yardstick"])
    table = held.table()
    rows = tuple(tuple(str(value) for value in row) for row in table.itertuples(index=False))
    columns = tuple(str(name).replace("_", " ") for name in table.columns)
    return [Grid(held.title, columns, rows), Words(held.source, "fine")]


def _scheme(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    from ilp_lab.evaluation import scheme

    held = scheme(part["scheme"])
    return [
        Grid(name, ("Code", "Meaning"), tuple((one.code, one.meaning) for one in grades.values()))
        for name, grades in (("Source", held.source_grades), ("Information", held.information_grades))
    ]


def _form(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    """The fields of a record form that are its own, with room to write."""
    from ilp_lab.records import fields, forms

    name = part["form"]
    held = fields(name)
    names = held["field"].tolist()
    own = held.iloc[: names.index("level")] if "level" in names else held
    title = forms().set_index("form").loc[name, "title"]
    room = "\N{NO-BREAK SPACE}" * 60 + _ROOM
    rows = tuple(
        (f"{meaning} *" if must else str(meaning), room)
        for meaning, must in zip(own["meaning"].tolist(), own["mandatory"].tolist(), strict=True)
    )
    return [Heading(str(title), 2), Grid("* must be filled in", ("What", "Yours"), rows)]


def _blank(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    """A table to be filled in by hand."""
    given = part["blank"]
    columns = tuple(str(name) for name in given["columns"])
    space = "\N{NO-BREAK SPACE}" + _ROOM
    rows = [(space,) * len(columns)] * int(given.get("rows", 0))
    rows += [(str(text), *[space] * (len(columns) - 1)) for text in given.get("filled", ())]
    return [Grid("", columns, tuple(rows))]


def _agenda(made: Workshop, part: Mapping[str, Any]) -> list[Part]:
    block = made.block(part["agenda"])
    return [
        Facts((("Time", f"{clock(block.start)} to {clock(block.end)}"), ("At the end", block.output))),
        Listing(block.does, numbered=True),
    ]


def _decision(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    given = part["decision"]
    return [Decision(str(given["heading"]), str(given["note"]), tuple(str(line) for line in given["lines"]))]


def _listing(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    items = tuple(str(item) for item in part["list"])
    return [Listing(items, numbered=bool(part.get("numbered", False)))]


def _facts(_: Workshop, part: Mapping[str, Any]) -> list[Part]:
    return [Facts(tuple((str(name), str(value)) for name, value in part["facts"].items()))]


_PARTS: Mapping[str, Callable[[Workshop, Mapping[str, Any]], list[Part]]] = {
    "heading": lambda _, part: [Heading(str(part["heading"]))],
    "words": lambda _, part: [Words(str(part["words"]))],
    "list": _listing,
    "facts": _facts,
    "roles": _roles,
    "yardstick": _yardstick,
    "scheme": _scheme,
    "form": _form,
    "blank": _blank,
    "agenda": _agenda,
    "decision": _decision,
}


def day_of(text: str | date | None, caller: str) -> date | None:
    """The first day of a workshop."""
    if text is None or isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        raise InputError(f"{caller}: starts must be a day such as '2026-03-02'; got {text!r}.") from None
