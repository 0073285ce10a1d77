# ---
# id: M07
# title: "When: hours, seasons, and what is more than noise"
# guidebook: {chapter: "6", verified: false}
# teaching: 35
# exercises: 65
# level: analyst
# data: belmara, and for exercises 8 and 9 the complete Belmara
# handling: TRAINING
# prerequisites: [M05]
# planted: [P6, P12]
# questions:
#   - "At which hours does it happen when most victims only know that they were away?"
#   - "Is this change a success, a season, or noise?"
#   - "What would have happened without the operation?"
# objectives:
#   - "compute an aoristic profile and say what it assumes"
#   - "judge whether a change is more than noise"
#   - "distinguish a season from a trend"
#   - "evaluate an operation against a control, and look where the problem may have gone"
# keypoints:
#   - "A window of time counts for each of its hours a little, and for one incident in all."
#   - "A percentage of a small number is noise until a test says otherwise."
#   - "Compare July with July. A summer is not a trend."
#   - "Before and after is no proof. Without a control you measure the season, the wave, and luck."
# in_your_country: "Which percentage did your last press release name, and would it have passed the test of this lesson?"
# ---

# %% [markdown]
# ## The decision
#
# Three sentences for the press lie on the table: *burglars strike at midnight*; *thefts on the coast rise by 40 per cent since spring*; *the
# operation reduced burglaries by 37 per cent*. The press officer asks which of them may be published. You have an hour.

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M07")
incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
burglaries = incidents[incidents["offence"] == "burglary dwelling"]
burglaries[["occurred_at", "occurred_to"]].head()

# %% [markdown]
# ## Worked example: sharing out a window
#
# Somebody left home at 08:00 and found the door broken at 18:00. Nobody knows the hour. **Aoristic analysis** gives each of these ten hours
# a tenth of the incident. It assumes that every moment of the window is as likely as any other.

# %%
week = ilp.times.aoristic(burglaries, bootstrap=0, rng=7)
week.table.assign(hour=week.table["label"].str[4:6]).groupby("hour")["n"].sum().round().nlargest(4)

# %% [markdown]
# ## Exercise 1: what do the shares add up to?
#
# Add up the column `n` of `week.table`. Which number of the file must it be equal to, and why?

# %% tags=["exercise:1"]
# SOLUTION BEGIN
total = week.table["n"].sum()
# SOLUTION END total = ...
total

# %% tags=["check:1"]
# CHECK total | tol rel=0.0005 | hint: week.table["n"].sum() | hint: Each incident counts one in all, however long its window is.
lesson.check("1", total)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Low-tech variant: ten counters per burglary, laid out on the hours of a paper clock. Misconception: *the peak of
# the profile is the hour of the offence*; long windows flatten it.

# %% [markdown]
# ## Exercise 2: the peak at midnight
#
# Programs put 00:00 where nobody told the time. With `midnights="all day"` such incidents are spread over their day. Make the profile
# again with it. How many incidents does the part `"Mon 00:00"` lose?

# %% tags=["exercise:2"]
# SOLUTION BEGIN
honest = ilp.times.aoristic(burglaries, midnights="all day", bootstrap=0, rng=7)
first, second = (found.table.set_index("label")["n"]["Mon 00:00"] for found in (week, honest))
lost = first - second
# SOLUTION END lost = ...
lost

# %% tags=["check:2"]
# CHECK lost | tol abs=0.5 | hint: ilp.times.aoristic(burglaries, midnights="all day", bootstrap=0, rng=7) | hint: table.set_index("label")["n"]["Mon 00:00"], once of each, and the difference.
lesson.check("2", lost)

# %% [markdown]
# ## Exercise 3: noise or news?
#
# In three areas burglaries changed from one month to the next: A from 20 to 16, B from 60 to 38, C from 5 to 10. Which changes does chance
# *not* explain? Give a list of letters.

# %%
changes = pd.DataFrame({"area": ["A", "B", "C"], "before": [20, 60, 5], "after": [16, 38, 10]})
changes.assign(per_cent=lambda t: (100 * (t["after"] / t["before"] - 1)).round())

# %% tags=["exercise:3"]
# SOLUTION BEGIN
tested = ilp.times.compare_counts(changes)
real = tested.table.loc[tested.table["p"] < 0.05, "area"].tolist()
# SOLUTION END real = ...
real

