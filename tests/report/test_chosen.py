"""Of more scenarios than there is room for those are drawn that matter, and the foot says how many are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report.chosen import chosen, few, left_out, part
from sim.report.diffusion import diffusion_figure
from sim.report.labels import LANGUAGES, Language
from sim.report.series import curves, time_series_figure
from tests.report.layout import check_layout

COUNTY = ("baseline", "yijiantiao", "couriers", "elders", "culture", "alliance", "team", "all")
SHARES = ("baseline", *(f"share_{k:02d}" for k in (5, 20, 35, 50, 65, 80, 95)))


def test_those_that_differ_and_both_ends() -> None:
    size = dict.fromkeys(COUNTY, 0.0) | {"alliance": 3.0, "all": 3.0}
    assert chosen(COUNTY, size, 4) == ["baseline", "alliance", "all"]
    size |= {"yijiantiao": 9.0, "elders": 1.0, "culture": 2.0}
    assert chosen(COUNTY, size, 4) == ["baseline", "yijiantiao", "alliance", "all"]  # the last, and the largest
    alike = dict.fromkeys(SHARES, 1.0)
    assert chosen(SHARES, alike, 4) == ["baseline", "share_05", "share_50", "share_95"]
    assert chosen(COUNTY[:4], dict.fromkeys(COUNTY, 0.0), 4) == list(COUNTY[:4])  # all, where there is room
    assert chosen(COUNTY, dict.fromkeys(COUNTY, 0.0), 4) == ["baseline"]
    for language in LANGUAGES:
        said = left_out(COUNTY, size, ("baseline", "alliance", "all"), "B", "x.csv", language)
        assert "5" in said and "2" in said and "x.csv" in said
        assert left_out(COUNTY, size, COUNTY, "B", "x.csv", language) == ""


def days(names: tuple[str, ...], slope: dict[str, int]) -> pd.DataFrame:
    rows = [
        dict(scenario=s, replication=k, day=d, adopters=k + slope.get(s, 0) * d, adopters_members=0)
        for s in names for k in range(2) for d in range(30)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_joining_shows_the_alliance_of_a_county(language: Language) -> None:
    figure = diffusion_figure(days(COUNTY, {"alliance": 2, "all": 2}), language)
    said = " ".join(check_layout(figure))
    names = ("village alliance", "all together") if language == "en" else ("联村共建", "全部合用")
    assert all(name in said for name in names) and "5" in said and "daily.parquet" in said
    thick = [line for line in figure.axes[0].lines if line.get_linewidth() > 1]
    assert [line.get_linestyle() == "-" for line in thick] == [True, True, False]  # what lies on another is dashed
    few = diffusion_figure(days(COUNTY[:2], {"yijiantiao": 1}), language)
    assert "daily.parquet" not in " ".join(check_layout(few))


@pytest.mark.parametrize("language", LANGUAGES)
def test_time_series_show_what_differs(language: Language) -> None:
    slope = {"couriers": 0, "elders": 1, "culture": 2, "alliance": 3, "team": 4, "all": 1, "yijiantiao": 0}
    daily = pd.DataFrame([
        dict(scenario=s, replication=k, day=d, unresolved=1000 * (5 + k + slope.get(s, 0) * d), minutes_body=60 * d)
        for s in COUNTY for k in range(3) for d in range(20)
    ])  # fmt: skip
    runs = daily[["scenario", "replication"]].drop_duplicates(ignore_index=True).assign(households=100)
    drawn = curves(daily, runs, [(name, "baseline") for name in COUNTY[1:]])
    assert [name for name, _ in drawn.pairs] == ["culture", "alliance", "team", "all"]
    assert (drawn.left_out.same, drawn.left_out.more) == (2, 1)
    assert np.allclose(drawn.values[0, "team"][:, -1] - drawn.values[0, "baseline"][:, -1], 4 * 19 * 10)
    said = " ".join(check_layout(time_series_figure(drawn, language)))
    assert "daily.parquet" in said
    mixed = [
        ("all", "team"),
        ("alliance", "baseline"),
        ("elders", "baseline"),
        ("team", "baseline"),
        ("all", "baseline"),
    ]
    assert curves(daily, runs, mixed).pairs == mixed[:4]  # as declared, where not all are with one scenario


def test_of_a_sweep_every_arm_is_there_with_its_ends() -> None:
    arms = ("none", "body", "merged")
    sweep = [f"{arm}.x-{k}" for arm in arms for k in range(25)]
    assert few(sweep, 8) == [f"{arm}.x-{k}" for arm in arms for k in (0, 24)]
    assert few(["a", "b", "c"], 8) == ["a", "b", "c"]
    many = [f"coalition{k}" for k in range(128)]
    assert len(few(many, 8)) == 8 and few(many, 8)[0] == many[0] and few(many, 8)[-1] == many[-1]
    assert few(["lone", *(f"arm.x-{k}" for k in range(10))], 8) == ["lone", *(f"arm.x-{k}" for k in (0, 3, 6, 9))]


def test_a_part_is_said_to_be_one() -> None:
    for language in LANGUAGES:
        assert "3" in part(3, 75, language) and "75" in part(3, 75, language)
        assert part(3, 3, language) == ""
