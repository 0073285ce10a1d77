"""The case store: one database per case, or one for a unit on a server. It adds and never overwrites.

What :meth:`CaseStore.add` has acknowledged is on the disk. A change is a new version that names the one before, so two
people cannot overwrite each other: the second is told to read again. Erasing takes the content out and leaves a tombstone.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from ilp_lab._check import Check
from ilp_lab.errors import FormError, IlpWarning, InputError, StoreError
from ilp_lab.records import engines, storing
from ilp_lab.records.access import Viewer, viewer
from ilp_lab.records.catalogue import form_of
from ilp_lab.records.form import LEVELS, Level, Record, human
from ilp_lab.records.frames import to_frame
from ilp_lab.records.soundness import faults_of, fits_hash
from ilp_lab.records.tables import ENTRY, MEMBER
from ilp_lab.safeguards import Case, handling_of, mark

if TYPE_CHECKING:
    import pandas as pd

_STORED = tuple(
    ENTRY.c[name] for name in ("form", "form_version", "record_id", "version", "content", "sha256")
)


class CaseStore:
    """The records of a case; made by :func:`ilp_lab.records.open_store`.

    Attributes
    ----------
    case
        The case, whose audit log takes down what is stored, read and erased.
    viewer
        Who looks; see :mod:`ilp_lab.records.access`.
    """

    def __init__(self, engine: sa.Engine, case: Case, who: Viewer) -> None:
        self._engine = engine
        self.case = case
        self.viewer = who

    def add(
        self, *items: Record | Iterable[Record] | pd.DataFrame, form: str | type[Record] | None = None
    ) -> tuple[str, ...]:
        """Store records; they are on the disk when this returns, all of them or none.

        Parameters
        ----------
        *items
            Records, lists of them, or tables (then name the ``form``). A new version follows the latest one.
        form
            The form of the tables' rows.

        Returns
        -------
        tuple of str
            The keys under which they stand: ``"TaskingRecord:K-1@1"``.

        Raises
        ------
        FormError
            When a row of a table is not in order.
        StaleError
            When a record is there already, was changed meanwhile, or was erased.
        StoreError
            When the store cannot be written.
        """
        records = storing.checked(storing.flattened(items, form))
        overdue = [
            record for record in records if record.review_date is not None and record.review_date <= _today()
        ]
        with engines.transaction(self._engine, writes=True) as connection:
            there = storing.latest(connection, [(record.form, record.record_id) for record in records])
            storing.refuse(list(storing.misfits(records, there)))
            storing.insert(connection, records, holder=self.viewer.unit, by=self.case.analyst)
            if records:
                self._log(
                    "alteration" if all(record.version > 1 for record in records) else "collection",
                    f"stored {len(records)} records",
                    [record.key for record in records],
                    sha256=storing.digest(records),
                )
        if overdue:
            warnings.warn(
                f"{len(overdue):,} of the stored records were due for review already ({overdue[0].key} on "
                f"{overdue[0].review_date}); they are not shown until somebody reviews them: store.review_queue().",
                IlpWarning,
                stacklevel=2,
            )
        return tuple(record.key for record in records)

    def get(self, form: str | type[Record], record_id: str, *, version: int | None = None) -> Record:
        """Read one record: the latest version, or the one that is named.

        Raises
        ------
        InputError
            When there is none that this viewer may see, or it was erased.
        """
        chosen = form_of(form, "store.get")
        columns = (*_STORED, ENTRY.c.erased_at, ENTRY.c.erased_reason)
        query = self._select(*columns, only_newest=version is None).where(
            ENTRY.c.form == chosen.form, ENTRY.c.record_id == record_id
        )
        if version is not None:
            query = query.where(ENTRY.c.version == version)
        with engines.transaction(self._engine, writes=False) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            which = f" version {version}" if version is not None else ""
            raise InputError(f"store.get: there is no {chosen.form} {record_id!r}{which} that you may see.")
        if row.content is None:
            raise InputError(
                f"store.get: {chosen.form} {record_id!r} was erased on {row.erased_at:%Y-%m-%d}: {row.erased_reason}"
            )
        self._log("consultation", f"read {chosen.form}", [f"{chosen.form}:{record_id}"])
        return self._made(chosen, row)

    def read(
        self,
        form: str | type[Record],
        *,
        overdue: bool = False,
        all_versions: bool = False,
        purpose_id: str | None = None,
    ) -> list[Record]:
        """Read records as objects; see :meth:`records`."""
        chosen = form_of(form, "store.read")
        query = self._select(*_STORED, ENTRY.c.review_date, only_newest=not all_versions).where(
            ENTRY.c.form == chosen.form, ENTRY.c.content.is_not(None)
        )
        if purpose_id is not None:
            query = query.where(ENTRY.c.purpose_id == purpose_id)
        with engines.transaction(self._engine, writes=False) as connection:
            rows = connection.execute(query.order_by(ENTRY.c.seq)).all()
        today = _today()
        kept = [row for row in rows if overdue or row.review_date is None or row.review_date > today]
        if len(kept) < len(rows):
            warnings.warn(
                f"{len(rows) - len(kept):,} of {len(rows):,} {chosen.form} records are due for review and not shown; "
                "store.review_queue() lists them, overdue=True shows them.",
                IlpWarning,
                stacklevel=3,
            )
        self._log("consultation", f"read {len(kept)} {chosen.form} records", [])
        return [self._made(chosen, row) for row in kept]

    def records(
        self,
        form: str | type[Record],
        *,
        overdue: bool = False,
        all_versions: bool = False,
        purpose_id: str | None = None,
    ) -> pd.DataFrame:
        """Read the records of a form as a table.

        Parameters
        ----------
        form
            A form or its name.
        overdue
            Also those whose review date has come; they stay out otherwise, and a warning says how many.
        all_versions
            Also versions that were superseded.
        purpose_id
            Only those held for this purpose.

        Returns
        -------
        DataFrame
            As from :func:`to_frame`, in the order in which they were stored, marked with the strictest handling code. What
            this viewer may not see is not in it.
        """
        found = self.read(form, overdue=overdue, all_versions=all_versions, purpose_id=purpose_id)
        frame = to_frame(found, form=form)
        return mark(frame, handling=handling_of(self.case, frame), origin=engines.name_of(self._engine))

    def history(self, form: str | type[Record], record_id: str) -> pd.DataFrame:
        """List the versions of a record: when, by whom, with which hash; erased ones with their reason."""
        chosen = form_of(form, "store.history")
        columns = (
            "version",
            "stored_at",
            "stored_by",
            "handling",
            "sha256",
            "supersedes",
            "erased_at",
            "erased_by",
            "erased_reason",
        )
        query = self._select(*(ENTRY.c[name] for name in columns)).where(
            ENTRY.c.form == chosen.form, ENTRY.c.record_id == record_id
        )
        return self._frame(query.order_by(ENTRY.c.version), columns)

    def summary(self) -> pd.DataFrame:
        """Count what this viewer may see: records, versions, erased ones and those due for review, by form."""
        due = sa.and_(ENTRY.c.review_date <= _today(), ENTRY.c.content.is_not(None), storing.newest())
        query = self._select(
            ENTRY.c.form,
            sa.func.count(sa.distinct(ENTRY.c.record_id)),
            sa.func.count(),
            sa.func.count(ENTRY.c.erased_at),
            sa.func.sum(sa.case((due, 1), else_=0)),
        ).group_by(ENTRY.c.form)
        return self._frame(
            query.order_by(ENTRY.c.form), ("form", "records", "versions", "erased", "due_for_review")
        )

    def review_queue(self, *, within_days: int = 0) -> pd.DataFrame:
        """List the records whose review date has come, or comes within so many days; the longest overdue first.

        A review is a new version with a new date (``record.revise(review_date=...)``) or :meth:`erase`, and a
        RetentionReview that says who decided and why.
        """
        from datetime import timedelta

        check = Check("store.review_queue")
        check.whole(0, within_days=within_days)
        check.done()
        columns = ("form", "record_id", "version", "review_date", "handling", "unit", "purpose_id")
        query = self._select(*(ENTRY.c[name] for name in columns), only_newest=True).where(
            ENTRY.c.content.is_not(None),
            ENTRY.c.review_date <= _today() + timedelta(days=within_days),
        )
        frame = self._frame(query.order_by(ENTRY.c.review_date, ENTRY.c.record_id), columns)
        today = _today()
        return frame.assign(days_overdue=[(today - due).days for due in frame["review_date"]])

    def erase(self, form: str | type[Record], record_id: str, *, reason: str, approver: str) -> int:
        """Take the content of all versions out for good; number, hashes, reason and approver stay as a tombstone.

        Returns
        -------
        int
            How many versions were erased.

        Raises
        ------
        InputError
            When there is no such record, or reason or approver are missing.
        """
        chosen = form_of(form, "store.erase")
        check = Check("store.erase")
        if not reason.strip():
            check.add("reason must say why it is erased.")
        if not approver.strip():
            check.add("approver must say who agreed.")
        elif human(approver):
            check.add(f"approver: {human(approver)}")
        check.done()
        which = sa.and_(
            ENTRY.c.form == chosen.form, ENTRY.c.record_id == record_id, ENTRY.c.content.is_not(None)
        )
        with engines.transaction(self._engine, writes=True) as connection:
            seen = connection.execute(self._select(sa.func.count(), only_newest=True).where(which)).scalar()
            if not seen:
                raise InputError(
                    f"store.erase: there is no {chosen.form} {record_id!r} that you may see and that is not erased."
                )
            stamp = {
                "erased_at": datetime.now(UTC),
                "erased_by": approver,
                "erased_reason": reason,
                "content": None,
            }
            done = connection.execute(sa.update(ENTRY).where(which).values(**stamp)).rowcount
            self._log(
                "erasure",
                f"erased {chosen.form}",
                [f"{chosen.form}:{record_id}"],
                reason=reason,
                approver=approver,
            )
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(done)

    def verify(self) -> pd.DataFrame:
        """Check every stored version: text against hash, columns against text, versions against each other.

        Returns
        -------
        DataFrame
            ``form``, ``record_id``, ``version``, ``fault``; empty when everything is as it was stored.
        """
        import pandas as pd

        with engines.transaction(self._engine, writes=False) as connection:
            found = list(faults_of(connection))
        return pd.DataFrame(found, columns=["form", "record_id", "version", "fault"])

    def admit(self, login: str, *, unit: str = "", level: Level = "local", handling: str) -> None:
        """On a server, let a login see and add records; the database keeps it to that, whatever program it uses.

        Only the owner of the store can admit. Admitting again replaces what was said before.

        Parameters
        ----------
        login
            A role of the server.
        unit, level, handling
            As in :func:`ilp_lab.records.open_store`; ``handling`` is the strictest code the login may see.

        Raises
        ------
        StoreError
            When the store is a file, where nothing can be enforced, or this login is not its owner.
        """
        if self._engine.dialect.name != "postgresql":
            raise StoreError(
                "store.admit: a file cannot keep readers apart: whoever holds it can read all of it. Use one file for each unit, or "
                "a server (url='postgresql://...')."
            )
        who = viewer(unit=unit, level=level, handling=handling)
        quoted = self._engine.dialect.identifier_preparer.quote_identifier(login)
        rows = [
            {"login": login, "handling": code, "unit": who.unit, "level": LEVELS.index(who.level)}
            for code in who.codes
        ]
        with engines.transaction(self._engine, writes=True) as connection:
            connection.execute(sa.delete(MEMBER).where(MEMBER.c.login == login))
            connection.execute(sa.insert(MEMBER), rows)
            for right in (
                f"GRANT SELECT, INSERT ON entry, share TO {quoted}",
                f"GRANT SELECT ON alembic_version TO {quoted}",
                f"GRANT USAGE ON SEQUENCE entry_seq_seq TO {quoted}",
            ):
                connection.execute(sa.text(right))
        self._log("housekeeping", f"admitted {login}", [], unit=who.unit, level=who.level, handling=handling)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        rows = self.summary()
        counted = ", ".join(f"{row.records:,} {row.form}" for row in rows.itertuples()) or "no records"
        return f"Case store {engines.name_of(self._engine)}: {counted}"

    def _select(self, *columns: Any, only_newest: bool = False) -> sa.Select[Any]:
        seen = storing.visible(self.viewer, only_newest=only_newest)
        return sa.select(*columns).select_from(ENTRY).where(seen)

    def _made(self, form: type[Record], row: Any) -> Record:
        """The record of a row, when it is as it was stored."""
        if fits_hash(row):
            try:
                return form.from_json(row.content, written_as=row.form_version)
            except FormError as error:
                raise StoreError(
                    f"The case store {engines.name_of(self._engine)} holds a {form.form} that this version of ilp_lab cannot read: {error}"
                ) from error
        raise StoreError(
            f"The case store {engines.name_of(self._engine)} was altered: {form.form} {row.record_id!r} version {row.version} is not what "
            "was stored. store.verify() lists all that is; restore it from a copy."
        )

    def _frame(self, query: sa.Select[Any], columns: Iterable[str]) -> pd.DataFrame:
        import pandas as pd

        with engines.transaction(self._engine, writes=False) as connection:
            rows = connection.execute(query).all()
        return mark(
            pd.DataFrame([tuple(row) for row in rows], columns=list(columns)), handling=self.case.handling
        )

    def _log(self, operation: Any, what: str, keys: list[str], **detail: Any) -> None:
        more = {"and_more": len(keys) - 20} if len(keys) > 20 else {}
        self.case.record(
            operation, what, store=engines.name_of(self._engine), records=keys[:20], **more, **detail
        )


def _today() -> date:
    return datetime.now(UTC).date()
