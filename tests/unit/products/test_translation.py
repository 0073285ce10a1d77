"""Strings are ready for translation: babel finds them, and a language made up for the test appears everywhere on a product."""

from __future__ import annotations

import gettext
import importlib.util
import io
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.mofile import write_mo

import ilp_lab as ilp
from ilp_lab import _tongue
from ilp_lab.products import (
    Briefing,
    ProblemProfile,
    PublicEdition,
    ResultsAnalysis,
    StrategicAssessment,
    SubjectProfile,
    TacticalAssessment,
)
from ilp_lab.result import Param, Result, Source

ROOT = Path(__file__).resolve().parents[3]
ON_A_PAGE = re.compile(r"‹[^‹›]*›")


@pytest.fixture(scope="module")
def catalogue():
    """What babel found in the library; another test holds the file against the source."""
    spec = importlib.util.spec_from_file_location("languages_script", ROOT / "scripts" / "languages.py")
    languages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(languages)
    return languages.read(languages.TEMPLATE)


def bracketed(message):
    """A sentence in brackets, its placeholders kept."""
    parts = [part for part in re.split(r"(\{[^{}]*\})", message) if part]
    return "".join(part if part.startswith("{") else f"‹{part}›" for part in parts)


@pytest.fixture
def brackets(catalogue, monkeypatch):
    """A language in which every sentence of the library stands in brackets, its placeholders kept."""
    for message in catalogue:
        if message.id:
            one = isinstance(message.id, str)
            message.string = bracketed(message.id) if one else tuple(map(bracketed, message.id))
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    made = gettext.GNUTranslations(io.BytesIO(stream.getvalue()))
    monkeypatch.setattr(
        _tongue, "catalogue", lambda language: made if language == "qx" else gettext.NullTranslations()
    )


def result(name="places.demo"):
    return Result(
        name, "‹T›", pd.DataFrame({"area": ["‹S1›", "‹S2›"], "n": [13, 15], "q_fdr": [0.0001, 0.4], "rate": [True, False]}), "‹Counted.›",
        ("‹Fifteen.›",), params=(Param("‹x›", 3, chosen=True, why="‹w›"),), caveats=("‹c›",), references=("‹r›",), sources=(Source("‹s›", 28, "‹f›", "‹file›"),),
        left_out={"‹no place›": 3}, seed="‹7›", view="table", details={"missing": "‹gone›"},
    )  # fmt: skip


def every(case):
    asked = {"question": "‹Where?›", "written_on": date(2026, 5, 1), "language": "qx"}
    days = (date(2026, 5, 1), date(2026, 5, 14))
    told = {"subject": "‹P-7›", "category": "suspect", "proportionality": "‹nothing milder works›", "safeguarding": "‹he is offered help›",
            "approved_by": "‹Chief›", "review_on": date(2026, 9, 1)}  # fmt: skip
    made = {
        "problem": ProblemProfile(case, **asked).add(result(), says="‹a›"),
        "strategic": StrategicAssessment(case, **asked).add(result(), says="‹a›"),
        "tactical": TacticalAssessment(case, period=days, **asked).add(result(), says="‹a›"),
        "subject": SubjectProfile(case, **told, **asked),
        "briefing": Briefing(case, **asked),
        "results": ResultsAnalysis(case, measure="‹m›", expected="‹e›", decision="‹D›", **asked).add(
            result("times.compare_counts"), says="‹a›"
        ),
        "public": PublicEdition(case, contact="‹c›", **asked).add(result(), says="‹a›"),
    }
    judged = ilp.reasoning.judgement("‹one crew›", term="likely", confidence="moderate", because="‹two›", basis=["‹R-1›"],
                                     assumptions=["‹as›"], alternatives=["‹al›"], would_change=["‹w›"])  # fmt: skip
    return {
        kind: one.add_statement("‹st›", cites="‹R-1›")
        .add_table(pd.DataFrame({"n": [7, 9]}), says="‹t›", source="‹own›")
        .add_judgement(*([judged] if kind != "public" else []))
        .gap("‹gap›")
        .recommend("‹do›")
        for kind, one in made.items()
    }


