"""Direction: which requirements are answered by which products, what is planned, and where the gaps are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.evaluation.confirming import lists_of
from ilp_lab.evaluation.conversion import as_code
from ilp_lab.safeguards import handling_of, mark

if TYPE_CHECKING:
    import pandas as pd

_STATES = ("withdrawn", "answered", "product, not answered yet", "collecting", "planned", "nothing planned")


def coverage(
    requirements: pd.DataFrame,
    products: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    plan: pd.DataFrame | None = None,
    on: date | None = None,
) -> pd.DataFrame:
    """Say for every intelligence requirement which products answer it and how far its collection is.

    Parameters
    ----------
    requirements
        ``IntelligenceRequirement`` records as a table: ``requirement_id``, ``deadline``; ``status``, ``eei``, ``satisfied_by``,
        ``priority_area``, ``level`` where there are any.
    products
        Tables of products with ``product_id`` and ``requirement_ids``.
    plan
        ``CollectionPlan`` records: ``requirement_id``, ``eei``, ``received``.
    on
        The day to look from; today when left out.

    Returns
    -------
    DataFrame
        On the index of ``requirements``: ``requirement_id``, ``products`` (their numbers), ``elements`` (essential elements of
        information), ``planned`` and ``received`` (how many of them), ``gap_score`` (share of elements of which nothing was
        received, 0 to 1; 1 when no element is named and no product answers), ``days_left``, ``state`` and ``overdue``. The states
        are ``"withdrawn"``, ``"answered"``, ``"product, not answered yet"``, ``"collecting"``, ``"planned"`` and ``"nothing planned"``.

    Raises
    ------
    InputError, ColumnError
        When something given is no table or lacks a column.

    Notes
    -----
    A product covers a requirement when it names it or is named in ``satisfied_by``. Whether it answers it is for the one who
    asked: only the status ``"satisfied"`` says so.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"requirement_id": ["IR1", "IR2"], "deadline": ["2026-04-01"] * 2, "eei": [["who", "where"], ["how"]]})
    >>> made = pd.DataFrame({"product_id": ["PP1"], "requirement_ids": [["IR1"]]})
    >>> got = pd.DataFrame({"requirement_id": ["IR1"], "eei": ["who"], "received": ["2026-03-01"]})
    >>> coverage(asked, made, plan=got, on=date(2026, 3, 15))[["requirement_id", "products", "gap_score", "days_left", "state"]].values.tolist()
    [['IR1', ('PP1',), 0.5, 17, 'product, not answered yet'], ['IR2', (), 1.0, 17, 'nothing planned']]
    """
    import pandas as pd

    tables = _checked("records.coverage", requirements, products, plan)
    today = on or datetime.now(UTC).date()
    answering, planned = _answering(requirements, tables), _planned(plan)
    deadlines: list[Any] = pd.to_datetime(requirements["deadline"], errors="coerce").tolist()
    status = (
        [as_code(value) for value in requirements["status"].tolist()]
        if "status" in requirements
        else [""] * len(requirements)
    )
    rows = []
    for number, elements, due, said in zip(
        _numbers(requirements), lists_of(requirements, "eei"), deadlines, status, strict=True
    ):
        rows_of_plan = planned.get(number, {})
        wanted = elements or tuple(rows_of_plan)
        received = sum(rows_of_plan.get(element, False) for element in wanted)
        found = answering.get(number, ())
        days = None if pd.isna(due) else (due.date() - today).days
        state = _state(said, bool(found), rows_of_plan)
        rows.append(
            {
                "requirement_id": number,
                "products": found,
                "elements": len(wanted),
                "planned": sum(element in rows_of_plan for element in wanted),
                "received": received,
                "gap_score": 1 - received / len(wanted) if wanted else float(not found),
                "days_left": days,
                "state": state,
                "overdue": days is not None and days < 0 and state not in {"answered", "withdrawn"},
            }
        )
    columns = [
        "requirement_id",
        "products",
        "elements",
        "planned",
        "received",
        "gap_score",
        "days_left",
        "state",
        "overdue",
    ]
    frame = pd.DataFrame(rows, columns=columns, index=requirements.index)
    return mark(frame, handling=handling_of(requirements, *tables, plan))


def coverage_matrix(
    requirements: pd.DataFrame, products: pd.DataFrame | Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Lay requirements against products: one row per requirement, one column per product, whether it covers it.

    Parameters
    ----------
    requirements, products
        As in :func:`coverage`.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"requirement_id": ["IR1", "IR2"], "deadline": ["2026-04-01"] * 2})
    >>> made = pd.DataFrame({"product_id": ["PP1", "PP2"], "requirement_ids": [["IR1"], ["IR1", "IR2"]]})
    >>> coverage_matrix(asked, made).astype(int).values.tolist()
    [[1, 1], [0, 1]]
    """
    import pandas as pd

    tables = _checked("records.coverage_matrix", requirements, products, None)
    answering, numbers = _answering(requirements, tables), _numbers(requirements)
    columns = list(dict.fromkeys(number for table in tables for number in _column(table, "product_id")))
    cells = [[product in answering.get(number, ()) for product in columns] for number in numbers]
    frame = pd.DataFrame(cells, index=pd.Index(numbers, name="requirement_id"), columns=columns, dtype=bool)
    return mark(frame, handling=handling_of(requirements, *tables))


