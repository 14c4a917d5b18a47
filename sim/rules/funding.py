"""Funding: who pays for a repair, in the order that law and contract set.

Developer's warranty -> the company's duty up to its cap -> public income of the compound -> maintenance fund,
after an emergency application or an owners' vote (Civil Code 278, 281) -> owners' shares. Money that is
promised lies in escrow; if the rest does not come together, everybody gets theirs back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, noise
from sim.cases import Activity, Kind, Stage, log_cases, move_cases
from sim.columns import Rule
from sim.constants import ZERO, code, date, real, whole
from sim.parameters import parameter
from sim.places.compound import ages
from sim.rules import contracts, defects, motions, shares, votes
from sim.rules.motions import Motion
from sim.space import anywhere, rank_in_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

CONTRIBUTORS = {"company": "till", "public": "public", "fund": "fund"}
"""Who contributes before the owners do, and from which account of the compound."""

ROOF, LAST_LEAK = code(Kind.ROOF), code(defects.LEAKS[-1])
VOTING, FUNDING, SIGNING = code(Stage.VOTING), code(Stage.FUNDING), code(Stage.SIGNING)
SHARES, FUND = whole(Motion.SHARES), whole(Motion.FUND)
NO_COMPANY, NO_LOSS = code(contracts.NONE), date(0)

FEN = real(books.FEN)


@dataclass(frozen=True)
class Parameters:
    """Money for repairs."""

    warranty_years: float = parameter(
        5.0,
        0.0,
        10.0,
        unit="years",
        kind="set",
        tag="F",
        source="roof-warranty",
        doc="age of a compound up to which the developer mends its roofs",
    )
    minor_cap: float = parameter(
        2000.0,
        500.0,
        5000.0,
        unit="yuan",
        source="prior-company",
        doc="what a repair may cost to be the company's own duty, and what it owes to a dearer one",
    )
    own_cost: float = parameter(
        0.65,
        0.5,
        0.8,
        unit="of the market price",
        source="prior-company",
        doc="what a repair costs the company that does it itself",
    )
    fund_empty: float = parameter(
        0.4,
        0.2,
        0.7,
        unit="share",
        source="prior-fund",
        doc="compounds without a maintenance fund",
    )
    fund_level: float = parameter(
        3000.0,
        500.0,
        8000.0,
        unit="yuan per flat",
        source="prior-fund",
        doc="what the fund holds elsewhere at the start",
    )
    fund_days: int = parameter(
        60,
        30,
        120,
        unit="days",
        source="prior-fund",
        doc="days until the fund pays after a vote",
    )
    emergency: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="probability",
        source="guess, civil-code-281: the law allows it, offices decide",
        doc="chance that a leak is recognised as an emergency, which needs no vote",
    )
    emergency_days: int = parameter(
        7,
        2,
        20,
        unit="days",
        source="prior-fund, emergency-48-hours",
        doc="days until the fund pays in an emergency",
    )
    works_days: int = parameter(
        5,
        2,
        10,
        unit="days",
        tag="D",
        source="page-D16: 15 / 3; crews are taken to work one roof at a time",
        doc="days a crew needs for a dear repair",
    )
    minor_days: int = parameter(
        2,
        1,
        7,
        unit="days",
        source="guess: a repairer comes and comes back once",
        doc="days that a minor repair takes",
    )


def _set_up(w: Worlds) -> None:
    """Fill the maintenance funds; what is in them came from outside."""
    empty = noise.chance(w.p.fund_empty, w.seeds[:, None], "fund.empty", np.arange(w.layout.sizes["compound"]))
    per_flat = np.rint(w.p.fund_level * books.FEN).astype(np.int64)
    w.fund[...] = np.where(empty, 0, per_flat * w.layout.count("compound", "household"))
    w.outside[...] -= w.fund.sum(axis=1, keepdims=True)


def find(w: Worlds, rows: Ints) -> None:
    """See who pays for the given repairs, in a compound one repair after another, in the order given.

    One after another they ask for the compound's money; then all owners who must be asked are asked at once.
    """
    if len(rows) == 0:
        return
    c = w.cases
    unpaid: list[Ints] = []
    for now in _in_turn(w, rows):
        minor = c.minor[now]
        if anywhere(minor):
            _help_out(w, now[minor])
            now = now[~minor]
        if len(now):
            unpaid += _ask_in_order(w, now)
    if unpaid:
        motions.think(w, _ask_owners(w, np.concatenate(unpaid)))


def _in_turn(w: Worlds, rows: Ints) -> list[Ints]:
    """Return the first repair of each compound, then the second of each that has one, and so on."""
    c = w.cases
    nth = rank_in_group(c.world[rows] * whole(w.layout.sizes["compound"]) + c.compound[rows])
    if not np.count_nonzero(nth):
        return [rows]
    return [rows[nth == turn] for turn in range(int(nth.max()) + 1)]


def _ask_in_order(w: Worlds, rows: Ints) -> tuple[Ints, Ints]:
    """Fix the cost of dear repairs, each of another compound, and ask one payer after another for it.

    Returns:
        Of which repairs the owners must pay shares, and for which they vote on paying from the fund.
    """
    c = w.cases
    world, rest = c.world[rows], defects.cost_now(w, rows)
    place = world * whole(w.layout.sizes["compound"]) + c.compound[rows]
    c.cost[rows] = rest
    roof = c.kind[rows] == ROOF
    if anywhere(roof):
        warranted = roof & (ages(w).reshape(-1)[place] < w.at("warranty_years", world))
        if anywhere(warranted):
            _leave_to_developer(w, rows[warranted])
            rows, world, place, rest = (of[~warranted] for of in (rows, world, place, rest))

    bound = w.contract.reshape(-1)[place] != NO_COMPANY
    bound &= w.losses.reshape(-1)[place] == NO_LOSS
    if anywhere(bound):
        cap = np.rint(w.at("minor_cap", world) * FEN).astype(np.int64)
        rest = rest - _contribute(w, rows, "company", np.where(bound, np.minimum(cap, rest), ZERO))
    public = w.public.reshape(-1)[place]
    if np.count_nonzero(public):
        np.maximum(public, ZERO, out=public)
        rest = rest - _contribute(w, rows, "public", np.minimum(public, rest))
    c.owed[rows] = rest
    paid = rest == ZERO
    if anywhere(paid):
        w.count("decided_for_owners", world[paid])
        begin(w, rows[paid])
        rows, place, rest = (of[~paid] for of in (rows, place, rest))
    return _ask_fund(w, rows, place, rest)


def _leave_to_developer(w: Worlds, rows: Ints) -> None:
    """Let the developer mend roofs under warranty."""
    world = w.cases.world[rows]
    w.count("warranty_fen", world, w.cases.cost[rows])
    w.count("decided_for_owners", world)
    _start(w, rows, "works_days")


def _contribute(w: Worlds, rows: Ints, contributor: str, fen: Ints) -> Ints:
    """Put a payer's contribution to each repair into escrow and return it; so far there was none."""
    if np.count_nonzero(fen) == 0:
        return fen
    c = w.cases
    getattr(c, "from_" + contributor)[rows] = fen
    books.transfer(w, CONTRIBUTORS[contributor], c.compound[rows], "escrow", c.bearer[rows], c.world[rows], fen)
    return fen


