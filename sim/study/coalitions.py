"""Coalitions: an attribution as an experiment, one scenario for every set of channels, or of mechanisms, that are on.

What an experiment says under ``attribution`` is which mechanism is taken apart (``mechanism``), on top of which words
(``words``, e.g. the mechanism it presupposes), by which of its channels (``channels``, all if not said), in which
outcomes (``outcomes``: ``main``, ``all`` or a list), with how many replications (``replications``, those of the
experiment if not said), and what none and all of the channels together are called (``names``). Instead of one
mechanism several can be taken apart as wholes (``mechanisms``: a name and its words for each player). Coalitions are
ordinary scenarios: pieces, keys, resuming and digests come with them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim import places
from sim.errors import ConfigError, unknown
from sim.errors import said as told
from sim.mechanisms import registry

KEYS = ("mechanism", "mechanisms", "words", "channels", "outcomes", "replications", "names")
"""What can be said of an attribution."""

MOST = 10
"""Channels that can be attributed exactly: 2^10 coalitions."""

BLOCK = 1_600_000
"""Household rows computed at a time: coalitions are many and worlds small, and what is stacked shares its overhead."""

SUFFIX = "-attribution"
EMPTY = "none_on"


@dataclass(frozen=True)
class Attribution:
    """Which mechanism is taken apart, and how.

    Attributes:
        mechanism: its name; empty if whole mechanisms are the players.
        words: words that stand in every coalition.
        channels: the players, in order; channel i is on in the coalitions whose bit i is set. The mechanism's other
            channels are as the words leave them.
        outcomes: names of the outcomes attributed.
        replications: replications of each coalition; None = those of the experiment.
        names: what people call it when no channel is on, and when all are.
        together: where whole mechanisms are the players, name of each to the words that bring it in.
    """

    mechanism: str
    words: tuple[str, ...]
    channels: tuple[str, ...]
    outcomes: tuple[str, ...]
    replications: int | None
    names: tuple[str, str]
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def scenarios(self) -> dict[str, list[str]]:
        """Name to words of every coalition, in the order of their numbers: the empty one first, all together last."""
        first = [*self.words, *([] if self.mechanism in ("", *self.words) else [self.mechanism])]
        out = {}
        for number in range(2 ** len(self.channels)):
            on = [channel for i, channel in enumerate(self.channels) if number >> i & 1]
            if self.together:
                out["-".join(on) or EMPTY] = [*first, *(word for player in on for word in self.together[player])]
                continue
            words = [f"{self.mechanism}.{channel}={'on' if channel in on else 'off'}" for channel in self.channels]
            out["-".join(on) or EMPTY] = [*first, *words]
        return out

    @property
    def purposes(self) -> dict[str, tuple[str, ...]]:
        """Return what the hours of each player are spent on, see `sim.mechanisms.Mechanism.purposes`."""
        if not self.together:
            return dict(registry()[self.mechanism].purposes)
        own = {
            player: [registry()[word] for word in words if word in registry()]
            for player, words in self.together.items()
        }
        return {
            player: tuple(dict.fromkeys(p for kind in kinds for spent in kind.purposes.values() for p in spent))
            for player, kinds in own.items()
        }

    def plain(self) -> dict[str, Any]:
        """Return what was said, complete, as plain data."""
        said: dict[str, Any] = {"mechanism": self.mechanism, "words": list(self.words)}
        if self.together:
            said = {
                "mechanisms": {player: list(words) for player, words in self.together.items()},
                "words": list(self.words),
            }
        else:
            said["channels"] = list(self.channels)
        said["outcomes"] = list(self.outcomes)
        said["names"] = list(self.names)
        return said if self.replications is None else said | {"replications": self.replications}


def read(given: Mapping[str, Any], place: str) -> Attribution:
    """Understand what an experiment says of its attribution; the number of replications is checked elsewhere.

    Args:
        given: what it says.
        place: its place, on which it depends which outcomes there are.

    Raises:
        ConfigError: an unknown key, mechanism, channel or outcome, or a word that cannot stand in every coalition.
    """
    for key in given:
        if key not in KEYS:
            raise unknown("setting of attribution", str(key), KEYS)
    if given.get("mechanisms") is not None:
        return _of_mechanisms(given, place)
    mechanism = given.get("mechanism")
    if mechanism is None:
        raise ConfigError(
            "attribution: which mechanism? e.g. attribution: {mechanism: yijiantiao, words: [formed_body]}"
        )
    if not isinstance(mechanism, str) or mechanism not in registry():
        raise unknown("mechanism", told(mechanism), registry())
    fits = registry()[mechanism].places
    if fits and not set(places.settlements(place)) & set(fits):
        raise ConfigError(f"attribution: {mechanism} applies in a {' or '.join(fits)}, not in a {place}")
    known = registry()[mechanism].channels
    channels = _words("channels", given.get("channels", list(known)))
    for channel in channels:
        if channel not in known:
            raise unknown(f"channel of {mechanism}", channel, known)
    if len(set(channels)) < len(channels):
        raise ConfigError("attribution: a channel stands twice among the channels")
    if not 1 <= len(channels) <= MOST:
        raise ConfigError(f"attribution: {len(channels)} channels; exact attribution takes 1 to {MOST}")
    words = _words("words", given.get("words", []))
    for word in words:
        key = word.partition("=")[0]
        if key in {f"{mechanism}.channels", *(f"{mechanism}.{channel}" for channel in channels)}:
            raise ConfigError(
                f"attribution: '{word}' cannot stand in every coalition; its channels are what is attributed"
            )
    names = _words("names", given.get("names", [" ".join(words) or "none", str(mechanism)]))
    if len(names) != 2:
        raise ConfigError("attribution: names are two, of none of the channels and of all, e.g. [body, merged]")
    outcomes = _outcomes(given.get("outcomes", "main"), place)
    replications = given.get("replications")
    return Attribution(str(mechanism), words, channels, outcomes, replications, (names[0], names[1]))


def _of_mechanisms(given: Mapping[str, Any], place: str) -> Attribution:
    """Understand an attribution whose players are whole mechanisms; see `read`."""
    for key in ("mechanism", "channels"):
        if given.get(key) is not None:
            raise ConfigError(f"attribution: {key} and mechanisms cannot both be said")
    said = given["mechanisms"]
    if not isinstance(said, Mapping) or not 1 <= len(said) <= MOST:
        raise ConfigError(f"attribution: mechanisms is a group of 1 to {MOST} players, each with a list of words")
    together = {str(player): _words(f"mechanisms.{player}", words) for player, words in said.items()}
    for player, words in together.items():
        kinds = [word for word in words if "=" not in word]
        if not kinds:
            raise ConfigError(f"attribution: mechanisms.{player} names no mechanism")
        for kind in kinds:
            if kind not in registry():
                raise unknown("mechanism", kind, registry())
            fits = registry()[kind].places
            if fits and not set(places.settlements(place)) & set(fits):
                raise ConfigError(f"attribution: {kind} applies in a {' or '.join(fits)}, not in a {place}")
    words = _words("words", given.get("words", []))
    names = _words("names", given.get("names", [" ".join(words) or "none", "all"]))
    if len(names) != 2:
        raise ConfigError("attribution: names are two, of none of the mechanisms and of all, e.g. [none, all]")
    outcomes = _outcomes(given.get("outcomes", "main"), place)
    return Attribution("", words, tuple(together), outcomes, given.get("replications"), (names[0], names[1]), together)


def _words(key: str, value: Any) -> tuple[str, ...]:
    """Return a list of words."""
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ConfigError(f"attribution: {key}={told(value)} is not a list of words")
    return tuple(value)


def _outcomes(value: Any, place: str) -> tuple[str, ...]:
    """Return the names of outcomes that are meant."""
    from sim.outcomes import specs

    if value in ("main", "all"):
        return tuple(spec.name for spec in specs(place) if spec.main or value == "all")
    names = _words("outcomes", value)
    for name in names:
        if name not in (spec.name for spec in specs(place)):
            raise unknown("outcome", name, (spec.name for spec in specs(place)))
    if not names:
        raise ConfigError("attribution: outcomes is empty; leave it out, or write main, all or a list of names")
    return names


def _nothing_said(plain: Mapping[str, Any]) -> ConfigError:
    """Say that an experiment has no attribution, and which of its own mechanisms could be taken apart, if any can."""
    words = [word for scenario in (plain.get("scenarios") or {}).values() for word in scenario or []]
    kinds = [kind for kind in dict.fromkeys(words) if kind in registry()]
    if not kinds:
        return ConfigError(f"'{plain['name']}' compares no mechanism: there is nothing to attribute")
    most = max(kinds, key=lambda kind: len(registry()[kind].channels))
    channels = registry()[most].channels
    if len(channels) == 1:
        return ConfigError(
            f"'{plain['name']}': {most} has one channel, {channels[0]}, which leaves nothing to share out; "
            f"what it does is in: python3 -m sim run {plain['name']}"
        )
    beside = f" attribution.words=[{','.join(kind for kind in kinds if kind != most)}]" if len(kinds) > 1 else ""
    return ConfigError(f"'{plain['name']}' does not say what to attribute; e.g. attribution.mechanism={most}{beside}")


def expand(plain: Mapping[str, Any], said: Collection[str], place: str) -> dict[str, Any]:
    """Turn a composed experiment into that of its attribution.

    Only runs are kept. The attribution's own number of replications holds unless another was said on the command
    line, or the size is quick.

    Args:
        plain: what `sim.study.compose.compose` returns.
        said: keys said on the command line.
        place: the place of its world.

    Raises:
        ConfigError: the experiment says nothing of an attribution, or something wrong.
    """
    given = plain.get("attribution")
    if not isinstance(given, Mapping):
        raise _nothing_said(plain)
    if (plain.get("size") == "quick" or "replications" in said) and "attribution.replications" not in said:
        given = {key: value for key, value in given.items() if key != "replications"}
    attribution = read(given, place)
    scenarios = attribution.scenarios
    names = list(scenarios)
    out = {key: value for key, value in plain.items() if key not in ("sweep", "baseline")}
    out |= {"name": f"{str(plain['name']).removesuffix(SUFFIX)}{SUFFIX}", "attribution": given}
    out |= {"scenarios": scenarios, "comparisons": [[names[-1], names[0]]], "detail": False, "events": 0}
    if "block_households" not in said:
        out["block_households"] = BLOCK
    if attribution.replications is not None:
        out["replications"] = attribution.replications
    return out
