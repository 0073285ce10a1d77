"""Sample data: a fictional country with planted truths, made by this package and shipped with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.samples.belmara import write_belmara as write_belmara
    from ilp_lab.samples.find import path as path

_NAMES = {"path": "find", "write_belmara": "belmara"}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
