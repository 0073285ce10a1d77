"""Figures of networks: each result draws itself, and nothing else is drawn as one."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest

from ilp_lab import networks
from ilp_lab.errors import InputError
from ilp_lab.result import Result
from ilp_lab.views import png
from ilp_lab.views.networkfigures import FIGURES


@pytest.fixture(scope="module")
def results():
    links = pd.DataFrame(nx.karate_club_graph().edges, columns=["source", "target"]).assign(
        phase=[at % 3 for at in range(78)], start=[f"2024-0{1 + at % 6}-01" for at in range(78)]
    )
    chart = networks.chart(links)
    return {
        "networks.ranking": networks.ranking(chart, by="degree", redraws=20, rng=1),
        "networks.brokers": networks.brokers(chart, redraws=20, rng=1),
        "networks.key_players": networks.key_players(chart, k=2, redraws=20, rng=1),
        "networks.removal_curves": networks.removal_curves(chart, random_orders=10, rng=1),
        "networks.disruption": networks.disruption(chart, k=2, runs=10, rng=1),
        "networks.through_time": networks.through_time(chart, phases="phase", redraws=20, rng=1),
    }


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_result_draws_itself(results, name):
    result = results[name]
    assert result.name == name
    figure = result.plot(title="A heading")
    said = [text.get_text() for text in figure.texts]
    assert "A heading" in said
    assert png(figure)[:8] == b"\x89PNG\r\n\x1a\n"


def test_windows_and_results_without_intervals_draw_too(results):
    chart = results["networks.brokers"]["chart"]
    windows = networks.through_time(chart, window_days=60, redraws=0, rng=1)
    assert len(windows.plot().axes) == 3
    assert len(networks.key_players(chart, k=2, goal="reach", redraws=0, rng=1).plot().axes) == 1


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_what_holds_nothing_of_the_kind_is_refused(name):
    other = Result("demo", "Thefts", pd.DataFrame({"n": [3]}), "counted", ("Three.",))
    with pytest.raises(InputError, match="demo holds no"):
        FIGURES[name](other)