def _ask_fund(w: Worlds, rows: Ints, place: Ints, rest: Ints) -> tuple[Ints, Ints]:
    """Reserve the fund's money where it suffices: in an emergency it is applied for, else the owners vote.

    Args:
        w: the worlds.
        rows: case rows.
        place: the place of each case's compound among those of all worlds.
        rest: what is still owed for each, fen.

    Returns:
        Where it does not suffice, and where owners vote.
    """
    c = w.cases
    enough = w.fund.reshape(-1)[place] >= rest
    if not anywhere(enough):
        shares.begin(w, rows)
        return rows, rows[:0]
    lacking, rows = rows[~enough], rows[enough]
    _contribute(w, rows, "fund", rest[enough])
    shares.begin(w, lacking)
    leak = c.kind[rows] <= LAST_LEAK
    urgent = leak & noise.chance(w.at("emergency", c.world[rows]), c.key[rows], "fund.emergency")
    w.count("decided_for_owners", c.world[rows[urgent]])
    _grant(w, rows[urgent], "emergency_days")
    vote = rows[~urgent]
    move_cases(w, vote, Stage.VOTING)
    log_cases(w, vote, Activity.VOTING)
    return lacking, vote


def _ask_owners(w: Worlds, rows: Ints) -> Ints:
    """Put repairs before the owners, for a share of each or, where the fund's money is reserved, for a vote.

    Returns:
        The rows of owners asked who have not decided at once.
    """
    if len(rows) == 0:
        return rows
    c = w.cases
    world, vote = c.world[rows], c.stage[rows] == VOTING
    days, share = w.whole("signing_days", world), shares.of_each(w, rows)
    if not anywhere(vote):
        return shares.ask(w, motions.put_case(w, rows, int(Motion.SHARES), days, share))
    kind = np.where(vote, FUND, SHARES)
    days = np.where(vote, w.whole("ballot_days", world), days)
    asked = motions.put_case(w, rows, kind, days, np.where(vote, ZERO, share))
    votes_on_it = vote[w.asked.motion[asked] - c.motion[rows[0]]]
    ballots, signs = asked[votes_on_it], asked[~votes_on_it]
    votes.hand_out(w, ballots)
    if len(signs):
        signs = shares.ask(w, signs)
    return np.concatenate([ballots, signs])


