# ---
# id: M15
# title: "Strategic assessment: which threat comes first, and can that be told"
# guidebook: {chapter: "8.1, 7.3", verified: false}
# teaching: 60
# exercises: 120
# level: analyst
# data: belmara
# handling: TRAINING
# prerequisites: [M05, M11]
# questions:
#   - "How are groups scored so that somebody else could do it again?"
#   - "Is the first really the first?"
#   - "What should be learned next, and what should be recommended now?"
# objectives:
#   - "score groups on agreed indicators with evidence and confidence"
#   - "run a ranking over all weights that keep the agreed order, and read it"
#   - "reconcile two assessors"
#   - "recommend priorities without claiming more than the scores hold"
# keypoints:
#   - "Unknown is not low. What nobody knows may be anything."
#   - "361 against 351 is no order when a small change of the weights turns it around."
#   - "Where two cannot be told apart, say tie; it is a finding, not a weakness."
#   - "Ask for the one answer that would settle most, if it can be had lawfully."
# in_your_country: "Who agrees on the weights of your threat assessment, and who has seen what happens when they change?"
# ---

# %% [markdown] tags=["everyone"]
# ## The decision
#
# The national board chooses the priority of the year. Two assessors scored five groups on nineteen indicators, each with a level (nil, low,
# medium, high, or *unknown*), the number of a report, and a confidence. A minister has already said on television that *group Anvil is the
# greatest threat*. The board asks you: *does the assessment say so?*
#
# ## How scores work
#
# Each indicator has a weight, from 19 (corruption) down to 1, and each level a value: nil 0, low 1, medium 2, high 4, unknown 2. The score is
# the sum of weight times value. The *order* of the weights was agreed; their exact size was not. An honest ranking therefore tries all weights
# that keep the order, and lets each unknown be anything.

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M15")
scores = pd.read_csv(ilp.samples.path("belmara/threat_matrix.csv"))
first = ilp.threats.matrix(scores[scores["assessor"] == "A17"], rubric="sleipnir-type")
first.wide().T

# %% [markdown]
# ## Exercise 1: one score by hand
#
# `weights` gives the weight of each indicator, `values` the value of each level. What is the score of *Group Anvil* (first assessor)?

# %%
weights = ilp.threats.rubric("sleipnir-type").table().set_index("indicator")["weight"]
values = {"nil": 0, "low": 1, "medium": 2, "high": 4, "unknown": 2}
anvil = first.wide().loc["Group Anvil"]

# %% tags=["exercise:1"]
# SOLUTION BEGIN
score = sum(weights[indicator] * values[level] for indicator, level in anvil.items())
# SOLUTION END score = ...
score

# %% tags=["check:1"]
# CHECK score | tol abs=0.5 | hint: For each indicator: its weight times the value of the level. | hint: sum(weights[indicator] * values[level] for indicator, level in anvil.items())
lesson.check("1", score)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Usual misconception: *rank 1 and rank 2 differ by definition.* Low-tech variant: coloured counters on a matrix of
# paper; move one counter from unknown to high (inject I-11) and count again. Ask three times: what is *unknown* worth?

# %% [markdown]
# ## Worked example: the honest ranking

# %%
ranked = ilp.threats.rank(first, draws=4000, rng=7)
print(ranked.explain())

# %%
ranked.plot()

# %% [markdown]
# ## Exercise 2: the order by score
#
# Put the five groups in order of their plain score (`nominal_rank`), the highest first. A list of five names.

# %% tags=["exercise:2"]
# SOLUTION BEGIN
order = ranked.table.sort_values("nominal_rank")["item"].tolist()
# SOLUTION END order = ...
order

# %% tags=["check:2"]
# CHECK order | rank at_least=0.8 | hint: ranked.table has a column nominal_rank; sort by it. | hint: ranked.table.sort_values("nominal_rank")["item"].tolist()
lesson.check("2", order)

