"""The results kept with the code, and what is said of them: stale tables and words are noticed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Container
from pathlib import Path

import pandas as pd
import pytest

from sim.mechanisms import registry
from sim.parameters import specs
from sim.report import reference
from sim.report.declarations import quoted
from sim.report.reference import CHANNELS, CLONE, COMPARISON, MAIN, QUOTES, REFERENCE, RUNS
from sim.schedule import rules_of
from sim.study import kept, sample
from sim.study.answers import outcome_specs
from sim.study.asked import STUDIES
from sim.study.config import Config, load, load_attribution, options, recall
from sim.study.files import read_csv, write_csv
from sim.study.manifest import MACHINE
from sim.study.runner import MANIFEST
from sim.study.statistics import COLUMNS, compare_runs
from sim.study.verify_command import references

RENEW = "run it again, then python3 -m sim verify --update NAME"


def folder(experiment: str) -> Path:
    return CLONE / REFERENCE / experiment


@pytest.mark.parametrize("quote", reference.quotes(), ids=lambda q: f"{q.file}:{q.experiment}")
def test_what_is_quoted_is_what_is_kept(quote: reference.Quote) -> None:
    comparison = read_csv(folder(quote.experiment) / COMPARISON)
    text = (CLONE / quote.file).read_text("utf-8")
    assert quoted(text, quote.experiment) == reference.table(comparison, quote), RENEW


def test_the_comparison_is_that_of_the_runs(tmp_path: Path) -> None:
    kept = read_csv(folder(MAIN) / COMPARISON)
    config = load(MAIN)
    again = compare_runs(read_csv(folder(MAIN) / RUNS), config.comparisons, outcome_specs(config.place))
    write_csv(tmp_path / COMPARISON, again)
    again = read_csv(tmp_path / COMPARISON)  # as written: what is missing everywhere has no method either
    assert list(kept.columns) == list(COLUMNS), RENEW
    pd.testing.assert_frame_equal(kept, again, check_dtype=False, check_exact=False, rtol=0, atol=6e-7)


RESULTS = [path.name for path in references() if not kept.read(path).study]
"""Every result of an experiment or an attribution that is kept."""


QUEUES = {"court_docket", "hotline_calls"}
"""How much court and hotline can take: declared since most results were made, and so much that nobody waits in them, as
their samples, lived again, show (`tests.study.test_verify`)."""


def since_and_asleep(config: Config, then: Container[str]) -> set[str]:
    """Return parameters that have been declared since, of rules that nothing in an experiment wakes.

    They change nothing there (`tests.test_sleeping_rules`), so results need not be lived again for their sake.
    """
    kinds = {kind for scenario in config.scenarios for kind in scenario.choices}
    offered = {lever for kind in kinds for lever in registry()[kind].offers}
    sleeping = [rule for rule in rules_of(config.place) if rule.asleep(offered)]
    return {name for rule in sleeping for name in specs(rule.parameters, rule.name) if name not in then}


def test_what_is_new_and_asleep_is_no_change_and_what_is_awake_is_one() -> None:
    old = [name for name in load(MAIN).resolved["world"] if name not in ("need_share", "taste_sd")]
    assert since_and_asleep(load(MAIN), old) == {"need_share"}  # who takes part counts everywhere
    assert since_and_asleep(load("elder_services"), old) == set()


@pytest.mark.parametrize("name", RESULTS)
def test_the_experiment_is_still_the_one_that_was_run(name: str) -> None:
    said = json.loads((folder(name) / MANIFEST).read_text("utf-8"))
    experiment = name.removesuffix("-attribution")
    config = load(experiment) if name == experiment else load_attribution(experiment)
    now = json.loads(json.dumps(config.resolved))
    then = said["config"]["world"]
    for parameter in since_and_asleep(config, then) | (QUEUES & now["world"].keys() - then.keys()):
        del now["world"][parameter]
    assert said["config"] == now, f"the experiment has changed: {RENEW}"
    assert MACHINE not in said


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_is_kept_can_be_verified(name: str) -> None:
    """It has a sample, unless it is too large, and the digests of its pieces and of the tables that are kept."""
    said = json.loads((folder(name) / MANIFEST).read_text("utf-8"))
    assert all(piece["digests"].keys() == said["pieces"][0]["digests"].keys() != set() for piece in said["pieces"])
    assert {path.name for path in folder(name).glob("*.csv")} <= set(said["csv"])
    chosen = sample.choose(recall(said["config"]))
    assert (folder(name) / sample.FOLDER / RUNS).is_file() == (chosen is not None)
    assert sum(path.stat().st_size for path in (folder(name) / sample.FOLDER).glob("*")) < 400_000


def test_renewing(tmp_path: Path) -> None:
    """Tables that are empty are written anew from the comparisons that are kept."""
    for quote in QUOTES:
        target = tmp_path / quote.file
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (CLONE / quote.file).read_text("utf-8")
        target.write_text(re.sub(r"(<!-- (yijiantiao\w*) -->\n).*?(\n<!-- /\2 -->)", r"\1-\3", text, flags=re.DOTALL))
    for experiment in (MAIN, CHANNELS):
        target = tmp_path / REFERENCE / experiment
        target.mkdir(parents=True)
        shutil.copy(folder(experiment) / COMPARISON, target)
    reference.renew(tmp_path)
    assert reference.quotes(tmp_path)
    for quote in reference.quotes(tmp_path):
        assert (tmp_path / quote.file).read_text("utf-8") == (CLONE / quote.file).read_text("utf-8")


def test_what_is_kept_is_written_by_some_experiment() -> None:
    """Names are those of experiments, attributions and studies; a table that is not kept is empty, never stale."""
    names = {re.sub(f"-(attribution|{'|'.join(STUDIES)})$", "", name) for name in reference.KEPT}
    assert names <= set(options("experiment"))
    for quote in set(QUOTES) - set(reference.quotes()):
        assert quoted((CLONE / quote.file).read_text("utf-8"), quote.experiment) == ""


# -- what is said in words ------------------------------------------------------------------------


class Effects:
    """The kept comparisons, to be asked for directions and sizes."""

    def __init__(self, experiment: str) -> None:
        self.rows = read_csv(folder(experiment) / COMPARISON).set_index(["scenario", "baseline", "outcome"])

    def of(self, scenario: str, baseline: str, outcome: str = "unresolved") -> float:
        return float(self.rows.loc[(scenario, baseline, outcome), "difference"])

    def level(self, scenario: str, baseline: str, outcome: str = "unresolved") -> float:
        """Mean of the baseline's outcome."""
        return float(self.rows.loc[(scenario, baseline, outcome), "mean_baseline"])

    def sign(self, scenario: str, baseline: str, outcome: str = "unresolved") -> int:
        """-1 or 1 if the interval lies on one side of zero, else 0."""
        low, high = self.rows.loc[(scenario, baseline, outcome), ["low", "high"]]
        return int(low > 0) - int(high < 0)


