from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from shapely.geometry import box

from ilp_lab import safeguards, views
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Result, Source
from ilp_lab.views.drawing import writable

FORMULA = "$\\frac{1}{0}$ costs $5 and $6"


def cells() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"n": [0, 4, 9], "name": [FORMULA, "Ђорђе", "A\nB"]},
        geometry=[box(6e5 + 100 * i, 5.3e6, 6e5 + 100 * i + 100, 5.3e6 + 100) for i in range(3)],
        crs=32633,
    )


def chart() -> SimpleNamespace:
    return SimpleNamespace(
        entities=pd.DataFrame({"entity_id": ["A", "B"], "kind": [FORMULA, "phone"], "label": [FORMULA, "B"]}),
        links=pd.DataFrame({"source": ["A", "B"], "target": ["B", "A"], "kind": [FORMULA, "x"]}),
        handling="H1",
    )


def bars() -> pd.DataFrame:
    return pd.DataFrame({"offence": [FORMULA, "theft", None], "n": [3, 12, np.nan]})


FIGURES = {
    "map": lambda: views.map_figure(cells(), areas=cells(), title=FORMULA),
    "chart": lambda: views.linkchart_figure(chart(), title=FORMULA),
    "bars": lambda: views.bar_figure(bars(), title=FORMULA, note=FORMULA),
}


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_figure_gives_the_same_bytes(name):
    assert views.png(FIGURES[name]()) == views.png(FIGURES[name]())
    figure = FIGURES[name]()
    assert views.svg(figure) == views.svg(figure) == views.svg(FIGURES[name]())


@pytest.mark.parametrize("name", FIGURES)
def test_dollars_are_dollars(name):
    figure = FIGURES[name]()
    assert any(text.startswith("$\\frac{1}{0}$") for text in texts(figure))
    assert not any(text.get_parse_math() or text.get_usetex() for text in figure.findobj(Text))
    views.png(figure)


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_well_formed_and_carries_no_date(name):
    content = views.svg(FIGURES[name]())
    assert ET.fromstring(content).tag.endswith("svg")
    assert not re.search(rb"20\d\d-\d\d-\d\d|<metadata|<!--|DOCTYPE", content)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_carry_handling_code_and_words(name):
    figure = FIGURES[name]()
    assert any(re.match(r"H[0-3] ", text) for text in texts(figure))
    assert figure.alternative
    assert re.match(r'<img alt="[^"]+" style="[^"]+" src="data:image/png;base64,', figure._repr_html_())


def test_no_session_is_touched():
    sys.modules.pop("matplotlib.pyplot", None)
    for make in FIGURES.values():
        views.svg(make())
    assert "matplotlib.pyplot" not in sys.modules


def test_maps_have_legend_scale_and_north():
    said = texts(views.map_figure(cells()))
    assert "N" in said
    assert any(re.fullmatch(r"\d+ k?m", text) for text in said)
    assert any("(1 area)" in text for text in said)


def test_maps_without_a_coordinate_system_have_no_scale():
    said = texts(views.map_figure(cells().set_crs(None, allow_override=True)))
    assert not any(re.fullmatch(r"\d+ k?m", text) for text in said)


def test_large_grids_are_drawn_as_a_picture_inside_the_svg():
    row, column = np.divmod(np.arange(4900), 70)
    grid = gpd.GeoDataFrame(
        {"row": row, "column": column, "n": row},
        geometry=[box(c, r, c + 1, r + 1) for r, c in zip(row * 50, column * 50, strict=True)],
        crs=32633,
    )
    content = views.svg(views.map_figure(grid))
    assert b"<image" in content
    assert len(content) < 2_000_000


def test_bars_write_their_numbers_and_say_what_is_not_drawn():
    table = pd.DataFrame({"area": [f"A{i}" for i in range(30)], "n": range(30)})
    said = texts(views.bar_figure(table, at_most=20))
    assert any("10 further rows are not drawn." in text for text in said)
    assert "19" in said
    assert "no value" in texts(views.bar_figure(bars()))


