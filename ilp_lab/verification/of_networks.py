"""Questions of networks, checked against published and independently computed numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.result import Result
from ilp_lab.verification.comparing import Check, compare

if TYPE_CHECKING:
    from ilp_lab.networks import LinkChart

_CAVIAR = "data/caviar_oracle/data/CAVIAR_FULL_Directed.csv"
_PHASES = "data/caviar_oracle/data/TempData"
_HIJACKERS = "data/covert_networks/edges/covert_02__1.csv"
_MONTREAL = "data/mcmacdonald_networks/MONTREALGANG.csv"
_LONDON = "data/mcmacdonald_networks/LONDON_GANG.csv"
_CIELNET = "data/mcmacdonald_networks/morselli_cielnet.csv"
_SIREN = "data/mcmacdonald_networks/morselli_siren.csv"


def networks(*, data: str | PathLike[str] | None = None) -> Result:
    """Compute published numbers of covert networks again, and set ours beside them.

    Parameters
    ----------
    data
        Folder with the public data sets of the published examples; checks that need one are left out without it, and said.

    Returns
    -------
    Result
        ``table``: ``what``, ``source``, ``published``, ``ours``, ``difference``, ``agrees`` (missing where the data are not here).

    Raises
    ------
    InputError
        When the folder does not exist.

    Notes
    -----
    The same numbers are asserted by the project's own tests. Real names in a file are never read: entities have numbers.

    Examples
    --------
    >>> checks = networks()
    >>> bool(checks.table["agrees"].dropna().all())
    True
    """
    return compare("networks", _checks(), data)


def _checks() -> Iterator[Check]:
    yield from _karate()
    yield from _caviar()
    yield from _sets()
    montreal, siren = "Morselli 2009, gangs of Montreal", "Morselli 2009, Siren"
    yield Check("entities of the largest part", montreal, 29, 0, _largest, _MONTREAL)
    yield Check("betweenness of BMF", montreal, 0.211, 5e-4, partial(_value, who="BMF"), _MONTREAL)
    cielnet = "Morselli 2009, CielNet"
    yield Check("betweenness of N2", cielnet, 0.641, 5e-4, partial(_value, who="N2"), _CIELNET)
    yield Check("betweenness of N1", cielnet, 0.591, 5e-4, partial(_value, who="N1"), _CIELNET)
    yield Check("ties", siren, 103, 0, _ties, _SIREN)
    yield Check("ties", "Grund and Densley 2012, London gang", 315, 0, _ties, _LONDON)


def _karate() -> Iterator[Check]:
    club = "Zachary's karate club, 34 members"
    for what, measure, who, published, digits in (
        ("betweenness of member 1", "betweenness", "0", 0.43763528, 1e-8),
        ("closeness of member 1", "closeness", "0", 0.56896552, 1e-8),
        ("eigenvector of member 34", "eigenvector", "33", 0.37336, 5e-6),
        ("Burt's constraint of member 1", "constraint", "0", 0.15542, 5e-6),
        ("core of member 1", "core", "0", 4, 0),
    ):
        yield Check(what, f"{club}; networkx", published, digits, partial(_member, measure=measure, who=who))
    yield Check(
        "modularity of the best groups",
        f"{club}; Brandes et al. 2008 (proven)",
        0.4197896,
        1e-7,
        _best_groups,
    )


def _caviar() -> Iterator[Check]:
    paper = "Caviar; Anastasiadis and Antoniou 2024"
    for directed, who, published in (
        (True, "1", 0.5462962962962964),
        (False, "1", 0.8950050968399593),
        (False, "3", 0.3643),
        (False, "12", 0.3479),
        (False, "87", 0.3101),
    ):
        yield Check(
            f"betweenness of actor {who}, {'along' if directed else 'whatever'} direction, distance 1/calls",
            paper,
            published,
            1e-12 if len(str(published)) > 8 else 5e-5,
            partial(_value, who=who, strength="strength", directed=directed),
            _CAVIAR,
        )
    for who, published in (("1", 60), ("12", 28), ("3", 27)):
        yield Check(
            f"contacts of actor {who}",
            paper,
            published,
            0,
            partial(_value, who=who, measure="degree"),
            _CAVIAR,
        )
    for phase, measure, published in (
        (1, "betweenness_centralization", 0.38422291993720575),
        (6, "betweenness_centralization", 0.580295857988166),
        (6, "degree_centralization_in", 0.6015384615384614),
        (6, "efficiency", 0.30278769034573433),
        (11, "degree_entropy_out", 0.8282888752248422),
    ):
        yield Check(
            f"phase {phase}: {measure.replace('_', ' ')}",
            paper,
            published,
            1e-12,
            partial(_phase, phase=phase, measure=measure),
            _PHASES,
        )
    for steps, published in ((0, 66), (4, 13), (5, 6)):
        yield Check(
            f"largest strong part after {steps} removals by betweenness",
            paper,
            published,
            0,
            partial(_removal, steps=steps),
            _CAVIAR,
        )


def _sets() -> Iterator[Check]:
    exact = "exact enumeration, Borgatti's F"
    for name, needs, k, published in (
        ("hijackers", _HIJACKERS, 2, 0.4870),
        ("hijackers", _HIJACKERS, 3, 0.5307),
        ("hijackers", _HIJACKERS, 5, 0.7380),
        ("Caviar", _CAVIAR, 3, 0.6547),
    ):
        yield Check(
            f"{name}: fragmentation by the best {k}", exact, published, 5e-5, partial(_best_set, k=k), needs
        )


def _matrix(path: Path) -> LinkChart:
    """A matrix file as a chart; its names are numbers or codes."""
    import pandas as pd

    from ilp_lab.networks import chart

    matrix = pd.read_csv(path, index_col=0, encoding="utf-8-sig")
    values = matrix.to_numpy(dtype=np.float64)
    names = matrix.index.astype(str).str.strip()
    rows, columns = np.nonzero(values)
    links = pd.DataFrame({"source": names[rows], "target": names[columns], "strength": values[rows, columns]})
    once = links.drop_duplicates(["source", "target"])
    return chart(once, pd.DataFrame({"entity_id": names.unique()}))


def _by_number(path: Path) -> LinkChart:
    """A file of ties by the numbers of its entities; the names in it stay unread."""
    import pandas as pd

    from ilp_lab.networks import chart

    ends = pd.read_csv(path, usecols=["source_id", "target_id"])
    return chart(ends.set_axis(["source", "target"], axis=1))


def _club() -> LinkChart:
    import networkx as nx
    import pandas as pd

    from ilp_lab.networks import chart

    return chart(pd.DataFrame(nx.karate_club_graph().edges, columns=["source", "target"]))


def _of(chart: LinkChart, who: str, measure: str, **options: Any) -> float:
    from ilp_lab.networks import measures

    table = measures(chart, redraws=0, **options).table.set_index("entity_id")
    return float(table[measure].astype("float64")[who])


def _member(*, measure: str, who: str) -> float:
    return _of(_club(), who, measure)


def _best_groups() -> float:
    from ilp_lab.networks import groups

    return float(groups(_club(), starts=20, compare=0, rng=1)["modularity"])


def _value(path: Path, *, who: str, measure: str = "betweenness", **options: Any) -> float:
    return _of(_matrix(path), who, measure, **options)


def _ties(path: Path) -> float:
    from ilp_lab.networks import measures

    return float(measures(_matrix(path), redraws=0).table["degree"].sum()) / 2


def _largest(path: Path) -> float:
    from ilp_lab.networks import measures

    return float((measures(_matrix(path), redraws=0).table["component"] == 1).sum())


def _phase(path: Path, *, phase: int, measure: str) -> float:
    from ilp_lab.networks import chart, through_time

    links = _matrix(path / f"CAVIAR{phase}.csv").links.assign(phase=phase)
    found = through_time(chart(links), phases="phase", strength="strength", directed=True, redraws=0, rng=1)
    return float(found.table[measure].iloc[0])


def _removal(path: Path, *, steps: int) -> float:
    from ilp_lab.networks import removal_curves

    table = removal_curves(
        _matrix(path),
        by="betweenness",
        strength="strength",
        directed=True,
        steps=max(steps, 1),
        random_orders=10,
        rng=1,
    ).table
    return float(table[table["order"] == "betweenness, recomputed"]["largest"].iloc[steps])


def _best_set(path: Path, *, k: int) -> float:
    from ilp_lab.networks import key_players

    chart = _by_number(path) if "edges" in path.parts else _matrix(path)
    return float(key_players(chart, k=k, redraws=0, rng=1).table["fragmentation"].iloc[0])
