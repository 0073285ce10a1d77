"""Numbers on their way to the screen: JSON that points at arrays, and the arrays as plain bytes beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

KINDS = ("f4", "f8", "i4", "u1", "u2")


class Parcel:
    """Collects arrays; what :meth:`add` returns stands for one of them in JSON.

    Examples
    --------
    >>> parcel = Parcel()
    >>> parcel.add([1, 2, 3], "u2")
    {'$': 0, 'kind': 'u2'}
    >>> [len(part) for part in parcel.buffers]
    [6]
    """

    def __init__(self) -> None:
        self.buffers: list[bytes] = []

    def add(self, values: ArrayLike, kind: str) -> dict[str, Any]:
        """Put an array in, little-endian; ``kind`` is one of ``f4 f8 i4 u1 u2``."""
        if kind not in KINDS:
            raise ValueError(kind)
        ready = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
        self.buffers.append(ready.tobytes())
        return {"$": len(self.buffers) - 1, "kind": kind}


def bits(mask: ArrayLike) -> bytes:
    r"""Yes and no, eight to a byte.

    >>> bits([True, False, True])
    b'\x05'
    """
    return np.packbits(np.asarray(mask, dtype=bool), bitorder="little").tobytes()


def unbits(data: bytes | memoryview, size: int) -> Any:
    r"""The inverse of :func:`bits`; missing bytes count as no.

    >>> unbits(b"\x05", 3).tolist()
    [True, False, True]
    """
    raw = np.frombuffer(bytes(data), dtype=np.uint8)
    found = np.unpackbits(raw, count=min(size, 8 * len(raw)), bitorder="little").astype(bool)
    return np.r_[found, np.zeros(size - len(found), dtype=bool)]
