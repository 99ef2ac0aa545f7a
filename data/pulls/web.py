"""Questions to a feed's server: asked again after faults that pass, with limits, without secrets
in what is said or written."""

import contextlib
import email.utils
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec
import stamina

from data.pull_faults import PullFault
from data.pulls.feeds import Feed
from data.pulls.guarded_network import CheckedTransport
from data.settings import Problem

stamina.instrumentation.set_on_retry_hooks(())  # a log of retries tells a person nothing

TRIES = 5  # of one question
PAUSE = 1.0  # seconds after a first fault; doubled with each that follows
LONGEST_PAUSE = 30.0
LONGEST_WAIT = 600.0  # seconds that a server may ask us to wait before it is asked again
PATIENCE = 60.0  # seconds without a byte
LONGEST_ANSWER = 1800.0  # seconds of one answer
MOST_ANSWER = 512 << 20  # bytes of an answer that is held in memory
MOST_FILE = 20 << 30  # bytes of a file that is fetched
MOST_REDIRECTS = 5
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # answers after which it is worth to ask again
_MOVED = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_REFUSED = {401, 403}


class PullStopped(Problem):
    """A pull that came to no end; `why` is what a page may have to say of it."""

    def __init__(self, sentence: str, why: PullFault) -> None:
        super().__init__(sentence)
        self.why = why


class _Passing(Exception):
    """A fault that may pass; `wait` are the seconds that the server asks for."""

    def __init__(self, what: str, wait: float = 0.0) -> None:
        super().__init__(what)
        self.wait = wait


