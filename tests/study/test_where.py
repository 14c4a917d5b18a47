"""Where to compute: what the options say, and what is told when they say nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import commands, environment
from sim.study import where


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The locks that commands ask for; this interpreter will do for all."""
    locks: list[str] = []
    monkeypatch.setattr(environment, "ensure", locks.append)
    monkeypatch.chdir(tmp_path)
    return locks


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.main(list(words)) == commands.WRONG
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize(
    ("words", "lock"),
    [
        (["run", "yijiantiao", "--dry-run"], "core"),
        (["run", "yijiantiao", "--dry-run", "--backend", "serial"], "core"),
        (["run", "yijiantiao", "--dry-run", "--backend", "dask"], "cluster"),
        (["run", "yijiantiao", "--dry-run", "--backend", "dask", "--scheduler", "node1:8786"], "cluster"),
        (["list"], "core"),
    ],
)
def test_the_lock_of_the_cluster_is_for_those_who_ask_for_dask(words: list[str], lock: str, asked: list[str]) -> None:
    assert commands.main(words) == commands.OK
    assert asked == [lock]


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_both_ends_of_a_cluster_have_its_lock(command: str, asked: list[str]) -> None:
    assert commands.COMMANDS[command].lock == "cluster"
    assert commands.main([command, "--help"]) == commands.OK


WRONG = [
    (["--scheduler", "tcp://127.0.0.1:8786"], "--scheduler is of a Dask cluster; add --backend dask"),
    (["--tls-cert", "x.pem"], "--tls-cert is of a Dask cluster; add --backend dask"),
    (["--backend", "dusk"], "argument --backend: invalid choice: 'dusk'"),
    (["--backend", "dask", "--scheduler", "udp://x:1"], "'udp://x:1' begins with udp://; a scheduler is met at tcp or"),
    (["--backend", "dask", "--scheduler", "x:99999"], "'x:99999' has no port from 1 to 65535"),
    (["--backend", "dask", "--scheduler", "x:0"], "'x:0' has no port from 1 to 65535"),
    (["--backend", "dask", "--scheduler", "nothing.json"], "'nothing.json' is neither an address like tcp://127.0.0.1"),
    (["--backend", "dask", "--scheduler", "tcp://a b:1"], "'tcp://a b:1' is no address like tcp://127.0.0.1:8786"),
    (["--backend", "dask", "--scheduler", "."], "cannot read '.': Is a directory"),
    (["--backend", "dask", "--wait", "nan"], "argument --wait: 'nan' is not a number of seconds above 0"),
    (["--backend", "dask", "--wait", "-1"], "argument --wait: '-1' is not a number of seconds above 0"),
    (["--backend", "dask", "--workers", "0"], "argument --workers: '0' is not a whole number from 1 up"),
    (["--workers", "9" * 5000], " is not a whole number from 1 up"),
    (["--workers", "\uff12"], "argument --workers: '\uff12' is not a whole number from 1 up"),
    (["--backend", "dask", "--tls-cert", "x.pem"], "TLS needs three files; --tls-ca-file is missing"),
]


@pytest.mark.parametrize(("words", "message"), WRONG, ids=[" ".join(words)[:40] for words, _ in WRONG])
def test_a_wrong_option(
    words: list[str], message: str, asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(capsys, "run", "yijiantiao", "size=quick", *words)
    assert asked == [], "an environment was made for a mistake"
    assert list(tmp_path.iterdir()) == []


def test_files_for_tls_are_there_or_named(asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ca", "cert"):
        (tmp_path / name).touch()
    words = ["--tls-ca-file", "ca", "--tls-cert", "cert", "--tls-key", "key"]
    message = refused(capsys, "run", "yijiantiao", "--backend", "dask", *words)
    assert message == "--tls-key: there is no file 'key' that can be read"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "5", '{"address": 5}', '{"address": "here"}', "[" * 100_000, "\xff", "null"]
)
def test_a_file_that_no_scheduler_has_written(content: str, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(where.ConfigError, match="is not the file of a scheduler: it holds no address"):
        where.address(str(file))


def test_addresses(tmp_path: Path) -> None:
    assert where.address("node1:8786") == "tcp://node1:8786"
    assert where.address("tls://10.0.0.1:8786") == "tls://10.0.0.1:8786"
    assert where.address("[::1]:8786") == "tcp://[::1]:8786"
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"type": "Scheduler", "address": "tcp://10.0.0.1:8786", "workers": {}}))
    assert where.address(str(file)) == "tcp://10.0.0.1:8786"


WRONG_ENDS = [
    (["scheduler", "--host", "nowhere"], "--host=nowhere is not the number of an address like 127.0.0.1"),
    (["scheduler", "--host", "192.0.2.1"], "--host=192.0.2.1 is no address of this machine"),
    (["scheduler", "--port", "70000"], "argument --port: '70000' is not a port, 0 to 65535"),
    (["worker", "127.0.0.1:1", "--wait", "0.1"], "no scheduler answers at tcp://127.0.0.1:1 in 0.1 s"),
    (["worker", "127.0.0.1:1", "--memory-limit", "much"], "--memory-limit=much is no number of bytes like 4GB"),
    (["worker", "gone.json", "--wait", "0.1"], "'gone.json' is neither an address nor has a scheduler written it"),
    (["worker"], "the following arguments are required: ADDR|FILE"),
]


@pytest.mark.parametrize(("words", "message"), WRONG_ENDS, ids=[" ".join(words) for words, _ in WRONG_ENDS])
def test_a_wrong_end(words: list[str], message: str, asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(words) == commands.WRONG
    assert message in capsys.readouterr().err.splitlines()[-1]
