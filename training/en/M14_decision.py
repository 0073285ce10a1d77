# ---
# id: M14
# title: "From analysis to decision"
# guidebook: {chapter: "7.3", verified: false}
# teaching: 35
# exercises: 60
# level: analyst
# data: a case written for this lesson
# handling: TRAINING
# prerequisites: [M03, M11]
# questions:
#   - "What could be done, and what of it may be done?"
#   - "Which of the lawful options is best, and how sure is that?"
#   - "Who decides, and what has to be on paper?"
# objectives:
#   - "appraise options: rights first, then what they bring and cost"
#   - "record a decision with its reasons, its dissent and its expected effect"
#   - "defend a decision, and judge later whether it came true"
# keypoints:
#   - "An option that is not lawful is removed. It is not weighed, however much it would bring."
#   - "Doing nothing is an option, and belongs on the list."
#   - "Analysis advises; a named person decides, and may decide otherwise with reasons."
#   - "Write down today what you expect. Otherwise everything will have been a success."
# in_your_country: "Who signs such a decision in your organisation, and may that person depart from the analyst's advice?"
# ---

# %% [markdown] tags=["everyone"]
# ## The decision
#
# Robberies around the central station of Tarn rose in spring: phones, at night, between the tram stop and the underpass. Six options lie on the
# table; one of them is to do nothing. The head of the division decides on Thursday. You have to prepare it so that she can defend it, also in
# two years, also before a court.
#
# ## Three steps, in this order
#
# 1. **Rights.** Is there a law? Is it necessary? In proportion? Does it treat people alike? One *no* removes the option.
# 2. **Dominance.** Is another option at least as good in everything, and better in something? Then this one goes.
# 3. **Weights.** Only what is left is weighed. Those who decide put the criteria in order; more than that is not agreed, so it is left open.

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M14")
rights = ["legality", "necessity", "proportionality", "non_discrimination"]
numbers = ["harm_prevented", "harm_prevented_low", "harm_prevented_high", "intrusiveness", "cost"]
law, need, fair, alike = "yes: Act s.4", "yes: 58 robberies", "yes: hits few", "yes: by place and hour"
options = pd.DataFrame(
    [
        ("Light and cut back the underpass", "prevention", law, need, fair, alike, 150, 60, 240, 0, 45),
        ("Two officers on foot, 22:00 to 02:00", "enforcement", law, need, fair, alike, 140, 40, 240, 1, 95),
        ("Ask who buys the phones", "intelligence", law, need, fair, alike, 90, 20, 300, 1, 30),
        ("Stop all young men", "enforcement", law, need, fair, "no: by age and sex", 180, 60, 300, 3, 70),
        ("Recognise all faces", "intelligence", "no: no law", need, fair, alike, 320, 90, 500, 3, 120),
        ("Do nothing", "do nothing", None, None, None, None, 0, 0, 0, 0, 0),
    ],
    columns=["option", "kind", *rights, *numbers],
)
options[["option", "kind", *numbers]]

# %% [markdown]
# ## Exercise 1: rights first, by yourself
#
# Read the four answers of each option (`options[["option", *rights]]`). Which two options have to go? Give their names as a list.

# %%
for row in options.to_dict("records"):
    print(row["option"], *(f"   {right}: {row[right]}" for right in rights), sep="\n")

# %% tags=["exercise:1"]
# SOLUTION BEGIN
removed = options.loc[
    options[rights].apply(lambda column: column.str.startswith("no")).any(axis=1), "option"
].tolist()
# SOLUTION END removed = ...
removed

# %% tags=["check:1"]
# CHECK removed | set at_least=1 | hint: Look for an answer that begins with "no". | hint: One has no law, one hits people for what they are.
lesson.check("1", removed)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *the analyst decides*, and its twin: *the best number wins*. The removed options have the highest
# numbers; that is on purpose. Let somebody try to argue them back in. Low-tech variant: decision form on paper, red pen.

