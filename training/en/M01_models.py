# ---
# id: M01
# title: "Policing models, and why intelligence-led policing"
# guidebook: {chapter: "1, 3, 4", verified: false}
# teaching: 35
# exercises: 25
# level: beginner
# data: belmara
# handling: TRAINING
# prerequisites: [M00]
# planted: [P3]
# questions:
#   - "What would four ways of policing do with the same week?"
#   - "What do analysts do that decision-makers cannot, and the other way round?"
#   - "How would you convince a chief who says: we have always worked without it?"
# objectives:
#   - "compare reactive, community, problem-oriented and intelligence-led policing by the tasks they produce"
#   - "explain the 3-i model: interpret, influence, impact"
#   - "argue a case for intelligence-led policing to a sceptical manager"
# keypoints:
#   - "The models do not exclude each other; they ask different questions of the same week."
#   - "Intelligence-led policing is about decisions: no decision, no ILP, however good the data."
#   - "Analysts interpret and influence. Decision-makers impact. Both directions need a person who asks."
#   - "It is neither more covert sources nor a monthly comparison of figures."
# in_your_country: "Which decision of the last month was taken because of an analytical product? If none: who should have asked for one?"
# ---

# %% [markdown] tags=["everyone"]
# ## The decision
#
# It is Monday. The head of a police region has one meeting and one page of figures about last week. Four advisers sit at the table, and
# each of them believes in another way of policing. The head asks: *what do we do this week?*
#
# ## Four ways of policing
#
# | Model | Asks first | A good day is one on which |
# |---|---|---|
# | Reactive | What was called in? | every call was answered quickly |
# | Community | What worries the people who live here? | residents and police solved something together |
# | Problem-oriented | What keeps coming back, and why? | a cause was taken away, not only its last effect |
# | Intelligence-led | Where, who and what does most harm, and what do we decide about it? | a priority was set, resourced and reviewed |
#
# ## Three words that begin with i
#
# In the **3-i model** analysts *interpret* the criminal environment and *influence* those who decide; those who decide have an *impact* on
# the environment. A fourth i, *intent*, is the task that decision-makers give to analysts. If one arrow is missing, analysis is a hobby.

# %%
import ilp_lab as ilp

lesson = ilp.training.lesson("M01")
incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
cards = {
    1: "Send a car to each of the 31 alarms as it comes in",
    2: "Hold an open evening about the dark underpass",
    3: "Find out why the same five shops are robbed, and change their counters",
    4: "Choose two priorities for the quarter from the harm assessment, and give them staff",
    5: "Shorten the time from call to arrival by two minutes",
    6: "Walk the market with the shopkeepers' association",
    7: "Take away the back-lane access that burglars use again and again",
    8: "Task a team against the group that does most harm, and review it in six weeks",
    9: "Write down each complaint at the desk on the day it is made",
    10: "Ask the school's parents what would make the way to school safer",
    11: "Replace the type of lock that was forced in forty burglaries",
    12: "Ask the analyst which unknown would change the decision on firearms, and collect that",
}
for number, card in cards.items():
    print(f"{number:>2}  {card}")

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Print the twelve cards. Usual misconceptions: *ILP means more covert sources*; *ILP is CompStat*. Ask: who
# *decided* something because of a product last month? Some cards may be argued about (9 is also community work): ten of twelve are enough,
# and the argument is the lesson.

# %% [markdown]
# ## Exercise 1: which card belongs to which model?
#
# Give each card its model: `"reactive"`, `"community"`, `"problem"` or `"intelligence"`. Each model has three cards. Ten right are enough.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
sorted_cards = {
    1: "reactive", 5: "reactive", 9: "reactive",
    2: "community", 6: "community", 10: "community",
    3: "problem", 7: "problem", 11: "problem",
    4: "intelligence", 8: "intelligence", 12: "intelligence",
}  # fmt: skip
# SOLUTION END sorted_cards = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ..., 9: ..., 10: ..., 11: ..., 12: ...}
chosen = [f"{number}: {model}" for number, model in sorted_cards.items() if model is not ...] or ...

# %% tags=["check:1"]
# CHECK chosen | set at_least=0.7 | hint: Ask of each card: does it answer a call, talk with residents, take away a cause, or set a priority? | hint: Cards with "again and again", "the same" or "the type of" look for a cause: problem-oriented. | hint: Reactive 1, 5; community 2, 6; problem 3, 7; intelligence 4, 8. Now the last four.
lesson.check("1", chosen)

# %% [markdown]
# ## Worked example: the same week, as the reactive adviser sees it
#
# Count what happened in the week from 7 October 2024, by area. The head of the table gets the cars.

# %%
week = incidents[incidents["occurred_at"].between("2024-10-07", "2024-10-14", inclusive="left")]
counted = ilp.places.count(week, areas=areas).nlargest(5, "n")
counted[["area", "name", "n"]]

# %% [markdown]
# ## Exercise 2: the intelligence-led adviser asks for harm
#
# A week is short, and a count treats a stolen bicycle and a shooting alike. Give each incident of *all* the data its weight in the harm
# index, sum it by area, and name the `area` with the most harm.

# %% tags=["exercise:2"]
# SOLUTION BEGIN
weighted = incidents.assign(harm=ilp.threats.harm(incidents["offence"], unknown="leave").fillna(0))
by_harm = ilp.places.count(weighted, areas=areas, weight="harm")
most_harm = by_harm.nlargest(1, "n")["area"].iloc[0]
# SOLUTION END most_harm = ...
most_harm

