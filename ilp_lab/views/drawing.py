"""Figures for print: matplotlib without its global state, bytes that come out the same every time."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import again, looked_up, tr_later
from ilp_lab._tongue import figure as digits
from ilp_lab.safeguards.handling import policy
from ilp_lab.views.page import encodable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.views.printed import PrintedFigure

FONT = "DejaVu Sans"
INK, SOFT, LINE = "#1b2733", "#51606e", "#d5dce3"
_DPI, _TALL = 150, 6.8
_CAPTION, _SOURCE = 0.26, 0.095  # inches: two lines of the caption, one of the source
_SLACK = 20  # what a line may lose to the length of its last word
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[^\sa-zа-яёăâîșț])")  # a small letter follows an abbreviation
_MONTHS = {
    name[:3]: name
    for name in (
        tr_later("Jan"), tr_later("Feb"), tr_later("Mar"), tr_later("Apr"), tr_later("May"), tr_later("Jun"), tr_later("Jul"), tr_later("Aug"),
        tr_later("Sep"), tr_later("Oct"), tr_later("Nov"), tr_later("Dec"),
    )
}  # fmt: skip


def writable(text: object, longest: int = 200) -> str:
    """One line that the figures' font can write; characters it lacks become the replacement character.

    Examples
    --------
    >>> writable("Ђорђе  $x^2$")
    'Ђорђе $x^2$'
    """
    line = " ".join(encodable(str(text)).split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    known = _marks()
    return "".join(mark if ord(mark) in known else "\ufffd" for mark in line)


@cache
def _marks() -> frozenset[int]:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    path = font_manager.findfont(FONT, fallback_to_default=False)
    return frozenset(FT2Font(path).get_charmap())


def font_file(*, bold: bool = False) -> Path:
    """The file of the font that figures are written in; free, and with the letters of Europe and Central Asia.

    Parameters
    ----------
    bold
        The bold one.

    Examples
    --------
    >>> font_file().name
    'DejaVuSans.ttf'
    """
    from matplotlib import font_manager

    weight = "bold" if bold else "normal"
    return Path(font_manager.findfont(f"{FONT}:weight={weight}", fallback_to_default=False))


def sheet(width: float = 9.6, height: float = 6.8) -> PrintedFigure:
    """An empty figure that belongs to nobody's session."""
    from ilp_lab.views.printed import empty

    return empty(width, height, _DPI)


def finish(
    figure: PrintedFigure, *, title: str, caption: str, handling: str, alternative: str = "", source: str = ""
) -> PrintedFigure:
    """Title above, caption, source and handling code below, and no text that matplotlib would read as a formula."""
    from matplotlib.text import Text

    code = policy()[handling]
    tall = figure.get_figheight()
    low, lowest = caption_at(tall, source) / tall, max(0.012, 0.012 * _TALL / tall)
    figure.alternative = encodable(alternative or f"{title}. {caption}")
    figure.text(
        0.02, 0.975, writable(title, 110), size=13, weight="bold", color=INK, va="top", gid="ilp-title"
    )
    figure.text(
        0.02, low, "\n".join(_two_lines(writable(caption, 2_000), 128)), size=7.5, color=SOFT, va="center"
    )
    if source:
        figure.text(
            0.98,
            0.004,
            "\n".join(_source_lines(source)),
            size=5.5,
            color=SOFT,
            ha="right",
            va="bottom",
            linespacing=1.1,
            gid="ilp-source",
        )
    figure.text(
        0.02 if source else 0.5,
        lowest,
        f"{code.code}   {writable(looked_up(code.meaning))}",
        size=8,
        color="white",
        ha="left" if source else "center",
        va="center",
        bbox={"facecolor": INK, "edgecolor": "none", "boxstyle": "square,pad=0.35"},
        gid="ilp-handling",
    )
    for axes in figure.axes:
        _numbers(axes)
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        text.set_usetex(False)
        text.set_fontfamily(FONT)
    return figure


def caption_at(tall: float, source: str) -> float:
    """Inches from the lower edge to the middle of the caption: above the source, however many lines that has."""
    above = 0.004 * tall + len(_source_lines(source)) * _SOURCE
    return max(0.052 * max(tall, _TALL), above + 0.03 + _CAPTION / 2)


def caption_top(tall: float, source: str) -> float:
    """Inches from the lower edge that caption and source take."""
    return caption_at(tall, source) + _CAPTION / 2


def _source_lines(source: str) -> list[str]:
    return textwrap.wrap(writable(source, 400), 125)


