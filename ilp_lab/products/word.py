"""A document as a Word file: the same content, in styles an office can restyle."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ilp_lab.products import blocks
from ilp_lab.products.characters import holdable

if TYPE_CHECKING:
    from ilp_lab.products.blocks import Document


def render(document: Document) -> bytes:
    """Return the file's bytes."""
    from docx import Document as Word

    word = Word()
    _marking(word, document)
    word.add_heading(holdable(document.title), level=0)
    if document.subtitle:
        word.add_paragraph(holdable(document.subtitle), style="Subtitle")
    for block in document.blocks:
        _write(block, word)
    stream = BytesIO()
    word.save(stream)
    return stream.getvalue()


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
        cells[0].text, cells[1].text = holdable(name), holdable(value)


@_write.register
def _(block: blocks.Picture, word: Any) -> None:
    from docx.shared import Cm

    picture = word.add_picture(BytesIO(block.png), width=Cm(15.5))
    picture._inline.docPr.set("descr", holdable(block.alternative))  # noqa: SLF001  (the library has no other way)


@_write.register
def _(block: blocks.Grid, word: Any) -> None:
    from docx.shared import Pt

    if block.caption:
        word.add_paragraph().add_run(holdable(block.caption)).font.size = Pt(9)
    table = word.add_table(rows=1, cols=len(block.columns), style="Light List Accent 1")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        cell.text = holdable(column)
    for row in block.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = holdable(value)


@_write.register
def _(block: blocks.Decision, word: Any) -> None:
    word.add_heading(holdable(block.heading), level=1)
    word.add_paragraph(holdable(block.note))
    for line in block.lines:
        word.add_paragraph(holdable(f"{line}: "))
