"""Every board on nothing, on one row, and on text from right to left: it answers in words or says what is wrong, and shows it as text."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ilp_lab import boards, intake, networks, records
from ilp_lab.apps.table import APPS
from ilp_lab.boards.working import quiet
from ilp_lab.errors import IlpError, StoreError
from ilp_lab.safeguards import open_case

RIGHT_TO_LEFT = "سرقة \u202eabc <b>قارب</b>"
EMPTY, ONE, FOREIGN = "empty", "one row", "right to left"
ON_INCIDENTS = ("crime_map", "hot_spots", "time_exceptions", "near_repeat", "allocation")


def _incidents(kind, rows=40):
    rows = {EMPTY: 0, ONE: 1}.get(kind, rows)
    name = RIGHT_TO_LEFT if kind == FOREIGN else "theft"
    xy = np.random.default_rng(4).uniform([500_000, 5_300_000], [503_000, 5_303_000], (rows, 2))
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"{name} {row}" for row in range(rows)],
            "offence": [name] * rows,
            "occurred_at": pd.date_range("2025-01-01 13:07", periods=rows, freq="31h", tz="Europe/Vienna"),
            "area": [name] * rows,
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


def _links(kind):
    rows = {EMPTY: [], ONE: [("A", "B")]}.get(
        kind, [(f"{RIGHT_TO_LEFT} {one}", f"{RIGHT_TO_LEFT} {other}") for one, other in [(1, 2), (2, 3), (3, 1), (3, 4), (4, 5)]]
    )  # fmt: skip
    return networks.chart(pd.DataFrame(rows, columns=["source", "target"], dtype=object))


def _reports(kind):
    count = {EMPTY: 0, ONE: 1}.get(kind, 4)
    text = RIGHT_TO_LEFT if kind == FOREIGN else "a boat was seen"
    columns = {name: [text] * count for name in ("text", "source_ref", "originator_unit")}
    return pd.DataFrame(
        {
            "report_id": [f"{text} {row}" for row in range(count)],
            "source_grade": ["B"] * count,
            "information_grade": ["2"] * count,
            **columns,
        }
    )


def _people(kind):
    count = {EMPTY: 0, ONE: 1}.get(kind, 6)
    name = RIGHT_TO_LEFT if kind == FOREIGN else "Mira"
    return pd.DataFrame(
        {
            "given_name": [name] * count,
            "surname": [f"{name} {row // 2}" for row in range(count)],
            "date_of_birth": ["1980-02-03"] * count,
            "town": [name] * count,
        },
        dtype=object,
    )


def _scores(kind):
    return [
        records.ReadinessScore(
            item="named_owner", assessed_on="2099-01-01", maturity=2, evidence=[RIGHT_TO_LEFT], assessor="A17", owner=RIGHT_TO_LEFT,
            plan=RIGHT_TO_LEFT, unit=f"unit {row}",
        )
        for row in range({EMPTY: 0, ONE: 1}.get(kind, 3))
    ]  # fmt: skip


def _tasks(kind):
    words = RIGHT_TO_LEFT if kind == FOREIGN else "Light the pier"
    return [
        records.TaskingRecord(
            task_id=f"K-{row}", decision_id="D-1", objective=words, owner=words, outcome_measure=words, end="2020-01-01", status="running", unit=words,
        )
        for row in range({EMPTY: 0, ONE: 1}.get(kind, 3))
    ]  # fmt: skip


def _matrix(kind):
    from ilp_lab.boards import examples

    whole = examples.threat_scores()
    item = whole.columns[0]
    if kind == FOREIGN:
        return whole.assign(**{item: whole[item].astype(str) + RIGHT_TO_LEFT})
    return whole.head({EMPTY: 0, ONE: 1}[kind])


def _options(kind):
    from ilp_lab.boards import examples

    whole = examples.options()
    if kind == FOREIGN:
        return whole.assign(option=whole["option"] + RIGHT_TO_LEFT)
    return whole.head({EMPTY: 0, ONE: 1}[kind])


def _case(kind, folder):
    words = RIGHT_TO_LEFT if kind == FOREIGN else "Thefts from boats"
    case = open_case(folder / "case", purpose=words, legal_basis=words, analyst=words)
    for _ in range({EMPTY: 0, ONE: 1}.get(kind, 3)):
        case.record("disclosure", f"released {words}", file=words, reason=words, odd=words)
    return case


def _console(kind, folder):
    board = boards.class_console()
    where = folder / (
        RIGHT_TO_LEFT.replace("<", "").replace(">", "").replace("/", "") if kind == FOREIGN else "class"
    )
    where.mkdir()
    return board.set(
        in_folder="" if kind == EMPTY else str(where), own_teams=RIGHT_TO_LEFT if kind == FOREIGN else ""
    )


OPENED = {
    **{name: lambda kind, _folder, name=name: getattr(boards, name)(_incidents(kind)) for name in ON_INCIDENTS},
    "network_explorer": lambda kind, _folder: boards.network_explorer(_links(kind)),
    "entity_review": lambda kind, _folder: boards.entity_review(intake.resolve(_people(kind)), _people(kind)),
    "priorities": lambda kind, _folder: boards.priorities(_matrix(kind)),
    "options": lambda kind, _folder: boards.options(_options(kind)),
    "readiness": lambda kind, _folder: boards.readiness(_scores(kind)),
    "report_desk": lambda kind, _folder: boards.report_desk(_reports(kind)),
    "tasking_meeting": lambda kind, _folder: boards.tasking_meeting(_tasks(kind)),
    "safeguards": lambda kind, folder: boards.safeguards(_case(kind, folder)),
    "class_console": _console,
}  # fmt: skip


def test_every_board_is_tried():
    assert set(OPENED) == {app.board for app in APPS.values()}


@pytest.mark.parametrize("kind", [EMPTY, ONE, FOREIGN])
@pytest.mark.parametrize("name", OPENED)
def test_it_answers_in_words_or_says_what_is_wrong(name, kind, tmp_path):
    try:
        board = OPENED[name](kind, tmp_path)
        board.show()
        assert board.wait(120)
    except IlpError as error:  # said when it is opened: the app shows it as its first sentence
        said = str(error)
        assert kind != FOREIGN, said
    else:
        status = board._head.held["status"]
        blocks = [*board._pages.held["blocks"], *board._more.held["blocks"]]
        answer = [line for block in blocks if block["kind"] == "answer" for line in block["lines"]]
        said = " ".join([*(answer or [""]), status["text"]])
        assert status["kind"] == "done" or (kind != FOREIGN and status["text"]), said
        assert answer or kind != FOREIGN
    assert len(said.strip()) > 10
    for sign in ("Traceback", "unexpected", "NaN", "nan ", "None", "KeyError", "<NA>"):
        assert sign not in said, said


@pytest.mark.parametrize("broken", ["none", "not a number", "empty point", "all far away"])
@pytest.mark.parametrize("name", ON_INCIDENTS)
def test_coordinates_that_are_none_are_counted_or_said_and_never_drawn(name, broken):
    whole = _incidents("many", rows=60)
    points = {
        "none": [None] * 60,
        "not a number": gpd.points_from_xy([np.nan] * 60, [np.nan] * 60),
        "empty point": gpd.GeoSeries.from_wkt(["POINT EMPTY"] * 60),
        "all far away": gpd.points_from_xy([np.inf] * 60, [1e300] * 60),
    }[broken]
    half = whole.set_geometry(gpd.GeoSeries([*whole.geometry[:30], *list(points)[30:]], crs=whole.crs))
    for table in (whole.set_geometry(gpd.GeoSeries(list(points), crs=whole.crs)), half):
        board = getattr(boards, name)(table)
        board.show()
        assert board.wait(120)
        status = board._head.held["status"]
        assert status["text"]
        assert "unexpected" not in status["text"]


@pytest.mark.parametrize("name", ["entity_review", "options"])
def test_a_case_that_was_closed_under_a_board_is_said(name, tmp_path):
    case = open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    board = getattr(boards, name)(case=case)
    board.show()
    assert board.wait(120)
    (tmp_path / "case").rename(tmp_path / "away")
    with pytest.raises(StoreError, match="is not there any more"):
        board.save()
    board._heard({"kind": "act", "name": "save"})
    assert "not there any more" in board._head.held["status"]["text"]
    assert board.answer(board.state, quiet).answer
