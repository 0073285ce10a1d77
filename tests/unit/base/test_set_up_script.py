"""The one script that must run before anything is installed."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "run.py"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("ILP_LAB_VENV", str(tmp_path / "an environment"))
    spec = importlib.util.spec_from_file_location("run_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_read_it_far_enough_to_say_which_is_needed(run, monkeypatch, capsys):
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    monkeypatch.setattr(run, "OLDEST", (99, 0))
    assert run.main(["demo"]) == 1
    assert "3.11 or newer" in capsys.readouterr().err


def test_without_a_command_it_tells_what_it_can_do():
    told = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=True)
    for command in ("demo", "lab", "doctor", "test", "wheelhouse"):
        assert f"run.py {command}" in told.stdout


def test_it_needs_nothing_but_the_standard_library():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= set(sys.stdlib_module_names)


def test_it_installs_once_and_again_when_the_pins_change(run, monkeypatch):
    calls = []
    monkeypatch.setattr(
        run,
        "make_environment",
        lambda: Path(run.PYTHON).parent.mkdir(parents=True) or Path(run.PYTHON).touch(),
    )
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: calls.append(command) or 0)
    run.set_up("")
    run.set_up("")
    assert len(calls) == 1
    assert "constraints.txt" in " ".join(calls[0])
    monkeypatch.setattr(run, "fingerprint", lambda: "other pins")
    run.set_up("")
    assert len(calls) == 2


def test_a_failed_installation_is_said_and_tried_again(run, monkeypatch):
    monkeypatch.setattr(
        run,
        "make_environment",
        lambda: Path(run.PYTHON).parent.mkdir(parents=True) or Path(run.PYTHON).touch(),
    )
    monkeypatch.setattr(run.subprocess, "call", lambda *_, **__: 1)
    for _ in range(2):
        with pytest.raises(SystemExit, match="wheelhouse"):
            run.set_up("test")


def test_words_behind_test_go_to_pytest_and_other_commands_to_the_program(run, monkeypatch):
    calls = []
    monkeypatch.setattr(run, "set_up", calls.append)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: calls.append(command[1:]) or 7)
    assert run.main(["test", "-k", "gi_star"]) == 7
    assert run.main(["doctor"]) == 7
    assert run.main(["test"]) == 7
    assert calls[0::2] == ["test", "", "test"]
    assert calls[1] == ["-m", "pytest", "-k", "gi_star"]
    assert calls[3] == ["-m", "ilp_lab", "doctor"]
    assert calls[5][0].endswith("check.py")
