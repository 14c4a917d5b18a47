"""What cannot be reached is n/a and is not tested; a real 0 within reach stays 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import outcomes, places
from sim.mechanisms import registry
from sim.report import report_labels as words
from sim.report.document.brief import sentence
from sim.report.document.effects import effect
from sim.study import reach, results
from sim.study.answers import attributed, outcome_specs
from sim.study.config import load, load_attribution
from sim.study.statistics import OutcomeSpec, compare_runs, holm

COUNTY = "county"
INCOME, SUFFERED, FEES, WAGES = "collective_income", "unresolved", "collection", "wages_paid"
NAMES = (INCOME, SUFFERED, FEES, WAGES)
SPECS = [OutcomeSpec(name, "x", family="one") for name in NAMES]


def runs(**changes: dict[str, float]) -> pd.DataFrame:
    """Return runs of a baseline and of scenarios that add something to outcomes, in six replications."""
    rng = np.random.default_rng(3)
    base = pd.DataFrame({name: rng.normal(10, 2, 6) for name in NAMES}).assign(replication=range(6))
    frames = [base.assign(scenario="baseline")]
    for scenario, more in changes.items():
        frames.append(base.assign(scenario=scenario, **{name: base[name] + by for name, by in more.items()}))
    return pd.concat(frames, ignore_index=True)


def unreached(*pairs: tuple[str, str]) -> dict[tuple[str, str], frozenset[str]]:
    scenarios = reach.read({
        "baseline": [], "again": [], "couriers": ["courier_sensing"], "alliance": ["village_alliance"],
        "both": ["courier_sensing", "village_alliance"], "placebo": ["courier_sensing", "courier_sensing.channels=off"],
    })  # fmt: skip
    return reach.between(COUNTY, scenarios, pairs, NAMES)


def test_no_path_and_no_difference_is_not_0() -> None:
    pairs = [("couriers", "baseline"), ("alliance", "baseline")]
    frame = runs(couriers={SUFFERED: -1.0}, alliance={INCOME: 0.0, SUFFERED: 0.5})
    table = compare_runs(frame, pairs, SPECS, beyond=unreached(*pairs)).set_index(["scenario", "outcome"])
    for out in (("couriers", INCOME), ("couriers", WAGES), ("alliance", FEES)):
        row = table.loc[out]
        assert row[["difference", "low", "high", "p", "p_holm", "share_same_sign"]].isna().all()
        assert row["method"] == "n/a" and row["n"] == 6 and row["mean_baseline"] == row["mean_scenario"] > 0
    # The alliance's income is within its reach, and couriers' fees in theirs: what does not change is 0 there.
    for within in (("alliance", INCOME), ("couriers", FEES)):
        assert (table.loc[within, "difference"], table.loc[within, "p"]) == (0.0, 1.0)


def test_a_path_that_shows_is_one() -> None:
    """Queues that all share carry an effect into other kinds of settlement: in one replication is enough."""
    pair = ("couriers", "baseline")
    frame = runs(couriers={})
    at = frame.index[(frame["scenario"] == "couriers") & (frame["replication"] == 2)]
    frame.loc[at, WAGES] += 1e-6
    table = compare_runs(frame, [pair], SPECS, beyond=unreached(pair)).set_index("outcome")
    assert table.loc[WAGES, "difference"] > 0 and np.isnan(table.loc[INCOME, "difference"])
    frame = runs(couriers={})
    frame.loc[at, WAGES] = np.nan  # a twin that has it beside one that has not is a difference, too
    table = compare_runs(frame, [pair], SPECS, beyond=unreached(pair)).set_index("outcome")
    assert table.loc[WAGES, "difference"] == 0 and table.loc[WAGES, "n"] == 5


def test_what_is_not_tested_is_not_in_the_family() -> None:
    pair = ("couriers", "baseline")
    frame = runs(couriers={SUFFERED: -1.0, FEES: 0.1})
    with_, without = (compare_runs(frame, [pair], SPECS, beyond=b).set_index("outcome")
                      for b in (unreached(pair), None))  # fmt: skip
    tested = [SUFFERED, FEES]
    assert with_.loc[tested, "p_holm"].tolist() == holm(with_.loc[tested, "p"]).tolist()
    assert (with_.loc[tested, "p_holm"] < without.loc[tested, "p_holm"]).all()  # two tests and not four
    assert without.loc[INCOME, "difference"] == 0


def test_which_kinds_differ() -> None:
    out = unreached(("both", "alliance"), ("both", "baseline"), ("again", "baseline"), ("placebo", "baseline"))
    assert out["both", "alliance"] == {INCOME, WAGES}  # couriers are what differs
    assert out["both", "baseline"] == {WAGES}
    assert out["again", "baseline"] == frozenset()  # of scenarios that are the same 0 is what is asked
    assert out["placebo", "baseline"] == {INCOME, WAGES}
    assert reach.belongs("unresolved_village", COUNTY) == {"village"}
    assert reach.belongs("hours_centre", COUNTY) == set(places.settlements(COUNTY))  # its one queue is everybody's
    assert reach.belongs("claims_at_company", COUNTY) == set(places.settlements(COUNTY))  # a share of all claims
    assert reach.belongs("hours_company", COUNTY) == reach.belongs("trust_company", COUNTY) == {"compound"}
    for spec in outcomes.specs(COUNTY):
        assert reach.belongs(spec.name, COUNTY) <= set(places.settlements(COUNTY))


@pytest.mark.parametrize("place", [name for name in places.registry() if len(places.settlements(name)) == 1])
def test_in_a_place_of_one_kind_nothing_is_out_of_reach(place: str) -> None:
    names = [spec.name for spec in outcomes.specs(place)]
    for mechanism in registry():
        assert not reach.beyond(place, [mechanism], names)


def test_other_worlds_reach_everything() -> None:
    config = load("flock", ["world=county", "size=quick"])
    scenarios = {scenario.name: scenario for scenario in config.scenarios}
    pair = next((a, b) for a, b in config.comparisons)
    other = next(name for name in scenarios if scenarios[name].world != scenarios[pair[1]].world)
    names = [spec.name for spec in outcome_specs(COUNTY)]
    found = reach.between(COUNTY, scenarios, [pair, (pair[0], other)], names)
    assert found[pair] and not found[pair[0], other]


def test_players_without_a_path_have_no_share() -> None:
    mixes = load_attribution("combined").attributed
    assert mixes is not None
    rows = [{"scenario": name, "replication": k, "alliance": "village_alliance" in name, "team": "mobile" in name}
            for name in mixes.scenarios for k in range(3)]  # fmt: skip
    frame = pd.DataFrame(rows)
    for name in mixes.outcomes:
        frame[name] = frame["replication"] * 1.0
    frame[INCOME] += 5.0 * frame["alliance"]
    frame["settled_90"] += 0.0
    frame["unresolved_village"] -= 1.0 * frame["team"]  # by the queue of the centre that both share
    table = attributed(frame, mixes, COUNTY).set_index(["outcome", "measure", "channel", "with"])["difference"]
    assert table[INCOME, "shapley", "village_alliance", ""] == table[INCOME, "total", "", ""] == 5
    assert np.isnan(table[INCOME, "shapley", "courier_sensing", ""]) and np.isnan(
        table[INCOME, "last", "yijiantiao", ""]
    )
    assert np.isnan(table[INCOME, "interaction", "courier_sensing", "village_alliance"])
    assert table["unresolved_village", "first", "mobile_mediation", ""] == -1
    assert np.isnan(table["unresolved_village", "first", "elder_services", ""])
    assert table["settled_90", "first", "elder_services", ""] == 0  # all kinds have cases: within everybody's reach
    assert attributed(frame, mixes).set_index(["outcome", "measure", "channel"])["difference"].notna().all()


def test_a_result_compared_again_says_the_same(tmp_path: Path) -> None:
    frame = runs(couriers={SUFFERED: -1.0}).assign(households=100, days=10)
    config = {"world": {"place": COUNTY}, "scenarios": {"baseline": [], "couriers": ["courier_sensing"]},
              "comparisons": [["couriers", "baseline"]]}  # fmt: skip
    one = results.Finished(tmp_path, config, {"config": config, "name": "x"}, frame)
    table = results.compare(one, None, None, None).comparison.set_index("outcome")
    assert np.isnan(table.loc[INCOME, "difference"]) and table.loc[FEES, "difference"] == 0
    two = results.Finished(tmp_path / "other", config, one.manifest, frame)
    table = results.compare(one, two, "couriers", "baseline").comparison.set_index("outcome")
    assert np.isnan(table.loc[INCOME, "difference"]) and table.loc[SUFFERED, "difference"] == -1


def test_a_report_says_so() -> None:
    pair = ("couriers", "baseline")
    rows = compare_runs(runs(couriers={}), [pair], SPECS, beyond=unreached(pair)).to_dict("records")
    for language in ("en", "zh"):
        out, within = (effect({str(k): v for k, v in row.items()}, language) for row in (rows[0], rows[2]))
        assert (out.reading, within.reading) == ("unreached", "open")
        assert out.difference == "n/a" and within.difference == "0"
        end = words.UNREACHED(language, scenario="", baseline="", outcome="")[-8:]
        assert sentence(out, language).endswith(end) and not sentence(within, language).endswith(end)
