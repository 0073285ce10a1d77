"""The lab works on a copy of the notebooks and never overwrites what the user changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from ilp_lab.cli import lab
from ilp_lab.errors import WriteError


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "00_start.ipynb").write_text("first edition")
    monkeypatch.setattr(lab, "notebooks_folder", lambda: folder)
    monkeypatch.setattr(lab, "lessons_folder", lambda: folder)
    return folder


def test_new_same_updated_and_kept(shipped, tmp_path):
    home, notebook = tmp_path / "home", tmp_path / "home" / "00_start.ipynb"
    assert [entry.done for entry in lab.copy_notebooks(home)] == ["new"]
    assert [entry.done for entry in lab.copy_notebooks(home)] == ["same"]
    (shipped / "00_start.ipynb").write_text("second edition")
    assert [entry.done for entry in lab.copy_notebooks(home)] == ["updated"]
    assert notebook.read_text() == "second edition"
    notebook.write_text("my own work")
    (shipped / "00_start.ipynb").write_text("third edition")
    assert [entry.done for entry in lab.copy_notebooks(home)] == ["kept"]
    assert notebook.read_text() == "my own work"
    assert (home / "00_start (new edition).ipynb").read_text() == "third edition"


def test_learners_get_the_editions_without_solutions(tmp_path):
    names = {entry.name for entry in lab.copy_notebooks(tmp_path)}
    assert {"lessons/M08_where.ipynb", "lessons/managers/M16_allocation.ipynb"} <= names
    for file in (tmp_path / "lessons").rglob("*.ipynb"):
        assert "trainer's edition" not in file.read_text(encoding="utf-8")


def test_the_server_is_closed_to_the_network(tmp_path):
    command = lab.server_command(tmp_path)
    for option in (
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_unauthenticated_access=False",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.default_url=/ilp-lab/home",
        "--VoilaConfiguration.file_allowlist=[]",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ):
        assert option in command
    assert not any("token=" in option or "password" in option for option in command)
    assert ("--KernelManager.transport=ipc" in command) == (os.name != "nt")


def test_news_and_updates_are_off_and_settings_stay_in_the_folder(tmp_path):
    variables = lab.environment(tmp_path)
    settings = tmp_path / ".ilp-lab" / "settings"
    assert variables["JUPYTERLAB_SETTINGS_DIR"] == str(settings)
    quiet = json.loads(next(settings.rglob("notification.jupyterlab-settings")).read_text())
    assert quiet == {"fetchNews": "false", "checkForUpdates": False}


def test_a_folder_that_cannot_be_made_is_said(shipped, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written: part of the path is a file"):
        lab.copy_notebooks(tmp_path / "file" / "lab")


_SERVER = """
import signal, sys, time
from pathlib import Path

def end_in_order(*_):
    time.sleep(1.5)
    Path("ended").touch()
    sys.exit(3)

signal.signal(signal.{heard}, end_in_order)
Path("serving").touch()
time.sleep(60)
"""
_LAB = """
import sys
from pathlib import Path
from ilp_lab.cli import lab
from ilp_lab.cli.stopping import ctrl_c

lab.copy_notebooks = lambda home: []
lab.server_command = lambda home, **_: [sys.executable, "-c", {server!r}]
with ctrl_c():
    sys.exit(lab.run(Path.cwd(), port=0, browser=False))
"""


@pytest.mark.skipif(
    sys.platform == "win32",
    reason="Windows delivers Ctrl-C to the whole console, not to one group of processes",
)
@pytest.mark.parametrize(
    ("heard", "give"),
    [
        pytest.param("SIGINT", os.killpg, id="Ctrl-C, which everybody hears"),
        pytest.param("SIGTERM", os.kill, id="ended from outside, which only the command hears"),
    ],
)
def test_the_server_ends_in_order(tmp_path, heard, give):
    running = subprocess.Popen(
        [sys.executable, "-c", _LAB.format(server=_SERVER.format(heard=heard))],
        cwd=tmp_path,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not (tmp_path / "serving").exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)  # until the lab has reached its wait
    give(running.pid, getattr(signal, heard))
    _, said = running.communicate(timeout=60)
    assert (tmp_path / "ended").exists()
    assert running.returncode == 3, said
    assert "Traceback" not in said