# %% [markdown]
# ## Worked example: weigh what is left
#
# The head puts the criteria in this order: harm prevented first, then intrusiveness, then cost. Nothing else about the weights is agreed. The
# library tries thousands of weights that keep the order, and estimates between their limits.

# %%
weighed = ilp.tasking.weigh_options(
    options, criteria={"harm_prevented": "more", "intrusiveness": "less", "cost": "less"}, draws=2000, rng=7
)
print(weighed.explain())

# %%
weighed.table[["option", "kind", "verdict", "p_best", "failed"]].round(2)

# %% [markdown]
# ## Exercise 2: which stands first?
#
# Give the name of the option with the highest share of draws in which it is best (`p_best`).

# %% tags=["exercise:2"]
# SOLUTION BEGIN
best = weighed.table.loc[weighed.table["p_best"].idxmax(), "option"]
# SOLUTION END best = ...
best

# %% tags=["check:2"]
# CHECK best | exact | hint: weighed.table["p_best"].idxmax() gives the row. | hint: The removed options have no p_best at all.
lesson.check("2", best)

# %% [markdown]
# ## Exercise 3: does the order matter?
#
# Another head would put *cost* first, then intrusiveness, then harm. Weigh again with the criteria in that order (`draws=2000, rng=7`). In which
# share of the draws is the option of exercise 2 best now?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
cheap = ilp.tasking.weigh_options(
    options, criteria={"cost": "less", "intrusiveness": "less", "harm_prevented": "more"}, draws=2000, rng=7
)
share = cheap.table.set_index("option")["p_best"][best]
# SOLUTION END share = ...
share

# %% tags=["check:3"]
# CHECK share | tol abs=0.03 | hint: criteria={"cost": "less", "intrusiveness": "less", "harm_prevented": "more"} | hint: The row of that option in the new table, column p_best.
lesson.check("3", share)

# %% [markdown]
# ## Exercise 4: who decides?

# %% tags=["choice:4"]
# CHECK "The head of the division, who may depart from the advice and then writes why." | exact | hint: Analysts interpret and influence. | hint: Whose name stands under the decision?
lesson.ask(
    "4",
    "The result puts one option first. Who decides?",
    [
        "The analyst, because the result is clear.",
        "The head of the division, who may depart from the advice and then writes why.",
        "Nobody: the option with the highest number is carried out.",
    ],
)

# %% [markdown]
# ## Exercise 5: the record
#
# `ilp.tasking.decide` writes the record: what was chosen, by whom, why, who disagreed, and what is expected. Make it for the head of the
# division. The effect she expects: robberies per month, a change of −0.25, between −0.40 and −0.10, until the end of the year.

# %%
from datetime import date

expected = ilp.tasking.Effect(
    "robberies around the station, per month", -0.25, -0.40, -0.10, date(2099, 12, 31)
)

# %% tags=["exercise:5"]
# SOLUTION BEGIN
decision = ilp.tasking.decide(
    weighed,
    decision_id="D-14",
    decision="Light the underpass and cut back the bushes by 1 June",
    chosen="Light and cut back the underpass",
    decision_maker="Head of the Tarn division",
    reasons="Mildest means that prevents as much as any other lawful option",
    dissent="The analyst would have asked about the buyers as well",
    expected=expected,
    review_date="2099-12-31",
)
# SOLUTION END decision = ...
decision

# %% tags=["check:5"]
# CHECK decision | schema form=DecisionRecord needs=chosen,reasons,review_date | hint: ilp.tasking.decide(weighed, decision_id="D-14", decision=..., chosen=..., decision_maker=..., reasons=..., expected=expected, review_date="2099-12-31") | hint: chosen must be the name of an option that was not removed. | hint: decision_maker is a person or a post, never "the system".
lesson.check("5", decision)

# %% [markdown]
# ## Exercise 6: did it come true?
#
# Half a year later: 60 robberies before, 38 after. Test the change (`ilp.times.compare_counts`), and set it beside what was expected with
# `ilp.tasking.came_true(decision, measured)`. What is the measured *ratio* of after to before?

