"""Every form says everything that is wrong at once, and comes back from text and tables as it was."""

from __future__ import annotations

import json
import warnings
from io import StringIO

import jsonschema
import pandas as pd
import pytest
from examples import EXAMPLES, REPORT
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import records
from ilp_lab.errors import FormError, InputError
from ilp_lab.records import FORMS, IntelligenceReport, from_frame, to_frame

ALL = sorted(FORMS)


def test_every_form_of_the_doctrine_is_there():
    numbers = {form.number for form in FORMS.values()}
    assert numbers >= set(range(1, 18))
    assert set(EXAMPLES) == set(FORMS)


@pytest.mark.parametrize("name", ALL)
def test_an_empty_form_names_every_mandatory_field_at_once(name):
    form = FORMS[name]
    with pytest.raises(FormError) as told:
        form()
    for field, about in form.model_fields.items():
        assert (f"- {field} is missing" in str(told.value)) == about.is_required(), field


@pytest.mark.parametrize("name", ALL)
def test_a_filled_form_comes_back_from_json_and_from_tables(name):
    record = FORMS[name](**EXAMPLES[name])
    assert FORMS[name].from_json(record.to_json()) == record
    assert from_frame(to_frame([record]), form=name) == [record]
    text = to_frame([record], flat=True).to_csv(index=False)
    assert from_frame(pd.read_csv(StringIO(text), dtype=str), form=name) == [record]


@pytest.mark.parametrize("name", ALL)
def test_the_json_schema_takes_the_filled_form_and_no_empty_one(name):
    schema = records.json_schema(name)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    plain = json.loads(FORMS[name](**EXAMPLES[name]).to_json())
    assert list(validator.iter_errors(plain)) == []
    missing = {error.message.split("'")[1] for error in validator.iter_errors({})}
    assert missing == {field for field, about in FORMS[name].model_fields.items() if about.is_required()}


def test_all_kinds_of_faults_stand_in_one_message():
    bad = {
        **REPORT,
        "source_grade": "E",
        "handling": "H9",
        "text": " ",
        "level": "city",
        "colour": 1,
        "risk_assessed": None,
    }
    with pytest.raises(FormError) as told:
        IntelligenceReport(**bad)
    said = str(told.value)
    for part in (
        "source_grade 'E' is not in 4x4; it has A, B, C, X.",
        "'H9' is not a handling code",
        "text is missing",
        "risk_assessed is missing",
        "level must be one of 'local', 'regional' or 'national'; got 'city'.",
        "'colour' is not a field",
    ):
        assert part in said
    assert "pydantic" not in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"corroborated_by": ["R-0001"]}, "a report cannot confirm itself"),
        ({"cites": ["R-0001"]}, "cites names the report itself"),
        ({"information_grade": "3"}, "name the confirming report, from a different source"),
        ({"review_date": "2026-03-01"}, "is not after the day it was written"),
        ({"review_date": "1999-01-01"}, "is not after the day it was written"),
        ({"review_date": "0203-01-01"}, "not between the years"),
        ({"handling": "H3"}, "say which in conditions"),
        ({"source_ref": "Anna Kovac"}, "never a name"),
        ({"source_ref": "Анна"}, "never a name"),
        ({"scheme": "7x7"}, "not a known grading scheme"),
        ({"scheme": "3x5x2"}, "source_grade 'B' is not in 3x5x2"),
        ({"created_at": "2026-03-01T10:00"}, "has no time zone"),
        ({"created_at": "yesterday"}, "is not a time"),
        ({"obtained_at": "2026-03-02T10:00Z"}, "lies after created_at"),
        ({"event_from": "2026-02-02T10:00Z", "event_to": "2026-02-01T10:00Z"}, "lies before event_from"),
        ({"text": "a\x00b"}, "no text"),
        ({"text": "a\ud800b"}, "no text"),
        ({"subjects": [{"entity_id": "P1", "categories": []}]}, "subjects[1].categories is empty"),
        ({"subjects": [{"entity_id": "P1", "categories": ["boss"]}]}, "must be one of 'suspect'"),
        ({"subjects": [{"entity_id": "P1"}]}, "subjects[1].categories is missing"),
        ({"special_category": {"kind": "health"}}, "special_category.strict_necessity is missing"),
        ({"version": 2}, "must name the version before"),
        ({"supersedes": "a" * 64}, "must not name the version before"),
        ({"action_code": "A1"}, "action_code 'A1' is not in 4x4"),
        ({"permission": "P"}, "permission 'P' is not in 4x4"),
    ],
)
def test_what_a_report_must_not_say(changes, says):
    with pytest.raises(FormError, match=says.replace("[", r"\[").replace("]", r"\]")):
        IntelligenceReport(**{**REPORT, **changes})


