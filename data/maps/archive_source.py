"""Where an archive is read from: a file, or an address that answers range requests."""

import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol
from urllib.parse import urlsplit

from data.settings import Problem

BUILDS = "https://build.protomaps.com/{day:%Y%m%d}.pmtiles"  # the whole planet, one a day
DAYS = 10  # how far back a build is looked for: they are kept for about a week
PATIENCE = 30.0  # seconds without a byte
PAUSE = 1.0  # seconds after a first fault, doubled with each that follows
TRIES = 5  # faults in a row, without a byte between them
FIRST_TRIES = 2  # of a host that has not answered yet
_LONGEST_PAUSE = 60.0
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # answers after which it is worth to ask again
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Missing(Problem):
    """There is nothing at an address."""


class ArchiveSource(Protocol):
    """Bytes of an archive."""

    name: str
    """The file or the address."""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes. Problem where they cannot be had."""
        ...

    def identity(self) -> str:
        """Text that is another one when the archive is; known once something was read."""
        ...


class FileSource:
    """An archive on the disk."""

    def __init__(self, file: Path) -> None:
        self.name, self.file = str(file), file
        try:
            self.size = file.stat().st_size
            file.open("rb").close()
        except OSError as error:
            raise Problem(f"{file} cannot be read: {error.strerror}.") from None

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes."""
        with self.file.open("rb") as opened:
            opened.seek(offset)
            came = opened.read(length) if offset + length <= self.size else b""
        return came if len(came) == length else _not_whole(self.name, offset + length)

    def identity(self) -> str:
        """Path, size and time of change."""
        return f"{self.file.resolve()} {self.size} {self.file.stat().st_mtime_ns}"


class _Fault(Exception):
    """Something that may pass: `wait` says how long the host asks us to wait."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect within a host, and to https; no other, because nobody agreed to it."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request that follows a redirect."""
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if old.hostname != new.hostname or (old.scheme, new.scheme) == ("https", "http"):
            raise Problem(
                f"{old.hostname} sends on to another address, {new.scheme}://{new.netloc}. "
                f"Nothing was asked there. If you trust it: --from {newurl}"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class WebSource:
    """An archive at an address, read by range requests."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise Problem(
                f"{address} is neither a file nor an address that begins with https:// and a host."
            )
        self.name, self.host = address, parts.hostname
        self.size, self._etag = 0, ""
        self._opener = urllib.request.build_opener(_SameHost)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; asked again, from where the answer broke off, after a fault."""
        if self.size and offset + length > self.size:
            _not_whole(self.name, offset + length)
        came, faults = bytearray(), 0
        while len(came) < length:
            before = len(came)
            try:
                for piece in self._pieces(offset + before, length - before):
                    came += piece
            except _Fault as fault:
                faults = 1 if len(came) > before else faults + 1
                if faults > (TRIES if self.size else FIRST_TRIES):
                    raise Problem(
                        f"{self.host} does not answer as it should: {fault}. What came is kept: "
                        "the same command goes on from there."
                    ) from None
                time.sleep(min(max(PAUSE * 2 ** (faults - 1), fault.wait), _LONGEST_PAUSE))
        return bytes(came)

    def identity(self) -> str:
        """Address, size and the host's mark of this version."""
        return f"{self.name} {self.size} {self._etag}"

    def _pieces(self, start: int, length: int) -> Iterator[bytes]:
        """Bytes from `start` on, at most `length`. _Fault where the answer broke off."""
        with self._answer(start, start + length - 1) as answer:
            left = min(length, self._promised(answer, start))
            while left:
                try:
                    piece = answer.read(min(left, 1 << 16))
                except (OSError, http.client.HTTPException) as error:
                    raise _Fault(str(error) or type(error).__name__) from None
                if not piece:
                    raise _Fault("the answer broke off")
                left -= len(piece)
                yield piece

    def _answer(self, start: int, end: int) -> Any:
        """The host's answer to a range request."""
        headers = {
            "Range": f"bytes={start}-{end}",
            "Accept-Encoding": "identity",
            "User-Agent": "Porchlight",
        }
        try:
            return self._opener.open(
                urllib.request.Request(self.name, headers=headers), timeout=PATIENCE
            )
        except urllib.error.HTTPError as error:
            error.close()
            self._refused(error, end)
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise Problem(
                    f"{self.host} cannot prove who it is ({error.reason.verify_message})."
                ) from None
            why = getattr(error.reason, "strerror", None) or error.reason
            raise _Fault(str(why)) from None
        except (OSError, http.client.HTTPException) as error:
            raise _Fault(str(error) or type(error).__name__) from None

    def _refused(self, error: urllib.error.HTTPError, end: int) -> NoReturn:
        if error.code in (404, 410):
            raise Missing(f"There is nothing at {self.name} (HTTP {error.code}).") from None
        if error.code == 416:
            _not_whole(self.name, end + 1)
        if error.code in _PASSING:
            wait = error.headers.get("Retry-After", "")
            seconds = float(wait) if wait.isdecimal() else 0.0
            raise _Fault(f"HTTP {error.code}", seconds) from None
        raise Problem(f"{self.host} refuses {self.name}: HTTP {error.code}.") from None

    def _promised(self, answer: Any, start: int) -> int:
        """How many bytes an answer says it brings, from `start` on."""
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        coded = answer.headers.get("Content-Encoding", "identity")
        if answer.status != 206 or not found or coded != "identity":
            raise Problem(
                f"{self.host} does not answer range requests (it sent HTTP {answer.status} "
                "and the whole file, or no range). Download the file, and name it with --from."
            )
        first, last, size = map(int, found.groups())
        etag = answer.headers.get("ETag", "")
        if self.size and (size, etag) != (self.size, self._etag):
            raise Problem(f"{self.name} changed while it was read. Run the command again.")
        self.size, self._etag = size, etag
        if first != start or last < first or last >= size:
            raise Problem(f"{self.host} sends other bytes than those asked for ({found[0]}).")
        return last - first + 1


def _not_whole(name: str, end: int) -> NoReturn:
    raise Problem(f"{name} is not whole: it ends before byte {end:,}, which it speaks of.")


def open_source(named: str) -> ArchiveSource:
    """The archive at an address or in a file."""
    return WebSource(named) if "://" in named else FileSource(Path(named).expanduser())


def newest_build(today: date) -> WebSource:
    """The newest daily build of the planet that answers. Problem where none does."""
    for back in range(DAYS):
        found = WebSource(BUILDS.format(day=today - timedelta(days=back)))
        try:
            found.read(0, 1)
        except Missing:
            continue
        return found
    raise Problem(
        f"{urlsplit(BUILDS).hostname} has no build of the last {DAYS} days. "
        "Name another archive with --from."
    )
