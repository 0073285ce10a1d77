# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Chart without code
#
# **The question:** who connects the parts of this network, and does that hold when the weak reports go? You will work with
# mouse and keyboard alone; every click is shown as the line of Python it stands for, so nothing you find is lost.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed; with real persons, links need a purpose and a grade |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

links, _ = ilp.intake.read_links(ilp.samples.path("belmara/links.csv"))
entities, _ = ilp.intake.read_entities(ilp.samples.path("belmara/entities.csv"))
chart = ilp.networks.chart(links, entities)

# %% [markdown]
# ## 1. The chart under the mouse
#
# Drag to move, turn the wheel to zoom, click on a sign. Type a name into the search. The larger a sign, the more often it
# stands between others; victims and witnesses are hollow and never larger.
#
# Try this: untick *seen with* on the right, then tick it again. The measures are taken anew each time. Then draw the
# handles of the strip of dates together.

# %%
widget = ilp.widgets.LinkChartWidget(chart, size_by="betweenness", title="Who connects the parts")
widget

# %% [markdown]
# ## 2. The same by program
#
# What a click does, a program can do as well. Here the weakly graded links go, and a way between two people is asked for.

# %%
widget.do({"do": "filter", "tests": {"information_grade": ["1", "2"]}})
print(widget.code)

# %% [markdown]
# ## 3. Nothing is lost
#
# `widget.chart` is the chart as it is shown, `widget.code` the lines that lead there. Pasted below the first cell, they give
# the same chart again, in a year and on another computer.

# %%
print(widget.chart)
widget.undo()
print(len(widget.chart.links), "links again")

# %% [markdown]
# ## 4. The whole question on one board
#
# The *Network explorer* ranks with intervals, says roles in words, finds groups and those on whom most hangs. Choose which
# links count, and all of it follows; *Measure what the chart shows now* goes on with what you kept on the chart.

# %%
board = ilp.boards.network_explorer(chart)
board

# %% [markdown]
# ## What an analyst writes
#
# *The entity that stands most between the others keeps that place only while weakly graded links count; with the better ones
# alone the order changes. Ranks are given with the places between which they lie. Being central is not being guilty: it says
# whom to learn more about, within the law.*
