"""Where the complete set is kept: made once, used by everything after."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError, WriteError
from ilp_lab.samples.belmara import SEED, write_whole
from ilp_lab.samples.whole.readme import README
from ilp_lab.samples.whole.sealing import SEALED, seal

EDITION = 1  # of the generator: a new one makes new sets beside the old
MANIFEST = "manifest.json"
_PLACE = "ILP_LAB_SAMPLES"
_KEPT = 4
_OPENED: dict[tuple[int, bool], str] = {}


def complete(name: str = "", *, seed: int = SEED, null: bool = False) -> Path:
    """Find a file of the complete Belmara, and make the set when this computer has none yet.

    Three years of a fictional country: 180,000 incidents, 9,000 reports, 6,000 entities, 11,000 links, calls, payments, registers,
    the land and the law, with twelve planted truths. The set is synthetic: no row describes a real person, place or event.

    Parameters
    ----------
    name
        A file, such as ``"incidents.csv"``; the folder when left out.
    seed
        A whole number of at least 0; another one gives another country with the same kinds of truths.
    null
        Whether nothing is planted: as many rows, put where and when chance puts them.

    Returns
    -------
    pathlib.Path
        In the user's cache, or in the folder named by the environment variable ``ILP_LAB_SAMPLES``.

    Raises
    ------
    InputError
        When ``seed`` does not fit, or the set has no such file.
    WriteError
        When the set cannot be kept there.

    Notes
    -----
    The first call takes about ten seconds, 500 MB of memory and 36 MB on the disk; later calls take no time. A damaged copy is
    made again.

    Examples
    --------
    >>> complete("incidents.csv", seed=-1)
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.complete:
      - seed must be a whole number of at least 0; got -1.
    """
    faults = Check("samples.complete")
    faults.whole(0, seed=seed)
    faults.done()
    folder = _home() / f"complete-{EDITION}-{int(seed)}{'-null' if null else ''}"
    if not whole(folder):
        _make_beside(folder, int(seed), null=bool(null))
    found = (folder / str(name)).resolve()
    if not found.is_relative_to(folder.resolve()) or not found.exists():
        known = ", ".join(sorted(file.name for file in folder.iterdir()))
        raise InputError(f"samples.complete: the set has no file {str(name)!r}. There are: {known}.")
    return found


def write_complete(folder: str | Path, *, seed: int = SEED, null: bool = False) -> Path:
    """Write the complete Belmara into a folder of your own, such as for a class with a seed that only its trainer knows.

    Parameters
    ----------
    folder
        Where to write; made when missing, files of the same names are replaced.
    seed, null
        As in :func:`complete`. The seed stands in none of the files.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    InputError
        When ``seed`` does not fit.
    WriteError
        When the folder cannot be made or written to; each file is replaced whole or not at all.

    Examples
    --------
    >>> write_complete("somewhere", seed=1.5)
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.write_complete:
      - seed must be a whole number of at least 0; got 1.5.
    """
    faults = Check("samples.write_complete")
    faults.whole(0, seed=seed)
    faults.done()
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        _write(target, int(seed), null=bool(null))
    except OSError as error:
        raise WriteError(
            f"samples.write_complete: cannot write into {target}: {error.strerror or error}."
        ) from error
    return target


def complete_truth(*, seed: int = SEED, null: bool = False) -> dict[str, Any]:
    """Open what is planted in the complete Belmara: for trainers and tests.

    Parameters
    ----------
    seed, null
        As in :func:`complete`.

    Returns
    -------
    dict
        ``planted``, and under ``P1`` to ``P12`` what is planted, where, and which rows. For a null set the same places and rows are
        named, with ``planted`` false: nothing is there.

    Raises
    ------
    InputError
        When ``seed`` does not fit.

    Notes
    -----
    The truth is not kept on the disk: unless the set was made by this very session, it is made again, which takes as long.

    Examples
    --------
    >>> complete_truth(seed="secret")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.complete_truth:
      - seed must be a whole number of at least 0; got 'secret'.
    """
    faults = Check("samples.complete_truth")
    faults.whole(0, seed=seed)
    faults.done()
    asked = (int(seed), bool(null))
    if asked not in _OPENED:
        from ilp_lab.samples.whole.assembling import build

        _remember(*asked, build(asked[0], null=asked[1])[1])
    opened: dict[str, Any] = json.loads(_OPENED[asked])
    return opened


def _remember(seed: int, null: bool, truth: dict[str, Any]) -> None:
    """Keep the truths of the last few sets in memory, and never on the disk."""
    while len(_OPENED) > _KEPT:
        del _OPENED[next(iter(_OPENED))]
    _OPENED[seed, null] = json.dumps(truth)


def _home() -> Path:
    """The folder that holds complete sets."""
    named = os.environ.get(_PLACE)
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("ilp-lab", appauthor=False)) / "samples"


def whole(folder: Path) -> bool:
    """Whether every file of the manifest is there in its length."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return bool(listed) and all(
            (folder / name).stat().st_size == int(facts["bytes"]) for name, facts in listed.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _make_beside(folder: Path, seed: int, *, null: bool) -> None:
    """Make the set beside its place and move it there whole, so that nobody meets half a set."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
        try:
            _write(part, seed, null=null)
            if folder.exists() and not whole(folder):
                shutil.rmtree(folder)
            if not folder.exists():
                part.rename(folder)
        except FileExistsError:  # somebody else was faster
            if not whole(folder):
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise WriteError(
            f"samples.complete: cannot keep the set in {folder.parent}: {error.strerror or error}. "
            f"Name another folder in the environment variable {_PLACE}, or use samples.write_complete."
        ) from error


def _write(folder: Path, seed: int, *, null: bool) -> None:
    from tqdm.auto import tqdm

    from ilp_lab.samples.whole.assembling import build

    with tqdm(total=4, desc="making Belmara", leave=False) as bar:
        files, truth = build(seed, null=null, told=lambda: bar.update(1))
        _remember(seed, null, truth)
        files["README.md"] = README.encode("utf-8")
        files[SEALED] = seal(truth, seed)
        listed = {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        }
        about = {"set": "belmara-complete", "edition": EDITION, "files": listed}
        for name, content in files.items():
            write_whole(folder / name, content)
        write_whole(folder / MANIFEST, (json.dumps(about, indent=1) + "\n").encode("utf-8"))
        bar.update(1)
