"""What people of a place worry about goes in as requirements, and what came of it goes back to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint

if TYPE_CHECKING:
    from ilp_lab.records import CommunityConcern, IntelligenceRequirement

CONSENTS = (tr_later("use without naming"), tr_later("use and answer"))


def concern_requirements(
    concerns: Iterable[CommunityConcern],
    *,
    requester: str,
    decision_supported: str,
    deadline: str | date,
    least_people: int = 5,
    level: str = "local",
    unit: str | None = None,
) -> list[IntelligenceRequirement]:
    """Turn concerns into intelligence requirements, one per place and topic, as far as those who voiced them agreed.

    Parameters
    ----------
    concerns
        Records of form ``CommunityConcern``.
    requester, decision_supported, deadline
        As the requirement asks for them.
    least_people
        A place and topic that fewer people spoke of stays out, so that nobody can be recognised.
    level, unit
        Whose requirement it is.

    Returns
    -------
    list of IntelligenceRequirement
        Most people first. What was said is not in them, only place, topic and number; ``known`` says where the words are.

    Raises
    ------
    InputError
        When other records are among them.
    FormError
        When the requirement is not in order.

    Examples
    --------
    >>> from ilp_lab.records import CommunityConcern
    >>> said = CommunityConcern(received_on="2026-03-01", channel="meeting", place="S1-01", topic="street lights", people=12,
    ...                         concern="The underpass is dark.", consent="use and answer")
    >>> asked = concern_requirements([said], requester="Community officer S1", decision_supported="Lights or patrols", deadline="2099-01-01")
    >>> asked[0].question
    'What is behind the concern about street lights in S1-01, and what would ease it?'
    """
    from ilp_lab.records import IntelligenceRequirement

    caller = "tasking.concern_requirements"
    check = Check(caller)
    check.whole(1, least_people=least_people)
    check.done()
    groups: dict[tuple[str, str], list[CommunityConcern]] = {}
    for concern in _concerns(concerns, caller):
        if concern.consent in CONSENTS:
            groups.setdefault((concern.place, concern.topic), []).append(concern)
    ordered = sorted(groups.items(), key=lambda item: (-sum(one.people for one in item[1]), item[0]))
    made = []
    for (place, topic), own in ordered:
        people = sum(one.people for one in own)
        if people < least_people:
            continue
        channels = ", ".join(sorted({one.channel for one in own}))
        values: dict[str, Any] = {
            "requirement_id": f"IR-{'-'.join(f'{place} {topic}'.split())}"[:120],
            "question": tr("What is behind the concern about {topic} in {place}, and what would ease it?").format(topic=topic, place=place),
            "requester": requester, "decision_supported": decision_supported, "deadline": deadline,
            "known": [tr("{people} people spoke of it ({channels}); words in {names}").format(people=people, channels=channels, names=", ".join(one.concern_id for one in own))],
            "product_wanted": tr_later("An answer that can be made public"), "level": level, "unit": unit,
        }  # fmt: skip
        made.append(IntelligenceRequirement(**values))
    return made


def community_feedback(concerns: Iterable[CommunityConcern], *, smallest: int = 5) -> Result:
    """Put together what can be told in public: how many spoke of what, where, and what came of it, small counts withheld.

    Parameters
    ----------
    concerns
        Records of form ``CommunityConcern``.
    smallest
        Smallest number of people that is published.

    Returns
    -------
    Result
        ``table``: one row per topic and place: ``topic``, ``place``, ``people`` (missing where withheld), ``answer`` (the latest; empty when there is none yet), ``answered``.
        Handling H0. ``details``: ``unanswered``, ``withheld``, ``without_consent``.

    Raises
    ------
    InputError
        When there are none that may be used.

    Examples
    --------
    >>> from ilp_lab.records import CommunityConcern
    >>> common = {"received_on": "2026-03-01", "channel": "survey", "concern": "It is dark.", "consent": "use and answer"}
    >>> heard = [CommunityConcern(place=place, topic=topic, people=n, **common)
    ...          for place, topic, n in [("A", "lights", 20), ("A", "noise", 9), ("B", "lights", 30), ("B", "noise", 2)]]
    >>> int(community_feedback(heard).table["people"].isna().sum())
    4
    """
    import pandas as pd

    from ilp_lab.safeguards import suppress

    caller = "tasking.community_feedback"
    given = _concerns(concerns, caller)
    used = [one for one in given if one.consent in CONSENTS]
    if not used:
        raise InputError(
            f"{caller}: none of the {len(given)} concerns may be used: those who voiced them did not agree."
        )
    frame = pd.DataFrame(
        [
            {
                "topic": one.topic,
                "place": one.place,
                "people": one.people,
                "answer": one.answer or "",
                "on": one.answered_on,
            }
            for one in used
        ]
    )
    counts = frame.pivot_table(index="topic", columns="place", values="people", aggfunc="sum", fill_value=0)
    shown = suppress(counts.astype("int64"), smallest=smallest).table
    rows: list[dict[str, Any]] = []
    for key, own in frame.groupby(["topic", "place"]):
        topic, place = map(str, key)
        answered = own[own["answer"] != ""].sort_values("on", kind="stable", na_position="first")
        rows.append(
            {
                "topic": topic,
                "place": place,
                "people": shown.loc[topic, place],
                "answer": answered["answer"].iloc[-1] if len(answered) else "",
            }
        )
    table = pd.DataFrame(rows).astype({"people": "Int64"})
    table["answered"] = table["answer"] != ""
    left = int((~table["answered"]).sum())
    withheld = int(table["people"].isna().sum())
    return Result(
        name=caller,
        title=tr_later("What you told us, and what came of it"),
        table=table,
        method=tr("Concerns were counted by topic and place; counts of fewer than {smallest} people, and those that would give one away, were withheld.").format(smallest=smallest),
        findings=(
            tr("{people:,} people spoke of {topic} topics in {place} places.").format(people=int(frame["people"].sum()), topic=frame["topic"].nunique(), place=frame["place"].nunique()),
            tr("{left} of {n} concerns were answered; {left_2} wait for an answer.").format(left=len(table) - left, n=len(table), left_2=left),
            tr("{withheld} numbers are not shown, so that nobody can be recognised.").format(withheld=withheld),
            tr("Who speaks up is not everybody: compare with a survey before this is taken for the mood of a place."),
        ),
        params=(Param("smallest", smallest),),
        sources=(Source("concerns", len(used), fingerprint("\n".join(sorted(one.sha256 for one in used)))),),
        left_out={"without consent": len(given) - len(used)} if len(given) > len(used) else {},
        handling="H0",
        details={"unanswered": table[~table["answered"]], "withheld": withheld, "without_consent": len(given) - len(used)},
    )  # fmt: skip


def _concerns(concerns: Iterable[Any], caller: str) -> list[CommunityConcern]:
    from ilp_lab.records import CommunityConcern

    given = list(concerns)
    strange = [type(one).__name__ for one in given if not isinstance(one, CommunityConcern)]
    if strange or not given:
        raise InputError(
            f"{caller}: concerns must be CommunityConcern records; got {strange[0] if strange else 'none'}."
        )
    return given
