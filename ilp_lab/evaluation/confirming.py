"""Does another source say so too? Corroboration counts different origins, not different reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.evaluation.conversion import as_code, grades_of
from ilp_lab.evaluation.grading import scheme

if TYPE_CHECKING:
    import pandas as pd


def corroboration(reports: pd.DataFrame) -> pd.DataFrame:
    """Say for every report whether another source confirms it, and whether its grade needs that.

    A report that draws on others (``cites``) has their origin, however many hands it went through. A confirming report
    counts only when it brings an origin that the confirmed report does not have.

    Parameters
    ----------
    reports
        One row per report: ``report_id``, ``source_ref``, ``source_grade``, ``information_grade``; ``corroborated_by`` and
        ``cites`` (lists, or text with semicolons) and ``scheme`` where there are any.

    Returns
    -------
    DataFrame
        On the index of ``reports``: ``report_id``, ``code``, ``needs_corroboration``, ``named`` (confirming reports that are
        named), ``not_in_table`` and ``same_origin`` (those that do not count, and why), ``independent_sources`` (how many
        origins confirm it) and ``verdict``: ``"corroborated"``, ``"not corroborated"``, ``"cannot be checked"`` (the
        confirming reports are not in the table) or ``"not needed"``.

    Raises
    ------
    InputError, ColumnError
        When a column is missing or a report stands there twice.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({
    ...     "report_id": ["R1", "R2", "R3"], "source_ref": ["S1", "S2", "S1"],
    ...     "source_grade": ["B", "B", "B"], "information_grade": ["3", "3", "2"],
    ...     "corroborated_by": [["R2"], ["R3"], []], "cites": [[], ["R1"], []],
    ... })
    >>> corroboration(reports)[["report_id", "independent_sources", "verdict"]].values.tolist()
    [['R1', 0, 'not corroborated'], ['R2', 0, 'not corroborated'], ['R3', 0, 'not needed']]
    """
    import pandas as pd

    from ilp_lab.safeguards import handling_of, mark

    caller = "evaluation.corroboration"
    numbers, sources = identities(reports, caller)
    confirming, cites = lists_of(reports, "corroborated_by"), lists_of(reports, "cites")
    origin = origins(numbers, sources, cites)
    known = set(numbers)
    rows = []
    grades = grades_of(reports, caller)
    for number, named, (_, name, source, information) in zip(numbers, confirming, grades, strict=True):
        grade = scheme(name).information_grades.get(information)
        needs = grade is not None and grade.needs_corroboration
        absent = tuple(other for other in named if other not in known)
        bringing = {
            other: origin[other] - origin[number] - {tr("report {number}").format(number=number)}
            for other in named
            if other in known and other != number
        }
        same = tuple(other for other in named if other in known and not bringing.get(other))
        independent = len(frozenset().union(*bringing.values()))
        if independent:
            verdict = tr_later("corroborated")
        elif absent:
            verdict = tr_later("cannot be checked")
        else:
            verdict = tr_later("not corroborated") if needs or named else tr_later("not needed")
        rows.append((number, source + information, needs, len(named), absent, same, independent, verdict))
    columns = [
        "report_id", "code", "needs_corroboration", "named", "not_in_table", "same_origin", "independent_sources", "verdict",
    ]  # fmt: skip
    return mark(pd.DataFrame(rows, columns=columns, index=reports.index), handling=handling_of(reports))


def review_grades(reports: pd.DataFrame) -> pd.DataFrame:
    """Check the grade of every report: faults, oddities, and whether it may be passed on as a fact.

    Parameters
    ----------
    reports
        As for :func:`corroboration`; ``statement_type``, ``permission`` and ``conditions`` are looked at where there are any.

    Returns
    -------
    DataFrame
        On the index of ``reports``: ``report_id``, ``scheme``, ``code``, ``valid``, ``faults``, ``warnings`` (sentences),
        ``suspected_false``, ``corroboration`` (the verdict of :func:`corroboration`) and ``may_be_stated_as_fact``: the grade
        is valid, not suspected false, any corroboration it needs is there, and the statement is a fact.

    Raises
    ------
    InputError, ColumnError
        As in :func:`corroboration`.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({"report_id": ["R1", "R2"], "source_ref": ["S1", "S2"], "source_grade": ["X", "F"],
    ...                         "information_grade": ["1", "2"]})
    >>> checked = review_grades(reports)
    >>> checked["valid"].tolist(), checked["may_be_stated_as_fact"].tolist()
    ([True, False], [True, False])
    >>> checked["warnings"].iloc[0][:33]
    'X1: the source cannot be assessed'
    """
    import pandas as pd

    from ilp_lab.safeguards import handling_of, mark

    caller = "evaluation.review_grades"
    confirmed = corroboration(reports)["verdict"].tolist()
    extra = {
        name: [as_code(value) for value in reports[name].tolist()] if name in reports else [""] * len(reports)
        for name in ("permission", "conditions", "statement_type")
    }
    rows = []
    for at, (number, name, source, information) in enumerate(grades_of(reports, caller)):
        chosen = scheme(name)
        faults = chosen.faults(
            source,
            information,
            permission=extra["permission"][at] or None,
            conditions=extra["conditions"][at],
        )
        warned = (
            []
            if faults
            else chosen.warnings(source, information, corroborated=confirmed[at] == "corroborated")
        )
        grade = chosen.information_grades.get(information)
        false = grade is not None and grade.suspected_false
        needs = grade is not None and grade.needs_corroboration
        fact = (
            not faults
            and not false
            and not (needs and confirmed[at] != "corroborated")
            and extra["statement_type"][at] in {"", "fact"}
        )
        rows.append(
            (
                number,
                name,
                source + information,
                not faults,
                " ".join(faults),
                " ".join(warned),
                false,
                confirmed[at],
                fact,
            )
        )
    columns = [
        "report_id", "scheme", "code", "valid", "faults", "warnings", "suspected_false", "corroboration",
        "may_be_stated_as_fact",
    ]  # fmt: skip
    return mark(pd.DataFrame(rows, columns=columns, index=reports.index), handling=handling_of(reports))


def identities(reports: pd.DataFrame, caller: str) -> tuple[list[str], list[str]]:
    """Numbers and sources of the reports; a number must stand there once."""
    check = Check(caller)
    if check.frame(reports, "reports"):
        check.columns(reports, ["report_id", "source_ref"], "reports")
    check.done()
    numbers = [as_code(value) for value in reports["report_id"].tolist()]
    if "" in numbers:
        check.add(f"{numbers.count(''):,} reports have no report_id.", ColumnError)
    seen: set[str] = set()
    twice = sorted({number for number in numbers if number and (number in seen or seen.add(number))})  # type: ignore[func-returns-value]
    if twice:
        check.add(
            f"report_id must stand there once; {len(twice):,} are there again: {', '.join(twice[:5])}. Keep the latest version.",
            ColumnError,
        )
    check.done()
    sources = [
        as_code(value) or tr("report {number}").format(number=number)
        for value, number in zip(reports["source_ref"].tolist(), numbers, strict=True)
    ]
    return numbers, sources


def lists_of(reports: pd.DataFrame, column: str) -> list[tuple[str, ...]]:
    """A column of lists: as lists, as JSON, or as text with semicolons; empty without the column."""
    if column not in reports:
        return [()] * len(reports)
    return [_list(value) for value in reports[column].tolist()]


def _list(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            try:
                loaded = json.loads(text)
            except (ValueError, RecursionError):
                loaded = None
            if isinstance(loaded, list):
                return _list(loaded)
        return tuple(dict.fromkeys(piece.strip() for piece in text.split(";") if piece.strip()))
    if isinstance(value, Iterable):
        return tuple(dict.fromkeys(code for code in map(as_code, value) if code))
    code = as_code(value)
    return (code,) if code else ()


def origins(
    numbers: Sequence[str], sources: Sequence[str], cites: Sequence[Sequence[str]]
) -> Mapping[str, frozenset[str]]:
    """The sources each report goes back to in the end.

    A circle of citations without a way out is one origin, whoever takes part in it.
    """
    source = dict(zip(numbers, sources, strict=True))
    drawn = {
        number: [other for other in others if other != number]
        for number, others in zip(numbers, cites, strict=True)
    }
    found: dict[str, frozenset[str]] = {}
    for circle in circles(numbers, drawn):
        outside = frozenset(other for number in circle for other in drawn[number] if other not in circle)
        if outside:
            origin = frozenset().union(
                *(found.get(other, frozenset({f"report {other}"})) for other in outside)
            )
        elif len(circle) == 1:
            origin = frozenset({source[next(iter(circle))]})
        else:
            origin = frozenset({tr("circle of {circle}").format(circle=min(circle))})
        found.update(dict.fromkeys(circle, origin))
    return found


def circles(numbers: Sequence[str], drawn: Mapping[str, Sequence[str]]) -> list[frozenset[str]]:
    """Reports that reach each other, what is drawn on first: Tarjan's components without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    found: list[frozenset[str]] = []
    for start in numbers:
        if start in index:
            continue
        work = [(start, iter(drawn[start]))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, others = work[-1]
            for other in others:
                if other not in drawn:
                    continue
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(drawn[other])))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    cut = stack.index(node)
                    found.append(frozenset(stack[cut:]))
                    on_stack.difference_update(stack[cut:])
                    del stack[cut:]
    return found
