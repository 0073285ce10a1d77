"""The crime map's side in Python: what it sends, what it answers, what it refuses."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ilp_lab import places, widgets
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards import mark


def latest(sent, about, widget=None):
    return next(
        (content, buffers)
        for one, content, buffers in reversed(sent)
        if content.get("about") == about and widget in {None, one}
    )


def array(reference, buffers):
    return np.frombuffer(buffers[reference["$"]], dtype="<" + reference["kind"])


def test_points_arrive_where_they_are(sent, incidents):
    made = widgets.CrimeMap(incidents, colour_by="offence")
    content, buffers = latest(sent, "points")
    xy = array(content["xy"], buffers).reshape(-1, 2) + np.asarray(made._origin)
    assert np.abs(xy - np.column_stack([incidents.geometry.x, incidents.geometry.y])).max() < 0.01
    codes = array(content["codes"], buffers)
    assert [content["labels"][code] for code in codes[:3]] == ["theft", "burglary", "assault"]
    minutes = array(content["time"]["minutes"], buffers)
    assert pd.Timestamp(int(minutes[0]), unit="m") == pd.Timestamp("2025-01-01 13:30")
    assert content["time"]["zone"] == "Europe/Vienna"


def test_rows_without_a_place_are_counted_and_keep_their_numbers(sent, incidents):
    some = incidents.copy()
    some.loc[[0, 3], "geometry"] = [None, gpd.points_from_xy([np.nan], [np.nan])[0]]
    widgets.CrimeMap(some)
    content, buffers = latest(sent, "points")
    assert (content["total"], content["placed"]) == (60, 58)
    assert array(content["rows"], buffers)[:3].tolist() == [1, 2, 4]


@pytest.mark.parametrize("crs", [32633, None])
def test_a_place_that_is_no_number_lies_nowhere_and_stretches_no_map(sent, incidents, crs):
    x, y = incidents.geometry.x.to_numpy().copy(), incidents.geometry.y.to_numpy().copy()
    x[:3], y[:3] = [np.nan, np.inf, 1e300], [y[0], np.inf, y[2]]
    rows = incidents.drop(columns="geometry")
    made = widgets.CrimeMap(gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(x, y), crs=crs))
    assert np.isnan(made._xy[:3]).all()
    assert latest(sent, "points")[0]["placed"] == len(incidents) - 3
    west, south, east, north = latest(sent, "ground")[0]["bounds"]
    assert east - west < 6_500
    assert north - south < 3_500


def test_more_than_can_be_drawn_is_thinned_evenly_and_chosen_exactly(sent, incidents):
    made = widgets.CrimeMap(incidents, at_most=7)
    content, buffers = latest(sent, "points")
    assert content["thinned"]
    assert array(content["rows"], buffers).tolist() == [0, 10, 20, 30, 39, 49, 59]
    west, south, east, north = made._bounds
    ring = np.array([[west, south], [east, south], [east, north], [west, north]]) - np.asarray(made._origin)
    made.heard(None, {"ask": "within", "mode": "new"}, [memoryview(ring.astype("<f8").tobytes())])
    assert len(made.selection) == 60
    half = ring.copy()
    half[1:3, 0] /= 2
    made.heard(None, {"ask": "within", "mode": "within"}, [memoryview(half.astype("<f8").tobytes())])
    left = incidents.geometry.x.to_numpy() < (west + half[1, 0] + made._origin[0] - west)
    assert made.selection.mask.tolist() == left.tolist()
    assert latest(sent, "selected")[0]["count"] == len(made.selection)


def test_a_lattice_travels_as_columns_and_rows(sent, incidents, areas):
    hot = places.gi_star(incidents, cell_m=500, study_area=areas, simulations=19, rng=1)
    made = widgets.CrimeMap(incidents, areas=areas, layers=hot)
    content, buffers = latest(sent, "layers")
    layer = content["layers"][0]
    assert layer["kind"] == "raster"
    assert layer["cell"] == 500
    west = array(layer["column"], buffers) * 500 + layer["west"] + made._origin[0]
    assert west.tolist() == hot.table.geometry.bounds["minx"].tolist()
    assert layer["labels"][-1] == "Not more than chance"


def test_areas_streets_and_names_are_layers_too(sent, incidents, areas):
    streets = gpd.GeoDataFrame({"n": [1, 5]}, geometry=areas.boundary.to_list(), crs=32633)
    points = gpd.GeoDataFrame({"name": ["Mill", None]}, geometry=areas.centroid.to_list(), crs=32633)
    widgets.CrimeMap(incidents, layers={"By area": areas.assign(n=[3, 9]), "Streets": streets}, places=points)
    kinds = [(layer["name"], layer["kind"]) for layer in latest(sent, "layers")[0]["layers"]]
    assert kinds == [("By area", "areas"), ("Streets", "lines")]
    assert latest(sent, "ground")[0]["places"]["names"] == ["Mill", ""]


def test_pointing_tells_nothing_that_identifies_a_person(sent, incidents):
    named = incidents.rename(columns={"suspect_name": "given_name"}).assign(label="Jane Doe")
    made = widgets.CrimeMap(named)
    made.heard(None, {"ask": "about", "row": 4}, [])
    told = " ".join(latest(sent, "told")[0]["lines"])
    assert "burglary" in told
    assert "Jane Doe" not in told


def test_the_window_and_the_view_reach_python(sent, incidents):
    made = widgets.CrimeMap(incidents)
    made.heard(None, {"ask": "window", "from": 0, "to": 1440}, [])
    assert made.window == (pd.Timestamp("1970-01-01"), pd.Timestamp("1970-01-02"))
    made.heard(None, {"ask": "window", "from": None, "to": None}, [])
    assert made.window is None
    made.heard(None, {"ask": "view", "bounds": [0, 0, 10, 20]}, [])
    west, south = made._origin
    assert made.view == (west, south, west + 10, south + 20)


def test_a_fault_is_told_in_the_page_and_never_raised(sent, incidents):
    made = widgets.CrimeMap(incidents)
    for message in ({"ask": "about", "row": "x"}, {"ask": "about"}, {"ask": "view", "bounds": [1]}):
        made.heard(None, message, [])
        content, _ = latest(sent, "said")
        assert content["alarm"]
        assert "went wrong" in content["sentence"]


@pytest.mark.parametrize(
    "message", [None, 3, {}, {"ask": None}, {"ask": "__init__"}, {"ask": "x y"}, {"ask": ["a"]}]
)
def test_messages_that_mean_nothing_do_nothing(sent, incidents, message):
    made = widgets.CrimeMap(incidents)
    before = len(sent)
    made.heard(None, message, [])
    assert len(sent) == before


def test_widgets_that_share_a_choice_hear_of_it_and_the_author_does_not(sent, incidents):
    chosen = widgets.Selection(incidents)
    one, other = widgets.CrimeMap(incidents, selection=chosen), widgets.CrimeMap(incidents, selection=chosen)
    del sent[:]
    one.heard(None, {"ask": "select", "token": "page-1"}, [memoryview(b"\x05")])
    assert chosen.rows.tolist() == [0, 2]
    assert [widget for widget, content, _ in sent if content["about"] == "selected"] == [other]
    assert latest(sent, "selected")[0]["token"] == "page-1"
    other.close()
    del sent[:]
    chosen.choose([1])
    assert [widget for widget, _, _ in sent] == [one]


def test_showing_other_incidents_keeps_the_map(sent, incidents, areas):
    made = widgets.CrimeMap(incidents, areas=areas)
    first = made.selection
    made.show(incidents=incidents.iloc[:5], title="Five")
    assert made.selection is not first
    assert latest(sent, "head")[0]["title"] == "Five"
    assert latest(sent, "points")[0]["total"] == 5
    made.show(layers={"By area": areas.assign(n=[3, 9])})
    assert latest(sent, "layers")[0]["layers"][0]["name"] == "By area"
    assert latest(sent, "points")[0]["total"] == 5


@pytest.mark.parametrize("size", [0, 1])
def test_an_empty_table_and_a_single_row(sent, incidents, size):
    widgets.CrimeMap(incidents.iloc[:size])
    if size:
        ground = latest(sent, "ground")[0]
        assert ground["bounds"][2] - ground["bounds"][0] >= 200
    else:
        assert "nothing to draw" in latest(sent, "nothing")[0]["sentence"]


def test_no_incident_but_areas_is_a_map_of_areas(sent, incidents, areas):
    widgets.CrimeMap(incidents.iloc[:0], areas=areas, colour_by="offence")
    assert latest(sent, "points")[0]["total"] == 0
    assert latest(sent, "ground")[0]["areas"]["names"] == ["Port", "Hill"]


def test_the_strictest_handling_code_stands_over_the_map(sent, incidents, areas):
    widgets.CrimeMap(mark(incidents, handling="H2"), areas=areas)
    assert latest(sent, "head")[0]["handling"].startswith("H2")


def test_what_does_not_fit_is_refused_all_at_once(incidents, areas):
    with pytest.raises(InputError) as refused:
        widgets.CrimeMap(pd.DataFrame({"a": [1]}), layers={"x": 3}, height_px=5)
    said = str(refused.value)
    assert "incidents must be a table with places" in said
    assert "'x' must be a result or table with places" in said
    assert "height_px" in said
    with pytest.raises(ColumnError, match="offense"):
        widgets.CrimeMap(incidents, colour_by="offense")
    with pytest.raises(InputError, match="60"):
        widgets.CrimeMap(incidents.iloc[:3], selection=widgets.Selection(incidents))


def test_no_row_is_state_of_a_widget(sent, incidents, areas):
    """What a notebook would save of a widget holds neither rows nor names."""
    made = [
        widgets.CrimeMap(incidents, areas=areas, colour_by="offence", title="Secret operation"),
        widgets.Timeline(incidents),
        widgets.Clock(incidents),
        widgets.Table(incidents),
    ]
    for widget in made:
        widget.heard(None, {"ask": "rows", "first": 0, "number": 9}, [])
        state = widget.get_state()
        text = json.dumps({name: str(value) for name, value in state.items()})
        text = re.sub("IPY_MODEL_[0-9a-f]+", "", text)  # drawn at random, so it can hold any digits
        assert not any(isinstance(value, (bytes, memoryview)) for value in state.values())
        for word in ("theft", "Port", "I1", "Secret", "2025"):
            assert word not in text
        assert repr(widget) == f"<{type(widget).__name__}>"


def test_the_grid_is_finer_the_closer_one_looks(sent, incidents):
    made = widgets.CrimeMap(incidents)
    made.heard(None, {"ask": "view", "bounds": [0, 0, 60, 40]}, [])
    grid = next(message for _, message, _ in reversed(sent) if message.get("about") == "grid")["grid"]
    assert 4 < len(grid) < 60
    assert {len(line["label"].split("°")[0].split(".")[1]) for line in grid} == {4}


def test_groups_are_chosen_on_all_rows_also_when_only_a_share_is_drawn(sent, incidents):
    made = widgets.CrimeMap(incidents, at_most=10)
    x, y = made._xy[:, 0] - made._origin[0], made._xy[:, 1] - made._origin[1]
    middle, top = float(np.median(x)), float(y.max()) + 10

    def ring(west, east):
        return np.array([west, -10, east, -10, east, top, west, top], dtype="<f8").tobytes()

    parts = [ring(-10.0, middle / 2), ring(middle, middle * 1.5)]
    made.heard(None, {"ask": "within", "mode": "new", "hidden": []}, [memoryview(part) for part in parts])
    inside = (x < middle / 2) | ((x > middle) & (x < middle * 1.5))
    assert made.selection.rows.tolist() == np.flatnonzero(inside).tolist()
