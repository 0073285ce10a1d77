"""Progress without names, a class of twenty put together, certificates that can be verified, and those who cheat."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import ilp_lab as ilp
from ilp_lab.cli import main
from ilp_lab.errors import InputError, ReadError, SafeguardError
from ilp_lab.training import (
    certificate,
    class_table,
    editions,
    knowledge_test,
    lesson,
    normalised_gain,
    verify_certificate,
)
from ilp_lab.training.progressing import ProgressFile, progress_file


def finish(progress, lesson_id="M08"):
    for number in editions.key_of(lesson_id)["checks"]:
        progress.note(lesson_id, number, ok=True)
    return progress


def test_a_learner_has_a_code_and_no_name(tmp_path):
    held = ProgressFile(tmp_path / "progress.jsonl")
    code = held.learner
    assert code.startswith("L-")
    assert ProgressFile(held.path).learner == code
    held.note("M08", "1", ok=True)
    assert held.faults() == []
    assert ProgressFile(tmp_path / "other.jsonl").learner != code


def test_altered_entries_and_clocks_that_run_backwards_are_found(tmp_path):
    held = ProgressFile(tmp_path / "progress.jsonl")
    held.note("M08", "1", ok=False)
    held.note("M08", "2", ok=False)
    good = held.path.read_text()
    held.path.write_text(good.replace('"ok": false', '"ok": true', 1))
    assert held.faults() == ["entry 2 is not as it was written."]
    held.path.write_text("".join(good.splitlines(keepends=True)[:1] + good.splitlines(keepends=True)[2:]))
    assert "not as it was written" in held.faults()[0]
    held.path.write_text(good)
    last = list(held.entries())[-1]
    late = {key: value for key, value in last.items() if key != "hash"} | {
        "at": "2001-01-01T00:00:00+00:00",
        "prev": last["hash"],
    }
    held._append(late)
    assert held.faults() == ["the clock ran backwards before entry 4."]
    held.path.write_text("{")
    with pytest.raises(ReadError, match="not a file of progress"):
        list(held.entries())


STUDENT = """
import sys
import ilp_lab as ilp
at = ilp.training.lesson("M08")
skill = int(sys.argv[1])
for number, right in (("2", "Broltor"), ("7", "It is likely, with low confidence, that the spot is no place.")):
    for _ in range(skill % 3 + (skill % 4 == 0)):
        at.check(number, "wrong")
    if skill % 4:
        at.check(number, right)
