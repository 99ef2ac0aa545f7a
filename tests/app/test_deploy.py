"""The configurations for nginx and Caddy: short, because the gate decides; and true."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.entrance import FRONTS, front_words
from ui.app import gate

FILES = {name: (ROOT / "deploy" / name).read_text() for name in ("nginx.conf", "Caddyfile")}
SITES = ("team", "dashboard", "public", "report")


@pytest.mark.parametrize("name", FILES)
def test_released_files_get_the_same_policy_from_every_server(name: str) -> None:
    """The gate gives it under /embed/ and /releases/; these give it where nothing of ours runs."""
    want = "; ".join(f"{rule} {value}" for rule, value in gate.POLICIES["released"].items())
    assert re.findall(r'Content-Security-Policy "([^"]*)"', FILES[name]) == [want]
    for header in ("X-Content-Type-Options", "Strict-Transport-Security", "Permissions-Policy"):
        given = re.findall(rf'{header} "([^"]*)"', FILES[name])
        assert given == [{**gate.HEADERS, "Strict-Transport-Security": gate.HSTS}[header]]


@pytest.mark.parametrize("name", FILES)
def test_nothing_else_is_decided_there(name: str) -> None:
    text = FILES[name]
    assert all(f"{site}.example.org" in text for site in SITES)
    dashboards = text.split("public.example.org {")[0].rpartition("server_name public")[0] or text
    assert "X-Forwarded" not in text and "auth" not in dashboards.lower()
    assert name != "nginx.conf" or text.count("access_log off") == 5  # and Caddy keeps none


@pytest.mark.parametrize("name", FILES)
def test_the_form_is_served_without_a_trace(name: str) -> None:
    start = {
        "nginx.conf": "  server_name report.example.org;",
        "Caddyfile": "\nreport.example.org {",
    }
    part = FILES[name].partition(start[name])[2].split("\n}\n")[0]
    assert "127.0.0.1:8503" in part and "log {" not in part
    assert ("20k;" if name == "nginx.conf" else "20KB") in part  # as the gate: MOST_BYTES_FORM
    assert gate.MOST_BYTES_FORM == 20 << 10
    if name == "nginx.conf":
        assert "access_log off;" in part and "error_log /dev/null crit;" in part
        assert "client_body_buffer_size 20k;" in part  # no temporary file holds a report
        assert "proxy_max_temp_file_size 0;" in part
        assert "limit_req zone=porchlight_report" in part


def test_the_form_s_unit_keeps_it_from_the_store() -> None:
    text = (ROOT / "deploy/porchlight-door.service").read_text()
    other = (ROOT / "deploy/porchlight@.service").read_text()
    [store] = re.findall(r"^ReadWritePaths=\S+ -(\S+)$", other, re.M)
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "LimitCORE=0"):
        assert f"\n{line}\n" in text
    assert f"\nInaccessiblePaths=-{store} " in text and "\nUser=porchlight-door\n" in text
    assert "\nReadWritePaths=/var/spool/porchlight\n" in text
    assert "PORCHLIGHT_STORE" not in text and "-m ui.app.door_start --port 8503" in text


@pytest.mark.parametrize("front", FRONTS[1:])
def test_the_servers_take_them(front: str, tmp_path: Path) -> None:
    words = front_words(front, tmp_path, 8443, 8501)
    check = {"nginx": [*words, "-t"], "caddy": [words[0], "validate", *words[2:]]}[front]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(check, env=os.environ | home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_unit_keeps_the_process_small() -> None:
    text = (ROOT / "deploy/porchlight@.service").read_text()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077", "PrivateTmp=yes"):
        assert f"\n{line}\n" in text
    assert "User=root" not in text and "-m ui.app.start --port ${PORT}" in text


def test_the_page_on_deploying_names_what_there_is() -> None:
    text = (ROOT / "docs/deploy.md").read_text()
    for file in re.findall(r"deploy/[\w@.-]+\w", text):
        assert (ROOT / file).exists(), file
    said = set(map(int, re.findall(r"^\| (\d{3}) \|", text, re.M)))
    refusals = {r.status for r in vars(gate).values() if isinstance(r, gate.Refusal)}
    assert refusals <= said and {403, 503} <= said
