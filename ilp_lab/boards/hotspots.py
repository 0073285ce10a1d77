"""The hot spot board: area, offence, period, cell size and bandwidth → map, table and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab.errors import IlpError

if TYPE_CHECKING:
    import geopandas as gpd
    import ipywidgets
    import pandas as pd

    from ilp_lab.result import Result

EVERYWHERE = "everywhere"
ALL = "all offences"
Show = Literal["hot spots", "density"]
_CELLS_M = (100, 150, 200, 250, 300, 400, 500, 750, 1000)
_BANDWIDTHS_M = (150, 200, 300, 400, 500, 750, 1000, 1500, 2000)
_ROWS = 10


@dataclass(frozen=True, slots=True)
class HotSpotState:
    """What the board is asked.

    Attributes
    ----------
    area
        Name of an area, or ``"everywhere"``.
    offence
        An offence, or ``"all offences"``.
    since, until
        The period, half-open: from the first day to before the last.
    cell_m
        Side of a cell in metres.
    bandwidth_m
        Bandwidth of the density in metres.
    show
        Which of the two the map shows.
    """

    area: str = EVERYWHERE
    offence: str = ALL
    since: date | None = None
    until: date | None = None
    cell_m: float = 250.0
    bandwidth_m: float = 500.0
    show: Show = "hot spots"


@dataclass(frozen=True)
class HotSpotView:
    """What the board shows.

    Attributes
    ----------
    sentence
        The answer in words.
    table
        The ten leading rows.
    result
        The full result behind it; ``None`` when there was too little to analyse.
    """

    sentence: str
    table: pd.DataFrame
    result: Result | None


def compute(
    state: HotSpotState,
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    simulations: int = 99,
    rng: int = 7,
) -> HotSpotView:
    """Answer the state; no widgets, no browser.

    Parameters
    ----------
    state
        What is asked.
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area`` and, where there is one, ``name``; they bound the study area.
    simulations
        Runs of complete randomness behind "more than chance".
    rng
        Their seed, so that the same state always gives the same answer.

    Raises
    ------
    InputError
        When the state names an area or offence that is not there.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> compute(HotSpotState(), incidents, simulations=19).result.name
    'places.gi_star'
    """
    from ilp_lab import places

    chosen, study = _select(state, incidents, areas)
    usable = int(chosen.geometry.notna().sum())
    if usable < 2:
        return HotSpotView(_too_few(state, usable), _empty(), None)
    if state.show == "density":
        result = places.density(chosen, bandwidth_m=state.bandwidth_m, cell_m=state.cell_m, study_area=study)
        leading = result.table.nlargest(_ROWS, "density")
    else:
        result = places.gi_star(
            chosen, cell_m=state.cell_m, study_area=study, simulations=simulations, rng=rng
        )
        hot = result.table[result.table["verdict"].astype(str).str.startswith("hot spot")]
        leading = hot.nlargest(_ROWS, "z")
    return HotSpotView(_sentence(state, result, usable), _readable(leading, areas), result)


def _select(
    state: HotSpotState, incidents: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    check = Check("boards.compute")
    if state.offence != ALL:
        check.columns(incidents, ["offence"], "incidents")
        check.choice(allowed=offences(incidents), offence=state.offence)
    if state.area != EVERYWHERE:
        check.choice(allowed=area_names(areas), area=state.area)
    if (state.since or state.until) and "occurred_at" not in incidents:
        check.columns(incidents, ["occurred_at"], "incidents")
    check.done()
    chosen = (
        incidents if state.offence == ALL else incidents[incidents["offence"].astype(str) == state.offence]
    )
    if state.since is not None:
        chosen = chosen[chosen["occurred_at"].dt.date >= state.since]
    if state.until is not None:
        chosen = chosen[chosen["occurred_at"].dt.date < state.until]
    if areas is None or state.area == EVERYWHERE:
        return chosen, areas
    return chosen, areas[areas[_label(areas)].astype(str) == state.area]


def offences(incidents: pd.DataFrame) -> list[str]:
    """The offences of a table in alphabetical order.

    Examples
    --------
    >>> import pandas as pd
    >>> offences(pd.DataFrame({"offence": ["theft", "arson", "theft"]}))
    ['arson', 'theft']
    """
    return sorted(map(str, incidents["offence"].dropna().unique())) if "offence" in incidents else []


def area_names(areas: pd.DataFrame | None) -> list[str]:
    """The areas' names in alphabetical order.

    Examples
    --------
    >>> import pandas as pd
    >>> area_names(pd.DataFrame({"area": ["S1", "S2"], "name": ["Port", "Hill"]}))
    ['Hill', 'Port']
    """
    return [] if areas is None else sorted(map(str, areas[_label(areas)].dropna().unique()))


def _label(areas: pd.DataFrame) -> str:
    return "name" if "name" in areas else "area"


def _sentence(state: HotSpotState, result: Result, usable: int) -> str:
    what = "incidents" if state.offence == ALL else state.offence.lower()
    return f"{usable:,} records of {what}, {state.area}{_period(state)}. {' '.join(result.findings[:2])}"


def _period(state: HotSpotState) -> str:
    since = f", from {state.since:%d %b %Y}" if state.since else ""
    until = f", before {state.until:%d %b %Y}" if state.until else ""
    return since + until


def _too_few(state: HotSpotState, usable: int) -> str:
    return (
        f"Only {usable} record with a place fits (area: {state.area}, offence: {state.offence}{_period(state)}); "
        "widen the choice."
    )


def _empty() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


def _readable(rows: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """The leading rows with the name of their area, without outlines."""
    import pandas as pd

    from ilp_lab import places

    shown = pd.DataFrame(rows.drop(columns="geometry"))
    if areas is not None and len(rows):
        shown.insert(0, "area", places.area_of(rows, areas=areas))
    return shown.round(4)


class HotSpotBoard:
    """Choose, and the map, the table and the sentence follow.

    Parameters
    ----------
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area`` and, where there is one, ``name``.
    state
        What it shows first.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> board = HotSpotBoard(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633))
    >>> board.state.cell_m
    250.0
    """

    def __init__(
        self,
        incidents: gpd.GeoDataFrame,
        *,
        areas: gpd.GeoDataFrame | None = None,
        state: HotSpotState | None = None,
    ) -> None:
        self._incidents = incidents
        self._areas = areas
        self.state = state or HotSpotState()
        self._answer = lru_cache(maxsize=32)(self._compute)

    @property
    def view(self) -> HotSpotView:
        """What the board shows now."""
        return self._answer(self.state)

    def _compute(self, state: HotSpotState) -> HotSpotView:
        return compute(state, self._incidents, areas=self._areas)

    def show(self) -> ipywidgets.Widget:
        """The board as widgets, for a notebook or an app."""
        import ipywidgets as widgets

        self._controls = self._make_controls(widgets)
        self._sentence = widgets.HTML()
        self._map = widgets.HTML(layout=widgets.Layout(min_height="520px"))
        self._table = widgets.HTML()
        self._status = widgets.HTML()
        for control in self._controls.values():
            control.observe(self._changed, names="value")
        self._refresh()
        bar = widgets.GridBox(
            list(self._controls.values()),
            layout=widgets.Layout(
                grid_template_columns="repeat(auto-fit, minmax(16rem, 1fr))", grid_gap="4px 16px"
            ),
        )
        return widgets.VBox([bar, self._status, self._sentence, self._map, self._table])

    def _make_controls(self, widgets: Any) -> dict[str, Any]:
        state, style = self.state, {"description_width": "6.5rem"}
        wide = widgets.Layout(width="auto")
        common = {"style": style, "layout": wide}

        def choice(label: str, options: list[Any], value: Any) -> Any:
            return widgets.Dropdown(description=label, options=options, value=value, **common)

        def steps(label: str, values: tuple[int, ...], value: float) -> Any:
            options = [(f"{size:,.0f} m", float(size)) for size in sorted({*values, value})]
            return widgets.SelectionSlider(
                description=label, options=options, value=float(value), continuous_update=False, **common
            )

        controls = {
            "area": choice("Area", [EVERYWHERE, *area_names(self._areas)], state.area),
            "offence": choice("Offence", [ALL, *offences(self._incidents)], state.offence),
            "show": choice("Map shows", ["hot spots", "density"], state.show),
            "since": widgets.DatePicker(description="From", value=state.since, **common),
            "until": widgets.DatePicker(description="Before", value=state.until, **common),
            "cell_m": steps("Cell size", _CELLS_M, state.cell_m),
            "bandwidth_m": steps("Bandwidth", _BANDWIDTHS_M, state.bandwidth_m),
        }
        for name, control in controls.items():
            control.add_class(f"ilp-{name.replace('_', '-')}")
        return controls

    def _changed(self, _change: Any) -> None:
        self.state = replace(self.state, **{name: control.value for name, control in self._controls.items()})
        self._refresh()

    def _refresh(self) -> None:
        """Show the answer to the state; a fault is shown where the user looks, never swallowed."""
        self._status.value = '<span role="status">Working …</span>'
        try:
            view = self.view
            page = "" if view.result is None else self._draw(view.result)
        except IlpError as error:
            self._status.value = _told(str(error))
            return
        except Exception as error:  # noqa: BLE001  (a widget would swallow it)
            self._status.value = _told(f"Something unexpected went wrong ({type(error).__name__}: {error}).")
            return
        self._sentence.value = f'<p class="ilp-sentence">{escape(view.sentence)}</p>'
        self._map.value = page
        self._table.value = view.table.to_html(index=False, escape=True, border=0) if len(view.table) else ""
        self._status.value = ""

    def _draw(self, result: Result) -> str:
        from ilp_lab import views

        return str(views.map_page(result, areas=self._areas)._repr_html_())

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.show()._repr_mimebundle_(**options)


def _told(sentence: str) -> str:
    return f'<p class="ilp-fault" role="alert" style="color:#9c1c1c">{escape(sentence)}</p>'
