"""Circular reporting: one rumour that comes back in several reports and looks confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.evaluation.confirming import circles, identities, lists_of, origins
from ilp_lab.evaluation.likeness import HELD, SHARED_WORDS, Likeness, Pair, alike_texts, shared_passages
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, mark, origin_of

if TYPE_CHECKING:
    import pandas as pd

_CITES, _CIRCLE, _CONFIRMS = (
    tr_later("cites itself"),
    tr_later("circle of citations"),
    tr_later("confirm each other in a circle"),
)
_ONE_ORIGIN = tr_later("confirmed by its own origin")
_METHOD = tr_later(
    "Citations (cites) were followed to the end; reports that reach each other form a circle. Confirmations "
    "(corroborated_by) that run in a circle of three or more, or come from the confirmed report's own origin, are listed "
    "too. Texts were compared without case and punctuation: a pair is listed when it shares at least {shared:.0%} of its "
    "telling words and is at least {alike:.0%} alike letter by letter (Indel likeness of the words in alphabetical "
    "order), or when one holds at least {held:.0%} of the other in runs of eight words. Words and runs that stand in "
    "very many reports are the language of the form and do not count; pairs with the same words but other numbers are "
    "counted, not listed."
)
_REFERENCES = (
    "Hyyro 2004, bit-parallel LCS-length computation revisited (letter likeness, as in rapidfuzz)",
    "Bayardo, Ma and Srikant 2007, Scaling up all pairs similarity search, doi:10.1145/1242572.1242591",
    "Tarjan 1972, Depth-first search and linear graph algorithms, doi:10.1137/0201010",
)


def circular_reports(
    reports: pd.DataFrame, *, alike: float = 0.85, passages: bool = True, text: str = "text"
) -> Result:
    """Find reports that feed each other: by who cites whom, and by the same words.

    Parameters
    ----------
    reports
        One row per report: ``report_id``, ``source_ref``; ``cites`` and ``corroborated_by`` (lists, or text with semicolons)
        and the text where there are any.
    alike
        From which likeness on (0.5 to 1) two texts count as the same words.
    passages
        Also look for reports that hold at least half of another one, word for word, within a longer text.
    text
        Column that holds the text; texts are not compared without it.

    Returns
    -------
    Result
        One row per report in a group: ``group``, ``report_id``, ``source_ref``, ``how`` (in words), ``like`` (highest likeness to
        another report of the group), ``sources_named`` and ``origins`` of the whole group: how many sources it seems to have, and
        how many are left when citations are followed to their end. Largest groups first. ``details["pairs"]``
        has one row per pair (``report_id``, ``other_id``, ``how``, ``like``, ``same_source``).

    Raises
    ------
    InputError, ColumnError
        When a column is missing, a report stands there twice, or ``alike`` is not between 0.5 and 1.

    Notes
    -----
    Ten thousand reports take seconds. Likeness of words is a reason to ask, not a proof: two honest witnesses may use the same words.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({
    ...     "report_id": ["R1", "R2", "R3"], "source_ref": ["S1", "S2", "S3"],
    ...     "text": ["Guns are hidden in the old mill by the river", "guns are hidden in the old mill, by the river!", "A quiet week."],
    ...     "cites": [[], ["R1"], []],
    ... })
    >>> found = circular_reports(reports)
    >>> found.table[["group", "report_id", "sources_named", "origins"]].values.tolist()
    [[1, 'R1', 2, 1], [1, 'R2', 2, 1]]
    """
    caller = "evaluation.circular_reports"
    check = Check(caller)
    check.between(0.5, 1, alike=alike)
    if check.frame(reports, "reports") and text != "text":
        check.columns(reports, [text], "reports")
    check.done()
    numbers, sources = identities(reports, caller)
    cites, confirming = lists_of(reports, "cites"), lists_of(reports, "corroborated_by")
    pairs = _cited(numbers, cites) + _confirmed(numbers, sources, cites, confirming)
    told = _texts(reports, text)
    likeness = alike_texts(told, alike=alike)
    pairs += likeness.pairs
    if passages:
        known = {(left, right) for left, right, _, _ in likeness.pairs}
        pairs += [
            pair
            for pair in shared_passages(told, form_words=likeness.form_words)
            if (pair[0], pair[1]) not in known
        ]
    origin = origins(numbers, sources, cites)
    pair_table, table = _tables(numbers, sources, pairs, [origin[number] for number in numbers])
    handling = handling_of(reports)
    return Result(
        name=caller,
        title=tr_later("Reports that may be one"),
        table=mark(table, handling=handling),
        method=_METHOD.format(shared=SHARED_WORDS, alike=alike, held=HELD),
        findings=_findings(len(numbers), table, likeness),
        params=(Param("alike", alike), Param("passages", passages), Param("text", text)),
        caveats=_caveats(reports, text, told),
        references=_REFERENCES,
        sources=(
            Source(
                "reports", len(reports), fingerprint("\n".join(numbers), "\n".join(told)), origin_of(reports)
            ),
        ),
        left_out=_without_text(told, reports, text),
        left_out_rows=_rows_without_text(reports, told, text),
        handling=handling,
        details={
            "pairs": pair_table,
            "other_numbers": likeness.other_numbers,
            "form_words": likeness.form_words,
        },
    )


def _texts(reports: pd.DataFrame, text: str) -> list[str]:
    if text not in reports:
        return [""] * len(reports)
    return [value if isinstance(value, str) else "" for value in reports[text].tolist()]


def _cited(numbers: Sequence[str], cites: Sequence[Sequence[str]]) -> list[Pair]:
    at = {number: position for position, number in enumerate(numbers)}
    pairs: list[Pair] = [
        (position, position, float("nan"), _CITES)
        for position, number in enumerate(numbers)
        if number in cites[position]
    ]
    return pairs + _rings(circles(numbers, dict(zip(numbers, cites, strict=True))), at, _CIRCLE, least=2)


def _confirmed(
    numbers: Sequence[str],
    sources: Sequence[str],
    cites: Sequence[Sequence[str]],
    confirming: Sequence[Sequence[str]],
) -> list[Pair]:
    at = {number: position for position, number in enumerate(numbers)}
    pairs = _rings(circles(numbers, dict(zip(numbers, confirming, strict=True))), at, _CONFIRMS, least=3)
    origin = origins(numbers, sources, cites)
    for number, named in zip(numbers, confirming, strict=True):
        pairs.extend(
            (min(at[number], at[other]), max(at[number], at[other]), float("nan"), _ONE_ORIGIN)
            for other in named
            if other in at and not origin[other] - origin[number]
        )
    return pairs


def _rings(found: Iterable[frozenset[str]], at: dict[str, int], how: str, *, least: int) -> list[Pair]:
    pairs: list[Pair] = []
    for circle in found:
        if len(circle) >= least:
            positions = sorted(at[number] for number in circle)
            pairs.extend((positions[0], other, float("nan"), how) for other in positions[1:])
    return pairs


def _tables(
    numbers: Sequence[str], sources: Sequence[str], pairs: Sequence[Pair], origin: Sequence[frozenset[str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import numpy as np
    import pandas as pd
    from scipy import sparse

    left = np.asarray([pair[0] for pair in pairs], dtype=np.int64)
    right = np.asarray([pair[1] for pair in pairs], dtype=np.int64)
    size = len(numbers)
    number, source = np.asarray(numbers, dtype=object), np.asarray(sources, dtype=object)
    listed = pd.DataFrame(
        {
            "report_id": number[left],
            "other_id": number[right],
            "how": [pair[3] for pair in pairs],
            "like": [pair[2] for pair in pairs],
            "same_source": source[left] == source[right],
        }
    ).sort_values(["report_id", "other_id", "how"], ignore_index=True)
    graph = sparse.coo_matrix((np.ones(len(left)), (left, right)), shape=(size, size))
    _, part = (
        sparse.csgraph.connected_components(graph, directed=False) if size else (0, np.empty(0, dtype=int))
    )
    how: dict[int, set[str]] = {}
    like: dict[int, float] = {}
    for one, other, score, why in pairs:
        for at in (one, other):
            how.setdefault(at, set()).add(why)
            if not np.isnan(score):
                like[at] = max(like.get(at, 0.0), score)
    inside = sorted(how)
    table = pd.DataFrame(
        {
            "part": part[inside],
            "report_id": number[inside],
            "source_ref": source[inside],
            "how": ["; ".join(sorted(how[at])) for at in inside],
            "like": [like.get(at, float("nan")) for at in inside],
            "origin": [origin[at] for at in inside],
        }
    )
    return listed, _numbered(table)


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Groups from the largest to the smallest, with how many sources they name and go back to."""
    grouped = table.groupby("part", sort=False)
    table = table.assign(
        size=grouped["report_id"].transform("size"),
        sources_named=grouped["source_ref"].transform("nunique"),
        first=grouped["report_id"].transform("min"),
    )
    table = table.sort_values(
        ["size", "first", "report_id"], ascending=[False, True, True], ignore_index=True
    )
    order: dict[Any, int] = {}
    table.insert(0, "group", [order.setdefault(part, len(order) + 1) for part in table["part"]])
    counted = table.groupby("group")["origin"].agg(lambda found: len(frozenset().union(*found)))
    table["origins"] = table["group"].map(counted).astype("int64")
    return table.drop(columns=["part", "size", "first", "origin"])