Claim = tuple[str, str, str, Callable[[Effects], bool]]
CLAIMS: tuple[Claim, ...] = (
    (
        MAIN,
        "Forming a body alone does not shorten suffering, and fewer cases are settled within 90 days",
        "只成立业委会，受困的日子不见缩短，90天内解决的案件反而少了",
        lambda e: e.sign("body", "none") >= 0 and e.sign("body", "none", "settled_90") < 0,
    ),
    (
        MAIN,
        "The practices together take some 7% off the headline; the merger some 10%, nearly three quarters of "
        "that also at equal hours",
        "那些具体做法合起来使主要指标下降约7%；合并本身再减少约10%，其中将近四分之三在工时相等时也保留",
        lambda e: (
            e.sign("body_branch", "body") < 0
            and -0.075 < e.of("body_branch", "body") / e.level("body_branch", "body") < -0.065
            and -0.11 < e.of("merged", "body_branch") / e.level("merged", "body_branch") < -0.095
            and e.sign("merged_equal_hours", "body_branch") < 0
            and 0.7 < e.of("merged_equal_hours", "body_branch") / e.of("merged", "body_branch") < 0.75
        ),
    ),
    (
        MAIN,
        "with one veto in place of two fewer proposals are turned back",
        "只剩一道关口，被退回的方案就少了",
        lambda e: e.sign("merged", "body_branch", "turned_back") < 0,
    ),
    (
        MAIN,
        "about seven times as often as where there are two (`captured`)",
        "约为两个人时的七倍（`captured`）",
        lambda e: (
            e.sign("merged", "body_branch", "captured") > 0
            and 6 < 1 + e.of("merged", "body_branch", "captured") / e.level("merged", "body_branch", "captured") < 8
        ),
    ),
    (
        MAIN,
        "do at least as much for the headline as all practices in two persons' hands, at less than a fifth of their "
        "hours",
        "对主要指标的作用不小于两个人手中的全部做法，而用的工时不到其五分之一",
        lambda e: (
            e.of("placebo", "body") < e.of("body_branch", "body") < 0
            and e.of("placebo", "body", "hours") < 0.2 * e.of("body_branch", "body", "hours")
        ),
    ),
    (
        MAIN,
        "The practices do more for roofs than hours alone",
        "对房顶，那些做法比单纯增加工时更有用",
        lambda e: e.of("body_branch", "body", "mended") > 2 * e.of("placebo", "body", "mended") > 0,
    ),
    (
        MAIN,
        "Taking the best of three candidates by score changes the headline by less than half a percent",
        "从三名人选中挑评分最高的一名，主要指标的变化不到百分之零点五",
        lambda e: abs(e.of("merged_selected", "merged")) < 0.005 * e.level("merged_selected", "merged"),
    ),
)
"""Experiment, what README.md says, what README.zh.md says, and what must hold for it."""