# %% tags=["exercise:6"]
# SOLUTION BEGIN
measured = ilp.times.compare_counts(pd.DataFrame({"before": [60], "after": [38]}))
judged = ilp.tasking.came_true(decision, measured)
ratio = measured.table["ratio"].iloc[0]
# SOLUTION END judged, ratio = ..., ...
print(judged.explain() if judged is not ... else "First measure.")

# %% tags=["check:6"]
# CHECK ratio | tol abs=0.005 | hint: ilp.times.compare_counts(pd.DataFrame({"before": [60], "after": [38]})) | hint: 38 of 60, as a number between 0 and 1.
lesson.check("6", ratio)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Inject I-15: the budget falls by a tenth in the middle of the meeting. Which option is left, and who says so? Then the
# press asks: *minus 37 per cent?* The ratio is real, the cause is not shown: there was no control.

# %% [markdown]
# ## Exercise 7: defend it
#
# A council member asks why the faces in the station were not recognised, when that would have prevented most. Answer in at most 60 words.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
answer = (
    "No law allows it, so it was not weighed; what it would have prevented does not count. Of the lawful options the lights are the mildest "
    "and do about as much as foot patrols. The record names the reasons and who disagreed, and we review it in December."
)
# SOLUTION END answer = ...
answer

# %% tags=["check:7"]
# CHECK answer | text words=60 mentions=law | hint: Say first why the option was removed, then why the chosen one is good. | hint: ilp.reasoning.check_language(answer) finds what the council member would pick on.
lesson.check("7", answer)

# %% [markdown]
# ## Debrief
#
# Where in this lesson would you yourself have been tempted to skip a step, and who would have noticed?

# %% tags=["exercise:8"]
# SOLUTION BEGIN
tempted = (
    "To drop doing nothing from the list. The control body would ask in two years why it was not considered."
)
# SOLUTION END tempted = ...
tempted

# %% tags=["check:8"]
# CHECK tempted | rubric | hint: Be honest; nobody is marked on it.
lesson.check("8", tempted)

# %% [markdown] tags=["manager"]
# ## What analysis found
#
# Two options fail a question of rights and are removed, whatever they would bring. Of the others nobody agreed on exact weights, only on what
# counts most: harm prevented, then intrusion into rights, then cost. The board tries all weights that keep this order. Change the order,
# and see whether the first option stays the first.

# %% tags=["manager"]
import ilp_lab as ilp

lesson = ilp.training.lesson("M14-managers")
ilp.boards.options()

# %% [markdown] tags=["manager"]
# ## Questions for whoever decides

# %% tags=["manager", "choice:1"]
# CHECK ["Stop all young men", "Recognise all faces"] | set at_least=1 | hint: One has no law. One hits people for what they are. | hint: Two of the five.
lesson.ask(
    "1",
    "Which options may not be decided on, whatever they would prevent? Choose all.",
    [
        "Light and cut back the underpass",
        "Two officers on foot, 22:00 to 02:00",
        "Stop all young men",
        "Recognise all faces",
        "Do nothing",
    ],
)

# %% tags=["manager", "choice:2"]
# CHECK "Yes, with the reasons in the record." | exact | hint: Analysis advises. | hint: A departure is allowed; a silent one is not.
lesson.ask(
    "2",
    "You choose the foot patrol, although the lights stand first. May you?",
    [
        "No, the result binds me.",
        "Yes, with the reasons in the record.",
        "Yes, and nobody needs to know why.",
    ],
)

# %% tags=["manager", "choice:3"]
# CHECK ["What I expect it to change, by how much, until when", "Who disagreed, and why", "That doing nothing was considered"] | set at_least=1 | hint: Think of the person who judges the decision in two years. | hint: Three of the five.
lesson.ask(
    "3",
    "What belongs into the decision record? Choose all.",
    [
        "What I expect it to change, by how much, until when",
        "Who disagreed, and why",
        "The names of all suspects",
        "That doing nothing was considered",
        "The analyst's private opinion of the chief",
    ],
)
