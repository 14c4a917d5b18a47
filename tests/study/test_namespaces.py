"""Workers on other machines, as far as one machine can have them: network and files of their own.

Opt-in, as it needs root and iproute2 and changes the machine's network while it runs:

    SIM_TEST_NAMESPACES=1 python3 -m sim test namespaces
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.study import experiment, runner
from sim.study.where import Cluster
from tests.study.clusters import Running, tiny
from tests.study.test_cluster import said

pytestmark = pytest.mark.skipif(
    "SIM_TEST_NAMESPACES" not in os.environ or os.geteuid() != 0 or shutil.which("ip") is None,
    reason="asked for by SIM_TEST_NAMESPACES=1; needs root and iproute2",
)

NET = "10.213.77"
BRIDGE = f"sim{os.getpid()}"
SPACES = {name: f"{BRIDGE}{name}" for name in ("a", "b")}

SOON = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s"}
"""A cable that is out is noticed after so long, instead of half a minute."""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@pytest.fixture
def spaces() -> Iterator[dict[str, str]]:
    """Two network namespaces, each with one address, on a bridge of this machine."""
    try:
        ip("link", "add", BRIDGE, "type", "bridge")
        ip("address", "add", f"{NET}.1/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for number, name in enumerate(SPACES.values(), start=2):
            ip("netns", "add", name)
            ip("link", "add", f"{name}v", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"{name}v", "master", BRIDGE, "up")
            ip("-n", name, "address", "add", f"{NET}.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield SPACES
    finally:
        for name in SPACES.values():
            subprocess.run(["ip", "netns", "delete", name], check=False)
        subprocess.run(["ip", "link", "delete", BRIDGE], check=False)


def test_two_machines_without_files_in_common_one_of_which_is_cut_off(
    spaces: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker sees an empty folder where results go; the cable of one is pulled while it holds a block."""
    from distributed import Client

    monkeypatch.setattr(experiment, "GROUP", 1)
    monkeypatch.setattr(experiment, "TASK_HOUSEHOLDS", 1)
    monkeypatch.setattr(runner, "_draw", lambda *_: None)
    runner.run(tiny(), tmp_path / "alone", backend="serial")
    logs = tmp_path / "logs"
    logs.mkdir()
    cluster = Running(logs)
    try:
        address = cluster.scheduler("--host", f"{NET}.1", failures=3, **SOON)
        assert address.startswith(f"tcp://{NET}.1:")
        assert "warning: without TLS" in cluster.log("scheduler")
        apart = f'mount -t tmpfs none "{tmp_path}" && exec "$@"'
        for name, space in spaces.items():
            before = ["ip", "netns", "exec", space, "unshare", "--mount", "sh", "-c", apart, "sh"]
            cluster.worker(name, at=address, before=before, **SOON)
        cluster.joined(*spaces)
        cut: list[str] = []
        with Client(address, set_as_default=False) as other:
            seen = other.run(os.listdir, str(tmp_path))
            assert {worker.split("//")[1].split(":")[0] for worker in seen} == {f"{NET}.2", f"{NET}.3"}
            assert not any(seen.values()), "they have files in common"

            def tell(now: runner.Progress) -> None:
                if not cut:
                    ip("link", "set", f"{spaces['a']}v", "down")
                    cut.append("a")
                elif now.computed and len(cut) == 1:
                    cut.extend(w for w, tasks in other.processing().items() if f"{NET}.2:" in w and tasks)

            result = runner.run(
                tiny(), tmp_path / "apart", backend="dask", workers=1, cluster=Cluster(address), tell=tell
            )
            assert len(cut) == 2, "the one that was cut off held nothing"
            assert (result.failures, result.computed) == ([], result.pieces)
            assert len(other.scheduler_info(n_workers=-1)["workers"]) == 1
        assert said(tmp_path / "apart") == said(tmp_path / "alone")
    finally:
        cluster.close()
