"""Several entities that are one, and several charts that are one: nothing is lost, conflicts are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import AmbiguousError
from ilp_lab.networks.chartstate import ChartState, as_rows_left_out, by_reason, strictest_in
from ilp_lab.networks.marking import Marks
from ilp_lab.safeguards.handling import policy

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

_TWICE = tr_later("link that stands in both charts with the same facts")
_MERGED = tr_later("entity merged into another")


class Merges(Marks):
    """Steps that put together what belongs together."""

    def merge(self, entity_ids: Iterable[object], *, into: str, why: str = "") -> Self:
        """Return the chart with several entities as one: somebody decided that they are the same.

        Parameters
        ----------
        entity_ids
            The entities that are the same.
        into
            Whose identifier the one entity keeps; it may be among ``entity_ids``.
        why
            On what grounds; kept as a note.

        Returns
        -------
        LinkChart
            The entity keeps its own facts and takes from the others what it lacks. ``also`` lists the identifiers it
            took over; what differed stands in ``conflicts``; the rows of the others in ``left_out_rows``. Categories
            are put together, so that whoever is a victim or witness under one name stays so. Links that moved keep
            their ends as stated in ``source_before`` and ``target_before``. ``previous`` undoes it.

        Raises
        ------
        InputError
            When the chart has no such entity, or the kinds differ.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> two = chart(pd.DataFrame({"source": ["Ana", "A. Kos"], "target": ["Ben", "Cem"]}))
        >>> sorted(two.merge(["Ana", "A. Kos"], into="Ana", why="same number").entities["entity_id"])
        ['Ana', 'Ben', 'Cem']
        """
        faults = Check("LinkChart.merge")
        ids = self._known(entity_ids, faults)
        head = self._known(into, faults, "into")[0]
        others = [name for name in ids if name != head]
        if not faults.faults:
            if not others:
                faults.add(f"entity_ids must name an entity besides {head!r}.")
            kinds = self.entities.set_index("entity_id")["kind"][[head, *others]]
            if len(set(kinds) - {"unknown"}) > 1:
                faults.add(
                    f"these are of different kinds ({', '.join(sorted(set(kinds)))}), so they cannot be one."
                )
        faults.done()
        entities, gone, conflicts = _as_one(self.entities, head, others)
        links = _moved(self.links, head, others)
        tables = self.with_tables(entities, links, [], [gone.assign(reason=_MERGED)])
        words = tr("merged {names} into {head}").format(names=", ".join(others), head=head) + (
            f" ({why})" if why else ""
        )
        return self._after(
            "merge",
            {"entity_ids": ids, "into": head, "why": why or None},
            words,
            **tables,
            **_marks_moved(self, head, set(others), why),
            conflicts=_together(self.conflicts, conflicts),
            remarks=(*self.remarks, *_told(conflicts, tr("merging into {head}").format(head=head))),
        )

    def combine(self, other: Self) -> Self:
        """Return one chart of this one and another; the same ``entity_id`` is the same entity.

        Parameters
        ----------
        other
            Another chart.

        Returns
        -------
        LinkChart
            All entities and links of both. Links are numbered on; a link that stands in both with the same facts is
            taken once and counted. Where the two charts say different things about an entity, this chart's word
            stays, and both stand in ``conflicts``. Notes, frames, groups, hidden entities and positions of both stay;
            this chart's come first.

        Raises
        ------
        InputError, AmbiguousError
            When ``other`` is no chart, or one chart's dates have a time zone and the other's have none.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> one = chart(pd.DataFrame({"source": ["A"], "target": ["B"]}))
        >>> print(one.combine(chart(pd.DataFrame({"source": ["B"], "target": ["C"]}))))
        Link chart [H0]: 3 entities (3 unknown), 2 links (2 not stated); 3 entities were only named by links.
        """
        import pandas as pd

        faults = Check("LinkChart.combine")
        given: object = other
        if not isinstance(given, ChartState):
            faults.add(f"other must be a LinkChart; got {type(other).__name__}.")
            faults.done()
        links, twice = _links_of_both(self.links, other.links, faults)
        faults.done()
        entities, conflicts = _entities_of_both(self.entities, other.entities)
        rows = as_rows_left_out(twice.assign(reason=_TWICE), None)
        parts = [part for part in (self.left_out_rows, other.left_out_rows, rows) if part is not None]
        everything = pd.concat(parts, ignore_index=True) if parts else None
        floor = policy().strictest([self.floor, other.floor])
        moved = {number: number + _offset(self.links) for number in other.links.index}
        positions = other.positions
        if self.positions is not None and positions is not None:
            new = ~positions.index.isin(self.positions.index)
            positions = pd.concat([self.positions, positions[new]])
        return self._after(
            "combine",
            {"other": other},
            trn(
                "combined with a chart of {n:,} entities and {n_2:,} link",
                "combined with a chart of {n:,} entities and {n_2:,} links",
                len(other.links),
            ).format(n=len(other.entities), n_2=len(other.links)),
            entities=entities,
            links=links,
            handling=policy().strictest([floor, *strictest_in(entities, links)]),
            floor=floor,
            left_out=by_reason(everything),
            left_out_rows=everything,
            derived=int(entities["kind"].eq("unknown").sum()) if self.derived or other.derived else 0,
            origin=" + ".join(dict.fromkeys(filter(None, [self.origin, other.origin]))),
            remarks=(*self.remarks, *other.remarks, *_told(conflicts, tr_later("combining two charts"))),
            hidden=self.hidden | other.hidden,
            groups={**other.groups, **self.groups},
            notes=(*self.notes, *(_renumbered(note, moved) for note in other.notes)),
            annotations=(*self.annotations, *other.annotations),
            positions=self.positions if positions is None else positions,
            conflicts=_together(self.conflicts, other.conflicts, conflicts),
        )


def _as_one(
    entities: pd.DataFrame, head: str, others: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """The table with one row for all, the rows that went, and what they said differently."""
    import pandas as pd

    keyed = entities.set_index("entity_id", drop=False)
    found: list[dict[str, Any]] = []
    facts: dict[Any, Any] = keyed.loc[head].to_dict()
    for name in others:
        theirs: dict[Any, Any] = keyed.loc[name].to_dict()
        for column, value in theirs.items():
            if column in ("entity_id", "also") or _missing(value):
                continue
            named_only = column == "label" and value == name
            if _missing(facts[column]) or (column == "kind" and facts[column] == "unknown"):
                facts[column] = value
            elif column == "category":
                facts[column] = "; ".join(dict.fromkeys([*facts[column].split("; "), *value.split("; ")]))
            elif column == "handling":
                facts[column] = policy().strictest([facts[column], value])
            elif value != facts[column] and not named_only and not (column == "kind" and value == "unknown"):
                found.append(
                    {"entity_id": head, "column": column, "kept": facts[column], "other": value, "from": name}
                )
    before = [] if "also" not in keyed else keyed.loc[[head, *others], "also"].dropna().tolist()
    also = "; ".join(dict.fromkeys([*"; ".join([*before, *others]).split("; ")]))
    gone = entities[entities["entity_id"].isin(others)]
    one = entities[~entities["entity_id"].isin(others)].copy()
    if "also" not in one:
        one["also"] = pd.Series(pd.NA, index=one.index, dtype="string")
    at = one.index[one["entity_id"] == head][0]
    for column in entities.columns:
        one.loc[at, column] = facts[column]
    one.loc[at, "also"] = also
    return one, gone, pd.DataFrame(found) if found else None


def _missing(value: Any) -> bool:
    import pandas as pd

    answer: Any = pd.isna(value)
    return isinstance(answer, bool) and answer


def _moved(links: pd.DataFrame, head: str, others: list[str]) -> pd.DataFrame:
    links = links.copy()
    for end in ("source", "target"):
        here = links[end].isin(others)
        before = f"{end}_before"
        if before not in links:
            links[before] = links[end].where(here)
        else:
            links[before] = links[before].where(links[before].notna() | ~here, links[end])
        links[end] = links[end].mask(here, head)
    return links


def _marks_moved(chart: Marks, head: str, others: set[str], why: str) -> dict[str, Any]:
    """Notes, frames, groups and positions of the entities that went, given to the one that stays."""
    from dataclasses import replace

    from ilp_lab.networks.chartstate import Note

    notes = [replace(note, entity_id=head) if note.entity_id in others else note for note in chart.notes]
    if why:
        notes.append(
            Note(tr("merged with {names}: {why}").format(names=", ".join(sorted(others)), why=why), head)
        )
    frames = [
        replace(
            one, entity_ids=tuple(dict.fromkeys(head if name in others else name for name in one.entity_ids))
        )
        for one in chart.annotations
    ]
    positions = chart.positions
    if positions is not None:
        if head not in positions.index:
            first = next((name for name in positions.index if name in others), None)
            positions = positions if first is None else positions.rename(index={first: head})
        positions = positions[~positions.index.isin(others)]
    return {
        "notes": tuple(notes),
        "annotations": tuple(frames),
        "hidden": chart.hidden - others,
        "groups": {name: group for name, group in chart.groups.items() if name not in others},
        "positions": positions,
    }


def _links_of_both(
    ours: pd.DataFrame, theirs: pd.DataFrame, faults: Check
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All links numbered on, and those of the second that the first has with the same facts."""
    import pandas as pd

    zones = [getattr(frame["start"].dtype, "tz", None) for frame in (ours, theirs)]
    dated = [frame["start"].notna().any() or frame["end"].notna().any() for frame in (ours, theirs)]
    if all(dated) and (zones[0] is None) != (zones[1] is None):
        faults.add(
            "the dates of one chart have a time zone and those of the other have none; give both the same.",
            AmbiguousError,
        )
        return ours, theirs.iloc[:0]
    theirs = theirs.set_axis(theirs.index + _offset(ours))
    for name in ("start", "end"):
        if len(ours) and theirs[name].dtype != ours[name].dtype:
            theirs[name] = _like(theirs[name], ours[name])
    joined = pd.concat([ours, theirs]) if len(ours) else theirs
    same = joined.astype("string").duplicated() & joined.index.isin(theirs.index)
    own = theirs.astype("string").duplicated()
    same.loc[theirs.index[own]] = False
    return joined[~same], theirs[same.loc[theirs.index]]


