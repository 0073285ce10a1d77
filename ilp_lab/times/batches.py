"""Long work in steps of about a second, with a bar that says how long it will take and steps between which it can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from ilp_lab._tongue import tr

Part = TypeVar("Part")

_STEP_S = 1.0
_WORTH_SAYING_S = 20.0
_WORTH_ADVICE_S = 60.0


def in_steps(
    total: int,
    work: Callable[[int, int], Part],
    what: str,
    *,
    first: int,
    per_item: int = 1,
    most: int = 4_096,
    advice: str = "",
) -> Iterator[Part]:
    """Do ``total`` items of work in steps; the first step is short and tells how long the rest will take.

    Parameters
    ----------
    total
        Items of work.
    work
        Called with the first and one past the last item of a step; what it returns must not depend on the steps.
    what
        Words for the bar.
    first
        Items of the first step.
    per_item
        How many of what the bar counts make one item.
    most
        Most items of a step.
    advice
        What makes it shorter; said once, after the first step, when minutes are left.

    Examples
    --------
    >>> sum(in_steps(10, lambda begin, end: end - begin, "counted", first=1))
    10
    """
    from tqdm.auto import tqdm

    done, size = 0, max(first, 1)
    started = time.perf_counter()
    with tqdm(total=total * per_item, desc=what, delay=1, leave=False) as bar:
        while done < total:
            end = min(done + size, total)
            begun = time.perf_counter()
            yield work(done, end)
            took = max(time.perf_counter() - begun, 1e-6)
            bar.update((end - done) * per_item)
            each = took / (end - done)
            left = each * (total - end)
            if time.perf_counter() - started + left > _WORTH_SAYING_S:
                bar.set_postfix_str(
                    tr("about {long} more; interrupt to stop").format(long=_long(left)), refresh=False
                )
            if advice and end == first and left > _WORTH_ADVICE_S:
                bar.write(tr("About {long} more. {advice}").format(long=_long(left), advice=advice))
            done, size = end, max(1, min(int(_STEP_S / each), size * 8, most))


def _long(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 120 else tr("{seconds:,.0f} min").format(seconds=seconds / 60)
