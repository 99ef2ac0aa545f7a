"""Start the dashboard: take the port, serve behind the gate.

Everything heavy is loaded while the server starts, so that the first visitor waits less.
"""

import argparse
import contextlib
import importlib
import logging
import os
import socket
import sys
import threading
from pathlib import Path

from data import site
from data.help import help_table
from data.jobs.set_up import begin_settings
from data.maps import basemap
from data.published import released
from data.settings import ROOT, Problem, Settings, load_settings, read_audience
from data.storage.table_format import is_outdated
from ui.app.listen import bind, read_port, run_server

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
        if read_audience() == "door":  # a program that never loads what opens a store
            os.execv(sys.executable, [sys.executable, "-m", "ui.app.door_start", *sys.argv[1:]])
        if os.environ.get("PORCHLIGHT_AUDIENCE") != "public" and (begun := begin_settings()):
            print(begun, flush=True)
        port, audience = read_port(asked.port), read_audience()
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
    if settings and asks:
        from data.desk import working

        working.begin_work(settings)
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


def _serve(
    taken: socket.socket,
    audience: str,
    named: site.Site,
    store: Path | None,
    tiles: tuple[str, ...],
) -> int:
    """Serve until somebody stops it. `store` is where the lists of people are, `tiles` the hosts
    of the tiles that readers may switch on."""
    from ui.app import application

    names = HEAVY if audience == "team" else PUBLIC
    threading.Thread(target=_warm, args=(names,), daemon=True).start()
    served = application.make(audience, named, taken.getsockname()[1], store, tiles)
    # the first picture is made outside a page's run, which Streamlit remarks on at each start
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(
        lambda line: "missing ScriptRunContext" not in line.getMessage()
    )
    return run_server(served, taken)


def _warm(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)


if __name__ == "__main__":
    sys.exit(main())
