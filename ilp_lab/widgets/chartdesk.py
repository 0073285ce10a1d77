"""What lies on the desk of a link chart widget: the chart as it is now, how it came to be, and the way back.

A desk is never changed. Every act gives the next desk, whose chart was made by steps of :class:`ilp_lab.networks.LinkChart`
only; so whatever is done with a mouse can be written as Python, and undoing is going back to the desk before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ilp_lab._tongue import tr, trn
from ilp_lab.networks.chartstate import Step
from ilp_lab.networks.codewriting import line_of
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.networks.routing import routes

MEASURED = ("degree", "betweenness", "closeness")
TESTS = ("kind", "source_grade", "information_grade", "certainty_at_least", "since", "until")


@dataclass(frozen=True, slots=True)
class Way:
    """A way between two entities: who lies on it, and what joins them step by step."""

    source: str
    target: str
    entity_ids: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Desk:
    """The present chart and how it came to be.

    Attributes
    ----------
    first
        The chart that was given.
    chart
        The chart as it is now.
    weights
        How measures are taken: ``strength``, ``distance``, ``directed`` of ``networks.measures``.
    tests
        What is filtered by now: arguments of ``LinkChart.filter``.
    sifted
        The step that filters, when there is one.
    size_by
        Which measure or column the signs grow with.
    way
        The way that was asked for last.
    line
        What was done last, as Python.
    said
        The same in words.
    before
        The desk before, or ``None``.
    """

    first: LinkChart
    chart: LinkChart
    name: str = "chart"
    weights: Mapping[str, Any] = field(default_factory=dict)
    tests: Mapping[str, Any] = field(default_factory=dict)
    sifted: Step | None = None
    size_by: str | None = None
    way: Way | None = None
    line: str = ""
    said: str = ""
    before: Desk | None = field(default=None, repr=False)

    def step(self, method: str, **arguments: Any) -> Desk:
        """The next desk: one step of the chart further."""
        given = {name: value for name, value in arguments.items() if value is not None}
        chart = getattr(self.chart, method)(**given)
        return self._next(
            chart=chart,
            way=self.way if self.way and _all_there(chart, self.way.entity_ids) else None,
            line=_line(chart, self.name),
            said=chart.steps[-1],
        )

    def filter(self, tests: Mapping[str, Any]) -> Desk:
        """The next desk: other tests instead of those that were there.

        The steps since the first chart are gone through again without the filter; it comes last. So ticking something off and
        on again leaves no trace, and one line of Python says what is filtered.
        """
        wanted = {name: tests[name] for name in TESTS if tests.get(name) is not None}
        chart, sifted = self._without_filter(), None
        if wanted:
            chart = chart.filter(**{name: self._on(chart, name, value) for name, value in wanted.items()})
            sifted = chart.made
        said = chart.steps[-1] if wanted else tr("nothing is filtered")
        line = _line(chart, self.name) if wanted else f"# {tr('nothing is filtered')}"
        return self._next(chart=chart, tests=wanted, sifted=sifted, way=None, line=line, said=said)

    def _on(self, chart: LinkChart, name: str, value: Any) -> Any:
        """Kinds and grades that the smaller chart still has; those that the first one never had are a fault."""
        if name not in ("kind", "source_grade", "information_grade") or not isinstance(value, list | tuple):
            return value
        gone = set(self.first.links[name].dropna()) - set(chart.links[name].dropna())
        return [one for one in value if one not in gone]

    def _without_filter(self) -> LinkChart:
        if self.sifted is None:
            return self.chart
        chart = self.first
        for made in self.steps:
            if made is not self.sifted:
                chart = getattr(chart, made.method)(**made.arguments)
        return chart

    def find_way(self, source: str, target: str) -> Desk:
        """The next desk: with a way of the fewest steps between two entities."""
        found = routes(self.chart, source, target, k=1)
        line = f"networks.routes({self.name}, {source!r}, {target!r}, k=1)"
        if found.empty:
            said = tr("There is no way between {source} and {target}.").format(source=source, target=target)
            return self._next(way=None, line=line, said=said)
        ids = (*found["source"].astype(str), str(found["target"].iloc[-1]))
        words = tuple(
            f"{row.source} – {row.target}: {row.kinds} ({row.links})" for row in found.itertuples(index=False)
        )
        hidden = [name for name in ids if name in self.chart.hidden]
        said = trn(
            "{steps} step from {source} to {target}", "{steps} steps from {source} to {target}", len(found)
        ).format(steps=len(found), source=source, target=target)
        if hidden:
            said += "; " + tr("it leads through hidden entities: {names}").format(names=", ".join(hidden))
        return self._next(way=Way(source, target, ids, words), line=line, said=said)

    def size(self, column: str | None) -> Desk:
        """The next desk: signs that grow with another measure or column."""
        if column is None:
            return self._next(
                size_by=None, line=f"# {tr('all signs of one size')}", said=tr("all signs of one size")
            )
        said = tr("signs grow with {column}").format(column=column.replace("_", " "))
        line = self._measuring() if column in MEASURED else f"{self.name}.entities[{column!r}]"
        return self._next(size_by=column, line=line, said=said)

    def _next(self, **changes: Any) -> Desk:
        return replace(self, **changes, before=self)

    def _measuring(self) -> str:
        options = "".join(f", {name}={value!r}" for name, value in self.weights.items())
        return f"measures = networks.measures({self.name}{options}, redraws=0)"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps from the first chart to this one."""
        made = []
        chart = self.chart
        while chart is not self.first and chart.previous is not None and chart.made is not None:
            made.append(chart.made)
            chart = chart.previous
        return tuple(reversed(made))

    @property
    def code(self) -> str:
        """Everything that was done and still holds, as Python; run after the first chart it gives the present one."""
        lines = [line_of(made.method, made.arguments, name=self.name) for made in self.steps]
        asked = []
        if self.size_by in MEASURED and len(self.chart.entities):
            asked.append(self._measuring())
        if self.way is not None:
            asked.append(f"networks.routes({self.name}, {self.way.source!r}, {self.way.target!r}, k=1)")
        return "\n".join(["from ilp_lab import networks", *lines, *asked] if asked else lines)


def desk_for(chart: LinkChart, desk: Desk) -> Desk:
    """The next desk when the program itself sets another chart."""
    if any(one is desk.first for one in chart.history):
        kept = desk.sifted is not None and any(one.made is desk.sifted for one in chart.history)
        there = replace(
            desk, chart=chart, tests=desk.tests if kept else {}, sifted=desk.sifted if kept else None
        )
    else:
        there = replace(desk, first=chart, chart=chart, tests={}, sifted=None)
    words = tr("another chart was set")
    return replace(there, way=None, line=f"# {words}", said=words, before=desk)


def _all_there(chart: LinkChart, names: Iterable[str]) -> bool:
    return set(names) <= set(chart.entities["entity_id"])


def _line(chart: LinkChart, name: str) -> str:
    made = chart.made
    return "" if made is None else line_of(made.method, made.arguments, name=name)
