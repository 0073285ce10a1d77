"""A human decides which records are one: every decision has a name and a reason, is kept in the case, logged, and can be undone.

Records are never changed. Who is who is worked out anew from the pairs that were joined by weight and the decisions that stand, so
that taking one back leaves everything as if it had never been made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.errors import InputError, NoCaseError, StaleError
from ilp_lab.intake.resolving import explaining, joining
from ilp_lab.intake.resolving.decisions import FOLDER, FORMAT, Decision, edition_of, read_decisions
from ilp_lab.intake.resolving.resolution import FORBID, KIND_WORDS, MERGE, clusters_table
from ilp_lab.intake.resolving.romanising import as_text
from ilp_lab.safeguards.permitting import check_other, check_reason
from ilp_lab.safeguards.writing import write_atomically

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

_SURE = 1e6


class IdentityReview:
    """Pairs of records under decision.

    Parameters
    ----------
    found
        Of :func:`ilp_lab.intake.resolve`.
    case
        An open case, in which decisions are kept and logged; without one they are gone with the session.
    name
        Under which they are kept.
    """

    def __init__(self, found: Result, *, case: Case | None = None, name: str = "identities") -> None:
        check = Check("intake.identity_review")
        if getattr(found, "name", "") != "intake.resolve":
            check.add("found must be the result of intake.resolve.")
        if not name.replace("_", "").replace("-", "").isalnum():
            check.add(f"name must be letters, digits, - and _; got {name!r}.")
        check.done()
        self.found, self.case, self.name = found, case, name
        self._numbers: NDArray[np.int64] = found.details["numbers"]
        ids, tables = found.details["ids"], found.details["table_of"]
        self._texts = [as_text(label) for label in ids]
        self._number = {
            (int(table), text): at for at, (table, text) in enumerate(zip(tables, self._texts, strict=True))
        }
        self._merged = np.flatnonzero(found.table["band"] == MERGE)
        self._row = {(int(one), int(other)): at for at, (one, other) in enumerate(self._numbers)}
        self._linked = bool(len(tables)) and int(tables.max()) > 0
        self._decisions: list[Decision] = []
        self._revealed: set[tuple[int, int]] = set()
        self._edition = 0
        if case is not None:
            self._open(case)

    # What is there

    @property
    def decisions(self) -> pd.DataFrame:
        """Every decision in its order, with those taken back."""
        import pandas as pd

        return pd.DataFrame(
            [asdict(one) for one in self._decisions], columns=list(Decision.__dataclass_fields__)
        )

    @property
    def decided(self) -> pd.DataFrame:
        """The decisions that stand, as :func:`ilp_lab.intake.calibrate_matches` takes them: ``one``, ``other``, ``same``."""
        import pandas as pd

        ids = self.found.details["ids"]
        rows = [(ids[a], ids[b], one.same) for (a, b), one in self._standing().items()]
        return pd.DataFrame(rows, columns=["one", "other", "same"])

    @property
    def pairs(self) -> pd.DataFrame:
        """The pairs of the result with ``decision`` (accept, reject or empty), ``decided_by`` and ``reason``."""
        standing = self._standing()
        said = [standing.get((int(one), int(other))) for one, other in self._numbers]
        return self.found.table.assign(
            decision=["" if one is None else "accept" if one.same else "reject" for one in said],
            decided_by=["" if one is None else one.by for one in said],
            reason=["" if one is None else one.reason for one in said],
        )

    @property
    def clusters(self) -> pd.DataFrame:
        """Who is who as it stands: ``id``, ``table``, ``entity``, ``size``."""
        found, _ = self._joined(self._standing())
        table = clusters_table(found, self.found.details["ids"], self.found.details["table_of"])
        return table.drop(columns="entity_number")

    def parts(self, one: Any, other: Any) -> pd.DataFrame:
        """The parts of a pair's weight in words; the last row is their sum."""
        row = self.found.table.iloc[self._row[self._pair(one, other)]]
        return explaining.parts_table(
            row, self.found.details["traits"], KIND_WORDS[self.found.details["kind"]]
        )

    def effect(self, one: Any, other: Any, *, same: bool) -> str:
        """What a decision would do to who is who, in a sentence; nothing is changed."""
        pair = self._pair(one, other)
        before, _ = self._joined(self._standing())
        after, refused = self._joined({**self._standing(), pair: _trial(same)})
        if same and pair in refused:
            return tr(
                "They cannot be joined: by way of a third record they would be joined with somebody they must stay apart from."
            )
        sizes = [int((after == after[at]).sum()) for at in pair]
        if after[pair[0]] == after[pair[1]]:
            held = ", ".join(self._texts[at] for at in np.flatnonzero(after == after[pair[0]])[:8])
            if (before == after).all():
                return tr(
                    "Nothing changes: both are in one entity of {count} records already ({held})."
                ).format(count=sizes[0], held=held)
            return tr("One entity of {count} records: {held}.").format(count=sizes[0], held=held)
        if (before == after).all():
            return tr("Nothing changes: they are two entities already, of {one} and {other} records.").format(
                one=sizes[0], other=sizes[1]
            )
        return tr("Two entities, of {one} and {other} records.").format(one=sizes[0], other=sizes[1])

    # What is decided

    def accept(self, one: Any, other: Any, *, reason: str, permitted_by: str = "") -> str:
        """Say that two records are one and the same.

        Parameters
        ----------
        one, other
            Ids of a pair that is listed.
        reason
            Why, in a few words.
        permitted_by
            Who else allows it; needed where a victim, a witness or another party is touched, and must not be the analyst.

        Returns
        -------
        str
            What it did to who is who.

        Raises
        ------
        InputError
            When the pair is not listed, must stay apart, or a reason or a permission is missing.
        NoCaseError
            When a victim, a witness or another party is touched and no case is open.
        """
        pair = self._pair(one, other)
        row = self.found.table.iloc[self._row[pair]]
        if row["band"] == FORBID:
            raise InputError(
                f"accept: {one} and {other} must stay apart: {row['caution']}. If that is wrong, mend it in the data or in apart=, and resolve again."
            )
        self._check(pair, reason, permitted_by, "accept")
        effect = self.effect(one, other, same=True)
        if pair in self._joined({**self._standing(), pair: _trial(same=True)})[1]:
            raise InputError(f"accept: {one} and {other}: {effect}")
        self._decide(pair, same=True, reason=reason, permitted_by=permitted_by)
        return effect

    def reject(self, one: Any, other: Any, *, reason: str, permitted_by: str = "") -> str:
        """Say that two records are different; from now on they stay apart, by way of a third record too.

        Parameters, returns and errors are those of :meth:`accept`.
        """
        pair = self._pair(one, other)
        self._check(pair, reason, permitted_by, "reject")
        effect = self.effect(one, other, same=False)
        self._decide(pair, same=False, reason=reason, permitted_by=permitted_by)
        return effect

    def undo(self, one: Any = None, other: Any = None) -> str:
        """Take a decision back: that on a pair, or the last one that stands.

        Raises
        ------
        InputError
            When there is nothing to take back.
        """
        at = self._last(None if one is None else self._pair(one, other))
        if at is None:
            raise InputError(tr("There is no decision to take back."))
        old = self._decisions[at]
        undone = Decision(**{**asdict(old), "undone_at": _now(), "undone_by": self._who()})
        self._keep(
            [*self._decisions[:at], undone, *self._decisions[at + 1 :]],
            "took back a decision on two records",
            undone,
        )
        return tr("The decision on {one} and {other} was taken back.").format(one=old.one, other=old.other)

    def reveal(self, one: Any, other: Any, *, reason: str, permitted_by: str) -> str:
        """Let the names in a pair that touches a victim, a witness or another party be read; that is logged.

        Raises
        ------
        NoCaseError, InputError
            When no case is open, or a reason or a permission is missing.
        """
        pair = self._pair(one, other)
        self._check(pair, reason, permitted_by, "reveal")
        if self.case is not None:
            self.case.record(
                "consultation", "names of protected records were read for comparing", one=self._texts[pair[0]], other=self._texts[pair[1]],
                reason=reason, permitted_by=permitted_by,
            )  # fmt: skip
        self._revealed.add(pair)
        return tr("Names can be read now; that stands in the log.")

    def shown(self, one: Any, other: Any) -> bool:
        """Whether names of a pair may be shown: of protected records only once somebody allowed it."""
        pair = self._pair(one, other)
        return not bool(self.found.table.iloc[self._row[pair]]["protected"]) or pair in self._revealed

    # How it works

    def _pair(self, one: Any, other: Any) -> tuple[int, int]:
        sides = ((0, one), (1 if self._linked else 0, other))
        found = [self._number.get((table, as_text(label))) for table, label in sides]
        known = [at for at in found if at is not None]
        pair = (min(known), max(known)) if len(known) == 2 else (-1, -1)
        if pair not in self._row:
            raise InputError(tr("{one} and {other} are no listed pair.").format(one=one, other=other))
        return pair

    def _standing(self) -> dict[tuple[int, int], Decision]:
        return {
            self._pair(one.one, one.other): one
            for one in self._decisions
            if not one.undone_at and self._is_listed(one)
        }

    def _is_listed(self, decision: Decision) -> bool:
        try:
            self._pair(decision.one, decision.other)
        except InputError:
            return False
        return True

    def _joined(
        self, standing: Mapping[tuple[int, int], Decision]
    ) -> tuple[NDArray[np.int64], set[tuple[int, int]]]:
        """Clusters under decisions, and accepted pairs that could not be joined."""
        apart: joining.Apart = self.found.details["apart"]
        decided = np.array([self._row[pair] for pair in standing], np.int64)
        by_weight = np.setdiff1d(self._merged, decided)
        accepted = np.array([pair for pair, one in standing.items() if one.same], np.int64).reshape(-1, 2)
        ends = np.concatenate([accepted, self._numbers[by_weight]])
        weights = self.found.table["weight"].to_numpy(np.float64)[by_weight]
        strength = np.concatenate([np.full(len(accepted), _SURE), weights])
        no = {pair: "decided by a human" for pair, one in standing.items() if not one.same}
        kept_apart = joining.Apart({**apart.pairs, **no}, apart.once, apart.one_value)
        found, refused = joining.join(len(self._texts), ends, strength, kept_apart)
        out = accepted[refused[: len(accepted)]]
        return found, {(int(one), int(other)) for one, other in out}

    def _check(self, pair: tuple[int, int], reason: str, permitted_by: str, act: str) -> None:
        check = Check(f"IdentityReview.{act}")
        check_reason(check, reason)
        if self.found.table.iloc[self._row[pair]]["protected"]:
            if self.case is None:
                raise NoCaseError(
                    tr(
                        "A victim, a witness or another party is touched: open the review with a case, so that it is logged."
                    )
                )
            check_other(check, self.case, permitted_by=permitted_by)
        check.done()

    def _decide(self, pair: tuple[int, int], *, same: bool, reason: str, permitted_by: str) -> None:
        one, other = (self._texts[at] for at in pair)
        new = Decision(one, other, same, self._who(), _now(), reason.strip(), permitted_by.strip())
        before = self._last(pair)
        kept = [
            Decision(**{**asdict(old), "undone_at": new.at, "undone_by": new.by}) if at == before else old
            for at, old in enumerate(self._decisions)
        ]
        what = "two records were said to be one" if same else "two records were said to be different"
        self._keep([*kept, new], what, new)

    def _last(self, pair: tuple[int, int] | None) -> int | None:
        """Place of the last decision that stands, on a pair or at all."""
        for at in range(len(self._decisions) - 1, -1, -1):
            one = self._decisions[at]
            if not one.undone_at and self._is_listed(one) and pair in {None, self._pair(one.one, one.other)}:
                return at
        return None

    def _who(self) -> str:
        return self.case.analyst if self.case is not None else ""

    def _keep(self, decisions: list[Decision], what: str, decision: Decision) -> None:
        if self.case is not None:
            if edition_of(self._file(self.case)) != self._edition:
                raise StaleError(
                    tr(
                        "Somebody else decided on these records meanwhile; open the review again, then decide."
                    )
                )
            self.case.record("combination" if decision.same else "alteration", what, **asdict(decision))
            self._write(self.case, decisions)
        self._decisions = decisions

    # How it is kept

    def _file(self, case: Case) -> Path:
        return case.folder / FOLDER / f"{self.name}.json"

    def _open(self, case: Case) -> None:
        file = self._file(case)
        content = read_decisions(file)
        self._edition = int(content.get("edition", 0))
        self._decisions = [Decision(**one) for one in content.get("decisions", [])]
        joined = int((self.found.table["band"] == MERGE).sum())
        prints = [source.fingerprint for source in self.found.sources]
        settings = {
            str(param.name): param.value for param in self.found.params if param.name in {"merge_at", "kind"}
        }
        told = {"fingerprints": prints, "joined": joined, **settings}
        if joined and told not in content.get("joined_by_weight", []):
            case.record("combination", "pairs of records were joined by weight", **told)
            self._told = [*content.get("joined_by_weight", []), told]
            self._write(case, self._decisions)
        else:
            self._told = content.get("joined_by_weight", [])

    def _write(self, case: Case, decisions: list[Decision]) -> None:
        content = {
            "format": FORMAT,
            "edition": self._edition + 1,
            "joined_by_weight": self._told,
            "decisions": [asdict(one) for one in decisions],
        }
        file = self._file(case)
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, json.dumps(content, indent=1, ensure_ascii=False).encode("utf-8"))
        self._edition += 1


