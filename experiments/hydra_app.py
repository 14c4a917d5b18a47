"""The same experiments, started by Hydra itself: for those who want its multirun.

    .venv/bin/python experiments/hydra_app.py size=quick
    .venv/bin/python experiments/hydra_app.py -m size=quick mechanisms.yijiantiao.hours=1,4
    .venv/bin/python experiments/hydra_app.py -m experiment=yijiantiao_channels size=quick seed=1,2

Each job is a run with twins of its own, in a folder of its own below results/local/hydra; the same seed means the
same people, weather and luck in all of them. A parameter that the world's file does not name is added with a plus,
as always in Hydra: ``+world.quarrel_rate=0.02,0.05``. `python3 -m sim run` needs no Hydra job and starts faster;
scenarios, replications and comparisons are its own business, not multirun's.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CLONE))

import hydra  # noqa: E402
from hydra.core.config_store import ConfigStore  # noqa: E402
from hydra.core.hydra_config import HydraConfig  # noqa: E402
from omegaconf import DictConfig, OmegaConf  # noqa: E402

from sim.errors import SimError  # noqa: E402
from sim.study import runner  # noqa: E402
from sim.study.compose import FOLDER, primary_config, shrink  # noqa: E402
from sim.study.config import check  # noqa: E402

JOBS = CLONE / "results" / "local" / "hydra"
JOB = "${now:%Y-%m-%d}/${now:%H-%M-%S}"
HYDRA = {
    "run": {"dir": f"{JOBS}/{JOB}"},
    "sweep": {"dir": f"{JOBS}/{JOB}-multirun", "subdir": "${hydra.job.num}"},
    "job_logging": {"root": {"level": "WARNING"}},  # or the plotting library tells of every letter
}

ConfigStore.instance().store(name="hydra_app", node={**primary_config("yijiantiao"), "hydra": HYDRA})


@hydra.main(version_base="1.3", config_path=str(FOLDER), config_name="hydra_app")
def main(composed: DictConfig) -> None:
    """Run one job: what Hydra has composed, checked as `sim run` checks it."""
    plain: Any = OmegaConf.to_container(composed, resolve=True)
    shrink(plain)
    asked = OmegaConf.from_dotlist([word.lstrip("+") for word in HydraConfig.get().overrides.task if "@" not in word])
    for group in ("world", "mechanism", "experiment"):
        if isinstance(asked.get(group), str):
            asked.pop(group)
    plain = OmegaConf.to_container(OmegaConf.merge(plain, asked))  # what is asked for wins, also over quick
    # A group of Hydra may leave the name to the experiment, and that to its file.
    plain["name"] = plain.get("name") or HydraConfig.get().runtime.choices["experiment"]
    folder = Path(HydraConfig.get().runtime.output_dir)
    try:
        config = check(plain)
        result = runner.run(config, folder / "run", backend="serial")
    except SimError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    if result.failures:
        sys.exit(f"failed: {result.failures[0][1].message}")
    headline = result.comparison[result.comparison["outcome"] == "unresolved"]
    changed = " ".join(HydraConfig.get().overrides.task) or "as it is"
    for row in headline.itertuples():
        print(f"{changed}: {row.scenario} - {row.baseline}: {row.difference:+,.0f} {row.unit}")
    print(f"{changed}: results in {folder / 'run'}")


if __name__ == "__main__":
    main()
