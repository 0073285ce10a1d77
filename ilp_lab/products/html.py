"""A document as one HTML page: no request to anywhere, every text escaped."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

    from ilp_lab.products.blocks import Document


def render(document: Document) -> str:
    """Return the page."""
    return _template().render(
        document=document,
        blocks=[(type(block).__name__, block) for block in document.blocks],
        coded=lambda content: base64.b64encode(content).decode(),
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
