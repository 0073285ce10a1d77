"""Filters of a link chart: each gives a new chart, and what left it is counted and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import in_english, shaped, tr_later, trn
from ilp_lab.errors import HandlingError
from ilp_lab.networks.chartstate import ChartState
from ilp_lab.safeguards.handling import policy

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd
_FURTHER = shaped(tr_later("more steps from {entity_id} than {steps}"))
_STRICTER = shaped(tr_later("entity stricter than {handling_at_most}"))
# How reasons of a filter begin and go on; they stand in data in English and are said when they are shown.
_REASONS = tuple(map(shaped, (
    tr_later("link without a stated certainty"), tr_later("link less certain than {least}"), tr_later("link stricter than {limit}"),
    tr_later("link of an entity stricter than {limit}"), tr_later("link without a {what}"), tr_later("link without an {what}"),
    tr_later("link whose {what} is not {values}"), tr_later("link that ended before {moment}"),
    tr_later("link that began at {moment} or later"), tr_later("source grade"), tr_later("information grade"), tr_later("kind"),
    tr_later("link without a date"),
)))  # fmt: skip


class Filters(ChartState):
    """Smaller charts, and larger ones again."""

    def filter(
        self,
        *,
        kind: str | Sequence[str] | None = None,
        since: Any = None,
        until: Any = None,
        source_grade: str | Sequence[str] | None = None,
        information_grade: str | int | Sequence[str | int] | None = None,
        certainty_at_least: float | None = None,
        handling_at_most: str | None = None,
        keep_unlinked: bool = False,
    ) -> Self:
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
        certainty_at_least
            Keep links that are stated to be at least so certain, from 0 to 1.
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
        arguments = {name: value for name, value in locals().items() if name != "self"}
        faults = Check("LinkChart.filter")
        faults.between(0, 1, certainty_at_least=certainty_at_least)
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
        if certainty_at_least is not None:
            certainty = self.links["certainty"]
            tests["link without a stated certainty"] = certainty.notna()
            tests[f"link less certain than {certainty_at_least:g}"] = ~(certainty < certainty_at_least)
        barred = self._stricter_than(handling_at_most, tests)
        tables = self._passing(
            tests,
            barred,
            in_english(_STRICTER.format(handling_at_most=handling_at_most)),
            keep_unlinked=keep_unlinked,
        )
        arguments["keep_unlinked"] = keep_unlinked or None
        return self._after("filter", arguments, "filtered: " + "; ".join(tests), **tables)

    def _passing(
        self, tests: dict[str, pd.Series], barred: pd.Series, barred_why: str, *, keep_unlinked: bool
    ) -> dict[str, Any]:
        """The tables of the links that pass, each that does not with the first reason."""
        import numpy as np

        kept = np.ones(len(self.links), dtype=bool)
        lost: list[pd.DataFrame] = []
        for reason, passed in tests.items():
            new = kept & ~passed.to_numpy()
            lost.append(self.links[new].assign(reason=reason))
            kept &= passed.to_numpy()
        links = self.links[kept]
        entities = self.entities[~barred]
        things = [self.entities[barred].assign(reason=barred_why)]
        if not keep_unlinked:
            linked = entities["entity_id"].isin(set(links["source"]) | set(links["target"]))
            things.append(entities[~linked].assign(reason=tr_later("entity without a link after filtering")))
            entities = entities[linked]
        return self.with_tables(entities, links, lost, things)

    def keep(self, entity_ids: str | Iterable[object]) -> Self:
        """Return the chart of these entities and of the links between them.

        Parameters
        ----------
        entity_ids
            One or several entities.

        Raises
        ------
        InputError
            When the chart has no such entity.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> path = chart(pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"]}))
        >>> len(path.keep(["A", "B"]).links)
        1
        """
        faults = Check("LinkChart.keep")
        ids = self._known(entity_ids, faults)
        faults.done()
        tables = self._among(set(ids), tr_later("not among the entities kept"))
        return self._after(
            "keep",
            {"entity_ids": ids},
            trn("kept {n:,} entity", "kept {n:,} entities", len(ids)).format(n=len(ids)),
            **tables,
        )

    def neighbourhood(self, entity_id: str, *, steps: int = 1) -> Self:
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
        start = self._known(entity_id, faults, "entity_id")
        faults.done()
        reached = set(start)
        source, target = self.links["source"], self.links["target"]
        for _ in range(int(steps)):
            touched = source.isin(reached) | target.isin(reached)
            wider = reached | set(source[touched]) | set(target[touched])
            if wider == reached:
                break
            reached = wider
        tables = self._among(
            reached,
            in_english(_FURTHER.format(steps=steps, entity_id=entity_id)),
        )
        return self._after(
            "neighbourhood",
            {"entity_id": start[0], "steps": steps},
            trn("within {steps} step of {entity_id}", "within {steps} steps of {entity_id}", steps).format(
                steps=steps, entity_id=entity_id
            ),
            **tables,
        )

    def expand(self, entity_id: str, *, steps: int = 1) -> Self:
        """Return the chart with those neighbours of an entity that smaller parts of the chart left behind.

        What ``keep`` and ``neighbourhood`` left behind comes back; what a filter sorted out stays out. Nothing that
        has a position moves.

        Parameters
        ----------
        entity_id
            The entity whose links are wanted.
        steps
            How many links away; a whole number of at least 1.

        Raises
        ------
        InputError
            When the chart has no such entity.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> path = chart(pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"]}))
        >>> sorted(path.neighbourhood("A").expand("B").entities["entity_id"])
        ['A', 'B', 'C']
        """
        import numpy as np

        faults = Check("LinkChart.expand")
        faults.whole(1, steps=steps)
        reached = set(self._known(entity_id, faults, "entity_id"))
        faults.done()
        whole, sorted_out = self._whole()
        there = whole.links.drop(index=list(sorted_out))
        use = there.index.isin(self.links.index)
        for _ in range(int(steps)):
            touched = (there["source"].isin(reached) | there["target"].isin(reached)).to_numpy()
            use |= touched
            reached |= set(there["source"][touched]) | set(there["target"][touched])
        links = there[use]
        names = set(self.entities["entity_id"]) | set(links["source"]) | set(links["target"])
        inside = whole.entities["entity_id"].isin(names)
        beyond = tr_later("beyond the part of the chart shown")
        why = np.array([sorted_out.get(number, beyond) for number in whole.links.index], dtype=object)
        out = ~whole.links.index.isin(links.index)
        tables = whole.with_tables(
            whole.entities[inside],
            links,
            [whole.links[out].assign(reason=why[out])],
            [whole.entities[~inside].assign(reason=beyond)],
        )
        new = len(links) - len(self.links)
        words = trn(
            "expanded {entity_id} by {steps} steps: {new:,} link more",
            "expanded {entity_id} by {steps} steps: {new:,} links more",
            new,
        ).format(entity_id=entity_id, steps=steps, new=new)
        return self._after("expand", {"entity_id": str(entity_id).strip(), "steps": steps}, words, **tables)

    def _whole(self) -> tuple[Self, dict[Any, str]]:
        """The last chart whose tables were not a part of another, and why links were filtered out since."""
        sorted_out: dict[Any, str] = {}
        whole = self
        while (
            whole.previous is not None
            and whole.made is not None
            and whole.made.method not in ("merge", "combine")
        ):
            before = whole.previous
            if whole.made.method == "filter":
                gone = before.links.index.difference(whole.links.index)
                sorted_out.update(dict.fromkeys(gone.tolist(), whole.made.words))
            whole = before
        return whole, sorted_out

    def _among(self, names: set[str], reason: str) -> dict[str, Any]:
        """The tables of the links among these entities."""
        inside = self.links["source"].isin(names) & self.links["target"].isin(names)
        within = self.entities["entity_id"].isin(names)
        return self.with_tables(
            self.entities[within],
            self.links[inside],
            [self.links[~inside].assign(reason=reason)],
            [self.entities[~within].assign(reason=reason)],
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


def _one_of(column: pd.Series, wanted: Any, name: str, faults: Check) -> dict[str, pd.Series]:
    """Test a column of text against the values wanted."""
    values = [str(value) for value in ([wanted] if isinstance(wanted, str) or not _many(wanted) else wanted)]
    have = sorted(column.dropna().unique().tolist())
    for value in values:
        faults.choice(allowed=have, **{name: value})
    what = name.replace("_", " ")
    tests = (
        {}
        if name == "kind"
        else {f"link without {'an' if what[0] in 'aeiou' else 'a'} {what}": column.notna()}
    )
    return {**tests, f"link whose {what} is not {' or '.join(values)}": column.isin(values)}


def _many(value: Any) -> bool:
    return isinstance(value, Iterable)


def _in_time(links: pd.DataFrame, since: Any, until: Any, faults: Check) -> dict[str, pd.Series]:
    """Test which links held in ``[since, until)``."""
    if since is None and until is None:
        return {}
    start = links["start"].fillna(links["end"])
    end = links["end"].fillna(links["start"])
    first, last = time_bound(since, "since", start, faults), time_bound(until, "until", start, faults)
    if first is not None and last is not None and not first < last:
        faults.add(f"since must come before until; got {since!r} and {until!r}.")
    if faults.faults:
        return {}
    tests = {"link without a date": start.notna()}
    if first is not None:
        tests[f"link that ended before {_said(since)}"] = ~(end < first)
    if last is not None:
        tests[f"link that began at {_said(until)} or later"] = ~(start >= last)
    return tests


def _said(moment: Any) -> str:
    return str(moment.isoformat() if hasattr(moment, "isoformat") else moment)


def time_bound(value: Any, name: str, column: pd.Series, faults: Check) -> pd.Timestamp | None:
    """A time or date in the zone of the chart's dates; ``None`` when none is given or it cannot be read, which is noted."""
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
