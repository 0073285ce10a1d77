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


def test_a_kernel_leaves_the_lock_to_others():
    @_compiled.compiled("int64[::1]")
    def last(values):
        return values[-1]

    assert last(np.arange(5)) == 4
    assert last.targetoptions["nogil"]
