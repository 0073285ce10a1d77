"""Plans of classes: which lessons, which injects and when, what is rated. A plan is a data pack that a trainer may edit.

>>> plan = class_plan("practice-day")
>>> plan.inject("I-1").at_min < plan.inject("I-4").at_min
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilp_lab._packs import Shelf, brief, rows, text
from ilp_lab.errors import InputError

HIGHEST = 3
"""The best score of a criterion; 0 is the worst."""
_NAME = re.compile(r"[\w][\w .-]{0,39}")


@dataclass(frozen=True, slots=True)
class Inject:
    """What happens during an exercise: when, to whom, and what good teams make of it (for the trainer's eyes).

    Attributes
    ----------
    id
        Such as ``"I-4"``.
    at_min
        Minutes after the start of the class.
    title, body
        What the teams read.
    teams
        Who gets it when the trainer names nobody; all when empty.
    expected
        What a good team does. It is never written into a team's folder.
    files
        Sample data that come with it, such as ``"belmara/calls.csv"``.
    by_hand
        Who gets it on paper, because there is no folder: roles in a meeting.
    when
        When it comes in words, such as ``"day 2, 10:00"``; minutes after the start when empty.
    """

    id: str
    at_min: float
    title: str
    body: str
    teams: tuple[str, ...] = ()
    expected: str = ""
    files: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class RatingScale:
    """What people rate: criteria, each from 0 to 3."""

    id: str
    title: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A plan of a class."""

    id: str
    version: str
    title: str
    teams: tuple[str, ...]
    lessons: tuple[str, ...]
    injects: tuple[Inject, ...]
    scales: tuple[RatingScale, ...]

    def inject(self, name: str) -> Inject:
        """The inject of that id.

        Raises
        ------
        InputError
            When there is none.
        """
        for one in self.injects:
            if one.id == name:
                return one
        raise InputError(
            f"There is no inject {name!r}; there are {', '.join(one.id for one in self.injects)}."
        )

    def scale(self, name: str) -> RatingScale:
        """The rating scale of that id.

        Raises
        ------
        InputError
            When there is none.
        """
        for one in self.scales:
            if one.id == name:
                return one
        raise InputError(
            f"There is nothing to rate called {name!r}; there are {', '.join(one.id for one in self.scales)}."
        )


def class_plan(name: str | Path) -> ClassPlan:
    """A plan by its name, or by the path of its file.

    Raises
    ------
    InputError
        When no plan of that name is known.
    ReadError
        When the file cannot be read, or lacks a part.

    Examples
    --------
    >>> class_plan("practice-day").teams
    ('North', 'South', 'Coast', 'Border')
    """
    return _SHELF.read(name)


def class_plans() -> list[str]:
    """The names of the plans that are known here.

    Examples
    --------
    >>> "practice-day" in class_plans()
    True
    """
    return _SHELF.names()


def team_names(names: Any) -> tuple[str, ...]:
    """Names of teams that are also names of folders on every system.

    Raises
    ------
    ValueError
        When a name does not fit, or comes twice.
    """
    found = tuple(text(name, "the name of a team") for name in names)
    wrong = [name for name in found if not _NAME.fullmatch(name) or name.endswith((".", " ")) or ".." in name]
    if wrong:
        raise ValueError(
            f"a team's name is letters, digits, spaces, - and _, at most 40; got {brief(wrong[0])}"
        )
    if len({name.casefold() for name in found}) < len(found):
        raise ValueError("two teams have the same name")
    if not found:
        raise ValueError("there must be at least one team")
    return found


def _make(content: Mapping[str, Any]) -> ClassPlan:
    teams = team_names(_texts(content["teams"], "teams"))
    injects = tuple(_inject(row, teams) for row in rows(content.get("injects"), "injects"))
    scales = tuple(
        RatingScale(text(row["id"], "id"), text(row["title"], "title"), _texts(row["criteria"], "criteria"))
        for row in rows(content.get("ratings"), "ratings")
    )
    for kind, ids in (("inject", [one.id for one in injects]), ("rating", [one.id for one in scales])):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"the {kind} {twice[0]} comes twice")
    return ClassPlan(
        id=text(content["id"], "id"),
        version=text(content["version"], "version"),
        title=text(content["title"], "title"),
        teams=teams,
        lessons=_texts(content.get("lessons") or [], "lessons"),
        injects=tuple(sorted(injects, key=lambda one: one.at_min)),
        scales=scales,
    )


def _inject(row: Mapping[str, Any], teams: tuple[str, ...]) -> Inject:
    name = text(row["id"], "id")
    if not re.fullmatch(r"[A-Za-z0-9-]{1,12}", name):
        raise ValueError(f"the id of an inject is letters, digits and -; got {brief(name)}")
    at = row["at_min"]
    if isinstance(at, bool) or not isinstance(at, (int, float)) or not 0 <= at < 1e5:
        raise ValueError(f"at_min of {name} must be minutes after the start; got {brief(at)}")
    chosen = _texts(row.get("teams") or [], "teams")
    strangers = [team for team in chosen if team not in teams]
    if strangers:
        raise ValueError(f"{name} goes to {strangers[0]}, which is no team of this plan")
    return Inject(
        id=name,
        at_min=float(at),
        title=text(row["title"], "title"),
        body=text(row["body"], "body"),
        teams=chosen,
        expected=str(row.get("expected") or "").strip(),
        files=_texts(row.get("files") or [], "files"),
        by_hand=_texts(row.get("by_hand") or [], "by_hand"),
        when=str(row.get("when") or "").strip(),
    )


def _texts(values: Any, what: str) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError(f"{what} must be a list; got {brief(values)}")
    return tuple(text(value, what) for value in values)


_SHELF = Shelf(
    kind="classes",
    shipped=Path(__file__).parent / "packs" / "classes",
    what="plan of a class",
    needs="id, version, title, teams; and lessons, injects (id, at_min, title, body), ratings (id, title, criteria)",
    make=_make,
)
