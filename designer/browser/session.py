"""One person's terminal UI: a process that ends with the page."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from textual_serve.app_service import AppService

_PATIENCE: Final = 5.0  # s that the program has to end by itself (assumption)


class BrowserSession(AppService):
    """The terminal UI behind one page."""

    async def stop(self) -> None:
        """End the program; kill it when it does not end by itself."""
        process = self._process
        with suppress(asyncio.TimeoutError, ConnectionError, BrokenPipeError):
            await asyncio.wait_for(super().stop(), _PATIENCE)
        if process is not None and process.returncode is None:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), 0.5)
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
