# ---
# id: M08
# title: "Where: counts, harm, and what is more than chance"
# guidebook: {chapter: "6", verified: false}
# teaching: 45
# exercises: 75
# level: analyst
# data: belmara, and for exercises 5 and 6 the complete Belmara
# handling: TRAINING
# prerequisites: [M06, M07]
# planted: [P3, P4, P5]
# questions:
#   - "Which places hold more incidents than chance explains?"
#   - "Is a place that is high in counts also high in harm?"
#   - "Which bright spot on the map is not a place at all?"
# objectives:
#   - "compute hot spots and say how many cells chance alone would mark"
#   - "contrast a map of counts with a map of harm"
#   - "find violence at home that no map of counts shows"
#   - "expose a hot spot that is made by the way addresses are recorded"
#   - "state a finding in words that a commander can act on"
# keypoints:
#   - "A bright cell is a question, not an answer: compare it with what chance alone would mark."
#   - "Counts and harm put different places first; brief both, and say why you choose."
#   - "One point that holds most of a cell is often a default address."
# in_your_country: "Where do incidents without an address go on your maps? Who could change that, and what would it cost?"
# ---

# %% [markdown]
# ## The decision
#
# The head of operations has two extra patrols for a month. A newspaper printed a map with a red spot at a police station. She
# asks: *where should they go?*

# %%
import pandas as pd

import ilp_lab as ilp

lesson = ilp.training.lesson("M08")
incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="Europe/Vienna")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
quality

# %% [markdown]
# ## Worked example: more than chance?
#
# Gi* compares the sum of a cell and its neighbours with what the whole study area would lead one to expect. Complete randomness
# alone marks some cells too, so the library throws the same number of incidents at random and counts.

# %%
hot = ilp.places.gi_star(incidents, cell_m=1000, study_area=areas, rng=7)
print(hot.explain())

# %%
hot.plot()

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Usual misconception: *the bandwidth or cell size is a detail.* Run it with 500 and 2,000 metres and
# ask which deployment follows from each. Low-tech variant: pins on a printed map, three grids on foil.

# %% [markdown]
# ## Exercise 1: how many are beyond chance?
#
# The column `verdict` of `hot.table` says for every cell what it is. How many cells are *hot spots beyond chance*?

# %% tags=["exercise:1"]
# SOLUTION BEGIN
beyond_chance = int((hot.table["verdict"] == "hot spot beyond chance").sum())
# SOLUTION END beyond_chance = ...
beyond_chance

# %% tags=["check:1"]
# CHECK beyond_chance | tol abs=0.5 | hint: Compare the column with the words and add up. | hint: int((hot.table["verdict"] == "hot spot beyond chance").sum())
lesson.check("1", beyond_chance)

# %% [markdown]
# ## Exercise 2: the spot that is no place
#
# Look at the caveats of the result and at the addresses. One point of the map holds hundreds of incidents that happened
# elsewhere. Which area does it lie in? Give its name.

# %%
hot.caveats

# %% tags=["exercise:2"]
# SOLUTION BEGIN
unknown = incidents[incidents["address"] == "not known"].dropna(subset="geometry")
artefact = ilp.places.area_of(unknown, areas=areas).mode()[0]
# SOLUTION END artefact = ...
artefact

# %% tags=["check:2"]
# CHECK artefact | exact | hint: Many rows share one address; count the addresses. | hint: Rows whose address is "not known" were put on one point. ilp.places.area_of tells the area of every row.
lesson.check("2", artefact)

# %% [markdown] tags=["trainer"]
# **Trainer, 10 minutes.** Inject I-6: the newspaper map. Ask who typed nothing into the address field, and why. The debrief is
# about recording, not about blame.

# %% [markdown]
# ## Exercise 3: harm instead of counts
#
# `ilp.threats.harm` gives every incident its weight in the harm index of Belmara (days). Sum it by area, and give the five areas
# with the most harm.

# %% tags=["exercise:3"]
# SOLUTION BEGIN
incidents["harm"] = ilp.threats.harm(incidents["offence"], scale="belmara")
by_area = ilp.places.count(incidents, areas=areas, weight="harm")
most_harm = by_area.nlargest(5, "n")["area"].tolist()
# SOLUTION END most_harm = ...
most_harm

# %% tags=["check:3"]
# CHECK most_harm | set at_least=0.6 | hint: The weight is a column of incidents: places.count has weight=. | hint: ilp.places.count(incidents, areas=areas, weight="harm").nlargest(5, "n")["area"]
lesson.check("3", most_harm)

# %% [markdown]
# ## Exercise 4: the place that counts do not show
#
# Which area gains most ranks when you go from counts to harm?

