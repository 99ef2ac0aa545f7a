"""The settings of a city: written where no other place stands, its feed and mapping beside them."""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data import own_kinds
from data.cities.cities import City, read_kinds_of
from data.mappings import kind_tables, mapping_read, mapping_write
from data.pulls.feeds import read_feeds
from data.settings import ROOT, Problem, Settings, load_settings, place_slug
from data.storage.disk import write_whole
from data.storage.store import Store

FEEDS = "feeds"  # the folder of mappings of feeds, beside the store


def check_free(city: City, file: Path) -> Settings | None:
    """The settings in a file if they are this city's; None where they may be written anew.

    Problem where the file or the store is another place's: neither is touched. The sample that
    comes with Porchlight is nobody's place: its settings are kept beside the new ones.
    """
    settings = load_settings(file) if file.exists() else None
    own = settings is not None and place_slug(settings.name) == place_slug(city.name)
    if settings and not own and not settings.sample:
        other = file.with_name(f"porchlight-{place_slug(city.name)}.toml")
        raise Problem(
            f"{file} describes {settings.name}, which stays as it is. Give {city.name} settings "
            f'of its own: PORCHLIGHT_CONFIG={other.name} python -m data city "{city.name}" (and '
            "the same word before each later command)."
        )
    if settings and own and not settings.sample:
        _check_store(city, settings.store)
        return settings
    named = os.environ.get("PORCHLIGHT_STORE") or f"data/store-{place_slug(city.name)}"
    _check_store(city, (ROOT / named).resolve())
    return None


def _check_store(city: City, root: Path) -> None:
    if not root.exists():
        return
    others = [name for name in Store(root).history().sources if name != city.source]
    if others:
        raise Problem(
            f"{root} holds records of {', '.join(others)}, not of {city.name}: nothing was "
            "changed. Choose another store: PORCHLIGHT_STORE=FOLDER before the command."
        )


def feeds_folder(settings: Settings) -> Path:
    """The folder beside the store of what feeds are read by; made where it is not there."""
    folder = settings.store.parent / FEEDS
    folder.mkdir(exist_ok=True, parents=True)
    return folder


def write_kinds(city: City, store: Store) -> None:
    """Write the kinds of the city's records into its store, beside those that it has."""
    with store.writing():
        before = own_kinds.kinds_of(store.root)
        had = {kind.code for kind in before.kinds}
        more = tuple(kind for kind in read_kinds_of(city) if kind.code not in had)
        kind_tables.keep_kinds(store, before._replace(kinds=(*before.kinds, *more)))
    own_kinds.use_kinds_of(store.root)


def write_feed(
    city: City, settings: Settings, file: Path, since: date | None, allow: Sequence[str] = ()
) -> None:
    """Write the city's feed to its settings as [pull.NAME], and its mapping, where it is missing.

    What stands there already stays: somebody may have edited it.
    """
    name = city.source
    if name in read_feeds(file):
        return
    rules = mapping_read.from_table(city.mapping_since(since), f"the mapping of {city.name}")
    mapping_file = feeds_folder(settings) / f"{name}.toml"
    write_whole(mapping_write.text(rules).encode(), mapping_file)
    feed: dict[str, object] = {**city.feed, "map": os.path.relpath(mapping_file, file.parent)}
    if condition := city.where(since):
        feed["where"] = condition
    if city.feed["kind"] != "file":
        feed["columns"] = list(city.columns)
    if allow:
        feed["allow"] = list(allow)
    entries = [f"{word} = {json.dumps(value)}" for word, value in feed.items()]
    before = file.read_text(encoding="utf-8").rstrip()
    text = "\n".join([before, "", f"[pull.{name}]", *entries, ""])
    write_whole(text.encode(), file)
