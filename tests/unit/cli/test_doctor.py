"""The doctor finishes the round whatever it meets, and says the fix."""

from __future__ import annotations

import importlib.metadata
from types import SimpleNamespace

from ilp_lab.cli import doctor


def by_subject():
    return {finding.about: finding for finding in doctor.examine()}


def test_this_machine_is_examined_completely():
    found = by_subject()
    assert list(found) == [
        "Python", "packages", "assets", "fonts", "browser", "kernel", "compiled loops", "shipped files", "write access", "memory", "disk",
    ]  # fmt: skip
    assert found["packages"].grade == "good"
    assert found["shipped files"].grade == "good"


def test_a_missing_package_is_named_with_the_fix(monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "folium":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.1" if name == "pandas" else real(name)

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    finding = by_subject()["packages"]
    assert finding.grade == "bad"
    assert "missing: folium" in finding.said
    assert "pandas 0.1 (needs >=3.0)" in finding.said
    assert "pip install" in finding.fix


def test_little_memory_is_said(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=2**29, total=2**32))
    assert by_subject()["memory"].grade == "bad"


def test_a_check_that_fails_is_a_finding(monkeypatch):
    def burst(*_arguments):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor.shutil, "disk_usage", burst)
    assert by_subject()["disk"].grade == "bad"
    assert doctor.run() == 1


def test_lessons_that_are_not_there_are_said(monkeypatch, tmp_path):
    monkeypatch.setenv("ILP_LAB_LESSONS", str(tmp_path))
    found = by_subject()["shipped files"]
    assert found.grade == "bad"
    assert "0 lessons" in found.said
