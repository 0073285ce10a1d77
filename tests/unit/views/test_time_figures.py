"""Figures of time: every result draws, says in words what it shows, and takes hostile names as text."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from ilp_lab import times, views
from ilp_lab.errors import InputError

HOSTILE = "<script>alert(1)</script> $x^2$ {{7*7}}"


def thefts(n=900, days=800, seed=1):
    rng = np.random.default_rng(seed)
    at = pd.Timestamp("2022-01-03", tz="Europe/Vienna") + pd.to_timedelta(
        rng.integers(0, days * 1440, n), unit="min"
    )
    return gpd.GeoDataFrame(
        {"occurred_at": at, "area": rng.choice([HOSTILE, "B"], n), "offence": "theft"},
        geometry=gpd.points_from_xy(*rng.uniform(0, 3000, (2, n))),
        crs=32633,
    )


@pytest.fixture(scope="module")
def results():
    table = thefts()
    squares = [gpd.GeoDataFrame(geometry=[box(x, x, x + 600, x + 600)], crs=32633) for x in (300, 1900)]
    panel = times.counts_by_period(thefts(3000).assign(area=np.arange(3000) % 8), by="area")
    panel = panel[panel["complete"]].assign(
        treated=lambda t: (t["area"].astype(int) < 4) & (t["period"] > "2023-01-01")
    )
    pairs = pd.DataFrame({"place": [HOSTILE, "B"], "before": [40, 12], "after": [90, 14]})
    zones = pd.DataFrame({"zone": ["treated", "control"], "before": [90, 80], "after": [40, 82]})
    return {
        "week": times.aoristic(table, rng=1),
        "shifts by area": times.aoristic(table, unit=["06:00", "18:00"], by="area", rng=1),
        "minutes": times.aoristic(table, unit="minute_of_day", rng=1),
        "cells": times.aoristic(table, unit="hour_of_day", cell_m=500, bootstrap=0),
        "weekdays": times.weekday_test(table, rng=1),
        "day": times.circular_test(table, rng=1),
        "circle of the week": times.circular_test(table, cycle="week", rng=1),
        "burst": times.temporal_scan(table, within_days=10),
        "year": times.year_to_date(table, by="area"),
        "changes": times.change_points(table),
        "season": times.seasonality(table),
        "chart": times.control_chart(table, by="area"),
        "radar": times.exceptions(table, by=["area", "offence"]),
        "tried": times.backtest(table, discovered=[], folds=4, methods=["density"], bootstrap=99, rng=1),
        "ahead": times.forecast(table, discovered=[], opt_in=True),
        "counts": times.compare_counts(pairs),
        "difference": times.displacement_difference(zones),
        "panel": times.difference_in_differences(panel),
        "broken": times.interrupted_series(table, at="2023-06-01"),
        "pattern": times.pattern_change(table, after=thefts(seed=2), cell_m=500),
        "rings": times.displacement_rings(table, treated=squares[0], control=squares[1], at="2023-01-15"),
    }  # fmt: skip


def test_every_result_draws_for_print_and_says_what_it_shows(results):
    for name, result in results.items():
        figure = result.plot()
        assert views.png(figure).startswith(b"\x89PNG"), name
        assert result.title.split(",")[0] in figure.alternative, name
        texts = [text.get_text() for text in figure.texts]
        assert any("Source:" in text for text in texts) or result.view != "map", name
        assert any("H0" in text for text in texts), name


def test_nothing_hostile_gets_out_on_a_page(results):
    for name, result in results.items():
        page = result.explore()
        assert "<script>alert(1)" not in page.html, name
        assert "<script>alert(1)" not in result._repr_html_(), name


def test_hostile_names_stand_in_figures_as_they_are(results):
    figure = results["counts"].plot()
    labels = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert any("<script>" in label for label in labels)
    assert all(not label.get_parse_math() for axes in figure.axes for label in axes.get_yticklabels())


def test_one_of_several_series_may_be_chosen(results):
    assert "B" in results["chart"].plot(of="B").texts[0].get_text()
    assert results["shifts by area"].plot(of="B").texts[0].get_text().endswith(": B")
    for name in ("chart", "shifts by area"):
        with pytest.raises(InputError, match="there is no"):
            results[name].plot(of="nobody")


def test_colours_say_more_fewer_better_worse(results):
    def said(name):
        return {text.get_text() for legend in results[name].plot().axes[0].get_children() if hasattr(legend, "get_texts") for text in legend.get_texts()}  # fmt: skip

    assert {"more than chance explains", "no difference that can be shown"} <= said("counts")
    assert "fewer than chance explains" in said("difference")
    assert "the naive map to beat" in said("tried")


def test_figures_for_other_results_are_refused(results):
    with pytest.raises(InputError, match="holds no series"):
        views.series_figure(results["week"])
    with pytest.raises(InputError, match="holds no intervals"):
        views.intervals_figure(results["week"])
    with pytest.raises(InputError, match="draws profiles"):
        views.clock_figure(results["chart"])
    with pytest.raises(InputError, match="draws results of"):
        views.bands_figure(results["week"])


def test_captions_do_not_run_into_the_handling_code(results):
    for name, result in results.items():
        figure = result.plot()
        figure.canvas.draw()
        caption = next(
            text for text in figure.texts if text.get_position()[0] == 0.02 and text.get_fontsize() == 7.5
        )
        handling = next(text for text in figure.texts if text.get_gid() == "ilp-handling")
        low = caption.get_window_extent().y0
        high = handling.get_window_extent().y1
        assert low >= high - 1, name


def test_a_finding_that_names_midnight_is_not_said_twice_under_a_clock():
    at = pd.to_datetime(pd.date_range("2026-01-05", periods=40, freq="7D")).tz_localize("Europe/Vienna")
    drawn = views.draw(
        times.aoristic(pd.DataFrame({"occurred_at": at + pd.to_timedelta(range(40), unit="min")}), rng=1)
    )
    told = " ".join(" ".join(text.get_text().split()) for text in drawn.texts)
    assert told.count("The strongest part is Mon 00:00") == 1


def test_the_legend_of_the_clock_names_95_percent(results):
    from matplotlib.legend import Legend

    legend = next(one for one in views.draw(results["day"]).axes[0].artists if isinstance(one, Legend))
    told = [text.get_text() for text in legend.get_texts()]
    assert any(text.startswith("95%: ") for text in told)
    assert not any("0.95" in text for text in told)
