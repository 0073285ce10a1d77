"""Workshops: read whole or refused with every fault; written as a folder that gives nothing away and carries everything."""

from __future__ import annotations

import errno
import io
import json
from collections import Counter
from dataclasses import fields, is_dataclass

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from ilp_lab import intake, networks, records, safeguards, samples
from ilp_lab.cli.command import app
from ilp_lab.errors import InputError, ReadError, WriteError
from ilp_lab.training import workshop, workshoppapers, write_workshop
from ilp_lab.training.workshopdata import MAKERS, answers, attachment
from ilp_lab.training.workshops import parsed, workshops_folder

SECRETS = (
    "brokers",
    "circular",
    "malicious",
    "expired",
    "referral",
    "must_merge",
    "must_not_merge",
    "witness",
)


@pytest.fixture(scope="module")
def made():
    return workshop("W3")


@pytest.fixture(scope="module")
def written():
    return yaml.safe_load((workshops_folder() / "W3.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def whole():
    return samples.complete()


@pytest.fixture(scope="module")
def truth(whole):
    return samples.complete_truth()


def texts_of(block):
    """Every text in a document or a block of one."""
    if isinstance(block, str):
        yield block
    elif isinstance(block, (tuple, list)):
        for one in block:
            yield from texts_of(one)
    elif is_dataclass(block):
        for field in fields(block):
            yield from texts_of(getattr(block, field.name))


def secrets_of(truth):
    held = [
        truth[name].get(key)
        for name in truth
        if name.startswith("P")
        for key in SECRETS
        if isinstance(truth[name], dict)
    ]
    return {word for words in held for word in texts_of(words)}


def test_it_is_the_three_days_of_the_syllabus(made):
    assert len(made.days) == 3
    starts = [(block.day, block.start) for block in made.blocks if block.kind != "break"]
    assert starts == [(day, minute) for day in (1, 2, 3) for minute in (540, 645, 810, 915, 1005)]
    taught = {module for block in made.blocks for module in block.modules}
    assert {
        "M03",
        "M04",
        "M05",
        "M06",
        "M07",
        "M08",
        "M09",
        "M10",
        "M11",
        "M15",
        "M16",
        "M20",
        "M22",
    } <= taught
    meeting = [block for block in made.blocks if block.kind == "meeting"]
    assert [(block.day, block.start) for block in meeting] == [(3, 915)]
    assert {role.where for role in made.roles} == {"team", "meeting"}


def test_what_a_block_does_fills_its_time(made):
    for block in made.blocks:
        if block.does:
            assert sum(int(step.split(" min")[0]) for step in block.does) == block.minutes, block.id


def test_injects_reach_some_tables_and_not_others(made):
    receivers = Counter(len(inject.to) for inject in made.injects)
    assert receivers[4] > 5
    assert receivers[1] + receivers[2] + receivers[3] >= 4
    assert all(inject.if_stuck and inject.expected for inject in made.injects)
    assert {inject.attach for inject in made.injects} - {"", "view"} == set(MAKERS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one["days"][0]["blocks"][1].update(start="10:15"), "before D1-1 ends at 10:30"),
        (lambda one: one["injects"][0].update(to=["Kestria"]), "nobody is called 'Kestria'"),
        (lambda one: one["injects"][0].update(after=95), "comes after 95 minutes"),
        (lambda one: one["injects"][0].update(block="D9"), "there is no block D9"),
        (lambda one: one["injects"][1].update(id="I-01"), "I-01 stands there twice"),
        (lambda one: one["days"][0]["blocks"][0].update(handouts=["H99"]), "there is no hand-out H99"),
        (lambda one: one["days"][0]["blocks"][0].update(kind="party"), "kind must be one of"),
        (lambda one: one["days"][0]["blocks"][0].update(trainer=""), "names no output or no note"),
        (lambda one: one["handouts"][0]["parts"].append({"poem": "x"}), "['poem'] is none of"),
        (lambda one: one["slides"][0].update(block="D7"), "there is no block D7"),
        (lambda one: one["days"][0]["blocks"][0].update(start="25:00"), "'25:00' is no time of day"),
        (lambda one: one.pop("roles"), "'roles' is missing"),
        (lambda one: one["roles"][0].update(salary=3), "salary"),
    ],
)
def test_what_does_not_hold_together_is_named(written, change, said):
    given = json.loads(json.dumps(written, default=str))
    change(given)
    with pytest.raises(InputError) as told:
        parsed(given, "own.yml")
    assert said in str(told.value)
    assert "own.yml" in str(told.value)


