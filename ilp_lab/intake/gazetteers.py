"""The agency's own gazetteer: known addresses, streets and places, indexed so that misspellings are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import ColumnError, CRSError
from ilp_lab.intake.addresses import Address, Writing, alike, crossing_name, parse, street_alike, writing
from ilp_lab.intake.files import read_raw
from ilp_lab.intake.roles import by_name
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

CALLER = "intake.read_gazetteer"
GAZETTEER_NAMES: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "fulladdress", "adresse", "adresa", "location", "block"),
    "street": ("street", "streetname", "strasse", "ulica", "road", "thoroughfare"),
    "number": ("number", "housenumber", "houseno", "hausnummer", "broj", "no", "fromnumber", "numberfrom"),
    "number_to": ("numberto", "tonumber", "lastnumber"),
    "locality": ("locality", "city", "town", "area", "municipality", "ort", "mesto", "district", "suburb"),
    "postcode": ("postcode", "zip", "zipcode", "plz", "postalcode"),
    "name": ("name", "placename", "landmark"),
    "longitude": ("longitude", "lon", "lng"),
    "latitude": ("latitude", "lat"),
}  # fmt: skip
_TEXT = ("street", "locality", "postcode", "name")


def read_gazetteer(
    path_or_frame: str | PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = "auto",
    sheet: str | int | None = None,
    handling: str | None = None,
) -> gpd.GeoDataFrame:
    """Read known addresses, streets and places for :func:`geocode`.

    Parameters
    ----------
    path_or_frame
        A file or table with one row per known address (point), street (line, with ``number`` and ``number_to`` where known) or
        named place. Longitude and latitude, or geometries.
    columns
        Role → column, where it was not worked out right. Roles: address (street and number together), street, number, number_to,
        locality, postcode, name, longitude, latitude.
    crs
        Coordinate system of geometries that do not say it.
    sheet
        Sheet of a workbook, layer of a GeoPackage or shapefile in a zip file, by name or number from 0.
    handling
        Handling code of the data.

    Returns
    -------
    GeoDataFrame
        ``street``, ``number``, ``number_to``, ``locality``, ``postcode``, ``name`` (as written; missing where unknown) and ``geometry``, on
        the rows of the file that have a place.

    Raises
    ------
    ReadError, ColumnError, CRSError
        When it holds no places, or neither streets nor names.

    Notes
    -----
    Incidents of past years whose places were checked make a good gazetteer of the addresses the agency meets most.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"Address": ["Mill Lane 12", "Mill Lane 14"], "Lon": [16.0, 16.001], "Lat": [48.0, 48.0]})
    >>> read_gazetteer(table)[["street", "number"]].values.tolist()
    [['mill lane', 12], ['mill lane', 14]]
    """
    import geopandas as gpd
    import pandas as pd

    raw = read_raw(path_or_frame, caller=CALLER, sheet=sheet)
    frame = raw.frame
    plain = frame.drop(columns=frame.geometry.name) if isinstance(frame, gpd.GeoDataFrame) else frame
    roles = {
        role: found.column
        for role, found in by_name(plain, GAZETTEER_NAMES, given=columns, fits={}, caller=CALLER).items()
    }
    places = _places(frame, roles, crs, raw.name)
    if not {"street", "address", "name"} & roles.keys():
        raise ColumnError(
            f"{CALLER}: no column of {raw.name} names streets or places; say which with columns={{'street': '...'}}. "
            f"There are: {', '.join(map(str, plain.columns[:15]))}."
        )
    out: dict[str, Any] = {
        role: frame[roles[role]].astype("str")
        if role in roles
        else pd.Series(pd.NA, index=frame.index, dtype="str")
        for role in _TEXT
    }
    for role in ("number", "number_to"):
        found = (
            pd.to_numeric(frame[roles[role]], errors="coerce")
            if role in roles
            else pd.Series(np.nan, index=frame.index)
        )
        out[role] = found.astype("Float64").round().astype("Int64")
    if "street" not in roles and "address" in roles:
        _apart(frame[roles["address"]], out)
    table = gpd.GeoDataFrame(
        pd.DataFrame(out)[["street", "number", "number_to", "locality", "postcode", "name"]], geometry=places
    )
    usable = ~(table.geometry.isna() | table.geometry.is_empty) & (
        table["street"].notna() | table["name"].notna()
    )
    if not usable.any():
        raise ColumnError(f"{CALLER}: no row of {raw.name} has both a place and a street or name.")
    return mark(table[usable].reset_index(drop=True), handling=handling, origin=raw.name)


def _places(frame: pd.DataFrame, roles: Mapping[str, str], crs: Any, name: str) -> gpd.GeoSeries:
    import geopandas as gpd
    import pandas as pd

    if isinstance(frame, gpd.GeoDataFrame):
        given = frame.geometry
        if isinstance(crs, str) and crs == "auto":
            if given.crs is None:
                raise CRSError(
                    f"{CALLER}: {name} does not say in which coordinate system its places are; say it with crs='EPSG:...'."
                )
            return given
        return given.set_crs(crs, allow_override=True)
    if not {"longitude", "latitude"} <= roles.keys():
        raise ColumnError(
            f"{CALLER}: {name} has no places; it needs columns longitude and latitude, or geometries."
        )
    x, y = (
        pd.to_numeric(frame[roles[role]], errors="coerce").to_numpy(dtype=np.float64)
        for role in ("longitude", "latitude")
    )
    good = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90) & ~((x == 0) & (y == 0))
    points = gpd.GeoSeries(
        gpd.points_from_xy(np.where(good, x, 0), np.where(good, y, 0)), index=frame.index, crs=4326
    )
    return points.where(pd.Series(good, index=frame.index))


def _apart(addresses: pd.Series, out: dict[str, Any]) -> None:
    """Street and number out of one column."""
    import pandas as pd

    different = {str(text) for text in addresses.dropna()}
    found = {text: parse(text, writing()) for text in different}
    parsed = [found[str(text)] if pd.notna(text) else Address("") for text in addresses]
    whole = [bool(one.street) and not one.crossing for one in parsed]
    streets = [one.street if kept else pd.NA for one, kept in zip(parsed, whole, strict=True)]
    out["street"] = pd.Series(streets, index=addresses.index, dtype="str")
    for role in ("number", "number_to"):
        values = [getattr(one, role) if kept else None for one, kept in zip(parsed, whole, strict=True)]
        out[role] = pd.Series(values, index=addresses.index, dtype="Int64")
    crossings = [crossing_name(one.street, one.crossing) if one.crossing else pd.NA for one in parsed]
    out["name"] = out["name"].fillna(pd.Series(crossings, index=addresses.index, dtype="str"))
    if out["locality"].isna().all():
        out["locality"] = pd.Series(
            [one.rest[-1] if one.rest else pd.NA for one in parsed], index=addresses.index, dtype="str"
        )


@dataclass(frozen=True)
class Street:
    """Everything the gazetteer knows of one street in one locality.

    Attributes
    ----------
    rows
        Rows of the gazetteer.
    locality, postcodes
        Written alike.
    number, number_to
        House numbers of the rows; -1 where there is none.
    x, y
        A point of each row, in metres.
    """

    rows: NDArray[np.int64]
    locality: str
    postcodes: frozenset[str]
    number: NDArray[np.int64]
    number_to: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


class Index:
    """Streets and places by name, found by the letters they share.

    Names become vectors of their triples of letters, weighed by how rare each is; candidates are those with the most in
    common (cosine), which finds misspelt names without comparing all of them letter by letter.
    """

    def __init__(
        self, gazetteer: gpd.GeoDataFrame, xy: tuple[NDArray[np.float64], NDArray[np.float64]], words: Writing
    ) -> None:
        self.streets: dict[str, list[Street]] = {}
        self.places: dict[str, list[int]] = {}
        self._fill(gazetteer, xy, words)
        self.names = sorted({*self.streets, *self.places})
        self._known = {name: at for at, name in enumerate(self.names)}
        self._vocabulary: dict[str, int] = {}
        self._matrix = self._vectors(self.names, grow=True)

    def likest(self, names: Sequence[str], most: int = 8) -> list[list[str]]:
        """For every name the known names that have most in common with it, itself first where it is known."""
        found: list[list[str]] = []
        for begin in range(0, len(names), 2000):
            part = names[begin : begin + 2000]
            shared = (self._vectors(part, grow=False) @ self._matrix.T).tocsr()
            for at, name in enumerate(part):
                row = slice(shared.indptr[at], shared.indptr[at + 1])
                values, which = shared.data[row], shared.indices[row]
                top = which[np.argsort(-values, kind="stable")[:most]]
                near = [self.names[int(one)] for one in top]
                if name in self._known and name not in near:
                    near.insert(0, name)
                found.append(near)
        return found

    def _fill(
        self, gazetteer: gpd.GeoDataFrame, xy: tuple[NDArray[np.float64], NDArray[np.float64]], words: Writing
    ) -> None:
        import pandas as pd

        known = gazetteer["street"].dropna().unique()
        written = {street: street_alike(str(street), words) for street in known}
        table = pd.DataFrame(
            {
                "street": gazetteer["street"].map(written),
                "locality": gazetteer["locality"].fillna("").astype("str").map(alike),
                "postcode": gazetteer["postcode"].fillna("").astype("str").map(alike),
                "number": gazetteer["number"].fillna(-1).astype(np.int64),
                "number_to": gazetteer["number_to"].fillna(-1).astype(np.int64),
                "x": xy[0],
                "y": xy[1],
            }
        ).reset_index(drop=True)
        table["row"] = np.arange(len(table))
        for (street, locality), rows in table[table["street"].fillna("") != ""].groupby(
            ["street", "locality"], sort=True
        ):
            arrays = {name: rows[name].to_numpy() for name in ("row", "number", "number_to", "x", "y")}
            codes = frozenset(code for code in rows["postcode"].unique() if code)
            self.streets.setdefault(str(street), []).append(
                Street(
                    arrays["row"],
                    str(locality),
                    codes,
                    arrays["number"],
                    arrays["number_to"],
                    arrays["x"],
                    arrays["y"],
                )
            )
        for row, name in enumerate(gazetteer["name"].tolist()):
            if isinstance(name, str) and alike(name):
                self.places.setdefault(street_alike(name, words), []).append(row)

    def _vectors(self, names: Sequence[str], *, grow: bool) -> Any:
        from scipy import sparse

        rows: list[int] = []
        columns: list[int] = []
        for at, name in enumerate(names):
            padded = f"  {name} "
            for begin in range(len(padded) - 2):
                triple = padded[begin : begin + 3]
                if grow:
                    column = self._vocabulary.setdefault(triple, len(self._vocabulary))
                elif triple in self._vocabulary:
                    column = self._vocabulary[triple]
                else:
                    continue
                rows.append(at)
                columns.append(column)
        shape = (len(names), max(len(self._vocabulary), 1))
        counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
        if grow:
            present = np.bincount(counts.indices, minlength=shape[1])
            self._rare = np.log((1 + len(names)) / (1 + present)) + 1
        weighed = sparse.csr_array(counts @ sparse.diags_array(self._rare))
        length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        return sparse.csr_array(
            sparse.diags_array(np.divide(1.0, length, out=np.zeros(len(length)), where=length > 0)) @ weighed
        )
