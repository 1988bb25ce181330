"""Who may come in: a token nobody can guess, the host that was meant, pages of this server alone.

Without the first everybody on the computer could enter results; without the second a page of
another site could point its own name at this computer (DNS rebinding); without the third it could
open the websocket from there.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_USUAL: Final = 80  # a port that browsers leave out
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self';"
    " font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Guard:
    """Lets in who knows the token.

    Attributes:
        host: name or address the server listens on.
        port: its port.
        token: what the address that is printed holds.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """Name of the cookie that keeps the token; servers on other ports have their own."""
        return f"designer-{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser may call this server."""
        names = LOOPBACK if self.host in LOOPBACK else (self.host,)
        told = [f"[{name}]" if ":" in name else name for name in names]
        ends = ("", f":{self.port}") if self.port == _USUAL else (f":{self.port}",)
        return frozenset(f"{name}{end}" for name in told for end in ends)

    @property
    def address(self) -> str:
        """What to open in the browser."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}/?token={self.token}"

    def why_not(self, request: web.Request) -> str | None:
        """Why a request is refused; None: it is let in."""
        if request.headers.get("Host", "").lower() not in self.hosts:
            return "this server is not called so"
        origin = request.headers.get("Origin")
        needed = request.headers.get("Upgrade", "").lower() == "websocket"
        if (origin is not None or needed) and not self._is_own(origin or ""):
            return "the request comes from another site"
        told = (request.cookies.get(self.cookie, ""), request.query.get("token", ""))
        if not any(hmac.compare_digest(each.encode(), self.token.encode()) for each in told):
            return "the token is missing or wrong: open the address that designer serve printed"
        return None

    def _is_own(self, origin: str) -> bool:
        scheme, _, host = origin.lower().partition("://")
        return scheme == "http" and host in self.hosts

    def middleware(self) -> Middleware:
        """What every request goes through, whatever its route."""

        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            why = self.why_not(request)
            if why is not None:
                return web.Response(status=403, text=f"Not let in: {why}.\n", headers=_HEADERS)
            try:
                response = await handler(request)
            except web.HTTPException as refused:  # a path that is not there
                text = f"{refused.status} {refused.reason}\n"
                return web.Response(status=refused.status, text=text, headers=_HEADERS)
            if not response.prepared:
                response.headers.update(_HEADERS)
            return response

        return guarded