TAKEN_APART: tuple[tuple[str, str, Callable[[Effects], bool]], ...] = (
    (
        MAIN,
        "shortens suffering by about a sixth",
        lambda e: -0.19 < e.of("merged", "none") / e.level("merged", "none") < -0.15,
    ),
    (
        MAIN,
        "some 12 are captured at any time in `body_branch` and some 93 in `merged`",
        lambda e: (
            0.0115 < e.level("merged", "body_branch", "captured") < 0.0125
            and 0.0925 < e.level("merged_selected", "merged", "captured") < 0.0935
        ),
    ),
    (
        MAIN,
        "fee collection and satisfaction differ by less than a hundredth under any arrangement",
        lambda e: all(
            abs(e.of(one, other, outcome)) < 0.01
            for one, other in set(zip(*(e.rows.index.get_level_values(k) for k in (0, 1)), strict=True))
            for outcome in ("collection", "satisfaction")
        ),
    ),
    (
        MAIN,
        "On the top floor people suffer about twice as much as below, and gain most",
        lambda e: (
            1.9 < e.level("merged", "none", "unresolved_top") / e.level("merged", "none", "unresolved_below") < 2.3
            and e.of("merged", "none", "unresolved_top")
            < 1.5 * min(e.of("merged", "none", f"unresolved_{x}") for x in ("connected", "tenant", "elder", "below"))
        ),
    ),
    (
        MAIN,
        "with one veto in place of two fewer proposals are turned back, and one purse of hours is spent more fully",
        lambda e: (
            e.sign("merged_equal_hours", "body_branch", "turned_back") < 0
            and e.sign("merged_equal_hours", "body_branch", "hours") > 0
        ),
    ),
    (
        MAIN,
        "at less than a fifth of their hours, and settle more cases within 90 days. For roofs they do little",
        lambda e: (
            0.1 < e.of("placebo", "body", "hours") / e.of("body_branch", "body", "hours") < 0.2
            and e.of("placebo", "body", "settled_90") > e.of("body_branch", "body", "settled_90")
            and e.of("placebo", "body", "mended") < 0.5 * e.of("body_branch", "body", "mended")
        ),
    ),
    (
        CHANNELS,
        "(`cost_sharing`) are the practice that does most, at few hours",
        lambda e: (
            min((e.of("merged", f"without_{x}"), x) for x in PRACTICES)[1] == "sharing"
            and min((e.of(f"plus_{x}", "one_person"), x) for x in PRACTICES)[1] == "sharing"
            and e.of("plus_sharing", "one_person", "hours") < 0.2 * e.of("plus_visits", "one_person", "hours")
        ),
    ),
    (
        CHANNELS,
        "alone does two thirds of what calls do, at four times the hours; talking about its contract "
        "(`renewal_leverage`) a fifth. Where the others are there neither does anything that can be told from chance.",
        lambda e: (
            0.6 < e.of("plus_monitoring", "one_person") / e.of("plus_sharing", "one_person") < 0.72
            and 3.6 < e.of("plus_monitoring", "one_person", "hours") / e.of("plus_sharing", "one_person", "hours") < 4.4
            and 0.17 < e.of("plus_leverage", "one_person") / e.of("plus_sharing", "one_person") < 0.23
            and all(
                e.sign(f"plus_{x}", "one_person") < 0 == e.sign("merged", f"without_{x}")
                for x in ("monitoring", "leverage")
            )
        ),
    ),
    (
        CHANNELS,
        "Summons (`authority`) do a little, alone and beside the others.",
        lambda e: e.sign("plus_authority", "one_person") < 0 > e.sign("merged", "without_authority"),
    ),
    (
        CHANNELS,
        "take most of the hours of all practices. Alone they do nothing for the headline that can be told from chance, "
        "beside the others they do harm: roofs are mended",
        lambda e: (
            e.sign("plus_visits", "one_person") == 0 < e.sign("merged", "without_visits")
            and e.sign("plus_visits", "one_person", "mended") > 0 > e.sign("plus_visits", "one_person", "settled_90")
            and 2 * e.of("plus_visits", "one_person", "hours")
            > sum(e.of(f"plus_{x}", "one_person", "hours") for x in PRACTICES)
        ),
    ),
    (
        CHANNELS,
        "One person without any practice takes the largest single step against `body`; most of it is what two more",
        lambda e: (
            e.of("one_person", "body") < min(e.of(f"plus_{x}", "one_person") for x in PRACTICES)
            and e.of("one_person", "placebo") > 0.5 * e.of("one_person", "body")
        ),
    ),
    (
        CHANNELS,
        "The ledger (`case_ledger`) does harm, alone and beside the others",
        lambda e: e.sign("plus_ledger", "one_person") > 0 < e.sign("merged", "without_ledger"),
    ),
)
"""Experiment, what its page says, and what must hold for it."""

