# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Are we ready?
#
# **The question:** does our service have what intelligence-led policing needs, and who closes which gap by when? You will fill in the
# checklist of seven preconditions, see where evidence is missing, follow it over time, and put units together to a picture of the country.
#
# | | |
# |---|---|
# | Data | made-up answers of two units |
# | Legal basis | none needed: no persons are in it |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

form = ilp.tasking.readiness_form()
form[["precondition", "item", "question", "evidence_wanted"]].head(8)

# %% [markdown]
# ## 1. Fill it in
#
# In Excel or here. A score names by what it shows; one that names nothing counts as a claim. Somebody owns every gap, with a date.

# %%
first = form.assign(
    maturity=[2, 3, 1, 1, 3, 2, 2, 0, 1, 2, 1, 0, 2, 1, 0, 3, 2, 2, 3, 2, 1, 2, 3, 2, 1, 1],
    evidence="seen on site",
    assessor="A17",
    assessed_on="2098-03-01",
    unit="belmara/selin/s1",
)
first.loc[first["item"].isin(["audit_log_on", "complaints"]), "evidence"] = ""
first.loc[first["item"] == "products_cited", ["owner", "due", "plan"]] = [
    "Head of S1", "2098-12-01", "Every decision record names its products",
]  # fmt: skip
columns = ["item", "assessed_on", "maturity", "evidence", "assessor", "owner", "due", "plan", "unit"]
start = ilp.records.from_frame(first[columns], form="ReadinessScore")

# %% [markdown]
# ## 2. A year later, and another unit

# %%
later = first[first["item"].isin(["products_cited", "managers_trained", "feedback_given"])].assign(
    maturity=3, assessed_on="2099-03-01", evidence="decision records 2098", owner="", due="", plan=""
)
other = first.iloc[:18].assign(
    maturity=[3, 3, 2, 2, 3, 3, 3, 2, 2, 3, 2, 2, 3, 3, 2, 3, 3, 3],
    evidence="report of the inspection",
    unit="belmara/tarn/t1",
    assessed_on="2099-02-01",
    owner="",
    due="",
    plan="",
)
scores = [
    *start,
    *ilp.records.from_frame(later[columns], form="ReadinessScore"),
    *ilp.records.from_frame(other[columns], form="ReadinessScore"),
]

# %%
ready = ilp.tasking.readiness(scores)
print(ready.explain())
ready.plot()

# %% [markdown]
# ## 3. The gaps, those without an owner first

# %%
ready["gaps"][["unit", "precondition", "question", "maturity", "claimed", "owner", "due"]].head(10)

# %% [markdown]
# ## 4. Over time, and up the levels

# %%
ready["over_time"].round(1)

# %%
ready["roll_up"].query("unit == 'belmara'")[
    ["precondition", "units", "maturity", "weakest", "low", "high"]
].round(1)

# %% [markdown]
# ## What a manager takes along
#
# *The weakest precondition comes first, whatever software is on offer. Gaps have owners and dates. It is a self-assessment: next time
# somebody from another unit scores a part of it.*
