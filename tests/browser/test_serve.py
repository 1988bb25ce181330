"""`designer serve` in a real browser, and what it says where it cannot serve."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import pytest

from designer.cli.errors import UsageError
from designer.cli.parser import read_command_line
from designer.service import Service
from tests.browser.chromium import PROGRAM, Page, page
from tests.browser.test_guard import free_port

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")


async def started(store: Path, port: int) -> tuple[asyncio.subprocess.Process, str]:
    words = ("-m", "designer", "serve", "small", "--store", str(store), "--port", str(port))
    server = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert server.stdout is not None
    line = (await asyncio.wait_for(server.stdout.readline(), 60)).decode()
    found = re.match(r"Open (http://127\.0\.0\.1:\d+/\?token=\S+)", line)
    assert found is not None, line
    return server, found[1]


async def until_written(seen: Page, store: Path) -> None:
    """Type a note on Campaign, as somebody who looks would, until it is in the store."""
    for _ in range(10):
        await seen.type("1")
        await asyncio.sleep(1.0)
        await seen.type("n")
        await asyncio.sleep(1.0)
        for letter in "foil":
            await seen.type(letter)
        await seen.save()
        await asyncio.sleep(1.0)
        events = Service(str(store)).campaigns.history("small")["events"]
        if any(event["kind"].startswith("note") and "foil" in str(event) for event in events):
            return
    raise AssertionError("no key came through")


@needs_browser
async def test_the_campaign_is_seen_in_a_browser_and_takes_keys(small_store: Path) -> None:
    server, address = await started(small_store, free_port())
    try:
        async with page() as seen:
            await seen.open(address)
            first = "document.body.classList.contains('-first-byte')"
            for _ in range(300):
                if await seen.value(first):
                    break
                await asyncio.sleep(0.1)
            assert await seen.value(first)
            assert await seen.value("location.search") == ""
            assert await seen.value("document.cookie") == ""
            await seen.click(400, 300)
            await until_written(seen, small_store)
            foreign = [u for u in seen.requests if not u.startswith(("http://127.0.0.1", "data:"))]
            assert foreign == []
            assert [e for e in seen.errors if "Content Security" in e] == []
            await seen.call("Page.navigate", url="about:blank")
    finally:
        server.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(server.wait(), 20) == 0


async def test_a_port_that_is_taken_is_told(small_store: Path) -> None:
    port = free_port()
    server, _ = await started(small_store, port)
    try:
        words = ("-m", "designer", "serve", "--store", str(small_store), "--port", str(port))
        second = await asyncio.create_subprocess_exec(
            sys.executable, *words, stderr=asyncio.subprocess.PIPE
        )
        _, told = await asyncio.wait_for(second.communicate(), 60)
        assert second.returncode == 3
        assert b"cannot listen there" in told
        assert b"another --port" in told
    finally:
        server.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(server.wait(), 20) == 0


@pytest.mark.parametrize("words", ["--host 0.0.0.0", "--host ::", "--port 70000", "--json"])
def test_what_would_let_everybody_in_is_refused(words: str) -> None:
    with pytest.raises(UsageError):
        read_command_line(["serve", *words.split()])
