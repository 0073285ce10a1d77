"""A class kit: every wheel of another computer, no solutions for the class, a start that knows a damaged stick."""

from __future__ import annotations

import base64
import csv
import dataclasses
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from ilp_lab.cli import bundle as making
from ilp_lab.cli.wheels import Computer, _fault, gather, this_computer
from ilp_lab.errors import InputError, MissingPartError, ReadError, WriteError

INSTALL = Path(__file__).resolve().parents[3] / "scripts" / "install_kit.py"
PINS = ["aaa==1.0", "bbb==2.0 ; sys_platform == 'win32'", "ccc==3.0", "ddd==4.0", "zzz==9.0"]


def make_wheel(
    folder: Path, name: str, version: str, *needs: str, files: dict[str, str] | None = None
) -> Path:
    info = f"{name}-{version}.dist-info"
    content = {
        **(files or {f"{name}.py": ""}),
        f"{info}/METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: more"]
            + [f"Requires-Dist: {need}" for need in needs]
        )
        + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in content.items():
            archive.writestr(inside, text)
    return path


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder of packages: aaa needs the extra of ccc, which needs ddd; only Windows needs bbb; nobody needs zzz."""
    folder = tmp_path_factory.mktemp("packages") / "shelf"
    make_wheel(folder, "aaa", "1.0", "ccc[more]")
    make_wheel(folder, "bbb", "2.0")
    make_wheel(folder, "ccc", "3.0", "ddd; extra == 'more'", "zzz; extra == 'less'")
    make_wheel(folder, "ddd", "4.0")
    make_wheel(folder, "zzz", "9.0")
    return folder


@pytest.mark.parametrize(
    ("system", "wanted"), [("linux", ["aaa", "ccc", "ddd"]), ("windows", ["aaa", "bbb", "ccc", "ddd"])]
)
def test_what_another_computer_needs_is_read_for_that_computer(tmp_path, shelf, system, wanted):
    into = tmp_path / "kit"
    make_wheel(into, "ilp_lab", "0.1", "aaa>=1", "bbb; sys_platform == 'win32'")
    said = []
    found = gather(Computer(system, "3.12"), into, pins=PINS, wheels=shelf, say=said.append)
    assert sorted(path.name.split("-")[0] for path in found) == [*wanted, "ilp_lab"]
    assert all(system in sentence for sentence in said)


def test_what_has_no_pin_or_no_wheel_is_named(tmp_path, shelf):
    into = tmp_path / "kit"
    make_wheel(into, "ilp_lab", "0.1", "unheard")
    with pytest.raises(MissingPartError, match="unheard is needed on linux and has no pinned version"):
        gather(Computer("linux", "3.12"), into, pins=PINS, wheels=shelf, say=print)
    make_wheel(into, "ilp_lab", "0.1", "aaa")
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingPartError, match=r"aaa==1\.0.*--wheels"):
        gather(Computer("linux", "3.12"), into, pins=PINS, wheels=tmp_path / "empty", say=print)
    (into / "ilp_lab-0.1-py3-none-any.whl").write_bytes(b"half a wheel")
    with pytest.raises(ReadError, match="not a whole wheel"):
        gather(Computer("linux", "3.12"), into, pins=PINS, wheels=shelf, say=print)


@pytest.mark.parametrize(
    ("system", "python"), [("amiga", "3.12"), ("linux", "3.9"), ("windows", "2.7"), ("macos", "")]
)
def test_computers_nobody_has(system, python):
    with pytest.raises(InputError, match="windows, macos, linux"):
        Computer(system, python)


def test_this_computer_is_one_a_kit_can_be_made_for():
    assert this_computer().markers["python_version"] == ".".join(map(str, sys.version_info[:2]))


def test_the_class_gets_no_solutions_and_the_wheel_stays_sound(tmp_path):
    lessons = "ilp_lab/_shipped/training/en"
    whole = make_wheel(
        tmp_path / "own", "ilp_lab", "0.1",
        files={
            "ilp_lab/__init__.py": "x = 1\n",
            f"{lessons}/M08_where.py": "# solution: 42\n",
            f"{lessons}/trainer/M08_where.ipynb": "42",
            f"{lessons}/knowledge_test.yml": "right: 42",
            "ilp_lab/_shipped/training/workshops/W3.yml": "expected: 42",
            "ilp_lab/training/packs/classes/practice-day.yml": "expected: 42",
            "ilp_lab/training/answering.py": "",
            f"{lessons}/student/M08_where.ipynb": "?",
            f"{lessons}/keys/M08.json": "{}",
        },
    )  # fmt: skip
    (tmp_path / "class").mkdir()
    stripped = making.strip_solutions(whole, tmp_path / "class")
    with zipfile.ZipFile(stripped) as archive:
        names = set(archive.namelist())
        rows = list(csv.reader(io.StringIO(archive.read("ilp_lab-0.1.dist-info/RECORD").decode())))
        for name, digest, size in rows[:-1]:
            data = archive.read(name)
            wanted = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={wanted}", str(len(data)))
    assert {row[0] for row in rows} == names
    assert {name for name in names if "training" in name} == {
        f"{lessons}/student/M08_where.ipynb", f"{lessons}/keys/M08.json", "ilp_lab/training/answering.py",
    }  # fmt: skip


@pytest.fixture(scope="module")
def made_kit(tmp_path_factory, shelf):
    """A whole kit, of a tiny program in place of the real one."""

    def own(_checkout, into, *, wheels):
        return make_wheel(into, "ilp_lab", "0.1", "ddd", files={"ilp_lab/__init__.py": ""})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "build_own_wheel", own)
        patch.setattr(making, "_pins", lambda: PINS)
        folder = tmp_path_factory.mktemp("made") / "kit"
        return making.bundle(folder, computers=[this_computer()], wheels=shelf, say=lambda _: None)


@pytest.fixture
def small_kit(made_kit, tmp_path):
    """A copy of it that a test may damage."""
    shutil.copytree(made_kit.folder, tmp_path / "kit")
    return dataclasses.replace(made_kit, folder=tmp_path / "kit")


def start(kit: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, kit / "install.py", *words], capture_output=True, text=True, check=False
    )


def test_a_kit_is_whole_and_holds_what_a_class_needs(small_kit):
    names = {path.name for path in small_kit.folder.iterdir()}
    assert {
        "lessons",
        "notebooks",
        "data",
        "wheels",
        "install.py",
        "READ ME FIRST.txt",
        "MANIFEST.txt",
    } <= names
    assert {"start-windows.bat", "start-macos.command", "start-linux.sh"} <= names
    assert "trainer" not in names
    assert list((small_kit.folder / "lessons").glob("M08*.ipynb"))
    listed = (small_kit.folder / "MANIFEST.txt").read_text().splitlines()
    assert len(listed) == small_kit.files
    assert start(small_kit.folder, "--check").returncode == 0
    answers = [path for path in small_kit.folder.rglob("*.ipynb") if '"solution"' in path.read_text("utf-8")]
    assert answers == []


def test_a_kit_installs_and_is_not_installed_twice(small_kit, tmp_path):
    into = tmp_path / "of the user"
    first = start(small_kit.folder, "--only", "--into", str(into))
    assert first.returncode == 0, first.stderr
    assert "Installing" in first.stdout
    assert "Installing" not in start(small_kit.folder, "--only", "--into", str(into)).stdout


def test_a_damaged_stick_is_known_before_anything_is_installed(small_kit, tmp_path):
    (small_kit.folder / "made-for.txt").write_text("a Commodore")
    next((small_kit.folder / "lessons").iterdir()).unlink()
    done = start(small_kit.folder, "--only", "--into", str(tmp_path / "new"))
    assert done.returncode == 1
    assert "made-for.txt (changed)" in done.stderr
    assert "(missing)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_files_of_the_user_are_left_alone(small_kit, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "case.txt").write_text("mine")
    done = start(small_kit.folder, "--only", "--into", str(tmp_path / "mine"))
    assert done.returncode == 1
    assert "holds other files" in done.stderr
    with pytest.raises(InputError, match="holds something already"):
        making.bundle(tmp_path / "mine", computers=[this_computer()])


LAB = """#!{python}
import sys, time
try:
    print("ready", *sys.argv[1:], flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)  # longer than the quarter of a second that subprocess.call would grant
    print("ended in order", flush=True)
    sys.exit(9)
