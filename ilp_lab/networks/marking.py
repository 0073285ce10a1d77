"""What analysts put on a link chart: hiding, notes, frames, groups, places. The tables stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.errors import ColumnError
from ilp_lab.networks.chartstate import Annotation, Note
from ilp_lab.networks.filtering import Filters

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from ilp_lab.result import Result

_GROUP_COLUMNS = ("group", "community", "component")


class Marks(Filters):
    """Steps that change what is drawn, and nothing that is measured."""

    def hide(self, entity_ids: str | Iterable[object] | None = None, *, kind: str | None = None) -> Self:
        """Return the chart with entities that are not drawn; they stay in the tables and in every measure.

        Parameters
        ----------
        entity_ids
            One or several entities.
        kind
            All entities of this kind.

        Raises
        ------
        InputError
            When the chart has no such entity or kind, or neither is given.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> sorted(chart(pd.DataFrame({"source": ["A"], "target": ["B"]})).hide("B").hidden)
        ['B']
        """
        faults = Check("LinkChart.hide")
        if entity_ids is None and kind is None:
            faults.add("give entity_ids or kind: it is not said what to hide.")
        ids = [] if entity_ids is None else self._known(entity_ids, faults)
        if kind is not None:
            faults.choice(kind=kind, allowed=sorted(self.entities["kind"].dropna().unique().tolist()))
        faults.done()
        of_kind = [] if kind is None else self.entities["entity_id"][self.entities["kind"] == kind].tolist()
        now = self.hidden | set(ids) | set(of_kind)
        return self._after(
            "hide",
            {"entity_ids": ids or None, "kind": kind},
            trn("hid {n:,} entity", "hid {n:,} entities", len(now) - len(self.hidden)).format(
                n=len(now) - len(self.hidden)
            ),
            hidden=frozenset(now),
        )

    def show(self, entity_ids: str | Iterable[object] | None = None) -> Self:
        """Return the chart with hidden entities drawn again; all of them when none is named."""
        faults = Check("LinkChart.show")
        ids = None if entity_ids is None else self._known(entity_ids, faults)
        faults.done()
        now = frozenset() if ids is None else self.hidden - set(ids)
        return self._after(
            "show",
            {"entity_ids": ids},
            trn(
                "showed {n:,} entity again", "showed {n:,} entities again", len(self.hidden) - len(now)
            ).format(n=len(self.hidden) - len(now)),
            hidden=now,
        )

    def add_note(self, text: str, *, entity_id: str | None = None, link: int | None = None) -> Self:
        """Return the chart with a note about an entity or a link.

        Parameters
        ----------
        text
            What is to be remembered. It is shown to everybody who sees the chart.
        entity_id, link
            About which entity, or about which link (its number in ``chart.links``); give one of the two.

        Raises
        ------
        InputError
            When there is no text, or no such entity or link.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> noted = chart(pd.DataFrame({"source": ["A"], "target": ["B"]})).add_note("check the number", entity_id="A")
        >>> noted.notes[0].text
        'check the number'
        """
        faults = Check("LinkChart.add_note")
        if not str(text).strip():
            faults.add("text is empty.")
        if (entity_id is None) == (link is None):
            faults.add("give entity_id or link, one of the two: it is not said what the note is about.")
        name = None if entity_id is None else self._known(entity_id, faults, "entity_id")[0]
        if link is not None and link not in self.links.index:
            faults.add(f"the chart has no link {link!r}; the numbers stand in the index of chart.links.")
        faults.done()
        number = None if link is None else int(link)
        about = (
            tr("entity {name}").format(name=name)
            if name is not None
            else tr("link {number}").format(number=number)
        )
        return self._after(
            "add_note",
            {"text": str(text), "entity_id": name, "link": number},
            tr("noted about {about}").format(about=about),
            notes=(*self.notes, Note(str(text), name, number)),
        )

    def annotate(self, text: str, *, around: str | Iterable[object]) -> Self:
        """Return the chart with a frame around some entities, and a text at it.

        Raises
        ------
        InputError
            When there is no text, or no such entity.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> framed = chart(pd.DataFrame({"source": ["A"], "target": ["B"]})).annotate("the yard", around=["A", "B"])
        >>> framed.annotations[0].entity_ids
        ('A', 'B')
        """
        faults = Check("LinkChart.annotate")
        if not str(text).strip():
            faults.add("text is empty.")
        ids = self._known(around, faults, "around")
        faults.done()
        return self._after(
            "annotate",
            {"text": str(text), "around": ids},
            trn("framed {n:,} entity", "framed {n:,} entities", len(ids)).format(n=len(ids)),
            annotations=(*self.annotations, Annotation(str(text), tuple(ids))),
        )

    def group(self, by: str | Mapping[str, object] | Result) -> Self:
        """Return the chart with its entities in groups, which large charts are drawn by first.

        Parameters
        ----------
        by
            A column of the entities, a mapping from ``entity_id`` to the name of a group, or a result whose table has
            ``entity_id`` and ``group``, ``community`` or ``component``.

        Raises
        ------
        ColumnError, InputError
            When there is no such column, or no entity of the chart is in a group.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> grouped = chart(pd.DataFrame({"source": ["A"], "target": ["B"]})).group({"A": "crew", "B": "crew"})
        >>> grouped.groups["A"]
        'crew'
        """
        faults = Check("LinkChart.group")
        named = self._groups(by, faults)
        on_chart = set(self.entities["entity_id"])
        now = {name: group for name, group in named.items() if name in on_chart}
        if not faults.faults and not now:
            faults.add("by puts no entity of the chart into a group.")
        faults.done()
        argument = by if isinstance(by, str) else now
        return self._after(
            "group",
            {"by": argument},
            trn(
                "put {n:,} entities into {n_2:,} group",
                "put {n:,} entities into {n_2:,} groups",
                len(set(now.values())),
            ).format(n=len(now), n_2=len(set(now.values()))),
            groups=now,
        )

    def _groups(self, by: str | Mapping[str, object] | Result, faults: Check) -> dict[str, str]:
        from ilp_lab.networks.building import text_ids

        if isinstance(by, Mapping):
            return {str(name).strip(): str(group) for name, group in by.items()}
        if isinstance(by, str):
            faults.columns(self.entities, (by,), "the chart's table of entities")
            frame, column = self.entities, by
        else:
            table: Any = getattr(by, "table", None)
            columns = [] if table is None else [name for name in _GROUP_COLUMNS if name in table]
            if table is None or "entity_id" not in table or not columns:
                faults.add(
                    "by must be a column of the entities, a mapping entity_id → group, or a result with groups; "
                    f"got {type(by).__name__}."
                )
                return {}
            frame, column = table, columns[0]
        if faults.faults:
            return {}
        names, values = text_ids(frame["entity_id"]), text_ids(frame[column])
        use = names.notna() & values.notna()
        return dict(zip(names[use].tolist(), values[use].tolist(), strict=True))

    def place(
        self, positions: pd.DataFrame | Mapping[str, tuple[float, float]], *, pinned: bool = False
    ) -> Self:
        """Return the chart with entities standing where they are put.

        Parameters
        ----------
        positions
            A table with ``entity_id``, ``x`` and ``y``, or a mapping from ``entity_id`` to (x, y). Positions of
            entities that are not on the chart are kept for when they return.
        pinned
            Whether they stay there even when the chart is arranged again.

        Raises
        ------
        ColumnError, InputError
            When a column is missing or a position is not two finite numbers.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> placed = chart(pd.DataFrame({"source": ["A"], "target": ["B"]})).place({"A": (0, 0), "B": (100, 0)})
        >>> float(placed.positions.loc["B", "x"])
        100.0
        """
        faults = Check("LinkChart.place")
        given = _as_positions(positions, faults)
        faults.done()
        given["pinned"] = pinned
        plain = {
            name: (float(x), float(y)) for name, x, y in zip(given.index, given["x"], given["y"], strict=True)
        }
        return self._after(
            "place",
            {"positions": plain, "pinned": pinned or None},
            trn("placed {n:,} entity", "placed {n:,} entities", len(given)).format(n=len(given)),
            positions=_put(self.positions, given),
        )

    def pin(self, entity_ids: str | Iterable[object]) -> Self:
        """Return the chart with entities that stay where they are when the chart is arranged again.

        Raises
        ------
        InputError
            When the chart has no such entity, or it has no position yet.
        """
        return self._pinned("pin", entity_ids, pinned=True)

    def unpin(self, entity_ids: str | Iterable[object]) -> Self:
        """Return the chart with entities that may move again when the chart is arranged."""
        return self._pinned("unpin", entity_ids, pinned=False)

    def _pinned(self, method: str, entity_ids: str | Iterable[object], *, pinned: bool) -> Self:
        faults = Check(f"LinkChart.{method}")
        ids = self._known(entity_ids, faults)
        placed = set() if self.positions is None else set(self.positions.index)
        if not faults.faults and not set(ids) <= placed:
            faults.add("these entities have no position yet; call chart.arrange() or chart.place(...) first.")
        faults.done()
        assert self.positions is not None  # noqa: S101  (for the type checker)
        now = self.positions.copy()
        now.loc[ids, "pinned"] = pinned
        return self._after(
            method,
            {"entity_ids": ids},
            trn("pinned {n:,} entity", "pinned {n:,} entities", len(ids)).format(n=len(ids))
            if pinned
            else trn("unpinned {n:,} entity", "unpinned {n:,} entities", len(ids)).format(n=len(ids)),
            positions=now,
        )

    def arrange(self, *, again: bool = False, rng: int = 7) -> Self:
        """Return the chart with a position for every entity, worked out from the links.

        Entities that have a position keep it; new ones find theirs beside those they are linked with.

        Parameters
        ----------
        again
            Whether to arrange everything anew; only pinned entities stay.
        rng
            Seed of the small shifts that separate entities standing on one place. The same seed gives
            the same picture.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> chart(pd.DataFrame({"source": ["A"], "target": ["B"]})).arrange().positions.shape
        (2, 3)

        See Also
        --------
        ilp_lab.networks.layout.positions : How it is done, and what it costs.
        """
        import pandas as pd

        from ilp_lab.networks.layout import positions

        faults = Check("LinkChart.arrange")
        faults.whole(0, rng=rng)
        faults.done()
        names = pd.Index(self.entities["entity_id"])
        ends = [names.get_indexer(self.links[end]) for end in ("source", "target")]
        fixed = np.full((len(names), 2), np.nan)
        pinned = np.zeros(len(names), dtype=bool)
        if self.positions is not None:
            there = self.positions.reindex(names)
            pinned = there["pinned"].fillna(value=False).to_numpy(dtype=bool)
            stay = pinned if again else np.ones(len(names), dtype=bool)
            fixed[stay] = there[["x", "y"]].to_numpy(dtype=np.float64)[stay]
        xy = positions(len(names), *ends, fixed=fixed, rng=rng)
        found = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "pinned": pinned}, index=names)
        moved = int(np.isnan(fixed[:, 0]).sum())
        return self._after(
            "arrange",
            {"again": again or None, "rng": int(rng)},
            trn(
                "arranged {moved:,} entity (seed {rng})", "arranged {moved:,} entities (seed {rng})", moved
            ).format(moved=moved, rng=rng),
            positions=_put(self.positions, found),
        )


def _as_positions(given: Any, faults: Check) -> pd.DataFrame:
    import pandas as pd

    if isinstance(given, Mapping):
        pairs = {str(name).strip(): value for name, value in given.items()}
        bad = [name for name, value in pairs.items() if np.shape(value) != (2,)]
        if bad:
            faults.add(
                f"positions must give two numbers (x, y) for each entity; {bad[0]!r} has {pairs[bad[0]]!r}."
            )
            return pd.DataFrame()
        frame = pd.DataFrame(list(pairs.values()), index=list(pairs), columns=["x", "y"])
    elif faults.frame(given, "positions"):
        faults.columns(given, ("entity_id", "x", "y"), "positions")
        if faults.faults:
            return pd.DataFrame()
        frame = given[["x", "y"]].set_axis(given["entity_id"].astype(str).str.strip().tolist())
    else:
        return pd.DataFrame()
    numbers = {axis: pd.to_numeric(frame[axis], errors="coerce") for axis in ("x", "y")}
    frame = pd.DataFrame(numbers).astype("float64")
    if not np.isfinite(frame.to_numpy()).all():
        faults.add("positions must be finite numbers.", ColumnError)
    if not frame.index.is_unique:
        faults.add(f"positions lists {frame.index[frame.index.duplicated()][0]!r} more than once.")
    return frame


def _put(before: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """Positions of before with the new ones over them."""
    import pandas as pd

    new = new.set_axis(new.index.astype(object))
    if before is None:
        return new
    return pd.concat([before[~before.index.isin(new.index)], new])
