"""Drawing: offline maps, link charts and figures. The only room with web and plotting code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.views.page import Page as Page
    from ilp_lab.views.show import draw as draw
    from ilp_lab.views.show import explore as explore
    from ilp_lab.views.show import summary_html as summary_html

_NAMES = {
    "Page": "page",
    "draw": "show",
    "explore": "show",
    "summary_html": "show",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
