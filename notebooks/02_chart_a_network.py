# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Chart a network
#
# **The question:** who connects the parts of a network, and how well is that known? You will read a table of links, draw
# the chart, measure it, and see why the busiest person is not always the one who holds it together.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed; with real persons, links need a purpose and a grade |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

links, quality = ilp.intake.read_links(ilp.samples.path("belmara/links.csv"))
entities, _ = ilp.intake.read_entities(ilp.samples.path("belmara/entities.csv"))
quality

# %% [markdown]
# ## 1. The chart
#
# A chart is two tables: entities, and links between them. Every link keeps its source, its grades and its dates; two
# links between the same two entities stay two.

# %%
chart = ilp.networks.chart(links, entities)
chart

# %% [markdown]
# ## 2. Measures
#
# `strength=` says that a larger number means a closer tie. Victims and witnesses are drawn, but never ranked.

# %%
measures = ilp.networks.measures(chart, strength="strength")
print(measures.explain())

# %%
measures.explore()

# %% [markdown]
# ## 3. Busy, or in between?
#
# *Degree* counts neighbours. *Betweenness* tells on how many shortest paths between others somebody lies. Compare the
# two rankings: who is high in the second and not in the first?

# %%
columns = ["entity_id", "kind", "degree", "degree_rank", "betweenness", "betweenness_rank", "core"]
measures.table.dropna(subset=["betweenness_rank"]).nsmallest(8, "betweenness_rank")[columns]

# %% [markdown]
# ## 4. What if we believe only the better information?
#
# A filter gives a new chart; the first one stays as it is. Every measure is computed again.

# %%
trusted = chart.filter(information_grade=["1", "2"])
again = ilp.networks.measures(trusted, strength="strength")
again.table.dropna(subset=["betweenness_rank"]).nsmallest(8, "betweenness_rank")[columns]

# %% [markdown]
# ## 5. Further with networkx
#
# Everything networkx can do is open to you; nothing is lost on the way.

# %%
import networkx as nx

graph = ilp.networks.to_networkx(chart)
print(
    graph.number_of_nodes(),
    "entities,",
    graph.number_of_edges(),
    "links,",
    nx.number_connected_components(graph),
    "parts",
)

# %% [markdown]
# ## What an analyst writes
#
# *Two entities connect three groups that otherwise hardly touch. This rests on links graded as stated; with the better
# graded links alone the picture is as shown above. Being central is not being guilty: it says whom to learn more about,
# within the law, not whom to arrest.*
