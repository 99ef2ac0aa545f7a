"""Start the dashboard: check the port, fill an empty store with the sample, serve.

Everything heavy is loaded while the server starts, so that the first visitor waits less.
"""

import argparse
import importlib
import os
import socket
import subprocess
import sys
import threading

from data import basemap, public, settings
from data.settings import ROOT, Problem, Settings, load
from ui import door, fence

MOST = 65535  # the last port there is
# not streamlit_folium: a component registers with the server only from a page's own run
HEAVY = (
    "duckdb",
    "pandas",
    "geopandas",
    "folium.plugins",
    "altair",
    "data.answers",
    "data.details",
    "data.surface",
    "ui.charts",
    "data.compare",
    "data.episodes",
)
PUBLIC = ("pandas", "shapely", "folium.plugins", "altair", "pyarrow.parquet", "ui.charts")


def main() -> int:
    """0 when the server ended well; 1 with a sentence when it could not start."""
    parser = argparse.ArgumentParser(description="Start the dashboard.")
    parser.add_argument("--port", default="8501")
    asked = parser.parse_args().port
    os.chdir(ROOT)
    try:
        port = _number(asked)
        audience = settings.audience()
        address = _address()
        if refused := door.refusal(audience, address, door.provider()):
            raise Problem(refused)
        name = _public() if audience == "public" else _team(place := load())
        _free(port)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    if audience == "team" and place.sample and not (place.store / "current" / "now").exists():
        print("Building the store from the sample place ...", flush=True)
        made = subprocess.run([sys.executable, "-m", "data", "sample"], check=False)
        if made.returncode:
            return made.returncode
    only = "only from this machine; " if address in door.LOOPBACK else ""
    print(f"{name} is at http://localhost:{port} ({only}Ctrl+C stops it).", flush=True)
    _serve(port, audience)
    return 0


def _public() -> str:
    """What is served to the public. Problem where nothing is published."""
    release = public.load(public.current())
    return f"Porchlight {release.manifest['place']['name']}, release {release.id} for the public,"


def _team(place: Settings) -> str:
    basemap.check(place.basemap)
    return f"Porchlight {place.name}"


def _address() -> str | None:
    """The address that Streamlit will serve at: its environment, else its configuration."""
    from streamlit import config

    said: str | None = os.environ.get("STREAMLIT_SERVER_ADDRESS")
    return said or config.get_option("server.address")


def _number(asked: str) -> int:
    """The port that was asked for. Problem where there is none of this name."""
    written = asked.strip()
    if written.isascii() and written.isdigit() and len(written) < 6:
        port = int(written)
        if 0 < port <= MOST:
            return port
    raise Problem(f"There is no port {asked!r}: use a number from 1024 to {MOST}.")


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(
                f"Port {port} is kept for the system: use a number from 1024 to {MOST}."
            ) from None
        except OSError:
            other = port + 1 if port < MOST else 8501
            raise Problem(
                f"Port {port} is taken by another program. "
                f"Choose another one: make run PORT={other}"
            ) from None


def _serve(port: int, audience: str) -> None:
    from streamlit.web import cli

    names = HEAVY if audience == "team" else PUBLIC
    threading.Thread(target=_warm, args=(names,), daemon=True).start()
    fence.alone()
    if audience == "public":
        fence.install()
    sys.argv = ["streamlit", "run", "dashboard.py", f"--server.port={port}"]
    cli.main(standalone_mode=False)


def _warm(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)


if __name__ == "__main__":
    sys.exit(main())
