"""The command ``export``: a result with the code, the documents and the settings it rests on, as one folder.

The folder is an RO-Crate (`sim.report.crate`), laid out as archives of models expect it: ``code``, ``docs``, ``data``,
``results``. It is made aside and put in its place whole.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim import environment
from sim.errors import StoreError
from sim.report import crate, ocel
from sim.report.crate import METADATA, Part
from sim.report.document import command as document
from sim.report.document import material
from sim.report.document.material import Material
from sim.report.document.record import COMMANDS, words_of
from sim.study.files import telling
from sim.study.provenance import PACKAGE, engine_digest
from sim.study.results import FOLDERS
from sim.study.store import BLOCKS, LOCK

OWN, KEPT = FOLDERS

CODE = (
    *("sim", "configs", "experiments", "tests", "benchmarks", "locks", "pyproject.toml", "build-constraints.txt"),
    *("ODD.md", "ODD.zh.md", "docs", KEPT.as_posix(), ".ci"),
    *("README.md", "README.zh.md", "CONTRIBUTING.md", "CITATION.cff", "codemeta.json", "LICENSE"),
)
DOCS = ("ODD.md", "ODD.zh.md", "docs")
DATA = ("sim/evidence/sources.csv", "sim/evidence/parameters.csv")
"""What of the clone goes where; in a wheel there is only the package."""

NOT_KEPT = (BLOCKS, LOCK, "failures.txt")
"""Of the result folder."""

LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*cache")

SETTINGS = "data/settings.json"

ABOUT = {
    "manifest.json": "settings, commit, versions and digests of the tables",
    "runs.csv": "a row for each run: outcomes, and the integers they are quotients of",
    "comparison.csv": "paired differences between twins, with intervals",
    "budget.csv": "what every scenario, or mix, costs and brings, by what an hour is worth",
    "acceptability.csv": "how probable it is that each is worth most, by what is paid for a severity-day fewer",
    "ends.csv": "how cases have ended so many days after opening",
    "events.parquet": "what happened to each case of the first replications, in pm4py's columns",
    ocel.NAME: "the same events as OCEL 2.0",
    "report.html": "the report, in English and Chinese",
    "report.md": "the report in English",
    "report.zh.md": "the report in Chinese",
}
"""Files that need more than their name; docs/read-a-result.md tells of all."""

README = """\
# {title}

{question}

A simulation under stated assumptions, with what it takes to read it, check it and run it again. It predicts nothing.

