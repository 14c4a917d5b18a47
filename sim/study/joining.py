"""The commands ``worker`` and ``scheduler``: the two ends of a Dask cluster that a run can use.

Both listen on one address only, a scheduler on loopback unless it is told otherwise: whoever can reach one without TLS
can have it run anything.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from sim.errors import ConfigError
from sim.study import where
from sim.study.cluster import CONNECT, PRELOAD, QUIET, ClusterError, security, why
from sim.study.executor import cores

GRACE = 10.0
"""Seconds that workers have to leave in order."""


def worker(arguments: argparse.Namespace) -> int:
    """Join a scheduler with worker processes until it closes or this is stopped; return the exit code.

    Args:
        arguments: those of `sim.study.where.add_worker`.

    Raises:
        SimError: the scheduler does not answer, or what was said cannot be.
    """
    import dask
    from dask.utils import parse_bytes

    if arguments.memory_limit != "auto":
        try:
            arguments.memory_limit = parse_bytes(arguments.memory_limit)
        except ValueError:
            raise ConfigError(f"--memory-limit={arguments.memory_limit} is no number of bytes like 4GB") from None
    _await_file(arguments.scheduler, arguments.wait)
    cluster = where.cluster(arguments)
    assert cluster.address is not None
    with dask.config.set(QUIET):
        return asyncio.run(_work(arguments, cluster, cluster.address))


def scheduler(arguments: argparse.Namespace) -> int:
    """Be a scheduler until this is stopped; return the exit code.

    Args:
        arguments: those of `sim.study.where.add_scheduler`.

    Raises:
        SimError: the address cannot be listened at, or what was said cannot be.
    """
    return asyncio.run(_schedule(arguments))


async def _work(arguments: argparse.Namespace, cluster: where.Cluster, address: str) -> int:
    from distributed import Nanny

    secured = security(cluster.tls)
    await _answers(address, secured, cluster.wait)
    host = arguments.host or _reached_from(address)
    _is_here(host)
    number = arguments.workers or cores()
    nannies = [
        Nanny(
            address,
            nthreads=1,
            host=host,
            security=secured,
            memory_limit=_share(arguments.memory_limit, number),
            dashboard_address=f"{_bracketed(host)}:0",
            preload=[PRELOAD],
            death_timeout=cluster.wait,
        )
        for _ in range(number)
    ]

    async def live() -> None:
        try:
            await asyncio.gather(*nannies)
        except Exception as error:
            await asyncio.gather(*(nanny.close(timeout=GRACE) for nanny in nannies), return_exceptions=True)
            raise ClusterError(f"cannot join {address}: {str(error)[:200]}") from error
        _say(f"joined {address}, processes: {number}; Ctrl-C ends")
        await asyncio.gather(*(nanny.finished() for nanny in nannies))

    stopped = await _until_stopped(live())
    await asyncio.gather(*(nanny.close(timeout=GRACE) for nanny in nannies), return_exceptions=True)
    if not stopped:
        _say(f"the scheduler at {address} is gone")
    return 0


async def _schedule(arguments: argparse.Namespace) -> int:
    from distributed import Scheduler

    files, host = where.tls(arguments), arguments.host
    _is_here(host)
    if not files and not ipaddress.ip_address(host).is_loopback:
        _say(f"warning: without TLS, whoever can reach {host} can run anything here; see --tls-ca-file")
    try:
        made = await Scheduler(
            host=host,
            port=arguments.port,
            protocol="tls" if files else "tcp",
            dashboard=False,
            dashboard_address=f"{_bracketed(host)}:0",
            security=security(files),
        )
    except OSError as error:
        raise ClusterError(f"cannot listen at {host}:{arguments.port}: {error.strerror or error}") from error
    try:
        if arguments.scheduler_file:
            _write(arguments.scheduler_file, made)
        _say(f"scheduler at {made.address}; Ctrl-C ends")
        await _until_stopped(made.finished())
    finally:
        await made.close()
        if arguments.scheduler_file:
            with suppress(OSError):
                arguments.scheduler_file.unlink()
    return 0


def _write(path: Any, made: Any) -> None:
    """Write the scheduler's file, for workers and runs that look for its address."""
    from sim.study.files import write_json

    write_json(path, {"type": "Scheduler", "address": made.address, "id": made.id})


async def _until_stopped(living: Awaitable[None]) -> bool:
    """Wait for something's end, or for a signal to stop; say whether it was the latter."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    waiting, lasting = asyncio.ensure_future(asked.wait()), asyncio.ensure_future(living)
    await asyncio.wait({waiting, lasting}, return_when=asyncio.FIRST_COMPLETED)
    if lasting.done():
        waiting.cancel()
        lasting.result()
        return False
    lasting.cancel()
    with suppress(asyncio.CancelledError):
        await lasting
    return True


async def _answers(address: str, secured: Any, patience: float) -> None:
    """Wait until the scheduler answers."""
    from distributed.core import rpc

    arguments = secured.get_connection_args("worker") if secured else None
    end = asyncio.get_running_loop().time() + patience
    while True:
        try:
            async with rpc(address, timeout=CONNECT, connection_args=arguments) as there:
                await there.identity(n_workers=0)
            return
        except (OSError, ValueError, TypeError, RuntimeError, EOFError) as error:
            if asyncio.get_running_loop().time() >= end:
                raise ClusterError(f"no scheduler answers at {address} in {patience:g} s ({why(error)})") from error
        await asyncio.sleep(min(1.0, patience / 10))


def _await_file(said: str, patience: float) -> None:
    """Wait for a scheduler's file, as the jobs of a batch system start in any order."""
    if where.ADDRESS.fullmatch(said) or "://" in said or os.path.exists(said):
        return
    _say(f"waiting for the file {said} of a scheduler ...")
    end = time.monotonic() + patience
    while not os.path.exists(said):
        if time.monotonic() >= end:
            raise ConfigError(f"'{said}' is neither an address nor has a scheduler written it within {patience:g} s")
        time.sleep(min(1.0, patience / 10))


def _reached_from(address: str) -> str:
    """Return the address of this machine from which a scheduler is reached: loopback from loopback."""
    from distributed.comm.addressing import get_local_address_for, parse_address

    try:
        return parse_address(str(get_local_address_for(address)), strict=False)[1]
    except OSError as error:
        raise ClusterError(f"no way leads to {address}: {error.strerror or error}") from error


def _is_here(host: str) -> None:
    """Refuse what is not the number of one address of this machine."""
    try:
        version = ipaddress.ip_address(host).version
        family = socket.AF_INET6 if version == 6 else socket.AF_INET
        with socket.socket(family) as tried:
            tried.bind((host, 0))
    except ValueError:
        raise ConfigError(f"--host={host} is not the number of an address like {where.LOOPBACK}") from None
    except OSError as error:
        raise ConfigError(f"--host={host} is no address of this machine ({error.strerror})") from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _share(limit: Any, number: int) -> Any:
    """Return the limit of memory of one process; by default a machine's, or its container's, in equal shares."""
    if limit != "auto":
        return limit
    from distributed.system import MEMORY_LIMIT

    return MEMORY_LIMIT // number


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
