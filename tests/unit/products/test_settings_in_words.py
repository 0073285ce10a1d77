"""How a result was worked out is said in words of the session's language: no parameter names, no True, None or ISO days."""

from __future__ import annotations

import re
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from ilp_lab import _spoken, _tongue, networks, places, tasking, threats, times
from ilp_lab._settingwords import NAMES, setting_words, value_words
from ilp_lab.products import ProblemProfile
from ilp_lab.safeguards import open_case

DRAW = np.random.default_rng(5)


def incidents(n=160):
    spread = DRAW.uniform(0, 3000, (n, 2))
    spread[: n // 3] = DRAW.normal(1500, 80, (n // 3, 2))
    when = pd.Timestamp("2024-01-03 10:00", tz="Europe/Vienna") + pd.to_timedelta(
        DRAW.integers(0, 700 * 24, n), unit="h"
    )
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"I{k}" for k in range(n)],
            "occurred_at": when,
            "offence": DRAW.choice(["13", "27"], n),
        },
        geometry=gpd.points_from_xy(*(spread + np.array([500_000, 5_300_000])).T),
        crs=32633,
    )


def areas():
    outlines = [
        box(500_000 + 1000 * x, 5_300_000 + 1000 * y, 501_000 + 1000 * x, 5_301_000 + 1000 * y)
        for x in range(4)
        for y in range(4)
    ]
    n = DRAW.integers(1, 40, 16)
    return gpd.GeoDataFrame(
        {
            "area": [f"{k}" for k in range(16)],
            "name": [f"{k}" for k in range(16)],
            "44": n,
            "55": 100 * n + 50,
        },
        geometry=outlines,
        crs=32633,
    )


def chart():
    ends = DRAW.integers(0, 14, (40, 2))
    links = pd.DataFrame({"source": [f"{a}" for a, _ in ends], "target": [f"{b}" for _, b in ends]})
    return networks.chart(links[links["source"] != links["target"]])


def matrix():
    names = [one.id for one in threats.rubric("socta-groups").indicators]
    wide = pd.DataFrame([["high"] * 10, ["low"] * 9 + ["unknown"]], index=["1", "2"], columns=names)
    return threats.matrix(
        wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False
    )


POINTS, GROUND, CHART = incidents(), areas(), chart()
VISITS = {"visits": 12, "demand": "44"}
MADE = {
    "hot spots": lambda: places.gi_star(POINTS, simulations=39, rng=1),
    "hot areas": lambda: places.gi_star(GROUND, value="44", simulations=39, permutations=99, rng=1),
    "local moran": lambda: places.local_moran(GROUND, value="44", simulations=39, permutations=99, rng=1),
    "areas of hot spots": lambda: places.hot_areas(POINTS, rng=1),
    "density": lambda: places.density(POINTS, adaptive=True),
    "density by cross-validation": lambda: places.density(POINTS, bandwidth_m="cv", rng=1),
    "bandwidths": lambda: places.bandwidths(POINTS, rng=1),
    "emerging": lambda: places.emerging_hot_spots(POINTS, step="month", simulations=19, rng=1),
    "rates": lambda: places.rates(GROUND, events="44", population="55"),
    "concentration": lambda: places.concentration(GROUND, n="44", bootstrap=99, rng=1),
    "relative risk": lambda: places.relative_risk(POINTS, POINTS, simulations=99, rng=1),
    "near repeats": lambda: times.near_repeat(POINTS, permutations=99, rng=1),
    "near repeats on a grid": lambda: times.near_repeat(POINTS, metric="manhattan", permutations=99, rng=1),
    "zones": lambda: times.near_repeat_zones(POINTS),
    "when": lambda: times.aoristic(POINTS, bootstrap=20, rng=1),
    "weekdays": lambda: times.weekday_test(POINTS, simulations=99, rng=1),
    "mean time": lambda: times.circular_test(POINTS, rng=1),
    "control chart": lambda: times.control_chart(POINTS),
    "year to date": lambda: times.year_to_date(POINTS),
    "changes": lambda: times.change_points(POINTS),
    "exceptions": lambda: times.exceptions(POINTS.rename(columns={"offence": "77"}), by="77"),
    "scan": lambda: times.scan(POINTS, max_m=800, max_days=14, simulations=39, rng=1),
    "forecast": lambda: times.forecast(POINTS, discovered=[], opt_in=True),
    "measures": lambda: networks.measures(CHART, redraws=19, rng=1),
    "brokers": lambda: networks.brokers(CHART, redraws=19, rng=1),
    "groups": lambda: networks.groups(CHART, rng=1),
    "roles": lambda: networks.roles(CHART, rng=1),
    "key players": lambda: networks.key_players(CHART, k=2, redraws=9, rng=1),
    "disruption": lambda: networks.disruption(CHART, k=2, runs=10, rng=1),
    "removals": lambda: networks.removal_curves(CHART, random_orders=10, rng=1),
    "missing links": lambda: networks.missing_links(CHART, trials=10, rng=1),
    "patrols": lambda: tasking.patrols(GROUND, **VISITS),
    "patrols to learn": lambda: tasking.patrols(GROUND.assign(**{"66": 0.3}), group="66", group_at_most=0.5, explore=0.2, rng=1, **VISITS),
    "fairness": lambda: tasking.fairness_price(GROUND.assign(**{"66": np.linspace(0.1, 0.9, 16)}), group="66", steps=3, **VISITS),
    "cover": lambda: tasking.cover(GROUND.assign(geometry=GROUND.centroid), GROUND.assign(geometry=GROUND.centroid), units=2, within_m=1500, demand="44"),
    "districts": lambda: tasking.districts(GROUND, workload="44", number=2, tolerance=0.3, starts=2, rng=1),
    "priorities": lambda: threats.rank(matrix(), draws=500, rng=1),
    "what to learn": lambda: threats.learn_next(matrix(), draws=500, rng=1),
}  # fmt: skip
# Names, signs and code that every language writes alike, and words of data packs, which stay in the language of the pack.
_NAMES = re.compile(
    r"\b(?:Python|Gi|UTM|zone|WGS|EPSG|DBSCAN|HiGHS|PageRank|CUSUM|EARS|PELT|STL|AUC|ArcGIS Pro|Poisson Z|Near Repeat Calculator|"
    r"Farrington flexible|Europe/Vienna|Borgatti|Carley|Krackhardt|Barton|David|Wheeler|Ratcliffe|Duijn|Kashirin|Sloot|Latora|"
    r"Marchiori|Naus|Jaccard|Adamic|Adar|log|SOCTA-type, groups 1|[Cc]riminal groups|nil, low, medium, high|money laundering|"
    r"(?:networks|times|places|tasking|threats)\.\w+|near_repeat\w*|aoristic|exceptions|change_points|local_moran|gi_star|"
    r"displacement_\w+|control_chart|p_gumbel|better_by|largest_share|left_out_rows|opt_in|[A-Za-zα])\b|\b\w+=(?:\.\.\.|True|'\w+')?|"
    r"details\['\w+'\]|(?<=отпечаток )[0-9a-f]+"
)


