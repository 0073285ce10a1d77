"""Records between units: what may leave, what stays behind, and what the other unit holds then."""

from __future__ import annotations

import json

import pytest
from examples import EXAMPLES, REPORT
from hypothesis import given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab.errors import (
    FormError,
    HandlingError,
    IlpError,
    IlpWarning,
    InputError,
    ReadError,
    SafeguardError,
)
from ilp_lab.records import FORMS, IntelligenceReport, open_store, share, sharing_faults, take_in
from ilp_lab.safeguards import Package, open_case, open_package, override

DATED = {**REPORT, "handling": "H0", "review_date": "2399-01-01", "obtained_at": "2026-02-28T21:00+00:00"}
BASIS = {"purpose": "Thefts from boats", "legal_basis": "Police Act s.12"}
SEND = {"signed_by": "selin", "recipient": "tarn", "reason": "the same crew?", "authoriser": "Chief Mira"}


def report(number="R-1", **changes):
    return IntelligenceReport(**{**DATED, "report_id": number, **changes})


@pytest.fixture
def selin(case):
    ilp.safeguards.make_key("selin")
    with open_store(case) as store:
        yield store


@pytest.fixture
def tarn(tmp_path):
    ilp.safeguards.make_key("tarn")
    with open_store(open_case(tmp_path / "tarn", analyst="B2", **BASIS)) as store:
        yield store


def passed(store, other, path, records, **changes):
    """Share records and take them in on the other side."""
    sent = share(store, path, records, **{**SEND, **changes})
    opened = open_package(sent.package, case=other.case, as_unit=changes.get("recipient", "tarn"))
    return sent, opened


def test_records_go_to_another_unit_without_what_tells_on_anybody(selin, tarn, tmp_path):
    subjects = [{"entity_id": "E-7", "categories": ["suspect", "victim"]}]
    first = report(
        subjects=subjects,
        officer_ref="O-9",
        source_type="community",
        risk_note="neighbour",
        unit="belmara/selin/s1",
    )
    second = report("R-2", source_ref="S-9", cites=["R-1"], text="Ivo Dren keeps motors in AB 123 CD.")
    third = report("R-3", source_ref="S-0412", obtained_at="2026-03-01T08:00Z")
    selin.add(first, second, third)
    sent, opened = passed(
        selin, tarn, tmp_path / "p.ilp", selin.records("IntelligenceReport"), names=["Ivo Dren"]
    )
    raw = sent.package.path.read_bytes().decode("latin-1")
    for told in (
        "S-0412",
        "S-9",
        "O-9",
        "E-7",
        "Ivo",
        "AB 123",
        "neighbour",
        "community",
        '"E7"',
        'belmara/selin/s1","vers',
    ):
        assert told not in raw, told
    taken = take_in(tarn, opened, purpose_id="P-9")
    assert taken.keys == tuple(f"IntelligenceReport:selin::R-{n}@1" for n in (1, 2, 3))
    assert len(taken.passed_over) == 0
    one, two, three = (tarn.get("IntelligenceReport", f"selin::R-{n}") for n in (1, 2, 3))
    assert two.text == "[person] keeps motors in [plate]."
    assert two.cites == ("selin::R-1",)
    assert one.source_ref == three.source_ref != two.source_ref  # one source stays one source
    assert one.subjects[0].categories == ("suspect", "victim")  # D3: in which capacity goes along
    assert (one.grade, one.statement_type, one.purpose_id, one.level) == ("B2", "fact", "P-9", "regional")
    assert one.review_date == first.review_date
    quality = "4x4 B2 (3); of 2026-02-28 to 2026-03-01"
    assert opened.manifest["quality"] == quality
    told = selin.records("DisseminationRecord").iloc[0]
    assert (told["product_id"], told["sha256_of_file"]) == (sent.package.package_id, sent.package.sha256)
    assert (told["recipient_organisation"], told["sanitised_by"], told["quality_note"]) == (
        "tarn",
        "Chief Mira",
        quality,
    )
    assert ilp.safeguards.resting_on(selin.case, "R-2")["file"].tolist() == ["p.ilp"]


def test_code_and_conditions_of_the_strictest_record_go_along(selin, tarn, tmp_path):
    records = [report(), report("R-2", handling="H3", conditions="for two readers")]
    with pytest.raises(HandlingError, match="authority"):
        share(selin, tmp_path / "p.ilp", records, **SEND)
    _, opened = passed(selin, tarn, tmp_path / "p.ilp", records, authority="Chief Mira")
    take_in(tarn, opened)
    one, two = (tarn.get("IntelligenceReport", f"selin::R-{n}") for n in (1, 2))
    assert (one.handling, one.conditions) == ("H3", "for two readers")
    assert (two.handling, two.conditions) == ("H3", "for two readers")
    assert tarn.case.handling == "H3"


