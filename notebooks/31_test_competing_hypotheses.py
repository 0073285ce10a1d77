# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Test competing hypotheses
#
# **The question:** twenty-three burglaries on the Selin coast. One crew, two, or no series at all? You will set the evidence
# against every explanation, see which pieces carry the answer, and state a judgement that can be checked later.
#
# | | |
# |---|---|
# | Data | invented evidence on the fictional Republic of Belmara; no personal data |
# | Legal basis | none needed; with real reports, keep the grades and the references of the sources |
# | Time | 25 minutes |

# %%
import pandas as pd

import ilp_lab as ilp

# %% [markdown]
# ## 1. The sheet of evidence
#
# Pieces stand in rows, explanations in columns. For each cell ask: *if this explanation were true, how well would the piece
# fit?* `CC` strongly in favour, `C` in favour, `N` neither, `I` against, `II` strongly against; empty when nobody looked.
# Work across the row, not down the column: that is what keeps a favourite from winning early.

# %%
evidence = pd.DataFrame(
    [
        ("Same tool marks at 14 of 23 scenes", "CC", "N", "N", "II", "high", "S1"),
        ("Two scenes 40 km apart within 20 minutes", "II", "C", "N", "C", "high", "S1"),
        ("All between 22:00 and 02:00", "C", "C", "C", "N", "high", "S2"),
        ("A report names two men of one village (B2)", "CC", "C", "I", "I", "moderate", "S3"),
        ("Goods of 9 scenes offered by one shop", "C", "CC", "I", "I", "moderate", "S4"),
        ("No burglary while one of them was in custody", "CC", "N", "II", "I", "high", "S2"),
        ("A letter blames a travelling crew (E4)", "I", "N", "C", None, "low", "S5"),
    ],
    columns=[
        "evidence",
        "one local crew",
        "two crews, one fence",
        "travelling crew",
        "no series",
        "credibility",
        "source_ref",
    ],
)
weighed = ilp.reasoning.competing_hypotheses(evidence)
print(weighed.explain())

# %% [markdown]
# What counts is what speaks *against* an explanation. What speaks for one usually fits others too.

# %%
weighed.plot()

# %% [markdown]
# ## 2. What does the answer hang on?
#
# Every piece, and every source, is taken away once. A piece whose loss changes the answer has to be checked first. A piece
# with a diagnosticity of 0 fits everything and helps nobody.

# %%
weighed.details["evidence"][["evidence", "diagnosticity", "first_without", "changes"]]

# %%
weighed.details["sources"]

# %% [markdown]
# Try it: the time stamp of one of the two scenes 40 km apart comes from an alarm that ran an hour fast. Take the piece away.

# %%
again = ilp.reasoning.competing_hypotheses(evidence.drop(index=1))
print(again.explain())

# %% [markdown]
# ## 3. What has to be true?

# %%
assumptions = pd.DataFrame(
    {
        "assumption": [
            "The alarm's clock was right",
            "Tool marks of different scenes were compared by the same laboratory",
            "Burglaries that nobody reported would not change the picture",
        ],
        "support": ["with caveats", "solid", "unsupported"],
        "effect_if_wrong": ["reversed", "weaker", "weaker"],
    }
)
held = ilp.reasoning.key_assumptions(assumptions)
print(held.explain())
held.table

# %% [markdown]
# ## 4. The judgement
#
# How probable, and how well founded: two questions, two answers. The words come from a yardstick, so that the reader knows
# what they stand for. Leave out the term, the confidence or the basis, and no judgement is made.

# %%
ilp.reasoning.yardstick("phia").table()

# %%
judged = ilp.reasoning.judgement(
    "two crews sell to one fence",
    probability=0.65,
    confidence="moderate",
    because={
        "information": "seven pieces from five sources, one untested",
        "rigour": "all four explanations were tried",
    },
    basis=[weighed, "R-2031"],
    assumptions=held.table["assumption"].head(1).tolist(),
    would_change=["The alarm's clock proves wrong", "A burglary while both crews are in custody"],
)
print(judged)

# %% [markdown]
# ## 5. Say it so that it can be checked
#
# Words that say less than they seem to are found before the reader finds them.

# %%
draft = """The kingpin may move on soon. Sources say several shops are involved.
It is likely, with moderate confidence, that two crews sell to one fence."""
ilp.reasoning.check_language(draft)[["line", "found", "kind", "instead"]]

# %% [markdown]
# ## 6. Were we right?
#
# A year later outcomes are known. Twelve judgements of a unit, made and resolved:

# %%
past = pd.DataFrame(
    {
        "probability": [0.65, 0.3, 0.85, 0.85, 0.45, 0.97, 0.15, 0.65, 0.65, 0.3, 0.97, 0.85],
        "outcome": [True, False, True, True, False, True, False, True, False, True, True, True],
    }
)
print(ilp.reasoning.calibration(past, rng=7).explain())

# %% [markdown]
# ## What an analyst writes
#
# *It is likely (55 to 75 %) that two crews sell to one fence; moderate confidence. The answer would change if the alarm's
# clock was wrong, which is being checked. Being the least contradicted explanation is not proof.*
