"""A page that can be shown anywhere: one HTML text, locked in, marked with its handling code.

Text from data reaches a page in one of two ways only: as JSON that the page's script puts into text nodes, or through
:func:`safe_text`. A page runs only its own scripts (they carry a number that text from data cannot know), may ask
nothing of any host, and is shown in notebooks inside a frame that has no access to the notebook.
"""

from __future__ import annotations

import hashlib
import html as html_library
import json
import math
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._spoken import spoken
from ilp_lab._tongue import looked_up, tr
from ilp_lab.safeguards.handling import handling_of, policy
from ilp_lab.views.assets import own

if TYPE_CHECKING:
    from ilp_lab.safeguards import Case, Released

_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#x27;",
    "\\": "&#92;",
    "`": "&#96;",
    "$": "&#36;",
    "{": "&#123;",
    "}": "&#125;",
    "\r": "&#13;",
    "\u2028": "&#8232;",
    "\u2029": "&#8233;",
    "\0": "\ufffd",
}
_TABLE = str.maketrans(_ENTITIES)
_JSON_TABLE = str.maketrans(
    {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"}
)


def safe_text(value: object) -> str:
    """Write a value so that a page shows it as text, whatever it holds.

    Besides the characters of HTML it encodes those that JavaScript, its template strings and page templates read:
    backslash, backtick, ``$``, braces and the line separators.

    Parameters
    ----------
    value
        Anything; ``None`` and not-a-number give an empty text.

    Returns
    -------
    str
        Safe between tags and inside quoted attributes.

    Examples
    --------
    >>> safe_text("<b>${x}</b>")
    '&lt;b&gt;&#36;&#123;x&#125;&lt;/b&gt;'
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return encodable(str(value)).translate(_TABLE)


def heading(words: str) -> str:
    """A heading on the side of a page.

    Examples
    --------
    >>> heading("Legend & layers")
    '<h2>Legend &amp; layers</h2>'
    """
    return f"<h2>{safe_text(words)}</h2>"


def encodable(text: str) -> str:
    """Replace halves of characters, which no file can hold, by the replacement character."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def json_for_script(value: object) -> str:
    r"""Write JSON that can stand in a ``<script>`` element, whatever its texts hold.

    Examples
    --------
    >>> print(json_for_script({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)
    return encodable(text).translate(_JSON_TABLE)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


@dataclass(frozen=True)
class Page:
    """A page for the screen: works offline, can be clicked, carries its handling code.

    Attributes
    ----------
    title
        Its heading.
    html
        The whole document.
    handling
        Its handling code, shown at the top and at the foot.
    alternative
        What it shows, for readers who cannot see it.
    height_px
        How high it is shown in a notebook.
    """

    title: str
    html: str = field(repr=False)
    handling: str = "H0"
    alternative: str = ""
    height_px: int = 620

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a frame that can reach neither notebook nor network."""
        return (
            f'<iframe title="{safe_text(self.title)}" sandbox="allow-scripts" referrerpolicy="no-referrer" '
            f'style="width:100%;height:{self.height_px}px;border:1px solid #c9d1d9" '
            f'srcdoc="{html_library.escape(self.html, quote=True)}"></iframe>'
        )

    def marked(self, handling: str) -> Page:
        """Return the page with another handling code at its top and foot."""
        html = self.html
        for place in ("top", "foot"):
            html = html.replace(banner(self.handling, place), banner(handling, place), 1)
        return replace(self, html=html, handling=handling)

    def release(
        self, case: Case | None, path: str | Path, *, authority: str | None = None, reason: str = ""
    ) -> Released:
        """Write the page out of a case, as one HTML file.

        It takes the stricter of its own and the case's handling code, and shows it.

        Parameters
        ----------
        case
            The open case.
        path
            Where to; the name should end in ``.html``.
        authority
            Who permitted it, where the handling code asks for that.
        reason
            Why and for whom.

        Raises
        ------
        NoCaseError, HandlingError, AuditError, WriteError
            As :func:`ilp_lab.safeguards.release_bytes`.
        """
        from ilp_lab.safeguards import release_bytes

        page = self if case is None else self.marked(handling_of(case, self))
        return release_bytes(
            case,
            path,
            page.html.encode("utf-8"),
            what=self.title,
            inputs=[page],
            authority=authority,
            reason=reason,
        )


def banner(handling: str, place: str) -> str:
    """The line that says who may see a page."""
    code = policy()[handling]
    return (
        f'<div class="ilp-handling" data-place="{place}" role="note"><strong>{safe_text(code.code)}</strong> '
        f"{safe_text(looked_up(code.meaning))}</div>"
    )


def build(
    *,
    title: str,
    body: str,
    handling: str = "H0",
    alternative: str = "",
    head: Sequence[str] = (),
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
    still: bytes | None = None,
    height_px: int = 620,
) -> Page:
    """Put a page together.

    Parameters
    ----------
    title, handling, alternative, height_px
        As in :class:`Page`.
    body
        HTML whose every text went through :func:`safe_text`.
    head
        Further HTML for the head, such as ``<style>``; it cannot bring scripts that run.
    scripts, styles
        JavaScript and CSS of this library and of :mod:`ilp_lab.views.assets`.
    data
        What the page's script reads: ``JSON.parse`` of the element ``ilp-data``.
    still
        A PNG shown where scripts are switched off.
    """
    off = tr("Scripts are switched off; the still picture of this view is made by draw().")
    content = "" if data is None else json_for_script(data)
    number = script_number(title, body, content, *head, *scripts, *styles)
    rules = (
        f"default-src 'none'; script-src 'nonce-{number}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    picture = (
        ""
        if still is None
        else f'<img alt="{safe_text(alternative)}" src="data:image/png;base64,{b64encode(still).decode()}">'
    )
    parts = [
        "<!doctype html>",
        f'<html lang="{safe_text(spoken())}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{safe_text(title)}</title>",
        *(f"<style>{sheet}</style>" for sheet in (own("page.css"), *styles)),
        *head,
        "</head><body>",
        banner(handling, "top"),
        f'<main aria-label="{safe_text(alternative or title)}">{body}',
        f"<noscript><p>{safe_text(alternative)}</p>{picture}<p>{safe_text(off)}</p></noscript></main>",
        banner(handling, "foot"),
        f'<script type="application/json" id="ilp-data">{content}</script>' if content else "",
        *(f'<script nonce="{number}">{_unended(text)}</script>' for text in scripts),
        "</body></html>",
    ]
    return Page(encodable(title), encodable("\n".join(parts)), handling, encodable(alternative), height_px)


def _unended(text: str) -> str:
    """JavaScript whose strings cannot end the element it stands in; it means the same."""
    return re.sub(r"<(?=/script|!--)", r"<\\", text, flags=re.IGNORECASE)


def script_number(*parts: str) -> str:
    """The number a page's own scripts carry: the hash of everything in it, so no text in it can hold it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(encodable(part).encode("utf-8"))
        digest.update(b"\0")
    return digest.hexdigest()[:32]
