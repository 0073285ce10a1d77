"""What a link chart widget shows: everything there is to draw once, then only what changed.

The page receives entities and links once. From then on it is told which of them are on the chart, where they stand and how
large they are; every such message says the whole of its matter, so a page that opens later needs only the last of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr_later
from ilp_lab.networks.rankable import unranked
from ilp_lab.views.chartgroups import Groups, groups_of
from ilp_lab.views.charting import BASE, Chart, chart_of, discs_where
from ilp_lab.views.linkcharts import chart_data, group_data
from ilp_lab.views.linkfacts import packed
from ilp_lab.views.symbols import sizes
from ilp_lab.widgets.parcels import Parcel, bits

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.linkchart import LinkChart
    from ilp_lab.widgets.chartdesk import Desk

HIDDEN, PINNED, AWAY = 2, 4, 8
_LARGEST_NAMED = 8
_FARTHEST = 1e7
_WORDED = {
    "degree": (tr_later("Neighbours"), tr_later("Neighbours, rank")),
    "betweenness": (tr_later("Betweenness"), tr_later("Betweenness, rank")),
    "closeness": (tr_later("Closeness"), tr_later("Closeness, rank")),
}

if TYPE_CHECKING:
    Whole = NDArray[np.int64]
    Message = tuple[str, dict[str, Any], Parcel]


class Picture:
    """Everything that is drawn of a chart and of its smaller parts.

    Parameters
    ----------
    chart
        The largest chart that is to be shown.
    names
        Whether labels are written.
    standing
        Where entities stand already (x, y by identifier).
    """

    def __init__(self, chart: LinkChart, *, names: bool, standing: pd.DataFrame | None = None) -> None:
        import pandas as pd

        self.chart = chart
        self.drawn: Chart = chart_of(
            chart,
            size_by=None,
            title="",
            names=names,
            standing=standing,
            check=Check("widgets.LinkChartWidget"),
        )
        self.ids = pd.Index(self.drawn.ids)
        self.numbers = pd.Index(self.drawn.links.rows)
        self.xy = self.drawn.xy
        self._found: list[tuple[Any, Any, tuple[Whole, Whole]]] = []
        self._put = _joined(chart)
        self._hollow = self.drawn.hollow.astype(np.uint8)
        self._grouped: Mapping[str, str] = chart.groups
        self.groups: Groups = self.drawn.groups
        self.discs = self.drawn.discs

    def holds(self, chart: LinkChart) -> bool:
        """Whether a chart is a part of what is drawn; otherwise a new picture is needed."""
        if _joined(chart) != self._put:
            return False
        there, links = self._where(chart)
        return bool((there >= 0).all() and (links >= 0).all())

    def _where(self, chart: LinkChart) -> tuple[Whole, Whole]:
        """Rows of the entities and links of a chart; kept for the last two, as most steps leave the tables alone."""
        import pandas as pd

        for entities, links, found in self._found:
            if entities is chart.entities and links is chart.links:
                return found
        found = (
            self.ids.get_indexer(pd.Index(chart.entities["entity_id"].to_numpy(dtype=object))).astype(
                np.int64
            ),
            self.numbers.get_indexer(chart.links.index).astype(np.int64),
        )
        self._found = [(chart.entities, chart.links, found), *self._found[:1]]
        return found

    @property
    def standing(self) -> pd.DataFrame:
        """Where everything stands, for the next picture."""
        import pandas as pd

        return pd.DataFrame(self.xy, columns=["x", "y"], index=self.ids)

    def everything(self) -> Message:
        """Entities, links, facts."""
        parcel = Parcel()
        facts = self.drawn.facts.drop(columns="Links")  # how many there are changes with every filter
        data = chart_data(replace(self.drawn, facts=facts), pack=parcel.add)
        return "chart", {"data": data}, parcel

    def changing(self, desk: Desk, measured: pd.DataFrame | None) -> Iterator[Message]:
        """What a step may change, matter by matter."""
        yield self._present(desk.chart)
        yield self._places(desk.chart)
        yield self._groups(desk.chart)
        yield self._sizes(desk, measured)
        yield self._remarks(desk)

    def rows(self, names: Any) -> Whole:
        """Rows of entities in the picture."""
        import pandas as pd

        found = self.ids.get_indexer(pd.Index(list(names), dtype=object))
        return np.asarray(found[found >= 0], dtype=np.int64)

    def _present(self, chart: LinkChart) -> Message:
        flags = self._hollow | AWAY
        there, links = self._where(chart)
        flags[there] &= ~np.uint8(AWAY)
        flags[self.rows(chart.hidden)] |= HIDDEN
        if chart.positions is not None:
            pinned = chart.positions.index[chart.positions["pinned"].eq(other=True)]
            flags[self.rows(pinned)] |= PINNED
        away = np.ones(len(self.numbers), dtype=bool)
        away[links] = False
        parcel = Parcel()
        content: dict[str, Any] = {"flags": parcel.add(flags, "u1")}
        if away.any():
            content["away"] = parcel.add(np.frombuffer(bits(away), dtype=np.uint8), "u1")
        return "present", content, parcel

    def _places(self, chart: LinkChart) -> Message:
        self.xy = self.drawn.xy
        if chart.positions is not None:
            at = chart.positions[["x", "y"]].reindex(self.ids).to_numpy(dtype=np.float64)
            self.xy = np.where(np.isfinite(at), at, self.xy)
        moved = np.flatnonzero((self.xy != self.drawn.xy).any(axis=1))
        parcel = Parcel()
        content = {
            "rows": parcel.add(moved, "i4"),
            "xy": parcel.add(np.clip(self.xy[moved].ravel(), -_FARTHEST, _FARTHEST), "f4"),
        }
        return "places", content, parcel

    def _groups(self, chart: LinkChart) -> Message:
        if dict(chart.groups) != dict(self._grouped):
            self._grouped = chart.groups
            links = self.drawn.links
            self.groups = groups_of(
                self.drawn.ids,
                self.drawn.labels,
                links.source,
                links.target,
                given=chart.groups,
                ranked=~self.drawn.hollow,
            )
            self.discs = (
                discs_where(self.xy, self.groups, links.source, links.target)
                if len(self.groups)
                else (np.empty((0, 2)), np.empty(0))
            )
        parcel = Parcel()
        return "groups", {"groups": group_data(self.groups, self.discs, pack=parcel.add)}, parcel

    def _sizes(self, desk: Desk, measured: pd.DataFrame | None) -> Message:
        import pandas as pd

        values = np.full(len(self.ids), np.nan)
        facts: list[dict[str, Any]] = []
        parcel = Parcel()
        column = desk.size_by
        there, _ = self._where(desk.chart)
        ranked = np.zeros(len(self.ids), dtype=bool)
        if column is not None:
            ranked[there] = unranked(desk.chart).isna().to_numpy()
        if measured is not None:
            table = measured.set_index("entity_id").reindex(self.ids).reset_index(drop=True)
            facts = packed(_told(table), pack=parcel.add)
            if column in table:
                values = table[column].to_numpy(dtype=np.float64, na_value=np.nan)
        elif column is not None and column in desk.chart.entities:
            number = pd.to_numeric(desk.chart.entities[column], errors="coerce").to_numpy(
                dtype=np.float64, na_value=np.nan
            )
            values[there] = number
        size = sizes(values, ranked, BASE)
        larger = np.flatnonzero(size > BASE)
        leading = larger[np.argsort(-size[larger], kind="stable")][:_LARGEST_NAMED]
        return (
            "sizes",
            {"size": parcel.add(np.rint(size * 8), "u1"), "facts": facts, "leading": leading.tolist()},
            parcel,
        )

    def _remarks(self, desk: Desk) -> Message:
        place = {number: at for at, number in enumerate(self.numbers.tolist())} if desk.chart.notes else {}
        notes = []
        for note in desk.chart.notes:
            at = self.rows([] if note.entity_id is None else [note.entity_id])
            row = int(at[0]) if len(at) else -1
            notes.append([note.text, row, -1 if note.link is None else place.get(note.link, -1)])
        frames = [
            {"text": one.text, "rows": self.rows(one.entity_ids).tolist()} for one in desk.chart.annotations
        ]
        way = None if desk.way is None else self.rows(desk.way.entity_ids).tolist()
        return "remarks", {"notes": notes, "frames": frames, "way": way}, Parcel()


def _joined(chart: LinkChart) -> tuple[int, ...]:
    """The steps that changed what entities and links are, not only which of them are shown."""
    found = []
    one: LinkChart | None = chart
    while one is not None:
        if one.made is not None and one.made.method in ("merge", "combine"):
            found.append(id(one.made))
        one = one.previous
    return tuple(found)


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Measures in words: the value, and the rank among those that are ranked."""
    import pandas as pd

    told: dict[str, Any] = {}
    for name, (word, ranked) in _WORDED.items():
        if name not in table:
            continue
        value = pd.to_numeric(table[name], errors="coerce").astype("Float64")
        rank = table.get(f"{name}_rank")
        told[word] = value
        if rank is not None:
            told[ranked] = rank
    return pd.DataFrame(told, index=range(len(table)))
