"""The one script that must run before anything is installed."""

from __future__ import annotations

import ast
import importlib.util
import os
import signal
import subprocess
import sys
import time
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


@pytest.fixture
def pip_calls(run, monkeypatch):
    """What would be installed, with an environment that is only pretended."""
    calls = []

    def pretend():
        Path(run.PYTHON).parent.mkdir(parents=True, exist_ok=True)
        Path(run.PYTHON).touch()

    monkeypatch.setattr(run, "make_environment", pretend)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: calls.append(command) or 0)
    return calls


def test_it_installs_once_and_again_when_the_pins_change(run, pip_calls, monkeypatch):
    run.set_up("")
    run.set_up("")
    assert len(pip_calls) == 1
    assert "constraints.txt" in " ".join(pip_calls[0])
    monkeypatch.setattr(run, "fingerprint", lambda: "other pins")
    run.set_up("")
    assert len(pip_calls) == 2


def test_a_moved_folder_is_installed_again(run, pip_calls, monkeypatch, tmp_path):
    run.set_up("")
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((SCRIPT.parent / name).read_bytes())
    monkeypatch.setattr(run, "ROOT", str(tmp_path))
    run.set_up("")
    assert len(pip_calls) == 2


def test_an_installation_that_was_killed_is_done_anew(run, pip_calls, monkeypatch):
    def killed(command, **_):
        pip_calls.append(command)
        raise KeyboardInterrupt

    with monkeypatch.context() as inner:
        inner.setattr(run.subprocess, "call", killed)
        with pytest.raises(KeyboardInterrupt):
            run.set_up("")
    run.set_up("")
    run.set_up("")
    assert ["--ignore-installed" in call for call in pip_calls] == [False, True]


def test_a_wheelhouse_is_used_instead_of_the_network(run, pip_calls, monkeypatch, tmp_path):
    wheels = tmp_path / "wheel house"
    wheels.mkdir()
    monkeypatch.setattr(run, "WHEELS", str(wheels))
    run.set_up("")
    assert pip_calls[0][-3:] == ["--no-index", "--find-links", str(wheels)]


@pytest.mark.parametrize("wheels", [False, True])
@pytest.mark.parametrize(
    ("said", "renewed"), [("pip 23.2.1 from", True), ("pip 26.0 from", False), ("?", False)]
)
def test_an_old_pip_is_renewed_where_there_is_a_newer_one(
    run, pip_calls, monkeypatch, tmp_path, said, renewed, wheels
):
    if wheels:
        monkeypatch.setattr(run, "WHEELS", str(tmp_path))
    monkeypatch.setattr(run.subprocess, "check_output", lambda *_, **__: said.encode())
    run.set_up("")
    assert len(pip_calls) == 1 + renewed
    assert ("pip>=25" in pip_calls[0]) == renewed
    assert all(("--no-index" in call) == wheels for call in pip_calls)


def test_without_a_newer_pip_the_old_one_installs(run, pip_calls, monkeypatch):
    monkeypatch.setattr(run.subprocess, "check_output", lambda *_, **__: b"pip 23.2.1 from")

    def refuse_newer(command, **_):
        pip_calls.append(command)
        return int("pip>=25" in command)

    monkeypatch.setattr(run.subprocess, "call", refuse_newer)
    run.set_up("")
    assert ["-e" in call for call in pip_calls] == [False, True]


@pytest.mark.parametrize(
    ("wheels", "says"), [(False, "copy the folder 'wheelhouse'"), (True, "looked for only")]
)
def test_a_failed_installation_is_said_and_tried_again(run, pip_calls, monkeypatch, tmp_path, wheels, says):
    if wheels:
        monkeypatch.setattr(run, "WHEELS", str(tmp_path))
    monkeypatch.setattr(run.subprocess, "call", lambda *_, **__: 1)
    for _ in range(2):
        with pytest.raises(SystemExit, match=says):
            run.set_up("test")


def test_a_folder_with_other_files_is_never_taken_for_an_environment(run):
    theirs = Path(run.VENV) / "report.docx"
    theirs.parent.mkdir()
    theirs.write_text("mine")
    with pytest.raises(SystemExit, match="left as it is"):
        run.make_environment()
    assert theirs.read_text() == "mine"


def test_without_the_means_to_make_an_environment_the_fix_is_said(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "venv", None)
    with pytest.raises(SystemExit, match="python3-venv"):
        run.make_environment()


def test_an_environment_without_pip_gets_one(run, monkeypatch):
    asked = []
    Path(run.PYTHON).parent.mkdir(parents=True)
    Path(run.PYTHON).touch()
    monkeypatch.setattr(run.subprocess, "call", lambda *_, **__: 1)
    monkeypatch.setattr(run.subprocess, "check_output", lambda command, **_: asked.append(command[1:]))
    run.make_environment()
    assert asked == [["-m", "ensurepip"]]


@pytest.mark.parametrize("code", [0, 1])
def test_a_wheelhouse_is_whole_or_not_there(run, monkeypatch, tmp_path, code):
    monkeypatch.setattr(run, "WHEELS", str(tmp_path / "wheelhouse"))
    monkeypatch.setattr(run, "make_environment", lambda: None)

    def download(command, **_):
        folder = Path(command[command.index("-d") + 1])
        folder.mkdir(parents=True)
        (folder / "a.whl").touch()
        return code

    monkeypatch.setattr(run.subprocess, "call", download)
    assert run.main(["wheelhouse"]) == code
    assert Path(run.WHEELS, "a.whl").exists() == (code == 0)


def test_words_behind_test_go_to_pytest_and_other_commands_to_the_program(run, monkeypatch):
    calls = []
    monkeypatch.setattr(run, "set_up", calls.append)
    monkeypatch.setattr(run, "hand_over", lambda command, _: calls.append(command[1:]) or 7)
    assert run.main(["test", "-k", "gi_star"]) == 7
    assert run.main(["doctor"]) == 7
    assert run.main(["test"]) == 7
    assert calls[0::2] == ["test", "", "test"]
    assert calls[1] == ["-m", "pytest", "-k", "gi_star"]
    assert calls[3] == ["-m", "ilp_lab", "doctor"]
    assert calls[5][0].endswith("check.py")


PROGRAM = """
import sys, time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)  # longer than the quarter of a second that subprocess.call would grant
    print("tidied up", flush=True)
    sys.exit(9)
"""


@pytest.mark.skipif(os.name == "nt", reason="a test cannot press Ctrl-C for a group of programs on Windows")
def test_ctrl_c_lets_the_program_tidy_up_and_its_exit_code_is_kept():
    code = f"import sys; sys.argv = ['run.py']; sys.path.insert(0, {str(SCRIPT.parent)!r}); import run; "
    code += f"sys.exit(run.hand_over([sys.executable, '-c', {PROGRAM!r}], None))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        assert started.stdout.readline() == "ready\n"
        time.sleep(0.2)  # until both have reached their waits
        os.killpg(started.pid, signal.SIGINT)
        told, _ = started.communicate(timeout=30)
    assert told == "tidied up\n"
    assert started.returncode == 9


@pytest.mark.skipif(os.name == "nt", reason="programs are not ended by signals on Windows")
def test_a_program_that_was_killed_is_told_in_plain_words(run, monkeypatch, capsys):
    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    code = run.hand_over(
        [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], None
    )
    assert code == 128 + 9
    assert "ended from outside, or this computer ran out of memory" in capsys.readouterr().err
