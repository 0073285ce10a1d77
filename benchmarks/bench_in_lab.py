"""Maps and link charts where they are used: in JupyterLab, from running the cell to the picture; ours and four peers on the same data.

    python benchmarks/bench_in_lab.py [maps] [charts] [rows=10000,100000] [entities=500,2000,5000]

Peers that bring widgets of their own (ipyleaflet, ipysigma) are measured like ours: the same server, the same browser, a warm
kernel in which everything is imported and the data are there. A cell that makes and shows the picture is run; the clock stops when
the picture has been drawn, never when the page has merely arrived. Bytes are those that travel to the browser for that cell. Every
request to another host is refused and counted. Peers draw as people write them down, in the way that takes most points.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import psutil
from racing import optional, warn_when_busy

from ilp_lab.cli import lab

PATIENCE_S = 60
MAP_DATA = """import geopandas as gpd, numpy as np, pandas as pd, ilp_lab as ilp
from ilp_lab import views, widgets
rows = {size}
rng = np.random.default_rng(1)
xy = rng.normal([16.37, 48.2], [0.06, 0.04], (rows, 2))
times = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 525_600, rows), unit="min")
incidents = gpd.GeoDataFrame(dict(offence=pd.Categorical.from_codes(rng.integers(0, 6, rows), list("abcdef")), occurred_at=times), geometry=gpd.points_from_xy(*xy.T), crs=4326)
first = widgets.CrimeMap(incidents[:10])
{more}"""
CHART_DATA = """import networkx as nx, numpy as np, pandas as pd, ilp_lab as ilp
from ilp_lab import networks, widgets
draw = np.random.default_rng(1)
count = 3 * {size}
links = pd.DataFrame(dict(source=draw.integers(0, {size}, count).astype(str), target=draw.integers(0, {size}, count).astype(str), kind=draw.choice(["called", "paid"], count)))
chart = networks.chart(links)
graph = nx.from_pandas_edgelist(links, "source", "target")
first = widgets.LinkChartWidget(networks.chart(links[:300]))
{more}"""
DRAWN = "(one) => Number(one.querySelector('.ilpw')?.dataset.drawn ?? 0) > 0"
PIXELS = "[...one.querySelectorAll('canvas')].some((canvas) => canvas.width && canvas.height)"
SLIDE = """async (one) => {
  const root = one.querySelector('.ilpw'), span = one.querySelector('.ilpw-span'), slider = one.querySelector('.ilpw-slider');
  const frame = () => new Promise(requestAnimationFrame), taken = [];
  span.value = '28'; span.dispatchEvent(new Event('change'));
  for (const day of [30, 60, 90]) {
    await frame();
    const before = root.dataset.drawn, begun = performance.now();
    slider.value = String(day); slider.dispatchEvent(new Event('input'));
    while (root.dataset.drawn === before) await frame();
    await frame();
    taken.push(performance.now() - begun);
  }
  return Math.min(...taken) / 1000;
}"""


@dataclass(frozen=True)
class Contender:
    """What is run, and how one knows that it is drawn: a function of the cell, or, where it is ``framed``, of the document in its frame."""

    name: str
    needs: str
    more: str
    cell: str
    drawn: str
    slide: str = ""
    at_most: int = 10**9
    framed: bool = False


MAPS = [
    Contender("ours", "ilp_lab", "", "widgets.CrimeMap(incidents, colour_by='offence')", DRAWN, SLIDE),
    Contender(
        "folium, circles on canvas", "folium", "import folium",
        "place = folium.Map([48.2, 16.37], zoom_start=11, tiles=None, prefer_canvas=True)\n"
        "for x, y in zip(incidents.geometry.x.tolist(), incidents.geometry.y.tolist()):\n    folium.CircleMarker([y, x], radius=2).add_to(place)\n"
        "views.offline(place)",
        "(page) => page.querySelector('.leaflet-overlay-pane canvas')", at_most=20_000, framed=True,
    ),
    Contender(
        "folium, FastMarkerCluster", "folium", "import folium\nfrom folium.plugins import FastMarkerCluster",
        "place = folium.Map([48.2, 16.37], zoom_start=11, tiles=None, max_zoom=18)\n"
        "FastMarkerCluster(np.column_stack([incidents.geometry.y, incidents.geometry.x]).tolist(),"
        " callback='function (row) { return L.circleMarker(new L.LatLng(row[0], row[1]), {radius: 2}); }').add_to(place)\n"
        "views.offline(place)",
        "(page) => page.querySelector('.marker-cluster')", framed=True,
    ),
    Contender(
        "ipyleaflet, GeoJSON on canvas", "ipyleaflet", "import ipyleaflet, json",
        "place = ipyleaflet.Map(center=(48.2, 16.37), zoom=11, prefer_canvas=True, layers=[])\n"
        "place.add(ipyleaflet.GeoJSON(data=json.loads(incidents[['geometry']].to_json()), point_style=dict(radius=2)))\nplace",
        "(one) => one.querySelector('.leaflet-overlay-pane canvas, .leaflet-overlay-pane path')", at_most=20_000,
    ),
]  # fmt: skip
CHARTS = [
    Contender("ours", "ilp_lab", "", "widgets.LinkChartWidget(chart)", DRAWN),
    Contender(
        "pyvis, as it comes", "pyvis", "from pyvis.network import Network\nfrom IPython.display import HTML\nimport html",
        "network = Network(cdn_resources='in_line', notebook=True)\nnetwork.from_nx(graph)\n"
        "HTML(f'<iframe width=900 height=600 srcdoc=\"{html.escape(network.generate_html())}\"></iframe>')",
        # it shows a bar until its springs have come to rest: only then is the chart there
        "(page) => page.querySelector('canvas') && (!page.querySelector('#loadingBar') || page.querySelector('#loadingBar').style.display === 'none' || page.querySelector('#loadingBar').style.opacity === '0')",
        at_most=1_000, framed=True,
    ),
    Contender(
        "ipysigma", "ipysigma", "from ipysigma import Sigma", "Sigma(graph, start_layout=5)",
        f"(one) => {PIXELS}",
    ),
]  # fmt: skip
RUN_FIRST = """async () => {
  const app = window.jupyterapp, panel = app.shell.currentWidget;
  await panel.context.ready; await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session.kernel;
  while (kernel.connectionStatus !== 'connected') await new Promise((done) => setTimeout(done, 50));
  await kernel.info;
  panel.content.activeCellIndex = 0;
  await app.commands.execute('notebook:run-cell');
  panel.content.activeCellIndex = 1;
  const fault = panel.content.widgets[0].model.outputs.toJSON().find((output) => output.output_type === 'error');
  return fault ? fault.evalue : '';
}"""
RUN_SECOND = """async ([drawn, patience]) => {
  const app = window.jupyterapp, cell = app.shell.currentWidget.content.widgets[1], test = eval(drawn);
  const begun = performance.now();
  app.commands.execute('notebook:run-cell');
  while (!test(cell.node)) {
    const fault = cell.model.outputs.toJSON().find((output) => output.output_type === 'error');
    if (fault) return fault.ename + ': ' + fault.evalue;
    if (performance.now() - begun > patience) return 'no picture';
    await new Promise(requestAnimationFrame);
  }
  await new Promise(requestAnimationFrame);
  return (performance.now() - begun) / 1000;
}"""


class Browsed:
    """A page that may talk to this machine only, and what travelled to it."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1300, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.received, self.refused = 0, 0
        self.context.route("**/*", self._judge)
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _judge(self, route: Any) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.refused += 1
            route.abort()

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


