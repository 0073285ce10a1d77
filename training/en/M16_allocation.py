# ---
# id: M16
# title: "Allocating resources: where the next hour does most"
# guidebook: {chapter: "7.3", verified: false}
# teaching: 45
# exercises: 95
# level: analyst
# data: belmara, and for exercises 8 and 9 the complete Belmara
# handling: TRAINING
# prerequisites: [M08]
# planted: [P7]
# questions:
#   - "Where do forty patrol visits prevent most harm, and where do they reach nothing?"
#   - "What is one visit more worth, and when is it enough?"
#   - "What happens when patrols go where patrols found most?"
# objectives:
#   - "optimise patrol visits and the hours of analysts"
#   - "explain the price of one visit more"
#   - "audit a plan for fairness"
#   - "demonstrate how records of patrols feed on themselves, and detect where they already do"
# keypoints:
#   - "The second visit to a place reaches less than the first. That is why a plan spreads."
#   - "The price of a limit tells what a rule costs. Whether it is worth it is a decision, not a calculation."
#   - "What gets nothing belongs into the briefing, too."
#   - "What police found shows where police were. Plan by what people reported."
# in_your_country: "Who decides where patrols go, and who hears which places got none?"
# ---

# %% [markdown] tags=["everyone"]
# ## The decision
#
# The coast of Selin has forty visits of fifteen minutes for each late shift, and not one more. Last year they were shared out evenly,
# because that felt fair. The head of operations has to sign a plan by Monday, and to defend it before the regional council. She asks:
# *where, how many, and what do we leave out?*
#
# ## Three ideas
#
# - **Every further visit reaches less.** The first visit of a shift reaches a fifth of the harm that visits can reach in a place (our
#   assumption), the second a fifth of what is left, and so on.
# - **The price** is what one visit more would still reach after the forty best are taken.
# - **A limit has a price, too.** Fairness, learning, and a promise to a village all cost some reach. A plan shows how much.

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M16")
incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
coast = areas[areas["region"] == "Selin"]
here = incidents[incidents["area"].isin(coast["area"])]
here = here.assign(harm=ilp.threats.harm(here["offence"], unknown="leave").fillna(0))

# %% [markdown]
# ## Worked example: harm by cell
#
# Each incident has its weight in the harm index (days). The harm of three years is summed in squares of a kilometre.

# %%
cells = ilp.places.count(here, cell_m=1000, study_area=coast, weight="harm").rename(columns={"n": "harm"})
print(f"{len(cells):,} cells, {cells['harm'].sum():,.0f} days of harm in three years")

# %% [markdown]
# ## Exercise 1: forty visits
#
# `ilp.tasking.patrols(cells, demand="harm", visits=40)` gives the best plan under the assumption above. Make it, and say how many
# *cells* get at least one visit.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
plan = ilp.tasking.patrols(cells, demand="harm", visits=40)
visited = int((plan.table["visits"] > 0).sum())
# SOLUTION END plan, visited = ..., ...
print(plan.explain() if plan is not ... else "First make the plan.")

# %% tags=["check:1"]
# CHECK visited | exact | hint: plan = ilp.tasking.patrols(cells, demand="harm", visits=40) | hint: The table of the plan has a column visits; count the rows where it is above 0. | hint: int((plan.table["visits"] > 0).sum())
lesson.check("1", visited)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Usual misconception: *more patrol always helps.* Low-tech variant: twenty tokens, eight boxes, a halving
# pay-off written on each box. Ask for the price of the tenth token before anybody touches the computer.

# %% [markdown]
# ## Exercise 2: show it on a map
#
# Hand in the cells with at least one visit: the rows of `plan.table`, as a map layer. Your map and the best plan need not be the
# same; nine tenths of the ground in common is enough.

# %%
plan.plot(areas=coast) if plan is not ... else "First make the plan."

# %% tags=["exercise:2"]
# SOLUTION BEGIN
patrolled = plan.table[plan.table["visits"] > 0]
# SOLUTION END patrolled = ...
patrolled

# %% tags=["check:2"]
# CHECK patrolled | map cell_m=500 at_least=0.9 | hint: The table of the plan is a map layer already; keep only some rows. | hint: plan.table[plan.table["visits"] > 0]
lesson.check("2", patrolled)

# %% [markdown]
# ## Exercise 3: what is one visit more worth?
#
# The region offers a 41st visit. How much more harm (days) would it reach? Then try `visits=80`: is the price lower or higher?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
price = plan["price"]
# SOLUTION END price = ...
price

