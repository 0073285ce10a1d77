# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Is it a near-repeat wave?
#
# **The question:** after a burglary, are the homes around it in more danger than usual, how far and for how long? If so, a warning to the
# neighbours today is worth more than a patrol next month. You will test it against chance, see which incidents belong together, and draw
# the zones that are open now.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 15 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
CLOCK = "UTC"  # the clock that the file shows
OFFENCE = "burglary dwelling"  # one kind of offence, so that the answer means something
FROM = "2024-01-01"
UNTIL = "2025-01-01"  # the first day that no longer counts
TODAY = "2024-10-15"

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz=CLOCK)
during = incidents["occurred_at"].between(FROM, UNTIL, inclusive="left")
chosen = incidents[(incidents["offence"] == OFFENCE) & during]
len(chosen)

# %% [markdown]
# ## 1. Do they follow each other?
#
# Every incident is compared with every other: how far apart, how many days apart. Then the days are dealt anew among the incidents, as cards
# are, a thousand times. What stays is how many pairs chance would bring. Bands hold their lower end and not their upper one.

# %%
near = ilp.times.near_repeat(chosen, within_m=[100, 200, 400], within_days=[7, 14, 28], rng=7)
print(near.explain())
near.plot()

# %% [markdown]
# ## 2. Would it find a wave anywhere?
#
# The same incidents with their days shuffled. A test that finds waves here is of no use.

# %%
shuffled = chosen.assign(occurred_at=chosen["occurred_at"].sample(frac=1, random_state=7).to_numpy())
chance = ilp.times.near_repeat(shuffled, within_m=[100, 200, 400], within_days=[7, 14, 28], rng=7)
print(chance.explain())

# %% [markdown]
# ## 3. Which ones belong to a wave?
#
# Originators start a chain; repeats hit the same place, near repeats one nearby. A chain says what follows what, not who did it.

# %%
roles = ilp.times.near_repeat_roles(chosen, within_m=200, within_days=7)
roles["role"].value_counts()

# %%
longest = chosen.join(roles)[roles["chain_size"] == roles["chain_size"].max()]
longest.sort_values("occurred_at")[["occurred_at", "area", "role", "days_since", "m_away"]].round(
    {"m_away": 0}
)

# %%
ilp.views.map_page(longest, title=f"The longest chain: {len(longest)} incidents")

# %% [markdown]
# ## 4. Where is a wave open today?
#
# Zones are drawn only as far and as long as the test supports, and fade to nothing. Draw them anew every morning. Here for the area of the
# longest chain; take out the line that picks it for the whole country.

# %%
here = chosen[chosen["area"] == longest["area"].mode().iloc[0]]
zones = ilp.times.near_repeat_zones(here, as_of=TODAY, pattern=near)
print(zones.explain())
zones.plot(incidents=here[here["occurred_at"] < TODAY].tail(40))

# %%
zones.table.drop(columns="geometry").head(10).round(2)

# %%
zones.explore()

# %% [markdown]
# ## What an analyst writes
#
# *After a burglary of a home, others follow within 200 m more often than chance explains, for about two weeks. One chain stands out. Warn the
# neighbours of the addresses in today's zones and look at the chain's reports together. The zones say where, not who; where people do
# not report, there are none.*
