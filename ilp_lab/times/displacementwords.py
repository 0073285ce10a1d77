"""What a change of pattern and rings around a measure say in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._ground.significance import p_words
from ilp_lab._tongue import tr, tr_later

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

VERDICTS = (
    "larger share than before",
    "smaller share than before",
    "no change that can be shown",
    "no incident",
)


def share_findings(
    found: gpd.GeoDataFrame, s_index: float, counts: list[NDArray[np.int64]]
) -> tuple[str, ...]:
    """How many areas kept their share, and which changed for sure."""
    changed = found[found["q_fdr"] < 1]
    sure = found["verdict"].isin(VERDICTS[:2])
    said = [
        tr(
            "{s_index:.0%} of the areas with incidents kept their share ({counts:,} incidents before, {counts_2:,} after)."
        ).format(s_index=s_index, counts=counts[0].sum(), counts_2=counts[1].sum())
    ]
    if sure.any():
        top = changed.loc[changed["q_fdr"].idxmin()]
        name = f"{top['area']}: " if "area" in found else tr_later("The clearest: ")
        said.append(
            tr("{name}{share_before:.1%} of all before, {share_after:.1%} after ({p_words}).").format(
                name=name,
                share_before=top["share_before"],
                share_after=top["share_after"],
                p_words=p_words(top["q_fdr"], "q"),
            )
        )
    else:
        said.append(
            tr(
                "No area's share changed more than chance explains: the map before will do as well as the new one."
            )
        )
    said.append(
        tr(
            "It compares shares: a fall everywhere alike does not show here. Check next with displacement_rings around the measure."
        )
    )
    return tuple(said)


def counts_words(table: gpd.GeoDataFrame) -> str:
    """What was counted, in words."""
    each = [
        tr("{zone} {before:,.0f} before and {after:,.0f} after").format(
            zone=row["zone"], before=row["before"], after=row["after"]
        )
        for row in table.to_dict("records")
    ]
    return tr("Counted were: {names}.").format(names="; ".join(each))


def quotient_words(wdq: float, tested: pd.DataFrame) -> str:
    """Whether what was gained moved next door."""
    if not np.isfinite(wdq) or not tested["high"].iloc[0] < 0:
        return tr("No fall in the treated area can be shown that could have moved, or its ring is empty.")
    next_door = tested[tested["part"] == "displacement"]
    if len(next_door) and next_door["low"].iloc[0] <= 0 <= next_door["high"].iloc[0]:
        return tr(
            "The weighted displacement quotient is {wdq:.2f}, which may be chance: next door nothing can be shown."
        ).format(wdq=wdq + 0.0)
    told = (
        tr_later("more moved next door than was gained")
        if wdq < -1
        else tr_later("part of the gain moved next door")
        if wdq < 0
        else tr_later("the benefit spread")
    )
    return tr("The weighted displacement quotient is {wdq:.2f}: {told}.").format(wdq=wdq, told=told)
