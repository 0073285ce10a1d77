# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # What changed this month?
#
# **The question:** which of all the ups and downs is worth the meeting's time? You will replace percentages by tests, look at every area at
# once, and keep a summer from being called a trend.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
ZONE = "UTC"  # the clock the file shows
UNTIL = "2024-10-13"  # the last day that counts
OFFENCE = "burglary dwelling"
SEASONAL = ["theft", "theft from person", "theft from vehicle"]  # offences that may have a season
PLACES = ["S1-01", "S3-01", "S4-01"]  # where

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz=ZONE)
print(f"{len(incidents):,} incidents")

# %% [markdown]
# ## 1. The year so far, by a test
#
# From 3 to 6 is 100 % more, and chance. Each row is the ratio to the same days of last year with its interval; the line at 1 means no change.

# %%
year = ilp.times.year_to_date(incidents, by="offence", as_of=UNTIL)
print(year.explain())
year.plot()

# %% [markdown]
# ## 2. The radar: all areas at once
#
# What does the past of each area lead to expect, and how often would chance alone raise such an alarm in a year? With sixty areas a week
# something is always high; the radar allows for that.

# %%
chosen = incidents[incidents["offence"] == OFFENCE]
radar = ilp.times.exceptions(chosen, by="area", until=UNTIL)
print(radar.explain())
radar.plot()

# %%
radar.table[["area", "n", "expected", "q_fdr", "false_per_year", "alarms", "verdict"]].head(6).round(2)

# %% [markdown]
# ## 3. The series behind the first of them
#
# Counts by week with what chance explains; and the busiest two weeks, allowing for the freedom to begin anywhere.

# %%
first = chosen[chosen["area"] == radar.table["area"].iloc[0]]
chart = ilp.times.control_chart(first, step="week", until=UNTIL)
print(chart.explain())
chart.plot()

# %%
burst = ilp.times.temporal_scan(first, within_days=14)
print(burst.explain())
burst.plot()

# %% [markdown]
# ## 4. A season is not a trend
#
# Thefts on the coast rise every summer. Seasonality takes the series apart; change points are looked for beside the season.

# %%
coast = incidents[incidents["area"].isin(PLACES) & incidents["offence"].isin(SEASONAL)]
season = ilp.times.seasonality(coast, step="month")
print(season.explain())
season.plot()

# %%
changes = ilp.times.change_points(coast, step="week")
print(changes.explain())
changes.plot()

# %% [markdown]
# ## What an analyst writes
#
# *No offence differs from last year by more than chance. One area does stand out for burglary this autumn: such a week comes about once a
# year by chance somewhere, and the weeks before were high too. The summer thefts on the coast are a season; there is no trend in them.*
