"""A document as a Word file: the same content, in styles an office can restyle."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ilp_lab.products import blocks
from ilp_lab.products.characters import holdable

if TYPE_CHECKING:
    from ilp_lab.products.blocks import Document


_WIDTH_CM, _SMALL_CM = 16.6, 7.6
_TOGETHER = 3  # rows of a table that stay with its header
_INK, _SOFT, _LINE, _MARK = "1B2733", "5B6B7A", "D5DCE3", "0B5394"


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
    """Margins and letters of an office document: one family, one ink, tight enough that a briefing stays on a page."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin, page.bottom_margin = Cm(1.8), Cm(2.1)
    for name, size, above, below in (
        ("Normal", 10, 0, 4), ("Title", 20, 4, 8), ("Subtitle", 12, 0, 6), ("Heading 1", 13, 12, 4), ("Heading 2", 11, 8, 3), ("List Bullet", 10, 0, 2),
    ):  # fmt: skip
        style = word.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        style.font.color.rgb = RGBColor.from_string(_INK)
        style.font.bold = name.startswith(("Title", "Heading"))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(below)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    rule = word.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if rule is not None:
        word.styles["Title"].element.pPr.remove(rule)


def _lined(properties: Any, name: str, **sides: tuple[int, str]) -> None:
    """Lines at some sides of a paragraph, a cell or a table, each with eighths of a point and a colour."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement(name)
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            width, colour = sides[side]
            line = OxmlElement(f"w:{side}")
            for key, value in (("val", "single"), ("sz", str(width)), ("space", "4" if name == "w:pBdr" else "0"), ("color", colour)):  # fmt: skip
                line.set(qn(f"w:{key}"), value)
            borders.append(line)
    before = {"w:pBdr": ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")}.get(name, ("w:shd", "w:tcMar", "w:vAlign", "w:tblLayout", "w:tblCellMar", "w:tblLook"))  # fmt: skip
    properties.insert_element_before(borders, *before)


def _shaded(properties: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    properties.insert_element_before(
        shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:tcMar", "w:vAlign"
    )


def _filled(cell: Any, text: str, *, size: float, bold: bool = False, soft: bool = False) -> None:
    """A cell with small letters and no room below."""
    from docx.shared import Pt, RGBColor

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(holdable(text))
    run.font.size, run.bold = Pt(size), bold
    if soft:
        run.font.color.rgb = RGBColor.from_string(_SOFT)


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
    """The handling code above and below every page, as on the print; below also what the document is, and the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
    from docx.shared import Cm, Pt, RGBColor

    section = word.sections[0]
    section.header_distance = section.footer_distance = Cm(0.8)
    note = section.footer.paragraphs[0]
    word.styles["Footer"].paragraph_format.tab_stops.clear_all()
    word.styles["Footer"].font.size = Pt(7)
    note.paragraph_format.tab_stops.add_tab_stop(Cm(_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT)
    run = note.add_run(holdable(f"{document.title[:90]}\t{document.fingerprint}   "))
    for piece in (run, _page_number(note)):
        piece.font.size, piece.font.color.rgb = Pt(7), RGBColor.from_string(_SOFT)
    for paragraph in (section.header.paragraphs[0], section.footer.add_paragraph()):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(holdable(f"{document.handling}: {document.handling_meaning}"))
        run.bold, run.font.size, run.font.color.rgb = True, Pt(9), RGBColor(255, 255, 255)
        _shaded(paragraph._p.get_or_add_pPr(), _INK)  # noqa: SLF001  (the library has no other way)
    properties = word.core_properties
    properties.title = holdable(document.title)[:255]
    properties.author = holdable(document.author)[:255]
    properties.language = document.language
    properties.comments = f"Handling: {document.handling}"
    properties.identifier = document.fingerprint


def _page_number(paragraph: Any) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run()
    for kind in ("begin", "instr", "end"):
        part = OxmlElement("w:instrText" if kind == "instr" else "w:fldChar")
        if kind == "instr":
            part.text = "PAGE"
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)  # noqa: SLF001  (the library has no other way)
    return run


@singledispatch
def _write(block: Any, _: Any) -> None:
    raise TypeError(f"a document has no block of the kind {type(block).__name__}")


@_write.register
def _(block: blocks.Heading, word: Any) -> None:
    word.add_heading(holdable(block.text), level=block.level)


