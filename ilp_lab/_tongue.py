"""Sentences: how the library speaks on a product, a page or a board, and how it writes numbers and dates there.

Every sentence stands whole inside ``tr("...")``, with placeholders that are filled after it, so that ``pybabel`` finds it.
How numbers and days are written stands in the catalogue like any other sentence.

>>> tr("Purpose")
'Purpose'
>>> tr("{count:,} rows").format(count=1234)
'1,234 rows'
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from ilp_lab._spoken import catalogue, speak, spoken

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_LINKING = re.compile(r"(?P<number>\S*) ⟨(?P<word>[^⟩]*)⟩ ")
_IN_A_ROW = ("{first}{second}",)
_LOWER, _CAPITAL = ("\0lower",), ("\0capital",)  # no sentence begins so
_CASES: dict[tuple[str, ...], Callable[[str], str]] = {_LOWER: str.lower, _CAPITAL: str.capitalize}
_SHAPES: list[tuple[re.Pattern[str], str]] = []


class Sentence(str):
    """A sentence that knows what it was made from, so that :func:`again` can say it in another language."""

    __slots__ = ("filled", "origin")
    origin: tuple[str, ...]
    filled: Mapping[str, Any]

    def format(self, *places: Any, **values: Any) -> str:
        """The sentence with its placeholders filled, numbers and days as the language writes them."""
        if places:
            return super().format(*places, **values)
        told = {name: worded(value) if isinstance(value, str) else value for name, value in values.items()}
        said = again(self) if not self.filled else str(self)
        text = (
            str.format(said, **told)
            if spoken() == "en"
            else _one_stop(_linked(_WRITER.vformat(said, (), told)))
        )
        return _sentence(text, self.origin, values)

    def __add__(self, more: str) -> str:
        """Two sentences in a row, which can be said again together."""
        return _sentence(str.__add__(self, more), _IN_A_ROW, {"first": self, "second": more})

    def __radd__(self, before: str) -> str:
        return _sentence(before + str(self), _IN_A_ROW, {"first": before, "second": self})

    def strip(self, characters: str | None = None, /) -> str:
        """Without blanks around it; the same sentence when there are none."""
        bare = super().strip(characters)
        return self if bare == self else bare

    def __reduce__(self) -> tuple[Any, ...]:
        return _sentence, (str(self), self.origin, dict(self.filled))


def tr(message: str) -> str:
    """A sentence of the library in the language that is spoken now; in English where a translation lost a placeholder."""
    said = catalogue(spoken()).gettext(message)
    return _sentence(said if _same_places(said, message) else message, (message,), {})


def tr_later(message: str) -> str:
    """A sentence or a word that is said later: it is English here, whatever is spoken.

    Tables of a module hold such sentences, and so do words that stand in data. ``format``, :func:`again` and whoever shows a
    result say them in the language that is spoken then.

    >>> tr_later("{count:,} rows").format(count=1234)
    '1,234 rows'
    """
    return _sentence(message, (message,), {})


def trn(one: str, many: str, number: float) -> str:
    """The same for a sentence that depends on a number: languages have one, three or more forms.

    >>> trn("{n} row", "{n} rows", 1).format(n=1), trn("{n} row", "{n} rows", 5).format(n=5)
    ('1 row', '5 rows')
    """
    count = int(number) if number == int(number) else 2
    said = catalogue(spoken()).ngettext(one, many, abs(count))
    source = one if abs(count) == 1 else many
    return _sentence(said if _same_places(said, many) else source, (one, many, str(count)), {})


def again(text: str) -> str:
    """Say a sentence of the library once more, in the language that is spoken now; other texts stay as they are.

    >>> again("what an analyst wrote")
    'what an analyst wrote'
    """
    if not isinstance(text, Sentence):
        return text
    if text.origin in _CASES:
        return _cased(again(text.filled["said"]), text.origin)
    first, *more = text.origin
    said = trn(first, more[0], int(more[1])) if more else tr(first)
    return said.format(**text.filled) if text.filled else said


def looked_up(text: str) -> str:
    """Say a text of the library that stands in data, in English there, in the language that is spoken now: a reason, a heading.

    >>> looked_up("without a time")
    'without a time'
    """
    if isinstance(text, Sentence) or not text:
        return again(text)
    said = str(tr(text))
    if said != text or spoken() == "en":
        return said
    for shape, message in _SHAPES:
        if found := shape.fullmatch(text):
            places = {
                name: _written(value) if _DIGITS.fullmatch(value) else looked_up(value)
                for name, value in found.groupdict().items()
            }
            return str(tr(message).format(**places))
    parts = text.split(", ")
    told = [str(tr(part)) for part in parts]
    return ", ".join(told) if len(parts) > 1 and all(map(str.__ne__, told, parts)) else said


def shaped(sentence: str) -> str:
    """A sentence with placeholders that stands filled in data, in English there; :func:`looked_up` knows it again and says it.

    >>> few = shaped(tr_later("pair with fewer than {least} calls"))
    >>> in_english(few.format(least=3))
    'pair with fewer than 3 calls'
    """
    parts = _PLACEHOLDER.split(sentence)
    names = [found[1:-1] for found in _PLACEHOLDER.findall(sentence)]
    told = re.escape(parts[0]) + "".join(
        f"(?P<{name}>.+)" + re.escape(part) for name, part in zip(names, parts[1:], strict=True)
    )
    _SHAPES.append((re.compile(told), str(sentence)))
    return sentence


def in_english(sentence: str) -> str:
    """A sentence as it stands in data, the same in every language.

    >>> in_english("without a place")
    'without a place'
    """
    with speak("en"):
        return str(again(sentence))


def in_a_row(*sentences: str, by: str = " ") -> str:
    """Sentences one after the other, which :func:`again` can say in another language; empty ones fall away.

    >>> in_a_row(tr("Purpose"), "", tr("Date"))
    'Purpose Date'
    """
    told = [sentence for sentence in sentences if sentence]
    made = told[0] if told else ""
    for sentence in told[1:]:
        made = made + by + sentence
    return made


def of_pack(words: str) -> str:
    """Words of a data pack, which :func:`again` and ``format`` say in the language spoken where a catalogue has them.

    >>> of_pack("Legal framework")
    'Legal framework'
    """
    return _sentence(words, (words,), {})


def lowered(words: str) -> str:
    """Words in small letters, which :func:`again` can say in another language.

    >>> lowered(tr_later("Money laundering"))
    'money laundering'
    """
    return _cased(words, _LOWER)


def capital(words: str) -> str:
    """The same with a capital letter first.

    >>> capital(tr_later("criminal groups"))
    'Criminal groups'
    """
    return _cased(words, _CAPITAL)


def _cased(words: str, how: tuple[str, ...]) -> str:
    return _sentence(_CASES[how](words), how, {"said": words})


def day_in_words(day: date) -> str:
    """A day with the name of its month in the language that is spoken now.

    >>> day_in_words(date(2026, 5, 1))
    '01 May 2026'
    """
    months = (
        tr("{day} January {year}"), tr("{day} February {year}"), tr("{day} March {year}"), tr("{day} April {year}"),
        tr("{day} May {year}"), tr("{day} June {year}"), tr("{day} July {year}"), tr("{day} August {year}"),
        tr("{day} September {year}"), tr("{day} October {year}"), tr("{day} November {year}"), tr("{day} December {year}"),
    )  # fmt: skip
    return str.format(months[day.month - 1], day=_padded(day), year=day.year)


def _padded(day: date) -> str:
    """The number of a day: with two digits in English, where days stand below each other; elsewhere as people write it."""
    return f"{day.day:02d}" if spoken() == "en" else str(day.day)


def short_day(day: date) -> str:
    """A day as it stands in a table: short, in the order in which the language writes it.

    >>> short_day(date(2026, 5, 1))
    '01 May 2026'
    """
    return dated(day, str(tr("%d %b %Y")))


def moment_in_words(moment: datetime) -> str:
    """A day and the time of day, to the minute, on the clock that the time carries.

    >>> moment_in_words(datetime(2026, 5, 1, 9, 30))
    '01 May 2026, 09:30'
    """
    return tr("{day}, {time}").format(day=short_day(moment.date()), time=moment.strftime("%H:%M"))


def day_of_month(day: date, *, padded: bool = True) -> str:
    """A day without its year.

    >>> day_of_month(date(2026, 5, 1)), day_of_month(date(2026, 5, 1), padded=False)
    ('01 May', '1 May')
    """
    months = (
        tr("{day} January"), tr("{day} February"), tr("{day} March"), tr("{day} April"), tr("{day} May"), tr("{day} June"),
        tr("{day} July"), tr("{day} August"), tr("{day} September"), tr("{day} October"), tr("{day} November"),
        tr("{day} December"),
    )  # fmt: skip
    return str.format(months[day.month - 1], day=_padded(day) if padded else day.day)


def month_in_words(day: date) -> str:
    """The name of a month by itself.

    >>> month_in_words(date(2026, 5, 1))
    'May'
    """
    months = (
        tr("January"), tr("February"), tr("March"), tr("April"), tr("May"), tr("June"),
        tr("July"), tr("August"), tr("September"), tr("October"), tr("November"), tr("December"),
    )  # fmt: skip
    return months[day.month - 1]


def weekday_in_words(day: date) -> str:
    """The name of a day of the week.

    >>> weekday_in_words(date(2026, 5, 1))
    'Friday'
    """
    days = (
        tr("Monday"), tr("Tuesday"), tr("Wednesday"), tr("Thursday"), tr("Friday"), tr("Saturday"), tr("Sunday"),
    )  # fmt: skip
    return days[day.weekday()]


def figure(value: Any, form: str = "") -> str:
    """A number as the language that is spoken now writes it; ``form`` is what stands after the colon of a placeholder.

    >>> figure(1234.5, ",.1f"), figure(0.5, ".0%")
    ('1,234.5', '50%')
    """
    return _written(format(value, form))


def few_digits(value: float) -> str:
    """A number as people say it: whole from a hundred on, three digits below, never with an exponent.

    >>> few_digits(1751.6), few_digits(0.33812), few_digits(12.0)
    ('1,752', '0.338', '12')
    """
    if abs(value) >= 100:
        return figure(value, ",.0f")
    return figure(value, ".3g") if abs(value) >= 1e-4 or not value else tr("nearly 0")


def degrees(value: float, digits: int, *, meridian: bool) -> str:
    """A longitude, which is that of a meridian, or a latitude, as a map says it.

    >>> degrees(-16.3, 1, meridian=True), degrees(48.2, 2, meridian=False)
    ('16.3° W', '48.20° N')
    """
    if meridian:
        form = tr("{degrees}° E") if value >= 0 else tr("{degrees}° W")
    else:
        form = tr("{degrees}° N") if value >= 0 else tr("{degrees}° S")
    return str(form.format(degrees=figure(abs(value), f".{digits}f")))


def worded(value: str) -> str:
    """What fills a placeholder: sentences and the library's own terms in the language that is spoken, other texts as written."""
    if isinstance(value, Sentence):
        return again(value)
    return tr(value) if value in _TERMS and spoken() != "en" else value


