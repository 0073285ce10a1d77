# ---
# id: M03
# title: "Law, rights and data protection for analysts"
# guidebook: {chapter: "5", verified: false}
# teaching: 45
# exercises: 60
# level: beginner
# data: an export written for this lesson
# handling: TRAINING
# prerequisites: [M00, M02]
# questions:
#   - "May we do this at all, and who has to be asked?"
#   - "Who is suspect, who is victim, who is merely there, and why must a record say so?"
#   - "Is a table without names anonymous?"
# objectives:
#   - "apply a test of four parts: legality, necessity, proportionality, non-discrimination"
#   - "assign the categories of data subjects"
#   - "detect eight breaches in an export"
#   - "minimise a table and pass it on with a reason that is on record"
#   - "complete a short data-protection assessment"
# keypoints:
#   - "Four questions in this order: is there a law, is it necessary, is it in proportion, does it treat people alike?"
#   - "A witness who is stored as a suspect is treated as one, for years, by people who never met him."
#   - "Without names is not anonymous: three ordinary columns can point to one person."
#   - "What protects people also protects the case: evidence that was collected unlawfully is lost."
# in_your_country: "Which law stands behind each of your data sets, and who is the data protection officer you would call?"
# ---

# %% [markdown]
# ## The decision
#
# At 16:30 an export arrives from another unit: everything on the fights at the harbour. The chief wants a map for the press by 17:00. In
# the table stand names, faith, health, the name of an informant. Do you make the map? What must happen first?
#
# ## The test of four parts
#
# 1. **Legality:** which law allows exactly this?
# 2. **Necessity:** is there a milder way that would do as well?
# 3. **Proportionality:** does the gain outweigh what people have to bear?
# 4. **Non-discrimination:** does it hit people for what they did, or for what they are?
#
# One *no* is enough to stop. A later *yes* does not heal it.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M03")
for request in [
    "a  Film all mooring places around the clock. No law allows filming of private moorings.",
    "b  Stop every driver who looks as if he came from Kestria, under the law on traffic checks, after four thefts by unknown persons.",
    "c  Read six months of phone records of all 900 guests of a hotel, with a court order, to find one who stole a bicycle.",
    "d  Ask all dealers of boat motors, without exception, for their purchase books, as the Trade Act allows, after 40 thefts.",
    "e  Search the flats of two suspects under a warrant, though the stolen motors lie in a yard that anybody may enter.",
]:
    print(request)

# %% [markdown]
# ## Exercise 1: where does it fail?
#
# For each request a to e give the *first* part of the test that clearly fails: `"legality"`, `"necessity"`, `"proportionality"`,
# `"non-discrimination"`, or `"none"`. A list of five words.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
fails = ["legality", "non-discrimination", "proportionality", "none", "necessity"]
# SOLUTION END fails = ...
failing = ", ".join(fails) if isinstance(fails, (list, tuple)) else fails

# %% tags=["check:1"]
# CHECK failing | exact | hint: Each of the five words is used once. | hint: a has no law; d fails nowhere. | hint: In e the goods can be seen without a search, so the milder way is there.
lesson.check("1", failing)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Usual misconception: *it is legal, so it is fine.* Inject I-2: the export with faith and health. Inject I-3: the
# chief wants everything about one family name. Let a pair play chief and analyst; the analyst may only use the four questions.
# Adaptation: name the articles of your own law in each row.

# %% [markdown]
# ## Exercise 2: who is who
#
# A record on a person has to say in which capacity the person is there. Give the category of each: `"suspect"`, `"convicted"`,
# `"victim"`, `"witness"` or `"other"` (contacts and others who are merely connected). A list of six words.

# %%
for person in [
    "a  The owner of the boat that was stolen.",
    "b  A man whom two reports place at the quay with bolt cutters; the prosecutor opened a file on him.",
    "c  The night guard who saw the van.",
    "d  The sister of the man in b, whose phone he called.",
    "e  A woman sentenced last year for handling stolen motors.",
    "f  A passer-by who called the police.",
]:
    print(person)

