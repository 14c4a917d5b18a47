"""One case's life in words: what every event is called, what hangs on what went before, where twins part."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import commands, environment
from sim.cases import Activity, Kind
from sim.errors import SimError
from sim.report import biography, labels, lives
from sim.report import biography_labels as words
from sim.report.biography import Event, Life, Said
from sim.report.labels import LANGUAGES
from sim.rules.trust import DESKS
from sim.study import results

ACTIVITIES = [activity.name.lower().replace("_", " ") for activity in Activity]


def life(text: str) -> list[Event]:
    """Read events written as ``12 session@community 1, ...``; the desk of the one before where none is given."""
    out, desk = [], ("community", 0)
    for part in text.split(","):
        told, _, at = part.strip().partition("@")
        day, _, activity = told.partition(" ")
        if at:
            kind, _, number = at.partition(" ")
            desk = (kind, int(number or 0))
        out.append(Event(int(day), activity, *desk))
    return out


def texts(said: list[Said]) -> list[str]:
    return [sentence.text for sentence in said]


ROOF = life(
    "3 opened@company 2, 5 joined, 9 joined, 11 handed off, 11 lost@body 1, 40 joined, 41 proposed@body 1, "
    "41 approved, 41 referred@branch 1, 50 turned back@body 1, 57 approved, 57 signing, 147 refunded, "
    "160 joined, 160 retabled, 161 approved, 161 voting, 170 granted, 180 funded, 185 repaired, 185 settled"
)


def test_a_roof_in_english() -> None:
    said = biography.tell(ROOF, "roof", 730, "en")
    assert [(s.day, s.last) for s in said[:3]] == [(3, 3), (5, 9), (11, 11)]
    assert texts(said) == [
        "The case is opened at company no. 2.",
        "2 more claims about it come in.",
        "Company no. 2 hands it on to owners' body no. 1.",
        "It is lost on the way.",
        "A new claim brings the lost case before a desk again.",
        "Owners' body no. 1 works out a proposal for the repair.",
        "Owners' body no. 1 lets the proposal pass.",
        "It is referred to a second principal, party branch no. 1.",
        "The second principal turns the proposal back.",
        "Owners' body no. 1 lets the proposal pass.",
        "The owners concerned are asked to sign and pay a share each.",
        "Too few have signed in time: what was paid is paid back, and the proposal is shelved.",
        "Another claim about it comes in.",
        "The claim brings the shelved proposal before owners' body no. 1 again.",
        "Owners' body no. 1 lets the proposal pass.",
        "The owners are asked to vote on paying from the maintenance fund.",
        "The owners agree; the fund's money is on its way.",
        "The fund pays, and a crew begins.",
        "The works are done and checked; it is mended.",
        "It is settled, 182 days after it was opened.",
    ]


def test_a_quarrel_in_chinese() -> None:
    events = life("1 opened@community 1, 2 no show, 9 no show, 16 session, 23 session, 23 settled")
    assert texts(biography.tell(events, "neighbour", 100, "zh")) == [
        "在 1 号社区立案。",
        "1 号社区召集 2 次调解，每次都有一方未到。",
        "双方在 1 号社区调解，未谈成。",
        "双方在 1 号社区调解，谈成了。",
        "本案办结，距立案 22 天。",
    ]


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("1 opened@company 0, 2 funded", "has it mended; the works begin"),
        ("1 opened, 2 proposed@community, 40 approved, 40 funded", "without asking the owners"),
        ("1 opened@body, 2 proposed, 2 approved, 2 signing, 60 funded", "Enough owners have signed"),
        ("1 opened@body, 2 conceded, 2 funded", "The money is there"),
        ("1 opened@body, 2 approved, 2 granted", "as an emergency"),
        ("1 joined@body, 2 granted", "money is on its way"),
        ("1 opened@road 0, 5 repaired", "A contractor at work nearby"),
        ("1 refunded@body, 30 retabled", "deadline in the ledger"),
        ("1 opened, 2 proposed@community", "in place of an owners' body"),
        ("1 opened@body, 2 approved, 2 referred@branch, 4 approved@body", "The second principal lets"),
    ],
)
def test_what_an_event_means_hangs_on_those_before(before: str, says: str) -> None:
    events = life(before)
    (*_, last) = biography.steps(events, "roof", "en")
    assert says in last.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind.name.lower() for kind in Kind])
def test_every_event_of_every_kind_has_a_sentence(kind: str, language: labels.Language) -> None:
    """Nothing that the engine may write is told by its bare name, whatever went before it."""
    for activity in ACTIVITIES:
        for before in ("opened", *ACTIVITIES):
            events = [Event(1, before, "body", 0), Event(2, activity, "body", 1)]
            for sentence in texts(list(biography.steps(events, kind, language))):
                assert "{" not in sentence
                assert f"：{activity}。" not in sentence and f": {activity}." not in sentence
    assert words.subject(kind, language) != kind or kind in ("rubbish", "pests")


def test_a_new_activity_is_told_by_its_name() -> None:
    assert texts(list(biography.steps([Event(1, "danced", "body", 2)], "roof", "en"))) == [
        "Owners' body no. 2: danced."
    ]


def test_where_the_end_of_the_run_leaves_a_life() -> None:
    for told, says in {
        "1 opened@body 3": "still open after 99 days: it lies at owners' body no. 3",
        "1 opened, 2 handed off@company, 2 lost@body": "lost, and nobody has asked again",
        "1 opened, 2 handed off, 2 lost@body, 9 joined@body": "it lies at owners' body no. 0",
        "1 opened, 2 signing, 9 joined": "owners are signing",
        "1 opened, 2 sued@court 0": "it is before the court",
        "1 opened, 2 refunded": "its proposal is shelved",
    }.items():
        assert says in biography.tell(life(told), "roof", 100, "en")[-1].text, told
    silent = biography.tell([], "fee", 100, "en", opened=-20)
    assert texts(silent) == [
        "By day 0 the case was already on the books, since day -20.",
        "It is still open after 120 days: nothing has been done about it since day 0.",
    ]


def test_what_a_life_came_to() -> None:
    assert Life.of(ROOF, 730) == Life(3, 185, "settled", 0, 1, 4, 182)
    assert Life.of(ROOF[5:-1], 730, opened=-30) == Life(-30, None, "open", 0, 0, 2, 760)
    assert Life.of(ROOF[5:], 730) == Life(None, 185, "settled", 0, 0, 2, None)


EVENTS = st.lists(
    st.builds(Event, st.integers(0, 9), st.sampled_from(ACTIVITIES), st.sampled_from(DESKS), st.integers(0, 2)),
    max_size=8,
)


@given(EVENTS, EVENTS, EVENTS)
def test_lives_part_where_they_first_differ(common: list[Event], one: list[Event], other: list[Event]) -> None:
    a, b = [*common, *one], [*common, *other]
    at = biography.parting(a, b)
    assert at == biography.parting(b, a)
    assert (at is None) == (a == b)
    if at is not None:
        assert at >= len(common) and a[:at] == b[:at] and a[at : at + 1] != b[at : at + 1]
    assert biography.together(a, b) in ({len(a)} if at is None else {at, at - 1})


@given(EVENTS, st.sampled_from(LANGUAGES))
def test_any_log_is_told_in_order(events: list[Event], language: labels.Language) -> None:
    """Whatever a log says, in whatever order, comes out as sentences whose runs do not overlap."""
    events = sorted(events, key=lambda event: event.day)
    said = biography.tell(events, "roof", 10, language)
    assert all(sentence.text for sentence in said)
    assert all(a.last <= b.day for a, b in pairwise(said[1:]))


# -- from a result folder ------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)


def test_every_case_of_a_result_can_be_told(small_result: Path) -> None:
    """The two lives of a case are told with the days of the log, and the days of the table of cases."""
    one = results.read(small_result)
    log = pd.read_parquet(small_result / "events.parquet")
    table = pd.read_parquet(small_result / "cases.parquet")
    log = log[log["case:scenario"].isin(lives.pair_of(one, None, None))]
    names = sorted(set(log["case:concept:name"].str.split("/", n=1).str[1]))
    assert len(names) > 50
    parted = 0
    for case in names[:: len(names) // 25]:
        twins = lives.read(one, case)
        lines = lives.told(twins, "small", "en")
        assert lines[-1] == words.CAVEAT.en
        k, kind, bearer, ordinal = case.split("/")
        for name, events, there in zip(twins.names, twins.events, twins.there, strict=True):
            assert len(events) == (log["case:concept:name"] == f"{name}/{case}").sum()
            row = table[
                (table["scenario"] == name) & (table["replication"] == int(k)) & (table["kind"] == kind)
                & (table["bearer"] == int(bearer)) & (table["ordinal"] == int(ordinal))
            ]  # fmt: skip
            assert len(row) == there
            if there:
                opened, closed = int(row["opened"].item()), int(row["closed"].item())
                life = Life.of(events, twins.until, opened)
                assert (life.opened, -1 if life.closed is None else life.closed) == (opened, closed)
                assert any(f"{labels.scenario(name, 'en')}: {labels.ENDS[life.end].en} after" in s for s in lines)
        parted += words.SAME.en not in lines
    assert parted


def test_the_command(small_result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = str(small_result)
    for more in ([], ["--lang", "zh"], ["--scenario", "merged", "--baseline", "none"]):
        assert commands.main(["biography", result, *more]) == commands.OK
        *listed, command = capsys.readouterr().out.splitlines()
        assert 2 <= len(listed) <= 1 + lives.LISTED
        case = command.split()[-1]
        assert listed[1].split()[0] == case
        assert commands.main(["biography", result, case, *more]) == commands.OK
        told = capsys.readouterr().out
        assert case in told and (words.CAVEAT.zh if "zh" in more else words.CAVEAT.en) in told
    assert commands.main(["biography", result, f"merged/{case}", "--baseline", "body"]) == commands.OK
    assert "Twins: body and merged." in capsys.readouterr().out


def test_which_twins() -> None:
    frame = pd.DataFrame({"scenario": ["none", "body", "merged"]})
    one = results.Finished(Path("x"), {"comparisons": [["merged", "body"], ["merged", "none"]]}, {}, frame)
    assert lives.pair_of(one, None, None) == ("merged", "body")
    assert lives.pair_of(one, "merged", "none") == ("merged", "none")
    assert lives.pair_of(one, "body", None) == ("body", "none")
    assert lives.pair_of(one, None, "body") == ("merged", "body")
    assert lives.pair_of(one, "none", "merged") == ("none", "merged")
    alone = results.Finished(Path("x"), {}, {}, frame[:1])
    with pytest.raises(SimError, match="a single scenario"):
        lives.pair_of(alone, None, None)
