"""The door: what a file or a word of somebody else's may not do, and how it is told."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from sim import commands, environment
from sim.errors import ConfigError, said
from sim.study.door import DEEPEST, MOST_VALUES, check_word, printable, read_yaml, refuse_programs, wrong_name


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.setenv("SIM_SECRET", "swordfish")
    monkeypatch.chdir(tmp_path)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.main(list(words)) == commands.WRONG
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err[:-1].isprintable() and len(err) < 700 and "swordfish" not in err
    return err.removeprefix("error: ").rstrip("\n")


LAUGHS = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
MERGES = "a0: &a0 {k: v, l: w}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))

FILES = [
    (LAUGHS, f"has more than {MOST_VALUES:,} values once its aliases are written out"),
    (MERGES, f"has more than {MOST_VALUES:,} values once its aliases are written out"),
    ("a: &a [*a]\n", "something in line 1 holds itself"),
    ("a: &a {b: {c: *a}}\n", "something in line 1 holds itself"),
    ("a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "is nested too deeply"),
    ("".join("  " * n + "a:\n" for n in range(DEEPEST + 2)), "is nested too deeply"),
    ("# " + "x" * 1_000_001, "is larger than a config can be (1,000,000 bytes)"),
    ("scenarios: {a: []}\nreplications: !!int many\n", "is not YAML: a value is not what it should be"),
    ("scenarios: {a: []}\nreplications: !!int ''\n", "is not YAML: a value is not what it should be"),
    ("scenarios: {a: []}\ndetail: !!bool perhaps\n", "is not YAML: a value is not what it should be"),
    ("scenarios: {a: []}\nseed: !!timestamp now\n", "is not YAML: a value is not what it should be"),
    ("scenarios: {a: []}\nseed: " + "9" * 5000, "is not YAML: a value is not what it should be"),
    ("scenarios: {a: []}\nseed: " + "9" * 400, "seed=1e400 is larger than any setting can be"),
    ("scenarios: {a: []}\nseed: -" + "9" * 19, "is larger than any setting can be"),
    ("scenarios: {a: []}\nworld: {quarrel_rate: .nan}", "world.quarrel_rate=nan is out of range"),
    ("scenarios: {a: []}\nworld: {quarrel_rate: -.inf}", "world.quarrel_rate=-inf is out of range"),
    ("scenarios: {a: []}\nworld: {quarrel_rate: yes}", "world.quarrel_rate=true is not a number"),
    ("scenarios: {a: []}\nreplications: !!binary aGVsbG8=", "replications is a bytes, not a number, a text or a list"),
    ('scenarios: {a: []}\nquestion: "\\e]0;owned\\a"', "question: '\\u001b]0;owned\\u0007' holds a character"),
    ('scenarios: {a: []}\nquestion: "\\u202egnp"', "holds a character that cannot be printed (U+202E)"),
    ('scenarios: {a: []}\nquestion: "\\ud800"', "holds a character that cannot be printed (U+D800)"),
    ("scenarios: {a: []}\nquestion: " + "x" * 10_001, "question: a text of 10,001 letters is longer than any can be"),
    ("scenarios: {a: []}\nquestion: ${oc.env:SIM_SECRET}", "configs are data; '${oc.env:SIM_SECRET}' is not filled in"),
    ("scenarios: {a: []}\nworld: {_target_: os.system}", "'world._target_': configs are data; nothing they name is"),
    ("scenarios: {a: []}\nworld: {_partial_: true}", "'world._partial_': configs are data; nothing they name"),
    ("hydra: {searchpath: [file:///etc]}\nscenarios: {a: []}", "configs are data; 'hydra' is not a setting"),
    ("defaults: [../../../etc/passwd]\nscenarios: {a: []}", "defaults: ../../../etc/passwd is not the name of"),
    ("defaults: [{override /world: /etc/x}]\nscenarios: {a: []}", "defaults: {override /world: /etc/x} is not the"),
    ("defaults: [{override hydra/launcher: joblib}]\nscenarios: {a: []}", "is not the name of a config"),
    ("defaults: [{override /world: '${oc.env:SIM_SECRET}'}]\nscenarios: {a: []}", "configs are data; '${oc.env:SIM_"),
    ("scenarios: {../x: []}", "scenario '../x' needs another name; use at most 100 letters, digits"),
    ("scenarios: {b\u043edy: []}", "needs another name; it mixes letters that look alike"),
    ("scenarios: {a: [yijiantiao, yijiantiao.hours=" + "9" * 400 + "]}", "is longer than a word can be"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FILES, ids=[text[:36].replace("\n", " ") for text, _ in FILES])
def test_a_file_of_somebody_else(text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "theirs.yaml").write_text(text)
    assert message in refused(capsys, "run", "theirs.yaml", "--out", "out")
    assert [path.name for path in tmp_path.iterdir()] == ["theirs.yaml"]


BESIDE = [
    ("_target_: os.system\nplace: compound\n", "'_target_': configs are data; nothing they name is called"),
    ("# @package hydra\nsearchpath: [file:///etc]\n", "configs are data; 'hydra' is not a setting"),
    ("hydra: {run: {dir: owned}}\n", "configs are data; 'hydra' is not a setting"),
    (
        "defaults: ['compound@${oc.env:SIM_SECRET}', _self_]\n",
        "configs are data; 'compound@${oc.env:SIM_SECRET}'",
    ),
    ("defaults: [/../../../../etc/passwd]\n", "is not the name of a config"),
    ("defaults: [second, _self_]\n", "'x._target_': configs are data; nothing they name is called"),
    (LAUGHS, "values once its aliases are written out"),
]


@pytest.mark.parametrize(("text", "message"), BESIDE, ids=[text[:36].replace("\n", " ") for text, _ in BESIDE])
@pytest.mark.parametrize("said_in", ["file", "word"])
def test_a_group_beside_a_file_of_somebody_else(
    said_in: str, text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hydra reads it by itself: it is looked at before."""
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "theirs.yaml").write_text(text)
    (tmp_path / "world" / "second.yaml").write_text("x: {_target_: os.system}\n")
    (tmp_path / "mine.yaml").write_text("scenarios: {a: []}\n" + ("world: theirs\n" if said_in == "file" else ""))
    words = ["world=theirs"] if said_in == "word" else []
    assert message in refused(capsys, "run", "mine.yaml", *words, "--out", "out")


