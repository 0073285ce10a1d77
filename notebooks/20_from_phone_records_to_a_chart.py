# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # From phone records to a chart
#
# **The question:** who was in contact with whom around an event, and what in the records is more than habit? You will read call
# records as an operator hands them over, chart them, and look for four things: a burst, meetings, a changed card, a shared contact.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; call records of real people need an order: name it with `ilp.open_case(...)` |
# | Time | 30 minutes |

# %%
import ilp_lab as ilp

CALLS = ilp.samples.path("belmara/calls.csv")  # your own file here
ZONE = "UTC"  # of the operator's clock, such as "Europe/Vienna"
DAYFIRST = None  # say True or False when the dates alone do not tell
EVENT = "2024-05-17 02:30"  # a time of interest, in that zone
WINDOW_HOURS = 4
LEAST_CALLS = 5  # pairs with fewer stay off the chart

calls, quality = ilp.intake.read_calls(CALLS, tz=ZONE, dayfirst=DAYFIRST)
quality

# %% [markdown]
# Read the table above before anything else: which column was taken for what, and what was wrong. If a column was misunderstood, say
# so with `columns={"receiver": "..."}`; `quality.save_profile("operator.yml")` keeps it for the next file of the same operator.
#
# ## 1. The chart
#
# One link per pair of numbers, direction and kind. Rare pairs are left off and counted, so that the circles can be seen.

# %%
chart = ilp.networks.call_chart(calls, least_calls=LEAST_CALLS)
chart

# %%
from ilp_lab import views

views.linkchart_figure(chart)

# %%
ilp.networks.contacts(calls).head(8)

# %% [markdown]
# ## 2. Was somebody unusually busy before the event?
#
# Everybody has busy evenings. A burst is a window that is fuller than a number's own habits explain; chance throws its calls onto
# other days a thousand times. The column `hours_before` says how long before the event the burst ended.

# %%
bursts = ilp.networks.call_bursts(calls, window_hours=WINDOW_HOURS, event=EVENT, rng=7)
print(bursts.explain())
bursts.table.head(5)

# %% [markdown]
# ## 3. Who was together at masts, beyond habit?
#
# People who live or work in one place are at one mast every day. That is habit, and it says nothing. The test shifts one record by
# whole days: habit stays, *together* breaks.

# %%
together = ilp.networks.co_location(calls, within_minutes=15) if "tower" in calls else None
print(together.explain() if together else "These records name no masts.")

# %%
together.table.head(5) if together else None

# %% [markdown]
# ## 4. Did a card or a handset change?

# %%
swaps = ilp.networks.device_swaps(calls) if "imei" in calls else calls.head(0)
swaps.head(8)

# %% [markdown]
# When a handset goes on with another number, the person probably does too, *probably*: phones are sold and lent. Ask what the contacts
# say: does the new number call the same people?
#
# ## 5. A contact that two have in common
#
# `known_to` counts how many numbers of the whole table were in contact with it. A high number is a hotline or a delivery service.

# %%
found = together.table if together and len(together.table) else ilp.networks.contacts(calls)
pair = found[["number", "contact"]].iloc[0].tolist()  # the first two above, or those with most calls
ilp.networks.common_contacts(calls, of=pair).head(5)

# %% [markdown]
# ## 6. At night
#
# Each number against all others. Shift workers stand out as well: this finds habits, not intentions.

# %%
night = ilp.networks.night_calls(calls, start_hour=23, end_hour=5)
print(night.explain())

# %% [markdown]
# ## 7. Who stands where
#
# Measures work on this chart as on any other; being in many records is not being important.

# %%
measured = ilp.networks.measures(chart, strength="strength")
print(measured.explain())

# %% [markdown]
# ## What an analyst writes
#
# *One number has a burst of calls shortly before the event that its own habits do not explain; two numbers that hardly call each other
# were at the same mast on several days, each time another one. Both findings rest on records of handsets, not of persons, and both have
# other explanations that must be looked at. What to collect next: who used these numbers then, and what the masts cover.*
