"""No feed makes this machine ask inside its network."""

import ipaddress
import socket
from pathlib import Path
from typing import Any

import httpx2
import pytest

from data.pulls import guarded_network
from data.pulls.guarded_network import CheckedTransport, Forbidden, is_public
from tests.pulls.servers import FileServer

INSIDE = """
127.0.0.1 127.8.9.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1
255.255.255.255 240.0.0.1 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 fec0::1 ::ffff:127.0.0.1
::ffff:10.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2002:a00:1::
2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 192.0.2.1 198.18.0.1
"""
OUTSIDE = "8.8.8.8 151.101.1.69 2606:4700::1111 2a00:1450:4001::1"


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE.split())
def test_addresses_outside_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def client(*allowed: str) -> httpx2.Client:
    return httpx2.Client(transport=CheckedTransport(allowed), trust_env=False, timeout=5)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1", "[::ffff:7f00:1]"],
)
def test_no_way_of_writing_an_address_inside_is_asked(host: str) -> None:
    """Also those that only the system's resolver understands."""
    with FileServer(b"inside").running() as server:
        port = server.address.rpartition(":")[2]
        with pytest.raises((Forbidden, httpx2.ConnectError)):
            client().get(f"http://{host}:{port}/")
    assert server.asked == []


def test_the_settings_in_use_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two places only one has the feed: it says in which file to allow the host."""
    oregon = tmp_path / "oregon.toml"
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(oregon))
    with pytest.raises(Forbidden, match=r"allow = \[\"127.0.0.1\"\] under the feed in") as refused:
        client().get("http://127.0.0.1:9/")
    assert f"in {oregon}." in str(refused.value)


def test_a_host_is_allowed_by_its_name_only() -> None:
    with FileServer(b"a\n1\n").running() as server:
        port = server.address.rpartition(":")[2]
        assert client("127.0.0.1").get(server.address).status_code == 200
        with pytest.raises(Forbidden):
            client("records.internal").get(server.address)
        with pytest.raises(Forbidden):
            client("127.0.0.1").get(f"http://localhost:{port}/")


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name server that says a public address first and an inside one next (rebinding)."""
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []
    tried: list[tuple[Any, ...]] = []

    def lookup(host: str, port: int, *more: Any, **other: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: tuple[Any, ...], *more: Any, **other: Any) -> Any:
        tried.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(httpx2.ConnectError):
        client().get("http://rebind.example/")
    assert asked == ["rebind.example"] and tried == [("93.184.216.34", 80)]


def test_one_inside_address_among_several_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lookup(host: str, port: int, *more: Any, **other: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(Forbidden, match=r"10\.0\.0\.1"):
        guarded_network.resolve("mixed.example", 80, ())


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with FileServer(b"a\n1\n").running() as server:
        assert client("127.0.0.1").get(server.address).status_code == 200
    assert tmp_path
