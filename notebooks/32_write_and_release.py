# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Write and release a product
#
# **The question:** the head of the Selin district needs one page on the harbour before the meeting, the region needs the
# numbers, and residents asked what came of their worries. You will write three products from the same findings, let a
# sceptic read the draft, and release each to those it is for, with its sources and its handling on it.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | a case with a purpose and a legal basis: exploring is free, releasing is not |
# | Time | 30 minutes |

# %%
import os
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

import ilp_lab as ilp

folder = Path(tempfile.mkdtemp())

# %%
incidents, quality = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="Europe/Vienna")
areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
hot = incidents.pipe(ilp.places.gi_star, cell_m=1000, study_area=areas, rng=7)
print(hot.explain())

# %% [markdown]
# ## 1. A case first
#
# The purpose and the legal basis stand on every product that leaves the case, and every release is written to its log.

# %%
case = ilp.open_case(
    folder / "harbour",
    purpose="Problem profile: harbour, spring 2026",
    legal_basis="Police Act, section 12",
    analyst="A17",
)
case

# %% [markdown]
# ## 2. A draft, and a sceptic's look at it
#
# A statement of fact cites what says so. What nobody can point at is a judgement, with its term, its confidence and its
# basis. A kind of product says what it still lacks.

# %%
judged = ilp.reasoning.judgement(
    "incidents at the harbour are tied to the opening hours of the two bars",
    term="likely",
    confidence="low",
    because="hours fit, but no report says so",
    basis=[hot, "R-0412"],
    would_change=["Counts on days when the bars were closed"],
)
draft = (
    ilp.products.StrategicAssessment(
        case, question="What should come first in Selin?", written_on=date(2026, 6, 1)
    )
    .add(hot, says="The harbour may be getting worse.", areas=areas)
    .add_judgement(judged)
)
draft.problems()

# %% [markdown]
# The sceptic found a word that says neither whether nor how probable, and two things that an assessment must have.

# %%
assessment = (
    ilp.products.StrategicAssessment(
        case, question="What should come first in Selin?", written_on=date(2026, 6, 1)
    )
    .add(
        hot,
        says="A few cells hold more incidents than chance explains; in six, most lie on one point.",
        areas=areas,
    )
    .add_judgement(judged)
    .gap("Whether incidents at the harbour are reported as often as elsewhere.")
    .recommend("Station S3: check by 15 June whether the six points are default addresses.")
    .add_quality(quality)
)
len(assessment.problems())

# %% [markdown]
# ## 3. Release: page, Word and print
#
# One document, three ways of writing it. The fingerprint on it is the same whenever the same product is written again.

# %%
for ending in ("html", "docx", "pdf"):
    released = getattr(assessment, f"to_{ending}")(
        folder / f"assessment.{ending}", reason="for the tasking meeting"
    )
    print(released.path.name, released.handling, released.sha256[:12])
print("reproducibility:", assessment.reproducibility)

# %%
assessment

# %% [markdown]
# ## 4. Stricter inputs make stricter products
#
# A report under H2 is not passed on without the provider's permission. The product takes the strictest code of what went into
# it, and the gate asks who permitted the release.

# %%
stricter = assessment.add_statement("A van was seen at the quay.", cites="R-0977", handling="H2")
try:
    stricter.to_html(folder / "stricter.html")
except ilp.errors.HandlingError as refused:
    print(refused)

# %% [markdown]
# ## 5. For the region: a signed package
#
# The receiving unit verifies the signature before it looks at anything, and inherits the handling code. What turns out to be
# wrong can be called back.

# %%
os.environ["ILP_LAB_KEYS"] = str(folder / "keys")  # for this lesson only; yours lie in your configuration
ilp.safeguards.make_key("belmara/selin")
package = ilp.safeguards.release_package(
    case,
    folder / "to-region.ilp",
    {"assessment.pdf": folder / "assessment.pdf"},
    signed_by="belmara/selin",
    recipient="belmara/region-coast",
    reason="Does the region see the same?",
    quality="own analysis, May 2026",
)
region = ilp.open_case(
    folder / "region", purpose="Coast picture", legal_basis="Police Act, section 12", analyst="R2"
)
received = ilp.safeguards.open_package(package, case=region, as_unit="belmara/region-coast")
print(received)

# %% [markdown]
# ## 6. For residents: nothing that tells on anybody
#
# Small counts are withheld, and enough others that nobody can work them out from the sums.

# %%
harbour = pd.DataFrame(
    {"theft": [20, 2, 14, 9], "damage": [11, 9, 30, 12], "noise": [31, 12, 8, 7]},
    index=["Harbour", "Old town", "North", "Station"],
)
counts = ilp.safeguards.suppress(harbour)
print(counts.explain())
counts.table

# %%
public = (
    ilp.products.PublicEdition(
        case, question="What came of your worries about the harbour?", contact="Station Selin, counter 2"
    )
    .add(counts, says="Damage is most frequent in the north, theft at the harbour.")
    .recommend("More light at the quay since May; we count again in November and tell you.")
)
public.to_pdf(folder / "public.pdf", reason="residents' meeting").path.name

# %% [markdown]
# ## 7. What the log says
#
# Who released what, when, why, and what it rests on. If a table or a report turns out to be wrong, every release that rests on
# it is named.

# %%
ilp.safeguards.audit_table(case)[["at", "operation", "what", "reason"]].tail(6)

# %%
ilp.safeguards.resting_on(case, hot.sources[0].fingerprint)[["file", "what"]]

# %% [markdown]
# ## What an analyst writes
#
# *Released to the tasking meeting on 1 June; to the region as a signed package; to residents without small counts. The
# judgement is of low confidence, and the assessment says what would change it.*