def _numbers(axes: Axes) -> None:
    """Plain numbers along the axes, written the way of the language."""
    from matplotlib.ticker import ScalarFormatter

    class Written(ScalarFormatter):
        def format_ticks(self, values: Any) -> list[str]:
            return [digits(text) for text in super().format_ticks(values)]

    for axis in (axes.xaxis, axes.yaxis):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(Written())


def dates_along(axes: Axes, *, at_most: int) -> None:
    """Days along the lower axis, months in the language."""
    import matplotlib.dates as mdates

    dates: Any = mdates  # without types

    class Dated(dates.ConciseDateFormatter):  # type: ignore[misc]
        def format_ticks(self, values: Any) -> list[str]:
            return [months_in_words(text) for text in super().format_ticks(values)]

        def get_offset(self) -> str:
            return months_in_words(super().get_offset())

    locator = dates.AutoDateLocator(maxticks=at_most)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(Dated(locator))


def months_in_words(text: str) -> str:
    """A day whose short English month is said in the language that is spoken now."""
    return re.sub("[A-Z][a-z]{2}", lambda found: again(_MONTHS.get(found[0], found[0])), text)


def _two_lines(text: str, width: int) -> list[str]:
    """A caption in at most two lines: what it begins and ends with stays, sentences between go first, "…" stands for them."""
    *first, last = _SENTENCES.split(text)
    said = text
    while len(first) > 1 and len(textwrap.wrap(said, width)) > 2:
        first.pop()
        said = " ".join([*first, "…", last])
    if first and len(last) < width < len(said) - width:
        said = f"{textwrap.shorten(first[0], 2 * width - len(last) - _SLACK, placeholder=' …')} {last}"
    return textwrap.wrap(said, width, max_lines=2, placeholder=" …")


def png(figure: Figure) -> bytes:
    r"""A figure as PNG; the same figure gives the same bytes.

    Parameters
    ----------
    figure
        A matplotlib figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.views import bar_figure
    >>> png(bar_figure(pd.DataFrame({"offence": ["theft"], "n": [3]})))[:4]
    b'\x89PNG'
    """
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None})
    return stream.getvalue()


def pdf(figure: Figure) -> bytes:
    r"""A figure as PDF of one page; the same figure gives the same bytes.

    Parameters
    ----------
    figure
        A matplotlib figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.views import bar_figure
    >>> pdf(bar_figure(pd.DataFrame({"offence": ["theft"], "n": [3]})))[:4]
    b'%PDF'
    """
    import matplotlib as mpl

    stream = BytesIO()
    nothing = dict.fromkeys(("Creator", "Producer", "CreationDate"))
    with mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(stream, format="pdf", dpi=2 * _DPI, metadata=nothing)
    return stream.getvalue()


def svg(figure: Figure) -> bytes:
    """A figure as SVG; the same figure gives the same bytes, and it names no other computer.

    Letters are outlines, so that it looks the same everywhere.

    Parameters
    ----------
    figure
        A matplotlib figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.views import bar_figure
    >>> svg(bar_figure(pd.DataFrame({"offence": ["theft"], "n": [3]})))[:5]
    b'<?xml'
    """
    import matplotlib as mpl

    stream = BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": "ilp_lab", "svg.fonttype": "path", "svg.id": None}):
        figure.savefig(stream, format="svg", metadata=nothing)
    text = stream.getvalue().decode("utf-8")
    text = re.sub(r"<!DOCTYPE[^>]*>\s*", "", text, count=1)
    return re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL).encode("utf-8")


def halo(width: float) -> list[Any]:
    """A white rim, so that what is written or drawn in ink can be read on any colour."""
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=width, foreground="white")]


def caption_of(sentences: tuple[str, ...], notes: tuple[str, ...]) -> str:
    """The first finding and the first thing to be careful about."""
    return " ".join([*sentences[:1], *notes[:1]])


def legend_of(
    axes: Axes,
    handles: list[Any],
    heading: str,
    *,
    low: bool = False,
) -> Any:
    """A legend beside the drawing, its texts as they are."""
    from matplotlib.legend import Legend

    legend = Legend(
        axes,
        handles,
        [handle.get_label() for handle in handles],
        title=writable(heading, 40),
        loc="lower left" if low else "upper left",
        bbox_to_anchor=(1.01, 0.0 if low else 1.0),
        frameon=False,
        fontsize=8,
        title_fontsize=9,
        alignment="left",
        borderaxespad=0.0,
        handlelength=1.6,
        labelspacing=0.5,
    )
    legend.set_clip_on(False)
    axes.add_artist(legend)
    legend.set_clip_path(None)
    return legend
