"""Telegram's export in JSON: result.json of one chat, or of a whole account."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from data.messages.json_items import read_items
from data.messages.links import find_links
from data.messages.message import Left, LeftOut, Message, Reading, from_clock, from_epoch
from data.messages.text_source import open_members

TELEGRAM_FILES = "result.json|*/result.json"
# path of messages -> path of the id of their chat, which stands before them
_CHATS = {
    "messages.item": "id",
    "chats.list.item.messages.item": "chats.list.item.id",
    "left_chats.list.item.messages.item": "left_chats.list.item.id",
}
_FILES = ("file", "photo", "thumbnail")
_PERSONS = ("mention", "mention_name")  # parts of a text that name somebody
_BEGINS = re.compile(
    r'"date_unixtime"\s*:|"type"\s*:\s*"(personal_chat|bot_chat|saved_messages|'
    r'(private|public)_(group|supergroup|channel))"|"frequent_contacts"\s*:|"chats"\s*:\s*\{'
)


def is_telegram(head: str) -> bool:
    """Return whether a JSON text begins as an export of Telegram does."""
    return head.lstrip("\ufeff \r\n\t").startswith("{") and _BEGINS.search(head) is not None


def read_telegram(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The messages of all chats of an export."""
    with open_members(path, TELEGRAM_FILES) as sources:
        for source in sources:
            chat, number = "", 0
            items = read_items(source, _CHATS.keys(), _CHATS.values(), reading.progress)
            for item in items:
                if item.path in _CHATS:
                    number += 1
                    yield _message(item.value, chat, number, reading.zone)
                else:
                    chat = str(item.value)


def _message(item: Any, chat: str, number: int, zone: str) -> Message | LeftOut:
    if not isinstance(item, dict):
        return LeftOut(Left.NOT_READ, number)
    if item.get("type", "message") != "message":
        return LeftOut(Left.SYSTEM, number)
    paths = (item.get(name) for name in _FILES)
    if any(isinstance(p, str) and ".." in re.split(r"[/\\]", p) for p in paths):
        return LeftOut(Left.LEADS_OUT, number)
    sent = from_epoch(item.get("date_unixtime"), 1) or _local(item.get("date"), zone)
    sender = item.get("from_id") or item.get("from")
    if sent is None:
        return LeftOut(Left.NO_TIME, number)
    if not sender:
        return LeftOut(Left.NO_SENDER, number)
    parts = item.get("text")
    parts = parts if isinstance(parts, list) else [parts]
    text = "".join(map(_part, parts)).strip()
    linked = (p.get("href") for p in parts if isinstance(p, dict))
    links = (*find_links(text), *(link for link in linked if isinstance(link, str)))
    if not text and not links:
        return LeftOut(Left.EMPTY, number)
    names = tuple(n for n in (item.get("from"), item.get("forwarded_from")) if isinstance(n, str))
    own = f"{chat}\x1f{item.get('id')}"
    return Message(str(sender), sent, text, own, names=names, links=links, at=number)


def _part(part: object) -> str:
    """A part of a text: plain, or with what it is; who is named in it is not kept."""
    if isinstance(part, dict):
        if part.get("type") in _PERSONS:
            return "[name]"
        part = part.get("text")
    return part if isinstance(part, str) else ""


def _local(stated: object, zone: str) -> datetime | None:
    """The time of an older export, which has only that of a clock without a zone."""
    try:
        return from_clock(datetime.fromisoformat(str(stated)).replace(tzinfo=None), zone)
    except ValueError:
        return None
