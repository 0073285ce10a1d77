"""A product needs a case, carries its sources, method and handling, and shows hostile text as text."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pandas as pd
import pytest

import ilp_lab as ilp
from ilp_lab.errors import HandlingError, InputError, NoCaseError
from ilp_lab.result import Param, Result, Source

NASTY = '<img src=x onerror="alert(1)">`${1}` C:\\2024\\1 \u2028 =1+1 </script><script>alert(2)</script>'


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", purpose=NASTY, legal_basis="Police Act s.12", analyst="A17")


@pytest.fixture
def result():
    return Result(
        name="demo",
        title="Weekly counts",
        table=pd.DataFrame(
            {"area": ["S1", NASTY], "n": [3, 5], "z": [0.5, 1e-5], "address": ["secret", "secret"]}
        ),
        method="Counts by week.",
        findings=("Five last week.", NASTY),
        params=(Param("cell_m", 200.0, chosen=True, why="hull area over incidents"),),
        caveats=("Few weeks.",),
        references=("Wheeler 2016, doi:10.1016/j.apgeog.2016.02.010",),
        sources=(Source("incidents", 8, "0123456789abcdef", "q3.csv"),),
        left_out={"without a place": 2},
        seed="7",
    )


@pytest.fixture
def profile(case, result):
    return ilp.products.ProblemProfile(
        case, question="Is it getting worse?", title=NASTY, written_on=date(2026, 1, 31)
    ).add(result, says=NASTY)


def test_a_product_needs_a_case(result):
    with pytest.raises(NoCaseError, match=r"ilp\.open_case"):
        ilp.products.ProblemProfile(None, question="Is it getting worse?")


def test_question_and_statement_may_not_be_empty(case, result):
    with pytest.raises(InputError, match="question"):
        ilp.products.ProblemProfile(case, question=" ")
    with pytest.raises(InputError, match="says") as caught:
        ilp.products.ProblemProfile(case, question="?").add(3, says="")
    assert "result must be" in str(caught.value)


def test_adding_gives_a_new_profile(profile, result):
    longer = profile.add(result, says="More.")
    assert (len(profile.sections), len(longer.sections)) == (1, 2)


def test_the_page_carries_everything_needed_to_defend_it(profile, tmp_path):
    text = profile.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    for needed in (
        "31 January 2026", "Police Act s.12", "A17", "Counts by week.", "cell size, m: 200 (chosen: hull area over incidents)",
        "seed 7", "2 rows, without a place", "fingerprint 0123456789abcdef", "q3.csv", "Few weeks.", "doi:10.1016",
        "H0", "a named person does", "&lt; 0.001",
    ):  # fmt: skip
        assert needed in text, needed
    assert "secret" not in text


def test_hostile_text_is_text(profile, tmp_path):
    text = profile.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img src=x" not in text
    assert text.count("&lt;img src=x") >= 5
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_the_document_opens_and_says_the_same(profile, tmp_path):
    from docx import Document

    path = profile.to_docx(tmp_path / "p.docx").path
    document = Document(str(path))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for needed in ("Weekly counts", "Counts by week.", "seed 7", "without a place", "Few weeks."):
        assert needed in words, needed
    assert document.sections[0].header.paragraphs[0].text.startswith("H0:")
    picture = zipfile.ZipFile(io.BytesIO(path.read_bytes())).read("word/document.xml")
    assert b'descr="Weekly counts' in picture


def test_control_characters_do_not_break_the_document(case, result, tmp_path):
    profile = ilp.products.ProblemProfile(case, question="\x00\x0b\ud800?").add(result, says="\x1b[31m")
    assert profile.to_docx(tmp_path / "p.docx").path.exists()
    assert profile.to_html(tmp_path / "p.html").path.exists()


def test_handling_is_inherited_and_gates_the_release(case, result, tmp_path):
    from dataclasses import replace

    profile = ilp.products.ProblemProfile(case, question="?").add(replace(result, handling="H2"), says="x")
    assert profile.handling == "H2"
    with pytest.raises(HandlingError, match="authority"):
        profile.to_html(tmp_path / "p.html")
    assert "H2" in profile.to_html(tmp_path / "p.html", authority="Supt 4").path.read_text(encoding="utf-8")


def test_the_ending_must_fit(profile, tmp_path):
    with pytest.raises(InputError, match=r"end in \.docx"):
        profile.to_docx(tmp_path / "p.html")


def test_a_wide_table_is_cut_to_what_fits_a_page_and_says_so(case, tmp_path):
    wide = pd.DataFrame(
        {"area": ["S1"], "z_rank": [1], "z_rank_low": [1], "z_rank_high": [19]}
        | {f"m{at}": [at] for at in range(20)}
    )
    result = Result("demo", "Ranks", wide, "Ranked.", ("S1 is first.",))
    profile = ilp.products.ProblemProfile(case, question="Who?").add(result, says="S1.")
    text = profile.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    assert "1 (1 to 19)" in text
    assert text.count('<th scope="col">') == 9
    assert "1 of 1 rows, 9 of 24 columns" in text
