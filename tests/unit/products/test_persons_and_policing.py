"""Victims are not ranked (D3) and maps do not follow policing unsaid (D14): enforced where it is worked out and where it is released."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

import ilp_lab as ilp
from ilp_lab import networks, tasking
from ilp_lab.errors import IlpWarning, InputError, ReadError, SafeguardError
from ilp_lab.products import ProblemProfile, SubjectProfile
from ilp_lab.safeguards import override, overrides, rule_set

FOUND = pd.DataFrame({"place": list("ABCD"), "n": [40.0, 30, 10, 8], "found": [40.0, 0, 0, 8]})
RANKED = pd.DataFrame(
    {"entity_id": ["E-1", "E-2"], "category": ["suspect", "victim"], "betweenness_rank": [1, 2]}
)


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", purpose="Thefts", legal_basis="Police Act s.12", analyst="A17")


@pytest.fixture
def strict(tmp_path, monkeypatch):
    """The rules of a ministry in which a map that follows policing stops."""

    def write(number, mode):
        content = yaml.safe_load((ilp.safeguards.rules._SHELF.shipped / "led.yml").read_text("utf-8"))
        content["name"] = "ministry"
        content["rules"][int(number[1:]) - 1]["mode"] = mode
        (tmp_path / "rules").mkdir(exist_ok=True)
        (tmp_path / "rules" / "ministry.yml").write_text(yaml.safe_dump(content), "utf-8")
        monkeypatch.setenv("ILP_LAB_PACKS", str(tmp_path))
        monkeypatch.setenv("ILP_LAB_RULES", "ministry")

    return write


def test_patrols_that_follow_policing_are_warned_of_when_placed_and_when_released(case, tmp_path):
    with pytest.warns(IlpWarning, match=r"\(D14\): 75% of the visits hang on"):
        found = tasking.patrols(FOUND, visits=4, discovered="found")
    profile = ProblemProfile(case, question="Where?").add(found, says="Four visits.", heading="Patrols")
    assert profile.problems()["problem"].str.startswith("D14: 'Patrols': 75% of what it marks").any()
    with pytest.warns(IlpWarning, match=r"Discrimination and bias \(D14\)"):
        assert profile.to_html(tmp_path / "p.html").path.exists()


def test_a_ministry_that_blocks_them_lifts_with_reason_and_approver_and_counts(case, tmp_path, strict):
    strict("D14", "block")
    with pytest.raises(SafeguardError, match=r"D14.*somebody else can lift it"):
        tasking.patrols(FOUND, visits=4, discovered="found")
    with override(case, "D14", reason="both maps were shown", approver="Chief Mira"):
        found = tasking.patrols(FOUND, visits=4, discovered="found")
    profile = ProblemProfile(case, question="Where?").add(found, says="Four visits.")
    with pytest.raises(SafeguardError, match="D14"):
        profile.to_html(tmp_path / "p.html")
    assert not (tmp_path / "p.html").exists()
    with override(case, "D14", reason="both maps were shown", approver="Chief Mira"):
        profile.to_html(tmp_path / "p.html")
    assert overrides(case)["rule"].tolist() == ["D14", "D14"]
    assert "passed under lifted safeguard D14" in [entry["what"] for entry in case.audit.entries()]


def test_no_product_ranks_a_victim(case, tmp_path):
    profile = ProblemProfile(case, question="Who?")
    bad = profile.add_table(RANKED, says="Two.", source="own count", heading="People")
    with pytest.raises(
        SafeguardError, match=r"\(D3\): 'People': its table ranks victims.*It cannot be lifted"
    ):
        bad.to_html(tmp_path / "p.html")
    ranks = RANKED["betweenness_rank"].mask(RANKED["category"] == "victim")
    fine = profile.add_table(RANKED.assign(betweenness_rank=ranks), says="Two.", source="own count")
    assert fine.to_html(tmp_path / "p.html").path.exists()


@pytest.mark.parametrize("category", ["victim", "witness", "other party"])
def test_no_profile_of_a_victim_or_witness(case, category):
    with pytest.raises(SafeguardError, match=rf"\(D3\).*known as {category}.*cannot be lifted"):
        SubjectProfile(case, question="Who?", subject="P-1", category=category)


def test_a_chart_of_witnesses_only_ranks_nobody(case):
    people = pd.DataFrame({"entity_id": ["A", "B", "C"], "kind": "person", "category": "witness"})
    chart = networks.chart(pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"]}), people)
    for ask in (networks.roles, networks.brokers, networks.ranking):
        with pytest.raises(SafeguardError, match=r"\(D3\).*nobody on the chart may be ranked"):
            ask(chart)
    with pytest.raises(InputError, match=r"D3 .* cannot be lifted"), override(case, "D3", reason="we need it now", approver="Chief"):  # fmt: skip
        pass


@pytest.mark.parametrize("number", ["D3", "D8", "D13"])
def test_no_pack_weakens_what_is_never_lifted(strict, number):
    strict(number, "warn")
    with pytest.raises(ReadError, match=f"mode of {number} must be"):
        rule_set()
