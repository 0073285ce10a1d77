# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # One person or two?
#
# **The question:** the same name in two alphabets, a birthday with day and month swapped, a phone that a whole family shares. Which records are
# one person, and which only look like it? The library adds up what speaks for each pair and shows the sum. You read both records and decide.
#
# A wrong join puts somebody's deeds on somebody else. That is why twins, parents and children, people of one home, victims and witnesses are
# never joined without a human, however alike their records are.
#
# | | |
# |---|---|
# | Data | made-up people, built to be hard to tell: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; your own needs one for bringing records together: name it with `ilp.open_case(...)` |
# | Time | 25 minutes |

# %%
import tempfile

import ilp_lab as ilp

PEOPLE = ilp.samples.hard_pairs(120)  # your own table here, one row per record, the ids as index
CASE = tempfile.mkdtemp()  # a folder of your own, so that decisions stay

case = ilp.open_case(CASE, purpose="Exercise: who is who", legal_basis="Police Act s.12", analyst="A17")
records = PEOPLE.drop(columns=["truth", "trap"], errors="ignore")
records.head(4)

# %% [markdown]
# ## 1. Which records may be one?
#
# Columns are known by their usual names; `columns={"given": "Vorname"}` says what is called otherwise. Look at the findings before the table: how
# many pairs are joined by weight, how many wait for you, how many must stay apart.

# %%
found = ilp.intake.resolve(records)
print(found.explain())

# %%
found.table["band"].value_counts()

# %% [markdown]
# ## 2. Why?
#
# Each likeness adds bits: one bit doubles the odds that it is one person, one bit below nothing halves them. A rare name tells more than a frequent
# one. The last line is the sum, and it is exact: what you show in court is what was computed.

# %%
review = ilp.intake.identity_review(found, case=case)
swapped = found.table[found.table["because"].str.contains("day and month")].iloc[0]
records.loc[[swapped["one"], swapped["other"]], ["given_name", "surname", "date_of_birth", "phone", "town"]]

# %%
review.parts(swapped["one"], swapped["other"])

# %% [markdown]
# ## 3. Alike is not the same
#
# Twins share surname, birthday, parents, phone and home. The sum says *over 99.9 %*, and it is wrong, because it counts what comes together as if
# each came by itself. A caution stands beside such pairs, and nobody joins them but you.

# %%
cautions = found.table[found.table["caution"] != ""]
cautions.groupby(["caution", "band"]).size().rename("pairs").reset_index()

# %% [markdown]
# ## 4. Decide
#
# With the mouse: `ilp.boards.entity_review(found, records, case=case)`. Here in code: accept with a reason, see what it does to who is who, take it
# back. Records are never changed, and every step stands in the log of the case.

# %%
waiting = found.table[found.table["band"] == "review"].iloc[0]
one, other = waiting["one"], waiting["other"]
print(review.effect(one, other, same=True))
print(review.reject(one, other, reason="both papers were compared: twins"))
print(review.undo())
[entry["what"] for entry in case.audit.entries()]

# %% [markdown]
# ## 5. Does a probability hold?
#
# With the sample we know the truth, so we can decide every pair as a careful colleague would, and see how far the probabilities hold. With your own
# records, decide a few dozen pairs first, some of the joined ones too.

# %%
if "truth" in PEOPLE:
    who = PEOPLE["truth"]
    decided = found.table[["one", "other"]].assign(
        same=who[found.table["one"]].to_numpy() == who[found.table["other"]].to_numpy()
    )
else:
    decided = review.decided
checked = ilp.intake.calibrate_matches(found, decided=decided) if len(decided) >= 10 else None
print(checked.explain() if checked else "Decide at least ten pairs first.")

# %%
checked.plot() if checked else None

# %% [markdown]
# **With caution** has a curve of its own: the same weight means far less there. Hand the correction on, and probabilities say what came true:

# %%
again = ilp.intake.resolve(records, calibration=checked.details["calibration"] if checked else None)
again.table["band"].value_counts()

# %% [markdown]
# ## Before you go on
#
# - Who is who, for other analyses: `review.clusters` holds the entity of every record.
# - Known twins, or two people named side by side in one report: `resolve(..., apart=[("R1", "R2")], apart_by="report")` keeps them apart, by way of
#   a third record too.
# - Two tables: `resolve(suspects, other=register, once=True)`.
# - A shared phone or address is no proof. Neither is a probability.

# %%
review.clusters.sort_values(["size", "entity"], ascending=[False, True]).head(6)
