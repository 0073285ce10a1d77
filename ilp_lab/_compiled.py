"""Loops that arrays cannot express, compiled once per computer and kept.

The first call of a kernel on a computer compiles it (seconds); what was compiled is kept beside the source, or in the
user's own folder where that may not be written, and later sessions load it in milliseconds.
``ilp-lab doctor --warm`` compiles all of them at once.

Kernels run without holding Python's lock. Work is shared among threads by :func:`shared`, not inside the kernels, so
that boards may compute in threads of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Returned = TypeVar("Returned")

ROOMS = (
    "ilp_lab._ground.loops",
    "ilp_lab.places.loops",
    "ilp_lab.times.loops",
    "ilp_lab.networks.loops",
    "ilp_lab.tasking.loops",
)


@dataclass(frozen=True, slots=True)
class Kernel:
    """A compiled function and the types it is called with.

    Attributes
    ----------
    name
        Module and function.
    dispatcher
        The function itself.
    signatures
        Types of its arguments, as the library calls it.
    """

    name: str
    dispatcher: Any
    signatures: tuple[str, ...]

    @property
    def types(self) -> list[tuple[Any, ...]]:
        """The same as numba's types, one tuple for each call; what is compiled for words is kept under the words and not found again."""
        from numba.core import sigutils

        read: Callable[..., Any] = sigutils.normalize_signature

        return [tuple(read(f"({given},)")[0]) for given in self.signatures]

    @property
    def ready(self) -> bool:
        """Whether every variant was compiled before on this computer, by this version of the source."""
        cache = self.dispatcher._cache  # noqa: SLF001 - numba has no public question for it
        known = cache._cache_file._load_index()  # noqa: SLF001
        codegen = self.dispatcher.targetctx.codegen()
        return all(cache._index_key(types, codegen) in known for types in self.types)  # noqa: SLF001


_KERNELS: list[Kernel] = []


def compiled(*signatures: str) -> Callable[[Callable[Given, Returned]], Callable[Given, Returned]]:
    """Compile a function of numbers and arrays when it is first called, and keep what was compiled.

    Parameters
    ----------
    *signatures
        The types it is called with in numba's words, such as ``"float64[::1], int64"``; for warming only, any other
        types work too.

    Examples
    --------
    >>> import numpy as np
    >>> @compiled("float64[::1]")
    ... def total(values):
    ...     answer = 0.0
    ...     for value in values:
    ...         answer += value
    ...     return answer
    >>> total(np.ones(3))
    3.0
    """
    import numba

    def wrap(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
        kept = (
            "<" not in function.__code__.co_filename
        )  # what was typed into a console has no place beside it
        dispatcher: Any = numba.njit(cache=kept, nogil=True)(function)
        if kept:
            _KERNELS.append(Kernel(f"{function.__module__}.{function.__name__}", dispatcher, signatures))
        return dispatcher  # type: ignore[no-any-return]

    return wrap


def kernels() -> list[Kernel]:
    """Every kernel of the library."""
    for room in map(import_module, ROOMS):
        for module in iter_modules(room.__path__, f"{room.__name__}."):
            import_module(module.name)
    return [kernel for kernel in _KERNELS if kernel.name.startswith("ilp_lab.")]


def warm() -> Iterator[Kernel]:
    """Compile every kernel for the types the library uses, one by one, so that progress can be shown."""
    for kernel in kernels():
        for types in kernel.types:
            kernel.dispatcher.compile(types)
        yield kernel


def own(values: Any, kind: Any) -> Any:
    """An array of this kind that loops take without compiling anew: in one piece and writable, copied only where it is not.

    Columns of tables come as arrays that may not be written to, which is another type to the compiler.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> own(pd.Series([1, 2]).to_numpy(), np.float64).flags.writeable
    True
    """
    import numpy as np

    return np.require(values, dtype=kind, requirements=["C", "W"])


def threads() -> int:
    """How many threads work at once: the processors this program may use, at most eight."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    return max(1, min(usable, 8))


def shared(work: Callable[[int, int], Returned], items: int, *, at_least: int = 1) -> Iterable[Returned]:
    """Split ``items`` into contiguous parts and work on them in threads.

    Parameters
    ----------
    work
        Called with the first and one past the last item of a part.
    items
        How many there are.
    at_least
        A part is never smaller: threads cost more than they bring for little work.

    Returns
    -------
    iterable
        What every part returned, in order.

    Examples
    --------
    >>> sum(shared(lambda first, last: last - first, 10))
    10
    """
    parts = max(1, min(threads(), items // max(at_least, 1)))
    ends = [items * part // parts for part in range(parts + 1)]
    if parts == 1:
        return [work(0, items)]
    with ThreadPoolExecutor(parts) as pool:
        return list(pool.map(work, ends[:-1], ends[1:]))
