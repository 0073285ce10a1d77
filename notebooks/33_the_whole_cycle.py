# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # The whole cycle on one problem
#
# **The question:** burglaries in one town of the Selin coast. The chief asks whether they are one wave, and what to do. You will walk
# once around the cycle: direction, collection, evaluation, collation, analysis, reporting, dissemination, review.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | a case with a purpose and a legal basis |
# | Time | 45 minutes |

# %%
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

import ilp_lab as ilp

R = ilp.records
folder = Path(tempfile.mkdtemp())
case = ilp.open_case(
    folder / "case", purpose="Burglary wave, S1-01", legal_basis="Police Act s.12", analyst="A17"
)
store = R.open_store(case)

# %% [markdown]
# ## 1. Direction: which decision is to be made?
#
# *Everything about burglary* is no requirement. A requirement names the question, who asks, what will be decided on the answer, and by when.
# The plan says for each element of information where it may lawfully come from.

# %%
requirement = R.IntelligenceRequirement(
    requirement_id="IR-1", question="Are the dwelling burglaries of September one wave?", requester="Head of S1",
    decision_supported="Whether to visit the neighbours of each new burglary", deadline="2099-10-15", unit="belmara/selin/s1",
    eei=["where and when", "who is named"],
)  # fmt: skip
plan = [
    R.CollectionPlan(collection_id="C-1", requirement_id="IR-1", eei="where and when", source="Incident file", received="2099-10-01",
                     lawfulness="Own file, same purpose", unit="belmara/selin/s1"),
    R.CollectionPlan(collection_id="C-2", requirement_id="IR-1", eei="who is named", source="Intelligence reports",
                     lawfulness="Own reports, graded; no new collection", unit="belmara/selin/s1"),
]  # fmt: skip
store.add(requirement, *plan)

# %% [markdown]
# ## 2. Collection: what the file holds, and what is wrong with it

# %%
incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="Europe/Vienna")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
burglaries = incidents[
    (incidents["offence"] == "burglary dwelling")
    & incidents["occurred_at"].between("2024-07-01", "2024-12-31 23:59+01:00")
    & (incidents["area"] == "S1-01")
].dropna(subset="geometry")
print(quality.explain())
print(len(burglaries), "burglaries of dwellings in S1-01 in half a year")

# %% [markdown]
# ## 3. Evaluation: what are the reports worth?

# %%
reports = pd.read_csv(ilp.samples.path("belmara/reports.csv"), dtype=str)
graded = ilp.evaluation.review_grades(reports)
print(int((graded["warnings"] != "").sum()), "grades deserve a look;", end=" ")
print(ilp.evaluation.circular_reports(reports).explain())

# %% [markdown]
# ## 4. Collation: kept once, with who may see it

# %%
stored = store.add(reports.assign(review_date="2099-01-01"), form="IntelligenceReport")
print(len(stored), "reports are in the store")
store.summary()

# %% [markdown]
# ## 5. Analysis: is it one wave?
#
# After a burglary, are there more burglaries near by and soon than one would expect if place and time had nothing to do with each other?

# %%
near = ilp.times.near_repeat(burglaries, within_m=[1, 201, 401], within_days=[7, 14, 21], rng=7)
print(near.explain())
near.plot()

# %%
judged = ilp.reasoning.judgement(
    "one crew commits the burglaries of September in S1-01",
    term="likely",
    confidence="moderate",
    because={
        "information": "twice as many pairs within 200 m and a week as expected",
        "rigour": "tested by permutation",
    },
    basis=[near, "IR-1"],
    alternatives=["Several offenders with the same opportunity"],
    would_change=["An arrest after which the burglaries go on"],
)
print(judged)

# %% [markdown]
# ## 6. Decision: options, rights first
#
# Analysis advises. A named person decides, among options that include doing nothing.

