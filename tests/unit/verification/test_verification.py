"""Every published number is reproduced where its data are, and its absence is said where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilp_lab.errors import InputError
from ilp_lab.verification import place_runs, places, times

SHARED = Path(__file__).resolve().parents[4] / "shared"


def test_checks_that_need_no_data_agree_and_the_others_are_said():
    found = places()
    assert found.table["agrees"].dropna().all()
    assert found.table["agrees"].notna().sum() >= 20
    assert found.left_out["data not here"] == found.table["agrees"].isna().sum() > 70
    assert "further checks need data" in found.explain()


@pytest.mark.slow
def test_all_agree_where_the_data_are():
    if not (SHARED / "oracles").exists():
        pytest.skip("the public data sets are not beside the project (../shared)")
    found = places(data=SHARED)
    assert found.table["agrees"].notna().all()
    wrong = found.table[~found.table["agrees"].astype(bool)]
    assert wrong.empty, wrong.to_string()


def test_times_that_need_no_data_agree():
    found = times()
    assert found.table["agrees"].dropna().all()
    assert found.table["agrees"].notna().sum() >= 30


def test_times_agree_where_the_data_are():
    if not (SHARED / "oracles").exists():
        pytest.skip("the public data sets are not beside the project (../shared)")
    table = times(data=SHARED).table
    assert table["agrees"].notna().all()
    assert table["agrees"].all(), table[~table["agrees"]].to_string()


def test_a_difference_is_not_hidden(monkeypatch):
    monkeypatch.setattr(place_runs, "gini", lambda: 0.5)
    found = places()
    assert (~found.table["agrees"].dropna().astype(bool)).sum() == 1
    assert "do not use those methods" in found.explain()


def test_a_folder_that_is_not_there():
    with pytest.raises(InputError, match="there is no folder"):
        places(data="nowhere")
