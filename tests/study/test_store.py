"""The store: what is finished stays, what is half-written does not count, one line says what is wrong."""

from __future__ import annotations

import errno
import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.errors import StoreError
from sim.study.files import write_json, write_parquet
from sim.study.store import Store, TableSpec

TABLES = {
    "runs": TableSpec(pa.schema([("scenario", pa.string()), ("replication", pa.int64())]), ("scenario", "replication")),
    "daily": TableSpec(pa.schema([("replication", pa.int64()), ("day", pa.int32()), ("open", pa.float64())]), ()),
}
ROOT = Path(__file__).parents[2]


def piece(start: int) -> dict[str, pa.Table]:
    replications = [start, start + 1]
    return {
        "runs": pa.table([["merged", "merged"], replications], schema=TABLES["runs"].schema),
        "daily": pa.table([replications, [1, 1], [0.5, None]], schema=TABLES["daily"].schema),
    }


def fill(folder: Path, *keys: str) -> None:
    with Store(folder, TABLES) as store:
        for i, key in enumerate(keys):
            store.put(key, piece(2 * i))


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith(".part")]


def test_what_is_put_can_be_read_again(tmp_path: Path) -> None:
    fill(tmp_path / "a" / "b", "0a", "ff", "3c")
    with Store(tmp_path / "a" / "b", TABLES) as store:
        assert store.keys() == ["0a", "3c", "ff"]
        assert store.has("0a")
        assert not store.has("0b")
        assert store.get("ff", "daily") == piece(2)["daily"]
        assert store.merge(["3c", "0a"], "runs")["replication"].to_pylist() == [4, 5, 0, 1]
        assert store.merge([], "runs") == TABLES["runs"].schema.empty_table()
        assert set(store.digests("0a")) == {"runs", "daily"}
        assert store.path("0a", "runs") == tmp_path / "a" / "b" / "blocks" / "runs" / "0a.parquet"
    assert not leftovers(tmp_path)


def test_dictionaries_and_times_come_back_as_they_were(tmp_path: Path) -> None:
    schema = pa.schema(
        [("who", pa.dictionary(pa.int32(), pa.string())), ("at", pa.timestamp("us", tz="UTC")), ("few", pa.int8())]
    )
    first, second = (
        pa.table([pa.array(who).dictionary_encode(), pa.array(at, schema.field("at").type), at], schema=schema)
        for who, at in ((["a", "b"], [1, 2]), (["c", "b"], [1, 2]))
    )
    with Store(tmp_path, {"events": TableSpec(schema, ("at",))}) as store:
        store.put("1", {"events": first})
        store.put("2", {"events": second.slice(1)})
        store.put("3", {"events": second})
        assert store.get("1", "events") == first
        assert store.merge(["1", "2", "3"], "events")["who"].to_pylist() == ["a", "b", "b", "c", "b"]


def test_only_declared_tables_can_be_put(tmp_path: Path) -> None:
    with Store(tmp_path, TABLES) as store:
        with pytest.raises(ValueError, match=r"\['daily', 'runs'\], not \['runs'\]"):
            store.put("0a", {"runs": piece(0)["runs"]})
        with pytest.raises(ValueError, match="table 'daily' has day int32"):
            store.put("0a", piece(0) | {"daily": piece(0)["daily"].drop_columns(["replication"])})
        with pytest.raises(ValueError, match="no key"):
            store.put("../x", piece(0))
        assert store.keys() == []


