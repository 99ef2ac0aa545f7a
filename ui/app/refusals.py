"""Refusals: a status with its sentence, and the page that a person sees."""

import html
from typing import NamedTuple
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Scope

from data.palette import DARK, LIGHT


class Refusal(NamedTuple):
    """A status and the sentence that goes with it."""

    status: int
    says: str


FROM_ELSEWHERE = Refusal(403, "Asked from another page.")
DOORS = {401: ("Sign in", "/sign-in"), 403: ("Sign out", "/auth/logout")}
DOOR = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{title} - Porchlight</title><style>
body {{ font: 18px/1.5 system-ui, sans-serif; max-width: 26em; margin: 14vh auto; padding: 0 1.2em;
  background: {light.paper}; color: {light.ink} }}
h1 {{ font-size: 1.6em; margin: 0 0 .4em }} a {{ color: {light.link} }}
a.way {{ display: inline-block; padding: .55em 1.2em; border-radius: 6px; background: {light.link};
  color: #fff; text-decoration: none }}
@media (prefers-color-scheme: dark) {{
  body {{ background: {dark.paper}; color: {dark.ink} }}
  a {{ color: {dark.link} }} a.way {{ background: {dark.accent}; color: {dark.paper} }} }}
</style><h1>Porchlight</h1><p>{says}</p>{way}</html>"""
WAY = '<p><a class="way" href="{href}">{word}</a></p>'
HOME = '<p><a href="/">Go to the map</a></p>'


def refusal_page(refused: Refusal, scope: Scope, headers: Headers) -> Response:
    """A refusal as a page for a person who follows a link, else as a sentence."""
    if headers.get("sec-fetch-mode", "navigate") != "navigate" or "text/html" not in headers.get(
        "accept", ""
    ):
        return PlainTextResponse(refused.says, refused.status)
    way = HOME if refused.status == 404 else ""
    if door := DOORS.get(refused.status) if refused is not FROM_ELSEWHERE else None:
        word, href = door
        if refused.status == 401:
            query = scope.get("query_string", b"").decode("latin-1")
            wanted = scope["path"] + (f"?{query}" if query else "")
            href = f"{href}?to={quote(wanted, safe='/')}"
        way = WAY.format(href=html.escape(href), word=word)
    title = {404: "Not found", 401: "Sign in"}.get(refused.status, "Not allowed")
    text = DOOR.format(light=LIGHT, dark=DARK, title=title, says=html.escape(refused.says), way=way)
    return HTMLResponse(text, refused.status)
