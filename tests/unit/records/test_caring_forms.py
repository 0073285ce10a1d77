"""Concerns, referrals and readiness: no belief, no origin, help first, kept short."""

from __future__ import annotations

import pytest
from examples import EXAMPLES

from ilp_lab.errors import FormError
from ilp_lab.records import CommunityConcern, ReadinessScore, ReferralRecord

REFERRAL, CONCERN = EXAMPLES["ReferralRecord"], EXAMPLES["CommunityConcern"]


def test_a_referral_has_no_field_for_what_somebody_is_or_believes():
    words = " ".join(ReferralRecord.model_fields).casefold()
    for part in ("belief", "relig", "ethnic", "origin", "opinion", "nationality", "group", "name", "address"):
        assert part not in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"behaviours": ["Goes to the mosque every day"]}, "behaviours speaks of belief"),
        ({"behaviours": ["He is Muslim"]}, "behaviours speaks of belief"),
        ({"needs": ["Is a refugee"]}, "needs speaks of ethnicity"),
        ({"behaviours": ["Voted for a political party"]}, "speaks of politics"),
        ({"safeguarding": []}, "safeguarding is missing"),
        ({"agencies": ["Police"]}, "agencies"),
        ({"review_date": "2099-06-01"}, "must lie within 90 days"),
        ({"erase_by": "2100-06-01"}, "must lie within 365 days"),
        ({"agreed": "not asked"}, "say why the person was not asked"),
        ({"danger": "none seen", "other_measures": ["Observe"]}, "then help is all there is"),
        ({"decision_maker": "algorithm"}, "is not a person"),
        ({"religion": "x"}, "religion"),
    ],
)
def test_referrals_that_are_refused(changes, words):
    with pytest.raises(FormError, match=words):
        ReferralRecord(**{**REFERRAL, **changes})


def test_a_need_may_be_one_of_health():
    assert ReferralRecord(**{**REFERRAL, "needs": ["Treatment for depression"]}).needs == (
        "Treatment for depression",
    )


def test_without_consent_a_concern_goes_nowhere():
    with pytest.raises(FormError, match="consent is 'none'"):
        CommunityConcern(**{**CONCERN, "consent": "none", "requirement_ids": ["IR-1"]})
    with pytest.raises(FormError, match="speaks of ethnicity"):
        CommunityConcern(**{**CONCERN, "concern": "People of Roma origin meet there"})
    with pytest.raises(FormError, match="does not say what they were told"):
        CommunityConcern(**{**CONCERN, "answered_on": "2026-04-01"})


def test_readiness_is_dated():
    with pytest.raises(FormError, match="not after the assessment"):
        ReadinessScore(**{**EXAMPLES["ReadinessScore"], "due": "2026-02-01"})
    with pytest.raises(FormError, match="maturity"):
        ReadinessScore(**{**EXAMPLES["ReadinessScore"], "maturity": 5})
