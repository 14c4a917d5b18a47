"""People in office, and people who could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.draws import beta, normal

if TYPE_CHECKING:
    from tests.oracle.world import OracleModel


class Leader(Agent):
    """Somebody with an ability and an integrity, both between 0 and 1; a director, unless a candidate."""

    decision = "director"

    def __init__(self, model: OracleModel, number: int) -> None:
        super().__init__(model)
        self.number = number
        seed, p = model.replication_seed, model.p
        self.ability = beta(p.ability_a, p.ability_b, seed, f"{self.decision}.ability", number)
        self.integrity = beta(p.integrity_a, p.integrity_b, seed, f"{self.decision}.integrity", number)


class Candidate(Leader):
    """Somebody who could be secretary, with the ability that others see."""

    decision = "leader"

    def __init__(self, model: OracleModel, number: int) -> None:
        super().__init__(model, number)
        error = normal(model.replication_seed, "leader.score", number)
        self.score = self.ability + model.p.score_noise * error
