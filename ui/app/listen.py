"""Where a process listens: the port, the socket, and the server on it."""

import errno
import logging
import socket

import uvicorn
from starlette.types import ASGIApp

from data.settings import Problem

_MOST = 65535  # the last port there is


def read_port(asked: str) -> int:
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


def run_server(served: ASGIApp, taken: socket.socket) -> int:
    """Serve until somebody stops it; return 0 when it ended well. Nothing is written down of who
    asked for what."""
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
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1
