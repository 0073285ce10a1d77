"""Where the sample data are on this machine."""

from __future__ import annotations

from pathlib import Path

from ilp_lab.errors import InputError, MissingPartError

_PACKAGE = Path(__file__).resolve().parents[1]


def path(name: str) -> Path:
    """Find a file or folder of the sample data.

    Parameters
    ----------
    name
        Set and file, such as ``"belmara/incidents.csv"``, or a set alone, such as ``"belmara"``.

    Returns
    -------
    pathlib.Path
        In the installed package, or in the project folder when working from a checkout.

    Raises
    ------
    InputError
        When ``name`` leads out of the sample data, or there is no such file.
    MissingPartError
        When this installation came without sample data.

    Examples
    --------
    >>> path("belmara/incidents.csv").name
    'incidents.csv'
    >>> path("belmara/incident.csv")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: samples.path: there is no sample 'belmara/incident.csv'. Did you mean 'belmara/incidents.csv'?
    """
    roots = [
        root
        for root in (_PACKAGE / "_shipped" / "sample_data", _PACKAGE.parent / "sample_data")
        if root.is_dir()
    ]
    if not roots:
        raise MissingPartError(
            "samples.path: this installation came without sample data; "
            'make them with ilp_lab.samples.write_belmara("a folder").'
        )
    for root in roots:
        found = (root / str(name)).resolve()
        if found.is_relative_to(root.resolve()) and found != root.resolve() and found.exists():
            return found
    raise InputError(f"samples.path: there is no sample {str(name)!r}.{_hint(str(name), roots)}")


def _hint(name: str, roots: list[Path]) -> str:
    from difflib import get_close_matches

    known = sorted(
        {file.relative_to(root).as_posix() for root in roots for file in root.rglob("*") if file.is_file()}
    )
    close = get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]!r}?" if close else f" There are: {', '.join(known)}."
