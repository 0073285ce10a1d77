"""Every published number of a network is reproduced where its data are, and its absence is said where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilp_lab.verification import networks, of_networks

SHARED = Path(__file__).resolve().parents[4] / "shared"


def test_checks_that_need_no_data_agree_and_the_others_are_said():
    found = networks()
    assert found.table["agrees"].dropna().all()
    assert found.table["agrees"].notna().sum() == 6
    assert found.left_out["data not here"] == found.table["agrees"].isna().sum() > 20
    assert "further checks need data" in found.explain()


@pytest.mark.slow
def test_all_agree_where_the_data_are():
    if not (SHARED / "data" / "caviar_oracle").exists():
        pytest.skip("the public data sets are not beside the project (../shared)")
    found = networks(data=SHARED)
    wrong = found.table[~found.table["agrees"].fillna(value=False).astype(bool)]
    assert wrong.empty, wrong.to_string()


def test_a_difference_is_not_hidden(monkeypatch):
    monkeypatch.setattr(of_networks, "_best_groups", lambda: 0.3)
    found = networks()
    assert (~found.table["agrees"].dropna().astype(bool)).sum() == 1
    assert "do not use those methods" in found.explain()