def _grant(w: Worlds, rows: Ints, days: str) -> None:
    """Let the fund's money be on its way for some days."""
    if len(rows) == 0:
        return
    c = w.cases
    c.ready[rows] = w.in_days(days, c.world[rows])
    move_cases(w, rows, Stage.FUNDING)
    log_cases(w, rows, Activity.GRANTED)


def begin(w: Worlds, rows: Ints) -> None:
    """Pay the crew what has come together and let it begin; what is missing is booked as unpaid."""
    if len(rows) == 0:
        return
    c = w.cases
    world, asset = c.world[rows], c.bearer[rows]
    held = w.pick("escrow", world, asset)
    books.transfer(w, "escrow", asset, "outside", ZERO, world, held)
    w.count("repair_fen", world, held)
    w.count("unpaid_fen", world, np.maximum(c.cost[rows] - held, ZERO))
    owners = held
    for contributor in CONTRIBUTORS:
        fen = getattr(c, "from_" + contributor)[rows]
        w.count(f"paid_{contributor}_fen", world, fen)
        owners = owners - fen
    w.count("paid_owners_fen", world, owners)
    c.from_owners[rows] = owners
    _start(w, rows, "works_days")


def _start(w: Worlds, rows: Ints, days: str) -> None:
    """Let crews begin to work; `days` is the parameter that says how long they need."""
    if len(rows) == 0:
        return
    c = w.cases
    c.started[rows] = date(w.day)
    c.ready[rows] = w.in_days(days, c.world[rows])
    move_cases(w, rows, Stage.WORKS)
    log_cases(w, rows, Activity.FUNDED)


def _help_out(w: Worlds, rows: Ints) -> None:
    """Let the community mend minor defects that no company owes, each of another compound.

    Public income pays, and the public budget what that does not suffice for.
    """
    c = w.cases
    world, compound, cost = c.world[rows], c.compound[rows], _minor_cost(w, rows)
    part = np.minimum(np.maximum(w.pick("public", world, compound), ZERO), cost)
    books.transfer(w, "public", compound, "outside", ZERO, world, part)
    w.count("minor_public_fen", world, part)
    w.count("relief_fen", world, cost - part)
    c.handled[rows] = date(w.day)
    _start(w, rows, "minor_days")


def _minor_cost(w: Worlds, rows: Ints) -> Ints:
    """Return what minor repairs cost, fen; they do not grow dearer."""
    fen: Ints = np.rint(w.cases.price[rows] * FEN).astype(np.int64)
    return fen


def do_duty(w: Worlds, rows: Ints) -> None:
    """Let the company mend minor defects at its own cost."""
    if len(rows) == 0:
        return
    c = w.cases
    world = c.world[rows]
    own = np.rint(w.at("own_cost", world) * _minor_cost(w, rows)).astype(np.int64)
    books.transfer(w, "till", c.compound[rows], "outside", ZERO, world, own)
    w.count("company_fen", world, own)
    c.handled[rows] = date(w.day)
    _start(w, rows, "minor_days")


def concede(w: Worlds, rows: Ints, own: Ints) -> None:
    """Let the company mend what it has conceded, at its own cost.

    Args:
        w: the worlds.
        rows: case rows.
        own: what each repair costs the company, fen.
    """
    if len(rows) == 0:
        return
    c = w.cases
    world = c.world[rows]
    books.transfer(w, "till", c.compound[rows], "outside", ZERO, world, own)
    w.count("conceded", world)
    w.count("decided_for_owners", world)
    w.count("conceded_fen", world, own)
    c.conceded[rows] = own
    c.handled[rows] = w.day
    log_cases(w, rows, Activity.CONCEDED)
    _start(w, rows, "works_days")