def _findings(total: int, table: pd.DataFrame, likeness: Likeness) -> tuple[str, ...]:
    groups = table.groupby("group").first() if len(table) else table
    seeming = int((groups["sources_named"] > 1).sum()) if len(table) else 0
    found = [
        tr("{n:,} of {total:,} reports stand in {n_2:,} groups that may each be one report.").format(
            n=len(table), total=total, n_2=len(groups)
        )
        if len(table)
        else tr("No two of the {total:,} reports look like one report.").format(total=total)
    ]
    if seeming:
        found.append(
            tr(
                "{seeming:,} of the groups name several sources: they look confirmed, and may go back to one origin. Ask the handlers."
            ).format(seeming=seeming)
        )
    if likeness.other_numbers:
        found.append(
            tr(
                "{other_numbers:,} pairs have the same words but other numbers; they are most likely other facts and are not listed."
            ).format(other_numbers=likeness.other_numbers)
        )
    found.append(
        tr(
            "The same words are a reason to ask, not a proof: two honest witnesses can use them, and a rumour retold in other "
            "words is not found this way."
        )
    )
    found.append(
        tr(
            "Check next: who obtained each report, when, and from whom; then grade again, as close to the source as possible."
        )
    )
    return tuple(found)


def _caveats(reports: pd.DataFrame, text: str, told: Sequence[str]) -> tuple[str, ...]:
    caveats = []
    if "cites" not in reports:
        caveats.append(
            tr(
                "No column says which reports draw on which (cites), so only words and confirmations could be compared."
            )
        )
    if text not in reports:
        caveats.append(tr("No text was compared."))
    elif any(told):
        caveats.append(
            tr(
                "Different languages are not translated: a rumour that crosses a language is not found by its words."
            )
        )
    return tuple(caveats)


def _without_text(told: Sequence[str], reports: pd.DataFrame, text: str) -> dict[str, int]:
    empty = sum(not value.strip() for value in told)
    return {"without text, compared by citations only": empty} if text in reports and empty else {}


def _rows_without_text(reports: pd.DataFrame, told: Sequence[str], text: str) -> pd.DataFrame | None:
    if text not in reports:
        return None
    empty = [not value.strip() for value in told]
    rows = reports[empty]
    return rows.assign(reason=tr_later("without text, compared by citations only")) if len(rows) else None
