"""Boards that work on records: read from a case or brought along, and what is put down goes back to where they came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ilp_lab._tongue import tr, trn
from ilp_lab.boards.frame import Board
from ilp_lab.errors import StoreError

if TYPE_CHECKING:
    from ilp_lab.records import Record
    from ilp_lab.safeguards import Case

StateT = TypeVar("StateT")


def today_utc() -> date:
    """The day on which what is put down is put down."""
    return datetime.now(UTC).date()


def read_from(case: Case, *forms: str, overdue: bool = False) -> tuple[list[Record], str]:
    """The latest versions of the records of some forms in the store of a case, and a sentence on what stays out.

    Parameters
    ----------
    case
        The case; none of its records is read where it has no store yet.
    *forms
        Names of forms.
    overdue
        Also those whose review date has come; a meeting is where decisions are reviewed.

    Raises
    ------
    StoreError
        When the case's folder is not there any more, or its store cannot be used.
    """
    import warnings

    from ilp_lab import records
    from ilp_lab.records import engines

    _there(case)
    if not (case.folder / engines.FILE).exists():
        return [], ""
    with records.open_store(case) as store, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the sentence says it, where it is seen
        found = [record for form in forms for record in store.read(form, overdue=overdue)]
        waiting = 0 if overdue else int(store.review_queue()["form"].isin(forms).sum())
    if not waiting:
        return found, ""
    return found, trn(
        "{count} record waits for a review and is not shown until somebody reviewed it.",
        "{count} records wait for a review and are not shown until somebody reviewed them.",
        waiting,
    ).format(count=waiting)


def write_to(case: Case, made: Iterable[Record]) -> None:
    """Put records into the store of a case.

    Raises
    ------
    StoreError
        When the case's folder is not there any more, or its store cannot be used.
    """
    from ilp_lab import records

    _there(case)
    with records.open_store(case) as store:
        store.add(list(made))


def _there(case: Case) -> None:
    if not case.folder.is_dir():
        raise StoreError(
            tr("The case folder {folder} is not there any more. Open the case again, or another one.").format(
                folder=case.folder
            )
        )


class RecordBoard(Board[StateT]):
    """A board on records.

    Parameters
    ----------
    first
        What it shows first.
    in_case
        Whether the records lie in the store of the case: then what is put down is written there.
    state, case, origin
        As for every board.
    """

    def __init__(
        self,
        first: StateT,
        *,
        in_case: bool,
        state: StateT | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        self._in_case = in_case and case is not None
        super().__init__(first, state=state, case=case, origin=origin)

    def keep(self, made: Sequence[Any]) -> str:
        """Write records to the store of the case, where they come from there; says where they are now."""
        if self._in_case and self.case is not None:
            write_to(self.case, made)
            return tr("Put down, and written to the case {case}.").format(case=self.case.folder.name)
        if self.case is not None:
            return tr("Put down. Save to the case, and it comes back with the board.")
        return tr("Put down on this board only. Open it with a case to keep it.")