"""


@pytest.mark.skipif(os.name == "nt", reason="a test cannot press Ctrl-C for a group of programs on Windows")
def test_ctrl_c_lets_the_lab_end_in_order(tmp_path):
    python = tmp_path / "python"
    python.write_text(LAB.format(python=sys.executable))
    python.chmod(0o755)
    code = f"import sys; sys.path.insert(0, {str(INSTALL.parent)!r}); import install_kit; "
    code += f"sys.exit(install_kit.open_lab({str(python)!r}))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        assert started.stdout.readline() == "ready -m ilp_lab lab\n"
        time.sleep(0.2)  # until both have reached their waits
        os.killpg(started.pid, signal.SIGINT)
        told, complaint = started.communicate(timeout=30)
    assert (told, started.returncode) == ("ended in order\n", 9)
    assert "Traceback" not in complaint


def test_what_fails_leaves_nothing_half_made(tmp_path, shelf, monkeypatch):
    monkeypatch.setattr(making, "_pins", lambda: PINS)
    monkeypatch.setattr(
        making, "build_own_wheel", lambda _, into, **__: make_wheel(into, "ilp_lab", "0.1", "unheard")
    )
    with pytest.raises(MissingPartError):
        making.bundle(tmp_path / "kit", computers=[this_computer()], wheels=shelf, say=print)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"):
        making.bundle(tmp_path / "file" / "kit", computers=[this_computer()], wheels=shelf, say=print)


def test_outside_the_projects_folder_it_says_where_to_go(monkeypatch, tmp_path):
    monkeypatch.setattr(making, "_CHECKOUT", tmp_path)
    with pytest.raises(MissingPartError, match=r"run\.py bundle FOLDER"):
        making.bundle(tmp_path / "kit", computers=[this_computer()])


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_the_real_kit_installs_and_works_without_a_network(tmp_path):
    alone = (
        ["unshare", "-n", "--"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["unshare", "-rn", "--"]
    )
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], check=False).returncode != 0:
        pytest.skip("this system cannot take the network away from one program (unshare -n)")
    kit = making.bundle(tmp_path / "kit", computers=[this_computer()], say=print).folder
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    environment = {**own, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}

    def run(*words):
        done = subprocess.run(
            [*alone, *map(str, words)], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run(
        sys.executable,
        "-c",
        "import socket, pytest; pytest.raises(OSError, socket.create_connection, ('1.1.1.1', 80), 3)",
    )
    run("sh", kit / "start-linux.sh", "--only")
    python = tmp_path / "data" / "ilp_lab" / "bin" / "python"
    assert "ready" in run(python, "-m", "ilp_lab", "doctor")
    assert "product.html" in run(python, "-m", "ilp_lab", "demo", "--out", tmp_path / "demo")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "ERROR: Could not find a version that satisfies the requirement hatchling (from versions: none)\n"
            "ERROR: No matching distribution found for hatchling",
            "there is no matching file of hatchling",
        ),
        (
            "  error: subprocess-exited-with-error\n\n  note: not a problem with pip.\nERROR: [Errno 28] No space left on device\n",
            "[Errno 28] No space left on device",
        ),
        ("", "it did not say why"),
    ],
)
def test_of_what_pip_says_one_sentence_is_kept(said, kept):
    assert _fault(said) == kept
