"""What happened in a class, told by its log: the clock, what was released to whom, what was rated, where one went back.

Nothing is stored beside the log, so a console that is closed, or a computer that dies, comes back to where the class is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

START, STOP, RELEASE, SNAPSHOT, REWIND, RATE = "start", "stop", "release", "snapshot", "rewind", "rate"


@dataclass(frozen=True, slots=True)
class Rating:
    """What a trainer gave a team."""

    team: str
    scale: str
    scores: Mapping[str, int]
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClassState:
    """Where a class is.

    Attributes
    ----------
    spent
        Time on the clock when it last stopped.
    running_since
        When the clock was started; None while it stands.
    released
        Inject → team → when.
    snapshots
        Name → time on the clock.
    ratings
        The latest of each team and scale.
    """

    spent: timedelta = timedelta()
    running_since: datetime | None = None
    released: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    snapshots: Mapping[str, timedelta] = field(default_factory=dict)
    ratings: Mapping[tuple[str, str], Rating] = field(default_factory=dict)

    def elapsed(self, now: datetime | None = None) -> timedelta:
        """Time on the clock; a computer whose clock was turned back does not turn the class back."""
        if self.running_since is None:
            return self.spent
        return self.spent + max((now or datetime.now(UTC)) - self.running_since, timedelta())


def state_of(entries: Iterable[Mapping[str, Any]]) -> ClassState:
    """The state after the entries of a log.

    Examples
    --------
    >>> begun = {"what": "start", "at": "2026-05-04T09:00:00+00:00", "detail": {}}
    >>> ended = {"what": "stop", "at": "2026-05-04T09:30:00+00:00", "detail": {}}
    >>> str(state_of([begun, ended]).elapsed())
    '0:30:00'
    """
    state = ClassState()
    for entry in entries:
        follow = _STEPS.get(str(entry["what"]))
        if follow is not None:
            state = follow(state, datetime.fromisoformat(str(entry["at"])), entry["detail"])
    return state


def _started(state: ClassState, at: datetime, _: Mapping[str, Any]) -> ClassState:
    return state if state.running_since is not None else replace(state, running_since=at)


def _stopped(state: ClassState, at: datetime, _: Mapping[str, Any]) -> ClassState:
    return replace(state, spent=state.elapsed(at), running_since=None)


def _released(state: ClassState, at: datetime, detail: Mapping[str, Any]) -> ClassState:
    name = str(detail["inject"])
    teams = {**dict.fromkeys(map(str, detail["teams"]), at), **state.released.get(name, {})}
    return replace(state, released={**state.released, name: teams})


def _kept(state: ClassState, _: datetime, detail: Mapping[str, Any]) -> ClassState:
    spent = timedelta(seconds=float(detail["seconds"]))
    return replace(state, snapshots={**state.snapshots, str(detail["name"]): spent})


def _went_back(state: ClassState, _: datetime, detail: Mapping[str, Any]) -> ClassState:
    released = {
        str(name): {str(team): datetime.fromisoformat(str(at)) for team, at in teams.items()}
        for name, teams in detail["released"].items()
    }
    spent = timedelta(seconds=float(detail["seconds"]))
    return replace(state, spent=spent, running_since=None, released=released)


def _rated(state: ClassState, at: datetime, detail: Mapping[str, Any]) -> ClassState:
    scores = {str(name): int(score) for name, score in detail["scores"].items()}
    rating = Rating(str(detail["team"]), str(detail["scale"]), scores, str(detail["note"]), at)
    return replace(state, ratings={**state.ratings, (rating.team, rating.scale): rating})


_STEPS = {
    START: _started,
    STOP: _stopped,
    RELEASE: _released,
    SNAPSHOT: _kept,
    REWIND: _went_back,
    RATE: _rated,
}


def clock_text(spent: timedelta) -> str:
    """Time on the clock as people read it.

    >>> clock_text(timedelta(minutes=95, seconds=7))
    '1:35:07'
    """
    seconds = int(spent.total_seconds())
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