"""


@pytest.mark.parametrize("learners", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_a_class_of_processes_is_put_together(tmp_path, learners):
    import os

    running = []
    for at in range(learners):
        place = tmp_path / f"desk-{at}"
        place.mkdir()
        environment = {**os.environ, "ILP_LAB_PROGRESS": str(place)}
        running.append(subprocess.Popen([sys.executable, "-c", STUDENT, str(at)], env=environment))
        if at % 4 == 3:
            assert [student.wait(timeout=120) for student in running[-4:]] == [0] * 4
    stick = tmp_path / "stick"
    stick.mkdir()
    for at in range(learners):
        shutil.copy(tmp_path / f"desk-{at}" / "progress.jsonl", stick / f"{at}.jsonl")
    shutil.copy(stick / "1.jsonl", stick / "again.jsonl")
    (stick / "forged.jsonl").write_text(
        (stick / "3.jsonl").read_text().replace('"ok": true', '"ok": false', 1).replace("L-", "X-")
    )
    (stick / "junk.jsonl").write_bytes(b"\x00\xff")
    found = class_table(stick)
    assert found.details["learners"] == learners
    assert found.left_out == {"a second file of one learner": 1, "was altered": 1, "cannot be read": 1}
    items = found.details["items"].set_index("check")
    assert items.loc["2", "solved"] == 3 / 4
    assert found.table["done"].max() == 2
    assert "3 files were left out" in found.explain()
    assert main(["training", "report", str(stick), "--into", str(tmp_path / "class.csv")]) == 0
    assert (tmp_path / "class.csv").exists()
    with pytest.raises(InputError, match="no file of progress"):
        class_table(tmp_path / "nowhere")


def test_twenty_sticks_bring_twenty_folders(tmp_path):
    for name in ("table 1", "table 2"):
        ProgressFile(tmp_path / name / "progress.jsonl").note("M08", "1", ok=True)
    bad = tmp_path / "table 3" / "progress.jsonl"
    bad.parent.mkdir()
    bad.write_text("no progress", encoding="utf-8")
    found = class_table(tmp_path)
    assert found.details["learners"] == 2
    assert found.left_out_rows["file"].tolist() == ["table 3/progress.jsonl"]


def test_two_people_with_one_code_are_both_kept_and_named(tmp_path):
    first, other = ProgressFile(tmp_path / "a.jsonl"), ProgressFile(tmp_path / "b.jsonl")
    first.note("M08", "1", ok=True)
    shutil.copy(first.path, other.path)
    shutil.copy(first.path, tmp_path / "c.jsonl")
    first.note("M08", "2", ok=True)
    first.note("M08", "3", ok=True)
    other.note("M08", "2", ok=False)
    found = class_table(tmp_path)
    code = first.learner
    assert found.table.set_index("learner")["done"].to_dict() == {code: 3, f"{code} (2)": 1}
    assert found.left_out == {"a second file of one learner": 1}
    assert "Two people, or one on two computers?" in " ".join(found.caveats)


def test_a_stick_pulled_in_mid_merge_is_named_and_nothing_is_written(tmp_path, monkeypatch):
    for name in "ab":
        ProgressFile(tmp_path / f"{name}.jsonl").note("M08", "1", ok=True)
    (tmp_path / "empty.jsonl").touch()
    gone = tmp_path / "gone.jsonl"
    before = sorted(file.name for file in tmp_path.iterdir())
    read = Path.read_text

    def pulled(self, *args, **kwargs):
        if self.name == "b.jsonl":
            raise OSError(5, "Input/output error")
        return read(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", pulled)
    found = class_table([*sorted(tmp_path.glob("*.jsonl")), gone])
    assert found.left_out == {"cannot be read": 1, "is empty or gone": 2}
    assert "Is the stick still in?" in found.left_out_rows.set_index("file").loc["b.jsonl", "says"]
    assert len(found.table) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def test_a_clock_turned_back_costs_nobody_the_certificate_and_is_noted(tmp_path):
    ilp.safeguards.make_key("academy")
    held = finish(ProgressFile(tmp_path / "progress.jsonl"))
    last = list(held.entries())[-1]
    held._append({key: value for key, value in last.items() if key != "hash"} | {"at": "2001-01-01T00:00:00+00:00", "prev": last["hash"]})  # fmt: skip
    file = certificate(tmp_path / "c.html", progress=held.path, name="Ana", signed_by="academy")
    assert "the clock ran backwards" in file.read_text(encoding="utf-8")
    assert verify_certificate(file).lessons
    assert "The clock ran backwards on the computer of" in " ".join(class_table(held.path).caveats)


def test_the_knowledge_test_counts_once_and_its_gain_is_of_what_could_be_gained(tmp_path):
    written = yaml.safe_load((editions.lessons_folder() / "knowledge_test.yml").read_text(encoding="utf-8"))[
        "items"
    ]
    right = {str(number): item["right"] for number, item in enumerate(written, start=1)}
    before = knowledge_test("before")
    with pytest.raises(InputError, match=r"no question '99'(.|\n)*no choice the text 'nothing like it'"):
        before.hand_in({"99": "x", "1": "nothing like it"})
    assert not before.handed_in
    half = dict(list(right.items())[: len(right) // 2])
    score = before.hand_in(half)
    assert (score.right, score.asked) == (len(right) // 2, len(right))
    assert "Look again" not in score.says
    with pytest.raises(InputError, match="handed in already"):
        before.hand_in(right)
    after = knowledge_test("after").hand_in({**right, "1": written[0]["wrong"][0]})
    assert "you gained 86%" in after.says
    assert "Look again at M00" in after.says
    table = class_table(progress_file().path)
    assert len(table.table) == 0
    assert table.details["gains"]["gain"].tolist() == [pytest.approx(6 / 7, abs=1e-3)]
    key = (editions.lessons_folder() / "keys" / "knowledge_test.json").read_text(encoding="utf-8")
    assert '"right"' not in key
    places = [item["choices"].index(right[item["number"]]) for item in json.loads(key)["items"]]
    assert len(set(places)) > 1


def test_the_knowledge_test_is_taken_by_clicking():
    test = knowledge_test("before")
    panel = test.show()
    picks = [child for child in panel.children if type(child).__name__ == "RadioButtons"]
    assert len(picks) == len(test.items)
    picks[0].value = test.items[0]["choices"][0]
    button, told = panel.children[-2:]
    button.click()
    assert "right. You will see the same questions at the end" in told.value
    assert button.disabled
    assert "Handed in" in knowledge_test("before").show().value


def test_a_certificate_is_verified_and_every_change_is_found(tmp_path):
    ilp.safeguards.make_key("academy")
    held = finish(ProgressFile(tmp_path / "progress.jsonl"))
    name = 'Ana <b>Ђ</b> & "Ko"'
    file = certificate(tmp_path / "c.html", progress=held.path, name=name, signed_by="academy")
    told = verify_certificate(file)
    assert (told.name, list(told.lessons)) == (name, ["M08"])
    assert "M08" in str(told)
    good = file.read_text(encoding="utf-8")
    assert "<b>Ђ" not in good
    for old, new in (
        ("M08", "M09"),
        ("academy", "academia"),
        ("Ana", "Eva"),
        ("</h1>", "</h1><p>with honours</p>"),
    ):
        file.write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises((SafeguardError, ReadError)):
            verify_certificate(file)
    file.write_text(good, encoding="utf-8")
    ilp.safeguards.distrust("academy")
    with pytest.raises(SafeguardError, match="not trusted here"):
        verify_certificate(file)
    file.write_text("<html></html>")
    with pytest.raises(ReadError, match="no certificate"):
        verify_certificate(file)


def test_no_certificate_without_all_checks_or_on_an_altered_file(tmp_path):
    ilp.safeguards.make_key("academy")
    held = ProgressFile(tmp_path / "progress.jsonl")
    held.note("M08", "1", ok=True)
    with pytest.raises(InputError, match=r"end in \.html(.|\n)*name must(.|\n)*no lesson is complete"):
        certificate(tmp_path / "c.txt", progress=held.path, name=" ", signed_by="academy")
    lines = held.path.read_text().splitlines()
    forged = json.loads(lines[1]) | {"check": "2"}
    held.path.write_text("\n".join([*lines, json.dumps(forged)]) + "\n")
    with pytest.raises(SafeguardError, match="No certificate is given"):
        certificate(tmp_path / "c.html", progress=held.path, name="Ana", signed_by="academy")


def test_from_the_first_answer_to_the_certificate_by_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ILP_LAB_PROGRESS", str(tmp_path))
    ilp.safeguards.make_key("academy")
    at_work = lesson("M05")
    answers = {"1": "B2", "6": "It is unlikely, with low confidence, that it is confirmed."}
    for number, answer in answers.items():
        assert at_work.check(number, answer).ok
    finish(ProgressFile(tmp_path / "progress.jsonl"), "M05")
    target = tmp_path / "c.html"
    assert main(["training", "certificate", str(tmp_path / "progress.jsonl"), "--name", "Ana", "--signed-by", "academy", "--into", str(target)]) == 0  # fmt: skip
    assert main(["training", "verify", str(target)]) == 0
    assert "Ana completed M05" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "gain"), [(0.4, 0.7, 0.5), (0.5, 0.5, 0.0), (1.0, 1.0, 1.0), (0.5, 0.25, -0.5)]
)
def test_the_gain_is_of_what_could_be_gained(before, after, gain):
    assert normalised_gain(before, after) == gain
