"""What every board does with nothing, with a case that is gone, and with more than one script: words, and no traceback."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from ilp_lab import boards, networks
from ilp_lab.boards.asking import plain
from ilp_lab.boards.working import quiet
from ilp_lab.errors import IlpError, StoreError
from ilp_lab.safeguards import open_case

ON_INCIDENTS = ("crime_map", "hot_spots", "time_exceptions", "near_repeat", "allocation")


@pytest.fixture
def given(incidents, areas, case):
    """What each board is opened with."""
    links = pd.DataFrame([("A", "B"), ("B", "C"), ("C", "A")], columns=["source", "target"])
    return {name: lambda name=name: getattr(boards, name)(incidents, areas=areas, case=case) for name in ON_INCIDENTS} | {
        "network_explorer": lambda: boards.network_explorer(networks.chart(links), case=case),
        "priorities": lambda: boards.priorities(case=case),
        "report_desk": lambda: boards.report_desk(case=case),
        "readiness": lambda: boards.readiness(case=case),
        "tasking_meeting": lambda: boards.tasking_meeting(case=case),
        "safeguards": lambda: boards.safeguards(case),
    }  # fmt: skip


ALL = (
    *ON_INCIDENTS,
    "network_explorer",
    "priorities",
    "report_desk",
    "readiness",
    "tasking_meeting",
    "safeguards",
)


@pytest.mark.parametrize("name", ALL)
def test_a_board_is_saved_and_comes_back_and_a_closed_case_is_said(given, tmp_path, name):
    board = given[name]()
    fields = {one.name for one in board.asked()}
    assert fields <= set(type(board.state).__dataclass_fields__)
    board.save()
    again = given[name]()
    assert again.state == board.state
    assert "was brought back" in again._said
    (tmp_path / "case").rename(tmp_path / "away")
    with pytest.raises(StoreError, match="is not there any more"):
        board.save()
    if name in {"report_desk", "readiness", "tasking_meeting"}:  # they read their records from the case
        with pytest.raises(StoreError, match="is not there any more"):
            given[name]()
    else:
        opened = given[name]()
        assert opened.answer(opened.state, quiet).answer[0]


@pytest.mark.parametrize("name", ON_INCIDENTS)
def test_when_everything_is_filtered_away_that_is_said(incidents, areas, name):
    board = getattr(boards, name)(incidents.assign(offence="кража"), areas=areas)
    early = {"since": date(1990, 1, 1), "until": date(1990, 2, 1), "day": date(1990, 2, 1)}
    state = replace(board.state, **{key: value for key, value in early.items() if hasattr(board.state, key)})
    try:
        said = board.answer(state, quiet).answer[0]
    except IlpError as error:
        said = str(error)
    assert said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["report_desk", "readiness", "tasking_meeting", "safeguards"])
def test_every_field_of_the_state_has_a_control_that_takes_its_value(name):
    board = getattr(boards, name)()
    controls = {one.name: one for one in board.asked()}
    missing = set(type(board.state).__dataclass_fields__) - set(controls)
    assert missing <= {"permission"}  # a scheme without permissions asks for none
    held = plain(board.state, board.asked())
    assert (
        replace(board.state, **{field: controls[field].read(value) for field, value in held.items()})
        == board.state
    )


@pytest.mark.parametrize("name", ["report_desk", "readiness", "tasking_meeting"])
def test_a_saved_board_that_somebody_damaged_says_what_could_not_be_brought_back(case, name):
    import json

    from ilp_lab.boards import keeping

    board = getattr(boards, name)(case=case)
    board.save()
    file = keeping.file_of(case, name)
    content = json.loads(file.read_text(encoding="utf-8"))
    kept = next(one.name for one in board.asked() if one.kind == "kept")
    content["state"][kept] = [["too short"]]
    file.write_text(json.dumps(content), encoding="utf-8")
    again = getattr(boards, name)(case=case)
    assert getattr(again.state, kept) == ()
    assert "is not one of the choices" in again._said


def test_a_case_opened_anew_has_nothing_and_says_so(tmp_path):
    case = open_case(tmp_path / "new", purpose="p", legal_basis="l", analyst="A17")
    for name in ("report_desk", "readiness", "tasking_meeting"):
        board = getattr(boards, name)(case=case)
        board.show()
        assert board.wait(60)
        assert board._head.held["status"]["kind"] == "done"
    assert not (case.folder / "case.db").exists()  # looking makes no store
