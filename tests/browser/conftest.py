"""A Chromium that may talk to this machine only. Without one these tests skip, except in CI, where they fail."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # staging.py and the hostile texts serve several modules

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def is_local(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in {"data", "about", "blob", "file"}:
        return True
    return parts.hostname in {"127.0.0.1", "localhost"}


def chromium_path() -> str | None:
    found = shutil.which("chromium")
    return found or next((path for path in ("/usr/bin/chromium",) if Path(path).exists()), None)


@pytest.fixture(scope="session")
def chromium():
    path = chromium_path()
    if path is None:
        said = "no chromium on this machine; install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(f"{said}: in CI the browser tests must run")
        pytest.skip(said)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def strict_page(chromium):
    """A browser page; any request to another machine, and any fault in a page's script, fails the test."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(60_000)
    page = context.new_page()
    left, faults = [], []

    def judge(route):
        if is_local(route.request.url):
            route.continue_()
        else:
            left.append(route.request.url)
            route.abort()

    context.route("**/*", judge)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert left == [], f"requests that left this machine: {left}"
    own = [fault for fault in faults if "ResizeObserver loop" not in fault]
    assert own == [], f"faults in scripts: {own}"


@pytest.fixture
def page_opener(strict_page, tmp_path):
    """Open HTML from a file, alone or as a notebook shows it (inside its frame); returns the page."""

    def open_page(html: str):
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        strict_page.goto(file.as_uri())
        return strict_page

    return open_page


@pytest.fixture
def stage(strict_page, tmp_path):
    """Widgets on a page: gives the page, the widgets and their exchange."""
    from staging import Staged
    from widgetstage import settle

    staged = []

    def put(*makers, width=1200, patience=12):
        made = Staged(*makers)
        staged.append(made)
        file = tmp_path / f"stage{len(staged)}.html"
        file.write_text(made.html(), encoding="utf-8", errors="replace")
        strict_page.set_viewport_size({"width": width, "height": 900})
        strict_page.goto(file.as_uri())
        settle(strict_page, made, patience=patience)
        return strict_page, made

    yield put
    for made in staged:
        made.close()
