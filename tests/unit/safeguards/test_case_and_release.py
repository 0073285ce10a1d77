"""Exploring is free; releasing needs a case, takes the strictest code and is logged."""

from __future__ import annotations

import errno
import io
import shutil
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

import ilp_lab as ilp
from ilp_lab.errors import AuditError, HandlingError, InputError, NoCaseError, ReadError, WriteError
from ilp_lab.safeguards import handling_of, mark, policy, release_bytes, release_table

PURPOSE = {"purpose": "Problem profile: burglary", "legal_basis": "Police Act s.12", "analyst": "A17"}


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", **PURPOSE)


@pytest.fixture
def table():
    return pd.DataFrame(
        {"offence": ["=cmd|'/c calc'!A1", "<b>theft</b>"], "n": [-3, 4], "address": ["1 Elm", "2 Elm"]}
    )


def test_a_case_is_opened_again_with_the_same_purpose(case):
    again = ilp.open_case(case.folder, analyst="B2")
    assert again.purpose == case.purpose
    assert [entry["actor"] for entry in again.audit.entries()] == ["A17", "B2"]


def test_another_purpose_is_another_case(case):
    with pytest.raises(InputError, match="holds a case with purpose 'Problem profile: burglary'"):
        ilp.open_case(case.folder, purpose="Curiosity", analyst="A17")


def test_a_new_case_needs_purpose_and_legal_basis_both_named_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        ilp.open_case(tmp_path / "new", analyst=" ")
    assert all(word in str(caught.value) for word in ("purpose", "legal_basis", "analyst"))
    assert not (tmp_path / "new").exists()


def test_a_damaged_case_file_says_so(case):
    (case.folder / "case.json").write_text("{")
    with pytest.raises(ReadError, match="not a readable case file"):
        ilp.open_case(case.folder, analyst="A17")


def test_releasing_without_a_case_is_refused_with_the_fix(tmp_path):
    with pytest.raises(NoCaseError, match=r"ilp\.open_case"):
        release_bytes(None, tmp_path / "map.html", b"x", what="map")
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_was_deleted_or_replaced_releases_nothing(case, table, tmp_path):
    shutil.move(case.folder, tmp_path / "elsewhere")
    for act in (
        lambda: release_bytes(case, tmp_path / "out.txt", b"x", what="note"),
        lambda: release_table(case, tmp_path / "out.csv", table, what="table"),
        lambda: case.record("consultation", "looked"),
    ):
        with pytest.raises(NoCaseError, match="moved or deleted"):
            act()
    assert not case.folder.exists()
    ilp.open_case(case.folder, purpose="Something else", legal_basis="Police Act", analyst="A18")
    with pytest.raises(NoCaseError, match="another case by now"):
        release_bytes(case, tmp_path / "out.txt", b"x", what="note")
    assert not list(tmp_path.glob("*out*"))
    again = ilp.open_case(tmp_path / "elsewhere", analyst="A17")
    assert release_bytes(again, tmp_path / "out.txt", b"x", what="note").path.exists()


def test_a_case_without_its_log_is_found(case, tmp_path):
    for file in case.folder.glob("audit.*"):
        file.unlink()
    assert case.verify().broken_line == 1
    with pytest.raises(AuditError, match="log is gone"):
        release_bytes(case, tmp_path / "out.txt", b"x", what="note")


def test_a_release_takes_the_strictest_code_and_is_logged(case, table, tmp_path):
    strict = mark(table, handling="H1")
    released = release_bytes(case, tmp_path / "map.html", b"<p>", what="map", inputs=[table, strict])
    assert released.handling == "H1"
    entry = list(case.audit.entries())[-1]
    assert entry["operation"] == "disclosure"
    assert entry["detail"]["sha256"] == released.sha256


def test_codes_in_a_column_count_too(table):
    assert handling_of(table.assign(handling=["H0", "H3"])) == "H3"


def test_h2_needs_a_named_authority(case, table, tmp_path):
    secret = mark(table, handling="H2")
    with pytest.raises(HandlingError, match="authority="):
        release_table(case, tmp_path / "t.csv", secret, what="table")
    assert not (tmp_path / "t.csv").exists()
    assert release_table(case, tmp_path / "t.csv", secret, what="table", authority="Supt 4").handling == "H2"


def test_nothing_leaves_when_the_log_was_altered(case, tmp_path):
    case.audit.path.write_bytes(case.audit.path.read_bytes().replace(b"A17", b"B99"))
    with pytest.raises(AuditError, match="line 1"):
        release_bytes(case, tmp_path / "map.html", b"x", what="map")
    assert not (tmp_path / "map.html").exists()


def test_sensitive_columns_stay_out_unless_named(case, table, tmp_path):
    released = release_table(case, tmp_path / "t.csv", table, what="table")
    assert released.withheld == ("address",)
    assert "Elm" not in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert release_table(case, tmp_path / "u.csv", table, what="table", include=["address"]).withheld == ()


