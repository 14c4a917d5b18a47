"""What was probably meant by a setting that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from sim import environment, mechanisms
from sim.errors import ConfigError, shortened, unknown

MOST = 6
"""Settings of one name, of several mechanisms, of which all may be meant."""

GROUPED = ("scenarios", "world", "mechanisms")
"""Settings that have others below them."""


def unknown_setting(key: str, known: Sequence[str], top: Sequence[str]) -> ConfigError:
    """Build the error for a setting that is not there.

    Args:
        key: what was given, with dots.
        known: every setting, with dots.
        top: those without a dot.
    """
    group, _, last = key.rpartition(".")
    mechanism = mechanisms.registry().get(group.removeprefix("mechanisms."))
    if mechanism and last in mechanism.channels:
        word = f"{mechanism.name}.{last}=off"
        return ConfigError(f"'{last}' is a channel; switch it in a scenario with the word {word}")
    # The right word in the wrong place, or the right place with one letter too few.
    elsewhere = [name for name in known if "." in name and name.rpartition(".")[2] == last]
    if elsewhere:
        likest = difflib.get_close_matches(key, elsewhere, n=1, cutoff=0.85)
        meant = " or ".join(f"'{name}'" for name in likest or elsewhere[:MOST])
        return ConfigError(f"unknown setting '{key}'; did you mean {meant}?")
    head, dot, rest = key.partition(".")
    if dot and head not in GROUPED:
        for right in difflib.get_close_matches(head, GROUPED, n=1, cutoff=0.8):
            return ConfigError(f"unknown setting '{key}'; did you mean '{right}.{shortened(rest)}'?")
    # Within a group that exists only the last word can be wrong; a shared beginning is no likeness.
    start = f"{group}." if group in known else ""
    words = [name.removeprefix(start) for name in known if name.startswith(start) and name.count(".") >= key.count(".")]
    key = shortened(key)
    near = difflib.get_close_matches(key.removeprefix(start), words, n=1, cutoff=0.6)
    if near:
        return ConfigError(f"unknown setting '{key}'; did you mean '{start}{near[0]}'?")
    if group:
        see = f"{environment.program()} show NAME, world/NAME or mechanism/NAME"
        return ConfigError(f"no setting called '{key}'; see: {see}")
    return unknown("setting", key, top)
