"""Packages called back: the notice, and what the recipient does with it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from ilp_lab._check import Check
from ilp_lab.errors import SafeguardError
from ilp_lab.safeguards import sealing
from ilp_lab.safeguards.case import Case
from ilp_lab.safeguards.handling import policy
from ilp_lab.safeguards.keys import private_key, trusted
from ilp_lab.safeguards.packages import check_addressee, kept_file
from ilp_lab.safeguards.release import Released, release_bytes
from ilp_lab.safeguards.writing import write_atomically


def recall_package(
    case: Case,
    path: str | Path,
    package_id: str,
    *,
    signed_by: str,
    recipient: str,
    reason: str,
    passphrase: str | None = None,
) -> Released:
    """Call a package back: a signed notice that makes it unusable in the recipient's case.

    Parameters
    ----------
    case
        The case it was released from.
    path
        Where the notice goes; the name ends in ``.ilp``.
    package_id
        The package's ``id``, as in the audit log.
    signed_by, recipient, reason, passphrase
        As for the package; only its sender can recall it.

    Raises
    ------
    InputError
        When this case released no such package, or something is missing.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> recall_package(case, "back.ilp", "17", signed_by="selin", recipient="tarn", reason="wrong name")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: safeguards.recall_package:
      - this case released no package '17'; its audit log names those it did.
    """
    check = Check("safeguards.recall_package")
    sent = {str(entry["what"]) for entry in case.audit.entries() if entry["operation"] == "disclosure"}
    if not any(what.startswith(f"released package {package_id} ") for what in sent):
        check.add(f"this case released no package {package_id!r}; its audit log names those it did.")
    if not reason.strip():
        check.add("reason must say why it is called back.")
    if Path(path).suffix != ".ilp":
        check.add(f"the file name must end in .ilp; got {Path(path).name!r}.")
    check.done()
    manifest = {
        "format": sealing.FORMAT,
        "id": str(uuid.uuid4()),
        "kind": "recall",
        "sender": signed_by,
        "recipient": recipient,
        "recalls": package_id,
        "reason": reason.strip(),
        "handling": policy().codes[0].code,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "expires_on": "",
        "files": {},
    }
    notice = sealing.seal(manifest, {}, private_key(signed_by, passphrase=passphrase))
    return release_bytes(
        case, path, notice, what=f"recall of package {package_id}", authority=case.analyst, reason=reason
    )


def apply_recall(path: str | Path | Released, *, case: Case, as_unit: str) -> str:
    """Act on a notice of recall: the package cannot be used in this case any more, and the log says so.

    Returns
    -------
    str
        What was done, in a sentence.

    Raises
    ------
    SafeguardError
        When the notice is not from the sender of the package, or not as it was signed.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> apply_recall("nothing.ilp", case=case, as_unit="tarn")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.ReadError: nothing.ilp cannot be read: No such file or directory.
    """
    file = Path(path)
    manifest, _ = sealing.unseal(sealing.read_sealed(file), trusted(), name=file.name)
    if manifest["kind"] != "recall":
        raise SafeguardError(f"{file.name} is no notice of recall.")
    check_addressee(file.name, manifest, as_unit, None)
    kept = kept_file(case, manifest["recalls"])
    if kept.exists():
        held, _ = sealing.unseal(sealing.read_sealed(kept), trusted(), name=kept.name)
        if held["sender"] != manifest["sender"]:
            raise SafeguardError(f"{file.name} comes from {manifest['sender']}; only the sender of a package, {held['sender']}, can recall it.")  # fmt: skip

    def log() -> None:
        case.record("erasure", f"recalled package {manifest['recalls']}", sender=manifest["sender"], reason=manifest["reason"])  # fmt: skip

    write_atomically(kept.with_suffix(".recalled"), sealing.read_sealed(file), before=log)
    return (
        f"Package {manifest['recalls']} was recalled by {manifest['sender']} ({manifest['reason']}). It cannot be opened in this "
        "case any more. Look for products that rest on it in the audit log, and correct them."
    )
