"""What the files of ``ilp-lab demo`` are read with: every option goes to the readers that can use it, and to no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ilp_lab.errors import CRSError, InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.intake import QualityReport

_SMALL_M = (
    1000  # incidents at a single place have an area of nothing; a cell of a usual size is none too many then
)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Inputs:
    """The user's files and how they are to be read.

    Attributes
    ----------
    incidents, links, areas
        The files.
    columns
        Role and column, as ``--column`` gave them.
    tz, dayfirst
        Of the times of incidents and links.
    crs
        Of the places of incidents, and of areas whose file does not say its own.
    """

    incidents: tuple[Path, ...] = ()
    links: tuple[Path, ...] = ()
    areas: Path | None = None
    columns: Pairs = ()
    tz: str | None = None
    dayfirst: bool | None = None
    crs: str = "auto"

    def read_areas(self) -> tuple[gpd.GeoDataFrame, QualityReport]:
        """Read the areas; ``crs`` is believed only where their file does not say it."""
        from ilp_lab import intake

        (file,), columns = self._files()["areas"], self.columns_of("areas")
        try:
            return intake.read_areas(file, columns=columns)
        except CRSError:
            if self.crs == "auto":
                raise
            return intake.read_areas(file, columns=columns, crs=self.crs)

    def read_incidents(self) -> tuple[gpd.GeoDataFrame, QualityReport]:
        """Read the incidents; where they say their system and ``crs`` was needed for the areas, they keep theirs."""
        try:
            return self._incidents(self.crs)
        except CRSError:
            if self.crs == "auto" or not self._crs_is_for_areas():
                raise
            return self._incidents("auto")

    def _incidents(self, crs: str) -> tuple[gpd.GeoDataFrame, QualityReport]:
        from ilp_lab import intake

        return intake.read_incidents(
            _one_or_many(self.incidents),
            columns=self.columns_of("incidents"),
            crs=crs,
            tz=self.tz,
            dayfirst=self.dayfirst,
        )

    def _crs_is_for_areas(self) -> bool:
        if self.areas is None:
            return False
        try:
            replace(self, crs="auto").read_areas()
        except CRSError:
            return True
        return False

    def read_links(self) -> tuple[pd.DataFrame, QualityReport]:
        """Read the links."""
        from ilp_lab import intake

        return intake.read_links(
            _one_or_many(self.links),
            columns=self.columns_of("links"),
            tz=self.tz,
            dayfirst=self.dayfirst,
        )

    def columns_of(self, kind: str) -> dict[str, str] | None:
        """Role → column for the reader of ``"incidents"``, ``"links"`` or ``"areas"``; none when nothing is for it.

        Raises
        ------
        InputError
            When a role is known to no reader of the given files, or one file was told two columns for a role.
        """
        files, roles = self._files(), _roles()
        chosen: dict[str, str] = {}
        for role, column in self.columns:
            takers = [taker for taker in files if role in roles[taker]]
            if not takers:
                known = "; ".join(f"of {taker}: {', '.join(roles[taker])}" for taker in files)
                raise InputError(
                    f"--column {role}={column}: {role!r} is no role of the given files. Roles {known}."
                )
            if kind not in takers or (len(takers) > 1 and not self._fits(kind, column, takers)):
                continue
            if chosen.get(role, column) != column:
                raise InputError(
                    f"--column says two columns for {role!r} of the {kind}, {chosen[role]!r} and {column!r}; name one."
                )
            chosen[role] = column
        return chosen or None

    def _files(self) -> dict[str, tuple[Path, ...]]:
        given = {
            "incidents": self.incidents,
            "links": self.links,
            "areas": () if self.areas is None else (self.areas,),
        }
        return {kind: files for kind, files in given.items() if files}

    def _fits(self, kind: str, column: str, takers: Sequence[str]) -> bool:
        """Whether a column that several readers could take is in the file of this one, or in none of them."""
        from ilp_lab.intake.files import read_raw

        there = [
            taker
            for taker in takers
            if column in read_raw(self._files()[taker][0], caller=f"intake.read_{taker}").frame.columns
        ]
        return kind in there or not there


def check_crs(crs: str) -> None:
    """What ``--crs`` names must say where places are.

    Raises
    ------
    CRSError
        When this computer does not know it, or it is one of heights, or of the whole earth in three dimensions.
    """
    if crs == "auto":
        return
    from pyproj import CRS
    from pyproj.exceptions import CRSError as ProjError

    try:
        system = CRS.from_user_input(crs)
    except ProjError as error:
        raise CRSError(
            f"--crs {crs} is not a coordinate system this computer knows; write it like EPSG:25833."
        ) from error
    if system.is_geocentric or (system.is_vertical and not (system.is_projected or system.is_geographic)):
        what = "heights" if system.is_vertical else "positions in space, not on a map"
        raise CRSError(
            f"--crs {crs} ({system.name}) is a system of {what}, so it cannot say where places are. Name the one that your "
            "map service uses, such as EPSG:25833, or EPSG:4326 for longitude and latitude."
        )


def check_cell(cell_m: float, incidents: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> None:
    """One cell that holds everything makes no map.

    Raises
    ------
    InputError
        When a cell is larger than the ground that the incidents, and the areas if there are any, cover.
    """
    import numpy as np

    from ilp_lab import _metric

    metric = _metric.choose(incidents, areas, caller="ilp-lab demo")
    x, y = _metric.point_xy(incidents, metric)
    sides = [float(np.nanmax(values) - np.nanmin(values)) for values in (x, y)]
    if areas is not None:
        west, south, east, north = _metric.to_metric(areas, metric).total_bounds
        sides += [float(east - west), float(north - south)]
    across = max(sides)
    if cell_m > max(across, _SMALL_M):
        raise InputError(
            f"--cell-m {cell_m:g}: a cell of {cell_m:,.0f} m is larger than the area of the incidents, which is "
            f"{across:,.0f} m across. Choose a smaller cell, or leave --cell-m away."
        )


def _roles() -> Mapping[str, Sequence[str]]:
    from ilp_lab.intake.roles import AREA_NAMES, INCIDENT_NAMES, LINK_NAMES

    return {"incidents": tuple(INCIDENT_NAMES), "links": tuple(LINK_NAMES), "areas": tuple(AREA_NAMES)}


def _one_or_many(paths: tuple[Path, ...]) -> Path | list[Path]:
    return paths[0] if len(paths) == 1 else list(paths)
