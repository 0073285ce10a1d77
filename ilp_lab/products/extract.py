"""What a product shows of a result: its figure, and the rows that carry the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.products.profile import Section
    from ilp_lab.result import Result

_ROWS = 10
_BEHIND = {
    "geometry", "row", "column", "share_inside", "p", "category", "links", "harmonic", "closeness", "closeness_rank", "component",
}  # fmt: skip
_FIRST = ("area", "entity_id", "kind")
_WORDS = {
    "n": "Incidents",
    "around": "With neighbours",
    "z": "z",
    "p": "p",
    "q_fdr": "q (FDR)",
    "verdict": "Verdict",
    "entity_id": "Entity",
    "one_point_share": "Share on one point",
}


def figure_png(section: Section) -> bytes:
    """The section's figure for print."""
    from ilp_lab import views

    options: dict[str, Any] = {"areas": section.areas} if section.areas is not None else {}
    if section.result.view == "linkchart":
        options["names"] = False
    return views.png(section.result.plot(**options))


def alternative_text(result: Result) -> str:
    """What the figure shows, for readers who cannot see it."""
    return " ".join((f"{result.title}.", *result.findings[:2]))


def leading_rows(result: Result) -> pd.DataFrame:
    """At most ten rows: those the finding rests on, without outlines, persons' names and sources."""
    import pandas as pd

    table = pd.DataFrame(result.table)
    if "verdict" in table:
        table = table[table["verdict"].astype(str).str.startswith("hot spot")]
        table = table.sort_values("z", ascending=False, kind="stable")
    if "betweenness_rank" in table:
        table = table.dropna(subset="betweenness_rank").sort_values("betweenness_rank", kind="stable")
    hidden = [column for column in table.columns if str(column) in _BEHIND or _sensitive(str(column))]
    kept = [column for column in table.columns if column not in hidden]
    kept.sort(key=lambda column: _FIRST.index(column) if column in _FIRST else len(_FIRST))
    if len(kept) < 2:
        return table.iloc[:0, :0]
    rows = table[kept].head(_ROWS)
    for share in [column for column in rows.columns if str(column).endswith("_share")]:
        rows = rows.assign(**{share: rows[share].map("{:.0%}".format, na_action="ignore")})
    return rows.rename(columns=lambda name: _WORDS.get(name, _spoken(name)))


def cell_text(value: object) -> str:
    """A table cell as readers expect it: few digits, nothing for missing."""
    import pandas as pd

    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value != 0 and abs(value) < 0.001:
            return "< 0.001" if value > 0 else f"{value:.1e}"
        return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _spoken(name: object) -> str:
    text = str(name).replace("_", " ")
    return text[:1].upper() + text[1:]


def _sensitive(column: str) -> bool:
    return any(column in table and table[column].sensitivity != "open" for table in TABLES.values())
