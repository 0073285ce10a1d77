"""The layout: linked entities near one another, the same every time, nothing placed moves."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from ilp_lab.networks.layout import positions, stress

graphs = st.integers(1, 40).flatmap(
    lambda size: st.tuples(
        st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=80)
    )
)


def laid_out(graph, **options):
    edges = np.array(graph.edges())
    return positions(len(graph), edges[:, 0], edges[:, 1], **options), edges


@settings(max_examples=40, deadline=None)
@given(graphs)
def test_every_entity_has_a_place_of_its_own_and_the_same_every_time(graph):
    size, pairs = graph
    source, target = np.array([a for a, _ in pairs], dtype=int), np.array([b for _, b in pairs], dtype=int)
    first, second = positions(size, source, target), positions(size, source, target)
    assert first.shape == (size, 2)
    assert np.isfinite(first).all()
    assert np.array_equal(first, second)
    if size > 1:
        assert pdist(first).min() > 5


@settings(max_examples=40, deadline=None)
@given(graphs, st.integers(0, 2**20))
def test_what_is_fixed_stays_and_the_rest_finds_room(graph, seed):
    size, pairs = graph
    source, target = np.array([a for a, _ in pairs], dtype=int), np.array([b for _, b in pairs], dtype=int)
    draw = np.random.default_rng(seed)
    fixed = positions(size, source, target)
    fixed[draw.random(size) < 0.5] = np.nan
    placed = positions(size, source, target, fixed=fixed)
    stay = np.isfinite(fixed[:, 0])
    assert np.array_equal(placed[stay], fixed[stay])
    assert np.isfinite(placed).all()
    if size > 1:
        assert pdist(placed).min() > 1


@pytest.mark.parametrize(
    ("graph", "at_most"),
    [
        (nx.karate_club_graph(), 0.08),
        (nx.connected_watts_strogatz_graph(900, 4, 0.02, seed=3), 0.12),
        (nx.barabasi_albert_graph(1500, 3, seed=1), 0.20),
        (nx.convert_node_labels_to_integers(nx.grid_2d_graph(40, 40)), 0.02),
    ],
    ids=["karate", "small world", "scale free", "grid"],
)
def test_stress_is_low(graph, at_most):
    xy, edges = laid_out(graph)
    assert stress(xy, edges[:, 0], edges[:, 1]) < at_most
    nearest = cKDTree(xy).query(xy, k=2)[0][:, 1]
    assert nearest.min() > 10
    assert 40 < np.median(nearest) < 150


def test_stress_is_no_worse_than_of_springs():
    for graph in (
        nx.karate_club_graph(),
        nx.les_miserables_graph(),
        nx.barabasi_albert_graph(400, 2, seed=2),
    ):
        plain = nx.convert_node_labels_to_integers(graph)
        xy, edges = laid_out(plain)
        springs = nx.spring_layout(plain, seed=1, weight=None)
        other = np.array([springs[row] for row in range(len(plain))])
        assert stress(xy, edges[:, 0], edges[:, 1]) <= stress(other, edges[:, 0], edges[:, 1])


def test_stress_of_a_perfect_picture_is_nothing_whatever_its_scale():
    line = np.column_stack([np.arange(6.0) * 31, np.zeros(6)])
    assert stress(line, np.arange(5), np.arange(1, 6)) == pytest.approx(0.0, abs=1e-12)
    assert stress(np.zeros((2, 2)), np.array([0]), np.array([0])) == 0.0


def test_linked_entities_stand_nearer_than_others():
    xy, edges = laid_out(nx.connected_watts_strogatz_graph(1200, 4, 0.02, seed=3))
    linked = np.linalg.norm(xy[edges[:, 0]] - xy[edges[:, 1]], axis=1).mean()
    rng = np.random.default_rng(1)
    others = np.linalg.norm(xy[rng.integers(0, 1200, 4000)] - xy[rng.integers(0, 1200, 4000)], axis=1).mean()
    assert linked < others / 3


def test_parts_do_not_lie_on_one_another():
    source = np.array([0, 1, 2, 10, 11, 12, 20])
    target = np.array([1, 2, 0, 11, 12, 10, 21])
    xy = positions(30, source, target)
    triangles = [xy[[0, 1, 2]], xy[[10, 11, 12]]]
    low, high = [t.min(axis=0) for t in triangles], [t.max(axis=0) for t in triangles]
    assert (high[0] < low[1]).any() or (high[1] < low[0]).any()


def test_many_small_parts_and_a_hub_are_placed():
    source = np.r_[np.zeros(3000, dtype=int), np.arange(3001, 6001, 3)]
    target = np.r_[np.arange(1, 3001), np.arange(3002, 6002, 3)]
    xy = positions(6003, source, target)
    assert np.isfinite(xy).all()
    assert cKDTree(xy).query(xy, k=2)[0][:, 1].min() > 1


def test_links_given_twice_or_to_oneself_change_nothing():
    once = positions(4, np.array([0, 1, 2]), np.array([1, 2, 3]))
    again = positions(4, np.array([0, 1, 2, 1, 3, 2]), np.array([1, 2, 3, 0, 3, 1]))
    assert np.array_equal(once, again)


@pytest.mark.slow
def test_a_hundred_thousand_entities():
    xy, edges = laid_out(nx.barabasi_albert_graph(100_000, 3, seed=1))
    assert stress(xy, edges[:, 0], edges[:, 1], samples=50) < 0.21
