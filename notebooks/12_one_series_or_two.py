# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # One series or two?
#
# **The question:** a run of burglaries in the same streets, in the same weeks. One crew, or two? Solved burglaries tell how much each
# likeness is worth. The library adds the reasons up and lists pairs; you read the reports and decide.
#
# It links crimes, not persons. Offender numbers are used only to learn from solved crimes, and appear nowhere.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; your own needs one for linking solved crimes: name it with `ilp.open_case(...)` |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

CRIMES = ilp.samples.path("belmara/burglaries_solved.csv")  # your own file here
CLOCK = "UTC"  # the clock that the file shows
NUMBER = "incident_id"  # the column with the number of the report
OFFENDER = "offender"  # the column with an opaque number of the offender
MANNER = ["entry", "tool", "search"]  # columns that say how it was done

crimes, _ = ilp.intake.read_incidents(CRIMES, tz=CLOCK)
crimes = crimes.set_index(NUMBER)
unsolved = crimes[crimes[OFFENDER].isna()]
len(crimes), len(unsolved)

# %% [markdown]
# ## 1. What is a likeness worth?
#
# For pairs of solved crimes with and without a common offender: how near, how soon, at what time of day, in the same manner? A bar to the right
# speaks for one series. Look where your own experience differs, and ask why.

# %%
model = ilp.times.linkage_model(crimes, offender=OFFENDER, mo=MANNER, rng=7)
print(model.explain())
model.plot()

# %%
model["series_sizes"], model["co_offending"]

# %% [markdown]
# ## 2. Which unsolved ones should be read together?
#
# Each pair with its reasons, the strongest first. Read how many of these pairs chance alone would bring: that is the share you must expect to
# reject.

# %%
review = ilp.times.link_crimes(unsolved, model=model, at_least=100)
print(review.explain())
review.table[["one", "other", "bayes_factor", "strength", "because"]].head(8)

# %%
review.plot()

# %% [markdown]
# The same list beside the map: choose a pair to see its two crimes, read both reports, then decide.

# %%
review.explore()

# %% [markdown]
# ## 3. A proposal
#
# Crimes are joined step by step while they are alike on the whole. It is a proposal: a way to lay out the reports on the table. Place, day and
# hour side by side show what a map alone hides.

# %%
proposed = ilp.times.crime_series(unsolved, model=model, at_least=30)
print(proposed.explain())
proposed.plot()

# %%
proposed["summary"].head(6)

# %%
names = proposed.table[proposed.table["series"] <= 2]
names.join(unsolved[MANNER]).groupby("series")[MANNER].agg(lambda said: said.value_counts().index[0])

# %% [markdown]
# ## 4. You decide
#
# Fill in `decision`, `decided_by` and `reason` for each pair, here or in a spreadsheet. Only accepted pairs join. For the exercise the ten strongest
# pairs are accepted and the rest is left open; in earnest each line is read first.

# %%
decided = review.table.copy()
decided.loc[decided.index[:10], ["decision", "decided_by", "reason"]] = [
    "accept",
    "A. Analyst",
    "same tool marks",
]
series = ilp.times.crime_series(unsolved, review=decided)
print(series.explain())
series.table[series.table["size"] > 1][["series", "size", "occurred_at"]].sort_values(
    ["series", "occurred_at"]
)

# %% [markdown]
# The series on the map, with every decision and its reason: this is what is laid before whoever asks why these crimes are read together.

# %%
series.explore()

# %% [markdown]
# ## What an analyst writes
#
# *In the same streets and weeks there are two groups of burglaries that differ in hour, entry and tool, and are alike within. The evidence
# speaks for two series rather than one. It rests on what was solved before, and on how reports describe the manner. Nothing in it
# points to a person.*
