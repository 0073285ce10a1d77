"""Node and edge tables whose headers say what each column is: ``:ID``, ``:START_ID``, ``name:string``."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._homefolder import at_home
from ilp_lab._tongue import tr_later, trn
from ilp_lab.errors import ColumnError, ReadError
from ilp_lab.intake.files import Raw, read_raw
from ilp_lab.intake.naming import identifiers
from ilp_lab.intake.quality import QualityReport, file_settings
from ilp_lab.intake.roles import plain
from ilp_lab.result import Param
from ilp_lab.safeguards import mark
from ilp_lab.schema import ENTITIES, LINKS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_CALLER = "intake.read_graph_csv"
_FIELD = re.compile(r"(?P<name>[^:]*):(?P<type>[A-Za-z_]+(?:\[\])?)(?:\((?P<space>[^)]*)\))?(?:\{.*\})?")
_NUMBERS = {"int", "long", "short", "byte", "float", "double", "decimal"}
_TIMES = {"date", "datetime", "localdatetime"}
_GUARDED = r"^'(?=[=+\-@\t\r'])"
# What labels and types in use mean in the words of a link chart.
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("person", "people", "officer", "suspect", "offender", "human", "individual", "actor", "nominal"), "person"),
    **dict.fromkeys(("organisation", "organization", "company", "firm", "business", "group", "gang", "legalentity"), "organisation"),
    **dict.fromkeys(("phone", "telephone", "msisdn", "phonenumber", "mobile", "useraccount"), "phone"),
    **dict.fromkeys(("account", "bankaccount", "card", "wallet"), "account"),
    **dict.fromkeys(("location", "address", "place", "area", "postcode", "city", "country", "premises"), "location"),
    **dict.fromkeys(("event", "crime", "incident", "phonecall", "call", "meeting", "offence", "case", "trip", "flight"), "event"),
    **dict.fromkeys(("object", "vehicle", "car", "weapon", "email", "device", "document", "item", "ip", "boat", "asset"), "object"),
}  # fmt: skip
_LABEL_NAMES = ("label", "title", "caption", "fullname")


@dataclass
class _Parts:
    """What was read so far."""

    links: list[pd.DataFrame] = field(default_factory=list)
    entities: list[pd.DataFrame] = field(default_factory=list)
    columns: list[tuple[str, str, str, str]] = field(default_factory=list)
    settings: list[Param] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad_lines: list[str] = field(default_factory=list)
    guarded: int = 0


def read_graph_csv(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]], *, handling: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, QualityReport]:
    r"""Read node and edge tables with typed headers, as graph databases import them.

    Parameters
    ----------
    paths
        Files, or a folder whose csv files are read. A file with ``:ID`` in its header holds entities, one with
        ``:START_ID`` and ``:END_ID`` links; ``:LABEL`` and ``:TYPE`` say of what kind.
    handling
        Handling code of the data.

    Returns
    -------
    links, entities
        As :func:`ilp_lab.networks.chart` takes them; properties keep their names. ``labels`` holds the labels of the
        file, ``kind`` what they mean in a link chart.
    QualityReport

    Raises
    ------
    ReadError, ColumnError
        When a file cannot be used; the message says what to do.

    Notes
    -----
    Identifiers are compared as text: 7, 7.0 and "7" are the same. Where headers name spaces, as in ``:ID(Phone)``, and
    two spaces share an identifier, every identifier gets its space in front. Text that had been guarded against
    spreadsheets (``'=1+1``) is restored and counted.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "nodes.csv").write_text(":ID,name,:LABEL\n7,Ann,Person\n8,,Phone\n")
    >>> _ = (folder / "edges.csv").write_text(":START_ID,:END_ID,:TYPE\n7,8,HAS_PHONE\n")
    >>> links, entities, quality = read_graph_csv(folder)
    >>> links[["source", "target", "kind"]].values.tolist(), entities["kind"].tolist()
    ([['7', '8', 'HAS_PHONE']], ['person', 'phone'])
    """
    import pandas as pd

    parts = _Parts()
    for path in _files(paths):
        _read_one(path, parts)
    if not parts.links and not parts.entities:
        raise ColumnError(f"{_CALLER}: none of the files has a header with :ID, or :START_ID and :END_ID.")
    _told_apart(parts)
    links = _joined(parts.links, LINKS.names, ["source", "target", "kind"])
    entities = _joined(parts.entities, ENTITIES.names, ["entity_id", "kind", "label"])
    where = _faults(links, entities)
    both = pd.concat([links.assign(table="links"), entities.assign(table="entities")], ignore_index=True)
    counts = {kind: len(rows) for kind, rows in where.items() if len(rows)}
    if parts.guarded:
        counts["restored_cell"] = parts.guarded
    if parts.bad_lines:
        counts["bad_line"] = len(parts.bad_lines)
    names = [Path(path).name for path in _files(paths)]
    report = QualityReport(
        source=names[0] if len(names) == 1 else f"{len(names)} files, {names[0]} to {names[-1]}",
        rows=len(both),
        counts=counts,
        columns=pd.DataFrame(parts.columns, columns=["role", "column", "confidence", "why"]),
        settings=tuple(dict.fromkeys(parts.settings)),
        notes=(f"{len(entities):,} entities and {len(links):,} links.", *parts.notes),
        bad_lines=tuple(parts.bad_lines),
        _where={kind: rows for kind, rows in where.items() if len(rows)},
        _frame=both,
    )
    marked = [mark(frame, handling=handling, origin=report.source) for frame in (links, entities)]
    return marked[0], marked[1], report


def _files(paths: Any) -> list[Path]:
    some = [paths] if isinstance(paths, (str, PathLike)) else list(paths)
    found: list[Path] = []
    for one in some:
        path = at_home(one)
        found += sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not found:
        raise ReadError(
            f"{_CALLER}: there are no csv files in {', '.join(map(str, some)) or 'an empty list'}."
        )
    return found


def _header(path: Path) -> tuple[list[str], bool]:
    """The names in the first line, to know which columns are text before they are read; and whether that is all."""
    try:
        with path.open("rb") as file:
            line = file.readline(1 << 20).decode("utf-8-sig", errors="replace").strip("\r\n")
            alone = bool(line) and not file.read(1 << 16).strip()
    except OSError:
        return [], False  # read_raw says what is wrong with it
    names = max((next(csv.reader([line], delimiter=sign), []) for sign in ",;\t|"), key=len)
    return names, alone and any(_FIELD.fullmatch(name.strip()) for name in names)


def _no_rows(path: Path, names: list[str]) -> Raw:
    """A table that holds nothing: a chart without links is one."""
    import pandas as pd

    return Raw(pd.DataFrame({name: pd.Series(dtype="str") for name in names}), path.name)


def _read_one(path: Path, parts: _Parts) -> None:
    names, alone = _header(path)
    raw = (
        _no_rows(path, names)
        if alone
        else read_raw(path, caller=_CALLER, as_text=[plain(name) for name in names], headed=True)
    )
    fields = {str(name): _FIELD.fullmatch(str(name).strip()) for name in raw.frame.columns}
    kinds = {found["type"].upper(): name for name, found in fields.items() if found}
    if "ID" not in kinds and not {"START_ID", "END_ID"} <= kinds.keys():
        raise ColumnError(
            f"{_CALLER}: the header of {path.name} has neither :ID nor :START_ID and :END_ID; it has "
            f"{', '.join(map(repr, list(fields)[:8]))}. Lists of links are read with intake.read_links."
        )
    parts.settings += file_settings(raw.settings)
    parts.bad_lines += [f"{path.name}: {line}" for line in raw.bad_lines]
    out: dict[str, Any] = {}
    for name, found in fields.items():
        column, guarded = _unguarded(raw.frame[name])
        parts.guarded += guarded
        own, values = _typed(name, found, column, path, parts)
        if own:
            out[own if own not in out else f"{own}_2"] = values
    import pandas as pd

    frame = pd.DataFrame(out).assign(source_row=raw.line_of_rows(), source_file=path.name)
    spaces = {kind: (found["space"] or "") for kind, name in kinds.items() if (found := fields[name])}
    frame.attrs["spaces"] = spaces
    if "ID" in kinds:
        parts.entities.append(_entities(frame, path))
    else:
        frame["kind"] = frame["kind"].astype("str").fillna(path.stem) if "kind" in frame else path.stem
        parts.links.append(frame)


def _unguarded(column: pd.Series) -> tuple[pd.Series, int]:
    import pandas as pd

    if not isinstance(column.dtype, pd.StringDtype):
        return column, 0
    guarded = column.str.contains(_GUARDED, regex=True).fillna(False).to_numpy(dtype=bool)
    return (
        (column.str.replace(_GUARDED, "", regex=True), int(guarded.sum())) if guarded.any() else (column, 0)
    )


def _typed(
    name: str, found: re.Match[str] | None, column: pd.Series, path: Path, parts: _Parts
) -> tuple[str, Any]:
    """The name a column gets, and its values in their type."""
    if found is None:
        parts.columns.append(("property", f"{path.name}: {name}", "sure", "no type in the header: text"))
        return name, column.array
    kind, own = found["type"], found["name"].strip()
    role = {
        "ID": "entity_id",
        "START_ID": "source",
        "END_ID": "target",
        "LABEL": "labels",
        "TYPE": "kind",
    }.get(kind.upper())
    parts.columns.append((role or "property", f"{path.name}: {name}", "sure", f"its header says {kind}"))
    if kind.upper() == "IGNORE":
        return "", None
    if role:
        return role, (identifiers(column) if role in ("entity_id", "source", "target") else column).array
    return own or name, _converted(column, kind.lower(), f"{path.name}: {name}", parts.notes)


def _converted(column: pd.Series, kind: str, where: str, notes: list[str]) -> Any:
    import pandas as pd

    if kind in _NUMBERS:
        values = pd.to_numeric(column, errors="coerce")
    elif kind in _TIMES:
        values = pd.to_datetime(column, errors="coerce", format="ISO8601", utc=kind == "datetime")
    elif kind == "boolean":
        values = column.astype("str").str.casefold().map({"true": True, "false": False}).astype("boolean")
    elif kind.endswith("[]"):
        return column.map(lambda text: str(text).split(";"), na_action="ignore").array
    else:
        return column.array
    lost = int((values.isna() & column.notna()).sum())
    if lost:
        notes.append(
            trn(
                "{n:,} value of {column} is no {kind}; the column stays text.",
                "{n:,} values of {column} are no {kind}; the column stays text.",
                lost,
            ).format(n=lost, column=where, kind=kind)
        )
        return column.array
    return values.array


def _entities(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    import pandas as pd

    labels = frame["labels"].astype("str") if "labels" in frame else pd.Series(path.stem, index=frame.index)
    first = labels.str.split(";").str[0].fillna("")
    codes, words = pd.factorize(first)
    found = np.array([KINDS.get(plain(word), "unknown") for word in words] + ["unknown"], dtype=object)[codes]
    if "kind" in frame and frame["kind"].isin(list(dict.fromkeys(KINDS.values()))).any():
        found = np.where(frame["kind"].isin(list(KINDS.values())), frame["kind"], found)
    frame["labels"], frame["kind"] = labels.array, found
    if "label" not in frame:
        frame["label"] = _names(frame)
    return frame


def _names(frame: pd.DataFrame) -> Any:
    """What the chart writes: a name and surname, or the first text there is, or the identifier."""
    import pandas as pd

    known = {plain(name): name for name in frame.columns}
    given, family = known.get("name"), known.get("surname") or known.get("lastname")
    text: Any = pd.Series(np.nan, index=frame.index, dtype="str")
    if given and family:
        text = (
            frame[given].astype("str").fillna("") + " " + frame[family].astype("str").fillna("")
        ).str.strip()
    taken = {"entity_id", "labels", "kind", "source_row", "source_file"}
    others = [known[name] for name in (*_LABEL_NAMES, "name") if name in known]
    others += [name for name in frame.columns if name not in taken and name not in others]
    for name in others:
        if isinstance(frame[name].dtype, pd.StringDtype):
            text = text.where(text.notna() & (text != ""), frame[name])
            break
    return text.where(text.notna() & (text != ""), frame["entity_id"]).array


def _told_apart(parts: _Parts) -> None:
    """Put the space in front of identifiers when two spaces share one."""
    owners: dict[str, set[str]] = {}
    for frame in parts.entities:
        space = frame.attrs["spaces"].get("ID", "")
        for name in frame["entity_id"].dropna().unique().tolist():
            owners.setdefault(name, set()).add(space)
    if not any(len(spaces) > 1 for spaces in owners.values()):
        return
    for frame in (*parts.entities, *parts.links):
        for kind, column in (("ID", "entity_id"), ("START_ID", "source"), ("END_ID", "target")):
            space = frame.attrs["spaces"].get(kind, "")
            if space and column in frame:
                frame[column] = space + ":" + frame[column].astype("str")
    parts.notes.append(
        tr_later("Two spaces share identifiers, so every identifier has its space in front, as in Phone:7.")
    )


def _joined(frames: list[pd.DataFrame], standard: Sequence[str], least: list[str]) -> pd.DataFrame:
    import pandas as pd

    if not frames:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in least})
    for frame in frames:
        frame.attrs = {}
    joined = pd.concat(frames, ignore_index=True)
    first = [name for name in standard if name in joined and name != "source_row"]
    return joined[[*first, *(name for name in joined.columns if name not in first)]]


def _faults(links: pd.DataFrame, entities: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Rows of the links, then of the entities, with each fault."""
    source, target = links["source"], links["target"]
    absent = (source.isna() | target.isna()).to_numpy()
    known = entities["entity_id"]
    ids = known.isna().to_numpy()
    unknown = (
        ~(source.isin(known) & target.isin(known)).to_numpy() & ~absent
        if len(entities)
        else np.zeros(len(links), bool)
    )
    return {
        "missing_end": np.flatnonzero(absent),
        "self_link": np.flatnonzero((source == target).fillna(False).to_numpy(dtype=bool) & ~absent),
        "unlinked_end": np.flatnonzero(unknown),
        "missing_id": np.flatnonzero(ids) + len(links),
        "duplicate_id": np.flatnonzero(known.duplicated(keep=False).to_numpy() & ~ids) + len(links),
    }
