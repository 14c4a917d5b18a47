"""The ODD says what the code declares."""

import pytest

from sim.report import declarations
from sim.schedule import SCHEDULE


@pytest.mark.parametrize("block", declarations.BLOCKS)
def test_odd_quotes_the_code(block: str) -> None:
    """Every quoted table stands in the ODD exactly as the code declares it."""
    text = declarations.ODD.read_text(encoding="utf-8")
    assert declarations.quoted(text, block) == declarations.BLOCKS[block](), (
        f"ODD.md: block '{block}' is out of date; run python3 -m sim.report.declarations"
    )


def test_the_schedule_keeps_the_order_of_a_day() -> None:
    """Phases stand in the order of the steps of a day, and every step has a phase but the first of all, the record."""
    steps = [phase.step for phase in SCHEDULE]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 11))


def test_every_phase_says_what_it_does() -> None:
    """A phase's docstring begins with 'Phase', so that the table of the ODD can be read."""
    for phase in SCHEDULE:
        assert (phase.function.__doc__ or "").startswith("Phase"), phase.name
