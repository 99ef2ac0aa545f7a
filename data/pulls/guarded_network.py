"""Connections to public addresses only: no feed can make this machine ask inside its network.

An address is looked up once, checked, and connected to as it was checked: a name server that
answers otherwise a moment later changes nothing. Proxies of the environment are not used.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from data.settings import Problem, settings_path

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_CARRIERS = (  # networks whose addresses carry another one, and how many bits stand behind it
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)


class Forbidden(Problem):
    """An address that no feed may ask."""


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet, also where it carries another."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    if address.teredo or address.is_site_local:
        return False
    carried = [
        ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
        for network, shift in _CARRIERS
        if address in network
    ]
    return all(map(is_public, carried))


def resolve(host: str, port: int, allowed: Iterable[str]) -> list[str]:
    """The addresses of a host, all of them checked. Forbidden where one is not public and the
    host is not among the `allowed`; OSError where the name is not known."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError(f"{host} is no name of a host") from None
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if host.lower().rstrip(".") not in allowed:
        for address in addresses:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise Forbidden(
                    f"{host} has the address {address}, which is none of the public internet: "
                    f"nothing was asked there. If it is a server of yours, write allow = "
                    f'["{host}"] under the feed in {settings_path()}.'
                )
    return addresses


class _CheckedBackend(httpcore2.NetworkBackend):
    """Opens connections to checked addresses."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(self, host: str, port: int, *more: Any, **other: Any) -> Any:
        """A connection to the first address of a host that answers."""
        try:
            addresses = resolve(host, port, self._allowed)
        except OSError as error:
            raise httpcore2.ConnectError(f"the name {host} is not known") from error
        for address in addresses[:-1]:
            try:
                return self._plain.connect_tcp(address, port, *more, **other)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._plain.connect_tcp(addresses[-1], port, *more, **other)


class CheckedTransport(httpx2.HTTPTransport):
    """What httpx2 sends through: certificates are checked, addresses are public or allowed."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            network_backend=_CheckedBackend(allowed),
            max_connections=4,
            keepalive_expiry=30.0,
        )
