# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Who to act on, and how sure are we?
#
# **The question:** the meeting wants names. Which names does the chart support, how firmly, what would be left after people
# reorganise, and what must be known before anybody decides?
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed here; with real persons a case, a purpose and graded reports |
# | Time | 45 minutes |
#
# A rank is not guilt. Victims, witnesses and other parties are on the chart, and never in a ranking.

# %%
import ilp_lab as ilp

links, _ = ilp.intake.read_links(ilp.samples.path("belmara/links.csv"))
entities, _ = ilp.intake.read_entities(ilp.samples.path("belmara/entities.csv"))
chart = ilp.networks.chart(links, entities)
chart

# %% [markdown]
# ## 1. Who stands where?
#
# All measures at once. Look at the columns behind each rank: between which ranks somebody would stand if a tenth of the links had
# been missed.

# %%
measures = ilp.networks.measures(chart, rng=7)
print(measures.explain())

# %%
columns = [
    "entity_id",
    "kind",
    "betweenness",
    "betweenness_rank",
    "betweenness_rank_low",
    "betweenness_rank_high",
]
measures.table.dropna(subset=["betweenness_rank"]).nsmallest(8, "betweenness_rank")[columns]

# %% [markdown]
# ## 2. In plain words
#
# Groups are dense spots of ties. A role says which of them somebody links, what falls off without them, and what remains of it
# without the weakest reports.

# %%
groups = ilp.networks.groups(chart, rng=7)
print(groups.explain())

# %%
roles = ilp.networks.roles(chart, rng=7)
for words in roles.table["in_words"].head(6):
    print(words, end="\n\n")

# %% [markdown]
# **Stop here:** who of these owes the place to one graded report? Which report is it? (`chart.links`, column `reference`)
#
# ## 3. How sure is the order?
#
# Two doubts at once: a fifth of the links was missed, and each report holds as often as its grades say. The weights behind the grades
# are a convention; they are printed, and you may set your own.

# %%
ilp.evaluation.weights("4x4")

# %%
sure = ilp.networks.brokers(chart, missing_links=0.2, certainty="grades", redraws=200, rng=7)
print(sure.explain())

# %%
sure.plot()

# %% [markdown]
# ## 4. Not a list: a set
#
# The three highest often do the same work. The question is which set of three matters most together, and whether that is proven or only
# the best that was found.

# %%
players = ilp.networks.key_players(chart, k=3, kind="person", rng=7)
print(players.explain())

# %%
players.table

# %%
players.plot()

# %% [markdown]
# ## 5. And then people react
#
# Removal curves assume that nobody does. Disruption lets those who lost a contact turn to others, in four ways. The answer is
# the spread between them.

# %%
ilp.networks.removal_curves(chart, steps=30, rng=7).plot()

# %%
after = ilp.networks.disruption(chart, k=5, runs=50, rng=7)
print(after.explain())

# %%
after.plot()

# %% [markdown]
# ## 6. What may be missing?
#
# Suggestions of links are only shown when hiding known links proves that they would be right often enough on this very chart.

# %%
missing = ilp.networks.missing_links(chart, rng=7)
print(missing.explain())
missing.details["accuracy"]

# %%
print(ilp.networks.missing_links(chart, least_auc=0.95, rng=7).explain())

# %% [markdown]
# ## 7. Which way, and how sure is it?

# %%
ilp.networks.routes(chart, "P085", "P001", k=3, certainty="grades")

# %% [markdown]
# ## What an analyst writes
#
# *Two persons join groups that otherwise hardly touch. As recorded they come first; were a fifth of the links missed and the reports
# no surer than their grades, that order would not hold. Without the set named, most pairs of the others would have no way to each
# other, which is proven for the chart as it is, and is lost in part or wholly once people turn to others. We recommend more knowledge of
# the links named before any decision. Nobody is accused by standing on a chart.*
