"""Files of several tables: which one is read, and that the others are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import again, in_a_row, tr, tr_later, trn
from ilp_lab.errors import ReadError

if TYPE_CHECKING:
    import pandas as pd

NOT_READ, RENAMED = "not_read", "renamed"
SAME_NAME = tr_later("its name in the file is one that the library gives")
_STYLES = "layer_styles"  # how QGIS keeps colours beside the data
_MOST = 6

Settings = dict[str, tuple[str, str]]


def others(file: str, chosen: str, rows: Mapping[str, int], hidden: Sequence[str] = ()) -> Settings:
    """A setting that says which part of a file was read alone and which were not; none when the others are empty."""
    left = [name for name, n in rows.items() if n and name != chosen]
    if not left:
        return {}
    told: list[str] = []
    for name in left[:_MOST]:
        if name in hidden:
            said = trn("{name} (hidden, {n:,} row)", "{name} (hidden, {n:,} rows)", rows[name]).format(
                name=repr(name), n=rows[name]
            )
        else:
            said = trn("{name} ({n:,} row)", "{name} ({n:,} rows)", rows[name]).format(
                name=repr(name), n=rows[name]
            )
        told.append(said)
    if len(left) > _MOST:
        told.append(tr("{n:,} more").format(n=len(left) - _MOST))
    sentence = tr(
        "Of {file} only {chosen} was read. It also holds {others}, which were not read: read each with sheet=, as in "
        "sheet={first}."
    ).format(file=file, chosen=repr(chosen), others=in_a_row(*told, by=", "), first=repr(left[0]))
    return {NOT_READ: (sentence, "")}


def of_several(parts: Sequence[Settings]) -> Settings:
    """The settings of the first of several files, with what was not read of any of them."""
    unread = [settings[NOT_READ][0] for settings in parts if NOT_READ in settings]
    return {**parts[0], **({NOT_READ: (in_a_row(*unread), "")} if unread else {})}


def free_name(wanted: str, frame: pd.DataFrame) -> str:
    """A name that no column of the table has yet."""
    while wanted in frame:
        wanted += "_"
    return wanted


def one_of(names: Sequence[str], wanted: str | int, what: str, file: str, caller: str) -> str:
    """The part of a file that was named, or numbered from 0.

    Raises
    ------
    ReadError
        When there is none of that name or number.
    """
    if isinstance(wanted, str) and wanted in names:
        return wanted
    if isinstance(wanted, int) and -len(names) <= wanted < len(names):
        return names[wanted]
    raise ReadError(f"{caller}: {file} has no {what} {wanted!r}; it has: {', '.join(names)}.")


def layer_of(path: Path, wanted: str | int | None, caller: str) -> tuple[str, Settings]:
    """The layer of a GeoPackage that is read: the one that was named, or the first one with shapes."""
    import pyogrio

    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    if not layers:
        raise ReadError(f"{caller}: {path.name} holds no layer. Export it again.")
    names = [name for name, _ in layers]
    if wanted is not None:
        chosen = one_of(names, wanted, "layer", path.name, caller)
        return chosen, {"layer": (chosen, tr_later("named"))}
    chosen = next((name for name, kind in layers if kind is not None), names[0])
    if len(names) == 1:
        return chosen, {}
    rows = {
        name: max(int(pyogrio.read_info(path, layer=name, force_feature_count=True)["features"]), 0)
        for name in names
        if name != _STYLES
    }
    return chosen, {"layer": (chosen, _first(len(names))), **others(path.name, chosen, rows)}


def shapefiles(names: Sequence[str]) -> list[str]:
    """Shapefiles among the names of a zip file, without what a Mac puts beside each of them."""
    return [
        name
        for name in names
        if name.lower().endswith(".shp") and not name.rpartition("/")[2].startswith("._")
    ]


def shapefile_of(
    path: Path, names: Sequence[str], wanted: str | int | None, caller: str
) -> tuple[str, Settings]:
    """The shapefile in a zip file that is read: the one that was named, or the first one."""
    import pyogrio

    if wanted is not None:
        short = {Path(name).stem: name for name in names}
        known = wanted if wanted in names or not isinstance(wanted, str) else short.get(wanted, wanted)
        chosen = one_of(names, known, "shapefile", path.name, caller)
        return chosen, {"layer": (chosen, tr_later("named"))}
    if len(names) == 1:
        return names[0], {}
    rows: dict[str, int] = {}
    for name in names[1:]:
        try:
            rows[name] = int(pyogrio.read_info(f"zip://{path}!{name}")["features"])
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
            continue  # a damaged neighbour is no reason not to read this one
    return names[0], {"layer": (names[0], _first(len(names))), **others(path.name, names[0], rows)}


def _first(n: int) -> str:
    return tr("the first of {n}").format(n=n)


def said_first(settings: Sequence[Any]) -> list[str]:
    """What has to be said before all else: that a file holds more than was read."""
    return [again(one.value) for one in settings if one.name == NOT_READ]