def gaps(
    requirements: pd.DataFrame,
    products: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    plan: pd.DataFrame | None = None,
    priorities: Iterable[str] = (),
    on: date | None = None,
) -> pd.DataFrame:
    """List what is missing: elements nobody collects, sources that are late, requirements without a product, loose ends.

    Parameters
    ----------
    requirements, products, plan, on
        As in :func:`coverage`.
    priorities
        Priorities of the control strategy; those that no requirement serves are named.

    Returns
    -------
    DataFrame
        One row per gap: ``requirement_id`` (empty for loose ends), ``gap`` (kind), ``what`` (in words), ``days_left`` of the
        requirement. Most urgent first.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"requirement_id": ["IR1"], "deadline": ["2026-04-01"], "eei": [["who buys"]], "priority_area": ["boats"]})
    >>> made = pd.DataFrame({"product_id": [], "requirement_ids": []})
    >>> gaps(asked, made, priorities=["boats", "firearms"], on=date(2026, 3, 1))[["gap", "what"]].values.tolist()
    [['no product', 'no product names the requirement'], ['not planned', 'who buys'], ['priority without requirement', 'firearms']]
    """
    import pandas as pd

    tables = _checked("records.gaps", requirements, products, plan)
    today = on or datetime.now(UTC).date()
    covered = coverage(requirements, tables, plan=plan, on=today)
    found: list[tuple[str, str, str, Any]] = []
    planned = _planned(plan)
    for row, elements in zip(covered.to_dict("records"), lists_of(requirements, "eei"), strict=True):
        number, days = str(row["requirement_id"]), row["days_left"]
        if row["state"] in {"answered", "withdrawn"}:
            continue
        if not row["products"]:
            found.append((number, "no product", "no product names the requirement", days))
        missing = (element for element in elements if element not in planned.get(number, {}))
        found.extend((number, "not planned", element, days) for element in missing)
    open_ones = (
        covered.loc[~covered["state"].isin(["answered", "withdrawn"])]
        .set_index("requirement_id")["days_left"]
        .to_dict()
    )
    found.extend(_late_and_stated(plan, open_ones, today))
    found.sort(key=lambda gap: (gap[3] is None, gap[3] or 0))
    found.extend(_loose_ends(requirements, tables, plan, priorities))
    frame = pd.DataFrame(found, columns=["requirement_id", "gap", "what", "days_left"])
    return mark(frame, handling=handling_of(requirements, *tables, plan))


def _checked(caller: str, requirements: Any, products: Any, plan: Any) -> list[pd.DataFrame]:
    tables = list(products) if isinstance(products, (list, tuple)) else [products]
    check = Check(caller)
    if check.frame(requirements, "requirements"):
        check.columns(requirements, ["requirement_id", "deadline"], "requirements")
    for table in tables:
        if check.frame(table, "products"):
            check.columns(table, ["product_id", "requirement_ids"], "products")
    if plan is not None and check.frame(plan, "plan"):
        check.columns(plan, ["requirement_id", "eei"], "plan")
    check.done()
    return tables


def _column(table: pd.DataFrame, name: str) -> list[str]:
    return [as_code(value) for value in table[name].tolist()]


def _numbers(requirements: pd.DataFrame) -> list[str]:
    return _column(requirements, "requirement_id")


