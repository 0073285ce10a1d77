"""A document as a Word file: the same content, in styles an office can restyle."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ilp_lab.products import blocks
from ilp_lab.products.characters import holdable

if TYPE_CHECKING:
    from ilp_lab.products.blocks import Document


_WIDTH_CM = 16.6


def render(document: Document) -> bytes:
    """Return the file's bytes."""
    from docx import Document as Word

    word = Word()
    _layout(word)
    _marking(word, document)
    word.add_heading(holdable(document.title), level=0)
    if document.subtitle:
        word.add_paragraph(holdable(document.subtitle), style="Subtitle")
    for block in document.blocks:
        _write(block, word)
    stream = BytesIO()
    word.save(stream)
    return stream.getvalue()


def _layout(word: Any) -> None:
    """Margins and letters of an office document: one family, tight enough that a briefing stays on a page."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(1.8)
    for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 13), ("Heading 2", 11)):
        style = word.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    word.styles["Normal"].paragraph_format.space_after = Pt(4)


def _filled(cell: Any, text: str, *, size: float, bold: bool = False) -> None:
    """A cell with small letters and no room below."""
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(holdable(text))
    run.font.size, run.bold = Pt(size), bold


def _widths(table: Any, widths: list[float]) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        whole = row._tr.get_or_add_trPr()  # noqa: SLF001  (a row stays on one page; the library has no other way)
        whole.append(whole.makeelement(qn("w:cantSplit")))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def _marking(word: Any, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for part in (word.sections[0].header, word.sections[0].footer):
        paragraph = part.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(holdable(f"{document.handling}: {document.handling_meaning}")).bold = True
    properties = word.core_properties
    properties.title = holdable(document.title)[:255]
    properties.author = holdable(document.author)[:255]
    properties.language = document.language
    properties.comments = f"Handling: {document.handling}"
    properties.identifier = document.fingerprint


@singledispatch
def _write(block: Any, _: Any) -> None:
    raise TypeError(f"a document has no block of the kind {type(block).__name__}")


@_write.register
def _(block: blocks.Heading, word: Any) -> None:
    word.add_heading(holdable(block.text), level=block.level)


@_write.register
def _(block: blocks.Words, word: Any) -> None:
    from docx.shared import Pt

    style = {"judged": "Intense Quote", "known": "List Paragraph"}.get(block.manner)
    run = word.add_paragraph(style=style).add_run(holdable(block.text))
    if block.manner in {"strong", "judged"}:
        run.bold = True
    if block.manner == "fine":
        run.font.size = Pt(9)


@_write.register
def _(block: blocks.Listing, word: Any) -> None:
    from docx.shared import Pt

    for number, item in enumerate(block.items, start=1):
        lead = f"[{number}] " if block.numbered else ""
        paragraph = word.add_paragraph(style=None if block.numbered else "List Bullet")
        run = paragraph.add_run(holdable(lead + item))
        if block.fine:
            run.font.size = Pt(9)


@_write.register
def _(block: blocks.Facts, word: Any) -> None:
    table = word.add_table(rows=0, cols=2)
    for name, value in block.rows:
        cells = table.add_row().cells
        _filled(cells[0], name, size=9.5)
        _filled(cells[1], value, size=9.5)
    _widths(table, [4.2, _WIDTH_CM - 4.2])


@_write.register
def _(block: blocks.Picture, word: Any) -> None:
    from docx.shared import Cm

    picture = word.add_picture(BytesIO(block.png), width=Cm(_WIDTH_CM - 0.4))
    picture._inline.docPr.set("descr", holdable(block.alternative))  # noqa: SLF001  (the library has no other way)


@_write.register
def _(block: blocks.Grid, word: Any) -> None:
    from docx.shared import Pt

    if block.caption:
        word.add_paragraph().add_run(holdable(block.caption)).font.size = Pt(9)
    table = word.add_table(rows=1, cols=len(block.columns), style="Light List Accent 1")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _filled(cell, column, size=8, bold=True)
    for row in block.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _filled(cell, value, size=8)
    _widths(table, blocks.column_widths(block, _WIDTH_CM))
    word.add_paragraph()


@_write.register
def _(block: blocks.Decision, word: Any) -> None:
    word.add_heading(holdable(block.heading), level=1)
    word.add_paragraph(holdable(block.note))
    table = word.add_table(rows=0, cols=2)
    for line in block.lines:
        cells = table.add_row().cells
        _filled(cells[0], line, size=10)
        _filled(cells[1], "_" * 44, size=10)
    _widths(table, [4.2, _WIDTH_CM - 4.2])
