"""A chart as a sparse matrix: nothing is lost, parallel links add up."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks
from ilp_lab.errors import ColumnError, InputError

ends = st.sampled_from(list("ABCDE"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ends, ends, st.integers(1, 9)), min_size=1, max_size=20), st.booleans())
def test_the_matrix_is_networkx_s(rows, directed):
    chart = networks.chart(pd.DataFrame(rows, columns=["source", "target", "strength"]))
    view = networks.to_scipy(chart, weight="strength", directed=directed)
    graph = networks.to_networkx(chart, weight="strength", directed=directed)
    theirs = nx.to_numpy_array(graph, nodelist=view.entity_ids.tolist(), weight="weight")
    assert np.array_equal(view.matrix.toarray(), theirs)
    assert len(view.links) == len(chart.links)
    assert view.links["value"].sum() == chart.links["strength"].sum()


def test_links_without_a_weight_are_told():
    chart = networks.chart(pd.DataFrame({"source": ["A", "A"], "target": ["B", "C"], "strength": [2, None]}))
    view = networks.to_scipy(chart, weight="strength")
    assert view.matrix.sum() == 4
    assert view.left_out["reason"].tolist() == ["link without a strength"]
    assert networks.to_scipy(chart).matrix.sum() == 4


def test_what_is_no_chart_or_no_number_is_refused():
    chart = networks.chart(pd.DataFrame({"source": ["A"], "target": ["B"]}))
    with pytest.raises(ColumnError, match="Did you mean 'strength'"):
        networks.to_scipy(chart, weight="strenght")
    with pytest.raises(ColumnError, match="must hold numbers"):
        networks.to_scipy(chart, weight="kind")
    with pytest.raises(InputError, match="must be a LinkChart"):
        networks.to_scipy(pd.DataFrame())
