"""Progress: what a learner did, kept on this computer without a name, each entry chained to the one before."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ilp_lab.errors import ReadError, WriteError
from ilp_lab.safeguards.writing import write_atomically

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LARGEST = 20_000_000
CLOCK = "the clock ran backwards"


class ProgressFile:
    """One learner's file: JSON lines, the first with the learner's code, each with the hash of the one before.

    Examples
    --------
    >>> import tempfile
    >>> held = ProgressFile(Path(tempfile.mkdtemp()) / "progress.jsonl")
    >>> held.note("M08", "1", ok=False)
    >>> held.note("M08", "1", ok=True)
    >>> held.state("M08")["1"]
    {'tries': 2, 'done': True, 'said': ''}
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def known_learner(self) -> str | None:
        """The learner's code, or None where nothing was written yet; never writes."""
        for entry in self.entries():
            return str(entry["learner"])
        return None

    @property
    def learner(self) -> str:
        """The learner's code, made when first asked for; no name."""
        return self.known_learner or self._begin()

    def note(self, lesson: str, check: str, *, ok: bool, said: str = "") -> None:
        """Take down one try.

        Raises
        ------
        WriteError
            When the file cannot be written.
        """
        learner = self.learner
        last = list(self.entries())[-1]
        entry = {
            "learner": learner,
            "lesson": lesson,
            "check": check,
            "ok": bool(ok),
            "said": said,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "prev": last["hash"],
        }
        self._append(entry)

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """The entries as they stand.

        Raises
        ------
        ReadError
            When the file is not one of progress.
        """
        if not self.path.exists():
            return
        try:
            if self.path.stat().st_size > _LARGEST:
                raise ReadError(f"{self.path.name} is larger than a file of progress can be.")
            for line in self.path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    entry = json.loads(line)
                    yield {**entry, "hash": str(entry["hash"]), "learner": str(entry["learner"])}
        except OSError as error:
            raise ReadError(
                f"{self.path.name} cannot be read: {error.strerror or error}. Is the stick still in?"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ReadError(
                f"{self.path} is not a file of progress, or is damaged. Move it away to begin a new one."
            ) from error

    def state(self, lesson: str) -> dict[str, dict[str, Any]]:
        """Tries and whether it is done, by check of a lesson."""
        found: dict[str, dict[str, Any]] = {}
        for entry in self.entries():
            if entry.get("lesson") != lesson:
                continue
            one = found.setdefault(str(entry["check"]), {"tries": 0, "done": False, "said": ""})
            one["tries"] += 1
            one["done"] = one["done"] or bool(entry["ok"])
            one["said"] = str(entry.get("said", "")) or one["said"]
        return found

    def faults(self) -> list[str]:
        """What is odd about the file, in sentences: entries altered or taken out, a clock that ran backwards."""
        found, prev, at = [], "", ""
        for number, entry in enumerate(self.entries(), start=1):
            if entry.get("prev", "") != prev or _hash(entry) != entry["hash"]:
                found.append(f"entry {number} is not as it was written.")
                break
            if str(entry["at"]) < at:
                found.append(f"{CLOCK} before entry {number}.")
            prev, at = str(entry["hash"]), str(entry["at"])
        return found

    def altered(self) -> list[str]:
        """The faults that a clock does not explain: entries altered or taken out."""
        return [fault for fault in self.faults() if not fault.startswith(CLOCK)]

    def _begin(self) -> str:
        code = "L-" + "".join(secrets.choice(_LETTERS) for _ in range(6))
        self._append({"learner": code, "at": datetime.now(UTC).isoformat(timespec="seconds"), "prev": ""})
        return code

    def _append(self, entry: dict[str, Any]) -> None:
        entry["hash"] = _hash(entry)
        held = self.path.read_bytes() if self.path.exists() else b""
        line = json.dumps(entry, sort_keys=True, ensure_ascii=False).encode(errors="surrogatepass")
        try:
            write_atomically(self.path, held + line + b"\n")
        except WriteError as error:
            raise WriteError(f"Your progress cannot be kept: {error}") from error


def progress_file() -> ProgressFile:
    """The file of progress of this computer: in the folder named by ``ILP_LAB_PROGRESS``, or in the user's documents."""
    named = os.environ.get("ILP_LAB_PROGRESS")
    if named:
        return ProgressFile(Path(named) / "progress.jsonl")
    import platformdirs

    return ProgressFile(Path(platformdirs.user_documents_dir()) / "ilp-lab" / "progress.jsonl")


def _hash(entry: Mapping[str, Any]) -> str:
    body = {name: value for name, value in entry.items() if name != "hash"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
