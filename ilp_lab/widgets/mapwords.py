"""What the crime map says, word by word, in the language that is spoken when it is shown."""

from __future__ import annotations

from ilp_lab._tongue import tr
from ilp_lab.widgets.outgoing import gate_words


def map_words() -> dict[str, str]:
    """Every word by its name."""
    return {
        "map": tr("Map. Arrow keys move it, plus and minus change its size."), "move": tr("Move"), "choose_by": tr("Choose by"),
        "rectangle": tr("Rectangle"), "lasso": tr("Lasso"), "in_view": tr("All in view"), "whole": tr("Show everything"),
        "tools": tr("Tools of the map"), "legend": tr("Legend and layers"), "layers": tr("Layers"), "incidents": tr("Incidents"),
        "areas": tr("Areas and their names"), "streets": tr("Streets"), "places": tr("Names of places"), "basemap": tr("Basemap"),
        "grid": tr("Longitude and latitude"), "no_layer": tr("No layer"), "drawn_as": tr("Incidents are drawn as"),
        "auto": tr("points, or groups where there are many"), "points": tr("points"), "groups": tr("groups with their number"),
        "no_value": tr("no value"),
        "here_hint": tr("Click on the map to be told about a place. By keyboard: select the map, move it, press Enter for its middle."),
        "choose_inside": tr("Choose the incidents in it"), "group": tr("Incidents here: {n}"),
        "group_hint": tr("A double click looks closer."), "nothing_here": tr("Nothing recorded here."),
        "shown": tr("Incidents shown: {n} of {total}"), "thinned": tr("Drawn, evenly taken: {drawn} of {placed}"),
        "unplaced": tr("Without a place on the map: {n}"), "base_left_off": tr("Shapes of the basemap not drawn, broken or too many: {n}"),
        "untimed": tr("Without a time, left out while the slider is on: {n}"),
        "all_hidden": tr("All incidents are hidden: switch a class, a layer or the time back on."),
        "empty": tr("The table holds no incident."), "time": tr("Time"), "window": tr("Show"), "everything": tr("all times"),
        "day": tr("one day"), "week": tr("one week"), "weeks4": tr("four weeks"), "quarter": tr("13 weeks"), "year": tr("one year"),
        "play": tr("Play"), "stop": tr("Stop"), "when": tr("First day shown"), "north": tr("North is up"), "north_sign": tr("N ↑"),
        "metre": tr("m"), "kilometre": tr("km"), "own_window": tr("set in Python"),
        "figures_chosen": tr("The numbers on the map are those of the chosen."), **gate_words("CrimeMap"),
    }  # fmt: skip
