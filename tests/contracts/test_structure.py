"""The house stays in order: who may import whom, what is handed on, what an import costs."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ilp_lab"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# What users may rely on. A name enters or leaves this list on purpose, with a line in the changelog.
EXPORTS = {
    "ilp_lab": [
        "boards", "engine", "errors", "evaluation", "intake", "language", "networks", "open_case", "places", "products", "reasoning", "records",
        "safeguards", "samples", "schema", "tasking", "threats", "times", "training", "verification", "views", "widgets",
    ],
    "ilp_lab.boards": [
        "AllocationBoard", "AllocationState", "Board", "ClassConsoleBoard", "ClassConsoleState",
        "CrimeMapBoard", "CrimeMapState", "EntityReviewBoard", "EntityReviewState", "HotSpotBoard",
        "HotSpotState", "NearRepeatBoard", "NearRepeatState", "NetworkBoard", "NetworkState", "OptionsBoard",
        "OptionsState", "PrioritiesBoard", "PrioritiesState", "ReadinessBoard", "ReadinessState",
        "ReportDeskBoard", "ReportDeskState", "SafeguardsBoard", "SafeguardsState", "TaskingMeetingBoard",
        "TaskingMeetingState", "TimeExceptionsBoard", "TimeExceptionsState", "View", "allocation",
        "class_console", "compute_allocation", "compute_class_console", "compute_crime_map",
        "compute_entity_review", "compute_hot_spots", "compute_near_repeat", "compute_network",
        "compute_options", "compute_priorities", "compute_readiness", "compute_report_desk",
        "compute_safeguards", "compute_tasking_meeting", "compute_time_exceptions", "crime_map",
        "entity_review", "hot_spots", "near_repeat", "network_explorer", "options", "priorities", "readiness",
        "report_desk", "safeguards", "tasking_meeting", "time_exceptions",
    ],
    "ilp_lab.engine": ["Engine", "ImportReport", "Table", "connect", "import_incidents"],
    "ilp_lab.evaluation": [
        "Conversion", "Grade", "GradingScheme", "certainty", "circular_reports", "convert", "convert_grades", "corroboration",
        "review_grades", "scheme", "schemes", "weights",
    ],
    "ilp_lab.records": [
        "AnalyticJudgement", "AuditEvent", "CaseStore", "CollectionPlan", "CommunityConcern", "DataSetRecord",
        "DecisionRecord", "DisseminationRecord", "EntityLink", "FORMS", "IndicatorScore", "IntelligenceReport",
        "IntelligenceRequirement", "LessonResult", "ProblemProfileData", "PurposeRecord", "ReadinessScore", "Record",
        "ReferralRecord", "RetentionReview", "Shared", "StrategicAssessmentData", "SubjectProfileData",
        "TacticalAssessmentData", "TakenIn", "TaskingRecord", "TermsOfReference", "coverage", "coverage_matrix", "fields",
        "form_of", "forms", "frame_faults", "from_frame", "gaps", "json_schema", "open_store", "rectify",
        "sensitive_fields", "share", "sharing_faults", "subject_report", "take_in", "to_frame",
    ],
    "ilp_lab.intake": [
        "IdentityReview", "QualityReport", "calibrate_matches", "geocode", "identity_review", "read_areas", "read_calls", "read_entities", "read_events", "read_gazetteer",
        "read_graph_csv", "read_incidents", "read_links", "read_streets", "read_transactions", "resolve",
    ],
    "ilp_lab.networks": [
        "LinkChart", "brokers", "call_bursts", "call_chart", "chart", "co_location", "co_offending", "common_contacts",
        "contacts", "device_swaps", "disruption", "fan_in_out", "flows", "groups", "key_players", "measures",
        "missing_links", "night_calls", "ranking", "read_chart", "removal_curves", "roles", "round_trips", "routes",
        "structuring", "through_time", "time_path", "time_reach", "to_networkx", "to_scipy", "transaction_chart",
        "write_chart",
    ],
    "ilp_lab.places": [
        "StreetNetwork", "area_of", "bandwidths", "centres", "concentration", "count", "cross_k", "density",
        "emerging_hot_spots", "geary", "general_g", "geographic_profile", "gi_star", "grid", "hot_areas",
        "journey_to_crime", "local_moran", "moran", "nearest_neighbour", "rates", "relative_risk", "repeat_places",
        "ripley", "risk_terrain", "snap", "street_counts", "street_density", "street_k", "street_network",
    ],
    "ilp_lab.tasking": [
        "Effect", "agenda", "came_true", "cascade", "close_task", "community_feedback", "concern_requirements", "cover", "decide",
        "districts", "escalate", "evaluation_windows", "fairness_price", "feedback_loop", "follow_up", "patrols", "portfolio",
        "readiness", "readiness_form", "referral_review", "weigh_options",
    ],
    "ilp_lab.threats": [
        "HarmScale", "Rubric", "ThreatMatrix", "agreement", "compare_scales", "harm", "harm_concentration", "harm_rates",
        "harm_scale", "learn_next", "matrix", "objective", "rank", "read_harm_scale", "requirements", "rubric",
    ],
    "ilp_lab.times": [
        "LinkageModel", "accuracy", "aoristic", "backtest", "change_points", "circular_test", "compare_counts",
        "control_chart", "counts_by_period", "crime_series", "difference_in_differences", "displacement_difference",
        "displacement_rings", "exceptions", "forecast", "interrupted_series", "link_crimes", "linkage_model",
        "near_repeat", "near_repeat_roles", "near_repeat_zones", "pair_evidence", "pattern_change", "scan",
        "seasonality", "temporal_scan", "weekday_test", "year_to_date",
    ],
    "ilp_lab.reasoning": [
        "Judgement", "Yardstick", "calibration", "check_language", "competing_hypotheses", "indicators", "judgement",
        "judgements_table", "key_assumptions", "scenarios", "yardstick",
    ],
    "ilp_lab.verification": ["networks", "places", "times"],
    "ilp_lab.training": [
        "Certificate", "ClassPlan", "Classroom", "KnowledgeTest", "Lesson", "LessonRun", "Outcome", "TestScore", "Workshop", "WorkshopKit", "certificate", "class_plan", "class_plans", "class_table", "knowledge_test", "lesson", "normalised_gain", "open_class", "read_lesson", "verify_certificate", "workshop", "write_workshop",
    ],
    "ilp_lab.products": [
        "Briefing", "ProblemProfile", "Product", "PublicEdition", "ResultsAnalysis", "Section", "StrategicAssessment",
        "SubjectProfile", "TacticalAssessment",
    ],
    "ilp_lab.safeguards": [
        "AuditLog", "Case", "HandlingPolicy", "Package", "PublicKey", "Released", "Sanitised",
        "Verdict", "admit", "apply_recall", "audit_table", "caught", "check_releases", "distrust", "enforce",
        "find_special_categories", "handling_of", "hide_overdue", "make_key", "mark", "minimise", "open_case",
        "open_package", "origin_of", "override", "overrides", "oversight_report", "policy", "pseudonymise",
        "public_key", "purge", "quarantine", "recall_package", "received", "reidentify", "release_bytes",
        "release_package", "release_table", "resting_on", "retention_schedule", "review_queue", "round_counts", "rule_set",
        "sanitise", "snap_points", "source_phrases", "suppress", "trust", "trusted", "unused_columns", "was_purged",
    ],
    "ilp_lab.samples": [
        "belmara_truth", "complete", "complete_truth", "fits_truth", "hard_pairs", "hard_records", "partial_view", "path", "write_belmara", "write_complete",
    ],
    "ilp_lab.views": [
        "Atlas", "Page", "atlas", "bands_figure", "bar_figure", "chart_map_figure", "chart_map_page", "clock_figure",
        "crimes_figure", "curve_figure", "draw", "event_chart_figure", "event_chart_page", "evidence_figure",
        "explore", "flow_chart_figure", "flow_chart_page", "font_file", "intervals_figure", "learn_figure",
        "linkchart_figure", "linkchart_page", "loop_figure", "map_figure", "map_page", "match_reliability_figure",
        "objective_figure", "offline", "pdf", "png", "price_figure", "ranks_figure", "readiness_figure",
        "readiness_over_time_figure", "reasons_figure", "reliability_figure", "safe_text", "scales_figure",
        "series_figure", "series_page", "summary_html", "svg", "timeline_figure", "timeline_page", "to_pyvis",
        "verdicts_figure", "worth_figure",
    ],
    "ilp_lab.widgets": ["Clock", "CrimeMap", "LinkChartWidget", "Selection", "Table", "Timeline"],
}  # fmt: skip


@pytest.mark.parametrize("package", EXPORTS)
def test_exported_names_are_pinned_and_there(package):
    module = importlib.import_module(package)
    assert sorted(module.__all__) == EXPORTS[package]
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_every_package_is_pinned():
    packages = {f"ilp_lab.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")} - {
        "ilp_lab.apps",
        "ilp_lab.cli",
        "ilp_lab._ground",
    }
    assert packages == set(EXPORTS) - {"ilp_lab"}


def test_every_board_is_served_as_an_app():
    from ilp_lab import boards
    from ilp_lab.apps.table import APPS

    answered = {name.removeprefix("compute_") for name in boards.__all__ if name.startswith("compute_")}
    served = {app.board for app in APPS.values()}
    assert served == answered - {"network"} | {"network_explorer"}, "add a line to ilp_lab/apps/table.py"


def test_rooms_import_downwards_only():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:]


def imported_by(statement: str) -> set[str]:
    code = f"import sys, json; before = set(sys.modules); {statement}; print(json.dumps(sorted(set(sys.modules) - before)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(told.stdout))


def test_importing_the_library_imports_almost_nothing():
    loaded = imported_by("import ilp_lab")
    third_party = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"ilp_lab"}
    assert third_party == set()
    assert {name for name in loaded if name.startswith("ilp_lab")} == {"ilp_lab"}


@pytest.mark.parametrize(
    "room",
    [
        "places",
        "times",
        "networks",
        "threats",
        "tasking",
        "intake",
        "engine",
        "records",
        "evaluation",
        "safeguards",
        "products",
        "boards",
        "reasoning",
        "views",
    ],
)
def test_rooms_load_when_used(room):
    loaded = imported_by(f"import ilp_lab; ilp_lab.{room}")
    heavy = {
        "pandas",
        "geopandas",
        "matplotlib",
        "folium",
        "networkx",
        "scipy",
        "pyarrow",
        "ipywidgets",
        "shapely",
        "duckdb",
        "sqlglot",
        "pyspark",
    }
    assert {name.split(".")[0] for name in loaded} & heavy == set()


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def functions(tree: ast.Module):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        if isinstance(node, ast.ClassDef):
            yield from (
                item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))
            )


def body_lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_small_and_mannerly(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= 900
    assert not {"utils", "helpers", "common", "core", "manager"} & {path.stem}
    long = [f"{node.name}: {body_lines(node)}" for node in functions(tree) if body_lines(node) > 60]
    assert long == []
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {"pickle", "joblib", "matplotlib.pyplot", "urllib.request", "requests"} & imported
    if not {"views", "widgets", "boards"} & set(path.parts) and path.name not in {"doctor.py", "asking.py"}:
        assert not {name.split(".")[0] for name in imported} & {
            "folium",
            "pyvis",
            "ipywidgets",
            "matplotlib",
            "branca",
        } or ("TYPE_CHECKING" in text)
    if "cli" not in path.parts:
        calls = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert "print" not in calls
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not ({"Output"} & attributes and "ipywidgets" in text)


def public_functions():
    for package, names in EXPORTS.items():
        if package == "ilp_lab":
            continue
        for name in names:
            thing = getattr(importlib.import_module(package), name)
            if callable(thing) and not isinstance(thing, type):
                yield pytest.param(thing, id=f"{package}.{name}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_public_functions_are_documented_with_an_example_and_take_little_by_position(function):
    import inspect

    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    assert len(positional) <= 3
    assert not {p.name for p in parameters} & {"seed_value", "random_state", "inplace"}
    assert ">>>" in (function.__doc__ or ""), "needs an example that runs"
    assert all(p.annotation is not p.empty for p in parameters)
    assert inspect.signature(function).return_annotation is not inspect.Signature.empty


def test_the_layers_name_every_room():
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    named = {room.strip() for layer in contract["layers"] for room in layer.split("|")}
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} | {
        path.stem for path in PACKAGE.glob("*.py")
    }
    assert rooms - {"__init__"} <= named
