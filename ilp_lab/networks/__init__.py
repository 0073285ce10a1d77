"""Networks: link charts that keep every link's source, and what can be measured on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.networks.building import chart as chart
    from ilp_lab.networks.calling import call_chart as call_chart
    from ilp_lab.networks.calling import common_contacts as common_contacts
    from ilp_lab.networks.calling import contacts as contacts
    from ilp_lab.networks.callrhythm import call_bursts as call_bursts
    from ilp_lab.networks.callrhythm import night_calls as night_calls
    from ilp_lab.networks.chartfiles import read_chart as read_chart
    from ilp_lab.networks.chartfiles import write_chart as write_chart
    from ilp_lab.networks.colocation import co_location as co_location
    from ilp_lab.networks.cooffending import co_offending as co_offending
    from ilp_lab.networks.exchange import to_networkx as to_networkx
    from ilp_lab.networks.grouping import groups as groups
    from ilp_lab.networks.handsets import device_swaps as device_swaps
    from ilp_lab.networks.keyplayers import key_players as key_players
    from ilp_lab.networks.linkchart import LinkChart as LinkChart
    from ilp_lab.networks.measuring import measures as measures
    from ilp_lab.networks.moneypatterns import fan_in_out as fan_in_out
    from ilp_lab.networks.moneypatterns import round_trips as round_trips
    from ilp_lab.networks.payments import flows as flows
    from ilp_lab.networks.payments import transaction_chart as transaction_chart
    from ilp_lab.networks.phasing import through_time as through_time
    from ilp_lab.networks.predicting import missing_links as missing_links
    from ilp_lab.networks.rankorders import brokers as brokers
    from ilp_lab.networks.rankorders import ranking as ranking
    from ilp_lab.networks.recovering import disruption as disruption
    from ilp_lab.networks.removals import removal_curves as removal_curves
    from ilp_lab.networks.routing import routes as routes
    from ilp_lab.networks.sparse import to_scipy as to_scipy
    from ilp_lab.networks.standing import roles as roles
    from ilp_lab.networks.thresholds import structuring as structuring
    from ilp_lab.networks.timeways import time_path as time_path
    from ilp_lab.networks.timeways import time_reach as time_reach

_NAMES = {
    "LinkChart": "linkchart",
    "brokers": "rankorders",
    "call_bursts": "callrhythm",
    "call_chart": "calling",
    "chart": "building",
    "co_location": "colocation",
    "co_offending": "cooffending",
    "common_contacts": "calling",
    "contacts": "calling",
    "device_swaps": "handsets",
    "disruption": "recovering",
    "fan_in_out": "moneypatterns",
    "flows": "payments",
    "groups": "grouping",
    "key_players": "keyplayers",
    "measures": "measuring",
    "missing_links": "predicting",
    "night_calls": "callrhythm",
    "ranking": "rankorders",
    "read_chart": "chartfiles",
    "removal_curves": "removals",
    "roles": "standing",
    "round_trips": "moneypatterns",
    "routes": "routing",
    "structuring": "thresholds",
    "through_time": "phasing",
    "time_path": "timeways",
    "time_reach": "timeways",
    "to_networkx": "exchange",
    "to_scipy": "sparse",
    "transaction_chart": "payments",
    "write_chart": "chartfiles",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
