"""What theory says beside what the model gives: each comparison is asserted, and told in a table at the end.

`python3 -m sim test docking` prints the table alone. A row travels with its test's report, so the table is whole also
where tests run in several processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

ERRORS = 3.0
"""Standard errors within which a simulated number must lie of what theory says."""

HEADS = ("theory", "quantity", "in theory", "simulated", "std. error", "off by", "verdict")
ROW = "docked"

Dock = Callable[..., None]


@pytest.fixture
def dock(request: pytest.FixtureRequest) -> Dock:
    """Return what compares a simulated number with theory.

    Its arguments: the theory's name, what is compared, what theory says, what was found, and either its standard
    ``error`` or, where nothing is random, how far it may be off for rounding (``within``). `expect=False` says that it
    must *not* agree: that the comparison can tell.
    """

    def compare(
        theory: str, quantity: str, wanted: float, found: float, error: float = 0.0, *, within: float = 0.0,
        expect: bool = True,
    ) -> None:  # fmt: skip
        off = abs(found - wanted)
        agrees = off < ERRORS * error if error else off <= within
        row = (theory, quantity, float(wanted), float(found), float(error), expect, bool(agrees))
        request.node.user_properties.append((ROW, row))
        assert agrees == expect, f"{theory}, {quantity}: {found:.6g}, in theory {wanted:.6g}, error {error:.3g}"

    return compare


def mean_and_error(values: ArrayLike) -> tuple[float, float]:
    """Return the mean of independent values, and its standard error."""
    x = np.asarray(values, dtype=float)
    return float(x.mean()), float(x.std(ddof=1) / np.sqrt(len(x)))


def marked(items: list[pytest.Item]) -> None:
    """Mark the tests that compare with a theory, so that they are found by the word."""
    for item in items:
        if "dock" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.docking)


def rows(reports: list[Any]) -> list[tuple[Any, ...]]:
    """Return the rows that came with the reports of tests, in the order of their names."""
    found = [(report.nodeid, value) for report in reports for name, value in report.user_properties if name == ROW]
    return [tuple(value) for _, value in sorted(found, key=lambda pair: pair[0])]


def table(found: list[tuple[Any, ...]]) -> list[str]:
    """Return the table, a line each."""
    cells = [HEADS, *(_cells(*row) for row in found)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADS))]
    lines = [_line(row, widths) for row in cells]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]


def _cells(
    theory: str, quantity: str, wanted: float, found: float, error: float, expect: bool, agrees: bool
) -> tuple[str, ...]:
    """Write one comparison."""
    off = f"{(found - wanted) / error:+.1f} se" if error else f"{found - wanted:+.1g}"
    word = "agrees" if agrees else "differs"
    verdict = word if expect and agrees else f"{word}, as it must" if agrees == expect else f"{word.upper()}"
    return theory, quantity, f"{wanted:.5g}", f"{found:.5g}", f"{error:.2g}" if error else "exact", off, verdict


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    """Set one line: words to the left, numbers to the right."""
    out = [
        cell.ljust(width) if n < 2 or n == 6 else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(out).rstrip()
