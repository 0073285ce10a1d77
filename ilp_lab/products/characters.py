"""Characters that a document can hold."""

from __future__ import annotations


def holdable(text: object) -> str:
    """Without the control characters and half characters that documents cannot hold.

    Examples
    --------
    >>> holdable("a" + chr(0) + "b")
    'a\ufffdb'
    """
    return "".join(mark if _holds(ord(mark)) else "\N{REPLACEMENT CHARACTER}" for mark in str(text))


def _holds(code: int) -> bool:
    return code in (9, 10) or (code >= 32 and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF))
