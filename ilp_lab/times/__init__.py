"""Questions of time: when, what changed, what stands out, near repeats, scans, series, where next, did it work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.times.accuracies import accuracy as accuracy
    from ilp_lab.times.aoristics import aoristic as aoristic
    from ilp_lab.times.backtesting import backtest as backtest
    from ilp_lab.times.bursts import temporal_scan as temporal_scan
    from ilp_lab.times.changes import change_points as change_points
    from ilp_lab.times.displacements import displacement_rings as displacement_rings
    from ilp_lab.times.displacements import pattern_change as pattern_change
    from ilp_lab.times.forecasting import forecast as forecast
    from ilp_lab.times.interventions import difference_in_differences as difference_in_differences
    from ilp_lab.times.interventions import interrupted_series as interrupted_series
    from ilp_lab.times.linkage import LinkageModel as LinkageModel
    from ilp_lab.times.linkage import linkage_model as linkage_model
    from ilp_lab.times.nearrepeat import near_repeat as near_repeat
    from ilp_lab.times.outcomes import compare_counts as compare_counts
    from ilp_lab.times.outcomes import displacement_difference as displacement_difference
    from ilp_lab.times.pairevidence import pair_evidence as pair_evidence
    from ilp_lab.times.pairreview import link_crimes as link_crimes
    from ilp_lab.times.periodcounts import counts_by_period as counts_by_period
    from ilp_lab.times.radar import exceptions as exceptions
    from ilp_lab.times.rhythms import circular_test as circular_test
    from ilp_lab.times.scanning import scan as scan
    from ilp_lab.times.seasons import control_chart as control_chart
    from ilp_lab.times.seasons import seasonality as seasonality
    from ilp_lab.times.seriesfinding import crime_series as crime_series
    from ilp_lab.times.waves import near_repeat_roles as near_repeat_roles
    from ilp_lab.times.waves import near_repeat_zones as near_repeat_zones
    from ilp_lab.times.weekdays import weekday_test as weekday_test
    from ilp_lab.times.yearsofar import year_to_date as year_to_date

_NAMES = {
    "LinkageModel": "linkage",
    "accuracy": "accuracies",
    "aoristic": "aoristics",
    "backtest": "backtesting",
    "change_points": "changes",
    "circular_test": "rhythms",
    "compare_counts": "outcomes",
    "control_chart": "seasons",
    "counts_by_period": "periodcounts",
    "crime_series": "seriesfinding",
    "difference_in_differences": "interventions",
    "displacement_difference": "outcomes",
    "displacement_rings": "displacements",
    "exceptions": "radar",
    "forecast": "forecasting",
    "interrupted_series": "interventions",
    "link_crimes": "pairreview",
    "linkage_model": "linkage",
    "near_repeat": "nearrepeat",
    "near_repeat_roles": "waves",
    "near_repeat_zones": "waves",
    "pair_evidence": "pairevidence",
    "pattern_change": "displacements",
    "scan": "scanning",
    "seasonality": "seasons",
    "temporal_scan": "bursts",
    "weekday_test": "weekdays",
    "year_to_date": "yearsofar",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
