# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # How we know it is right
#
# **The question:** does the library compute what the literature says? Each row sets our number beside a published or independently
# computed one. Where another program prints something else, the note says why.
#
# | | |
# |---|---|
# | Data | small published data sets where they are beside the project; rows without their data say so |
# | Time | 2 minutes |

# %%
import ilp_lab as ilp

DATA = None  # a folder with the public data sets of the published examples

checks = ilp.verification.places(data=DATA)
checks.table

# %%
print(checks.explain())

# %% [markdown]
# ## Questions of time

# %%
timely = ilp.verification.times(data=DATA)
timely.table

# %%
print(timely.explain())

# %% [markdown]
# ## Questions of networks

# %%
netted = ilp.verification.networks(data=DATA)
netted.table

# %%
print(netted.explain())

# %% [markdown]
# ## Where others differ, and why
#
# - **Gi\* in PySAL's esda** with its default row-standardised weights prints another analytic z (maximum 1.07 instead of 3.48 on the Columbus
#   data), because its formula holds for binary weights only. Gi* does not change when rows of weights are scaled; ours does not.
# - **Hot spots on sparse grids**: the normal approximation alone marks one cell in ten of complete randomness where there is less than one
#   incident per cell. That is why every result says how many cells chance marks.
# - **Emerging hot spots** differ between programs because the rules changed between versions. The version is an argument here.
# - **Geographic profiles**: one published package takes 2B minus the *difference* of the distance's two parts within the buffer; Rossmo's
#   formula has 2B minus the whole distance.
# - **The median centre** of PySAL's pointpats stops a little early: the sum of distances to ours is smaller, in the tenth digit.
# - **Bandwidths**: one R package takes the mean of both axes and, by a slip, gets that of the first alone; ours is the root of the mean
#   square of both.
# - **Density at junctions**: plain network distance overrates junctions; equal split does not.
# - **Two counts**: one published package drops the pair (0, 0) and prints p .99988 where both rates are equal; it is 1.
# - **Bursts in time**: one published function takes an argument for the window that only changes an exponent; a window of two days
#   needs the mean of two days.
# - **Twenty-five hours** from ten o'clock to eleven the next day lie in 25 hours of the week, not in all 168.
# - **Near repeats**: the Near Repeat Calculator 1.3 prints "101 to 200 meters" and "8 to 14 days" for what it counts as [100, 200) m and
#   [7, 14) days. `compatible="nrc-1.3"` prints its labels; our own say "100 to under 200 m".
# - **p of the Knox test**: two packages print the chance of *more* pairs than observed (.146 on Burkitt's lymphomas) as the p of as many
#   or more (.222). Dealing the days anew, which is exact, gives .200.
# - **Scans on a regular grid**: where several places lie at one distance SaTScan adds them one by one in the order of its file; here
#   they enter together, so that the answer does not hang on the order of rows.
# - **Betweenness with lengths**: in two of Caviar's eleven phases the published values tell ways of equal length apart by rounding
#   (1/3 + 1/6 and 1/2). With lengths as fractions, or within a tolerance, they are equal; our values are those.