def _answering(requirements: pd.DataFrame, tables: Sequence[pd.DataFrame]) -> Mapping[str, tuple[str, ...]]:
    """Requirement → products that cover it, each once, in the order of the tables."""
    known = [number for table in tables for number in _column(table, "product_id")]
    named: dict[str, dict[str, None]] = {}
    for table in tables:
        for product, numbers in zip(
            _column(table, "product_id"), lists_of(table, "requirement_ids"), strict=True
        ):
            for number in numbers:
                named.setdefault(number, {})[product] = None
    for number, products in zip(_numbers(requirements), lists_of(requirements, "satisfied_by"), strict=True):
        for product in products:
            if product in known:
                named.setdefault(number, {})[product] = None
    return {number: tuple(products) for number, products in named.items()}


def _planned(plan: pd.DataFrame | None) -> Mapping[str, dict[str, bool]]:
    """Requirement → element → whether something was received for it."""
    import pandas as pd

    found: dict[str, dict[str, bool]] = {}
    if plan is None:
        return found
    received = plan["received"].notna().tolist() if "received" in plan else [False] * len(plan)
    came = pd.Series(received).astype(bool).tolist()
    for number, element, here in zip(
        _column(plan, "requirement_id"), _column(plan, "eei"), came, strict=True
    ):
        row = found.setdefault(number, {})
        row[element] = row.get(element, False) or here
    return found


def _state(status: str, has_product: bool, rows_of_plan: Mapping[str, bool]) -> str:
    if status == "withdrawn":
        return _STATES[0]
    if status == "satisfied":
        return _STATES[1]
    if has_product:
        return _STATES[2]
    if any(rows_of_plan.values()):
        return _STATES[3]
    return _STATES[4] if rows_of_plan else _STATES[5]


def _late_and_stated(
    plan: pd.DataFrame | None, open_ones: Mapping[Any, Any], today: date
) -> list[tuple[str, str, str, Any]]:
    import pandas as pd

    if plan is None:
        return []
    empty = [None] * len(plan)
    due: list[Any] = pd.to_datetime(plan["due"], errors="coerce").tolist() if "due" in plan else empty
    received = plan["received"].tolist() if "received" in plan else empty
    stated = plan["gap"].tolist() if "gap" in plan else empty
    source = _column(plan, "source") if "source" in plan else [""] * len(plan)
    found: list[tuple[str, str, str, Any]] = []
    for at, (number, element) in enumerate(
        zip(_column(plan, "requirement_id"), _column(plan, "eei"), strict=True)
    ):
        if number not in open_ones:
            continue
        if pd.isna(received[at]) and not pd.isna(due[at]) and due[at].date() < today:
            late = (today - due[at].date()).days
            where = f" from {source[at]}" if source[at] else ""
            found.append((number, "late", f"{element}{where}, {late} days late", open_ones[number]))
        if as_code(stated[at]):
            found.append((number, "still missing", f"{element}: {as_code(stated[at])}", open_ones[number]))
    return found


def _loose_ends(
    requirements: pd.DataFrame,
    tables: Sequence[pd.DataFrame],
    plan: pd.DataFrame | None,
    priorities: Iterable[str],
) -> list[tuple[str, str, str, Any]]:
    known = set(_numbers(requirements))
    products = {number for table in tables for number in _column(table, "product_id")}
    found: list[tuple[str, str, str, Any]] = []
    served = set(_column(requirements, "priority_area")) if "priority_area" in requirements else set()
    found.extend(
        ("", "priority without requirement", priority, None)
        for priority in priorities
        if priority not in served
    )
    for number, named in zip(_numbers(requirements), lists_of(requirements, "satisfied_by"), strict=True):
        found.extend(
            (number, "product not here", product, None) for product in named if product not in products
        )
    for table in tables:
        for product, named in zip(
            _column(table, "product_id"), lists_of(table, "requirement_ids"), strict=True
        ):
            found.extend(
                ("", "requirement not here", f"{number}, named by {product}", None)
                for number in named
                if number not in known
            )
            if not named:
                found.append(("", "product without requirement", product, None))
    if plan is not None:
        stray = sorted({number for number in _column(plan, "requirement_id") if number not in known})
        found.extend(
            ("", "requirement not here", f"{number}, named by the collection plan", None) for number in stray
        )
    return found
