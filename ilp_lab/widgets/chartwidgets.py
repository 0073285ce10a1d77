"""The link chart under mouse and keyboard: everything done is a step of the chart, can be undone, and is told as Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr
from ilp_lab.networks.linkchart import LinkChart, the_chart
from ilp_lab.networks.measuring import measures
from ilp_lab.result import Result
from ilp_lab.safeguards.handling import handling_of, policy
from ilp_lab.views.assets import CHART_DRAWING
from ilp_lab.widgets.chartacts import act
from ilp_lab.widgets.chartdesk import MEASURED, Desk, desk_for
from ilp_lab.widgets.chartgiven import (
    chart_in,
    check_size,
    file_stem,
    mark_of,
    same_tables,
    value_of,
    weights,
    with_chart,
)
from ilp_lab.widgets.chartpanels import counted, panel, shortfall
from ilp_lab.widgets.chartpictures import Picture
from ilp_lab.widgets.chartwords import chart_words
from ilp_lab.widgets.datestrips import strip_of
from ilp_lab.widgets.mounting import Mounted
from ilp_lab.widgets.outgoing import free_name, permitted, the_case
from ilp_lab.widgets.selections import shared

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards import Case, Released
    from ilp_lab.widgets.parcels import Parcel
    from ilp_lab.widgets.selections import Selection

MEASURED_AT_ONCE = 20_000
_SUFFIXES = (".png", ".pdf", ".svg", ".html")


class LinkChartWidget(Mounted):
    """A link chart that is searched, filtered, expanded, noted and undone with a mouse or the keyboard.

    Every click is a step of the chart (``chart.hide``, ``chart.filter``, …), so ``widget.chart`` is at any time the chart
    as it is shown, and ``widget.code`` the lines of Python that lead there. The lines stand under the picture, ready to be
    pasted.

    Parameters
    ----------
    chart_or_result
        A link chart (``networks.chart``), or a result that holds one (``networks.measures``); then signs grow with its
        measure, which is taken anew whenever the chart changes.
    size_by
        ``"degree"``, ``"betweenness"``, ``"closeness"``, or a column of numbers of the entities. Victims, witnesses and
        other parties keep the smallest size and are drawn hollow, whatever is chosen.
    title
        Heading.
    names
        Whether labels are written; without them entities are known by their numbers.
    name
        What the chart is called in your program; the lines of Python use it.
    selection
        The choice of links it shares with other widgets (``widgets.Selection(chart.links)``); one of its own when left out.
    case
        The open case out of which the chart may be printed, through the release gate, into the folder of the case.
    height_px
        How high the picture is.

    Attributes
    ----------
    selection
        The links that are chosen; a click on an entity chooses all its links.
    selected
        Identifiers of the entities that are chosen.

    Raises
    ------
    InputError, ColumnError
        When there is no chart, it is larger than a drawing holds (120,000 entities, 1,000,000 links), or ``size_by`` is no
        measure and no column of numbers.

    Notes
    -----
    Layout is computed in Python, once. Charts of more than 5,000 entities, and contacts that only link to one hub of 200
    or more, are drawn by group first. The page receives the numbers as bytes and afterwards only what changed. Measures
    are taken anew by themselves up to 20,000 entities. Neither rows nor pictures are kept in the notebook file.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import networks
    >>> links = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "kind": ["called", "paid"]})
    >>> widget = LinkChartWidget(networks.chart(links))
    >>> widget.do({"do": "filter", "tests": {"kind": ["paid"]}})
    >>> print(widget.code)
    chart = chart.filter(kind=['paid'])
    >>> len(widget.chart.entities)
    2
    >>> widget.undo()
    >>> len(widget.chart.entities)
    3
    """

    kind: ClassVar[str] = "linkchart"
    libraries: ClassVar[tuple[str, ...]] = CHART_DRAWING
    scripts: ClassVar[tuple[str, ...]] = ("chartparts.js", "datestrip.js", "linkchart.js")
    styles: ClassVar[tuple[str, ...]] = ("widgets.css", "linkchart.css")
    selection: Selection | None = None

    def __init__(
        self,
        chart_or_result: LinkChart | Result,
        *,
        size_by: str | None = None,
        title: str | None = None,
        names: bool = True,
        name: str = "chart",
        selection: Selection | None = None,
        case: Case | None = None,
        height_px: int = 560,
    ) -> None:
        check = Check("widgets.LinkChartWidget")
        chart = chart_in(chart_or_result, check)
        result = chart_or_result if isinstance(chart_or_result, Result) else None
        size_by = size_by or (None if result is None else value_of(result))
        check_size(chart, size_by, check)
        check.whole(200, height_px=height_px)
        if not str(name).isidentifier():
            check.add(f"name must be a name as Python knows them, such as 'chart'; got {name!r}.")
        check.done()
        self._names, self._height, self.case = names, height_px, case
        self._title = title or tr("Link chart")
        self._desk = Desk(chart, chart, name=name, weights=weights(result), size_by=size_by)
        self._undone: list[Desk] = []
        self._sent: dict[str, str] = {}
        self._measured: tuple[LinkChart, pd.DataFrame | None] | None = None
        self.selected: tuple[str, ...] = ()
        self._begin()
        super().__init__(selection=shared(selection, chart.history[0].links, check))
        self.mount()

    @classmethod
    def words(cls) -> dict[str, str]:
        """What it says, in the language that is spoken now."""
        return chart_words()

    def _begin(self) -> None:
        self._picture = Picture(self._desk.first, names=self._names)
        self._strip, self._kinds = strip_of(self._desk.first.links), counted(self._desk.first)

    # What programs use

    @property
    def chart(self) -> LinkChart:
        """The chart as it is shown; set it to show another one, which can be undone."""
        return self._desk.chart

    @chart.setter
    def chart(self, chart: LinkChart) -> None:
        the_chart(chart, Check("widgets.LinkChartWidget.chart"))
        self._turn(desk_for(chart, self._desk))

    @property
    def code(self) -> str:
        """The lines of Python that lead from the chart that was given to the present one."""
        return self._desk.code

    @property
    def line(self) -> str:
        """What was done last, as Python."""
        return self._desk.line

    @property
    def way(self) -> tuple[str, ...]:
        """Identifiers along the way that was asked for last; empty when there is none."""
        return () if self._desk.way is None else self._desk.way.entity_ids

    @property
    def measures(self) -> pd.DataFrame | None:
        """Measures of the present chart; ``None`` unless signs grow with one."""
        return self._measures(again=False)

    def do(self, message: Mapping[str, Any]) -> None:
        """Do what a click does: ``do`` names the act, as the page sends it.

        Raises
        ------
        InputError
            When the act does not fit the chart.
        """
        before = self._desk
        if message.get("do") == "size":
            check_size(before.chart, message.get("column"), Check("widgets.LinkChartWidget"), now=True)
            self._measured = None
        self._turn(act(before, self._picture, message), asked=message.get("do") == "size")

    def show(self, chart: LinkChart, *, size_by: str | None = None) -> None:
        """Show another chart, its signs growing with a measure or column; one act, which can be undone.

        Raises
        ------
        InputError, ColumnError
            When it is no chart, or ``size_by`` is neither a measure nor a column of numbers.
        """
        check = Check("widgets.LinkChartWidget.show")
        the_chart(chart, check)
        check_size(chart, size_by, check, now=True)
        self._turn(replace(desk_for(chart, self._desk), size_by=size_by))

    def undo(self) -> None:
        """Go back one act; does nothing when there is none."""
        if self._desk.before is None:
            return
        undone = self._desk
        self._turn(self._desk.before, undone=[*self._undone, undone])

    def redo(self) -> None:
        """Do again what was undone last; does nothing when there is none."""
        if self._undone:
            *rest, again = self._undone
            self._turn(again, undone=rest)

    def release(
        self, path: str | Path, *, case: Case | None = None, authority: str | None = None, reason: str = ""
    ) -> Released:
        """Write the chart out of the case, as a picture (``.png``, ``.pdf``, ``.svg``) or a page (``.html``).

        Parameters
        ----------
        path
            Where to.
        case
            The open case; the one the widget was given when left out.
        authority, reason
            As in :func:`ilp_lab.safeguards.release_bytes`.

        Raises
        ------
        InputError
            When the name ends in something else.
        NoCaseError, HandlingError, AuditError, WriteError
            As :func:`ilp_lab.safeguards.release_bytes`.
        """
        from ilp_lab.safeguards import release_bytes

        check = Check("widgets.LinkChartWidget.release")
        ending = Path(path).suffix.lower()
        check.choice(ending=ending, allowed=list(_SUFFIXES))
        check.done()
        out_of = the_case(self.case if case is None else case, "LinkChartWidget")
        return release_bytes(
            out_of,
            path,
            self._drawn(ending[1:], out_of),
            what=self._title,
            inputs=[self.chart],
            authority=authority,
            reason=reason,
        )

    def picture(self, kind: str = "png") -> bytes:
        """The chart as it stands, as a figure for print (``"png"``, ``"pdf"``, ``"svg"``) or a page (``"html"``).

        Exploring passes no gate; what leaves a case goes through :meth:`release`.
        """
        check = Check("widgets.LinkChartWidget.picture")
        check.choice(kind=kind, allowed=[ending[1:] for ending in _SUFFIXES])
        check.done()
        return self._drawn(kind, self.case)

    def _drawn(self, kind: str, case: Case | None) -> bytes:
        """The picture, under the handling code of the chart and its case, whichever is stricter."""
        from ilp_lab import views

        shown, size_by = self._standing(handling_of(self.chart.handling, case))
        if kind == "html":
            return views.linkchart_page(
                shown, size_by=size_by, title=self._title, names=self._names
            ).html.encode()
        figure = views.linkchart_figure(shown, size_by=size_by, title=self._title, names=self._names)
        return {"png": views.png, "pdf": views.pdf, "svg": views.svg}[kind](figure)

    def _standing(self, handling: str) -> tuple[LinkChart | Result, str | None]:
        """The present chart with everything standing where it is shown, with its measures, and what signs grow with."""
        chart = replace(self.chart, handling=handling)
        there = self._picture.standing.reindex(chart.entities["entity_id"])
        placed = chart.place(there.rename_axis("entity_id").reset_index()) if len(chart.entities) else chart
        size_by = self._desk.size_by
        if size_by not in MEASURED:
            return placed, size_by
        if self._measures(again=False) is None:
            return placed, None
        return with_chart(measures(chart, redraws=0, **self._desk.weights), placed), size_by

    # What the page asks

    def ask_act(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Somebody did something on the page."""
        try:
            self.do(message)
        finally:
            self.tell("done", {"number": message.get("number")}, once=True)

    def ask_undo(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Somebody undid the last act."""
        self.undo()
        self.tell("done", {"number": message.get("number")}, once=True)

    def ask_redo(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Somebody did again what was undone."""
        self.redo()
        self.tell("done", {"number": message.get("number")}, once=True)

    def ask_chosen(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Somebody chose entities."""
        rows = message.get("rows")
        size = len(self._picture.ids)
        good = (
            [row for row in rows if isinstance(row, int) and 0 <= row < size]
            if isinstance(rows, list)
            else []
        )
        self.selected = tuple(str(self._picture.ids[row]) for row in good)

    def ask_print(self, message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """Print to the folder of the case."""
        form = str(message.get("form"))
        try:
            case = the_case(self.case, "LinkChartWidget")
            written = self.release(free_name(case, file_stem(self._title), form), **permitted(message))
            self.say(tr("Printed: {path} ({handling})").format(path=written.path, handling=written.handling))
        finally:
            self.tell("done", {"number": message.get("number")}, once=True)

    # What the page is told

    def data(self) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        """Head, chart and everything that can change."""
        yield "head", self._head(), None
        yield self._picture.everything()
        self._sent.clear()
        for about, content, parcel in self._changing(again=False):
            self._sent[about] = mark_of(content, parcel)
            yield about, content, parcel

    def _turn(self, desk: Desk, *, undone: list[Desk] | None = None, asked: bool = False) -> None:
        """Another desk: tell the page what is different, and nothing else."""
        before = self._desk
        self._desk = desk
        try:
            fresh = not self._picture.holds(desk.chart)
            if fresh:
                self._picture = Picture(desk.chart, names=self._names, standing=self._picture.standing)
            if desk.first is not before.first:
                self._strip, self._kinds = strip_of(desk.first.links), counted(desk.first)
            told = list(self._changing(again=asked, undone=undone))
        except Exception:
            self._desk = before
            raise
        self._undone = undone or []
        if fresh:
            self.tell(*self._picture.everything())
            self._sent.clear()
        for about, content, parcel in told:
            mark = mark_of(content, parcel)
            if self._sent.get(about) != mark:
                self._sent[about] = mark
                self.tell(about, content, parcel)

    def _changing(
        self, *, again: bool, undone: list[Desk] | None = None
    ) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        measured = self._measures(again=again)
        yield from self._picture.changing(self._desk, measured)
        content = panel(
            self._desk, self._strip, self._kinds, undone=len(self._undone if undone is None else undone)
        )
        wanted = self._desk.size_by in MEASURED
        if wanted and (short := shortfall(measured is not None, len(self.chart.entities), MEASURED_AT_ONCE)):
            content["said"] += f" {short}"
        yield "panel", content, None

    def _measures(self, *, again: bool) -> pd.DataFrame | None:
        """Measures of the present chart, taken anew when it changed and is not too large, or when asked for."""
        chart = self._desk.chart
        if self._desk.size_by not in MEASURED or not len(chart.entities):
            return None
        if self._measured is not None and same_tables(self._measured[0], chart):
            return self._measured[1]
        if len(chart.entities) > MEASURED_AT_ONCE and not again:
            return None
        table = measures(chart, redraws=0, **self._desk.weights).table
        self._measured = (chart, table)
        return table

    def _head(self) -> dict[str, Any]:
        code = policy()[handling_of(self.chart.handling)]
        drawn = self._picture.drawn
        assert self.selection is not None  # noqa: S101  (a chart always has one)
        return {
            "title": self._title,
            "label": self._title,
            "handling": f"{code.code}  {looked_up(code.meaning)}",
            "height": self._height,
            "judged": drawn.links.judged,
            "hollow": bool(drawn.hollow.any()),
            "source": drawn.source,
            "prints": self.case is not None,
            "choice": {"key": self.selection.key, "size": len(self.selection.table)},
        }
