"""What is promised of languages: complete catalogues, nothing stale, the compiled file in step, and words that follow."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import re
from datetime import date
from pathlib import Path

import pytest

from ilp_lab import _spoken, _tongue

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("languages_script", ROOT / "scripts" / "languages.py")
languages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(languages)

PROMISED = ("ro", "ru")
NOT_YET_LISTED = 0  # sentences that may be in the source before they are in the template


@pytest.fixture(scope="module")
def template():
    return {languages.forms(message.id) for message in languages.read(languages.TEMPLATE) if message.id}


@pytest.fixture(scope="module", params=PROMISED)
def catalogue(request):
    file = languages.sources()[request.param]
    return request.param, file, languages.read(file, request.param)


def test_every_sentence_of_the_template_is_translated_with_its_placeholders(catalogue, template):
    language, _, catalog = catalogue
    messages = {languages.forms(message.id): message for message in catalog if message.id}
    untranslated = [
        source for source in template if source not in messages or not languages.translated(messages[source])
    ]
    assert untranslated == [], languages.counts(catalog)
    assert all(done == of for done, of in languages.counts(catalog).values())
    assert len(template) > 2500
    wanted = {"ru": 3, "ro": 3}[language]
    assert all(
        len(languages.forms(message.string)) == wanted
        for source, message in messages.items()
        if len(source) == 2
    )


def test_nothing_in_a_catalogue_is_stale_doubtful_or_untouched(catalogue, template):
    _, _, catalog = catalogue
    listed = {languages.forms(message.id) for message in catalog if message.id}
    assert listed - template == set()
    assert not catalog.obsolete
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    long = [message for message in catalog if message.id and len(languages.forms(message.id)[0]) > 60]
    assert [one.id for one in long if languages.forms(one.string)[0] == languages.forms(one.id)[0]] == []


def test_the_compiled_catalogue_says_what_its_source_says(catalogue):
    language, file, catalog = catalogue
    with file.with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in catalog:
        source, said = languages.forms(message.id), languages.forms(message.string)
        if not message.id:
            continue
        if len(source) == 1:
            assert compiled.gettext(source[0]) == said[0]
        else:
            assert {compiled.ngettext(*source, n) for n in range(200)} == set(said), language


_GIVEN_UP = {  # words for which another one stands, see "Terms" in docs/languages.md
    "ru": (
        r"больше случайности|везени[ею]|вышк[аиеу]|ложных обнаружений|[Кк]од\w? обращения|, числом \}|алгоритмом Лейден\b|—|"
        r"\bсут\.|Брайер|[Сс]тол донесений|подряд горячая"
    ),
    "ro": (
        r"[şţŞŢ]|\b[Tt]rager|[Tt]emei legal|[Rr]egim\w* de manipulare|crima organizată|noroc|[Aa]târn[aă]\b|\bTimpi\b|\bvezi\b|"
        r"caroseri|[Vv]orbe(?:sc|ște) pentru"
    ),
}
_MARKS = {
    "ru": r"[\"„“”]|[\d}]%|[\d}] (?=(?:%|м|км|ч|мин|с|дн\.)(?:[²\s).,;:–!?]|$))",
    "ro": r"[\"«»“]|[\d}]%|[\d}] (?=(?:%|m|km|h|min|s)(?:[²\s).,;:–!?]|$))",
}


def test_one_word_stands_for_one_thing_and_marks_are_those_of_the_language(catalogue):
    language, _, catalog = catalogue
    wrong = re.compile(f"{_GIVEN_UP[language]}|{_MARKS[language]}")
    found = {
        said: one[0]
        for message in catalog
        if message.id
        for said in languages.forms(message.string)
        if (one := wrong.search(languages.PLACES.sub("}", said)))
    }
    assert found == {}


def test_the_template_lists_what_the_source_says(template):
    now = {languages.forms(message.id) for message in languages.gathered() if message.id}
    missing, gone = now - template, template - now
    assert len(missing) <= NOT_YET_LISTED, sorted(missing)[:20]
    assert len(gone) <= NOT_YET_LISTED, sorted(gone)[:20]


@pytest.mark.parametrize(
    ("language", "number", "share", "day", "one", "two", "five"),
    [
        (
            "en",
            "1,234.5",
            "12.5%",
            "05 March 2026",
            " and 1 more group",
            " and 2 more groups",
            " and 5 more groups",
        ),
        (
            "ru",
            "1\u00a0234,5",
            "12,5\u00a0%",
            "5 марта 2026 г.",
            " и ещё 1 группа",
            " и ещё 2 группы",
            " и ещё 5 групп",
        ),
        (
            "ro",
            "1.234,5",
            "12,5\u00a0%",
            "5 martie 2026",
            " și încă 1 grup",
            " și încă 2 grupuri",
            " și încă 5 grupuri",
        ),
    ],
)
def test_numbers_and_days_follow_the_language(language, number, share, day, one, two, five):
    with _spoken.speak(language):
        assert _tongue.figure(1234.5, ",.1f") == number
        assert _tongue.figure(0.125, ".1%") == share
        assert _tongue.day_in_words(date(2026, 3, 5)) == day
        assert _tongue.dated(date(2026, 3, 5), "%d %B %Y") == day
        told = [
            _tongue.trn(" and {left} more group", " and {left} more groups", n).format(left=n)
            for n in (1, 2, 5, 21)
        ]
        assert told == [
            one,
            two,
            five,
            one.replace("1", "21")
            if language == "ru"
            else five.replace("5", "21").replace("21 grupuri", "21 de grupuri"),
        ]
        filled = _tongue.tr("Most are in {area}: {count:,}, {share} of all.")
        assert number[:-2] in filled.format(area="Arven, 1,234.5", count=1234, share=share)
        assert "Arven, 1,234.5" in filled.format(area="Arven, 1,234.5", count=1234, share=share)


def test_a_sentence_is_said_again_in_another_language():
    said = _tongue.trn("{shown:,} of {all:,} row", "{shown:,} of {all:,} rows", 3400).format(
        shown=1200, all=3400
    )
    assert said == "1,200 of 3,400 rows"
    with _spoken.speak("ru"):
        assert _tongue.again(said) == "Показано строк: 1\u00a0200 из 3\u00a0400"
        russian = _tongue.tr("Density")
    assert (russian, _tongue.again(russian)) == ("Плотность", "Density")
    assert _tongue.again("what an analyst wrote") == "what an analyst wrote"


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 "), (1, "1 "), (19, "19 "), (20, "20 de "), (101, "101 "), (459, "459 de "), (1200, "1.200 de ")],
)
def test_romanian_says_de_after_numbers_that_ask_for_it(number, told):
    with _spoken.speak("ro"):
        said = _tongue.tr("of the {n:,} cells").format(n=number)
        assert said == f"din cele {told}celule"
    assert _tongue.again(said) == f"of the {number:,} cells"


def test_the_mark_of_such_a_word_stands_after_a_number_only(catalogue):
    _, _, catalog = catalogue
    marked = [
        one for message in catalog if message.id for one in languages.forms(message.string) if "⟨" in one
    ]
    assert [one for one in marked if len(re.findall(r"\} ⟨\w+⟩ ", one)) != one.count("⟨")] == []


def test_an_agency_adds_a_language_and_words_of_its_own(tmp_path, monkeypatch):
    for language, word in (("sr", "Gustina"), ("ru", "Густота")):
        made = languages.Catalog(locale=language)
        made.add("Density", word)
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "ilp_lab.mo").write_bytes(languages.compiled(made))
    monkeypatch.setenv("ILP_LAB_LOCALE", str(tmp_path))
    assert _spoken.known() == ("en", "ro", "ru", "sr")
    with _spoken.speak("sr"):
        assert (_tongue.tr("Density"), _tongue.tr("Rank")) == ("Gustina", "Rank")
    with _spoken.speak("ru"):
        assert (_tongue.tr("Density"), _tongue.tr("Rank")) == ("Густота", "Ранг")
    monkeypatch.setattr(_spoken, "_chosen", [])
    monkeypatch.setenv("ILP_LAB_LANGUAGE", "sr")
    assert _tongue.tr("Density") == "Gustina"


_SHOWN = {
    "set_xlabel",
    "set_ylabel",
    "set_title",
    "legend_of",
    "annotate",
    "patch_entry",
    "line_entry",
    "dot_entry",
    "heading",
}
_SILENT = {"tr", "tr_later", "trn", "compile", "sub", "InputError", "Check", "mark"}
_NO_WORDS = {
    "offset points", "axes fraction", "lower left", "lower right", "upper left", "DejaVu Sans", "Creator", "Producer", "Title", "Software", "Date",
    "Format", "Type", "Simple", "white", "Apache-2.0 or MIT", "z (Gi*)", "part_", "data", "center", "left", "right", "top", "bottom",
    "Atlas", "Page",
    "the table", "a layer", "the table of entities", "the chart's table of links", "ranks with intervals", "curves of removal",  # faults
}  # fmt: skip


class Unmarked(ast.NodeVisitor):
    """Literals of a module of views that somebody may see and that no mark says to translate."""

    def __init__(self):
        self.found, self.shown = [], 0

    def _body(self, node):
        first = node.body[0] if node.body else None
        told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        for part in node.body[told:]:
            self.visit(part)

    visit_Module = _body  # noqa: N815  (ast calls them by these names)
    visit_FunctionDef = _body  # noqa: N815
    visit_ClassDef = _body  # noqa: N815

    def visit_Raise(self, node):
        """Faults that code meets are English."""

    def visit_Subscript(self, node):
        self.visit(node.value)

    def visit_Compare(self, node):
        for part in (node.left, *node.comparators):
            if not isinstance(part, ast.Constant | ast.Tuple | ast.Set):
                self.visit(part)

    def visit_Call(self, node):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _SILENT or (name == "add" and getattr(node.func.value, "id", "") in {"check", "faults"}):
            return
        self.visit(node.func)
        self.shown += name in _SHOWN
        for part in node.args:
            self.visit(part)
        self.shown -= name in _SHOWN
        before = self.shown
        for keyword in node.keywords:
            self.shown = keyword.arg in {"label", "title", "alternative"}
            self.visit(keyword.value)
        self.shown = before

    def visit_JoinedStr(self, node):
        self._take(
            node, "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
        )
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                self.visit(one.value)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self._take(node, node.value)

    def _take(self, node, text):
        bare = re.sub(r"<[^<>]*>?|\{\}", " ", text).strip()
        code = re.search(
            r"[{};]\s*[\w.-]+\s*[:{]|^\s*[.#@]\w|://|^\w+\(|=>|\bpx\b|default-src|sans-serif|=\"|\w\(.*\);|^return |^new ",
            bare,
        )
        words = re.search(r"[^\W\d_]{2,}[,.:;]? +[(]?[^\W\d_]{2,}", bare) or re.match(r"[A-Z][a-z]+\b", bare)
        if not code and (words or (self.shown and re.search(r"[^\W\d_]{3,}", bare))):
            self.found.append((node.lineno, bare))


def test_no_module_of_views_shows_words_that_are_not_in_the_catalogues(template):
    known = {text for message in template for text in message} | _NO_WORDS
    unmarked = []
    for file in sorted((ROOT / "ilp_lab" / "views").glob("*.py")):
        if file.name in {"assets.py", "__init__.py"}:  # packages and licences
            continue
        visitor = Unmarked()
        visitor.visit(ast.parse(file.read_text(encoding="utf-8")))
        unmarked += [f"{file.name}:{line}: {text}" for line, text in visitor.found if text not in known]
    assert not unmarked, "\n".join(unmarked)


def test_a_word_that_nobody_marked_is_found():
    visitor = Unmarked()
    visitor.visit(
        ast.parse(
            'def draw(n):\n    """Doc."""\n    axes.set_xlabel("observed")\n    return f"{n} links are hidden"'
        )
    )
    assert [text for _, text in visitor.found] == ["observed", "links are hidden"]


SAYING = {"tr", "tr_later", "trn", "again", "looked_up", "shaped"}
OF_A_RESULT = {"title", "method", "findings", "caveats"}


def unsaid(node, saying=False):
    """Texts of three words and more that go into a result, or into its findings and caveats, without being marked for a translator."""
    name = getattr(node, "func", None)
    name = getattr(name, "id", getattr(name, "attr", "")) if name is not None else ""
    if name in SAYING or isinstance(node, ast.Raise | ast.Compare | ast.Subscript):
        return
    if name == "Result":
        for one in node.keywords:
            yield from unsaid(one.value, saying=one.arg in OF_A_RESULT)
        return
    if name == "Param":
        yield from (text for one in node.keywords if one.arg == "why" for text in unsaid(one.value, True))
        return
    if isinstance(node, ast.FunctionDef):
        inside = bool(re.search("findings|caveats", node.name))
        for one in node.body[bool(ast.get_docstring(node)) :]:
            yield from unsaid(one, inside)
        return
    if (
        saying
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(node.value.split()) > 2
    ):
        yield node.lineno, node.value
    for one in ast.iter_child_nodes(node):
        yield from unsaid(one, saying)


def test_what_a_result_says_is_marked_for_translators():
    left = {
        f"{file.relative_to(ROOT)}:{line} {text[:60]}"
        for file in (ROOT / "ilp_lab").rglob("*.py")
        if not {"cli", "verification", "training"}
        & set(file.parts)  # in English: commands, lessons, checks of ourselves
        for line, text in unsaid(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert not {one for one in left if "networks/formats" not in one.replace("\\", "/")}


def test_an_unmarked_text_is_found():
    assert list(unsaid(ast.parse("Result(title='Three plain words', method=tr('All is well here'))")))
    assert list(unsaid(ast.parse("def _findings(n):\n    return f'{n} pairs were found'")))
    assert not list(unsaid(ast.parse("def other(n):\n    return f'{n} pairs were found'")))


def test_a_word_that_names_a_case_of_letters_is_a_word():
    for words in ("lower", "capitalize"):
        assert str(_tongue.tr("{one}").format(one=_tongue.tr_later(words))) == words
    assert str(_tongue.again(_tongue.lowered(_tongue.tr_later("Lower")))) == "lower"
