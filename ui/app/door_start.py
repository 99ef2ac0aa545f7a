"""Start the door: the form for reports and nothing else, without a store, a key or Streamlit."""

import argparse
import os
import sys

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from data.help.help_table import load_help
from data.reports.door_settings import DoorSettings, load_door
from data.reports.spool import sweep_spool
from data.settings import ROOT, STATIC, Problem
from data.site import LOOPBACK, Site, load_site
from ui.app import gate
from ui.app.listen import bind, read_port, run_server
from ui.door.door import Door
from ui.help import help_route


def start_door() -> int:
    """Run the door; return 0 when it ended well, 1 with a sentence when it could not start."""
    parser = argparse.ArgumentParser(description="Start the form for reports.")
    parser.add_argument("--port", default="8503")
    parser.add_argument("--address", default="127.0.0.1", help="an address of this machine")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.umask(0o027)  # the desk's group reads the sealed files, nobody else
    try:
        port, named, door = read_port(asked.port), load_site("door"), load_door()
        if asked.address not in LOOPBACK and not named.origin:
            raise Problem(
                "A browser must be told where the form is. Write the address that people type into "
                'porchlight.toml: [site], door = "https://report.example.org".'
            )
        load_help()  # what is wrong with it is said now
        _prepare(door)
        taken = bind(asked.address, port)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    at = named.origin or f"http://localhost:{port}"
    print(f"The form of Porchlight {door.name} is at {at}/report (Ctrl+C stops it).", flush=True)
    return run_server(make(named, port, door), taken)


def _prepare(door: DoorSettings) -> None:
    """Make the spool ready. Problem where nothing can be written into it."""
    try:
        door.spool.mkdir(parents=True, exist_ok=True)
        sweep_spool(door.spool)
    except OSError as error:
        raise Problem(f"The spool {door.spool} cannot be used: {error.strerror}.") from None
    if not os.access(door.spool, os.W_OK | os.X_OK):
        raise Problem(f"The spool {door.spool} cannot be written to by the user of this process.")


def make(named: Site, port: int, door: DoorSettings) -> Starlette:
    """The application of a door under its names."""
    guarded = Middleware(
        gate.Gate, hosts=named.hosts(port), pages=frozenset(), public=True, areas=gate.DOOR_AREAS
    )
    own = Door(lambda: door)
    own.prepare()
    return Starlette(
        middleware=[guarded],
        routes=[
            Route("/healthz", _healthz),
            Route("/favicon.ico", _icon),
            *own.routes(),
            *help_route.routes(home="/report"),
        ],
    )


async def _healthz(_: Request) -> Response:
    return JSONResponse({"ok": True})


async def _icon(_: Request) -> Response:
    return FileResponse(STATIC / "icon.png", headers={"Cache-Control": "public, max-age=86400"})


if __name__ == "__main__":
    sys.exit(start_door())
