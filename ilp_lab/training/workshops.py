"""Workshops as data: days, blocks, timed injects, roles, hand-outs and slides, read from one file and checked whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ilp_lab.errors import InputError, MissingPartError, ReadError

CALLER = "training.workshop"
KINDS = ("session", "break", "meeting", "checks")
PARTS = (
    "heading",
    "words",
    "list",
    "facts",
    "roles",
    "yardstick",
    "scheme",
    "form",
    "blank",
    "agenda",
    "decision",
)
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Role:
    """Who somebody is at a table or in the meeting."""

    id: str
    title: str
    where: str
    does: tuple[str, ...]
    says: str
    never: str


@dataclass(frozen=True, slots=True)
class Inject:
    """A message that comes at its time; ``after`` is minutes from the beginning of its block."""

    id: str
    block: str
    after: int
    to: tuple[str, ...]
    sender: str
    title: str
    text: tuple[str, ...]
    expected: str
    if_stuck: str
    attach: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a day; ``start`` is minutes since midnight."""

    id: str
    day: int
    start: int
    minutes: int
    title: str
    kind: str = "session"
    modules: tuple[str, ...] = ()
    injects: tuple[str, ...] = ()
    handouts: tuple[str, ...] = ()
    output: str = ""
    does: tuple[str, ...] = ()
    trainer: str = ""

    @property
    def end(self) -> int:
        """Minutes since midnight."""
        return self.start + self.minutes


@dataclass(frozen=True, slots=True)
class Handout:
    """A sheet; its parts are kept as they were written."""

    id: str
    title: str
    parts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """A page on the wall."""

    block: str
    title: str
    points: tuple[str, ...]
    picture: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Which lessons, and what else, stand in for a module that is not written yet."""

    module: str
    lessons: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Workshop:
    """A workshop as it was written down.

    Attributes
    ----------
    id, title, question, handling
        What it is, what it asks, and its marking.
    days
        Titles of the days.
    blocks, injects, roles, handouts, slides
        In order.
    stand_ins
        What is done in place of modules that are not written yet.
    ratings
        What people rate, as in a plan of a class: ``id``, ``title``, ``criteria``.
    """

    id: str
    title: str
    question: str
    handling: str
    people: Mapping[str, int]
    teams: tuple[str, ...]
    pairs_with: str
    outcomes: tuple[str, ...]
    bring: tuple[str, ...]
    days: tuple[str, ...]
    blocks: tuple[Block, ...]
    injects: tuple[Inject, ...]
    roles: tuple[Role, ...]
    handouts: tuple[Handout, ...]
    slides: tuple[Slide, ...] = field(default=())
    stand_ins: tuple[StandIn, ...] = field(default=())
    ratings: tuple[Mapping[str, Any], ...] = field(default=())

    def lessons(self, block: Block | None = None) -> tuple[str, ...]:
        """The lessons that are really worked on, of one block or of all: each module, or what stands in for it."""
        instead = {one.module: one.lessons for one in self.stand_ins}
        modules = [name for one in ([block] if block else self.blocks) for name in one.modules]
        return tuple(dict.fromkeys(lesson for name in modules for lesson in instead.get(name, (name,))))

    def minute(self, inject: Inject) -> int:
        """When an inject comes, in minutes of the workshop: its days one after the other, without the nights."""
        days: dict[int, tuple[int, int]] = {}
        for block in self.blocks:
            first, last = days.get(block.day, (block.start, block.end))
            days[block.day] = (min(first, block.start), max(last, block.end))
        here = self.block(inject.block)
        before = sum(last - first for day, (first, last) in days.items() if day < here.day)
        return before + here.start - days[here.day][0] + inject.after

    def block(self, number: str) -> Block:
        """A block by its number."""
        return next(block for block in self.blocks if block.id == number)

    def due(self, inject: Inject) -> tuple[int, str]:
        """Day (from 1) and time of day at which an inject comes."""
        block = self.block(inject.block)
        return block.day, clock(block.start + inject.after)

    def schedule(self) -> list[tuple[int, str, str, str]]:
        """Day, from, to and title of every block."""
        return [(block.day, clock(block.start), clock(block.end), block.title) for block in self.blocks]

    def __str__(self) -> str:
        return (
            f"Workshop {self.id}: {self.title}. {len(self.days)} days, {len(self.blocks)} blocks, {len(self.injects)} injects, "
            f"{len(self.handouts)} hand-outs, {len(self.roles)} roles."
        )


def clock(minutes: int) -> str:
    """Minutes since midnight as a time of day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def workshop(name: str | Path) -> Workshop:
    """Read a workshop: its days, injects, roles, hand-outs and slides.

    Parameters
    ----------
    name
        One that is shipped, such as ``"W3"``, or a YAML file of your own.

    Returns
    -------
    Workshop

    Raises
    ------
    InputError
        When there is no such workshop, or it does not hold together; all faults at once.
    ReadError
        When the file cannot be read as YAML.

    Examples
    --------
    >>> print(workshop("W3"))
    Workshop W3: Analysts: from reports to a decision in three days. 3 days, ...
    """
    file = source_of(name)
    return parsed(_loaded(file), file.name)


