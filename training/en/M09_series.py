# ---
# id: M09
# title: "Series, near repeats and the problem profile"
# guidebook: {chapter: "6", verified: false}
# teaching: 40
# exercises: 70
# level: analyst
# data: belmara
# handling: TRAINING
# prerequisites: [M07, M08]
# planted: [P1]
# questions:
#   - "After one burglary, are the neighbours in more danger than usual, how far and for how long?"
#   - "Which burglaries should be read together?"
#   - "What does a problem profile say that a map does not?"
# objectives:
#   - "test whether burglaries follow each other in place and time"
#   - "link offences, and say how many links chance alone would bring"
#   - "write a problem profile along scanning, analysis, response and assessment"
# keypoints:
#   - "A cluster on the map is no series. Ask what chance would look like."
#   - "Near in place, near in time, alike in manner: each is weak alone, together they tell something."
#   - "The library links crimes, never persons. A person reads the reports and decides."
#   - "A profile ends with who does what by when, and how you will know that it worked."
# in_your_country: "Who tells the neighbours after a burglary, how soon, and who would have to agree to do it by the next day?"
# ---

# %% [markdown]
# ## The decision
#
# September, on the Selin coast. The newspaper writes of *a gang*. The head of the station has two choices: one officer who visits the
# neighbours of each new burglary within a day, or a night patrol for a month. She asks: *are they connected, and how near and how soon is
# the next one?*

# %%
import ilp_lab as ilp

lesson = ilp.training.lesson("M09")
incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
half_year = incidents["occurred_at"].between("2024-07-01", "2025-01-01", inclusive="left")
chosen = incidents[(incidents["offence"] == "burglary dwelling") & half_year & (incidents["area"] == "S1-01")]
chosen = chosen.dropna(subset="geometry")
len(chosen)

# %% [markdown]
# ## Worked example: what would chance look like?
#
# Every burglary is compared with every other: how far apart, how many days apart. Then the dates are dealt anew, as cards are, hundreds of
# times. The places stay, the dates stay, only *which goes with which* is broken.

# %%
near = ilp.times.near_repeat(chosen, within_m=[1, 201, 401], within_days=[7, 14, 21], permutations=499, rng=7)
print(near.explain())

# %%
near.plot()

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Usual misconception: *every cluster is a series.* Low-tech variant: string and date cards on the wall; shuffle the
# dates and measure again. Ask for the answer before the test is run, and write it on the board.

# %% [markdown]
# ## Exercise 1: how many times as many?
#
# Look at the band from 1 to 201 metres and the first week in `near.table`. How many times as many pairs are there as chance brings
# (column `ratio`)?

# %% tags=["exercise:1"]
# SOLUTION BEGIN
ratio = near.table.query("m_to == 201 and days_from == 0")["ratio"].iloc[0]
# SOLUTION END ratio = ...
ratio

# %% tags=["check:1"]
# CHECK ratio | tol rel=0.1 | hint: One row of near.table: m_from 1, m_to 201, days_from 0. | hint: near.table.query("m_to == 201 and days_from == 0")
lesson.check("1", ratio)

# %% [markdown]
# ## Exercise 2: and its p value?
#
# How often did a deal of the dates give at least as many pairs in that band? Give the number from column `p`.

# %% tags=["exercise:2"]
# SOLUTION BEGIN
p = near.table.query("m_to == 201 and days_from == 0")["p"].iloc[0]
# SOLUTION END p = ...
p

# %% tags=["check:2"]
# CHECK p | tol abs=0.01 | hint: The same row, another column. | hint: It is very small: not one deal in hundreds had as many pairs.
lesson.check("2", p)

# %% [markdown]
# ## Exercise 3: would it find a wave anywhere?
#
# A test that always finds something is worthless. Shuffle the dates yourself and test again. In how many bands (rows) does the
# shuffled table say `"more than chance"`?

# %%
shuffled = chosen.assign(occurred_at=chosen["occurred_at"].sample(frac=1, random_state=7).to_numpy())

# %% tags=["exercise:3"]
# SOLUTION BEGIN
again = ilp.times.near_repeat(
    shuffled, within_m=[1, 201, 401], within_days=[7, 14, 21], permutations=499, rng=7
)
found = int((again.table["verdict"] == "more than chance").sum())
# SOLUTION END found = ...
found

# %% tags=["check:3"]
# CHECK found | exact | hint: The same call with shuffled in place of chosen. | hint: Count the rows whose verdict is "more than chance".
lesson.check("3", found)

# %% [markdown]
# ## Exercise 4: which ones belong to the wave?
#
# `ilp.times.near_repeat_roles(chosen, within_m=200, within_days=7)` tells which burglary follows which. Its column `chain` numbers the
# chains, `chain_size` says how long each is. Give the `incident_id` of the longest chain; seven tenths in common are enough.