def _like(times: pd.Series, other: pd.Series) -> pd.Series:
    """Times in the zone of the other column; a column without any takes its type."""
    import pandas as pd

    if times.isna().all():
        return pd.Series(pd.NaT, index=times.index, dtype=other.dtype)
    zone = getattr(other.dtype, "tz", None)
    return times if zone is None or getattr(times.dtype, "tz", None) is None else times.dt.tz_convert(zone)


def _offset(links: pd.DataFrame) -> int:
    return int(links.index.max()) + 1 if len(links) else 0


def _entities_of_both(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """One row per entity: our word first, theirs where we have none; and what both say differently."""
    import pandas as pd

    first, second = (frame.set_index("entity_id", drop=False) for frame in (ours, theirs))
    shared = first.index.intersection(second.index)
    found = []
    one = first.copy()
    for column in theirs.columns:
        if column == "entity_id":
            continue
        if column not in one:
            one[column] = second[column].reindex(one.index)
            continue
        mine, other = one.loc[shared, column], second.loc[shared, column]
        nothing = mine.isna() | ((column == "kind") & mine.eq("unknown").fillna(value=False))
        nothing |= (column == "label") & mine.eq(mine.index.to_series()).fillna(value=False)
        fill = nothing & other.notna()
        if fill.any():
            one.loc[shared[fill], column] = other[fill]
        both = ~nothing & other.notna() & ~((column == "kind") & other.eq("unknown").fillna(value=False))
        both &= ~((column == "label") & other.eq(other.index.to_series()).fillna(value=False))
        for name in shared[both & (mine.astype("string") != other.astype("string")).fillna(value=False)]:
            joined = _joined(column, mine[name], other[name])
            if joined is not None:
                one.loc[name, column] = joined
            else:
                found.append(
                    {
                        "entity_id": name,
                        "column": column,
                        "kept": mine[name],
                        "other": other[name],
                        "from": "other",
                    }
                )
    new = second[~second.index.isin(shared)]
    both_tables = pd.concat([one, new], ignore_index=True) if len(one) else new.reset_index(drop=True)
    return both_tables, pd.DataFrame(found) if found else None


def _joined(column: str, mine: Any, other: Any) -> Any:
    """Categories are put together, the stricter handling code stays; ``None`` for all other columns."""
    if column == "category":
        return "; ".join(dict.fromkeys([*str(mine).split("; "), *str(other).split("; ")]))
    return policy().strictest([mine, other]) if column == "handling" else None


def _told(conflicts: pd.DataFrame | None, when: str) -> tuple[str, ...]:
    if conflicts is None:
        return ()
    said = ", ".join(conflicts["column"].value_counts().index)
    return (
        f"{when}: {len(conflicts):,} facts differed ({said}); the first word was kept, both stand in chart.conflicts",
    )


def _together(*frames: pd.DataFrame | None) -> pd.DataFrame | None:
    import pandas as pd

    there = [frame for frame in frames if frame is not None]
    return pd.concat(there, ignore_index=True) if there else None


def _renumbered(note: Any, moved: dict[Any, int]) -> Any:
    from dataclasses import replace

    return note if note.link is None else replace(note, link=moved[note.link])
