"""Maps in the page: bytes, time to the first picture, time from slider to picture, memory of the page; ours and peers on the same data.

    python benchmarks/bench_widgets.py [rows ...]        10000 100000 1000000 when none are named

Every contender is a function that takes the table and gives a page (HTML, what says that it is painted, and, where it has a
slider, what moves it). Contenders of other kinds of widgets enter themselves in ``CONTENDERS``. Peers that are not installed,
or that draw nothing without a network, are named with the reason. All pages must hold the same number of points.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
from racing import optional, warn_when_busy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

MOST_OF_FOLIUM = 100_000
PATIENCE_S = 120
DOT = "function (row) { return L.circleMarker(new L.LatLng(row[0], row[1]), {radius: 2}); }"
PAINTED = "() => Number(document.querySelector('.ilpw')?.dataset.drawn ?? 0) > 0 && document.querySelector('.ilpw').dataset.inview"
SLIDE = """async () => {
  const root = document.querySelector('.ilpw'), span = document.querySelector('.ilpw-span'), slider = document.querySelector('.ilpw-slider');
  span.value = '28'; span.dispatchEvent(new Event('change'));
  const frame = () => new Promise(requestAnimationFrame), taken = [];
  for (const day of [30, 60, 90]) {
    await frame();
    const before = root.dataset.drawn, begun = performance.now();
    slider.value = String(day); slider.dispatchEvent(new Event('input'));
    while (root.dataset.drawn === before) await frame();
    await frame();
    taken.push(performance.now() - begun);
  }
  return Math.min(...taken);
}"""


@dataclass(frozen=True)
class Shown:
    """A page, its bytes of data and script, and how one knows that it is painted."""

    html: str
    size: int
    painted: str
    points: int
    slide: str = ""


def table(rows: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(1)
    xy = rng.normal([16.37, 48.2], [0.06, 0.04], (rows, 2))
    times = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 525_600, rows), unit="min")
    offence = pd.Categorical.from_codes(rng.integers(0, 6, rows), list("abcdef"))
    return gpd.GeoDataFrame(
        {"offence": offence, "occurred_at": times}, geometry=gpd.points_from_xy(*xy.T), crs=4326
    )


def ours(incidents: gpd.GeoDataFrame) -> Shown:
    from staging import Staged

    from ilp_lab import widgets

    staged = Staged(lambda: widgets.CrimeMap(incidents, colour_by="offence"))
    try:
        size = sum(
            len(str(message["content"])) + sum(3 * len(part) // 4 for part in message["buffers"])
            for message in staged.log[staged.widgets[0]._wire]
        )
        return Shown(staged.html(), size, PAINTED, len(incidents), SLIDE)
    finally:
        staged.close()


def folium_circles(incidents: gpd.GeoDataFrame) -> Shown | None:
    folium = optional("folium")
    if folium is None or len(incidents) > MOST_OF_FOLIUM:
        print(f"  folium circles are not tried with {len(incidents):,} points: minutes, and gigabytes")
        return None
    from ilp_lab.views import offline

    place = folium.Map([48.2, 16.37], zoom_start=11, tiles=None, prefer_canvas=True)
    for x, y in zip(incidents.geometry.x.tolist(), incidents.geometry.y.tolist(), strict=True):
        folium.CircleMarker([y, x], radius=2).add_to(place)
    html = offline(place).html
    return Shown(
        html,
        len(html.encode()),
        "() => document.querySelector('.leaflet-overlay-pane canvas')",
        len(incidents),
    )


def folium_clusters(incidents: gpd.GeoDataFrame) -> Shown | None:
    folium = optional("folium")
    if folium is None:
        return None
    from folium.plugins import FastMarkerCluster

    from ilp_lab.views import offline

    place = folium.Map([48.2, 16.37], zoom_start=11, tiles=None, max_zoom=18)
    at = np.column_stack([incidents.geometry.y, incidents.geometry.x]).tolist()
    FastMarkerCluster(at, callback=DOT).add_to(
        place
    )  # its own markers want a script that is not there offline
    html = offline(place).html
    return Shown(html, len(html.encode()), "() => document.querySelector('.marker-cluster')", len(incidents))


def ipyleaflet_circles(_incidents: gpd.GeoDataFrame) -> Shown | None:
    if optional("ipyleaflet") is not None:
        print(
            "  ipyleaflet takes its script from a host when it stands outside of JupyterLab: its page stays empty offline"
        )
    return None


CONTENDERS: dict[str, Callable[[Any], Shown | None]] = {
    "ours": ours,
    "folium, circles on canvas": folium_circles,
    "folium, FastMarkerCluster": folium_clusters,
    "ipyleaflet": ipyleaflet_circles,
}


def measured(browser: Any, shown: Shown, folder: Path) -> dict[str, float]:
    """Seconds to the first picture and from slider to picture, and what the page takes of memory."""
    from playwright.sync_api import Error

    file = folder / "page.html"
    file.write_text(shown.html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 800}, bypass_csp=True)
    page.set_default_timeout(PATIENCE_S * 1000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    try:
        start = time.perf_counter()
        page.goto(file.as_uri(), wait_until="commit")
        page.wait_for_function(shown.painted, polling=20)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        paint = time.perf_counter() - start
        slide = page.evaluate(shown.slide) / 1000 if shown.slide else float("nan")
        return {"paint": paint, "slide": slide, "memory": largest_page() / 1e6}
    except Error:
        print(f"  no picture within {PATIENCE_S} s {faults[:1]}")
        return {"paint": float("nan"), "slide": float("nan"), "memory": largest_page() / 1e6}
    finally:
        page.close()


def largest_page() -> float:
    """Resident memory of the largest process of the browsers that this process started."""
    renderers = [
        process.memory_info().rss
        for process in psutil.Process().children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    return float(max(renderers, default=0))


def main(sizes: list[int]) -> None:
    from playwright.sync_api import sync_playwright

    warn_when_busy()
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            incidents = table(rows)
            print(f"{rows:,} points")
            found: dict[str, dict[str, float]] = {}
            for name, make in CONTENDERS.items():
                begun = time.perf_counter()
                shown = make(incidents)
                if shown is None:
                    continue
                made = time.perf_counter() - begun
                assert shown.points == rows
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
                )
                try:
                    found[name] = {
                        "bytes": shown.size / 1e6,
                        "make": made,
                        **measured(browser, shown, Path(folder)),
                    }
                finally:
                    browser.close()
            report(found)


def report(found: dict[str, dict[str, float]]) -> None:
    base = found["ours"]
    print(f"  {'':<28}{'MB sent':>10}{'made s':>16}{'first picture s':>22}{'slider s':>12}{'page MB':>18}")
    for name, one in found.items():
        ratio = {key: f"{one[key]:.2f} ({one[key] / base[key]:.1f}x)" for key in ("make", "paint", "memory")}
        slide = "none" if np.isnan(one["slide"]) else f"{one['slide']:.3f}"
        print(
            f"  {name:<28}{one['bytes']:>10.1f}{ratio['make']:>16}{ratio['paint']:>22}{slide:>12}{ratio['memory']:>18}"
        )


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
