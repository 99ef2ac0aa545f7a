"""Signal: its export (main.jsonl, a frame a line), and what signal-cli receives (JSON-RPC)."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from data.messages.links import find_links
from data.messages.message import Left, LeftOut, Message, Reading, from_epoch
from data.messages.text_source import lines_of, open_members

SIGNAL_FILES = "main.jsonl|*/main.jsonl"
_FRAME = re.compile(
    r'^\s*\{\s*"(account|recipient|chat|chatItem|stickerPack|chatFolder)"\s*:', re.M
)
_ENVELOPE = re.compile(r'^\s*\{.{0,400}"envelope"\s*:', re.M)
_NAMES = ("profileGivenName", "profileFamilyName", "systemGivenName", "systemFamilyName")


def is_signal(head: str) -> bool:
    """Return whether lines are frames of Signal's export."""
    return _FRAME.search(head) is not None


def is_signal_cli(head: str) -> bool:
    """Return whether lines are what signal-cli receives."""
    return _ENVELOPE.search(head) is not None


def read_signal(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The messages of an export: main.jsonl itself, or the folder or zip that it stands in."""
    with open_members(path, SIGNAL_FILES) as sources:
        for source in sources:
            people: dict[str, _Person] = {}
            for number, text in lines_of(source, reading.progress):
                frame = _object(text)
                if frame is None:
                    if text.strip():
                        yield LeftOut(Left.NOT_READ, number)
                elif recipient := _table(frame, "recipient"):
                    people[str(recipient.get("id"))] = _Person(recipient)
                elif item := _table(frame, "chatItem"):
                    yield _chat_item(item, people, number)


def read_signal_cli(path: Path, reading: Reading) -> Iterator[Message | LeftOut]:
    """The messages of lines that signal-cli received, as JSON-RPC or as its own JSON."""
    with open_members(path, SIGNAL_FILES) as sources:
        for source in sources:
            for number, text in lines_of(source, reading.progress):
                if text.strip():
                    yield _received(_object(text), number)


class _Person:
    """A recipient: what tells them apart (an account, a number), and their names."""

    def __init__(self, recipient: Mapping[str, Any]) -> None:
        contact = _table(recipient, "contact")
        own = "self" if "self" in recipient else f"recipient {recipient.get('id')}"
        self.sender = str(contact.get("aci") or contact.get("e164") or own)
        given = [str(contact[name]) for name in _NAMES if contact.get(name)]
        whole = (" ".join(given[at : at + 2]) for at in range(0, len(given), 2))
        self.names = (*whole, *given, *filter(None, [_text(contact.get("e164"))]))


def _chat_item(
    item: Mapping[str, Any], people: Mapping[str, _Person], number: int
) -> Message | LeftOut:
    """A message in its newest wording, under the time of its first."""
    older = _tables(item, "revisions")
    versions = [v for one in (item, *older) if (v := from_epoch(one.get("dateSent"), 1000))]
    if not versions or from_epoch(item.get("dateSent"), 1000) is None:
        return LeftOut(Left.NO_TIME, number)
    author = str(item.get("authorId"))
    if author not in people:
        return LeftOut(Left.NO_SENDER, number)
    sent, person = min(versions), people[author]
    own = f"{person.sender}\x1f{sent.isoformat()}"
    if "remoteDeletedMessage" in item:
        return Message(person.sender, sent, "", own, deleted=True, at=number)
    newest = max((item, *older), key=lambda one: from_epoch(one.get("dateSent"), 1000) or sent)
    if "standardMessage" not in newest:
        return LeftOut(Left.SYSTEM, number)
    standard = _table(newest, "standardMessage")
    text = _text(_table(standard, "text").get("body"))
    previews = _tables(standard, "linkPreview")
    links = (*find_links(text), *filter(None, (_text(one.get("url")) for one in previews)))
    if not text and not links:
        return LeftOut(Left.EMPTY, number)
    return Message(person.sender, sent, text, own, names=person.names, links=links, at=number)


def _received(frame: dict[str, Any] | None, number: int) -> Message | LeftOut:
    """A message that signal-cli received: an edit has the id of what it edits, as a deletion has."""
    if frame is None:
        return LeftOut(Left.NOT_READ, number)
    envelope = _table(frame, "envelope") or _table(_table(frame, "params"), "envelope")
    edit = _table(envelope, "editMessage")
    data = _table(edit, "dataMessage") or _table(envelope, "dataMessage")
    if not data:
        return LeftOut(Left.SYSTEM, number)
    numbered = _text(envelope.get("sourceNumber")) or _text(envelope.get("source"))
    sender = _text(envelope.get("sourceUuid")) or numbered
    if not sender:
        return LeftOut(Left.NO_SENDER, number)
    deleted = _table(data, "remoteDelete").get("timestamp")
    stamp = deleted or edit.get("targetSentTimestamp") or data.get("timestamp")
    sent = from_epoch(stamp or envelope.get("timestamp"), 1000)
    if sent is None:
        return LeftOut(Left.NO_TIME, number)
    own = f"{sender}\x1f{sent.isoformat()}"
    if deleted:
        return Message(sender, sent, "", own, deleted=True, at=number)
    text = _text(data.get("message"))
    if not text:
        return LeftOut(Left.EMPTY, number)
    names = tuple(filter(None, (_text(envelope.get("sourceName")), numbered)))
    return Message(sender, sent, text, own, names=names, links=find_links(text), at=number)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _table(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _tables(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    parts = value.get(name)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
