"""The team's cites for their route. The public's process never loads what opens a store."""

from functools import lru_cache
from pathlib import Path

from data.cites import corrected
from data.cites.change_words import describe_reask
from data.cites.citation import citation_texts, cite_address, cited_day
from data.cites.cite_folder import CITED, CITES, checked_files
from data.cites.cite_page import cite_page
from data.numbers.pages import ask_numbers
from data.settings import load_settings
from data.storage.store import Store
from data.views.filters import period

TEAM_ONLY = "Team only, not for publication"


def read_team_cite(name: str, file: str, origin: str) -> bytes:
    """A file of a cite of the team's store, or its page with what became of its numbers.

    FileNotFoundError where there is none, Tampered where it is not as it was written.
    """
    settings = load_settings()
    store = _store(settings.store)
    if file:
        bodies = checked_files(store.root / CITES, name, CITED)
        if file not in bodies:
            raise FileNotFoundError(file)
        return bodies[file]
    cite, answer = corrected.reask(store, settings, name, ask_numbers)
    day = cited_day(cite)
    community = any(source.kind == "community" for source in cite.manifest.sources)
    kind = f"Cited {period(day, day)}{f'. {TEAM_ONLY}' if community else ''}"
    facts = {"Link of the page": f"{origin}{cite.manifest.link}"}
    texts = citation_texts(cite, day, cite_address(origin, name))
    return cite_page(cite, describe_reask(cite, answer), kind, texts, facts).encode()


@lru_cache(maxsize=2)
def _store(root: Path) -> Store:
    return Store(root)