# %% tags=["check:3"]
# CHECK real | set at_least=1 | hint: ilp.times.compare_counts(changes) tests each row. | hint: Look at the column p of its table: below 0.05 chance alone is a poor explanation. | hint: C doubled, and is still what chance does to fives and tens.
lesson.check("3", real)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *minus 20 per cent month on month is a success.* Let everybody draw twelve months with a mean
# of 18 from dice, and find the "trend". Ask who would have got a medal.

# %% [markdown]
# ## Exercise 4: season or trend?
#
# *Thefts on the coast rise since spring.* Take the thefts of three coastal areas apart. In which month are there most, as a number from 1
# to 12?

# %%
places, offences = ["S1-01", "S3-01", "S4-01"], ["theft", "theft from person", "theft from vehicle"]
coast = incidents[incidents["area"].isin(places) & incidents["offence"].isin(offences)]

# %% tags=["exercise:4"]
# SOLUTION BEGIN
season = ilp.times.seasonality(coast, step="month")
month = int(season.table.loc[season.table["season"].idxmax(), "period"].month)
# SOLUTION END season, month = ..., ...
print(season.explain() if season is not ... else "First take the series apart.")

# %% tags=["check:4"]
# CHECK month | exact | hint: season = ilp.times.seasonality(coast, step="month"); print(season.explain()) | hint: The first sentence names the month.
lesson.check("4", month)

# %% tags=["choice:5"]
# CHECK "Thefts on the coast are as high as in every summer; no trend can be shown." | exact | hint: Read the second sentence of the result. | hint: Compare July with July.
lesson.ask(
    "5",
    "Which sentence may be published?",
    [
        "Thefts on the coast rise by 40 per cent since spring.",
        "Thefts on the coast are as high as in every summer; no trend can be shown.",
        "Thefts on the coast will fall by autumn thanks to our patrols.",
    ],
)

# %% [markdown]
# ## Exercise 6: was it the operation?
#
# Where the operation was, burglaries fell from 60 to 38. In a like place without it from 55 to 52. In the ring around the first from 30 to
# 31, and around the second from 28 to 29. The **weighted displacement difference** sets all four against each other. What is it?

# %%
zones = pd.DataFrame(
    {
        "zone": ["treated", "control", "displacement", "displacement control"],
        "before": [60, 55, 30, 28],
        "after": [38, 52, 31, 29],
    }
)

# %% tags=["exercise:6"]
# SOLUTION BEGIN
effect = ilp.times.displacement_difference(zones)
wdd = effect["wdd"]
# SOLUTION END effect, wdd = ..., ...
print(effect.explain() if effect is not ... else "First test the operation.")

# %% tags=["check:6"]
# CHECK wdd | tol abs=0.5 | hint: ilp.times.displacement_difference(zones) | hint: By hand: (38-60) - (52-55) + (31-30) - (29-28). | hint: effect["wdd"]
lesson.check("6", wdd)

# %% [markdown]
# ## Exercise 7: how sure?
#
# What is its standard error? If the difference is not at least twice as large, it cannot be told from chance.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
error = effect["se"]
# SOLUTION END error = ...
error

# %% tags=["check:7"]
# CHECK error | tol abs=0.1 | hint: effect["se"] | hint: By hand: the square root of the sum of all eight counts.
lesson.check("7", error)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Inject I-16: the press line "37% drop". B of exercise 3 is the same 60 and 38: *more than chance*, and yet no effect is
# shown once the control is counted. Both are right; they answer different questions. Take time for it.

# %% [markdown]
# ## Exercise 8: Operation Bright Lane
#
# Now with real rows. From July 2024 there were lights, patrols on foot and letters to owners in some beats of the capital, against crime
# around cars. The complete Belmara holds 36 months of it, and `operations.csv` says which beats were treated and with which they are
# compared. Here they are counted by beat and month.

