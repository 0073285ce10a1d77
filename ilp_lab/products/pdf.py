"""A document as PDF for print: marked on every page, its letters embedded, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, singledispatch
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ilp_lab.products import blocks
from ilp_lab.products.characters import holdable

if TYPE_CHECKING:
    from ilp_lab.products.blocks import Document

_INK, _SOFT, _LINE, _MARK = "#1b2733", "#5b6b7a", "#d5dce3", "#0b5394"
_MARGIN = 57
_WIDTH = 481.0
_TALLEST, _SMALL = 560.0, 215.0
_WIDEST_CELL = 400


def render(document: Document) -> bytes:
    """Return the file's bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = _styles()
    flow: list[Any] = [Paragraph(_safe(document.title), styles["title"])]
    if document.subtitle:
        flow.append(Paragraph(_safe(document.subtitle), styles["question"]))
    for block in document.blocks:
        flow.extend(_flow(block, styles))
    stream = BytesIO()
    pages = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN - 6,  # the room that a frame leaves beside its text
        rightMargin=_MARGIN - 6,
        topMargin=54,
        bottomMargin=52,
        title=holdable(document.title),
        author=holdable(document.author),
        subject=f"Handling: {document.handling}",
        keywords=document.fingerprint,
        lang=document.language,
        invariant=1,
    )
    pages.build(flow, onFirstPage=_margin(document), onLaterPages=_margin(document))
    return stream.getvalue()


def _margin(document: Document) -> Callable[[Any, Any], None]:
    """What stands on every page: the marking above and below, and the page's number."""

    def draw(canvas: Any, pages: Any) -> None:
        from reportlab.lib.colors import HexColor

        regular, bold = _fonts()
        width, height = pages.pagesize
        said = holdable(f"{document.handling}   {document.handling_meaning}")
        canvas.saveState()
        for low in (height - 34, 20):
            canvas.setFillColor(HexColor(_INK))
            canvas.rect(_MARGIN, low, width - 2 * _MARGIN, 16, stroke=0, fill=1)
            canvas.setFillColor(HexColor("#ffffff"))
            canvas.setFont(bold, 8)
            canvas.drawCentredString(width / 2, low + 5, said[:120])
        canvas.setFillColor(HexColor(_SOFT))
        canvas.setFont(regular, 7)
        canvas.drawString(_MARGIN, 42, holdable(document.title)[:90])
        canvas.drawRightString(width - _MARGIN, 42, f"{document.fingerprint}   {pages.page}")
        canvas.restoreState()

    return draw


@cache
def _fonts() -> tuple[str, str]:
    """The fonts that come with the figures, which hold the letters of Europe and Central Asia."""
    from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
    from reportlab.pdfbase.ttfonts import TTFont

    from ilp_lab.views import font_file

    registerFont(TTFont("ilp", str(font_file())))
    registerFont(TTFont("ilp-bold", str(font_file(bold=True))))
    registerFontFamily("ilp", normal="ilp", bold="ilp-bold", italic="ilp", boldItalic="ilp-bold")
    return "ilp", "ilp-bold"


def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    regular, bold = _fonts()
    ink, soft = HexColor(_INK), HexColor(_SOFT)
    plain = ParagraphStyle("plain", fontName=regular, fontSize=9.5, leading=13.5, textColor=ink, spaceAfter=5)

    def like(name: str, **changes: Any) -> Any:
        return ParagraphStyle(name, parent=plain, **changes)

    return {
        "plain": plain,
        "title": like("title", fontName=bold, fontSize=18, leading=22, spaceAfter=6),
        "question": like("question", fontSize=11.5, leading=15, textColor=soft, spaceAfter=8),
        "h1": like("h1", fontName=bold, fontSize=13, leading=16, spaceBefore=9, spaceAfter=4, keepWithNext=1),
        "h2": like(
            "h2", fontName=bold, fontSize=10.5, leading=14, spaceBefore=7, spaceAfter=3, keepWithNext=1
        ),
        "strong": like("strong", fontName=bold),
        "known": like("known", leftIndent=10, borderPadding=(2, 2, 2, 8)),
        "judged": like(
            "judged",
            fontName=bold,
            backColor=HexColor("#fdf6ee"),
            borderColor=HexColor("#b35806"),
            borderWidth=0.8,
            borderPadding=5,
            leftIndent=6,
            rightIndent=6,
            spaceBefore=6,
            spaceAfter=9,
        ),
        "fine": like("fine", fontSize=7.8, leading=10.8, textColor=ink, spaceAfter=3),
        "cell": like("cell", fontSize=7.6, leading=9.6, spaceAfter=0),
        "head": like("head", fontName=bold, fontSize=7.6, leading=9.6, spaceAfter=0),
        "soft": like("soft", fontSize=8.5, leading=11.5, textColor=soft, spaceAfter=0),
        "value": like("value", fontSize=8.8, leading=11.5, spaceAfter=0),
    }


