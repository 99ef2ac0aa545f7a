"""A page's numbers frozen as a cite: from its link to a folder of the store."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from data import methods
from data.cites.cite_folder import (
    CITES,
    NUMBERS,
    PACKAGE,
    PNG,
    SVG,
    Cited,
    CitedSource,
    CiteManifest,
    sha256_hex,
    write_cite,
)
from data.cites.cite_link import PageLink, current_table, read_link
from data.cites.number_table import check_table, data_package, to_csv
from data.code_version import code_version
from data.numbers.numbers import PageNumbers
from data.pictures import draw
from data.pictures.figure import Caption
from data.settings import Settings
from data.storage.meta_types import SourceMeta
from data.storage.store import Current, Store
from data.views.points import COMMUNITY
from data.views.view import View

AskPage = Callable[[str, Current, View, Mapping[str, str]], PageNumbers]


class NewCite(NamedTuple):
    """A cite that was made: its name, and the stamp that its link had, where the data is a newer
    one by now ("" where it is not)."""

    name: str
    older_stamp: str


def cite_link(
    store: Store, settings: Settings, link: str, ask: AskPage, now: datetime | None = None
) -> NewCite:
    """Freeze the numbers of the page that a link opens. Problem where the link cannot be met."""
    current = current_table(store, settings)
    asked = read_link(link, current, settings)
    now = now or datetime.now(UTC)
    frozen = asked.freeze(settings, now)
    numbers = ask(asked.path, current, asked.view, frozen.page_words())
    if any(one["kind"] == COMMUNITY for one in _sources(asked.view, current, numbers)):
        asked = frozen  # asked again, no younger report comes in
    check_table(numbers.table, numbers.columns, numbers.key)
    manifest = _manifest(asked, current, numbers)
    files = {NUMBERS: to_csv(numbers.table), **_pictures(manifest, numbers)}
    files[PACKAGE] = data_package(manifest, numbers.table, files)
    manifest = replace(manifest, files={name: sha256_hex(body) for name, body in files.items()})
    at = now.isoformat(timespec="seconds")
    cited = Cited(at, current.meta["events"])
    name = write_cite(store.root / CITES, manifest, files, cited)
    return NewCite(name, asked.stamp if asked.stamp != current.stamp else "")


def _manifest(asked: PageLink, current: Current, numbers: PageNumbers) -> CiteManifest:
    place = current.meta["place"]
    sources = [
        CitedSource(*(str(one[name]) for name in CitedSource._fields))  # type: ignore[literal-required]
        for one in _sources(asked.view, current, numbers)
    ]
    return CiteManifest(
        place=place["name"],
        zone=place["zone"],
        link=asked.address(current),
        stamp=current.stamp,
        code=code_version(),
        title=numbers.title,
        subtitle=numbers.subtitle,
        sentence=numbers.sentence,
        denominator=numbers.denominator,
        uncertainty=numbers.uncertainty,
        lacks=numbers.lacks,
        method=method_text(numbers.method),
        alt=numbers.alt,
        columns=dict(numbers.columns),
        key=numbers.key,
        compared=numbers.compared,
        sources=sources,
        queries=numbers.queries,
        seed=numbers.seed,
    )


def _sources(view: View, current: Current, numbers: PageNumbers) -> list[SourceMeta]:
    """The sources whose records are in some numbers."""
    own = numbers.sources or view.sources
    return [source for source in current.meta["sources"] if source["name"] in own]


def method_text(number: str) -> str:
    """How a number of data.methods is made, with its source; the name alone where none is listed."""
    own = next((one for one in methods.METHODS if one.number == number), None)
    return f"{own.number}: {own.how} {own.source} {own.mind}" if own else number


def _pictures(manifest: CiteManifest, numbers: PageNumbers) -> dict[str, bytes]:
    """The picture of a page as SVG and PNG. Of community reports it is marked as the team's own."""
    caption = Caption(
        title=numbers.title,
        subtitle=numbers.subtitle,
        source="; ".join(f"{one.title} ({one.licence})" for one in manifest.sources),
        shown=numbers.sentence,
        stamp=f"Porchlight {manifest.place}, data {manifest.stamp}",
        alt=numbers.alt,
        team_only=any(one.kind == COMMUNITY for one in manifest.sources),
    )
    vector, pixels = draw.both(numbers.figure, caption)
    return {SVG: vector, PNG: pixels}
