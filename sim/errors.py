"""The errors a user can cause: one base class, one line, exit code 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


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
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return ConfigError(f"unknown {what} '{name}'; did you mean '{near[0]}'?")
    return ConfigError(f"no {what} called '{name}'; have: {', '.join(names) or 'none'}")