@pytest.mark.parametrize(
    ("changes", "rule", "says"),
    [
        ({"information_grade": "3", "corroborated_by": ["R-9"], "obtained_at": None}, "D5", "no date"),
        ({"scheme": "6x6", "source_grade": "E", "information_grade": "5"}, "D4", "suspected false"),
        ({"text": "My brother told me he deals."}, "D19", "My brother told"),
        ({"risk_assessed": False}, "D19", "nobody asked"),
        ({"created_at": "2020-01-01T00:00Z", "obtained_at": "2019-12-01T00:00Z", "review_date": "2021-01-01"}, "D7", "due for review"),
    ],
)  # fmt: skip
def test_what_is_not_good_enough_is_not_passed_on(selin, tmp_path, changes, rule, says):
    bad = report("R-2", **changes)
    assert sharing_faults([report(), bad])[["record_id", "rule"]].values.tolist() == [["R-2", rule]]
    with pytest.raises(SafeguardError, match=rf"{rule}\): R-2(.|\n)*{says}"):
        share(selin, tmp_path / "p.ilp", [report(), bad], **SEND)
    assert not (tmp_path / "p.ilp").exists()
    assert len(selin.records("DisseminationRecord")) == 0
    with override(selin.case, rule, reason="danger to life tonight", approver="Chief Mira"):
        assert share(selin, tmp_path / "p.ilp", [report(), bad], **SEND).shared == ("R-1", "R-2")
    assert ilp.safeguards.overrides(selin.case)["rule"].tolist() == [rule]


def test_special_categories_wait_for_a_person(selin, tmp_path):
    need = {"kind": "health", "strict_necessity": "the syringes are poisoned"}
    ill = report("R-2", text="The owner of the van is diabetic.")
    alone = report("R-3", special_category=need)
    agreed = report(
        "R-4", text="The owner of the van is diabetic.", special_category={**need, "approved_by": "Chief"}
    )
    sent = share(selin, tmp_path / "p.ilp", [report(), ill, alone, agreed], **SEND)
    assert sent.shared == ("R-1", "R-4")
    assert sorted(sent.held["record_id"]) == ["R-2", "R-3"]
    assert "2 wait for a person" in str(sent)
    with pytest.raises(InputError, match="every record waits"):
        share(selin, tmp_path / "q.ilp", [ill], **SEND)


def test_abroad_needs_a_basis_and_asks_for_an_assessment(selin, tmp_path):
    abroad = {**SEND, "recipient": "kestria/police", "recipient_country": "Kestria"}
    with pytest.raises(SafeguardError, match=r"\(D20\)"), pytest.warns(IlpWarning, match=r"\(D17\)"):
        share(selin, tmp_path / "p.ilp", [report()], **abroad)
    selin.add(FORMS["PurposeRecord"](**{**EXAMPLES["PurposeRecord"], "approved_by": "Commissioner"}))
    sent = share(selin, tmp_path / "p.ilp", [report()], transfer_basis="Treaty of 2011", **abroad)
    told = selin.get("DisseminationRecord", sent.record.split(":")[1].split("@")[0])
    assert (told.recipient_country, told.transfer_basis) == ("Kestria", "Treaty of 2011")


def test_a_rumour_that_comes_back_is_found_across_units(selin, tarn, tmp_path):
    selin.add(report())
    _, opened = passed(selin, tarn, tmp_path / "p.ilp", [report()])
    take_in(tarn, opened)
    echo = report(
        "T-5", originator_unit="tarn", source_ref="S-77", cites=["selin::R-1"], information_grade="4"
    )
    tarn.add(echo)
    everything = tarn.read("IntelligenceReport")
    back = {"signed_by": "tarn", "recipient": "selin"}
    _, opened = passed(tarn, selin, tmp_path / "q.ilp", everything, **back)
    taken = take_in(selin, opened)
    assert taken.keys == ("IntelligenceReport:tarn::T-5@1",)
    assert taken.passed_over.values.tolist() == [["R-1", "a record of our own that comes back"]]
    assert selin.get("IntelligenceReport", "tarn::T-5").cites == ("R-1",)
    confirming = report("R-8", information_grade="3", corroborated_by=["tarn::T-5"], cites=["R-1"])
    selin.add(confirming)
    told = ilp.evaluation.corroboration(selin.records("IntelligenceReport")).set_index("report_id")
    assert told.loc["R-8", "verdict"] == "not corroborated"


