"""S8: nothing to be met; members are few, everybody sees more, and what is printed is what the worlds did."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim import commands
from sim.errors import ConfigError
from sim.study.files import read_csv
from sim.study.press import hubs, sensing, sensing_command

TASK = hubs.Task(tuple(range(6)), 0, 56, 120, 1, True)


@pytest.fixture(scope="module")
def played() -> pd.DataFrame:
    return sensing.work(TASK)


def test_nobody_reports_nothing_and_more_see_more(played: pd.DataFrame) -> None:
    told = sensing.table(played).set_index("scenario")
    assert told["reports"]["nobody"] == told["seeing"]["nobody"] == told["desk_share"]["nobody"] == 0
    assert told["reports"].is_monotonic_increasing and told["reports"]["everybody"] > 0
    assert told["seeing"]["everybody"] == 1 and 0 < told["desk_share"]["everybody"] < 1
    assert (told["first"] <= told["reports"]).all()
    nobody = played[played["scenario"] == "nobody"]
    voiced = nobody["voiced"].sum() / nobody["households"].sum() * 1000
    assert told["claims"]["nobody"] == pytest.approx(voiced)


def test_sentences_say_what_the_table_says(played: pd.DataFrame) -> None:
    told = sensing.table(played)
    words = " ".join(sensing.sentences(told))
    assert f"{told.set_index('scenario')['reports']['everybody']:.0f} reports" in words
    assert "nothing can be met or missed" in words


def test_the_command_prints_and_keeps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "s8"
    words = ["size=quick", "replications=2", "--out", str(out), "--backend", "serial"]
    assert commands.main(["reproduce", "S8", *words]) == 0
    said = capsys.readouterr().out
    assert "Under these assumptions" in said and "519 members" in said and "…" not in said
    told = read_csv(out / "couriers.csv")
    assert list(told["scenario"]) == list(sensing.SHARES)
    assert len(read_csv(out / "runs.csv")) == 2 * len(sensing.SHARES)


def test_it_is_computed_alone() -> None:
    arguments = type("A", (), {"words": ["S8", "S2"], "out": None})()
    with pytest.raises(ConfigError, match="S8 is computed alone"):
        sensing_command.run(arguments)