# %% tags=["check:3"]
# CHECK price | tol rel=0.01 | hint: The sentences of the plan say it; look for "One visit more". | hint: plan["price"]
lesson.check("3", price)

# %% [markdown]
# ## Exercise 4: a tenth at random
#
# If patrols go only where harm is known, nobody ever learns about the other places. A tenth of the visits is therefore placed at
# random (`explore=0.1, rng=7`). Which *share* of all the harm does that cost, beside the plan of exercise 1?

# %% tags=["exercise:4"]
# SOLUTION BEGIN
learning = ilp.tasking.patrols(cells, demand="harm", visits=40, explore=0.1, rng=7)
cost = learning["prices"]["exploration"] / learning["total"]
# SOLUTION END cost = ...
cost

# %% tags=["check:4"]
# CHECK cost | tol abs=0.001 | hint: Make the plan again with two more arguments: explore and rng. | hint: learning["prices"] has the price in days of harm; learning["total"] is all the harm. | hint: learning["prices"]["exploration"] / learning["total"]
lesson.check("4", cost)

# %% [markdown]
# ## Exercise 5: who is touched?
#
# Suppose the share of young residents rises from west to east (here: made up). A bound on the share of visits that falls on them has a
# price. Look at the curve, then answer: at most which share of the reach is lost when the group's share must not be above 0.30?
# Give a number with two digits, such as 0.25; within 0.05 is good enough.

# %%
middle = cells.to_crs(32626).geometry.centroid.x
cells["young"] = 0.1 + 0.6 * (middle - middle.min()) / (middle.max() - middle.min())
curve = ilp.tasking.fairness_price(cells, demand="harm", visits=40, group="young", steps=7)
curve.plot()

# %% tags=["exercise:5"]
# SOLUTION BEGIN
allowed = curve.table[curve.table["share"] <= 0.30]
loss = allowed["price"].min()
# SOLUTION END loss = ...
loss

# %% tags=["check:5"]
# CHECK loss | tol abs=0.05 | hint: Each row of curve.table is one plan: share is what falls on the group, price what is lost. | hint: Keep the rows whose share is at most 0.30, and take the smallest price.
lesson.check("5", loss)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Inject I-12: the ombudsman writes about stops in Orrin. Ask: which point of the curve is *right*? No
# computer knows. Who signs, and what stands in the record? Inject I-7: two patrol cars short; run it again with 24 visits.

# %% [markdown]
# ## Exercise 6: the loop
#
# Two areas hold 55 and 45 per cent of all incidents. Each day a patrol goes where patrols found more so far. What is the mean
# share of visits that area A gets after 2,000 days? And with `correct=True`, which counts each find with the chance that nobody would
# have been there? Give both numbers.

# %%
loop = ilp.tasking.feedback_loop(days=[100, 500, 2000], runs=200, rng=7)
loop.table[loop.table["area"] == "A"]

# %% tags=["exercise:6"]
# SOLUTION BEGIN
fixed = ilp.tasking.feedback_loop(days=[100, 500, 2000], runs=200, rng=7, correct=True)
last = [found.table.query("area == 'A' and day == 2000")["mean_share"].iloc[0] for found in (loop, fixed)]
uncorrected, corrected = last
# SOLUTION END uncorrected, corrected = ..., ...
uncorrected, corrected

# %% tags=["check:6"]
# CHECK uncorrected | tol abs=0.02 | hint: It stands in the table above: area A, day 2000, mean_share. | hint: Without correction it is well above 0.55, though A holds only 55 per cent.
lesson.check("6", uncorrected)

# %% tags=["check:7"]
# CHECK corrected | tol abs=0.02 | hint: The same call with correct=True. | hint: ilp.tasking.feedback_loop(days=[100, 500, 2000], runs=200, rng=7, correct=True)
lesson.check("7", corrected)

# %% [markdown]
# ## Exercise 8: a letter from the ombudsman
#
# *In one district residents who moved in are stopped more often than others. Is that so, and is it justified?* The complete Belmara
# holds 14,000 stops of 14 districts. Two rates answer: **stops per head**, and **finds per stop**. Where a group is stopped more *and* less is
# found on it, suspicion was not the reason. Here are the four numbers of every district.

