"""Where to compute: the options of commands that compute, of a scheduler and of its workers.

Only the standard library is imported, so that help and mistakes are told at once. What stands here is said in words
of `distributed`, whose own launchers take the same ones.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

from sim.errors import ConfigError, shortened

BACKENDS = ("auto", "serial", "joblib", "dask")
"""Names of `sim.study.executor.EXECUTORS`; a test holds them equal."""

LOOPBACK = "127.0.0.1"
PORT = 8786

ADDRESS = re.compile(r"(?:(?P<how>[a-z]+)://)?(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9_.-]+):(?P<port>[0-9]{1,5})")
SPOKEN = ("tcp", "tls")
HIGHEST_PORT = 65_535

PATIENCE = 300.0
"""Seconds without any worker after which a run gives up, unless `--wait` says otherwise."""


@dataclass(frozen=True)
class Tls:
    """Files, in PEM, with which two ends of a connection know each other.

    Attributes:
        ca: the certificate of who has signed all the others.
        cert: this end's certificate.
        key: its private key.
    """

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True)
class Cluster:
    """Which Dask cluster, and how long to wait for its workers.

    Attributes:
        address: the scheduler's, e.g. ``tcp://10.0.0.1:8786``; None for worker processes of this machine alone.
        wait: seconds without any worker after which a run gives up.
        tls: files for an encrypted connection; without them `distributed`'s own settings are used, if there are any.
    """

    address: str | None = None
    wait: float = PATIENCE
    tls: Tls | None = None


# -- options ----------------------------------------------------------------------------------


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a command that computes."""
    parser.add_argument("--backend", choices=BACKENDS, default="auto", help="default: auto, joblib but for small jobs")
    parser.add_argument("--workers", metavar="N", type=count, help="processes of this machine (default: one a core)")
    parser.add_argument(
        "--scheduler", metavar="ADDR|FILE", help="dask: compute with the workers that have joined it (default: here)"
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=PATIENCE,
        help=f"dask: give up after so long without any worker (default: {PATIENCE:g})",
    )
    _add_tls(parser)


def add_worker(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a worker."""
    parser.add_argument("scheduler", metavar="ADDR|FILE", help="the scheduler, or the file that it has written")
    parser.add_argument("--workers", metavar="N", type=count, help="processes (default: one a core)")
    parser.add_argument(
        "--host", metavar="IP", help="the address to listen at (default: that from which the scheduler is reached)"
    )
    parser.add_argument(
        "--memory-limit",
        metavar="BYTES",
        default="auto",
        help="of a process, e.g. 4GB; above it is started anew; 0: none (default: its share of the machine's)",
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=PATIENCE,
        help=f"give up after so long without a scheduler (default: {PATIENCE:g})",
    )
    _add_tls(parser)


def add_scheduler(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a scheduler."""
    parser.add_argument(
        "--host", metavar="IP", default=LOOPBACK, help=f"the address to listen at (default: {LOOPBACK})"
    )
    parser.add_argument("--port", metavar="N", type=port, default=PORT, help=f"0: any that is free (default: {PORT})")
    parser.add_argument("--scheduler-file", metavar="FILE", type=Path, help="write the address here, for the others")
    _add_tls(parser)


def _add_tls(parser: argparse.ArgumentParser) -> None:
    for name, what in {
        "--tls-ca-file": "who has signed all certificates",
        "--tls-cert": "the certificate of this end",
        "--tls-key": "its private key",
    }.items():
        parser.add_argument(name, metavar="FILE", type=Path, help=f"dask: {what} (PEM)")


def count(text: str) -> int:
    """Read a number of processes."""
    if not (text.isascii() and text.isdecimal() and int(text[:9]) >= 1 and len(text) < 9):
        raise argparse.ArgumentTypeError(f"'{shortened(text)}' is not a whole number from 1 up")
    return int(text)


def port(text: str) -> int:
    """Read the number of a port."""
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"'{shortened(text)}' is not a port, 0 to {HIGHEST_PORT}")
    return int(text)


