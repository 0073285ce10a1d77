"""What a product's table says of a result: cells that can be read, rows that the finding rests on, headings that are true."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from ilp_lab import networks, places, times
from ilp_lab._spoken import speak
from ilp_lab.products import ProblemProfile
from ilp_lab.products.extract import cell_text, grid_of, leading_rows
from ilp_lab.result import Result, Source
from ilp_lab.safeguards import open_case


def result(columns, name="demo"):
    return Result(name, "Counts", pd.DataFrame(columns), "counted", ("Three.",))


def shown(found):
    """The rows of a result's table as a reader sees them, each a dictionary by heading."""
    grid = grid_of(leading_rows(found), of=found)
    return [dict(zip(grid.columns, row, strict=True)) for row in grid.rows]


def test_what_has_no_end_is_said_and_not_a_number():
    assert [cell_text(value) for value in (np.inf, -np.inf, np.float64("inf"), np.nan)] == [
        "∞",
        "−∞",
        "∞",
        "",
    ]
    found = result({"place": ["A", "B"], "ratio": [np.inf, 1.5], "x_share": [np.inf, 0.25]})
    assert shown(found) == [
        {"Place": "A", "Ratio": "∞", "X share": "∞"},
        {"Place": "B", "Ratio": "1.5", "X share": "25%"},
    ]


def test_a_range_stands_only_where_there_is_one_and_shares_keep_their_sign():
    found = result({
        "order": ["first", "second"],
        "parts": [110.0, 0.5], "parts_low": [np.nan, 0.25], "parts_high": [np.nan, 0.75],
        "largest_share": [0.5, 0.75], "largest_share_low": [np.nan, 0.7], "largest_share_high": [np.nan, 0.8],
    })  # fmt: skip
    assert shown(found) == [
        {"Order": "first", "Parts": "110", "Largest share": "50%"},
        {"Order": "second", "Parts": "0.5 (0.25 to 0.75)", "Largest share": "75% (70% to 80%)"},
    ]


