"""What one unit passes to another: sealed, signed, verified before anything is used."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

import ilp_lab as ilp
from ilp_lab.errors import HandlingError, InputError, ReadError, SafeguardError
from ilp_lab.safeguards import sealing

TABLE = b"area,n\nS1,3\n"
BASIS = {"purpose": "Burglary", "legal_basis": "Police Act s.12"}


@pytest.fixture
def keys():
    return {unit: ilp.safeguards.make_key(unit) for unit in ("selin", "dovar")}


@pytest.fixture
def sender(tmp_path, keys):
    return ilp.open_case(tmp_path / "selin", analyst="A17", **BASIS)


@pytest.fixture
def receiver(tmp_path):
    return ilp.open_case(tmp_path / "tarn", analyst="B2", **BASIS)


def send(case, path, files=None, **changes):
    told = {
        "signed_by": "selin",
        "recipient": "tarn",
        "reason": "one series?",
        "quality": "B2, May 2026",
        **changes,
    }
    return ilp.safeguards.release_package(case, path, files or {"counts.csv": TABLE}, **told)


def test_what_is_sealed_comes_out_again_and_is_logged(sender, receiver, tmp_path):
    sent = send(
        sender, tmp_path / "p.ilp", {"counts.csv": TABLE, "notiz über.txt": "вор".encode()}, quality="B2, May"
    )
    opened = ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn", expected_from="selin")
    assert dict(opened.files) == {"counts.csv": TABLE, "notiz über.txt": "вор".encode()}
    assert opened.manifest["quality"] == "B2, May"
    assert opened.manifest["legal_basis"] == BASIS["legal_basis"]
    assert [e["operation"] for e in sender.audit.entries()][-1] == "disclosure"
    last = [e for e in receiver.audit.entries() if e["operation"] == "collection"][-1]
    assert last["detail"]["sha256"] == sent.sha256
    assert ilp.safeguards.received(receiver)["sender"].tolist() == ["selin"]
    assert "from selin to tarn" in str(opened)


def test_the_receiving_case_inherits_the_code(sender, receiver, tmp_path):
    strict = ilp.safeguards.release_table(
        sender,
        tmp_path / "a.csv",
        ilp.safeguards.mark(pd.DataFrame({"n": [1]}), handling="H2"),
        what="t",
        authority="Chief",
    )
    sent = send(sender, tmp_path / "p.ilp", {"a.csv": strict, "b.csv": TABLE}, authority="Chief")
    assert sent.handling == "H2"
    before = receiver.handling
    opened = ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")
    assert ilp.safeguards.handling_of(opened.table("a.csv")) == "H2"
    assert ilp.safeguards.handling_of(opened.table("b.csv")) == "H2"
    assert (before, receiver.handling) == ("H0", "H2")
    assert ilp.open_case(receiver.folder, analyst="C3").handling == "H2"
    with pytest.raises(HandlingError, match="authority"):
        ilp.safeguards.release_bytes(receiver, tmp_path / "x.txt", b"x", what="note")


def test_conditions_left_to_the_provider_must_be_said(sender, tmp_path):
    strict = ilp.safeguards.release_bytes(
        sender, tmp_path / "n.txt", b"x", what="n", inputs=("H3",), authority="Chief"
    )
    with pytest.raises(InputError, match="say them with conditions"):
        send(sender, tmp_path / "p.ilp", {"n.txt": strict}, authority="Chief")
    assert (
        send(
            sender, tmp_path / "p.ilp", {"n.txt": strict}, authority="Chief", conditions="for two readers"
        ).handling
        == "H3"
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"recipient": " "}, "recipient must be given"),
        ({"reason": ""}, "reason must be given"),
        ({"level_to": "world"}, "level_to must be one of"),
        ({"expires_on": date(2020, 1, 1)}, "lies in the past"),
        ({"files": {"../up.csv": b""}}, "cannot be a file's name"),
        ({"files": {"con.txt": b""}}, "cannot be a file's name"),
        ({"signed_by": "orrin"}, "no key of 'orrin'"),
    ],
)
def test_requests_that_are_refused(sender, tmp_path, changes, says):
    with pytest.raises(InputError, match=says):
        send(sender, tmp_path / "p.ilp", **changes)
    assert not (tmp_path / "p.ilp").exists()


def test_only_the_addressee_opens_it_once_and_in_time(sender, receiver, tmp_path, monkeypatch):
    sent = send(sender, tmp_path / "p.ilp", expires_on=date.today() + timedelta(days=1))  # noqa: DTZ011
    with pytest.raises(SafeguardError, match="is for 'tarn', not for 'orrin'"):
        ilp.safeguards.open_package(sent, case=receiver, as_unit="orrin")
    with pytest.raises(SafeguardError, match="not from 'dovar'"):
        ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn", expected_from="dovar")
    ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")
    with pytest.raises(SafeguardError, match="received in this case before"):
        ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")

    class Later(date):
        @classmethod
        def today(cls):
            return date(2999, 1, 1)

    monkeypatch.setattr("ilp_lab.safeguards.packages.date", Later)
    other = ilp.open_case(tmp_path / "other", analyst="B2", **BASIS)
    with pytest.raises(SafeguardError, match="could be opened until"):
        ilp.safeguards.open_package(sent, case=other, as_unit="tarn")


def test_unknown_senders_and_other_keys_are_refused(sender, receiver, keys, tmp_path):
    sent = send(sender, tmp_path / "p.ilp")
    ilp.safeguards.distrust("selin")
    with pytest.raises(SafeguardError, match="key is not trusted here"):
        ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")
    false = keys["dovar"].line().replace("dovar", "selin")
    ilp.safeguards.trust(false)
    with pytest.raises(SafeguardError, match="signature does not fit"):
        ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")
    with pytest.raises(SafeguardError, match="Another key of 'selin' is trusted"):
        ilp.safeguards.trust(keys["selin"].line())


def test_a_recall_makes_a_package_unusable(sender, receiver, tmp_path):
    sent = send(sender, tmp_path / "p.ilp")
    opened = ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")
    number = opened.manifest["id"]
    back = ilp.safeguards.recall_package(
        sender, tmp_path / "r.ilp", number, signed_by="selin", recipient="tarn", reason="wrong person"
    )
    forged = ilp.safeguards.sealing.seal(
        {**json.loads(zipfile.ZipFile(back.path).read("manifest.json")), "sender": "dovar"},
        {},
        ilp.safeguards.keys.private_key("dovar"),
    )
    (tmp_path / "f.ilp").write_bytes(forged)
    with pytest.raises(SafeguardError, match="only the sender"):
        ilp.safeguards.apply_recall(tmp_path / "f.ilp", case=receiver, as_unit="tarn")
    assert "wrong person" in ilp.safeguards.apply_recall(back, case=receiver, as_unit="tarn")
    assert ilp.safeguards.received(receiver)["recalled"].all()
    with pytest.raises(SafeguardError, match="was recalled by selin"):
        ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn")
    with pytest.raises(SafeguardError, match="not a package"):
        ilp.safeguards.open_package(back, case=receiver, as_unit="tarn")


def test_every_flipped_byte_is_found(sender, receiver, tmp_path):
    sent = send(sender, tmp_path / "p.ilp")
    good = sent.path.read_bytes()
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 0x41
        (tmp_path / "bad.ilp").write_bytes(bad)
        with pytest.raises((SafeguardError, ReadError)):
            ilp.safeguards.open_package(tmp_path / "bad.ilp", case=receiver, as_unit="tarn")
    assert len(ilp.safeguards.received(receiver)) == 0


@settings(max_examples=80)
@given(data=st.data())
def test_no_mutation_is_opened_or_escapes_in_another_error(data, tmp_path_factory, keys_of_fuzz):
    good = bytearray(keys_of_fuzz[0])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(good) - 1))
        kind = data.draw(st.sampled_from(["cut", "insert", "set", "double"]))
        if kind == "cut":
            del good[at : at + data.draw(st.integers(1, 50))]
        elif kind == "insert":
            good[at:at] = data.draw(st.binary(min_size=1, max_size=30))
        elif kind == "double":
            good += good[at:]
        else:
            good[at : at + 2] = data.draw(st.binary(min_size=2, max_size=2))
        if not good:
            break
    if bytes(good) != keys_of_fuzz[0]:
        with pytest.raises((SafeguardError, ReadError)):
            sealing.unseal(bytes(good), keys_of_fuzz[1], name="p.ilp")


@given(st.binary(max_size=300))
def test_junk_is_no_package(junk):
    with pytest.raises((SafeguardError, ReadError)):
        sealing.unseal(junk, {}, name="p.ilp")


@pytest.fixture(scope="module")
def keys_of_fuzz():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
    public = ilp.safeguards.keys._public("selin", private)
    manifest = {
        "format": sealing.FORMAT, "id": "i", "kind": "package", "sender": "selin", "recipient": "tarn", "handling": "H0",
        "created_at": "", "expires_on": "", "files": {"counts.csv": sealing.described(TABLE)},
    }  # fmt: skip
    sealed = sealing.seal(manifest, {"counts.csv": TABLE}, private)
    assert sealing.unseal(sealed, {"selin": public}, name="p")[1] == {"counts.csv": TABLE}
    return sealed, {"selin": public}, manifest, private


def boxed(entries, how=zipfile.ZIP_STORED):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", how) as box:
        for name, content in entries:
            box.writestr(name, content)
    return stream.getvalue()


def test_the_tricks_of_zip_files_are_refused(keys_of_fuzz):
    sealed, keys, manifest, private = keys_of_fuzz
    parts = {
        info: zipfile.ZipFile(BytesIO(sealed)).read(info)
        for info in ("manifest.json", "manifest.sig", "data/counts.csv")
    }
    tricks = {
        "slip": [*parts.items(), ("data/../../evil.py", b"x")],
        "extra": [*parts.items(), ("readme.txt", b"x")],
        "unsigned": [(name, content) for name, content in parts.items() if name != "manifest.sig"],
        "no manifest": [("data/counts.csv", TABLE)],
        "missing": [(name, content) for name, content in parts.items() if not name.startswith("data")],
        "changed": [*list(parts.items())[:2], ("data/counts.csv", b"area,n\nS1,4\n")],
    }
    for name, entries in tricks.items():
        with pytest.raises((SafeguardError, ReadError)):
            sealing.unseal(boxed(entries), keys, name=name)
    bomb = boxed([*list(parts.items())[:2], ("data/counts.csv", b"0" * 50_000_000)], zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    with pytest.raises(SafeguardError, match="packed files"):
        sealing.unseal(bomb, keys, name="bomb")
    with pytest.raises(SafeguardError):
        sealing.unseal(sealed + b"behind", keys, name="behind")
    with pytest.raises(SafeguardError):
        sealing.unseal(b"before" + sealed, keys, name="before")
    newer = sealing.seal({**manifest, "format": "ilp-package/2"}, {"counts.csv": TABLE}, private)
    with pytest.raises(ReadError, match="newer version"):
        sealing.unseal(newer, keys, name="future")


def test_signed_packages_with_names_that_leave_the_folder_are_refused(keys_of_fuzz, receiver, tmp_path):
    _, keys, manifest, private = keys_of_fuzz
    ilp.safeguards.trust(keys["selin"].line())
    bad = {
        **manifest,
        "id": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "files": {"..\\up.csv": sealing.described(TABLE)},
    }
    (tmp_path / "p.ilp").write_bytes(sealing.seal(bad, {"..\\up.csv": TABLE}, private))
    with pytest.raises(SafeguardError, match="no honest package"):
        ilp.safeguards.open_package(tmp_path / "p.ilp", case=receiver, as_unit="tarn")
    bad = {**manifest, "id": "../../up"}
    (tmp_path / "p.ilp").write_bytes(sealing.seal(bad, {"counts.csv": TABLE}, private))
    with pytest.raises(ReadError, match="not the number of a package"):
        ilp.safeguards.open_package(tmp_path / "p.ilp", case=receiver, as_unit="tarn")


def test_keys_are_kept_outside_the_case_and_protected(sender, tmp_path):
    import os

    folder = ilp.safeguards.keys.folder()
    assert not [file for file in sender.folder.rglob("*") if file.suffix == ".pem"]
    if os.name != "nt":
        assert all(file.stat().st_mode & 0o077 == 0 for file in folder.glob("*.pem"))
    with pytest.raises(InputError, match="has a key already"):
        ilp.safeguards.make_key("selin")
    ilp.safeguards.make_key("orrin", passphrase="long enough")
    with pytest.raises(InputError, match="protected"):
        ilp.safeguards.public_key("orrin")
    with pytest.raises(InputError, match="passphrase is wrong"):
        ilp.safeguards.public_key("orrin", passphrase="other")
    assert ilp.safeguards.public_key("orrin", passphrase="long enough").name == "orrin"
    for name in ("", " x", "a\nb", "x" * 99):
        with pytest.raises(InputError, match="name of a unit"):
            ilp.safeguards.make_key(name)
    for line in ("", "ssh-ed25519 AAAA x", "ilp-lab-ed25519 !!! x", "ilp-lab-ed25519 AAAA x"):
        with pytest.raises(InputError, match="no public key"):
            ilp.safeguards.trust(line)


def test_four_quarters_of_a_picture_only_the_merged_one_shows(tmp_path):
    """Need to share: each region's Gi* finds nothing; the nation's, from the same incidents, finds the corner they share."""
    import numpy as np

    random = np.random.default_rng(3)
    corners = {"tarn": (-1, -1), "selin": (1, -1), "orrin": (-1, 1), "dovar": (1, 1)}
    nation = ilp.open_case(tmp_path / "nation", analyst="N1", **BASIS)
    pieces = []
    for unit, (east, north) in corners.items():
        ilp.safeguards.make_key(unit)
        home = random.uniform(300, 4000, (200, 2)) * (east, north)
        near = random.uniform(0, 90, (4, 2)) * (east, north)
        xy = np.vstack([home, near])
        frame = pd.DataFrame({"x": xy[:, 0].round(1), "y": xy[:, 1].round(1)})
        case = ilp.open_case(tmp_path / unit, analyst="A1", **BASIS)
        table = ilp.safeguards.release_table(case, tmp_path / f"{unit}.csv", frame, what="incidents")
        sent = ilp.safeguards.release_package(
            case, tmp_path / f"{unit}.ilp", {"incidents.csv": table}, signed_by=unit, recipient="nation", reason="shared border", quality="own records, May 2026",
            level_from="regional", level_to="national",
        )  # fmt: skip
        assert len(hot(frame, east, north)) == 0
        pieces.append(ilp.safeguards.open_package(sent, case=nation, as_unit="nation").table("incidents.csv"))
    found = hot(pd.concat(pieces), 0, 0)
    assert len(found) == 4
    assert found.centroid.distance(Point(0, 0)).max() < 300
    assert len(ilp.safeguards.received(nation)) == 4


def hot(frame, east, north):
    """The cells that are more than chance in a region (or, at 0 and 0, in the whole)."""
    import geopandas as gpd

    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(frame["x"], frame["y"]), crs=32633)
    low, high = sorted((0, east * 4000)), sorted((0, north * 4000))
    ground = box(low[0], high[0], low[1], high[1]) if east else box(-4000, -4000, 4000, 4000)
    found = ilp.places.gi_star(
        points, cell_m=200, study_area=gpd.GeoDataFrame(geometry=[ground], crs=32633), rng=1
    ).table
    return found[found["verdict"].astype(str).str.startswith("hot")]


def test_a_copied_case_folder_neither_signs_nor_trusts(sender, tmp_path, monkeypatch):
    shutil.copytree(sender.folder, tmp_path / "copy")
    monkeypatch.setenv("ILP_LAB_KEYS", str(tmp_path / "nobody"))
    case = ilp.open_case(tmp_path / "copy", analyst="X")
    with pytest.raises(InputError, match="no key of 'selin'"):
        send(case, tmp_path / "p.ilp")


@pytest.mark.parametrize(
    ("changes", "number", "says"),
    [
        ({"quality": " "}, "D5", "how good and how old"),
        ({"recipient_country": "Kestria"}, "D20", "transfer to Kestria lacks its legal basis"),
    ],
)
def test_what_the_rules_ask_of_a_package_is_lifted_only_by_somebody_else(
    sender, tmp_path, changes, number, says
):
    with pytest.raises(SafeguardError, match=rf"\({number}\)(.|\n)*{says}"):
        send(sender, tmp_path / "p.ilp", **changes)
    assert not (tmp_path / "p.ilp").exists()
    with ilp.safeguards.override(sender, number, reason="danger to life tonight", approver="Chief Mira"):
        send(sender, tmp_path / "p.ilp", **changes)
    assert ilp.safeguards.overrides(sender)["rule"].tolist() == [number]
    told = [entry for entry in sender.audit.entries() if entry["what"].startswith("passed under lifted")]
    assert says in told[0]["detail"]["faults"][0]


def test_a_transfer_abroad_carries_country_and_basis(sender, receiver, tmp_path):
    sent = send(
        sender, tmp_path / "p.ilp", recipient_country="Kestria", transfer_basis="Treaty of 2011, article 4"
    )
    told = ilp.safeguards.open_package(sent, case=receiver, as_unit="tarn").manifest
    assert (told["recipient_country"], told["transfer_basis"]) == ("Kestria", "Treaty of 2011, article 4")


def test_a_flipped_byte_of_a_file_in_a_package_is_found_in_that_file(sender, receiver, tmp_path):
    sent = send(sender, tmp_path / "p.ilp", {"counts.csv": TABLE, "other.csv": b"x,y\n1,2\n"})
    good = sent.path.read_bytes()
    for name, content in (("counts.csv", TABLE), ("other.csv", b"x,y\n1,2\n")):
        for at in range(good.index(content), good.index(content) + len(content)):
            bad = bytearray(good)
            bad[at] ^= 0x10
            (tmp_path / "bad.ilp").write_bytes(bad)
            with pytest.raises(SafeguardError, match=name):
                ilp.safeguards.open_package(tmp_path / "bad.ilp", case=receiver, as_unit="tarn")


def test_what_a_package_holds_leads_from_the_record_to_the_package(sender, tmp_path):
    note = ilp.safeguards.release_bytes(sender, tmp_path / "n.txt", b"x", what="note", rests_on=["R-17"])
    sent = send(sender, tmp_path / "p.ilp", {"n.txt": note})
    assert ilp.safeguards.resting_on(sender, "R-17")["file"].tolist() == ["n.txt", "p.ilp"]
    link = ilp.records.EntityLink(
        link_id="R-18",
        left_id="a",
        right_id="b",
        decision="same",
        evidence=["x"],
        decided_by="A17",
        handling="H1",
    )
    direct = send(sender, tmp_path / "q.ilp", inputs=[link])
    assert direct.handling == "H1"
    assert ilp.safeguards.resting_on(sender, "R-18")["sha256"].tolist() == [direct.sha256]
    back = {"signed_by": "selin", "recipient": "tarn", "reason": "wrong"}
    ilp.safeguards.recall_package(sender, tmp_path / "r.ilp", sent.package_id, **back)
