# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Where is it more than chance?
#
# **The question:** which places hold more than luck explains, whichever way one looks? You will ask five methods that know
# nothing of each other, and act only where they agree.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")  # None: the hull of the incidents
OFFENCE = "shop theft"
CELL_M = 1000
STEP = "quarter"  # day, week, month, quarter, year or a number of days

incidents, quality = ilp.intake.read_incidents(INCIDENTS, tz="UTC")
areas = AREAS and ilp.intake.read_areas(AREAS)[0]
chosen = incidents[incidents["offence"] == OFFENCE]
print(quality.explain())

# %% [markdown]
# ## 1. Over the whole area: is there a pattern at all?
#
# Moran's I says in one number whether like lies beside like. If it says no, stop here.

# %%
overall = chosen.pipe(ilp.places.moran, cell_m=CELL_M, study_area=areas, rng=7)
print(overall.explain())
overall.table.round(4)

# %% [markdown]
# ## 2. Gi* and local Moran: where
#
# Gi* finds places that are high together with their neighbours. Local Moran also finds a place that stands alone among quiet ones.
# Both say how many cells complete randomness would have marked.

# %%
hot = chosen.pipe(ilp.places.gi_star, cell_m=CELL_M, study_area=areas, rng=7)
print(hot.explain())
hot.plot(areas=areas)

# %%
local = chosen.pipe(ilp.places.local_moran, cell_m=CELL_M, study_area=areas, rng=7)
print(local.explain())
local.plot(areas=areas)

# %% [markdown]
# ## 3. Without cells: areas drawn around the incidents
#
# Cells have a size and an origin that somebody chose. DBSCAN draws areas around the incidents themselves.

# %%
groups = chosen.pipe(ilp.places.hot_areas, study_area=areas, simulations=39, rng=7)
print(groups.explain())
groups.table.head(5)

# %% [markdown]
# ## 4. Does the picture stay when the bandwidth changes?
#
# A density map has a peak whatever the numbers mean. This map shows how often each cell belongs to the densest 5 % under fourteen
# bandwidths. Trust what stays.

# %%
stable = chosen.pipe(ilp.places.bandwidths, study_area=areas, rng=7)
print(stable.explain())
stable.plot(areas=areas)

# %%
stable["curve"].round(3)

# %% [markdown]
# ## 5. Since when?
#
# The space-time cube names how each hot spot developed. The name has reasons; they stand in the table.

# %%
history = chosen.pipe(ilp.places.emerging_hot_spots, step=STEP, cell_m=CELL_M, study_area=areas, rng=7)
print(history.explain())
history.plot(areas=areas)

# %%
reasons = ["pattern", "n", "hot_share", "hot_run", "hot_before_run", "trend_z", "trend_p"]
history.table[history.table["pattern"].str.contains("hot")][reasons].head(8)

# %% [markdown]
# ## 6. How concentrated is it?
#
# Few places hold most of it: how few, and how much of that is chance?

# %%
counted = chosen.pipe(ilp.places.count, cell_m=CELL_M, study_area=areas)
share = ilp.places.concentration(counted, rng=7)
print(share.explain())
share.plot()

# %%
chosen.pipe(ilp.places.repeat_places).drop(columns="geometry").head(8)

# %% [markdown]
# ## What an analyst writes
#
# *Five methods agree on the same few places; the concentration is several times what chance shows. One of the busiest single points
# is a default address. The finding describes recorded incidents, not offenders.*