# %%
good = {
    "legality": "yes: Police Act s.4",
    "necessity": "yes: 23 burglaries",
    "non_discrimination": "yes: by place",
}
options = pd.DataFrame(
    [
        {"option": "Visit the neighbours", "kind": "prevention", **good, "proportionality": "yes: advice only",
         "harm_prevented": 120, "harm_prevented_low": 40, "harm_prevented_high": 200, "cost": 30},
        {"option": "Stop every van", "kind": "enforcement", **good, "proportionality": "no: hits everybody", "harm_prevented": 150, "cost": 80},
        {"option": "Do nothing", "kind": "do nothing", "harm_prevented": 0, "cost": 0},
    ]
)  # fmt: skip
weighed = ilp.tasking.weigh_options(options, criteria={"harm_prevented": "more", "cost": "less"}, rng=7)
decision = ilp.tasking.decide(
    weighed, decision_id="D-1", decision="Visit the neighbours within a day of each burglary", chosen="Visit the neighbours",
    decision_maker="Head of S1", reasons="Mildest means, and the near repeats say when and where.",
    expected=ilp.tasking.Effect("burglaries of dwellings in S1-01, per month", -0.3, -0.5, -0.1, date(2099, 12, 31)),
    review_date="2099-12-31",
)  # fmt: skip
store.add(decision)
print(decision)

# %% [markdown]
# ## 7. Reporting: one product, every statement with what it rests on

# %%
profile = (
    ilp.products.ProblemProfile(case, question="Are the burglaries of September one wave?")
    .add(
        near,
        says="Within 200 m and a week of each other lie twice as many pairs of burglaries as one would expect.",
    )
    .add_judgement(judged)
    .gap("No report names a person; nobody knows who it is.")
    .recommend(
        "Head of S1: visit the neighbours within 200 m on the day after each burglary, until 31 December."
    )
    .add_quality(quality)
)
print(
    profile.problems().to_string() if len(profile.problems()) else "A sceptic finds nothing to stumble over."
)
released = profile.to_pdf(folder / "profile.pdf", reason="tasking meeting of S1")
profile

# %% [markdown]
# ## 8. Dissemination: to those who need it
#
# To the meeting as print; to the public only what tells on nobody.

# %%
town = incidents[
    (incidents["area"] == "S1-01") & incidents["occurred_at"].between("2024-07-01", "2024-12-31 23:59+01:00")
]
counts = pd.crosstab(town["occurred_at"].dt.strftime("%Y-%m"), town["offence"])[
    ["burglary dwelling", "theft from vehicle"]
]
public = ilp.products.PublicEdition(
    case, question="What is done about burglary?", contact="Station S1, counter 1"
)
shown = ilp.safeguards.suppress(counts)
public = public.add(shown, says="Burglary was most frequent in September.").recommend(
    "We visit the neighbours."
)
print(public.to_html(folder / "public.html", reason="residents' meeting").path.name)
shown.table

# %% [markdown]
# ## 9. Review: was it answered, did it work, and who can check?

# %%
store.add(
    requirement.revise(status="satisfied", satisfied_by=["PP-1"]),
    R.ProblemProfileData(product_id="PP-1", product_title=profile.heading, author="A17", requirement_ids=["IR-1"], results=[profile.reproducibility],
                         definition="Burglaries of dwellings in S1-01", unit="belmara/selin/s1"),
)  # fmt: skip
R.coverage(
    store.records("IntelligenceRequirement"),
    store.records("ProblemProfileData"),
    plan=store.records("CollectionPlan"),
)[["requirement_id", "products", "state", "overdue"]]

# %%
measured = ilp.times.compare_counts(pd.DataFrame({"before": [26], "after": [14]}))
print(ilp.tasking.came_true(decision, measured).explain())

# %%
print(case.verify().reason)
ilp.safeguards.audit_table(case)[["operation", "what", "reason"]].tail(8)

# %%
store.close()

# %% [markdown]
# ## What the chief takes along
#
# *One wave is likely, with moderate confidence; who it is nobody knows. The neighbours are visited, which is the mildest means. In January
# it is compared with what was expected of it. Every step stands in the log.*