# %% [markdown]
# ## Exercise 3: how often is the first first?
#
# In which share of all draws does the first of this list really come first (`p_first`)?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
often = ranked.table.sort_values("nominal_rank")["p_first"].iloc[0]
# SOLUTION END often = ...
often

# %% tags=["check:3"]
# CHECK often | tol abs=0.03 | hint: The column p_first in the row of that group. | hint: The first sentence says it as a percentage; 50 % is 0.50.
lesson.check("3", often)

# %% [markdown]
# ## Exercise 4: how little turns it around?
#
# `ranked["swap"]` is the smallest change of weights that lets the second overtake the first. How many indicators change in it?

# %% tags=["exercise:4"]
# SOLUTION BEGIN
changed = len(ranked["swap"])
# SOLUTION END changed = ...
changed

# %% tags=["check:4"]
# CHECK changed | exact | hint: Look at ranked["swap"]: one row for each indicator that changes. | hint: len(ranked["swap"])
lesson.check("4", changed)

# %% tags=["choice:5"]
# CHECK "The assessment cannot tell Anvil and Birch apart; treat them as a tie." | exact | hint: What share did you find in exercise 3? | hint: Not separable is a finding.
lesson.ask(
    "5",
    "Which sentence goes to the board?",
    [
        "Anvil is the greatest threat: it has 361 points and Birch has 351.",
        "The assessment cannot tell Anvil and Birch apart; treat them as a tie.",
        "The assessment is worthless, because the weights are uncertain.",
    ],
)

# %% [markdown]
# ## Exercise 6: do the assessors agree?
#
# Now take both assessors. How many cells did they score differently? Look at the widest ones first: does one of them have a report that the
# other has not?

# %%
both = ilp.threats.matrix(scores, rubric="sleipnir-type")

# %% tags=["exercise:6"]
# SOLUTION BEGIN
agreed = ilp.threats.agreement(both, rng=7)
different = len(agreed["reconcile"])
# SOLUTION END agreed, different = ..., ...
print(agreed.explain() if agreed is not ... else "First compare the assessors.")

# %% tags=["check:6"]
# CHECK different | exact | hint: ilp.threats.agreement(both, rng=7) compares them. | hint: Its details["reconcile"] has one row for each cell that was said differently.
lesson.check("6", different)

# %% [markdown] tags=["trainer"]
# **Trainer, 20 minutes.** Let two tables be the two assessors and reconcile the cells: with evidence, never by averaging. Regional variant: three
# national teams, the same indicators, other weights, one product.

# %% [markdown]
# ## Exercise 7: what to learn next
#
# Thirteen cells are unknown. Which *one* would take most of the uncertainty away? Give the group and the indicator's short name, as
# `"Group X: indicator"`.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
learn = ilp.threats.learn_next(first, draws=4000, rng=7)
next_one = f"{learn.table['item'].iloc[0]}: {learn.table['indicator'].iloc[0]}"
# SOLUTION END next_one = ...
next_one

# %% tags=["check:7"]
# CHECK next_one | exact | hint: ilp.threats.learn_next(first, draws=4000, rng=7) puts the cells in order. | hint: Its first row: item and indicator, joined by ": ".
lesson.check("7", next_one)

# %% [markdown]
# ## Exercise 8: make it a requirement
#
# A gap becomes an intelligence requirement: a question, who asks, which decision it serves, by when. Fill in `IntelligenceRequirement` as a
# dictionary with `requirement_id`, `question`, `requester`, `decision_supported`, `deadline` (such as `"2099-01-31"`), and say in `eei`
# (a list) what you need to see.

# %% tags=["exercise:8"]
# SOLUTION BEGIN
asked = {
    "requirement_id": "IR-15",
    "question": "Does group Ember use or threaten violence to reach its ends?",
    "requester": "Head of analysis",
    "decision_supported": "Whether Ember belongs into the first tier of the control strategy",
    "deadline": "2099-01-31",
    "eei": ["threats that victims reported", "weapons found at its places"],
    "unit": "belmara",
}
# SOLUTION END asked = ...
asked

