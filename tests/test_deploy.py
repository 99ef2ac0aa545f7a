"""The configurations for nginx and Caddy: what headers they give to which page."""

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import streamlit

from tests.conftest import ROOT
from ui import look

NGINX = (ROOT / "deploy/nginx.conf").read_text()
CADDY = (ROOT / "deploy/Caddyfile").read_text()
SITES = ("public", "dashboard", "team")
# Chromium holds a page whose headers were changed on the way for one of another network
LOCAL = "--disable-features=LocalNetworkAccessChecks"
# what is a page by its address; scripts, pictures and data take no policy
PAGES = re.compile(r"://[^/]+/(?!static/|app/|media/|_stcore/|component/.*\.(js|css)$)")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}


def _nginx_of(site: str) -> str:
    """The server block of a site."""
    start = rf"^server {{\n  listen 443 ssl;\n  server_name {site}\."
    (found,) = re.findall(rf"{start}.*?^}}", NGINX, re.M | re.S)
    return str(found)


def _mapped(name: str, key: str) -> str:
    """What a map of nginx says of a key: the first pattern that fits, else its default."""
    (body,) = re.findall(rf"map \S+ \${name} {{\n(.*?)^}}", NGINX, re.M | re.S)
    rows = re.findall(r'^  (\S+) +"([^"]*)";', body, re.M)
    fits = [value for word, value in rows if word[0] == "~" and re.search(word[1:], key)]
    return str(fits[0] if fits else dict(rows)["default"])


def nginx_policy(site: str, path: str) -> str:
    """The content security policy of a page, as nginx puts it together."""
    (said,) = re.findall(r'Content-Security-Policy (?:"([^"]*)"|(\$\w+)) always', _nginx_of(site))
    policy = said[0] or _mapped(said[1][1:], "")
    for name, key in (("script", path), ("frames", f"{site}.example.org{path}")):
        policy = policy.replace(f"$porchlight_{name}", _mapped(f"porchlight_{name}", key))
    return str(policy)


def caddy_policy(site: str, path: str) -> str:
    """The same of Caddy."""
    (block,) = re.findall(rf"^{site}\.example\.org {{\n(.*?)^}}", CADDY, re.M | re.S)
    if own := re.findall(r'Content-Security-Policy "([^"]*)"', block):
        return str(own[0])
    (given,) = re.findall(r'import dashboard "([^"]*)" "([^"]*)"', block)
    part = "map" if path.startswith("/component/") else "page"
    (policy,) = re.findall(rf'header @{part} Content-Security-Policy "([^"]*)"', CADDY)
    return str(policy.replace("{args.0}", given[0]).replace("{args.1}", given[1]))


@pytest.mark.parametrize(
    "path", ["/", "/areas", "/component/streamlit_folium.st_folium/index.html"]
)
@pytest.mark.parametrize("site", SITES)
def test_both_servers_give_the_same_policy(site: str, path: str) -> None:
    policy = nginx_policy(site, path)
    assert policy == caddy_policy(site, path) and "$" not in policy
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == rules["form-action"] == "'none'"
    assert rules["script-src"].startswith("'self'")
    loose = "unsafe-eval" in policy
    assert loose == (path.startswith("/component/") and site != "public")
    # no other host is asked for anything
    assert not re.search(r"https?:|wss?:|\*", policy.split("frame-ancestors")[0])
    inner = path.startswith("/component/")
    partners = "'self' https://news.example.org"
    frames = {"public": "*", "dashboard": partners, "team": "'self'" if inner else "'none'"}
    assert rules["frame-ancestors"] == frames[site]


def test_every_site_gives_the_other_headers() -> None:
    for site in SITES:
        for name, value in HEADERS.items():
            assert f'add_header {name} "{value}" always;' in _nginx_of(site)
    shared = CADDY[CADDY.index("(headers)") : CADDY.index("(dashboard)")]
    assert all(f'{name} "{value}"' in shared for name, value in HEADERS.items())
    assert CADDY.count("import headers") == 2 and "import headers" in CADDY.split("(dashboard)")[1]


def test_the_hashes_are_those_of_the_scripts() -> None:
    page = Path(streamlit.__file__).parent / "static/index.html"
    scripts = [*re.findall(r"<script>(.*?)</script>", page.read_text(), re.S), look.SCRIPT]
    assert len(scripts) == 2
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    wanted = "'self' " + " ".join(f"'sha256-{one}'" for one in hashes)
    assert f"script-src {wanted};" in nginx_policy("team", "/"), wanted


def test_the_servers_take_them(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    caddy = shutil.which("caddy")
    if not (nginx or caddy):
        pytest.skip("neither nginx nor Caddy is installed")
    if nginx:
        openly = re.sub(r"^ *ssl_.*\n", "", NGINX, flags=re.M).replace("443 ssl", "8443")
        (tmp_path / "inc.conf").write_text(openly.replace("listen 80;", "listen 8081;"))
        main = f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/inc.conf; }}"
        (tmp_path / "main.conf").write_text(main)
        words = [nginx, "-t", "-e", str(tmp_path / "log"), "-c", str(tmp_path / "main.conf")]
        assert subprocess.run(words, check=False, capture_output=True).returncode == 0
    if caddy:
        file = str(ROOT / "deploy/Caddyfile")
        words = [caddy, "validate", "--adapter", "caddyfile", "--config", file]
        assert subprocess.run(words, check=False, capture_output=True).returncode == 0


def refused(page: Any, site: str) -> list[str]:
    """What a browser page refuses, from now on, under the policy of a site: to be asked later."""
    found: list[str] = []

    def answer(route: Any) -> None:
        got = route.fetch()
        policy = nginx_policy(site, urlsplit(route.request.url).path)
        route.fulfill(response=got, headers=dict(got.headers) | {"content-security-policy": policy})

    page.route(PAGES, answer)
    page.on("console", lambda said: found.append(said.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
