"""Words of the data packs that come with the library are Russian where Russian is spoken; an agency's own stay as written."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import ilp_lab as ilp
from ilp_lab import _spoken, _tongue, boards, evaluation, threats, views
from ilp_lab.boards.examples import reports
from ilp_lab.safeguards import open_case, policy
from ilp_lab.views.drawing import sheet
from ilp_lab.widgets.timehead import head_of

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("languages_script", ROOT / "scripts" / "languages.py")
languages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(languages)

MEANING = "For preventing and combating crime only."
RUSSIAN = "Только для предупреждения преступности и борьбы с ней."
OWN = """name: ours
version: "1"
source: "Ours"
codes:
  - {code: O1, meaning: "Only for those of the night shift.", needs_authority: false}
"""


@pytest.fixture
def case(tmp_path):
    return open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")


@pytest.fixture
def own(tmp_path, monkeypatch):
    file = tmp_path / "ours.yml"
    file.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("ILP_LAB_HANDLING", str(file))


def calls():
    return pd.DataFrame({"area": ["A", "B"], "occurred_from": pd.to_datetime(["2026-03-01", "2026-03-02"])})


def scored():
    names = [one.id for one in threats.rubric("socta-groups").indicators]
    wide = pd.DataFrame(
        [["high"] * 9 + ["unknown"], ["low"] * 9 + ["unknown"]], index=["A-1", "A-2"], columns=names
    )
    return threats.matrix(
        wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False
    )


def product_of(result, case, **options):
    return ilp.products.Briefing(case, question="?", written_on=date(2026, 3, 1), **options).add(
        result, says=result.findings[0]
    )


def test_every_sentence_of_a_shipped_pack_is_gathered_with_its_file():
    found = {
        message.id: [file for file, _ in message.locations] for message in languages.read(languages.TEMPLATE)
    }
    assert "ilp_lab/safeguards/packs/handling/europol-2016-794.yml" in found[MEANING]
    assert "ilp_lab/tasking/packs/readiness/readiness.yml" in found["article of the law"]
    assert "ilp_lab/threats/packs/rubrics/morile-type.yml" in found["severe"]
    for folder in languages.IN_PACKS:
        told = [words for file, words in languages.of_packs() if folder in file.as_posix()]
        assert told, folder
        assert set(told) <= set(found)


def test_every_sentence_of_a_shipped_pack_is_said_in_russian_letters():
    left = {}
    for _, words in languages.of_packs():
        with _spoken.speak("ru"):
            said = _tongue.looked_up(words)
        english = re.findall(r"[A-Za-z]{2,}", re.sub(r"\(28 CFR part 23\)|\(VERLT\)", "", said))
        if english or said == words:
            left[words] = said
    assert left == {}


def test_the_handling_code_is_russian_on_page_figure_widget_and_product(case):
    with _spoken.speak("ru"):
        page = views.page.banner("H0", "top")
        figure = views.drawing.finish(sheet(4, 3), title="x", caption="", handling="H0", alternative="x")
        drawn = [text.get_text() for text in figure.texts]
        head = head_of(SimpleNamespace(selection=SimpleNamespace(key="k", table=calls())), calls(), "x")
    for shown in (page, *[text for text in drawn if "H0" in text], head["handling"]):
        assert RUSSIAN.rstrip(".") in shown
        assert "crime" not in shown
    html = (
        product_of(threats.rank(scored(), draws=200, rng=1), case, language="ru")._content(".html").decode()
    )
    assert RUSSIAN in html
    assert MEANING not in html
    assert "rank 1" not in html
    assert "high threat" not in html


def test_the_report_desk_offers_grades_and_codes_in_russian():
    with _spoken.speak("ru"):
        board = boards.report_desk(reports().head(5))
        told = json.dumps(
            [list(map(str, dict(one.options).values())) for one in board.asked() if one.name in {"source_grade", "information_grade", "handling"}],
            ensure_ascii=False,
        )  # fmt: skip
    assert RUSSIAN in told
    assert not re.search(r"[A-Za-z]{3,}", told)


def test_a_pack_of_an_agency_stays_as_it_is_written(own, case):
    with _spoken.speak("ru"):
        assert "Only for those of the night shift." in views.page.banner("O1", "top")
        assert product_of(threats.rank(scored(), draws=200, rng=1), case).handling_meaning == (
            "Only for those of the night shift."
        )


def test_nothing_that_is_kept_depends_on_the_language(case):
    kept = []
    for language in ("en", "ru"):
        with _spoken.speak(language):
            matrix = scored()
            ranks, learn = (
                threats.rank(matrix, draws=200, rng=1),
                threats.learn_next(matrix, draws=200, rng=1),
            )
            checked = evaluation.review_grades(reports().head(5))
            kept.append(
                (
                    policy()["H0"].meaning, evaluation.scheme().source_grades["A"].meaning,
                    ranks["tiers"].to_csv(), checked["warnings"].tolist(),
                    product_of(ranks, case).reproducibility, product_of(learn, case).reproducibility,
                )
            )  # fmt: skip
    assert kept[0] == kept[1]
    assert kept[0][0] == MEANING
    with _spoken.speak("ru"):
        said = _tongue.again(learn.table["question"].iloc[0])
    assert re.findall(r"[A-Za-z]{3,}", said) == []
    assert said.startswith("Отмывание денег")
