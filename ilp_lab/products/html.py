"""A product as one HTML page: no request to anywhere, every text escaped."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab.products.extract import alternative_text, cell_text, leading_rows

if TYPE_CHECKING:
    from jinja2 import Template

    from ilp_lab.products.profile import ProblemProfile, Section


def render(profile: ProblemProfile) -> str:
    """Return the page."""
    return _template().render(
        profile=profile,
        sections=[_section(section) for section in profile.sections],
        references=_unique(
            reference for section in profile.sections for reference in section.result.references
        ),
        sources=_unique(str(source) for section in profile.sections for source in section.result.sources),
        cell=cell_text,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("product.html.j2")


def _section(section: Section) -> dict[str, Any]:
    rows = leading_rows(section.result)
    return {
        "says": section.says,
        "heading": section.heading,
        "result": section.result,
        "figure": base64.b64encode(section.picture).decode(),
        "alternative": alternative_text(section.result),
        "columns": [str(column) for column in rows.columns],
        "rows": rows.values.tolist(),
        "total": len(section.result.table),
    }


def _unique(texts: Any) -> list[str]:
    return list(dict.fromkeys(texts))
