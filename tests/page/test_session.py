"""The server as a program that talks to it sees it: bad messages, other origins, many tabs, tabs that are closed."""

from __future__ import annotations

import asyncio
import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from sim.page import frames, session
from sim.page.command import PageError, listen
from sim.page.server import MOST_TABS, own_origin
from tests.page.conftest import PATIENCE, SMALL, serving

TINY = SMALL | {"burn_in": 0, "days": 5}


class Client:
    """A tab without a browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, message: Any) -> None:
        await self.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))

    async def next(self) -> Any:
        """Return what comes next: words as a dictionary, a frame as (day, run, sections), else bytes."""
        message = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        if isinstance(message, str):
            return json.loads(message)
        return frames.decode(message) if message[:4] == frames.MAGIC else message

    async def until(self, what: Callable[[Any], bool]) -> Any:
        while not what(found := await self.next()):
            pass
        return found

    async def words(self, kind: str) -> Any:
        return await self.until(lambda found: isinstance(found, dict) and found["type"] == kind)

    async def day(self, day: int) -> Any:
        return await self.until(lambda found: isinstance(found, tuple) and found[0] == day and "state" in found[2])

    async def found(self, setup: dict[str, Any] = TINY) -> Any:
        await self.say({"type": "found", "setup": setup})
        await self.words("founded")
        return await self.day(0)


def talk(address: str, conversation: Callable[[Client], Awaitable[None]], origin: str | None = "own") -> None:
    async def run() -> None:
        where = address.replace("http", "ws") + "twins"
        own = address.rstrip("/") if origin == "own" else origin
        async with connect(where, origin=own, max_size=None) as socket:  # type: ignore[arg-type]
            await conversation(Client(socket))

    asyncio.run(run())


BAD = [
    ("{", "a message is JSON"),
    ("[1]", "a message is an object with a type"),
    ('{"type": 3}', "a message is an object with a type"),
    ('{"type": "destroy"}', "no message is of type 'destroy'"),
    (b"\x00\x01", "a message is text"),
    ("[" * 20_000, "a message is JSON"),
    ("x" * (session.LARGEST + 1), "a message has at most"),
    ('{"type": "play", "speed": 1e9}', "speed=1000000000.0 is out of range"),
    ('{"type": "speed", "speed": "fast"}', "speed=fast is out of range"),
    ('{"type": "found"}', "there is no setup"),
    ('{"type": "found", "setup": {"world": "nowhere"}}', "no world called 'nowhere'"),
    ('{"type": "biography", "household": 1e6}', "household=1000000.0 is out of range"),
    ('{"type": "biography", "household": -1}', "household=-1 is out of range"),
    ('{"type": "biography", "case": [1, 2]}', "case is not a list of kind, bearer and ordinal"),
    ('{"type": "biography", "case": [1, 2, 3000]}', "there has been no case"),
]


def test_bad_messages_get_an_error_and_change_nothing(address: str) -> None:
    async def conversation(client: Client) -> None:
        before = await client.found()
        for message, said in BAD:
            await client.say(message)
            error = await client.words("error")
            assert said in error["message"], message[:60]
        await client.say({"type": "step"})
        after = await client.day(1)
        assert after[1] == before[1]  # the same run

    talk(address, conversation)


def test_before_anything_is_founded_there_is_nothing_to_ask(address: str) -> None:
    async def conversation(client: Client) -> None:
        for what in ("reset", "tables", "outcomes", "biography"):
            await client.say({"type": what})
            assert (await client.words("error"))["message"] == "nothing is founded yet"
        await client.say({"type": "step"})
        await client.found()

    talk(address, conversation)


@pytest.mark.parametrize("origin", ["http://example.org", "null", None, "http://127.0.0.1:1"])
def test_a_page_of_another_origin_is_refused(address: str, origin: str | None) -> None:
    async def conversation(client: Client) -> None:
        raise AssertionError("it was let in")

    with pytest.raises(InvalidStatus) as caught:
        talk(address, conversation, origin)
    assert caught.value.response.status_code == 403


def test_an_origin_is_own_by_name_and_port() -> None:
    assert own_origin("http://127.0.0.1:8765", "127.0.0.1:8765")
    assert own_origin("http://LOCALHOST:1", "localhost:1")
    assert not own_origin("http://127.0.0.1:8765", "127.0.0.1:8766")
    assert not own_origin("file://127.0.0.1:8765", "127.0.0.1:8765")
    assert not own_origin("http://127.0.0.1.example.org:8765", "127.0.0.1:8765")


def test_another_name_for_this_machine_is_refused(address: str) -> None:
    """A name somewhere else that points here (DNS rebinding) gets nothing."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(address, headers={"Host": "example.org"}))
    assert caught.value.code == 400
    caught.value.close()


