"""Bad input, through the command line: one line that helps, exit code 2, nothing half-written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sim import commands, environment
from sim.errors import LISTED, SimError, said, shortened, unknown
from sim.study import files, runner
from sim.study.tables import piece_tables

MAIN = "yijiantiao"
FEW = ("size=quick", "days=7", "burn_in=7", "replications=2", "layouts=2", "--backend", "serial")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Results would go to an empty folder, and this interpreter will do."""
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said of a mistake, in one line, nothing else being said."""
    assert commands.main(list(words)) == commands.WRONG
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert len(err) < 700
    return err.removeprefix("error: ").rstrip("\n")


# -- words of the command line: what stands in tests/study/test_config.py is not repeated ----------

WORDS = [
    (["replications=-1"], "replications=-1 is out of range [1, 1000000]"),
    (["replications=null"], "replications=null is not a whole number"),
    (["replications=true"], "replications=true is not a whole number"),
    (["replications="], "replications= is not a whole number"),
    (["replications=99999999999999"], "replications=99999999999999 is out of range [1, 1000000]"),
    (["replications=3", "replications=x"], "replications=x is not a whole number"),
    (["burn_in=-7"], "burn_in=-7 is out of range [0, 36498]"),
    (["burn_in=10"], "burn_in=10 is not a whole number of weeks; 7 is"),
    (["detail=perhaps"], "detail=perhaps is not true or false"),
    (
        ["hours=2"],
        "'mechanisms.mobile_mediation.hours' or 'mechanisms.village_alliance.hours' or 'mechanisms.yijiantiao.hours'?",
    ),
    (["coverage=1"], "did you mean 'mechanisms.formed_body.coverage' or 'mechanisms.yijiantiao.coverage'"),
    (["world.hours=3"], " or 'mechanisms.yijiantiao.hours'?"),
    (["scenario.x=[]"], "unknown setting 'scenario.x'; did you mean 'scenarios.x'?"),
    (["mechanism.yijiantiao.hourz=2"], "unknown setting 'mechanism.yijiantiao.hourz'; did you mean 'mechanisms."),
    (["size=null"], "unknown size 'null'; did you mean 'full'?"),
    (["quick=3"], "no setting called 'quick'; have: attribution, baseline, "),
    (["world=null"], "world=null is not the name of a world; have: compound, county, hohhot"),
    (["world=[a]"], "world=[a] is not the name of a world"),
    (["world.compounds=null"], "world.compounds=null is not a whole number"),
    (["world.quarrel_rate=[1]"], "world.quarrel_rate=[1] is not a number"),
    (["world.youngest=50", "world.oldest=10"], "youngest=50 is older than oldest=10"),
    (["world.youngest=50"], "youngest=50 is older than oldest=40"),
    (["world.owner_share=0.9", "world.tenant_share=0.3"], "owner_share=0.9 and tenant_share=0.3 are more than all"),
    (["mechanisms.yijiantiao=5"], "mechanisms.yijiantiao=5 is not a group of settings"),
    (["mechanism=yijiantiao"], "mechanisms stand in scenarios, e.g. scenarios.mine=[yijiantiao]"),
    (["world@x=compound"], "there is no group 'world@x' to choose from"),
    (["scenarios.placbo=null"], "unknown scenario to leave out 'placbo'; did you mean 'placebo'?"),
    (["scenarios.none=null"], "baseline 'none' is not among the scenarios"),
    (["scenarios=null"], "there is no scenario; e.g."),
    (["scenarios.x.y=[]"], "scenario 'x' is not a list of words"),
    (["scenarios.x=[5]"], "scenario 'x': 5 is not a word like"),
    (["scenarios.x=[baseline]"], "no mechanism called 'baseline'; have: "),
    (["scenarios.x=[yijiantiao,yijiantiao.hours=1,yijiantiao.hours=2]"], "scenario 'x' sets yijiantiao.hours twice"),
    (["comparisons=[[]]"], "comparison [] is not a pair of scenarios"),
    (["comparisons={a: b}"], "comparisons is not a list of pairs"),
    (["baseline=[none]"], "baseline '[none]' is not among the scenarios"),
    (["name=.."], "name='..' cannot name a folder"),
    (["name=" + "x" * 300], " ...' cannot name a folder; use at most 100 letters"),
    (["question=[a]"], "question is not a text"),
    (["=5"], "'=5' is not a setting; write key=value"),
    ([".=5"], "no setting called '.'; have: attribution, baseline, "),
    (["replications=${seed}"], "replications: configs are data; '${seed}' is not filled in"),
    (["comparisons=[[a,b"], "cannot read 'comparisons=[[a,b'; write key=value"),
]


@pytest.mark.parametrize(("words", "message"), WORDS, ids=[" ".join(words)[:40] for words, _ in WORDS])
def test_a_wrong_word(words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in refused(capsys, "run", MAIN, *words)
    assert list(tmp_path.iterdir()) == []


OF_VILLAGES = [
    (["world.money_capital=-5"], "world.money_capital=-5 is out of range [0, 1500000]"),
    (["world.land_rooms=-1"], "world.land_rooms=-1 is out of range [0, 5000]"),
    (["world.floor=1.2"], "world.floor=1.2 is out of range [0.7, 0.95]"),
    (["world.firm_refuses=2"], "world.firm_refuses=2 is out of range [0, 0.5]"),
    (["world.mediator_hours=-6"], "world.mediator_hours=-6 is out of range [3, 12]"),
    (["world.unfair_rate=-0.1"], "world.unfair_rate=-0.1 is out of range [0, 0.05]"),
    (["mechanisms.village_alliance.share=1.5"], "village_alliance.share=1.5 is out of range [0, 1]"),
    (["mechanisms.village_alliance.share=-0.1"], "village_alliance.share=-0.1 is out of range [0, 1]"),
    (["world.villages=1"], "village_alliance joins two home villages; world.villages=1 has only one"),
    (["world=compound"], "village_alliance applies in a village, not in a compound"),
    (["world.fee_severity=0.2"], "unknown setting 'world.fee_severity'"),
]


@pytest.mark.parametrize("command", ["run", "attribute"])
@pytest.mark.parametrize(("words", "message"), OF_VILLAGES, ids=[words[0] for words, _ in OF_VILLAGES])
def test_a_wrong_word_about_villages(
    command: str, words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Negative endowments and rates, shares outside 0 to 1, an alliance of one village, a floor above every price."""
    assert message in refused(capsys, command, "village_alliance", *words)
    assert list(tmp_path.iterdir()) == []


