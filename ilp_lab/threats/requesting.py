"""From what is worth learning to intelligence requirements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.errors import InputError
from ilp_lab.result import Result

if TYPE_CHECKING:
    from ilp_lab.records import IntelligenceRequirement


def requirements(
    learn: Result,
    *,
    requester: str,
    decision_supported: str,
    deadline: str | date,
    first: int = 3,
    priority_area: str | None = None,
    level: str = "national",
) -> list[IntelligenceRequirement]:
    """Make intelligence requirements of the unknowns that would settle most.

    Parameters
    ----------
    learn
        What :func:`learn_next` handed back.
    requester, decision_supported, deadline, priority_area, level
        As the requirement asks for them.
    first
        How many.

    Returns
    -------
    list of IntelligenceRequirement
        Most worth knowing first; each says what it would settle.

    Raises
    ------
    InputError
        When it is not a result of :func:`learn_next`.
    FormError
        When the requirement is not in order.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import threats
    >>> names = [one.id for one in threats.rubric("socta-groups").indicators]
    >>> wide = pd.DataFrame([["medium"] * 10, ["medium"] * 9 + ["unknown"]], index=["North", "South"], columns=names)
    >>> scored = threats.matrix(wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False)
    >>> asked = requirements(threats.learn_next(scored, rng=1), requester="Head of analysis", decision_supported="Priorities 2099",
    ...                      deadline="2099-01-31")
    >>> asked[0].requirement_id
    'IR-South-laundering'
    """
    from ilp_lab.records import IntelligenceRequirement

    caller = "threats.requirements"
    check = Check(caller)
    check.whole(1, first=first)
    check.done()
    if getattr(learn, "name", "") != "threats.learn_next":
        raise InputError(f"{caller}: learn must be what threats.learn_next handed back.")
    made = []
    for row in learn.table.head(first).to_dict("records"):
        values: dict[str, Any] = {
            "requirement_id": f"IR-{'-'.join(str(row['item']).split())}-{row['indicator']}", "question": row["question"],
            "requester": requester, "decision_supported": decision_supported, "deadline": deadline, "priority_area": priority_area,
            "unknown": [tr("{name} of {item}; knowing it would settle {share:.0%} of the uncertainty about the ranks").format(name=row["name"], item=row["item"], share=row["share"])],
            "level": level, "handling": learn.handling,
        }  # fmt: skip
        made.append(IntelligenceRequirement(**values))
    return made
