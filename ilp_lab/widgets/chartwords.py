"""What a link chart widget says, word by word, in the language that is spoken when it is shown."""

from __future__ import annotations

from ilp_lab._tongue import tr
from ilp_lab.widgets.outgoing import gate_words


def chart_words() -> dict[str, str]:
    """Every word by its name."""
    return {**_tools(), **_side(), **_below(), **_acts()}


def _tools() -> dict[str, str]:
    return {
        "search": tr("Find an entity"), "search_hint": tr("name or number"), "nobody": tr("Nothing on the chart is called that."),
        "too_many": tr("More than {n} found; write more of the name."), "tools": tr("Tools of the chart"), "undo": tr("Undo"),
        "redo": tr("Redo"), "whole": tr("Show everything"), "open_groups": tr("Open all groups"), "close_groups": tr("Close all groups"),
        "lasso": tr("Choose by lasso"), "lasso_hint": tr("Draw around the entities you want; or hold Shift and draw."),
        "show_hidden": tr("Show hidden ({n})"), **gate_words("LinkChartWidget"),
        "print_svg": tr("Print as SVG"),
    }  # fmt: skip


def _side() -> dict[str, str]:
    return {
        "here": tr("Here"), "beside": tr("What is chosen, filters and legend"),
        "here_hint": tr("Click on an entity, a link or a group. Drag to move, turn the wheel to zoom."), "filter": tr("Filter"),
        "filter_none": tr("Take the filter away"), "kind": tr("Kind of link"), "source_grade": tr("Source graded"),
        "information_grade": tr("Information graded"), "ungraded": tr("Links without a grade go when grades are chosen."),
        "certainty": tr("Certainty at least"), "any": tr("any"), "look": tr("Sizes and groups"), "size_by": tr("Signs grow with"),
        "one_size": tr("nothing: all of one size"), "group_by": tr("Put into groups by"), "choose": tr("choose …"),
        "arrange": tr("Arrange anew"), "legend": tr("Legend"), "legend_kinds": tr("Entities"), "legend_links": tr("Links"),
        "legend_firm": tr("solid: certain or well graded"), "legend_weak": tr("dashed: uncertain, weakly graded or not graded"),
        "legend_plain": tr("solid: links carry neither grades nor a certainty"),
        "legend_hollow": tr("hollow: victim, witness or other party; never ranked, never larger"),
        "legend_group": tr("a group with the number of its entities"), "legend_size": tr("The larger a sign, the higher its value."),
        "hide_kind": tr("Hide all"), "only": tr("Only"), "keys": tr("By keyboard"),
        "keys_text": tr("With the chart selected: arrows move it, + and − zoom, 0 shows it all. N goes from neighbour to neighbour, S adds to the choice, E brings in what is linked, O opens or closes a group, H hides, P pins, W starts a way, U undoes, R redoes, Esc lets go."),
        "sheet": tr("Link chart: {title}. Entities: {n}, links: {m}."),
    }  # fmt: skip


def _below() -> dict[str, str]:
    return {
        "time": tr("When the links began"), "time_from": tr("From"), "time_until": tr("Before"), "time_all": tr("All times"),
        "undated": tr("Links without a date: {n}; they go when a time is chosen."), "code": tr("What you did, as Python"),
        "code_hint": tr("Paste these lines below the cell that made the chart, and you have the same chart."),
        "code_none": tr("Nothing was done yet."), "last": tr("Last step:"), "copy": tr("Copy"), "copied": tr("Copied."),
        "empty": tr("The chart holds no entity."),
        "all_gone": tr("Nothing is left to show: undo, take the filter away, or show what is hidden."),
    }  # fmt: skip


def _acts() -> dict[str, str]:
    return {
        "act_hide": tr("Hide"), "act_pin": tr("Pin here"), "act_unpin": tr("Unpin"), "act_expand": tr("Bring in what is linked"),
        "act_around": tr("Only it and its neighbours"), "act_around2": tr("Two steps around it"), "act_keep": tr("Keep only these"),
        "act_way": tr("Find a way from here …"), "act_way_two": tr("Find the way between them"), "act_note": tr("Add the note"),
        "act_frame": tr("Frame them with these words"), "act_group": tr("Make them a group of this name"),
        "act_open": tr("Open the group"), "act_close": tr("Close its group"), "note": tr("Note"), "note_hint": tr("Write a note"),
        "words_hint": tr("Words for a frame, or the name of a group"),
        "way_to": tr("A way from {name}: now click the other end, or search for it. Esc lets it be."), "way": tr("The way"),
        "chosen_entities": tr("Entities chosen: {n}"), "waiting": tr("Working …"),
        "slow": tr("Python has not answered yet: it may be busy with another cell."),
        "entities": tr("entities"), "links": tr("links"), "links_here": tr("Links on the chart: {n}"),
        "uncertain": tr("of them uncertain"), "opens": tr("Double click opens it"), "most": tr("Most links:"), "note_about": tr("Note:"),
        "more": tr("more links"), "and": tr("and"), "and_more": tr("and more"), "contrast_on": tr("High contrast"),
    }  # fmt: skip
