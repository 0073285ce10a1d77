"""Reading tables as they come, and saying what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.intake.areas import read_areas as read_areas
    from ilp_lab.intake.callrecords import read_calls as read_calls
    from ilp_lab.intake.gazetteers import read_gazetteer as read_gazetteer
    from ilp_lab.intake.geocoding import geocode as geocode
    from ilp_lab.intake.graphtables import read_graph_csv as read_graph_csv
    from ilp_lab.intake.incidents import read_incidents as read_incidents
    from ilp_lab.intake.links import read_entities as read_entities
    from ilp_lab.intake.links import read_links as read_links
    from ilp_lab.intake.participants import read_events as read_events
    from ilp_lab.intake.quality import QualityReport as QualityReport
    from ilp_lab.intake.resolving.calibrating import calibrate_matches as calibrate_matches
    from ilp_lab.intake.resolving.resolution import resolve as resolve
    from ilp_lab.intake.resolving.reviewing import IdentityReview as IdentityReview
    from ilp_lab.intake.resolving.reviewing import identity_review as identity_review
    from ilp_lab.intake.streets import read_streets as read_streets
    from ilp_lab.intake.transactions import read_transactions as read_transactions

_NAMES = {
    "IdentityReview": "resolving.reviewing",
    "QualityReport": "quality",
    "calibrate_matches": "resolving.calibrating",
    "geocode": "geocoding",
    "identity_review": "resolving.reviewing",
    "read_areas": "areas",
    "read_calls": "callrecords",
    "read_entities": "links",
    "read_events": "participants",
    "read_gazetteer": "gazetteers",
    "read_graph_csv": "graphtables",
    "read_incidents": "incidents",
    "read_links": "links",
    "read_streets": "streets",
    "read_transactions": "transactions",
    "resolve": "resolving.resolution",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