def test_other_scripts_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["run", MAIN, "name=\u793a\u4f8b", "--dry-run"]) == commands.OK
    assert capsys.readouterr().out.startswith("\u793a\u4f8b: 7 scenarios")


# -- files ----------------------------------------------------------------------------------------

TEXTS: list[tuple[str | bytes, str]] = [
    ("# nothing\n", "there is no scenario; e.g. scenarios: {none: [], body: [formed_body]}"),
    ("hello", "'mine.yaml' is not a list of keys and values"),
    ("5", "'mine.yaml' is not a list of keys and values"),
    ("a" * 100_000, "'mine.yaml' is not a list of keys and values"),
    ("[" * 3000, "'mine.yaml' is nested too deeply"),
    ("a:\n\t b: 1", "found character '\\t' that cannot start any token in line 2"),
    ("scenarios:\n  a: []\n  a: [formed_body]\n", "found duplicate key a in line 3"),
    ("scenarios: {a: []}\n---\nscenarios: {b: []}\n", "found another document in line 2"),
    ("scenarios: {a: *nope}", "found undefined alias 'nope' in line 1"),
    ("scenarios: !!python/object/apply:os.system [ls]", "could not determine a constructor for the tag"),
    ("name: a\0b\n", "special characters are not allowed"),
    ("scenarios: {a: []}".encode("utf-16"), "'mine.yaml' is not a text file in UTF-8"),
    ("question: caf\xe9\n".encode("latin-1"), "'mine.yaml' is not a text file in UTF-8"),
    ('scenarios: {a: ["${x"]}', "cannot read 'mine.yaml': no viable alternative"),
    ("base: yijiantio", "unknown experiment 'yijiantio'; did you mean 'yijiantiao'?"),
    ("base: yijiantiao\nworld: hohot", "unknown world 'hohot'; did you mean 'hohhot'?"),
    ("base: yijiantiao\nworld: [hohhot]", "unknown world '[hohhot]'; did you mean 'hohhot'?"),
    ("base: yijiantiao\nscenarios: {placbo: null}", "unknown scenario to leave out 'placbo'; did you mean 'placebo'?"),
    ("scenarios: {a: null}", "no scenario to leave out called 'a'; have: none"),
    ("scenarios: [a, b]", "'mine.yaml': scenarios=[a, b] is not a group of settings"),
    ("scenarios: {a: {formed_body: 1}}", "scenario 'a' is not a list of words"),
    ("scenarios: {a: []}\nmechanisms: {yijiantiao: [1]}", "mechanisms.yijiantiao=[1] is not a group of settings"),
    ("scenarios: {a: []}\nmechanisms: [yijiantiao]", "mechanisms=[yijiantiao] is not a group of settings"),
    ("defaults: [5]\nscenarios: {a: []}", "defaults: 5 is not the name of an experiment"),
    ("defaults: [{world: hohhot}]\nscenarios: {a: []}", "defaults: write 'override /world: hohhot' for 'world'"),
    ("scenarios: {a: []}\nworld: {quarrel_rate: {a: {b: 1}}}", "world.quarrel_rate={a: {b: 1}} is not a number"),
    ("scenarios: {a: []}\nquick: {dayz: 3}", "unknown setting in quick 'dayz'; did you mean 'days'?"),
    ("scenarios: {a: []}\nquick: {days: 0}", "quick.days=0 is out of range [1, 36500]"),
    ("scenarios: {a: []}\nquick: 3\nsize: quick", "quick=3 is not a group of settings"),
    ("scenarios: {a: []}\nworld: {quick: {compoundz: 3}}", "unknown setting in world.quick 'compoundz'; did you mean"),
]


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=[repr(text)[:30] for text, _ in TEXTS])
def test_a_wrong_file(text: str | bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert message in refused(capsys, "run", "mine.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfscenarios: {a: []}\n", b"scenarios:\r\n  a: []\r\n"])
def test_files_of_other_systems_are_read(text: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "\u793a\u4f8b.yaml").write_bytes(text)
    assert commands.main(["run", "\u793a\u4f8b.yaml", "--dry-run"]) == commands.OK
    assert "scenarios  a\n" in capsys.readouterr().out


