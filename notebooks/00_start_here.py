# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Start here
#
# This notebook takes you from a file of incidents to a finding you can defend, in a few minutes and without a network.
# It uses the **Republic of Belmara**, a country that does not exist: every incident, person and place in it is made up.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed; with your own data, name the law that allows their use |
# | Time | 10 minutes |
#
# Run a cell with **Shift + Enter**. Run them from top to bottom.

# %%
import ilp_lab as ilp

# %% [markdown]
# ## 1. Read the file, and see what is wrong with it
#
# Column names, date formats and coordinates are worked out from the file itself. What was worked out is shown, so that
# you can put it right, and every fault is counted. No row is dropped.

# %%
incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
quality

# %% [markdown]
# Look at the rows behind a fault before you decide what to do about them:

# %%
quality.rows_with("missing_place").head()

# %% [markdown]
# ## 2. Ask a question
#
# Where do burglaries of dwellings concentrate by more than chance? The areas bound the study area: places outside them
# cannot hold an incident and must not count as "cold".

# %%
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
burglaries = incidents.query("offence == 'burglary dwelling'")
hot = burglaries.pipe(ilp.places.gi_star, cell_m=1000, study_area=areas, rng=7)
print(hot.explain())

# %% [markdown]
# ## 3. Look at the answer
#
# The map works without a network. Move over a cell to read its numbers.

# %%
hot.explore(areas=areas)

# %% [markdown]
# ## 4. Hand it over
#
# Exploring is free. A product leaves your desk, so it needs an open **case**: why, on what legal basis, by whom. The case
# keeps a log of everything that is released.

# %%
case = ilp.open_case(
    "my-first-case",
    purpose="Practice with sample data",
    legal_basis="none needed: synthetic data",
    analyst="A17",
)
profile = ilp.products.ProblemProfile(
    case, question="Where do burglaries of dwellings concentrate by more than chance?"
)
profile = profile.add(hot, says="A few places carry far more burglaries than chance explains.", areas=areas)
released = profile.to_html("my-first-product.html")
print(f"{released.path.name}, handling {released.handling}")

# %% [markdown]
# Open `my-first-product.html` from the file list on the left. Then see what the log says, and that nobody changed it:

# %%
for entry in case.audit.entries():
    print(entry["seq"], entry["operation"], entry["what"])
print(case.verify().reason)

# %% [markdown]
# ## Where to go next
#
# - `01_map_a_crime_problem`: choose area, offence, period and cell size with the mouse.
# - `02_chart_a_network`: from a table of links to who connects whom.
