"""The twenty checks: how they act, who may lift them, and that nothing passes unseen."""

from __future__ import annotations

import pytest

import ilp_lab as ilp
from ilp_lab.errors import IlpWarning, InputError, ReadError, SafeguardError
from ilp_lab.safeguards import enforce, override, overrides, rule_set


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path, purpose="p", legal_basis="l", analyst="A17")


@pytest.mark.parametrize("name", ["osce-default", "led", "coe", "us-28cfr23"])
def test_every_set_holds_all_twenty(name):
    rules = rule_set(name)
    assert [rule.id for rule in rules.rules] == [f"D{number}" for number in range(1, 21)]
    assert rules.settings["smallest_count"] >= 3
    assert len(rules.table()) == 20


def test_blocking_stops_and_says_what_to_do():
    with pytest.raises(SafeguardError, match=r"\(D5\): no grade; no date.*override\(case, 'D5'"):
        enforce(None, "D5", ["no grade", "no date"])
    with pytest.raises(SafeguardError, match=r"\(D9\): no code.*cannot be lifted: name who permitted"):
        enforce(None, "D9", "no code")
    assert not enforce(None, "D9", [])


def test_warning_tells_and_goes_on():
    with pytest.warns(IlpWarning, match="Impact assessment"):
        assert enforce(None, "D17", "shared abroad")


def test_lifting_is_logged_counted_and_ends(case):
    with override(case, "D11", "D5", reason="ordered by the court", approver="Chief"):
        assert enforce(case, "D11", "small")
        with pytest.raises(SafeguardError):
            enforce(case, "D20", "no basis")
    with pytest.raises(SafeguardError):
        enforce(case, "D11", "small")
    assert overrides(case)["rule"].tolist() == ["D11", "D5"]
    assert overrides(case)["approver"].tolist() == ["Chief", "Chief"]
    passed = [entry for entry in case.audit.entries() if "passed under lifted" in entry["what"]]
    assert passed[0]["detail"]["faults"] == ["small"]


def test_lifting_ends_also_when_the_work_fails(case):
    with pytest.raises(ZeroDivisionError), override(case, "D11", reason="ordered by court", approver="Chief"):
        raise ZeroDivisionError
    with pytest.raises(SafeguardError):
        enforce(case, "D11", "small")


@pytest.mark.parametrize(
    ("numbers", "told", "says"),
    [
        (("D11",), {"reason": "because", "approver": "Chief"}, "reason must say why"),
        (("D11",), {"reason": "it has to be", "approver": " a17"}, "somebody other than the analyst"),
        (("D13",), {"reason": "it has to be", "approver": "Chief"}, "cannot be lifted"),
        (("D9",), {"reason": "it has to be", "approver": "Chief"}, "cannot be lifted: name who permitted"),
        (("D8",), {"reason": "it has to be", "approver": "Chief"}, "cannot be lifted"),
        ((), {"reason": "it has to be", "approver": "Chief"}, "name the rules"),
        (("D99",), {"reason": "it has to be", "approver": "Chief"}, "is not a rule"),
    ],
)
def test_what_is_no_permission(case, numbers, told, says):
    with pytest.raises(InputError, match=says), override(case, *numbers, **told):
        pass
    assert len(overrides(case)) == 0


def test_a_set_that_lacks_a_rule_is_refused(tmp_path):
    import yaml

    from ilp_lab.safeguards.rules import _SHELF

    content = yaml.safe_load((_SHELF.shipped / "led.yml").read_text(encoding="utf-8"))
    for change in (
        {"rules": content["rules"][1:]},
        {"settings": {}},
        {"rules": [{**content["rules"][0], "mode": "ignore"}]},
    ):
        file = tmp_path / "mine.yml"
        file.write_text(yaml.safe_dump({**content, **change}), encoding="utf-8")
        with pytest.raises(ReadError, match="cannot be used"):
            rule_set(file)