# %%
plan = pd.read_csv(ilp.samples.complete("operations.csv"))
everything = pd.read_csv(ilp.samples.complete("incidents.csv"), dtype=str, keep_default_na=False)
cars = everything["offence"].isin(plan["offences"].iloc[0].split("; "))
around, _ = ilp.intake.read_incidents(everything[cars & (everything["area"] == "T1-01")], tz="UTC")
treated = plan.loc[plan["part"] == "operation", "beat"].tolist()
control = plan.loc[plan["part"] == "compared with", "beat"].tolist()
start = plan["starts"].iloc[0]
inside = around[around["beat"].isin([*treated, *control])]
month_of = inside["occurred_at"].dt.strftime("%Y-%m").rename("period")
panel = pd.crosstab(inside["beat"], month_of).reset_index().melt(id_vars="beat", value_name="n")
panel["treated"] = panel["beat"].isin(treated) & (panel["period"] >= start[:7])
panel.sample(4, random_state=7)

# %% [markdown]
# `ilp.times.difference_in_differences(panel, unit="beat")` sets the change in the treated beats against the change in the others. Its row
# `effect` holds a ratio: 1 is no effect, 0.9 a tenth less. How many *per cent* less is it here? Give a number such as 10, and read the
# interval before you say it aloud.

# %% tags=["exercise:8"]
# SOLUTION BEGIN
measured = ilp.times.difference_in_differences(panel, unit="beat")
effect_row = measured.table.query("what == 'effect'").iloc[0]
per_cent = 100 * (1 - effect_row["ratio"])
# SOLUTION END measured, per_cent = ..., ...
print(measured.explain() if measured is not ... else "First measure it.")

# %% tags=["check:8"]
# CHECK per_cent | tol abs=1 | hint: ilp.times.difference_in_differences(panel, unit="beat").table has a row effect with ratio, low and high. | hint: 100 * (1 - ratio). | hint: measured.table.query("what == 'effect'")["ratio"].iloc[0]
lesson.check("8", per_cent)

# %% [markdown]
# ## Exercise 9: did it go away, or next door?
#
# A ring of 300 metres around the treated beats is set against one around the others. How many incidents more than expected are there in
# the ring (row `displacement`, column `difference`)?

# %%
import geopandas as gpd

beats = gpd.read_file(ilp.samples.complete("beats.geojson"))
here, there = beats[beats["beat"].isin(treated)], beats[beats["beat"].isin(control)]

# %% tags=["exercise:9"]
# SOLUTION BEGIN
rings = ilp.times.displacement_rings(around, treated=here, control=there, at=start, ring_m=300)
moved = rings["test"].set_index("part").loc["displacement", "difference"]
# SOLUTION END rings, moved = ..., ...
print(rings.explain() if rings is not ... else "First look into the ring.")

# %% tags=["check:9"]
# CHECK moved | tol rel=0.02 | hint: ilp.times.displacement_rings(around, treated=here, control=there, at=start, ring_m=300) | hint: rings["test"] is a table; its column part names the row. | hint: rings["test"].set_index("part").loc["displacement", "difference"]
lesson.check("9", moved)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** P12 of Belmara: the true effect is 18 per cent, and three quarters of it moved next door. The measured number is not
# the true one; the interval holds it. Ask: would you repeat this operation? For whom did it become better, and who was asked?

# %% [markdown]
# ## Debrief
#
# Write the line that the press officer may publish about the operation: at most 60 words, with a term of the yardstick and its
# confidence, and say what it was compared with (use the word *control*).

# %% tags=["exercise:10"]
# SOLUTION BEGIN
line = (
    "Burglaries fell where the operation was, from 60 to 38; in the control area they hardly changed. It is a realistic possibility, "
    "with low confidence, that the operation caused it: a difference of this size also arises by chance. We measure again in spring."
)
# SOLUTION END line = ...
line

# %% tags=["check:10"]
# CHECK line | text terms=1 words=60 mentions=control | hint: ilp.reasoning.check_language(line) shows what a reader would stumble over. | hint: "It is a realistic possibility, with low confidence, that ..."
lesson.check("10", line)

# %% [markdown]
# Which of the three sentences of the beginning may go out as it was, and what did each of them confuse?

# %% tags=["exercise:11"]
# SOLUTION BEGIN
verdict = "None. Midnight was a habit of recording, the rise was the summer, and the 37 per cent had no control beside it."
# SOLUTION END verdict = ...
verdict

# %% tags=["check:11"]
# CHECK verdict | rubric | hint: One reason for each of the three.
lesson.check("11", verdict)
