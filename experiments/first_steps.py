# %% [markdown]
# # First steps
#
# From one world to twins, to a comparison with a changed parameter, to a figure. Each `# %%` begins a cell: editors
# such as VS Code, Spyder or PyCharm run them one by one; `jupytext --to ipynb` makes a notebook of the file; and
# `.venv/bin/python experiments/first_steps.py` runs it all, in about ten seconds.

# %%
from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean

CLONE = Path(__file__).resolve().parent.parent  # in a notebook: Path("..").resolve()
sys.path.insert(0, str(CLONE))  # `import sim` works from wherever this is run

import matplotlib.pyplot as plt  # noqa: E402

from sim import GovernanceModel  # noqa: E402
from sim.agents import CamperHousehold, Collective, Compound, HerderHousehold, Household, Tenure  # noqa: E402
from sim.study import runner  # noqa: E402
from sim.study.config import load  # noqa: E402

OUT = CLONE / "results" / "local" / "first_steps"  # nobody else's results are there

# %% [markdown]
# ## 1 One world
#
# Two residential compounds of about a hundred flats. `burn_in` days are lived before day 0, so that the world does not
# begin with whole roofs and empty desks. Nothing has been decided yet: the scenario is the empty list.

# %%
world = GovernanceModel(seed=3, burn_in=182)
print(world.day, "is the day that is about to be lived")

world.step()  # one day
world.run(until=90)  # until the morning of day 90

# The collector keeps a row a day: stocks in the evening, flows counted since day 0.
frame = world.datacollector.get_model_vars_dataframe()
print(frame[["day", "aching", "leaking_roofs", "claimed", "settled"]].tail(3).to_string(index=False))

# %% [markdown]
# ## 2 Look at the agents
#
# Agents are views of the world's columns: they can be read, counted and grouped with Mesa's own verbs, not written.
# What a policy may touch are levers, by way of a mechanism (docs/add-a-mechanism.md).

# %%
homes = world.agents_by_type[Household]
lived_in = homes.select(lambda home: home.tenure is not Tenure.VACANT)
troubled = lived_in.select(lambda home: home.open_grievances > 0)
print(len(troubled), "of", len(lived_in), "households suffer from something")
print("trust in desks:", round(troubled.agg("trust", mean), 3), "there,", round(lived_in.agg("trust", mean), 3), "all")

# Who suffers more: those right under the roof, or those below?
for top, group in lived_in.groupby("top_floor"):
    print("top floor" if top else "below    ", round(group.agg("open_grievances", mean), 2), "grievances a household")

for compound in world.agents_by_type[Compound]:
    print(f"{compound}: {compound.age:.0f} years, fund {compound.fund:,.0f} yuan, body: {compound.body}")

# Buildings stand on the cells of a grid, whose layers are arrays.
print("leaking roofs on the map:", world.grid.leaking.data.sum())

# %% [markdown]
# ## 3 Twins
#
# The same seed is the same world: the same people, rain and quarrels, and the same luck. So whatever differs between
# these two comes from the mechanism, and what it does not touch stays the same to the last bit.

# %%
# A body is formed in each compound; in the second world the secretary of the party branch also chairs it (yijiantiao).
body = GovernanceModel(seed=3, burn_in=182, scenario=["formed_body"])
merged = GovernanceModel(seed=3, burn_in=182, scenario=["formed_body", "yijiantiao"])

# On the morning of day 0 nothing has happened yet that could make a difference.
same = [a.open_grievances for a in body.agents_by_type[Household]] == [
    b.open_grievances for b in merged.agents_by_type[Household]
]
print("the same on day 0:", same)

body.run(until=182)
merged.run(until=182)
one, two = (model.datacollector.get_model_vars_dataframe() for model in (body, merged))
apart = (one["aching"] != two["aching"]).to_numpy()
print("first day on which the number of grievances differs:", int(apart.argmax()) if apart.any() else "none")

# %% [markdown]
# ## 4 Many twins
#
# One pair says nothing: another seed may say the opposite. The engine steps many worlds at once, each replication with
# its own people, weather, luck and draw of the uncertain parameters, the same in every scenario. This is an experiment
# in a file of one's own, far smaller than the ones in configs/experiment.

