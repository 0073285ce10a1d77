# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Hold a tasking meeting
#
# **The question:** what is on the table today, who does what by when, and what became of the last tasks? You will make an agenda from
# records, turn items into tasks, pass them up and down the levels, hear the community, and close tasks with what was learnt.
#
# | | |
# |---|---|
# | Data | made-up records |
# | Legal basis | none needed here; tasks on real cases carry the legal basis of the case |
# | Time | 30 minutes |

# %%
import ilp_lab as ilp

R = ilp.records
TODAY = "2099-03-20"

# %% [markdown]
# ## 1. What there is: tasks, requirements, concerns
#
# Every record says at which level it is worked on and which unit holds it.

# %%
effect = "thefts from boats at the pier, per month: -25 % (-40 % to -10 %) by 2099-06-30"
tasks = [
    R.TaskingRecord(
        task_id="K-1", decision_id="D-7", objective="Light the pier", owner="Harbour unit", hours=60, start="2099-01-05",
        end="2099-03-01", action_type="prevention", outcome_measure=effect, status="running", unit="belmara/selin/s1",
    ),
    R.TaskingRecord(
        task_id="K-2", decision_id="D-7", objective="Inspect all dealers of motors", owner="Trade police", hours=40, start="2099-02-01",
        end="2099-04-30", action_type="intelligence", outcome_measure="dealers seen", status="running", unit="belmara/selin/s1",
    ),
    R.TaskingRecord(
        task_id="K-3", decision_id="D-5", objective="Locks for repeat victims", owner="Prevention", hours=30, start="2098-11-01",
        end="2098-12-31", action_type="prevention", outcome_measure="burglaries of the same dwelling", status="done",
        result="41 locks fitted", unit="belmara/selin/s1",
    ),
]  # fmt: skip

# %%
requirement = R.IntelligenceRequirement(
    requirement_id="IR-1", question="Who buys the stolen outboard motors?", requester="Head of S1", unit="belmara/selin/s1",
    decision_supported="Whether to go on with the dealers", deadline="2099-03-31",
)  # fmt: skip
concerns = [
    R.CommunityConcern(received_on="2099-03-02", channel="meeting", place=place, topic=topic, people=people, consent=consent,
                       concern="It is dark at the underpass.", unit="belmara/selin/s1")
    for place, topic, people, consent in [
        ("S1-01", "street lights", 23, "use and answer"), ("S1-01", "noise", 8, "use and answer"),
        ("S1-02", "street lights", 17, "use without naming"), ("S1-02", "noise", 2, "use and answer"), ("S1-02", "noise", 9, "none"),
    ]
]  # fmt: skip

# %% [markdown]
# ## 2. The agenda makes itself
#
# Overdue first. Every item says what the meeting is asked for: a number alone is no item.

# %%
agenda = ilp.tasking.agenda(
    [*tasks, requirement, *concerns], day=TODAY, level="local", unit="belmara/selin/s1"
)
print(agenda.explain())
agenda.table[["order", "item", "what", "owner", "days_over", "asked"]]

# %% [markdown]
# ## 3. Up and down the levels
#
# The buyers are in another district: the requirement goes up, and the region may now see it. The region passes its own task down, one to
# each unit, with the same measure.

# %%
up = ilp.tasking.escalate(requirement, to="belmara/selin", reason="The buyers are in another district")
print(up.level, up.referred_from, "→", up.referred_to, up.shared_with)

regional = R.TaskingRecord(
    task_id="K-20", decision_id="D-9", objective="Ask all dealers for their books", owner="Region Selin", level="regional",
    unit="belmara/selin", outcome_measure="dealers seen", end="2099-05-31",
)  # fmt: skip
for task in ilp.tasking.cascade(regional, to=["belmara/selin/s1", "belmara/selin/s2", "belmara/selin/s3"]):
    print(task.task_id, task.level, task.owner)

# %% [markdown]
# ## 4. The community is heard, and answered
#
# Concerns become requirements only as far as those who voiced them agreed, and nothing they said stands in them. Back goes a table without
# small numbers, in plain words.

# %%
asked = ilp.tasking.concern_requirements(
    concerns, requester="Community officer S1", decision_supported="Lights or patrols", deadline="2099-05-01"
)
print([one.question for one in asked])

answered = [
    one.revise(answer="Lights are ordered for May", answered_on="2099-03-21")
    if one.topic == "street lights"
    else one
    for one in concerns
]
feedback = ilp.tasking.community_feedback(answered)
print(feedback.explain())
feedback.table

# %% [markdown]
# ## 5. What became of the tasks
#
# *Done* says that work was done, not that it worked. A task is closed with a result and a lesson; the windows in which results analysis
# compares come from the task itself.

# %%
closed = ilp.tasking.close_task(
    tasks[0], result="38 thefts after 60", lesson="Lights help where the path is used"
)
stand = ilp.tasking.follow_up([closed, *tasks[1:]], day=TODAY)
print(stand.explain())
stand.table[["task_id", "owner", "stands", "days_late", "hours", "result"]]

# %%
ilp.tasking.evaluation_windows([closed, *tasks[1:]])[["task_id", "before_from", "after_from", "days"]]

# %%
judged = ilp.tasking.came_true(closed, ratio=0.63, low=0.41, high=0.97)
print(judged.explain())

# %% [markdown]
# ## 6. A referral that cares
#
# A school worries about a pupil. The form asks what was done and what is needed; there is no field for belief or origin, and the texts
# refuse them. Help comes first, the review is soon, and it is erased within a year.

# %%
referral = {
    "subject_ref": "Q-77", "referred_on": "2099-03-01", "referred_by": "School board Selin", "is_child": True, "created_at": "2099-03-01T10:00Z",
    "behaviours": ["Said he would bring a knife to hurt two others"], "needs": ["Somebody to talk to every day"], "danger": "to others",
    "safeguarding": ["Counsellor from Monday"], "agencies": ["School board Selin", "Youth service"], "agreed": "yes",
    "legal_basis": "Youth Protection Act s.8", "decision_maker": "Head of youth service", "oversight_ref": "O-2099-14",
    "review_date": "2099-04-15", "erase_by": "2099-12-31",
}  # fmt: skip
print(R.ReferralRecord(**referral))
try:
    R.ReferralRecord(**{**referral, "behaviours": ["Prays at school and wears a beard"]})
except ilp.errors.FormError as refused:
    print(refused)

# %% [markdown]
# ## What the chair takes along
#
# *Each item ended in a task, a decision, or was dropped. The requirement went up with its reason; the region's task came down with its
# measure. People who spoke up get an answer. Last month's task is judged by what was expected of it, not by a percentage.*
