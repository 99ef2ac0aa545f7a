"""/c/NAME: a cite as it was made, and what became of it. It never leads to another address.

A cite of released numbers is for anybody. The team's are for who may see the team's pages: others
get the same answer whatever name they ask for, so that nobody learns which there are.
"""

from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.cites import released_cites
from data.cites.cite_folder import Tampered, is_cite_name
from ui.app.refusals import Refusal, refusal_page

PATH = "/c/{rest:path}"
NOT_CITED = Refusal(404, "Nothing was cited under this name.")
# by suffix; a browser runs nothing that stands in a picture, also where it is opened alone
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

Person = Callable[[HTTPConnection], Refusal | None]
# what a cite of the team's shows: its page where no file is named. FileNotFoundError where there
# is none, Tampered where it is not as it was written
TeamCite = Callable[[str, str, str], bytes]


def routes(
    public: Path | None, person: Person | None, team: TeamCite | None, origin: str
) -> list[Route]:
    """The route of cites. `public` is the folder of what is released, `person` refuses who may
    not see the team's pages (None: nobody is asked), `team` shows the team's cites (None: there
    are none here), `origin` is the site's ("": that of the request)."""

    def answer(request: Request) -> Response:
        name, _, file = request.path_params["rest"].partition("/")
        if public is not None and is_cite_name(name):
            body = released_cites.read_page_or_file(public, name, file)
            if body is not None:
                return _response(body, file)
        if team is None:
            return _refused(request, NOT_CITED)
        if person is not None and (refused := person(request)):
            return _refused(request, refused)
        try:
            return _response(team(name, file, origin or str(request.base_url).rstrip("/")), file)
        except FileNotFoundError:
            return _refused(request, NOT_CITED)
        except Tampered as tampered:
            return _response(released_cites.tampered_page(tampered), "", 410)

    return [Route(PATH, answer)]


def _refused(request: Request, refusal: Refusal) -> Response:
    return refusal_page(refusal, request.scope, Headers(scope=request.scope))


def _response(body: bytes, file: str, status: int = 200) -> Response:
    """A page or a file of a cite; search engines list neither."""
    noindex = {"X-Robots-Tag": "noindex"}
    if not file:
        return HTMLResponse(body, status, noindex)
    headers = {**noindex, "Content-Security-Policy": _FILE_POLICY}
    kind = _TYPES.get(file.rpartition(".")[2], "application/octet-stream")
    return Response(body, status, headers, kind)
