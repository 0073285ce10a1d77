"""What the safeguards of a case caught: what was stopped, warned of, set aside or let through by somebody's word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ilp_lab.safeguards.rules import PASSED, STOPPED, WARNED

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

_ACTED = {
    "set aside special categories": ("D6", "set aside"),
    "admitted special categories": ("D6", "let through"),
    "minimised": ("D2", "acted"),
    "pseudonymised": ("D10", "acted"),
    "looked up whom pseudonyms stand for": ("D10", "let through"),
    "listed what is held on a person": ("D16", "acted"),
    "purged records": ("D7", "acted"),
}
_COLUMNS = ("at", "rule", "how", "what", "analyst")


def caught(case: Case) -> pd.DataFrame:
    """List what the safeguards of a case caught, as its log tells.

    Parameters
    ----------
    case
        The open case.

    Returns
    -------
    DataFrame
        ``at``, ``rule``, ``how`` (*stopped*, *warned*, *set aside*, *acted*; *let through* where a person lifted it or permitted it), ``what``,
        ``analyst``.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.errors import SafeguardError
    >>> from ilp_lab.safeguards import enforce, open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> try:
    ...     enforce(case, "D11", "one cell is smaller than 5")
    ... except SafeguardError:
    ...     pass
    >>> caught(case)[["rule", "how", "what"]].values.tolist()
    [['D11', 'stopped', 'one cell is smaller than 5']]
    """
    return caught_in(case.audit.entries())


def caught_in(entries: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The same from entries of a log."""
    import pandas as pd

    rows = []
    for entry in entries:
        what, detail = str(entry["what"]), entry["detail"]
        rule = how = ""
        for opening, called in ((STOPPED, "stopped"), (WARNED, "warned"), (PASSED, "let through")):
            if what.startswith(opening):
                rule, how = what.removeprefix(opening), called
        if what in _ACTED:
            rule, how = _ACTED[what]
        elif what == "sanitised":
            rule, how = "D19", "set aside" if detail.get("held") else "acted"
        elif what.startswith("rectified "):
            rule, how = "D16", "acted"
        if rule:
            told = "; ".join(map(str, detail.get("faults", ()))) or _told(what, detail)
            rows.append((entry["at"], rule, how, told, entry["actor"]))
    return pd.DataFrame(rows, columns=pd.Index(_COLUMNS))


def _told(what: str, detail: Mapping[str, Any]) -> str:
    counted = [
        f"{name} {detail[name]}"
        for name in ("cells", "rows", "held", "count", "records")
        if isinstance(detail.get(name), int)
    ]
    return f"{what} ({', '.join(counted)})" if counted else what
