"""Opening a case store: made the first time, an older one brought up to date, and who looks."""

from __future__ import annotations

from ilp_lab._check import Check
from ilp_lab.records import engines
from ilp_lab.records.access import viewer
from ilp_lab.records.casestore import CaseStore
from ilp_lab.records.form import Level
from ilp_lab.safeguards import Case


def open_store(
    case: Case,
    *,
    url: str | None = None,
    unit: str = "",
    level: Level = "national",
    handling: str | None = None,
    wait_s: float = 30.0,
) -> CaseStore:
    """Open the store of a case, making it the first time and bringing an older one up to date.

    Parameters
    ----------
    case
        The open case; the store is the file ``case.db`` in its folder unless ``url`` is given.
    url
        A server: ``postgresql://name:password@host/database`` (needs the extra ``postgres``). Several analysts may work on it at
        once.
    unit, level, handling
        Who looks: the unit as a path from the widest to the narrowest (empty for all), the level of work, and the strictest
        handling code. What they may not see stays out; see :mod:`ilp_lab.records.access`.
    wait_s
        How long to wait for another program that is writing.

    Raises
    ------
    InputError
        When something given does not fit.
    StoreError
        When the store cannot be used: locked, read-only, full, damaged, or written by a later version.
    MissingPartError
        When the driver of the server is not installed.

    Notes
    -----
    A file must lie on this computer's own disk: network drives do not keep writers apart. Before the layout of an older file is
    changed, a copy is put beside it.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.records import EntityLink
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="Series of thefts", legal_basis="Police Act s.12", analyst="A17")
    >>> with open_store(case) as store:
    ...     store.add(EntityLink(link_id="L-1", left_id="P1", right_id="P2", decision="same", evidence=["plate"], decided_by="A17"))
    ...     store.records("EntityLink")[["left_id", "right_id", "decision"]].values.tolist()
    ('EntityLink:L-1@1',)
    [['P1', 'P2', 'same']]
    """
    check = Check("records.open_store")
    given: object = case
    if not isinstance(given, Case):
        check.add(f"case must be an open case; got {type(case).__name__}. Open one with ilp.open_case(...).")
    check.between(0.1, 3600, wait_s=wait_s)
    check.done()
    who = viewer(unit=unit, level=level, handling=handling)
    engine = engines.connect(url if url is not None else case.folder / engines.FILE, wait_s=wait_s)
    try:
        came_from = engines.bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    store = CaseStore(engine, case, who)
    if came_from is not None:
        what = f"updated the case store from layout {came_from}" if came_from else "made the case store"
        store._log("housekeeping", what, [])  # noqa: SLF001  (the store is being made here)
    return store
