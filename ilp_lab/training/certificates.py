"""Certificates: which lessons a learner completed, signed by the trainer, verified without a network."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from ilp_lab._check import Check
from ilp_lab.errors import ReadError, SafeguardError
from ilp_lab.safeguards.keys import private_key, trusted
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training import editions
from ilp_lab.training.knowledge import MOMENTS
from ilp_lab.training.progressing import ProgressFile

_FORMAT = "ilp-certificate/1"
_SEALED = re.compile(r'<script type="application/json" id="certificate">(.*?)</script>', re.DOTALL)
_STYLE = (
    'body{font:16px/1.5 "Segoe UI","DejaVu Sans",system-ui,sans-serif;color:#1b2733;max-width:46rem;margin:3rem auto;padding:2.5rem 3rem;'
    "border:3px double #1b2733}h1{margin:0 0 .2rem;font-size:1.9rem}p{margin:.4rem 0}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "td,th{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #d5dce3}.fine{font-size:.82rem;color:#51606e;overflow-wrap:anywhere}"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was verified: ``name``, ``learner``, ``lessons`` (id to title), ``signed_by``, ``given_on``."""

    name: str
    learner: str
    lessons: Mapping[str, str]
    signed_by: str
    given_on: str

    def __str__(self) -> str:
        return (
            f"{self.name} completed {', '.join(self.lessons)}; signed by {self.signed_by} on {self.given_on}"
        )


def certificate(
    path: str | Path,
    *,
    progress: str | Path,
    name: str,
    signed_by: str,
    passphrase: str | None = None,
    given_on: date | None = None,
) -> Path:
    """Write a certificate of the lessons that a learner completed.

    Parameters
    ----------
    path
        Where to; the name ends in ``.html``.
    progress
        The learner's file of progress.
    name
        The name on the certificate, as the trainer writes it; the file of progress knows none.
    signed_by
        The trainer's key (:func:`ilp_lab.safeguards.make_key`).
    passphrase
        Of the key.
    given_on
        Its date; today when left out.

    Returns
    -------
    Path
        The file: a page that opens without a network and holds what was signed.

    Raises
    ------
    InputError
        When no lesson is complete, or something is missing.
    SafeguardError
        When the file of progress was altered. A clock that ran backwards alters nothing; it is noted on the certificate.

    Examples
    --------
    >>> import tempfile
    >>> certificate("c.html", progress=Path(tempfile.mkdtemp()) / "none.jsonl", name="Ana", signed_by="academy")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: training.certificate:
      - no lesson is complete in none.jsonl.
    """
    target, held = Path(path), ProgressFile(Path(progress))
    faults = held.altered()
    if faults:
        raise SafeguardError(
            f"training.certificate: {held.path.name}: {' '.join(faults)} No certificate is given on it."
        )
    done = _complete(held)
    check = Check("training.certificate")
    if target.suffix != ".html":
        check.add(f"the file name must end in .html; got {target.name!r}.")
    if not name.strip():
        check.add("name must say whom it is for.")
    if not done:
        check.add(f"no lesson is complete in {held.path.name}.")
    check.done()
    content = {
        "format": _FORMAT,
        "name": name.strip(),
        "learner": held.learner,
        "lessons": done,
        "signed_by": signed_by,
        "given_on": (given_on or date.today()).isoformat(),  # noqa: DTZ011
        "remarks": held.faults(),
    }
    text = _canonical(content)
    signature = base64.b64encode(private_key(signed_by, passphrase=passphrase).sign(text)).decode()
    write_atomically(target, _page(content, signature).encode())
    return target


def verify_certificate(path: str | Path) -> Certificate:
    """Verify a certificate with the keys that are trusted on this computer.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    ReadError
        When it is no certificate.
    SafeguardError
        When it was altered, or signed by somebody who is not trusted here.

    Examples
    --------
    >>> verify_certificate("nothing.html")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.ReadError: nothing.html cannot be read: No such file or directory.
    """
    file = Path(path)
    try:
        page = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{file.name} cannot be read: {getattr(error, 'strerror', None) or 'it is no certificate of this program'}."
        ) from error
    sealed = _sealed(page)
    try:
        content, signature = sealed["content"], base64.b64decode(sealed["signature"], validate=True)
        text = _canonical(content)
        names = [str(content[part]) for part in ("name", "learner", "signed_by", "given_on")]
        held = Certificate(names[0], names[1], dict(content["lessons"]), names[2], names[3])
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError(f"{file.name} is no certificate of ilp_lab.") from error
    keys = trusted()
    if held.signed_by not in keys:
        raise SafeguardError(f"{file.name} is signed by {held.signed_by!r}, whose key is not trusted here.")
    if not keys[held.signed_by].verifies(signature, text) or page != _page(content, sealed["signature"]):
        raise SafeguardError(f"{file.name} was altered after it was signed.")
    return held


def _sealed(page: str) -> Mapping[str, Any]:
    found = _SEALED.search(page)
    try:
        held = json.loads(found[1]) if found else {}
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _complete(held: ProgressFile) -> dict[str, str]:
    found = {}
    for lesson_id in dict.fromkeys(str(entry["lesson"]) for entry in held.entries() if "lesson" in entry):
        if lesson_id in MOMENTS:
            continue
        key = editions.key_of(lesson_id)
        state = held.state(lesson_id)
        if all(state.get(number, {}).get("done") for number in key["checks"]):
            found[lesson_id] = str(key["title"])
    return dict(sorted(found.items()))


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _page(content: Mapping[str, Any], signature: str) -> str:
    rows = "".join(
        f"<tr><td>{escape(one)}</td><td>{escape(title)}</td></tr>"
        for one, title in content["lessons"].items()
    )
    sealed = json.dumps(
        {"content": content, "signature": signature}, sort_keys=True, ensure_ascii=True
    ).replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Certificate</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><h1>Certificate</h1><p>Intelligence-led policing: lessons that check themselves</p>"
        f"<p><strong>{escape(str(content['name']))}</strong> ({escape(str(content['learner']))}) completed</p>"
        f"<table><thead><tr><th>Lesson</th><th>Title</th></tr></thead><tbody>{rows}</tbody></table>"
        + "".join(f'<p class="fine">Note: {escape(str(one))}</p>' for one in content["remarks"])
        + f"<p>{escape(str(content['given_on']))}, signed by {escape(str(content['signed_by']))}</p>"
        f'<p class="fine">Verify without a network: ilp.training.verify_certificate(file). Signature: {escape(signature)}</p>'
        f'<script type="application/json" id="certificate">{sealed}</script></body></html>\n'
    )
