"""The link chart itself: two tables that belong together, never changed, filtered into new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import HandlingError
from ilp_lab.safeguards.handling import policy

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LinkChart:
    """Entities and the links between them; made by :func:`ilp_lab.networks.chart`.

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
    steps
        In words, what was filtered on the way here.
    """

    entities: pd.DataFrame
    links: pd.DataFrame
    handling: str = "H0"
    floor: str = "H0"
    left_out: Mapping[str, int] = field(default_factory=dict)
    left_out_rows: pd.DataFrame | None = None
    derived: int = 0
    origin: str = ""
    steps: tuple[str, ...] = ()

    @property
    def self_links(self) -> int:
        """How many links join an entity with itself; they stay on the chart and count in no measure."""
        return int((self.links["source"] == self.links["target"]).sum())

    def counts(self) -> pd.DataFrame:
        """How many entities and links there are of each kind (columns ``table``, ``kind``, ``n``)."""
        import pandas as pd

        parts = [
            frame["kind"].value_counts().rename_axis("kind").rename("n").reset_index().assign(table=name)
            for name, frame in (("entities", self.entities), ("links", self.links))
        ]
        return pd.concat(parts, ignore_index=True)[["table", "kind", "n"]]

    def filter(
        self,
        *,
        kind: str | Sequence[str] | None = None,
        since: Any = None,
        until: Any = None,
        source_grade: str | Sequence[str] | None = None,
        information_grade: str | int | Sequence[str | int] | None = None,
        handling_at_most: str | None = None,
        keep_unlinked: bool = False,
    ) -> LinkChart:
        """Return the chart of those links that pass every test given.

        Parameters
        ----------
        kind
            Kinds of link to keep.
        since, until
            Keep links that held at some time in ``[since, until)``; a link without an end holds at its start only.
            A time without a zone is read in the zone of the chart.
        source_grade, information_grade
            Grades to keep, such as ``("A", "B")``.
        handling_at_most
            Keep entities and links whose handling code is no stricter.
        keep_unlinked
            Whether entities stay that no link is left of.

        Returns
        -------
        LinkChart
            A new chart. What was filtered out, or cannot be tested for want of a date or grade, is counted in
            ``left_out`` and stands in ``left_out_rows``.

        Raises
        ------
        InputError
            When no link has such a kind or grade, or a time cannot be read.
        HandlingError
            When the tables as a whole carry a stricter code than ``handling_at_most``.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> links = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "kind": ["called", "paid"]})
        >>> len(chart(links).filter(kind="paid").entities)
        2
        """
        import numpy as np

        faults = Check("LinkChart.filter")
        tests: dict[str, pd.Series] = {}
        for name, wanted in (
            ("kind", kind),
            ("source_grade", source_grade),
            ("information_grade", information_grade),
        ):
            if wanted is not None:
                tests.update(_one_of(self.links[name], wanted, name, faults))
        tests.update(_in_time(self.links, since, until, faults))
        faults.done()
        barred = self._stricter_than(handling_at_most, tests)
        kept = np.ones(len(self.links), dtype=bool)
        lost: list[pd.DataFrame] = []
        for reason, passed in tests.items():
            new = kept & ~passed.to_numpy()
            lost.append(self.links[new].assign(reason=reason))
            kept &= passed.to_numpy()
        links = self.links[kept]
        entities = self.entities[~barred]
        things = [self.entities[barred].assign(reason=f"entity stricter than {handling_at_most}")]
        if not keep_unlinked:
            linked = entities["entity_id"].isin(set(links["source"]) | set(links["target"]))
            things.append(entities[~linked].assign(reason="entity without a link after filtering"))
            entities = entities[linked]
        return self._smaller(entities, links, lost, things, "filtered: " + "; ".join(tests))

    def neighbourhood(self, entity_id: str, *, steps: int = 1) -> LinkChart:
        """Return the chart of an entity and everything within so many steps of it.

        Parameters
        ----------
        entity_id
            The entity in the middle.
        steps
            How many links away, whatever their direction; a whole number of at least 1.

        Raises
        ------
        InputError
            When the chart has no such entity.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> path = chart(pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"]}))
        >>> sorted(path.neighbourhood("A", steps=2).entities["entity_id"])
        ['A', 'B', 'C']
        """
        faults = Check("LinkChart.neighbourhood")
        faults.whole(1, steps=steps)
        known = set(self.entities["entity_id"])
        if str(entity_id) not in known:
            faults.add(f"the chart has no entity {entity_id!r}; it has {len(known):,}, see chart.entities.")
        faults.done()
        reached = {str(entity_id)}
        source, target = self.links["source"], self.links["target"]
        for _ in range(int(steps)):
            touched = source.isin(reached) | target.isin(reached)
            wider = reached | set(source[touched]) | set(target[touched])
            if wider == reached:
                break
            reached = wider
        inside = source.isin(reached) & target.isin(reached)
        within = self.entities["entity_id"].isin(reached)
        reason = f"further than {steps} steps from {entity_id}"
        return self._smaller(
            self.entities[within],
            self.links[inside],
            [self.links[~inside].assign(reason=reason)],
            [self.entities[~within].assign(reason=reason)],
            f"within {steps} steps of {entity_id}",
        )

    def _stricter_than(self, limit: str | None, tests: dict[str, pd.Series]) -> pd.Series:
        """Which entities are stricter than ``limit``; adds the tests of links."""
        import pandas as pd

        if limit is None:
            return pd.Series(data=False, index=self.entities.index)
        codes = [code.code for code in policy().codes]
        allowed = codes[: codes.index(policy().check(limit)) + 1]
        if self.floor not in allowed:
            raise HandlingError(
                f"LinkChart.filter: the tables as a whole are marked {self.floor}, so no part of them is {limit} or less."
            )
        barred = ~(self.entities["handling"].isna() | self.entities["handling"].isin(allowed))
        names = self.entities.loc[barred, "entity_id"]
        tests[f"link stricter than {limit}"] = self.links["handling"].isna() | self.links["handling"].isin(
            allowed
        )
        tests[f"link of an entity stricter than {limit}"] = ~(
            self.links["source"].isin(names) | self.links["target"].isin(names)
        )
        return barred

    def _smaller(
        self,
        entities: pd.DataFrame,
        links: pd.DataFrame,
        lost_links: Sequence[pd.DataFrame],
        lost_entities: Sequence[pd.DataFrame],
        step: str,
    ) -> LinkChart:
        import pandas as pd

        rows = as_rows_left_out(pd.concat(lost_links) if lost_links else None, pd.concat(lost_entities))
        before = [] if self.left_out_rows is None else [self.left_out_rows]
        everything = pd.concat([*before, rows], ignore_index=True) if rows is not None else self.left_out_rows
        return replace(
            self,
            entities=entities,
            links=links,
            handling=policy().strictest([self.floor, *strictest_in(entities, links)]),
            left_out=by_reason(everything),
            left_out_rows=everything,
            derived=int(entities["kind"].eq("unknown").sum()) if self.derived else 0,
            steps=(*self.steps, step),
        )

    def __str__(self) -> str:
        said = f"Link chart [{self.handling}]: {_listing(self.entities, 'entities')}, {_listing(self.links, 'links')}"
        if self.derived:
            said += f"; {self.derived:,} entities were only named by links"
        if self.self_links:
            said += f"; {self.self_links:,} links join an entity with itself"
        if self.left_out:
            said += "; left out: " + ", ".join(
                f"{count:,} {reason}" for reason, count in self.left_out.items()
            )
        return said + "."

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


def strictest_in(*frames: pd.DataFrame) -> list[str]:
    """Handling codes that stand in the rows of the tables."""
    return [str(code) for frame in frames for code in frame["handling"].dropna().unique()]


def as_rows_left_out(links: pd.DataFrame | None, entities: pd.DataFrame | None) -> pd.DataFrame | None:
    """One table of the rows that are not used, or ``None``."""
    import pandas as pd

    parts = [
        frame.astype(object).assign(table=name)
        for name, frame in (("links", links), ("entities", entities))
        if frame is not None and len(frame)
    ]
    if not parts:
        return None
    rows = pd.concat(parts, ignore_index=True)
    return rows[
        ["table", "reason", *(column for column in rows.columns if column not in ("table", "reason"))]
    ]


def by_reason(rows: pd.DataFrame | None) -> dict[str, int]:
    """How many rows are not used for which reason, most first."""
    if rows is None:
        return {}
    return {str(reason): int(count) for reason, count in rows["reason"].value_counts().items()}


def _listing(frame: pd.DataFrame, noun: str) -> str:
    kinds = frame["kind"].value_counts()
    shown = ", ".join(f"{count:,} {kind}" for kind, count in kinds.head(6).items())
    more = f", {len(kinds) - 6} more" if len(kinds) > 6 else ""
    return f"{len(frame):,} {noun}" + (f" ({shown}{more})" if len(frame) else "")


def _one_of(column: pd.Series, wanted: Any, name: str, faults: Check) -> dict[str, pd.Series]:
    """Test a column of text against the values wanted."""
    values = [str(value) for value in ([wanted] if isinstance(wanted, str) or not _many(wanted) else wanted)]
    have = sorted(column.dropna().unique().tolist())
    for value in values:
        faults.choice(allowed=have, **{name: value})
    what = name.replace("_", " ")
    tests = {} if name == "kind" else {f"link without a {what}": column.notna()}
    return {**tests, f"link whose {what} is not {' or '.join(values)}": column.isin(values)}


def _many(value: Any) -> bool:
    return isinstance(value, Iterable)


def _in_time(links: pd.DataFrame, since: Any, until: Any, faults: Check) -> dict[str, pd.Series]:
    """Test which links held in ``[since, until)``."""
    if since is None and until is None:
        return {}
    start = links["start"].fillna(links["end"])
    end = links["end"].fillna(links["start"])
    first, last = _bound(since, "since", start, faults), _bound(until, "until", start, faults)
    if first is not None and last is not None and not first < last:
        faults.add(f"since must come before until; got {since!r} and {until!r}.")
    if faults.faults:
        return {}
    tests = {"link without a date": start.notna()}
    if first is not None:
        tests[f"link that ended before {since}"] = ~(end < first)
    if last is not None:
        tests[f"link that began at {until} or later"] = ~(start >= last)
    return tests


def _bound(value: Any, name: str, column: pd.Series, faults: Check) -> pd.Timestamp | None:
    import pandas as pd

    if value is None:
        return None
    zone = getattr(column.dtype, "tz", None)
    moment = pd.to_datetime(value, errors="coerce") if isinstance(value, str) else _stamp(value)
    if not isinstance(moment, pd.Timestamp):
        faults.add(f"{name} must be a time or an ISO date such as '2024-03-31'; got {value!r}.")
        return None
    if moment.tzinfo is None:
        return moment.tz_localize(zone) if zone is not None else moment
    if zone is None:
        faults.add(
            f"{name} has a time zone and the chart's dates have none; give {name} without one, got {value!r}."
        )
        return None
    return moment


def _stamp(value: Any) -> Any:
    """A date or time of any make as a timestamp; ``None`` when it is something else (a bare number is)."""
    from datetime import date

    import pandas as pd

    return pd.Timestamp(value) if isinstance(value, date) else None
