# ---
# id: M10
# title: "Networks: who is connected, and how well is that known"
# guidebook: {chapter: "6", verified: false}
# teaching: 50
# exercises: 90
# level: analyst
# data: belmara, and for exercise 2 the complete Belmara
# handling: TRAINING
# prerequisites: [M05]
# planted: [P2, P9]
# questions:
#   - "Who holds the chain from theft to export together?"
#   - "Is the person with most links also the most important one?"
#   - "How much of the answer hangs on what we did not record?"
# objectives:
#   - "build a link chart from one-fact reports"
#   - "decide whether two records are one person, with the reason on paper"
#   - "chart money and events, and read them beside the links"
#   - "interpret centrality when links are missing"
#   - "state the limits of a network finding"
# keypoints:
#   - "A link is a report. Without its number and its grade it is a rumour with a line drawn under it."
#   - "One person under two names hides a bridge; two persons under one name invent one. Unsure is an answer."
#   - "Most links is not most important, and most important is not the leader."
#   - "Always ask where somebody would stand if a part of the links had been missed."
#   - "A rank is not guilt. Victims and witnesses are on the chart and never in a ranking."
# in_your_country: "Who may see a chart with the names of third persons, and how long may it be kept after the case is closed?"
# ---

# %% [markdown]
# ## The decision
#
# Cars are stolen in the capital, taken apart in a yard in Dovar, and sold abroad. The head of the district has one surveillance
# team for four weeks. She asks: *which one person should we learn more about, and how sure are you?*
#
# ## Three words
#
# - A **link** is one thing that one report says about two ends: *seen with*, *called*, *uses*.
# - **Degree** counts the neighbours of somebody. It is high for people who are busy, and for people who are watched a lot.
# - **Betweenness** tells on how many of the shortest ways between others somebody lies. It is high for people who join groups.
#
# None of them says who leads, and none says who is guilty.

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M10")
links, quality = ilp.intake.read_links(ilp.samples.path("belmara/links.csv"))
entities, _ = ilp.intake.read_entities(ilp.samples.path("belmara/entities.csv"))
links[["source", "target", "kind", "reference", "source_grade", "information_grade"]].head()

# %% [markdown]
# ## Exercise 1: from reports to links
#
# A chart begins with reading. Here are seven reports about people who are called V, W, X, Y and Z. Write down the links that the
# reports *state*, as pairs such as `("V", "W")`. A link that a report denies is no link, and neither is an opinion about one person.

# %%
for report in [
    "R1: V and W were seen together at the yard on Monday.",
    "R2: W called X four times in May.",
    "R3: X is said to have a lot of money.",
    "R4: Y paid 3,000 crowns to X.",
    "R5: Z has never met V, the owner of the yard says.",
    "R6: Z drives the car that is registered to Y.",
    "R7: V would be capable of anything, W thinks.",
]:
    print(report)

# %% tags=["exercise:1"]
# SOLUTION BEGIN
pairs = [("V", "W"), ("W", "X"), ("Y", "X"), ("Z", "Y")]
# SOLUTION END pairs = ...
pairs

# %% tags=["check:1"]
# CHECK pairs | graph at_least=0.85 | hint: Go through the reports one by one: does this one say that two people had to do with each other? | hint: R3 and R7 are about one person, or an opinion. R5 says that there is no link. | hint: Four pairs: from R1, R2, R4 and R6. The order within a pair does not matter.
lesson.check("1", pairs)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *every sentence with two names is a link.* Ask: who would be angry to find R5 on
# a chart as a line? In R6 the car is an entity of its own; a pair of persons is enough here, but ask for the longer chart too.
# Low-tech variant: whiteboard, magnets and string.

# %% [markdown]
# ## Exercise 2: one person or two?
#
# Before anybody is linked: who is who? Four regions keep registers of their own, 2,648 records in all. `ilp.intake.resolve` writes names,
# dates and numbers alike, weighs what agrees and what does not, and gives the reasons in words. Most pairs are clear. Here are those on
# which it is not sure, and those in which both records name a document, and not the same one.

# %%
persons = pd.read_csv(ilp.samples.complete("persons.csv"), dtype=str, keep_default_na=False)
pairs = ilp.intake.resolve(persons, kind="person", id_column="record_id").table
papers = persons.set_index("record_id")["document"]
one, other = pairs["one"].map(papers), pairs["other"].map(papers)
open_pairs = pairs[(pairs["probability"] < 0.99) | ((one != other) & (one != "") & (other != ""))]
for row in open_pairs.to_dict("records"):
    print(f"{row['one']} and {row['other']}, probability {row['probability']:.3f}: {row['because']}\n")

