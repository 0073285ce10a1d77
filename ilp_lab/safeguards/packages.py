"""Release packages: what one unit passes to another, sealed, signed, with conditions that travel with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError, ReadError, SafeguardError
from ilp_lab.safeguards import sealing
from ilp_lab.safeguards.case import Case, raise_handling
from ilp_lab.safeguards.handling import handling_of, mark, policy
from ilp_lab.safeguards.keys import private_key, public_key, trusted
from ilp_lab.safeguards.release import Released, release_bytes
from ilp_lab.safeguards.rules import enforce
from ilp_lab.safeguards.writing import write_atomically

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("local", "regional", "national")
_NAME = re.compile(r"[\w][\w .()+,=@-]{0,118}\.[A-Za-z0-9]{1,12}")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass(frozen=True)
class Package:
    """A package that was opened and found to be as it was sealed.

    Attributes
    ----------
    manifest
        What the sender signed: ``id``, ``sender``, ``recipient``, ``level_from``, ``level_to``, ``handling``,
        ``conditions``, ``purpose``, ``legal_basis``, ``reason``, ``authority``, ``created_at``, ``expires_on``, ``files``.
    files
        Name to content.
    """

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def handling(self) -> str:
        """The handling code that everything made from it inherits."""
        return str(self.manifest["handling"])

    def table(self, name: str) -> pd.DataFrame:
        """A csv file of the package as a table that carries the package's handling code and origin."""
        from io import BytesIO

        import pandas as pd

        if name not in self.files or not name.lower().endswith(".csv"):
            have = ", ".join(file for file in self.files if file.lower().endswith(".csv")) or "none"
            raise InputError(f"Package.table: there is no table {name!r}; tables are {have}.")
        frame = pd.read_csv(BytesIO(self.files[name]), encoding="utf-8-sig")
        code = str(self.manifest["files"][name].get("handling", self.handling))
        return mark(
            frame, handling=handling_of(code, self.handling), origin=f"{self.manifest['sender']}: {name}"
        )

    def __str__(self) -> str:
        told = self.manifest
        names = ", ".join(self.files)
        return (
            f"Package {told['id']} from {told['sender']} to {told['recipient']} [{self.handling}]: {names}. "
            f"Conditions: {told['conditions'] or policy()[self.handling].meaning}"
        )


