"""Words: nothing that is declared lacks a label in either language, and the font has every character of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import sim.report
from sim.cases import Kind
from sim.mechanisms import registry
from sim.outcomes import LEVELS, OUTCOMES
from sim.report import factor_labels, labels, style
from sim.report.labels import LANGUAGES, Text
from sim.rules import trust
from sim.study.compose import options
from sim.study.config import load
from sim.study.ends import ENDS


def texts_in(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from texts_in(each)


def all_texts() -> list[Text]:
    modules = [importlib.import_module(f"sim.report.{m.name}") for m in pkgutil.iter_modules(sim.report.__path__)]
    return [text for module in modules for value in vars(module).values() for text in texts_in(value)]


def test_every_outcome_has_a_chinese_label_and_unit() -> None:
    names = {spec.name for spec in OUTCOMES}
    assert not names - set(labels.OUTCOMES), "add them to OUTCOMES in sim/report/labels.py"
    assert not {spec.unit for spec in OUTCOMES} - set(labels.UNITS), "add them to UNITS in sim/report/labels.py"
    said = [labels.outcome(name, "zh") for name in sorted(names)]
    assert len(set(said)) == len(said), "two outcomes have one label"


def test_every_mechanism_channel_kind_desk_and_end_has_labels() -> None:
    found = registry()
    assert not set(found) - set(labels.MECHANISMS), "add them to MECHANISMS in sim/report/labels.py"
    channels = {channel for mechanism in found.values() for channel in mechanism.channels}
    assert not channels - set(labels.CHANNELS), "add them to CHANNELS in sim/report/labels.py"
    assert not {kind.name.lower() for kind in Kind} - set(labels.KINDS)
    assert not {*LEVELS, *trust.TRUSTED} - set(labels.DESKS)
    assert set(ENDS) == set(labels.ENDS) == set(labels.ENDS_SHORT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_font_has_every_character(language: labels.Language) -> None:
    words = [text(language) for text in all_texts()]
    assert len(words) > 70
    words += [labels.outcome(spec.name, language) for spec in OUTCOMES]
    words += [labels.unit(spec.unit, language) for spec in OUTCOMES]
    missing = {c for text in words for c in text if not style.drawable(c)}
    assert not missing, "cut the font again with them in BEYOND of sim/report/fonts/cut.py"


def test_the_projects_experiments_have_titles_and_their_scenarios_labels() -> None:
    found = options("experiment")
    assert "yijiantiao" in found
    assert not set(found) - set(labels.EXPERIMENTS), "add them to EXPERIMENTS in sim/report/labels.py"
    scenarios = {scenario for name in found for scenario in load(name).resolved["scenarios"]}
    assert not scenarios - set(labels.SCENARIOS), "add them to SCENARIOS in sim/report/labels.py"


def test_texts_are_in_their_language() -> None:
    for text in all_texts():
        assert text.en.isascii() or not any("\u2e80" < c < "\uffef" for c in text.en), text.en
        assert text.en.count("{") == text.zh.count("{"), text.en


def test_asking() -> None:
    assert labels.outcome("unresolved", "en") == "unresolved"
    assert labels.outcome("unresolved", "zh") == "未解决的困扰"
    assert labels.outcome("my_own", "zh") == "my own"
    assert labels.outcome("my_own", "en", "mine") == "mine"
    assert labels.unit("hours / 1,000 household-years", "zh") == "小时／千户·年"
    assert (labels.unit("1", "en"), labels.unit("1", "zh"), labels.unit("ells", "zh")) == ("", "", "ells")
    assert labels.scenario("merged", "zh") == "一肩挑" and labels.scenario("mine_too", "zh") == "mine too"
    assert labels.channel("case_ledger", "zh") == "台账" and labels.mechanism("yijiantiao", "zh") == "一肩挑"
    assert labels.kind("roof", "en") == "leaking roofs"
    assert labels.title("mine", "Why?", "zh") == "Why?" and labels.title("mine", "", "en") == "mine"
    assert labels.title("yijiantiao", "Why?", "zh") != labels.title("yijiantiao", "Why?", "en")
    assert labels.span(1.0, 2.0, None, "zh") == "1.00 至 2.00"
    assert labels.span(float("nan"), 2.0, None, "en") == "n/a"
    assert Text("{n} days", "{n} 天")("zh", n=3) == "3 天"


def test_labels_of_rows_are_of_rows_and_drawable() -> None:
    assert not set(factor_labels.CHINESE) - set(factor_labels._meanings())
    assert not {c for words in factor_labels.CHINESE.values() for c in words if not style.drawable(c)}
    assert len(set(factor_labels.CHINESE.values())) == len(factor_labels.CHINESE)
    assert factor_labels.meaning("social_proof", "en") == "weight of the share of the building that has signed"
    assert factor_labels.meaning("nobody", "zh") == factor_labels.meaning("nobody", "en") == "nobody"
