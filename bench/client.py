"""A reader without a browser: speaks to a running dashboard as Streamlit's own page does."""

import html
import io
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from data.settings import Problem

PATIENCE = 120.0  # seconds for one answer
TOKEN = "_streamlit_xsrf"
RANKED = re.compile(r'class="name" title="([^"]*)".*?class="value">([\d,]+)<', re.S)
COUNTED = re.compile(r"([\d,]+) of [\d,]+ incidents")


@dataclass
class Screen:
    """The answer of one run of a page: seconds to its end, bytes, texts, tables, pieces of
    HTML, errors."""

    seconds: float = 0.0
    size: int = 0
    texts: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)  # their ids by what they say
    tables: list[bytes] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sizes: dict[str, list[int]] = field(default_factory=dict)  # of each element, by its kind

    @property
    def sentence(self) -> str:
        """The View in words, `N of M incidents: ...`; empty where there is none."""
        return next((text for text in self.texts if COUNTED.match(text)), "")

    @property
    def count(self) -> int | None:
        """The number of incidents that the headline tells."""
        found = COUNTED.match(self.sentence)
        return int(found[1].replace(",", "")) if found else None

    @property
    def ranked(self) -> pd.DataFrame:
        """The ranked list as it travelled, area and n: the plain one's table, or our list, which
        holds the first areas only; empty where there is none."""
        for data in self.tables:
            table = pa.ipc.open_stream(io.BytesIO(data)).read_all().to_pandas()
            if {"area", "n"} <= set(table):
                return table.reset_index(drop=True)
        rows = [row for body in self.lists for row in RANKED.findall(body)]
        counts = [int(n.replace(",", "")) for _, n in rows]
        return pd.DataFrame({"area": [html.unescape(name) for name, _ in rows], "n": counts})


class Reader:
    """One session with a dashboard."""

    def __init__(self, socket: Any, origin: str) -> None:
        self.socket = socket
        self.address = f"{origin}/"
        self.kept: dict[str, ForwardMsg] = {}  # large messages: sent once, then named

    async def ask(self, query: str, page: str = "") -> Screen:
        """The screen that a link's query gives, as the back button asks for it; `page` is the
        address of another page than the Map.

        The widgets take their values from the query, those that it leaves out their
        usual ones; the time counts from sending to the end of the run.
        """
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        asked.rerun_script.is_history_navigation = True
        return await self._run(asked)

    async def press(self, button: str, page: str) -> Screen:
        """The screen after a button (by the id that a screen gave) of a page was pressed; all other
        widgets have their usual values."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        pressed = asked.rerun_script.widget_states.widgets.add()
        pressed.id, pressed.trigger_value = button, True
        return await self._run(asked)

    async def _run(self, asked: BackMsg) -> Screen:
        asked.rerun_script.cached_message_hashes.extend(self.kept)
        context = asked.rerun_script.context_info
        context.url, context.color_scheme = self.address, "light"
        context.locale, context.timezone = "en-US", "America/Chicago"
        screen, start = Screen(), time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while True:
            raw = await self.socket.recv()
            message = ForwardMsg.FromString(raw)
            what = message.WhichOneof("type")
            screen.size += len(raw)
            if what == "new_session":  # what an earlier run has sent is gone
                screen = Screen(size=screen.size)
            elif what == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    break
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise Problem(f"The dashboard at {self.address} cannot be compiled.")
            else:
                self._take(message, screen)
        screen.seconds = time.perf_counter() - start
        return screen

    def _take(self, message: ForwardMsg, screen: Screen) -> None:
        """Keep what an element says."""
        if message.metadata.cacheable:
            self.kept[message.hash] = message
        if message.WhichOneof("type") == "ref_hash":
            message = self.kept[message.ref_hash]
        if message.WhichOneof("type") != "delta":
            return
        new = message.delta.WhichOneof("type") or ""
        element = getattr(message.delta, new)
        kind = element.WhichOneof("type") if new in ("new_element", "add_block") else new
        screen.sizes.setdefault(kind or new, []).append(element.ByteSize())
        if new != "new_element":
            return
        match element.WhichOneof("type"):
            case "button":
                screen.buttons[element.button.label] = element.button.id
            case "heading":
                screen.headings.append(element.heading.body)
            case "alert":
                screen.alerts.append(element.alert.body)
            case "text":
                screen.texts.append(element.text.body)
            case "html":
                screen.lists.append(element.html.body)
            case "dataframe":
                screen.tables.append(element.dataframe.arrow_data.data)
            case "exception":
                screen.errors.append(element.exception.message or element.exception.type)


@asynccontextmanager
async def reader(
    port: int, origin: str = "", cookies: Mapping[str, str] | None = None
) -> AsyncIterator[Reader]:
    """A session of its own with the dashboard at a port of this machine.

    `origin` is what a browser calls it, `cookies` are those of somebody who has signed in.
    """
    cookies = cookies or {}
    origin = origin or f"http://127.0.0.1:{port}"
    # Streamlit believes the cookies only with its token, which its page sends as a protocol
    words = ["streamlit", *(value for name, value in cookies.items() if name == TOKEN)]
    pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
    async with websockets.connect(
        f"ws://{origin.partition('://')[2]}/_stcore/stream",
        host="127.0.0.1",
        port=port,
        origin=websockets.Origin(origin),
        subprotocols=[websockets.Subprotocol(word) for word in words],
        additional_headers={"Cookie": pairs} if pairs else {},
        compression=None,
        max_size=None,
        ping_interval=None,  # a busy server is no dead one
        open_timeout=PATIENCE,
    ) as socket:
        yield Reader(socket, origin)
