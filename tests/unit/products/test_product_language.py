"""A product speaks its own language, whatever language its results were computed in, and is recognised in every one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from matplotlib.text import Text
from shapely.geometry import box

import ilp_lab as ilp
from ilp_lab import _spoken, _tongue
from ilp_lab.products import Briefing, ProblemProfile
from ilp_lab.result import Result, Source
from ilp_lab.views.classes import VERDICTS


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
        with _spoken.speak(language):
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
    with _spoken.speak(into):
        reasons = [_tongue.looked_up(why) for why in after.left_out]
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
    with _spoken.speak("ru"):
        second = section.picture
    assert section.picture is first
    assert second != first


def test_sentences_in_a_row_are_said_again():
    both = _tongue.in_a_row(_tongue.tr("Purpose"), "", _tongue.tr("Date"), "A17.") + "!"
    assert both == "Purpose Date A17.!"
    with _spoken.speak("ru"):
        assert _tongue.again(both) == "Цель обработки Дата A17.!"
        assert _tongue.again("So: " + _tongue.tr("Date")) == "So: Дата"
    made = Result("demo", "T", pd.DataFrame(), "m", (both,), left_out={"what nobody translated": 1})
    with _spoken.speak("ro"):
        assert _tongue.looked_up(next(iter(made.left_out))) == "what nobody translated"
        assert made.explain() == "Scop Data A17.!"


def test_a_map_in_russian_has_russian_words():
    corners = [(700_000 + 500 * column, 5_200_000 + 500 * row) for row in range(2) for column in range(3)]
    cells = gpd.GeoDataFrame(
        {
            "row": [0, 0, 0, 1, 1, 1],
            "column": [0, 1, 2, 0, 1, 2],
            "n": [30, 2, 9, 0, 4, 5],
            "z": [4.2, 0.1, 2.2, -2.0, 0.0, 0.3],
            "verdict": [*VERDICTS, "not more than chance"],
        },
        geometry=[box(x, y, x + 500, y + 500) for x, y in corners],
        crs=32633,
    )
    points = gpd.GeoDataFrame(geometry=[box(*corners[0], *corners[4]).centroid, None], crs=32633)
    shown = Result(
        "places.gi_star", _tongue.tr("Density"), cells, "m", (_tongue.tr("Purpose"),), left_out={"without a place": 2},
        sources=(Source("incidents", 50, "f0f0"),),
    )  # fmt: skip
    with _spoken.speak("ru"):
        figures = [
            ilp.views.map_figure(shown, value=value, incidents=points) for value in ("verdict", "n", "z")
        ]
        ilp.views.png(figures[0])
        figures.append(
            ilp.views.bar_figure(pd.DataFrame({"area": list("ABCD"), "n": [5000, 3, 2, 1]}), at_most=2)
        )
    texts = [text.get_text() for one in figures for text in one.findobj(Text)]
    texts += [one.alternative for one in figures]
    meaning = ilp.safeguards.policy()["H0"].meaning
    own = re.compile(
        rf"{re.escape(meaning)}|H0|incidents(?=: )|f0f0|WGS 84 / UTM zone 33N|[Zz] \([Gg]i\*\)|\bz\b|\b[A-D]\b"
    )
    words = {text: left for text in texts if (left := re.findall("[A-Za-z]+", own.sub("", text)))}
    assert words == {}
    said = " ".join(texts)
    for wanted in (
        "Горячая точка за пределами случайности",
        "1 ячейка",
        "2 ячейки",
        "Не учтены 2",
        "200\u00a0м",
        "5\u00a0000",
        "2 строки не показаны",
    ):
        assert wanted in " ".join(said.split("\n")), wanted