def measure(browser: Any, url: str, token: str, name: str, contender: Contender) -> dict[str, float] | str:
    """Seconds from running the cell to the picture, and from slider to picture; MB to the browser; MB of page and kernel."""
    seen = Browsed(browser)
    page = seen.page
    try:
        page.goto(f"{url}lab/tree/{name}?reset&token={token}")
        page.wait_for_selector(".jp-Notebook")
        page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
        if fault := page.evaluate(RUN_FIRST):
            return f"the data were not made: {fault}"
        before, refused = seen.received, seen.refused
        taken = (
            in_frame(page, contender.drawn)
            if contender.framed
            else page.evaluate(RUN_SECOND, [contender.drawn, PATIENCE_S * 1000])
        )
        if isinstance(taken, str):
            return f"{taken} within {PATIENCE_S} s" if taken == "no picture" else taken
        found = {
            "paint": taken,
            "MB": (seen.received - before) / 1e6,
            "refused": seen.refused - refused,
            **memory(),
        }
        if contender.slide:
            page.wait_for_timeout(500)
            slide = contender.slide
            found["slide"] = page.evaluate(
                f"() => ({slide})(window.jupyterapp.shell.currentWidget.content.widgets[1].node)"
            )
        return found
    finally:
        seen.context.close()


def in_frame(page: Any, drawn: str) -> float | str:
    """Seconds until a picture has been drawn in a frame, which the page around it cannot look into."""
    from playwright.sync_api import Error

    begun = time.perf_counter()
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell'); }")
    while time.perf_counter() - begun < PATIENCE_S:
        for frame in page.frames[1:]:
            try:
                if frame.evaluate(f"() => Boolean(({drawn})(document))"):
                    return time.perf_counter() - begun
            except Error:  # the frame is just being filled
                continue
        page.wait_for_timeout(30)
    return "no picture"