def test_a_piece_without_its_description_is_not_finished(tmp_path: Path) -> None:
    fill(tmp_path, "0a", "0b", "0c", "0d", "0e")
    record = tmp_path / "blocks" / "0a.json"
    text = record.read_text()
    record.unlink()
    (tmp_path / "blocks" / "0b.json").write_text(text[: len(text) // 2])
    (tmp_path / "blocks" / "0c.json").write_text("[1]")
    (tmp_path / "blocks" / "0d.json").write_text(text)  # speaks of another piece
    with Store(tmp_path, TABLES) as store:
        assert store.keys() == ["0e"]
        with pytest.raises(StoreError, match=r"0a\.json is missing or damaged; run again with --resume"):
            store.get("0a", "runs")
        with pytest.raises(StoreError, match=r"0b\.json"):
            store.merge(["0e", "0b"], "runs")
        store.put("0a", piece(0))
        assert store.keys() == ["0a", "0e"]
    # A piece that lacks a table declared since is computed again.
    more = TABLES | {"events": TABLES["daily"]}
    assert Store(tmp_path, more, lock=False).keys() == []


@pytest.mark.parametrize(
    "damage", ["cut", "garbage", "empty", "foreign columns", "fewer rows", "other numbers", "gone"]
)
def test_a_damaged_file_is_named_in_one_line(tmp_path: Path, damage: str) -> None:
    fill(tmp_path, "0a")
    path = tmp_path / "blocks" / "daily" / "0a.parquet"
    table = piece(0)["daily"]
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif damage == "garbage":
        path.write_bytes(os.urandom(300))
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "foreign columns":
        write_parquet(path, table.rename_columns(["replication", "day", "closed"]))
    elif damage == "fewer rows":
        write_parquet(path, table.slice(1))
    elif damage == "other numbers":
        write_parquet(path, pa.table([[0, 1], [1, 1], [0.5, 0.5]], schema=table.schema))
    else:
        path.unlink()
    with Store(tmp_path, TABLES) as store:
        with pytest.raises(StoreError) as caught:
            store.get("0a", "daily")
        assert store.has("0a") == (damage != "gone")
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "--resume" in message
    assert "\n" not in message


def test_a_file_that_says_the_same_in_other_bytes_is_what_was_put(tmp_path: Path) -> None:
    fill(tmp_path, "0a", "0b")
    path, record = tmp_path / "blocks" / "daily" / "0a.parquet", tmp_path / "blocks" / "0b.json"
    before = path.read_bytes()
    pq.write_table(piece(0)["daily"], path, compression="none")
    assert path.read_bytes() != before
    text = json.loads(record.read_text())
    for said in text["tables"].values():
        del said["file"]  # as by an older version
    record.write_text(json.dumps(text))
    with Store(tmp_path, TABLES, lock=False) as store:
        assert store.get("0a", "daily") == piece(0)["daily"]
        assert store.get("0b", "daily") == piece(2)["daily"]


KILLED = """
import os, signal, sys
import sim.study.store as module
sys.path.insert(0, {here!r})
from test_store import TABLES, piece
at, calls, fsync, replace = int(sys.argv[2]), 0, os.fsync, os.replace
def count(function):
    def counted(*args):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args)
    return counted
os.fsync, os.replace = count(fsync), count(replace)
with module.Store(sys.argv[1], TABLES) as store:
    store.put("0a", piece(0))
    store.put("0b", piece(2))
"""


def test_killed_at_any_moment_nothing_finished_is_lost(tmp_path: Path) -> None:
    # Three files a piece, each with an fsync, a rename and an fsync of the folder.
    script = KILLED.format(here=str(Path(__file__).parent))
    moments = (8, 9, 10, 11, 14, 16, 17, 18)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    commands = [[sys.executable, "-c", script, str(tmp_path / str(at)), str(at)] for at in moments]
    processes = [subprocess.Popen(command, env=environment) for command in commands]
    for at, process in zip(moments, processes, strict=True):
        assert process.wait() == -signal.SIGKILL
        folder = tmp_path / str(at)
        # The description of the first piece is renamed at the 8th call, of the second at the 17th.
        finished = ["0a", "0b"] if at > 17 else ["0a"] if at > 8 else []
        assert len(leftovers(folder)) == (1 if at % 3 else 0)
        with Store(folder, TABLES) as store:
            assert not leftovers(folder)
            assert store.keys() == finished
            for i, key in enumerate(finished):
                assert store.get(key, "daily") == piece(2 * i)["daily"]
            store.put("0a", piece(0))
            store.put("0b", piece(2))
            assert store.keys() == ["0a", "0b"]


def test_a_second_run_into_the_folder_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path, TABLES) as store:
        with pytest.raises(StoreError, match=r"another run is writing into .*; wait until it has ended or choose"):
            Store(tmp_path, TABLES)
        # A worker of the run itself may put pieces.
        Store(tmp_path, TABLES, lock=False).put("0a", piece(0))
        with pickle.loads(pickle.dumps(store)) as copy:
            copy.put("0b", piece(2))
        assert store.keys() == ["0a", "0b"]
        with pytest.raises(StoreError, match="another run"):
            Store(tmp_path, TABLES)
    Store(tmp_path, TABLES).close()


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(StoreError, match=r"taken is a file, not a folder; choose another folder with --out"):
            Store(folder, TABLES)
    (tmp_path / "blocks").write_text("mine")
    with pytest.raises(StoreError, match="blocks is a file, not a folder"):
        Store(tmp_path, TABLES)
    (tmp_path / "runs.csv").mkdir()
    with pytest.raises(StoreError, match=r"runs\.csv: a folder stands there"):
        write_json(tmp_path / "runs.csv", 1)
    assert (tmp_path / "taken").read_text() == "mine"
    assert not leftovers(tmp_path)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space left to write"),
        (errno.EROFS, "no permission to write"),
        (errno.EACCES, "no permission to write"),
        (errno.EIO, "cannot write .*: Input/output error"),
    ],
)
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_when_the_disk_refuses_nothing_half_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, moment: str
) -> None:
    fill(tmp_path, "0a")
    with Store(tmp_path, TABLES) as store:

        def refuse(*_: Any) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patched:
            patched.setattr(os, moment, refuse)
            with pytest.raises(StoreError, match=words) as caught:
                store.put("0b", piece(2))
        assert "\n" not in str(caught.value)
        assert not leftovers(tmp_path)
        assert store.keys() == ["0a"]


def test_an_unwritable_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match=r"no permission to write .*; choose another folder with --out"):
        Store(tmp_path, TABLES)