def _sentence(text: str, origin: tuple[str, ...], filled: Mapping[str, Any]) -> str:
    said = Sentence(text)
    said.origin, said.filled = origin, filled
    return said


def _same_places(said: str, message: str) -> bool:
    return "{" not in message or sorted(_PLACEHOLDER.findall(said)) == sorted(_PLACEHOLDER.findall(message))


def _written(text: str) -> str:
    """Digits of Python with the marks of the language for thousands, decimals and per cent."""
    if spoken() == "en":
        return text
    thousands, decimal = _marks(tr("1,234.5"), "1", "234", "5")
    between, _ = _marks(tr("50%"), "50", "%", "")
    text = _DIGITS.sub(
        lambda found: found[0].replace(",", "\0").replace(".", decimal).replace("\0", thousands), text
    )
    return re.sub(r"(?<=\d)%", f"{between}%", text)


@cache
def _marks(sample: str, first: str, second: str, third: str) -> tuple[str, str]:
    """What stands between the parts of a sample number; as in English where a translator wrote another number."""
    parts = (re.escape(part) for part in (first, second, third))
    found = re.fullmatch(r"{}(\D{{0,2}}?){}(\D{{0,2}}?){}".format(*parts), sample)
    return (found[1], found[2]) if found else (",", ".")