# %% tags=["check:8"]
# CHECK asked | schema form=IntelligenceRequirement needs=eei,decision_supported | hint: A dictionary with the six fields. | hint: decision_supported says what will be decided differently when the answer is known. | hint: The check names the field that is missing; ilp.records.fields("IntelligenceRequirement") tells what each means.
lesson.check("8", asked)

# %% [markdown]
# ## Exercise 9: recommend
#
# Write the recommendation to the board in at most 100 words: what comes first, how sure, what is asked for next. Use the word *tie*, a term of the
# yardstick and its confidence.

# %% tags=["exercise:9"]
# SOLUTION BEGIN
advice = (
    "Anvil and Birch are a tie: Anvil comes first in about half of all agreed weightings. It is likely, with moderate confidence, that one of "
    "the two is the gravest threat. We recommend one priority for both, and one requirement: whether Ember uses violence, which would "
    "settle most of what is open. Review when it is answered, at the latest in January."
)
# SOLUTION END advice = ...
advice

# %% tags=["check:9"]
# CHECK advice | text terms=1 words=100 mentions=tie | hint: Begin with the tie, then what you recommend in spite of it. | hint: "It is likely, with moderate confidence, that ..."
lesson.check("9", advice)

# %% [markdown]
# ## Debrief
#
# The minister has said *Anvil* on television. What do you put on the first page, and who should see it before the board does?

# %% tags=["exercise:10"]
# SOLUTION BEGIN
page = "The figure with the overlap, and one sentence: the two cannot be told apart. The head of analysis shows it to the minister's office first."
# SOLUTION END page = ...
page

# %% tags=["check:10"]
# CHECK page | rubric | hint: Say what the assessment holds, not what was said before it.
lesson.check("10", page)

# %% [markdown] tags=["manager"]
# ## The ranking, with its doubt
#
# The board shows what the scores of one assessor hold. Change what is agreed about the weights, or add the second assessor, and see what
# stays first.

# %% tags=["manager"]
import ilp_lab as ilp

lesson = ilp.training.lesson("M15-managers")
ilp.boards.priorities(state=ilp.boards.PrioritiesState(assessors=("A17",)))

# %% [markdown] tags=["manager"]
# ## Questions for the board

# %% tags=["manager", "choice:1"]
# CHECK "They are a tie: small changes of the weights turn the order around." | exact | hint: Read the first sentence of the board: is Anvil really first? | hint: Scores of 361 and 351 look like an order.
lesson.ask(
    "1",
    "Anvil has 361 points, Birch 351. What does the board know?",
    [
        "Anvil is the greater threat.",
        "They are a tie: small changes of the weights turn the order around.",
        "Both are harmless, because the difference is small.",
    ],
)

# %% tags=["manager", "choice:2"]
# CHECK "It may be anything, so the group may stand higher or lower." | exact | hint: Unknown is not nil. | hint: Thirteen cells are unknown, and they were taken as anything.
lesson.ask(
    "2",
    "A cell says 'unknown'. What does it mean for the group's rank?",
    [
        "It counts as low.",
        "It may be anything, so the group may stand higher or lower.",
        "The group is left out.",
    ],
)

# %% tags=["manager", "choice:3"]
# CHECK ["Ask for the one answer that settles most, if it can be had lawfully", "Decide for both as one priority, and say that they are a tie"] | set at_least=1 | hint: Two of the four let the board decide without pretending. | hint: More figures behind the comma settle nothing.
lesson.ask(
    "3",
    "What can the board do with a tie? Choose all that make sense.",
    [
        "Ask for the one answer that settles most, if it can be had lawfully",
        "Ask for scores with two digits behind the comma",
        "Decide for both as one priority, and say that they are a tie",
        "Take the one that was named on television",
    ],
)
