"""Instagram's download in JSON: messages/inbox/*/message_1.json in a folder or zip."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.messages.json_items import read_items
from data.messages.links import find_links
from data.messages.message import Left, LeftOut, Message, Reading, from_epoch
from data.messages.text_source import open_members

INSTAGRAM_FILES = "messages/*/*/message_*.json|*/messages/*/*/message_*.json|message_[0-9]*.json"
_MESSAGES = "messages.item"
# what Instagram writes in place of a text, after its repair
_NO_TEXT = re.compile(
    r"liked a message|(.{1,60} )?sent an attachment\.?|(.{1,60} )?reacted .{1,12} to (your|a) message ?|"
    r"(.{1,60} )?(started|missed) an? (audio|video) (call|chat)\.?|(audio|video) call ended",
    re.IGNORECASE,
)


def is_instagram(head: str) -> bool:
    """Return whether a JSON text begins as a thread of Instagram's does."""
    return '"sender_name"' in head and '"timestamp_ms"' in head


def read_instagram(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The messages of all threads, also of requests."""
    with open_members(path, INSTAGRAM_FILES) as sources:
        for source in sources:
            name = Path(source.name).name if len(sources) == 1 else source.name
            items = read_items(source, [_MESSAGES], progress=reading.progress)
            for number, item in enumerate(items, 1):
                yield _message(item.value, number, name)


def repair(text: str) -> str:
    """A text whose UTF-8 was read as Latin-1, as it was written; any other as it is."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _message(item: Any, number: int, file: str) -> Message | LeftOut:
    if not isinstance(item, dict):
        return LeftOut(Left.NOT_READ, number, file)
    sender, sent = item.get("sender_name"), from_epoch(item.get("timestamp_ms"), 1000)
    if sent is None:
        return LeftOut(Left.NO_TIME, number, file)
    if not isinstance(sender, str) or not sender.strip():
        return LeftOut(Left.NO_SENDER, number, file)
    sender = repair(sender)
    own = f"{sender}\x1f{sent.isoformat()}"
    if item.get("is_unsent") is True:
        return Message(sender, sent, "", own, deleted=True, at=number, file=file)
    content, share = item.get("content"), item.get("share")
    text = repair(content).strip() if isinstance(content, str) else ""
    text = "" if _NO_TEXT.fullmatch(text) else text
    shared = share.get("link") if isinstance(share, dict) else None
    links = (*find_links(text), *([shared] if isinstance(shared, str) else ()))
    if not text and not links:
        return LeftOut(Left.EMPTY, number, file)
    return Message(sender, sent, text, own, names=(sender,), links=links, at=number, file=file)