| folder | what is in it |
| --- | --- |
| `docs` | the model without its code: `ODD.md` (ODD 2020 with ODD+D's questions), words, results, lessons |
| `code` | the program with its tests and locked libraries |
| `data` | the settings of this run, and the evidence behind every parameter |
| `results` | tables, figures, manifest and report (`results/report.html`: begin there) |
| `{metadata}` | the same for machines: an RO-Crate, profile Process Run Crate |

To run it again, on Debian 12 or the like with Python 3.11 to 3.13, in `code`:

```
{command}
```

{note}
Rules, assumptions and limits stand in `docs/ODD.md`; licence: `code/LICENSE`; how to cite: `code/CITATION.cff`.
"""

SAME = "The code here is the one with which this result was computed (its digest is that of the manifest)."
OTHER = (
    "The code here is NOT the one with which this result was computed: the manifest names commit {commit}. "
    "Numbers may differ when it is run again."
)


def export(arguments: argparse.Namespace) -> int:
    """Write a result as a crate; return the exit code.

    Args:
        arguments: result, out and ocel.
    """
    from sim.study.commands import CLONE, _short

    folder = material.find(arguments.result, CLONE)
    to = arguments.out or beside(folder)
    made = write(folder, to, arguments.ocel)
    print(f"Crate: {_short(made)}  (begin with README.md; {METADATA} is for machines)", flush=True)
    if not is_same_code(material.read(folder)):
        print("The code in it is not the one of the result's manifest; its README says so.", flush=True)
    return 0


def beside(folder: Path) -> Path:
    """Return where the crate of a result goes if nobody says: beside it, or with own results if it is a kept one."""
    at = folder.resolve()
    kept = environment.ROOT / KEPT
    return (environment.ROOT / OWN if at.parent == kept.resolve() else at.parent) / f"{at.name}-crate"


def write(folder: Path, to: Path, with_ocel: bool = False) -> Path:
    """Write a crate: whole, or not at all.

    Args:
        folder: the result folder.
        to: the folder to make; an earlier crate there is replaced.
        with_ocel: whether to write the event log as OCEL 2.0, too.

    Raises:
        SimError: the result cannot be read, or something else stands there.
    """
    found = material.read(folder)
    with telling("write", to):
        if to.exists() and not (to / METADATA).is_file() and (not to.is_dir() or any(to.iterdir())):
            raise StoreError(f"{to} holds other files; choose an empty or new folder with --out")
        if to.resolve() == folder.resolve() or folder.resolve() in to.resolve().parents:
            raise StoreError(f"{to} is in the result folder itself; choose another with --out")
        if any((environment.ROOT / name).resolve() in to.resolve().parents for name in CODE):
            raise StoreError(f"{to} is in what goes into the crate; choose another with --out")
        to.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))
        try:
            _fill(found, aside, with_ocel)
            if to.exists():
                shutil.rmtree(to)
            aside.chmod(0o755)
            aside.rename(to)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return to


def _fill(found: Material, crate_folder: Path, with_ocel: bool) -> None:
    """Copy everything, and describe it."""
    results = crate_folder / "results"
    shutil.copytree(found.folder, results, ignore=shutil.ignore_patterns(*NOT_KEPT, "*.part"))
    document.write(found.folder, results)
    if with_ocel:
        ocel.write(found.folder, results)
    for name in CODE:
        _copy(name, crate_folder / "code")
    for name in DOCS:
        _copy(name, crate_folder / "docs", flat=True)
    for name in DATA:
        _copy(name, crate_folder / "data", flat=True, within=PACKAGE.parent)
    (crate_folder / "data").mkdir(exist_ok=True)
    (crate_folder / SETTINGS).write_text(_json(found.config), "utf-8")
    command = command_of(found)
    title = f"{found.name}: a result of grassroots-sim"
    said = {
        "title": " ".join(title.split()),
        "question": " ".join(str(found.config.get("question") or "").split()),
        "metadata": METADATA,
        "command": command,
        "note": SAME if is_same_code(found) else OTHER.format(commit=found.manifest.get("commit") or "unknown"),
    }
    (crate_folder / "README.md").write_text(README.format(**said), "utf-8")
    told = crate.metadata(found.manifest, list(_parts(crate_folder)), command, title, _date(found))
    (crate_folder / METADATA).write_text(_json(told), "utf-8")


def _copy(name: str, to: Path, flat: bool = False, within: Path = environment.ROOT) -> None:
    """Copy a file or folder of the clone, if it is there."""
    source = within / name
    target = to / (source.name if flat and source.is_file() else name if not flat else "")
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEFT_OUT, dirs_exist_ok=True)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _parts(folder: Path) -> Iterator[Part]:
    """Yield what is in the crate: the code as a whole, all else file by file."""
    yield Part("code/", "the program, its tests and its locked libraries")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name.startswith("code/") or name == METADATA:
            continue
        role = "input" if name.startswith("data/") else "output" if name.startswith("results/") else "other"
        about = ABOUT.get(path.name, path.stem.replace("_", " "))
        content = path.read_bytes()
        yield Part(name, about, role, len(content), hashlib.sha256(content).hexdigest())


def command_of(found: Material) -> str:
    """Return the command that makes such a result."""
    return f"python3 -m sim {COMMANDS[found.kind]} {words_of(found)}".rstrip()


def is_same_code(found: Material) -> bool:
    """Return whether the code here is the one that computed a result, as far as it determines numbers."""
    return bool(found.manifest.get("engine") == engine_digest())


def _date(found: Material) -> str:
    """Return the day on which the result was finished, or else today."""
    finished = str((found.manifest.get("environment") or {}).get("finished") or "")
    return finished[:10] or datetime.now(UTC).date().isoformat()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
