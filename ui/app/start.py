"""Start the dashboard: take the port, serve behind the gate.

Everything heavy is loaded while the server starts, so that the first visitor waits less.
"""

import argparse
import contextlib
import errno
import importlib
import logging
import os
import socket
import sys
import threading
from pathlib import Path

from data import site
from data.commands.set_up import begin_settings
from data.help import help_table
from data.maps import basemap
from data.published import released
from data.settings import ROOT, Problem, Settings, load_settings, read_audience
from data.storage.table_format import is_outdated

_MOST = 65535  # the last port there is
# not streamlit_folium: a component registers with the server only from a page's own run
HEAVY = (
    "duckdb",
    "pandas",
    "geopandas",
    "folium.plugins",
    "altair",
    "data.views.answers",
    "data.views.whole_records",
    "data.maps.heat_surface",
    "ui.parts.charts",
    "data.patterns.compare",
    "data.patterns.episodes",
    "scipy.stats",
)
PUBLIC = ("pandas", "shapely", "folium.plugins", "altair", "pyarrow.parquet", "ui.parts.charts")


def main() -> int:
    """Run the dashboard; return 0 when it ended well, 1 with a sentence when it could not start."""
    parser = argparse.ArgumentParser(description="Start the dashboard.")
    parser.add_argument("--port", default="8501")
    parser.add_argument("--address", default="127.0.0.1", help="an address of this machine")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.umask(0o077)  # also of files that are dropped here and of shapes made for browsers
    from ui.app import access

    try:
        if os.environ.get("PORCHLIGHT_AUDIENCE") != "public" and (begun := begin_settings()):
            print(begun, flush=True)
        port, audience = _number(asked.port), read_audience()
        named, asks = site.load_site(audience), access.provider()
        if refused := access.start_refusal(audience, asked.address, named.origin, asks):
            raise Problem(refused)
        help_table.load_help()  # what is wrong with it is said now, not by an empty page
        settings = None if audience == "public" else load_settings()
        name = _team(settings) if settings else _public()
        taken = bind(asked.address, port)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    only = "" if named.origin else "only from this machine; "
    print(
        f"{name} is at {named.origin or f'http://localhost:{port}'} ({only}Ctrl+C stops it).",
        flush=True,
    )
    others = basemap.tiles(settings.basemap) if settings else None
    store = settings.store if settings and asks else None
    return _serve(taken, audience, named, store, others.hosts if others else ())


def _public() -> str:
    """The words for what is served to the public. Problem where nothing is published."""
    release = released.load_release(released.current())
    return f"Porchlight {release.manifest['place']['name']}, release {release.id} for the public,"


def _team(settings: Settings) -> str:
    basemap.check_basemap(settings.basemap)
    if is_outdated(settings.store):
        print("Porchlight was updated: building the table that screens read ...", flush=True)
        from data.storage.store import Store
        from data.tables import build

        with contextlib.suppress(Problem, OSError):  # then the pages say what to do
            build.rebuild(Store(settings.store), settings)
    return f"Porchlight {settings.name}"


def _number(asked: str) -> int:
    """The port that was asked for. Problem where there is none of this name."""
    written = asked.strip()
    if written.isascii() and written.isdigit() and len(written) < 6:
        port = int(written)
        if 0 < port <= _MOST:
            return port
    raise Problem(f"There is no port {asked!r}: use a number from 1024 to {_MOST}.")


def bind(address: str, port: int) -> socket.socket:
    """The socket itself, taken before anything is loaded: nobody takes the port in between."""
    taken = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other = port + 1 if port < _MOST else 8501
    says = {
        errno.EADDRINUSE: f"Port {port} is taken by another program. "
        f"Choose another one: make run PORT={other}",
        errno.EACCES: f"Port {port} is kept for the system: use a number from 1024 to {_MOST}.",
        errno.EADDRNOTAVAIL: f"This machine has no address {address}.",
    }
    try:
        taken.bind((address, port))
    except socket.gaierror:
        taken.close()
        raise Problem(f"{address!r} is no address of a machine.") from None
    except OSError as error:
        taken.close()
        told = says.get(error.errno or 0, f"Nothing can be served there: {error.strerror}.")
        raise Problem(told) from None
    return taken


def _serve(
    taken: socket.socket,
    audience: str,
    named: site.Site,
    store: Path | None,
    tiles: tuple[str, ...],
) -> int:
    """Serve until somebody stops it. `store` is where the lists of people are, `tiles` the hosts
    of the tiles that readers may switch on."""
    import uvicorn

    from ui.app import application

    names = HEAVY if audience == "team" else PUBLIC
    threading.Thread(target=_warm, args=(names,), daemon=True).start()
    served = application.make(audience, named, taken.getsockname()[1], store, tiles)
    config = uvicorn.Config(
        served,
        ws="websockets-sansio",
        ws_max_size=12 << 20,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # no header says who or where somebody is
        timeout_keep_alive=65,
        timeout_graceful_shutdown=3,
        lifespan="on",
    )
    # Streamlit gives this logger a handler of its own: it would write down who asked for what
    logging.getLogger("uvicorn.access").addFilter(lambda _: False)
    # a socket that the gate answers with a status is no error, though uvicorn takes it for one
    logging.getLogger("uvicorn.error").addFilter(
        lambda line: line.funcName != "run_asgi" or bool(line.exc_info)
    )
    # the first picture is made outside a page's run, which Streamlit remarks on at each start
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(
        lambda line: "missing ScriptRunContext" not in line.getMessage()
    )
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1


def _warm(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)


if __name__ == "__main__":
    sys.exit(main())
