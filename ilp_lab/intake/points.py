"""A column of points that builds its geometries only when somebody asks for them.

A million shapely points cost more than reading the file they come from, and counting, smoothing and testing need
only coordinates. This array answers what can be answered from coordinates and turns into an ordinary geometry array
for everything else, so that every geopandas operation works on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from geopandas.array import GeometryArray

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PointArray(GeometryArray):  # type: ignore[misc]
    """Points held as coordinates; NaN stands for a missing place.

    Parameters
    ----------
    x, y
        Coordinates.
    crs
        Their coordinate system.
    """

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64], crs: Any = None) -> None:
        self._x, self._y = x, y
        self._built: NDArray[np.object_] | None = None
        self._crs = None
        self.crs = crs
        self._sindex = None

    @property
    def _data(self) -> NDArray[np.object_]:
        """The geometries, built at the first question that needs them."""
        if self._built is None:
            built = np.full(len(self._x), None, dtype=object)
            there = ~self._gone()
            built[there] = shapely.points(self._x[there], self._y[there])
            self._built = built
        return self._built

    @_data.setter
    def _data(self, values: NDArray[np.object_]) -> None:
        self._built = values

    def _gone(self) -> NDArray[np.bool_]:
        return np.isnan(self._x) | np.isnan(self._y)

    @property
    def x(self) -> NDArray[np.float64]:
        """First coordinates; NaN for missing places."""
        return self._x.copy() if self._built is None else np.asarray(self._plain().x)

    @property
    def y(self) -> NDArray[np.float64]:
        """Second coordinates; NaN for missing places."""
        return self._y.copy() if self._built is None else np.asarray(self._plain().y)

    @property
    def geom_type(self) -> NDArray[np.object_]:
        """``"Point"``, or None for missing places."""
        if self._built is not None:
            return np.asarray(self._plain().geom_type)
        kinds = np.full(len(self._x), None, dtype=object)
        kinds[~self._gone()] = "Point"
        return kinds

    def isna(self) -> NDArray[np.bool_]:
        """Which places are missing."""
        return self._gone() if self._built is None else np.asarray(self._plain().isna())

    def __len__(self) -> int:
        return len(self._x)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of points."""
        return (len(self._x),)

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self._x)

    @property
    def nbytes(self) -> int:
        """Memory of the coordinates."""
        return int(self._x.nbytes + self._y.nbytes)

    @property
    def total_bounds(self) -> NDArray[np.float64]:
        """West, south, east, north of all points."""
        if self._built is not None or self._gone().all():
            return np.asarray(self._plain().total_bounds)
        there = ~self._gone()
        x, y = self._x[there], self._y[there]
        return np.array([x.min(), y.min(), x.max(), y.max()])

    def __getitem__(self, idx: Any) -> Any:
        if self._built is not None or np.isscalar(idx) or isinstance(idx, tuple):
            return self._plain()[idx]
        from pandas.api.indexers import check_array_indexer

        where = check_array_indexer(self, idx)
        if np.isscalar(where):
            return self._plain()[where]
        return PointArray(self._x[where], self._y[where], crs=self._crs)

    def __setitem__(self, key: Any, value: Any) -> None:
        plain = self._plain()
        plain[key] = value
        self._built = plain._data  # noqa: SLF001  (the same class's own array)
        self._sindex = None

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> GeometryArray:  # noqa: FBT002
        """Points at ``indices``."""
        from pandas.api.extensions import take

        if self._built is not None or (allow_fill and fill_value is not None and not _is_missing(fill_value)):
            return self._plain().take(indices, allow_fill=allow_fill, fill_value=fill_value)
        if not allow_fill:
            return PointArray(self._x.take(indices), self._y.take(indices), crs=self._crs)
        x, y = (
            np.asarray(take(axis, indices, allow_fill=True, fill_value=np.nan)) for axis in (self._x, self._y)
        )
        return PointArray(x, y, crs=self._crs)

    def copy(self, *_args: Any, **_options: Any) -> GeometryArray:
        """A copy; the coordinates themselves are shared, because nothing ever writes into them."""
        if self._built is not None:
            return self._plain().copy()
        return PointArray(self._x, self._y, crs=self._crs)

    def to_crs(self, crs: Any = None, epsg: int | None = None) -> GeometryArray:
        """The points in another coordinate system."""
        if self._built is not None or self.crs is None:
            return self._plain().to_crs(crs, epsg)
        from pyproj import CRS, Transformer

        target = CRS.from_user_input(crs if crs is not None else epsg)
        if self.crs.is_exact_same(target):
            return self
        x, y = Transformer.from_crs(self.crs, target, always_xy=True).transform(self._x, self._y)
        return PointArray(np.asarray(x), np.asarray(y), crs=target)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._built is not None:
            return _from_geometries, (self._built, self._crs)
        return PointArray, (self._x, self._y, self._crs)

    def _plain(self) -> GeometryArray:
        return GeometryArray(self._data, crs=self._crs)


def _from_geometries(built: NDArray[np.object_], crs: Any) -> GeometryArray:
    return GeometryArray(built, crs=crs)


def _is_missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124  (NaN is the one value that differs from itself)