def memory() -> dict[str, float]:
    """Resident memory, in MB, of the largest page and the largest kernel that this process started."""
    sizes = {"page": 0.0, "kernel": 0.0}
    for process in psutil.Process().children(recursive=True):
        line = " ".join(process.cmdline())
        kind = "page" if "--type=renderer" in line else "kernel" if "ipykernel_launcher" in line else ""
        if kind:
            sizes[kind] = max(sizes[kind], process.memory_info().rss / 1e6)
    return sizes


def race(
    title: str,
    contenders: list[Contender],
    data: str,
    sizes: list[int],
    served: tuple[str, str, Path],
    browser: Any,
) -> None:
    """All contenders one after the other, each in a kernel of its own; ratios to ours."""
    url, token, home = served
    for size in sizes:
        print(f"{title}, {size:,}")
        base: dict[str, float] = {}
        for place, contender in enumerate(contenders):
            if optional(contender.needs) is None:
                continue
            if size > contender.at_most:
                print(f"  {contender.name:<32} not tried beyond {contender.at_most:,}: minutes")
                continue
            notebook = nbformat.v4.new_notebook(
                cells=[
                    nbformat.v4.new_code_cell(data.format(size=size, more=contender.more)),
                    nbformat.v4.new_code_cell(contender.cell),
                ],
                metadata={
                    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
                },
            )
            file = home / f"{title.replace(' ', '-')}-{size}-{place}.ipynb"
            nbformat.write(notebook, file)
            found = measure(browser, url, token, file.name, contender)
            forget(url, token)
            if isinstance(found, str):
                print(f"  {contender.name:<32} {found}")
                continue
            base = base or found
            slide = f"{found['slide']:.3f} s" if "slide" in found else "none"
            print(
                f"  {contender.name:<32} picture {found['paint']:6.2f} s ({found['paint'] / base['paint']:5.1f}x)   sent {found['MB']:7.2f} MB"
                f" ({found['MB'] / base['MB']:4.1f}x)   slider {slide:>8}   page {found['page']:5.0f} MB   kernel {found['kernel']:5.0f} MB"
                f"   asked other hosts {found['refused']:.0f} times"
            )


def forget(url: str, token: str) -> None:
    """End all kernels, so that none weighs on the next."""
    import urllib.request

    def ask(path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(
            f"{url}{path}", method=method, headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())

    for session in json.loads(ask("api/sessions")):
        ask(f"api/sessions/{session['id']}", "DELETE")


def serve(home: Path) -> tuple[subprocess.Popen[bytes], str, str]:
    """JupyterLab as our own command starts it."""
    log = home / "server.log"
    command = [
        *lab.server_command(home, browser=False),
        "--LabApp.expose_app_in_browser=True",
        "--ServerApp.iopub_data_rate_limit=1e10",
    ]
    with log.open("w") as sink:
        server = subprocess.Popen(
            command,
            env={**os.environ, **lab.environment(home)},
            cwd=home,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if found := re.search(r"(http://127\.0\.0\.1:\d+/)\S+token=(\w+)", log.read_text()):
            return server, found[1], found[2]
        time.sleep(0.2)
    server.kill()
    raise RuntimeError(log.read_text()[-2000:])


def main(arguments: list[str]) -> None:
    """Race what was named, or all."""
    from playwright.sync_api import sync_playwright

    warn_when_busy()
    named = dict(one.split("=") for one in arguments if "=" in one)
    kinds = {one for one in arguments if "=" not in one} or {"maps", "charts"}
    rows = [int(text) for text in named.get("rows", "10000,100000").split(",")]
    entities = [int(text) for text in named.get("entities", "500,2000,5000").split(",")]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        home = Path(folder)
        server, url, token = serve(home)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )
        try:
            if "maps" in kinds:
                race("points on a map", MAPS, MAP_DATA, rows, (url, token, home), browser)
            if "charts" in kinds:
                race("entities of a chart", CHARTS, CHART_DATA, entities, (url, token, home), browser)
        finally:
            browser.close()
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main(sys.argv[1:])
