"""The board *Safeguards and audit*: what a case may be used for, what its safeguards caught, and whether its log is as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import looked_up, tr
from ilp_lab.boards import asking, examplerecords, examples
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.logwords import caught_words, done, form_title, moment, told
from ilp_lab.boards.showing import Block, Tone, View, fact, folded_block, said, table_block
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.errors import InputError, StoreError

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards import Case, Verdict

ALL = ""
_LINES = 100
RULE_SETS = ("osce-default", "led", "coe", "us-28cfr23")
_COUNTED = ("stopped", "warned", "set_aside", "acted", "let_through")
OPERATIONS = (
    "collection", "alteration", "consultation", "disclosure", "combination", "erasure", "housekeeping",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SafeguardsState:
    """What the board *Safeguards and audit* is asked.

    Attributes
    ----------
    rules
        The legal setting whose twenty checks are shown; the one in force when empty.
    since, until
        First and last day of the log that is shown and written out.
    operation
        Which entries of the log are listed; all when empty.
    within_days
        Records that have to be reviewed within so many days are listed.
    authority, reason
        Of the report for oversight: who asked, and why.
    """

    rules: str = ALL
    since: date | None = None
    until: date | None = None
    operation: str = ALL
    within_days: int = 30
    authority: str = ""
    reason: str = ""


def compute_safeguards(state: SafeguardsState, case: Case, *, tell: Tell = quiet) -> View:
    """Say how a case stands, from its folder and its log; no widgets.

    Parameters
    ----------
    state
        What is asked.
    case
        The open case. It is looked at, not changed, and looking is not logged.
    tell
        Called with a sentence and a share of the work that is done.

    Returns
    -------
    View
        ``tables``: ``case``, ``rules`` (D1 to D20 with how often each stopped, warned, set aside, acted or was let through), ``overrides``,
        ``caught``, ``retention``, ``releases``, ``log``, ``told`` (the same entries in words, and each as it stands in the file). Of a log that is not as it was written, what follows the first such line is left out.

    Raises
    ------
    InputError
        When the period ends before it begins, or there is no such legal setting.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> compute_safeguards(SafeguardsState(), case).answer[0]
    'The log is as it was written: 1 entry, every one follows the one before.'
    """
    from ilp_lab import safeguards
    from ilp_lab.safeguards.catches import caught_in
    from ilp_lab.safeguards.oversight import table_of
    from ilp_lab.safeguards.rules import overrides_in

    check = Check("boards.safeguards")
    check.choice(allowed=(ALL, *OPERATIONS), operation=state.operation)
    check.whole(0, within_days=state.within_days)
    check.done()
    if not case.folder.is_dir():
        return View(
            (tr("The case folder {folder} is not there any more. Open the case again, or another one.").format(folder=case.folder),)
        )  # fmt: skip
    tell(tr("Checking every line of the log …"), 0.1)
    verdict = case.verify()
    sound = list(islice(case.audit.entries(), verdict.entries))
    tell(tr("Counting what was caught …"), 0.6)
    log = table_of(sound, since=state.since, until=state.until)
    inside = {int(seq) for seq in log["seq"]}
    shown = [entry for entry in sound if int(entry["seq"]) in inside]
    caught, lifted = caught_in(shown), overrides_in(shown)
    retention, fault = _retention(case, state.within_days)
    rules = safeguards.rule_set(state.rules or None)
    tables = {
        "case": _case(case, looked_up(rules.title)), "rules": _rules(rules.table(), caught, lifted), "overrides": lifted, "caught": caught,
        "retention": retention, "releases": _releases(shown),
        "log": log[log["operation"] == state.operation] if state.operation else log,
        "told": told([entry for entry in shown if state.operation in (ALL, entry["operation"])]),
    }  # fmt: skip
    return View(
        _answer(verdict, tables), _facts(verdict, tables), tables,
        notes=(*fault, tr("The log shows what this program did. Who copies a file by hand leaves no line in it."),
               tr("Keep number and hash of the last entry elsewhere: {seq}, {hash}.").format(seq=len(sound), hash=str(sound[-1]["hash"])[:16] if sound else "–")),
    )  # fmt: skip


def _case(case: Case, rules: str) -> pd.DataFrame:
    import pandas as pd

    from ilp_lab.safeguards.handling import policy

    rows = [
        (tr("Purpose"), case.purpose),
        (tr("Legal basis"), case.legal_basis),
        (tr("Analyst"), case.analyst),
        (tr("Handling code"), f"{case.handling}: {looked_up(policy()[case.handling].meaning)}"),
        (tr("Opened"), tr("{moment} (UTC)").format(moment=said(moment(case.opened_at)))),
        (tr("Checks in force"), rules),
        (tr("Folder"), case.folder.name),
    ]
    return pd.DataFrame(rows, columns=["what", "is"])


def _rules(rules: pd.DataFrame, caught: pd.DataFrame, lifted: pd.DataFrame) -> pd.DataFrame:
    counted = caught.groupby(["rule", "how"]).size()
    for column in _COUNTED:
        how = column.replace("_", " ")
        rules[column] = [int(counted.get((number, how), 0)) for number in rules["id"]]
    rules["lifted"] = [int((lifted["rule"] == number).sum()) for number in rules["id"]]
    last = caught.groupby("rule")["at"].max()
    rules["last"] = [said(moment(last.get(number, ""))) for number in rules["id"]]
    return rules


def _releases(entries: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {"at": entry["at"], "what": entry["what"], "analyst": entry["actor"]}
        | {name: str(entry["detail"].get(name, "")) for name in ("file", "handling", "authority", "reason")}
        for entry in entries
        if entry["operation"] == "disclosure"
    ]
    return pd.DataFrame(rows, columns=["at", "what", "file", "handling", "authority", "reason", "analyst"])


def _retention(case: Case, within_days: int) -> tuple[pd.DataFrame, tuple[str, ...]]:
    import pandas as pd

    from ilp_lab import records
    from ilp_lab.records import engines

    empty = pd.DataFrame(columns=["form", "record_id", "review_date", "handling", "unit", "days_overdue"])
    if not (case.folder / engines.FILE).exists():
        return empty, ()
    try:
        with records.open_store(case) as store:
            return store.review_queue(within_days=within_days), ()
    except StoreError as error:
        return empty, (tr("What has to be reviewed cannot be said: {fault}").format(fault=error),)


def _answer(verdict: Verdict, tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    if verdict.ok:
        first = (
            tr("The log is as it was written: 1 entry, every one follows the one before.")
            if verdict.entries == 1
            else tr("The log is as it was written: {count:,} entries, every one follows the one before.").format(count=verdict.entries)
        )  # fmt: skip
    else:
        first = tr("Line {line} of the log is not as it was written: {reason}. Nothing is released from this case until that is cleared up.").format(
            line=verdict.broken_line, reason=verdict.reason
        )  # fmt: skip
    caught, late = tables["caught"]["how"], _overdue(tables["retention"])
    return (
        first,
        tr("Stopped by a check: {stopped}; warned: {warned}; set aside: {aside}. Checks that somebody lifted: {lifted}.").format(
            stopped=int((caught == "stopped").sum()), warned=int((caught == "warned").sum()), aside=int((caught == "set aside").sum()),
            lifted=len(tables["overrides"]),
        ),
        tr("Files that left the case: {releases}. Records past their review: {late}; coming up: {soon}.").format(
            releases=len(tables["releases"]), late=late, soon=len(tables["retention"]) - late
        ),
    )  # fmt: skip


def _overdue(retention: pd.DataFrame) -> int:
    return int((retention["days_overdue"] >= 0).sum())


def _facts(verdict: Verdict, tables: Mapping[str, pd.DataFrame]) -> tuple[Block, ...]:
    late, lifted = _overdue(tables["retention"]), len(tables["overrides"])
    return (
        fact("entries", tr("Entries in the log"), verdict.entries, note=tr("all as written") if verdict.ok else tr("up to the first that is not"), tone="good" if verdict.ok else "bad"),
        fact("broken", tr("First line not as written"), verdict.broken_line or tr("none"), tone="good" if verdict.ok else "bad"),
        fact("stopped", tr("Stopped by a check"), int((tables["caught"]["how"] == "stopped").sum())),
        fact("lifted", tr("Checks lifted"), lifted, tone="warn" if lifted else "good"),
        fact("releases", tr("Files released"), len(tables["releases"])),
        fact("overdue", tr("Past their review"), late, tone="bad" if late else "good"),
    )  # fmt: skip


class SafeguardsBoard(Board[SafeguardsState]):
    """See how a case stands, and write its log out for those who check.

    Parameters
    ----------
    case
        The case that is looked at, and that the board is saved to.
    state, origin
        As for every board.
    """

    key = "safeguards"

    def __init__(self, case: Case, *, state: SafeguardsState | None = None, origin: str = "") -> None:
        from ilp_lab.safeguards import Case as OpenCase

        given: object = case
        if not isinstance(given, OpenCase):
            raise InputError(
                f"boards.safeguards: case must be an open case; got {type(case).__name__}. Open one with ilp.open_case(...)."
            )
        self._looked_at = case
        super().__init__(SafeguardsState(), state=state, case=case, origin=origin)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Safeguards and audit")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr(
            "Is this case in order: its purpose, its log, what was stopped, lifted, released, and what is due?"
        )

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        look, over = tr("What is shown"), tr("Report for oversight")
        called = {
            ALL: tr("all"), "collection": tr("collection"), "alteration": tr("alteration"), "consultation": tr("consultation"),
            "disclosure": tr("disclosure"), "combination": tr("combination"), "erasure": tr("erasure"), "housekeeping": tr("upkeep and checks"),
        }  # fmt: skip
        return [
            asking.choice("rules", tr("Legal setting"), {ALL: tr("the one in force")} | {name: name for name in RULE_SETS}, group=look),
            asking.day("since", tr("First day"), group=look),
            asking.day("until", tr("Last day"), group=look),
            asking.choice("operation", tr("Entries of the log"), called, group=look),
            asking.slider("within_days", tr("Reviews that come up within"), low=0, high=365, step=5, unit=tr("days"), group=look),
            asking.text("authority", tr("Who asked for it"), group=over),
            asking.text("reason", tr("Why"), group=over, hint=tr("The days chosen above bound what is written out.")),
        ]  # fmt: skip

    def acts(self) -> Sequence[Act]:
        """Look again, and write out."""
        return (
            Act("look_again", tr("Look again"), tr("The log may have grown since.")),
            Act(
                "write_out",
                tr("Write the log out for oversight"),
                tr("With the verdict in its first line; logged itself."),
            ),
        )

    def look_again(self) -> str:
        """Read log and store anew."""
        self.renew()
        return tr("Looked at again.")

    def write_out(self) -> str:
        """Write the log into the case's folder, for those who check."""
        from ilp_lab.safeguards import oversight_report

        folder = self._looked_at.folder / "oversight"
        if self._looked_at.folder.is_dir():
            folder.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        out = oversight_report(
            self._looked_at, folder / f"audit log {now:%Y-%m-%d %H%M%S}.csv", authority=self.state.authority, reason=self.state.reason,
            since=self.state.since, until=self.state.until,
        )  # fmt: skip
        said = tr("Written as {file} in the folder “oversight” of the case, and logged.").format(
            file=out.path.name
        )
        self.renew(said)
        return said

    def answer(self, state: SafeguardsState, tell: Tell) -> View:
        """As :func:`compute_safeguards`."""
        return compute_safeguards(state, self._looked_at, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """The case, the twenty checks, who lifted what, what is due, what left, and the log."""
        if not view.tables:
            return []
        return blocks_of(view)


def blocks_of(view: View) -> list[Block]:
    """The case, the twenty checks, who lifted what, what is due, what left, and the log."""
    import pandas as pd

    def checked(row: Any) -> Tone:
        if row.lifted or not pd.isna(row.let_through):
            return "warn"
        return "" if all(pd.isna(one) for one in (row.stopped, row.warned, row.set_aside)) else "good"

    def due(row: Any) -> Tone:
        return "bad" if row.days_overdue >= 0 else ""

    rules = _shown_rules(view.tables["rules"])
    lines, caught, overrides, releases = (
        _dated(view.tables[name]) for name in ("told", "caught", "overrides", "releases")
    )
    how = {
        "stopped": tr("stopped"), "warned": tr("warned"), "set aside": tr("set aside"), "acted": tr("acted"),
        "let through": tr("let through"),
    }  # fmt: skip
    caught = caught.assign(
        how=[how.get(one, one) for one in caught["how"]], what=[caught_words(one) for one in caught["what"]]
    )
    releases = releases.assign(what=[done(one) for one in releases["what"]])
    retention = view.tables["retention"].assign(form=lambda rows: [form_title(one) for one in rows["form"]])
    when = tr("When (UTC)")
    return [
        table_block(view.tables["case"], {"what": tr("What"), "is": tr("Is")}, name="case", heading=tr("The case")),
        table_block(
            rules, {"id": tr("No."), "title": tr("Check"), "mode": tr("How it acts"), "stopped": tr("Stopped"), "warned": tr("Warned"), "set_aside": tr("Set aside"), "acted": tr("Acted"), "let_through": tr("Let through"), "says": tr("What it asks for")},
            name="rules", heading=tr("The twenty checks, and what they caught"), ours=("title", "says"), tone=checked,
        ),
        table_block(
            overrides, {"at": when, "rule": tr("No."), "title": tr("Check"), "reason": tr("Why"), "approver": tr("Who permitted it"), "analyst": tr("Analyst")},
            name="overrides", heading=tr("Checks that were lifted, latest first"), ours=("title",),
        ),
        table_block(
            caught, {"at": when, "rule": tr("No."), "how": tr("How"), "what": tr("What"), "analyst": tr("Analyst")},
            name="caught", heading=tr("What was caught, latest first"),
        ),
        table_block(
            retention, {"record_id": tr("Record"), "form": tr("Form"), "review_date": tr("Review by"), "days_overdue": tr("Days over"), "handling": tr("Handling"), "unit": tr("Unit")},
            name="retention", heading=tr("What has to be reviewed"), tone=due,
        ),
        table_block(
            releases, {"at": when, "what": tr("What"), "file": tr("File"), "handling": tr("Handling"), "authority": tr("Who permitted it"), "reason": tr("Why"), "analyst": tr("Analyst")},
            name="releases", heading=tr("What left the case, latest first"),
        ),
        table_block(
            lines, {"seq": tr("Line"), "at": when, "actor": tr("Who"), "did": tr("Did what"), "on": tr("On what"), "why": tr("Why")},
            name="log", heading=tr("The log, latest first"), rows=_LINES,
        ),
        folded_block("\n".join(lines["raw"].head(_LINES)), name="raw", heading=tr("The same lines as they stand in the file")),
    ]  # fmt: skip


def _shown_rules(rules: pd.DataFrame) -> pd.DataFrame:
    """The twenty checks with words for how they act; what is not nothing is seen at once."""
    modes = {
        "block": tr("stops"), "warn": tr("warns"), "auto": tr("acts by itself"), "quarantine": tr("sets aside"),
    }  # fmt: skip
    counts = {column: rules[column].astype("Int64").mask(rules[column] == 0) for column in _COUNTED}
    return rules.assign(**counts, mode=[modes.get(mode, mode) for mode in rules["mode"]])


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """The latest first, with times that a table writes as people read them."""
    import pandas as pd

    return table.iloc[::-1].assign(
        at=lambda rows: pd.Series([moment(at) for at in rows["at"]], rows.index, dtype=object)
    )


def safeguards(case: Case | None = None, *, state: SafeguardsState | None = None) -> SafeguardsBoard:
    """Open the board *Safeguards and audit*.

    It answers: is this case in order?

    Parameters
    ----------
    case
        The open case; a made-up one when left out.
    state
        What it shows first.

    Returns
    -------
    SafeguardsBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Raises
    ------
    InputError
        When ``case`` is none.

    Examples
    --------
    >>> safeguards().view.tables["overrides"]["rule"].tolist()
    ['D11']
    """
    if case is None:
        return SafeguardsBoard(examplerecords.safeguard_case(), state=state, origin=examples.origin())
    return SafeguardsBoard(case, state=state)
