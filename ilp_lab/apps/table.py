"""Which boards are served: one line each. Title and question are those of the board itself.

>>> APPS["crime-map"].title
'Crime map'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ilp_lab import boards
from ilp_lab._tongue import tr
from ilp_lab.errors import InputError

FILES: Final = ("incidents", "areas", "links", "entities", "reports", "scores")
"""What can be brought along: the names of the options of the command."""


@dataclass(frozen=True, slots=True)
class App:
    """A board that is served.

    Attributes
    ----------
    board
        The function of :mod:`ilp_lab.boards` that opens it.
    kind
        The class of the board.
    takes
        Which files it works on; the sample data stand in for those that nobody brings.
    """

    board: str
    kind: str
    takes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it is called on the command line and in the address."""
        return self.board.replace("_", "-")

    @property
    def open(self) -> Callable[..., boards.Board[Any]]:
        """Opens the board."""
        function: Callable[..., boards.Board[Any]] = getattr(boards, self.board)
        return function

    @property
    def title(self) -> str:
        """The heading of the board, in the language that is spoken."""
        return str(self._said("title"))

    @property
    def question(self) -> str:
        """What the board answers, in a sentence."""
        return str(self._said("question"))

    def _said(self, name: str) -> Any:
        kind = getattr(boards, self.kind)
        return getattr(kind.__new__(kind), name)  # what a board is called needs no data


def _by_name(apps: Iterable[App]) -> Mapping[str, App]:
    return {app.name: app for app in apps}


APPS: Final = _by_name(
    [
        App("crime_map", "CrimeMapBoard", ("incidents", "areas")),
        App("hot_spots", "HotSpotBoard", ("incidents", "areas")),
        App("time_exceptions", "TimeExceptionsBoard", ("incidents", "areas")),
        App("near_repeat", "NearRepeatBoard", ("incidents", "areas")),
        App("network_explorer", "NetworkBoard", ("links", "entities")),
        App("entity_review", "EntityReviewBoard"),
        App("priorities", "PrioritiesBoard", ("scores",)),
        App("options", "OptionsBoard"),
        App("allocation", "AllocationBoard", ("incidents", "areas")),
        App("readiness", "ReadinessBoard", ("scores",)),
        App("report_desk", "ReportDeskBoard", ("reports",)),
        App("tasking_meeting", "TaskingMeetingBoard"),
        App("safeguards", "SafeguardsBoard"),
        App("class_console", "ClassConsoleBoard"),
    ]
)


def app_named(name: str) -> App:
    """The app of a name, however it is written.

    Raises
    ------
    InputError
        When there is none of that name.

    Examples
    --------
    >>> app_named("crime_map").kind
    'CrimeMapBoard'
    """
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    if wanted not in APPS:
        raise InputError(
            tr("There is no app {name!r}. There are: {names}.").format(name=name, names=", ".join(APPS))
        )
    return APPS[wanted]
