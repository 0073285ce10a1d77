# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Set priorities, and dare to say "tie"
#
# **The question:** which problems and groups come first, and can that really be told? You will weigh incidents by harm on two scales,
# rank five groups, see that the first two are a tie, find out what to learn next, and write an objective that luck does not reach.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed for the sample; a threat assessment of real groups needs a purpose and graded reports |
# | Time | 40 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")
MATRIX = ilp.samples.path("belmara/threat_matrix.csv")

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz="UTC")
areas, _ = ilp.intake.read_areas(AREAS)
print(ilp.threats.harm_scale("belmara"))
print(ilp.threats.harm_scale("belmara-severity"))

# %% [markdown]
# ## 1. Count, or harm?
#
# A shop theft and a firearm offence are one each in a count. A harm scale says how many days one weighs. What police work found (stops,
# searches) weighs nothing here: more stops would look like more harm.

# %%
harm = ilp.threats.harm_rates(incidents, areas)
print(harm.explain())
harm.plot()

# %%
columns = ["area", "n", "rank_n", "harm", "rank", "rank_beside", "smoothed", "low", "high"]
harm.table.nsmallest(8, "rank")[columns].round(1)

# %% [markdown]
# ## 2. Two scales, side by side
#
# A scale is a judgement in numbers. Another one, just as honest, can put something else first. `because` names the offence that makes
# the difference.

# %%
scales = ilp.threats.compare_scales(incidents, by="offence", rng=7)
print(scales.explain())
scales.plot()

# %% [markdown]
# ## 3. In how few places is the harm?

# %%
few = ilp.threats.harm_concentration(incidents, places=areas["area"], bootstrap=199, rng=7)
print(few.explain())
few.plot()

# %% [markdown]
# ## 4. Rank five groups
#
# Two assessors scored five fictional groups on nineteen indicators, each level with its evidence and confidence. What nobody knows is
# written as *unknown*, never as low. First the first assessor alone.

# %%
import pandas as pd

scores = pd.read_csv(MATRIX)
first = ilp.threats.matrix(scores[scores["assessor"] == "A17"], rubric="sleipnir-type")
print(first)
first.wide()

# %%
ranked = ilp.threats.rank(first, rng=7)
print(ranked.explain())
ranked.plot()

# %% [markdown]
# 361 against 351 looks like an order. It is none: with weights that keep the agreed order and unknown cells that may be anything, the
# second comes first often enough. A ranking that is honest says *not separable*.

# %%
ranked["swap"]

# %% [markdown]
# ## 5. Do the assessors agree?

# %%
both = ilp.threats.matrix(scores, rubric="sleipnir-type")
agreed = ilp.threats.agreement(both, rng=7)
print(agreed.explain())
agreed["reconcile"].head(6)

# %% [markdown]
# ## 6. What to learn next
#
# Not every gap is worth closing. The list is ordered by how much of the uncertainty about the ranks each answer would take away; the
# first become intelligence requirements, if they can be answered lawfully.

# %%
learn = ilp.threats.learn_next(first, rng=7)
print(learn.explain())
learn.plot()

# %%
asked = ilp.threats.requirements(
    learn, requester="Head of analysis", decision_supported="Control strategy 2099", deadline="2099-01-31"
)
[requirement.question for requirement in asked]

# %% [markdown]
# ## 7. From a priority to an objective
#
# A target that luck alone would reach proves nothing. The forecast says what happens if nothing is done; the objective says what is
# wanted, until when, who answers for it, and when somebody looks.

# %%
burglary = incidents[incidents["offence"] == "burglary dwelling"]
monthly = burglary.groupby(burglary["occurred_at"].dt.tz_localize(None).dt.to_period("M")).size().iloc[:36]
goal = ilp.threats.objective(
    monthly,
    what="burglary of dwellings",
    change=-0.10,
    until="2026-12-31",
    review="2026-07-15",
    owner="Head of crime",
    tier=ranked.table["tier"].iloc[0],
    rng=7,
)
print(goal.explain())
goal.plot()

# %% [markdown]
# ## What an analyst writes
#
# *By harm the picture differs from that by number, and the two scales differ in what they put first; both are shown. Groups Anvil and
# Birch cannot be told apart: we recommend that the meeting treats them as a tie, and asks for the answer that settles most.*
