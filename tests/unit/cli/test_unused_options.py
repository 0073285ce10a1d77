"""An option that has nothing to work on is not passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilp_lab.cli.command import main
from ilp_lab.cli.demo import Request, with_samples
from ilp_lab.cli.unused import unused

INCIDENTS, LINKS = (Path("i.csv"),), (Path("l.csv"),)


@pytest.mark.parametrize("also", [[], ["--links", "l.csv"]])
def test_areas_without_incidents_are_refused(also, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--areas", "beats.geojson", *also]) == 1
    assert "--areas beats.geojson: areas need incidents" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request(links=LINKS, offence="theft"), ["--offence"]),
        (Request(links=LINKS, cell_m=100.0, crs="EPSG:25833"), ["--cell-m", "--crs"]),
        (Request(incidents=INCIDENTS, strength="weight", names=True), ["--strength", "--names"]),
        (Request(incidents=INCIDENTS, links=LINKS, offence="theft", strength="weight", names=True), []),
        (with_samples(Request(offence="theft", strength="weight")), []),
    ],
)
def test_each_is_named_with_the_reason(request_, said):
    sentences = list(unused(request_))
    assert [sentence.split()[0] for sentence in sentences] == said
    assert all("was not used: it" in sentence for sentence in sentences)


def test_it_is_said_on_the_screen(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--links", "missing.csv", "--offence", "theft"]) == 1
    assert "--offence was not used: it picks incidents" in capsys.readouterr().out


def test_a_class_that_is_there_says_what_it_did_not_use(tmp_path, capsys):
    folder = str(tmp_path / "cls")
    assert main(["training", "class", "build", folder, "--team", "A"]) == 0
    assert "not used" not in capsys.readouterr().out
    assert main(["training", "class", "build", folder, "--team", "Z"]) == 0
    said = capsys.readouterr().out
    assert "--team Z was not used" in said
    assert ": A." in said
    assert main(["training", "class", "build", folder]) == 0
    assert "not used" not in capsys.readouterr().out
