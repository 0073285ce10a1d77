"""What of a record may leave its unit: what stands against it, and what stays behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.records.catalogue import sensitive_fields
from ilp_lab.records.form import Record
from ilp_lab.records.frames import from_frame
from ilp_lab.records.gathering import IntelligenceReport
from ilp_lab.safeguards import Case, enforce, find_special_categories, pseudonymise, sanitise, source_phrases

if TYPE_CHECKING:
    import pandas as pd

_OF_THE_UNIT = ("unit", "shared_with", "version", "supersedes", "created_by", "links")
_FAULTS = ("record_id", "rule", "fault")


def listed(given: Any, form: str, caller: str) -> list[Record]:
    """The records among what was given; anything else is named."""
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        return list(from_frame(given, form=form))
    check = Check(caller)
    items: list[Any] = (
        [given] if not isinstance(given, Iterable) or isinstance(given, Record) else list(given)
    )
    for one in items:
        if not isinstance(one, Record):
            check.add(f"records, or a table of them, are needed; got {type(one).__name__}.")
            break
    check.done()
    return items


def sharing_faults(
    records: pd.DataFrame | Record | Iterable[Record], *, form: str = "IntelligenceReport"
) -> pd.DataFrame:
    """List what stands against passing records on, before :func:`share` refuses.

    Parameters
    ----------
    records
        Records, or a table from ``store.records(...)``.
    form
        The form of the table's rows.

    Returns
    -------
    DataFrame
        ``record_id``, ``rule`` (D4, D5, D6, D7 or D19) and ``fault``; empty when all of them may leave.

    Examples
    --------
    >>> from ilp_lab.records import TaskingRecord
    >>> task = TaskingRecord(
    ...     task_id="K-1", decision_id="D-1", objective="Lock the yard", owner="S1", outcome_measure="thefts", review_date="2020-01-01",
    ...     created_at="2019-01-01T00:00Z",
    ... )
    >>> sharing_faults(task)[["record_id", "rule"]].values.tolist()
    [['K-1', 'D7']]
    """
    import pandas as pd

    chosen = listed(records, form, "records.sharing_faults")
    today = datetime.now(UTC).date()
    found = [
        (one.record_id, "D7", f"it was due for review on {one.review_date}; review it first")
        for one in chosen
        if one.review_date is not None and one.review_date <= today
    ]
    reports = [one for one in chosen if isinstance(one, IntelligenceReport)]
    found += [(one.record_id, rule, fault) for one in reports for rule, fault in _of_report(one)]
    found += _of_texts(reports)
    return pd.DataFrame(found, columns=pd.Index(_FAULTS))


def _of_report(report: IntelligenceReport) -> Iterator[tuple[str, str]]:
    if report.is_suspected_false and report.statement_type == "fact":
        yield "D4", f"grade {report.grade} says that it is suspected false, but it is stated as fact"
    if report.obtained_at is None and report.event_from is None:
        yield "D5", "it has no date of what it tells: fill in obtained_at or event_from"
    if report.special_category is not None and report.special_category.approved_by is None:
        yield "D6", f"nobody agreed that {report.special_category.kind} is strictly necessary"
    if not report.risk_assessed:
        yield "D19", "nobody asked whether its text lets a reader recognise the source: risk_assessed"


def _of_texts(reports: Sequence[IntelligenceReport]) -> list[tuple[str, str, str]]:
    import pandas as pd

    texts = [report.text for report in reports]
    phrases = source_phrases(texts)
    found = [
        (reports[at].record_id, "D19", f"its wording tells who the source is: {phrase!r}; write it anew")
        for at, phrase in zip(phrases["at"], phrases["found"], strict=True)
    ]
    open_texts = pd.DataFrame({"text": [one.text if one.special_category is None else "" for one in reports]})
    if len(open_texts):
        hits = find_special_categories(open_texts)
        found += [
            (reports[at].record_id, "D6", f"{what!r} may say something of {kind}: fill in special_category, or write it anew")
            for at, what, kind in zip(hits["row"], hits["found"], hits["kind"], strict=True)
        ]  # fmt: skip
    return found


def fit_to_leave(case: Case, faults: pd.DataFrame) -> pd.DataFrame:
    """Act on what stands against it: the records to set aside are returned.

    Raises
    ------
    SafeguardError
        When a rule blocks and nobody lifted it.
    """
    held = []
    for rule in faults["rule"].unique():
        of_rule = faults[faults["rule"] == rule]
        told = [f"{row.record_id}: {row.fault}" for row in of_rule.head(8).itertuples()]
        if len(of_rule) > len(told):
            told.append(f"and {len(of_rule) - len(told):,} more; records.sharing_faults(...) lists all")
        enforce(case, rule, told)
        if rule == "D6":
            held.append(of_rule)
    return faults[faults["rule"] == "D6"].reset_index(drop=True) if held else faults.iloc[:0]


def passed_on(
    case: Case, records: Sequence[Record], *, names: Iterable[str], authoriser: str, reason: str
) -> list[dict[str, Any]]:
    """The records as they leave: without what tells who the source or the subject is."""
    reports = [one for one in records if isinstance(one, IntelligenceReport)]
    texts, sources, people = _replaced(case, reports, names, authoriser, reason) if reports else ({}, {}, {})
    left = []
    for one in records:
        behind = {*_OF_THE_UNIT, *sensitive_fields(type(one), kind="source"), *_added_on_persons(type(one))}
        fields = {name: value for name, value in one.to_dict().items() if name not in behind}
        if isinstance(one, IntelligenceReport):
            fields |= {
                "text": texts[one.record_id],
                "source_ref": sources[one.source_ref],
                "evaluator": one.originator_unit,
            }
            if one.subjects:
                fields["subjects"] = [
                    {**subject, "entity_id": people[subject["entity_id"]]} for subject in fields["subjects"]
                ]
        left.append({"form": one.form, "form_version": one.form_version, "fields": fields})
    return left


def _added_on_persons(form: type[Record]) -> set[str]:
    """What a pack adds on persons stays behind; the report's own texts and subjects are replaced."""
    return set(sensitive_fields(form, kind="personal")) - set(IntelligenceReport.model_fields)


