"""The class book: files of progress of a class put together, and what the checks were like."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import ReadError
from ilp_lab.result import Result, Source, fingerprint
from ilp_lab.training import editions
from ilp_lab.training.progressing import ProgressFile

if TYPE_CHECKING:
    import pandas as pd


def class_table(files: str | Path | Iterable[str | Path], *, lessons: Iterable[str] | None = None) -> Result:
    """Put the files of progress of a class together.

    Parameters
    ----------
    files
        Files of progress, or a folder that holds them (and no others that end in ``.jsonl``).
    lessons
        Lessons to look at; all that occur when left out.

    Returns
    -------
    Result
        ``table``: one row per learner and lesson with ``done``, ``checks``, ``tries`` and ``first_try`` (checks done at the first try).
        ``details["items"]``: one row per check with ``answered``, ``solved`` (share), ``mean_tries``, ``difficulty``. Files that
        cannot be read, or were altered, are left out and named.

    Raises
    ------
    InputError
        When there is no file.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> for at in range(2):
    ...     ProgressFile(place / f"{at}.jsonl").note("M08", "1", ok=at == 0)
    >>> int(class_table(place).table["done"].sum())
    1
    """
    import pandas as pd

    caller = "training.class_table"
    found = _listed(files)
    check = Check(caller)
    if not found:
        check.add("there is no file of progress; name the files, or the folder that holds them.")
    check.done()
    rows: list[dict[str, Any]] = []
    left: list[dict[str, str]] = []
    learners: dict[str, Path] = {}
    for file in found:
        try:
            held = ProgressFile(file)
            faults = held.faults()
            tries = [dict(entry) for entry in held.entries() if "lesson" in entry]
            learner = held.learner
        except (ReadError, UnicodeDecodeError) as error:
            left.append({"file": file.name, "reason": "cannot be read", "says": str(error)})
            continue
        if any("not as it was written" in fault for fault in faults):
            left.append({"file": file.name, "reason": "was altered", "says": "; ".join(faults)})
            continue
        if learner in learners:
            left.append(
                {
                    "file": file.name,
                    "reason": "a second file of one learner",
                    "says": f"the first is {learners[learner].name}",
                }
            )
            continue
        learners[learner] = file
        rows += [{**entry, "learner": learner, "clock": bool(faults)} for entry in tries]
    wanted = set(lessons) if lessons is not None else {str(row["lesson"]) for row in rows}
    tries_of = pd.DataFrame([row for row in rows if row["lesson"] in wanted], columns=pd.Index(["learner", "lesson", "check", "ok", "at", "clock"]))  # fmt: skip
    each = _each(tries_of)
    table, items = _by_learner(each), _by_check(each, len(learners))
    gone = pd.DataFrame(left) if left else None
    return Result(
        name=caller,
        title="The class",
        table=table,
        method="The tries of every learner were counted by check; a file that was altered after it was written is left out.",
        findings=_findings(table, items, len(learners), left),
        caveats=("Tries are counted, not thought; talk about the hardest check before you grade anybody.",),
        sources=(Source("files of progress", len(found), fingerprint("\n".join(sorted(learners)))),),
        left_out={reason: sum(one["reason"] == reason for one in left) for reason in dict.fromkeys(one["reason"] for one in left)},
        left_out_rows=gone,
        details={"items": items, "learners": len(learners)},
    )  # fmt: skip


def normalised_gain(before: float, after: float) -> float:
    """How much of what could be gained was gained, from shares right before and after (Hake 1998).

    Parameters
    ----------
    before, after
        Shares between 0 and 1.

    Examples
    --------
    >>> normalised_gain(0.4, 0.7)
    0.5
    """
    check = Check("training.normalised_gain")
    check.between(0, 1, before=before, after=after)
    check.done()
    return 1.0 if before == 1 else round((after - before) / (1 - before), 12)


def _listed(files: Any) -> list[Path]:
    if isinstance(files, (str, Path)):
        place = Path(files)
        return sorted(place.glob("*.jsonl")) if place.is_dir() else ([place] if place.exists() else [])
    return [Path(file) for file in files]


def _each(tries: pd.DataFrame) -> pd.DataFrame:
    """One row per learner, lesson and check: tries until done, and whether done."""
    import pandas as pd

    found = []
    for (learner, lesson, number), group in tries.groupby(["learner", "lesson", "check"], sort=True):
        ok = group["ok"].astype(bool).tolist()
        found.append(
            {
                "learner": learner,
                "lesson": lesson,
                "check": number,
                "done": any(ok),
                "tries": ok.index(True) + 1 if any(ok) else len(ok),
            }
        )
    return pd.DataFrame(found, columns=pd.Index(["learner", "lesson", "check", "done", "tries"]))


def _by_learner(each: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    found = []
    for (learner, lesson), group in each.groupby(["learner", "lesson"], sort=True):
        found.append(
            {
                "learner": learner,
                "lesson": lesson,
                "done": int(group["done"].sum()),
                "checks": _checks_of(str(lesson), len(group)),
                "tries": int(group["tries"].sum()),
                "first_try": int((group["done"] & (group["tries"] == 1)).sum()),
            }
        )
    return pd.DataFrame(
        found, columns=pd.Index(["learner", "lesson", "done", "checks", "tries", "first_try"])
    )


def _by_check(each: pd.DataFrame, learners: int) -> pd.DataFrame:
    import pandas as pd

    found = []
    for (lesson, number), group in each.groupby(["lesson", "check"], sort=True):
        solved = float(group["done"].sum()) / max(learners, 1)
        found.append(
            {
                "lesson": lesson,
                "check": number,
                "answered": len(group),
                "solved": solved,
                "mean_tries": float(group["tries"].mean()),
                "difficulty": 1 - solved,
            }
        )
    items = pd.DataFrame(
        found, columns=pd.Index(["lesson", "check", "answered", "solved", "mean_tries", "difficulty"])
    )
    return items.sort_values(["difficulty", "mean_tries"], ascending=False, kind="stable", ignore_index=True)


def _checks_of(lesson: str, seen: int) -> int:
    from ilp_lab.errors import MissingPartError

    try:
        return len(editions.key_of(lesson)["checks"])
    except MissingPartError:
        return seen


def _findings(
    table: pd.DataFrame, items: pd.DataFrame, learners: int, left: list[dict[str, str]]
) -> tuple[str, ...]:
    done = int((table["done"] == table["checks"]).sum())
    said = [f"{learners} learners; {done} of {len(table)} lessons begun are done."]
    if len(items):
        hardest = items.iloc[0]
        said.append(
            f"The hardest check is {hardest['lesson']}, {hardest['check']}: {hardest['solved']:.0%} solved it, after {hardest['mean_tries']:.1f} tries on average."
        )
    if left:
        said.append(f"{len(left)} files were left out: " + "; ".join(f"{one['file']} ({one['reason']})" for one in left[:4]) + ".")  # fmt: skip
    return tuple(said)
