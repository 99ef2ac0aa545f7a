"""The public feed of corrections: Atom, with tag: URIs that stay, as RFC 4287 and RFC 4151 say."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedgen.feed import FeedGenerator

from data.notices.page import FEED_FILE, PAGE_FILE, notice_sentences, notice_title
from data.notices.public_notices import Notice, fixed_hour
from data.privacy.policy import Policy

_SINCE = "2026"  # the year in which our names were minted, as a tag: URI states it
_NO_ADDRESS = "porchlight.invalid"  # where the settings name none: reserved, nobody has it


def atom(
    notices: Sequence[Notice], name: str, origin: str, policy: Policy, zone: str, today: date
) -> bytes:
    """The feed of a place. Links are absolute where `origin` (https://...) is known, else there are
    none. Every time in it is the fixed hour of a day; without notices that of `today`."""
    clock = ZoneInfo(zone)
    days = [day for one in notices for day in (one.day, one.undone) if day]
    feed = FeedGenerator()
    feed.id(_tag(origin, f"{name}/corrections"))
    feed.title(f"Corrections: {name}")
    feed.author({"name": f"Porchlight, {name}"})
    feed.language("en")
    feed.updated(fixed_hour(max(days, default=today), policy, clock))
    if origin:
        feed.link(href=f"{origin}/{FEED_FILE}", rel="self", type="application/atom+xml")
        feed.link(href=f"{origin}/{PAGE_FILE}", rel="alternate", type="text/html")
    for one in notices:
        _add(feed, one, name, origin, lambda day: fixed_hour(day, policy, clock))
    body: bytes = feed.atom_str(pretty=True)
    return body


def _add(
    feed: FeedGenerator, one: Notice, name: str, origin: str, at: Callable[[date], datetime]
) -> None:
    entry = feed.add_entry(order="append")
    entry.id(_tag(origin, f"{name}/corrections/{one.name}"))
    entry.title(notice_title(one))
    entry.category(term=one.sort)
    entry.published(at(one.day))
    entry.updated(at(one.undone or one.day))
    entry.content(" ".join(notice_sentences(one)), type="text")
    if origin:
        entry.link(href=f"{origin}/{PAGE_FILE}#n{one.name}")


def _tag(origin: str, what: str) -> str:
    authority = (urlsplit(origin).hostname if origin else None) or _NO_ADDRESS
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "/-") else "-" for c in what.lower())
    return f"tag:{authority},{_SINCE}:{plain}"