# %% tags=["exercise:4"]
# SOLUTION BEGIN
roles = ilp.times.near_repeat_roles(chosen, within_m=200, within_days=7)
longest = chosen[roles["chain_size"] == roles["chain_size"].max()]
series = longest["incident_id"].tolist()
# SOLUTION END series = ...
series

# %% tags=["check:4"]
# CHECK series | set at_least=0.7 | hint: roles has one row for each row of chosen, in the same order. | hint: chosen[roles["chain_size"] == roles["chain_size"].max()] | hint: Of these rows the column incident_id, as a list.
lesson.check("4", series)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** The planted series has 23 offences of one crew; the chain holds a few more that only lie near by. Say so: a chain says
# what follows what, not who did it. Inject I-8: a new burglary 180 m away, four days after the last. Is it in?

# %% [markdown]
# ## Exercise 5: alike in manner
#
# Elsewhere the manner of the burglaries was recorded, and many are solved. From solved ones the library learns what a likeness is worth; then
# it lists unsolved pairs that should be read together. How many pairs does *chance alone* bring among them? The second sentence tells.

# %%
crimes, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/burglaries_solved.csv"), tz="UTC")
crimes = crimes.set_index("incident_id")
unsolved = crimes[crimes["offender"].isna()]
model = ilp.times.linkage_model(crimes, offender="offender", mo=["entry", "tool", "search"], rng=7)
review = ilp.times.link_crimes(unsolved, model=model, at_least=100)
print(review.explain())

# %%
review.table[["one", "other", "strength", "because"]].head(4)

# %% tags=["exercise:5"]
# SOLUTION BEGIN
by_chance = int(review.explain().split("too: about ")[1].split()[0])
# SOLUTION END by_chance = ...
by_chance

# %% tags=["check:5"]
# CHECK by_chance | tol abs=0.5 | hint: "... about ... of these pairs would without any series." | hint: Expect to reject that many of the pairs that you read.
lesson.check("5", by_chance)

# %% [markdown]
# ## Exercise 6: the problem profile
#
# Fill in the form `ProblemProfileData` as a dictionary: see `ilp.records.fields("ProblemProfileData")`. The text fields take what you found
# above; think of **S**canning (what is the problem), **A**nalysis (what drives it), **R**esponse (who does what by when) and
# **A**ssessment (how will you know). A recommendation is a
# dictionary with `what`, `action_type` (`"prevention"`, `"intelligence"` or `"enforcement"`), `owner` and `due`.

# %%
form = ilp.records.fields("ProblemProfileData")
form[["field", "mandatory", "meaning"]].head(21)

# %% tags=["exercise:6"]
# SOLUTION BEGIN
profile = {
    "product_id": "PP-9",
    "product_title": "Burglaries of dwellings, S1-01",
    "author": "A17",
    "definition": "Residents of S1-01 lose property and sleep; in half a year 114 burglaries; they and the town council expect action.",
    "place_and_time": "Within 200 m and a week of each other, September to October",
    "hypotheses": ["One crew", "Several offenders with the same opportunity"],
    "gaps": ["No report names anybody"],
    "recommendations": [
        {
            "what": "Visit neighbours within 200 m",
            "action_type": "prevention",
            "owner": "Head of S1",
            "due": "2099-12-31",
        }
    ],
    "success_measures": ["Pairs within 200 m and a week fall to what chance brings"],
}
# SOLUTION END profile = ...
profile

# %% tags=["check:6"]
# CHECK profile | schema form=ProblemProfileData needs=place_and_time,hypotheses,gaps,recommendations,success_measures | hint: Begin with the mandatory fields; the check names each that is missing. | hint: hypotheses, gaps, recommendations and success_measures are lists; a recommendation is {"what": ..., "action_type": "prevention", "owner": ..., "due": "2099-12-31"}.
lesson.check("6", profile)

# %% [markdown]
# ## Exercise 7: the sentence at its top
#
# One or two sentences for the head of the station: connected or not, how near, how soon. A term of the yardstick and its confidence.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
top = (
    "After a burglary in S1-01 pairs within 200 metres and a week are about twice what chance brings. It is likely, with "
    "moderate confidence, that most of the September burglaries are one series; a visit to the neighbours within a day comes in time."
)
# SOLUTION END top = ...
top

# %% tags=["check:7"]
# CHECK top | text terms=1 words=70 | hint: How many times as many, how far, how long? Then the judgement. | hint: "It is likely, with moderate confidence, that ..."
lesson.check("7", top)

# %% [markdown]
# ## Debrief
#
# Visits or night patrol? And which single fact, if you learned it tomorrow, would change your answer?

# %% tags=["exercise:8"]
# SOLUTION BEGIN
choice = "Visits: the next one comes within days and 200 metres. If an arrest ended it, I would stop the visits after three weeks."
# SOLUTION END choice = ...
choice

# %% tags=["check:8"]
# CHECK choice | rubric | hint: Name the fact, and where it could lawfully come from.
lesson.check("8", choice)