def test_all_faults_are_named_at_once(written):
    given = json.loads(json.dumps(written, default=str))
    given["injects"][0]["to"] = ["Kestria"]
    given["slides"][0]["block"] = "D7"
    with pytest.raises(InputError, match=r"(?s)Kestria.*D7"):
        parsed(given, "own.yml")


@pytest.mark.parametrize("content", ["- a\n- b\n", "", "3"])
def test_a_file_that_is_no_workshop(tmp_path, content):
    (tmp_path / "own.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="must hold names with values"):
        workshop(tmp_path / "own.yml")


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "own.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ReadError, match="is not YAML"):
        workshop(str(tmp_path / "own.yml"))
    with pytest.raises(ReadError, match="cannot read"):
        workshop(tmp_path / "none.yml")


def test_the_kit_holds_everything(kit, made):
    files = set(kit.files)
    assert {
        "START_HERE.txt",
        "schedule.pdf",
        "schedule.html",
        "slides.html",
        "slides.pdf",
        "role-cards.pdf",
    } <= files
    assert {"trainer/guide.pdf", "trainer/guide.html", "workshop.json"} <= files
    assert sum(name.startswith("handouts/") for name in files) == len(made.handouts)
    about = json.loads((kit.folder / "workshop.json").read_text(encoding="utf-8"))
    assert [one["inject"] for one in about["injects"]] == [inject.id for inject in made.injects]
    for one in about["injects"]:
        for names in one["files"].values():
            assert set(names) <= files
    for name in files:
        if name.endswith(".pdf"):
            assert (kit.folder / name).read_bytes()[:5] == b"%PDF-"
    assert "Monday 02 March 2026" in (kit.folder / "schedule.html").read_text(encoding="utf-8")
    assert str(kit).startswith("Workshop W3 is in ")


@pytest.mark.slow
def test_the_same_again_gives_the_same_bytes(kit, tmp_path):
    again = write_workshop("W3", tmp_path / "again", starts="2026-03-02", data=False)
    assert again.files == kit.files
    for name in kit.files:
        assert (again.folder / name).read_bytes() == (kit.folder / name).read_bytes(), name


def test_nothing_for_the_tables_gives_an_answer_away(kit, made, truth):
    hidden = secrets_of(truth)
    assert len(hidden) > 50
    papers = [workshoppapers.schedule(made, None), workshoppapers.role_cards(made)]
    papers += [workshoppapers.handout(made, sheet) for sheet in made.handouts]
    papers += [workshoppapers.inject_sheet(made, one, "Tarn", []) for one in made.injects]
    said = "\n".join(text for paper in papers for text in texts_of(paper.blocks))
    said += (kit.folder / "slides.html").read_text(encoding="utf-8") + (
        kit.folder / "workshop.json"
    ).read_text(encoding="utf-8")
    assert not [word for word in hidden if word in said]
    for inject in made.injects:
        assert inject.expected not in said
        assert inject.if_stuck not in said
    assert "2025" not in (kit.folder / "workshop.json").read_text(encoding="utf-8")
    guide = (kit.folder / "trainer" / "guide.html").read_text(encoding="utf-8")
    for name, _, where in answers(truth):
        assert where.split(",")[0].replace("'", "&#39;") in guide, name


def read(files, name):
    return pd.read_csv(io.BytesIO(files[f"{name}.csv"]), dtype=str, keep_default_na=False)


def test_the_rumour_reaches_three_tables_one_report_each(whole, truth):
    told = [
        read(attachment("rumour", region, whole, truth), "report") for region in ("Selin", "Orrin", "Dovar")
    ]
    assert [len(one) for one in told] == [1, 1, 1]
    assert {one["report_id"].iloc[0] for one in told} == set(truth["P8"]["circular"])
    assert [one["unit"].iloc[0].split("/")[1] for one in told] == ["selin", "orrin", "dovar"]
    assert read(attachment("misleading", "Tarn", whole, truth), "report")["source_grade"].tolist() == ["E"]


def test_the_new_burglary_lies_four_days_and_two_streets_on(whole, truth):
    new = read(attachment("new_burglary", "Selin", whole, truth), "incident").iloc[0]
    before = pd.read_csv(whole / "incidents.csv", dtype=str)
    last = before[before["incident_id"].isin(truth["P1"]["incident_ids"])].sort_values("occurred_at").iloc[-1]
    assert pd.Timestamp(new["occurred_at"]) - pd.Timestamp(last["occurred_at"]) == pd.Timedelta(days=4)
    east = (float(new["longitude"]) - float(last["longitude"])) * 111_319
    north = (float(new["latitude"]) - float(last["latitude"])) * 110_574
    assert 150 < (east**2 + north**2) ** 0.5 < 210


def test_the_partners_list_brings_all_who_are_alike(whole, truth):
    listed = read(attachment("partner_list", "Tarn", whole, truth), "partner_list")
    special = {one for kind in ("must_merge", "must_not_merge") for pair in truth["P9"][kind] for one in pair}
    assert special <= set(listed["record_id"])
    assert len(listed) > len(special)
    assert set(listed["handling"]) == {"H2"}


def test_the_export_is_one_that_the_safeguards_flag(whole, truth):
    export = read(attachment("dirty_export", "Orrin", whole, truth), "export")
    found = safeguards.find_special_categories(export)
    assert {"religion", "health"} <= set(found["column"])


def test_the_phone_block_changes_who_holds_the_chain_together(whole, truth):
    block = read(attachment("phone_block", "Tarn", whole, truth), "phone_block")
    assert len(block) == 40
    links = pd.read_csv(whole / "links.csv", dtype=str, keep_default_na=False).query(
        "matter == 'vehicle crime'"
    )
    entities, _ = intake.read_entities(whole / "entities.csv")
    best = []
    for table in (links, pd.concat([links, block])):
        read_in, _ = intake.read_links(table.reset_index(drop=True), tz="UTC")
        named = set(read_in["source"]) | set(read_in["target"])
        chart = networks.chart(read_in, entities[entities["entity_id"].isin(named)])
        found = networks.key_players(chart, k=2, kind="person", redraws=10, rng=1)
        best.append((set(found.table["members"].iloc[0].split(", ")), found.table["fragmentation"].iloc[0]))
    assert best[0][0] == set(truth["P2"]["brokers"])
    assert best[1][0] != best[0][0]
    assert best[1][1] < best[0][1]


def test_forms_on_the_sheets_are_those_of_the_library(made):
    sheet = next(one for one in made.handouts if one.id == "H14")
    said = list(texts_of(workshoppapers.handout(made, sheet).blocks))
    for form in ("DecisionRecord", "TaskingRecord"):
        held = records.fields(form)
        for meaning in held.loc[held["mandatory"], "meaning"]:
            assert f"{meaning} *" in said


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        write_workshop("W3", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(WriteError, match="cannot write into"):
        write_workshop("W3", tmp_path / "notes.txt" / "in")
    with pytest.raises(InputError, match="2026-03-02"):
        write_workshop("W3", tmp_path / "new", starts="next Monday")


def test_a_disk_that_fills_up_leaves_no_half_of_a_kit(tmp_path, monkeypatch):
    def filling_up(name, made, target, *_, **__):
        target.mkdir()
        (target / "schedule.html").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ilp_lab.training.workshopkits._write", filling_up)
    with pytest.raises(WriteError, match="the disk is full; free some space"):
        write_workshop("W3", tmp_path / "kit")
    assert list(tmp_path.iterdir()) == []


def test_unknown_attachments_and_pictures_are_named(whole, truth, written, tmp_path):
    with pytest.raises(InputError, match=r"attaches 'poem'"):
        attachment("poem", "Tarn", whole, truth)
    given = json.loads(json.dumps(written, default=str))
    given["slides"][0]["picture"] = "sunset"
    (tmp_path / "own.yml").write_text(yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(InputError, match="no picture 'sunset'"):
        write_workshop(tmp_path / "own.yml", tmp_path / "out", data=False)


@pytest.mark.slow
def test_the_command_writes_the_lot_with_a_seed_of_ones_own(tmp_path):
    told = CliRunner().invoke(app, ["training", "workshop", "W3", str(tmp_path / "W3"), "--seed", "7"])
    assert told.exit_code == 0, told.output
    for team in ("tarn", "selin", "orrin", "dovar"):
        assert (tmp_path / "W3" / "teams" / team / "links.csv").stat().st_size > 10_000
    named = samples.complete_truth(seed=7)["P2"]["brokers"][0]
    assert named in (tmp_path / "W3" / "trainer" / "guide.html").read_text(encoding="utf-8")


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    from ilp_lab.cli import main

    assert main(["training", "workshop", "W9", str(tmp_path / "W9")]) == 1
    assert "there is no workshop 'W9'" in " ".join(capsys.readouterr().err.split())
