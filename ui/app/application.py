"""The one ASGI application: the gate, our own addresses, and Streamlit behind them."""

import os
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from data.settings import ROOT, STATIC
from data.site import Site
from ui import joined
from ui.app import (
    access,
    browser_caching,
    cite_route,
    gate,
    packed_files,
    released_files,
    sign_in,
    text_files,
)
from ui.frame import look, menu
from ui.help import help_route


def make(
    audience: str, named: Site, port: int, store: Path | None, tiles: tuple[str, ...] = ()
) -> Any:
    """The application of an audience under its names; with a store's lists of people, or none."""
    folder = os.environ.get("PORCHLIGHT_PUBLIC")
    public = Path(folder).expanduser().resolve() if folder else None
    addresses = frozenset(f"/{path}" if path else "" for _, _, path, *_ in menu.TABLES[audience])
    pages = packed_files.Pages(first_picture=first_picture if audience == "team" else None)
    pages.pack_soon()
    pages.prepare_soon()
    person = access.Person(store) if store else None
    guarded = Middleware(
        gate.Gate,
        hosts=named.hosts(port),
        pages=addresses,
        public=audience == "public",
        person=person,
        frames=named.frames,
        tiles=tiles,
        scripts=gate.script_hashes(look.SCRIPT, look.EARLY_SCRIPT),
        released=public is not None,
    )
    gate.raise_flag()
    return st.App(
        ROOT / "dashboard.py",
        middleware=[
            guarded,
            Middleware(browser_caching.BrowserCaching),
            Middleware(sign_in.BackToPage),
        ],
        routes=[
            Route("/healthz", healthz),
            Route("/favicon.ico", icon),
            Route("/favicon.png", icon),  # where Streamlit's page names it
            _joined(),
            Route("/sign-in", sign_in.start),
            *help_route.routes(),
            *cite_route.routes(public, person, _team_cites(audience), named.origin),
            *pages.routes(path or "/" for path in addresses),
            *(released_files.mounts(public) if public else ()),
            *(_report(store) if audience == "team" else ()),
        ],
    )


def first_picture() -> str:
    """The team's first picture. The public's process never loads what opens a store."""
    from ui.map_page import shell

    return shell.page_shell()


def _team_cites(audience: str) -> cite_route.TeamCite | None:
    """What shows the team's cites. The public's process never loads what opens a store."""
    if audience == "public":
        return None
    from data.numbers.pages import ask_numbers
    from ui.app import team_cites

    return team_cites.team_reader(ask_numbers)


def _report(people: Path | None) -> list[Route]:
    """The form for reports. The public's process never loads what opens a store."""
    from ui.app import team_door

    return team_door.make_door(people).routes()


async def healthz(_: Request) -> Response:
    """Answer that the server is up; nothing of what is in it."""
    return JSONResponse({"ok": True})


async def icon(_: Request) -> Response:
    """Our icon."""
    return FileResponse(STATIC / "icon.png", headers={"Cache-Control": "public, max-age=86400"})


def _joined() -> Route:
    """The file of the map's scripts, at its address."""
    one = joined.script()
    file = text_files.TextFile(one.text, "text/javascript", browser_caching.FOR_EVER)

    async def answer(request: Request) -> Response:
        return file.response(request.headers)

    return Route(one.address, answer)
