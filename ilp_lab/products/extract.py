"""What a product shows of a result: its figure, and the rows that carry the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.products.profile import Section
    from ilp_lab.result import Result

_ROWS = 10
_WORDS = {
    "n": "Incidents",
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

    options = {"areas": section.areas} if section.areas is not None else {}
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
    ranks = [column for column in table.columns if str(column).endswith("_rank")]
    if ranks:
        table = table.dropna(subset=ranks[:1]).sort_values(ranks[0], kind="stable")
    hidden = [column for column in table.columns if column == "geometry" or _sensitive(str(column))]
    return table.drop(columns=hidden).head(_ROWS).rename(columns=lambda name: _WORDS.get(name, _spoken(name)))


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
