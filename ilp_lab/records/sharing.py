"""Sharing: records leave a store as a sealed package, and come out of one into another unit's store.

What is shared says how good and how old it is, tells nothing of sources, and takes its handling code, its conditions and its review
date along. What comes in keeps the number its sender knows it by, so that a correction finds it and a rumour that comes back is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import ReadError
from ilp_lab.records import engines, storing
from ilp_lab.records.acting import DisseminationRecord
from ilp_lab.records.catalogue import FORMS, sensitive_fields
from ilp_lab.records.form import Level, Record
from ilp_lab.records.gathering import IntelligenceReport
from ilp_lab.records.passing import conditions_of, fit_to_leave, listed, passed_on, quality_of, sharing_faults
from ilp_lab.safeguards import Package, Released, enforce, handling_of, release_package
from ilp_lab.safeguards.permitting import check_other

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records.casestore import CaseStore

CONTENT = "records.json"
_FORMAT = "ilp-records/1"
_APART = "::"
_OF_THE_HOLDER = {"version", "supersedes", "unit", "shared_with", "created_by"}
_LINKS = {"corroborated_by", "cites", "satisfied_by", "requirement_id", "requirement_ids", "decision_id"}


@dataclass(frozen=True)
class Shared:
    """What was shared, and what was not.

    Attributes
    ----------
    package
        The sealed file.
    record
        Key of the DisseminationRecord in the store.
    shared
        Numbers of the records in it.
    held
        Records that wait for a person: ``record_id``, ``rule``, ``fault``.
    """

    package: Released
    record: str
    shared: tuple[str, ...]
    held: pd.DataFrame

    def __str__(self) -> str:
        waits = f"; {self.held['record_id'].nunique()} wait for a person" if len(self.held) else ""
        return f"{len(self.shared)} records in {self.package.path.name} [{self.package.handling}]{waits}. Taken down as {self.record}."


@dataclass(frozen=True)
class TakenIn:
    """What was taken out of a package into a store.

    Attributes
    ----------
    keys
        Keys under which the records stand now.
    passed_over
        Those that were not stored: ``record_id`` and ``why``.
    """

    keys: tuple[str, ...]
    passed_over: pd.DataFrame

    def __str__(self) -> str:
        return f"{len(self.keys)} records taken in, {len(self.passed_over)} passed over."


def share(
    store: CaseStore,
    path: str | Path,
    records: pd.DataFrame | Iterable[Record],
    *,
    form: str = "IntelligenceReport",
    signed_by: str,
    recipient: str,
    reason: str,
    authoriser: str,
    names: Iterable[str] = (),
    conditions: str = "",
    authority: str | None = None,
    recipient_country: str | None = None,
    transfer_basis: str | None = None,
    **more: Any,
) -> Shared:
    """Pass records to another unit in a sealed, signed package.

    Parameters
    ----------
    store
        The case store; a DisseminationRecord is written to it.
    path
        Where to; the name ends in ``.ilp``.
    records
        Records, or a table from ``store.records(...)``.
    form
        The form of the table's rows: ``"IntelligenceReport"``, or one without fields on persons, such as
        ``"IntelligenceRequirement"`` or ``"TaskingRecord"``.
    signed_by, recipient, reason
        As in :func:`ilp_lab.safeguards.release_package`.
    authoriser
        Who answers for what was taken out: somebody other than the analyst.
    names
        Names of persons to replace in the texts.
    conditions
        Conditions of use, besides those that the records carry.
    authority
        Who permitted it, where the handling code asks for it.
    recipient_country, transfer_basis
        For a recipient abroad: the country, and the legal basis of the transfer (D20).
    **more
        ``level_from``, ``level_to``, ``expires_on``, ``passphrase`` of :func:`ilp_lab.safeguards.release_package`.

    Returns
    -------
    Shared
        The package, and the records that wait for a person because they may say something of a special category (D6).

    Raises
    ------
    InputError
        When something is missing, nothing is left to share, or the form holds facts on persons that cannot be taken out.
    SafeguardError
        When a report is suspected false but stated as fact (D4), has no date of what it tells (D5), is due for review (D7), or is
        worded so that the source can be told (D19). :func:`sharing_faults` lists all of them before.
    HandlingError
        When the handling code asks for an authority.

    Notes
    -----
    Source numbers and subjects are replaced by pseudonyms of the case: the recipient sees which reports have one source, and not
    who it is. Who took a report down, the kind of source and the note on risk stay behind.

    Examples
    --------
    A whole passage, from one store to the other, is shown at :func:`take_in`. Nothing to pass on is said:

    >>> import tempfile
    >>> from ilp_lab.records import open_store
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> with open_store(case) as store:
    ...     share(store, "p.ilp", [], signed_by="selin", recipient="tarn", reason="one series?", authoriser="Chief")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: records.share:...
    """
    chosen = listed(records, form, "records.share")
    check = Check("records.share")
    check_other(check, store.case, authoriser=authoriser)
    if not chosen:
        check.add("there is nothing to share: no record was given.")
    for form_of_some in sorted({type(one) for one in chosen}, key=lambda known: known.form):
        if not _may_be_shared(form_of_some):
            check.add(f"a {form_of_some.form} holds facts on persons ({', '.join(sensitive_fields(form_of_some))}); share a product instead.")  # fmt: skip
    check.done()
    held = fit_to_leave(store.case, sharing_faults(chosen))
    kept = [one for one in chosen if one.record_id not in set(held["record_id"])]
    if not kept:
        check.add("every record waits for a person; records.sharing_faults(...) says why.")
        check.done()
    if recipient_country:
        _ask_for_assessment(store)
    told = "; ".join(
        dict.fromkeys([*conditions_of(kept), *([conditions.strip()] if conditions.strip() else [])])
    )
    content = passed_on(store.case, kept, names=names, authoriser=authoriser, reason=reason)
    package = release_package(
        store.case, path, {CONTENT: _written(content)}, signed_by=signed_by, recipient=recipient, reason=reason, conditions=told,
        authority=authority, recipient_country=recipient_country, transfer_basis=transfer_basis, quality=quality_of(kept), inputs=kept,
        **more,
    )  # fmt: skip
    basis = transfer_basis or ("none: the rule was lifted, see the audit log" if recipient_country else None)
    try:
        (key,) = store.add(
            DisseminationRecord(
                product_id=package.package_id, recipient_organisation=recipient, recipient_country=recipient_country, transfer_basis=basis,
                justification=reason, disseminated_at=datetime.now(UTC).replace(microsecond=0), quality_note=quality_of(kept),
                sanitised_by=authoriser, onward_conditions=told or None, sha256_of_file=package.sha256, handling=package.handling,
            )
        )  # fmt: skip
    except BaseException:
        package.path.unlink(missing_ok=True)
        store.case.record("erasure", f"took back package {package.package_id}: it could not be taken down")
        raise
    return Shared(package, key, tuple(one.record_id for one in kept), held)


def take_in(
    store: CaseStore,
    package: Package,
    *,
    purpose_id: str | None = None,
    level: Level | None = None,
) -> TakenIn:
    """Take the records of an opened package into the store of the receiving case.

    Parameters
    ----------
    store
        The receiving store.
    package
        From :func:`ilp_lab.safeguards.open_package`, which verified it.
    purpose_id
        The purpose they are held for here; the sender's when left out, which is right only when the purpose is the same.
    level
        At which level they are worked on here; the one the package was sent to when left out.

    Returns
    -------
    TakenIn
        The keys, and what was passed over: own reports that come back, and what is held already.

    Raises
    ------
    ReadError
        When the package holds no records, or records of a later version.
    FormError
        When a record in it is not in order.
    StoreError
        When the store cannot be written; nothing is stored then.

    Notes
    -----
    A record is known here as ``sender::number``, and so are the reports it cites; a report of one's own that another cites keeps its
    own number, so circular reporting is found across units. Handling is the stricter of the record's and the package's, the review date
    is the sender's, and a record sent again with changes is a new version.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.records import IntelligenceReport, open_store
    >>> from ilp_lab.safeguards import make_key, open_case, open_package
    >>> key = make_key("selin")
    >>> folder = Path(tempfile.mkdtemp())
    >>> ours = open_case(folder / "selin", purpose="Thefts", legal_basis="Police Act s.12", analyst="A17")
    >>> theirs = open_case(folder / "tarn", purpose="Thefts", legal_basis="Police Act s.12", analyst="B2")
    >>> report = IntelligenceReport(
    ...     report_id="R-1", scheme="4x4", originator_unit="selin", source_ref="S-412", text="A grey van stood at the pier.",
    ...     statement_type="fact", source_grade="B", information_grade="2", obtained_at="2026-02-28T21:00Z", risk_assessed=True,
    ...     purpose_id="P-1", retention_class="2", review_date="2399-03-01", evaluator="E7", handling="H0", created_at="2026-03-01T10:00Z",
    ... )
    >>> with open_store(ours) as store:
    ...     sent = share(store, folder / "p.ilp", [report], signed_by="selin", recipient="tarn", reason="one series?", authoriser="Chief")
    >>> with open_store(theirs) as store:
    ...     taken = take_in(store, open_package(sent.package, case=theirs, as_unit="tarn"))
    ...     got = store.get("IntelligenceReport", "selin::R-1")
    >>> taken.keys, got.source_ref == "S-412"
    (('IntelligenceReport:selin::R-1@1',), False)
    """
    import pandas as pd

    sender, own = str(package.manifest["sender"]), str(package.manifest["recipient"])
    candidates: list[Record] = []
    passed: list[tuple[str, str]] = []
    for form, fields in _read(package):
        number = _number(str(fields.get(form.id_field, "")), sender, own)
        if _APART not in number:
            passed.append((number, "a record of our own that comes back"))
            continue
        candidates.append(form(**_as_received(fields, form, number, package, purpose_id, level)))
    with engines.transaction(store._engine, writes=False) as connection:  # noqa: SLF001  (one question for all of them)
        there = storing.latest(connection, [(one.form, one.record_id) for one in candidates])
    records: list[Record] = []
    for one in candidates:
        known = there.get((one.form, one.record_id))
        if known is not None and known[2]:
            passed.append((one.record_id, "it was erased here"))
            continue
        held = None if known is None else store.get(one.form, one.record_id)
        if held is not None and _content(held) == _content(one):
            passed.append((one.record_id, "it is held already"))
            continue
        records.append(
            one if held is None else held.revise(**{name: getattr(one, name) for name in _content(one)})
        )
    keys = store.add(records)
    store.case.record(
        "collection", "took records out of a package", package=package.manifest["id"], records=len(keys), passed_over=len(passed)
    )  # fmt: skip
    return TakenIn(keys, pd.DataFrame(passed, columns=pd.Index(["record_id", "why"])))


def _as_received(
    fields: Mapping[str, Any],
    form: type[Record],
    number: str,
    package: Package,
    purpose_id: str | None,
    level: Level | None,
) -> dict[str, Any]:
    """The fields as they are held here: numbers with their sender, the stricter code, our purpose."""
    sender, own = str(package.manifest["sender"]), str(package.manifest["recipient"])
    kept = {name: value for name, value in fields.items() if name not in _OF_THE_HOLDER}
    for name in _LINKS & set(kept):
        value = kept[name]
        if isinstance(value, (list, tuple)):
            kept[name] = [_number(str(item), sender, own) for item in value]
        else:
            kept[name] = _number(str(value), sender, own)
    kept |= {form.id_field: number, "level": level or package.manifest["level_to"]}
    kept["handling"] = handling_of(str(kept.get("handling", package.handling)), package.handling)
    if purpose_id is not None:
        kept["purpose_id"] = purpose_id
    if "conditions" in form.model_fields and not kept.get("conditions"):
        kept["conditions"] = str(package.manifest["conditions"]) or None
    return kept


def _content(record: Record) -> dict[str, Any]:
    """What two versions of the same record are compared by."""
    return {
        name: getattr(record, name)
        for name in type(record).model_fields
        if name not in _OF_THE_HOLDER and name != record.id_field
    }


def _number(number: str, sender: str, own: str) -> str:
    """How a number of the sender is known here; one of our own keeps its number."""
    if number.startswith(own + _APART):
        return number.removeprefix(own + _APART)
    return number if _APART in number else f"{sender}{_APART}{number}"


def _may_be_shared(form: type[Record]) -> bool:
    return issubclass(form, IntelligenceReport) or not sensitive_fields(form)


def _ask_for_assessment(store: CaseStore) -> None:
    """Sharing abroad asks for an impact assessment that somebody approved (D17)."""
    if not any(getattr(one, "approved_by", None) for one in store.read("PurposeRecord")):
        enforce(
            store.case, "D17", "records go abroad, and no PurposeRecord of this case was approved by anybody"
        )


def _written(content: Sequence[Mapping[str, Any]]) -> bytes:
    whole = {"format": _FORMAT, "records": content}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _read(package: Package) -> Iterator[tuple[type[Record], Mapping[str, Any]]]:
    if CONTENT not in package.files:
        raise ReadError(
            f"records.take_in: the package holds no records; it holds {', '.join(package.files)}."
        )
    try:
        whole = json.loads(package.files[CONTENT])
        made, items = str(whole["format"]), list(whole["records"])
        rows = [(str(item["form"]), int(item["form_version"]), dict(item["fields"])) for item in items]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReadError(f"records.take_in: {CONTENT} of the package is not of the needed form ({type(error).__name__}).") from error  # fmt: skip
    if made != _FORMAT:
        raise ReadError(f"records.take_in: the records were written by another version ({made[:40]!r}); update ilp_lab, or ask for {_FORMAT}.")  # fmt: skip
    for name, version, fields in rows:
        if name not in FORMS or version > FORMS[name].form_version:
            raise ReadError(f"records.take_in: the package holds a {name[:60]!r} of version {version}, which is not known here; update ilp_lab, or ask the sender for the form pack (see docs/forms.md).")  # fmt: skip
        if not _may_be_shared(FORMS[name]):
            raise ReadError(f"records.take_in: the package holds a {name}, which no unit passes on; ask the sender what it is for.")  # fmt: skip
        yield FORMS[name], fields
