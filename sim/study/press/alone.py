"""Press cases that have no file, as they are computed in another way than the others, and alone.

Of each: what the page says, what is set, what is compared, and the module of this folder that computes it. Words only,
so that lists are quick.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

WIDTH = 100
"""Columns of what is printed."""


@dataclass(frozen=True)
class Alone:
    """A press case without a file.

    Attributes:
        title: what it is, in a few words.
        module: of this folder, whose ``run`` computes it.
        page: what the page says.
        expected: what honesty expects.
        sources: rows of the evidence ledger that hold what the page said.
        set_: what is set, and by which setting of the command line.
        compared: with what.
    """

    title: str
    module: str
    page: str
    expected: str
    sources: tuple[str, ...]
    set_: str
    compared: str


TAIL = "tail"
"""The word for the press tail, which is no case of its own."""

ALONE: dict[str, Alone] = {
    "S7": Alone(
        "disputes down by four fifths at a hub for elders: the base and the selection that it takes",
        "hubs_command",
        "At one hub elders' participation rose by more than 60 (percent or points is not told), disputes fell"
        " by 80%, satisfaction is always 98% or more. Without a base, a period or a definition.",
        "Hubs cut disputes by far less than 80%; a fall so large at one hub is luck, the more likely the "
        "fewer disputes there were, and somebody chose the hub. Ties are not raised to meet it, and the 98% "
        "are left out: no instrument is known, and a constant at the ceiling says nothing.",
        ("page-B9", "page-B10", "page-B11"),
        "Two communities of six compounds with elder_services as a whole, its parameters drawn from their "
        "priors, for a year. Settings: replications, households, burn_in, layouts, seed, prior_draws.",
        "The same worlds without it: disputes between neighbours that began in a community and year, and "
        "elders who took part in something in a month; and how likely a fall of 80% is by luck at 5, 10, 20 "
        "and 40 disputes a year before, of how many hubs the best would show it.",
    ),
    "S8": Alone(
        "couriers as eyes on the way: what members alone would see, and everybody",
        "sensing_command",
        "519 couriers are party members, in 132 branches, 12 leagues and 354 groups of the region; what they "
        "reported, and what came of it, is not counted.",
        "Members alone see almost nothing, as they are few; all couriers would swamp communities' desks. "
        "Predictions: there is nothing on the page to be met or missed.",
        ("page-C3", "page-C7", "courier-numbers", "courier-yield"),
        "courier_sensing with so large a share of couriers enrolled: nobody, members (0.013), one in ten, "
        "everybody, in two communities of six compounds for a year. Settings: replications, households, "
        "burn_in, layouts, seed, prior_draws.",
        "Reports, false alarms, reports of what nobody had claimed, quarrels told on and hours at "
        "communities' desks, share by share, beside what people claim themselves; reports a courier and day "
        "beside 0.3 told of elsewhere.",
    ),
    "S10": Alone(
        "photographs of events: nothing to match",
        "hubs_command",
        "Photographs of calligraphy, a New Year's gathering and the making of flowers, and no number.",
        "That there were shared events, and nothing else.",
        ("page-photos",),
        "Nothing: nothing is computed. What six small events a year do is asked by `run community_culture`.",
        "Nothing.",
    ),
    TAIL: Alone(
        "the best four of 892 compounds, and what a page would show of them",
        "tail_command",
        "Of 892 compounds under the arrangement the page shows four (S2 to S5).",
        "The best four of so many come out well whatever the mean does; who reads the page alone takes them for it.",
        ("page-D4", "page-D9", "page-D16", "page-D17"),
        "A city of 1,990 compounds, 892 of them under yijiantiao. Settings: replications, compounds, "
        "households, burn_in, seed, prior_draws.",
        "The best four beside the mean of all, what a page of the best would have led a reader to believe "
        "beside the difference between twins, and true beside recorded books.",
    ),
}
"""Words of ``reproduce`` that have no file."""


def show(name: str) -> str:
    """Describe one of them as those with a file are described."""
    case = ALONE[name]
    lines = [f"press/{name}: {case.title}", ""]
    told = (("page", case.page), ("expected", case.expected), ("sources", ", ".join(case.sources)),
            ("set", case.set_), ("compared", case.compared))  # fmt: skip
    for head, text in told:
        lines += textwrap.wrap(text, WIDTH, initial_indent=f"{head:<10}", subsequent_indent=" " * 10,
                               break_on_hyphens=False)  # fmt: skip
    return "\n".join([*lines, "", f"Computed alone: reproduce {name}"])


__all__ = ["ALONE", "TAIL", "WIDTH", "Alone", "show"]
