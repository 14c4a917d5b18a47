"""What every side shares: a clock, the households on the command line, one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def main(found: Callable[[int], Callable[[], tuple[int, int]]], warm: int = 0) -> None:
    """Set up, run and print.

    Args:
        found: sets a world of so many households up, and returns what lives a year of it: grievances, open days.
        warm: households of a world that is lived beforehand, for what compiles itself.
    """
    households = int(sys.argv[1])
    compiled = 0.0
    if warm:
        begun = time.process_time()
        found(warm)()
        compiled = time.process_time() - begun
    begun = time.process_time()
    live = found(households)
    ready = time.process_time()
    felt, open_days = live()
    done = time.process_time()
    print(
        json.dumps(
            {
                "households": households,
                "compile": compiled,
                "setup": ready - begun,
                "run": done - ready,
                "felt": int(felt),
                "open_days": int(open_days),
            }
        )
    )
