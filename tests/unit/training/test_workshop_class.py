"""A class that runs a workshop: injects by the clock of its days, with their files; lessons stand in for modules that come later."""

from __future__ import annotations

import shutil

import pytest
import yaml

from ilp_lab import training
from ilp_lab.errors import InputError
from ilp_lab.training import editions, workshop
from ilp_lab.training.workshopclasses import kit_of, plan_of
from ilp_lab.training.workshops import parsed, workshops_folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def with_data(kit, tmp_path_factory):
    """As written, with a word in place of the data of each team."""
    folder = tmp_path_factory.mktemp("with data") / "W3"
    shutil.copytree(kit.folder, folder)
    for team in ("tarn", "selin", "orrin", "dovar"):
        (folder / "teams" / team).mkdir(parents=True)
        (folder / "teams" / team / "incidents.csv").write_text(team, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def room(with_data, tmp_path_factory):
    return training.open_class(tmp_path_factory.mktemp("class") / "May", plan=with_data)


def test_every_module_is_there_or_has_lessons_in_its_place():
    made = workshop("W3")
    there = {source.stem.split("_")[0] for source in editions.sources()}
    assert set(made.lessons()) <= there
    missing = {module for block in made.blocks for module in block.modules} - there
    assert missing == {one.module for one in made.stand_ins} == {"M04", "M06", "M12", "M22"}


def test_its_clock_counts_the_days_without_the_nights():
    made, plan = workshop("W3"), plan_of(workshop("W3"))
    assert [one.id for one in plan.injects] == [one.id for one in made.injects]
    assert plan.inject("I-01").at_min == 10
    day = 17 * 60 + 15 - 9 * 60
    assert plan.inject("I-07").at_min == day + 60
    assert plan.inject("I-16").at_min == 2 * day + 15 * 60 + 15 - 9 * 60 + 75
    assert plan.inject("I-16").when == "day 3, 16:30"


def test_injects_bring_their_files_to_their_teams(room):
    assert list(room.release("I-03")["team"]) == ["Selin", "Orrin", "Dovar"]
    inbox = {path.name for path in (room.folder / "teams/Selin/inbox").iterdir()}
    assert inbox == {"I-03.txt", "I-03 message.pdf", "I-03 report.csv"}
    assert not list((room.folder / "teams/Tarn/inbox").iterdir())
    assert (room.folder / "teams/Orrin/data/incidents.csv").read_text(encoding="utf-8") == "orrin"
    for part in ("trainer/guide.pdf", "slides.html", "schedule.pdf", "handouts", "role-cards.pdf"):
        assert (room.folder / "workshop" / part).exists()
    told = "".join(path.read_text(encoding="utf-8-sig") for path in (room.folder / "teams").rglob("*.txt"))
    assert not any(one.expected[:40] in told for one in room.plan.injects)


def test_what_goes_to_a_role_is_handed_over_on_paper(room):
    found = room.release("I-15")
    assert list(found["team"]) == ["Head of resources"]
    assert (room.folder / "injects" / "I-15" / "head of resources" / "message.pdf").is_file()
    assert "on paper" in found["says"].iloc[0]
    assert "I-15" in room.state.released
    assert {scale.id for scale in room.plan.scales} == {"product", "briefing", "meeting"}
    file = room.report(room.folder / "report.html")
    assert "day 3, 16:00" in file.read_text(encoding="utf-8")


def test_what_cannot_be_run_is_said(kit, tmp_path):
    with pytest.raises(InputError, match=r"its regions \(Tarn, Selin, Orrin, Dovar\).*'Kestria'"):
        training.open_class(tmp_path / "a", plan=kit.folder, teams=["Kestria"])
    with pytest.raises(InputError, match="holds no data of Tarn"):
        training.open_class(tmp_path / "b", plan=kit.folder)
    assert kit_of("W3")
    assert not kit_of("practice-day")
    assert not kit_of(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"module": "M99"}, "M99 is in no block"),
        ({"lessons": []}, "M04 names no lessons"),
    ],
)
def test_stand_ins_that_do_not_hold_are_named(change, said):
    given = yaml.safe_load((workshops_folder() / "W3.yml").read_text(encoding="utf-8"))
    given["stand_ins"][0].update(change)
    with pytest.raises(InputError, match=said):
        parsed(given, "own.yml")
