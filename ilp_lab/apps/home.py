"""Start pages: all boards, and the house around them."""

from __future__ import annotations

from ilp_lab._tongue import speak, tr
from ilp_lab.apps.table import APPS


def apps_page(base_url: str, *, language: str = "en") -> str:
    """The list of boards."""
    from html import escape

    with speak(language):
        rows = "".join(
            f'<li><a href="{escape(base_url)}ilp-lab/app/{app.name}">{escape(app.title)}</a> {escape(app.question)}</li>'
            for app in APPS.values()
        )
        return f"<!doctype html><title>{tr('Boards')}</title><ul>{rows}</ul>"
