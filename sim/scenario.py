"""Scenarios: lists of words that say which mechanisms stand, with which channels and parameters.

``[formed_body, yijiantiao, yijiantiao.coordination=off, yijiantiao.hours=2]`` has two mechanisms,
one of them with a channel off and a parameter fixed. ``NAME.channels=off`` switches all channels of
a mechanism off at once (a placebo keeps only its extra hours). The empty list is the baseline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.errors import ConfigError, said, unknown
from sim.mechanisms import mechanism_specs, registry
from sim.parameters import Value

SWITCH = {"on": True, "off": False, "true": True, "false": False}


@dataclass
class Choice:
    """One mechanism in a scenario: which channels are on, which parameters are fixed."""

    channels: dict[str, bool]
    fixed: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A named list of words, understood.

    Attributes:
        name: what the user calls it.
        words: as written.
        choices: mechanism name to its channels and fixed parameters.
    """

    name: str
    words: tuple[str, ...]
    choices: dict[str, Choice]

    def description(self) -> dict[str, Any]:
        """Return what the scenario is, free of its name and of the order of its words."""
        return {
            name: {"channels": dict(sorted(c.channels.items())), "fixed": dict(sorted(c.fixed.items()))}
            for name, c in sorted(self.choices.items())
        }


def parse(name: str, words: Iterable[Any]) -> Scenario:
    """Understand a scenario's words.

    Args:
        name: the scenario's name, for messages.
        words: the list from the configuration.

    Raises:
        ConfigError: unknown mechanism, channel or parameter; a setting for an absent mechanism; a
            mechanism named twice; a value out of range.
    """
    if isinstance(words, (str, Mapping, set, frozenset)) or not isinstance(words, Iterable):
        raise ConfigError(f"scenario '{name}' is not a list of words, e.g. [formed_body, yijiantiao]")
    listed = list(words)
    for word in listed:
        if not isinstance(word, str) or not word:
            shown = said(word) or "''"
            raise ConfigError(f"scenario '{name}': {shown} is not a word like 'yijiantiao' or 'yijiantiao.hours=2'")
    choices: dict[str, Choice] = {}
    for word in (w for w in listed if "=" not in w):
        if word not in registry():
            mechanism, _, key = word.partition(".")
            if mechanism in registry() and (key in registry()[mechanism].channels or key == "channels"):
                raise ConfigError(f"scenario '{name}': '{word}' should read {word}=on or {word}=off")
            if mechanism in registry() and key in mechanism_specs(mechanism):
                raise ConfigError(f"scenario '{name}': '{word}' should read {word}=VALUE")
            raise unknown("mechanism", word, registry())
        if word in choices:
            raise ConfigError(f"scenario '{name}' names '{word}' twice")
        choices[word] = Choice(channels=dict.fromkeys(registry()[word].channels, True))
    settings = [w for w in listed if "=" in w]
    for word in settings:
        _set(name, word, choices)
    keys = [word.partition("=")[0] for word in settings]
    twice = next((key for k, key in enumerate(keys) if key in keys[:k]), None)
    if twice:
        raise ConfigError(f"scenario '{name}' sets {twice} twice")
    return Scenario(name=name, words=tuple(listed), choices=choices)


def _set(scenario: str, word: str, choices: dict[str, Choice]) -> None:
    """Apply one word of the form MECHANISM.KEY=VALUE."""
    left, _, text = word.partition("=")
    mechanism, dot, key = left.partition(".")
    if not dot:
        raise ConfigError(f"scenario '{scenario}': '{word}' should read MECHANISM.KEY=VALUE")
    if mechanism not in registry():
        raise unknown("mechanism", mechanism, registry())
    if mechanism not in choices:
        raise ConfigError(f"scenario '{scenario}': '{word}' sets a mechanism that the scenario does not name")
    choice = choices[mechanism]
    if key == "channels" or key in choice.channels:
        if text not in SWITCH:
            raise ConfigError(f"scenario '{scenario}': {left}={text} is not on or off")
        for channel in choice.channels if key == "channels" else (key,):
            choice.channels[channel] = SWITCH[text]
        return
    known = mechanism_specs(mechanism)
    if key not in known:
        raise unknown(f"channel or parameter of {mechanism}", key, [*choice.channels, *known, "channels"])
    choice.fixed[key] = known[key].check(_number(text), left)


def _number(text: str) -> Any:
    """Read a number or a switch from a word; anything else stays text, for the check to refuse."""
    if text in SWITCH:
        return SWITCH[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
