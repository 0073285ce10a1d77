"""The one way to the console: what names of files, columns or people hold cannot steer the terminal or forge a line."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from ilp_lab.errors import IlpWarning

_STYLES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # colours of tracebacks, and movements of the cursor
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    r"""The text without what a terminal would obey: styles are dropped, other control characters are spelled out.

    Line breaks and tabs stay; so does every letter of every script.

    Examples
    --------
    >>> print(plain("\x1b[31mred \x1b]0;title\x07"))
    red \x1b]0;title\x07
    """
    return _UNSEEN.sub(_spelled, _STYLES.sub("", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    r"""The text in one line, so that a name with a line break in it cannot look like a sentence of the program.

    Examples
    --------
    >>> print(one_line("P1\nWhere it is: /elsewhere"))
    P1\nWhere it is: /elsewhere
    """
    return plain(text).replace("\n", r"\n")


def echo(text: str, *, nl: bool = True, over: bool = False) -> None:
    """Say something; ``over`` writes it over the line that stands there."""
    typer.echo(("\r" if over else "") + plain(text), nl=nl)


def complain(text: str) -> None:
    """Say what went wrong, where errors are read."""
    sys.stderr.write(plain(text) + "\n")


@contextmanager
def warned_in_sentences() -> Iterator[None]:
    """Show the library's own warnings as sentences; those of other packages are for programmers, and shown to them."""
    before = warnings.showwarning

    def show(message: Any, category: type[Warning], *rest: Any, **more: Any) -> None:
        if issubclass(category, IlpWarning):
            complain(str(message))
        elif os.environ.get("ILP_LAB_DEBUG"):
            before(message, category, *rest, **more)

    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = before


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")
