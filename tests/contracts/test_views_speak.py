"""Every picture and page that an example in the docs of `ilp_lab.views` makes is Russian when Russian is spoken, word for word.

What an example gives (a title, a column of its own, a name) is the analyst's and stays; so do yardsticks.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
import yaml
from matplotlib.text import Text

import ilp_lab as ilp
from ilp_lab import _spoken, views
from ilp_lab.views import page, printed

_OWN = re.compile(
    r"\b(?:UTM zone \d+N|WGS 84|Gi|log|Leiden|Python|fdr|ilp_lab|Esc|Enter|Tab|Shift|km²?|[NPHU]|II|CC|displacement_difference|draw)\b|\b[0-9a-f]{8,}\b|\d+x\d+x\d+"
)
_WORD = re.compile(r"[A-Za-z]{2,}")

_PACKS = ("reasoning/packs/yardsticks", "threats/packs/harm")
_NAMED = ("threats/packs/rubrics", "tasking/packs/readiness")


@pytest.fixture(scope="module")
def packed():
    """Words of data packs that are not said in another language: yardsticks, offences, and what a pack is called."""
    found = set()

    def gather(value):
        if isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                gather(one)
        elif isinstance(value, str) and len(value) > 4:
            plain = " ".join(value.split())
            found.update((plain, plain.capitalize()))

    for folder in _PACKS:
        for file in (Path(ilp.__file__).parent / folder).rglob("*.yml"):
            gather(yaml.safe_load(file.read_text(encoding="utf-8")))
    for folder in _NAMED:
        for file in (Path(ilp.__file__).parent / folder).rglob("*.yml"):
            gather(yaml.safe_load(file.read_text(encoding="utf-8"))["name"])
    return re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))


def examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    for found in pkgutil.iter_modules(views.__path__):
        module = importlib.import_module(f"ilp_lab.views.{found.name}")
        for test in finder.find(module, module.__name__):
            if re.search(r"(?:figure|page|atlas|draw|explore|html|offline)\w*$", test.name):
                yield pytest.param(test, id=test.name.removeprefix("ilp_lab.views."))


@pytest.fixture
def made(monkeypatch):
    """The figures and pages that are made, as they are made."""
    kept = []

    def keeping(make):
        def kept_too(*given, **options):
            one = make(*given, **options)
            kept.append(one)
            return one

        return kept_too

    monkeypatch.setattr(printed, "empty", keeping(printed.empty))
    for found in pkgutil.iter_modules(views.__path__):
        module = importlib.import_module(f"ilp_lab.views.{found.name}")
        if getattr(module, "build", None) is page.build and module is not page:
            monkeypatch.setattr(module, "build", keeping(page.build))
    return kept


def shown(one):
    if isinstance(one, page.Page):
        body = re.sub(r"<(style|script)\b(?![^>]*application/json).*?</\1>", " ", one.html, flags=re.DOTALL)
        said = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', body)
        return [
            *said,
            one.alternative,
            re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", " ", body, flags=re.DOTALL)),
        ]
    views.png(one)  # ticks are written when a figure is drawn
    return [*(text.get_text() for text in one.findobj(Text) if text.get_visible()), one.alternative]


@pytest.mark.parametrize("test", list(examples()))
def test_an_example_of_views_is_russian_when_russian_is_spoken(test, made, packed):
    given = " ".join(example.source for example in test.examples)
    with _spoken.speak("ru"):
        space = dict(test.globs)
        for example in test.examples:
            exec(compile(example.source, test.name, "single"), space)
        texts = [text for one in made for text in shown(one)]
    theirs = {word.lower() for word in re.findall(r"[A-Za-z]+", given)}
    english = {
        text: left
        for text in texts
        if (
            left := [
                word
                for word in _WORD.findall(_OWN.sub("", packed.sub("", " ".join(text.split()))))
                if word.lower() not in theirs
            ]
        )
    }
    assert not english, "\n".join(f"{' '.join(text.split())} {left}" for text, left in english.items())
