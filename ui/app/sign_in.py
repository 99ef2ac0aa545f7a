"""The way in and back: to the identity provider, and from it to the page that was asked for."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CALLBACK = "/oauth2callback"
COOKIE = "porchlight_to"  # the page that was asked for, while the provider is asked
KEPT_SECONDS = 600
LONGEST = 3000  # characters of a link that is kept: a cookie holds 4 kB


async def start(request: Request) -> Response:
    """Send a person to the provider, and remember where they wanted to go.

    The token that Streamlit wants lives two minutes, so it is made at the click.
    """
    from streamlit.auth_util import encode_provider_token

    token = encode_provider_token("default")
    response = RedirectResponse(f"/auth/login?provider={token}", 303)
    wanted = request.query_params.get("to", "")
    if is_own_page(wanted) and len(wanted) <= LONGEST:
        response.set_cookie(
            COOKIE, wanted.encode().hex(), max_age=KEPT_SECONDS, httponly=True, samesite="lax"
        )
    return response


def is_own_page(link: str) -> bool:
    """Return whether a link stays here: a path of ours, which no browser reads as another host."""
    parts = urlsplit(link)
    plain = link.isprintable() and "\\" not in link
    return plain and link.startswith("/") and not link.startswith("//") and not parts.netloc


class BackToPage:
    """ASGI middleware: who comes back from the provider lands on the page they asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Change where the answer to the provider's return leads."""
        wanted = _remembered(scope) if scope.get("path") == CALLBACK else ""
        if not wanted:
            return await self.app(scope, receive, send)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                signed = any("_streamlit_user=" in c for c in headers.getlist("set-cookie"))
                if signed and headers.get("location") == "/":
                    headers["location"] = wanted
                headers.append(
                    "set-cookie", f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=lax"
                )
            await send(message)

        return await self.app(scope, receive, sent)


def _remembered(scope: Scope) -> str:
    """The page that the cookie names; "" where it names none of ours."""
    try:
        link = bytes.fromhex(Request(scope).cookies.get(COOKIE, "")).decode()
    except ValueError:
        return ""
    return link if is_own_page(link) else ""
