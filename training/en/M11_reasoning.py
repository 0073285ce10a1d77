# ---
# id: M11
# title: "Reasoning: competing explanations, assumptions, and words that can be checked"
# guidebook: {chapter: "6", verified: false}
# teaching: 45
# exercises: 60
# level: analyst
# data: a case written for this lesson
# handling: TRAINING
# prerequisites: [M02, M05]
# questions:
#   - "Which explanation is contradicted least, and what does that hang on?"
#   - "What do we take for granted without having looked?"
#   - "How do you say how sure you are, so that a reader can hold you to it?"
# objectives:
#   - "generate at least three explanations before judging any"
#   - "evaluate evidence against all explanations, and find the pieces that carry the answer"
#   - "check key assumptions"
#   - "express probability and confidence in agreed words, and learn from outcomes"
# keypoints:
#   - "What fits the favourite usually fits the others, too. Only what speaks against an explanation tells something."
#   - "Take each piece away once. If the answer changes, that piece has to be checked first."
#   - "Probability and confidence are two answers: how likely, and how well founded."
#   - "A judgement that cannot turn out wrong is no judgement."
# in_your_country: "Which words for probability do your reports use, and do writers and readers mean the same by them?"
# ---

# %% [markdown]
# ## The decision
#
# Twice the unit searched a yard, twice it was empty and freshly swept. The deputy says: *we have a leak.* If that is written into a report,
# colleagues will be investigated. The head of the unit asks you: *is that what the facts say?*
#
# ## How to test explanations
#
# 1. Write down **several** explanations first, also dull ones.
# 2. Put the evidence in rows and the explanations in columns. Work across the row: *if this explanation were true, how well would the piece
#    fit?* `CC` very well, `C` well, `N` neither, `I` badly, `II` very badly.
# 3. Count what speaks **against**. The explanation with least against it stands first, and is not thereby proved.
# 4. Take each piece away once, and look what happens.

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M11")

# %% [markdown]
# ## Exercise 1: explanations first
#
# Before you look at any evidence: write at least three different explanations for two empty yards, as a list of texts.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
ideas = [
    "Somebody in the unit told them",
    "They saw the preparations",
    "The information was old",
    "They clear the yard every month",
]
# SOLUTION END ideas = ...
thought_of = "; ".join(ideas) if isinstance(ideas, list) and len(set(ideas)) >= 3 else ...

# %% tags=["check:1"]
# CHECK thought_of | rubric | hint: A list of three or more texts. One of them should bore you: chance, habit, a misunderstanding.
lesson.check("1", thought_of)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Nobody may say *leak* for the first five minutes. Collect on cards, cluster, name four. Misconception to surface:
# *evidence that fits proves*. Low-tech variant: the table on A3, stones for I and II.

# %% [markdown]
# ## The sheet of evidence

# %%
evidence = pd.DataFrame(
    [
        ("a  The yard had been swept", "C", "C", "C", "C", "high", "S1"),
        ("b  Only four officers knew of the second search", "C", "I", "N", "I", "moderate", "S2"),
        ("c  Vans of the unit stood in Mill Road from noon", "N", "CC", "N", "N", "high", "S3"),
        ("d  The tip was five weeks old when it was used", "N", "N", "CC", "N", "high", "S4"),
        ("e  Boxes were carried out on the evening before, a Tuesday", "C", "I", "II", "I", "high", "S5"),
        ("f  The informant was wrong twice last year", "N", "N", "C", "N", "moderate", "S4"),
        ("g  No phone of the unit called a number of the group", "I", "N", "N", "N", "high", "S6"),
        ("h  The yard is cleared each last Friday (C4)", "I", "N", "C", "CC", "low", "S5"),
    ],
    columns=[
        "evidence",
        "a leak",
        "preparations seen",
        "old information",
        "cleared monthly",
        "credibility",
        "source_ref",
    ],
)
weighed = ilp.reasoning.competing_hypotheses(evidence)
weighed.plot()

# %% [markdown]
# ## Exercise 2: what is contradicted least?
#
# Give the name of the explanation that stands first (the column `hypothesis` of `weighed.table`).

# %% tags=["exercise:2"]
# SOLUTION BEGIN
first = weighed.table.loc[weighed.table["rank"] == 1, "hypothesis"].iloc[0]
# SOLUTION END first = ...
first

# %% tags=["check:2"]
# CHECK first | exact | hint: print(weighed.explain()) says it in its first sentence. | hint: weighed.table, the row with rank 1.
lesson.check("2", first)

# %% [markdown]
# ## Exercise 3: the piece that helps nobody
#
# One piece fits every explanation alike. It looks impressive and tells nothing: its `diagnosticity` is 0. Which letter is it?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
pieces = weighed.details["evidence"]
useless = pieces.loc[pieces["diagnosticity"] == 0, "evidence"].str[0].iloc[0]
# SOLUTION END useless = ...
useless

