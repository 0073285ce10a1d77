"""Who took part in what: persons and events, from a list or from a matrix of persons by events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, trn
from ilp_lab.errors import ColumnError
from ilp_lab.intake import dates
from ilp_lab.intake.callrecords import looks_like_clock
from ilp_lab.intake.naming import identifiers
from ilp_lab.intake.quality import QualityReport
from ilp_lab.intake.reading import SAID, Reading, opened, zone_of
from ilp_lab.intake.recordnames import EVENT_NAMES
from ilp_lab.intake.trimming import as_category
from ilp_lab.safeguards import mark
from ilp_lab.schema import PARTICIPATIONS

if TYPE_CHECKING:
    import pandas as pd

_CALLER = "intake.read_events"
_CODES = ("person", "event", "role", "offence", "category")
_FITS = {"occurred_at": dates.looks_like_time, "time": looks_like_clock}


def read_events(
    path_or_frame: str | PathLike[str] | pd.DataFrame | Sequence[str | PathLike[str]],
    *,
    columns: Mapping[str, str] | None = None,
    tz: str | None = None,
    profile: str | PathLike[str] | None = None,
    dayfirst: bool | None = None,
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[pd.DataFrame, QualityReport]:
    """Read who took part in which event: arrests, crimes, meetings, flights.

    Parameters
    ----------
    path_or_frame
        A csv, csv.gz, xlsx or parquet file, several of the same layout, or a table: one row per person and event, or a
        matrix with persons down and events across whose cells are 1 (took part) or 0.
    columns
        Role → column in the file. Roles: person, event, role, occurred_at, time, offence, category, handling.
    tz
        Time zone of the times; UTC when left out, which is said.
    profile, dayfirst, sheet, handling
        As in :func:`read_incidents`.

    Returns
    -------
    DataFrame
        The columns of :data:`ilp_lab.schema.PARTICIPATIONS` that the file has, its others, and ``source_row``.
        Persons and events are text. No row is dropped.
    QualityReport

    Raises
    ------
    ReadError, ColumnError, AmbiguousError
        When a person has to say something first; the message says what.

    Examples
    --------
    >>> import pandas as pd
    >>> took_part, quality = read_events(pd.DataFrame({"Offender ID": [7, 8, 8], "Crime ID": ["c1", "c1", "c1"]}))
    >>> took_part[["person", "event"]].values.tolist()
    [['7', 'c1'], ['8', 'c1'], ['8', 'c1']]
    >>> dict(quality.counts)
    {'repeated_participation': 1}
    """
    reading = opened(
        path_or_frame,
        names=EVENT_NAMES,
        codes=_CODES,
        fits=_FITS,
        columns=columns,
        profile=profile,
        sheet=sheet,
        caller=_CALLER,
    )
    if not columns and profile is None:
        matrix = _as_matrix(reading)
        if matrix is not None:
            frame = mark(matrix, handling=handling, origin=reading.raw.name)
            return frame, reading.report(frame)
    missing = [role for role in ("person", "event") if role not in reading.roles]
    if missing:
        raise ColumnError(
            f"{_CALLER}: no column holds the {' and the '.join(missing)}. Name it: "
            f"columns={{'person': '...', 'event': '...'}}. There are: {', '.join(map(str, reading.raw.frame.columns[:20]))}."
        )
    zone, said = zone_of(reading, tz)
    dayfirst = dayfirst if dayfirst is not None else SAID.get(reading.kept.get("dayfirst", ""))
    if "occurred_at" in reading.roles:
        moments = reading.moments("occurred_at", "time", zone=zone, said=said, dayfirst=dayfirst)
        if moments is not None:
            reading.out["occurred_at"] = moments
    for role in ("person", "event", "category", "handling"):
        if role in reading.roles:
            reading.out[role] = identifiers(reading.column(role)).astype("str")
    for role in ("role", "offence"):
        if role in reading.roles:
            reading.out[role] = as_category(reading.column(role))
    _faults(reading)
    frame = reading.table(PARTICIPATIONS, handling)
    return frame, reading.report(frame)


def _faults(reading: Reading) -> None:
    import pandas as pd

    person, event = reading.out["person"], reading.out["event"]
    absent = (person.isna() | event.isna()).to_numpy()
    reading.found("missing_participant", np.flatnonzero(absent))
    pairs = pd.DataFrame({"person": pd.factorize(person)[0], "event": pd.factorize(event)[0]})
    reading.found("repeated_participation", np.flatnonzero(pairs.duplicated().to_numpy() & ~absent))


def _as_matrix(reading: Reading) -> pd.DataFrame | None:
    """Persons and events of a matrix of zeros and ones; ``None`` when the table is not one."""
    import pandas as pd

    frame = reading.raw.frame.drop(columns="source_row", errors="ignore")
    if frame.shape[1] < 3 or len(frame) < 2:
        return None
    body = frame.iloc[:, 1:].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    if not np.isin(body, (0.0, 1.0)).all() or frame.iloc[:, 0].duplicated().any():
        return None
    persons = identifiers(frame.iloc[:, 0]).astype("str")
    if list(persons) == [str(name) for name in frame.columns[1:]]:
        raise ColumnError(
            f"{_CALLER}: {reading.raw.name} is a matrix of persons by persons, not of persons by events; read it with "
            "intake.read_links."
        )
    down, across = np.nonzero(body)
    reading.roles.clear()
    reading.notes.append(
        tr(
            "A matrix of {persons:,} persons by {events:,} events was read; {cells:,} cells say that somebody took part."
        ).format(persons=len(persons), events=frame.shape[1] - 1, cells=len(down))
    )
    idle = int((body.sum(axis=1) == 0).sum())
    if idle:
        reading.notes.append(
            trn(
                "{n:,} person took part in no event and has no row.",
                "{n:,} persons took part in no event and have no row.",
                idle,
            ).format(n=idle)
        )
    events = np.array([str(name) for name in frame.columns[1:]], dtype=object)
    return pd.DataFrame(
        {
            "person": persons.iloc[down].array,
            "event": pd.array(events[across], dtype="str"),
            "source_row": reading.raw.line_of_rows()[down],
        }
    )
