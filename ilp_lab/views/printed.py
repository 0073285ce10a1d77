"""The figure that printing functions hand back: a matplotlib figure that shows itself in a notebook, with its words."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ilp_lab._spoken import speak, spoken
from ilp_lab.views.page import safe_text


class PrintedFigure(Figure):
    """A matplotlib figure outside any session.

    Attributes
    ----------
    alternative
        What it shows, for readers who cannot see it.
    language
        The one it was begun in; numbers along its axes are written the way of it whenever it is drawn.
    """

    alternative = ""
    language = "en"

    def draw(self, renderer: Any) -> None:
        """Draw it in its own language."""
        with speak(self.language):
            super().draw(renderer)

    def _repr_html_(self) -> str:
        """Show it in a notebook, with its alternative text; plain figures show only once pyplot was loaded."""
        from ilp_lab.views.drawing import png

        picture = b64encode(png(self)).decode()
        return f'<img alt="{safe_text(self.alternative)}" style="max-width:100%;width:{self.get_figwidth():.1f}in" src="data:image/png;base64,{picture}">'


def empty(width: float, height: float, dpi: int) -> PrintedFigure:
    """An empty figure of so many inches."""
    figure = PrintedFigure(figsize=(width, height), dpi=dpi, facecolor="white")
    figure.language = spoken()
    FigureCanvasAgg(figure)
    return figure
