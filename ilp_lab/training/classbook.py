"""The class book: files of progress of a class put together, and what the checks were like."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import ReadError
from ilp_lab.result import Result, Source, fingerprint
from ilp_lab.training import editions
from ilp_lab.training.gaining import gains_of
from ilp_lab.training.knowledge import MOMENTS
from ilp_lab.training.progressing import ProgressFile

if TYPE_CHECKING:
    import pandas as pd


def class_table(files: str | Path | Iterable[str | Path], *, lessons: Iterable[str] | None = None) -> Result:
    """Put the files of progress of a class together.

    Parameters
    ----------
    files
        Files of progress, or a folder that holds them, also in folders of their own, as twenty sticks bring them (and no others that end in
        ``.jsonl``).
    lessons
        Lessons to look at; all that occur when left out.

    Returns
    -------
    Result
        ``table``: one row per learner and lesson with ``done``, ``checks``, ``tries`` and ``first_try`` (checks done at the first try).
        ``details["items"]``: one row per check with ``answered``, ``solved`` (share), ``mean_tries``, ``difficulty``.
        ``details["gains"]``: shares right ``before`` and ``after`` and the normalised ``gain``, of those who took both knowledge
        tests. Files that cannot be read, or were altered, are left out and named; of two states of one file the later counts;
        where two people have one code, both stay, as ``L-XXXXXX`` and ``L-XXXXXX (2)``.

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
    rows, left, learners, clocks = _read(found)
    wanted = set(lessons) if lessons is not None else {str(row["lesson"]) for row in rows} - set(MOMENTS)
    tries_of = pd.DataFrame([row for row in rows if row["lesson"] in wanted], columns=pd.Index(["learner", "lesson", "check", "ok", "at"]))  # fmt: skip
    each = _each(tries_of)
    table, items = _by_learner(each), _by_check(each, len(learners))
    gone = pd.DataFrame(left) if left else None
    return Result(
        name=caller,
        title="The class",
        table=table,
        method="The tries of every learner were counted by check; a file that was altered after it was written is left out.",
        findings=_findings(table, items, len(learners), left),
        caveats=(
            "Tries are counted, not thought; talk about the hardest check before you grade anybody.",
            *_doubts(learners, clocks),
        ),
        sources=(Source("files of progress", len(found), fingerprint("\n".join(sorted(learners)))),),
        left_out={reason: sum(one["reason"] == reason for one in left) for reason in dict.fromkeys(one["reason"] for one in left)},
        left_out_rows=gone,
        details={"items": items, "learners": len(learners), "gains": gains_of(rows)},
    )  # fmt: skip


def _read(
    files: list[Path],
) -> tuple[list[dict[str, Any]], list[dict[str, str]], dict[str, Path], list[str]]:
    """Tries of everybody; files that were left out and why; whose files were taken; whose clock ran backwards."""
    left: list[dict[str, str]] = []
    read: list[tuple[Path, str, list[dict[str, Any]], bool]] = []
    for file in files:
        held = ProgressFile(file)
        try:
            learner, entries = held.known_learner, [dict(entry) for entry in held.entries()]
            altered, faults = held.altered(), held.faults()
        except (ReadError, UnicodeDecodeError) as error:
            left.append({"file": _called(file), "reason": "cannot be read", "says": str(error)})
            continue
        if learner is None:
            left.append(
                {"file": _called(file), "reason": "is empty or gone", "says": "nothing was written in it"}
            )
        elif altered:
            left.append({"file": _called(file), "reason": "was altered", "says": "; ".join(altered)})
        else:
            read.append((file, learner, entries, bool(faults)))
    learners: dict[str, Path] = {}
    chains: dict[str, list[list[Any]]] = {}
    rows: list[dict[str, Any]] = []
    clocks = []
    for file, learner, entries, clock in sorted(read, key=lambda one: -len(one[2])):
        marks = [entry["hash"] for entry in entries]
        if any(known[: len(marks)] == marks for known in chains.get(learner, [])):
            left.append(
                {
                    "file": _called(file),
                    "reason": "a second file of one learner",
                    "says": "the other holds all of it",
                }
            )
            continue
        chains.setdefault(learner, []).append(marks)
        code = learner if learner not in learners else f"{learner} ({len(chains[learner])})"
        learners[code] = file
        clocks += [code] if clock else []
        rows += [{**entry, "learner": code} for entry in entries if "lesson" in entry]
    return rows, left, learners, clocks


def _doubts(learners: dict[str, Path], clocks: list[str]) -> list[str]:
    said = []
    twice = [code for code in learners if code.endswith(")")]
    if twice:
        said.append(
            f"{', '.join(twice)}: another file has the same code but other work. Two people, or one on two computers? Ask; both are kept."
        )
    if clocks:
        said.append(
            f"The clock ran backwards on the computer of {', '.join(sorted(clocks))}; tries count, times do not."
        )
    return said


def _listed(files: Any) -> list[Path]:
    if isinstance(files, (str, Path)):
        place = Path(files)
        return sorted(place.rglob("*.jsonl")) if place.is_dir() else ([place] if place.exists() else [])
    return [Path(file) for file in files]


def _called(file: Path) -> str:
    """Its name; with its folder where all are called alike."""
    return f"{file.parent.name}/{file.name}" if file.name == "progress.jsonl" else file.name


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
