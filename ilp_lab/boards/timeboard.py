"""The board *Time and exceptions*: what stands out now, what changed this year, and at what hours it happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import again, day_in_words, looked_up, tr, trn
from ilp_lab.boards import asking, choosing
from ilp_lab.boards.incidentboards import IncidentBoard, day_after, in_outlines, opened
from ilp_lab.boards.showing import Block, Tone, View, fact, picture_block, table_block
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

By = Literal["area", "offence", "area and offence"]
Step = Literal["day", "week", "month"]
Midnights = Literal["as shown", "all day", "leave out"]
_COLUMNS = {"area": ["area"], "offence": ["offence"], "area and offence": ["area", "offence"]}
_CLOCK_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class TimeExceptionsState:
    """What the board *Time and exceptions* is asked.

    Attributes
    ----------
    place
        Region, district or area; ``"everywhere"`` for all.
    offences
        Those that count; all when empty.
    until
        The day up to which the file is looked at; it and later days do not count.
    by
        What is compared with its own past: areas, offences, or each offence in each area.
    step
        The period that is judged: the last whole day, week or month.
    clock_days
        How many days the clock looks back.
    midnights
        Incidents at 00:00 exactly, where programs put what has no time: on the clock as they stand, spread over their day, or not at all.
    """

    place: str = choosing.EVERYWHERE
    offences: tuple[str, ...] = ()
    until: date | None = None
    by: By = "area"
    step: Step = "week"
    clock_days: int = 365
    midnights: Midnights = "as shown"


def compute_time_exceptions(
    state: TimeExceptionsState,
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Judge the last whole period against the past, compare years, and share incidents out over the week; no widgets.

    Parameters
    ----------
    state
        What is asked.
    incidents
        With ``occurred_at`` and, for windows, ``occurred_to``.
    areas
        Outlines with ``area``.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the bands around the clock.

    Returns
    -------
    View
        ``results``: ``exceptions``, ``chart``, ``year`` and ``clock``, as far as the data go.
        ``tables``: ``exceptions``, ``year``.

    Raises
    ------
    InputError
        When the state names something that is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=400, freq="D", tz="Europe/Vienna")
    >>> quiet_town = pd.DataFrame({"occurred_at": days, "area": "A"})
    >>> compute_time_exceptions(TimeExceptionsState(), quiet_town).answer[0]
    'Nothing stands out in the week of 27 January 2025, when it is allowed for that 1 series were looked at.'
    """
    from ilp_lab import times

    caller = "boards.time_exceptions"
    columns = _COLUMNS.get(state.by, [])
    check = Check(caller)
    check.choice(allowed=tuple(_COLUMNS), by=state.by)
    check.choice(allowed=("day", "week", "month"), step=state.step)
    check.choice(allowed=("as shown", "all day", "leave out"), midnights=state.midnights)
    check.columns(incidents, ["occurred_at", *columns], "incidents")
    check.done()
    _, outlines = choosing.in_place(incidents, areas, state.place, caller)
    local = choosing.chosen(
        in_outlines(incidents, outlines, areas), caller=caller, offences=state.offences, until=state.until
    )
    local = local[local["occurred_at"].notna()].dropna(subset=columns)
    if not len(local):
        return View(
            (tr("No incident with a time fits; choose more offences, another place or a later day."),)
        )
    last = (state.until - timedelta(days=1)).isoformat() if state.until else None
    series = _named_series(local, areas, columns)
    recent = choosing.chosen(local, caller=caller, since=_clock_since(state, local))
    asked: dict[str, tuple[str, Callable[[], Result]]] = {
        "exceptions": (
            tr("Comparing every series with its own past …"),
            lambda: times.exceptions(series, by=columns, step=state.step, until=last),
        ),
        "chart": (
            tr("Drawing the series …"),
            lambda: times.control_chart(local, step=state.step, until=last),
        ),
        "year": (
            tr("Comparing with last year …"),
            lambda: times.year_to_date(series, by=columns, as_of=last),
        ),
        "clock": (
            tr("Sharing incidents out over the week …"),
            lambda: times.aoristic(
                _thinned(recent, rng), unit="hour_of_week", midnights=state.midnights, bootstrap=49, rng=rng
            ),
        ),
    }
    results: dict[str, Result] = {}
    refused = []
    for place, (name, (sentence, work)) in enumerate(asked.items()):
        tell(sentence, place / len(asked))
        try:
            results[name] = work()
        except InputError as error:  # too short a file for this question; the others can still be answered
            refused.append(re.sub(r"\A[\w.]+: ?(\n  - )?", "", str(error)))
    tables = {name: found.table for name, found in results.items() if name in {"exceptions", "year"}}
    return View(
        _answer(results), _facts(results, local), tables, results, (*_notes(results, recent), *refused)
    )