class Texts(HTMLParser):
    """The texts that a reader sees."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.found += [value for name, value in attrs if name in {"alt", "title"} and value]

    def handle_data(self, data):
        if self.inside not in {"style", "script"} and data.strip():
            self.found.append(data.strip())


def untranslated(text, case):
    """What of a text is neither translated nor the analyst's own words."""
    left = ON_A_PAGE.sub("", text)
    for own in (
        case.analyst,
        "H0",
        ilp.safeguards.policy()["H0"].meaning,
        "likely",
    ):  # the last two from data packs
        left = left.replace(own, "")
    left = re.sub(r"\b[0-9a-f]{12,64}\b", "", left)
    left = re.sub(r"\b[a-z]+\.[a-z_]+\b", "", left)  # the call of an analysis is code
    return re.findall(r"[A-Za-z]{2,}", left)


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", purpose="‹Priorities›", legal_basis="‹Act›", analyst="A17")


def test_babel_finds_the_words_of_products(catalogue):
    found = {message.id for message in catalogue}
    assert found >= {
        "Legal basis", "Incidents", "q (FDR)", "May", "{day} May {year}", "Strategic assessment", "suspect", "To be considered",
        "{rows} of {all_rows} rows, {columns} of {all_columns} columns; what the finding rests on stands first",
    }  # fmt: skip
    assert len(found) > 300


def test_no_call_hides_its_sentence_from_babel(catalogue):
    """``tr`` of anything but a literal is not found by babel; f-strings would be filled before they are looked up."""
    import ast

    files = [file for file in sorted((ROOT / "ilp_lab").rglob("*.py")) if file.name != "_tongue.py"]
    calls = [
        (file.name, node)
        for file in files
        if re.search(r"\b(trn?|tr_later)\(", text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"tr", "trn", "tr_later"}
    ]
    assert len(calls) > 100
    hidden = [f"{name}:{node.lineno}" for name, node in calls if not isinstance(node.args[0], ast.Constant)]
    assert hidden == []
    found = {
        one for message in catalogue for one in ([message.id] if isinstance(message.id, str) else message.id)
    }
    unseen = {node.args[0].value: name for name, node in calls if node.args[0].value not in found}
    assert unseen == {}, "babel does not look into f-strings"


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize("kind", ["problem", "strategic", "tactical", "subject", "briefing", "results", "public"])  # fmt: skip
def test_another_language_appears_everywhere_on_a_product(case, kind):
    product = every(case)[kind]
    reader = Texts()
    reader.feed(product._content(".html").decode())
    assert {text: words for text in reader.found if (words := untranslated(text, case))} == {}
    from docx import Document

    word = Document(io.BytesIO(product._content(".docx")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    texts = [*(paragraph.text for paragraph in word.paragraphs), *cells]
    assert {text: words for text in texts if (words := untranslated(text, case))} == {}


def test_a_translation_that_lost_a_placeholder_is_not_used(monkeypatch):
    class Broken(gettext.NullTranslations):
        def gettext(self, message):  # noqa: ARG002
            return "{tag} {0.__class__} {monat}"

    monkeypatch.setattr(_tongue, "catalogue", lambda _: Broken())
    assert _tongue.day_in_words(date(2026, 5, 1)).startswith("01 ")
    assert _tongue.tr("Date") == "{tag} {0.__class__} {monat}"


def test_ranks_of_groups_stand_in_a_strategic_assessment(case):
    names = [one.id for one in ilp.threats.rubric("socta-groups").indicators]
    wide = pd.DataFrame([["high"] * 10, ["low"] * 10], index=["North", "South"], columns=names)
    scored = ilp.threats.matrix(wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False)  # fmt: skip
    product = StrategicAssessment(case, question="First?").add(
        ilp.threats.rank(scored, rng=1, draws=200), says="North."
    )
    assert "rank 1" in product._content(".html").decode()
