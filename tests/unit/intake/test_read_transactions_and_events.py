"""Bank statements, transfer lists and lists of participants as they come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ilp_lab.errors import AmbiguousError, ColumnError, InputError
from ilp_lab.intake import read_events, read_transactions
from ilp_lab.intake.amounts import amounts

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
real = pytest.mark.skipif(
    not SHARED.exists(), reason="the public data sets are not beside the project (../shared)"
)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1.234,56", "7,00", "-12,5"], [1234.56, 7, -12.5]),
        (["1,234.56", "$ 7.00", "(12.5)"], [1234.56, 7, -12.5]),
        (["1'234.50", "2 000.00"], [1234.5, 2000]),
        (["1,234,567", "12"], [1234567, 12]),
        (["12.500", "3.250"], [12.5, 3.25]),
        (["EUR 10", "n/a"], [10, np.nan]),
    ],
)
def test_amounts_as_they_are_written(texts, numbers):
    values, _ = amounts(pd.Series(texts), decimal=None, name="Amount", caller="f")
    np.testing.assert_allclose(values, numbers)


def test_an_amount_that_can_be_read_in_two_ways_is_asked_for():
    with pytest.raises(AmbiguousError, match=r"Say decimal=',' or decimal='\.'"):
        amounts(pd.Series(["1,234", "5,678"]), decimal=None, name="Amount", caller="f")
    assert amounts(pd.Series(["1,234"]), decimal=",", name="x", caller="f")[0].tolist() == [1.234]


def test_a_list_of_transfers_names_both_accounts():
    table = pd.DataFrame(
        {
            "From account": [1.0, 2.0],
            "To account": ["007", "x"],
            "Betrag": ["5", "-6"],
            "Datum": ["13.01.2024", "14.01.2024"],
        }
    )
    payments, quality = read_transactions(table, columns={"amount": "Betrag"}, tz="Europe/Vienna")
    assert payments[["payer", "payee", "amount"]].to_numpy().tolist() == [["1", "007", 5.0], ["x", "2", 6.0]]
    assert str(payments["booked_at"].dt.tz) == "Europe/Vienna"
    assert "date_only" in quality.counts
    assert any("other way round" in note for note in quality.notes)


@pytest.mark.parametrize(
    "sides",
    [
        {"Amount": [-10, 20]},
        {"Amount": [10, 20], "Dr/Cr": ["D", "C"]},
        {"Withdrawal": [10, None], "Deposit": [None, 20]},
        {"Amount": [10, 20], "Type": ["payment sent", "received"]},
    ],
)
def test_a_statement_tells_the_direction_in_many_ways(sides):
    table = pd.DataFrame({"Account": ["A", "A"], "Counterparty": ["B", "C"], **sides})
    payments, _ = read_transactions(table)
    assert payments[["payer", "payee", "amount"]].to_numpy().tolist() == [["A", "B", 10], ["C", "A", 20]]


def test_a_statement_without_any_direction_is_not_guessed():
    with pytest.raises(AmbiguousError, match="no sign and no column says"):
        read_transactions(pd.DataFrame({"Account": ["A"], "Counterparty": ["B"], "Amount": [5]}))


def test_cash_keeps_one_end_empty_and_the_profile_is_kept(tmp_path):
    table = pd.DataFrame(
        {
            "caller_id": ["01", "02"],
            "recipient_id": [None, None],
            "txn_type": ["cashin", "cashout"],
            "amount": [5.5, 7.25],
        }
    )
    payments, quality = read_transactions(table)
    assert payments[["payer", "payee"]].fillna("").to_numpy().tolist() == [["", "01"], ["02", ""]]
    assert quality.counts == {"cash": 2}
    again, _ = read_transactions(table, profile=quality.save_profile(tmp_path / "bank.yml"))
    pd.testing.assert_frame_equal(payments, again)


def test_faults_of_payments_are_counted():
    table = pd.DataFrame(
        {
            "payer": ["A", "A", None, "B", "B"],
            "payee": ["A", "B", None, "C", "C"],
            "amount": ["x", "0", "1", "2", "2"],
            "date": ["2024-01-01"] * 5,
        }
    )
    payments, quality = read_transactions(table)
    assert len(payments) == 5
    assert {k: v for k, v in quality.counts.items() if k != "date_only"} == {
        "unreadable_amount": 1, "zero_amount": 1, "missing_account": 1, "self_payment": 1, "repeated_payment": 1,
    }  # fmt: skip


def test_what_is_missing_is_said():
    with pytest.raises(ColumnError, match="who paid whom"):
        read_transactions(pd.DataFrame({"x": [1], "amount": [2]}))
    with pytest.raises(ColumnError, match="holds the amounts"):
        read_transactions(pd.DataFrame({"payer": [1], "payee": [2]}))
    with pytest.raises(InputError, match="decimal"):
        read_transactions(pd.DataFrame({"payer": [1]}), decimal=";")
    with pytest.raises(ColumnError, match="no column holds the event"):
        read_events(pd.DataFrame({"person": [1], "x": [2]}))
    with pytest.raises(ColumnError, match="persons by persons"):
        read_events(pd.DataFrame({"": ["a", "b"], "a": [0, 1], "b": [1, 0]}))


def test_events_from_a_list_with_dates_and_roles():
    table = pd.DataFrame(
        {
            "Offender ID": [7, 8, None],
            "Crime ID": ["c1", "c1", "c2"],
            "Role": ["driver", "helper", None],
            "Date": ["13/01/2024"] * 3,
        }
    )
    took, quality = read_events(table)
    assert took.columns.tolist() == ["person", "event", "role", "occurred_at", "source_row"]
    assert took["person"].fillna("").tolist() == ["7", "8", ""]
    assert quality.counts["missing_participant"] == 1


def test_events_from_a_matrix(tmp_path):
    path = tmp_path / "matrix.csv"
    path.write_text('\ufeff"",e1,e2,e3\n1,1,0,1\n2,1,1,0\n3,0,0,0\n', encoding="utf-8")
    took, quality = read_events(path)
    assert took[["person", "event"]].to_numpy().tolist() == [
        ["1", "e1"],
        ["1", "e3"],
        ["2", "e1"],
        ["2", "e2"],
    ]
    assert "3 persons by 3 events" in quality.notes[0]
    assert "1 person took part in no event" in quality.notes[1]


@real
def test_real_mobile_money():
    payments, quality = read_transactions(SHARED / "cider_synth" / "mobilemoney.csv")
    raw = pd.read_csv(SHARED / "cider_synth" / "mobilemoney.csv", dtype=str)
    assert len(payments) == len(raw) == 10_000
    assert payments["payee"][raw["txn_type"] == "cashin"].notna().all()
    assert payments["payer"][raw["txn_type"] == "cashout"].notna().all()
    assert payments["payer"].dropna().str.startswith(("00", "+")).all()  # zeros in front stay
    assert payments["amount"].sum() == pytest.approx(raw["amount"].astype(float).sum())
    assert quality.counts == {
        "cash": int(
            (raw["txn_type"].isin(["cashin", "cashout", "billpay"]) & raw["recipient_id"].isna()).sum()
        )
    }


@real
def test_real_participants():
    took, quality = read_events(SHARED / "pole_manchester" / "crime-investigation.relationships.PARTY_TO.csv")
    assert len(took) == 55
    assert quality.counts == {}
