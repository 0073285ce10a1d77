"""A class on a folder: clock, injects, the board of checks, snapshots, ratings, the report afterwards."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import training
from ilp_lab.errors import InputError, ReadError
from ilp_lab.training import classlog
from ilp_lab.training.progressing import ProgressFile

TEAMS = ["North", "South"]
ABOVE = str(PurePosixPath("..", "outside"))
MORE = str(PurePosixPath("teams", "North", "work", "more.txt"))
FULL = dict.fromkeys(training.class_plan("practice-day").scale("product").criteria, 2)


@pytest.fixture
def room(tmp_path):
    return training.open_class(tmp_path / "class", plan="practice-day", teams=TEAMS)


def inbox(room, team):
    return sorted(path.name for path in (room.folder / "teams" / team / "inbox").iterdir())


def learn(room, team, *right, lesson="M08", name="progress.jsonl"):
    held = ProgressFile(room.folder / "teams" / team / "progress" / name)
    for number, ok in enumerate(right, start=1):
        held.note(lesson, str(number), ok=ok)


def test_a_new_class_has_a_folder_for_every_team_with_its_lessons(room):
    for team in TEAMS:
        own = room.folder / "teams" / team
        assert {path.name for path in own.iterdir()} == {
            "inbox",
            "lessons",
            "progress",
            "work",
            "READ ME.txt",
        }
        assert {path.name.split("_")[0] for path in (own / "lessons").iterdir()} == set(room.plan.lessons)


def test_what_good_teams_do_is_in_no_team_folder(room):
    for inject in room.plan.injects:
        room.release(inject.id)
    expected = [inject.expected[:40] for inject in room.plan.injects]
    for path in (room.folder / "teams").rglob("*.txt"):
        assert not any(hint in path.read_text(encoding="utf-8-sig") for hint in expected), path


def test_an_inject_goes_to_chosen_teams_and_only_once(room):
    first = room.release("I-2", teams=["North"])
    assert first["delivered"].tolist() == [True]
    assert inbox(room, "North") == ["I-2 reports.csv", "I-2.txt"]
    assert inbox(room, "South") == []
    again = room.release("I-2")
    assert dict(zip(again["team"], again["says"], strict=True)) == {
        "North": "had it already",
        "South": "in its inbox",
    }
    assert set(room.state.released["I-2"]) == set(TEAMS)


def test_a_stick_that_was_pulled_out_is_named_and_served_later(room, tmp_path):
    (room.folder / "teams" / "South").rename(tmp_path / "pulled out")
    found = room.release("I-1").set_index("team")
    assert found["delivered"].to_dict() == {"North": True, "South": False}
    assert "connected" in found.loc["South", "says"]
    (tmp_path / "pulled out").rename(room.folder / "teams" / "South")
    assert room.release("I-1")["delivered"].all()
    assert inbox(room, "South") == ["I-1.txt"]


def test_the_clock_runs_stops_and_goes_on_and_is_remembered(room):
    assert not room.running
    room.start()
    room.start()
    assert room.running
    room.stop()
    spent = room.elapsed
    reopened = training.open_class(room.folder)
    assert reopened.elapsed == spent
    assert reopened.teams == tuple(TEAMS)


def test_injects_are_due_by_the_clock(room, monkeypatch):
    assert room.due() == []
    far = classlog.ClassState(spent=timedelta(minutes=80))
    monkeypatch.setattr(type(room), "state", property(lambda _: far))
    assert [one.id for one in room.due()] == ["I-1", "I-2"]


minutes = st.integers(min_value=-600, max_value=600)


@given(st.lists(st.tuples(st.sampled_from([classlog.START, classlog.STOP]), minutes), max_size=20), minutes)
def test_the_clock_never_runs_backwards(steps, later):
    begun = datetime(2026, 5, 4, 9, tzinfo=UTC)
    entries = [
        {"what": what, "at": (begun + timedelta(minutes=at)).isoformat(), "detail": {}} for what, at in steps
    ]
    clock = timedelta()
    for known in range(len(entries) + 1):
        state = classlog.state_of(entries[:known])
        assert state.spent >= clock
        clock = state.spent
    assert state.elapsed(begun + timedelta(minutes=later)) >= clock


def test_the_board_shows_what_every_team_solved(room):
    learn(room, "North", True, True, False)
    learn(room, "North", True, name="second.jsonl")
    (room.folder / "teams" / "South" / "progress" / "broken.jsonl").write_text("nonsense\n")
    board = room.board().set_index(["team", "lesson"])
    assert board.loc[("North", "M08"), "learners"] == 2
    assert board.loc[("North", "M08"), "done"] == 1.5
    assert board.loc[("South", "M08"), "learners"] == 0
    assert "cannot be read" in board.loc[("South", "M08"), "says"]
    assert set(board.index.get_level_values("lesson")) == set(room.plan.lessons)


def test_going_back_restores_folders_releases_and_clock_and_loses_nothing(room):
    room.start()
    room.release("I-1")
    (room.folder / "teams" / "North" / "work" / "draft.txt").write_text("first", encoding="utf-8")
    room.snapshot("before lunch")
    at_lunch = room.state.snapshots["before lunch"]
    room.rate("North", "product", FULL)
    room.release("I-2")
    (room.folder / "teams" / "North" / "work" / "draft.txt").write_text("second", encoding="utf-8")
    (room.folder / "teams" / "South" / "work" / "new.txt").write_text("late", encoding="utf-8")

    kept = room.rewind("before lunch")
    assert set(room.state.released) == {"I-1"}
    assert room.elapsed == at_lunch
    assert not room.running
    assert (room.folder / "teams" / "North" / "work" / "draft.txt").read_text() == "first"
    assert not (room.folder / "teams" / "South" / "work" / "new.txt").exists()
    assert inbox(room, "North") == ["I-1.txt"]
    assert len(room.state.ratings) == 1
    assert [path.name for path in room.folder.iterdir() if path.name.startswith(".")] == []

    room.rewind(kept)
    assert (room.folder / "teams" / "North" / "work" / "draft.txt").read_text() == "second"
    assert (room.folder / "teams" / "South" / "work" / "new.txt").read_text() == "late"
    assert set(room.state.released) == {"I-1", "I-2"}


@pytest.mark.parametrize("harm", ["cut", "changed", "escape", "gone"])
def test_a_damaged_snapshot_changes_nothing(room, harm):
    (room.folder / "teams" / "North" / "work" / "draft.txt").write_text("first", encoding="utf-8")
    file = room.snapshot("one")
    (room.folder / "teams" / "North" / "work" / "draft.txt").write_text("second", encoding="utf-8")
    if harm == "gone":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-30])
    else:
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(f"{ABOVE}.txt" if harm == "escape" else MORE, b"x")
    with pytest.raises(ReadError, match="Nothing was changed"):
        room.rewind("one")
    assert (room.folder / "teams" / "North" / "work" / "draft.txt").read_text() == "second"
    assert not (room.folder.parent / "outside.txt").exists()
    assert list(room.state.snapshots) == ["one"]


def test_ratings_are_whole_and_all_faults_are_named_at_once(room):
    with pytest.raises(InputError) as caught:
        room.rate("North", "product", {"answers the question": 4, "sources and handling": True, "charm": 1})
    said = str(caught.value)
    assert said.count("has no score") == 3
    for words in ("got 4", "got True", "'charm' is no criterion"):
        assert words in said
    room.rate("North", "product", FULL, note="good sources")
    room.rate("North", "product", {**FULL, "sources and handling": 3})
    assert room.state.ratings["North", "product"].scores["sources and handling"] == 3
    assert sum(entry["what"] == classlog.RATE for entry in room.entries()) == 2


@pytest.mark.parametrize("ending", ["html", "docx", "pdf"])
def test_the_report_says_what_happened(room, tmp_path, ending):
    room.start()
    room.release("I-1")
    learn(room, "North", True, False)
    room.rate(
        "South", "briefing", dict.fromkeys(room.plan.scale("briefing").criteria, 1), note="<b>too long</b>"
    )
    file = room.report(tmp_path / f"report.{ending}")
    content = file.read_bytes()
    assert len(content) > 2_000
    if ending == "html":
        page = content.decode()
        for words in ("A letter from the ministry", "not released", "&lt;b&gt;too long", "North", "1.0 /"):
            assert words in page
        assert "<b>too long" not in page


def test_an_empty_class_has_a_report_too(room, tmp_path):
    page = room.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nothing was seen" in page
    with pytest.raises(InputError, match=r"ends in \.html"):
        room.report(tmp_path / "report.odt")


def test_an_altered_log_is_named(room):
    room.start()
    room.release("I-1")
    log = room.folder / "class.log"
    log.write_text(log.read_text().replace("I-1", "I-2"))
    assert not room.verify().ok


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"plan": None}, "name a plan"),
        ({"plan": "practise-day"}, "Did you mean 'practice-day'"),
        ({"plan": "practice-day", "teams": ["A", "a"]}, "same name"),
        ({"plan": "practice-day", "teams": [ABOVE]}, "letters, digits"),
        ({"plan": "practice-day", "teams": []}, "at least one team"),
    ],
)
def test_a_class_that_cannot_be_built_leaves_nothing(tmp_path, wanted, said):
    with pytest.raises(InputError, match=said):
        training.open_class(tmp_path / "new", **wanted)
    assert not (tmp_path / "new").exists()


def test_folders_with_something_else_are_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        training.open_class(tmp_path, plan="practice-day")
    (tmp_path / "class.json").write_text("{")
    with pytest.raises(ReadError, match="cannot be opened as a class"):
        training.open_class(tmp_path)


def test_strangers_are_named(room):
    with pytest.raises(InputError, match="no inject 'I-99'"):
        room.release("I-99")
    with pytest.raises(InputError, match="no team 'West'"):
        room.release("I-1", teams=["West"])
    with pytest.raises(InputError, match="no snapshot 'never'"):
        room.rewind("never")
    room.snapshot("a")
    with pytest.raises(InputError, match="choose another name"):
        room.snapshot("a")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"injects": [{"id": "a/b", "at_min": 1, "title": "t", "body": "b"}]}, "letters, digits"),
        ({"injects": [{"id": "I", "at_min": "soon", "title": "t", "body": "b"}]}, "minutes after the start"),
        (
            {"injects": [{"id": "I", "at_min": 1, "title": "t", "body": "b", "teams": ["X"]}]},
            "no team of this plan",
        ),
        ({"injects": [{"id": "I", "at_min": 1, "title": "t", "body": "b"}] * 2}, "comes twice"),
        ({"teams": "A"}, "must be a list"),
        ({"lessons": {"a": 1}}, "must be a list"),
        ({"title": None}, "title must be a text"),
    ],
)
def test_hostile_plans_are_refused_in_a_sentence(tmp_path, change, said):
    plan = {
        "id": "p",
        "version": "1",
        "title": "t",
        "teams": ["A", "B"],
        "lessons": [],
        "injects": [],
        "ratings": [],
    }
    file = tmp_path / "plan.yml"
    file.write_text(json.dumps({**plan, **change}), encoding="utf-8")
    with pytest.raises(ReadError, match=said):
        training.class_plan(file)


def test_a_class_keeps_its_plan_when_the_plan_changes(tmp_path):
    source = tmp_path / "mine.yml"
    shipped = next(iter((training.classplans._SHELF.shipped).glob("practice-day.yml")))
    shutil.copyfile(shipped, source)
    room = training.open_class(tmp_path / "class", plan=source)
    source.unlink()
    assert training.open_class(room.folder).plan == room.plan
