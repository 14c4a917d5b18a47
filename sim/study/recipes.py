"""What a calibration leaves to be run: an experiment's file, beside the table of draws that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sim.study.asked import STUDIES
from sim.study.config import Config
from sim.study.files import atomic

RECIPE, TABLE = "world.yaml", "draws.csv"
SUFFIX = "-calibrated"

HEAD = """\
# What a calibration has not ruled out, as an experiment: replication k has the parameters of row k of {table}
# modulo its rows; what the table does not name is drawn from its prior. Not ruled out is not confirmed.
"""


def write_recipe(config: Config, folder: Path) -> Path:
    """Write an experiment that runs in the worlds that are left.

    Args:
        config: the experiment that was calibrated.
        folder: where the table of draws stands.

    Returns:
        The file.

    Raises:
        StoreError: it cannot be written.
    """
    said: dict[str, Any] = {key: value for key, value in config.resolved.items() if key not in STUDIES}
    said["name"] = config.name.removesuffix("-calibration") + SUFFIX
    said["draws"] = TABLE
    path = folder / RECIPE
    with atomic(path) as file:
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)
        file.write((HEAD.format(table=TABLE) + text).encode())
    return path