class _Writer(string.Formatter):
    """Fills placeholders, with numbers and days as the language writes them."""

    def format_field(self, value: Any, form: str) -> str:
        if isinstance(value, date):
            return dated(value, form) if "%" in form else format(value, form)
        return format(value, form) if isinstance(value, str | bool) else _written(format(value, form))


_WRITER = _Writer()


def _one_stop(text: str) -> str:
    """One full stop where a sentence ends with a day that is written with one: *г.* in Russian."""
    mark = str(tr("{day} January {year}")).rpartition("{year}")[2]
    return text.replace(f"{mark}.", mark) if mark.endswith(".") else text


def _linked(text: str) -> str:
    """With a word in ⟨ ⟩ after a number only where a language has it there: *20 de rânduri*, but *19 rânduri* in Romanian."""
    if "⟨" not in text:
        return text
    thousands, decimal = _marks(tr("1,234.5"), "1", "234", "5")
    plural = getattr(catalogue(spoken()), "plural", lambda _number: 0)

    def word(found: re.Match[str]) -> str:
        bare = found["number"].replace(thousands, "")
        needed = decimal not in bare and bare.isdecimal() and plural(int(bare)) == plural(20)
        return f"{found['number']} {found['word']} " if needed else f"{found['number']} "

    return _LINKING.sub(word, text)


