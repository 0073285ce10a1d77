"""The generator's parts, the finder and the command."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import samples
from ilp_lab.errors import InputError
from ilp_lab.samples.__main__ import main
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import REAL, Namer


def test_the_stream_is_pinned():
    """These values may never change: the committed files depend on them."""
    dice = Dice(2025, "pinned")
    assert dice.below(1000, 6).tolist() == PINNED


PINNED = [938, 279, 261, 947, 274, 374]


@given(seed=st.integers(0, 2**31), limit=st.integers(1, 2**31))
def test_below_stays_below(seed, limit):
    drawn = Dice(seed, "any").below(limit, 50)
    assert drawn.min() >= 0
    assert drawn.max() < limit


@given(weights=st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any), seed=st.integers(0, 1000))
def test_pick_never_takes_what_has_no_weight(weights, seed):
    drawn = Dice(seed, "pick").pick(weights, 60)
    assert all(weights[position] > 0 for position in drawn)


def test_pick_follows_the_weights():
    drawn = Dice(1, "share").pick([1, 3], 20_000)
    assert drawn.mean() == pytest.approx(0.75, abs=0.02)


@given(size=st.integers(1, 60), seed=st.integers(0, 1000))
def test_a_sample_of_all_is_an_ordering(size, seed):
    assert sorted(Dice(seed, "sample").sample(size, size).tolist()) == list(range(size))


def test_skewed_is_mostly_small():
    drawn = Dice(3, "lag").skewed(1000, 5000)
    assert np.median(drawn) < 250
    assert drawn.max() < 1000


def test_names_are_new_words():
    maker = Namer(5, "test", frozenset({"Takend"}))
    words = [maker.word() for _ in range(3000)]
    assert len(set(words)) == 3000
    assert not {word.lower() for word in words} & REAL


@pytest.mark.parametrize(
    "name", ["../pyproject.toml", "belmara/../../README.md", "nowhere", "", "/etc/hostname"]
)
def test_path_stays_inside_the_samples(name):
    with pytest.raises(InputError, match=r"samples\.path"):
        samples.path(name)


def test_path_finds_a_set_and_hints():
    assert (samples.path("belmara") / "truth.sealed.json").exists()
    with pytest.raises(InputError, match=r"Did you mean 'belmara/links\.csv'"):
        samples.path("belmara/link.csv")


def test_public_names():
    assert samples.__all__ == sorted(samples.__all__)
    assert {"complete", "path", "write_belmara"} <= set(samples.__all__)


def test_the_command_refuses_in_a_sentence(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("here", encoding="utf-8")
    assert main(["belmara", str(blocked)]) == 1
    assert main(["belmara", str(tmp_path), "--seed", "-4"]) == 1
    assert "seed must be a whole number" in capsys.readouterr().err


def test_the_module_runs():
    done = subprocess.run(
        [sys.executable, "-m", "ilp_lab.samples", "--help"], capture_output=True, text=True, check=True
    )
    assert "belmara" in done.stdout
