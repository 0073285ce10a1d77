# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Co-offending
#
# **The question:** who acts with whom, and which of these ties are more than one night at the same place? You will turn a list of who was
# in which event into ties between persons, see why most of them mean little, and keep those that chance does not explain.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; a case with a purpose for real persons |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

EVENTS = ilp.samples.path("belmara/co_offences.csv")  # your own file here, a list or a matrix
COLUMNS = None  # {"person": "...", "event": "..."} where the names do not tell

events, quality = ilp.intake.read_events(EVENTS, columns=COLUMNS)
quality

# %% [markdown]
# ## 1. Ties, and how to weigh them
#
# `count` is the number of joint events. `newman` divides each event by its other persons: a burglary of two says more than a brawl of
# fifty. `jaccard` asks for the share of all events of either that were joint ones. Victims and witnesses do not act together with those
# they suffered from: their rows are left out and counted.

# %%
ties = ilp.networks.co_offending(events)
ties.table[["source", "target", "count", "newman", "jaccard"]].nlargest(8, "newman")

# %%
ties.left_out

# %% [markdown]
# ## 2. Which ties are more than chance?
#
# Somebody with thirty events meets many people, and a large event joins everybody with everybody. Chance here keeps both: each person
# has as many events, each event as many persons, and who meets whom is left to luck. q is taken among *all* pairs, because those that
# never met were candidates too.

# %%
print(ties.explain())
ties.table.head(8)

# %% [markdown]
# ## 3. What a simpler test would have kept
#
# The hypergeometric test keeps only how busy persons are; it takes every event to be alike. The disparity filter looks at how a person's
# ties are spread. Where the three agree you stand on firmer ground.

# %%
kept = {}
for test in ("sdsm", "hypergeometric", "disparity"):
    found = ilp.networks.co_offending(events, test=test).table
    kept[test] = {
        frozenset(pair) for pair in found.loc[found["kept"], ["source", "target"]].to_numpy().tolist()
    }
{test: len(pairs) for test, pairs in kept.items()}

# %% [markdown]
# ## 4. The chart of what stays
#
# The backbone is a link chart like any other.

# %%
ties["chart"]

# %%
everything = ilp.networks.chart(ties.table[ties.table["count"] >= 2])
everything

# %% [markdown]
# ## What an analyst writes
#
# *Of all pairs with joint events only a few are joined by more of them than busy persons and large events bring about by themselves. These
# pairs are worth a look at their events; a joint record is no proof that both acted in each of them, and whoever is never caught is not
# in these data.*
