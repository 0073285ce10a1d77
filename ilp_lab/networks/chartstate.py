"""What a link chart holds, and how one chart becomes the next: the first of the layers that make ``LinkChart``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.safeguards.handling import policy

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Step:
    """How a chart was made from the one before: the method, its arguments, and the same in words."""

    method: str
    arguments: Mapping[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about an entity (by its identifier) or a link (by its number)."""

    text: str
    entity_id: str | None = None
    link: int | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A text around some entities, drawn as a frame with a heading."""

    text: str
    entity_ids: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ChartState:
    """The tables of a chart and everything said about them; see :class:`ilp_lab.networks.LinkChart`."""

    entities: pd.DataFrame
    links: pd.DataFrame
    handling: str = "H0"
    floor: str = "H0"
    left_out: Mapping[str, int] = field(default_factory=dict)
    left_out_rows: pd.DataFrame | None = None
    derived: int = 0
    origin: str = ""
    remarks: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    positions: pd.DataFrame | None = None
    conflicts: pd.DataFrame | None = None
    steps: tuple[str, ...] = ()
    made: Step | None = field(default=None, repr=False)
    previous: Self | None = field(default=None, repr=False)

    @property
    def self_links(self) -> int:
        """How many links join an entity with itself; they stay on the chart and count in no measure."""
        return int((self.links["source"] == self.links["target"]).sum())

    @property
    def history(self) -> tuple[Self, ...]:
        """Every chart on the way here, the first one first and this one last."""
        charts = [self]
        while charts[-1].previous is not None:
            charts.append(charts[-1].previous)
        return tuple(reversed(charts))

    def undo(self, steps: int = 1) -> Self:
        """Return the chart as it was so many steps ago.

        Raises
        ------
        InputError
            When there are not so many steps.

        Examples
        --------
        >>> import pandas as pd
        >>> from ilp_lab.networks import chart
        >>> first = chart(pd.DataFrame({"source": ["A"], "target": ["B"]}))
        >>> first.hide("A").undo() is first
        True
        """
        faults = Check("LinkChart.undo")
        faults.whole(1, steps=steps)
        charts = self.history
        if not faults.faults and steps >= len(charts):
            made = len(charts) - 1
            faults.add(
                f"the chart was made in {made} step{'' if made == 1 else 's'}, so {steps} cannot be undone."
            )
        faults.done()
        return charts[-1 - int(steps)]

    def counts(self) -> pd.DataFrame:
        """How many entities and links there are of each kind (columns ``table``, ``kind``, ``n``)."""
        import pandas as pd

        parts = [
            frame["kind"].value_counts().rename_axis("kind").rename("n").reset_index().assign(table=name)
            for name, frame in (("entities", self.entities), ("links", self.links))
        ]
        return pd.concat(parts, ignore_index=True)[["table", "kind", "n"]]

    def _known(
        self, entity_ids: str | Iterable[object], faults: Check, name: str = "entity_ids"
    ) -> list[str]:
        """The identifiers given, as text and once each; those that are not on the chart are faults."""
        given = (
            [entity_ids]
            if isinstance(entity_ids, str) or not isinstance(entity_ids, Iterable)
            else entity_ids
        )
        ids = list(dict.fromkeys(str(one).strip() for one in given))
        unknown = sorted(set(ids) - set(self.entities["entity_id"]))
        if unknown:
            faults.add(
                f"{name}: the chart has no entity {some(unknown)}; it has {len(self.entities):,}, see chart.entities."
            )
        if not ids:
            faults.add(f"{name} names no entity.")
        return ids

    def _after(self, method: str, arguments: Mapping[str, Any], words: str, **changes: Any) -> Self:
        """The next chart: what changed, and the step that changed it."""
        return replace(
            self,
            **changes,
            steps=(*self.steps, words),
            made=Step(method, {name: value for name, value in arguments.items() if value is not None}, words),
            previous=self,
        )

    def with_tables(
        self,
        entities: pd.DataFrame,
        links: pd.DataFrame,
        lost_links: Sequence[pd.DataFrame],
        lost_entities: Sequence[pd.DataFrame],
    ) -> dict[str, Any]:
        """What changes with the tables: the rows that left are counted, the handling code follows."""
        import pandas as pd

        rows = as_rows_left_out(
            pd.concat(lost_links) if lost_links else None, pd.concat(lost_entities) if lost_entities else None
        )
        before = [] if self.left_out_rows is None else [self.left_out_rows]
        everything = pd.concat([*before, rows], ignore_index=True) if rows is not None else self.left_out_rows
        return {
            "entities": entities,
            "links": links,
            "handling": policy().strictest([self.floor, *strictest_in(entities, links)]),
            "left_out": by_reason(everything),
            "left_out_rows": everything,
            "derived": int(entities["kind"].eq("unknown").sum()) if self.derived else 0,
        }


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


def some(values: Sequence[Any]) -> str:
    """The first five values, and how many more there are."""
    shown = ", ".join(repr(value) for value in values[:5])
    return tr("{shown} and {n} more").format(shown=shown, n=len(values) - 5) if len(values) > 5 else shown
