"""Figures of priorities, decisions and resources say what the results say."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab import tasking, threats, views
from ilp_lab.errors import InputError
from ilp_lab.result import Result

HOSTILE = "<script>$x^2$\u202e"


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts] + [
        text.get_text() for text in figure.texts
    ]


@pytest.fixture(scope="module")
def ranked():
    names = [one.id for one in threats.rubric("socta-groups").indicators]
    wide = pd.DataFrame(
        [["high"] * 10, ["medium"] * 9 + ["unknown"], ["medium"] * 10],
        index=["North", HOSTILE, "East"],
        columns=names,
    )
    scored = threats.matrix(
        wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False
    )
    return scored, threats.rank(scored, draws=500, rng=1)


def test_ranks_are_drawn_with_what_can_be_told(ranked):
    figure = ranked[1].plot()
    left, right = figure.axes
    assert sum(patch.get_width() for patch in left.patches) == pytest.approx(3)
    assert sum(patch.get_width() for patch in right.patches) == pytest.approx(3)
    assert "not separable" in texts(figure)
    assert "rank 1" in texts(figure)
    assert views.png(figure)[:4] == b"\x89PNG"
    assert "<script>$x" not in views.summary_html(ranked[1], figure=True)


def test_unknown_cells_are_drawn_in_order(ranked):
    figure = threats.learn_next(ranked[0], draws=500, rng=1).plot()
    assert len(figure.axes[0].patches) == 1


def test_districts_get_a_class_each():
    from ilp_lab.views.classes import classify

    classes = classify(pd.Series([1, 2, 2, 11, None]), "district")
    assert classes.labels == ("District 1", "District 2", "District 11")
    assert classes.counts == (1, 2, 1)
    assert classes.codes[-1] == 255


def test_options_are_drawn_in_the_colour_of_their_verdict():
    yes, no = "yes: s.4", "no: s.4"
    options = pd.DataFrame({
        "option": ["Lights", HOSTILE, "Nothing"], "kind": ["prevention", "intelligence", "do nothing"], "cost": [1, 2, 0],
        **{name: [yes, no if name == "legality" else yes, ""] for name in ("legality", "necessity", "proportionality", "non_discrimination")},
    })  # fmt: skip
    figure = tasking.weigh_options(options, criteria={"cost": "less"}, rng=1).plot()
    assert "removed: legality" in texts(figure)


def test_curves_and_loops_have_their_points():
    town = pd.DataFrame({"n": [40, 30, 20, 10], "share": [0.9, 0.8, 0.1, 0.1]})
    curve = tasking.fairness_price(town, visits=6, group="share", steps=5)
    assert len(curve.plot().axes[0].lines[0].get_xdata()) == 5
    loop = tasking.feedback_loop(days=[10, 100], runs=5, rng=1).plot()
    assert not any("mathdefault" in label.get_text() for label in loop.axes[0].get_xticklabels())


@pytest.mark.parametrize(
    "name",
    [
        "ranks_figure",
        "learn_figure",
        "scales_figure",
        "objective_figure",
        "verdicts_figure",
        "price_figure",
        "loop_figure",
        "readiness_figure",
        "readiness_over_time_figure",
    ],
)
def test_other_results_are_refused(name):
    other = Result("demo", "Thefts", pd.DataFrame({"area": ["A"], "n": [3]}), "counted", ("Three.",))
    with pytest.raises(InputError, match=f"views.{name} draws results of"):
        getattr(views, name)(other)
