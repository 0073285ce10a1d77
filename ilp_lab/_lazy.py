"""Packages that hand their names on only when asked, so that ``import ilp_lab`` costs milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def hand_on(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package whose public names live in private modules.

    Parameters
    ----------
    package
        The package's ``__name__``.
    names
        Public name → the module inside the package that defines it.

    Examples
    --------
    >>> get = hand_on("ilp_lab", {"InputError": "errors"})
    >>> get("InputError").__name__
    'InputError'
    >>> get("InputEror")
    Traceback (most recent call last):
        ...
    AttributeError: ilp_lab has no 'InputEror'. Did you mean 'InputError'?
    """

    def get(name: str) -> Any:
        if name in names:
            return getattr(import_module(f"{package}.{names[name]}"), name)
        if name.startswith("__"):
            raise AttributeError(name)
        from difflib import get_close_matches

        close = get_close_matches(name, names, n=1)
        hint = f". Did you mean {close[0]!r}?" if close else f"; it has: {', '.join(sorted(names))}"
        raise AttributeError(f"{package} has no {name!r}{hint}")

    return get
