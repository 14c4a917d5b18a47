"""Outcomes of villages: what collectives and households earn from birds, who earns it, and what it takes.

Pure functions of what a run recorded, and of a few columns at its end, as all outcomes are: integers first, and
quotients of them. Collective income is counted without grants and, in `collective_net`, less unpaid hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.books import FEN
from sim.outcomes import inequality
from sim.outcomes.spec import HIGHER, LOWER, NEITHER, YEAR, Direction, Floats, Ints, OutcomeSpec, over
from sim.places.village import AROUND, LAND, MONEY, ROLES
from sim.rules.bases import SOURCES
from sim.rules.beliefs import large_farmers
from sim.rules.labour import PRACTICES

if TYPE_CHECKING:
    from sim.worlds import Worlds

HOMES = (ROLES[MONEY], ROLES[LAND])
GROUPS = {
    "small": "with small flocks",
    "large": "with large flocks",
    "member": "with a party member",
    "no_member": "without a party member",
    "home": "of the home villages",
    "around": "of the villages around",
}
"""Groups of households whose income from birds is counted apart, and who they are."""

SIZES = ("small", "large")

BY_FLOCK: tuple[tuple[str, str, str, Direction, str], ...] = (
    ("adopted", "share", "households that have had chicks from a base at least once, of those", NEITHER, "joined"),
    ("contract_share", "share", "batches under contract, of those of households", NEITHER, "under contract"),
    ("lost_batches", "share", "batches sold at a loss, of those of households", LOWER, "at a loss"),
    ("left_trade", "per year in the trade", "households that left the trade, of those", NEITHER, "left"),
)
"""Outcomes that are told by the size of the flock that a household would keep: name, unit, meaning, what is better,
label."""

A_VILLAGE = "yuan / home village-year"
A_HOUSEHOLD = "yuan / household-year"

SOURCE_WORDS = {"margin": "margins", "own": "own flocks", "rent": "rent", "plant": "the plant"}

_ROWS: tuple[tuple[str, str, str, Direction, str, str, bool], ...] = (
    (
        "collective_net",
        A_VILLAGE,
        "what collectives earned by margins, own flocks, rent and plants, without grants and less what unpaid hours "
        "of branches and coaches are worth",
        HIGHER,
        "collective income, net",
        "collective",
        True,
    ),
    (
        "collective_income",
        A_VILLAGE,
        "the same, unpaid hours not deducted",
        HIGHER,
        "collective income",
        "collective",
        False,
    ),
    (
        "collective_money",
        "yuan / year",
        "of that, the village's with money",
        HIGHER,
        "income: money's village",
        "collective",
        False,
    ),
    (
        "collective_land",
        "yuan / year",
        "of that, the village's with land",
        HIGHER,
        "income: land's village",
        "collective",
        False,
    ),
    *(
        (f"collective_{s}", A_VILLAGE, f"of that, by {what}", HIGHER, f"income by {what}", "collective", False)
        for s, what in SOURCE_WORDS.items()
    ),
    ("dividends", A_HOUSEHOLD, "dividends of collectives to households of home villages", HIGHER, "dividends",
     "collective", False),
    ("grants", A_VILLAGE, "public grants, which are no income", NEITHER, "grants", "collective", False),
    ("farm_income", A_HOUSEHOLD, "what birds left to households, inputs and margin paid, labour not, over all "
     "households", HIGHER, "income from birds", "farm", True),
    ("farm_income_kept", A_HOUSEHOLD, "the same over households in the trade", HIGHER, "income of who keeps birds",
     "farm", False),
    ("farm_share", "share", "what birds left in the last full year over what else the same households earned; missing "
     "if nobody sold birds then", HIGHER, "birds' share of income", "farm", False),
    ("net_per_bird", "yuan / bird sold", "what birds left to households, labour not paid, over birds sold; missing "
     "without any", HIGHER, "left by a bird", "farm", False),
    ("wages", A_HOUSEHOLD, "wages of bases and plants", HIGHER, "wages", "farm", False),
    ("adopted", "share", "households that have had chicks from a base at least once, also before day 0", NEITHER,
     "households that joined", "farm", True),
    ("adopted_member", "share", "of those with a party member; missing without any", NEITHER, "joined: members", "farm",
     False),
    ("adopted_around", "share", "of those in the villages around; missing without any", NEITHER, "joined: around",
     "farm", False),
    ("survival", "share", "birds sold over birds sold or dead", HIGHER, "survival", "farm", False),
    ("lost_batches", "share", "batches sold at a loss", LOWER, "batches at a loss", "farm", False),
    ("left_trade", "per year in the trade", "households that gave up after losses or in anger, or stopped as it did "
     "not seem worth it", NEITHER, "left the trade", "farm", False),
    ("turned_away", "share", "wishes for chicks for which a base had no room, over wishes", LOWER, "turned away",
     "farm", False),
    ("contract_share", "share", "batches under contract", NEITHER, "batches under contract", "farm", False),
    ("contract_uptake", "per offer", "batches under contract over households that were offered one while birds seemed "
     "worth it; missing without an offer", NEITHER, "contracts taken", "farm", False),
    ("firm_per_bird", "yuan / bird bought", "what the enterprise made of birds that it bought; missing without any",
     NEITHER, "enterprise's gain a bird", "farm", False),
    ("side_sold", "per contract", "contract batches sold elsewhere; missing without any", NEITHER, "sold elsewhere",
     "farm", False),
    ("contract_paid", "yuan per yuan", "what the enterprise paid after an agreement, over what it came to owe in the "
     "same days by contracts that it did not keep; missing if it kept them", HIGHER, "owed by contract, paid", "farm",
     False),
    ("left_in_anger", "per year in the trade", "households that left after a dispute about shares or a contract that "
     "came to a petition or to nothing", LOWER, "left in anger", "farm", False),
    ("gini", "0 to 1", "Gini coefficient of what households earned in the last full year, with birds", LOWER,
     "Gini of income", "farm", True),
    *(
        (f"birds_{group}", A_HOUSEHOLD, f"what birds left in the last full year to those {who}; missing without any",
         HIGHER, f"from birds: {group.replace('_', ' ')}", "farm", False)
        for group, who in GROUPS.items()
    ),
    *(
        (f"{outcome}_{size}", unit, f"{said} {GROUPS[size]}; missing without any", direction, f"{label}: {size}",
         "flock", False)
        for outcome, unit, said, direction, label in BY_FLOCK
        for size in SIZES
    ),
    ("allied", "share", "township-days on which the home villages are allied", NEITHER, "allied", "alliance", False),
    ("rounds_of_talks", "per township-year", "rounds of talks called", NEITHER, "rounds of talks", "alliance", False),
    ("talks_failed", "per township-year", "talks given up", LOWER, "talks given up", "alliance", False),
    ("dissolved", "per township-year", "alliances that a side left", LOWER, "alliances dissolved", "alliance", False),
    *(
        (f"hours_{practice}", "hours / 1,000 household-years", f"hours that nobody pays: {practice}", NEITHER,
         f"hours: {practice}", "village hours", False)
        for practice in PRACTICES
    ),
)  # fmt: skip
INCOMES: tuple[OutcomeSpec, ...] = tuple(OutcomeSpec(*row) for row in _ROWS)

ONLY: dict[str, tuple[str, ...]] = dict.fromkeys((spec.name for spec in INCOMES), ("village",))
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""

FIRST = ("collective_net", "unresolved", "farm_income", "adopted")
"""What is shown first of villages where there is no room for all main outcomes; the headline is among it."""

COUNTS = (
    *(f"{what}_{group}{unit}" for group in GROUPS for what, unit in (("yards", ""), ("year", "_fen"))),
    *("yards_year", "year_kept_fen", "year_others_fen", "gini_millionths", "home_villages", "townships"),
    *("adopted_yards", "adopted_member_yards", "adopted_around_yards", "adopted_large_yards"),
)
"""Names of the integers of `at_the_end`, in order."""

STOCKS = {
    "price_fen": "price_days_fen",
    "birds": "bird_days",
    "keeping": "keeping_days",
    "keeping_large": "keeping_days_large",
    "adopters": "adopter_days",
    "adopters_members": "adopter_days_members",
    "adopters_around": "adopter_days_around",
    "allied_townships": "allied_days",
}
"""Stocks of villages to the names of their sums over the ends of all days."""

FAMILIES = {
    "collective": "collectives",
    "farm": "birds and households",
    "flock": "by flock size",
    "alliance": "the alliance",
    "village hours": "unpaid hours",
}
"""Families of these outcomes, and how they are headed."""


def at_the_end(w: Worlds) -> dict[str, Ints]:
    """Return the integers that are read from columns at the end of a run, one number a world each.

    `gini_millionths` is of what households earned in the last full year, with birds and without; the `year_` numbers
    are of that year too.
    """
    role = w.layout.traits["village_role"][w.layout.up("yard", "village")]
    around = np.broadcast_to(role == AROUND, w.birds.shape)
    large, member = large_farmers(w), w.farm_member
    belongs = dict(zip(GROUPS, (~large, large, member, ~member, ~around, around), strict=True))
    out: dict[str, Ints] = {}
    for group, mask in belongs.items():
        out[f"yards_{group}"] = mask.sum(axis=1, dtype=np.int64)
        out[f"year_{group}_fen"] = np.where(mask, w.last_year, 0).sum(axis=1, dtype=np.int64)
    kept = w.last_year != 0
    out["yards_year"] = kept.sum(axis=1, dtype=np.int64)
    out["year_kept_fen"] = np.where(kept, w.last_year, 0).sum(axis=1, dtype=np.int64)
    out["year_others_fen"] = np.where(kept, w.income, 0).sum(axis=1, dtype=np.int64)
    earned = np.maximum(w.income + w.last_year, 0) // FEN  # whole yuan, losses counted as nothing
    out["gini_millionths"] = np.array([inequality.gini(each) for each in earned], dtype=np.int64)
    out["home_villages"] = np.full(w.n, int((w.layout.traits["village_base"] >= 0).sum()), dtype=np.int64)
    out["townships"] = np.full(w.n, w.layout.sizes["township"], dtype=np.int64)
    out["adopted_yards"] = w.adopted.sum(axis=1, dtype=np.int64)
    for group in ("member", "around", "large"):
        out[f"adopted_{group}_yards"] = (w.adopted & belongs[group]).sum(axis=1, dtype=np.int64)
    return {name: out[name] for name in COUNTS}


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts; not a number where there is no path to one."""
    households, days = n["households"], n["days"]
    village_days, exposure = n["home_villages"] * days, households * days
    town_days = n["townships"] * days
    by_home = {home: sum((n[f"{s}_{home}_fen"] for s in SOURCES), np.zeros_like(days)) for home in HOMES}
    both = by_home[HOMES[0]] + by_home[HOMES[1]]
    dividends = n["dividends_money_fen"] + n["dividends_land_fen"]
    out = {
        "collective_net": over(both - n["unpaid_hours_fen"], village_days, YEAR / FEN),
        "collective_income": over(both, village_days, YEAR / FEN),
        **{f"collective_{home}": over(by_home[home], days, YEAR / FEN) for home in HOMES},
        **{
            f"collective_{source}": over(n[f"{source}_money_fen"] + n[f"{source}_land_fen"], village_days, YEAR / FEN)
            for source in SOURCES
        },
        "dividends": over(dividends, n["yards_home"] * days, YEAR / FEN),
        "grants": over(n["grants_fen"], village_days, YEAR / FEN),
        "farm_income": over(n["farm_fen"], exposure, YEAR / FEN),
        "farm_income_kept": over(n["farm_fen"], n["keeping_days"], YEAR / FEN),
        "farm_share": over(n["year_kept_fen"], n["year_others_fen"]),
        "net_per_bird": over(n["farm_fen"], n["birds_sold"], 1 / FEN),
        "wages": over(n["base_wages_fen"] + n["plant_wages_fen"], exposure, YEAR / FEN),
        "adopted": over(n["adopted_yards"], households),
        "adopted_around": over(n["adopted_around_yards"], n["yards_around"]),
        "adopted_member": over(n["adopted_member_yards"], n["yards_member"]),
        "survival": over(n["birds_sold"], n["birds_sold"] + n["birds_dead"]),
        "lost_batches": over(n["batches_lost"], n["batches_sold"]),
        "left_trade": over(_left(n), n["keeping_days"], float(YEAR)),
        "left_in_anger": over(n["left_in_anger"], n["keeping_days"], float(YEAR)),
        "turned_away": over(n["turned_away"], n["turned_away"] + n["batches"]),
        "contract_share": over(n["batches_contract"], n["batches"]),
        "contract_uptake": over(n["batches_contract"], n["could_sign"]),
        "firm_per_bird": over(n["firm_fen"], n["sold_contract"], 1 / FEN),
        "side_sold": over(n["side_sold"], n["batches_contract"]),
        "contract_paid": over(n["contract_paid_fen"], n["contract_due_fen"]),
        "gini": n["gini_millionths"] / 1e6,
        "allied": over(n["allied_days"], town_days),
        "rounds_of_talks": over(n["rounds"], town_days, float(YEAR)),
        "talks_failed": over(n["talks_failed"], town_days, float(YEAR)),
        "dissolved": over(n["dissolved"], town_days, float(YEAR)),
    }
    for group in GROUPS:
        out[f"birds_{group}"] = over(n[f"year_{group}_fen"], n[f"yards_{group}"], 1 / FEN)
    return out | _by_flock(n)


def _left(n: Mapping[str, Ints]) -> Ints:
    """Return how many households left the trade, for whatever reason."""
    return n["gave_up"] + n["stopped"] + n["left_in_anger"]


def _by_flock(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of `BY_FLOCK`: of large farmers as counted, of small ones what is left of all."""
    parts = {
        "adopted": (n["adopted_yards"], n["adopted_large_yards"], n["households"], n["yards_large"]),
        "contract_share": (n["batches_contract"], n["batches_contract_large"], n["batches"], n["batches_large"]),
        "lost_batches": (n["batches_lost"], n["batches_lost_large"], n["batches_sold"], n["batches_sold_large"]),
        "left_trade": (_left(n), n["left_large"], n["keeping_days"], n["keeping_days_large"]),
    }
    out = {}
    for name, (above, above_large, below, below_large) in parts.items():
        scale = float(YEAR) if name == "left_trade" else 1.0
        out[f"{name}_large"] = over(above_large, below_large, scale)
        out[f"{name}_small"] = over(above - above_large, below - below_large, scale)
    return out
