"""A product as a Word document: the same content, in styles an office can restyle."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from ilp_lab.products.extract import alternative_text, cell_text, leading_rows

if TYPE_CHECKING:
    from ilp_lab.products.profile import ProblemProfile, Section

_NOTE = (
    "This product describes what was recorded. It decides nothing: a named person does, after weighing legality, "
    "necessity, proportionality and non-discrimination."
)


def render(profile: ProblemProfile) -> bytes:
    """Return the document's bytes."""
    from docx import Document

    document = Document()
    _marking(document, profile)
    document.add_heading(_clean(profile.heading), level=0)
    if profile.title:
        document.add_paragraph(_clean(profile.question), style="Subtitle")
    _facts(document, profile)
    document.add_heading("In short", level=1)
    for section in profile.sections:
        document.add_paragraph(_clean(section.says), style="List Bullet")
    for number, section in enumerate(profile.sections, start=1):
        _section(document, number, section)
    if profile.recommendations:
        document.add_heading("To be considered", level=1)
        _bullets(document, profile.recommendations)
    _decision(document)
    _background(document, profile)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _marking(document: Any, profile: ProblemProfile) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for part in (document.sections[0].header, document.sections[0].footer):
        paragraph = part.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(_clean(f"{profile.handling}: {profile.handling_meaning}")).bold = True
    properties = document.core_properties
    properties.title = _clean(profile.heading)[:255]
    properties.author = _clean(profile.case.analyst)[:255]
    properties.comments = f"Handling: {profile.handling}"


def _facts(document: Any, profile: ProblemProfile) -> None:
    facts = {
        "Date": profile.date.strftime("%d %B %Y"),
        "Purpose": profile.case.purpose,
        "Legal basis": profile.case.legal_basis,
        "Analyst": profile.case.analyst,
    }
    table = document.add_table(rows=0, cols=2)
    for name, value in facts.items():
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, _clean(value)


def _section(document: Any, number: int, section: Section) -> None:
    from docx.shared import Cm

    result = section.result
    document.add_heading(_clean(f"{number}. {section.heading}"), level=1)
    document.add_paragraph().add_run(_clean(section.says)).bold = True
    for finding in result.findings:
        document.add_paragraph(_clean(finding))
    picture = document.add_picture(BytesIO(section.picture), width=Cm(15.5))
    picture._inline.docPr.set("descr", _clean(alternative_text(result)))  # noqa: SLF001  (the library has no other way)
    _table(document, section)
    if result.caveats:
        document.add_heading("What weakens this", level=2)
        _bullets(document, result.caveats)


def _table(document: Any, section: Section) -> None:
    rows = leading_rows(section.result)
    if rows.empty:
        return
    table = document.add_table(rows=1, cols=len(rows.columns), style="Light List Accent 1")
    for cell, column in zip(table.rows[0].cells, rows.columns, strict=True):
        cell.text = _clean(column)
    for row in rows.values.tolist():
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = _clean(cell_text(value))


def _decision(document: Any) -> None:
    document.add_heading("Decision", level=1)
    document.add_paragraph(_NOTE)
    for line in ("Decided:", "By (name, function):", "Date:"):
        document.add_paragraph(line)


def _background(document: Any, profile: ProblemProfile) -> None:
    if profile.qualities:
        document.add_heading("How good the data are", level=1)
        for quality in profile.qualities:
            document.add_heading(_clean(quality.source), level=2)
            for sentence in quality.explain().splitlines():
                document.add_paragraph(_clean(sentence))
    document.add_heading("How it was done", level=1)
    for section in profile.sections:
        heading, *blocks = section.result.method_statement().split("\n\n")
        document.add_heading(_clean(heading.splitlines()[0]), level=2)
        for block in ["\n".join(heading.splitlines()[1:]), *blocks]:
            document.add_paragraph(_clean(block))


def _bullets(document: Any, sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        document.add_paragraph(_clean(sentence), style="List Bullet")


def _clean(text: object) -> str:
    """Without the control characters and half characters that XML cannot hold."""
    return "".join(mark if _holds(ord(mark)) else "\N{REPLACEMENT CHARACTER}" for mark in str(text))


def _holds(code: int) -> bool:
    return code in (9, 10) or (code >= 32 and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF))