# %%
stops = pd.read_csv(ilp.samples.complete("stops.csv"), dtype=str)
census = pd.read_csv(ilp.samples.complete("census.csv"))
people = census.groupby(census["area"].str[:2])[["residents", "moved_in"]].sum()
rows = stops.assign(district=stops["area"].str[:2], hit=stops["found"] != "nothing")
rates = rows.pivot_table(index="district", columns="resident", values="hit", aggfunc=["size", "sum"])
rates.columns = ["stops_moved_in", "stops_settled", "finds_moved_in", "finds_settled"]
rates = rates.assign(moved_in=people["moved_in"], settled=people["residents"] - people["moved_in"])
rates.head(3)

# %% [markdown]
# For each district compare stops per head, then finds per stop. In which district are people who moved in stopped *more often* per head,
# and found with something *less often*, each by more than chance? For the first district, stops per head:


# %%
def compared(first, second, out_of_first, out_of_second):
    counts = pd.DataFrame({"before": [first], "after": [second]})
    found = ilp.times.compare_counts(counts, before_span=out_of_first, after_span=out_of_second)
    return found.table.iloc[0][["ratio", "p"]]


row = rates.iloc[0].astype(float)
compared(row["stops_settled"], row["stops_moved_in"], row["settled"], row["moved_in"])

# %% tags=["exercise:8"]
# SOLUTION BEGIN
marked = []
for name, row in rates.astype(float).iterrows():
    stopped = compared(row["stops_settled"], row["stops_moved_in"], row["settled"], row["moved_in"])
    hits = compared(row["finds_settled"], row["finds_moved_in"], row["stops_settled"], row["stops_moved_in"])
    if stopped["ratio"] > 1 and hits["ratio"] < 1 and max(stopped["p"], hits["p"]) < 0.05 / len(rates):
        marked.append(name)
district = marked[0]
# SOLUTION END district = ...
district

# %% tags=["check:8"]
# CHECK district | exact | hint: Go through rates row by row, and compare twice: stops with people, then finds with stops. | hint: Fourteen districts are fourteen chances to be fooled; ask for a p below 0.05 / 14. | hint: Look for a ratio above 1 in stops, and below 1 in finds, in the same district.
lesson.check("8", district)

# %% [markdown]
# ## Exercise 9: the price of the habit
#
# In that district, on which share of the stopped people who moved in was something found? Give a share such as 0.25, and set the share
# of the settled beside it.

# %% tags=["exercise:9"]
# SOLUTION BEGIN
hit_share = rates.loc[district, "finds_moved_in"] / rates.loc[district, "stops_moved_in"]
# SOLUTION END hit_share = ...
hit_share

# %% tags=["check:9"]
# CHECK hit_share | tol abs=0.005 | hint: Finds divided by stops, of those who moved in. | hint: rates.loc[district, "finds_moved_in"] / rates.loc[district, "stops_moved_in"]
lesson.check("9", hit_share)

# %% [markdown] tags=["trainer"]
# **Trainer, 20 minutes.** P7 of Belmara: three times as many stops per head, and finds on 8 instead of 18 per cent. Usual misconception: *data
# are neutral.* What police found here makes the district dark on a map of finds, which sends more patrols, which find more: the loop of
# exercise 6 with real rows. Ask for the answer to the ombudsman in three sentences: what is so, since when, what changes on Monday.

# %% [markdown]
# ## Exercise 10: hours of people
#
# The same idea for 150 hours of analysts and 400 of investigators. A fifth of the hours must go into prevention. Which tasks are
# done? Give their names.

# %%
tasks = pd.DataFrame(
    [
        ("Profile of burglary series", 420, 250, 600, 0.6, 60, 0, "burglary", "intelligence"),
        ("Locks for repeat victims", 300, 200, 380, 0.8, 10, 40, "burglary", "prevention"),
        ("Firearms: who supplies", 1800, 300, 3500, 0.3, 120, 160, "firearms", "intelligence"),
        ("Firearms: search warrants", 1500, 600, 2400, 0.5, 20, 240, "firearms", "enforcement"),
        ("Visits after domestic assault", 900, 500, 1300, 0.7, 10, 120, "domestic", "prevention"),
        ("Shop theft drive", 60, 30, 90, 0.9, 10, 160, "theft", "enforcement"),
    ],
    columns=["task", "harm_prevented", "harm_low", "harm_high", "p_success", "analyst_hours", "investigator_hours", "priority", "kind"],
)  # fmt: skip
hours = {"analyst_hours": 150, "investigator_hours": 400}

# %% tags=["exercise:10"]
# SOLUTION BEGIN
shared = ilp.tasking.portfolio(tasks, hours=hours, least_prevention=0.2, draws=20, rng=7)
done = shared.table.loc[shared.table["chosen"], "task"].tolist()
# SOLUTION END done = ...
done

