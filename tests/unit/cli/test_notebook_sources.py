"""Notebooks are made from their sources, the same bytes everywhere, and the house rules are noticed."""

from __future__ import annotations

import json

import pytest

from ilp_lab.cli import main, notebooks

GOOD = "# %% [markdown]\n# # Title\n#\n# ## Part\n\n# %%\nx = 1\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "00_good.py").write_text(GOOD)
    return tmp_path


def test_building_is_repeatable_and_output_free(folder):
    assert [path.name for path in notebooks.build(folder)] == ["00_good.ipynb"]
    first = (folder / "00_good.ipynb").read_bytes()
    assert notebooks.build(folder) == []
    assert (folder / "00_good.ipynb").read_bytes() == first
    cells = json.loads(first)["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code"]
    assert cells[1]["outputs"] == []
    assert notebooks.check(folder) == []


def test_drift_and_strays_are_found(folder):
    notebooks.build(folder)
    (folder / "00_good.py").write_text(GOOD + "y = 2\n")
    (folder / "99_stray.ipynb").write_text("{}")
    assert [fault.split(":")[0] for fault in notebooks.check(folder)] == ["00_good.py", "99_stray.ipynb"]


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("\n# %%\n# !pip install x\n", "installs packages"),
        ("\n# %%\nw = widgets.Output()\n", "Output widget"),
        ("\n# %%\ninteract(f)\n", "interact"),
        ("\n# %%\nu = 'https://example.org/x'\n", "another host"),
        ("\n# %%\nu = '/home/me/x.csv'\n", "path of one machine"),
        ("\n# %% [markdown]\n# # Second title\n", "exactly one first-level heading"),
        ("\n# %% [markdown]\n# #### Deep\n", "jumps from 2 to 4"),
        ("\n# %% [markdown]\n# ![](x.png)\n", "alternative text"),
        ("\n# %%\n" + "x = 1\n" * 30, "longer than 25 lines"),
    ],
)
def test_house_rules(folder, added, said):
    (folder / "00_good.py").write_text(GOOD + added)
    notebooks.build(folder)
    assert any(said in fault for fault in notebooks.check(folder))


def test_running_reports_faults_and_time_limits(folder):
    (folder / "01_fault.py").write_text(GOOD + "\n# %%\n1 / 0\n")
    (folder / "02_slow.py").write_text(GOOD + "\n# %%\nimport time\ntime.sleep(60)\n")
    reports = {report.name: report for report in notebooks.execute(folder, timeout=5)}
    assert reports["00_good"].ok
    assert "ZeroDivisionError" in reports["01_fault"].said
    assert "time limit of 5 s" in reports["02_slow"].said
    assert "second try" in reports["02_slow"].said


@pytest.mark.parametrize("room", ["notebooks", "training"])
def test_a_name_that_no_source_has_is_refused_with_those_there_are(room, capsys):
    assert main([room, "run", "--only", "zzz"]) == 1
    said = capsys.readouterr()
    assert "--only zzz: no name contains that" in said.err
    assert {"notebooks": "00_start_here", "training": "M08_where"}[room] in said.err


def test_only_those_whose_name_contains_it_are_run(folder):
    (folder / "01_other.py").write_text(GOOD)
    assert [path.stem for path in notebooks.named(sorted(folder.glob("*.py")), "oth")] == ["01_other"]


@pytest.mark.parametrize("what", ["build", "check"])
def test_a_source_that_is_not_utf8_is_named(folder, what, capsys):
    notebooks.build(folder)
    (folder / "01_old.py").write_bytes(GOOD.encode() + b"# caf\xe9\n")
    (folder / "01_old.ipynb").write_text("{}")
    assert main(["notebooks", what, str(folder)]) == 1
    said = capsys.readouterr().err
    assert "01_old.py is not text in UTF-8" in said
    assert "fault of the program" not in said
