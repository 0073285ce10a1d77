# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Where next, and is it any better than last year's map?
#
# **The question:** can incidents of the next weeks be placed, and does a model do better than the map that everybody has already? You will
# try forecasts on the past first, and only then make one, with what it leaves out beside it.
#
# Forecasts here are about places, never about persons. They must be asked for (`opt_in=True`), and they must be told which incidents the
# police found themselves: a map of stops and searches forecasts where the police will go.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
AREAS = ilp.samples.path("belmara/areas.geojson")  # outlines, with a population if you have one
ZONE = "UTC"
OFFENCE = "burglary dwelling"
AREA = "T1-01"  # where to forecast; None for everywhere
DISCOVERED = []  # offences that the police find themselves; burglaries are all reported
CELL_M = 250
SHARE = 0.05  # of the ground
FOLDS = 12
METHOD = "whole_past"  # chosen after reading section 1: a naive map, unless another is better

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz=ZONE)
areas, _ = ilp.intake.read_areas(AREAS)
town = areas if AREA is None else areas[areas["area"] == AREA]
chosen = incidents[incidents["offence"] == OFFENCE]

# %% [markdown]
# ## 1. Tried on the past
#
# Every method ranks the cells from what was known on a day; then the next four weeks are counted, twelve times over. The naive maps stand in
# the same table. *PAI* is how many times more incidents the marked ground held than its size; *PEI\** how near that came to the best
# possible choice.

# %%
tried = ilp.times.backtest(
    chosen, discovered=DISCOVERED, study_area=town, cell_m=CELL_M, area_share=SHARE, folds=FOLDS, rng=7
)
print(tried.explain())
tried.plot()

# %%
tried.table[["method", "hit_rate", "low", "high", "pai", "pei_star", "rri", "better_by", "verdict"]].round(2)

# %% [markdown]
# ## 2. The forecast

# %%
ahead = ilp.times.forecast(
    chosen,
    discovered=DISCOVERED,
    opt_in=True,
    method=METHOD,
    study_area=town,
    cell_m=CELL_M,
    area_share=SHARE,
    groups=areas,
)
print(ahead.explain())
ahead.plot()

# %% [markdown]
# ## 3. Who lives under it
#
# The disparity table: which share of the ground, of the incidents and of the marked ground falls on each group of areas. A group that is
# marked far more often than its incidents explain is a reason to stop.

# %%
ahead["disparity"].round(2)

# %%
for caveat in ahead.caveats:
    print("-", caveat)

# %% [markdown]
# ## What an analyst writes
#
# *Most burglaries of the next weeks will be recorded where they were recorded before. No model could be shown to place them better than the
# map of all years; the map of the last weeks alone does worse. Use the marked streets for offers of prevention, keep patrols elsewhere too,
# and count again in a month.*