# %% tags=["exercise:2"]
# SOLUTION BEGIN
categories = ["victim", "suspect", "witness", "other", "convicted", "witness"]
# SOLUTION END categories = ...
capacity = ", ".join(categories) if isinstance(categories, (list, tuple)) else categories

# %% tags=["check:2"]
# CHECK capacity | exact | hint: Two people saw something and did nothing: they are witnesses. | hint: A call from a brother makes nobody a suspect: other. | hint: a victim, b suspect, e convicted.
lesson.check("2", capacity)

# %% [markdown]
# ## Exercise 3: the breach hunt
#
# Here is what somebody noted about the export. Eight of the fourteen points are breaches. Give their numbers; three quarters in common are
# enough.

# %%
for note in [
    " 1  The table has a column 'faith', and no case on faith.",
    " 2  Times are given to the minute, in local time.",
    " 3  The informant of row 7 stands there with his name.",
    " 4  The guard who only saw the fight has the role 'suspect'.",
    " 5  Offence codes follow the penal code.",
    " 6  Row 12 is from 2009; the law allows five years.",
    " 7  Nobody wrote down why the table was passed on, and to whom.",
    " 8  The provider set H2 (not without permission); the e-mail went on to three more units.",
    " 9  Places are given in metres, not in degrees.",
    "10  A note says that the victim is HIV-positive.",
    "11  Each row has a report number.",
    "12  A list of 'persons who may offend soon' is made from the visitors of one club.",
    "13  The file has a handling code in its name.",
    "14  Two rows lack coordinates.",
]:
    print(note)

# %% tags=["exercise:3"]
# SOLUTION BEGIN
breaches = [1, 3, 4, 6, 7, 8, 10, 12]
# SOLUTION END breaches = ...
breaches

# %% tags=["check:3"]
# CHECK breaches | set at_least=0.75 | hint: A flaw of quality is no breach; ask whom it harms. | hint: Look for: special categories, a source who can be recognised, a wrong role, too old, no reason on record, a condition that was broken. | hint: Of 1 to 7 five are breaches, of 8 to 14 three.
lesson.check("3", breaches)

# %% [markdown]
# ## Exercise 4: let the library look, too
#
# `ilp.safeguards.find_special_categories` looks at column names and texts. Which *kinds* does it find in this export? Give the different
# values of its column `kind`. Then read the texts yourself: words are found, not meaning.

# %%
export = pd.DataFrame(
    {
        "report": ["R-1", "R-2", "R-3", "R-4", "R-5", "R-6"],
        "day": pd.to_datetime(["2024-05-03"] * 2 + ["2024-05-04"] * 2 + ["2024-05-09"] * 2, utc=True),
        "district": ["S1", "S1", "S1", "S2", "S2", "S2"],
        "age": [34, 71, 34, 19, 19, 52],
        "religion": ["x", "y", "x", "x", "y", "x"],
        "name": ["Ana K.", "Bor L.", "Cem M.", "Dia N.", "Eli O.", "Fen P."],
        "note": [
            "fight at quay",
            "victim is diabetic",
            "fight in bar",
            "saw a knife",
            "trade union member",
            "fell",
        ],
    }
)
export

# %% tags=["exercise:4"]
# SOLUTION BEGIN
kinds = ilp.safeguards.find_special_categories(export)["kind"].unique().tolist()
# SOLUTION END kinds = ...
kinds

# %% tags=["check:4"]
# CHECK kinds | set at_least=1 | hint: found = ilp.safeguards.find_special_categories(export) | hint: found["kind"].unique()
lesson.check("4", kinds)

# %% [markdown]
# ## Exercise 5: without names, and still known
#
# Somebody takes out `name`, `religion` and `note` and calls the rest anonymous. How many of the six people are the only ones with their
# combination of `day`, `district` and `age`? Each of them can be found by whoever knows these three things.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
alike = export.groupby(["day", "district", "age"])["report"].transform("size")
alone = int((alike == 1).sum())
# SOLUTION END alone = ...
alone