def test_conditions_of_3x5x2():
    british = {**REPORT, "scheme": "3x5x2", "source_grade": "1", "information_grade": "A"}
    assert IntelligenceReport(**british, permission="P").grade == "1AP"
    with pytest.raises(FormError, match="permission C of 3x5x2 needs conditions"):
        IntelligenceReport(**british, permission="C")
    assert IntelligenceReport(**british, permission="C", conditions="not to be copied").grade == "1AC"
    false = IntelligenceReport(**{**british, "information_grade": "E"})
    assert false.is_suspected_false
    assert not IntelligenceReport(**british).is_suspected_false


@pytest.mark.parametrize(
    ("form", "changes", "says"),
    [
        ("DecisionRecord", {"decision_maker": "algorithm"}, "is not a person"),
        ("DecisionRecord", {"options": [{"name": "A"}]}, "the option of doing nothing"),
        ("DecisionRecord", {"chosen": "Something else"}, "none of the options"),
        ("IntelligenceRequirement", {"status": "satisfied"}, "names no product"),
        ("TaskingRecord", {"start": "2026-02-02", "end": "2026-02-01"}, "lies before start"),
        ("TaskingRecord", {"hours": -1}, "greater than or equal to 0"),
        ("TaskingRecord", {"hours": float("inf")}, "finite"),
        ("TaskingRecord", {"status": "done"}, "what came of it"),
        ("DisseminationRecord", {"recipient_country": "Kestria"}, "legal basis"),
        ("DisseminationRecord", {"recalled": True}, "does not say why"),
        ("RetentionReview", {"outcome": "retain"}, "reviewer is missing"),
        (
            "RetentionReview",
            {
                "outcome": "retain", "reviewer": "E7", "reviewed_on": "2026-01-01", "reason": "open case",
                "next_review": "2025-01-01",
            },
            "is not after the review itself",
        ),
        ("EntityLink", {"right_id": "P1"}, "the same entry"),
        ("EntityLink", {"decided_by": "Algorithm"}, "not a person"),
        ("AnalyticJudgement", {"probability": 0}, "greater than 0"),
        ("AnalyticJudgement", {"probability": 1}, "less than 1"),
        ("IndicatorScore", {"evidence": []}, "other than 'unknown'"),
        ("IndicatorScore", {"assessor": "A1", "second_assessor": "A1"}, "somebody else"),
        ("SubjectProfileData", {"subject_category": "victim"}, "must be one of 'suspect' or 'convicted'"),
        ("TacticalAssessmentData", {"period_to": "2020-01-01"}, "lies before period_from"),
        ("AuditEvent", {"operation": "disclosure"}, "recipient is missing"),
        ("AuditEvent", {"operation": "consultation"}, "justification is missing"),
        ("AuditEvent", {"operation": "peeking"}, "must be one of"),
    ],
)  # fmt: skip
def test_what_other_forms_must_not_say(form, changes, says):
    with pytest.raises(FormError, match=says):
        FORMS[form](**{**EXAMPLES[form], **changes})


def test_a_revision_names_the_version_before():
    first = IntelligenceReport(**REPORT)
    second = first.revise(handling="H2", subjects=[{"entity_id": "P3", "categories": ["suspect", "victim"]}])
    assert (second.version, second.supersedes) == (2, first.sha256)
    assert second.sha256 != first.sha256
    assert second.revise(subjects=None).subjects == ()
    with pytest.raises(FormError, match="stays the same"):
        first.revise(report_id="R-2")
    with pytest.raises(FormError, match="H9"):
        first.revise(handling="H9")


def test_records_do_not_change():
    report = IntelligenceReport(**REPORT)
    with pytest.raises(ValueError, match="frozen"):
        report.text = "something else"


