# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # A map without code
#
# **The question:** where and when do burglaries happen, and which rows lie behind it? You will brush over a map, a timeline
# and a clock, see all of them and the table follow, and take the chosen rows on in Python.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed |
# | Time | 15 minutes |

# %%
import ipywidgets as controls

import ilp_lab as ilp

incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
burglaries = incidents.query("offence == 'burglary dwelling'").reset_index(drop=True)
hot = ilp.places.gi_star(burglaries, cell_m=1000, study_area=areas, rng=7)

# %% [markdown]
# ## 1. One choice, four views
#
# Drag a rectangle or a lasso on the map, drag over the timeline or the clock, or click on rows. What is chosen in one view is
# marked in all. *A new choice* says whether the next choice replaces the one before, is added to it, or keeps only what is
# in both: a week, and then the nights in it.
#
# The slider below the map shows one day, week or year at a time, and plays. By keyboard: Tab goes from control to control,
# arrow keys move the map and the marks, Enter chooses, Escape drops the choice.

# %%
chosen = ilp.widgets.Selection(burglaries)
views = [
    ilp.widgets.CrimeMap(
        burglaries, areas=areas, layers=hot, colour_by="status", selection=chosen, title="Burglaries"
    ),
    ilp.widgets.Timeline(burglaries, selection=chosen),
    ilp.widgets.Clock(burglaries, selection=chosen),
    ilp.widgets.Table(burglaries, selection=chosen),
]
controls.VBox(views)

# %% [markdown]
# ## 2. What was chosen, in Python
#
# `chosen.rows` are the positions of the rows, `chosen.frame` is the table of them. It works the other way round as well:
# what Python chooses is marked in every view.

# %%
chosen.choose(burglaries["occurred_at"].dt.hour.isin([1, 2, 3]))
print(chosen)

# %%
chosen.frame["area"].value_counts().head(5)

# %% [markdown]
# ## 3. A basemap of your own, and a print
#
# `CrimeMap(..., basemap="city.gpkg")` draws a GeoPackage, PMTiles or OpenStreetMap extract of your own below the map; nothing is
# fetched from anywhere. `CrimeMap(..., case=case)` prints what you see, as PNG or PDF, through the release gate of the case.

# %%
views[0].figure()

# %% [markdown]
# ## What an analyst writes
#
# *Between one and three at night burglaries gather in few areas. The rows behind the mark were looked at one by one; times
# known only as a window count where they begin. No row stays in this notebook when it is saved.*
