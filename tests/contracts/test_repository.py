"""What is committed: no other host, no path of one machine, no third-party source, no outputs, nothing large."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".j2", ".js", ".css", ".ipynb", ".json", ".cfg", ""}


def tracked() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if told.returncode != 0:
        pytest.skip("this is not a git checkout, so there are no tracked files to look at")
    return [ROOT / name for name in told.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def texts():
    return [(path, path.read_text(encoding="utf-8")) for path in tracked() if path.suffix in TEXT]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    registries = "|".join(
        (
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npm",
            "deb" + r"\.debian",
            "conda" + r"\.anaconda",
        )
    )
    homes = "|".join(("/ho" + r"me/[a-z]", "/Us" + r"ers/[A-Za-z]", r"[A-Z]:\\Us" + r"ers\\"))
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in texts()
        for match in [re.search(registries, text) or re.search(homes, text)]
        if match and "tests" not in path.parts and path.name != "notebooks.py"
    ]
    assert found == []


def test_no_third_party_script_or_style():
    marks = re.compile(
        r"@license|@preserve|Leaflet \d|vis-network \d|jQuery v|Copyright \(c\) 20\d\d (?!The ilp_lab)",
        re.IGNORECASE,
    )
    found = [
        path.name for path, text in texts() if path.suffix in {".js", ".css", ".mjs"} and marks.search(text)
    ]
    assert found == []


def test_scripts_are_small():
    long = {path.name: text.count("\n") for path, text in texts() if path.suffix == ".js"}
    assert {name: lines for name, lines in long.items() if lines > 450} == {}


def test_sizes():
    files = tracked()
    assert [path.name for path in files if path.stat().st_size > 6_000_000] == []
    assert sum(path.stat().st_size for path in files if "sample_data" in path.parts) <= 12_000_000


def test_notebooks_hold_no_outputs():
    for path in tracked():
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), path.name


def test_no_skip_without_a_reason():
    bare = re.compile(r"pytest\.(mark\.)?(skip|xfail)\(?\)?\s*$", re.MULTILINE)
    assert [path.name for path, text in texts() if "tests" in path.parts and bare.search(text)] == []


def test_the_changelog_knows_this_version():
    version = re.search(
        r'__version__ = "(.+)"', (ROOT / "ilp_lab" / "__init__.py").read_text(encoding="utf-8")
    )[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_ci_runs_what_the_readme_names():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python run.py test" in readme
    assert "run.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert len(readme.split("```")[1].strip().splitlines()) == 2


def test_the_licence_is_named_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