def test_the_hash_depends_on_content_and_not_on_how_it_was_written():
    report = IntelligenceReport(**REPORT)
    same = {
        **REPORT,
        "created_at": "2026-03-01T11:00+01:00",
        "review_date": pd.Timestamp("2027-03-01"),
        "risk_note": None,
    }
    assert IntelligenceReport(**same).sha256 == report.sha256
    assert IntelligenceReport(**{**REPORT, "text": "Something else."}).sha256 != report.sha256
    assert (
        report.sha256 == "326d5ebc33e870c9f6eeb1935eaf01f5c87a3b528eb6200d67fdd5c2d1d1034f"
    )  # as every earlier version of the library wrote it


def test_tables_from_other_programs_are_read_as_they_come():
    rows = pd.DataFrame(
        [
            {
                **REPORT,
                "report_id": 17.0,
                "corroborated_by": "R-2; R-3",
                "information_grade": 3,
                "links": float("nan"),
            }
        ]
    )
    (report,) = from_frame(rows, form="IntelligenceReport")
    assert report.report_id == "17"
    assert report.information_grade == "3"
    assert report.corroborated_by == ("R-2", "R-3")


def test_faults_of_a_table_name_their_rows():
    rows = pd.DataFrame(
        [{**REPORT, "report_id": f"R-{at}", "source_grade": "B" if at % 3 else "Q"} for at in range(60)]
    )
    with pytest.raises(FormError, match="20 of 60 rows") as told:
        from_frame(rows, form=IntelligenceReport)
    assert "and 8 more" in str(told.value)
    faults = records.frame_faults(rows, form=IntelligenceReport)
    assert faults["row"].tolist() == list(range(0, 60, 3))


def test_a_row_changed_after_its_hash_is_noticed():
    frame = to_frame([IntelligenceReport(**REPORT)])
    frame["text"] = "Something else."
    with pytest.raises(FormError, match="changed after its hash"):
        from_frame(frame, form=IntelligenceReport)


def test_tables_carry_the_strictest_code():
    from ilp_lab.safeguards import handling_of

    reports = [
        IntelligenceReport(**{**REPORT, "report_id": f"R-{code}", "handling": code}) for code in ("H0", "H2")
    ]
    assert handling_of(to_frame(reports)) == "H2"
    assert to_frame([], form="TaskingRecord").columns[0] == "task_id"
    with pytest.raises(InputError, match="one form"):
        to_frame([])
    with pytest.raises(InputError, match="Did you mean 'TaskingRecord'"):
        records.fields("TaskingRecrd")


TEXT = st.text(
    st.characters(
        exclude_categories=("Cs",), exclude_characters="".join(map(chr, (*range(9), 11, 12, *range(14, 32))))
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip())


@settings(max_examples=60)
@given(
    TEXT,
    st.lists(TEXT, max_size=3),
    st.dates(pd.Timestamp("2026-03-02").date()).filter(lambda day: day.year < 2390),
)
def test_text_in_any_script_comes_back_as_it_was(text, notes, review):
    report = IntelligenceReport(
        **{
            **REPORT,
            "text": text,
            "review_date": review,
            "conditions": text,
            "links": [note[:20] for note in notes if note[:20].strip()],
        }
    )
    assert report.text == text.strip()
    assert IntelligenceReport.from_json(report.to_json()) == report
    assert from_frame(to_frame([report]), form="IntelligenceReport") == [report]
    assert from_frame(to_frame([report], flat=True), form="IntelligenceReport") == [report]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150)
@given(st.data())
def test_whatever_is_put_in_ends_in_a_record_or_in_clear_words(data):
    name = data.draw(st.sampled_from(ALL))
    form = FORMS[name]
    keys = data.draw(st.lists(st.sampled_from(list(form.model_fields)), max_size=5, unique=True))
    given_values = {**EXAMPLES[name], **{key: data.draw(VALUES) for key in keys}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            record = form(**given_values)
        except FormError as error:
            assert str(error).startswith(name)  # noqa: PT017
        else:
            assert form.from_json(record.to_json()) == record


@settings(max_examples=80)
@given(st.text(max_size=40) | st.binary(max_size=40))
def test_whatever_text_is_read_ends_in_clear_words(text):
    with pytest.raises(FormError):
        IntelligenceReport.from_json(text)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, "null", "17", '"x"', "[]", "x" * 6_000_000]
)
def test_hostile_json_ends_in_clear_words(text):
    with pytest.raises(FormError):
        IntelligenceReport.from_json(text)
