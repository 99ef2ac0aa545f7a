"""The address of the help page. It opens no store, writes nothing down and sets no cookie."""

import datetime as dt
import sys
from collections.abc import Callable
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.help.help_page import help_page
from data.help.help_table import HelpTable, load_help
from data.languages import FIRST
from data.settings import Problem

PATH = "/help"


def routes(load: Callable[[], HelpTable] = load_help, home: str = "/") -> list[Route]:
    """The route of the help page, for any application of ours; `load` reads the help anew, and
    `home` is where its name leads."""
    return [Route(PATH, _Help(load, home).answer)]


class _Help:
    """The help page, with the last table that could be read: a mistake in help.toml that is
    being edited must not take the numbers away."""

    def __init__(self, load: Callable[[], HelpTable], home: str) -> None:
        self.load, self.home, self.last, self.wrong = load, home, HelpTable(), ""

    async def answer(self, request: Request) -> Response:
        """The page in the language that the address names."""
        table = self._table()
        today = dt.datetime.now(ZoneInfo(table.zone)).date()
        language = request.query_params.get("lang", FIRST)
        return HTMLResponse(
            help_page(table, language, today, self.home), headers={"Cache-Control": "no-store"}
        )

    def _table(self) -> HelpTable:
        try:
            self.last, self.wrong = self.load(), ""
        except (Problem, OSError) as problem:
            if str(problem) != self.wrong:  # once, for those who run it
                self.wrong = str(problem)
                print(f"The help page is not as new as its file. {problem}", file=sys.stderr)
        return self.last
