"""The addresses of the form: taken in, sealed, acknowledged. No cookie, no address, no log.

What is sent is acknowledged when it is on the disk. What cannot be taken in comes back as it was
typed, with what is wrong beside its field.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from data.reports.door_settings import DoorSettings
from data.reports.report_form import Fault, Form, Ground, clean_line, read_form
from data.reports.spool import seal_report, whole_hour
from data.reports.tip import Channel, Incoming, Tip
from data.settings import Problem
from ui.door import pages
from ui.door.pace import Pace
from ui.door.pages import Filled, Frame
from ui.door.texts import Texts, choose_language, load_languages
from ui.door.tokens import Standing, Tokens, hash_code, read_code

MOST_FIELDS = 200
_AGAIN = {Standing.EARLY: "again.early", Standing.STALE: "again.stale"}
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Team:
    """What signed-in people may do at the form besides: the channels that who asks may choose,
    the pseudonym of who asks, and the keyed hash that stands for a word of a caller."""

    channels: Callable[[Request], tuple[str, ...]]
    author: Callable[[Request], str]
    origin: Callable[[str], str]


class _Source(NamedTuple):
    """Where a report comes from, as `Incoming` says it."""

    channel: str = Channel.FORM
    origin: str | None = None
    author: str = ""


class _Asked(NamedTuple):
    """What every answer needs: the settings, the frame of pages, and what a form is read against."""

    door: DoorSettings
    frame: Frame
    ground: Ground


class Door:
    """The form of one process.

    `load` gives the settings as they are now, and raises Problem where there are none.
    """

    def __init__(self, load: Callable[[], DoorSettings], *, team: Team | None = None) -> None:
        self.load, self.team = load, team
        self.tokens, self.pace = Tokens(), Pace()
        self._writing: dict[str, asyncio.Future[Path]] = {}
        self._languages: tuple[DoorSettings, Mapping[str, Texts]] | None = None

    def routes(self) -> list[Route]:
        """The addresses: the form, what was sent, and the way to take it back."""
        return [
            Route("/report", self.form),
            Route("/report/sent", self.sent, methods=["GET", "POST"]),
            Route("/report/withdraw", self.withdraw, methods=["GET", "POST"]),
        ]

    def prepare(self) -> None:
        """Load the texts, so that the first who asks does not wait. Problem without settings."""
        self._on(self.load())

    def _on(self, door: DoorSettings) -> Mapping[str, Texts]:
        """The languages that are on; read anew when the settings have changed."""
        if self._languages is None or self._languages[0] != door:
            self._languages = door, load_languages(door)
        return self._languages[1]

    async def form(self, request: Request) -> Response:
        """The empty form."""
        try:
            asked = self._asked(request)
        except Problem as problem:
            return self._closed(problem)
        return self._form(request, asked, self.tokens.issue(), Filled())

    async def sent(self, request: Request) -> Response:
        """Take a report in, or give it back as it was typed."""
        if request.method != "POST":  # reloaded: the report is not sent again
            return RedirectResponse(f"/report?{request.url.query}", 303)
        form = await _read_body(request)
        await self.pace.turn()
        try:
            asked = self._asked(request)
        except Problem as problem:
            return self._closed(problem)
        token = _first(form, "token")
        standing = self.tokens.standing(token)
        if standing is Standing.USED:
            return self._receipt(asked, token, repeated=True)
        fresh = self.tokens.issue() if standing is Standing.STALE else token
        reading = read_form(form, asked.ground)
        source = self._source(request, form, reading.faults)
        filled = Filled(form, reading, "" if reading.faults else _AGAIN.get(standing, ""))
        if reading.faults or filled.notice:
            return self._form(request, asked, fresh, filled, 422)
        code = hash_code(self.tokens.receipt(token))
        incoming = Incoming(
            source.channel,
            reading.tip,
            _hour(),
            origin=source.origin,
            receipt=code,
            author=source.author,
        )
        try:
            repeated = await self._write(token, asked.door, incoming)
        except OSError as error:
            _LOG.error("The spool cannot be written to: %s", error.strerror or error)
            failed = replace(filled, notice="again.failed")
            return self._form(request, asked, token, failed, 503)
        return self._receipt(asked, token, repeated=repeated)

    async def withdraw(self, request: Request) -> Response:
        """Ask for a receipt code, and take in the wish to take its report back."""
        form = await _read_body(request) if request.method == "POST" else {}
        if request.method == "POST":
            await self.pace.turn()
        try:
            asked = self._asked(request)
        except Problem as problem:
            return self._closed(problem)
        frame, token = asked.frame, _first(form, "token")
        if request.method != "POST":
            return HTMLResponse(pages.withdraw_page(frame, self.tokens.issue()))
        typed = clean_line(_first(form, "code"))
        code, standing = read_code(typed), self.tokens.standing(token)
        if standing is Standing.USED:
            return HTMLResponse(pages.withdraw_page(frame))
        notice = _AGAIN.get(standing, "") if code else ""
        if not code or notice:
            fresh = self.tokens.issue() if standing is Standing.STALE else token
            page = pages.withdraw_page(frame, fresh, typed, notice, wrong=not code)
            return HTMLResponse(page, 422)
        wish = Incoming(Channel.FORM, Tip(), _hour(), receipt=hash_code(code), withdraws=True)
        try:
            await self._write(token, asked.door, wish)
        except OSError as error:
            _LOG.error("The spool cannot be written to: %s", error.strerror or error)
            page = pages.withdraw_page(frame, token, typed, "again.failed")
            return HTMLResponse(page, 503)
        return HTMLResponse(pages.withdraw_page(frame))

    async def _write(self, token: str, door: DoorSettings, incoming: Incoming) -> bool:
        """Return when a report is on the disk: whether it was there already, sent by a second tap
        that came while the first was written. OSError where it cannot be written."""
        if self.tokens.standing(token) is Standing.USED:
            return True
        running = self._writing.get(token)
        if running is not None:
            await asyncio.shield(running)
            return True
        running = asyncio.ensure_future(
            asyncio.to_thread(seal_report, door.spool, door.recipient, incoming)
        )
        running.add_done_callback(lambda done: self._written(token, done))
        self._writing[token] = running
        await asyncio.shield(running)  # who goes away meanwhile has sent it all the same
        return False

    def _written(self, token: str, done: "asyncio.Future[Path]") -> None:
        del self._writing[token]
        if not done.cancelled() and done.exception() is None:
            self.tokens.use(token)

    def _asked(self, request: Request) -> _Asked:
        """The settings as they are now, and the language of who asks."""
        door = self.load()
        on = self._on(door)
        accepted = request.headers.get("accept-language", "")[:200]
        language = choose_language(on, request.query_params.get("lang", ""), accepted)
        now = datetime.now(ZoneInfo(door.zone)).replace(tzinfo=None)
        frame = Frame(door.name, on, language)
        return _Asked(door, frame, Ground(door.areas, now, door.region, language))

    def _source(self, request: Request, form: Form, faults: dict[str, Fault]) -> _Source:
        """The channel that was chosen by who may, who typed for others, and the hash that tells a
        caller apart. What somebody reports as seen by themselves has neither."""
        chosen = _first(form, "channel")
        if self.team is None or chosen not in self.team.channels(request):
            return _Source()
        author = self.team.author(request)
        word = " ".join(_first(form, "word").casefold().split())
        if chosen != Channel.HOTLINE or not _first(form, "agrees"):
            return _Source(chosen, author=author)
        if not word:
            faults["word"] = Fault.MISSING
        return _Source(chosen, self.team.origin(word), author)

    def _form(
        self, request: Request, asked: _Asked, token: str, filled: Filled, status: int = 200
    ) -> Response:
        channels = self.team.channels(request) if self.team else ()
        offered = (Channel.FORM, *channels) if channels else ()
        page = pages.form_page(asked.frame, asked.ground, token, filled, offered)
        return HTMLResponse(page, status)

    def _receipt(self, asked: _Asked, token: str, *, repeated: bool) -> Response:
        page = pages.sent_page(asked.frame, self.tokens.receipt(token), repeated=repeated)
        return HTMLResponse(page)

    def _closed(self, problem: Problem) -> Response:
        """The page where no settings can be read; why stands in the log of who runs this."""
        _LOG.error("The form is closed: %s", problem)
        frame = Frame("", load_languages(DoorSettings("", "UTC")), "en")
        return HTMLResponse(pages.closed_page(frame), 503)


async def _read_body(request: Request) -> Form:
    """The fields of a sent form; none where it is no such form."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def _first(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0]


def _hour() -> str:
    return whole_hour().isoformat()
