"""A real browser without a window, spoken to through its own protocol (DevTools)."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--remote-debugging-port=0", "--window-size=1200,760",
)  # fmt: skip
_PATIENCE = 30.0  # s


class Page:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._numbers = socket, count(1)
        self.requests: list[str] = []
        self.errors: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something, and wait for its answer."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(_PATIENCE):
            while True:
                told = json.loads((await self._socket.receive()).data)
                if told.get("method") == "Network.requestWillBeSent":
                    self.requests.append(told["params"]["request"]["url"])
                if told.get("method") == "Log.entryAdded":
                    self.errors.append(told["params"]["entry"]["text"])
                if told.get("id") == number:
                    assert "error" not in told, told
                    return dict(told["result"])

    async def value(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return told["result"].get("value")

    async def open(self, address: str) -> None:
        """Go to an address."""
        for domain in ("Page", "Network", "Log"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=address)

    async def click(self, x: int, y: int) -> None:
        """Click at a place."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def type(self, key: str) -> None:
        """Press a key that writes something."""
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def save(self) -> None:
        """Press ctrl+s."""
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent", type=kind, modifiers=2, key="s", code="KeyS",
                windowsVirtualKeyCode=83,
            )  # fmt: skip

    async def picture(self, path: Path) -> None:
        """What is seen, as PNG."""
        told = await self.call("Page.captureScreenshot")
        path.write_bytes(base64.b64decode(told["data"]))


@asynccontextmanager
async def page() -> AsyncIterator[Page]:
    """A page of a browser of its own."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory() as folder:
        browser = await asyncio.create_subprocess_exec(
            PROGRAM, *_ARGUMENTS, f"--user-data-dir={folder}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert browser.stderr is not None
            async with asyncio.timeout(_PATIENCE):
                while b"DevTools listening on" not in (line := await browser.stderr.readline()):
                    assert line, "the browser ended"
            port = line.decode().partition("ws://")[2].partition("/")[0]
            async with aiohttp.ClientSession() as client:
                async with client.get(f"http://{port}/json") as answer:
                    pages = await answer.json()
                address = next(p for p in pages if p["type"] == "page")["webSocketDebuggerUrl"]
                async with client.ws_connect(address, max_msg_size=0) as socket:
                    yield Page(socket)
        finally:
            browser.kill()
            await browser.wait()
