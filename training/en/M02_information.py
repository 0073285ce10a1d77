# ---
# id: M02
# title: "Data, information, knowledge, intelligence"
# guidebook: {chapter: "2", verified: false}
# teaching: 30
# exercises: 35
# level: beginner
# data: items written for this lesson
# handling: TRAINING
# prerequisites: [M00]
# questions:
#   - "When does information become intelligence?"
#   - "How do you write a report that somebody else can still use in two years?"
#   - "Is this a fact, an opinion, or something that somebody heard?"
# objectives:
#   - "classify 24 items as data, information, knowledge or intelligence"
#   - "rewrite raw text into reports that hold one fact each"
#   - "separate fact, assessment and hearsay"
# keypoints:
#   - "A tip is information. It becomes intelligence when it is evaluated, put into context and useful for a decision."
#   - "One report, one fact: only then can each fact have its own grade."
#   - "Write what was seen or said, and by whom it was known; keep your own opinion apart and call it that."
# in_your_country: "Which words does your law use for information and intelligence, and does the difference have consequences?"
# ---

# %% [markdown]
# ## The decision
#
# Sixty notes lie on your desk: calls, e-mails, a page from a notebook. The head of the unit says: *put the intelligence into the system by
# noon.* Most of it is none. What goes in, as what, and in which words?
#
# ## Four words
#
# | Word | Means | Example |
# |---|---|---|
# | Data | values without meaning of their own | 999-51206; 02:14 |
# | Information | data with a meaning: somebody says something about something | a caller saw a van at the quay at 02:14 |
# | Knowledge | what is known from experience and has been tested | boats are fuelled before, not after, a night trip |
# | Intelligence | information that was evaluated and set into context, for a decision | two graded reports and the fuel sales make a trip on Thursday likely; check the quay |

# %%
import ilp_lab as ilp

lesson = ilp.training.lesson("M02")
items = [
    "47.5", "BM 4419 3651", "A caller: 'A man sells phones at the station.'", "999-01-108, 214 s",
    "In this port most thefts from boats happen when the owners are away in winter.",
    "Shop owner: 'Since May the same two men ask for cash.'",
    "Graded B2 and seen with last year's series: the next burglaries are likely in the east; warn the school.",
    "14:05", "A patrol saw a lorry without plates in Mill Road.", "-26.2040, 0.7978",
    "People who repair boats can open any outboard lock in a minute; three officers have tested it.",
    "Assessed: the two groups share a forger (moderate confidence); ask for the passport files first.",
    "E-mail: 'My neighbour has a new car each month.'", "Column 7: 1, 1, 0, 1",
    "Evaluated against call records: the tip on the yard holds; a search there would find parts, probably on a Monday.",
    "Night shifts know that alarms in Dock Street are wind, except after rain.",
    "The driver said he was paid 200 crowns.", "T1-01", "Anonymous letter: 'Ask the customs officer about the blue seal.'",
    "Threat assessment: firearms are few but grave; make them the first priority of the quarter.",
    "Long experience: forged papers come before the goods, never after.", "2024-05-17",
    "A teacher reports that a pupil was offered money to carry a parcel.",
    "Three graded sources and the ferry list fit only one route; watch the Sunday ferry.",
]  # fmt: skip
for number, item in enumerate(items, start=1):
    print(f"{number:>2}  {item}")

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *a raw tip is intelligence.* Ask of item 3: what must be added before it is? Low-tech
# variant: 24 cards and four boxes. Item 5 can be argued: tested experience is knowledge, a mere saying is not.

# %% [markdown]
# ## Exercise 1: sort them
#
# Give the *numbers* that belong to each word. Twenty of the 24 are enough.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
data = [1, 2, 4, 8, 10, 14, 18, 22]
information = [3, 6, 9, 13, 17, 19, 23]
knowledge = [5, 11, 16, 21]
intelligence = [7, 12, 15, 20, 24]
# SOLUTION END data, information, knowledge, intelligence = [...], [...], [...], [...]
boxes = {"data": data, "information": information, "knowledge": knowledge, "intelligence": intelligence}
placed = [
    f"{number}: {word}" for word, numbers in boxes.items() for number in numbers if number is not ...
] or ...

# %% tags=["check:1"]
# CHECK placed | set at_least=0.71 | hint: Begin with the values that mean nothing alone: they are data. | hint: Does somebody merely say or see something? Then it is information, however grave it sounds. | hint: Intelligence was evaluated and leads to something to do; knowledge is tested experience without a date.
lesson.check("1", placed)

# %% [markdown]
# ## Exercise 2: what is missing?

