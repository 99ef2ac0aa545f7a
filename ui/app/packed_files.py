"""Serve the packed copy of Streamlit's static files, or Streamlit's own while there is none."""

import mimetypes
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from data.settings import ROOT
from ui.app import packed_static, text_files
from ui.app.browser_caching import FOR_EVER

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
    taken = text_files.taken_codings(wants)
    for coding, end in _TWINS:
        if coding in taken and (twin := file.with_name(file.name + end)).exists():
            return coding, twin
    return "", file


class Pages:
    """The page that every address of the dashboard answers with: packed as soon as it can be."""

    def __init__(self, folder: Path = packed_static.FOLDER) -> None:
        self.folder = folder
        self.copy = packed_static.find(folder)
        self._files = PackedFiles(folder, "no-cache")

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
        index = copy / "index.html"
        return self._files.file_response(index, index.stat(), request.scope)

    def pack_soon(self) -> None:
        """Have the copy made, in a process of its own, where it is not there yet."""
        if self.copy is None:
            threading.Thread(target=self._pack, daemon=True).start()

    def _pack(self) -> None:
        words = ["-m", "ui.app.packed_static", str(self.folder)]
        subprocess.run([sys.executable, *words], cwd=ROOT, check=False)
        self.copy = packed_static.find(self.folder)
