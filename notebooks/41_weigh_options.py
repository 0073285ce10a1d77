# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Weigh options
#
# **The question:** what could be done about thefts at the harbour, what of it may be done, and what is best? You will let rights come
# first, weigh what is left, write down a decision that a named person makes, and judge later whether it came true.
#
# | | |
# |---|---|
# | Data | a made-up case |
# | Legal basis | none needed; a real decision names its law in every answer |
# | Time | 20 minutes |

# %%
import pandas as pd

import ilp_lab as ilp

# %% [markdown]
# ## 1. What could be done
#
# Five options of different kinds, doing nothing among them. Each of the four questions of rights is answered with yes or no *and why*. The
# estimates have limits; what nobody knows is left empty, and counts as anything.

# %%
law = "yes: Police Act s.4"
nothing = {"option": "Do nothing", "kind": "do nothing", "harm_prevented": 0, "intrusiveness": 0, "cost": 0}
options = pd.DataFrame(
    [
        {"option": "Light the pier", "kind": "prevention", "legality": law, "necessity": "yes: 40 thefts in the dark",
         "proportionality": "yes: touches nobody", "non_discrimination": "yes: the same for all", "harm_prevented": 160,
         "harm_prevented_low": 60, "harm_prevented_high": 260, "intrusiveness": 0, "cost": 40},
        {"option": "Ask who buys the motors", "kind": "intelligence", "legality": "yes: Police Act s.12", "necessity": "yes: buyers are not known",
         "proportionality": "yes: open inspection of dealers", "non_discrimination": "yes: all dealers", "harm_prevented": None,
         "intrusiveness": 1, "cost": 25},
        {"option": "Patrol by night", "kind": "enforcement", "legality": law, "necessity": "yes: thefts fall between one and four",
         "proportionality": "yes: two hours a night", "non_discrimination": "yes: by place and hour only", "harm_prevented": 120,
         "harm_prevented_low": 20, "harm_prevented_high": 220, "intrusiveness": 1, "cost": 90},
        {"option": "Close the dealer", "kind": "disruption", "legality": "yes: Trade Act s.30", "necessity": "yes: stolen motors were found there",
         "proportionality": "no: a warning was not tried", "non_discrimination": "yes: by findings", "harm_prevented": 300,
         "intrusiveness": 3, "cost": 15},
        {"option": "Film every boat", "kind": "intelligence", "legality": "no: no law allows it on private moorings", "necessity": "yes: no witnesses",
         "proportionality": "no: films all owners", "non_discrimination": "yes: all boats", "harm_prevented": 400,
         "intrusiveness": 3, "cost": 60},
        nothing,
    ]
)  # fmt: skip

# %% [markdown]
# ## 2. Rights first, dominance second, weights last
#
# An option that fails a question of rights is *removed*, however much harm it would prevent. The criteria stand in the order in which those
# who decide hold them important; nothing else about the weights is agreed.

# %%
weighed = ilp.tasking.weigh_options(
    options, criteria={"harm_prevented": "more", "intrusiveness": "less", "cost": "less"}, rng=7
)
print(weighed.explain())
weighed.plot()

# %%
weighed.table[["option", "kind", "verdict", "p_best", "p_above_nothing", "failed"]].round(2)

# %% [markdown]
# ## 3. A person decides
#
# The record keeps all options, also the removed ones, the reasons, who disagreed, and what is expected, so that it can be judged.

# %%
from datetime import date

expected = ilp.tasking.Effect(
    "thefts from boats at the pier, per month", -0.25, -0.40, -0.10, date(2099, 3, 31)
)
decision = ilp.tasking.decide(
    weighed,
    decision_id="D-2099-07",
    decision="Light the pier, and inspect all dealers openly",
    chosen="Light the pier",
    decision_maker="Head of the harbour unit",
    reasons="Mildest means with a good chance; the question who buys goes into the requirements.",
    dissent="The analyst would have asked about the buyers first.",
    expected=expected,
    review_date="2099-04-15",
)
print(decision)
print(decision.options[0].expected_effect)

# %% [markdown]
# The option that was removed cannot be decided on:

# %%
try:
    ilp.tasking.decide(
        weighed, decision_id="D-2099-08", decision="Film", chosen="Film every boat", decision_maker="Head of the harbour unit",
        reasons="It would prevent most", expected=expected, review_date="2099-04-15",
    )  # fmt: skip
except ilp.errors.InputError as refused:
    print(refused)

# %% [markdown]
# ## 4. Did it come true?
#
# Half a year later 60 thefts became 38. Minus 37 per cent: a success? Ask what that is worth, beside what was expected.

# %%
measured = ilp.times.compare_counts(pd.DataFrame({"before": [60], "after": [38]}))
judged = ilp.tasking.came_true(decision, measured)
print(judged.explain())
judged.table.round(2)

# %% [markdown]
# ## What an analyst writes
#
# *Two options were removed because rights stand against them; what they might have prevented was not weighed. Of the rest lighting
# the pier is best whatever the weights within the agreed order. The decision, its reasons and the dissent are in the record, with the effect it will be judged by.*
