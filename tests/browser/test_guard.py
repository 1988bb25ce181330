"""Nobody comes in without the token, under another name, or from another site's page."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from designer.browser.guard import Guard
from designer.browser.server import BrowserServer, command_of

HOST = "127.0.0.1"


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def served(command: str = "exec false", most: int = 8) -> AsyncIterator[Guard]:
    guard = Guard(HOST, free_port())
    server = BrowserServer(command, "designer", guard, most)
    runner = web.AppRunner(server.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, guard.host, guard.port).start()
    try:
        yield guard
    finally:
        await runner.cleanup()
        assert server.sessions == 0


async def status(guard: Guard, path: str, *, token: str | None = None, **headers: str) -> int:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    cookies = {} if token is None else {guard.cookie: token}
    async with (
        aiohttp.ClientSession(cookies=cookies) as client,
        client.get(f"http://{HOST}:{guard.port}{path}", headers=told) as answer,
    ):
        return answer.status


PATHS = ("/", "/ws", "/page.js", "/page.css", "/static/js/textual.js", "/static/css/xterm.css")


async def test_every_route_asks_for_the_token() -> None:
    async with served() as guard:
        for path in PATHS:
            assert await status(guard, path) == 403
            assert await status(guard, path, token="wrong") == 403
            assert await status(guard, f"{path}?token={guard.token[:-1]}") == 403
            if path != "/ws":
                assert await status(guard, path, token=guard.token) == 200
        assert await status(guard, f"/?token={guard.token}") == 200
        assert await status(guard, "/static/", token=guard.token) in (403, 404)
        assert await status(guard, "/static/../server.py", token=guard.token) == 404
        assert await status(guard, "/nothing", token=guard.token) == 404


async def test_another_name_or_site_is_refused() -> None:
    async with served() as guard:
        for host in ("evil.example", f"evil.example:{guard.port}", f"127.0.0.1:{guard.port}x"):
            assert await status(guard, "/", token=guard.token, Host=host) == 403
        own = f"http://localhost:{guard.port}"
        assert await status(guard, "/", token=guard.token, Origin=own) == 200
        for origin in ("http://evil.example", "null", f"https://localhost:{guard.port}"):
            assert await status(guard, "/", token=guard.token, Origin=origin) == 403


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
async def test_the_websocket_is_for_its_own_page_alone(origin: str | None) -> None:
    async with served() as guard:
        headers = {} if origin is None else {"Origin": origin}
        async with aiohttp.ClientSession(cookies={guard.cookie: guard.token}) as client:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(f"http://{HOST}:{guard.port}/ws", headers=headers)
        assert refused.value.status == 403


async def test_a_session_ends_with_its_page_whatever_the_program_does() -> None:
    endless = f"exec {sys.executable} -c 'import time; time.sleep(600)'"
    async with served(endless, most=1) as guard:
        own = {"Origin": f"http://{HOST}:{guard.port}"}
        address = f"http://{HOST}:{guard.port}/ws"
        async with (
            aiohttp.ClientSession(cookies={guard.cookie: guard.token}) as client,
            client.ws_connect(address, headers=own) as socket,
        ):
            for odd in ("", "[]", "{", '["stdin"]', '["resize", {"width": "x"}]', "7"):
                await socket.send_str(odd)
            await socket.send_str('["ping", "1"]')
            assert (await socket.receive_json(timeout=10)) == ["pong", "1"]
            with pytest.raises(aiohttp.WSServerHandshakeError) as full:
                await client.ws_connect(address, headers=own)
            assert full.value.status == 503


def test_a_command_line_is_no_shell_line() -> None:
    told = command_of(["tui", "a; rm -rf /", "--store", "$(x) y"])
    assert told.endswith("tui 'a; rm -rf /' --store '$(x) y'")


def test_names_of_the_server_hold_its_port() -> None:
    assert f"localhost:{9000}" in Guard("127.0.0.1", 9000).hosts
    assert Guard("lab7", 9000).hosts == {"lab7:9000"}
    assert Guard("::1", 9000).address.startswith("http://[::1]:9000/?token=")
    assert Guard("lab7", 9000).token != Guard("lab7", 9000).token