def release_package(
    case: Case,
    path: str | Path,
    files: Mapping[str, bytes | str | Path | Released],
    *,
    signed_by: str,
    recipient: str,
    reason: str,
    level_from: str = "local",
    level_to: str = "regional",
    conditions: str = "",
    authority: str | None = None,
    recipient_country: str | None = None,
    transfer_basis: str | None = None,
    expires_on: date | None = None,
    quality: str,
    passphrase: str | None = None,
    inputs: Sequence[Any] = (),
) -> Released:
    r"""Seal files into a signed package for another unit.

    Parameters
    ----------
    case
        The open case.
    path
        Where to; the name ends in ``.ilp``.
    files
        Name in the package to content: bytes, or a file that was released from a case (its handling code goes along).
    signed_by
        The unit whose key signs (:func:`make_key`).
    recipient
        The unit it is for; only that unit opens it.
    reason
        Why it is passed on; stands in the package and in the log.
    level_from, level_to
        ``"local"``, ``"regional"`` or ``"national"``.
    conditions
        Conditions of use; needed for handling code H3 and every other code that asks for an authority without saying more.
    authority
        Who permitted the release, where the code asks for it.
    recipient_country, transfer_basis
        For a recipient abroad: the country, and the legal basis of the transfer.
    expires_on
        The last day on which it can be opened.
    quality
        Grade and date of the information, so that the recipient can judge it: ``"own count, May 2026"``, ``"B2, 3 May 2026"``.
    passphrase
        Of the key.
    inputs
        Further tables, results or records that went into it: the package is as strict as the strictest, and a fault found in one of
        them later leads to it; see :func:`resting_on`.

    Returns
    -------
    Released
        The file, its handling code, hash and number.

    Raises
    ------
    InputError
        When something is missing or does not fit; all faults at once.
    SafeguardError
        When nothing says how good and how old the information is (D5), or a transfer abroad lacks its legal basis (D20).
    HandlingError, AuditError, WriteError
        As :func:`release_bytes`.

    Notes
    -----
    A zip file with a manifest (hash and size of every file), an Ed25519 signature over the manifest, and the files. The
    content is signed, not hidden: send it over a protected way.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import make_key, open_case
    >>> key = make_key("selin")
    >>> folder = Path(tempfile.mkdtemp())
    >>> case = open_case(folder, purpose="Burglary", legal_basis="Police Act s.12", analyst="A17")
    >>> sent = release_package(
    ...     case, folder / "to-tarn.ilp", {"counts.csv": b"area,n\nS1,3\n"}, signed_by="selin", recipient="tarn", reason="one series?",
    ...     quality="own count, May 2026",
    ... )  # fmt: skip
    >>> opened = open_package(sent, case=case, as_unit="tarn")
    >>> opened.table("counts.csv")["n"].tolist()
    [3]
    """
    caller = "safeguards.release_package"
    target = Path(path)
    released = [file for file in files.values() if isinstance(file, Released)]
    code = handling_of(case, *released, *inputs)
    _check_request(caller, target, files, recipient, reason, level_from, level_to, code, conditions, expires_on)  # fmt: skip
    _enforce(case, quality, recipient_country, transfer_basis)
    key = private_key(signed_by, passphrase=passphrase)
    contents = {name: _content(file, name, caller) for name, file in files.items()}
    manifest = {
        "format": sealing.FORMAT,
        "id": str(uuid.uuid4()),
        "kind": "package",
        "sender": signed_by,
        "sender_fingerprint": public_key(signed_by, passphrase=passphrase).fingerprint,
        "recipient": recipient,
        "recipient_country": recipient_country or "",
        "transfer_basis": transfer_basis or "",
        "level_from": level_from,
        "level_to": level_to,
        "handling": code,
        "handling_policy": policy().name,
        "conditions": conditions.strip(),
        "purpose": case.purpose,
        "legal_basis": case.legal_basis,
        "reason": reason.strip(),
        "authority": authority or "",
        "quality": quality.strip(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "expires_on": expires_on.isoformat() if expires_on else "",
        "files": {
            name: {
                **sealing.described(content),
                "handling": file.handling if isinstance(file := files[name], Released) else code,
            }
            for name, content in contents.items()
        },
    }
    sent = release_bytes(
        case,
        target,
        sealing.seal(manifest, contents, key),
        what=f"package {manifest['id']} for {recipient}",
        inputs=(code, *released, *inputs),
        authority=authority,
        reason=reason,
    )
    return replace(sent, package_id=str(manifest["id"]))


def open_package(
    path: str | Path | Released, *, case: Case, as_unit: str, expected_from: str | None = None
) -> Package:
    """Open a package: everything is verified before anything is used.

    Parameters
    ----------
    path
        The file.
    case
        The case that receives it. Its handling code rises to the package's: what is released from it later is as strict.
    as_unit
        The unit that opens it.
    expected_from
        The unit it must come from, when that is known.

    Returns
    -------
    Package
        Files in the memory; a copy of the sealed package is kept in the case's folder ``received``.

    Raises
    ------
    SafeguardError
        When it is unsigned, altered, from an unknown sender, for another unit, expired, recalled, or was opened before.
    ReadError
        When it is no package, too large, or made by a newer version.

    Examples
    --------
    See :func:`release_package`.

    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> open_package("nothing.ilp", case=case, as_unit="tarn")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.ReadError: nothing.ilp cannot be read: No such file or directory.
    """
    file = Path(path)
    sealed = sealing.read_sealed(file)
    manifest, contents = sealing.unseal(sealed, trusted(), name=file.name)
    if manifest["kind"] != "package":
        raise SafeguardError(
            f"{file.name} is a {manifest['kind']}, not a package; use ilp.safeguards.apply_recall."
        )
    check_addressee(file.name, manifest, as_unit, expected_from)
    kept = kept_file(case, manifest["id"])
    if kept.with_suffix(".recalled").exists():
        raise SafeguardError(
            f"{file.name} was recalled by {manifest['sender']}; it must not be used. Ask the sender."
        )
    if kept.exists():
        raise SafeguardError(
            f"{file.name} was received in this case before; the copy is {kept}. Use ilp.safeguards.received(case)."
        )
    for name in contents:
        _check_name(name, file.name)
    code = policy().check(str(manifest["handling"]))

    def log() -> None:
        case.record(
            "collection",
            f"received package {manifest['id']}",
            sender=manifest["sender"],
            handling=code,
            files=sorted(contents),
            sha256=sealing.sha256(sealed),
        )

    write_atomically(kept, sealed, before=log)
    raise_handling(case, code)
    return Package(manifest, contents)


def received(case: Case) -> pd.DataFrame:
    """List the packages that a case received.

    Returns
    -------
    DataFrame
        ``id``, ``sender``, ``created_at``, ``handling``, ``conditions``, ``files``, ``recalled``.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> len(received(open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")))
    0
    """
    import pandas as pd

    rows = []
    for file in sorted((case.folder / "received").glob("*.ilp")):
        manifest, _ = sealing.unseal(sealing.read_sealed(file), trusted(), name=file.name)
        rows.append(
            {
                "id": manifest["id"],
                "sender": manifest["sender"],
                "created_at": manifest["created_at"],
                "handling": manifest["handling"],
                "conditions": manifest["conditions"],
                "files": ", ".join(manifest["files"]),
                "recalled": file.with_suffix(".recalled").exists(),
            }
        )
    columns = ["id", "sender", "created_at", "handling", "conditions", "files", "recalled"]
    return pd.DataFrame(rows, columns=pd.Index(columns))


def _check_request(
    caller: str,
    target: Path,
    files: Mapping[str, Any],
    recipient: str,
    reason: str,
    level_from: str,
    level_to: str,
    code: str,
    conditions: str,
    expires_on: date | None,
) -> None:
    check = Check(caller)
    if target.suffix != ".ilp":
        check.add(f"the file name must end in .ilp; got {target.name!r}.")
    if not files:
        check.add("there is nothing to seal: files is empty.")
    for name in files:
        if not _good_name(name):
            check.add(
                f"{name!r:.60} cannot be a file's name in a package: letters, digits, spaces and . - _ with an ending, no folders."
            )
    for name, value in (("recipient", recipient), ("reason", reason)):
        if not value.strip():
            check.add(f"{name} must be given.")
    check.choice(allowed=LEVELS, level_from=level_from, level_to=level_to)
    if policy()[code].needs_conditions and not conditions.strip():
        check.add(
            f"handling code {code} leaves the conditions to the provider; say them with conditions='...'."
        )
    if expires_on is not None and expires_on < date.today():  # noqa: DTZ011
        check.add(f"expires_on lies in the past: {expires_on}.")
    check.done()


def _enforce(case: Case, quality: str, country: str | None, basis: str | None) -> None:
    """What is passed on says how good and how old it is (D5); what goes abroad says by which law (D20)."""
    if not quality.strip():
        enforce(
            case,
            "D5",
            "the package does not say how good and how old its content is: quality='B2, 3 May 2026'",
        )
    if (country or "").strip() and not (basis or "").strip():
        enforce(case, "D20", f"the transfer to {country} lacks its legal basis: transfer_basis='...'")


def check_addressee(name: str, manifest: Mapping[str, Any], as_unit: str, expected_from: str | None) -> None:
    """Refuse what is for another unit, from another one than expected, or too old."""
    if manifest["recipient"] != as_unit:
        raise SafeguardError(
            f"{name} is for {manifest['recipient']!r}, not for {as_unit!r}; it was not opened."
        )
    if expected_from is not None and manifest["sender"] != expected_from:
        raise SafeguardError(
            f"{name} comes from {manifest['sender']!r}, not from {expected_from!r}; it was not opened."
        )
    expires = str(manifest["expires_on"])
    if expires and expires < date.today().isoformat():  # noqa: DTZ011
        raise SafeguardError(
            f"{name} could be opened until {expires}; ask {manifest['sender']} for a new one."
        )


def _content(file: Any, name: str, caller: str) -> bytes:
    if isinstance(file, bytes):
        return file
    try:
        return Path(file).read_bytes()
    except (OSError, TypeError) as error:
        raise InputError(f"{caller}: {name}: {file!r:.80} cannot be read ({error}).") from error


def _check_name(name: str, package: str) -> None:
    if not _good_name(name):
        raise SafeguardError(
            f"{package} holds a file named {name!r:.60}, which no honest package does; it was not opened."
        )


def _good_name(name: object) -> bool:
    return (
        isinstance(name, str)
        and bool(_NAME.fullmatch(name))
        and not _RESERVED.fullmatch(name)
        and ".." not in name
    )


def kept_file(case: Case, package_id: object) -> Path:
    """Where a case keeps a package it received."""
    try:
        number = uuid.UUID(str(package_id))
    except ValueError:
        raise ReadError(f"{str(package_id)[:60]!r} is not the number of a package.") from None
    return case.folder / "received" / f"{number}.ilp"
