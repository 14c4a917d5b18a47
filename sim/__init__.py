"""An agent-based laboratory for grassroots governance.

Importing the package imports nothing else; its public names are fetched when first asked for.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "GovernanceModel": "sim.model",
    "SimError": "sim.errors",
}

__all__ = ["GovernanceModel", "SimError", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    import importlib

    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
