from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import safeguards
from ilp_lab.errors import HandlingError, MissingPartError, NoCaseError
from ilp_lab.views import Page, assets, safe_text
from ilp_lab.views.page import build, json_for_script

PAYLOAD = "</script><img src=x onerror=alert(1)>${1}`"


@given(st.text())
def test_safe_text_never_changes_what_is_shown(text):
    assert html.unescape(safe_text(text)) == text.replace("\0", "\ufffd")


@given(st.text())
def test_safe_text_leaves_nothing_that_html_or_javascript_reads(text):
    written = safe_text(text)
    assert not set(written) & set("<>\"'\\`${}\r\0\u2028\u2029")
    assert re.fullmatch(r"(?:[^&]|&(?:[a-z]+|#x?[0-9a-f]+);)*", written, flags=re.DOTALL)


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_nothing_is_shown_for_missing_values(missing):
    assert safe_text(missing) == ""


@given(st.recursive(st.none() | st.text() | st.integers(-9, 9), lambda inner: st.lists(inner, max_size=4)))
def test_json_for_a_page_is_the_same_data_and_cannot_end_its_script(value):
    written = json_for_script(value)
    assert json.loads(written) == value
    assert not set(written) & set("<>&\u2028\u2029")


def test_half_characters_do_not_stop_a_page():
    page = build(title="broken \ud800 name", body="<p></p>")
    assert page.html.encode("utf-8")
    assert "broken \ufffd name" in page.html


def page() -> Page:
    return build(
        title=PAYLOAD, body=f"<p>{safe_text(PAYLOAD)}</p>", alternative=PAYLOAD, data={"name": PAYLOAD}
    )


def test_a_page_locks_itself_in():
    text = page().html
    rules = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert rules.startswith("default-src 'none'; script-src 'nonce-")
    assert "unsafe-inline'; img-src data: blob:" in rules
    assert "unsafe-eval" not in rules
    assert PAYLOAD not in text
    assert text.count("</script>") == text.count("<script")


def test_only_scripts_with_the_page_s_number_can_run():
    text = build(title="x", body="", scripts=("let a = 1;",), data={"a": 1}).html
    number = re.search(r"nonce-([0-9a-f]{32})", text)[1]
    tags = re.findall(r"<script[^>]*>", text)
    assert tags == ['<script type="application/json" id="ilp-data">', f'<script nonce="{number}">']


def test_the_number_follows_the_content():
    first, second = (build(title=name, body="", scripts=("1;",)).html for name in ("a", "b"))
    number = re.compile(r"nonce-([0-9a-f]{32})")
    assert number.search(first)[1] != number.search(second)[1]
    assert first == build(title="a", body="", scripts=("1;",)).html


def test_a_notebook_shows_a_page_in_a_locked_frame():
    shown = page()._repr_html_()
    assert re.match(r'<iframe title="[^"<>]*" sandbox="allow-scripts" ', shown)
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1]) == page().html


def test_the_handling_code_stands_at_top_and_foot():
    text = build(title="x", body="", handling="H2").html
    assert re.findall(r'data-place="(\w+)"', text) == ["top", "foot"]
    assert text.count("<strong>H2</strong>") == 2
    with pytest.raises(HandlingError, match="H9"):
        build(title="x", body="", handling="H9")


def case(tmp_path, handling="H0"):
    return safeguards.open_case(
        tmp_path / "case", purpose="test", legal_basis="test", analyst="T1", handling=handling
    )


def test_releasing_writes_the_file_and_the_log(tmp_path):
    released = page().release(case(tmp_path), tmp_path / "map.html")
    assert released.path.read_text(encoding="utf-8") == page().html
    assert released.handling == "H0"


def test_releasing_needs_a_case(tmp_path):
    with pytest.raises(NoCaseError):
        page().release(None, tmp_path / "map.html")
    assert not (tmp_path / "map.html").exists()


def test_a_released_page_shows_the_code_it_is_released_under(tmp_path):
    strict = case(tmp_path, handling="H2")
    with pytest.raises(HandlingError):
        page().release(strict, tmp_path / "map.html")
    released = page().release(strict, tmp_path / "map.html", authority="Head of unit")
    text = released.path.read_text(encoding="utf-8")
    assert released.handling == "H2"
    assert text.count("<strong>H2</strong>") == 2
    assert "<strong>H0</strong>" not in text


def test_a_still_picture_stands_in_where_scripts_are_off():
    text = build(title="x", body="", alternative="two dots", still=b"\x89PNG").html
    assert '<img alt="two dots" src="data:image/png;base64,' in text


def test_assets_are_the_ones_that_were_tested():
    assert assets.verify() == ()
    versions = {asset.name: asset.version for asset in assets.ASSETS.values()}
    assert versions["leaflet.js"] == "1.9.3"
    assert versions["leaflet.markercluster.js"] == "1.4.1"
    assert versions["vis-network.js"] == "9.1.2"


@pytest.mark.parametrize(("name", "words"), [("leaflet.js", "1.9.3"), ("vis-network.js", "@version 9.1.2")])
def test_the_versions_are_those_the_files_state(name, words):
    assert words in assets.script(name)[:800]


def test_an_altered_asset_is_named_and_not_used():
    from dataclasses import replace

    altered = replace(assets.ASSETS["leaflet.js"], sha256="0" * 64)
    assert "leaflet.js" in altered.fault()
    with pytest.raises(MissingPartError, match="Install the pinned versions"):
        altered.read()


def test_a_missing_package_is_named():
    from dataclasses import replace

    gone = replace(assets.ASSETS["leaflet.js"], package="No-Such-Package")
    with pytest.raises(MissingPartError, match="pip install No-Such-Package"):
        gone.read()
    assert "No-Such-Package" in gone.fault()