# %%
named = persons["record_id"].isin([*open_pairs["one"], *open_pairs["other"]])
persons[named].drop(columns=["area", "unit"]).sort_values("born")

# %% [markdown]
# A telephone may help: when a number goes silent and another one begins in the same handset a few hours later, it has changed its card,
# not its owner. `ilp.networks.device_swaps` finds such changes among 42,000 calls.

# %%
calls, _ = ilp.intake.read_calls(ilp.samples.complete("calls.csv"), tz="UTC")
ilp.networks.device_swaps(calls)[["change", "before", "after", "gap_hours", "came_back"]]

# %% [markdown]
# Which of these pairs are **one** person each? Give them as pairs, such as `("D00001", "T00002")`. The others stay two, however much they
# agree: a probability is no decision, and a wrong merge is carried by somebody who does not know of it.

# %% tags=["exercise:2"]
# SOLUTION BEGIN
unlike = [papers[row.one] and papers[row.other] for row in open_pairs.itertuples()]
same = [
    (row.one, row.other) for row, differ in zip(open_pairs.itertuples(), unlike, strict=True) if not differ
]
# SOLUTION END same = ...
same

# %% tags=["check:2"]
# CHECK same | graph at_least=1 | hint: Who has two documents with two numbers? Twins get numbers one after the other, cousins share a name. | hint: One pair shares a handset, with the day and the month of birth changed round. | hint: Another has one telephone, one birthday and one address that is written in two ways; the surname changed. Two pairs in all.
lesson.check("2", same)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** P9 of Belmara. Usual misconception: *exact matches are safe.* The twins agree in nearly everything, and weights
# alone would have joined them: only that each has a document of its own keeps them for a human; the woman who married agrees in no surname. Ask: who notices a wrong merge, and when? Low-tech variant: index
# cards; every merge needs its reason and a signature. One pair shares a document number and nothing else: somebody typed it wrong; say so to the register. What was decided goes back: `ilp.intake.resolve(..., apart=[("A", "B")])`.

# %% [markdown]
# ## Worked example: the chart
#
# The same work was done for several hundred reports. A chart is two tables: entities, and links between them. Every link keeps the
# number of its report and its grades.

# %%
chart = ilp.networks.chart(links, entities)
chart

# %%
ilp.views.linkchart_figure(chart, title="Vehicles, Dovar: everything that was recorded", names=False)

# %% [markdown]
# ## Exercise 3: the busy one
#
# All measures at once. Who has the most neighbours (`degree`)? Give the `entity_id`. People who may not be ranked (victims,
# witnesses) have no rank; look at `degree_rank`.

# %%
measured = ilp.networks.measures(chart, redraws=40, rng=7)
measured.table[["entity_id", "kind", "degree", "degree_rank", "betweenness", "betweenness_rank"]].head()

# %% tags=["exercise:3"]
# SOLUTION BEGIN
busiest = measured.table.nsmallest(1, "degree_rank")["entity_id"].iloc[0]
# SOLUTION END busiest = ...
busiest

# %% tags=["check:3"]
# CHECK busiest | exact | hint: Rank 1 is the smallest number in the column degree_rank. | hint: measured.table.nsmallest(1, "degree_rank")["entity_id"]
lesson.check("3", busiest)

# %% [markdown]
# ## Exercise 4: the ones in between
#
# Now put the five with the highest betweenness in order, the highest first. Give a list of five `entity_id`.

# %% tags=["exercise:4"]
# SOLUTION BEGIN
between = measured.table.nsmallest(5, "betweenness_rank")["entity_id"].tolist()
# SOLUTION END between = ...
between

# %% tags=["check:4"]
# CHECK between | rank at_least=0.6 | hint: The same as before, with another column and five rows. | hint: measured.table.nsmallest(5, "betweenness_rank")["entity_id"].tolist()
lesson.check("4", between)

# %% [markdown]
# Compare: where does the first of this list stand by `degree`? Somebody with few neighbours can be the only bridge between groups
# that otherwise do not touch.

# %%
measured.table[measured.table["entity_id"].isin(between[:2] if isinstance(between, list) else [])][
    [
        "entity_id",
        "label",
        "degree",
        "degree_rank",
        "betweenness_rank",
        "betweenness_rank_low",
        "betweenness_rank_high",
    ]
]

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Usual misconception: *the most central one is the leader.* The two brokers join crew, yard and export,
# and have six links each. Delete your best informant's reports and look again. Inject I-9: forty new edges from a phone block of
# Kestria; Dovar shares only a sanitised list.

