"""Incidents: where, when, what. Read from whatever the agency's system exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later, trn
from ilp_lab.intake import checks, coordinates, dates
from ilp_lab.intake.clock import aware, check_zone
from ilp_lab.intake.columns import understand
from ilp_lab.intake.files import read_raw
from ilp_lab.intake.naming import identifiers
from ilp_lab.intake.otherparts import free_name
from ilp_lab.intake.profiles import check_columns, load
from ilp_lab.intake.quality import QualityReport, file_settings
from ilp_lab.intake.reading import Reading
from ilp_lab.intake.roles import INCIDENT_NAMES, plain, said_columns
from ilp_lab.intake.shapes import has_shapes
from ilp_lab.intake.trimming import as_category, trimmed
from ilp_lab.result import Param
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

CALLER = "intake.read_incidents"
_TEXT_ROLES = ("offence", "area", "status", "address", "incident_id")
_CATEGORIES = ("offence", "area", "status")
_FEW_VALUED = tuple(plain(name) for role in _CATEGORIES for name in INCIDENT_NAMES[role])
_COORDINATE_ROLES = ("longitude", "latitude", "x", "y", "location")


def read_incidents(
    path_or_frame: str | PathLike[str] | pd.DataFrame | Sequence[str | PathLike[str]],
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = "auto",
    tz: str | None = None,
    profile: str | PathLike[str] | None = None,
    dayfirst: bool | None = None,
    sheet: str | int | None = None,
    headed: bool | None = None,
    handling: str | None = None,
) -> tuple[gpd.GeoDataFrame, QualityReport]:
    """Read incidents from a file, understand its columns, and report what is wrong with it.

    Parameters
    ----------
    path_or_frame
        A file (csv, csv.gz, tsv, txt, xlsx, parquet, geoparquet, gpkg, geojson, zipped shapefile), several of the same
        layout, or a table.
    columns
        Role → column in the file, where it was not worked out right. Roles: longitude, latitude, x, y, location,
        occurred_at, time, occurred_to, time_to, reported_at, offence, incident_id, address, area, status.
    crs
        Coordinate system of x and y, such as ``"EPSG:25833"``; ``"auto"`` knows longitude and latitude.
    tz
        Time zone of the times, such as ``"Europe/Vienna"``. Without it they are marked as UTC, and that is said.
    profile
        A file made by ``QualityReport.save_profile``: columns, zone and system as they were understood then.
    dayfirst
        How 03/04/2024 is read, when the column itself does not tell.
    sheet
        Sheet of a workbook, layer of a GeoPackage or shapefile in a zip file, by name or number from 0.
    headed
        Whether the first line names the columns; worked out when left out.
    handling
        Handling code of the data.

    Returns
    -------
    GeoDataFrame
        The columns of :data:`ilp_lab.schema.INCIDENTS` that the file has, its other columns under their own names, and
        ``source_row``. In the file's coordinate system. No row is dropped; a missing place is an empty geometry.
    QualityReport
        Every fault by kind, with its rows and what was done.

    Raises
    ------
    ReadError
        When the file cannot be opened or is not a table.
    ColumnError, CRSError, AmbiguousError
        When a person has to say something first; the message says what.

    Notes
    -----
    Cost: about that of reading the file with types. Geometries are built when first needed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"Lat": [48.2, 0.0], "Lon": [16.37, 0.0], "Date": ["2024-05-01 10:00", None]})
    >>> incidents, quality = read_incidents(table, tz="Europe/Vienna")
    >>> dict(quality.counts)
    {'null_island': 1, 'missing_time': 1}
    """
    given = said_columns(columns, CALLER)
    kept: dict[str, str] = {}
    if profile is not None:
        profiled, kept = load(profile, CALLER)
        given = {**profiled, **given}
    raw = read_raw(
        path_or_frame,
        caller=CALLER,
        few_valued=_FEW_VALUED,
        as_text=_codes(given),
        sheet=sheet,
        headed=headed,
    )
    if profile is not None:
        check_columns(raw.frame, given, profile, CALLER)
    zone_said = tz or kept.get("tz")
    zone = check_zone(zone_said, CALLER)
    work = Reading(
        raw, understand(raw.frame, given, CALLER), CALLER, settings=list(file_settings(raw.settings))
    )
    dayfirst = (
        dayfirst if dayfirst is not None else {"True": True, "False": False}.get(kept.get("dayfirst", ""))
    )
    twice, timed = _aside(work, dayfirst)
    places = _place(work, kept.get("crs", crs) if crs == "auto" else crs)
    _time(work, timed, zone, said=zone_said is not None, dayfirst=dayfirst)
    _text(work)
    frame = _assemble(work, places)
    _identity(work, twice)
    frame = mark(frame, handling=handling, origin=raw.name)
    return frame, work.report(frame)


def _codes(given: Mapping[str, str]) -> list[str]:
    """Names of columns that hold texts and codes, whatever their values look like."""
    named = [plain(column) for role, column in given.items() if role in _TEXT_ROLES]
    return named + [plain(name) for role in _TEXT_ROLES for name in INCIDENT_NAMES[role]]


def _place(work: Reading, crs: Any) -> coordinates.Places:
    places = coordinates.locate(work.raw.frame, work.roles, crs=crs, caller=CALLER)
    code = ":".join(places.crs.to_authority() or ("no code", places.crs.name))
    work.settings.append(Param("crs", code, chosen=places.chosen_crs, why=places.why_crs))
    work.notes.extend(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in map(again, places.how))
    for kind, rows in (
        ("missing_place", places.missing),
        ("null_island", places.null_island),
        ("swapped", places.swapped),
        ("far_away", places.far_away),
    ):
        work.found(kind, rows)
    found = checks.piles(places.x, places.y)
    if found:
        work.found("place_pile", np.sort(np.concatenate([rows for _, _, rows in found])))
        x, y, rows = found[0]
        work.notes.append(
            trn(
                "{n:,} point holds at least 1 % of the rows; the largest, at ({x:.6g}, {y:.6g}), holds {rows:,}.",
                "{n:,} points hold at least 1 % of the rows; the largest, at ({x:.6g}, {y:.6g}), holds {rows:,}.",
                len(found),
            ).format(n=len(found), x=x, y=y, rows=len(rows))
        )
    return places


def _time(
    work: Reading,
    timed: Future[tuple[dates.Times, dict[str, NDArray[np.int64]]]],
    zone: str,
    *,
    said: bool,
    dayfirst: bool | None,
) -> None:
    if "occurred_at" not in work.roles:
        work.notes.append(tr_later("No column with times was found; questions of when cannot be asked."))
        return
    starts, heaped = timed.result()
    ends = work.one_time("occurred_to", "time_to", dayfirst) if "occurred_to" in work.roles else None
    work.found("missing_time", np.flatnonzero(starts.missing))
    work.found("unreadable_time", np.flatnonzero(starts.unreadable))
    good = ~starts.bad
    if starts.month_only is not None and starts.month_only.any():
        work.found("month_only", np.flatnonzero(starts.month_only))
        ends = _months_end(starts, ends)
    elif starts.date_only:
        work.found("date_only", np.flatnonzero(good))
    for kind, rows in heaped.items():
        work.found(kind, rows)
    work.found(
        "future_time", np.flatnonzero(good & (starts.seconds > datetime.now(UTC).timestamp() + 86_400))
    )
    if ends is not None:
        work.found("open_window", np.flatnonzero(good & ends.missing))
        windowed = good & ~ends.bad
        if starts.month_only is not None:
            windowed &= ~starts.month_only
        for kind, rows in checks.windows(starts.seconds, ends.seconds, windowed).items():
            work.found(kind, rows)
    lost = np.zeros(len(good), bool)
    work.out["occurred_at"], odd = aware(starts, zone)
    work.found("clock_change", odd)
    work.found("without_offset", starts.without_offset)
    if ends is not None:
        work.out["occurred_to"], _ = aware(ends, zone)
        lost |= ends.unreadable
    if "reported_at" in work.roles:
        reported = dates.parse(
            work.column("reported_at"),
            name=work.roles["reported_at"].column,
            caller=CALLER,
            dayfirst=dayfirst,
        )
        work.out["reported_at"], _ = aware(reported, zone)
        lost |= reported.unreadable
    work.found("unreadable_other_time", np.flatnonzero(lost))
    how = "; ".join(dict.fromkeys(map(again, starts.how)))
    if how:
        work.notes.append(tr("Times: {how}.").format(how=how))
    why = (
        ""
        if said
        else tr_later(
            "none was given; the clock times are right, but say tz='Europe/Vienna' or the like to mean them"
        )
    )
    work.settings.append(Param("tz", zone, chosen=not said, why=why))
    if dayfirst is not None:
        work.settings.append(Param("dayfirst", dayfirst))


def _months_end(starts: dates.Times, ends: dates.Times | None) -> dates.Times:
    """The end of a month-only time is the start of the next month."""
    months = starts.seconds.astype("datetime64[s]").astype("datetime64[M]") + 1
    following = months.astype("datetime64[s]").astype(np.int64)
    known = starts.month_only if starts.month_only is not None else np.zeros(len(following), bool)
    if ends is None:
        return dates.Times(following, ~known, np.zeros(len(following), bool))
    seconds = np.where(known & ends.bad, following, ends.seconds)
    return replace(ends, seconds=seconds, missing=ends.missing & ~known)


def _text(work: Reading) -> None:
    """Texts without blanks at their ends; few-valued ones as categories."""
    import pandas as pd

    blanks = np.zeros(len(work.raw.frame), bool)
    for name in work.raw.frame.columns:
        column = work.raw.frame[name]
        if not isinstance(column.dtype, (pd.StringDtype, pd.CategoricalDtype)) and column.dtype != object:
            continue
        kept, touched = trimmed(column)
        if touched is not None:
            blanks |= touched
            work.out[str(name)] = kept
    work.found("trailing_blank", np.flatnonzero(blanks))
    for role in _TEXT_ROLES:
        if role not in work.roles:
            continue
        source = work.roles[role].column
        column = work.out.pop(source, work.raw.frame[source])
        if column.dtype.kind in "iuf":
            column = identifiers(column)
        if role in _CATEGORIES:
            column = as_category(column)
        work.out[role] = column
        if role == "offence":
            work.found("missing_offence", np.flatnonzero(column.isna().to_numpy()))


def _aside(
    work: Reading, dayfirst: bool | None
) -> tuple[Future[NDArray[np.int64]], Future[tuple[dates.Times, dict[str, NDArray[np.int64]]]]]:
    """Numbers that stand twice, and the times with their heaps: looked for beside the other checks, which take as long."""
    pool = ThreadPoolExecutor(max_workers=2)
    try:
        timed = pool.submit(_timed, work, dayfirst)
        if "incident_id" not in work.roles:
            return pool.submit(np.empty, 0, np.int64), timed
        return pool.submit(checks.duplicate_ids, work.column("incident_id")), timed
    finally:
        pool.shutdown(wait=False)


def _timed(work: Reading, dayfirst: bool | None) -> tuple[dates.Times, dict[str, NDArray[np.int64]]]:
    """When incidents began, and the hours and days at which too many of them did."""
    if "occurred_at" not in work.roles:
        nothing = np.zeros(0, bool)
        return dates.Times(np.empty(0, np.int64), nothing, nothing), {}
    starts = work.one_time("occurred_at", "time", dayfirst)
    coarse = starts.date_only or (starts.month_only is not None and starts.month_only.any())
    return starts, {} if coarse else checks.heaps(starts.seconds, ~starts.bad)


def _identity(work: Reading, twice: Future[NDArray[np.int64]]) -> None:
    frame = work.raw.frame
    rows = len(frame)
    if "incident_id" in work.roles:
        without = work.column("incident_id").isna().to_numpy()
        work.found("missing_id", np.flatnonzero(without))
        again = twice.result()
        work.found("duplicate_id", again)
        candidates = np.union1d(again, np.flatnonzero(without))
    else:
        without = np.ones(rows, bool)
        candidates = np.arange(rows)
    if len(candidates) > 100_000:
        candidates = _alike(frame, work, candidates)
    again = checks.duplicate_rows(frame, candidates, ("source_row", "source_file", "source_row_in_file"))
    work.found("duplicate_row_with_id", again[~without[again]])
    work.found("duplicate_row_without_id", again[without[again]])


def _alike(frame: pd.DataFrame, work: Reading, candidates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those candidates whose place and time stand more than once: only they can be the same in every column."""
    known = [work.roles[role].column for role in ("longitude", "latitude", "x", "y") if role in work.roles]
    keys = [coordinates.numbers(frame[column])[candidates] for column in known]
    if "occurred_at" in work.out:
        keys.append(work.out["occurred_at"].dt.tz_localize(None).to_numpy().astype(np.int64)[candidates])
    return candidates[checks.repeated(checks.mixed(*keys))] if keys else candidates


