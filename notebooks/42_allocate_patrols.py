# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Allocate patrols, and defend it
#
# **The question:** where do forty visits of fifteen minutes do most, what do they not reach, and could you say so in public? You will
# place visits, put a price on every limit, look at who is touched, and see how records of patrols feed on themselves.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed for the sample |
# | Time | 40 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz="UTC")
areas, _ = ilp.intake.read_areas(AREAS)
town = areas[areas["region"] == "Selin"]
here = incidents[incidents["area"].isin(town["area"])]
here = here.assign(harm=ilp.threats.harm(here["offence"], unknown="leave").fillna(0))

# %% [markdown]
# ## 1. Where is the harm?

# %%
cells = ilp.places.count(here, cell_m=1000, study_area=town, weight="harm").rename(columns={"n": "harm"})
print(len(cells), "cells,", round(cells["harm"].sum()), "days of harm in three years")

# %% [markdown]
# ## 2. Forty visits
#
# The first visit of a shift reaches a share of what visits can reach in a place, each further one the same share of what is left. That
# share is an assumption, and the result says how much hangs on it.

# %%
plan = ilp.tasking.patrols(cells, demand="harm", visits=40)
print(plan.explain())
plan.plot(areas=town)

# %% [markdown]
# ## 3. What the next visit buys, and what is not covered
#
# The price of one visit more tells when to stop. What gets no visit belongs into the briefing, too.

# %%
print(f"one more visit: {plan['price']:.1f} days of harm")
plan["not_covered"][["harm", "next_gain"]].head(5).round(1)

# %% [markdown]
# ## 4. Limits, and what they cost
#
# A tenth of the visits is placed at random: without that, nobody ever learns about the places that are not patrolled.

# %%
limited = ilp.tasking.patrols(cells, demand="harm", visits=40, explore=0.1, rng=7)
print(limited.explain())
limited["prices"]

# %% [markdown]
# ## 5. Who is touched?
#
# Suppose the share of young residents differs between cells (here a made-up column: it rises from west to east). A bound on the share of
# all visits that falls on them has a price; the curve shows all of it, and a named person picks the point.

# %%
middle = cells.to_crs(32626).geometry.centroid.x
cells["young"] = 0.1 + 0.6 * (middle - middle.min()) / (middle.max() - middle.min())
curve = ilp.tasking.fairness_price(cells, demand="harm", visits=40, group="young")
print(curve.explain())
curve.plot()

# %% [markdown]
# ## 6. Records of patrols feed on themselves
#
# Two areas, nearly alike: 55 and 45 per cent of all incidents. Patrols go where patrols found most before. After some years the first gets
# three quarters of the visits. What residents report dampens it; counting a find with the chance that nobody would have been there
# takes it out.

# %%
loop = ilp.tasking.feedback_loop(rng=7)
print(loop.explain())
loop.plot()

# %%
for name, options in {"with half reported": {"reported": 0.5}, "corrected": {"correct": True}}.items():
    found = ilp.tasking.feedback_loop(days=[2000, 50_000], rng=7, **options).table
    print(name, found.loc[found["area"] == "A", ["day", "mean_share", "sd"]].round(3).values.tolist())

# %% [markdown]
# ## 7. So keep them apart
#
# Tell `patrols` which part of the demand police work found. It is left out, and the result says how many visits hang on it. Here they are
# many, so rule D14 (discrimination and bias) warns: that is the rule at work, not a fault. Show both maps to whoever decides.

# %%
cells["found"] = 0.0
cells.loc[cells["harm"].nlargest(15).index, "found"] = 0.7 * cells["harm"].nlargest(15)
apart = ilp.tasking.patrols(cells, demand="harm", visits=40, discovered="found")
print(apart.explain())
print(apart.caveats)

# %% [markdown]
# ## 8. Hours of analysts and investigators
#
# The same question for tasks: which get the hours, what goes undone, what is a close call, and what is a further hour worth?

# %%
import pandas as pd

tasks = pd.DataFrame(
    [
        ("Profile of burglary series", 420, 250, 600, 0.6, 60, 0, "burglary", "intelligence"),
        ("Locks for repeat victims", 300, 200, 380, 0.8, 10, 40, "burglary", "prevention"),
        ("Firearms: who supplies", 1800, 300, 3500, 0.3, 120, 160, "firearms", "intelligence"),
        ("Firearms: search warrants", 1500, 600, 2400, 0.5, 20, 240, "firearms", "enforcement"),
        ("Visits after domestic assault", 900, 500, 1300, 0.7, 10, 120, "domestic", "prevention"),
        ("Shop theft drive", 60, 30, 90, 0.9, 10, 160, "theft", "enforcement"),
    ],
    columns=["task", "harm_prevented", "harm_low", "harm_high", "p_success", "analyst_hours", "investigator_hours", "priority", "kind"],
)  # fmt: skip
hours = ilp.tasking.portfolio(
    tasks, hours={"analyst_hours": 150, "investigator_hours": 400}, least_prevention=0.2, rng=7
)
print(hours.explain())
hours.plot()

# %% [markdown]
# ## What an analyst writes
#
# *Forty visits reach several times what an even spread would. The places without a visit are named. A visit more would reach little; the
# random tenth costs what is stated, and keeps us learning. Placed by what residents reported, not by what patrols found.*
