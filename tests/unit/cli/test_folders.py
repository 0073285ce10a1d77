"""The folder that the demo writes: nothing of it is there before there is something to write."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ilp_lab.cli.command import main
from ilp_lab.cli.folders import filled, free_folder
from ilp_lab.errors import WriteError

DEFAULT = Path("ilp-lab-demo")


def test_looking_for_a_folder_makes_none(tmp_path):
    assert free_folder(tmp_path / "a" / "b", default=DEFAULT) == (tmp_path / "a" / "b").resolve()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_leaves_no_folders_of_the_way(tmp_path, capsys):
    wanted = tmp_path / "a" / "b" / "c"
    assert main(["demo", "--incidents", str(tmp_path / "missing.csv"), "--out", str(wanted)]) == 1
    assert "missing.csv" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_there_while_the_files_are_read(tmp_path, monkeypatch):
    seen = []

    def read(_request):
        seen.append(list(tmp_path.iterdir()))
        raise WriteError("enough")

    monkeypatch.setattr("ilp_lab.cli.demo.analyse", read)
    assert main(["demo", "--out", str(tmp_path / "out")]) == 1
    assert seen == [[]]


def test_a_file_is_called_a_file(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("x")
    with pytest.raises(WriteError, match=r"notes\.txt is a file, and a folder"):
        free_folder(file, default=DEFAULT)
    with pytest.raises(WriteError, match=r"because .*notes\.txt is a file"):
        free_folder(file / "out", default=DEFAULT)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "x").write_text("x")
    with pytest.raises(WriteError, match="not empty"):
        free_folder(tmp_path, default=DEFAULT)


def test_the_default_takes_the_next_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ilp-lab-demo", "ilp-lab-demo-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("x")
    assert free_folder(DEFAULT, default=DEFAULT).name == "ilp-lab-demo-3"


def test_a_folder_closed_to_this_account_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WriteError, match="may not write"):
        free_folder(tmp_path / "out", default=DEFAULT)


def test_all_of_it_or_nothing(tmp_path):
    target = tmp_path / "a" / "out"
    with filled(target) as staging:
        (staging / "x").write_text("x")
        assert not target.exists()
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_a_full_disk_takes_the_new_folders_along(tmp_path):
    def fill():
        with filled(tmp_path / "a" / "b" / "out") as staging:
            (staging / "x").write_text("x")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(WriteError, match="disk is full"):
        fill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("inside", ["", "kit"])
def test_a_workshop_that_cannot_be_written_is_refused_before_its_data_are_made(
    tmp_path, inside, monkeypatch, capsys
):
    def made(*_args, **_settings):
        raise AssertionError("half a minute of work")

    monkeypatch.setattr("ilp_lab.training.workshopkits._write", made)
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    assert main(["training", "workshop", "W3", str(file / inside)]) == 1
    assert "notes.txt is a file" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
