"""What is held on somebody can be listed and put right, through to the releases that rest on it."""

from __future__ import annotations

import pytest
from examples import EXAMPLES, REPORT

import ilp_lab as ilp
from ilp_lab.errors import InputError
from ilp_lab.reasoning import judgement
from ilp_lab.records import EntityLink, IntelligenceReport, rectify, subject_report

ON_IVO = {"entity_id": "E-7", "categories": ["suspect"]}


@pytest.fixture
def filled(store):
    store.add(
        IntelligenceReport(
            **{**REPORT, "subjects": [ON_IVO, {"entity_id": "E-8", "categories": ["victim"]}]}
        ),
        IntelligenceReport(**{**REPORT, "report_id": "R-0002", "text": "The van was sold in May."}),
        EntityLink(**{**EXAMPLES["EntityLink"], "left_id": "E-7"}),
    )
    return store


def released(store, tmp_path, name, cites):
    product = ilp.products.ProblemProfile(store.case, question="Whose van?")
    product = product.add_judgement(
        judgement("it is one van", term="likely", confidence="low", because="one report", basis=cites)
    )
    return product.to_html(tmp_path / name)


def test_everything_that_speaks_of_somebody_is_listed_with_the_releases_that_rest_on_it(filled, tmp_path):
    released(filled, tmp_path, "a.html", ["R-0001"])
    released(filled, tmp_path, "b.html", ["R-0002"])
    found = subject_report(filled, "E-7", reason="request 12 of 2026").set_index("form")
    assert found.loc["IntelligenceReport", "capacity"] == "suspect"
    assert found.loc["IntelligenceReport", "releases"] == "a.html"
    assert "van" in found.loc["IntelligenceReport", "what"]
    assert found.loc["EntityLink", "capacity"] == "left"
    assert "S-0412" not in found.to_csv()
    assert subject_report(filled, "E-8", reason="request 13 of 2026")["capacity"].tolist() == ["victim"]
    assert len(subject_report(filled, "E-99", reason="request 14 of 2026")) == 0
    with pytest.raises(InputError, match="reason must say"):
        subject_report(filled, "E-7", reason="")


def test_putting_right_names_every_release_to_correct(filled, tmp_path):
    released(filled, tmp_path, "a.html", ["R-0001"])
    wrong = rectify(
        filled,
        "IntelligenceReport",
        "R-0001",
        reason="the plate was misread",
        approver="Chief",
        text="The plate was BM-411.",
    )
    assert wrong["file"].tolist() == ["a.html"]
    now = filled.get("IntelligenceReport", "R-0001")
    assert (now.version, now.text) == (2, "The plate was BM-411.")
    entry = [entry for entry in filled.case.audit.entries() if entry["what"].startswith("rectified")][-1]
    assert entry["detail"]["fields"] == ["text"]
    with pytest.raises(InputError, match="holds these values already"):
        rectify(
            filled,
            "IntelligenceReport",
            "R-0001",
            reason="the plate again",
            approver="Chief",
            text="The plate was BM-411.",
        )
