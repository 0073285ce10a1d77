"""Compiled loops give what Python gives, in threads too, and can be compiled ahead."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from ilp_lab import _compiled


@pytest.mark.parametrize("items", [0, 1, 7, 1000])
def test_parts_cover_everything_once_and_in_order(items, monkeypatch):
    monkeypatch.setattr(_compiled, "threads", lambda: 4)
    parts = list(_compiled.shared(lambda first, last: list(range(first, last)), items))
    assert [number for part in parts for number in part] == list(range(items))


def test_little_work_is_not_shared(monkeypatch):
    monkeypatch.setattr(_compiled, "threads", lambda: 4)
    assert len(list(_compiled.shared(lambda first, last: (first, last), 1000, at_least=600))) == 1


def test_an_error_in_a_part_is_raised(monkeypatch):
    monkeypatch.setattr(_compiled, "threads", lambda: 2)

    def fail(first, last):
        raise ValueError(f"{first}")

    with pytest.raises(ValueError, match="0"):
        list(_compiled.shared(fail, 10))


SOURCE = """
from ilp_lab._compiled import compiled, _KERNELS

@compiled("float64[::1]")
def total(values):
    answer = 0.0
    for value in values:
        answer += value
    return answer

def state():
    return _KERNELS[-1].ready
"""


def test_what_was_compiled_is_kept_for_the_next_session(tmp_path):
    (tmp_path / "counted.py").write_text(SOURCE)
    ask = "import sys; sys.path.insert(0, sys.argv[1]); import counted, numpy; print(counted.state(), "
    ask += "counted.total(numpy.ones(4)), counted.state(), counted.total.stats.cache_hits)"
    first, second = (
        subprocess.run(
            [sys.executable, "-c", ask, str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    )
    assert first == ["False", "4.0", "True", "Counter()"]
    assert second[:3] == ["True", "4.0", "True"]
    assert "float64" in " ".join(second[3:])


def test_what_was_warmed_is_not_compiled_again_by_whoever_calls_it(tmp_path):
    (tmp_path / "counted.py").write_text(SOURCE)
    begin = (
        "import sys; sys.path.insert(0, sys.argv[1]); import counted, numpy; from ilp_lab import _compiled; "
    )
    asked = [
        begin + "_compiled.kernels = lambda: _compiled._KERNELS; print(len(list(_compiled.warm())))",
        begin
        + "print(counted.state(), counted.total(numpy.ones(4)), sum(counted.total.stats.cache_misses.values()))",
    ]
    told = [
        subprocess.run([sys.executable, "-c", ask, str(tmp_path)], capture_output=True, text=True, check=True)
        for ask in asked
    ]
    assert [one.stdout.split() for one in told] == [["1"], ["True", "4.0", "0"]]


def test_a_kernel_leaves_the_lock_to_others():
    @_compiled.compiled("int64[::1]")
    def last(values):
        return values[-1]

    assert last(np.arange(5)) == 4
    assert last.targetoptions["nogil"]


def test_every_signature_names_as_many_types_as_its_loop_takes():
    from inspect import signature

    from numba.core.sigutils import normalize_signature

    found = _compiled.kernels()
    assert len(found) > 20
    for kernel in found:
        for types in kernel.signatures:
            given, _ = normalize_signature(f"({types},)")
            assert len(given) == len(signature(kernel.dispatcher.py_func).parameters), kernel.name


WARMED = """
import geopandas as gpd, numpy as np, pandas as pd
from shapely.geometry import LineString, box
from ilp_lab import _compiled, places
kernels = list(_compiled.warm())
assert kernels and all(kernel.ready for kernel in kernels)
rng = np.random.default_rng(1)
xy = rng.uniform(5, 1995, (400, 2)) + [500_000, 5_300_000]
when = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 360, 400), unit="D")
f = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
town = gpd.GeoDataFrame(geometry=[box(500_000, 5_300_000, 502_000, 5_302_000)], crs=32633)
lines = [LineString([(500_000, 5_300_000 + at), (502_000, 5_300_000 + at)]) for at in range(0, 2001, 500)]
net = places.street_network(gpd.GeoDataFrame(geometry=lines, crs=32633))
many = pd.concat([f] * 300, ignore_index=True)
for how in ({}, {"adaptive": True}, {"kernel": "gaussian"}):
    places.density(f, bandwidth_m=300, study_area=town, **how)
places.gi_star(many, cell_m=250, study_area=town, simulations=19, permutations=99, rng=1)
places.local_moran(f, cell_m=50, study_area=town, permutations=99, simulations=19, rng=1)
places.moran(f, cell_m=250, study_area=town, permutations=99, rng=1)
for correction in ("translation", "border", "none"):
    places.ripley(f, study_area=town, correction=correction, simulations=19, rng=1)
places.cross_k(f, f.head(50), study_area=town, simulations=19, rng=1)
places.count(many, areas=town)
places.street_density(f, net, within_m=300)
places.street_k(f, net, within_m=300, simulations=19, rng=1)
places.bandwidths(f, study_area=town, rng=1)
places.risk_terrain(f, {"shops": f.iloc[:20]}, cell_m=100, study_area=town, rng=1)
for kernel in kernels:
    if ".places." in kernel.name or "._ground." in kernel.name:
        assert not kernel.dispatcher.stats.cache_misses or len(kernel.dispatcher.signatures) == len(kernel.signatures), (
            kernel.name, kernel.dispatcher.signatures, kernel.signatures)
"""


@pytest.mark.slow
def test_after_warming_no_question_of_place_compiles_anything_more(tmp_path):
    import os

    told = subprocess.run(
        [sys.executable, "-c", WARMED],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
    )
    assert told.returncode == 0, told.stderr[-2000:]
