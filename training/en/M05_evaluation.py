# ---
# id: M05
# title: "Evaluation: how good is the source, how good is the information, who may see it"
# guidebook: {chapter: "6", verified: false}
# teaching: 35
# exercises: 50
# level: analyst
# data: belmara
# handling: TRAINING
# prerequisites: [M02, M03]
# planted: [P8]
# questions:
#   - "How reliable is the source, and how good is the information: two questions, two grades."
#   - "Do three reports confirm each other, or is it one rumour in three dresses?"
#   - "What must stay behind before a report is passed on?"
# objectives:
#   - "grade source and information separately in the 4x4 scheme"
#   - "detect circular reporting"
#   - "convert a grade into another scheme and state what is lost"
#   - "sanitise a report so that nothing tells who the source is"
# keypoints:
#   - "A good source can pass on something wrong; a bad one can be right."
#   - "Confirmation counts only from another origin."
#   - "Between schemes there is no table, only a set of admissible codes; a person chooses."
#   - "The wording can give the source away even when the name is gone."
# in_your_country: "Which scheme do you use, and who may change a grade once it is given?"
# ---

# %% [markdown]
# ## The decision
#
# Three units report pistols in a mill. The district wants to search it on Friday. Before that, somebody asks you: *is that
# confirmed?*

# %%
import tempfile

import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M05")
reports = pd.read_csv(ilp.samples.path("belmara/reports.csv"), dtype=str)
reports[["report_id", "text", "source_ref", "source_grade", "information_grade", "handling"]].head()

# %% [markdown]
# ## Worked example: two grades
#
# The letter is on the source, the figure on the information. They are given separately, by judgement, as close to the source as
# possible.

# %%
ilp.evaluation.weights("4x4")[["scale", "code", "meaning"]]

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *a good source means true information.* Swap the two grades of the first report on
# the flip chart and ask what changes for the one who reads it. Low-tech variant: paper pads with 4x4.

# %% [markdown]
# ## Exercise 1: grade it
#
# A registered source, reliable in most instances, tells what he saw himself; the officer was not there. Which code of the 4x4
# scheme is that (letter and figure)?

# %% tags=["exercise:1"]
# SOLUTION BEGIN
code = "B2"
# SOLUTION END code = ...
code

# %% tags=["check:1"]
# CHECK code | exact | hint: First the source alone: reliable in most instances. | hint: Then the information alone: known personally to the source, not to the officer.
lesson.check("1", code)

# %% [markdown]
# ## Exercise 2: one rumour in three dresses
#
# Find the reports that seem to confirm each other and go back to one. Give their numbers (`report_id`).

# %% tags=["exercise:2"]
# SOLUTION BEGIN
circular = ilp.evaluation.circular_reports(reports)
rumour = circular.table.query("group == 1")["report_id"].tolist()
# SOLUTION END rumour = ...
rumour

# %% tags=["check:2"]
# CHECK rumour | set at_least=0.75 | hint: ilp.evaluation.circular_reports(reports) follows citations to their end. | hint: Look at the first group of its table.
lesson.check("2", rumour)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Inject I-4: the same rumour in three reports with three grades. Let the teams argue before they run
# the function. Ask: how many origins are there, and who could tell?

# %% [markdown]
# ## Exercise 3: another scheme
#
# A partner grades in 3x5x2. Which codes can your code of exercise 1 become? Give all of them, and do not choose.

# %% tags=["exercise:3"]
# SOLUTION BEGIN
admissible = list(ilp.evaluation.convert(code, to="3x5x2").codes)
# SOLUTION END admissible = ...
admissible

# %% tags=["check:3"]
# CHECK admissible | set at_least=1 | hint: ilp.evaluation.convert says which codes are admissible, and what is lost. | hint: list(ilp.evaluation.convert(code, to="3x5x2").codes)
lesson.check("3", admissible)

# %% [markdown]
# ## Exercise 4: what stays behind
#
# The region asks for the first fifty reports. Open a case, sanitise them (the authoriser is somebody else than you), and say how
# many rows tell who the source is by their wording.

# %% tags=["exercise:4"]
# SOLUTION BEGIN
case = ilp.open_case(tempfile.mkdtemp(), purpose="Firearms", legal_basis="Police Act s.12", analyst="A17")
done = ilp.safeguards.sanitise(
    reports.head(50), case=case, authoriser="Head of intelligence", reason="for the region"
)
telling = len(done.held)
# SOLUTION END case, telling = ..., ...
telling

# %% tags=["check:4"]
# CHECK telling | exact | hint: ilp.safeguards.sanitise gives back what may go and what is held. | hint: len(done.held)
lesson.check("4", telling)

# %% [markdown]
# ## Exercise 5: answer for it
#
# Everything that was done stands in the log of the case. Hand in the case.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
handed_in = case
# SOLUTION END handed_in = ...
handed_in

# %% tags=["check:5"]
# CHECK handed_in | safeguards operation=alteration reason=1 | hint: The case that you opened in exercise 4. | hint: lesson.check("5", case)
lesson.check("5", handed_in)

# %% [markdown]
# ## Debrief
#
# What do you tell the district about Friday? One or two sentences, with a term of the yardstick and its confidence.

# %% tags=["exercise:6"]
# SOLUTION BEGIN
answer = (
    "Three reports go back to one source, so nothing is confirmed. It is a realistic possibility, with low confidence, that pistols "
    "are kept in the mill; ask the handler of the first source when and how it was learned."
)
# SOLUTION END answer = ...
answer

# %% tags=["check:6"]
# CHECK answer | text terms=1 words=80 | hint: Say how many origins there are. | hint: "It is unlikely / a realistic possibility, with low confidence, that ..."
lesson.check("6", answer)
