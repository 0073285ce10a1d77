"""Adding a lesson is writing one file: a made-up one in a folder of its own is built, checked, worked through and listed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ilp_lab.cli.command import app
from ilp_lab.errors import ReadError
from ilp_lab.training import certificate, editions, lesson, overviews, read_lesson, verify_certificate
from ilp_lab.training.progressing import progress_file

SOURCE = """# ---
# id: M99
# title: "Count the boats"
# guidebook: {chapter: "6", verified: false}
# teaching: 5
# exercises: 5
# level: beginner
# data: none
# planted: [P6]
# questions: ["How many boats are there?"]
# objectives: ["count boats"]
# keypoints: ["Count twice."]
# ---

# %% [markdown] tags=["everyone"]
# ## The decision
#
# The harbour master asks how many boats there are.

# %%
import ilp_lab as ilp

lesson = ilp.training.lesson("M99")

# %% tags=["exercise:1"]
# SOLUTION BEGIN
boats = 4321
# SOLUTION END boats = ...
boats

# %% tags=["check:1"]
# CHECK boats | exact | hint: Count them. | hint: More than four thousand.
lesson.check("1", boats)

# %% tags=["choice:2"]
# CHECK "By day and at night" | exact | hint: Boats move.
lesson.ask("2", "When do you count?", ["By day", "By day and at night"])

# %% [markdown] tags=["trainer"]
# **Trainer, 5 minutes.** Bring paper boats.

# %% tags=["manager"]
import ilp_lab as ilp

lesson = ilp.training.lesson("M99-managers")

# %% tags=["manager", "choice:1"]
# CHECK ["Who counted?", "When?"] | set at_least=1 | hint: Two of three.
lesson.ask("1", "What do you ask?", ["Who counted?", "Which colour?", "When?"])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("academy") / "training" / "en"
    place.mkdir(parents=True)
    (place.parents[1] / "docs").mkdir()

    (place / "M99_boats.py").write_text(SOURCE, encoding="utf-8")
    built = CliRunner().invoke(app, ["training", "build", "--folder", str(place)])
    assert built.exit_code == 0, built.output
    return place


def test_one_file_gives_editions_keys_and_a_place_on_the_page(folder):
    made = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*"))
    assert made == [
        "M99_boats.py",
        "keys/M99-managers_boats.json",
        "keys/M99_boats.json",
        "manager/M99_boats.ipynb",
        "student/M99_boats.ipynb",
        "trainer/M99_boats.ipynb",
    ]
    page = (folder.parents[1] / "docs" / "lessons.md").read_text(encoding="utf-8")
    assert "count boats" in page
    assert "| 2 | exact | 1 |" in page
    assert "a summer season" in page
    student, trainer, managers = (
        (folder / which / "M99_boats.ipynb").read_text(encoding="utf-8")
        for which in ("student", "trainer", "manager")
    )
    assert "4321" in trainer
    assert "4321" not in student + managers
    assert "paper boats" in trainer
    assert "paper boats" not in student + managers
    assert "The harbour master" in student
    assert "The harbour master" in managers
    assert "**right:** Who counted?" in trainer
    cells = [cell for cell in json.loads(managers)["cells"] if cell["cell_type"] == "code"]
    assert all(cell["metadata"] == {"jupyter": {"source_hidden": True}} for cell in cells)
    assert CliRunner().invoke(app, ["training", "check", "--folder", str(folder)]).exit_code == 0


def test_it_is_worked_through_to_the_certificate(folder, monkeypatch, tmp_path):
    import ilp_lab as ilp

    monkeypatch.setenv("ILP_LAB_LESSONS", str(folder))
    at_work = lesson("M99")
    assert at_work.check("1", 3).hint == "Hint: Count them."
    assert at_work.check("1", 4321.0).ok
    assert at_work.check("2", "By day and at night").ok
    assert at_work.done
    asked = lesson("M99-managers").ask("1", "What do you ask?", ["Who counted?", "Which colour?", "When?"])
    _, picks, button, told = asked.children
    button.click()
    assert "Choose something" in told.value
    picks.children[0].value = True
    button.click()
    assert "not yet" in told.value
    picks.children[2].value = True
    button.click()
    assert "right" in told.value
    ilp.safeguards.make_key("academy")
    file = certificate(tmp_path / "c.html", progress=progress_file().path, name="Ana", signed_by="academy")
    assert list(verify_certificate(file).lessons) == ["M99", "M99-managers"]


def test_every_change_of_the_source_is_found(folder, tmp_path):
    source = folder / "M99_boats.py"
    good = source.read_text(encoding="utf-8")
    try:
        source.write_text(good.replace("hint: Count them.", "hint: Use your fingers."), encoding="utf-8")
        assert any("M99_boats.json is not in step" in fault for fault in editions.check(folder))
        source.write_text(good.replace("Count twice.", "Count three times."), encoding="utf-8")
        assert any("student/M99_boats.ipynb is not in step" in fault for fault in editions.check(folder))
        source.write_text(good.replace("count boats", "count ships"), encoding="utf-8")
        assert any("lessons.md is not in step" in fault for fault in overviews.page_faults(folder))
        source.write_text(good.replace("[P6]", "[P99]"), encoding="utf-8")
        with pytest.raises(ReadError, match="P1 to P12; got P99"):
            overviews.page_faults(folder)
    finally:
        source.write_text(good, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"By day and at night" | exact', '"Never" | exact', "not among at least two"),
        ('"By day and at night" | exact', "never | exact", "choice 2 is not written as"),
        ('lesson.ask("2"', 'lesson.ask("3"', 'does not call lesson.ask("2"'),
    ],
)
def test_questions_that_are_written_wrongly_are_named(tmp_path, old, new, says):
    file = tmp_path / "M99_boats.py"
    file.write_text(SOURCE.replace(old, new), encoding="utf-8")
    with pytest.raises(ReadError) as refused:
        read_lesson(file)
    assert says in str(refused.value)


def test_the_map_of_the_guidebook_fits_the_lessons(tmp_path, folder):
    lessons = [read_lesson(source) for source in editions.sources()]
    book = editions.lessons_folder().parent / "guidebook_map.yml"
    assert overviews.guidebook_faults(book, lessons) == []
    assert "is missing" in overviews.guidebook_faults(tmp_path / "none.yml", lessons)[0]
    bad = tmp_path / "map.yml"
    bad.write_text('chapters: [{chapter: "6", title: "?", page: 1, verified: {title: yes}, modules: []}]')
    told = "\n".join(overviews.guidebook_faults(bad, [read_lesson(folder / "M99_boats.py")]))
    assert "chapter 6 must say" in told
    assert "does not name M99" in told