def test_formulas_are_text_in_csv_and_xlsx_and_numbers_stay_numbers(case, table, tmp_path):
    release_table(case, tmp_path / "t.csv", table, what="table")
    back = pd.read_csv(tmp_path / "t.csv", encoding="utf-8-sig")
    assert back["offence"][0] == "'=cmd|'/c calc'!A1"
    assert back["n"].tolist() == [-3, 4]
    release_table(case, tmp_path / "t.xlsx", table, what="table")
    sheet = zipfile.ZipFile(io.BytesIO((tmp_path / "t.xlsx").read_bytes())).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_places_and_zoned_times_can_be_released(case, tmp_path):
    places = gpd.GeoDataFrame(
        {"when": pd.to_datetime(["2024-01-01 10:00"]).tz_localize("Europe/Vienna")},
        geometry=[Point(16.37, 48.21)],
        crs=4326,
    )
    for ending in ("csv", "xlsx", "geojson", "gpkg"):
        assert release_table(case, tmp_path / f"t.{ending}", places, what="places").path.stat().st_size > 0
    assert "2024-01-01T10:00:00+01:00" in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert (tmp_path / "t.csv.handling.txt").read_text().startswith("t.csv\nHandling: H0")


def test_a_full_disk_leaves_nothing_and_says_so(case, tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ilp_lab.safeguards.writing.os.fsync", full)
    with pytest.raises(WriteError, match="disk is full"):
        release_bytes(case, tmp_path / "out" / "map.html", b"x", what="map")
    assert list((tmp_path / "out").iterdir()) == []


def test_ctrl_c_leaves_nothing(case, tmp_path, monkeypatch):
    def interrupted(_descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("ilp_lab.safeguards.writing.os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        release_bytes(case, tmp_path / "out" / "map.html", b"x", what="map")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_old_file_survives_a_failed_release(case, tmp_path, monkeypatch):
    target = tmp_path / "map.html"
    target.write_bytes(b"old")
    monkeypatch.setattr(
        "ilp_lab.safeguards.writing.os.fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
    )
    with pytest.raises(WriteError):
        release_bytes(case, target, b"new", what="map")
    assert target.read_bytes() == b"old"


def test_a_policy_of_ones_own(tmp_path):
    pack = tmp_path / "own.yml"
    pack.write_text(
        "name: own\nversion: '1'\nsource: test\ncodes:\n"
        "- {code: GREEN, meaning: all, needs_authority: false}\n- {code: RED, meaning: none, needs_authority: true}\n"
    )
    assert policy(pack).strictest(["GREEN", "RED"]) == "RED"
    (tmp_path / "bad.yml").write_text("name: bad\n")
    with pytest.raises(HandlingError, match=r"bad\.yml cannot be used"):
        policy(tmp_path / "bad.yml")


def test_a_ministrys_policy_is_found_by_name_and_put_in_force(tmp_path, monkeypatch, table):
    (tmp_path / "handling").mkdir()
    (tmp_path / "handling" / "ministry.yml").write_text(
        "name: ministry\nversion: '1'\nsource: decree 7\ncodes:\n"
        "- {code: OPEN, meaning: all, needs_authority: false}\n- {code: CLOSED, meaning: few, needs_authority: true}\n"
    )
    monkeypatch.setenv("ILP_LAB_PACKS", str(tmp_path))
    assert policy("ministry").source == "decree 7"
    monkeypatch.setenv("ILP_LAB_HANDLING", "ministry")
    case = ilp.open_case(tmp_path / "own", purpose="p", legal_basis="l", analyst="A17")
    assert (case.handling, handling_of(table, "H0", mark(table, handling="CLOSED"))) == ("OPEN", "CLOSED")
    with pytest.raises(HandlingError, match="authority"):
        release_bytes(case, tmp_path / "x.txt", b"x", what="note", inputs=("CLOSED",))
    with pytest.raises(HandlingError, match="it has OPEN, CLOSED"):
        policy().check("H2")
    link = {"left_id": "a", "right_id": "b", "decision": "same", "evidence": ["x"], "decided_by": "A17"}
    with ilp.records.open_store(case, handling="OPEN") as store:
        store.add(ilp.records.EntityLink(**link), ilp.records.EntityLink(**link, handling="CLOSED"))
        assert store.records("EntityLink")["handling"].tolist() == ["OPEN"]
    monkeypatch.setenv("ILP_LAB_HANDLING", "nobodys")
    with pytest.raises(HandlingError, match=r"not a known handling policy; known are .*europol"):
        policy()


@pytest.mark.parametrize("name", ["europol-2016-794", "3x5x2", "tlp-2"])
def test_policies_that_are_shipped(name):
    codes = policy(name).codes
    assert not codes[0].needs_authority
    assert codes[-1].needs_authority
    assert policy(name).name == name


def test_the_mark_travels_with_slices_and_not_back_to_the_original(table):
    marked = mark(table, handling="H2", origin="calls.csv")
    assert handling_of(marked.iloc[:1], marked.query("n > 0"), marked.assign(m=1)) == "H2"
    assert handling_of(table) == "H0"