# %% tags=["choice:2"]
# CHECK ["An evaluation of the source and of the information", "The context: what else is known", "A use: the decision that it serves"] | set at_least=1 | hint: Three things turn information into intelligence. | hint: Secrecy and length do not.
lesson.ask(
    "2",
    "'A man sells phones at the station.' What must be added before this is intelligence? Choose all.",
    [
        "An evaluation of the source and of the information",
        "A stamp that says secret",
        "The context: what else is known",
        "A second page",
        "A use: the decision that it serves",
    ],
)

# %% [markdown]
# ## Worked example: one report, one fact
#
# A form says what a report must hold. Here is one that was filled in, and what the form says about an empty one.

# %%
good = {
    "report_id": "R-1", "scheme": "4x4", "originator_unit": "belmara/selin/s1", "source_ref": "S-207",
    "text": "On 3 May a white van stood at the quay from 02:10 to 02:40.", "statement_type": "fact", "source_grade": "B",
    "information_grade": "2", "risk_assessed": True, "evaluator": "E4", "handling": "H1", "purpose_id": "P-1",
    "retention_class": "intelligence", "review_date": "2099-11-03", "created_at": "2099-05-03T09:00Z",
}  # fmt: skip
print("faults of the good one:", ilp.records.form_of("IntelligenceReport").faults(good) or "none")
print("\n".join(ilp.records.form_of("IntelligenceReport").faults({"report_id": "R-2"})[:6]))

# %% [markdown]
# ## Exercise 3: from a note to a report
#
# An officer wrote: *Source S-311 (reliable so far, was there herself) says that on 9 May a man with a dog handed a bag to the crew of the
# ferry. He looks like a smuggler to me.* Write the **fact** as one report: change `good` where it has to change. Leave the officer's
# opinion out; it is another report.

# %% tags=["exercise:3"]
# SOLUTION BEGIN
report = good | {
    "report_id": "R-3",
    "source_ref": "S-311",
    "text": "On 9 May a man with a dog handed a bag to the crew of the ferry.",
    "created_at": "2099-05-10T08:00Z",
    "review_date": "2099-11-10",
}
# SOLUTION END report = ...
report

# %% tags=["check:3"]
# CHECK report | schema form=IntelligenceReport | hint: good | {"report_id": "R-3", "text": "..."} takes over the rest. | hint: The number of the source goes into source_ref, never a name. | hint: The form names each field that is missing or does not fit; put them right one by one.
lesson.check("3", report)

# %% [markdown]
# ## Exercise 4: fact, assessment or hearsay?
#
# Six sentences. For each say which it is: `"fact"` (the source saw or did it), `"assessment"` (somebody concludes or judges), or
# `"hearsay"` (the source has it from somebody else). Give a list of six words in this order.

# %%
for sentence in [
    "a  I saw him put the bag into the boot.",
    "b  My cousin told me that the yard pays in cash.",
    "c  He must be their driver.",
    "d  The meter showed 12,400 kilometres.",
    "e  People in the bar say the boat goes on Thursdays.",
    "f  In my view the letter was written by a former employee.",
]:
    print(sentence)

# %% tags=["exercise:4"]
# SOLUTION BEGIN
kinds = ["fact", "hearsay", "assessment", "fact", "hearsay", "assessment"]
# SOLUTION END kinds = ...
answer = ", ".join(kinds) if isinstance(kinds, (list, tuple)) else kinds

# %% tags=["check:4"]
# CHECK answer | exact | hint: Ask who knows it, and how: saw, heard, or thinks? | hint: "Must be" is a conclusion, however sure it sounds. | hint: Two of each kind; a is a fact, b is hearsay, c is an assessment.
lesson.check("4", answer)

# %% [markdown]
# ## Exercise 5: rewrite it
#
# Rewrite this without words that hide who knows what: *It seems several sources may have said that the yard could possibly be involved.*
# Known are only: S-207 (reliable in most instances) saw engines being unloaded at the yard on 3 May; there is no other report. One or
# two sentences.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
rewritten = "One source, S-207, saw engines being unloaded at the yard on 3 May. There is no other report on the yard."
# SOLUTION END rewritten = ...
rewritten

# %% tags=["check:5"]
# CHECK rewritten | text words=40 mentions=3_May | hint: ilp.reasoning.check_language shows the words that say less than they seem to. | hint: Say how many sources there are, what was seen, and when. | hint: Begin with "One source saw ...".
lesson.check("5", rewritten)

# %% [markdown]
# ## Debrief
#
# Which of the 24 items was hardest to place, and what would have to be added to move it one box further?

# %% tags=["exercise:6"]
# SOLUTION BEGIN
hardest = "Item 5: it is knowledge only if somebody counted. With the counts of five winters it would be."
# SOLUTION END hardest = ...
hardest

# %% tags=["check:6"]
# CHECK hardest | rubric | hint: Name the item, and one thing that you would ask for.
lesson.check("6", hardest)
