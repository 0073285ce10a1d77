"""A workshop, written once for all who look at it."""

from __future__ import annotations

import pytest

from ilp_lab.training import write_workshop


@pytest.fixture(scope="session")
def kit(tmp_path_factory):
    return write_workshop("W3", tmp_path_factory.mktemp("kit") / "W3", starts="2026-03-02", data=False)
