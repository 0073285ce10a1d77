# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Where might the base of a series be?
#
# **The question:** where to look first, if one offender went out from one base? A geographic profile ranks **ground**, never people,
# and with few sites it knows little. It says how little.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
TRUTH = ilp.samples.belmara_truth()  # of the sample only; in a case, modus operandi and traces say it
SERIES = "incident_id in @TRUTH['near_repeat_series']['incident_ids']"  # which rows belong together

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz="UTC")
sites = incidents.query(SERIES)
len(sites)

# %% [markdown]
# ## 1. Do they belong together?
#
# A profile of crimes that different people committed is worthless. That judgement comes before any map, from modus operandi,
# traces and times; the map cannot make it.

# %%
ilp.places.centres(sites)[["measure", "n", "radius_m", "long_m", "short_m", "bearing"]].round(0)

# %% [markdown]
# ## 2. The ranking
#
# Darker ground comes first. The first 5 % of the ground is where to begin, not where somebody lives.

# %%
profile = ilp.places.geographic_profile(sites)
print(profile.explain())
profile.plot(incidents=sites)

# %% [markdown]
# ## 3. How much hangs on single sites?
#
# Each site was left out in turn. Where the first 5 % moves a lot, one doubtful site decides.

# %%
profile["moves"].round(2)

# %%
profile["cost"].round(3).head(8)

# %% [markdown]
# ## 4. With known journeys
#
# Solved cases of the same kind tell how far such offenders travel here. Without them the exponents of the formula are a convention.

# %%
import numpy as np
import pandas as pd

solved = pd.DataFrame(
    {"distance_m": np.random.default_rng(1).gamma(2, 600, 120)}
)  # yours: homes to crimes, no names
journeys = ilp.places.journey_to_crime(solved)
print(journeys.explain())
journeys.table.round(2)

# %%
informed = ilp.places.geographic_profile(sites, method="bayes", decay=journeys["decay"])
print(informed.explain())
informed.plot(incidents=sites)

# %% [markdown]
# ## What an analyst writes
#
# *If the crimes belong together and one base served them all, the ranked ground is a place to begin. It is no evidence against anybody
# who lives there, and is put beside other information before any step is taken.*
