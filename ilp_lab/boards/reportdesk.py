"""The board *Report desk*: grade a report, say how it is handled, see what confirms it and what only repeats it, pass it on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr, trn
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Act
from ilp_lab.boards.recordboards import RecordBoard, read_from
from ilp_lab.boards.reportlooks import (
    GRADED,
    ReportDeskState,
    blocks_of,
    compute_report_desk,
    entry_of,
    looked_at,
    names_of,
    with_graded,
)
from ilp_lab.boards.showing import Block, View
from ilp_lab.boards.working import Tell
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import IntelligenceReport
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

_LISTED = 300
FORM = "IntelligenceReport"


class ReportDeskBoard(RecordBoard[ReportDeskState]):
    """Take one report after the other: grade it, handle it, see what confirms it, pass it on.

    Parameters
    ----------
    reports
        As for :func:`compute_report_desk`.
    held
        The same as records, when they lie in the store of the case.
    waiting
        A sentence on records that stay out.
    state, case, origin
        As for every board.
    """

    key = "report_desk"

    def __init__(
        self,
        reports: pd.DataFrame,
        *,
        held: Sequence[IntelligenceReport] | None = None,
        waiting: str = "",
        state: ReportDeskState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        self._reports = with_graded(reports, ())
        self._held = {report.record_id: report for report in held or ()}
        self._waiting = waiting
        self._circular: tuple[Any, Result] | None = None
        self._look: list[str] = []
        numbers = self._reports["report_id"].astype(str)
        first = ReportDeskState(report=next(iter(numbers), ""))
        super().__init__(self._filled(first), in_case=held is not None, state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Report desk")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("How good is this report, does anything confirm it, and who may see it?")

    @property
    def reports(self) -> pd.DataFrame:
        """All reports, with the grades that were put down."""
        return with_graded(self._reports, self.state.graded)

    def asked(self) -> Sequence[asking.Asked]:
        """The controls; the grades on offer are those of the scheme."""
        from ilp_lab import evaluation, safeguards

        which, grade, passing = tr("Which report"), tr("Its grade and handling"), tr("Pass it on")
        scheme = evaluation.scheme(self.state.scheme)
        coded = {"": tr("not graded")}
        only = {"all": tr("all"), "look": tr("those to look at"), "circular": tr("those that may be one")}
        codes = {code.code: f"{code.code}: {looked_up(code.meaning)}" for code in safeguards.policy().codes}
        said = {
            "": tr("not said"),
            "fact": tr("a fact"),
            "assessment": tr("an assessment"),
            "hearsay": tr("hearsay"),
        }
        controls = [
            asking.choice("report", tr("Report"), self._options(), group=which),
            asking.text("find", tr("Find a number or words"), group=which),
            asking.choice("only", tr("The table lists"), only, group=which),
            asking.slider("alike_percent", tr("Same words from"), low=50, high=100, step=5, unit="%", group=which, hint=tr("Likeness from which two texts may be one report.")),
            asking.choice("scheme", tr("Scheme"), {name: name for name in evaluation.schemes()["scheme"]}, group=grade),
            asking.choice("source_grade", tr("The source"), coded | {code: f"{code}: {looked_up(one.meaning)}" for code, one in scheme.source_grades.items()}, group=grade),
            asking.choice("information_grade", tr("The information"), coded | {code: f"{code}: {looked_up(one.meaning)}" for code, one in scheme.information_grades.items()}, group=grade),
            asking.text("corroborated_by", tr("Confirmed by the reports"), group=grade, hint=tr("Numbers, with semicolons. Only other origins count.")),
            asking.choice("statement_type", tr("It states"), said, group=grade),
            asking.choice("permission", tr("Permission"), {"": tr("none")} | {code: f"{code}: {looked_up(one.meaning)}" for code, one in scheme.permissions.items()}, group=grade),
            asking.choice("handling", tr("Handling code"), {"": tr("not said")} | codes, group=grade),
            asking.text("conditions", tr("Conditions"), group=grade),
            asking.text("names", tr("Names to replace"), group=passing, hint=tr("With semicolons.")),
            asking.text("written", tr("Text as it is passed on"), long=True, group=passing, hint=tr("Empty: names and numbers are replaced.")),
            asking.text("authoriser", tr("Who permits it"), group=passing),
            asking.text("reason", tr("For whom and why"), group=passing),
            asking.kept("graded", tr("Grades put down"), parts=1 + len(GRADED)),
        ]  # fmt: skip
        return [
            one for one in controls if one.name != "permission" or scheme.permissions or self.state.permission
        ]

    def acts(self) -> Sequence[Act]:
        """Put the grade down, go on, pass on."""
        back = [] if self._in_case else [Act("take_back", tr("Take the last grade back"))]
        release = [
            Act(
                "release", tr("Release the sanitised report"), tr("Through the gate of the case, and logged.")
            )
        ]
        return [
            Act("put_down", tr("Put the grade down")),
            Act("next_report", tr("Next to look at")),
            *back,
            *(release if self.case is not None else []),
        ]

    def moved(self, state: ReportDeskState, name: str) -> ReportDeskState:
        """The form takes the grade of the report that comes on the desk; another scheme has other grades."""
        if name == "find":
            found = self._matching(state.find)
            if found and state.report not in found:
                return self._filled(replace(state, report=found[0]))
        if name == "scheme":
            return replace(state, source_grade="", information_grade="", permission="")
        return self._filled(state) if name == "report" else state

    def put_down(self) -> str:
        """Give the report the grade in the form."""
        from ilp_lab import evaluation

        state = self.state
        scheme = evaluation.scheme(state.scheme)
        faults = scheme.faults(
            state.source_grade,
            state.information_grade,
            permission=state.permission or None,
            conditions=state.conditions,
        )
        if not state.report:
            faults.append(tr("No report is on the desk; choose one."))
        if faults:
            check = Check("boards.report_desk")
            for one in faults:
                check.add(one)
            check.done()
        if self._in_case:
            said = self._revise(state)
        else:
            self.state = replace(state, graded=(*state.graded, entry_of(state)))
            said = self.keep(())
        self.renew(said)
        return said

    def _revise(self, state: ReportDeskState) -> str:
        from ilp_lab import records

        changes = {name: getattr(state, name) or None for name in GRADED}
        changes["corroborated_by"] = [
            part.strip() for part in state.corroborated_by.split(";") if part.strip()
        ]
        again = self._held[state.report].revise(**changes)
        said = self.keep([again])
        self._held[state.report] = again
        self._reports = records.to_frame(list(self._held.values()), form=FORM)
        return said

    def next_report(self) -> str:
        """Go to the next report that somebody has to look at."""
        if not self._look:
            return tr("No report has to be looked at.")
        numbers = self._reports["report_id"].astype(str).tolist()
        at = numbers.index(self.state.report) if self.state.report in numbers else -1
        order = [number for number in (*numbers[at + 1 :], *numbers[: at + 1]) if number in set(self._look)]
        self.set(find="", report=order[0])
        return trn(
            "{count} report has to be looked at.", "{count} reports have to be looked at.", len(self._look)
        ).format(count=len(self._look))

    def take_back(self) -> str:
        """Take the last grade back that was put down on this board."""
        if not self.state.graded:
            return tr("Nothing was put down on this board.")
        self.state = self._filled(replace(self.state, graded=self.state.graded[:-1]))
        self.renew(tr("The last grade was taken back."))
        return tr("The last grade was taken back.")

    def release(self) -> str:
        """Write the report on the desk out of the case, without what tells who source and subject are."""
        from ilp_lab import safeguards

        state, case = self.state, self.case
        if case is None:
            raise InputError(
                tr("There is no case to release from. Open the board with a case: case=ilp.open_case(...).")
            )
        reports = self.reports
        row = reports[reports["report_id"].astype(str) == state.report]
        if not len(row):
            raise InputError(tr("No report is on the desk; choose one."))
        if state.written.strip() and "text" in row:
            row = row.assign(text=state.written)
        if row["handling"].iloc[0] if "handling" in row else "":
            row = safeguards.mark(row, handling=str(row["handling"].iloc[0]))
        done = safeguards.sanitise(
            row, case=case, authoriser=state.authoriser, reason=state.reason, names=names_of(state.names)
        )
        if len(done.held):
            raise InputError(
                tr("The text tells who the source is: “{found}”. Write it anew under “{label}”.").format(
                    found=done.held["found"].iloc[0], label=tr("Text as it is passed on")
                )
            )
        path = (
            case.folder
            / "released"
            / f"{''.join(sign if sign.isalnum() or sign in '-_' else '_' for sign in state.report)}.csv"
        )
        path.parent.mkdir(exist_ok=True)
        out = safeguards.release_table(
            case, path, done.table, what=f"report {state.report}", include=["text"] if "text" in done.table else [],
            authority=state.authoriser, reason=state.reason,
        )  # fmt: skip
        return tr("Released as {file} [{handling}], and logged.").format(
            file=out.path.name, handling=out.handling
        )

    def answer(self, state: ReportDeskState, tell: Tell) -> View:
        """As :func:`compute_report_desk`; what feeds each other is looked for anew only when that can have changed."""
        from ilp_lab import evaluation

        table = with_graded(self._reports, state.graded)
        known = (state.alike_percent, *table.get("corroborated_by", table["report_id"]).astype(str))
        if len(table) and (self._circular is None or self._circular[0] != known):
            tell(tr("Looking for reports that feed each other …"), 0.1)
            self._circular = (known, evaluation.circular_reports(table, alike=state.alike_percent / 100))
        circular = self._circular[1] if self._circular is not None and len(table) else None
        view = compute_report_desk(state, self._reports, circular=circular, tell=tell)
        if circular is not None:
            checked = looked_at(table, circular)
            self._look = checked.loc[checked["look"] != "", "report_id"].tolist()
        return replace(view, notes=(*view.notes, self._waiting)) if self._waiting else view

    def blocks(self, view: View) -> list[Block]:
        """The text, its group, its grade elsewhere, and all reports."""
        return blocks_of(view)

    def _matching(self, find: str) -> list[str]:
        wanted = find.strip().casefold()
        texts = self._reports["text"] if "text" in self._reports else self._reports["report_id"]
        return [
            number
            for number, text in zip(self._reports["report_id"].astype(str), texts, strict=True)
            if not wanted or wanted in number.casefold() or wanted in str(text).casefold()
        ]

    def _options(self) -> dict[str, str]:
        found = self._matching(self.state.find)
        if self.state.report and self.state.report not in found[:_LISTED]:
            found = [self.state.report, *found]
        rows = self.reports.assign(report_id=lambda frame: frame["report_id"].astype(str)).set_index(
            "report_id"
        )
        options = {} if found else {"": tr("no report fits")}
        for number in found[:_LISTED]:
            row = rows.loc[number]
            text = str(row["text"]) if "text" in rows else ""
            options[number] = f"{number} · {row['source_grade']}{row['information_grade']} · {text[:48]}"
        return options

    def _filled(self, state: ReportDeskState) -> ReportDeskState:
        from ilp_lab.evaluation.confirming import lists_of
        from ilp_lab.evaluation.conversion import as_code

        table = with_graded(self._reports, state.graded)
        row = table[table["report_id"].astype(str) == state.report]
        if not len(row):
            return state
        values: dict[str, Any] = {name: as_code(row[name].iloc[0]) if name in row else "" for name in GRADED}
        values["scheme"] = values["scheme"] or "4x4"
        values["corroborated_by"] = "; ".join(lists_of(row, "corroborated_by")[0])
        return replace(state, **values, written="")


def report_desk(
    reports: pd.DataFrame | None = None,
    *,
    state: ReportDeskState | None = None,
    case: Case | None = None,
) -> ReportDeskBoard:
    """Open the board *Report desk*.

    It answers: how good is this report, does anything confirm it, and who may see it?

    Parameters
    ----------
    reports
        A table of reports, as for :func:`compute_report_desk`. When left out: those in the store of the case; without a case, those of
        Belmara.
    state
        What it shows first.
    case
        An open case. Grades that are put down become new versions in its store when the reports come from there.

    Returns
    -------
    ReportDeskBoard
        Shows itself in a notebook; ``.view`` holds the answer, ``.reports`` the reports with the grades that were put down.

    Raises
    ------
    InputError
        When something given does not fit.
    StoreError
        When the case cannot be read.

    Examples
    --------
    >>> report_desk().set(report="R-25-0001").view.tables["checked"]["code"].iloc[0]
    'A4'
    """
    if reports is None and case is None:
        return ReportDeskBoard(examples.reports(), state=state, origin=examples.origin())
    if reports is None and case is not None:
        from ilp_lab import records

        found, waiting = read_from(case, FORM)
        held: Any = found
        table = records.to_frame(held, form=FORM)
        return ReportDeskBoard(table, held=held, waiting=waiting, state=state, case=case)
    return ReportDeskBoard(reports, state=state, case=case)  # type: ignore[arg-type]
