"""Runs checks of published numbers and sets ours beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result


@dataclass(frozen=True, slots=True)
class Check:
    """One published number, and how to compute ours.

    Attributes
    ----------
    what, source
        What is computed, and where the published number stands.
    published, tolerance
        The number, and how far ours may be from it: the digits that were printed.
    ours
        Computes it, from the data set where one is needed.
    needs
        The data set, as a path below the data folder; empty where the input is typed in here.
    """

    what: str
    source: str
    published: float
    tolerance: float
    ours: Callable[..., float]
    needs: str = ""


def compare(room: str, checks: Iterable[Check], data: str | PathLike[str] | None) -> Result:
    """Run the checks whose data are there, and say which could not be run.

    Raises
    ------
    InputError
        When the folder does not exist.
    """
    import pandas as pd

    folder = None if data is None else Path(data)
    if folder is not None and not folder.is_dir():
        raise InputError(
            f"verification.{room}: there is no folder {folder}. Leave data out to run the checks that need none."
        )
    rows = []
    for check in checks:
        there = not check.needs or (folder is not None and (folder / check.needs).exists())
        ours = float("nan")
        if there:
            ours = check.ours(folder / check.needs) if check.needs and folder is not None else check.ours()
        difference = ours - check.published
        agrees = bool(abs(difference) <= check.tolerance) if there else pd.NA
        rows.append(
            (
                check.what,
                check.source,
                check.published,
                ours,
                difference,
                agrees,
                "" if there else check.needs,
            )
        )
    table = pd.DataFrame(
        rows, columns=["what", "source", "published", "ours", "difference", "agrees", "data_not_here"]
    )
    table["agrees"] = table["agrees"].astype("boolean")
    run = table["agrees"].notna()
    agreeing = int(table["agrees"].fillna(value=False).sum())
    missing = int((~run).sum())
    said = [
        f"{agreeing:,} of {int(run.sum()):,} published numbers are reproduced to the digits they were printed with."
    ]
    if missing:
        said.append(f"{missing:,} further checks need data that are not here; say data=... to run them.")
    if agreeing < run.sum():
        said.append("Some differ: do not use those methods here, and report it.")
    said.append("It shows that formulas are those of the literature, not that they fit a question.")
    return Result(
        name=f"verification.{room}",
        title="Published numbers and ours",
        table=table,
        method="Each method was run on the input of a published example, and its result compared with the printed number.",
        findings=tuple(said),
        params=(Param("data", "none" if data is None else "a folder"),),
        left_out={"data not here": missing} if missing else {},
        left_out_rows=table[~run].assign(reason="data not here") if missing else None,
    )