PRACTICES = ("authority", "monitoring", "leverage", "visits", "sharing", "ledger")


def words(name: str) -> str:
    """Return a file's text on one line."""
    return " ".join((CLONE / name).read_text("utf-8").split())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c[1][:30])
def test_what_the_readmes_say_is_so(claim: Claim) -> None:
    experiment, english, chinese, holds = claim
    assert english in words("README.md")
    assert chinese in words("README.zh.md").replace(" ", "")  # a line break is no space in Chinese
    assert holds(Effects(experiment))


def test_crews_mend_fewer_roofs_than_begin_to_leak() -> None:
    assert "Under every arrangement crews mend fewer roofs than begin to leak." in words("README.md")
    assert "无论哪种安排，施工队修好的房顶都少于新漏的。" in words("README.zh.md")
    sums = read_csv(folder(MAIN) / RUNS).groupby("scenario")[["n_leaked", "n_mended", "n_unfelt"]].sum()
    assert (sums["n_leaked"] > sums["n_mended"]).all()
    assert (sums["n_unfelt"] > 0.1 * sums["n_leaked"]).all()
    assert sums["n_unfelt"]["body_branch"] < sums["n_unfelt"]["body"]


def test_the_magnitudes_of_the_baseline_are_those_that_the_odd_tells() -> None:
    runs = read_csv(folder(MAIN) / RUNS)
    none = runs[runs["scenario"] == "none"]
    years = none["households"] * none["days"] / 365 / 1000
    arisen, voiced, opened = ((none[f"n_{what}"] / years).mean() for what in ("arisen", "voiced", "opened"))
    quarrels, fees = ((none[f"n_cases_settled_{kind}"] / years).mean() for kind in ("neighbour", "fee"))
    told = (
        f"{round(arisen, -1):,.0f} grievances arise",
        f"{round(voiced, -1):.0f} are voiced",
        f"They make {round(opened, -1):.0f} cases",
        f"{(none['n_escalated'] / years).mean():.0f} end in a petition",
        f"{(none['n_escalated'] / none['n_arisen']).mean():.1%} of the grievances",
        f"{quarrels:.0f} quarrels between neighbours are settled, {quarrels / 2.35:.0f} per 1,000 people",
        f"{quarrels + fees:.0f} with disputes over fees",
        f"{none['collection'].mean():.0%} of fees are collected",
        f"{(1 - none['companies']).mean():.0%} of compounds are without a company",
    )
    text = words("ODD.md")
    assert [said for said in told if said not in text] == []


def test_what_the_page_says_of_true_and_recorded_success() -> None:
    page = words("experiments/yijiantiao/README.md")
    found = read_csv(folder(MAIN) / "comparison.csv").set_index(["outcome", "scenario", "baseline"])
    runs = read_csv(folder(MAIN) / RUNS)
    none = runs[runs["scenario"] == "none"]
    for name, where in (("settled_at_table", "are settled in truth as found"), ("settled_in_books", "in the books")):
        assert f"{none[name].mean():.1%} {where}" in page

    def points(outcome: str, scenario: str, baseline: str, sign: float = 1.0) -> tuple[str, str]:
        row = found.loc[(outcome, scenario, baseline)]
        low, high = sorted(sign * 100 * row[end] for end in ("low", "high"))
        return f"{sign * 100 * row['difference']:.1f}", f"{low:.1f} to {high:.1f}"

    package = points("settled_at_table", "body_branch", "body")
    assert f"settles {package[0]} points more at the table ({package[1]})" in page
    package = points("settled_in_books", "body_branch", "body", -1.0)
    assert f"the books show {package[0]} points less ({package[1]})" in page
    body = points("settled_at_table", "body", "none")
    assert f"settles as many at the table (+{body[0]}, {body[1]})" in page
    body = points("settled_in_books", "body", "none")
    assert f"looks better by {body[0]} points ({body[1]}) in the books" in page


