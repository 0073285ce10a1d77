# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # A network through time
#
# **The question:** does the network change, or only what we see of it? Phase by phase: who is there, on whom it hangs, who stays, and by
# which links something could have passed from one to another in the order of time.
#
# | | |
# |---|---|
# | Data | sample data of Belmara; or the Caviar files (Morselli 2009, actors by number) where they are beside the project |
# | Legal basis | none needed: synthetic data, or published data without names |
# | Time | 40 minutes |

# %%
import ilp_lab as ilp

links, _ = ilp.intake.read_links(ilp.samples.path("belmara/links.csv"))
entities, _ = ilp.intake.read_entities(ilp.samples.path("belmara/entities.csv"))
chart = ilp.networks.chart(links, entities)

# %% [markdown]
# ## 1. A window that slides
#
# Half a year wide, a quarter forward each time. A link counts in every window in which it held.

# %%
windows = ilp.networks.through_time(chart, window_days=180, step_days=90, rng=7)
print(windows.explain())

# %%
windows.table[
    ["phase", "entities", "ties", "density", "betweenness_centralization", "stayed", "first", "first_holds"]
]

# %%
windows.plot()

# %% [markdown]
# Bars behind the ranks show 90 % of the redraws. Where they cross, the change of order is not told from chance.
#
# ## 2. Phases between dates you know
#
# Better than windows are dates that mean something: a seizure, an arrest, the day a source began.

# %%
phases = ilp.networks.through_time(
    chart, phases=["2024-01-01", "2024-09-01", "2025-03-01", "2026-01-01"], rng=7
)
print(phases.explain())

# %% [markdown]
# Every phase is a chart of its own; measure it, group it, draw it.

# %%
for name, phase in phases.details["charts"].items():
    print(name, phase, sep="\n", end="\n\n")

# %% [markdown]
# ## 3. In the order of time
#
# A way on paper may be none in time: what B told C in March cannot be what A told B in May.

# %%
reach = ilp.networks.time_reach(chart, "P085", since="2024-09-01")
print(len(reach), "entities could be reached;", len(chart.entities) - 1, "others are on the chart")
reach.head(8)

# %%
ilp.networks.time_path(chart, "P085", "P001", since="2024-09-01")[
    ["step", "source", "target", "at", "waited_days", "kind"]
]

# %% [markdown]
# ## 4. Caviar, if its files are there
#
# Drugs were seized eleven times and nobody arrested until the end; the police watched the network change. Name the folder of the eleven
# matrices to run it. The seventh names one actor twice; the reader refuses it and says so, so ten are shown. The published values
# come out to the last digit (notebook 07).

# %%
from pathlib import Path

import pandas as pd

CAVIAR = Path("caviar")  # a folder with CAVIAR1.csv to CAVIAR11.csv, if you have them
through = windows
if CAVIAR.is_dir():
    numbers = [number for number in range(1, 12) if number != 7]
    matrices = [ilp.intake.read_links(CAVIAR / f"CAVIAR{number}.csv")[0] for number in numbers]
    named = [links.assign(phase=number) for number, links in zip(numbers, matrices, strict=True)]
    caviar = ilp.networks.chart(pd.concat(named, ignore_index=True))
    through = ilp.networks.through_time(caviar, phases="phase", strength="strength", directed=True, rng=7)
print(through.explain())

# %%
through.plot()

# %% [markdown]
# ## What an analyst writes
#
# *Between the phases the people change more than the shape. Who comes first changes too, but within the intervals; only where they
# part is it a finding. Before we call it a change of the network we compared the dates with those on which sources began and ended.*
