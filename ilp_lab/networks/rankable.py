"""Who may be ranked: never victims, witnesses and other parties, nor things that are only theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr_later

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.linkchart import LinkChart

NEVER_RANKED = ("victim", "witness", tr_later("other party"))
SHOWN_ONLY = tr_later("victim, witness or other party: shown, not ranked")
THEIRS_ONLY = tr_later("belongs to nobody but victims, witnesses or other parties: shown, not ranked")
NOBODY = tr_later(
    "nobody on the chart may be ranked: all are victims, witnesses, other parties or things of theirs"
)
BELONGINGS = ("phone", "account", "object")


def unranked(chart: LinkChart) -> pd.Series:
    """Why an entity is not ranked; missing for those that are."""
    import pandas as pd

    entities = chart.entities
    reasons = pd.Series(pd.NA, index=entities.index, dtype="string")
    pattern = "|".join(NEVER_RANKED)
    barred = entities["category"].str.contains(pattern, regex=True).fillna(value=False).astype(bool)
    reasons[barred] = SHOWN_ONLY
    kind = entities.set_index("entity_id")["kind"]
    names = set(entities.loc[barred, "entity_id"])
    ends = pd.concat(
        [
            chart.links[["source", "target"]].set_axis(["thing", "holder"], axis=1),
            chart.links[["target", "source"]].set_axis(["thing", "holder"], axis=1),
        ]
    )
    held = ends[
        kind[ends["thing"]].isin(BELONGINGS).to_numpy() & kind[ends["holder"]].eq("person").to_numpy()
    ]
    only_theirs = held["holder"].isin(names).groupby(held["thing"]).all()
    theirs = entities["entity_id"].isin(only_theirs.index[only_theirs])
    reasons[theirs.to_numpy() & ~barred.to_numpy()] = THEIRS_ONLY
    return reasons


def rows_unranked(chart: LinkChart, reasons: pd.Series) -> pd.DataFrame:
    """The entities that are shown and not ranked, with the reason."""
    return chart.entities[reasons.notna()].assign(reason=reasons[reasons.notna()])


def ranks(values: NDArray[np.float64], *, axis: int = -1) -> NDArray[np.float64]:
    """Rank 1 for the highest, ties sharing the better rank; missing values stay missing."""
    from scipy.stats import rankdata

    rounded = np.round(values, 12)
    return np.asarray(rankdata(-rounded, method="min", axis=axis, nan_policy="omit"), dtype=np.float64)


def with_ranks(
    table: pd.DataFrame, reasons: pd.Series, measured: Iterable[str], ranked: Iterable[str]
) -> pd.DataFrame:
    """Blank what would rank the barred, then rank the others among themselves."""
    barred = reasons.notna().to_numpy()
    for name in measured:
        if name in table:
            table[name] = table[name].mask(barred)
    for name in ranked:
        values = table[name].astype("Float64").round(12)
        table[f"{name}_rank"] = values.rank(method="min", ascending=False).astype("Int64")
    return table
