"""Any folium map as a page that needs no network and lets no text from data run.

folium writes links to a dozen files on four hosts; it puts texts into JavaScript template strings, where ``${...}``
runs; and branca compiles what was written as a Jinja template, so that ``{{...}}`` in a data field runs as Python when
the map is shown. Here the links are answered from installed packages, the texts are made inert while folium writes
them, nothing is compiled twice, and the page runs only scripts that carry its own number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr
from ilp_lab.errors import InputError, MissingPartError
from ilp_lab.safeguards.handling import policy
from ilp_lab.views import assets
from ilp_lab.views.page import Page, build, safe_text

if TYPE_CHECKING:
    import folium

_FROM_PACKAGES = {
    "leaflet.js": "leaflet.js",
    "leaflet.css": "leaflet.css",
    "leaflet.markercluster.js": "leaflet.markercluster.js",
    "MarkerCluster.css": "MarkerCluster.css",
    "MarkerCluster.Default.css": "MarkerCluster.Default.css",
}
_ANSWERED_BY_OWN = {
    "jquery-3.7.1.min.js",
    "bootstrap.bundle.min.js",
    "bootstrap.min.css",
    "leaflet.awesome-markers.js",
    "leaflet.awesome-markers.css",
    "bootstrap-glyphicons.css",
    "all.min.css",
    "leaflet.awesome.rotate.min.css",
}
_FOR_LEGENDS = {"d3.min.js", "d3.v4.min.js"}
_NAMES_A_HOST = re.compile(
    r"""(?:\b(?:src|href|poster|action|data|srcset)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?)\s*((?:[a-z]+:)?//[^\s"'<>)]+)""",
    re.IGNORECASE,
)
_TEMPLATE_MARKS = re.compile(r"\{(?=[{%#])")
_SPLINT = "\ue0f1\ue0f2"  # two private characters, taken out again from what was written
_INERT = str.maketrans({"\\": "&#92;", "`": "&#96;", "$": "&#36;"})


def offline(folium_map: folium.Map, *, title: str = "", handling: str = "H0", alternative: str = "") -> Page:
    """Render a folium map as a page that asks nothing of the network.

    Parameters
    ----------
    folium_map
        Any map made with ``tiles=None``. Text that comes from data must go through ``views.safe_text`` where folium
        takes HTML (popups, tooltips, icons); what is forgotten is shown as HTML but cannot run.
    title, handling, alternative
        Heading, handling code, and what the map shows in words.

    Returns
    -------
    Page
        Leaflet, marker clusters, popups, tooltips, GeoJSON, image overlays, pin markers (without the picture inside
        the pin) and colour legends work.

    Raises
    ------
    InputError
        When the map has tiles, or anything else that would be fetched from another computer.
    MissingPartError
        When a plugin needs a script that no installed package holds; it is named.

    Notes
    -----
    The map itself is not changed. Cost: that of folium, some milliseconds for an empty map; the empty page has 180 kB.

    Examples
    --------
    >>> import folium
    >>> place = folium.Map([48.2, 16.37], zoom_start=12, tiles=None)
    >>> "https://" in offline(place).html
    False
    """
    policy().check(handling)
    for element in _family(folium_map.get_root()):
        if type(element).__name__ in {"TileLayer", "WmsTileLayer"} or hasattr(element, "tiles"):
            raise InputError(
                "views.offline: the map has a layer of tiles, which would be fetched from another computer and tell "
                "it where you are looking. Make the map with folium.Map(..., tiles=None)."
            )
    title = title or tr("Map")
    heading = f'<div class="ilp-head"><h1>{safe_text(title)}</h1></div>'
    return page_of(
        folium_map,
        title=title,
        handling=handling,
        alternative=alternative or f"{tr('Map')}. {title}.",
        before=heading,
        around=('<div class="ilp-map">', "</div>"),
        styles=(assets.own("map.css"),),
    )


def page_of(
    folium_map: Any,
    *,
    title: str,
    handling: str,
    alternative: str,
    before: str = "",
    beside: str = "",
    around: tuple[str, str] = ("", ""),
    after: str = "",
    data: Mapping[str, Any] | None = None,
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    last: str = "",
) -> Page:
    """Render a folium map inside a page of ours; ``last`` is a script in which ``{name}`` is the map's variable."""
    figure = folium_map.get_root()
    with _inert(figure):
        for child in list(figure._children.values()):  # noqa: SLF001  (folium has no other door)
            child.render()
        legends = [element for element in _family(figure) if hasattr(element, "color_range")]
        unwanted = {element.get_name() for element in legends}
        head, found_scripts, found_styles = _head(figure, unwanted, legends=bool(legends))
        body = "".join(_rendered(figure.html, unwanted))
        script = "\n".join(_rendered(figure.script, unwanted, safe_details=True))
    _refuse_hosts(head + body, script)
    drawn = around[0] + body + around[1]
    name = folium_map.get_name()
    return build(
        title=title,
        body=f'{before}<div class="ilp-stage">{drawn}{beside}{"".join(map(_legend, legends))}</div>{after}',
        handling=handling,
        alternative=alternative,
        head=[head],
        styles=(*found_styles, *styles),
        scripts=(
            *found_scripts,
            assets.own("folium.js"),
            *scripts,
            script,
            *([last.replace("{name}", name)] if last else []),
        ),
        data={"pictures": _pictures(), **(data or {})},
    )


