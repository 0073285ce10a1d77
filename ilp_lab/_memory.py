"""Whether a run will fit into this computer's memory, asked before it begins."""

from __future__ import annotations

from ilp_lab.errors import InputError

_SHARE = 0.8


def ask(needed: float, *, caller: str, way_out: str) -> None:
    """Refuse a run that cannot fit, before it has taken anything, and say what to do instead.

    Parameters
    ----------
    needed
        Bytes that the largest step will hold at once.
    caller
        Opens the sentence.
    way_out
        A sentence with the smaller run that answers the same question.

    Raises
    ------
    InputError
        When four fifths of the free memory are not enough.

    Examples
    --------
    >>> ask(1e15, caller="places.gi_star", way_out="Take larger cells.")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: places.gi_star: this needs about 1,000,000 GB of memory, and ... GB are free. Take larger cells.
    """
    free = available()
    if needed > _SHARE * free:
        raise InputError(
            f"{caller}: this needs about {_gigabytes(needed)} GB of memory, and {_gigabytes(free)} GB are free. {way_out}"
        )


def available() -> float:
    """Bytes that programs can still take."""
    import psutil

    return float(psutil.virtual_memory().available)


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f}" if size < 1e10 else f"{size / 1e9:,.0f}"