def test_every_answer_forbids_what_comes_from_elsewhere(address: str) -> None:
    for path in ("", "menu.json", "static/page.css", "font.woff2", "nothing"):
        try:
            answer = urllib.request.urlopen(address + path)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            assert answer.headers["content-security-policy"].startswith("default-src 'self';")
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_but_what_is_meant_is_served(address: str) -> None:
    for path in ("static/../server.py", "static/%2e%2e/server.py", "../commands.py"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(address + path)
        assert caught.value.code == 404
        caught.value.close()


def test_frames_wait_until_they_are_acknowledged(address: str) -> None:
    async def conversation(client: Client) -> None:
        await client.found()
        await client.say({"type": "play", "speed": 60})
        days = [(await client.until(lambda found: isinstance(found, tuple)))[0] for _ in range(session.UNDER_WAY)]
        assert days == [1, 2]
        await client.say({"type": "biography", "household": 0})
        await client.words("biography")  # what is asked meanwhile is answered; no further day comes by itself
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.5)
        await client.say({"type": "ack"})
        assert (await client.until(lambda found: isinstance(found, tuple)))[0] == 3

    talk(address, conversation)


def test_the_last_day_ends_it_and_reset_begins_anew(address: str) -> None:
    async def conversation(client: Client) -> None:
        first = await client.found()
        await client.say({"type": "play", "speed": 60})
        seen = []
        for day in range(1, 6):
            seen.append(await client.day(day))
            await client.say({"type": "ack"})
        assert (await client.words("ended"))["outcomes"][0]["name"] == "unresolved"
        await client.say({"type": "step"})  # there is no further day
        await client.say({"type": "reset"})
        again = await client.day(0)
        assert again[1] == first[1] + 1
        assert again[2]["state"].tobytes() == first[2]["state"].tobytes()
        await client.say({"type": "step"})
        assert (await client.day(1))[2]["series"].tobytes() == seen[0][2]["series"].tobytes()

    talk(address, conversation)


def workers(of: int) -> set[int]:
    """The processes that a server has started."""
    out = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == of:
            out.add(int(path.parent.name))
    return out


def number(of: int, wanted: int) -> None:
    """Wait until a server has so many processes."""
    end = time.monotonic() + PATIENCE
    while len(workers(of)) != wanted:
        assert time.monotonic() < end, f"{len(workers(of))} processes, not {wanted}"
        time.sleep(0.05)


def gone(pids: set[int]) -> None:
    """Wait until processes have ended."""
    end = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < end, "a process outlives its tab"
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_closed_tab_ends_its_process_whatever_it_is_at(server_pid: int, address: str) -> None:
    number(server_pid, 0)
    found: set[int] = set()

    async def conversation(client: Client) -> None:
        await client.say({"type": "found", "setup": SMALL | {"burn_in": 1456, "params": {"compounds": 60}}})
        await client.words("founding")  # in the midst of the burn-in
        found.update(workers(server_pid))

    talk(address, conversation)
    assert len(found) == 1
    gone(found)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_many_tabs_live_side_by_side_and_too_many_are_told_so(server_pid: int, address: str) -> None:
    async def one() -> Any:
        where = address.replace("http", "ws") + "twins"
        return await connect(where, origin=address.rstrip("/"), max_size=None)  # type: ignore[arg-type]

    async def conversation() -> None:
        await asyncio.to_thread(number, server_pid, 0)
        sockets = [await one() for _ in range(MOST_TABS)]
        clients = [Client(socket) for socket in sockets]
        await asyncio.to_thread(number, server_pid, MOST_TABS)
        refused = Client(await one())
        assert await refused.next() == {"type": "full", "most": MOST_TABS}
        await asyncio.gather(*(client.found() for client in clients[:10]))
        for client in clients[:10]:
            await client.say({"type": "play", "speed": 60})
        await asyncio.gather(*(client.day(2) for client in clients[:10]))
        pids = workers(server_pid)
        await asyncio.gather(*(socket.close() for socket in sockets))
        await asyncio.to_thread(gone, pids)
        again = Client(await one())
        await again.found()
        await again.socket.close()

    asyncio.run(conversation())
    with urllib.request.urlopen(address) as answer:
        assert answer.status == 200


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(how: signal.Signals) -> None:
    with serving() as (address, program):

        async def conversation(client: Client) -> None:
            await client.found()
            pids = workers(program.pid)
            assert len(pids) == 1
            program.send_signal(how)
            await asyncio.to_thread(program.wait, PATIENCE)
            await asyncio.to_thread(gone, pids)

        talk(address, conversation)


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with pytest.raises(
        PageError, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*choose another with --port, 0 = any"
    ):
        listen("127.0.0.1", port)
    taken.close()
    with pytest.raises(PageError, match=r"cannot listen on nowhere\.invalid:0: "):
        listen("nowhere.invalid", 0)
