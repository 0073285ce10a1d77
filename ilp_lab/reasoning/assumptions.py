"""Key assumptions: what has to be true for an answer to hold, how well that is supported, and what if not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.result import Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd

SUPPORT = ("solid", tr_later("with caveats"), "unsupported")
EFFECT = ("none", "weaker", "reversed")
_VERDICTS = (tr_later("look at first"), "watch", "note", "solid")


def key_assumptions(
    table: pd.DataFrame,
    *,
    assumption: str = "assumption",
    support: str = "support",
    effect: str = "effect_if_wrong",
) -> Result:
    """Sort assumptions by what they put at risk.

    Parameters
    ----------
    table
        One row per assumption. Further columns (such as ``why``, ``would_show``, ``owner``) stay.
    assumption
        Column with the assumption in words.
    support
        Column with ``solid``, ``with caveats`` or ``unsupported``.
    effect
        Column with what happens to the answer if the assumption is wrong: ``none``, ``weaker`` or ``reversed``.

    Returns
    -------
    Result
        ``table``: the rows with a ``verdict``, most urgent first. *look at first*: not solid, and the answer would be
        reversed, or unsupported, and the answer would be weaker. *watch*: with caveats and weaker, or solid and reversed.
        *note*: it changes nothing. *solid*: supported, and of limited effect.

    Raises
    ------
    InputError, ColumnError
        When the table does not fit; all faults at once.

    References
    ----------
    Heuer, R. J. and Pherson, R. H. (2014), Structured Analytic Techniques for Intelligence Analysis, ISBN 978-1-4522-4151-7.

    Examples
    --------
    >>> import pandas as pd
    >>> held = pd.DataFrame(
    ...     {
    ...         "assumption": ["the phone is used by its owner", "reports are complete"],
    ...         "support": ["with caveats", "unsupported"],
    ...         "effect_if_wrong": ["reversed", "none"],
    ...     }
    ... )
    >>> key_assumptions(held).table["verdict"].tolist()
    ['look at first', 'note']
    """
    import pandas as pd

    caller = "reasoning.key_assumptions"
    check = Check(caller)
    if check.frame(table, "the table"):
        check.columns(table, [assumption, support, effect], "the table")
        if not len(table):
            check.add("the table has no row.")
    check.done()
    for column, allowed in ((support, SUPPORT), (effect, EFFECT)):
        held = table[column].astype("string").str.strip().str.lower()
        wrong = held[~held.isin(allowed)].fillna("nothing").unique()
        if len(wrong):
            check.add(f"{column} must be one of {', '.join(map(repr, allowed))}; got {', '.join(map(repr, wrong[:3]))}.", ColumnError)  # fmt: skip
    if table[assumption].astype("string").fillna("").str.strip().eq("").any():
        check.add(f"{assumption} is empty in some row.", ColumnError)
    check.done()
    supports = table[support].astype("string").str.strip().str.lower()
    effects = table[effect].astype("string").str.strip().str.lower()
    verdicts = [_verdict(one, other) for one, other in zip(supports, effects, strict=True)]
    found = table.assign(verdict=pd.Categorical(verdicts, categories=list(_VERDICTS), ordered=True))
    found = found.sort_values("verdict", kind="stable", ignore_index=True)
    return Result(
        name=caller,
        title=tr_later("Key assumptions"),
        table=found,
        method=tr("Every assumption was rated by how well it is supported and by what happens to the answer if it is wrong."),
        findings=_findings(found, assumption),
        caveats=(tr("Assumptions that nobody wrote down are not in the table; ask someone who did not work on the case."),),
        references=("Heuer and Pherson 2014, Structured Analytic Techniques for Intelligence Analysis, 2nd edition, ISBN 978-1-4522-4151-7",),
        sources=(Source("assumptions", len(table), fingerprint("\n".join(map(str, table[assumption]))), origin_of(table)),),
        handling=handling_of(table),
    )  # fmt: skip


def _verdict(support: str, effect: str) -> str:
    if effect == "none":
        return "note"
    if effect == "reversed":
        return "watch" if support == "solid" else tr_later("look at first")
    return {"solid": "solid", "with caveats": "watch", "unsupported": tr_later("look at first")}[support]


def _findings(found: pd.DataFrame, assumption: str) -> tuple[str, ...]:
    urgent = found[found["verdict"] == "look at first"][assumption].astype(str).tolist()
    first = (
        tr(
            "The answer rests on {n} of {n_2} assumptions that are not solid and would change it: {names}."
        ).format(n=len(urgent), n_2=len(found), names="; ".join(urgent[:3]))
        if urgent
        else tr("None of the {n} assumptions is both weak and decisive.").format(n=len(found))
    )
    watch = int((found["verdict"] == "watch").sum())
    return (
        first,
        tr("{watch} more should be watched.").format(watch=watch)
        if watch
        else tr("No other needs watching."),
        tr(
            "Name the assumptions of the first group in the product, and ask for information on them as requirements."
        )
        if urgent
        else tr("Name the ones to watch in the product."),
    )
