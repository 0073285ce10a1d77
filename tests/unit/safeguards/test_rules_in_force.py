"""A ministry's own rules hold everywhere, without code."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

import ilp_lab as ilp
from ilp_lab.errors import IlpWarning
from ilp_lab.products import PublicEdition
from ilp_lab.safeguards import rule_set


def test_rules_of_a_ministry_hold_at_every_gate(tmp_path, monkeypatch):
    content = yaml.safe_load((ilp.safeguards.rules._SHELF.shipped / "led.yml").read_text(encoding="utf-8"))
    content["name"] = "ministry"
    content["settings"]["smallest_count"] = 3
    content["rules"][4]["mode"] = "warn"
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ministry.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("ILP_LAB_PACKS", str(tmp_path))
    monkeypatch.setenv("ILP_LAB_RULES", "ministry")
    assert rule_set().name == "ministry"
    case = ilp.open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    public = PublicEdition(case, question="?", contact="Counter 2")
    public = public.add_table(pd.DataFrame({"n": [3, 9]}), says="Three.", source="own count")
    assert public.to_html(tmp_path / "p.html").path.exists()
    ilp.safeguards.make_key("selin")
    with pytest.warns(IlpWarning, match=r"\(D5\)"):
        ilp.safeguards.release_package(
            case,
            tmp_path / "p.ilp",
            {"a.txt": b"x"},
            signed_by="selin",
            recipient="tarn",
            reason="r",
            quality="",
        )
