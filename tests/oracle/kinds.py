"""What can be the matter: kinds of grievance, kinds of desk, and the words they go by in parameters."""

from __future__ import annotations

KINDS = ("roof", "pipe", "lighting", "rubbish", "pests", "road", "nuisance", "neighbour", "fee")
"""Kinds of grievance and case, by number."""

ON_THE_STEPPE = ("boundary", "livestock", "wages", "help")
"""Kinds of pastures alone, numbered after the others; neighbours quarrel there too."""

NUMBER = {kind: number for number, kind in enumerate((*KINDS, *ON_THE_STEPPE))}
"""Kind to its number, by which keys hold it."""

DEFECTS = KINDS[:6]
"""What is repaired; everything after is bargained over."""

PAIRS = KINDS[7:]
"""What stands between two parties; everything before is suffered by several, with one case for all."""

IN_BUILDING = KINDS[:3]
"""What goes wrong in a building."""

IN_COMPOUND = KINDS[3:7]
"""What goes wrong in a compound as a whole."""

WATER = ("roof", "pipe")
"""What leaks: dearer with time, and perhaps an emergency."""

TOWN = (*KINDS[:6], "works")
"""How the parameters call the shared kinds: a nuisance comes from building works."""

DESKS = (
    "company", "body", "branch", "community", "centre", "court", "hotline", "station", "room", "justice", "team",
)  # fmt: skip
"""Kinds of desk, by number; the hotline is an intake without a desk of its own."""

INTAKES = ("company", "body", "community", "hotline")
"""Where one can claim, in the order of the choice; these are trusted or not."""


def word(kind: str) -> str:
    """Return what the parameters of a shared kind begin with."""
    return TOWN[KINDS.index(kind)]