def _family(element: Any) -> Iterator[Any]:
    yield element
    for child in element._children.values():  # noqa: SLF001
        yield from _family(child)


def _head(figure: Any, unwanted: set[str], *, legends: bool) -> tuple[str, list[str], list[str]]:
    """The head folium wrote: its links answered, its own inline scripts set aside to be run by number."""
    texts: list[str] = []
    scripts: list[str] = []
    styles: list[str] = []
    for key, element in figure.header._children.items():  # noqa: SLF001
        if key in unwanted or key == "meta_http":
            continue
        url = getattr(element, "url", None)
        if url is None:
            texts.append(_written(element))
            continue
        file = str(url).split("?")[0].rsplit("/", 1)[-1]
        if file in _FROM_PACKAGES:
            wanted = scripts if file.endswith(".js") else styles
            text = (assets.script if file.endswith(".js") else assets.style)(_FROM_PACKAGES[file])
            wanted.append(text)
        elif file not in _ANSWERED_BY_OWN and not (legends and file in _FOR_LEGENDS):
            raise MissingPartError(
                f"views.offline: this map needs {file}, which folium fetches from another computer and which no "
                f"installed package holds. Leave out what asks for it ({key})."
            )
    head = "".join(texts)
    inline = re.findall(r"<script>(.*?)</script>", head, flags=re.DOTALL)
    head = re.sub(r"<script>.*?</script>|<meta\b[^>]*>", "", head, flags=re.DOTALL)
    return head, [*inline, *scripts], styles


def _rendered(part: Any, unwanted: set[str], *, safe_details: bool = False) -> Iterator[str]:
    for key, element in part._children.items():  # noqa: SLF001
        if key in unwanted:
            continue
        text = _written(element)
        if safe_details and key.startswith(("geo_json_tooltip", "geo_json_popup")):
            text = text.replace("return feature;", "return ilpText(feature);")
            text = text.replace("return JSON.stringify(feature);", "return ilpText(feature);")
            text = text.replace("${aliases[i]", "${ilpText(aliases[i])")
        yield text


@contextmanager
def _inert(figure: Any) -> Iterator[None]:
    """Change texts, for the time of writing, so that neither Jinja nor JavaScript's template strings run them."""
    changed: list[tuple[Any, str, Any]] = []
    try:
        for element in _family(figure):
            popup = type(element).__name__ == "Popup"
            for holder in (element, *(_family(element.html) if popup else ())):
                for name, before in list(vars(holder).items()):
                    if name.startswith("_"):
                        continue
                    after = _parted(before)
                    if isinstance(after, str) and (name == "text" or (popup and name == "data")):
                        after = (after.replace("\\`", "`") if popup else after).translate(_INERT)
                    if after is not before:
                        changed.append((holder, name, before))
                        setattr(holder, name, after)
        yield
    finally:
        for holder, name, before in reversed(changed):
            setattr(holder, name, before)


def _parted(value: Any) -> Any:
    """Part ``{{``, ``{%`` and ``{#``, which branca would run as Python when it writes a page; the same object if none."""
    if isinstance(value, str):
        return _TEMPLATE_MARKS.sub("{" + _SPLINT, value) if _TEMPLATE_MARKS.search(value) else value
    if isinstance(value, dict):
        parted = {_parted(key): _parted(part) for key, part in value.items()}
        same = all(
            a is b and key is old for (key, a), (old, b) in zip(parted.items(), value.items(), strict=False)
        )
        return value if same and len(parted) == len(value) else parted
    if type(value) in {list, tuple}:
        items = [_parted(part) for part in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
    return value


def _written(element: Any) -> str:
    """What folium wrote. branca keeps it as the source of a template and would run it once more; we do not."""
    source = getattr(element, "_template_str", None)
    text = element.render() if source is None else str(source)
    return text.replace(_SPLINT, "").replace(_SPLINT.encode("unicode_escape").decode(), "")


def _refuse_hosts(markup: str, script: str) -> None:
    inside = re.findall(r"L\.(?:tileLayer|imageOverlay|videoOverlay)[^;]*?(https?:)?//[^\s\"']+", script)
    found = _NAMES_A_HOST.search(markup)
    if found or inside:
        what = found[1] if found else "a layer"
        raise InputError(
            f"views.offline: the map names another computer ({what[:80]}). Put pictures and scripts into the map itself, or "
            "leave them out."
        )


def _legend(colormap: Any) -> str:
    """What branca draws with a script from the network, in plain HTML."""
    low, high = float(colormap.vmin), float(colormap.vmax)
    steps = [
        f'<li><span class="ilp-swatch" style="background:{safe_text(colormap(low + (high - low) * part))}"></span>'
        f"<span>{low + (high - low) * part:,.4g}</span></li>"
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    legend = safe_text(tr("Legend"))
    return (
        f'<aside class="ilp-side" aria-label="{legend}"><h2>{safe_text(colormap.caption) or legend}</h2>'
        f"<ul>{''.join(steps)}</ul></aside>"
    )


def _pictures() -> dict[str, str]:
    return {
        "icon": assets.picture_uri("marker-icon.png"),
        "icon2x": assets.picture_uri("marker-icon-2x.png"),
        "shadow": assets.picture_uri("marker-shadow.png"),
    }
