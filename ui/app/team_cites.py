"""The team's cites for their route. The public's process never loads what opens a store."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from data.cites import corrected
from data.cites.change_words import describe_reask
from data.cites.citation import citation_texts, cite_address, cited_day
from data.cites.cite_folder import CITED, CITES, Cite, checked_files
from data.cites.cite_page import cite_page
from data.cites.make_cite import AskPage
from data.pictures.draw import TEAM_ONLY
from data.settings import load_settings
from data.storage.store import Store
from data.views.filters import period


def team_reader(ask: AskPage) -> Callable[[str, str, str], bytes]:
    """What reads the cites of the team's store, asked again by `ask`: a file of a cite by its name,
    or without a file its page, with links of an origin.

    FileNotFoundError where there is none, Tampered where it is not as it was written.
    """

    def read(name: str, file: str, origin: str) -> bytes:
        settings = load_settings()
        store = _store(settings.store)
        if not file:
            return _page(*corrected.reask(store, settings, name, ask), origin).encode()
        bodies = checked_files(store.root / CITES, name, CITED)
        if file not in bodies:
            raise FileNotFoundError(file)
        return bodies[file]

    return read


def _page(cite: Cite, answer: corrected.Reask, origin: str) -> str:
    day = cited_day(cite)
    kind = f"Cited {period(day, day)}{f'. {TEAM_ONLY}' if cite.manifest.team_only else ''}"
    facts = {"Link of the page": f"{origin}{cite.manifest.link}"}
    texts = citation_texts(cite, day, cite_address(origin, cite.name))
    return cite_page(cite, describe_reask(cite, answer), kind, texts, facts)


@lru_cache(maxsize=2)
def _store(root: Path) -> Store:
    return Store(root)
