"""Read our event log with pm4py, as its own users do, and say as JSON what it makes of it.

Run by the Python of an environment with `locks/interop.txt`, which has nothing of ours: the path of an
`events.parquet`, and of the same log as OCEL 2.0 JSON.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import pandas as pd  # noqa: E402
import pm4py  # noqa: E402

log = pm4py.format_dataframe(pd.read_parquet(sys.argv[1]))  # its own way in, which sorts; no column is renamed
whole = log.groupby("case:concept:name").filter(
    lambda case: case["concept:name"].iloc[0] == "opened" and case["concept:name"].iloc[-1] == "settled"
)
quarrels = whole[whole["case:kind"].isin(["neighbour", "fee"])]
variants = pm4py.get_variants(quarrels)
net, initial, final = pm4py.discover_petri_net_inductive(quarrels)
replayed = pm4py.fitness_token_based_replay(quarrels, net, initial, final)
objects = pm4py.read_ocel2_json(sys.argv[2])
print(
    json.dumps(
        {
            "events": len(log),
            "cases": int(log["case:concept:name"].nunique()),
            "starts": pm4py.get_start_activities(quarrels),
            "ends": pm4py.get_end_activities(quarrels),
            "variants": {" > ".join(path): int(n) for path, n in variants.items()},
            "places": len(net.places),
            "fitness": replayed["log_fitness"],
            "ocel_events": len(objects.events),
            "ocel_objects": objects.objects["ocel:type"].value_counts().to_dict(),
            "ocel_activities": objects.events["ocel:activity"].value_counts().to_dict(),
        }
    )
)