def statement(result):
    """The method statement without references, with what was found."""
    with_words = result.method_statement().split("\n\n" + str(_tongue.tr("References")))[0]
    return "\n".join([with_words, *result.findings])


@pytest.fixture(scope="module", params=MADE)
def made(request):
    said = {}
    for language in ("en", "ru"):
        with _spoken.speak(language):
            said[language] = MADE[request.param]()
    return said


def test_a_method_statement_in_russian_holds_no_raw_name_and_no_english_word(made):
    with _spoken.speak("ru"):
        told = _NAMES.sub("", statement(made["ru"]))
    raw = re.findall(r"\b(?:True|False|None|nan)\b|\d{4}-\d{2}-\d{2}|\b[a-z]+_[a-z_]+\b", told)
    assert raw == [], told
    assert re.findall(r"[A-Za-z]{2,}", told) == [], told


def test_a_method_statement_is_the_same_whatever_language_computed_it(made):
    for language in ("en", "ru", "ro"):
        with _spoken.speak(language):
            assert made["en"].method_statement() == made["ru"].method_statement()


def test_a_product_has_one_hash_in_every_language(made, tmp_path):
    case = open_case(tmp_path / "case", purpose="1", legal_basis="2", analyst="3")
    found = {
        ProblemProfile(case, question="4", written_on=date(2026, 5, 1), language=language).add(result, says="5").reproducibility
        for result in made.values()
        for language in ("en", "ru", "ro")
    }  # fmt: skip
    assert len(found) == 1


def test_every_setting_has_words():
    with _spoken.speak("ru"):
        said = {name: setting_words(name) for name in NAMES}
    assert [name for name, words in said.items() if re.search("[A-Za-z]{2}", words)] == []
    assert setting_words("of_an_agency") == "of an agency"


def test_values_are_said_and_what_the_user_named_stays():
    with _spoken.speak("ru"):
        assert value_words("kernel", "quartic") == "квартическое"
        assert value_words("adaptive", False) == "нет"
        assert value_words("cell_m", 1250.5) == "1\u00a0250,5"
        assert value_words("as_of", "2026-05-01") == "01.05.2026"
        assert value_words("by", "betweenness, degree") == "посредничество, степень"
        assert value_words("hours", {"quartic": 3}) == "квартическое: 3"
        assert value_words("value", "quartic") == "quartic"
