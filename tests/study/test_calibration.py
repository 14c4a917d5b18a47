"""Calibration: it rules out what it should and not the truth, scores what was held out, leaves a world that runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import commands, environment, outcomes, places
from sim.errors import ConfigError
from sim.evidence import sources
from sim.study import calibration, patterns
from sim.study.asked import Asked
from sim.study.config import Config, load, load_study
from sim.study.emulator import Floats
from sim.study.experiment import plan
from sim.study.factors import factors
from sim.study.files import read_csv
from sim.study.points import Lived, Point

WORDS = ("size=quick", "calibration.points=200", "calibration.kept=60", "calibration.candidates=40000",
         "calibration.discrepancy=0", "calibration.cutoff=2")  # fmt: skip


def made_up(monkeypatch: pytest.MonkeyPatch, truth: dict[str, str]) -> tuple[Config, Asked]:
    """Let worlds be a function: each matched outcome rises with the quantile of one row over twice its band."""
    config, asked = load_study("calibration", "yijiantiao", WORDS)
    rng = np.random.default_rng(5)
    matched, scored = patterns.of(config.place)
    given = factors(config, [calibration.chosen(config, asked)])

    def live(config: Config, scenarios: object, chosen: list[Point], **_: object) -> Lived:
        values = {}
        for pattern in (*matched, *scored):
            y = np.full(len(chosen), pattern.middle)
            if pattern.outcome in truth:
                factor = next(factor for factor in given if factor.name == truth[pattern.outcome])
                at = np.array([float(point.world[factor.name]) for point in chosen])
                low, high = float(factor.spec.low), float(factor.spec.high)
                y = pattern.middle + (8 * (at - low) / (high - low) - 4) * pattern.sd * 2
            values[pattern.outcome] = (y + rng.normal(0, 0.1 * pattern.sd, len(y)))[None, :]
        return Lived(values, ("00",))

    monkeypatch.setattr(calibration, "live", live)
    return config, asked


def study(config: Config, asked: Asked) -> calibration.Calibrated:
    return calibration.Study(config, asked, None, None, lambda *_: None).answers()  # type: ignore[arg-type]


def test_it_narrows_what_a_pattern_sees_around_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    config, asked = made_up(monkeypatch, {"collection": "fee_start", "opened": "quiet"})
    found = study(config, asked)
    assert found.left < 0.5
    table = found.tables["patterns"].set_index("pattern")
    assert set(table[table["use"] == "held out"].index) == {"agreement", "closing", "courts", "satisfaction"}
    for pattern in ("fees", "requests"):  # two standard deviations to either side are the band
        assert table.loc[pattern, "left_within"] > 0.9 > 0.7 > table.loc[pattern, "priors_within"]
    narrowed = found.tables["narrowed"].set_index("factor")
    assert set(narrowed.index) == {"fee_start", "quiet"}
    # The truth lies in the middle of either row's range, where the outcome is in the middle of its band.
    for name in ("fee_start", "quiet"):
        spec = next(factor.spec for factor in found.factors if factor.name == name)
        assert narrowed.loc[name, "value_q05"] < 0.5 * (float(spec.low) + float(spec.high))
        assert narrowed.loc[name, "value_q95"] > 0.5 * (float(spec.low) + float(spec.high))
        kept = found.tables["draws"][name]
        assert kept.between(float(spec.low), float(spec.high)).all()
    assert len(found.tables["draws"]) == 60
    # Each wave looks at candidates of its own: a share may rise by three standard errors, no more.
    left, many = found.tables["waves"]["left"].to_numpy(), asked.candidates
    assert (np.diff(left) < 3 * np.sqrt(2 * left[:-1] * (1 - left[:-1]) / many)).all()


def test_patterns_that_no_row_moves_leave_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    config, asked = made_up(monkeypatch, {})
    assert study(config, asked).left == 1.0


def test_a_model_that_never_comes_near_is_ruled_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    config, asked = made_up(monkeypatch, {})
    real = calibration.live

    def far(*arguments: object, **named: object) -> Lived:
        lived: Lived = real(*arguments, **named)  # type: ignore[arg-type]
        return Lived({**lived.values, "collection": lived.values["collection"] - 5.0}, lived.keys)

    monkeypatch.setattr(calibration, "live", far)
    found = study(config, asked)
    assert found.left == 0.0
    assert "draws" not in found.tables
    assert found.tables["patterns"]["left_within"].isna().all()


def test_implausibility_is_a_distance_in_standard_deviations() -> None:
    pattern = patterns.Pattern("p", "opened", 8.0, 12.0, ("grievance-band",), "")

    class Sure:
        def at(self, u: Floats) -> tuple[Floats, Floats]:
            return u[:, 0], np.full(len(u), 2.0)

    wave = calibration.Wave({"p": Sure()})  # type: ignore[dict-item]
    got = calibration.implausibility((pattern,), [wave], np.array([[10.0], [13.0]]), 0.2)
    assert got.tolist() == pytest.approx([0.0, 3.0 / np.sqrt(1.0 + 4.0 + 4.0)])


def test_patterns_never_rest_on_the_press_and_checks_are_among_them() -> None:
    patterns.check()
    roles = {sources()[name].role for pattern in patterns.PATTERNS for name in pattern.sources}
    assert "check" in roles and "target" not in roles
    matched, scored = patterns.of("compound")
    assert len(matched) >= 2 and scored
    with pytest.raises(ConfigError, match="fewer than two patterns"):
        patterns.of("compound", [pattern.name for pattern in (*matched, *scored)[1:]])
    with pytest.raises(ConfigError, match="did you mean 'courts'"):
        patterns.of("compound", ["court"])


@pytest.mark.parametrize("place", sorted(places.registry()))
def test_every_place_has_patterns_that_it_can_be_held_against(place: str) -> None:
    """At least two are matched and one is held out, of outcomes that the place has; no name stands there twice."""
    matched, scored = patterns.of(place)
    assert len(matched) >= 2 and len(scored) >= 1
    there = {spec.name for spec in outcomes.specs(place)}
    for pattern in (*matched, *scored):
        assert {pattern.outcome, pattern.less or pattern.outcome} <= there, pattern.name
        assert pattern.low < pattern.high and pattern.how
        # What is counted on all households says nothing of one kind among several.
        assert not pattern.rate or places.settlements(place) == (place,)
    assert len({pattern.name for pattern in patterns.PATTERNS}) == len(patterns.PATTERNS)
    rates = {s.name for s in outcomes.specs(place) if s.unit.endswith(outcomes.A_YEAR)}
    assert all(pattern.rate == (pattern.outcome in rates) for pattern in (*matched, *scored))


def test_a_place_without_patterns_says_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "PATTERNS", tuple(p for p in patterns.PATTERNS if p.kinds == ("compound",)))
    with pytest.raises(ConfigError, match="no patterns to calibrate a village against; there are for: compound"):
        patterns.of("village")


def test_a_pattern_takes_off_what_is_no_part_of_it() -> None:
    pattern = patterns.Pattern("p", "opened", 1.0, 3.0, ("grievance-band",), "", less="helped")
    values = {"opened": np.array([[5.0, 7.0, np.nan]]), "helped": np.array([[4.0, 1.0, 1.0]])}
    assert pattern.of(values).tolist() == pytest.approx([1.0, 6.0, np.nan], nan_ok=True)
    assert pattern.holds(pattern.of(values)).tolist() == [True, False, False]


def test_the_command_leaves_a_world_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)
    words = ["calibrate", "yijiantiao", "size=quick", "days=400", "--backend", "serial", "--out", "c"]
    assert commands.main(words) == commands.OK
    recipe = Path("c") / "world.yaml"
    if not recipe.exists():  # two compounds of 48 flats may be too small for any pattern; then that is what is said
        assert read_csv(Path("c") / "waves.csv")["left"].iloc[-1] == 0
        return
    config = load(str(recipe), ["replications=6", "days=28"])
    table = pd.read_csv(Path("c") / "draws.csv")
    assert len(config.draws["social_proof"]) == len(table) == 4
    planned = plan(config)
    for piece in planned.of("none"):
        (k,) = piece.recipe.replications
        assert piece.recipe.fixed["social_proof"] == pytest.approx(table["social_proof"][k % 4])
    assert commands.main(["run", str(recipe), "replications=2", "days=14", "--backend", "serial", "--out", "r"]) == 0
    assert commands.main(["show", str(recipe)]) == 0


def test_draws_are_checked(tmp_path: Path) -> None:
    def refused(text: str, *words: str) -> str:
        (tmp_path / "d.csv").write_text(text, "utf-8")
        (tmp_path / "mine.yaml").write_text("base: yijiantiao\ndraws: d.csv\n", "utf-8")
        with pytest.raises(ConfigError) as caught:
            load(str(tmp_path / "mine.yaml"), words)
        return str(caught.value)

    assert (
        refused("quarel_rate\n0.03\n")
        == "unknown parameter among the draws 'quarel_rate'; did you mean 'quarrel_rate'?"
    )
    assert "draws: quarrel_rate=7 is out of range [0.01, 0.06]" in refused("quarrel_rate\n7\n")
    assert "compounds is not drawn but set" in refused("compounds\n7\n")
    assert "line 3 of" in refused("quarrel_rate\n0.03\nx\n")
    assert "has 2 values for 1 parameters" in refused("quarrel_rate\n0.03,1\n")
    assert "is empty" in refused("")
    assert "quarrel_rate has no values" in refused("quarrel_rate\n")
    assert "names a parameter twice" in refused("quarrel_rate,quarrel_rate\n1,1\n")
    assert "prior_draws=false" in refused("quarrel_rate\n0.03\n", "prior_draws=false")
    (tmp_path / "d.csv").write_text("draw,quarrel_rate,answer_days\n0,0.03,7\n1,0.04,9\n", "utf-8")
    config = load(str(tmp_path / "mine.yaml"), ["world.answer_days=8"])
    assert config.draws == {"quarrel_rate": (0.03, 0.04)}
    with pytest.raises(ConfigError, match="there is no file"):
        load("yijiantiao", ["draws=nowhere.csv"])
