"""The link chart itself: two tables that belong together, never changed; each step gives a new chart."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.networks.chartstate import as_rows_left_out, by_reason, strictest_in
from ilp_lab.networks.codewriting import written
from ilp_lab.networks.merging import Merges

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LinkChart", "as_rows_left_out", "by_reason", "strictest_in", "the_chart"]


@dataclass(frozen=True, eq=False)
class LinkChart(Merges):
    """Entities and the links between them; made by :func:`ilp_lab.networks.chart`.

    A chart is never changed. ``filter``, ``keep``, ``neighbourhood``, ``expand``, ``hide``, ``show``, ``merge``,
    ``combine``, ``group``, ``add_note``, ``annotate``, ``place``, ``pin``, ``unpin`` and ``arrange`` each give a new
    one that remembers the step. ``previous`` is the chart before, ``undo(3)`` the one three steps ago, ``code()`` the
    steps as Python.

    Attributes
    ----------
    entities
        One row per entity: the columns of ``schema.ENTITIES``, then all others the table had.
    links
        One row per link: the columns of ``schema.LINKS``, then all others. The index numbers the links and stays
        with them through filters.
    handling
        The strictest handling code of the rows and tables.
    floor
        The handling code of the tables as a whole; no filter goes below it.
    left_out
        Reason → number of rows that are not on the chart.
    left_out_rows
        Those rows, with the columns ``table`` and ``reason``; ``None`` when there are none.
    derived
        How many entities only the links named.
    origin
        The files the tables came from, when known.
    remarks
        What was noticed on the way, such as identifiers that came as numbers and as text.
    hidden
        Entities that are not drawn; they count in every measure.
    groups
        ``entity_id`` → group; large charts are drawn by group first.
    notes, annotations
        What was written about entities and links, and frames around entities.
    positions
        Where entities stand (``x``, ``y``, ``pinned`` by ``entity_id``); ``None`` before the first ``arrange`` or
        ``place``. Views arrange what has no position and move nothing else.
    conflicts
        What merged entities or combined charts said differently: ``entity_id column kept other from``; or ``None``.
    steps
        In words, what was done on the way here.
    previous
        The chart before the last step, or ``None``.
    made
        The last step: its method, its arguments and its words.
    """

    def code(self, *, name: str = "chart") -> str:
        """Write the steps that made the chart as Python, to be read, kept and run again.

        Parameters
        ----------
        name
            What the chart is called in the program. The tables it was made from are called ``links`` and ``entities``
            (``chart.history[0]`` holds them); those of a chart that was combined with it ``links_2`` and
            ``entities_2``, and so on.

        Raises
        ------
        InputError
            When ``name`` cannot be a name in Python.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> links = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "kind": ["called", "paid"]})
        >>> print(chart(links).filter(kind="paid").hide("B").code())
        from ilp_lab import networks
        <BLANKLINE>
        # 2 links and 3 entities
        chart = networks.chart(links)
        chart = chart.filter(kind='paid')
        chart = chart.hide(entity_ids=['B'])
        <BLANKLINE>
        """
        faults = Check("LinkChart.code")
        if not str(name).isidentifier():
            faults.add(f"name must be a name as Python knows them, such as 'chart'; got {name!r}.")
        faults.done()
        return written(self, name=name)

    def __str__(self) -> str:
        said = tr("Link chart [{handling}]: {listing}, {listing_2}").format(
            handling=self.handling,
            listing=_listing(self.entities, "entities"),
            listing_2=_listing(self.links, "links"),
        )
        if self.derived:
            said += trn(
                "; {derived:,} entity was only named by links",
                "; {derived:,} entities were only named by links",
                self.derived,
            ).format(derived=self.derived)
        if self.self_links:
            said += trn(
                "; {self_links:,} link joins an entity with itself",
                "; {self_links:,} links join an entity with itself",
                self.self_links,
            ).format(self_links=self.self_links)
        if self.left_out:
            said += tr("; left out: ") + ", ".join(
                f"{count:,} {reason}" for reason, count in self.left_out.items()
            )
        if self.hidden:
            said += trn("; {n:,} entity is hidden", "; {n:,} entities are hidden", len(self.hidden)).format(
                n=len(self.hidden)
            )
        return " ".join([said + ".", *(f"{remark[:1].upper()}{remark[1:]}." for remark in self.remarks)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{row.table}</td><td>{escape(str(row.kind))}</td><td style='text-align:right'>{row.n:,}</td></tr>"
            for row in self.counts().itertuples()
        )
        return (
            f"<p>{escape(str(self))}</p><table><thead><tr><th>table</th><th>kind</th><th>n</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def the_chart(chart: object, faults: Check) -> None:
    """Refuse at once what is not a chart."""
    if not isinstance(chart, LinkChart):
        faults.add(f"chart must be a LinkChart made by networks.chart; got {type(chart).__name__}.")
        faults.done()


def _listing(frame: pd.DataFrame, noun: str) -> str:
    kinds = frame["kind"].value_counts()
    shown = ", ".join(f"{count:,} {kind}" for kind, count in kinds.head(6).items())
    more = tr(", {n} more").format(n=len(kinds) - 6) if len(kinds) > 6 else ""
    return f"{len(frame):,} {noun}" + (f" ({shown}{more})" if len(frame) else "")
