"""The link of a page: which page, which records, and the page's own words; read, and written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from data.numbers.numbers import join_words
from data.settings import Problem, Settings, first_step
from data.site import LOOPBACK, USUAL_PORT
from data.storage.store import Current, Store
from data.views import export, links
from data.views.filters import FILTERS
from data.views.view import View

_NO_LINK = (
    "{text!r} is no link of a page. Copy it whole from Share, in quotes: a shell cuts it at &."
)
_NOT_HERE = "{host} is another Porchlight: this one has its own records. Copy the link of a page of this one."
_USUAL = "http://localhost:8501"
# words of a link by which no number changes: where the map stands, and how it looks
_LOOKS = ("at", "base", "embed", "embed_options")
_FILTER_WORDS = {row.word for row in FILTERS} | {links.STAMP, links.SETTLED}


class PageLink(NamedTuple):
    """What a link asks for: the address of its page ("" is the Map), the chosen records, the words
    of the page itself, and the stamp that it was made with ("" where it names none)."""

    path: str
    view: View
    words: Mapping[str, Sequence[str]]
    stamp: str

    def address(self, current: Current) -> str:
        """The link without an origin: each filter, the page's words, the stamp of the data."""
        own = f"&{urlencode(self.words, doseq=True)}" if self.words else ""
        return f"/{self.path}?{links.query(self.view, current.meta)}{own}"

    def page_words(self) -> dict[str, str]:
        """The page's words as its numbers are asked with."""
        return join_words(self.words)

    def freeze(self, settings: Settings, now: datetime) -> "PageLink":
        """The same link, which also says by when reports of other sources than its own settled."""
        if self.view.settled_by or links.SETTLED in self.words:
            return self
        settled = links.latest_settled(settings, now).isoformat(timespec="minutes")
        return self._replace(words={**self.words, links.SETTLED: [settled]})


def current_table(store: Store, settings: Settings) -> Current:
    """The table that readers see now. Problem where there is none."""
    stamp = store.stamp()
    if stamp is None or not store.at(stamp).meta["rows"]:
        raise Problem(first_step(settings))
    return store.at(stamp)


def read_link(link: str, current: Current, settings: Settings) -> PageLink:
    """What a link asks of a table. Problem where it is none, or cannot be met in every part."""
    text = link.strip()
    address = urlsplit(text)
    if not (address.path.startswith("/") or address.query):
        raise Problem(_NO_LINK.format(text=text[:60]))
    asked = parse_qs(address.query)
    view, wrong = links.view(export.chosen(text), current.meta, settings, datetime.now(UTC))
    not_own = _FILTER_WORDS - ({links.SETTLED} if view.settled_by is None else set())
    own = {w: t for w, t in asked.items() if w not in not_own and w not in _LOOKS}
    wrong = (*wrong, *links.misread(asked, current.meta, (*asked,)))
    if wrong:
        raise Problem(f"The link cannot be met: {' '.join(links.sentences(wrong))}")
    stamp = asked.get(links.STAMP, [""])[-1]
    return PageLink(address.path.strip("/"), view, dict(sorted(own.items())), stamp)


def cite_origin(link: str, site: str) -> str:
    """The origin of a cite's own link: the site's, where the settings name one, else that of the
    page's link. Problem where the link is of another host."""
    try:
        page = urlsplit(link.strip())
        host, port = page.hostname or "", page.port
    except ValueError:
        raise Problem(_NO_LINK.format(text=link.strip()[:60])) from None
    name = f"[{host}]" if ":" in host else host
    if page.netloc and name not in LOOPBACK and host != urlsplit(site).hostname:
        raise Problem(_NOT_HERE.format(host=host or page.netloc))
    if site or not host:
        return site or _USUAL
    scheme = page.scheme if page.scheme in USUAL_PORT else "http"
    return f"{scheme}://{name}{'' if port is None else f':{port}'}"


def read_again(link: str, current: Current, settings: Settings) -> PageLink:
    """What the link of a cite asks of newer data. Problem where it would ask for something else."""
    asked = read_link(link, current, settings)
    old, new = (_parts(text) for text in (link, asked.address(current)))
    if odd := sorted({*old} ^ {*new}):
        raise Problem(f"The same cannot be asked of the data any more ({odd[0][0]}).")
    return asked


def _parts(link: str) -> list[tuple[str, str]]:
    """The parts of a link but for the stamp."""
    asked = parse_qs(urlsplit(link).query)
    return [(word, text) for word, texts in asked.items() if word != links.STAMP for text in texts]
