"""The server of the live page: static files, what can be chosen, and a WebSocket a tab.

Nothing is fetched from elsewhere and nothing is sent there. It listens on loopback unless told otherwise, and takes
WebSockets only from pages that it has served itself (their origin is its own address), for any page in the browser
could try to talk to a server on this machine.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from sim.page import STATIC, menu
from sim.page.session import Session
from sim.report.fonts.cut import HERE as FONTS
from sim.report.fonts.cut import STEM

MOST_TABS = 12
"""Tabs that may be open at once; each has a process."""

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")

ALONE = {
    "content-security-policy": "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}
"""Headers of every answer: the browser too sees to it that nothing comes from or goes elsewhere."""


class Headers:
    """Adds the headers `ALONE` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in ALONE.items()),
                ]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Page:
    """The server's state: which tabs are open."""

    def __init__(self) -> None:
        self.tabs: set[Session] = set()
        self._menu: bytes | None = None

    async def index(self, request: Request) -> Response:
        """Return the page."""
        return FileResponse(STATIC / "index.html")

    async def font(self, request: Request) -> Response:
        """Return the font, which has Chinese."""
        return FileResponse(FONTS / f"{STEM}.woff2", media_type="font/woff2")

    async def choices(self, request: Request) -> Response:
        """Return what can be chosen, in both languages."""
        if self._menu is None:
            made = await asyncio.to_thread(menu.everything)
            self._menu = json.dumps(made, ensure_ascii=False).encode()
        return Response(self._menu, media_type="application/json")

    async def tab(self, socket: WebSocket) -> None:
        """Serve a tab until it is closed."""
        if not own_origin(socket.headers.get("origin"), socket.headers.get("host")):
            await socket.close(code=1008, reason="of another origin")
            return
        await socket.accept()
        if len(self.tabs) >= MOST_TABS:
            await socket.send_text(json.dumps({"type": "full", "most": MOST_TABS}))
            await socket.close(code=1013)
            return
        session = Session(socket)
        self.tabs.add(session)
        try:
            await session.live()
        finally:
            self.tabs.discard(session)


def own_origin(origin: str | None, host: str | None) -> bool:
    """Say whether a page that wants a WebSocket was served by us: its origin is the address it was asked for at."""
    if not origin or not host:
        return False
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def application(hosts: Sequence[str] = LOOPBACK) -> Starlette:
    """Return the server.

    Args:
        hosts: names under which it may be asked for, ``*`` = any; another name that somebody has pointed at this
            machine is refused.
    """
    page = Page()
    routes = [
        Route("/", page.index),
        Route("/menu.json", page.choices),
        Route("/font.woff2", page.font),
        WebSocketRoute("/twins", page.tab),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    middleware = [Middleware(Headers), Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))]
    app = Starlette(routes=routes, middleware=middleware)
    app.state.page = page
    return app
