# ---
# id: M08
# title: "Where: counts, harm, and what is more than chance"
# guidebook: {chapter: "6", verified: false}
# teaching: 45
# exercises: 60
# level: analyst
# data: belmara
# handling: TRAINING
# prerequisites: [M06, M07]
# planted: [P3, P5]
# questions:
#   - "Which places hold more incidents than chance explains?"
#   - "Is a place that is high in counts also high in harm?"
#   - "Which bright spot on the map is not a place at all?"
# objectives:
#   - "compute hot spots and say how many cells chance alone would mark"
#   - "contrast a map of counts with a map of harm"
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
# ## Exercise 5: say it
#
# Write two or three sentences for the head of operations: what was found, how sure, what it does not mean. Use a term of the
# yardstick with its confidence, and no word that says neither whether nor how probable.

# %% tags=["exercise:5"]
# SOLUTION BEGIN
finding = (
    "118 cells hold more incidents than chance explains. It is highly likely, with high confidence, that the red spot at the "
    "station is made by missing addresses. By harm, another area comes first."
)
# SOLUTION END finding = ...
finding

# %% tags=["check:5"]
# CHECK finding | text terms=1 words=120 | hint: ilp.reasoning.check_language(finding) shows what a reader would stumble over. | hint: "It is likely, with moderate confidence, that ..."
lesson.check("5", finding)

# %% [markdown]
# ## Debrief
#
# Which of the two maps would you brief, and what would you say about the other one?

# %% tags=["exercise:6"]
# SOLUTION BEGIN
decision = "The harm map, with the count map beside it, and the reason for choosing."
# SOLUTION END decision = ...
decision

# %% tags=["check:6"]
# CHECK decision | rubric | hint: There is no right answer; there is one that you can defend.
lesson.check("6", decision)
