"""What the page offers for download: the settings as a file for `sim run`, and tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import yaml

from sim.cases import Activity, Kind
from sim.outcomes import counts, leading, quotients, recorded, specs
from sim.page.series import LINES
from sim.page.setups import LEFT, RIGHT, Setup
from sim.page.twins import Twins
from sim.parameters import PRIOR
from sim.report import labels
from sim.report.tables import number

HEAD = """\
# A pair of twins as the live page played it, for: python3 -m sim run FILE.yaml
# One replication is a picture, not a finding. For an answer raise replications (200), and let prior_draws be true: then
# every parameter that is not fixed here is drawn anew for each replication from its range. Under these assumptions.
"""

PRESS = """\
# Played on the page was the press case {name}: what it tells of day 0 and its own day (bodies, contracts, what broke)
# cannot stand in such a file. This is its world without that; the case itself: python3 -m sim reproduce {name}
"""


def settings(setup: Setup) -> str:
    """Return the settings as a file that `sim run` takes as it is, and that plays the same twins."""
    resolved = {key: value for key, value in setup.config.resolved.items() if value not in ("", [], {}, None)}
    world = {key: value for key, value in resolved["world"].items() if key != "place" and value != PRIOR}
    resolved |= {"world": {"base": setup.config.place, **world}}
    stands = resolved.pop("mechanisms", {})
    said = {name: {k: v for k, v in values.items() if v != PRIOR} for name, values in stands.items()}
    resolved |= {"mechanisms": said} if said else {}
    head = HEAD + (PRESS.format(name=setup.press.name) if setup.press else "")
    return head + yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True, width=120)


def outcomes(twins: Twins) -> list[dict[str, Any]]:
    """Return the outcomes of both twins from day 0 to today, as `sim run` would have them if it ended today.

    Returns:
        Of each outcome its name, label and unit in both languages, which way is better, both values and their
        difference as numbers (null = n/a) and as text; the main ones first.
    """
    place = twins.w.recipe.place
    found = quotients(counts(recorded(twins.w)), place) if twins.w.day > 0 else {}
    main = {spec.name for spec in leading(place)}
    known = sorted(specs(place), key=lambda spec: spec.name not in main)
    out = []
    for spec in known:
        values = [float(v) for v in found.get(spec.name, np.full(twins.w.n, np.nan))]
        three = [values[0], values[-1], values[-1] - values[0]]
        out.append(
            {
                "name": spec.name,
                "label": {language: labels.outcome(spec.name, language) for language in labels.LANGUAGES},
                "unit": {language: labels.unit(spec.unit, language) for language in labels.LANGUAGES},
                "better": spec.direction,
                "main": spec.name in main,
                "values": [None if np.isnan(v) else v for v in three],
                "texts": ["" if np.isnan(v) else number(v) for v in three],
            }
        )
    return out


def tables(twins: Twins, days: Sequence[Sequence[float]]) -> bytes:
    """Return a ZIP of tables: settings, days, outcomes, events.

    Args:
        twins: the pair.
        days: for each day that was shown, the day and the numbers of `LINES` of both twins, one after another.
    """
    head = ["day", *(f"{line.name}_{side}" for line in LINES for side in (LEFT, RIGHT))]
    log = twins.w.log.arrays()
    rows = zip(*(log[name].tolist() for name in twins.w.log.FIELDS), strict=True)
    events = (
        [(LEFT, RIGHT)[world], day, Activity(what).name.lower(), Kind(kind).name.lower(), bearer, ordinal, desk]
        for world, day, what, kind, bearer, ordinal, desk in rows
    )
    compared = ([one["name"], one["unit"]["en"], one["better"], *one["values"]] for one in outcomes(twins))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("settings.yaml", settings(twins.setup))
        file.writestr("days.csv", _csv(head, ([int(day), *rest] for day, *rest in days)))
        file.writestr("outcomes.csv", _csv(["outcome", "unit", "direction", LEFT, RIGHT, "difference"], compared))
        fields = ["twin", "day", "activity", "kind", "bearer", "ordinal", "desk"]
        file.writestr("events.csv", _csv(fields, events))
    return made.getvalue()


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a table; what is missing stays empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if v is None or v != v else v for v in row])
    return out.getvalue()
