"""What the columns of results are called on a product, in the language that is spoken now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._tongue import tr
from ilp_lab.schema import withheld

if TYPE_CHECKING:
    from ilp_lab.result import Result


def headings_of(result: Result) -> dict[str, str]:
    """Headings of a result's columns that depend on what made the result: what was counted, what a label stands for.

    >>> import pandas as pd
    >>> from ilp_lab.times import weekday_test
    >>> headings_of(weekday_test(pd.DataFrame({"n": [3, 1, 1, 1, 1, 1, 1]}), rng=1))
    {'label': 'When'}
    """
    columns = set(map(str, result.table.columns))
    found = {"label": tr("When")} if "label" in columns - withheld(columns, of=result.name) else {}
    counted = result.sources[0].name if result.sources else ""
    if (
        result.name == "times.near_repeat_zones"
    ):  # where a row stands in its table, not a number of the agency
        found["incident"] = tr("Row")
    if counted in _counted():
        found["n"] = _counted()[counted]
    return found


def _counted() -> dict[str, str]:
    """What ``n`` counts, by the table that went in, where that is not incidents."""
    return {"calls": tr("Calls"), "transactions": tr("Payments")}


def column_words(name: str) -> str:
    """A column's name for readers: in the language that is spoken for columns that the library makes, else as it was written.

    >>> column_words("q_fdr"), column_words("area_km2"), column_words("my_column")
    ('q (FDR)', 'Area (km²)', 'My column')
    """
    known = _known().get(name)
    if known is not None:
        return known
    written = name.replace("_", " ")
    return written[:1].upper() + written[1:]


def _known() -> dict[str, str]:
    return {**_known_to_m(), **_known_from_m()}


def _known_to_m() -> dict[str, str]:
    return {
        "across": tr("Across"), "actor": tr("Actor"), "adjusted": tr("Adjusted"), "admissible": tr("Admissible"), "after": tr("After"),
        "after_from": tr("After from"), "after_to": tr("After to"), "against": tr("Against"), "against_high": tr("Against high"),
        "against_low": tr("Against low"), "aic": tr("AIC"), "alarms": tr("Alarms"), "along": tr("Along"), "alpha": tr("Alpha"),
        "alternatives": tr("Alternatives"), "answer": tr("Answer"), "answered": tr("Answered"), "area": tr("Area"), "area_km2": tr("Area (km²)"),
        "area_share": tr("Area share"), "around": tr("With neighbours"), "asked": tr("Asked"), "assessed": tr("Assessed"), "assessor": tr("Assessor"),
        "assumptions": tr("Assumptions"), "at": tr("At"), "base": tr("Base"), "basis": tr("Basis"), "bayes_factor": tr("Bayes factor"),
        "because": tr("Because"), "before": tr("Before"), "before_from": tr("Before from"), "before_to": tr("Before to"), "beside_share": tr("Beside share"),
        "best": tr("Best"), "better_by": tr("Better by"), "better_high": tr("Better high"), "better_low": tr("Better low"), "betweenness": tr("Betweenness"),
        "bits": tr("Bits"), "by": tr("By"), "came_back": tr("Came back"), "cell_m": tr("Cell (m)"), "cells": tr("Cells"), "certain": tr("Certain"),
        "chain": tr("Chain"), "chain_size": tr("Chain size"), "change": tr("Change"), "changed_at": tr("Changed at"), "changed_from": tr("Changed from"),
        "changed_to": tr("Changed to"), "changes": tr("Changes"), "chosen": tr("Chosen"), "chosen_share": tr("Chosen share"), "claimed": tr("Claimed"),
        "clark_evans_m": tr("Clark evans (m)"), "clark_evans_z": tr("Clark evans z"), "class": tr("Class"), "code": tr("Code"),
        "cold_before_run": tr("Cold before run"), "cold_last": tr("Cold last"), "cold_run": tr("Cold run"), "cold_share": tr("Cold share"),
        "column": tr("Column"), "complete": tr("Complete"), "conditions": tr("Conditions"), "confidence": tr("Confidence"),
        "control_change": tr("Control change"), "corroboration": tr("Corroboration"), "covered": tr("Covered"), "created_at": tr("Created at"),
        "crimes": tr("Crimes"), "cuts_off": tr("Cuts off"), "day": tr("Day"), "days": tr("Days"), "days_from": tr("From (days)"), "days_late": tr("Days late"),
        "days_left": tr("Days left"), "days_of_week": tr("Days of week"), "days_old": tr("Days old"), "days_over": tr("Days over"),
        "days_since": tr("Days since"), "days_to": tr("To (days)"), "decided_by": tr("Decided by"), "decision": tr("Decision"), "decision_id": tr("Decision"),
        "degree": tr("Links"), "degree_centralization": tr("Degree centralization"), "degree_entropy": tr("Degree entropy"), "density": tr("Density"),
        "detail": tr("Detail"), "diagnosticity": tr("Diagnosticity"), "differ": tr("Differ"), "difference": tr("Difference"), "directed": tr("Directed"),
        "direction": tr("Direction"), "distance": tr("Distance"), "distance_km": tr("Distance (km)"), "district": tr("District"),
        "do_nothing": tr("Do nothing"), "dominated": tr("Dominated"), "dominated_by": tr("Dominated by"), "drawn_as": tr("Drawn as"), "due": tr("Due"),
        "earlier": tr("Earlier"), "effect": tr("Effect"), "efficiency": tr("Efficiency"), "end": tr("End"), "entity_id": tr("Entity"),
        "erase_by": tr("To be erased by"), "evidence": tr("Evidence"), "evidence_wanted": tr("Evidence wanted"), "expected": tr("Expected"),
        "expected_m": tr("Expected (m)"), "failed": tr("Failed"), "false_per_year": tr("False per year"), "far_apart": tr("Far apart"),
        "faults": tr("Faults"), "file": tr("File"), "files": tr("Files"), "filled": tr("Filled"), "first": tr("First"), "first_holds": tr("First holds"),
        "first_without": tr("First without"), "fits": tr("Fits"), "follows": tr("Follows"), "found": tr("Found"), "fragmentation": tr("Fragmentation (F)"),
        "fragmentation_high": tr("Fragmentation high"), "fragmentation_low": tr("Fragmentation low"), "function": tr("Function"), "group": tr("Group"),
        "handling": tr("Handling"), "happened": tr("Happened"), "harm": tr("Harm"), "harm_beside": tr("Harm beside"), "harm_share": tr("Harm share"),
        "hash": tr("Hash"), "held_hours": tr("Held hours"), "high": tr("High"), "high_m": tr("High (m)"), "hit_rate": tr("Hit rate"),
        "hot_before_run": tr("Hot before run"), "hot_last": tr("Hot last"), "hot_run": tr("Hot run"), "hot_share": tr("Hot share"), "hours": tr("Hours"),
        "hours_before": tr("Hours before"), "hours_of_day": tr("Hours of day"), "how": tr("How"), "hypothesis": tr("Hypothesis"), "id": tr("Id"),
        "in_words": tr("In words"), "incident": tr("Incident"), "incident_id": tr("Incident"), "incidents": tr("Incidents"), "incidents_share": tr("Incidents share"),
        "independent_sources": tr("Independent sources"), "indicator": tr("Indicator"), "instead": tr("Instead"), "item": tr("Item"), "items": tr("Items"),
        "key": tr("Key"), "kind": tr("Kind"), "known_to": tr("Known to"), "l_minus_m": tr("L minus M"), "label": tr("Label"), "language": tr("Language"),
        "largest": tr("Largest"), "largest_high": tr("Largest high"), "largest_low": tr("Largest low"), "largest_share": tr("Largest share"),
        "last_year": tr("Last year"), "later": tr("Later"), "least_auc": tr("Least auc"), "left_out": tr("Left out"), "level": tr("Level"),
        "like": tr("Like"), "line": tr("Line"), "linked": tr("Linked"), "llr": tr("Log likelihood ratio"), "loaded": tr("Loaded"), "local": tr("Local"),
        "log_bayes_factor": tr("Log bayes factor"), "log_likelihood": tr("Log likelihood"), "log_risk": tr("Log risk"), "long": tr("Long"),
        "lossy": tr("Lossy"), "low": tr("Low"), "low_m": tr("Low (m)"), "m": tr("Distance (m)"), "m_away": tr("Metres away"), "m_from": tr("From (m)"), "m_to": tr("To (m)"),
        "made_by": tr("Made by"), "made_on": tr("Made on"), "mark": tr("Mark"), "marked": tr("Marked"), "maturity": tr("Maturity"),
        "may_be_stated_as_fact": tr("May be stated as fact"), "mean": tr("Mean"), "mean_log_bayes_factor": tr("Mean log bayes factor"),
        "mean_m": tr("Mean (m)"), "mean_rank": tr("Mean rank"), "mean_share": tr("Mean share"), "meaning": tr("Meaning"),
    }  # fmt: skip


def _known_from_m() -> dict[str, str]:
    return {
        "meaning_for_us": tr("Meaning for us"), "measure": tr("Measure"), "measured": tr("Measured"), "members": tr("Members"), "method": tr("Method"),
        "month": tr("Month"), "n": tr("Incidents"), "name": tr("Name"), "named": tr("Named"), "nearest_m": tr("Nearest (m)"),
        "needs_corroboration": tr("Needs corroboration"), "next": tr("Next"), "next_gain": tr("Gain of one visit more"), "nominal_rank": tr("Nominal rank"),
        "not_high_confidence": tr("Cells without high confidence"), "not_in_table": tr("Not in table"), "number": tr("Number"), "objective": tr("Objective"),
        "observed": tr("Observed"), "occurred_at": tr("Occurred at"), "one": tr("One"), "one_point_share": tr("Share on one point"), "open": tr("Open"),
        "operation": tr("Operation"), "option": tr("Option"), "order": tr("Order"), "origins": tr("Origins"), "other": tr("Other"),
        "other_id": tr("Other entity"), "outcome": tr("Outcome"), "outgoing": tr("Outgoing"), "overlaps": tr("Overlaps"), "owner": tr("Owner"), "p": tr("p"),
        "p_above_next": tr("Chance of standing above the next"), "p_above_nothing": tr("P above nothing"), "p_best": tr("P best"), "p_fewer": tr("P fewer"),
        "p_first": tr("Chance of being first"), "p_first_beside": tr("P first beside"), "p_first_changes": tr("P first changes"), "p_gumbel": tr("P gumbel"),
        "p_permutation": tr("P permutation"), "p_tier": tr("Chance of the tier"), "pai": tr("PAI"), "pairs": tr("Pairs"), "parameters": tr("Parameters"),
        "part": tr("Part"), "parts": tr("Parts"), "passed_on": tr("Passed on"), "pattern": tr("Pattern"), "peak": tr("Peak"), "peak_high": tr("Peak high"),
        "peak_holds": tr("Peak holds"), "peak_low": tr("Peak low"), "peak_share": tr("Peak share"), "pei": tr("PEI"), "pei_star": tr("PEI*"),
        "people": tr("People"), "per_1000": tr("Per 1,000 residents"), "per_km2": tr("Per km²"), "per_km2_after": tr("Per km² after"),
        "per_km2_before": tr("Per km² before"), "period": tr("Period"), "periods": tr("Periods"), "personal": tr("Personal"), "place": tr("Place"),
        "placebo": tr("Placebo"), "places": tr("Places"), "places_share": tr("Places share"), "plan": tr("Plan"), "poisson_z": tr("Poisson z"),
        "population": tr("Population"), "precondition": tr("Precondition"), "predicted": tr("Predicted"), "premise": tr("Premise"), "price": tr("Price"),
        "priority": tr("Priority"), "probability": tr("Probability"), "problem": tr("Problem"), "proven": tr("Proven"), "pseudonym": tr("Pseudonym"),
        "q_fdr": tr("q (FDR)"), "quadrant": tr("Quadrant"), "question": tr("Question"), "radius_m": tr("Radius (m)"), "rank": tr("Rank"),
        "rank_beside": tr("Rank beside"), "rank_difference": tr("Rank difference"), "rank_high": tr("Rank, high end"), "rank_low": tr("Rank, low end"),
        "rank_n": tr("Rank n"), "rank_without_weak": tr("Rank without weak"), "rate": tr("Rate"), "ratio": tr("Ratio"), "reach": tr("Reach"),
        "reached": tr("Reached"), "reached_share": tr("Share reached"), "reason": tr("Reason"), "recalled": tr("Recalled"), "record_id": tr("Record"),
        "records_after": tr("Records after"), "records_before": tr("Records before"), "recovery": tr("Recovery"), "recurrence_days": tr("Recurrence days"),
        "referrals": tr("Referrals"), "relative_risk": tr("Relative risk"), "removal": tr("Removal"), "removed": tr("Removed"), "report_id": tr("Report"),
        "reports": tr("Reports"), "resolved_on": tr("Resolved on"), "rest": tr("Rest"), "result": tr("Result"), "review_by": tr("Review by"),
        "risk": tr("Risk"), "role": tr("Role"), "row": tr("Row"), "rows": tr("Rows"), "rri": tr("RRI"), "said": tr("Said"), "same_origin": tr("Same origin"),
        "same_source": tr("Same source"), "says": tr("Says"), "scale": tr("Scale"), "scenario": tr("Scenario"), "scheme": tr("Scheme"), "score": tr("Score"),
        "sd": tr("Standard deviation"), "se": tr("Standard error"), "searched": tr("Searched"), "season": tr("Season"), "segment": tr("Segment"),
        "sender": tr("Sender"), "sensitivity": tr("Sensitivity"), "sentence": tr("Sentence"), "seq": tr("Seq"), "series": tr("Series"), "set": tr("Set"),
        "sha256": tr("SHA-256"), "share": tr("Share"), "share_after": tr("Share after"), "share_at_most": tr("Share at most"),
        "share_before": tr("Share before"), "share_beside": tr("Share beside"), "share_inside": tr("Share inside"), "silent": tr("Silent"),
        "size": tr("Size"), "small": tr("Small"), "smallest": tr("Smallest"), "smoothed": tr("Smoothed"), "source": tr("Source"),
        "source_ref": tr("Source ref"), "sources_named": tr("Sources named"), "speaks_against": tr("Speaks against"), "stability": tr("Stability"),
        "stands": tr("Stands"), "start": tr("Start"), "statement": tr("Statement"), "statistic": tr("Statistic"), "status": tr("Status"),
        "stayed": tr("Stayed"), "stays_first": tr("Stays first"), "story": tr("Story"), "strength": tr("Strength"), "suspected_false": tr("Suspected false"),
        "table": tr("Table"), "target": tr("Target"), "task_id": tr("Task"), "term": tr("Term"), "term_high": tr("Term high"), "term_low": tr("Term low"),
        "text": tr("Text"), "thing": tr("Thing"), "this_year": tr("This year"), "tier": tr("Tier"), "ties": tr("Ties"), "ties_kept": tr("Ties kept"),
        "top_share": tr("Top share"), "topic": tr("Topic"), "total": tr("Total"), "travel": tr("Travel"), "travel_km": tr("Way (km)"), "trend": tr("Trend"),
        "trend_p": tr("Trend p"), "trend_z": tr("Trend z"), "true_share": tr("True share"), "uncounted": tr("Uncounted"), "undated": tr("Undated"),
        "unit": tr("Unit"), "unknown": tr("Unknown"), "unlinked": tr("Unlinked"), "unsourced": tr("Unsourced"), "upper": tr("Upper"),
        "usual_most": tr("Usual most"), "vague": tr("Vague"), "valid": tr("Valid"), "value": tr("Value"), "variance": tr("Variance"),
        "variance_normal": tr("Variance normal"), "verdict": tr("Verdict"), "visits": tr("Visits"), "warnings": tr("Warnings"), "weaker": tr("Weaker"),
        "weight": tr("Weight"), "what": tr("What"), "where": tr("Where"), "why": tr("Why"), "within_hours": tr("Within hours"), "without": tr("Without"),
        "words": tr("Words"), "would_change": tr("Would change"), "z": tr("z"), "z_last": tr("Z last"), "z_normal": tr("Z normal"), "zone": tr("Zone"),
    }  # fmt: skip
