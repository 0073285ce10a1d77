"""Third-party JavaScript and CSS, taken from installed packages and checked before use.

Nothing of it stands in this project and nothing is asked of the network. Every file has its exact version and hash
in one table; :func:`verify` names those that are missing or different.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ilp_lab.errors import MissingPartError

_LEAFLET = "xstatic/pkg/leaflet/data"
_CLUSTER = "xstatic/pkg/leaflet_markercluster/data"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of an installed package that goes into pages.

    Attributes
    ----------
    name
        What this library calls it.
    package, version
        The Python package that carries it, and the version of the script itself.
    path
        Where in the package it stands.
    sha256
        The hash of the file that was tested.
    licence
        Under which it is used.
    """

    name: str
    package: str
    version: str
    path: str
    sha256: str
    licence: str

    def file(self) -> Path:
        """Where it is on this machine."""
        try:
            return Path(str(distribution(self.package).locate_file(self.path)))
        except PackageNotFoundError as error:
            raise MissingPartError(
                f"{self.name} {self.version} is needed to draw and comes with the Python package {self.package}, which "
                f"is not installed. Install it: pip install {self.package}."
            ) from error

    def read(self) -> bytes:
        """Its content, when it is the file that was tested."""
        fault = self.fault()
        if fault:
            raise MissingPartError(
                f"{fault} Install the pinned versions: pip install -c constraints.txt -e ."
            )
        return self.file().read_bytes()

    def fault(self) -> str:
        """What is wrong with it, or an empty text."""
        try:
            content = self.file().read_bytes()
        except MissingPartError as error:
            return str(error)
        except OSError as error:
            return f"{self.name} {self.version} cannot be read from the package {self.package} ({error.strerror})."
        if hashlib.sha256(content).hexdigest() != self.sha256:
            return (
                f"{self.name} from the package {self.package} is not version {self.version} as it was tested."
            )
        return ""


ASSETS = {
    asset.name: asset
    for asset in (
        Asset(
            "leaflet.js",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/leaflet.js",
            "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
            "BSD-2-Clause",
        ),
        Asset(
            "leaflet.css",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/leaflet.css",
            "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
            "BSD-2-Clause",
        ),
        Asset(
            "layers.png",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/images/layers.png",
            "1dbbe9d028e292f36fcba8f8b3a28d5e8932754fc2215b9ac69e4cdecf5107c6",
            "BSD-2-Clause",
        ),
        Asset(
            "layers-2x.png",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/images/layers-2x.png",
            "066daca850d8ffbef007af00b06eac0015728dee279c51f3cb6c716df7c42edf",
            "BSD-2-Clause",
        ),
        Asset(
            "marker-icon.png",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/images/marker-icon.png",
            "574c3a5cca85f4114085b6841596d62f00d7c892c7b03f28cbfa301deb1dc437",
            "BSD-2-Clause",
        ),
        Asset(
            "marker-icon-2x.png",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/images/marker-icon-2x.png",
            "00179c4c1ee830d3a108412ae0d294f55776cfeb085c60129a39aa6fc4ae2528",
            "BSD-2-Clause",
        ),
        Asset(
            "marker-shadow.png",
            "XStatic-Leaflet",
            "1.9.3",
            f"{_LEAFLET}/images/marker-shadow.png",
            "264f5c640339f042dd729062cfc04c17f8ea0f29882b538e3848ed8f10edb4da",
            "BSD-2-Clause",
        ),
        Asset(
            "leaflet.markercluster.js",
            "XStatic-Leaflet-MarkerCluster",
            "1.4.1",
            f"{_CLUSTER}/leaflet.markercluster.js",
            "58be871df61f6c512464e15db0941e63b9491bf1396a2ae3bea6f39e0854cd1c",
            "MIT",
        ),
        Asset(
            "MarkerCluster.css",
            "XStatic-Leaflet-MarkerCluster",
            "1.4.1",
            f"{_CLUSTER}/MarkerCluster.css",
            "614dea0a98ff3f4ead74f04918f6b1d1b9ba435c25b5fc23b21a394d1e3e4d87",
            "MIT",
        ),
        Asset(
            "MarkerCluster.Default.css",
            "XStatic-Leaflet-MarkerCluster",
            "1.4.1",
            f"{_CLUSTER}/MarkerCluster.Default.css",
            "61258232d98d64dc2a7b1e02130d67421bc5b9bda5994eef70228ff97570c170",
            "MIT",
        ),
        Asset(
            "vis-network.js",
            "pyvis",
            "9.1.2",
            "pyvis/templates/lib/vis-9.1.2/vis-network.min.js",
            "1f20f0736f32cb9bedf8f6383b25cfea2f839e1abe80d6e8040b4d5bea378c69",
            "Apache-2.0 or MIT",
        ),
    )
}


def verify() -> tuple[str, ...]:
    """Name every asset that is missing or is not the one that was tested; empty when all is well.

    Examples
    --------
    >>> verify()
    ()
    """
    return tuple(fault for fault in (asset.fault() for asset in ASSETS.values()) if fault)


@cache
def script(name: str) -> str:
    """A JavaScript asset as it stands in a page.

    Addresses in comments and in Leaflet's credit line lose their scheme, so that nothing in a page can be taken
    for, or become, a request; the credits themselves stay.

    Raises
    ------
    MissingPartError
        When the package is not installed or carries another file.
    """
    text = ASSETS[name].read().decode("utf-8")
    text = re.sub(r"^//[#@] sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    text = text.replace('<a href="https://leafletjs.com"', "<span").replace('Leaflet</a>"', 'Leaflet</span>"')
    return _without_hosts(text).strip()


@cache
def style(name: str) -> str:
    """A CSS asset as it stands in a page: the pictures it names are put into it."""
    text = ASSETS[name].read().decode("utf-8")

    def picture(found: re.Match[str]) -> str:
        target = found[1].strip("'\" ")
        return f'url("{picture_uri(Path(target).name)}")' if target.endswith(".png") else "none"

    return _without_hosts(re.sub(r"url\(([^)]*)\)", picture, text)).strip()


@cache
def picture_uri(name: str) -> str:
    """A picture as a ``data:`` address."""
    return "data:image/png;base64," + base64.b64encode(ASSETS[name].read()).decode()


CHART_DRAWING = ("canvas.js", "chartscene.js", "chartlines.js", "chartsigns.js", "chartdrawing.js")
"""What draws a link chart, on a page and in a widget, each file standing on those before it."""


@cache
def own(name: str) -> str:
    """A script or style sheet of this library."""
    return (Path(__file__).parent / "web" / name).read_text(encoding="utf-8")


def _without_hosts(text: str) -> str:
    """Drop ``https://`` everywhere but in the names of XML languages, which browsers never open."""
    return re.sub(r"https?://(?!www\.w3\.org/)", "", text)
