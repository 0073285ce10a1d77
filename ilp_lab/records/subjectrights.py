"""Rights of data subjects: what is held on somebody, and putting right what is wrong, through to what rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError
from ilp_lab.records.catalogue import FORMS, form_of, sensitive_fields
from ilp_lab.records.form import Record
from ilp_lab.safeguards import handling_of, mark, resting_on
from ilp_lab.safeguards.permitting import check_other, check_reason

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records.casestore import CaseStore

_COLUMNS = ("form", "record_id", "version", "capacity", "what", "handling", "review_date", "releases")


def subject_report(store: CaseStore, entity_id: str, *, reason: str) -> pd.DataFrame:
    """List what a store holds on somebody, and which releases rest on it.

    Parameters
    ----------
    store
        The case store; what this viewer may not see is not listed.
    entity_id
        Who.
    reason
        Why it is looked up, such as the number of the request; logged.

    Returns
    -------
    DataFrame
        One row per record: ``form``, ``record_id``, ``version``, ``capacity`` (suspect, victim, …; as the record has it), ``what``
        (the text of a report, without its source), ``handling``, ``review_date``, ``releases`` (files that rest on it).

    Raises
    ------
    InputError
        When there is no reason.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.records import open_store
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> with open_store(case) as store:
    ...     len(subject_report(store, "E-7", reason="request 12 of 2026"))
    0
    """
    import pandas as pd

    check = Check("records.subject_report")
    check_reason(check, reason, says="must say why it is looked up", words=2)
    check.done()
    found = []
    for name in FORMS:
        for record in store.read(name, overdue=True):
            capacity = _capacity(record, entity_id)
            if capacity is None:
                continue
            files = resting_on(store.case, record.record_id, record.sha256)["file"]
            found.append(
                {
                    "form": record.form,
                    "record_id": record.record_id,
                    "version": record.version,
                    "capacity": capacity,
                    "what": _told(record),
                    "handling": record.handling,
                    "review_date": record.review_date,
                    "releases": ", ".join(dict.fromkeys(files)),
                }
            )
    store.case.record(
        "consultation", "listed what is held on a person", entity=entity_id, records=len(found), reason=reason
    )
    frame = pd.DataFrame(found, columns=pd.Index(_COLUMNS))
    return mark(frame, handling=handling_of(store.case, frame))


def rectify(
    store: CaseStore, form: str | type[Record], record_id: str, *, reason: str, approver: str, **changes: Any
) -> pd.DataFrame:
    """Put a record right, and name every release that rests on what was wrong.

    Parameters
    ----------
    store
        The case store.
    form, record_id
        Which record.
    reason
        What was wrong.
    approver
        Who agreed: somebody other than the analyst.
    **changes
        Fields with their right values.

    Returns
    -------
    DataFrame
        The releases to correct or call back: ``at``, ``what``, ``file``, ``sha256``, ``mark``. The earlier version stays in the history of
        the record; :meth:`CaseStore.erase` takes it out where the law asks for that.

    Raises
    ------
    InputError
        When nothing is changed, or reason or approver are missing.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.records import open_store
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> with open_store(case) as store:
    ...     rectify(store, "IntelligenceReport", "R-1", reason="", approver="A17")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: records.rectify:
      - reason must say what was wrong; got ''.
      - approver must be somebody other than the analyst.
      - name the fields to put right, such as text='...'.
    """
    check = Check("records.rectify")
    chosen = form_of(form, "records.rectify")
    check_reason(check, reason, says="must say what was wrong", words=2)
    check_other(check, store.case, approver=approver)
    if not changes:
        check.add("name the fields to put right, such as text='...'.")
    check.done()
    wrong = store.get(chosen, record_id)
    if all(getattr(wrong, name, None) == value for name, value in changes.items()):
        raise InputError(f"records.rectify: {chosen.form} {record_id!r} holds these values already.")
    store.add(wrong.revise(**changes))
    store.case.record(
        "alteration",
        f"rectified {chosen.form}",
        record=record_id,
        fields=sorted(changes),
        reason=reason,
        approver=approver,
    )
    return resting_on(store.case, record_id, wrong.sha256)


def _capacity(record: Record, entity_id: str) -> str | None:
    """In which capacity a record speaks of somebody; ``None`` when it does not."""
    for subject in getattr(record, "subjects", ()):
        if subject.entity_id == entity_id:
            return ", ".join(subject.categories)
    for name in ("left_id", "right_id", "entity_id", "subject_id", "subject"):
        if getattr(record, name, None) == entity_id:
            return name.removesuffix("_id")
    for name in sensitive_fields(type(record), kind="personal"):
        value = getattr(record, name)
        if entity_id in (value if isinstance(value, tuple) else (value,)):
            return name.removesuffix("_ref").replace("_", " ")
    return None


def _told(record: Record) -> str:
    for name in ("text", "product_title", "evidence", "statement"):
        value = getattr(record, name, None)
        if value:
            return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return record.title
