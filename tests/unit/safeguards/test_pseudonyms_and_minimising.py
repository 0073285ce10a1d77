"""Pseudonyms, columns that the purpose does not need, and texts that tell who the source is."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab.errors import HandlingError, InputError
from ilp_lab.safeguards import (
    handling_of,
    mark,
    minimise,
    pseudonymise,
    reidentify,
    sanitise,
    source_phrases,
    unused_columns,
)


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")


def test_the_same_person_is_the_same_number_in_every_table_of_a_case(case, tmp_path):
    names = pd.DataFrame({"a": ["Ана", "Ivo", None, "Ivo "], "b": [7, 8, 7, 7]})
    one, other = pseudonymise(names, ["a", "b"], case=case), pseudonymise(names, "a", case=case)
    assert one["a"].tolist() == other["a"].tolist()
    assert one["a"].isna().tolist() == [False, False, True, False]
    assert one["a"][1] == one["a"][3]
    assert one["b"].nunique() == 2
    assert not set(names["a"].dropna()) & set(one["a"].dropna())
    elsewhere = ilp.open_case(tmp_path / "other", purpose="p", legal_basis="l", analyst="A17")
    assert pseudonymise(names, "a", case=elsewhere)["a"][1] != one["a"][1]


def test_without_the_key_nobody_can_make_them_again(case, tmp_path, monkeypatch):
    names = pd.DataFrame({"a": ["Ivo"]})
    first = pseudonymise(names, "a", case=case)["a"][0]
    assert not list(case.folder.rglob("*.key"))
    monkeypatch.setenv("ILP_LAB_KEYS", str(tmp_path / "elsewhere"))
    assert pseudonymise(names, "a", case=case)["a"][0] != first


def test_looking_up_asks_why_and_is_logged(case):
    first = pseudonymise(pd.DataFrame({"a": ["Ivo"]}), "a", case=case)["a"]
    with pytest.raises(InputError, match="reason must say why"):
        reidentify(first, among=["Ivo"], case=case, reason="curious")
    found = reidentify([*first, "P-X"], among=["Ana", "Ivo"], case=case, reason="he has to be warned")
    assert found["text"].tolist() == ["Ivo", ""]
    assert [e["operation"] for e in case.audit.entries()][-1] == "consultation"


@given(st.lists(st.text(max_size=12), min_size=2, max_size=30, unique=True))
def test_different_texts_get_different_numbers(texts):
    import unicodedata

    from ilp_lab.safeguards.pseudonyms import _number

    plain = {unicodedata.normalize("NFC", text).strip() for text in texts}
    assert len({_number(b"k" * 32, text, "P") for text in texts}) == len(plain)


def test_numbers_with_a_fraction_name_nobody(case):
    with pytest.raises(InputError, match="only texts and whole numbers"):
        pseudonymise(pd.DataFrame({"a": [1.5]}), "a", case=case)


def test_only_what_the_purpose_needs_is_kept_and_no_finer(case):
    at = pd.to_datetime(["2026-03-29 10:30", "2026-10-25 12:30"]).tz_localize("Europe/Vienna")
    seen = gpd.GeoDataFrame(
        {"at": at, "age": [37, 41], "name": ["Ana", "Ivo"]},
        geometry=gpd.points_from_xy([500_130.0, 500_470.0], [5_300_020.0, 5_300_499.0]),
        crs=32633,
    )
    less = minimise(
        mark(seen, handling="H1"),
        keep=["at", "age", "geometry"],
        coarsen={"at": "week", "age": 10, "geometry": 500},
        case=case,
    )
    assert less["at"].dt.day_name().tolist() == ["Monday", "Monday"]
    assert less["age"].tolist() == [30, 40]
    assert less.geometry.x.tolist() == [500_250.0, 500_250.0]
    assert handling_of(less) == "H1"
    assert less.attrs["ilp_lab_minimised"] == ["name"]
    assert [e["what"] for e in case.audit.entries()][-1] == "minimised"


@pytest.mark.parametrize("step", ["hour", "day", "week", "month", "quarter", "year"])
def test_times_keep_the_start_of_their_period(step):
    at = pd.DataFrame({"at": pd.to_datetime(["2026-05-13 14:25"], utc=True)})
    start = minimise(at, keep=["at"], coarsen={"at": step})["at"][0]
    assert start <= at["at"][0]
    assert start.minute == 0


@pytest.mark.parametrize(
    ("coarsen", "says"),
    [({"n": "week"}, "only when it holds times"), ({"at": 5}, "only times, points and numbers"), ({"at": "decade"}, "made coarser by"), ({"x": 5}, "keep does not"), ({"n": -1}, "number above 0")],
)  # fmt: skip
def test_what_cannot_be_made_coarser(coarsen, says):
    frame = pd.DataFrame({"n": [1], "at": pd.to_datetime(["2026-05-13"], utc=True)})
    with pytest.raises(InputError, match=says):
        minimise(frame, keep=["n", "at"], coarsen=coarsen)


def test_points_in_degrees_are_refused():
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy([16.4], [48.2]), crs=4326)
    with pytest.raises(InputError, match="in degrees"):
        minimise(frame, keep=["geometry"], coarsen={"geometry": 500})


def test_unused_columns_say_whom_they_are_on():
    found = unused_columns(
        pd.DataFrame({"n": [1, 2], "address": ["x", None], "source_ref": ["S", "T"]}), used=["n"]
    )
    assert found.set_index("column")["sensitivity"].to_dict() == {
        "address": "personal",
        "source_ref": "source",
    }
    assert found["filled"].tolist() == [0.5, 1.0]


REPORTS = pd.DataFrame(
    {
        "report_id": ["R-1", "R-2", "R-3", "R-4"],
        "source_ref": ["S1", "S2", "S1", "S3"],
        "text": [
            "Ivo Maren called +43 660 1234567 from AB 123 CD, ivo@example.org, AT61 1904 3002 3457 3201.",
            "My brother told me that IVO MAREN sells it.",
            "Моя сестра видела его.",
            None,
        ],
    }
)


def test_names_and_numbers_are_replaced_and_telling_rows_wait(case):
    done = sanitise(REPORTS, case=case, authoriser="Chief", reason="for Tarn", names=["Ivo Maren"])
    assert done.table["text"].iloc[0] == "[person] called [telephone] from [plate], [e-mail], [account]."
    assert pd.isna(done.table["text"].iloc[1])
    assert done.held["report_id"].tolist() == ["R-2", "R-3"]
    assert "My brother told" in done.held["found"].iloc[0]
    assert done.withheld == ("source_ref",)
    assert done.replaced["person"] == 1
    assert "2 tell who the source is" in str(done)
    assert REPORTS["text"].notna().sum() == 3


def test_a_code_is_lowered_only_by_somebody_else_and_with_the_providers_permission(case):
    strict = mark(REPORTS, handling="H2")
    told = {"case": case, "reason": "for Tarn"}
    with pytest.raises(InputError, match="authoriser must be somebody other"):
        sanitise(strict, authoriser="A17", **told)
    assert sanitise(strict, authoriser="Chief", **told).handling == "H2"
    with pytest.raises(HandlingError, match="provider_permits"):
        sanitise(strict, authoriser="Chief", to="H0", **told)
    done = sanitise(strict, authoriser="Chief", to="H0", provider_permits="letter of 3 May", **told)
    assert (done.handling, handling_of(done.table)) == ("H0", "H0")
    with pytest.raises(HandlingError, match="provider_permits"):
        sanitise(mark(REPORTS, handling="H1"), authoriser="Chief", to="H0", **told)
    assert sanitise(REPORTS, authoriser="Chief", to="H2", **told).handling == "H2"


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("A grey van stood at the harbour.", False),
        ("We saw the van.", True),
        ("Only I know that.", True),
        ("Он сказал мне.", True),
        ("Vëllai im e pa.", True),
        ("The brother of the owner sold it.", False),
        ("", False),
    ],
)
def test_phrases_by_which_a_source_tells_who_it_is(text, tells):
    assert (len(source_phrases([text])) > 0) == tells


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_can_be_sanitised(texts):
    source_phrases([*texts, None, 5])