def test_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    for name, message in {
        "folder.yaml": "'folder.yaml' is a folder, not a file",
        "loop.yaml": "cannot read 'loop.yaml': Too many levels of symbolic links",
        "gone.yaml": "there is no file 'gone.yaml'",
        "world/compound": "there is no file 'world/compound'; is world=compound meant?",
        "": "no experiment called ''; have: arrears, budget, capture, ",
    }.items():
        assert message in refused(capsys, "run", name)

    (tmp_path / "mine.yaml").write_text("scenarios: {a: []}\n")

    def locked(*arguments: object, **named: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("omegaconf.OmegaConf.load", locked)  # whoever tests as root may read everything
    assert refused(capsys, "run", "mine.yaml") == "cannot read 'mine.yaml': Permission denied"


def three(folder: Path) -> str:
    """Write an experiment of three scenarios and return its path."""
    file = folder / "three.yaml"
    file.write_text("scenarios: {none: [], body: [formed_body], merged: [formed_body, yijiantiao]}\n")
    return str(file)


# -- where results go -----------------------------------------------------------------------------


def test_a_folder_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other").write_text("mine")
    long = "x" * 300
    for name, message in {
        "file": "cannot write file: file is a file, not a folder; choose another folder with --out",
        "file/below": "cannot write file/below: file is a file, not a folder",
        "full": "full holds other files; choose an empty or new folder with --out",
        "": "the folder that one stands in is no place for results; name a new one with --out",
        long: "File name too long",
    }.items():
        assert message in refused(capsys, "run", three(tmp_path), *FEW, "--out", name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "three.yaml"]
    assert (tmp_path / "file").read_text() == (tmp_path / "full" / "other").read_text() == "mine"


def test_press_cases_look_where_they_will_write_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*arguments: object) -> None:
        raise AssertionError("it has computed what it cannot keep")

    monkeypatch.setattr("sim.study.press.play.play", never)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other").write_text("mine")
    for name, message in {"file": "file is a file, not a folder", "full": "full holds other files"}.items():
        assert message in refused(capsys, "reproduce", "S1", "size=quick", "--backend", "serial", "--out", name)


