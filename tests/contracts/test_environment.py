"""The environment is the same for pip and conda users, pinned, and free of licences that would bind users."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
# weak copyleft of libraries that are used unchanged and can be replaced by the user
ALLOWED_LGPL = {"fqdn", "pyvis"}


def test_constraints_hold_pins_and_nothing_else():
    line = re.compile(r"[A-Za-z0-9][\w.-]*==[\w.+!-]+( ; .+)?")
    assert [pin for pin in PINS if not line.fullmatch(pin)] == []
    assert "://" not in "\n".join(PINS)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_every_dependency_is_pinned_within_its_bounds(python, platform):
    system = {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}[platform]
    where = {
        "python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform,
        "platform_system": system, "extra": "",
    }  # fmt: skip
    pinned = {}
    for pin in map(Requirement, PINS):
        if pin.marker is None or pin.marker.evaluate(where):
            assert canonicalize_name(pin.name) not in pinned
            pinned[canonicalize_name(pin.name)] = next(iter(pin.specifier)).version
    wanted = [
        *PROJECT["dependencies"],
        *(text for extra in PROJECT["optional-dependencies"].values() for text in extra),
    ]
    for text in wanted:
        requirement = Requirement(text)
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), (text, version)


def test_conda_brings_python_and_pip_brings_the_rest():
    plain = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    assert {re.split(r"[ <>=]", entry)[0] for entry in plain} == {"python", "pip"}
    assert pip == ["-c constraints.txt", "-e .[test]"]
    python = SpecifierSet(
        next(entry for entry in plain if entry.startswith("python")).removeprefix("python ").strip()
    )
    ours = SpecifierSet(PROJECT["requires-python"])
    assert all(ours.contains(f"3.{minor}") for minor in range(8, 30) if python.contains(f"3.{minor}"))


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert [line for line in lines if "# " not in line] == []


def closure(names):
    """Names and everything they need, as installed here."""
    seen, todo = set(), list(names)
    while todo:
        name = canonicalize_name(todo.pop())
        if name in seen:
            continue
        try:
            wanted = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        seen.add(name)
        for text in wanted:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(requirement.name)
    return seen


def test_nothing_required_binds_its_users():
    binding = []
    for name in sorted(closure(Requirement(text).name for text in PROJECT["dependencies"])):
        metadata = importlib.metadata.metadata(name)
        said = " ".join(
            filter(None, [metadata.get("License-Expression"), (metadata.get("License") or "")[:80]])
        )
        said += " ".join(
            entry for entry in metadata.get_all("Classifier") or [] if entry.startswith("License")
        )
        strong = re.search(r"\bA?GPL|GNU (Affero )?General Public", said)
        either = re.search(r"\bOR\b|\bMIT\b|BSD|Apache|MPL|LGPL|Lesser", said)
        if strong and not either:
            binding.append(f"{name}: {said}")
    assert binding == []
