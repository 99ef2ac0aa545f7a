"""The team's dashboard with an identity provider, by itself and behind the servers of deploy/."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, free_port
from tests.oidc import SECRET, provider, set_member, write_secrets

TEAM = "team.example.org"
FRONTS = ("app", "nginx", "caddy")


def program(name: str) -> str:
    """The path of a web server; `make test` fetches it, so nothing is skipped without it."""
    folders = [os.environ.get("PATH", ""), "/usr/sbin"]
    folders += [str(ROOT / ".venv/fetched/usr" / part) for part in ("sbin", "bin")]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if not found:
        pytest.fail(f"{name} is not there: make .venv/servers fetches it")
    return found


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody trusts, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "1",
            "-subj",
            f"/CN={TEAM}",
            "-addext",
            f"subjectAltName=DNS:{TEAM}",
            "-keyout",
            str(key),
            "-out",
            str(cert),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


@dataclass(frozen=True)
class Door:
    """One way to a dashboard: where it listens, and what a browser calls it."""

    front: str
    port: int
    settings: Path
    log: Path

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        if self.front == "app":
            return f"http://localhost:{self.port}"
        return f"https://{TEAM}:{self.port}"

    @property
    def host(self) -> str:
        """The Host header of its pages."""
        return self.origin.partition("://")[2]

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        """The answer to one request, its own body unread; `Cookie`, `Host`, ... as given."""
        line: http.client.HTTPConnection
        if self.front == "app":
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        else:
            line = _Tls("127.0.0.1", self.port, timeout=30)
        told = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        line.connect()
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in told.items():
            line.putheader(name, value)
        with contextlib.suppress(ConnectionError):  # an answer may come before all is sent
            line.endheaders(body)
        return line.getresponse()

    def status(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> int:
        """The status of one request."""
        return self.ask(path, method, body, **headers).status

    def open_socket(self, **headers: str) -> int:
        """The status of the opening of Streamlit's socket; 101 where it opens."""
        told = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            **headers,
        }
        return self.status("/_stcore/stream", **told)


class _Tls(http.client.HTTPSConnection):
    """A connection that calls the server by its public name and trusts any certificate."""

    def connect(self) -> None:
        open_ = ssl.create_default_context()
        open_.check_hostname, open_.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = open_.wrap_socket(plain, server_hostname=TEAM)


def cookie(age: float = 60, secret: str = SECRET, origin: str = "", **claims: Any) -> str:
    """A session cookie as Streamlit writes it after a sign-in so many seconds ago."""
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    told = {
        "email": "editor@example.org",
        "email_verified": True,
        "sub": "1",
        "groups": ["desk"],
        "iat": time.time() - age,
        "is_logged_in": True,
        "provider": "default",
        "origin": origin,
    }
    plain = {k: v for k, v in (told | claims).items() if v is not None}
    signed = create_signed_value(secret, "_streamlit_user", json.dumps(plain))
    return f"_streamlit_user={signed.decode()}"


def settings(file: Path, origin: str, roles: str) -> None:
    """Write the settings of the sample place with a site and roles."""
    text = (ROOT / "porchlight.toml").read_text()
    file.write_text(f'{text}\n[site]\nteam = "{origin}"\n[roles]\n{roles}\n')


ROLES = 'viewer = ["group:desk"]'


@contextlib.contextmanager
def opened(front: str, store: Path, folder: Path, public: Path | None = None) -> Iterator[Door]:
    """A dashboard with a provider, and the server before it."""
    app_port = free_port()
    port = app_port if front == "app" else free_port()
    door = Door(front, port, folder / "porchlight.toml", folder / "log")
    with provider() as address:
        set_member(address, "editor", ["desk"])
        set_member(address, "stranger", ["others"])
        settings(door.settings, door.origin, ROLES)
        write_secrets(folder / "home", door.origin, address)
        more = {
            "HOME": str(folder / "home"),
            "PORCHLIGHT_CONFIG": str(door.settings),
            "PORCHLIGHT_STORE": str(store),
            "PORCHLIGHT_PUBLIC": str(public or folder / "none"),
        }
        with door.log.open("w") as log:
            app = subprocess.Popen(
                [sys.executable, "-m", "ui.app.start", "--port", str(app_port)],
                cwd=ROOT,
                env=os.environ | more,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            before = _front(front, folder, port, app_port)
            try:
                _answers([app, before] if before else [app], door)
                yield door
            finally:
                if before:  # both servers wait for open sockets when asked to end
                    before.kill()
                    before.wait(20)
                app.terminate()
                app.wait(20)


def _answers(running: list[subprocess.Popen[bytes]], door: Door) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            if door.status("/healthz") == 200:
                return
        logs = [door.log, *door.log.parent.glob("*.log")]
        said = "\n".join(log.read_text() for log in logs)
        assert all(one.poll() is None for one in running), said
        time.sleep(0.1)
    raise AssertionError(door.log.read_text())


def _front(front: str, folder: Path, port: int, app_port: int) -> subprocess.Popen[bytes] | None:
    """The server before the dashboard, started."""
    if front == "app":
        return None
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "front.log").open("w") as log:
        words = front_words(front, folder, port, app_port)
        return subprocess.Popen(words, env=os.environ | home, stdout=log, stderr=subprocess.STDOUT)


def front_words(front: str, folder: Path, port: int, app_port: int) -> list[str]:
    """The command that starts nginx or Caddy with the configuration of deploy/, whose names stay.

    Only its ports and files are changed.
    """
    cert, key = certificate(folder)
    if front == "caddy":
        text = (ROOT / "deploy/Caddyfile").read_text()
        text = text.replace("127.0.0.1:8501", f"127.0.0.1:{app_port}")
        named = rf"\1:{port} {{\n\ttls {cert} {key}"
        text = re.sub(r"^(\w+\.example\.org) \{", named, text, flags=re.M)
        text = text.replace("\n{\n", "\n{\n\tadmin off\n\tauto_https off\n", 1)
        file = folder / "Caddyfile"
        file.write_text(text)
        return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(file)]
    text = (
        (ROOT / "deploy/nginx.conf").read_text().replace("127.0.0.1:8501", f"127.0.0.1:{app_port}")
    )
    text = re.sub(r"ssl_certificate +\S+;", f"ssl_certificate {cert};", text)
    text = re.sub(r"ssl_certificate_key +\S+;", f"ssl_certificate_key {key};", text)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = re.sub(r"server \{\n  listen 80;.*?\n\}", "", text, flags=re.S)
    (folder / "site.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/nginx.log; events {{}}\n"
        f"http {{ access_log off; {paths} include {folder}/site.conf; }}"
    )
    log, file = f"{folder}/nginx.log", f"{folder}/nginx.conf"
    return [program("nginx"), "-p", str(folder), "-e", log, "-c", file]
