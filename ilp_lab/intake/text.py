"""Text tables: encoding, delimiter, line ends and header worked out, then read with types in one pass."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab.errors import ReadError
from ilp_lab.intake.files import Raw
from ilp_lab.intake.roles import plain

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SAMPLE = 1 << 20
BLOCK = 1 << 21
_TYPED_FROM = 500
NULLS = ["", "NULL", "null", "NaN", "nan", "N/A", "#N/A"]
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|\d{4}-\d\d")
_DELIMITERS = (",", ";", "\t", "|")


def read_text(
    content: Path | bytes, name: str, *, caller: str, few_valued: Sequence[str], headed: bool | None
) -> Raw:
    """Read a text table.

    Parameters
    ----------
    content
        A file, or its unpacked bytes.
    name
        Its name, for people.
    caller
        Named in errors.
    few_valued
        Names (without case, blanks and punctuation) of columns that hold few different texts, read as categories.
    headed
        Whether the first line names the columns; worked out when ``None``.
    """
    sample, whole = _sample(content)
    encoding, why_encoding = _encoding(sample, whole, name, caller)
    lines = _lines(sample.decode(encoding, errors="replace"), whole, name, caller)
    delimiter = _delimiter(lines)
    rows = _rows(lines, delimiter)
    header = _has_header(rows) if headed is None else headed
    names = _names(rows[0] if header else [f"column_{number}" for number in range(1, len(rows[0]) + 1)])
    if header and len(rows) == 1 and whole:
        raise ReadError(f"{caller}: {name} has a header and no rows. Export it again.")
    types = _types(names, (rows[1:] if header else rows)[:_TYPED_FROM], set(few_valued))
    spanning = any(line.count('"') % 2 for line in lines)
    table, bad = _parse(
        content, name, caller, encoding, delimiter, names, types, header=header, spanning=spanning
    )
    settings = {
        "encoding": (encoding, why_encoding),
        "delimiter": ({"\t": "tab"}.get(delimiter, delimiter), "gives every line the same number of fields"),
    }
    if not header:
        settings["header"] = ("none", "the first line already holds values, so columns are numbered")
    return Raw(to_frame(table), name, settings, tuple(bad))


def from_cells(
    rows: list[list[Any]], name: str, caller: str
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """A table from the cells of a sheet."""
    import pandas as pd

    filled = [row for row in rows if any(cell not in ("", None) for cell in row)]
    if not filled:
        raise ReadError(f"{caller}: {name} has no filled cells on that sheet; name another with sheet=.")
    texts = [["" if cell is None else str(cell) for cell in row] for row in filled[:50]]
    header = _has_header(texts)
    if header and len(filled) == 1:
        raise ReadError(f"{caller}: {name} has a header and no rows. Export it again.")
    names = _names(texts[0] if header else [f"column_{number}" for number in range(1, len(filled[0]) + 1)])
    body = filled[1:] if header else filled
    frame = pd.DataFrame([[None if cell == "" else cell for cell in row] for row in body], columns=names)
    settings = (
        {} if header else {"header": ("none", "the first row already holds values, so columns are numbered")}
    )
    return frame.infer_objects(), settings


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame, text without copying."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    text = pd.StringDtype("pyarrow", na_value=np.nan)
    frame: pd.DataFrame = table.to_pandas(
        types_mapper={pa.string(): text, pa.large_string(): text}.get, split_blocks=True
    )
    return frame


def _sample(content: Path | bytes) -> tuple[bytes, bool]:
    """The beginning, and whether that is all."""
    if isinstance(content, bytes):
        return content[:SAMPLE], len(content) <= SAMPLE
    with content.open("rb") as file:
        sample = file.read(SAMPLE)
        return sample, not file.read(1)


def _encoding(sample: bytes, whole: bool, name: str, caller: str) -> tuple[str, str]:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "byte order mark"
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", "byte order mark"
    if (
        sample.count(b"\0")
        or sum(byte < 9 or 13 < byte < 27 for byte in sample[:4096]) > len(sample[:4096]) // 20
    ):
        raise ReadError(
            f"{caller}: {name} is not a text table inside (it holds binary data). Export it as csv."
        )
    try:
        cut = sample if whole else sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample[:-4]
        cut.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        found = from_bytes(
            sample[:200_000], cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "cp1254"]
        ).best()
        best = "cp1252" if found is None or str(found) == _western(sample[:200_000]) else found.encoding
        return best, "fits the letters best; save the file as UTF-8 to be sure"
    return "utf-8", "every byte fits"


def _western(sample: bytes) -> str:
    return sample.decode("cp1252", errors="replace")


def _lines(text: str, whole: bool, name: str, caller: str) -> list[str]:
    text = text.removeprefix("\ufeff")
    lines = re.split(r"\r\n|\n|\r", text)
    if not whole:
        lines = lines[:-1]
    if not lines:
        raise ReadError(
            f"{caller}: the first line of {name} is longer than a megabyte, so it is not a table with one record a line."
        )
    lines = [line for line in lines[:1000] if line.strip()]
    if not lines:
        raise ReadError(f"{caller}: {name} holds only blank lines. Export it again.")
    return lines


def _delimiter(lines: list[str]) -> str:
    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(lines[:60], delimiter)]
        common = max(set(widths), key=widths.count)
        return (widths.count(common) / len(widths) if common > 1 else 0.0, common)

    return max(_DELIMITERS, key=score)


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def _has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: no numbers or dates in it, and nothing twice."""
    first = [cell.strip() for cell in rows[0]]
    values = [cell for cell in first if _NUMBER.fullmatch(cell.replace(",", ".")) or _DATE.fullmatch(cell)]
    return not values and len(set(filter(None, first))) == len(list(filter(None, first)))


