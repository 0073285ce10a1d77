"""Sealing and unsealing: the bytes of a package, and everything a hostile one could try."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab.errors import ReadError, SafeguardError
from ilp_lab.safeguards.keys import PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT = "ilp-package/1"
_MANIFEST, _SIGNATURE, _DATA = "manifest.json", "manifest.sig", "data/"
_LARGEST = 500_000_000
_LARGEST_MANIFEST = 5_000_000
_MOST_FILES = 500
_NEEDED = ("id", "kind", "sender", "recipient", "handling", "created_at", "expires_on", "files")
# everything that the reader of zip files raises on bytes that are none
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    ArithmeticError,
    struct.error,
)
_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)


def sha256(content: bytes) -> str:
    """The hash of some bytes."""
    return hashlib.sha256(content).hexdigest()


def described(content: bytes) -> dict[str, Any]:
    """What the manifest says of a file."""
    return {"sha256": sha256(content), "size": len(content)}


def seal(manifest: Mapping[str, Any], files: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """The bytes of a package: manifest, signature over it, files. The same input gives the same bytes."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return _boxed(text, base64.b64encode(key.sign(text)), files)


def read_sealed(path: Path) -> bytes:
    """The bytes of a package's file, when it is not too large."""
    try:
        if path.is_dir():
            raise ReadError(f"{path.name} is a folder; a package is a file that ends in .ilp.")
        if path.stat().st_size > _LARGEST:
            raise ReadError(f"{path.name} is larger than {_LARGEST // 1_000_000} MB, which no package is.")
        return path.read_bytes()
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def unseal(
    sealed: bytes, keys: Mapping[str, PublicKey], *, name: str
) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
    """Verify a package and return its manifest and files.

    Nothing of the content is looked at before the signature over the manifest is found to be the sender's, and no file is
    handed on whose size and hash are not those that the sender signed.

    Raises
    ------
    ReadError
        When it is no package, or made by a newer version.
    SafeguardError
        When it is unsigned, altered, from an unknown sender, or built to do harm.
    """
    try:
        with zipfile.ZipFile(BytesIO(sealed)) as box:
            _check_box(box, name)
            text = _get(box, _MANIFEST, _LARGEST_MANIFEST, name)
            signature = _get(box, _SIGNATURE, 200, name)
            manifest = _manifest(text, signature, keys, name)
            inside = {info.filename for info in box.infolist()}
            wanted = {_MANIFEST, _SIGNATURE} | {_DATA + file for file in manifest["files"]}
            if inside != wanted:
                odd = min(inside ^ wanted)
                raise SafeguardError(f"{name} was altered: {odd!r:.80} is missing, or was added after sealing. It was not opened.")  # fmt: skip
            files = {file: _file(box, file, facts, name) for file, facts in manifest["files"].items()}
            # the signature covers the manifest only: what it does not cover must not be there at all
            if not _nothing_added(text, signature, files, sealed):
                raise SafeguardError(
                    f"{name} was altered: it holds bytes that were not sealed. It was not opened."
                )
    except _BROKEN as error:
        if sealed[:2] != b"PK":
            raise ReadError(f"{name} is no package of ilp_lab.") from error
        raise SafeguardError(f"{name} is damaged or was altered ({error}); it was not opened.") from error
    except OSError as error:
        if isinstance(error, (ReadError, SafeguardError)):
            raise
        raise SafeguardError(f"{name} is damaged or was altered; it was not opened.") from error
    return manifest, files


def _nothing_added(manifest: bytes, signature: bytes, files: Mapping[str, bytes], sealed: bytes) -> bool:
    """Whether the file is, byte for byte, what sealing its content gives: no comment, no gap, nothing in front or behind."""
    return _boxed(manifest, signature, files) == sealed


def _boxed(manifest: bytes, signature: bytes, files: Mapping[str, bytes]) -> bytes:
    """The zip file of a package; nothing in it is packed, so the same content is the same bytes everywhere."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as box:
        _put(box, _MANIFEST, manifest)
        _put(box, _SIGNATURE, signature)
        for name in sorted(files):
            _put(box, _DATA + name, files[name])
    return stream.getvalue()


def _put(box: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _OLDEST_DATE)
    info.external_attr = 0o600 << 16
    info.create_system = 3
    box.writestr(info, content)


def _check_box(box: zipfile.ZipFile, name: str) -> None:
    entries = box.infolist()
    names = [info.filename for info in entries]
    if _MANIFEST not in names:
        raise ReadError(f"{name} is no package of ilp_lab: it has no manifest.")
    if _SIGNATURE not in names:
        raise SafeguardError(f"{name} is not signed; it was not opened.")
    if len(entries) > _MOST_FILES + 2 or len(set(names)) != len(names):
        raise SafeguardError(f"{name} holds too many files, or one name twice; it was not opened.")
    if any(
        info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size for info in entries
    ):
        raise SafeguardError(f"{name} holds packed files, which no package does: it may unpack to far more than it is. It was not opened.")  # fmt: skip
    if any(
        info.flag_bits & 0x1 or (info.external_attr >> 16) & 0o170000 not in {0, 0o100000} for info in entries
    ):
        raise SafeguardError(
            f"{name} holds encrypted entries or links, which no package does; it was not opened."
        )


def _get(box: zipfile.ZipFile, entry: str, most: int, name: str) -> bytes:
    with box.open(entry) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise SafeguardError(f"{name}: {entry} is larger than it can be; it was not opened.")
    return content


def _manifest(text: bytes, signature: bytes, keys: Mapping[str, PublicKey], name: str) -> Mapping[str, Any]:
    try:
        manifest = json.loads(text)
        made = str(manifest["format"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SafeguardError(
            f"{name} was altered: its manifest cannot be read. It was not opened."
        ) from error
    if made != FORMAT:
        kind, _, number = made.partition("/")
        if kind == "ilp-package" and number.isdigit():
            raise ReadError(f"{name} was made by a newer version (format {made}); update ilp_lab, or ask for format {FORMAT}.")  # fmt: skip
        raise ReadError(f"{name} is no package of ilp_lab (format {made[:40]!r}).")
    sender = manifest.get("sender")
    if not isinstance(sender, str) or sender not in keys:
        known = ", ".join(sorted(keys)) or "nobody yet"
        raise SafeguardError(
            f"{name} says it is from {str(sender)[:60]!r}, whose key is not trusted here (trusted: {known}). It was not opened. "
            "Get the unit's public key, compare its fingerprint by telephone, then ilp.safeguards.trust(line)."
        )
    try:
        signed = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        signed = b""
    if not keys[sender].verifies(signed, text):
        raise SafeguardError(f"{name} was altered, or was not signed by {sender}: the signature does not fit. It was not opened.")  # fmt: skip
    missing = [part for part in _NEEDED if part not in manifest]
    if missing or not isinstance(manifest["files"], dict):
        raise ReadError(f"{name} lacks {', '.join(missing) or 'a list of files'}; it was not opened.")
    return dict(manifest)


def _file(box: zipfile.ZipFile, file: str, facts: Any, name: str) -> bytes:
    if not isinstance(facts, dict) or not isinstance(facts.get("size"), int) or facts["size"] < 0:
        raise ReadError(f"{name} does not say how large {file!r:.60} is; it was not opened.")
    with box.open(_DATA + file) as stream:
        content = stream.read(facts["size"] + 1)
    if len(content) != facts["size"] or sha256(content) != facts.get("sha256"):
        raise SafeguardError(f"{name} was altered: {file!r:.60} is not as it was sealed. It was not opened.")
    return content
