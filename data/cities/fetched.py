"""Single files of public servers, fetched once: with a sentence where there is no network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from data.pull_faults import PullFault
from data.pulls import guarded_network
from data.pulls.feeds import Feed
from data.pulls.web import PullStopped, Web
from data.settings import Problem

_HTTPS = 443


@contextmanager
def open_web(address: str, allow: Sequence[str] = ()) -> Iterator[Web]:
    """A server that is asked once. Problem where it cannot be reached: then nothing was written.

    `allow` are hosts that may have a private address.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        guarded_network.resolve(host, parts.port or _HTTPS, allow)
    except OSError:  # before it is asked five times
        raise Problem(
            f"The name {host} cannot be looked up: is there a network? Nothing was written."
        ) from None
    web = Web(Feed("once", "file", address, "once", Path(), allow=tuple(allow)))
    try:
        yield web
    except PullStopped as stopped:
        if stopped.why != PullFault.UNREACHABLE:
            raise
        raise Problem(
            f"{host} cannot be reached: is there a network? Nothing was written."
        ) from None
    finally:
        web.close()