def test_a_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    ended = threading.Timer(60, lambda: os.open(tmp_path / "pipe.yaml", os.O_WRONLY | os.O_NONBLOCK))
    ended.start()
    try:
        assert refused(capsys, "run", "pipe.yaml") == "'pipe.yaml' is no file"
    finally:
        ended.cancel()


WORDS = [
    ("seed=" + "9" * 5000, "cannot read 'seed=999"),
    ("seed=" + "9" * 320, "seed=1e320 is larger than any setting can be"),
    ("replications=1e999", "replications=inf is out of range"),
    ("replications=nan", "replications=nan is out of range"),
    ("replications=\uff15", "replications=\uff15 is not a whole number"),
    ("replications=true", "replications=true is not a whole number"),
    ("scenarios.x=" + "[" * 200 + "]" * 200, "is nested too deeply"),
    ("question=" + "x" * 20_000, "is longer than a setting can be (10,000 letters)"),
    ("question='\x1b[31m'", "holds a character that cannot be printed (U+001B)"),
    ("question=\udcff", "'question=\\udcff' holds a character that cannot be printed (U+DCFF)"),
    ("question=${oc.env:SIM_SECRET}", "configs are data; '${oc.env:SIM_SECRET}' is not filled in"),
    ("world._target_=os.system", "'world._target_': configs are data; nothing they name"),
    ("hydra.searchpath=[file:///etc]", "configs are data; 'hydra' is not a setting"),
    ("name=../x", "cannot name a folder"),
    ("name=/etc", "cannot name a folder"),
    ("name=" + "\u793a" * 70, "use at most 100 letters, digits, . _ and - (in 200 bytes)"),
    ("name='a\nb'", "cannot name a folder"),
    ("name='b\u043edy'", "it mixes letters that look alike (cyrillic, latin); use those of one script"),
]


@pytest.mark.parametrize(("word", "message"), WORDS, ids=[ascii(word[:30]) for word, _ in WORDS])
def test_a_word_of_somebody_else(word: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in refused(capsys, "run", "yijiantiao", word)
    assert list(tmp_path.iterdir()) == []


def test_names() -> None:
    good = ["body", "body_branch", "x-1.2", "\u793a\u4f8b", "\u0442\u0435\u043b\u043e", "\u03b1\u03b2", "_a", "x" * 100]
    assert [name for name in good if wrong_name(name)] == []
    bad = ["", ".", "..", "a/b", "/a", "a\0", "a\n", "a b", "-a", "x" * 101, "\u793a" * 67, "\uff42ody", "e\u0301",
           "\u1160", "\u3164", "[b]", "a:b", "a\\b", "\ud800", "C\u041eN"]  # fmt: skip
    assert [name for name in bad if not wrong_name(name)] == []


def test_what_is_plain_passes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: &x {b: [1, 2.5, null, true, w\u00f6rter \u793a\u4f8b]}\nc: *x\n")
    content = read_yaml(tmp_path / "a.yaml")
    assert content["a"] == content["c"] == {"b": [1, 2.5, None, True, "w\u00f6rter \u793a\u4f8b"]}
    refuse_programs(content)
    check_word("scenarios.x=[formed_body,yijiantiao.hours=2]")
    assert printable("a\x1b\u202e") == "a\\u001b\\u202e"
    assert said(10**400) == "1e400" and said(-(10**30)) == "-1e30" and said(10**6) == "1000000"
    with pytest.raises(ConfigError, match="nested too deeply"):
        refuse_programs({"a": [[[[]]]]}, depth=DEEPEST)
