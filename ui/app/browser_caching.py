"""What a browser may keep for ever: files whose address changes with their content."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOR_EVER = "public, max-age=31536000, immutable"
OURS_ALONE = (
    "private, max-age=31536000, immutable"  # behind the sign-in: no server between keeps it
)
# paths with a digest of what is there in them
_NAMED = {
    re.compile(r"/app/static/areas/[0-9a-f]{16}\.js"): OURS_ALONE,
    re.compile(r"/component/[\w.]+/static/js/[\w.-]+\.[0-9a-f]{8}\.js"): FOR_EVER,
    re.compile(r"/_stcore/bidi-components/porchlight\.\w+_[0-9a-f]{10}/\w+\.js"): FOR_EVER,
}
_VERSION = re.compile(rb"v=[0-9a-f]{10}")  # the whole query, as ui.joined writes it


class BrowserCaching:
    """ASGI middleware that says so for good answers of Streamlit's, which says it for none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and put the header on the answer where its address says what it is."""
        keeps = keeping(scope) if scope["type"] == "http" else ""
        if not keeps:
            return await self.app(scope, receive, send)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                MutableHeaders(scope=message)["Cache-Control"] = keeps
            await send(message)

        await self.app(scope, receive, sent)


def keeping(scope: Scope) -> str:
    """How long a browser may keep what is at an address, as `Cache-Control`; "" as the app says."""
    path: str = scope["path"]
    if path.startswith("/app/static/") and _VERSION.fullmatch(scope.get("query_string", b"")):
        return FOR_EVER
    return next((keeps for name, keeps in _NAMED.items() if name.fullmatch(path)), "")
