"""What the demo says of a chart is true of that chart."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab import networks
from ilp_lab.cli.demo import _who_says


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([("A", "A"), ("B", "B")], "No entity on the chart may be ranked, or none connects others."),
        ([("A", "B")], "No entity on the chart may be ranked, or none connects others."),
        ([("A", "B"), ("B", "C")], "B stands between the others more than anyone else who may be ranked."),
        ([("A", "B"), ("B", "C"), ("C", "D")], "B and C stand between the others more than anyone else"),
    ],
)
def test_only_who_connects_others_is_said_to_stand_between_them(links, said):
    table = pd.DataFrame(links, columns=["source", "target"]).assign(kind="knows")
    found = networks.measures(networks.chart(links=table))
    assert _who_says(found).startswith(said)
