# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # When do they strike?
#
# **The question:** at which hours and on which days does it happen, when most victims only know that it was while they were away? You will
# share windows of time out over the hours, see how sure the picture is, and test whether there is a habit at all.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 15 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
ZONE = "UTC"  # the clock the file shows, such as "Europe/Vienna"
OFFENCE = "burglary dwelling"
SHIFTS = ["06:00", "14:00", "22:00"]
CELL_M = 1000

incidents, quality = ilp.intake.read_incidents(INCIDENTS, tz=ZONE)
chosen = incidents[incidents["offence"] == OFFENCE]
print(f"{len(chosen):,} of {len(incidents):,} incidents")

# %% [markdown]
# ## 1. The hours of the week
#
# A burglary between 08:00 and 18:00 counts a tenth in each of these hours (aoristic analysis). Every incident counts one in the end.

# %%
week = ilp.times.aoristic(chosen, rng=7)
print(week.explain())
week.plot()

# %% [markdown]
# ## 2. Do not plan by midnight
#
# Programs put 00:00 where nobody told the time. Such incidents are spread over their day here; compare the first column with the one above.

# %%
honest = ilp.times.aoristic(chosen, midnights="all day", rng=7)
print(honest.explain())
honest.plot()

# %% [markdown]
# ## 3. By shift, with how sure it is
#
# The thin lines hold 95 % of what other samples of as many incidents would show. Shifts whose lines overlap cannot be told apart.

# %%
shifts = ilp.times.aoristic(chosen, unit=SHIFTS, midnights="all day", rng=7)
shifts.table.round(1)

# %%
shifts.plot()

# %% [markdown]
# ## 4. Is there a habit at all?
#
# Weekdays first: an exact test that also works for a handful of incidents of one series. Then the mean time on the clock's circle, where
# half past eleven at night and half past midnight are an hour apart.

# %%
days = ilp.times.weekday_test(chosen, rng=7)
print(days.explain())
days.plot()

# %%
clock = ilp.times.circular_test(chosen, rng=7)
print(clock.explain())
clock.plot()

# %% [markdown]
# ## 5. Where at which time
#
# One profile for each cell: the map shows the strongest shift. Cells with few incidents jump about: `peak_holds` tells in what share of samples the same
# shift came out strongest, and `where["low"]`, `where["high"]` hold the band of every shift of every cell.

# %%
where = ilp.times.aoristic(chosen, unit=SHIFTS, cell_m=CELL_M, midnights="all day", rng=7)
where.table.nlargest(5, "n")[["n", "peak", "peak_share", "peak_low", "peak_high", "peak_holds"]].round(2)

# %%
where.plot()

# %% [markdown]
# ## What an analyst writes
#
# *Burglaries of dwellings happen while people are away: the hours from late morning to evening hold most, and the nights least. The peak at
# midnight is a matter of recording. Weekends are quieter; the mean time of day says little, because victims know only a window.*
