"""A real PostgreSQL server for the tests: in a temporary folder, on loopback, by an unprivileged user."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def programs() -> Path | None:
    """Where initdb and postgres are."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    folder = programs()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail("CI must bring a PostgreSQL server (package postgresql)")
        pytest.skip("no PostgreSQL server on this computer (Debian package postgresql)")
    place = Path(tempfile.mkdtemp(prefix="ilp-pg-"))
    password = secrets.token_hex(12)
    (place / "password").write_text(password)
    who = _unprivileged(place)
    data = place / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        subprocess.run(
            [folder / "initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", place / "password", "-E", "UTF8",
             "--locale=C", "--no-sync"],
            check=True, capture_output=True, **who,
        )  # fmt: skip
        running = subprocess.Popen(
            [folder / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", place, "-c", "max_connections=40", "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
        )  # fmt: skip
        try:
            _wait_for(folder, port, running)
            yield f"postgresql://owner:{password}@127.0.0.1:{port}/postgres"
        finally:
            running.send_signal(signal.SIGQUIT)  # at once: the data are thrown away
            running.wait(60)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait_for(folder: Path, port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        asked = subprocess.run(
            [folder / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], check=False, capture_output=True
        )
        if asked.returncode == 0:
            return
        if running.poll() is not None:
            pytest.fail(f"the PostgreSQL server ended with {running.returncode}")
        time.sleep(0.1)
    pytest.fail("the PostgreSQL server did not start within a minute")


def _unprivileged(place: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root; then it runs as its own user."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    shutil.chown(place, "postgres", "postgres")
    shutil.chown(place / "password", "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "cwd": "/"}