def seconds(text: str) -> float:
    """Read a length of time."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"'{shortened(text)}' is not a number of seconds above 0")
    return value


# -- what they say ----------------------------------------------------------------------------


def lock(arguments: argparse.Namespace, otherwise: str) -> str:
    """Return the name of the lock that a command needs, given its arguments."""
    return "cluster" if getattr(arguments, "backend", None) == "dask" else otherwise


def check(arguments: argparse.Namespace) -> None:
    """Refuse options that say nothing together, before an environment is made for them.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    if getattr(arguments, "backend", "dask") != "dask":
        for option in ("scheduler", "tls_ca_file", "tls_cert", "tls_key"):
            if getattr(arguments, option, None):
                raise ConfigError(f"--{option.replace('_', '-')} is of a Dask cluster; add --backend dask")
    if hasattr(arguments, "tls_ca_file"):
        tls(arguments)
    if hasattr(arguments, "backend") and arguments.scheduler is not None:
        address(arguments.scheduler)


def cluster(arguments: argparse.Namespace) -> Cluster:
    """Return which cluster the arguments mean.

    Raises:
        ConfigError: the address, the scheduler's file or a file for TLS is none.
    """
    said = getattr(arguments, "scheduler", None)
    where = None if said is None else address(said)
    files = tls(arguments) if hasattr(arguments, "tls_ca_file") else None
    if where and files and where.startswith("tcp://"):
        where = f"tls://{where.removeprefix('tcp://')}"
    return Cluster(where, getattr(arguments, "wait", PATIENCE), files)


def tls(arguments: argparse.Namespace) -> Tls | None:
    """Return the files for TLS; all three or none.

    Raises:
        ConfigError: one is missing or cannot be read.
    """
    given = {name: getattr(arguments, name) for name in ("tls_ca_file", "tls_cert", "tls_key")}
    if not any(given.values()):
        return None
    for name, path in given.items():
        option = f"--{name.replace('_', '-')}"
        if path is None:
            raise ConfigError(f"TLS needs three files; {option} is missing")
        if not (os.path.isfile(path) and os.access(path, os.R_OK)):
            raise ConfigError(f"{option}: there is no file '{path}' that can be read")
    return Tls(*given.values())


def address(said: str) -> str:
    """Return the address of a scheduler, with its protocol.

    Args:
        said: an address, or a file that a scheduler has written.

    Raises:
        ConfigError: it is neither.
    """
    found = ADDRESS.fullmatch(said)
    if found and not os.path.isfile(said):
        return _spoken(found, said)
    if "://" in said or "\0" in said:
        raise ConfigError(f"'{shortened(said)}' is no address like tcp://{LOOPBACK}:{PORT}")
    return _from_file(Path(said))


def _spoken(found: re.Match[str], said: str) -> str:
    how = found["how"] or SPOKEN[0]
    if how not in SPOKEN:
        raise ConfigError(f"'{shortened(said)}' begins with {how}://; a scheduler is met at {' or '.join(SPOKEN)}")
    if not 0 < int(found["port"]) <= HIGHEST_PORT:
        raise ConfigError(f"'{shortened(said)}' has no port from 1 to {HIGHEST_PORT}")
    return f"{how}://{found['host']}:{found['port']}"


def _from_file(path: Path) -> str:
    """Read the address from a scheduler's file, which is JSON with an ``address`` in it."""
    name = shortened(str(path))
    try:
        content = path.read_bytes()
        found = ADDRESS.fullmatch(json.loads(content)["address"]) if len(content) < 10_000_000 else None
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(
            f"'{name}' is neither an address like tcp://{LOOPBACK}:{PORT} nor a scheduler's file"
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot read '{name}': {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if found is None:
        raise ConfigError(f"'{name}' is not the file of a scheduler: it holds no address")
    return _spoken(found, found[0])
