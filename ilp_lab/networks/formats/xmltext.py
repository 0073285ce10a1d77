"""XML in and out: nothing outside the file is ever opened, and what is written reads back letter for letter."""

from __future__ import annotations

from typing import Any

from ilp_lab.errors import ReadError

DEEPEST = 200
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)
OURS = "urn:ilp-lab:chart"


def escaped(text: str) -> str:
    """A text as it may stand in an element or an attribute."""
    return text.translate(_ESCAPES)


def tag(name: str, /, *children: str, **attributes: str | None) -> str:
    """An element; attributes that are ``None`` stay out, and ``__`` in their names becomes a colon, ``_`` a point.

    Examples
    --------
    >>> tag("key", attr_name="a<b", x=None)
    '<key attr.name="a&lt;b"/>'
    """
    said = "".join(
        f' {key.replace("__", ":").replace("_", ".")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(children)}</{name}>" if children else f"<{name}{said}/>"


def parsed(content: bytes, name: str, caller: str) -> Any:
    """The root element of an XML file; entities, external ones above all, are refused.

    Raises
    ------
    ReadError
        When it is no XML, declares entities, or is nested deeper than any chart.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = ElementTree.fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise ReadError(
            f"{caller}: {name} declares entities, which can pull in other files or swell without end; it was not read. "
            "No chart needs them: export it again."
        ) from error
    except (ParseError, ValueError, RecursionError, LookupError) as error:
        raise ReadError(
            f"{caller}: {name} is not a whole XML file ({str(error)[:120]}). Export it again."
        ) from error
    level, deep = [root], 0
    while level:
        deep += 1
        if deep > DEEPEST:
            raise ReadError(
                f"{caller}: {name} is nested deeper than {DEEPEST} levels, which no chart is; it was not read."
            )
        level = [child for one in level for child in one]
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rsplit("}", 1)[-1]
