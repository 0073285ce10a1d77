"""The figure of a result that found nothing: a negative finding is told like any other."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ilp_lab._tongue import tr
from ilp_lab.views.curves import source_line
from ilp_lab.views.drawing import INK, SOFT, finish, sheet, writable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_AT_MOST = 4


def nothing_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw a result whose table has no rows: that nothing was found, and what the findings say.

    Parameters
    ----------
    result
        Any result without rows.
    title
        Another heading.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.result import Result
    >>> empty = Result("demo", "Bursts", pd.DataFrame({"n": []}), "counted", ("No burst.",))
    >>> [text.get_text() for text in nothing_figure(empty).texts][:2]
    ['Nothing was found.', 'No burst.']
    """
    said = [writable(sentence, 400) for sentence in result.findings[:_AT_MOST]]
    lines = ["\n".join(textwrap.wrap(sentence, 95)) for sentence in said]
    high = 2.4 + 0.24 * sum(one.count("\n") + 2 for one in lines)
    figure = sheet(9.6, high)
    at = 1 - 0.95 / high
    figure.text(0.06, at, tr("Nothing was found."), size=12, weight="bold", color=SOFT, va="top")
    at -= 0.42 / high
    for one in lines:
        figure.text(0.06, at, one, size=10, color=INK, va="top", linespacing=1.35)
        at -= (0.22 * (one.count("\n") + 1) + 0.12) / high
    return finish(
        figure,
        title=title or result.title,
        caption=next(iter(result.caveats), ""),
        handling=result.handling,
        alternative=" ".join((f"{result.title}.", tr("Nothing was found."), *result.findings[:2])),
        source=source_line(result),
    )