@pytest.mark.parametrize("claim", TAKEN_APART, ids=lambda c: c[1][:30])
def test_what_the_page_of_the_experiment_says_is_so(claim: tuple[str, str, Callable[[Effects], bool]]) -> None:
    experiment, said, holds = claim
    assert said in words("experiments/yijiantiao/README.md")
    assert holds(Effects(experiment))


def test_what_the_page_says_of_shares_is_what_they_are() -> None:
    """Shapley's shares of the headline with their intervals, rounded to tens, and the whole that they add up to."""
    kept = read_csv(folder("yijiantiao-attribution") / "attribution.csv")
    headline = kept[kept["outcome"] == "unresolved"].set_index(["measure", "channel"])
    page = words("experiments/yijiantiao/README.md")

    def tens(value: float) -> str:
        return f"{round(abs(value), -1):,.0f}"

    for channel in ("coordination", "cost_sharing", "authority", "monitoring", "onsite_visits", "renewal_leverage"):
        row = headline.loc[("shapley", channel)]
        assert row["high"] < 0
        assert f"{tens(row['difference'])} ({tens(row['high'])} to {tens(row['low'])})" in page, channel
    ledger = headline.loc[("shapley", "case_ledger")]
    assert f"+{tens(ledger['difference'])} ({tens(ledger['low'])} to {tens(ledger['high'])})" in page
    whole = kept[(kept["outcome"] == "unresolved") & (kept["measure"] == "total")].iloc[0]
    assert f"of {tens(whole['difference'])} severity-days per 1,000 household-years (interval" in page
    shares = headline.loc["shapley", "difference"]
    assert abs(shares.sum() - whole["difference"]) < 0.01
    assert 0.72 < shares["coordination"] / whole["difference"] < 0.8


CITY = {
    "-3,480 (-5,500 to -2,050)": ("lot", "body", "twins_covered"),
    "-3,530 (-5,580 to -2,070)": ("best", "body", "twins_covered"),
    "-7 (-19 to 1)": ("lot", "body", "twins_others"),
    "-2 (-8 to 4)": ("best", "body", "twins_others"),
    "-3,460": ("lot", "body", "treated_minus_untreated"),
    "-3,420": ("best", "body", "treated_minus_untreated"),
    "+9": ("lot", "body", "gap"),
    "+110": ("best", "body", "gap"),
    "-1,350\n  (-2,640 to -244)": ("lot", "body", "before_after"),
    "by 2,120": ("lot", "body", "drift"),
}
"""What the page of the city says in numbers, and the estimate that each is."""


@pytest.mark.parametrize("said", CITY)
def test_what_is_said_of_the_city_stands_in_its_table(said: str) -> None:
    kept = read_csv(folder("hohhot_2025") / "naive.csv")
    kept = kept[kept["outcome"] == "unresolved"].set_index(["scenario", "baseline", "estimate"])
    row = kept.loc[CITY[said]]
    assert said in (CLONE / "experiments" / "hohhot_2025" / "README.md").read_text("utf-8")
    numbers = [float(word.replace(",", "")) for word in re.findall(r"-?[\d,]*\d", said)]
    true = [row["value"], row["low"], row["high"]][: len(numbers)]
    for number, value in zip(numbers, true, strict=True):
        assert abs(number - value) <= max(0.005 * abs(value), 0.5) + 5 * (abs(value) > 1000), RENEW


def test_the_case_that_the_page_tells_of_is_one_that_the_main_run_has() -> None:
    """The events kept of the main experiment hold it, so that the command on the page finds it after a full run."""
    page = (CLONE / "docs" / "read-a-result.md").read_text("utf-8")
    named = set(re.findall(r"biography yijiantiao (\d+/\w+/\d+/\d+)", page))
    events = pd.read_parquet(CLONE / REFERENCE / MAIN / "sample" / "events.parquet")
    kept = set(events["case:concept:name"])
    assert named and all(any(case.endswith(f"/{name}") for case in kept) for name in named)