def test_a_correction_becomes_a_new_version_and_nothing_is_stored_twice(selin, tarn, tmp_path):
    first = report()
    selin.add(first)
    take_in(tarn, passed(selin, tarn, tmp_path / "1.ilp", [first])[1])
    again = take_in(tarn, passed(selin, tarn, tmp_path / "2.ilp", [first])[1])
    assert again.passed_over["why"].tolist() == ["it is held already"]
    selin.add(first.revise(information_grade="4"))
    third = take_in(tarn, passed(selin, tarn, tmp_path / "3.ilp", selin.read("IntelligenceReport"))[1])
    assert third.keys == ("IntelligenceReport:selin::R-1@2",)
    assert tarn.get("IntelligenceReport", "selin::R-1").information_grade == "4"
    tarn.erase("IntelligenceReport", "selin::R-1", reason="not needed any more", approver="Chief")
    last = take_in(tarn, passed(selin, tarn, tmp_path / "4.ilp", [first])[1])
    assert (last.keys, last.passed_over["why"].tolist()) == ((), ["it was erased here"])


def test_questions_and_tasks_are_shared_too_and_persons_are_not(selin, tarn, tmp_path):
    asked = FORMS["IntelligenceRequirement"](**EXAMPLES["IntelligenceRequirement"])
    row = FORMS["CollectionPlan"](**EXAMPLES["CollectionPlan"])
    take_in(tarn, passed(selin, tarn, tmp_path / "p.ilp", [asked, row])[1])
    assert tarn.get("CollectionPlan", "selin::C-1").requirement_id == "selin::IR-1"
    profile = FORMS["SubjectProfileData"](**EXAMPLES["SubjectProfileData"])
    with pytest.raises(InputError, match="SubjectProfileData holds facts on persons"):
        share(selin, tmp_path / "q.ilp", [profile], **SEND)


def test_bad_arguments_are_named_at_once(selin, tmp_path):
    with pytest.raises(InputError, match=r"authoriser must be somebody other(.|\n)*nothing to share"):
        share(selin, tmp_path / "p.ilp", [], **{**SEND, "authoriser": "a17"})
    with pytest.raises(InputError, match="got str"):
        share(selin, tmp_path / "p.ilp", ["R-1"], **SEND)
    with pytest.raises(InputError, match="got int"):
        sharing_faults(7)


def test_a_package_that_cannot_be_taken_down_does_not_leave(selin, tmp_path, monkeypatch):
    def full(*_):
        raise ilp.errors.StoreError("the disk is full")

    monkeypatch.setattr(selin, "add", full)
    with pytest.raises(ilp.errors.StoreError, match="full"):
        share(selin, tmp_path / "p.ilp", [report()], **SEND)
    assert not (tmp_path / "p.ilp").exists()
    assert list(selin.case.audit.entries())[-1]["what"].startswith("took back package")


def package(content, handling="H0"):
    manifest = {
        "id": "x",
        "sender": "selin",
        "recipient": "tarn",
        "level_to": "regional",
        "handling": handling,
        "conditions": "",
    }
    return Package(manifest, {"records.json": content} if content is not None else {"a.csv": b""})


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (None, ReadError, "holds no records; it holds a.csv"),
        (b"{", ReadError, "not of the needed form"),
        (b'{"format":"ilp-records/2","records":[]}', ReadError, "another version"),
        (b'{"format":"ilp-records/1","records":[{"form":"Horoscope","form_version":1,"fields":{}}]}', ReadError, "not known here"),
        (b'{"format":"ilp-records/1","records":[{"form":"CollectionPlan","form_version":9,"fields":{}}]}', ReadError, "version 9"),
        (b'{"format":"ilp-records/1","records":[{"form":"LessonResult","form_version":1,"fields":{}}]}', ReadError, "no unit passes on"),
        (b'{"format":"ilp-records/1","records":[{"form":"CollectionPlan","form_version":1,"fields":{"magic":1}}]}', FormError, "magic"),
    ],
)  # fmt: skip
def test_packages_that_hold_no_records_are_refused(tarn, content, error, says):
    with pytest.raises(error, match=says):
        take_in(tarn, package(content))
    assert len(tarn.summary()) == 0


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_a_package_holds_ends_in_records_or_clear_words(data, tmp_path_factory):
    values = st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3)
    form = data.draw(st.sampled_from(sorted(FORMS)))
    fields = {
        **EXAMPLES.get(form, {}),
        **data.draw(st.dictionaries(st.sampled_from(FORMS[form].shown()), values, max_size=3)),
    }
    content = {"format": "ilp-records/1", "records": [{"form": form, "form_version": 1, "fields": fields}]}
    case = open_case(tmp_path_factory.mktemp("tarn"), analyst="B2", **BASIS)
    with open_store(case) as store:
        try:
            taken = take_in(store, package(json.dumps(content).encode()))
        except IlpError:
            assert len(store.summary()) == 0
        else:
            assert len(taken.keys) + len(taken.passed_over) == 1
