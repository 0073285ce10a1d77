"""The audit log: append-only JSON lines, each chained to the one before by its hash.

A changed, removed, inserted or reordered line breaks the chain at a line that :meth:`AuditLog.verify` names. A
small file beside the log remembers how far it had come, so a log cut off at the end is noticed too. A line that
was being written when the machine died was never acknowledged: the next entry sets its bytes aside and says so.

The chain shows tampering by anyone who cannot rewrite the whole log and the file beside it; keep a copy of
:attr:`AuditLog.head` elsewhere where that matters.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from ilp_lab.errors import AuditError, InputError, WriteError
from ilp_lab.safeguards.writing import plain_reason

Operation = Literal[
    "collection", "alteration", "consultation", "disclosure", "combination", "erasure", "housekeeping"
]
"""What is logged: the six operations of Directive (EU) 2016/680, article 25, and the log's own upkeep."""

_OPERATIONS: Final = get_args(Operation)
_START: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class _Sound:
    """How far a log was found sound by this program, and by which bytes."""

    size: int
    digest: bytes
    hashes: tuple[str, ...]


_sound: dict[Path, _Sound] = {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the log showed.

    Attributes
    ----------
    ok
        Whether every line is as it was written.
    entries
        How many sound lines there are.
    broken_line
        The first line that is not as written, counting from 1; 0 when there is none.
    reason
        In words.
    """

    ok: bool
    entries: int
    broken_line: int
    reason: str

    def __bool__(self) -> bool:
        return self.ok


class AuditLog:
    """The append-only log of a case.

    Parameters
    ----------
    path
        The log file; it is made with the first entry.

    Examples
    --------
    >>> import tempfile
    >>> log = AuditLog(Path(tempfile.mkdtemp()) / "audit.jsonl")
    >>> log.append("consultation", actor="A17", what="opened the case")["seq"]
    1
    >>> log.verify().ok
    True
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._head_path = self.path.with_suffix(".head")

    def append(
        self, operation: Operation, *, actor: str, what: str, detail: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Add an entry; it is on the disk when this returns.

        Parameters
        ----------
        operation
            One of :data:`Operation`.
        actor
            Who did it.
        what
            In a few words.
        detail
            Further facts: numbers, texts, lists of them.

        Raises
        ------
        AuditError
            When the end of the log does not fit the file that remembers it.
        WriteError
            When it cannot be written.
        """
        from filelock import FileLock, Timeout

        if operation not in _OPERATIONS:
            raise InputError(
                f"AuditLog.append: operation must be one of {', '.join(_OPERATIONS)}; got {operation!r}."
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock"), timeout=30):
                torn = self._set_torn_end_aside()
                if self._end_is_forgotten():
                    self._write(
                        "housekeeping", "system", f"{self._head_path.name}, which remembers the end of the log, was missing or unreadable", {}
                    )  # fmt: skip
                if torn:
                    self._write(
                        "housekeeping", "system", "set aside a line that was never finished", {"bytes": torn}
                    )
                return self._write(operation, actor, what, dict(detail or {}))
        except Timeout as error:
            raise WriteError(
                f"The audit log {self.path} has been locked by another program for 30 seconds."
            ) from error
        except OSError as error:
            raise WriteError(
                f"The audit log {self.path} cannot be written: {plain_reason(error)}."
            ) from error

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """The finished entries in order, as they stand (not verified)."""
        for line in self._lines():
            try:
                yield json.loads(line)
            except ValueError:
                return

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry; keep a copy elsewhere to prove that nothing was cut off."""
        line = _last_line(self.path)
        if line is None:
            return 0, _START
        entry = json.loads(line)
        return int(entry["seq"]), str(entry["hash"])

    def verify(self) -> Verdict:
        """Check every line; names the first one that is not as it was written.

        Cost: one pass over the file. Lines that this program found sound before are compared by the hash of all their bytes, which
        is many times faster than reading them anew, and finds every change all the same.
        """
        content = self._whole_lines()
        before = _sound.get(self.path, _Sound(0, b"", ()))
        digest = hashlib.sha256(content[: before.size])
        same = len(content) >= before.size and digest.digest() == before.digest
        hashes = list(before.hashes) if same else []
        for line in content[before.size if same else 0 :].split(b"\n")[:-1]:
            reason, found = _checked(line, len(hashes) + 1, hashes[-1] if hashes else _START)
            if reason:
                return Verdict(ok=False, entries=len(hashes), broken_line=len(hashes) + 1, reason=reason)
            hashes.append(found)
        count = len(hashes)
        remembered = self._remembered()
        if remembered is None and self._head_path.exists():
            reason = f"{self._head_path.name}, which remembers the end of the log, cannot be read: nobody can tell whether lines were cut off"
            return Verdict(ok=False, entries=count, broken_line=count + 1, reason=reason)
        known_seq, known_hash = remembered or (0, _START)
        if known_seq > count:
            reason = f"the log ends at line {count}, but {known_seq} lines had been written"
            return Verdict(ok=False, entries=count, broken_line=count + 1, reason=reason)
        if known_seq and hashes[known_seq - 1] != known_hash:
            reason = "the chain was rebuilt: the line is not the one that was written"
            return Verdict(ok=False, entries=count, broken_line=known_seq, reason=reason)
        digest.update(content[before.size :])
        _sound[self.path] = _Sound(len(content), digest.digest(), tuple(hashes))
        return Verdict(ok=True, entries=count, broken_line=0, reason=f"{count} entries, all as written")

    def _whole_lines(self) -> bytes:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        return content[: content.rfind(b"\n") + 1]

    def _write(self, operation: str, actor: str, what: str, detail: Mapping[str, Any]) -> Mapping[str, Any]:
        seq, prev = self._last()
        entry: dict[str, Any] = {
            "seq": seq + 1,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "actor": actor,
            "operation": operation,
            "what": what,
            "detail": detail,
            "prev": prev,
        }
        entry["hash"] = _hash(entry)
        with self.path.open("ab") as file:
            file.write(_canonical(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._remember(entry["seq"], entry["hash"])
        return entry

    def _last(self) -> tuple[int, str]:
        line = _last_line(self.path)
        if line is None:
            last = (0, _START)
        else:
            try:
                entry = json.loads(line)
                last = (int(entry["seq"]), str(entry["hash"]))
            except (ValueError, KeyError, TypeError) as error:
                raise AuditError(
                    f"The last line of the audit log {self.path} is not an entry; verify() tells more."
                ) from error
        if (self._remembered() or last)[0] > last[0]:
            raise AuditError(f"The audit log {self.path} was cut off at its end; verify() tells more.")
        return last

    def _set_torn_end_aside(self) -> int:
        """Bytes of an unfinished last line, moved to a file beside the log."""
        if not self.path.exists():
            return 0
        size = self.path.stat().st_size
        whole = _end_of_last_whole_line(self.path)
        if whole == size:
            return 0
        with self.path.open("r+b") as file:
            file.seek(whole)
            torn = file.read()
            with self.path.with_suffix(".torn").open("ab") as aside:
                aside.write(torn + b"\n")
                aside.flush()
                os.fsync(aside.fileno())
            file.truncate(whole)
            file.flush()
            os.fsync(file.fileno())
        return len(torn)

    def _lines(self) -> Iterator[bytes]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]

    def _remembered(self) -> tuple[int, str] | None:
        try:
            seq, known = self._head_path.read_text(encoding="ascii").split()
            return int(seq), known
        except (OSError, ValueError):
            return None

    def _end_is_forgotten(self) -> bool:
        return self.path.exists() and self.path.stat().st_size > 0 and self._remembered() is None

    def _remember(self, seq: int, known: str) -> None:
        fresh = self._head_path.with_suffix(".head-new")
        fresh.write_text(f"{seq} {known}\n", encoding="ascii")
        fresh.replace(self._head_path)


def _canonical(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return text.encode("ascii")


def _hash(entry: Mapping[str, Any]) -> str:
    body = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(_canonical(body)).hexdigest()


def _checked(line: bytes, number: int, prev: str) -> tuple[str, str]:
    """What is wrong with a line, and its hash."""
    try:
        entry = json.loads(line)
        if entry["seq"] != number:
            return f"entry {entry['seq']} stands where entry {number} belongs", ""
        if entry["prev"] != prev:
            return "it does not follow the line before it", ""
        if entry["hash"] != _hash(entry) or _canonical(entry) != line:
            return "its content was altered", ""
        return "", str(entry["hash"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "it is not an entry", ""


def _end_of_last_whole_line(path: Path) -> int:
    with path.open("rb") as file:
        position = file.seek(0, os.SEEK_END)
        while position > 0:
            step = min(4096, position)
            file.seek(position - step)
            found = file.read(step).rfind(b"\n")
            if found >= 0:
                return position - step + found + 1
            position -= step
    return 0


def _last_line(path: Path) -> bytes | None:
    if not path.exists():
        return None
    end = _end_of_last_whole_line(path)
    if end == 0:
        return None
    with path.open("rb") as file:
        block, start = b"", end - 1
        while start > 0:
            step = min(4096, start)
            start -= step
            file.seek(start)
            block = file.read(step) + block
            if b"\n" in block:
                return block.rsplit(b"\n", 1)[1]
        return block
