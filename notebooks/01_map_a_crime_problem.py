# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Map a crime problem
#
# **The question:** where does an offence concentrate, and is it more than chance? You will compare a density map, which
# shows shape, with a hot spot test, which tells concentration from luck, and learn why one bright spot is not a hot spot.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
print(quality.explain())

# %% [markdown]
# ## 1. The board
#
# Choose with the mouse. The sentence, the map and the table always belong to the same choice.

# %%
from datetime import date

state = ilp.boards.HotSpotState(
    offences=("burglary dwelling",), since=date(2025, 1, 1), cell_m=1000, bandwidth_m=2000
)
board = ilp.boards.hot_spots(incidents, areas=areas, state=state)
board.show()

# %% [markdown]
# ## 2. Density: the shape of the problem
#
# The bandwidth is in metres and decides how smooth the picture is. A density map always shows a peak, even in numbers
# that mean nothing. Use it to see shape, never to claim that a place is special.

# %%
thefts = incidents.query("offence == 'shop theft'")
density = thefts.pipe(ilp.places.density, bandwidth_m=1500, cell_m=500, study_area=areas)
density.plot(areas=areas)

# %% [markdown]
# ## 3. Hot spots: is it more than chance?
#
# Gi* compares each cell and its neighbours with all cells. With few incidents and many cells it marks cells by luck, so
# the result also says how many cells **complete randomness** would have marked.

# %%
hot = thefts.pipe(ilp.places.gi_star, cell_m=1000, study_area=areas, rng=7)
print(hot.explain())
print()
print(*hot.caveats, sep="\n")

# %% [markdown]
# ## 4. Is it a place, or the way it is recorded?
#
# Incidents without a known address are often given the address of the police station. Such a pile looks like the
# hottest spot in the country. The quality report names it, and the hot spot table tells which cells rest on one point.

# %%
quality.rows_with("place_pile")[["offence", "address", "area"]].value_counts().head(5)

# %%
columns = ["n", "z", "q_fdr", "verdict", "one_point_share"]
hot.table.query("verdict == 'hot spot beyond chance'").nlargest(10, "z")[columns]

# %% [markdown]
# ## 5. The method, ready to be questioned
#
# Every result carries what is needed to repeat it: settings (and which of them the library chose), data fingerprint,
# rows left out by reason, seed, references.

# %%
print(hot.method_statement())

# %% [markdown]
# ## What an analyst writes
#
# *Thefts from shops concentrate in few places by more than chance. One further marked place is a default address of the
# recording system and was left out. The finding describes recorded incidents, not offenders.*
