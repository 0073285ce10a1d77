"""What the report desk sees: of all reports who has to be looked at, and of one what can be said in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr, tr_later, trn
from ilp_lab.boards import asking
from ilp_lab.boards.showing import Block, Tone, View, fact, notes_block, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.result import Result


GRADED = (
    "scheme", "source_grade", "information_grade", "permission", "conditions", "statement_type", "handling", "corroborated_by",
)  # fmt: skip
STATEMENTS = (tr_later("fact"), tr_later("assessment"), tr_later("hearsay"))
"""What a report may state, as it stands in the table."""


@dataclass(frozen=True, slots=True)
class ReportDeskState:
    """What the board *Report desk* is asked.

    Attributes
    ----------
    only
        Which reports the table lists: ``"all"``, ``"look"`` (those somebody has to look at) or ``"circular"``.
    find
        Words or a number: only such reports can be chosen.
    alike_percent
        From which likeness on two texts count as the same words.
    report
        The report on the desk.
    scheme, source_grade, information_grade, permission, conditions, statement_type, handling, corroborated_by
        Its grade as it stands in the form; nothing of it counts for others before it is put down.
    names
        Names to replace before it is passed on, with semicolons.
    written
        Its text as somebody wrote it anew for passing on; empty: names and numbers are replaced.
    authoriser, reason
        Who permits passing it on, for whom and why.
    graded
        The grades put down on this board.
    """

    only: str = "all"
    find: str = ""
    alike_percent: int = 85
    report: str = ""
    scheme: str = "4x4"
    source_grade: str = ""
    information_grade: str = ""
    permission: str = ""
    conditions: str = ""
    statement_type: str = ""
    handling: str = ""
    corroborated_by: str = ""
    names: str = ""
    written: str = ""
    authoriser: str = ""
    reason: str = ""
    graded: asking.Entries = ()


def compute_report_desk(
    state: ReportDeskState, reports: pd.DataFrame, *, circular: Result | None = None, tell: Tell = quiet
) -> View:
    """Look at all reports and at the one on the desk; no widgets.

    Parameters
    ----------
    state
        What is asked.
    reports
        One row per report: ``report_id``, ``source_ref``, ``source_grade``, ``information_grade``; ``scheme``, ``text``, ``handling``,
        ``cites``, ``corroborated_by``, ``statement_type``, ``permission`` and ``conditions`` where there are any.
    circular
        What :func:`ilp_lab.evaluation.circular_reports` found in these reports, when it is known already.
    tell
        Called with a sentence and a share of the work that is done.

    Returns
    -------
    View
        ``results``: ``circular``. ``tables``: ``reports``, ``checked`` (one row: the report on the desk with the grade in the form),
        ``texts`` (as written, as it may be passed on), ``group`` (reports that may be the same), ``schemes`` (what the grade would be elsewhere).

    Raises
    ------
    InputError
        When a column is missing, a report stands there twice, or the state names what is not there.

    Examples
    --------
    >>> from ilp_lab.boards.examples import reports
    >>> state = ReportDeskState(report="R-25-0002", source_grade="B", information_grade="3", corroborated_by="R-25-0004")
    >>> for line in compute_report_desk(state, reports()).answer[:2]: print(line)
    R-25-0002 is graded B3: reliable in most instances; not known personally to the source, but corroborated.
    It names one report that confirms it, and that one does not count: it goes back to the same source.
    """
    from ilp_lab import evaluation

    table = with_graded(reports, state.graded)
    if not len(table):
        return View((tr("There is no report yet: bring a table of reports, or a case that holds some."),))
    tell(tr("Looking for reports that feed each other …"), 0.2)
    if circular is None:
        circular = evaluation.circular_reports(table, alike=state.alike_percent / 100)
    tell(tr("Checking the grades …"), 0.6)
    checked = looked_at(table, circular)
    listed = _listed(state, checked)
    tables: dict[str, pd.DataFrame] = {"reports": listed}
    facts = _facts(state, checked, circular)
    if not state.report:
        return View((tr("No report is on the desk; choose one."),), facts, tables, {"circular": circular})
    check = Check("boards.report_desk")
    check.choice(allowed=checked["report_id"].tolist(), report=state.report)
    check.done()
    draft = with_graded(table, (entry_of(state),))
    one = looked_at(draft, circular).set_index("report_id", drop=False).loc[[state.report]]
    told, more = said_of(state, draft, one.iloc[0], circular)
    return View(told, facts, tables | {"checked": one} | more, {"circular": circular}, _notes(one.iloc[0]))


def _listed(state: ReportDeskState, checked: pd.DataFrame) -> pd.DataFrame:
    if state.only == "look":
        return checked[checked["look"] != ""]
    return checked[checked["group"].notna()] if state.only == "circular" else checked


def _facts(state: ReportDeskState, checked: pd.DataFrame, circular: Result) -> tuple[Block, ...]:
    look, groups = int((checked["look"] != "").sum()), circular.table["group"].nunique()
    unsure = int((checked["corroboration"] == "not corroborated").sum())
    return (
        fact("reports", tr("Reports"), len(checked)),
        fact("look", tr("To look at"), look, tone="warn" if look else "good"),
        fact(
            "unconfirmed", tr("Said to be confirmed, and are not"), unsure, tone="bad" if unsure else "good"
        ),
        fact("groups", tr("Groups that may be one report"), groups, tone="warn" if groups else "good"),
        fact("graded", tr("Graded on this board"), len({number for number, *_ in state.graded})),
    )


def _notes(one: Any) -> tuple[str, ...]:
    notes = [tr("Source and information are graded apart, by a person; this desk proposes no grade.")]
    if one["group"] == one["group"]:
        notes.append(
            tr(
                "Likeness is a reason to ask the originators, not a proof: two honest witnesses may use the same words."
            )
        )
    return tuple(notes)


def entry_of(state: ReportDeskState) -> tuple[str, ...]:
    """The grade in the form, as it is kept."""
    return (state.report, *(str(getattr(state, name)) for name in GRADED))


def with_graded(reports: pd.DataFrame, graded: asking.Entries) -> pd.DataFrame:
    """Reports with the grades that were put down on a board."""
    check = Check("boards.report_desk")
    if check.frame(reports, "reports"):
        check.columns(reports, ["report_id", "source_ref", "source_grade", "information_grade"], "reports")
    check.done()
    if not graded:
        return reports
    table = reports.copy()
    numbers = table["report_id"].astype(str)
    for number, *values in graded:
        for name, value in zip(GRADED, values, strict=True):
            if name not in table and not value:
                continue
            table[name] = table[name].astype("object") if name in table else None
            table.loc[numbers == number, name] = value or None
    return table


def looked_at(table: pd.DataFrame, circular: Result) -> pd.DataFrame:
    """Every report with what its grade says, what confirms it, its group, and why somebody has to look at it."""
    from ilp_lab import evaluation

    checked = evaluation.review_grades(table)
    confirmed = evaluation.corroboration(table)
    checked["report_id"] = checked["report_id"].astype(str)
    for name in ("named", "same_origin", "not_in_table", "independent_sources"):
        checked[name] = confirmed[name]
    groups = circular.table.drop_duplicates("report_id").set_index("report_id")
    for name in ("group", "origins", "sources_named"):
        checked[name] = checked["report_id"].map(groups[name])
    for name in ("handling", "statement_type", "originator_unit", "text"):
        if name in table:
            checked[name] = table[name]
    reasons = {
        tr("the grade is not in the scheme"): ~checked["valid"],
        tr("suspected to be false"): checked["suspected_false"],
        tr("said to be confirmed, and is not"): checked["corroboration"] == "not corroborated",
        tr("the grades do not go together"): checked["warnings"] != "",
        tr("may be the same as others"): checked["group"].notna(),
    }
    checked["look"] = [
        "; ".join(words for words, which in reasons.items() if which.iloc[at]) for at in range(len(checked))
    ]
    return checked


def names_of(written: str) -> list[str]:
    """Names with semicolons between them."""
    return [name.strip() for name in written.split(";") if name.strip()]


def said_of(
    state: ReportDeskState, table: pd.DataFrame, one: Any, circular: Result
) -> tuple[tuple[str, ...], dict[str, pd.DataFrame]]:
    """What can be said of the report on the desk, and its tables."""
    told = [_graded(table, one), *_confirmed(one)]
    if one["warnings"]:
        told.append(_odd(str(one["warnings"])))
    if one["group"] == one["group"]:
        told.append(
            tr("It may be the same as others: {count} reports name {named} sources; followed to their end, these are {origins}.").format(
                count=int((circular.table["group"] == one["group"]).sum()), named=int(one["sources_named"]), origins=int(one["origins"])
            )
        )  # fmt: skip
    told.append(
        tr("It may be passed on as a fact.")
        if one["may_be_stated_as_fact"]
        else tr("It must not be passed on as a fact.")
    )
    return tuple(told), {
        "texts": _texts(state, table),
        "group": _group(one, table, circular),
        "schemes": _elsewhere(one),
    }


def _graded(table: pd.DataFrame, one: Any) -> str:
    from ilp_lab import evaluation

    scheme = evaluation.scheme(str(one["scheme"]))
    if not one["valid"]:
        return tr("{report} has no sound grade: {faults}").format(
            report=one["report_id"], faults=one["faults"]
        )
    row = table[table["report_id"].astype(str) == one["report_id"]].iloc[0]
    return tr("{report} is graded {code}: {source}; {information}.").format(
        report=one["report_id"], code=one["code"],
        source=_small(looked_up(scheme.source_grades[str(row["source_grade"])].meaning)),
        information=_small(looked_up(scheme.information_grades[str(row["information_grade"])].meaning)),
    )  # fmt: skip


def _odd(warning: str) -> str:
    """A code and what its scheme says of it, as the scheme puts them together."""
    code, mark, says = warning.partition(": ")
    return f"{code}{mark}{looked_up(says.removesuffix('.'))}."


def _small(meaning: str) -> str:
    words = meaning.strip().rstrip(".")
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _confirmed(one: Any) -> list[str]:
    verdict, named = str(one["corroboration"]), int(one["named"])
    if verdict == "corroborated":
        return [
            trn(
                "Confirmed by {count} other origin.",
                "Confirmed by {count} other origins.",
                int(one["independent_sources"]),
            ).format(count=int(one["independent_sources"]))
            if one["independent_sources"] > 1
            else tr("Confirmed by one other origin.")
        ]
    if verdict == "cannot be checked":
        return [tr("The reports that are said to confirm it are not here; that cannot be checked.")]
    if verdict == "not corroborated" and named:
        return [
            tr("It names one report that confirms it, and that one does not count: it goes back to the same source.")
            if named == 1
            else tr("It names {count} reports that confirm it, and none counts: they go back to the same source.").format(count=named)
        ]  # fmt: skip
    if verdict == "not corroborated":
        return [tr("Its grade says that another source confirms it, but no report is named.")]
    return []


def _texts(state: ReportDeskState, table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    from ilp_lab.safeguards import source_phrases
    from ilp_lab.safeguards.sanitising import cleaned_text, people_pattern

    row = table[table["report_id"].astype(str) == state.report]
    written = str(row["text"].iloc[0]) if "text" in row and isinstance(row["text"].iloc[0], str) else ""
    cleaned, counts = cleaned_text(state.written.strip() or written, people_pattern(names_of(state.names)))
    found = source_phrases([cleaned])["found"].tolist()
    replaced = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    rows = [
        (tr("As it was written"), written, ""),
        (
            tr("As it may be passed on"),
            "" if found else cleaned,
            tr("Held back: the wording tells who the source is (“{found}”). Write it anew.").format(found="”, “".join(found))
            if found
            else tr("Replaced: {what}.").format(what=replaced) if replaced else tr("Nothing was replaced; read it before it is passed on."),
        ),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["which", "text", "note"])


def _group(one: Any, table: pd.DataFrame, circular: Result) -> pd.DataFrame:
    members: pd.DataFrame = circular.table[circular.table["group"] == one["group"]]
    more = (
        table.assign(report_id=table["report_id"].astype(str))
        .drop_duplicates("report_id")
        .set_index("report_id")
    )
    for name in ("created_at", "originator_unit", "text"):
        if name in more:
            members = members.assign(**{name: members["report_id"].map(more[name])})
    pairs = circular["pairs"]
    with_this = {}
    for pair in pairs.itertuples():
        if one["report_id"] in (pair.report_id, pair.other_id):
            other = pair.other_id if pair.report_id == one["report_id"] else pair.report_id
            with_this[other] = pair.like
    return members.assign(like_this=members["report_id"].map(with_this))


def _elsewhere(one: Any) -> pd.DataFrame:
    import pandas as pd

    from ilp_lab import evaluation

    columns = ["scheme", "codes", "lossy", "why"]
    if not one["valid"]:
        return pd.DataFrame(columns=columns)
    rows = []
    for name in evaluation.schemes()["scheme"]:
        if name != one["scheme"]:
            found = evaluation.convert(str(one["code"]), to=name, scheme=str(one["scheme"]))
            rows.append(
                (name, ", ".join(sorted(found.codes)) or tr("none: grade it anew"), found.lossy, found.why)
            )
    return pd.DataFrame(rows, columns=columns)


def blocks_of(view: View) -> list[Block]:
    """The text, its group, its grade elsewhere, and all reports."""
    blocks: list[Block] = []
    if "texts" in view.tables:
        blocks.append(
            table_block(
                view.tables["texts"], {"which": tr("The text"), "text": tr("In words"), "note": tr("What was done")}, name="texts", heading=tr("The report"),
            )
        )  # fmt: skip
        if len(view.tables["group"]):
            blocks.append(
                table_block(
                    view.tables["group"], {"report_id": tr("Report"), "source_ref": tr("Source"), "how": tr("How"), "like_this": tr("Like this one"), "created_at": tr("Written"), "originator_unit": tr("Unit"), "text": tr("In words")},
                    name="group", heading=tr("Reports that may be the same"), percent=["like_this"],
                )
            )  # fmt: skip
        else:
            blocks.append(
                notes_block([tr("No other report cites it in a circle or uses the same words.")], heading=tr("Reports that may be the same"))
            )  # fmt: skip
        if len(view.tables["schemes"]):
            blocks.append(
                table_block(
                    view.tables["schemes"], {"scheme": tr("Scheme"), "codes": tr("May become"), "lossy": tr("Something is lost"), "why": tr("Why")},
                    name="schemes", heading=tr("Its grade in other schemes"), ours=("why",),
                )
            )  # fmt: skip
    if "reports" in view.tables:

        def tone(row: Any) -> Tone:
            return "bad" if not row.valid or row.suspected_false else "warn" if row.look else ""

        blocks.append(
            table_block(
                view.tables["reports"].assign(corroboration=lambda rows: [looked_up(str(one)) for one in rows["corroboration"]]),
                {"report_id": tr("Report"), "code": tr("Grade"), "scheme": tr("Scheme"), "handling": tr("Handling"), "statement_type": tr("It states"), "corroboration": tr("Confirmed"), "group": tr("Group"), "look": tr("Look at it because"), "text": tr("In words")},
                name="reports", heading=tr("The reports"), rows=100, tone=tone, ours=("statement_type",),
            )
        )  # fmt: skip
    return blocks
