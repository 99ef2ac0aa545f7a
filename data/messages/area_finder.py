"""The one area of the place that a text names; none where it names several, or may mean none."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow.parquet as pq

from data.storage import area_names
from data.storage.area_sets import current_sets, read_metadata
from data.storage.store import Store
from data.words import listed

# names of one word that are words of every day: they count where they are written with a capital
_ORDINARY = listed("""
    north south east west northeast northwest southeast southwest central center downtown uptown
    midtown field page park lake lakes river riverside hill hills hale bridge square garden gardens
    grove forest island harbor bay beach point valley village heights ridge mill mission market
    college university airport station union liberty victory hope grant marina plaza commons
    norte sur este oeste centro
""")


class AreaFinder:
    """Finds areas by their names and by older names of them."""

    def __init__(self, names: Sequence[str], aliases: Mapping[str, str]) -> None:
        self._names = names
        self._lookup = area_names.Lookup(names, aliases)
        self._by_first: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        for name in (*names, *aliases):
            if words := area_names.fold(name).split():
                self._by_first[words[0]].append((words, name))
        for listed_names in self._by_first.values():
            listed_names.sort(key=lambda pair: -len(pair[0]))  # East Phillips before East

    def named(self, label: str) -> str:
        """The area that a label is the name of; "" for none."""
        row = self._lookup.row(label) if label else -1
        return self._names[row] if row >= 0 else ""

    def find(self, text: str) -> str:
        """The area that a text names; "" where it names none or more than one."""
        words, at = _words(text), 0
        met: set[str] = set()
        while at < len(words):
            own = self._by_first.get(words[at], ())
            name = next((n for ws, n in own if words[at : at + len(ws)] == ws), "")
            if name and _is_meant(name, text):
                met.add(self.named(name))
            at += len(area_names.fold(name).split()) if name else 1
        return met.pop() if len(met) == 1 else ""


def _words(text: str) -> list[str]:
    """The words of a text as names are compared; most texts are plain, where that is quick."""
    if not text.isascii():
        return area_names.fold(text).split()
    return re.findall("[a-z0-9]+", text.lower().replace("'", "").replace("&", " and "))


def _is_meant(name: str, text: str) -> bool:
    """Return whether a name that is a word of every day stands in a text as a name does."""
    if name.casefold() not in _ORDINARY:
        return True
    return re.search(rf"(?<!\w)(?:{name.capitalize()}|{name.upper()})(?!\w)", text) is not None


def area_finder(store: Store) -> AreaFinder:
    """The finder of the first area set of a store; of one without areas, it finds none."""
    for file in current_sets(store).values():
        names = pq.read_table(file, columns=["name"])["name"].to_pylist()
        return AreaFinder(names, read_metadata(file).get("aliases", {}))
    return AreaFinder((), {})
