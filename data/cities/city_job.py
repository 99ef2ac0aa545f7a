"""A city set up: its settings, its official boundaries, its incidents, in this order."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from datetime import date as Day
from pathlib import Path
from urllib.parse import urlsplit

from data.areas import area_import
from data.cities import city_settings
from data.cities.boundaries import fetch_boundaries
from data.cities.cities import City
from data.settings import Settings
from data.storage.store import Store

Say = Callable[[str], None]


def introduce(city: City) -> Iterator[str]:
    """Sentences to read before anything is fetched: what comes, on what terms, from where, and
    whether anybody has tried it."""
    about = city.mapping["source"]
    yield f"{about['title']}. {about['covers']}"
    yield f"Terms: {about['licence']}. Areas: {city.boundaries.licence}."
    for address in (city.boundaries.address, city.feed["address"]):
        yield f"From {urlsplit(address).hostname}: {address}"
    yield from (f"Read at {where}" for where in (*city.boundaries.read_at, *city.read_at))
    yield from (f"Note: {note}" for note in city.notes)
    if not city.tried:
        yield (
            "UNTRIED: nobody has run this against these servers yet; addresses and columns are "
            "as the sources above tell them. Check the numbers below against the publisher's."
        )
