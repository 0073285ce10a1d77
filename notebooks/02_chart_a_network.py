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
# ## 5. Work on the chart
#
# Each step gives a new chart. Here: the part around the foremost entity, a note, and a
# place for every entity that stays where it is when the chart grows. On the page you can search, move, hide, note and
# expand; it writes what you did as Python, to be pasted into the next cell.

# %%
foremost = measures.table.nsmallest(1, "betweenness_rank")["entity_id"].iloc[0]
part = chart.neighbourhood(foremost).arrange()
part = part.add_note("Who rented the yard? Ask the registry.", entity_id=foremost)
ilp.views.linkchart_page(part, title=f"Around {foremost}")

# %% [markdown]
# Nothing is lost: `undo` goes back, and the steps can be read, kept in the case file, and run again.

# %%
print(part.code())
print(part.undo(2).steps)

# %% [markdown]
# ## 6. The same chart in time
#
# One line per entity, a link where it began. Dashed is uncertain: a low grade, or a certainty below 0.75. Which ties are
# old, which are new, and which rest on a single unsure report?

# %%
ilp.views.timeline_page(part, title=f"Links around {foremost} over time")

# %% [markdown]
# Events in the order in which they happened; an arrow leads to the next event of the same person.

# %%
ilp.views.event_chart_page(chart, title="Events, and who was at more than one")

# %% [markdown]
# ## 7. Further with networkx
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