def _assemble(work: Reading, places: coordinates.Places) -> gpd.GeoDataFrame:
    """The standard columns first, then the file's own, then the place."""
    import geopandas as gpd

    from ilp_lab.intake.points import PointArray
    from ilp_lab.schema import INCIDENTS

    frame, out = work.raw.frame, dict(work.out)
    used = {
        role.column
        for name, role in work.roles.items()
        if name not in _COORDINATE_ROLES or name in places.roles
    }
    standard = {
        name: out.pop(name)
        for name in INCIDENTS.names
        if name in out and name in (*_TEXT_ROLES, "occurred_at", "occurred_to", "reported_at")
    }
    columns: dict[str, Any] = {name: _plain_index(values) for name, values in standard.items()}
    for name in frame.columns:
        if name in used or name == "source_row" or (name == "geometry" and has_shapes(frame)):
            continue
        taken = str(name) in columns or str(name) in INCIDENTS
        own = free_name(f"{name}_in_file", frame) if taken else str(name)
        if name == "geometry":
            work.notes.append(
                tr("The file's own column {column} is kept as {name}.").format(column=name, name=own)
            )
        columns[own] = _plain_index(out.get(str(name), frame[name]))
    columns["source_row"] = work.raw.line_of_rows()
    columns["geometry"] = PointArray(places.x, places.y, places.crs)
    return gpd.GeoDataFrame(columns, geometry="geometry", copy=False)


def _plain_index(values: Any) -> Any:
    return values.array if hasattr(values, "array") else values
