# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Is it the place, or the people?
#
# **The question:** do incidents concentrate because people do? You will turn counts into rates, take luck out of small areas, and
# compare the density of incidents with that of those who could have them.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")  # outlines with a population
POPULATION = "population"
OFFENCE = "theft from person"
OTHERS = ["shop theft", "vehicle theft"]  # offences whose places may tell something about this one

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz="UTC")
areas, _ = ilp.intake.read_areas(AREAS)
chosen = incidents[incidents["offence"] == OFFENCE]
counted = ilp.places.count(chosen, areas=areas)
print(counted.attrs["ilp_lab_left_out"], counted.attrs["ilp_lab_noted"])

# %% [markdown]
# ## 1. Rates, and how sure they are
#
# A village with two thefts can have the highest rate of all by luck. Small populations are therefore drawn towards the rest, as far
# as they are in doubt, and each area gets an interval.

# %%
rates = ilp.places.rates(counted, population=POPULATION)
print(rates.explain())
rates.plot()

# %%
columns = ["area", "n", POPULATION, "rate", "smoothed", "low", "high", "q_fdr", "verdict"]
rates.table.nlargest(8, "smoothed")[columns].round(2)

# %% [markdown]
# ## 2. Do high rates lie side by side?
#
# Moran's I of rates takes into account that small populations vary more.

# %%
beside = ilp.places.moran(counted, value="n", population=POPULATION, rng=7)
print(beside.explain())

# %% [markdown]
# ## 3. Risk on the ground
#
# The density of incidents over the density of residents: 1 is the average. Contours show where that is more than chance allows.

# %%
risk = ilp.places.relative_risk(chosen, areas, exposed=POPULATION, simulations=99, rng=7)
print(risk.explain())
risk.plot(areas=areas)

# %% [markdown]
# ## 4. What goes with it? A risk terrain
#
# Features of the ground explain where incidents are likely: bars, stops, vacant lots. Here two other offences stand in for what draws
# people: shops, and kerbs full of vehicles. The model is made in the busiest area and tried on a later period; a model that only
# describes the past is no use for tomorrow.

# %%
town = areas.loc[[counted["n"].idxmax()]]
first, second = (incidents[incidents["offence"] == other] for other in OTHERS)
factors = {OTHERS[0]: first, OTHERS[1]: second}
middle = chosen["occurred_at"].quantile(0.7)
terrain = ilp.places.risk_terrain(
    chosen[chosen["occurred_at"] <= middle],
    factors,
    later=chosen[chosen["occurred_at"] > middle],
    cell_m=200,
    study_area=town,
    rng=7,
)
print(terrain.explain())
terrain["factors"].round(2)

# %%
terrain["validation"].round(3)

# %% [markdown]
# ## What an analyst writes
#
# *Part of the concentration is where people live; what remains lies in few quarters and is more than chance. Residents are the wrong
# measure for a town centre: count visitors before concluding anything about it.*
