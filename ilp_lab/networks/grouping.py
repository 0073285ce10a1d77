"""Which entities belong together: groups, how clear they are, and whether chance would show as much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.networks.leiden import leiden, modularity, shuffled
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.ties import check_weights, source_of, ties_of, usable, weight_params
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Ties

COMPARED_UP_TO = 2e6  # ties times random charts

METHOD = tr_later(
    "Groups were sought that hold as many ties as possible beyond what the number of each entity's ties alone would put "
    "there (modularity), by the Leiden algorithm from several starts; the best is kept. How firmly an entity sits in its "
    "group is how far the groups of the other starts around it are the same (mean Jaccard index). Random charts of the "
    "same degrees show how much modularity chance alone gives. The direction of links plays no part."
)

CAVEATS = (
    tr_later(
        "Groups are dense spots of what was recorded, not organisations; who was watched together ends up together."
    ),
    tr_later(
        "Another seed or resolution draws some borders elsewhere; entities of low firmness may belong to either side."
    ),
)
REFERENCES = (
    "Traag, V. A., Waltman, L. and van Eck, N. J. (2019). From Louvain to Leiden. Scientific Reports 9. doi:10.1038/s41598-019-41695-z",
    "Newman, M. E. J. and Girvan, M. (2004). Finding and evaluating community structure. Phys. Rev. E 69. doi:10.1103/PhysRevE.69.026113",
    "Guimerà, R., Sales-Pardo, M. and Amaral, L. A. N. (2004). Modularity from fluctuations in random graphs. Phys. Rev. E 70. doi:10.1103/PhysRevE.70.025101",
    "Fortunato, S. and Barthélemy, M. (2007). Resolution limit in community detection. PNAS 104. doi:10.1073/pnas.0605965104",
)


def groups(
    chart: LinkChart,
    *,
    strength: str | None = None,
    resolution: float = 1.0,
    starts: int = 10,
    compare: int = 20,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find groups of densely tied entities.

    Parameters
    ----------
    chart
        A link chart.
    strength
        A column of the links in which more means closer; without it every tie counts one.
    resolution
        Above 1 smaller groups, below 1 larger ones.
    starts
        From how many starts the best is taken.
    compare
        How many random charts of the same degrees are grouped for comparison; 0 for none.
    rng
        Seed; the same seed gives the same groups.

    Returns
    -------
    Result
        One row per entity: ``entity_id label kind category group firmness``. Groups are numbered by size, 1 being the largest;
        entities without ties are each alone. ``details`` holds ``modularity``, ``by_chance`` (mean and highest of the
        random charts) and ``groups`` (a frame: ``group size ties_inside ties_outside firmness``).

    Raises
    ------
    ColumnError, InputError
        When the weight or a setting does not fit.

    Notes
    -----
    Groups are a reading of the recorded ties, not memberships. Modularity does not see groups much smaller than the square root
    of the number of ties (Fortunato and Barthélemy 2007). Cost: a few passes over all ties per start.

    References
    ----------
    Traag, Waltman and van Eck 2019, doi:10.1038/s41598-019-41695-z; Newman and Girvan 2004, doi:10.1103/PhysRevE.69.026113;
    Guimerà, Sales-Pardo and Amaral 2004, doi:10.1103/PhysRevE.70.025101; Fortunato and Barthélemy 2007,
    doi:10.1073/pnas.0605965104.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> rows = [("A", "B"), ("B", "C"), ("C", "A"), ("C", "D"), ("D", "E"), ("E", "F"), ("F", "D")]
    >>> found = groups(chart(pd.DataFrame(rows, columns=["source", "target"])), rng=7)
    >>> found.table.groupby("group")["entity_id"].agg("".join).tolist()
    ['ABC', 'DEF']
    """
    faults = Check("networks.groups")
    check_weights(faults, chart, None, strength)
    faults.positive(resolution=resolution)
    faults.whole(1, starts=starts)
    faults.whole(0, compare=compare)
    faults.done()
    used, lost = usable(chart, strength)
    ties = ties_of(chart, used, strength=strength)
    draw, seed = generator(rng, "networks.groups")
    tried = _tried(ties, resolution, int(starts), draw)
    best = int(np.argmax([modularity(ties.both, group, resolution) for group in tried]))
    group = _by_size(tried[best])
    quality = modularity(ties.both, group)
    number = int(min(compare, COMPARED_UP_TO // max(len(ties.source), 1)))
    chance = [
        modularity(random, leiden(random, resolution=resolution, draw=draw))
        for random in (shuffled(ties.both, draw) for _ in range(number))
    ]
    table = chart.entities[["entity_id", "label", "kind", "category"]].reset_index(drop=True)
    table["group"] = group
    table["firmness"] = _firmness(group, [other for at, other in enumerate(tried) if at != best])
    listing = _listing(ties, table)
    rows = as_rows_left_out(lost, None)
    return Result(
        name="networks.groups",
        title=tr_later("Which entities belong together"),
        table=table,
        method=METHOD,
        findings=_findings(listing, quality, chance),
        params=(
            *weight_params(None, strength, directed=False),
            Param("resolution", resolution),
            Param("starts", int(starts)),
            Param(
                tr_later("random charts"),
                number,
                chosen=number < compare,
                why=tr("more would take long on a chart this large"),
            ),
        ),
        caveats=CAVEATS,
        references=REFERENCES,
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        view="linkchart",
        details={
            "chart": chart,
            "value": "group",
            "modularity": quality,
            "by_chance": (float(np.mean(chance)), float(np.max(chance))) if chance else None,
            "groups": listing,
        },
    )


def _tried(ties: Ties, resolution: float, starts: int, draw: np.random.Generator) -> list[NDArray[np.int64]]:
    from tqdm.auto import trange

    return [
        leiden(ties.both, resolution=resolution, draw=draw)
        for _ in trange(starts, desc="grouping", delay=1, leave=False)
    ]


def _by_size(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number groups from 1 by size, the first entity deciding among equals."""
    _, first, number, size = np.unique(group, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    renamed = np.empty(len(order), np.int64)
    renamed[order] = np.arange(1, len(order) + 1)
    return renamed[number]


def _firmness(group: NDArray[np.int64], others: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """How far each entity's group is the same in the other starts: mean Jaccard index."""
    if not others:
        return np.full(len(group), np.nan)
    total = np.zeros(len(group))
    size = np.bincount(group)
    for other in others:
        pair = group * (int(other.max()) + 1) + other
        _, place, shared = np.unique(pair, return_inverse=True, return_counts=True)
        both = shared[place]
        total += both / (size[group] + np.bincount(other)[other] - both)
    return total / len(others)


def _listing(ties: Ties, table: pd.DataFrame) -> pd.DataFrame:
    """Size, ties and firmness of every group."""
    import pandas as pd

    group = table["group"].to_numpy()
    number = int(group.max())
    one, other = group[ties.source], group[ties.target]
    inside = np.bincount(one[one == other], minlength=number + 1)[1:]
    ends = np.bincount(one, minlength=number + 1)[1:] + np.bincount(other, minlength=number + 1)[1:]
    return pd.DataFrame(
        {
            "group": np.arange(1, number + 1),
            "size": np.bincount(group, minlength=number + 1)[1:],
            "ties_inside": inside,
            "ties_outside": ends - 2 * inside,
            "firmness": table.groupby("group")["firmness"].mean().to_numpy(),
        }
    )


def _findings(listing: pd.DataFrame, quality: float, chance: list[float]) -> tuple[str, ...]:
    real = listing[listing["size"] > 1]
    said = [
        tr(
            "The chart falls into {n:,} groups of two or more; the largest has {size:,} entities. Modularity is {quality:.3f}."
        ).format(n=len(real), size=int(listing["size"].max()), quality=quality)
    ]
    if chance:
        high = max(chance)
        said.append(
            tr("Random charts of the same degrees reach {np:.3f}, at most {high:.3f}: ").format(
                np=np.mean(chance), high=high
            )
            + (
                tr("the groups are clearer than chance.")
                if quality > high
                else tr("groups this clear come about by chance; do not build on them.")
            )
        )
    if real["firmness"].notna().any():
        loose = int((real["firmness"] < 0.7).sum())
        said.append(
            tr("Every start found nearly the same groups.")
            if not loose
            else trn(
                "{loose:,} group differs from start to start (firmness below 0.7): its borders are not settled.",
                "{loose:,} groups differ from start to start (firmness below 0.7): their borders are not settled.",
                loose,
            ).format(loose=loose)
        )
    said.append(
        tr(
            "A group is a dense spot of recorded ties, not an organisation, and being in one is no evidence against anybody. "
            "Look at the ties between groups next: networks.roles says who holds them."
        )
    )
    return tuple(said)