# %% tags=["check:10"]
# CHECK done | set at_least=1 | hint: ilp.tasking.portfolio(tasks, hours=hours, least_prevention=0.2, rng=7) chooses whole tasks. | hint: Its table says in the column chosen which are done.
lesson.check("10", done)

# %% [markdown]
# ## Debrief
#
# Write the paragraph that you would read out to the council: what the plan reaches, which places get nothing, what the random tenth
# costs and why it is there, who decided on fairness. A term of the yardstick with its confidence helps.

# %% tags=["exercise:11"]
# SOLUTION BEGIN
speech = (
    "Forty visits go to sixteen squares and reach more than a third of the harm; shared evenly they would reach under one per cent. "
    "The other squares get no visit, and we name them. One visit in ten goes to a place drawn by lot, so that we learn. It is likely, "
    "with moderate confidence, that the plan holds when the assumption on the effect of a visit is halved or doubled."
)
# SOLUTION END speech = ...
speech

# %% tags=["check:11"]
# CHECK speech | text terms=1 words=120 | hint: Say also what gets nothing. | hint: "It is likely, with moderate confidence, that ..."
lesson.check("11", speech)

# %% [markdown] tags=["manager"]
# ## The plan on the map

# %% tags=["manager"]
import ilp_lab as ilp

lesson = ilp.training.lesson("M16-managers")
incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
coast = areas[areas["region"] == "Selin"]
here = incidents[incidents["area"].isin(coast["area"])]
here = here.assign(harm=ilp.threats.harm(here["offence"], unknown="leave").fillna(0))
cells = ilp.places.count(here, cell_m=1000, study_area=coast, weight="harm").rename(columns={"n": "harm"})
plan = ilp.tasking.patrols(cells, demand="harm", visits=40)
plan.plot(areas=coast)

# %% tags=["manager"]
print(plan.explain())

# %% [markdown] tags=["manager"]
# ## Try it
#
# The same as a board: change the number of visits and the limits, and look at what they cost.

# %% tags=["manager"]
ilp.boards.allocation(here.drop(columns="harm"), areas=coast)

# %% [markdown] tags=["manager"]
# ## Four questions for whoever signs

# %% tags=["manager", "choice:1"]
# CHECK "It reaches less harm than the visits before it, and each further one reaches less still." | exact | hint: Read the sentence that begins with "One visit more". | hint: The best places were taken first.
lesson.ask(
    "1",
    "The region offers you a 41st visit. What do you know about it?",
    [
        "It reaches as much harm as the average of the forty.",
        "It reaches less harm than the visits before it, and each further one reaches less still.",
        "It reaches nothing, because the forty best are taken.",
    ],
)

# %% tags=["manager", "choice:2"]
# CHECK "A named person, who writes the reasons into the decision record." | exact | hint: The curve of fairness shows prices, not what is right. | hint: Who answers for it before the council?
lesson.ask(
    "2",
    "Who decides how much reach may be given up so that no group of residents is visited out of proportion?",
    [
        "The analyst, by the point where the curve bends.",
        "The program, by its default.",
        "A named person, who writes the reasons into the decision record.",
    ],
)

# %% tags=["manager"]
ilp.tasking.feedback_loop(days=[100, 500, 2000, 10000], runs=100, rng=7).plot()

# %% tags=["manager", "choice:3"]
# CHECK "The records: patrols find more where they are, so the area gets more patrols, and finds more." | exact | hint: The two areas are nearly alike: 55 and 45 per cent. | hint: What is counted here: incidents, or finds of patrols?
lesson.ask(
    "3",
    "In the figure, area A has 55 per cent of all incidents, and its share of the visits rises year after year. What drives that?",
    [
        "Crime in area A rises.",
        "The records: patrols find more where they are, so the area gets more patrols, and finds more.",
        "Chance; it will level out by itself.",
    ],
)

# %% tags=["manager", "choice:4"]
# CHECK ["Which places get no visit?", "Which data were found by patrols, and which were reported?", "How much does the plan change if the assumption on the effect is wrong?"] | set at_least=1 | hint: Three of the five help you to defend the plan. | hint: Neither the number of arrests nor the name of the program makes a plan good.
lesson.ask(
    "4",
    "Which questions do you ask before you sign? Choose all that help you to defend the plan.",
    [
        "Which places get no visit?",
        "How many arrests will there be?",
        "Which data were found by patrols, and which were reported?",
        "Which program made the plan?",
        "How much does the plan change if the assumption on the effect is wrong?",
    ],
)