# %% tags=["check:2"]
# CHECK most_harm | exact | hint: ilp.threats.harm(incidents["offence"], unknown="leave").fillna(0) gives a weight for each row. | hint: Keep it as a column harm, then ilp.places.count(..., areas=areas, weight="harm"). | hint: The row with the largest n; its code stands in the column area.
lesson.check("2", most_harm)

# %% [markdown]
# ## Exercise 3: how far apart are the two lists?
#
# Make the list of the five areas with most incidents of all the data, and the list of the five with most harm. How many areas stand
# in *both* lists?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
top_count = set(ilp.places.count(incidents, areas=areas).nlargest(5, "n")["area"])
top_harm = set(by_harm.nlargest(5, "n")["area"])
in_both = len(top_count & top_harm)
# SOLUTION END in_both = ...
in_both

# %% tags=["check:3"]
# CHECK in_both | exact | hint: Twice nlargest(5, "n"): once of the plain count, once of the count with weight. | hint: Make a set of each list; the sign & gives what is in both.
lesson.check("3", in_both)

# %% [markdown]
# ## Exercise 4: who does what in the 3-i model?

# %% tags=["choice:4"]
# CHECK "An analyst writes that a group moves to another port, and the chief moves two teams there." | exact | hint: All three words must happen: somebody interprets, somebody is influenced, something changes outside. | hint: In two of the three stories nobody decides anything.
lesson.ask(
    "4",
    "Which story holds all three: interpret, influence, impact?",
    [
        "An analyst makes a map every Monday and puts it on the intranet.",
        "An analyst writes that a group moves to another port, and the chief moves two teams there.",
        "The chief orders more patrols in the centre, as in every December.",
    ],
)

# %% [markdown]
# ## Exercise 5: convince the sceptic
#
# A chief says: *we have always managed without analysts.* Answer in at most 100 words. Name one decision from this lesson that would
# have been different; use the word *decision*. Say nothing that you cannot show.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
case_for = (
    "The list by count and the list by harm share only some of their areas. With the count alone the cars go where most is called in, "
    "and the places with few but grave offences get none. Your decision stays yours: analysis tells you what you choose between, "
    "and in six weeks whether it worked."
)
# SOLUTION END case_for = ...
case_for

# %% tags=["check:5"]
# CHECK case_for | text words=100 mentions=decision | hint: ilp.reasoning.check_language(case_for) shows words that a sceptic would attack. | hint: Begin with what you saw in exercises 2 and 3, then say whose decision changes.
lesson.check("5", case_for)

# %% [markdown]
# ## Debrief
#
# Take your own unit and last week. Which of the four models produced most of its tasks? Write one task that another model would have added.

# %% tags=["exercise:6"]
# SOLUTION BEGIN
own_week = "Nearly all tasks came from calls. Problem-oriented work would have added: why does the same block of flats call each Friday?"
# SOLUTION END own_week = ...
own_week

# %% tags=["check:6"]
# CHECK own_week | rubric | hint: One real task is better than three good intentions.
lesson.check("6", own_week)

# %% [markdown] tags=["manager"]
# ## One week, seen in two ways
#
# The board below shows where incidents concentrate by more than chance. Choose an offence with many incidents, such as *shop theft*, then
# one with few, such as *firearm offence*. Look at which areas light up each time.

# %% tags=["manager"]
import ilp_lab as ilp

lesson = ilp.training.lesson("M01-managers")
incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
start = ilp.boards.HotSpotState(offences=("shop theft",), cell_m=1000)
ilp.boards.hot_spots(incidents, areas=areas, state=start)

# %% [markdown] tags=["manager"]
# ## Questions

# %% tags=["manager", "choice:1"]
# CHECK "Which decision do I have to take, and what would change it?" | exact | hint: Two of the four ask for data. One asks for a decision. | hint: Intelligence-led policing begins with the person who decides.
lesson.ask(
    "1",
    "You have ten minutes with the analyst on Monday. Which question do you ask first?",
    [
        "How many incidents were there last week?",
        "Which decision do I have to take, and what would change it?",
        "Can you send me all the maps?",
        "Which unit has the worst figures?",
    ],
)

# %% tags=["manager", "choice:2"]
# CHECK ["Choose two priorities for the quarter from the harm assessment, and give them staff", "Ask the analyst which unknown would change the decision on firearms, and collect that"] | set at_least=1 | hint: Intelligence-led tasks set priorities, or ask for what a decision needs. | hint: Two of the five.
lesson.ask(
    "2",
    "Which of these tasks come from intelligence-led policing? Choose all.",
    [
        "Shorten the time from call to arrival by two minutes",
        "Choose two priorities for the quarter from the harm assessment, and give them staff",
        "Hold an open evening about the dark underpass",
        "Ask the analyst which unknown would change the decision on firearms, and collect that",
        "Replace the type of lock that was forced in forty burglaries",
    ],
)

# %% tags=["manager", "choice:3"]
# CHECK "You, because you take the decision and answer for it." | exact | hint: In the 3-i model analysts interpret and influence. | hint: Who has an impact?
lesson.ask(
    "3",
    "The analyst recommends one place, you choose another. Who is responsible for the choice?",
    [
        "The analyst, because the recommendation was not convincing.",
        "You, because you take the decision and answer for it.",
        "The program, because it made the map.",
    ],
)
