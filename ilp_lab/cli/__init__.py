"""The ``ilp-lab`` command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.cli.command import main as main

__all__ = ["main"]
__getattr__ = hand_on(__name__, {"main": "command"})