def identity_review(found: Result, *, case: Case | None = None, name: str = "identities") -> IdentityReview:
    """Open the pairs of a result for a human to accept or reject.

    Parameters
    ----------
    found
        Of :func:`resolve`.
    case
        An open case, in which decisions are kept and logged; what was decided there before is brought back.
    name
        Under which they are kept.

    Returns
    -------
    IdentityReview
        ``accept``, ``reject``, ``undo``; ``pairs``, ``clusters``, ``decisions``, ``decided``.

    Raises
    ------
    InputError
        When the result is another one.
    ReadError
        When what was kept cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.intake import resolve
    >>> people = pd.DataFrame({
    ...     "name": ["Mira Todek", "Mira Todeck", "Ivo Brandul"], "born": ["1980-03-07", "1980-07-03", "1975-01-30"],
    ...     "phone": ["99950123456", "050123456", "99951111111"],
    ... })
    >>> review = identity_review(resolve(people, review_at=0.001))
    >>> review.accept(0, 1, reason="both papers were seen")
    'One entity of 2 records: 0, 1.'
    >>> review.undo()
    'The decision on 0 and 1 was taken back.'
    >>> int(review.clusters["size"].max())
    1
    """  # fmt: skip
    return IdentityReview(found, case=case, name=name)


def _trial(same: bool) -> Decision:
    return Decision("", "", same, "", "", "")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
