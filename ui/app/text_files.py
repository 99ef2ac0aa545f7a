"""Texts that are made while the server runs, sent compressed and with validators like files."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cached_property

from starlette.responses import Response

CODINGS = ("br", "gzip")  # best first


class TextFile:
    """A text with its kind (a media type) and how long a browser may keep it."""

    def __init__(self, text: str, kind: str, keeps: str) -> None:
        self.body, self.kind, self.keeps = text.encode(), kind, keeps
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    @cached_property
    def _twins(self) -> dict[str, bytes]:
        """The text by coding; made when it is first asked for."""
        twins = {"gzip": gzip.compress(self.body, 9, mtime=0)}
        try:
            import brotli
        except ImportError:  # as after an update of ours alone: larger, but right
            return twins
        return {"br": brotli.compress(self.body, quality=9), **twins}

    def response(self, wants: Mapping[str, str]) -> Response:
        """The answer to a request with these headers: whole and compressed, or 304."""
        headers = {"Cache-Control": self.keeps, "Vary": "Accept-Encoding", "ETag": self.etag}
        if self.etag in (part.strip() for part in wants.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        for coding in CODINGS:
            if coding in taken_codings(wants) and coding in self._twins:
                headers["Content-Encoding"] = coding
                return Response(self._twins[coding], headers=headers, media_type=self.kind)
        return Response(self.body, headers=headers, media_type=self.kind)


def taken_codings(wants: Mapping[str, str]) -> set[str]:
    """The codings that a browser takes, by its headers."""
    found = set()
    for part in wants.get("accept-encoding", "").lower().split(","):
        name, _, rest = part.partition(";")
        if rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(name.strip())
    return found
