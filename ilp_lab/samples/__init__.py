"""Sample data: a fictional country with planted truths, made by this package and shipped with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.samples.belmara import belmara_truth as belmara_truth
    from ilp_lab.samples.belmara import write_belmara as write_belmara
    from ilp_lab.samples.find import path as path
    from ilp_lab.samples.hardpairs import hard_pairs as hard_pairs
    from ilp_lab.samples.hardrecords import hard_records as hard_records
    from ilp_lab.samples.whole.keeping import complete as complete
    from ilp_lab.samples.whole.keeping import complete_truth as complete_truth
    from ilp_lab.samples.whole.keeping import write_complete as write_complete
    from ilp_lab.samples.whole.regions import partial_view as partial_view
    from ilp_lab.samples.whole.sealing import fits_truth as fits_truth

_NAMES = {
    "belmara_truth": "belmara",
    "complete": "whole.keeping",
    "complete_truth": "whole.keeping",
    "fits_truth": "whole.sealing",
    "hard_pairs": "hardpairs",
    "hard_records": "hardrecords",
    "partial_view": "whole.regions",
    "path": "find",
    "write_belmara": "belmara",
    "write_complete": "whole.keeping",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