def _names(cells: Sequence[str]) -> list[str]:
    """Column names: trimmed, never empty, never twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip().strip("\ufeff") or f"column_{number}"
        while name in names:
            name = f"{name}_{number}"
        names.append(name)
    return names


def _types(names: list[str], rows: list[list[str]], few_valued: set[str]) -> dict[str, Any]:
    """A type for every column, from the sample: numbers, ISO times, text; text wherever there is doubt."""
    import pyarrow as pa

    types = {}
    for at, name in enumerate(names):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip() not in NULLS]
        types[name] = pa.string()
        if not cells:
            continue
        if plain(name) in few_valued and len(cells) > 100 and len(set(cells)) < len(cells) / 4:
            types[name] = pa.dictionary(pa.int32(), pa.string())
            continue
        if all(_NUMBER.fullmatch(cell) for cell in cells):
            if not any(re.match(r"[+-]?0\d", cell) or len(cell) > 15 for cell in cells):
                types[name] = (
                    pa.float64() if any(not re.fullmatch(r"-?\d+", cell) for cell in cells) else pa.int64()
                )
        elif all(_ISO.fullmatch(cell) for cell in cells):
            types[name] = pa.timestamp("s")
    return types


def _parse(
    content: Path | bytes,
    name: str,
    caller: str,
    encoding: str,
    delimiter: str,
    names: list[str],
    types: dict[str, Any],
    *,
    header: bool,
    spanning: bool,
) -> tuple[pa.Table, list[str]]:
    """Read everything with the types of the sample; a column that turns out otherwise is read again as text."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    for _ in range(len(types) + 2):
        bad: list[str] = []

        def keep(row: Any, bad: list[str] = bad) -> str:
            bad.append(str(row.text)[:500])
            return "skip"

        try:
            table = arrow.read_csv(
                io.BytesIO(content) if isinstance(content, bytes) else content,
                read_options=arrow.ReadOptions(
                    column_names=names,
                    skip_rows=int(header),
                    encoding=encoding.removesuffix("-sig"),
                    block_size=BLOCK,
                ),
                parse_options=arrow.ParseOptions(
                    delimiter=delimiter, invalid_row_handler=keep, newlines_in_values=spanning
                ),
                convert_options=arrow.ConvertOptions(
                    column_types=types, null_values=NULLS, strings_can_be_null=True
                ),
            )
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            types, encoding = _after(error, name, caller, names, types, encoding)
        else:
            return table, bad
    raise ReadError(f"{caller}: {name} cannot be read as a table; save it again as csv with UTF-8.")


def _after(
    error: Exception, name: str, caller: str, names: list[str], types: dict[str, Any], encoding: str
) -> tuple[dict[str, Any], str]:
    """What to try next after an error; raises when there is nothing."""
    import pyarrow as pa

    said = str(error)
    column = re.search(r"column #(\d+)", said)
    if "invalid UTF8" in said or isinstance(error, UnicodeDecodeError):
        if encoding == "cp1252":
            raise ReadError(f"{caller}: {name} mixes encodings; save it again as csv with UTF-8.") from error
        return types, "cp1252"
    if column and types[names[int(column[1])]] != pa.string():
        return {**types, names[int(column[1])]: pa.string()}, encoding
    if "straddling" in said or "block" in said:
        raise ReadError(
            f"{caller}: a line of {name} is longer than {BLOCK // 1_000_000} MB, or a quotation mark is never closed. "
            "Open it in an editor and mend that line."
        ) from error
    raise ReadError(f"{caller}: {name} cannot be read as a table ({said[:160]}).") from error