def _named_series(local: Any, areas: gpd.GeoDataFrame | None, columns: Sequence[str]) -> Any:
    """Areas under their names, where there are names."""
    if "area" not in columns or areas is None or "name" not in areas or "area" not in areas:
        return local
    names = areas.drop_duplicates("area").set_index(areas.drop_duplicates("area")["area"].astype(str))["name"]
    codes = local["area"].astype(str)
    return local.assign(area=codes.map(names.astype(str)).fillna(codes))


def _clock_since(state: TimeExceptionsState, local: Any) -> date | None:
    end = state.until or day_after(local["occurred_at"].max().date())
    return (
        None if end is None or end.toordinal() <= state.clock_days else end - timedelta(days=state.clock_days)
    )


def _thinned(recent: Any, rng: int) -> Any:
    """An even share where there are so many that the bands would take minutes."""
    return recent if len(recent) <= _CLOCK_ROWS else recent.sample(_CLOCK_ROWS, random_state=rng)


def _answer(results: dict[str, Result]) -> tuple[str, ...]:
    radar = results.get("exceptions")
    said = []
    if radar is not None and len(radar.table):
        table = radar.table
        period = table["period"].max()
        words = {
            "day": tr("on {day}"),
            "week": tr("in the week of {day}"),
            "month": tr("in the month of {day}"),
        }
        when = words[str(radar["step"])].format(day=day_in_words(period.date()))
        out, look = (
            table[table["verdict"].astype(str) == verdict] for verdict in ("exception", "worth a look")
        )
        series = len(table.drop(columns="period")) if table["period"].nunique() == 1 else len(table)
        if len(out):
            said.append(
                trn(
                    "{count:,} of {all:,} series stands out {when}: more than its past explains.",
                    "{count:,} of {all:,} series stand out {when}: more than their past explains.",
                    len(out),
                ).format(count=len(out), all=series, when=when)
            )
        else:
            said.append(
                tr(
                    "Nothing stands out {when}, when it is allowed for that {all:,} series were looked at."
                ).format(all=series, when=when)
            )
        said += [again(row) for row in [*out["says"], *look["says"]][:3]]
    if "chart" in results:
        said += results["chart"].findings[1:2]
    return tuple(said or [tr("There is too little past to compare with.")])


def _facts(results: dict[str, Result], local: Any) -> tuple[Block, ...]:
    table = results["exceptions"].table if "exceptions" in results else ()
    verdicts = list(table["verdict"].astype(str)) if len(table) else []  # type: ignore[call-overload]
    facts = [
        fact("exceptions", tr("Exceptions"), sum(verdict == "exception" for verdict in verdicts), tone="bad" if "exception" in set(verdicts) else "good"),
        fact("look", tr("Worth a look"), sum(verdict == "worth a look" for verdict in verdicts)),
        fact("incidents", tr("Incidents looked at"), len(local)),
    ]  # fmt: skip
    clock = results.get("clock")
    if clock is not None and len(clock.table):
        peak = clock.table.iloc[int(clock.table["n"].to_numpy().argmax())]
        facts.append(fact("peak", tr("Strongest hour of the week"), _hour(str(peak["label"]))))
    return tuple(facts)


def _hour(label: str) -> str:
    """An hour of the week, such as ``Sun 00:00``, with its day in the language spoken."""
    day, _, clock = label.rpartition(" ")
    return f"{looked_up(day)} {clock}".strip()


def _notes(results: dict[str, Result], recent: Any) -> tuple[str, ...]:
    notes = [tr("Standing out is a reason to look, not a finding: ask first how it was recorded.")]
    if len(recent) > _CLOCK_ROWS:
        notes.append(
            tr("The clock rests on an even share of {shown:,} of {all:,} incidents.").format(
                shown=_CLOCK_ROWS, all=len(recent)
            )
        )
    if "clock" in results:
        notes += list(results["clock"].findings[1:2])
    return tuple(notes)


