# ---
# id: M20
# title: "Reporting, briefing, dissemination"
# guidebook: {chapter: "7", verified: false}
# teaching: 30
# exercises: 60
# level: analyst
# data: belmara, and your own work
# handling: TRAINING
# prerequisites: [M05, M11, M14]
# planted: [P5]
# questions:
#   - "What must the reader know after twenty seconds?"
#   - "Which code does a product carry, and who may let it out?"
#   - "Who has which version, and why?"
# objectives:
#   - "write a product whose every statement rests on something"
#   - "brief the bottom line in twenty seconds"
#   - "release a product under its handling code, with a record of who got it and why"
# keypoints:
#   - "The bottom line stands up front: what, how probable, how well founded, what to do."
#   - "Long is not thorough. A product of two pages that is read beats one of twenty that is filed."
#   - "The product takes the strictest code of everything that went into it."
#   - "Each copy that leaves has a recipient, a reason and a line in the log. Otherwise it cannot be called back."
# in_your_country: "Which of your last ten products led to a decision, and how do you know?"
# ---

# %% [markdown]
# ## The decision
#
# It is 09:10. The tasking meeting was moved from 11:00 to 10:30, and the head wants *two pages, and twenty seconds from you*. In your folder are a
# hot spot map, a judgement, and a report under H2 that you would love to use. What goes in, what goes out, and under which code?
#
# ## Three rules
#
# - **Bottom line up front.** The first sentence answers the question that was asked, with probability and confidence.
# - **Nothing without a number.** Every statement rests on an analysis, a judgement or a report.
# - **The gate.** What leaves a case takes the strictest code of its inputs, and the log keeps who got it and why.

# %%
import tempfile
from pathlib import Path

import ilp_lab as ilp

lesson = ilp.training.lesson("M20")
place = Path(tempfile.mkdtemp())
incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
orrin = areas[areas["district"] == "O1"]
here = incidents[incidents["area"].isin(orrin["area"])]
hot = ilp.places.gi_star(here, cell_m=1000, study_area=orrin, simulations=99, rng=7)
print(hot.explain())

# %% [markdown]
# ## Exercise 1: twenty seconds
#
# The head asked: *where do we put the two extra patrols in O1?* You know: one bright spot lies on the station and comes from missing addresses.
# Write the bottom line: at most 45 words, with a term of the yardstick and its confidence.

# %% tags=["exercise:1"]
# SOLUTION BEGIN
bottom_line = (
    "Not at the station: it is almost certain, with high confidence, that its bright spot is made by missing addresses. Put the patrols "
    "into the two next cells, and correct the addresses by June."
)
# SOLUTION END bottom_line = ...
bottom_line

# %% tags=["check:1"]
# CHECK bottom_line | text terms=1 words=45 | hint: Read it aloud with a watch. | hint: "It is almost certain, with high confidence, that ..." | hint: First the answer, then the reason, then what to do.
lesson.check("1", bottom_line)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *long means thorough.* Everybody stands, everybody speaks for twenty seconds, somebody holds the
# watch. Inject I-14: the meeting is thirty minutes earlier. Low-tech variant: a card of five lines.

# %% [markdown]
# ## Worked example: a draft, read by a sceptic
#
# A product is made step by step. `problems()` reads it as a sceptic would.

# %%
case = ilp.open_case(place / "case", purpose="Patrols in O1", legal_basis="Police Act s.4", analyst="A17")
draft = ilp.products.Briefing(case, question="Where do we put the two extra patrols in O1?")
draft = draft.add(hot, says="The station may be a hot spot.", areas=orrin)
draft.problems()

# %% [markdown]
# ## Exercise 2: a product without problems
#
# Make your own `product`: a new `Briefing` with the finding said in words that hold, one judgement (`ilp.reasoning.judgement`, see M11), one
# gap, and one recommendation that says who does what by when. How many problems does `problems()` still find? Hand in the *number*; it
# should be 0.

# %% tags=["exercise:2"]
# SOLUTION BEGIN
judged = ilp.reasoning.judgement(
    "the bright spot at the station is made by missing addresses",
    term="almost certain",
    confidence="high",
    because="hundreds of rows without an address lie on one point",
    basis=[hot],
    would_change=["Addresses that are typed in and still lie there"],
)
product = (
    ilp.products.Briefing(case, question="Where do we put the two extra patrols in O1?")
    .add(
        hot,
        says="A few cells hold more incidents than chance explains; one of them is the station.",
        areas=orrin,
    )
    .add_judgement(judged)
    .gap("How many of the rows without an address belong to which area.")
    .recommend(
        "Head of O1: put both patrols into the two next cells until 30 June, and correct the addresses."
    )
)
left = len(product.problems())
# SOLUTION END product, left = ..., ...
left

