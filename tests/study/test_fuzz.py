"""Configs and words made at random: a clear error or a valid experiment, never a traceback, never a hang.

Some hundred in every test run; as many as one likes in a run of its own:

    SIM_FUZZ=10000 python3 -m sim test fuzz
"""

from __future__ import annotations

import contextlib
import copy
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import environment, places
from sim.errors import SimError
from sim.parameters import Spec
from sim.study import runner
from sim.study.compose import FOLDER, compose, options
from sim.study.config import Config, check, known_settings, load

ALL = int(os.environ.get("SIM_FUZZ", "400"))
"""Examples in all; the cheap kinds get most of them."""

HANG = 60
"""Seconds that no example can need, whatever machine this is."""

SECRET = "swordfish-7d1f"


def share(of: float) -> settings:
    return settings(
        max_examples=max(1, round(ALL * of)),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )


# -- what must not happen -------------------------------------------------------------------------

watching = False
deeds: list[str] = []
DEEDS = {
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "socket.connect",
    "socket.getaddrinfo",
    "pty.spawn",
}
"""Events of Python's audit that a config must never bring about; writing a file is looked for apart."""


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not watching:
        return
    if event in DEEDS or (event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")):
        deeds.append(f"{event} {arguments!r}"[:200])


sys.addaudithook(hook)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Nothing is called, written or sent inside, and it ends."""
    global watching

    def late(*_: Any) -> None:
        raise AssertionError(f"it took more than {HANG} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, HANG)
    deeds.clear()
    watching = True
    try:
        yield
    finally:
        watching = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert deeds == []


def told(error: SimError) -> None:
    """An error is one line that a terminal can show."""
    line = str(error)
    assert line and "\n" not in line and len(line) < 1200
    assert line.encode("utf-8").decode() and not any(letter in line for letter in "\x1b\x07\x00\x08")
    assert SECRET not in line


def valid(config: Config) -> None:
    """What is accepted can be kept: names within a folder, numbers in range, texts that can be written."""
    assert SECRET not in repr(config.resolved)
    for name in (config.name, *(scenario.name for scenario in config.scenarios)):
        folder = Path("/results", name).resolve()
        assert folder.parent == Path("/results") and folder.name == name
        assert len(name.encode()) <= 220
    assert 1 <= config.replications <= 1_000_000
    repr(config.resolved).encode("utf-8")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_SECRET", SECRET)
    monkeypatch.setattr(environment, "ensure", lambda need: None)


# -- what is tried --------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-3, 30),
    st.sampled_from([0, -1, 10**6, 10**18, 10**19, -(10**400), 2**63, 10**4000, 0.1, -0.0, 1e-320, 1e308]),
    st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    st.floats(width=64),
    st.booleans(),
)
STRANGE = [
    "../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "", " ", "CON", "a\nb", "a\x00b", "\x1b[31mred", "\ud800",
    "\u202egnp.exe", "b\u043edy", "\uff15", "\u0661", "ｂｏｄｙ", "e\u0301", "\u3164", "x" * 300, "\U0001f600" * 60,
    "示例", "[bold]", "[/]", "$x$", "\\frac{", "{{7*7}}", "<script>alert(1)</script>", "%s%n", "=cmd()", "--help",
    "${oc.env:SIM_SECRET}", "${oc.env:HOME,x}", "${oc.decode:1}", "${hydra:runtime.cwd}", "${world.place}", "${", "${}",
    "$${x}", "${eval:1+1}", "none", "null", "true", "prior", "yes", "~", "off", "1_000", "0x10", "1e3", "1:30", "nan",
    "formed_body", "yijiantiao", "yijiantiao.hours=2", "yijiantiao.channels=off", "world.quarrel_rate=0.1",
    "yijiantiao.hours=" + "9" * 400, "yijiantiao.hours=nan", "yijiantiao.hours", "yijiantiao.=", ".=", "=", "world.=1",
    "_target_", "os.system", "subprocess.Popen", "__import__('os')", "!!python/name:os.system",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(STRANGE), st.text(max_size=30), st.sampled_from(["body", "merged", "a", "b.c", "x-1"])
)
SCALARS = st.one_of(st.none(), NUMBERS, TEXTS)
PROGRAMS = st.sampled_from([
    {"_target_": "os.system", "_args_": ["touch owned"]}, {"_partial_": True}, {"_recursive_": False},
    {"hydra": {"searchpath": ["file:///etc"]}}, {"defaults": ["../../../etc/passwd"]},
    {"defaults": [{"override /world": "/etc/x"}]},
    {"defaults": [{"override hydra/launcher": "joblib"}]}, {"a": {"b": {"_target_": "x"}}},
])  # fmt: skip
VALUES = st.recursive(
    SCALARS | PROGRAMS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@cache
def keys() -> list[str]:
    return sorted({key for place in places.registry() for key in known_settings(place)})


@cache
def declared() -> dict[str, Spec]:
    return {key: spec for key, spec in known_settings("compound").items() if spec is not None}


KEYS = st.one_of(
    st.deferred(lambda: st.sampled_from(keys())),
    st.sampled_from(["world", "mechanism", "experiment", "scenarios", "scenarios.x", "scenarios.none", "sweep",
    "sweep.x",
                     "attribution", "quick", "quick.days", "world.quick", "hydra", "hydra.searchpath", "hydra.run.dir",
                     "mechanism@mechanisms.yijiantiao", "world@x", "a.b.c.d", "_target_", "world._target_", "base",
                     "defaults", "size", "name", "mechanisms.nobody.x", "baseline", "comparisons"]),
    TEXTS,
)  # fmt: skip

WRITTEN = st.one_of(
    SCALARS.map(str),
    VALUES.map(lambda value: repr(value).replace(" ", "")[:500]),
    st.sampled_from([
        "range(1,3)", "choice(1,2)", "glob(*)", "glob(*,exclude=x)", "sort(3,1)", "shuffle(a,b)", "tag(x,1)", "int(9)",
        "int(x)", "float(x)", "str(1)", "bool(x)", "json_str({})", "extend_list(1)", "interval(0,1)", "a,b",
        "[a,[b,[c]]]",
        "{a:1,b:{c:2}}", "[" * 300, "[" * 30 + "]" * 30, "'", '"', "\\", "'a'b'", "${x:y}", "9" * 5000, "1e999999",
        "[[merged,body],[body,none]]", "[merged]", "{a: [yijiantiao]}", "[formed_body,yijiantiao.hours=2]", "'" * 99,
        "a=b=c", "[a=b,c=d]", "null", "[]", "{}", "()", "!!int x", "a b", "a:b", "@x", "\t", "7d", ".5", "5.", "+5",
        "--5",
    ]),
)  # fmt: skip
WORDS = st.one_of(
    st.builds(lambda key, value: f"{key}={value}", KEYS, WRITTEN),
    st.builds(
        lambda sign, key, value: f"{sign}{key}={value}", st.sampled_from(["+", "++", "~", "-", "@", " "]), KEYS, WRITTEN
    ),
    st.text(max_size=40),
    KEYS,
)


# -- words of the command line --------------------------------------------------------------------


@share(0.35)
@given(WORDS)
def test_fuzz_a_word_is_read_or_refused(word: str) -> None:
    """Grammar and first checks alone, which need no composing: most of what can go wrong with a word is here."""
    from sim.study.compose import _read_word
    from sim.study.config import _check_words

    with held():
        try:
            _check_words([word])
            read = _read_word(word)
            read.value()
        except SimError as error:
            told(error)


@share(0.04)
@given(st.sampled_from(["yijiantiao", "village_alliance", "capture", "mobile_mediation"]), st.lists(WORDS, max_size=4))
def test_fuzz_words_make_an_experiment_or_an_error(name: str, words: list[str]) -> None:
    with held():
        try:
            valid(load(name, words))
        except SimError as error:
            told(error)


# -- what a config says ---------------------------------------------------------------------------


@cache
def composed(name: str) -> dict[str, Any]:
    return compose(name)


@share(0.35)
@given(
    st.sampled_from(["yijiantiao", "village_alliance", "coverage", "combined"]),
    st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=4),
)
def test_fuzz_values_make_an_experiment_or_an_error(name: str, changes: list[tuple[str, Any]]) -> None:
    """An experiment's composed config with some of its values replaced, as a file could."""
    from sim.study.compose import _put
    from sim.study.door import refuse_programs

    plain = copy.deepcopy(composed(name))
    with held():
        try:
            for key, value in changes:
                if key.strip(". "):
                    _put(plain, key, copy.deepcopy(value))
            refuse_programs(plain)
            valid(check(plain))
        except SimError as error:
            told(error)


# -- files ----------------------------------------------------------------------------------------

SNIPPETS = [
    "&a", "*a", "<<: *a", "!!int", "!!python/object/apply:os.system [id]", "!!binary aGk=", "!!set {a}",
    "!!timestamp x",
    "!x", "%YAML 2.0\n---\n", "---\n", "...\n", "? ", ": ", "- ", "|", ">", "# @package hydra\n", "\t", "{", "}",
    "[", "]",
    "'", '"', "2001-99-99", "1:2:3", "0o9", ".inf", ".nan", "~", "=", "\ufeff", "\x85", "\u2028", "\x00", "\x1b",
    "${x}",
    "a: &a [*a]", "x: &x {y: *x}", "defaults: [/etc/passwd]", "defaults: ['../x']", "hydra: {}", "_target_: os.system",
]  # fmt: skip


@cache
def originals() -> list[str]:
    paths = sorted((FOLDER / "experiment").glob("*.yaml"))
    small = (
        "scenarios: {none: [], body: [formed_body], merged: [formed_body, yijiantiao]}\nworld: {quarrel_rate: 0.1}\n"
    )
    return [small, *(path.read_text("utf-8") for path in paths if path.stat().st_size < 3000)]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file of ours with pieces put in or cut out, or values written as YAML, or anything."""
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return draw(st.binary(max_size=60))
    if kind == 1:
        value = draw(st.dictionaries(KEYS, VALUES, max_size=4))
        with contextlib.suppress(ValueError, UnicodeEncodeError):
            return yaml.safe_dump(value, allow_unicode=draw(st.booleans())).encode("utf-8", "surrogatepass")
    text = draw(st.sampled_from(originals()))
    for _ in range(draw(st.integers(1, 3))):
        at, cut = draw(st.integers(0, len(text))), draw(st.integers(0, 12))
        text = text[:at] + draw(st.one_of(st.sampled_from(SNIPPETS), TEXTS, st.just(""))) + text[at + cut :]
    return text.encode("utf-8", "surrogatepass")


@share(0.22)
@given(files())
def test_fuzz_a_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    """The door alone."""
    from sim.study.door import read_yaml, refuse_programs

    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with held():
        try:
            refuse_programs(read_yaml(path))
        except SimError as error:
            told(error)


@share(0.04)
@given(files(), st.lists(WORDS, max_size=1))
def test_fuzz_a_file_makes_an_experiment_or_an_error(tmp_path: Path, content: bytes, words: list[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with held():
        try:
            valid(load(str(path), words))
        except SimError as error:
            told(error)


# -- what is valid runs ---------------------------------------------------------------------------


@settings(max_examples=max(2, ALL // 1000), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_fuzz_what_is_accepted_runs(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    """Any values in range, a few at a time, in a small world, are lived to the end."""
    monkeypatch.setattr(runner, "_draw", lambda *_: None)
    names = data.draw(st.lists(st.sampled_from(sorted(k for k in declared() if k.startswith("world."))), max_size=4))
    shape = ("world.compounds", "world.households")
    words = []
    for name in set(names) - set(shape):
        spec = declared()[name]
        value = data.draw(
            st.booleans() if spec.type is bool else st.integers(int(spec.low), int(spec.high)) if spec.type is int
            else st.floats(float(spec.low), float(spec.high))
        )  # fmt: skip
        words.append(f"{name}={str(value).lower()}")
    small = ["size=quick", "replications=1", "layouts=1", "days=14", "burn_in=7", "world.households=40", "detail=false"]
    try:
        config = load("yijiantiao", [*small, *words])
    except SimError as error:
        told(error)
        return
    result = runner.run(config, tmp_path_factory.mktemp("run") / "out", backend="serial")
    assert result.failures == []


def test_experiments_are_there_to_be_changed() -> None:
    assert {"yijiantiao", "village_alliance", "coverage", "combined", "capture", "mobile_mediation"} <= set(
        options("experiment")
    )
    assert len(originals()) > 5 and len(keys()) > 100
