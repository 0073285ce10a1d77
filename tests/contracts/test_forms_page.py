"""The page of forms says what the forms are."""

from __future__ import annotations

from pathlib import Path

from ilp_lab.records import forms

PAGE = Path(__file__).resolve().parents[2] / "docs" / "forms.md"


def table() -> str:
    lines = ["| Form | Stage | Must be filled in | Fields | Never leaves the unit |", "|---|---|---|---|---|"]
    for row in forms().itertuples():
        mandatory = ", ".join(f"`{name}`" for name in row.mandatory)
        kept = ", ".join(f"`{name}`" for name in row.kept_in_the_unit) or "–"
        lines.append(f"| **{row.title}** `{row.form}` | {row.stage} | {mandatory} | {row.fields} | {kept} |")
    return "\n".join(lines)


def test_the_page_lists_every_form_as_it_is():
    assert table() in PAGE.read_text(encoding="utf-8"), f"docs/forms.md must hold:\n{table()}"
