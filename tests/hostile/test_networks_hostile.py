"""Every question of networks on charts that are hardly any: one clear sentence, or an answer that holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ilp_lab import networks
from ilp_lab.errors import InputError
from ilp_lab.result import Result


def chart_of(rows, **more):
    return networks.chart(pd.DataFrame(rows, columns=["source", "target"]).assign(**more))


ODD = {
    "nobody": chart_of([]),
    "one entity, tied to itself": chart_of([("A", "A")]),
    "two": chart_of([("A", "B")]),
    "two, twice and with a loop": chart_of([("A", "B"), ("B", "A"), ("A", "A")]),
    "pairs": chart_of([(f"a{at}", f"b{at}") for at in range(30)]),
    "a chain": chart_of([(f"a{at}", f"a{at + 1}") for at in range(300)]),
    "everybody with everybody": chart_of([(f"a{a}", f"a{b}") for a in range(12) for b in range(a)]),
    "a hub": chart_of([("hub", f"a{at}") for at in range(300)]),
}
ASKED = {
    "measures": lambda chart: networks.measures(chart, rng=1),
    "measures along": lambda chart: networks.measures(chart, directed=True, rng=1),
    "ranking": lambda chart: networks.ranking(chart, by="eigenvector", redraws=12, rng=1),
    "brokers": lambda chart: networks.brokers(chart, redraws=12, missing_links=0.5, rng=1),
    "groups": lambda chart: networks.groups(chart, rng=1),
    "roles": lambda chart: networks.roles(chart, rng=1),
    "key players": lambda chart: networks.key_players(chart, k=1, redraws=12, rng=1),
    "key players far": lambda chart: networks.key_players(chart, k=2, goal="distance", redraws=0, rng=1),
    "key players near": lambda chart: networks.key_players(chart, k=2, goal="reach", redraws=0, rng=1),
    "removals": lambda chart: networks.removal_curves(chart, random_orders=10, steps=5, rng=1),
    "removals along": lambda chart: networks.removal_curves(
        chart, random_orders=10, steps=5, directed=True, rng=1
    ),
    "disruption": lambda chart: networks.disruption(chart, k=1, runs=10, rng=1),
    "missing links": lambda chart: networks.missing_links(chart, trials=10, rng=1),
}


@pytest.mark.parametrize("asked", sorted(ASKED))
@pytest.mark.parametrize("odd", sorted(ODD))
def test_every_question_on_every_odd_chart(asked, odd):
    try:
        found = ASKED[asked](ODD[odd])
    except InputError as error:
        said = str(error)
        assert said.startswith("networks.")
        assert said.count("\n  - ") >= 1
        assert "Traceback" not in said
        return
    assert isinstance(found, Result)
    assert 1 <= len(found.findings) <= 8
    assert "nan" not in found.explain().lower()
    numbers = found.table.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan)
    assert not np.isinf(numbers).any()


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_useless_weights_everywhere(bad):
    chart = chart_of([("A", "B"), ("B", "C"), ("C", "D")], w=[1.0, 2.0, bad])
    for call in (
        lambda: networks.measures(chart, strength="w", rng=1),
        lambda: networks.brokers(chart, distance="w", redraws=10, rng=1),
        lambda: networks.groups(chart, strength="w", rng=1),
        lambda: networks.removal_curves(chart, strength="w", random_orders=10, rng=1),
    ):
        assert call().left_out["link whose w is missing, zero, negative or endless"] == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda chart: networks.groups(chart, starts=2, compare=0, rng=1),
        pytest.param(
            lambda chart: networks.key_players(chart, k=3, redraws=0, rng=1), marks=pytest.mark.slow
        ),
        lambda chart: networks.removal_curves(chart, by="degree", steps=3, random_orders=10, rng=1),
        lambda chart: networks.missing_links(chart, trials=10, most=5, rng=1),
        lambda chart: networks.routes(chart, "a5", "a7", k=2),
    ],
    ids=["groups", "key players", "removals", "missing links", "routes"],
)
def test_a_hub_with_a_hundred_thousand_contacts(call, hub):
    assert call(hub) is not None


@pytest.fixture(scope="module")
def hub():
    spokes = [("hub", f"a{at}") for at in range(100_000)]
    return chart_of([*spokes, *((f"a{at}", f"a{at + 1}") for at in range(0, 4_000, 2))])
