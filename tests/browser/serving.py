"""Servers of ours for tests: started as users start them, in a folder of their own, ended in order."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

STARTS_WITHIN_S = 120
ENDS_WITHIN_S = 30


def apart(folder: Path) -> dict[str, str]:
    """What to add to the environment so that Jupyter keeps its own files in ``folder``."""
    return {
        "PYTHONUNBUFFERED": "1",
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


@contextmanager
def serving(
    command: Sequence[str], folder: Path, address: str, environment: Mapping[str, str]
) -> Iterator[tuple[re.Match[str], Path]]:
    """Run a server, ``environment`` added to ours, until the block ends; gives the address it said, as found by a pattern, and what it says."""
    log = folder / "server.log"
    with log.open("w") as sink:
        server = subprocess.Popen(
            command, env={**os.environ, **environment}, cwd=folder, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        yield _said(server, log, address), log
    finally:
        server.terminate()
        try:
            server.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _said(server: subprocess.Popen[bytes], log: Path, address: str) -> re.Match[str]:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        if found := re.search(address, log.read_text()):
            return found
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")