# %% tags=["check:2"]
# CHECK left | exact | hint: Start from Briefing(case, question=...), then .add(hot, says=..., areas=orrin) and so on; each step gives a new product. | hint: .add_judgement(judged) .gap("...") .recommend("Who: what, by when.") | hint: print(product.problems()) names each word and each part that is still missing.
lesson.check("2", left)

# %% [markdown]
# ## Exercise 3: which code?
#
# A colleague offers a statement from report R-0977, which is under **H2**. Which handling code has a product as soon as that statement is in it?

# %% tags=["exercise:3"]
# SOLUTION BEGIN
code = product.add_statement("A van was seen at the quay.", cites="R-0977", handling="H2").handling
# SOLUTION END code = ...
code

# %% tags=["check:3"]
# CHECK code | exact | hint: product.add_statement("...", cites="R-0977", handling="H2").handling | hint: The strictest code of everything that went in.
lesson.check("3", code)

# %% tags=["choice:4"]
# CHECK "The gate asks who permitted it; without a named authority nothing leaves." | exact | hint: H2 means: not without the provider's permission. | hint: Try it: product.add_statement(...).to_html(...).
lesson.ask(
    "4",
    "What happens when you release the product with the H2 statement?",
    [
        "It is released; H2 is a note for the reader.",
        "The statement is taken out without a word.",
        "The gate asks who permitted it; without a named authority nothing leaves.",
    ],
)

# %% [markdown]
# ## Exercise 5: release it
#
# Release `product` (without the H2 statement) as a page: `product.to_html(place / "briefing.html", reason="...")`. Then hand in the case: its
# log has to hold a disclosure with a reason.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
released = product.to_html(place / "briefing.html", reason="for the tasking meeting of 10:30")
handed_in = case
# SOLUTION END released, handed_in = ..., ...
released

# %% tags=["check:5"]
# CHECK handed_in | safeguards operation=disclosure reason=1 | hint: product.to_html(place / "briefing.html", reason="for whom and why") | hint: Then lesson.check("5", case).
lesson.check("5", handed_in)

# %%
ilp.safeguards.audit_table(case)[["operation", "what", "reason"]].tail(3)

# %% [markdown]
# ## Exercise 6: who got it?
#
# Fill in a `DisseminationRecord` as a dictionary: `product_id`, `recipient_organisation`, `justification`, `disseminated_at` (such as
# `"2099-03-02T10:30Z"`), and what they may do with it (`onward_conditions`).

# %% tags=["exercise:6"]
# SOLUTION BEGIN
passed_on = {
    "product_id": "B-20",
    "recipient_organisation": "Tasking meeting O1",
    "justification": "To place two extra patrols",
    "disseminated_at": "2099-03-02T10:30Z",
    "onward_conditions": "Not beyond the district",
}
# SOLUTION END passed_on = ...
passed_on

# %% tags=["check:6"]
# CHECK passed_on | schema form=DisseminationRecord needs=onward_conditions | hint: Five fields; ilp.records.fields("DisseminationRecord") tells what each means. | hint: The check names what is missing or does not fit.
lesson.check("6", passed_on)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Ask: on Friday the addresses turn out to be right after all. Who has to be told, and how would you know? Then show
# `ilp.safeguards.resting_on(case, hot.sources[0].fingerprint)`.

# %% [markdown]
# ## Debrief
#
# Brief your neighbour in five minutes, then listen to hers. What did you leave out that you were proud of, and was it missed?

# %% tags=["exercise:7"]
# SOLUTION BEGIN
left_out = "The method. Only the chair asked, and the page had it in three lines."
# SOLUTION END left_out = ...
left_out

# %% tags=["check:7"]
# CHECK left_out | rubric | hint: What you leave out is part of the briefing.
lesson.check("7", left_out)

# %% [markdown]
# ## The knowledge test, for the second time
#
# The same questions as before the first lesson. It tells what you gained of what you could gain, and where to look again. It is no examination;
# your trainer sees a code and no name.

# %%
ilp.training.knowledge_test("after").show()