def dated(day: date, form: str) -> str:
    """A day in the way of ``strftime``, with the months and days of the week of the language that is spoken now.

    >>> dated(date(2026, 5, 1), "%d %B %Y"), dated(date(2026, 5, 1), "%b %Y")
    ('01 May 2026', 'May 2026')
    """
    if spoken() == "en":
        return day.strftime(form)
    if "%d %B %Y" in form or "%d %b %Y" in form:
        return _with(day, re.sub(r"%d %[bB] %Y", "\0", form), day_in_words(day))
    if "%d %B" in form or "%d %b" in form:
        return _with(day, re.sub(r"%d %[bB]", "\0", form), day_of_month(day))
    month, weekday = month_in_words(day), weekday_in_words(day)
    for sign, word in (("%B", month), ("%b", month), ("%A", weekday), ("%a", weekday)):
        form = form.replace(sign, word)
    return day.strftime(form)


def _with(day: date, form: str, words: str) -> str:
    rest = dated(day, form) if "%" in form else form
    return rest.replace("\0", words)


# Words of the library that users give or that stand in tables: English in the data, said where they are shown.
_TERMS = frozenset({
    tr_later("hour"), tr_later("day"), tr_later("week"), tr_later("fortnight"), tr_later("month"), tr_later("quarter"), tr_later("year"),
    tr_later("euclidean"), tr_later("manhattan"), tr_later("quartic"), tr_later("gaussian"), tr_later("uniform"), tr_later("nominal"), tr_later("ordinal"),
    tr_later("interval"), tr_later("strategic"), tr_later("tactical"), tr_later("operational"), tr_later("local"), tr_later("regional"), tr_later("national"),
    tr_later("degree"), tr_later("betweenness"), tr_later("closeness"), tr_later("harmonic"), tr_later("strength"), tr_later("core"),
    tr_later("cells"), tr_later("areas"), tr_later("places"), tr_later("incidents"), tr_later("cases"), tr_later("population"), tr_later("harm"),
    tr_later("Monday"), tr_later("Tuesday"), tr_later("Wednesday"), tr_later("Thursday"), tr_later("Friday"), tr_later("Saturday"), tr_later("Sunday"),
    tr_later("hot spot beyond chance"), tr_later("hot spot"), tr_later("cold spot"), tr_later("too few incidents"),
    tr_later("not more than chance"), tr_later("high among high"), tr_later("low among low"), tr_later("high among low"),
    tr_later("low among high"), tr_later("higher than overall"), tr_later("lower than overall"), tr_later("higher beyond chance"),
    tr_later("higher"), tr_later("lower"), tr_later("beyond chance"), tr_later("too little exposure"),
    tr_later("no pattern"), tr_later("new hot spot"), tr_later("consecutive hot spot"), tr_later("intensifying hot spot"),
    tr_later("persistent hot spot"), tr_later("diminishing hot spot"), tr_later("sporadic hot spot"), tr_later("oscillating hot spot"),
    tr_later("historical hot spot"), tr_later("new cold spot"), tr_later("consecutive cold spot"), tr_later("intensifying cold spot"),
    tr_later("persistent cold spot"), tr_later("diminishing cold spot"), tr_later("sporadic cold spot"), tr_later("oscillating cold spot"),
    tr_later("historical cold spot"), tr_later("more than chance"), tr_later("larger share than before"), tr_later("smaller share than before"),
    tr_later("no change that can be shown"), tr_later("no incident"), tr_later("first 5 %"), tr_later("first 20 %"),
    tr_later("rest"), tr_later("marked"), tr_later("not marked"), tr_later("treated"),
    tr_later("displacement"), tr_later("control"), tr_later("displacement control"),
    tr_later("within the band"), tr_later("above the band"), tr_later("below the band"), tr_later("no band"),
    tr_later("none"), tr_later("areas and periods"), tr_later("all others"), tr_later("the given table"),
    tr_later("floor"), tr_later("exploration"), tr_later("bound on the group"),
})  # fmt: skip
