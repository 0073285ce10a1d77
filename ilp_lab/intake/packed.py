"""Files that hold others: what is unpacked, and what is refused before it fills the memory or leaves its folder."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import Any

from ilp_lab._memory import available
from ilp_lab.errors import ReadError

MOST_BYTES = 8 * 1024**3
MOST_RATIO = 200
RATIO_FROM = 50 * 1024**2
_LOCKED = 1
_MEMORY_SHARE = 0.8
_COPIES = 2  # as the file's columns, then as those of a frame
_BITS_OF_OTHERS = 64


def unpacked(path: Path, caller: str) -> bytes:
    """What a gzip file holds.

    Raises
    ------
    ReadError
        When it is damaged, or unpacks to more than a table can hold.
    """
    packed, out = path.stat().st_size, bytearray()
    try:
        with gzip.open(path) as file:
            while block := file.read(1 << 22):
                out += block
                if len(out) > MOST_BYTES or (len(out) > RATIO_FROM and len(out) > MOST_RATIO * packed):
                    raise ReadError(
                        f"{caller}: {path.name} unpacks to over {len(out) // max(packed, 1)} times its size, which no table "
                        "does; it was not read. Unpack it by hand if you trust it."
                    )
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ReadError(f"{caller}: {path.name} is not a whole gzip file; copy it again.") from error
    return bytes(out)


def check_zip(path: Path, caller: str) -> list[str]:
    """Names in a zip file, when none of them leaves its folder, none has a password and their size is sound.

    Raises
    ------
    ReadError
        When it is no zip file, or one that is not opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ReadError(
            f"{caller}: {path.name} is not what its name says (no zip archive inside). Export it again."
        ) from error
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise ReadError(
                f"{caller}: {path.name} holds a file that would leave its folder ({name}); it was not opened."
            )
    if any(info.flag_bits & _LOCKED for info in infos):
        raise ReadError(f"{caller}: {path.name} has a password. Unpack it and name the file inside.")
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES or (total > RATIO_FROM and total > MOST_RATIO * path.stat().st_size):
        raise ReadError(
            f"{caller}: {path.name} unpacks to {total / 1e6:,.0f} MB, which no table does; it was not opened."
        )
    return [info.filename for info in infos]


def first_bytes(path: Path, member: str, count: int, caller: str) -> bytes:
    """The beginning of a file in a zip file.

    Raises
    ------
    ReadError
        When it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            return file.read(count)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ReadError(f"{caller}: {member} in {path.name} is damaged; copy or export it again.") from error


def check_parquet(path: Path, footer: Any, caller: str) -> None:
    """Refuse a Parquet file whose values, each written out, fill the memory or are far more than such a file can hold.

    A value that repeats takes next to nothing in the file, also in the size that the footer gives, so rows are counted.

    Raises
    ------
    ReadError
        With what the table would take.
    """
    import pyarrow as pa

    def bits(kind: Any) -> int:
        fixed = pa.types.is_primitive(kind) or pa.types.is_fixed_size_binary(kind)
        return int(kind.bit_width) if fixed else _BITS_OF_OTHERS

    groups = (footer.row_group(number).total_byte_size for number in range(footer.num_row_groups))
    written_out = sum(bits(field.type) for field in footer.schema.to_arrow_schema()) / 8 * footer.num_rows
    size = max(written_out, sum(groups))
    if size > RATIO_FROM and size > MOST_RATIO * path.stat().st_size:
        raise ReadError(
            f"{caller}: {path.name} unpacks to {size / 1e6:,.0f} MB, {size / path.stat().st_size:,.0f} times its size, which no "
            "table does; it was not read."
        )
    if _COPIES * size > _MEMORY_SHARE * available():
        raise ReadError(
            f"{caller}: {path.name} holds {footer.num_rows:,} rows that take {_COPIES * size / 1e9:,.1f} GB, and "
            f"{available() / 1e9:,.1f} GB of memory are free; split it."
        )