@singledispatch
def _flow(block: Any, _: Any) -> list[Any]:
    raise TypeError(f"a document has no block of the kind {type(block).__name__}")


@_flow.register
def _(block: blocks.Heading, styles: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import Paragraph

    return [Paragraph(_safe(block.text), styles["h1" if block.level == 1 else "h2"])]


@_flow.register
def _(block: blocks.Words, styles: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import Paragraph

    return [Paragraph(_safe(block.text), styles[block.manner])]


@_flow.register
def _(block: blocks.Listing, styles: dict[str, Any]) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import ListFlowable, ListItem, Paragraph, Spacer, Table

    style = styles["fine" if block.fine else "plain"]
    items = [ListItem(Paragraph(_safe(item), style), leftIndent=20) for item in block.items]
    listed: Any = ListFlowable(
        items,
        bulletType="1" if block.numbered else "bullet",
        bulletFormat="[%s]" if block.numbered else None,
        bulletFontName=_fonts()[0],
        bulletFontSize=7.5,
        start=None if block.numbered else "\N{BULLET}",
    )
    if block.summary:
        box = [
            ("BACKGROUND", (0, 0), (-1, -1), HexColor("#f4f8fc")),
            ("LINEBEFORE", (0, 0), (0, -1), 3, HexColor(_MARK)),
        ]
        return [Table([[item] for item in [listed]], colWidths=[_WIDTH], style=box), Spacer(0, 6)]
    return [listed, Spacer(0, 2)]


@_flow.register
def _(block: blocks.Facts, styles: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import Paragraph, Spacer, Table

    rows = [
        [Paragraph(_safe(name), styles["soft"]), Paragraph(_safe(value), styles["value"])]
        for name, value in block.rows
    ]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]  # fmt: skip
    return [Table(rows, colWidths=[118, _WIDTH - 118], style=style), Spacer(0, 5)]


@_flow.register
def _(block: blocks.Picture, _: dict[str, Any]) -> list[Any]:
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image, Spacer

    wide, tall = ImageReader(BytesIO(block.png)).getSize()
    scale = min(_WIDTH / wide, (_SMALL if block.small else _TALLEST) / tall)
    image = Image(BytesIO(block.png), width=wide * scale, height=tall * scale)
    image.draw = _told(image, block.alternative)
    return [image, Spacer(0, 6)]


def _told(image: Any, text: str) -> Callable[[], None]:
    """Draws a picture with its text beside it in the file, for programs that read aloud (ISO 32000, 14.9.3)."""
    said, draw = ("\ufeff" + holdable(text)).encode("utf-16-be", errors="replace").hex(), image.draw

    def drawn() -> None:
        code = image.canv._code  # noqa: SLF001  (the library has no other way)
        code.append(f"/Span <</Alt <{said}>>> BDC")
        draw()
        code.append("EMC")

    return drawn


@_flow.register
def _(_: blocks.Turn, __: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import PageBreak

    return [PageBreak()]


@_flow.register
def _(block: blocks.Grid, styles: dict[str, Any]) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, Paragraph, Spacer

    rows = [[Paragraph(_safe(column), styles["head"]) for column in block.columns]]
    rows += [[Paragraph(_safe(value[:_WIDEST_CELL]), styles["cell"]) for value in row] for row in block.rows]
    longest = [
        min(max([len(column), *(len(row[at]) for row in block.rows)]), 40) + 3
        for at, column in enumerate(block.columns)
    ]
    widths = [_WIDTH * part / sum(longest) for part in longest]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 1, HexColor(_INK)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, HexColor(_LINE)),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    caption = [Paragraph(_safe(block.caption), styles["fine"])] if block.caption else []
    return [*caption, LongTable(rows, colWidths=widths, repeatRows=1, style=style), Spacer(0, 8)]


@_flow.register
def _(block: blocks.Decision, styles: dict[str, Any]) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

    inside: list[list[Any]] = [
        [Paragraph(_safe(block.heading), styles["h2"])],
        [Paragraph(_safe(block.note), styles["fine"])],
    ]
    for line in block.lines:
        rule = [("LINEBELOW", (1, 0), (1, 0), 0.8, HexColor(_INK))]
        inside.append(
            [
                Table(
                    [[Paragraph(_safe(line), styles["value"]), ""]], colWidths=[110, _WIDTH - 140], style=rule
                )
            ]
        )
    frame = [("BOX", (0, 0), (-1, -1), 1.2, HexColor(_INK)), ("BOTTOMPADDING", (0, -1), (-1, -1), 10)]
    return [Spacer(0, 6), KeepTogether([Table(inside, colWidths=[_WIDTH], style=frame)]), Spacer(0, 4)]


def _safe(text: str) -> str:
    """A text that reads no tags: the library's paragraphs would."""
    return escape(holdable(text)).replace("\n", "<br/>")
