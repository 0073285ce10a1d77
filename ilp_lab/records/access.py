"""Who may see a record: what follows from the level, the unit and the handling code.

A viewer sees a record when its handling code is none that the viewer may not see, and the record is held by the viewer's
own unit; or by a unit below it and worked on at the viewer's level or a lower one; or is shared with the viewer's unit or
one above that. A version is shown only when the latest version of the same record may be seen too.

In a file this is a courtesy: whoever holds the file can read all of it, so one file belongs to one unit and its key. On a
server the database applies the same rule to every login, whatever program it uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ilp_lab._check import Check
from ilp_lab.errors import HandlingError
from ilp_lab.records.form import LEVELS, Level
from ilp_lab.records.tables import ENTRY, SHARE
from ilp_lab.safeguards import policy


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks.

    Attributes
    ----------
    unit
        The viewer's unit as a path, such as ``"belmara/selin/s1"``; empty for the whole country.
    level
        At which level the viewer works.
    codes
        The handling codes the viewer may see.

    Examples
    --------
    >>> look = viewer(unit="belmara/selin", level="regional", handling="H1")
    >>> look.codes
    ('H0', 'H1')
    >>> look.sees(unit="belmara/selin/s1", level="local", handling="H1")
    True
    >>> look.sees(unit="belmara/tarn/t1", level="local", handling="H0")
    False
    >>> look.sees(unit="belmara/tarn/t1", level="local", handling="H0", shared_with=["belmara/selin"])
    True
    """

    unit: str
    level: Level
    codes: tuple[str, ...]

    def sees(self, *, unit: str, level: str, handling: str, shared_with: Sequence[str] = ()) -> bool:
        """Whether this viewer may see a record of these properties."""
        if handling not in self.codes:
            return False
        if unit == self.unit or set(shared_with) & set(self._above()):
            return True
        below = not self.unit or unit.startswith(f"{self.unit}/")
        return below and LEVELS.index(level) <= LEVELS.index(self.level)

    def _above(self) -> list[str]:
        """The viewer's unit and every unit above it."""
        steps = self.unit.split("/") if self.unit else []
        return ["/".join(steps[: at + 1]) for at in range(len(steps))]

    def rule(self, entry: sa.FromClause = ENTRY) -> sa.ColumnElement[bool]:
        """The same as :meth:`sees`, for the database."""
        column = entry.c
        ways = [column.unit == self.unit]
        level = column.level <= LEVELS.index(self.level)
        ways.append(
            sa.and_(level, column.unit.startswith(f"{self.unit}/", autoescape=True)) if self.unit else level
        )
        if self._above():
            ways.append(
                sa.exists().where(
                    SHARE.c.form == column.form,
                    SHARE.c.record_id == column.record_id,
                    SHARE.c.version == column.version,
                    SHARE.c.unit.in_(self._above()),
                )
            )
        return sa.and_(column.handling.in_(self.codes), sa.or_(*ways))


def viewer(*, unit: str = "", level: Level = "national", handling: str | None = None) -> Viewer:
    """Make a viewer, after checking.

    Parameters
    ----------
    unit, level
        As in :class:`Viewer`.
    handling
        The strictest code the viewer may see; all codes when left out.

    Examples
    --------
    >>> viewer(level="town", handling="H9")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: records.open_store:
      - level must be one of 'local', 'regional', 'national'; got 'town'.
      - handling: 'H9' is not a handling code of europol-2016-794; it has H0, H1, H2, H3.
    """
    check = Check("records.open_store")
    check.choice(level=level, allowed=LEVELS)
    order = [known.code for known in policy().codes]
    if handling is not None:
        try:
            policy().check(handling)
        except HandlingError as error:
            check.add(f"handling: {error}")
    path = unit.strip().strip("/")
    if any(not step.strip() for step in path.split("/")) and path:
        check.add(f"unit must be a path such as 'belmara/selin/s1'; got {unit!r}.")
    check.done()
    return Viewer(path, level, tuple(order if handling is None else order[: order.index(handling) + 1]))
