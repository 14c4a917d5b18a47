"""The errors a user can cause: one base class, one line, exit code 2."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import Any

LONGEST = 60
"""The most letters of something foreign that a message quotes."""

LARGE = 10**30
"""From here on a whole number is told by its size."""

LISTED = 30
"""The most names that a message lists."""


class SimError(Exception):
    """A mistake in what was asked for, told in one line that names it and says what would be right.

    Everything raised on purpose for a user derives from this class; the command line prints the
    message behind ``error: `` and ends with exit code 2. Programming errors stay ordinary
    exceptions.
    """

    def __init__(self, message: str = "") -> None:
        """Keep the message in one line, whatever was quoted in it."""
        super().__init__(" ".join(message.split()))


class ConfigError(SimError):
    """A configuration names something unknown, of the wrong type, out of range or impossible."""


class StoreError(SimError):
    """A result folder cannot be read or written, or holds something foreign."""


def unknown(what: str, name: str, known: Iterable[str]) -> ConfigError:
    """Build the error for an unknown name, with the nearest known one or the list of all.

    Args:
        what: the kind of thing, e.g. ``"setting"`` or ``"world"``.
        name: the word that was given.
        known: the words that would have been right.
    """
    names, name = sorted(known), shortened(name)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return ConfigError(f"unknown {what} '{name}'; did you mean '{near[0]}'?")
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ConfigError(f"no {what} called '{name}'; have: {', '.join(names[:LISTED]) or 'none'}{more}")


def shortened(text: str) -> str:
    """Return a text, its end left out if it is long: whoever gave it knows the rest."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def said(value: Any) -> str:
    """Return a value as a config would say it: null, true and .nan, whole numbers in full, texts as they are."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= LARGE:
        return f"{'-' if value < 0 else ''}1e{int(abs(value).bit_length() * math.log10(2))}"
    if isinstance(value, float):
        if not math.isfinite(value):
            return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:g}"
    if isinstance(value, list):
        return shortened(f"[{', '.join(map(said, value))}]")
    if isinstance(value, dict):
        return shortened("{" + ", ".join(f"{key}: {said(inner)}" for key, inner in value.items()) + "}")
    return shortened(str(value))
