"""The main job, as a user runs it: on the sample data and on hostile input."""

from __future__ import annotations

import errno
import json
import re
import subprocess
import sys

import pandas as pd
import pytest

from ilp_lab.cli.command import main
from ilp_lab.safeguards import open_case

WRITTEN = {
    "case", "density_map.html", "density_map.png", "hot_spots.csv", "hot_spots.csv.handling.txt", "hot_spots.gpkg",
    "hot_spots.gpkg.handling.txt", "hot_spots_map.html", "hot_spots_map.png", "link_chart.html", "link_chart.png",
    "measures.csv", "measures.csv.handling.txt", "method.txt", "product.docx", "product.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")
    told = subprocess.run(
        [sys.executable, "-m", "ilp_lab", "demo"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return place / "ilp-lab-demo", told.stdout


def test_everything_is_there(demo):
    folder, _ = demo
    names = {path.name for path in folder.iterdir()}
    assert names >= WRITTEN
    assert {path.name for path in folder.parent.iterdir()} == {"ilp-lab-demo"}


def test_it_ends_in_plain_words(demo):
    _, told = demo
    assert "What was found" in told
    assert "stand out by more than chance" in told
    assert "Where it is:" in told
    assert "Traceback" not in told


def test_the_planted_brokers_lead_the_chart(demo):
    from ilp_lab import samples

    folder, _ = demo
    truth = samples.belmara_truth()
    brokers = set(re.findall(r"P\d+", json.dumps(truth["network"]["brokers"])))
    table = pd.read_csv(folder / "measures.csv", encoding="utf-8-sig")
    leading = set(table.nsmallest(2, "betweenness_rank")["entity_id"])
    assert leading == brokers


def test_persons_are_known_by_number_unless_names_are_asked_for(demo):
    from ilp_lab import samples

    folder, _ = demo
    labels = pd.read_csv(samples.path("belmara/entities.csv")).query("kind == 'person'")["label"]
    for page in ("link_chart.html", "product.html", "measures.csv", "method.txt"):
        text = (folder / page).read_text(encoding="utf-8-sig")
        assert [label for label in labels if label in text] == [], page


def test_no_page_names_another_host(demo):
    folder, _ = demo
    for page in folder.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)\s*=\s*["'](https?:)?//""", text), page.name
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", text), page.name
        assert "Content-Security-Policy" in text


def test_the_case_log_is_whole_and_names_every_file(demo):
    folder, _ = demo
    case = open_case(folder / "case", analyst="inspector")
    assert case.verify().ok
    logged = {entry["detail"].get("file") for entry in case.audit.entries()}
    assert {name for name in WRITTEN if not name.endswith(".handling.txt")} - {"case"} <= logged


def test_a_second_run_does_not_touch_the_first(demo, monkeypatch):
    folder, _ = demo
    before = (folder / "method.txt").read_bytes()
    assert main(["demo", "--out", str(folder)]) == 1
    assert (folder / "method.txt").read_bytes() == before


@pytest.mark.slow
def test_the_same_seed_gives_the_same_method_statement(demo, tmp_path):
    folder, _ = demo
    assert main(["demo", "--out", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "method.txt").read_bytes() == (folder / "method.txt").read_bytes()
    assert (tmp_path / "again" / "hot_spots.csv").read_bytes() == (folder / "hot_spots.csv").read_bytes()


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch, capsys):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ilp_lab.safeguards.writing.os.fsync", full)
    assert main(["demo", "--out", str(tmp_path / "out")]) == 1
    assert "disk is full" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
