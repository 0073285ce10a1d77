# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Grade and share a report
#
# **The question:** three units report the same thing. Is it confirmed, or is it one rumour in three dresses? You will read graded
# reports, check the grades, find what confirms what, keep the reports in the case's store, and see who may read them.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; with real reports, name yours when you open the case |
# | Time | 25 minutes |

# %%
import tempfile

import pandas as pd

import ilp_lab as ilp

REPORTS = ilp.samples.path("belmara/reports.csv")  # your own file here
CASE = tempfile.mkdtemp()  # your own folder here

reports = pd.read_csv(REPORTS, dtype=str)
reports[["report_id", "text", "source_ref", "source_grade", "information_grade", "handling"]].head()

# %% [markdown]
# ## 1. Two grades, not one
#
# A source and its information are graded separately, by judgement, as close to the source as possible. A good source can pass on
# something wrong. The scheme is a file; a ministry adds its own.

# %%
ilp.evaluation.weights("4x4")[["scale", "code", "meaning"]]

# %%
checked = ilp.evaluation.review_grades(reports)
odd = checked[(checked["warnings"] != "") | checked["suspected_false"]]
odd[["report_id", "scheme", "code", "warnings", "suspected_false", "may_be_stated_as_fact"]]

# %% [markdown]
# ## 2. Another scheme
#
# A partner grades in 3x5x2. No official table leads from one scheme to another, so you get every code that is admissible, and are told
# what is lost. Choosing is for a person.

# %%
print(ilp.evaluation.convert("B2", to="3x5x2"))
print(ilp.evaluation.convert("1AP", scheme="3x5x2", to="4x4"))
print(ilp.evaluation.convert("C5", scheme="6x6", to="4x4"))

# %% [markdown]
# ## 3. Who confirms whom?
#
# Information grade 3 says *corroborated*. It counts only when another origin says so: not the same source under a second number, and
# not a report that drew on the first.

# %%
confirmed = ilp.evaluation.corroboration(reports)
confirmed[confirmed["needs_corroboration"]]

# %% [markdown]
# ## 4. One rumour in several dresses
#
# Citations are followed to their end, and texts are compared. Look at `sources_named` and `origins`: the first group seems to have three
# sources and goes back to one.

# %%
circular = ilp.evaluation.circular_reports(reports)
print(circular.explain())
circular.table

# %%
same = reports[reports["report_id"].isin(circular.table.query("group == 1")["report_id"])]
for report in same.itertuples():
    print(
        report.report_id,
        report.originator_unit,
        f"{report.source_grade}{report.information_grade}",
        report.text,
        sep="\n   ",
    )

# %% [markdown]
# ## 5. Keep them
#
# The case store takes whole forms only, names every fault at once, adds and never overwrites. What is due for review is kept but not
# shown: somebody has to ask first whether it is still needed.

# %%
case = ilp.open_case(
    CASE, purpose="Problem profile: thefts from boats", legal_basis="Police Act s.12", analyst="A17"
)
store = ilp.records.open_store(case)
store.add(reports, form="IntelligenceReport")
store.review_queue()[["record_id", "review_date", "days_overdue"]]

# %%
ilp.records.frame_faults(reports.head(3).assign(source_grade="Q", evaluator=None), form="IntelligenceReport")

# %% [markdown]
# ## 6. Grade anew
#
# The first report was graded *corroborated* on the word of the third, which goes back to the first. Its grade becomes 4, with a note. A
# change is a new version that names the one before; nothing is lost.

# %%
first = store.get("IntelligenceReport", same["report_id"].iloc[0])
again = first.revise(
    information_grade="4", corroborated_by=None, risk_note="confirmed only by reports that go back to it"
)
store.add(again)
store.history("IntelligenceReport", first.report_id)[
    ["version", "stored_at", "stored_by", "handling", "sha256"]
]

# %% [markdown]
# ## 7. Who may see it
#
# What somebody sees follows from level, unit and handling code. In a file this is a courtesy, because whoever holds the file can read
# all of it; on a server (`url="postgresql://..."`) the database keeps every login to it.

# %%
store.close()
region = ilp.records.open_store(case, unit="belmara/selin", level="regional", handling="H1")
seen = region.records("IntelligenceReport", overdue=True)
print(len(seen), "of", len(reports), "reports are seen by an analyst of Selin who may read up to H1")
seen["originator_unit"].value_counts()

# %%
print(region.verify().empty, case.verify())
region.close()

# %% [markdown]
# ## What an analyst writes
#
# *Three reports speak of weapons kept in a mill. They go back to one source; none of the others confirms it. Source B, information 4:
# not confirmed. We recommend asking the handler of the first source when and how it was learned, before anything else is planned.*
