# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # The same question on a bigger engine
#
# **The question:** how do the questions of the other notebooks stay the same when the table no longer fits into this computer? You will import
# incidents once, ask three questions of the table where it lies, and see that the answers are those of a table in memory.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 15 minutes |

# %%
import tempfile
from pathlib import Path

import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here, or several in a list
AREAS = ilp.samples.path("belmara/areas.geojson")
ZONE = "UTC"
FOLDER = Path(tempfile.mkdtemp())  # where the imported table goes; a folder on an encrypted disk for your own
SERVER = (
    None  # None: this computer; "postgresql://name@host/database" or "sc://host:15002": a server, a cluster
)
UNTIL = "2024-12-29"

# %% [markdown]
# ## 1. Import once
#
# Rows are typed, those with a number that was there before are set aside and counted, and week, hour and cell of each are worked out once. For files
# larger than memory give a generator: `(ilp.intake.read_incidents(file, tz=ZONE)[0] for file in files)`.

# %%
incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz=ZONE)
areas, _ = ilp.intake.read_areas(AREAS)
report = ilp.engine.import_incidents(incidents, FOLDER / "incidents")
print(report)

# %% [markdown]
# ## 2. Connect
#
# Without an address this is DuckDB on this computer: it holds at most 2 GB at once, whatever the size of the table, and can reach no file outside the folder.
# With the address of a server the rest of this notebook stays as it is. A password is never written here: it comes from the environment variable
# `ILP_LAB_ENGINE_PASSWORD`.

# %%
engine = ilp.engine.connect(SERVER, **({} if SERVER else {"folder": FOLDER}))
table = engine.table(FOLDER / "incidents")
table

# %% [markdown]
# ## 3. Ask in SQL
#
# Questions are written in one dialect, and values stand apart from them. More rows than a notebook can hold are refused; then count or group.

# %%
engine.sql(
    f"SELECT offence, count(*) AS n, min(day) AS first, max(day) AS last FROM {table} WHERE hour >= $from_hour GROUP BY offence ORDER BY n DESC",
    {"from_hour": 18},
)

# %%
try:
    engine.sql(f"SELECT * FROM {table}", limit=10_000)
except ilp.errors.InputError as refusal:
    print(refusal)

# %% [markdown]
# ## 4. The analyses take the table
#
# Only counts come back. What each of them says of itself names where it was counted.

# %%
hot = ilp.places.gi_star(table, cell_m=2000, study_area=areas, rng=7)
print(hot.explain())
hot.plot()

# %%
exceptions = ilp.times.exceptions(table, by=["area", "offence"], until=UNTIL)
print(exceptions.explain())
exceptions.table.head(5)[["area", "offence", "n", "expected", "q_fdr", "verdict", "says"]]

# %%
print(next(line for line in hot.method_statement().splitlines() if "where it was counted" in line))

# %% [markdown]
# ## 5. Is it the same?
#
# The same question of the table in memory. With your own data try it on one year first: if this does not say the same, do not go on.

# %%
in_memory = ilp.places.gi_star(
    incidents.to_crs(table.facts.crs), cell_m=2000, study_area=areas.to_crs(table.facts.crs), rng=7
)
same = (in_memory.table["verdict"].astype(str).tolist() == hot.table["verdict"].astype(str).tolist()) and (
    in_memory.table["n"].tolist() == hot.table["n"].tolist()
)
print(
    "The same cells, the same counts, the same verdicts." if same else "Not the same: look before you go on."
)

# %% [markdown]
# ## 6. What a bigger engine does not change
#
# - **The law.** A table of a nation is another processing than a table of a district; the purpose that was named for one does not cover the other.
# - **The gaps.** More rows of what is not reported are still not reported.
# - **Chance.** With many rows everything is significant; look at how large a difference is.
#
# What it costs, with what was measured and what is extrapolated: `docs/engine.md`.

# %%
engine.close()
