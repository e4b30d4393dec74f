"""Who may look at the wallboard, and what a page may load.

On a loopback address everybody on this machine may look, but the name in the address bar must be a
loopback name too: otherwise any web site could read the figures through the visitor's own browser
(DNS rebinding). With a token, every request but the health checks must carry it: as
`Authorization: Bearer …` or as the cookie that the sign-in page or `/?token=…` sets.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

COOKIE: Final = "vigie_session"
COOKIE_SECONDS: Final = 400 * 86_400
"""As long as browsers keep a cookie: a screen on a wall has nobody to sign in again."""
OPEN_TO_ALL: Final = ("/healthz", "/readyz", "/sign-in", "/static/")
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Whether a host, without port, is this machine by name or address."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:  # a name
        return False


def host_of(header: str) -> str:
    """The host of a Host header, its port cut off."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0]


class Guard:
    """Checks each request. `listen` is the host of the listening address."""

    def __init__(self, *, listen: str, token: str | None) -> None:
        if token is None and not is_loopback(listen):
            message = f"listening on {listen} needs a token: set web.token_file"
            raise ValueError(message)
        if token is not None and len(token) < 16:
            message = "the token is too short: 16 characters at least"
            raise ValueError(message)
        self._loopback_only = is_loopback(listen)
        self._token = token

    @property
    def middleware(self) -> Middleware:
        """The check as aiohttp takes it."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            return self._refused(request) or await handler(request)

        return check

    def _refused(self, request: web.Request) -> web.StreamResponse | None:
        if self._loopback_only and not is_loopback(host_of(request.host)):
            text = "This address is not served here. Open http://localhost instead.\n"
            return web.Response(status=421, text=text)
        if self._token is None or request.path.startswith(OPEN_TO_ALL):
            return None
        if self._may_look(request):
            return None
        if request.path == "/" or request.path.startswith("/queue/"):
            return self._sign_in_by_address(request)
        text = "Sign in, or send Authorization: Bearer with the token of web.token_file.\n"
        return web.Response(status=401, text=text, headers={"WWW-Authenticate": "Bearer"})

    def _may_look(self, request: web.Request) -> bool:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.accepts(given.strip()):
            return True
        return _same(request.cookies.get(COOKIE, ""), self._session())

    def accepts(self, token: str) -> bool:
        """Whether it is the configured token, in a time that tells nothing."""
        return self._token is not None and _same(token, self._token)

    def _session(self) -> str:
        """What the cookie holds: not the token itself, and void when the token changes."""
        return hmac.new((self._token or "").encode(), b"vigie session", hashlib.sha256).hexdigest()

    def _sign_in_by_address(self, request: web.Request) -> web.StreamResponse:
        """`/?token=…`, for a screen without a keyboard; else to the sign-in page."""
        if self.accepts(request.query.get("token", "")):
            return self.welcome(request, to=request.path)
        raise web.HTTPSeeOther("/sign-in")

    def welcome(self, request: web.Request, *, to: str) -> web.Response:
        """Sets the cookie and goes on to a page, its address free of the token."""
        response = web.Response(status=303, headers={"Location": to, "Cache-Control": "no-store"})
        response.set_cookie(
            COOKIE,
            self._session(),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )
        return response

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """The answer to the sign-in form."""
        form = await request.post()
        token = form.get("token", "")
        if isinstance(token, str) and self.accepts(token.strip()):
            return self.welcome(request, to="/")
        raise web.HTTPSeeOther("/sign-in?again")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Puts the headers on every answer, errors included; figures are never stored."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