# %% tags=["check:3"]
# CHECK useless | exact | hint: weighed.details["evidence"] has a column diagnosticity. | hint: Look for a row of the sheet with the same letters all along.
lesson.check("3", useless)

# %% [markdown]
# ## Exercise 4: what does the answer hang on?
#
# Each piece was taken away once. Which letters *change* the answer? Give a list. These are the pieces to check before anybody is accused.

# %% tags=["exercise:4"]
# SOLUTION BEGIN
carrying = pieces.loc[pieces["changes"], "evidence"].str[0].tolist()
# SOLUTION END carrying = ...
carrying

# %% tags=["check:4"]
# CHECK carrying | set at_least=1 | hint: The column changes of weighed.details["evidence"] is True for them. | hint: There are two.
lesson.check("4", carrying)

# %%
weighed.details["sources"]

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Inject I-10: the neighbour of piece e retracts; he had mixed up the days. Run it without e. The leak no longer
# stands first. Ask: what would the deputy have done with the first answer? One source (S5) carries both e and h.

# %% [markdown]
# ## Exercise 5: what do we take for granted?
#
# Three assumptions stand behind the sheet. Which of them must be looked at *first*? Give its letter.

# %%
assumptions = pd.DataFrame(
    {
        "assumption": [
            "x  Only four officers knew",
            "y  The same yard was meant both times",
            "z  Phones of the unit were all checked",
        ],
        "support": ["unsupported", "solid", "solid"],
        "effect_if_wrong": ["reversed", "reversed", "weaker"],
    }
)

# %% tags=["exercise:5"]
# SOLUTION BEGIN
held = ilp.reasoning.key_assumptions(assumptions)
look_first = held.table.loc[held.table["verdict"] == "look at first", "assumption"].str[0].iloc[0]
# SOLUTION END look_first = ...
look_first

# %% tags=["check:5"]
# CHECK look_first | exact | hint: ilp.reasoning.key_assumptions(assumptions).table has a verdict for each. | hint: Not solid, and reversing the answer if wrong.
lesson.check("5", look_first)

# %% [markdown]
# ## Exercise 6: words for numbers
#
# The yardstick says what the words stand for. You hold an explanation for 65 in 100 probable. Which *term* is that?

# %%
ilp.reasoning.yardstick("phia").table()

# %% tags=["exercise:6"]
# SOLUTION BEGIN
term = "likely"
# SOLUTION END term = ...
term

# %% tags=["check:6"]
# CHECK term | exact | hint: Find the row whose low is below 0.65 and whose high is above it. | hint: The column term, not the column also.
lesson.check("6", term)

# %% [markdown]
# ## Exercise 7: the judgement
#
# Write what goes to the head of the unit, in at most 80 words: which explanation, how probable (a term), with which *confidence*, and which
# piece would turn it around. No *may*, *might* or *could*.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
judged = (
    "Of four explanations a leak is contradicted least, but the answer hangs on two pieces, and one of them comes from a neighbour. It is "
    "a realistic possibility, with low confidence, that somebody told the group. Without the neighbour's day another explanation "
    "stands first. Check both pieces before anybody is named."
)
# SOLUTION END judged = ...
judged

# %% tags=["check:7"]
# CHECK judged | text terms=1 words=80 mentions=confidence | hint: ilp.reasoning.check_language(judged) shows each word that says less than it seems to. | hint: "It is a realistic possibility, with low confidence, that ..."
lesson.check("7", judged)

# %% [markdown]
# ## Exercise 8: were we right last year?
#
# Twelve judgements of a unit with their outcomes. The **Brier score** is the mean of (probability − outcome)²: 0 is perfect, 0.25 is what
# *one half* always gets. What is theirs?

# %%
past = pd.DataFrame(
    {
        "probability": [0.65, 0.3, 0.85, 0.85, 0.45, 0.97, 0.15, 0.65, 0.65, 0.3, 0.97, 0.85],
        "outcome": [True, False, True, True, False, True, False, True, False, True, True, True],
    }
)

# %% tags=["exercise:8"]
# SOLUTION BEGIN
brier = ((past["probability"] - past["outcome"].astype(float)) ** 2).mean()
# SOLUTION END brier = ...
brier

# %% tags=["check:8"]
# CHECK brier | tol abs=0.003 | hint: past["outcome"].astype(float) turns yes and no into 1 and 0. | hint: ilp.reasoning.calibration(past, rng=7).explain() says it, too.
lesson.check("8", brier)

# %% [markdown]
# ## Debrief
#
# What exactly do you tell the deputy who said *we have a leak*, without saying that he is wrong?

# %% tags=["exercise:9"]
# SOLUTION BEGIN
told = "That is one explanation. Two pieces carry it; let us check the neighbour's day and who really knew. Until then no name on paper."
# SOLUTION END told = ...
told

# %% tags=["check:9"]
# CHECK told | rubric | hint: Name what would convince you, and what would have to convince him.
lesson.check("9", told)
