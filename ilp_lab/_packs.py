"""Data packs: scales, codes, word lists and policies as YAML files, which a ministry adds to without code.

A pack is asked for by its name or by the path of a file. Names are looked up among the packs that the library ships,
then in ``packs/<kind>`` of the folders named by the environment variable ``ILP_LAB_PACKS`` and of the folder
``ilp-lab`` among the user's documents. A shipped pack cannot be replaced silently by a file of the same name.
"""

from __future__ import annotations

import os
import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from ilp_lab._homefolder import at_home
from ilp_lab.errors import InputError, ReadError

PackT = TypeVar("PackT")
_ENDINGS = {".yml", ".yaml"}
_LARGEST_BYTES = 1_000_000
_MOST_ROWS = 10_000
_BRIEF = reprlib.Repr()
_BRIEF.maxlevel, _BRIEF.maxlist, _BRIEF.maxdict, _BRIEF.maxstring, _BRIEF.maxother = 3, 2, 2, 60, 60


@dataclass(frozen=True)
class Shelf(Generic[PackT]):
    """The packs of one kind.

    Attributes
    ----------
    kind
        Name of the folder that users put their own into, such as ``"yardsticks"``.
    shipped
        Folder of the packs that come with the library.
    what
        What a pack is, for people: ``"probability yardstick"``.
    needs
        What its file must hold, for people.
    make
        Turns the content of a file into the pack; raises ValueError, TypeError or KeyError when it does not fit.
    """

    kind: str
    shipped: Path
    what: str
    needs: str
    make: Callable[[Mapping[str, Any]], PackT]

    def names(self) -> list[str]:
        """The names that are known here."""
        return sorted(self._files())

    def read(self, name: str | Path) -> PackT:
        """Read a pack by its name or by the path of its file.

        Raises
        ------
        InputError
            When no pack of that name is known.
        ReadError
            When the file cannot be read or is not of the needed form.
        """
        text = str(name)
        if Path(text).suffix.lower() in _ENDINGS:
            return self._load(at_home(text))
        known = self._files()
        if text not in known:
            close = get_close_matches(text, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"{text!r} is not a known {self.what}; known are {', '.join(sorted(known))}.{hint} "
                f"One of your own is a YAML file: give its path, or put it into {_own_folders(self.kind)[-1]}."
            )
        return self._load(known[text])

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in (self.shipped, *_own_folders(self.kind)):
            if os.path.isdir(folder):  # noqa: PTH112  (is_dir raises where one may not look)
                for file in sorted(folder.iterdir()):
                    if file.suffix.lower() in _ENDINGS:
                        found.setdefault(file.stem, file)
        return found

    def _load(self, file: Path) -> PackT:
        try:
            stamp = file.stat().st_mtime_ns
        except OSError as error:
            raise ReadError(f"The {self.what} {file} cannot be read: {error.strerror or error}.") from error
        made: PackT = _made(self, file, stamp)
        return made


@lru_cache(maxsize=512)
def _made(shelf: Shelf[PackT], file: Path, _stamp: int) -> PackT:
    import yaml

    try:
        return shelf.make(_content(file))
    except (
        OSError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
        yaml.YAMLError,
    ) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error).split("\n")[0]
        raise ReadError(
            f"The {shelf.what} {file.name} cannot be used: {what}. It needs {shelf.needs}."
        ) from error


def _content(file: Path) -> Mapping[str, Any]:
    import yaml

    if file.stat().st_size > _LARGEST_BYTES:
        raise ValueError(f"it is larger than {_LARGEST_BYTES:,} bytes")
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError("it holds no named parts")
    return content


def rows(value: Any, what: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a list of named parts; ``None`` has none."""
    if value is None:
        return
    if not isinstance(value, list) or len(value) > _MOST_ROWS:
        raise TypeError(f"{what} must be a list of at most {_MOST_ROWS:,} rows")
    for row in value:
        if not isinstance(row, dict):
            raise TypeError(f"every row of {what} must have named parts; got {brief(row)}")
        yield row


def brief(value: Any) -> str:
    """A value as it stands in a message: a few layers and words, because a file of a page can unfold without end.

    >>> brief([["a"] * 9] * 9)
    "[['a', 'a', ...], ['a', 'a', ...], ...]"
    """
    return _BRIEF.repr(value)


def text(value: Any, what: str) -> str:
    """A text or a number as text; nothing else, and not empty."""
    held = str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    if not held:
        hint = " (words such as yes, no and on need quotation marks)" if isinstance(value, bool) else ""
        raise ValueError(f"{what} must be a text; got {brief(value)}{hint}")
    return held


def texts(content: Mapping[str, Any], *parts: str) -> dict[str, str]:
    """Named parts that must be texts."""
    return {part: text(content[part], part) for part in parts}


def _own_folders(kind: str) -> list[Path]:
    import platformdirs

    named = [Path(folder) for folder in os.environ.get("ILP_LAB_PACKS", "").split(os.pathsep) if folder]
    return [
        folder / kind for folder in (*named, Path(platformdirs.user_documents_dir()) / "ilp-lab" / "packs")
    ]