def source_of(name: str | Path) -> Path:
    """The file of a workshop.

    Raises
    ------
    InputError
        When there is no such workshop.
    """
    return name if isinstance(name, Path) else _file(name)


def _file(name: str) -> Path:
    if Path(name).suffix in {".yml", ".yaml"}:
        return Path(name)
    folder = workshops_folder()
    known = sorted(file.stem for file in folder.glob("*.yml"))
    if name not in known:
        raise InputError(
            f"{CALLER}: there is no workshop {name!r}; there are: {', '.join(known)}, or give a YAML file of your own."
        )
    return folder / f"{name}.yml"


def workshop_names() -> list[str]:
    """The names of the shipped workshops.

    >>> workshop_names()
    ['W3']
    """
    try:
        return sorted(file.stem for file in workshops_folder().glob("*.yml"))
    except MissingPartError:
        return []


def workshops_folder() -> Path:
    """The folder of the shipped workshops: in the installed package, or beside it in a checkout."""
    for folder in (
        _PACKAGE / "_shipped" / "training" / "workshops",
        _PACKAGE.parent / "training" / "workshops",
    ):
        if folder.is_dir():
            return folder
    raise MissingPartError("The workshops are not part of this installation; install ilp_lab again.")


def _loaded(file: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(f"{CALLER}: cannot read {file}: {error.strerror or error}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ReadError(f"{CALLER}: {file.name} is not YAML: {str(error)[:200]}") from error


def parsed(given: Any, source: str) -> Workshop:
    """Make a workshop of what was written; every fault is named at once."""
    if not isinstance(given, Mapping):
        raise InputError(f"{CALLER}: {source} must hold names with values; see training/workshops/W3.yml.")
    try:
        made = _made(given)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"{CALLER}: {source} is not a whole workshop: {what}.") from error
    faults = list(_faults(made))
    if faults:
        raise InputError(
            f"{CALLER}: {source} does not hold together:\n" + "\n".join(f"  - {fault}" for fault in faults)
        )
    return made


def _made(given: Mapping[str, Any]) -> Workshop:
    blocks = [
        _block(day, block) for day, part in enumerate(given["days"], start=1) for block in part["blocks"]
    ]
    return Workshop(
        id=str(given["id"]),
        title=str(given["title"]),
        question=str(given["question"]),
        handling=str(given["handling"]),
        people=dict(given["people"]),
        teams=tuple(given["teams"]),
        pairs_with=str(given.get("pairs_with", "")),
        outcomes=tuple(given["outcomes"]),
        bring=tuple(given.get("bring", ())),
        days=tuple(str(part["title"]) for part in given["days"]),
        blocks=tuple(blocks),
        injects=tuple(_inject(one, tuple(given["teams"])) for one in given["injects"]),
        roles=tuple(Role(**{name: _frozen(value) for name, value in one.items()}) for one in given["roles"]),
        handouts=tuple(
            Handout(str(one["id"]), str(one["title"]), tuple(one["parts"])) for one in given["handouts"]
        ),
        slides=tuple(
            Slide(**{name: _frozen(value) for name, value in one.items()}) for one in given.get("slides", ())
        ),
        stand_ins=tuple(
            StandIn(str(one["module"]), tuple(one["lessons"]), str(one["says"]))
            for one in given.get("stand_ins", ())
        ),
        ratings=tuple(dict(one) for one in given.get("ratings", ())),
    )


def _block(day: int, one: Mapping[str, Any]) -> Block:
    facts: dict[str, Any] = {name: _frozen(value) for name, value in one.items() if name != "start"}
    return Block(day=day, start=_minutes(one["start"]), **facts)


def _inject(one: Mapping[str, Any], teams: tuple[str, ...]) -> Inject:
    facts = {name: _frozen(value) for name, value in one.items() if name not in {"from", "to"}}
    to = teams if one["to"] == "all" else tuple(one["to"])
    return Inject(sender=str(one["from"]), to=to, **facts)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _minutes(text: Any) -> int:
    hours, minutes = str(text).split(":")
    if not (0 <= int(hours) < 24 and 0 <= int(minutes) < 60):
        raise ValueError(f"{text!r} is no time of day")
    return 60 * int(hours) + int(minutes)


def _faults(made: Workshop) -> Iterator[str]:
    """What does not hold together."""
    for kind in ("blocks", "injects", "roles", "handouts"):
        names = [one.id for one in getattr(made, kind)]
        for twice in sorted({name for name in names if names.count(name) > 1}):
            yield f"{kind}: {twice} stands there twice."
    yield from _faults_of_blocks(made)
    yield from _faults_of_injects(made)
    taught = {module for block in made.blocks for module in block.modules}
    for one in made.stand_ins:
        if one.module not in taught:
            yield f"stand_ins: {one.module} is in no block."
        if not one.lessons or not one.says:
            yield f"stand_ins: {one.module} names no lessons, or does not say what is done."
    known = {block.id for block in made.blocks}
    for slide in made.slides:
        if slide.block not in known:
            yield f"slide {slide.title!r}: there is no block {slide.block}."
    for sheet in made.handouts:
        for part in sheet.parts:
            if not any(kind in part for kind in PARTS):
                yield f"hand-out {sheet.id}: {sorted(part)} is none of {', '.join(PARTS)}."
        if not any(sheet.id in block.handouts for block in made.blocks):
            yield f"hand-out {sheet.id} is given out in no block."


def _faults_of_blocks(made: Workshop) -> Iterator[str]:
    sheets = {sheet.id for sheet in made.handouts}
    injects = {inject.id for inject in made.injects}
    before: Block | None = None
    for block in made.blocks:
        if block.kind not in KINDS:
            yield f"block {block.id}: kind must be one of {', '.join(KINDS)}; got {block.kind!r}."
        if block.minutes < 1:
            yield f"block {block.id} lasts {block.minutes} minutes."
        if before is not None and before.day == block.day and before.end > block.start:
            yield f"block {block.id} begins at {clock(block.start)}, before {before.id} ends at {clock(before.end)}."
        if block.kind != "break" and not (block.output and block.trainer):
            yield f"block {block.id} names no output or no note for the trainer."
        for name in block.handouts:
            if name not in sheets:
                yield f"block {block.id}: there is no hand-out {name}."
        for name in block.injects:
            if name not in injects:
                yield f"block {block.id}: there is no inject {name}."
        before = block


def _faults_of_injects(made: Workshop) -> Iterator[str]:
    receivers = {*made.teams, *(role.id for role in made.roles)}
    blocks = {block.id: block for block in made.blocks}
    for inject in made.injects:
        block = blocks.get(inject.block)
        if block is None:
            yield f"inject {inject.id}: there is no block {inject.block}."
        elif inject.id not in block.injects:
            yield f"inject {inject.id} is not named by its block {block.id}."
        elif not 0 <= inject.after < block.minutes:
            yield f"inject {inject.id} comes after {inject.after} minutes; block {block.id} lasts {block.minutes}."
        for name in inject.to:
            if name not in receivers:
                yield f"inject {inject.id}: nobody is called {name!r}."
        if not inject.expected:
            yield f"inject {inject.id} does not say what is expected."