# %% tags=["check:5"]
# CHECK alone | exact | hint: Group by the three columns, and count the rows of each group. | hint: export.groupby(["day", "district", "age"]).size(); groups of one are people who are alone. | hint: Only two of the six share all three.
lesson.check("5", alone)

# %% [markdown]
# ## Exercise 6: pass on what is needed, with a reason
#
# The press map needs a month and a district, nothing else. Open a case (purpose, legal basis, you), keep only `day` and `district`, make
# the day as coarse as a month, and release the table with `reason="..."`. Hand in the case: its log is checked.

# %%
place = Path(tempfile.mkdtemp())

# %% tags=["exercise:6"]
# SOLUTION BEGIN
case = ilp.open_case(place / "case", purpose="Map of fights", legal_basis="Police Act s.9", analyst="A17")
small = ilp.safeguards.minimise(export, keep=["day", "district"], coarsen={"day": "month"}, case=case)
ilp.safeguards.release_table(
    case, place / "fights.csv", small, what="fights by month and district", reason="for the press office"
)
# SOLUTION END case = ...
case

# %% tags=["check:6"]
# CHECK case | safeguards operation=disclosure reason=1 | hint: ilp.open_case(place / "case", purpose=..., legal_basis=..., analyst="A17") | hint: ilp.safeguards.minimise(export, keep=["day", "district"], coarsen={"day": "month"}, case=case) | hint: ilp.safeguards.release_table(case, place / "fights.csv", small, what="...", reason="...")
lesson.check("6", case)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Debate: two of six share all three values; is the released table safe now? With six rows a month and a district can
# still tell. Small counts are a lesson of their own (`ilp.safeguards.suppress`). Low-tech variant: highlighter on a print-out.

# %% [markdown]
# ## Exercise 7: the short assessment
#
# Before a new kind of processing somebody writes down what it is for and what can go wrong. Fill in a `PurposeRecord` as a dictionary:
# `purpose_id`, `purpose`, `legal_basis`, and also `data_categories`, `subject_categories`, `recipients`, `retention`, `risks`,
# `residual_risk`. `ilp.records.fields("PurposeRecord")` says what each means. The three with an s at their end are lists; each risk is a
# dictionary, such as `{"risk": "what may happen to whom", "measure": "what is done about it"}`.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
assessment = {
    "purpose_id": "P-9",
    "purpose": "Map of fights at the harbour for the tasking meeting",
    "legal_basis": "Police Act s.9",
    "data_categories": ["incidents by district and month"],
    "subject_categories": ["victim", "suspect"],
    "recipients": ["tasking meeting"],
    "retention": "until the end of the year",
    "risks": [{"risk": "small counts point to a person", "measure": "counts below five are withheld"}],
    "residual_risk": "low",
}
# SOLUTION END assessment = ...
assessment

# %% tags=["check:7"]
# CHECK assessment | schema form=PurposeRecord needs=data_categories,subject_categories,recipients,retention,risks,residual_risk | hint: A dictionary: {"purpose_id": "P-9", "purpose": "...", ...} | hint: risks is a list of dictionaries, each with risk and measure; subject_categories holds words of exercise 2. | hint: The check names the field that is missing or does not fit.
lesson.check("7", assessment)

# %% [markdown]
# ## Debrief
#
# It is 16:55. In two or three sentences: what do you tell the chief, and what does he get at 17:00?

# %% tags=["exercise:8"]
# SOLUTION BEGIN
reply = (
    "You get a map by district and month at 17:00. The table itself goes back to the unit that sent it: it names a source and the "
    "faith of victims, and the provider has not permitted the press. I have noted all of it in the log."
)
# SOLUTION END reply = ...
reply

# %% tags=["check:8"]
# CHECK reply | rubric | hint: Offer what can be given, and name what cannot, with the reason.
lesson.check("8", reply)