@_write.register
def _(block: blocks.Words, word: Any) -> None:
    from docx.shared import Cm, Pt

    paragraph = word.add_paragraph()
    run = paragraph.add_run(holdable(block.text))
    run.bold = block.manner in {"strong", "judged"}
    if block.manner == "fine":
        run.font.size = Pt(8.5)
        paragraph.paragraph_format.space_after = Pt(2)
    if block.manner in {"judged", "known"}:
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  (the library has no other way)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(0.25)
        if block.manner == "known":
            _lined(properties, "w:pBdr", left=(24, _LINE))
        else:
            edge = (8, "B35806")
            _lined(properties, "w:pBdr", top=edge, left=edge, bottom=edge, right=edge)
            _shaded(properties, "FDF6EE")
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(8)


@_write.register
def _(block: blocks.Listing, word: Any) -> None:
    from docx.shared import Pt

    for number, item in enumerate(block.items, start=1):
        lead = f"[{number}] " if block.numbered else ""
        paragraph = word.add_paragraph(style=None if block.numbered else "List Bullet")
        run = paragraph.add_run(holdable(lead + item))
        if block.fine:
            run.font.size = Pt(8.5)
            paragraph.paragraph_format.space_after = Pt(1)
        if block.summary:
            properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  (the library has no other way)
            _lined(properties, "w:pBdr", left=(24, _MARK))
            _shaded(properties, "F4F8FC")


@_write.register
def _(block: blocks.Facts, word: Any) -> None:
    table = word.add_table(rows=0, cols=2)
    for name, value in block.rows:
        cells = table.add_row().cells
        _filled(cells[0], name, size=9.5, soft=True)
        _filled(cells[1], value, size=9.5)
    _widths(table, [4.6, _WIDTH_CM - 4.6])


@_write.register
def _(block: blocks.Picture, word: Any) -> None:
    from docx.shared import Cm

    picture = word.add_picture(BytesIO(block.png), width=Cm(_WIDTH_CM - 0.4))
    if block.small and picture.height > Cm(_SMALL_CM):
        picture.width, picture.height = round(picture.width * Cm(_SMALL_CM) / picture.height), Cm(_SMALL_CM)
    picture._inline.docPr.set("descr", holdable(block.alternative))  # noqa: SLF001  (the library has no other way)


@_write.register
def _(block: blocks.Grid, word: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    if block.caption:
        caption = word.add_paragraph()
        caption.paragraph_format.keep_with_next = True
        caption.add_run(holdable(block.caption)).font.size = Pt(8.5)
    table = word.add_table(rows=1, cols=len(block.columns))
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _filled(cell, column, size=8, bold=True)
    for row in block.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _filled(cell, value, size=8)
    _widths(table, blocks.column_widths(block, _WIDTH_CM))
    for at, row in enumerate(table.rows):
        for cell in row.cells:
            _lined(cell._tc.get_or_add_tcPr(), "w:tcBorders", bottom=(4, _LINE) if at else (8, _INK))  # noqa: SLF001  (the library has no other way)
            cell.paragraphs[0].paragraph_format.keep_with_next = at < _TOGETHER
    head = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001  (the library has no other way)
    head.append(head.makeelement(qn("w:tblHeader")))
    word.add_paragraph().paragraph_format.space_after = Pt(0)


@_write.register
def _(block: blocks.Decision, word: Any) -> None:
    """A box that stays in one piece, with room to write in."""
    from docx.shared import Cm, Pt

    word.add_paragraph().paragraph_format.space_after = Pt(0)
    table = word.add_table(rows=1, cols=3)
    head = table.rows[0].cells[0].merge(table.rows[0].cells[2])
    _filled(head, block.heading, size=11, bold=True)
    head.add_paragraph().add_run(holdable(block.note)).font.size = Pt(8.5)
    for line in block.lines:
        row = table.add_row()
        row.height = Cm(0.85)
        _filled(row.cells[0], line, size=10)
    for cell in table.add_row().cells:  # room below the last line
        _filled(cell, " ", size=3)
    edge = (10, _INK)
    _lined(table._tbl.tblPr, "w:tblBorders", top=edge, left=edge, bottom=edge, right=edge)  # noqa: SLF001  (the library has no other way)
    _widths(table, [4.2, _WIDTH_CM - 4.8, 0.6])
    for row in table.rows[1:-1]:
        _lined(row.cells[1]._tc.get_or_add_tcPr(), "w:tcBorders", bottom=(6, _INK))  # noqa: SLF001  (the library has no other way)
    for row in table.rows[:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


@_write.register
def _(_: blocks.Turn, word: Any) -> None:
    word.add_page_break()
