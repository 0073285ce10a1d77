"""The complete set: the same bytes everywhere, kept once, read by the ordinary readers, sealed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ilp_lab import intake, networks, records, safeguards, samples, threats
from ilp_lab.errors import InputError, ReadError, WriteError
from ilp_lab.samples.__main__ import main
from ilp_lab.samples.whole import crimes, keeping
from ilp_lab.samples.whole.columns import csv_text

# The first digits of the hash of every file, as made on the day the set was frozen: a change of one byte shows.
EDITION_1 = {
    "areas.geojson": "2a1804c14be1",
    "beats.geojson": "c5505c3953b7",
    "calls.csv": "a37034086a58",
    "census.csv": "32b5025b8ee8",
    "districts.geojson": "29043975473e",
    "entities.csv": "081cc41fd91b",
    "gazetteer.csv": "2b54f40d5744",
    "harm_index.csv": "b772662e0852",
    "holdings.csv": "177ecd5858f4",
    "incidents.csv": "c56a4df1c067",
    "links.csv": "ae0f685e245b",
    "operations.csv": "90f707c70306",
    "penal_code.csv": "82edaee706fe",
    "persons.csv": "97f99e6ca433",
    "referrals.csv": "13208f84b487",
    "regions.geojson": "ccecef9f88ea",
    "reports.csv": "e4d7ebbde2e9",
    "requirements.csv": "75f7eea6b342",
    "stops.csv": "6bda8985278c",
    "streets.geojson": "9c30902d6467",
    "survey.csv": "595d9da218b0",
    "towers.csv": "55b3f13d6846",
    "transactions.csv": "dc0778cb905a",
}


@pytest.fixture(scope="module")
def folder():
    return samples.complete()


def read(folder, name):
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def test_sizes_are_those_of_the_syllabus(folder):
    rows = {
        name: len(read(folder, name))
        for name in ("incidents", "reports", "entities", "links", "calls", "transactions")
    }
    assert rows["incidents"] == 180_000
    assert rows["reports"] == 9_000
    assert rows["entities"] == 6_000
    assert rows["links"] == 11_000
    assert rows["calls"] > 40_000
    assert rows["transactions"] > 20_000
    assert sum(file.stat().st_size for file in folder.iterdir()) < 45_000_000


@pytest.mark.slow
def test_another_process_makes_the_same_bytes(folder, tmp_path):
    code = f"from ilp_lab.samples import write_complete; write_complete({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": "77"})
    names = sorted(file.name for file in folder.iterdir())
    assert names == sorted(file.name for file in tmp_path.iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_the_bytes_are_those_of_this_edition(folder):
    listed = json.loads((folder / keeping.MANIFEST).read_text(encoding="utf-8"))["files"]
    for name, facts in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == facts["sha256"], name
    assert {name: facts["sha256"][:12] for name, facts in listed.items() if name in EDITION_1} == EDITION_1


def test_files_are_plain_text(folder):
    for file in folder.iterdir():
        content = file.read_bytes()
        assert b"\r" not in content, file.name
        content.decode("utf-8")


def test_it_is_kept_and_made_again_when_damaged(folder, monkeypatch):
    monkeypatch.setattr(keeping, "_make_beside", lambda *_args, **_more: pytest.fail("made again"))
    assert samples.complete("links.csv") == folder / "links.csv"
    assert keeping.whole(folder)
    listed = (folder / keeping.MANIFEST).read_text(encoding="utf-8")
    try:
        (folder / keeping.MANIFEST).write_text(listed.replace('"bytes": ', '"bytes": 1'), encoding="utf-8")
        assert not keeping.whole(folder)
        (folder / keeping.MANIFEST).write_text("{", encoding="utf-8")
        assert not keeping.whole(folder)
    finally:
        (folder / keeping.MANIFEST).write_text(listed, encoding="utf-8")


@pytest.mark.parametrize("name", ["../manifest.json", "incident.csv", "/etc/hostname"])
def test_a_file_that_is_not_there_is_named(folder, name):
    with pytest.raises(InputError, match=r"samples\.complete: the set has no file"):
        samples.complete(name)


def test_a_place_that_cannot_be_written_to_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("here", encoding="utf-8")
    monkeypatch.setenv("ILP_LAB_SAMPLES", str(tmp_path / "file"))
    with pytest.raises(WriteError, match="ILP_LAB_SAMPLES"):
        samples.complete(seed=7)
    with pytest.raises(WriteError, match="cannot write into"):
        samples.write_complete(tmp_path / "file")


@pytest.mark.slow
def test_ordinary_readers_take_every_table(folder):
    incidents, report = intake.read_incidents(folder / "incidents.csv", tz="UTC")
    assert len(incidents) == 180_000
    assert 1_800 <= report.counts["missing_place"] <= 1_810
    assert report.counts["null_island"] == 60
    areas, _ = intake.read_areas(folder / "areas.geojson")
    assert len(areas) == 62
    streets, _ = intake.read_streets(folder / "streets.geojson")
    assert len(streets) > 1_000
    assert len(intake.read_gazetteer(folder / "gazetteer.csv")) > 20_000
    entities, _ = intake.read_entities(folder / "entities.csv")
    links, _ = intake.read_links(folder / "links.csv", tz="UTC")
    drawn = networks.chart(links, entities)
    assert (len(drawn.entities), len(drawn.links), drawn.derived) == (6_000, 11_000, 0)
    calls, _ = intake.read_calls(folder / "calls.csv", tz="UTC")
    assert set(calls["tower"].dropna()) <= set(read(folder, "towers")["cell_id"])
    payments, _ = intake.read_transactions(folder / "transactions.csv", tz="UTC")
    assert (payments["amount"] > 0).all()


def test_records_are_sound(folder):
    told = read(folder, "reports")
    assert not len(records.frame_faults(told.iloc[::9], form="IntelligenceReport"))
    assert not len(records.frame_faults(read(folder, "requirements"), form="IntelligenceRequirement"))
    assert not len(safeguards.find_special_categories(told[["report_id", "text"]].iloc[::20]))


def test_beats_tile_the_units(folder):
    areas, beats = (gpd.read_file(folder / f"{name}.geojson") for name in ("areas", "beats"))
    assert beats.geometry.is_valid.all()
    assert set(beats.geometry.geom_type) == {"Polygon"}
    joined = beats.dissolve("area").geometry
    for row in areas.itertuples():
        assert shapely.symmetric_difference(joined[row[1]], row.geometry).area < 1e-12
    for name, size in (("districts", 14), ("regions", 4)):
        outlines = gpd.read_file(folder / f"{name}.geojson")
        assert len(outlines) == size
        assert outlines.geometry.is_valid.all()
        assert outlines["population"].sum() == 2_400_000


def test_the_law_and_the_harm_index_are_those_of_the_scale(folder):
    scale = threats.read_harm_scale(folder / "harm_index.csv", name="of the set")
    assert scale.weights == {name: threats.harm_scale("belmara").weights[name] for name in crimes.NAMES}
    found = read(folder, "penal_code").query("found_by_police == 'yes'")["offence"]
    assert set(found) <= set(threats.harm_scale("belmara").found_by_police)


def test_census_adds_up(folder):
    census = pd.read_csv(folder / "census.csv")
    assert census["residents"].sum() == 2_400_000
    ages = census[[name for name in census if name.startswith("age_")]]
    assert (ages.sum(axis=1) == census["residents"]).all()
    assert (ages > 0).all().all()


def test_a_seal_opens_to_the_right_answer_alone(folder):
    truth = samples.complete_truth()
    assert samples.fits_truth("P2", truth["P2"]["brokers"], folder=folder)
    assert samples.fits_truth(
        "P2", [name.lower() for name in reversed(truth["P2"]["brokers"])], folder=folder
    )
    assert not samples.fits_truth("P2", truth["P2"]["brokers"][:1], folder=folder)
    assert not samples.fits_truth("P3", [], folder=folder)
    assert samples.fits_truth("P3", truth["P3"]["area"], folder=folder)
    with pytest.raises(InputError, match="must be text"):
        samples.fits_truth("P3", [3], folder=folder)
    with pytest.raises(InputError, match="a word or a list"):
        samples.fits_truth("P3", 3, folder=folder)
    with pytest.raises(ReadError, match=r"truth\.sealed\.json is not there"):
        samples.fits_truth("P3", "x", folder=folder / "nowhere")


def test_no_file_gives_the_truth_or_the_seed_away(folder):
    for file in folder.iterdir():
        if file.suffix in {".json", ".md", ".yml"}:
            text = file.read_text(encoding="utf-8")
            assert "2025" not in text or file.name == "README.md", file.name
            for word in ("P0052", "circular", "Bright Lane is"):
                assert word not in text, file.name
    assert not any("plant" in name or "truth" in name for name in read(folder, "incidents"))


@pytest.mark.slow
def test_the_four_views_together_are_the_whole(folder, tmp_path):
    made = {
        region: samples.partial_view(region, tmp_path / region, of=folder)
        for region in ("Tarn", "Selin", "Orrin", "Dovar")
    }
    assert sum(len(read(place, "stops")) for place in made.values()) == 14_000
    for name, key in (("reports", "report_id"), ("links", None), ("persons", "record_id")):
        parts = pd.concat([read(place, name) for place in made.values()])
        every = read(folder, name)
        assert len(parts) == len(every), name
        order = list(every.columns) if key is None else [key]
        pd.testing.assert_frame_equal(
            parts.sort_values(order, ignore_index=True)[list(every)],
            every.sort_values(order, ignore_index=True),
        )
    with pytest.raises(ReadError, match="complete set"):
        samples.partial_view("Tarn", tmp_path / "x", of=tmp_path / "nowhere")


def test_the_command_writes_the_null_set_and_says_where(tmp_path, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "ilp_lab.samples.__main__.write_complete",
        lambda folder, *, seed, null: asked.append((folder, seed, null)) or tmp_path,
    )
    assert main(["belmara-complete", str(tmp_path), "--null", "--seed", "5"]) == 0
    assert asked == [(str(tmp_path), 5, True)]
    assert "belmara-complete" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["belmara", str(tmp_path), "--null"])


def test_settings_share_the_odds_of_their_addresses():
    """An offence is a fair control for another of its setting, which the scans of P3 and P4 rest on."""
    assert {offence.setting for offence in crimes.OFFENCES.values()} == set(crimes.SETTINGS)
    assert np.all([offence.longest >= offence.shortest for offence in crimes.OFFENCES.values()])


def test_columns_become_the_text_that_is_written():
    assert csv_text({"a": ["x, y", None], "b": [1, 2]}) == b'a,b\n"x, y",1\n,2\n'
