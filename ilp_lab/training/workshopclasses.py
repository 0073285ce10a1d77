"""A class that runs a workshop: its plan, its papers, what comes with its injects, and the data of each team."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ilp_lab.errors import InputError, WriteError
from ilp_lab.training.classplans import ClassPlan, Inject, RatingScale
from ilp_lab.training.workshops import Workshop, source_of, workshop, workshop_names

_SOURCE = Path("trainer") / "workshop.yml"


def kit_of(plan: str | Path) -> bool:
    """Whether a plan is a workshop: its name, the folder that it was written to, or its YAML file."""
    if isinstance(plan, str) and plan in workshop_names():
        return True
    place = Path(plan)
    if place.is_dir():
        return (place / _SOURCE).is_file()
    return place.suffix in {".yml", ".yaml"} and place.is_file() and _has_days(place)


def workshop_of(plan: str | Path) -> Workshop:
    """The workshop behind such a plan."""
    return workshop(_source(plan))


def plan_of(made: Workshop) -> ClassPlan:
    """The plan of a class that runs a workshop.

    Examples
    --------
    >>> plan = plan_of(workshop("W3"))
    >>> plan.inject("I-07").when, plan.inject("I-15").by_hand
    ('day 2, 10:00', ('Head of resources',))
    """
    return ClassPlan(
        id=made.id,
        version="1.0",
        title=made.title,
        teams=made.teams,
        lessons=made.lessons(),
        injects=tuple(
            sorted((_inject(made, one) for one in made.injects), key=lambda one: (one.at_min, one.id))
        ),
        scales=tuple(
            RatingScale(str(one["id"]), str(one["title"]), tuple(map(str, one["criteria"])))
            for one in made.ratings
        ),
    )


def lay_out(plan: str | Path, place: Path, teams: Iterable[str], chosen: Iterable[str]) -> None:
    """Put papers, injects and data of a workshop into the folder of a class.

    Raises
    ------
    InputError
        When a chosen team is none of the workshop, or the folder of the workshop was written without its data.
    WriteError
        When it cannot be written.
    """
    strangers = [team for team in chosen if team not in set(teams)]
    if strangers:
        raise InputError(
            f"The teams of this workshop are its regions ({', '.join(teams)}), since each holds other data; got {strangers[0]!r}."
        )
    try:
        with TemporaryDirectory() as held:
            kit = Path(plan) if Path(plan).is_dir() else _written(plan, Path(held) / "kit")
            for team in chosen:
                data = kit / "teams" / team.lower()
                if not data.is_dir():
                    raise InputError(
                        f"{kit} holds no data of {team}; write the workshop again without --no-data."
                    )
                shutil.copytree(data, place / "teams" / team / "data")
            shutil.copytree(kit / "injects", place / "injects")
            for role in workshop_of(kit).roles:
                for found in sorted((place / "injects").glob(f"*/{role.id}")):
                    found.rename(found.with_name(role.title.lower()))
            shutil.copytree(kit, place / "workshop", ignore=_but_papers(kit))
    except OSError as error:
        raise WriteError(f"{place} cannot be written: {error.strerror or error}.") from error


def _written(plan: str | Path, folder: Path) -> Path:
    from ilp_lab.training.workshopkits import write_workshop

    return write_workshop(_source(plan), folder).folder


def _source(plan: str | Path) -> Path:
    place = Path(plan)
    return place / _SOURCE if place.is_dir() else source_of(str(plan))


def _has_days(file: Path) -> bool:
    import yaml

    try:
        held: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(held, dict) and "days" in held and "blocks" not in held


def _but_papers(kit: Path) -> Any:
    def ignored(folder: str, names: list[str]) -> set[str]:
        return {"teams", "injects"} & set(names) if Path(folder) == kit else set()

    return ignored


def _inject(made: Workshop, one: Any) -> Inject:
    day, at = made.due(one)
    told = "\n\n".join([f"From: {one.sender}", *one.text])
    return Inject(
        id=one.id,
        at_min=float(made.minute(one)),
        title=one.title,
        body=told,
        teams=tuple(name for name in one.to if name in made.teams),
        expected=f"{one.expected} If stuck: {one.if_stuck}" if one.if_stuck else one.expected,
        by_hand=tuple(role.title for role in made.roles if role.id in one.to),
        when=f"day {day}, {at}",
    )