# %%
OUT.mkdir(parents=True, exist_ok=True)
experiment = OUT / "mine.yaml"
experiment.write_text(
    """\
name: first_steps
question: What does the merger of two offices, with its practices, change against a body alone?
world: {compounds: 2, households: 60}
scenarios:
  body: [formed_body]
  merged: [formed_body, yijiantiao]
comparisons: [[merged, body]]
replications: 12      # pairs of twins; hundreds where it matters
layouts: 1            # maps of who lives where
burn_in: 182          # four years where it matters: defects pile up slowly
days: 182
detail: false         # only the table of runs, not every day and case
""",
    "utf-8",
)

# Checked before anything is computed: an unknown key or a value out of range is one line that says what is right.
usual = runner.run(load(str(experiment)), OUT / "usual", backend="serial")

# %% [markdown]
# ## 5 A changed parameter
#
# How much rests on a number nobody has measured? Here: the share of owners who never pay their part of a repair. The
# same word works on the command line, `python3 -m sim run yijiantiao world.never_pay=0.3`; what it means, its range and
# its source is told by `python3 -m sim show parameter/never_pay`.

# %%
few_pay = runner.run(load(str(experiment), ["world.never_pay=0.3"]), OUT / "few_pay", backend="serial")

results = {"never_pay drawn": usual, "never_pay = 0.3": few_pay}
for name, result in results.items():
    # A row for each outcome: the mean difference over the pairs of twins, with a bootstrap interval.
    row = result.comparison.set_index("outcome").loc["unresolved"]
    print(f"{name}: {row.difference:+,.0f} ({row.low:,.0f} to {row.high:,.0f}) {row.unit}, {row.n} pairs")

# The same replication has the same luck in both: where nobody was asked to pay, the number makes no difference at all.
unmoved = (usual.runs["unresolved"] == few_pay.runs["unresolved"]).groupby(usual.runs["replication"]).all().sum()
print("replications in which the number changes nothing:", unmoved)
print("Twelve pairs and half a year: wide intervals, and nothing to be believed.")

# %% [markdown]
# ## 6 A figure
#
# A dot for each pair of twins: the difference of two rows of the table of runs.

# %%
figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
for height, result in enumerate(results.values()):
    runs = result.runs.pivot(index="replication", columns="scenario", values="unresolved")
    differences = runs["merged"] - runs["body"]
    axes.plot(differences, [height] * len(differences), "o", alpha=0.5)
    axes.plot(differences.mean(), height, "k|", markersize=24)  # the mean
axes.axvline(0, color="grey", linewidth=0.8)
axes.set_yticks(range(len(results)), list(results))
axes.set_ylim(-0.6, 1.6)
axes.set_xlabel("merged - body, severity-days per 1,000 household-years\n(left of 0: less suffering with the merger)")
axes.xaxis.set_major_formatter("{x:,.0f}")
axes.set_title("Pairs of twins, under these assumptions", loc="left", fontsize=10)
figure.savefig(OUT / "first_steps.png", dpi=150)
plt.close(figure)
print("figure:", (OUT / "first_steps.png").relative_to(CLONE))

# %% [markdown]
# ## 7 Villages and pastures
#
# The same face shows two other kinds of place, with agents of their own; those who are there for a season come and go.

# %%
village = GovernanceModel(place="village", seed=3, scenario=["village_alliance"])
village.run(until=120)
print("kinds of agent in a village:", ", ".join(kind.__name__ for kind in village.agent_types))
for collective in village.agents_by_type[Collective]:
    print(f"{collective}, {collective.role.name.lower()}: capital {collective.capital:,.0f} yuan")

steppe = GovernanceModel(place="pasture", seed=3)
herders = steppe.agents_by_type[HerderHousehold]
for day in (100, 200):  # spring and summer: herders move, campers come
    steppe.run(until=day)
    away, campers = mean(home.km_to["centre"] for home in herders), len(steppe.agents_by_type[CamperHousehold])
    print(f"day {day}: {herders[0].ground.value} ground, {away:.0f} km to the centre, {campers} campers")

# %% [markdown]
# ## Where to go on
#
# * `python3 -m sim list` and `show`: what there is, with units, ranges and sources.
# * docs/read-a-result.md: what stands in a result folder. docs/add-a-mechanism.md: a mechanism of your own.
# * ODD.md: the whole model. experiments/yijiantiao/README.md: what a large experiment finds, and how far it is to be
#   believed.
