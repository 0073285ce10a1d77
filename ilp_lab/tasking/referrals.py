"""Referrals by behaviour and need: is help first, is the review on time, and nothing that could become a list of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of
from ilp_lab.tasking.meetings import as_day

if TYPE_CHECKING:
    from ilp_lab.records import ReferralRecord


def referral_review(referrals: Iterable[ReferralRecord], *, day: str | date, smallest: int = 5) -> Result:
    """Look at referrals as oversight would: help first, agreement, reviews and erasure on time. It ranks nobody.

    Parameters
    ----------
    referrals
        Records of form ``ReferralRecord``.
    day
        The day.
    smallest
        Smallest number that is told; fewer are withheld.

    Returns
    -------
    Result
        ``table``: one row per question: ``question``, ``referrals`` (missing where fewer than ``smallest``), ``share``. ``details``: ``to_review`` and
        ``to_erase`` (record keys, for the one who answers for them), ``no_help_first`` (always empty: the form does not allow it).

    Raises
    ------
    InputError
        When there are none, or other records among them.

    Notes
    -----
    There is no table of persons, no score and no map: a hot spot of referrals is a finger pointed at a neighbourhood.

    Examples
    --------
    >>> from ilp_lab.records import ReferralRecord
    >>> one = ReferralRecord(subject_ref="Q-1", referred_on="2098-12-01", referred_by="School", is_child=True, behaviours=["Hit a teacher"],
    ...     needs=["Counselling"], danger="to others", safeguarding=["Counsellor"], agencies=["School", "Youth service"], agreed="yes",
    ...     legal_basis="Youth Act s.8", decision_maker="Head of youth service", oversight_ref="O-1", review_date="2099-01-01",
    ...     erase_by="2099-06-01")
    >>> referral_review([one], day="2099-02-01")["to_review"]
    [...]
    """
    import pandas as pd

    from ilp_lab.records import ReferralRecord

    caller = "tasking.referral_review"
    check = Check(caller)
    when = as_day(check, day, "day")
    check.whole(2, smallest=smallest)
    check.done()
    assert when is not None  # noqa: S101
    given = list(referrals)
    kinds: list[object] = list(given)
    strange = [type(one).__name__ for one in kinds if not isinstance(one, ReferralRecord)]
    if strange or not given:
        raise InputError(
            f"{caller}: referrals must be ReferralRecords; got {strange[0] if strange else 'none'}."
        )
    questions = {
        "children": [one.is_child for one in given],
        "agreed": [one.agreed == "yes" for one in given],
        "not asked": [one.agreed == "not asked" for one in given],
        "danger was seen": [one.danger != "none seen" for one in given],
        "help only": [not one.other_measures for one in given],
        "with an outcome": [one.outcome is not None for one in given],
        "review overdue": [one.review_date <= when for one in given],
        "to be erased": [one.erase_by <= when for one in given],
    }
    rows = [(name, sum(said)) for name, said in questions.items()]
    table = pd.DataFrame(rows, columns=["question", "referrals"]).astype({"referrals": "Int64"})
    small = (table["referrals"] > 0) & (table["referrals"] < smallest)
    small |= (table["referrals"] < len(given)) & (table["referrals"] > len(given) - smallest)
    table.loc[small, "referrals"] = pd.NA
    table["share"] = (table["referrals"] / len(given)).astype("Float64")
    review = [one.key for one in given if one.review_date <= when]
    erase = [one.key for one in given if one.erase_by <= when]
    return Result(
        name=caller,
        title=tr("Referrals on {day:%d %B %Y}").format(day=when),
        table=table,
        method=tr("Referrals were counted by what oversight asks; numbers of fewer than {smallest}, and those from which one could be " "worked out, were withheld.").format(smallest=smallest),
        findings=(
            tr("{n} referrals; {n_2} are due for review and {n_3} for erasure.").format(n=len(given), n_2=len(review), n_3=len(erase))
            if len(given) >= smallest
            else tr("Fewer than {smallest} referrals; {n} reviews and {n_2} erasures are due.").format(smallest=smallest, n=len(review), n_2=len(erase)),
            tr("Each offers help before anything else; the form refuses one that does not."),
            tr("They speak of behaviour and need. Belief, origin and opinion are in none of them."),
            tr("It ranks nobody, and there is no map. Check next whether those who were helped say that it helped."),
        ),
        params=(Param("day", when.isoformat()), Param("smallest", smallest)),
        sources=(Source("referrals", len(given), fingerprint("\n".join(sorted(one.sha256 for one in given)))),),
        handling=handling_of(*given, "H2"),
        details={"to_review": review, "to_erase": erase, "no_help_first": [one.key for one in given if not one.safeguarding]},
    )  # fmt: skip
