"""Scenario words: what they mean, and one line with the right word for every mistake."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ConfigError
from sim.mechanisms import registry
from sim.scenario import parse

CHANNELS = {name: kind.channels for name, kind in registry().items()}


def refusal(words: Any) -> str:
    """Return the one line with which words are refused."""
    with pytest.raises(ConfigError) as refused:
        parse("mine", words)
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_the_empty_list_is_the_baseline() -> None:
    """No words, no mechanism."""
    assert parse("baseline", []).choices == {}
    assert parse("baseline", ()).description() == {}


def test_a_word_names_a_mechanism_with_all_its_channels_on() -> None:
    """Named alone, a mechanism has every channel on and nothing fixed."""
    for name, channels in CHANNELS.items():
        choice = parse("mine", [name]).choices[name]
        assert choice.channels == dict.fromkeys(channels, True)
        assert choice.fixed == {}


def test_settings_switch_channels_and_fix_parameters() -> None:
    """Channels are switched, parameters fixed in their own type; `channels` switches all of them."""
    words = ["yijiantiao.hours=2", "yijiantiao", "yijiantiao.coordination=off", "yijiantiao.equal_hours=on"]
    choice = parse("mine", words).choices["yijiantiao"]
    assert choice.channels == {c: c != "coordination" for c in registry()["yijiantiao"].channels}
    assert choice.fixed == {"hours": 2.0, "equal_hours": True}
    assert [type(v) for v in choice.fixed.values()] == [float, bool]
    off = parse("mine", ["yijiantiao", "yijiantiao.channels=off", "yijiantiao.case_ledger=true"])
    assert off.choices["yijiantiao"].channels == {c: c == "case_ledger" for c in registry()["yijiantiao"].channels}
    assert off.words == ("yijiantiao", "yijiantiao.channels=off", "yijiantiao.case_ledger=true")


@given(
    st.permutations(
        ["formed_body", "yijiantiao", "yijiantiao.hours=2", "yijiantiao.coordination=off", "formed_body.coverage=0.5"]
    )
)
def test_the_order_of_words_means_nothing(words: list[str]) -> None:
    """However the words stand, the scenario is the same, whatever it is called."""
    straight = parse("mine", sorted(words, key=lambda w: "=" in w))
    assert parse("other", words).description() == straight.description()


def test_different_scenarios_have_different_descriptions() -> None:
    """The description tells apart what runs differently."""
    lists = [
        [],
        ["formed_body"],
        ["yijiantiao"],
        ["yijiantiao", "yijiantiao.hours=2"],
        ["yijiantiao", "yijiantiao.coordination=off"],
        ["formed_body", "yijiantiao"],
    ]
    said = [str(parse("mine", words).description()) for words in lists]
    assert len(set(said)) == len(lists)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("formed_body", "scenario 'mine' is not a list of words"),
        (None, "scenario 'mine' is not a list of words"),
        (3, "scenario 'mine' is not a list of words"),
        ([3], "3 is not a word"),
        ([""], "'' is not a word"),
        ([["formed_body"]], "[formed_body] is not a word"),
        ({"formed_body": 1}, "scenario 'mine' is not a list of words"),
        (
            ["yijiantiao", "yijiantiao.coordination"],
            "should read yijiantiao.coordination=on or yijiantiao.coordination=off",
        ),
        (["yijiantiao", "yijiantiao.hours"], "'yijiantiao.hours' should read yijiantiao.hours=VALUE"),
        (["yijiantiao", "yijiantiao.hours=1", "yijiantiao.hours=2"], "sets yijiantiao.hours twice"),
        (["formed_bdy"], "unknown mechanism 'formed_bdy'; did you mean 'formed_body'?"),
        (["yijiantao.hours=2"], "unknown mechanism 'yijiantao'; did you mean 'yijiantiao'?"),
        (["qqq"], f"no mechanism called 'qqq'; have: {', '.join(sorted(CHANNELS))}"),
        (["formed_body", "formed_body"], "scenario 'mine' names 'formed_body' twice"),
        (["yijiantiao.hours=2"], "'yijiantiao.hours=2' sets a mechanism that the scenario does not name"),
        (["yijiantiao", "hours=2"], "'hours=2' should read MECHANISM.KEY=VALUE"),
        (
            ["yijiantiao", "yijiantiao.hour=2"],
            "unknown channel or parameter of yijiantiao 'yijiantiao.hour'; did you mean",
        ),
        (["yijiantiao", "yijiantiao.case_leger=off"], "did you mean 'case_ledger'?"),
        (["yijiantiao", "yijiantiao.coordination=maybe"], "yijiantiao.coordination=maybe is not on or off"),
        (["yijiantiao", "yijiantiao.channels=2"], "yijiantiao.channels=2 is not on or off"),
        (["yijiantiao", "yijiantiao.hours=9"], "yijiantiao.hours=9 is out of range [0, 8]"),
        (["yijiantiao", "yijiantiao.hours=nan"], "yijiantiao.hours=nan is not a finite number"),
        (["yijiantiao", "yijiantiao.hours=many"], "yijiantiao.hours=many is not a number"),
        (["yijiantiao", "yijiantiao.hours="], "yijiantiao.hours= is not a number"),
        (["yijiantiao", "yijiantiao.hours=on"], "yijiantiao.hours=true is not a number"),
        (["yijiantiao", "yijiantiao.equal_hours=2"], "yijiantiao.equal_hours=2 is not true or false"),
    ],
)
def test_every_mistake_has_one_line(words: Any, message: str) -> None:
    """A mistake is named in one line, with the nearest right word or the list of all."""
    if "hour=2" in str(words):
        message = "unknown channel or parameter of yijiantiao 'hour'; did you mean 'hours'?"
    assert message in refusal(words)


names = st.sampled_from(sorted(CHANNELS))
text = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=6)
keys = st.one_of(
    text, st.sampled_from(["hours", "coverage", "equal_hours", "coordination", "channels", "deadline_days"])
)
values = st.one_of(text, st.sampled_from(["1", "0.5", "on", "off", "nan", "inf", "-inf", "1e400", "1_0"]))


@given(st.lists(st.one_of(text, names, st.builds("{}.{}={}".format, names, keys, values), st.integers()), max_size=5))
def test_no_list_of_words_is_more_than_a_mistake(words: list[Any]) -> None:
    """Whatever the words, they are understood or refused in one line, never with another error."""
    try:
        parse("mine", words)
    except ConfigError as refused:
        assert len(str(refused).splitlines()) == 1
