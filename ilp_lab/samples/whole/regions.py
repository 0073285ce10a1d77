"""What one region alone holds: the truth is in nobody's files, only in all of them together."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from ilp_lab._check import Check
from ilp_lab.errors import ReadError, WriteError
from ilp_lab.samples.belmara import table, write_whole
from ilp_lab.samples.whole.ground import REGIONS
from ilp_lab.samples.whole.keeping import complete

CALLER = "samples.partial_view"
# Files with a column that says whose row it is: an area code begins with the region's letter.
BY_UNIT = ("links", "persons", "holdings", "reports", "referrals")
BY_AREA = ("incidents", "stops", "census", "survey", "towers")


def partial_view(region: str, folder: str | Path, *, of: str | Path | None = None) -> Path:
    """Write what one region of Belmara alone holds, for a team that has to ask the others.

    Parameters
    ----------
    region
        ``"Tarn"``, ``"Selin"``, ``"Orrin"`` or ``"Dovar"``.
    folder
        Where to write; made when missing.
    of
        The folder of the complete set; :func:`complete` when left out.

    Returns
    -------
    pathlib.Path
        The folder, with ``incidents``, ``stops``, ``reports``, ``links``, ``entities`` (those its links name), ``persons``, ``holdings``,
        ``referrals``, ``calls`` (of its masts), ``towers``, ``census``, ``survey`` and ``operations`` as csv.

    Raises
    ------
    InputError
        When there is no such region.
    ReadError
        When ``of`` holds no complete set.
    WriteError
        When the folder cannot be written to.

    Notes
    -----
    Rows are as in the complete set, in the same order: the four views put together and sorted are the complete files again.
    An entity stands in every view whose links name it. Cost: seconds.

    Examples
    --------
    >>> partial_view("Atlantis", "somewhere")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.partial_view:
      - region must be one of 'Tarn', 'Selin', 'Orrin', 'Dovar'; got 'Atlantis'.
    """
    faults = Check(CALLER)
    faults.choice(allowed=REGIONS, region=region)
    faults.done()
    source = complete() if of is None else Path(of)
    target = Path(folder)
    unit = f"belmara/{region.lower()}"

    def of_unit(value: str) -> bool:
        return value == unit or value.startswith(f"{unit}/")

    def of_area(code: str) -> bool:
        return code[:1] == region[0]

    views = {name: _held(source, name, unit=of_unit) for name in BY_UNIT}
    views |= {name: _held(source, name, area=of_area) for name in BY_AREA}
    views["operations"] = _held(source, "operations", beat=of_area)
    named = {row[at] for row in views["links"][1:] for at in (0, 1)}
    views["entities"] = _held(source, "entities", entity_id=named.__contains__, unit=of_unit)
    masts = {row[0] for row in views["towers"][1:]}
    views["calls"] = _held(source, "calls", cell_id=masts.__contains__)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, rows in views.items():
            write_whole(target / f"{name}.csv", table(rows[0], rows[1:]).encode("utf-8"))
    except OSError as error:
        raise WriteError(f"{CALLER}: cannot write into {target}: {error.strerror or error}.") from error
    return target


def _held(source: Path, name: str, **holds: Callable[[str], bool]) -> list[list[str]]:
    """Names of columns, then the rows of which one of the columns holds."""
    file = source / f"{name}.csv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            head = next(rows)
            tests = [(head.index(column), holds[column]) for column in holds]
            return [head, *(row for row in rows if any(test(row[at]) for at, test in tests))]
    except (OSError, ValueError, StopIteration, IndexError) as error:
        raise ReadError(
            f"{CALLER}: {file} cannot be read; is {source} a complete set? Make one with samples.write_complete."
        ) from error
