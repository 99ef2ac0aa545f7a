"""Serve the packed copy of Streamlit's static files, or Streamlit's own while there is none."""

import asyncio
import logging
import mimetypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope
from streamlit import runtime

from data.settings import ROOT, Problem
from ui.app import packed_static
from ui.app.browser_caching import FOR_EVER
from ui.app.text_files import TextFile, taken_codings
from ui.frame import look

PICTURE_KEPT = "private, no-cache"  # numbers of the team: no server between keeps them
_TWINS = (("br", ".br"), ("gzip", ".gz"))


class PackedFiles(StaticFiles):
    """Files that may have compressed twins beside them, which go out instead where they may."""

    def __init__(self, folder: Path, keeps: str) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.keeps = keeps

    async def check_config(self) -> None:
        """A folder that is not there yet has no files."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file; 404 where a part of its path is hidden, such as a copy that is being made."""
        if any(part.startswith(".") for part in Path(path).parts):
            raise HTTPException(404)
        return await super().get_response(path, scope)

    def file_response(
        self,
        full_path: PathLike[str] | str,
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The answer with a file: whole and compressed, a range of it as it is, or 304."""
        wants = Headers(scope=scope)
        headers = {"Cache-Control": self.keeps, "Vary": "Accept-Encoding"}
        kind = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
        coding, twin = ("", full_path) if "range" in wants else _twin(Path(full_path), wants)
        if coding:
            headers["Content-Encoding"] = coding
            stat_result = Path(twin).stat()
        answer = FileResponse(
            twin, status_code, headers=headers, media_type=kind, stat_result=stat_result
        )
        if self.is_not_modified(answer.headers, wants):
            return NotModifiedResponse(answer.headers)
        return answer


def _twin(file: Path, wants: Headers) -> tuple[str, PathLike[str] | str]:
    """The coding and the file that a browser takes best; "" and the file itself for none."""
    taken = taken_codings(wants)
    for coding, end in _TWINS:
        if coding in taken and (twin := file.with_name(file.name + end)).exists():
            return coding, twin
    return "", file


class Pages:
    """The page that every address of the dashboard answers with: packed as soon as it can be.

    `first_picture` makes the HTML that stands in the first page until the map is drawn, "" for
    none; only the address without a query gets it, and a visitor waits no longer than `patience`
    seconds for one that is still being made.
    """

    def __init__(
        self,
        folder: Path = packed_static.FOLDER,
        first_picture: Callable[[], str] | None = None,
        patience: float = 0.5,
    ) -> None:
        self.folder = folder
        self.copy = packed_static.find(folder)
        self.first_picture, self.patience = first_picture, patience
        self._files = PackedFiles(folder, "no-cache")
        self._pictured: tuple[Path, str, TextFile] | None = None
        self._making: asyncio.Task[str] | None = None

    def routes(self, paths: Iterable[str]) -> list[BaseRoute]:
        """The routes of the pages and of the packed files."""
        files = PackedFiles(self.folder, FOR_EVER)
        pages = [Route(path, self.answer, methods=["GET"]) for path in paths]
        return [*pages, Mount(packed_static.ADDRESS, files)]

    async def answer(self, request: Request) -> Response:
        """The page, packed or as Streamlit has it; asked for anew at each visit."""
        copy = self.copy
        if copy is None or not packed_static.can_serve(copy):  # somebody may have cleared it away
            copy = packed_static.source()
        elif request.url.path == "/" and not request.url.query and (html := await self._picture()):
            return self._with_picture(copy, html).response(request.headers)
        index = copy / "index.html"
        return self._files.file_response(index, index.stat(), request.scope)

    async def _picture(self) -> str:
        """The first picture; "" where there is none, or none yet."""
        if self.first_picture is None:
            return ""
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(run_in_threadpool(self._make_picture))
        await asyncio.wait({self._making}, timeout=self.patience)
        return self._making.result() if self._making.done() else ""

    def _make_picture(self) -> str:
        """The first picture; "" where something is wrong: the page itself will say what."""
        try:
            return self.first_picture() if self.first_picture else ""
        except Problem:
            return ""
        except Exception:  # whatever it is, the page must come without it
            logging.getLogger(__name__).warning("There is no first picture.", exc_info=True)
            return ""

    def _with_picture(self, copy: Path, html: str) -> TextFile:
        """The packed page with the picture before all else, made once for each picture."""
        if self._pictured is None or self._pictured[:2] != (copy, html):
            page = (copy / "index.html").read_text(encoding="utf-8")
            before, body, after = page.partition("<body>")
            early = f"<script>{look.EARLY_SCRIPT}</script>"
            file = TextFile(before + body + early + html + after, "text/html", PICTURE_KEPT)
            self._pictured = copy, html, file
        return self._pictured[2]

    def prepare_soon(self) -> None:
        """Have the first picture made before anybody asks, once the server runs."""
        if self.first_picture is not None:
            threading.Thread(target=self._prepare, daemon=True).start()

    def _prepare(self) -> None:
        while not runtime.exists():  # the map's component registers with a running server only
            time.sleep(0.05)
        self._make_picture()

    def pack_soon(self) -> None:
        """Have the copy made, in a process of its own, where it is not there yet."""
        if self.copy is None:
            threading.Thread(target=self._pack, daemon=True).start()

    def _pack(self) -> None:
        words = ["-m", "ui.app.packed_static", str(self.folder)]
        try:
            subprocess.run([sys.executable, *words], cwd=ROOT, check=False)
        except OSError:  # who serves may not start programs; what is not packed is sent as it is
            return
        self.copy = packed_static.find(self.folder)
