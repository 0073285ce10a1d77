# ---
# id: M03
# title: "Law, rights and data protection for analysts"
# guidebook: {chapter: "5", verified: false}
# teaching: 45
# exercises: 85
# level: beginner
# data: an export written for this lesson, and for exercises 8 to 11 the complete Belmara
# handling: TRAINING
# prerequisites: [M00, M02]
# planted: [P10, P11]
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
#   - "find what is kept too long, and who is kept as what he is not"
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
import json
import tempfile
from datetime import date
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
# ## Exercise 8: kept too long
#
# What is held has a longest time. `holdings.csv` of the complete Belmara (the first call makes it on this computer) says what is held
# about whom, and since when. `ilp.safeguards.review_queue` puts it in order: `expired` must go, `overdue` must be looked at. Give the
# `record_id` of all that are expired on 31 December 2025.

# %%
held = pd.read_csv(ilp.samples.complete("holdings.csv"), dtype=str, keep_default_na=False)
held.head(3)

# %% tags=["exercise:8"]
# SOLUTION BEGIN
queue = ilp.safeguards.review_queue(held, on=date(2025, 12, 31))
must_go = queue.loc[queue["status"] == "expired", "record_id"].tolist()
# SOLUTION END must_go = ...
len(must_go) if isinstance(must_go, list) else must_go

# %% tags=["check:8"]
# CHECK must_go | set at_least=1 | hint: queue = ilp.safeguards.review_queue(held, on=date(2025, 12, 31)) | hint: Keep the rows whose status is "expired", and take their record_id.
lesson.check("8", must_go)

# %% [markdown]
# ## Exercise 9: the witness who is kept as a suspect
#
# The register says in which capacity a person is stored; the reports say in which capacity the person was met. Both are charts here.
# `stored.combine(told)` puts them together: whoever is two things at once has both in `category`, with a semicolon between. Who is it?

# %%
register, _ = ilp.intake.read_entities(ilp.samples.complete("entities.csv"))
links, _ = ilp.intake.read_links(ilp.samples.complete("links.csv"), tz="UTC")
reports = pd.read_csv(ilp.samples.complete("reports.csv"), dtype=str, keep_default_na=False)
met = [row for text in reports["subjects"] if text for row in json.loads(text)]
said = pd.DataFrame(
    {"entity_id": [m["entity_id"] for m in met], "category": [m["categories"][0] for m in met]}
)
said, _ = ilp.intake.read_entities(said.drop_duplicates().assign(kind="person"))
both_ends = links["source"].isin(said["entity_id"]) & links["target"].isin(said["entity_id"])
stored, told = ilp.networks.chart(links, register), ilp.networks.chart(links[both_ends], said)

# %% tags=["exercise:9"]
# SOLUTION BEGIN
together = stored.combine(told).entities
wrong = together.loc[together["category"].fillna("").str.contains(";"), "entity_id"].iloc[0]
# SOLUTION END wrong = ...
wrong

# %% tags=["check:9"]
# CHECK wrong | exact | hint: together = stored.combine(told).entities | hint: together[together["category"].fillna("").str.contains(";")]
lesson.check("9", wrong)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** P10 of Belmara. Before anybody corrects the record: who has seen it as it was, and who tells them? A correction that
# is not passed on corrects nothing. Ask who in your service may order it, and how long it takes.

# %% [markdown]
# ## Exercise 10: a school asks for help, or for something else
#
# Schools and offices refer people for help. The form of a referral asks for behaviour and needs, never for belief.
# `ilp.records.frame_faults(referrals, form="ReferralRecord")` reads all 140. One of them the form refuses. Give its `referral_id`, and
# read why.

# %%
referrals = pd.read_csv(ilp.samples.complete("referrals.csv"), dtype=str, keep_default_na=False)
referrals[["referral_id", "referred_by", "behaviours", "danger", "safeguarding"]].head(2)

# %% tags=["exercise:10"]
# SOLUTION BEGIN
refused = ilp.records.frame_faults(referrals, form="ReferralRecord")
referral = referrals["referral_id"].iloc[refused["row"].iloc[0]]
# SOLUTION END refused, referral = ..., ...
print("\n".join(refused["fault"]) if refused is not ... else "First let the form read them.")

# %% tags=["check:10"]
# CHECK referral | exact | hint: refused = ilp.records.frame_faults(referrals, form="ReferralRecord") | hint: Its column row counts the rows of referrals from 0. | hint: referrals["referral_id"].iloc[refused["row"].iloc[0]]
lesson.check("10", referral)

# %% tags=["choice:11"]
# CHECK "Offer help with what was seen, and strike what he is said to believe" | exact | hint: Was a danger seen, or an opinion? | hint: Nobody saw a danger; then help is all there is.
lesson.ask(
    "11",
    "What does the unit answer to this referral?",
    [
        "Watch him for a month, to be on the safe side",
        "Offer help with what was seen, and strike what he is said to believe",
        "Store him as a suspect until it is clear",
        "Pass the referral on to all units, as a warning",
    ],
)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** P11 of Belmara, inject I-13. Usual misconception: *belief predicts violence.* Let the table delete every field
# that is not behaviour; what remains is a boy who needs somebody to talk to.

# %% [markdown]
# ## Debrief
#
# It is 16:55. In two or three sentences: what do you tell the chief, and what does he get at 17:00?

# %% tags=["exercise:12"]
# SOLUTION BEGIN
reply = (
    "You get a map by district and month at 17:00. The table itself goes back to the unit that sent it: it names a source and the "
    "faith of victims, and the provider has not permitted the press. I have noted all of it in the log."
)
# SOLUTION END reply = ...
reply

# %% tags=["check:12"]
# CHECK reply | rubric | hint: Offer what can be given, and name what cannot, with the reason.
lesson.check("12", reply)
