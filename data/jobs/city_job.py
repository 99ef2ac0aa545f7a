"""A city set up: its settings, its official boundaries, its incidents, in this order."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from data import words
from data.areas import area_import
from data.cities.boundaries import fetch_boundaries
from data.cities.cities import City
from data.jobs import city_settings, init
from data.pulls.feeds import read_feeds
from data.pulls.pull import pull_feed
from data.settings import Settings, load_settings
from data.storage.disk import write_whole
from data.storage.store import Store
from data.tables import build

OpenBar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


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


class CityJob:
    """One city to be set up in the settings of `file`. `allow` are hosts that may have a private
    address."""

    def __init__(
        self,
        city: City,
        file: Path,
        since: date | None,
        say: area_import.Say,
        bar: OpenBar,
        allow: Sequence[str] = (),
    ) -> None:
        self.city, self.file, self.say, self.bar, self.allow = city, file, say, bar, tuple(allow)
        self.since = city.since(since, datetime.now(UTC).date())

    def run(self) -> Store:
        """Fetch and import everything; the store. Nothing is written before the areas came."""
        city_settings.check_free(self.city, self.file)
        with TemporaryDirectory(prefix="porchlight-") as folder:
            came = Path(folder) / "areas.geojson"
            with self.bar("Fetching the areas"):
                count = fetch_boundaries(self.city.boundaries, came, self.allow)
            self.say(f"{words.counted(count, 'area')} came.")
            settings = self._settings()
            store = Store(settings.store)
            city_settings.write_kinds(self.city, store)
            city_settings.write_feed(self.city, settings, self.file, self.since, self.allow)
            areas = city_settings.feeds_folder(settings) / f"{self.city.source}-areas.geojson"
            write_whole(came.read_bytes(), areas)
        self._add_areas(store, settings, areas)
        self._pull(store, settings)
        self._tell_next(areas)
        return store

    def _settings(self) -> Settings:
        """The city's settings, written where they are not there yet."""
        city = self.city
        settings = city_settings.check_free(city, self.file)
        if settings is None:
            for line in init.write_place(
                self.file, city.name, city.zone, city.center, "", city.reach_km
            ):
                self.say(line)
            settings = load_settings(self.file)
        return settings

    def _add_areas(self, store: Store, settings: Settings, file: Path) -> None:
        borders = self.city.boundaries
        area_import.add(
            store,
            settings,
            file,
            set_name=borders.set,
            name_column=borders.name_column,
            code_column=borders.code_column or None,
            say=self.say,
        )

    def _pull(self, store: Store, settings: Settings) -> None:
        feed = read_feeds(self.file)[self.city.source]
        with self.bar("Fetching the incidents") as progress:
            pull_feed(store, settings, feed, say=self.say, progress=progress)
        with self.bar("Building the table that screens read"):
            build.rebuild(store, settings)

    def _tell_next(self, areas: Path) -> None:
        borders = self.city.boundaries
        self.say(f"{self.city.name} is set up. See it: make run")
        self.say(f"What is new, later: python -m data pull {self.city.source}")
        self.say(
            "Residents, for rates, do not come with it. If you have them as a CSV: python -m data "
            f'areas {areas} --set "{borders.set}" --name-column {borders.name_column} '
            "--population-file FILE"
        )
