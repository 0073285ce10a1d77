"""What stands on the wall: one page for a browser that asks nobody for anything, and the same as PDF."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab.products.characters import holdable
from ilp_lab.training.workshops import Workshop, clock

if TYPE_CHECKING:
    from jinja2 import Environment

WIDE, TALL = 960, 540
_INK, _SOFT, _MARK, _LIGHT = "#1b2733", "#5b6b7a", "#0b5394", "#dbe7f3"
_DARK = frozenset({"cover", "day", "break"})
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Page:
    """One slide as it is shown."""

    kind: str
    title: str
    above: str
    points: tuple[str, ...]
    picture: bytes = b""
    alternative: str = ""


def pages(made: Workshop, pictures: dict[str, tuple[bytes, str]]) -> list[Page]:
    """Slides in order: a title, every day, every block, and what was written for it."""
    shown = [Page("cover", made.title, f"Workshop {made.id}", (made.question,))]
    day = 0
    for block in made.blocks:
        if block.day != day:
            day = block.day
            shown.append(Page("day", made.days[day - 1], f"Day {day}", ()))
        if block.kind == "break":
            shown.append(
                Page(
                    "break",
                    block.title,
                    f"{clock(block.start)} to {clock(block.end)}",
                    (f"Back at {clock(block.end)}",),
                )
            )
            continue
        above = f"Day {day}, {clock(block.start)} to {clock(block.end)}"
        shown.append(Page("block", block.title, above, (f"At the end: {block.output}",)))
        for slide in (one for one in made.slides if one.block == block.id):
            picture, words = pictures.get(slide.picture, (b"", ""))
            shown.append(Page("slide", slide.title, block.title, slide.points, picture, words))
    return shown


def html(made: Workshop, shown: Sequence[Page]) -> str:
    """The page: keys and a click go on; every text is escaped; nothing is loaded."""
    environment = _environment()
    source = environment.loader.get_source(environment, "slides.js")[0] if environment.loader else ""
    return environment.get_template("slides.html.j2").render(
        made=made,
        pages=shown,
        script=source,
        digest=base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode(),
        coded=lambda content: base64.b64encode(content).decode(),
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def pdf(made: Workshop, shown: Sequence[Page]) -> bytes:
    """The same slides for print, the same bytes every time."""
    from reportlab.pdfgen.canvas import Canvas

    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(WIDE, TALL), invariant=1)
    canvas.setTitle(holdable(made.title))
    canvas.setSubject(f"Handling: {made.handling}")
    fonts = _fonts()
    for number, page in enumerate(shown, start=1):
        _draw(canvas, page, fonts)
        canvas.setFillColor(_LIGHT if page.kind in _DARK else _SOFT)
        canvas.setFont(fonts[0], 11)
        canvas.drawString(56, 22, f"{made.id}   {made.handling}")
        canvas.drawRightString(WIDE - 56, 22, f"{number} / {len(shown)}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


@cache
def _fonts() -> tuple[str, str]:
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    from ilp_lab.views import font_file

    registerFont(TTFont("ilp-slides", str(font_file())))
    registerFont(TTFont("ilp-slides-bold", str(font_file(bold=True))))
    return "ilp-slides", "ilp-slides-bold"


def _draw(canvas: Any, page: Page, fonts: tuple[str, str]) -> None:
    """One slide: what it belongs to, its title, its points, its picture."""
    dark = page.kind in _DARK
    canvas.setFillColor(_MARK if dark else "#ffffff")
    canvas.rect(0, 0, WIDE, TALL, stroke=0, fill=1)
    if not dark:
        canvas.setFillColor(_MARK)
        canvas.rect(0, 0, 12, TALL, stroke=0, fill=1)
    canvas.setFillColor(_LIGHT if dark else _SOFT)
    canvas.setFont(fonts[0], 16)
    canvas.drawString(56, TALL - 60, holdable(page.above))
    width = WIDE - 112
    size = 44 if dark or page.kind == "block" else 36
    top: float = TALL - (200 if dark else 118)
    canvas.setFillColor("#ffffff" if dark else _INK)
    top = _lines(canvas, page.title, fonts[1], size, (56, top, width)) - 14
    beside = 400 if page.picture else width
    for point in page.points:
        if not dark and page.kind == "slide":
            canvas.setFillColor(_MARK)
            canvas.circle(64, top + 7, 4, stroke=0, fill=1)
        canvas.setFillColor("#ffffff" if dark else _INK)
        left = 84 if page.kind == "slide" else 56
        top = _lines(canvas, point, fonts[0], 22, (left, top, beside - 28)) - 12
    if page.picture:
        _picture(canvas, page.picture)


def _lines(canvas: Any, text: str, font: str, size: float, place: tuple[float, float, float]) -> float:
    """Write a text in lines of a width; returns where the next line begins."""
    from reportlab.lib.utils import simpleSplit

    left, top, width = place
    canvas.setFont(font, size)
    for line in simpleSplit(holdable(text), font, size, width):
        canvas.drawString(left, top, line)
        top -= size * 1.28
    return top


def _picture(canvas: Any, png: bytes) -> None:
    from reportlab.lib.utils import ImageReader

    image = ImageReader(BytesIO(png))
    wide, tall = image.getSize()
    scale = min(430 / wide, 400 / tall)
    canvas.drawImage(image, WIDE - 56 - wide * scale, 56, wide * scale, tall * scale)
