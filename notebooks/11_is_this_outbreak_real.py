# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Is this outbreak real?
#
# **The question:** somebody says "it has got bad over there lately". Look at any map long enough and you find such a spot. A scan looks at all
# places and all windows of time at once, and says how often chance alone finds one as striking.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 15 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")  # outlines with a population
CLOCK = "UTC"  # the clock that the file shows
OFFENCE = "burglary dwelling"
FROM = "2024-01-01"
TODAY = "2024-10-20"
MAX_M = 1_000  # no larger than you could act on
MAX_DAYS = 60  # and no longer

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz=CLOCK)
chosen = incidents[incidents["offence"] == OFFENCE]

# %% [markdown]
# ## 1. Is anything going on now?
#
# *Prospective*: only clusters that are alive on the last day. Days are dealt anew among the incidents, so busy places and busy weeks are not
# found for being busy: the question is what is new. No population is needed.

# %%
period = (FROM, TODAY)
now = ilp.times.scan(chosen, max_m=MAX_M, max_days=MAX_DAYS, prospective=True, period=period, rng=7)
print(now.explain())

# %%
columns = ["llr", "observed", "expected", "p", "recurrence_days", "start", "end", "radius_m", "verdict"]
now.table[columns].round({"llr": 2, "expected": 2, "radius_m": 0})

# %%
first = chosen.loc[list(now.table["members"].iloc[0])]
ilp.views.map_page(now.table.head(3), value="verdict", incidents=first)

# %% [markdown]
# ## 2. How easily is it fooled?
#
# The same incidents with their days shuffled. Whatever is found here is found by chance.

# %%
shuffled = chosen.assign(occurred_at=chosen["occurred_at"].sample(frac=1, random_state=7).to_numpy())
chance = ilp.times.scan(
    shuffled, max_m=MAX_M, max_days=MAX_DAYS, prospective=True, period=period, simulations=199, rng=7
)
print(chance.explain())

# %% [markdown]
# ## 3. Or is it simply where people live?
#
# Another question, another scan: are there more incidents than the *population* explains, whenever they happened? Here each area is a place,
# and a circle holds whole areas.

# %%
areas, _ = ilp.intake.read_areas(AREAS)
during = chosen[chosen["occurred_at"].between(*period)].drop(columns="occurred_at")
people = ilp.times.scan(during, model="poisson", population=areas, max_share=0.25, rng=7)
print(people.explain())
print(people.left_out)

# %%
people.table[["llr", "observed", "expected", "ratio", "p", "places", "verdict"]].head(5).round(3)

# %%
people.plot(areas=areas)

# %% [markdown]
# ## What an analyst writes
#
# *In the last weeks one neighbourhood had about five times the burglaries its own past and the general course explain. Chance alone raises such an
# alarm less than once in a thousand looks. That is a reason to look, not an explanation: check first whether recording changed. The
# scan of the population answers another question, and a high rate there is not an outbreak.*
