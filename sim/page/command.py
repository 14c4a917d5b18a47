"""The command ``page``: serve the live page and open it in a browser."""

from __future__ import annotations

import argparse
import socket
import threading
import webbrowser

from sim.errors import SimError
from sim.page.server import LOOPBACK, application

HOST = "127.0.0.1"


class PageError(SimError):
    """The page cannot be served."""


def page(arguments: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C.

    Raises:
        PageError: the address cannot be had.
    """
    import uvicorn

    host, port = arguments.host, arguments.port
    listening = listen(host, port)
    shown = listening.getsockname()[1]
    address = f"http://{_in_address(HOST if host in ('0.0.0.0', '::') else host)}:{shown}/"
    print(f"the live page: {address}  (Ctrl-C ends it)", flush=True)
    if host not in (HOST, "localhost", "::1"):
        print(f"note: it listens on {host}; whoever reaches this address can use it", flush=True)
    hosts = LOOPBACK if host in (HOST, "localhost", "::1") else ("*",)
    config = uvicorn.Config(
        application(hosts),
        log_level="warning",
        ws="websockets-sansio",
        ws_max_size=1 << 20,  # a larger message closes the tab; from 64 KB on it is answered with an error
        timeout_graceful_shutdown=2,
        lifespan="off",
    )
    if arguments.browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    uvicorn.Server(config).run(sockets=[listening])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        PageError: with one line that says what would be right.
    """
    made: socket.socket | None = None
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, proto)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen()
    except OSError as error:
        if made is not None:
            made.close()
        why = error.strerror or str(error)
        raise PageError(f"cannot listen on {host}:{port}: {why}; choose another with --port, 0 = any") from None
    return made


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