class Web:
    """The server of one feed. `headers` may hold a secret: they go to its own host only."""

    def __init__(self, feed: Feed, headers: Mapping[str, str] | None = None) -> None:
        self.feed, self.headers = feed, dict(headers or {})
        self.host = urlsplit(feed.address).hostname or ""
        self._origin = _origin(feed.address)
        self._client = httpx2.Client(
            transport=CheckedTransport(feed.allow),
            trust_env=False,
            timeout=httpx2.Timeout(PATIENCE),
            headers={"User-Agent": "Porchlight", "Accept-Encoding": "gzip"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def json(self, address: str, params: Mapping[str, str] | None = None, post: Any = None) -> Any:
        """The JSON of an answer. PullStopped where it cannot be had."""

        def ask() -> Any:
            with self._answer(address, params, post) as answer:
                body = b"".join(self._pieces(answer, MOST_ANSWER))
            return parse_json(body)

        return self._again(ask)

    def file(self, address: str, target: Path, known: Mapping[str, str]) -> dict[str, str] | None:
        """Fetch a file, going on where it broke off; the marks of this version (`etag`,
        `last-modified`), or None where the server says that it is still the `known` one."""
        version: dict[str, str] = {}
        target.unlink(missing_ok=True)

        def ask() -> bool:
            have = target.stat().st_size if target.exists() else 0
            headers = _conditions(version, have) if have else _unless_known(known)
            if have and not headers:
                have = 0  # no way to tell whether it is the same version: from the start
            with self._answer(address, None, None, headers) as answer:
                if answer.status_code == httpx2.codes.NOT_MODIFIED:
                    return False
                on = answer.status_code == httpx2.codes.PARTIAL_CONTENT
                if on and not answer.headers.get("content-range", "").startswith(f"bytes {have}-"):
                    target.unlink()
                    raise _Passing("the rest of the file is not what was asked for")
                version.update(_marks(answer))
                with _private(target, "ab" if on else "wb") as out:
                    size = have if on else 0
                    for piece in self._pieces(answer, MOST_FILE - size):
                        out.write(piece)
            return True

        return version if self._again(ask) else None

    def next_link(self, address: str, link: object) -> str:
        """The address of a next page, as the server wrote it. PullStopped for another host."""
        joined = urljoin(address, str(link))
        if _origin(joined) != self._origin or "@" in urlsplit(joined).netloc:
            raise PullStopped(
                f"{self.host} names a next page on another host, {urlsplit(joined).hostname}: "
                "nothing was asked there.",
                PullFault.BROKEN,
            )
        return joined

    def _again(self, ask: Any) -> Any:
        """An answer, asked for again after faults that may pass."""

        def wait(error: Exception) -> bool | float:
            if not isinstance(error, _Passing):
                return False
            return error.wait or True

        tries = 0
        try:
            for attempt in stamina.retry_context(
                on=wait,
                attempts=TRIES,
                timeout=None,
                wait_initial=PAUSE,
                wait_max=LONGEST_PAUSE,
                wait_jitter=PAUSE,
            ):
                tries = attempt.num
                with attempt:
                    return ask()
        except _Passing as fault:
            raise PullStopped(
                f"{self.host} does not answer as it should ({fault}; asked {tries} times). What "
                "came is kept: the next pull goes on from there.",
                PullFault.UNREACHABLE,
            ) from None
        raise AssertionError("stamina came to no end")

    @contextmanager
    def _answer(
        self,
        address: str,
        params: Mapping[str, str] | None,
        post: Any,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx2.Response]:
        """An answer that is worth reading, after redirects."""
        url = httpx2.URL(address)
        if params:
            url = url.copy_merge_params(params)
        try:
            for _ in range(MOST_REDIRECTS + 1):
                own = self.headers if self._is_own(url) else {}
                method = "GET" if post is None else "POST"
                request = self._client.build_request(
                    method, url, json=post, headers={**own, **(headers or {})}
                )
                answer = self._client.send(request, stream=True)
                try:
                    if answer.status_code not in _MOVED:
                        self._check(answer)
                        yield answer
                        return
                    url = self._redirect(url, answer, post is not None)
                finally:
                    answer.close()
        except httpx2.TransportError as error:
            raise _Passing(_what(error)) from None
        except httpx2.DecodingError:
            raise _Passing("the answer is not packed as it says") from None
        except httpx2.InvalidURL:
            raise PullStopped(f"{self.host} names no address.", PullFault.BROKEN) from None
        raise PullStopped(
            f"{self.host} sends on more than {MOST_REDIRECTS} times.", PullFault.BROKEN
        )

    def _redirect(self, url: httpx2.URL, answer: httpx2.Response, post: bool) -> httpx2.URL:
        """Where an answer sends on to; without a secret, and never from https to http."""
        there = httpx2.URL(urljoin(str(url), answer.headers.get("location", "")))
        if there.scheme not in ("http", "https") or there.userinfo:
            raise PullStopped(
                f"{self.host} sends on to an address that is not asked.", PullFault.BROKEN
            )
        if (url.scheme, there.scheme) == ("https", "http") or (post and not self._is_own(there)):
            raise PullStopped(
                f"{self.host} sends on to {there.scheme}://{there.host}: nothing was asked there.",
                PullFault.BROKEN,
            )
        return there

    def _is_own(self, url: httpx2.URL) -> bool:
        """Return whether an address is of the feed's own server, or that with https."""
        scheme, host, port = _origin(str(url))
        own = self._origin
        return (scheme, host, port) == own or (
            (own[0], own[2], scheme, port) == ("http", 80, "https", 443) and host == own[1]
        )

    def _check(self, answer: httpx2.Response) -> None:
        """Raise what an answer without content means."""
        code = answer.status_code
        if code < 300 or code == httpx2.codes.NOT_MODIFIED:
            return
        if code in _PASSING:
            wait = retry_after(answer.headers.get("retry-after", ""))
            if wait > LONGEST_WAIT:
                raise PullStopped(
                    f"{self.host} asks to wait for {wait / 60:,.0f} minutes (HTTP {code}). What "
                    "came is kept: the next pull goes on from there.",
                    PullFault.UNREACHABLE,
                )
            raise _Passing(f"HTTP {code}", wait)
        if code in _GONE:
            raise PullStopped(
                f"There is nothing at {self.feed.public_address} any more (HTTP {code}).",
                PullFault.GONE,
            )
        if code in _REFUSED:
            raise self.refused(f"HTTP {code}")
        raise PullStopped(f"{self.host} refuses the question: HTTP {code}.", PullFault.BROKEN)

    def refused(self, what: str) -> PullStopped:
        """A sentence for a server that does not let us in."""
        name = self.feed.token
        hint = (
            f"Is the token in {name} right, and not expired?"
            if name
            else "It may want a token: name the environment variable that holds it under token."
        )
        return PullStopped(
            f"{self.host} does not let us in ({what}). {hint} What came is kept.", PullFault.REFUSED
        )

    def _pieces(self, answer: httpx2.Response, most: int) -> Iterator[bytes]:
        """The bytes of an answer, within the limits of size and time."""
        begun, size = time.monotonic(), 0
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > most:
                raise PullStopped(
                    f"{self.host} sends more than {most:,} bytes: it was not read on.",
                    PullFault.BROKEN,
                )
            if time.monotonic() - begun > LONGEST_ANSWER:
                raise _Passing("the answer came too slowly")
            yield piece


def secret(feed: Feed) -> str:
    """What stands in the environment variable of a feed; "" where it has none."""
    if not feed.token:
        return ""
    found = os.environ.get(feed.token, "").strip()
    if not found:
        raise Problem(
            f"The feed {feed.name} needs a token: put it in the environment variable {feed.token}."
        )
    if not found.isascii() or not found.isprintable():
        raise Problem(f"What stands in {feed.token} is no token: it holds other signs.")
    return found


def parse_json(body: bytes) -> Any:
    """The value of a JSON text, numbers that are none as null. _Passing for what is none, which
    is mostly an answer that was cut or a page of a proxy."""
    with contextlib.suppress(msgspec.DecodeError, RecursionError):
        return msgspec.json.decode(body)
    try:  # what it does not read: NaN, halves of characters
        return json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise _Passing("the answer is no JSON") from None


def retry_after(text: str) -> float:
    """The seconds of a Retry-After header, also where it is a date; 0 where it says nothing."""
    if text.strip().isdecimal():
        return float(text)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    try:
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        port = None
    return parts.scheme, (parts.hostname or "").rstrip("."), port


def _what(error: httpx2.TransportError) -> str:
    """What happened, in words of ours: those of a library may hold an address with a secret."""
    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {PATIENCE:g} seconds"
    if isinstance(error, httpx2.ConnectError):
        return "no connection"
    return "the connection broke off"


def _marks(answer: httpx2.Response) -> dict[str, str]:
    return {n: answer.headers[n] for n in ("etag", "last-modified") if n in answer.headers}


def _conditions(version: Mapping[str, str], have: int) -> dict[str, str]:
    """The headers that ask for the rest of the same version; none where nothing tells it."""
    etag = version.get("etag", "")
    mark = version.get("last-modified", "") if not etag or etag.startswith("W/") else etag
    plain = {"Accept-Encoding": "identity"}
    return {"Range": f"bytes={have}-", "If-Range": mark, **plain} if mark else {}


def _unless_known(known: Mapping[str, str]) -> dict[str, str]:
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    told = {names[n]: known[n] for n in names if n in known}
    return {"Accept-Encoding": "identity", **told}  # a part of a packed file could not be added to


def _private(target: Path, mode: str) -> Any:
    return open(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), mode)  # noqa: PTH123
