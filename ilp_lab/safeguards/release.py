"""The release gate: the one way by which files leave a case.

Every file that leaves has a purpose and a legal basis (the case), the strictest handling code of what went into
it, a named authority where that code asks for one, and an entry in the audit log with its hash.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._homefolder import at_home
from ilp_lab.errors import AuditError, HandlingError, InputError, NoCaseError
from ilp_lab.safeguards.case import Case
from ilp_lab.safeguards.handling import MARK, handling_of, policy
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Released:
    """A file that left the case; it can be used wherever a path can.

    Attributes
    ----------
    path
        The file.
    handling
        Its handling code.
    sha256
        The hash of its content, as in the audit log.
    withheld
        Columns that were left out because they identify persons or sources.
    package_id
        Its number, when it is a package.
    """

    path: Path
    handling: str
    sha256: str
    withheld: tuple[str, ...] = ()
    package_id: str = ""

    def __fspath__(self) -> str:
        return str(self.path)


def release_bytes(
    case: Case | None,
    path: str | Path,
    content: bytes,
    *,
    what: str,
    inputs: Sequence[Any] = (),
    authority: str | None = None,
    reason: str = "",
    rests_on: Sequence[str] = (),
) -> Released:
    """Write a file out of a case: checked, marked, logged, all or nothing.

    Parameters
    ----------
    case
        The open case.
    path
        Where to.
    content
        The whole file.
    what
        What it is, for the log: ``"hot spot map"``.
    inputs
        The tables and results that went into it; the file takes their strictest handling code.
    authority
        Who permitted it, needed for codes that ask for it (H2 and H3 of the shipped policy).
    reason
        Why and for whom.
    rests_on
        Numbers of records it cites, besides what the inputs are known by; see :func:`resting_on`.

    Raises
    ------
    NoCaseError
        When no case is open, or its folder was moved or deleted meanwhile.
    HandlingError
        When the handling code needs an authority and none is named.
    AuditError
        When the audit log is not as it was written; nothing is released then.
    WriteError
        When the file cannot be written; nothing half-written is left.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> folder = Path(tempfile.mkdtemp())
    >>> case = open_case(folder, purpose="Beat meeting", legal_basis="Police Act s.12", analyst="A17")
    >>> release_bytes(case, folder / "note.txt", b"Quiet week.", what="note").handling
    'H0'
    """
    if case is None:
        raise NoCaseError(
            f"Releasing {what!r} needs an open case. Open one first: "
            "ilp.open_case(folder, purpose=..., legal_basis=..., analyst=...)."
        )
    case.must_be_there()
    code = handling_of(case, *inputs)
    if policy()[code].needs_authority and not (authority or "").strip():
        raise HandlingError(
            f"{what!r} has handling code {code}: {policy()[code].meaning} "
            "Name who permitted the release with authority='...'."
        )
    verdict = case.verify()
    if not verdict.ok:
        raise AuditError(
            f"Nothing was released: line {verdict.broken_line} of the audit log {case.audit.path} is not as it was "
            f"written ({verdict.reason})."
        )
    target = at_home(path)
    digest = hashlib.sha256(content).hexdigest()

    def log() -> None:
        case.record(
            "disclosure",
            f"released {what}",
            file=target.name,
            bytes=len(content),
            sha256=digest,
            handling=code,
            authority=authority or "",
            reason=reason,
            rests_on=list(dict.fromkeys([*_rests_on(inputs), *rests_on])),
        )

    write_atomically(target, content, before=log)
    return Released(target, code, digest)


def _rests_on(inputs: Sequence[Any]) -> list[str]:
    """What the inputs are known by, so that a fault found later leads to every file that rests on it."""
    found: dict[str, None] = {}
    for item in inputs:
        for source in getattr(item, "sources", ()):
            found.update(dict.fromkeys(mark for mark in (source.fingerprint, source.origin) if mark))
        for name in ("record_id", "content_hash", "sha256"):
            value = getattr(item, name, None)
            if isinstance(value, str) and value:
                found[value] = None
        if hasattr(item, "attrs"):
            origin = item.attrs.get(MARK, {}).get("origin", "")
            found.update({str(origin): None} if origin else {})
    return list(found)


def release_table(
    case: Case | None,
    path: str | Path,
    frame: pd.DataFrame,
    *,
    what: str,
    inputs: Sequence[Any] = (),
    include: Sequence[str] = (),
    authority: str | None = None,
    reason: str = "",
) -> Released:
    """Write a table out of a case as csv, xlsx, geojson or gpkg.

    Columns that identify persons or sources (see :mod:`ilp_lab.schema`) stay out unless ``include`` names them; the
    answer and the audit log say which. Text that a spreadsheet would run as a formula is written as text. The
    handling code stands in a file of the same name ending in ``.handling.txt``.

    Parameters
    ----------
    case, path, what, inputs, authority, reason
        As in :func:`release_bytes`; the ending of ``path`` decides the format.
    frame
        The table.
    include
        Sensitive columns to write all the same.

    Raises
    ------
    InputError
        When the ending is not one of the four, or a geographic format is asked for a table without places.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> folder = Path(tempfile.mkdtemp())
    >>> case = open_case(folder, purpose="Beat meeting", legal_basis="Police Act s.12", analyst="A17")
    >>> table = pd.DataFrame({"beat": ["A", "B"], "n": [3, 5], "address": ["1 Elm", "2 Elm"]})
    >>> release_table(case, folder / "counts.csv", table, what="counts by beat").withheld
    ('address',)
    """
    target = at_home(path)
    check = Check("safeguards.release_table")
    check.choice(ending=target.suffix.lower(), allowed=(".csv", ".xlsx", ".geojson", ".gpkg"))
    check.columns(frame, include, "the table")
    check.done()
    withheld = tuple(
        str(column) for column in frame.columns if _is_sensitive(str(column)) and column not in set(include)
    )
    content = _encode(frame.drop(columns=list(withheld)), target.suffix.lower())
    told = f"{what} (without {', '.join(withheld)})" if withheld else what
    released = release_bytes(
        case, target, content, what=told, inputs=(frame, *inputs), authority=authority, reason=reason
    )
    note = f"{target.name}\nHandling: {released.handling} - {policy()[released.handling].meaning}\n"
    write_atomically(target.with_name(target.name + ".handling.txt"), note.encode())
    return Released(target, released.handling, released.sha256, withheld)


def _is_sensitive(column: str) -> bool:
    return any(column in table and table[column].sensitivity != "open" for table in TABLES.values())


def _encode(frame: pd.DataFrame, ending: str) -> bytes:
    if ending == ".csv":
        text = (
            _plain(frame)
            .map(_as_text_cell)
            .rename(columns=_as_text_cell)
            .to_csv(index=False, lineterminator="\n")
        )
        return text.encode("utf-8-sig")
    if ending == ".xlsx":
        return _workbook(_plain(frame))
    import geopandas as gpd

    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            f"safeguards.release_table: {ending} needs a table with places; this one has none. Use .csv."
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"table{ending}"
        (frame.to_crs(4326) if ending == ".geojson" and frame.crs is not None else frame).to_file(file)
        return file.read_bytes()


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Places as well-known text in metres or degrees, zone-aware times as ISO text."""
    import geopandas as gpd
    import pandas as pd

    plain = pd.DataFrame(frame.copy(deep=False))
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name in plain:
        plain[frame.active_geometry_name] = frame.geometry.to_wkt(rounding_precision=6)
    for column in plain.columns[plain.dtypes.map(lambda kind: isinstance(kind, pd.DatetimeTZDtype))]:
        plain[column] = plain[column].map(lambda time: time.isoformat(), na_action="ignore")
    return plain


def _as_text_cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _workbook(frame: pd.DataFrame) -> bytes:
    from io import BytesIO

    import pandas as pd

    stream = BytesIO()
    safe = {"options": {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}}
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs=safe) as writer:
        frame.to_excel(writer, index=False, sheet_name="table", freeze_panes=(1, 0))
    return stream.getvalue()
