"""What stands against the release of a product: small counts, single points, ranks of victims, maps that follow policing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._tongue import figure, tr
from ilp_lab.products.parts import Exhibit, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from ilp_lab.products.parts import Part

NEVER_RANKED = ("victim", "witness", "other party")
_CAPACITIES = ("category", "capacity", "categories")
_MOVED = {"times.forecast": "flipped", "tasking.patrols": "moved_without_discovered"}
_TOO_FAR = 0.2


def ranked_persons(parts: Iterable[Part]) -> Iterator[str]:
    """Tables that give victims, witnesses or other parties a rank or a score (D3)."""
    for part in parts:
        table = part.table if isinstance(part, Exhibit) else None
        if table is None:
            continue
        capacities = [name for name in table.columns if str(name).lower() in _CAPACITIES]
        ranks = [name for name in table.columns if str(name).lower().endswith(("rank", "score"))]
        for name in capacities:
            barred = table[name].astype(str).str.contains("|".join(NEVER_RANKED), case=False)
            if ranks and table.loc[barred, ranks].notna().to_numpy().any():
                told = tr("its table ranks victims, witnesses or other parties; leave their ranks empty.")
                yield f"{part.heading or tr('Table')!r}: {told}"


def following_policing(sections: Iterable[Section]) -> Iterator[str]:
    """Maps and allocations that hang on what the police found themselves (D14)."""
    for section in sections:
        share = section.result.details.get(_MOVED.get(section.result.name, ""))
        if share is not None and share > _TOO_FAR:
            told = tr("{share} of what it marks follows what the police found themselves.")
            yield f"{section.heading!r}: {told.format(share=figure(share, '.0%'))}"


def has_points(section: Section) -> bool:
    """Whether a result shows single points."""
    shapes = getattr(section.result.table, "geom_type", None)
    return shapes is not None and bool(shapes.astype(str).str.contains("Point").any())


def has_small_counts(table: pd.DataFrame, least: int) -> bool:
    """Whether a column of counts holds one that is small and not zero."""
    for name in table.columns:
        held = table[name]
        if str(name) in {"rank", "row", "column"} or held.dtype.kind not in "iu":
            continue
        if ((held > 0) & (held < least)).any():
            return True
    return False