def test_parts_of_the_week_are_named_and_labels_of_entities_are_not(tmp_path):
    at = pd.date_range("2024-01-01", periods=900, freq="h", tz="Europe/Vienna")
    incidents = pd.DataFrame({"occurred_at": at})
    hours = times.aoristic(incidents, bootstrap=0)
    rows = shown(hours)
    assert set(rows[0]) == {"When", "Incidents"}
    assert all(re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:00", row["When"]) for row in rows)
    assert "<td>Mon 00:00<" in hours.explore().html
    shifts = times.aoristic(incidents, unit=["06:00", "18:00"], bootstrap=0)
    assert [row["When"] for row in shown(shifts)] == ["06:00 to 18:00", "18:00 to 06:00"]
    with speak("ru"):
        assert shown(times.weekday_test(incidents, simulations=99, rng=1))[0]["Когда"] == "понедельник"

    people = pd.DataFrame(
        {"entity_id": ["E1", "E2", "E3"], "label": ["Mr Ivo", "Ms Ana", "Mr Ion"], "kind": "person"}
    )
    chart = networks.chart(pd.DataFrame({"source": ["E1", "E2"], "target": ["E2", "E3"]}), people)
    ranked = networks.ranking(chart, by="degree", redraws=10, rng=1)
    for named in (ranked, replace(ranked, name="times.aoristic"), replace(hours, name="demo")):
        assert not {"Label", "When"} & set(shown(named)[0]), named.name
        assert not re.search("Mr Ivo|<td>Mon 00:00", named._repr_html_()), named.name
    case = open_case(tmp_path / "case", purpose="1", legal_basis="2", analyst="3")
    exhibit = ProblemProfile(case, question="?").add_table(
        hours.table.head(20), says="x.", source="own count"
    )
    assert "Mon 00:00" not in exhibit.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")


def captioned(found):
    return grid_of(leading_rows(found), of=found).caption


def test_the_table_of_other_verdicts_is_not_that_of_hot_spots():
    verdicts = {
        "times.exceptions": ["nothing new", "worth a look", "exception"],
        "times.near_repeat": [
            "not more than chance",
            "more than chance, if looked at alone",
            "more than chance",
        ],
        "places.local_moran": ["not more than chance", "low among high", "high among high"],
        "places.relative_risk": ["not more than chance", "higher", "higher beyond chance"],
        "places.rates": ["not more than chance", "lower than overall", "higher than overall"],
    }
    for name, (rest, second, first) in verdicts.items():
        many = pd.Categorical([rest] * 12 + [second, first])
        found = result(
            {"area": [f"A{at}" for at in range(14)], "verdict": many, "z": 1.0, "p": 0.5, "q_fdr": 0.5}, name
        )
        assert [row["Verdict"] for row in shown(found)] == [first, second, *[rest] * 8], name
        assert captioned(found).endswith("; what the finding rests on stands first"), name
    spots = result(
        {"area": ["A", "B"], "verdict": ["cold spot", "hot spot"], "z": [-3.0, 3.0]}, "places.gi_star"
    )
    assert [row["Area"] for row in shown(spots)] == ["B"]


def test_what_the_finding_rests_on_stands_first_where_that_is_said():
    at = np.arange(20)
    month = pd.date_range("2022-01-01", periods=20, freq="MS")
    kinds = pd.Categorical(
        ["no pattern"] * 17 + ["sporadic cold spot", "new hot spot", "persistent hot spot"]
    )
    cases = {
        "places.emerging_hot_spots": ({"n": at, "pattern": kinds, "z_last": at / 10}, [19, 18, 17, 16]),
        "times.aoristic": ({"unit": at, "label": "Mon 00:00", "n": at}, [19, 18, 17, 16]),
        "times.control_chart": (
            {
                "period": month,
                "n": at,
                "verdict": np.where(np.isin(at, [3, 9]), "above the band", "within the band"),
            },
            [9, 3, 19, 18],
        ),
        "places.geographic_profile": ({"score": 0.5, "searched": (20 - at) / 20, "n": at}, [19, 18, 17, 16]),
        "networks.disruption": ({"removal": "degree", "removed": at % 5, "n": at}, [4, 9, 14, 19]),
    }
    for name, (columns, first) in cases.items():
        found = result(columns, name)
        assert [int(row["Incidents"]) for row in shown(found)][:4] == first, name
        assert captioned(found).endswith("; what the finding rests on stands first"), name


def test_it_is_not_said_of_rows_in_another_order_or_of_all_rows():
    month = pd.date_range("2022-01-01", periods=20, freq="MS")
    season = result({"period": month, "n": range(20), "geometry": None}, "times.seasonality")
    assert [row["Incidents"] for row in shown(season)][:2] == ["19", "18"]
    for found in (
        season,
        result({"m": range(20), "k": 1.0}, "places.ripley"),
        result({"a": [2], "b": [1], "p": [1]}, "times.scan"),
    ):
        assert captioned(found).endswith(" columns"), found.name


def test_what_is_counted_is_called_what_it_is():
    for counted, heading in (
        ("calls", "Calls"),
        ("transactions", "Payments"),
        ("incidents", "Incidents"),
        ("areas", "Incidents"),
    ):
        found = result({"number": ["70001"], "n": [12]}, "networks.night_calls")
        found = replace(found, sources=(Source(counted, 12, "0123456789abcdef"),))
        assert shown(found) == [{"Number": "70001", heading: "12"}]


def test_times_are_days_where_no_clock_was_told_and_moments_elsewhere():
    days = pd.to_datetime(["2017-01-01", "2006-06-04", None])
    times_of_day = pd.to_datetime(["2006-06-04 11:04", "2006-06-05 00:00", None]).tz_localize(
        "America/New_York"
    )
    found = result({"period": days, "start": times_of_day, "on": [*days.date[:2], None], "n": [1, 2, 3]})
    rows = shown(found)
    assert [row["Period"] for row in rows] == ["01 Jan 2017", "04 Jun 2006", ""]
    assert [row["Start"] for row in rows] == ["04 Jun 2006, 11:04", "05 Jun 2006, 00:00", ""]
    assert [row["On"] for row in rows] == ["01 Jan 2017", "04 Jun 2006", ""]
    with speak("ru"):
        assert shown(found)[0]["Период"] == "01.01.2017"


def test_near_repeats_have_units_and_the_number_that_the_agency_gave():
    draw = np.random.default_rng(1)
    incidents = gpd.GeoDataFrame(
        {
            "occurred_at": pd.Timestamp("2024-01-01", tz="Europe/Vienna")
            + pd.to_timedelta(draw.integers(0, 60, 90), "D")
        },
        geometry=gpd.points_from_xy(*draw.uniform(0, 2000, (2, 90))),
        crs=32633,
    )
    rows = shown(times.near_repeat_zones(incidents))
    assert list(rows[0])[:3] == ["Row", "From (m)", "To (m)"]
    numbered = incidents.assign(incident_id=[f"K-{at}" for at in range(90)])
    zones = times.near_repeat_zones(numbered)
    assert zones.table["incident_id"].tolist() == [f"K-{at}" for at in zones.table["incident"]]
    assert [row["Incident"] for row in shown(zones)] == zones.table["incident_id"].head(10).tolist()
    assert "Row" not in shown(zones)[0]
    near = times.near_repeat(incidents, permutations=99, rng=1)
    assert {"From (m)", "To (m)", "From (days)", "To (days)"} <= set(shown(near)[0])


def test_it_is_said_how_many_incidents_were_analysed(tmp_path):
    incidents = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(np.arange(1000) % 50, np.arange(1000) // 20), crs=32633
    )
    town = gpd.GeoDataFrame(geometry=[box(-0.5, -0.5, 39.5, 50)], crs=32633)
    spots = places.gi_star(incidents, cell_m=5, study_area=town, simulations=19, rng=1)
    assert spots.table["n"].sum() == 820
    assert "incidents: 820 of these 1,000 rows were analysed" in spots.method_statement()
    case = open_case(tmp_path / "case", purpose="1", legal_basis="2", analyst="3")
    for language in ("en", "ru"):
        product = ProblemProfile(case, question="?", language=language).add(spots, says="x.")
        page = product.to_html(tmp_path / f"{language}.html").path.read_text(encoding="utf-8")
        assert re.search(r"820\D+1.000\D", page), language
    whole = places.gi_star(incidents, cell_m=5, simulations=19, rng=1)
    assert whole.analysed() == ()
    counted = replace(spots, name="times.aoristic")
    assert counted.analysed() == replace(spots, sources=spots.sources[1:]).analysed() == ()
