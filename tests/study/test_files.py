"""Files: whole or not there, and equal byte for byte wherever the numbers are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from sim.study.files import write_csv, write_json
from tests.conftest import ROOT

FULL = """
import resource, sys
import pyarrow as pa
from sim.errors import StoreError
from sim.study.files import write_parquet, write_csv
table = pa.table({"x": list(range(50_000))})
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
for write in (write_parquet, write_csv):
    try:
        write(sys.argv[1] + "/table", table)
    except StoreError as error:
        print(error)
"""


def test_a_write_that_stops_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == f"cannot write {tmp_path}/table: File too large\n" * 2
    assert list(tmp_path.iterdir()) == []


def test_csv_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "scenario": ["merged", 'a, "b"', None],
            "n": [3, -4, 10**15],
            "maybe": pd.array([1, None, 3], dtype="Int64"),
            "share": [1 / 3, -1e-9, float("nan")],
            "met": [True, False, True],
            "unused": [0, 0, 0],
        }
    )
    columns = ["n", "scenario", "share", "maybe", "met"]
    expected = (
        b"n,scenario,share,maybe,met\n"
        b"3,merged,0.333333,1,true\n"
        b'-4,"a, ""b""",0.000000,n/a,false\n'
        b"1000000000000000,n/a,n/a,3,true\n"
    )
    write_csv(tmp_path / "frame.csv", frame, columns)
    write_csv(tmp_path / "table.csv", pa.Table.from_pandas(frame), columns)
    assert (tmp_path / "frame.csv").read_bytes() == expected
    assert (tmp_path / "table.csv").read_bytes() == expected
    write_csv(tmp_path / "all.csv", frame[["n", "share"]], decimals=2)
    assert (tmp_path / "all.csv").read_bytes() == b"n,share\n3,0.33\n-4,0.00\n1000000000000000,n/a\n"
    with pytest.raises(TypeError, match="list"):
        write_csv(tmp_path / "odd.csv", pa.table({"x": [[1]]}))
    assert not (tmp_path / "odd.csv").exists()


def test_json_keeps_order_and_refuses_what_json_cannot_say(tmp_path: Path) -> None:
    path = tmp_path / "new" / "manifest.json"
    write_json(path, {"b": "一肩挑", "a": [1, 0.1]})
    assert path.read_text(encoding="utf-8") == '{\n  "b": "一肩挑",\n  "a": [\n    1,\n    0.1\n  ]\n}\n'
    with pytest.raises(ValueError, match="nan"):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8"))["a"] == [1, 0.1]
