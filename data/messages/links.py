"""Links of a message: found, without what tells who shared them, and apart from the text."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from data.reports.masking import mask_text
from data.words import listed

MOST_LINKS = 5
_LONGEST = 500  # characters
_LINK = re.compile(r"https?://[^\s<>\"'\u2066-\u2069]+", re.IGNORECASE)
_AFTER = ".,;:!?)]}»”’*_"  # what stands behind a link in a sentence and is none of it
# what a page gives a link to know who shared it
_SHARED_BY = listed("igsh igshid fbclid gclid si mibextid ref_src ref_url s t share_id rdid xmt")
# addresses that are a person's number, or let anybody into a group
_PRIVATE = listed(
    "wa.me api.whatsapp.com chat.whatsapp.com signal.me signal.group t.me telegram.me"
)


def find_links(text: str) -> tuple[str, ...]:
    """The web addresses of a text in order, each once."""
    return tuple(dict.fromkeys(link.rstrip(_AFTER) for link in _LINK.findall(text)))


def take_links(text: str, links: Sequence[str], region: str) -> tuple[str, tuple[str, ...]]:
    """A text with a number in place of each link, and the links: at most MOST_LINKS, and none that
    is no web address, leads to a person or group, or holds what is masked in texts."""
    usable: dict[str, str] = {}
    for link in links:
        clean = _clean(link)
        if clean and len(usable) < MOST_LINKS and mask_text(clean, region).text == clean:
            usable.setdefault(link, clean)
    numbers = {link: number for number, link in enumerate(dict.fromkeys(usable.values()), 1)}
    for link in sorted({*links}, key=len, reverse=True):  # one may be the beginning of another
        text = text.replace(link, f"[link {numbers[usable[link]]}]" if link in usable else "[link]")
    return text, tuple(numbers)


def _clean(link: str) -> str:
    """A link without user, fragment and who shared it; "" where it is of no use."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or len(link) > _LONGEST:
        return ""
    path = parts.path.lstrip("/")
    # t.me/channel/12 is a public post, t.me/+... an invitation
    public = host.endswith("t.me") and "/" in path and not path.startswith(("+", "joinchat"))
    if host.removeprefix("www.") in _PRIVATE and not public:
        return ""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = [(k, v) for k, v in pairs if k.lower() not in _SHARED_BY and not k.startswith("utm_")]
    where = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), where, parts.path, urlencode(query), ""))