# %% tags=["exercise:4"]
# SOLUTION BEGIN
ranks = by_area.set_index("area")["n"].rank(ascending=False)
counted = ilp.places.count(incidents, areas=areas).set_index("area")["n"].rank(ascending=False)
gained = (counted - ranks).idxmax()
# SOLUTION END gained = ...
gained

# %% tags=["check:4"]
# CHECK gained | exact | hint: Rank the areas twice, by count and by harm, and take the difference. | hint: (rank by count - rank by harm).idxmax()
lesson.check("4", gained)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** Two briefings side by side: one with counts, one with harm. Who is left out by each? Neither map is
# the truth; the choice is a decision and belongs to the commander.

# %% [markdown]
# ## Exercise 5: behind doors
#
# The complete file of three years (180,000 incidents; the first call makes it on this computer) holds the offences in homes. In three
# towns of Tarn their number is much the same, so no map of counts tells the towns apart. A head of unit asks: *is there an estate where
# violence at home is worse than elsewhere?* The fair comparison is with other offences in homes: burglary and harassment depend on where
# homes are, too. `ilp.times.scan` draws circles and asks chance. For one town it says:

# %%
everything = pd.read_csv(ilp.samples.complete("incidents.csv"), dtype=str, keep_default_na=False)
violent = ["domestic assault", "coercive control", "strangulation"]
in_homes = [*violent, "burglary dwelling", "harassment"]
towns = ["T2-01", "T3-01", "T4-01"]
chosen = everything[everything["area"].isin(towns) & everything["offence"].isin(in_homes)]
homes, _ = ilp.intake.read_incidents(chosen, tz="UTC")
homes = homes.assign(violent=homes["offence"].isin(violent)).drop(columns="occurred_at")
print(homes["area"].value_counts().to_string())

# %%
scan = {"model": "bernoulli", "population": "violent", "max_m": 500, "simulations": 99, "rng": 1}
ilp.times.scan(homes[homes["area"] == "T2-01"], **scan).table[
    ["observed", "expected", "ratio", "p", "verdict"]
].head(1)

# %% [markdown]
# In which of the three towns do violent offences in homes lie closer together than chance explains?

# %% tags=["exercise:5"]
# SOLUTION BEGIN
found = {town: ilp.times.scan(homes[homes["area"] == town], **scan).table.iloc[0] for town in towns}
worst = min(towns, key=lambda town: found[town]["p"])
# SOLUTION END worst = ...
worst

# %% tags=["check:5"]
# CHECK worst | exact | hint: The same call for T3-01 and T4-01; compare the p of the first row. | hint: ilp.times.scan(homes[homes["area"] == "T3-01"], **scan).table.head(1), and the same with "T4-01".
lesson.check("5", worst)

# %% [markdown]
# ## Exercise 6: how much worse?
#
# In the first circle of that town: how many times as many violent offences are there as the other offences in homes lead one to expect
# (column `ratio`)? Look also at `radius_m`: how large is the place you would speak about?

# %% tags=["exercise:6"]
# SOLUTION BEGIN
times_as_many = found[worst]["ratio"]
# SOLUTION END times_as_many = ...
times_as_many

# %% tags=["check:6"]
# CHECK times_as_many | tol rel=0.02 | hint: It stands in the first row of the scan of that town. | hint: ilp.times.scan(...).table["ratio"].iloc[0]
lesson.check("6", times_as_many)

# %% [markdown] tags=["trainer"]
# **Trainer, 15 minutes.** P4 of Belmara: a hundred offences in one estate, forty of them strangulation, a sign of what may follow. Usual
# misconception: *hot spots are for streets.* Patrols do not help behind doors; ask who does (doctor, school, shelter, a visit by two who
# are trained), and why this map is for very few eyes: in a circle of a hundred metres residents know who is meant.

# %% [markdown]
# ## Exercise 7: say it
#
# Write two or three sentences for the head of operations: what was found, how sure, what it does not mean. Use a term of the
# yardstick with its confidence, and no word that says neither whether nor how probable.

# %% tags=["exercise:7"]
# SOLUTION BEGIN
finding = (
    "118 cells hold more incidents than chance explains. It is highly likely, with high confidence, that the red spot at the "
    "station is made by missing addresses. By harm, another area comes first."
)
# SOLUTION END finding = ...
finding

# %% tags=["check:7"]
# CHECK finding | text terms=1 words=120 | hint: ilp.reasoning.check_language(finding) shows what a reader would stumble over. | hint: "It is likely, with moderate confidence, that ..."
lesson.check("7", finding)

# %% [markdown]
# ## Debrief
#
# Which of the two maps would you brief, and what would you say about the other one?

# %% tags=["exercise:8"]
# SOLUTION BEGIN
decision = "The harm map, with the count map beside it, and the reason for choosing."
# SOLUTION END decision = ...
decision

# %% tags=["check:8"]
# CHECK decision | rubric | hint: There is no right answer; there is one that you can defend.
lesson.check("8", decision)
