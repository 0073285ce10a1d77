# ---
# id: M00
# title: "Orientation: a sandbox, a purpose, and a log"
# guidebook: {chapter: "Introduction", verified: false}
# teaching: 20
# exercises: 25
# level: beginner
# data: belmara
# handling: TRAINING
# questions:
#   - "How do you work in a notebook, and what can you break?"
#   - "Where are the records, and what is wrong with them?"
#   - "Why does the program ask for a purpose before anything may leave?"
# objectives:
#   - "run a notebook from top to bottom"
#   - "locate records and the faults in them"
#   - "declare a purpose and a legal basis before something leaves"
# keypoints:
#   - "Shift and Enter runs a cell. From top to bottom is always right."
#   - "A file is never clean. Look at what is wrong before you look at what is in it."
#   - "Exploring is free. What leaves needs a purpose, a legal basis, and a line in the log."
# in_your_country: "Who would ask you, a year from now, why a list left your desk, and could you answer?"
# ---

# %% [markdown]
# ## The decision
#
# It is your first day in the analysis unit. A colleague from the next town is on the phone: *send me your incidents, I need them by noon.* He is
# nice, and in a hurry. Do you?
#
# ## What this is
#
# You are in a **sandbox**: the Republic of Belmara does not exist, and nobody in its data is real. You can break nothing. Everything that you type
# stays on this computer; your progress is kept under a code, without a name.
#
# - **Shift + Enter** runs a cell and goes to the next one.
# - Where you see three dots `...`, put your answer in their place, run the cell, then run the check below it.
# - A check may be run as often as you like. Each time it is not right yet, it gives a further hint.

# %% [markdown]
# ## Before you start: the knowledge test
#
# Fourteen questions, ten minutes, no help. It is no examination: at the end of the course you take it again, and see what you gained. Say what
# you think; leave out what you do not know.

# %%
import tempfile
from pathlib import Path

import ilp_lab as ilp

lesson = ilp.training.lesson("M00")
ilp.training.knowledge_test("before").show()

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Wait until everybody has handed in. Nobody may compare. Usual misconception of the day: *compliance slows me down.*
# Let them find one real leak of the last years that the question for a purpose would have stopped. Low-tech variant: a paper log.

# %% [markdown]
# ## Exercise 1: your first answer
#
# How many days has a leap year? Put the number in place of the dots.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
days = 366
# SOLUTION END days = ...
days

# %% tags=["check:1"]
# CHECK days | exact | hint: Write the number in place of the dots, such as days = 365, and run both cells. | hint: A leap year has one day more than 365.
lesson.check("1", days)

# %% [markdown]
# ## Worked example: open a file
#
# The library works out what each column means, and counts every fault. It drops no row. Read the report before you read the data.

# %%
incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
quality

# %% [markdown]
# ## Exercise 2: locate the records
#
# How many rows does the table `incidents` have?

# %% tags=["exercise:2"]
# SOLUTION BEGIN
rows = len(incidents)
# SOLUTION END rows = ...
rows

# %% tags=["check:2"]
# CHECK rows | exact | hint: len(...) counts the rows of a table. | hint: len(incidents)
lesson.check("2", rows)

# %% [markdown]
# ## Exercise 3: locate a fault
#
# `quality.rows_with("missing_place")` gives the rows that have no place on the map. How many are they?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
no_place = len(quality.rows_with("missing_place"))
# SOLUTION END no_place = ...
no_place

# %% tags=["check:3"]
# CHECK no_place | exact | hint: The report above says it in words; count them yourself. | hint: len(quality.rows_with("missing_place"))
lesson.check("3", no_place)

# %% [markdown]
# ## Exercise 4: it must not leave
#
# Try to send the colleague a list, without saying why. Run the cell: what is the *name* of the error? It is printed.

# %%
folder = Path(tempfile.mkdtemp())
try:
    ilp.safeguards.release_table(None, folder / "list.csv", incidents.head(20), what="incidents")
    refused = "it left"
except ilp.errors.IlpError as error:
    refused = type(error).__name__
    print(refused, error, sep=": ")

# %% tags=["exercise:4"]
# SOLUTION BEGIN
name = refused
# SOLUTION END name = ...
name

# %% tags=["check:4"]
# CHECK name | exact | hint: It stands in front of the colon. | hint: Three words in one; the last one is Error.
lesson.check("4", name)

# %% [markdown]
# ## Exercise 5: declare a purpose
#
# Open a case: a folder with a purpose, a legal basis, and you as analyst. Then release the list with a reason, and hand in the case. Its log
# says who gave what to whom, and why.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
case = ilp.open_case(
    folder / "case", purpose="Joint patrol plan", legal_basis="Police Act s.9", analyst="A17"
)
ilp.safeguards.release_table(
    case,
    folder / "list.csv",
    incidents[["offence", "area"]].head(20),
    what="incidents",
    reason="for the joint patrol plan",
)
# SOLUTION END case = ...
case

# %% tags=["check:5"]
# CHECK case | safeguards operation=disclosure reason=1 | hint: case = ilp.open_case(folder / "case", purpose="...", legal_basis="...", analyst="A17") | hint: ilp.safeguards.release_table(case, folder / "list.csv", incidents[["offence", "area"]].head(20), what="...", reason="...")
lesson.check("5", case)

# %%
print(
    "\n".join(f"{entry['seq']}  {entry['operation']}: {entry['what']}" for entry in case.audit.entries())
    if case is not ...
    else ""
)

# %% [markdown]
# ## Exercise 6: what may wait?

# %% tags=["choice:6"]
# CHECK "Ask what he needs it for and on which legal basis, open a case, and send only that." | exact | hint: Neither no nor yes: which question comes first? | hint: Exercise 5.
lesson.ask(
    "6",
    "The colleague calls again. What do you do?",
    [
        "Send the whole file; he is from the police.",
        "Refuse; data never leave.",
        "Ask what he needs it for and on which legal basis, open a case, and send only that.",
    ],
)

# %% [markdown]
# ## Debrief
#
# Think of one list that left an office you know. Which of the three, purpose, legal basis or log, would have made a difference?

# %% tags=["exercise:7"]
# SOLUTION BEGIN
thought = "The log: nobody could say later who had the list of complainants, so nobody could call it back."
# SOLUTION END thought = ...
thought

# %% tags=["check:7"]
# CHECK thought | rubric | hint: No names. One sentence is enough.
lesson.check("7", thought)
