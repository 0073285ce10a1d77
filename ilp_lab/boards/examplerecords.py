"""Made-up records of Belmara for boards that nobody brings any to: scores of readiness, tasks, decisions, a case."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilp_lab.records import ReadinessScore

DAY = date(2099, 4, 1)
"""The day on which the samples are looked at."""
_FIRST = (2, 3, 1, 3, 3, 2, 2, 0, 1, 2, 1, 0, 2, 1, 0, 3, 2, 2, 3, 2, 1, 0, 1, 2, 1, 1)
_OTHER = (3, 3, 2, 3, 3, 3, 3, 2, 2, 3, 2, 2, 3, 3, 2, 3, 3, 3)
_OWNED = {
    "products_cited": ("Head of S1", "2098-12-01", "Every decision record names its products"),
    "feedback_given": ("Desk of S1", "2099-06-01", "A line back to every officer whose report was used"),
    "managers_trained": ("Head of training", "2099-09-01", "Two managers to each course"),
}


@lru_cache(maxsize=1)
def readiness_scores() -> tuple[ReadinessScore, ...]:
    """What two units said of themselves, one of them twice."""
    from ilp_lab import tasking
    from ilp_lab.records import ReadinessScore

    items = [str(item) for item in tasking.readiness_form()["item"]]
    found: list[ReadinessScore] = []

    def score(unit: str, item: str, maturity: int, day: str, evidence: str, **more: Any) -> None:
        values: dict[str, Any] = {
            "readiness_id": f"A-{len(found) + 1:04d}", "unit": f"belmara/{unit}", "item": item, "maturity": maturity, "assessed_on": day,
            "evidence": [evidence] if evidence else [], "assessor": "A17", "created_at": f"{day}T10:00Z",
        }  # fmt: skip
        found.append(ReadinessScore(**values, **more))

    for item, maturity in zip(items, _FIRST, strict=True):
        owner, due, plan = _OWNED.get(item, (None, None, None))
        seen = "" if item in {"audit_log_on", "geocoded"} else "seen on site"
        score("selin/s1", item, maturity, "2098-03-01", seen, owner=owner, due=due, plan=plan)
    for item, maturity in zip(items, _OTHER, strict=False):
        score("tarn/t1", item, maturity, "2098-09-01", "report of the inspection")
    for item in ("law_names_it", "requests_answered", "career_path"):
        score("selin/s1", item, 3, "2099-03-01", "order 12/2099, figures of the year")
    score("selin/s1", "one_database", 2, "2099-03-01", "two units were cut off in winter")
    return tuple(found)
