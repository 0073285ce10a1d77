# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Follow the money
#
# **The question:** where does money go in circles, gather from many hands, or stay just below a threshold, and how much of that would
# chance bring? You will read payments, chart them, and set every pattern beside what luck alone makes.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; bank data of real people need an order or a report: name it with `ilp.open_case(...)` |
# | Time | 30 minutes |

# %%
import ilp_lab as ilp

TRANSACTIONS = ilp.samples.path("belmara/transactions.csv")  # your own file here
ZONE = "UTC"
THRESHOLD = 10_000  # payments from here on are reported
WITHIN_DAYS = 10

payments, quality = ilp.intake.read_transactions(TRANSACTIONS, tz=ZONE)
quality

# %% [markdown]
# ## 1. The chart, and the largest flows

# %%
chart = ilp.networks.transaction_chart(payments)
chart

# %%
ilp.networks.flows(payments).head(8)

# %% [markdown]
# `passed_on` is the share of what came in that left again within two days, `held_hours` how long money stayed. Shops and employers pass
# on a lot as well.
#
# ## 2. Money that comes back
#
# A round trip is a chain of payments in order of time that ends where it began, each nearly as large as the one before.

# %%
trips = ilp.networks.round_trips(payments, within_days=WITHIN_DAYS, least_kept=0.9, rng=7)
print(trips.explain())
trips.table.head(5)

# %% [markdown]
# ## 3. Many hands at once
#
# Who is paid by, or pays, more different accounts in three days than usual? Look for the employers among them: wages make this pattern
# every month, and nothing is wrong with wages. That is why a pattern accuses nobody.

# %%
fans = ilp.networks.fan_in_out(payments, rng=7)
print(fans.explain())
fans.table.head(6)

# %%
named = payments[payments["payer"].isin(fans.table["account"].head(3))]
named["kind"].value_counts().head(5) if "kind" in named else None

# %% [markdown]
# ## 4. Just below the threshold
#
# Two questions: are there more amounts below the threshold than the amounts around lead one to expect, and has any account a larger
# share of them than the others?

# %%
below = ilp.networks.structuring(payments, threshold=THRESHOLD)
print(below.explain())
below.table.head(5)

# %% [markdown]
# ## 5. Hand it on
#
# Charts go to other programs through the release gate. The report says what the format has no place for.

# %%
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp())
case = ilp.open_case(
    folder / "case", purpose="Training: follow the money", legal_basis="none: synthetic data", analyst="A17"
)
out = ilp.networks.write_chart(chart.filter(kind="paid"), folder / "money.graphml", case=case)
print(out)

# %% [markdown]
# ## What an analyst writes
#
# *Money went in a circle through the same accounts more than once, which chance hardly brings; one account took in cash just below the
# threshold again and again; one gathered from many within two days. Two more accounts show the same outline and are employers. Each
# pattern has lawful explanations, which the documents behind the payments must settle before anybody is asked anything.*
