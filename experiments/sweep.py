"""Run an experiment for several values of settings of its world, and put the comparisons side by side.

python experiments/sweep.py NAME key=a,b [key=c,d] [-- key=value ...] [--out DIR]: one run for every combination, each
into DIR/combination; DIR/sweep.csv has a row for each value, comparison and outcome. Words behind ``--`` go to all.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pandas as pd

from sim.study import runner
from sim.study.config import load


def main(words: list[str]) -> int:
    """Run every combination; return the exit code."""
    out = Path(words[words.index("--out") + 1]) if "--out" in words else None
    words = words[: words.index("--out")] if "--out" in words else words
    common = words[words.index("--") + 1 :] if "--" in words else []
    name, *axes = words[: words.index("--")] if "--" in words else words
    out = out or Path("results/local") / f"{name}_sweep"
    keys = [axis.split("=")[0] for axis in axes]
    tables = []
    for values in itertools.product(*(axis.split("=")[1].split(",") for axis in axes)):
        said = [f"{key}={value}" for key, value in zip(keys, values, strict=True)]
        folder = out / "_".join(word.removeprefix("world.").replace("=", "-") for word in said)
        result = runner.run(load(name, [*said, "detail=false", *common]), folder)
        if result.failures:
            print(f"error: {folder} is not complete; see failures.txt there", file=sys.stderr)
            return 1
        tables.append(result.comparison.assign(**dict(zip(keys, values, strict=True))))
        means = result.runs.groupby("scenario", sort=False).mean(numeric_only=True).reset_index()
        means.assign(**dict(zip(keys, values, strict=True))).to_csv(folder / "means.csv", index=False)
        print(folder)
    pd.concat(tables, ignore_index=True).to_csv(out / "sweep.csv", index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
