"""Made-up records of Belmara for boards that nobody brings any to: scores of readiness, tasks, decisions, a case."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilp_lab.records import ReadinessScore, Record
    from ilp_lab.safeguards import Case

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


@lru_cache(maxsize=1)
def meeting_records() -> tuple[Record, ...]:
    """Tasks, decisions, requirements and concerns of three levels, for a meeting on :data:`DAY`."""
    from ilp_lab import records

    made = "2099-01-02T10:00Z"
    effect = "thefts from boats at the pier, per month: -25 % (-40 % to -10 %) by 2099-06-30"
    here, above = "belmara/selin/s1", "belmara/selin"

    def task(
        number: str, objective: str, owner: str, hours: int, start: str, end: str, **more: Any
    ) -> Record:
        values: dict[str, Any] = {
            "task_id": number, "objective": objective, "owner": owner, "hours": hours, "start": start, "end": end, "decision_id": "D-7",
            "outcome_measure": effect, "status": "running", "unit": here, "created_at": made,
        }  # fmt: skip
        return records.TaskingRecord(**values | more)

    def requirement(number: str, question: str, deadline: str, **more: Any) -> Record:
        values: dict[str, Any] = {
            "requirement_id": number, "question": question, "requester": "Head of S1", "decision_supported": "Whether to go on with the dealers",
            "deadline": deadline, "unit": here, "created_at": made,
        }  # fmt: skip
        return records.IntelligenceRequirement(**values | more)

    def concern(number: str, place: str, topic: str, people: int) -> Record:
        values: dict[str, Any] = {
            "concern_id": number, "received_on": "2099-03-02", "channel": "meeting", "place": place, "topic": topic, "people": people,
            "concern": "It is dark at the underpass.", "consent": "use and answer", "unit": here, "created_at": "2099-03-02T10:00Z",
        }  # fmt: skip
        return records.CommunityConcern(**values)

    options = [{"name": "Light and lock"}, {"name": "Do nothing", "do_nothing": True}]
    decision: dict[str, Any] = {
        "decision_id": "D-7", "options": options, "chosen": "Light and lock", "decision": "Light the pier and lock the yard", "evidence": ["P-12"],
        "decision_maker": "Chief Mira", "reasons": "Half of the thefts are by night at the dark end", "decided_on": "2099-01-03",
        "review_date": "2099-04-05", "unit": here, "created_at": made,
    }  # fmt: skip
    return (
        task("K-1", "Light the pier", "Harbour unit", 60, "2099-01-05", "2099-03-01", action_type="prevention"),
        task("K-2", "Inspect all dealers of motors", "Trade police", 40, "2099-02-01", "2099-04-30", action_type="intelligence", outcome_measure="dealers seen"),
        task("K-3", "Locks for repeat victims", "Prevention", 30, "2098-11-01", "2098-12-31", status="done", result="41 locks fitted", decision_id="D-5", created_at="2098-10-30T10:00Z", outcome_measure="burglaries of the same dwelling"),
        task("K-20", "Ask all dealers for their books", "Region Selin", 120, "2099-02-01", "2099-03-20", level="regional", unit=above, decision_id="D-9", outcome_measure="dealers seen"),
        task("K-30", "Agree handling codes with the neighbours", "Directorate", 200, "2099-01-10", "2099-12-31", level="national", unit="belmara", decision_id="D-2", outcome_measure="agreements signed"),
        records.DecisionRecord(**decision),
        requirement("IR-1", "Who buys the stolen outboard motors?", "2099-03-25"),
        requirement("IR-2", "Which yards have no light?", "2099-04-10"),
        requirement("IR-9", "Are motors sold over the border?", "2099-04-03", level="regional", unit=above, requester="Head of Selin"),
        concern("C-1", "S1-01", "street lights", 23),
        concern("C-2", "S1-02", "noise", 9),
    )  # fmt: skip


@lru_cache(maxsize=1)
def safeguard_case() -> Case:
    """A case in a folder of its own, which goes when Python ends: opened, worked on, stopped, lifted, released."""
    import atexit
    import shutil
    import tempfile
    import warnings
    from pathlib import Path

    import pandas as pd

    from ilp_lab import records
    from ilp_lab.boards.examples import reports
    from ilp_lab.errors import SafeguardError
    from ilp_lab.safeguards import (
        enforce,
        minimise,
        open_case,
        override,
        quarantine,
        release_table,
        sanitise,
    )

    folder = Path(tempfile.mkdtemp(prefix="ilp_lab sample case "))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    case = open_case(folder / "thefts from boats", purpose="Problem profile: thefts from boats", legal_basis="Police Act of Belmara s.12", analyst="A17")  # fmt: skip
    table = reports().head(12)
    dated = table.assign(review_date=["2025-03-01", "2025-06-01", *["2095-01-01"] * 10])
    with records.open_store(case) as store, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two of them are overdue, which the board says
        store.add(dated, form="IntelligenceReport")
    said = pd.DataFrame(
        {
            "text": ["Motors were carried to a van", "He is diabetic and goes to church"],
            "eye colour": ["", ""],
        }
    )
    quarantine(said, case=case)
    minimise(said, keep=["text"], case=case)
    sanitise(table, case=case, authoriser="Chief Mira", reason="for the region Selin", names=["Mifonru"])
    counts = pd.DataFrame({"area": ["S1-01", "S1-02"], "thefts": [41, 3]})
    for number, fault in (
        ("D11", "one cell is smaller than 5"),
        ("D20", "the transfer abroad lacks its legal basis"),
    ):
        try:
            enforce(case, number, fault)
        except SafeguardError:
            continue
    with override(case, "D11", reason="the court ordered the figures", approver="Chief Mira"):
        enforce(case, "D11", "one cell is smaller than 5")
        release_table(
            case,
            folder / "thefts from boats" / "counts.csv",
            counts,
            what="thefts by area",
            reason="for the court",
        )
    return case
