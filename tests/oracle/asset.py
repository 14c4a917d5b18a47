"""An asset: a thing that several households share and that goes wrong now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.clock import Clock
from tests.oracle.draws import bits, days
from tests.oracle.kinds import word

if TYPE_CHECKING:
    from tests.oracle.building import Building
    from tests.oracle.case import Case
    from tests.oracle.compound import Compound
    from tests.oracle.courier import Courier, Report
    from tests.oracle.grievance import Grievance
    from tests.oracle.household import Household
    from tests.oracle.world import OracleModel

YEAR = 365
UNRESOLVED = ("latent", "quiet", "open", "joined")


class Asset(Agent):
    """A roof, the pipes or lights of a building; a compound's rubbish, grounds or road, or the site beside it.

    Attributes:
        defective: whether something is wrong with it now; for a site, whether there are works.
        broke: day on which the present defect began, or the last one.
        attempts: cases that the present defect has had, or the last one.
        grievances: what households suffer from it, in the order in which it arose.
        case: the case on the books, open or shelved or lost, about the present defect.
        quiet_day: day on which works will end by themselves.
        escrow: money held for its repair.
        sensed: which of its defects couriers have noticed last, 0 for none, and `sensed_by` who has.
        report: the last first report about a defect of it.
    """

    def __init__(self, model: OracleModel, number: int, kind: str, compound: Compound, building: Building | None):
        super().__init__(model)
        self.number = number
        self.kind = kind
        self.compound = compound
        self.building = building
        self.clock = Clock(model, "defect.clock", number)
        self.defective = False
        self.broke = 0
        self.attempts = 0
        self.grievances: list[Grievance] = []
        self.case: Case | None = None
        self.quiet_day: int | None = None
        self.escrow = 0
        self.sensed = 0
        self.sensed_by: set[Courier] = set()
        self.report: Report | None = None

    @property
    def flats(self) -> list[Household]:
        """Return the flats that share it, whose owners are asked when it is to be repaired."""
        return self.compound.flats if self.building is None else self.building.flats

    def defects_a_day(self) -> float:
        """Return the hazard of a day."""
        p, compound = self.model.p, self.compound
        if self.kind == "roof":
            return compound.roof_rate() * compound.rain * compound.season() / YEAR
        if self.kind == "nuisance":
            return p.works_rate / YEAR
        return getattr(p, f"{self.kind}_rate") * (1.75 - compound.company.effort) / YEAR

    def break_down(self) -> None:
        """Become defective: some of the flats suffer, under a roof the highest, else whoever the lot picks."""
        model, p, name = self.model, self.model.p, word(self.kind)
        self.defective = True
        self.broke = model.day
        self.attempts = 0
        model.count("broke")
        model.count("leaked", self.kind == "roof")
        nth = self.clock.rings
        if self.kind == "nuisance":
            self.quiet_day = model.day + days(p.works_length, model.replication_seed, "works.length", self.number, nth)

        def place(flat: Household) -> tuple[int, int]:
            lot = bits(model.replication_seed, "defect.sufferer", flat.number, self.number, nth)
            return -flat.floor if self.kind == "roof" else 0, lot >> 30

        hit = sorted(self.flats, key=place)[: int(getattr(p, f"{name}_sufferers"))]
        severity = round(1000 * getattr(p, f"{name}_severity"))
        for flat in self.flats:
            if flat in hit and not flat.vacant:
                model.arise(flat, self.kind, self, None, 16 * nth, severity)

    def mend(self) -> None:
        """Be sound again, or quiet: everybody who suffers is relieved, claimant or not; the clock goes on tomorrow."""
        self._end()
        self.model.count("repaired")
        self.model.count("mended", self.kind == "roof")
        for grievance in self.grievances:
            if grievance.aching:
                if grievance.state in UNRESOLVED:
                    grievance.settle()
                else:
                    grievance.relieve()

    def fall_silent(self) -> None:
        """Let works end by themselves: nothing is left to quarrel about, and nobody has learnt anything."""
        case = self.case
        self._end()
        if case is not None:
            case.close("withdrawn", "withdrawn")
        for grievance in self.grievances:
            if grievance.aching:
                if grievance.state in UNRESOLVED:
                    grievance.lapse()
                else:
                    grievance.relieve()

    def end_unfelt(self) -> None:
        """Be sound if nobody suffers any more; what case there is has no object."""
        if self.defective and not any(grievance.aching for grievance in self.grievances):
            case = self.case
            self._end()
            self.model.count("unfelt")
            if case is not None:
                case.close("withdrawn", "withdrawn")

    def _end(self) -> None:
        """Have nothing wrong any more."""
        self.defective = False
        self.case = None
        self.quiet_day = None
