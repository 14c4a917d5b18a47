"""Does a result still come out? Its runs are lived again and compared, a few of them or all.

A column that has come since is told and is no difference: what was there is what is compared. Another version of the
code or of the libraries is told too; that it makes no difference is just what is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from sim.errors import SimError, StoreError
from sim.study import kept, runner, sample, tables
from sim.study.digest import Difference, first_difference, table_digest
from sim.study.executor import Executor
from sim.study.files import as_written
from sim.study.kept import Kept
from sim.study.provenance import engine_digest, lock_digest, versions
from sim.study.sample import CSV, PARQUET, RUNS, Rows, Sample

AGAIN = "run it again"


@dataclass
class Verdict:
    """What was found of a result.

    Attributes:
        result: it.
        differences: a line for each; empty if all that was looked at is as it was.
        notes: what else is to be known.
        looked_at: what was compared, in words; empty if nothing.
    """

    result: Kept
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looked_at: str = ""


def quick(results: Sequence[Kept], compute: Executor) -> list[Verdict]:
    """Live a few runs of each result again and compare their rows in every table; see whether files are as written.

    Args:
        results: finished results.
        compute: who computes.

    Raises:
        SimError: a run cannot be computed.
    """
    verdicts = [_begun(result) for result in results]
    asked: list[tuple[Verdict, Sample]] = []
    for verdict in verdicts:
        if verdict.result.study:
            continue
        try:
            config = verdict.result.config()
            chosen = verdict.result.sample(config)
            if chosen is None:
                verdict.notes.append("too large for a quick look: --all runs it again")
            else:
                asked.append((verdict, chosen))
        except SimError as error:
            verdict.differences.append(f"{error}; {AGAIN}")
    lived = sample.live([chosen for _, chosen in asked], compute)
    for (verdict, chosen), now in zip(asked, lived, strict=True):
        try:
            before = compare(verdict, chosen, now)
        except StoreError as error:
            verdict.differences.append(str(error))
            continue
        runs = before[RUNS].num_rows if RUNS in before else 0
        rows = sum(table.num_rows for table in before.values())
        verdict.looked_at = f"{runs} runs, {rows:,} rows in {len(before)} tables"
        if not runs:
            verdict.differences.append(f"it keeps no rows of {', '.join(chosen.scenarios)}; {AGAIN}")
    return verdicts


def compare(verdict: Verdict, chosen: Sample, now: Rows) -> Rows:
    """Compare rows kept with rows that come out now, and note the first difference of each table.

    Args:
        verdict: of a result; notes are added to it.
        chosen: the runs compared.
        now: their rows in every table as they come out.

    Returns:
        The rows kept.

    Raises:
        StoreError: a file is damaged or foreign.
    """
    before, now = verdict.result.rows(chosen), verdict.result.only(now, chosen)
    for name, spec in tables.merged_tables(chosen.config.place).items():
        if name in before:
            again = now[name]
            if name == RUNS:
                again = kept.as_read(pa.table(as_written(again)))
            _table(verdict, name, before[name], again, spec.keys)
    return before


def whole(result: Kept, folder: Path, backend: str = "joblib", workers: int | None = None) -> Verdict:
    """Run a result again, all of it, and compare the digests of all its tables.

    Args:
        result: a finished result.
        folder: an empty folder for the run.
        backend: as in `runner.run`.
        workers: likewise.

    Raises:
        SimError: the folder cannot be used.
    """
    verdict = _begun(result)
    if result.study:
        return verdict
    try:
        config = result.config()
    except SimError as error:
        verdict.differences.append(f"{error}; {AGAIN}")
        return verdict
    done = runner.run(config, folder, backend=backend, workers=workers, figures=False)
    for group, failure in done.failures:
        which = ", ".join(str(k) for k in group.recipe.replications)
        verdict.differences.append(f"failed while {failure.stage}: {failure.message} (replications {which})")
    if done.failures:
        return verdict
    fresh = kept.read(folder)
    for name, digest in result.digests.items():
        if fresh.digests.get(name) != digest:
            _explain(verdict, fresh, name, config.place)
    verdict.looked_at = f"{len(done.runs):,} runs, all of them, in {len(result.digests)} tables"
    return verdict


def _begun(result: Kept) -> Verdict:
    """Say who has made a result, and which files do not hold what they did."""
    notes = ["a study: only its own command runs it again"] if result.study else []
    return Verdict(result, _damage(result), [*notes, *_makers(result)])


def _explain(verdict: Verdict, fresh: Kept, name: str, place: str) -> None:
    """Say where a table differs of which the digest does."""
    result = verdict.result
    if name not in fresh.digests:
        verdict.differences.append(f"{name}: the table is no longer made")
        return
    before, now = result.whole(name, place), fresh.whole(name, place)
    if before is not None and now is not None:
        spec = tables.merged_tables(place).get(name)
        found = len(verdict.differences) + len(verdict.notes)
        _table(verdict, name, before, now, spec.keys if spec else ())
        if found == len(verdict.differences) + len(verdict.notes):
            verdict.notes.append(f"{name}: the same as written, to six decimals")
        return
    where = _first_piece(result, fresh, name)
    which = f" in {where}" if where else f", of which no rows are kept here; {AGAIN} and compare"
    verdict.differences.append(f"{name}: digest {result.digests[name][:12]}, now {fresh.digests[name][:12]}{which}")


def _first_piece(result: Kept, fresh: Kept, name: str) -> str:
    """Return the first piece whose digest of a table differs; nothing if digests of pieces are not kept."""
    now = {
        (piece["scenario"], tuple(piece["replications"])): piece["digests"].get(name)
        for piece in fresh.manifest["pieces"]
    }
    for piece in result.manifest.get("pieces", []):
        said = piece.get("digests", {}).get(name)
        again = now.get((piece["scenario"], tuple(piece["replications"])))
        if said and again and said != again:
            which = ", ".join(str(k) for k in piece["replications"])
            return f"scenario={piece['scenario']}, replications {which}"
    return ""


def _table(verdict: Verdict, name: str, before: pa.Table, now: pa.Table, keys: Sequence[str]) -> None:
    """Compare the columns that a table had, and note its first difference."""
    shared = [column for column in before.column_names if column in now.column_names]
    gone = [column for column in before.column_names if column not in shared]
    new = [column for column in now.column_names if column not in shared]
    if gone:
        verdict.differences.append(f"{name}: there is no longer a column {', '.join(gone)}")
    if new:
        verdict.notes.append(f"{name}: new since: {', '.join(new)}")
    if not set(keys) <= set(shared):
        return
    try:
        found = first_difference(before.select(shared), now.select(shared), keys)
    except (ValueError, TypeError, pa.ArrowException) as error:
        verdict.differences.append(f"{name}: cannot be compared: {error}")
        return
    if found:
        verdict.differences.append(f"{name}: {_said(found)}")


def _said(found: Difference) -> str:
    """Say what a table kept says, and what comes out now."""
    where = ", ".join(f"{name.removeprefix('case:')}={value}" for name, value in found.key) or "columns"
    if found.column is None:
        there = "a row that does not come out now" if found.a == "present" else "comes out now, and no such row is kept"
        return f"{where}: {there}"
    return f"{where}: {found.column} was {_value(found.a)}, now {_value(found.b)}"


def _value(value: object) -> str:
    return "missing" if value is None else str(value)


def _damage(result: Kept) -> list[str]:
    """Say which files of a result do not hold what its manifest says."""
    lines = []
    for name, said in dict(result.manifest.get("csv", {})).items():
        path = result.folder / name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != said:
            lines.append(f"{name} is not what was written: its bytes are others than the manifest says")
    if not result.complete:
        return lines
    for name, digest in result.digests.items():
        path = result.folder / f"{name}{PARQUET}"
        if not path.is_file():
            if not (result.folder / f"{name}{CSV}").is_file():
                lines.append(f"{name} is missing: no {name}{PARQUET}, no {name}{CSV}")
            continue
        try:
            table = result.whole(name, str(result.manifest["config"]["world"]["place"]))
            spec = tables.merged_tables(str(result.manifest["config"]["world"]["place"]))[name]
            if table is not None and table_digest(table, spec.keys) != digest:
                lines.append(f"{name}{PARQUET} is not what was written: its content is another than the manifest says")
        except (StoreError, KeyError, TypeError, ValueError) as error:
            lines.append(f"{name}{PARQUET} is damaged or foreign: {error}")
    return lines


def _makers(result: Kept) -> Iterator[str]:
    """Say whether a result was made by this code, with these libraries."""
    said = result.manifest
    engine, lock = str(said.get("engine")), str(said.get("lock"))
    if engine != engine_digest():
        commit = f"commit {str(said['commit'])[:12]}, " if said.get("commit") else ""
        changed = ", with changes that were not committed" if said.get("dirty") else ""
        yield f"made by other code ({commit}engine {engine[:12]}; here {engine_digest()[:12]}){changed}"
    if lock != lock_digest():
        now, then = versions(), dict(said.get("libraries", {}))
        others = [f"{name} {then.get(name)}, here {now[name]}" for name in now if then.get(name) != now[name]]
        yield f"made with another lock of the libraries ({'; '.join(others) or 'the same versions of the main ones'})"
