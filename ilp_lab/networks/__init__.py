"""Networks: link charts that keep every link's source, and what can be measured on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.networks.building import chart as chart
    from ilp_lab.networks.calling import call_chart as call_chart
    from ilp_lab.networks.calling import common_contacts as common_contacts
    from ilp_lab.networks.calling import contacts as contacts
    from ilp_lab.networks.exchange import to_networkx as to_networkx
    from ilp_lab.networks.linkchart import LinkChart as LinkChart
    from ilp_lab.networks.measuring import measures as measures
    from ilp_lab.networks.rankorders import brokers as brokers
    from ilp_lab.networks.rankorders import ranking as ranking

_NAMES = {
    "LinkChart": "linkchart",
    "brokers": "rankorders",
    "call_chart": "calling",
    "chart": "building",
    "common_contacts": "calling",
    "contacts": "calling",
    "measures": "measuring",
    "ranking": "rankorders",
    "to_networkx": "exchange",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
