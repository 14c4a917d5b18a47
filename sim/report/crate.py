"""The metadata of an exported result: an RO-Crate that says which software made which files out of which settings.

The profile is Process Run Crate (Workflow Run RO-Crate; Leo et al. 2024): one action, its instrument, what went in and
what came out. Pure: it is told what files there are, and touches none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sim

CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
CONTEXT = (f"{CRATE}/context", "https://w3id.org/ro/terms/workflow-run/context")
METADATA = "ro-crate-metadata.json"

FORMATS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".md": "text/markdown",
    ".cff": "application/yaml",
    ".txt": "text/plain",
}
"""End of a file's name to its media type."""

LICENCE = "https://spdx.org/licenses/MIT"
SOFTWARE, RUN, AUTHORS = "#grassroots-sim", "#run", "#authors"


@dataclass(frozen=True)
class Part:
    """A file, or a folder that is told of as a whole.

    Attributes:
        path: from the crate, with a slash at its end if it is a folder.
        about: what it is.
        role: ``input``, ``output`` of the run, or ``other``.
        size: bytes; 0 for a folder.
        sha256: of its bytes; empty for a folder.
    """

    path: str
    about: str
    role: str = "other"
    size: int = 0
    sha256: str = ""


def metadata(
    manifest: Mapping[str, Any], parts: Sequence[Part], command: str, title: str, published: str
) -> dict[str, Any]:
    """Return the contents of ``ro-crate-metadata.json``.

    Args:
        manifest: of the result; empty where it keeps none.
        parts: all that is in the crate.
        command: with which the result is made.
        title: what it is called.
        published: a date, as ``2026-01-31``.
    """
    question = (manifest.get("config") or {}).get("question")
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": str(question or title) + " A simulation under stated assumptions; it predicts nothing.",
        "datePublished": published,
        "license": {"@id": LICENCE},
        "author": {"@id": AUTHORS},
        "conformsTo": {"@id": PROFILE},
        "hasPart": [{"@id": part.path} for part in parts],
        "mentions": {"@id": RUN},
        "keywords": "agent-based model, grassroots governance, dispute resolution, common random numbers",
    }
    about = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CRATE},
        "about": {"@id": "./"},
    }
    others = [
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": LICENCE, "@type": "CreativeWork", "name": "MIT License"},
        {"@id": AUTHORS, "@type": "Organization", "name": "The authors of this project"},
    ]
    return {
        "@context": list(CONTEXT),
        "@graph": [about, root, _run(manifest, parts, command), _software(manifest), *others, *map(_part, parts)],
    }


def _run(manifest: Mapping[str, Any], parts: Sequence[Part], command: str) -> dict[str, Any]:
    """Return the action that made the result."""
    machine = manifest.get("environment") or {}
    seed, replications = (manifest.get(key, "unknown") for key in ("seed", "replications"))
    run = {
        "@id": RUN,
        "@type": "CreateAction",
        "name": command,
        "description": f"seed {seed}, {replications} replications",
        "instrument": {"@id": SOFTWARE},
        "agent": {"@id": AUTHORS},
        "object": [{"@id": part.path} for part in parts if part.role == "input"],
        "result": [{"@id": part.path} for part in parts if part.role == "output"],
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    return run | ({"endTime": machine["finished"]} if machine.get("finished") else {})


def _software(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the software, with the commit and the libraries that the manifest names."""
    libraries = manifest.get("libraries") or {}
    return {
        "@id": SOFTWARE,
        "@type": ["SoftwareApplication", "SoftwareSourceCode"],
        "name": "grassroots-sim",
        "description": "An agent-based laboratory for grassroots governance",
        "version": str(manifest.get("version") or sim.__version__),
        "softwareVersion": str(manifest.get("commit") or manifest.get("version") or sim.__version__),
        "license": {"@id": LICENCE},
        "author": {"@id": AUTHORS},
        "programmingLanguage": "Python",
        "softwareRequirements": ", ".join(f"{name}=={version}" for name, version in libraries.items()) or "see locks",
    }


def _part(part: Part) -> dict[str, Any]:
    """Return a file or folder."""
    if part.path.endswith("/"):
        return {"@id": part.path, "@type": "Dataset", "name": part.path.rstrip("/"), "description": part.about}
    end = part.path[part.path.rfind(".") :] if "." in part.path else ""
    return {
        "@id": part.path,
        "@type": "File",
        "name": part.path.rsplit("/", 1)[-1],
        "description": part.about,
        "encodingFormat": FORMATS.get(end, "text/plain"),
        "contentSize": str(part.size),
        "sha256": part.sha256,
    }
