"""The server: the page, its files, and a websocket per person."""

from __future__ import annotations

import asyncio
import json
import logging
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2
import textual_serve
from aiohttp import WSMsgType, web
from textual_serve.download_manager import DownloadManager

from designer.browser.guard import Guard
from designer.browser.session import BrowserSession

MOST: Final = 8
"""Sessions at a time: each is a process with a worker (assumption)."""

_FONT: Final = (8, 40)  # smallest and largest size of letters
_CELLS: Final = (10, 1000)  # fewest and most columns and rows
_LONGEST: Final = 1 << 20  # bytes of a message: a paste
_OWN: Final = {"page.css": "text/css", "page.js": "text/javascript"}
_LOGGER = logging.getLogger(__name__)


def command_of(words: Sequence[str]) -> str:
    """The command line of the terminal UI, for a shell; nothing in it is understood by one.

    Args:
        words: of `designer`, without the program.
    """
    return "exec " + shlex.join([sys.executable, "-m", "designer", *words])


class BrowserServer:
    """Serves the terminal UI to those who know the token.

    Args:
        command: starts the terminal UI.
        title: of the page.
        guard: lets people in.
        most: sessions at a time.
    """

    def __init__(self, command: str, title: str, guard: Guard, most: int = MOST) -> None:
        self._command, self._title, self._guard, self._most = command, title, guard, most
        self._sessions: set[BrowserSession] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._downloads = DownloadManager()
        self._page = jinja2.Environment(autoescape=True).from_string(_own_file("page.html"))

    @property
    def sessions(self) -> int:
        """How many people look just now."""
        return len(self._sessions)

    def application(self) -> web.Application:
        """The routes, all of them guarded."""
        application = web.Application(middlewares=[self._guard.middleware()])
        static = Path(textual_serve.__file__).parent / "static"
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/ws", self._websocket),
                *(web.get(f"/{name}", self._file) for name in _OWN),
                web.static("/static", static),
            ]
        )
        application.on_shutdown.append(self._end_all)
        return application

    async def _index(self, request: web.Request) -> web.Response:
        page = self._page.render(
            title=self._title,
            websocket=f"ws://{request.headers['Host']}/ws",
            font_size=_number(request.query.get("fontsize"), 16, _FONT),
        )
        response = web.Response(text=page, content_type="text/html")
        response.set_cookie(
            self._guard.cookie, self._guard.token, httponly=True, samesite="Strict", path="/"
        )
        return response

    async def _file(self, request: web.Request) -> web.Response:
        name = request.path.lstrip("/")
        return web.Response(text=_own_file(name), content_type=_OWN[name])

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if len(self._sessions) >= self._most:
            told = f"{self._most} sessions are open already: close one.\n"
            return web.Response(status=503, text=told)
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=_LONGEST)
        await socket.prepare(request)
        session = BrowserSession(
            self._command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=lambda: _closed(socket),
            download_manager=self._downloads,
        )
        self._sessions.add(session)
        self._sockets.add(socket)
        try:
            width = _number(request.query.get("width"), 80, _CELLS)
            height = _number(request.query.get("height"), 24, _CELLS)
            await session.start(width, height)
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    await _carry_out(session, socket, message.data)
        except (ConnectionError, asyncio.CancelledError):
            await _closed(socket)
        finally:
            self._sockets.discard(socket)
            await asyncio.shield(session.stop())
            self._sessions.discard(session)
        return socket

    async def _end_all(self, application: web.Application) -> None:
        del application
        await asyncio.gather(*(_closed(socket) for socket in [*self._sockets]))
        await asyncio.gather(*(session.stop() for session in [*self._sessions]))

    async def serve(self, ready: Callable[[], None]) -> None:
        """Serve until ctrl+c, or the process is asked to end.

        Args:
            ready: called once the port is open.

        Raises:
            OSError: the port cannot be had.
        """
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                if number is not None:
                    loop.add_signal_handler(number, ended.set)
        runner = web.AppRunner(self.application(), access_log=None, handle_signals=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._guard.host, self._guard.port).start()
            ready()
            await ended.wait()
        finally:
            await runner.cleanup()


async def _closed(socket: web.WebSocketResponse) -> None:
    await socket.close()


async def _carry_out(session: BrowserSession, socket: web.WebSocketResponse, text: str) -> None:
    """Hand on what the page sends: keys, its size; what is not understood is passed over."""
    try:
        told = json.loads(text)
        kind, content = (told[0], told[1] if len(told) > 1 else None)
        if kind == "stdin" and isinstance(content, str):
            await session.send_bytes(content.encode())
        elif kind == "resize" and isinstance(content, dict):
            width, height = (_number(content.get(k), 0, _CELLS) for k in ("width", "height"))
            await session.set_terminal_size(width, height)
        elif kind == "ping":
            await socket.send_json(["pong", content])
        elif kind == "blur":
            await session.blur()
        elif kind == "focus":
            await session.focus()
    except (ValueError, TypeError, IndexError, KeyError) as error:
        _LOGGER.warning("a message of the page was not understood: %s", type(error).__name__)


def _number(told: Any, otherwise: int, ends: tuple[int, int]) -> int:  # noqa: ANN401 - of a page
    """A whole number within limits; what is none is taken for another."""
    try:
        found = int(told)
    except (TypeError, ValueError):
        found = otherwise
    return max(ends[0], min(ends[1], found))


def _own_file(name: str) -> str:
    return resources.files("designer.browser").joinpath(name).read_text(encoding="utf-8")
