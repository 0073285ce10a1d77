# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Draw districts
#
# **The question:** who patrols what, so that work is equal and ways are short? You will draw districts in one piece each, see that no
# better ones exist, compare them with those of today, and choose where cars stand so that a second one is in reach when the first is out.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed: no persons are in it |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz="UTC")
areas, _ = ilp.intake.read_areas(AREAS)
country = areas[areas["region"].isin(["Dovar", "Orrin"])]
work = ilp.places.count(incidents, areas=country)

# %% [markdown]
# ## 1. As many districts as today, of equal work
#
# No district may have more than a fifth more or less than the mean; each is in one piece; ways from its base, weighted by work, are
# shortest. Up to sixty areas that is *proven*.

# %%
drawn = ilp.tasking.districts(
    work, workload="n", number=work["district"].nunique(), tolerance=0.2, current="district", rng=7
)
print(drawn.explain())
drawn.plot()

# %%
drawn["districts"].round(2)

# %% [markdown]
# ## 2. When it cannot be done, it says what would
#
# Equality within one per cent does not exist with these areas:

# %%
try:
    ilp.tasking.districts(work, workload="n", number=5, tolerance=0.01, exact=False, rng=7)
except ilp.errors.InputError as refused:
    print(refused)

# %% [markdown]
# ## 3. Where do cars stand?
#
# Six cars, fifteen kilometres reach, and a bonus where a second one is in reach.

# %%
stand = ilp.tasking.cover(work, work, units=6, within_m=15_000, backup=0.3)
print(stand.explain())
stand.plot()

# %%
stand["sites"][["area", "name"]]

# %% [markdown]
# ## What an analyst writes
#
# *The districts differ by less than a fifth in work and have the shortest ways there are under that limit. They cut today's borders;
# those who know the neighbourhoods should look at them before anybody moves.*