def test_times_are_drawn_as_a_line():
    table = pd.DataFrame(
        {"month": pd.date_range("2024-01-01", periods=6, freq="MS", tz="Europe/Vienna"), "n": range(6)}
    )
    figure = views.bar_figure(table)
    assert len(figure.axes[0].lines) == 1
    assert views.png(figure)


@pytest.mark.parametrize(
    ("table", "options", "error", "words"),
    [
        (pd.DataFrame({"a": ["x"]}), {}, InputError, "column of numbers"),
        (pd.DataFrame({"a": [], "n": []}), {}, InputError, "no rows"),
        (pd.DataFrame({"a": ["x"], "n": [1]}), {"value": "m"}, ColumnError, "no column 'm'"),
        ([1, 2], {}, InputError, "must be a table"),
    ],
)
def test_what_cannot_be_drawn_is_said(table, options, error, words):
    with pytest.raises(error, match=words):
        views.bar_figure(table, **options)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Ђорђе Ωμέγα Žižek", "Ђорђе Ωμέγα Žižek"),
        ("a\nb\tc", "a b c"),
        ("漢", "\ufffd"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_the_font_cannot_write_is_marked(text, written):
    assert writable(text) == written


def result(view="table", table=None, **more) -> Result:
    return Result(
        "demo",
        "Thefts",
        bars() if table is None else table,
        "counted",
        ("Three found.",),
        view=view,
        handling="H2",
        **more,
    )


def test_results_are_drawn_as_they_ask():
    assert "H2   Not to be passed on" in " ".join(texts(views.draw(result())))
    assert len(views.draw(result("map", cells())).axes) == 1
    assert "Links" in texts(views.draw(result("linkchart", chart().entities, details={"chart": chart()})))
    assert views.explore(result()).handling == "H2"
    assert result().plot().axes
    assert result().explore().title == "Thefts"


def test_only_results_are_drawn():
    for draw in (views.draw, views.explore, views.summary_html):
        with pytest.raises(InputError, match="draws results of analyses; got DataFrame"):
            draw(bars())
    with pytest.raises(InputError, match="a table takes no options"):
        views.explore(result(), areas=cells())


def test_the_summary_says_everything_but_names_and_sources():
    from ilp_lab.result import Param, Source

    table = bars().assign(
        address="12 Secret Street", reference="R-SECRET", verdict=["a", "b", "c"], z=[1.0, 9.0, 3.0]
    )
    said = views.summary_html(
        result(
            table=table,
            params=(Param("cell_m", 200, chosen=True, why="density"), Param("alpha", 0.05)),
            caveats=("Only what was recorded.",),
            sources=(Source("incidents", 3, "abc"),),
            left_out={"without a place": 2},
            references=("Ord and Getis 1995",),
            seed="7",
        )
    )
    assert "Secret" not in said
    assert "SECRET" not in said
    for words in (
        "Three found.", "cell size, m: 200 (chosen: density)", "set by the library", "Only what was recorded.",
        "2 rows: without a place", "Ord and Getis 1995", "seed 7", "H2", "Highest 3 of 3 rows",
    ):  # fmt: skip
        assert words in said
    assert said.index("<td>12</td>") < said.index("<td>3</td>")
    assert said.count("set by the library") == 1


def test_a_summary_can_carry_its_figure():
    assert "data:image/png;base64," in views.summary_html(result(), figure=True)
    assert "<img" not in views.summary_html(result())


def test_handling_of_tables_reaches_the_figure():
    assert any("H3" in text for text in texts(views.bar_figure(safeguards.mark(bars(), handling="H3"))))


def caption_under(figure):
    return next(text.get_text() for text in figure.texts if text.get_fontsize() == 7.5)


def test_a_long_caption_keeps_what_was_left_out_and_shows_a_cut():
    told = (
        "9 of 99 cells hold more than the average. "
        + "At most 1 in 20 (approx. one) of them is a false alarm. " * 6
    )
    figure = views.drawing.finish(
        views.drawing.sheet(9, 6),
        title="T",
        caption=told + "8 rows left out: without a place.",
        handling="H0",
    )
    said = " ".join(caption_under(figure).split())
    assert said.startswith("9 of 99 cells hold more than the average.")
    assert said.endswith("… 8 rows left out: without a place.")
    assert told.strip() in figure.alternative
    long = views.drawing.finish(
        views.drawing.sheet(9, 6), title="T", caption="word " * 80 + "end. 8 rows left out.", handling="H0"
    )
    assert caption_under(long).endswith("word … 8 rows left out.")
    one = views.drawing.finish(views.drawing.sheet(9, 6), title="T", caption="word " * 200, handling="H0")
    assert caption_under(one).count("\n") == 1
    assert caption_under(one).endswith("…")


@pytest.mark.parametrize("rows", [2, 20])
def test_caption_source_and_scale_stand_apart_on_low_and_on_high_maps(rows):
    """On wide, low maps the source was written over the end of the caption, and the caption over the scale bar."""
    row, column = np.divmod(np.arange(20 * rows), 20)
    grid = gpd.GeoDataFrame(
        {"row": row, "column": column, "n": column},
        geometry=[
            box(6e5 + 100 * c, 5.3e6 + 100 * r, 6e5 + 100 * c + 100, 5.3e6 + 100 * r + 100)
            for r, c in zip(row, column, strict=True)
        ],
        crs=32633,
    )
    told = (
        "Of all cells, "
        + "each taken with the cells around it, " * 4
        + "few hold more than chance explains.",
    )
    sources = tuple(
        Source(name, 165_567, "0123456789abcdef", "a_rather_long_name_of_a_file.csv")
        for name in ("incidents", "exposure", "study area")
    )
    result = Result(
        "places.gi_star",
        "Hot spots",
        grid,
        "counted",
        told,
        sources=sources,
        view="map",
        details={"value": "n"},
    )
    figure = views.map_figure(result)
    renderer = figure.canvas.get_renderer()
    boxes = {}
    for text in figure.findobj(Text):
        said = text.get_text()
        name = (
            "caption"
            if said.startswith("Of all cells")
            else text.get_gid() or ("scale" if re.fullmatch(r"\d+ k?m", said) else "")
        )
        boxes[name] = text.get_window_extent(renderer)
    named = ("caption", "ilp-source", "ilp-handling", "scale", "ilp-title")
    for k, one in enumerate(named):
        for other in named[:k]:
            assert not boxes[one].overlaps(boxes[other]), (one, other)
    legend = next(child for child in figure.axes[0].artists if type(child).__name__ == "Legend")
    assert not legend.get_window_extent(renderer).overlaps(boxes["ilp-source"])


def test_bars_beyond_chance_are_filled_and_the_others_are_outlines():
    table = pd.DataFrame({"number": ["a", "b", "c"], "in_window": [9, 8, 7], "q_fdr": [0.01, 0.2, None]})
    found = Result(
        "networks.call_bursts",
        "Bursts",
        table,
        "counted",
        ("One.",),
        sources=(Source("calls", 3, "00", "a.csv"),),
    )
    axes = views.draw(found).axes[0]
    assert [patch.get_facecolor()[:3] == (1, 1, 1) for patch in axes.patches] == [False, True, True]
    told = [text.get_text() for text in axes.get_legend().get_texts()]
    assert told == ["more than chance explains", "no difference that can be shown"]
    assert axes.get_xlabel() == "calls in the fullest window"
    assert any("Source: calls: 3 rows from a.csv" in text for text in texts(views.draw(found)))


def test_long_names_of_bars_keep_their_end():
    way = " → ".join(["00188209041", "00181250297", "00183262592", "00184692432", "00188209041"])
    axes = views.bar_figure(pd.DataFrame({"path": [way], "amount": [3.0]})).axes[0]
    said = axes.get_yticklabels()[0].get_text()
    assert " ".join(said.split("\n")) == way
    assert max(map(len, said.split("\n"))) <= 38
    assert axes.get_xlabel() == "Amount"
    assert axes.get_legend() is None
