# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Did the operation work?
#
# **The question:** patrols went to a place where burglaries were high, and then there were fewer. Was it the patrols? You will compare with a
# place where nothing was done, look next door, and try the test on a time when nothing happened.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; the operation is made up; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import geopandas as gpd

import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")
ZONE = "UTC"
OFFENCE = "burglary dwelling"
TREATED = (-26.2040, 0.7978)  # middle of the operation: longitude, latitude
CONTROL = (-26.2226, 0.8035)  # a like place where nothing was done
RADIUS_M = 400
RING_M = 400
BEGAN = "2024-10-15"
BEFORE_THAT = "2023-10-15"  # a date on which nothing happened
DAYS = 42  # before and after
AREA = "S1-01"  # the area around it
WIDER = "S1"  # how the codes of all areas begin that were policed alike

# %%
incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz=ZONE)
areas, _ = ilp.intake.read_areas(AREAS)
chosen = incidents[incidents["offence"] == OFFENCE]
metres = areas.estimate_utm_crs()
middles = gpd.GeoSeries.from_xy(*zip(TREATED, CONTROL, strict=True), crs=4326).to_crs(metres)
circles = gpd.GeoDataFrame(geometry=middles.buffer(RADIUS_M))
treated, control = circles.iloc[[0]], circles.iloc[[1]]

# %% [markdown]
# ## 1. Before and after, here and there, and next door
#
# The weighted displacement difference: the change in the treated place, less the change in the control, and the same for the rings around them.

# %%
effect = ilp.times.displacement_rings(
    chosen, treated=treated, control=control, at=BEGAN, days=DAYS, ring_m=RING_M
)
print(effect.explain())
effect.plot()

# %%
effect["test"].round(2)

# %% [markdown]
# ## 2. The same test where nothing happened
#
# If it finds an effect a year earlier too, it does not measure the operation.

# %%
placebo = ilp.times.displacement_rings(
    chosen, treated=treated, control=control, at=BEFORE_THAT, days=DAYS, ring_m=RING_M
)
print(placebo.explain())

# %% [markdown]
# ## 3. The whole series
#
# Patrols go where it is worst, and what is worst gets better by itself. Three years of weeks show whether the level changed, or a wave ended.

# %%
here = chosen[chosen["area"] == AREA]
broken = ilp.times.interrupted_series(here, at=BEGAN, step="week")
print(broken.explain())
broken.plot()

# %%
chart = ilp.times.control_chart(here, step="week")
chart.plot()

# %% [markdown]
# ## 4. Did the pattern on the map change?

# %%
before = chosen[chosen["occurred_at"] < BEGAN]
after = chosen[chosen["occurred_at"] >= BEGAN]
pattern = ilp.times.pattern_change(before, after=after, areas=areas)
print(pattern.explain())

# %% [markdown]
# ## 5. Many places at once
#
# With an operation in several areas, a panel is stronger than one pair: areas with and without, month by month. The placebo dates the
# operation to the middle of the time before it; where it finds something, the areas went their own way already.

# %%
panel = ilp.times.counts_by_period(chosen, step="month", by="area")
panel["treated"] = panel["area"].str.startswith(WIDER) & (panel["period"] >= BEGAN)
panel = panel[panel["complete"]]
many = ilp.times.difference_in_differences(panel)
print(many.explain())
many.table.round(2)

# %% [markdown]
# ## What an analyst writes
#
# *Burglaries fell in the treated place more than in the control, and nothing shows that they moved next door. But patrols were sent when a
# wave was at its height; the level of the whole series did not change, and over all areas of the district nothing can be shown. The fall
# may well be the end of the wave. To know next time: draw the places by lot, or begin in half of them first.*