def test_pages_that_are_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    for name, message in {
        "world": "show world/NAME; have: compound, county, hohhot",
        "parameter": "show parameter/NAME",
        "": "no experiment called ''; have: ",
    }.items():
        assert message in refused(capsys, "show", name)
    assert refused(capsys, "run").startswith("the following arguments are required: NAME|FILE.yaml (see ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--port", "x"], "argument --port: 'x' is not a port from 0 to 65535"),
        (["--port", "-1"], "argument --port: '-1' is not a port from 0 to 65535"),
        (["--port", "70000"], "argument --port: '70000' is not a port from 0 to 65535"),
        (["--host", "nowhere.invalid"], "cannot listen on nowhere.invalid:8765: "),
        (["compound"], "unrecognized arguments: compound"),
    ],
)
def test_a_page_that_cannot_be_served(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "page", "--no-browser", *words).startswith(message)


def test_a_full_disk_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run ends at once, with one line, without half a file; the next goes on from the finished pieces."""
    monkeypatch.setattr(runner, "_draw", lambda *given: None)
    words = ["run", three(tmp_path), *FEW, "--out"]
    assert commands.main([*words, "whole"]) == commands.OK
    capsys.readouterr()

    room = [
        len(piece_tables("compound")) + 4
    ]  # files: a piece has so many tables and its record; the next is cut short
    usual = os.fsync

    def fsync(descriptor: int) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        usual(descriptor)

    with monkeypatch.context() as full:
        full.setattr(files.os, "fsync", fsync)
        full.setattr(files, "_sync_folder", lambda folder: None)
        message = refused(capsys, *words, "full")
    assert message.startswith("failed while writing: no space left to write full/blocks/")
    assert "; free some and run again with --resume (replications " in message
    folder = tmp_path / "full"
    assert not list(folder.rglob("*.part"))
    assert not (folder / "manifest.json").exists()
    assert len(list((folder / "blocks").glob("*.json"))) == 1
    assert room[0] == -1, "it went on although the disk was full"

    assert commands.main([*words, "full", "--resume"]) == commands.OK
    assert "1 of 6 pieces were there already" in capsys.readouterr().out
    assert (folder / "runs.csv").read_bytes() == (tmp_path / "whole" / "runs.csv").read_bytes()


# -- how it is told -------------------------------------------------------------------------------


def test_values_are_said_as_a_config_says_them() -> None:
    values = [None, True, 3, 1e6, 0.25, float("nan"), float("-inf"), "word", ["a", None, [2.0]], {"a": {"b": False}}]
    assert [said(value) for value in values] == [
        "null", "true", "3", "1000000", "0.25", "nan", "-inf", "word", "[a, null, [2]]", "{a: {b: false}}",
    ]  # fmt: skip


def test_long_things_are_shortened() -> None:
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 56 + " ..."
    message = str(unknown("thing", "zzz", (f"a{n:03}" for n in range(LISTED + 5))))
    assert message.endswith(f"a{LISTED - 1:03} and 5 more")
    assert "\n" not in str(SimError("two\nlines"))
