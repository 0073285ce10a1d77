"""Every kind of product: what it needs, what it never holds, and that it opens as page, document and print."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date

import pandas as pd
import pytest

import ilp_lab as ilp
from ilp_lab._spoken import speak
from ilp_lab._tongue import tr
from ilp_lab.errors import HandlingError, InputError, SafeguardError
from ilp_lab.products import (
    Briefing,
    ProblemProfile,
    PublicEdition,
    ResultsAnalysis,
    StrategicAssessment,
    SubjectProfile,
    TacticalAssessment,
)
from ilp_lab.result import Result, Source
from ilp_lab.safeguards import mark, policy, suppress

NASTY = '<b onclick="x">&amp; {{ 7*7 }} Ђорђе Բարև Ελληνικά {% x %} </p><script>alert(1)</script> \x00'
DAYS = (date(2026, 5, 1), date(2026, 5, 14))


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(
        tmp_path / "case", purpose="Priorities", legal_basis="Police Act s.12", analyst="A17"
    )


def result(name="demo", **changes):
    table = changes.pop("table", pd.DataFrame({"area": ["S1", "S2"], "n": [13, 15]}))
    return Result(
        name,
        "Counts",
        table,
        "Counted.",
        ("Fifteen.",),
        sources=(Source("incidents", 28, "abc123"),),
        **changes,
    )


def judged(**changes):
    told = {"term": "likely", "confidence": "moderate", "because": "two sources", "basis": ["R-1"], **changes}
    return ilp.reasoning.judgement("one crew does it", **told)


def every(case):
    works = pd.DataFrame({"zone": ["treated", "control"], "before": [60, 55], "after": [38, 52]})
    return {
        "problem": ProblemProfile(case, question="Worse?").add(result(), says="No."),
        "strategic": StrategicAssessment(case, question="First?").add(result(), says="S2.").add_judgement(judged()).gap("Who buys.").recommend("S2: a visit."),
        "tactical": TacticalAssessment(case, question="Changed?", period=DAYS).add(result(), says="No.").recommend("S1: go on."),
        "subject": subject(case).add_statement("Seen at S1.", cites="R-1").add_judgement(judged()).gap("Why.").recommend("A visit."),
        "briefing": Briefing(case, question="Tonight?").add(result(), says="S2."),
        "results": ResultsAnalysis(case, question="Worked?", measure="Lamps", expected="a fifth fewer").add(ilp.times.displacement_difference(works), says="Chance explains it.").recommend("Wait."),
        "public": PublicEdition(case, question="Your worries?", contact="Counter 2").add(suppress(pd.DataFrame({"theft": [20, 14], "damage": [11, 30]}, index=["Harbour", "North"])), says="Most at the harbour."),
    }  # fmt: skip


def subject(case, **changes):
    told = {
        "subject": "P-7QX2", "category": "suspect", "proportionality": "Four reports name the subject.", "approved_by": "Chief",
        "safeguarding": "Two children were seen to.", "review_on": date(2027, 1, 1), **changes,
    }  # fmt: skip
    return SubjectProfile(case, question="Which part?", **told)


@pytest.mark.parametrize(
    "name", ["problem", "strategic", "tactical", "subject", "briefing", "results", "public"]
)
def test_every_kind_is_written_three_ways_with_its_marking(case, tmp_path, name):
    from docx import Document
    from pypdf import PdfReader

    product = every(case)[name]
    assert len(product.problems()) == 0
    page = product.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    document = Document(str(product.to_docx(tmp_path / "p.docx").path))
    printed = PdfReader(str(product.to_pdf(tmp_path / "p.pdf").path))
    words = "\n".join(sheet.extract_text() for sheet in printed.pages)
    for text in (page, words):
        assert "H0" in text
        assert product.reproducibility in text
        assert product.parts[0].says.split()[0] in text
    assert all("H0" in sheet.extract_text() for sheet in printed.pages)
    assert document.sections[0].header.paragraphs[0].text.startswith("H0:")
    assert document.core_properties.identifier == product.reproducibility
    assert ("Decision" in page) == (name != "public")
    assert ("A17" in page + words) == (name != "public")


def test_a_briefing_can_be_signed_on_its_first_page_and_its_picture_has_words_in_every_file(case, tmp_path):
    from docx import Document
    from pypdf import PdfReader

    works = pd.DataFrame({"zone": ["treated", "control"], "before": [60, 55], "after": [38, 52]})
    found = ilp.times.displacement_difference(works)
    product = Briefing(case, question="Tonight?").add(found, says="Two visits.").recommend("Quay, 22:00.")
    product = product.add_statement("Seen.", cites="R-1")
    told = f"{found.title}. {found.findings[0]}"
    sheets = PdfReader(str(product.to_pdf(tmp_path / "p.pdf").path)).pages
    first, second = (sheets[at].extract_text() for at in (0, 1))
    assert "Decision" in first
    assert found.caveats[0] not in first
    assert found.caveats[0][:40] in second
    assert told.encode("utf-16-be").hex() in sheets[0].get_contents().get_data().decode("latin-1")
    word = Document(str(product.to_docx(tmp_path / "p.docx").path))
    assert [shape._inline.docPr.get("descr")[: len(told)] for shape in word.inline_shapes] == [told]
    page = product.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    assert len(re.findall(r'<img class="small" alt="[^"]{20,}"', page)) == 1


def test_a_table_says_how_much_of_it_is_shown_and_a_whole_one_says_nothing(case, tmp_path):
    from docx import Document

    counts = pd.DataFrame({"theft": [20, 14], "damage": [11, 30]}, index=["Harbour", "North"])
    public = PublicEdition(case, question="?", contact="Counter 2").add(suppress(counts), says="x")
    long = pd.DataFrame({"area": [f"S{at}" for at in range(30)], "n": range(9, 39), "q_fdr": 0.0})
    profile = ProblemProfile(case, question="?").add(result(table=long), says="x")
    assert " rows, " not in public.to_html(tmp_path / "a.html").path.read_text(encoding="utf-8")
    page = profile.to_html(tmp_path / "b.html").path.read_text(encoding="utf-8")
    assert "10 of 30 rows, 3 of 3 columns" in page
    assert page.count("&lt; 0.001") == 10
    word = Document(str(profile.to_docx(tmp_path / "b.docx").path))
    assert "w:tblHeader" in word.tables[1].rows[0]._tr.xml


def test_what_is_for_residents_does_not_say_that_it_is_for_the_police_only(case, tmp_path):
    product = every(case)["public"]
    page = product.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    assert policy()["H0"].meaning not in page
    assert "released to the public" in page


def test_another_exhibit_is_another_product(case):
    drafts = [
        ProblemProfile(case, question="?").add_table(pd.DataFrame({"n": [n]}), says="x", source="y")
        for n in (7, 7, 8)
    ]
    assert [draft.reproducibility == drafts[0].reproducibility for draft in drafts] == [True, True, False]


def test_the_same_product_is_the_same_bytes(case, tmp_path):
    product = every(case)["strategic"]
    one, other = (product.to_pdf(tmp_path / f"{at}.pdf").path.read_bytes() for at in "ab")
    assert one == other
    assert product.reproducibility == every(case)["strategic"].reproducibility
    assert product.reproducibility != product.gap("More.").reproducibility


def test_every_statement_leads_to_what_it_rests_on(case, tmp_path):
    product = (
        StrategicAssessment(case, question="First?")
        .add(result(), says="S2.")
        .add_statement("Seen.", cites=["R-7", "R-1"])
    )
    product = product.add_judgement(judged()).gap("Who.").recommend("Visit S2.")
    assert product.evidence == ("Counts (demo; incidents abc123)", "R-7", "R-1")
    page = product.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    assert "S2. [1]" in page
    assert "Seen. [2] [3]" in page
    assert re.search(r'class="judged">.*\[3\]', page)
    known, judged_at = page.index("What is known"), page.index("What we judge")
    assert known < page.index("Seen. [2]") < judged_at < page.index('class="judged"')


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda case: ProblemProfile(case, question="?"), "has no part"),
        (
            lambda case: StrategicAssessment(case, question="?").add(result(), says="x"),
            r"judgement(.|\n)*not known(.|\n)*considered",
        ),
        (lambda case: TacticalAssessment(case, question="?", period=DAYS), r"finding(.|\n)*considered"),
        (subject, r"cite reports(.|\n)*not known(.|\n)*options"),
        (
            lambda case: ResultsAnalysis(case, question="?", measure="a", expected="b").add(
                result(), says="x"
            ),
            "without the measure",
        ),
        (
            lambda case: Briefing(case, question="?").add_statement("word " * 300, cites="R"),
            "at most 260 words; this one has",
        ),
        (
            lambda case: Briefing(case, question="?").add_judgement(*[judged()] * 5),
            "at most 4 parts; this one has",
        ),
    ],
)
def test_what_a_kind_lacks_is_said_all_at_once_and_nothing_is_written(case, tmp_path, make, says):
    product = make(case)
    assert len(product.problems()) > 0
    with pytest.raises(InputError, match=says):
        product.to_html(tmp_path / "p.html")
    assert not (tmp_path / "p.html").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"category": "contact"}, "Victims, witnesses and contacts are not profiled"),
        ({"approved_by": "a17"}, "other than the analyst"),
        ({"proportionality": ""}, "nothing milder"),
        ({"safeguarding": "none"}, "come to harm"),
        ({"review_on": None}, "still needed"),
        ({"subject": " "}, "number or a pseudonym"),
    ],
)
def test_a_subject_profile_is_gated(case, change, says):
    with pytest.raises(InputError, match=says):
        subject(case, **change)


def test_what_is_never_public(case, tmp_path):
    public = PublicEdition(case, question="?", contact="Counter 2")
    small = result(table=pd.DataFrame({"area": ["S1"], "n": [2]}))
    chart = ilp.networks.measures(
        ilp.networks.chart(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    )
    for bad, kind, says in (
        (small, SafeguardError, r"\(D11\)(.|\n)*too small"),
        (chart, InputError, "link chart is never public"),
        (result(handling="H1"), InputError, "does not allow it"),
    ):
        with pytest.raises(kind, match=says):
            public.add(bad, says="x").to_html(tmp_path / "p.html")
    import geopandas as gpd

    dots = gpd.GeoDataFrame({"n": [7, 9]}, geometry=gpd.points_from_xy([1, 2], [3, 4]), crs=32633)
    with pytest.raises(SafeguardError, match="single points"):
        public.add(result(table=dots, view="map"), says="x").to_html(tmp_path / "p.html")
    with pytest.raises(SafeguardError, match="too small"):
        public.add_table(pd.DataFrame({"n": [3]}), says="x", source="y").to_html(tmp_path / "p.html")
    page = public.add(
        suppress(pd.DataFrame({"a": [20, 2, 14], "b": [11, 9, 30]}, index=["x", "y", "z"])), says="x"
    ).to_html(tmp_path / "p.html")
    assert "withheld" in page.path.read_text(encoding="utf-8")


def test_small_counts_become_public_only_by_the_word_of_somebody_else(case, tmp_path):
    public = PublicEdition(case, question="?", contact="Counter 2")
    public = public.add(result(table=pd.DataFrame({"area": ["S1"], "n": [2]})), says="Two.")
    assert public.problems()["problem"].str.startswith("D11").sum() == 1
    with ilp.safeguards.override(case, "D11", reason="the court ordered the figures", approver="Chief"):
        assert public.to_html(tmp_path / "p.html").path.exists()
    assert len(ilp.safeguards.overrides(case)) == 1


def test_wording_that_tells_who_the_source_is_does_not_leave(case, tmp_path):
    product = ProblemProfile(case, question="?").add_statement("My brother told me he deals.", cites="R-1")
    assert "My brother told" in product.problems()["problem"].iloc[0]
    with pytest.raises(SafeguardError, match=r"\(D19\)(.|\n)*My brother told"):
        product.to_pdf(tmp_path / "p.pdf")
    assert not (tmp_path / "p.pdf").exists()
    assert "Safeguards lifted" not in product._repr_html_()
    with ilp.safeguards.override(case, "D19", reason="the source agreed in writing", approver="Chief"):
        page = product.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
    assert re.search(r"Safeguards lifted</dt><dd>1 in this case: D19<", page)


def test_exhibits_say_where_they_come_from_and_carry_their_code(case, tmp_path):
    product = ProblemProfile(case, question="?")
    table = mark(pd.DataFrame({"n": [7], "address": ["secret"]}), handling="H2", origin="q3.csv")
    shown = product.add_table(table, says="Seven.")
    assert shown.handling == "H2"
    assert shown.evidence == ("q3.csv",)
    with pytest.raises(HandlingError, match="authority"):
        shown.to_html(tmp_path / "p.html")
    assert "secret" not in shown.to_html(tmp_path / "p.html", authority="Chief").path.read_text(
        encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"1 to 60 rows(.|\n)*source must"):
        product.add_table(pd.DataFrame({"n": range(61)}), says="x")
    picture = ilp.views.bar_figure(pd.DataFrame({"offence": ["theft"], "n": [3]}))
    drawn = product.add_picture(picture, says="Three.", alternative="One bar.", source="q3.csv")
    assert 'alt="One bar."' in drawn.to_html(tmp_path / "q.html").path.read_text(encoding="utf-8")
    for bad in (b"GIF89a", tmp_path / "none.png"):
        with pytest.raises(InputError, match="picture"):
            product.add_picture(bad, says="x", alternative="y", source="z")
    with pytest.raises(InputError, match="alternative must"):
        product.add_picture(picture, says="x", alternative=" ", source="z")


def test_what_nobody_can_point_at_is_a_judgement(case):
    with pytest.raises(InputError, match="is a judgement"):
        ProblemProfile(case, question="?").add_statement("They did it.", cites=[])
    with pytest.raises(InputError, match=r"reasoning\.judgement"):
        ProblemProfile(case, question="?").add_judgement("They did it.")


def test_vague_words_are_shown_before_the_reader_finds_them(case):
    draft = ProblemProfile(case, question="?").add(result(), says="It may get worse.").recommend("Act soon.")
    assert draft.problems()["found"].tolist() == ["may", "soon"]


@pytest.mark.parametrize("ending", ["html", "docx", "pdf"])
def test_hostile_text_is_text_everywhere(case, tmp_path, ending):
    product = StrategicAssessment(case, question=NASTY, title=NASTY)
    product = product.add(
        result(table=pd.DataFrame({"area": [NASTY], NASTY: [7]})), says=NASTY, heading=NASTY
    )
    product = (
        product.add_statement(NASTY, cites=NASTY)
        .add_judgement(judged(basis=[NASTY], because=NASTY))
        .gap(NASTY)
        .recommend(NASTY)
    )
    path = getattr(product, f"to_{ending}")(tmp_path / f"p.{ending}").path
    content = path.read_bytes()
    if ending == "html":
        assert b"<script" not in content
        assert b"onclick=&#34;" in content
        assert "Ђорђе" in content.decode()
        assert b"{{ 7*7 }}" in content
    if ending == "pdf":
        from pypdf import PdfReader

        words = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        assert "Ђорђе" in words
        assert "/JavaScript" not in content.decode("latin-1")


def test_the_librarys_own_words_can_be_translated(case, tmp_path, monkeypatch):
    import gettext

    from ilp_lab import _tongue

    class Shouting(gettext.NullTranslations):
        def gettext(self, message):
            return message.upper()

    monkeypatch.setattr(
        _tongue, "catalogue", lambda language: Shouting() if language == "xx" else gettext.NullTranslations()
    )
    from dataclasses import replace

    page = (
        replace(every(case)["problem"], language="xx")
        .to_html(tmp_path / "p.html")
        .path.read_text(encoding="utf-8")
    )
    assert "LEGAL BASIS" in page
    assert '<html lang="xx">' in page
    assert tr("Date") == "Date"
    with speak("xx"):
        assert tr("Date") == "DATE"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_documents_open_clean_in_libreoffice(case, tmp_path):
    for name, product in every(case).items():
        path = product.to_docx(tmp_path / f"{name}.docx").path
        told = subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)], capture_output=True, text=True, check=True, timeout=120)  # fmt: skip
        assert (tmp_path / f"{name}.pdf").stat().st_size > 5_000, told
