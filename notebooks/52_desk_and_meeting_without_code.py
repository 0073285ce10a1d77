# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Desk, readiness, meeting and safeguards without code
#
# **The question:** how good is a report, are we ready, who does what by when, and is the case in order? You will work with four boards on
# made-up records; every button does what a line of Python would do.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data |
# | Legal basis | none needed for the sample; with your own records, name yours when you open the case |
# | Time | 25 minutes |

# %%
from ilp_lab import boards

# %% [markdown]
# ## 1. Report desk
#
# Choose *R-25-0002*. It says that another report confirms it; the board says why that does not count. With your own: `boards.report_desk(table)`,
# or `boards.report_desk(case=case)`.

# %%
desk = boards.report_desk()
desk

# %% [markdown]
# ## 2. Readiness
#
# The seven preconditions item by item. Put a score down with what shows it; without that it is a claim and does not count.

# %%
ready = boards.readiness()
ready

# %% [markdown]
# ## 3. Tasking meeting
#
# The agenda makes itself. Every item ends in a decision, a task with an owner and a measure, or is dropped by name.

# %%
meeting = boards.tasking_meeting()
meeting

# %% [markdown]
# ## 4. Safeguards and audit
#
# Is the log as it was written, what did the twenty checks catch, who lifted which, what is due?

# %%
safe = boards.safeguards()
safe

# %% [markdown]
# ## What a manager takes along
#
# *Two reports of three go back to one source. Gaps have owners and dates. The meeting ended with names. The log is as it was written.*

# %%
for board in (desk, ready, meeting, safe):
    print(board.title, "·", board.view.answer[0])
