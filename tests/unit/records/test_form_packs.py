"""A ministry's own form is a file, and behaves like any other form; a file that describes none says what is wrong."""

from __future__ import annotations

import json
import warnings

import jsonschema
import pytest
import yaml
from examples import EXAMPLES, REPORT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab import records
from ilp_lab.errors import FormError, IlpWarning, InputError, ReadError, StaleError, StoreError
from ilp_lab.records import FORMS, IntelligenceReport, open_store, share, subject_report, take_in
from ilp_lab.safeguards import open_case, open_package

PACK = {
    "form": "EquipmentLoan",
    "version": 1,
    "title": "Loan of equipment",
    "source": "Ministry of the Interior, order 14 of 2026",
    "stage": "collection",
    "id": {"field": "loan_id", "label": "Its number", "prefix": "L"},
    "needs": ["unit", "review_date"],
    "fields": [
        {"name": "item", "kind": "text", "required": True, "label": "What is lent"},
        {
            "name": "state",
            "kind": "choice",
            "choices": ["lent", "back", "lost"],
            "required": True,
            "label": "How it stands",
        },
        {"name": "permitted_by", "kind": "person", "required": True, "label": "Who permitted it"},
        {"name": "pieces", "kind": "whole", "least": 1, "most": 99, "label": "How many"},
        {"name": "lent_on", "kind": "day", "required": True, "label": "When it went out"},
        {"name": "back_by", "kind": "day", "label": "By when it is due"},
        {"name": "uses", "kind": "choices", "choices": ["traffic", "search"], "label": "For what"},
        {"name": "sealed", "kind": "yes or no", "label": "Is it sealed?"},
        {"name": "loss_report", "kind": "reference", "label": "Report on the loss"},
    ],
    "rules": [
        {"field": "back_by", "after": "lent_on", "within_days": 30},
        {"field": "loss_report", "needed_when": {"state": ["lost"]}},
    ],
}
LOAN = {
    "loan_id": "L-1",
    "item": "Thermal camera",
    "state": "lent",
    "permitted_by": "Chief Mira",
    "lent_on": "2026-03-01",
    "unit": "belmara/selin",
    "review_date": "2099-01-01",
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Where a ministry puts its forms; gives a function that writes one."""
    folder = tmp_path / "packs" / "forms"
    folder.mkdir(parents=True)
    monkeypatch.setenv("ILP_LAB_PACKS", str(folder.parent))

    def write(content, name="loan.yml"):
        text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return write


def test_a_ministry_s_own_form_goes_the_whole_way(own, store):
    own(PACK)
    form = records.form_of("EquipmentLoan")
    assert records.forms().set_index("form").loc["EquipmentLoan", "source"] == PACK["source"]
    assert records.fields("EquipmentLoan").query("mandatory")["field"].tolist() == [
        "item", "state", "permitted_by", "lent_on", "unit", "review_date",
    ]  # fmt: skip
    schema = records.json_schema("EquipmentLoan")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["state"]["enum"] == ["lent", "back", "lost"]
    assert "minimum" in json.dumps(schema["properties"]["pieces"])
    loan = form(**LOAN, pieces="2", uses="traffic; search", sealed=True)
    store.add(loan)
    again = store.get("EquipmentLoan", "L-1")
    assert (again, again.sha256, again.pieces, again.uses) == (loan, loan.sha256, 2, ("traffic", "search"))
    store.add(again.revise(state="back"))
    assert store.get("EquipmentLoan", "L-1").version == 2
    with pytest.raises(StaleError, match="changed meanwhile"):
        store.add(again.revise(state="lost", loss_report="R-9"))
    table = store.records("EquipmentLoan")
    assert table["state"].tolist() == ["back"]
    assert records.from_frame(table, form="EquipmentLoan") == [store.get("EquipmentLoan", "L-1")]
    assert len(store.history("EquipmentLoan", "L-1")) == 2
    assert store.summary().set_index("form").loc["EquipmentLoan", "versions"] == 2
    store.erase("EquipmentLoan", "L-1", reason="order withdrawn", approver="Chief Mira")
    assert store.verify().empty


def test_every_fault_of_an_own_form_is_named_at_once(own):
    own(PACK)
    with pytest.raises(FormError) as told:
        records.form_of("EquipmentLoan")(
            item=" ",
            state="gone",
            permitted_by="system",
            lent_on="2026-03-01",
            back_by="2026-05-01",
            pieces=100,
            colour="red",
        )
    for part in (
        "item is missing: what is lent",
        "unit is missing",
        "review_date is missing",
        "state must be one of 'lent', 'back' or 'lost'; got 'gone'",
        "permitted_by: 'system' is not a person",
        "back_by 2026-05-01 lies more than 30 days after lent_on",
        "pieces must be less than or equal to 99",
        "'colour' is not a field",
    ):
        assert part in str(told.value)
    with pytest.raises(FormError, match="loss_report is missing: it is needed when state is 'lost'"):
        records.form_of("EquipmentLoan")(**{**LOAN, "state": "lost"})
    with pytest.raises(FormError, match="back_by 2026-03-01 must lie after lent_on 2026-03-01"):
        records.form_of("EquipmentLoan")(**LOAN, back_by="2026-03-01")


def test_who_may_see_it_follows_unit_level_and_code(own, case):
    own(PACK)
    form = records.form_of("EquipmentLoan")
    with open_store(case) as store:
        store.add(form(**LOAN), form(**{**LOAN, "loan_id": "L-2", "unit": "belmara/tarn"}))
    with open_store(case, unit="belmara/tarn", level="local", handling="H0") as store:
        assert store.records("EquipmentLoan")["loan_id"].tolist() == ["L-2"]


def test_it_is_passed_to_another_unit_which_needs_the_form(own, case, tmp_path):
    file = own(PACK)
    ilp.safeguards.make_key("selin")
    ilp.safeguards.make_key("tarn")
    theirs = open_case(tmp_path / "tarn", purpose="Thefts", legal_basis="Police Act s.12", analyst="B2")
    send = {"signed_by": "selin", "recipient": "tarn", "reason": "the same crew?", "authoriser": "Chief Mira"}
    with open_store(case) as store:
        sent = share(store, tmp_path / "p.ilp", [records.form_of("EquipmentLoan")(**LOAN)], **send)
    opened = open_package(sent.package, case=theirs, as_unit="tarn")
    with open_store(theirs) as store:
        own({**PACK, "needs": ["review_date"]})  # the unit itself is not passed on
        assert take_in(store, opened).keys == ("EquipmentLoan:selin::L-1@1",)
        assert store.get("EquipmentLoan", "selin::L-1").item == "Thermal camera"
    file.unlink()
    with open_store(theirs) as store:
        with pytest.raises(
            ReadError, match=r"'EquipmentLoan' of version 1, which is not known here.*form pack"
        ):
            take_in(store, opened)
        with pytest.raises(InputError, match="form must be one of"):
            store.records("EquipmentLoan")
        assert store.summary()["form"].tolist() == ["EquipmentLoan"]
        assert store.verify().empty


def test_an_own_form_on_persons_is_found_for_them_and_never_passed_on(own, case, tmp_path):
    own({**PACK, "fields": [*PACK["fields"], {"name": "lent_to", "kind": "reference", "label": "Who has it", "sensitivity": "personal"}]})  # fmt: skip
    loan = records.form_of("EquipmentLoan")(**LOAN, lent_to="E-7")
    with open_store(case) as store:
        store.add(loan)
        found = subject_report(store, "E-7", reason="request 12 of 2026")
        assert found[["form", "capacity"]].values.tolist() == [["EquipmentLoan", "lent to"]]
        with pytest.raises(InputError, match=r"EquipmentLoan holds facts on persons \(lent_to\)"):
            share(store, tmp_path / "p.ilp", [loan], signed_by="selin", recipient="tarn", reason="one crew?", authoriser="Chief")  # fmt: skip


def test_a_later_version_of_a_form_reads_and_follows_what_the_earlier_wrote(own, case):
    own(PACK)
    with open_store(case) as store:
        store.add(records.form_of("EquipmentLoan")(**LOAN))
        own({**PACK, "version": 2, "fields": [*PACK["fields"], {"name": "serial", "kind": "reference", "label": "Serial number"}]})  # fmt: skip
        old = store.get("EquipmentLoan", "L-1")
        assert (old.written_as, type(old).form_version) == (1, 2)
        store.add(old.revise(serial="T-77"))
        new = store.get("EquipmentLoan", "L-1")
        assert (new.serial, new.written_as, new.supersedes) == ("T-77", 2, old.sha256)
        assert store.verify().empty
        own({**PACK, "version": 3, "fields": [*PACK["fields"], {"name": "colour", "kind": "text", "label": "Colour", "required": True}]})  # fmt: skip
        with pytest.raises(StoreError, match=r"cannot read(.|\n)*colour is missing"):
            store.get("EquipmentLoan", "L-1")


def test_a_shipped_form_is_extended_by_fields_that_may_be_left_out(case, tmp_path):
    form = FORMS["BelmaraReport"]
    assert issubclass(form, IntelligenceReport)
    report = form(**{**EXAMPLES["BelmaraReport"], "handling": "H0", "obtained_at": "2026-02-28T21:00Z", "review_date": "2399-01-01",
                     "local_witness_ref": "W-881"})  # fmt: skip
    assert report.grade == "B2"
    with pytest.raises(
        FormError,
        match=r"source_grade 'E' is not in 4x4(.|\n)*prosecutor_told_on 2026-02-27 must not lie before",
    ):
        form(**{**REPORT, "source_grade": "E", "obtained_at": "2026-02-28T21:00Z", "prosecutor_told_on": "2026-02-27"})  # fmt: skip
    ilp.safeguards.make_key("selin")
    ilp.safeguards.make_key("tarn")
    theirs = open_case(tmp_path / "tarn", purpose="Thefts", legal_basis="Police Act s.12", analyst="B2")
    with open_store(case) as store:
        store.add(report)
        sent = share(store, tmp_path / "p.ilp", store.records("BelmaraReport"), form="BelmaraReport", signed_by="selin", recipient="tarn",
                     reason="the same crew?", authoriser="Chief Mira")  # fmt: skip
    assert b"W-881" not in sent.package.path.read_bytes()
    with open_store(theirs) as store:
        take_in(store, open_package(sent.package, case=theirs, as_unit="tarn"))
        got = store.get("BelmaraReport", "selin::R-0001")
    assert (got.criminal_file_no, got.local_witness_ref) == ("KF-2026-114", None)
    assert got.source_ref != report.source_ref


def changed(**changes):
    return {**PACK, **changes}


def fields(*more):
    return changed(fields=[*PACK["fields"], *more])


@pytest.mark.parametrize(
    ("pack", "says"),
    [
        (changed(form="IntelligenceReport"), "a form of the library, which a pack cannot replace"),
        (changed(form="../../etc"), "must be one word that begins with a capital"),
        (changed(version="draft"), "version must be a whole number"),
        (changed(stage="gossip"), "stage must be one of direction, collection"),
        (changed(colour="red"), "'colour' is no part of a form"),
        (changed(id=None), "id is missing"),
        (changed(id="loan_id"), "id must have the parts field and label"),
        (changed(needs=["sha256"]), "needs names 'sha256'"),
        (changed(fields=[]), "fields must be 1 to 200; got 0"),
        (fields({"name": "x" * 70, "kind": "text", "label": "Long"}), "small letters"),
        (fields({"name": "class", "kind": "text", "label": "Word of Python"}), "small letters"),
        (fields({"name": "handling", "kind": "text", "label": "Again"}), "is there already in every form"),
        (fields({"name": "revise", "kind": "text", "label": "Method"}), "records use themselves"),
        (fields({"name": "item", "kind": "text", "label": "Twice"}), "field item is there twice"),
        (fields({"name": "photo", "kind": "picture", "label": "Photo"}), "kind must be one of text, texts"),
        (fields({"name": "size", "kind": "choice", "label": "Size"}), "choices are missing"),
        (
            fields({"name": "size", "kind": "choice", "label": "S", "choices": [True, False]}),
            "need quotation marks",
        ),
        (fields({"name": "note", "kind": "text"}), "field note: label is missing"),
        (
            fields({"name": "note", "kind": "text", "label": "Note", "required": "perhaps"}),
            "required must be true or false",
        ),
        (
            fields({"name": "note", "kind": "text", "label": "Note", "sensitivity": "secret"}),
            "sensitivity must be one of",
        ),
        (fields({"name": "note", "kind": "text", "label": "Note", "least": 2}), "only numbers have least"),
        (
            fields({"name": "weight", "kind": "number", "label": "kg", "least": 2, "most": 1}),
            "least is more than most",
        ),
        (
            fields({"name": "religion", "kind": "text", "label": "Belief"}),
            r"would hold a special category \(belief\)",
        ),
        (
            fields(
                {"name": "holder", "kind": "reference", "label": "Who", "sensitivity": "personal"},
                {"name": "risk_score", "kind": "number", "label": "Score"},
            ),
            "would score persons",
        ),
        (
            changed(rules=[{"field": "back_by", "after": "item"}]),
            "back_by and item must both be days or moments",
        ),
        (changed(rules=[{"field": "colour", "after": "lent_on"}]), "'colour' is no field of this form"),
        (
            changed(rules=[{"field": "back_by", "within_days": 3}]),
            "needs one of after, not_before or needed_when",
        ),
        (
            changed(rules=[{"field": "back_by", "after": "lent_on", "within_days": "soon"}]),
            "whole number of days",
        ),
        (changed(refuse_special_categories=["pieces"]), "no field of kind text"),
        (
            {**PACK, "extends": "IntelligenceReport"},
            "required is not for it",
        ),
        ({**PACK, "extends": "AuditEvent"}, "cannot name AuditEvent"),
        ("- a\n- b\n", "holds no named parts"),
        ("form: [", "cannot be used"),
        ("form: !!python/object/apply:os.system ['true']", "cannot be used"),
    ],
)
def test_a_file_that_describes_no_form_says_what_is_wrong(own, pack, says):
    file = own(pack)
    with pytest.raises(ReadError, match=says) as told:
        records.form_of(file)
    assert "loan.yml" in str(told.value)
    with pytest.warns(IlpWarning, match="A form is passed over"):
        assert "IntelligenceReport" in set(records.forms()["form"])


def test_all_faults_of_a_pack_stand_in_one_message(own):
    file = own({**PACK, "stage": "gossip", "version": 0, "needs": ["colour"]})
    with pytest.raises(ReadError, match=r"version must be.*stage must be.*needs names"):
        records.form_of(file)


def test_two_files_of_one_form_are_told(own):
    own(PACK)
    own({**PACK, "title": "Another"}, "second.yml")
    with pytest.warns(IlpWarning, match="EquipmentLoan is there twice"):
        assert FORMS["EquipmentLoan"].title == "Loan of equipment"


def test_a_pack_that_unfolds_without_end_is_refused(own):
    layers = "\n".join(f"x{at}: &x{at} [{', '.join([f'*x{at - 1}'] * 9)}]" for at in range(1, 12))
    file = own(
        f"x0: &x0 [a, a]\n{layers}\nform: Bomb\nfields: *x11\nversion: 1\ntitle: t\nsource: s\nstage: analysis\n"
    )
    with pytest.raises(ReadError, match="must have named parts"):
        records.form_of(file)


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["item", "text", "lent_on"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["name", "kind", "label", "field"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(sorted(PACK)), value=_ODD, inside=st.booleans())
def test_whatever_a_pack_holds_ends_in_a_form_or_in_clear_words(own, part, value, inside):
    content = json.loads(json.dumps(PACK))
    if inside and isinstance(content[part], list):
        content[part].append(value)
    else:
        content[part] = value
    file = own(content, f"odd{abs(hash(repr(content)))}.yml")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            form = records.form_of(file)
            records.json_schema(form)
            records.fields(form)
            with pytest.raises(FormError):
                form(item=object())
    except ReadError as error:
        assert "cannot be used" in str(error)  # noqa: PT017
    finally:
        file.unlink()
