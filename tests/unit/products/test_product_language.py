"""A product speaks its own language, whatever language its results were computed in, and is recognised in every one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

import ilp_lab as ilp
from ilp_lab import _tongue
from ilp_lab.products import Briefing, ProblemProfile
from ilp_lab.result import Result


def windows():
    """A real analysis with findings, a caveat, settings that were chosen, and two reasons to leave rows out."""
    start = pd.Series(pd.date_range("2026-01-05 00:00", periods=60, freq="31h", tz="Etc/UTC"))
    end = start + pd.Timedelta("5h")
    start[[3, 4]], end[[7]] = pd.NaT, start[7] + pd.Timedelta("300h")
    return ilp.times.aoristic(
        pd.DataFrame({"occurred_at": start, "occurred_to": end}), rng=7, bootstrap=20, too_long="leave out"
    )


@pytest.fixture(scope="module")
def computed():
    """The same analysis, computed in two languages."""
    made = {}
    for language in ("en", "ru"):
        with _tongue.speak(language):
            made[language] = windows()
    return made


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", purpose="Priorities", legal_basis="Act", analyst="A17")


def product(case, result, language, kind=ProblemProfile):
    asked = kind(case, question="When?", written_on=date(2026, 5, 1), language=language)
    return asked.add(result, says=result.findings[0]).add_statement("Two reports.", cites=[result, "R-1"])


def on_the_page(made):
    return re.sub(
        r"<style.*?</style>|data:[^\"]+|<[^>]+>", " ", made._content(".html").decode(), flags=re.DOTALL
    )


@pytest.mark.parametrize("kind", [ProblemProfile, Briefing])
@pytest.mark.parametrize(("of", "into"), [("en", "ru"), ("ru", "en")])
def test_what_was_computed_in_one_language_is_said_in_another(case, computed, of, into, kind):
    page = on_the_page(product(case, computed[of], into, kind))
    before, after = computed[of], computed[into]
    assert (len(after.findings) > 2, len(after.caveats), len(after.left_out)) == (True, 1, 2)
    told = [after.title, after.method, *after.findings, *after.caveats]
    assert [sentence for sentence in told if sentence not in page] == []
    with _tongue.speak(into):
        reasons = [_tongue.reason(why) for why in after.left_out]
        cited = after.citation()
    assert [why for why in reasons if why not in page] == []
    said = [before.title, before.method, *before.findings, *before.caveats]
    assert [sentence for sentence in said if sentence in page] == []
    if into == "ru":
        assert "без времени" in page
        assert "without a time" not in page
    assert page.count(cited) == 1  # the finding and the statement rest on one and the same


def test_a_product_is_recognised_in_every_language(case, computed):
    made = [product(case, computed[of], into) for of in computed for into in ("en", "ru", "ro")]
    assert len({one.reproducibility for one in made}) == 1
    other = replace(computed["en"], left_out={"without a time": 3})
    assert product(case, other, "en").reproducibility != made[0].reproducibility


def test_a_figure_is_drawn_anew_for_another_language(case, computed):
    section = product(case, computed["en"], "en").sections[0]
    first = section.picture
    with _tongue.speak("ru"):
        second = section.picture
    assert section.picture is first
    assert second != first


def test_sentences_in_a_row_are_said_again():
    both = _tongue.in_a_row(_tongue.tr("Purpose"), "", _tongue.tr("Date"), "A17.") + "!"
    assert both == "Purpose Date A17.!"
    with _tongue.speak("ru"):
        assert _tongue.again(both) == "Цель обработки Дата A17.!"
        assert _tongue.again("So: " + _tongue.tr("Date")) == "So: Дата"
    made = Result("demo", "T", pd.DataFrame(), "m", (both,), left_out={"what nobody translated": 1})
    with _tongue.speak("ro"):
        assert _tongue.reason(next(iter(made.left_out))) == "what nobody translated"
        assert made.explain() == "Scop Data A17.!"