# %% [markdown]
# ## Exercise 5: only the better information
#
# The same question with the information grades 1 and 2 alone. Who comes first by betweenness now? If the name changes, the first
# answer hung on weak reports, and you should say so.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
better = chart.filter(information_grade=["1", "2"])
again = ilp.networks.measures(better, redraws=20, rng=7)
first_now = again.table.nsmallest(1, "betweenness_rank")["entity_id"].iloc[0]
# SOLUTION END first_now = ...
first_now

# %% tags=["check:5"]
# CHECK first_now | exact | hint: A filter gives a new chart, and the old one stays as it is. | hint: better = chart.filter(information_grade=["1", "2"]) | hint: Then ilp.networks.measures(better, redraws=20, rng=7), and the first row by betweenness_rank.
lesson.check("5", first_now)

# %% [markdown]
# ## Exercise 6: what if links were missed?
#
# Nobody records everything. Suppose a fifth of all links was missed: links are taken away at random, again and again, and each
# time the order is made anew. In what share of these redraws does the same person come first? The sentences tell it.

# %%
sure = ilp.networks.brokers(chart, missing_links=0.2, redraws=100, rng=7)
print(sure.explain())

# %% tags=["exercise:6"]
# SOLUTION BEGIN
same_first = sure["same_first"]
# SOLUTION END same_first = ...
same_first

# %% tags=["check:6"]
# CHECK same_first | tol abs=0.02 | hint: Read the first sentence to its end. | hint: A share: 40 % is 0.40. You may also ask for sure["same_first"].
lesson.check("6", same_first)

# %% [markdown]
# ## Exercise 7: follow the money
#
# Another view of the same chain. On one day one account got money from more different payers than any other account on any day.
# Which account (`payee`) was it?

# %%
payments, _ = ilp.intake.read_transactions(ilp.samples.path("belmara/transactions.csv"), tz="UTC")
payments["day"] = payments["booked_at"].dt.date
payments[["booked_at", "payer", "payee", "amount", "purpose"]].head(3)

# %% tags=["exercise:7"]
# SOLUTION BEGIN
collector = payments.groupby(["payee", "day"])["payer"].nunique().idxmax()[0]
# SOLUTION END collector = ...
collector

# %% tags=["check:7"]
# CHECK collector | exact | hint: Group by payee and day, and count the different payers. | hint: payments.groupby(["payee", "day"])["payer"].nunique() | hint: .idxmax() gives the payee and the day of the largest; the payee is the first of the two.
lesson.check("7", collector)

# %% [markdown]
# What went in, and did it leave at once? Read the row. Then look at the events: an arrow leads from one event to the next at which
# the same person was. A club that collects money for a journey looks much the same: what would tell the two apart?

# %%
accounts = [collector] if isinstance(collector, str) else payments["payee"].dropna().unique()[:1].tolist()
ilp.networks.flows(payments, of=accounts, within_hours=48, order="last in").T

# %%
ilp.views.event_chart_page(chart, title="Events, and who was at more than one")

# %% [markdown]
# ## Exercise 8: state it with its limits
#
# Two or three sentences for the head of the district: who joins the groups, how probable and how well founded, and what would
# change if links were *missing*. Use that word, a term of the yardstick, and its confidence.

# %% tags=["exercise:8"]
# SOLUTION BEGIN
finding = (
    "Two persons join the crew, the yard and the export group. It is likely, with low confidence, that learning about the first of "
    "them shows how the chain works: were a fifth of the links missing, the same name would come first in a minority of cases."
)
# SOLUTION END finding = ...
finding

# %% tags=["check:8"]
# CHECK finding | text terms=1 words=90 mentions=missing | hint: ilp.reasoning.check_language(finding) shows what a reader would stumble over. | hint: "It is likely, with low confidence, that ... If links are missing, ..."
lesson.check("8", finding)

# %% [markdown]
# ## Debrief
#
# Whom do you name for the surveillance team, and whom do you deliberately not name? Would you name the same person if the best
# informant had known the other half of the network?

# %% tags=["exercise:9"]
# SOLUTION BEGIN
advice = (
    "The two who join the groups, as questions: which reports place them there, and what do we not see? Nobody else by rank. "
    "A decision on a person needs the reports, not the chart."
)
# SOLUTION END advice = ...
advice

# %% tags=["check:9"]
# CHECK advice | rubric | hint: There is no right answer; there is one that you can defend with the reports.
lesson.check("9", advice)
