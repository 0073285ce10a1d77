"""Which language the library speaks: chosen for a session, by an environment variable, or for a single product."""

from __future__ import annotations

from ilp_lab import _spoken
from ilp_lab.errors import InputError, WriteError


def language(name: str | None = None, *, keep: bool = False) -> str:
    """Say which language the library speaks, or choose another one.

    From then on results, boards, widgets and new products speak it; numbers and days follow. A result that is there already
    is said again in the language of the product it goes into: title, findings, caveats, method, settings and reasons for rows
    left out, as far as these sentences come from the library. For every
    session of a computer, set the environment variable ``ILP_LAB_LANGUAGE`` instead; the apps follow it too. A single product
    takes ``language=``.

    Parameters
    ----------
    name
        Such as ``"ru"`` or ``"ro"``. When left out, nothing changes.
    keep
        Remember it as your own language, in your settings folder: every later session on this computer speaks it, unless the
        environment variable or the open case (``open_case(..., language=)``) says another.

    Returns
    -------
    str
        The language that is spoken now.

    Raises
    ------
    InputError
        When there is no catalogue for it; ``docs/languages.md`` says how one is added.
    WriteError
        When your settings folder cannot be written.

    Notes
    -----
    What a catalogue lacks stays in English. So do notes of the quality report on how a file was read, faults that Python code meets, references, and names
    of columns in tables. Words of data packs stay as the pack has them: an agency writes packs in its own language.

    Examples
    --------
    >>> language()
    'en'
    >>> language("tlh")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: language: there is no catalogue for 'tlh'; there are: en, ro, ru.
    >>> language("ru"), language("en")
    ('ru', 'en')
    """
    if name is None:
        return _spoken.spoken()
    if name not in _spoken.known():
        raise InputError(
            f"language: there is no catalogue for {name!r}; there are: {', '.join(_spoken.known())}."
        )
    _spoken.choose(name)
    if keep:
        try:
            _spoken.keep(name)
        except OSError as error:
            raise WriteError(
                f"language: your settings cannot be written: {error.strerror or error}."
            ) from error
    return _spoken.spoken()