class TimeExceptionsBoard(IncidentBoard[TimeExceptionsState]):
    """What of all the ups and downs is worth the meeting's time.

    Parameters
    ----------
    incidents, areas
        As for :func:`compute_time_exceptions`.
    state, case, origin
        As for every board.
    """

    key = "time_exceptions"

    def first(self) -> TimeExceptionsState:
        """Areas, by week, up to the end of the file."""
        by: By = "area" if "area" in self._incidents else "offence"
        return TimeExceptionsState(until=day_after(choosing.days_of(self._incidents)[1]), by=by)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Time and exceptions")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("What stands out now, what changed this year, and at what hours does it happen?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        bys = {
            "area": tr("areas"),
            "offence": tr("offences"),
            "area and offence": tr("each offence in each area"),
        }
        midnights = {
            "as shown": tr("as they stand"),
            "all day": tr("somewhere in their day"),
            "leave out": tr("not on the clock"),
        }
        have = {
            name: label
            for name, label in bys.items()
            if all(column in self._incidents for column in _COLUMNS[name])
        }
        return [
            asking.choice("by", tr("Compare with their own past"), have),
            asking.choice("step", tr("The last whole"), {"day": tr("day"), "week": tr("week"), "month": tr("month")}),
            asking.day("until", tr("Before the day"), hint=tr("What happened on this day or later does not count.")),
            self.ask_place(),
            self.ask_offences(),
            asking.slider("clock_days", tr("The clock looks back"), low=28, high=1095, step=1, unit=tr("days")),
            asking.choice("midnights", tr("Incidents at 00:00 exactly"), midnights, hint=tr("Programs put there what has no time.")),
        ]  # fmt: skip

    def answer(self, state: TimeExceptionsState, tell: Tell) -> View:
        """As :func:`compute_time_exceptions`."""
        return compute_time_exceptions(state, self._incidents, areas=self._areas, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """The radar, the year, the series and the clock."""
        if not view.results:
            return []
        from ilp_lab import views

        def tone(row: Any) -> Tone:
            return "bad" if row.verdict == "exception" else "warn" if row.verdict == "worth a look" else ""

        names = {"area": tr("Area"), "offence": tr("Offence")}
        blocks = []
        if "exceptions" in view.tables:
            blocks.append(table_block(
                view.tables["exceptions"],
                {**names, "n": tr("Incidents"), "expected": tr("Expected"), "upper": tr("Chance reaches"), "false_per_year": tr("By chance, times a year"), "verdict": tr("Verdict")},
                name="exceptions", heading=tr("The radar: everything against its own past"), rows=15, tone=tone, ours=("verdict",),
            ))  # fmt: skip
        if "chart" in view.results:
            blocks.append(
                picture_block(
                    views.draw(view.results["chart"]),
                    name="chart",
                    heading=tr("The series, with what chance explains"),
                )
            )
        if "clock" in view.results:
            blocks.append(
                picture_block(views.draw(view.results["clock"]), name="clock", heading=tr("At what hours"))
            )
        if "year" in view.tables:
            blocks.append(table_block(
                view.tables["year"],
                {**names, "this_year": tr("This year"), "last_year": tr("Last year"), "ratio": tr("Ratio"), "low": tr("At least"), "high": tr("At most"), "verdict": tr("Verdict")},
                name="year", heading=tr("This year against the same days of last year"), rows=15, ours=("verdict",),
            ))  # fmt: skip
        return blocks


def time_exceptions(
    incidents: gpd.GeoDataFrame | None = None,
    *,
    areas: gpd.GeoDataFrame | None = None,
    state: TimeExceptionsState | None = None,
    case: Case | None = None,
) -> TimeExceptionsBoard:
    """Open the board *Time and exceptions*.

    It answers: what stands out now, what changed, and at what hours does it happen?

    Parameters
    ----------
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them; the sample data of Belmara when left out.
    areas
        Outlines with ``area`` and, where there is one, ``name``.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    TimeExceptionsBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> when = pd.to_datetime(["2025-03-01"]).tz_localize("Europe/Vienna")
    >>> places = gpd.points_from_xy([0], [0])
    >>> time_exceptions(gpd.GeoDataFrame({"occurred_at": when, "area": "A"}, geometry=places, crs=32633)).state.until
    datetime.date(2025, 3, 2)
    """
    board: TimeExceptionsBoard = opened(TimeExceptionsBoard, incidents, areas, state, case)
    return board