def _replaced(
    case: Case, reports: Sequence[IntelligenceReport], names: Iterable[str], authoriser: str, reason: str
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Texts by report, numbers of sources and subjects by what they were."""
    import pandas as pd

    table = pd.DataFrame(
        {"report_id": [one.record_id for one in reports], "text": [one.text for one in reports]}
    )
    # wording that tells who the source is was asked about before: D19 blocks, or somebody lifted it
    clean = sanitise(table, case=case, authoriser=authoriser, reason=reason, names=names, languages=()).table
    sources = sorted({one.source_ref for one in reports})
    people = sorted({subject.entity_id for one in reports for subject in one.subjects})
    return (
        dict(zip(clean["report_id"], clean["text"], strict=True)),
        _numbered(case, sources, "S1"),
        _numbered(case, people, "P"),
    )


def _numbered(case: Case, known: list[str], prefix: str) -> dict[str, str]:
    import pandas as pd

    if not known:
        return {}
    made = pseudonymise(pd.DataFrame({"known": known}), "known", case=case, prefix=prefix)["known"]
    return dict(zip(known, made, strict=True))


def quality_of(records: Sequence[Record]) -> str:
    """How good and how old they are, in a line: grades, and the days they tell of."""
    reports = [one for one in records if isinstance(one, IntelligenceReport)]
    grades = Counter(f"{one.scheme} {one.grade}" for one in reports)
    told = [f"{grade} ({count:,})" for grade, count in sorted(grades.items())]
    days = sorted(
        (getattr(one, "obtained_at", None) or getattr(one, "event_from", None) or one.created_at).date()
        for one in records
    )
    others = Counter(one.title for one in records if not isinstance(one, IntelligenceReport))
    told += [f"{count:,} {title}" for title, count in sorted(others.items())]
    return f"{', '.join(told)}; of {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "")


def conditions_of(records: Sequence[Record]) -> list[str]:
    """The conditions of handling that the records carry, each once."""
    return [told for told in dict.fromkeys(getattr(one, "conditions", None) for one in records) if told]
