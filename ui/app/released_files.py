"""The files of published releases at addresses that do not change, for any page and program.

`/releases/<id>/...` stays what it is until it is recalled; `/current/...` and `/embed/...` are
those of the newest release.
"""

import os
import re
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

# never asked again while it is fresh; no longer, for a recall must reach whoever has read it
KEPT = "public, max-age=600, immutable"
ASKED_AGAIN = "no-cache"
_PERMANENT = re.compile(r"releases/[^/]+/(?!embed/).+\.(?:parquet|csv|json|geojson)")
# by suffix; what is not listed is of the kind that the system says
TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".xml": "application/atom+xml; charset=utf-8",
}
# the files that stand in the public folder itself
ALONE = ("corrections.html", "corrections.xml", "corrections.css")
# what a page of another site may ask with, and what its script may read of the answer
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}
READABLE = {"Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag"}


class ReleasedFiles(StaticFiles):
    """A folder of a public folder, with validators, ranges and types.

    There is no list of files. A link leads to what lies in the public folder, by no name that
    begins with a dot; everything else is not there.
    """

    def __init__(self, public: Path, folder: str) -> None:
        super().__init__(directory=public / folder, html=True, check_dir=False)
        self.public, self.folder = public, folder

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer to a request; 404 for whatever is not a released file."""
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        try:
            found = await anyio.to_thread.run_sync(self._outside, path)
        except (OSError, ValueError):
            found = True
        if found:
            raise HTTPException(404)
        try:
            return await super().get_response(path, scope)
        except (HTTPException, OSError) as refused:
            if getattr(refused, "status_code", 404) == 405:
                raise
            raise HTTPException(404) from None

    def _outside(self, path: str) -> bool:
        """Return whether a path leads out of the public folder or to what is hidden in it."""
        root = self.public.resolve()
        real = (self.public / self.folder / path).resolve()
        if not real.is_relative_to(root):
            return True
        return any(part.startswith(".") for part in real.relative_to(root).parts)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """A file with its type and how long it may be kept; 304 where the reader has it.

        Only by its tag: a recall turns `current` to an older release, and by the date alone
        readers would keep the recalled one.
        """
        file = Path(full_path)
        response = FileResponse(
            file,
            status_code=status_code,
            headers={"Cache-Control": self._keeps(file), **READABLE},
            media_type=TYPES.get(file.suffix),
            stat_result=stat_result,
        )
        asked = Headers(scope=scope)
        if "if-none-match" in asked and self.is_not_modified(response.headers, asked):
            return NotModifiedResponse(response.headers)
        return response

    def _keeps(self, file: Path) -> str:
        """How long a browser may keep a file; what is asked for as `current` only to ask again."""
        if self.folder != "releases":
            return ASKED_AGAIN
        name = file.relative_to(self.public.resolve()).as_posix()
        return KEPT if _PERMANENT.fullmatch(name) else ASKED_AGAIN


def mounts(public: Path) -> tuple[BaseRoute, ...]:
    """The routes of a public folder: its releases, and the files beside them."""
    folders = {"/embed": "current/embed", "/current": "current", "/releases": "releases"}
    found = [Mount(path, ReleasedFiles(public, name)) for path, name in folders.items()]
    return (*found, *(_alone(public, name) for name in ALONE))


def _alone(public: Path, name: str) -> Route:
    """The route of one file of the public folder."""
    files = ReleasedFiles(public, "")

    async def answer(request: Request) -> Response:
        return await files.get_response(name, request.scope)

    return Route(f"/{name}", answer, methods=["GET", "HEAD", "OPTIONS"])
