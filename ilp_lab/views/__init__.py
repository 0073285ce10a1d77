"""Drawing: offline maps, link charts and figures. The only room with web and plotting code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.views.atlases import Atlas as Atlas
    from ilp_lab.views.atlases import atlas as atlas
    from ilp_lab.views.barfigures import bar_figure as bar_figure
    from ilp_lab.views.chart_figures import linkchart_figure as linkchart_figure
    from ilp_lab.views.chartmaps import chart_map_figure as chart_map_figure
    from ilp_lab.views.chartmaps import chart_map_page as chart_map_page
    from ilp_lab.views.clockfigures import clock_figure as clock_figure
    from ilp_lab.views.curves import curve_figure as curve_figure
    from ilp_lab.views.drawing import font_file as font_file
    from ilp_lab.views.drawing import pdf as pdf
    from ilp_lab.views.drawing import png as png
    from ilp_lab.views.drawing import svg as svg
    from ilp_lab.views.eventcharts import event_chart_figure as event_chart_figure
    from ilp_lab.views.eventcharts import event_chart_page as event_chart_page
    from ilp_lab.views.figures import map_figure as map_figure
    from ilp_lab.views.flowcharts import flow_chart_figure as flow_chart_figure
    from ilp_lab.views.flowcharts import flow_chart_page as flow_chart_page
    from ilp_lab.views.folium_pages import offline as offline
    from ilp_lab.views.linkcharts import linkchart_page as linkchart_page
    from ilp_lab.views.linkfigures import crimes_figure as crimes_figure
    from ilp_lab.views.linkfigures import worth_figure as worth_figure
    from ilp_lab.views.maps import map_page as map_page
    from ilp_lab.views.matchfigures import match_reliability_figure as match_reliability_figure
    from ilp_lab.views.page import Page as Page
    from ilp_lab.views.page import safe_text as safe_text
    from ilp_lab.views.prioritiesfigures import learn_figure as learn_figure
    from ilp_lab.views.prioritiesfigures import objective_figure as objective_figure
    from ilp_lab.views.prioritiesfigures import ranks_figure as ranks_figure
    from ilp_lab.views.prioritiesfigures import scales_figure as scales_figure
    from ilp_lab.views.pyvispages import to_pyvis as to_pyvis
    from ilp_lab.views.reasonfigures import evidence_figure as evidence_figure
    from ilp_lab.views.reasonfigures import reliability_figure as reliability_figure
    from ilp_lab.views.seriesfigures import series_figure as series_figure
    from ilp_lab.views.seriespages import series_page as series_page
    from ilp_lab.views.show import draw as draw
    from ilp_lab.views.show import explore as explore
    from ilp_lab.views.show import summary_html as summary_html
    from ilp_lab.views.taskingfigures import loop_figure as loop_figure
    from ilp_lab.views.taskingfigures import price_figure as price_figure
    from ilp_lab.views.taskingfigures import readiness_figure as readiness_figure
    from ilp_lab.views.taskingfigures import readiness_over_time_figure as readiness_over_time_figure
    from ilp_lab.views.taskingfigures import verdicts_figure as verdicts_figure
    from ilp_lab.views.timefigures import bands_figure as bands_figure
    from ilp_lab.views.timefigures import intervals_figure as intervals_figure
    from ilp_lab.views.timefigures import reasons_figure as reasons_figure
    from ilp_lab.views.timelines import timeline_figure as timeline_figure
    from ilp_lab.views.timelines import timeline_page as timeline_page

_NAMES = {
    "learn_figure": "prioritiesfigures",
    "loop_figure": "taskingfigures",
    "objective_figure": "prioritiesfigures",
    "price_figure": "taskingfigures",
    "ranks_figure": "prioritiesfigures",
    "readiness_figure": "taskingfigures",
    "readiness_over_time_figure": "taskingfigures",
    "scales_figure": "prioritiesfigures",
    "verdicts_figure": "taskingfigures",
    "crimes_figure": "linkfigures",
    "worth_figure": "linkfigures",
    "series_figure": "seriesfigures",
    "series_page": "seriespages",
    "reasons_figure": "timefigures",
    "intervals_figure": "timefigures",
    "clock_figure": "clockfigures",
    "bands_figure": "timefigures",
    "Atlas": "atlases",
    "Page": "page",
    "atlas": "atlases",
    "bar_figure": "barfigures",
    "curve_figure": "curves",
    "draw": "show",
    "match_reliability_figure": "matchfigures",
    "evidence_figure": "reasonfigures",
    "reliability_figure": "reasonfigures",
    "explore": "show",
    "font_file": "drawing",
    "linkchart_figure": "chart_figures",
    "linkchart_page": "linkcharts",
    "map_figure": "figures",
    "map_page": "maps",
    "offline": "folium_pages",
    "pdf": "drawing",
    "png": "drawing",
    "safe_text": "page",
    "summary_html": "show",
    "svg": "drawing",
    "to_pyvis": "pyvispages",
    "chart_map_figure": "chartmaps",
    "chart_map_page": "chartmaps",
    "event_chart_figure": "eventcharts",
    "event_chart_page": "eventcharts",
    "timeline_figure": "timelines",
    "timeline_page": "timelines",
    "flow_chart_figure": "flowcharts",
    "flow_chart_page": "flowcharts",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
