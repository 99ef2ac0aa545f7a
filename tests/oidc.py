"""Signing in over real HTTP: an identity provider of the tests, and the dashboard that asks it.

    with provider() as address, signed_in_app(store, config, tmp_path, address) as app:
        cookies = sign_in(httpx2.Client(), app.origin, "ann", groups=["reviewers"])
        async with session(app.origin, cookies) as reader:  # Streamlit's socket, as Ann
            screen = await reader.ask("", "desk")

`config` is a whole porchlight.toml without [site], which is added. A group counts as what
[roles] of that file says of it.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from bench.client import Reader, reader
from tests.conftest import ROOT, free_port

SECRET = "0123456789abcdef0123456789abcdef"
EVERY_ROLE = "\n[roles]\n" + "".join(
    f'{role} = ["group:{role}s"]\n' for role in ("viewer", "reviewer", "editor", "steward")
)
PATIENCE = 60.0  # seconds for one answer, or for a process to begin


@dataclass(frozen=True)
class App:
    """A running dashboard that asks the provider who somebody is."""

    origin: str  # as a browser writes it: sessions count for this name only
    settings: Path  # its porchlight.toml, read anew at every request
    log: Path
    process: "subprocess.Popen[bytes]"


@contextlib.contextmanager
def provider() -> Iterator[str]:
    """The address of an identity provider that believes everybody; stopped afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        wait_for(f"{address}/.well-known/openid-configuration", process)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def oidc() -> Iterator[str]:
    """The address of a provider, one for each worker."""
    with provider() as address:
        yield address


def set_member(
    provider_url: str, sub: str, groups: Sequence[str] = (), email: str = "", **claims: Any
) -> None:
    """From the next sign-in on the provider says this of somebody."""
    stated = {
        "email": email or f"{sub}@example.org",
        "email_verified": True,
        "groups": list(groups),
        **claims,
    }
    httpx2.put(f"{provider_url}/users/{sub}", json=stated, timeout=PATIENCE).raise_for_status()


def sign_in(
    client: Any,
    base_url: str,
    sub: str,
    *,
    groups: Sequence[str] = (),
    email: str = "",
    to: str = "/",
    **claims: Any,
) -> dict[str, str]:
    """The cookies of somebody who has signed in, as the redirects of the real servers gave them.

    `client` keeps them too: an httpx2.Client, or a browser's context of Playwright. `base_url` is
    the app's origin, `to` the page that they asked for. AssertionError where the provider or the
    app does not let them through.
    """
    if hasattr(client, "add_cookies"):  # Playwright
        with httpx2.Client() as own:
            found = sign_in(own, base_url, sub, groups=groups, email=email, to=to, **claims)
        client.add_cookies([{"name": n, "value": v, "url": base_url} for n, v in found.items()])
        return found
    follow: Any = {"follow_redirects": True, "timeout": PATIENCE}
    form = client.get(f"{base_url}/sign-in", params={"to": to}, **follow)
    address = urlsplit(str(form.url))
    assert (form.status_code, address.path) == (200, "/oauth2/authorize"), form.text
    set_member(f"{address.scheme}://{address.netloc}", sub, groups, email, **claims)
    landed = client.post(str(form.url), data={"sub": sub}, **follow)
    assert str(landed.url) == base_url + to, f"{landed.status_code} {landed.url}: {landed.text}"
    client.get(f"{base_url}/_stcore/health", timeout=PATIENCE)  # as Streamlit's page does
    jar = client.cookies.jar  # the provider, on the same host, has cookies of its own
    cookies = {c.name: c.value or "" for c in jar if c.name.startswith("_streamlit")}
    assert "_streamlit_user" in cookies, landed.text
    return cookies


def session(base_url: str, cookies: Mapping[str, str]) -> AbstractAsyncContextManager[Reader]:
    """Streamlit's socket with the cookies of `sign_in`: a page runs as that person's."""
    return reader(urlsplit(base_url).port or 80, base_url, cookies)


def write_secrets(home: Path, origin: str, provider_url: str) -> None:
    """Write Streamlit's secrets into a home folder: the provider of the app at an origin."""
    file = home / ".streamlit/secrets.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f'[auth]\nredirect_uri = "{origin}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        'client_id = "porchlight"\nclient_secret = "x"\n'
        f'server_metadata_url = "{provider_url}/.well-known/openid-configuration"\n'
    )


@contextlib.contextmanager
def signed_in_app(
    store: Path, config_text: str, folder: Path, provider_url: str, **more: str
) -> Iterator[App]:
    """The team's dashboard on a store and a free port, which asks the provider; stopped afterwards.

    `folder` is empty, and takes its settings, secrets and log. `more` are further variables of
    its environment.
    """
    port = free_port()
    origin = f"http://localhost:{port}"
    file, log = folder / "porchlight.toml", folder / "log"
    file.write_text(f'{config_text}\n[site]\nteam = "{origin}"\n')
    write_secrets(folder / "home", origin, provider_url)
    own = {
        "HOME": str(folder / "home"),
        "PORCHLIGHT_CONFIG": str(file),
        "PORCHLIGHT_STORE": str(store),
    }
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.app.start", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | own | more,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"{origin}/healthz", process, log.read_text)
        yield App(origin, file, log, process)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(
    address: str, process: "subprocess.Popen[bytes]", say: Callable[[], str] = str
) -> None:
    """Wait until an address answers. AssertionError where its process ends before, with its log."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(address, timeout=PATIENCE).status_code == 200:
                return
        assert process.poll() is None, say()
        time.sleep(0.05)
    raise AssertionError(f"{address} does not answer. {say()}")
