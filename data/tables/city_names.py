"""The cities that records name: few, each with a code in the narrow table."""

from collections.abc import Iterable
from typing import NamedTuple

from data.storage.area_names import clean_name, fold
from data.words import ANOTHER_CITY, UNLISTED_CITIES

MOST = 100  # cities with a name of their own; those of later records are of another city


class Cities(NamedTuple):
    """The names of cities by their codes, the place itself first; the code of each text."""

    names: list[str]
    codes: dict[str, int]


def list_cities(place: str, texts: Iterable[str]) -> Cities:
    """The cities of some texts. A new one comes after those before it, so codes stay.

    Names have the characters of the store's checked list only. Two that differ in case, accents,
    punctuation or Saint and St. are one.
    """
    names = [clean_name(place)]
    found = {city_key(word): code for code, word in UNLISTED_CITIES.items()} | {city_key(place): 0}
    codes = dict[str, int]()
    for text in texts:
        key, name = city_key(text), clean_name(text)
        if key and key not in found and len(names) < MOST:
            found[key] = len(names)
            names.append(name)
        codes[text] = found.get(key, ANOTHER_CITY)
    return Cities(names, codes)


def city_key(name: str) -> str:
    """A city's name as it is compared."""
    return " ".join("st" if word == "saint" else word for word in fold(name).split())