def conclude(w: Worlds) -> None:
    """Phase: ballots are counted, the fund pays, rounds of signing succeed or are paid back."""
    m, c = w.motions, w.cases
    ballots, passed = votes.over(w, Motion.FUND)
    if len(ballots):
        yes, no = m.case[ballots[passed]], m.case[ballots[~passed]]
        motions.close(w, ballots)
        w.count("decided_by_owners", c.world[yes])
        _grant(w, yes, "fund_days")
        log_cases(w, no, Activity.VOTED_DOWN)
        w.count("voted_down", c.world[no])
        _give_back(w, no, "fund")
        shares.begin(w, no)
        motions.put_off(w, _ask_owners(w, no))
    begin(w, where((c.stage == FUNDING) & (c.ready <= date(w.day))))
    rounds = motions.stirred(w, Motion.SHARES)
    if len(rounds) == 0:
        return
    case = m.case[rounds]
    going_on = c.stage[case] == SIGNING
    going_on &= c.motion[case] == rounds
    case = case[going_on]
    case.sort()  # in the order of the table
    _end_rounds(w, case)


def _end_rounds(w: Worlds, rows: Ints) -> None:
    """Begin the works for which enough has been signed; pay back rounds that are out of time."""
    if len(rows) == 0:
        return
    c = w.cases
    world, owed = c.world[rows], c.owed[rows]
    wanted = np.ceil(w.at("funded_share", world) * owed.astype(np.float64))
    wanted += (c.cost[rows] - owed).astype(np.float64)
    enough = w.pick("escrow", world, c.bearer[rows]).astype(np.float64) >= wanted
    late = w.motions.until[c.motion[rows]] <= date(w.day)
    late &= ~enough
    funded, failed = rows[enough], rows[late]
    if len(funded):
        motions.close(w, c.motion[funded])
        w.count("decided_by_owners", c.world[funded])
        begin(w, funded)
    if len(failed):
        shares.pay_back(w, failed)
        motions.close(w, c.motion[failed])
        _give_back(w, failed, *CONTRIBUTORS)
        c.started[failed] = w.day
        move_cases(w, failed, Stage.SHELVED)
        log_cases(w, failed, Activity.REFUNDED)


def _give_back(w: Worlds, rows: Ints, *contributors: str) -> None:
    """Return payers' contributions out of escrow."""
    if len(rows) == 0:
        return
    c = w.cases
    world, asset, compound = c.world[rows], c.bearer[rows], c.compound[rows]
    for contributor in contributors:
        part = getattr(c, "from_" + contributor)
        fen = part[rows]
        if np.count_nonzero(fen):
            books.transfer(w, "escrow", asset, CONTRIBUTORS[contributor], compound, world, fen)
            part[rows] = ZERO


RULE = Rule(
    name="funding",
    places=("compound",),
    parameters=Parameters,
    set_up=_set_up,
    flows={
        "repair_fen": "paid to crews, fen",
        "unpaid_fen": "cost of repairs begun that nobody has paid yet, fen",
        "paid_company_fen": "of what crews were paid, the company's duty, fen",
        "paid_public_fen": "of what crews were paid, public income, fen",
        "paid_fund_fen": "of what crews were paid, the maintenance fund, fen",
        "paid_owners_fen": "of what crews were paid, owners' shares, fen",
        "company_fen": "spent by companies on minor repairs, fen",
        "minor_public_fen": "public income's part of minor repairs that no company owed, fen",
        "relief_fen": "public budget's part of minor repairs that no company owed, fen",
        "warranty_fen": "cost of repairs under the developer's warranty, fen",
        "conceded": "repairs conceded by companies in talks about their contract",
        "conceded_fen": "spent by companies on what they conceded, fen",
        "voted_down": "ballots on the fund that failed",
        "decided_by_owners": "dear repairs that owners have decided on, by a ballot or by signing",
        "decided_for_owners": "dear repairs decided on without asking the owners: paid by the developer, the company, "
        "public income or, in an emergency, the fund, or conceded",
    },
)
