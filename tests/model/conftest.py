"""A model that several files look at."""

from __future__ import annotations

import pytest

from sim.model import GovernanceModel
from tests.model.worlds import LIVELY, MERGED, model


@pytest.fixture(scope="session")
def lived() -> GovernanceModel:
    """A model that has lived a quarter, with compounds that have no company; for looking at, not for stepping."""
    few = {"no_company": 0.5, "tender_days": 720.0, "substitute": 0.3}
    m = model(MERGED, burn_in=182, parameters=LIVELY | few)
    m.run(until=91)
    return m
