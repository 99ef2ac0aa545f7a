"""Claims of who has signed in: Streamlit's own signed cookie, read before Streamlit runs."""

import json

from starlette.requests import HTTPConnection

Claims = dict[str, object]
USER = "_streamlit_user"


def claims(connection: HTTPConnection) -> Claims | None:
    """The identity provider's claims about who asks; None without a cookie that we signed."""
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

    secret = get_cookie_secret()

    def decoded(name: str) -> bytes | None:
        raw = connection.cookies.get(name)
        return decode_signed_value(secret, name, raw.encode("latin-1")) if raw else None

    try:
        found = get_cookie_with_chunks(decoded, USER)
        told = json.loads(found) if found else None
    except (ValueError, UnicodeError):
        return None
    return told if isinstance(told, dict) and told.get("is_logged_in") is True else None
